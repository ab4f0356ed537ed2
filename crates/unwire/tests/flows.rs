//! Flows in memory: how many bytes a live one takes, that their number has a bound, and that nothing is kept of those that are over.

use unwire::stream::flow::{Counted, Flow, Flows, Packet, Rules, Sink, Within};
use unwire::stream::{Ends, Kind, Seen, flag};

/// Counts the flows that are over, and their packets.
#[derive(Default)]
struct Over {
    flows: usize,
    packets: u64,
}

impl Sink for Over {
    fn over(&mut self, flow: &Counted<'_>) {
        self.flows += 1;
        self.packets += flow.flow.sides.iter().map(|side| u64::from(side.packets)).sum::<u64>();
    }
}

fn seen(flow: u32, flags: u16, sequence: u32, answer: bool) -> Seen {
    let mut ends = Ends { ports: [40_000, 443], width: 4, protocol: 6, kind: Kind::Stream, ..Ends::default() };
    ends.source[..4].copy_from_slice(&flow.to_be_bytes());
    ends.target[..4].copy_from_slice(&[10, 0, 0, 1]);
    let ends = if answer { ends.turned() } else { ends };
    Seen { ends, flags, sequence, acknowledged: 101, total: 40, window: 100, ..Seen::default() }
}

fn add(flows: &mut Flows, over: &mut Over, seen: &Seen, time: i64, number: u64) {
    // Where the flow may be is only a guess: a wrong one changes nothing.
    let near = number as u32 % 4;
    flows.packet(&Packet { seen, time, number, services: 0, within: Within(0), named: Within(0), near }, over);
}

#[test]
fn a_live_flow_takes_less_than_200_bytes() {
    const MANY: u32 = 300_000;
    let (mut flows, mut over) = (Flows::new(Rules::default()), Over::default());
    for one in 0..MANY {
        let time = i64::from(one) * 10_000;
        add(&mut flows, &mut over, &seen(one, flag::SYN, 100, false), time, u64::from(one) + 1);
        add(&mut flows, &mut over, &seen(one, flag::SYN | flag::ACK, 100, true), time + 1000, u64::from(one) + 1);
    }
    assert_eq!((flows.len(), over.flows), (MANY as usize, 0));
    let bytes = flows.memory() / flows.len();
    assert!(bytes <= 200, "{bytes} bytes a flow, of which {} are the flow", size_of::<Flow>());
    // All are idle for longer than any may be.
    add(&mut flows, &mut over, &seen(MANY, flag::SYN, 1, false), 4_000_000_000_000, 1_000_000);
    assert_eq!((flows.len(), over.flows, over.packets), (1, MANY as usize, 2 * u64::from(MANY)));
}

#[test]
fn places_of_flows_that_are_over_are_used_again() {
    let (mut flows, mut over) = (Flows::new(Rules::default()), Over::default());
    for one in 0..200_000u32 {
        // Attempts that nobody answers are over after five seconds.
        add(&mut flows, &mut over, &seen(one, flag::SYN, 100, false), i64::from(one) * 10_000_000, u64::from(one) + 1);
    }
    assert!(flows.len() < 1000 && flows.memory() < 1 << 20, "{} live flows in {} bytes", flows.len(), flows.memory());
    assert!(!flows.finish(1, &mut over) && over.flows + flows.len() == 200_000, "one of those that are left");
    assert!(flows.finish(usize::MAX, &mut over));
    assert_eq!((over.flows, over.packets, flows.len()), (200_000, 200_000, 0));
}

#[test]
fn the_number_of_live_flows_has_a_bound() {
    let (mut flows, mut over) = (Flows::new(Rules { most: 1000, ..Rules::default() }), Over::default());
    for one in 0..5000u32 {
        add(&mut flows, &mut over, &seen(one, flag::SYN, 100, false), i64::from(one), u64::from(one) + 1);
    }
    assert_eq!((flows.len(), flows.crowded, over.flows), (1000, 4000, 4000));
}
