//! Counting packets by columns, in one pass for several counts, and who talks to whom beside them.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampNanosecondType, UInt32Type};
use arrow_schema::ArrowError;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use unwire::capture::Batch;
use unwire::columns::Columns;
use unwire::conn::{Sighted, Sights};
use unwire::filter::Selected;
use unwire::pool::{Job, Ordered};
use unwire::tally::{Count, Found, Key, Part, Shape, Tally};

use crate::capture::Info;
use crate::filter::{Filter, Needs, looking, of_schema};
use crate::flows::Flows;
use crate::gist::Gist;
use crate::schema::{Schema, plan};
use crate::source::{Source, to_python};

/// What is counted of a capture, and from which columns.
struct Asked {
    keys: Vec<Vec<Key>>,
    flows: Option<Arc<Shape>>,
    /// The column of the wire length; the captured length and the time are behind it.
    len: usize,
}

/// One batch, counted.
struct Counted {
    total: Count,
    captured: u64,
    tallies: Vec<Vec<(Box<[Part]>, Count)>>,
    flows: Option<Found>,
    sights: Option<Sighted>,
}

impl Counted {
    fn of(rows: &RecordBatch, asked: &Asked) -> Self {
        let sum = |column: usize| rows.column(column).as_primitive::<UInt32Type>().values().iter().map(|n| u64::from(*n)).sum();
        let times = rows.column(asked.len + 2).as_primitive::<TimestampNanosecondType>();
        let mut total = Count { packets: rows.num_rows() as u64, bytes: sum(asked.len), ..Count::default() };
        for time in times.iter().flatten() {
            total.first = total.first.min(time);
            total.last = total.last.max(time);
        }
        let tallies = asked.keys.iter().map(|keys| Tally::of(rows, keys, asked.len, asked.len + 2)).collect();
        Self { total, captured: sum(asked.len + 1), tallies, flows: asked.flows.as_ref().map(|shape| Found::of(rows, shape)), sights: None }
    }
}

struct Counting {
    columns: Selected,
    asked: Arc<Asked>,
    sights: Option<Sights>,
}

impl Job for Counting {
    type Output = Result<Counted, ArrowError>;

    fn add(&mut self, batch: &Batch) {
        self.columns.add(batch);
        if let Some(sights) = &mut self.sights {
            sights.add(batch);
        }
    }

    fn finish(&mut self) -> Self::Output {
        let sights = self.sights.as_mut().map(Sights::finish);
        Ok(Counted { sights, ..Counted::of(&self.columns.finish()?, &self.asked) })
    }
}

/// Packets, bytes, ns of the first and the last.
type Row = (u64, u64, Option<i64>, Option<i64>);

fn row(count: &Count) -> Row {
    let times = (count.first <= count.last).then_some((count.first, count.last));
    (count.packets, count.bytes, times.map(|t| t.0), times.map(|t| t.1))
}

