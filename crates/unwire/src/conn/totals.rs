//! How many flows there were, how they went, and how well streams came through: sums over flows that are over.

use crate::stream::Kind;
use crate::stream::flow::Counted;

/// Sums over flows.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// Flows by their kind: streams, datagrams, messages, all else.
    pub flows: [u64; 4],
    /// Streams by their state at the end.
    pub states: Vec<(&'static str, u64)>,
    /// Segments of streams.
    pub segments: u64,
    /// Segments that repeat bytes.
    pub retransmitted: u64,
    /// Segments that arrive late.
    pub out_of_order: u64,
    /// Bytes that were acknowledged and not seen.
    pub lost: u64,
    /// Segments that say that no more is taken.
    pub zero_window: u64,
    /// Streams that have any of the four.
    pub troubled: u64,
    /// Handshakes that were seen, and how long they took together and at most, in nanoseconds.
    pub handshakes: u64,
    /// See `handshakes`.
    pub opening: i64,
    /// See `handshakes`.
    pub slowest: i64,
}

impl Totals {
    pub(super) fn add(&mut self, counted: &Counted<'_>) {
        let flow = counted.flow;
        if let Some(flows) = self.flows.get_mut(flow.ends.kind as usize) {
            *flows += 1;
        }
        if flow.ends.kind != Kind::Stream {
            return;
        }
        let state = flow.state(&counted.history);
        match self.states.iter_mut().find(|known| known.0 == state) {
            Some(known) => known.1 += 1,
            None => self.states.push((state, 1)),
        }
        self.segments += flow.sides.iter().map(|side| u64::from(side.packets)).sum::<u64>();
        let Some(quality) = counted.quality else { return };
        let sum = |counts: [u32; 2]| counts.into_iter().map(u64::from).sum::<u64>();
        let (again, late, none) = (sum(quality.retransmitted), sum(quality.out_of_order), sum(quality.zero_window));
        let lost: u64 = quality.lost.iter().sum();
        self.retransmitted += again;
        self.out_of_order += late;
        self.zero_window += none;
        self.lost += lost;
        self.troubled += u64::from(again + late + none + lost > 0);
        if let Some(took) = quality.handshake {
            self.handshakes += 1;
            self.opening = self.opening.saturating_add(took);
            self.slowest = self.slowest.max(took);
        }
    }
}
