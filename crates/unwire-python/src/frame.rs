//! One frame at a time: its record, its layers, the places of its fields.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};
use rustc_hash::FxHashMap;
use unwire::capture::{Batch, Record};
use unwire::columns::{each_value, protocols};
use unwire::dissect::Span;
use unwire::reader::Bytes;
use unwire::schema;
use unwire::text;
use unwire::told::Message;
use unwire::value::Value;
use unwire::walk::Walk;

use crate::object;
use crate::schema::Schema;

/// What all frames of a pass share: the schema, a walk that remembers, the time of the first frame, the layers by the names they go by.
pub(crate) struct Shared {
    pub(crate) schema: Py<Schema>,
    walk: Mutex<Walk>,
    pub(crate) first: OnceLock<Option<i64>>,
    names: OnceLock<FxHashMap<String, Vec<schema::LayerId>>>,
}

impl Shared {
    pub(crate) fn new(schema: &Bound<'_, Schema>) -> Self {
        let walk = Mutex::new(Walk::new(Arc::clone(&schema.get().inner), None));
        Self { schema: schema.clone().unbind(), walk, first: OnceLock::new(), names: OnceLock::new() }
    }

    fn layers(&self) -> &Arc<schema::Schema> {
        &self.schema.get().inner
    }

    /// The layers that go by a name: Wireshark's, and the class's own.
    fn named(&self, name: &str) -> Option<&[schema::LayerId]> {
        let names = self.names.get_or_init(|| {
            let mut names: FxHashMap<String, Vec<schema::LayerId>> = FxHashMap::default();
            for layer in self.layers().current().filter(|layer| !layer.part) {
                let class = layer.class.rsplit('.').next().unwrap_or_default().to_lowercase();
                let own = layer.name.as_deref().map(|name| name.replace(['.', '-'], "_"));
                for name in own.into_iter().filter(|name| *name != class).chain([class.clone()]) {
                    names.entry(name).or_default().push(layer.id);
                }
            }
            names
        });
        names.get(name).map(Vec::as_slice)
    }
}

