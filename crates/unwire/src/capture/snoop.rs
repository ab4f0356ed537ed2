//! snoop (RFC 1761), the format of Solaris. Turns bytes into records; reads no source.

use super::batch::Record;
use super::bytes::words;
use super::loss::Reason;
use super::window::{Pause, Window, longest_packet};

const FILE_HEADER: usize = 16;
/// Original length, included length, record length, cumulative drops, seconds, microseconds.
pub(super) const HEADER: usize = 24;
const VERSION: u32 = 2;

/// A snoop file's header, read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Snoop {
    pub(super) link: u16,
}

impl Snoop {
    /// The header at the start of `head` and its length; `None` if this is no snoop file of the one version there is.
    pub(super) fn open(head: &[u8]) -> Option<(Self, usize)> {
        let head = head.get(..FILE_HEADER)?;
        let [version, link] = words::<true, 2>(head.strip_prefix(b"snoop\0\0\0")?)?;
        (version == VERSION).then_some((Self { link: link_type(link) }, FILE_HEADER))
    }

    pub(super) fn carve(self, window: &mut Window<'_>) -> Pause {
        window.begin();
        let longest = longest_packet(self.link);
        loop {
            if window.is_full() {
                return Pause::Full;
            }
            let rest = window.rest();
            let Some([wire_len, cap_len, record_len, _drops, seconds, fraction]) = words::<true, 6>(rest) else { return Pause::More(HEADER) };
            if cap_len > longest {
                return Pause::Stop(Reason::RecordTooLong);
            }
            let (record_len, needed) = (record_len as usize, HEADER + cap_len as usize);
            // The record length includes header and padding; nobody pads by more than a page.
            if record_len < needed || record_len > needed + 4096 {
                return Pause::Stop(Reason::BadRecordLength);
            }
            if rest.len() < record_len {
                return Pause::More(record_len);
            }
            let time = i64::from(seconds) * 1_000_000_000 + i64::from(fraction) * 1000;
            window.meta.loss.truncated += u64::from(cap_len < wire_len);
            window.records.push(Record {
                time: Some(time),
                wire_len,
                offset: (window.at + HEADER) as u32,
                cap_len,
                link: self.link,
                flags: Record::BIG_ENDIAN,
                interface: Record::NO_INTERFACE,
                interface_id: Record::NO_INTERFACE,
                options: (0, 0),
            });
            window.at += record_len;
        }
    }
}

/// The LINKTYPE value of a datalink type of RFC 1761 and of Solaris's DLPI after it.
fn link_type(datalink: u32) -> u16 {
    match datalink {
        // IEEE 802.3 and Ethernet.
        0 | 4 => 1,
        // IEEE 802.5 token ring.
        2 => 6,
        8 => 10,
        // Classical IP over ATM, with SunATM's pseudo-header.
        18 => 123,
        // IP over InfiniBand.
        26 => 242,
        // Raw IPv4 and IPv6 of Solaris tunnels.
        0x8000_0001 => 228,
        0x8000_0002 => 229,
        _ => Record::NO_LINK,
    }
}

/// The datalink type of RFC 1761 or DLPI for a LINKTYPE value, where there is one: what [`link_type`] reads, the other way.
pub(super) fn datalink(link: u16) -> Option<u32> {
    Some(match link {
        1 => 4,
        6 => 2,
        10 => 8,
        123 => 18,
        242 => 26,
        228 => 0x8000_0001,
        229 => 0x8000_0002,
        _ => return None,
    })
}
