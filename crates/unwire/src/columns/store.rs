//! Growing columns: values are pushed, a row is closed, and at the end an Arrow array stands there. Knows no packet and no schema beyond
//! the type of a value.

use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Decimal128Array, DictionaryArray, DurationNanosecondArray, Int8Array, Int16Array, Int32Array, Int64Array,
    ListArray, StringArray, TimestampNanosecondArray, UInt8Array, UInt16Array, UInt32Array, UInt64Array,
};
use arrow_buffer::{ArrowNativeType, BooleanBuffer, BooleanBufferBuilder, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::Field as ArrowField;

use super::dictionary::{Cells, Dictionary, Labels, Places, Strings, write_ip4, write_ip6, write_mac};
use super::types::{Type, UTC};
use crate::schema::Shown;
use crate::value::Value;

#[derive(Debug)]
enum Values {
    /// Numbers of up to 32 bits; they get their width at the end, all at once.
    Narrow(Vec<u32>),
    /// Numbers of 64 bits, and times.
    Long(Vec<u64>),
    Numbers(Vec<i128>),
    Bytes(Strings),
    Text(Strings),
    /// Of what fits 64 bits: IPv4 and hardware addresses.
    Small(Box<Dictionary<u64>>),
    /// Of IPv6 addresses.
    Wide(Box<Dictionary<u128>>),
    Labels(Box<Labels>),
}

impl Values {
    fn new(kind: Type, rows: usize, distinct: usize) -> Self {
        match kind {
            Type::Shown(Shown::UInt(1 | 2 | 4) | Shown::Int(1 | 2 | 4) | Shown::Bool) => Self::Narrow(Vec::with_capacity(rows)),
            Type::Shown(Shown::UInt(_) | Shown::Int(_) | Shown::Duration) | Type::Time => Self::Long(Vec::with_capacity(rows)),
            Type::Number => Self::Numbers(Vec::with_capacity(rows)),
            Type::Shown(Shown::Bytes) => Self::Bytes(Strings::new(rows)),
            Type::Shown(Shown::Text) => Self::Text(Strings::new(rows)),
            Type::Shown(Shown::Mac | Shown::Ip4) => Self::Small(Box::new(Dictionary::new(rows, distinct))),
            Type::Shown(Shown::Ip6) => Self::Wide(Box::new(Dictionary::new(rows, distinct))),
            Type::Label => Self::Labels(Box::new(Labels::new(rows))),
        }
    }

    fn distinct(&self) -> usize {
        match self {
            Self::Small(v) => v.distinct(),
            Self::Wide(v) => v.distinct(),
            _ => 0,
        }
    }

    /// Add places for so many values.
    fn open(&mut self, rows: usize) {
        match self {
            Self::Narrow(v) => v.resize(v.len() + rows, 0),
            Self::Long(v) => v.resize(v.len() + rows, 0),
            Self::Numbers(v) => v.resize(v.len() + rows, 0),
            Self::Small(v) => v.open(rows),
            Self::Wide(v) => v.open(rows),
            Self::Bytes(_) | Self::Text(_) | Self::Labels(_) => {}
        }
    }

    /// The places from the `first` on.
    #[inline]
    fn places(&mut self, first: usize) -> Places<'_> {
        match self {
            Self::Narrow(v) => Places::Narrow(v.get_mut(first..).unwrap_or_default()),
            Self::Long(v) => Places::Long(v.get_mut(first..).unwrap_or_default()),
            Self::Numbers(v) => Places::Numbers(v.get_mut(first..).unwrap_or_default()),
            Self::Small(v) => Places::Long(&mut v.block),
            Self::Wide(v) => Places::Wide(&mut v.block),
            Self::Bytes(_) | Self::Text(_) | Self::Labels(_) => Places::Narrow(&mut []),
        }
    }

    fn pop(&mut self) {
        match self {
            Self::Narrow(v) => drop(v.pop()),
            Self::Long(v) => drop(v.pop()),
            Self::Numbers(v) => drop(v.pop()),
            Self::Bytes(v) | Self::Text(v) => v.pop(),
            Self::Small(v) => drop(v.keys.pop()),
            Self::Wide(v) => drop(v.keys.pop()),
            Self::Labels(v) => drop(v.keys.pop()),
        }
    }

    /// A value that stands for null; its bit in the validity says so.
    #[inline]
    fn push_filler(&mut self) {
        match self {
            Self::Narrow(v) => v.push(0),
            Self::Long(v) => v.push(0),
            Self::Numbers(v) => v.push(0),
            Self::Bytes(v) | Self::Text(v) => drop(v.push(b"")),
            Self::Small(v) => v.keys.push(0),
            Self::Wide(v) => v.keys.push(0),
            Self::Labels(v) => v.keys.push(0),
        }
    }

    #[inline(always)]
    fn push_number(&mut self, number: u64) -> bool {
        match self {
            Self::Narrow(v) => v.push(number as u32),
            Self::Long(v) => v.push(number),
            Self::Numbers(v) => v.push(i128::from(number)),
            Self::Bytes(_) | Self::Text(_) | Self::Small(_) | Self::Wide(_) | Self::Labels(_) => return false,
        }
        true
    }

    #[inline(always)]
    fn push(&mut self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::Bytes(v), Value::Bytes(bytes)) => v.push(bytes),
            (Self::Bytes(v), Value::Ip4(bytes)) => v.push(bytes),
            (Self::Bytes(v), Value::Ip6(bytes)) => v.push(bytes),
            (Self::Bytes(v), Value::Mac(bytes)) => v.push(bytes),
            (Self::Text(v), Value::Text(text)) => v.push(text.as_bytes()),
            (Self::Small(v), Value::Ip4(address)) => {
                let address = u64::from(u32::from_be_bytes(*address));
                v.push(address, write_ip4);
                true
            }
            (Self::Small(v), Value::Mac([a, b, c, d, e, f])) => {
                let address = u64::from_be_bytes([0, 0, *a, *b, *c, *d, *e, *f]);
                v.push(address, write_mac);
                true
            }
            (Self::Numbers(v), Value::Ip6(address)) => {
                v.push(i128::from_be_bytes(*address));
                true
            }
            (Self::Numbers(v), Value::Ip4(address)) => {
                v.push(i128::from(u32::from_be_bytes(*address)));
                true
            }
            (Self::Wide(v), Value::Ip6(address)) => {
                v.push(u128::from_be_bytes(*address), write_ip6);
                true
            }
            (values, Value::UInt(number)) => values.push_number(*number),
            (values, Value::Int(number)) => values.push_number(*number as u64),
            (values, Value::Bool(truth)) => values.push_number(u64::from(*truth)),
            (_, Value::Bytes(_) | Value::Text(_) | Value::Ip4(_) | Value::Ip6(_) | Value::Mac(_)) => false,
        }
    }

    fn array(self, kind: Type, nulls: Option<NullBuffer>) -> ArrayRef {
        let dictionary = |keys: Vec<i32>, texts: Strings| -> ArrayRef {
            let keys = Int32Array::new(keys.into(), nulls.clone());
            let texts = Arc::new(texts.texts());
            // A column of nulls only has keys 0 and no text for them.
            match DictionaryArray::<Int32Type>::try_new(keys.clone(), texts) {
                Ok(array) => Arc::new(array),
                Err(_) => Arc::new(DictionaryArray::<Int32Type>::new(Int32Array::new_null(keys.len()), Arc::new(StringArray::new_null(0)))),
            }
        };
        match self {
            Self::Narrow(v) => match kind {
                Type::Shown(Shown::UInt(1)) => Arc::new(UInt8Array::new(narrowed(&v, |n| n as u8), nulls)),
                Type::Shown(Shown::UInt(2)) => Arc::new(UInt16Array::new(narrowed(&v, |n| n as u16), nulls)),
                Type::Shown(Shown::Int(1)) => Arc::new(Int8Array::new(narrowed(&v, |n| n as i8), nulls)),
                Type::Shown(Shown::Int(2)) => Arc::new(Int16Array::new(narrowed(&v, |n| n as i16), nulls)),
                Type::Shown(Shown::Int(_)) => Arc::new(Int32Array::new(narrowed(&v, |n| n as i32), nulls)),
                Type::Shown(Shown::Bool) => Arc::new(BooleanArray::new(BooleanBuffer::collect_bool(v.len(), |at| v[at] != 0), nulls)),
                _ => Arc::new(UInt32Array::new(v.into(), nulls)),
            },
            Self::Long(v) => match kind {
                Type::Time => Arc::new(TimestampNanosecondArray::new(narrowed(&v, |n| n as i64), nulls).with_timezone(UTC)),
                Type::Shown(Shown::Duration) => Arc::new(DurationNanosecondArray::new(narrowed(&v, |n| n as i64), nulls)),
                Type::Shown(Shown::Int(_)) => Arc::new(Int64Array::new(narrowed(&v, |n| n as i64), nulls)),
                _ => Arc::new(UInt64Array::new(v.into(), nulls)),
            },
            Self::Numbers(v) => Arc::new(Decimal128Array::new(v.into(), nulls)),
            Self::Bytes(v) => {
                let offsets = OffsetBuffer::new(ScalarBuffer::from(v.offsets));
                Arc::new(BinaryArray::new(offsets, v.data.into(), nulls))
            }
            Self::Text(v) => {
                let texts = v.texts().into_parts();
                Arc::new(StringArray::new(texts.0, texts.1, nulls))
            }
            Self::Small(v) => dictionary(v.keys, v.named.texts),
            Self::Wide(v) => dictionary(v.keys, v.named.texts),
            Self::Labels(v) => dictionary(v.keys, v.texts),
        }
    }
}

