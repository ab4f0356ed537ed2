//! The log of connections: what frames tell of flows (seeing/, by workers) goes through one table of flows (stream/flow) in the capture's
//! order, and each flow that is over becomes a row. Whoever listens to what flows carry is told with each packet which flow it belongs to, and
//! when that is over. What depends on names (ports, services, local addresses) is given by the caller; here no protocol is known.

mod ears;
mod heads;
mod names;
mod numbers;
mod rows;
mod ruled;
mod sights;
mod signature;
mod totals;

use std::sync::Arc;

use ahash::AHashMap;
use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};

use crate::schema::Schema;
use crate::seeing::Seeing;
use crate::stream::flow::{self, Flows, Packet, Rules, Within};
use crate::stream::{Counted, DatagramKey, Defragmenter, Ends, Fragment, Kind, NO_TAG, Outcome, Place, Refusal, Seen, Verdict};
pub use ears::{Deaf, Ears, Heard, Odd};
use heads::Heads;
pub use names::{community, uid};
use rows::Rows;
pub use rows::{Local, Origin, outputs};
pub use ruled::ruled;
use sights::Stopped;
pub use sights::{Sighted, Sights, Wants};
use sights::{payload, services};
pub use signature::Signature;
use signature::Signatures;
pub use totals::Totals;

/// What is asked of a log of connections.
#[derive(Clone, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is asked for by itself")]
pub struct Asked {
    /// What flows go by.
    pub rules: Rules,
    /// Flows in different virtual networks, or in different tunnels, are different flows.
    pub by_tag: bool,
    /// See there.
    pub by_tunnel: bool,
    /// Wrong checksums keep packets out of flows.
    pub verifies: bool,
    /// Rows have Wireshark's numbers of streams.
    pub numbers: bool,
    /// How services are known by their first bytes.
    pub signatures: Vec<Signature>,
    /// The names of services, a bit each.
    pub services: Vec<String>,
    /// Names of transports: of streams, datagrams, messages and all else.
    pub transports: [String; 4],
    /// Numbers that say that a network layer carries nothing.
    pub nothing: Vec<u8>,
    /// Names of the columns of tags, the outer and the inner one.
    pub tags: [String; 2],
    /// Addresses that count as local.
    pub local: Vec<Local>,
    /// What community ids are seeded with.
    pub seed: u16,
}

impl Asked {
    /// What frames tell of flows; numbers of streams count what errors quote.
    fn seeing(&self, schema: &Arc<Schema>) -> Seeing {
        let seeing = Seeing::new(Arc::clone(schema), self.verifies);
        if self.numbers { seeing.with_quotes() } else { seeing }
    }
}

/// Kinds of surroundings that are told apart at most; what is around later flows is not told.
const MOST_SURROUNDINGS: usize = 1 << 20;
/// Datagrams inside datagrams that are put together in one frame.
const MOST_NESTED: usize = 4;
/// Rows that go out together.
const TOGETHER: usize = 8192;

/// Packets whose flows are looked up ahead, and where those are that were not found.
const AHEAD: usize = 32;
const NOWHERE: u32 = u32::MAX;

/// What is around flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Around {
    tags: [u16; 2],
    /// The tunnel, counted from 1; 0 for none.
    tunnel: u32,
}

const NOTHING: Around = Around { tags: [NO_TAG; 2], tunnel: 0 };

/// Surroundings by number, and tunnels.
#[derive(Debug)]
struct Surroundings {
    all: Vec<Around>,
    numbers: AHashMap<Around, u32>,
    /// The one that was last asked for, with its number.
    last: (Around, Within),
    tunnels: Vec<Origin>,
    by_origin: AHashMap<Origin, u32>,
    /// Tunnels without a flow of their own, by their ends: when they began.
    bare: AHashMap<Ends, i64>,
}

impl Surroundings {
    fn new() -> Self {
        let (numbers, by_origin, bare) = (AHashMap::new(), AHashMap::new(), AHashMap::new());
        Self { all: vec![NOTHING], numbers, last: (NOTHING, Within(0)), tunnels: Vec::new(), by_origin, bare }
    }

    #[inline]
    fn number(&mut self, around: Around) -> Within {
        match self.last {
            _ if around == NOTHING => Within(0),
            (last, number) if around == last => number,
            _ => self.number_of(around),
        }
    }

    fn number_of(&mut self, around: Around) -> Within {
        let number = match self.numbers.get(&around) {
            Some(known) => *known,
            None if self.all.len() >= MOST_SURROUNDINGS => 0,
            None => {
                let number = self.all.len() as u32;
                self.all.push(around);
                *self.numbers.entry(around).or_insert(number)
            }
        };
        self.last = (around, Within(number));
        Within(number)
    }

