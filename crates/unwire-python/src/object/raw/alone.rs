//! What an object holds alone: lists of parts and what shows them, made for one object, which the garbage collector need not look at. The
//! object that holds them looks through them as long as it is the only one that does, so that a circle from a part back to its packet is
//! found. One from a part to the list itself is not, and stays in memory: nobody builds one by reading or by changing options.

use std::ffi::{c_int, c_void};
use std::ptr;

use pyo3::ffi::{self, PyObject};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyAny, PyType};

/// Make an instance of a class that has the slots `all` and `area`, and nothing else to make.
#[inline]
pub(in crate::object) fn wrap<'py>(class: &Bound<'py, PyType>, all: &Bound<'py, PyAny>, area: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = class.py();
    // SAFETY: the class is live; its allocator gives an instance whose slots are empty, or null with an error set.
    let made = unsafe {
        let kind = class.as_type_ptr();
        Bound::from_owned_ptr_or_err(py, (*kind).tp_alloc.unwrap_or(ffi::PyType_GenericAlloc)(kind, 0))?
    };
    made.setattr(intern!(py, "all"), all)?;
    made.setattr(intern!(py, "area"), area)?;
    unwatch(&made);
    Ok(made)
}

/// Have the garbage collector not look at an object that is about to be held by one that will be looked at, and by nobody else.
#[inline]
pub(in crate::object) fn unwatch(object: &Bound<'_, PyAny>) {
    // SAFETY: the object is live, and one that the collector does not know is left alone.
    unsafe {
        if ffi::PyObject_IS_GC(object.as_ptr()) != 0 {
            ffi::PyObject_GC_UnTrack(object.as_ptr().cast());
        }
    }
}

/// Visit what an object refers to that its holder alone refers to and that the collector does not look at: the reference to it is
/// the holder's, and so are those in it. What somebody else holds too is left alone, as what is outside.
///
/// # Safety
/// The object is live, `visit` is the collector's, and `argument` is what it came with.
pub(super) unsafe fn look_through(object: *mut PyObject, visit: ffi::visitproc, argument: *mut c_void) -> c_int {
    // SAFETY: only read; nothing runs between this and the visit that could change who holds the object.
    unsafe {
        if ffi::PyObject_IS_GC(object) == 0 || ffi::PyObject_GC_IsTracked(object) != 0 || ffi::Py_REFCNT(object) != 1 {
            return 0;
        }
        let mut through = Through { visit, argument };
        (*ffi::Py_TYPE(object)).tp_traverse.map_or(0, |traverse| traverse(object, visit_inside, ptr::from_mut(&mut through).cast()))
    }
}

struct Through {
    visit: ffi::visitproc,
    argument: *mut c_void,
}

unsafe extern "C" fn visit_inside(object: *mut PyObject, through: *mut c_void) -> c_int {
    // SAFETY: `look_through` hands its own `Through` on, which lives until the traversal is over; lists have no others of their own kind in
    // them that nobody looks at, so that this ends.
    unsafe {
        let Through { visit, argument } = &*through.cast::<Through>();
        let result = visit(object, *argument);
        if result == 0 && ffi::PyList_CheckExact(object) != 0 { look_through(object, *visit, *argument) } else { result }
    }
}
