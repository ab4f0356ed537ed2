//! The ordered pass: what headers tell only together with the packets before them. It sees every batch first, in the capture's order, puts datagrams
//! together and notes numbers of streams and what their analysis says beside the records, where columns and filters find it. Which bytes are
//! whose is known to seeing/, what numbers mean `stream`'s.

use std::sync::Arc;

use crate::capture::{Ahead, Batch, Whole};
use crate::listening::{Attended, Ear, Listening};
use crate::native::heard::{Heard, key, may_say};
use crate::native::ruled::Ruled;
use crate::ruling::ruled;
use crate::schema::Schema;
use crate::seeing::Seeing;
use crate::stream::{Analysis, DatagramKey, Defragmenter, EndPoint, Fragment, Header, Kind, Numbering, Outcome, Place, Seen};
use crate::told::{Message, Noted, Told, Values};

/// Datagrams inside datagrams that are put together in one frame.
const MOST_NESTED: usize = 4;

/// Sees batches, and notes what is told of their headers.
pub struct Tracking {
    seeing: Seeing,
    link: Option<u16>,
    /// True if records of pieces are to show the datagram, not the piece.
    shows_wholes: bool,
    pieces: Defragmenter,
    streams: Numbering<Tracked>,
    datagrams: Numbering<Times>,
    seen: Vec<Seen>,
    /// The messages that are wanted, a bit each.
    hears: u64,
    listening: Listening,
    heard: Vec<Heard>,
    ruled: Ruled,
}

/// What is kept of a stream.
#[derive(Default)]
struct Tracked {
    analysis: Analysis,
    ear: Ear,
}

/// When packets of a stream came.
#[derive(Debug, Default)]
struct Times {
    first: Option<i64>,
    last: Option<i64>,
    attended: Option<Box<Attended>>,
}

/// A frame that is looked at: as it was captured, or with a datagram that is whole again.
struct Looked<'a> {
    bytes: &'a [u8],
    link: u16,
    record: u32,
    place: Place,
    nested: usize,
}

impl Tracking {
    /// By a schema; `link` overrides the capture's link type. With `shows_wholes` records of pieces show what they are pieces of. `hears` are the
    /// messages that are heard in streams, a bit for each of their numbers.
    pub fn new(schema: Arc<Schema>, link: Option<u16>, shows_wholes: bool, hears: u64) -> Self {
        let ruled = ruled(&schema);
        let seeing = Seeing::new(schema, false).with_quotes().with_options();
        let (streams, datagrams, pieces) = (Numbering::default(), Numbering::default(), Defragmenter::default());
        let (listening, heard) = (Listening::default(), Vec::new());
        Self { seeing, link, shows_wholes, pieces, streams, datagrams, seen: Vec::new(), hears, listening, heard, ruled }
    }

    fn frame(&mut self, looked: &Looked<'_>, notes: &mut Notes) {
        let all = std::mem::take(&mut self.seen);
        for seen in &all {
            if seen.piece.is_some() {
                if !seen.quoted {
                    self.piece(seen, looked, notes);
                }
                continue;
            }
            let values = match seen.ends.kind {
                Kind::Stream => self.segment(seen, looked, notes),
                Kind::Datagram => self.datagram(seen, looked, notes),
                Kind::Message | Kind::Other | Kind::Broken => continue,
            };
            notes.told.push(Noted { record: looked.record, payload: seen.start, values });
        }
        self.seen = all;
    }

    fn piece(&mut self, seen: &Seen, looked: &Looked<'_>, notes: &mut Notes) {
        // What is cut cannot become whole; the frame is shown as it stands.
        if seen.captured < seen.promised || seen.piece.is_some_and(|piece| piece.cut) {
            return;
        }
        let start = seen.start as usize;
        let found = DatagramKey::of(seen).zip(Fragment::of(seen, looked.bytes, looked.place));
        let Some((key, fragment)) = found else { return };
        let head = fragment.head;
        match self.pieces.add(key, &fragment) {
            Outcome::Refused(_) => {}
            Outcome::Waits => notes.wholes.push(Whole { record: looked.record, from: seen.start, ..Whole::default() }),
            Outcome::Whole(whole) => {
                let from = whole.head.len();
                let walked = [whole.head, whole.bytes].concat();
                self.seen.clear();
                self.seeing.datagram(looked.link, &walked, from as u32, looked.record, &mut self.seen);
                let at = notes.bytes.len() as u32;
                notes.bytes.extend_from_slice(&walked);
                let mut found = Whole { record: looked.record, offset: at, len: walked.len() as u32, walked: at, from: from as u32 };
                if from == start && walked.get(..from) != Some(head) {
                    // The headers that are shown are those of the frame that completes it.
                    found.offset = notes.bytes.len() as u32;
                    notes.bytes.extend_from_slice(head);
                    notes.bytes.extend_from_slice(walked.get(from..).unwrap_or_default());
                }
                notes.wholes.retain(|whole| whole.record != looked.record);
                notes.wholes.push(found);
                if looked.nested < MOST_NESTED {
                    self.frame(&Looked { bytes: &walked, nested: looked.nested + 1, ..*looked }, notes);
                }
            }
        }
    }

