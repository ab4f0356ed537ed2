//! Columns whose values lie differently in each packet: inside of lists of options, behind fields of any size, several in one packet. What
//! a block's rows have of them is gathered as recipes, in any order of rows; at the end of the block each column is filled from those that
//! it is in. Which bytes decide is recipe.rs's.

use std::cell::Cell;

use super::fields::{Bound, ListedColumn};
use super::gather::Having;
use super::plan::Plan;
use super::recipe::{Piece, Recipe};
use super::store::Store;
use crate::block::Group;
use crate::capture::{Batch, Record};
use crate::dissect::{Frame, Span};
use crate::layout::MAX_ITEMS;
use crate::notes::Notes;
use crate::reader::Bytes;
use crate::recall::Recall;
use crate::value::Value;

/// Rows that one recipe is used for.
#[derive(Debug, Default)]
struct Bucket {
    recipe: u32,
    /// How many recipes the rows had before.
    before: u8,
    rows: Vec<u32>,
    /// Where their layers start in the batch's buffer.
    starts: Vec<u32>,
}

/// The number of the first recipe that is not remembered.
const ONCE: u32 = 1 << 31;

/// What the rows of a block have.
#[derive(Debug, Default)]
pub(super) struct Listed {
    memos: Vec<Recall>,
    recipes: Vec<Recipe>,
    /// Those that are not remembered; they are good for one row.
    once: Vec<Recipe>,
    buckets: Vec<Bucket>,
    /// How many of those are used in this block.
    used: usize,
    /// How many recipes each row has.
    counts: Vec<u8>,
    /// By column.
    pub(super) having: Vec<Having>,
    scratch: Scratch,
}

/// The rows of a column while it is filled.
#[derive(Debug, Default)]
struct Scratch {
    /// Where the values of each row end.
    ends: Vec<u32>,
    numbers: Vec<u64>,
    places: Vec<(Piece, u32)>,
}

/// What is read.
#[derive(Clone, Copy)]
pub(super) struct From<'f> {
    pub plan: &'f Plan,
    pub batch: &'f Batch,
    pub records: &'f [Record],
}

impl Listed {
    pub(super) fn new(plan: &Plan) -> Self {
        let memos = plan.listed.units.iter().map(|unit| Recall::new(unit.first)).collect();
        Self { memos, having: plan.listed.columns.iter().map(|_| Having::default()).collect(), ..Self::default() }
    }

    /// Begin a block of so many rows.
    pub(super) fn open(&mut self, rows: usize) {
        self.counts.clear();
        self.counts.resize(rows, 0);
        self.having.iter_mut().for_each(|having| having.open(rows));
    }

    /// Note what the rows of a group have in a field of one of their layers.
    pub(super) fn together(&mut self, from: From<'_>, group: &Group<'_>, at: usize, unit: u16) {
        let Some(span) = group.layers.get(at).map(|known| known.span) else { return };
        let limits = group.limits(at);
        for (row, limit) in group.rows.iter().zip(limits) {
            if let Some(record) = from.records.get(*row as usize) {
                self.note(from, *row, record, Span { limit: *limit, ..span }, unit);
            }
        }
    }

    /// The same for one row.
    pub(super) fn alone(&mut self, from: From<'_>, row: u32, record: &Record, span: &Span, unit: u16) {
        self.note(from, row, record, *span, unit);
    }

    #[inline(always)]
    fn note(&mut self, from: From<'_>, row: u32, record: &Record, span: Span, number: u16) {
        let Some(unit) = from.plan.listed.units.get(usize::from(number)) else { return };
        let (bytes, start, room) = (from.batch.buffer.as_slice(), record.offset + span.start, span.limit - span.start);
        let size = match &unit.bound {
            Bound::Area(at, size) => {
                let size = size.value(bytes, start, room).and_then(|size| u32::try_from(size).ok()).unwrap_or(u32::MAX);
                if size == 0 {
                    return; // most packets of many protocols have no options
                }
                at.saturating_add(size)
            }
            Bound::Layer => room,
        };
        // What is cut is found out anew, and so is what says that it is longer than the layer.
        let whole = size <= room && u64::from(span.start) + u64::from(size) <= u64::from(record.cap_len);
        let memo = &mut self.memos[usize::from(number)];
        let known = if whole { memo.find(|known| self.recipes.get(known as usize).map(|recipe| &recipe.stand), bytes, start, size) } else { None };
        let recipe = known.unwrap_or_else(|| self.find_out(from, record, &span, number, if whole { size } else { u32::MAX }));
        self.put(recipe, row, start);
    }

