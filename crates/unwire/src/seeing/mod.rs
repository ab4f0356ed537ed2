//! From the layers of a frame to what it tells of flows: the border between the schema, whose layers declare what their numbers mean to flows
//! (`flow=` of a class, `schema/flow.rs`), and `stream`, which knows plain numbers alone.
//!
//! Where to look is known by the way that a frame goes (network.rs), and frames that answer alike are looked at together (block.rs). What an error
//! message quotes is no flow, and a piece of a datagram tells nothing of its transport, nor of what is inside: `Seeing::datagram` reads these
//! when it is whole.

mod network;
mod options;
mod together;

use std::cell::Cell;
use std::sync::Arc;

use crate::block::{Block, Group, Work};
use crate::capture::{Batch, Record};
use crate::columns::reach;
use crate::dissect::{Span, Stop};
use crate::error::Reason;
use crate::layout::MAX_ITEMS;
use crate::reader::Bytes;
use crate::schema::{LayerId, Schema};
use crate::stream::Seen;
use crate::walk::Walk;
use network::{Also, Frame, Network, networks};
use together::Rows;

/// Reads what frames tell of flows; it is used for one frame after the other, or for one block of them after the other.
#[derive(Debug)]
pub struct Seeing {
    walk: Walk,
    ways: Ways,
    block: Block,
    spans: Vec<Span>,
}

/// What a frame of a block tells.
#[derive(Clone, Copy, Debug, Default)]
pub struct Told {
    /// The place of the first of its flows among those that were seen, and how many there are, the outermost first.
    pub first: u32,
    /// See there.
    pub count: u32,
    /// Why its layers end, and in which, as far as they were looked at.
    pub stop: (Reason, Option<LayerId>),
}

impl Seeing {
    /// By a schema; `verifies` asks for the verdicts on checksums.
    pub fn new(schema: Arc<Schema>, verifies: bool) -> Self {
        let wanted = schema.layers.iter().map(|layer| !layer.part && (layer.flow.is_some() || !layer.pseudo.is_empty())).collect();
        let reach = reach(&schema, wanted);
        let also = Also { verdicts: verifies, ..Also::default() };
        let ways = Ways { schema: Arc::clone(&schema), also, items: Cell::new(MAX_ITEMS), known: Vec::new() };
        Self { walk: Walk::new(schema, Some(reach)), ways, block: Block::default(), spans: Vec::new() }
    }

    /// Tell of what error messages quote, too, as if they carried it.
    #[must_use]
    pub fn with_quotes(mut self) -> Self {
        self.ways.also.quotes = true;
        self
    }

    /// Tell what the options of streams say: how windows are scaled, and what receivers have beyond what they acknowledge.
    #[must_use]
    pub fn with_options(mut self) -> Self {
        self.ways.also.options = true;
        self
    }

    /// The schema.
    pub fn schema(&self) -> &Arc<Schema> {
        self.walk.schema()
    }

    /// Add to `into` what a frame tells, the outermost flow first; `record` is put into each. The frame begins with the layer of `link`.
    pub fn frame(&mut self, link: u16, bytes: &[u8], wire_len: u32, record: u32, into: &mut Vec<Seen>) {
        self.make_room();
        self.walk.run(link, Bytes(bytes), wire_len);
        self.ways.see_walked(&self.walk, bytes, record, 0, into);
    }

    /// The same for a datagram that is whole again. `bytes` are those of its first piece's frame up to `whole`, which is [`Seen::start`] of
    /// that piece, and behind them all that the pieces carried, in order. What is told counts in these bytes.
    pub fn datagram(&mut self, link: u16, bytes: &[u8], whole: u32, record: u32, into: &mut Vec<Seen>) {
        self.make_room();
        self.walk.run_whole(link, Bytes(bytes), whole);
        self.ways.see_walked(&self.walk, bytes, record, whole, into);
    }

    /// Add to `into` what a block of frames tells, in no order, and say in `told` of each of them what that is. `link` overrides the capture's
    /// link type.
    pub fn block(&mut self, link: Option<u16>, batch: &Batch, records: &[Record], into: &mut Vec<Seen>, told: &mut Vec<Told>) {
        self.make_room();
        told.clear();
        told.resize(records.len(), Told::default());
        let Self { walk, ways, block, spans } = self;
        block.walk(walk, batch, records, link, &mut Looking { ways, batch, records, spans, into, told });
    }

    fn make_room(&mut self) {
        if self.walk.make_room() {
            self.ways.known.clear();
        }
    }
}

