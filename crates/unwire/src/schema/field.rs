//! A declared field: where it lies, what lies there and how it is read, and what is filled in when it is built. Layers and what links them are
//! mod.rs's.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Decoded, Expr, LayerId, Preset, Shown};

/// Where a field lies: so many bytes behind an anchor. Anchor 0 is the layer's start, the others are ends of variable fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Which anchor.
    pub anchor: u16,
    /// Bytes behind it.
    pub offset: u32,
}

/// How many bytes a variable field takes.
#[derive(Clone, Debug)]
pub enum Extent {
    /// What the expression says.
    Size(Expr),
    /// All that is left.
    Rest,
    /// Up to and with a NUL.
    ToNul,
}

/// What lies on the wire, and how it is read.
#[derive(Clone, Debug)]
pub enum Kind {
    /// No bytes.
    Nothing,
    /// An unsigned integer.
    UInt {
        /** Bytes. */
        width: u8,
        /** Byte order. */
        little: bool,
    },
    /// A signed integer.
    Int {
        /** Bytes. */
        width: u8,
        /** Byte order. */
        little: bool,
    },
    /// Bits of an integer field.
    Bits {
        /** The integer's field. */
        of: u16,
        /** Bits below it. */
        shift: u8,
        /** How many. */
        count: u8,
        /** The column type. */
        shown: Shown,
        /** Digits in hexadecimal. */
        digits: u8,
        /** An object's attribute is a number, also where the column is a boolean. */
        number: bool,
    },
    /// A hardware address.
    Mac,
    /// An IPv4 address.
    Ip4,
    /// An IPv6 address.
    Ip6,
    /// Bytes.
    Raw(Extent),
    /// Text.
    Text(Extent),
    /// There only if the condition holds.
    When(Expr, Box<Kind>),
    /// One of several.
    Switch {
        /** The choice. */
        key: Expr,
        /** The cases. */
        cases: Vec<(i64, Kind)>,
        /** What else. */
        default: Box<Kind>,
    },
    /// A list.
    Repeat(Box<Repeat>),
    /// A layout inside the field.
    Part(LayerId),
    /// Padding to a multiple.
    Pad(u32),
    /// Where the payload sits.
    Payload(Expr),
    /// A second reading of a field's bytes.
    Reading {
        /** Whose bytes. */
        of: u16,
        /** Read as what. */
        kind: Box<Kind>,
    },
    /// What the layer's decoder finds in it.
    Native(Decoded),
    /// A computed value.
    Computed {
        /** How. */
        expr: Expr,
        /** Shown as. */
        shown: Shown,
        /** Its lowest bits as text: a letter for each, the highest first, where it is set. */
        letters: Option<Box<str>>,
    },
}

/// A list: of what, and how long.
#[derive(Clone, Debug)]
pub struct Repeat {
    /// The item.
    pub item: Kind,
    /// How it ends.
    pub end: RepeatEnd,
    /// Each item is rounded up to a multiple of this.
    pub pad: u32,
}

/// How a list ends.
#[derive(Clone, Debug)]
pub enum RepeatEnd {
    /// With the bytes of the layer.
    Left,
    /// After so many bytes.
    Size(Expr),
    /// After so many items.
    Count(Expr),
    /// After the item for which this holds.
    Until(Expr),
    /// After one item for each set bit of the field.
    Each(u16),
}

/// How text output writes a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Base {
    /// Decimal.
    #[default]
    Dec,
    /// `0x` and as many digits as the field is wide.
    Hex,
    /// Octal.
    Oct,
}

/// A checksum: how it is computed and over what.
#[derive(Clone, Debug)]
pub struct Checksum {
    /// The algorithm.
    pub how: ChecksumKind,
    /// The bytes it covers, from the layer's start.
    pub over: Cover,
    /// A zero on the wire means that none was sent.
    pub zero_absent: bool,
    /// The nearest pseudo header is summed too.
    pub pseudo: bool,
}

/// A checksum algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChecksumKind {
    /// The Internet checksum (RFC 1071).
    Inet,
    /// `CRC32c`, little-endian as SCTP sends it (RFC 9260 appendix A).
    Crc32c,
    /// CRC32 as Ethernet's FCS.
    Crc32,
    /// Fletcher's (ISO 8473).
    Fletcher,
}

/// What a checksum covers.
#[derive(Clone, Debug)]
pub enum Cover {
    /// The layer with its payload.
    Layer,
    /// The header.
    Header,
    /// All that stands before it.
    Before,
    /// So many bytes.
    Size(Expr),
}

/// One declared field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its attribute name.
    pub name: Arc<str>,
    /// Its column, if it has one.
    pub column: Option<Arc<str>>,
    /// Further columns it feeds.
    pub also: Vec<Arc<str>>,
    /// Labels of its numbers.
    pub names: BTreeMap<i64, Arc<str>>,
    /// How text output writes it.
    pub base: Base,
    /// How it is read.
    pub kind: Kind,
    /// Where it lies.
    pub place: Place,
    /// Its checksum, if it is one.
    pub checksum: Option<Checksum>,
    /// Bytes of which none may be cut off for an object to be made.
    pub whole: bool,
    /// The size that it states, if it states one.
    pub length: Option<Length>,
    /// Its value in a packet where nobody set it.
    pub preset: Option<Preset>,
}

/// The size that a field states: of what, and the number written for it.
#[derive(Clone, Debug)]
pub struct Length {
    /// What is measured.
    pub of: Measured,
    /// The number, where `size` is the bytes measured; without it, that is the number.
    pub value: Option<Expr>,
}

/// What a length measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measured {
    /// The layer or part with all that is in it.
    Layer,
    /// The header: what stands before the payload.
    Header,
    /// One field.
    Field(u16),
}
