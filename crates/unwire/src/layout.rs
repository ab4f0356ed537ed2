//! One layer over its bytes: expressions are evaluated, variable fields measured, anchors found, parts told apart.
//!
//! Everything here is about a single layer or part whose start and bounds are known; walk.rs strings layers together. No values are
//! made here (value.rs does), and no protocol is known.

use std::cell::Cell;

use crate::error::{Fault, Reason};
use crate::notes::Notes;
use crate::reader::Bytes;
use crate::schema::{Direct, Expr, Extent, Kind, Layer, Op, Place, Schema};

/// Items of all repeats that one frame may have.
pub const MAX_ITEMS: u32 = 65_536;
/// With so many bytes a frame may have more.
pub(crate) const MANY_ITEMS: u32 = MAX_ITEMS / 16;

/// A layer or part laid over bytes.
#[derive(Clone, Copy)]
pub struct Laid<'a> {
    /// The schema.
    pub schema: &'a Schema,
    /// The layer.
    pub layer: &'a Layer,
    /// The frame.
    pub bytes: Bytes<'a>,
    /// Where the layer starts.
    pub start: u32,
    /// Where length fields promise its end.
    pub limit: u32,
    /// Where alignment counts from: the start of the layer around the parts.
    pub origin: u32,
    /// How deep in parts this is.
    pub nesting: u8,
    /// Items that this frame may still have.
    pub items: &'a Cell<u32>,
    /// Where what is looked at is noted, if anybody wants to know.
    pub notes: Option<&'a Notes>,
}

/// What an expression in `until` may ask of the item before.
#[derive(Clone, Copy)]
pub enum Item<'a> {
    /// Nothing was read.
    None,
    /// A number.
    Number(i64),
    /// A part.
    Part(&'a Laid<'a>),
}

