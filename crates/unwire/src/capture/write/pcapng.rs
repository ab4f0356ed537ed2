//! pcapng as it is written (draft-ietf-opsawg-pcapng): sections, interfaces, packets with their options, and blocks copied as they
//! stood. Bytes only; what is copied from where is decided by the caller.

use super::{Outgoing, Refused, half, length, word};
use crate::capture::clock::Clock;
use crate::capture::meta::BlockType;

/// Writes blocks of one section after the other.
#[derive(Clone, Debug, Default)]
pub struct PcapngEncoder {
    /// Byte order of the section that is open.
    pub big_endian: bool,
    /// Link type, snap length and clock of each interface of the section that is open.
    pub interfaces: Vec<(u16, u32, Clock)>,
}

const END_OF_OPTIONS: [u8; 4] = [0; 4];

impl PcapngEncoder {
    /// Appends a section header; `options` are raw, in the section's byte order.
    pub fn section(&mut self, big_endian: bool, options: &[u8], out: &mut Vec<u8>) {
        self.big_endian = big_endian;
        self.interfaces.clear();
        let mut body = Vec::with_capacity(16 + options.len());
        body.extend(word(0x1a2b_3c4d, big_endian));
        body.extend(half(1, big_endian));
        body.extend(half(0, big_endian));
        // A length of -1 is "not stated": it could only be known at the end.
        body.extend([0xff; 8]);
        body.extend(options);
        self.block(BlockType::SECTION, &body, out);
    }

    /// Appends an interface and returns its number; `options` are raw and hold its clock.
    pub fn interface(&mut self, link: u16, snaplen: u32, clock: Clock, options: &[u8], out: &mut Vec<u8>) -> u32 {
        let mut body = Vec::with_capacity(8 + options.len());
        body.extend(half(link, self.big_endian));
        body.extend([0, 0]);
        body.extend(word(snaplen, self.big_endian));
        body.extend(options);
        self.block(BlockType::INTERFACE, &body, out);
        self.interfaces.push((link, snaplen, clock));
        self.interfaces.len() as u32 - 1
    }

    /// Appends a packet of an interface, whole or not at all; `options` are raw. A packet without time becomes a simple packet block,
    /// which can hold it only on the first interface and without options.
    pub fn packet(&self, id: u32, record: &Outgoing<'_>, options: &[u8], out: &mut Vec<u8>) -> Result<(), Refused> {
        let &(link, snaplen, clock) = self.interfaces.get(id as usize).ok_or(Refused::NoInterface(id))?;
        if link != record.link {
            return Err(Refused::Link { file: link, record: record.link });
        }
        let cap_len = length(record.bytes)?;
        let Some(time) = record.time else {
            let stated = if snaplen == 0 { record.wire_len } else { record.wire_len.min(snaplen) };
            if id != 0 || !options.is_empty() || stated != cap_len {
                return Err(Refused::NoTime);
            }
            let len = 16 + record.bytes.len().next_multiple_of(4);
            let header = [BlockType::SIMPLE_PACKET.0, len as u32, record.wire_len];
            self.framed(&header, record.bytes, &[], out);
            return Ok(());
        };
        let ticks = clock.ticks(time).ok_or(Refused::Time(time))?;
        self.enhanced(id, ticks, cap_len, record.wire_len, record.bytes, options, out);
        Ok(())
    }

    /// Appends an enhanced packet block out of its parts.
    #[expect(clippy::too_many_arguments, reason = "the parts of the block, in its order")]
    #[inline]
    pub fn enhanced(&self, id: u32, ticks: u64, cap_len: u32, wire_len: u32, bytes: &[u8], options: &[u8], out: &mut Vec<u8>) {
        let len = 32 + bytes.len().next_multiple_of(4) + options.len().next_multiple_of(4);
        let header = [BlockType::ENHANCED_PACKET.0, len as u32, id, (ticks >> 32) as u32, ticks as u32, cap_len, wire_len];
        self.framed(&header, bytes, options, out);
    }

    /// Appends a block of any type out of its body, padded.
    pub fn block(&self, kind: BlockType, body: &[u8], out: &mut Vec<u8>) {
        let len = 12 + body.len().next_multiple_of(4);
        self.framed(&[kind.0, len as u32], body, &[], out);
    }

    /// Header words (the second is the block's length), data, options, and the length again.
    fn framed(&self, header: &[u32], bytes: &[u8], options: &[u8], out: &mut Vec<u8>) {
        let len = header.get(1).copied().unwrap_or_default();
        out.reserve(len as usize);
        header.iter().for_each(|&value| out.extend_from_slice(&word(value, self.big_endian)));
        for part in [bytes, options] {
            out.extend_from_slice(part);
            out.resize(out.len() + part.len().next_multiple_of(4) - part.len(), 0);
        }
        out.extend_from_slice(&word(len, self.big_endian));
    }
}

/// Raw options in a byte order out of (code, value), with their end mark; none at all for none.
pub fn options<'a>(big_endian: bool, options: impl IntoIterator<Item = (u16, &'a [u8])>) -> Vec<u8> {
    let mut raw = Vec::new();
    for (code, value) in options {
        // A value longer than 16 bits can say is cut: nothing but a comment can be that long.
        let len = u16::try_from(value.len()).unwrap_or(u16::MAX);
        let value = value.get(..usize::from(len)).unwrap_or_default();
        raw.extend(half(code, big_endian));
        raw.extend(half(len, big_endian));
        raw.extend(value);
        raw.resize(raw.len().next_multiple_of(4), 0);
    }
    if !raw.is_empty() {
        raw.extend(END_OF_OPTIONS);
    }
    raw
}
