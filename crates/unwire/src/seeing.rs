//! From the layers of a frame to what it tells of flows: the border between the schema, whose layers declare what their numbers mean to flows
//! (`flow=` of a class, `schema/flow.rs`), and `stream`, which knows plain numbers alone.
//!
//! Frames that go the same way (`Walk::path`) have the same layers, so where to look is found out once per way; per frame there remain a few
//! loads at constant places. What an error message quotes is no flow, and a piece of a datagram tells nothing of its transport, nor of what
//! is inside: `Seeing::datagram` reads these when it is whole.

use std::sync::Arc;

use crate::checksum::{BAD, GOOD};
use crate::columns::reach;
use crate::dissect::{Flags, Span};
use crate::error::Reason;
use crate::parts::each_part;
use crate::quick::Linear;
use crate::reader::Bytes;
use crate::schema::{Expr, Flow, Layer, LayerId, Role, Schema};
use crate::stream::{Kind, NO_TAG, Piece, Seen, Verdict, flag};
use crate::value;
use crate::walk::Walk;

/// Reads what frames tell of flows; it is used for one frame after the other.
#[derive(Debug)]
pub struct Seeing {
    walk: Walk,
    verifies: bool,
    /// True if it tells of what an error message quotes, too.
    quotes: bool,
    /// True if it tells what receivers have beyond what they acknowledge.
    holds: bool,
    ways: Vec<Option<Box<[Network]>>>,
}

/// A network layer and what is directly on it, by their places among the layers.
#[derive(Clone, Debug)]
struct Network {
    at: usize,
    /// Where the addresses stand in it, and how long they are.
    ends: [u32; 2],
    width: u32,
    /// Which protocol is carried, as the last of the headers says that extend the network layer, or itself.
    protocol: Option<Told>,
    /// The last of these headers: the payload lies behind it.
    last: usize,
    /// Who says whether it is a piece, and which: offset, id, more.
    piece: Option<(usize, [Option<Told>; 3])>,
    transport: Option<Transport>,
    /// The next network layer, which makes this one a tunnel.
    behind: Option<usize>,
    carrier: LayerId,
    tags: Box<[Told]>,
    quoted: bool,
}

#[derive(Clone, Debug)]
struct Transport {
    at: usize,
    kind: Kind,
    /// Ports, or type and code.
    ends: [Told; 2],
    /// Sequence, acknowledged, flags, window.
    numbers: Option<[Told; 4]>,
    /// The types of messages that answer each other.
    answers: Box<[(u8, u8)]>,
}

/// A number of a layer.
#[derive(Clone, Debug)]
struct Told {
    at: usize,
    quick: Option<Linear>,
    expr: Expr,
}

impl Told {
    fn of(layer: &Layer, at: usize, role: Role) -> Option<Self> {
        let expr = layer.flow.as_ref()?.roles.iter().find(|(one, _)| *one == role)?.1.clone();
        Some(Self { at, quick: Linear::of(&expr, layer.fixed), expr })
    }

    #[inline(always)]
    fn read(&self, walk: &Walk, bytes: &[u8]) -> Option<u32> {
        let span = walk.spans.get(self.at)?;
        match self.quick.and_then(|quick| quick.key(bytes, span.start)) {
            Some(number) => Some(number as u32),
            None => self.slowly(walk, bytes, span),
        }
    }

    #[cold]
    fn slowly(&self, walk: &Walk, bytes: &[u8], span: &Span) -> Option<u32> {
        walk.laid(Bytes(bytes), span).eval(&self.expr, span.start).ok().map(|number| number as u32)
    }
}

impl Seeing {
    /// By a schema; `verifies` asks for the verdicts on checksums.
    pub fn new(schema: Arc<Schema>, verifies: bool) -> Self {
        let wanted = schema.layers.iter().map(|layer| !layer.part && (layer.flow.is_some() || !layer.pseudo.is_empty())).collect();
        let reach = reach(&schema, wanted);
        Self { walk: Walk::new(schema, Some(reach)), verifies, quotes: false, holds: false, ways: Vec::new() }
    }

    /// Tell of what error messages quote, too, as if they carried it.
    #[must_use]
    pub fn with_quotes(self) -> Self {
        Self { quotes: true, ..self }
    }

    /// Tell what receivers have beyond what they acknowledge.
    #[must_use]
    pub fn with_held(self) -> Self {
        Self { holds: true, ..self }
    }

    /// The schema.
    pub fn schema(&self) -> &Arc<Schema> {
        self.walk.schema()
    }

