//! Indexes as a file beside nothing: kept in a cache, believed only for the very captures that they were made of, one or several with the order of
//! their packets. Says what the bytes are; where the file lies is the caller's business.

use std::io;

use super::finder::{ReadAt, read_full};
use super::index::{Index, Mark, STRIDE};
use super::order::Order;

const MAGIC: u64 = u64::from_le_bytes(*b"unwidx\0\x03");
/// Of the indexes of several captures and their order.
const SEVERAL: u64 = u64::from_le_bytes(*b"unwidxs\x01");
/// Words behind the lists: the magic, what tells the capture, how much there is of what.
const TAIL_WORDS: usize = 8;
/// Of the capture's head and tail so many bytes each are summed up.
const LOOKED_AT: u64 = 64 << 10;

/// What tells a capture from another, or from itself at another time: size, time of the last change, and a sum of head and tail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    size: u64,
    modified: i64,
    sum: u64,
}

impl Identity {
    /// Of a source that has this size and was last changed at this time.
    pub fn of(source: &dyn ReadAt, size: u64, modified: i64) -> io::Result<Self> {
        let mut sum = Sum::default();
        for offset in [0, size.saturating_sub(LOOKED_AT)] {
            let mut room = vec![0; LOOKED_AT.min(size) as usize];
            let read = read_full(source, &mut room, offset)?;
            sum.add(room.get(..read).unwrap_or_default());
        }
        Ok(Self { size, modified, sum: sum.0 })
    }
}

/// An index in the form in which it is kept.
pub struct Sidecar;

impl Sidecar {
    /// The bytes to keep; `None` where there is no whole index.
    pub fn write(identity: &Identity, index: &Index) -> Option<Vec<u8>> {
        if !index.complete {
            return None;
        }
        // The long list stands first, so that who reads the file keeps its bytes as they are.
        let mut out = index.steps.clone();
        let marks = index.marks.iter().flat_map(|mark| [mark.offset, mark.time as u64]);
        let states = index.states.iter().flat_map(|(offset, len)| [*offset, u64::from(*len)]);
        let counts = [index.count, index.end, index.marks.len() as u64, index.states.len() as u64];
        let tail = [MAGIC, identity.size, identity.modified as u64, identity.sum].into_iter().chain(counts);
        for word in marks.chain(states).chain(tail) {
            out.extend_from_slice(&word.to_le_bytes());
        }
        let mut sum = Sum::default();
        sum.add(&out);
        out.extend_from_slice(&sum.0.to_le_bytes());
        Some(out)
    }

    /// The index that was kept; `None` if it is another capture's, or damaged.
    pub fn read(identity: &Identity, mut bytes: Vec<u8>) -> Option<Index> {
        let (body, end) = bytes.split_at_checked(bytes.len().checked_sub(8)?)?;
        let mut sum = Sum::default();
        sum.add(body);
        if end != sum.0.to_le_bytes() {
            return None;
        }
        let (lists, tail) = body.split_at_checked(body.len().checked_sub(8 * TAIL_WORDS)?)?;
        let mut tail = tail.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word));
        let mut next = || tail.next();
        let (magic, found) = (next()?, Identity { size: next()?, modified: next()? as i64, sum: next()? });
        let (count, end, marks, states) = (next()?, next()?, next()?, next()?);
        let steps = usize::try_from(count).ok()?.saturating_sub(1).checked_mul(2)?;
        let words = usize::try_from(marks.checked_add(states)?.checked_mul(16)?).ok()?;
        if magic != MAGIC || found != *identity || lists.len() != steps.checked_add(words)? || marks != count.div_ceil(STRIDE) {
            return None;
        }
        let mut words = lists.get(steps..)?.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word));
        let mut index = Index { count, end, complete: true, ..Index::default() };
        index.marks.reserve(marks as usize);
        for _ in 0..marks {
            index.marks.push(Mark { offset: words.next()?, time: words.next()? as i64 });
        }
        for _ in 0..states {
            index.states.push((words.next()?, u32::try_from(words.next()?).ok()?));
        }
        bytes.truncate(steps);
        index.steps = bytes;
        Some(index)
    }

    /// The bytes to keep of several captures opened together: their indexes, the order of their packets, and how long each of these is.
    pub fn write_several(identities: &[Identity], indexes: &[Index], order: &Order) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let mut lengths = Vec::with_capacity(indexes.len());
        for (identity, index) in identities.iter().zip(indexes) {
            let one = Self::write(identity, index)?;
            lengths.push(one.len() as u64);
            out.extend_from_slice(&one);
        }
        let begin = out.len();
        order.keep(&mut out);
        let sizes = lengths.iter().copied().chain([(out.len() - begin) as u64, lengths.len() as u64, SEVERAL]);
        let tail: Vec<u8> = sizes.flat_map(u64::to_le_bytes).collect();
        out.extend_from_slice(&tail);
        // The indexes have sums of their own.
        let mut sum = Sum::default();
        sum.add(out.get(begin..)?);
        out.extend_from_slice(&sum.0.to_le_bytes());
        Some(out)
    }

    /// The indexes of several captures, in the order given, and the order of their packets; `None` if one is another capture's, or damaged.
    pub fn read_several(identities: &[Identity], bytes: &[u8]) -> Option<(Vec<Index>, Order)> {
        let count = identities.len();
        let (indexes, tail) = bytes.split_at_checked(bytes.len().checked_sub(8 * (count + 4))?)?;
        let words: Vec<u64> = tail.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word)).collect();
        let (lengths, [order_length, found, SEVERAL, expected]) = words.split_at_checked(count)? else { return None };
        let begin = indexes.len().checked_sub(usize::try_from(*order_length).ok()?)?;
        let mut sum = Sum::default();
        sum.add(bytes.get(begin..bytes.len() - 8)?);
        if sum.0 != *expected || *found != count as u64 {
            return None;
        }
        let (mut rest, order) = indexes.split_at_checked(begin)?;
        let mut read = Vec::with_capacity(count);
        for (identity, length) in identities.iter().zip(lengths) {
            let (one, behind) = rest.split_at_checked(usize::try_from(*length).ok()?)?;
            read.push(Self::read(identity, one.to_vec())?);
            rest = behind;
        }
        let order = Order::kept(order, read.iter().map(Index::count).collect())?;
        rest.is_empty().then_some((read, order))
    }
}

/// A sum that sees accidents, not enemies: whoever can write the cache can write the capture.
#[derive(Default)]
struct Sum(u64);

impl Sum {
    fn add(&mut self, bytes: &[u8]) {
        // Four sums beside each other, because each multiplication waits for the one before it.
        let (rows, rest) = bytes.as_chunks::<32>();
        let mut lanes = [self.0, 1, 2, 3];
        for row in rows {
            for (lane, word) in lanes.iter_mut().zip(row.as_chunks::<8>().0) {
                *lane = mixed(*lane, u64::from_le_bytes(*word));
            }
        }
        let mut last = [0; 32];
        if let Some(room) = last.get_mut(..rest.len()) {
            room.copy_from_slice(rest);
        }
        let ends = last.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word));
        self.0 = lanes.into_iter().chain(ends).chain([bytes.len() as u64]).fold(0, mixed);
    }
}

fn mixed(sum: u64, word: u64) -> u64 {
    (sum.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95)
}
