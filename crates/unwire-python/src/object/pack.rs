//! From an object to bytes: what was written is laid over what was read, payloads come first, then lengths and checksums, then what is
//! around them. How one layer becomes bytes is the engine's; how layers fit together is here.

use std::cell::Cell;

use pyo3::exceptions::{PyRecursionError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyAny, PyBytes, PyDict, PyList, PyString, PyTuple};
use unwire::build::{self, Built};
use unwire::dissect::Span;
use unwire::schema::{Kind, Layer};

use super::field::{Attribute, is_object};
use super::fill::{Pending, show_lengths};
use super::header::{pack_error, plain_bytes, unfit};
use super::raw::{self, Held};
use super::template::quick_size;
use super::view::View;
use super::{State, class, own};
use crate::schema::Schema;

/// The bytes in which a field is to be looked up: those read, or if something was written that it may depend on, those that would be sent.
pub(super) fn snapshot(object: &Bound<'_, PyAny>, state: &State, attribute: &Attribute) -> PyResult<View> {
    let py = object.py();
    let schema = schema_of(py, state)?;
    let layer = layer_of(py, state, schema.get())?;
    let touched = state.edits.get().is_some_and(|_| !state.edits().is_as_read(layer, attribute.index));
    if let Some(view) = state.view(py)
        && !touched
        && !(state.has_data() && attribute_depends_on_payload(&view, attribute))
    {
        return Ok(view);
    }
    let mut packing = Packing { fill: false };
    let (payload, stated) = packing.payload(object, state)?;
    let built = packing.header(object, state, schema.get(), layer, payload.len(), None, stated.as_ref())?;
    let mut bytes = built.header;
    let header = bytes.len() as u32;
    bytes.extend_from_slice(&payload);
    bytes.extend_from_slice(&built.trailer);
    let end = bytes.len() as u32;
    let span = Span { layer: layer.id, start: 0, payload: header, tail: end, limit: end, ..Span::default() };
    Ok(View::over(Held::new(PyBytes::new(py, &bytes)), schema, span))
}

/// True for what is computed, and for lengths nobody set.
fn attribute_depends_on_payload(view: &View, attribute: &Attribute) -> bool {
    view.layer().fields.get(attribute.index as usize).is_some_and(|field| matches!(field.kind.inner(), Kind::Computed { .. } | Kind::Native(_)))
}

pub(super) fn schema_of(py: Python<'_>, state: &State) -> PyResult<Held<Schema>> {
    match state.view(py) {
        Some(view) => Ok(view.schema.share(py)),
        None => class::current(py),
    }
}

pub(super) fn layer_of<'a>(py: Python<'_>, state: &State, schema: &'a Schema) -> PyResult<&'a Layer> {
    if let Some(view) = state.view(py) {
        return Ok(schema.inner.layer(view.span.layer));
    }
    Ok(schema.inner.layer(state.info.layer(schema)?))
}

/// What the header would be, with nothing filled in but what was left to be.
pub(super) fn header<'py>(object: &Bound<'py, PyAny>, state: &State) -> PyResult<Bound<'py, PyBytes>> {
    let py = object.py();
    let schema = schema_of(py, state)?;
    let layer = layer_of(py, state, schema.get())?;
    let mut packing = Packing { fill: false };
    let measured = layer.fields.iter().any(|field| field.length.is_some()) && !state.is_read();
    let (payload, stated) = if measured || !state.info.folds.is_empty() { packing.payload(object, state)? } else { (Vec::new(), None) };
    Ok(PyBytes::new(py, &packing.header(object, state, schema.get(), layer, payload.len(), None, stated.as_ref())?.header))
}

/// The whole packet.
pub(super) fn pack<'py>(object: &Bound<'py, PyAny>, state: &State) -> PyResult<Bound<'py, PyBytes>> {
    if let Some(read) = untouched(object, state)? {
        return Ok(PyBytes::new(object.py(), read));
    }
    let bytes = Packing { fill: true }.assemble(object, state)?.bytes;
    Ok(PyBytes::new(object.py(), &bytes))
}

