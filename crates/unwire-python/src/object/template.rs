//! The short way from what was set to a header's bytes: where every field has its place whatever the others say, the bytes of the defaults are
//! made once for a class, and what was set is written over them. It never decides: where anything is unusual it says so, and header.rs does it.

use std::cell::Cell;

use pyo3::prelude::*;
use pyo3::types::{PyAny, PyBytes, PyInt};
use unwire::build::{self, Built, Given};
use unwire::layout::{Laid, MAX_ITEMS};
use unwire::schema::{Extent, Field, Kind, Layer, LinkTo, Measured, Preset};
use unwire::walk::MAX_DEPTH;

use super::edits::{Edits, Slot};
use super::fill::lay;
use super::pack::{Packing, layer_of, schema_of, untouched};
use super::{State, raw};
use crate::schema::Schema;

/// A header as it is where nothing was set.
pub(super) struct Template {
    header: Vec<u8>,
    places: Vec<(u32, u32)>,
}

impl Template {
    /// The template of a layer, if it can have one: no field's place or presence depends on another's value.
    pub(super) fn of(schema: &Schema, layer: &Layer) -> Option<Self> {
        let measures = layer.fields.iter().any(|field| field.length.is_some());
        let simple = |field: &Field| match &field.kind {
            Kind::UInt { .. } | Kind::Bits { .. } | Kind::Mac | Kind::Ip4 | Kind::Ip6 => true,
            Kind::Reading { .. } | Kind::Computed { .. } | Kind::Payload(_) | Kind::Raw(Extent::Rest) => true,
            // In a layer that measures something, bytes that nobody gave are none.
            Kind::Raw(extent) => extent.constant().is_some() || measures && matches!(extent, Extent::Size(_)),
            // What only the rest of a packet could tell of is not there unless it was given.
            Kind::When(condition, inner) => {
                matches!(inner.inner(), Kind::Computed { .. }) || condition.asks_bounds() && field.preset.is_none() && field.length.is_none()
            }
            _ => false,
        };
        let measured = |field: &Field| field.length.as_ref().is_none_or(|length| !matches!(length.of, Measured::Field(_)));
        if !layer.fields.iter().all(|field| simple(field) && measured(field)) {
            return None;
        }
        let Built { header, trailer, places } = build::build(&schema.inner, layer, &vec![Given::Nothing; layer.fields.len()], 0).ok()?;
        trailer.is_empty().then_some(Self { header, places })
    }
}

