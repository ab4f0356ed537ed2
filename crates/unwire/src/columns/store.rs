//! Growing columns: values are pushed, a row is closed, and at the end an Arrow array stands there. Knows no packet and no schema beyond
//! the type of a value.

use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Decimal128Array, DictionaryArray, DurationNanosecondArray, Int8Array, Int16Array, Int32Array, Int64Array,
    ListArray, StringArray, TimestampNanosecondArray, UInt8Array, UInt16Array, UInt32Array, UInt64Array,
};
use arrow_buffer::{ArrowNativeType, BooleanBuffer, BooleanBufferBuilder, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::Field as ArrowField;

use super::cells::{Cells, Places};
use super::dictionary::{Dictionary, write_ip4, write_ip6, write_mac};
use super::strings::{Labels, Strings, emptied};
use super::types::{Type, UTC};
use crate::schema::Shown;
use crate::value::Value;

#[derive(Debug)]
enum Values {
    /// Numbers of 8, 16 and 32 bits.
    Octets(Narrow<u8>),
    Halves(Narrow<u16>),
    Words(Vec<u32>),
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
    fn new(kind: Type) -> Self {
        match kind {
            Type::Shown(Shown::UInt(1) | Shown::Int(1)) => Self::Octets(Narrow::default()),
            Type::Shown(Shown::UInt(2) | Shown::Int(2)) => Self::Halves(Narrow::default()),
            Type::Shown(Shown::UInt(4) | Shown::Int(4) | Shown::Bool) => Self::Words(Vec::new()),
            Type::Shown(Shown::UInt(_) | Shown::Int(_) | Shown::Duration) | Type::Time => Self::Long(Vec::new()),
            Type::Number => Self::Numbers(Vec::new()),
            Type::Shown(Shown::Bytes) => Self::Bytes(Strings::default()),
            Type::Shown(Shown::Text) => Self::Text(Strings::default()),
            Type::Shown(Shown::Mac | Shown::Ip4) => Self::Small(Box::new(Dictionary::new())),
            Type::Shown(Shown::Ip6) => Self::Wide(Box::new(Dictionary::new())),
            Type::Label => Self::Labels(Box::default()),
        }
    }

    /// Add places for so many values.
    fn open(&mut self, rows: usize) {
        match self {
            Self::Octets(v) => v.open(rows),
            Self::Halves(v) => v.open(rows),
            Self::Words(v) => v.resize(v.len() + rows, 0),
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
            Self::Octets(v) => Places::Words(&mut v.block),
            Self::Halves(v) => Places::Words(&mut v.block),
            Self::Words(v) => Places::Words(v.get_mut(first..).unwrap_or_default()),
            Self::Long(v) => Places::Long(v.get_mut(first..).unwrap_or_default()),
            Self::Numbers(v) => Places::Numbers(v.get_mut(first..).unwrap_or_default()),
            Self::Small(v) => Places::Long(&mut v.block),
            Self::Wide(v) => Places::Wide(&mut v.block),
            Self::Bytes(_) | Self::Text(_) | Self::Labels(_) => Places::Words(&mut []),
        }
    }

    fn pop(&mut self) {
        match self {
            Self::Octets(v) => drop(v.values.pop()),
            Self::Halves(v) => drop(v.values.pop()),
            Self::Words(v) => drop(v.pop()),
            Self::Long(v) => drop(v.pop()),
            Self::Numbers(v) => drop(v.pop()),
            Self::Bytes(v) | Self::Text(v) => v.pop(),
            Self::Small(v) => v.pop(),
            Self::Wide(v) => v.pop(),
            Self::Labels(v) => drop(v.keys.pop()),
        }
    }

    /// A value that stands for null; its bit in the validity says so.
    #[inline]
    fn push_filler(&mut self) {
        match self {
            Self::Octets(v) => v.values.push(0),
            Self::Halves(v) => v.values.push(0),
            Self::Words(v) => v.push(0),
            Self::Long(v) => v.push(0),
            Self::Numbers(v) => v.push(0),
            Self::Bytes(v) | Self::Text(v) => drop(v.push(b"")),
            Self::Small(v) => v.push_filler(),
            Self::Wide(v) => v.push_filler(),
            Self::Labels(v) => v.keys.push(0),
        }
    }

    #[inline(always)]
    fn push_number(&mut self, number: u64) -> bool {
        match self {
            Self::Octets(v) => v.values.push(number as u8),
            Self::Halves(v) => v.values.push(number as u16),
            Self::Words(v) => v.push(number as u32),
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
                v.push(address);
                true
            }
            (Self::Small(v), Value::Mac([a, b, c, d, e, f])) => {
                let address = u64::from_be_bytes([0, 0, *a, *b, *c, *d, *e, *f]);
                v.push(address);
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
                v.push(u128::from_be_bytes(*address));
                true
            }
            (values, Value::UInt(number)) => values.push_number(*number),
            (values, Value::Int(number)) => values.push_number(*number as u64),
            (values, Value::Bool(truth)) => values.push_number(u64::from(*truth)),
            (_, Value::Bytes(_) | Value::Text(_) | Value::Ip4(_) | Value::Ip6(_) | Value::Mac(_)) => false,
        }
    }

    /// The values as an array; from here on there are none.
    fn array(&mut self, kind: Type, nulls: Option<NullBuffer>) -> ArrayRef {
        let dictionary = |(keys, texts): (Vec<i32>, Strings), nulls| -> ArrayRef {
            let keys = Int32Array::new(keys.into(), nulls);
            let texts = Arc::new(texts.texts());
            // A column of nulls only has keys 0 and no text for them.
            match DictionaryArray::<Int32Type>::try_new(keys.clone(), texts) {
                Ok(array) => Arc::new(array),
                Err(_) => Arc::new(DictionaryArray::<Int32Type>::new(Int32Array::new_null(keys.len()), Arc::new(StringArray::new_null(0)))),
            }
        };
        match self {
            Self::Octets(v) => match (kind, same_bits(&mut v.values)) {
                (Type::Shown(Shown::Int(_)), (rows, bytes)) => Arc::new(Int8Array::new(ScalarBuffer::new(bytes, 0, rows), nulls)),
                (_, (rows, bytes)) => Arc::new(UInt8Array::new(ScalarBuffer::new(bytes, 0, rows), nulls)),
            },
            Self::Halves(v) => match (kind, same_bits(&mut v.values)) {
                (Type::Shown(Shown::Int(_)), (rows, bytes)) => Arc::new(Int16Array::new(ScalarBuffer::new(bytes, 0, rows), nulls)),
                (_, (rows, bytes)) => Arc::new(UInt16Array::new(ScalarBuffer::new(bytes, 0, rows), nulls)),
            },
            Self::Words(v) if kind == Type::Shown(Shown::Bool) => {
                let bits = BooleanBuffer::collect_bool(v.len(), |at| v[at] != 0);
                v.clear();
                Arc::new(BooleanArray::new(bits, nulls))
            }
            Self::Words(v) => match (kind, same_bits(v)) {
                (Type::Shown(Shown::Int(_)), (rows, bytes)) => Arc::new(Int32Array::new(ScalarBuffer::new(bytes, 0, rows), nulls)),
                (_, (rows, bytes)) => Arc::new(UInt32Array::new(ScalarBuffer::new(bytes, 0, rows), nulls)),
            },
            Self::Long(v) => match (kind, same_bits(v)) {
                (Type::Time, (rows, bytes)) => Arc::new(TimestampNanosecondArray::new(ScalarBuffer::new(bytes, 0, rows), nulls).with_timezone(UTC)),
                (Type::Shown(Shown::Duration), (rows, bytes)) => Arc::new(DurationNanosecondArray::new(ScalarBuffer::new(bytes, 0, rows), nulls)),
                (Type::Shown(Shown::Int(_)), (rows, bytes)) => Arc::new(Int64Array::new(ScalarBuffer::new(bytes, 0, rows), nulls)),
                (_, (rows, bytes)) => Arc::new(UInt64Array::new(ScalarBuffer::new(bytes, 0, rows), nulls)),
            },
            Self::Numbers(v) => Arc::new(Decimal128Array::new(emptied(v).into(), nulls)),
            Self::Bytes(v) => {
                let Strings { offsets, data } = v.take();
                Arc::new(BinaryArray::new(OffsetBuffer::new(ScalarBuffer::from(offsets)), data.into(), nulls))
            }
            Self::Text(v) => {
                let texts = v.take().texts().into_parts();
                Arc::new(StringArray::new(texts.0, texts.1, nulls))
            }
            Self::Small(v) if kind == Type::Shown(Shown::Mac) => dictionary(v.take(write_mac), nulls),
            Self::Small(v) => dictionary(v.take(write_ip4), nulls),
            Self::Wide(v) => dictionary(v.take(write_ip6), nulls),
            Self::Labels(v) => dictionary(v.take(), nulls),
        }
    }
}

