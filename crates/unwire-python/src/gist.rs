//! What connections come to, for Python: a pass of counting (tally.rs) fills it beside what it counts.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyDict;
use unwire::conn::{Asked, Conn, Sights, Wants};
use unwire::filter::Filter;
use unwire::gist;
use unwire::ruling::ruled;
use unwire::schema::Schema;

/// Texts with their counts; how many there are, rows, rows with others, and the most that one of those may have had.
type Named = (Vec<(String, u64)>, usize, u64, u64, u64);

/// What the connections of captures come to.
#[pyclass(frozen, module = "unwire._engine")]
pub(crate) struct Gist {
    schema: Arc<Schema>,
    asked: Arc<Asked>,
    inner: Mutex<gist::Gist>,
}

impl Gist {
    pub(crate) fn new(schema: &Arc<Schema>, asked: &Arc<Asked>, columns: &[(String, String)]) -> Option<Self> {
        let inner = Mutex::new(gist::Gist::new(Conn::new(schema, asked, false), columns, ruled(schema))?);
        Some(Self { schema: Arc::clone(schema), asked: Arc::clone(asked), inner })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, gist::Gist> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn wants(&self) -> Option<Wants> {
        self.lock().talks.wants()
    }

    /// The work of a worker.
    pub(crate) fn sights(&self, filter: Option<&Arc<Filter>>, link: Option<u16>, wants: Option<Wants>) -> Sights {
        Sights::new(&self.schema, &self.asked, filter, link, wants)
    }
}

#[pymethods]
impl Gist {
    /// All captures were read: the numbers by name, streams by their state, and for each column its `top` texts (0: all).
    fn finish<'py>(&self, py: Python<'py>, top: usize) -> PyResult<(Bound<'py, PyDict>, Vec<(&'static str, u64)>, Vec<Named>)> {
        py.detach(|| self.lock().finish());
        let inner = self.lock();
        let totals = inner.totals();
        let numbers = PyDict::new(py);
        for (name, number) in [
            ("streams", totals.flows[0]),
            ("datagrams", totals.flows[1]),
            ("messages", totals.flows[2]),
            ("others", totals.flows[3]),
            ("segments", totals.segments),
            ("retransmitted", totals.retransmitted),
            ("out_of_order", totals.out_of_order),
            ("lost", totals.lost),
            ("zero_window", totals.zero_window),
            ("troubled", totals.troubled),
            ("handshakes", totals.handshakes),
            ("opening", totals.opening.max(0).unsigned_abs()),
            ("slowest", totals.slowest.max(0).unsigned_abs()),
        ] {
            numbers.set_item(name, number)?;
        }
        let owned = |texts: &gist::Texts| texts.ranked(top).into_iter().map(|(text, count)| (text.to_owned(), count)).collect();
        let named = inner.texts.iter().map(|texts| (owned(texts), texts.len(), texts.rows, texts.others, texts.error)).collect();
        Ok((numbers, totals.states.clone(), named))
    }
}
