//! What a reader could not deliver, and why. Only counts and words; the decisions are made where the bytes are read.

use std::fmt;

/// Why bytes of a capture were not delivered as records. The text names are published and stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// The capture ends in the middle of a record or block.
    TornTail,
    /// The compressed data ends before its own end mark.
    TornCompressedData,
    /// The compressed data is damaged; nothing behind the damage is read.
    BadCompressedData,
    /// The compressed data grows beyond any honest ratio; reading stopped.
    DecompressionLimit,
    /// A packet longer than its link type allows: damage. In pcap and snoop nothing behind it can be found again.
    RecordTooLong,
    /// A snoop record whose length does not hold its own packet.
    BadRecordLength,
    /// A block length of zero.
    ZeroLengthBlock,
    /// A block length that is no multiple of four, too small for any block, or not repeated at the block's end.
    BadBlockLength,
    /// A block that is too short for its type; it was skipped.
    BlockTooShort,
    /// A block that is no packet and is too long to be held; it was skipped.
    BlockTooLong,
    /// A packet block that claims more captured bytes than it holds; it was skipped.
    PacketBeyondBlock,
    /// A packet of an interface that its section has not described; it was skipped.
    UnknownInterface,
    /// A section header whose byte-order mark or version is none we know.
    BadSection,
    /// More names, secrets, statistics and other blocks than are kept; their packets were still read.
    KeptLimit,
    /// A time that 64 bits of nanoseconds cannot hold (before 1677 or after 2262); its record has the nearest one that they can.
    TimeOutOfRange,
}

impl Reason {
    /// The stable text name.
    pub fn name(self) -> &'static str {
        match self {
            Self::TornTail => "torn_tail",
            Self::TornCompressedData => "torn_compressed_data",
            Self::BadCompressedData => "bad_compressed_data",
            Self::DecompressionLimit => "decompression_limit",
            Self::RecordTooLong => "record_too_long",
            Self::BadRecordLength => "bad_record_length",
            Self::ZeroLengthBlock => "zero_length_block",
            Self::BadBlockLength => "bad_block_length",
            Self::BlockTooShort => "block_too_short",
            Self::BlockTooLong => "block_too_long",
            Self::PacketBeyondBlock => "packet_beyond_block",
            Self::UnknownInterface => "unknown_interface",
            Self::BadSection => "bad_section",
            Self::KeptLimit => "kept_limit",
            Self::TimeOutOfRange => "time_out_of_range",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// One reason, how often it came up, and where first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    /// Why.
    pub reason: Reason,
    /// How often.
    pub count: u64,
    /// Where first, in bytes of the decompressed capture.
    pub first_offset: u64,
}

/// The account of a reading: what came out, and what did not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loss {
    /// Records delivered.
    pub records: u64,
    /// Bytes of the decompressed capture that were consumed.
    pub bytes: u64,
    /// Records whose bytes were cut by the snap length (`cap_len < wire_len`); no damage.
    pub truncated: u64,
    /// Blocks of unknown or custom type, passed over by their length and kept raw; no damage.
    pub skipped_blocks: u64,
    /// Records and blocks that were damaged and therefore skipped or stopped at.
    pub malformed: u64,
    /// The reasons in order of first appearance.
    pub reasons: Vec<Lost>,
}

impl Loss {
    /// Whether anything was lost; snap lengths and blocks of unknown type are no loss.
    pub fn is_partial(&self) -> bool {
        !self.reasons.is_empty()
    }

    /// How often `reason` came up.
    pub fn count(&self, reason: Reason) -> u64 {
        self.reasons.iter().find(|lost| lost.reason == reason).map_or(0, |lost| lost.count)
    }

    pub(super) fn note(&mut self, reason: Reason, offset: u64) {
        match reason {
            // What is missing or not kept is no damage of a record or block.
            Reason::TornTail
            | Reason::TornCompressedData
            | Reason::BadCompressedData
            | Reason::DecompressionLimit
            | Reason::BlockTooLong
            | Reason::KeptLimit
            | Reason::TimeOutOfRange => {}
            Reason::RecordTooLong
            | Reason::BadRecordLength
            | Reason::ZeroLengthBlock
            | Reason::BadBlockLength
            | Reason::BlockTooShort
            | Reason::PacketBeyondBlock
            | Reason::UnknownInterface
            | Reason::BadSection => self.malformed += 1,
        }
        match self.reasons.iter_mut().find(|lost| lost.reason == reason) {
            Some(lost) => lost.count += 1,
            None => self.reasons.push(Lost { reason, count: 1, first_offset: offset }),
        }
    }
}
