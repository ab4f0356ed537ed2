//! The short way for a segment that moves an open stream on and shows nothing new, as nearly all do: bytes in order, all captured, and an
//! acknowledgment of what was seen. It never decides: where anything else is to be looked at it says so, and live.rs finds out.

use super::history::once;
use super::live::{Flow, mark};
use super::side::{State, ahead};
use super::table::Packet;
use crate::stream::flag;

/// Marks of flows of which something else is to be looked at.
const UNUSUAL: u16 = mark::RARE | mark::PARTIAL | mark::SKIPS[0] | mark::SKIPS[1] | mark::FINS[0] | mark::FINS[1] | mark::CLOSED[0] | mark::CLOSED[1];

impl Flow {
    /// Take a segment that moves the stream on; false, with nothing taken, if it does more or less than that.
    #[inline]
    pub(super) fn goes_on(&mut self, side: usize, packet: &Packet<'_>) -> bool {
        let (seen, len) = (packet.seen, packet.seen.promised);
        let ([one, two], news) = (&mut self.sides, if len > 0 { once::DATA } else { once::ACK });
        let (me, you) = if side == 0 { (one, two) } else { (two, one) };
        let (first, behind, acknowledged) = (seen.sequence, seen.sequence.wrapping_add(len), seen.acknowledged);
        let open = me.state == State::Established && you.state == State::Established && self.marks & (UNUSUAL | mark::SEEN[side]) == mark::SEEN[side];
        let plain = seen.flags & (flag::SYN | flag::FIN | flag::RST | flag::ACK) == flag::ACK && seen.window != 0 && seen.captured >= len;
        let told = u16::from(self.told[side]) & news != 0;
        // What is close to the end of the numbers, or far from their begin, is looked at closer.
        let in_order = first == me.next && first == me.last && behind >= first && ahead(first, me.start) > 0;
        let behind_acked = acknowledged >= you.acked && ahead(acknowledged, you.acked) >= 0;
        let known = behind_acked && ahead(acknowledged, you.start) >= 0 && ahead(you.next, acknowledged) >= 0;
        if !(open && plain && told && in_order && known) {
            return false;
        }
        you.acknowledge(acknowledged);
        me.advance(behind, seen.flags, len);
        me.next = behind;
        self.last = self.last.max(packet.time);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::beside::{Beside, Rare};
    use super::super::live::Within;
    use super::*;
    use crate::stream::{Ends, Kind, Seen};

    /// Streams of all kinds of segments: what the short way takes becomes the same the long way.
    #[test]
    fn the_short_way_leads_where_the_long_way_does() {
        let (mut state, mut short) = (0x9E37_79B9_7F4A_7C15_u64, 0);
        let mut any = |most: u32| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u32 % most
        };
        for stream in 0..4000 {
            let ends = Ends { ports: [1, 2], kind: Kind::Stream, width: 4, ..Ends::default() };
            let (mut flow, mut rare) = (Flow { ends, marks: mark::LIVE, ..Flow::default() }, Rare::default());
            // Some begin close to the end of the numbers.
            let mut next = [any(3) * 0x7FFF_FFF0, if stream % 2 == 0 { u32::MAX - 50 } else { any(u32::MAX) }];
            for number in 0..40_u64 {
                let mut seldom = |most: u32| if any(60) == 0 { any(most) } else { 0 };
                // An opening and its answer, then anything.
                let (opening, other) = (seldom(32) as u16, seldom(32) as u16);
                let (back, behind, known, unknown) = (seldom(60), seldom(60), seldom(90), seldom(60));
                let (missing, window) = (seldom(2), 1 - seldom(2) as u16);
                let side = if number < 2 { number as usize } else { any(2) as usize };
                let flags = match number {
                    0 => flag::SYN ^ opening,
                    1 => flag::SYN | flag::ACK ^ opening,
                    _ => flag::ACK ^ other,
                };
                let promised = if number < 2 { 0 } else { any(3) * any(40) };
                let sequence = next[side].wrapping_sub(back).wrapping_add(behind);
                let acknowledged = next[1 - side].wrapping_sub(known).wrapping_add(unknown);
                let captured = promised.saturating_sub(missing);
                let ends = if side == 0 { ends } else { ends.turned() };
                let seen = Seen { ends, flags, window, sequence, acknowledged, promised, captured, ..Seen::default() };
                next[side] = sequence.wrapping_add(promised + u32::from(flags & (flag::SYN | flag::FIN) != 0));
                let packet = Packet { seen: &seen, time: number as i64, number, services: 0, within: Within(0), named: Within(0), near: 0 };
                let (mut tried, mut beside) = (flow.clone(), Beside { rare: &mut rare, touched: false });
                let took = tried.goes_on(side, &packet);
                flow.segment(&mut beside, side, &packet);
                if !rare.is_plain() {
                    flow.marks |= mark::RARE;
                }
                if took {
                    short += 1;
                    assert_eq!(format!("{tried:?}"), format!("{flow:?}"), "{seen:?}");
                }
            }
        }
        assert!(short > 1000, "{short} segments went the short way");
    }
}
