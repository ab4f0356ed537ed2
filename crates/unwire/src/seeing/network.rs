//! Where the numbers stand that flows go by, in frames of one way: network layers, and what is directly on each. Frames that go the same way have
//! the same layers, so where to look is found out once per way; per frame there remain a few loads at constant places.

use std::cell::Cell;

use super::options::{held, scale};
use crate::checksum::{BAD, GOOD};
use crate::dissect::{Flags, Span};
use crate::error::Reason;
use crate::layout::{Laid, MAX_ITEMS};
use crate::number::Number;
use crate::reader::Bytes;
use crate::schema::{Expr, Flow, Layer, LayerId, Role, Schema};
use crate::stream::{Ends, Kind, NO_TAG, Piece, Seen, Verdict, flag};
use crate::value;

/// A frame whose layers are known.
#[derive(Clone, Copy)]
pub(super) struct Frame<'a> {
    pub schema: &'a Schema,
    pub bytes: &'a [u8],
    pub spans: &'a [Span],
    /// Why there are no more layers.
    pub stop: Reason,
    /// Items that its lists may have.
    pub items: &'a Cell<u32>,
}

impl<'a> Frame<'a> {
    pub(super) fn laid(&self, span: &Span) -> Laid<'a> {
        let (Self { schema, items, .. }, Span { layer, start, limit, .. }) = (*self, *span);
        items.set(MAX_ITEMS);
        Laid { schema, layer: schema.layer(layer), bytes: Bytes(self.bytes), start, limit, origin: start, nesting: 0, items, notes: None }
    }

    /// Why there are no more layers, if this one is the last.
    fn ends_with(&self, at: usize) -> Option<Reason> {
        (self.spans.len() == at + 1).then_some(self.stop)
    }
}

/// What is told beside the numbers of headers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Also {
    /// What error messages quote, as if they carried it.
    pub quotes: bool,
    /// What checksums say.
    pub verdicts: bool,
    /// What lists of options say.
    pub options: bool,
}

/// A network layer and what is directly on it, by their places among the layers.
#[derive(Clone, Debug)]
pub(super) struct Network {
    pub at: usize,
    /// Where the addresses stand in it.
    pub ends: [u32; 2],
    /// Which protocol is carried, as the last of the headers says that extend the network layer, or itself.
    pub protocol: Option<Told>,
    /// The last of these headers: the payload lies behind it.
    pub last: usize,
    /// Who says whether it is a piece, and which: offset, id, more.
    pub piece: Option<(usize, [Option<Told>; 3])>,
    pub transport: Option<Transport>,
    /// The next network layer, which makes this one a tunnel.
    pub behind: Option<usize>,
    pub tags: Box<[Told]>,
    /// What is the same in all frames.
    pub blank: Seen,
}

#[derive(Clone, Debug)]
pub(super) struct Transport {
    pub at: usize,
    pub kind: Kind,
    /// Ports, or type and code.
    pub ends: [Told; 2],
    /// Sequence, acknowledged, flags, window.
    pub numbers: Option<[Told; 4]>,
    /// The types of messages that answer each other.
    answers: Box<[(u8, u8)]>,
}

/// A number of a layer.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub at: usize,
    /// What nearly all are: a field, at a constant place of a header with room for a load.
    pub quick: Option<Number>,
    expr: Expr,
}

impl Told {
    fn of(layer: &Layer, at: usize, role: Role) -> Option<Self> {
        let expr = layer.flow.as_ref()?.roles.iter().find(|(one, _)| *one == role)?.1.clone();
        Some(Self { at, quick: Number::of(&expr, layer.fixed).filter(|_| layer.fixed >= 4), expr })
    }

    #[inline(always)]
    fn read(&self, frame: &Frame<'_>) -> Option<u32> {
        self.read_in(frame, frame.spans.get(self.at)?)
    }

    /// The same where the layer is at hand.
    #[inline(always)]
    fn read_in(&self, frame: &Frame<'_>, span: &Span) -> Option<u32> {
        match self.quick.as_ref().and_then(|quick| quick.read(frame.bytes, span.start)) {
            Some(number) => Some(number as u32),
            None => self.slowly(frame, span),
        }
    }

    #[cold]
    fn slowly(&self, frame: &Frame<'_>, span: &Span) -> Option<u32> {
        frame.laid(span).eval(&self.expr, span.start).ok().map(|number| number as u32)
    }
}

