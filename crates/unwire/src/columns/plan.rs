//! What to do at each layer for the columns asked: made once per query from the schema, used for every packet.

use std::sync::Arc;

use super::fields::{self, ListedColumn, ListedPlan};
use super::frame::FrameColumn;
use super::types::Type;
use crate::quick::{Amount, Load, Size};
use crate::schema::{Base, Column, Direct, Expr, Kind, Layer, LayerId, Schema, Shown};

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
pub(crate) struct Action {
    pub field: u16,
    pub column: u16,
    pub what: What,
}

/// How a value is got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Value,
    Verdict,
    Descend,
    /// By an ordered pass; the field is its place in the table of what can be told.
    Told,
}

/// Columns that have the same sources and are read a column at a time.
#[derive(Debug)]
pub(super) struct Group {
    /// The layers.
    pub layers: Vec<LayerId>,
    /// The columns, each with its field of each layer.
    pub columns: Vec<(u16, Vec<(u16, Get)>)>,
}

/// How a value at a constant place of a whole layer is read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Get {
    Number(Load),
    Size(Size),
    Amount(Amount),
    Mac(u32),
    Ip6(u32),
}

/// That a layer is a source of a group, and which.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source {
    pub group: u16,
    pub source: u16,
    /// Bytes of the layer that all its fields at constant places take.
    pub fixed: u32,
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
    /// A column that is no field of a layer.
    pub fn named(name: &str, kind: Type, list: bool) -> Self {
        Self { name: name.into(), kind, list, base: Base::Dec, digits: 0, frame: None }
    }

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
    /// The columns that are read a column at a time …
    pub(super) groups: Vec<Group>,
    /// … and which layers they come from.
    pub(super) sources: Vec<Box<[Source]>>,
    /// Those whose values lie differently in each packet.
    pub(super) listed: ListedPlan,
    /// The other columns that the way through a frame feeds.
    pub(super) by_row: Vec<usize>,
    /// The columns of the frame itself that are filled a column at a time …
    pub(super) of_frames: Vec<(usize, FrameColumn)>,
    /// … and those of which a frame may have several values.
    pub(super) lists: Vec<(usize, FrameColumn)>,
    /// Where an answer can still be found; None if every frame is walked to its end.
    pub(super) reach: Option<Vec<bool>>,
    /// True if an ordered pass must tell of headers before columns can be read.
    pub is_told: bool,
    /// The messages that an ordered pass must hear in streams, a bit for each number among the layers of messages.
    pub hears: u64,
}