/// Numbers in the width that the column has.
fn narrowed<A: Copy, B: ArrowNativeType>(numbers: &[A], narrow: impl Fn(A) -> B) -> ScalarBuffer<B> {
    numbers.iter().map(|number| narrow(*number)).collect()
}

/// One growing column.
#[derive(Debug)]
pub struct Store {
    kind: Type,
    values: Values,
    /// How many values there are.
    count: usize,
    /// The rows that are null; most are not.
    nulls: Vec<u32>,
    /// Ends of the rows, if each row is a list.
    ends: Option<Vec<i32>>,
    last: bool,
    rows: usize,
    /// The first row of the block, and how many nulls there were before it.
    block: (usize, usize),
}

impl Store {
    /// An empty column; `list`: each row is a list; `last`: a later value of a row replaces the earlier one.
    pub fn new(kind: Type, list: bool, last: bool) -> Self {
        let ends = list.then(|| vec![0]);
        Self { kind, values: Values::new(kind, 0, 0), count: 0, nulls: Vec::new(), ends, last, rows: 0, block: (0, 0) }
    }

    /// True if another value of this row would be dropped.
    #[inline]
    pub fn settled(&self) -> bool {
        self.ends.is_none() && !self.last && self.count > self.rows
    }

    #[inline]
    fn room(&mut self) -> bool {
        if self.count > self.rows && self.ends.is_none() {
            if !self.last {
                return false;
            }
            self.values.pop();
            self.count -= 1;
        }
        true
    }

