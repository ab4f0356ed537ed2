//! What connections say: frames in order, put together by `stream`, given to the decoders of `native`, and out come messages and rows of logs. The
//! border between the two: here connections are told apart and ended, there they are understood.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use ahash::AHashMap;

use crate::capture::Batch;
use crate::filter::{Filter, Matcher};
use crate::native::Mark;
use crate::native::row::{Rows, Talk, name};
use crate::native::speaker::{Said, Speaker};
use crate::pool::Job;
use crate::schema::Schema;
use crate::seeing::Seeing;
use crate::stream::{Budget, Connection, Direction, End, Ends, Flags, Gap, Kind, Place, Reader, Seen, Segment, flag};

/// Nanoseconds that a connection may be silent, and that datagrams may.
const PATIENCE: [i64; 2] = [300_000_000_000, 60_000_000_000];
/// Packets between two looks for who is silent.
const LOOK: u64 = 1 << 16;
/// Connections at once.
const MOST: usize = 1 << 20;

/// A connection.
struct Live {
    talk: Talk,
    /// The first sender, by its place in the key.
    first: usize,
    connection: Connection,
    speaker: Speaker,
    last: Option<i64>,
    number: u64,
    over: bool,
}

/// All that is known while captures are read.
pub struct Talks {
    seeing: Seeing,
    seen: Vec<Seen>,
    live: AHashMap<Ends, Box<Live>>,
    budget: Budget,
    /// Rows of logs.
    pub rows: Rows,
    /// Messages, if they are asked for.
    pub said: Option<VecDeque<(Talk, Said)>>,
    wanted: Option<usize>,
    frames: u64,
    time: Option<i64>,
}

impl Talks {
    /// By a schema: rows of these logs, and messages of one.
    pub fn new(schema: &Arc<Schema>, rows: Rows, messages: Option<usize>) -> Self {
        let said = messages.map(|_| VecDeque::new());
        Self {
            seeing: Seeing::new(Arc::clone(schema), false),
            seen: Vec::new(),
            live: AHashMap::new(),
            budget: Budget::default(),
            rows,
            said,
            wanted: messages,
            frames: 0,
            time: None,
        }
    }

    /// The next frame.
    pub fn frame(&mut self, link: u16, bytes: &[u8], wire_len: u32, mark: Mark) {
        self.frames += 1;
        self.time = mark.time.or(self.time);
        if self.frames.is_multiple_of(LOOK) || self.live.len() > MOST {
            self.look();
        }
        let mut seen = std::mem::take(&mut self.seen);
        seen.clear();
        self.seeing.frame(link, bytes, wire_len, 0, &mut seen);
        for one in &seen {
            if one.piece.is_none() && matches!(one.ends.kind, Kind::Stream | Kind::Datagram) && !one.tunnel {
                let start = one.start as usize;
                let payload = bytes.get(start..start.saturating_add(one.captured as usize)).unwrap_or_default();
                self.packet(one, payload, mark);
            }
        }
        self.seen = seen;
    }

