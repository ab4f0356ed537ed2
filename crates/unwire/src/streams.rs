//! All streams of a capture as bytes: one ordered pass over its batches that numbers them as Wireshark does, puts each in order, and hands it out
//! when it is closed, or at the end. Which bytes of a frame are whose is the knowledge of seeing/, what order is `stream`'s.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::capture::Batch;
use crate::schema::Schema;
use crate::seeing::Seeing;
use crate::stream::{
    Budget, Connection, Counts, DatagramKey, Defragmenter, Direction, End, EndPoint, Flags, Fragment, Gap, Header, Kind, Log, Numbering, Origin,
    Outcome, Place, Reader, Seen, Segment, Spool, Why,
};

/// Packets of the capture that a closed stream is kept for what comes late.
const LINGER: u64 = 1024;
/// Streams that are open at once; of more, those are handed out that were silent for longest.
const MOST_OPEN: usize = 65_536;
/// Bytes of all logs in memory; more goes to the spool.
const MOST_HELD: usize = 32 << 20;
/// Datagrams inside datagrams that are put together in one frame.
const MOST_NESTED: usize = 4;

/// A stream that is closed, or as far as it got.
#[derive(Debug)]
pub struct Stream {
    /// Its number, Wireshark's.
    pub number: u32,
    /// 0, or how often it was handed out before: what comes after a stream was closed is a part of its own.
    pub part: u32,
    /// The client and the server.
    pub ends: [EndPoint; 2],
    /// How the directions ended.
    pub how: [End; 2],
    /// What the directions had.
    pub counts: [Counts; 2],
    /// Packets of both.
    pub packets: u64,
    /// The first packet, and the last.
    pub places: [Place; 2],
    /// What was told.
    pub log: Log,
}

/// Which streams are wanted.
#[derive(Clone, Debug, Default)]
pub enum Wanted {
    /// All.
    #[default]
    All,
    /// Those of these numbers.
    Numbers(FxHashSet<u32>),
    /// Those between these ends, whoever began.
    Ends(EndPoint, EndPoint),
}

impl Wanted {
    fn has(&self, number: u32, one: EndPoint, other: EndPoint) -> bool {
        match self {
            Self::All => true,
            Self::Numbers(numbers) => numbers.contains(&number),
            Self::Ends(a, b) => (*a, *b) == (one, other) || (*a, *b) == (other, one),
        }
    }
}

#[derive(Default)]
struct State {
    origin: Origin,
    part: u32,
    open: Option<Box<Open>>,
}

struct Open {
    connection: Connection,
    /// Of datagrams, whose bytes are in no order but that of the capture.
    counts: [Counts; 2],
    recorder: Recorder,
    packets: u64,
    first: Place,
    last: Place,
    closing: bool,
}

#[derive(Default)]
struct Recorder {
    log: Log,
    how: [Option<End>; 2],
}

impl Reader for Recorder {
    fn data(&mut self, from: Direction, bytes: &[u8], place: Place) {
        self.log.data(from, bytes, place);
    }

    fn gap(&mut self, from: Direction, gap: Gap) {
        self.log.gap(from, gap);
    }

    fn end(&mut self, from: Direction, how: End) {
        self.how[from.index()] = Some(how);
    }
}

/// Makes the spool when it is first needed.
pub type MakeSpool = Box<dyn FnMut() -> io::Result<Arc<Spool>> + Send>;

/// Sees batches and hands streams out.
pub struct Streams {
    seeing: Seeing,
    /// Streams, or datagrams.
    kind: Kind,
    link: Option<u16>,
    wanted: Wanted,
    pieces: Defragmenter,
    numbering: Numbering<State>,
    budget: Budget,
    /// Streams that were closed, and when.
    closing: VecDeque<(u32, u64)>,
    open: FxHashSet<u32>,
    held: usize,
    make_spool: MakeSpool,
    spool: Option<Arc<Spool>>,
    ready: VecDeque<Stream>,
    seen: Vec<Seen>,
    frame: u64,
}

impl Streams {
    /// By a schema; `link` overrides the capture's link type.
    pub fn new(schema: Arc<Schema>, link: Option<u16>, wanted: Wanted, budget: Budget, make_spool: MakeSpool) -> Self {
        Self {
            seeing: Seeing::new(schema, false).with_quotes(),
            kind: Kind::Stream,
            link,
            wanted,
            pieces: Defragmenter::default(),
            numbering: Numbering::default(),
            budget,
            closing: VecDeque::new(),
            open: FxHashSet::default(),
            held: 0,
            make_spool,
            spool: None,
            ready: VecDeque::new(),
            seen: Vec::new(),
            frame: 0,
        }
    }

