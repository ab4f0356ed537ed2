//! The attribute of a field: its value from the bytes or from what was written, and writing it. Values are made for Python here; what bytes
//! become of a value is pack.rs's.

use std::cell::Cell;
use std::ffi::CString;
use std::sync::OnceLock;

use pyo3::exceptions::{PyAttributeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyAny, PyBytes, PyList, PyString, PyType};
use unwire::error::{Fault, Reason};
use unwire::layout::{Laid, MAX_ITEMS};
use unwire::schema::{Decoded, Extent, Field, Kind, Layer, Preset};
use unwire::value::{self, Value};

use super::class::Info;
use super::edits::{self, Slot};
use super::raw::{self, Held};
use super::view::View;
use super::{State, address, listing, pack};

/// A field as an attribute of a class.
pub(crate) struct Attribute {
    pub name: CString,
    /// The name as Python's code has it: interned.
    pub key: Py<PyString>,
    pub doc: Option<CString>,
    /// What turns the value into the one that is shown, and back.
    shown: Option<Conversion>,
    /// The name of the field that it reads: its own, but for a `stand_in`.
    field: String,
    /// Python's descriptor, where the attribute is the field's only in a packet as it was read, with nothing folded into it.
    stand_in: Option<Py<PyAny>>,
    pub index: u16,
    pub info: &'static Info,
    direct: OnceLock<Direct>,
}

/// From a value to the one that is shown, and back.
struct Conversion {
    read: Py<PyAny>,
    write: Py<PyAny>,
    /// An absent one is None.
    optional: bool,
    /// The class of which the shown value is an instance with nothing but the value and this conversion in it.
    wraps: Option<(Py<PyType>, Py<PyAny>)>,
}

/// How a field is read whose place and form every packet shares.
enum Direct {
    /// So many bytes at an offset, as a number: little-endian or not, shifted and cut to bits.
    Number { offset: u32, width: u8, little: bool, shift: u8, mask: u64 },
    /// An address of so many bytes.
    Address { offset: u32, size: u32 },
    /// The engine looks.
    No,
}

impl Direct {
    fn of(layer: &Layer, field: &Field) -> Self {
        if field.place.anchor != 0 {
            return Self::No;
        }
        let offset = field.place.offset;
        match &field.kind {
            Kind::UInt { width, little } => Self::Number { offset, width: *width, little: *little, shift: 0, mask: u64::MAX },
            Kind::Bits { of, shift, count, number: true, .. } => match layer.fields.get(*of as usize).map(|field| &field.kind) {
                Some(Kind::UInt { width, little }) => {
                    Self::Number { offset, width: *width, little: *little, shift: *shift, mask: u64::MAX >> (64 - u32::from(*count)) }
                }
                _ => Self::No,
            },
            Kind::Mac | Kind::Ip4 | Kind::Ip6 => Self::Address { offset, size: field.kind.fixed_size().unwrap_or(0) },
            _ => Self::No,
        }
    }
}

impl Attribute {
    pub(super) fn new(
        py: Python<'_>,
        name: String,
        doc: Option<String>,
        shown: Option<Py<PyAny>>,
        index: u16,
        info: &'static Info,
    ) -> PyResult<Self> {
        let conversion = |shown: Py<PyAny>| {
            let shown = shown.bind(py);
            let (read, write) = (shown.getattr("read")?.unbind(), shown.getattr("write")?.unbind());
            let class = shown.getattr("wraps")?.extract::<Option<Py<PyType>>>()?;
            let wraps = class.map(|class| (class, shown.clone().unbind()));
            Ok::<_, PyErr>(Conversion { read, write, optional: shown.getattr("optional")?.is_truthy()?, wraps })
        };
        let shown = shown.map(conversion).transpose()?;
        let c_string = |text: String| CString::new(text).map_err(|_| PyValueError::new_err("a name holds a NUL"));
        let key = PyString::intern(py, &name).unbind();
        let doc = doc.map(c_string).transpose()?;
        Ok(Self { field: name.clone(), name: c_string(name)?, key, doc, shown, stand_in: None, index, info, direct: OnceLock::new() })
    }

