//! A live flow, and what a packet does to it. Streams follow Zeek's states; which bytes were seen is in holes.rs.

use super::beside::Beside;
use super::history::{History, is_told, once};
use super::odd::Odd;
use super::side::{Side, State};
use super::table::Packet;
use super::timing::SECOND;
use crate::stream::{Ends, Kind, Seen, flag};

/// What is around a flow: its tags and its tunnel, by the number that the table gave them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Within(pub u32);

/// A live flow.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// Who with whom; the source is the originator.
    pub ends: Ends,
    /// What is around it …
    pub within: Within,
    /// … and what of that names the flow.
    pub(super) named: Within,
    /// The time of its first packet, and of its last that counts, in nanoseconds.
    pub first: i64,
    /// See there.
    pub last: i64,
    /// The number of its first packet.
    pub first_packet: u64,
    /// How many packets of the capture lie between that and its last one.
    pub until_last: u32,
    /// Services that its content shows, a bit each.
    pub services: u32,
    /// Originator and responder.
    pub sides: [Side; 2],
    pub(super) history: History,
    /// What was told once, of each side.
    pub(super) told: [u8; 2],
    pub(super) marks: u16,
    /// The second in which somebody looks whether it is over.
    pub(super) armed: u32,
}

/// Marks of a flow.
pub(super) mod mark {
    pub(in crate::stream::flow) const CLOSED: [u16; 2] = [1, 2];
    pub(in crate::stream::flow) const SEEN: [u16; 2] = [4, 8];
    pub(in crate::stream::flow) const PARTIAL: u16 = 16;
    /// Holes are no longer counted.
    pub(in crate::stream::flow) const SKIPS: [u16; 2] = [32, 64];
    pub(in crate::stream::flow) const FINS: [u16; 2] = [128, 256];
    pub(in crate::stream::flow) const RARE: u16 = 512;
    pub(in crate::stream::flow) const LIVE: u16 = 1024;
    pub(in crate::stream::flow) const RESETS: u16 = 2048;
    /// What this side speaks is known, or nobody knows.
    pub(in crate::stream::flow) const DATA: [u16; 2] = [4096, 8192];
}

/// What is counted and told on a logarithmic scale.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scaled {
    Retransmission,
    ZeroWindow,
    Gap,
    BadSum,
}

impl Flow {
    pub(super) fn has(&self, mark: u16) -> bool {
        self.marks & mark != 0
    }

    /// True if it is the flow with these ends.
    #[inline]
    pub(super) fn is(&self, ends: &Ends, named: Within) -> bool {
        self.named == named && self.ends.are(ends)
    }

    /// Both sides have closed.
    pub(super) fn is_closed(&self) -> bool {
        self.has(mark::CLOSED[0]) && self.has(mark::CLOSED[1])
    }

    /// The side that sent a packet.
    #[inline]
    pub fn side(&self, seen: &Seen) -> usize {
        usize::from(!self.ends.sends(&seen.ends))
    }

    /// The number of a side's first byte, if how it opened was seen.
    pub fn opened(&self, side: usize) -> Option<u32> {
        let told = |side: usize| u16::from(self.told[side]) & once::SYN != 0;
        // The answer to an opening tells both.
        (told(side) || side == 0 && told(1)).then(|| self.sides[side].start.wrapping_add(1))
    }

    /// The number of its last packet.
    pub fn last_packet(&self) -> u64 {
        self.first_packet + u64::from(self.until_last)
    }

    /// The bytes that a side sent.
    pub fn bytes(&self, side: usize) -> u64 {
        let (one, other) = (&self.sides[side], &self.sides[1 - side]);
        if self.ends.kind == Kind::Stream { one.size(other, self.has(mark::FINS[side])) } else { one.bytes() }
    }

    pub(super) fn write(&mut self, rare: &mut Beside<'_>, side: usize, letter: u8) {
        let letter = if side == 0 { letter } else { letter.to_ascii_lowercase() };
        if self.history.add(letter).is_none() && History::room(&rare.history) {
            rare.history.push(char::from(letter));
        }
    }

    /// Tell something for the first time; false if it was told.
    fn tell(&mut self, rare: &mut Beside<'_>, side: usize, what: u16, letter: u8) -> bool {
        let news = u16::from(self.told[side]) & what == 0;
        if news {
            self.told[side] |= what as u8;
            self.write(rare, side, letter);
        }
        news
    }

    pub(super) fn count(&mut self, rare: &mut Beside<'_>, side: usize, what: Scaled) {
        let count = &mut rare.counts[side][what as usize];
        *count = count.saturating_add(1);
        if is_told(*count) {
            self.write(rare, side, b"TWGC"[what as usize]);
        }
    }

