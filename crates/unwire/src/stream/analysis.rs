//! What Wireshark's sequence analysis says of a segment, from what was seen of its stream before: relative numbers, scaled windows,
//! retransmissions, losses, round trips. The rules are those of the Wireshark User's Guide (section "TCP Analysis"), tried out on
//! captures where it is silent. A segment is compared with what its own direction and the other one last did; bytes are not looked at.

use std::collections::VecDeque;

use super::feed::Place;
use super::origin::Origin;
use super::seen::Seen;
use super::tcp::Flags;
use crate::told::{Told, Values};

/// Segments of a direction that are remembered until they are acknowledged.
const UNACKNOWLEDGED: usize = 1000;
/// A retransmission is fast if it comes so soon after the duplicate acknowledgements, in nanoseconds.
const FAST: i64 = 20_000_000;
/// A segment is out of order, not sent again, if it comes so soon after what it should have preceded and no round trip is known.
const SOON: i64 = 3_000_000;

/// So many bytes cannot be in flight: a segment belongs to another session.
const MOST_IN_FLIGHT: u32 = 2_000_000_000;
/// Windows are shifted by so many bits at most (RFC 7323 section 2.3).
const MOST_SCALE: u8 = 14;

/// A segment's header.
#[derive(Clone, Copy, Debug, Default)]
pub struct Header {
    /// Its sequence number.
    pub sequence: u32,
    /// Its acknowledgement number.
    pub acknowledgement: u32,
    /// Its flags.
    pub flags: Flags,
    /// Its window, not scaled.
    pub window: u16,
    /// By how many bits it says that its sender's windows are to be shifted.
    pub scale: Option<u8>,
    /// Bytes that its sender says to have beyond those that it acknowledges.
    pub held: u32,
    /// The length of its payload.
    pub len: u32,
    /// The number of its packet.
    pub frame: u32,
    /// The time of its packet.
    pub time: Option<i64>,
}

impl Header {
    /// Of what was seen.
    pub fn of(seen: &Seen, place: Place) -> Self {
        let Seen { sequence, acknowledged, window, scale, held, promised, .. } = *seen;
        let frame = u32::try_from(place.frame).unwrap_or(u32::MAX);
        Self { sequence, acknowledgement: acknowledged, flags: Flags(seen.flags), window, scale, held, len: promised, frame, time: place.time }
    }
}

/// How windows are scaled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Scale {
    /// Nobody saw it agreed upon.
    #[default]
    Unknown,
    /// Not at all.
    Off,
    By(u8),
}

/// A segment that is not acknowledged.
#[derive(Clone, Copy, Debug)]
struct Sent {
    from: u32,
    next: u32,
    frame: u32,
    time: Option<i64>,
}

/// What one direction did.
#[derive(Debug, Default)]
struct Way {
    /// The highest number that follows a segment, with that segment's frame and time; 0 as long as there was none, as Wireshark has it.
    next: u32,
    next_frame: u32,
    next_time: Option<i64>,
    /// The number up to which all was captured, and can be acknowledged.
    to_acknowledge: u32,
    /// The other side acknowledged what is behind all that was captured, and this one has not acknowledged anything else since.
    missed: bool,
    /// What was last acknowledged, by a segment with that flag or without it.
    acknowledged: u32,
    acknowledged_at: Option<i64>,
    duplicates: u32,
    /// The frame of the last acknowledgement that was none.
    original: u32,
    window: Option<u16>,
    scale: Scale,
    last: Values,
    sent: VecDeque<Sent>,
    /// Bytes in flight cannot be told between a loss and the next acknowledgement.
    in_flight_unknown: bool,
    since_push: u32,
    pushed: bool,
    /// Bytes that it last said to have beyond those that it acknowledged.
    held: u32,
}

/// A stream with both directions.
#[derive(Debug, Default)]
pub struct Analysis {
    origin: Origin,
    ways: [Way; 2],
    first_time: Option<i64>,
    last_time: Option<i64>,
    opened: Option<i64>,
    round_trip: Option<i64>,
}

/// True if one number is before another, as numbers that wrap are compared.
fn before(one: u32, other: u32) -> bool {
    (one.wrapping_sub(other) as i32) < 0
}

