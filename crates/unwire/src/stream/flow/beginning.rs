//! Where a flow begins: whether its first packet is more likely an answer, and whether a segment begins another flow between the same ends.

use super::live::Flow;
use super::side::State;
use crate::stream::{Kind, Seen, flag};

/// True if the first packet of a flow is more likely an answer.
pub(super) fn flips(likely: &[Vec<u16>; 2], seen: &Seen) -> bool {
    let [source, target] = seen.ends.ports;
    let is_likely = |of: usize, port: u16| likely[of].binary_search(&port).is_ok();
    let flips = match seen.ends.kind {
        Kind::Stream if seen.flags & (flag::SYN | flag::ACK) != flag::SYN => {
            is_likely(0, source) && (!is_likely(0, target) || seen.flags & flag::SYN == 0 && source < target)
        }
        Kind::Datagram => is_likely(1, source) && !is_likely(1, target),
        _ => false,
    };
    flips && !(seen.ends.width == 4 && seen.ends.target[..4] == [u8::MAX; 4])
}

/// True if a segment opens another connection between the same ends.
pub(super) fn begins_anew(flow: &Flow, seen: &Seen) -> bool {
    if seen.flags & flag::SYN == 0 {
        return false;
    }
    let [orig, resp] = &flow.sides;
    let half = seen.flags & flag::ACK != 0;
    if half && orig.state != State::Inactive {
        return false;
    }
    if flow.is_closed() {
        return true;
    }
    let opened = if half { resp } else { orig };
    if seen.sequence == opened.start {
        return false;
    }
    let reversed = !half && orig.state == State::SynAckSent && resp.state == State::Inactive && seen.sequence == resp.start;
    !reversed
}
