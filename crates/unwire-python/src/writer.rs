//! Captures written: Python's records, bytes and files on one side, the engine's writers on the other. How a record looks in a file is
//! the engine's; paths and their renaming are Python's.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::PyBytes;
use unwire::capture::write::{Hold, Origin, Outgoing, PcapEncoder, PcapngWriter, Refused, SnoopEncoder, options};
use unwire::capture::{Batch, Capture, Clock, Container, Limits};

use crate::outgoing::{Called, to_python as io_to_python};
use crate::record::{Record, Shared, lock};
use crate::source::{Source, to_python};

create_exception!(unwire, WriteError, PyValueError, "A record that the file cannot hold, or a file that cannot be appended to.");

fn refused(refused: Refused) -> PyErr {
    WriteError::new_err(refused.to_string())
}

enum Target {
    File(File),
    Object(Py<PyAny>),
}

enum Shape {
    Pcap(PcapEncoder),
    Pcapng(PcapngWriter),
    Snoop(Option<SnoopEncoder>),
}

struct State {
    target: Target,
    shape: Shape,
    /// Whether the file header was written, or was there.
    begun: bool,
    link: Option<u16>,
    snaplen: u32,
    clock: Clock,
    big_endian: bool,
    hold: Hold,
    /// The captures that records came from, by address, held so that no address is used twice.
    origins: Vec<Shared>,
    /// What records had and the format has not.
    lost: HashMap<&'static str, u64>,
}

/// Writes records into a file or a Python object with `write`.
#[pyclass(frozen, module = "unwire._engine")]
pub(crate) struct RecordWriter(Mutex<State>);

/// A packet that comes from no capture, or with changed values.
struct Loose<'a> {
    outgoing: Outgoing<'a>,
    interface: Option<u32>,
    comments: Vec<String>,
}

#[pymethods]
impl RecordWriter {
    /// `target` is a path, opened for writing (at its end where `existing` is what it holds), or an object with `write`.
    #[new]
    #[pyo3(signature = (target, format, link = None, snaplen = 262_144, nanoseconds = None, big_endian = false, existing = None))]
    #[expect(clippy::too_many_arguments, reason = "the settings of a file, by name")]
    fn new(
        py: Python<'_>,
        target: &Bound<'_, PyAny>,
        format: &str,
        link: Option<u16>,
        snaplen: u32,
        nanoseconds: Option<bool>,
        big_endian: bool,
        existing: Option<&Source>,
    ) -> PyResult<Self> {
        let clock = Clock { resolution: if nanoseconds.unwrap_or(true) { 9 } else { 6 }, offset: 0 };
        let shape = match format {
            "pcap" => Shape::Pcap(PcapEncoder { big_endian, nanoseconds: nanoseconds.unwrap_or(true), link: link.unwrap_or(1), snaplen }),
            "pcapng" => Shape::Pcapng(PcapngWriter::default()),
            "snoop" => Shape::Snoop(None),
            other => return Err(PyValueError::new_err(format!("format is pcap, pcapng or snoop, not {other:?}"))),
        };
        let path = target.extract::<PathBuf>().ok();
        let hold = Hold::default();
        let mut state = State {
            target: Target::Object(target.clone().unbind()),
            shape,
            begun: false,
            link,
            snaplen,
            clock,
            big_endian,
            hold,
            origins: Vec::new(),
            lost: HashMap::new(),
        };
        if let Some(existing) = existing {
            state.resume(&read_through(py, existing)?, nanoseconds)?;
        }
        if let Some(path) = path {
            let mut how = OpenOptions::new();
            let file = if existing.is_some() { how.append(true).open(&path) } else { how.write(true).create(true).truncate(true).open(&path) };
            state.target = Target::File(file?);
        }
        Ok(Self(Mutex::new(state)))
    }

    /// Write a record, with another time, comments or interface where given.
    #[pyo3(signature = (record, time_ns = None, comments = Vec::new()))]
    fn record(&self, py: Python<'_>, record: &Record, time_ns: Option<i64>, comments: Vec<String>) -> PyResult<()> {
        let mut state = self.state(py);
        let bytes = record.data.bind(py).as_bytes();
        let outgoing = Outgoing { time: time_ns.or(record.time_ns), wire_len: record.len, bytes, link: record.link_type };
        state.begin(record.link_type)?;
        state.copy(py, record, &outgoing, &comments)?;
        state.settle(py)
    }

    /// Write bytes.
    #[pyo3(signature = (data, time_ns, len = None, link = None, interface = None, comments = Vec::new()))]
    #[expect(clippy::too_many_arguments, reason = "what a record holds, by name")]
    fn packet(
        &self,
        py: Python<'_>,
        data: &Bound<'_, PyBytes>,
        time_ns: i64,
        len: Option<u32>,
        link: Option<u16>,
        interface: Option<u32>,
        comments: Vec<String>,
    ) -> PyResult<()> {
        let mut state = self.state(py);
        let bytes = data.as_bytes();
        let wire_len = len.unwrap_or(bytes.len() as u32);
        if (wire_len as usize) < bytes.len() {
            return Err(PyValueError::new_err(format!("len is the length on the wire, at least the {} bytes that are given", bytes.len())));
        }
        let link = link.or_else(|| state.link_of(interface)).or(state.link).unwrap_or(1);
        state.begin(link)?;
        state.loose(&Loose { outgoing: Outgoing { time: Some(time_ns), wire_len, bytes, link }, interface, comments })?;
        state.settle(py)
    }

