//! Expressions of the schema: the tree, and how it is read from JSON. Evaluation is in layout.rs, where the bytes are.

use super::tree::Tree;
use super::{Field, Kind, SchemaError};

/// A binary operator; comparisons give 0 or 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the operators")]
pub enum Op {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    And,
    Or,
    Xor,
    Shl,
    Shr,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Min,
    Max,
}

impl Op {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "+" => Self::Add,
            "-" => Self::Sub,
            "*" => Self::Mul,
            "//" => Self::Div,
            "%" => Self::Rem,
            "&" => Self::And,
            "|" => Self::Or,
            "^" => Self::Xor,
            "<<" => Self::Shl,
            ">>" => Self::Shr,
            "==" => Self::Eq,
            "!=" => Self::Ne,
            "<" => Self::Lt,
            "<=" => Self::Le,
            ">" => Self::Gt,
            ">=" => Self::Ge,
            "min" => Self::Min,
            "max" => Self::Max,
            _ => return None,
        })
    }
}

/// An expression over earlier fields of a layer; 64-bit integers, overflow is a fault.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A number.
    Const(i64),
    /// An integer field of the same layer, by index; absent counts as 0.
    Field(u16),
    /// Bytes promised to the layer or part.
    Size,
    /// Promised bytes from here to its end.
    Left,
    /// Captured bytes from here to its end.
    Captured,
    /// The integer item just read, in `until`.
    Item,
    /// A field of the part just read, in `until`, by index.
    ItemField(u16),
    /// The next n bytes, or n bytes further on, as a big-endian integer.
    Peek(Box<Expr>, Box<Expr>),
    /// 1 if the next n bytes are there and all zero.
    Zeros(Box<Expr>),
    /// An operator.
    Binary(Op, Box<(Expr, Expr)>),
    /// Logical not.
    Not(Box<Expr>),
    /// Minus.
    Neg(Box<Expr>),
    /// Bitwise not.
    Invert(Box<Expr>),
    /// Short-circuit and; gives the deciding value, as in Python.
    Both(Box<(Expr, Expr)>),
    /// Short-circuit or; gives the deciding value, as in Python.
    Either(Box<(Expr, Expr)>),
    /// `a if c else b`, as (c, a, b).
    If(Box<(Expr, Expr, Expr)>),
    /// An integer field at a constant place.
    Read(Direct),
    /// `mul * field + add`: what most sizes are.
    Affine(Direct, i64, i64),
    /// A comparison of a field with a number: what most conditions are.
    Test(Direct, Op, i64),
    /// `field + add if field else left`: a length field where zero means "all there is".
    OrLeft(Direct, i64),
    /// `a if field <op> value else b`, as (field, op, value, a, b).
    Choose(Box<(Direct, Op, i64, Expr, Expr)>),
}

/// An integer field at a constant place of its layer, of at most 4 bytes in big-endian order: one load, one shift, one mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Direct {
    /// Bytes from the layer's start.
    pub offset: u32,
    /// Bytes of the whole integer.
    pub width: u8,
    /// Bits below it in the four bytes from `offset`.
    pub shift: u8,
    /// Its bits.
    pub mask: u32,
}

/// What names in an expression mean.
pub(super) struct Names<'a> {
    pub fields: &'a [&'a str],
    pub item: &'a [&'a str],
}

impl Expr {
    pub(super) fn parse(tree: &Tree<'_>, names: &Names<'_>) -> Result<Self, SchemaError> {
        let list = match tree {
            Tree::Number(number) => return Ok(Self::Const(*number)),
            Tree::Text(name) => return Self::name(name, names),
            Tree::List(list) => list.as_slice(),
            Tree::Truth(_) | Tree::Large(_) => &[],
        };
        let bad = || SchemaError(format!("not an expression: {tree}"));
        let [Tree::Text(word), operands @ ..] = list else { return Err(bad()) };
        let one = |tree: &Tree<'_>| Self::parse(tree, names).map(Box::new);
        let two = |a: &Tree<'_>, b: &Tree<'_>| Ok(Box::new((Self::parse(a, names)?, Self::parse(b, names)?)));
        Ok(match (&**word, operands) {
            ("item", [Tree::Text(name)]) => {
                let index = names.item.iter().position(|field| **field == **name);
                Self::ItemField(index.ok_or_else(|| SchemaError(format!("items have no field {:?}", &**name)))? as u16)
            }
            ("not", [a]) => Self::Not(one(a)?),
            ("neg", [a]) => Self::Neg(one(a)?),
            ("~", [a]) => Self::Invert(one(a)?),
            ("zeros", [count]) => Self::Zeros(one(count)?),
            ("peek", [count]) => Self::Peek(one(count)?, Box::new(Self::Const(0))),
            ("peek", [count, at]) => Self::Peek(one(count)?, one(at)?),
            ("and", [a, b]) => Self::Both(two(a, b)?),
            ("or", [a, b]) => Self::Either(two(a, b)?),
            ("if", [test, a, b]) => Self::If(Box::new((Self::parse(test, names)?, Self::parse(a, names)?, Self::parse(b, names)?))),
            (word, [a, b]) => Self::Binary(Op::of(word).ok_or_else(bad)?, two(a, b)?),
            _ => return Err(bad()),
        })
    }

