//! The question that is not about bits: which layers the numbers of a layer suggest, and whether they refuse the payload at once.

use std::sync::Arc;

use crate::deciding::Suggested;
use crate::dissect::Span;
use crate::near::{Head, Near};
use crate::number::Number;
use crate::quick::Size;
use crate::schema::{LayerId, Schema};
use crate::shape::Known;

/// What a question comes to: some bits, as the two halves of the bytes that they stand in.
pub(crate) type Word = [u64; 2];

/// Numbers of 16 bits, one bit each.
type Few = [u64; 1 << 10];

#[inline(always)]
fn has(few: &Few, number: u16) -> bool {
    few[usize::from(number >> 6)] >> (number & 63) & 1 == 1
}

/// The numbers of a layer under which there is somebody to be asked: who has none of them has nothing behind that is looked for. Numbers of
/// more than 16 bits are always asked about.
#[derive(Debug)]
pub(crate) struct Asked {
    /// By the links that suggest.
    links: Box<[([Number; 2], Box<Few>)]>,
}

impl Asked {
    /// Of a layer; of those who answer only the `wanted` ones are asked for.
    pub(crate) fn of(schema: &Schema, layer: LayerId, wanted: Option<&[bool]>) -> Self {
        let suggestions = schema.deciding.get(usize::from(layer)).map_or(&[][..], |deciding| &deciding.suggestions);
        let links = suggestions.iter().map(|suggestion| {
            let space = &schema.spaces[usize::from(suggestion.space)];
            let is_asked = |slot: u16| slot != 0 && wanted.is_none_or(|wanted| space.list(slot).iter().any(|id| wanted[usize::from(*id)]));
            let mut few = Box::new([0; 1 << 10]);
            for number in (0..=u64::from(u16::MAX)).filter(|number| is_asked(space.slot(*number))) {
                few[number as usize >> 6] |= 1_u64 << (number & 63);
            }
            (suggestion.numbers, few)
        });
        Self { links: links.collect() }
    }

    /// True if there is somebody to be asked; None if a number is not there.
    #[inline(always)]
    pub(crate) fn by(&self, bytes: &[u8], start: u32) -> Option<bool> {
        for ([one, two], few) in &self.links {
            let is_asked = |number: u64| few.get(number as usize >> 6).is_none_or(|bits| bits >> (number & 63) & 1 == 1);
            if is_asked(one.read(bytes, start)?) || is_asked(two.read(bytes, start)?) {
                return Some(true);
            }
        }
        Some(false)
    }
}

/// The numbers of a layer that suggest what follows: what is asked is who answers to them and does not refuse at once.
#[derive(Clone, Debug)]
pub(crate) struct Ports {
    layer: LayerId,
    start: u32,
    payload: u32,
    /// What the layers up to here say of their sizes, with their starts, and the most that their payloads' ends can be.
    bounds: Box<[(u32, Option<Size>, u32)]>,
    asked: Arc<Asked>,
    /// The numbers by links, if all are near a frame's start, and the bytes that must be there for them.
    near: Option<(Box<[[Near; 2]]>, u32)>,
}

impl PartialEq for Ports {
    fn eq(&self, other: &Self) -> bool {
        (self.layer, self.start, self.payload, &self.bounds) == (other.layer, other.start, other.payload, &other.bounds)
    }
}

impl Ports {
    /// The answer where there is nothing behind the layer, so that it does not matter who would answer.
    const EMPTY: Word = [u64::MAX; 2];

    /// Those of a layer behind others.
    pub(crate) fn of(before: &[Known], known: &Known, asked: Arc<Asked>) -> Self {
        let layers = before.iter().chain([known]);
        let bounds = layers.filter(|known| known.size.is_some() || known.most != u32::MAX);
        let bounds = bounds.map(|known| (known.span.start, known.size, known.most)).collect();
        let Span { layer, start, payload, .. } = known.span;
        let short = |number: &Number| number.near(start).filter(|near| near.is_short());
        let near = asked.links.iter().map(|([one, two], _)| Some([short(one)?, short(two)?])).collect::<Option<Box<[_]>>>();
        let near = near.map(|near| {
            let need = near.iter().flatten().map(|near| near.need()).max().unwrap_or(0);
            (near, need)
        });
        Self { layer, start, payload, bounds, asked, near }
    }

    /// True if it is seen at once that in a frame of so many bytes nobody is asked.
    #[inline(always)]
    pub(crate) fn are_of_nobody(&self, head: &Head, len: usize) -> bool {
        let Some((near, _)) = self.near.as_ref().filter(|(_, need)| len >= *need as usize) else { return false };
        near.iter().zip(&self.asked.links).all(|([one, two], (_, few))| !has(few, one.read(head) as u16) && !has(few, two.read(head) as u16))
    }

    /// Who answers in a frame; None if a length contradicts.
    #[inline(always)]
    pub(crate) fn read(&self, schema: &Schema, bytes: &[u8], limit: u32) -> Option<Word> {
        if !self.asked.by(bytes, self.start)? {
            return Some([0; 2]);
        }
        self.read_answered(schema, bytes, limit)
    }

    fn read_answered(&self, schema: &Schema, bytes: &[u8], limit: u32) -> Option<Word> {
        let end = self.end(bytes, limit)?;
        if self.payload >= end {
            return Some(Self::EMPTY);
        }
        let Suggested { link, slot } = schema.suggested(self.layer, bytes, self.start, self.payload..end)?;
        Some([u64::from(link) << 16 | u64::from(slot), 0])
    }

    /// Where the layer's payload ends.
    fn end(&self, bytes: &[u8], limit: u32) -> Option<u32> {
        let mut outer = limit;
        for (start, size, most) in &self.bounds {
            if let Some(size) = size {
                let room = outer.checked_sub(*start)?;
                outer = start + size.within(bytes, *start, room)?;
            }
            outer = outer.min(*most);
        }
        Some(outer)
    }
}
