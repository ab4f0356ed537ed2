//! What the flows of captures say, largest first: talkers, endpoints, conversations, ports, services, checksums. A ranking holds places only;
//! its rows are made when they are asked for, because few are shown of many.

use std::cmp::{Ordering, Reverse};
use std::sync::Arc;

use super::flows::Address;
use super::rows::{Checked, Conversation, PortUse, Served, Talker};
use super::table::{Flow, Flows, NOBODY, Volume, add};

/// What makes two packets one conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The protocol, both addresses, both ports.
    Port,
    /// The protocol, both addresses, the server's port.
    Service,
    /// Both addresses.
    Address,
}

/// Things in order of size, by place. The rows of one are a range of the members, where it has several.
#[derive(Debug, Default)]
pub struct Ranked {
    members: Vec<u32>,
    order: Vec<(u32, u32)>,
    /// How many there are, of which `order` may have the first only.
    pub count: usize,
}

impl Ranked {
    /// How many rows can be asked for.
    pub fn rows(&self) -> usize {
        self.order.len()
    }

    fn of<T: Copy>(mut found: Vec<T>, top: usize, compare: impl Fn(&T, &T) -> Ordering, place: impl Fn(T) -> (u32, u32)) -> Self {
        let count = found.len();
        if top > 0 && top < count {
            found.select_nth_unstable_by(top - 1, &compare);
            found.truncate(top);
        }
        found.sort_unstable_by(compare);
        Self { members: Vec::new(), order: found.into_iter().map(place).collect(), count }
    }

    /// Runs of equal keys of the members, which are sorted by them, ranked by their bytes.
    fn runs<K: PartialEq>(
        members: Vec<u32>,
        top: usize,
        key: impl Fn(u32) -> K,
        size: impl Fn(&[u32]) -> u64,
        tie: impl Fn(u32, u32) -> Ordering,
    ) -> Self {
        let mut found: Vec<(u64, u32, u32)> = Vec::new();
        let mut start = 0;
        for run in members.chunk_by(|a, b| key(*a) == key(*b)) {
            found.push((size(run), start, start + run.len() as u32));
            start += run.len() as u32;
        }
        let first = |run: &(u64, u32, u32)| members[run.1 as usize];
        let ranked = Self::of(found, top, |a, b| b.0.cmp(&a.0).then_with(|| tie(first(a), first(b))), |run| (run.1, run.2));
        Self { members, ..ranked }
    }

    fn run(&self, at: usize) -> Option<&[u32]> {
        let (from, to) = *self.order.get(at)?;
        self.members.get(from as usize..to as usize)
    }
}

type End = (u32, Option<u16>);

impl Flows {
    fn flow(&self, at: u32) -> &Flow {
        &self.flows.keys[at as usize]
    }

    fn volume(&self, at: u32) -> Volume {
        let count = &self.flows.values[at as usize];
        [count.packets, count.bytes]
    }

    fn address(&self, at: u32) -> Address {
        self.addresses.keys[at as usize]
    }

    fn name(&self, protocol: u16) -> &Arc<str> {
        &self.protocols[protocol as usize].0
    }

    /// Addresses, most bytes first; `top` cuts the list (0: whole), here as below.
    pub fn talkers(&self, top: usize) -> Ranked {
        let places: Vec<u32> = (0..self.addresses.len() as u32).collect();
        let rank = |at: u32| (Reverse(self.talker_volume(at)[1]), self.address(at));
        Ranked::of(places, top, |a, b| rank(*a).cmp(&rank(*b)), |at| (at, at))
    }

    fn talker_volume(&self, at: u32) -> Volume {
        let [sent, received] = self.addresses.values[at as usize];
        let own = self.own.get(&at).copied().unwrap_or_default();
        [sent[0] + received[0] - own[0], sent[1] + received[1] - own[1]]
    }

    /// A row of `talkers`.
    pub fn talker(&self, ranked: &Ranked, row: usize) -> Option<Talker> {
        let (at, _) = *ranked.order.get(row)?;
        let [sent, received] = self.addresses.values[at as usize];
        Some(Talker { address: self.address(at), protocol: None, port: None, all: self.talker_volume(at), sent, received })
    }

    /// Addresses with their ports, most bytes first. A member is a flow and one of its ends.
    pub fn endpoints(&self, top: usize) -> Ranked {
        let mut members: Vec<u32> = (0..2 * self.flows.len() as u32).collect();
        let key = |member: u32| (self.end(member), self.flow(member / 2).protocol);
        members.sort_by_cached_key(|member| key(*member));
        let name = |member: u32| (self.address(self.end(member).0), self.name(self.flow(member / 2).protocol), self.end(member).1);
        Ranked::runs(members, top, key, |run| self.endpoint_volumes(run)[0][1], |a, b| name(a).cmp(&name(b)))
    }

    fn end(&self, member: u32) -> End {
        let flow = self.flow(member / 2);
        let end = (member % 2) as usize;
        ([flow.source, flow.target][end], flow.ports.each()[end])
    }

