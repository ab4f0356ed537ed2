//! What was written to an object, field by field, beside the bytes it was read from. How it becomes bytes is pack.rs's.

use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::{PyAny, PyBytes, PyDict};
use std::sync::MutexGuard;
use unwire::schema::{Field, Kind, Layer, Preset};

use super::field::Attribute;
use super::pack::{Packing, layer_of, schema_of};
use super::raw::Held;
use super::view::View;
use super::{State, address};
use crate::schema::Schema;

/// What was written to an object.
#[derive(Default)]
pub(super) struct Edits {
    /// Other bytes to read from.
    pub view: Option<View>,
    /// The payload.
    pub data: Option<Held<PyAny>>,
    /// A typed reading was written: sizes follow what is in it.
    pub typed: bool,
    slots: Vec<Slot>,
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

    /// Keep a list that is handed out; if there is one already, that is the list. What is not kept is let go of by the caller, once nothing is locked.
    pub(super) fn keep<'py>(&mut self, value: &Bound<'py, PyAny>) -> Bound<'py, PyAny> {
        if let Some(known) = self.value() {
            return known.bind(value.py()).clone();
        }
        *self = Self::Kept(Held::new(value.clone()));
        value.clone()
    }
}

impl Edits {
    /// Nothing was written, but the object reads other bytes.
    pub(super) fn of(view: View) -> Self {
        Self { view: Some(view), ..Self::default() }
    }

    pub(super) fn slot(&mut self, index: u16) -> &mut Slot {
        let index = usize::from(index);
        if self.slots.len() <= index {
            self.slots.resize_with(index + 1, Slot::default);
        }
        &mut self.slots[index]
    }

    /// Write a slot of an object that is being made. What was there, if it is made a second time, is given back, to be let go of later.
    pub(super) fn put(&mut self, index: u16, slot: Slot, fields: usize) -> Slot {
        if self.slots.is_empty() {
            self.slots.resize_with(fields, Slot::default);
        }
        std::mem::replace(self.slot(index), slot)
    }

    pub(super) fn look(&self, index: u16) -> &Slot {
        self.slots.get(usize::from(index)).unwrap_or(&Slot::Unset)
    }

    /// Write a slot; the bits of an integer that is written are its own again, and so are readings of it. What was there is given back, to be let go of later.
    pub(super) fn set(&mut self, layer: &Layer, index: u16, slot: Slot) -> Vec<Slot> {
        let mut old = vec![std::mem::replace(self.slot(index), slot)];
        for (bits, field) in layer.fields.iter().enumerate() {
            if matches!(&field.kind, Kind::Bits { of, .. } | Kind::Reading { of, .. } if *of == index) {
                old.push(std::mem::take(self.slot(bits as u16)));
            }
        }
        old
    }

    /// True for bits, and for an integer that has some which were written.
    fn divided(&self, layer: &Layer, index: u16) -> bool {
        let written = |bits: usize| !matches!(self.look(bits as u16), Slot::Unset);
        layer.fields.get(index as usize).is_some_and(|field| matches!(field.kind, Kind::Bits { .. }))
            || layer.fields.iter().enumerate().any(|(bits, field)| matches!(field.kind, Kind::Bits { of, .. } if of == index) && written(bits))
    }

    /// True for bytes of which a reading was handed out, which may have been changed in place.
    fn shared(&self, layer: &Layer, index: u16) -> bool {
        let handed_out = |reading: usize| !matches!(self.look(reading as u16), Slot::Unset);
        layer.fields.iter().enumerate().any(|(at, field)| matches!(field.kind, Kind::Reading { of, .. } if of == index) && handed_out(at))
    }

    /// True if a typed reading was handed out.
    fn reads(&self, layer: &Layer) -> bool {
        let out = |at: usize| !matches!(self.look(at as u16), Slot::Unset);
        layer.fields.iter().enumerate().any(|(at, field)| matches!(field.kind, Kind::Reading { .. }) && out(at))
    }

    /// The readings of a field that were handed out.
    fn readings<'a>(&'a self, layer: &'a Layer, index: u16) -> impl Iterator<Item = (u16, &'a Held<PyAny>)> {
        let of = move |field: &Field| matches!(field.kind, Kind::Reading { of, .. } if of == index);
        let all = layer.fields.iter().enumerate().filter(move |(_, field)| of(field));
        all.filter_map(|(at, _)| Some((at as u16, self.look(at as u16).value()?)))
    }

    fn touched(&self) -> bool {
        self.slots.iter().any(|slot| !matches!(slot, Slot::Unset))
    }

    /// True if a field that nobody wrote has the value that was read, whatever was written beside it.
    pub(super) fn is_as_read(&self, layer: &Layer, index: u16) -> bool {
        let kept = layer
            .fields
            .get(index as usize)
            .is_none_or(|field| !matches!(field.kind.inner(), Kind::Computed { .. } | Kind::Reading { .. } | Kind::Native(_)));
        !self.touched() || kept && matches!(self.look(index), Slot::Unset) && !self.divided(layer, index) && !self.shared(layer, index)
    }

    pub(super) fn each_reference(&self, visit: &mut impl FnMut(&Held<PyAny>)) {
        self.data.iter().for_each(&mut *visit);
        self.slots.iter().filter_map(Slot::value).for_each(visit);
    }
}