    fn tunnel(&mut self, origin: Origin) -> u32 {
        if let Some(known) = self.by_origin.get(&origin) {
            return *known;
        }
        if self.tunnels.len() >= MOST_SURROUNDINGS {
            return 0;
        }
        self.tunnels.push(origin);
        self.by_origin.insert(origin, self.tunnels.len() as u32);
        self.tunnels.len() as u32
    }

    /// A tunnel that has no flow of its own.
    fn bare(&mut self, ends: Ends, time: i64) -> u32 {
        let ends = Ends { ports: [0; 2], ..ends };
        let ends = if ends.source <= ends.target { ends } else { ends.turned() };
        let first = match self.bare.get(&ends) {
            Some(first) => *first,
            None if self.bare.len() >= MOST_SURROUNDINGS => return 0,
            None => *self.bare.entry(ends).or_insert(time),
        };
        self.tunnel(Origin { ends, first, tie: 0 })
    }
}

/// A log of connections while it is made.
pub struct Conn {
    asked: Arc<Asked>,
    flows: Flows,
    around: Surroundings,
    rows: Rows,
    /// The service that a layer has, if it is the carrier of a tunnel.
    carried: Vec<u32>,
    seeing: Seeing,
    signatures: Signatures,
    heads: Heads,
    pieces: Defragmenter,
    /// The tunnel that the frame's next flow is in.
    tunnel: u32,
    time: i64,
    /// The last packet's time as its record has it.
    told: Option<i64>,
    /// Packets before those of the capture that is read.
    before: u64,
    /// The number of the last packet.
    number: u64,
    /// All captures have ended.
    ended: bool,
}

impl Conn {
    /// Without any; rows are made only if they are `wanted`.
    pub fn new(schema: &Arc<Schema>, asked: &Arc<Asked>, wanted: bool) -> Self {
        let bit = |name: &str| asked.services.iter().position(|known| known == name).map_or(0, |at| 1 << at);
        let carried = schema.layers.iter().map(|layer| layer.service.as_deref().map_or(0, bit)).collect();
        let rows = Rows::new(Arc::clone(asked), wanted);
        let (flows, around) = (Flows::new(asked.rules.clone()), Surroundings::new());
        let seeing = asked.seeing(schema);
        let signatures = Signatures::new(asked.signatures.clone());
        Self {
            asked: Arc::clone(asked),
            flows,
            around,
            rows,
            carried,
            seeing,
            signatures,
            heads: Heads::default(),
            pieces: Defragmenter::default(),
            tunnel: 0,
            time: 0,
            told: None,
            before: 0,
            number: 0,
            ended: false,
        }
    }

    /// The types of the columns.
    pub fn schema(&mut self) -> Result<SchemaRef, ArrowError> {
        self.rows.schema()
    }

    /// Take what a batch tells, in the capture's order.
    pub fn add<E: Ears>(&mut self, sights: &Sighted, ears: &mut E) {
        let (mut pieces, mut stops) = (sights.pieces.iter(), sights.stops.iter().peekable());
        for some in sights.chunks(AHEAD) {
            let near: [u32; AHEAD] = self.flows.foresee(some.clone().map(|(seen, ..)| &seen.ends));
            for ((seen, moment, payload), near) in some.zip(near) {
                while let Some(stop) = stops.next_if(|stop| stop.number < moment.number) {
                    self.stop(stop, ears);
                }
                (self.time, self.told) = (moment.time.unwrap_or(self.time), moment.time);
                self.number = self.before + moment.number;
                if seen.depth == 0 {
                    self.tunnel = 0;
                }
                if seen.quoted {
                    self.rows.see(seen, Place { frame: self.number, time: self.told });
                    continue;
                }
                if seen.piece.is_none() {
                    self.flow(seen, near, moment.services, payload, ears);
                } else if let Some((link, frame)) = pieces.next() {
                    self.piece(seen, *link, frame, 0, ears);
                }
            }
        }
        stops.for_each(|stop| self.stop(stop, ears));
    }

    fn stop<E: Ears>(&self, stop: &Stopped, ears: &mut E) {
        let name = stop.layer.and_then(|layer| self.seeing.schema().layer(layer).name.as_deref()).unwrap_or_default();
        ears.odd(&Odd::Stop(stop.reason, name), None, Place { frame: self.before + stop.number, time: stop.time });
    }

