//! What tells frames apart: questions about their bits, asked in the order in which they decided, as a tree. Each place asks some of them,
//! and each answer leads to the next place; where nothing is left to ask stands the number of a shape. More may be asked of a frame than
//! decides about it, never less. What a shape is, and how frames are found out, is not known here; deciding.rs says which bits decide.

use crate::deciding::{Mask, Suggested};
use crate::quick::Size;
use crate::schema::{LayerId, Schema};
use crate::shape::{Known, within};

/// Bytes of a frame in which deciding bits may lie, and how many at a time are looked at.
const SEEN: usize = 256;
const WINDOW: usize = 16;
const MOST_QUESTIONS: usize = 16;

/// Some bytes of a frame, and which of their bits are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Window {
    offset: u32,
    bits: u128,
}

impl Window {
    #[inline(always)]
    fn read(&self, bytes: &[u8]) -> u128 {
        match bytes.get(self.offset as usize..).and_then(<[u8]>::first_chunk) {
            Some(whole) => u128::from_le_bytes(*whole) & self.bits,
            None => self.read_cut(bytes),
        }
    }

    /// What is not there is read as 0. A shape is not taken for a frame that lacks bytes which decided about it.
    #[cold]
    fn read_cut(&self, bytes: &[u8]) -> u128 {
        let mut whole = [0; WINDOW];
        let there = bytes.get(self.offset as usize..).unwrap_or_default();
        whole.iter_mut().zip(there).for_each(|(byte, there)| *byte = *there);
        u128::from_le_bytes(whole) & self.bits
    }

    /// The bits as they stand in the bytes from another offset on.
    fn shifted(self, offset: u32) -> u128 {
        let bytes = i64::from(self.offset) - i64::from(offset);
        match bytes {
            -15..=0 => self.bits >> (-8 * bytes),
            1..=15 => self.bits << (8 * bytes),
            _ => 0,
        }
    }
}

/// The numbers of a layer that suggest what follows: what is asked is who answers to them and does not refuse at once.
#[derive(Clone, Debug, PartialEq)]
struct Ports {
    layer: LayerId,
    start: u32,
    payload: u32,
    /// What the layers up to here say of their sizes, with their starts, and the most that their payloads' ends can be.
    bounds: Box<[(u32, Option<Size>, u32)]>,
}

impl Ports {
    /// The answer where there is nothing behind the layer, so that it does not matter who would answer.
    const EMPTY: u128 = u128::MAX;

    #[inline(always)]
    fn read(&self, schema: &Schema, bytes: &[u8], limit: u32) -> Option<u128> {
        if !schema.answers(self.layer, bytes, self.start)? {
            return Some(0);
        }
        let end = self.end(bytes, limit)?;
        if self.payload >= end {
            return Some(Self::EMPTY);
        }
        let Suggested { link, slot } = schema.suggested(self.layer, bytes, self.start, self.payload..end)?;
        Some(u128::from(link) << 16 | u128::from(slot))
    }

    /// Where the layer's payload ends.
    fn end(&self, bytes: &[u8], limit: u32) -> Option<u32> {
        let mut outer = limit;
        for (start, size, most) in &self.bounds {
            if let Some(size) = size {
                let room = outer.checked_sub(*start)?;
                outer = start + within(size.value(bytes, *start, room)?, room)?;
            }
            outer = outer.min(*most);
        }
        Some(outer)
    }
}

/// A question.
#[derive(Clone, Debug, Default, PartialEq)]
enum Question {
    #[default]
    None,
    Bits(Window),
    Ports(Box<Ports>),
}

impl Question {
    fn read(&self, schema: &Schema, bytes: &[u8], limit: u32) -> Option<u128> {
        match self {
            Self::Bits(window) => Some(window.read(bytes)),
            Self::Ports(ports) => ports.read(schema, bytes, limit),
            Self::None => None,
        }
    }

    /// What of it is left where another was answered.
    fn without(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Self::Bits(left), Self::Bits(window)) => {
                left.bits &= !window.shifted(left.offset);
                if left.bits == 0 {
                    *self = Self::None;
                }
            }
            (Self::Ports(left), Self::Ports(ports)) if left == ports => *self = Self::None,
            _ => {}
        }
    }
}

/// A place of the tree: a question, and where its answers lead.
#[derive(Debug, Default)]
struct Place {
    question: Question,
    /// The shape of frames of which nothing more need be asked, plus one; 0 for none.
    shape: u32,
    /// How many answers there are.
    count: u32,
    /// The answers with their places, each near where its bits say, and at least as many with place 0, which is nowhere.
    answers: Box<[(u128, u32)]>,
}

impl Place {
    /// Where an answer leads; place 0 is nowhere.
    #[inline(always)]
    fn to(&self, word: u128) -> u32 {
        let mut at = mixed(word);
        loop {
            let Some(answer) = self.answers.get(at & self.answers.len().wrapping_sub(1)) else { return 0 };
            if answer.0 == word || answer.1 == 0 {
                return answer.1;
            }
            at += 1;
        }
    }

    fn lead(&mut self, word: u128, to: u32) {
        self.count += 1;
        if self.answers.len() < 2 * self.count as usize {
            let room = vec![(0, 0); (4 * self.count as usize).next_power_of_two()];
            let before = std::mem::replace(&mut self.answers, room.into());
            before.into_iter().filter(|answer| answer.1 != 0).for_each(|answer| self.enter(answer));
        }
        self.enter((word, to));
    }

    fn enter(&mut self, answer: (u128, u32)) {
        let last = self.answers.len() - 1;
        let first = mixed(answer.0);
        if let Some(at) = (first..=first + last).map(|at| at & last).find(|at| self.answers[*at].1 == 0) {
            self.answers[at] = answer;
        }
    }
}

