//! One pass over a capture as a stream of batches: a Python iterator, an Arrow C stream, Arrow IPC.

use std::sync::{Arc, Mutex};

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, SchemaRef};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule};
use unwire::columns::{Columns, Plan};
use unwire::pool::Ordered;

use crate::batch::Batch;
use crate::capture::Info;
use crate::schema::{Schema, plan};
use crate::source::{Source, to_python};

/// One pass over a capture; iterating gives batches. It ends once.
#[pyclass(frozen, module = "unwire._engine")]
pub(crate) struct Stream {
    plan: Arc<Plan>,
    /// None when the pass was given away as a C stream.
    pass: Mutex<Option<Ordered<Columns>>>,
}

#[pymethods]
impl Stream {
    /// Begin a pass: `columns` by name, `occurrence` first, last or all, `workers` threads, `link` to override the capture's link type.
    #[new]
    #[pyo3(signature = (source, schema, columns, occurrence = "first", workers = 1, link = None))]
    fn new(
        py: Python<'_>,
        source: &Source,
        schema: &Schema,
        columns: Vec<String>,
        occurrence: &str,
        workers: usize,
        link: Option<u16>,
    ) -> PyResult<Self> {
        let plan = Arc::new(plan(schema, &columns, occurrence)?);
        let capture = source.open(py)?;
        let workers = if source.is_object() { 1 } else { workers };
        let pass = Ordered::new(capture, workers, || Columns::new(Arc::clone(&plan), link));
        Ok(Self { plan, pass: Mutex::new(Some(pass)) })
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Batch>> {
        py.check_signals()?;
        let next = py.detach(|| {
            let mut pass = self.pass.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            pass.as_mut().map(Iterator::next)
        });
        match next {
            None => Err(PyRuntimeError::new_err("this pass was handed to an Arrow consumer")),
            Some(None) => Ok(None),
            Some(Some(Err(error))) => Err(to_python(error)),
            Some(Some(Ok(Err(error)))) => Err(PyRuntimeError::new_err(error.to_string())),
            Some(Some(Ok(Ok(rows)))) => Ok(Some(Batch { rows, plan: Arc::clone(&self.plan) })),
        }
    }

    /// What is known of the capture so far: format, interfaces, loss.
    fn info(&self, py: Python<'_>) -> PyResult<Info> {
        let found = py.detach(|| {
            let pass = self.pass.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            pass.as_ref().map(|pass| pass.with_capture(Info::of))
        });
        found.ok_or_else(|| PyRuntimeError::new_err("this pass was handed to an Arrow consumer"))
    }

    /// The rest of the pass as an Arrow C stream (the Arrow PyCapsule interface).
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(&self, py: Python<'py>, requested_schema: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema; // "best effort" in the interface's words: types are always the declared ones
        let pass = self.pass.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        let pass = pass.ok_or_else(|| PyRuntimeError::new_err("this pass was handed to an Arrow consumer"))?;
        let reader = Reader { schema: self.plan.arrow_schema(), pass };
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(reader)), c"arrow_array_stream")
    }
}

/// A pass as Arrow wants to read it.
struct Reader {
    schema: SchemaRef,
    pass: Ordered<Columns>,
}

impl Iterator for Reader {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(match self.pass.next()? {
            Ok(rows) => rows,
            Err(error) => Err(ArrowError::ExternalError(Box::new(error))),
        })
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
        let writer = StreamWriter::try_new(Vec::new(), &stream.plan.arrow_schema()).map_err(|error| PyValueError::new_err(error.to_string()))?;
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
