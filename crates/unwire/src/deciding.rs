//! Which bits of a layer decide how the walk goes on: those that its tests, its header's size and its links can read, and no others. Worked
//! out when the schema is read. Two packets that agree in these bits, and whose lengths leave room, go the same way; memo.rs relies on it.
//!
//! What is asked here is only what an expression may read, never what it comes to: dissect.rs evaluates.

use std::ops::Range;

use crate::number::Number;
use crate::quick::{Size, Test};
use crate::schema::{Direct, Expr, Extent, Kind, Layer, LayerId, LinkTo, Op, RepeatEnd, Schema, SpaceId};

/// Bytes from a layer's start in which deciding bits are looked for.
const SEEN: usize = 64;

/// Some bits.
#[derive(Clone, Copy, Debug)]
pub struct Mask {
    /// The bytes that are read.
    pub need: u32,
    /// The bits, byte by byte.
    pub bits: [u8; SEEN],
}

impl Default for Mask {
    fn default() -> Self {
        Self { need: 0, bits: [0; SEEN] }
    }
}

impl Mask {
    fn bytes(&mut self, at: u32, count: u32) -> Option<()> {
        let bytes = self.bits.get_mut(at as usize..at as usize + count as usize)?;
        bytes.iter_mut().for_each(|byte| *byte = u8::MAX);
        self.need = self.need.max(at + count);
        Some(())
    }
}

/// The bits of a layer that decide: counted from its start, and from its payload's.
#[derive(Clone, Copy, Debug, Default)]
pub struct Masks {
    /// From the layer's start.
    pub start: Mask,
    /// From the payload's.
    pub payload: Mask,
}

/// A link whose numbers only suggest a payload.
#[derive(Clone, Debug)]
pub struct Suggestion {
    /// Where they are looked up.
    pub(crate) space: SpaceId,
    pub(crate) numbers: [Number; 2],
}

impl Suggestion {
    /// The numbers, the lower one first.
    #[inline(always)]
    fn numbers(&self, bytes: &[u8], start: u32) -> Option<[u64; 2]> {
        let [one, two] = &self.numbers;
        let (one, two) = (one.read(bytes, start)?, two.read(bytes, start)?);
        Some([one.min(two), one.max(two)])
    }
}

/// What numbers suggest: the first list of layers of which not all refuse the bytes at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Suggested {
    /// The link, counted from 1; 0 for nobody.
    pub link: u8,
    /// The list of layers.
    pub slot: u16,
}

/// What decides about a layer.
#[derive(Clone, Debug, Default)]
pub struct Deciding {
    /// Tests of which each must hold, and the bytes that they read.
    tests: Box<[Test]>,
    tested: u32,
    /// The deciding bits, where the first so many links were tried; empty if anything else decides, too.
    masks: Box<[Masks]>,
    /// Where one of these holds, more than bits decides.
    pub exceptions: Box<[Expr]>,
    /// The layer's bound, if it states one.
    pub size: Option<Size>,
    /// The header takes all bytes that there are.
    pub takes_all: bool,
    /// The links, if all of them only suggest.
    pub suggestions: Box<[Suggestion]>,
}

impl Deciding {
    /// Of a layer.
    pub(crate) fn of(layer: &Layer) -> Self {
        let tests = layer.musts.iter().filter_map(|must| Some((Test::of(must, layer.fixed)?, must.end()?)));
        let (tests, ends): (Vec<_>, Vec<_>) = tests.unzip();
        let tested = ends.into_iter().max().unwrap_or(0).max(layer.first);
        let size = layer.size.as_ref().map(|size| Size::of(size, layer.fixed));
        let suggestions = suggestions(layer);
        let masks = if size.is_none_or(|size| size.is_some()) { masks(layer, suggestions.is_empty()) } else { None };
        let (masks, exceptions) = masks.unwrap_or_default();
        let takes_all = takes_all(layer);
        Self { tests: tests.into(), tested, masks: masks.into(), exceptions: exceptions.into(), size: size.flatten(), takes_all, suggestions }
    }

    /// The deciding bits where the first `tried` links were tried; None if they cannot be told.
    pub fn masks(&self, tried: usize) -> Option<&Masks> {
        self.masks.get(tried)
    }

    /// True if the bytes from `start` on are certainly not this layer: they are there, and a test fails.
    #[inline]
    pub fn refuses(&self, bytes: &[u8], start: u32, limit: u32) -> bool {
        limit.min(bytes.len() as u32).checked_sub(start).is_some_and(|have| have >= self.tested)
            && self.tests.iter().any(|test| test.holds(bytes, start) == Some(false))
    }
}

