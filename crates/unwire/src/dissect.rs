//! One step of the way through a frame: a layer laid over the bytes, and what follows it. walk.rs goes the way, objects go layer by layer.
//! No values are read here and no protocol is known: what follows what is in the schema's number spaces.

use std::cell::Cell;

use crate::error::{Fault, LimitedBy, Reason};
use crate::layout::Laid;
use crate::quick::{Bounds, To, When};
use crate::reader::Bytes;
use crate::schema::{Expr, Layer, LayerId, LinkTo, Op, Schema, SpaceId};

/// What is special about a span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flags(u8);

impl Flags {
    /// Inside a datagram that an error message quotes.
    pub const QUOTED: Self = Self(1);
    /// Inside a piece of a datagram.
    pub const FRAGMENT: Self = Self(2);
    /// A length field here promises more than the frame has.
    pub const OVERLONG: Self = Self(4);
    /// A length field here is too small for the header.
    pub const BAD_LENGTH: Self = Self(8);

    /// True if all of `other` is set.
    #[inline]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both.
    #[inline]
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// A datagram inside a piece of another is whole again, if it says so itself.
    #[inline]
    const fn fragment(self, piece: Option<bool>) -> Self {
        match piece {
            Some(true) => self.with(Self::FRAGMENT),
            Some(false) => Self(self.0 & !Self::FRAGMENT.0),
            None => self,
        }
    }

    /// What payloads inherit.
    #[inline]
    pub(crate) const fn inherited(self) -> Self {
        Self(self.0 & (Self::QUOTED.0 | Self::FRAGMENT.0))
    }
}

/// One layer of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The layer.
    pub layer: LayerId,
    /// What is special about it.
    pub flags: Flags,
    /// The link that was followed out of it, counted from 1; 0 for none.
    pub link: u8,
    /// Where it starts.
    pub start: u32,
    /// Where its payload starts.
    pub payload: u32,
    /// Where its payload ends.
    pub tail: u32,
    /// Where length fields promise its end, cut to the bytes around it.
    pub limit: u32,
    /// The number under which it was found.
    pub key: u32,
}

impl Span {
    /// The same up to an end, as what is no piece.
    pub(crate) fn whole(self, end: u32) -> Self {
        Self { tail: end, limit: end, flags: self.flags.fragment(Some(false)), ..self }
    }
}

/// Why a walk ended, and where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stop {
    /// What happened.
    pub fault: Fault,
    /// The layer it happened in or on the way to, if any.
    pub layer: Option<LayerId>,
}

/// Where a payload of so many bytes ends.
#[inline]
fn tail_of(payload: u32, limit: u32, size: Option<i64>) -> u32 {
    size.map_or(limit, |size| (i64::from(payload).saturating_add(size)).clamp(i64::from(payload), i64::from(limit)) as u32)
}

/// What follows a layer.
pub(crate) struct Next<'a> {
    /// The layers that answer to the key; empty at the end of the walk.
    pub layers: &'a [LayerId],
    pub key: u64,
    /// The link that was followed, counted from 1.
    pub link: u8,
    pub quoted: bool,
    /// Why there are no layers.
    pub reason: Reason,
}

impl Next<'_> {
    const NONE: Self = Self { layers: &[], key: 0, link: 0, quoted: false, reason: Reason::End };
}

/// A frame's bytes with the schema they are read by.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'a> {
    pub schema: &'a Schema,
    pub bytes: Bytes<'a>,
    pub items: &'a Cell<u32>,
}

impl<'a> Frame<'a> {
    #[inline]
    fn lay(&self, layer: &'a Layer, start: u32, limit: u32) -> Laid<'a> {
        Laid { schema: self.schema, layer, bytes: self.bytes, start, limit, origin: start, nesting: 0, items: self.items, notes: None }
    }

    /// A layer of this number laid over the bytes.
    #[inline]
    pub(crate) fn laid(&self, layer: LayerId, start: u32, limit: u32) -> Laid<'a> {
        self.lay(self.schema.layer(layer), start, limit)
    }

    /// Lay a layer over the bytes: `span` comes with the layer, its start and the outer bounds, and gets the rest. A fault says why the
    /// layer is the last one, or, as an error, why it is not there.
    pub(crate) fn step(&self, span: Span) -> Result<(Span, Option<Fault>), Fault> {
        match self.quick(span) {
            Some(span) => Ok((span, None)),
            None => self.lay_over(span, false),
        }
    }

