//! What a walk remembers: for frames that were found out, the bits that decided, and the way that they all went. Another frame with the same
//! bits at the same places goes the same way, because nothing else decided; deciding.rs says which bits those are. The bits are asked in
//! the order in which they decided, as a tree: each place asks some of them, and each answer leads to the next place or to a shape. More
//! may be asked of a frame than decides about it, never less. What is remembered stays small: past a bound all is forgotten, or nothing
//! more is learned. Nothing is found out here; walk.rs does.

use ahash::AHashMap;
use rustc_hash::FxHashMap;

use crate::deciding::Mask;
use crate::dissect::{Flags, Span, Stop};
use crate::schema::{LayerId, Schema, SpaceId};
use crate::shape::{Known, Shape};

/// Places and ways that are remembered at most …
const MOST_NODES: usize = 4096;
/// … and shapes of frames, between frames and while there is no room made …
const MOST_SHAPES: usize = 4096;
/// … and questions.
const MOST_ASKED: usize = 16 * MOST_SHAPES;
/// Answers that are looked through one by one, the frequent ones first; the others are looked up.
const FEW: usize = 6;
/// Every so many answers that were not the first, one moves forward.
const TURNS: u32 = 16;
/// Bytes of a frame in which deciding bits may lie, and how many at a time are looked at.
const SEEN: usize = 256;
const WINDOW: usize = 8;
const MOST_WINDOWS: usize = 16;

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

/// Eight bytes of a frame, and which of their bits are asked for.
#[derive(Clone, Copy, Debug, Default)]
struct Window {
    offset: u32,
    bits: u64,
}

impl Window {
    #[inline(always)]
    fn read(self, bytes: &[u8]) -> Option<u64> {
        let at = self.offset as usize;
        Some(u64::from_le_bytes(*bytes.get(at..at + WINDOW)?.first_chunk()?) & self.bits)
    }
}

/// A question, and where its answers lead.
#[derive(Debug, Default)]
struct Asked {
    /// What is asked; no bits for nothing.
    window: Window,
    /// The answer that is tried first.
    word: u64,
    to: u32,
    /// The shape of frames of which nothing more need be asked, plus one; 0 for none.
    shape: u32,
    few: Vec<(u64, u32)>,
    more: AHashMap<u64, u32>,
}

impl Asked {
    /// Where any answer but the first leads.
    #[inline]
    fn other(&self, word: u64) -> Option<(usize, u32)> {
        match self.few.iter().position(|answer| answer.0 == word) {
            Some(at) => Some((at, self.few[at].1)),
            None if self.more.is_empty() => None,
            None => self.more.get(&word).map(|to| (FEW, *to)),
        }
    }

    /// Where an answer leads; place 0 is nowhere.
    fn to(&self, word: u64) -> Option<u32> {
        if self.to != 0 && self.word == word { Some(self.to) } else { self.other(word).map(|other| other.1) }
    }

    fn lead(&mut self, word: u64, to: u32) {
        if self.to == 0 {
            (self.word, self.to) = (word, to);
        } else if self.few.len() < FEW {
            self.few.push((word, to));
        } else {
            self.more.insert(word, to);
        }
    }

    /// Have an answer tried before the one that is tried before it now.
    fn promote(&mut self, at: usize) {
        if at == 0
            && let Some(few) = self.few.first_mut()
        {
            (self.word, self.to, *few) = (few.0, few.1, (self.word, self.to));
        } else if at < self.few.len() {
            self.few.swap(at - 1, at);
        }
    }
}

/// What a frame teaches while it is found out.
pub(crate) struct Lesson {
    bits: [u8; SEEN],
    /// Where bits decided, in this order.
    order: Vec<(u32, u32)>,
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
    /// The first question for each link type.
    first: Vec<(u16, u32)>,
    asked: Vec<Asked>,
    shapes: Vec<Shape>,
    turns: u32,
}

impl Default for Memo {
    fn default() -> Self {
        // Node 0 is before all layers, and question 0 is none.
        Self {
            nodes: vec![Node::default()],
            origins: FxHashMap::default(),
            first: Vec::new(),
            asked: vec![Asked::default()],
            shapes: Vec::new(),
            turns: 0,
        }
    }
}

impl Memo {
    /// How a frame goes that looks like one that was found out: its spans, its stop and its path. None if that is not known, something is
    /// cut, or a length contradicts.
    #[inline]
    pub(crate) fn recall(&mut self, schema: &Schema, link: u16, bytes: &[u8], limit: u32, spans: &mut Vec<Span>) -> Option<(Stop, u32)> {
        let mut place = self.first.iter().find(|first| first.0 == link)?.1;
        // Each answer leads to a question that was made later, so that this ends.
        let shape = loop {
            let asked = self.asked.get(place as usize)?;
            if asked.window.bits == 0 {
                break asked.shape;
            }
            let Some(word) = asked.window.read(bytes) else { break self.last_shape(link, bytes) };
            if asked.to != 0 && asked.word == word {
                place = asked.to;
                continue;
            }
            let Some((at, to)) = asked.other(word) else { break self.last_shape(link, bytes) };
            // Now and then, what was found moves forward: what is found often ends at the front.
            self.turns = self.turns.wrapping_add(1);
            if self.turns.is_multiple_of(TURNS) {
                self.asked[place as usize].promote(at);
            }
            place = to;
        };
        self.shapes.get((shape as usize).checked_sub(1)?)?.lay(schema, bytes, limit, spans)
    }