    /// Why the layers of the last frame ended, and in which, as far as they were looked at.
    pub fn stop(&self) -> (Reason, Option<LayerId>) {
        (self.walk.stop.fault.reason, self.walk.stop.layer)
    }

    /// Add to `into` what a frame tells, the outermost flow first; `record` is put into each. The frame begins with the layer of `link`.
    #[inline]
    pub fn frame(&mut self, link: u16, bytes: &[u8], wire_len: u32, record: u32, into: &mut Vec<Seen>) {
        self.make_room();
        self.walk.run(link, Bytes(bytes), wire_len);
        self.see(bytes, record, 0, into);
    }

    /// The same for a datagram that is whole again. `bytes` are those of its first piece's frame up to `whole`, which is [`Seen::start`] of
    /// that piece, and behind them all that the pieces carried, in order. What is told counts in these bytes.
    pub fn datagram(&mut self, link: u16, bytes: &[u8], whole: u32, record: u32, into: &mut Vec<Seen>) {
        self.make_room();
        self.walk.run_whole(link, Bytes(bytes), whole);
        self.see(bytes, record, whole, into);
    }

    fn make_room(&mut self) {
        if self.walk.make_room() {
            self.ways.clear();
        }
    }

    #[inline(always)]
    fn see(&mut self, bytes: &[u8], record: u32, whole: u32, into: &mut Vec<Seen>) {
        let path = self.walk.path as usize;
        if !matches!(self.ways.get(path), Some(Some(_))) {
            self.learn(path);
        }
        let Some(Some(networks)) = self.ways.get(path) else { return };
        for (network, depth) in networks.iter().zip(0..) {
            if whole > 0 && self.walk.spans.get(network.last).is_none_or(|span| span.payload < whole) {
                // The pieces have told of what is around the datagram.
                continue;
            }
            let Some(mut seen) = network.see(&self.walk, bytes, self.verifies) else { return };
            if let Some(transport) = network.transport.as_ref().filter(|_| self.holds && seen.ends.kind == Kind::Stream) {
                seen.held = transport.held(&self.walk, bytes);
            }
            into.push(Seen { record, depth, ..seen });
            if !seen.tunnel {
                return;
            }
        }
    }

    /// Find out where to look in frames that go the way of the last one.
    #[cold]
    fn learn(&mut self, path: usize) {
        let schema = self.walk.schema();
        let layers: Vec<&Layer> = self.walk.spans.iter().map(|span| schema.layer(span.layer)).collect();
        let spans = &self.walk.spans;
        let not_quoted = spans.iter().take_while(|span| self.quotes || !span.flags.has(Flags::QUOTED)).count();
        let layers = &layers[..not_quoted];
        let networks: Vec<usize> = (0..layers.len()).filter(|at| !layers[*at].pseudo.is_empty()).collect();
        let mut found: Vec<Network> = Vec::new();
        let mut tags: Vec<Told> = Vec::new();
        let mut from = 0;
        for (nth, at) in networks.iter().enumerate() {
            tags.extend((from..*at).filter_map(|tag| Told::of(layers[tag], tag, Role::Tag)));
            let behind = networks.get(nth + 1).copied();
            let quoted = spans.get(*at).is_some_and(|span| span.flags.has(Flags::QUOTED));
            let Some(network) = Network::of(layers, *at, behind, tags.clone()) else { break };
            let network = Network { quoted, ..network };
            found.push(network);
            from = *at;
        }
        if self.ways.len() <= path {
            self.ways.resize(path + 1, None);
        }
        self.ways[path] = Some(found.into());
    }
}

impl Network {
    fn of(layers: &[&Layer], at: usize, behind: Option<usize>, tags: Vec<Told>) -> Option<Self> {
        let network = layers[at];
        let [source, target] = *network.pseudo.as_slice() else { return None };
        let [source, target] = [source, target].map(|field| &network.fields[field as usize]);
        let width = source.kind.fixed_size().filter(|width| *width <= 16 && target.kind.fixed_size() == Some(*width))?;
        if source.place.anchor != 0 || target.place.anchor != 0 {
            return None;
        }
        let has = |layer: &Layer, role| layer.flow.as_ref().is_some_and(|flow: &Flow| flow.has(role));
        let extends = |layer: &&&Layer| has(layer, Role::Protocol) && layer.pseudo.is_empty();
        let last = at + layers[at + 1..].iter().take_while(extends).count();
        let piece = (at..=last).rev().find(|at| layers[*at].fragment.is_some());
        let piece = piece.map(|at| (at, [Role::Offset, Role::Id, Role::More].map(|role| Told::of(layers[at], at, role))));
        let transport = layers.get(last + 1).and_then(|layer| Transport::of(layer, last + 1));
        let carrier = transport.as_ref().and_then(|transport| layers.get(transport.at + 1)).map_or(LayerId::MAX, |layer| layer.id);
        Some(Self {
            at,
            ends: [source.place.offset, target.place.offset],
            width,
            protocol: (at..=last).rev().find_map(|at| Told::of(layers[at], at, Role::Protocol)),
            last,
            piece,
            transport,
            behind,
            carrier,
            tags: tags.into(),
            quoted: false,
        })
    }