    /// A packet of a flow.
    fn flow<E: Ears>(&mut self, seen: &Seen, near: u32, services: u32, payload: &[u8], ears: &mut E) {
        let stream = self.rows.see(seen, Place { frame: self.number, time: self.told });
        let around = Around { tags: seen.tags, tunnel: self.tunnel };
        let (within, named) = (self.around.number(around), self.named(around));
        if seen.ends.kind == Kind::Other {
            if seen.tunnel {
                self.tunnel = self.around.bare(seen.ends, self.time);
                return;
            }
            if self.asked.nothing.contains(&seen.ends.protocol) {
                return;
            }
        }
        let carried = if seen.tunnel { self.carried.get(usize::from(seen.carrier)).copied().unwrap_or(0) } else { 0 };
        let packet = Packet { seen, time: self.time, number: self.number, services: services | carried, within, named, near };
        let flow = self.flows.packet(&packet, &mut self.rows.with(&self.around, &mut self.heads, ears));
        let place = Place { frame: self.number, time: self.told };
        let Some(at) = flow else {
            self.tunnel = if seen.tunnel { 0 } else { self.tunnel };
            if seen.verdict == Verdict::BadNetwork {
                ears.odd(&Odd::Checksum(None), None, place);
            }
            return;
        };
        self.rows.note(at, stream);
        if seen.tunnel {
            self.tunnel = Origin::of(&self.flows, at).map_or(0, |origin| self.around.tunnel(origin));
        }
        if seen.verdict == Verdict::BadTransport {
            ears.odd(&Odd::Checksum(Some(seen.ends.kind)), Some((&self.flows, at)), place);
            return;
        }
        if self.flows.odd != 0 {
            flow::Odd::of(self.flows.odd).for_each(|odd| ears.odd(&Odd::Flow(odd), Some((&self.flows, at)), place));
        }
        if !payload.is_empty()
            && let Some(position) = self.flows.beginning(at, seen)
        {
            let (services, all) = self.heads.add(&self.signatures, at, seen, position as usize, payload);
            self.flows.know(at, seen, services, all);
        }
        ears.hear(&Heard { at, flows: &self.flows, seen, payload, place });
    }

    /// A piece of a datagram, whose packet is the datagram when it is whole.
    fn piece<E: Ears>(&mut self, seen: &Seen, link: u16, frame: &[u8], nested: usize, ears: &mut E) {
        let place = Place { frame: self.number, time: Some(self.time) };
        let Some((key, fragment)) = DatagramKey::of(seen).zip(Fragment::of(seen, frame, place)) else { return };
        let before = self.pieces.counted();
        let outcome = self.pieces.add(key, &fragment);
        self.refused(before, ears);
        let Outcome::Whole(whole) = outcome else { return };
        let (from, walked) = (whole.head.len() as u32, [whole.head, whole.bytes].concat());
        let mut told = Vec::new();
        self.seeing.datagram(link, &walked, from, seen.record, &mut told);
        for inside in &told {
            if inside.piece.is_none() {
                let payload = payload(inside, &walked);
                self.flow(inside, NOWHERE, services(&self.signatures, inside, payload), payload, ears);
            } else if nested < MOST_NESTED {
                self.piece(inside, link, &walked, nested + 1, ears);
            }
        }
    }

    /// Tell what the last piece made odd.
    fn refused<E: Ears>(&self, before: Counted, ears: &mut E) {
        let (now, place) = (self.pieces.counted(), Place { frame: self.number, time: self.told });
        for (refusal, (now, before)) in Refusal::ALL.into_iter().zip(now.refused.into_iter().zip(before.refused)) {
            if now > before {
                ears.odd(&Odd::Pieces(refusal, now - before), None, place);
            }
        }
        if now.conflicts > before.conflicts {
            ears.odd(&Odd::Conflict(now.conflicts - before.conflicts), None, place);
        }
    }

    /// What of the surroundings names a flow.
    fn named(&mut self, around: Around) -> Within {
        let tags = if self.asked.by_tag { around.tags } else { NOTHING.tags };
        let tunnel = if self.asked.by_tunnel { around.tunnel } else { 0 };
        self.around.number(Around { tags, tunnel })
    }

    /// A capture has ended; the next one's packets are counted on.
    pub fn end_of_capture(&mut self, packets: u64) {
        self.before += packets;
        self.rows.begin();
    }

    /// All captures have ended: some of the flows that are left are given out. True if these were the last; else there are more.
    pub fn finish<E: Ears>(&mut self, ears: &mut E) -> bool {
        if !std::mem::replace(&mut self.ended, true) {
            let before = self.pieces.counted();
            self.pieces.finish();
            self.refused(before, ears);
            if self.flows.crowded > 0 {
                ears.odd(&Odd::Crowded(self.flows.crowded), None, Place { frame: self.number, time: self.told });
            }
        }
        self.flows.finish(TOGETHER, &mut self.rows.with(&self.around, &mut self.heads, ears))
    }

    /// Rows of flows that are over, if there are enough of them, or `all` there are.
    pub fn take(&mut self, all: bool) -> Option<Result<RecordBatch, ArrowError>> {
        let enough = self.rows.len() >= if all { 1 } else { TOGETHER };
        enough.then(|| self.rows.take())
    }

    /// How many flows are over, and how they went.
    pub fn totals(&self) -> &Totals {
        self.rows.totals()
    }

    /// Live flows, and the bytes that they take.
    pub fn live(&self) -> (usize, usize) {
        (self.flows.len(), self.flows.memory())
    }

    /// Flows that were given out before their time for want of room.
    pub fn crowded(&self) -> u64 {
        self.flows.crowded
    }
}
