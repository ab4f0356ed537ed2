//! References that an object holds in its memory, let go of without asking whether the interpreter is attached: it is, wherever an object
//! changes or ends.

use std::mem::ManuallyDrop;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::PyAny;

use crate::schema::Schema;

/// A reference that an object holds. `PyO3`'s `Py` would ask on every drop whether the interpreter is attached, and in a slot believe that it is
/// not; what is held here is let go of only where it is.
pub(in crate::object) struct Held<T>(ManuallyDrop<Py<T>>);

impl<T> Held<T> {
    #[inline]
    pub(in crate::object) fn new(object: Bound<'_, T>) -> Self {
        Self(ManuallyDrop::new(object.unbind()))
    }

    #[inline]
    pub(in crate::object) fn bind<'py>(&self, py: Python<'py>) -> &Bound<'py, T> {
        self.0.bind(py)
    }

    #[inline]
    pub(in crate::object) fn share(&self, py: Python<'_>) -> Self {
        Self(ManuallyDrop::new(self.0.clone_ref(py)))
    }

    pub(super) fn as_ptr(&self) -> *mut PyObject {
        self.0.as_ptr()
    }
}

/// A place for one reference, filled once; reading it costs one load.
#[derive(Default)]
pub(in crate::object) struct Place(AtomicPtr<PyObject>);

impl Place {
    #[inline]
    pub(in crate::object) fn is_empty(&self) -> bool {
        self.0.load(Ordering::Acquire).is_null()
    }

    #[inline]
    pub(in crate::object) fn get<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        let found = self.0.load(Ordering::Acquire);
        // SAFETY: what is in the place is a reference of its own, given up only with the place.
        (!found.is_null()).then(|| unsafe { Bound::from_borrowed_ptr(py, found) })
    }

    /// Fill the place, unless somebody was faster: what is in it then.
    #[inline]
    pub(in crate::object) fn fill<'py>(&self, object: Bound<'py, PyAny>) -> Bound<'py, PyAny> {
        let new = object.as_ptr();
        match self.0.compare_exchange(ptr::null_mut(), new, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => {
                let py = object.py();
                std::mem::forget(object);
                // SAFETY: the place now owns the reference that was forgotten; this is one more.
                unsafe { Bound::from_borrowed_ptr(py, new) }
            }
            // SAFETY: as in `get`.
            Err(found) => unsafe { Bound::from_borrowed_ptr(object.py(), found) },
        }
    }

    pub(super) fn as_ptr(&self) -> *mut PyObject {
        self.0.load(Ordering::Acquire)
    }
}

impl Drop for Place {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the place owns its reference; see `Held`.
        unsafe { ffi::Py_XDECREF(*self.0.get_mut()) }
    }
}

impl Held<Schema> {
    /// The schema, which is frozen.
    #[inline]
    pub(in crate::object) fn get(&self) -> &Schema {
        self.0.get()
    }
}

impl<T> Drop for Held<T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: states and views are dropped by `dealloc` or while a slot or function runs; the interpreter is attached in all of them.
        unsafe { ffi::Py_DECREF(self.0.as_ptr()) }
    }
}