/// A field's value where bytes need not be asked: as it was written, or a default.
/// True beside one that was handed out and is kept as it was shown.
pub(super) fn slot_value<'py>(py: Python<'py>, state: &State, attribute: &Attribute) -> PyResult<Option<(Bound<'py, PyAny>, bool)>> {
    let schema = schema_of(py, state)?;
    let layer = layer_of(py, state, schema.get())?;
    let Some(field) = attribute.of(layer) else { return Ok(None) };
    let read = state.is_read();
    if state.edits.get().is_some() {
        let edits = state.edits();
        let slot = edits.look(attribute.index);
        if let Some(value) = slot.value().filter(|_| !edits.shared(layer, attribute.index)) {
            let (value, kept) = (value.bind(py).clone(), matches!(slot, Slot::Kept(_)));
            drop(edits);
            return Ok(Some((address::of_kind(&field.kind, value)?, kept)));
        }
        // Of bytes whose typed reading was changed in place, that is the last word.
        let readings: Vec<_> = edits.readings(layer, attribute.index).map(|(at, value)| (at, value.bind(py).clone())).collect();
        if let Some(bytes) = readings_bytes(py, state, (schema.get(), layer), edits, readings)? {
            return Ok(Some((bytes, false)));
        }
        let edits = state.edits();
        // A length that nobody stated is shown as it was declared, in bits as in a number of its own, to who writes bytes.
        if let (Kind::Bits { of, .. }, Some(Preset::Number(number)), true) = (&field.kind, &field.preset, field.length.is_some() && !read)
            && matches!((edits.look(attribute.index), edits.look(*of)), (Slot::Unset | Slot::Default, Slot::Unset | Slot::Default))
            && !(edits.typed || edits.reads(layer))
        {
            return Ok(Some((number.into_pyobject(py)?.into_any(), false)));
        }
        // Bits and their integer are one value: the engine puts it together.
        if edits.touched() && (edits.divided(layer, attribute.index) || edits.shared(layer, attribute.index)) {
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
    let preset = match &field.preset {
        Some(Preset::Bytes(bytes)) if matches!(field.kind, Kind::Raw(_) | Kind::Mac | Kind::Ip4 | Kind::Ip6) => {
            Some(address::of_kind(&field.kind, PyBytes::new(py, bytes).into_any())?)
        }
        Some(Preset::Number(number)) if matches!(field.kind, Kind::UInt { .. } | Kind::Int { .. }) => Some(number.into_pyobject(py)?.into_any()),
        Some(Preset::Text(text)) => Some(text.into_pyobject(py)?.into_any()),
        _ => None,
    };
    Ok(preset.map(|value| (value, false)))
}

/// The bytes of the first reading that is not as it was read.
fn readings_bytes<'py>(
    py: Python<'py>,
    state: &State,
    (schema, layer): (&Schema, &Layer),
    edits: MutexGuard<'_, Edits>,
    readings: Vec<(u16, Bound<'py, PyAny>)>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    drop(edits);
    let view = state.view(py);
    let mut packing = Packing { fill: false };
    for (at, value) in readings {
        let field = &layer.fields[at as usize];
        let attribute = state.info.attributes.get().and_then(|all| *all.get(at as usize)?);
        if !packing.is_as_read(py, view.as_ref(), attribute, field, &value)? {
            let bytes = packing.reading(py, state, schema, layer, field, &value)?;
            return Ok(Some(PyBytes::new(py, &bytes).into_any()));
        }
    }
    Ok(None)
}

/// What was set, by name.
pub(super) fn written<'py>(py: Python<'py>, state: &State) -> PyResult<Bound<'py, PyDict>> {
    let out = PyDict::new(py);
    if state.edits.get().is_none() {
        return Ok(out);
    }
    let edits = state.edits();
    let kept = |slot: &Slot| match slot {
        Slot::Set(value) => Some((value.bind(py).clone(), false)),
        Slot::Kept(value) => Some((value.bind(py).clone(), true)),
        Slot::Unset | Slot::Default | Slot::Filled(_) => None,
    };
    let values: Vec<_> = edits.slots.iter().map(kept).collect();
    drop(edits);
    let (view, schema) = (state.view(py), schema_of(py, state)?);
    let layer = layer_of(py, state, schema.get())?;
    for (attribute, value) in state.info.attributes.get().into_iter().flatten().zip(values) {
        let (Some(attribute), Some((value, kept))) = (attribute, value) else { continue };
        let as_read = kept
            && attribute
                .of(layer)
                .map_or(Ok(false), |field| Packing { fill: false }.is_as_read(py, view.as_ref(), Some(attribute), field, &value))?;
        if !as_read {
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