    pub(super) fn flip(&mut self, rare: &mut Beside<'_>) {
        self.ends = self.ends.turned();
        self.sides.swap(0, 1);
        let swap = |marks: u16, [a, b]: [u16; 2]| (if marks & a != 0 { b } else { 0 }) | (if marks & b != 0 { a } else { 0 });
        let pairs = [mark::CLOSED, mark::SEEN, mark::SKIPS, mark::FINS, mark::DATA];
        let kept = pairs.iter().fold(self.marks, |marks, [a, b]| marks & !(a | b));
        self.marks = pairs.iter().fold(kept, |marks, pair| marks | swap(self.marks, *pair)) & !mark::PARTIAL;
        rare.flip();
        self.write(rare, 0, b'^');
    }

    /// A packet of what is no stream.
    pub(super) fn datagram(&mut self, rare: &mut Beside<'_>, side: usize, packet: &Packet<'_>) {
        self.last = self.last.max(packet.time);
        if self.ends.kind == Kind::Datagram {
            self.tell(rare, side, once::DATA, b'D');
        }
        // Of messages four bytes behind type and sum are header, too.
        let header = if self.ends.kind == Kind::Message { 4 } else { 0 };
        let bytes = if self.ends.kind == Kind::Other { 0 } else { packet.seen.promised.saturating_sub(header) };
        self.sides[side].add_bytes(bytes);
    }

    /// A segment of a stream.
    pub(super) fn segment(&mut self, rare: &mut Beside<'_>, side: usize, packet: &Packet<'_>) {
        let (flags, len, first) = (packet.seen.flags, packet.seen.promised, packet.seen.sequence);
        let (other, is) = (1 - side, |bit: u16| flags & bit != 0);
        let (syn, fin, rst, ack) = (is(flag::SYN), is(flag::FIN), is(flag::RST), is(flag::ACK));
        self.look(rare, side, packet.seen);
        // SYN and FIN take a number each; what stands in a reset is none of the stream's bytes.
        let taken = u32::from(syn) + u32::from(fin) + if rst { 0 } else { len };
        let behind = first.wrapping_add(taken);
        if !self.has(mark::SEEN[side]) && (side == 0 || !self.has(mark::PARTIAL)) {
            let partial = !syn || side == 0 && ack;
            self.marks = self.marks & !mark::PARTIAL | if partial { mark::PARTIAL } else { 0 };
        }
        self.sides[side].take_first(flags, first, behind);
        let relative = self.sides[side].relative_sequence(first);
        if relative < 0 && !rst {
            rare.note(Odd::SeqUnderflow);
        }
        self.tell_flags(rare, side, (syn, fin, rst, ack), relative, len);
        if packet.seen.window == 0 && !rst && self.sides[other].state != State::Closed && self.sides[side].state != State::Reset {
            self.count(rare, side, Scaled::ZeroWindow);
            if let Some(quality) = rare.quality() {
                quality.zero_window[side] += 1;
            }
        }
        if !self.is_closed() {
            self.last = self.last.max(packet.time);
        }
        if fin {
            self.marks |= mark::FINS[side];
        }
        let mut acknowledged = None;
        if ack {
            let number = packet.seen.acknowledged;
            let peer = &mut self.sides[other];
            if peer.state == State::Inactive {
                peer.begin(number.wrapping_sub(1), number.wrapping_sub(1));
                acknowledged = Some(number);
            } else if peer.relative_acknowledged(number) >= 0 {
                acknowledged = Some(number);
                if !rst {
                    peer.acknowledge(number);
                }
            } else if !rst {
                rare.note(Odd::AckUnderflow);
            }
        }
        let repeats = self.sides[side].advance(behind, flags, len);
        if repeats {
            self.count(rare, side, Scaled::Retransmission);
        }
        let closes = self.change(rare, side, packet, len);
        if let Some(number) = acknowledged {
            self.settle(rare, other, number);
        }
        self.marks |= mark::SEEN[side];
        if len > 0 && !rst && relative >= 0 && packet.seen.captured >= len {
            let from = if syn { first.wrapping_add(1) } else { first };
            self.arrive(rare, side, from, from.wrapping_add(len), packet.time);
        } else if repeats
            && packet.seen.captured < len
            && let Some(quality) = rare.quality()
        {
            // What the snap length cut does not arrive; that it repeats, its numbers say.
            quality.retransmitted[side] += 1;
        }
        if closes {
            self.close(rare, side, packet.time);
        }
    }

