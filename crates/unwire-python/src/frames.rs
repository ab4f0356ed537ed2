//! The packets of captures one after the other, in order of time, and the next of them that a filter matches. Where a reading begins is told by
//! places.rs.

use std::sync::{Arc, Mutex};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use unwire::capture::{Merge, Run};
use unwire::filter::Matcher;

use crate::capture::Info;
use crate::filter::{Filter, of_schema};
use crate::frame::{Frame, Shared};
use crate::places::lock;
use crate::source::{Begun, to_python};

/// The packets of the captures, one after the other.
#[pyclass(frozen, module = "unwire._engine")]
pub(crate) struct Frames {
    shared: Arc<Shared>,
    link: Option<u16>,
    /// An ordered pass looks at every batch first.
    hears: bool,
    reading: Mutex<Reading>,
    begun: Begun,
}

struct Reading {
    merge: Merge,
    /// What is left of the last run.
    run: Run,
    /// Packets that were counted so far.
    before: u64,
    /// Filters that were asked for, at work; they remember what they saw.
    matchers: Vec<Matcher>,
    /// What matches of some packets.
    rows: Vec<u32>,
}

/// A reading asks so many filters in turn without forgetting what they saw.
const MATCHERS: usize = 8;
/// Packets that are asked between two looks for Ctrl-C.
const ASKED: usize = 65_536;
/// Packets that are asked together, at most.
const TOGETHER: usize = 1024;

impl Frames {
    /// What a merge gives, of which `before` packets were passed over.
    pub(crate) fn new(merge: Merge, before: u64, shared: Arc<Shared>, link: Option<u16>, hears: bool) -> Self {
        let reading = Reading { merge, run: Run::default(), before, matchers: Vec::new(), rows: Vec::new() };
        Self { shared, link, hears, reading: Mutex::new(reading), begun: Begun::here() }
    }

    /// What its frames share.
    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Packets that were counted so far.
    pub(crate) fn before(&self, py: Python<'_>) -> u64 {
        lock(py, &self.reading).before
    }
}

#[pymethods]
impl Frames {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Frame>> {
        self.begun.check()?;
        let mut reading = lock(py, &self.reading);
        let Reading { merge, run, before, .. } = &mut *reading;
        if run.records.is_empty() {
            py.check_signals()?;
            let Some(next) = py.detach(|| merge.advance()).map_err(to_python)? else { return Ok(None) };
            *run = next;
        }
        let Some((_, batch)) = merge.last() else { return Ok(None) };
        let Some(at) = run.records.next() else { return Ok(None) };
        let Some(record) = batch.records.get(at) else { return Ok(None) };
        if *before == 0 {
            self.shared.first.get_or_init(|| record.time);
        }
        let mut frame = Frame::of(py, &self.shared, batch, record, *before, self.link);
        frame.hear(batch, at);
        *before += 1;
        Ok(Some(frame))
    }

    /// Index of the packet that is next.
    #[getter]
    fn index(&self, py: Python<'_>) -> u64 {
        lock(py, &self.reading).before
    }

    /// What the captures that were opened say of themselves, and of what was lost so far: (number of the capture, Info).
    fn infos(&self, py: Python<'_>) -> Vec<(usize, Info)> {
        lock(py, &self.reading).merge.accounts().map(|(source, format, meta)| (source, Info::new(format, meta))).collect()
    }

    /// The next packet that a filter matches, none of index `until` or later; those before it are passed over.
    #[pyo3(signature = (filter, until = None))]
    fn find(&self, py: Python<'_>, filter: &Filter, until: Option<u64>) -> PyResult<Option<Frame>> {
        self.begun.check()?;
        let filter = of_schema(Some(filter), &self.shared.schema.get().inner)?;
        let Some(filter) = filter else { return Ok(None) };
        if (filter.is_told() || filter.is_timed()) && !self.hears {
            return Err(PyValueError::new_err("this asks for the packets before, which only a reading that hears them knows"));
        }
        let mut reading = lock(py, &self.reading);
        let Reading { merge, run, before, matchers, rows } = &mut *reading;
        let known = matchers.iter().position(|matcher| matcher.is_for(&filter));
        let known = known.unwrap_or_else(|| {
            matchers.truncate(MATCHERS - 1);
            matchers.insert(0, Matcher::new(filter));
            0
        });
        let matcher = &mut matchers[known];
        loop {
            py.check_signals()?;
            let mut asked = 0;
            let found = py.detach(|| {
                while asked < ASKED {
                    if until.is_some_and(|until| *before >= until) {
                        return Ok(Some(None));
                    }
                    if run.records.is_empty() {
                        let Some(next) = merge.advance()? else { return Ok(Some(None)) };
                        *run = next;
                    }
                    let Some((_, batch)) = merge.last() else { return Ok(Some(None)) };
                    let at = run.records.start;
                    if *before == 0 {
                        self.shared.first.get_or_init(|| batch.records.get(at).and_then(|record| record.time));
                    }
                    // As many together as were passed over, so that what matches often costs little, and what matches seldom little each.
                    let left = until.map_or(usize::MAX, |until| usize::try_from(until - *before).unwrap_or(usize::MAX));
                    let some = (asked + 1).min(TOGETHER).min(run.records.len()).min(left);
                    matcher.select_of(self.link, batch, at..at + some, *before + 1, rows);
                    let passed = rows.first().map_or(some, |row| *row as usize + 1 - at);
                    asked += passed;
                    *before += passed as u64;
                    run.records.start += passed;
                    if let Some(row) = rows.first() {
                        return Ok(Some(Some(*row as usize)));
                    }
                }
                Ok(None)
            });
            let Some(found) = found.map_err(to_python)? else { continue };
            let record = found.and_then(|at| merge.last().and_then(|(_, batch)| Some((at, batch, batch.records.get(at)?))));
            return Ok(record.map(|(at, batch, record)| {
                let mut frame = Frame::of(py, &self.shared, batch, record, *before - 1, self.link);
                frame.hear(batch, at);
                frame
            }));
        }
    }
}