    /// The attribute that a descriptor of Python's is shown as: what a field says, until there is more to it.
    pub(super) fn standing_in(
        py: Python<'_>,
        name: String,
        (index, field): (u16, String),
        descriptor: Py<PyAny>,
        info: &'static Info,
    ) -> PyResult<Self> {
        let doc = descriptor.getattr(py, "__doc__")?.extract(py)?;
        Ok(Self { field, stand_in: Some(descriptor), ..Self::new(py, name, doc, None, index, info)? })
    }

    /// True if any value may be written, and nothing but this field depends on it.
    pub(super) fn is_plain(&self, layer: &Layer) -> bool {
        let field = layer.fields.get(self.index as usize).filter(|_| self.shown.is_none());
        field.is_some_and(|field| !matches!(field.kind, Kind::Computed { .. } | Kind::Bits { .. } | Kind::Reading { .. } | Kind::Native(_)))
    }

    /// The field in a layer. One that is shown as another may be without it.
    pub(super) fn of<'a>(&self, layer: &'a Layer) -> Option<&'a Field> {
        layer.fields.get(self.index as usize).filter(|field| *field.name == *self.field)
    }

    pub(super) fn text(&self) -> &str {
        self.name.to_str().unwrap_or_default()
    }

    /// The value as it is shown.
    #[inline]
    pub(super) fn show<'py>(&self, value: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        match &self.shown {
            Some(Conversion { wraps: Some((class, shown)), .. }) => raw::wrap(class.bind(value.py()), &value, shown.bind(value.py())),
            Some(shown) => shown.read.bind(value.py()).call1((value,)),
            None => Ok(value),
        }
    }

    /// The value if nothing was written and every packet has the field in the same place.
    #[inline]
    pub(super) fn quick<'py>(&self, object: &Bound<'py, PyAny>, state: &State) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = object.py();
        if state.edits.get().is_none()
            && let Some(view) = &state.view
            // In the layer of another class, such as one derived from this, the field may stand elsewhere.
            && self.info.layer(view.schema.get()).is_ok_and(|layer| layer == view.span.layer)
            && (self.stand_in.is_none() || !view.has_folded() && !raw::has_more(object))
        {
            let direct = self.direct.get_or_init(|| {
                let layer = view.layer();
                self.of(layer).map_or(Direct::No, |field| Direct::of(layer, field))
            });
            let (start, limit) = (view.span.start, view.span.limit.max(view.span.start + view.layer().fixed));
            match direct {
                Direct::Number { offset, width, little, shift, mask } => {
                    if let Ok(number) = view.bytes(py).uint(start + offset, *width, *little, limit) {
                        return self.show((number >> shift & mask).into_pyobject(py)?.into_any()).map(Some);
                    }
                }
                Direct::Address { offset, size } => {
                    if let Ok(bytes) = view.bytes(py).take(start + offset, *size, limit) {
                        return self.show(address::object(py, bytes)?).map(Some);
                    }
                }
                Direct::No => {}
            }
        }
        Ok(None)
    }

    /// The value: what was written, else what the bytes say, else the default.
    pub(super) fn get<'py>(&self, object: &Bound<'py, PyAny>, state: &State) -> PyResult<Bound<'py, PyAny>> {
        let py = object.py();
        if let Some(descriptor) = &self.stand_in {
            return descriptor.bind(py).call_method1(intern!(py, "__get__"), (object, object.get_type()));
        }
        if let Some(list) = listing::list(py, state, self)? {
            return Ok(list);
        }
        if let Some((value, kept)) = edits::slot_value(py, state, self)? {
            return if kept { Ok(value) } else { self.show(value) };
        }
        let missing =
            || PyAttributeError::new_err(format!("{}.{}: the packet has no such field, its condition does not hold", self.info.name, self.text()));
        let whole = pack::snapshot(object, state, self)?;
        let items = Cell::new(MAX_ITEMS);
        let laid = whole.laid(py, &items);
        let field = self.of(laid.layer).ok_or_else(missing)?;
        let found =
            read(py, &whole, &laid, field).map_err(|fault| PyAttributeError::new_err(format!("{}.{}: {fault}", self.info.name, self.text())))?;
        let found = match found {
            Some(found) => self.show(found.into_bound(py))?,
            None if self.shown.as_ref().is_some_and(|shown| shown.optional) => return Ok(py.None().into_bound(py)),
            None => return Err(missing()),
        };
        if let (Some(Preset::Bytes(bytes)), false, Kind::Raw(_)) = (&field.preset, state.is_read(), field.kind.inner())
            && matches!(state.edits().look(self.index), Slot::Unset | Slot::Default)
        {
            return Ok(PyBytes::new(py, bytes).into_any());
        }
        if holds_parts(&field.kind) {
            // A list or part may be changed in place, so the object keeps the one it gave.
            let kept = state.edits().slot(self.index).keep(&found);
            return Ok(kept);
        }
        Ok(found)
    }

    /// Write the value, or with None go back to the default.
    pub(super) fn set(&self, object: &Bound<'_, PyAny>, state: &State, value: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let py = object.py();
        if let Some(descriptor) = &self.stand_in {
            let descriptor = descriptor.bind(py);
            return match value {
                Some(value) => descriptor.call_method1(intern!(py, "__set__"), (object, value)),
                None => descriptor.call_method1(intern!(py, "__delete__"), (object,)),
            }
            .map(drop);
        }
        let schema = super::class::current(py)?;
        let layer = schema.get().inner.layer(self.info.layer(schema.get())?);
        let Some(field) = layer.fields.get(self.index as usize) else { return Ok(()) };
        let written = match (value, &self.shown) {
            (Some(value), Some(shown)) if !value.is_none() => Some(shown.write.bind(py).call1((value,))?),
            _ => value.cloned(),
        };
        let value = written.as_ref();
        match &field.kind {
            Kind::Computed { .. } | Kind::Native(_) => {
                return Err(PyAttributeError::new_err(format!("{}.{} is computed and cannot be set", self.info.name, self.text())));
            }
            Kind::Bits { count, .. } => {
                if let Some(value) = value
                    && let Ok(number) = value.extract::<u64>()
                    && number > u64::MAX >> (64 - u32::from(*count))
                {
                    return Err(PyValueError::new_err(format!("value {number} is too large for field {}", self.text())));
                }
            }
            Kind::Reading { of, kind } => {
                let bytes = match value {
                    Some(value) => pack::to_bytes(py, layer, kind, value, self)?,
                    None => Vec::new(),
                };
                let old = state.edits().set(layer, *of, Slot::Set(Held::new(PyBytes::new(py, &bytes).into_any())));
                drop(old);
                state.edits().typed = true;
                return Ok(());
            }
            _ => {}
        }
        let slot = value.map_or(Slot::Default, |value| Slot::Set(Held::new(value.clone())));
        let old = state.edits().set(layer, self.index, slot);
        drop(old);
        Ok(())
    }
}

