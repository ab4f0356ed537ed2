//! One pass over a capture as a stream of batches: a Python iterator, an Arrow C stream, Arrow IPC.

use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, SchemaRef};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::{PyBytes, PyCapsule};
use unwire::columns::{Columns, Output, Plan};
use unwire::filter::{self, Selected};
use unwire::pool::Ordered;

use crate::batch::Batch;
use crate::capture::Info;
use crate::filter::{Filter, Needs, bounded, looking, of_schema};
use crate::schema::{Schema, plan};
use crate::source::{Begun, Source, apart, to_python};

/// One pass over one capture or several, one after the other; iterating gives batches. It ends once.
#[pyclass(frozen, module = "unwire._engine")]
pub(crate) struct Stream {
    arrow: SchemaRef,
    outputs: Arc<[Output]>,
    /// None when the pass was given away as a C stream.
    passes: Mutex<Option<Box<dyn Rows>>>,
    begun: Begun,
}

/// Rows of captures, made as they are asked for.
pub(crate) trait Rows: Send {
    /// The next rows; None when all captures are read.
    fn next(&mut self) -> PyResult<Option<RecordBatch>>;
    /// What is known of each capture so far.
    fn infos(&self) -> Vec<Info>;
}

/// The captures of a pass, opened one after the other.
struct Passes {
    plan: Arc<Plan>,
    filter: Option<Arc<filter::Filter>>,
    sources: std::vec::IntoIter<Py<Source>>,
    workers: usize,
    link: Option<u16>,
    current: Option<Ordered<Selected>>,
    infos: Vec<Info>,
    begun: Begun,
    /// True if pieces of datagrams are put together.
    reassemble: bool,
}

impl Drop for Passes {
    fn drop(&mut self) {
        let current = self.current.take();
        if self.begun.is_here() {
            apart(move || drop(current));
        } else {
            // Its threads are the parent's: who waited for them here would wait for ever.
            std::mem::forget(current);
        }
    }
}

impl Rows for Passes {
    fn infos(&self) -> Vec<Info> {
        let current = self.current.as_ref().map(|pass| pass.with_capture(Info::of));
        self.infos.iter().cloned().chain(current).collect()
    }

    fn next(&mut self) -> PyResult<Option<RecordBatch>> {
        self.begun.check()?;
        loop {
            if let Some(pass) = &mut self.current {
                match pass.next() {
                    Some(Ok(rows)) => return rows.map(Some).map_err(|error| PyRuntimeError::new_err(error.to_string())),
                    Some(Err(error)) => return Err(to_python(error)),
                    None => {
                        self.infos.push(pass.with_capture(Info::of));
                        self.current = None;
                    }
                }
            }
            let Some(source) = self.sources.next() else { return Ok(None) };
            self.current = Some(Python::attach(|py| self.open(py, source.get()))?);
        }
    }
}

impl Passes {
    fn open(&self, py: Python<'_>, source: &Source) -> PyResult<Ordered<Selected>> {
        let workers = if source.is_object() { 1 } else { self.workers };
        let needs = Needs::of(Some(&self.plan), self.filter.as_deref());
        let capture = looking(bounded(source.open(py)?, self.filter.as_deref()), &self.plan.schema, self.link, needs, self.reassemble);
        Ok(Ordered::new(capture, workers, || Selected::new(Columns::new(Arc::clone(&self.plan), self.link), self.filter.as_ref(), self.link)))
    }
}

