//! Addresses as texts: each distinct one once, and for each row which it is. A value is looked up as a number, and becomes a text in the end.
//! Knows no packet and no schema.

use std::net::Ipv6Addr;

use ahash::RandomState;

use super::strings::{Strings, emptied};
use crate::digits::{hex, ip4_digits};

/// Distinct values, known by exact numbers, and the rows that have them. They become texts in the end.
#[derive(Debug)]
pub(super) struct Dictionary<K> {
    keys: Vec<i32>,
    known: Distinct<K>,
    /// The values of the block's rows, before they are looked up.
    pub(super) block: Vec<K>,
    /// The rows of the block whose values were not where they are looked for first.
    missed: Vec<u32>,
}

/// A value, which batch had it last, and its number there.
#[derive(Clone, Copy, Debug, Default)]
struct Slot<K> {
    value: K,
    batch: u32,
    number: u32,
}

/// Values in the order in which they were first seen.
#[derive(Debug)]
struct Distinct<K> {
    values: Vec<K>,
    /// Where each value is, near to where its bits say; most are free. What earlier batches left is free, too.
    slots: Vec<Slot<K>>,
    /// The number of the batch, from 1.
    batch: u32,
    /// Mixed with values, so that nobody can choose some that are all at one place.
    secret: u64,
}

/// Slots that there are at least, and for each value.
const LEAST_SLOTS: usize = 256;
const SLOTS_PER_VALUE: usize = 4;

impl<K: Exact> Dictionary<K> {
    pub(super) fn new() -> Self {
        Self { keys: Vec::new(), known: Distinct::new(), block: Vec::new(), missed: Vec::new() }
    }

    /// The keys of the rows, and the texts of the values: from here on both begin anew.
    pub(super) fn take(&mut self, text: impl Fn(K, &mut Vec<u8>)) -> (Vec<i32>, Strings) {
        (emptied(&mut self.keys), self.known.take(text))
    }

    /// Begin a block of so many rows.
    pub(super) fn open(&mut self, rows: usize) {
        self.block.clear();
        self.block.resize(rows, K::default());
    }

    /// End it: look the values up, in the order of the rows. `has` says which rows have one, but for those that are null; `first` is the
    /// block's first row.
    pub(super) fn close(&mut self, has: &[u8], first: u32, nulls: &[u32]) {
        let masked: Vec<u8>;
        let has = if nulls.is_empty() {
            has
        } else {
            masked = has.iter().zip(first..).map(|(has, row)| *has & u8::from(!nulls.contains(&row))).collect();
            &masked
        };
        let Self { keys, known, block, missed } = self;
        let begin = keys.len();
        known.first(block, has, keys);
        let fresh = keys.get_mut(begin..).unwrap_or_default();
        missed.resize(fresh.len() + 1, 0);
        for row in unknown(fresh, missed) {
            if let (Some(key), Some(value)) = (fresh.get_mut(*row as usize), block.get(*row as usize)) {
                *key = known.key(*value);
            }
        }
    }

    /// Add a row with this value.
    #[inline]
    pub(super) fn push(&mut self, value: K) {
        self.keys.push(self.known.key(value));
    }

    /// Add a row without one.
    pub(super) fn push_filler(&mut self) {
        self.keys.push(0);
    }

    /// Take the last row back.
    pub(super) fn pop(&mut self) {
        self.keys.pop();
    }
}

/// The rows whose keys are below 0; `rows` has room for one more than all.
#[inline(never)]
fn unknown<'r>(keys: &[i32], rows: &'r mut [u32]) -> &'r [u32] {
    let mut count = 0;
    for (key, row) in keys.iter().zip(0..) {
        if let Some(place) = rows.get_mut(count) {
            *place = row;
        }
        count += usize::from(*key < 0);
    }
    rows.get(..count).unwrap_or_default()
}

impl<K: Exact> Distinct<K> {
    fn new() -> Self {
        Self { values: Vec::new(), slots: vec![Slot::default(); LEAST_SLOTS], batch: 1, secret: RandomState::new().hash_one(0) }
    }

