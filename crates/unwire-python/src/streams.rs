//! Streams of a capture as Python sees them: one pass that hands them out, and each with what was told of it, read part by part.

use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};
use unwire::capture::{Batch, Capture, Limits};
use unwire::stream::{Budget, Counts, End, EndPoint, Logged, Place, Policy, Spool};
use unwire::streams::{self, Wanted};

use crate::capture::Info;
use crate::schema::Schema;
use crate::source::{Begun, Source, to_python};

/// Records that are read at once.
const LIMITS: Limits = Limits { records: 65_536, bytes: 1 << 20 };

/// One pass over one capture that hands out its streams, each when it is closed, the rest at the end.
#[pyclass(frozen, module = "unwire._engine")]
pub(crate) struct Streams {
    pass: Mutex<Pass>,
    begun: Begun,
}

struct Pass {
    capture: Capture,
    batch: Batch,
    streams: streams::Streams,
    ended: bool,
}

impl Pass {
    fn next(&mut self) -> PyResult<Option<streams::Stream>> {
        if let Some(stream) = self.streams.take() {
            return Ok(Some(stream));
        }
        if self.ended {
            return Ok(None);
        }
        // One batch at a time, so that Ctrl-C is heard.
        if self.capture.fill(&mut self.batch, LIMITS).map_err(to_python)? {
            self.streams.add(&self.batch).map_err(|error| PyOSError::new_err(error.to_string()))?;
        } else {
            self.ended = true;
            self.streams.finish();
        }
        Ok(self.streams.take())
    }
}

