//! One frame at a time: its record, its layers, the places of its fields.

use std::sync::{Arc, Mutex};

use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::{PyBytes, PyList};
use unwire::capture::{Batch, Capture, Limits};
use unwire::columns::{each_value, protocols};
use unwire::reader::Bytes;
use unwire::schema;
use unwire::text;
use unwire::value::Value;
use unwire::walk::Walk;

use crate::capture::Info;
use crate::schema::Schema;
use crate::source::{Begun, Source, to_python};

/// A frame of a capture: `number` from 1, `time_ns` (ns since the epoch, UTC, or None), `len` on the wire, `cap_len`, `link_type`,
/// `interface_id`, `comments`, and `bytes(frame)`.
#[pyclass(frozen, module = "unwire")]
pub(crate) struct Frame {
    schema: Arc<schema::Schema>,
    data: Py<PyBytes>,
    #[pyo3(get)]
    number: u64,
    #[pyo3(get)]
    time_ns: Option<i64>,
    #[pyo3(get)]
    len: u32,
    #[pyo3(get)]
    link_type: u16,
    #[pyo3(get)]
    interface_id: Option<u32>,
    #[pyo3(get)]
    comments: Vec<String>,
}

impl Frame {
    fn walked<T>(&self, py: Python<'_>, look: impl FnOnce(&Walk, Bytes<'_>) -> T) -> T {
        let mut walk = Walk::new(Arc::clone(&self.schema), None);
        let bytes = Bytes(self.data.bind(py).as_bytes());
        walk.run(self.link_type, bytes, self.len);
        look(&walk, bytes)
    }

    /// The error for a field that nobody declares, which is the package's to word.
    fn unknown(&self, py: Python<'_>, field: &str) -> PyErr {
        let made = py.import("unwire.schema").and_then(|module| module.call_method1("unknown", (field, Schema::new(Arc::clone(&self.schema)))));
        made.map_or_else(|error| error, PyErr::from_value)
    }
}

fn to_object<'py>(py: Python<'py>, value: &Value<'_>) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::UInt(number) => number.into_pyobject(py)?.into_any(),
        Value::Int(number) => number.into_pyobject(py)?.into_any(),
        Value::Bool(truth) => truth.into_pyobject(py)?.to_owned().into_any(),
        Value::Bytes(bytes) => PyBytes::new(py, bytes).into_any(),
        Value::Text(text) => text.as_ref().into_pyobject(py)?.into_any(),
        Value::Mac(_) | Value::Ip4(_) | Value::Ip6(_) => value.to_string().into_pyobject(py)?.into_any(),
    })
}

#[pymethods]
impl Frame {
    /// Captured length in bytes.
    #[getter]
    fn cap_len(&self, py: Python<'_>) -> usize {
        self.data.bind(py).as_bytes().len()
    }

    fn __bytes__(&self, py: Python<'_>) -> Py<PyBytes> {
        self.data.clone_ref(py)
    }

    /// The chain of protocols, `eth:ethertype:ip:tcp`.
    #[getter]
    fn protocols(&self, py: Python<'_>) -> String {
        self.walked(py, |walk, _| protocols(walk))
    }

    /// The layers: (class, name, start, start of the payload, end), in bytes of the frame.
    #[getter]
    fn layers(&self, py: Python<'_>) -> Vec<(String, Option<String>, u32, u32, u32)> {
        self.walked(py, |walk, bytes| {
            let layers = walk.spans.iter().map(|span| {
                let layer = self.schema.layer(span.layer);
                (layer.class.to_string(), layer.name.as_deref().map(str::to_owned), span.start, span.payload, span.limit.min(bytes.len()))
            });
            layers.collect()
        })
    }

    /// Why decoding ended: (reason, protocol, offset, bytes needed, bytes there).
    #[getter]
    fn stop(&self, py: Python<'_>) -> (&'static str, Option<String>, u32, u32, u32) {
        self.walked(py, |walk, _| {
            let layer = walk.stop.layer.and_then(|id| self.schema.layer(id).name.as_deref().map(str::to_owned));
            let fault = walk.stop.fault;
            (fault.reason.name(), layer, fault.offset, fault.needed, fault.got)
        })
    }

    /// Where a field's value stands in the frame: (start, end) in bytes, or None if the frame has none; of several the first.
    #[pyo3(name = "where")]
    fn place(&self, py: Python<'_>, field: &str) -> PyResult<Option<(u32, u32)>> {
        self.walked(py, |walk, bytes| {
            let mut found = None;
            each_value(walk, bytes, field, &mut |read| found = found.or(Some((read.start, read.end)))).map_err(|field| self.unknown(py, &field.0))?;
            Ok(found)
        })
    }

    /// All values of a field in the frame, in wire order.
    fn values<'py>(&self, py: Python<'py>, field: &str) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        self.walked(py, |walk, bytes| {
            let mut failed = Ok(());
            each_value(walk, bytes, field, &mut |read| {
                if failed.is_ok() {
                    failed = to_object(py, &read.value).and_then(|value| list.append(value));
                }
            })
            .map_err(|field| self.unknown(py, &field.0))?;
            failed
        })?;
        Ok(list)
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let time = self.time_ns.map_or_else(|| "no time".to_owned(), |ns| text::Iso(ns).to_string());
        format!("<Frame {} {time} {} bytes {}>", self.number, self.len, self.protocols(py))
    }
}

/// The frames of a capture, one after the other.
#[pyclass(frozen, module = "unwire._engine")]
pub(crate) struct Frames {
    schema: Arc<schema::Schema>,
    link: Option<u16>,
    reading: Mutex<Reading>,
    begun: Begun,
}

struct Reading {
    capture: Capture,
    batch: Batch,
    at: usize,
}

/// Frames are taken one at a time, so a batch need not be large.
const LIMITS: Limits = Limits { records: 512, bytes: 256 * 1024 };

#[pymethods]
impl Frames {
    #[new]
    #[pyo3(signature = (source, schema, link = None))]
    fn new(py: Python<'_>, source: &Source, schema: &Schema, link: Option<u16>) -> PyResult<Self> {
        let reading = Mutex::new(Reading { capture: source.open(py)?, batch: Batch::new(), at: 0 });
        Ok(Self { schema: Arc::clone(&schema.inner), link, reading, begun: Begun::here() })
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Frame>> {
        self.begun.check()?;
        let mut reading = self.reading.lock_py_attached(py).unwrap_or_else(std::sync::PoisonError::into_inner);
        let Reading { capture, batch, at } = &mut *reading;
        if *at >= batch.records.len() {
            *at = 0;
            if !py.detach(|| capture.fill(batch, LIMITS)).map_err(to_python)? {
                return Ok(None);
            }
            py.check_signals()?;
        }
        let record = &batch.records[*at];
        let number = batch.first_number + *at as u64;
        *at += 1;
        Ok(Some(Frame {
            schema: Arc::clone(&self.schema),
            data: PyBytes::new(py, batch.bytes(record)).unbind(),
            number,
            time_ns: record.time,
            len: record.wire_len,
            link_type: self.link.unwrap_or(record.link),
            interface_id: (record.interface_id != unwire::capture::Record::NO_INTERFACE).then_some(record.interface_id),
            comments: batch.comments(record).map(std::borrow::Cow::into_owned).collect(),
        }))
    }

    /// What is known of the capture so far.
    fn info(&self, py: Python<'_>) -> PyResult<Info> {
        self.begun.check()?;
        Ok(py.detach(|| Info::of(&self.reading.lock().unwrap_or_else(std::sync::PoisonError::into_inner).capture)))
    }
}
