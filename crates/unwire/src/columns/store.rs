//! Growing columns: values are pushed, a row is closed, and at the end an Arrow array stands there. Knows no packet and no schema beyond
//! the type of a value.

use std::fmt::Write as _;
use std::sync::Arc;

use ahash::AHashMap;
use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, DictionaryArray, Int8Array, Int16Array, Int32Array, Int64Array, ListArray, StringArray,
    TimestampNanosecondArray, UInt8Array, UInt16Array, UInt32Array, UInt64Array,
};
use arrow_buffer::{BooleanBufferBuilder, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field as ArrowField, TimeUnit};

use crate::schema::Shown;
use crate::value::Value;

/// The type of a column's values: what a field shows, or what only frames have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// A field's.
    Shown(Shown),
    /// Nanoseconds since the epoch, UTC.
    Time,
    /// One of few texts.
    Label,
}

/// The time zone in the type of times.
const UTC: &str = "UTC";

impl Type {
    /// The Arrow type of one value.
    pub fn arrow(self) -> DataType {
        let label = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        match self {
            Self::Shown(Shown::UInt(1)) => DataType::UInt8,
            Self::Shown(Shown::UInt(2)) => DataType::UInt16,
            Self::Shown(Shown::UInt(4)) => DataType::UInt32,
            Self::Shown(Shown::UInt(_)) => DataType::UInt64,
            Self::Shown(Shown::Int(1)) => DataType::Int8,
            Self::Shown(Shown::Int(2)) => DataType::Int16,
            Self::Shown(Shown::Int(4)) => DataType::Int32,
            Self::Shown(Shown::Int(_)) => DataType::Int64,
            Self::Shown(Shown::Bool) => DataType::Boolean,
            Self::Shown(Shown::Bytes) => DataType::Binary,
            Self::Shown(Shown::Text) => DataType::Utf8,
            Self::Shown(Shown::Mac | Shown::Ip4 | Shown::Ip6) | Self::Label => label(),
            Self::Time => DataType::Timestamp(TimeUnit::Nanosecond, Some(UTC.into())),
        }
    }
}

/// Bytes one after the other, with offsets.
#[derive(Debug)]
struct Strings {
    offsets: Vec<i32>,
    data: Vec<u8>,
}

impl Strings {
    fn new(rows: usize) -> Self {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push(0);
        Self { offsets, data: Vec::new() }
    }

    /// False if the column is full: 2 GiB of bytes in one batch.
    fn push(&mut self, bytes: &[u8]) -> bool {
        let Some(end) = self.data.len().checked_add(bytes.len()).and_then(|end| i32::try_from(end).ok()) else { return false };
        self.data.extend_from_slice(bytes);
        self.offsets.push(end);
        true
    }

    fn pop(&mut self) {
        self.offsets.pop();
        self.data.truncate(self.offsets.last().map_or(0, |end| *end as usize));
    }

    fn texts(self) -> StringArray {
        // The bytes were written from `str`s only; should that ever be untrue, the column is empty rather than wrong.
        let rows = self.offsets.len() - 1;
        let offsets = OffsetBuffer::new(ScalarBuffer::from(self.offsets));
        StringArray::try_new(offsets, self.data.into(), None).unwrap_or_else(|_| StringArray::new_null(rows))
    }
}

/// Distinct values and the rows that have them.
#[derive(Debug)]
struct Dictionary {
    keys: Vec<i32>,
    known: AHashMap<[u8; 16], i32>,
    texts: Strings,
    /// The numbers seen last, by a few of their bits: most packets repeat an address that was just there.
    recent: Vec<([u8; 16], i32)>,
    scratch: String,
}

const RECENT: usize = 1024;

impl Dictionary {
    fn new(rows: usize, distinct: usize) -> Self {
        Self {
            keys: Vec::with_capacity(rows),
            known: AHashMap::with_capacity(distinct),
            texts: Strings::new(distinct),
            recent: vec![([0; 16], -1); RECENT],
            scratch: String::new(),
        }
    }

