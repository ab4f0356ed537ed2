//! pcap (draft-ietf-opsawg-pcap) in both byte orders, micro- and nanoseconds, and Kuznetzov's modified record headers.
//! Turns bytes into records; reads no source.

use super::batch::Record;
use super::bytes::words;
use super::format::Container;
use super::loss::Reason;
use super::window::{Pause, Window, longest_packet};

const FILE_HEADER: usize = 24;
/// Seconds, fraction, captured length, length.
const HEADER: usize = 16;
/// The same, then interface index, protocol, packet type and padding.
const MODIFIED_HEADER: usize = 24;

/// A pcap file's header, read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pcap {
    pub(super) big_endian: bool,
    pub(super) container: Container,
    pub(super) version: (u16, u16),
    pub(super) snaplen: u32,
    pub(super) link: u16,
    pub(super) fcs_len: Option<u8>,
    /// Nanoseconds of one unit of the fraction.
    pub(super) unit: u32,
    lengths: Lengths,
}

/// The order of the two lengths, which changed in version 2.3: some writers of that version used the old order, some the new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lengths {
    CapturedFirst,
    WireFirst,
    /// The smaller one is the captured length.
    Either,
}

impl Pcap {
    /// The header at the start of `head` and its length; `None` if this is no pcap file.
    pub(super) fn open(head: &[u8]) -> Option<(Self, usize)> {
        let head = head.get(..FILE_HEADER)?;
        let [magic] = words::<true, 1>(head)?;
        let (big_endian, container, unit) = match magic {
            0xa1b2_c3d4 => (true, Container::Pcap, 1000),
            0xd4c3_b2a1 => (false, Container::Pcap, 1000),
            0xa1b2_3c4d => (true, Container::Pcap, 1),
            0x4d3c_b2a1 => (false, Container::Pcap, 1),
            0xa1b2_cd34 => (true, Container::ModifiedPcap, 1000),
            0x34cd_b2a1 => (false, Container::ModifiedPcap, 1000),
            _ => return None,
        };
        let [_, version, _, _, snaplen, link] = if big_endian { words::<true, 6>(head)? } else { words::<false, 6>(head)? };
        let version = if big_endian { (version >> 16, version & 0xffff) } else { (version & 0xffff, version >> 16) };
        let lengths = match version {
            // DG/UX wrote version 543.0 with the old order.
            (2, 0..=2) | (543, _) => Lengths::WireFirst,
            (2, 3) => Lengths::Either,
            _ => Lengths::CapturedFirst,
        };
        // Bit 26 says that the top four bits count the 16-bit words of frame check sequence behind each packet.
        let fcs_len = (link & 0x0400_0000 != 0).then_some((link >> 28) as u8 * 2);
        let version = (version.0 as u16, version.1 as u16);
        Some((Self { big_endian, container, version, snaplen, link: link as u16, fcs_len, unit, lengths }, FILE_HEADER))
    }

    /// Bytes of a record before its packet.
    pub(super) fn header_len(&self) -> usize {
        if self.container == Container::ModifiedPcap { MODIFIED_HEADER } else { HEADER }
    }

    /// Captured and wire length out of the two as they stand in the file.
    pub(super) fn lengths(&self, first: u32, second: u32) -> (u32, u32) {
        let swap = match self.lengths {
            Lengths::CapturedFirst => false,
            Lengths::WireFirst => true,
            Lengths::Either => first > second,
        };
        if swap { (second, first) } else { (first, second) }
    }

    pub(super) fn carve(&self, window: &mut Window<'_>) -> Pause {
        match (self.big_endian, self.container == Container::ModifiedPcap) {
            (false, false) => self.run::<false, HEADER>(window),
            (true, false) => self.run::<true, HEADER>(window),
            (false, true) => self.run::<false, MODIFIED_HEADER>(window),
            (true, true) => self.run::<true, MODIFIED_HEADER>(window),
        }
    }

    fn run<const BIG: bool, const HEADER_LEN: usize>(&self, window: &mut Window<'_>) -> Pause {
        window.begin();
        let longest = longest_packet(self.link);
        let flags = if BIG { Record::BIG_ENDIAN } else { 0 };
        let mut truncated = 0;
        let pause = loop {
            if window.is_full() {
                break Pause::Full;
            }
            let rest = window.rest();
            let Some([seconds, fraction, first, second]) = words::<BIG, 4>(rest) else { break Pause::More(HEADER_LEN) };
            let (cap_len, wire_len) = self.lengths(first, second);
            if cap_len > longest {
                break Pause::Stop(Reason::RecordTooLong);
            }
            let end = HEADER_LEN + cap_len as usize;
            if end > rest.len() {
                break Pause::More(end);
            }
            // Seconds are unsigned in the draft. A fraction of a second or more is carried, not refused.
            let time = i64::from(seconds) * 1_000_000_000 + i64::from(fraction) * i64::from(self.unit);
            truncated += u64::from(cap_len < wire_len);
            let offset = (window.at + HEADER_LEN) as u32;
            let interface = Record::NO_INTERFACE;
            window.records.push(Record {
                time: Some(time),
                wire_len,
                offset,
                cap_len,
                link: self.link,
                flags,
                interface,
                interface_id: interface,
                options: (0, 0),
            });
            window.at += end;
        };
        window.meta.loss.truncated += truncated;
        pause
    }
}
