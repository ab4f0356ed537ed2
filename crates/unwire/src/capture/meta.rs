//! What a capture says beside its packets: sections, interfaces, and every other block, kept raw and read when asked for.
//! Bounded in memory whatever the file holds; it never touches packets.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::batch::Options;
use super::bytes::{half_at, long_at, word_at};
use super::clock::Clock;
use super::loss::{Loss, Reason};

/// A block type of draft-ietf-opsawg-pcapng; unknown ones are values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlockType(pub u32);

impl BlockType {
    /// Section header block; reads the same in both byte orders.
    pub const SECTION: Self = Self(0x0a0d_0d0a);
    /// Interface description block.
    pub const INTERFACE: Self = Self(1);
    /// Packet block, obsolete.
    pub const PACKET: Self = Self(2);
    /// Simple packet block.
    pub const SIMPLE_PACKET: Self = Self(3);
    /// Name resolution block.
    pub const NAMES: Self = Self(4);
    /// Interface statistics block.
    pub const STATISTICS: Self = Self(5);
    /// Enhanced packet block.
    pub const ENHANCED_PACKET: Self = Self(6);
    /// Decryption secrets block.
    pub const SECRETS: Self = Self(10);
    /// Custom block that may be copied.
    pub const CUSTOM: Self = Self(0x0000_0bad);
    /// Custom block that must not be copied when the file is changed.
    pub const CUSTOM_NO_COPY: Self = Self(0x4000_0bad);

    /// The smallest total length that holds the fixed part.
    pub(super) fn min_len(self) -> usize {
        match self {
            Self::SECTION => 28,
            Self::INTERFACE | Self::SECRETS => 20,
            Self::PACKET | Self::ENHANCED_PACKET => 32,
            Self::SIMPLE_PACKET | Self::CUSTOM | Self::CUSTOM_NO_COPY => 16,
            Self::STATISTICS => 24,
            _ => 12,
        }
    }
}

/// One block that is not a packet, as it stood in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its type.
    pub kind: BlockType,
    /// Frame number of the packet it stands before, so that a writer can put it back.
    pub before: u64,
    /// Number of its section, from 0: an index into [`Meta::sections`].
    pub section: u32,
    /// Its byte order.
    pub big_endian: bool,
    /// Where it stands in the decompressed capture.
    pub offset: u64,
    /// The whole block with type and both lengths.
    pub bytes: Vec<u8>,
}

impl Block {
    fn part(&self, at: usize) -> &[u8] {
        self.bytes.get(at..self.bytes.len().saturating_sub(4)).unwrap_or_default()
    }

    fn word(&self, at: usize) -> u32 {
        word_at(&self.bytes, at, self.big_endian).unwrap_or_default()
    }

    /// The options; empty for types without any or unknown ones.
    pub fn options(&self) -> Options<'_> {
        let at = match self.kind {
            BlockType::SECTION => 24,
            BlockType::INTERFACE => 16,
            BlockType::STATISTICS => 20,
            BlockType::SECRETS => 16 + (self.word(12) as usize).min(self.bytes.len()).next_multiple_of(4),
            BlockType::NAMES => 8 + names_len(self.part(8), self.big_endian),
            _ => usize::MAX,
        };
        Options::new(self.part(at), self.big_endian)
    }
}

/// A section: one capture session; a file may hold several, of either byte order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its byte order.
    pub big_endian: bool,
    /// Major and minor version.
    pub version: (u16, u16),
    /// Length in bytes without the header; -1 where it is not stated. Never relied on.
    pub len: i64,
    /// Number through the file of its first interface.
    pub first_interface: u32,
    /// Its raw options.
    pub options: Vec<u8>,
}

impl Section {
    /// The options.
    pub fn options(&self) -> Options<'_> {
        Options::new(&self.options, self.big_endian)
    }

    /// Hardware, operating system and program that wrote it (options 2, 3, 4).
    pub fn written_by(&self) -> [Option<Cow<'_, str>>; 3] {
        [2, 3, 4].map(|code| self.options().text(code))
    }
}