    #[inline]
    fn push(&mut self, value: [u8; 16], text: impl FnOnce(&mut String)) {
        let mixed = u128::from_le_bytes(value);
        let mixed = (mixed as u64 ^ (mixed >> 64) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54;
        let slot = &mut self.recent[mixed as usize];
        if slot.1 >= 0 && slot.0 == value {
            self.keys.push(slot.1);
            return;
        }
        let next = self.known.len() as i32;
        let key = *self.known.entry(value).or_insert(next);
        if key == next {
            self.scratch.clear();
            text(&mut self.scratch);
            self.texts.push(self.scratch.as_bytes());
        }
        *slot = (value, key);
        self.keys.push(key);
    }
}

/// Texts, each stored once.
#[derive(Debug)]
struct Labels {
    keys: Vec<i32>,
    known: AHashMap<Box<[u16]>, i32>,
    texts: Strings,
    /// Keys seen lately, by a few bits of their hash.
    recent: Vec<(Vec<u16>, i32)>,
}

impl Labels {
    const RECENT: usize = 64;

    fn new(rows: usize) -> Self {
        let recent = vec![(Vec::new(), -1); Self::RECENT];
        Self { keys: Vec::with_capacity(rows), known: AHashMap::new(), texts: Strings::new(0), recent }
    }

    fn push(&mut self, key: &[u16], text: impl FnOnce() -> String) {
        let mixed = key.iter().fold(0u32, |sum, part| (sum.rotate_left(5) ^ u32::from(*part)).wrapping_mul(0x9E37_79B9));
        let slot = &mut self.recent[(mixed >> 26) as usize];
        if slot.1 < 0 || slot.0 != key {
            slot.1 = self.known.get(key).copied().unwrap_or_else(|| {
                let next = self.known.len() as i32;
                self.known.insert(key.into(), next);
                self.texts.push(text().as_bytes());
                next
            });
            slot.0.clear();
            slot.0.extend_from_slice(key);
        }
        self.keys.push(slot.1);
    }
}

#[derive(Debug)]
enum Values {
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
    U64(Vec<u64>),
    I8(Vec<i8>),
    I16(Vec<i16>),
    I32(Vec<i32>),
    I64(Vec<i64>),
    Time(Vec<i64>),
    Bool(Vec<bool>),
    Bytes(Strings),
    Text(Strings),
    Dictionary(Box<Dictionary>),
    Labels(Box<Labels>),
}

impl Values {
    fn new(kind: Type, rows: usize, distinct: usize) -> Self {
        match kind {
            Type::Shown(Shown::UInt(1)) => Self::U8(Vec::with_capacity(rows)),
            Type::Shown(Shown::UInt(2)) => Self::U16(Vec::with_capacity(rows)),
            Type::Shown(Shown::UInt(4)) => Self::U32(Vec::with_capacity(rows)),
            Type::Shown(Shown::UInt(_)) => Self::U64(Vec::with_capacity(rows)),
            Type::Shown(Shown::Int(1)) => Self::I8(Vec::with_capacity(rows)),
            Type::Shown(Shown::Int(2)) => Self::I16(Vec::with_capacity(rows)),
            Type::Shown(Shown::Int(4)) => Self::I32(Vec::with_capacity(rows)),
            Type::Shown(Shown::Int(_)) => Self::I64(Vec::with_capacity(rows)),
            Type::Shown(Shown::Bool) => Self::Bool(Vec::with_capacity(rows)),
            Type::Shown(Shown::Bytes) => Self::Bytes(Strings::new(rows)),
            Type::Shown(Shown::Text) => Self::Text(Strings::new(rows)),
            Type::Shown(Shown::Mac | Shown::Ip4 | Shown::Ip6) => Self::Dictionary(Box::new(Dictionary::new(rows, distinct))),
            Type::Time => Self::Time(Vec::with_capacity(rows)),
            Type::Label => Self::Labels(Box::new(Labels::new(rows))),
        }
    }

    fn distinct(&self) -> usize {
        if let Self::Dictionary(dictionary) = self { dictionary.known.len() } else { 0 }
    }

