//! What to do at each layer for the columns asked: made once per query from the schema, used for every packet.

use std::sync::Arc;

use super::frame::FrameColumn;
use super::store::Type;
use crate::schema::{Base, Direct, Kind, Layer, LayerId, LinkTo, Schema, Shown};

/// Which of several values of a field in one packet a column shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Occurrence {
    /// The first.
    #[default]
    First,
    /// The last.
    Last,
    /// All, as a list.
    All,
}

/// A column asked for that nobody declares.
#[derive(Debug)]
pub struct UnknownColumn(pub String);

/// One step at a layer: which value goes to which column.
#[derive(Clone, Debug)]
pub(super) struct Action {
    pub field: u16,
    pub column: u16,
    pub what: What,
}

/// How a value is got: the plain cases at a constant place are spelled out, for they are what most packets pay.
#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    Direct(Direct),
    Computed,
    Mac(Direct, Direct),
    Ip4(Direct),
    Ip6(u32),
    Value,
    Verdict,
    Descend,
}

/// A column of the result.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its name.
    pub name: Arc<str>,
    /// The type of a value.
    pub kind: Type,
    /// True if rows are lists.
    pub list: bool,
    /// How text output writes a number.
    pub base: Base,
    /// Digits of a number in hexadecimal.
    pub digits: u8,
    /// What only frames have.
    pub(super) frame: Option<FrameColumn>,
}

impl Output {
    /// True if text output writes its time in seconds since the epoch.
    pub fn in_seconds(&self) -> bool {
        self.frame == Some(FrameColumn::TimeEpoch)
    }
}

/// The plan of a query.
#[derive(Debug)]
pub struct Plan {
    /// The schema it was made for.
    pub schema: Arc<Schema>,
    /// The columns, as asked.
    pub outputs: Vec<Output>,
    /// Which values are shown.
    pub occurrence: Occurrence,
    pub(super) actions: Vec<Box<[Action]>>,
    /// The columns of the frame itself.
    pub(super) frames: Vec<(usize, FrameColumn)>,
    /// Where an answer can still be found; None if every frame is walked to its end.
    pub(super) reach: Option<Vec<bool>>,
}

impl Plan {
    /// Plan the named columns.
    pub fn new<S: AsRef<str>>(schema: &Arc<Schema>, names: &[S], occurrence: Occurrence) -> Result<Self, UnknownColumn> {
        let mut outputs = Vec::with_capacity(names.len());
        let mut actions: Vec<Vec<Action>> = vec![Vec::new(); schema.layers.len()];
        let mut whole = false;
        for (at, name) in names.iter().map(AsRef::as_ref).enumerate() {
            if let Some(frame) = FrameColumn::named(name) {
                whole |= frame.needs_walk();
                let list = frame.is_list();
                outputs.push(Output { name: name.into(), kind: frame.kind(), list, base: Base::Dec, digits: 0, frame: Some(frame) });
                continue;
            }
            let Some((name, column)) = schema.columns.get_key_value(name) else { return Err(UnknownColumn(name.into())) };
            let mut digits = 0;
            for (layer, field, verdict) in &column.sources {
                let source = schema.layer(*layer);
                digits = digits.max(hex_digits(&source.fields[*field as usize].kind));
                let what = if *verdict { What::Verdict } else { what(source, *field) };
                actions[*layer as usize].push(Action { field: *field, column: at as u16, what });
            }
            outputs.push(Output {
                name: Arc::clone(name),
                kind: Type::Shown(column.shown),
                list: column.list || occurrence == Occurrence::All,
                base: column.base,
                digits,
                frame: None,
            });
        }
        descend(schema, &mut actions);
        for list in &mut actions {
            list.sort_by_key(|action| (action.field, action.column));
        }
        let reach = if whole { None } else { Some(reach(schema, &actions)) };
        let actions = actions.into_iter().map(Vec::into_boxed_slice).collect();
        let frames = outputs.iter().enumerate().filter_map(|(at, output)| Some((at, output.frame?))).collect();
        Ok(Self { schema: Arc::clone(schema), outputs, occurrence, actions, frames, reach })
    }
}

fn hex_digits(kind: &Kind) -> u8 {
    match kind.inner() {
        Kind::UInt { width, .. } | Kind::Int { width, .. } => width * 2,
        Kind::Bits { shown: Shown::UInt(width), .. } | Kind::Computed { shown: Shown::UInt(width) | Shown::Int(width), .. } => width * 2,
        _ => 0,
    }
}

fn what(layer: &Layer, index: u16) -> What {
    let field = &layer.fields[index as usize];
    if let Kind::Computed { .. } = &field.kind {
        return What::Computed;
    }
    if field.place.anchor != 0 {
        return What::Value;
    }
    let offset = field.place.offset;
    match &field.kind {
        Kind::UInt { .. } | Kind::Bits { .. } => Direct::of(field, &layer.fields).map_or(What::Value, What::Direct),
        Kind::Mac => What::Mac(Direct::plain(offset, 2), Direct::plain(offset + 2, 4)),
        Kind::Ip4 => What::Ip4(Direct::plain(offset, 4)),
        Kind::Ip6 => What::Ip6(offset),
        _ => What::Value,
    }
}

/// Add the steps into parts that hold wanted fields, until nothing changes: parts lie in parts.
fn descend(schema: &Schema, actions: &mut [Vec<Action>]) {
    loop {
        let wanted: Vec<bool> = (0..actions.len()).map(|id| !actions[id].is_empty()).collect();
        let any = |root: LayerId| wanted[root as usize] || schema.current().any(|layer| layer.family == Some(root) && wanted[layer.id as usize]);
        let mut changed = false;
        for layer in schema.current() {
            for (index, field) in layer.fields.iter().enumerate() {
                let index = index as u16;
                let known = actions[layer.id as usize].iter().any(|a| a.field == index && matches!(a.what, What::Descend));
                if !known && parts(&field.kind).into_iter().any(any) {
                    actions[layer.id as usize].push(Action { field: index, column: u16::MAX, what: What::Descend });
                    changed = true;
                }
            }
        }
        if !changed {
            return;
        }
    }
}

/// The parts that a field may hold.
fn parts(kind: &Kind) -> Vec<LayerId> {
    match kind {
        Kind::Part(id) => vec![*id],
        Kind::When(_, kind) | Kind::Reading { kind, .. } => parts(kind),
        Kind::Repeat(repeat) => parts(&repeat.item),
        Kind::Switch { cases, default, .. } => cases.iter().map(|case| &case.1).chain([&**default]).flat_map(parts).collect(),
        _ => vec![],
    }
}

/// The layers from which a layer with steps can be reached.
fn reach(schema: &Schema, actions: &[Vec<Action>]) -> Vec<bool> {
    let mut reach: Vec<bool> = actions.iter().map(|list| !list.is_empty()).collect();
    loop {
        let mut changed = false;
        for layer in schema.current().filter(|layer| !layer.part) {
            if reach[layer.id as usize] {
                continue;
            }
            let found = layer.next.iter().any(|link| match &link.to {
                LinkTo::Space(space, _) => schema.spaces[*space as usize].layers().any(|id| reach[id as usize]),
                LinkTo::Stop(_) => false,
            });
            reach[layer.id as usize] = found;
            changed |= found;
        }
        if !changed {
            return reach;
        }
    }
}
