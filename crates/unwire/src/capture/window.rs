//! What a container's reader works on: the bytes read so far, the batch's records, and where the batch is full. Reads nothing itself.

use super::batch::Record;
use super::loss::Reason;
use super::meta::Meta;

/// The bytes read so far and what is made of them.
pub(super) struct Window<'a> {
    pub(super) bytes: &'a [u8],
    /// Where the next record or block begins.
    pub(super) at: usize,
    pub(super) records: &'a mut Vec<Record>,
    /// The batch is full at this many records …
    pub(super) most: usize,
    /// … or once its records, from the first one's header on, take this many bytes.
    pub(super) size: usize,
    /// Where that is in the capture; known once there is a first record.
    pub(super) full_at: u64,
    /// Offset of `bytes` in the capture.
    pub(super) base: u64,
    /// Frame number of the batch's first record.
    pub(super) first_number: u64,
    pub(super) meta: &'a mut Meta,
}

/// Why a container's reader paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pause {
    /// The batch is full.
    Full,
    /// This many bytes from `at` on are needed to go on.
    More(usize),
    /// The next so many bytes from `at` on are not wanted.
    Skip(u64),
    /// Nothing behind `at` can be read.
    Stop(Reason),
}

impl Window<'_> {
    pub(super) fn is_full(&self) -> bool {
        self.records.len() >= self.most || self.offset() >= self.full_at
    }

    /// Where `at` is in the capture.
    pub(super) fn offset(&self) -> u64 {
        self.base + self.at as u64
    }

    /// The bytes not yet carved.
    pub(super) fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Frame number of the next record.
    pub(super) fn next_number(&self) -> u64 {
        self.first_number + self.records.len() as u64
    }

    /// Called before each record, or once where every byte belongs to one: the limit counts from the first record's beginning, so that blocks before it do not move the cut.
    pub(super) fn begin(&mut self) {
        if self.records.is_empty() {
            self.full_at = self.offset() + self.size as u64;
        }
    }

    pub(super) fn note(&mut self, reason: Reason) {
        self.meta.loss.note(reason, self.offset());
    }
}

/// The longest packet of a link type before it is taken for damage: tshark's bounds, 128 MiB where one "packet" is a USB transfer
/// (LINKTYPE 189, 220, 249) or a D-Bus message (231), 256 KiB else.
pub(super) fn longest_packet(link: u16) -> u32 {
    match link {
        189 | 220 | 231 | 249 => 128 << 20,
        _ => 256 << 10,
    }
}