/// The bytes that were read, if they are what would be sent: nothing was written, here or in what was decoded, and nothing is to be filled in.
pub(super) fn untouched<'a>(object: &'a Bound<'_, PyAny>, state: &'a State) -> PyResult<Option<&'a [u8]>> {
    let py = object.py();
    let Some(view) = state.view.as_ref().filter(|_| is_as_read(object)) else { return Ok(None) };
    Ok(view.end_of_all(py)?.map(|end| view.slice(py, view.start(), end)))
}

fn is_as_read(object: &Bound<'_, PyAny>) -> bool {
    let mut object = object.clone();
    while let Some(state) = raw::state(&object) {
        if state.edits.get().is_some() || state.view.is_none() || state.info.packs || !state.info.folds.is_empty() && raw::has_more(&object) {
            return false;
        }
        let Some(data) = state.data.get(object.py()) else { break };
        object = data;
    }
    true
}

/// What stands between a payload and the fields behind it where these have their place by a length and the payload says less of its own, such
/// as the datagram that an ICMP error quotes before an extension (RFC 4884 section 4): as it was read, zeros if the payload is another.
fn filling(py: Python<'_>, state: &State, layer: &Layer, data: &Bound<'_, PyAny>, made: &[u8]) -> Vec<u8> {
    let is_behind = || layer.fields.iter().skip_while(|field| !matches!(field.kind, Kind::Payload(_))).nth(1).is_some();
    let view = if is_object(data) && state.is_read() && is_behind() { state.view(py) } else { None };
    let Some(view) = view.filter(|view| view.span.tail < view.span.limit) else { return Vec::new() };
    let read = view.slice(py, view.span.payload, view.span.tail);
    match read.get(made.len()..) {
        Some(rest) if read.starts_with(made) => rest.to_vec(),
        Some(rest) => vec![0; rest.len()],
        None => Vec::new(),
    }
}

/// True if the payload is a piece of a datagram.
pub(super) fn is_piece(object: &Bound<'_, PyAny>, state: &State) -> PyResult<bool> {
    let schema = schema_of(object.py(), state)?;
    let layer = layer_of(object.py(), state, schema.get())?;
    Ok(layer.fragment.is_some() && Packing::fragment(&schema.get().inner, layer, header(object, state)?.as_bytes()))
}

/// How many bytes the packet has.
pub(super) fn size(object: &Bound<'_, PyAny>, state: &State) -> PyResult<usize> {
    if let Some(read) = untouched(object, state)? {
        return Ok(read.len());
    }
    if let Some(size) = quick_size(object.py(), object, 0)? {
        return Ok(size);
    }
    Ok(Packing { fill: false }.assemble(object, state)?.bytes.len())
}

/// Decode the payload that the object was given as bytes, as if the whole had been read.
pub(super) fn decode_given(object: &Bound<'_, PyAny>, state: &State) -> PyResult<()> {
    let py = object.py();
    let bytes = Packing { fill: false }.assemble(object, state)?.bytes;
    if let Ok(view) = View::read(state.info, PyBytes::new(py, &bytes).as_any()) {
        let data = view.decode(py)?;
        if is_object(&data) {
            state.set_data(py, Some(Held::new(data)));
        }
    }
    Ok(())
}

/// The bytes of a second reading that is assigned, which its field is to hold.
pub(super) fn to_bytes(py: Python<'_>, layer: &Layer, kind: &Kind, value: &Bound<'_, PyAny>, attribute: &Attribute) -> PyResult<Vec<u8>> {
    let schema = class::current(py)?;
    let given = Packing { fill: false }.convert(value)?;
    build::value(&schema.get().inner, layer, kind.inner(), &given).map_err(|why| unfit(py, &attribute.info.name, attribute.text(), &why))
}

#[derive(Default)]
pub(super) struct Assembled {
    pub(super) bytes: Vec<u8>,
    pending: Option<Pending>,
}

