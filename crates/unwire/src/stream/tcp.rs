//! Both directions of a connection put in order and handed to a [`Reader`]. Segments come in as they were captured: early, twice, in part, cut, or
//! not at all. What a segment is is the caller's knowledge, as is when a connection is another one.

use super::budget::Budget;
use super::feed::{Direction, End, Gap, Place, Reader, Why};
use super::side::{Counts, Side};

/// Packets of a connection whose beginning was not seen that are waited for what came before them.
const SETTLE: u32 = 128;
/// Packets of a connection that are waited for bytes that were acknowledged already, …
const PATIENCE: u32 = 128;
/// … and by who cannot wait: captures of several queues have an answer before the question now and then.
const HURRY: u32 = 2;

/// What a segment says beside its bytes: the flags of its header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(pub u16);

impl Flags {
    /// No more data from the sender.
    pub const FIN: Self = Self(0x01);
    /// The beginning of a direction.
    pub const SYN: Self = Self(0x02);
    /// The end of the connection, at once.
    pub const RST: Self = Self(0x04);
    /// The acknowledgement number counts.
    pub const ACK: Self = Self(0x10);

    /// True if all of these are set.
    #[inline]
    pub fn has(self, flags: Self) -> bool {
        self.0 & flags.0 == flags.0
    }
}

/// A segment as it was captured.
#[derive(Clone, Copy, Debug, Default)]
pub struct Segment<'a> {
    /// Its sequence number.
    pub sequence: u32,
    /// Its acknowledgement number.
    pub acknowledgement: u32,
    /// Its flags.
    pub flags: Flags,
    /// What was captured of its payload.
    pub payload: &'a [u8],
    /// How long the payload was on the wire.
    pub len: u32,
    /// The packet.
    pub place: Place,
}

/// A connection between two ends, 0 and 1.
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Connection {
    sides: [Side; 2],
    /// Which end is the client, once it is known.
    client: Option<u8>,
    /// The first sender.
    first: u8,
    packets: u32,
    /// True if it is known, or not waited for any longer, where both directions begin.
    settled: bool,
    reset: bool,
    /// True if it was said which end is the first.
    fixed: bool,
    /// True if what can be told must be told soon.
    hurries: bool,
}

impl Connection {
    /// A connection whose beginning was seen and told before: what comes first is where it goes on.
    pub fn resumed(resumed: bool) -> Self {
        Self { settled: resumed, ..Self::default() }
    }

    /// A connection whose end 0 is the client, as far as is known, and of whose ends these begin with these numbers.
    pub fn opened(first: [Option<u32>; 2]) -> Self {
        let mut made = Self::default();
        for (side, first) in made.sides.iter_mut().zip(first) {
            first.into_iter().for_each(|first| side.begin(first));
        }
        made.fixed = true;
        if first.iter().all(Option::is_some) {
            made.settle();
        }
        made
    }

    /// A connection for who must say of a packet what it completes: it begins with the first packet that is seen, and what the receiver has that
    /// the capture lacks is not waited for.
    pub fn hurried() -> Self {
        Self { settled: true, hurries: true, ..Self::default() }
    }

    /// A segment from one of the ends.
    pub fn segment<R: Reader + ?Sized>(&mut self, from: usize, segment: &Segment<'_>, budget: &mut Budget, reader: &mut R) {
        let from = from & 1;
        if self.packets == 0 && !self.fixed {
            self.first = from as u8;
        }
        self.packets = self.packets.saturating_add(1);
        let Segment { sequence, flags, payload, place, .. } = *segment;
        if flags.has(Flags::RST) {
            // What it carries is a word to people (RFC 9293, section 3.5.3), and its numbers need not be of the stream.
            self.reset = true;
        } else {
            let sequence = if flags.has(Flags::SYN) { self.open(from, segment) } else { sequence };
            let [side, other] = self.pair(from);
            side.see(sequence);
            if flags.has(Flags::ACK) {
                other.acknowledge(segment.acknowledgement);
            }
            if !payload.is_empty() && !side.ended {
                if self.settled && self.sides[from].is_next(sequence) {
                    reader.data(self.direction(from), payload, place);
                    self.sides[from].advance(payload.len());
                } else {
                    self.sides[from].hold(sequence, payload, place, budget);
                }
            } else if !payload.is_empty() {
                side.counts.unused += payload.len() as u64;
            }
            if flags.has(Flags::FIN) {
                self.sides[from].finish(sequence.wrapping_add(segment.len));
            }
        }
        self.go_on(budget, reader);
    }

    /// The connection is over, or the capture: hand on what is left.
    pub fn finish<R: Reader + ?Sized>(&mut self, budget: &mut Budget, reader: &mut R) {
        self.settle();
        loop {
            self.drain(budget, reader);
            // What was captured first goes on first.
            let behind = [0, 1].map(|side: usize| self.sides[side].behind().map(|place| place.frame));
            let side = match behind {
                [Some(one), Some(other)] => usize::from(other < one),
                [Some(_), None] => 0,
                [None, Some(_)] => 1,
                [None, None] => break,
            };
            if !self.skip(side, Why::Closed, reader) {
                // A piece behind no hole would be handed on: this cannot be, and would not end.
                self.sides[side].clear(budget);
            }
        }
        let how = if self.reset { End::Reset } else { End::Open };
        for direction in Direction::BOTH {
            let side = self.end_of(direction);
            self.skip(side, Why::Closed, reader);
            if let Some((bytes, acknowledged)) = self.sides[side].skip_tail() {
                reader.gap(direction, Gap { bytes, acknowledged, why: Why::Closed });
            }
            if !std::mem::replace(&mut self.sides[side].ended, true) {
                reader.end(direction, if self.sides[side].is_finished() { End::Finished } else { how });
            }
        }
    }

