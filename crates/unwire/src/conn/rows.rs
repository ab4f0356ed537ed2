//! Flows that are over as rows of Zeek's conn.log, with its names and in its order; ours stand behind them.

use std::fmt::Write;
use std::net::Ipv6Addr;
use std::sync::Arc;

use ahash::AHashMap;
use arrow_array::builder::{
    BooleanBuilder, DurationNanosecondBuilder, ListBuilder, StringBuilder, TimestampNanosecondBuilder, UInt8Builder, UInt16Builder, UInt64Builder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, Field, Schema, SchemaRef};

use super::heads::Heads;
use super::numbers::Numbers;
use super::totals::Totals;
use super::{Asked, Ears, Surroundings, names};
use crate::columns::{Output, Type};
use crate::schema::Shown;
use crate::stream::flow::{Counted, Flows, Sink};
use crate::stream::{Ends, Kind, NO_TAG, Place, Seen};

/// Addresses that count as local: those whose first bits are these.
#[derive(Clone, Debug, Default)]
pub struct Local {
    /// The address, zeros behind it.
    pub address: [u8; 16],
    /// Its bytes.
    pub width: u8,
    /// How many bits count.
    pub bits: u8,
}

impl Local {
    fn has(&self, address: [u8; 16], width: u8) -> bool {
        let differ = u128::from_be_bytes(self.address) ^ u128::from_be_bytes(address);
        width == self.width && differ.leading_zeros() >= u32::from(self.bits)
    }
}

/// What begins a flow, and so names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// Who with whom; the direction does not count.
    pub ends: Ends,
    /// When, in nanoseconds.
    pub first: i64,
    /// Which of several with the same ends and the same time.
    pub tie: u32,
}

impl Origin {
    /// Of a live flow.
    pub fn of(flows: &Flows, at: u32) -> Option<Self> {
        let flow = flows.get(at)?;
        Some(Self { ends: flow.ends, first: flow.first, tie: flows.tie(at) })
    }
}

const TEXT: Type = Type::Shown(Shown::Text);
const TRUTH: Type = Type::Shown(Shown::Bool);
const COUNT: Type = Type::Shown(Shown::UInt(8));
const SHORT: Type = Type::Shown(Shown::UInt(2));
const SPAN: Type = Type::Shown(Shown::Int(8));

const PARENTS: &str = "tunnel_parents";
/// What tags are called the caller says.
const OUTER: &str = "outer";
const INNER: &str = "inner";

/// Zeek's columns, and ours.
const COLUMNS: [(&str, Type); 27] = [
    ("ts", Type::Time),
    ("uid", TEXT),
    ("id.orig_h", TEXT),
    ("id.orig_p", SHORT),
    ("id.resp_h", TEXT),
    ("id.resp_p", SHORT),
    ("proto", TEXT),
    ("service", TEXT),
    ("duration", SPAN),
    ("orig_bytes", COUNT),
    ("resp_bytes", COUNT),
    ("conn_state", TEXT),
    ("local_orig", TRUTH),
    ("local_resp", TRUTH),
    ("missed_bytes", COUNT),
    ("history", TEXT),
    ("orig_pkts", COUNT),
    ("orig_ip_bytes", COUNT),
    ("resp_pkts", COUNT),
    ("resp_ip_bytes", COUNT),
    (PARENTS, TEXT),
    ("ip_proto", Type::Shown(Shown::UInt(1))),
    ("community_id", TEXT),
    (OUTER, SHORT),
    (INNER, SHORT),
    ("first_frame", COUNT),
    ("last_frame", COUNT),
];

/// How well streams came through.
const QUALITY: [(&str, Type); 9] = [
    ("handshake", SPAN),
    ("orig_retransmitted", COUNT),
    ("resp_retransmitted", COUNT),
    ("orig_out_of_order", COUNT),
    ("resp_out_of_order", COUNT),
    ("orig_lost", COUNT),
    ("resp_lost", COUNT),
    ("orig_zero_window", COUNT),
    ("resp_zero_window", COUNT),
];