impl Laid<'_> {
    fn read(&self, read: &Direct) -> Result<i64, Fault> {
        let whole = self.bytes.uint(self.start.saturating_add(read.offset), read.width, false, self.limit)? as u32;
        // A direct read counts its bits in four bytes.
        let whole = whole << ((4 - u32::from(read.width)) * 8);
        if let Some(notes) = self.notes {
            let mask = (read.mask << read.shift).to_be_bytes();
            mask.into_iter().zip(self.start + read.offset..).filter(|(mask, _)| *mask != 0).for_each(|(mask, at)| notes.bits(at, mask));
        }
        Ok(i64::from(whole >> read.shift & read.mask))
    }

    /// Note that some bytes decide.
    #[inline]
    fn look(&self, offset: u32, count: u32) {
        if let Some(notes) = self.notes {
            notes.bytes(offset, count.min(self.limit.saturating_sub(offset)));
        }
    }

    /// Evaluate an expression at `here`.
    pub fn eval(&self, expr: &Expr, here: u32) -> Result<i64, Fault> {
        self.eval_with(expr, here, Item::None)
    }

    pub(crate) fn eval_with(&self, expr: &Expr, here: u32, item: Item<'_>) -> Result<i64, Fault> {
        let overflow = Fault::expression(here);
        Ok(match expr {
            Expr::Const(value) => *value,
            Expr::Read(read) => self.read(read)?,
            // 32 bits times and plus 31 bits stay in 64.
            Expr::Affine(read, mul, add) => self.read(read)? * mul + add,
            Expr::Test(read, op, value) => i64::from(compare(*op, self.read(read)?, *value)),
            Expr::OrLeft(read, add) => match self.read(read)? {
                0 => i64::from(self.limit) - i64::from(here),
                value => value + add,
            },
            Expr::Choose(three) => {
                let (test, op, value, a, b) = &**three;
                self.eval_with(if compare(*op, self.read(test)?, *value) { a } else { b }, here, item)?
            }
            Expr::Field(index) => self.integer(*index)?,
            Expr::Size => i64::from(self.limit) - i64::from(self.start),
            Expr::Left => i64::from(self.limit) - i64::from(here),
            Expr::Captured => (i64::from(self.limit.min(self.bytes.len())) - i64::from(here)).max(0),
            Expr::Item => match item {
                Item::Number(number) => number,
                Item::None | Item::Part(_) => 0,
            },
            Expr::ItemField(index) => match item {
                Item::Part(part) => part.integer(*index)?,
                Item::None | Item::Number(_) => 0,
            },
            Expr::Peek(count, at) => {
                let (count, at) = (self.eval_with(count, here, item)?, self.eval_with(at, here, item)?);
                let offset = u32::try_from(i64::from(here).checked_add(at).ok_or(overflow)?).map_err(|_| overflow)?;
                let width = u8::try_from(count).ok().filter(|width| (1..=8).contains(width)).ok_or(overflow)?;
                self.look(offset, u32::from(width));
                self.bytes.uint(offset, width, false, self.limit)? as i64
            }
            Expr::Zeros(count) => {
                let count = u32::try_from(self.eval_with(count, here, item)?).ok();
                let bytes = count.and_then(|count| self.bytes.take(here, count, self.limit).ok());
                self.look(here, bytes.map_or(0, |bytes| bytes.len() as u32));
                i64::from(bytes.is_some_and(|bytes| bytes.iter().all(|byte| *byte == 0)))
            }
            Expr::Not(a) => i64::from(self.eval_with(a, here, item)? == 0),
            Expr::Neg(a) => self.eval_with(a, here, item)?.checked_neg().ok_or(overflow)?,
            Expr::Invert(a) => !self.eval_with(a, here, item)?,
            Expr::Both(pair) => match self.eval_with(&pair.0, here, item)? {
                0 => 0,
                _ => self.eval_with(&pair.1, here, item)?,
            },
            Expr::Either(pair) => match self.eval_with(&pair.0, here, item)? {
                0 => self.eval_with(&pair.1, here, item)?,
                value => value,
            },
            Expr::If(three) => match self.eval_with(&three.0, here, item)? {
                0 => self.eval_with(&three.2, here, item)?,
                _ => self.eval_with(&three.1, here, item)?,
            },
            Expr::Binary(op, pair) => {
                let (a, b) = (self.eval_with(&pair.0, here, item)?, self.eval_with(&pair.1, here, item)?);
                operate(*op, a, b).ok_or(overflow)?
            }
        })
    }

    /// True if the expression holds.
    pub fn holds(&self, expr: &Expr, here: u32) -> Result<bool, Fault> {
        self.eval(expr, here).map(|value| value != 0)
    }

    /// The value of an integer field; an absent one is 0.
    #[inline]
    pub fn integer(&self, index: u16) -> Result<i64, Fault> {
        let Some(field) = self.layer.fields.get(index as usize) else { return Ok(0) };
        let offset = self.offset(field.place)?;
        self.integer_at(&field.kind, offset)
    }

    /// The value of an integer kind at `offset`.
    #[inline]
    pub fn integer_at(&self, kind: &Kind, offset: u32) -> Result<i64, Fault> {
        if self.notes.is_some() {
            self.look(offset, kind.fixed_size().unwrap_or(0));
        }
        match kind {
            Kind::UInt { width, little } => Ok(self.bytes.uint(offset, *width, *little, self.limit)? as i64),
            Kind::Int { width, little } => {
                let shift = 64 - u32::from(*width) * 8;
                Ok(((self.bytes.uint(offset, *width, *little, self.limit)? << shift) as i64) >> shift)
            }
            Kind::Bits { of, shift, count, .. } => {
                let whole = self.layer.fields.get(*of as usize).map_or(&Kind::Nothing, |field| &field.kind);
                let mask = u64::MAX >> (64 - u32::from(*count));
                Ok((self.integer_at(whole, offset)? as u64 >> shift & mask) as i64)
            }
            Kind::Ip4 => Ok(i64::from(u32::from_be_bytes(self.bytes.array(offset, self.limit)?))),
            Kind::Computed { expr, .. } => self.eval(expr, offset),
            Kind::When(condition, inner) => {
                if self.holds(condition, offset)? {
                    self.integer_at(inner, offset)
                } else {
                    Ok(0)
                }
            }
            Kind::Switch { key, cases, default } => self.integer_at(self.case(key, cases, default, offset)?, offset),
            Kind::Raw(extent) => {
                let size = self.extent(extent, offset)?;
                let shown = self.bytes.take(offset, size.min(8), self.limit)?;
                self.look(offset, shown.len() as u32);
                Ok(shown.iter().fold(0, |sum, byte| sum << 8 | i64::from(*byte)))
            }
            Kind::Mac
            | Kind::Ip6
            | Kind::Nothing
            | Kind::Text(_)
            | Kind::Repeat(_)
            | Kind::Part(_)
            | Kind::Pad(_)
            | Kind::Payload(_)
            | Kind::Native(_)
            | Kind::Reading { .. } => Ok(0),
        }
    }

    /// Where a place is in the frame.
    #[inline]
    pub fn offset(&self, place: Place) -> Result<u32, Fault> {
        if place.anchor == 0 { Ok(self.start + place.offset) } else { Ok(self.anchor(place.anchor)?.saturating_add(place.offset)) }
    }

    /// Where an anchor is: the end of a variable field, found by measuring all variable fields up to it.
    pub fn anchor(&self, anchor: u16) -> Result<u32, Fault> {
        let mut end = self.start;
        for index in self.layer.anchors.iter().take(anchor as usize) {
            let field = &self.layer.fields[*index as usize];
            let at = end.saturating_add(field.place.offset);
            end = at.saturating_add(self.measure(&field.kind, at)?);
        }
        Ok(end)
    }

    /// Where the last variable field before the payload starts.
    pub fn before_last(&self) -> Result<u32, Fault> {
        let Some(last) = self.layer.payload.anchor.checked_sub(1) else { return self.offset(self.layer.payload) };
        let place = self.layer.anchors.get(usize::from(last)).and_then(|index| self.layer.fields.get(usize::from(*index)));
        Ok(self.anchor(last)?.saturating_add(place.map_or(0, |field| field.place.offset)))
    }

    /// The chosen case of a switch.
    pub fn case<'k>(&self, key: &Expr, cases: &'k [(i64, Kind)], default: &'k Kind, here: u32) -> Result<&'k Kind, Fault> {
        let key = self.eval(key, here)?;
        Ok(cases.iter().find(|case| case.0 == key).map_or(default, |case| &case.1))
    }

    /// How many bytes an extent promises from `here`.
    pub fn extent(&self, extent: &Extent, here: u32) -> Result<u32, Fault> {
        match extent {
            Extent::Size(expr) => {
                let size = self.eval(expr, here)?;
                u32::try_from(size).map_err(|_| Fault::at(Reason::Length, here))
            }
            Extent::Rest => Ok(self.limit.saturating_sub(here)),
            Extent::ToNul => {
                let size = self.bytes.to_nul(here, self.limit);
                self.look(here, *size.as_ref().unwrap_or(&self.limit.saturating_sub(here)));
                size
            }
        }
    }

    /// How many bytes a field takes at `here`.
    pub fn measure(&self, kind: &Kind, here: u32) -> Result<u32, Fault> {
        match kind {
            Kind::Raw(extent) | Kind::Text(extent) => self.extent(extent, here),
            Kind::When(condition, inner) => {
                if self.holds(condition, here)? {
                    self.measure(inner, here)
                } else {
                    Ok(0)
                }
            }
            Kind::Switch { key, cases, default } => self.measure(self.case(key, cases, default, here)?, here),
            Kind::Pad(multiple) => Ok((multiple - (here - self.start) % multiple) % multiple),
            Kind::Payload(size) => {
                let size = self.eval(size, here)?.clamp(0, i64::from(self.limit.saturating_sub(here)));
                Ok(size as u32)
            }
            Kind::Part(id) => Ok(self.part(*id, here, self.limit, None)?.limit.saturating_sub(here)),
            Kind::Repeat(repeat) => self.measure_repeat(repeat, here),
            Kind::Nothing
            | Kind::UInt { .. }
            | Kind::Int { .. }
            | Kind::Bits { .. }
            | Kind::Mac
            | Kind::Ip4
            | Kind::Ip6
            | Kind::Reading { .. }
            | Kind::Native(_)
            | Kind::Computed { .. } => Ok(kind.fixed_size().unwrap_or(0)),
        }
    }

    /// The layer bounded by the bytes of one of its fields, for a second reading of them.
    pub fn reading(&self, of: u16, offset: u32) -> Result<Self, Fault> {
        let size = self.layer.fields.get(of as usize).map_or(Ok(0), |field| self.measure(&field.kind, offset))?;
        Ok(Self { limit: offset.saturating_add(size).min(self.limit), ..*self })
    }
}

