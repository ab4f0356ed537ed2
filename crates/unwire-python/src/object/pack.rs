//! From an object to bytes: what was written is laid over what was read, payloads come first, then lengths and checksums, then what is
//! around them. How one layer becomes bytes is the engine's; how layers fit together is here.

use std::cell::Cell;

use pyo3::exceptions::{PyAttributeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyAny, PyByteArray, PyBytes, PyDict, PyInt, PyList, PyMemoryView, PyString, PyTuple};
use unwire::build::{self, Built, Given, Unfit};
use unwire::checksum::inet_add;
use unwire::dissect::Span;
use unwire::layout::{Laid, MAX_ITEMS};
use unwire::reader::Bytes;
use unwire::schema::{Kind, Layer, LinkTo, Preset, Schema as Declared};

use super::field::{Attribute, is_object};
use super::view::{View, error_class};
use super::raw::{self, Held};
use super::{State, class, own};
use crate::schema::Schema;

/// What was written to an object.
#[derive(Default)]
pub(super) struct Edits {
    /// Other bytes to read from.
    pub view: Option<View>,
    /// The payload.
    pub data: Option<Held<PyAny>>,
    pub(super) slots: Vec<Slot>,
}

/// What became of a field.
#[derive(Default)]
pub(super) enum Slot {
    /// Nothing: it is as read, or the default.
    #[default]
    Unset,
    /// It went back to its default.
    Default,
    /// It was set.
    Set(Held<PyAny>),
    /// It was read as a list or part, which may have been changed in place.
    Kept(Held<PyAny>),
    /// Packing filled it in, and will again.
    Filled(Held<PyAny>),
}

impl Slot {
    fn value(&self) -> Option<&Held<PyAny>> {
        match self {
            Self::Set(value) | Self::Kept(value) | Self::Filled(value) => Some(value),
            Self::Unset | Self::Default => None,
        }
    }

    /// Keep a list that is handed out; if there is one already, that is the list.
    pub(super) fn keep<'py>(&mut self, value: Bound<'py, PyAny>) -> Bound<'py, PyAny> {
        if let Some(known) = self.value() {
            return known.bind(value.py()).clone();
        }
        *self = Self::Kept(Held::new(value.clone()));
        value
    }
}

impl Edits {
    pub(super) fn slot(&mut self, index: u16) -> &mut Slot {
        let index = usize::from(index);
        if self.slots.len() <= index {
            self.slots.resize_with(index + 1, Slot::default);
        }
        &mut self.slots[index]
    }

    fn look(&self, index: u16) -> &Slot {
        self.slots.get(usize::from(index)).unwrap_or(&Slot::Unset)
    }

    /// Write a slot; the bits of an integer that is written are its own again. What was there is given back, to be let go of later.
    pub(super) fn set(&mut self, layer: &Layer, index: u16, slot: Slot) -> Vec<Slot> {
        let mut old = vec![std::mem::replace(self.slot(index), slot)];
        for (bits, field) in layer.fields.iter().enumerate() {
            if matches!(&field.kind, Kind::Bits { of, .. } if *of == index) {
                old.push(std::mem::take(self.slot(bits as u16)));
            }
        }
        old
    }

    fn touched(&self) -> bool {
        self.slots.iter().any(|slot| !matches!(slot, Slot::Unset))
    }

    pub(super) fn each_reference(&self, visit: &mut impl FnMut(&Held<PyAny>)) {
        self.data.iter().for_each(&mut *visit);
        self.slots.iter().filter_map(Slot::value).for_each(visit);
    }
}

