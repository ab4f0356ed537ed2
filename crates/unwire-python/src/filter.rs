//! A compiled filter, as Python hands it over and asks it.

use std::sync::Arc;

use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use unwire::filter;

use crate::schema::Schema;

create_exception!(unwire, FilterRefused, PyValueError, "A tree that the engine refuses: (message, first character, last).");

/// A filter, compiled for one schema from a tree in JSON (see the engine's `filter` module). What does not fit raises `FilterRefused`.
#[pyclass(frozen, module = "unwire._engine")]
pub(crate) struct Filter {
    pub(crate) inner: Arc<filter::Filter>,
}

#[pymethods]
impl Filter {
    #[new]
    fn new(py: Python<'_>, schema: &Schema, document: &str) -> PyResult<Self> {
        let compiled = py.detach(|| filter::Filter::compile(&schema.inner, document));
        let inner = Arc::new(compiled.map_err(|error| FilterRefused::new_err((error.message, error.at.0, error.at.1)))?);
        Ok(Self { inner })
    }

    /// True if it was compiled for this schema.
    fn belongs_to(&self, schema: &Schema) -> bool {
        Arc::ptr_eq(self.inner.schema(), &schema.inner)
    }
}
