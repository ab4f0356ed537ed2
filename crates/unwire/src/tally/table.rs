//! The flows of whole captures in bounded memory. Flows and addresses are kept while there is room; where there is none, the smaller half goes,
//! is counted together, and the most that any of them had is the error of what is told later (as in Misra and Gries's count of frequent
//! items). Ports are never given up: there are not more than a few hundred thousand. What is told of all this is the business of `rank`.

use std::sync::Arc;

use ahash::AHashMap;

use super::Count;
use super::flows::{Address, Found, Judged, Ports, Shape};
use super::indexed::Indexed;

/// Packets and bytes.
pub type Volume = [u64; 2];

pub(super) fn add(sum: &mut Volume, volume: Volume) {
    sum[0] += volume[0];
    sum[1] += volume[1];
}

/// A flow's key: addresses and protocol by their places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Flow {
    pub(super) source: u32,
    pub(super) target: u32,
    pub(super) ports: Ports,
    pub(super) protocol: u16,
}

/// In place of an address: that of packets without one.
pub(super) const NOBODY: u32 = u32::MAX;

/// What a port was to its packets.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Port {
    pub(super) from: Volume,
    pub(super) to: Volume,
    /// From and to: a packet between equal ports is here once too often.
    pub(super) both: Volume,
    /// Of talks in which it is the server's.
    pub(super) served: Volume,
}

/// What was given up for want of room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Error {
    /// Packets and bytes of what was given up, together.
    pub others: Volume,
    /// So many packets and bytes may be missing where one is told, and one that is not told has no more.
    pub each: Volume,
}

impl Error {
    fn give_up(&mut self, volumes: impl Iterator<Item = Volume>) {
        let mut most = [0; 2];
        for volume in volumes {
            add(&mut self.others, volume);
            most = [most[0].max(volume[0]), most[1].max(volume[1])];
        }
        add(&mut self.each, most);
    }
}

/// The flows of captures.
#[derive(Debug)]
pub struct Flows {
    pub(super) shape: Arc<Shape>,
    pub(super) protocols: Vec<(Arc<str>, Option<u16>)>,
    /// Each address with what it sent and received.
    pub(super) addresses: Indexed<Address, [Volume; 2]>,
    /// What addresses sent to themselves, by place.
    pub(super) own: AHashMap<u32, Volume>,
    /// Good packets by address and check.
    pub(super) good: Vec<u32>,
    /// Bad packets by address and check.
    pub(super) bad: AHashMap<(u32, u16), u64>,
    /// Of each check: bad, good and not verified, and the good ones without an address.
    pub(super) checked: Vec<[u64; 4]>,
    pub(super) flows: Indexed<Flow, Count>,
    /// By transport's place and number.
    pub(super) ports: Indexed<(u16, u16), Port>,
    packets: u64,
    most: usize,
    /// What was given up of flows …
    pub flows_lost: Error,
    /// … and of addresses.
    pub addresses_lost: Error,
}

/// Flows and addresses that are kept unless the caller says otherwise: with their index some 50 MB.
pub const MAX_FLOWS: usize = 3 << 17;

impl Flows {
    /// None yet. At most about `most` flows and as many addresses are kept.
    pub fn new(shape: Arc<Shape>, most: usize) -> Self {
        Self {
            protocols: Vec::new(),
            addresses: Indexed::default(),
            own: AHashMap::new(),
            good: Vec::new(),
            bad: AHashMap::new(),
            checked: vec![[0; 4]; shape.checks.len()],
            flows: Indexed::default(),
            ports: Indexed::default(),
            packets: 0,
            most: most.max(2),
            flows_lost: Error::default(),
            addresses_lost: Error::default(),
            shape,
        }
    }

    /// Packets that were counted.
    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// Add what the next batch holds.
    pub fn add(&mut self, found: &Found) {
        let protocols: Vec<u16> = found.protocols.iter().map(|protocol| self.protocol(protocol)).collect();
        let mut senders: Vec<u32> = Vec::with_capacity(found.talks.len() + 1);
        for (talk, count) in found.talks.keys.iter().zip(&found.talks.values) {
            let (source, target) = (self.addresses.place(talk.source), self.addresses.place(talk.target));
            senders.push(source as u32);
            let volume = [count.packets, count.bytes];
            add(&mut self.addresses.values[source][0], volume);
            add(&mut self.addresses.values[target][1], volume);
            if source == target {
                add(self.own.entry(source as u32).or_default(), volume);
            }
            let protocol = protocols[talk.protocol as usize];
            self.count_ports(protocol, talk.ports.each(), volume);
            let flow = self.flows.place(Flow { source: source as u32, target: target as u32, ports: talk.ports, protocol });
            self.flows.values[flow].add(count);
            self.packets += count.packets;
        }
        self.good.resize(self.addresses.len() * self.shape.checks.len(), 0);
        senders.push(NOBODY);
        for judged in &found.judged {
            self.judge(&senders, judged);
        }
        if self.flows.len() > self.most || self.addresses.len() > self.most {
            self.make_room();
        }
    }