impl Analysis {
    /// True if a segment belongs to another stream between the same ends.
    pub fn is_over(&self, side: usize, header: &Header) -> bool {
        self.origin.is_over(side, header)
    }

    /// What is to be told of a segment from one of the ends; `reused` if it opens a stream where there was another.
    pub fn segment(&mut self, side: usize, header: &Header, reused: bool) -> Values {
        let mut told = Values::default();
        let since = |earlier: Option<i64>| Some(header.time? - earlier?);
        let first = *self.first_time.get_or_insert(header.time.unwrap_or_default());
        told.duration(Told::SinceFirst, since(Some(first)));
        told.duration(Told::SincePrevious, since(self.last_time.or(header.time)));
        self.last_time = header.time.or(self.last_time);
        if reused {
            told.so(Told::ReusedPorts);
        }
        self.number(side, header, &mut told);
        let [one, other] = &mut self.ways;
        let (way, back) = if side == 0 { (one, other) } else { (other, one) };
        let base = self.origin.base(side).unwrap_or_default();
        way.judge(back, header, self.round_trip, &mut told);
        way.remember(header, &told);
        back.acknowledge(header, &mut told);
        way.count_in_flight(back.held, base, header, &mut told);
        self.handshake(header);
        let noted = (Told::Retransmission as usize..=Told::DuplicateAck as usize).any(|at| told.is(Told::ALL[at].0));
        if noted {
            told.so(Told::Noted);
        }
        let other = [Told::AcksFrame, Told::InFlight, Told::SincePush];
        if noted || told.is(Told::Analysed) || other.into_iter().any(|one| told.is(one)) {
            told.so(Told::Analysed);
            told.duration(Told::InitialRoundTrip, self.round_trip);
        }
        told
    }

    /// The relative numbers and the window.
    fn number(&mut self, side: usize, header: &Header, told: &mut Values) {
        let Header { sequence, acknowledgement, flags, window, len, .. } = *header;
        let [one, other] = &mut self.ways;
        let (way, back) = if side == 0 { (one, other) } else { (other, one) };
        let syn = flags.has(Flags::SYN);
        if syn && !flags.has(Flags::ACK) && self.origin.base(side).is_some() {
            told.so(Told::Analysed);
        }
        if self.origin.see(side, header) {
            told.so(Told::ReusedPorts);
        }
        let [base, back_base] = [side, 1 - side].map(|side| self.origin.base(side).unwrap_or_default());
        told.number(Told::Sequence, sequence.wrapping_sub(base));
        let takes = u32::from(syn || flags.has(Flags::FIN));
        told.number(Told::Next, sequence.wrapping_add(len).wrapping_add(takes).wrapping_sub(base));
        let counts_from = if flags.has(Flags::ACK) { back_base } else { 0 };
        told.number(Told::Acknowledged, acknowledgement.wrapping_sub(counts_from));
        if syn {
            way.scale = header.scale.map_or(Scale::Off, |shift| Scale::By(shift.min(MOST_SCALE)));
            if way.scale == Scale::Off && back.scale == Scale::Unknown {
                back.scale = Scale::Off;
            }
            // Unless both want it, windows are not scaled (RFC 7323 section 2.2).
            if flags.has(Flags::ACK) && (way.scale == Scale::Off || back.scale == Scale::Off) {
                (way.scale, back.scale) = (Scale::Off, Scale::Off);
            }
            told.number(Told::Window, window.into());
        } else {
            told.number(Told::Window, way.scaled(window));
            let factor = match way.scale {
                Scale::Unknown => -1,
                Scale::Off => -2,
                Scale::By(shift) => 1i32.checked_shl(shift.into()).unwrap_or(0),
            };
            told.number(Told::Scale, factor as u32);
        }
    }

    /// The handshake's round trip: from the last SYN to the first acknowledgement behind it and its answer. A round trip of no time at all is none.
    fn handshake(&mut self, header: &Header) {
        let (syn, ack) = (header.flags.has(Flags::SYN), header.flags.has(Flags::ACK));
        if syn {
            self.opened = header.time.filter(|time| !ack && *time != 0).or(self.opened);
        } else if ack && self.round_trip.is_none() {
            self.round_trip = header.time.zip(self.opened).map(|(time, opened)| time - opened).filter(|since| *since != 0);
        }
    }
}

