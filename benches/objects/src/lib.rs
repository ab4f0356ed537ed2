//! The bet of the object model, in a hundred lines: a packet object is a span over borrowed bytes; fields are descriptors that read on demand;
//! `data` makes the next layer when it is asked for. Safe PyO3 only. Run by spike.py, which prints the ratio to dpkt.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyType};
use unwire::dissect::{Span, Walk};
use unwire::reader::Bytes;
use unwire::schema::{Kind, Schema};

/// Layer ids of Python classes by address, and the classes by layer id.
static LAYERS: Mutex<Option<HashMap<usize, u16>>> = Mutex::new(None);
static CLASSES: OnceLock<Vec<Option<Py<PyType>>>> = OnceLock::new();

#[pyclass(subclass, frozen)]
struct Base {
    bytes: Py<PyBytes>,
    spans: std::sync::Arc<[Span]>,
    at: usize,
    next: OnceLock<Py<PyAny>>,
}

thread_local! {
    /// What the instance that is being made is made of; None if a user makes it from bytes.
    static PENDING: std::cell::RefCell<Option<Base>> = const { std::cell::RefCell::new(None) };
    static WALK: std::cell::RefCell<Walk> = std::cell::RefCell::default();
}

#[pymethods]
impl Base {
    #[new]
    #[pyo3(signature = (bytes = None))]
    fn new(bytes: Option<Bound<'_, PyBytes>>) -> PyResult<Self> {
        let Some(bytes) = bytes else {
            let pending = PENDING.with(|pending| pending.borrow_mut().take());
            return pending.ok_or_else(|| pyo3::exceptions::PyTypeError::new_err("bytes, please"));
        };
        let spans = WALK.with(|walk| {
            let mut walk = walk.borrow_mut();
            let view = Bytes(bytes.as_bytes());
            walk.run(Schema::built_in(), 1, view, view.len(), None);
            std::sync::Arc::from(walk.spans.as_slice())
        });
        Ok(Self { bytes: bytes.unbind(), spans, at: 0, next: OnceLock::new() })
    }

    #[getter]
    fn data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        if let Some(next) = self.next.get() {
            return Ok(next.bind(py).clone());
        }
        let classes = CLASSES.get().map_or(&[][..], Vec::as_slice);
        let span = self.spans.get(self.at + 1);
        let made = match span.and_then(|span| classes.get(span.layer as usize)?.as_ref()) {
            Some(class) => {
                let child = Self { bytes: self.bytes.clone_ref(py), spans: self.spans.clone(), at: self.at + 1, next: OnceLock::new() };
                PENDING.with(|pending| *pending.borrow_mut() = Some(child));
                class.bind(py).call0()?
            }
            None => {
                let (span, bytes) = (&self.spans[self.at], self.bytes.bind(py).as_bytes());
                PyBytes::new(py, &bytes[span.payload as usize..(span.tail as usize).min(bytes.len())]).into_any()
            }
        };
        let _ = self.next.set(made.clone().unbind());
        Ok(made)
    }
}

/// A field: reads its value from the bytes of the object it is asked of.
#[pyclass(frozen)]
struct Attribute {
    offset: u32,
    size: u32,
    number: bool,
}

#[pymethods]
impl Attribute {
    fn __get__<'py>(&self, py: Python<'py>, object: &Bound<'py, PyAny>, _class: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let base = object.cast::<Base>()?.get();
        let span = &base.spans[base.at];
        let bytes = Bytes(base.bytes.bind(py).as_bytes());
        let short = |_| pyo3::exceptions::PyValueError::new_err("short");
        if self.number {
            let value = bytes.uint(span.start + self.offset, self.size as u8, false, span.limit).map_err(short)?;
            return Ok(value.into_pyobject(py)?.into_any());
        }
        Ok(PyBytes::new(py, bytes.take(span.start + self.offset, self.size, span.limit).map_err(short)?).into_any())
    }
}

/// Give a class its layer and an attribute for each plain field.
#[pyfunction]
fn declare(class: &Bound<'_, PyType>, layer: &str) -> PyResult<u16> {
    let schema = Schema::built_in();
    let layer = schema.layer_of(layer).ok_or_else(|| pyo3::exceptions::PyKeyError::new_err(layer.to_owned()))?;
    for field in layer.fields.iter().filter(|field| field.place.anchor == 0) {
        let number = matches!(field.kind, Kind::UInt { .. });
        if let (Some(size), true) = (field.kind.fixed_size(), number || matches!(field.kind, Kind::Mac | Kind::Ip4 | Kind::Ip6)) {
            class.setattr(&*field.name, Attribute { offset: field.place.offset, size, number })?;
        }
    }
    LAYERS.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default().insert(class.as_ptr() as usize, layer.id);
    Ok(layer.id)
}

#[pyfunction]
fn register(classes: Vec<(u16, Py<PyType>)>) {
    let mut table: Vec<Option<Py<PyType>>> = Vec::new();
    for (id, class) in classes {
        table.resize_with(table.len().max(id as usize + 1), || None);
        table[id as usize] = Some(class);
    }
    let _ = CLASSES.set(table);
}

#[pymodule]
mod objects {
    #[pymodule_export]
    use super::{Attribute, Base, declare, register};
}
