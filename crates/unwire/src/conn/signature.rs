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
    /// Ports at which it is not looked for.
    pub never: Vec<u16>,
    /// A stream of another service may go over to it in its middle.
    pub follows: bool,
}

impl Signature {
    #[inline]
    fn fits(&self, ends: &Ends, payload: &[u8]) -> bool {
        self.has_port(ends) && payload.len() >= self.least.max(self.pattern.len()) && self.may(payload)
    }

    #[inline]
    fn has_port(&self, ends: &Ends) -> bool {
        let [source, target] = ends.ports;
        self.port.is_none_or(|port| port == source || port == target) && !self.never.iter().any(|port| *port == source || *port == target)
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
    /// Those that may follow others in a stream, by their first byte.
    follow: Vec<Vec<u16>>,
}

impl Signatures {
    pub(super) fn new(all: Vec<Signature>) -> Self {
        let by_first = |wanted: fn(&Signature) -> bool| {
            let may = |byte: u8, one: &Signature| one.pattern.first().is_none_or(|(value, mask)| byte & mask == *value);
            let of = |byte: u8| all.iter().zip(0..).filter(|(one, _)| wanted(one) && may(byte, one)).map(|(_, at)| at).collect();
            (0..=u8::MAX).map(of).collect::<Vec<Vec<u16>>>()
        };
        let first = [by_first(|one| one.stream), by_first(|one| !one.stream)];
        let follow = by_first(|one| one.stream && one.follows);
        Self { all, first, follow }
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

    /// The services that a payload shows: a datagram's, or those that a stream goes over to with it.
    #[inline]
    pub(super) fn of(&self, ends: &Ends, payload: &[u8]) -> u32 {
        let Some(first) = payload.first() else { return 0 };
        let by_first = if ends.kind == Kind::Stream { &self.follow } else { &self.first[1] };
        let candidates = &by_first[usize::from(*first)];
        let fitting = candidates.iter().filter_map(|at| self.all.get(usize::from(*at))).filter(|one| one.fits(ends, payload));
        fitting.fold(0, |services, one| services | one.service)
    }
}
