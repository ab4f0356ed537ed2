//! Lists of parts as objects, all made together: where the parts are the engine knows, what they are shown as their field says.

use std::cell::Cell;
use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::{PyAny, PyList};
use rustc_hash::FxHashMap;
use unwire::layout::MAX_ITEMS;
use unwire::lists::Lists;
use unwire::schema::LayerId;

use super::State;
use super::field::Attribute;

/// The lists of a schema's layers, by layer and field.
#[derive(Default)]
pub(crate) struct Listings(Mutex<FxHashMap<(LayerId, u16), Option<Lists>>>);

/// The list of an object that nobody changed, as it is shown; the object keeps it. None where a field is another kind, or is kept already.
pub(super) fn list<'py>(py: Python<'py>, state: &State, attribute: &Attribute) -> PyResult<Option<Bound<'py, PyAny>>> {
    let (Some(view), None) = (&state.view, state.edits.get()) else { return Ok(None) };
    let Some(field) = attribute.of(view.layer()) else { return Ok(None) };
    let items = Cell::new(MAX_ITEMS);
    let laid = view.laid(py, &items);
    let found = {
        let mut all = view.schema.get().listings.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lists = all.entry((view.span.layer, attribute.index)).or_insert_with(|| Lists::new(field));
        lists.as_mut().and_then(|lists| lists.parts(&laid, field))
    };
    let Some(found) = found else { return Ok(None) };
    let mut made = Vec::with_capacity(found.len());
    for part in &*found {
        // Items before one that cannot be shown stand.
        match view.object(py, part.behind(view.span.start)) {
            Ok(object) => made.extend(object),
            Err(_) => break,
        }
    }
    let list = PyList::new(py, made)?.into_any();
    let shown = attribute.show(list)?;
    let kept = state.edits().slot(attribute.index).keep(&shown);
    Ok(Some(kept))
}
