//! Records one after the other out of a Python file object, as (time, bytes): what iterates behind dpkt-shaped readers. The file's
//! position is right whenever no loop runs; how records lie in the bytes is the engine's.

use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::exceptions::{PyStopIteration, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyFloat, PyInt, PyTuple};
use unwire::capture::{self, Clock, Packet, Reason, Stamp, Step};

use crate::object::Pair;

/// Bytes of one read ahead: few calls, and still in the core's cache when they are handed out.
const BLOCK: usize = 256 << 10;
/// Nothing that a length field claims is asked for at once beyond this; what is there doubles each time.
const MOST_AT_ONCE: usize = 16 << 20;

/// Where records come from, shared by all iterators over it, so that each goes on where another stopped.
#[pyclass(module = "unwire._engine")]
pub(crate) struct Steps {
    file: Py<PyAny>,
    steps: capture::Steps,
    /// Whether blocks may be read ahead and given back: only where seeking is cheap and certain.
    ahead: bool,
    block: Option<Py<PyBytes>>,
    at: usize,
    /// The file's position at the block's start.
    place: u64,
    /// The bytes of an unfinished record, where nothing is read ahead.
    part: Vec<u8>,
    /// What a fraction counts, in units of a second: a float, or a Decimal.
    divisor: f64,
    decimal: Option<Py<PyAny>>,
    clocks: Option<(Clock, f64)>,
    pair: Pair,
}

enum Found<'py> {
    Record(Stamp, Bound<'py, PyBytes>),
    End,
}

#[pymethods]
impl Steps {
    /// `container` is pcap, pcapng or snoop; `header` the file header of pcap. `ahead` allows to read blocks and seek back. `divisor` is
    /// what a fraction is divided by where that is no million.
    #[new]
    #[pyo3(signature = (file, container, header = None, ahead = false, divisor = None))]
    fn new(py: Python<'_>, file: Py<PyAny>, container: &str, header: Option<&[u8]>, ahead: bool, divisor: Option<Py<PyAny>>) -> PyResult<Self> {
        let steps = match container {
            "pcap" => capture::Steps::pcap(header.unwrap_or_default()),
            "pcapng" => Some(capture::Steps::pcapng()),
            "snoop" => Some(capture::Steps::snoop()),
            _ => None,
        };
        let steps = steps.ok_or_else(|| pyo3::exceptions::PyValueError::new_err(format!("not the header of a {container} file")))?;
        Ok(Self {
            file,
            steps,
            ahead,
            block: None,
            at: 0,
            place: 0,
            part: Vec::new(),
            divisor: 1e6,
            decimal: divisor,
            clocks: None,
            pair: Pair::new(py),
        })
    }

    /// Take note of a block that was read already.
    fn feed(&mut self, block: &[u8]) {
        self.steps.step(block);
    }

    /// The next record without reading ahead, so that the file's position is right behind it; None at the end.
    fn one<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        self.advance(py, false)
    }

    /// Give back what was read ahead: the file's position is then right behind the last record that was handed out. A file that
    /// someone moved stays where they put it.
    fn release(&mut self, py: Python<'_>) -> PyResult<()> {
        self.pair.forget();
        let Some(block) = self.block.take() else { return Ok(()) };
        let len = block.bind(py).as_bytes().len();
        let at = std::mem::take(&mut self.at);
        if at < len && self.tell(py)? == self.place + len as u64 {
            self.seek(py, self.place + at as u64)?;
        }
        Ok(())
    }

    fn __iter__(slf: Py<Self>) -> StepsIterator {
        StepsIterator { steps: slf, ended: AtomicBool::new(false) }
    }
}

