//! Captures written: Python's records, bytes and files on one side, the engine's writers on the other. How a record looks in a file is
//! the engine's; paths and their renaming are Python's.

mod records;

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::PyBytes;
use records::{Loose, Shape, State, Target};
use unwire::capture::write::{Hold, Outgoing, PcapEncoder, PcapngWriter};
use unwire::capture::{Batch, Capture, Clock, Limits};

use crate::record::{Record, Shared, lock};
use crate::source::{Source, to_python};

create_exception!(unwire, WriteError, PyValueError, "A record that the file cannot hold, or a file that cannot be appended to.");

/// Writes records into a file or a Python object with `write`.
#[pyclass(frozen, module = "unwire._engine")]
pub(crate) struct RecordWriter(Mutex<State>);

#[pymethods]
impl RecordWriter {
    /// `target` is a path, opened for writing (at its end where `existing` is what it holds), or an object with `write`.
    #[new]
    #[pyo3(signature = (target, format, link = None, snaplen = 262_144, nanoseconds = None, big_endian = false, existing = None))]
    #[expect(clippy::too_many_arguments, reason = "the settings of a file, by name")]
    fn new(
        py: Python<'_>,
        target: &Bound<'_, PyAny>,
        format: &str,
        link: Option<u16>,
        snaplen: u32,
        nanoseconds: Option<bool>,
        big_endian: bool,
        existing: Option<&Source>,
    ) -> PyResult<Self> {
        let clock = Clock { resolution: if nanoseconds.unwrap_or(true) { 9 } else { 6 }, offset: 0 };
        let shape = match format {
            "pcap" => Shape::Pcap(PcapEncoder { big_endian, nanoseconds: nanoseconds.unwrap_or(true), link: link.unwrap_or(1), snaplen }),
            "pcapng" => Shape::Pcapng(PcapngWriter::default()),
            "snoop" => Shape::Snoop(None),
            other => return Err(PyValueError::new_err(format!("format is pcap, pcapng or snoop, not {other:?}"))),
        };
        let path = target.extract::<PathBuf>().ok();
        let hold = Hold::default();
        let mut state = State {
            target: Target::Object(target.clone().unbind()),
            shape,
            begun: false,
            link,
            snaplen,
            clock,
            big_endian,
            hold,
            origins: Vec::new(),
            lost: HashMap::new(),
        };
        if let Some(existing) = existing {
            state.resume(&read_through(py, existing)?, nanoseconds)?;
        }
        if let Some(path) = path {
            let mut how = OpenOptions::new();
            let file = if existing.is_some() { how.append(true).open(&path) } else { how.write(true).create(true).truncate(true).open(&path) };
            state.target = Target::File(file?);
        }
        Ok(Self(Mutex::new(state)))
    }

    /// Write a record, with another time, comments or interface where given.
    #[pyo3(signature = (record, time_ns = None, comments = Vec::new()))]
    fn record(&self, py: Python<'_>, record: &Record, time_ns: Option<i64>, comments: Vec<String>) -> PyResult<()> {
        let mut state = self.state(py);
        let bytes = record.data.bind(py).as_bytes();
        let outgoing = Outgoing { time: time_ns.or(record.time_ns), wire_len: record.len, bytes, link: record.link_type };
        state.begin(record.link_type)?;
        state.copy(py, record, &outgoing, &comments)?;
        state.settle(py)
    }

    /// Write bytes.
    #[pyo3(signature = (data, time_ns, len = None, link = None, interface = None, comments = Vec::new()))]
    #[expect(clippy::too_many_arguments, reason = "what a record holds, by name")]
    fn packet(
        &self,
        py: Python<'_>,
        data: &Bound<'_, PyBytes>,
        time_ns: i64,
        len: Option<u32>,
        link: Option<u16>,
        interface: Option<u32>,
        comments: Vec<String>,
    ) -> PyResult<()> {
        let mut state = self.state(py);
        let bytes = data.as_bytes();
        let wire_len = len.unwrap_or(bytes.len() as u32);
        if (wire_len as usize) < bytes.len() {
            return Err(PyValueError::new_err(format!("len is the length on the wire, at least the {} bytes that are given", bytes.len())));
        }
        let link = link.or_else(|| state.link_of(interface)).or(state.link).unwrap_or(1);
        state.begin(link)?;
        state.loose(&Loose { outgoing: Outgoing { time: Some(time_ns), wire_len, bytes, link }, interface, comments })?;
        state.settle(py)
    }

    /// Describe an interface and return its number, for `packet`.
    #[pyo3(signature = (link, snaplen = None, name = None, description = None, resolution = None))]
    fn interface(
        &self,
        py: Python<'_>,
        link: u16,
        snaplen: Option<u32>,
        name: Option<&str>,
        description: Option<&str>,
        resolution: Option<u8>,
    ) -> PyResult<u32> {
        let mut state = self.state(py);
        state.begin(link)?;
        let State { shape, hold, snaplen: usual, clock, big_endian, .. } = &mut *state;
        let Shape::Pcapng(pcapng) = shape else { return Err(WriteError::new_err("only pcapng describes interfaces")) };
        pcapng.begin(*big_endian, hold.open());
        let words = [(2, name), (3, description)];
        let more: Vec<(u16, &[u8])> = words.iter().filter_map(|(code, text)| text.map(|text| (*code, text.as_bytes()))).collect();
        let clock = Clock { resolution: resolution.unwrap_or(clock.resolution), offset: 0 };
        let id = pcapng.interface(link, snaplen.unwrap_or(*usual), clock, &more, hold.open());
        hold.close();
        state.settle(py)?;
        Ok(id)
    }

    /// Hand over everything that was written.
    fn flush(&self, py: Python<'_>) -> PyResult<()> {
        self.state(py).flush(py)
    }

    /// Write what belongs at the end, and hand everything over.
    fn finish(&self, py: Python<'_>) -> PyResult<()> {
        let mut state = self.state(py);
        let link = state.link.unwrap_or(1);
        state.begin(link)?;
        let State { shape, hold, origins, big_endian, snaplen, clock, .. } = &mut *state;
        if let Shape::Pcapng(pcapng) = shape {
            if !pcapng.is_open() {
                // A capture without packets is still a capture.
                pcapng.begin(*big_endian, hold.open());
                pcapng.own_interface(link, *snaplen, *clock, hold.open());
                hold.close();
            }
            for origin in origins.iter() {
                pcapng.finish(address(origin), lock(py, origin).capture.meta(), hold.open());
                hold.close();
            }
        }
        state.flush(py)
    }

    /// What records had and the format has not, counted.
    #[getter]
    fn lost(&self, py: Python<'_>) -> HashMap<&'static str, u64> {
        self.state(py).lost.clone()
    }
}

impl RecordWriter {
    fn state(&self, py: Python<'_>) -> std::sync::MutexGuard<'_, State> {
        self.0.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner)
    }
}

fn address(shared: &Shared) -> u64 {
    Arc::as_ptr(shared) as usize as u64
}

/// Reads a file that is to be appended to, to its end.
fn read_through(py: Python<'_>, source: &Source) -> PyResult<Capture> {
    let mut capture = source.open(py)?;
    let mut batch = Batch::new();
    while py.detach(|| capture.fill(&mut batch, Limits::default())).map_err(to_python)? {
        py.check_signals()?;
    }
    Ok(capture)
}
