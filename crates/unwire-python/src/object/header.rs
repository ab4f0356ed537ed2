//! From an object's values to the bytes of its own layer: what was read, what was written, and what is left to be filled in. How layers fit
//! together is pack.rs's.

use std::cell::Cell;

use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyAny, PyByteArray, PyBytes, PyDict, PyInt, PyMemoryView, PyString};
use unwire::agree::disagreement;
use unwire::build::{self, Built, Given, Unfit};
use unwire::layout::MAX_ITEMS;
use unwire::schema::{Field, Kind, Layer, Link, LinkTo, Preset, Schema as Declared, SpaceId};

use super::edits::Slot;
use super::field::Attribute;
use super::pack::{Packing, deeper, layer_of, schema_of};
use super::view::{View, error_class};
use super::{State, field, own, raw};
use crate::schema::Schema;

impl Packing {
    /// A layer's own bytes.
    #[allow(clippy::too_many_arguments, reason = "one layer needs its object, its declaration and what is around it")]
    pub(super) fn header(
        &mut self,
        object: &Bound<'_, PyAny>,
        state: &State,
        schema: &Schema,
        layer: &Layer,
        payload: usize,
        next: Option<&Bound<'_, PyAny>>,
        stated: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Built> {
        let py = object.py();
        if stated.is_none()
            && let Some(built) = Self::quick(py, state, schema, layer, payload, next)?
        {
            return Ok(built);
        }
        let view = state.view(py);
        let slots: Vec<Option<(Bound<'_, PyAny>, bool)>>;
        let mut given = vec![Given::Nothing; layer.fields.len()];
        let items = Cell::new(MAX_ITEMS);
        if let Some(view) = &view {
            let laid = view.laid(py, &items);
            for (given, field) in given.iter_mut().zip(&layer.fields) {
                if matches!(field.kind, Kind::Bits { .. } | Kind::Reading { .. } | Kind::Computed { .. } | Kind::Native(_) | Kind::Payload(_)) {
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
                    Slot::Set(value) => Some((value.bind(py).clone(), false)),
                    Slot::Kept(value) => Some((value.bind(py).clone(), true)),
                    Slot::Default | Slot::Filled(_) => {
                        defaults.push(index);
                        None
                    }
                    Slot::Unset => None,
                })
                .collect();
            drop(edits);
            for index in defaults {
                let field = &layer.fields[index as usize];
                let filled = || matches!(state.edits().look(index), Slot::Filled(_));
                given[index as usize] = match &field.preset {
                    _ if matches!(field.kind, Kind::Bits { .. }) && field.length.is_some() => Given::Stated,
                    Some(Preset::Number(number)) if matches!(field.kind, Kind::Bits { .. }) => Given::Number(*number),
                    // What was filled in where it need not be is there again.
                    _ if field.checksum.is_some() && matches!(field.kind, Kind::When(..)) && filled() => Given::Number(0),
                    _ => Given::Nothing,
                };
            }
            for (index, value) in slots.iter().enumerate() {
                // A length of 0 in a packet that was built says, as a checksum of 0 does, that nobody has stated it.
                if let Some((value, kept)) = value
                    && let attribute = state.info.attributes.get().and_then(|all| *all.get(index)?)
                    && !(*kept && self.is_as_read(py, view.as_ref(), attribute, &layer.fields[index], value)?)
                    && !(view.is_none() && layer.fields[index].length.is_some() && value.eq(0)?)
                {
                    if let Kind::Reading { of, .. } = &layer.fields[index].kind {
                        given[*of as usize] = Given::Bytes(self.reading(py, state, schema, layer, &layer.fields[index], value)?);
                        continue;
                    }
                    let made = self.convert(value).map_err(|error| Self::in_field(py, error, state, layer, index))?;
                    given[index] = match made {
                        Given::Number(number) if state.info.lenient && matches!(layer.fields[index].kind, Kind::When(..)) => Given::Perhaps(number),
                        made => made,
                    };
                    if given[index] == Given::Absent && layer.fields[index].checksum.is_some() {
                        given[index] = Given::Number(0);
                    }
                }
            }
        }
        if let Some(next) = next {
            Self::point(py, &mut given, layer, next)?;
        }
        for (name, number) in stated.into_iter().flatten() {
            if let Some(attribute) = state.info.attribute(&name.extract::<String>()?) {
                given[attribute.index as usize] = Given::Number(number.extract()?);
            }
        }
        let misfit = |Unfit { field, why }: Unfit| unfit(py, &state.info.name, &layer.fields[field as usize].name, &why);
        let built = build::build(&schema.inner, layer, &given, payload).map_err(misfit)?;
        // What was read is sent as it is, whatever it says of itself.
        if self.fill
            && view.is_none()
            && let Some(wrong) = disagreement(&schema.inner, layer, &given, &built, payload)
        {
            return Err(misfit(wrong));
        }
        Ok(built)
    }

    /// The bytes that a typed reading stands for.
    pub(super) fn reading(
        &mut self,
        py: Python<'_>,
        state: &State,
        schema: &Schema,
        layer: &Layer,
        field: &Field,
        value: &Bound<'_, PyAny>,
    ) -> PyResult<Vec<u8>> {
        let Kind::Reading { kind, .. } = &field.kind else { return Ok(Vec::new()) };
        let made = self.convert(value)?;
        build::value(&schema.inner, layer, kind.inner(), &made).map_err(|why| unfit(py, &state.info.name, &field.name, &why))
    }

    /// True if a list or part that was handed out is still what the bytes say, which may hold more than could be read.
    pub(super) fn is_as_read(
        &mut self,
        py: Python<'_>,
        view: Option<&View>,
        attribute: Option<&Attribute>,
        field: &Field,
        value: &Bound<'_, PyAny>,
    ) -> PyResult<bool> {
        let items = Cell::new(MAX_ITEMS);
        let Some(view) = view else { return Ok(false) };
        let Ok(Some(read)) = field::read(py, view, &view.laid(py, &items), field) else { return Ok(false) };
        let read = read.into_bound(py);
        let read = attribute.map_or_else(|| Ok(read.clone()), |attribute| attribute.show(read.clone()))?;
        Ok(self.convert(&read)? == self.convert(value)?)
    }

    /// True if the number that stands for what is carried is one of its own, so that there is nothing to settle.
    pub(super) fn is_stated(py: Python<'_>, state: &State, data: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Some(carried) = raw::state(data) else { return Ok(true) };
        let (ours, theirs) = (schema_of(py, state)?, schema_of(py, carried)?);
        let (layer, inner) = (layer_of(py, state, ours.get())?, layer_of(py, carried, theirs.get())?);
        let read = state.is_read();
        let number = |field: u16| match state.edits().look(field) {
            Slot::Set(value) => value.bind(py).extract::<u64>().ok(),
            Slot::Unset if !read => match &layer.fields[field as usize].preset {
                Some(Preset::Number(number)) => u64::try_from(*number).ok(),
                _ => None,
            },
            _ => None,
        };
        let fits = |link: &Link| {
            let (LinkTo::Space(space, _), Some(field), false) = (&link.to, link.field, link.weak) else { return false };
            let keys = inner.over.iter().find(|(over, _)| over == space);
            keys.is_some_and(|(_, keys)| number(field).is_some_and(|number| keys.contains(&number)))
        };
        Ok(layer.next.iter().any(fits))
    }

    /// Write the number of what is carried into the field that states it, if nobody did.
    fn point(py: Python<'_>, given: &mut [Given], layer: &Layer, next: &Bound<'_, PyAny>) -> PyResult<()> {
        let carried = own(next)?;
        let theirs = schema_of(py, carried)?;
        let inner = layer_of(py, carried, theirs.get())?;
        // What answers to no number itself may stand behind a layer without fields that does.
        for (direct, link) in [true, false].into_iter().flat_map(|direct| layer.next.iter().map(move |link| (direct, link))) {
            let (LinkTo::Space(space, _), Some(field), false) = (&link.to, link.field, link.weak) else { continue };
            let whole = if let Kind::Bits { of, .. } = &layer.fields[field as usize].kind { *of } else { field };
            if given[field as usize] != Given::Nothing || given[whole as usize] != Given::Nothing {
                continue;
            }
            let Some(keys) = keys_of(&theirs.get().inner, inner, *space, direct) else { continue };
            let preset = match &layer.fields[field as usize].preset {
                Some(Preset::Number(number)) => Some(*number),
                _ => None,
            };
            let optional = matches!(layer.fields[field as usize].kind, Kind::When(..));
            if preset.is_none() && !optional {
                continue;
            }
            if !keys.iter().any(|key| Some(i128::from(*key)) == preset)
                && let Some(key) = keys.first()
            {
                let key = i128::from(*key);
                given[field as usize] = if optional { Given::Perhaps(key) } else { Given::Number(key) };
            }
            return Ok(());
        }
        Ok(())
    }

    pub(super) fn convert(&mut self, value: &Bound<'_, PyAny>) -> PyResult<Given> {
        if value.is_none() {
            return Ok(Given::Absent);
        }
        if value.is_instance_of::<PyInt>() {
            let small = value.extract::<u64>().map(i128::from);
            return Ok(Given::Number(small.or_else(|_| value.extract())?));
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
        // The standard library's addresses, lists that know their padding.
        if value.hasattr("packed")? {
            let packed = value.getattr("packed")?;
            return deeper(|| self.convert(&packed));
        }
        if value.hasattr("__index__")? {
            return Ok(Given::Number(value.call_method0("__index__")?.extract()?));
        }
        let Ok(items) = value.try_iter() else {
            return Err(PyTypeError::new_err(format!("a whole number, bytes, text or a list is needed, not {}", value.get_type().name()?)));
        };
        let items = items.map(|item| deeper(|| self.convert(&item?))).collect::<PyResult<_>>()?;
        Ok(Given::Items(items))
    }

    fn in_field(py: Python<'_>, error: PyErr, state: &State, layer: &Layer, index: usize) -> PyErr {
        if error.is_instance_of::<PyTypeError>(py) || error.is_instance_of::<PyOverflowError>(py) {
            return unfit(py, &state.info.name, &layer.fields[index].name, &error.value(py).to_string());
        }
        error
    }
}

/// The numbers of a space under which a layer is found: its own, or else those of a layer without fields that leads to it.
fn keys_of<'a>(schema: &'a Declared, layer: &'a Layer, space: SpaceId, direct: bool) -> Option<&'a [u64]> {
    let over = |layer: &'a Layer, space: SpaceId| layer.over.iter().find(|(over, _)| *over == space).map(|(_, keys)| &keys[..]);
    if direct {
        return over(layer, space);
    }
    let leads = |to: &Layer| to.next.iter().any(|link| matches!(&link.to, LinkTo::Space(space, _) if over(layer, *space).is_some()));
    schema.layers.iter().filter(|lead| lead.fields.is_empty() && leads(lead)).find_map(|lead| over(lead, space))
}

/// A value that does not fit.
pub(super) fn unfit(py: Python<'_>, class: &str, field: &str, why: &str) -> PyErr {
    pack_error(py, &format!("{class}.{field}: {why}"))
}

pub(super) fn pack_error(py: Python<'_>, why: &str) -> PyErr {
    let made = error_class(py, "PackError").and_then(|error| error.call1((why,)));
    made.map_or_else(|error| error, PyErr::from_value)
}

/// The bytes of what is bytes to Python; None for anything else.
pub(super) fn plain_bytes(value: &Bound<'_, PyAny>) -> PyResult<Option<Vec<u8>>> {
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