    /// True if both ends said that they have no more, or one reset the connection.
    pub fn is_closed(&self) -> bool {
        self.reset || self.sides.iter().all(|side| side.ended)
    }

    /// What a direction had so far.
    pub fn counts(&self, direction: Direction) -> Counts {
        self.sides[self.end_of(direction)].counts
    }

    /// Bytes that were there already, and others.
    pub fn conflicts(&self) -> u64 {
        self.sides.iter().map(|side| side.counts.conflicts).sum()
    }

    /// Which of the two ends is the client.
    pub fn client(&self) -> usize {
        usize::from(self.client.unwrap_or(self.first))
    }

    /// What waits for bytes before it, with what it takes to keep it.
    pub fn waiting(&self) -> usize {
        self.sides.iter().map(Side::waiting).sum()
    }

    /// A SYN tells where a direction begins, and its answer where the other did. The sequence number of the first byte is returned: a SYN takes
    /// one, and may carry data (RFC 7413).
    fn open(&mut self, from: usize, segment: &Segment<'_>) -> u32 {
        let answers = segment.flags.has(Flags::ACK);
        if !self.settled && (self.client.is_none() || !answers) {
            self.client = Some(if answers { 1 - from as u8 } else { from as u8 });
        }
        let first = segment.sequence.wrapping_add(1);
        self.sides[from].begin(first);
        if answers {
            self.sides[1 - from].begin(segment.acknowledgement);
        }
        first
    }

    fn pair(&mut self, from: usize) -> [&mut Side; 2] {
        let [one, other] = &mut self.sides;
        if from == 0 { [one, other] } else { [other, one] }
    }

    fn direction(&self, end: usize) -> Direction {
        if end == self.client() { Direction::Client } else { Direction::Server }
    }

    fn end_of(&self, direction: Direction) -> usize {
        self.client() ^ direction.index()
    }

    fn settle(&mut self) {
        self.settled = true;
        self.client = Some(self.client() as u8);
        self.sides.iter_mut().for_each(Side::settle);
    }

    /// Hand on what can be, and give up what is not waited for any longer.
    fn go_on<R: Reader + ?Sized>(&mut self, budget: &mut Budget, reader: &mut R) {
        if self.settled && self.sides.iter().all(Side::is_quiet) {
            return;
        }
        if !self.settled {
            let known = self.sides.iter().all(|side| side.began);
            if !known && self.packets < SETTLE && !self.reset && self.waiting() <= budget.connection && !budget.is_over() {
                return;
            }
            self.settle();
        }
        // Of a direction that was not seen at all when the rest was settled, the first that is seen is the beginning.
        self.sides.iter_mut().for_each(Side::settle);
        self.drain(budget, reader);
        for end in 0..2 {
            // What nobody can acknowledge, because the other direction is not in the capture, is not waited for longer.
            let alone = self.hurries && !self.sides[1 - end].was_seen();
            while self.sides[end].is_lost(self.packets, if self.hurries { HURRY } else { PATIENCE }, alone)
                && self.skip(end, Why::Acknowledged, reader)
            {
                self.drain(budget, reader);
            }
            if self.sides[end].waiting() > 0 {
                self.keep_to(end, budget, reader);
            }
        }
        for end in 0..2 {
            if self.sides[end].is_finished() && !std::mem::replace(&mut self.sides[end].ended, true) {
                reader.end(self.direction(end), End::Finished);
            }
        }
    }

    /// Give bytes up until what waits is within the caps.
    fn keep_to<R: Reader + ?Sized>(&mut self, end: usize, budget: &mut Budget, reader: &mut R) {
        while self.sides[end].waiting() > 0 {
            let why = match (self.waiting() > budget.connection, budget.is_over()) {
                (true, _) => Why::ConnectionCap,
                (false, true) => Why::TotalCap,
                (false, false) => return,
            };
            if !self.skip(end, why, reader) {
                return;
            }
            match why {
                Why::ConnectionCap => budget.connection_caps += 1,
                Why::TotalCap => budget.total_caps += 1,
                Why::Acknowledged | Why::Closed => {}
            }
            self.drain(budget, reader);
        }
    }

    fn skip<R: Reader + ?Sized>(&mut self, end: usize, why: Why, reader: &mut R) -> bool {
        let skipped = self.sides[end].skip();
        if let Some((bytes, acknowledged)) = skipped {
            reader.gap(self.direction(end), Gap { bytes, acknowledged, why });
        }
        skipped.is_some()
    }

    /// Hand on what is next in either direction, in the order of the packets.
    fn drain<R: Reader + ?Sized>(&mut self, budget: &mut Budget, reader: &mut R) {
        loop {
            let end = match [0, 1].map(|end: usize| self.sides[end].ready().map(|place| place.frame)) {
                [Some(one), Some(other)] => usize::from(other < one),
                [Some(_), None] => 0,
                [None, Some(_)] => 1,
                [None, None] => return,
            };
            let Some((piece, late)) = self.sides[end].pop(budget) else { return };
            if late < piece.bytes.len() {
                reader.data(self.direction(end), &piece.bytes[late..], piece.place);
            }
        }
    }
}