    fn name(name: &str, names: &Names<'_>) -> Result<Self, SchemaError> {
        if let Some(index) = names.fields.iter().position(|field| *field == name) {
            return Ok(Self::Field(index as u16));
        }
        match name {
            "size" => Ok(Self::Size),
            "left" => Ok(Self::Left),
            "captured" => Ok(Self::Captured),
            "item" => Ok(Self::Item),
            _ => Err(SchemaError(format!("expression uses unknown field {name:?}"))),
        }
    }

    /// True if the value depends on where the expression stands, not only on the layer.
    pub(crate) fn asks_where(&self) -> bool {
        match self {
            Self::Left | Self::Captured | Self::Peek(..) | Self::Zeros(_) | Self::OrLeft(..) => true,
            Self::Not(a) | Self::Neg(a) | Self::Invert(a) => a.asks_where(),
            Self::Binary(_, pair) | Self::Both(pair) | Self::Either(pair) => pair.0.asks_where() || pair.1.asks_where(),
            Self::If(three) => three.0.asks_where() || three.1.asks_where() || three.2.asks_where(),
            Self::Choose(three) => three.3.asks_where() || three.4.asks_where(),
            Self::Const(_) | Self::Field(_) | Self::Size | Self::Item | Self::ItemField(_) => false,
            Self::Read(_) | Self::Affine(..) | Self::Test(..) => false,
        }
    }

    /// Where the last byte ends that it reads, from the layer's start; None unless all its reads are direct ones.
    pub(crate) fn end(&self) -> Option<u32> {
        Some(match self {
            Self::Const(_) | Self::Size | Self::Left | Self::Captured => 0,
            Self::Read(read) | Self::Affine(read, ..) | Self::Test(read, ..) | Self::OrLeft(read, _) => read.end(),
            Self::Not(a) | Self::Neg(a) | Self::Invert(a) => a.end()?,
            Self::Binary(_, pair) | Self::Both(pair) | Self::Either(pair) => pair.0.end()?.max(pair.1.end()?),
            Self::If(three) => three.0.end()?.max(three.1.end()?).max(three.2.end()?),
            Self::Choose(three) => three.0.end().max(three.3.end()?).max(three.4.end()?),
            Self::Field(_) | Self::Item | Self::ItemField(_) | Self::Peek(..) | Self::Zeros(_) => return None,
        })
    }

    /// Replace fields at constant places by direct reads, and what is common by one step: expressions are evaluated for every packet.
    pub(super) fn resolve(&mut self, reads: &[Option<Direct>]) {
        match self {
            Self::Field(index) => {
                if let Some(Some(direct)) = reads.get(*index as usize) {
                    *self = Self::Read(*direct);
                }
            }
            Self::Zeros(a) | Self::Not(a) | Self::Neg(a) | Self::Invert(a) => a.resolve(reads),
            Self::Peek(a, b) => {
                a.resolve(reads);
                b.resolve(reads);
            }
            Self::Binary(_, pair) | Self::Both(pair) | Self::Either(pair) => {
                pair.0.resolve(reads);
                pair.1.resolve(reads);
            }
            Self::If(three) => {
                three.0.resolve(reads);
                three.1.resolve(reads);
                three.2.resolve(reads);
            }
            Self::Const(_) | Self::Size | Self::Left | Self::Captured | Self::Item | Self::ItemField(_) => {}
            Self::Read(_) | Self::Affine(..) | Self::Test(..) | Self::OrLeft(..) | Self::Choose(_) => {}
        }
        if let Some(shorter) = self.shorter() {
            *self = shorter;
        }
    }

    /// Where an expression is asked at the layer's start, what it peeks at there is at a constant place too.
    pub(super) fn peeks_to_reads(&mut self) {
        match self {
            Self::Peek(count, at) => {
                if let (Self::Const(count @ 1..=4), Self::Const(at @ 0..=0xffff)) = (&**count, &**at) {
                    *self = Self::Read(Direct::plain(*at as u32, *count as u8));
                }
            }
            Self::Zeros(a) | Self::Not(a) | Self::Neg(a) | Self::Invert(a) => a.peeks_to_reads(),
            Self::Binary(_, pair) | Self::Both(pair) | Self::Either(pair) => {
                pair.0.peeks_to_reads();
                pair.1.peeks_to_reads();
            }
            Self::If(three) => {
                three.0.peeks_to_reads();
                three.1.peeks_to_reads();
                three.2.peeks_to_reads();
            }
            Self::Const(_) | Self::Field(_) | Self::Size | Self::Left | Self::Captured | Self::Item | Self::ItemField(_) => {}
            Self::Read(_) | Self::Affine(..) | Self::Test(..) | Self::OrLeft(..) | Self::Choose(_) => {}
        }
    }

