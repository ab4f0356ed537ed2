//! What connections say, for Python: logs as streams of batches, and messages one by one.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow_array::RecordBatch;
use pyo3::exceptions::{PyOSError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};
use unwire::columns::Output;
use unwire::logs;
use unwire::native::row::{Extract, LOGS, Said, Talk};

use crate::batch::Batch;
use crate::capture::Info;
use crate::conn::{CONN, Pass};
use crate::source::Begun;
use crate::stream::Rows;

/// The rows of one log.
pub(crate) struct LogPass {
    pub(crate) pass: Pass,
    pub(crate) log: usize,
    pub(crate) files: Option<Extracting>,
}

/// Rows of a log, if there are enough.
fn rows_of(pass: &mut Pass, log: usize) -> PyResult<Option<RecordBatch>> {
    let sheet = pass.talks.rows.take(log, pass.ended);
    sheet.map(|sheet| logs::batch(log, sheet)).transpose().map_err(|error| PyRuntimeError::new_err(error.to_string()))
}

impl Rows for LogPass {
    fn next(&mut self) -> PyResult<Option<RecordBatch>> {
        loop {
            if let Some(rows) = rows_of(&mut self.pass, self.log)? {
                return Ok(Some(rows));
            }
            let more = self.pass.step()?;
            self.files.as_ref().map_or(Ok(()), Extracting::check)?;
            if !more {
                return Ok(None);
            }
        }
    }

    fn infos(&self) -> Vec<Info> {
        self.pass.infos()
    }
}

/// A folder that files are extracted to.
#[derive(Clone)]
pub(crate) struct Extracting {
    folder: PathBuf,
    failed: Arc<Mutex<Option<(io::Error, PathBuf)>>>,
}

impl Extracting {
    pub(crate) fn new(folder: Option<PathBuf>) -> Option<Self> {
        folder.map(|folder| Self { folder, failed: Arc::default() })
    }

    /// What takes the files. Nothing that is there is written over, or written through.
    pub(crate) fn taking(&self) -> Extract {
        let Self { folder, failed } = self.clone();
        Extract(Box::new(move |name, bytes| {
            let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
            if failed.is_none() {
                let path = folder.join(name);
                let made = File::options().write(true).create_new(true).open(&path).and_then(|mut file| file.write_all(bytes));
                *failed = made.err().map(|error| (error, path));
            }
        }))
    }

    fn check(&self) -> PyResult<()> {
        match self.failed.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some((error, path)) => Err(PyOSError::new_err((error.raw_os_error(), error.to_string(), path))),
            None => Ok(()),
        }
    }
}

/// Several logs, made in one pass: iterating gives the name of a log and some of its rows.
#[pyclass(frozen, module = "unwire._engine")]
pub(crate) struct Logs {
    pass: Mutex<Pass>,
    connections: Arc<[Output]>,
    files: Option<Extracting>,
    begun: Begun,
}

impl Logs {
    pub(crate) fn of(pass: Pass, connections: Arc<[Output]>, files: Option<Extracting>) -> Self {
        Self { pass: Mutex::new(pass), connections, files, begun: Begun::here() }
    }

    fn next(&self) -> PyResult<Option<(&'static str, Batch)>> {
        let mut pass = self.pass.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(rows) = pass.connections()? {
                return Ok(Some((CONN, Batch { rows, outputs: Arc::clone(&self.connections) })));
            }
            for (log, told) in LOGS.iter().enumerate() {
                if let Some(rows) = rows_of(&mut pass, log)? {
                    return Ok(Some((told.name, Batch { rows, outputs: logs::outputs(log).into() })));
                }
            }
            let more = pass.step()?;
            self.files.as_ref().map_or(Ok(()), Extracting::check)?;
            if !more {
                return Ok(None);
            }
        }
    }
}

#[pymethods]
impl Logs {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<(&'static str, Batch)>> {
        self.begun.check()?;
        py.check_signals()?;
        py.detach(|| self.next())
    }

    /// What is known of each capture so far.
    fn infos(&self, py: Python<'_>) -> Vec<Info> {
        py.detach(|| self.pass.lock().unwrap_or_else(PoisonError::into_inner).infos())
    }
}

pub(crate) fn log_of(name: &str) -> PyResult<usize> {
    logs::number(name).ok_or_else(|| PyValueError::new_err(format!("no log {name:?}")))
}

/// Every log: its name, what a row is, and the columns that a reader wants most.
#[pyfunction]
pub(crate) fn logs_there_are() -> Vec<(&'static str, &'static str, Vec<&'static str>)> {
    LOGS.iter().map(|log| (log.name, log.row, log.shown.to_vec())).collect()
}

/// The columns of a log, with Zeek's types.
#[pyfunction]
pub(crate) fn log_columns(name: &str) -> PyResult<Vec<(&'static str, &'static str)>> {
    Ok(logs::types(log_of(name)?))
}

/// Messages, one by one.
#[pyclass(frozen, module = "unwire._engine")]
pub(crate) struct Messages {
    pass: Mutex<Pass>,
}

impl Messages {
    pub(crate) fn of(pass: Pass) -> Self {
        Self { pass: Mutex::new(pass) }
    }

    fn lock(&self) -> MutexGuard<'_, Pass> {
        self.pass.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Messages {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    /// Time, uid, addresses and ports, side, frames, head, body, body without compression, and if it is not whole.
    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        loop {
            py.check_signals()?;
            // What was said comes out before it is read on.
            let found = py.detach(|| {
                let mut pass = self.lock();
                match pass.talks.rows.said.pop_front() {
                    Some(said) => Ok::<_, PyErr>((Some(said), true)),
                    None => Ok((None, pass.step()?)),
                }
            })?;
            match found {
                (Some((talk, said)), _) => return told(py, talk, said).map(Some),
                (None, true) => {}
                (None, false) => return Ok(None),
            }
        }
    }

    /// What is known of each capture so far.
    fn infos(&self, py: Python<'_>) -> Vec<Info> {
        py.detach(|| self.lock().infos())
    }
}

fn told(py: Python<'_>, talk: Talk, said: Said) -> PyResult<Bound<'_, PyTuple>> {
    let [orig, resp] = talk.addresses;
    let ends = (talk.uid, orig, talk.ports[0], resp, talk.ports[1]);
    let bytes = |bytes: &[u8]| PyBytes::new(py, bytes);
    let decoded = said.decoded.as_deref().map(bytes);
    (said.mark.time, ends, said.side, said.frames, bytes(&said.head), bytes(&said.body), decoded, said.cut).into_pyobject(py)
}
