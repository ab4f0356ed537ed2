//! What is known of all frames that answer alike: their layers with all that was decided, and what is read anew for each frame, its sizes
//! and the numbers under which a payload was found. Which frames these are is memo.rs's; nothing is found out here.

use crate::deciding::Suggested;
use crate::dissect::{Span, Stop};
use crate::error::{Fault, Reason};
use crate::layout::MANY_ITEMS;
use crate::quick::Size;
use crate::schema::{LayerId, Schema};

/// A layer of a shape.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Known {
    /// The layer where its end is not known yet.
    pub span: Span,
    /// The most that the payload's end can be.
    pub most: u32,
    /// The bytes that the layer must have.
    pub least: u32,
    /// The way up to the layer.
    pub node: u32,
    /// What the layer says of its size, if it does.
    pub size: Option<Size>,
    /// What numbers suggest behind it, if they do.
    pub suggested: Option<Suggested>,
    /// Nothing was behind it, so that nothing is known of what else could be.
    pub ends: bool,
    /// Nothing can be behind it, for its header takes all bytes: the payload's start is the least that it can be.
    pub takes_all: bool,
}

impl Known {
    /// Where the payload starts if the layer ends at `limit`.
    #[inline(always)]
    fn payload(&self, limit: u32) -> u32 {
        if self.takes_all { limit } else { self.span.payload }
    }
}

/// Layers that end where the first of them does: only that one may say where, and only the last may suggest what follows.
#[derive(Clone, Debug)]
struct Leg {
    /// Where the first starts, and what it says of its size.
    start: u32,
    size: Option<Size>,
    /// Where they must not end before.
    least: u32,
    /// The number of the first layer behind them.
    behind: usize,
    last: Known,
}

impl Leg {
    /// Where it ends in a frame, inside of what ends at `outer`.
    #[inline(always)]
    fn limit(&self, bytes: &[u8], outer: u32) -> Option<u32> {
        let Some(size) = &self.size else { return Some(outer) };
        let room = outer.checked_sub(self.start)?;
        Some(self.start + size.within(bytes, self.start, room)?)
    }
}

/// Where nothing ends: what cannot be laid.
const NOWHERE: u32 = 0;

/// What becomes of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It ends with this leg, be something behind it or not.
    Ends(usize),
    /// Something is cut, or a length contradicts: it must be found out.
    Alone,
}

/// What is known of all frames that answer alike.
#[derive(Debug)]
pub(crate) struct Shape {
    layers: Box<[Known]>,
    /// The spans as they would be copied, and where their ends change; none where a layer's payload ends before the layer.
    pattern: Box<[Span]>,
    legs: Box<[Leg]>,
    /// The bytes that must be there, and whether all must.
    need: u32,
    takes_all: bool,
    stop: Stop,
    path: u32,
}

impl Shape {
    pub(crate) fn new(layers: Vec<Known>, need: u32, stop: Stop, path: u32) -> Self {
        let plain = layers.iter().all(|known| known.most == u32::MAX);
        let legs = if plain { legs(&layers) } else { Vec::new() };
        let takes_all = layers.last().is_some_and(|last| last.takes_all);
        Self { pattern: layers.iter().map(|known| known.span).collect(), layers: layers.into(), legs: legs.into(), need, takes_all, stop, path }
    }

    /// True if it is known only of frames that end with its last layer.
    pub(crate) fn ends(&self) -> bool {
        self.layers.last().is_some_and(|last| last.ends)
    }

    /// How many legs it has; none if a frame cannot be laid together with others.
    pub(crate) fn legs(&self) -> usize {
        self.legs.len()
    }

    /// The leg that a layer is in.
    pub(crate) fn leg_of(&self, layer: usize) -> usize {
        self.legs.partition_point(|leg| leg.behind <= layer)
    }

    /// True if enough of a frame was captured. A header that takes all bytes may not be so long that a list has more items than are read.
    #[inline(always)]
    pub(crate) fn fits(&self, captured: u32, limit: u32) -> bool {
        captured >= self.need && (!self.takes_all() || captured >= limit && limit < MANY_ITEMS)
    }

    /// True if the last header takes all bytes.
    #[inline(always)]
    pub(crate) fn takes_all(&self) -> bool {
        self.takes_all
    }

    /// The layers up to the end of a leg, why there are no more if nothing is behind them, and the path there.
    pub(crate) fn up_to(&self, leg: usize) -> Option<(&[Known], Stop, u32)> {
        let leg = self.legs.get(leg)?;
        let Known { span, node, .. } = &leg.last;
        Some((self.layers.get(..leg.behind)?, nothing_behind(span.layer, span.payload), *node))
    }

    /// Why there are no more layers, and the path, if all are there.
    pub(crate) fn whole(&self) -> (Stop, u32) {
        (self.stop, self.path)
    }