    /// What datagrams say between the same ends, in place of streams; the first sender is the client.
    #[must_use]
    pub fn of_datagrams(self) -> Self {
        Self { kind: Kind::Datagram, ..self }
    }

    /// Where logs are that are not in memory.
    pub fn spool(&self) -> Option<Arc<Spool>> {
        self.spool.clone()
    }

    /// What the caps cut.
    pub fn budget(&self) -> &Budget {
        &self.budget
    }

    /// The next stream that is handed out.
    pub fn take(&mut self) -> Option<Stream> {
        self.ready.pop_front()
    }

    /// The records of another batch. Fails where the spool cannot be written.
    pub fn add(&mut self, batch: &Batch) -> io::Result<()> {
        for (record, at) in batch.records.iter().zip(0..) {
            let (link, bytes) = (self.link.unwrap_or(record.link), batch.bytes(record));
            self.frame = batch.first_number + u64::from(at);
            let place = Place { frame: self.frame, time: record.time };
            self.seen.clear();
            self.seeing.frame(link, bytes, record.wire_len, at, &mut self.seen);
            self.look(link, bytes, place, 0);
            self.close_what_lingered();
        }
        self.keep_to_the_caps()
    }

    /// The capture is at its end: hand out what is left, in the order of the numbers.
    pub fn finish(&mut self) {
        let mut left: Vec<u32> = self.open.iter().copied().collect();
        left.sort_unstable();
        left.into_iter().for_each(|number| self.hand_out(number));
    }

    fn look(&mut self, link: u16, bytes: &[u8], place: Place, nested: usize) {
        let all = std::mem::take(&mut self.seen);
        for seen in &all {
            if seen.piece.is_some() {
                if !seen.quoted && nested < MOST_NESTED {
                    self.piece(seen, link, bytes, place, nested);
                }
            } else if seen.ends.kind == self.kind {
                match self.kind {
                    Kind::Datagram => self.datagram(seen, bytes, place),
                    Kind::Stream | Kind::Message | Kind::Other | Kind::Broken => self.segment(seen, bytes, place),
                }
            }
        }
        self.seen = all;
    }

    fn piece(&mut self, seen: &Seen, link: u16, bytes: &[u8], place: Place, nested: usize) {
        let found = DatagramKey::of(seen).zip(Fragment::of(seen, bytes, place));
        let Some((key, fragment)) = found else { return };
        if let Outcome::Whole(whole) = self.pieces.add(key, &fragment) {
            let from = whole.head.len() as u32;
            let walked = [whole.head, whole.bytes].concat();
            self.seen.clear();
            self.seeing.datagram(link, &walked, from, 0, &mut self.seen);
            self.look(link, &walked, place, nested + 1);
        }
    }

    fn segment(&mut self, seen: &Seen, bytes: &[u8], place: Place) {
        let [source, target] = EndPoint::both(seen);
        let (mut number, mut side) = self.numbering.join(source, target);
        if seen.quoted {
            return;
        }
        let header = Header::of(seen, place);
        if self.numbering.state(number).is_some_and(|state| state.origin.is_over(side, &header)) {
            // What goes on between these ends belongs to the new one.
            self.hand_out(number);
            (number, side) = self.numbering.open(source, target);
        }
        let Some(state) = self.numbering.state(number) else { return };
        state.origin.see(side, &header);
        if !self.wanted.has(number, source, target) || (state.open.is_none() && state.part > 0 && seen.captured == 0) {
            return;
        }
        let part = state.part;
        let open = state.open.get_or_insert_with(|| {
            let (connection, recorder, counts) = (Connection::resumed(part > 0), Recorder::default(), <[Counts; 2]>::default());
            Box::new(Open { connection, counts, recorder, packets: 0, first: place, last: place, closing: false })
        });
        self.open.insert(number);
        (open.packets, open.last) = (open.packets + 1, place);
        let payload = bytes.get(seen.start as usize..(seen.start + seen.captured) as usize).unwrap_or_default();
        let (sequence, acknowledgement) = (seen.sequence, seen.acknowledged);
        let segment = Segment { sequence, acknowledgement, flags: Flags(seen.flags), payload, len: seen.promised, place };
        let before = open.recorder.log.held();
        open.connection.segment(side, &segment, &mut self.budget, &mut open.recorder);
        self.held += open.recorder.log.held() - before;
        if open.connection.is_closed() && !std::mem::replace(&mut open.closing, true) {
            self.closing.push_back((number, self.frame));
        }
    }

