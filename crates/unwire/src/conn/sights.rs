//! What workers find out of a batch: what each frame tells of flows, when it was, which services a datagram shows, and of payloads what somebody
//! behind them has to see: the first bytes, by which services of streams are told, or all that is listened to.

use std::sync::Arc;

use super::Asked;
use super::signature::Signatures;
use crate::capture::{Batch, Record};
use crate::error::Reason;
use crate::filter::{Filter, Matcher};
use crate::pool::Job;
use crate::schema::{LayerId, Schema};
use crate::seeing::{Seeing, Told};
use crate::stream::{Kind, Seen};

/// When a frame was, and what its content shows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// Nanoseconds since the epoch.
    pub time: Option<i64>,
    /// Its number in the capture.
    pub number: u64,
    /// The services that the packet shows alone, a bit each.
    pub services: u32,
    /// The place of what its frame tells.
    seen: u32,
    /// Where what is kept of the payload stands, and how long it is.
    kept: [u32; 2],
}

/// A frame whose layers end where they should not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stopped {
    pub time: Option<i64>,
    pub number: u64,
    pub reason: Reason,
    pub layer: Option<LayerId>,
}

/// Says whether a payload is listened to.
pub type Wants = Arc<dyn Fn(&Seen, &[u8]) -> bool + Send + Sync>;

/// What a batch tells.
#[derive(Debug, Default)]
pub struct Sighted {
    /// What frames tell, in no order.
    seen: Vec<Seen>,
    /// The order of that.
    moments: Vec<Moment>,
    payloads: Vec<u8>,
    /// The frames of pieces of datagrams, with the link type they begin with, in the order of the pieces.
    pub(super) pieces: Vec<(u16, Box<[u8]>)>,
    pub(super) stops: Vec<Stopped>,
    /// Records of the batch.
    pub records: u64,
    /// True if the batch goes on behind this.
    pub more: bool,
}

impl Sighted {
    /// Each flow of each frame, in order, with what is kept of its payload; so many at a time.
    pub(super) fn chunks(&self, size: usize) -> impl Iterator<Item = impl Iterator<Item = (&Seen, &Moment, &[u8])> + Clone> {
        let kept = |moment: &Moment| self.payloads.get(moment.kept[0] as usize..).and_then(|rest| rest.get(..moment.kept[1] as usize));
        self.moments.chunks(size).map(move |some| {
            some.iter().filter_map(move |moment| Some((self.seen.get(moment.seen as usize)?, moment, kept(moment).unwrap_or_default())))
        })
    }
}

/// The payload of a flow that is no tunnel; of all else nothing.
#[inline]
pub(super) fn payload<'a>(seen: &Seen, bytes: &'a [u8]) -> &'a [u8] {
    if seen.tunnel || seen.piece.is_some() || !matches!(seen.ends.kind, Kind::Stream | Kind::Datagram) {
        return &[];
    }
    bytes.get(seen.start as usize..).and_then(|bytes| bytes.get(..seen.captured as usize)).unwrap_or_default()
}

/// The services that a packet shows alone.
#[inline]
pub(super) fn services(signatures: &Signatures, seen: &Seen, payload: &[u8]) -> u32 {
    if matches!(seen.ends.kind, Kind::Datagram | Kind::Stream) { signatures.of(&seen.ends, payload) } else { 0 }
}

/// True if layers should not end for this reason; `nothing` if the frame tells nothing.
fn is_bad(reason: Reason, nothing: bool) -> bool {
    match reason {
        Reason::End | Reason::Opaque | Reason::Fragment | Reason::Encrypted => false,
        Reason::NoLink => nothing,
        Reason::Short | Reason::Must | Reason::Expect | Reason::Length | Reason::Depth | Reason::Items => true,
    }
}

/// Frames that are looked at together.
const ROWS: usize = 1024;

/// The work on batches.
pub struct Sights {
    seeing: Seeing,
    signatures: Signatures,
    matcher: Option<Matcher>,
    link: Option<u16>,
    wants: Option<Wants>,
    /// True if it is told where layers end that should not.
    tells: bool,
    /// First bytes of streams that are kept in any case.
    reach: usize,
    found: Sighted,
    /// What the frames of a block tell, and their places in the batch if a filter chose them.
    told: Vec<Told>,
    chosen: Vec<u32>,
}

