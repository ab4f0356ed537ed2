//! What workers find out of a batch: what each frame tells of flows, when it was, and which services its first bytes show.

use std::sync::Arc;

use super::Asked;
use super::signature::Signatures;
use crate::capture::Batch;
use crate::filter::{Filter, Matcher};
use crate::pool::Job;
use crate::schema::Schema;
use crate::seeing::Seeing;
use crate::stream::{Kind, Seen};

/// When a frame was, and what its content shows.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// Nanoseconds since the epoch.
    pub time: Option<i64>,
    /// Its number in the capture.
    pub number: u64,
    /// The services, a bit each.
    pub services: u32,
}

/// What a batch tells.
#[derive(Debug, Default)]
pub struct Sighted {
    seen: Vec<Seen>,
    moments: Vec<Moment>,
    /// The frames of pieces of datagrams, with the link type they begin with, in the order of the pieces.
    pub(super) pieces: Vec<(u16, Box<[u8]>)>,
    /// Records of the batch.
    pub records: u64,
}

impl Sighted {
    /// Each flow of each frame, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Seen, &Moment)> {
        self.seen.iter().zip(&self.moments)
    }
}

/// The services that the payload of a flow shows.
#[inline]
pub(super) fn services(signatures: &Signatures, seen: &Seen, bytes: &[u8]) -> u32 {
    let payload = bytes.get(seen.start as usize..).and_then(|bytes| bytes.get(..seen.captured as usize));
    match (payload, seen.ends.kind, seen.tunnel || seen.piece.is_some()) {
        (Some(payload), Kind::Stream | Kind::Datagram, false) if !payload.is_empty() => signatures.of(&seen.ends, payload),
        _ => 0,
    }
}

/// The work on batches.
pub struct Sights {
    seeing: Seeing,
    signatures: Signatures,
    matcher: Option<Matcher>,
    link: Option<u16>,
    found: Sighted,
}

impl Sights {
    /// By a schema; `link` overrides the capture's link type.
    pub fn new(schema: &Arc<Schema>, asked: &Asked, filter: Option<&Arc<Filter>>, link: Option<u16>) -> Self {
        let signatures = Signatures::new(asked.signatures.clone());
        let seeing = Seeing::new(Arc::clone(schema), asked.verifies);
        Self { seeing, signatures, matcher: filter.map(|filter| Matcher::new(Arc::clone(filter))), link, found: Sighted::default() }
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
            for seen in self.found.seen.get(first..).unwrap_or_default() {
                let services = services(&self.signatures, seen, bytes);
                if seen.piece.is_some() {
                    self.found.pieces.push((self.link.unwrap_or(record.link), bytes.into()));
                }
                self.found.moments.push(Moment { time: record.time, number: batch.first_number + at as u64, services });
            }
        }
    }

    fn finish(&mut self) -> Sighted {
        std::mem::take(&mut self.found)
    }
}