    /// The last shape on the way to a question that has no answer yet, or that the frame is too short for.
    #[cold]
    fn last_shape(&self, link: u16, bytes: &[u8]) -> u32 {
        let mut place = self.first.iter().find(|first| first.0 == link).map(|first| first.1);
        let mut shape = 0;
        while let Some(asked) = place.and_then(|place| self.asked.get(place as usize)) {
            shape = if asked.shape == 0 { shape } else { asked.shape };
            place = asked.window.read(bytes).and_then(|word| asked.to(word));
        }
        shape
    }

    /// Remember a frame that was found out, if by its lesson it goes as it went.
    pub(crate) fn remember(&mut self, schema: &Schema, lesson: Lesson, frame: (u16, &[u8], u32), spans: &[Span], stop: Stop, path: u32) {
        let (link, bytes, limit) = frame;
        if lesson.spoilt || self.shapes.len() >= 2 * MOST_SHAPES || self.asked.len() >= MOST_ASKED {
            return;
        }
        let Some(mut windows) = lesson.windows() else { return };
        let shape = Shape::new(lesson.layers, lesson.need, stop, path);
        let mut again = Vec::new();
        if shape.lay(schema, bytes, limit, &mut again) != Some((stop, path)) || again != spans {
            return;
        }
        let mut place = self.first.iter().find(|first| first.0 == link).map(|first| first.1);
        if place.is_none() {
            place = Some(self.ask());
            self.first.extend(place.map(|place| (link, place)));
        }
        let Some(mut place) = place else { return };
        while let Some(window) = windows.first().copied() {
            let asked = &mut self.asked[place as usize];
            if asked.window.bits == 0 {
                asked.window = window;
            }
            let window = asked.window;
            // A frame that is too short for a question that others were asked is found out each time.
            let Some(word) = window.read(bytes) else { return };
            let next = asked.to(word);
            windows.iter_mut().for_each(|left| left.bits &= !shifted(window, left.offset));
            windows.retain(|left| left.bits != 0);
            place = next.unwrap_or_else(|| {
                let next = self.ask();
                self.asked[place as usize].lead(word, next);
                next
            });
        }
        let number = self.shapes.len() as u32 + 1;
        let known = &mut self.asked[place as usize].shape;
        match (*known as usize).checked_sub(1) {
            // One that went on knows the end, too.
            Some(old) if !shape.ends() => self.shapes[old] = shape,
            Some(_) => {}
            None => {
                *known = number;
                self.shapes.push(shape);
            }
        }
    }

    fn ask(&mut self) -> u32 {
        self.asked.push(Asked::default());
        self.asked.len() as u32 - 1
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
        let full = self.nodes.len() > MOST_NODES || self.shapes.len() >= MOST_SHAPES || self.asked.len() >= MOST_ASKED;
        if full {
            *self = Self::default();
        }
        full
    }
}

/// The bits of a window as they stand in the eight bytes from another offset on.
fn shifted(window: Window, offset: u32) -> u64 {
    let bytes = i64::from(window.offset) - i64::from(offset);
    match bytes {
        -7..=0 => window.bits >> (-8 * bytes),
        1..=7 => window.bits << (8 * bytes),
        _ => 0,
    }
}

impl Default for Lesson {
    fn default() -> Self {
        Self { bits: [0; SEEN], order: Vec::new(), need: 0, layers: Vec::new(), spoilt: false }
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
        self.order.push((start, start + read.len() as u32));
    }

    /// The next layer is this.
    pub(crate) fn learn(&mut self, known: Known) {
        self.need = self.need.max(known.span.start + known.least);
        self.layers.push(known);
    }

    /// The windows that show all the bits, in the order in which they decided.
    fn windows(&self) -> Option<Vec<Window>> {
        let mut left = self.bits;
        let mut windows = Vec::new();
        for &(start, end) in &self.order {
            let (mut begin, end) = (start as usize, end as usize);
            while let Some(first) = left.get(begin..end)?.iter().position(|bits| *bits != 0) {
                // A window that stays within the bytes that must be there can always be read.
                let offset = (begin + first).min((self.need as usize).saturating_sub(WINDOW));
                begin = (offset + WINDOW).min(end);
                let mut bytes = [0; WINDOW];
                for (byte, bits) in bytes.iter_mut().zip(left.get_mut(offset..begin)?) {
                    *byte = std::mem::take(bits);
                }
                windows.push(Window { offset: offset as u32, bits: u64::from_le_bytes(bytes) });
            }
        }
        (windows.len() <= MOST_WINDOWS).then_some(windows)
    }
}
