//! The schema as Python sees it: generations, columns with their types, layers with their layout.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use unwire::columns::{FrameColumn, Occurrence, Plan, UnknownColumn};
use unwire::schema;

use crate::object::{Listings, Shown};

/// All that is declared, at one generation; immutable.
#[pyclass(frozen, module = "unwire._engine")]
pub(crate) struct Schema {
    pub(crate) inner: Arc<schema::Schema>,
    /// Generations are numbered from 1 as they are made.
    pub(crate) number: u64,
    /// The Python classes of its layers.
    pub(crate) shown: Shown,
    /// Where the parts of its layers' lists are.
    pub(crate) listings: Listings,
}

impl Schema {
    pub(crate) fn new(inner: Arc<schema::Schema>) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let shown = Shown::new(inner.layers.len());
        Self { inner, number: NUMBER.fetch_add(1, Ordering::Relaxed), shown, listings: Listings::default() }
    }
}

#[pymethods]
impl Schema {
    /// The schema that the engine was built with.
    #[staticmethod]
    fn built_in() -> Self {
        Self::new(Arc::clone(schema::Schema::built_in()))
    }

    /// A schema from a whole document (JSON), without the built-in one.
    #[staticmethod]
    fn load(document: &str) -> PyResult<Self> {
        let loaded = schema::Schema::load(None, document).map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Self::new(Arc::new(loaded)))
    }

    /// A new generation with the layers of a schema document (JSON) on top; untouched layers are shared.
    fn overlay(&self, document: &str) -> PyResult<Self> {
        let loaded = schema::Schema::load(Some(&self.inner), document).map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Self::new(Arc::new(loaded)))
    }

    /// Module and class of every layer in force.
    fn classes(&self) -> Vec<String> {
        self.inner.current().map(|layer| layer.class.to_string()).collect()
    }

    /// The names of the layers that frames have.
    fn layer_names(&self) -> Vec<String> {
        self.inner.current().filter(|layer| !layer.part).filter_map(|layer| layer.name.as_deref().map(str::to_owned)).collect()
    }

    /// True if there is a column of this name.
    fn has_column(&self, name: &str) -> bool {
        FrameColumn::named(name).is_some() || self.inner.columns.contains_key(name)
    }

    /// Every column: name, Arrow type, whether rows are lists, whether it only gathers others, and the classes and fields that feed it.
    fn columns<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        for (frame, name, title) in FrameColumn::ALL {
            let entry = PyDict::new(py);
            entry.set_item("name", name)?;
            entry.set_item("type", frame.kind().arrow().to_string())?;
            entry.set_item("list", frame.is_list())?;
            entry.set_item("gathers", false)?;
            entry.set_item("title", title)?;
            entry.set_item("sources", PyList::empty(py))?;
            list.append(entry)?;
        }
        let mut columns: Vec<_> = self.inner.columns.iter().collect();
        columns.sort_unstable_by_key(|(name, _)| *name);
        for (name, column) in columns {
            let entry = PyDict::new(py);
            entry.set_item("name", &**name)?;
            entry.set_item("type", unwire::columns::Type::Shown(column.shown).arrow().to_string())?;
            entry.set_item("list", column.list)?;
            entry.set_item("gathers", column.pseudo)?;
            let sources = column.sources.iter().map(|(id, field, verdict)| {
                let layer = self.inner.layer(*id);
                (layer.class.to_string(), layer.fields[*field as usize].name.to_string(), *verdict)
            });
            let told = column.told.iter().map(|(id, told)| (self.inner.layer(*id).class.to_string(), told.words().to_owned(), false));
            entry.set_item("sources", sources.chain(told).collect::<Vec<_>>())?;
            entry.set_item("told", !column.told.is_empty())?;
            list.append(entry)?;
        }
        Ok(list)
    }

    /// What a filter must know of a column: its kind (uint, int, bool, time, seconds, mac, ip4, ip6, bytes, text), its bytes where it is an
    /// integer, and the labels of its numbers by label; None if nobody declares it.
    fn field(&self, name: &str) -> Option<(&'static str, u8, HashMap<String, Vec<i64>>)> {
        if let Some(frame) = FrameColumn::named(name) {
            let (kind, width) = kind_of(frame.kind());
            return Some((if frame == FrameColumn::TimeEpoch { "seconds" } else { kind }, width, HashMap::new()));
        }
        let column = self.inner.columns.get(name)?;
        let (kind, width) = kind_of(unwire::columns::Type::Shown(column.shown));
        let mut labels: HashMap<String, Vec<i64>> = HashMap::new();
        for (layer, field, verdict) in &column.sources {
            for (number, label) in &self.inner.layer(*layer).fields[*field as usize].names {
                if !verdict {
                    labels.entry(label.to_string()).or_default().push(*number);
                }
            }
        }
        if column.sources.iter().any(|(.., verdict)| *verdict) {
            labels.extend(unwire::checksum::VERDICTS.iter().map(|(number, label)| ((*label).to_owned(), vec![i64::from(*number)])));
        }
        Some((kind, width, labels))
    }

    /// The names of the protocols, as in `frame.protocols`.
    fn protocols(&self) -> Vec<String> {
        let names: BTreeSet<&str> = self.inner.current().filter_map(|layer| layer.name.as_deref()).collect();
        names.into_iter().map(str::to_owned).collect()
    }

    /// The layout of one class's layer, or None: its fields with their places, its numbers, its links.
    fn layer<'py>(&self, py: Python<'py>, class: &str) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(layer) = self.inner.layer_of(class) else { return Ok(None) };
        let entry = PyDict::new(py);
        entry.set_item("class", &*layer.class)?;
        entry.set_item("name", layer.name.as_deref())?;
        entry.set_item("title", &*layer.title)?;
        entry.set_item("part", layer.part)?;
        let fields = PyList::empty(py);
        for field in &layer.fields {
            let one = PyDict::new(py);
            one.set_item("name", &*field.name)?;
            one.set_item("column", field.column.as_deref())?;
            one.set_item("also", field.also.iter().map(|name| &**name).collect::<Vec<_>>())?;
            one.set_item("anchor", field.place.anchor)?;
            one.set_item("offset", field.place.offset)?;
            one.set_item("size", field.kind.fixed_size())?;
            one.set_item("kind", kind_name(&field.kind))?;
            one.set_item("names", field.names.iter().map(|(number, label)| (*number, &**label)).collect::<Vec<_>>())?;
            fields.append(one)?;
        }
        entry.set_item("fields", fields)?;
        let over = layer.over.iter().map(|(space, keys)| (self.inner.spaces[*space as usize].name.to_string(), keys.clone()));
        entry.set_item("over", over.collect::<Vec<_>>())?;
        let next = layer.next.iter().map(|link| match &link.to {
            schema::LinkTo::Space(space, _) => self.inner.spaces[*space as usize].name.to_string(),
            schema::LinkTo::Stop(reason) => format!("stop: {}", reason.name()),
        });
        entry.set_item("next", next.collect::<Vec<_>>())?;
        entry.set_item("via", layer.next.iter().filter_map(|link| link.via.as_deref()).collect::<Vec<_>>())?;
        Ok(Some(entry))
    }

    /// A number space: every number with the classes that answer to it.
    fn space(&self, name: &str) -> Option<Vec<(u64, Vec<String>)>> {
        let space = &self.inner.spaces[self.inner.space(name)? as usize];
        let named = |ids: &[u16]| ids.iter().map(|id| self.inner.layer(*id).class.to_string()).collect();
        Some(space.entries().into_iter().map(|(key, ids)| (key, named(ids))).collect())
    }

    /// The class that answers to a number, the first of them; None if there is none.
    fn find(&self, space: &str, number: u64) -> Option<String> {
        let space = &self.inner.spaces[self.inner.space(space)? as usize];
        space.find(number).first().map(|id| self.inner.layer(*id).class.to_string())
    }

    /// The names of the number spaces in which some layer looks its payload up, or some family its members.
    fn lookups(&self) -> Vec<String> {
        let spaces = self.inner.current().flat_map(|layer| &layer.next).filter_map(|link| match &link.to {
            schema::LinkTo::Space(space, _) => Some(*space),
            schema::LinkTo::Stop(_) => None,
        });
        spaces.chain([self.inner.link]).map(|space| self.inner.spaces[space as usize].name.to_string()).collect()
    }

    /// What another language calls what the layers of a name tell, and what that is in columns.
    fn aliases(&self, protocol: &str) -> BTreeMap<String, String> {
        let named = self.inner.current().filter(|layer| layer.name.as_deref() == Some(protocol));
        named.flat_map(|layer| layer.aliases.clone()).collect()
    }

    /// The names of all number spaces.
    fn spaces(&self) -> Vec<String> {
        self.inner.spaces.iter().map(|space| space.name.to_string()).collect()
    }
}