    /// The same for a layer that is whole and in order; None for the others.
    pub(crate) fn quick(&self, span: Span) -> Option<Span> {
        let bounds = self.schema.quick[span.layer as usize].lay(self.bytes.0, span.start, span.limit)?;
        let flags = span.flags.fragment(bounds.fragment);
        Some(Span { payload: bounds.payload, tail: bounds.tail, limit: bounds.limit, flags, ..span })
    }

    #[cold]
    pub(crate) fn lay_over(&self, mut span: Span, asked: bool) -> Result<(Span, Option<Fault>), Fault> {
        let layer = self.schema.layer(span.layer);
        let (start, outer) = (span.start, span.limit);
        let mut laid = self.lay(layer, start, outer);
        let captured = outer.min(self.bytes.len());
        if start.saturating_add(layer.first) > captured {
            self.bytes.take(start, layer.first, outer)?;
        }
        for must in layer.musts.iter().filter(|must| !asked || Some(*must) != layer.tells.as_ref()) {
            if !laid.holds(must, start)? {
                return Err(Fault::at(Reason::Must, start));
            }
        }
        // The size is compared with the header that the outer bounds give, for the header's own fields stand before it.
        let header = laid.offset(layer.payload);
        if let Some(size) = &layer.size {
            match laid.eval(size, start) {
                Err(because) => {
                    span.payload = outer;
                    return Ok((span, Some(because)));
                }
                Ok(size) => {
                    let end = i64::from(start) + size;
                    if size < 0 || header.is_ok_and(|header| end < i64::from(header)) {
                        span.flags = span.flags.with(Flags::BAD_LENGTH);
                    } else if end > i64::from(outer) {
                        span.flags = span.flags.with(Flags::OVERLONG);
                    } else {
                        laid.limit = end as u32;
                    }
                }
            }
        }
        span.limit = laid.limit;
        span.tail = laid.limit;
        let payload = match header {
            Ok(payload) => payload,
            Err(because) => {
                span.payload = span.limit;
                return Ok((span, Some(because)));
            }
        };
        span.payload = payload.min(span.limit);
        let captured = span.limit.min(self.bytes.len());
        if payload > captured {
            let limited_by = if payload > span.limit { LimitedBy::LengthField } else { LimitedBy::Capture };
            let got = captured.saturating_sub(start);
            return Ok((span, Some(Fault { reason: Reason::Short, limited_by, offset: start, needed: payload - start, got })));
        }
        if span.flags.has(Flags::BAD_LENGTH) {
            return Ok((span, Some(Fault::at(Reason::Length, start))));
        }
        for expect in &layer.expects {
            match laid.holds(expect, start) {
                Ok(true) => {}
                Ok(false) => return Ok((span, Some(Fault::at(Reason::Expect, start)))),
                Err(because) => return Ok((span, Some(because))),
            }
        }
        span.flags = span.flags.fragment(layer.fragment.as_ref().map(|fragment| laid.holds(fragment, start).unwrap_or(false)));
        if let Some(size) = &layer.tail {
            span.tail = tail_of(span.payload, span.limit, laid.eval(size, span.payload).ok());
        }
        if layer.opaque {
            return Ok((span, Some(Fault::at(Reason::Opaque, span.payload))));
        }
        Ok((span, None))
    }

