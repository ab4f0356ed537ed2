//! What frames of a group tell, a number at a time: where to look is the same for all of them, so that a number of a frame is a load and a store.
//! What is not told by ports and by fields at constant places is left to network.rs, which reads any frame.

use super::Told;
use super::network::{self, Network, Transport, read_address};
use crate::block::Group;
use crate::capture::{Batch, Record};
use crate::dissect::{Flags, Span};
use crate::error::Reason;
use crate::stream::{Kind, Seen};

/// Frames that are read together: so many that they, and what they tell, stay in the nearest cache from the first number to the last.
const TOGETHER: usize = 64;

/// The frames of a block that have the same layers.
pub(super) struct Rows<'a> {
    pub batch: &'a Batch,
    pub records: &'a [Record],
    /// The layers, whose ends differ.
    pub spans: &'a [Span],
}

impl Rows<'_> {
    /// Read a number of frames that start at these places; false if it must be found out.
    #[inline(always)]
    fn read(&self, told: &network::Told, starts: &[u32], all: &mut [Seen], put: impl Fn(&mut Seen, u32)) -> bool {
        let Some((quick, span)) = told.quick.as_ref().zip(self.spans.get(told.at)) else { return false };
        for (seen, start) in all.iter_mut().zip(starts) {
            let Some(number) = quick.read(&self.batch.buffer, start + span.start) else { return false };
            put(seen, number as u32);
        }
        true
    }
}

impl Network {
    /// Add what the frames of a group tell, if it is of one flow each, by ports; false if they must be looked at one after the other.
    pub(super) fn look(&self, group: &Group<'_>, rows: &Rows<'_>, into: &mut Vec<Seen>, told: &mut [Told]) -> bool {
        let ports = self.transport.as_ref().filter(|transport| matches!(transport.kind, Kind::Stream | Kind::Datagram));
        let piece = self.piece.as_ref().is_some_and(|(at, _)| rows.spans.get(*at).is_none_or(|span| span.flags.has(Flags::FRAGMENT)));
        let (Some(transport), false) = (ports, piece || self.behind.is_some()) else { return false };
        let begin = into.len();
        let done = self.measure(transport, group, rows, into, told) && {
            let mut parts = into.get_mut(begin..).unwrap_or_default().chunks_mut(TOGETHER).zip(group.starts.chunks(TOGETHER));
            parts.all(|(all, starts)| self.read(transport, rows, starts, all))
        };
        if !done {
            into.truncate(begin);
        }
        done
    }

    /// Add the sizes of each.
    fn measure(&self, transport: &Transport, group: &Group<'_>, rows: &Rows<'_>, into: &mut Vec<Seen>, told: &mut [Told]) -> bool {
        let Some((outer, inner)) = rows.spans.get(self.at).zip(rows.spans.get(transport.at)) else { return false };
        let start = inner.payload;
        let ends = group.limits(self.at).iter().zip(group.limits(transport.at));
        for ((row, (stop, _)), (limit, tail)) in group.rows.iter().zip(group.went()).zip(ends) {
            let place = rows.records.get(*row as usize).zip(told.get_mut(*row as usize));
            let (Some((record, told)), false) = (place, matches!(stop.fault.reason, Reason::Short | Reason::Expect)) else { return false };
            *told = Told { first: into.len() as u32, count: 1, stop: (stop.fault.reason, stop.layer) };
            let (promised, captured) = (tail.saturating_sub(start), (*tail).min(record.cap_len).saturating_sub(start));
            into.push(Seen { record: *row, total: limit - outer.start, start, promised, captured, ..self.blank });
        }
        true
    }

    /// Fill in who talks to whom, and the numbers of streams.
    fn read(&self, transport: &Transport, rows: &Rows<'_>, starts: &[u32], all: &mut [Seen]) -> bool {
        let (Some(network), Some(protocol)) = (rows.spans.get(self.at), &self.protocol) else { return false };
        let ([source, target], width, buffer) = (self.ends.map(|end| network.start + end), self.blank.ends.width, &rows.batch.buffer);
        for (seen, start) in all.iter_mut().zip(starts) {
            let found = read_address(buffer, start + source, width, &mut seen.ends.source);
            if found.and_then(|()| read_address(buffer, start + target, width, &mut seen.ends.target)).is_none() {
                return false;
            }
            seen.ends.kind = transport.kind;
        }
        let [from, to] = &transport.ends;
        let ends = rows.read(protocol, starts, all, |seen, number| seen.ends.protocol = number as u8)
            && rows.read(from, starts, all, |seen, number| seen.ends.ports[0] = number as u16)
            && rows.read(to, starts, all, |seen, number| seen.ends.ports[1] = number as u16)
            && (0..2).zip(&self.tags).all(|(nth, tag)| rows.read(tag, starts, all, |seen, number| seen.tags[nth] = number as u16));
        let Some([sequence, acknowledged, flags, window]) = &transport.numbers else { return ends };
        ends && rows.read(sequence, starts, all, |seen, number| seen.sequence = number)
            && rows.read(acknowledged, starts, all, |seen, number| seen.acknowledged = number)
            && rows.read(flags, starts, all, |seen, number| seen.flags = number as u16)
            && rows.read(window, starts, all, |seen, number| seen.window = number as u16)
    }
}
