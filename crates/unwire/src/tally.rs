//! Counting packets by the values of columns: the group-by under summaries and statistics. Works on decoded columns; knows no protocol.

use std::sync::Arc;

use ahash::AHashMap;
use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, TimestampNanosecondType, UInt32Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;

/// Distinct keys that one tally keeps; packets of later ones are counted together.
pub const MAX_KEYS: usize = 1 << 20;

/// One value of a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// The column is null.
    Null,
    /// A number, or a truth value.
    Number(i64),
    /// A text.
    Text(Arc<str>),
}

/// What was counted for one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// Packets.
    pub packets: u64,
    /// Bytes on the wire.
    pub bytes: u64,
    /// Time of the first, ns since the epoch; `i64::MAX` if none has a time.
    pub first: i64,
    /// Time of the last; `i64::MIN` if none has a time.
    pub last: i64,
}

impl Default for Count {
    fn default() -> Self {
        Self { packets: 0, bytes: 0, first: i64::MAX, last: i64::MIN }
    }
}

impl Count {
    fn add(&mut self, other: &Self) {
        self.packets += other.packets;
        self.bytes += other.bytes;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }
}

/// How one column makes a part of a key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The column's index in the batch.
    pub column: usize,
    /// Numbers (times too) are divided by this, rounding down; 1 leaves them.
    pub divide: i64,
}

/// Counts by key.
#[derive(Debug, Default)]
pub struct Tally {
    /// The keys with their counts.
    pub counts: AHashMap<Box<[Part]>, Count>,
    /// Packets whose key came after `MAX_KEYS` others.
    pub beyond: Count,
}

impl Tally {
    /// Add what another tally counted after this one.
    pub fn merge(&mut self, other: Self) {
        for (key, count) in other.counts {
            if self.counts.len() >= MAX_KEYS && !self.counts.contains_key(&key) {
                self.beyond.add(&count);
            } else {
                self.counts.entry(key).or_default().add(&count);
            }
        }
        self.beyond.add(&other.beyond);
    }

    /// Count a batch: `len` and `time` are the columns of the wire length and the time.
    pub fn of(batch: &RecordBatch, keys: &[Key], len: usize, time: usize) -> Self {
        let columns: Vec<Codes> = keys.iter().map(|key| Codes::new(batch.column(key.column), key.divide)).collect();
        let lens = batch.column(len).as_primitive::<UInt32Type>();
        let times = batch.column(time).as_primitive::<TimestampNanosecondType>();
        let mut found: AHashMap<Vec<i64>, Count> = AHashMap::new();
        let mut code = Vec::with_capacity(columns.len());
        for row in 0..batch.num_rows() {
            code.clear();
            code.extend(columns.iter().map(|column| column.codes[row]));
            if !found.contains_key(&code) {
                found.insert(code.clone(), Count::default());
            }
            let Some(count) = found.get_mut(&code) else { continue };
            count.packets += 1;
            count.bytes += u64::from(lens.value(row));
            if times.is_valid(row) {
                count.first = count.first.min(times.value(row));
                count.last = count.last.max(times.value(row));
            }
        }
        // Two numbers may have one name: what is counted is what is shown.
        let mut counts: AHashMap<Box<[Part]>, Count> = AHashMap::with_capacity(found.len());
        for (code, count) in found {
            let key = code.iter().zip(&columns).map(|(code, column)| column.part(*code)).collect();
            counts.entry(key).or_default().add(&count);
        }
        Self { counts, beyond: Count::default() }
    }
}

/// A column as numbers: its own, or those of its dictionary.
struct Codes {
    codes: Vec<i64>,
    texts: Option<Vec<Arc<str>>>,
}

const NULL: i64 = i64::MIN;

impl Codes {
    fn new(column: &ArrayRef, divide: i64) -> Self {
        if let Some(dictionary) = column.as_any_dictionary_opt() {
            let keys = dictionary.keys().as_primitive::<Int32Type>();
            let texts = dictionary.values().as_string::<i32>();
            let codes = keys.iter().map(|key| key.map_or(NULL, i64::from)).collect();
            return Self { codes, texts: Some(texts.iter().map(|text| text.unwrap_or_default().into()).collect()) };
        }
        let numbers = match column.data_type() {
            DataType::Timestamp(..) => column.as_primitive::<TimestampNanosecondType>().iter().collect(),
            _ => numbers(column),
        };
        let divide = divide.max(1);
        Self { codes: numbers.into_iter().map(|number| number.map_or(NULL, |n: i64| n.div_euclid(divide))).collect(), texts: None }
    }

    fn part(&self, code: i64) -> Part {
        match (&self.texts, code) {
            (_, NULL) => Part::Null,
            (None, number) => Part::Number(number),
            (Some(texts), code) => texts.get(code as usize).map_or(Part::Null, |text| Part::Text(Arc::clone(text))),
        }
    }
}

fn numbers(column: &ArrayRef) -> Vec<Option<i64>> {
    use arrow_array::types::{Int8Type, Int16Type, Int64Type, UInt8Type, UInt16Type, UInt64Type};
    macro_rules! of {
        ($kind:ty) => {
            column.as_primitive::<$kind>().iter().map(|number| number.map(|number| number as i64)).collect()
        };
    }
    #[allow(clippy::cast_lossless, reason = "one arm for all widths")]
    match column.data_type() {
        DataType::UInt8 => of!(UInt8Type),
        DataType::UInt16 => of!(UInt16Type),
        DataType::UInt32 => of!(UInt32Type),
        DataType::UInt64 => of!(UInt64Type),
        DataType::Int8 => of!(Int8Type),
        DataType::Int16 => of!(Int16Type),
        DataType::Int32 => of!(Int32Type),
        DataType::Int64 => of!(Int64Type),
        DataType::Boolean => column.as_boolean().iter().map(|truth| truth.map(i64::from)).collect(),
        _ => vec![None; column.len()],
    }
}