fn holds_parts(kind: &Kind) -> bool {
    match kind {
        Kind::Part(_) | Kind::Repeat(_) => true,
        Kind::When(_, inner) | Kind::Reading { kind: inner, .. } => holds_parts(inner),
        Kind::Switch { cases, default, .. } => cases.iter().any(|case| holds_parts(&case.1)) || holds_parts(default),
        _ => false,
    }
}

/// A field's value for Python; None if it is not there.
pub(super) fn read(py: Python<'_>, view: &View, laid: &Laid<'_>, field: &Field) -> Result<Option<Py<PyAny>>, Fault> {
    let offset = laid.offset(field.place)?;
    read_kind(py, view, laid, &field.kind, offset)
}

fn read_kind(py: Python<'_>, view: &View, laid: &Laid<'_>, kind: &Kind, offset: u32) -> Result<Option<Py<PyAny>>, Fault> {
    match kind {
        Kind::When(condition, inner) => {
            if laid.holds(condition, offset)? {
                return read_kind(py, view, laid, inner, offset);
            }
            Ok(None)
        }
        Kind::Switch { key, cases, default } => read_kind(py, view, laid, laid.case(key, cases, default, offset)?, offset),
        Kind::Reading { of, kind } => read_kind(py, view, &laid.reading(*of, offset)?, kind, offset),
        Kind::Repeat(repeat) => {
            let list = PyList::empty(py);
            // Items before a fault are whole and stand; the fault ends the list.
            let _ = laid.each_item(repeat, offset, &mut |found, start, _| {
                let item = match &found.part {
                    Some(part) => part_object(py, view, part)?,
                    None => read_kind(py, view, laid, &repeat.item, start)?,
                };
                item.map_or(Ok(()), |item| list.append(item)).map_err(|_| Fault::at(Reason::Opaque, start))
            });
            Ok(Some(list.into_any().unbind()))
        }
        Kind::Part(id) => part_object(py, view, &laid.part(*id, offset, laid.limit, None)?),
        Kind::Raw(extent) => {
            // What was cut off is missing, what is there is shown.
            let size = match extent {
                Extent::ToNul => laid.extent(extent, offset).unwrap_or(laid.limit.saturating_sub(offset)),
                Extent::Size(_) | Extent::Rest => laid.extent(extent, offset)?,
            };
            let end = offset.saturating_add(size).min(laid.limit);
            Ok(Some(PyBytes::new(py, view.slice(py, offset, end)).into_any().unbind()))
        }
        Kind::Native(Decoded { list, .. }) => {
            let found = PyList::empty(py);
            let mut failed = None;
            value::read_kind(laid, kind, offset, &mut |read| {
                failed = to_python(py, &read.value).and_then(|value| found.append(value)).err().or(failed.take());
            })?;
            let found = found.into_any();
            Ok(if *list { Some(found.unbind()) } else { found.get_item(0).ok().map(Bound::unbind) }.filter(|_| failed.is_none()))
        }
        Kind::Nothing | Kind::Pad(_) | Kind::Payload(_) => Ok(None),
        Kind::UInt { .. } | Kind::Int { .. } | Kind::Bits { .. } | Kind::Mac | Kind::Ip4 | Kind::Ip6 | Kind::Text(_) | Kind::Computed { .. } => {
            let mut made = None;
            value::read_kind(laid, kind, offset, &mut |read| {
                made = Some(match (&read.value, kind) {
                    (Value::Bool(truth), Kind::Bits { number: true, .. }) => to_python(py, &Value::UInt(u64::from(*truth))),
                    (value, _) => to_python(py, value),
                });
            })?;
            made.transpose().map_err(|_| Fault::at(Reason::Opaque, offset))
        }
    }
}

