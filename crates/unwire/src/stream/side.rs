//! One direction of a connection: which bytes are there, which are missing, and what was handed on. Knows nothing of the other direction but its
//! acknowledgements, and nothing of who reads.

use super::budget::Budget;
use super::feed::Place;
use super::pieces::{Piece, Pieces};

/// What a direction had, in bytes unless said otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Handed on.
    pub bytes: u64,
    /// Missing.
    pub missing: u64,
    /// Runs of missing bytes.
    pub gaps: u64,
    /// That were there already.
    pub repeated: u64,
    /// That were there already, and others.
    pub conflicts: u64,
    /// Segments that came before one that is before them.
    pub early: u64,
    /// That came too late, or after the end.
    pub unused: u64,
}

/// One direction. Places of bytes are counted from the first sequence number that was seen, so they do not wrap.
#[derive(Debug, Default)]
pub(super) struct Side {
    /// A place and its sequence number, near what comes next.
    edge: Option<(i64, u32)>,
    /// The first place that was seen, as long as it is not known where the stream begins.
    lowest: i64,
    /// True if it is known where the stream begins.
    pub began: bool,
    /// The place of the next byte to be handed on.
    next: i64,
    /// What waits for bytes before it.
    held: Pieces,
    /// Up to where the other end has everything, if it said so.
    acknowledged: Option<i64>,
    /// Where its sender said that it ends.
    finish: Option<i64>,
    pub ended: bool,
    /// When the hole at `next` was first known to be one that nobody fills.
    since: Option<u32>,
    pub counts: Counts,
}

impl Side {
    /// The place of a sequence number. Those up to 2 GiB from where the stream is are told apart.
    fn place(&mut self, sequence: u32) -> i64 {
        let (place, near) = *self.edge.get_or_insert((0, sequence));
        place + i64::from(sequence.wrapping_sub(near) as i32)
    }

    /// The stream begins with this sequence number.
    pub(super) fn begin(&mut self, sequence: u32) {
        if !self.began {
            self.next = self.place(sequence);
            self.began = true;
        }
    }

    /// A segment with this sequence number was seen, whatever it carries.
    pub(super) fn see(&mut self, sequence: u32) {
        if !self.began {
            let fresh = self.edge.is_none();
            let place = self.place(sequence);
            self.lowest = if fresh { place } else { self.lowest.min(place) };
        }
    }

    /// True if nothing waits, no end was told, and it is known where the stream begins, as far as anything of it was seen.
    pub(super) fn is_quiet(&self) -> bool {
        self.held.is_empty() && self.finish.is_none() && (self.began || self.edge.is_none())
    }

    /// It is not waited any longer for how the stream began: what was seen first is taken for that, if anything was.
    pub(super) fn settle(&mut self) {
        if !self.began && self.edge.is_some() {
            (self.next, self.began) = (self.lowest, true);
        }
    }

    /// True if bytes at this sequence number are next, and nothing waits.
    pub(super) fn is_next(&mut self, sequence: u32) -> bool {
        self.began && self.held.is_empty() && self.finish.is_none() && self.place(sequence) == self.next
    }

    /// So many bytes were handed on.
    pub(super) fn advance(&mut self, bytes: usize) {
        let sequence = self.sequence(self.next).wrapping_add(bytes as u32);
        self.next += bytes as i64;
        self.edge = Some((self.next, sequence));
        self.since = None;
        self.counts.bytes += bytes as u64;
    }

    fn sequence(&self, place: i64) -> u32 {
        self.edge.map_or(0, |(near, sequence)| sequence.wrapping_add((place - near) as u32))
    }

    /// Keep bytes until those before them are there.
    pub(super) fn hold(&mut self, sequence: u32, bytes: &[u8], place: Place, budget: &mut Budget) {
        let mut from = self.place(sequence);
        let mut bytes = bytes;
        // Before it is known where the stream begins, nothing is too late.
        if self.began && from < self.next {
            let late = usize::try_from(self.next - from).unwrap_or(usize::MAX).min(bytes.len());
            self.counts.repeated += late as u64;
            (from, bytes) = (self.next, &bytes[late..]);
        }
        let end = if self.began { self.finish } else { None };
        if let Some(end) = end {
            let room = usize::try_from((end - from).max(0)).unwrap_or(usize::MAX).min(bytes.len());
            self.counts.unused += (bytes.len() - room) as u64;
            bytes = &bytes[..room];
        }
        if bytes.is_empty() {
            return;
        }
        self.counts.early += u64::from(self.began && from > self.next);
        let before = self.held.size;
        let overlap = self.held.add(from, bytes, place, budget.policy);
        budget.change(before, self.held.size);
        self.counts.repeated += overlap.repeated as u64;
        self.counts.conflicts += overlap.conflicts as u64;
    }