    fn protocol(&mut self, protocol: &(Arc<str>, Option<u16>)) -> u16 {
        let known = self.protocols.iter().position(|known| known == protocol);
        known.unwrap_or_else(|| {
            self.protocols.push(protocol.clone());
            self.protocols.len() - 1
        }) as u16
    }

    fn count_ports(&mut self, protocol: u16, ports: [Option<u16>; 2], volume: Volume) {
        let Some(transport) = self.protocols[protocol as usize].1 else { return };
        for (end, port) in ports.into_iter().enumerate() {
            let Some(port) = port else { continue };
            let place = self.ports.place((transport, port));
            let uses = &mut self.ports.values[place];
            add(if end == 0 { &mut uses.from } else { &mut uses.to }, volume);
            if end == 1 && ports[0] == Some(port) {
                add(&mut uses.both, volume);
            }
        }
        if let [Some(source), Some(target)] = ports {
            let server = if self.shape.serves(transport, source, target) { target } else { source };
            let place = self.ports.place((transport, server));
            add(&mut self.ports.values[place].served, volume);
        }
    }

    /// Note what the checksums of each flow's sender are.
    fn judge(&mut self, senders: &[u32], judged: &Judged) {
        let (check, checks) = (usize::from(judged.check), self.shape.checks.len());
        self.checked[check][2] += judged.unchecked;
        for (sender, [bad, good]) in senders.iter().copied().zip(&judged.verdicts) {
            if bad + good == 0 {
                continue;
            }
            self.checked[check][0] += u64::from(*bad);
            self.checked[check][1] += u64::from(*good);
            if sender == NOBODY {
                self.checked[check][3] += u64::from(*good);
            } else {
                let known = &mut self.good[sender as usize * checks + check];
                *known = known.saturating_add(*good);
            }
            let key = (sender, judged.check);
            // Beyond a fourth of the addresses the list of those who send what is wrong says no more than the totals do.
            if *bad > 0 && (self.bad.len() < self.most / 4 || self.bad.contains_key(&key)) {
                *self.bad.entry(key).or_default() += u64::from(*bad);
            }
        }
    }

    /// Give up the smaller flows, and then the smallest addresses that no flow has, until each has half of the room.
    fn make_room(&mut self) {
        let half = self.most / 2;
        let mut pinned = vec![false; self.addresses.len()];
        loop {
            let flows = &mut self.flows;
            let marks = largest(flows.values.iter().map(|count| count.bytes), flows.len() / 2);
            let lost = flows.values.iter().zip(&marks).filter(|(_, kept)| !**kept);
            self.flows_lost.give_up(lost.map(|(count, _)| [count.packets, count.bytes]));
            flows.keep(&marks);
            pinned.fill(false);
            for flow in &flows.keys {
                pinned[flow.source as usize] = true;
                pinned[flow.target as usize] = true;
            }
            let left = pinned.iter().filter(|pinned| **pinned).count();
            if flows.len() <= half && left <= half {
                break;
            }
        }
        if self.addresses.len() > half {
            self.forget_addresses(pinned, half);
        }
    }

    fn forget_addresses(&mut self, pinned: Vec<bool>, room: usize) {
        let free = room - pinned.iter().filter(|pinned| **pinned).count();
        let volumes = |at: usize| {
            let [sent, received] = self.addresses.values[at];
            [sent[0] + received[0], sent[1] + received[1]]
        };
        // Those that a flow needs stay whatever they have, and take no room of the others.
        let mut marks = largest(pinned.iter().enumerate().map(|(at, pinned)| if *pinned { 0 } else { volumes(at)[1] + 1 }), free);
        marks.iter_mut().zip(&pinned).for_each(|(mark, pinned)| *mark |= pinned);
        self.addresses_lost.give_up(marks.iter().enumerate().filter(|(_, kept)| !**kept).map(|(at, _)| volumes(at)));
        let places = self.addresses.keep(&marks);
        for flow in &mut self.flows.keys {
            flow.source = places[flow.source as usize];
            flow.target = places[flow.target as usize];
        }
        self.flows.reindex();
        let place = |old: u32| places.get(old as usize).copied().filter(|new| *new != u32::MAX);
        self.own = std::mem::take(&mut self.own).into_iter().filter_map(|(at, own)| Some((place(at)?, own))).collect();
        let kept = |at: u32| if at == NOBODY { Some(at) } else { place(at) };
        self.bad = std::mem::take(&mut self.bad).into_iter().filter_map(|((at, check), bad)| Some(((kept(at)?, check), bad))).collect();
        let checks = self.shape.checks.len();
        if checks > 0 {
            self.good.resize(marks.len() * checks, 0);
            let mut marks = marks.iter().flat_map(|mark| std::iter::repeat_n(*mark, checks));
            self.good.retain(|_| marks.next().unwrap_or_default());
        }
    }
}

