//! The schema as JSON spells it. Unknown keys are refused. Nothing is resolved or checked here beyond the form; load.rs does that.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use super::tagged::Tagged;
use super::tree::Tree;
use super::word::{Pairs, Word};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document<'a> {
    pub version: u32,
    #[serde(borrow)]
    pub layers: Vec<Layer<'a>>,
    /// Numbers that were given to a class, or taken from all, after they were declared.
    #[serde(default)]
    pub numbers: Vec<Number<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Number<'a> {
    #[serde(borrow)]
    pub space: Word<'a>,
    pub key: u64,
    pub layer: Option<Word<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum LayerKind {
    Packet,
    Part,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Layer<'a> {
    #[serde(borrow)]
    pub id: Word<'a>,
    pub kind: LayerKind,
    /// Orders are on the integers; this one, and the others that begin with an underscore, are for views and for building packets.
    #[serde(default, rename = "order")]
    pub _order: IgnoredAny,
    #[serde(default)]
    pub title: Word<'a>,
    pub family: Option<Word<'a>>,
    pub stands: Option<Word<'a>>,
    pub size: Option<Tree<'a>>,
    pub fragment: Option<Tree<'a>>,
    pub when: Option<Tree<'a>>,
    #[serde(default)]
    pub over: Vec<Over<'a>>,
    #[serde(default)]
    pub next: Vec<Link<'a>>,
    pub fold: Option<Word<'a>>,
    pub info: Option<Word<'a>>,
    /// What another language calls what the layer tells, and what that is in columns.
    #[serde(default)]
    pub aliases: BTreeMap<Word<'a>, Word<'a>>,
    pub service: Option<Word<'a>>,
    pub flow: Option<Box<Flow<'a>>>,
    /// Columns, each with the word for what an ordered pass tells of the layer.
    #[serde(default)]
    pub told: BTreeMap<Word<'a>, Word<'a>>,
    pub value: Option<Word<'a>>,
    pub align: Option<u32>,
    #[serde(default)]
    pub pseudo: Vec<Word<'a>>,
    /// Fields of pseudo headers below, each with the field that stands in for it.
    #[serde(default)]
    pub lends: BTreeMap<Word<'a>, Word<'a>>,
    pub pseudo_zero: Option<Word<'a>>,
    pub name: Option<Word<'a>>,
    #[serde(default)]
    pub opaque: bool,
    pub native: Option<Word<'a>>,
    pub fields: Box<[Field<'a>]>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Flow<'a> {
    /// Expressions by role.
    #[serde(default)]
    pub answers: Vec<(u8, u8)>,
    #[serde(borrow)]
    pub protocol: Option<Tree<'a>>,
    pub offset: Option<Tree<'a>>,
    pub more: Option<Tree<'a>>,
    pub id: Option<Tree<'a>>,
    pub source: Option<Tree<'a>>,
    pub target: Option<Tree<'a>>,
    pub sequence: Option<Tree<'a>>,
    pub acknowledged: Option<Tree<'a>>,
    pub flags: Option<Tree<'a>>,
    pub window: Option<Tree<'a>>,
    pub scale: Option<Tree<'a>>,
    pub held: Option<Tree<'a>>,
    #[serde(rename = "type")]
    pub kind: Option<Tree<'a>>,
    pub code: Option<Tree<'a>>,
    pub tag: Option<Tree<'a>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Over<'a> {
    #[serde(borrow)]
    pub space: Word<'a>,
    pub keys: Vec<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Link<'a> {
    #[serde(borrow, default)]
    pub keys: Vec<Tree<'a>>,
    pub space: Option<Word<'a>>,
    pub when: Option<Tree<'a>>,
    #[serde(default)]
    pub strict: bool,
    #[serde(default)]
    pub quoted: bool,
    #[serde(default)]
    pub weak: bool,
    pub via: Option<Word<'a>>,
    pub stop: Option<Word<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Field<'a> {
    #[serde(borrow)]
    pub name: Word<'a>,
    #[serde(rename = "type")]
    pub kind: Kind<'a>,
    pub column: Option<Word<'a>>,
    #[serde(default)]
    pub also: Vec<Word<'a>>,
    #[serde(default)]
    pub names: Pairs<'a>,
    pub base: Option<Word<'a>>,
    pub must: Option<Box<Tree<'a>>>,
    pub expect: Option<Box<Tree<'a>>>,
    pub default: Option<Tree<'a>>,
    pub length: Option<Box<Length<'a>>>,
    pub checksum: Option<Box<Checksum<'a>>>,
    #[serde(default)]
    pub whole: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Length<'a> {
    #[serde(borrow)]
    pub of: Word<'a>,
    pub value: Option<Tree<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Checksum<'a> {
    #[serde(borrow)]
    pub how: Word<'a>,
    pub over: Cover<'a>,
    pub zero: Option<Word<'a>>,
    #[serde(default)]
    pub pseudo: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cover<'a> {
    #[serde(borrow)]
    pub of: Option<Word<'a>>,
    pub size: Option<Tree<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(remote = "Self", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Kind<'a> {
    Nothing,
    UInt {
        n: u8,
        #[serde(default)]
        #[serde(borrow)]
        order: Word<'a>,
    },
    Int {
        n: u8,
        #[serde(default)]
        order: Word<'a>,
    },
    Mac,
    Ip4,
    Ip6,
    Bool,
    Bits {
        n: u8,
        #[serde(default)]
        bool: bool,
        #[serde(rename = "as")]
        width: Option<u8>,
        /// A boolean column whose attribute is a number.
        #[serde(default)]
        number: bool,
    },
    Raw {
        size: Option<Tree<'a>>,
        to: Option<Word<'a>>,
    },
    Text {
        size: Option<Tree<'a>>,
        to: Option<Word<'a>>,
    },
    When {
        #[serde(rename = "if")]
        condition: Tree<'a>,
        then: Box<Kind<'a>>,
    },
    Switch {
        key: Tree<'a>,
        cases: Vec<(i64, Kind<'a>)>,
        default: Box<Kind<'a>>,
    },
    Repeat(Box<Repeat<'a>>),
    Part {
        layer: Word<'a>,
    },
    Pad {
        n: u32,
    },
    Payload {
        size: Tree<'a>,
    },
    Reading {
        of: Word<'a>,
        #[serde(rename = "type")]
        kind: Box<Kind<'a>>,
    },
    Native {
        item: Word<'a>,
        #[serde(rename = "as")]
        kind: Box<Kind<'a>>,
        #[serde(default)]
        list: bool,
    },
    Column {
        expr: Tree<'a>,
        #[serde(rename = "as")]
        kind: Box<Kind<'a>>,
        letters: Option<Word<'a>>,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Repeat<'a> {
    #[serde(borrow)]
    pub item: Kind<'a>,
    pub count: Option<Tree<'a>>,
    pub size: Option<Tree<'a>>,
    pub until: Option<Tree<'a>>,
    pub each: Option<Word<'a>>,
    pub pad: Option<u32>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Kind<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The derived function of that name, which knows enums as JSON has none: not this one.
        Self::deserialize(Tagged(deserializer))
    }
}
