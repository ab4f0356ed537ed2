//! The values of an operand in a walked frame, one after the other. What is asked of them is in asking.rs.

use super::compile::Filter;
use super::field::{Field, Wanted};
use super::reckon::{Val, crc16, crc32, hex, operate, sliced, written};
use super::tree::{Function, Piece, Take};
use super::typed::{Node, Ref, Sort};
use crate::capture::{Before, Options};
use crate::columns::{Action, FrameColumn, What, protocols};
use crate::error::Reason;
use crate::layout::Laid;
use crate::parts::each_part;
use crate::reader::Bytes;
use crate::told::{Message, Noted, Told};
use crate::value;
use crate::walk::Walk;

/// What is known of a frame beside its bytes.
#[derive(Clone, Debug, Default)]
pub struct Facts<'a> {
    /// Its number, from 1.
    pub number: u64,
    /// Nanoseconds since the epoch.
    pub time: Option<i64>,
    /// Length on the wire.
    pub wire_len: u32,
    /// Number of its interface.
    pub interface: Option<u32>,
    /// Its options.
    pub options: Options<'a>,
    /// Times before it.
    pub before: Before,
    /// What is told of its headers.
    pub told: &'a [Noted],
    /// If it is a piece of a datagram: where that starts in the frame, and how the whole is walked if the frame was given with it.
    pub piece: Option<(u32, Option<&'a [u8]>)>,
    /// What streams said with it, …
    pub messages: &'a [Message],
    /// … and the buffer where that stands.
    pub buffer: &'a [u8],
}

/// Pairs of values that arithmetic is done on in one frame; one side is a literal as a rule.
const MOST_PAIRS: usize = 1 << 16;

/// Takes values, and says whether it wants more.
pub(super) type Visit<'v> = &'v mut dyn FnMut(Val<'_>) -> bool;

/// A walked frame that is asked.
pub(super) struct Here<'a> {
    pub filter: &'a Filter,
    pub walk: &'a Walk,
    pub bytes: Bytes<'a>,
    /// The link type, which says what the frame begins with.
    pub link: u16,
    pub facts: &'a Facts<'a>,
}