impl Assembled {
    /// The same behind other bytes.
    fn behind(self, mut lead: Vec<u8>) -> Self {
        if lead.is_empty() {
            return self;
        }
        let size = lead.len();
        lead.extend(self.bytes);
        let pending = self.pending.map(|pending| Pending { start: pending.start + size, end: pending.end + size, ..pending });
        Self { bytes: lead, pending }
    }
}

/// The objects shown inside one, each with its header, and the numbers that they make the fields of that one.
type Folded<'py> = (Vec<(Bound<'py, PyAny>, Built)>, Option<Bound<'py, PyDict>>);

/// Objects and lists in one another that are packed at most; one that holds itself has no end.
const MOST_PACKING: u32 = 256;

thread_local! {
    static PACKING: Cell<u32> = const { Cell::new(0) };
}

/// Do what may come back here, unless it did so too often.
pub(super) fn deeper<R>(work: impl FnOnce() -> PyResult<R>) -> PyResult<R> {
    let depth = PACKING.get();
    if depth >= MOST_PACKING {
        return Err(PyRecursionError::new_err(format!("packets are packed with at most {MOST_PACKING} objects and lists in one another")));
    }
    PACKING.set(depth + 1);
    let done = work();
    PACKING.set(depth);
    done
}

/// One way through an object and what it carries.
pub(super) struct Packing {
    /// Checksums are filled in.
    pub(super) fill: bool,
}

impl Packing {
    fn assemble(&mut self, object: &Bound<'_, PyAny>, state: &State) -> PyResult<Assembled> {
        let py = object.py();
        let schema = schema_of(py, state)?;
        let schema = schema.get();
        let layer = layer_of(py, state, schema)?;
        let data = state.data(py)?;
        let mut inner = self.carried(&data)?;
        let filling = filling(py, state, layer, &data, &inner.bytes);
        inner.bytes.extend(filling);
        let (folds, stated) = self.folds(object, state)?;
        let (leading, folds): (Vec<_>, Vec<_>) = folds.into_iter().partition(|(one, _)| raw::state(one).is_some_and(|state| state.info.leads));
        let mut middle = Vec::new();
        let mut followers = folds.iter().map(|(object, _)| object.clone()).chain(is_object(&data).then(|| data.clone()));
        let first = followers.next();
        for (_, built) in &folds {
            middle.extend_from_slice(&built.header);
        }
        let behind: Vec<u8> = folds.iter().rev().flat_map(|(_, built)| built.trailer.iter().copied()).collect();
        let built = self.header(object, state, schema, layer, middle.len() + inner.bytes.len() + behind.len(), first.as_ref(), stated.as_ref())?;
        let header = built.header.len();
        if self.fill && !state.is_read() {
            show_lengths(py, state, layer, &built, true)?;
        }
        let mut bytes = built.header;
        bytes.reserve(middle.len() + inner.bytes.len() + built.trailer.len());
        bytes.extend_from_slice(&middle);
        let payload = bytes.len();
        bytes.extend_from_slice(&inner.bytes);
        bytes.extend_from_slice(&behind);
        bytes.extend_from_slice(&built.trailer);
        let mut pending = inner.pending.map(|pending| Pending { start: pending.start + payload, end: pending.end + payload, ..pending });
        let lead: Vec<u8> = leading.into_iter().flat_map(|(_, built)| built.header).collect();
        if !self.fill {
            return Ok(Assembled { bytes, pending }.behind(lead));
        }
        pending = Self::sums(object, state, (schema, layer), &folds, &built.places, (&mut bytes, header, built.trailer.len()), pending)?;
        Ok(Assembled { bytes, pending }.behind(lead))
    }

