//! Captures: files and pipes of records, whatever container they come in. Here is the loop that fills batches: large reads go
//! straight into the batch's buffer and records are carved in place. Knows no schema and no protocol.

mod batch;
mod bytes;
mod clock;
mod error;
mod finder;
mod format;
mod index;
mod loss;
mod merge;
mod meta;
mod order;
mod pcap;
mod pcapng;
mod sidecar;
mod snoop;
mod source;
mod step;
mod window;
pub mod write;

use std::fs::File;
use std::io::Read;
use std::path::Path;

pub use batch::{Batch, Before, Limits, Options, Record, Whole};
pub use clock::Clock;
pub use error::CaptureError;
pub use finder::{Finder, ReadAt};
pub use format::{Compression, Container, Format};
pub use index::{Index, Mark, Place};
pub use loss::{Loss, Lost, Reason};
pub use merge::{Merge, Opener, Run};
pub use meta::{Block, BlockType, Custom, Interface, Meta, Name, Secrets, Section, Statistics};
pub use order::Order;
pub use sidecar::{Identity, Sidecar};
pub use step::{Packet, Stamp, Step, Steps};

use pcap::Pcap;
use pcapng::Pcapng;
use snoop::Snoop;
use source::{Failure, STEP, Source};
use window::{Pause, Window};

/// A capture being read, once, from front to back.
pub struct Capture {
    source: Source,
    reader: Reader,
    meta: Meta,
    /// Offset in the decompressed capture of the next batch.
    offset: u64,
    next_number: u64,
    /// No record behind this number is asked for.
    last: u64,
    state: State,
    before: Before,
    ahead: Option<Box<dyn Ahead>>,
}

/// Someone who sees every batch first, in order, and may add what the records tell together: `told` and `wholes`.
pub trait Ahead: Send {
    /// Look at a batch.
    fn look(&mut self, batch: &mut Batch);
}

/// The containers.
#[derive(Clone)]
enum Reader {
    Pcap(Pcap),
    Pcapng(Pcapng),
    Snoop(Snoop),
}

impl Reader {
    /// The reader of the container that begins with `head`, and how much of it is the file's own header.
    fn open(head: &[u8]) -> Option<(Self, usize)> {
        let opened = Pcap::open(head).map(|(pcap, len)| (Self::Pcap(pcap), len));
        let opened = opened.or_else(|| Pcapng::open(head).map(|pcapng| (Self::Pcapng(pcapng), 0)));
        opened.or_else(|| Snoop::open(head).map(|(snoop, len)| (Self::Snoop(snoop), len)))
    }

    fn carve(&mut self, window: &mut Window<'_>) -> Pause {
        match self {
            Self::Pcap(pcap) => pcap.carve(window),
            Self::Pcapng(pcapng) => pcapng.carve(window),
            Self::Snoop(snoop) => snoop.carve(window),
        }
    }
}

enum State {
    Reading,
    /// The source has no more for now.
    Waiting,
    /// Records were delivered before the source failed; the failure is told next.
    Failed(CaptureError),
    Ended,
}

/// Enough to recognise every container and to hold the headers of pcap and snoop.
const HEAD: usize = 28;
/// Offsets into a batch are 32 bits wide and the longest packet is 128 MiB, so batches stay below this.
const MOST_BYTES: usize = 1 << 30;
/// With few records in a batch, read no more at once than they may take: what is read too far is copied.
const BYTES_PER_RECORD: usize = 2048;

impl Capture {
    /// A capture from any source, also one that cannot seek; compression and container are told by their first bytes.
    pub fn from_read(source: Box<dyn Read + Send>) -> Result<Self, CaptureError> {
        let mut source = Source::new(source)?;
        let compression = source.compression;
        let head = source.peek(HEAD);
        if head.is_empty() && compression != Compression::Plain {
            return Err(CaptureError::NotACapture { first: Vec::new(), hint: "its compressed data is empty, cut or damaged at the start" });
        }
        let Some((reader, len)) = Reader::open(head) else { return Err(error::not_a_capture(head)) };
        // These bytes were just peeked at, so passing over them cannot fail.
        let offset = source.discard(len as u64).unwrap_or_default();
        let mut meta = Meta::default();
        meta.loss.bytes = offset;
        Ok(Self { source, reader, meta, offset, next_number: 1, last: u64::MAX - 1, state: State::Reading, before: Before::default(), ahead: None })
    }