impl Here<'_> {
    /// Visit the values of an operand until that is enough; false if it was.
    pub(super) fn each(&self, node: &Node, visit: Visit<'_>) -> bool {
        match node {
            Node::Field(field) => self.field(field, visit),
            Node::Number(number) => visit(Val::Number(*number)),
            Node::Bytes(bytes) => visit((&**bytes).into()),
            Node::Slice(of, pieces) => self.each(of, &mut |value| sliced(value.bytes(), pieces).is_none_or(|bytes| visit(Val::Bytes(bytes)))),
            Node::Octets(of) => self.each(of, &mut |value| match value {
                Val::Number(number) => visit((number as u32).to_be_bytes().as_slice().into()),
                Val::Bytes(_) => true,
            }),
            Node::Negative(of) => self.each(of, &mut |value| match value {
                Val::Number(number) => visit(Val::Number(number.wrapping_neg())),
                Val::Bytes(_) => true,
            }),
            Node::Call(function, arguments) => self.call(*function, arguments, visit),
            Node::Binary(operator, pair) => {
                let right = self.all(&pair.1);
                let mut left = MOST_PAIRS;
                self.each(&pair.0, &mut |one| {
                    right.iter().all(|other| {
                        left = left.saturating_sub(1);
                        left > 0 && operate(*operator, &one, other).is_none_or(&mut *visit)
                    })
                })
            }
        }
    }

    /// All values of an operand.
    pub(super) fn all(&self, node: &Node) -> Vec<Val<'static>> {
        let mut all = Vec::new();
        self.each(node, &mut |value| {
            all.push(value.owned());
            true
        });
        all
    }

    fn field(&self, field: &Ref, visit: Visit<'_>) -> bool {
        let Take::Nth(nth) = field.take else { return self.every(field, visit) };
        let mut all = Vec::new();
        self.every(field, &mut |value| {
            all.push(value.owned());
            true
        });
        nth_of(nth, all.len()).and_then(|at| all.into_iter().nth(at)).is_none_or(visit)
    }

    fn every(&self, field: &Ref, visit: Visit<'_>) -> bool {
        let Some(found) = self.filter.fields.get(usize::from(field.field)) else { return true };
        match &found.wanted {
            Wanted::Whole => visit(self.bytes.0.into()),
            Wanted::Frame(column) => self.of_frame(*column, visit),
            Wanted::Layers(_) | Wanted::Payload(_) | Wanted::Values(_) => {
                let spans = self.walk.spans.iter().enumerate().filter(|(at, span)| found.is_in(span.layer) && self.counts(*at, &field.layers));
                for (at, span) in spans {
                    let going = match &found.wanted {
                        Wanted::Values(steps) => {
                            let mut emit = Emit { here: self, steps, at, going: true, visit: &mut *visit };
                            self.walk.allow_items();
                            emit.layer(&self.walk.laid(self.bytes_of(at), span));
                            emit.going
                        }
                        Wanted::Payload(_) => span.payload >= span.limit || visit(self.part(at, span.payload, span.limit)),
                        _ => visit(self.part(at, span.start, self.own_end(at))),
                    };
                    if !going {
                        return false;
                    }
                }
                true
            }
        }
    }

    /// The bytes that a layer lies in.
    fn bytes_of(&self, at: usize) -> Bytes<'_> {
        self.walk.bytes_of(at, self.bytes, self.facts.buffer)
    }

    fn part(&self, at: usize, start: u32, end: u32) -> Val<'_> {
        let bytes = self.bytes_of(at);
        bytes.0.get(start as usize..end.min(bytes.len()) as usize).unwrap_or_default().into()
    }

    /// True if a layer is among those asked for, counted among the layers of its name.
    pub(super) fn counts(&self, at: usize, pieces: &[Piece]) -> bool {
        if pieces.is_empty() {
            return true;
        }
        let name = |at: usize| self.walk.spans.get(at).and_then(|span| self.walk.schema().layer(span.layer).name.as_deref());
        // A layer without a name belongs to the one before it.
        let own = (0..=at).rev().find_map(name);
        let number = (0..=at).filter(|at| own.is_some() && name(*at) == own).count() as i64;
        let total = (0..self.walk.spans.len()).filter(|at| own.is_some() && name(*at) == own).count() as i64;
        let place = |at: i64| if at < 0 { total + 1 + at } else { at };
        pieces.iter().any(|piece| match *piece {
            Piece::Count(start, count) => number >= place(start) && number < place(start).saturating_add(count),
            Piece::To(start, last) => number >= place(start) && number <= place(last),
            Piece::Rest(start) => number >= place(start),
        })
    }

    fn of_frame(&self, column: FrameColumn, visit: Visit<'_>) -> bool {
        let stop = self.walk.stop;
        let stopped = stop.fault.reason != Reason::End;
        let number = |number: Option<i128>, visit: Visit<'_>| number.is_none_or(|number| visit(Val::Number(number)));
        let since = |earlier: Option<i64>, visit: Visit<'_>| {
            let time = self.facts.time;
            number(time.zip(earlier.or(time)).map(|(time, earlier)| i128::from(time) - i128::from(earlier)), visit)
        };
        match column {
            FrameColumn::Number => visit(Val::Number(i128::from(self.facts.number))),
            FrameColumn::TimeEpoch | FrameColumn::Time => number(self.facts.time.map(i128::from), visit),
            FrameColumn::TimeDelta | FrameColumn::TimeDisplayed => since(self.facts.before.previous, visit),
            FrameColumn::TimeRelative => since(self.facts.before.first, visit),
            FrameColumn::Len => visit(Val::Number(i128::from(self.facts.wire_len))),
            FrameColumn::CapLen => visit(Val::Number(i128::from(self.bytes.len()))),
            FrameColumn::InterfaceId => number(self.facts.interface.map(i128::from), visit),
            FrameColumn::Protocols => visit(protocols(self.walk.schema(), &self.walk.spans).as_bytes().into()),
            FrameColumn::Stop => visit(stop.fault.reason.name().as_bytes().into()),
            FrameColumn::StopLayer => {
                let layer = stop.layer.filter(|_| stopped).and_then(|layer| self.walk.schema().layer(layer).name.as_deref());
                layer.is_none_or(|name| visit(name.as_bytes().into()))
            }
            FrameColumn::StopOffset => number(stopped.then_some(i128::from(stop.fault.offset)), visit),
            FrameColumn::Comment => {
                let mut comments = self.facts.options.clone().comments();
                comments.all(|comment| visit(comment.as_bytes().into()))
            }
        }
    }

    fn call(&self, function: Function, arguments: &[(Node, Sort)], visit: Visit<'_>) -> bool {
        let Some((first, sort)) = arguments.first() else { return true };
        match function {
            Function::Len => self.each(first, &mut |value| visit(Val::Number(value.bytes().len() as i128))),
            Function::Count => {
                let mut count = 0;
                self.each(first, &mut |_| {
                    count += 1;
                    true
                });
                count == 0 || visit(Val::Number(count))
            }
            Function::Crc16 => self.each(first, &mut |value| visit(Val::Number(i128::from(crc16(value.bytes()))))),
            Function::Crc32 => self.each(first, &mut |value| visit(Val::Number(i128::from(crc32(value.bytes()))))),
            Function::Upper => self.each(first, &mut |value| visit(Val::Bytes(value.bytes().to_ascii_uppercase().into()))),
            Function::Lower => self.each(first, &mut |value| visit(Val::Bytes(value.bytes().to_ascii_lowercase().into()))),
            Function::String => self.each(first, &mut |value| visit(Val::Bytes(written(&value, *sort).into_bytes().into()))),
            Function::Hex => self.each(first, &mut |value| visit(Val::Bytes(hex(value.bytes(), "").into_bytes().into()))),
            Function::Max | Function::Min => {
                let all = arguments.iter().flat_map(|(node, _)| self.all(node));
                let found = if function == Function::Max { all.max() } else { all.min() };
                found.is_none_or(visit)
            }
            Function::Abs => self.each(first, &mut |value| match value {
                Val::Number(number) => visit(Val::Number(number.saturating_abs())),
                Val::Bytes(_) => true,
            }),
        }
    }

    /// Where the bytes of a layer end that are its own: behind its header, or with all that nobody else decodes. What has no name belongs to
    /// the layer before it.
    fn own_end(&self, at: usize) -> u32 {
        let mut end = 0;
        for (nth, span) in self.walk.spans.iter().enumerate().skip(at) {
            let layer = self.walk.schema().layer(span.layer);
            if nth > at && layer.name.is_some() {
                break;
            }
            let carries = !layer.next.is_empty() && layer.next.iter().all(|link| !link.quoted);
            // Where no length says how much there is, what follows the header may be padding of the link.
            let bounded = self.walk.spans.iter().take(nth + 1).any(|span| self.walk.schema().layer(span.layer).size.is_some());
            end = if carries || !bounded { span.payload } else { span.limit };
        }
        end
    }

    /// The bytes of an operand that is searched: a layer's go on to the end of what it carries.
    pub(super) fn each_whole(&self, node: &Node, visit: Visit<'_>) -> bool {
        let found = match node {
            Node::Field(field) => self.filter.fields.get(usize::from(field.field)).map(|found| (field, found)),
            _ => None,
        };
        let Some((field, found @ Field { wanted: Wanted::Layers(_), .. })) = found else { return self.each(node, visit) };
        let spans = self.walk.spans.iter().enumerate().filter(|(at, span)| found.is_in(span.layer) && self.counts(*at, &field.layers));
        for (at, span) in spans {
            if !visit(self.part(at, span.start, span.limit)) {
                return false;
            }
        }
        true
    }
}