impl Plan {
    /// Plan the named columns.
    pub fn new<S: AsRef<str>>(schema: &Arc<Schema>, names: &[S], occurrence: Occurrence) -> Result<Self, UnknownColumn> {
        let mut outputs = Vec::with_capacity(names.len());
        let mut actions: Vec<Vec<Action>> = vec![Vec::new(); schema.layers.len()];
        let (mut groups, mut by_row, mut whole, mut is_told) = (Vec::new(), Vec::new(), false, false);
        let (mut listed, mut steps): (Vec<ListedColumn>, Vec<Vec<Action>>) = (Vec::new(), vec![Vec::new(); schema.layers.len()]);
        for (at, name) in names.iter().map(AsRef::as_ref).enumerate() {
            if let Some(frame) = FrameColumn::named(name) {
                whole |= frame.needs_walk();
                if frame.is_list() {
                    by_row.push(at);
                }
                let list = frame.is_list();
                outputs.push(Output { name: name.into(), kind: frame.kind(), list, base: Base::Dec, digits: 0, frame: Some(frame) });
                continue;
            }
            let Some((name, column)) = schema.columns.get_key_value(name) else { return Err(UnknownColumn(name.into())) };
            let list = column.list || occurrence == Occurrence::All;
            let digits = column.sources.iter().map(|source| hex_digits(&schema.layer(source.0).fields[source.1 as usize].kind));
            let digits = digits.max().unwrap_or(0);
            for (layer, told) in &column.told {
                actions[*layer as usize].push(Action { field: *told as u16, column: at as u16, what: What::Told });
                is_told = true;
            }
            let gets = if list || !column.told.is_empty() || occurrence != Occurrence::First { None } else { gets(schema, column) };
            if let Some((layers, gets)) = gets {
                let columns = vec![(at as u16, gets)];
                match groups.iter_mut().find(|group: &&mut Group| group.layers == layers) {
                    Some(group) => group.columns.extend(columns),
                    None => groups.push(Group { layers, columns }),
                }
            } else if occurrence == Occurrence::First && fields::lies_in_bytes(schema, column) {
                for (layer, field, _) in &column.sources {
                    steps[*layer as usize].push(Action { field: *field, column: listed.len() as u16, what: What::Value });
                }
                let numbers = matches!(column.shown, Shown::UInt(_) | Shown::Int(_) | Shown::Bool);
                listed.push(ListedColumn { column: at as u16, list, numbers });
            } else {
                by_row.push(at);
                for (layer, field, verdict) in &column.sources {
                    let what = if *verdict { What::Verdict } else { What::Value };
                    actions[*layer as usize].push(Action { field: *field, column: at as u16, what });
                }
            }
            outputs.push(Output { name: Arc::clone(name), kind: Type::Shown(column.shown), list, base: column.base, digits, frame: None });
        }
        descend(schema, &mut actions);
        for list in &mut actions {
            list.sort_by_key(|action| (action.field, action.column));
        }
        let mut sources: Vec<Vec<Source>> = vec![Vec::new(); schema.layers.len()];
        for (group, at) in groups.iter().zip(0..) {
            for (layer, source) in group.layers.iter().zip(0..) {
                sources[*layer as usize].push(Source { group: at, source, fixed: schema.layer(*layer).fixed });
            }
        }
        let listed = ListedPlan::new(schema, listed, steps);
        let wanted: Vec<bool> =
            (0..schema.layers.len()).map(|id| !(actions[id].is_empty() && sources[id].is_empty() && listed.of[id].is_empty())).collect();
        let hears = heard(schema, |layer| wanted.get(usize::from(layer)).is_some_and(|wanted| *wanted));
        let reach = if whole { None } else { Some(reach(schema, wanted)) };
        let actions = actions.into_iter().map(Vec::into_boxed_slice).collect();
        let sources = sources.into_iter().map(Vec::into_boxed_slice).collect();
        let frames = outputs.iter().enumerate().filter_map(|(at, output)| Some((at, output.frame?)));
        let (lists, of_frames) = frames.partition(|(_, frame)| frame.is_list());
        Ok(Self {
            schema: Arc::clone(schema),
            outputs,
            occurrence,
            actions,
            groups,
            sources,
            listed,
            by_row,
            of_frames,
            lists,
            reach,
            is_told,
            hears,
        })
    }

    /// Give addresses of the first columns as the numbers that their bytes make: for who counts many and shows few.
    #[must_use]
    pub fn numbered(mut self, columns: usize) -> Self {
        for output in self.outputs.iter_mut().take(columns) {
            if matches!(output.kind, Type::Shown(Shown::Ip4 | Shown::Ip6)) {
                output.kind = Type::Number;
            }
        }
        self
    }
}

fn hex_digits(kind: &Kind) -> u8 {
    match kind.inner() {
        Kind::UInt { width, .. } | Kind::Int { width, .. } => width * 2,
        Kind::Bits { digits, .. } => *digits,
        Kind::Computed { shown: Shown::UInt(width) | Shown::Int(width), .. } => width * 2,
        Kind::Native(decoded) => {
            if let Shown::UInt(width) = decoded.shown {
                width * 2
            } else {
                0
            }
        }
        _ => 0,
    }
}

/// The layers of a column and how its field of each is read, if that can be done a column at a time.
fn gets(schema: &Schema, column: &Column) -> Option<(Vec<LayerId>, Vec<(u16, Get)>)> {
    let (mut layers, mut gets) = (Vec::new(), Vec::new());
    for (layer, field, verdict) in &column.sources {
        let source = schema.layer(*layer);
        if *verdict || source.part {
            return None;
        }
        let get = get(source, *field)?;
        // Of several fields of one layer the first counts: where it is cut, the later ones are. This is not so for computed ones.
        if !layers.contains(layer) {
            layers.push(*layer);
            gets.push((*field, get));
        } else if matches!(source.fields[*field as usize].kind, Kind::Computed { .. }) {
            return None;
        }
    }
    Some((layers, gets))
}

