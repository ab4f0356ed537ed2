//! A packet layer by layer, for those who look at one after the other and stop when they like. The loop over all of them is walk.rs's.

use std::cell::Cell;

use crate::dissect::{Flags, Frame, Span};
use crate::error::Fault;
use crate::quick::Bounds;
use crate::reader::Bytes;
use crate::schema::{LayerId, Schema};

/// What may follow a layer, found by numbers that state it: the layers that answer, and the span they are laid over.
#[derive(Clone, Copy, Debug)]
pub struct Following<'a> {
    /// The layers, in the order they are tried.
    pub layers: &'a [LayerId],
    /// Start, bounds, flags and number; the layer is to be filled in.
    pub span: Span,
    /// The payload's failure is this layer's.
    pub strict: bool,
}

/// Lay one layer over bytes, for those who go through a packet layer by layer: `span` comes with layer, start, limit, flags and number.
/// The fault says why nothing can follow the layer, or, as an error, why it is not there.
pub fn step(schema: &Schema, bytes: Bytes<'_>, items: &Cell<u32>, span: Span) -> Result<(Span, Option<Fault>), Fault> {
    Frame { schema, bytes, items }.step(Span { tail: span.limit, ..span })
}

/// The same for a layer that somebody asked for by name: what only tells it from others with its number does not matter.
pub fn step_asked(schema: &Schema, bytes: Bytes<'_>, items: &Cell<u32>, span: Span) -> Result<(Span, Option<Fault>), Fault> {
    let frame = Frame { schema, bytes, items };
    let span = Span { tail: span.limit, ..span };
    frame.quick(span).map_or_else(|| frame.lay_over(span, true), |span| Ok((span, None)))
}

/// How many bytes must follow a layer that has none behind it, if what it announces is a part of it.
pub fn wanted(schema: &Schema, bytes: Bytes<'_>, items: &Cell<u32>, span: &Span) -> Option<u32> {
    if span.payload < span.tail {
        return None;
    }
    let frame = Frame { schema, bytes, items };
    let next = frame.follow(span.layer, span.start, Bounds { payload: span.payload, tail: span.tail, limit: span.limit, fragment: None });
    let link = schema.layer(span.layer).next.get(usize::from(next.link).checked_sub(1)?)?;
    let first = next.layers.first().filter(|_| link.strict)?;
    Some(schema.layer(*first).fixed)
}

/// What follows a layer that was stepped over, by strong links only: ports suggest a payload and do not state it.
pub fn following<'a>(schema: &'a Schema, bytes: Bytes<'a>, items: &'a Cell<u32>, span: &Span) -> Option<Following<'a>> {
    let links = &schema.layer(span.layer).next;
    if span.payload >= span.tail || links.iter().all(|link| link.weak) {
        return None;
    }
    let frame = Frame { schema, bytes, items };
    let next = frame.follow(span.layer, span.start, Bounds { payload: span.payload, tail: span.tail, limit: span.limit, fragment: None });
    let link = links.get(usize::from(next.link).checked_sub(1)?)?;
    if next.layers.is_empty() || link.weak {
        return None;
    }
    let flags = if next.quoted { span.flags.inherited().with(Flags::QUOTED) } else { span.flags.inherited() };
    let span = Span { start: span.payload, payload: span.payload, tail: span.tail, limit: span.tail, flags, key: next.key as u32, ..Span::default() };
    Some(Following { layers: next.layers, span, strict: link.strict })
}
