//! Datagrams put together from their fragments (RFC 815; RFC 5722 where overlaps are forbidden). Numbers and bytes come in; which header
//! they were read from is the caller's knowledge. What waits is bounded in bytes and in time, and what is given up is counted with its reason.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use super::budget::Policy;
use super::feed::Place;
use super::pieces::Pieces;
use super::seen::{Ends, Seen};

/// Bytes that a datagram can have at most: its length field has 16 bits.
const LONGEST: i64 = 65_535;
/// How long is waited for the rest of a datagram (RFC 8200 section 4.5), in nanoseconds.
const PATIENCE: i64 = 60_000_000_000;
/// What a datagram takes beside its pieces.
const DATAGRAM: usize = 256;

/// What all fragments of a datagram have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct DatagramKey {
    /// The sender's address, zeros behind it.
    pub source: [u8; 16],
    /// The receiver's.
    pub target: [u8; 16],
    /// The bytes of an address.
    pub width: u8,
    /// What is carried, where that is a part of the datagram's name: it is not in version 6, whose first fragment alone says it (RFC 8200).
    pub protocol: u8,
    /// Network layers around it in the frame.
    pub depth: u8,
    /// The virtual networks it was sent in.
    pub tags: [u16; 2],
    /// The number that the sender gave it.
    pub id: u32,
}

impl DatagramKey {
    /// Of what was seen, if it is a piece.
    pub fn of(seen: &Seen) -> Option<Self> {
        let Ends { source, target, width, protocol, .. } = seen.ends;
        let protocol = if width == 16 { 0 } else { protocol };
        Some(Self { source, target, width, protocol, depth: seen.depth, tags: seen.tags, id: seen.piece?.id })
    }
}

/// A fragment.
#[derive(Clone, Copy, Debug)]
pub struct Fragment<'a> {
    /// Where in the datagram it belongs.
    pub offset: u32,
    /// Others are behind it.
    pub more: bool,
    /// What was captured of its bytes.
    pub bytes: &'a [u8],
    /// How many it had on the wire.
    pub len: u32,
    /// What is before it in its frame: of the datagram's first fragment it is kept.
    pub head: &'a [u8],
    /// The packet.
    pub place: Place,
    /// True if overlaps are forbidden: the datagram is thrown away then (RFC 5722). A fragment that came twice is none.
    pub strict: bool,
}

impl<'a> Fragment<'a> {
    /// Of what was seen in a frame, if it is a piece. Overlaps are forbidden in version 6.
    pub fn of(seen: &Seen, frame: &'a [u8], place: Place) -> Option<Self> {
        let (piece, start) = (seen.piece?, seen.start as usize);
        let bytes = frame.get(start..start + seen.captured as usize)?;
        let (offset, more, strict) = (piece.offset, piece.more, seen.ends.width == 16);
        Some(Self { offset, more, bytes, len: seen.promised, head: frame.get(..start)?, place, strict })
    }
}

/// A datagram that is whole again.
#[derive(Debug, Default)]
pub struct Whole {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What was before them in the frame of the first fragment.
    pub head: Vec<u8>,
    /// The packets that carried them, in the order of the bytes.
    pub places: Vec<Place>,
}

/// Why a fragment, or a datagram with all that came of it, is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// Not all of it was captured.
    Cut,
    /// It has no bytes.
    Empty,
    /// It ends beyond the longest datagram.
    TooLong,
    /// Overlaps are forbidden, and it overlaps another.
    Overlap,
    /// Two say that they are the last, at different places, or there is one behind the last.
    Contradiction,
    /// The rest did not come in time.
    Timeout,
    /// Too much waited: the oldest was given up.
    Cap,
    /// The capture ended.
    End,
}

impl Refusal {
    /// Every reason.
    pub const ALL: [Self; 8] = [Self::Cut, Self::Empty, Self::TooLong, Self::Overlap, Self::Contradiction, Self::Timeout, Self::Cap, Self::End];

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cut => "cut",
            Self::Empty => "empty",
            Self::TooLong => "too long",
            Self::Overlap => "overlap",
            Self::Contradiction => "contradiction",
            Self::Timeout => "timeout",
            Self::Cap => "cap",
            Self::End => "end",
        }
    }
}

/// What became of a fragment.
#[derive(Debug)]
pub enum Outcome {
    /// It waits for the others.
    Waits,
    /// It was the last that was missing.
    Whole(Whole),
    /// It is not used.
    Refused(Refusal),
}

/// How many fragments and datagrams there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Fragments.
    pub fragments: u64,
    /// Datagrams that became whole.
    pub whole: u64,
    /// Bytes that came more than once.
    pub repeated: u64,
    /// Bytes that came more than once and were not the same.
    pub conflicts: u64,
    /// What was not used, by reason: fragments for what is wrong with one of them, else datagrams.
    pub refused: [u64; Refusal::ALL.len()],
}

#[derive(Debug, Default)]
struct Datagram {
    serial: u64,
    since: i64,
    pieces: Pieces,
    bytes: i64,
    head: Vec<u8>,
    end: Option<i64>,
}