    #[cold]
    #[inline(never)]
    fn find_out(&mut self, from: From<'_>, record: &Record, span: &Span, number: u16, size: u32) -> u32 {
        let steps = from.plan.listed.units.get(usize::from(number)).map_or(&[][..], |unit| &unit.steps);
        let items = Cell::new(MAX_ITEMS);
        let frame = Frame { schema: &from.plan.schema, bytes: Bytes(from.batch.bytes(record)), items: &items };
        let memo = &mut self.memos[usize::from(number)];
        let learns = memo.learns(size);
        let notes = Notes::new(span.start);
        let mut laid = frame.laid(span.layer, span.start, span.limit);
        laid.notes = learns.then_some(&notes);
        let mut recipe = Recipe::find_out(from.plan, &laid, steps, &items);
        let at = self.recipes.len() as u32;
        if learns && memo.learn(at, &mut recipe.stand, notes, &from.batch.buffer, record.offset + span.start, size) {
            self.recipes.push(recipe);
            return at;
        }
        self.once.push(recipe);
        ONCE + self.once.len() as u32 - 1
    }

    #[inline(always)]
    fn put(&mut self, recipe: u32, row: u32, start: u32) {
        let (Some(found), Some(count)) = (recipe_mut(&mut self.recipes, &mut self.once, recipe), self.counts.get_mut(row as usize)) else { return };
        let before = *count;
        *count = count.saturating_add(1);
        let number = match found.buckets.get(usize::from(before)) {
            Some(number) if *number != 0 => *number as usize - 1,
            _ => {
                found.buckets.resize(found.buckets.len().max(usize::from(before) + 1), 0);
                self.used += 1;
                found.buckets[usize::from(before)] = self.used as u32;
                if self.buckets.len() < self.used {
                    self.buckets.push(Bucket::default());
                }
                let bucket = &mut self.buckets[self.used - 1];
                (bucket.recipe, bucket.before) = (recipe, before);
                self.used - 1
            }
        };
        let bucket = &mut self.buckets[number];
        bucket.rows.push(row);
        bucket.starts.push(start);
    }

    /// Fill the columns with what was noted of a block.
    pub(super) fn close(&mut self, plan: &Plan, batch: &Batch, stores: &mut [Store]) {
        let Self { recipes, once, buckets, used, counts, having, scratch, .. } = self;
        let buckets = &mut buckets[..*used];
        buckets.sort_unstable_by_key(|bucket| (bucket.before, bucket.recipe));
        for ((number, column), having) in (0_u16..).zip(&plan.listed.columns).zip(having) {
            let store = &mut stores[usize::from(column.column)];
            let parts = buckets.iter().filter_map(|bucket| {
                let recipe = recipes.get(bucket.recipe as usize).or_else(|| once.get(bucket.recipe.wrapping_sub(ONCE) as usize));
                let pieces = recipe?.of(number);
                (!pieces.is_empty()).then_some(Part { bucket, pieces })
            });
            scratch.fill(column, parts, counts.len(), &batch.buffer, store, having.block());
        }
        for bucket in buckets {
            if let Some(recipe) = recipe_mut(recipes, once, bucket.recipe) {
                recipe.buckets.clear();
            }
            bucket.rows.clear();
            bucket.starts.clear();
        }
        once.clear();
        *used = 0;
    }
}

fn recipe_mut<'r>(recipes: &'r mut [Recipe], once: &'r mut [Recipe], number: u32) -> Option<&'r mut Recipe> {
    if number < ONCE { recipes.get_mut(number as usize) } else { once.get_mut((number - ONCE) as usize) }
}

/// The values of a column in some rows.
struct Part<'p> {
    bucket: &'p Bucket,
    pieces: &'p [(u16, Piece)],
}