    fn packet(&mut self, seen: &Seen, payload: &[u8], mark: Mark) {
        let ends = seen.ends;
        let turned = (ends.source, ends.ports[0]) > (ends.target, ends.ports[1]);
        let key = if turned { ends.turned() } else { ends };
        let from = usize::from(turned);
        let opens = ends.kind == Kind::Stream && seen.flags & (flag::SYN | flag::ACK) == flag::SYN;
        if self.live.get(&key).is_some_and(|live| live.is_done(opens, self.time, ends.kind))
            && let Some(live) = self.live.remove(&key)
        {
            self.finish(live);
        }
        if ends.kind == Kind::Datagram && !Speaker::may_speak(&ends.ports, payload) && !self.live.contains_key(&key) {
            return;
        }
        let number = self.frames;
        let live = self.live.entry(key).or_insert_with(|| Box::new(Live::new(&ends, from, mark, number)));
        live.last = mark.time.or(live.last);
        if live.over {
            return;
        }
        let Live { talk, speaker, connection, first, .. } = &mut **live;
        let mut hearing = Hearing { talk, speaker, rows: &mut self.rows, said: self.said.as_mut(), wanted: self.wanted };
        if ends.kind == Kind::Datagram {
            hearing.datagram(usize::from(from != *first), payload, mark);
            return;
        }
        let place = Place { frame: mark.frame, time: mark.time };
        let segment =
            Segment { sequence: seen.sequence, acknowledgement: seen.acknowledged, flags: Flags(seen.flags), payload, len: seen.promised, place };
        connection.segment(from, &segment, &mut self.budget, &mut hearing);
        live.turn();
        // What is closed is kept for a while: what was sent before may still come.
        if live.speaker.is_over() {
            let mut done = std::mem::take(&mut live.connection);
            let Live { talk, speaker, .. } = &mut **live;
            let mut hearing = Hearing { talk, speaker, rows: &mut self.rows, said: self.said.as_mut(), wanted: self.wanted };
            done.finish(&mut self.budget, &mut hearing);
            live.speaker.end(&live.talk, &mut self.rows);
            live.over = true;
        }
    }

    /// End what was silent for too long, in the order in which it began.
    fn look(&mut self) {
        let crowded = self.live.len() > MOST;
        let time = self.time;
        let mut silent: Vec<(u64, Ends)> = self
            .live
            .iter()
            .filter(|(key, live)| live.is_done(false, time, key.kind) || live.connection.is_closed() || (crowded && live.over))
            .map(|(key, live)| (live.number, *key))
            .collect();
        if silent.is_empty() && crowded {
            silent = self.live.iter().map(|(key, live)| (live.number, *key)).collect();
            silent.sort_unstable();
            silent.truncate(MOST / 4);
        }
        silent.sort_unstable();
        for (_, key) in silent {
            if let Some(live) = self.live.remove(&key) {
                self.finish(live);
            }
        }
    }

    fn finish(&mut self, mut live: Box<Live>) {
        if live.over {
            return;
        }
        let mut connection = std::mem::take(&mut live.connection);
        let Live { talk, speaker, .. } = &mut *live;
        let mut hearing = Hearing { talk, speaker, rows: &mut self.rows, said: self.said.as_mut(), wanted: self.wanted };
        if !talk.datagrams {
            connection.finish(&mut self.budget, &mut hearing);
        }
        live.speaker.end(&live.talk, &mut self.rows);
    }

    /// All captures have ended.
    pub fn end(&mut self) {
        let mut all: Vec<(u64, Ends)> = self.live.iter().map(|(key, live)| (live.number, *key)).collect();
        all.sort_unstable();
        for (_, key) in all {
            if let Some(live) = self.live.remove(&key) {
                self.finish(live);
            }
        }
    }
}

impl Live {
    fn new(ends: &Ends, from: usize, mark: Mark, number: u64) -> Self {
        let datagrams = ends.kind == Kind::Datagram;
        let multicast = match ends.width {
            4 => ends.target[0] >> 4 == 14 || ends.target[..4] == [255; 4],
            _ => ends.target[0] == 0xFF,
        };
        let talk = Talk { uid: uid(ends, mark.time), addresses: [text(ends, 0), text(ends, 1)], ports: ends.ports, datagrams, multicast };
        Self { talk, first: from, connection: Connection::default(), speaker: Speaker::default(), last: mark.time, number, over: false }
    }

    /// True if what comes next is another connection.
    fn is_done(&self, opens: bool, time: Option<i64>, kind: Kind) -> bool {
        let patience = PATIENCE[usize::from(kind == Kind::Datagram)];
        let silent = time.zip(self.last).is_some_and(|(now, last)| now.saturating_sub(last) > patience);
        silent || (opens && (self.over || self.connection.is_closed()))
    }

    /// The client may turn out to be the other end.
    fn turn(&mut self) {
        if self.connection.client() != self.first {
            self.first = self.connection.client();
            self.talk.addresses.swap(0, 1);
            self.talk.ports.swap(0, 1);
        }
    }
}