/// Wireshark's numbers of streams.
const STREAMS: (&str, Type) = ("streams", COUNT);

/// The columns; those of how well streams came through only if that is asked.
pub fn outputs(asked: &Asked) -> Vec<Output> {
    let all = COLUMNS.iter().chain(if asked.rules.quality { &QUALITY[..] } else { &[] }).chain(asked.numbers.then_some(&STREAMS));
    let named = |name: &'static str| match name {
        OUTER => asked.tags[0].clone(),
        INNER => asked.tags[1].clone(),
        other => other.to_owned(),
    };
    all.map(|(name, kind)| Output::named(&named(name), *kind, matches!(*name, PARENTS | "streams"))).collect()
}

#[derive(Default)]
struct Texts {
    uid: StringBuilder,
    addresses: [StringBuilder; 2],
    transport: StringBuilder,
    service: StringBuilder,
    state: StringBuilder,
    history: StringBuilder,
    community: StringBuilder,
}

#[derive(Default)]
struct Cells {
    ts: TimestampNanosecondBuilder,
    ports: [UInt16Builder; 2],
    duration: DurationNanosecondBuilder,
    bytes: [UInt64Builder; 2],
    local: [BooleanBuilder; 2],
    missed: UInt64Builder,
    packets: [UInt64Builder; 2],
    totals: [UInt64Builder; 2],
    parents: ListBuilder<StringBuilder>,
    protocol: UInt8Builder,
    tags: [UInt16Builder; 2],
    frames: [UInt64Builder; 2],
    handshake: DurationNanosecondBuilder,
    quality: [[UInt64Builder; 2]; 4],
    streams: ListBuilder<UInt64Builder>,
}

/// Rows that are gathered.
pub(super) struct Rows {
    asked: Arc<Asked>,
    wanted: bool,
    totals: Totals,
    streams: Option<Numbers>,
    texts: Texts,
    numbers: Cells,
    rows: usize,
    services: AHashMap<u32, Option<String>>,
    scratch: String,
}

/// The rows, with what is known of surroundings while one is made, and with what else is kept of flows.
pub(super) struct Writing<'a, E> {
    rows: &'a mut Rows,
    around: &'a Surroundings,
    heads: &'a mut Heads,
    ears: &'a mut E,
}

impl<E: Ears> Sink for Writing<'_, E> {
    fn over(&mut self, flow: &Counted<'_>) {
        self.heads.forget(flow.at);
        self.rows.totals.add(flow);
        if self.rows.wanted {
            self.rows.push(flow, self.around);
        }
        self.ears.over(flow.at);
    }
}

impl Rows {
    pub(super) fn new(asked: Arc<Asked>, wanted: bool) -> Self {
        let (texts, numbers, streams) = (Texts::default(), Cells::default(), asked.numbers.then(Numbers::default));
        Self { asked, wanted, totals: Totals::default(), streams, texts, numbers, rows: 0, services: AHashMap::new(), scratch: String::new() }
    }

    pub(super) fn with<'a, E: Ears>(&'a mut self, around: &'a Surroundings, heads: &'a mut Heads, ears: &'a mut E) -> Writing<'a, E> {
        Writing { rows: self, around, heads, ears }
    }

    /// The number of the stream that a packet is of, if numbers are asked for.
    #[inline]
    pub(super) fn see(&mut self, seen: &Seen, place: Place) -> Option<u32> {
        self.streams.as_mut().and_then(|streams| streams.see(seen, place))
    }

    /// A packet of a numbered stream is one of a flow.
    #[inline]
    pub(super) fn note(&mut self, at: u32, number: Option<u32>) {
        if let Some((streams, number)) = self.streams.as_mut().zip(number) {
            streams.note(at, number);
        }
    }

    /// Another capture begins.
    pub(super) fn begin(&mut self) {
        if let Some(streams) = &mut self.streams {
            streams.begin();
        }
    }

