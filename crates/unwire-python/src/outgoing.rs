//! Records on their way into a Python file object: what writes behind dpkt-shaped writers. How a record looks is the engine's; here
//! times and packets become numbers and bytes.

use std::io;
use std::sync::{Arc, OnceLock};

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyFloat, PyInt, PyMemoryView, PyString};
use unwire::capture::write::{Hold, PcapEncoder, PcapngEncoder, SnoopEncoder, Target};

use crate::object::{self, Lent};

/// A Python object with `write` as a target. It is given `bytes`, or, where it is an ordinary file, the memory itself.
pub(crate) struct Called<'a, 'py> {
    object: &'a Bound<'py, PyAny>,
    lent: bool,
}

impl<'a, 'py> Called<'a, 'py> {
    pub(crate) fn new(object: &'a Bound<'py, PyAny>) -> Self {
        Self { object, lent: false }
    }
}

impl Target for Called<'_, '_> {
    fn take(&mut self, bytes: &Arc<Vec<u8>>, from: usize) -> io::Result<usize> {
        let py = self.object.py();
        let rest = bytes.get(from..).unwrap_or_default();
        let written = if self.lent {
            Bound::new(py, Lent::new(bytes, from)).and_then(|lent| self.object.call_method1(intern!(py, "write"), (lent,)))
        } else {
            self.object.call_method1(intern!(py, "write"), (PyBytes::new(py, rest),))
        };
        let written = written.map_err(io::Error::other)?;
        // What is no count has taken everything, as sockets' and compressors' `write` does; None is a raw stream that would block.
        if written.is_none() && self.object.hasattr(intern!(py, "readinto")).unwrap_or(false) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        Ok(written.extract::<usize>().unwrap_or(rest.len()))
    }

    fn take_back(&mut self, count: u64) -> io::Result<()> {
        let py = self.object.py();
        let back = || -> PyResult<()> {
            let here: u64 = self.object.call_method0(intern!(py, "tell"))?.extract()?;
            let end = here.checked_sub(count).ok_or_else(|| PyValueError::new_err("moved"))?;
            self.object.call_method1(intern!(py, "seek"), (end,))?;
            self.object.call_method1(intern!(py, "truncate"), (end,)).map(drop)
        };
        back().map_err(io::Error::other)
    }
}

pub(crate) fn to_python(error: io::Error) -> PyErr {
    match error.downcast::<PyErr>() {
        Ok(raised) => raised,
        Err(error) => error.into(),
    }
}

#[derive(Clone)]
enum Shape {
    Pcap(PcapEncoder),
    Pcapng(PcapngEncoder),
    Snoop,
}

/// Where packets wait for the file. What reaches it is whole records: each at once and in one piece, or, where `kept`, many together.
#[pyclass(module = "unwire._engine")]
pub(crate) struct Held {
    file: Py<PyAny>,
    kept: bool,
    hold: Hold,
}

#[pymethods]
impl Held {
    #[new]
    #[pyo3(signature = (file, kept = false))]
    fn new(file: Py<PyAny>, kept: bool) -> Self {
        Self { file, kept, hold: Hold::default() }
    }

    /// Hand over what is held back.
    fn flush(&mut self, py: Python<'_>) -> PyResult<()> {
        if self.hold.is_empty() {
            return Ok(());
        }
        let handed = self.hold.hand_over(&mut Called { object: self.file.bind(py), lent: self.kept });
        if !self.kept {
            // The caller is told and may write the record again; kept here it would come twice.
            self.hold.clear();
        }
        handed.map_err(to_python)
    }

    /// Take bytes that are a whole record or block.
    fn write(&mut self, py: Python<'_>, record: &[u8]) -> PyResult<()> {
        self.hold.open().extend_from_slice(record);
        self.hold.close();
        self.settle(py)
    }
}

impl Held {
    #[inline]
    fn settle(&mut self, py: Python<'_>) -> PyResult<()> {
        if self.kept && !self.hold.is_large() { Ok(()) } else { self.flush(py) }
    }
}

/// The packets of a dpkt-shaped writer.
#[pyclass(frozen, subclass, module = "unwire._engine")]
pub(crate) struct Packets(OnceLock<(Shape, Py<Held>)>);

