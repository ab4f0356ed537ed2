//! From a frame's bytes to spans: `step` lays one layer over the bytes, `Walk::run` is a loop over it. No values are read here and no
//! protocol is known: what follows what is in the schema's number spaces.

use std::cell::Cell;

use crate::error::{Fault, LimitedBy, Reason};
use crate::layout::{Laid, MAX_ITEMS};
use crate::quick::{Bounds, To, When};
use crate::reader::Bytes;
use crate::schema::{Expr, Layer, LayerId, LinkTo, Schema, SpaceId};

/// Layers that one frame may have.
pub const MAX_DEPTH: usize = 32;

/// Layers whose numbers and links fit into a path.
const PATH_DEPTH: usize = 9;

/// What is special about a span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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

/// Why a walk ended, and where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stop {
    /// What happened.
    pub fault: Fault,
    /// The layer it happened in or on the way to, if any.
    pub layer: Option<LayerId>,
}

/// With so many bytes a frame's lists may have more items than the cap.
const MANY_ITEMS: usize = MAX_ITEMS as usize / 16;

/// The way through one frame, reused for the next.
#[derive(Debug, Default)]
pub struct Walk {
    /// The layers, outermost first.
    pub spans: Vec<Span>,
    /// Why there are no more.
    pub stop: Stop,
    /// The way as one number, exact: 14 bits a layer, with its number and the link out of it. None if that does not fit.
    pub path: Option<u128>,
    /// Items of repeats that the frame may still have.
    pub items: Cell<u32>,
}

/// The layers from which an answer can still be found, one flag per layer; the walk ends where none is left.
pub type Reach = [bool];

impl Walk {
    /// Walk a frame that begins with the layer of `link`. `wire_len` is its length on the wire.
    pub fn run(&mut self, schema: &Schema, link: u16, bytes: Bytes<'_>, wire_len: u32, reach: Option<&Reach>) {
        self.spans.clear();
        self.path = Some(1);
        self.items.set(MAX_ITEMS);
        let frame = Frame { schema, bytes, items: &self.items };
        let mut candidates = schema.spaces[schema.link as usize].find(u64::from(link));
        if candidates.is_empty() {
            self.stop = Stop { fault: Fault::at(Reason::NoLink, 0), layer: None };
            return;
        }
        let limit = wire_len.max(bytes.len());
        let (mut start, mut limit, mut key, mut flags) = (0, limit, u32::from(link), Flags::default());
        let (mut path, mut unfit) = (1, 0);
        // Spans are made of single numbers where every packet passes: what is stored in pieces and at once loaded whole keeps the
        // processor waiting.
        self.stop = loop {
            let Some(&first) = candidates.first() else { break Stop::default() };
            if let Some(reach) = reach
                && candidates.iter().all(|id| !reach[*id as usize])
            {
                break Stop::default(); // who asks only for values does not ask why there are no more
            }
            if self.spans.len() >= MAX_DEPTH {
                break Stop { fault: Fault::at(Reason::Depth, start), layer: self.spans.last().map(|span| span.layer) };
            }
            let (mut layer, mut last) = (first, None);
            let bounds = match schema.quick[first as usize].lay(bytes.0, start, limit) {
                Some(bounds) => bounds,
                None => match frame.first(candidates, Span { start, tail: limit, limit, flags, key, ..Span::default() }) {
                    Ok((span, fault)) => {
                        (layer, flags, last) = (span.layer, span.flags, fault);
                        Bounds { payload: span.payload, tail: span.tail, limit: span.limit, fragment: None }
                    }
                    Err(fault) => break Stop { fault, layer: Some(first) },
                },
            };
            flags = flags.fragment(bounds.fragment);
            let Bounds { payload, tail, .. } = bounds;
            let next = if last.is_none() && payload < tail { frame.follow(layer, start, bounds) } else { Next::NONE };
            self.spans.push(Span { layer, flags, link: next.link, start, payload, tail, limit: bounds.limit, key });
            path = path << 14 | u128::from(layer << 3 | u16::from(next.link));
            unfit |= layer >> 11 | u16::from(next.link >> 3);
            if next.layers.is_empty() {
                break Stop { fault: last.unwrap_or(Fault::at(next.reason, payload)), layer: Some(layer) };
            }
            candidates = next.layers;
            flags = if next.quoted { flags.inherited().with(Flags::QUOTED) } else { flags.inherited() };
            (start, limit, key) = (payload, tail, next.key);
        };
        if bytes.0.len() >= MANY_ITEMS && reach.is_none() {
            self.count_items(schema, bytes);
        }
        self.path = (unfit == 0 && self.spans.len() <= PATH_DEPTH).then_some(path);
    }

    /// Say so if a list of the frame has more items than are read. Items take a byte or more, and lie at most 16 deep in each other: what
    /// has fewer bytes of header need not be looked at.
    #[cold]
    fn count_items(&mut self, schema: &Schema, bytes: Bytes<'_>) {
        for span in &self.spans {
            if (span.payload - span.start) as usize >= MANY_ITEMS {
                self.items.set(MAX_ITEMS);
                if let Err(fault) = self.laid(schema, bytes, span).count_items() {
                    self.stop = Stop { fault, layer: Some(span.layer) };
                    break;
                }
            }
        }
        self.items.set(MAX_ITEMS);
    }

    /// A span's layer laid over the bytes.
    #[inline]
    pub fn laid<'a>(&'a self, schema: &'a Schema, bytes: Bytes<'a>, span: &Span) -> Laid<'a> {
        Frame { schema, bytes, items: &self.items }.lay(schema.layer(span.layer), span.start, span.limit)
    }
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
    pub key: u32,
    /// The link that was followed, counted from 1.
    pub link: u8,
    pub quoted: bool,
    /// Why there are no layers.
    reason: Reason,
}

impl Next<'_> {
    const NONE: Self = Self { layers: &[], key: 0, link: 0, quoted: false, reason: Reason::End };
}

/// A frame's bytes with the schema they are read by.
pub(crate) struct Frame<'a> {
    pub schema: &'a Schema,
    pub bytes: Bytes<'a>,
    pub items: &'a Cell<u32>,
}

impl<'a> Frame<'a> {
    #[inline]
    fn lay(&self, layer: &'a Layer, start: u32, limit: u32) -> Laid<'a> {
        Laid { schema: self.schema, layer, bytes: self.bytes, start, limit, origin: start, nesting: 0, items: self.items }
    }

    /// The first of the layers that takes the bytes for its own. The fault says why it is the last one, or why the first is not there.
    #[cold]
    fn first(&self, candidates: &[LayerId], span: Span) -> Result<(Span, Option<Fault>), Fault> {
        let mut because = None;
        for id in candidates {
            match self.step(Span { layer: *id, ..span }) {
                Ok(found) => return Ok(found),
                Err(fault) => because = because.or(Some(fault)),
            }
        }
        Err(because.unwrap_or_default())
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
                return Next { layers, key: key as u32, link, quoted: way.quoted, reason: Reason::End };
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
}
