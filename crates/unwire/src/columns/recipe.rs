//! Where the values of a field's columns are in the bytes: found out the exact way once, and remembered by the bits that decided it. Fields
//! that are laid differently from packet to packet, lists of options above all, are few patterns in the packets of a capture. Values are
//! not read here, and what becomes of them is not known.

use std::cell::Cell;

use rustc_hash::FxHashMap;

use super::plan::{Action, Plan, What};
use crate::layout::{Laid, MAX_ITEMS};
use crate::notes::Notes;
use crate::parts::each_part;
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
    /// How many bytes of a layer it speaks of, and the bits of them that it stands on: eight bytes at a time.
    size: u32,
    checks: Vec<(u32, u64, u64)>,
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

    /// True if a layer that starts at `start` has the bits that it stands on.
    #[inline(always)]
    fn fits(&self, bytes: &[u8], start: u32, size: u32) -> bool {
        self.size == size
            && self.checks.iter().all(|(at, mask, want)| {
                let eight = bytes.get((start + at) as usize..).and_then(<[u8]>::first_chunk::<8>);
                eight.is_some_and(|eight| u64::from_be_bytes(*eight) & mask == *want)
            })
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

/// Where nothing is known.
pub(super) const NONE: u32 = u32::MAX;
/// Recipes that are remembered of one field, and the bytes that one may speak of. Each costs a few hundred bytes.
const MOST: u32 = 4096;
const LONGEST: u32 = 512;
/// As many as the bits of `Memo::slot`.
const SLOTS: usize = 256;

/// A question: some bits of a byte; or, where there is no more to ask, the answer.
#[derive(Debug)]
struct Node {
    at: u32,
    mask: u8,
    recipe: u32,
}

/// The recipes of one field by what they stand on.
#[derive(Debug)]
pub(super) struct Memo {
    roots: FxHashMap<u32, u32>,
    nodes: Vec<Node>,
    next: FxHashMap<(u32, u8), u32>,
    /// The ones used last, by the first bytes behind `first`.
    slots: Box<[u32; SLOTS]>,
    first: u32,
    learned: u32,
    used: u32,
}

impl Memo {
    /// For a field that begins at `first` in its layer, if that is known.
    pub(super) fn new(first: u32) -> Self {
        Self {
            roots: FxHashMap::default(),
            nodes: Vec::new(),
            next: FxHashMap::default(),
            slots: Box::new([NONE; SLOTS]),
            first,
            learned: 0,
            used: 0,
        }
    }

    /// The recipe for a layer that starts at `start`, of which `size` bytes matter.
    #[inline(always)]
    pub(super) fn find(&mut self, recipes: &[Recipe], bytes: &[u8], start: u32, size: u32) -> Option<u32> {
        let slot = self.slot(bytes, start, size);
        let known = self.slots[slot];
        if recipes.get(known as usize).is_some_and(|recipe| recipe.fits(bytes, start, size)) {
            return Some(known);
        }
        self.ask(bytes, start, size, slot)
    }

    #[inline(always)]
    fn slot(&self, bytes: &[u8], start: u32, size: u32) -> usize {
        let four = bytes.get((start + self.first) as usize..).and_then(<[u8]>::first_chunk::<4>);
        let first = four.map_or(0, |four| u32::from_be_bytes(*four));
        ((first ^ size).wrapping_mul(0x9E37_79B1) >> 24) as usize
    }

    #[inline(never)]
    fn ask(&mut self, bytes: &[u8], start: u32, size: u32, slot: usize) -> Option<u32> {
        let mut at = *self.roots.get(&size)?;
        let recipe = loop {
            let node = self.nodes.get(at as usize)?;
            if node.recipe != NONE {
                break node.recipe;
            }
            at = *self.next.get(&(at, bytes.get((start + node.at) as usize)? & node.mask))?;
        };
        self.slots[slot] = recipe;
        self.used += 1;
        Some(recipe)
    }

    /// True if one more is worth remembering: most of those that are were used again.
    pub(super) fn learns(&self, size: u32) -> bool {
        size <= LONGEST && self.learned < MOST && (self.learned < SLOTS as u32 || self.used > self.learned / 2)
    }

    /// Remember what was found out, and what was looked at on the way.
    pub(super) fn learn(&mut self, number: u32, recipe: &mut Recipe, notes: Notes, bytes: &[u8], start: u32, size: u32) -> bool {
        let asked = notes.asked();
        let Some(layer) = bytes.get(start as usize..(start + size) as usize).filter(|_| asked.iter().all(|(at, _)| *at < size)) else { return false };
        let fresh = self.nodes.len() as u32;
        let mut at = *self.roots.entry(size).or_insert(fresh);
        let mut words: Vec<(u32, [u8; 8], [u8; 8])> = Vec::new();
        for (offset, mask) in asked {
            let byte = layer[offset as usize];
            if at == self.nodes.len() as u32 {
                self.nodes.push(Node { at: offset, mask, recipe: NONE });
            }
            let fresh = self.nodes.len() as u32;
            at = *self.next.entry((at, byte & mask)).or_insert(fresh);
            let word = offset & !7;
            if words.iter().all(|(known, ..)| *known != word) {
                words.push((word, [0; 8], [0; 8]));
            }
            for (_, masks, wants) in words.iter_mut().filter(|(known, ..)| *known == word) {
                masks[(offset & 7) as usize] |= mask;
                wants[(offset & 7) as usize] |= byte & mask;
            }
        }
        if at == self.nodes.len() as u32 {
            self.nodes.push(Node { at: 0, mask: 0, recipe: number });
        }
        recipe.checks = words.into_iter().map(|(at, mask, want)| (at, u64::from_be_bytes(mask), u64::from_be_bytes(want))).collect();
        recipe.size = size;
        self.learned += 1;
        let slot = self.slot(bytes, start, size);
        self.slots[slot] = number;
        true
    }
}