/// A field's value where bytes need not be asked: as it was written, or a default.
pub(super) fn slot_value<'py>(py: Python<'py>, state: &State, attribute: &Attribute) -> PyResult<Option<Bound<'py, PyAny>>> {
    let schema = schema_of(py, state)?;
    let layer = layer_of(py, state, schema.get())?;
    let field = &layer.fields[attribute.index as usize];
    let read = state.is_read();
    if state.edits.get().is_some() {
        let edits = state.edits();
        if let Some(value) = edits.look(attribute.index).value() {
            return Ok(Some(value.bind(py).clone()));
        }
        // Bits and their integer are one value: the engine puts it together.
        if edits.touched() && matches!(field.kind, Kind::Bits { .. } | Kind::UInt { .. } | Kind::Int { .. }) {
            return Ok(None);
        }
        if read && !matches!(edits.look(attribute.index), Slot::Default) {
            return Ok(None);
        }
    } else if read {
        return Ok(None);
    }
    if matches!(field.kind, Kind::When(..) | Kind::Switch { .. }) {
        return Ok(None);
    }
    Ok(match &field.preset {
        Some(Preset::Bytes(bytes)) if matches!(field.kind, Kind::Raw(_)) => Some(PyBytes::new(py, bytes).into_any()),
        Some(Preset::Number(number)) if matches!(field.kind, Kind::UInt { .. } | Kind::Int { .. }) => Some(number.into_pyobject(py)?.into_any()),
        Some(Preset::Text(text)) => Some(text.into_pyobject(py)?.into_any()),
        _ => None,
    })
}

/// The bytes in which a field is to be looked up: those read, or if something was written that it may depend on, those that would be sent.
pub(super) fn snapshot(object: &Bound<'_, PyAny>, state: &State, attribute: &Attribute) -> PyResult<View> {
    let py = object.py();
    let touched = state.edits.get().is_some_and(|_| state.edits().touched());
    if let Some(view) = state.view(py)
        && !touched
        && !(state.has_data() && attribute_depends_on_payload(&view, attribute))
    {
        return Ok(view);
    }
    let schema = schema_of(py, state)?;
    let layer = layer_of(py, state, schema.get())?;
    let mut packing = Packing { fill: false };
    let payload = packing.payload(object, state, schema.get())?;
    let built = packing.header(object, state, schema.get(), layer, payload.len(), None)?;
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
    view.layer().fields.get(attribute.index as usize).is_some_and(|field| matches!(field.kind.inner(), Kind::Computed { .. }))
}

pub(super) fn schema_of(py: Python<'_>, state: &State) -> PyResult<Held<Schema>> {
    match state.view(py) {
        Some(view) => Ok(view.schema.share(py)),
        None => class::current(py),
    }
}

fn layer_of<'a>(py: Python<'_>, state: &State, schema: &'a Schema) -> PyResult<&'a Layer> {
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
    let stated = layer.fields.iter().any(|field| field.length.is_some());
    let payload = if stated && !state.is_read() { packing.payload(object, state, schema.get())?.len() } else { 0 };
    Ok(PyBytes::new(py, &packing.header(object, state, schema.get(), layer, payload, None)?.header))
}

/// The whole packet.
pub(super) fn pack<'py>(object: &Bound<'py, PyAny>, state: &State) -> PyResult<Bound<'py, PyBytes>> {
    let bytes = Packing { fill: true }.assemble(object, state)?.bytes;
    Ok(PyBytes::new(object.py(), &bytes))
}

/// How many bytes the packet has.
pub(super) fn size(object: &Bound<'_, PyAny>, state: &State) -> PyResult<usize> {
    Ok(Packing { fill: false }.assemble(object, state)?.bytes.len())
}

/// What was set, by name.
pub(super) fn written<'py>(py: Python<'py>, state: &State) -> PyResult<Bound<'py, PyDict>> {
    let out = PyDict::new(py);
    if state.edits.get().is_none() {
        return Ok(out);
    }
    let edits = state.edits();
    let kept = |slot: &Slot| match slot {
        Slot::Set(value) | Slot::Kept(value) => Some(value.bind(py).clone()),
        Slot::Unset | Slot::Default | Slot::Filled(_) => None,
    };
    let values: Vec<_> = edits.slots.iter().map(kept).collect();
    drop(edits);
    for (attribute, value) in state.info.attributes.get().into_iter().flatten().zip(values) {
        if let (Some(attribute), Some(value)) = (attribute, value) {
            out.set_item(attribute.text(), value)?;
        }
    }
    Ok(out)
}