impl Sights {
    /// By a schema; `link` overrides the capture's link type; `wants` says which payloads are kept whole.
    pub fn new(schema: &Arc<Schema>, asked: &Asked, filter: Option<&Arc<Filter>>, link: Option<u16>, wants: Option<Wants>) -> Self {
        let signatures = Signatures::new(asked.signatures.clone());
        let seeing = asked.seeing(schema);
        let (reach, matcher) = (signatures.reach(), filter.map(|filter| Matcher::new(Arc::clone(filter))));
        let (found, told, chosen) = (Sighted::default(), Vec::new(), Vec::new());
        Self { seeing, signatures, matcher, link, wants, tells: false, reach, found, told, chosen }
    }

    /// Tell where layers end that should not, too.
    #[must_use]
    pub fn with_stops(self, tells: bool) -> Self {
        Self { tells, ..self }
    }

    /// Take a block of records; `place` says where in the batch each of them is.
    fn block(&mut self, batch: &Batch, records: &[Record], place: impl Fn(usize) -> u32) {
        let mut told = std::mem::take(&mut self.told);
        self.seeing.block(self.link, batch, records, &mut self.found.seen, &mut told);
        for ((record, Told { first, count, stop }), at) in records.iter().zip(&told).zip(0..) {
            let (time, number) = (record.time, batch.first_number + u64::from(place(at)));
            if self.tells && is_bad(stop.0, *count == 0) {
                self.found.stops.push(Stopped { time, number, reason: stop.0, layer: stop.1 });
            }
            for seen in *first..first + count {
                self.look(batch, record, Moment { time, number, services: 0, seen, kept: [0; 2] });
            }
        }
        self.told = told;
    }

    /// Take one of the flows that a frame tells of.
    #[inline(always)]
    fn look(&mut self, batch: &Batch, record: &Record, mut moment: Moment) {
        let Some(seen) = self.found.seen.get(moment.seen as usize) else { return };
        if !seen.quoted {
            let bytes = batch.bytes(record);
            if seen.piece.is_some() {
                self.found.pieces.push((self.link.unwrap_or(record.link), bytes.into()));
            }
            let payload = payload(seen, bytes);
            if !payload.is_empty() {
                let whole = self.wants.as_ref().is_some_and(|wants| wants(seen, payload));
                let keeps = match (whole, seen.ends.kind) {
                    (true, _) => payload.len(),
                    (false, Kind::Stream) => payload.len().min(self.reach),
                    (false, _) => 0,
                };
                moment.services = services(&self.signatures, seen, payload);
                moment.kept = [self.found.payloads.len() as u32, keeps as u32];
                self.found.payloads.extend_from_slice(payload.get(..keeps).unwrap_or_default());
            }
        }
        self.found.moments.push(moment);
    }
}

impl Job for Sights {
    type Output = Sighted;

    fn add(&mut self, batch: &Batch) {
        self.found.records += batch.records.len() as u64;
        let Some(matcher) = &mut self.matcher else {
            for (records, first) in batch.records.chunks(ROWS).zip((0..).step_by(ROWS)) {
                self.block(batch, records, |at| first + at as u32);
            }
            return;
        };
        let mut chosen = std::mem::take(&mut self.chosen);
        matcher.select(self.link, batch, &mut chosen);
        for places in chosen.chunks(ROWS) {
            let records: Vec<Record> = places.iter().filter_map(|at| batch.records.get(*at as usize).copied()).collect();
            self.block(batch, &records, |at| places.get(at).copied().unwrap_or_default());
        }
        self.chosen = chosen;
    }

    fn hand_on(&mut self) -> Option<Sighted> {
        Some(Sighted { more: true, ..self.finish() })
    }

    fn finish(&mut self) -> Sighted {
        let Sighted { seen, moments, payloads, .. } = &self.found;
        // The next batch tells about as much, or a little more.
        let about = |count: usize| count + count / 8;
        let (seen, moments) = (Vec::with_capacity(about(seen.len())), Vec::with_capacity(about(moments.len())));
        let next = Sighted { seen, moments, payloads: Vec::with_capacity(about(payloads.len())), ..Sighted::default() };
        std::mem::replace(&mut self.found, next)
    }
}