    /// All, sent and received.
    fn endpoint_volumes(&self, run: &[u32]) -> [Volume; 3] {
        let mut volumes = [[0; 2]; 3];
        for member in run {
            let volume = self.volume(member / 2);
            add(&mut volumes[1 + (member % 2) as usize], volume);
            if member % 2 == 0 || self.end(*member) != self.end(member - 1) {
                add(&mut volumes[0], volume);
            }
        }
        volumes
    }

    /// A row of `endpoints`.
    pub fn endpoint(&self, ranked: &Ranked, row: usize) -> Option<Talker> {
        let run = ranked.run(row)?;
        let member = *run.first()?;
        let [all, sent, received] = self.endpoint_volumes(run);
        let (address, port) = self.end(member);
        let protocol = Some(Arc::clone(self.name(self.flow(member / 2).protocol)));
        Some(Talker { address: self.address(address), protocol, port, all, sent, received })
    }

    /// Who talked with whom, most bytes first.
    pub fn conversations(&self, by: By, top: usize) -> Ranked {
        let mut members: Vec<u32> = (0..self.flows.len() as u32).collect();
        let key = |at: u32| {
            let (ends, swapped) = self.ends(at, by);
            let [one, other] = self.flow(at).ports.each();
            (if by == By::Address { 0 } else { self.flow(at).protocol }, ends, if swapped { (other, one) } else { (one, other) })
        };
        members.sort_by_cached_key(|at| key(*at)); // stable: the first of a run is the first seen
        let name = |at: u32| {
            let ([one, other], _) = self.ends(at, by);
            let mut ends = [(self.address(one.0), one.1), (self.address(other.0), other.1)];
            ends.sort_unstable();
            (ends[0].0, ends[1].0, if by == By::Address { "" } else { &**self.name(self.flow(at).protocol) }, ends[0].1, ends[1].1)
        };
        let pair = |at: u32| (key(at).0, key(at).1);
        Ranked::runs(members, top, pair, |run| run.iter().map(|at| self.volume(*at)[1]).sum(), |a, b| name(a).cmp(&name(b)))
    }

    /// The ends of a flow, the lesser first, so that both directions have the same; and whether that swapped them.
    fn ends(&self, at: u32, by: By) -> ([End; 2], bool) {
        let flow = self.flow(at);
        let [source, target] = flow.ports.each();
        let ports = match (by, source, target) {
            (By::Address, ..) => [None, None],
            (By::Service, Some(one), Some(other)) if one != other => {
                if self.served_by_target(flow.protocol, one, other) {
                    [None, target]
                } else {
                    [source, None]
                }
            }
            _ => [source, target],
        };
        let (one, other) = ((flow.source, ports[0]), (flow.target, ports[1]));
        if other < one { ([other, one], true) } else { ([one, other], false) }
    }

    fn served_by_target(&self, protocol: u16, source: u16, target: u16) -> bool {
        self.protocols[protocol as usize].1.map_or(target <= source, |transport| self.shape.serves(transport, source, target))
    }

    /// A row of `conversations`.
    pub fn conversation(&self, ranked: &Ranked, by: By, row: usize) -> Option<Conversation> {
        let run = ranked.run(row)?;
        let place = *run.first()?;
        let ([one, other], _) = self.ends(place, by);
        let mut ends = [(self.address(one.0), one.1), (self.address(other.0), other.1)];
        let (mut sent, mut firsts, mut last, mut connections, mut before) = ([[0; 2]; 2], [None; 2], None, 0, None);
        for at in run {
            let side = usize::from(self.ends(*at, by).1);
            add(&mut sent[side], self.volume(*at));
            let count = &self.flows.values[*at as usize];
            if count.first <= count.last {
                firsts[side] = Some(firsts[side].map_or(count.first, |known: i64| known.min(count.first)));
                last = last.max(Some(count.last));
            }
            let [source, target] = self.flow(*at).ports.each();
            let ports = Some(if side == 1 { [target, source] } else { [source, target] });
            connections += u64::from(before != ports);
            before = ports;
        }
        let first = firsts.into_iter().flatten().min();
        // Who spoke first stands first; where both did at one time it is the lesser.
        let begun = match firsts {
            [Some(one), Some(other)] if one != other => other < one,
            [None, Some(_)] => true,
            [Some(_), None] => false,
            _ => sent[0][0] == 0 || (sent[1][0] > 0 && ends[1] < ends[0]),
        };
        if begun {
            ends.swap(0, 1);
            sent.swap(0, 1);
        }
        let protocol = self.flow(place).protocol;
        let server = match [ends[0].1, ends[1].1] {
            [Some(one), Some(other)] => Some(if self.served_by_target(protocol, one, other) { other } else { one }),
            [one, other] => one.or(other),
        };
        let protocol = (by != By::Address).then(|| Arc::clone(self.name(protocol)));
        Some(Conversation { protocol, ends, server, sent, connections, first, last })
    }

