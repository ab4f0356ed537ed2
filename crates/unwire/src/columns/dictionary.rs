//! Columns of texts: bytes one after the other, and dictionaries of few texts for many rows. Knows no packet and no schema.

use std::net::Ipv6Addr;

use ahash::AHashMap;
use arrow_array::StringArray;
use arrow_buffer::{OffsetBuffer, ScalarBuffer};

/// Bytes one after the other, with offsets.
#[derive(Debug)]
pub(super) struct Strings {
    pub(super) offsets: Vec<i32>,
    pub(super) data: Vec<u8>,
}

impl Strings {
    pub(super) fn new(rows: usize) -> Self {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push(0);
        Self { offsets, data: Vec::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// False if the column is full: 2 GiB of bytes in one batch.
    pub(super) fn push(&mut self, bytes: &[u8]) -> bool {
        let Some(end) = self.data.len().checked_add(bytes.len()).and_then(|end| i32::try_from(end).ok()) else { return false };
        self.data.extend_from_slice(bytes);
        self.offsets.push(end);
        true
    }

    pub(super) fn pop(&mut self) {
        self.offsets.pop();
        self.data.truncate(self.offsets.last().map_or(0, |end| *end as usize));
    }

    pub(super) fn texts(self) -> StringArray {
        // The bytes were written from `str`s only; should that ever be untrue, the column is empty rather than wrong.
        let rows = self.len();
        let offsets = OffsetBuffer::new(ScalarBuffer::from(self.offsets));
        StringArray::try_new(offsets, self.data.into(), None).unwrap_or_else(|_| StringArray::new_null(rows))
    }
}

/// Add so many values to a column: those of some rows, and 0 for the others.
#[inline(always)]
pub(super) fn set<T: Copy + Default, V>(
    values: &mut Vec<T>,
    rows: usize,
    cells: impl Iterator<Item = (usize, Option<V>)>,
    mut make: impl FnMut(V) -> T,
    mut null: impl FnMut(usize),
) {
    let first = values.len();
    values.resize(first + rows, T::default());
    let new = values.get_mut(first..).unwrap_or_default();
    for (row, value) in cells {
        match (new.get_mut(row), value) {
            (Some(place), Some(value)) => *place = make(value),
            _ => null(row),
        }
    }
}

/// A value as a number that is its own: two values with one number are one value.
pub(super) trait Exact: Copy + Eq + std::hash::Hash + Default {
    /// A few well-mixed bits of it.
    fn mixed(self) -> usize;
}

impl Exact for u64 {
    #[inline]
    fn mixed(self) -> usize {
        (self.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54) as usize
    }
}

impl Exact for u128 {
    #[inline]
    fn mixed(self) -> usize {
        (self as u64 ^ (self >> 64) as u64).mixed()
    }
}

/// Distinct texts, known by exact numbers, and the rows that have them.
#[derive(Debug)]
pub(super) struct Dictionary<K> {
    pub(super) keys: Vec<i32>,
    known: AHashMap<K, i32>,
    pub(super) texts: Strings,
    /// Where several numbers may have one text: each text, so that it stands there once.
    named: Option<AHashMap<Box<str>, i32>>,
    /// The numbers seen last, by a few of their bits: most packets repeat what was just there.
    recent: Vec<(K, i32)>,
    scratch: String,
}

/// As many as the bits of `Exact::mixed`.
const RECENT: usize = 1024;

impl<K: Exact> Dictionary<K> {
    pub(super) fn new(rows: usize, distinct: usize, labels: bool) -> Self {
        Self {
            named: labels.then(AHashMap::new),
            keys: Vec::with_capacity(rows),
            known: AHashMap::with_capacity(distinct),
            texts: Strings::new(distinct),
            recent: vec![(K::default(), -1); RECENT],
            scratch: String::new(),
        }
    }

    /// How many values there are.
    pub(super) fn distinct(&self) -> usize {
        self.known.len()
    }

    /// Add a row with this value; its text is made only the first time.
    #[inline]
    pub(super) fn push(&mut self, value: K, text: impl FnOnce(K, &mut String)) {
        let key = self.key(value, text);
        self.keys.push(key);
    }

    /// Add so many rows, with the values of some.
    #[inline(always)]
    pub(super) fn fill(
        &mut self,
        rows: usize,
        cells: impl Iterator<Item = (usize, Option<K>)>,
        text: impl Fn(K, &mut String),
        null: impl FnMut(usize),
    ) {
        let mut keys = std::mem::take(&mut self.keys);
        set(&mut keys, rows, cells, |value| self.key(value, &text), null);
        self.keys = keys;
    }

    /// Where the value's text is.
    #[inline(always)]
    fn key(&mut self, value: K, text: impl FnOnce(K, &mut String)) -> i32 {
        let slot = self.recent[value.mixed() % RECENT];
        if slot.0 == value && slot.1 >= 0 { slot.1 } else { self.look_up(value, text) }
    }

    #[inline(never)]
    fn look_up(&mut self, value: K, text: impl FnOnce(K, &mut String)) -> i32 {
        let key = self.known.get(&value).copied().unwrap_or_else(|| {
            self.scratch.clear();
            text(value, &mut self.scratch);
            let next = self.texts.len() as i32;
            let key = self.named.as_mut().map_or(next, |named| *named.entry(self.scratch.as_str().into()).or_insert(next));
            if key == next {
                self.texts.push(self.scratch.as_bytes());
            }
            self.known.insert(value, key);
            key
        });
        self.recent[value.mixed() % RECENT] = (value, key);
        key
    }
}

/// An IPv4 address, without the detour of the formatting machinery: there may be a new one in every packet.
pub(super) fn write_ip4(address: u64, text: &mut String) {
    for (at, byte) in (address as u32).to_be_bytes().into_iter().enumerate() {
        text.push_str(if at == 0 { "" } else { "." });
        for (digit, from) in [(byte / 100, 100), (byte / 10 % 10, 10), (byte % 10, 0)] {
            if byte >= from {
                text.push(char::from(b'0' + digit));
            }
        }
    }
}

/// A hardware address; the same holds.
pub(super) fn write_mac(address: u64, text: &mut String) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    for (at, byte) in address.to_be_bytes().into_iter().skip(2).enumerate() {
        text.push_str(if at == 0 { "" } else { ":" });
        text.push(char::from(HEX[usize::from(byte >> 4)]));
        text.push(char::from(HEX[usize::from(byte & 15)]));
    }
}

/// An IPv6 address (RFC 5952).
pub(super) fn write_ip6(address: u128, text: &mut String) {
    text.push_str(&Ipv6Addr::from(address).to_string());
}
