//! The numbers that Wireshark gives streams, for rows of connections: by addresses and ports alone, whatever is around them, and never over. What is kept
//! for it grows with every pair of ends, so it is only done where it is asked for.

use ahash::AHashMap;

use crate::stream::{EndPoint, Header, Kind, Numbering, Origin, Place, Seen};

/// Streams of a capture by number, and which of them each live flow is.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    streams: Numbering<Origin>,
    datagrams: Numbering<()>,
    of: AHashMap<u32, Vec<u64>>,
}

impl Numbers {
    /// The number of the stream that a packet is of; what an error quotes takes one, too.
    pub(super) fn see(&mut self, seen: &Seen, place: Place) -> Option<u32> {
        let [source, target] = EndPoint::both(seen);
        match seen.ends.kind {
            Kind::Datagram => Some(self.datagrams.join(source, target).0),
            Kind::Stream => {
                let (mut number, mut side) = self.streams.join(source, target);
                if !seen.quoted {
                    let header = Header::of(seen, place);
                    if self.streams.state(number).is_some_and(|origin| origin.is_over(side, &header)) {
                        (number, side) = self.streams.open(source, target);
                    }
                    if let Some(origin) = self.streams.state(number) {
                        origin.see(side, &header);
                    }
                }
                Some(number)
            }
            Kind::Message | Kind::Other | Kind::Broken => None,
        }
    }

    /// A packet of a stream is one of a flow.
    pub(super) fn note(&mut self, at: u32, number: u32) {
        let numbers = self.of.entry(at).or_default();
        if !numbers.contains(&number.into()) {
            numbers.push(number.into());
        }
    }

    /// The numbers of a flow that is over.
    pub(super) fn take(&mut self, at: u32) -> Vec<u64> {
        self.of.remove(&at).unwrap_or_default()
    }

    /// Another capture begins, with numbers of its own.
    pub(super) fn begin(&mut self) {
        (self.streams, self.datagrams) = (Numbering::default(), Numbering::default());
    }
}