    /// Where a leg ends in frames that start at these places of a buffer, inside of what ends at `outer`. True if the leg is whole in all of
    /// them, with something behind it if there are more legs.
    pub(crate) fn limits(&self, leg: usize, buffer: &[u8], starts: &[u32], outer: &[u32], limits: &mut Vec<u32>) -> bool {
        limits.clear();
        let Some(leg) = self.legs.get(leg) else { return false };
        let last = leg.behind == self.layers.len();
        let least = if last { leg.least } else { leg.least.max(leg.last.span.payload.saturating_add(1)) };
        // Where nothing was behind it, nothing is known of what else could be.
        let most = if leg.last.ends && !leg.last.takes_all { leg.last.span.payload } else { u32::MAX };
        let mut whole = true;
        match &leg.size {
            None => {
                limits.extend_from_slice(outer);
                whole &= outer.iter().all(|limit| (least..=most).contains(limit));
            }
            Some(size) => limits.extend(starts.iter().zip(outer).map(|(start, outer)| {
                let room = outer.checked_sub(leg.start);
                let limit = room.and_then(|room| size.within(buffer, start + leg.start, room)).map_or(NOWHERE, |size| leg.start + size);
                whole &= limit >= least && limit <= most;
                limit
            })),
        }
        whole
    }

    /// What becomes of a frame whose legs end at these places.
    pub(crate) fn fate(&self, limits: impl Iterator<Item = u32>) -> Fate {
        for ((leg, limit), number) in self.legs.iter().zip(limits).zip(0..) {
            if limit < leg.least {
                return Fate::Alone;
            }
            if leg.last.payload(limit) >= limit {
                return Fate::Ends(number);
            }
            if leg.last.ends {
                return Fate::Alone;
            }
        }
        self.legs.len().checked_sub(1).map_or(Fate::Alone, Fate::Ends)
    }

    /// Lay the layers over a frame with these bits: its stop and its path. None where something is cut or a length contradicts.
    #[inline]
    pub(crate) fn lay(&self, schema: &Schema, bytes: &[u8], limit: u32, spans: &mut Vec<Span>) -> Option<(Stop, u32)> {
        spans.clear();
        if !self.fits(bytes.len() as u32, limit) {
            return None;
        }
        if self.legs.is_empty() {
            return self.lay_each(schema, bytes, limit, spans);
        }
        spans.extend_from_slice(&self.pattern);
        let (mut outer, mut from) = (limit, 0);
        for leg in &self.legs {
            outer = leg.limit(bytes, outer)?;
            if outer < leg.least {
                // It may be that it ends before the leg's last layer.
                spans.clear();
                return self.lay_each(schema, bytes, limit, spans);
            }
            for span in spans.get_mut(from..leg.behind)? {
                (span.limit, span.tail) = (outer, outer);
            }
            let Known { span: Span { layer, start, .. }, node, suggested, ends, .. } = leg.last;
            let payload = leg.last.payload(outer);
            if payload >= outer {
                spans.truncate(leg.behind);
                let last = spans.last_mut()?;
                (last.link, last.payload) = (0, payload);
                return Some((nothing_behind(layer, payload), node));
            }
            if ends {
                return None;
            }
            if let (Some(suggested), Some(next)) = (suggested, spans.get_mut(leg.behind)) {
                next.key = schema.suggested_by(layer, suggested, bytes, start)?;
            }
            from = leg.behind;
        }
        Some((self.stop, self.path))
    }

    /// The same, one layer after the other.
    #[cold]
    fn lay_each(&self, schema: &Schema, bytes: &[u8], mut outer: u32, spans: &mut Vec<Span>) -> Option<(Stop, u32)> {
        let mut number = None;
        for known in &self.layers {
            let Span { layer, start, key, .. } = known.span;
            let room = outer.checked_sub(start)?;
            let limit = match &known.size {
                Some(size) => start + size.within(bytes, start, room)?,
                None => outer,
            };
            if limit - start < known.least {
                return None;
            }
            let (tail, payload) = (limit.min(known.most), known.payload(limit));
            let span = Span { tail, limit, payload, key: number.take().unwrap_or(key), ..known.span };
            if payload >= tail {
                spans.push(Span { link: 0, ..span });
                return Some((nothing_behind(layer, payload), known.node));
            }
            if known.ends {
                return None;
            }
            if let Some(suggested) = known.suggested {
                number = Some(schema.suggested_by(layer, suggested, bytes, start)?);
            }
            spans.push(span);
            outer = tail;
        }
        Some((self.stop, self.path))
    }
}

/// How a walk ends with a layer that has no payload.
pub(crate) fn nothing_behind(layer: LayerId, payload: u32) -> Stop {
    Stop { fault: Fault::at(Reason::End, payload), layer: Some(layer) }
}

fn legs(layers: &[Known]) -> Vec<Leg> {
    let mut legs: Vec<Leg> = Vec::new();
    let mut open = false;
    for (known, behind) in layers.iter().zip(1..) {
        let least = known.span.start.saturating_add(known.least);
        match legs.last_mut().filter(|_| open && known.size.is_none()) {
            Some(leg) => {
                // What has a layer behind it has a payload.
                let room = leg.last.span.payload.saturating_add(1);
                (leg.least, leg.behind, leg.last) = (leg.least.max(least).max(room), behind, *known);
            }
            None => legs.push(Leg { start: known.span.start, size: known.size, least, behind, last: *known }),
        }
        open = known.suggested.is_none() && !known.ends;
    }
    legs
}
