//! Records on their way into a capture: which interface a record is of, what its format cannot say of it, when bytes are handed over. How a
//! record looks in a file is the engine's; Python's arguments are writer.rs's.

use std::collections::HashMap;
use std::fs::File;
use std::sync::Arc;

use pyo3::prelude::*;
use unwire::capture::write::{Hold, Origin, Outgoing, PcapEncoder, PcapngWriter, Refused, SnoopEncoder, options};
use unwire::capture::{Capture, Clock, Container};

use super::{WriteError, address};
use crate::outgoing::{Called, to_python as io_to_python};
use crate::record::{Record, Shared, lock};

pub(super) enum Target {
    File(File),
    Object(Py<PyAny>),
}

pub(super) enum Shape {
    Pcap(PcapEncoder),
    Pcapng(PcapngWriter),
    Snoop(Option<SnoopEncoder>),
}

pub(super) struct State {
    pub(super) target: Target,
    pub(super) shape: Shape,
    /// Whether the file header was written, or was there.
    pub(super) begun: bool,
    pub(super) link: Option<u16>,
    pub(super) snaplen: u32,
    pub(super) clock: Clock,
    pub(super) big_endian: bool,
    pub(super) hold: Hold,
    /// The captures that records came from, by address, held so that no address is used twice.
    pub(super) origins: Vec<Shared>,
    /// What records had and the format has not.
    pub(super) lost: HashMap<&'static str, u64>,
}

/// A packet that comes from no capture, or with changed values.
pub(super) struct Loose<'a> {
    pub(super) outgoing: Outgoing<'a>,
    pub(super) interface: Option<u32>,
    pub(super) comments: Vec<String>,
}

fn refused(refused: Refused) -> PyErr {
    WriteError::new_err(refused.to_string())
}

impl State {
    /// Goes on behind a file: its byte order, resolution and link type are taken over.
    pub(super) fn resume(&mut self, capture: &Capture, nanoseconds: Option<bool>) -> PyResult<()> {
        let format = capture.format();
        let wrong = |text: String| Err(WriteError::new_err(format!("cannot append: {text}")));
        if format.compression != unwire::capture::Compression::Plain {
            return wrong(format!("the file is compressed with {}", format.compression.name()));
        }
        if let Some(lost) = capture.meta().loss.reasons.first() {
            return wrong(format!("the file is damaged at byte {} ({}); what is appended there could not be read", lost.first_offset, lost.reason));
        }
        let resolution = format.resolution.unwrap_or(6);
        match (&mut self.shape, format.container) {
            (Shape::Pcap(pcap), Container::Pcap) => {
                pcap.big_endian = format.big_endian;
                pcap.nanoseconds = resolution == 9;
                let file = format.link.unwrap_or(1);
                if let Some(link) = self.link.filter(|link| *link != file) {
                    return wrong(format!("the file has link type {file}, not {link}"));
                }
                if nanoseconds.is_some_and(|wanted| wanted != pcap.nanoseconds) {
                    return wrong(format!("the file counts {}seconds", if pcap.nanoseconds { "nano" } else { "micro" }));
                }
                pcap.link = file;
                self.link = Some(file);
            }
            (Shape::Pcapng(pcapng), Container::Pcapng) => *pcapng = PcapngWriter::resume(capture.meta()),
            (Shape::Snoop(snoop), Container::Snoop) => {
                let link = format.link.ok_or_else(|| WriteError::new_err("cannot append: the file's datalink type has no link type"))?;
                if let Some(wanted) = self.link.filter(|wanted| *wanted != link) {
                    return wrong(format!("the file has link type {link}, not {wanted}"));
                }
                *snoop = Some(SnoopEncoder::new(link).map_err(refused)?);
                self.link = Some(link);
            }
            (_, container) => return wrong(format!("the file is {}", container.name())),
        }
        self.begun = true;
        Ok(())
    }

    /// Writes the file header, unless there is one; the first record's link type is the file's where none was given.
    pub(super) fn begin(&mut self, link: u16) -> PyResult<()> {
        if self.begun {
            return Ok(());
        }
        let link = self.link.unwrap_or(link);
        match &mut self.shape {
            Shape::Pcap(pcap) => {
                pcap.link = link;
                self.hold.open().extend_from_slice(&pcap.header());
            }
            Shape::Snoop(snoop) => {
                let encoder = SnoopEncoder::new(link).map_err(refused)?;
                self.hold.open().extend_from_slice(&encoder.header());
                *snoop = Some(encoder);
            }
            // A section begins with the first packet, in that packet's byte order.
            Shape::Pcapng(_) => {}
        }
        self.link = Some(link);
        self.hold.close();
        self.begun = true;
        Ok(())
    }

    /// The link type of an interface that was described.
    pub(super) fn link_of(&self, interface: Option<u32>) -> Option<u16> {
        match &self.shape {
            Shape::Pcapng(pcapng) => pcapng.link(interface?),
            Shape::Pcap(_) | Shape::Snoop(_) => None,
        }
    }

    pub(super) fn lose(&mut self, what: &'static str) {
        *self.lost.entry(what).or_default() += 1;
    }