/// An interface of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Number of its section, from 0.
    pub section: u32,
    /// Number within its section, from 0: what tshark prints as `frame.interface_id`.
    pub id: u32,
    /// LINKTYPE value.
    pub link: u16,
    /// The most bytes captured of a packet; 0 is "no limit".
    pub snaplen: u32,
    /// How it counts time.
    pub clock: Clock,
    /// Byte order of its options.
    pub big_endian: bool,
    /// Its raw options.
    pub options: Vec<u8>,
}

impl Interface {
    /// The options.
    pub fn options(&self) -> Options<'_> {
        Options::new(&self.options, self.big_endian)
    }

    /// `if_name`.
    pub fn name(&self) -> Option<Cow<'_, str>> {
        self.options().text(2)
    }

    /// `if_description`.
    pub fn description(&self) -> Option<Cow<'_, str>> {
        self.options().text(3)
    }
}

/// One record of a name resolution block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name<'a> {
    /// The address.
    pub address: IpAddr,
    /// Its names.
    pub names: Vec<Cow<'a, str>>,
}

/// An interface statistics block.
#[derive(Clone, Debug)]
pub struct Statistics<'a> {
    /// Number of the interface through the file.
    pub interface: u32,
    /// When the counts were taken, by the interface's clock; `None` where the interface is not known.
    pub time: Option<i64>,
    /// The counts: `isb_ifrecv` is 4, `isb_ifdrop` 5, `isb_osdrop` 7 …
    pub options: Options<'a>,
}

/// A decryption secrets block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Secrets<'a> {
    /// What the bytes are: 0x544c534b is an NSS key log for TLS.
    pub kind: u32,
    /// The secrets.
    pub bytes: &'a [u8],
    /// Frame number of the packet they stand before.
    pub before: u64,
}

/// A custom block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Custom<'a> {
    /// Private enterprise number of who defined it.
    pub enterprise: u32,
    /// Whether it may be copied to a changed file.
    pub copyable: bool,
    /// Data and options, which only that enterprise can tell apart.
    pub bytes: &'a [u8],
    /// Frame number of the packet it stands before.
    pub before: u64,
}

/// What has been seen of a capture so far, beside its packets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    /// The sections, in file order; empty where the container has none.
    pub sections: Vec<Section>,
    /// The interfaces through the whole file: `Record::interface` is the index.
    pub interfaces: Vec<Interface>,
    /// Every block that is not a packet, in file order.
    pub blocks: Vec<Block>,
    /// What was read and what was lost.
    pub loss: Loss,
    kept: usize,
}

/// The most bytes of blocks, options and their bookkeeping that are kept.
const KEPT_LIMIT: usize = 64 << 20;

