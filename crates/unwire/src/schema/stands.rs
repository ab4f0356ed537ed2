//! Which member of a family stands in for a part that no other takes for its own: it is a value all the same. Where it is laid is items.rs's.

use super::{Layer, LayerId, Schema, SchemaError};

/// For whom a member of a family stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stands {
    /// For one whose number nobody answers to.
    Other,
    /// For one whose number is known and whose tests fail.
    Bad,
    /// For one whose bound does not hold; it takes all that is left.
    Cut,
}

impl Stands {
    pub(super) fn parse(word: &str) -> Result<Self, SchemaError> {
        match word {
            "other" => Ok(Self::Other),
            "bad" => Ok(Self::Bad),
            "cut" => Ok(Self::Cut),
            _ => Err(SchemaError(format!("stands for other, bad or cut, not {word:?}"))),
        }
    }
}

impl Schema {
    /// The member of a family that stands in where no other can.
    pub fn stand_in(&self, family: LayerId, stands: Stands) -> Option<&Layer> {
        self.stands.get(&(family, stands)).map(|id| self.layer(*id))
    }
}
