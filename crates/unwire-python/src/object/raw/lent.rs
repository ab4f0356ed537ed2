//! Bytes lent to Python where they lie, for as long as somebody looks at them.

use std::ffi::c_int;
use std::sync::Arc;

use pyo3::ffi;
use pyo3::prelude::*;

/// Bytes on their way into a file, which Python reads by the buffer protocol. They do not change while this has a share of them.
#[pyclass(frozen, module = "unwire._engine")]
pub(crate) struct Lent {
    bytes: Arc<Vec<u8>>,
    from: usize,
}

impl Lent {
    pub(crate) fn new(bytes: &Arc<Vec<u8>>, from: usize) -> Self {
        Self { bytes: Arc::clone(bytes), from }
    }
}

#[pymethods]
impl Lent {
    unsafe fn __getbuffer__(lent: &Bound<'_, Self>, view: *mut ffi::Py_buffer, flags: c_int) -> PyResult<()> {
        let bytes = lent.get().bytes.get(lent.get().from..).unwrap_or_default();
        // SAFETY: Python gives the place of a view, which holds on to the object; the object holds on to the bytes, and nothing writes bytes
        // of which there is more than one share. The view is for reading.
        let failed = unsafe { ffi::PyBuffer_FillInfo(view, lent.as_ptr(), bytes.as_ptr().cast_mut().cast(), bytes.len() as isize, 1, flags) };
        if failed == 0 { Ok(()) } else { Err(PyErr::fetch(lent.py())) }
    }
}
