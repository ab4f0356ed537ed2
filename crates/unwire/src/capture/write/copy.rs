//! Records on their way from one capture into a pcapng file: which section and interface they get, and which blocks go with them. Bytes
//! are the encoder's.

use std::collections::HashMap;

use super::pcapng::{PcapngEncoder, options};
use super::{Outgoing, Refused, word};
use crate::capture::bytes::word_at;
use crate::capture::clock::Clock;
use crate::capture::meta::{Block, BlockType, Interface, Meta, Section};

/// A pcapng file being written, record by record, out of any number of captures.
///
/// The first capture's section headers and interfaces are copied as they stood, and names, secrets, statistics and all other blocks with
/// them, each before the packet it stood before. What comes from another capture goes into the section that is open, its interfaces behind
/// those that are there, unless its byte order differs: then a new section begins.
#[derive(Clone, Debug, Default)]
pub struct PcapngWriter {
    encoder: PcapngEncoder,
    open: bool,
    /// Number in the open section of each interface of a capture: (capture, number through its file).
    copied: HashMap<(u64, u32), u32>,
    /// Number in the open section of the interface for packets that come from no capture, by link type.
    own: HashMap<u16, u32>,
    /// How far each capture's blocks were copied, and how many interfaces were among them.
    cursors: HashMap<u64, Cursor>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Cursor {
    blocks: usize,
    interfaces: u32,
    sections: u32,
}

/// Where a record comes from.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// Tells captures apart.
    pub capture: u64,
    /// What has been read of it beside packets.
    pub meta: &'a Meta,
    /// Frame number of the record.
    pub number: u64,
    /// Number of its interface through the file.
    pub interface: u32,
}

impl PcapngWriter {
    /// A writer that goes on behind a file that has been read to its end.
    pub fn resume(meta: &Meta) -> Self {
        let mut writer = Self::default();
        if let Some((last, section)) = meta.sections.iter().enumerate().next_back() {
            writer.open = true;
            writer.encoder.big_endian = section.big_endian;
            let interfaces = meta.interfaces.iter().filter(|interface| interface.section as usize == last);
            writer.encoder.interfaces = interfaces.map(|interface| (interface.link, interface.snaplen, interface.clock)).collect();
        }
        writer
    }

    /// Appends a section header, unless a section is open.
    pub fn begin(&mut self, big_endian: bool, out: &mut Vec<u8>) {
        if !self.open {
            self.section(big_endian, &[], out);
        }
    }

    /// Whether a section is open.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Byte order of the open section.
    pub fn big_endian(&self) -> bool {
        self.encoder.big_endian
    }

    /// Link type of an interface of the open section.
    pub fn link(&self, id: u32) -> Option<u16> {
        self.encoder.interfaces.get(id as usize).map(|(link, ..)| *link)
    }

    /// Appends an interface and returns its number.
    pub fn interface(&mut self, link: u16, snaplen: u32, clock: Clock, more: &[(u16, &[u8])], out: &mut Vec<u8>) -> u32 {
        let resolution = [clock.resolution];
        let more = more.iter().copied().chain(std::iter::once((9, resolution.as_slice())));
        let raw = options(self.encoder.big_endian, more);
        self.encoder.interface(link, snaplen, clock, &raw, out)
    }

    /// The interface for packets of this link type that come from no capture; appended where there is none yet.
    pub fn own_interface(&mut self, link: u16, snaplen: u32, clock: Clock, out: &mut Vec<u8>) -> u32 {
        if let Some(&id) = self.own.get(&link) {
            return id;
        }
        let fits = |&(known, _, ticks): &(u16, u32, Clock)| known == link && ticks == clock;
        let id = match self.encoder.interfaces.iter().position(fits) {
            Some(id) => id as u32,
            None => self.interface(link, snaplen, clock, &[], out),
        };
        self.own.insert(link, id);
        id
    }

