//! What a walk remembers: for frames that were found out, the bits that decided, and the way that they all went. Another frame with the same
//! bits at the same places goes the same way, because nothing else decided; deciding.rs says which bits those are. Only sizes and the
//! numbers that suggest a payload are read anew. What is remembered stays small: past a bound all is forgotten, or nothing more is learned.
//! Nothing is found out here; walk.rs does.

use rustc_hash::FxHashMap;

use crate::deciding::{Mask, Suggested};
use crate::dissect::{Flags, Span, Stop};
use crate::error::{Fault, Reason};
use crate::quick::Size;
use crate::schema::{LayerId, Schema, SpaceId};

/// Places and ways that are remembered at most …
const MOST_NODES: usize = 4096;
/// … and shapes of frames, between frames and while there is no room made …
const MOST_SHAPES: usize = 4096;
/// … and sets of places of bits.
const MOST_LOOKS: usize = 64;
/// Where a shape may be behind the slot that it is looked for first, so that nobody can make the search long.
const PROBES: usize = 8;
/// Bytes of a frame in which deciding bits may lie, and how many at a time are looked at.
const SEEN: usize = 256;
const WINDOW: usize = 8;
const MOST_WINDOWS: usize = 8;

/// Whether a place is entered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Gate {
    /// It is.
    #[default]
    Open,
    /// No answer can be found from here on.
    Unwanted,
    /// There would be too many layers.
    TooDeep,
}

/// A place of a walk: a layer, after all the layers and links before it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Node {
    pub layer: LayerId,
    /// What it has of the layers around it.
    pub flags: Flags,
    pub gate: Gate,
    /// Layers before it.
    pub depth: u8,
    /// Who is asked if the bytes are not this layer; 0 for nobody.
    pub alternative: u32,
}

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

/// What is known of all frames with the same deciding bits.
#[derive(Debug)]
struct Shape {
    words: Box<[u64]>,
    layers: Box<[Known]>,
    /// The bytes that must be there.
    need: u32,
    stop: Stop,
    path: u32,
}

/// Bits that are looked at together, in windows of eight bytes, and the shapes by what was seen there.
#[derive(Debug)]
struct Look {
    link: u16,
    windows: Box<[(u32, u64)]>,
    /// What all shapes have in the first window, if they have one thing there: others need not be looked at further.
    first: Option<u64>,
    /// Open addressing by the words' hash, at most half full: the hash, and the shape's number plus one.
    slots: Vec<(u64, u32)>,
    count: usize,
    /// How often something was found.
    hits: u64,
}

/// What a frame teaches while it is found out.
pub(crate) struct Lesson {
    bits: [u8; SEEN],
    need: u32,
    layers: Vec<Known>,
    /// Nothing, because more than bits decided.
    spoilt: bool,
}

/// What makes a place or a way: what it comes from, the link, the space and the list there, and the flags.
type Origin = (u32, u8, SpaceId, u16, Flags);

/// All that is remembered.
#[derive(Debug)]
pub(crate) struct Memo {
    pub nodes: Vec<Node>,
    origins: FxHashMap<Origin, u32>,
    looks: Vec<Look>,
    shapes: Vec<Shape>,
}

impl Default for Memo {
    fn default() -> Self {
        // Node 0 is before all layers.
        Self { nodes: vec![Node::default()], origins: FxHashMap::default(), looks: Vec::new(), shapes: Vec::new() }
    }
}

#[inline(always)]
fn mix(hash: u64, word: u64) -> u64 {
    let product = u128::from(hash ^ word) * u128::from(0x9E37_79B9_7F4A_7C15_u64);
    product as u64 ^ (product >> 64) as u64
}

#[inline(always)]
fn window(bytes: &[u8], (offset, mask): &(u32, u64)) -> Option<u64> {
    let at = *offset as usize;
    Some(u64::from_le_bytes(*bytes.get(at..at + WINDOW)?.first_chunk()?) & mask)
}

