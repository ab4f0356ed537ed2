//! The packets of one or more captures by their places: read in order of time, from any of them on, or one by one. Where a packet stands is the
//! engine's knowledge; here it is asked for with the GIL released.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::{PyIndexError, PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::PyBytes;
use unwire::capture::{Batch, Finder, Identity, Index, Limits, Merge, Opener, Order, Sidecar};
use unwire::tracking::Tracking;

use crate::frame::{Frame, Shared};
use crate::frames::Frames;
use crate::schema::Schema;
use crate::source::{Begun, Source, raised, to_python};

/// Frames are taken one at a time, so a batch need not be large.
const LIMITS: Limits = Limits { records: 512, bytes: 256 * 1024 };
/// Who only looks where packets stand takes more at once, as much as stays in the cache.
const SURVEY: Limits = Limits { records: 65_536, bytes: 512 * 1024 };

/// What is known of the places.
struct Known {
    survey: Option<Merge>,
    order: Order,
    indexes: Vec<Index>,
    finders: Vec<Option<Finder>>,
    /// Packets whose place is known, among all captures.
    count: u64,
    complete: bool,
    batch: Batch,
    shared: Option<Arc<Shared>>,
    /// The files that the captures are, and what told them from others before they were read; None where nothing is to be kept.
    files: Option<(Vec<PathBuf>, Vec<Identity>)>,
}

/// Where the packets of some captures are. `open` gives the `Source` of a number, for every pass anew; `count` is how many there are.
#[pyclass(frozen, module = "unwire._engine")]
pub(crate) struct Places {
    open: Py<PyAny>,
    sources: usize,
    link: Option<u16>,
    known: Arc<Mutex<Known>>,
    begun: Begun,
}

pub(crate) fn lock<'a, T>(py: Python<'_>, known: &'a Mutex<T>) -> MutexGuard<'a, T> {
    known.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner)
}

/// A source of a number, as Python gives it.
fn source<'py>(py: Python<'py>, open: &Py<PyAny>, number: usize) -> PyResult<Bound<'py, Source>> {
    Ok(open.bind(py).call1((number,))?.cast_into::<Source>()?)
}

impl Known {
    /// The capture of a packet, and its number there.
    fn place(&self, number: u64) -> Option<(usize, u64)> {
        if number >= self.count {
            return None;
        }
        if self.indexes.len() == 1 { Some((0, number)) } else { self.order.place(number) }
    }

    fn taken(&self, number: u64) -> Vec<u64> {
        if self.indexes.len() == 1 { vec![number] } else { self.order.taken(number) }
    }

    fn finder(&mut self, open: &Py<PyAny>, number: usize) -> PyResult<(&mut Finder, &Index, &mut Batch)> {
        let slot = &mut self.finders[number];
        if slot.is_none() {
            let anywhere = Python::attach(|py| source(py, open, number)?.get().anywhere(py))?;
            *slot = Some(Finder::open(anywhere).map_err(to_python)?);
        }
        Ok((slot.as_mut().expect("it was just filled"), &self.indexes[number], &mut self.batch))
    }
}

impl Places {
    /// Opens captures from their beginning, or, by what is known of their places, further on.
    fn opener(&self, py: Python<'_>) -> Opener {
        let (open, known) = (self.open.clone_ref(py), Arc::clone(&self.known));
        Box::new(move |number, from| {
            if from == 0 {
                let opened = Python::attach(|py| source(py, &open, number)?.get().open(py));
                return opened.map(|capture| Some((capture, 0))).map_err(raised);
            }
            let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
            let (finder, index, _) = known.finder(&open, number).map_err(raised)?;
            finder.capture(index, from)
        })
    }

    fn shared(&self, py: Python<'_>, schema: &Bound<'_, Schema>) -> Arc<Shared> {
        let mut known = lock(py, &self.known);
        match &known.shared {
            Some(shared) if shared.schema.is(schema) => Arc::clone(shared),
            _ => Arc::clone(known.shared.insert(Arc::new(Shared::new(schema)))),
        }
    }