    /// The link whose condition holds and whose number somebody answers to; else the first whose condition holds.
    #[inline(always)]
    pub(crate) fn follow(&self, layer: LayerId, start: u32, bounds: Bounds) -> Next<'a> {
        let bytes = self.bytes.0;
        let span = || Span { layer, start, payload: bounds.payload, tail: bounds.tail, limit: bounds.limit, ..Span::default() };
        let mut nobody = Next::NONE;
        for (way, link) in self.schema.quick[layer as usize].ways.iter().zip(1..) {
            let holds = match &way.when {
                When::Always => true,
                When::Test(test) => test.holds(bytes, start).unwrap_or_else(|| self.holds(span(), link)),
                When::Tree => self.holds(span(), link),
            };
            if !holds {
                continue;
            }
            let found = match &way.to {
                // Where a number was asked for and nobody answers, that is the reason.
                To::Stop(_) if nobody.link != 0 => break,
                To::Stop(reason) => return Next { link, reason: *reason, ..Next::NONE },
                To::One(space, one) => match one.key(bytes, start) {
                    Some(key) => Some((key, self.find(*space, key))),
                    None => self.by_tree(span(), link),
                },
                To::Two(space, one, two) => match one.key(bytes, start).zip(two.key(bytes, start)) {
                    Some((one, two)) => self.suggested([(one, self.find(*space, one)), (two, self.find(*space, two))], span),
                    None => self.by_tree(span(), link),
                },
                To::Tree => self.by_tree(span(), link),
            };
            if let Some((key, layers)) = found
                && !layers.is_empty()
            {
                return Next { layers, key, link, quoted: way.quoted, reason: Reason::End };
            }
            if nobody.link == 0 {
                nobody = Next { link, reason: Reason::NoLink, ..Next::NONE };
            }
        }
        nobody
    }

    #[inline(always)]
    fn find(&self, space: SpaceId, key: u64) -> &'a [LayerId] {
        self.schema.spaces[space as usize].find(key)
    }

    /// An expression of an unusual form; None if it cannot be told.
    #[cold]
    fn value(&self, span: Span, expr: &Expr) -> Option<i64> {
        self.lay(self.schema.layer(span.layer), span.start, span.limit).eval(expr, span.payload).ok()
    }

    /// True if a link's condition of an unusual form holds.
    #[cold]
    fn holds(&self, span: Span, link: u8) -> bool {
        let when = self.schema.layer(span.layer).next[link as usize - 1].when.as_ref();
        when.is_none_or(|when| self.value(span, when).is_some_and(|value| value != 0))
    }

    /// What answers to the keys of a link of an unusual form.
    #[cold]
    fn by_tree(&self, span: Span, link: u8) -> Option<(u64, &'a [LayerId])> {
        let LinkTo::Space(space, keys) = &self.schema.layer(span.layer).next[link as usize - 1].to else { return None };
        let found = |key: &Expr| self.value(span, key).map(|key| (key as u64, self.find(*space, key as u64)));
        match keys.as_slice() {
            [key] if !self.schema.layer(span.layer).next[link as usize - 1].weak => found(key),
            keys => {
                let mut all = [(0, &[][..]); 2];
                for (slot, key) in all.iter_mut().zip(keys) {
                    *slot = found(key).unwrap_or(*slot);
                }
                self.suggested(all, || span)
            }
        }
    }

    /// Numbers that only suggest a payload: the lowest first, and only if what answers takes the bytes for its own.
    #[inline(always)]
    fn suggested(&self, mut found: [(u64, &'a [LayerId]); 2], span: impl Fn() -> Span) -> Option<(u64, &'a [LayerId])> {
        if found[0].1.is_empty() && found[1].1.is_empty() {
            return None;
        }
        if found[1].0 < found[0].0 {
            found.swap(0, 1);
        }
        found.into_iter().find(|(_, layers)| layers.iter().any(|id| self.takes(*id, span())))
    }

    fn takes(&self, id: LayerId, span: Span) -> bool {
        let (start, limit) = (span.payload, span.tail);
        self.step(Span { layer: id, start, payload: start, tail: limit, limit, ..Span::default() }).is_ok()
    }

    /// How many bytes the payload of a span has, if there are so many.
    pub(crate) fn rest(&self, span: &Span) -> u32 {
        let laid = self.laid(span.layer, span.start, span.limit);
        let asked = laid.layer.tail.as_ref().and_then(|size| rest_of(&laid, size, span.payload));
        asked.map_or(u32::MAX, |size| size.clamp(0, i64::from(u32::MAX)) as u32)
    }
}

/// The value of a payload's size, without what is left for it; None for that alone.
fn rest_of(laid: &Laid<'_>, size: &Expr, here: u32) -> Option<i64> {
    match size {
        Expr::Left => None,
        Expr::OrLeft(read, _) => match laid.eval(&Expr::Read(*read), here) {
            Ok(0) => None,
            _ => laid.eval(size, here).ok(),
        },
        Expr::Choose(three) => {
            let (read, op, value, yes, no) = &**three;
            let holds = laid.holds(&Expr::Test(*read, *op, *value), here).ok()?;
            rest_of(laid, if holds { yes } else { no }, here)
        }
        Expr::Binary(Op::Min, pair) if pair.1 == Expr::Left => laid.eval(&pair.0, here).ok(),
        other => laid.eval(other, here).ok(),
    }
}