    /// Describe an interface and return its number, for `packet`.
    #[pyo3(signature = (link, snaplen = None, name = None, description = None, resolution = None))]
    fn interface(
        &self,
        py: Python<'_>,
        link: u16,
        snaplen: Option<u32>,
        name: Option<&str>,
        description: Option<&str>,
        resolution: Option<u8>,
    ) -> PyResult<u32> {
        let mut state = self.state(py);
        state.begin(link)?;
        let State { shape, hold, snaplen: usual, clock, big_endian, .. } = &mut *state;
        let Shape::Pcapng(pcapng) = shape else { return Err(WriteError::new_err("only pcapng describes interfaces")) };
        pcapng.begin(*big_endian, hold.open());
        let words = [(2, name), (3, description)];
        let more: Vec<(u16, &[u8])> = words.iter().filter_map(|(code, text)| text.map(|text| (*code, text.as_bytes()))).collect();
        let clock = Clock { resolution: resolution.unwrap_or(clock.resolution), offset: 0 };
        let id = pcapng.interface(link, snaplen.unwrap_or(*usual), clock, &more, hold.open());
        hold.close();
        state.settle(py)?;
        Ok(id)
    }

    /// Hand over everything that was written.
    fn flush(&self, py: Python<'_>) -> PyResult<()> {
        self.state(py).flush(py)
    }

    /// Write what belongs at the end, and hand everything over.
    fn finish(&self, py: Python<'_>) -> PyResult<()> {
        let mut state = self.state(py);
        let link = state.link.unwrap_or(1);
        state.begin(link)?;
        let State { shape, hold, origins, big_endian, snaplen, clock, .. } = &mut *state;
        if let Shape::Pcapng(pcapng) = shape {
            if !pcapng.is_open() {
                // A capture without packets is still a capture.
                pcapng.begin(*big_endian, hold.open());
                pcapng.own_interface(link, *snaplen, *clock, hold.open());
                hold.close();
            }
            for origin in origins.iter() {
                pcapng.finish(address(origin), lock(py, origin).capture.meta(), hold.open());
                hold.close();
            }
        }
        state.flush(py)
    }

    /// What records had and the format has not, counted.
    #[getter]
    fn lost(&self, py: Python<'_>) -> HashMap<&'static str, u64> {
        self.state(py).lost.clone()
    }
}

impl RecordWriter {
    fn state(&self, py: Python<'_>) -> std::sync::MutexGuard<'_, State> {
        self.0.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner)
    }
}

fn address(shared: &Shared) -> u64 {
    Arc::as_ptr(shared) as usize as u64
}

/// Reads a file that is to be appended to, to its end.
fn read_through(py: Python<'_>, source: &Source) -> PyResult<Capture> {
    let mut capture = source.open(py)?;
    let mut batch = Batch::new();
    while py.detach(|| capture.fill(&mut batch, Limits::default())).map_err(to_python)? {
        py.check_signals()?;
    }
    Ok(capture)
}

impl State {
    /// Goes on behind a file: its byte order, resolution and link type are taken over.
    fn resume(&mut self, capture: &Capture, nanoseconds: Option<bool>) -> PyResult<()> {
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
    fn begin(&mut self, link: u16) -> PyResult<()> {
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
    fn link_of(&self, interface: Option<u32>) -> Option<u16> {
        match &self.shape {
            Shape::Pcapng(pcapng) => pcapng.link(interface?),
            Shape::Pcap(_) | Shape::Snoop(_) => None,
        }
    }

    fn lose(&mut self, what: &'static str) {
        *self.lost.entry(what).or_default() += 1;
    }

    /// Counts what pcap and snoop cannot say of a record.
    fn account(&mut self, time: Option<i64>, has_options: bool, nanoseconds: bool) {
        if has_options {
            self.lose("options");
        }
        if !nanoseconds && time.is_some_and(|time| time % 1000 != 0) {
            self.lose("nanoseconds");
        }
    }

    fn copy(&mut self, py: Python<'_>, record: &Record, outgoing: &Outgoing<'_>, comments: &[String]) -> PyResult<()> {
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

    fn loose(&mut self, packet: &Loose<'_>) -> PyResult<()> {
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

    fn simple(&mut self, outgoing: &Outgoing<'_>, has_options: bool) -> PyResult<()> {
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

    fn settle(&mut self, py: Python<'_>) -> PyResult<()> {
        if self.hold.is_large() { self.flush(py) } else { Ok(()) }
    }

    fn flush(&mut self, py: Python<'_>) -> PyResult<()> {
        if self.hold.is_empty() {
            return Ok(());
        }
        let hold = &mut self.hold;
        match &mut self.target {
            Target::File(file) => py.detach(|| hold.hand_over(file)).map_err(PyErr::from),
            Target::Object(object) => hold.hand_over(&mut Called(object.bind(py))).map_err(io_to_python),
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
