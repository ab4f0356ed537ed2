//! One record at a time out of bytes that the caller brings, and never a byte more than the next record needs: for readers over
//! a source that others watch, such as a live pipe. Decides nothing about what is missing; reads no source.

use super::batch::Options;
use super::bytes::{half_at, word_at, words};
use super::clock::Clock;
use super::loss::Reason;
use super::meta::BlockType;
use super::pcap::Pcap;
use super::pcapng::{byte_order, clock};

const SNOOP_HEADER: usize = 24;
/// Interfaces of one section beyond this many get the clock of the first.
const MOST_INTERFACES: usize = 1 << 16;

/// A capture taken step by step. The file header of pcap and snoop is not part of the steps.
#[derive(Clone, Debug)]
pub struct Steps(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Pcap(Pcap),
    Pcapng(Sections),
    Snoop,
}

/// What of pcapng lives from block to block.
#[derive(Clone, Debug, Default)]
struct Sections {
    big_endian: bool,
    /// Clock and snap length of each interface of the section.
    interfaces: Vec<(Clock, u32)>,
}

/// What stands at the front of the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// So many bytes from the front on are needed to tell, or to have the record whole.
    Need(usize),
    /// A packet.
    Packet(Packet),
    /// No packet: so many bytes to pass over.
    Pass(usize),
    /// Damage, and the bytes it takes; `None` where what follows cannot be found.
    Damaged(Reason, Option<usize>),
}

/// A packet at the front of the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Bytes of the whole record.
    pub len: usize,
    /// Where the captured bytes start.
    pub start: usize,
    /// How many were captured.
    pub cap_len: usize,
    /// Length on the wire.
    pub wire_len: u32,
    /// When.
    pub stamp: Stamp,
}

/// A time as the container states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// Seconds and the fraction of one, in the file's unit.
    Parts(u32, u32),
    /// Ticks of a clock.
    Ticks(u64, Clock),
    /// None: a simple packet block.
    Unknown,
}

impl Steps {
    /// The records behind a pcap file header; `None` if that is none.
    pub fn pcap(header: &[u8]) -> Option<Self> {
        Pcap::open(header).map(|(pcap, _)| Self(Kind::Pcap(pcap)))
    }

    /// The blocks of a pcapng file, its first section header included.
    pub fn pcapng() -> Self {
        Self(Kind::Pcapng(Sections::default()))
    }

    /// The records behind a snoop file header.
    pub fn snoop() -> Self {
        Self(Kind::Snoop)
    }

    /// The bytes of the fixed header that every record begins with.
    pub fn header_len(&self) -> usize {
        match &self.0 {
            Kind::Pcap(pcap) => pcap.header_len(),
            Kind::Pcapng(_) => 8,
            Kind::Snoop => SNOOP_HEADER,
        }
    }

    /// What stands at the front of `bytes`. A block that describes others is taken note of once it is whole.
    #[inline]
    pub fn step(&mut self, bytes: &[u8]) -> Step {
        match &mut self.0 {
            Kind::Pcap(pcap) => step_pcap(pcap, bytes),
            Kind::Pcapng(sections) => sections.step(bytes),
            Kind::Snoop => step_snoop(bytes),
        }
    }

    /// The packet of which only these last bytes are there, as far as it goes: pcap and snoop, once its header is whole.
    pub fn cut(&self, rest: &[u8]) -> Option<Packet> {
        let start = self.header_len();
        let packet = rest.get(..start)?;
        match &self.0 {
            Kind::Pcap(pcap) => {
                let [seconds, fraction, first, second] = if pcap.big_endian { words::<true, 4>(packet)? } else { words::<false, 4>(packet)? };
                let (cap_len, wire_len) = pcap.lengths(first, second);
                let stamp = Stamp::Parts(seconds, fraction);
                Some(Packet { len: rest.len(), start, cap_len: (cap_len as usize).min(rest.len() - start), wire_len, stamp })
            }
            Kind::Snoop => {
                let [wire_len, cap_len, _, _, seconds, fraction] = words::<true, 6>(packet)?;
                let stamp = Stamp::Parts(seconds, fraction);
                Some(Packet { len: rest.len(), start, cap_len: (cap_len as usize).min(rest.len() - start), wire_len, stamp })
            }
            Kind::Pcapng(_) => None,
        }
    }

    /// Whether these last bytes are no packet, cut or not: less than a block's header, or a block of another kind.
    pub fn ends_quietly(&self, rest: &[u8]) -> bool {
        let Kind::Pcapng(sections) = &self.0 else { return false };
        let kind = word_at(rest, 0, sections.big_endian).filter(|_| rest.len() >= 8).map(BlockType);
        !matches!(kind, Some(BlockType::ENHANCED_PACKET | BlockType::PACKET | BlockType::SIMPLE_PACKET))
    }
}

