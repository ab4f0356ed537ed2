//! What is known of all frames that have the same deciding bits: their layers with all that bits decide, and what is read anew for each
//! frame, its sizes and the numbers that suggest a payload. Which frames these are is memo.rs's; nothing is found out here.

use crate::deciding::Suggested;
use crate::dissect::{Span, Stop};
use crate::error::{Fault, Reason};
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

/// What is known of all frames with the same deciding bits.
#[derive(Debug)]
pub(crate) struct Shape {
    layers: Box<[Known]>,
    /// The spans as they would be copied, and where their ends change; none where a layer's payload ends before the layer.
    pattern: Box<[Span]>,
    legs: Box<[Leg]>,
    /// The bytes that must be there.
    need: u32,
    stop: Stop,
    path: u32,
}

impl Shape {
    pub(crate) fn new(layers: Vec<Known>, need: u32, stop: Stop, path: u32) -> Self {
        let plain = layers.iter().all(|known| known.most == u32::MAX);
        let legs = if plain { legs(&layers) } else { Vec::new() };
        Self { pattern: layers.iter().map(|known| known.span).collect(), layers: layers.into(), legs: legs.into(), need, stop, path }
    }

    /// True if it is known only of frames that end with its last layer.
    pub(crate) fn ends(&self) -> bool {
        self.layers.last().is_some_and(|last| last.ends)
    }

    /// Lay the layers over a frame with these bits: its stop and its path. None where something is cut or a length contradicts.
    #[inline]
    pub(crate) fn lay(&self, schema: &Schema, bytes: &[u8], limit: u32, spans: &mut Vec<Span>) -> Option<(Stop, u32)> {
        spans.clear();
        if (bytes.len() as u32) < self.need {
            return None;
        }
        if self.legs.is_empty() {
            return self.lay_each(schema, bytes, limit, spans);
        }
        spans.extend_from_slice(&self.pattern);
        let (mut outer, mut from) = (limit, 0);
        for leg in &self.legs {
            if let Some(size) = &leg.size {
                outer = leg.start + within(size.value(bytes, leg.start, outer.checked_sub(leg.start)?)?, outer - leg.start)?;
            }
            if outer < leg.least {
                // It may be that it ends before the leg's last layer.
                spans.clear();
                return self.lay_each(schema, bytes, limit, spans);
            }
            for span in spans.get_mut(from..leg.behind)? {
                (span.limit, span.tail) = (outer, outer);
            }
            let Known { span: Span { layer, start, payload, .. }, node, suggested, ends, .. } = leg.last;
            if payload >= outer {
                spans.truncate(leg.behind);
                spans.last_mut()?.link = 0;
                return Some((nothing_behind(layer, payload), node));
            }
            if ends {
                return None;
            }
            if let Some(expected) = suggested {
                let (found, key) = schema.suggested(layer, bytes, start, payload, outer)?;
                if found != expected {
                    return None;
                }
                if let Some(next) = spans.get_mut(leg.behind) {
                    next.key = key;
                }
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
            let Span { layer, start, payload, key, .. } = known.span;
            let room = outer.checked_sub(start)?;
            let limit = match &known.size {
                Some(size) => start + within(size.value(bytes, start, room)?, room)?,
                None => outer,
            };
            if limit - start < known.least {
                return None;
            }
            let tail = limit.min(known.most);
            let span = Span { tail, limit, key: number.take().unwrap_or(key), ..known.span };
            if payload >= tail {
                spans.push(Span { link: 0, ..span });
                return Some((nothing_behind(layer, payload), known.node));
            }
            if known.ends {
                return None;
            }
            if let Some(expected) = known.suggested {
                let (found, key) = schema.suggested(layer, bytes, start, payload, tail)?;
                if found != expected {
                    return None;
                }
                number = Some(key);
            }
            spans.push(span);
            outer = tail;
        }
        Some((self.stop, self.path))
    }
}

/// A size that there is room for.
#[inline(always)]
fn within(size: i64, room: u32) -> Option<u32> {
    u32::try_from(size).ok().filter(|size| *size <= room)
}

fn nothing_behind(layer: LayerId, payload: u32) -> Stop {
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
