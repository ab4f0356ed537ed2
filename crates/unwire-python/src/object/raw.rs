//! The instance layout of packet objects, made by hand: the one module with `unsafe`.
//!
//! A packet is made for every layer of every frame, and read field by field; `PyO3`'s own classes cost a dictionary for each instance and
//! argument parsing for each read. Here live the type with its slots, the making and ending of instances, and the descriptors of fields; the
//! references that an object holds are in raw/held.rs, their end in raw/end.rs, bytes lent to
//! Python in raw/lent.rs, pairs that are handed out again in raw/pair.rs, and what a slot does is in the modules beside this one, in safe code. One invariant
//! carries it all: **an object whose type derives from the type made here begins with `Layout`, and its `state` is initialised from `tp_new` on
//! until `tp_dealloc`.**

#![allow(unsafe_code)]

mod end;
mod held;
mod lent;
mod pair;

use std::ffi::{CStr, c_int, c_void};
use std::mem::offset_of;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use pyo3::exceptions::{PyAttributeError, PyRuntimeError, PyTypeError};
use pyo3::ffi::{self, PyObject, PyTypeObject};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyAny, PyDict, PyString, PyTuple, PyTupleMethods, PyType};

use end::{clear, dealloc, traverse};
pub(super) use held::{Held, Place};
pub(crate) use lent::Lent;
pub(crate) use pair::Pair;

use super::field::Attribute;
use super::{State, class, without};

/// How an instance lies in memory: Python's head, the slots for `__dict__` and weak references, and what the object is.
#[repr(C)]
struct Layout {
    head: PyObject,
    dict: *mut PyObject,
    weak: *mut PyObject,
    state: State,
}

static BASE: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// The base type of all packets and parts.
pub(super) fn base(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    Ok(BASE.get_or_try_init(py, || make_type(py))?.bind(py))
}

/// What an object is, or None for one of another type.
#[inline]
pub(super) fn state<'a>(object: &'a Bound<'_, PyAny>) -> Option<&'a State> {
    let base = BASE.get(object.py())?;
    // SAFETY: both pointers are live; by the invariant an instance of the base type has a `Layout` with an initialised state, which is
    // only ever borrowed shared and lives as long as the object.
    unsafe { (ffi::PyObject_TypeCheck(object.as_ptr(), base.as_ptr().cast()) != 0).then(|| &(*object.as_ptr().cast::<Layout>()).state) }
}

/// True if something was put into the object's `__dict__`.
#[inline]
pub(super) fn has_more(object: &Bound<'_, PyAny>) -> bool {
    // SAFETY: only called with objects that `state` has told to be of the base type.
    unsafe {
        let dict = (*object.as_ptr().cast::<Layout>()).dict;
        !dict.is_null() && ffi::PyDict_Size(dict) > 0
    }
}

/// Make an instance of a class that derives from the base type, without calling anything of Python's.
#[inline]
pub(super) fn create<'py>(class: &Bound<'py, PyType>, state: State) -> PyResult<Bound<'py, PyAny>> {
    let kind: *mut PyTypeObject = class.as_type_ptr();
    // SAFETY: the types that reach this derive from the base (class.rs enters no others), so `tp_alloc` gives zeroed memory for at least a
    // `Layout`: null is right for `dict` and `weak`, and the state is written before anybody can see the object.
    unsafe {
        let alloc = (*kind).tp_alloc.unwrap_or(ffi::PyType_GenericAlloc);
        let object = alloc(kind, 0);
        if object.is_null() {
            return Err(PyErr::fetch(class.py()));
        }
        ptr::write(&raw mut (*object.cast::<Layout>()).state, state);
        Ok(Bound::from_owned_ptr(class.py(), object))
    }
}

/// The same for one of many that are made together, such as options: the garbage collector need not look at it before it can hold a
/// reference to anything but bytes, which `watch` sees to.
#[inline]
pub(super) fn create_plain<'py>(class: &Bound<'py, PyType>, state: State) -> PyResult<Bound<'py, PyAny>> {
    let made = create(class, state)?;
    // SAFETY: the object was just made, and is known to nobody else.
    unsafe { ffi::PyObject_GC_UnTrack(made.as_ptr().cast()) };
    Ok(made)
}

/// Have the garbage collector look at an object from now on: it may come to hold what leads back to it.
#[inline]
pub(super) fn watch(object: &Bound<'_, PyAny>) {
    // SAFETY: what comes here is a live object; one whose type the collector does not know, or that it looks at already, is left alone.
    unsafe {
        let object = object.as_ptr();
        if ffi::PyObject_IS_GC(object) != 0 && ffi::PyObject_GC_IsTracked(object) == 0 {
            ffi::PyObject_GC_Track(object.cast());
        }
    }
}