    pub(super) fn totals(&self) -> &Totals {
        &self.totals
    }

    pub(super) fn len(&self) -> usize {
        self.rows
    }

    fn push(&mut self, counted: &Counted<'_>, around: &Surroundings) {
        let flow = counted.flow;
        let (text, numbers, scratch) = (&mut self.texts, &mut self.numbers, &mut self.scratch);
        self.rows += 1;
        numbers.ts.append_value(flow.first);
        let put = |builder: &mut StringBuilder, scratch: &mut String, write: &dyn Fn(&mut String)| {
            scratch.clear();
            write(scratch);
            builder.append_value(&*scratch);
        };
        let origin = Origin { ends: flow.ends, first: flow.first, tie: counted.tie };
        put(&mut text.uid, scratch, &|into| names::uid(&origin, into));
        let has_ports = flow.ends.kind != Kind::Other;
        for (side, end) in [flow.ends.source, flow.ends.target].into_iter().enumerate() {
            put(&mut text.addresses[side], scratch, &|into| address(end, flow.ends.width, into));
            numbers.ports[side].append_value(if has_ports { flow.ends.ports[side] } else { 0 });
            numbers.local[side].append_value(self.asked.local.iter().any(|local| local.has(end, flow.ends.width)));
        }
        text.transport.append_value(&self.asked.transports[flow.ends.kind as usize % 4]);
        let services = self.services.entry(flow.services).or_insert_with(|| named(&self.asked.services, flow.services));
        text.service.append_option(services.as_deref());
        let duration = flow.last - flow.first;
        let lasted = duration > 0;
        numbers.duration.append_option(lasted.then_some(duration));
        for side in 0..2 {
            numbers.bytes[side].append_option(lasted.then(|| flow.bytes(side)));
            numbers.packets[side].append_value(u64::from(flow.sides[side].packets));
            numbers.totals[side].append_value(flow.sides[side].total);
        }
        text.state.append_value(flow.state(&counted.history));
        numbers.missed.append_value(counted.missed);
        text.history.append_option(Some(&counted.history).filter(|history| !history.is_empty()));
        let around_it = around.all.get(flow.within.0 as usize).copied().unwrap_or(super::NOTHING);
        let also = counted.also.iter().filter_map(|within| around.all.get(within.0 as usize)).map(|around| around.tunnel);
        let mut parents: Vec<u32> = Vec::new();
        for tunnel in std::iter::once(around_it.tunnel).chain(also) {
            if tunnel > 0 && !parents.contains(&tunnel) {
                parents.push(tunnel);
            }
        }
        for parent in parents.iter().filter_map(|tunnel| around.tunnels.get(*tunnel as usize - 1)) {
            scratch.clear();
            names::uid(parent, scratch);
            numbers.parents.values().append_value(&*scratch);
        }
        numbers.parents.append(!parents.is_empty());
        numbers.protocol.append_value(flow.ends.protocol);
        put(&mut text.community, scratch, &|into| names::community(&flow.ends, self.asked.seed, into));
        for (tag, builder) in around_it.tags.into_iter().zip(&mut numbers.tags) {
            builder.append_option(Some(tag).filter(|tag| *tag != NO_TAG));
        }
        numbers.frames[0].append_value(flow.first_packet);
        numbers.frames[1].append_value(flow.last_packet());
        if self.asked.rules.quality {
            let quality = counted.quality;
            numbers.handshake.append_option(quality.and_then(|quality| quality.handshake));
            for side in 0..2 {
                let counts = quality.map(|quality| {
                    let (again, late, none) = (quality.retransmitted[side], quality.out_of_order[side], quality.zero_window[side]);
                    [u64::from(again), u64::from(late), quality.lost[side], u64::from(none)]
                });
                for (at, builder) in numbers.quality.iter_mut().enumerate() {
                    builder[side].append_option(counts.map(|counts| counts[at]));
                }
            }
        }
        if let Some(streams) = &mut self.streams {
            let found = streams.take(counted.at);
            numbers.streams.values().append_slice(&found);
            numbers.streams.append(!found.is_empty());
        }
    }