fn operate(op: Op, a: i64, b: i64) -> Option<i64> {
    Some(match op {
        Op::Add => a.checked_add(b)?,
        Op::Sub => a.checked_sub(b)?,
        Op::Mul => a.checked_mul(b)?,
        // Python's division rounds down.
        Op::Div => a.checked_div(b)? - i64::from(a.checked_rem(b)? != 0 && (a < 0) != (b < 0)),
        Op::Rem => (a.checked_rem(b)?.checked_add(b)?).checked_rem(b)?,
        Op::And => a & b,
        Op::Or => a | b,
        Op::Xor => a ^ b,
        Op::Shl => u32::try_from(b).ok().filter(|b| *b < 63).and_then(|b| a.checked_mul(1 << b))?,
        Op::Shr => a >> u32::try_from(b).ok()?.min(63),
        Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge => i64::from(compare(op, a, b)),
        Op::Min => a.min(b),
        Op::Max => a.max(b),
    })
}

/// A comparison; what is no comparison does not hold.
fn compare(op: Op, a: i64, b: i64) -> bool {
    match op {
        Op::Eq => a == b,
        Op::Ne => a != b,
        Op::Lt => a < b,
        Op::Le => a <= b,
        Op::Gt => a > b,
        Op::Ge => a >= b,
        _ => false,
    }
}
