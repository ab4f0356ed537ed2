//! A batch of columns in Python: an Arrow capsule, rows as text.

use std::sync::Arc;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema};
use arrow_array::{Array, RecordBatch, StructArray};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule};
use unwire::columns::Output;
use unwire::text::{self, Style};

/// Some rows of a table.
#[pyclass(frozen, module = "unwire._engine")]
pub(crate) struct Batch {
    pub(crate) rows: RecordBatch,
    pub(crate) outputs: Arc<[Output]>,
}

#[pymethods]
impl Batch {
    #[getter]
    fn num_rows(&self) -> usize {
        self.rows.num_rows()
    }

    fn __len__(&self) -> usize {
        self.rows.num_rows()
    }

    /// The rows as text in UTF-8: `style` is fields, csv, tsv, jsonl or zeek; the rest is for fields, as tshark's `-E`.
    #[pyo3(signature = (style, separator = "\t", aggregator = ",", quote = None, rows = None))]
    fn text<'py>(
        &self,
        py: Python<'py>,
        style: &str,
        separator: &str,
        aggregator: &str,
        quote: Option<char>,
        rows: Option<usize>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let style = match style {
            "fields" => Style::Fields { separator: separator.into(), aggregator: aggregator.into(), quote },
            "csv" => Style::Csv,
            "tsv" => Style::Tsv,
            "jsonl" => Style::JsonLines,
            "zeek" => Style::Zeek,
            other => return Err(PyValueError::new_err(format!("text style is fields, csv, tsv, jsonl or zeek, not {other:?}"))),
        };
        let mut out = Vec::new();
        py.detach(|| {
            let count = rows.unwrap_or(usize::MAX).min(self.rows.num_rows());
            text::write(&self.outputs, &self.rows.slice(0, count), &style, &mut out);
        });
        Ok(PyBytes::new(py, &out))
    }

    /// The first rows only.
    fn slice(&self, offset: usize, length: usize) -> Self {
        let offset = offset.min(self.rows.num_rows());
        let length = length.min(self.rows.num_rows() - offset);
        Self { rows: self.rows.slice(offset, length), outputs: Arc::clone(&self.outputs) }
    }

    /// The batch as an Arrow struct array (the Arrow `PyCapsule` interface).
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyCapsule>, Bound<'py, PyCapsule>)> {
        let _ = requested_schema; // "best effort" in the interface's words: types are always the declared ones
        let data = StructArray::from(self.rows.clone()).into_data();
        let schema = FFI_ArrowSchema::try_from(data.data_type()).map_err(|error| PyValueError::new_err(error.to_string()))?;
        let array = FFI_ArrowArray::new(&data);
        Ok((PyCapsule::new_with_value(py, schema, c"arrow_schema")?, PyCapsule::new_with_value(py, array, c"arrow_array")?))
    }
}
