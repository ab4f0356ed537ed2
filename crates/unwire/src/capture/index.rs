//! Where packets stand in a capture: a mark every few packets, and the blocks that say how those behind them are read. Filled by whoever reads
//! the capture from its beginning; nothing here reads a source.

use super::batch::{Batch, Record};
use super::loss::Reason;
use super::meta::{BlockType, Meta};
use super::pcapng::{PACKET_AT, SIMPLE_PACKET_AT};

/// Packets from mark to mark.
pub(super) const STRIDE: u64 = 32;
/// A step to the next packet that is longer than can be kept, or is not known.
const FAR: u16 = u16::MAX;
/// Sections and interfaces beyond this many are not replayed; the capture is then read from its beginning.
const MOST_STATES: usize = 1 << 16;

/// A packet whose place is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Where its record begins in the decompressed capture.
    pub offset: u64,
    /// Its time; `i64::MIN` where it has none.
    pub time: i64,
}

/// The places of a capture's packets, as far as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// Every so many packets.
    pub(super) marks: Vec<Mark>,
    /// From each packet's record to that of the next one, two bytes each, the lower one first: as they are kept, so that they need not be copied.
    pub(super) steps: Vec<u8>,
    /// Offset and length of each section and interface block.
    pub(super) states: Vec<(u64, u32)>,
    pub(super) count: u64,
    /// Behind the last packet.
    pub(super) end: u64,
    pub(super) complete: bool,
    /// Blocks of the reader's account that were looked at.
    pub(super) seen: usize,
    /// Where the record of the last packet begins.
    pub(super) last: Option<u64>,
    /// What would be needed to find later packets is not kept.
    pub(super) limited: bool,
}

impl Index {
    /// How many packets have a known place.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Whether these are all.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Whether later packets must be found by reading from the beginning.
    pub fn is_limited(&self) -> bool {
        self.limited
    }

    /// The capture was read to its end.
    pub fn complete(&mut self) {
        self.complete = !self.limited;
    }

    /// A batch that was read from the capture, and what the reader knows beside it. Only what goes on where the index ends is taken; `header_len`
    /// is that of a record in containers that have no blocks.
    pub fn add(&mut self, batch: &Batch, header_len: u32, meta: &Meta) {
        let first = batch.first_number.saturating_sub(1);
        if self.limited || first > self.count || first + batch.records.len() as u64 <= self.count {
            return;
        }
        self.note(meta);
        if self.limited {
            return;
        }
        let known = (self.count - first) as usize;
        for (number, record) in (self.count..).zip(batch.records.iter().skip(known)) {
            let offset = batch.base + u64::from(record.offset) - u64::from(record_head(record, header_len));
            if let Some(last) = self.last.replace(offset) {
                self.steps.extend_from_slice(&u16::try_from(offset - last).unwrap_or(FAR).to_le_bytes());
            }
            if number.is_multiple_of(STRIDE) {
                self.marks.push(Mark { offset, time: record.time.unwrap_or(i64::MIN) });
            }
        }
        self.count = first + batch.records.len() as u64;
        if let Some(record) = batch.records.last() {
            self.end = batch.base + u64::from(record.offset) + u64::from(record.cap_len);
        }
    }

    fn note(&mut self, meta: &Meta) {
        for block in meta.blocks.iter().skip(self.seen) {
            if matches!(block.kind, BlockType::SECTION | BlockType::INTERFACE) {
                self.states.push((block.offset, block.bytes.len() as u32));
            }
        }
        self.seen = meta.blocks.len();
        self.limited |= self.states.len() > MOST_STATES || meta.loss.count(Reason::KeptLimit) > 0;
    }

    /// The place of a packet, or, where it is not known exactly, that of one before it.
    pub fn place(&self, number: u64) -> Option<Place> {
        if number >= self.count {
            return None;
        }
        let mark = (number / STRIDE) as usize;
        let offset = self.marks.get(mark)?.offset;
        let (first, last) = (mark * STRIDE as usize, number as usize);
        let (mut sum, mut far) = (0, false);
        for step in self.steps.get(2 * first..2 * last)?.as_chunks().0 {
            let step = u16::from_le_bytes(*step);
            sum += u32::from(step);
            far |= step == FAR;
        }
        if far {
            let next = self.marks.get(mark + 1).map_or(self.end, |mark| mark.offset);
            return Some(Place { number: first as u64, offset, until: next });
        }
        let offset = offset + u64::from(sum);
        let step = self.steps.get(2 * last..2 * last + 2).and_then(<[u8]>::first_chunk).map(|step| u16::from_le_bytes(*step));
        let until = match step {
            Some(FAR) | None => self.marks.get(mark + 1).map_or(self.end, |mark| mark.offset),
            Some(step) => offset + u64::from(step),
        };
        Some(Place { number, offset, until })
    }

    /// A packet that does not stand behind the first one of a time or later, where times run forwards: where to begin to look.
    pub fn before(&self, time: i64) -> u64 {
        let next = self.marks.partition_point(|mark| mark.time < time) as u64;
        next.saturating_sub(1) * STRIDE
    }
}

/// Where to read for a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The number, from 0, of the packet whose record begins at `offset`.
    pub number: u64,
    /// Where that is in the decompressed capture.
    pub offset: u64,
    /// Up to here the asked packet is whole.
    pub until: u64,
}

/// Bytes of a record before its packet.
fn record_head(record: &Record, header_len: u32) -> u32 {
    if record.interface == Record::NO_INTERFACE {
        header_len
    } else if record.flags & Record::SIMPLE != 0 {
        SIMPLE_PACKET_AT as u32
    } else {
        PACKET_AT as u32
    }
}
