//! Addresses as Python objects: bytes that know their text. One object is made for a value and handed out again, in a cache of fixed size.

use std::cell::RefCell;

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyAny, PyBytes, PyString, PyType};
use unwire::schema::Kind;

/// Entries of the cache; an address that falls on another's place takes it.
const PLACES: usize = 4096;

thread_local! {
    static CACHE: RefCell<Vec<Option<(u128, u8, Py<PyAny>)>>> = const { RefCell::new(Vec::new()) };
}

/// The object for an address of 4, 6 or 16 bytes.
pub(super) fn object<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let size = bytes.len() as u8;
    let number = bytes.iter().fold(0u128, |sum, byte| sum << 8 | u128::from(*byte));
    let folded = (number >> 64) as u64 ^ number as u64;
    let place = ((folded ^ u64::from(size)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 52) as usize % PLACES;
    let found = CACHE.with(|cache| {
        let cache = cache.borrow();
        let (known, length, object) = cache.get(place)?.as_ref()?;
        (*known == number && *length == size).then(|| object.bind(py).clone())
    });
    if let Some(found) = found {
        return Ok(found);
    }
    let made = class(py, bytes.len())?.call1((PyBytes::new(py, bytes),))?;
    let old = CACHE.with(|cache| {
        let mut cache = cache.borrow_mut();
        if cache.is_empty() {
            cache.resize_with(PLACES, || None);
        }
        cache.get_mut(place).and_then(|slot| slot.replace((number, size, made.clone().unbind())))
    });
    drop(old);
    Ok(made)
}

/// What was written to a field that is an address, or is its default: bytes of any length know the text of that kind, and text is its bytes.
pub(super) fn of_kind<'py>(kind: &Kind, value: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let Some(size) = (match kind {
        Kind::Mac => Some(6),
        Kind::Ip4 => Some(4),
        Kind::Ip6 => Some(16),
        _ => None,
    }) else {
        return Ok(value);
    };
    if let Ok(text) = value.cast_exact::<PyString>() {
        // What is no address is said to be none when the packet is packed.
        return match unwire::address::parse(text.to_str()?, size) {
            Ok(bytes) => object(value.py(), &bytes),
            Err(_) => Ok(value),
        };
    }
    match value.cast_exact::<PyBytes>() {
        Ok(bytes) if bytes.as_bytes().len() == size => object(value.py(), bytes.as_bytes()),
        Ok(bytes) => class(value.py(), size)?.call1((bytes,)),
        Err(_) => Ok(value),
    }
}

fn class(py: Python<'_>, size: usize) -> PyResult<&Bound<'_, PyType>> {
    static MAC: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static IP4: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static IP6: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let (slot, name) = match size {
        6 => (&MAC, "MacAddress"),
        4 => (&IP4, "Ip4Address"),
        _ => (&IP6, "Ip6Address"),
    };
    slot.import(py, "unwire.addresses", name)
}
