//! A batch: a buffer of capture bytes and the records that lie in it. Nothing is copied out of the buffer; nothing here reads a source.

use std::borrow::Cow;

use super::bytes::{half_at, long_at};
use crate::told::{Message, Noted};

/// One captured packet; its bytes lie in the batch's buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// Nanoseconds since the epoch, UTC; `None` where the container has none (pcapng simple packet blocks).
    pub time: Option<i64>,
    /// Length on the wire.
    pub wire_len: u32,
    /// Where the captured bytes start in [`Batch::buffer`].
    pub offset: u32,
    /// How many bytes were captured.
    pub cap_len: u32,
    /// LINKTYPE value; [`Record::NO_LINK`] where the container's own number has none.
    pub link: u16,
    /// [`Record::BIG_ENDIAN`], [`Record::SIMPLE`] and [`Record::OBSOLETE`].
    pub flags: u16,
    /// Number of the interface through the whole file, across sections; [`Record::NO_INTERFACE`] where the container has none.
    pub interface: u32,
    /// Number of the interface in its section, from 0, which is what Wireshark shows; [`Record::NO_INTERFACE`] likewise.
    pub interface_id: u32,
    /// Offset and length of the raw option bytes in the buffer; (0, 0) without any.
    pub options: (u32, u32),
}

impl Record {
    /// The value of [`Record::interface`] in containers without interfaces.
    pub const NO_INTERFACE: u32 = u32::MAX;
    /// The value of [`Record::link`] where the container's number maps to no LINKTYPE.
    pub const NO_LINK: u16 = u16::MAX;
    /// Flag: headers and options are big-endian.
    pub const BIG_ENDIAN: u16 = 1;
    /// Flag: from a simple packet block.
    pub const SIMPLE: u16 = 2;
    /// Flag: from an obsolete packet block, whose drop count stands in its header.
    pub const OBSOLETE: u16 = 4;

    /// The interface's number in its section, if the container has interfaces.
    pub fn interface(&self) -> Option<u32> {
        Some(self.interface_id).filter(|number| *number != Self::NO_INTERFACE)
    }
}

/// Where a batch ends: after the record that reaches either limit, so that the cut depends on the content only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most records; at least one is read.
    pub records: usize,
    /// The batch ends with the record that reaches this many bytes, headers included.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { records: 65_536, bytes: 8 << 20 }
    }
}

/// What an ordered pass made of a record that is a piece of a datagram.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Whole {
    /// The record's place in the batch.
    pub record: u32,
    /// Where the frame's headers with the whole datagram behind them stand in [`Batch::buffer`] …
    pub offset: u32,
    /// … and how long they are; 0 if the datagram is whole in another record, or nowhere.
    pub len: u32,
    /// Where the same stands with the headers of the first piece, which say what the datagram carries.
    pub walked: u32,
    /// Where in the frame the datagram, or the piece, starts.
    pub from: u32,
}

impl Whole {
    /// A record with all of the datagram, if this is the whole of it.
    #[must_use]
    pub fn in_place_of(&self, record: Record) -> Record {
        if self.len > 0 { Record { offset: self.offset, cap_len: self.len, ..record } } else { record }
    }
}

/// Times before the first record of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// Of the first record of the capture that has one.
    pub first: Option<i64>,
    /// Of the last one.
    pub previous: Option<i64>,
}

/// Records and the bytes they lie in. Reuse one batch: its memory is kept from fill to fill.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Bytes as read; those behind the last record are left over from reading and mean nothing.
    pub buffer: Vec<u8>,
    /// The records in file order.
    pub records: Vec<Record>,
    /// Frame number of `records[0]`, counted from 1.
    pub first_number: u64,
    /// Where the buffer begins in the decompressed capture.
    pub base: u64,
    /// What was before.
    pub before: Before,
    /// What an ordered pass tells of headers, in the order of the records.
    pub told: Vec<Noted>,
    /// Pieces of datagrams that were put together, in the order of the records.
    pub wholes: Vec<Whole>,
    /// What streams said, in the order of the records.
    pub messages: Vec<Message>,
}

impl Default for Batch {
    fn default() -> Self {
        let (before, told, wholes, messages) = (Before::default(), Vec::new(), Vec::new(), Vec::new());
        Self { buffer: Vec::new(), records: Vec::new(), first_number: 1, base: 0, before, told, wholes, messages }
    }
}

/// `epb_dropcount` of draft-ietf-opsawg-pcapng, section 4.3.
const OPTION_DROP_COUNT: u16 = 4;
/// From the packet's first byte back to the drop count of an obsolete packet block (draft-ietf-opsawg-pcapng, appendix A).
const OBSOLETE_DROPS_BACK: usize = 18;

impl Batch {
    /// An empty batch.
    pub fn new() -> Self {
        Self::default()
    }

    /// The captured bytes of a record of this batch.
    pub fn bytes(&self, record: &Record) -> &[u8] {
        slice(&self.buffer, record.offset, record.cap_len)
    }

