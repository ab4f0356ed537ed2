//! A capture's records as they are: no packet is decoded here.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::{PyBytes, PyList};
use unwire::capture::write::options;
use unwire::capture::{self, Batch, Capture, Limits, Options};
use unwire::filter::Matcher;
use unwire::text;

use crate::capture::Info;
use crate::filter::{Filter, Going, Needs, advance, bounded, looking};
use crate::source::{Source, to_python};

/// A capture being read, shared by its records, which ask it for their interfaces.
pub(crate) struct Reading {
    pub(crate) capture: Capture,
    batch: Batch,
    at: usize,
    matcher: Option<Matcher>,
}

pub(crate) type Shared = Arc<Mutex<Reading>>;

pub(crate) fn lock<'a>(py: Python<'_>, shared: &'a Shared) -> MutexGuard<'a, Reading> {
    shared.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner)
}

/// A record of a capture: `number` from 1, `time_ns` (ns since the epoch, UTC, or None), `len` on the wire, `cap_len`, `link_type`,
/// `interface_id`, `interface`, `comments`, `options`, and `data`, the captured bytes. Equal records have equal values; where they stand
/// does not count.
#[pyclass(frozen, module = "unwire")]
pub(crate) struct Record {
    #[pyo3(get)]
    pub(crate) data: Py<PyBytes>,
    #[pyo3(get)]
    pub(crate) number: u64,
    #[pyo3(get)]
    pub(crate) time_ns: Option<i64>,
    #[pyo3(get)]
    pub(crate) len: u32,
    #[pyo3(get)]
    pub(crate) link_type: u16,
    #[pyo3(get)]
    interface_id: Option<u32>,
    /// Number of the interface through the file.
    pub(crate) place: u32,
    pub(crate) options: Arc<[u8]>,
    pub(crate) big_endian: bool,
    pub(crate) origin: Option<Shared>,
}

/// `epb_dropcount`.
const DROP_COUNT: u16 = 4;

impl Record {
    fn list(&self) -> Options<'_> {
        Options::new(&self.options, self.big_endian)
    }

    /// The bytes and all values that make two records equal.
    fn key<'a, 'py>(&'a self, py: Python<'py>) -> (&'a [u8], Option<i64>, u32, u16, Option<u32>, Vec<(u16, &'a [u8])>)
    where
        'py: 'a,
    {
        (self.data.bind(py).as_bytes(), self.time_ns, self.len, self.link_type, self.interface_id, self.list().collect())
    }
}

#[pymethods]
impl Record {
    #[new]
    #[pyo3(signature = (data, time_ns = None, len = None, link_type = 1, comments = Vec::new()))]
    fn new(py: Python<'_>, data: Py<PyBytes>, time_ns: Option<i64>, len: Option<u32>, link_type: u16, comments: Vec<String>) -> Self {
        let captured = data.bind(py).as_bytes().len() as u32;
        let options = options(false, comments.iter().map(|comment| (1, comment.as_bytes())));
        Self {
            data,
            number: 0,
            time_ns,
            len: len.unwrap_or(captured),
            link_type,
            interface_id: None,
            place: capture::Record::NO_INTERFACE,
            options: options.into(),
            big_endian: false,
            origin: None,
        }
    }

    /// Captured length in bytes.
    #[getter]
    fn cap_len(&self, py: Python<'_>) -> usize {
        self.data.bind(py).as_bytes().len()
    }

    /// The comments.
    #[getter]
    fn comments(&self) -> Vec<String> {
        self.list().comments().map(std::borrow::Cow::into_owned).collect()
    }

    /// The options as (code, value), of pcapng only.
    #[getter]
    fn options<'py>(&self, py: Python<'py>) -> Vec<(u16, Bound<'py, PyBytes>)> {
        self.list().map(|(code, value)| (code, PyBytes::new(py, value))).collect()
    }

    /// The interface that captured it, or None where the container has none.
    #[getter]
    fn interface(&self, py: Python<'_>) -> Option<Interface> {
        let reading = lock(py, self.origin.as_ref()?);
        let interface = reading.capture.meta().interfaces.get(self.place as usize)?;
        Some(Interface {
            section: interface.section,
            id: interface.id,
            link_type: interface.link,
            snaplen: interface.snaplen,
            name: interface.name().map(std::borrow::Cow::into_owned),
            description: interface.description().map(std::borrow::Cow::into_owned),
            resolution: interface.clock.resolution,
            offset: interface.clock.offset,
            options: interface.options().map(|(code, value)| (code, value.to_vec())).collect(),
        })
    }

    fn __bytes__(&self, py: Python<'_>) -> Py<PyBytes> {
        self.data.clone_ref(py)
    }

    fn __eq__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| self.key(py) == other.get().key(py))
    }

    fn __hash__(&self, py: Python<'_>) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        self.key(py).hash(&mut hasher);
        hasher.finish()
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let time = self.time_ns.map_or_else(|| "no time".to_owned(), |ns| text::Iso(ns).to_string());
        let captured = self.data.bind(py).as_bytes().len();
        let cut = if captured < self.len as usize { format!(", {captured} captured") } else { String::new() };
        format!("<Record {} {time} {} bytes{cut}>", self.number, self.len)
    }
}