/// A frame of a capture: `number` from 1, `time_ns` (ns since the epoch, UTC, or None), `len` on the wire, `cap_len`, `link_type`,
/// `interface_id`, `comments`, and `bytes(frame)`.
#[pyclass(frozen, module = "unwire")]
pub(crate) struct Frame {
    shared: Arc<Shared>,
    data: Py<PyBytes>,
    /// The objects of its layers, made as they are asked for.
    objects: Mutex<Vec<Option<Py<PyAny>>>>,
    /// What its streams said with it, where somebody heard it: the messages, and the bytes that they stand in.
    said: Option<Box<(Vec<Message>, Vec<u8>)>>,
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
        let bytes = Bytes(self.data.bind(py).as_bytes());
        // What looks may run Python, which may come back here; another thread may be at it, too.
        let mut own;
        let mut shared = self.shared.walk.try_lock();
        let walk = if let Ok(walk) = &mut shared {
            walk.make_room();
            &mut **walk
        } else {
            own = Walk::new(Arc::clone(self.shared.layers()), None);
            &mut own
        };
        walk.run(self.link_type, bytes, self.len);
        look(walk, bytes)
    }

    /// A frame of a record; `number` is counted from 0.
    pub(crate) fn of(py: Python<'_>, shared: &Arc<Shared>, batch: &Batch, record: &Record, number: u64, link: Option<u16>) -> Self {
        Self {
            shared: Arc::clone(shared),
            data: PyBytes::new(py, batch.bytes(record)).unbind(),
            objects: Mutex::default(),
            said: None,
            number: number + 1,
            time_ns: record.time,
            len: record.wire_len,
            link_type: link.unwrap_or(record.link),
            interface_id: record.interface(),
            comments: if record.options.1 == 0 { Vec::new() } else { batch.comments(record).map(std::borrow::Cow::into_owned).collect() },
        }
    }

    /// The frame of the record of a number in the batch knows what its streams said with it.
    pub(crate) fn hear(&mut self, batch: &Batch, at: usize) {
        let messages = batch.messages(at);
        if messages.is_empty() {
            return;
        }
        let (mut own, mut buffer) = (messages.to_vec(), Vec::new());
        for message in &mut own {
            let (start, offset) = (message.offset as usize, buffer.len() as u32);
            buffer.extend_from_slice(batch.buffer.get(start..start + message.len as usize).unwrap_or_default());
            message.offset = offset;
        }
        self.said = Some(Box::new((own, buffer)));
    }

    /// The object of the layer of a number; None if the frame has less of it than an object needs.
    fn object<'py>(&self, py: Python<'py>, spans: &[Span], at: usize) -> PyResult<Option<Bound<'py, PyAny>>> {
        let mut made = std::mem::take(&mut *self.objects.lock().unwrap_or_else(PoisonError::into_inner));
        let found = self.fill(py, spans, at, &mut made);
        let object = made.get(at).and_then(|object| object.as_ref().map(|object| object.bind(py).clone()));
        *self.objects.lock().unwrap_or_else(PoisonError::into_inner) = made;
        found.map(|()| object)
    }

    /// Make the objects up to the one of a number. What another one carries is the same object as in it.
    fn fill(&self, py: Python<'_>, spans: &[Span], at: usize, made: &mut Vec<Option<Py<PyAny>>>) -> PyResult<()> {
        for span in spans.iter().take(at + 1).skip(made.len()) {
            let mut object = None;
            for before in made.iter().rev().flatten() {
                object = object::carried(before.bind(py), span)?;
                if object.is_some() {
                    break;
                }
            }
            if object.is_none() {
                object = object::of_span(self.shared.schema.bind(py), self.data.bind(py), *span)?;
            }
            made.push(object.map(Bound::unbind));
        }
        Ok(())
    }

    /// The error for a field that nobody declares, which is the package's to word.
    fn unknown(&self, py: Python<'_>, field: &str) -> PyErr {
        let made = py.import("unwire.schema").and_then(|module| module.call_method1("unknown", (field, &self.shared.schema)));
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
        self.walked(py, |walk, _| protocols(walk.schema(), &walk.spans))
    }

    /// The layers: (class, name, start, start of the payload, end), in bytes of the frame.
    #[getter]
    fn layers(&self, py: Python<'_>) -> Vec<(String, Option<String>, u32, u32, u32)> {
        self.walked(py, |walk, bytes| {
            let layers = walk.spans.iter().map(|span| {
                let layer = self.shared.layers().layer(span.layer);
                (layer.class.to_string(), layer.name.as_deref().map(str::to_owned), span.start, span.payload, span.limit.min(bytes.len()))
            });
            layers.collect()
        })
    }

    /// Why decoding ended: (reason, protocol, offset, bytes needed, bytes there).
    #[getter]
    fn stop(&self, py: Python<'_>) -> (&'static str, Option<String>, u32, u32, u32) {
        self.walked(py, |walk, _| {
            let layer = walk.stop.layer.and_then(|id| self.shared.layers().layer(id).name.as_deref().map(str::to_owned));
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

    /// Its place in the trace, counted from 0.
    #[getter]
    fn index(&self) -> u64 {
        self.number - 1
    }

    /// The time of the first packet of the trace, in nanoseconds.
    #[getter]
    fn _first_ns(&self) -> Option<i64> {
        self.shared.first.get().copied().flatten()
    }

    /// The frame in a packet list: source, destination, protocol, info.
    fn line(&self, py: Python<'_>) -> (String, String, String, String) {
        let line = match self.said.as_deref() {
            None => self.walked(py, |walk, bytes| unwire::info::line(walk, bytes, &[])),
            Some((messages, buffer)) => {
                let bytes = Bytes(self.data.bind(py).as_bytes());
                let mut walk = Walk::new(Arc::clone(self.shared.layers()), None);
                walk.run(self.link_type, bytes, self.len);
                walk.hear(buffer, messages);
                unwire::info::line(&walk, bytes, buffer)
            }
        };
        (line.source, line.destination, line.protocol, line.info)
    }

    /// The packet for reading, at one of Pktt's levels: 0 what `repr` gives, 1 one line, 2 a line for each layer, 3 all fields.
    #[pyo3(signature = (level = 1))]
    fn show<'py>(slf: &Bound<'py, Self>, level: i32) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("unwire.capture.packet")?.getattr("show")?.call1((slf, level))
    }

    fn __str__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::show(slf, 1)
    }

    /// The layers as objects, outermost first.
    fn objects<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let spans = self.walked(py, |walk, _| walk.spans.clone());
        let list = PyList::empty(py);
        for at in 0..spans.len() {
            if let Some(object) = self.object(py, &spans, at)? {
                list.append(object)?;
            }
        }
        Ok(list)
    }

    /// A layer by its name, the first of those there are; None if the frame has none.
    fn __getattr__<'py>(slf: &Bound<'py, Self>, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        let (this, py) = (slf.get(), slf.py());
        let Some(wanted) = this.shared.named(name) else {
            return py.import("unwire.capture.packet")?.getattr("other")?.call1((slf, this.shared.schema.bind(py), name)).map(Some);
        };
        let found = this.walked(py, |walk, _| {
            let at = walk.spans.iter().position(|span| wanted.contains(&span.layer))?;
            Some((walk.spans.clone(), at))
        });
        found.map_or(Ok(None), |(spans, at)| this.object(py, &spans, at))
    }

    fn __dir__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("unwire.capture.packet")?.getattr("names")?.call1((slf,))
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let time = self.time_ns.map_or_else(|| "no time".to_owned(), |ns| text::Iso(ns).to_string());
        format!("<Frame {} {time} {} bytes {}>", self.number, self.len, self.protocols(py))
    }
}
