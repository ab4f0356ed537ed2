//! Python's classes and their layers: which class a layer is shown as, which layer a class reads, and how an instance is made of arguments.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyAny, PyBytes, PyDict, PyString, PyTuple, PyType};
use std::collections::HashMap;
use unwire::schema::{Layer, LayerId};

use super::edits::Slot;
use super::field::Attribute;
use super::raw::{self, Held};
use super::template::Template;
use super::view::{View, error_class};
use super::{State, fill, pack};
use crate::schema::Schema;

/// What is known of a Python class; kept as long as the process, as classes are.
#[allow(clippy::struct_excessive_bools, reason = "four independent things a class may do itself")]
pub(crate) struct Info {
    /// The layer's name: module and class.
    pub id: String,
    /// The class's name.
    pub name: String,
    /// Its name and its bases' as attributes of what carries it.
    pub aliases: Vec<String>,
    /// The names of the class and its bases: a layer folds into the class that it names.
    pub lineage: Vec<String>,
    /// The views that other layers are folded into, in order.
    pub folds: Vec<String>,
    /// The class reads itself in Python.
    pub unpacks: bool,
    /// The class makes itself in Python: whoever reads one calls it.
    pub makes: bool,
    /// Keywords of the constructor that are no fields are the class's to understand.
    pub keyworded: bool,
    /// Bytes given to the constructor as payload are decoded.
    pub decodes: bool,
    /// `data` is the payload and nothing else.
    pub plain_data: bool,
    /// Lengths that nobody gave are shown as they are when the object is made, not as declared.
    pub states: bool,
    /// The class makes its bytes itself.
    pub packs: bool,
    /// How many bytes the header has in dpkt's description of it.
    pub described: usize,
    /// Fields that are set and whose condition does not hold are not sent, and no error.
    pub lenient: bool,
    /// Shown inside another object, it still has what it carries, and that has none.
    pub keeps: bool,
    /// It stands before the object that it is shown inside.
    pub leads: bool,
    /// Made of bytes by itself, it takes its header and leaves the rest.
    pub alone: bool,
    /// Classes by the bytes that they begin with, which may stand before this one.
    pub before: Vec<(Vec<u8>, String)>,
    /// Its attributes, by the number of the field.
    pub attributes: OnceLock<Vec<Option<&'static Attribute>>>,
    /// The header where nothing was set, if it is a simple one.
    pub template: OnceLock<Option<Template>>,
    /// The generation that `layer` was looked up in, and the layer.
    resolved: AtomicU64,
}

struct Classes {
    infos: HashMap<usize, &'static Info, rustc_hash::FxBuildHasher>,
    current: Option<Held<Schema>>,
}

static CLASSES: Mutex<Classes> = Mutex::new(Classes { infos: HashMap::with_hasher(rustc_hash::FxBuildHasher), current: None });
/// A class was declared since the current schema was made.
static DIRTY: AtomicBool = AtomicBool::new(true);

fn classes() -> MutexGuard<'static, Classes> {
    CLASSES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is known of a class.
