//! A frame is found out: which layers a place of the walk may be, which of them takes the bytes, what follows it, and what the memory learns
//! from that. One step at a time; walk.rs strings them together, and dissect.rs knows what a layer is.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::deciding::Suggested;
use crate::dissect::{Flags, Frame, Span};
use crate::error::{Fault, Reason};
use crate::lesson::Lesson;
use crate::memo::{Gate, Memo, Node};
use crate::ports::Asked;
use crate::quick::Bounds;
use crate::schema::{LayerId, LinkTo, Schema, Space, SpaceId};
use crate::shape::Known;

/// Layers that one frame may have.
pub const MAX_DEPTH: usize = 32;
/// The space of what is no place but the end of a way.
pub(crate) const NO_SPACE: SpaceId = SpaceId::MAX;

/// From which layers an answer can still be found, and behind which.
#[derive(Debug)]
pub(crate) struct Reach {
    from: Vec<bool>,
    behind: Vec<bool>,
}

impl Reach {
    /// From these layers.
    pub(crate) fn of(schema: &Schema, from: Vec<bool>) -> Self {
        Self { behind: schema.layers.iter().map(|layer| schema.leads(layer, &from)).collect(), from }
    }
}

/// The numbers of each layer under which there is somebody to be asked, as they come up.
pub(crate) type Numbers = FxHashMap<LayerId, Arc<Asked>>;

/// A layer laid over the bytes, and how the walk goes on.
pub(crate) struct Step {
    pub span: Span,
    pub path: u32,
    pub next: Next,
}

/// What follows a layer.
pub(crate) enum Next {
    /// Nothing.
    Stop(Fault),
    /// What is at a place, under a number.
    To(u32, u32),
}

/// A walk on its way through a frame, and what is learned.
pub(crate) struct Going<'a> {
    pub frame: Frame<'a>,
    pub reach: Option<&'a Reach>,
    pub numbers: &'a mut Numbers,
    pub memo: &'a mut Memo,
    pub lesson: Lesson,
    /// Where the payload of a datagram begins that was put together; 0 for a frame as it was captured.
    pub whole: u32,
}

impl<'a> Going<'a> {
    /// Where a frame of this link type begins; None if nobody answers to it.
    pub(crate) fn begin(&mut self, link: u16) -> Option<u32> {
        let space = self.frame.schema.link;
        let slot = self.space(space).slot(u64::from(link));
        (!self.space(space).list(slot).is_empty()).then(|| self.place(0, 0, space, slot, Flags::default()))
    }

    pub(crate) fn node(&self, at: u32) -> Node {
        self.memo.nodes[at as usize]
    }