/// Count packets by several keys in one pass. `counts` is a list of keys, each a list of (column, widths, bounds): numbers are divided by the
/// first width, by the next where that makes more than `most` keys; or, with bounds, become the index of the last bound they reach. Times are
/// in ns. Only packets that `filter` matches are counted. With `flows`, who talks to whom is added there,
/// with `gist`, what connections come to. Returns the whole as (packets, bytes, first ns | None, last ns | None), its captured
/// bytes, for each key ({key: count like the whole}, (packets, bytes) beyond `most` keys, index of the width used), and an Info.
#[pyfunction]
#[pyo3(signature = (source, schema, counts, most, flows = None, workers = 1, link = None, progress = None, filter = None, gist = None))]
#[allow(clippy::too_many_arguments, reason = "keywords in Python")]
pub(crate) fn tally<'py>(
    py: Python<'py>,
    source: &Source,
    schema: &Schema,
    counts: Vec<Vec<(String, Vec<i64>, Vec<i64>)>>,
    most: usize,
    flows: Option<&Flows>,
    workers: usize,
    link: Option<u16>,
    progress: Option<Bound<'py, PyAny>>,
    filter: Option<&Filter>,
    gist: Option<&Gist>,
) -> PyResult<(Row, u64, Bound<'py, PyList>, Info)> {
    let mut names: Vec<String> = flows.map_or(Vec::new(), |flows| flows.columns.clone());
    let numbered = flows.map_or(0, |flows| flows.addresses);
    let len = names.len();
    names.extend(["frame.len", "frame.cap_len", "frame.time"].map(str::to_owned));
    let mut column = |name: String| {
        if let Some(at) = names.iter().skip(numbered).position(|known| *known == name) {
            return at + numbered;
        }
        names.push(name);
        names.len() - 1
    };
    let mut key = |(name, widths, bounds)| Key { column: column(name), widths, bounds };
    let keys: Vec<Vec<Key>> = counts.into_iter().map(|count| count.into_iter().map(&mut key).collect()).collect();
    let shape = flows.map(|flows| Arc::new(Shape { len, time: len + 2, ..(*flows.shape).clone() }));
    let plan = Arc::new(plan(schema, &names, "first")?.numbered(numbered));
    let filter = of_schema(filter, &plan.schema)?;
    let asked = Arc::new(Asked { keys, flows: shape, len });
    let workers = if source.is_object() { 1 } else { workers };
    let needs = Needs::of(Some(&plan), filter.as_deref());
    let wants = gist.and_then(Gist::wants);
    let job = || Counting {
        columns: Selected::new(Columns::new(Arc::clone(&plan), link), filter.as_ref(), link),
        asked: Arc::clone(&asked),
        sights: gist.map(|gist| gist.sights(filter.as_ref(), link, wants.clone())),
    };
    let mut pass = Ordered::new(looking(source.open(py)?, &plan.schema, link, needs, false), workers, job);
    let mut tallies: Vec<Tally> = asked.keys.iter().map(|_| Tally::new(most)).collect();
    let (mut total, mut captured, mut records) = (Count::default(), 0, 0);
    while let Some(result) = py.detach(|| pass.next()) {
        let found = result.map_err(to_python)?.map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
        total.add(&found.total);
        captured += found.captured;
        py.detach(|| {
            for ((total, keys), found) in tallies.iter_mut().zip(&asked.keys).zip(found.tallies) {
                total.merge(keys, found);
            }
            if let (Some(flows), Some(found)) = (flows, &found.flows) {
                flows.lock().add(found);
            }
            if let (Some(gist), Some(sights)) = (gist, &found.sights) {
                records += sights.records;
                gist.lock().add(sights);
            }
        });
        py.check_signals()?;
        if let Some(progress) = &progress {
            progress.call0()?;
        }
    }
    if let Some(gist) = gist {
        gist.lock().end_of_capture(records);
    }
    let list = PyList::empty(py);
    for tally in tallies {
        list.append((as_dict(py, &tally)?, (tally.beyond.packets, tally.beyond.bytes), tally.width))?;
    }
    Ok((row(&total), captured, list, pass.with_capture(Info::of)))
}

fn as_dict<'py>(py: Python<'py>, tally: &Tally) -> PyResult<Bound<'py, PyDict>> {
    // A text that stands in many keys is one object in Python.
    let mut texts: HashMap<Arc<str>, Bound<'py, PyAny>> = HashMap::new();
    let counted = PyDict::new(py);
    let mut sorted: Vec<_> = tally.counts.iter().collect();
    sorted.sort_unstable_by(|a, b| a.0.cmp(b.0));
    for (key, count) in sorted {
        let parts = key.iter().map(|part| match part {
            Part::Null => Ok(py.None().into_bound(py)),
            Part::Number(number) => Ok(number.into_pyobject(py)?.into_any()),
            Part::Text(text) => Ok(texts.entry(Arc::clone(text)).or_insert_with(|| PyString::new(py, text).into_any()).clone()),
        });
        let parts = parts.collect::<PyResult<Vec<_>>>()?;
        counted.set_item(PyTuple::new(py, parts)?, row(count))?;
    }
    Ok(counted)
}