/// An interface of a capture. `resolution` is that of pcapng: 6 is microseconds, 9 nanoseconds, 128 + n is 2^-n seconds.
#[pyclass(frozen, get_all, eq, module = "unwire")]
#[derive(PartialEq)]
pub(crate) struct Interface {
    section: u32,
    id: u32,
    link_type: u16,
    snaplen: u32,
    name: Option<String>,
    description: Option<String>,
    resolution: u8,
    offset: i64,
    options: Vec<(u16, Vec<u8>)>,
}

#[pymethods]
impl Interface {
    fn __repr__(&self) -> String {
        let name = self.name.as_deref().unwrap_or("without a name");
        format!("<Interface {} {name} link type {} snap length {}>", self.id, self.link_type, self.snaplen)
    }
}

/// The records of a capture, one after the other.
#[pyclass(frozen, module = "unwire._engine")]
pub(crate) struct Records {
    link: Option<u16>,
    reading: Shared,
}

/// Records are taken one at a time, so a batch need not be large.
const LIMITS: Limits = Limits { records: 512, bytes: 256 * 1024 };

/// A capture read for its records: no further than they are asked for, unless names and secrets, which belong to them, may stand behind.
fn passing(capture: Capture, filter: &unwire::filter::Filter) -> Capture {
    if capture.format().container == unwire::capture::Container::Pcapng { capture } else { bounded(capture, Some(filter)) }
}

#[pymethods]
impl Records {
    #[new]
    #[pyo3(signature = (source, link = None, filter = None))]
    fn new(py: Python<'_>, source: &Source, link: Option<u16>, filter: Option<&Filter>) -> PyResult<Self> {
        let matcher = filter.map(|filter| Matcher::new(Arc::clone(&filter.inner)));
        let capture = source.open(py)?;
        let capture = match filter {
            Some(filter) => {
                let needs = Needs::of(None, Some(&filter.inner));
                looking(passing(capture, &filter.inner), filter.inner.schema(), link, needs, false)
            }
            None => capture,
        };
        let reading = Reading { capture, batch: Batch::new(), at: 0, matcher };
        Ok(Self { link, reading: Arc::new(Mutex::new(reading)) })
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Record>> {
        let mut reading = lock(py, &self.reading);
        loop {
            let whole = reading.matcher.is_none() && reading.at < reading.batch.records.len();
            let Reading { capture, batch, at, matcher } = &mut *reading;
            let next = || advance(capture, batch, at, matcher.as_mut(), self.link, LIMITS);
            match if whole { Going::Here } else { py.detach(next).map_err(to_python)? } {
                Going::Here => break,
                Going::On => py.check_signals()?,
                Going::End => return Ok(None),
            }
        }
        let Reading { batch, at, .. } = &mut *reading;
        let Some(record) = batch.records.get(*at) else { return Ok(None) };
        let number = batch.first_number + *at as u64;
        *at += 1;
        let big_endian = record.flags & capture::Record::BIG_ENDIAN != 0;
        // The count of an obsolete packet block's header is told as the option that replaced it.
        let drops = batch.drops(record).filter(|_| record.flags & capture::Record::OBSOLETE != 0);
        let drops = drops.map(|drops| if big_endian { drops.to_be_bytes() } else { drops.to_le_bytes() });
        let read = drops.iter().map(|drops| (DROP_COUNT, drops.as_slice())).chain(batch.options(record));
        Ok(Some(Record {
            data: PyBytes::new(py, batch.bytes(record)).unbind(),
            number,
            time_ns: record.time,
            len: record.wire_len,
            link_type: self.link.unwrap_or(record.link),
            interface_id: record.interface(),
            place: record.interface,
            options: options(big_endian, read).into(),
            big_endian,
            origin: Some(Arc::clone(&self.reading)),
        }))
    }

    /// What is known of the capture so far.
    fn info(&self, py: Python<'_>) -> Info {
        Info::of(&lock(py, &self.reading).capture)
    }

    /// The interfaces seen so far.
    fn interfaces<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        Info::of(&lock(py, &self.reading).capture).interfaces(py)
    }
}