/// The network layers of frames with these layers.
pub(super) fn networks(schema: &Schema, spans: &[Span], quotes: bool) -> Box<[Network]> {
    let not_quoted = spans.iter().take_while(|span| quotes || !span.flags.has(Flags::QUOTED)).count();
    let layers: Vec<&Layer> = spans.iter().take(not_quoted).map(|span| schema.layer(span.layer)).collect();
    let networks: Vec<usize> = (0..layers.len()).filter(|at| !layers[*at].pseudo.is_empty()).collect();
    let mut found: Vec<Network> = Vec::new();
    let mut tags: Vec<Told> = Vec::new();
    let mut from = 0;
    for (nth, at) in networks.iter().enumerate() {
        tags.extend((from..*at).filter_map(|tag| Told::of(layers[tag], tag, Role::Tag)));
        let behind = networks.get(nth + 1).copied();
        let Some(mut network) = Network::of(&layers, *at, behind, tags.clone()) else { break };
        network.blank.quoted = spans.get(*at).is_some_and(|span| span.flags.has(Flags::QUOTED));
        network.blank.depth = nth as u8;
        found.push(network);
        from = *at;
    }
    found.into()
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
        let ends = Ends { width: width as u8, ..Ends::default() };
        Some(Self {
            at,
            ends: [source.place.offset, target.place.offset],
            protocol: (at..=last).rev().find_map(|at| Told::of(layers[at], at, Role::Protocol)),
            last,
            piece,
            transport,
            behind,
            tags: tags.into(),
            blank: Seen { ends, carrier, tags: [NO_TAG; 2], ..Seen::default() },
        })
    }

    /// Fill in what the frame tells of the flow that this network layer carries, behind what is the same in all frames. None if not even its
    /// ends can be told.
    #[inline(always)]
    pub(super) fn see(&self, frame: &Frame<'_>, also: Also, seen: &mut Seen) -> Option<()> {
        let (span, last) = (frame.spans.get(self.at)?, frame.spans.get(self.last)?);
        // What contradicts its own length may be anything: ports only suggested it.
        let fits = |span: &Span| !span.flags.has(Flags::OVERLONG) && !span.flags.has(Flags::BAD_LENGTH);
        let [source, target] = self.ends;
        read_address(frame.bytes, span.start + source, self.blank.ends.width, &mut seen.ends.source)?;
        read_address(frame.bytes, span.start + target, self.blank.ends.width, &mut seen.ends.target)?;
        seen.ends.protocol = self.protocol.as_ref()?.read(frame)? as u8;
        seen.tunnel = self.behind.is_some_and(|at| frame.spans.get(at).is_some_and(fits));
        seen.total = span.limit - span.start;
        for (tag, told) in seen.tags.iter_mut().zip(&self.tags) {
            *tag = told.read(frame).map_or(NO_TAG, |tag| tag as u16);
        }
        let mut carrying = last;
        if let Some((at, piece)) = &self.piece
            && frame.spans.get(*at)?.flags.has(Flags::FRAGMENT)
        {
            let [offset, id, more] = piece.each_ref().map(|told| told.as_ref().and_then(|told| told.read(frame)).unwrap_or_default());
            seen.piece = Some(Piece { offset, id, more: more != 0, cut: span.flags.has(Flags::OVERLONG) });
            seen.tunnel = false;
        } else if let Some(transport) = &self.transport {
            carrying = frame.spans.get(transport.at)?;
            transport.see(frame, carrying, also, seen);
        } else {
            // What is known and refused its bytes, or was cut before it could be told, is not what nobody knows.
            let refused = last.payload >= last.tail || matches!(frame.ends_with(self.last), Some(Reason::Short | Reason::Length));
            seen.ends.kind = if refused { Kind::Broken } else { Kind::Other };
        }
        let end = carrying.tail.min(frame.bytes.len() as u32);
        (seen.start, seen.promised) = (carrying.payload, carrying.tail.saturating_sub(carrying.payload));
        seen.captured = end.saturating_sub(carrying.payload);
        if also.verdicts {
            seen.verdict = self.verdict(frame);
        }
        Some(())
    }

    /// What the checksums say.
    #[cold]
    fn verdict(&self, frame: &Frame<'_>) -> Verdict {
        let mut all = Verdict::Unknown;
        let transport = self.transport.as_ref().map_or(self.last, |transport| transport.at);
        for (at, span) in frame.spans.iter().enumerate().take(transport + 1).skip(self.at) {
            let laid = frame.laid(span);
            for field in &laid.layer.fields {
                match field.checksum.as_ref().and_then(|_| value::verdict(frame.spans, at, &laid, field)) {
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
    fn see(&self, frame: &Frame<'_>, span: &Span, also: Also, seen: &mut Seen) {
        let stopped = matches!(frame.ends_with(self.at), Some(Reason::Short | Reason::Expect));
        let read = |told: &Told| told.read_in(frame, span);
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
            if also.options {
                let laid = frame.laid(span);
                seen.scale = if seen.flags & flag::SYN != 0 { scale(&laid) } else { None };
                // A header without options has none that say so.
                seen.held = if span.payload - span.start > laid.layer.fixed { held(&laid) } else { 0 };
            }
        }
    }
}

fn counterpart(asked: u16, answer: u16, one: u16) -> Option<u16> {
    match one {
        _ if one == asked => Some(answer),
        _ if one == answer => Some(asked),
        _ => None,
    }
}

/// Read an address of so many bytes; those behind it are zeros.
#[inline(always)]
fn read_address(bytes: &[u8], offset: u32, width: u8, into: &mut [u8; 16]) -> Option<()> {
    let found = bytes.get(offset as usize..)?;
    // Constant sizes are copied without a call.
    match width {
        4 => *into.first_chunk_mut::<4>()? = *found.first_chunk()?,
        16 => *into = *found.first_chunk()?,
        _ => into.get_mut(..usize::from(width))?.copy_from_slice(found.get(..usize::from(width))?),
    }
    Some(())
}
