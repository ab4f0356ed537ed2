//! One side of a flow: what it sent, and how far its stream is. The states are Zeek's; how they follow each other is in live.rs.

use crate::stream::flag;

/// Where one side of a stream is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Nothing seen.
    #[default]
    Inactive,
    /// It asked.
    SynSent,
    /// It answered something that was not seen.
    SynAckSent,
    /// It was seen in the middle of a stream.
    Partial,
    /// It talks.
    Established,
    /// It said that no more follows.
    Closed,
    /// It broke off.
    Reset,
}

/// What one side sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Side {
    /// Bytes of network layers.
    pub total: u64,
    /// Packets.
    pub packets: u32,
    /// The number before the first byte; of what is no stream, the low half of the bytes sent.
    pub(super) start: u32,
    /// The number behind the last byte that was sent; else the high half.
    pub(super) last: u32,
    /// The highest number that the other side acknowledged.
    pub(super) acked: u32,
    /// The number up to which all bytes were seen, or given up.
    pub(super) next: u32,
    last_wraps: u8,
    acked_wraps: u8,
    /// Where it is.
    pub state: State,
    /// Where it was before.
    pub(super) before: State,
}

/// A jump of numbers that nobody believes.
const TOO_FAR: i32 = 1 << 20;

pub(super) const fn ahead(of: u32, from: u32) -> i32 {
    of.wrapping_sub(from).cast_signed()
}

impl Side {
    pub(super) fn enter(&mut self, state: State) {
        if state != self.state {
            (self.before, self.state) = (self.state, state);
        }
    }

    /// A number space begins here.
    pub(super) fn begin(&mut self, start: u32, last: u32) {
        (self.start, self.acked, self.last, self.next) = (start, start, last, start.wrapping_add(1));
        (self.last_wraps, self.acked_wraps) = (0, 0);
    }

    /// What the first number of a segment means to its sender's side.
    pub(super) fn take_first(&mut self, flags: u16, first: u32, behind: u32) {
        let syn = flags & flag::SYN != 0;
        match self.state {
            State::Inactive if syn => self.begin(first, behind),
            // As if there had been a SYN before it.
            State::Inactive => self.begin(first.wrapping_sub(1), first),
            State::SynSent | State::SynAckSent if syn && first != self.start => self.begin(first, behind),
            State::Established | State::Partial if syn => self.begin(first, behind),
            State::Reset if syn && self.before == State::Inactive => self.begin(first, behind),
            _ => {}
        }
    }

    /// The number of a byte counted from the side's first.
    pub(super) fn relative(&self, number: u32, last: u32, wraps: u8) -> i64 {
        let delta = ahead(number, last);
        let mut wraps = i64::from(wraps);
        if delta < 0 && wraps > 0 && number > last {
            wraps -= 1;
        } else if delta > 0 && number < last {
            wraps += 1;
        }
        if wraps == 0 { i64::from(ahead(number, self.start)) } else { (wraps << 32) + i64::from(number) - i64::from(self.start) }
    }

    pub(super) fn relative_sequence(&self, number: u32) -> i64 {
        self.relative(number, self.last, self.last_wraps)
    }

    pub(super) fn relative_acknowledged(&self, number: u32) -> i64 {
        self.relative(number, self.acked, self.acked_wraps)
    }

    /// The other side acknowledges up to here.
    pub(super) fn acknowledge(&mut self, number: u32) {
        let delta = ahead(number, self.acked);
        // A zero far away is a broken number more likely than a long stream that happens to be there.
        if delta > 0 && !(number == 0 && delta > TOO_FAR) {
            self.acked_wraps = self.acked_wraps.saturating_add(u8::from(number < self.acked));
            self.acked = number;
        }
    }

    /// Take the number behind a segment; true if the segment repeats what was sent.
    pub(super) fn advance(&mut self, behind: u32, flags: u16, len: u32) -> bool {
        let delta = ahead(behind, self.last);
        let far = !(-TOO_FAR..=TOO_FAR).contains(&delta);
        if flags & (flag::SYN | flag::RST) != 0 && far {
            return false;
        }
        // Of a long stream perhaps only its begin and its end were seen.
        let only_ends = flags & flag::FIN != 0 && self.last == self.start.wrapping_add(1);
        if only_ends || self.state != State::Reset && delta > 0 {
            self.last_wraps = self.last_wraps.saturating_add(u8::from(behind < self.last));
            self.last = behind;
            return false;
        }
        self.state != State::Reset && len > 0
    }

    /// Bytes of the stream, SYN and FIN not counted; `fins` if there was a FIN.
    pub(super) fn size(&self, other: &Self, fins: bool) -> u64 {
        if self.before == State::SynSent && self.state == State::Reset && other.state == State::Inactive && !self.nothing_acknowledged() {
            // A connection that was found half open and broken off had no chance to send.
            return 0;
        }
        let full = |number: u32, wraps: u8| (u64::from(wraps) << 32) + u64::from(number);
        let size = full(self.last, self.last_wraps).max(full(self.acked, self.acked_wraps)).wrapping_sub(u64::from(self.start));
        let size = if size.cast_signed() < 0 { 0 } else { size };
        size.saturating_sub(1).saturating_sub(u64::from(fins))
    }

    /// Nothing but perhaps the opening was acknowledged.
    pub(super) fn nothing_acknowledged(&self) -> bool {
        self.acked.wrapping_sub(self.start) <= 1
    }

    /// Bytes of what is no stream.
    pub(super) fn bytes(&self) -> u64 {
        u64::from(self.last) << 32 | u64::from(self.start)
    }

    pub(super) fn add_bytes(&mut self, more: u32) {
        let bytes = self.bytes().saturating_add(u64::from(more));
        (self.start, self.last) = (bytes as u32, (bytes >> 32) as u32);
    }

    /// True if it is past a whole opening, or closed after one.
    pub(super) fn is_clean(&self) -> bool {
        self.state == State::Established || self.state == State::Closed && self.before == State::Established
    }
}