    /// The sender says that the stream ends before this sequence number. What was handed on already cannot be behind the end.
    pub(super) fn finish(&mut self, sequence: u32) {
        let place = self.place(sequence);
        if !self.began || place >= self.next {
            self.finish = Some(self.finish.map_or(place, |known| known.min(place)));
        }
    }

    /// The receiver has everything before this sequence number.
    pub(super) fn acknowledge(&mut self, sequence: u32) {
        if self.edge.is_some() {
            let place = self.place(sequence);
            self.acknowledged = self.acknowledged.max(Some(place));
        }
    }

    /// The packet that carried what could be handed on now, if there is something.
    pub(super) fn ready(&self) -> Option<Place> {
        let (at, piece) = self.held.first()?;
        (self.began && at <= self.next).then_some(piece.place)
    }

    /// The packet that carried what comes behind the hole.
    pub(super) fn behind(&self) -> Option<Place> {
        self.held.first().map(|(_, piece)| piece.place)
    }

    /// Take what is handed on now. What is before `next` was decided when the stream was settled, and is left out.
    pub(super) fn pop(&mut self, budget: &mut Budget) -> Option<(Piece, usize)> {
        let before = self.held.size;
        let (at, piece) = self.held.pop_first()?;
        budget.change(before, self.held.size);
        let late = usize::try_from(self.next - at).unwrap_or(0).min(piece.bytes.len());
        self.counts.unused += late as u64;
        let new = piece.bytes.len() - late;
        if let Some(end) = self.finish {
            // An end that was known before the beginning is checked now.
            self.finish = Some(end).filter(|end| *end >= self.next + new as i64);
        }
        self.advance(new);
        Some((piece, late))
    }

    /// Where the hole at `next` ends; None if there is none, or nothing behind it is known.
    fn hole(&self) -> Option<i64> {
        let end = self.held.first().map(|(at, _)| at).or(self.finish)?;
        (self.began && end > self.next).then_some(end)
    }

    /// True if anything of the direction was seen.
    pub(super) fn was_seen(&self) -> bool {
        self.edge.is_some()
    }

    /// True if the hole was acknowledged, or cannot be, and stayed one for so many packets of the connection.
    pub(super) fn is_lost(&mut self, packets: u32, patience: u32, alone: bool) -> bool {
        match self.hole() {
            Some(end) if alone || self.acknowledged >= Some(end) => packets.wrapping_sub(*self.since.get_or_insert(packets)) >= patience,
            _ => false,
        }
    }

    /// Go on behind the hole: how many bytes it had, and whether they were acknowledged.
    pub(super) fn skip(&mut self) -> Option<(u64, bool)> {
        let end = self.hole()?;
        Some(self.skip_to(end))
    }

    /// Go on where the receiver says that it has everything, if nothing else is left. The end takes a sequence number, so one alone says nothing.
    pub(super) fn skip_tail(&mut self) -> Option<(u64, bool)> {
        let end = self.acknowledged.filter(|end| self.finish.is_none() && *end > self.next + 1)?;
        (self.began && self.held.is_empty()).then(|| self.skip_to(end))
    }

    fn skip_to(&mut self, end: i64) -> (u64, bool) {
        let bytes = (end - self.next) as u64;
        self.edge = Some((end, self.sequence(end)));
        (self.next, self.since) = (end, None);
        self.counts.missing += bytes;
        self.counts.gaps += 1;
        (bytes, self.acknowledged >= Some(end))
    }

    /// True if everything up to the end that the sender told was handed on.
    pub(super) fn is_finished(&self) -> bool {
        self.began && self.held.is_empty() && self.finish.is_some_and(|end| end <= self.next)
    }

    /// What waits, in bytes, with what it takes to keep it.
    pub(super) fn waiting(&self) -> usize {
        self.held.size
    }

    /// Forget what waits.
    pub(super) fn clear(&mut self, budget: &mut Budget) {
        budget.change(self.held.size, 0);
        self.held.clear();
    }
}