    /// Counts what pcap and snoop cannot say of a record.
    pub(super) fn account(&mut self, time: Option<i64>, has_options: bool, nanoseconds: bool) {
        if has_options {
            self.lose("options");
        }
        if !nanoseconds && time.is_some_and(|time| time % 1000 != 0) {
            self.lose("nanoseconds");
        }
    }

    pub(super) fn copy(&mut self, py: Python<'_>, record: &Record, outgoing: &Outgoing<'_>, comments: &[String]) -> PyResult<()> {
        let has_options = !record.options.is_empty() || !comments.is_empty();
        let Shape::Pcapng(pcapng) = &mut self.shape else { return self.simple(outgoing, has_options) };
        let hold = &mut self.hold;
        let known = match &record.origin {
            None => None,
            Some(origin) => {
                if !self.origins.iter().any(|known| Arc::ptr_eq(known, origin)) {
                    self.origins.push(Arc::clone(origin));
                }
                let reading = lock(py, origin);
                let meta = reading.capture.meta();
                let origin = Origin { capture: address(origin), meta, number: record.number, interface: record.place };
                let id = pcapng.prepare(&origin, hold.open());
                // A link type that the user put in place of the capture's needs an interface of its own.
                id.filter(|_| meta.interfaces.get(record.place as usize).is_some_and(|interface| interface.link == outgoing.link))
            }
        };
        let id = known.unwrap_or_else(|| {
            pcapng.begin(self.big_endian, hold.open());
            pcapng.own_interface(outgoing.link, self.snaplen, self.clock, hold.open())
        });
        hold.close();
        let list = unwire::capture::Options::new(&record.options, record.big_endian);
        let raw = if comments.is_empty() && record.big_endian == pcapng.big_endian() {
            record.options.to_vec()
        } else {
            let added = comments.iter().map(|comment| (1, comment.as_bytes()));
            let turned: Vec<(u16, Vec<u8>)> =
                list.map(|(code, value)| (code, turned(code, value, record.big_endian != pcapng.big_endian()))).collect();
            options(pcapng.big_endian(), turned.iter().map(|(code, value)| (*code, value.as_slice())).chain(added))
        };
        if let Err(error) = pcapng.packet(id, outgoing, &raw, hold.open()) {
            hold.reject();
            return Err(refused(error));
        }
        hold.close();
        Ok(())
    }

    pub(super) fn loose(&mut self, packet: &Loose<'_>) -> PyResult<()> {
        let Shape::Pcapng(pcapng) = &mut self.shape else {
            if packet.interface.is_some() {
                return Err(WriteError::new_err("only pcapng describes interfaces"));
            }
            if !packet.comments.is_empty() {
                return Err(WriteError::new_err("only pcapng holds comments"));
            }
            return self.simple(&packet.outgoing, false);
        };
        let hold = &mut self.hold;
        pcapng.begin(self.big_endian, hold.open());
        let id = match packet.interface {
            Some(id) => id,
            None => pcapng.own_interface(packet.outgoing.link, self.snaplen, self.clock, hold.open()),
        };
        hold.close();
        let raw = options(pcapng.big_endian(), packet.comments.iter().map(|comment| (1, comment.as_bytes())));
        if let Err(error) = pcapng.packet(id, &packet.outgoing, &raw, hold.open()) {
            hold.reject();
            return Err(refused(error));
        }
        hold.close();
        Ok(())
    }

    pub(super) fn simple(&mut self, outgoing: &Outgoing<'_>, has_options: bool) -> PyResult<()> {
        let (written, nanoseconds) = match &self.shape {
            Shape::Pcap(pcap) => (pcap.record(outgoing, self.hold.open()), pcap.nanoseconds),
            Shape::Snoop(Some(snoop)) => (snoop.record(outgoing, self.hold.open()), false),
            Shape::Snoop(None) | Shape::Pcapng(_) => (Ok(()), true),
        };
        if let Err(error) = written {
            self.hold.reject();
            return Err(refused(error));
        }
        self.hold.close();
        self.account(outgoing.time, has_options, nanoseconds);
        Ok(())
    }

    pub(super) fn settle(&mut self, py: Python<'_>) -> PyResult<()> {
        if self.hold.is_large() { self.flush(py) } else { Ok(()) }
    }

    pub(super) fn flush(&mut self, py: Python<'_>) -> PyResult<()> {
        if self.hold.is_empty() {
            return Ok(());
        }
        let hold = &mut self.hold;
        match &mut self.target {
            Target::File(file) => py.detach(|| hold.hand_over(file)).map_err(PyErr::from),
            Target::Object(object) => hold.hand_over(&mut Called::new(object.bind(py))).map_err(io_to_python),
        }
    }
}

/// An option's value in the other byte order, where its layout is a number: flags, drop count, packet id and queue of a packet block.
fn turned(code: u16, value: &[u8], other: bool) -> Vec<u8> {
    let mut value = value.to_vec();
    if other && matches!(code, 2 | 4 | 5 | 6) {
        value.reverse();
    }
    value
}
