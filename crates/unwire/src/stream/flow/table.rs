//! The live flows of captures: found by their ends, begun, and given out when they are over. Places are given by order and hashing is seeded, so
//! that nothing depends on how keys are hashed; what is given out depends on the packets and their order alone.

use std::cmp::Reverse;

use ahash::AHashMap;

use super::beginning::{begins_anew, flips};
use super::beside::{Beside, Rare};
use super::index::Index;
use super::live::{Flow, Scaled, Within, mark};
use super::odd::Odd;
use super::outcome::{Counted, Sink};
use super::side::State;
use super::timing::{Wheel, deadline};
use crate::stream::{Ends, Kind, Seen, Verdict, flag};

/// Surroundings of a flow that are told at most, beside the first.
const MOST_AROUND: usize = 8;

/// A packet of a flow.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    /// What its frame tells.
    pub seen: &'a Seen,
    /// Nanoseconds since the epoch.
    pub time: i64,
    /// Its number in the capture.
    pub number: u64,
    /// The services that its content shows, a bit each.
    pub services: u32,
    /// What is around it …
    pub within: Within,
    /// … and what of that names the flow.
    pub named: Within,
    /// Where its flow may be: see `foresee`.
    pub near: u32,
}

/// What is known of ports and services that is no number of packets.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Ports that servers are likely to have, of streams and of datagrams.
    pub likely: [Vec<u16>; 2],
    /// Ports of streams that may be silent for long, and such services.
    pub patient: (Vec<u16>, u32),
    /// Services of datagrams that are over soon.
    pub short: u32,
    /// Keep how well streams come through.
    pub quality: bool,
    /// Live flows at most; with more the one that is longest idle is given out.
    pub most: usize,
}

/// The live flows.
#[derive(Debug)]
pub struct Flows {
    rules: Rules,
    flows: Vec<Flow>,
    free: Vec<u32>,
    /// Those that are given out at the end, the first one last.
    left: Vec<u32>,
    rare: AHashMap<u32, Box<Rare>>,
    /// What a flow would have beside it, and has not as long as this stays plain.
    scratch: Rare,
    index: Index,
    wheel: Wheel,
    now: i64,
    /// The second that it is, and when the next one begins.
    second: u32,
    next_second: i64,
    /// What the last packet showed that is odd about its flow, a bit each.
    pub odd: u32,
    /// Flows that were given out before their time for want of room.
    pub crowded: u64,
}

