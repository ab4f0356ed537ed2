//! The expression tree, as it comes in: one for every dialect. A dialect's parser knows words, labels and the forms of literals, and lowers to
//! this; here nothing is a word of a dialect any more, and a literal is a number or bytes. Nothing is evaluated here.
//!
//! An operand stands for the values that a frame has for it: none, one or several. A test of an operand without a value is false whatever it
//! tests, so that `Not` of it is true: a frame without the layer neither equals nor differs. What a dialect means otherwise it says with
//! `Exists`. With several values `over` says whether one that fits is enough or all must fit, and `take` narrows a field to its first or last.

use serde::Deserialize;

/// A question about a frame.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Test {
    /// All hold; none is true.
    And(Vec<Test>),
    /// One holds; none is false.
    Or(Vec<Test>),
    /// It does not hold.
    Not(Box<Test>),
    /// There is a value.
    Exists(Operand),
    /// A value is not zero: a number, or bytes of which one is not.
    Truth(Operand),
    /// A relation between the values of two operands.
    Compare {
        /// Which.
        relation: Relation,
        /// The one side.
        left: Operand,
        /// The other.
        right: Operand,
        /// How many of the values.
        #[serde(default)]
        over: Over,
    },
    /// A value lies in one of the ranges, both ends included.
    In {
        /// The value.
        value: Operand,
        /// The ranges; of a single value both ends are the same.
        ranges: Vec<(Operand, Operand)>,
        /// More of them, of numbers alone.
        #[serde(default)]
        numbers: Vec<(i128, i128)>,
        /// More of them, of bytes in hexadecimal.
        #[serde(default)]
        texts: Vec<(String, String)>,
        /// How many of the values.
        #[serde(default)]
        over: Over,
    },
    /// The left bytes have the right ones in them.
    Contains {
        /// Where.
        left: Operand,
        /// What.
        right: Operand,
        /// How many of the values.
        #[serde(default)]
        over: Over,
    },
    /// A program of the classic BPF machine lets the frame pass: for each link type that it was made for its instructions, which are code, jump
    /// where it holds, jump where not, and operand. Frames of other link types do not pass.
    Program(Vec<(u16, Vec<(u16, u8, u8, u32)>)>),
    /// A regular expression is found in the bytes or text.
    Matches {
        /// Where.
        value: Operand,
        /// What, in the syntax of the `regex` crate.
        pattern: String,
        /// Whether upper and lower case are two things.
        #[serde(default)]
        case: bool,
        /// How many of the values.
        #[serde(default)]
        over: Over,
        /// Where the pattern stands in what was written.
        #[serde(default)]
        at: At,
    },
}

/// Something that has values.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Operand {
    /// A column of the schema, or of the frame itself.
    Field {
        /// Its name.
        name: String,
        /// The layers that count, by their number among those of their name; empty: all.
        #[serde(default)]
        layers: Vec<Piece>,
        /// Which of several values.
        #[serde(default)]
        take: Take,
        /// Where it stands in what was written.
        #[serde(default)]
        at: At,
    },
    /// The layers of a name, each with its own bytes: its header, and what nobody else decodes. `Contains` and `Matches` search all that it
    /// carries, too. The frame is `Frame`.
    Protocol {
        /// Its name in the chain of protocols.
        name: String,
        /// What it carries instead.
        #[serde(default)]
        payload: bool,
        /// As for fields.
        #[serde(default)]
        layers: Vec<Piece>,
        /// Where it stands in what was written.
        #[serde(default)]
        at: At,
    },
    /// All bytes of the frame.
    Frame,
    /// A number; times are ns since the epoch, truth is 1.
    Number(i128),
    /// Bytes or the bytes of a text, in hexadecimal.
    Bytes(String),
    /// An address of 4 or 16 bytes, in hexadecimal, of which so many bits count.
    Address(String, u8),
    /// Some of the bytes of each value, put together; a value that has not all of them is left out.
    Slice(Box<Operand>, Vec<Piece>),
    /// A function of operands.
    Call(Function, Vec<Operand>),
    /// Numbers, or bytes bit by bit.
    Binary(Operator, Box<Operand>, Box<Operand>),
    /// Minus.
    Negative(Box<Operand>),
}

/// Some of what is counted: from `start` on; below zero it counts from the end.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Piece {
    /// So many.
    Count(i64, i64),
    /// Up to and with another, which may count from the end too.
    To(i64, i64),
    /// All that follow.
    Rest(i64),
}

/// Where something stands in what was written: its first character and the one behind its last.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
pub struct At(pub u32, pub u32);

/// How many values must fit.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Over {
    /// One.
    #[default]
    Any,
    /// All of them, and there is one.
    All,
}

/// Which values of a field there are.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Take {
    /// All, in wire order.
    #[default]
    Every,
    /// The one with this number, from 0; below zero it counts from the last.
    Nth(i32),
}

/// A relation of two values.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names are the relations")]
pub enum Relation {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

/// What is made of two values.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names are the operators")]
pub enum Operator {
    Add,
    Sub,
    Mul,
    /// Towards zero; there is no value for a division by zero.
    Div,
    Rem,
    And,
    Or,
    Xor,
    Shl,
    Shr,
}

/// A function of all values of its operands.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// The bytes of each value.
    Len,
    /// How many values there are; none is no value.
    Count,
    /// Each with ASCII letters in upper case.
    Upper,
    /// … in lower case.
    Lower,
    /// Each as text: numbers in decimal, addresses as they are written.
    String,
    /// Bytes as text in hexadecimal.
    Hex,
    /// The largest of all.
    Max,
    /// The smallest of all.
    Min,
    /// Without its sign.
    Abs,
    /// A sum of the bytes: CCITT's polynomial, begun with 0xA5A5.
    Crc16,
    /// A sum of the bytes, as in Ethernet and zip files.
    Crc32,
}