    fn segment(&mut self, seen: &Seen, looked: &Looked<'_>, notes: &mut Notes) -> Values {
        let place = looked.place;
        let header = Header::of(seen, place);
        let [source, target] = EndPoint::both(seen);
        let (mut number, mut side) = self.streams.join(source, target);
        if seen.quoted {
            // What is quoted has a number, and changes nothing of the stream; its own numbers are relative to nothing.
            let mut values = Values::default();
            let own = [(Told::Stream, number), (Told::Sequence, seen.sequence), (Told::Acknowledged, seen.acknowledged)];
            own.into_iter().for_each(|(told, number)| values.number(told, number));
            values.number(Told::Window, seen.window.into());
            return values;
        }
        let reused = self.streams.state(number).is_some_and(|stream| stream.analysis.is_over(side, &header));
        if reused {
            (number, side) = self.streams.open(source, target);
        }
        let Some(stream) = self.streams.state(number) else { return Values::default() };
        let mut values = stream.analysis.segment(side, &header, reused);
        values.number(Told::Stream, number);
        let dns = self.ruled.may_be_dns(true, seen.ends.ports);
        if may_say(self.hears, dns) && !self.ruled.is_nobody_s(true, seen.ends.ports) {
            let payload = looked.bytes.get(seen.start as usize..seen.start.saturating_add(seen.captured) as usize).unwrap_or_default();
            self.listening.segment(&mut stream.ear, side, seen, dns, payload, place, &mut self.heard);
            self.heard.drain(..).for_each(|heard| notes.say(looked.record, seen.start, &heard));
            if self.listening.is_full() {
                self.listening.make_room(self.streams.states().map(|stream| &mut stream.ear));
            }
        }
        values
    }

    fn datagram(&mut self, seen: &Seen, looked: &Looked<'_>, notes: &mut Notes) -> Values {
        let place = looked.place;
        let [source, target] = EndPoint::both(seen);
        let (number, side) = self.datagrams.join(source, target);
        let mut values = Values::default();
        values.number(Told::Stream, number);
        if let Some(times) = self.datagrams.state(number).filter(|_| !seen.quoted) {
            let since = |earlier: Option<i64>| place.time.map(|time| time - earlier.unwrap_or(time));
            values.duration(Told::SinceFirst, since(times.first));
            values.duration(Told::SincePrevious, since(times.last));
            (times.first, times.last) = (times.first.or(place.time), place.time.or(times.last));
            if self.hears & key::DATAGRAMS != 0 && !self.ruled.is_nobody_s(false, seen.ends.ports) {
                let payload = looked.bytes.get(seen.start as usize..seen.start.saturating_add(seen.captured) as usize).unwrap_or_default();
                self.listening.datagram(&mut times.attended, side, payload, place, &mut self.heard);
                self.heard.drain(..).for_each(|heard| notes.say(looked.record, seen.start, &heard));
                if self.listening.is_full_of_datagrams() {
                    self.listening.make_room_for_datagrams(self.datagrams.states().map(|times| &mut times.attended));
                }
            }
        }
        values
    }
}

/// What was found out of a batch.
#[derive(Default)]
struct Notes {
    told: Vec<Noted>,
    wholes: Vec<Whole>,
    messages: Vec<Message>,
    bytes: Vec<u8>,
}

impl Notes {
    fn say(&mut self, record: u32, from: u32, heard: &Heard) {
        let (offset, len) = (self.bytes.len() as u32, heard.bytes.len() as u32);
        self.bytes.extend_from_slice(&heard.bytes);
        self.messages.push(Message { record, key: heard.key, offset, len, from });
    }
}

impl Ahead for Tracking {
    fn look(&mut self, batch: &mut Batch) {
        let mut notes = Notes { told: std::mem::take(&mut batch.told), ..Notes::default() };
        for (record, at) in batch.records.iter().zip(0..) {
            let (link, bytes) = (self.link.unwrap_or(record.link), batch.bytes(record));
            self.seen.clear();
            self.seeing.frame(link, bytes, record.wire_len, at, &mut self.seen);
            let place = Place { frame: batch.first_number + u64::from(at), time: record.time };
            self.frame(&Looked { bytes, link, record: at, place, nested: 0 }, &mut notes);
        }
        batch.told = notes.told;
        let behind = batch.buffer.len() as u32;
        if (self.shows_wholes && !notes.wholes.is_empty()) || !notes.messages.is_empty() {
            batch.buffer.extend_from_slice(&notes.bytes);
            batch.messages = notes.messages;
            batch.messages.iter_mut().for_each(|message| message.offset += behind);
        }
        if self.shows_wholes {
            batch.wholes = notes.wholes;
            for whole in &mut batch.wholes {
                (whole.offset, whole.walked) = (whole.offset + behind, whole.walked + behind);
            }
        }
    }
}
