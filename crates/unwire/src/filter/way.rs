//! What the way of a frame leaves of the question: which layers there are says most of the answer, and where their fields lie the rest.
//! Made once for all frames that go the same way. What is unusual in a frame is asked the exact way, in asking.rs.

use super::asking::within;
use super::field::Wanted;
use super::tree::{Over, Take};
use super::typed::{Ask, Node, Ref, Tree};
use super::values::{Here, nth_of};
use crate::block::Group;
use crate::columns::{Get, What, get};
use crate::dissect::Span;
use crate::quick::{Amount, Load, Size};
use crate::schema::Schema;

/// The rest of a question.
#[derive(Debug)]
pub(super) enum Step {
    Known(bool),
    /// Numbers at constant places of whole layers, and the one range in which one, or each, must lie.
    One {
        reads: Box<[Place]>,
        low: i64,
        span: u64,
        over: Over,
        leaf: u16,
    },
    /// The same with several ranges.
    Many {
        reads: Box<[Place]>,
        ranges: Box<[(i128, i128)]>,
        over: Over,
        leaf: u16,
    },
    /// The exact way.
    Leaf(u16),
    And(Box<[Step]>),
    Or(Box<[Step]>),
    Not(Box<Step>),
}

/// A number at a constant place of a layer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    span: u8,
    /// Bytes of the layer that must be there.
    fixed: u32,
    read: Read,
}

#[derive(Clone, Copy, Debug)]
enum Read {
    Load(Load),
    Size(Size),
    Amount(Amount),
}

impl Read {
    /// The number of the layer that starts at `start` and has so many bytes.
    #[inline(always)]
    fn value(&self, bytes: &[u8], start: u32, size: u32) -> Option<i64> {
        match self {
            Self::Load(load) => load.read(bytes, start).map(i64::from),
            Self::Size(by) => by.value(bytes, start, size),
            Self::Amount(amount) => amount.value(bytes, start, size),
        }
    }
}

impl Place {
    /// The number; None if the layer is cut or the number cannot be had the short way.
    #[inline(always)]
    fn value(&self, spans: &[Span], bytes: &[u8]) -> Option<i64> {
        let span = spans.get(usize::from(self.span))?;
        if span.start + self.fixed > span.limit.min(bytes.len() as u32) {
            return None;
        }
        self.read.value(bytes, span.start, span.limit - span.start)
    }

    /// The numbers in many frames, one after the other, each put into a range or not; nothing is known where the layer may be cut.
    #[inline(always)]
    fn each_in(&self, group: &Group<'_>, buffer: &[u8], fits: impl Fn(i64) -> bool, answers: &mut Vec<Answer>) {
        let at = usize::from(self.span);
        let Some(Span { start, .. }) = group.layers.get(at).map(|known| known.span).filter(|span| span.start + self.fixed <= span.payload) else {
            return answers.extend(group.rows.iter().map(|_| Answer::Unknown));
        };
        let answer = |number: Option<i64>| number.map_or(Answer::Unknown, |number| if fits(number) { Answer::Yes } else { Answer::No });
        match &self.read {
            Read::Load(load) => answers.extend(group.starts.iter().map(|at| answer(load.read(buffer, at + start).map(i64::from)))),
            read => {
                let frames = group.starts.iter().zip(group.limits(at));
                answers.extend(frames.map(|(at, limit)| answer(read.value(buffer, at + start, limit.saturating_sub(start)))));
            }
        }
    }
}

/// What is known of a frame's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    No,
    Yes,
    /// It must be asked alone.
    Unknown,
}

impl Step {
    /// What is left of a question for frames that go the way of this one.
    pub(super) fn learn(here: &Here<'_>, tree: &Tree) -> Self {
        match tree {
            Tree::And(trees) => Self::all(trees.iter().map(|tree| Self::learn(here, tree)), false),
            Tree::Or(trees) => Self::all(trees.iter().map(|tree| Self::learn(here, tree)), true),
            Tree::Not(tree) => match Self::learn(here, tree) {
                Self::Known(known) => Self::Known(!known),
                step => Self::Not(Box::new(step)),
            },
            Tree::Leaf(number) => Self::of_leaf(here, *number),
        }
    }