    /// Add the numbers of some values, of those that are where they are looked for first: -1 for another, 0 for a row that has none. Which
    /// they are cannot be foreseen, so it is not asked, and where one is does not depend on the one before: many are on their way at once.
    #[inline(never)]
    fn first(&self, values: &[K], has: &[u8], keys: &mut Vec<i32>) {
        let (slots, secret, batch) = (self.slots.as_slice(), self.secret, self.batch);
        let Some(last) = slots.len().checked_sub(1) else { return };
        keys.extend(values.iter().zip(has).map(|(value, has)| {
            let slot = &slots[value.mixed(secret) & last];
            let known = i32::from(slot.value == *value) & i32::from(slot.batch == batch);
            (slot.number as i32 | (known - 1)) & -i32::from(*has)
        }));
    }

    /// The number of the value.
    #[inline]
    fn key(&mut self, value: K) -> i32 {
        let mut at = value.mixed(self.secret) & (self.slots.len() - 1);
        let number = self.values.len() as u32;
        while let Some(slot) = self.slots.get_mut(at) {
            if slot.batch != self.batch {
                *slot = Slot { value, batch: self.batch, number };
                break;
            }
            if slot.value == value {
                return slot.number as i32;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.values.push(value);
        if SLOTS_PER_VALUE * self.values.len() > self.slots.len() {
            self.spread(2 * self.slots.len());
        }
        number as i32
    }

    /// Have so many slots.
    #[cold]
    fn spread(&mut self, slots: usize) {
        self.slots.clear();
        self.slots.resize(slots, Slot::default());
        for (value, number) in self.values.iter().zip(0..) {
            let mut at = value.mixed(self.secret) & (slots - 1);
            while self.slots[at].batch == self.batch {
                at = (at + 1) & (slots - 1);
            }
            self.slots[at] = Slot { value: *value, batch: self.batch, number };
        }
    }

    /// The values as texts; from here on there are none.
    fn take(&mut self, text: impl Fn(K, &mut Vec<u8>)) -> Strings {
        let mut texts = Strings::with_capacity(self.values.len());
        self.values.iter().for_each(|value| texts.write(|data| text(*value, data)));
        // The next batch will be much like this one; much more room than was needed is let go, and so are numbers of batches that come again.
        let needed = (SLOTS_PER_VALUE * self.values.len()).next_power_of_two().max(LEAST_SLOTS);
        self.values.clear();
        self.batch = self.batch.wrapping_add(1);
        if self.batch == 0 || self.slots.len() > 4 * needed {
            (self.slots, self.values, self.batch) = (vec![Slot::default(); needed], Vec::new(), 1);
        }
        texts
    }
}

/// A value as a number that is its own: two values with one number are one value.
pub(super) trait Exact: Copy + Eq + Default {
    /// Some bits of it, well mixed by secret ones.
    fn mixed(self, secret: u64) -> usize;
}

impl Exact for u64 {
    #[inline(always)]
    fn mixed(self, secret: u64) -> usize {
        folded(self ^ secret, 0x9E37_79B9_7F4A_7C15)
    }
}

impl Exact for u128 {
    #[inline(always)]
    fn mixed(self, secret: u64) -> usize {
        folded(self as u64 ^ secret, (self >> 64) as u64 ^ secret.rotate_left(32))
    }
}

/// The halves of a product, of which each bit depends on all bits of both numbers.
#[inline(always)]
fn folded(one: u64, two: u64) -> usize {
    let product = u128::from(one) * u128::from(two);
    (product as u64 ^ (product >> 64) as u64) as usize
}

/// An IPv4 address.
#[inline]
pub(super) fn write_ip4(address: u64, text: &mut Vec<u8>) {
    let (digits, len) = ip4_digits((address as u32).to_be_bytes());
    let end = text.len() + len;
    text.extend_from_slice(&digits);
    text.truncate(end);
}

/// A hardware address.
#[inline]
pub(super) fn write_mac(address: u64, text: &mut Vec<u8>) {
    let [_, _, bytes @ ..] = address.to_be_bytes();
    let mut digits = [b':'; 18];
    for (digits, byte) in digits.chunks_exact_mut(3).zip(bytes) {
        digits[..2].copy_from_slice(&hex(byte));
    }
    text.extend_from_slice(&digits);
    text.truncate(text.len() - 1);
}

/// An IPv6 address (RFC 5952).
pub(super) fn write_ip6(address: u128, text: &mut Vec<u8>) {
    text.extend_from_slice(Ipv6Addr::from(address).to_string().as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Few values that are frequent and many that are not, of rows that have one or not, in blocks.
    fn blocks() -> impl Strategy<Value = Vec<Vec<(u64, bool)>>> {
        let value = prop_oneof![0..4_u64, 0..3000_u64, any::<u32>().prop_map(u64::from)];
        prop::collection::vec(prop::collection::vec((value, any::<bool>()), 0..400), 0..6)
    }

    /// The keys and texts of a batch, by the book: each value's text where it was first seen.
    fn plainly(blocks: &[Vec<(u64, bool)>]) -> (Vec<i32>, Vec<String>) {
        let mut texts: Vec<String> = Vec::new();
        let key = |(value, has): &(u64, bool)| {
            let text = value.to_string();
            let known = texts.iter().position(|known| *known == text);
            match (has, known) {
                (false, _) => 0,
                (true, Some(known)) => known as i32,
                (true, None) => {
                    texts.push(text);
                    texts.len() as i32 - 1
                }
            }
        };
        (blocks.iter().flatten().map(key).collect(), texts)
    }

    proptest! {
        #[test]
        fn a_dictionary_has_each_text_once_where_it_was_first_seen(batches in prop::collection::vec(blocks(), 1..4)) {
            let mut dictionary = Dictionary::<u64>::new();
            for blocks in batches {
                for block in &blocks {
                    dictionary.open(block.len());
                    dictionary.block.iter_mut().zip(block).for_each(|(place, (value, _))| *place = *value);
                    let has: Vec<u8> = block.iter().map(|(_, has)| u8::from(*has)).collect();
                    dictionary.close(&has, 0, &[]);
                }
                let (keys, texts) = dictionary.take(|value, text| text.extend_from_slice(value.to_string().as_bytes()));
                let texts: Vec<String> = texts.texts().iter().flatten().map(str::to_owned).collect();
                prop_assert_eq!((keys, texts), plainly(&blocks));
            }
        }

        #[test]
        fn a_row_that_is_null_brings_no_text(rows in prop::collection::vec((0..50_u64, any::<bool>()), 1..100), first in 0..1000_u32) {
            let mut dictionary = Dictionary::<u64>::new();
            dictionary.open(rows.len());
            dictionary.block.iter_mut().zip(&rows).for_each(|(place, (value, _))| *place = *value);
            let nulls: Vec<u32> = rows.iter().zip(first..).filter(|((_, has), _)| !has).map(|(_, row)| row).collect();
            dictionary.close(&vec![1; rows.len()], first, &nulls);
            let (keys, texts) = dictionary.take(|value, text| text.extend_from_slice(value.to_string().as_bytes()));
            let texts: Vec<String> = texts.texts().iter().flatten().map(str::to_owned).collect();
            prop_assert_eq!((keys, texts), plainly(&[rows]));
        }

        #[test]
        fn addresses_are_written_as_everybody_writes_them(ip4 in any::<u32>(), mac in any::<[u8; 6]>(), ip6 in any::<u128>()) {
            let mut text = Vec::new();
            write_ip4(u64::from(ip4), &mut text);
            text.push(b' ');
            let [a, b, c, d, e, f] = mac;
            write_mac(u64::from_be_bytes([0, 0, a, b, c, d, e, f]), &mut text);
            text.push(b' ');
            write_ip6(ip6, &mut text);
            let mac: Vec<String> = mac.iter().map(|byte| format!("{byte:02x}")).collect();
            let expected = format!("{} {} {}", std::net::Ipv4Addr::from(ip4), mac.join(":"), Ipv6Addr::from(ip6));
            prop_assert_eq!(String::from_utf8(text), Ok(expected));
        }
    }
}