impl Packing {
    /// The header of an object that was built, if that is simple.
    pub(super) fn quick(
        py: Python<'_>,
        state: &State,
        schema: &Schema,
        layer: &Layer,
        payload: usize,
        next: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Option<Built>> {
        if state.is_read() {
            return Ok(None);
        }
        let Some(template) = state.info.template.get_or_init(|| Template::of(schema, layer)) else { return Ok(None) };
        if template.places.len() != layer.fields.len() {
            return Ok(None);
        }
        let target = match next.map(|next| pointed(py, layer, next)) {
            Some(Err(error)) => return Err(error),
            Some(Ok(None)) => return Ok(None),
            Some(Ok(Some(target))) => target,
            None => None,
        };
        let mut header = template.header.clone();
        let edits = state.edits();
        // Integers first: their bits lie over them.
        for bits in [false, true] {
            for (index, field) in layer.fields.iter().enumerate() {
                let value = match edits.look(index as u16) {
                    Slot::Unset => continue,
                    Slot::Filled(_) if field.length.is_some() || field.checksum.is_some() => continue,
                    Slot::Set(value) => value.bind(py),
                    Slot::Default | Slot::Kept(_) | Slot::Filled(_) => return Ok(None),
                };
                if matches!(field.kind, Kind::Bits { .. }) == bits && !put(&mut header, template.places[index], layer, field, value) {
                    return Ok(None);
                }
            }
        }
        if let Some((field, number)) = target
            && !matches!(edits.look(field), Slot::Set(_))
            && !put_number(&mut header, template.places[field as usize], layer, &layer.fields[field as usize], number)
        {
            return Ok(None);
        }
        for (index, field) in layer.fields.iter().enumerate() {
            let Some(length) = &field.length else { continue };
            if is_given(py, layer, &edits, index) {
                continue;
            }
            let size = if length.of == Measured::Layer { header.len() + payload } else { header.len() };
            let number = match &length.value {
                None => size as i64,
                Some(value) => {
                    let items = Cell::new(MAX_ITEMS);
                    let laid = Laid { limit: size as u32, ..lay(&schema.inner, layer, &header, 0, &items) };
                    let Ok(number) = laid.eval(value, 0) else { return Ok(None) };
                    number
                }
            };
            let Ok(number) = u64::try_from(number) else { return Ok(None) };
            if !put_number(&mut header, template.places[index], layer, field, number) {
                return Ok(None);
            }
        }
        Ok(Some(Built { header, trailer: Vec::new(), places: template.places.clone() }))
    }
}

/// True if somebody stated a length, or the integer that it is bits of. A length of 0 in a packet that was built states nothing.
fn is_given(py: Python<'_>, layer: &Layer, edits: &Edits, index: usize) -> bool {
    let set = |index: usize| matches!(edits.look(index as u16), Slot::Set(value) if !value.bind(py).eq(0).unwrap_or(false));
    set(index) || matches!(layer.fields[index].kind, Kind::Bits { of, .. } if matches!(edits.look(of), Slot::Set(_)))
}

/// Write a value that was set; false if it is not simply that.
fn put(header: &mut [u8], place: (u32, u32), layer: &Layer, field: &Field, value: &Bound<'_, PyAny>) -> bool {
    match &field.kind {
        Kind::UInt { .. } | Kind::Bits { .. } => {
            let number = value.cast_exact::<PyInt>().ok().and_then(|value| value.extract::<u64>().ok());
            number.is_some_and(|number| field.length.is_some() && number == 0 || put_number(header, place, layer, field, number))
        }
        Kind::Mac | Kind::Ip4 | Kind::Ip6 | Kind::Raw(_) => {
            let Ok(bytes) = value.cast_exact::<PyBytes>() else { return false };
            let (bytes, (at, size)) = (bytes.as_bytes(), place);
            // Bytes of a variable size move what is behind them.
            if varies(&field.kind) {
                return size == 0 && bytes.is_empty();
            }
            let Some(room) = header.get_mut(at as usize..(at + size) as usize) else { return false };
            let shown = bytes.len().min(room.len());
            room[..shown].copy_from_slice(&bytes[..shown]);
            room[shown..].fill(0);
            true
        }
        _ => false,
    }
}

/// True for bytes whose size is not always the same.
fn varies(kind: &Kind) -> bool {
    matches!(kind, Kind::Raw(extent) if extent.constant().is_none())
}

fn put_number(header: &mut [u8], (at, size): (u32, u32), layer: &Layer, field: &Field, number: u64) -> bool {
    let (shift, mask, whole) = match &field.kind {
        Kind::Bits { of, shift, count, .. } => (*shift, u64::MAX >> (64 - u32::from(*count)), &layer.fields[*of as usize].kind),
        kind => (0, u64::MAX >> (64 - 8 * size.clamp(1, 8)), kind),
    };
    let (Kind::UInt { little, .. }, Some(room)) = (whole, header.get_mut(at as usize..(at + size) as usize)) else { return false };
    if number > mask || room.is_empty() || room.len() > 8 {
        return false;
    }
    let mut bytes = [0; 8];
    let from = 8 - room.len();
    bytes[from..].copy_from_slice(room);
    if *little {
        bytes[from..].reverse();
    }
    let mut new = (u64::from_be_bytes(bytes) & !(mask << shift) | number << shift).to_be_bytes();
    if *little {
        new[from..].reverse();
    }
    room.copy_from_slice(&new[from..]);
    true
}

/// The field that states what is carried and the number that it has to have, if its default is none of them. None where that is not simple.
#[allow(clippy::option_option, reason = "nothing to write is not the same as not knowing")]
fn pointed(py: Python<'_>, layer: &Layer, next: &Bound<'_, PyAny>) -> PyResult<Option<Option<(u16, u64)>>> {
    let Some(carried) = raw::state(next) else { return Ok(None) };
    let theirs = schema_of(py, carried)?;
    let inner = layer_of(py, carried, theirs.get())?;
    for link in &layer.next {
        let (LinkTo::Space(space, _), Some(field), false) = (&link.to, link.field, link.weak) else { continue };
        let Some((_, keys)) = inner.over.iter().find(|(over, _)| over == space) else { continue };
        let (Kind::UInt { .. }, Some(Preset::Number(preset))) = (&layer.fields[field as usize].kind, &layer.fields[field as usize].preset) else {
            return Ok(None);
        };
        let fits = keys.iter().any(|key| i128::from(*key) == *preset);
        return Ok(Some(keys.first().filter(|_| !fits).map(|key| (field, *key))));
    }
    // What answers to no number itself may stand behind a layer without fields that does.
    Ok(layer.next.iter().all(|link| link.field.is_none() || link.weak).then_some(None))
}

/// How many bytes an object has, if that is simple: nothing of variable size was set in it, nor in what it carries.
pub(super) fn quick_size(py: Python<'_>, data: &Bound<'_, PyAny>, depth: usize) -> PyResult<Option<usize>> {
    if let Ok(bytes) = data.cast_exact::<PyBytes>() {
        return Ok(Some(bytes.as_bytes().len()));
    }
    let Some(state) = raw::state(data).filter(|state| depth < MAX_DEPTH && !state.info.packs) else { return Ok(None) };
    if state.is_read() {
        return Ok(untouched(data, state)?.map(<[u8]>::len));
    }
    if !state.info.folds.is_empty() {
        return Ok(None);
    }
    let schema = schema_of(py, state)?;
    let layer = layer_of(py, state, schema.get())?;
    let Some(template) = state.info.template.get_or_init(|| Template::of(schema.get(), layer)) else { return Ok(None) };
    if state.edits.get().is_some() {
        let edits = state.edits();
        let fixed = |(index, field): (usize, &Field)| {
            let there = template.places.get(index).is_some_and(|place| place.1 > 0);
            there && !varies(&field.kind) || matches!(edits.look(index as u16), Slot::Unset)
        };
        if !layer.fields.iter().enumerate().all(fixed) {
            return Ok(None);
        }
    }
    let inside = quick_size(py, &state.data(py)?, depth + 1)?;
    Ok(inside.map(|inside| template.header.len() + inside))
}
