//! Expressions of the schema: the tree, and how it is read from JSON. Evaluation is in dissect.rs, where the bytes are.

use serde_json::Value;

use super::SchemaError;

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
    /// `mul * field + add`: what most sizes are.
    Affine {
        /// The field's index.
        field: u16,
        /// The factor.
        mul: i64,
        /// The summand.
        add: i64,
    },
}

/// What names in an expression mean.
pub(super) struct Names<'a> {
    pub fields: &'a [String],
    pub item: &'a [String],
}

impl Expr {
    pub(super) fn parse(value: &Value, names: &Names<'_>) -> Result<Self, SchemaError> {
        let bad = || SchemaError(format!("not an expression: {value}"));
        if let Some(number) = value.as_i64() {
            return Ok(Self::Const(number));
        }
        if let Some(name) = value.as_str() {
            if let Some(index) = names.fields.iter().position(|field| field == name) {
                return Ok(Self::Field(index as u16));
            }
            return Ok(match name {
                "size" => Self::Size,
                "left" => Self::Left,
                "captured" => Self::Captured,
                "item" => Self::Item,
                _ => return Err(SchemaError(format!("expression uses unknown field {name:?}"))),
            });
        }
        let list = value.as_array().ok_or_else(bad)?;
        let word = list.first().and_then(Value::as_str).ok_or_else(bad)?;
        if word == "item" {
            let name = list.get(1).and_then(Value::as_str).ok_or_else(bad)?;
            let index = names.item.iter().position(|field| field == name);
            return index.map(|at| Self::ItemField(at as u16)).ok_or_else(|| SchemaError(format!("items have no field {name:?}")));
        }
        let operands = list[1..].iter().map(|operand| Self::parse(operand, names)).collect::<Result<Vec<_>, _>>()?;
        Self::from_operator(word, operands).ok_or_else(bad).map(Self::simplified)
    }

    fn from_operator(word: &str, operands: Vec<Self>) -> Option<Self> {
        let count = operands.len();
        let mut operands = operands.into_iter();
        let mut next = || operands.next();
        Some(match (word, count) {
            ("not", 1) => Self::Not(Box::new(next()?)),
            ("neg", 1) => Self::Neg(Box::new(next()?)),
            ("~", 1) => Self::Invert(Box::new(next()?)),
            ("zeros", 1) => Self::Zeros(Box::new(next()?)),
            ("peek", 1) => Self::Peek(Box::new(next()?), Box::new(Self::Const(0))),
            ("peek", 2) => Self::Peek(Box::new(next()?), Box::new(next()?)),
            ("and", 2) => Self::Both(Box::new((next()?, next()?))),
            ("or", 2) => Self::Either(Box::new((next()?, next()?))),
            ("if", 3) => Self::If(Box::new((next()?, next()?, next()?))),
            (_, 2) => {
                let op = match word {
                    "+" => Op::Add,
                    "-" => Op::Sub,
                    "*" => Op::Mul,
                    "//" => Op::Div,
                    "%" => Op::Rem,
                    "&" => Op::And,
                    "|" => Op::Or,
                    "^" => Op::Xor,
                    "<<" => Op::Shl,
                    ">>" => Op::Shr,
                    "==" => Op::Eq,
                    "!=" => Op::Ne,
                    "<" => Op::Lt,
                    "<=" => Op::Le,
                    ">" => Op::Gt,
                    ">=" => Op::Ge,
                    "min" => Op::Min,
                    "max" => Op::Max,
                    _ => return None,
                };
                Self::Binary(op, Box::new((next()?, next()?)))
            }
            _ => return None,
        })
    }

    /// Fold `mul * field + add` into one step: sizes are computed for every packet.
    fn simplified(self) -> Self {
        let Self::Binary(op, pair) = self else { return self };
        if [&pair.0, &pair.1].iter().any(|side| matches!(side, Self::Const(n) if n.unsigned_abs() > 1 << 31)) {
            return Self::Binary(op, pair);
        }
        match (op, &pair.0, &pair.1) {
            (Op::Mul, Self::Const(mul), Self::Field(field)) | (Op::Mul, Self::Field(field), Self::Const(mul)) => {
                Self::Affine { field: *field, mul: *mul, add: 0 }
            }
            (Op::Add, Self::Const(add), Self::Field(field)) | (Op::Add, Self::Field(field), Self::Const(add)) => {
                Self::Affine { field: *field, mul: 1, add: *add }
            }
            (Op::Sub, Self::Field(field), Self::Const(sub)) => Self::Affine { field: *field, mul: 1, add: -sub },
            (Op::Add, Self::Affine { field, mul, add }, Self::Const(more)) => Self::Affine { field: *field, mul: *mul, add: add + more },
            (Op::Add, Self::Const(more), Self::Affine { field, mul, add }) => Self::Affine { field: *field, mul: *mul, add: add + more },
            (Op::Sub, Self::Affine { field, mul, add }, Self::Const(less)) => Self::Affine { field: *field, mul: *mul, add: add - less },
            _ => Self::Binary(op, pair),
        }
    }
}
