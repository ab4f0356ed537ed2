//! Services known by the first bytes of what one side sends: masks over bytes. Which service that is the caller knows.

use crate::stream::{Ends, Kind};

/// The first bytes of a service.
#[derive(Clone, Debug, Default)]
pub struct Signature {
    /// Its bit.
    pub service: u32,
    /// It is one of streams, else of datagrams.
    pub stream: bool,
    /// Bytes, and which of their bits count.
    pub pattern: Vec<(u8, u8)>,
    /// Bytes that there must be.
    pub least: usize,
    /// A port that one side must have, for what few bytes show.
    pub port: Option<u16>,
}

impl Signature {
    #[inline]
    fn fits(&self, ends: &Ends, payload: &[u8]) -> bool {
        self.has_port(ends) && payload.len() >= self.least.max(self.pattern.len()) && self.may(payload)
    }

    #[inline]
    fn has_port(&self, ends: &Ends) -> bool {
        let [source, target] = ends.ports;
        self.port.is_none_or(|port| port == source || port == target)
    }

    /// True if the bytes, as far as they go, are those of the pattern.
    #[inline]
    fn may(&self, bytes: &[u8]) -> bool {
        self.pattern.iter().zip(bytes).all(|((byte, mask), found)| found & mask == *byte)
    }
}

/// Signatures by their transport and their first byte.
#[derive(Debug)]
pub(super) struct Signatures {
    all: Vec<Signature>,
    first: [Vec<Vec<u16>>; 2],
}

impl Signatures {
    pub(super) fn new(all: Vec<Signature>) -> Self {
        let by_first = |stream: bool| {
            let may = |byte: u8, one: &Signature| one.pattern.first().is_none_or(|(value, mask)| byte & mask == *value);
            let of = |byte: u8| all.iter().zip(0..).filter(|(one, _)| one.stream == stream && may(byte, one)).map(|(_, at)| at).collect();
            (0..=u8::MAX).map(of).collect()
        };
        let first = [by_first(true), by_first(false)];
        Self { all, first }
    }

    /// How many first bytes of a stream tell all that can be told.
    pub(super) fn reach(&self) -> usize {
        self.all.iter().filter(|one| one.stream).map(|one| one.least.max(one.pattern.len())).max().unwrap_or(0)
    }

    /// The services that a stream shows that begins so, and whether more bytes may show others.
    pub(super) fn begun(&self, ends: &Ends, bytes: &[u8]) -> (u32, bool) {
        let Some(first) = bytes.first() else { return (0, true) };
        let (mut services, mut more) = (0, false);
        let candidates = &self.first[usize::from(ends.kind != Kind::Stream)][usize::from(*first)];
        for one in candidates.iter().filter_map(|at| self.all.get(usize::from(*at))) {
            if !one.has_port(ends) || !one.may(bytes) {
                continue;
            }
            if bytes.len() >= one.least.max(one.pattern.len()) {
                services |= one.service;
            } else {
                more = true;
            }
        }
        (services, more)
    }

    /// The services that a payload shows.
    #[inline]
    pub(super) fn of(&self, ends: &Ends, payload: &[u8]) -> u32 {
        let Some(first) = payload.first() else { return 0 };
        let candidates = &self.first[usize::from(ends.kind != Kind::Stream)][usize::from(*first)];
        let fitting = candidates.iter().filter_map(|at| self.all.get(usize::from(*at))).filter(|one| one.fits(ends, payload));
        fitting.fold(0, |services, one| services | one.service)
    }
}