pub(crate) fn get(layer: &Layer, index: u16) -> Option<Get> {
    let field = &layer.fields[index as usize];
    let offset = field.place.offset;
    match &field.kind {
        Kind::Computed { letters: Some(_), .. } => None,
        Kind::Computed { expr: Expr::Read(read), .. } => Some(Get::Number(Load::of(read, layer.fixed))),
        Kind::Computed { expr, .. } => match Size::of(expr, layer.fixed) {
            Some(size) => Some(Get::Size(size)),
            None => Amount::at_start(expr, layer.fixed).filter(Amount::is_total).map(Get::Amount),
        },
        _ if field.place.anchor != 0 => None,
        Kind::UInt { .. } | Kind::Bits { .. } => Direct::of(field, &layer.fields).map(|read| Get::Number(Load::of(&read, layer.fixed))),
        Kind::Ip4 => Some(Get::Number(Load::of(&Direct::plain(offset, 4), layer.fixed))),
        Kind::Mac => Some(Get::Mac(offset)),
        Kind::Ip6 => Some(Get::Ip6(offset)),
        _ => None,
    }
}

/// The steps at each layer for one column.
pub(crate) fn steps(schema: &Schema, column: &Column) -> Vec<Box<[Action]>> {
    let mut actions: Vec<Vec<Action>> = vec![Vec::new(); schema.layers.len()];
    for (layer, told) in &column.told {
        actions[*layer as usize].push(Action { field: *told as u16, column: 0, what: What::Told });
    }
    for (layer, field, verdict) in &column.sources {
        let what = if *verdict { What::Verdict } else { What::Value };
        actions[*layer as usize].push(Action { field: *field, column: 0, what });
    }
    if column.sources.iter().any(|(layer, ..)| schema.layer(*layer).part) {
        descend(schema, &mut actions);
    }
    actions.iter_mut().for_each(|list| list.sort_by_key(|action| action.field));
    actions.into_iter().map(Vec::into_boxed_slice).collect()
}

/// Add the steps into parts that hold wanted fields, until nothing changes: parts lie in parts.
pub(super) fn descend(schema: &Schema, actions: &mut [Vec<Action>]) {
    loop {
        let mut wanted: Vec<bool> = actions.iter().map(|actions| !actions.is_empty()).collect();
        for member in schema.current().filter(|layer| !actions[layer.id as usize].is_empty()) {
            member.family.iter().for_each(|root| wanted[*root as usize] = true);
        }
        let mut changed = false;
        for layer in schema.current() {
            for (index, field) in layer.fields.iter().enumerate() {
                let index = index as u16;
                let known = actions[layer.id as usize].iter().any(|a| a.field == index && matches!(a.what, What::Descend));
                if !known && parts(&field.kind).into_iter().any(|part| wanted[part as usize]) {
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

/// Which messages layers are that somebody wants, a bit for each of their numbers.
pub(crate) fn heard(schema: &Schema, wanted: impl Fn(LayerId) -> bool) -> u64 {
    let entries = schema.spaces[schema.message as usize].entries();
    entries.iter().filter(|(key, layers)| *key < 64 && layers.iter().any(|layer| wanted(*layer))).fold(0, |bits, (key, _)| bits | 1 << key)
}

/// The layers from which a layer with steps can be reached.
pub(crate) fn reach(schema: &Schema, mut reach: Vec<bool>) -> Vec<bool> {
    loop {
        let mut changed = false;
        for layer in schema.current().filter(|layer| !layer.part) {
            if reach[layer.id as usize] {
                continue;
            }
            let found = schema.leads(layer, &reach);
            reach[layer.id as usize] = found;
            changed |= found;
        }
        if !changed {
            return reach;
        }
    }
}
