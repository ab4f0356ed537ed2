//! pcap as it is written: one header, then records (draft-ietf-opsawg-pcap). Bytes only.

use super::{Outgoing, Refused, length, seconds, word};

/// Writes pcap records of one byte order, resolution and link type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PcapEncoder {
    /// Byte order of the headers.
    pub big_endian: bool,
    /// Nanoseconds instead of microseconds.
    pub nanoseconds: bool,
    /// LINKTYPE value.
    pub link: u16,
    /// The most bytes captured of a packet; stated, not applied.
    pub snaplen: u32,
}

impl PcapEncoder {
    /// The file header.
    pub fn header(&self) -> [u8; 24] {
        let magic: u32 = if self.nanoseconds { 0xa1b2_3c4d } else { 0xa1b2_c3d4 };
        let version = if self.big_endian { 0x0002_0004 } else { 0x0004_0002 };
        let mut header = [0; 24];
        for (place, value) in header.chunks_exact_mut(4).zip([magic, version, 0, 0, self.snaplen, u32::from(self.link)]) {
            place.copy_from_slice(&word(value, self.big_endian));
        }
        header
    }

    /// Appends a record, whole or not at all. Digits of the time that the file's resolution lacks are cut.
    pub fn record(&self, record: &Outgoing<'_>, out: &mut Vec<u8>) -> Result<(), Refused> {
        if record.link != self.link {
            return Err(Refused::Link { file: self.link, record: record.link });
        }
        let cap_len = length(record.bytes)?;
        let (seconds, nanoseconds) = seconds(record.time.ok_or(Refused::NoTime)?)?;
        self.parts(seconds, if self.nanoseconds { nanoseconds } else { nanoseconds / 1000 }, cap_len, record.wire_len, record.bytes, out);
        Ok(())
    }

    /// Appends a record out of its parts, the fraction in the file's unit.
    #[inline]
    pub fn parts(&self, seconds: u32, fraction: u32, cap_len: u32, wire_len: u32, bytes: &[u8], out: &mut Vec<u8>) {
        let mut header = [0; 16];
        for (place, value) in header.as_chunks_mut::<4>().0.iter_mut().zip([seconds, fraction, cap_len, wire_len]) {
            *place = word(value, self.big_endian);
        }
        out.reserve(16 + bytes.len());
        out.extend_from_slice(&header);
        out.extend_from_slice(bytes);
    }
}