    /// Add a value to the row.
    #[inline(always)]
    pub fn push(&mut self, value: &Value<'_>) {
        if self.room() {
            self.count += usize::from(self.values.push(value));
        }
    }

    /// Add a number to the row.
    #[inline(always)]
    pub fn push_number(&mut self, number: u64) {
        if self.room() {
            self.count += usize::from(self.values.push_number(number));
        }
    }

    /// From here on the numbers of texts mean others.
    pub fn renumber(&mut self) {
        if let Values::Labels(labels) = &mut self.values {
            labels.renumber();
        }
    }

    /// Close the row; without a value it is null.
    #[inline]
    pub fn end_row(&mut self) {
        if let Some(ends) = &mut self.ends {
            let end = self.count as i32;
            if ends.last() == Some(&end) {
                self.nulls.push(self.rows as u32);
            }
            ends.push(end);
        } else if self.count == self.rows {
            self.values.push_filler();
            self.count += 1;
            self.nulls.push(self.rows as u32);
        }
        self.rows += 1;
    }

    /// Add rows at once, each with its value as the number that its bytes make; a row whose value is None is null.
    pub(super) fn fill(&mut self, rows: usize, values: impl Iterator<Item = Option<u64>>) {
        self.open(rows);
        self.cells().fill(values);
    }