impl Scratch {
    fn fill<'p>(
        &mut self,
        column: &ListedColumn,
        parts: impl Iterator<Item = Part<'p>> + Clone,
        rows: usize,
        bytes: &[u8],
        store: &mut Store,
        has: &mut [u8],
    ) {
        if column.numbers && !column.list {
            store.open(rows);
            parts.for_each(|part| one_each(&part, bytes, store, has));
            store.close(has);
            return;
        }
        self.measure(parts.clone(), rows);
        if column.numbers {
            self.read(parts, bytes);
            store.extend_lists(&self.ends, &self.numbers);
            let mut before = 0;
            for (has, end) in has.iter_mut().zip(&self.ends) {
                *has = u8::from(*end != before);
                before = *end;
            }
            return;
        }
        has.fill(1); // the store says itself which rows have none
        self.place(parts);
        let mut begin = 0;
        for end in &self.ends {
            for (piece, start) in self.places.get(begin as usize..*end as usize).unwrap_or_default() {
                push(store, bytes, *piece, *start);
            }
            store.end_row();
            begin = *end;
        }
    }

    /// Find out where the values of each row end, and begin with the first.
    fn measure<'p>(&mut self, parts: impl Iterator<Item = Part<'p>>, rows: usize) {
        self.ends.clear();
        self.ends.resize(rows, 0);
        for part in parts {
            let count = part.pieces.len() as u32;
            part.bucket.rows.iter().for_each(|row| self.ends[*row as usize] += count);
        }
        let mut sum = 0;
        for end in &mut self.ends {
            (*end, sum) = (sum, sum + *end);
        }
        self.numbers.clear();
        self.numbers.resize(sum as usize, 0);
        self.places.clear();
        self.places.resize(sum as usize, (Piece::Is(0), 0));
    }

    /// Read numbers; behind it `ends` says where those of each row end.
    fn read<'p>(&mut self, parts: impl Iterator<Item = Part<'p>>, bytes: &[u8]) {
        for Part { bucket, pieces } in parts {
            for (row, start) in bucket.rows.iter().zip(&bucket.starts) {
                let end = &mut self.ends[*row as usize];
                let places = self.numbers.get_mut(*end as usize..).unwrap_or_default();
                for ((_, piece), place) in pieces.iter().zip(places) {
                    *place = number(*piece, bytes, *start).unwrap_or_default();
                }
                *end += pieces.len() as u32;
            }
        }
    }

    /// The same for what is read later, where it is.
    fn place<'p>(&mut self, parts: impl Iterator<Item = Part<'p>>) {
        for Part { bucket, pieces } in parts {
            for (row, start) in bucket.rows.iter().zip(&bucket.starts) {
                let end = &mut self.ends[*row as usize];
                let places = self.places.get_mut(*end as usize..).unwrap_or_default();
                pieces.iter().zip(places).for_each(|((_, piece), place)| *place = (*piece, *start));
                *end += pieces.len() as u32;
            }
        }
    }
}

/// Give each row its first value, if it has none yet.
fn one_each(part: &Part<'_>, bytes: &[u8], store: &mut Store, has: &mut [u8]) {
    let Bucket { rows, starts, before, .. } = part.bucket;
    let Some((_, piece)) = part.pieces.first() else { return };
    let mut cells = store.cells();
    if *before == 0 {
        cells.put(rows, starts, |_, start| number(*piece, bytes, start), |_| Some(0));
        rows.iter().for_each(|row| has[*row as usize] = 1);
        return;
    }
    for (row, start) in rows.iter().zip(starts).filter(|(row, _)| has[**row as usize] == 0) {
        cells.put(&[*row], &[*start], |_, start| number(*piece, bytes, start), |_| Some(0));
    }
    rows.iter().for_each(|row| has[*row as usize] = 1);
}

#[inline(always)]
fn number(piece: Piece, bytes: &[u8], start: u32) -> Option<u64> {
    match piece {
        Piece::Is(number) => Some(number),
        Piece::Number(integer) => integer.read(bytes, start),
        Piece::Bytes(..) => None,
    }
}

fn push(store: &mut Store, bytes: &[u8], piece: Piece, start: u32) {
    let Piece::Bytes(shown, from, to) = piece else {
        if let Some(number) = number(piece, bytes, start) {
            store.push_number(number);
        }
        return;
    };
    let found = bytes.get((start + from) as usize..(start + to) as usize).unwrap_or_default();
    if let Some(value) = Value::shown(shown, found) {
        store.push(&value);
    }
}
