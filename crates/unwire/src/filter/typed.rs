//! A filter as it is kept for asking: tests, what they ask, and operands with the fields they are of. How it comes to be is compile.rs's.

use regex::bytes::Regex;

use super::program::Program;
use super::tree::{Function, Operator, Over, Piece, Relation, Take};
use crate::columns::Type;
use crate::schema::Shown;

/// Tests put together.
#[derive(Debug)]
pub(super) enum Tree {
    And(Box<[Tree]>),
    Or(Box<[Tree]>),
    Not(Box<Tree>),
    Leaf(u16),
}

/// A test of values.
#[derive(Debug)]
pub(super) struct Leaf {
    pub ask: Ask,
    /// Fields without a value of which there is no answer but false.
    pub needs: Vec<u16>,
}

#[derive(Debug)]
pub(super) enum Ask {
    Exists(Node),
    Truth(Node),
    /// A number lies in one of the ranges; they are sorted and apart.
    Within(Node, Box<[(i128, i128)]>, Over),
    /// Bytes lie in one of the ranges; they are sorted and apart.
    Listed(Node, Box<[Span]>, Over),
    /// Bytes lie in one of the ranges, or in none.
    Among(Node, Box<[(Ends, bool)]>, Over),
    Compare(Relation, Node, Node, Over),
    /// In ranges whose ends are not literals.
    Between(Node, Box<[(Node, Node)]>, Over),
    Contains(Node, Node, Over),
    Matches(Node, Regex, Over),
    /// By link type.
    Program(Box<[(u16, Program)]>),
}

/// A range of bytes, both ends included.
pub(super) type Span = (Box<[u8]>, Box<[u8]>);

/// Two ends of a range of bytes; without one it is open there.
pub(super) type Ends = (Option<Box<[u8]>>, Option<Box<[u8]>>);

/// A compiled operand.
#[derive(Debug)]
pub(super) enum Node {
    Field(Ref),
    Number(i128),
    Bytes(Box<[u8]>),
    Slice(Box<Node>, Box<[Piece]>),
    /// With the type of what the function is of.
    Call(Function, Box<[(Node, Sort)]>),
    Binary(Operator, Box<(Node, Node)>),
    Negative(Box<Node>),
    /// A number as the bytes of an address.
    Octets(Box<Node>),
}

/// A field that is asked for.
#[derive(Debug)]
pub(super) struct Ref {
    pub field: u16,
    pub layers: Box<[Piece]>,
    pub take: Take,
}

impl Ref {
    pub(super) fn is_plain(&self) -> bool {
        self.layers.is_empty() && self.take == Take::Every
    }
}

/// What values an operand has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Number,
    Truth,
    Ip4,
    Ip6,
    Mac,
    Bytes,
    Text,
}

impl Sort {
    pub(super) fn of(kind: Type) -> Self {
        match kind {
            Type::Shown(Shown::UInt(_) | Shown::Int(_) | Shown::Duration) | Type::Time | Type::Number => Self::Number,
            Type::Shown(Shown::Bool) => Self::Truth,
            Type::Shown(Shown::Ip4) => Self::Ip4,
            Type::Shown(Shown::Ip6) => Self::Ip6,
            Type::Shown(Shown::Mac) => Self::Mac,
            Type::Shown(Shown::Bytes) => Self::Bytes,
            Type::Shown(Shown::Text) | Type::Label => Self::Text,
        }
    }

    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Number | Self::Truth | Self::Ip4)
    }
}
