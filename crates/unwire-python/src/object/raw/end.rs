//! How an instance ends: let go by its last reference or by the collector, whatever it holds and however deep.

use std::cell::{Cell, RefCell};
use std::ffi::{c_int, c_void};
use std::ptr;

use pyo3::ffi::{self, PyObject};

use super::{Layout, State};

pub(super) unsafe extern "C" fn dealloc(object: *mut PyObject) {
    // SAFETY: the last reference is gone; the object is taken from the collector before its parts are let go, and its memory is freed by the
    // type that allocated it, whose own reference (a heap type's instances hold one) goes last.
    unsafe {
        // A class may have been given a finaliser since it was made; it may bring the object back.
        if (*ffi::Py_TYPE(object)).tp_finalize.is_some() && ffi::PyObject_CallFinalizerFromDealloc(object) < 0 {
            return;
        }
        ffi::PyObject_GC_UnTrack(object.cast());
        let layout = object.cast::<Layout>();
        if !(*layout).weak.is_null() {
            ffi::PyObject_ClearWeakRefs(object);
        }
        ffi::Py_CLEAR(&raw mut (*layout).dict);
        end(&raw mut (*layout).state);
        let kind = ffi::Py_TYPE(object);
        if let Some(free) = (*kind).tp_free {
            free(object.cast());
        }
        ffi::Py_DECREF(kind.cast());
    }
}

/// Objects that end because the one around them does, at most, one within the other.
const MOST_ENDING: u32 = 64;

thread_local! {
    static ENDING: Cell<u32> = const { Cell::new(0) };
    /// What waits for its end, because too many were on the way to theirs.
    static LATER: RefCell<Vec<State>> = const { RefCell::new(Vec::new()) };
}

/// Let go of what an object is. A chain of any length ends without a stack of that depth.
///
/// # Safety
/// The state is initialised, and nobody reads it afterwards.
unsafe fn end(state: *mut State) {
    let depth = ENDING.get();
    if depth >= MOST_ENDING {
        // SAFETY: as above: it is moved out.
        let state = unsafe { ptr::read(state) };
        // A thread that is itself ending has no list any more.
        let _ = LATER.try_with(|later| later.borrow_mut().push(state));
        return;
    }
    ENDING.set(depth + 1);
    // SAFETY: as above.
    unsafe { ptr::drop_in_place(state) };
    while depth == 0
        && let Ok(Some(state)) = LATER.try_with(|later| later.borrow_mut().pop())
    {
        drop(state);
    }
    ENDING.set(depth);
}

pub(super) unsafe extern "C" fn traverse(object: *mut PyObject, visit: ffi::visitproc, argument: *mut c_void) -> c_int {
    // SAFETY: called by the collector with a live instance; only pointers are handed on, no reference is made.
    unsafe {
        let layout = object.cast::<Layout>();
        let mut result = visit(ffi::Py_TYPE(object).cast(), argument);
        if result == 0 && !(*layout).dict.is_null() {
            result = visit((*layout).dict, argument);
        }
        let state = &(*layout).state;
        if result == 0 && !state.data.is_empty() {
            result = visit(state.data.as_ptr(), argument);
        }
        state.each_written(|reference| {
            if result == 0 {
                result = visit(reference.as_ptr(), argument);
            }
        });
        result
    }
}

pub(super) unsafe extern "C" fn clear(object: *mut PyObject) -> c_int {
    // SAFETY: called by the collector with a live instance.
    unsafe {
        let layout = object.cast::<Layout>();
        ffi::Py_CLEAR(&raw mut (*layout).dict);
        (*layout).state.forget();
    }
    0
}