    /// The bytes of a payload: of an object, of bytes, or of a list of either.
    fn carried(&mut self, data: &Bound<'_, PyAny>) -> PyResult<Assembled> {
        if let Some(state) = raw::state(data) {
            return self.inside(data, state);
        }
        if let Some(bytes) = plain_bytes(data)? {
            return Ok(Assembled { bytes, pending: None });
        }
        if data.is_instance_of::<PyList>() || data.is_instance_of::<PyTuple>() {
            let mut bytes = Vec::new();
            for one in data.try_iter()? {
                bytes.extend(deeper(|| self.carried(&one?))?.bytes);
            }
            return Ok(Assembled { bytes, pending: None });
        }
        if data.is_instance_of::<PyString>() || !data.hasattr("__bytes__")? {
            return Err(PyTypeError::new_err(format!("data is bytes or a packet, not '{}'", data.get_type().name()?)));
        }
        let made = data.call_method0("__bytes__")?;
        Ok(Assembled { bytes: made.cast::<PyBytes>()?.as_bytes().to_vec(), pending: None })
    }

    /// The bytes of another object; a class that makes its own is asked.
    pub(super) fn inside(&mut self, object: &Bound<'_, PyAny>, state: &State) -> PyResult<Assembled> {
        if state.info.packs {
            let made = deeper(|| object.call_method0("__bytes__"))?;
            return Ok(Assembled { bytes: made.cast::<PyBytes>()?.as_bytes().to_vec(), pending: None });
        }
        deeper(|| self.assemble(object, state))
    }

    pub(super) fn payload<'py>(&mut self, object: &Bound<'py, PyAny>, state: &State) -> PyResult<(Vec<u8>, Option<Bound<'py, PyDict>>)> {
        let data = state.data(object.py())?;
        let (folds, stated) = self.folds(object, state)?;
        let folds = folds.into_iter().filter(|(one, _)| raw::state(one).is_some_and(|state| !state.info.leads));
        let mut bytes: Vec<u8> = folds.flat_map(|(_, built)| built.header).collect();
        bytes.extend(self.carried(&data)?.bytes);
        Ok((bytes, stated))
    }

    /// The objects folded into this one, with their headers: as they were set, else as they were read.
    fn folds<'py>(&mut self, object: &Bound<'py, PyAny>, state: &State) -> PyResult<Folded<'py>> {
        let py = object.py();
        let read = state.view.as_ref().is_some_and(View::has_folded) || state.edits.get().is_some() || state.view.is_none();
        if state.info.folds.is_empty() || !read && !raw::has_more(object) {
            return Ok((Vec::new(), None));
        }
        if !raw::has_more(object) && !state.view(py).is_some_and(|view| view.has_folded()) && Self::is_stated(py, state, &state.data(py)?)? {
            return Ok((Vec::new(), None));
        }
        let (views, stated): (Vec<Vec<Bound<'py, PyAny>>>, Option<Bound<'py, PyDict>>) = object
            .call_method0("_settle")
            .map_err(|error| if error.is_instance_of::<PyValueError>(py) { pack_error(py, &error.value(py).to_string()) } else { error })?
            .extract()?;
        // Each view keeps its order; which comes first is as it was read.
        let mut views: Vec<_> = views.into_iter().filter(|view| !view.is_empty()).collect();
        let place = |view: &Vec<Bound<'_, PyAny>>| raw::state(&view[0]).and_then(|state| state.view(py).map(|view| view.span.start));
        if views.iter().all(|view| place(view).is_some()) {
            views.sort_by_key(place);
        }
        let found: Vec<_> = views.into_iter().flatten().collect();
        let data = state.data(py)?;
        let mut out = Vec::with_capacity(found.len());
        for (index, one) in found.iter().enumerate() {
            let state = own(one)?;
            let schema = schema_of(py, state)?;
            let layer = layer_of(py, state, schema.get())?;
            let next = found.get(index + 1).or_else(|| Some(&data).filter(|data| is_object(data)));
            let mut built = self.header(one, state, schema.get(), layer, 0, next, None)?;
            if state.info.keeps {
                built.header.extend(self.carried(&state.data(py)?)?.bytes);
            }
            out.push((one.clone(), built));
        }
        Ok((out, stated))
    }
}
