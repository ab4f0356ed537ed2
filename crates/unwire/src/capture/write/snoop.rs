//! snoop as it is written (RFC 1761). Bytes only.

use super::{Outgoing, Refused, length, seconds};
use crate::capture::snoop::datalink;

/// Writes snoop records of one datalink type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnoopEncoder {
    /// LINKTYPE value of the packets.
    pub link: u16,
    /// The number that RFC 1761 has for it.
    datalink: u32,
}

impl SnoopEncoder {
    /// An encoder for a LINKTYPE value.
    pub fn new(link: u16) -> Result<Self, Refused> {
        datalink(link).map(|datalink| Self { link, datalink }).ok_or(Refused::UnknownLink(link))
    }

    /// The file header.
    pub fn header(&self) -> [u8; 16] {
        Self::header_of(self.datalink)
    }

    /// The file header for any datalink number.
    pub fn header_of(datalink: u32) -> [u8; 16] {
        let mut header = *b"snoop\0\0\0\0\0\0\x02\0\0\0\0";
        if let Some(place) = header.last_chunk_mut::<4>() {
            *place = datalink.to_be_bytes();
        }
        header
    }

    /// Appends a record, whole or not at all. The time is cut to microseconds.
    pub fn record(&self, record: &Outgoing<'_>, out: &mut Vec<u8>) -> Result<(), Refused> {
        if record.link != self.link {
            return Err(Refused::Link { file: self.link, record: record.link });
        }
        let cap_len = length(record.bytes)?;
        let (seconds, nanoseconds) = seconds(record.time.ok_or(Refused::NoTime)?)?;
        Self::parts(seconds, nanoseconds / 1000, cap_len, record.wire_len, record.bytes, out);
        Ok(())
    }

    /// Appends a record out of its parts.
    pub fn parts(seconds: u32, microseconds: u32, cap_len: u32, wire_len: u32, bytes: &[u8], out: &mut Vec<u8>) {
        let padded = bytes.len().next_multiple_of(4);
        out.reserve(24 + padded);
        for value in [wire_len, cap_len, 24 + padded as u32, 0, seconds, microseconds] {
            out.extend_from_slice(&value.to_be_bytes());
        }
        out.extend_from_slice(bytes);
        out.resize(out.len() + padded - bytes.len(), 0);
    }
}
