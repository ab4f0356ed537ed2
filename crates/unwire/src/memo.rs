//! What a walk remembers: the shapes of frames that were found out, and what tells which frame has which. Another frame with the same bits at
//! the same places goes the same way, because nothing else decided; deciding.rs says which bits those are, questions.rs asks for them. What
//! is remembered stays small: past a bound all is forgotten, or nothing more is learned. Nothing is found out here; walk.rs does.

use rustc_hash::FxHashMap;

use crate::dissect::{Flags, Span, Stop};
use crate::lesson::Lesson;
use crate::questions::Questions;
use crate::schema::{LayerId, Schema, SpaceId};
use crate::shape::Shape;

/// Places and ways that are remembered at most …
const MOST_NODES: usize = 4096;
/// … and shapes of frames, between frames and while there is no room made …
const MOST_SHAPES: usize = 4096;
/// … and questions.
const MOST_ASKED: usize = 16 * MOST_SHAPES;

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

/// What makes a place or a way: what it comes from, the link, the space and the list there, and the flags.
type Origin = (u32, u8, SpaceId, u16, Flags);

/// All that is remembered.
#[derive(Debug)]
pub(crate) struct Memo {
    pub nodes: Vec<Node>,
    origins: FxHashMap<Origin, u32>,
    questions: Questions,
    shapes: Vec<Shape>,
}

impl Default for Memo {
    fn default() -> Self {
        // Node 0 is before all layers.
        Self { nodes: vec![Node::default()], origins: FxHashMap::default(), questions: Questions::default(), shapes: Vec::new() }
    }
}

impl Memo {
    /// Where frames of this link type begin to be asked.
    pub(crate) fn begin(&self, link: u16) -> u32 {
        self.questions.begin(link)
    }

    /// The number of the shape that a frame has if it looks like one that was found out; 0 if that is not known. The frame is so many bytes
    /// of a buffer from a place on.
    #[inline(always)]
    pub(crate) fn find(&mut self, schema: &Schema, begin: u32, frame: (&[u8], usize, usize), limit: u32) -> u32 {
        self.questions.shape(schema, begin, frame, limit)
    }

    /// How many shapes there are, with number 0.
    pub(crate) fn shapes(&self) -> usize {
        self.shapes.len() + 1
    }

    /// The shape of a number.
    #[inline(always)]
    pub(crate) fn shape(&self, number: u32) -> Option<&Shape> {
        self.shapes.get((number as usize).checked_sub(1)?)
    }

    /// How a frame goes that looks like one that was found out: its spans, its stop and its path. None if that is not known, something is
    /// cut, or a length contradicts.
    #[inline]
    pub(crate) fn recall(&mut self, schema: &Schema, link: u16, bytes: &[u8], limit: u32, spans: &mut Vec<Span>) -> Option<(Stop, u32)> {
        let number = self.find(schema, self.begin(link), (bytes, 0, bytes.len()), limit);
        self.shape(number)?.lay(schema, bytes, limit, spans)
    }

    /// Remember a frame that was found out, if by its lesson it goes as it went.
    pub(crate) fn remember(&mut self, schema: &Schema, mut lesson: Lesson, frame: (u16, &[u8], u32), spans: &[Span], stop: Stop, path: u32) {
        let (link, bytes, limit) = frame;
        if lesson.spoilt || self.shapes.len() >= 2 * MOST_SHAPES || self.questions.len() >= MOST_ASKED {
            return;
        }
        let shape = Shape::new(std::mem::take(&mut lesson.layers), lesson.need, stop, path);
        let mut again = Vec::new();
        if shape.lay(schema, bytes, limit, &mut again) != Some((stop, path)) || again != spans {
            return;
        }
        let number = self.shapes.len() as u32 + 1;
        let Some(known) = self.questions.learn(schema, &lesson, link, bytes, limit) else { return };
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
        let full = self.nodes.len() > MOST_NODES || self.shapes.len() >= MOST_SHAPES || self.questions.len() >= MOST_ASKED;
        if full {
            *self = Self::default();
        }
        full
    }
}