impl Datagram {
    fn size(&self) -> usize {
        self.pieces.size + self.head.len() + DATAGRAM
    }
}

/// Puts datagrams together.
#[derive(Debug)]
pub struct Defragmenter {
    waiting: FxHashMap<DatagramKey, Datagram>,
    /// Who came first; those that are no more are passed over.
    order: VecDeque<(DatagramKey, u64)>,
    policy: Policy,
    cap: usize,
    used: usize,
    serial: u64,
    now: i64,
    counted: Counted,
}

impl Default for Defragmenter {
    fn default() -> Self {
        Self::new(16 << 20, Policy::First)
    }
}

impl Defragmenter {
    /// With so many bytes for all that waits.
    pub fn new(cap: usize, policy: Policy) -> Self {
        let (waiting, order) = (FxHashMap::default(), VecDeque::new());
        Self { waiting, order, policy, cap, used: 0, serial: 0, now: i64::MIN, counted: Counted::default() }
    }

    /// Another fragment.
    pub fn add(&mut self, key: DatagramKey, fragment: &Fragment<'_>) -> Outcome {
        self.counted.fragments += 1;
        // Time is the packets' own, and never runs back.
        self.now = self.now.max(fragment.place.time.unwrap_or(i64::MIN));
        self.forget_old();
        let (from, to) = (i64::from(fragment.offset), i64::from(fragment.offset) + i64::from(fragment.len));
        let refusal = match () {
            () if (fragment.bytes.len() as u64) < u64::from(fragment.len) => Some(Refusal::Cut),
            () if fragment.len == 0 => Some(Refusal::Empty),
            () if to > LONGEST => Some(Refusal::TooLong),
            () => None,
        };
        if let Some(refusal) = refusal {
            return self.refuse(refusal);
        }
        let serial = self.serial;
        let datagram = self.waiting.entry(key).or_insert_with(|| Datagram { serial, since: self.now, ..Datagram::default() });
        if datagram.serial == serial && datagram.pieces.is_empty() {
            self.serial += 1;
            self.used += DATAGRAM;
            self.order.push_back((key, serial));
        }
        let before = datagram.size();
        let ends_elsewhere = datagram.end.is_some_and(|end| to > end || !fragment.more && to != end);
        if ends_elsewhere || !fragment.more && datagram.pieces.end().is_some_and(|last| last > to) {
            self.drop(key);
            return self.refuse(Refusal::Contradiction);
        }
        let bytes = &fragment.bytes[..fragment.len as usize];
        let overlap = datagram.pieces.add(from, bytes, fragment.place, self.policy);
        datagram.bytes += i64::from(fragment.len) - overlap.repeated as i64;
        self.counted.repeated += overlap.repeated as u64;
        self.counted.conflicts += overlap.conflicts as u64;
        if !fragment.more {
            datagram.end = Some(to);
        }
        if fragment.offset == 0 && datagram.head.is_empty() {
            datagram.head = fragment.head.to_vec();
        }
        self.used = self.used + datagram.size() - before;
        let same = overlap.conflicts == 0 && overlap.repeated == bytes.len();
        if fragment.strict && overlap.repeated > 0 && !same {
            self.drop(key);
            return self.refuse(Refusal::Overlap);
        }
        if datagram.end == Some(datagram.bytes) {
            let whole = self.drop(key).map(Datagram::join).unwrap_or_default();
            self.counted.whole += 1;
            return Outcome::Whole(whole);
        }
        self.keep_to_the_cap();
        Outcome::Waits
    }

    /// The capture is at its end: give up what waits.
    pub fn finish(&mut self) {
        self.counted.refused[Refusal::End as usize] += self.waiting.len() as u64;
        self.waiting.clear();
        self.order.clear();
        self.used = 0;
    }

    /// What there was so far.
    pub fn counted(&self) -> Counted {
        self.counted
    }

    /// What waits, in bytes, with what it takes to keep it.
    pub fn used(&self) -> usize {
        self.used
    }

    fn refuse(&mut self, refusal: Refusal) -> Outcome {
        self.counted.refused[refusal as usize] += 1;
        Outcome::Refused(refusal)
    }

    fn drop(&mut self, key: DatagramKey) -> Option<Datagram> {
        let datagram = self.waiting.remove(&key)?;
        self.used -= datagram.size();
        Some(datagram)
    }

    /// Give up what waited too long. The oldest are first, as time never runs back.
    fn forget_old(&mut self) {
        while let Some((key, serial)) = self.order.front().copied() {
            match self.waiting.get(&key).filter(|datagram| datagram.serial == serial) {
                Some(datagram) if self.now.saturating_sub(datagram.since) <= PATIENCE => return,
                Some(_) => {
                    self.drop(key);
                    self.counted.refused[Refusal::Timeout as usize] += 1;
                }
                None => {}
            }
            self.order.pop_front();
        }
    }

