//! The schema: layers, fields, number spaces and columns, read once from JSON and immutable from then on.
//!
//! A schema knows layouts, never bytes. An overlay is a new schema that shares every untouched layer with the one it began from; layer
//! ids are never reused, so what was compiled against an older generation stays right.

mod columns;
mod decoded;
mod document;
mod expr;
mod field;
mod flow;
mod kind;
mod load;
mod preset;
mod space;
mod stands;
mod tagged;
mod tree;
mod word;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

pub use columns::Column;
pub use decoded::Decoded;
pub use expr::{Direct, Expr, Op};
pub use field::{Base, Checksum, ChecksumKind, Cover, Extent, Field, Kind, Length, Measured, Place, Repeat, RepeatEnd};
pub use flow::{Flow, Role};
pub use kind::Shown;
pub use preset::Preset;
pub use space::Space;
pub use stands::Stands;

use crate::deciding::Deciding;
use crate::error::Reason;
use crate::quick::Quick;
use crate::told::Told;

/// A layer's number.
pub type LayerId = u16;
/// A number space's number.
pub type SpaceId = u16;

/// The schema could not be read: an engine and a schema that do not fit, or a declaration the engine refuses.
#[derive(Debug)]
pub struct SchemaError(pub String);

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SchemaError {}

/// A layer that is shown inside another's object: in the view of that name, of the class of that name.
#[derive(Clone, Debug)]
pub struct Fold {
    /// The class.
    pub owner: Arc<str>,
    /// Its attribute.
    pub view: Arc<str>,
}

/// Where a payload is looked up, or why the walk ends.
#[derive(Clone, Debug)]
pub struct Link {
    /// Must hold for the link to be tried.
    pub when: Option<Expr>,
    /// What is done.
    pub to: LinkTo,
    /// The payload is quoted.
    pub quoted: bool,
    /// The keys only suggest a payload: the lowest first, and it must take the bytes for its own.
    pub weak: bool,
    /// The payload's failure is this layer's.
    pub strict: bool,
    /// A pseudo protocol shown when the link is taken.
    pub via: Option<Arc<str>>,
    /// The field that is the first key, if it is one as it stands.
    pub field: Option<u16>,
}

/// The target of a link.
#[derive(Clone, Debug)]
pub enum LinkTo {
    /// Keys in a space.
    Space(SpaceId, Vec<Expr>),
    /// The end of the walk.
    Stop(Reason),
}

/// One declared layer or part.
#[derive(Debug)]
pub struct Layer {
    /// Its number, never reused.
    pub id: LayerId,
    /// Module and class.
    pub class: Arc<str>,
    /// Its name in `frame.protocols`.
    pub name: Option<Arc<str>>,
    /// The first line of its docstring.
    pub title: Arc<str>,
    /// True for a layout inside a field.
    pub part: bool,
    /// The family's root, for its members.
    pub family: Option<LayerId>,
    /// Whom it stands in for, if it is one of a family that answers to no number.
    pub stands: Option<Stands>,
    /// The fields, in wire order.
    pub fields: Vec<Field>,
    /// The variable fields, in wire order: anchor k is the end of `anchors[k - 1]`.
    pub anchors: Vec<u16>,
    /// Where the payload starts: the end of the header.
    pub payload: Place,
    /// How many bytes the payload has, if it is not last.
    pub tail: Option<Expr>,
    /// Bytes of the first field: a span exists when they are there.
    pub first: u32,
    /// Bytes before the first variable field.
    pub fixed: u32,
    /// The layer's bound.
    pub size: Option<Expr>,
    /// True if the payload is a piece of a datagram.
    pub fragment: Option<Expr>,
    /// Tests that decide whether the bytes are this protocol.
    pub musts: Vec<Expr>,
    /// The test among them that only tells the layer from others with its number.
    pub tells: Option<Expr>,
    /// Tests that end the walk if they fail.
    pub expects: Vec<Expr>,
    /// The links to the payload, in the order they are tried.
    pub next: Vec<Link>,
    /// The numbers it answers to.
    pub over: Vec<(SpaceId, Vec<u64>)>,
    /// The fields of the pseudo header it lends.
    pub pseudo: Vec<u16>,
    /// The fields that stand in for some of a pseudo header below, by those fields' names.
    pub lends: Vec<(Arc<str>, u16)>,
    /// True if a zero checksum over this layer is illegal (UDP over IPv6, RFC 8200 section 8.1).
    pub pseudo_zero_illegal: bool,
    /// The field that stands for a part.
    pub value: Option<u16>,
    /// Alignment of a part, from the layer's start.
    pub align: u32,
    /// The class reads itself in Python.
    pub opaque: bool,
    /// The decoder of the whole layer.
    pub native: Option<u16>,
    /// Columns of what an ordered pass tells of the layer.
    pub told: Vec<(Arc<str>, Told)>,
    /// The Info line's template.
    pub info: Option<Arc<str>>,
    /// What another language calls what the layer tells, and what that is in columns.
    pub aliases: BTreeMap<String, String>,
    /// What logs call the service of a flow that carries it.
    pub service: Option<Arc<str>>,
    /// What it tells of the flow that a packet belongs to.
    pub flow: Option<Flow>,
    /// The object that shows it, if it has no place of its own among objects.
    pub fold: Option<Fold>,
}

