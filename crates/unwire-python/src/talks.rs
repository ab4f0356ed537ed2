//! What connections say, for Python: logs as streams of batches, and messages one by one.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use arrow_array::RecordBatch;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};
use unwire::logs;
use unwire::native::row::Talk;
use unwire::native::speaker::Said;

use crate::capture::Info;
use crate::conn::Pass;
use crate::stream::Rows;

/// Rows that go out together.
const TOGETHER: usize = 8192;

/// The rows of one log.
pub(crate) struct LogPass {
    pub(crate) pass: Pass,
    pub(crate) log: usize,
}

impl Rows for LogPass {
    fn next(&mut self) -> PyResult<Option<RecordBatch>> {
        loop {
            let waiting = &mut self.pass.talks.rows.rows;
            if waiting.len() >= if self.pass.ended { 1 } else { TOGETHER } {
                let rows = std::mem::take(waiting);
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

pub(crate) fn log_of(name: &str) -> PyResult<usize> {
    logs::number(name).ok_or_else(|| PyValueError::new_err(format!("no log {name:?}")))
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
                match pass.talks.said.as_mut().and_then(VecDeque::pop_front) {
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
