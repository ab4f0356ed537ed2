//! How well a stream came through: what `conn` tells beside Zeek's columns, counted where holes.rs and live.rs see it.

use super::beside::Beside;
use super::live::Flow;
use super::side::State;
use super::table::Packet;
use crate::stream::{Kind, flag};

/// How well a stream came through, side by side.
#[derive(Clone, Debug, Default)]
pub struct Quality {
    /// When the first SYN was seen, and how long the handshake took.
    pub(super) opened: Option<i64>,
    /// From the SYN to the acknowledgment of its answer, in nanoseconds.
    pub handshake: Option<i64>,
    pub(super) latest: [i64; 2],
    /// Segments that repeat bytes.
    pub retransmitted: [u32; 2],
    /// Segments that arrive late.
    pub out_of_order: [u32; 2],
    /// Bytes that were acknowledged and not seen.
    pub lost: [u64; 2],
    /// Segments that say that no more is taken.
    pub zero_window: [u32; 2],
}

impl Quality {
    pub(super) fn flip(&mut self) {
        self.latest.swap(0, 1);
        self.retransmitted.swap(0, 1);
        self.out_of_order.swap(0, 1);
        self.lost.swap(0, 1);
        self.zero_window.swap(0, 1);
    }
}

impl Flow {
    /// Take the times of a handshake: of the SYN, and of the acknowledgment of its answer.
    pub(super) fn handshake(&self, rare: &mut Beside<'_>, side: usize, packet: &Packet<'_>) {
        let Some(quality) = rare.quality() else { return };
        let flags = packet.seen.flags & (flag::SYN | flag::ACK | flag::RST | flag::FIN);
        if flags == flag::SYN && self.sides[side].state == State::Inactive {
            quality.opened.get_or_insert(packet.time);
        }
        let answered = self.sides.iter().all(|one| one.state == State::Established);
        if let (flag::ACK, None, true, Some(opened)) = (flags, quality.handshake, answered && side == 0, quality.opened) {
            debug_assert_eq!(self.ends.kind, Kind::Stream);
            quality.handshake = Some(packet.time - opened);
        }
    }
}