/// All that is declared, at one generation.
#[derive(Clone, Debug)]
pub struct Schema {
    /// The layers by id; a replaced layer stays, unlinked.
    pub layers: Vec<Arc<Layer>>,
    /// The same layers the short way.
    pub quick: Vec<Quick>,
    /// What decides about each of them.
    pub deciding: Vec<Deciding>,
    /// The number spaces.
    pub spaces: Vec<Space>,
    /// The columns by name.
    pub columns: FxHashMap<Arc<str>, Column>,
    /// Numbers that one reading was told the meaning of, with the layer that answers to them alone, if any does.
    pub given: Vec<(SpaceId, u64, Option<LayerId>)>,
    stands: BTreeMap<(LayerId, Stands), LayerId>,
    by_class: FxHashMap<Arc<str>, LayerId>,
    /// For each layer, whether another has taken its class.
    replaced: Vec<bool>,
    space_ids: FxHashMap<Arc<str>, SpaceId>,
    /// The space of link types, where every frame begins.
    pub link: SpaceId,
    /// The space of messages, which streams say.
    pub message: SpaceId,
}

impl Schema {
    /// The schema that the engine was built with.
    pub fn built_in() -> &'static Arc<Self> {
        static BUILT_IN: OnceLock<Arc<Schema>> = OnceLock::new();
        BUILT_IN.get_or_init(|| {
            let loaded = Self::load(None, include_str!("../schema.json"));
            Arc::new(loaded.unwrap_or_else(|error| unreachable!("the build's own schema.json is refused: {error}")))
        })
    }

    /// The layer with this number.
    #[inline]
    pub fn layer(&self, id: LayerId) -> &Layer {
        &self.layers[id as usize]
    }

    /// The layer that a class declares.
    pub fn layer_of(&self, class: &str) -> Option<&Layer> {
        self.by_class.get(class).map(|id| self.layer(*id))
    }

    /// The layers in force, without the replaced ones.
    pub fn current(&self) -> impl Iterator<Item = &Arc<Layer>> {
        self.layers.iter().zip(&self.replaced).filter(|(_, replaced)| !**replaced).map(|(layer, _)| layer)
    }

    /// True if one of these layers may be right behind a layer.
    pub(crate) fn leads(&self, layer: &Layer, to: &[bool]) -> bool {
        layer.next.iter().any(|link| match &link.to {
            LinkTo::Space(space, _) => self.spaces[usize::from(*space)].layers().any(|id| to[usize::from(id)]),
            LinkTo::Stop(_) => false,
        })
    }

    /// True for layers that streams say, and true beside it for those that nothing else carries.
    pub fn is_said(&self, layer: LayerId) -> (bool, bool) {
        let over = &self.layer(layer).over;
        let said = over.iter().any(|(space, _)| *space == self.message);
        (said, said && over.iter().all(|(space, _)| *space == self.message))
    }

    /// The number of a space.
    pub fn space(&self, name: &str) -> Option<SpaceId> {
        self.space_ids.get(name).copied()
    }
}
