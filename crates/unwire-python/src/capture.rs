//! A capture's container in Python: format, interfaces, names, statistics, secrets, comments, and the account of what was lost.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use unwire::capture::{Batch, Capture, Format, Meta};
use unwire::pool::{Job, Ordered};

use crate::source::{Source, to_python};

/// What a capture's container holds beside packets, as far as it has been read.
#[derive(Clone)]
#[pyclass(frozen, module = "unwire._engine")]
pub(crate) struct Info {
    format: Format,
    meta: Meta,
}

impl Info {
    pub(crate) fn new(format: Format, meta: Meta) -> Self {
        Self { format, meta }
    }

    pub(crate) fn of(capture: &Capture) -> Self {
        Self { format: capture.format(), meta: capture.meta().clone() }
    }
}

/// Reads records and forgets them.
struct Nothing;

impl Job for Nothing {
    type Output = ();
    fn add(&mut self, _: &Batch) {}
    fn finish(&mut self) {}
}

#[pymethods]
impl Info {
    /// Read a whole capture for its container alone.
    #[staticmethod]
    fn read(py: Python<'_>, source: &Source) -> PyResult<Self> {
        let mut pass = Ordered::new(source.open(py)?, 1, || Nothing);
        while let Some(result) = py.detach(|| pass.next()) {
            result.map_err(to_python)?;
            py.check_signals()?;
        }
        Ok(pass.with_capture(Self::of))
    }

    /// Container, compression, byte order, version, link type, snap length, decimal digits of a second.
    fn format<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let format = &self.format;
        let entry = PyDict::new(py);
        entry.set_item("container", format.container.name())?;
        entry.set_item("compression", format.compression.name())?;
        entry.set_item("byte_order", if format.big_endian { "big" } else { "little" })?;
        entry.set_item("version", format.version)?;
        entry.set_item("link_type", format.link)?;
        entry.set_item("snaplen", format.snaplen)?;
        entry.set_item("fcs_len", format.fcs_len)?;
        entry.set_item("resolution", format.resolution)?;
        Ok(entry)
    }

    /// The interfaces, in order.
    pub(crate) fn interfaces<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        for interface in &self.meta.interfaces {
            let entry = PyDict::new(py);
            entry.set_item("section", interface.section)?;
            entry.set_item("id", interface.id)?;
            entry.set_item("link_type", interface.link)?;
            entry.set_item("snaplen", interface.snaplen)?;
            entry.set_item("name", interface.name())?;
            entry.set_item("description", interface.description())?;
            entry.set_item("resolution", interface.clock.resolution)?;
            entry.set_item("options", interface.options().map(|(code, value)| (code, value.to_vec())).collect::<Vec<(u16, Vec<u8>)>>())?;
            list.append(entry)?;
        }
        Ok(list)
    }

    /// The sections: byte order, hardware, operating system, program, options.
    fn sections<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        for section in &self.meta.sections {
            let entry = PyDict::new(py);
            let [hardware, os, program] = section.written_by();
            entry.set_item("byte_order", if section.big_endian { "big" } else { "little" })?;
            entry.set_item("version", section.version)?;
            entry.set_item("hardware", hardware)?;
            entry.set_item("os", os)?;
            entry.set_item("application", program)?;
            entry.set_item("options", section.options().map(|(code, value)| (code, value.to_vec())).collect::<Vec<(u16, Vec<u8>)>>())?;
            list.append(entry)?;
        }
        Ok(list)
    }

    /// Every block that is no packet, raw: type, frame number of the packet it stands before, section, bytes.
    fn blocks(&self) -> Vec<(u32, u64, u32, Vec<u8>)> {
        self.meta.blocks.iter().map(|block| (block.kind.0, block.before, block.section, block.bytes.clone())).collect()
    }

    /// Comments on blocks that are no packets.
    fn comments(&self) -> Vec<String> {
        self.meta.comments().map(|(_, comment)| comment.into_owned()).collect()
    }

    /// The account: records, bytes, truncated, skipped, malformed, and [(reason, count, first offset)].
    fn loss<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let loss = &self.meta.loss;
        let entry = PyDict::new(py);
        entry.set_item("records", loss.records)?;
        entry.set_item("bytes", loss.bytes)?;
        entry.set_item("truncated", loss.truncated)?;
        entry.set_item("skipped", loss.skipped_blocks)?;
        entry.set_item("malformed", loss.malformed)?;
        let reasons: Vec<_> = loss.reasons.iter().map(|lost| (lost.reason.name(), lost.count, lost.first_offset)).collect();
        entry.set_item("reasons", reasons)?;
        Ok(entry)
    }
}