#[pymethods]
impl Streams {
    /// `numbers` or `ends`, two pairs (address, port), choose streams; `last` says that where segments overlap the later bytes are right;
    /// `connection` and `total` are the bytes that may wait for others; `datagrams` asks for what datagrams say in place of streams.
    #[new]
    #[pyo3(signature = (source, schema, link = None, numbers = None, ends = None, last = false, connection = None, total = None, datagrams = false))]
    #[allow(clippy::too_many_arguments, reason = "keywords in Python")]
    fn new(
        py: Python<'_>,
        source: &Source,
        schema: &Schema,
        link: Option<u16>,
        numbers: Option<Vec<u32>>,
        ends: Option<[(Vec<u8>, u16); 2]>,
        last: bool,
        connection: Option<usize>,
        total: Option<usize>,
        datagrams: bool,
    ) -> PyResult<Self> {
        let wanted = match (numbers, ends) {
            (Some(numbers), None) => Wanted::Numbers(numbers.into_iter().collect()),
            (None, Some([one, other])) => Wanted::Ends(end(one)?, end(other)?),
            (None, None) => Wanted::All,
            (Some(_), Some(_)) => return Err(PyValueError::new_err("streams are chosen by numbers or by ends")),
        };
        let policy = if last { Policy::Last } else { Policy::First };
        let usual = Budget::default();
        let budget = Budget::new(connection.unwrap_or(usual.connection), total.unwrap_or(usual.total), policy);
        let capture = source.open(py)?;
        let streams = streams::Streams::new(Arc::clone(&schema.inner), link, wanted, budget, Box::new(|| nameless().map(Spool::new)));
        let streams = if datagrams { streams.of_datagrams() } else { streams };
        Ok(Self { pass: Mutex::new(Pass { capture, batch: Batch::new(), streams, ended: false }), begun: Begun::here() })
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Stream>> {
        self.begun.check()?;
        loop {
            py.check_signals()?;
            let found = py.detach(|| {
                let mut pass = self.lock();
                let next = pass.next()?;
                Ok::<_, PyErr>((next.map(|inner| Stream { inner, spool: pass.streams.spool() }), pass.ended))
            })?;
            match found {
                (Some(stream), _) => return Ok(Some(stream)),
                (None, true) => return Ok(None),
                (None, false) => {}
            }
        }
    }

    /// What is known of the capture so far.
    fn info(&self, py: Python<'_>) -> Info {
        py.detach(|| Info::of(&self.lock().capture))
    }

    /// What the caps cut: how often a connection had too much waiting, how often all together had, and the most bytes that waited.
    fn caps(&self, py: Python<'_>) -> (u64, u64, usize) {
        py.detach(|| {
            let pass = self.lock();
            let budget = pass.streams.budget();
            (budget.connection_caps, budget.total_caps, budget.most())
        })
    }
}

impl Streams {
    fn lock(&self) -> std::sync::MutexGuard<'_, Pass> {
        self.pass.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn end((address, port): (Vec<u8>, u16)) -> PyResult<EndPoint> {
    let mut bytes = [0; 16];
    let width = address.len();
    let room = bytes.get_mut(..width).filter(|_| width == 4 || width == 16).ok_or_else(|| PyValueError::new_err("an address has 4 or 16 bytes"))?;
    room.copy_from_slice(&address);
    Ok(EndPoint { address: bytes, width: width as u8, port })
}

/// A file that nobody else sees.
fn nameless() -> io::Result<File> {
    let made = Python::attach(|py| {
        let made = py.import("tempfile")?.call_method1("mkstemp", ("", "unwire-"))?;
        let (number, path): (i32, PathBuf) = made.extract()?;
        py.import("os")?.call_method1("close", (number,))?;
        Ok::<_, PyErr>(path)
    });
    let path = made.map_err(io::Error::other)?;
    let file = File::options().read(true).write(true).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

/// A stream that was handed out.
#[pyclass(frozen, module = "unwire._engine", name = "RawStream")]
pub(crate) struct Stream {
    inner: streams::Stream,
    spool: Option<Arc<Spool>>,
}

#[pymethods]
impl Stream {
    /// Wireshark's number.
    #[getter]
    fn number(&self) -> u32 {
        self.inner.number
    }

    /// How often it was handed out before.
    #[getter]
    fn part(&self) -> u32 {
        self.inner.part
    }

    /// The client and the server: address, port.
    #[getter]
    fn ends(&self) -> [(String, u16); 2] {
        self.inner.ends.map(|end| (text(&end), end.port))
    }

    /// How the directions ended: finished, reset, open.
    #[getter]
    fn how(&self) -> [&'static str; 2] {
        self.inner.how.map(End::name)
    }

    /// Packets of both directions.
    #[getter]
    fn packets(&self) -> u64 {
        self.inner.packets
    }

    /// The first packet and the last: number, nanoseconds.
    #[getter]
    fn places(&self) -> [(u64, Option<i64>); 2] {
        self.inner.places.map(|Place { frame, time }| (frame, time))
    }

    /// What the directions had, by name.
    #[getter]
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        self.inner.counts.iter().map(|counts| dict(py, counts)).collect()
    }

    /// How many pieces what was told is read in.
    fn __len__(&self) -> usize {
        self.inner.log.parts()
    }

    /// One piece: (direction, frame, nanoseconds, bytes) or, of what is missing, (direction, bytes, acknowledged, why, None).
    fn read<'py>(&self, py: Python<'py>, at: usize) -> PyResult<Bound<'py, PyList>> {
        let told = py.detach(|| self.inner.log.part(at, self.spool.as_deref())).map_err(|error| PyOSError::new_err(error.to_string()))?;
        let list = PyList::empty(py);
        for one in told {
            match one {
                Logged::Data(from, place, bytes) => list.append((from.index(), place.frame, place.time, PyBytes::new(py, &bytes)))?,
                Logged::Gap(from, gap) => list.append((from.index(), gap.bytes, gap.acknowledged, gap.why.name(), py.None()))?,
            }
        }
        Ok(list)
    }
}

fn dict<'py>(py: Python<'py>, counts: &Counts) -> PyResult<Bound<'py, PyDict>> {
    let made = PyDict::new(py);
    let Counts { bytes, missing, gaps, repeated, conflicts, early, unused } = *counts;
    for (name, count) in [
        ("bytes", bytes),
        ("missing", missing),
        ("gaps", gaps),
        ("repeated", repeated),
        ("conflicts", conflicts),
        ("early", early),
        ("unused", unused),
    ] {
        made.set_item(name, count)?;
    }
    Ok(made)
}

fn text(end: &EndPoint) -> String {
    match (end.width, end.address.first_chunk::<4>()) {
        (4, Some(address)) => Ipv4Addr::from(*address).to_string(),
        _ => Ipv6Addr::from(end.address).to_string(),
    }
}
