//! The schema as JSON spells it. Unknown keys are refused. Nothing is resolved or checked here beyond the form; load.rs does that.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub version: u32,
    pub layers: Vec<Layer>,
    /// Numbers that were given to a class, or taken from all, after they were declared.
    #[serde(default)]
    pub numbers: Vec<Number>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Number {
    pub space: String,
    pub key: u64,
    pub layer: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum LayerKind {
    Packet,
    Part,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Layer {
    pub id: String,
    pub kind: LayerKind,
    /// Orders are on the integers; this one, and the others that begin with an underscore, are for views and for building packets.
    #[serde(default, rename = "order")]
    pub _order: IgnoredAny,
    #[serde(default)]
    pub title: String,
    pub family: Option<String>,
    pub stands: Option<String>,
    pub size: Option<Value>,
    pub fragment: Option<Value>,
    pub when: Option<Value>,
    #[serde(default)]
    pub over: Vec<Over>,
    #[serde(default)]
    pub next: Vec<Link>,
    pub fold: Option<String>,
    pub info: Option<String>,
    /// What another language calls what the layer tells, and what that is in columns.
    #[serde(default)]
    pub aliases: BTreeMap<String, String>,
    pub service: Option<String>,
    pub flow: Option<Flow>,
    /// Columns, each with the word for what an ordered pass tells of the layer.
    #[serde(default)]
    pub told: BTreeMap<String, String>,
    pub value: Option<String>,
    pub align: Option<u32>,
    #[serde(default)]
    pub pseudo: Vec<String>,
    /// Fields of pseudo headers below, each with the field that stands in for it.
    #[serde(default)]
    pub lends: BTreeMap<String, String>,
    pub pseudo_zero: Option<String>,
    pub name: Option<String>,
    #[serde(default)]
    pub opaque: bool,
    pub native: Option<String>,
    pub fields: Vec<Field>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Flow {
    /// Expressions by role.
    #[serde(default)]
    pub answers: Vec<(u8, u8)>,
    pub protocol: Option<Value>,
    pub offset: Option<Value>,
    pub more: Option<Value>,
    pub id: Option<Value>,
    pub source: Option<Value>,
    pub target: Option<Value>,
    pub sequence: Option<Value>,
    pub acknowledged: Option<Value>,
    pub flags: Option<Value>,
    pub window: Option<Value>,
    pub scale: Option<Value>,
    pub held: Option<Value>,
    #[serde(rename = "type")]
    pub kind: Option<Value>,
    pub code: Option<Value>,
    pub tag: Option<Value>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Over {
    pub space: String,
    pub keys: Vec<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Link {
    #[serde(default)]
    pub keys: Vec<Value>,
    pub space: Option<String>,
    pub when: Option<Value>,
    #[serde(default)]
    pub strict: bool,
    #[serde(default)]
    pub quoted: bool,
    #[serde(default)]
    pub weak: bool,
    pub via: Option<String>,
    pub stop: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Field {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: Kind,
    pub column: Option<String>,
    #[serde(default)]
    pub also: Vec<String>,
    #[serde(default)]
    pub names: BTreeMap<String, String>,
    pub base: Option<String>,
    pub must: Option<Value>,
    pub expect: Option<Value>,
    pub default: Option<Value>,
    pub length: Option<Length>,
    pub checksum: Option<Checksum>,
    #[serde(default)]
    pub whole: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Length {
    pub of: String,
    pub value: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Checksum {
    pub how: String,
    pub over: Cover,
    pub zero: Option<String>,
    #[serde(default)]
    pub pseudo: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cover {
    pub of: Option<String>,
    pub size: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "t", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Kind {
    Nothing,
    UInt {
        n: u8,
        #[serde(default)]
        order: String,
    },
    Int {
        n: u8,
        #[serde(default)]
        order: String,
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
        size: Option<Value>,
        to: Option<String>,
    },
    Text {
        size: Option<Value>,
        to: Option<String>,
    },
    When {
        #[serde(rename = "if")]
        condition: Value,
        then: Box<Kind>,
    },
    Switch {
        key: Value,
        cases: Vec<(i64, Kind)>,
        default: Box<Kind>,
    },
    Repeat {
        item: Box<Kind>,
        count: Option<Value>,
        size: Option<Value>,
        until: Option<Value>,
        each: Option<String>,
        pad: Option<u32>,
    },
    Part {
        layer: String,
    },
    Pad {
        n: u32,
    },
    Payload {
        size: Value,
    },
    Reading {
        of: String,
        #[serde(rename = "type")]
        kind: Box<Kind>,
    },
    Native {
        item: String,
        #[serde(rename = "as")]
        kind: Box<Kind>,
        #[serde(default)]
        list: bool,
    },
    Column {
        expr: Value,
        #[serde(rename = "as")]
        kind: Box<Kind>,
        letters: Option<String>,
    },
}
