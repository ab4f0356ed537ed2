//! Where the two directions of a stream begin, and with it whether a segment still belongs to it: the identity that Wireshark's numbers have.

use super::analysis::Header;
use super::tcp::Flags;

/// What relative numbers of both directions count from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Origin {
    bases: [Option<u32>; 2],
}

impl Origin {
    /// True if a segment belongs to another stream between the same ends: it opens one, and this one began elsewhere.
    pub fn is_over(&self, side: usize, header: &Header) -> bool {
        let opens = header.flags.has(Flags::SYN) && !header.flags.has(Flags::ACK);
        opens && self.bases[side & 1].is_some_and(|base| base != header.sequence)
    }

    /// Note where a segment says that its own direction and the other one begin. True if it contradicts what was known: an answer that begins
    /// elsewhere belongs to a session of which the SYN was not captured.
    pub fn see(&mut self, side: usize, header: &Header) -> bool {
        let (own, back) = (side & 1, 1 - (side & 1));
        let (syn, ack) = (header.flags.has(Flags::SYN), header.flags.has(Flags::ACK));
        let contradicts = syn && ack && self.bases[own].is_some_and(|base| base != header.sequence);
        if contradicts {
            self.bases[own] = None;
        }
        // What is first seen of a direction gets the number that it would have behind a SYN.
        self.bases[own].get_or_insert(if syn { header.sequence } else { header.sequence.wrapping_sub(1) });
        if ack {
            self.bases[back].get_or_insert(header.acknowledgement.wrapping_sub(1));
        }
        contradicts
    }

    /// Where a direction begins, if something was seen of it.
    pub fn base(&self, side: usize) -> Option<u32> {
        self.bases[side & 1]
    }
}