fn part_object(py: Python<'_>, view: &View, part: &Laid<'_>) -> Result<Option<Py<PyAny>>, Fault> {
    let payload = part.offset(part.layer.payload).unwrap_or(part.limit).min(part.limit);
    let size = part.layer.tail.as_ref().and_then(|size| part.eval(size, payload).ok());
    let tail = size.map_or(part.limit, |size| payload.saturating_add(size.clamp(0, i64::from(part.limit.saturating_sub(payload))) as u32));
    let span = unwire::dissect::Span { layer: part.layer.id, start: part.start, payload, tail, limit: part.limit, ..Default::default() };
    match view.object(py, span) {
        Ok(made) => Ok(made.map(Bound::unbind)),
        Err(_) => Err(Fault::at(Reason::Opaque, part.start)),
    }
}

/// A value for Python.
pub(super) fn to_python(py: Python<'_>, value: &Value<'_>) -> PyResult<Py<PyAny>> {
    Ok(match value {
        Value::UInt(number) => number.into_pyobject(py)?.into_any().unbind(),
        Value::Int(number) => number.into_pyobject(py)?.into_any().unbind(),
        Value::Bool(truth) => truth.into_pyobject(py)?.to_owned().into_any().unbind(),
        Value::Bytes(bytes) => PyBytes::new(py, bytes).into_any().unbind(),
        Value::Text(text) => text.as_ref().into_pyobject(py)?.into_any().unbind(),
        Value::Mac(bytes) => address::object(py, bytes)?.unbind(),
        Value::Ip4(bytes) => address::object(py, bytes)?.unbind(),
        Value::Ip6(bytes) => address::object(py, bytes)?.unbind(),
    })
}

/// True if an object's class is one of a packet or part.
pub(super) fn is_object(object: &Bound<'_, PyAny>) -> bool {
    raw::state(object).is_some()
}
