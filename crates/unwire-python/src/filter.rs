//! A compiled filter, as Python hands it over and asks it.

use std::sync::{Arc, Mutex, PoisonError};

use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use unwire::capture::{Batch, Capture, CaptureError, Limits, Options, write::options};
use unwire::columns::Plan;
use unwire::filter::{self, Facts, Matcher};
use unwire::reader::Bytes;
use unwire::schema;
use unwire::tracking::Tracking;

use crate::schema::Schema;

create_exception!(unwire, FilterRefused, PyValueError, "A tree that the engine refuses: (message, first character, last).");

/// A filter, compiled for one schema from a tree in JSON (see the engine's `filter` module). What does not fit raises `FilterRefused`.
#[pyclass(frozen, module = "unwire._engine")]
pub(crate) struct Filter {
    pub(crate) inner: Arc<filter::Filter>,
    /// For frames that come one by one.
    matcher: Mutex<Matcher>,
}

/// The filter, if it was compiled for this schema.
pub(crate) fn of_schema(filter: Option<&Filter>, schema: &Arc<schema::Schema>) -> PyResult<Option<Arc<filter::Filter>>> {
    match filter {
        Some(filter) if !Arc::ptr_eq(filter.inner.schema(), schema) => Err(PyValueError::new_err("the filter was compiled for another schema")),
        filter => Ok(filter.map(|filter| Arc::clone(&filter.inner))),
    }
}

#[pymethods]
impl Filter {
    #[new]
    fn new(py: Python<'_>, schema: &Schema, document: &str) -> PyResult<Self> {
        let compiled = py.detach(|| filter::Filter::compile(&schema.inner, document));
        let inner = Arc::new(compiled.map_err(|error| FilterRefused::new_err((error.message, error.at.0, error.at.1)))?);
        let matcher = Mutex::new(Matcher::new(Arc::clone(&inner)));
        Ok(Self { inner, matcher })
    }

    /// True if it was compiled for this schema.
    fn belongs_to(&self, schema: &Schema) -> bool {
        Arc::ptr_eq(self.inner.schema(), &schema.inner)
    }

    /// True if the packets before must be known: then it is asked of captures alone.
    #[getter]
    fn is_told(&self) -> bool {
        self.inner.is_told() || self.inner.is_timed()
    }

    /// The number of the last frame that can match; None if any can.
    #[getter]
    fn last(&self) -> Option<u64> {
        self.inner.last()
    }

    /// The names of what is asked about; the frame's bytes have none.
    fn fields(&self) -> Vec<String> {
        self.inner.fields().map(str::to_owned).collect()
    }

    /// Ask one frame.
    #[pyo3(signature = (data, link_type = 1, len = None, number = 1, time_ns = None, interface_id = None, comments = Vec::new()))]
    #[allow(clippy::too_many_arguments, reason = "keywords in Python")]
    fn matches(
        &self,
        data: &[u8],
        link_type: u16,
        len: Option<u32>,
        number: u64,
        time_ns: Option<i64>,
        interface_id: Option<u32>,
        comments: Vec<String>,
    ) -> bool {
        let raw = options(false, comments.iter().map(|comment| (1, comment.as_bytes())));
        let wire_len = len.unwrap_or(data.len() as u32);
        let facts = Facts { number, time: time_ns, wire_len, interface: interface_id, options: Options::new(&raw, false), ..Facts::default() };
        self.matcher.lock().unwrap_or_else(PoisonError::into_inner).matches(link_type, Bytes(data), &facts)
    }
}

/// A capture that is read for plans and filters: where these need the packets before, an ordered pass looks at every batch first.
pub(crate) fn looking(mut capture: Capture, schema: &Arc<schema::Schema>, link: Option<u16>, needs: Needs, reassemble: bool) -> Capture {
    if needs.is_told || needs.hears != 0 || reassemble {
        let hears = if reassemble { u64::MAX } else { needs.hears };
        capture.look_ahead(Box::new(Tracking::new(Arc::clone(schema), link, reassemble, hears)));
    }
    capture
}

/// A capture of which no more is read than a filter can match, nor is known then of what it says at its end.
pub(crate) fn bounded(mut capture: Capture, filter: Option<&filter::Filter>) -> Capture {
    if let Some(last) = filter.and_then(filter::Filter::last) {
        capture.stop_behind(last);
    }
    capture
}

/// What plans and filters need of an ordered pass.
#[derive(Clone, Copy, Default)]
pub(crate) struct Needs {
    is_told: bool,
    hears: u64,
}

impl Needs {
    pub(crate) fn of(plan: Option<&Plan>, filter: Option<&filter::Filter>) -> Self {
        let told = plan.is_some_and(|plan| plan.is_told) || filter.is_some_and(filter::Filter::is_told);
        Self { is_told: told, hears: plan.map_or(0, |plan| plan.hears) | filter.map_or(0, filter::Filter::hears) }
    }
}

/// How far a reading is.
pub(crate) enum Going {
    /// At a record.
    Here,
    /// Behind a batch without one.
    On,
    End,
}

/// Go to the next record that matches, but no further than the batch, so that Ctrl-C is heard.
pub(crate) fn advance(
    capture: &mut Capture,
    batch: &mut Batch,
    at: &mut usize,
    matcher: Option<&mut Matcher>,
    link: Option<u16>,
    limits: Limits,
) -> Result<Going, CaptureError> {
    if *at >= batch.records.len() {
        *at = 0;
        if !capture.fill(batch, limits)? {
            return Ok(Going::End);
        }
    }
    let Some(matcher) = matcher else { return Ok(Going::Here) };
    while *at < batch.records.len() {
        if matcher.matches_record(link, batch, *at) {
            return Ok(Going::Here);
        }
        *at += 1;
    }
    Ok(Going::On)
}
