//! Packets as objects: what an object is, and how it comes from bytes. A view is a layer laid over bytes that the object borrows; fields are
//! read when they are asked for, the payload is decoded when it is asked for, and what was written lies beside the bytes, which never change.
//!
//! class.rs knows Python's classes and their layers, field.rs reads and writes fields, listing.rs makes lists, edits.rs keeps what was written, header.rs, pack.rs
//! and fill.rs make bytes again, raw.rs is the memory they live in. No protocol is known here.

mod address;
mod class;
mod edits;
mod field;
mod fill;
mod header;
mod listing;
mod pack;
mod raw;
mod template;
mod view;

use std::sync::{Mutex, OnceLock};

use pyo3::prelude::*;
use pyo3::types::{PyAny, PyBytes, PyDict, PyList, PyType};

use class::Info;
pub(crate) use class::Shown;
use edits::Edits;
pub(crate) use listing::Listings;
use raw::{Held, Place};
pub(crate) use raw::{Lent, Pair};
use unwire::dissect::Span;
use view::View;
pub(crate) use view::error_class;

use crate::schema::Schema;

/// What an object is: its class, the bytes it was read from, what they decode to, and what was written since.
pub(crate) struct State {
    info: &'static Info,
    view: Option<View>,
    data: Place,
    edits: OnceLock<Box<Mutex<Edits>>>,
}

impl State {
    fn new(info: &'static Info) -> Self {
        Self { info, view: None, data: Place::default(), edits: OnceLock::new() }
    }

    #[inline]
    fn of(info: &'static Info, view: View) -> Self {
        Self { info, view: Some(view), data: Place::default(), edits: OnceLock::new() }
    }

    /// What was written, made when something is.
    fn edits(&self) -> std::sync::MutexGuard<'_, Edits> {
        let edits = self.edits.get_or_init(Box::default);
        edits.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// True if something was written, or a list was handed out.
    fn has_edits(&self) -> bool {
        self.edits.get().is_some()
    }

    /// The bytes that the object was read from, unless it has been given others.
    fn view(&self, py: Python<'_>) -> Option<View> {
        if self.edits.get().is_some()
            && let Some(view) = &self.edits().view
        {
            return Some(view.share(py));
        }
        self.view.as_ref().map(|view| view.share(py))
    }

    /// True if the object was read from bytes.
    fn is_read(&self) -> bool {
        self.view.is_some() || self.edits.get().is_some_and(|_| self.edits().view.is_some())
    }

    /// Read the object from other bytes: what was written and decoded before is forgotten.
    fn replace(&self, view: View) {
        let old = std::mem::replace(&mut *self.edits(), Edits::of(view));
        drop(old);
    }

    /// The payload: as it was set, else decoded once.
    fn data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        if self.edits.get().is_some() {
            let edits = self.edits();
            if let Some(data) = &edits.data {
                return Ok(data.bind(py).clone());
            }
            if let Some(view) = edits.view.as_ref().map(|view| view.share(py)) {
                drop(edits);
                let data = view.decode(py)?;
                let kept = self.edits().data.get_or_insert_with(|| Held::new(data.clone())).bind(py).clone();
                return Ok(kept);
            }
        }
        if let Some(data) = self.data.get(py) {
            return Ok(data);
        }
        let made = match &self.view {
            Some(view) => view.decode(py)?,
            None => PyBytes::new(py, b"").into_any(),
        };
        Ok(self.data.fill(made))
    }

    /// True if the payload was decoded or set, so that it may differ from the bytes read.
    fn has_data(&self) -> bool {
        !self.data.is_empty() || self.edits.get().is_some_and(|_| self.edits().data.is_some())
    }

    fn set_data(&self, py: Python<'_>, data: Option<Held<PyAny>>) {
        let data = data.unwrap_or_else(|| Held::new(PyBytes::new(py, b"").into_any()));
        let old = self.edits().data.replace(data);
        drop(old);
    }

    /// dpkt's names for the payload: `eth.ip` is `eth.data` if that is an `IP`.
    fn alias<'py>(&self, object: &Bound<'py, PyAny>, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        if name.starts_with('_') || raw::has_more(object) && object.getattr("__dict__")?.contains(without(name))? {
            return Ok(None);
        }
        let data = self.data(object.py())?;
        Ok(raw::state(&data).is_some_and(|inner| inner.info.aliases.iter().any(|alias| alias == name)).then_some(data))
    }

    fn each_written(&self, mut visit: impl FnMut(&Held<PyAny>)) {
        if let Some(edits) = self.edits.get()
            && let Ok(edits) = edits.try_lock()
        {
            edits.each_reference(&mut visit);
        }
    }

    /// Let go of what may lead back here.
    fn forget(&self) {
        if self.edits.get().is_some() {
            let old = std::mem::take(&mut *self.edits());
            drop(old);
        }
    }
}

/// Where an object remembers that an attribute was deleted; views.py has the same.
fn without(name: &str) -> String {
    format!("_without_{name}")
}

/// The object of a Python argument.
fn own<'a>(object: &'a Bound<'_, PyAny>) -> PyResult<&'a State> {
    let state = raw::state(object).ok_or_else(|| pyo3::exceptions::PyTypeError::new_err("a packet or part is needed"))?;
    raw::watch(object);
    Ok(state)
}

/// The bytes of a packet that nobody changed, if the object is one and its class leaves them to the engine.
pub(crate) fn as_read<'a>(object: &'a Bound<'_, PyAny>) -> PyResult<Option<&'a [u8]>> {
    match raw::state(object).filter(|state| !state.info.packs) {
        Some(state) => pack::untouched(object, state),
        None => Ok(None),
    }
}

