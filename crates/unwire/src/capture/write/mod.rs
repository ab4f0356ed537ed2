//! Writing captures: records into bytes, and bytes into a target that never keeps half a record. Knows no schema and no protocol;
//! opens no file.

mod copy;
mod hold;
mod pcap;
mod pcapng;
mod snoop;

use std::fmt;

pub use copy::{Origin, PcapngWriter};
pub use hold::{Hold, Target};
pub use pcap::PcapEncoder;
pub use pcapng::{PcapngEncoder, options};
pub use snoop::SnoopEncoder;

/// A record to be written.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// Nanoseconds since the epoch, UTC; only pcapng can do without.
    pub time: Option<i64>,
    /// Length on the wire.
    pub wire_len: u32,
    /// The captured bytes.
    pub bytes: &'a [u8],
    /// LINKTYPE value.
    pub link: u16,
}

/// Why a record cannot be written. Nothing of it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The container cannot do without a time.
    NoTime,
    /// The container cannot express this time.
    Time(i64),
    /// The file holds packets of another link type, and the container has one for all.
    Link {
        /// The file's.
        file: u16,
        /// The record's.
        record: u16,
    },
    /// The container has no number for this link type.
    UnknownLink(u16),
    /// The packet is longer than 32 bits can say.
    TooLong,
    /// No interface of this number was described.
    NoInterface(u32),
}

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTime => out.write_str("the record has no time, which only pcapng can do without; give one with time="),
            Self::Time(time) => write!(out, "the file's clock cannot express {time} ns since the epoch"),
            Self::Link { file, record } => {
                write!(out, "the file has link type {file} and the record {record}; pcapng can hold both")
            }
            Self::UnknownLink(link) => write!(out, "this format has no number for link type {link}; pcap and pcapng have"),
            Self::TooLong => out.write_str("the packet is too long for any capture format"),
            Self::NoInterface(id) => write!(out, "the file describes no interface {id}"),
        }
    }
}

impl std::error::Error for Refused {}

fn word(value: u32, big_endian: bool) -> [u8; 4] {
    if big_endian { value.to_be_bytes() } else { value.to_le_bytes() }
}

fn half(value: u16, big_endian: bool) -> [u8; 2] {
    if big_endian { value.to_be_bytes() } else { value.to_le_bytes() }
}

/// The captured length as the formats count it.
fn length(bytes: &[u8]) -> Result<u32, Refused> {
    u32::try_from(bytes.len()).ok().filter(|len| *len < u32::MAX - 4096).ok_or(Refused::TooLong)
}

/// Seconds and nanoseconds of a time that the formats of 32-bit seconds can express: 1970 to 2106.
fn seconds(time: i64) -> Result<(u32, u32), Refused> {
    let whole = u32::try_from(time.div_euclid(1_000_000_000)).map_err(|_| Refused::Time(time))?;
    Ok((whole, time.rem_euclid(1_000_000_000) as u32))
}
