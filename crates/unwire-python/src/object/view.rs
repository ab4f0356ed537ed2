//! A layer laid over bytes that an object borrows: made by a step of the engine, it knows its bounds. What lies inside it
//! and what follows is found in view/inside.rs.

mod inside;

use std::cell::Cell;

use pyo3::exceptions::{PyKeyError, PyTypeError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyAny, PyByteArray, PyBytes, PyMemoryView};
use unwire::dissect::{Flags, Span};
use unwire::error::{Fault, Reason};
use unwire::layout::{Laid, MAX_ITEMS};
use unwire::native;
use unwire::reader::Bytes;
use unwire::schema::{Kind, Layer};
use unwire::step;
use unwire::walk::MAX_DEPTH;

use self::inside::Inside;
use super::State;
use super::class::{self, Info};
use super::raw::{self, Held};
use crate::schema::Schema;

/// A layer over bytes.
pub(crate) struct View {
    pub buffer: Held<PyBytes>,
    pub schema: Held<Schema>,
    pub span: Span,
    /// The layers folded into this one, and what follows them; only for those that something folds into.
    inside: Option<Inside>,
    /// The buffer was a memoryview, and so are slices of it.
    memory: bool,
    /// Objects around it. As in the engine's walk, what lies deeper than the cap stays bytes.
    depth: usize,
}

impl View {
    /// The same view once more.
    pub(super) fn share(&self, py: Python<'_>) -> Self {
        Self { inside: self.inside.clone(), ..self.at(py, self.span) }
    }

    /// Lay the layer of a class over a buffer: bytes are borrowed, anything else is copied.
    pub(super) fn read(info: &'static Info, buffer: &Bound<'_, PyAny>) -> PyResult<Self> {
        Self::read_some(info, buffer, info.alone)
    }

    /// The same; `alone` is the fixed header and nothing behind it.
    fn read_some(info: &'static Info, buffer: &Bound<'_, PyAny>, alone: bool) -> PyResult<Self> {
        let py = buffer.py();
        let schema = class::current(py)?;
        let (bytes, memory) = match buffer.cast::<PyBytes>() {
            Ok(bytes) => (bytes.clone(), false),
            Err(_) => (copied(buffer)?, buffer.is_instance_of::<PyMemoryView>()),
        };
        let layer = info.layer(schema.get())?;
        let size = u32::try_from(bytes.as_bytes().len()).map_err(|_| pyo3::exceptions::PyValueError::new_err("a packet is below 4 GiB"))?;
        let fixed = schema.get().inner.layer(layer).fixed;
        let size = if alone { size.min(fixed) } else { size };
        let span = Span { layer, limit: size, ..Span::default() };
        let mut view = Self { buffer: Held::new(bytes), schema, span, inside: None, memory, depth: 0 };
        let lead = view.lead(py, info)?;
        let span = lead.map_or(span, |lead| Span { start: lead.payload, limit: lead.tail, ..span });
        let span = view.step(py, span, step::step_asked).map_err(|fault| view.at(py, span).error(py, info, &fault))?;
        view.span = promised(info, span);
        view.look_inside(py, info, lead)?;
        Ok(view)
    }

    /// The same for bytes that an object had before, which may be fewer than the layer needs: parts of a packet that was cut.
    pub(super) fn restore(info: &'static Info, bytes: &Bound<'_, PyBytes>) -> PyResult<Self> {
        Self::read_some(info, bytes.as_any(), false).or_else(|_| {
            let schema = class::current(bytes.py())?;
            let (layer, limit) = (info.layer(schema.get())?, bytes.as_bytes().len() as u32);
            let span = Span { layer, payload: limit, tail: limit, limit, ..Span::default() };
            Ok(Self::over(Held::new(bytes.clone()), schema, span))
        })
    }

    /// The layer that stands before this one, if the bytes begin with it.
    fn lead(&self, py: Python<'_>, info: &Info) -> PyResult<Option<Span>> {
        let Some((_, id)) = info.before.iter().find(|(first, _)| self.buffer.bind(py).as_bytes().starts_with(first)) else { return Ok(None) };
        let Some(layer) = self.schema.get().inner.layer_of(id) else { return Ok(None) };
        let span = Span { layer: layer.id, ..self.span };
        self.step(py, span, step::step_asked).map(Some).map_err(|fault| self.at(py, span).error(py, info, &fault))
    }

    /// A layer over bytes that were just made.
    pub(super) fn over(buffer: Held<PyBytes>, schema: Held<Schema>, span: Span) -> Self {
        Self { buffer, schema, span, inside: None, memory: false, depth: 0 }
    }

    /// Another layer over the same bytes.
    pub(super) fn at(&self, py: Python<'_>, span: Span) -> Self {
        Self { buffer: self.buffer.share(py), schema: self.schema.share(py), span, inside: None, memory: self.memory, depth: self.depth }
    }

    pub(super) fn bytes<'a>(&'a self, py: Python<'a>) -> Bytes<'a> {
        Bytes(self.buffer.bind(py).as_bytes())
    }

    pub(super) fn layer(&self) -> &Layer {
        self.schema.get().inner.layer(self.span.layer)
    }