    /// Add rows that are lists of numbers: where those of each end, and the numbers. Which rows have none is told in the end.
    pub(super) fn extend_lists(&mut self, ends: &[u32], numbers: &[u64]) {
        let Some(known) = &mut self.ends else { return };
        let before = self.count as i32;
        known.extend(ends.iter().map(|end| before + *end as i32));
        match &mut self.values {
            Values::Narrow(v) => v.extend(numbers.iter().map(|number| *number as u32)),
            Values::Long(v) => v.extend(numbers),
            Values::Numbers(v) => v.extend(numbers.iter().map(|number| i128::from(*number))),
            Values::Bytes(_) | Values::Text(_) | Values::Small(_) | Values::Wide(_) | Values::Labels(_) => {}
        }
        self.rows += ends.len();
        self.count += numbers.len();
    }

    /// Begin a block of so many rows, which get their values through `cells` in any order.
    pub(super) fn open(&mut self, rows: usize) {
        self.values.open(rows);
        self.rows += rows;
        self.count += rows;
        self.block = (self.rows - rows, self.nulls.len());
    }

    /// The rows of the block.
    #[inline]
    pub(super) fn cells(&mut self) -> Cells<'_> {
        Cells { places: self.values.places(self.block.0), nulls: &mut self.nulls, first: self.block.0 as u32 }
    }

    /// End the block: `has` says which rows got a value or are null. Those that got none are null, too, but that is told in the end, for
    /// columns that are read together have the same ones.
    pub(super) fn close(&mut self, has: &[bool]) {
        let (first, nulls) = (self.block.0 as u32, self.nulls.get(self.block.1..).unwrap_or_default());
        match &mut self.values {
            Values::Small(v) if self.kind == Type::Shown(Shown::Mac) => v.close(has, first, nulls, write_mac),
            Values::Small(v) => v.close(has, first, nulls, write_ip4),
            Values::Wide(v) => v.close(has, first, nulls, write_ip6),
            _ => {}
        }
    }

    /// The same for texts, each with a small number of its own that says which it is; it is made only the first time.
    pub(super) fn fill_labels(&mut self, numbers: impl Iterator<Item = Option<u32>>, text: impl Fn(u32) -> String) {
        let Values::Labels(labels) = &mut self.values else { return };
        for number in numbers {
            if let Some(number) = number {
                labels.push(number, || text(number));
            } else {
                labels.keys.push(0);
                self.nulls.push(self.rows as u32);
            }
            self.rows += 1;
            self.count += 1;
        }
    }

    /// The column as an array; the store is empty again. `valid` says which rows had a cell, if not all.
    pub fn finish(&mut self, valid: Option<&BooleanBuffer>) -> ArrayRef {
        let list = self.ends.is_some();
        let whole = std::mem::replace(self, Self::new(self.kind, list, self.last));
        // The next batch will be much like this one.
        self.values = Values::new(self.kind, whole.count, whole.values.distinct());
        let valid = if whole.nulls.is_empty() {
            valid.cloned()
        } else {
            let mut bits = BooleanBufferBuilder::new(whole.rows);
            match valid {
                Some(valid) => bits.append_buffer(valid),
                None => bits.append_n(whole.rows, true),
            }
            whole.nulls.iter().for_each(|row| bits.set_bit(*row as usize, false));
            Some(bits.finish())
        };
        let nulls = valid.map(NullBuffer::new).filter(|nulls| nulls.null_count() > 0);
        let Some(ends) = whole.ends else { return whole.values.array(whole.kind, nulls) };
        let item = Arc::new(ArrowField::new("item", whole.kind.arrow(), true));
        Arc::new(ListArray::new(item, OffsetBuffer::new(ScalarBuffer::from(ends)), whole.values.array(whole.kind, None), nulls))
    }
}