/// Whether a field is as it was read, was set, or is its default.
pub(super) fn state_of(state: &State, name: &str) -> PyResult<&'static str> {
    let attribute = state.info.attribute(name).ok_or_else(|| PyAttributeError::new_err(format!("{} has no field {name:?}", state.info.name)))?;
    if state.edits.get().is_some() {
        match state.edits().look(attribute.index) {
            Slot::Set(_) => return Ok("set"),
            Slot::Default | Slot::Filled(_) => return Ok("default"),
            Slot::Unset | Slot::Kept(_) => {}
        }
    }
    Ok(if state.is_read() { "read" } else { "default" })
}

/// Show the lengths that nobody gave as they are now. They are filled in again when the object is packed.
pub(super) fn state_lengths(object: &Bound<'_, PyAny>, state: &State) -> PyResult<()> {
    let py = object.py();
    let schema = schema_of(py, state)?;
    let layer = layer_of(py, state, schema.get())?;
    let mut packing = Packing { fill: false };
    let payload = packing.payload(object, state, schema.get())?;
    let built = packing.header(object, state, schema.get(), layer, payload.len(), None)?;
    for (index, field) in layer.fields.iter().enumerate() {
        let (at, size) = built.places[index];
        if field.length.is_none() || !matches!(field.kind, Kind::UInt { little: false, .. }) || !matches!(state.edits().look(index as u16), Slot::Unset) {
            continue;
        }
        let number = built.header.get(at as usize..(at + size) as usize).unwrap_or_default().iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
        packing.filled(py, state, index as u16, number)?;
    }
    Ok(())
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
    build::value(&schema.get().inner, layer, kind, &given).map_err(|why| unfit(py, &attribute.info.name, attribute.text(), &why))
}

fn unfit(py: Python<'_>, class: &str, field: &str, why: &str) -> PyErr {
    let made = error_class(py, "PackError").and_then(|error| error.call1((format!("{class}.{field}: {why}"),)));
    made.map_or_else(|error| error, PyErr::from_value)
}

/// A checksum that waits for the pseudo header of a layer around it.
struct Pending {
    object: Py<PyAny>,
    field: u16,
    place: (u32, u32),
    /// Where its layer begins and ends in the bytes so far.
    start: usize,
    end: usize,
    header: usize,
}

#[derive(Default)]
struct Assembled {
    bytes: Vec<u8>,
    pending: Option<Pending>,
}

/// One way through an object and what it carries.
struct Packing {
    /// Checksums are filled in.
    fill: bool,
}