/// Make an instance of a class that has the slots `all` and `area`, and nothing else to make.
#[inline]
pub(super) fn wrap<'py>(class: &Bound<'py, PyType>, all: &Bound<'py, PyAny>, area: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = class.py();
    // SAFETY: the class is live; its allocator gives an instance whose slots are empty, or null with an error set.
    let made = unsafe {
        let kind = class.as_type_ptr();
        Bound::from_owned_ptr_or_err(py, (*kind).tp_alloc.unwrap_or(ffi::PyType_GenericAlloc)(kind, 0))?
    };
    made.setattr(intern!(py, "all"), all)?;
    made.setattr(intern!(py, "area"), area)?;
    Ok(made)
}

/// Let calls of a class come here without a tuple of arguments. Only for classes that construct as the base does.
pub(super) fn call_directly(class: &Bound<'_, PyType>) {
    // SAFETY: `type` calls through `tp_vectorcall` if it is set; nobody else writes the slot of a class that was just made.
    unsafe { (*class.as_type_ptr()).tp_vectorcall = Some(vectorcall) }
}

/// Let instances end here at once. Only for classes without `__slots__`, which have nothing else to end.
pub(super) fn end_directly(class: &Bound<'_, PyType>) {
    // SAFETY: `dealloc` does all that Python's own for derived classes does, where there is no slot.
    unsafe { (*class.as_type_ptr()).tp_dealloc = Some(dealloc) }
}

/// Put the attribute of a field on a class. It lives as long as the process: classes do, and instances may outlive them.
pub(super) fn describe(class: &Bound<'_, PyType>, attribute: &'static Attribute) -> PyResult<()> {
    let definition = Box::leak(Box::new(ffi::PyGetSetDef {
        name: attribute.name.as_ptr(),
        get: Some(get_attribute),
        set: Some(set_attribute),
        doc: attribute.doc.as_ref().map_or(ptr::null(), |doc| doc.as_ptr()),
        closure: ptr::from_ref(attribute).cast_mut().cast(),
    }));
    // SAFETY: the definition and what it points to are never freed.
    let descriptor = unsafe { Bound::from_owned_ptr_or_err(class.py(), ffi::PyDescr_NewGetSet(class.as_type_ptr(), definition))? };
    class.setattr(attribute.text(), descriptor)
}