    /// Appends whatever must stand before this record, and returns the number of its interface; `None` where its capture has lost it.
    pub fn prepare(&mut self, origin: &Origin<'_>, out: &mut Vec<u8>) -> Option<u32> {
        self.blocks(origin.capture, origin.meta, origin.number, out);
        let key = (origin.capture, origin.interface);
        if let Some(&id) = self.copied.get(&key) {
            return Some(id);
        }
        // Its section is not the open one any more: another capture's was begun.
        let interface = origin.meta.interfaces.get(origin.interface as usize)?;
        let section = origin.meta.sections.get(interface.section as usize)?;
        if section.big_endian != self.encoder.big_endian || !self.open {
            self.section(section.big_endian, &section.options, out);
        }
        for (number, interface) in (section.first_interface..).zip(of_section(origin.meta, section, interface.section)) {
            let id = self.encoder.interface(interface.link, interface.snaplen, interface.clock, &interface.options, out);
            self.copied.insert((origin.capture, number), id);
        }
        self.copied.get(&key).copied()
    }

    /// Appends the capture's blocks that stand behind its last packet.
    pub fn finish(&mut self, capture: u64, meta: &Meta, out: &mut Vec<u8>) {
        self.blocks(capture, meta, u64::MAX, out);
    }

    /// Appends a packet of an interface of the open section, whole or not at all.
    pub fn packet(&self, id: u32, record: &Outgoing<'_>, raw: &[u8], out: &mut Vec<u8>) -> Result<(), Refused> {
        self.encoder.packet(id, record, raw, out)
    }

    fn section(&mut self, big_endian: bool, raw: &[u8], out: &mut Vec<u8>) {
        self.open = true;
        self.copied.clear();
        self.own.clear();
        self.encoder.section(big_endian, raw, out);
    }

    /// The capture's blocks up to a frame number.
    fn blocks(&mut self, capture: u64, meta: &Meta, number: u64, out: &mut Vec<u8>) {
        let mut cursor = self.cursors.get(&capture).copied().unwrap_or_default();
        while let Some(block) = meta.blocks.get(cursor.blocks).filter(|block| block.before <= number) {
            cursor.blocks += 1;
            self.one_block(capture, meta, block, &mut cursor, out);
        }
        self.cursors.insert(capture, cursor);
    }

    fn one_block(&mut self, capture: u64, meta: &Meta, block: &Block, cursor: &mut Cursor, out: &mut Vec<u8>) {
        let body = block.bytes.get(8..block.bytes.len().saturating_sub(4)).unwrap_or_default();
        match block.kind {
            BlockType::SECTION => {
                cursor.sections += 1;
                // The first section of a second capture joins the one that is open.
                if !self.open || cursor.sections > 1 || block.big_endian != self.encoder.big_endian {
                    self.section(block.big_endian, body.get(16..).unwrap_or_default(), out);
                }
            }
            BlockType::INTERFACE => {
                let number = cursor.interfaces;
                cursor.interfaces += 1;
                if let Some(interface) = meta.interfaces.get(number as usize) {
                    let id = self.encoder.interface(interface.link, interface.snaplen, interface.clock, &interface.options, out);
                    self.copied.insert((capture, number), id);
                }
            }
            // A section of another byte order was begun meanwhile, in which this block would be misread.
            _ if block.big_endian != self.encoder.big_endian => {}
            BlockType::STATISTICS => {
                let first = meta.sections.get(block.section as usize).map_or(0, |section| section.first_interface);
                let id = word_at(body, 0, block.big_endian).unwrap_or_default();
                if let Some(&id) = self.copied.get(&(capture, first.saturating_add(id))) {
                    let mut body = body.to_vec();
                    body.splice(..4.min(body.len()), word(id, block.big_endian));
                    self.encoder.block(block.kind, &body, out);
                }
            }
            // It says of itself that it must not be copied.
            BlockType::CUSTOM_NO_COPY => {}
            _ => self.encoder.block(block.kind, body, out),
        }
    }
}

fn of_section<'a>(meta: &'a Meta, section: &Section, number: u32) -> impl Iterator<Item = &'a Interface> {
    meta.interfaces.iter().skip(section.first_interface as usize).take_while(move |interface| interface.section == number)
}