    /// The record of a number, which is the last of the batch that is shown.
    fn record<T: Send>(&self, py: Python<'_>, number: u64, show: impl FnOnce(Python<'_>, &Batch) -> T) -> PyResult<T> {
        let mut known = lock(py, &self.known);
        self.find(py, &mut known, number, show)
    }

    fn find<T: Send>(&self, py: Python<'_>, known: &mut Known, number: u64, show: impl FnOnce(Python<'_>, &Batch) -> T) -> PyResult<T> {
        let (source, place) = known.place(number).ok_or_else(|| PyIndexError::new_err("the trace has no such packet"))?;
        let (finder, index, batch) = known.finder(&self.open, source)?;
        if !py.detach(|| finder.read(index, place, batch)).map_err(to_python)? {
            return Err(PyOSError::new_err("the capture has changed since it was looked at, or has more interfaces than are kept"));
        }
        Ok(show(py, batch))
    }

    /// The time of the first packet, once and for all.
    fn first(&self, py: Python<'_>, shared: &Shared) -> PyResult<()> {
        if shared.first.get().is_none() {
            let first = self.record(py, 0, |_, batch| batch.records.last().and_then(|record| record.time))?;
            let _ = shared.first.set(first);
        }
        Ok(())
    }
}

#[pymethods]
impl Places {
    #[new]
    #[pyo3(signature = (open, count, link = None))]
    fn new(open: Py<PyAny>, count: usize, link: Option<u16>) -> Self {
        let indexes = vec![Index::default(); count];
        let finders = (0..count).map(|_| None).collect();
        let known = Known {
            survey: None,
            order: Order::new(count),
            indexes,
            finders,
            count: 0,
            complete: false,
            batch: Batch::new(),
            shared: None,
            files: None,
        };
        Self { open, sources: count, link, known: Arc::new(Mutex::new(known)), begun: Begun::here() }
    }

    /// How many packets have a known place.
    #[getter]
    fn count(&self, py: Python<'_>) -> u64 {
        lock(py, &self.known).count
    }

    /// Whether these are all.
    #[getter]
    fn complete(&self, py: Python<'_>) -> bool {
        lock(py, &self.known).complete
    }

    /// Find out where packets stand until `number` is among them, or, without a number, all; returns how many are known.
    #[pyo3(signature = (number = None))]
    fn survey(&self, py: Python<'_>, number: Option<u64>) -> PyResult<u64> {
        self.begun.check()?;
        let mut known = lock(py, &self.known);
        loop {
            if known.complete || number.is_some_and(|number| number < known.count) {
                return Ok(known.count);
            }
            if known.survey.is_none() {
                let (sources, opener) = (self.sources, self.opener(py));
                known.survey = Some(py.detach(|| Merge::new(sources, SURVEY, opener)).map_err(to_python)?);
            }
            let Known { survey, order, indexes, count, complete, .. } = &mut *known;
            let Some(merge) = survey else { continue };
            let single = self.sources == 1;
            let goes_on = py.detach(|| {
                let Some(run) = merge.advance()? else { return Ok(false) };
                let (Some(index), Some((capture, batch))) = (indexes.get_mut(run.source), merge.last()) else { return Ok(false) };
                index.add(batch, capture.header_len(), capture.meta());
                if !single {
                    order.add(&run);
                }
                *count = run.number + run.records.len() as u64;
                Ok(true)
            });
            if !goes_on.map_err(to_python)? {
                *complete = true;
                *survey = None;
                indexes.iter_mut().for_each(Index::complete);
            }
            py.check_signals()?;
        }
    }

    /// Number of the first packet, in order, at a time or later; None if there is none. Times are taken to run forwards.
    fn at(&self, py: Python<'_>, time: i64) -> PyResult<Option<u64>> {
        let (mut low, mut high) = (0, self.survey(py, None)?);
        if self.sources == 1 {
            low = lock(py, &self.known).indexes[0].before(time);
            high = high.min(low + 4096);
        }
        let last = high;
        while low < high {
            let middle = low.midpoint(high);
            let found = self.record(py, middle, |_, batch| batch.records.last().and_then(|record| record.time))?;
            if found.is_some_and(|found| found < time) { low = middle + 1 } else { high = middle }
        }
        Ok(Some(low).filter(|low| *low < last))
    }