    #[inline(always)]
    fn see(&self, walk: &Walk, bytes: &[u8], verifies: bool) -> Option<Seen> {
        let (span, last) = (walk.spans.get(self.at)?, walk.spans.get(self.last)?);
        let number = |told: &Told| told.read(walk, bytes);
        // What contradicts its own length may be anything: ports only suggested it.
        let fits = |span: &Span| !span.flags.has(Flags::OVERLONG) && !span.flags.has(Flags::BAD_LENGTH);
        let tunnel = self.behind.is_some_and(|at| walk.spans.get(at).is_some_and(fits));
        let mut seen =
            Seen { tunnel, quoted: self.quoted, carrier: self.carrier, tags: [NO_TAG; 2], total: span.limit - span.start, ..Seen::default() };
        seen.ends.source = address(bytes, span.start + self.ends[0], self.width)?;
        seen.ends.target = address(bytes, span.start + self.ends[1], self.width)?;
        seen.ends.width = self.width as u8;
        seen.ends.protocol = self.protocol.as_ref().and_then(number)? as u8;
        for (tag, told) in seen.tags.iter_mut().zip(&self.tags) {
            *tag = number(told).map_or(NO_TAG, |tag| tag as u16);
        }
        if let Some((at, piece)) = &self.piece
            && walk.spans.get(*at)?.flags.has(Flags::FRAGMENT)
        {
            let [offset, id, more] = piece.each_ref().map(|told| told.as_ref().and_then(number).unwrap_or_default());
            seen.piece = Some(Piece { offset, id, more: more != 0, cut: span.flags.has(Flags::OVERLONG) });
            seen.tunnel = false;
            return Some(self.payload(seen, walk, last, bytes, verifies));
        }
        let Some(transport) = &self.transport else {
            // What is known and refused its bytes, or was cut before it could be told, is not what nobody knows.
            let refused =
                last.payload >= last.tail || walk.spans.len() == self.last + 1 && matches!(walk.stop.fault.reason, Reason::Short | Reason::Length);
            seen.ends.kind = if refused { Kind::Broken } else { Kind::Other };
            return Some(self.payload(seen, walk, last, bytes, verifies));
        };
        let behind = walk.spans.get(transport.at)?;
        transport.see(&mut seen, walk, bytes);
        Some(self.payload(seen, walk, behind, bytes, verifies))
    }

    /// Where the payload is, and what the checksums say.
    #[inline(always)]
    fn payload(&self, mut seen: Seen, walk: &Walk, behind: &Span, bytes: &[u8], verifies: bool) -> Seen {
        let end = behind.tail.min(bytes.len() as u32);
        (seen.start, seen.promised) = (behind.payload, behind.tail.saturating_sub(behind.payload));
        seen.captured = end.saturating_sub(behind.payload);
        if verifies {
            seen.verdict = self.verdict(walk, bytes);
        }
        seen
    }

    #[cold]
    fn verdict(&self, walk: &Walk, bytes: &[u8]) -> Verdict {
        let mut all = Verdict::Unknown;
        let transport = self.transport.as_ref().map_or(self.last, |transport| transport.at);
        for (at, span) in walk.spans.iter().enumerate().take(transport + 1).skip(self.at) {
            let laid = walk.laid(Bytes(bytes), span);
            for field in &laid.layer.fields {
                match field.checksum.as_ref().and_then(|_| value::verdict(&walk.spans, at, &laid, field)) {
                    Some(BAD) => return if at > self.last { Verdict::BadTransport } else { Verdict::BadNetwork },
                    Some(GOOD) => all = Verdict::Good,
                    _ => {}
                }
            }
        }
        all
    }
}

