//! Counting packets by columns, in one pass for several counts.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_schema::ArrowError;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use unwire::capture::Batch;
use unwire::columns::Columns;
use unwire::pool::{Job, Ordered};
use unwire::tally::{Key, Part, Tally};

use crate::capture::Info;
use crate::schema::{Schema, plan};
use crate::source::{Source, to_python};

struct Counting {
    columns: Columns,
    keys: Arc<Vec<Vec<Key>>>,
    len: usize,
}

impl Job for Counting {
    type Output = Result<Vec<Tally>, ArrowError>;

    fn add(&mut self, batch: &Batch) {
        self.columns.add(batch);
    }

    fn finish(&mut self) -> Self::Output {
        let rows = self.columns.finish()?;
        Ok(self.keys.iter().map(|keys| Tally::of(&rows, keys, self.len, self.len + 1)).collect())
    }
}

/// Count packets by several keys in one pass. `counts` is a list of keys, each a list of (column, divisor): numbers are divided by the
/// divisor, times are in ns. Returns ([{key: (packets, bytes, first ns | None, last ns | None)}], [(packets, bytes) beyond the cap], Info).
#[pyfunction]
#[pyo3(signature = (source, schema, counts, workers = 1, link = None, progress = None))]
#[allow(clippy::too_many_arguments, reason = "keywords in Python")]
pub(crate) fn tally<'py>(
    py: Python<'py>,
    source: &Source,
    schema: &Schema,
    counts: Vec<Vec<(String, i64)>>,
    workers: usize,
    link: Option<u16>,
    progress: Option<Bound<'py, PyAny>>,
) -> PyResult<(Bound<'py, PyList>, Vec<(u64, u64)>, Info)> {
    let mut names: Vec<String> = Vec::new();
    let keys: Vec<Vec<Key>> = counts
        .into_iter()
        .map(|count| {
            let key = |(name, divide): (String, i64)| {
                let column = names.iter().position(|known| *known == name).unwrap_or_else(|| {
                    names.push(name);
                    names.len() - 1
                });
                Key { column, divide }
            };
            count.into_iter().map(key).collect()
        })
        .collect();
    let len = names.len();
    names.extend(["frame.len".to_owned(), "frame.time".to_owned()]);
    let (plan, keys) = (Arc::new(plan(schema, &names, "first")?), Arc::new(keys));
    let workers = if source.is_object() { 1 } else { workers };
    let job = || Counting { columns: Columns::new(Arc::clone(&plan), link), keys: Arc::clone(&keys), len };
    let mut pass = Ordered::new(source.open(py)?, workers, job);
    let mut total: Vec<Tally> = keys.iter().map(|_| Tally::default()).collect();
    while let Some(result) = py.detach(|| pass.next()) {
        let found = result.map_err(to_python)?.map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
        py.detach(|| total.iter_mut().zip(found).for_each(|(total, found)| total.merge(found)));
        py.check_signals()?;
        if let Some(progress) = &progress {
            progress.call0()?;
        }
    }
    let beyond = total.iter().map(|tally| (tally.beyond.packets, tally.beyond.bytes)).collect();
    let list = PyList::empty(py);
    // A text that stands in many keys is one object in Python.
    let mut texts: HashMap<Arc<str>, Bound<'py, PyAny>> = HashMap::new();
    for tally in total {
        let counted = PyDict::new(py);
        let mut sorted: Vec<_> = tally.counts.into_iter().collect();
        sorted.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        for (key, count) in sorted {
            let parts = key.into_vec().into_iter().map(|part| match part {
                Part::Null => Ok(py.None().into_bound(py)),
                Part::Number(number) => Ok(number.into_pyobject(py)?.into_any()),
                Part::Text(text) => {
                    if let Some(known) = texts.get(&text) {
                        return Ok(known.clone());
                    }
                    let made = PyString::new(py, &text).into_any();
                    texts.insert(text, made.clone());
                    Ok(made)
                }
            });
            let parts = parts.collect::<PyResult<Vec<_>>>()?;
            let times = (count.first <= count.last).then_some((count.first, count.last));
            counted.set_item(PyTuple::new(py, parts)?, (count.packets, count.bytes, times.map(|t| t.0), times.map(|t| t.1)))?;
        }
        list.append(counted)?;
    }
    Ok((list, beyond, pass.with_capture(Info::of)))
}