#[pymethods]
impl Stream {
    /// Begin a pass: `columns` by name, `occurrence` first, last or all, `workers` threads, `link` to override the captures' link type,
    /// `filter` for the packets it matches.
    /// `reassemble` shows a datagram on the frame of its last piece.
    /// The first source is opened at once, so that what cannot be opened fails here.
    #[new]
    #[pyo3(signature = (sources, schema, columns, occurrence = "first", workers = 1, link = None, filter = None, reassemble = false))]
    #[allow(clippy::too_many_arguments, reason = "keywords in Python")]
    fn new(
        py: Python<'_>,
        sources: Vec<Py<Source>>,
        schema: &Schema,
        columns: Vec<String>,
        occurrence: &str,
        workers: usize,
        link: Option<u16>,
        filter: Option<&Filter>,
        reassemble: bool,
    ) -> PyResult<Self> {
        let plan = Arc::new(plan(schema, &columns, occurrence)?);
        let filter = of_schema(filter, &plan.schema)?;
        let sources = sources.into_iter();
        let mut passes =
            Passes { plan: Arc::clone(&plan), filter, sources, workers, link, current: None, infos: Vec::new(), begun: Begun::here(), reassemble };
        if let Some(source) = passes.sources.next() {
            passes.current = Some(passes.open(py, source.get())?);
        }
        Ok(Self::of(plan.arrow_schema(), plan.outputs.clone().into(), Box::new(passes)))
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Batch>> {
        py.check_signals()?;
        let rows = self.with_passes(py, |passes| passes.next())??;
        Ok(rows.map(|rows| Batch { rows, outputs: Arc::clone(&self.outputs) }))
    }

    /// What is known of each capture so far: format, interfaces, loss.
    fn infos(&self, py: Python<'_>) -> PyResult<Vec<Info>> {
        self.with_passes(py, |passes| passes.infos())
    }

    /// The rest of the pass as an Arrow C stream (the Arrow `PyCapsule` interface).
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(&self, py: Python<'py>, requested_schema: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema; // "best effort" in the interface's words: types are always the declared ones
        self.begun.check()?;
        let passes = self.passes.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner).take();
        let reader = Reader { schema: Arc::clone(&self.arrow), passes: passes.ok_or_else(given_away)? };
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(reader)), c"arrow_array_stream")
    }
}

fn given_away() -> PyErr {
    PyRuntimeError::new_err("this pass was handed to an Arrow consumer")
}

impl Stream {
    pub(crate) fn of(arrow: SchemaRef, outputs: Arc<[Output]>, rows: Box<dyn Rows>) -> Self {
        Self { arrow, outputs, passes: Mutex::new(Some(rows)), begun: Begun::here() }
    }

    #[allow(clippy::redundant_closure, reason = "the function alone would have to live as long as what it is given")]
    fn with_passes<T: Send>(&self, py: Python<'_>, work: impl FnOnce(&mut dyn Rows) -> T + Send) -> PyResult<T> {
        self.begun.check()?;
        py.detach(|| {
            let mut passes = self.passes.lock().unwrap_or_else(PoisonError::into_inner);
            passes.as_deref_mut().map(|passes| work(passes))
        })
        .ok_or_else(given_away)
    }
}

/// A pass as Arrow wants to read it.
struct Reader {
    schema: SchemaRef,
    passes: Box<dyn Rows>,
}

impl Iterator for Reader {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.passes.next().map_err(|error| ArrowError::ExternalError(Box::new(error))).transpose()
    }
}

impl RecordBatchReader for Reader {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }
}

/// Batches as an Arrow IPC stream, piece by piece.
#[pyclass(module = "unwire._engine")]
pub(crate) struct IpcWriter(Option<StreamWriter<Vec<u8>>>);

#[pymethods]
impl IpcWriter {
    /// For the batches of this pass.
    #[new]
    fn new(stream: &Stream) -> PyResult<Self> {
        let writer = StreamWriter::try_new(Vec::new(), &stream.arrow).map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Self(Some(writer)))
    }

    /// The bytes of one more batch (and, the first time, of the schema).
    fn write<'py>(&mut self, py: Python<'py>, batch: &Batch) -> PyResult<Bound<'py, PyBytes>> {
        let writer = self.0.as_mut().ok_or_else(|| PyValueError::new_err("the stream is finished"))?;
        py.detach(|| writer.write(&batch.rows)).map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(PyBytes::new(py, &std::mem::take(writer.get_mut())))
    }

    /// The bytes that end the stream.
    fn finish<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let mut writer = self.0.take().ok_or_else(|| PyValueError::new_err("the stream is finished"))?;
        writer.finish().map_err(|error| PyValueError::new_err(error.to_string()))?;
        let bytes = writer.into_inner().map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(PyBytes::new(py, &bytes))
    }
}
