//! What connections say, for Python: logs as streams of batches, and messages one by one.

use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::RecordBatch;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};
use unwire::filter;
use unwire::logs;
use unwire::native::row::Rows as LogRows;
use unwire::native::row::Talk;
use unwire::native::speaker::Said;
use unwire::pool::Ordered;
use unwire::schema;
use unwire::talks::{Listening, Talks};

use crate::capture::Info;
use crate::filter::{Filter, looking, of_schema};
use crate::schema::Schema;
use crate::source::{Begun, Source, to_python};
use crate::stream::{Rows, Stream};

/// Rows that go out together.
const TOGETHER: usize = 8192;

/// A pass over captures, one after the other; connections go on from one to the next.
struct Pass {
    talks: Arc<Mutex<Talks>>,
    filter: Option<Arc<filter::Filter>>,
    sources: std::vec::IntoIter<Py<Source>>,
    link: Option<u16>,
    current: Option<Ordered<Listening>>,
    before: u64,
    ended: bool,
    infos: Vec<Info>,
    begun: Begun,
}

impl Pass {
    fn new(
        py: Python<'_>,
        schema: &Arc<schema::Schema>,
        sources: Vec<Py<Source>>,
        link: Option<u16>,
        filter: Option<&Filter>,
        talks: Talks,
    ) -> PyResult<Self> {
        let filter = of_schema(filter, schema)?;
        let talks = Arc::new(Mutex::new(talks));
        let sources = sources.into_iter();
        let mut pass = Self { talks, filter, sources, link, current: None, before: 0, ended: false, infos: Vec::new(), begun: Begun::here() };
        if let Some(source) = pass.sources.next() {
            pass.current = Some(pass.open(py, source.get())?);
        }
        Ok(pass)
    }

    fn open(&self, py: Python<'_>, source: &Source) -> PyResult<Ordered<Listening>> {
        let mut capture = source.open(py)?;
        if let Some(filter) = &self.filter {
            capture = looking(capture, filter.schema(), self.link, filter.is_told(), false);
        }
        // What is said depends on what was said before: one worker.
        Ok(Ordered::new(capture, 1, || Listening::new(&self.talks, self.filter.as_ref(), self.link, self.before)))
    }

    /// Read on; false when all is read.
    fn step(&mut self) -> PyResult<bool> {
        self.begun.check()?;
        if self.ended {
            return Ok(false);
        }
        match self.current.as_mut().and_then(Iterator::next) {
            Some(Ok(records)) => {
                self.before += records;
                return Ok(true);
            }
            Some(Err(error)) => return Err(to_python(error)),
            None => {}
        }
        if let Some(pass) = self.current.take() {
            self.infos.push(pass.with_capture(Info::of));
        }
        if let Some(source) = self.sources.next() {
            self.current = Some(Python::attach(|py| self.open(py, source.get()))?);
        } else {
            self.talks.lock().unwrap_or_else(PoisonError::into_inner).end();
            self.ended = true;
        }
        Ok(true)
    }

    fn infos(&self) -> Vec<Info> {
        let current = self.current.as_ref().map(|pass| pass.with_capture(Info::of));
        self.infos.iter().cloned().chain(current).collect()
    }
}

/// The rows of one log.
struct LogPass {
    pass: Pass,
    log: usize,
}

impl Rows for LogPass {
    fn next(&mut self) -> PyResult<Option<RecordBatch>> {
        loop {
            let rows = {
                let mut talks = self.pass.talks.lock().unwrap_or_else(PoisonError::into_inner);
                let enough = talks.rows.rows.len() >= if self.pass.ended { 1 } else { TOGETHER };
                if enough { std::mem::take(&mut talks.rows.rows) } else { Vec::new() }
            };
            if !rows.is_empty() {
                let cells: Vec<_> = rows.into_iter().map(|row| row.1).collect();
                return logs::batch(self.log, &cells).map(Some).map_err(|error| PyRuntimeError::new_err(error.to_string()));
            }
            if !self.pass.step()? {
                return Ok(None);
            }
        }
    }

    fn infos(&self) -> Vec<Info> {
        self.pass.infos()
    }
}

fn log_of(name: &str) -> PyResult<usize> {
    logs::number(name).ok_or_else(|| PyValueError::new_err(format!("no log {name:?}")))
}

/// The columns of a log, with Zeek's types.
#[pyfunction]
pub(crate) fn log_columns(name: &str) -> PyResult<Vec<(&'static str, &'static str)>> {
    Ok(logs::types(log_of(name)?))
}

/// Begin a pass for a log.
#[pyfunction]
#[pyo3(signature = (name, sources, schema, link = None, filter = None, hashes = false))]
pub(crate) fn log_stream(
    py: Python<'_>,
    name: &str,
    sources: Vec<Py<Source>>,
    schema: &Schema,
    link: Option<u16>,
    filter: Option<&Filter>,
    hashes: bool,
) -> PyResult<Stream> {
    let log = log_of(name)?;
    let mut rows = LogRows { hashes, ..LogRows::default() };
    if let Some(wanted) = rows.wanted.get_mut(log) {
        *wanted = true;
    }
    let talks = Talks::new(&schema.inner, rows, None);
    let pass = Pass::new(py, &schema.inner, sources, link, filter, talks)?;
    Ok(Stream::of(logs::schema(log), logs::outputs(log).into(), Box::new(LogPass { pass, log })))
}

/// Messages, one by one.
#[pyclass(frozen, module = "unwire._engine")]
pub(crate) struct Messages {
    pass: Mutex<Pass>,
    talks: Arc<Mutex<Talks>>,
}

#[pymethods]
impl Messages {
    /// Messages of the protocol that a log is about.
    #[new]
    #[pyo3(signature = (name, sources, schema, link = None, filter = None))]
    fn new(py: Python<'_>, name: &str, sources: Vec<Py<Source>>, schema: &Schema, link: Option<u16>, filter: Option<&Filter>) -> PyResult<Self> {
        let talks = Talks::new(&schema.inner, LogRows::default(), Some(log_of(name)?));
        let pass = Pass::new(py, &schema.inner, sources, link, filter, talks)?;
        Ok(Self { talks: Arc::clone(&pass.talks), pass: Mutex::new(pass) })
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    /// Time, uid, addresses and ports, side, frames, head, body, body without compression, and if it is not whole.
    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        loop {
            py.check_signals()?;
            let found = self.talks.lock().unwrap_or_else(PoisonError::into_inner).said.as_mut().and_then(std::collections::VecDeque::pop_front);
            if let Some((talk, said)) = found {
                return told(py, talk, said).map(Some);
            }
            if !py.detach(|| self.pass.lock().unwrap_or_else(PoisonError::into_inner).step())? {
                return Ok(None);
            }
        }
    }

    /// What is known of each capture so far.
    fn infos(&self, py: Python<'_>) -> Vec<Info> {
        py.detach(|| self.pass.lock().unwrap_or_else(PoisonError::into_inner).infos())
    }
}

fn told(py: Python<'_>, talk: Talk, said: Said) -> PyResult<Bound<'_, PyTuple>> {
    let [orig, resp] = talk.addresses;
    let ends = (talk.uid, orig, talk.ports[0], resp, talk.ports[1]);
    let bytes = |bytes: &[u8]| PyBytes::new(py, bytes);
    let decoded = said.decoded.as_deref().map(bytes);
    (said.mark.time, ends, said.side, said.frames, bytes(&said.head), bytes(&said.body), decoded, said.cut).into_pyobject(py)
}