#[pymethods]
impl Packets {
    #[new]
    #[pyo3(signature = (*_args, **_keywords))]
    fn new(_args: &Bound<'_, pyo3::types::PyTuple>, _keywords: Option<&Bound<'_, pyo3::types::PyDict>>) -> Self {
        Self(OnceLock::new())
    }

    /// Begin: `container` is pcap, pcapng or snoop.
    #[pyo3(signature = (held, container, big_endian = false, nanoseconds = false))]
    fn begin(&self, held: Py<Held>, container: &str, big_endian: bool, nanoseconds: bool) -> PyResult<()> {
        let shape = match container {
            "pcap" => Shape::Pcap(PcapEncoder { big_endian, nanoseconds, link: 0, snaplen: 0 }),
            "pcapng" => Shape::Pcapng(PcapngEncoder { big_endian, interfaces: Vec::new() }),
            "snoop" => Shape::Snoop,
            other => return Err(PyValueError::new_err(format!("container is pcap, pcapng or snoop, not {other}"))),
        };
        self.0.set((shape, held)).map_err(|_| PyValueError::new_err("this writer writes to its file until the end: make another"))
    }

    /// Write a packet, with the present time if none is given.
    #[pyo3(signature = (pkt, ts = None))]
    fn writepkt(&self, py: Python<'_>, pkt: &Bound<'_, PyAny>, ts: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        if let Some(ts) = ts {
            return self.write(py, pkt, ts);
        }
        // Through the module, so that who replaces the clock is heard.
        let now = py.import(intern!(py, "time"))?.call_method0(intern!(py, "time"))?;
        self.write(py, pkt, &now)
    }

    /// Write a packet and its time.
    fn writepkt_time(&self, py: Python<'_>, pkt: &Bound<'_, PyAny>, ts: &Bound<'_, PyAny>) -> PyResult<()> {
        self.write(py, pkt, ts)
    }

    /// Write an iterable of (time, packet). What comes before a fault is written.
    fn writepkts(&self, py: Python<'_>, pkts: &Bound<'_, PyAny>) -> PyResult<()> {
        let (shape, held) = self.begun()?;
        let held = held.bind(py);
        let mut add = |pair: PyResult<Bound<'_, PyAny>>| -> PyResult<()> {
            let (ts, pkt): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair?.extract()?;
            let mut held = held.try_borrow_mut()?;
            shape.add(py, &pkt, &ts, &mut held.hold)?;
            if held.hold.is_large() { held.flush(py) } else { Ok(()) }
        };
        let added = pkts.try_iter()?.try_for_each(&mut add);
        let mut held = held.try_borrow_mut()?;
        if !held.kept {
            held.flush(py)?;
        }
        added
    }
}

impl Packets {
    #[inline]
    fn begun(&self) -> PyResult<&(Shape, Py<Held>)> {
        self.0.get().ok_or_else(|| PyValueError::new_err("this writer was not initialised: call super().__init__(fileobj)"))
    }

    #[inline]
    fn write(&self, py: Python<'_>, pkt: &Bound<'_, PyAny>, ts: &Bound<'_, PyAny>) -> PyResult<()> {
        let (shape, held) = self.begun()?;
        let mut held = held.bind(py).try_borrow_mut()?;
        shape.add(py, pkt, ts, &mut held.hold)?;
        held.settle(py)
    }
}

impl Shape {
    /// Puts a packet behind what is held; nothing where its time or its bytes cannot be had.
    #[inline]
    fn add(&self, py: Python<'_>, pkt: &Bound<'_, PyAny>, ts: &Bound<'_, PyAny>, hold: &mut Hold) -> PyResult<()> {
        let owned;
        let bytes = if let Ok(bytes) = pkt.cast_exact::<PyBytes>() {
            bytes.as_bytes()
        } else if let Some(read) = object::as_read(pkt)? {
            read
        } else {
            owned = to_bytes(pkt)?;
            owned.as_bytes()
        };
        let len = u32::try_from(bytes.len()).map_err(|_| range(py, "packet is longer than 32 bits can say"))?;
        match self {
            Self::Pcap(pcap) => {
                let (seconds, fraction) = parts(py, ts, if pcap.nanoseconds { 1_000_000_000 } else { 1_000_000 })?;
                pcap.parts(seconds, fraction, len, len, bytes, hold.open());
            }
            Self::Snoop => {
                let (seconds, fraction) = parts(py, ts, 1_000_000)?;
                SnoopEncoder::parts(seconds, fraction, len, len, bytes, hold.open());
            }
            Self::Pcapng(pcapng) => {
                let ticks = microseconds(py, ts)?;
                pcapng.enhanced(0, ticks, len, len, bytes, &[], hold.open());
            }
        }
        hold.close();
        Ok(())
    }
}

