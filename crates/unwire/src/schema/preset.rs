//! What only building needs of a declaration: defaults, the sizes that fields state, and where a layer is folded. Read here from the document.

use super::document;
use super::expr::Names;
use super::tree::Tree;
use super::{Expr, Extent, Fold, Kind, Length, Measured, SchemaError};

/// A field's declared default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Preset {
    /// A number.
    Number(i128),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Text.
    Text(String),
}

impl Length {
    pub(super) fn parse(length: &document::Length<'_>, names: &[&str]) -> Result<Self, SchemaError> {
        let of = match length.of.as_str() {
            "layer" | "part" => Measured::Layer,
            "header" => Measured::Header,
            name => {
                let found = names.iter().position(|field| *field == name);
                Measured::Field(found.ok_or_else(|| SchemaError(format!("a length of unknown field {name:?}")))? as u16)
            }
        };
        let value = length.value.as_ref().map(|value| Expr::parse(value, &Names { fields: names, item: &[] })).transpose()?;
        Ok(Self { of, value })
    }
}

impl Preset {
    pub(super) fn parse(value: &Tree<'_>, kind: &Kind) -> Result<Self, SchemaError> {
        let bad = || SchemaError(format!("no default: {value}"));
        match value {
            Tree::Truth(truth) => Ok(Self::Number(i128::from(*truth))),
            Tree::Number(number) => Ok(Self::Number(i128::from(*number))),
            Tree::Large(number) => number.as_i128().map(Self::Number).ok_or_else(bad),
            Tree::Text(text) if matches!(kind.inner(), Kind::Text(_)) => Ok(Self::Text(text.to_string())),
            Tree::Text(hex) => {
                let pairs = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()));
                pairs.collect::<Option<Vec<u8>>>().map(Self::Bytes).ok_or_else(bad)
            }
            Tree::List(_) => Err(bad()),
        }
    }
}

impl Fold {
    pub(super) fn parse(text: &str) -> Result<Self, SchemaError> {
        let (owner, view) =
            text.split_once('.').ok_or_else(|| SchemaError(format!("fold names a class and its view, as in 'Ethernet.vlan_tags', not {text:?}")))?;
        Ok(Self { owner: owner.into(), view: view.into() })
    }
}

impl Expr {
    /// True if the value depends on bounds or on bytes that come later, which a packet that is being built does not have yet.
    pub fn asks_bounds(&self) -> bool {
        match self {
            Self::Size | Self::Left | Self::Captured | Self::Peek(..) | Self::Zeros(_) | Self::OrLeft(..) => true,
            Self::Const(_) | Self::Field(_) | Self::Item | Self::ItemField(_) | Self::Read(_) | Self::Affine(..) | Self::Test(..) => false,
            Self::Not(a) | Self::Neg(a) | Self::Invert(a) => a.asks_bounds(),
            Self::Binary(_, pair) | Self::Both(pair) | Self::Either(pair) => pair.0.asks_bounds() || pair.1.asks_bounds(),
            Self::If(three) => three.0.asks_bounds() || three.1.asks_bounds() || three.2.asks_bounds(),
            Self::Choose(three) => three.3.asks_bounds() || three.4.asks_bounds(),
        }
    }
}

impl Expr {
    /// True if of what comes later it asks only bytes.
    pub fn only_peeks(&self) -> bool {
        match self {
            Self::Size | Self::Left | Self::Captured | Self::Zeros(_) | Self::OrLeft(..) => false,
            Self::Peek(..)
            | Self::Const(_)
            | Self::Field(_)
            | Self::Item
            | Self::ItemField(_)
            | Self::Read(_)
            | Self::Affine(..)
            | Self::Test(..) => true,
            Self::Not(a) | Self::Neg(a) | Self::Invert(a) => a.only_peeks(),
            Self::Binary(_, pair) | Self::Both(pair) | Self::Either(pair) => pair.0.only_peeks() && pair.1.only_peeks(),
            Self::If(three) => three.0.only_peeks() && three.1.only_peeks() && three.2.only_peeks(),
            Self::Choose(three) => three.3.only_peeks() && three.4.only_peeks(),
        }
    }
}

impl Extent {
    /// The bytes of a size that no packet changes.
    pub const fn constant(&self) -> Option<i64> {
        match self {
            Self::Size(Expr::Const(size)) => Some(*size),
            Self::Size(_) | Self::Rest | Self::ToNul => None,
        }
    }
}
