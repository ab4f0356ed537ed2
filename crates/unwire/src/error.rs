//! Why reading ended, as data: the reasons, where, what was needed and what there was. Words are made at the edge; nothing here formats packets.

use std::fmt;

/// Why a walk or a read ended. The names are published: they are what the `stop` column shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Reason {
    /// The last layer has no payload, or none that is looked up.
    #[default]
    End,
    /// No declared protocol answers to the number of the payload.
    NoLink,
    /// A class reads itself in Python; the engine cannot see inside.
    Opaque,
    /// Bytes are missing.
    Short,
    /// The bytes are not this protocol: a `must` test failed.
    Must,
    /// What a layer requires to go on does not hold: an `expect` test failed.
    Expect,
    /// A length field contradicts the layout.
    Length,
    /// The payload is a later piece of a datagram.
    Fragment,
    /// The payload is encrypted.
    Encrypted,
    /// More layers than the cap.
    Depth,
    /// More items than the cap.
    Items,
}

impl Reason {
    /// Every reason, in the order of their numbers.
    pub const ALL: [Self; 11] = [
        Self::End,
        Self::NoLink,
        Self::Opaque,
        Self::Short,
        Self::Must,
        Self::Expect,
        Self::Length,
        Self::Fragment,
        Self::Encrypted,
        Self::Depth,
        Self::Items,
    ];

    /// The published name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::End => "end",
            Self::NoLink => "no_link",
            Self::Opaque => "opaque",
            Self::Short => "short",
            Self::Must => "must",
            Self::Expect => "expect",
            Self::Length => "length",
            Self::Fragment => "fragment",
            Self::Encrypted => "encrypted",
            Self::Depth => "depth",
            Self::Items => "items",
        }
    }
}

/// What set the bound that was hit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LimitedBy {
    /// The capture holds fewer bytes than were on the wire.
    #[default]
    Capture,
    /// A length field of this layer or of one around it.
    LengthField,
    /// The schema itself: an expression that overflowed or divided by zero.
    Expression,
}

/// One failed read: what was needed, where, what there was, and what limited it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    /// Why.
    pub reason: Reason,
    /// What set the bound.
    pub limited_by: LimitedBy,
    /// Where in the frame.
    pub offset: u32,
    /// Bytes needed from there.
    pub needed: u32,
    /// Bytes there were.
    pub got: u32,
}

impl Fault {
    /// A fault that is not about missing bytes.
    pub const fn at(reason: Reason, offset: u32) -> Self {
        Self { reason, limited_by: LimitedBy::LengthField, offset, needed: 0, got: 0 }
    }

    /// An expression overflowed.
    pub const fn expression(offset: u32) -> Self {
        Self { reason: Reason::Length, limited_by: LimitedBy::Expression, offset, needed: 0, got: 0 }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at offset {}", self.reason.name(), self.offset)?;
        if self.needed > 0 {
            let by = match self.limited_by {
                LimitedBy::Capture => "the captured bytes",
                LimitedBy::LengthField => "a length field",
                LimitedBy::Expression => "the declaration",
            };
            write!(f, ": {} needed, {} there, limited by {by}", self.needed, self.got)?;
        }
        Ok(())
    }
}
