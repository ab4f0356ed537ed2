//! Columns a column at a time: fields at constant places of whole layers. The walk leaves a note of each layer that has such fields; then
//! each column runs through the notes with one load for a value, and nothing is decided per value. A layer that is cut is asked the exact way.

use std::cell::Cell;

use arrow_buffer::{BooleanBuffer, BooleanBufferBuilder};

use super::dictionary::Cells;
use super::plan::{Get, Group, Source};
use super::store::Store;
use crate::capture::{Batch, Record};
use crate::dissect::{Frame, Span};
use crate::layout::MAX_ITEMS;
use crate::quick::{Amount, Size};
use crate::reader::Bytes;
use crate::schema::Schema;
use crate::value::{self, Value};

/// Where a layer lies whose fields are wanted.
#[derive(Clone, Copy, Debug)]
struct Hit {
    /// The row among those noted together.
    row: u32,
    /// Where the layer starts in the batch's buffer; if it is cut, a place where nothing can be read.
    start: u32,
    /// Its bytes.
    size: u32,
    /// Which of the group's sources it is.
    source: u32,
}

const NOWHERE: u32 = u32::MAX;

/// The notes of one group of columns, which have the same sources.
#[derive(Debug, Default)]
pub(super) struct Notes {
    hits: Vec<Hit>,
    /// Rows whose layer is cut, with its place in the frame.
    cut: Vec<(u32, u32)>,
    /// Rows that have a hit, since the last array.
    valid: Option<BooleanBufferBuilder>,
}

impl Notes {
    /// Note a layer of a row.
    #[inline(always)]
    pub(super) fn add(&mut self, row: usize, source: &Source, span: &Span, record: &Record) {
        let row = row as u32;
        let mut start = record.offset + span.start;
        if span.start + source.fixed > span.limit.min(record.cap_len) {
            self.cut.push((row, span.start));
            start = NOWHERE;
        }
        self.hits.push(Hit { row, start, size: span.limit - span.start, source: u32::from(source.source) });
    }

    /// Read the columns of the noted rows, and forget the notes.
    pub(super) fn read(&mut self, records: &[Record], group: &Group, schema: &Schema, batch: &Batch, stores: &mut [Store]) {
        let rows = records.len();
        let valid = self.valid.get_or_insert_with(|| BooleanBufferBuilder::new(rows));
        let begin = valid.len();
        valid.append_n(rows, self.hits.len() == rows);
        if self.hits.len() < rows {
            self.hits.iter().for_each(|hit| valid.set_bit(begin + hit.row as usize, true));
        }
        let bytes = batch.buffer.as_slice();
        for (column, gets) in &group.columns {
            let store = &mut stores[*column as usize];
            let exact = |hit: &Hit| self.exact(hit, group, gets, schema, batch, records);
            let small = |hit: &Hit| exact(hit).map(|value| value as u64);
            let hits = self.hits.as_slice();
            // A loop of its own for each way that one source is read; several sources choose for each value.
            match *gets.as_slice() {
                [(_, Get::Number(load))] => store.fill(rows, Sparse(hits, move |hit: &Hit| load.read(bytes, hit.start).map(u64::from), small)),
                [(_, Get::Size(size))] => store.fill(rows, Sparse(hits, move |hit: &Hit| size_of(&size, bytes, hit), small)),
                [(_, Get::Amount(amount))] => store.fill(rows, Sparse(hits, move |hit: &Hit| number_of(&amount, bytes, hit), small)),
                [(_, Get::Mac(offset))] => store.fill(rows, Sparse(hits, move |hit: &Hit| mac(bytes, hit.start, offset), small)),
                [(_, Get::Ip6(_)), ..] => store.fill_wide(rows, Sparse(hits, |hit: &Hit| gets[hit.source as usize].1.wide(bytes, hit), exact)),
                _ => store.fill(rows, Sparse(hits, |hit: &Hit| gets[hit.source as usize].1.small(bytes, hit), small)),
            }
        }
        self.hits.clear();
        self.cut.clear();
    }