    pub(super) fn take(&mut self) -> Result<RecordBatch, ArrowError> {
        self.rows = 0;
        let (mut text, mut numbers) = (std::mem::take(&mut self.texts), std::mem::take(&mut self.numbers));
        let [mut source, mut target] = text.addresses;
        let [mut source_port, mut target_port] = numbers.ports;
        let [mut sent, mut answered] = numbers.bytes;
        let [mut local_source, mut local_target] = numbers.local;
        let [mut packets, mut packets_back] = numbers.packets;
        let [mut total, mut total_back] = numbers.totals;
        let [mut outer, mut inner] = numbers.tags;
        let [mut first, mut last] = numbers.frames;
        let mut arrays: Vec<ArrayRef> = vec![
            Arc::new(numbers.ts.finish().with_timezone("UTC")),
            Arc::new(text.uid.finish()),
            Arc::new(source.finish()),
            Arc::new(source_port.finish()),
            Arc::new(target.finish()),
            Arc::new(target_port.finish()),
            Arc::new(text.transport.finish()),
            Arc::new(text.service.finish()),
            Arc::new(numbers.duration.finish()),
            Arc::new(sent.finish()),
            Arc::new(answered.finish()),
            Arc::new(text.state.finish()),
            Arc::new(local_source.finish()),
            Arc::new(local_target.finish()),
            Arc::new(numbers.missed.finish()),
            Arc::new(text.history.finish()),
            Arc::new(packets.finish()),
            Arc::new(total.finish()),
            Arc::new(packets_back.finish()),
            Arc::new(total_back.finish()),
            Arc::new(numbers.parents.finish()),
            Arc::new(numbers.protocol.finish()),
            Arc::new(text.community.finish()),
            Arc::new(outer.finish()),
            Arc::new(inner.finish()),
            Arc::new(first.finish()),
            Arc::new(last.finish()),
        ];
        if self.asked.rules.quality {
            arrays.push(Arc::new(numbers.handshake.finish()));
            for [mut one, mut other] in numbers.quality {
                arrays.extend([Arc::new(one.finish()) as ArrayRef, Arc::new(other.finish())]);
            }
        }
        if self.asked.numbers {
            arrays.push(Arc::new(numbers.streams.finish()));
        }
        RecordBatch::try_new(self.arrow(&arrays), arrays)
    }

    fn arrow(&self, arrays: &[ArrayRef]) -> SchemaRef {
        let fields = outputs(&self.asked).into_iter().zip(arrays);
        Schema::new(fields.map(|(output, array)| Field::new(&*output.name, array.data_type().clone(), true)).collect::<Vec<_>>()).into()
    }

    /// The types of the columns.
    pub(super) fn schema(&mut self) -> Result<SchemaRef, ArrowError> {
        let asked = Arc::clone(&self.asked);
        Self::new(asked, true).take().map(|batch| batch.schema())
    }
}

fn address(address: [u8; 16], width: u8, into: &mut String) {
    if width != 4 {
        // Writing to a String does not fail.
        let _ = write!(into, "{}", Ipv6Addr::from(address));
        return;
    }
    for (at, byte) in address.into_iter().take(4).enumerate() {
        if at > 0 {
            into.push('.');
        }
        let digit = |digit: u8| char::from(b'0' + digit % 10);
        if byte > 99 {
            into.push(digit(byte / 100));
        }
        if byte > 9 {
            into.push(digit(byte / 10));
        }
        into.push(digit(byte));
    }
}

/// The names of services in order.
fn named(names: &[String], services: u32) -> Option<String> {
    let mut found: Vec<&str> = names.iter().zip(0..).filter(|(_, bit)| services >> bit & 1 == 1).map(|(name, _)| name.as_str()).collect();
    found.sort_unstable();
    (!found.is_empty()).then(|| found.join(","))
}