#[inline]
fn step_pcap(pcap: &Pcap, bytes: &[u8]) -> Step {
    let start = pcap.header_len();
    let header = if pcap.big_endian { words::<true, 4>(bytes) } else { words::<false, 4>(bytes) };
    let Some([seconds, fraction, cap_len, wire_len]) = header else { return Step::Need(start) };
    let (cap_len, wire_len) = pcap.lengths(cap_len, wire_len);
    let len = start + cap_len as usize;
    if len > bytes.len() {
        return Step::Need(len);
    }
    Step::Packet(Packet { len, start, cap_len: cap_len as usize, wire_len, stamp: Stamp::Parts(seconds, fraction) })
}

#[inline]
fn step_snoop(bytes: &[u8]) -> Step {
    let Some([wire_len, cap_len, len, _drops, seconds, fraction]) = words::<true, 6>(bytes) else { return Step::Need(SNOOP_HEADER) };
    let len = len as usize;
    if len < SNOOP_HEADER {
        return Step::Damaged(Reason::BadRecordLength, None);
    }
    if len > bytes.len() {
        return Step::Need(len);
    }
    let cap_len = (cap_len as usize).min(len - SNOOP_HEADER);
    Step::Packet(Packet { len, start: SNOOP_HEADER, cap_len, wire_len, stamp: Stamp::Parts(seconds, fraction) })
}

impl Sections {
    fn step(&mut self, bytes: &[u8]) -> Step {
        let Some(kind) = word_at(bytes, 0, self.big_endian).map(BlockType) else { return Step::Need(8) };
        if kind == BlockType::SECTION {
            if bytes.len() < 12 {
                return Step::Need(12);
            }
            let Some(big_endian) = byte_order(bytes) else { return Step::Damaged(Reason::BadSection, None) };
            self.big_endian = big_endian;
        }
        let Some(len) = word_at(bytes, 4, self.big_endian) else { return Step::Need(8) };
        let len = len as usize;
        if len == 0 {
            return Step::Damaged(Reason::ZeroLengthBlock, None);
        }
        if len < 12 {
            return Step::Damaged(Reason::BadBlockLength, None);
        }
        let Some(block) = bytes.get(..len) else { return Step::Need(len) };
        if len < kind.min_len() {
            return Step::Damaged(Reason::BlockTooShort, Some(len));
        }
        match kind {
            BlockType::SECTION => self.interfaces.clear(),
            BlockType::INTERFACE if self.interfaces.len() < MOST_INTERFACES => {
                let options = Options::new(block.get(16..len - 4).unwrap_or_default(), self.big_endian);
                let snaplen = word_at(block, 12, self.big_endian).unwrap_or_default();
                self.interfaces.push((clock(&options, self.big_endian), snaplen));
            }
            BlockType::ENHANCED_PACKET | BlockType::PACKET | BlockType::SIMPLE_PACKET => {
                return self.packet(kind, block).unwrap_or_else(|reason| Step::Damaged(reason, Some(len)));
            }
            _ => {}
        }
        Step::Pass(len)
    }

    fn packet(&self, kind: BlockType, block: &[u8]) -> Result<Step, Reason> {
        let len = block.len();
        let big = self.big_endian;
        if word_at(block, len - 4, big) != Some(len as u32) {
            return Err(Reason::BadBlockLength);
        }
        if kind == BlockType::SIMPLE_PACKET {
            let wire_len = word_at(block, 8, big).ok_or(Reason::BlockTooShort)?;
            let snaplen = self.interfaces.first().map_or(0, |(_, snaplen)| *snaplen);
            let cap_len = if snaplen == 0 { wire_len } else { wire_len.min(snaplen) } as usize;
            if cap_len > len - 16 {
                return Err(Reason::PacketBeyondBlock);
            }
            return Ok(Step::Packet(Packet { len, start: 12, cap_len, wire_len, stamp: Stamp::Unknown }));
        }
        let header = if big { words::<true, 7>(block) } else { words::<false, 7>(block) };
        let [_, _, id, high, low, cap_len, wire_len] = header.ok_or(Reason::BlockTooShort)?;
        let id = if kind == BlockType::PACKET { half_at(block, 8, big).map_or(0, u32::from) } else { id };
        if cap_len as usize > len - 32 {
            return Err(Reason::PacketBeyondBlock);
        }
        // A packet of an interface that was never described is read by the first one's clock, rather than not at all.
        let interface = self.interfaces.get(id as usize).or(self.interfaces.first());
        let clock = interface.map_or_else(Clock::default, |(clock, _)| *clock);
        let stamp = Stamp::Ticks(u64::from(high) << 32 | u64::from(low), clock);
        Ok(Step::Packet(Packet { len, start: 28, cap_len: cap_len as usize, wire_len, stamp }))
    }
}