    /// The bytes of a source without their compression, and whether there was one.
    pub fn plain(source: Box<dyn Read + Send>) -> Result<(impl Read + Send, bool), CaptureError> {
        let source = Source::new(source)?;
        let compressed = source.compression != Compression::Plain;
        Ok((source, compressed))
    }

    /// A capture from a file.
    pub fn open(path: &Path) -> Result<Self, CaptureError> {
        let file = File::open(path).map_err(|error| CaptureError::Open { path: path.to_owned(), error })?;
        Self::from_read(Box::new(file))
    }

    /// Let someone see every batch before it is given out.
    pub fn look_ahead(&mut self, ahead: Box<dyn Ahead>) {
        self.ahead = Some(ahead);
    }

    /// Read no record behind this number, counted from 1: for who knows that nothing is wanted of them.
    pub fn stop_behind(&mut self, last: u64) {
        self.last = last.min(u64::MAX - 1);
    }

    /// What kind of capture it is. In pcapng link, snap length and resolution are known once the first interface was read.
    pub fn format(&self) -> Format {
        let compression = self.source.compression;
        match &self.reader {
            Reader::Pcap(pcap) => Format {
                container: pcap.container,
                compression,
                big_endian: pcap.big_endian,
                version: pcap.version,
                fcs_len: pcap.fcs_len,
                link: Some(pcap.link),
                snaplen: Some(pcap.snaplen),
                resolution: Some(if pcap.unit == 1 { 9 } else { 6 }),
            },
            Reader::Pcapng(pcapng) => {
                let interface = self.meta.interfaces.first();
                Format {
                    container: Container::Pcapng,
                    compression,
                    big_endian: pcapng.big_endian,
                    version: self.meta.sections.first().map_or((1, 0), |section| section.version),
                    fcs_len: None,
                    link: interface.map(|interface| interface.link),
                    snaplen: interface.map(|interface| interface.snaplen),
                    resolution: interface.map(|interface| interface.clock.resolution),
                }
            }
            Reader::Snoop(snoop) => Format {
                container: Container::Snoop,
                compression,
                big_endian: true,
                version: (2, 0),
                fcs_len: None,
                link: Some(snoop.link).filter(|&link| link != Record::NO_LINK),
                snaplen: None,
                resolution: Some(6),
            },
        }
    }

    /// Bytes of a record before its packet; 0 in pcapng, where it depends on the block.
    pub fn header_len(&self) -> u32 {
        match &self.reader {
            Reader::Pcap(pcap) => pcap.header_len() as u32,
            Reader::Pcapng(_) => 0,
            Reader::Snoop(_) => snoop::HEADER as u32,
        }
    }

    /// What has been seen so far beside the packets, and what was lost.
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// Bytes of the source that were used so far, compressed where it is: what a progress bar compares with the file's size.
    pub fn source_bytes(&self) -> u64 {
        self.source.consumed().unwrap_or(self.offset)
    }