    /// The layer laid over its bytes, for the engine.
    pub(super) fn laid<'a>(&'a self, py: Python<'a>, items: &'a Cell<u32>) -> Laid<'a> {
        let (start, limit) = (self.span.start, self.span.limit);
        Laid {
            schema: &self.schema.get().inner,
            layer: self.layer(),
            bytes: self.bytes(py),
            start,
            limit,
            origin: start,
            nesting: 0,
            items,
            notes: None,
        }
    }

    /// True if all holds that the layer expects.
    pub(super) fn is_as_expected(&self, py: Python<'_>) -> bool {
        let items = Cell::new(MAX_ITEMS);
        let laid = self.laid(py, &items);
        self.layer().expects.iter().all(|expected| laid.holds(expected, self.span.start) == Ok(true))
    }

    /// From the header's start to the end that length fields promise, as far as there are bytes.
    pub(super) fn whole<'a>(&'a self, py: Python<'a>) -> &'a [u8] {
        self.slice(py, self.start(), self.span.limit)
    }

    /// Where the layer begins, or the one that stands before it.
    pub(super) fn start(&self) -> u32 {
        let first = self.inside.as_ref().and_then(|inside| inside.folded.first());
        first.map_or(self.span.start, |first| first.start.min(self.span.start))
    }

    pub(super) fn slice<'a>(&'a self, py: Python<'a>, start: u32, end: u32) -> &'a [u8] {
        let bytes = self.buffer.bind(py).as_bytes();
        let end = (end as usize).min(bytes.len());
        bytes.get((start as usize).min(end)..end).unwrap_or_default()
    }

    /// Lay a layer over the bytes. An object is there if its fixed header is whole and its tests hold.
    #[inline]
    fn step(&self, py: Python<'_>, span: Span, how: Step) -> Result<Span, Fault> {
        let items = Cell::new(MAX_ITEMS);
        let schema = &self.schema.get().inner;
        let bytes = self.bytes(py);
        let (found, fault) = how(schema, bytes, &items, span)?;
        let layer = schema.layer(found.layer);
        if let Some(decoder) = layer.native.and_then(native::decoder) {
            let end = found.limit.min(bytes.len());
            let whole = bytes.take(found.start, end.saturating_sub(found.start), found.limit)?;
            (decoder.check)(whole).map_err(|fault| Fault { offset: fault.offset.saturating_add(found.start), ..fault })?;
        }
        let Some(fault) = fault else { return Ok(found) };
        if fault.reason == Reason::Expect {
            return Err(fault);
        }
        let limit = span.limit.min(bytes.len());
        bytes.take(found.start, layer.fixed, limit)?;
        // Of what stands behind variable fields, numbers and addresses must be whole, too; bytes and lists may be cut.
        let laid = Laid { schema, layer, bytes, start: found.start, limit, origin: found.start, nesting: 0, items: &items, notes: None };
        for expected in &layer.expects {
            if laid.holds(expected, found.start) == Ok(false) {
                return Err(Fault::at(Reason::Expect, found.start));
            }
        }
        for field in
            layer.fields.iter().filter(|field| field.place.anchor > 0 || field.whole || matches!(field.kind, Kind::When(..) | Kind::Switch { .. }))
        {
            let Ok(at) = laid.offset(field.place) else { break };
            let size = if field.whole { laid.measure(&field.kind, at).ok() } else { whole(&laid, &field.kind, at) };
            if let Some(size) = size {
                bytes.take(at, size, limit)?;
            }
        }
        Ok(found)
    }

    /// The payload as an object, or as bytes.
    pub(super) fn decode<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let (last, next) = match &self.inside {
            Some(inside) => (inside.folded.last().filter(|last| last.start >= self.span.start).unwrap_or(&self.span), inside.next),
            None => (&self.span, self.next(py, &self.span).0.and_then(Result::ok)),
        };
        if last.start != self.span.start
            && let Some(known) = class::class_of(py, self.schema.get(), self.schema.get().inner.layer(last.layer))?
            && known.info.keeps
        {
            return Ok(PyBytes::new(py, b"").into_any());
        }
        if let Some(next) = next
            && self.depth + 1 < MAX_DEPTH
            && let Some(made) = self.object(py, next)?
        {
            return Ok(made);
        }
        let bytes = self.slice(py, last.payload, last.tail);
        if self.memory {
            let from = last.payload as usize;
            let whole = PyMemoryView::from(self.buffer.bind(py))?;
            return whole.get_item(pyo3::types::PySlice::new(py, from as isize, (from + bytes.len()) as isize, 1));
        }
        Ok(PyBytes::new(py, bytes).into_any())
    }

    /// The same of a layer that a walk found, which may be cut where an object must be whole.
    pub(super) fn object_of<'py>(&self, py: Python<'py>, span: Span) -> PyResult<Option<Bound<'py, PyAny>>> {
        let from = Span { payload: span.start, tail: span.limit, ..span };
        match self.step(py, from, step::step_asked) {
            Ok(found) => self.object(py, found),
            Err(_) => Ok(None),
        }
    }

    /// An object of a layer over the same bytes; None if its class cannot read it.
    pub(super) fn object<'py>(&self, py: Python<'py>, span: Span) -> PyResult<Option<Bound<'py, PyAny>>> {
        let schema = self.schema.get();
        let Some(known) = class::class_of(py, schema, schema.inner.layer(span.layer))? else { return Ok(None) };
        let class = known.class.bind(py);
        // A layer of no bytes that is shown as another class is read as that one.
        let span = if span.payload == span.start && *schema.inner.layer(span.layer).class != *known.info.id {
            let asked = Span { layer: known.info.layer(schema)?, payload: span.start, tail: span.limit, ..span };
            let Ok(found) = self.step(py, asked, step::step_asked) else { return Ok(None) };
            found
        } else {
            span
        };
        if known.info.unpacks || known.info.makes {
            let bytes = PyBytes::new(py, self.slice(py, span.start, span.limit));
            return match class.call1((bytes,)) {
                Ok(made) => Ok(Some(made)),
                // As in dpkt, who looks a number up in a table of its own may do without it.
                Err(error) if error.is_instance(py, error_class(py, "UnpackError")?) || error.is_instance_of::<PyKeyError>(py) => Ok(None),
                Err(error) => Err(error),
            };
        }
        let mut view = Self { depth: self.depth + 1, ..self.at(py, promised(known.info, span)) };
        if view.look_inside(py, known.info, None).is_err() {
            return Ok(None);
        }
        let state = State::of(known.info, view);
        if schema.inner.layer(span.layer).part { raw::create_plain(class, state) } else { raw::create(class, state) }.map(Some)
    }

    /// dpkt's errors, in dpkt's words.
    fn error(&self, py: Python<'_>, info: &Info, fault: &Fault) -> PyErr {
        let layer = self.layer();
        let got = self.slice(py, self.span.start, self.span.limit);
        let least = if *layer.class == *info.id { info.described.max(layer.fixed as usize) } else { layer.fixed as usize };
        let made = if got.len() < least {
            error_class(py, "NeedData").and_then(|class| class.call1((format!("got {}, {least} needed at least", got.len()),)))
        } else if fault.reason == Reason::Short {
            error_class(py, "NeedData").and_then(|class| class.call1((format!("{}: {fault}", info.name),)))
        } else if fault.reason == Reason::Expect {
            error_class(py, "UnpackError").and_then(|class| class.call1(("invalid header length",)))
        } else {
            let shown = PyBytes::new(py, got).repr().map_or_else(|_| String::new(), |text| text.to_string());
            error_class(py, "UnpackError").and_then(|class| class.call1((format!("invalid {}: {shown}", info.name),)))
        };
        made.map_or_else(|error| error, PyErr::from_value)
    }
}