    fn pop(&mut self) {
        match self {
            Self::U8(v) => drop(v.pop()),
            Self::U16(v) => drop(v.pop()),
            Self::U32(v) => drop(v.pop()),
            Self::U64(v) => drop(v.pop()),
            Self::I8(v) => drop(v.pop()),
            Self::I16(v) => drop(v.pop()),
            Self::I32(v) => drop(v.pop()),
            Self::I64(v) | Self::Time(v) => drop(v.pop()),
            Self::Bool(v) => drop(v.pop()),
            Self::Bytes(v) | Self::Text(v) => v.pop(),
            Self::Dictionary(v) => drop(v.keys.pop()),
            Self::Labels(v) => drop(v.keys.pop()),
        }
    }

    /// A value that stands for null; its bit in the validity says so.
    #[inline]
    fn push_filler(&mut self) {
        match self {
            Self::U8(v) => v.push(0),
            Self::U16(v) => v.push(0),
            Self::U32(v) => v.push(0),
            Self::U64(v) => v.push(0),
            Self::I8(v) => v.push(0),
            Self::I16(v) => v.push(0),
            Self::I32(v) => v.push(0),
            Self::I64(v) | Self::Time(v) => v.push(0),
            Self::Bool(v) => v.push(false),
            Self::Bytes(v) | Self::Text(v) => drop(v.push(b"")),
            Self::Dictionary(v) => v.keys.push(0),
            Self::Labels(v) => v.keys.push(0),
        }
    }

    #[inline]
    fn push_number(&mut self, number: u64) -> bool {
        match self {
            Self::U8(v) => v.push(number as u8),
            Self::U16(v) => v.push(number as u16),
            Self::U32(v) => v.push(number as u32),
            Self::U64(v) => v.push(number),
            Self::I8(v) => v.push(number as i8),
            Self::I16(v) => v.push(number as i16),
            Self::I32(v) => v.push(number as i32),
            Self::I64(v) | Self::Time(v) => v.push(number as i64),
            Self::Bool(v) => v.push(number != 0),
            Self::Bytes(_) | Self::Text(_) | Self::Dictionary(_) | Self::Labels(_) => return false,
        }
        true
    }

    #[inline]
    fn push(&mut self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::Bytes(v), Value::Bytes(bytes)) => v.push(bytes),
            (Self::Bytes(v), Value::Ip4(bytes)) => v.push(bytes),
            (Self::Bytes(v), Value::Ip6(bytes)) => v.push(bytes),
            (Self::Bytes(v), Value::Mac(bytes)) => v.push(bytes),
            (Self::Text(v), Value::Text(text)) => v.push(text.as_bytes()),
            (Self::Dictionary(v), Value::Ip4(_) | Value::Ip6(_) | Value::Mac(_)) => {
                v.push(address(value), |text| write_address(value, text));
                true
            }
            (values, Value::UInt(number)) => values.push_number(*number),
            (values, Value::Int(number)) => values.push_number(*number as u64),
            (values, Value::Bool(truth)) => values.push_number(u64::from(*truth)),
            (_, Value::Bytes(_) | Value::Text(_) | Value::Ip4(_) | Value::Ip6(_) | Value::Mac(_)) => false,
        }
    }

    fn array(self, nulls: Option<NullBuffer>) -> ArrayRef {
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
            Self::U8(v) => Arc::new(UInt8Array::new(v.into(), nulls)),
            Self::U16(v) => Arc::new(UInt16Array::new(v.into(), nulls)),
            Self::U32(v) => Arc::new(UInt32Array::new(v.into(), nulls)),
            Self::U64(v) => Arc::new(UInt64Array::new(v.into(), nulls)),
            Self::I8(v) => Arc::new(Int8Array::new(v.into(), nulls)),
            Self::I16(v) => Arc::new(Int16Array::new(v.into(), nulls)),
            Self::I32(v) => Arc::new(Int32Array::new(v.into(), nulls)),
            Self::I64(v) => Arc::new(Int64Array::new(v.into(), nulls)),
            Self::Time(v) => Arc::new(TimestampNanosecondArray::new(v.into(), nulls).with_timezone(UTC)),
            Self::Bool(v) => Arc::new(BooleanArray::new(v.into(), nulls)),
            Self::Bytes(v) => {
                let offsets = OffsetBuffer::new(ScalarBuffer::from(v.offsets));
                Arc::new(BinaryArray::new(offsets, v.data.into(), nulls))
            }
            Self::Text(v) => {
                let texts = v.texts().into_parts();
                Arc::new(StringArray::new(texts.0, texts.1, nulls))
            }
            Self::Dictionary(v) => dictionary(v.keys, v.texts),
            Self::Labels(v) => dictionary(v.keys, v.texts),
        }
    }
}

