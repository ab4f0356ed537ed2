//! An expression or a default as JSON spells it: a truth, a number, a name, a list. What names and words mean is for expr.rs and preset.rs.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde_json::Number;

use super::word::Word;

/// A value without objects in it.
#[derive(Debug)]
pub(super) enum Tree<'a> {
    /// True or false.
    Truth(bool),
    /// An integer.
    Number(i64),
    /// A number that 64 bits with a sign do not hold.
    Large(Number),
    /// A name, or text.
    Text(Word<'a>),
    /// An operator with its operands.
    List(Vec<Tree<'a>>),
}

impl Tree<'_> {
    /// The text, if it is one.
    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Truth(_) | Self::Number(_) | Self::Large(_) | Self::List(_) => None,
        }
    }
}

/// As JSON, for errors.
impl fmt::Display for Tree<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truth(truth) => truth.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Large(number) => number.fmt(f),
            Self::Text(text) => write!(f, "{:?}", &**text),
            Self::List(list) => {
                f.write_str("[")?;
                for (index, item) in list.iter().enumerate() {
                    write!(f, "{}{item}", if index == 0 { "" } else { "," })?;
                }
                f.write_str("]")
            }
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Tree<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Tree<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a truth, a number, a string or a list of them")
            }

            fn visit_bool<E: Error>(self, truth: bool) -> Result<Tree<'de>, E> {
                Ok(Tree::Truth(truth))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Tree<'de>, E> {
                Ok(Tree::Number(number))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Tree<'de>, E> {
                Ok(i64::try_from(number).map_or_else(|_| Tree::Large(number.into()), Tree::Number))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Tree<'de>, E> {
                Number::from_f64(number).map(Tree::Large).ok_or_else(|| E::custom("no number"))
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Tree<'de>, E> {
                Ok(Tree::Text(Word(text.into())))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Tree<'de>, E> {
                Ok(Tree::Text(Word(text.to_owned().into())))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree<'de>, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Tree::List(list))
            }
        }
        deserializer.deserialize_any(Any)
    }
}
