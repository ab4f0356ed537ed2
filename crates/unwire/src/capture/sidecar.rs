//! An index as a file beside nothing: kept in a cache, believed only for the very capture that it was made of. Says what the bytes are; where the
//! file lies is the caller's business.

use std::io;

use super::finder::{ReadAt, read_full};
use super::index::{Index, Mark, STRIDE};

const MAGIC: &[u8; 8] = b"unwidx\0\x02";
/// Seven words.
const HEAD_LEN: usize = 56;
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
        let mut out = MAGIC.to_vec();
        let head =
            [identity.size, identity.modified as u64, identity.sum, index.count, index.end, index.marks.len() as u64, index.states.len() as u64];
        let marks = index.marks.iter().flat_map(|mark| [mark.offset, mark.time as u64]);
        let states = index.states.iter().flat_map(|(offset, len)| [*offset, u64::from(*len)]);
        for word in head.into_iter().chain(marks).chain(states) {
            out.extend_from_slice(&word.to_le_bytes());
        }
        out.extend(index.steps.iter().flat_map(|step| step.to_le_bytes()));
        let mut sum = Sum::default();
        sum.add(&out);
        out.extend_from_slice(&sum.0.to_le_bytes());
        Some(out)
    }

    /// The index that was kept; `None` if it is another capture's, or damaged.
    pub fn read(identity: &Identity, bytes: &[u8]) -> Option<Index> {
        let (body, end) = bytes.split_at_checked(bytes.len().checked_sub(8)?)?;
        let mut sum = Sum::default();
        sum.add(body);
        if end != sum.0.to_le_bytes() {
            return None;
        }
        let body = body.strip_prefix(MAGIC)?;
        let (words, _) = body.as_chunks::<8>();
        let mut words = words.iter().map(|word| u64::from_le_bytes(*word));
        let mut next = || words.next();
        let found = Identity { size: next()?, modified: next()? as i64, sum: next()? };
        let (count, end, marks, states) = (next()?, next()?, next()?, next()?);
        let steps = usize::try_from(count).ok()?.saturating_sub(1);
        let used = usize::try_from(marks.checked_add(states)?.checked_mul(16)?).ok()?.checked_add(HEAD_LEN)?;
        if found != *identity || body.len() != used.checked_add(steps.checked_mul(2)?)? || marks != count.div_ceil(STRIDE) {
            return None;
        }
        let mut index = Index { count, end, complete: true, ..Index::default() };
        index.marks.reserve(marks as usize);
        for _ in 0..marks {
            index.marks.push(Mark { offset: words.next()?, time: words.next()? as i64 });
        }
        for _ in 0..states {
            index.states.push((words.next()?, u32::try_from(words.next()?).ok()?));
        }
        let (steps, _) = body.get(used..)?.as_chunks::<2>();
        index.steps = steps.iter().map(|step| u16::from_le_bytes(*step)).collect();
        Some(index)
    }
}

/// A sum that sees accidents, not enemies: whoever can write the cache can write the capture.
#[derive(Default)]
struct Sum(u64);

impl Sum {
    fn add(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        let mut last = [0; 8];
        if let Some(room) = last.get_mut(..rest.len()) {
            room.copy_from_slice(rest);
        }
        for word in words.iter().chain([&last]) {
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(*word)).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
        self.0 = self.0.rotate_left(5) ^ bytes.len() as u64;
    }
}