impl Look {
    /// The hash of a frame's bits.
    #[inline(always)]
    fn hash(&self, bytes: &[u8]) -> Option<u64> {
        let (one, others) = self.windows.split_first()?;
        let word = window(bytes, one)?;
        if self.first.is_some_and(|first| first != word) {
            return None;
        }
        others.iter().try_fold(mix(1, word), |hash, place| Some(mix(hash, window(bytes, place)?)))
    }

    /// The shape of frames with these bits.
    #[inline(always)]
    fn find(&self, shapes: &[Shape], bytes: &[u8], hash: u64) -> Option<usize> {
        for probe in 0..PROBES {
            let &(known, shape) = self.slots.get((hash as usize).wrapping_add(probe) & (self.slots.len() - 1))?;
            let number = (shape as usize).checked_sub(1)?;
            if known == hash && self.windows.iter().zip(&shapes.get(number)?.words).all(|(place, word)| window(bytes, place) == Some(*word)) {
                return Some(number);
            }
        }
        None
    }

    /// Put a shape where it is found; false where too many are.
    fn enter(&mut self, hash: u64, shape: u32) -> bool {
        if 2 * self.count >= self.slots.len() {
            let larger = vec![(0, 0); 2 * self.slots.len()];
            let all = std::mem::replace(&mut self.slots, larger);
            self.count = 0;
            for (hash, shape) in all.into_iter().filter(|slot| slot.1 != 0) {
                self.enter(hash, shape);
            }
        }
        let most = self.slots.len() - 1;
        let free = (0..PROBES).map(|probe| (hash as usize).wrapping_add(probe) & most).find(|at| self.slots[*at].1 == 0);
        if let Some(at) = free {
            self.slots[at] = (hash, shape);
            self.count += 1;
        }
        free.is_some()
    }
}

impl Memo {
    /// How a frame goes that looks like one that was found out: its spans, its stop and its path. None if that is not known, something is
    /// cut, or a length contradicts.
    #[inline]
    pub(crate) fn recall(&mut self, schema: &Schema, link: u16, bytes: &[u8], limit: u32, spans: &mut Vec<Span>) -> Option<(Stop, u32)> {
        for at in 0..self.looks.len() {
            let look = &self.looks[at];
            if look.link == link
                && let Some(hash) = look.hash(bytes)
                && let Some(shape) = look.find(&self.shapes, bytes, hash)
                && let Some(went) = self.shapes[shape].lay(schema, bytes, limit, spans)
            {
                self.promote(at);
                return Some(went);
            }
        }
        None
    }

    /// What is found most is looked at first.
    #[inline(always)]
    fn promote(&mut self, at: usize) {
        self.looks[at].hits += 1;
        if at > 0 && self.looks[at].hits > self.looks[at - 1].hits {
            self.looks.swap(at - 1, at);
        }
    }

    /// Remember a frame that was found out, if by its lesson it goes as it went.
    pub(crate) fn remember(&mut self, schema: &Schema, lesson: Lesson, frame: (u16, &[u8], u32), spans: &[Span], stop: Stop, path: u32) {
        let (link, bytes, limit) = frame;
        if lesson.spoilt || self.shapes.len() >= 2 * MOST_SHAPES {
            return;
        }
        let Some(windows) = lesson.windows() else { return };
        let known = self.looks.iter().position(|look| look.link == link && *look.windows == *windows);
        let at = known.unwrap_or(self.looks.len());
        if known.is_none() {
            if at >= MOST_LOOKS {
                return;
            }
            self.looks.push(Look { link, windows: windows.into(), first: None, slots: vec![(0, 0); 16], count: 0, hits: 0 });
        }
        let look = &mut self.looks[at];
        let first = look.windows.first().and_then(|place| window(bytes, place));
        look.first = if look.count == 0 { first } else { look.first.filter(|_| look.first == first) };
        let Some(hash) = look.hash(bytes) else { return };
        let words = look.windows.iter().filter_map(|place| window(bytes, place)).collect();
        let shape = Shape { words, layers: lesson.layers.into(), need: lesson.need, stop, path };
        let mut again = Vec::new();
        if shape.lay(schema, bytes, limit, &mut again) != Some((stop, path)) || again != spans {
            return;
        }
        match look.find(&self.shapes, bytes, hash) {
            // One that went on knows the end, too.
            Some(old) if !shape.ends() => self.shapes[old] = shape,
            Some(_) => {}
            None if look.enter(hash, self.shapes.len() as u32 + 1) => self.shapes.push(shape),
            None => {}
        }
    }

