//! Whether a layer that was built says what it was given: a value that would be read elsewhere, or not as long, or not at all, is refused
//! rather than sent. Who states lengths by hand means them, and is not asked. Nothing is written here (build.rs does), and no protocol is known.

use std::cell::Cell;

use crate::build::{Built, Given, Unfit};
use crate::layout::{Laid, MAX_ITEMS};
use crate::reader::Bytes;
use crate::schema::{Kind, Layer, Schema};

/// The first field that would not be read as it was given.
pub fn disagreement(schema: &Schema, layer: &Layer, given: &[Given], built: &Built, payload: usize) -> Option<Unfit> {
    let set = |index: usize| given.get(index).is_some_and(|one| !matches!(one, Given::Nothing | Given::Stated | Given::Absent | Given::Perhaps(_)));
    let header = built.header.len();
    // What stands behind the payload is sent as it is given: a reader tells padding from check sequences by sizes alone.
    let varies = |index: &usize| set(*index) && varies(&layer.fields[*index].kind);
    let payload_at = layer.fields.iter().position(|field| matches!(field.kind, Kind::Payload(_))).unwrap_or(layer.fields.len());
    let mut asked = (0..payload_at).filter(varies).peekable();
    asked.peek()?;
    let stated = |index: usize| set(index) || matches!(layer.fields[index].kind, Kind::Bits { of, .. } if set(of as usize));
    if layer.fields.iter().enumerate().any(|(index, field)| field.length.is_some() && stated(index)) {
        return None;
    }
    let limit = (header + payload + built.trailer.len()) as u32;
    let items = Cell::new(MAX_ITEMS);
    let laid = Laid { schema, layer, bytes: Bytes(&built.header), start: 0, limit, origin: 0, nesting: 0, items: &items, notes: None };
    // Sizes that count in words have no number for what lies between.
    if let Some(size) = &layer.size
        && let Ok(would) = laid.eval(size, 0)
        && would != i64::from(limit)
        && let Some(index) = asked.peek()
    {
        return Some(Unfit { field: *index as u16, why: format!("the layer has {limit} bytes then, and its own size would say {would}") });
    }
    asked.find_map(|index| {
        let field = &layer.fields[index];
        let (at, size) = built.places[index];
        // What cannot be asked of the header alone is not known to be wrong.
        let found = laid.offset(field.place).ok()?;
        let would = laid.measure(&field.kind, found);
        let why = match would {
            Ok(would) if would == size && (found == at || size == 0) => return None,
            // Text ends at its first NUL.
            Ok(would) if would > size && matches!(field.kind, Kind::Text(_)) && zeros(&laid, at + size, would - size) => return None,
            Ok(0) if size > 0 && conditional(&field.kind) => "its condition does not hold, so it would not be read".into(),
            Ok(would) if would != size => format!("{size} bytes are given, {would} would be read"),
            Ok(_) => "another field would be read in its place".into(),
            Err(_) if size == 0 || payload > 0 => return None,
            Err(fault) => format!("it would not be read: {fault}"),
        };
        Some(Unfit { field: index as u16, why })
    })
}

fn zeros(laid: &Laid<'_>, at: u32, count: u32) -> bool {
    laid.bytes.take(at, count, laid.limit).is_ok_and(|bytes| bytes.iter().all(|byte| *byte == 0))
}

/// True for what is there, or is as long, as other fields say.
fn varies(kind: &Kind) -> bool {
    match kind {
        Kind::Raw(extent) | Kind::Text(extent) => extent.constant().is_none(),
        Kind::When(..) | Kind::Switch { .. } | Kind::Repeat(_) | Kind::Part(_) => true,
        _ => false,
    }
}

fn conditional(kind: &Kind) -> bool {
    matches!(kind, Kind::When(..) | Kind::Switch { .. })
}