/// An address as a key, zero-filled; a column has addresses of one kind.
#[inline]
fn address(value: &Value<'_>) -> [u8; 16] {
    let mut key = [0; 16];
    match value {
        Value::Ip4(address) => key[..4].copy_from_slice(address),
        Value::Mac(address) => key[..6].copy_from_slice(address),
        Value::Ip6(address) => key = *address,
        Value::UInt(_) | Value::Int(_) | Value::Bool(_) | Value::Bytes(_) | Value::Text(_) => {}
    }
    key
}

/// The text of an address, without the detour of the formatting machinery for the kinds that every packet has.
fn write_address(value: &Value<'_>, text: &mut String) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    match value {
        Value::Ip4(address) => {
            for (at, byte) in address.iter().enumerate() {
                text.push_str(if at == 0 { "" } else { "." });
                for (digit, from) in [(byte / 100, 100), (byte / 10 % 10, 10), (byte % 10, 1)] {
                    if *byte >= from || from == 1 {
                        text.push(char::from(b'0' + digit));
                    }
                }
            }
        }
        Value::Mac(address) => {
            for (at, byte) in address.iter().enumerate() {
                text.push_str(if at == 0 { "" } else { ":" });
                text.push(char::from(HEX[usize::from(byte >> 4)]));
                text.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
        other => _ = write!(text, "{other}"),
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
}

impl Store {
    /// An empty column; `list`: each row is a list; `last`: a later value of a row replaces the earlier one.
    pub fn new(kind: Type, list: bool, last: bool) -> Self {
        let ends = list.then(|| vec![0]);
        Self { kind, values: Values::new(kind, 0, 0), count: 0, nulls: Vec::new(), ends, last, rows: 0 }
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
    #[inline]
    pub fn push(&mut self, value: &Value<'_>) {
        if self.room() {
            self.count += usize::from(self.values.push(value));
        }
    }

    /// Add a number to the row.
    #[inline]
    pub fn push_number(&mut self, number: u64) {
        if self.room() {
            self.count += usize::from(self.values.push_number(number));
        }
    }

    /// Add a text, known by a short key; it is made only the first time.
    pub fn push_label(&mut self, key: &[u16], text: impl FnOnce() -> String) {
        if let (true, Values::Labels(labels)) = (self.room(), &mut self.values) {
            labels.push(key, text);
            self.count += 1;
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

    /// The column as an array; the store is empty again.
    pub fn finish(&mut self) -> ArrayRef {
        let list = self.ends.is_some();
        let mut whole = std::mem::replace(self, Self::new(self.kind, list, self.last));
        // The next batch will be much like this one.
        self.values = Values::new(self.kind, whole.count, whole.values.distinct());
        let nulls = (!whole.nulls.is_empty()).then(|| {
            let mut valid = BooleanBufferBuilder::new(whole.rows);
            valid.append_n(whole.rows, true);
            whole.nulls.iter().for_each(|row| valid.set_bit(*row as usize, false));
            NullBuffer::new(valid.finish())
        });
        let Some(ends) = whole.ends else { return whole.values.array(nulls) };
        let item = Arc::new(ArrowField::new("item", whole.kind.arrow(), true));
        Arc::new(ListArray::new(item, OffsetBuffer::new(ScalarBuffer::from(ends)), whole.values.array(None), nulls))
    }
}