    fn datagram(&mut self, seen: &Seen, bytes: &[u8], place: Place) {
        let [source, target] = EndPoint::both(seen);
        let (number, side) = self.numbering.join(source, target);
        if seen.quoted || !self.wanted.has(number, source, target) {
            return;
        }
        let Some(state) = self.numbering.state(number) else { return };
        let open = state.open.get_or_insert_with(|| {
            let (connection, recorder, counts) = (Connection::default(), Recorder::default(), <[Counts; 2]>::default());
            Box::new(Open { connection, counts, recorder, packets: 0, first: place, last: place, closing: false })
        });
        self.open.insert(number);
        (open.packets, open.last) = (open.packets + 1, place);
        let payload = bytes.get(seen.start as usize..seen.start.saturating_add(seen.captured) as usize).unwrap_or_default();
        let before = open.recorder.log.held();
        let (from, counts) = (Direction::BOTH[side & 1], &mut open.counts[side & 1]);
        if !payload.is_empty() {
            counts.bytes += payload.len() as u64;
            open.recorder.data(from, payload, place);
        }
        let missing = u64::from(seen.promised).saturating_sub(payload.len() as u64);
        if missing > 0 {
            (counts.missing, counts.gaps) = (counts.missing + missing, counts.gaps + 1);
            open.recorder.gap(from, Gap { bytes: missing, acknowledged: false, why: Why::Closed });
        }
        self.held += open.recorder.log.held() - before;
    }

    fn close_what_lingered(&mut self) {
        while let Some((number, since)) = self.closing.front().copied() {
            if self.frame < since + LINGER {
                return;
            }
            self.closing.pop_front();
            if self.numbering.state(number).is_some_and(|state| state.open.as_ref().is_some_and(|open| open.closing)) {
                self.hand_out(number);
            }
        }
    }

    fn hand_out(&mut self, number: u32) {
        self.open.remove(&number);
        let Some(entry) = self.numbering.get(number) else { return };
        let ends = [entry.first, entry.second];
        let Some(state) = self.numbering.state(number) else { return };
        let Some(mut open) = state.open.take() else { return };
        let part = state.part;
        state.part += 1;
        let before = open.recorder.log.held();
        open.connection.finish(&mut self.budget, &mut open.recorder);
        self.held = (self.held + open.recorder.log.held() - before).saturating_sub(open.recorder.log.held());
        if part > 0 && open.recorder.log.is_empty() {
            return;
        }
        let client = open.connection.client();
        self.ready.push_back(Stream {
            number,
            part,
            ends: [ends[client], ends[1 - client]],
            how: open.recorder.how.map(|how| how.unwrap_or(End::Open)),
            counts: if self.kind == Kind::Datagram { open.counts } else { Direction::BOTH.map(|direction| open.connection.counts(direction)) },
            packets: open.packets,
            places: [open.first, open.last],
            log: open.recorder.log,
        });
    }

    /// Move logs to the spool, and hand out what was silent for longest, where there is too much.
    fn keep_to_the_caps(&mut self) -> io::Result<()> {
        if self.open.len() > MOST_OPEN {
            let mut by_age: Vec<(u64, u32)> = Vec::with_capacity(self.open.len());
            for number in &self.open {
                by_age.extend(self.numbering.state(*number).and_then(|state| state.open.as_ref()).map(|open| (open.last.frame, *number)));
            }
            by_age.sort_unstable();
            by_age.truncate(self.open.len() - MOST_OPEN / 2);
            by_age.into_iter().for_each(|(_, number)| self.hand_out(number));
        }
        if self.held > MOST_HELD {
            let spool = match &self.spool {
                Some(spool) => Arc::clone(spool),
                None => Arc::clone(self.spool.insert((self.make_spool)()?)),
            };
            let mut open: Vec<u32> = self.open.iter().copied().collect();
            open.sort_unstable();
            for number in open {
                if let Some(open) = self.numbering.state(number).and_then(|state| state.open.as_mut()) {
                    open.recorder.log.spill(&spool)?;
                }
            }
            self.held = 0;
        }
        Ok(())
    }
}