    /// Clears the batch and reads the next records into it; false when none is left. Damage ends the capture and is counted in
    /// [`Meta::loss`]; only a failing source is an error, told after the records before it. Afterwards the capture stays at its end.
    pub fn fill(&mut self, batch: &mut Batch, limits: Limits) -> Result<bool, CaptureError> {
        batch.records.clear();
        batch.told.clear();
        batch.wholes.clear();
        batch.messages.clear();
        (batch.first_number, batch.before) = (self.next_number, self.before);
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Ended => return Ok(false),
            State::Failed(error) => return Err(error),
            State::Reading | State::Waiting => self.state = State::Reading,
        }
        let left = (self.last + 1).saturating_sub(self.next_number);
        if left == 0 {
            self.state = State::Ended;
            return Ok(false);
        }
        self.read_into(batch, Limits { records: limits.records.min(usize::try_from(left).unwrap_or(usize::MAX)), ..limits });
        let count = batch.records.len() as u64;
        self.next_number += count;
        self.meta.loss.records += count;
        self.meta.loss.bytes = self.offset;
        if count > 0 {
            self.before = batch.earlier(batch.records.len());
            if let Some(ahead) = &mut self.ahead {
                ahead.look(batch);
            }
            return Ok(true);
        }
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Failed(error) => Err(error),
            State::Waiting => {
                self.state = State::Waiting;
                Err(CaptureError::Io(std::io::ErrorKind::WouldBlock.into()))
            }
            State::Reading | State::Ended => Ok(false),
        }
    }

    fn read_into(&mut self, batch: &mut Batch, limits: Limits) {
        let most = limits.records.max(1);
        let size = limits.bytes.clamp(1, MOST_BYTES);
        let step = STEP.min(most.saturating_mul(BYTES_PER_RECORD)).min(size.max(BYTES_PER_RECORD));
        // `at..filled` of the buffer is read and not yet carved.
        let (mut at, mut filled, mut full_at) = (0, 0, u64::MAX);
        loop {
            let bytes = batch.buffer.get(..filled).unwrap_or_default();
            let mut window = Window {
                bytes,
                at,
                records: &mut batch.records,
                most,
                size,
                full_at,
                base: self.offset,
                first_number: self.next_number,
                meta: &mut self.meta,
            };
            let pause = self.reader.carve(&mut window);
            (at, full_at) = (window.at, window.full_at);
            let needed = match pause {
                Pause::Full => break,
                Pause::Stop(reason) => {
                    self.end(reason, at);
                    break;
                }
                Pause::Skip(len) => {
                    let here = len.min((filled - at) as u64);
                    at += here as usize;
                    if !self.skip(len - here, at) {
                        break;
                    }
                    0
                }
                Pause::More(needed) => needed,
            };
            // With no record yet, what was carved was kept or skipped: its room is used again, so that memory stays bounded.
            if batch.records.is_empty() && at > 0 {
                batch.buffer.copy_within(at..filled, 0);
                self.offset += at as u64;
                (at, filled) = (0, filled - at);
            }
            let missing = (at + needed).saturating_sub(filled);
            // Where the batch will be full is known, but for its last record: what lies behind that would only be given back.
            let wanted = full_at.saturating_sub(self.offset + filled as u64).saturating_add(BYTES_PER_RECORD as u64);
            let step = step.min(usize::try_from(wanted).unwrap_or(step));
            match self.source.pull(&mut batch.buffer, filled, step.max(missing.min(STEP))) {
                Ok(0) => {
                    if filled > at {
                        self.meta.loss.note(Reason::TornTail, self.offset + at as u64);
                    }
                    self.state = State::Ended;
                    break;
                }
                Ok(read) => filled += read,
                // Whoever writes the capture has not come further: what is there is delivered, and the next fill goes on.
                Err(Failure::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    self.state = State::Waiting;
                    break;
                }
                Err(failure) => {
                    self.fail(failure, at);
                    break;
                }
            }
        }
        batch.base = self.offset;
        self.offset += at as u64;
        self.source.give_back(batch.buffer.get(at..filled).unwrap_or_default());
    }

    /// Passes over bytes of a skipped block that were not read yet; false at the end.
    fn skip(&mut self, len: u64, at: usize) -> bool {
        match self.source.discard(len) {
            Ok(passed) => {
                self.offset += passed;
                if passed < len {
                    self.end(Reason::TornTail, at);
                }
                passed == len
            }
            Err(failure) => {
                self.fail(failure, at);
                false
            }
        }
    }

    fn end(&mut self, reason: Reason, at: usize) {
        self.meta.loss.note(reason, self.offset + at as u64);
        self.state = State::Ended;
    }

    fn fail(&mut self, failure: Failure, at: usize) {
        match failure {
            Failure::Io(error) => self.state = State::Failed(error.into()),
            Failure::Lost(reason) => self.end(reason, at),
        }
    }
}
