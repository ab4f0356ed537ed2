//! What packing fills in: lengths that nobody gave, as they are shown, and checksums, which come once what they cover is there. How a
//! checksum is computed is the engine's; which bytes it waits for is known here.

use std::cell::Cell;

use pyo3::prelude::*;
use pyo3::types::PyAny;
use unwire::build::Built;
use unwire::checksum;
use unwire::layout::{Laid, MAX_ITEMS};
use unwire::reader::Bytes;
use unwire::schema::{Kind, Layer, LinkTo, Schema as Declared};
use unwire::value;

use super::edits::Slot;
use super::pack::{Packing, layer_of, schema_of};
use super::raw::{self, Held};
use super::template::quick_size;
use super::{State, own};
use crate::schema::Schema;

/// Show the lengths that nobody gave as they are now. They are filled in again when the object is packed.
pub(super) fn state_lengths(object: &Bound<'_, PyAny>, state: &State) -> PyResult<()> {
    let py = object.py();
    let schema = schema_of(py, state)?;
    let layer = layer_of(py, state, schema.get())?;
    let mut packing = Packing { fill: false };
    if state.info.folds.is_empty()
        && let Some(payload) = quick_size(py, &state.data(py)?, 0)?
        && let Some(built) = Packing::quick(py, state, schema.get(), layer, payload, None)?
    {
        return show_lengths(py, state, layer, &built, false);
    }
    let (payload, stated) = packing.payload(object, state)?;
    let built = packing.header(object, state, schema.get(), layer, payload.len(), None, stated.as_ref())?;
    show_lengths(py, state, layer, &built, false)
}

/// Show the lengths that nobody gave as they were filled in; those in bits, where the header was `sent`.
pub(super) fn show_lengths(py: Python<'_>, state: &State, layer: &Layer, built: &Built, sent: bool) -> PyResult<()> {
    for (index, field) in layer.fields.iter().enumerate() {
        let (at, size) = built.places[index];
        let (shift, mask) = match &field.kind {
            Kind::UInt { little: false, .. } => (0, u64::MAX),
            Kind::Bits { of, shift, count, .. } if sent && matches!(layer.fields[*of as usize].kind, Kind::UInt { little: false, .. }) => {
                (*shift, u64::MAX >> (64 - u32::from(*count)))
            }
            _ => continue,
        };
        if field.length.is_none() || !matches!(state.edits().look(index as u16), Slot::Unset | Slot::Default | Slot::Filled(_)) {
            continue;
        }
        let number =
            built.header.get(at as usize..(at + size) as usize).unwrap_or_default().iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
        Packing::filled(py, state, index as u16, number >> shift & mask)?;
    }
    Ok(())
}

/// A checksum that waits for the pseudo header of a layer around it.
pub(super) struct Pending {
    pub(super) object: Py<PyAny>,
    pub(super) field: u16,
    pub(super) place: (u32, u32),
    /// Where its layer begins and ends in the bytes so far.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) header: usize,
    /// The number by which the layer around it carries it; what stands between that one and the addresses has numbers of its own.
    pub(super) key: Option<u64>,
}