/// Where to look in frames, by the way that they go.
#[derive(Debug)]
struct Ways {
    schema: Arc<Schema>,
    also: Also,
    items: Cell<u32>,
    known: Vec<Option<Box<[Network]>>>,
}

impl Ways {
    /// What a frame tells that was walked.
    fn see_walked(&mut self, walk: &Walk, bytes: &[u8], record: u32, whole: u32, into: &mut Vec<Seen>) {
        self.learn(walk.path, &walk.spans);
        let frame = Frame { schema: &self.schema, bytes, spans: &walk.spans, stop: walk.stop.fault.reason, items: &self.items };
        see(self.of(walk.path), &frame, self.also, record, whole, into);
    }

    #[inline]
    fn of(&self, path: u32) -> &[Network] {
        self.known.get(path as usize).and_then(Option::as_deref).unwrap_or_default()
    }

    /// Know where to look in frames that go the way of one with these layers.
    #[inline]
    fn learn(&mut self, path: u32, spans: &[Span]) {
        if !matches!(self.known.get(path as usize), Some(Some(_))) {
            self.find_out(path as usize, spans);
        }
    }

    #[cold]
    fn find_out(&mut self, path: usize, spans: &[Span]) {
        if self.known.len() <= path {
            self.known.resize(path + 1, None);
        }
        self.known[path] = Some(networks(&self.schema, spans, self.also.quotes));
    }
}

/// Add to `into` what a frame tells; `whole` is where in it a datagram begins that was put together.
#[inline(always)]
fn see(networks: &[Network], frame: &Frame<'_>, also: Also, record: u32, whole: u32, into: &mut Vec<Seen>) {
    for network in networks {
        if whole > 0 && frame.spans.get(network.last).is_none_or(|span| span.payload < whole) {
            // The pieces have told of what is around the datagram.
            continue;
        }
        into.push(network.blank);
        let Some(seen) = into.last_mut() else { return };
        seen.record = record;
        if network.see(frame, also, seen).is_none() {
            into.pop();
            return;
        }
        if !seen.tunnel {
            return;
        }
    }
}

/// The look at a block of frames.
struct Looking<'a> {
    ways: &'a mut Ways,
    batch: &'a Batch,
    records: &'a [Record],
    /// The layers of the frame that is looked at.
    spans: &'a mut Vec<Span>,
    into: &'a mut Vec<Seen>,
    told: &'a mut [Told],
}

impl Work for Looking<'_> {
    fn together(&mut self, group: &Group<'_>, _: &mut Vec<u32>) {
        // Whether anything is behind the last layer does not matter to where the numbers stand.
        let [path, _] = group.paths();
        self.spans.clear();
        self.spans.extend(group.layers.iter().map(|known| known.span));
        self.ways.learn(path, self.spans);
        let takes_all = group.layers.last().is_some_and(|last| last.takes_all);
        let Self { ways, batch, records, spans, into, told } = self;
        let Ways { schema, also, items, .. } = &**ways;
        let networks = ways.of(path);
        into.reserve(group.rows.len());
        if let ([network], false) = (networks, takes_all || also.verdicts || also.options)
            && network.look(group, &Rows { batch, records, spans }, into, told)
        {
            return;
        }
        let limits: Vec<&[u32]> = (0..group.layers.len()).map(|at| group.limits(at)).collect();
        for ((row, stop), at) in group.rows.iter().zip(group.stops()).zip(0..) {
            let Some((record, told)) = records.get(*row as usize).zip(told.get_mut(*row as usize)) else { continue };
            for (span, limits) in spans.iter_mut().zip(&limits) {
                let limit = limits.get(at).copied().unwrap_or_default();
                (span.tail, span.limit) = (limit, limit);
            }
            if takes_all && let Some(last) = spans.last_mut() {
                last.payload = last.limit;
            }
            let first = into.len() as u32;
            let frame = Frame { schema, bytes: batch.bytes(record), spans, stop: stop.fault.reason, items };
            see(networks, &frame, *also, *row, 0, into);
            *told = Told { first, count: into.len() as u32 - first, stop: (stop.fault.reason, stop.layer) };
        }
    }

    fn alone(&mut self, row: u32, _: &Record, walk: &Walk, bytes: Bytes<'_>) {
        let (first, Stop { fault, layer }) = (self.into.len() as u32, walk.stop);
        self.ways.see_walked(walk, bytes.0, row, 0, self.into);
        if let Some(told) = self.told.get_mut(row as usize) {
            *told = Told { first, count: self.into.len() as u32 - first, stop: (fault.reason, layer) };
        }
    }
}