impl Flows {
    /// Without any.
    pub fn new(mut rules: Rules) -> Self {
        rules.likely.iter_mut().for_each(|ports| ports.sort_unstable());
        Self {
            rules,
            flows: Vec::new(),
            free: Vec::new(),
            left: Vec::new(),
            rare: AHashMap::new(),
            scratch: Rare::default(),
            index: Index::default(),
            wheel: Wheel::default(),
            now: i64::MIN,
            second: 0,
            next_second: i64::MIN,
            odd: 0,
            crowded: 0,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.flows.len() - self.free.len()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes that they take, without what allocators add.
    pub fn memory(&self) -> usize {
        self.flows.capacity() * size_of::<Flow>() + self.index.memory() + self.rare.capacity() * size_of::<Rare>()
    }

    /// The live flow at a place.
    pub fn get(&self, at: u32) -> Option<&Flow> {
        self.flows.get(at as usize)
    }

    /// Which of several flows with the same ends and the same first time it is.
    pub fn tie(&self, at: u32) -> u32 {
        let has = self.get(at).is_some_and(|flow| flow.has(mark::RARE));
        if has { self.rare.get(&at).map_or(0, |rare| rare.tie) } else { 0 }
    }

    /// Where in its stream the payload of a segment begins, as long as nobody knows what the stream's sender speaks.
    pub fn beginning(&self, at: u32, seen: &Seen) -> Option<u32> {
        let flow = self.get(at)?;
        let side = flow.side(seen);
        if seen.ends.kind != Kind::Stream || flow.has(mark::DATA[side]) || seen.flags & flag::RST != 0 {
            return None;
        }
        let first = seen.sequence.wrapping_add(u32::from(seen.flags & flag::SYN != 0));
        Some(first.wrapping_sub(flow.sides[side].start.wrapping_add(1)))
    }

    /// The sender shows these services; `all` if nothing more is learned by what follows.
    pub fn know(&mut self, at: u32, seen: &Seen, services: u32, all: bool) {
        if let Some(flow) = self.flows.get_mut(at as usize) {
            flow.services |= services;
            flow.marks |= if all { mark::DATA[flow.side(seen)] } else { 0 };
        }
    }

    /// Where the flows of packets with these ends may be: the place that a packet brings along.
    pub fn foresee<'e, const N: usize>(&self, ends: impl Iterator<Item = &'e Ends>) -> [u32; N] {
        self.index.guess(&self.flows, ends)
    }

    /// Take a packet; gives the place of the flow it belongs to.
    pub fn packet(&mut self, packet: &Packet<'_>, sink: &mut dyn Sink) -> Option<u32> {
        let seen = packet.seen;
        if seen.ends.kind == Kind::Broken || seen.verdict == Verdict::BadNetwork {
            return None;
        }
        // The clock never runs back; what a packet's time was stays as it was.
        if packet.time > self.now {
            self.advance(packet.time, sink);
        }
        let at = match self.find(packet) {
            Some(at) if self.ends_with(at, packet) => return Some(self.begin_anew(at, packet, sink)),
            Some(at) => at,
            None => self.begin(packet, sink),
        };
        self.count(at, packet);
        Some(at)
    }

    /// Take a packet that begins another flow between the same ends.
    #[cold]
    fn begin_anew(&mut self, at: u32, packet: &Packet<'_>, sink: &mut dyn Sink) -> u32 {
        let (flow, seen) = (&self.flows[at as usize], packet.seen);
        let opens = seen.flags & flag::SYN != 0 && flow.ends.kind == Kind::Stream && self.deadline(at) > self.now;
        let reused = opens.then(|| if flow.is_closed() { Odd::PrematureReuse } else { Odd::ActiveReuse });
        let tie = if flow.first == packet.time { 1 + self.rare.get(&at).map_or(0, |rare| rare.tie) } else { 0 };
        self.remove(at, sink);
        let at = self.begin(packet, sink);
        if tie > 0 {
            self.with_rare(at, |_, rare| rare.tie = tie);
        }
        if let Some(odd) = reused {
            self.with_rare(at, |_, rare| rare.note(odd));
        }
        self.count(at, packet);
        self.odd |= reused.map_or(0, |odd| 1 << odd as u32);
        at
    }

    /// Give out those that are left when all packets are told, in the order in which they began: so many of them. True if these were the last.
    pub fn finish(&mut self, most: usize, sink: &mut dyn Sink) -> bool {
        if self.left.is_empty() {
            self.left.extend((0..self.flows.len() as u32).filter(|at| self.flows[*at as usize].has(mark::LIVE)));
            self.left.sort_by_key(|at| Reverse((self.flows[*at as usize].first_packet, *at)));
        }
        let next = self.left.split_off(self.left.len().saturating_sub(most));
        next.into_iter().rev().for_each(|at| self.remove(at, sink));
        self.left.is_empty()
    }

    /// Time has come so far: give out what is over.
    #[inline]
    fn advance(&mut self, time: i64, sink: &mut dyn Sink) {
        self.now = time;
        if time >= self.next_second {
            self.turn(time, sink);
        }
    }

    fn turn(&mut self, time: i64, sink: &mut dyn Sink) {
        let second = self.wheel.second(time).saturating_sub(2);
        self.next_second = Wheel::next(time);
        if second == self.second {
            return;
        }
        self.second = second;
        while let Some((due, flows)) = self.wheel.take(second) {
            for at in flows {
                // A place may have been given to another flow since.
                if self.flows[at as usize].armed != due || !self.flows[at as usize].has(mark::LIVE) {
                    continue;
                }
                let deadline = self.deadline(at);
                if deadline <= time { self.remove(at, sink) } else { self.arm(at, deadline) }
            }
        }
    }

    fn deadline(&self, at: u32) -> i64 {
        let flow = &self.flows[at as usize];
        let rare = if flow.has(mark::RARE) { self.rare.get(&at).map(|rare| &**rare) } else { None };
        let (ports, services) = &self.rules.patient;
        let typed = flow.services & services != 0 || flow.ends.kind == Kind::Stream && ports.contains(&flow.ends.ports[1]);
        deadline(flow, rare, typed, flow.services & self.rules.short != 0)
    }

    fn arm(&mut self, at: u32, deadline: i64) {
        let second = self.wheel.second(deadline);
        self.flows[at as usize].armed = second;
        self.wheel.put(second, at);
    }

    #[inline]
    fn find(&self, packet: &Packet<'_>) -> Option<u32> {
        let Packet { seen, named, near, .. } = *packet;
        let is_near = self.flows.get(near as usize).is_some_and(|flow| flow.has(mark::LIVE) && flow.is(&seen.ends, named));
        if is_near { Some(near) } else { self.index.find(&self.flows, &seen.ends, named) }
    }

    /// True if a flow is over before this packet: its time has come, or the packet begins another.
    #[inline]
    fn ends_with(&self, at: u32, packet: &Packet<'_>) -> bool {
        let flow = &self.flows[at as usize];
        self.is_over(at) || flow.ends.kind == Kind::Stream && begins_anew(flow, packet.seen)
    }

    #[inline]
    fn is_over(&self, at: u32) -> bool {
        let flow = &self.flows[at as usize];
        // Who types may be silent for longer, never shorter.
        let soonest = if flow.has(mark::RARE) { i64::MIN } else { deadline(flow, None, false, flow.services & self.rules.short != 0) };
        soonest <= self.now && self.deadline(at) <= self.now
    }

    /// Begin a flow.
    fn begin(&mut self, packet: &Packet<'_>, sink: &mut dyn Sink) -> u32 {
        if self.rules.most > 0 && self.len() >= self.rules.most {
            self.crowded += 1;
            self.make_room(sink);
        }
        let (ends, time, first_packet) = (packet.seen.ends, packet.time, packet.number);
        let Packet { within, named, .. } = *packet;
        let flow = Flow { ends, within, named, first: time, last: time, first_packet, marks: mark::LIVE, ..Flow::default() };
        let at = self.free.pop().unwrap_or(self.flows.len() as u32);
        if let Some(place) = self.flows.get_mut(at as usize) {
            *place = flow;
        } else {
            if self.flows.len() == self.flows.capacity() {
                // By an eighth, not by doubling: flows are most of the memory.
                self.flows.reserve_exact((self.flows.len() / 8).max(1024));
            }
            self.flows.push(flow);
        }
        self.index.enter(&self.flows, at);
        let quality = self.rules.quality && ends.kind == Kind::Stream;
        if quality {
            self.with_rare(at, |_, rare| rare.quality = Some(Box::default()));
        }
        if flips(&self.rules.likely, packet.seen) {
            self.with_rare(at, Flow::flip);
        }
        let deadline = self.deadline(at);
        self.arm(at, deadline);
        at
    }

    /// Do something with a flow and what it has beside it.
    #[inline]
    fn with_rare<T>(&mut self, at: u32, work: impl FnOnce(&mut Flow, &mut Beside<'_>) -> T) -> T {
        let Self { flows, rare, scratch, .. } = self;
        let flow = &mut flows[at as usize];
        let known = if flow.has(mark::RARE) { rare.get_mut(&at) } else { None };
        let has = known.is_some();
        let mut beside = Beside { rare: known.map_or(&mut *scratch, |rare| rare), touched: false };
        let done = work(flow, &mut beside);
        if beside.touched && !has && !scratch.is_plain() {
            flow.marks |= mark::RARE;
            rare.insert(at, Box::new(std::mem::take(scratch)));
        }
        done
    }

    fn count(&mut self, at: u32, packet: &Packet<'_>) {
        let seen = packet.seen;
        self.odd = self.with_rare(at, |flow, rare| {
            let (side, known) = (flow.side(seen), rare.odd);
            flow.until_last = u32::try_from(packet.number.saturating_sub(flow.first_packet)).unwrap_or(u32::MAX);
            if packet.within != flow.within && rare.also.len() < MOST_AROUND && !rare.also.contains(&packet.within) {
                rare.also.push(packet.within);
            }
            if seen.verdict == Verdict::BadTransport {
                flow.count(rare, side, Scaled::BadSum);
                return 0;
            }
            let one = &mut flow.sides[side];
            one.packets = one.packets.saturating_add(1);
            one.total = one.total.saturating_add(u64::from(seen.total));
            // What a stream's sender speaks its first bytes show, which need not be in its first packet: see `know`. Later ones show what it goes over to.
            let stream = flow.ends.kind == Kind::Stream;
            if seen.promised > 0 && (stream || !flow.has(mark::DATA[side])) {
                flow.marks |= if stream { 0 } else { mark::DATA[side] };
                flow.services |= packet.services;
            }
            if stream {
                if !flow.goes_on(side, packet) {
                    flow.handshake(rare, side, packet);
                    flow.segment(rare, side, packet);
                }
            } else {
                flow.datagram(rare, side, packet);
            }
            rare.odd & !known
        });
        let flow = &self.flows[at as usize];
        if flow.until_last == 0 || flow.is_closed() || flow.sides.iter().any(|side| side.state == State::Reset) {
            // Its time may be sooner than when it was armed.
            let deadline = self.deadline(at);
            if self.wheel.second(deadline) < self.flows[at as usize].armed {
                self.arm(at, deadline);
            }
        }
    }

    /// Give out the flow whose time comes first.
    fn make_room(&mut self, sink: &mut dyn Sink) {
        while let Some((due, flows)) = self.wheel.take(u32::MAX) {
            let mut left = flows.into_iter();
            for at in left.by_ref() {
                if self.flows[at as usize].armed == due && self.flows[at as usize].has(mark::LIVE) {
                    self.remove(at, sink);
                    left.for_each(|at| self.wheel.put(due, at));
                    return;
                }
            }
        }
    }

    fn remove(&mut self, at: u32, sink: &mut dyn Sink) {
        let rare = self.rare.remove(&at);
        let flow = &self.flows[at as usize];
        self.index.remove(flow, at);
        let more = rare.as_ref().map_or("", |rare| &rare.history);
        sink.over(&Counted {
            at,
            flow,
            history: flow.history.text(more),
            missed: rare.as_ref().map_or(0, |rare| rare.missed),
            tie: rare.as_ref().map_or(0, |rare| rare.tie),
            also: rare.as_ref().map_or(&[], |rare| &rare.also),
            quality: rare.as_ref().and_then(|rare| rare.quality.as_deref()),
        });
        self.flows[at as usize].marks = 0;
        self.free.push(at);
    }
}