/// The values of one field in a layer and its parts.
struct Emit<'e, 'v> {
    here: &'e Here<'e>,
    steps: &'e [Box<[Action]>],
    at: usize,
    going: bool,
    visit: Visit<'v>,
}

/// The place of one of so many, from 0; below zero it counts from the last.
pub(super) fn nth_of(nth: i32, count: usize) -> Option<usize> {
    if nth < 0 { count.checked_sub(nth.unsigned_abs() as usize) } else { Some(nth as usize) }
}

impl Emit<'_, '_> {
    fn layer(&mut self, laid: &Laid<'_>) {
        let Some(steps) = self.steps.get(usize::from(laid.layer.id)) else { return };
        for step in steps {
            if !self.going {
                return;
            }
            // What is told has no field.
            let Some(field) = laid.layer.fields.get(if step.what == What::Told { 0 } else { usize::from(step.field) }) else { continue };
            match step.what {
                What::Descend => each_part(laid, step.field, &mut |part| self.layer(part)),
                What::Verdict => {
                    if let Some(verdict) = value::verdict(&self.here.walk.spans, self.at, laid, field) {
                        self.going = (self.visit)(Val::Number(i128::from(verdict)));
                    }
                }
                What::Told => self.tell(step.field),
                What::Value => {
                    if let Some(number) = value::computed(laid, field) {
                        self.going = (self.visit)(Val::Number(i128::from(number)));
                        continue;
                    }
                    // A field that is cut has no value.
                    let _ = value::read(laid, field, &mut |read| self.going = self.going && (self.visit)((&read.value).into()));
                }
            }
        }
    }
}

impl Emit<'_, '_> {
    /// What an ordered pass tells of the layer.
    fn tell(&mut self, told: u16) {
        let payload = self.here.walk.spans.get(self.at).map(|span| span.payload);
        let noted = self.here.facts.told.iter().find(|noted| Some(noted.payload) == payload);
        if let Some(value) = noted.zip(Told::numbered(told)).and_then(|(noted, told)| noted.values.value(told)) {
            self.going = (self.visit)(Val::Number(i128::from(value)));
        }
    }
}