impl Schema {
    /// What the numbers of a layer suggest: the first list of which not all refuse the payload at once. None if a number is not there.
    pub(crate) fn suggested(&self, layer: LayerId, bytes: &[u8], start: u32, payload: Range<u32>) -> Option<Suggested> {
        for (suggestion, link) in self.deciding[layer as usize].suggestions.iter().zip(1..) {
            let space = &self.spaces[suggestion.space as usize];
            for number in suggestion.numbers(bytes, start)? {
                let slot = space.slot(number);
                if slot != 0 && space.list(slot).iter().any(|id| !self.deciding[*id as usize].refuses(bytes, payload.start, payload.end)) {
                    return Some(Suggested { link, slot });
                }
            }
        }
        Some(Suggested::default())
    }

    /// The number under which somebody was found that a layer's numbers suggest.
    pub(crate) fn suggested_by(&self, layer: LayerId, suggested: Suggested, bytes: &[u8], start: u32) -> Option<u32> {
        let Some(link) = usize::from(suggested.link).checked_sub(1) else { return Some(0) };
        let suggestion = self.deciding[layer as usize].suggestions.get(link)?;
        let space = &self.spaces[suggestion.space as usize];
        suggestion.numbers(bytes, start)?.into_iter().find(|number| space.slot(*number) == suggested.slot).map(|number| number as u32)
    }
}

/// True if the last variable field takes what is left, and the payload starts behind it.
fn takes_all(layer: &Layer) -> bool {
    let last = usize::from(layer.payload.anchor).checked_sub(1).and_then(|last| layer.anchors.get(last));
    layer.payload.offset == 0 && last.is_some_and(|index| layer.fields[*index as usize].kind.takes_all())
}

/// The links, if all of them suggest and have no conditions.
fn suggestions(layer: &Layer) -> Box<[Suggestion]> {
    let suggestions = layer.next.iter().map(|link| match &link.to {
        LinkTo::Space(space, keys) if link.suggests() && link.when.is_none() => {
            let number = |key: &Expr| Number::of(key, layer.fixed);
            let one = number(keys.first()?)?;
            Some(Suggestion { space: *space, numbers: [one, keys.get(1).map_or(Some(one), number)?] })
        }
        _ => None,
    });
    suggestions.collect::<Option<_>>().unwrap_or_default()
}

/// The deciding bits with the first so many links, from none on; None if the layer itself has something that is not decided by bits.
fn masks(layer: &Layer, links: bool) -> Option<(Vec<Masks>, Vec<Expr>)> {
    if layer.opaque {
        return None;
    }
    let mut bits = Bits { layer, masks: Masks::default(), exceptions: Vec::new() };
    bits.masks.start.need = layer.first;
    // What is read for itself, and decides nothing by its bits, must be there all the same.
    let keys = layer.next.iter().filter(|_| !links).flat_map(|link| match &link.to {
        LinkTo::Space(_, keys) => keys.as_slice(),
        LinkTo::Stop(_) => &[],
    });
    for expr in layer.size.iter().chain(keys) {
        bits.masks.start.need = bits.masks.start.need.max(expr.end()?);
    }
    for expr in layer.musts.iter().chain(&layer.expects).chain(&layer.fragment) {
        bits.expr(expr, Here::Elsewhere)?;
    }
    for (at, index) in layer.anchors.iter().take(layer.payload.anchor as usize).enumerate() {
        let field = &layer.fields[*index as usize];
        if !(field.kind.takes_all() && takes_all(layer) && at + 1 == usize::from(layer.payload.anchor)) {
            bits.measure(&field.kind, if at == 0 { Here::At(field.place.offset) } else { Here::Elsewhere })?;
        }
    }
    if let Some(tail) = &layer.tail {
        bits.rest(tail, Here::Payload)?;
    }
    let mut masks = vec![bits.masks];
    for link in layer.next.iter().take(if links { layer.next.len() } else { 0 }) {
        let keys = match &link.to {
            LinkTo::Space(_, keys) => keys.as_slice(),
            LinkTo::Stop(_) => &[],
        };
        let plain = !link.suggests() && link.when.iter().chain(keys).all(|expr| bits.expr(expr, Here::Payload).is_some());
        if !plain {
            break;
        }
        masks.push(bits.masks);
    }
    Some((masks, bits.exceptions))
}

/// Where an expression is asked.
#[derive(Clone, Copy)]
enum Here {
    /// So many bytes from the layer's start.
    At(u32),
    /// Where the payload starts.
    Payload,
    /// Not always at one place.
    Elsewhere,
}

/// The bits that expressions may read. None of a method: they may read something else, too.
struct Bits<'a> {
    layer: &'a Layer,
    masks: Masks,
    exceptions: Vec<Expr>,
}