/// A class that states its length carries nothing where that says less than the header has, as dpkt's does.
fn promised(info: &Info, span: Span) -> Span {
    if info.states && span.flags.has(Flags::BAD_LENGTH) { Span { tail: span.payload, limit: span.payload, ..span } } else { span }
}

type Step = fn(&unwire::schema::Schema, Bytes<'_>, &Cell<u32>, Span) -> Result<(Span, Option<Fault>), Fault>;

/// The bytes of a number or an address; None for what may be cut.
fn whole(laid: &Laid<'_>, kind: &Kind, at: u32) -> Option<u32> {
    match kind {
        // What depends on a byte that is not there needs at least that.
        Kind::When(condition, inner) => match laid.holds(condition, at) {
            Ok(holds) => holds.then(|| whole(laid, inner, at))?,
            Err(fault) => (fault.reason == Reason::Short).then_some(1),
        },
        Kind::Switch { key, cases, default } => laid.case(key, cases, default, at).map_or(Some(1), |kind| whole(laid, kind, at)),
        Kind::UInt { .. } | Kind::Int { .. } | Kind::Mac | Kind::Ip4 | Kind::Ip6 => kind.fixed_size(),
        _ => None,
    }
}

/// One of the errors that the package publishes.
pub(crate) fn error_class<'py>(py: Python<'py>, name: &str) -> PyResult<&'py Bound<'py, PyAny>> {
    static NEED: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    static UNPACK: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    static PACK: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let slot = match name {
        "NeedData" => &NEED,
        "PackError" => &PACK,
        _ => &UNPACK,
    };
    let found = slot.get_or_try_init(py, || Ok::<_, PyErr>(py.import("unwire.errors")?.getattr(name)?.unbind()))?;
    Ok(found.bind(py))
}

fn copied<'py>(buffer: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    let py = buffer.py();
    if let Ok(array) = buffer.cast::<PyByteArray>() {
        return Ok(PyBytes::new(py, &array.to_vec()));
    }
    if buffer.is_instance_of::<PyMemoryView>() {
        return Ok(buffer.call_method0("tobytes")?.cast_into::<PyBytes>()?);
    }
    if raw::state(buffer).is_some() {
        return Ok(buffer.call_method0("__bytes__")?.cast_into::<PyBytes>()?);
    }
    Err(PyTypeError::new_err(format!("a bytes-like object is required, not '{}'", buffer.get_type().name()?)))
}
