//! The way through a frame: layer after layer, as the links lead. Where the memory knows a frame with the same deciding bits, that is taken;
//! else dissect.rs is asked at each step, and the memory told. Both ways give equal spans, stops and paths.

use std::cell::Cell;
use std::sync::Arc;

use crate::dissect::{Flags, Frame, Span, Stop};
use crate::error::{Fault, Reason};
pub use crate::going::MAX_DEPTH;
use crate::going::{Going, NO_SPACE, Next, Numbers, Reach, Step};
use crate::layout::{Laid, MANY_ITEMS, MAX_ITEMS};
use crate::lesson::Lesson;
use crate::memo::{Gate, Memo, Node};
use crate::reader::Bytes;
use crate::schema::Schema;
use crate::shape::Shape;
use crate::told::Message;

/// Layers of one frame with the messages that it completed.
const MOST_SPANS: usize = 200;

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
        let reach = reach.map(|from| Reach::of(&schema, from));
        Self {
            spans: Vec::new(),
            stop: Stop::default(),
            path: 0,
            schema,
            reach,
            numbers: Numbers::default(),
            memo: Memo::default(),
            remembers: true,
            items,
            heard: Vec::new(),
        }
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

    /// The number of the shape of a frame, if it looks like one that was found out; 0 if not. The frame is so many bytes of a buffer from
    /// a place on.
    #[inline(always)]
    pub(crate) fn find(&mut self, begin: u32, frame: (&[u8], usize, usize), wire_len: u32) -> u32 {
        self.memo.find(&self.schema, begin, frame, wire_len.max(frame.2 as u32))
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
        let mut going =
            Going { frame, reach: self.reach.as_ref(), numbers: &mut self.numbers, memo: &mut self.memo, lesson: Lesson::default(), whole };
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