/// Run what a slot does: an error becomes Python's, and so does a panic, which must not cross into C.
#[inline]
fn slot<R>(failed: R, work: impl FnOnce(Python<'_>) -> PyResult<R>) -> R {
    // SAFETY: slots are called with the interpreter attached.
    let py = unsafe { Python::assume_attached() };
    match catch_unwind(AssertUnwindSafe(|| work(py))) {
        Ok(Ok(done)) => done,
        Ok(Err(error)) => {
            error.restore(py);
            failed
        }
        Err(_) => {
            PyRuntimeError::new_err("the engine panicked; please report this with the packet").restore(py);
            failed
        }
    }
}

/// The same for work that is not done for every packet: `PyO3` is told that the interpreter is attached, so that it lets go of references at once.
#[cold]
fn slow_slot<R>(failed: R, work: impl FnOnce(Python<'_>) -> PyResult<R>) -> R {
    Python::attach(|_| slot(failed, work))
}

/// The object of a slot's first argument.
#[inline]
fn borrowed<'a, 'py>(_py: Python<'py>, object: &'a *mut PyObject) -> &'a Bound<'py, PyAny> {
    // SAFETY: `Bound` is a pointer to a live object, which the caller of the slot holds while the slot runs.
    unsafe { &*ptr::from_ref(object).cast::<Bound<'py, PyAny>>() }
}

#[inline]
fn own<'a>(object: &'a Bound<'_, PyAny>) -> &'a State {
    // SAFETY: slots and descriptors of the base type are called with its instances; Python checks.
    unsafe { &(*object.as_ptr().cast::<Layout>()).state }
}

unsafe extern "C" fn vectorcall(class: *mut PyObject, arguments: *const *mut PyObject, count: usize, names: *mut PyObject) -> *mut PyObject {
    slot(ptr::null_mut(), |py| {
        let class = borrowed(py, &class);
        // SAFETY: only set on types; `arguments` holds as many objects as `count` and `names` say.
        unsafe {
            let class = class.cast_unchecked::<PyType>();
            let count = ffi::PyVectorcall_NARGS(count) as usize;
            if count > 0 {
                let buffer = *arguments;
                let made = class::from_bytes(class, borrowed(py, &buffer))?;
                let names = (!names.is_null()).then(|| borrowed(py, &names).cast_unchecked::<PyTuple>());
                let beside = names.into_iter().flat_map(PyTupleMethods::iter).enumerate();
                let strict = class::wants_strict(beside.map(|(index, name)| (name, borrowed(py, &*arguments.add(count + index)))))?;
                return if strict { made.call_method0("_strict") } else { Ok(made) }.map(Bound::into_ptr);
            }
            let names = (!names.is_null()).then(|| borrowed(py, &names).cast_unchecked::<PyTuple>());
            let value = |index: usize| borrowed(py, &*arguments.add(index)).clone();
            let fields = names.into_iter().flat_map(PyTupleMethods::iter).enumerate().map(|(index, name)| (name, value(index)));
            class::from_fields(class, fields).map(Bound::into_ptr)
        }
    })
}

unsafe extern "C" fn new(class: *mut PyTypeObject, _arguments: *mut PyObject, _keywords: *mut PyObject) -> *mut PyObject {
    slow_slot(ptr::null_mut(), |py| {
        let class = class.cast::<PyObject>();
        // SAFETY: `tp_new` is called with a type that derives from the base.
        let class = unsafe { borrowed(py, &class).cast_unchecked::<PyType>() };
        create(class, State::new(class::info(class)?)).map(Bound::into_ptr)
    })
}

unsafe extern "C" fn init(object: *mut PyObject, arguments: *mut PyObject, keywords: *mut PyObject) -> c_int {
    slow_slot(-1, |py| {
        let object = borrowed(py, &object);
        // SAFETY: `tp_init` is called with a tuple and a dictionary or null.
        let (arguments, keywords) = unsafe {
            let keywords = (!keywords.is_null()).then(|| borrowed(py, &keywords).cast_unchecked::<PyDict>());
            (borrowed(py, &arguments).cast_unchecked::<PyTuple>(), keywords)
        };
        class::initialise(object, own(object), arguments, keywords)?;
        Ok(0)
    })
}

unsafe extern "C" fn get_attribute(object: *mut PyObject, closure: *mut c_void) -> *mut PyObject {
    // SAFETY: `describe` gives every descriptor an attribute that lives for ever.
    let attribute = unsafe { &*closure.cast::<Attribute>() };
    let quick = slot(None, |py| {
        let object = borrowed(py, &object);
        attribute.quick(object, own(object)).map(|found| found.map(Bound::into_ptr))
    });
    quick.unwrap_or_else(|| {
        // SAFETY: asked with the interpreter attached.
        if unsafe { !ffi::PyErr_Occurred().is_null() } {
            return ptr::null_mut();
        }
        slow_slot(ptr::null_mut(), |py| {
            let object = borrowed(py, &object);
            let found = attribute.get(object, own(object))?;
            if own(object).has_edits() {
                watch(object);
            }
            Ok(found.into_ptr())
        })
    })
}

unsafe extern "C" fn set_attribute(object: *mut PyObject, value: *mut PyObject, closure: *mut c_void) -> c_int {
    slow_slot(-1, |py| {
        let object = borrowed(py, &object);
        let value = (!value.is_null()).then(|| borrowed(py, &value));
        // SAFETY: as above.
        let attribute = unsafe { &*closure.cast::<Attribute>() };
        watch(object);
        attribute.set(object, own(object), value).map(|()| 0)
    })
}

unsafe extern "C" fn get_data(object: *mut PyObject, _closure: *mut c_void) -> *mut PyObject {
    slot(ptr::null_mut(), |py| {
        let object = borrowed(py, &object);
        watch(object);
        own(object).data(py).map(Bound::into_ptr)
    })
}

unsafe extern "C" fn set_data(object: *mut PyObject, value: *mut PyObject, _closure: *mut c_void) -> c_int {
    slow_slot(-1, |py| {
        let object = borrowed(py, &object);
        let value = (!value.is_null()).then(|| Held::new(borrowed(py, &value).clone()));
        watch(object);
        own(object).set_data(py, value);
        Ok(0)
    })
}

unsafe extern "C" fn getattro(object: *mut PyObject, name: *mut PyObject) -> *mut PyObject {
    // SAFETY: the plain look-up of attributes, with the arguments it was called with.
    let found = unsafe { ffi::PyObject_GenericGetAttr(object, name) };
    if !found.is_null() {
        return found;
    }
    slow_slot(ptr::null_mut(), |py| {
        let missing = PyErr::fetch(py);
        if !missing.is_instance_of::<PyAttributeError>(py) {
            return Err(missing);
        }
        let object = borrowed(py, &object);
        // SAFETY: names of attributes are text; Python checks.
        let name = unsafe { borrowed(py, &name).cast_unchecked::<PyString>() };
        watch(object);
        own(object).alias(object, name.to_str()?)?.map(Bound::into_ptr).ok_or(missing)
    })
}

unsafe extern "C" fn setattro(object: *mut PyObject, name: *mut PyObject, value: *mut PyObject) -> c_int {
    // SAFETY: slots are called with the interpreter attached.
    watch(borrowed(unsafe { Python::assume_attached() }, &object));
    // SAFETY: the plain writing of attributes, with the arguments it was called with.
    let done = unsafe { ffi::PyObject_GenericSetAttr(object, name, value) };
    if done == 0 || !value.is_null() {
        return done;
    }
    slow_slot(-1, |py| {
        let missing = PyErr::fetch(py);
        let object = borrowed(py, &object);
        // SAFETY: names of attributes are text; Python checks.
        let name = unsafe { borrowed(py, &name).cast_unchecked::<PyString>() };
        if !missing.is_instance_of::<PyAttributeError>(py) || own(object).alias(object, name.to_str()?)?.is_none() {
            return Err(missing);
        }
        object.setattr(without(name.to_str()?), true).map(|()| 0)
    })
}

unsafe extern "C" fn get_dict(object: *mut PyObject, closure: *mut c_void) -> *mut PyObject {
    // SAFETY: slots are called with the interpreter attached.
    watch(borrowed(unsafe { Python::assume_attached() }, &object));
    // SAFETY: the plain way, with the arguments it was called with.
    unsafe { ffi::PyObject_GenericGetDict(object, closure) }
}

unsafe extern "C" fn set_dict(object: *mut PyObject, value: *mut PyObject, closure: *mut c_void) -> c_int {
    // SAFETY: as above.
    watch(borrowed(unsafe { Python::assume_attached() }, &object));
    // SAFETY: as above.
    unsafe { ffi::PyObject_GenericSetDict(object, value, closure) }
}

const fn slot_of(slot: c_int, pfunc: *mut c_void) -> ffi::PyType_Slot {
    ffi::PyType_Slot { slot, pfunc }
}

const fn member(name: &'static CStr, offset: usize) -> ffi::PyMemberDef {
    ffi::PyMemberDef { name: name.as_ptr(), type_code: ffi::Py_T_PYSSIZET, offset: offset as isize, flags: ffi::Py_READONLY, doc: ptr::null() }
}

fn make_type(py: Python<'_>) -> PyResult<Py<PyType>> {
    // Python keeps pointers to these tables for the life of the type, which is that of the process.
    let members = Box::leak(Box::new([
        member(c"__dictoffset__", offset_of!(Layout, dict)),
        member(c"__weaklistoffset__", offset_of!(Layout, weak)),
        // SAFETY: all zeros end the table.
        unsafe { std::mem::zeroed() },
    ]));
    let data = ffi::PyGetSetDef {
        name: c"data".as_ptr(),
        get: Some(get_data),
        set: Some(set_data),
        doc: c"The payload: an object if a protocol that is known takes it, else bytes.".as_ptr(),
        closure: ptr::null_mut(),
    };
    let dict = ffi::PyGetSetDef { name: c"__dict__".as_ptr(), get: Some(get_dict), set: Some(set_dict), doc: ptr::null(), closure: ptr::null_mut() };
    // SAFETY: as above.
    let attributes = Box::leak(Box::new([data, dict, unsafe { std::mem::zeroed() }]));
    let mut slots = [
        slot_of(ffi::Py_tp_new, new as *mut c_void),
        slot_of(ffi::Py_tp_init, init as *mut c_void),
        slot_of(ffi::Py_tp_dealloc, dealloc as *mut c_void),
        slot_of(ffi::Py_tp_traverse, traverse as *mut c_void),
        slot_of(ffi::Py_tp_clear, clear as *mut c_void),
        slot_of(ffi::Py_tp_getattro, getattro as *mut c_void),
        slot_of(ffi::Py_tp_setattro, setattro as *mut c_void),
        slot_of(ffi::Py_tp_members, members.as_mut_ptr().cast()),
        slot_of(ffi::Py_tp_getset, attributes.as_mut_ptr().cast()),
        slot_of(0, ptr::null_mut()),
    ];
    let mut spec = ffi::PyType_Spec {
        name: c"unwire._engine.Object".as_ptr(),
        basicsize: size_of::<Layout>() as c_int,
        itemsize: 0,
        flags: (ffi::Py_TPFLAGS_DEFAULT | ffi::Py_TPFLAGS_BASETYPE | ffi::Py_TPFLAGS_HAVE_GC) as u32,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: the spec is whole, its tables live for ever, its strings are static.
    let made = unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyType_FromSpec(&raw mut spec))? };
    made.cast_into::<PyType>().map(Bound::unbind).map_err(|_| PyTypeError::new_err("no type was made"))
}
