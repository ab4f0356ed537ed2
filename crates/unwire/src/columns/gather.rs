//! Columns a column at a time: fields at constant places of whole layers, for all rows that went the same way. Each column runs through the
//! rows with one load for a value, and nothing is decided per value. A layer that is cut is asked the exact way.

use std::cell::Cell;
use std::ops::Range;

use arrow_buffer::BooleanBuffer;

use super::plan::{Get, Plan, Source};
use super::store::Store;
use crate::block::Group;
use crate::capture::{Batch, Record};
use crate::dissect::{Frame, Span};
use crate::layout::MAX_ITEMS;
use crate::reader::Bytes;
use crate::schema::LayerId;
use crate::value::{self, Value};

/// Which rows have a layer that a group of columns is read from.
#[derive(Debug, Default)]
pub(super) struct Having {
    /// 1 for a row that has it, 0 for another.
    has: Vec<u8>,
    /// The first row of the block.
    first: usize,
}

impl Having {
    /// Begin a block.
    pub(super) fn open(&mut self, rows: usize) {
        self.first = self.has.len();
        self.has.resize(self.first + rows, 0);
    }

    /// The rows of the block.
    pub(super) fn block(&mut self) -> &mut [u8] {
        self.has.get_mut(self.first..).unwrap_or_default()
    }

    /// Which of all rows had the layer; from here on they are counted anew.
    pub(super) fn valid(&mut self) -> BooleanBuffer {
        let rows = self.has.len();
        self.has.resize(rows.next_multiple_of(8), 0);
        let (eights, _) = self.has.as_chunks();
        // The factor has the bits 7, 14, … 56: the product's top byte has the lowest bit of each byte, that of the first byte lowest.
        let bits: Vec<u8> = eights.iter().map(|eight| (u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8).collect();
        self.has.clear();
        BooleanBuffer::new(bits.into(), 0, rows)
    }
}

/// What columns of a block are filled from, and what with.
pub(super) struct Gather<'g> {
    pub plan: &'g Plan,
    pub batch: &'g Batch,
    pub records: &'g [Record],
    pub having: &'g mut [Having],
    pub stores: &'g mut [Store],
}

impl Gather<'_> {
    /// Read the columns of one layer of a group of rows. False if it is not whole in all of them.
    pub(super) fn together(&mut self, group: &Group<'_>, at: usize, source: &Source) -> bool {
        let Some(Span { layer, start, payload, .. }) = group.layers.get(at).map(|known| known.span) else { return true };
        // What a frame of a shape has is its headers.
        if start + source.fixed > payload {
            return false;
        }
        let Some(sources) = self.plan.groups.get(usize::from(source.group)) else { return true };
        let has = self.having[usize::from(source.group)].block();
        for row in group.rows {
            has[*row as usize] = 1;
        }
        let Self { plan, batch, records, .. } = *self;
        let (bytes, rows, starts, limits) = (batch.buffer.as_slice(), group.rows, group.starts, group.limits(at));
        for (column, gets) in &sources.columns {
            let Some((field, get)) = gets.get(usize::from(source.source)) else { continue };
            let mut cells = self.stores[usize::from(*column)].cells();
            let end = |at: usize| limits.get(at).copied().unwrap_or(start);
            let whole = |at: usize| {
                let record = records.get(rows[at] as usize)?;
                exact(plan, batch.bytes(record), layer, start..end(at), *field)
            };
            let small = |at: usize| whole(at).map(|value| value as u64);
            let size = |at: usize| limits.get(at).map_or(0, |limit| limit.saturating_sub(start));
            match get {
                Get::Number(load) => cells.put(rows, starts, |_, frame| load.read(bytes, frame + start).map(u64::from), small),
                Get::Size(by) => cells.put(rows, starts, |at, frame| by.value(bytes, frame + start, size(at)).map(|value| value as u64), small),
                Get::Amount(amount) => {
                    cells.put(rows, starts, |at, frame| amount.value(bytes, frame + start, size(at)).map(|value| value as u64), small);
                }
                Get::Mac(offset) => cells.put(rows, starts, |_, frame| mac(bytes, frame + start + offset), small),
                Get::Ip6(offset) => cells.put_wide(rows, starts, |_, frame| ip6(bytes, frame + start + offset), whole),
            }
        }
        true
    }

    /// Read the columns of one layer of one row.
    pub(super) fn alone(&mut self, row: u32, record: &Record, span: &Span, source: &Source) {
        let Some(sources) = self.plan.groups.get(usize::from(source.group)) else { return };
        if let Some(has) = self.having[usize::from(source.group)].block().get_mut(row as usize) {
            *has = 1;
        }
        let whole = span.start + source.fixed <= span.limit.min(record.cap_len);
        let (bytes, start) = (self.batch.buffer.as_slice(), record.offset + span.start);
        let size = span.limit - span.start;
        for (column, gets) in &sources.columns {
            let Some((field, get)) = gets.get(usize::from(source.source)) else { continue };
            let value = match get {
                _ if !whole => None,
                Get::Number(load) => load.read(bytes, start).map(u128::from),
                Get::Size(by) => by.value(bytes, start, size).map(|value| value as u128),
                Get::Amount(amount) => amount.value(bytes, start, size).map(|value| value as u128),
                Get::Mac(offset) => mac(bytes, start + offset).map(u128::from),
                Get::Ip6(offset) => ip6(bytes, start + offset),
            };
            let value = value.or_else(|| exact(self.plan, self.batch.bytes(record), span.layer, span.start..span.limit, *field));
            let mut cells = self.stores[usize::from(*column)].cells();
            match get {
                Get::Ip6(_) => cells.put_wide(&[row], &[0], |_, _| value, |_| None),
                _ => cells.put(&[row], &[0], |_, _| value.map(|value| value as u64), |_| None),
            }
        }
    }
}

/// A value of a layer that is cut, or too near the end of the buffer.
#[cold]
fn exact(plan: &Plan, bytes: &[u8], layer: LayerId, place: Range<u32>, field: u16) -> Option<u128> {
    let frame = Frame { schema: &plan.schema, bytes: Bytes(bytes), items: &Cell::new(MAX_ITEMS) };
    let laid = frame.laid(layer, place.start, place.end);
    let field = laid.layer.fields.get(usize::from(field))?;
    let mut found = value::computed(&laid, field).map(|number| number as u128);
    // A field that is cut is null; the walk's stop says why.
    let _ = value::read(&laid, field, &mut |read| found = found.or(number(&read.value)));
    found
}

/// Six bytes, read as eight: where there are no two behind them the exact way is taken.
#[inline(always)]
fn mac(bytes: &[u8], at: u32) -> Option<u64> {
    let at = at as usize;
    Some(u64::from_be_bytes(*bytes.get(at..at + 8)?.first_chunk()?) >> 16)
}

#[inline(always)]
fn ip6(bytes: &[u8], at: u32) -> Option<u128> {
    Some(u128::from_be_bytes(*bytes.get(at as usize..)?.first_chunk()?))
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