    /// The number of what has this origin; if it is new, `make` says which nodes it is, one after the other.
    pub(crate) fn number(&mut self, origin: Origin, make: impl FnOnce(u32) -> Vec<Node>) -> u32 {
        let next = self.nodes.len() as u32;
        let nodes = &mut self.nodes;
        *self.origins.entry(origin).or_insert_with(|| {
            nodes.extend(make(next));
            next
        })
    }

    /// Forget everything if it became too much.
    pub(crate) fn make_room(&mut self) -> bool {
        let full = self.nodes.len() > MOST_NODES || self.shapes.len() >= MOST_SHAPES;
        if full {
            *self = Self::default();
        }
        full
    }
}

impl Shape {
    fn ends(&self) -> bool {
        self.layers.last().is_some_and(|last| last.ends)
    }

    /// Lay the layers over a frame with these bits.
    #[inline(never)]
    fn lay(&self, schema: &Schema, bytes: &[u8], mut outer: u32, spans: &mut Vec<Span>) -> Option<(Stop, u32)> {
        spans.clear();
        if (bytes.len() as u32) < self.need {
            return None;
        }
        let mut number = None;
        for known in &self.layers {
            let Span { layer, start, payload, key, .. } = known.span;
            let room = outer.checked_sub(start)?;
            let mut limit = outer;
            if let Some(size) = &known.size {
                let size = size.value(bytes, start, room)?;
                if size > i64::from(room) || size < 0 {
                    return None;
                }
                limit = start + size as u32;
            }
            if limit - start < known.least {
                return None;
            }
            let tail = limit.min(known.most);
            let span = Span { tail, limit, key: number.take().unwrap_or(key), ..known.span };
            if payload >= tail {
                spans.push(Span { link: 0, ..span });
                return Some((Stop { fault: Fault::at(Reason::End, payload), layer: Some(layer) }, known.node));
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

impl Default for Lesson {
    fn default() -> Self {
        Self { bits: [0; SEEN], need: 0, layers: Vec::new(), spoilt: false }
    }
}

impl Lesson {
    /// There is nothing to learn from this frame.
    pub(crate) fn spoil(&mut self) {
        self.spoilt = true;
    }

    /// These bits of what starts at `start` decided; None for what bits do not decide.
    pub(crate) fn decided(&mut self, mask: Option<&Mask>, start: u32) {
        let Some(mask) = mask.filter(|_| !self.spoilt) else { return self.spoil() };
        self.need = self.need.max(start + mask.need);
        let read = mask.bits.get(..mask.need as usize).unwrap_or(&mask.bits);
        match self.bits.get_mut(start as usize..start as usize + read.len()) {
            Some(bits) => bits.iter_mut().zip(read).for_each(|(bits, more)| *bits |= more),
            None => self.spoil(),
        }
    }

    /// The next layer is this.
    pub(crate) fn learn(&mut self, known: Known) {
        self.need = self.need.max(known.span.start + known.least);
        self.layers.push(known);
    }

    /// The windows that show all the bits.
    fn windows(&self) -> Option<Vec<(u32, u64)>> {
        let (mut windows, mut begin) = (Vec::new(), 0);
        while let Some(first) = self.bits.iter().skip(begin).position(|bits| *bits != 0) {
            // A window that stays within the bytes that must be there can always be read.
            let first = (begin + first).min((self.need as usize).saturating_sub(WINDOW).max(begin));
            let mut bytes = [0; WINDOW];
            bytes.iter_mut().zip(self.bits.iter().skip(first)).for_each(|(byte, bits)| *byte = *bits);
            windows.push((first as u32, u64::from_le_bytes(bytes)));
            begin = first + WINDOW;
        }
        (windows.len() <= MOST_WINDOWS).then_some(windows)
    }
}