    /// Ports, most bytes first.
    pub fn ports(&self, top: usize) -> Ranked {
        self.rank_ports(top, |at| self.port_volume(at))
    }

    fn port_volume(&self, at: u32) -> Volume {
        let uses = &self.ports.values[at as usize];
        [0, 1].map(|of| uses.from[of] + uses.to[of] - uses.both[of])
    }

    fn rank_ports(&self, top: usize, volume: impl Fn(u32) -> Volume) -> Ranked {
        let places: Vec<u32> = (0..self.ports.len() as u32).filter(|at| volume(*at)[0] > 0).collect();
        let rank = |at: u32| {
            let (transport, port) = self.ports.keys[at as usize];
            (Reverse(volume(at)[1]), &self.shape.transports[transport as usize].name, port)
        };
        Ranked::of(places, top, |a, b| rank(*a).cmp(&rank(*b)), |at| (at, at))
    }

    /// A row of `ports`.
    pub fn port(&self, ranked: &Ranked, row: usize) -> Option<PortUse> {
        let (at, _) = *ranked.order.get(row)?;
        let ((transport, port), uses) = (self.ports.keys[at as usize], &self.ports.values[at as usize]);
        let protocol = Arc::clone(&self.shape.transports[transport as usize].name);
        Some(PortUse { protocol, port, all: self.port_volume(at), from: uses.from, to: uses.to })
    }

    /// Ports that were talked to, whatever the ports on the other side, most bytes first; and how many there are.
    pub fn services(&self, top: usize) -> (Vec<Served>, usize) {
        let ranked = self.rank_ports(top, |at| self.ports.values[at as usize].served);
        let places: Vec<u32> = ranked.order.iter().map(|(at, _)| *at).collect();
        let mut row_of = vec![u32::MAX; self.ports.len()];
        places.iter().zip(0..).for_each(|(at, row)| row_of[*at as usize] = row);
        let place_of: ahash::AHashMap<(u16, u16), u32> = self.ports.keys.iter().copied().zip(0..).collect();
        let mut rows: Vec<Served> = Vec::with_capacity(places.len());
        for at in &places {
            let (transport, port) = self.ports.keys[*at as usize];
            let protocol = Arc::clone(&self.shape.transports[transport as usize].name);
            rows.push(Served { protocol, port, all: self.ports.values[*at as usize].served, connections: 0, servers: 0, clients: 0 });
        }
        let mut talks: Vec<(u32, u32, u32, u16)> = Vec::new();
        for flow in &self.flows.keys {
            let (Some(transport), [Some(source), Some(target)]) = (self.protocols[flow.protocol as usize].1, flow.ports.each()) else { continue };
            let there = self.shape.serves(transport, source, target);
            let (port, mut client, mut server, other) =
                if there { (target, flow.source, flow.target, source) } else { (source, flow.target, flow.source, target) };
            if source == target {
                (client, server) = (client.min(server), client.max(server)); // both are servers: one talk, whoever speaks
            }
            let row = place_of.get(&(transport, port)).map_or(u32::MAX, |place| row_of[*place as usize]);
            if row != u32::MAX {
                talks.push((row, client, server, other));
            }
        }
        talks.sort_unstable();
        talks.dedup();
        for talk in &talks {
            rows[talk.0 as usize].connections += 1;
        }
        talks.dedup_by_key(|talk| (talk.0, talk.1, talk.2));
        for client in talks.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            rows[client[0].0 as usize].clients += 1;
        }
        talks.sort_unstable_by_key(|talk| (talk.0, talk.2));
        for server in talks.chunk_by(|a, b| (a.0, a.2) == (b.0, b.2)) {
            rows[server[0].0 as usize].servers += 1;
        }
        (rows, ranked.count)
    }

    /// The checksums of each check, with the first senders of bad ones. `enough` bad ones without a good one are no accident.
    pub fn checksums(&self, top: usize, enough: u64) -> Vec<Checked> {
        let checks = self.shape.checks.len();
        let mut senders: Vec<Vec<(Option<Address>, u64, u64)>> = vec![Vec::new(); checks];
        for ((at, check), bad) in &self.bad {
            let check = usize::from(*check);
            let (address, good) = match *at {
                NOBODY => (None, self.checked[check][3]),
                at => (Some(self.address(at)), u64::from(self.good[at as usize * checks + check])),
            };
            senders[check].push((address, *bad, good));
        }
        let totals = self.checked.iter().map(|[bad, good, unchecked, _]| [*bad, *good, *unchecked]);
        let checked = totals.zip(senders).map(|(totals, mut senders)| {
            senders.sort_unstable_by_key(|(address, bad, _)| (Reverse(*bad), *address));
            let (sender_count, throughout) = (senders.len(), senders.iter().all(|(_, bad, good)| *bad >= enough && *good == 0));
            senders.truncate(if top == 0 { usize::MAX } else { top });
            Checked { totals, senders, sender_count, throughout }
        });
        checked.collect()
    }
}