    /// Several, of which one that is `deciding` decides.
    fn all(steps: impl Iterator<Item = Self>, deciding: bool) -> Self {
        let mut kept = Vec::new();
        for step in steps {
            match step {
                Self::Known(known) if known == deciding => return Self::Known(deciding),
                Self::Known(_) => {}
                step => kept.push(step),
            }
        }
        // What is one load is asked before what takes long.
        kept.sort_by_key(|step| !matches!(step, Self::One { .. } | Self::Many { .. }));
        match kept.len() {
            0 => Self::Known(!deciding),
            1 => kept.remove(0),
            _ if deciding => Self::Or(kept.into()),
            _ => Self::And(kept.into()),
        }
    }

    fn of_leaf(here: &Here<'_>, number: u16) -> Self {
        let (filter, spans) = (here.filter, &here.walk.spans);
        let Some(leaf) = filter.leaves.get(usize::from(number)) else { return Self::Known(false) };
        let found = |field: &u16| {
            filter.fields.get(usize::from(*field)).is_some_and(|field| field.is_of_frame() || spans.iter().any(|span| field.is_in(span.layer)))
        };
        if !leaf.needs.iter().all(found) {
            return Self::Known(false);
        }
        match &leaf.ask {
            Ask::Exists(Node::Field(field))
                if matches!(filter.fields.get(usize::from(field.field)).map(|field| &field.wanted), Some(Wanted::Layers(_))) =>
            {
                Self::Known(here.leaf(leaf))
            }
            Ask::Within(Node::Field(field), ranges, over) => match places(here, field) {
                Some(reads) if reads.is_empty() => Self::Known(false),
                Some(reads) => Self::of_ranges(reads, ranges, *over, number),
                None => Self::Leaf(number),
            },
            _ => Self::Leaf(number),
        }
    }

    fn of_ranges(reads: Box<[Place]>, ranges: &[(i128, i128)], over: Over, leaf: u16) -> Self {
        let clamp = |number: i128| number.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64;
        if let [(low, high)] = ranges
            && low <= high
        {
            let (low, high) = (clamp(*low), clamp(*high));
            return Self::One { reads, low, span: high.wrapping_sub(low) as u64, over, leaf };
        }
        Self::Many { reads, ranges: ranges.into(), over, leaf }
    }

    /// Add the answers of many frames that go this way, where numbers are had the short way.
    pub(super) fn together(&self, group: &Group<'_>, buffer: &[u8], answers: &mut Vec<Answer>) {
        match self {
            Self::Known(known) => answers.extend(group.rows.iter().map(|_| if *known { Answer::Yes } else { Answer::No })),
            Self::One { reads, low, span, over, .. } => {
                Self::of_places(reads, *over, group, buffer, answers, |number| number.wrapping_sub(*low) as u64 <= *span && number >= *low);
            }
            Self::Many { reads, ranges, over, .. } => {
                Self::of_places(reads, *over, group, buffer, answers, |number| within(i128::from(number), ranges));
            }
            Self::Leaf(_) => answers.extend(group.rows.iter().map(|_| Answer::Unknown)),
            Self::And(steps) => Self::several(steps, Answer::No, answers, |step, answers| step.together(group, buffer, answers)),
            Self::Or(steps) => Self::several(steps, Answer::Yes, answers, |step, answers| step.together(group, buffer, answers)),
            Self::Not(step) => {
                let before = answers.len();
                step.together(group, buffer, answers);
                for answer in answers.iter_mut().skip(before) {
                    *answer = match answer {
                        Answer::No => Answer::Yes,
                        Answer::Yes => Answer::No,
                        Answer::Unknown => Answer::Unknown,
                    };
                }
            }
        }
    }

