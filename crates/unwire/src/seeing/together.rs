//! What frames of a group tell: where the numbers stand is the same for all of them, so that a number of a frame is a load and a store.
//! What is not told by ports and by fields near a frame's start is left to network.rs, which reads any frame.

use super::Told;
use super::network::{self, Network};
use crate::block::Group;
use crate::capture::{Batch, Record};
use crate::dissect::{Flags, Span};
use crate::error::Reason;
use crate::near::{Head, NEAR, Near, head, last_head};
use crate::stream::{Kind, Seen};

/// The frames of a block that have the same layers.
pub(super) struct Rows<'a> {
    pub batch: &'a Batch,
    pub records: &'a [Record],
    /// The layers, whose ends differ.
    pub spans: &'a [Span],
}

/// Where the numbers stand that frames of a group tell.
struct Places {
    addresses: [u8; 2],
    wide: bool,
    kind: Kind,
    protocol: Near,
    ports: [Near; 2],
    /// The tags that there are, and how many.
    tags: ([Near; 2], usize),
    /// Sequence, acknowledged, flags, window.
    numbers: Option<[Near; 4]>,
}

impl Places {
    /// Of what is directly on a network layer; None if they are not all near, or if it is not ports that tell.
    fn of(network: &Network, spans: &[Span]) -> Option<Self> {
        let near = |told: &network::Told| told.quick.as_ref()?.near(spans.get(told.at)?.start);
        let transport = network.transport.as_ref().filter(|transport| matches!(transport.kind, Kind::Stream | Kind::Datagram))?;
        let start = spans.get(network.at)?.start;
        let [source, target] = network.ends.map(|end| u8::try_from(start + end).ok());
        let (mut tags, count) = ([Near::default(); 2], network.tags.len().min(2));
        for (tag, told) in tags.iter_mut().zip(&network.tags) {
            *tag = near(told)?;
        }
        let [from, to] = &transport.ends;
        let numbers = match &transport.numbers {
            Some([sequence, acknowledged, flags, window]) => Some([near(sequence)?, near(acknowledged)?, near(flags)?, near(window)?]),
            None => None,
        };
        Some(Self {
            addresses: [source?, target?],
            wide: match network.blank.ends.width {
                4 => false,
                16 => true,
                _ => return None,
            },
            kind: transport.kind,
            protocol: near(network.protocol.as_ref()?)?,
            ports: [near(from)?, near(to)?],
            tags: (tags, count),
            numbers,
        })
    }

    /// Fill in what a frame tells of who talks to whom, and the numbers of streams.
    #[inline(always)]
    fn read(&self, head: &Head, seen: &mut Seen) {
        let [source, target] = self.addresses;
        address(head, source, self.wide, &mut seen.ends.source);
        address(head, target, self.wide, &mut seen.ends.target);
        seen.ends.kind = self.kind;
        seen.ends.protocol = self.protocol.read(head) as u8;
        seen.ends.ports = self.ports.map(|port| port.read(head) as u16);
        for (seen, tag) in seen.tags.iter_mut().zip(&self.tags.0).take(self.tags.1) {
            *seen = tag.read(head) as u16;
        }
        if let Some([sequence, acknowledged, flags, window]) = &self.numbers {
            (seen.sequence, seen.acknowledged) = (sequence.read(head), acknowledged.read(head));
            (seen.flags, seen.window) = (flags.read(head) as u16, window.read(head) as u16);
        }
    }
}

/// Read an address; behind a short one are zeros.
#[inline(always)]
fn address(head: &Head, at: u8, wide: bool, into: &mut [u8; 16]) {
    let found: [u8; 16] = head.get(usize::from(at)..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
    let found = u128::from_le_bytes(found);
    *into = (if wide { found } else { found & u128::from(u32::MAX) }).to_le_bytes();
}

impl Network {
    /// Add what the frames of a group tell, if it is of one flow each, by ports; false if they must be looked at one after the other.
    pub(super) fn look(&self, group: &Group<'_>, rows: &Rows<'_>, into: &mut Vec<Seen>, told: &mut [Told]) -> bool {
        let piece = self.piece.as_ref().is_some_and(|(at, _)| rows.spans.get(*at).is_none_or(|span| span.flags.has(Flags::FRAGMENT)));
        let Some(places) = Places::of(self, rows.spans).filter(|_| !piece && self.behind.is_none()) else { return false };
        let Some((transport, outer)) = self.transport.as_ref().zip(rows.spans.get(self.at)) else { return false };
        let Some(inner) = rows.spans.get(transport.at) else { return false };
        let (begin, start) = (into.len(), inner.payload);
        let ends = group.limits(self.at).iter().zip(group.limits(transport.at));
        for ((row, stop), (limit, tail)) in group.rows.iter().zip(group.stops()).zip(ends) {
            let place = rows.records.get(*row as usize).zip(told.get_mut(*row as usize));
            let (Some((record, told)), false) = (place, matches!(stop.fault.reason, Reason::Short | Reason::Expect)) else {
                into.truncate(begin);
                return false;
            };
            *told = Told { first: into.len() as u32, count: 1, stop: (stop.fault.reason, stop.layer) };
            let (promised, captured) = (tail.saturating_sub(start), (*tail).min(record.cap_len).saturating_sub(start));
            into.push(Seen { record: *row, total: limit - outer.start, start, promised, captured, ..self.blank });
        }
        let (buffer, mut spare) = (rows.batch.buffer.as_slice(), [0; NEAR + 16]);
        for (seen, start) in into.iter_mut().skip(begin).zip(group.starts) {
            let head = head(buffer, *start as usize);
            places.read(head.unwrap_or_else(|| last_head(buffer, *start as usize, &mut spare)), seen);
        }
        true
    }
}
