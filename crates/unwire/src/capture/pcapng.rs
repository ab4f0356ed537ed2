//! pcapng (draft-ietf-opsawg-pcapng): blocks of one or more sections, in either byte order. Turns bytes into records and keeps
//! every other block; reads no source. Lengths are believed only once their bytes are there.

use super::batch::{Options, Record};
use super::bytes::{half_at, long_at, word_at, words};
use super::clock::Clock;
use super::loss::Reason;
use super::meta::{Block, BlockType, Interface, Section, section_len};
use super::window::{Pause, Window, longest_packet};

/// Type, length and the length repeated.
const FRAME: usize = 12;
/// From a block's start to the packet in an enhanced or an obsolete packet block, and in a simple one.
pub(super) const PACKET_AT: usize = 28;
pub(super) const SIMPLE_PACKET_AT: usize = 12;
/// A block that is no packet is held whole up to here; key logs and name lists stay far below.
const LONGEST_BLOCK: usize = 16 << 20;
/// Room for the options of a packet block beside its packet.
const LONGEST_OPTIONS: usize = 1 << 20;
/// Interfaces of one section beyond this many are kept raw only, and their packets count as `unknown_interface`.
const MOST_INTERFACES: usize = 1 << 16;

const OPTION_RESOLUTION: u16 = 9;
const OPTION_OFFSET: u16 = 14;

/// Up to this length no block needs a second look before its bytes are read.
const LONGEST_ORDINARY: usize = 256 << 10;

/// Whether a long block is read into memory.
enum Length {
    Held,
    /// More of its header must be there to tell.
    Unknown,
    Refused(Reason),
}

/// The state of reading a pcapng file.
#[derive(Clone, Debug, Default)]
pub(super) struct Pcapng {
    pub(super) big_endian: bool,
    sections: u32,
    /// Number of the section's first interface through the file.
    first_interface: u32,
    ports: Vec<Port>,
}

/// What the packets of an interface need.
#[derive(Clone, Copy, Debug)]
struct Port {
    link: u16,
    snaplen: u32,
    longest: u32,
    clock: Clock,
    /// Nanoseconds of a tick, where the clock is that simple.
    factor: Option<u64>,
}

impl Port {
    /// A time in nanoseconds; as an error the nearest that 64 bits can hold.
    fn time(&self, high: u32, low: u32) -> Result<i64, i64> {
        let ticks = u64::from(high) << 32 | u64::from(low);
        match self.factor.and_then(|factor| ticks.checked_mul(factor)) {
            Some(time) if time >> 63 == 0 => Ok(time as i64),
            _ => self.clock.exact(ticks),
        }
    }
}

impl Pcapng {
    /// A reader, if `head` begins with a section header; nothing of it is consumed.
    pub(super) fn open(head: &[u8]) -> Option<Self> {
        let [kind] = words::<true, 1>(head)?;
        let big_endian = byte_order(head)?;
        let version = half_at(head, 12, big_endian)?;
        (BlockType(kind) == BlockType::SECTION && version == 1).then(|| Self { big_endian, ..Self::default() })
    }

    pub(super) fn carve(&mut self, window: &mut Window<'_>) -> Pause {
        loop {
            let big_endian = self.big_endian;
            let pause = if big_endian { self.run::<true>(window) } else { self.run::<false>(window) };
            // `None` asks to go on in the other byte order.
            if let Some(pause) = pause {
                return pause;
            }
        }
    }

