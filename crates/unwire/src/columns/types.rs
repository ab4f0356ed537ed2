//! The types that columns have, and what they are in Arrow. No values here.

use arrow_array::types::{ArrowPrimitiveType, Decimal128Type};
use arrow_schema::{DataType, TimeUnit};

use crate::schema::Shown;

/// The type of a column's values: what a field shows, or what only frames have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// A field's.
    Shown(Shown),
    /// Nanoseconds since the epoch, UTC.
    Time,
    /// One of few texts.
    Label,
    /// An address as the number that its bytes make, where it is counted and not shown.
    Number,
}

/// The time zone in the type of times.
pub(super) const UTC: &str = "UTC";

impl Type {
    /// The Arrow type of one value.
    pub fn arrow(self) -> DataType {
        let label = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        match self {
            Self::Shown(Shown::UInt(1)) => DataType::UInt8,
            Self::Shown(Shown::UInt(2)) => DataType::UInt16,
            Self::Shown(Shown::UInt(4)) => DataType::UInt32,
            Self::Shown(Shown::UInt(_)) => DataType::UInt64,
            Self::Shown(Shown::Int(1)) => DataType::Int8,
            Self::Shown(Shown::Int(2)) => DataType::Int16,
            Self::Shown(Shown::Int(4)) => DataType::Int32,
            Self::Shown(Shown::Int(_)) => DataType::Int64,
            Self::Shown(Shown::Bool) => DataType::Boolean,
            Self::Shown(Shown::Bytes) => DataType::Binary,
            Self::Shown(Shown::Text) => DataType::Utf8,
            Self::Shown(Shown::Mac | Shown::Ip4 | Shown::Ip6) | Self::Label => label(),
            Self::Shown(Shown::Duration) => DataType::Duration(TimeUnit::Nanosecond),
            Self::Time => DataType::Timestamp(TimeUnit::Nanosecond, Some(UTC.into())),
            Self::Number => Decimal128Type::DATA_TYPE,
        }
    }
}
