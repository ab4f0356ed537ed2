//! What workers find out of a batch: what each frame tells of flows, when it was, which services a datagram shows, and of payloads what somebody
//! behind them has to see: the first bytes, by which services of streams are told, or all that is listened to.

use std::sync::Arc;

use super::Asked;
use super::signature::Signatures;
use crate::capture::Batch;
use crate::error::Reason;
use crate::filter::{Filter, Matcher};
use crate::pool::Job;
use crate::schema::{LayerId, Schema};
use crate::seeing::Seeing;
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
    seen: Vec<Seen>,
    moments: Vec<Moment>,
    payloads: Vec<u8>,
    /// The frames of pieces of datagrams, with the link type they begin with, in the order of the pieces.
    pub(super) pieces: Vec<(u16, Box<[u8]>)>,
    pub(super) stops: Vec<Stopped>,
    /// Records of the batch.
    pub records: u64,
}

impl Sighted {
    /// Each flow of each frame, in order, with what is kept of its payload.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Seen, &Moment, &[u8])> {
        let kept = |moment: &Moment| self.payloads.get(moment.kept[0] as usize..).and_then(|rest| rest.get(..moment.kept[1] as usize));
        self.seen.iter().zip(&self.moments).map(move |(seen, moment)| (seen, moment, kept(moment).unwrap_or_default()))
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
}

impl Sights {
    /// By a schema; `link` overrides the capture's link type; `wants` says which payloads are kept whole.
    pub fn new(schema: &Arc<Schema>, asked: &Asked, filter: Option<&Arc<Filter>>, link: Option<u16>, wants: Option<Wants>) -> Self {
        let signatures = Signatures::new(asked.signatures.clone());
        let seeing = asked.seeing(schema);
        let (reach, matcher) = (signatures.reach(), filter.map(|filter| Matcher::new(Arc::clone(filter))));
        Self { seeing, signatures, matcher, link, wants, tells: false, reach, found: Sighted::default() }
    }

    /// Tell where layers end that should not, too.
    #[must_use]
    pub fn with_stops(self, tells: bool) -> Self {
        Self { tells, ..self }
    }
}

impl Job for Sights {
    type Output = Sighted;

    fn add(&mut self, batch: &Batch) {
        self.found.records += batch.records.len() as u64;
        for (at, record) in batch.records.iter().enumerate() {
            if self.matcher.as_mut().is_some_and(|matcher| !matcher.matches_record(self.link, batch, at)) {
                continue;
            }
            let bytes = batch.bytes(record);
            let first = self.found.seen.len();
            self.seeing.frame(self.link.unwrap_or(record.link), bytes, record.wire_len, at as u32, &mut self.found.seen);
            if self.tells {
                let (reason, layer) = self.seeing.stop();
                let bad = match reason {
                    Reason::End | Reason::Opaque | Reason::Fragment | Reason::Encrypted => false,
                    Reason::NoLink => self.found.seen.len() == first,
                    Reason::Short | Reason::Must | Reason::Expect | Reason::Length | Reason::Depth | Reason::Items => true,
                };
                if bad {
                    let number = batch.first_number + at as u64;
                    self.found.stops.push(Stopped { time: record.time, number, reason, layer });
                }
            }
            for seen in self.found.seen.get(first..).unwrap_or_default() {
                if seen.quoted {
                    self.found.moments.push(Moment { time: record.time, number: batch.first_number + at as u64, services: 0, kept: [0; 2] });
                    continue;
                }
                if seen.piece.is_some() {
                    self.found.pieces.push((self.link.unwrap_or(record.link), bytes.into()));
                }
                let payload = payload(seen, bytes);
                let services = services(&self.signatures, seen, payload);
                let whole = !payload.is_empty() && self.wants.as_ref().is_some_and(|wants| wants(seen, payload));
                let keeps = match (whole, seen.ends.kind) {
                    (true, _) => payload.len(),
                    (false, Kind::Stream) => payload.len().min(self.reach),
                    (false, _) => 0,
                };
                let kept = [self.found.payloads.len() as u32, keeps as u32];
                self.found.payloads.extend_from_slice(payload.get(..keeps).unwrap_or_default());
                self.found.moments.push(Moment { time: record.time, number: batch.first_number + at as u64, services, kept });
            }
        }
    }

    fn finish(&mut self) -> Sighted {
        std::mem::take(&mut self.found)
    }
}
