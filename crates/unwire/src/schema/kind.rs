//! What a kind of field, or a link, tells without bytes: its size if that is fixed, the plain kind inside a condition, how sure a link is.

use super::{Expr, Extent, Kind, Link, LinkTo, RepeatEnd};

/// The column type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shown {
    /// Unsigned, in so many bytes: 1, 2, 4 or 8.
    UInt(u8),
    /// Signed, in so many bytes: 1, 2, 4 or 8.
    Int(u8),
    /// True or false.
    Bool,
    /// A hardware address as text.
    Mac,
    /// An IPv4 address as text.
    Ip4,
    /// An IPv6 address as text.
    Ip6,
    /// Bytes.
    Bytes,
    /// Text.
    Text,
    /// Nanoseconds between two moments.
    Duration,
}

impl Kind {
    /// Bytes on the wire, where every packet has the same.
    pub fn fixed_size(&self) -> Option<u32> {
        match self {
            Self::Nothing | Self::Bits { .. } | Self::Reading { .. } | Self::Computed { .. } | Self::Native(_) => Some(0),
            Self::UInt { width, .. } | Self::Int { width, .. } => Some(u32::from(*width)),
            Self::Mac => Some(6),
            Self::Ip4 => Some(4),
            Self::Ip6 => Some(16),
            Self::Raw(Extent::Size(Expr::Const(size))) | Self::Text(Extent::Size(Expr::Const(size))) => u32::try_from(*size).ok(),
            // What takes no bytes takes none where it is absent either.
            Self::When(_, kind) => kind.fixed_size().filter(|size| *size == 0),
            Self::Raw(_) | Self::Text(_) | Self::Switch { .. } | Self::Repeat(_) | Self::Part(_) | Self::Pad(_) | Self::Payload(_) => None,
        }
    }

    /// True if it takes all bytes that are left.
    pub(crate) fn takes_all(&self) -> bool {
        match self {
            Self::Raw(Extent::Rest) | Self::Text(Extent::Rest) => true,
            Self::Repeat(repeat) => matches!(repeat.end, RepeatEnd::Left),
            _ => false,
        }
    }

    /// The kind under conditions.
    pub fn inner(&self) -> &Self {
        match self {
            Self::When(_, kind) => kind.inner(),
            _ => self,
        }
    }

    /// Visit every expression of the kind.
    pub(super) fn each_expr(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        match self {
            Self::Raw(Extent::Size(expr)) | Self::Text(Extent::Size(expr)) | Self::Payload(expr) | Self::Computed { expr, .. } => visit(expr),
            Self::When(condition, kind) => {
                visit(condition);
                kind.each_expr(visit);
            }
            Self::Switch { key, cases, default } => {
                visit(key);
                cases.iter_mut().for_each(|case| case.1.each_expr(visit));
                default.each_expr(visit);
            }
            Self::Repeat(repeat) => {
                if let RepeatEnd::Size(expr) | RepeatEnd::Count(expr) | RepeatEnd::Until(expr) = &mut repeat.end {
                    visit(expr);
                }
                repeat.item.each_expr(visit);
            }
            Self::Reading { kind, .. } => kind.each_expr(visit),
            Self::Raw(Extent::Rest | Extent::ToNul)
            | Self::Text(Extent::Rest | Extent::ToNul)
            | Self::Nothing
            | Self::Native(_)
            | Self::UInt { .. }
            | Self::Int { .. }
            | Self::Bits { .. }
            | Self::Mac
            | Self::Ip4
            | Self::Ip6
            | Self::Part(_)
            | Self::Pad(_) => {}
        }
    }
}

impl Link {
    /// True if what its keys find must take the bytes for its own.
    pub fn suggests(&self) -> bool {
        matches!(&self.to, LinkTo::Space(_, keys) if self.weak || keys.len() != 1)
    }
}