/// Takes what one connection says.
struct Hearing<'a> {
    talk: &'a Talk,
    speaker: &'a mut Speaker,
    rows: &'a mut Rows,
    said: Option<&'a mut VecDeque<(Talk, Said)>>,
    wanted: Option<usize>,
}

impl Hearing<'_> {
    fn datagram(&mut self, side: usize, payload: &[u8], mark: Mark) {
        let found = self.speaker.datagram(side, payload, mark, self.talk, self.rows, self.wanted);
        self.tell(found);
    }

    fn tell(&mut self, found: Vec<Said>) {
        if let Some(said) = &mut self.said {
            said.extend(found.into_iter().map(|one| (self.talk.clone(), one)));
        }
    }
}

impl Reader for Hearing<'_> {
    fn data(&mut self, from: Direction, bytes: &[u8], place: Place) {
        let mark = Mark { frame: place.frame, time: place.time };
        let found = self.speaker.data(from.index(), bytes, mark, self.talk, self.rows, self.wanted);
        self.tell(found);
    }

    fn gap(&mut self, from: Direction, gap: Gap) {
        let found = self.speaker.gap(from.index(), gap.bytes, self.talk, self.rows, self.wanted);
        self.tell(found);
    }

    fn end(&mut self, from: Direction, _: End) {
        let found = self.speaker.end_of(from.index(), self.talk, self.rows, self.wanted);
        self.tell(found);
    }
}

fn text(ends: &Ends, side: usize) -> String {
    let address = if side == 0 { ends.source } else { ends.target };
    match (ends.width, address.first_chunk::<4>()) {
        (4, Some(four)) => Ipv4Addr::from(*four).to_string(),
        _ => Ipv6Addr::from(address).to_string(),
    }
}

/// The name of a connection, as the log of connections has it.
fn uid(ends: &Ends, first: Option<i64>) -> String {
    let (a, b) = ((ends.source, ends.ports[0]), (ends.target, ends.ports[1]));
    let (low, high) = if a <= b { (a, b) } else { (b, a) };
    let mut message = Vec::with_capacity(56);
    for (address, port) in [low, high] {
        message.extend_from_slice(&address);
        message.extend_from_slice(&port.to_be_bytes());
    }
    message.extend_from_slice(&[ends.width, ends.protocol]);
    message.extend_from_slice(&first.unwrap_or(0).to_be_bytes());
    message.extend_from_slice(&0_u32.to_be_bytes());
    name('C', &message)
}

/// The work on batches, which has to be done in order: by one worker.
pub struct Listening {
    talks: Arc<Mutex<Talks>>,
    matcher: Option<Matcher>,
    link: Option<u16>,
    before: u64,
    records: u64,
}

impl Listening {
    /// `link` overrides the capture's link type; `before` packets came in captures before this one.
    pub fn new(talks: &Arc<Mutex<Talks>>, filter: Option<&Arc<Filter>>, link: Option<u16>, before: u64) -> Self {
        let matcher = filter.map(|filter| Matcher::new(Arc::clone(filter)));
        Self { talks: Arc::clone(talks), matcher, link, before, records: 0 }
    }
}

impl Job for Listening {
    type Output = u64;

    fn add(&mut self, batch: &Batch) {
        let mut talks = self.talks.lock().unwrap_or_else(PoisonError::into_inner);
        self.records += batch.records.len() as u64;
        for (at, record) in batch.records.iter().enumerate() {
            if self.matcher.as_mut().is_some_and(|matcher| !matcher.matches_record(self.link, batch, at)) {
                continue;
            }
            let mark = Mark { frame: self.before + batch.first_number + at as u64, time: record.time };
            talks.frame(self.link.unwrap_or(record.link), batch.bytes(record), record.wire_len, mark);
        }
    }

    fn finish(&mut self) -> u64 {
        std::mem::take(&mut self.records)
    }
}