impl Transport {
    fn of(layer: &Layer, at: usize) -> Option<Self> {
        let told = |role| Told::of(layer, at, role);
        let (kind, ends) = match (told(Role::Source).zip(told(Role::Target)), told(Role::Type).zip(told(Role::Code))) {
            (Some(ports), _) => (Kind::Datagram, ports),
            (None, Some(message)) => (Kind::Message, message),
            (None, None) => return None,
        };
        let numbers = match [Role::Sequence, Role::Acknowledged, Role::Flags, Role::Window].map(told) {
            [Some(sequence), Some(acknowledged), Some(flags), Some(window)] => Some([sequence, acknowledged, flags, window]),
            _ => None,
        };
        let kind = if numbers.is_some() { Kind::Stream } else { kind };
        let answers = layer.flow.as_ref().map(|flow| flow.answers.clone().into()).unwrap_or_default();
        Some(Self { at, kind, ends: [ends.0, ends.1], numbers, answers })
    }

    #[inline(always)]
    fn see(&self, seen: &mut Seen, walk: &Walk, bytes: &[u8]) {
        let stopped = walk.spans.len() == self.at + 1 && matches!(walk.stop.fault.reason, Reason::Short | Reason::Expect);
        let read = |told: &Told| told.read(walk, bytes);
        let [source, target] = &self.ends;
        let (Some(source), Some(target), false) = (read(source), read(target), stopped) else {
            seen.ends.kind = Kind::Broken;
            return;
        };
        seen.ends.kind = self.kind;
        seen.ends.ports = [source as u16, target as u16];
        if self.kind == Kind::Message {
            match self.answers.iter().find_map(|(asked, answer)| counterpart((*asked).into(), (*answer).into(), source as u16)) {
                Some(counterpart) => seen.ends.ports[1] = counterpart,
                None => seen.ends.one_way = true,
            }
        }
        if let Some([sequence, acknowledged, flags, window]) = &self.numbers {
            let numbers = (read(sequence), read(acknowledged), read(flags), read(window));
            let (Some(sequence), Some(acknowledged), Some(flags), Some(window)) = numbers else {
                seen.ends.kind = Kind::Broken;
                return;
            };
            (seen.sequence, seen.acknowledged, seen.flags, seen.window) = (sequence, acknowledged, flags as u16, window as u16);
            if seen.flags & flag::SYN != 0 {
                seen.scale = self.scale(walk, bytes);
            }
        }
    }

    /// Bytes that the sender has beyond those that it acknowledges, as the parts of parts say that have this role.
    fn held(&self, walk: &Walk, bytes: &[u8]) -> u32 {
        let Some(span) = walk.spans.get(self.at).filter(|span| span.payload - span.start > walk.schema().layer(span.layer).fixed) else { return 0 };
        let (laid, mut held) = (walk.laid(Bytes(bytes), span), 0_u32);
        for field in 0..laid.layer.fields.len() as u16 {
            each_part(&laid, field, &mut |part| {
                for inner in 0..part.layer.fields.len() as u16 {
                    each_part(part, inner, &mut |block| {
                        let told = block.layer.flow.as_ref().and_then(|flow| flow.roles.iter().find(|(role, _)| *role == Role::Held));
                        let bytes = told.and_then(|(_, expr)| block.eval(expr, block.start).ok()).unwrap_or_default();
                        held = held.wrapping_add(bytes as u32);
                    });
                }
            });
        }
        walk.allow_items();
        held
    }

    /// How windows are scaled, as the part says that has this role.
    #[cold]
    fn scale(&self, walk: &Walk, bytes: &[u8]) -> Option<u8> {
        let laid = walk.laid(Bytes(bytes), walk.spans.get(self.at)?);
        let mut found = None;
        for field in 0..laid.layer.fields.len() as u16 {
            each_part(&laid, field, &mut |part| {
                let told = part.layer.flow.as_ref().and_then(|flow| flow.roles.iter().find(|(role, _)| *role == Role::Scale));
                found = found.or(told.and_then(|(_, expr)| part.eval(expr, part.start).ok()).map(|scale| scale as u8));
            });
        }
        walk.allow_items();
        found
    }
}

fn counterpart(asked: u16, answer: u16, one: u16) -> Option<u16> {
    match one {
        _ if one == asked => Some(answer),
        _ if one == answer => Some(asked),
        _ => None,
    }
}

#[inline(always)]
fn address(bytes: &[u8], offset: u32, width: u32) -> Option<[u8; 16]> {
    let mut address = [0; 16];
    let found = bytes.get(offset as usize..(offset + width) as usize)?;
    // Constant sizes are copied without a call.
    match (found.len(), found.first_chunk::<4>(), found.first_chunk::<16>()) {
        (4, Some(four), _) => *address.first_chunk_mut()? = *four,
        (_, _, Some(whole)) => address = *whole,
        _ => address.get_mut(..found.len())?.copy_from_slice(found),
    }
    Some(address)
}