impl Steps {
    #[inline]
    fn advance<'py>(&mut self, py: Python<'py>, ahead: bool) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let found = if self.block.is_some() || (ahead && self.ahead) { self.next_of_block(py, ahead)? } else { self.exactly(py)? };
        match found {
            Found::End => Ok(None),
            Found::Record(stamp, bytes) => {
                let time = self.time(py, stamp)?;
                self.pair.of(py, time, bytes.into_any()).map(Some)
            }
        }
    }

    /// The time as dpkt has it: a float, or a Decimal for nanoseconds.
    #[expect(clippy::cast_precision_loss, reason = "floats lose what they lose in dpkt, to the bit")]
    #[inline]
    fn time<'py>(&mut self, py: Python<'py>, stamp: Stamp) -> PyResult<Bound<'py, PyAny>> {
        let seconds = match (stamp, &self.decimal) {
            (Stamp::Parts(seconds, fraction), None) => f64::from(seconds) + f64::from(fraction) / self.divisor,
            (Stamp::Parts(seconds, fraction), Some(divisor)) => {
                // The same operations as dpkt's, so that digits and exponent are the same.
                let fraction = PyInt::new(py, fraction).into_any().div(divisor.bind(py))?;
                return PyInt::new(py, seconds).into_any().add(fraction);
            }
            (Stamp::Ticks(ticks, clock), _) => clock.offset as f64 + ticks as f64 / self.divisor_of(clock),
            (Stamp::Unknown, _) => 0.0,
        };
        Ok(PyFloat::new(py, seconds).into_any())
    }

    fn divisor_of(&mut self, clock: Clock) -> f64 {
        match self.clocks {
            Some((known, divisor)) if known == clock => divisor,
            _ => {
                let power = i32::from(clock.resolution & 0x7f);
                let base: f64 = if clock.resolution & 0x80 != 0 { 2.0 } else { 10.0 };
                // Powers of ten are parsed, because repeated multiplication rounds.
                let divisor = if base > 2.0 { format!("1e{power}").parse().unwrap_or(f64::INFINITY) } else { base.powi(power) };
                self.clocks = Some((clock, divisor));
                divisor
            }
        }
    }

    fn next_of_block<'py>(&mut self, py: Python<'py>, ahead: bool) -> PyResult<Found<'py>> {
        let mut ended = false;
        loop {
            let needed = match &self.block {
                None => self.steps.header_len(),
                Some(block) => {
                    let bytes = block.bind(py).as_bytes();
                    let rest = bytes.get(self.at..).unwrap_or_default();
                    match self.steps.step(rest) {
                        Step::Packet(packet) => {
                            let found = PyBytes::new(py, captured(rest, &packet));
                            self.at += packet.len;
                            return Ok(Found::Record(packet.stamp, found));
                        }
                        Step::Pass(len) => {
                            self.at += len;
                            continue;
                        }
                        Step::Damaged(reason, len) => {
                            self.at += len.unwrap_or(rest.len().min(8));
                            return Err(damaged(py, reason));
                        }
                        Step::Need(needed) if ended => {
                            let rest = rest.to_vec();
                            self.block = None;
                            return self.torn(py, &rest, needed);
                        }
                        Step::Need(needed) => needed,
                    }
                }
            };
            if !ahead && self.block.as_ref().is_none_or(|block| self.at >= block.bind(py).as_bytes().len()) {
                self.release(py)?;
                self.block = None;
                return self.exactly(py);
            }
            ended = !self.refill(py, needed)?;
        }
    }

    /// Reads the next block, which begins with what is left of the last one; false where the file has no more than that.
    fn refill(&mut self, py: Python<'_>, needed: usize) -> PyResult<bool> {
        let mut left = 0;
        let here = self.tell(py)?;
        match self.block.take() {
            None => self.place = here,
            Some(block) => {
                let len = block.bind(py).as_bytes().len();
                if here == self.place + len as u64 {
                    left = len - self.at;
                    self.place += self.at as u64;
                    if left > 0 {
                        self.seek(py, self.place)?;
                    }
                } else {
                    // Someone moved the file: go on where they want it.
                    self.place = here;
                }
            }
        }
        self.at = 0;
        let most = needed.max(BLOCK).min(MOST_AT_ONCE.max(2 * left));
        let block = self.read(py, most)?;
        let more = block.as_bytes().len() > left;
        self.block = Some(block.unbind());
        Ok(more)
    }

    /// The next record, and of the file not a byte more.
    fn exactly<'py>(&mut self, py: Python<'py>) -> PyResult<Found<'py>> {
        self.part.clear();
        let mut needed = self.steps.header_len();
        loop {
            while self.part.len() < needed {
                let missing = needed - self.part.len();
                let read = self.read(py, missing.min(MOST_AT_ONCE))?;
                let read = read.as_bytes();
                if read.is_empty() {
                    let part = std::mem::take(&mut self.part);
                    return self.torn(py, &part, needed);
                }
                self.part.extend_from_slice(read);
            }
            match self.steps.step(&self.part) {
                Step::Packet(packet) => return Ok(Found::Record(packet.stamp, PyBytes::new(py, captured(&self.part, &packet)))),
                Step::Need(more) => needed = more,
                Step::Pass(_) => {
                    self.part.clear();
                    needed = self.steps.header_len();
                }
                Step::Damaged(reason, _) => return Err(damaged(py, reason)),
            }
        }
    }

    /// The file ends before the record does. A pcap or snoop record cut inside its packet is handed out short, as dpkt does; a cut
    /// header needs data. A pcapng file may end in any bytes too few for a block's header.
    fn torn<'py>(&mut self, py: Python<'py>, rest: &[u8], needed: usize) -> PyResult<Found<'py>> {
        let header = self.steps.header_len();
        if rest.is_empty() {
            return Ok(Found::End);
        }
        match self.steps.cut(rest) {
            Some(packet) => Ok(Found::Record(packet.stamp, PyBytes::new(py, captured(rest, &packet)))),
            None if self.steps.ends_quietly(rest) => Ok(Found::End),
            None if rest.len() < header => Err(need_data(py, Some((rest.len(), header)))),
            None => Err(need_data(py, Some((rest.len(), needed)))),
        }
    }

    fn read<'py>(&self, py: Python<'py>, count: usize) -> PyResult<Bound<'py, PyBytes>> {
        let read = self.file.bind(py).call_method1(intern!(py, "read"), (count,))?;
        if let Ok(bytes) = read.cast::<PyBytes>() {
            return Ok(bytes.clone());
        }
        if read.is_none() {
            return Ok(PyBytes::new(py, b"")); // a non-blocking stream without data: what is there has been read
        }
        if read.is_instance_of::<pyo3::types::PyString>() {
            return Err(PyTypeError::new_err("read() of a capture's file must return bytes, not str; open the file in binary mode ('rb')"));
        }
        Ok(py.get_type::<PyBytes>().call1((read,))?.cast_into::<PyBytes>()?)
    }

    fn tell(&self, py: Python<'_>) -> PyResult<u64> {
        self.file.bind(py).call_method0(intern!(py, "tell"))?.extract()
    }

    fn seek(&self, py: Python<'_>, place: u64) -> PyResult<()> {
        self.file.bind(py).call_method1(intern!(py, "seek"), (place,)).map(drop)
    }
}

