//! A field whose value a native decoder finds: which decoder, which of its items, and what it is shown as.

use super::document;
use super::load::width;
use super::{SchemaError, Shown};
use crate::native;

/// What is looked for, and where it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The decoder.
    pub decoder: u16,
    /// Which of its items.
    pub item: u16,
    /// Shown as.
    pub shown: Shown,
    /// A message may have several.
    pub list: bool,
}

impl Decoded {
    /// The number of the decoder that a class names.
    pub(super) fn decoder(name: &str) -> Result<u16, SchemaError> {
        native::number(name).ok_or_else(|| SchemaError(format!("no decoder {name:?}")))
    }

    /// An item of a decoder.
    pub(super) fn item(decoder: Option<&str>, item: &str, kind: &document::Kind<'_>, list: bool) -> Result<Self, SchemaError> {
        let decoder = Self::decoder(decoder.ok_or_else(|| SchemaError("a native field needs the class's decoder".into()))?)?;
        let items = native::decoder(decoder).map_or(&[] as &[&str], |decoder| decoder.items);
        let item = items.iter().position(|known| *known == item).ok_or_else(|| SchemaError(format!("the decoder has no item {item:?}")))?;
        let shown = match kind {
            document::Kind::Bool => Shown::Bool,
            document::Kind::UInt { n, .. } => Shown::UInt(width(*n)?.next_power_of_two()),
            document::Kind::Ip4 => Shown::Ip4,
            document::Kind::Ip6 => Shown::Ip6,
            document::Kind::Raw { .. } => Shown::Bytes,
            document::Kind::Text { .. } => Shown::Text,
            _ => return Err(SchemaError("a native value is a number, an address, bytes or text".into())),
        };
        Ok(Self { decoder, item: item as u16, shown, list })
    }
}