impl Bits<'_> {
    fn direct(&mut self, read: &Direct) -> Option<()> {
        for (byte, at) in (read.mask << read.shift).to_be_bytes().into_iter().zip(read.offset as usize..).filter(|(byte, _)| *byte != 0) {
            *self.masks.start.bits.get_mut(at)? |= byte;
        }
        self.masks.start.need = self.masks.start.need.max(read.end());
        Some(())
    }

    /// What an expression may read that is asked `here` bytes from the layer's start, if that is always the same.
    fn expr(&mut self, expr: &Expr, here: Here) -> Option<()> {
        match expr {
            Expr::Const(_) => Some(()),
            Expr::Field(index) => self.field(*index),
            Expr::Read(read) | Expr::Affine(read, ..) | Expr::Test(read, ..) => self.direct(read),
            Expr::Choose(three) => {
                self.direct(&three.0)?;
                self.expr(&three.3, here)?;
                self.expr(&three.4, here)
            }
            Expr::Peek(count, at) => match (&**count, &**at, here) {
                (Expr::Const(count @ 1..=8), Expr::Const(at @ 0..=0xff), Here::At(here)) => self.masks.start.bytes(here + *at as u32, *count as u32),
                (Expr::Const(count @ 1..=8), Expr::Const(at @ 0..=0xff), Here::Payload) => self.masks.payload.bytes(*at as u32, *count as u32),
                _ => None,
            },
            Expr::Not(a) | Expr::Neg(a) | Expr::Invert(a) => self.expr(a, here),
            Expr::Both(pair) => {
                self.expr(&pair.0, here)?;
                self.expr(&pair.1, here).or_else(|| self.unless(&pair.0))
            }
            Expr::Binary(_, pair) | Expr::Either(pair) => {
                self.expr(&pair.0, here)?;
                self.expr(&pair.1, here)
            }
            Expr::If(three) => {
                self.expr(&three.0, here)?;
                self.expr(&three.1, here)?;
                self.expr(&three.2, here)
            }
            Expr::Size | Expr::Left | Expr::Captured | Expr::Item | Expr::ItemField(_) | Expr::Zeros(_) | Expr::OrLeft(..) => None,
        }
    }

    /// What is read only where a condition holds is none of the bits that decide where it does not; where it does is an exception.
    fn unless(&mut self, condition: &Expr) -> Option<()> {
        self.exceptions.push((!condition.asks_where()).then(|| condition.clone())?);
        Some(())
    }

    fn field(&mut self, index: u16) -> Option<()> {
        let layer = self.layer;
        let field = layer.fields.get(index as usize).filter(|field| field.place.anchor == 0)?;
        self.kind(&field.kind, field.place.offset)
    }

    /// What the integer of a kind at a constant place is made of.
    fn kind(&mut self, kind: &Kind, at: u32) -> Option<()> {
        match kind {
            Kind::UInt { width, .. } | Kind::Int { width, .. } => self.masks.start.bytes(at, u32::from(*width)),
            Kind::Ip4 => self.masks.start.bytes(at, 4),
            Kind::Bits { of, .. } => self.field(*of),
            Kind::Computed { expr, .. } => self.expr(expr, Here::At(at)),
            Kind::When(condition, inner) => {
                self.expr(condition, Here::At(at))?;
                self.kind(inner, at)
            }
            _ => None,
        }
    }

    /// What decides how many bytes a field takes.
    fn measure(&mut self, kind: &Kind, here: Here) -> Option<()> {
        match kind {
            Kind::Raw(Extent::Size(size)) | Kind::Text(Extent::Size(size)) => self.expr(size, here),
            Kind::When(condition, inner) => {
                self.expr(condition, here)?;
                self.measure(inner, here).or_else(|| self.unless(condition))
            }
            Kind::Repeat(repeat) => match &repeat.end {
                RepeatEnd::Size(size) => self.expr(size, here),
                _ => None,
            },
            Kind::Switch { key, cases, default } => {
                self.expr(key, here)?;
                cases.iter().try_for_each(|case| self.measure(&case.1, here))?;
                self.measure(default, here)
            }
            Kind::Pad(_) => Some(()),
            other => other.fixed_size().map(|_| ()),
        }
    }

    /// What decides how long a payload is, apart from the bytes that are left for it.
    fn rest(&mut self, expr: &Expr, here: Here) -> Option<()> {
        match expr {
            Expr::Left => Some(()),
            Expr::OrLeft(read, _) => self.direct(read),
            Expr::Choose(three) => {
                self.direct(&three.0)?;
                self.rest(&three.3, here)?;
                self.rest(&three.4, here)
            }
            Expr::Binary(Op::Min, pair) if pair.1 == Expr::Left => self.expr(&pair.0, here),
            other => self.expr(other, here),
        }
    }
}
