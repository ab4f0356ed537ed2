//! Columns a column at a time: fields at constant places of whole layers. The walk leaves a note of each layer that has such fields; then
//! each column runs through the notes with one load for a value, and nothing is decided per value. A layer that is cut is asked the exact way.

use arrow_buffer::{BooleanBuffer, Buffer};

use super::plan::{Get, Group, Source};
use super::store::Store;
use crate::capture::{Batch, Record};
use crate::dissect::{Span, Walk};
use crate::reader::Bytes;
use crate::schema::Schema;
use crate::value::{self, Value};

/// Where a layer lies whose fields are wanted.
#[derive(Clone, Copy, Debug)]
struct Hit {
    /// The row among those noted together.
    row: u32,
    /// Where the layer starts in the batch's buffer.
    start: u32,
    /// Its bytes.
    size: u32,
    /// Which of the group's sources it is.
    source: u16,
    /// The fields at constant places are all there.
    whole: bool,
}

/// The notes of one group of columns, which have the same sources.
#[derive(Debug, Default)]
pub(super) struct Notes {
    hits: Vec<Hit>,
    /// Rows that have a hit, since the last array.
    valid: Vec<u64>,
    rows: usize,
}

impl Notes {
    /// Note a layer of a row, if it is the row's first.
    #[inline(always)]
    pub(super) fn add(&mut self, row: usize, source: &Source, span: &Span, record: &Record) {
        let row = row as u32;
        if self.hits.last().is_some_and(|hit| hit.row == row) {
            return;
        }
        let whole = span.start + source.fixed <= span.limit.min(record.cap_len);
        self.hits.push(Hit { row, start: record.offset + span.start, size: span.limit - span.start, source: source.source, whole });
    }

    /// Read the columns of the noted rows, and forget the notes.
    pub(super) fn read(&mut self, rows: usize, group: &Group, schema: &Schema, batch: &Batch, first: usize, stores: &mut [Store]) {
        self.valid.resize((self.rows + rows).div_ceil(64), 0);
        for hit in &self.hits {
            let row = self.rows + hit.row as usize;
            if let Some(bits) = self.valid.get_mut(row / 64) {
                *bits |= 1 << (row % 64);
            }
        }
        self.rows += rows;
        for (column, gets) in &group.columns {
            let exact = |hit: &Hit| exact(schema, batch, first, hit, group.layers[hit.source as usize], gets[hit.source as usize].0);
            let store = &mut stores[*column as usize];
            let hits = self.hits.iter();
            let bytes = &batch.buffer;
            let row = |hit: &Hit| hit.row as usize;
            // One loop for each way that the fields of most columns are read; the others choose for each value.
            match gets.as_slice() {
                [(_, Get::Number(load))] => {
                    let read = |hit: &Hit| if hit.whole { load.read(bytes, hit.start).map(u128::from) } else { None };
                    store.fill(rows, hits.map(|hit| (row(hit), read(hit).or_else(|| exact(hit)))));
                }
                [(_, Get::Mac(offset))] => {
                    let read = |hit: &Hit| if hit.whole { mac(bytes, hit.start + offset) } else { None };
                    store.fill(rows, hits.map(|hit| (row(hit), read(hit).or_else(|| exact(hit)))));
                }
                gets => {
                    let read = |hit: &Hit| if hit.whole { gets[hit.source as usize].1.read(bytes, hit.start, hit.size) } else { None };
                    store.fill(rows, hits.map(|hit| (row(hit), read(hit).or_else(|| exact(hit)))));
                }
            }
        }
        self.hits.clear();
    }

    /// Which of all rows had a hit; from here on they are counted anew.
    pub(super) fn valid(&mut self) -> BooleanBuffer {
        let rows = std::mem::take(&mut self.rows);
        BooleanBuffer::new(Buffer::from_vec(std::mem::take(&mut self.valid)), 0, rows)
    }
}

impl Get {
    #[inline(always)]
    fn read(&self, bytes: &[u8], start: u32, size: u32) -> Option<u128> {
        match self {
            Self::Number(load) => load.read(bytes, start).map(u128::from),
            Self::Amount(amount) => amount.value(bytes, start, size).map(|value| value as u128),
            Self::Mac(offset) => mac(bytes, start + offset),
            Self::Ip6(offset) => bytes.get((start + offset) as usize..)?.first_chunk().map(|address| u128::from_be_bytes(*address)),
        }
    }
}

#[inline(always)]
fn mac(bytes: &[u8], at: u32) -> Option<u128> {
    let [a, b, c, d, e, f] = *bytes.get(at as usize..)?.first_chunk::<6>()?;
    Some(u128::from(u64::from_be_bytes([0, 0, a, b, c, d, e, f])))
}

/// A value of a layer that is not whole, or too near the end of the buffer.
#[cold]
fn exact(schema: &Schema, batch: &Batch, first: usize, hit: &Hit, layer: u16, field: u16) -> Option<u128> {
    let record = batch.records.get(first + hit.row as usize)?;
    let start = hit.start - record.offset;
    let walk = Walk::default();
    let span = Span { layer, start, limit: start + hit.size, ..Span::default() };
    let laid = walk.laid(schema, Bytes(batch.bytes(record)), &span);
    let mut found = None;
    // A field that is cut is null; the walk's stop says why.
    let _ = value::read(&laid, laid.layer.fields.get(field as usize)?, &mut |read| found = found.or(number(&read.value)));
    found
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
