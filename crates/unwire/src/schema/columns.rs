//! The columns of a schema: every name with its type and the fields that feed it. Two types under one name are refused.

use std::collections::hash_map::Entry;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{Base, Decoded, Kind, Layer, LayerId, Schema, SchemaError, Shown};
use crate::told::{Told, ToldType};

/// A column: its type and every field that feeds it.
#[derive(Clone, Debug)]
pub struct Column {
    /// The type of one value.
    pub shown: Shown,
    /// True if a packet has a list of them: a field inside a repeat of its own.
    pub list: bool,
    /// How text output writes a number.
    pub base: Base,
    /// Layer and field of each source; `true` for the verdict on a checksum.
    pub sources: Vec<(LayerId, u16, bool)>,
    /// The layers of which an ordered pass tells it, and what it is then; such a column has no sources.
    pub told: Vec<(LayerId, Told)>,
    /// True for a column that only gathers others (`tcp.port`).
    pub pseudo: bool,
}

impl Schema {
    pub(super) fn gather_columns(&self) -> Result<FxHashMap<Arc<str>, Column>, SchemaError> {
        let items: Vec<LayerId> = self.current().flat_map(|layer| layer.fields.iter().filter_map(|f| f.kind.item_layer())).collect();
        let mut columns = FxHashMap::default();
        for layer in self.current() {
            let repeated = items.contains(&layer.id);
            for (index, field) in layer.fields.iter().enumerate() {
                // A family's member has the fields of its root; the root's are the ones that every item has.
                let inherited = layer.family.is_some_and(|root| {
                    let root = self.layer(root);
                    items.contains(&root.id) && index < root.fields.len()
                });
                let Some(shown) = field.kind.shown(self) else { continue };
                let list = repeated || inherited || matches!(field.kind, Kind::Repeat(_) | Kind::Native(Decoded { list: true, .. }));
                let base = field.base;
                for (name, pseudo) in field.column.iter().map(|name| (name, false)).chain(field.also.iter().map(|name| (name, true))) {
                    let source = (layer.id, index as u16, false);
                    enter(&self.layers, &mut columns, name, Column { shown, list, base, sources: vec![source], told: Vec::new(), pseudo }, layer)?;
                }
                if let (Some(name), Some(_)) = (&field.column, &field.checksum) {
                    let name: Arc<str> = format!("{name}.status").into();
                    let sources = vec![(layer.id, index as u16, true)];
                    let column = Column { shown: Shown::UInt(1), list, base: Base::Dec, sources, told: Vec::new(), pseudo: false };
                    enter(&self.layers, &mut columns, &name, column, layer)?;
                }
            }
            for (name, told) in &layer.told {
                let shown = match told.kind() {
                    ToldType::Number => Shown::UInt(4),
                    ToldType::Signed => Shown::Int(4),
                    ToldType::Truth => Shown::Bool,
                    ToldType::Duration => Shown::Duration,
                };
                let told = vec![(layer.id, *told)];
                enter(
                    &self.layers,
                    &mut columns,
                    name,
                    Column { shown, list: false, base: Base::Dec, sources: Vec::new(), told, pseudo: false },
                    layer,
                )?;
            }
        }
        Ok(columns)
    }
}

fn enter(
    layers: &[Arc<Layer>],
    columns: &mut FxHashMap<Arc<str>, Column>,
    name: &Arc<str>,
    column: Column,
    layer: &Layer,
) -> Result<(), SchemaError> {
    let known = match columns.entry(Arc::clone(name)) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(free) => {
            free.insert(column);
            return Ok(());
        }
    };
    if known.shown != column.shown || known.told.is_empty() != column.told.is_empty() {
        let before = known.sources.iter().map(|source| source.0).chain(known.told.iter().map(|told| told.0)).next().unwrap_or_default();
        return Err(SchemaError(format!(
            "column {name:?} has two types: {:?} of {} and {:?} of {}",
            known.shown, layers[before as usize].class, column.shown, layer.class
        )));
    }
    known.pseudo &= column.pseudo;
    // A packet that has many of it in one place may have many.
    known.list |= column.list;
    known.sources.extend(column.sources);
    known.told.extend(column.told);
    Ok(())
}

impl Kind {
    /// The column type of one value, or None where the field has none of its own.
    fn shown(&self, schema: &Schema) -> Option<Shown> {
        let wide = |width: u8| width.next_power_of_two();
        match self {
            Self::UInt { width, .. } => Some(Shown::UInt(wide(*width))),
            Self::Int { width, .. } => Some(Shown::Int(wide(*width))),
            Self::Mac => Some(Shown::Mac),
            Self::Ip4 => Some(Shown::Ip4),
            Self::Ip6 => Some(Shown::Ip6),
            Self::Raw(_) => Some(Shown::Bytes),
            Self::Text(_) => Some(Shown::Text),
            Self::When(_, kind) | Self::Reading { kind, .. } => kind.shown(schema),
            Self::Switch { cases, default, .. } => {
                let all: Vec<_> = cases.iter().map(|case| &case.1).chain([&**default]).filter_map(|kind| kind.shown(schema)).collect();
                all.iter().copied().reduce(|a, b| match (a, b) {
                    (Shown::UInt(a), Shown::UInt(b)) => Shown::UInt(a.max(b)),
                    (a, b) if a == b => a,
                    _ => Shown::Bytes,
                })
            }
            Self::Repeat(repeat) => repeat.item.shown(schema),
            Self::Part(id) => {
                let part = schema.layers.get(*id as usize)?;
                part.fields[part.value? as usize].kind.shown(schema)
            }
            Self::Computed { shown, .. } | Self::Bits { shown, .. } | Self::Native(Decoded { shown, .. }) => Some(*shown),
            Self::Nothing | Self::Pad(_) | Self::Payload(_) => None,
        }
    }

    /// The layer of the items, for a list of parts.
    fn item_layer(&self) -> Option<LayerId> {
        match self {
            Self::Repeat(repeat) => match &repeat.item {
                Self::Part(id) => Some(*id),
                other => other.item_layer(),
            },
            Self::When(_, kind) | Self::Reading { kind, .. } => kind.item_layer(),
            Self::Switch { cases, default, .. } => cases.iter().map(|case| &case.1).chain([&**default]).find_map(Self::item_layer),
            _ => None,
        }
    }
}