/// The captured bytes of a packet that may be cut.
#[inline]
fn captured<'a>(bytes: &'a [u8], packet: &Packet) -> &'a [u8] {
    let rest = bytes.get(packet.start..).unwrap_or_default();
    rest.get(..packet.cap_len).unwrap_or(rest)
}

/// `unwire.errors.NeedData`, with dpkt's words.
fn need_data(py: Python<'_>, counts: Option<(usize, usize)>) -> PyErr {
    let text = counts.map_or_else(String::new, |(got, needed)| format!("got {got}, {needed} needed at least"));
    raised(py, "NeedData", &text)
}

fn damaged(py: Python<'_>, reason: Reason) -> PyErr {
    match reason {
        Reason::BadBlockLength => raised(py, "UnpackError", "length fields do not match"),
        Reason::ZeroLengthBlock => raised(py, "UnpackError", "block length is zero"),
        _ => raised(py, "UnpackError", &format!("damaged capture: {reason}")),
    }
}

fn raised(py: Python<'_>, class: &str, text: &str) -> PyErr {
    match py.import("unwire.errors").and_then(|errors| errors.getattr(class)).and_then(|class| class.call1((text,))) {
        Ok(error) => PyErr::from_value(error),
        Err(error) => error,
    }
}

/// One pass over the records. When it ends or is dropped, the file's position is right behind the last record.
#[pyclass(frozen, module = "unwire._engine")]
pub(crate) struct StepsIterator {
    steps: Py<Steps>,
    ended: AtomicBool,
}

#[pymethods]
impl StepsIterator {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        if !self.ended.load(Ordering::Relaxed) {
            let mut steps = self.steps.bind(py).try_borrow_mut()?;
            match steps.advance(py, true) {
                Ok(Some(record)) => return Ok(record),
                Ok(None) => steps.release(py)?,
                Err(error) => {
                    self.ended.store(true, Ordering::Relaxed);
                    steps.release(py)?;
                    return Err(error);
                }
            }
            drop(steps);
            self.ended.store(true, Ordering::Relaxed);
        }
        Err(PyStopIteration::new_err(()))
    }

    /// End the pass.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        self.ended.store(true, Ordering::Relaxed);
        self.steps.bind(py).try_borrow_mut()?.release(py)
    }
}

impl Drop for StepsIterator {
    fn drop(&mut self) {
        if self.ended.load(Ordering::Relaxed) {
            return;
        }
        Python::attach(|py| {
            // An exception may be on its way through the loop that this iterator served: it must not be disturbed.
            let passing = PyErr::take(py);
            if let Ok(mut steps) = self.steps.bind(py).try_borrow_mut() {
                // A file that is closed by now has no position to be right.
                let _ = steps.release(py);
            }
            if let Some(error) = passing {
                error.restore(py);
            }
        });
    }
}
