//! The way through a frame: layer after layer, as the links lead. Where the memory knows a frame with the same deciding bits, that is taken;
//! else dissect.rs is asked at each step, and the memory told. Both ways give equal spans, stops and paths.

use std::cell::Cell;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::dissect::{Flags, Frame, Span, Stop};
use crate::deciding::Suggested;
use crate::error::{Fault, Reason};
use crate::layout::{Laid, MANY_ITEMS, MAX_ITEMS};
use crate::memo::{Gate, Memo, Node};
use crate::lesson::Lesson;
use crate::ports::Asked;
use crate::quick::Bounds;
use crate::reader::Bytes;
use crate::schema::{LayerId, LinkTo, Schema, Space, SpaceId};
use crate::shape::{Known, Shape};
use crate::told::Message;

/// Layers that one frame may have.
pub const MAX_DEPTH: usize = 32;
/// Layers of one frame with the messages that it completed.
const MOST_SPANS: usize = 200;
/// The space of what is no place but the end of a way.
const NO_SPACE: SpaceId = SpaceId::MAX;

/// From which layers an answer can still be found, and behind which.
#[derive(Debug)]
struct Reach {
    from: Vec<bool>,
    behind: Vec<bool>,
}

/// The numbers of each layer under which there is somebody to be asked, as they come up.
type Numbers = FxHashMap<LayerId, Arc<Asked>>;

/// The way through one frame; it is used for one frame after the other, and remembers.
#[derive(Debug)]
pub struct Walk {
    /// The layers, outermost first.
    pub spans: Vec<Span>,
    /// Why there are no more.
    pub stop: Stop,
    /// The layers and links as one number, the same for all frames until everything is forgotten.
    pub path: u32,
    schema: Arc<Schema>,
    /// The layers from which an answer can still be found, one flag per layer; the walk ends where none is left.
    reach: Option<Reach>,
    numbers: Numbers,
    memo: Memo,
    remembers: bool,
    /// Items of repeats that the frame may still have.
    items: Cell<u32>,
    /// Where the messages stand that are the last of the layers.
    heard: Vec<(u32, u32)>,
}

impl Walk {
    /// Walks by a schema. With `reach` they end where no answer can be found any more.
    pub fn new(schema: Arc<Schema>, reach: Option<Vec<bool>>) -> Self {
        let items = Cell::new(MAX_ITEMS);
        let reach = reach.map(|from| Reach { behind: schema.layers.iter().map(|layer| schema.leads(layer, &from)).collect(), from });
        Self { spans: Vec::new(), stop: Stop::default(), path: 0, schema, reach, numbers: Numbers::default(), memo: Memo::default(), remembers: true, items, heard: Vec::new() }
    }

    /// The same, with every step found out anew.
    #[must_use]
    pub fn without_memory(self) -> Self {
        Self { remembers: false, ..self }
    }

    /// The schema.
    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// Forget everything if it became too much, and say so: the numbers of paths are then given out anew. Between frames it is not done,
    /// so that whoever keeps paths knows how long they are good for.
    pub fn make_room(&mut self) -> bool {
        self.memo.make_room()
    }

    /// Where frames that begin with the layer of `link` begin to be asked.
    pub(crate) fn begin(&self, link: u16) -> u32 {
        self.memo.begin(link)
    }

    /// The number of the shape of a frame, if it looks like one that was found out; 0 if not. `ahead` is the frame with what may follow it.
    #[inline(always)]
    pub(crate) fn find(&mut self, begin: u32, ahead: &[u8], bytes: &[u8], wire_len: u32) -> u32 {
        self.memo.find(&self.schema, begin, ahead, bytes, wire_len.max(bytes.len() as u32))
    }

    /// How many shapes there are, with number 0.
    pub(crate) fn shapes(&self) -> usize {
        self.memo.shapes()
    }

    /// The shape of a number.
    pub(crate) fn shape(&self, number: u32) -> Option<&Shape> {
        self.memo.shape(number)
    }