/// Mark so many of the largest; of equal ones the earlier are larger.
fn largest(sizes: impl Iterator<Item = u64> + Clone, count: usize) -> Vec<bool> {
    let mut sorted: Vec<u64> = sizes.clone().collect();
    if count == 0 || sorted.len() <= count {
        return vec![count > 0; sorted.len()];
    }
    let (_, least, _) = sorted.select_nth_unstable_by(count - 1, |a, b| b.cmp(a));
    let least = *least;
    let mut equal = count - sizes.clone().filter(|size| *size > least).count();
    let mark = |size: u64| {
        let kept = size > least || (size == least && equal > 0);
        equal -= usize::from(size == least && kept);
        kept
    };
    sizes.map(mark).collect()
}

impl Shape {
    /// True if the receiver's port is the likelier server's: a port that servers are known to have, else the lower one.
    pub(super) fn serves(&self, transport: u16, source: u16, target: u16) -> bool {
        let known = |port: u16| self.servers.contains(&(transport, port));
        let (one, other) = (known(source), known(target));
        if one == other { target <= source } else { other }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::flows::{Found, Ports, Shape, Talk};
    use super::super::{By, Count};
    use super::{Flows, largest};

    fn shape() -> Arc<Shape> {
        let servers = ahash::AHashSet::new();
        Arc::new(Shape { networks: Vec::new(), transports: Vec::new(), between: Vec::new(), checks: Vec::new(), servers, chain: 0, len: 0, time: 0 })
    }

    /// One batch: packets of 100 bytes by (source, target).
    fn found(talks: impl Iterator<Item = (u32, u32)>) -> Found {
        let mut found = Found { protocols: vec![("p".into(), None)], ..Found::default() };
        for (source, target) in talks {
            let talk = Talk { source: source.into(), target: target.into(), ports: Ports::default(), protocol: 0 };
            let at = found.talks.place(talk);
            found.talks.values[at].add(&Count { packets: 1, bytes: 100, first: 0, last: 0 });
        }
        found
    }

    #[test]
    fn the_larger_stay_and_of_equal_ones_the_earlier() {
        assert_eq!(largest([5, 1, 5, 9, 5].into_iter(), 3), [true, false, true, true, false]);
        assert_eq!(largest([1, 2].into_iter(), 5), [true, true]);
        assert_eq!(largest([1, 2].into_iter(), 0), [false, false]);
    }

    #[test]
    fn nothing_is_lost_without_being_counted_and_nothing_is_told_twice() {
        let mut flows = Flows::new(shape(), 64);
        for batch in 0..50 {
            // One talk goes on all the time, and many have one packet each.
            let many = (0..40).map(|n| (1_000 + batch * 40 + n, 7));
            flows.add(&found([(1, 2), (1, 2), (2, 1)].into_iter().chain(many)));
        }
        let told: u64 = flows.flows.values.iter().map(|count| count.packets).sum();
        assert_eq!(told + flows.flows_lost.others[0], 50 * 43);
        assert_eq!(flows.packets(), 50 * 43);
        assert!(flows.flows.len() <= 64 + 41 && flows.addresses.len() <= 64 + 41);
        let ranked = flows.conversations(By::Address, 1);
        let first = flows.conversation(&ranked, By::Address, 0).unwrap();
        assert_eq!((first.sent[0][0], first.sent[1][0]), (100, 50));
        // The target of them all is kept whole, though its flows are not.
        let talkers = flows.talkers(1);
        assert_eq!(flows.talker(&talkers, 0).unwrap().received, [2_000, 200_000]);
        let told: u64 = flows.addresses.values.iter().flatten().map(|volume| volume[0]).sum();
        assert_eq!(told + flows.addresses_lost.others[0], 2 * 50 * 43);
    }
}