    /// What is told of a record by its place, of each header.
    pub fn told(&self, at: usize) -> &[Noted] {
        let first = self.told.partition_point(|noted| (noted.record as usize) < at);
        let rest = self.told.get(first..).unwrap_or_default();
        &rest[..rest.iter().take_while(|noted| noted.record as usize == at).count()]
    }

    /// What was made of a record that is a piece of a datagram, by its place.
    pub fn whole(&self, at: usize) -> Option<Whole> {
        if self.wholes.is_empty() {
            return None;
        }
        self.wholes.binary_search_by_key(&(at as u32), |whole| whole.record).ok().and_then(|at| self.wholes.get(at).copied())
    }

    /// What streams said with a record, by its place.
    pub fn messages(&self, at: usize) -> &[Message] {
        let first = self.messages.partition_point(|message| (message.record as usize) < at);
        let rest = self.messages.get(first..).unwrap_or_default();
        &rest[..rest.iter().take_while(|message| message.record as usize == at).count()]
    }

    /// How a datagram is walked, if this is the whole of it.
    pub fn walked(&self, whole: &Whole) -> Option<&[u8]> {
        (whole.len > 0).then(|| slice(&self.buffer, whole.walked, whole.len))
    }

    /// The time of the record before one by its place, and the first of the capture.
    pub fn earlier(&self, at: usize) -> Before {
        let of_record = |record: &Record| record.time;
        let previous = self.records.get(..at).unwrap_or_default().iter().rev().find_map(of_record).or(self.before.previous);
        let first = self.before.first.or_else(|| self.records.iter().find_map(of_record));
        Before { first, previous }
    }

    /// The options of a record, read as they are asked for; what cannot be read ends the iteration.
    pub fn options(&self, record: &Record) -> Options<'_> {
        let (offset, len) = record.options;
        Options::new(slice(&self.buffer, offset, len), record.flags & Record::BIG_ENDIAN != 0)
    }

    /// The comments of a record; bytes that are not UTF-8 become U+FFFD.
    pub fn comments(&self, record: &Record) -> impl Iterator<Item = Cow<'_, str>> {
        self.options(record).comments()
    }

    /// Packets lost between this record and the one before it on the same interface, where the container says.
    pub fn drops(&self, record: &Record) -> Option<u64> {
        let big_endian = record.flags & Record::BIG_ENDIAN != 0;
        if record.flags & Record::OBSOLETE != 0 {
            let at = (record.offset as usize).checked_sub(OBSOLETE_DROPS_BACK)?;
            // All ones means "unknown" there.
            return half_at(&self.buffer, at, big_endian).filter(|&drops| drops != u16::MAX).map(u64::from);
        }
        let (_, value) = self.options(record).find(|&(code, _)| code == OPTION_DROP_COUNT)?;
        long_at(value, 0, big_endian)
    }
}

fn slice(buffer: &[u8], offset: u32, len: u32) -> &[u8] {
    let (offset, len) = (offset as usize, len as usize);
    buffer.get(offset..offset + len).unwrap_or_default()
}

/// The options of a block or record: (code, value), up to `opt_endofopt` or the first that is cut (draft-ietf-opsawg-pcapng, section 3.5).
#[derive(Clone, Debug, Default)]
pub struct Options<'a> {
    bytes: &'a [u8],
    big_endian: bool,
}

/// `opt_comment`, the same in every block.
const OPTION_COMMENT: u16 = 1;

impl<'a> Options<'a> {
    /// Options out of raw bytes.
    pub fn new(bytes: &'a [u8], big_endian: bool) -> Self {
        Self { bytes, big_endian }
    }

    /// The value of the first option of this code.
    pub fn value(&self, code: u16) -> Option<&'a [u8]> {
        self.clone().find(|&(found, _)| found == code).map(|(_, value)| value)
    }

    /// The first option of this code as text.
    pub fn text(&self, code: u16) -> Option<Cow<'a, str>> {
        self.value(code).map(text)
    }

    /// The comments.
    pub fn comments(self) -> impl Iterator<Item = Cow<'a, str>> {
        self.filter(|&(code, _)| code == OPTION_COMMENT).map(|(_, value)| text(value))
    }
}

/// Text of an option: UTF-8, not zero-terminated by the draft; writers that add zeros are forgiven.
fn text(value: &[u8]) -> Cow<'_, str> {
    let end = value.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    String::from_utf8_lossy(value.get(..end).unwrap_or_default())
}

impl<'a> Iterator for Options<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let code = half_at(self.bytes, 0, self.big_endian)?;
        let len = usize::from(half_at(self.bytes, 2, self.big_endian)?);
        if code == 0 {
            self.bytes = &[];
            return None;
        }
        let value = self.bytes.get(4..4 + len)?;
        // Values are padded to 32 bits; the pad of the last one may be missing.
        self.bytes = self.bytes.get(4 + len.next_multiple_of(4)..).unwrap_or_default();
        Some((code, value))
    }
}
