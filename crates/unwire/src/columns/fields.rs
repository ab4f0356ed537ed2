//! What to do for columns whose values lie differently in each packet: which fields hold them, and how much of a layer says where they are.
//! Made once per query; the other columns are plan.rs's.

use super::plan::{Action, descend};
use crate::quick::Amount;
use crate::schema::{Column, Extent, Field, Kind, Layer, LayerId, RepeatEnd, Schema};

/// A column whose values lie differently in each packet.
#[derive(Debug)]
pub(super) struct ListedColumn {
    /// Its number among all.
    pub column: u16,
    pub list: bool,
    /// True if its values are numbers.
    pub numbers: bool,
}

/// A field of a layer that holds values of such columns.
#[derive(Debug)]
pub(super) struct Unit {
    /// The steps there; their columns are counted among those that lie differently.
    pub steps: Box<[Action]>,
    pub bound: Bound,
    /// Where it begins in the layer, if that is known.
    pub first: u32,
}

/// How much of a layer says where the values of a field are.
#[derive(Debug)]
pub(super) enum Bound {
    /// What a field that begins at a constant place takes.
    Area(u32, Amount),
    /// All of it.
    Layer,
}

/// The columns whose values lie differently in each packet, and the fields they come from.
#[derive(Debug, Default)]
pub(super) struct ListedPlan {
    pub columns: Vec<ListedColumn>,
    pub units: Vec<Unit>,
    /// By layer: its fields with such values.
    pub of: Vec<Box<[u16]>>,
    /// By layer: the steps inside of parts.
    steps: Vec<Box<[Action]>>,
}

impl ListedPlan {
    pub(super) fn new(schema: &Schema, columns: Vec<ListedColumn>, mut actions: Vec<Vec<Action>>) -> Self {
        if columns.is_empty() {
            return Self { of: schema.layers.iter().map(|_| Box::default()).collect(), ..Self::default() };
        }
        descend(schema, &mut actions);
        let (mut units, mut of) = (Vec::new(), Vec::with_capacity(actions.len()));
        for (steps, layer) in actions.iter_mut().zip(&schema.layers) {
            steps.sort_by_key(|step| (step.field, step.column));
            let mut own = Vec::new();
            for steps in steps.chunk_by(|a, b| a.field == b.field).filter(|_| !layer.part) {
                let Some(field) = layer.fields.get(usize::from(steps[0].field)) else { continue };
                own.push(units.len() as u16);
                let first = if field.place.anchor == 0 { field.place.offset } else { 0 };
                units.push(Unit { steps: steps.into(), bound: bound(layer, field), first });
            }
            of.push(own.into());
        }
        Self { columns, units, of, steps: actions.into_iter().map(Vec::into_boxed_slice).collect() }
    }

    /// The steps at a part.
    pub(super) fn steps_of(&self, layer: LayerId) -> &[Action] {
        self.steps.get(usize::from(layer)).map_or(&[], |steps| steps)
    }
}

/// How much of a layer says where the values of a field are: more than the field itself where its place or its end depends on more.
fn bound(layer: &Layer, field: &Field) -> Bound {
    let sized = match &field.kind {
        Kind::Reading { of, .. } => layer.fields.get(usize::from(*of)).map_or(field, |of| of),
        _ => field,
    };
    let size = match &sized.kind {
        Kind::Raw(Extent::Size(size)) => Some(size),
        Kind::Repeat(repeat) => match &repeat.end {
            RepeatEnd::Size(size) => Some(size),
            _ => None,
        },
        _ => None,
    };
    let known = size.filter(|_| sized.place.anchor == 0 && field.place.anchor == 0);
    match known.and_then(|size| Amount::at_start(size, layer.fixed)).filter(Amount::is_total) {
        Some(size) => Bound::Area(sized.place.offset, size),
        None => Bound::Layer,
    }
}

/// True if the column's values are found by laying fields, and by nothing else.
pub(super) fn lies_in_bytes(schema: &Schema, column: &Column) -> bool {
    let made = |layer: LayerId, field: u16| {
        matches!(schema.layer(layer).fields[usize::from(field)].kind.inner(), Kind::Native(_) | Kind::Computed { letters: Some(_), .. })
    };
    column.told.is_empty() && column.sources.iter().all(|(layer, field, verdict)| !verdict && !made(*layer, *field))
}