impl Packing {
    /// Fill in the checksums of a layer whose bytes are there, and those inside it that waited for its pseudo header.
    #[allow(clippy::too_many_arguments, reason = "a checksum asks for the layer, what it carries and where all of it stands")]
    pub(super) fn sums(
        object: &Bound<'_, PyAny>,
        state: &State,
        (schema, layer): (&Schema, &Layer),
        folds: &[(Bound<'_, PyAny>, Built)],
        places: &[(u32, u32)],
        (bytes, header, trailer): (&mut [u8], usize, usize),
        mut pending: Option<Pending>,
    ) -> PyResult<Option<Pending>> {
        let py = object.py();
        // Behind the payload, places are counted as if there was none.
        let carried = (bytes.len() - header - trailer) as u32;
        let mut untouched = true;
        for (index, field) in layer.fields.iter().enumerate() {
            let (Some(declared), (at, size @ 1..)) = (&field.checksum, places.get(index).copied().unwrap_or_default()) else { continue };
            let at = if (at as usize) < header { at } else { at + carried };
            let place = (at, size);
            let field_bytes = bytes.get(at as usize..(at + size) as usize).unwrap_or_default();
            if field_bytes.iter().any(|byte| *byte != 0) && !Self::is_filled(state, index as u16) {
                untouched = false;
                continue;
            }
            if declared.pseudo {
                let end = bytes.len();
                pending = Some(Pending { object: object.clone().unbind(), field: index as u16, place, start: 0, end, header, key: None });
                continue;
            }
            if let Some(number) = checksum::fill(&schema.inner, layer, field, place, bytes, header, 0) {
                Self::filled(py, state, index as u16, number)?;
            }
        }
        if let Some(waiting) = &mut pending
            && waiting.start > 0
            && waiting.key.is_none()
        {
            waiting.key = Some(Self::key(&schema.inner, layer, folds, bytes, header));
        }
        if !layer.pseudo.is_empty()
            && let Some(waiting) = pending.take_if(|waiting| waiting.start > 0)
            && untouched
            && !Self::fragment(&schema.inner, layer, bytes)
        {
            let mut below = waiting.key.unwrap_or(0) + (waiting.end - waiting.start) as u64;
            for index in &layer.pseudo {
                let (at, size) = places[*index as usize];
                let own = bytes.get(at as usize..(at + size) as usize).unwrap_or_default();
                let lent = Self::lent(&schema.inner, &layer.fields[*index as usize].name, folds, bytes, header);
                below = checksum::add_with(below, own, &lent);
            }
            let inside = waiting.object.bind(py);
            let inside_state = own(inside)?;
            let inside_schema = schema_of(py, inside_state)?;
            let inside_layer = layer_of(py, inside_state, inside_schema.get())?;
            let field = &inside_layer.fields[waiting.field as usize];
            if let Some(covered) = bytes.get_mut(waiting.start..waiting.end)
                && let Some(number) = checksum::fill(&inside_schema.get().inner, inside_layer, field, waiting.place, covered, waiting.header, below)
            {
                Self::filled(py, inside_state, waiting.field, number)?;
            }
        }
        Ok(pending)
    }

    /// What a layer that is shown in another lends for a field of that one's pseudo header.
    fn lent(schema: &Declared, name: &str, folds: &[(Bound<'_, PyAny>, Built)], bytes: &[u8], header: usize) -> Vec<u8> {
        let items = Cell::new(MAX_ITEMS);
        let mut end = header + folds.iter().map(|(_, built)| built.header.len()).sum::<usize>();
        let found = folds.iter().rev().find_map(|(object, built)| {
            let start = end - built.header.len();
            let behind = std::mem::replace(&mut end, start);
            let layer = schema.layer_of(&raw::state(object)?.info.id).filter(|layer| !layer.lends.is_empty())?;
            value::lent(&lay(schema, layer, bytes.get(..behind)?, start as u32, &items), name).map(<[u8]>::to_vec)
        });
        found.unwrap_or_default()
    }

    fn is_filled(state: &State, field: u16) -> bool {
        state.edits.get().is_some_and(|_| matches!(state.edits().look(field), Slot::Filled(_)))
    }

    /// Show the number that was filled in.
    pub(super) fn filled(py: Python<'_>, state: &State, field: u16, number: u64) -> PyResult<()> {
        let value = Held::new(number.into_pyobject(py)?.into_any());
        let old = std::mem::replace(state.edits().slot(field), Slot::Filled(value));
        drop(old);
        Ok(())
    }

    pub(super) fn fragment(schema: &Declared, layer: &Layer, bytes: &[u8]) -> bool {
        let items = Cell::new(MAX_ITEMS);
        layer.fragment.as_ref().is_some_and(|fragment| lay(schema, layer, bytes, 0, &items).holds(fragment, 0).unwrap_or(false))
    }

    /// The number that the last header before the payload gives for it.
    fn key(schema: &Declared, layer: &Layer, folds: &[(Bound<'_, PyAny>, Built)], bytes: &[u8], header: usize) -> u64 {
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

pub(super) fn lay<'a>(schema: &'a Declared, layer: &'a Layer, bytes: &'a [u8], start: u32, items: &'a Cell<u32>) -> Laid<'a> {
    Laid { schema, layer, bytes: Bytes(bytes), start, limit: bytes.len() as u32, origin: start, nesting: 0, items, notes: None }
}