impl Way {
    fn scaled(&self, window: u16) -> u32 {
        match self.scale {
            Scale::By(shift) => u32::from(window).checked_shl(shift.into()).unwrap_or(0),
            Scale::Unknown | Scale::Off => window.into(),
        }
    }

    /// Compare a segment with what was there.
    fn judge(&mut self, back: &mut Self, header: &Header, round_trip: Option<i64>, told: &mut Values) {
        let Header { sequence, acknowledgement, flags, len, .. } = *header;
        let plain = !flags.has(Flags::SYN) && !flags.has(Flags::FIN) && !flags.has(Flags::RST);
        let expected = self.next == sequence;
        if len == 1 && expected && back.window == Some(0) {
            told.so(Told::ZeroWindowProbe);
        } else {
            self.judge_windows(back, header, plain, expected, told);
        }
        if acknowledgement != self.acknowledged {
            (self.original, self.duplicates, self.missed) = (header.frame, 0, false);
        }
        if flags.has(Flags::ACK) && back.to_acknowledge != 0 && before(back.to_acknowledge, acknowledgement) {
            told.so(Told::Analysed);
            if back.miss() {
                told.so(Told::AckLostSegment);
            }
        }
        if len > 0 || flags.has(Flags::SYN) || flags.has(Flags::FIN) {
            self.judge_order(back, header, round_trip, told);
        }
    }

    /// The other side acknowledges what was not captured; true if that is to be told. Of what is behind all that was captured it is told once, until
    /// this side acknowledges something else, and not where this side repeats itself; from then on it counts as if it had asked for a segment again.
    fn miss(&mut self) -> bool {
        if self.to_acknowledge != self.next {
            self.to_acknowledge = self.next;
            return true;
        }
        let quiet = std::mem::replace(&mut self.duplicates, 0) == 0;
        !std::mem::replace(&mut self.missed, true) && quiet
    }

    fn judge_windows(&mut self, back: &Self, header: &Header, plain: bool, expected: bool, told: &mut Values) {
        let Header { sequence, acknowledgement, flags, window, len, .. } = *header;
        if window == 0 && plain {
            told.so(Told::ZeroWindow);
        }
        if self.next != 0 && before(self.next, sequence) && !flags.has(Flags::RST) {
            told.so(Told::LostSegment);
            self.in_flight_unknown = true;
        }
        if len <= 1 && self.next != 0 && self.next.wrapping_sub(1) == sequence && plain {
            told.so(Told::KeepAlive);
        }
        let same_ack = self.acknowledged == acknowledgement;
        let repeats = len == 0 && expected && same_ack && plain;
        let same_window = self.window == Some(window);
        if repeats && window != 0 && !same_window {
            told.so(Told::WindowUpdate);
        }
        if len > 0 && plain && back.scale != Scale::Unknown {
            let edge = back.acknowledged.wrapping_add(back.scaled(back.window.unwrap_or_default()));
            if sequence.wrapping_add(len) == edge {
                told.so(Told::WindowFull);
            }
        }
        if repeats && window != 0 && same_window && back.last.is(Told::KeepAlive) {
            told.so(Told::KeepAliveAck);
        } else if repeats && window == 0 && same_window && back.last.is(Told::ZeroWindowProbe) {
            told.so(Told::ZeroWindowProbeAck);
        } else if repeats && window != 0 && same_window {
            self.duplicates += 1;
            told.so(Told::DuplicateAck);
            told.number(Told::DuplicateNumber, self.duplicates);
            told.number(Told::DuplicateFrame, self.original);
        }
    }

