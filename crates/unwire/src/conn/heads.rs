//! The first bytes of streams, as long as a service may still be told by them, in whatever order and however cut they come. Which bytes those are
//! signature.rs knows; most streams are told by their first segment, and nothing of them is kept here.

use ahash::AHashMap;

use super::signature::Signatures;
use crate::stream::{Ends, Seen};

/// Bytes of a direction that are kept at most.
const MOST: usize = 64;

/// What is known of a direction's first bytes.
#[derive(Clone, Copy, Debug)]
struct Head {
    bytes: [u8; MOST],
    /// Which of them are there, a bit each.
    known: u64,
}

impl Head {
    const NOTHING: Self = Self { bytes: [0; MOST], known: 0 };

    /// What came first counts.
    fn add(&mut self, position: usize, bytes: &[u8]) {
        for (at, byte) in (position..MOST).zip(bytes) {
            if self.known >> at & 1 == 0
                && let Some(place) = self.bytes.get_mut(at)
            {
                *place = *byte;
                self.known |= 1 << at;
            }
        }
    }

    /// The bytes up to the first that is missing.
    fn begun(&self) -> &[u8] {
        self.bytes.get(..self.known.trailing_ones() as usize).unwrap_or_default()
    }
}

/// The first bytes of streams that are not told yet, by the place of their flow: of the lower of the two ends, then of the other.
#[derive(Debug, Default)]
pub(super) struct Heads {
    waiting: AHashMap<u32, Box<[Head; 2]>>,
}

impl Heads {
    /// Bytes of a stream at a place among its first. The services that they show, and whether nothing more can be learned.
    pub(super) fn add(&mut self, signatures: &Signatures, at: u32, seen: &Seen, position: usize, bytes: &[u8]) -> (u32, bool) {
        if position >= MOST {
            return (0, false);
        }
        if position == 0 && !self.waiting.contains_key(&at) {
            let (services, more) = signatures.begun(&seen.ends, bytes);
            if !more {
                return (services, true);
            }
        }
        let Ends { source, target, ports, .. } = &seen.ends;
        let side = usize::from((source, ports[0]) > (target, ports[1]));
        let heads = self.waiting.entry(at).or_insert_with(|| Box::new([Head::NOTHING; 2]));
        heads[side].add(position, bytes);
        let begun = heads[side].begun();
        let (services, more) = signatures.begun(&seen.ends, begun);
        (services, !more || begun.len() >= MOST)
    }

    /// A flow is over.
    pub(super) fn forget(&mut self, at: u32) {
        if !self.waiting.is_empty() {
            self.waiting.remove(&at);
        }
    }
}