/// The object of a layer of a frame, if the frame has all that an object needs.
pub(crate) fn of_span<'py>(schema: &Bound<'py, Schema>, buffer: &Bound<'py, PyBytes>, span: Span) -> PyResult<Option<Bound<'py, PyAny>>> {
    View::over(Held::new(buffer.clone()), Held::new(schema.clone()), span).object_of(schema.py(), span)
}

/// What an object carries or shows inside itself, if it is the layer of that span.
pub(crate) fn carried<'py>(object: &Bound<'py, PyAny>, span: &Span) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = object.py();
    let Some(state) = raw::state(object) else { return Ok(None) };
    let is = |found: &Bound<'py, PyAny>| {
        let state = raw::state(found)?;
        state.view(py).map(|view| view.span.start == span.start && view.span.layer == span.layer)
    };
    let data = state.data(py)?;
    if is(&data) == Some(true) {
        return Ok(Some(data));
    }
    for fold in &state.info.folds {
        let Ok(shown) = object.getattr(fold.as_str()) else { continue };
        for one in shown.try_iter()? {
            let one = one?;
            if is(&one) == Some(true) {
                return Ok(Some(one));
            }
        }
    }
    Ok(None)
}

/// What the package's own classes are made with; users have the methods of `Packet`.
#[pymodule]
pub(crate) mod objects {
    use super::{Bound, Py, PyAny, PyBytes, PyDict, PyList, PyModule, PyResult, PyType, Python, View, class, own};
    use pyo3::prelude::*;

    /// Read an object again, from other bytes.
    #[pyfunction]
    fn unpack(object: &Bound<'_, PyAny>, buffer: &Bound<'_, PyAny>) -> PyResult<()> {
        let state = own(object)?;
        state.replace(View::read(state.info, buffer)?);
        Ok(())
    }

    /// Give an object that was just made the bytes that another was read from.
    #[pyfunction]
    fn restore(object: &Bound<'_, PyAny>, bytes: &Bound<'_, PyBytes>) -> PyResult<()> {
        let state = own(object)?;
        state.replace(View::restore(state.info, bytes)?);
        Ok(())
    }

    /// Give a class that was just declared its attributes: `id` is its layer's, `fields` are the names of its fields with their docs and with what
    /// turns their values into those that are shown, and back; `stand_ins` are fields shown under other names while nothing is folded or written.
    #[pyfunction]
    fn equip(class: &Bound<'_, PyType>, id: &str, fields: Vec<class::Named>, stand_ins: Vec<class::StandIn>, folds: Vec<String>) -> PyResult<()> {
        class::equip(class, id, fields, stand_ins, folds)
    }

    /// The header with its options, as it would be sent; nothing is filled in.
    #[pyfunction]
    fn pack_hdr<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
        super::pack::header(object, own(object)?)
    }

    /// The packet as it would be sent: lengths and checksums that nobody set are filled in, here and in the object.
    #[pyfunction]
    fn pack<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
        super::pack::pack(object, own(object)?)
    }

    /// How many bytes `pack` would give.
    #[pyfunction]
    fn size(object: &Bound<'_, PyAny>) -> PyResult<usize> {
        super::pack::size(object, own(object)?)
    }

    /// The bytes that the object was read from, header and payload, to the end that its length fields promise; None if it was built.
    #[pyfunction]
    fn raw<'py>(py: Python<'py>, object: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        Ok(own(object)?.view(py).map(|view| PyBytes::new(py, view.whole(py))))
    }

    /// True if what the object carries is a piece of a datagram, as its header says.
    #[pyfunction]
    fn is_piece(object: &Bound<'_, PyAny>) -> PyResult<bool> {
        super::pack::is_piece(object, own(object)?)
    }

    /// The layers folded into an object, in order.
    #[pyfunction]
    fn folded<'py>(py: Python<'py>, object: &Bound<'py, PyAny>, view: &str) -> PyResult<Bound<'py, PyList>> {
        match own(object)?.view(py) {
            Some(found) => found.folded(py, view),
            None => Ok(PyList::empty(py)),
        }
    }

    /// The name of the layer that the object shows: its class's, or that of one shown as the class.
    #[pyfunction]
    fn layer_of(py: Python<'_>, object: &Bound<'_, PyAny>) -> PyResult<String> {
        let state = own(object)?;
        Ok(state.view(py).map_or_else(|| state.info.id.clone(), |view| view.layer().class.to_string()))
    }

    /// True if all holds that the layer expects of the bytes that were read.
    #[pyfunction]
    fn is_as_expected(py: Python<'_>, object: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(own(object)?.view(py).is_none_or(|view| view.is_as_expected(py)))
    }

    /// What was written: field names and values.
    #[pyfunction]
    fn written<'py>(py: Python<'py>, object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
        super::edits::written(py, own(object)?)
    }

    /// The number spaces changed, so the schema of the next object is another.
    #[pyfunction]
    fn touch() {
        class::touch();
    }

    /// The payload if it was decoded or set, else None.
    #[pyfunction]
    fn payload(py: Python<'_>, object: &Bound<'_, PyAny>) -> PyResult<Option<Py<PyAny>>> {
        let state = own(object)?;
        if state.has_data() { state.data(py).map(|data| Some(data.unbind())) } else { Ok(None) }
    }

    /// The field's state: "default", "read" or "set".
    #[pyfunction]
    fn state_of(object: &Bound<'_, PyAny>, name: &str) -> PyResult<&'static str> {
        super::edits::state_of(own(object)?, name)
    }

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("Object", super::raw::base(module.py())?)
    }
}