    /// The packet of a number, from 0, or, if negative, from the end.
    fn frame(&self, py: Python<'_>, schema: &Bound<'_, Schema>, number: i64) -> PyResult<Frame> {
        let mut known = lock(py, &self.known);
        let wanted = if number >= 0 && (number as u64) < known.count {
            number as u64
        } else {
            drop(known);
            let count = self.survey(py, u64::try_from(number).ok())?;
            known = lock(py, &self.known);
            let wanted = if number < 0 { number + count as i64 } else { number };
            u64::try_from(wanted)
                .ok()
                .filter(|wanted| *wanted < count)
                .ok_or_else(|| PyIndexError::new_err(format!("the trace has {count} packets")))?
        };
        let shared = match &known.shared {
            Some(shared) if shared.schema.is(schema) && shared.first.get().is_some() => Arc::clone(shared),
            _ => {
                drop(known);
                let shared = self.shared(py, schema);
                self.first(py, &shared)?;
                known = lock(py, &self.known);
                shared
            }
        };
        self.find(py, &mut known, wanted, |py, batch| batch.records.last().map(|record| Frame::of(py, &shared, batch, record, wanted, self.link)))?
            .ok_or_else(|| PyIndexError::new_err("the trace has no such packet"))
    }

    /// The packets from a number on, which must be known unless it is 0. `after` are the packets of captures before these, which are counted.
    /// With `hears` the packets know what their streams say with them, for their line.
    #[pyo3(signature = (schema, start = 0, after = None, hears = false))]
    fn frames(&self, py: Python<'_>, schema: &Bound<'_, Schema>, start: u64, after: Option<&Frames>, hears: bool) -> PyResult<Frames> {
        let shared = after.map_or_else(|| self.shared(py, schema), |after| Arc::clone(after.shared()));
        let before = after.map_or(start, |after| after.before(py));
        let mut opener = self.opener(py);
        if hears {
            let (inner, link) = (Arc::clone(&schema.get().inner), self.link);
            opener = Box::new(move |number, from| {
                let mut opened = opener(number, from)?;
                if let Some((capture, _)) = &mut opened {
                    capture.look_ahead(Box::new(Tracking::new(Arc::clone(&inner), link, false, u64::MAX)));
                }
                Ok(opened)
            });
        }
        let merge = if start == 0 {
            let sources = self.sources;
            py.detach(|| Merge::new(sources, LIMITS, opener))
        } else {
            self.first(py, &shared)?;
            let taken = lock(py, &self.known).taken(start);
            py.detach(|| Merge::from(taken, start, LIMITS, opener))
        };
        Ok(Frames::new(merge.map_err(to_python)?, before, shared, self.link, hears))
    }

    /// Say which files the captures are, so that what is found out may be kept for the very state they are in now.
    fn identify(&self, py: Python<'_>, paths: Vec<PathBuf>) -> PyResult<()> {
        if paths.len() != self.sources {
            return Err(PyValueError::new_err("each capture has one path"));
        }
        let identities = py.detach(|| paths.iter().map(|path| identity(path)).collect::<Result<_, _>>())?;
        lock(py, &self.known).files = Some((paths, identities));
        Ok(())
    }

    /// What to keep of where packets stand: bytes, if the captures were read to their end and are as they were.
    fn keep<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let known = lock(py, &self.known);
        let Known { files, indexes, order, .. } = &*known;
        let Some((paths, identities)) = files else { return Ok(None) };
        let kept = py.detach(|| {
            for (path, before) in paths.iter().zip(identities) {
                if identity(path)? != *before {
                    return Ok(None);
                }
            }
            Ok::<_, std::io::Error>(match (&identities[..], &indexes[..]) {
                ([identity], [index]) => Sidecar::write(identity, index),
                (identities, indexes) => Sidecar::write_several(identities, indexes, order),
            })
        })?;
        Ok(kept.map(|kept| PyBytes::new(py, &kept)))
    }

    /// Take what was kept; False if it is not of these captures as they are now.
    fn take(&self, py: Python<'_>, kept: PathBuf) -> PyResult<bool> {
        let mut known = lock(py, &self.known);
        let Some((_, identities)) = &known.files else { return Ok(false) };
        let found = py.detach(|| {
            let bytes = std::fs::read(kept)?;
            Ok::<_, std::io::Error>(match &identities[..] {
                [identity] => Sidecar::read(identity, bytes).map(|index| (vec![index], Order::default())),
                identities => Sidecar::read_several(identities, &bytes),
            })
        })?;
        let Some((indexes, order)) = found else { return Ok(false) };
        known.count = indexes.iter().map(Index::count).sum();
        (known.indexes, known.order, known.complete) = (indexes, order, true);
        Ok(true)
    }
}

fn identity(path: &std::path::Path) -> std::io::Result<Identity> {
    let file = std::fs::File::open(path)?;
    let status = file.metadata()?;
    let since = status.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Identity::of(&file, status.len(), since.as_nanos() as i64)
}
