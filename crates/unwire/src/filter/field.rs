//! What a filter asks about: columns, layers as bytes, the frame itself; and which layers can answer. Nothing is read here.

use super::compile::Filter;
use crate::columns::{Action, FrameColumn, Type, What, heard, steps};
use crate::schema::{Schema, Shown};

/// Something that is asked about.
#[derive(Debug)]
pub(super) struct Field {
    pub name: Box<str>,
    pub kind: Type,
    pub wanted: Wanted,
}

#[derive(Debug)]
pub(super) enum Wanted {
    /// What only frames have.
    Frame(FrameColumn),
    /// All bytes of the frame.
    Whole,
    /// Layers, by their number.
    Layers(Box<[bool]>),
    /// What they carry.
    Payload(Box<[bool]>),
    /// Values of layers and their parts, by the layer's number.
    Values(Vec<Box<[Action]>>),
}

impl Field {
    pub(super) fn frame() -> Self {
        Self { name: "".into(), kind: Type::Shown(Shown::Bytes), wanted: Wanted::Whole }
    }

    pub(super) fn column(schema: &Schema, name: &str) -> Option<Self> {
        if let Some(frame) = FrameColumn::named(name) {
            return Some(Self { name: name.into(), kind: frame.kind(), wanted: Wanted::Frame(frame) });
        }
        let column = schema.columns.get(name)?;
        Some(Self { name: name.into(), kind: Type::Shown(column.shown), wanted: Wanted::Values(steps(schema, column)) })
    }

    pub(super) fn protocol(schema: &Schema, name: &str, payload: bool) -> Option<Self> {
        let named: Box<[bool]> = schema.layers.iter().map(|layer| layer.name.as_deref() == Some(name)).collect();
        named.contains(&true).then(|| Self {
            name: name.into(),
            kind: Type::Shown(Shown::Bytes),
            wanted: if payload { Wanted::Payload(named) } else { Wanted::Layers(named) },
        })
    }

    /// True if a layer of this number can have a value.
    pub(super) fn is_in(&self, layer: u16) -> bool {
        match &self.wanted {
            Wanted::Frame(_) | Wanted::Whole => true,
            Wanted::Layers(named) | Wanted::Payload(named) => named.get(usize::from(layer)).is_some_and(|named| *named),
            Wanted::Values(steps) => steps.get(usize::from(layer)).is_some_and(|steps| !steps.is_empty()),
        }
    }

    /// True if every frame is walked to its end for it.
    pub(super) fn needs_whole_walk(&self) -> bool {
        matches!(&self.wanted, Wanted::Frame(frame) if frame.needs_walk())
    }

    /// Why it cannot be asked about, if it cannot.
    pub(super) fn refused(&self) -> Option<&'static str> {
        let displayed = matches!(&self.wanted, Wanted::Frame(FrameColumn::TimeDisplayed));
        displayed.then_some("which frame was displayed before depends on the filter itself; frame.time_delta is since any")
    }

    /// True if an ordered pass tells it.
    pub(super) fn is_told(&self) -> bool {
        let told = |action: &Action| action.what == What::Told;
        matches!(&self.wanted, Wanted::Values(steps) if steps.iter().any(|steps| steps.iter().any(told)))
    }

    /// True if a layer of this number has a value, whatever else has.
    fn asks(&self, layer: u16) -> bool {
        !self.is_of_frame() && self.is_in(layer)
    }

    /// True if it depends on the frames before.
    pub(super) fn is_timed(&self) -> bool {
        matches!(&self.wanted, Wanted::Frame(FrameColumn::TimeDelta | FrameColumn::TimeDisplayed | FrameColumn::TimeRelative))
    }

    /// True if it is found without a walk.
    pub(super) fn is_of_frame(&self) -> bool {
        matches!(&self.wanted, Wanted::Frame(_) | Wanted::Whole)
    }
}

impl Filter {
    /// True if an ordered pass must tell of headers before frames can be asked, or what streams say: frames alone have no answer.
    pub fn is_told(&self) -> bool {
        let only_said = |layer: &u16| self.schema.is_said(*layer).1;
        let layers = || 0..self.schema.layers.len() as u16;
        self.fields.iter().any(|field| field.is_told() || layers().filter(only_said).any(|layer| field.asks(layer)))
    }

    /// The messages that an ordered pass must hear in streams, a bit for each number among the layers of messages.
    pub fn hears(&self) -> u64 {
        heard(&self.schema, |layer| self.fields.iter().any(|field| field.asks(layer)))
    }

    /// True if frames must be known that were before.
    pub fn is_timed(&self) -> bool {
        self.fields.iter().any(Field::is_timed)
    }
}