    /// Walk a frame that begins with the layer of `link`. `wire_len` is its length on the wire.
    pub fn run(&mut self, link: u16, bytes: Bytes<'_>, wire_len: u32) {
        self.allow_items();
        self.heard.clear();
        let limit = wire_len.max(bytes.len());
        let known = if self.remembers { self.memo.recall(&self.schema, link, bytes.0, limit, &mut self.spans) } else { None };
        if let Some((stop, path)) = known {
            (self.stop, self.path) = (stop, path);
            return;
        }
        self.find_out(link, bytes, limit, 0);
        // What is remembered has no such long headers.
        if bytes.len() >= MANY_ITEMS && self.reach.is_none() {
            self.count_items(bytes);
        }
    }

    /// Walk a datagram that is whole again: the first piece's frame up to `whole`, and behind it all that the pieces carried. The layers that
    /// begin before `whole` then reach to the end, whatever their lengths say, and none of them is a piece.
    pub fn run_whole(&mut self, link: u16, bytes: Bytes<'_>, whole: u32) {
        self.allow_items();
        self.heard.clear();
        self.find_out(link, bytes, bytes.len(), whole);
        self.allow_items();
    }

    /// Walk the frame of a piece whose datagram is whole elsewhere: what begins behind `from` is no layer of this frame.
    pub fn run_piece(&mut self, link: u16, bytes: Bytes<'_>, wire_len: u32, from: u32) {
        self.run(link, bytes, wire_len);
        if self.cut(from) {
            self.stop = Stop { fault: Fault::at(Reason::Fragment, from), layer: self.spans.last().map(|span| span.layer) };
        }
    }

    /// Leave out the layers that begin at a place or behind it; false if there are none.
    fn cut(&mut self, from: u32) -> bool {
        let kept = self.spans.iter().take_while(|span| span.start < from).count();
        let cuts = kept < self.spans.len();
        if cuts {
            self.spans.truncate(kept);
            // It goes another way than a frame with all the layers.
            self.path = self.memo.number((self.path, u8::MAX, NO_SPACE, kept as u16, Flags::default()), |_| vec![Node::default()]);
        }
        cuts
    }

    /// Put what its streams said with the last frame behind its layers, in place of what the frame alone seems to carry. Messages are layers
    /// that lie in the batch's buffer, and nothing follows them.
    pub fn hear(&mut self, buffer: &[u8], messages: &[Message]) {
        let Some(first) = messages.first() else { return };
        if self.cut(first.from) || self.stop.fault.reason != Reason::End {
            self.stop = Stop { fault: Fault::at(Reason::End, first.from), layer: self.spans.last().map(|span| span.layer) };
        }
        let schema = Arc::clone(&self.schema);
        let space = &schema.spaces[schema.message as usize];
        for message in messages {
            let Some(layer) = space.list(space.slot(message.key.into())).first().copied() else { continue };
            if self.spans.len() >= MOST_SPANS {
                self.stop.fault = Fault::at(Reason::Items, first.from);
                return;
            }
            let bytes = Bytes(said(buffer, (message.offset, message.len)));
            let frame = Frame { schema: &schema, bytes, items: &self.items };
            let limit = bytes.len();
            if let Ok((span, _)) = frame.step(Span { layer, tail: limit, limit, key: message.key.into(), ..Span::default() }) {
                self.spans.push(span);
                self.heard.push((message.offset, message.len));
                self.path = self.memo.number((self.path, u8::MAX, NO_SPACE - 1, layer, Flags::default()), |_| vec![Node::default()]);
            }
        }
    }

    /// The bytes that a layer of the last frame lies in: the frame's, or those of a message in the batch's buffer.
    #[inline]
    pub fn bytes_of<'a>(&self, at: usize, frame: Bytes<'a>, buffer: &'a [u8]) -> Bytes<'a> {
        self.place_of(at).map_or(frame, |place| Bytes(said(buffer, place)))
    }

    /// Where the message stands that a layer is, if it is one.
    #[inline]
    pub fn place_of(&self, at: usize) -> Option<(u32, u32)> {
        if self.heard.is_empty() {
            return None;
        }
        at.checked_sub(self.spans.len().saturating_sub(self.heard.len())).and_then(|at| self.heard.get(at).copied())
    }