    /// What does not advance was sent again, or overtaken.
    fn judge_order(&mut self, back: &Self, header: &Header, round_trip: Option<i64>, told: &mut Values) {
        let Header { sequence, flags, len, .. } = *header;
        let next = self.next;
        let mut behind = next != 0 && before(sequence, next);
        if behind && told.is(Told::KeepAlive) {
            return;
        }
        // It brings new bytes behind the one of a probe.
        if len > 1 && next != 0 && next.wrapping_sub(1) == sequence {
            behind = false;
        }
        let end = sequence.wrapping_add(len);
        if len > 0 && back.acknowledged != 0 && !before(back.acknowledged, end) {
            told.so(Told::SpuriousRetransmission);
            told.so(Told::Retransmission);
            return;
        }
        if !behind {
            return;
        }
        let since = |earlier: Option<i64>| Some(header.time? - earlier?);
        let within = |earlier: Option<i64>, most: i64| since(earlier).is_some_and(|since| (0..most).contains(&since));
        if (back.duplicates >= 2 || back.missed) && back.acknowledged == sequence && within(back.acknowledged_at, FAST) {
            told.so(Told::FastRetransmission);
            told.so(Told::Retransmission);
            return;
        }
        let takes = u32::from(flags.has(Flags::SYN) || flags.has(Flags::FIN));
        if within(self.next_time, round_trip.unwrap_or(SOON)) && end.wrapping_add(takes) != next {
            told.so(Told::OutOfOrder);
            return;
        }
        told.so(Told::Retransmission);
        // The oldest that waits, or at least the newest.
        let oldest = self.sent.front();
        let (frame, time) = oldest.map_or((self.next_frame, self.next_time), |sent| (sent.frame, sent.time));
        if let Some(since) = since(time).filter(|since| *since != 0) {
            told.number(Told::TimeoutFrame, frame);
            told.duration(Told::Timeout, Some(since));
        }
    }

    /// Keep what later segments are compared with.
    fn remember(&mut self, header: &Header, told: &Values) {
        let Header { sequence, acknowledgement, flags, window, len, frame, time, .. } = *header;
        let takes = u32::from(flags.has(Flags::SYN) || flags.has(Flags::FIN));
        let next = sequence.wrapping_add(len).wrapping_add(takes);
        if (len > 0 || takes > 0) && self.sent.len() < UNACKNOWLEDGED {
            self.sent.push_back(Sent { from: sequence, next, frame, time });
        }
        let probe = told.is(Told::ZeroWindowProbe);
        if !probe && (self.next == 0 || before(self.next, next)) {
            (self.next, self.next_frame, self.next_time) = (next, frame, time);
        }
        if !probe && (self.to_acknowledge == 0 || self.to_acknowledge == sequence) {
            self.to_acknowledge = self.next;
        }
        (self.window, self.acknowledged, self.acknowledged_at, self.last) = (Some(window), acknowledgement, time, *told);
        self.held = header.held;
    }

    /// The other end acknowledges what this one sent.
    fn acknowledge(&mut self, header: &Header, told: &mut Values) {
        // The number counts, whatever the flags say of it.
        let number = header.acknowledgement;
        self.in_flight_unknown &= !header.flags.has(Flags::ACK);
        let mut found = false;
        self.sent.retain_mut(|sent| {
            if sent.next == number {
                if !std::mem::replace(&mut found, true) {
                    told.number(Told::AcksFrame, sent.frame);
                    let since = header.time.zip(sent.time).map(|(time, sent)| time - sent);
                    told.duration(Told::RoundTrip, since.filter(|since| *since != 0));
                }
                return false;
            }
            if before(sent.next, number) {
                return false;
            }
            if before(sent.from, number) {
                sent.from = number;
            }
            true
        });
    }

    fn count_in_flight(&mut self, held: u32, base: u32, header: &Header, told: &mut Values) {
        let Header { flags, len, .. } = *header;
        if len == 0 || self.in_flight_unknown {
            return;
        }
        let from = self.sent.iter().map(|sent| sent.from.wrapping_sub(base)).min().unwrap_or_default();
        let next = self.sent.iter().map(|sent| sent.next.wrapping_sub(base)).max().unwrap_or_default();
        let bytes = Some(next.wrapping_sub(from)).filter(|bytes| *bytes < MOST_IN_FLIGHT).unwrap_or_default();
        if next != from {
            told.so(Told::Analysed);
            if std::mem::replace(&mut self.pushed, flags.0 & 0x08 != 0) {
                self.since_push = 0;
            }
            self.since_push = self.since_push.wrapping_add(len);
        }
        // What the receiver has beyond what it acknowledged is not under way, and a SYN or FIN is no byte.
        let takes = u32::from(flags.has(Flags::SYN) || flags.has(Flags::FIN));
        let bytes = bytes.saturating_sub(held).saturating_sub(takes);
        if bytes > 0 {
            told.number(Told::InFlight, bytes);
            told.number(Told::SincePush, self.since_push);
        }
    }
}
