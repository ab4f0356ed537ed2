//! Columns of texts: bytes one after the other, and dictionaries of few texts for many rows. Knows no packet and no schema.

use std::net::Ipv6Addr;

use ahash::AHashMap;
use arrow_array::StringArray;
use arrow_buffer::{OffsetBuffer, ScalarBuffer};

use crate::digits::{push_hex, push_ip4};

/// Bytes one after the other, with offsets.
#[derive(Debug)]
pub(super) struct Strings {
    pub(super) offsets: Vec<i32>,
    pub(super) data: Vec<u8>,
}

impl Default for Strings {
    fn default() -> Self {
        Self::new(0)
    }
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

/// Places of values.
pub(super) enum Places<'p> {
    Narrow(&'p mut [u32]),
    Long(&'p mut [u64]),
    Numbers(&'p mut [i128]),
    Wide(&'p mut [u128]),
}

/// The rows of a block, which get their values in any order.
pub(super) struct Cells<'c> {
    pub places: Places<'c>,
    pub nulls: &'c mut Vec<u32>,
    /// The block's first row.
    pub first: u32,
}

impl Cells<'_> {
    /// Give some rows their values: `read` says the value of each of them the short way, from where it starts; where there is none, `exact`
    /// says it the exact way.
    #[inline(always)]
    pub(super) fn put(&mut self, rows: &[u32], starts: &[u32], read: impl Fn(usize, u32) -> Option<u64>, exact: impl Fn(usize) -> Option<u64>) {
        let first = self.first;
        let null = |row: u32| self.nulls.push(first + row);
        match &mut self.places {
            Places::Narrow(places) => put(places, (rows, starts), read, exact, |value| value as u32, null),
            Places::Long(places) => put(places, (rows, starts), read, exact, |value| value, null),
            Places::Numbers(places) => put(places, (rows, starts), read, exact, i128::from, null),
            Places::Wide(_) => {}
        }
    }

    /// Give all rows their values, one after the other; a row whose value is None is null.
    #[inline(always)]
    pub(super) fn fill(&mut self, values: impl Iterator<Item = Option<u64>>) {
        let first = self.first;
        let null = |row: u32| self.nulls.push(first + row);
        match &mut self.places {
            Places::Narrow(places) => fill(places, values, |value| value as u32, null),
            Places::Long(places) => fill(places, values, |value| value, null),
            Places::Numbers(places) => fill(places, values, i128::from, null),
            Places::Wide(_) => {}
        }
    }

    /// The same as `put` for IPv6 addresses.
    #[inline(always)]
    pub(super) fn put_wide(
        &mut self,
        rows: &[u32],
        starts: &[u32],
        read: impl Fn(usize, u32) -> Option<u128>,
        exact: impl Fn(usize) -> Option<u128>,
    ) {
        let first = self.first;
        let null = |row: u32| self.nulls.push(first + row);
        match &mut self.places {
            Places::Wide(places) => put(places, (rows, starts), read, exact, |value| value, null),
            Places::Numbers(places) => put(places, (rows, starts), read, exact, |value| value as i128, null),
            Places::Narrow(_) | Places::Long(_) => {}
        }
    }
}

#[inline(always)]
fn fill<T>(places: &mut [T], values: impl Iterator<Item = Option<u64>>, make: impl Fn(u64) -> T, mut null: impl FnMut(u32)) {
    for ((place, value), row) in places.iter_mut().zip(values).zip(0..) {
        match value {
            Some(value) => *place = make(value),
            None => null(row),
        }
    }
}

#[inline(always)]
fn put<T, V>(
    places: &mut [T],
    (rows, starts): (&[u32], &[u32]),
    read: impl Fn(usize, u32) -> Option<V>,
    exact: impl Fn(usize) -> Option<V>,
    make: impl Fn(V) -> T,
    mut null: impl FnMut(u32),
) {
    for (at, (row, start)) in rows.iter().zip(starts).enumerate() {
        let Some(place) = places.get_mut(*row as usize) else { continue };
        match read(at, *start) {
            Some(value) => *place = make(value),
            None => match exact(at) {
                Some(value) => *place = make(value),
                None => null(*row),
            },
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

/// Few texts for many rows, each known by small numbers that its column gives out; several numbers may have one text.
#[derive(Debug, Default)]
pub(super) struct Labels {
    pub(super) keys: Vec<i32>,
    /// Where the text of each number is; -1 where that is not known.
    places: Vec<i32>,
    named: AHashMap<Box<str>, i32>,
    pub(super) texts: Strings,
}

impl Labels {
    pub(super) fn new(rows: usize) -> Self {
        Self { keys: Vec::with_capacity(rows), ..Self::default() }
    }

    /// Add a row with the text of this number, which is made only the first time.
    #[inline(always)]
    pub(super) fn push(&mut self, number: u32, text: impl FnOnce() -> String) {
        let place = self.places.get(number as usize).copied().unwrap_or(-1);
        let place = if place < 0 { self.look_up(number, &text()) } else { place };
        self.keys.push(place);
    }

    #[cold]
    fn look_up(&mut self, number: u32, text: &str) -> i32 {
        let next = self.texts.len() as i32;
        let place = *self.named.entry(text.into()).or_insert(next);
        if place == next {
            self.texts.push(text.as_bytes());
        }
        if self.places.len() <= number as usize {
            self.places.resize(number as usize + 1, -1);
        }
        self.places[number as usize] = place;
        place
    }

    /// From here on the numbers mean other texts.
    pub(super) fn renumber(&mut self) {
        self.places.clear();
    }
}

/// Distinct texts, known by exact numbers, and the rows that have them.
#[derive(Debug)]
pub(super) struct Dictionary<K> {
    pub(super) keys: Vec<i32>,
    pub(super) named: Named<K>,
    /// The values of the block's rows, before they are looked up.
    pub(super) block: Vec<K>,
}

/// The texts of a dictionary.
#[derive(Debug)]
pub(super) struct Named<K> {
    known: AHashMap<K, i32>,
    pub(super) texts: Strings,
    /// The numbers seen last, by a few of their bits: most packets repeat what was just there.
    recent: Box<[(K, i32); RECENT]>,
    scratch: String,
}

/// As many as the bits of `Exact::mixed`.
const RECENT: usize = 1024;

impl<K: Exact> Dictionary<K> {
    pub(super) fn new(rows: usize, distinct: usize) -> Self {
        let named = Named {
            known: AHashMap::with_capacity(distinct),
            texts: Strings::new(distinct),
            recent: Box::new([(K::default(), -1); RECENT]),
            scratch: String::new(),
        };
        Self { keys: Vec::with_capacity(rows), named, block: Vec::new() }
    }

    /// Begin a block of so many rows.
    pub(super) fn open(&mut self, rows: usize) {
        self.block.clear();
        self.block.resize(rows, K::default());
    }

    /// End it: look the values up, in the order of the rows. `has` says which rows have one, but for those that are null; `first` is the
    /// block's first row.
    pub(super) fn close(&mut self, has: &[bool], first: u32, nulls: &[u32], text: impl Fn(K, &mut String)) {
        let Self { keys, named, block } = self;
        let cells = block.iter().zip(has);
        if nulls.is_empty() {
            keys.extend(cells.map(|(value, has)| if *has { named.key(*value, &text) } else { 0 }));
        } else {
            let is_null = |row: u32| nulls.contains(&row);
            keys.extend(cells.zip(first..).map(|((value, has), row)| if *has && !is_null(row) { named.key(*value, &text) } else { 0 }));
        }
    }

    /// How many values there are.
    pub(super) fn distinct(&self) -> usize {
        self.named.known.len()
    }

    /// Add a row with this value; its text is made only the first time.
    #[inline]
    pub(super) fn push(&mut self, value: K, text: impl FnOnce(K, &mut String)) {
        let key = self.named.key(value, text);
        self.keys.push(key);
    }
}

impl<K: Exact> Named<K> {
    /// Where the value's text is.
    #[inline(always)]
    fn key(&mut self, value: K, text: impl FnOnce(K, &mut String)) -> i32 {
        let slot = self.recent[value.mixed() % RECENT];
        if slot.0 == value && slot.1 >= 0 { slot.1 } else { self.look_up(value, text) }
    }

    #[inline(never)]
    fn look_up(&mut self, value: K, text: impl FnOnce(K, &mut String)) -> i32 {
        let key = *self.known.entry(value).or_insert_with(|| {
            self.scratch.clear();
            text(value, &mut self.scratch);
            let key = self.texts.len() as i32;
            self.texts.push(self.scratch.as_bytes());
            key
        });
        self.recent[value.mixed() % RECENT] = (value, key);
        key
    }
}

/// An IPv4 address.
pub(super) fn write_ip4(address: u64, text: &mut String) {
    push_ip4(text, (address as u32).to_be_bytes());
}

/// A hardware address.
pub(super) fn write_mac(address: u64, text: &mut String) {
    for (at, byte) in address.to_be_bytes().into_iter().skip(2).enumerate() {
        text.push_str(if at == 0 { "" } else { ":" });
        push_hex(text, byte);
    }
}

/// An IPv6 address (RFC 5952).
pub(super) fn write_ip6(address: u128, text: &mut String) {
    text.push_str(&Ipv6Addr::from(address).to_string());
}