    fn tell_flags(&mut self, rare: &mut Beside<'_>, side: usize, (syn, fin, rst, ack): (bool, bool, bool, bool), relative: i64, len: u32) {
        match (syn, fin, rst) {
            (_, true, true) => {
                self.tell(rare, side, once::FIN_RST, b'I');
            }
            (true, true, false) | (true, false, true) => {
                self.tell(rare, side, once::MULTI, b'Q');
            }
            (true, false, false) => {
                let letter = if ack { b'H' } else { b'S' };
                if !self.tell(rare, side, once::SYN, letter) && relative != rare.syn[side] {
                    self.write(rare, side, letter);
                }
                rare.syn[side] = relative;
            }
            (false, true, false) => {
                let end = relative + i64::from(len);
                if !self.tell(rare, side, once::FIN, b'F') && end != rare.fin[side] {
                    self.write(rare, side, b'F');
                }
                rare.fin[side] = end;
            }
            (false, false, true) => {
                if !self.tell(rare, side, once::RST, b'R') && relative != rare.rst[side] {
                    self.write(rare, side, b'R');
                }
                rare.rst[side] = relative;
            }
            (false, false, false) if len > 0 => {
                self.tell(rare, side, once::DATA, b'D');
            }
            (false, false, false) if ack => {
                self.tell(rare, side, once::ACK, b'A');
            }
            _ => {}
        }
    }

    /// Move the states on; true if the sender's side closes.
    fn change(&mut self, rare: &mut Beside<'_>, side: usize, packet: &Packet<'_>, len: u32) -> bool {
        let flags = packet.seen.flags;
        let (syn, fin, rst, ack) = (flags & flag::SYN != 0, flags & flag::FIN != 0, flags & flag::RST != 0, flags & flag::ACK != 0);
        // A flip exchanges the places of the sides; who sends stays who sends.
        let (mut me, mut you) = (side, 1 - side);
        let mut closes = false;
        match self.sides[me].state {
            State::Inactive => {
                if syn && me == 0 {
                    self.sides[me].enter(if ack { State::SynAckSent } else { State::SynSent });
                } else if syn {
                    if !ack && self.sides[you].state == State::SynAckSent && packet.seen.sequence == self.sides[me].start {
                        // The answer was captured before the question.
                        self.flip(rare);
                        (me, you) = (you, me);
                        self.sides[you].enter(State::Established);
                        self.marks |= mark::SEEN[0];
                    }
                    if self.sides[you].state == State::SynSent {
                        self.sides[you].enter(State::Established);
                    }
                    self.sides[me].enter(State::Established);
                }
                if fin {
                    self.sides[me].enter(State::Closed);
                    closes = true;
                }
                if rst {
                    self.sides[me].enter(State::Reset);
                    closes = true;
                }
                let answer_before_opening = side == 1 && len == 0 && self.sides[you].state == State::SynSent;
                if self.sides[me].state == State::Inactive && !answer_before_opening {
                    if ack && self.sides[you].state == State::Established {
                        // The question alone was missed.
                        self.sides[me].enter(State::Established);
                        self.marks = self.marks & !mark::PARTIAL | mark::SEEN[me];
                    } else {
                        self.sides[me].enter(State::Partial);
                    }
                }
            }
            State::SynSent | State::SynAckSent => {
                if fin {
                    self.sides[me].enter(State::Closed);
                    closes = true;
                }
                if rst {
                    self.sides[me].enter(State::Reset);
                    closes = true;
                }
            }
            State::Established | State::Partial => {
                if syn && !ack && self.sides[me].state == State::Partial && self.sides[you].state == State::Inactive {
                    self.sides[me].enter(State::SynSent);
                }
                if fin && !rst {
                    self.sides[me].enter(State::Closed);
                    if self.sides[you].state == State::Reset && self.sides[you].before == State::Closed {
                        // It had ended in order before it broke off.
                        self.sides[you].enter(State::Closed);
                    }
                    closes = true;
                }
                if rst {
                    self.sides[me].enter(State::Reset);
                    closes = true;
                }
            }
            State::Closed if rst && self.sides[you].state != State::Closed => {
                self.sides[me].enter(State::Reset);
                self.marks |= mark::RESETS;
                closes = !self.has(mark::CLOSED[me]);
                if rare.over.is_none() {
                    rare.over = Some(packet.time + 5 * SECOND);
                }
            }
            State::Closed | State::Reset => {}
        }
        closes
    }

    /// A side has closed: the flow is over soon, or waits for the other.
    fn close(&mut self, rare: &mut Beside<'_>, side: usize, time: i64) {
        if self.has(mark::CLOSED[side]) {
            return;
        }
        self.marks |= mark::CLOSED[side];
        let (me, you) = (&self.sides[side], &self.sides[1 - side]);
        if me.state == State::Reset || self.has(mark::CLOSED[1 - side]) || you.state == State::Inactive {
            rare.over = Some(rare.over.unwrap_or(i64::MAX).min(self.last.max(time) + 5 * SECOND));
        } else if me.before == State::Inactive {
            rare.partly = Some(time + 3 * SECOND);
        }
    }
}