    /// Say so if a list of the frame has more items than are read. Items take a byte or more, and lie at most 16 deep in each other: what
    /// has fewer bytes of header need not be looked at.
    #[cold]
    fn count_items(&mut self, bytes: Bytes<'_>) {
        for span in &self.spans {
            if span.payload - span.start >= MANY_ITEMS {
                self.allow_items();
                if let Err(fault) = self.laid(bytes, span).count_items() {
                    self.stop = Stop { fault, layer: Some(span.layer) };
                    break;
                }
            }
        }
        self.allow_items();
    }

    /// Allow lists as many items as the cap again.
    pub fn allow_items(&self) {
        self.items.set(MAX_ITEMS);
    }

    /// The same, the exact way.
    #[cold]
    fn find_out(&mut self, link: u16, bytes: Bytes<'_>, size: u32, whole: u32) {
        self.spans.clear();
        self.path = 0;
        let frame = Frame { schema: &self.schema, bytes, items: &self.items };
        let mut going = Going { frame, reach: self.reach.as_ref(), numbers: &mut self.numbers, memo: &mut self.memo, lesson: Lesson::default(), whole };
        let (mut start, mut limit, mut key) = (0, size, u32::from(link));
        let Some(mut at) = going.begin(link) else {
            self.stop = Stop { fault: Fault::at(Reason::NoLink, 0), layer: None };
            return;
        };
        self.stop = loop {
            let node = going.node(at);
            match node.gate {
                Gate::Open => {}
                Gate::Unwanted => break Stop::default(), // who asks only for values does not ask why there are no more
                Gate::TooDeep => {
                    going.lesson.spoil();
                    break Stop { fault: Fault::at(Reason::Depth, start), layer: self.spans.last().map(|span| span.layer) };
                }
            }
            let step = match going.first(at, start, limit, key) {
                Ok(step) => step,
                Err(fault) => {
                    going.lesson.spoil();
                    break Stop { fault, layer: Some(node.layer) };
                }
            };
            let Step { span, path, next } = step;
            self.spans.push(span);
            self.path = path;
            match next {
                Next::Stop(fault) => break Stop { fault, layer: Some(span.layer) },
                Next::To(next, number) => (at, start, limit, key) = (next, span.payload, span.tail, number),
            }
        };
        let lesson = going.lesson;
        if self.remembers && whole == 0 {
            self.memo.remember(&self.schema, lesson, (link, bytes.0, size), &self.spans, self.stop, self.path);
        }
    }

    /// A span's layer laid over the bytes.
    #[inline]
    pub fn laid<'a>(&'a self, bytes: Bytes<'a>, span: &Span) -> Laid<'a> {
        Frame { schema: &self.schema, bytes, items: &self.items }.laid(span.layer, span.start, span.limit)
    }
}

/// The bytes of a message.
fn said(buffer: &[u8], (offset, len): (u32, u32)) -> &[u8] {
    buffer.get(offset as usize..).and_then(|rest| rest.get(..len as usize)).unwrap_or_default()
}

/// A layer laid over the bytes, and how the walk goes on.
struct Step {
    span: Span,
    path: u32,
    next: Next,
}

/// What follows a layer.
enum Next {
    /// Nothing.
    Stop(Fault),
    /// What is at a place, under a number.
    To(u32, u32),
}

/// A walk on its way through a frame, and what is learned.
struct Going<'a> {
    frame: Frame<'a>,
    reach: Option<&'a Reach>,
    numbers: &'a mut Numbers,
    memo: &'a mut Memo,
    lesson: Lesson,
    /// Where the payload of a datagram begins that was put together; 0 for a frame as it was captured.
    whole: u32,
}

impl<'a> Going<'a> {
    /// Where a frame of this link type begins; None if nobody answers to it.
    fn begin(&mut self, link: u16) -> Option<u32> {
        let space = self.frame.schema.link;
        let slot = self.space(space).slot(u64::from(link));
        (!self.space(space).list(slot).is_empty()).then(|| self.place(0, 0, space, slot, Flags::default()))
    }

    fn node(&self, at: u32) -> Node {
        self.memo.nodes[at as usize]
    }

    fn space(&self, id: SpaceId) -> &'a Space {
        &self.frame.schema.spaces[id as usize]
    }

    /// The first of the layers at a place that takes the bytes for its own; the fault says why the first of all is not there.
    fn first(&mut self, mut at: u32, start: u32, limit: u32, key: u32) -> Result<Step, Fault> {
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
