//! A tuple of two that is filled again when nobody else has kept it: what a loop over records unpacks and drops at once. The same is done by
//! Python's own `zip`.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyAny, PyTuple};

/// The tuple that was handed out last, and whether it may be filled again: from Python 3.14 on a tuple remembers its hash.
pub(crate) struct Pair(Option<Py<PyTuple>>, bool);

impl Pair {
    pub(crate) fn new(py: Python<'_>) -> Self {
        Self(None, py.version_info() < (3, 14))
    }

    /// A tuple of two objects that do not refer to others: the garbage collector need not know of them.
    #[inline]
    pub(crate) fn of<'py>(&mut self, py: Python<'py>, first: Bound<'py, PyAny>, second: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyTuple>> {
        if let Some(last) = &self.0 {
            let tuple = last.as_ptr();
            // SAFETY: the tuple has two items. One reference is this one, so nobody sees it change. What
            // was in it is let go of when it is whole again, because that may run anything.
            unsafe {
                if ffi::Py_REFCNT(tuple) == 1 {
                    let old = (ffi::PyTuple_GET_ITEM(tuple, 0), ffi::PyTuple_GET_ITEM(tuple, 1));
                    ffi::PyTuple_SET_ITEM(tuple, 0, first.into_ptr());
                    ffi::PyTuple_SET_ITEM(tuple, 1, second.into_ptr());
                    let given = last.clone_ref(py).into_bound(py);
                    ffi::Py_DECREF(old.0);
                    ffi::Py_DECREF(old.1);
                    return Ok(given);
                }
            }
        }
        let made = PyTuple::new(py, [first, second])?;
        self.0 = self.1.then(|| made.clone().unbind());
        Ok(made)
    }

    /// Let go of what was handed out last.
    pub(crate) fn forget(&mut self) {
        self.0 = None;
    }
}