pub(super) fn info(class: &Bound<'_, PyType>) -> PyResult<&'static Info> {
    let found = classes().infos.get(&(class.as_ptr() as usize)).copied();
    found.ok_or_else(|| {
        PyTypeError::new_err(format!(
            "{} declares no protocol: derive from unwire.declare.Packet",
            class.repr().map_or_else(|_| String::new(), |text| text.to_string())
        ))
    })
}

/// The schema of this moment.
pub(super) fn current(py: Python<'_>) -> PyResult<Held<Schema>> {
    if !DIRTY.load(Ordering::Acquire)
        && let Some(schema) = &classes().current
    {
        return Ok(schema.share(py));
    }
    DIRTY.store(false, Ordering::Release);
    let made = (|| Ok::<_, PyErr>(py.import("unwire.schema")?.getattr("current")?.call0()?.cast_into::<Schema>()?))();
    let made = Held::new(made.inspect_err(|_| DIRTY.store(true, Ordering::Release))?);
    let old = classes().current.replace(made.share(py));
    drop(old);
    Ok(made)
}

/// The number spaces changed: the next object asks for the schema again.
pub(super) fn touch() {
    DIRTY.store(true, Ordering::Release);
}

impl Info {
    /// The layer of the class in a generation.
    pub(super) fn layer(&self, schema: &Schema) -> PyResult<LayerId> {
        let known = self.resolved.load(Ordering::Relaxed);
        if known >> 16 == schema.number {
            return Ok(known as LayerId);
        }
        let layer = schema
            .inner
            .layer_of(&self.id)
            .ok_or_else(|| PyTypeError::new_err(format!("{} was withdrawn: its declaration does not hold", self.id)))?;
        self.resolved.store(schema.number << 16 | u64::from(layer.id), Ordering::Relaxed);
        Ok(layer.id)
    }

    /// The attribute of that name; names in code are interned, so that a look at the pointer is enough.
    pub(super) fn named(&self, name: &Bound<'_, PyString>) -> Option<&'static Attribute> {
        let all = || self.attributes.get().into_iter().flatten().flatten().copied();
        all().find(|attribute| attribute.key.as_ptr() == name.as_ptr()).or_else(|| self.attribute(name.to_str().ok()?))
    }

    /// True for the name of the payload, unless the class makes something else of it.
    fn unnamed(&self, py: Python<'_>, name: &Bound<'_, PyString>) -> bool {
        self.plain_data && (name.as_ptr() == intern!(py, "data").as_ptr() || name.to_str().is_ok_and(|name| name == "data"))
    }

    /// The number of a field, and its attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.attributes.get()?.iter().flatten().copied().find(|attribute| attribute.name.to_str() == Ok(name))
    }
}

/// A field's name, what is said of it, and what turns its values into those that are shown and back, if anything does.
pub(super) type Named = (String, Option<String>, Option<Py<PyAny>>);

/// The name of an attribute that a field stands in for while nothing is folded or written, the number and name of the field, and Python's
/// descriptor.
pub(super) type StandIn = (String, (u16, String), Py<PyAny>);

/// Enter a class: its attributes are put on it, and calls of it are led here unless it constructs itself.
pub(super) fn equip(class: &Bound<'_, PyType>, id: &str, fields: Vec<Named>, stand_ins: Vec<StandIn>, folds: Vec<String>) -> PyResult<()> {
    let py = class.py();
    let base = raw::base(py)?;
    if !class.is_subclass(base)? {
        return Err(PyTypeError::new_err("only classes that derive from Packet or Part are equipped"));
    }
    let name = class.name()?.to_string();
    let mut overrides = [
        ("unpack", false),
        ("__bytes__", false),
        ("__init__", false),
        ("__new__", false),
        ("pack_hdr", false),
        ("__slots__", false),
        ("data", false),
    ];
    let mut lineage = Vec::new();
    for one in class.mro().iter() {
        let one = one.cast_into::<PyType>()?;
        // What the package's own bases define is what happens here.
        if one.hasattr("__unwire_base__")? && one.getattr("__unwire_base__")?.is(&one) || one.is(base) {
            break;
        }
        lineage.push(one.name()?.to_string());
        let body = one.getattr("__dict__")?;
        for (method, found) in &mut overrides {
            *found |= body.contains(*method)?;
        }
    }
    let [unpacks, bytes, init, new, hdr, slots, data] = overrides.map(|(_, found)| found);
    let info: &'static Info = Box::leak(Box::new(Info {
        id: id.to_owned(),
        aliases: lineage.iter().map(|name: &String| name.to_lowercase()).collect(),
        name,
        lineage,
        unpacks,
        makes: init || new,
        keyworded: class.hasattr("_keyword")?,
        decodes: class.getattr("__decodes_data__")?.is_truthy()?,
        plain_data: !data,
        states: class.getattr("__states_lengths__")?.is_truthy()?,
        packs: bytes || hdr,
        described: class.getattr("__hdr_len__")?.extract()?,
        lenient: class.getattr("__lenient__")?.is_truthy()?,
        keeps: class.getattr("__keeps_data__")?.is_truthy()?,
        leads: class.getattr("__leads__")?.is_truthy()?,
        alone: class.getattr("__header_only__")?.is_truthy()?,
        before: class.getattr("__before__")?.extract()?,
        folds,
        attributes: OnceLock::new(),
        template: OnceLock::new(),
        resolved: AtomicU64::new(u64::MAX),
    }));
    let mut attributes = Vec::with_capacity(fields.len());
    for (index, (name, doc, shown)) in fields.into_iter().enumerate() {
        if name.is_empty() {
            attributes.push(None);
            continue;
        }
        let attribute: &'static Attribute = Box::leak(Box::new(Attribute::new(py, name, doc, shown, index as u16, info)?));
        raw::describe(class, attribute)?;
        attributes.push(Some(attribute));
    }
    let _ = info.attributes.set(attributes);
    for (name, field, descriptor) in stand_ins {
        raw::describe(class, Box::leak(Box::new(Attribute::standing_in(py, name, field, descriptor, info)?)))?;
    }
    if !init && !new {
        raw::call_directly(class);
    }
    if !slots {
        raw::end_directly(class);
    }
    classes().infos.insert(class.as_ptr() as usize, info);
    touch();
    Ok(())
}

/// `Cls(buffer)`.
#[inline]
pub(super) fn from_bytes<'py>(class: &Bound<'py, PyType>, buffer: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let info = info(class)?;
    if info.unpacks {
        let object = raw::create(class, State::new(info))?;
        unpack(&object, info, buffer)?;
        return Ok(object);
    }
    raw::create(class, State::of(info, View::read(info, buffer)?))
}

