//! Counting packets by the values of columns: the group-by under summaries and statistics. Works on decoded columns; knows no protocol.
//! Memory is bounded: a tally keeps so many keys and counts the packets of later ones together. Who talks to whom is counted in `flows`.

mod flows;
mod indexed;
mod rank;
mod rows;
mod table;

use std::sync::Arc;

use ahash::AHashMap;
use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, TimestampNanosecondType, UInt32Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;

pub use flows::{Address, Ends, Found, Shape};
pub use rank::{By, Ranked};
pub use rows::{Checked, Conversation, PortUse, Served, Talker};
pub use table::{Error, Flows, MAX_FLOWS, Volume};

/// Distinct keys that one tally keeps, unless it is told otherwise; packets of later ones are counted together.
pub const MAX_KEYS: usize = 1 << 17;

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
    /// Add what was counted elsewhere.
    pub fn add(&mut self, other: &Self) {
        self.packets += other.packets;
        self.bytes += other.bytes;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }

    #[inline(always)]
    fn packet(&mut self, packet: (u32, Option<i64>)) {
        self.packets += 1;
        self.bytes += u64::from(packet.0);
        if let Some(time) = packet.1 {
            self.first = self.first.min(time);
            self.last = self.last.max(time);
        }
    }
}

/// The columns that every count needs: the wire length and the time of each packet.
struct Packets<'a> {
    lens: &'a [u32],
    times: &'a arrow_array::TimestampNanosecondArray,
}

impl<'a> Packets<'a> {
    fn of(batch: &'a RecordBatch, len: usize, time: usize) -> Self {
        Self { lens: batch.column(len).as_primitive::<UInt32Type>().values(), times: batch.column(time).as_primitive::<TimestampNanosecondType>() }
    }

    #[inline(always)]
    fn at(&self, row: usize) -> (u32, Option<i64>) {
        (self.lens[row], self.times.is_valid(row).then(|| self.times.value(row)))
    }
}

/// How one column makes a part of a key.
#[derive(Clone, Debug)]
pub struct Key {
    /// The column's index in the batch.
    pub column: usize,
    /// Numbers (times too) are divided by the first of these, rounding down. Where that makes more keys than are kept it is the next one;
    /// each is a multiple of the one before.
    pub widths: Vec<i64>,
    /// If there are any: a number is the index of the last of these that it reaches.
    pub bounds: Vec<i64>,
}

/// Counts by key.
#[derive(Debug)]
pub struct Tally {
    /// The keys with their counts.
    pub counts: AHashMap<Box<[Part]>, Count>,
    /// Packets whose key came after as many others as are kept.
    pub beyond: Count,
    /// Which of the widths of the keys' parts are used.
    pub width: usize,
    most: usize,
}

impl Tally {
    /// Nothing yet; at most so many keys.
    pub fn new(most: usize) -> Self {
        Self { counts: AHashMap::new(), beyond: Count::default(), width: 0, most }
    }

    /// Add what was counted of a later batch by the same keys.
    pub fn merge(&mut self, keys: &[Key], found: Vec<(Box<[Part]>, Count)>) {
        for (mut key, count) in found {
            (0..self.width).for_each(|width| widen(&mut key, keys, width));
            while self.counts.len() >= self.most && !self.counts.contains_key(&key) && keys.iter().any(|key| key.widths.len() > self.width + 1) {
                for (mut known, count) in std::mem::take(&mut self.counts) {
                    widen(&mut known, keys, self.width);
                    self.counts.entry(known).or_default().add(&count);
                }
                widen(&mut key, keys, self.width);
                self.width += 1;
            }
            if self.counts.len() >= self.most && !self.counts.contains_key(&key) {
                self.beyond.add(&count);
            } else {
                self.counts.entry(key).or_default().add(&count);
            }
        }
    }

    /// Count a batch, in the order in which keys are first seen: `len` and `time` are the columns of the wire length and the time.
    pub fn of(batch: &RecordBatch, keys: &[Key], len: usize, time: usize) -> Vec<(Box<[Part]>, Count)> {
        let columns: Vec<Codes> = keys.iter().map(|key| Codes::new(batch.column(key.column), key)).collect();
        let packets = Packets::of(batch, len, time);
        let mut known: AHashMap<Vec<i64>, u32> = AHashMap::new();
        let (mut codes, mut found): (Vec<Vec<i64>>, Vec<Count>) = (Vec::new(), Vec::new());
        // Most packets repeat what was just there: the entry seen last for a few bits of the key is looked at first.
        let mut recent = [u32::MAX; 256];
        for row in 0..batch.num_rows() {
            let mixed = columns.iter().fold(0_u64, |mixed, column| (mixed ^ column.codes[row] as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15));
            let slot = &mut recent[(mixed >> 56) as usize];
            let same = |index: &u32| {
                codes.get(*index as usize).is_some_and(|code| code.iter().zip(&columns).all(|(code, column)| *code == column.codes[row]))
            };
            if !same(slot) {
                let code: Vec<i64> = columns.iter().map(|column| column.codes[row]).collect();
                *slot = *known.entry(code).or_insert_with_key(|code| {
                    codes.push(code.clone());
                    found.push(Count::default());
                    codes.len() as u32 - 1
                });
            }
            found[*slot as usize].packet(packets.at(row));
        }
        let parts = |code: Vec<i64>| code.into_iter().zip(&columns).map(|(code, column)| column.part(code)).collect();
        codes.into_iter().map(parts).zip(found).collect()
    }
}

/// Divide the parts of a key that were divided by one width so that they are divided by the next.
fn widen(parts: &mut [Part], keys: &[Key], from: usize) {
    for (part, key) in parts.iter_mut().zip(keys) {
        if let (Part::Number(number), Some([narrow, wide])) = (part, key.widths.get(from..from + 2)) {
            *number = number.div_euclid(wide / narrow.max(&1));
        }
    }
}

/// A column as numbers: its own, or those of its dictionary.
struct Codes {
    codes: Vec<i64>,
    texts: Option<Vec<Arc<str>>>,
}

const NULL: i64 = i64::MIN;

impl Codes {
    fn new(column: &ArrayRef, key: &Key) -> Self {
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
        let width = key.widths.first().map_or(1, |width| *width.max(&1));
        let code = |number: i64| match key.bounds.as_slice() {
            [] if width == 1 => number,
            [] => number.div_euclid(width),
            bounds => bounds.partition_point(|bound| *bound <= number) as i64 - 1,
        };
        Self { codes: numbers.into_iter().map(|number| number.map_or(NULL, code)).collect(), texts: None }
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
