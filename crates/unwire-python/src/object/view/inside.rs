//! What lies inside a view and what follows it: the layers that are folded into it, such as tags, and the first layer behind them. The view
//! itself is view.rs's.

use std::cell::Cell;

use pyo3::prelude::*;
use pyo3::types::PyList;
use unwire::dissect::Span;
use unwire::error::Fault;
use unwire::layout::MAX_ITEMS;
use unwire::schema::Kind;
use unwire::step::{self, Following};
use unwire::walk::MAX_DEPTH;

use super::{View, promised};
use crate::object::class::{self, Info};
use crate::object::raw;

/// The layers folded into a view, and what follows them.
#[derive(Clone, Default)]
pub(super) struct Inside {
    pub folded: Vec<Span>,
    pub next: Option<Span>,
}

impl View {
    /// Find the layers folded into this one, and go into what must decode with it.
    pub(super) fn look_inside(&mut self, py: Python<'_>, info: &'static Info, lead: Option<Span>) -> PyResult<()> {
        let strict = self.layer().next.iter().any(|link| link.strict);
        if info.folds.is_empty() && !strict {
            return Ok(());
        }
        if strict
            && let Some(needed) = step::wanted(&self.schema.get().inner, self.bytes(py), &Cell::new(MAX_ITEMS), &self.span)
            && let Err(fault) = self.bytes(py).take(self.span.payload, needed, self.span.tail)
        {
            return Err(self.error(py, info, &fault));
        }
        let mut inside = Inside { folded: lead.into_iter().collect(), next: None };
        let mut last = self.span;
        loop {
            let (found, strict) = self.next(py, &last);
            let folds = |span: &Span| {
                let fold = self.schema.get().inner.layer(span.layer).fold.as_ref();
                fold.is_some_and(|fold| info.lineage.iter().any(|name| **name == *fold.owner))
            };
            match found {
                Some(Ok(span)) if folds(&span) => {
                    inside.folded.push(span);
                    last = span;
                }
                Some(Ok(span)) => {
                    inside.next = Some(span);
                    break;
                }
                // A header that is folded into this one is part of it, and so is its failure.
                Some(Err((span, fault))) if strict || folds(&span) => {
                    return Err(self.at(py, span).error(py, info, &fault));
                }
                _ => break,
            }
        }
        self.inside = Some(inside);
        Ok(())
    }

    /// What follows a layer: the first that takes the bytes for its own, else why the first does not. True if that matters.
    pub(super) fn next(&self, py: Python<'_>, span: &Span) -> (Option<Result<Span, (Span, Fault)>>, bool) {
        self.next_within(py, span, MAX_DEPTH)
    }

    fn next_within(&self, py: Python<'_>, span: &Span, most: usize) -> (Option<Result<Span, (Span, Fault)>>, bool) {
        // The link of a part tells which member of its family it is; what it has over its fields is bytes.
        if self.schema.get().inner.layer(span.layer).part {
            return (None, false);
        }
        let items = Cell::new(MAX_ITEMS);
        let Some(Following { layers, span, strict }) = step::following(&self.schema.get().inner, self.bytes(py), &items, span) else {
            return (None, false);
        };
        let mut because = None;
        for layer in layers {
            let span = Span { layer: *layer, ..span };
            match self.step(py, span, step::step) {
                // A layer without fields only leads to another, which may be itself.
                Ok(found) if self.schema.get().inner.layer(found.layer).fields.is_empty() && found.payload == found.start => {
                    return if most == 0 { (None, false) } else { self.next_within(py, &found, most - 1) };
                }
                Ok(found) => return (Some(Ok(found)), strict),
                Err(fault) => because = because.or(Some(Err((span, fault)))),
            }
        }
        (because, strict)
    }

    /// True if other layers are shown as parts of this one.
    pub(in crate::object) fn has_folded(&self) -> bool {
        self.inside.as_ref().is_some_and(|inside| !inside.folded.is_empty())
    }

    /// Where the last layer ends, if all of them stand one behind the other as they would be sent: no trailer, no checksum left at zero, no
    /// class that reads or writes itself.
    pub(in crate::object) fn end_of_all(&self, py: Python<'_>) -> PyResult<Option<u32>> {
        let schema = self.schema.get();
        let items = Cell::new(MAX_ITEMS);
        let mut span = self.span;
        for depth in self.depth.. {
            let layer = schema.inner.layer(span.layer);
            let Some(known) = class::class_of(py, schema, layer)? else { return Ok(None) };
            span = promised(known.info, span);
            let other = span.payload == span.start && *layer.class != *known.info.id;
            if known.info.unpacks || known.info.makes || known.info.packs || span.tail != span.limit || other {
                return Ok(None);
            }
            let laid = self.at(py, span);
            let laid = laid.laid(py, &items);
            // The payload goes to the layer's end, so that nothing is behind it.
            let header = layer.fields.iter().enumerate().take_while(|(_, field)| !matches!(field.kind, Kind::Payload(_)));
            let there = |field: &unwire::schema::Field| laid.offset(field.place).and_then(|at| laid.measure(&field.kind, at)) != Ok(0);
            for (index, field) in header {
                if field.checksum.is_some() && laid.integer(index as u16) == Ok(0) && there(field) {
                    return Ok(None);
                }
            }
            match self.next(py, &span).0 {
                Some(Ok(next)) if next.start == span.payload && depth + 1 < MAX_DEPTH => span = next,
                Some(Ok(_)) if depth + 1 < MAX_DEPTH => return Ok(None),
                _ => return Ok(Some(span.tail.max(span.payload))),
            }
        }
        Ok(None)
    }

    /// The objects of the layers folded into this one under a view's name.
    pub(in crate::object) fn folded<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        for span in self.inside.iter().flat_map(|inside| &inside.folded) {
            let fold = self.schema.get().inner.layer(span.layer).fold.as_ref();
            if fold.is_some_and(|fold| &*fold.view == name)
                && let Some(object) = self.object(py, *span)?
            {
                // What the tag or header carries is the outer object's payload, and not shown twice.
                if let Some(state) = raw::state(&object)
                    && !state.info.keeps
                {
                    state.set_data(py, None);
                }
                list.append(object)?;
            }
        }
        Ok(list)
    }
}