/// How many numbers there are, and the bytes of all: with a sign they are the same bits. From here on there are none.
fn same_bits<T: ArrowNativeType>(numbers: &mut Vec<T>) -> (usize, Buffer) {
    (numbers.len(), Buffer::from_vec(emptied(numbers)))
}

/// Numbers of fewer bits than are read: those of a block's rows become narrow together, while they are near.
#[derive(Debug, Default)]
struct Narrow<T> {
    values: Vec<T>,
    block: Vec<u32>,
}

impl<T> Narrow<T> {
    fn open(&mut self, rows: usize) {
        self.block.clear();
        self.block.resize(rows, 0);
    }

    fn close(&mut self, narrow: impl Fn(u32) -> T) {
        self.values.extend(self.block.drain(..).map(narrow));
    }
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
        Self { kind, values: Values::new(kind), count: 0, nulls: Vec::new(), ends, last, rows: 0, block: (0, 0) }
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
        self.close(&[]);
    }

    /// Add rows that are lists of numbers: where those of each end, and the numbers. Which rows have none is told in the end.
    pub(super) fn extend_lists(&mut self, ends: &[u32], numbers: &[u64]) {
        let Some(known) = &mut self.ends else { return };
        let before = self.count as i32;
        known.extend(ends.iter().map(|end| before + *end as i32));
        match &mut self.values {
            Values::Octets(v) => v.values.extend(numbers.iter().map(|number| *number as u8)),
            Values::Halves(v) => v.values.extend(numbers.iter().map(|number| *number as u16)),
            Values::Words(v) => v.extend(numbers.iter().map(|number| *number as u32)),
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
    pub(super) fn close(&mut self, has: &[u8]) {
        let (first, nulls) = (self.block.0 as u32, self.nulls.get(self.block.1..).unwrap_or_default());
        match &mut self.values {
            Values::Octets(v) => v.close(|number| number as u8),
            Values::Halves(v) => v.close(|number| number as u16),
            Values::Small(v) => v.close(has, first, nulls),
            Values::Wide(v) => v.close(has, first, nulls),
            _ => {}
        }
    }

    /// The same for texts, each with a small number of its own that says which it is; it is made only the first time.
    pub(super) fn fill_labels(&mut self, numbers: impl Iterator<Item = Option<u32>>, text: impl Fn(u32) -> String) {
        let Values::Labels(labels) = &mut self.values else { return };
        labels.extend(numbers, text, |row| self.nulls.push(row as u32));
        (self.rows, self.count) = (labels.keys.len(), labels.keys.len());
    }

    /// The column as an array; the store is empty again. `valid` says which rows had a cell, if not all.
    pub fn finish(&mut self, valid: Option<&BooleanBuffer>) -> ArrayRef {
        let rows = std::mem::take(&mut self.rows);
        (self.count, self.block) = (0, (0, 0));
        let valid = if self.nulls.is_empty() {
            valid.cloned()
        } else {
            let mut bits = BooleanBufferBuilder::new(rows);
            match valid {
                Some(valid) => bits.append_buffer(valid),
                None => bits.append_n(rows, true),
            }
            self.nulls.drain(..).for_each(|row| bits.set_bit(row as usize, false));
            Some(bits.finish())
        };
        let nulls = valid.map(NullBuffer::new).filter(|nulls| nulls.null_count() > 0);
        let Some(ends) = &mut self.ends else { return self.values.array(self.kind, nulls) };
        let ends = std::mem::replace(ends, vec![0]);
        let item = Arc::new(ArrowField::new("item", self.kind.arrow(), true));
        Arc::new(ListArray::new(item, OffsetBuffer::new(ScalarBuffer::from(ends)), self.values.array(self.kind, None), nulls))
    }
}