/// The bytes of a packet: what `bytes()` makes of it, but not of a number or text.
#[cold]
fn to_bytes<'py>(pkt: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    if pkt.is_instance_of::<PyInt>() || pkt.is_instance_of::<PyString>() {
        return Err(PyTypeError::new_err(format!("a packet is bytes or an object with __bytes__, not {}", pkt.get_type().name()?)));
    }
    if pkt.is_instance_of::<PyByteArray>() || pkt.is_instance_of::<PyMemoryView>() || pkt.hasattr(intern!(pkt.py(), "__bytes__"))? {
        return Ok(pkt.py().get_type::<PyBytes>().call1((pkt,))?.cast_into::<PyBytes>()?);
    }
    Ok(pkt.py().get_type::<PyBytes>().call1((PyMemoryView::from(pkt)?,))?.cast_into::<PyBytes>()?)
}

#[cold]
fn range(py: Python<'_>, text: &str) -> PyErr {
    match py.import("unwire.errors").and_then(|errors| errors.getattr("RangeError")).and_then(|class| class.call1((text,))) {
        Ok(error) => PyErr::from_value(error),
        Err(error) => error,
    }
}

const NOT_A_TIME: &str = "time does not fit the file: 32 bits of seconds since 1970 are from 1970 to 2106";

/// Whole seconds and the fraction, rounded half to even as Python rounds, a full second carried.
#[inline]
fn parts(py: Python<'_>, ts: &Bound<'_, PyAny>, unit: u32) -> PyResult<(u32, u32)> {
    let exact = ts.cast_exact::<PyFloat>();
    let (seconds, fraction) = if let Ok(float) = exact.or_else(|_| ts.cast::<PyFloat>()) {
        let time = float.value();
        if !(0.0..4_294_967_296.0).contains(&time) {
            return Err(range(py, NOT_A_TIME));
        }
        // Whole and fraction by conversions and a sum, which every processor has; rounding by name would be a call of the C library.
        let whole = time as u32;
        let fraction = nearest((time - f64::from(whole)) * f64::from(unit));
        (u64::from(whole), u64::from(fraction as u32))
    } else {
        slow_parts(py, ts, unit)?
    };
    let (seconds, fraction) = if fraction >= u64::from(unit) { (seconds + 1, fraction - u64::from(unit)) } else { (seconds, fraction) };
    let seconds = u32::try_from(seconds).map_err(|_| range(py, NOT_A_TIME))?;
    Ok((seconds, fraction as u32))
}

/// The nearest whole number to one of 0 to 2^51, half to even: beside 2^52 a float has no room for a fraction.
#[inline]
fn nearest(number: f64) -> f64 {
    const ROOM: f64 = 4_503_599_627_370_496.0;
    (number + ROOM) - ROOM
}

/// The same of anything that counts: int, Decimal, Fraction.
#[cold]
fn slow_parts(py: Python<'_>, ts: &Bound<'_, PyAny>, unit: u32) -> PyResult<(u64, u64)> {
    let seconds = py.get_type::<PyInt>().call1((ts,))?;
    if ts.lt(0)? {
        return Err(range(py, NOT_A_TIME));
    }
    let fraction = ts.rem(1)?.mul(unit)?;
    let fraction = py.import("builtins")?.call_method1("round", (fraction,))?;
    Ok((seconds.extract().map_err(|_| range(py, NOT_A_TIME))?, fraction.extract()?))
}

/// Microseconds since the epoch, rounded half to even.
#[inline]
fn microseconds(py: Python<'_>, ts: &Bound<'_, PyAny>) -> PyResult<u64> {
    let out = || range(py, "time does not fit the file: it is before 1970, or beyond 64 bits of microseconds");
    if let Ok(float) = ts.cast::<PyFloat>() {
        let time = (float.value() * 1e6).round_ties_even();
        return if (0.0..18_446_744_073_709_551_616.0).contains(&time) { Ok(time as u64) } else { Err(out()) };
    }
    let scaled = ts.mul(1_000_000)?;
    py.import("builtins")?.call_method1("round", (scaled,))?.extract().map_err(|_| out())
}