    fn run<const BIG: bool>(&mut self, window: &mut Window<'_>) -> Option<Pause> {
        loop {
            if window.is_full() {
                return Some(Pause::Full);
            }
            let bytes = window.bytes;
            let rest = bytes.get(window.at..).unwrap_or_default();
            let Some([kind, len]) = words::<BIG, 2>(rest) else { return Some(Pause::More(8)) };
            let kind = BlockType(kind);
            if kind == BlockType::SECTION {
                let Some(big_endian) = rest.get(..12).map(byte_order) else { return Some(Pause::More(12)) };
                // Without its byte order a section's lengths are noise.
                let Some(big_endian) = big_endian else { return Some(Pause::Stop(Reason::BadSection)) };
                if big_endian != BIG {
                    self.big_endian = big_endian;
                    return None;
                }
            }
            let len = len as usize;
            if len == 0 {
                return Some(Pause::Stop(Reason::ZeroLengthBlock));
            }
            if len < FRAME || !len.is_multiple_of(4) {
                return Some(Pause::Stop(Reason::BadBlockLength));
            }
            if len > LONGEST_ORDINARY {
                match self.judge_length::<BIG>(kind, len, rest) {
                    Length::Held => {}
                    Length::Unknown => return Some(Pause::More(FRAME)),
                    Length::Refused(reason) => {
                        window.note(reason);
                        return Some(Pause::Skip(len as u64));
                    }
                }
            }
            let Some(block) = rest.get(..len) else { return Some(Pause::More(len)) };
            if rest.get(len - 4..).and_then(words::<BIG, 1>) != Some([len as u32]) {
                return Some(Pause::Stop(Reason::BadBlockLength));
            }
            let outcome = match kind {
                _ if len < kind.min_len() => Err(Reason::BlockTooShort),
                BlockType::ENHANCED_PACKET => self.packet::<BIG, false>(block, window),
                BlockType::PACKET => self.packet::<BIG, true>(block, window),
                BlockType::SIMPLE_PACKET => self.simple_packet::<BIG>(block, window),
                _ => self.other(kind, block, window),
            };
            match outcome {
                Ok(()) => {}
                // Without its section or interface header what follows would be misread.
                Err(Reason::BadSection) => return Some(Pause::Stop(Reason::BadSection)),
                Err(reason) if matches!(kind, BlockType::SECTION | BlockType::INTERFACE) => return Some(Pause::Stop(reason)),
                Err(reason) => window.note(reason),
            }
            window.at += len;
        }
    }

    /// What to do with a block of more than ordinary length, whose bytes are not all there yet.
    #[cold]
    fn judge_length<const BIG: bool>(&self, kind: BlockType, len: usize, rest: &[u8]) -> Length {
        let id = match kind {
            BlockType::ENHANCED_PACKET => rest.get(8..).and_then(words::<BIG, 1>).map(|[id]| id),
            BlockType::PACKET => half_at(rest, 8, BIG).map(u32::from),
            BlockType::SIMPLE_PACKET => Some(0),
            _ if len > LONGEST_BLOCK => return Length::Refused(Reason::BlockTooLong),
            _ => return Length::Held,
        };
        let Some(id) = id else { return Length::Unknown };
        match self.ports.get(id as usize) {
            None => Length::Refused(Reason::UnknownInterface),
            Some(port) if len > port.longest as usize + LONGEST_OPTIONS => Length::Refused(Reason::RecordTooLong),
            Some(_) => Length::Held,
        }
    }

    /// An enhanced packet block (section 4.3) or an obsolete packet block (appendix A), which differ in 32 bits of the header.
    #[expect(clippy::inline_always, reason = "called once per packet in a loop specialised by byte order")]
    #[inline(always)]
    fn packet<const BIG: bool, const OBSOLETE: bool>(&self, block: &[u8], window: &mut Window<'_>) -> Result<(), Reason> {
        let Some([_, _, id, high, low, cap_len, wire_len]) = words::<BIG, 7>(block) else { return Err(Reason::BlockTooShort) };
        // There, interface and drop count are 16 bits each, in file order.
        let id = if OBSOLETE { if BIG { id >> 16 } else { id & 0xffff } } else { id };
        let Some(port) = self.ports.get(id as usize) else { return Err(Reason::UnknownInterface) };
        if cap_len as usize > block.len() - PACKET_AT - 4 {
            return Err(Reason::PacketBeyondBlock);
        }
        if cap_len > port.longest {
            return Err(Reason::RecordTooLong);
        }
        let options = PACKET_AT + (cap_len as usize).next_multiple_of(4);
        let options_len = (block.len() - 4).saturating_sub(options);
        let order = if BIG { Record::BIG_ENDIAN } else { 0 };
        window.begin();
        window.meta.loss.truncated += u64::from(cap_len < wire_len);
        let time = port.time(high, low).unwrap_or_else(|nearest| {
            window.note(Reason::TimeOutOfRange);
            nearest
        });
        window.records.push(Record {
            time: Some(time),
            wire_len,
            offset: (window.at + PACKET_AT) as u32,
            cap_len,
            link: port.link,
            flags: if OBSOLETE { order | Record::OBSOLETE } else { order },
            interface: self.first_interface.saturating_add(id),
            interface_id: id,
            options: if options_len == 0 { (0, 0) } else { ((window.at + options) as u32, options_len as u32) },
        });
        Ok(())
    }