impl Packing {
    fn assemble(&mut self, object: &Bound<'_, PyAny>, state: &State) -> PyResult<Assembled> {
        let py = object.py();
        let schema = schema_of(py, state)?;
        let schema = schema.get();
        let layer = layer_of(py, state, schema)?;
        let data = state.data(py)?;
        let inner = self.carried(&data)?;
        let folds = self.folds(object, state)?;
        let mut middle = Vec::new();
        let mut followers = folds.iter().map(|(object, _)| object.clone()).chain(is_object(&data).then(|| data.clone()));
        let first = followers.next();
        for (_, built) in &folds {
            middle.extend_from_slice(&built.header);
        }
        let behind: Vec<u8> = folds.iter().rev().flat_map(|(_, built)| built.trailer.iter().copied()).collect();
        let built = self.header(object, state, schema, layer, middle.len() + inner.bytes.len() + behind.len(), first.as_ref())?;
        let header = built.header.len();
        let mut bytes = built.header;
        bytes.reserve(middle.len() + inner.bytes.len() + built.trailer.len());
        bytes.extend_from_slice(&middle);
        let payload = bytes.len();
        bytes.extend_from_slice(&inner.bytes);
        bytes.extend_from_slice(&behind);
        bytes.extend_from_slice(&built.trailer);
        let mut pending = inner.pending.map(|pending| Pending { start: pending.start + payload, end: pending.end + payload, ..pending });
        if !self.fill {
            return Ok(Assembled { bytes, pending });
        }
        let mut untouched = true;
        for (index, field) in layer.fields.iter().enumerate() {
            let (Some(checksum), (at, size @ 1..)) = (&field.checksum, built.places.get(index).copied().unwrap_or_default()) else { continue };
            let place = (at, size);
            let field_bytes = bytes.get(at as usize..(at + size) as usize).unwrap_or_default();
            if field_bytes.iter().any(|byte| *byte != 0) && !self.is_filled(state, index as u16) {
                untouched = false;
                continue;
            }
            if checksum.pseudo {
                let end = bytes.len();
                pending = Some(Pending { object: object.clone().unbind(), field: index as u16, place, start: 0, end, header });
                continue;
            }
            if let Some(number) = build::sum(&schema.inner, layer, field, place, &mut bytes, header, 0) {
                self.filled(py, state, index as u16, number)?;
            }
        }
        if !layer.pseudo.is_empty()
            && let Some(waiting) = pending.take_if(|waiting| waiting.start > 0)
            && untouched
            && !self.fragment(&schema.inner, layer, &bytes)
        {
            let key = self.key(&schema.inner, layer, &folds, &bytes, header);
            let mut below = key + (waiting.end - waiting.start) as u64;
            for index in &layer.pseudo {
                let (at, size) = built.places[*index as usize];
                below = inet_add(below, bytes.get(at as usize..(at + size) as usize).unwrap_or_default());
            }
            let inside = waiting.object.bind(py);
            let inside_state = own(inside)?;
            let inside_schema = schema_of(py, inside_state)?;
            let inside_layer = layer_of(py, inside_state, inside_schema.get())?;
            let field = &inside_layer.fields[waiting.field as usize];
            if let Some(covered) = bytes.get_mut(waiting.start..waiting.end)
                && let Some(number) = build::sum(&inside_schema.get().inner, inside_layer, field, waiting.place, covered, waiting.header, below)
            {
                self.filled(py, inside_state, waiting.field, number)?;
            }
        }
        Ok(Assembled { bytes, pending })
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
                bytes.extend(self.carried(&one?)?.bytes);
            }
            return Ok(Assembled { bytes, pending: None });
        }
        if data.is_instance_of::<PyString>() || data.is_instance_of::<PyInt>() {
            return Err(PyTypeError::new_err(format!("data is bytes or a packet, not '{}'", data.get_type().name()?)));
        }
        let made = data.call_method0("__bytes__")?;
        Ok(Assembled { bytes: made.cast::<PyBytes>()?.as_bytes().to_vec(), pending: None })
    }

    /// The bytes of another object; a class that makes its own is asked.
    fn inside(&mut self, object: &Bound<'_, PyAny>, state: &State) -> PyResult<Assembled> {
        if state.info.packs {
            let made = object.call_method0("__bytes__")?;
            return Ok(Assembled { bytes: made.cast::<PyBytes>()?.as_bytes().to_vec(), pending: None });
        }
        self.assemble(object, state)
    }

    fn payload(&mut self, object: &Bound<'_, PyAny>, state: &State, _schema: &Schema) -> PyResult<Vec<u8>> {
        let data = state.data(object.py())?;
        let mut bytes: Vec<u8> = self.folds(object, state)?.into_iter().flat_map(|(_, built)| built.header).collect();
        bytes.extend(self.carried(&data)?.bytes);
        Ok(bytes)
    }

    /// The objects folded into this one, with their headers: as they were set, else as they were read.
    fn folds<'py>(&mut self, object: &Bound<'py, PyAny>, state: &State) -> PyResult<Vec<(Bound<'py, PyAny>, Built)>> {
        let py = object.py();
        if state.info.folds.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for name in &state.info.folds {
            for one in object.getattr("_folded")?.call1((name,))?.try_iter()? {
                found.push(one?);
            }
        }
        // In the order in which they were read; what was added stands at the end of its kind.
        let place = |one: &Bound<'_, PyAny>| raw::state(one).and_then(|state| state.view(one.py()).map(|view| view.span.start));
        if found.iter().all(|one| place(one).is_some()) {
            found.sort_by_key(place);
        }
        let data = state.data(py)?;
        let mut out = Vec::with_capacity(found.len());
        for (index, one) in found.iter().enumerate() {
            let state = own(one)?;
            let schema = schema_of(py, state)?;
            let layer = layer_of(py, state, schema.get())?;
            let next = found.get(index + 1).or_else(|| Some(&data).filter(|data| is_object(data)));
            let built = self.header(one, state, schema.get(), layer, 0, next)?;
            out.push((one.clone(), built));
        }
        Ok(out)
    }

    /// A layer's own bytes.
    fn header(
        &mut self,
        object: &Bound<'_, PyAny>,
        state: &State,
        schema: &Schema,
        layer: &Layer,
        payload: usize,
        next: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Built> {
        let py = object.py();
        let view = state.view(py);
        let slots: Vec<Option<Bound<'_, PyAny>>>;
        let mut given = vec![Given::Nothing; layer.fields.len()];
        let items = Cell::new(MAX_ITEMS);
        if let Some(view) = &view {
            let laid = view.laid(py, &items);
            for (given, field) in given.iter_mut().zip(&layer.fields) {
                if matches!(field.kind, Kind::Bits { .. } | Kind::Reading { .. } | Kind::Computed { .. } | Kind::Payload(_)) {
                    continue;
                }
                let at = laid.offset(field.place).unwrap_or(view.span.limit);
                let size = laid.measure(&field.kind, at).unwrap_or(view.span.limit.saturating_sub(at));
                *given = Given::Verbatim(view.slice(py, at, at.saturating_add(size).min(view.span.limit)).to_vec());
            }
        }
        let mut defaults = Vec::new();
        if state.edits.get().is_some() {
            let edits = state.edits();
            slots = (0..layer.fields.len() as u16)
                .map(|index| match edits.look(index) {
                    Slot::Set(value) | Slot::Kept(value) => Some(value.bind(py).clone()),
                    Slot::Default | Slot::Filled(_) => {
                        defaults.push(index);
                        None
                    }
                    Slot::Unset => None,
                })
                .collect();
            drop(edits);
            for index in defaults {
                given[index as usize] = match &layer.fields[index as usize].preset {
                    Some(Preset::Number(number)) if matches!(layer.fields[index as usize].kind, Kind::Bits { .. }) => Given::Number(*number),
                    _ => Given::Nothing,
                };
            }
            for (index, value) in slots.iter().enumerate() {
                // A length of 0 in a packet that was built says, as a checksum of 0 does, that nobody has stated it.
                if let Some(value) = value
                    && !(view.is_none() && layer.fields[index].length.is_some() && value.eq(0)?)
                {
                    given[index] = self.convert(value).map_err(|error| self.in_field(py, error, state, layer, index))?;
                }
            }
        }
        if let Some(next) = next {
            Self::point(&mut given, schema, layer, next)?;
        }
        build::build(&schema.inner, layer, &given, payload)
            .map_err(|Unfit { field, why }| unfit(py, &state.info.name, &layer.fields[field as usize].name, &why))
    }

    /// Write the number of what is carried into the field that states it, if nobody did.
    fn point(given: &mut [Given], schema: &Schema, layer: &Layer, next: &Bound<'_, PyAny>) -> PyResult<()> {
        let carried = own(next)?;
        let Some(inner) = schema.inner.layer_of(&carried.info.id) else { return Ok(()) };
        for link in &layer.next {
            let (LinkTo::Space(space, _), Some(field), false) = (&link.to, link.field, link.weak) else { continue };
            let whole = if let Kind::Bits { of, .. } = &layer.fields[field as usize].kind { *of } else { field };
            if given[field as usize] != Given::Nothing || given[whole as usize] != Given::Nothing {
                continue;
            }
            let Some((_, keys)) = inner.over.iter().find(|(over, _)| over == space) else { continue };
            let Some(Preset::Number(number)) = &layer.fields[field as usize].preset else { continue };
            if !keys.iter().any(|key| i128::from(*key) == *number)
                && let Some(key) = keys.first()
            {
                given[field as usize] = Given::Number(i128::from(*key));
            }
            return Ok(());
        }
        Ok(())
    }

    fn convert(&mut self, value: &Bound<'_, PyAny>) -> PyResult<Given> {
        if value.is_none() {
            return Ok(Given::Absent);
        }
        if value.is_instance_of::<PyInt>() {
            return Ok(Given::Number(value.extract()?));
        }
        if let Some(bytes) = plain_bytes(value)? {
            return Ok(Given::Bytes(bytes));
        }
        if let Ok(text) = value.cast::<PyString>() {
            return Ok(Given::Text(text.to_str()?.to_owned()));
        }
        if let Some(state) = raw::state(value) {
            return Ok(Given::Verbatim(self.inside(value, state)?.bytes));
        }
        if let Ok(packed) = value.getattr("packed") {
            return self.convert(&packed); // the standard library's addresses
        }
        if value.hasattr("__index__")? {
            return Ok(Given::Number(value.call_method0("__index__")?.extract()?));
        }
        let items = value.try_iter()?.map(|item| self.convert(&item?)).collect::<PyResult<_>>()?;
        Ok(Given::Items(items))
    }

    fn in_field(&self, py: Python<'_>, error: PyErr, state: &State, layer: &Layer, index: usize) -> PyErr {
        if error.is_instance_of::<PyTypeError>(py) || error.is_instance_of::<pyo3::exceptions::PyOverflowError>(py) {
            return unfit(py, &state.info.name, &layer.fields[index].name, &error.value(py).to_string());
        }
        error
    }

    fn is_filled(&self, state: &State, field: u16) -> bool {
        state.edits.get().is_some_and(|_| matches!(state.edits().look(field), Slot::Filled(_)))
    }

    /// Show the number that was filled in.
    fn filled(&mut self, py: Python<'_>, state: &State, field: u16, number: u64) -> PyResult<()> {
        let value = Held::new(number.into_pyobject(py)?.into_any());
        let old = std::mem::replace(state.edits().slot(field), Slot::Filled(value));
        drop(old);
        Ok(())
    }

    fn fragment(&self, schema: &Declared, layer: &Layer, bytes: &[u8]) -> bool {
        let items = Cell::new(MAX_ITEMS);
        layer.fragment.as_ref().is_some_and(|fragment| lay(schema, layer, bytes, 0, &items).holds(fragment, 0).unwrap_or(false))
    }

    /// The number that the last header before the payload gives for it.
    fn key(&self, schema: &Declared, layer: &Layer, folds: &[(Bound<'_, PyAny>, Built)], bytes: &[u8], header: usize) -> u64 {
        let items = Cell::new(MAX_ITEMS);
        let before: usize = folds.iter().rev().skip(1).map(|(_, built)| built.header.len()).sum();
        let last = folds.last().and_then(|(object, _)| schema.layer_of(&raw::state(object)?.info.id));
        let (layer, start) = last.map_or((layer, 0), |last| (last, header + before));
        let laid = lay(schema, layer, bytes, start as u32, &items);
        let key = layer.next.iter().find_map(|link| match &link.to {
            LinkTo::Space(_, keys) => keys.first(),
            LinkTo::Stop(_) => None,
        });
        key.and_then(|key| laid.eval(key, start as u32).ok()).unwrap_or(0) as u64
    }
}

fn lay<'a>(schema: &'a Declared, layer: &'a Layer, bytes: &'a [u8], start: u32, items: &'a Cell<u32>) -> Laid<'a> {
    Laid { schema, layer, bytes: Bytes(bytes), start, limit: bytes.len() as u32, origin: start, nesting: 0, items }
}

fn plain_bytes(value: &Bound<'_, PyAny>) -> PyResult<Option<Vec<u8>>> {
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(Some(bytes.as_bytes().to_vec()));
    }
    if let Ok(array) = value.cast::<PyByteArray>() {
        return Ok(Some(array.to_vec()));
    }
    if value.is_instance_of::<PyMemoryView>() {
        return Ok(Some(value.call_method0("tobytes")?.cast::<PyBytes>()?.as_bytes().to_vec()));
    }
    Ok(None)
}
