//! Where the parts of a list are: found out the exact way once, and known again by the bits that decided it, since the lists of options of a
//! capture's packets are few patterns. No values are read here, and what becomes of the parts is not known.

use std::sync::Arc;

use crate::dissect::Span;
use crate::layout::{Laid, MAX_ITEMS};
use crate::notes::Notes;
use crate::recall::{Recall, Stand};
use crate::schema::{Field, Kind, Repeat};

/// Longer lists are found out each time.
const MOST_PARTS: usize = 64;

/// The lists of one field.
#[derive(Debug)]
pub struct Lists {
    recall: Recall,
    known: Vec<Known>,
}

#[derive(Debug)]
struct Known {
    stand: Stand,
    parts: Arc<[Span]>,
}

impl Lists {
    /// For a field whose every packet has it at one place and that is a list of parts, itself or as a reading of bytes.
    pub fn new(field: &Field) -> Option<Self> {
        repeat(field)?;
        Some(Self { recall: Recall::new(field.place.offset), known: Vec::new() })
    }

    /// The parts of the field in a laid layer, all that are whole, counted from the layer's start. None if the list has no bounds.
    pub fn parts(&mut self, laid: &Laid<'_>, field: &Field) -> Option<Arc<[Span]>> {
        let inside = inside(laid, field)?;
        let (start, size) = (laid.start, inside.limit.saturating_sub(laid.start));
        // What is cut is found out anew.
        let whole = inside.limit <= laid.bytes.len();
        if whole && let Some(known) = self.recall.find(|known| self.known.get(known as usize).map(|known| &known.stand), laid.bytes.0, start, size) {
            return self.known.get(known as usize).map(|known| Arc::clone(&known.parts));
        }
        self.find_out(laid, field, if whole { size } else { u32::MAX })
    }

    #[cold]
    fn find_out(&mut self, laid: &Laid<'_>, field: &Field, size: u32) -> Option<Arc<[Span]>> {
        let notes = Notes::new(laid.start);
        laid.items.set(MAX_ITEMS);
        let noted = Laid { notes: self.recall.learns(size).then_some(&notes), ..*laid };
        let inside = inside(&noted, field)?;
        let mut found = Vec::new();
        // Items before a fault are whole and stand; the fault ends the list.
        let _ = inside.each_item(repeat(field)?, laid.offset(field.place).ok()?, &mut |item, _, _| {
            found.extend(item.part.as_ref().map(|part| counted(part, laid.start)));
            Ok(())
        });
        let parts: Arc<[Span]> = found.into();
        if noted.notes.is_some() && parts.len() <= MOST_PARTS {
            let mut stand = Stand::default();
            if self.recall.learn(self.known.len() as u32, &mut stand, notes, laid.bytes.0, laid.start, size) {
                self.known.push(Known { stand, parts: Arc::clone(&parts) });
            }
        }
        Some(parts)
    }
}

/// The list that a field is, at a place that every packet shares.
fn repeat(field: &Field) -> Option<&Repeat> {
    let kind = match &field.kind {
        Kind::Reading { kind, .. } => &**kind,
        kind => kind,
    };
    match kind {
        Kind::Repeat(repeat) if field.place.anchor == 0 && matches!(repeat.item, Kind::Part(_)) => Some(repeat),
        _ => None,
    }
}

/// The layer within the bounds of the list.
fn inside<'a>(laid: &Laid<'a>, field: &Field) -> Option<Laid<'a>> {
    match &field.kind {
        Kind::Reading { of, .. } => laid.reading(*of, laid.offset(field.place).ok()?).ok(),
        _ => Some(*laid),
    }
}

/// A part as a span that is counted from `start`.
fn counted(part: &Laid<'_>, start: u32) -> Span {
    let payload = part.offset(part.layer.payload).unwrap_or(part.limit).min(part.limit);
    let size = part.layer.tail.as_ref().and_then(|size| part.eval(size, payload).ok());
    let tail = size.map_or(part.limit, |size| payload.saturating_add(size.clamp(0, i64::from(part.limit.saturating_sub(payload))) as u32));
    let from = |at: u32| at.saturating_sub(start);
    Span { layer: part.layer.id, start: from(part.start), payload: from(payload), tail: from(tail), limit: from(part.limit), ..Span::default() }
}

impl Span {
    /// The same, counted from an offset.
    #[must_use]
    pub fn behind(self, offset: u32) -> Self {
        let at = |place: u32| place.saturating_add(offset);
        Self { start: at(self.start), payload: at(self.payload), tail: at(self.tail), limit: at(self.limit), ..self }
    }
}
