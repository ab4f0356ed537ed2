//! Where the values of a field's columns are in the bytes: found out the exact way once, and remembered by the bits that decided it. Fields
//! that are laid differently from packet to packet, lists of options above all, are few patterns in the packets of a capture: recall.rs knows
//! them again. Values are not read here, and what becomes of them is not known.

use std::cell::Cell;

use super::plan::{Action, Plan, What};
use crate::layout::{Laid, MAX_ITEMS};
use crate::parts::each_part;
use crate::recall::Stand;
use crate::schema::{Field, Kind, Shown};
use crate::value::{self, Value};

/// A value of a column, counted from the layer's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Decided by bits that are the same wherever the recipe is used.
    Is(u64),
    /// A number that is read.
    Number(Integer),
    /// Bytes that are shown in some way.
    Bytes(Shown, u32, u32),
}

/// An integer of up to eight bytes, of which some bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Integer {
    at: u32,
    width: u8,
    little: bool,
    /// Bits above and below those that count.
    above: u8,
    below: u8,
    signed: bool,
}

impl Integer {
    /// Its value in the layer that starts at `start`.
    #[inline(always)]
    pub(super) fn read(self, bytes: &[u8], start: u32) -> Option<u64> {
        let bytes = bytes.get((start + self.at) as usize..)?;
        let whole = match self.width {
            1 => u64::from(*bytes.first()?),
            2 => u64::from(u16::from_be_bytes(*bytes.first_chunk()?)),
            4 => u64::from(u32::from_be_bytes(*bytes.first_chunk()?)),
            8 => u64::from_be_bytes(*bytes.first_chunk()?),
            width => bytes.get(..usize::from(width))?.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        };
        let whole = if self.little { whole.swap_bytes() >> (64 - 8 * u32::from(self.width)) } else { whole };
        let high = whole << (self.above & 63);
        let count = (self.above + self.below) & 63;
        Some(if self.signed { (high as i64 >> count) as u64 } else { high >> count })
    }
}

/// Where the values of some columns are.
#[derive(Debug, Default)]
pub(super) struct Recipe {
    /// By column; those of a column in their order.
    pieces: Vec<(u16, Piece)>,
    /// The bits that it stands on.
    pub(super) stand: Stand,
    /// The rows that it is used for, by how many others those had before: numbers of buckets, from 1.
    pub(super) buckets: Vec<u32>,
}

impl Recipe {
    /// What a field of a laid layer comes to, by the steps there.
    pub(super) fn find_out(plan: &Plan, laid: &Laid<'_>, steps: &[Action], items: &Cell<u32>) -> Self {
        let mut pieces = Vec::new();
        for step in steps {
            // Each list may have as many items as the cap, whatever other columns are asked for.
            items.set(MAX_ITEMS);
            follow(plan, laid, std::slice::from_ref(step), laid.start, &mut pieces);
        }
        pieces.sort_by_key(|(column, _)| *column);
        Self { pieces, ..Self::default() }
    }

    /// Where the values of a column are.
    #[inline]
    pub(super) fn of(&self, column: u16) -> &[(u16, Piece)] {
        let begin = self.pieces.partition_point(|(known, _)| *known < column);
        let count = self.pieces[begin..].iter().take_while(|(known, _)| *known == column).count();
        &self.pieces[begin..begin + count]
    }
}

fn follow(plan: &Plan, laid: &Laid<'_>, steps: &[Action], start: u32, pieces: &mut Vec<(u16, Piece)>) {
    for step in steps {
        let Some(field) = laid.layer.fields.get(step.field as usize) else { continue };
        match step.what {
            What::Descend => each_part(laid, step.field, &mut |part| follow(plan, part, plan.listed.steps_of(part.layer.id), start, pieces)),
            What::Value => find(laid, field, start, &mut |piece| pieces.push((step.column, piece))),
            What::Verdict | What::Told => {}
        }
    }
}

/// Where the values of a field are. One that is cut or contradicts its bounds has none; the walk's stop says why.
fn find(laid: &Laid<'_>, field: &Field, start: u32, put: &mut dyn FnMut(Piece)) {
    if let Some(number) = value::computed(laid, field) {
        return put(Piece::Is(number as u64));
    }
    let _ = value::each(laid, field, &mut |laid, kind, offset| {
        let integer = |of: &Kind| match of {
            Kind::UInt { width, little } => Some((*width, *little, false)),
            Kind::Int { width, little } => Some((*width, *little, true)),
            _ => None,
        };
        let (whole, shift, count) = match kind {
            Kind::Bits { of, shift, count, .. } => {
                let whole = laid.layer.fields.get(usize::from(*of)).map_or(&Kind::Nothing, |field| &field.kind);
                if let Kind::When(condition, _) = whole
                    && !laid.holds(condition, offset)?
                {
                    return Ok(()); // bits of an absent integer are absent
                }
                (whole.inner(), *shift, Some(*count))
            }
            plain => (plain, 0, None),
        };
        if let Some((width, little, signed)) = integer(whole) {
            laid.bytes.take(offset, u32::from(width), laid.limit)?;
            let above = 64 - shift - count.unwrap_or(8 * width);
            put(Piece::Number(Integer { at: offset - start, width, little, above, below: shift, signed: signed && count.is_none() }));
            return Ok(());
        }
        value::plain(laid, kind, offset, &mut |read| {
            put(match read.value {
                Value::UInt(number) => Piece::Is(number),
                Value::Int(number) => Piece::Is(number as u64),
                Value::Bool(truth) => Piece::Is(u64::from(truth)),
                Value::Mac(_) => Piece::Bytes(Shown::Mac, read.start - start, read.end - start),
                Value::Ip4(_) => Piece::Bytes(Shown::Ip4, read.start - start, read.end - start),
                Value::Ip6(_) => Piece::Bytes(Shown::Ip6, read.start - start, read.end - start),
                Value::Bytes(_) => Piece::Bytes(Shown::Bytes, read.start - start, read.end - start),
                Value::Text(_) => Piece::Bytes(Shown::Text, read.start - start, read.end - start),
            });
        })
    });
}