impl Meta {
    /// The names of all name resolution blocks.
    pub fn names(&self) -> impl Iterator<Item = Name<'_>> {
        self.of(BlockType::NAMES).flat_map(|block| Names { bytes: block.part(8), big_endian: block.big_endian })
    }

    /// The interface statistics.
    pub fn statistics(&self) -> impl Iterator<Item = Statistics<'_>> {
        self.of(BlockType::STATISTICS).map(|block| {
            let first = self.sections.get(block.section as usize).map_or(0, |section| section.first_interface);
            let interface = first.saturating_add(block.word(8));
            let known = self.interfaces.get(interface as usize).filter(|interface| interface.section == block.section);
            let ticks = u64::from(block.word(12)) << 32 | u64::from(block.word(16));
            Statistics { interface, time: known.map(|interface| interface.clock.nanoseconds(ticks)), options: block.options() }
        })
    }

    /// The decryption secrets.
    pub fn secrets(&self) -> impl Iterator<Item = Secrets<'_>> {
        self.of(BlockType::SECRETS).map(|block| {
            let bytes = block.part(16);
            let len = (block.word(12) as usize).min(bytes.len());
            Secrets { kind: block.word(8), bytes: bytes.get(..len).unwrap_or_default(), before: block.before }
        })
    }

    /// The custom blocks of both types.
    pub fn customs(&self) -> impl Iterator<Item = Custom<'_>> {
        let customs = self.blocks.iter().filter(|block| matches!(block.kind, BlockType::CUSTOM | BlockType::CUSTOM_NO_COPY));
        customs.map(|block| Custom {
            enterprise: block.word(8),
            copyable: block.kind == BlockType::CUSTOM,
            bytes: block.part(12),
            before: block.before,
        })
    }

    /// The comments of all blocks that are no packets, with the block they stand in.
    pub fn comments(&self) -> impl Iterator<Item = (&Block, Cow<'_, str>)> {
        self.blocks.iter().flat_map(|block| block.options().comments().map(move |comment| (block, comment)))
    }

    fn of(&self, kind: BlockType) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(move |block| block.kind == kind)
    }

    /// Keeps a block, or counts that it could not be kept.
    pub(super) fn keep_block(&mut self, block: Block, offset: u64) {
        if self.spend(block.bytes.len() + size_of::<Block>(), offset) {
            self.blocks.push(block);
        }
    }

    pub(super) fn keep_section(&mut self, section: Section, offset: u64) {
        if self.spend(section.options.len() + size_of::<Section>(), offset) {
            self.sections.push(section);
        }
    }

    pub(super) fn keep_interface(&mut self, interface: Interface, offset: u64) {
        if self.spend(interface.options.len() + size_of::<Interface>(), offset) {
            self.interfaces.push(interface);
        }
    }

    /// Once something was not kept nothing more is, so that sections and interfaces stay indexed by their numbers.
    fn spend(&mut self, bytes: usize, offset: u64) -> bool {
        self.kept = self.kept.saturating_add(bytes);
        let affordable = self.kept <= KEPT_LIMIT;
        if !affordable {
            self.kept = KEPT_LIMIT + 1;
            self.loss.note(Reason::KeptLimit, offset);
        }
        affordable
    }
}

/// The records of one name resolution block (draft-ietf-opsawg-pcapng, section 4.5): type, length, address, zero-terminated names.
struct Names<'a> {
    bytes: &'a [u8],
    big_endian: bool,
}

impl<'a> Names<'a> {
    /// The next record of any type, or `None` at `nrb_record_end` or where the block is cut.
    fn record(&mut self) -> Option<(u16, &'a [u8])> {
        let kind = half_at(self.bytes, 0, self.big_endian).filter(|&kind| kind != 0)?;
        let len = usize::from(half_at(self.bytes, 2, self.big_endian)?);
        let value = self.bytes.get(4..4 + len)?;
        self.bytes = self.bytes.get(4 + len.next_multiple_of(4)..).unwrap_or_default();
        Some((kind, value))
    }
}

impl<'a> Iterator for Names<'a> {
    type Item = Name<'a>;

    fn next(&mut self) -> Option<Name<'a>> {
        loop {
            let (kind, value) = self.record()?;
            let (address, names) = match kind {
                1 => value.split_first_chunk::<4>().map(|(address, names)| (IpAddr::from(Ipv4Addr::from(*address)), names)),
                2 => value.split_first_chunk::<16>().map(|(address, names)| (IpAddr::from(Ipv6Addr::from(*address)), names)),
                // Other kinds (EUI-48, EUI-64) stay readable in the raw block.
                _ => None,
            }
            .unwrap_or((IpAddr::from([0; 4]), &[]));
            let names: Vec<_> = names.split(|&byte| byte == 0).filter(|name| !name.is_empty()).map(String::from_utf8_lossy).collect();
            if !names.is_empty() {
                return Some(Name { address, names });
            }
        }
    }
}

/// How many bytes the records of a name resolution block take, their end mark included.
fn names_len(bytes: &[u8], big_endian: bool) -> usize {
    let mut names = Names { bytes, big_endian };
    while names.record().is_some() {}
    // What is left begins with the end mark, a record of type 0 and length 0.
    bytes.len() - names.bytes.len() + 4
}

/// `section_len` of a section header.
pub(super) fn section_len(block: &[u8], big_endian: bool) -> i64 {
    long_at(block, 16, big_endian).map_or(-1, |len| len as i64)
}