/// The kind of a type, and its bytes where it is an integer.
fn kind_of(kind: unwire::columns::Type) -> (&'static str, u8) {
    use unwire::columns::Type;
    match kind {
        Type::Shown(schema::Shown::UInt(width)) => ("uint", width),
        Type::Shown(schema::Shown::Int(width)) => ("int", width),
        Type::Shown(schema::Shown::Bool) => ("bool", 1),
        Type::Shown(schema::Shown::Mac) => ("mac", 6),
        Type::Shown(schema::Shown::Ip4) => ("ip4", 4),
        Type::Shown(schema::Shown::Ip6) => ("ip6", 16),
        Type::Shown(schema::Shown::Bytes) => ("bytes", 0),
        Type::Shown(schema::Shown::Text) | Type::Label => ("text", 0),
        Type::Shown(schema::Shown::Duration) => ("seconds", 8),
        Type::Time => ("time", 8),
        Type::Number => ("uint", 16),
    }
}

fn kind_name(kind: &schema::Kind) -> String {
    use schema::Kind;
    match kind {
        Kind::Nothing => "nothing".into(),
        Kind::UInt { width, little } => format!("u{}{}", u32::from(*width) * 8, if *little { " little" } else { "" }),
        Kind::Int { width, little } => format!("i{}{}", u32::from(*width) * 8, if *little { " little" } else { "" }),
        Kind::Bits { count, shown, .. } => {
            if *shown == schema::Shown::Bool {
                "flag".into()
            } else {
                format!("{count} bits")
            }
        }
        Kind::Mac => "Mac".into(),
        Kind::Ip4 => "Ip4".into(),
        Kind::Ip6 => "Ip6".into(),
        Kind::Raw(_) => "bytes".into(),
        Kind::Text(_) => "text".into(),
        Kind::When(_, inner) => format!("{}, optional", kind_name(inner)),
        Kind::Switch { .. } => "one of several".into(),
        Kind::Repeat(repeat) => format!("list of {}", kind_name(&repeat.item)),
        Kind::Part(_) => "part".into(),
        Kind::Pad(multiple) => format!("padding to {multiple}"),
        Kind::Payload(_) => "payload".into(),
        Kind::Reading { kind, .. } => format!("reading as {}", kind_name(kind)),
        Kind::Computed { .. } => "computed".into(),
        Kind::Native(schema::Decoded { list: true, .. }) => "list, decoded".into(),
        Kind::Native(_) => "decoded".into(),
    }
}

/// Plan columns by name; an unknown one is a `KeyError` with the name, for the caller to say more.
pub(crate) fn plan(schema: &Schema, names: &[String], occurrence: &str) -> PyResult<Plan> {
    let occurrence = match occurrence {
        "first" => Occurrence::First,
        "last" => Occurrence::Last,
        "all" => Occurrence::All,
        other => return Err(PyValueError::new_err(format!("occurrence is 'first', 'last' or 'all', not {other:?}"))),
    };
    Plan::new(&schema.inner, names, occurrence).map_err(|UnknownColumn(name)| pyo3::exceptions::PyKeyError::new_err(name))
}