    fn space(&self, id: SpaceId) -> &'a Space {
        &self.frame.schema.spaces[id as usize]
    }

    /// The first of the layers at a place that takes the bytes for its own; the fault says why the first of all is not there.
    pub(crate) fn first(&mut self, mut at: u32, start: u32, limit: u32, key: u32) -> Result<Step, Fault> {
        let mut because = None;
        loop {
            let node = self.node(at);
            let Node { layer, flags, alternative, .. } = node;
            match self.frame.step(Span { layer, flags, start, tail: limit, limit, key, ..Span::default() }) {
                Ok((span, fault)) if start < self.whole => return Ok(self.go_on(at, span.whole(limit), fault)),
                Ok((span, fault)) => return Ok(self.go_on(at, span, fault)),
                Err(fault) => {
                    // What refused the bytes by a test did so by some of the bits that decide about it.
                    let masks = self.frame.schema.deciding[layer as usize].masks(0).filter(|_| fault.reason == Reason::Must);
                    self.lesson.decided(masks.map(|masks| &masks.start), start);
                    because = because.or(Some(fault));
                }
            }
            at = alternative;
            if at == 0 {
                return Err(because.unwrap_or_default());
            }
        }
    }

    /// What follows a layer, and what both teach.
    fn go_on(&mut self, at: u32, span: Span, fault: Option<Fault>) -> Step {
        if let Some(fault) = fault {
            self.lesson.spoil();
            return Step { span, path: at, next: Next::Stop(fault) };
        }
        let Span { layer, start, payload, tail, .. } = span;
        let schema = self.frame.schema;
        let deciding = &schema.deciding[layer as usize];
        // Where no answer can be found behind a layer nobody asks what is there.
        let leads = self.reach.is_none_or(|reach| reach.behind[layer as usize]);
        let asked = (leads && !deciding.suggestions.is_empty()).then(|| self.asked(layer));
        let asks = leads && (self.reach.is_none() || asked.as_ref().is_none_or(|asked| asked.by(self.frame.bytes.0, start) != Some(false)));
        let mut known = Known { span, size: deciding.size, node: at, ..Known::default() };
        let (mut step, mut tried, mut list) = (Step { span, path: at, next: Next::Stop(Fault::at(Reason::End, payload)) }, 0, 0);
        if payload < tail && asks {
            (step, tried, list) = self.follow(at, span);
            known.span.link = step.span.link;
        } else {
            // What would follow if there were something was not found out.
            known.ends = asks;
        }
        let laid = self.frame.laid(layer, start, span.limit);
        let masks = deciding.masks(if asked.is_some() { 0 } else { tried });
        let masks = masks.filter(|_| deciding.exceptions.iter().all(|exception| laid.holds(exception, start) == Ok(false)));
        let masks = masks.copied();
        known.most = payload.saturating_add(self.frame.rest(&span));
        if deciding.takes_all {
            // The payload starts where the layer ends, wherever that is. At the least it could do so where the last field starts.
            (known.takes_all, known.span.payload) = (true, laid.before_last().unwrap_or(payload));
        }
        let header = known.span.payload - start;
        known.least = masks.map_or(0, |masks| (header + masks.payload.need).max(masks.start.need));
        self.lesson.decided(masks.as_ref().map(|masks| &masks.start), start);
        self.lesson.decided(masks.as_ref().map(|masks| &masks.payload), known.span.payload);
        if let Some(asked) = asked {
            self.lesson.suggested(&known, asked);
            if !asks {
                known.suggested = Some(Suggested::default());
            } else if !known.ends {
                // Who does not refuse at once, and still is not the one, is an exception.
                let found = schema.suggested(layer, self.frame.bytes.0, start, payload..tail);
                known.suggested = found.filter(|found| found.slot == list && (list == 0 || found.link == known.span.link));
                if known.suggested.is_none() {
                    self.lesson.spoil();
                }
            }
        }
        self.lesson.learn(known);
        step
    }

    /// The numbers of a layer that are asked about.
    fn asked(&mut self, layer: LayerId) -> Arc<Asked> {
        let (schema, reach) = (self.frame.schema, self.reach);
        Arc::clone(self.numbers.entry(layer).or_insert_with(|| Asked::of(schema, layer, reach.map(|reach| &*reach.from)).into()))
    }

    /// What follows a layer. How many links were tried at most and which list of layers was found is told, too.
    fn follow(&mut self, at: u32, span: Span) -> (Step, usize, u16) {
        let schema = self.frame.schema;
        let bounds = Bounds { payload: span.payload, tail: span.tail, limit: span.limit, fragment: None };
        let found = self.frame.follow(span.layer, span.start, bounds);
        let links = &schema.layer(span.layer).next;
        let link = usize::from(found.link).checked_sub(1).and_then(|link| links.get(link));
        let mut step = Step { span: Span { link: found.link, ..span }, path: 0, next: Next::Stop(Fault::at(found.reason, span.payload)) };
        let (mut tried, mut list) = (links.len(), 0);
        if let Some(LinkTo::Space(id, _)) = link.map(|link| &link.to)
            && !found.layers.is_empty()
        {
            (tried, list) = (usize::from(found.link), self.space(*id).slot(found.key));
            let flags = span.flags.inherited();
            let flags = if found.quoted { flags.with(Flags::QUOTED) } else { flags };
            step.next = Next::To(self.place(at, found.link, *id, list, flags), found.key as u32);
        }
        step.path = self.path(at, found.link);
        (step, tried, list)
    }

    /// The place that a list of layers is, behind a link out of another.
    fn place(&mut self, from: u32, link: u8, space: SpaceId, slot: u16, flags: Flags) -> u32 {
        let layers = self.space(space).list(slot);
        let depth = if from == 0 { 0 } else { self.node(from).depth + 1 };
        let gate = match self.reach {
            Some(reach) if layers.iter().all(|layer| !reach.from[*layer as usize]) => Gate::Unwanted,
            _ if usize::from(depth) >= MAX_DEPTH => Gate::TooDeep,
            _ => Gate::Open,
        };
        self.memo.number((from, link, space, slot, flags), |first| {
            let last = first + layers.len() as u32 - 1;
            let nodes = layers.iter().zip(first..);
            let nodes = nodes.map(|(layer, at)| Node { layer: *layer, flags, gate, depth, alternative: if at < last { at + 1 } else { 0 } });
            nodes.collect()
        })
    }

    /// The number of the way that ends with a link out of a place; 0 is no link.
    fn path(&mut self, at: u32, link: u8) -> u32 {
        if link == 0 { at } else { self.memo.number((at, link, NO_SPACE, 0, Flags::default()), |_| vec![Node::default()]) }
    }
}
