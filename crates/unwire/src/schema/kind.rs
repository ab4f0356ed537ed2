//! What a kind of field tells without bytes: its size if that is fixed, and the plain kind inside a condition.

use super::{Expr, Extent, Kind};

impl Kind {
    /// Bytes on the wire, where every packet has the same.
    pub fn fixed_size(&self) -> Option<u32> {
        match self {
            Self::Nothing | Self::Bits { .. } | Self::Reading { .. } | Self::Computed { .. } => Some(0),
            Self::UInt { width, .. } | Self::Int { width, .. } => Some(u32::from(*width)),
            Self::Mac => Some(6),
            Self::Ip4 => Some(4),
            Self::Ip6 => Some(16),
            Self::Raw(Extent::Size(Expr::Const(size))) | Self::Text(Extent::Size(Expr::Const(size))) => u32::try_from(*size).ok(),
            Self::Raw(_)
            | Self::Text(_)
            | Self::When(..)
            | Self::Switch { .. }
            | Self::Repeat(_)
            | Self::Part(_)
            | Self::Pad(_)
            | Self::Payload(_) => None,
        }
    }

    /// The kind under conditions.
    pub fn inner(&self) -> &Self {
        match self {
            Self::When(_, kind) => kind.inner(),
            _ => self,
        }
    }
}