    fn keep_to_the_cap(&mut self) {
        while self.used > self.cap
            && let Some((key, serial)) = self.order.pop_front()
        {
            if self.waiting.get(&key).is_some_and(|datagram| datagram.serial == serial) {
                self.drop(key);
                self.counted.refused[Refusal::Cap as usize] += 1;
            }
        }
    }
}

impl Datagram {
    fn join(mut self) -> Whole {
        let (mut bytes, mut places) = (Vec::with_capacity(self.bytes as usize), Vec::with_capacity(self.pieces.len()));
        while let Some((_, piece)) = self.pieces.pop_first() {
            bytes.extend_from_slice(&piece.bytes);
            if places.last() != Some(&piece.place) {
                places.push(piece.place);
            }
        }
        Whole { bytes, head: self.head, places }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fragment(frame: u64, offset: u32, more: bool, bytes: &[u8]) -> Fragment<'_> {
        let place = Place { frame, time: Some(frame as i64 * 1_000_000_000) };
        Fragment { offset, more, bytes, len: bytes.len() as u32, head: if offset == 0 { b"head" } else { b"other" }, place, strict: false }
    }

    fn whole(outcome: Outcome) -> Whole {
        let Outcome::Whole(whole) = outcome else { panic!("{outcome:?}") };
        whole
    }

    #[test]
    fn fragments_in_any_order_are_a_datagram() {
        let pieces =
            [fragment(1, 16, false, b"end"), fragment(2, 0, true, b"01234567"), fragment(3, 8, true, b"89abcdef"), fragment(4, 0, true, b"01234567")];
        for order in [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1]] {
            let mut table = Defragmenter::default();
            let key = DatagramKey { id: 7, ..DatagramKey::default() };
            for at in &order[..2] {
                assert!(matches!(table.add(key, &pieces[*at]), Outcome::Waits));
                assert!(matches!(table.add(DatagramKey { id: 8, ..key }, &fragment(9, 8, true, b"others  ")), Outcome::Waits));
            }
            let whole = whole(table.add(key, &pieces[order[2]]));
            assert_eq!((whole.bytes.as_slice(), whole.head.as_slice()), (&b"0123456789abcdefend"[..], &b"head"[..]));
            assert_eq!(whole.places.iter().map(|place| place.frame).collect::<Vec<_>>(), [2, 3, 1]);
            assert_eq!(table.counted().whole, 1);
            table.finish();
            assert_eq!((table.used(), table.counted().refused[Refusal::End as usize]), (0, 1));
        }
    }

    #[test]
    fn overlaps_follow_the_policy_or_are_refused() {
        for (policy, expected) in [(Policy::First, b"0123456789ABCDEF"), (Policy::Last, b"01234567xxxxCDEF")] {
            let mut table = Defragmenter::new(1 << 20, policy);
            let key = DatagramKey::default();
            table.add(key, &fragment(1, 8, false, b"89ABCDEF"));
            table.add(key, &fragment(2, 8, true, b"xxxx"));
            assert_eq!(whole(table.add(key, &fragment(3, 0, true, b"01234567"))).bytes, expected);
            assert_eq!((table.counted().repeated, table.counted().conflicts, table.used()), (4, 4, 0));
        }
        let mut table = Defragmenter::default();
        let strict = |frame, offset, more, bytes| Fragment { strict: true, ..fragment(frame, offset, more, bytes) };
        let key = DatagramKey::default();
        table.add(key, &strict(1, 8, false, b"89ABCDEF"));
        assert!(matches!(table.add(key, &strict(2, 8, false, b"89ABCDEF")), Outcome::Waits), "it came twice");
        assert!(matches!(table.add(key, &strict(3, 0, true, b"0123456789")), Outcome::Refused(Refusal::Overlap)));
        assert_eq!(table.used(), 0);
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_reason() {
        let mut table = Defragmenter::new(4000, Policy::First);
        let key = |id| DatagramKey { id, ..DatagramKey::default() };
        let reason = |outcome: Outcome| if let Outcome::Refused(refusal) = outcome { Some(refusal) } else { None };
        assert_eq!(reason(table.add(key(1), &fragment(1, 65_528, false, b"ping of death"))), Some(Refusal::TooLong));
        assert_eq!(reason(table.add(key(1), &fragment(1, 0, true, b""))), Some(Refusal::Empty));
        assert_eq!(reason(table.add(key(1), &Fragment { len: 99, ..fragment(1, 0, true, b"cut") })), Some(Refusal::Cut));
        table.add(key(1), &fragment(1, 8, false, b"end"));
        assert_eq!(reason(table.add(key(1), &fragment(1, 16, false, b"end"))), Some(Refusal::Contradiction));
        // The oldest are given up, first for what they take, then for their age.
        for id in 0..20 {
            table.add(key(id), &fragment(2, 8, true, &[0; 200]));
        }
        assert!(table.used() <= 4000 && table.counted().refused[Refusal::Cap as usize] > 10);
        table.add(key(99), &fragment(70, 0, true, b"01234567"));
        assert_eq!(table.waiting.len(), 1);
        assert!(table.counted().refused[Refusal::Timeout as usize] > 0);
    }
}