    /// A simple packet block (section 4.4): no time, no options, the section's first interface, and no captured length but the
    /// smaller of the packet's and the interface's snap length.
    fn simple_packet<const BIG: bool>(&self, block: &[u8], window: &mut Window<'_>) -> Result<(), Reason> {
        let Some([_, _, wire_len]) = words::<BIG, 3>(block) else { return Err(Reason::BlockTooShort) };
        let Some(port) = self.ports.first() else { return Err(Reason::UnknownInterface) };
        let cap_len = if port.snaplen == 0 { wire_len } else { wire_len.min(port.snaplen) };
        if cap_len as usize > block.len() - SIMPLE_PACKET_AT - 4 {
            return Err(Reason::PacketBeyondBlock);
        }
        if cap_len > port.longest {
            return Err(Reason::RecordTooLong);
        }
        window.begin();
        window.meta.loss.truncated += u64::from(cap_len < wire_len);
        window.records.push(Record {
            time: None,
            wire_len,
            offset: (window.at + SIMPLE_PACKET_AT) as u32,
            cap_len,
            link: port.link,
            flags: if BIG { Record::BIG_ENDIAN | Record::SIMPLE } else { Record::SIMPLE },
            interface: self.first_interface,
            interface_id: 0,
            options: (0, 0),
        });
        Ok(())
    }

    /// Every block that is no packet: sections and interfaces change how what follows is read, and all are kept.
    fn other(&mut self, kind: BlockType, block: &[u8], window: &mut Window<'_>) -> Result<(), Reason> {
        let offset = window.offset();
        let options = |at: usize| block.get(at..block.len() - 4).unwrap_or_default().to_vec();
        let big_endian = self.big_endian;
        match kind {
            BlockType::SECTION => {
                let (Some(major), Some(minor)) = (half_at(block, 12, big_endian), half_at(block, 14, big_endian)) else {
                    return Err(Reason::BadSection);
                };
                // Another major version may lay out everything else; minor 2 is the same as 0 (section 4.1).
                if major != 1 {
                    return Err(Reason::BadSection);
                }
                self.sections += 1;
                self.first_interface = self.first_interface.saturating_add(self.ports.len() as u32);
                self.ports.clear();
                let len = section_len(block, big_endian);
                let section = Section { big_endian, version: (major, minor), len, first_interface: self.first_interface, options: options(24) };
                window.meta.keep_section(section, offset);
            }
            BlockType::INTERFACE => {
                let (Some(link), Some(snaplen)) = (half_at(block, 8, big_endian), word_at(block, 12, big_endian)) else {
                    return Err(Reason::BlockTooShort);
                };
                let options = options(16);
                let clock = clock(&Options::new(&options, big_endian), big_endian);
                if self.ports.len() < MOST_INTERFACES {
                    let id = self.ports.len() as u32;
                    self.ports.push(Port { link, snaplen, longest: longest_packet(link), clock, factor: clock.factor() });
                    let section = self.sections.saturating_sub(1);
                    window.meta.keep_interface(Interface { section, id, link, snaplen, clock, big_endian, options }, offset);
                }
            }
            BlockType::NAMES | BlockType::STATISTICS | BlockType::SECRETS => {}
            _ => window.meta.loss.skipped_blocks += 1,
        }
        let before = window.next_number();
        let section = self.sections.saturating_sub(1);
        window.meta.keep_block(Block { kind, before, section, big_endian, offset, bytes: block.to_vec() }, offset);
        Ok(())
    }
}

/// The byte order a section header states in its magic number, `None` if it states none.
pub(super) fn byte_order(block: &[u8]) -> Option<bool> {
    match block.get(8..12)? {
        [0x1a, 0x2b, 0x3c, 0x4d] => Some(true),
        [0x4d, 0x3c, 0x2b, 0x1a] => Some(false),
        _ => None,
    }
}

/// What an interface's options say of its clock.
pub(super) fn clock(options: &Options<'_>, big_endian: bool) -> Clock {
    let mut clock = Clock::default();
    if let Some(&[resolution]) = options.value(OPTION_RESOLUTION) {
        clock.resolution = resolution;
    }
    if let Some(offset) = options.value(OPTION_OFFSET).and_then(|value| long_at(value, 0, big_endian)) {
        clock.offset = offset as i64;
    }
    clock
}