    #[inline(always)]
    fn of_places(reads: &[Place], over: Over, group: &Group<'_>, buffer: &[u8], answers: &mut Vec<Answer>, fits: impl Fn(i64) -> bool) {
        let deciding = if over == Over::Any { Answer::Yes } else { Answer::No };
        Self::several(reads, deciding, answers, |place, answers| place.each_in(group, buffer, &fits, answers));
    }

    /// The answers of several, of which one that is `deciding` decides.
    #[inline(always)]
    fn several<T>(asked: &[T], deciding: Answer, answers: &mut Vec<Answer>, mut ask: impl FnMut(&T, &mut Vec<Answer>)) {
        let before = answers.len();
        let mut asked = asked.iter();
        let Some(first) = asked.next() else { return };
        ask(first, answers);
        let many = answers.len() - before;
        for next in asked {
            ask(next, answers);
            let (earlier, later) = answers.split_at_mut(before + many);
            for (answer, other) in earlier.iter_mut().skip(before).zip(later) {
                if *other == deciding || *answer != deciding && *other == Answer::Unknown {
                    *answer = *other;
                }
            }
            answers.truncate(before + many);
        }
    }

    /// Ask a frame.
    #[inline]
    pub(super) fn holds(&self, here: &Here<'_>) -> bool {
        match self {
            Self::Known(known) => *known,
            Self::One { reads, low, span, over, leaf } => {
                Self::fits(here, reads, *over, *leaf, |number| number.wrapping_sub(*low) as u64 <= *span && number >= *low)
            }
            Self::Many { reads, ranges, over, leaf } => Self::fits(here, reads, *over, *leaf, |number| within(i128::from(number), ranges)),
            Self::Leaf(leaf) => Self::exact(here, *leaf),
            Self::And(steps) => steps.iter().all(|step| step.holds(here)),
            Self::Or(steps) => steps.iter().any(|step| step.holds(here)),
            Self::Not(step) => !step.holds(here),
        }
    }

    #[inline(always)]
    fn fits(here: &Here<'_>, reads: &[Place], over: Over, leaf: u16, fits: impl Fn(i64) -> bool) -> bool {
        for place in reads {
            let at = usize::from(place.span);
            match place.value(&here.walk.spans, here.walk.bytes_of(at, here.bytes, here.facts.buffer).0) {
                Some(number) if fits(number) == (over == Over::Any) => return over == Over::Any,
                Some(_) => {}
                None => return Self::exact(here, leaf),
            }
        }
        over == Over::All
    }

    #[cold]
    fn exact(here: &Here<'_>, leaf: u16) -> bool {
        here.filter.leaves.get(usize::from(leaf)).is_some_and(|leaf| here.leaf(leaf))
    }
}

/// Where the numbers of a field lie that are asked for in the layers of a walk, if all lie at constant places.
fn places(here: &Here<'_>, field: &Ref) -> Option<Box<[Place]>> {
    let Wanted::Values(steps) = &here.filter.fields.get(usize::from(field.field))?.wanted else { return None };
    let mut made = Vec::new();
    for (span, at) in here.walk.spans.iter().zip(0..) {
        for step in steps.get(usize::from(span.layer))?.iter().filter(|_| here.counts(usize::from(at), &field.layers)) {
            let read = if step.what == What::Value { read(here.walk.schema(), span, step.field) } else { None };
            made.push(Place { span: at, fixed: here.walk.schema().layer(span.layer).fixed, read: read? });
        }
    }
    if let Take::Nth(nth) = field.take {
        let taken = nth_of(nth, made.len()).and_then(|at| made.get(at).copied());
        return Some(taken.into_iter().collect());
    }
    Some(made.into())
}

fn read(schema: &Schema, span: &Span, field: u16) -> Option<Read> {
    match get(schema.layer(span.layer), field)? {
        Get::Number(load) => Some(Read::Load(load)),
        Get::Size(size) => Some(Read::Size(size)),
        Get::Amount(amount) => Some(Read::Amount(amount)),
        Get::Mac(_) | Get::Ip6(_) => None,
    }
}