/// True if one of the keywords beside a buffer is `strict`, and true. The others mean nothing there, as in dpkt: what is read is read.
pub(super) fn wants_strict<'a, 'py: 'a>(mut given: impl Iterator<Item = (Bound<'py, PyAny>, &'a Bound<'py, PyAny>)>) -> PyResult<bool> {
    let strict = given.find(|(name, _)| name.cast::<PyString>().is_ok_and(|name| name == "strict"));
    strict.map_or(Ok(false), |(_, value)| value.is_truthy())
}

/// Let a class read itself. What `struct` cannot read is an error of the packet, in dpkt's words.
fn unpack(object: &Bound<'_, PyAny>, info: &Info, buffer: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = object.py();
    let Err(error) = object.call_method1("unpack", (buffer,)) else { return Ok(()) };
    if !error.is_instance(py, py.import("struct")?.getattr("error")?.as_any()) {
        return Err(error);
    }
    let (got, needed) = (buffer.len()?, object.get_type().getattr("__hdr_len__")?.extract::<usize>()?);
    let made = if got < needed {
        error_class(py, "NeedData")?.call1((format!("got {got}, {needed} needed at least"),))?
    } else {
        error_class(py, "UnpackError")?.call1((format!("invalid {}: {}", info.name, buffer.repr()?),))?
    };
    Err(PyErr::from_value(made))
}

/// `Cls(field=…)`.
pub(super) fn from_fields<'py>(
    class: &Bound<'py, PyType>,
    fields: impl Iterator<Item = (Bound<'py, PyAny>, Bound<'py, PyAny>)>,
) -> PyResult<Bound<'py, PyAny>> {
    let object = raw::create(class, State::new(info(class)?))?;
    fill(&object, fields)?;
    Ok(object)
}

/// `__init__` of the base, for classes that have their own and call it.
pub(super) fn initialise(
    object: &Bound<'_, PyAny>,
    state: &State,
    arguments: &Bound<'_, PyTuple>,
    keywords: Option<&Bound<'_, PyDict>>,
) -> PyResult<()> {
    if let Ok(buffer) = arguments.get_item(0) {
        if state.info.unpacks {
            unpack(object, state.info, &buffer)?;
        } else {
            state.replace(View::read(state.info, &buffer)?);
        }
        return Ok(());
    }
    keywords.map_or(Ok(()), |keywords| fill(object, keywords.iter()))
}

fn fill<'py>(object: &Bound<'py, PyAny>, fields: impl Iterator<Item = (Bound<'py, PyAny>, Bound<'py, PyAny>)>) -> PyResult<()> {
    let py = object.py();
    let state = super::own(object)?;
    let schema = current(py)?;
    let layer = schema.get().inner.layer(state.info.layer(schema.get())?);
    let mut bytes = false;
    for (name, value) in fields {
        let name = name.cast::<PyString>()?;
        match state.info.named(name) {
            Some(attribute) if attribute.is_plain(layer) => {
                let old = state.edits().put(attribute.index, Slot::Set(Held::new(value)), layer.fields.len());
                drop(old);
            }
            _ if state.info.unnamed(py, name) => {
                bytes = value.is_instance_of::<PyBytes>();
                state.set_data(py, Some(Held::new(value)));
            }
            None if state.info.keyworded => object.call_method1(intern!(py, "_keyword"), (name, value)).map(drop)?,
            _ => object.setattr(name, value)?,
        }
    }
    if state.info.states {
        fill::state_lengths(object, state)?;
    }
    if state.info.decodes && bytes {
        pack::decode_given(object, state)?;
    }
    Ok(())
}

/// A layer's class with what is known of it.
pub(crate) struct Known {
    pub class: Py<PyType>,
    pub info: &'static Info,
}

/// The Python classes of a schema's layers, found when they are first touched.
#[derive(Default)]
pub(crate) struct Shown(Vec<PyOnceLock<Option<Known>>>);

impl Shown {
    pub(crate) fn new(layers: usize) -> Self {
        Self((0..layers).map(|_| PyOnceLock::new()).collect())
    }
}

/// The class that shows a layer; its module is imported if it was not. None if there is none.
pub(super) fn class_of<'a>(py: Python<'_>, schema: &'a Schema, layer: &Layer) -> PyResult<Option<&'a Known>> {
    let Some(slot) = schema.shown.0.get(layer.id as usize) else { return Ok(None) };
    let found = slot.get_or_try_init(py, || {
        let found = py.import("unwire.schema")?.getattr("class_of")?.call1((&*layer.class,))?;
        if found.is_none() {
            return Ok::<_, PyErr>(None);
        }
        let class = found.cast_into::<PyType>()?;
        let info = info(&class)?;
        Ok(Some(Known { class: class.unbind(), info }))
    })?;
    Ok(found.as_ref())
}
