//! Listening to streams: segments put in order by `stream`, given to those of `native` who understand what a stream says, as the ordered pass sees
//! them. What a packet completes is told with that packet; what becomes of it is tracking.rs's.

use crate::native::heard::{Heard, Hearer, datagram, key};
use crate::native::quic_stream::{QuicStream, begins};
use crate::stream::{Budget, Connection, Direction, End, Flags, Gap, Place, Reader, Seen, Segment, flag};

/// Streams that are listened to at once; of more, those are given up that were silent for longest.
const MOST: usize = 65_536;
/// Octets that may wait in all of them for what completes their messages.
const MOST_HELD: usize = 256 << 20;

/// What is kept of a stream by who listens to it.
#[derive(Debug, Default)]
pub(crate) enum Ear {
    /// It said nothing yet.
    #[default]
    New,
    Live(Box<Live>),
    /// Nobody listens any more.
    Deaf,
}

#[derive(Debug, Default)]
pub(crate) struct Live {
    connection: Connection,
    hearer: Hearer,
    last: u64,
    /// The sequence number of the first byte of each side, as far as it was seen.
    began: [Option<u32>; 2],
}

/// What is kept of a flow of datagrams.
#[derive(Debug, Default)]
pub(crate) struct Attended {
    stream: QuicStream,
    last: u64,
}

impl Ear {
    /// The packet that the stream was last heard of with, if somebody listens.
    pub(crate) fn last(&self) -> Option<u64> {
        if let Self::Live(live) = self { Some(live.last) } else { None }
    }
}

/// What all streams that are listened to share.
#[derive(Debug, Default)]
pub(crate) struct Listening {
    budget: Budget,
    /// How many there are.
    live: usize,
    /// Flows of datagrams that are attended to.
    attended: usize,
    held: usize,
    /// Streams that were given up because there were too many.
    pub given_up: u64,
}

/// A reader of one segment's worth.
struct Heed<'a> {
    hearer: &'a mut Hearer,
    /// It may be DNS.
    dns: bool,
    out: &'a mut Vec<Heard>,
}

impl Reader for Heed<'_> {
    fn data(&mut self, from: Direction, bytes: &[u8], _: Place) {
        self.hearer.data(from.index(), bytes, self.dns, self.out);
    }

    fn gap(&mut self, from: Direction, gap: Gap) {
        self.hearer.gap(from.index(), gap.bytes);
    }

    fn end(&mut self, from: Direction, _: End) {
        self.hearer.end(from.index(), self.out);
    }
}

impl Listening {
    /// A segment of a stream, from one of its ends, which may be DNS; `out` gets what it completes. What is no part of a message leaves it empty.
    #[allow(clippy::too_many_arguments, reason = "a segment, where it is from and what it may be")]
    pub(crate) fn segment(&mut self, ear: &mut Ear, side: usize, seen: &Seen, dns: bool, payload: &[u8], place: Place, out: &mut Vec<Heard>) {
        if matches!(ear, Ear::New) && (!payload.is_empty() || seen.flags & flag::SYN != 0) {
            self.live += 1;
            *ear = Ear::Live(Box::new(Live { connection: Connection::hurried(), ..Live::default() }));
        }
        let Ear::Live(live) = ear else { return };
        if seen.flags & flag::RST != 0 {
            // Those who do not know of it, or do not care, go on, and a number that was answered so may be used anew.
            if live.hearer.is_new() {
                self.live -= 1;
                *ear = Ear::New;
            }
            return;
        }
        let opens = seen.flags & flag::SYN != 0;
        let first = seen.sequence.wrapping_add(u32::from(opens));
        // The answer to a SYN that was answered before, from elsewhere, is nobody's.
        let again = seen.flags & flag::ACK != 0 && live.began[1 - (side & 1)] == Some(seen.acknowledged);
        if opens && !again && *live.began[side & 1].get_or_insert(first) != first {
            // The same ends talk anew.
            self.held = self.held.saturating_sub(live.hearer.held());
            live.connection.finish(&mut self.budget, &mut Heed { hearer: &mut live.hearer, dns, out: &mut Vec::new() });
            **live = Live { connection: Connection::hurried(), ..Live::default() };
            live.began[side & 1] = Some(first);
        }
        live.began[side & 1].get_or_insert(first);
        live.last = place.frame;
        let Live { connection, hearer, .. } = &mut **live;
        let before = hearer.held();
        let (sequence, acknowledgement) = (seen.sequence, seen.acknowledged);
        let segment = Segment { sequence, acknowledgement, flags: Flags(seen.flags), payload, len: seen.promised, place };
        connection.segment(side, &segment, &mut self.budget, &mut Heed { hearer, dns, out });
        if out.is_empty() && !payload.is_empty() && hearer.understands() {
            out.push(Heard { key: key::PART, bytes: Vec::new() });
        }
        self.held = (self.held + hearer.held()).saturating_sub(before);
        if hearer.is_deaf() || connection.is_closed() {
            let before = hearer.held();
            connection.finish(&mut self.budget, &mut Heed { hearer, dns, out });
            self.held = self.held.saturating_sub(before);
            self.live -= 1;
            *ear = Ear::Deaf;
        }
    }

    /// A datagram of a flow, from one of its ends.
    pub(crate) fn datagram(&mut self, attended: &mut Option<Box<Attended>>, end: usize, payload: &[u8], place: Place, out: &mut Vec<Heard>) {
        if attended.is_none() {
            if !begins(payload) {
                return;
            }
            self.attended += 1;
        }
        let Attended { stream, last } = &mut **attended.get_or_insert_default();
        *last = place.frame;
        let before = stream.held();
        datagram(stream, end, payload, out);
        self.held = (self.held + stream.held()).saturating_sub(before);
    }

    /// True if there are too many flows of datagrams.
    pub(crate) fn is_full_of_datagrams(&self) -> bool {
        self.attended > MOST || self.held > MOST_HELD
    }

    /// Give up those that were silent for longest.
    pub(crate) fn make_room_for_datagrams<'e>(&mut self, all: impl Iterator<Item = &'e mut Option<Box<Attended>>>) {
        let mut known: Vec<_> = all.filter(|one| one.is_some()).collect();
        known.sort_unstable_by_key(|one| one.as_ref().map(|one| one.last));
        let too_many = known.len().div_ceil(2);
        self.attended = known.len() - too_many;
        for one in known.into_iter().take(too_many) {
            self.held = self.held.saturating_sub(one.take().map_or(0, |one| one.stream.held()));
            self.given_up += 1;
        }
    }

    /// True if there are too many.
    pub(crate) fn is_full(&self) -> bool {
        self.live > MOST || self.held > MOST_HELD
    }

    /// Give up those of some streams that were silent for longest.
    pub(crate) fn make_room<'e>(&mut self, ears: impl Iterator<Item = &'e mut Ear>) {
        let mut live: Vec<&mut Ear> = ears.filter(|ear| ear.last().is_some()).collect();
        live.sort_unstable_by_key(|ear| ear.last());
        let too_many = live.len().div_ceil(2);
        self.live = live.len() - too_many;
        for ear in live.into_iter().take(too_many) {
            if let Ear::Live(live) = ear {
                let Live { connection, hearer, .. } = &mut **live;
                self.held = self.held.saturating_sub(hearer.held());
                connection.finish(&mut self.budget, &mut Heed { hearer, dns: false, out: &mut Vec::new() });
            }
            *ear = Ear::Deaf;
            self.given_up += 1;
        }
    }
}