/// Some well-mixed bits of an answer.
#[inline(always)]
fn mixed(word: u128) -> usize {
    ((word as u64 ^ ((word >> 64) as u64).rotate_left(32)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 48) as usize
}

/// The tree.
#[derive(Debug)]
pub(crate) struct Questions {
    /// The first place for each link type.
    first: Vec<(u16, u32)>,
    places: Vec<Place>,
}

impl Default for Questions {
    fn default() -> Self {
        // Place 0 is none.
        Self { first: Vec::new(), places: vec![Place::default()] }
    }
}

impl Questions {
    /// How many places there are.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    fn begin(&self, link: u16) -> Option<u32> {
        self.first.iter().find(|first| first.0 == link).map(|first| first.1)
    }

    /// The shape of a frame, plus one; 0 if that is not known.
    #[inline(always)]
    pub(crate) fn shape(&self, schema: &Schema, link: u16, bytes: &[u8], limit: u32) -> u32 {
        let Some(mut at) = self.begin(link) else { return 0 };
        // Each answer leads to a place that was made later, so that this ends.
        while let Some(place) = self.places.get(at as usize) {
            let word = match &place.question {
                Question::Bits(window) => window.read(bytes),
                Question::None => return place.shape,
                Question::Ports(ports) => match ports.read(schema, bytes, limit) {
                    Some(word) => word,
                    None => break,
                },
            };
            at = place.to(word);
            if at == 0 {
                break;
            }
        }
        self.last_shape(schema, link, bytes, limit)
    }

    /// The last shape on the way to a question that has no answer yet.
    #[cold]
    fn last_shape(&self, schema: &Schema, link: u16, bytes: &[u8], limit: u32) -> u32 {
        let mut at = self.begin(link).unwrap_or(0);
        let mut shape = 0;
        while let Some(place) = self.places.get(at as usize).filter(|_| at != 0) {
            shape = if place.shape == 0 { shape } else { place.shape };
            at = place.question.read(schema, bytes, limit).map_or(0, |word| place.to(word));
        }
        shape
    }

    /// The place where all that a lesson asks is answered, with its shape; None if there is too much to ask.
    pub(crate) fn learn(&mut self, schema: &Schema, lesson: &Lesson, link: u16, bytes: &[u8], limit: u32) -> Option<&mut u32> {
        let mut questions = lesson.questions()?;
        let mut at = self.begin(link).unwrap_or_else(|| {
            let at = self.add();
            self.first.push((link, at));
            at
        });
        while let Some(next) = questions.first() {
            let place = &mut self.places[at as usize];
            if place.question == Question::None {
                place.question = next.clone();
            }
            let word = place.question.read(schema, bytes, limit)?;
            questions.iter_mut().for_each(|left| left.without(&place.question));
            questions.retain(|left| *left != Question::None);
            let mut to = place.to(word);
            if to == 0 {
                to = self.add();
                self.places[at as usize].lead(word, to);
            }
            at = to;
        }
        Some(&mut self.places[at as usize].shape)
    }

    fn add(&mut self) -> u32 {
        self.places.push(Place::default());
        self.places.len() as u32 - 1
    }
}

/// What decided about a frame.
#[derive(Debug)]
enum Decided {
    /// Bits between two offsets.
    Bits(u32, u32),
    Ports(Box<Ports>),
}

/// What a frame teaches while it is found out.
pub(crate) struct Lesson {
    bits: [u8; SEEN],
    /// What decided, in this order.
    order: Vec<Decided>,
    /// The bytes that must be there.
    pub need: u32,
    /// The layers.
    pub layers: Vec<Known>,
    /// Nothing, because more than that decided.
    pub spoilt: bool,
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
        self.order.push(Decided::Bits(start, start + read.len() as u32));
    }

    /// What the numbers of this layer suggest decided.
    pub(crate) fn suggested(&mut self, known: &Known) {
        let layers = self.layers.iter().chain([known]);
        let bounds = layers.filter(|known| known.size.is_some() || known.most != u32::MAX);
        let bounds = bounds.map(|known| (known.span.start, known.size, known.most)).collect();
        self.order.push(Decided::Ports(Box::new(Ports { layer: known.span.layer, start: known.span.start, payload: known.span.payload, bounds })));
    }

    /// The next layer is this.
    pub(crate) fn learn(&mut self, known: Known) {
        self.need = self.need.max(known.span.start + known.least);
        self.layers.push(known);
    }

    /// All that decided as questions, in this order.
    fn questions(&self) -> Option<Vec<Question>> {
        let mut left = self.bits;
        let mut questions = Vec::new();
        for decided in &self.order {
            let (mut begin, end) = match decided {
                Decided::Bits(start, end) => (*start as usize, *end as usize),
                Decided::Ports(ports) => {
                    questions.push(Question::Ports(ports.clone()));
                    continue;
                }
            };
            while let Some(first) = left.get(begin..end)?.iter().position(|bits| *bits != 0) {
                // A window that stays within the bytes that must be there is read at once.
                let offset = (begin + first).min(end.saturating_sub(WINDOW));
                begin = (offset + WINDOW).min(end);
                let mut bytes = [0; WINDOW];
                for (byte, bits) in bytes.iter_mut().zip(left.get_mut(offset..begin)?) {
                    *byte = std::mem::take(bits);
                }
                questions.push(Question::Bits(Window { offset: offset as u32, bits: u128::from_le_bytes(bytes) }));
            }
        }
        (questions.len() <= MOST_QUESTIONS).then_some(questions)
    }
}