    /// Where only truth counts: `a or b` of two fields in one integer is one read of both.
    pub(super) fn resolve_truth(&mut self, reads: &[Option<Direct>]) {
        self.resolve(reads);
        if let Self::Either(pair) = self
            && let (Self::Read(a), Self::Read(b)) = &**pair
            && (a.offset, a.width) == (b.offset, b.width)
        {
            let shift = a.shift.min(b.shift);
            let mask = a.mask << (a.shift - shift) | b.mask << (b.shift - shift);
            *self = Self::Test(Direct { shift, mask, ..*a }, Op::Ne, 0);
        }
    }

    fn shorter(&self) -> Option<Self> {
        // Small constants only, so that folding them cannot overflow.
        let small = |number: i64| Some(number).filter(|number| number.unsigned_abs() < 1 << 31);
        match self {
            Self::Binary(op, pair) => match (op, &pair.0, &pair.1) {
                (Op::Mul, Self::Const(mul), Self::Read(read)) | (Op::Mul, Self::Read(read), Self::Const(mul)) => {
                    Some(Self::Affine(*read, small(*mul)?, 0))
                }
                (Op::Add, Self::Const(add), Self::Read(read)) | (Op::Add, Self::Read(read), Self::Const(add)) => {
                    Some(Self::Affine(*read, 1, small(*add)?))
                }
                (Op::Shl, Self::Read(read), Self::Const(by @ 0..=30)) => Some(Self::Affine(*read, 1 << by, 0)),
                (Op::Shr, Self::Read(read), Self::Const(by @ 0..=31)) => read.bits(*by as u8, u32::MAX).map(Self::Read),
                (Op::And, Self::Read(read), Self::Const(mask)) => read.bits(0, u32::try_from(*mask).ok()?).map(Self::Read),
                (Op::Or, Self::Affine(high, mul, 0), Self::Read(low)) => low.below(high, *mul).map(Self::Read),
                (Op::Sub, Self::Read(read), Self::Const(sub)) => Some(Self::Affine(*read, 1, -small(*sub)?)),
                (Op::Add, Self::Affine(read, mul, add), Self::Const(more)) | (Op::Add, Self::Const(more), Self::Affine(read, mul, add)) => {
                    Some(Self::Affine(*read, *mul, small(add + small(*more)?)?))
                }
                (Op::Sub, Self::Affine(read, mul, add), Self::Const(less)) => Some(Self::Affine(*read, *mul, small(add - small(*less)?)?)),
                (Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge, Self::Read(read), Self::Const(value)) => Some(Self::Test(*read, *op, *value)),
                _ => None,
            },
            Self::If(three) => match &**three {
                (Self::Read(test), Self::Read(value), Self::Left) if test == value => Some(Self::OrLeft(*test, 0)),
                (Self::Read(test), Self::Affine(value, 1, add), Self::Left) if test == value => Some(Self::OrLeft(*test, *add)),
                (Self::Read(test), a, b) => Some(Self::Choose(Box::new((*test, Op::Ne, 0, a.clone(), b.clone())))),
                (Self::Test(test, op, value), a, b) => Some(Self::Choose(Box::new((*test, *op, *value, a.clone(), b.clone())))),
                _ => None,
            },
            _ => None,
        }
    }
}

impl Direct {
    /// The read of an integer that fills its bytes.
    pub(crate) fn plain(offset: u32, width: u8) -> Self {
        Self { offset, width, shift: (4 - width) * 8, mask: u32::MAX >> ((4 - u32::from(width)) * 8) }
    }

    /// Where its last byte ends.
    pub(crate) fn end(&self) -> u32 {
        self.offset + u32::from(self.width)
    }

    /// Some of its bits, without the lowest.
    fn bits(self, lowest: u8, mask: u32) -> Option<Self> {
        let shift = Some(self.shift + lowest).filter(|shift| *shift < 32)?;
        Some(Self { shift, mask: self.mask >> lowest & mask, ..self })
    }

    /// `mul * high | self` as one read, where both are bits of one integer and `high` stands just above.
    fn below(self, high: &Self, mul: i64) -> Option<Self> {
        let gap = Some(high.shift.checked_sub(self.shift)?).filter(|gap| 1 << gap == mul && *gap < 32)?;
        let fits = (self.offset, self.width) == (high.offset, high.width) && self.mask >> gap == 0 && high.mask.leading_zeros() >= u32::from(gap);
        fits.then_some(Self { mask: high.mask << gap | self.mask, ..self })
    }

    /// The direct read of a field, if it has one.
    pub(crate) fn of(field: &Field, fields: &[Field]) -> Option<Self> {
        if field.place.anchor != 0 {
            return None;
        }
        let (whole, shift, bits) = match &field.kind {
            Kind::Bits { of, shift, count, .. } => (&fields.get(*of as usize)?.kind, *shift, *count),
            kind @ Kind::UInt { width, .. } => (kind, 0, width * 8),
            _ => return None,
        };
        let Kind::UInt { width, little } = *whole else { return None };
        if width > 4 || little && width > 1 || bits > 32 {
            return None;
        }
        Some(Self { offset: field.place.offset, width, shift: shift + (4 - width) * 8, mask: u32::MAX >> (32 - u32::from(bits)) })
    }
}