    /// A value of a layer that is cut, or too near the end of the buffer.
    #[cold]
    fn exact(&self, hit: &Hit, group: &Group, gets: &[(u16, Get)], schema: &Schema, batch: &Batch, records: &[Record]) -> Option<u128> {
        let record = records.get(hit.row as usize)?;
        let start = match self.cut.iter().find(|(row, _)| *row == hit.row) {
            Some((_, start)) => *start,
            None => hit.start - record.offset,
        };
        let frame = Frame { schema, bytes: Bytes(batch.bytes(record)), items: &Cell::new(MAX_ITEMS) };
        let laid = frame.laid(group.layers[hit.source as usize], start, start + hit.size);
        let field = laid.layer.fields.get(gets[hit.source as usize].0 as usize)?;
        let mut found = value::computed(&laid, field).map(|number| number as u128);
        // A field that is cut is null; the walk's stop says why.
        let _ = value::read(&laid, field, &mut |read| found = found.or(number(&read.value)));
        found
    }

    /// Which of all rows had a hit; from here on they are counted anew.
    pub(super) fn valid(&mut self) -> BooleanBuffer {
        self.valid.take().map_or_else(|| BooleanBuffer::new_unset(0), |mut valid| valid.finish())
    }
}

/// The rows of hits with their values: read the short way, or else the exact one.
struct Sparse<'h, R, E>(&'h [Hit], R, E);

impl<T, R: Fn(&Hit) -> Option<T>, E: Fn(&Hit) -> Option<T>> Cells<T> for Sparse<'_, R, E> {
    #[inline(always)]
    fn each(self, mut put: impl FnMut(u32, T), mut null: impl FnMut(u32)) {
        let Self(hits, read, exact) = self;
        for hit in hits {
            if let Some(value) = read(hit) {
                put(hit.row, value);
            } else if let Some(value) = exact(hit) {
                put(hit.row, value);
            } else {
                null(hit.row);
            }
        }
    }
}

impl Get {
    fn small(&self, bytes: &[u8], hit: &Hit) -> Option<u64> {
        match self {
            Self::Number(load) => load.read(bytes, hit.start).map(u64::from),
            Self::Size(size) => size_of(size, bytes, hit),
            Self::Amount(amount) => number_of(amount, bytes, hit),
            Self::Mac(offset) => mac(bytes, hit.start, *offset),
            Self::Ip6(_) => None,
        }
    }

    fn wide(&self, bytes: &[u8], hit: &Hit) -> Option<u128> {
        let Self::Ip6(offset) = self else { return None };
        let address = bytes.get(hit.start as usize + *offset as usize..)?.first_chunk()?;
        Some(u128::from_be_bytes(*address))
    }
}

#[inline(always)]
fn number_of(amount: &Amount, bytes: &[u8], hit: &Hit) -> Option<u64> {
    // Where nothing can be read an amount that reads nothing has no value either.
    if hit.start == NOWHERE { None } else { amount.value(bytes, hit.start, hit.size).map(|value| value as u64) }
}

#[inline(always)]
fn size_of(size: &Size, bytes: &[u8], hit: &Hit) -> Option<u64> {
    size.value(bytes, hit.start, hit.size).map(|value| value as u64)
}

#[inline(always)]
fn mac(bytes: &[u8], start: u32, offset: u32) -> Option<u64> {
    let at = start as usize + offset as usize;
    let [a, b, c, d, e, f] = *bytes.get(at..at + 6)?.first_chunk::<6>()?;
    Some(u64::from_be_bytes([0, 0, a, b, c, d, e, f]))
}

/// The number that a value's bytes make.
fn number(value: &Value<'_>) -> Option<u128> {
    Some(match value {
        Value::UInt(number) => u128::from(*number),
        Value::Int(number) => *number as u128,
        Value::Bool(truth) => u128::from(*truth),
        Value::Mac([a, b, c, d, e, f]) => u128::from(u64::from_be_bytes([0, 0, *a, *b, *c, *d, *e, *f])),
        Value::Ip4(address) => u128::from(u32::from_be_bytes(*address)),
        Value::Ip6(address) => u128::from_be_bytes(*address),
        Value::Bytes(_) | Value::Text(_) => return None,
    })
}
