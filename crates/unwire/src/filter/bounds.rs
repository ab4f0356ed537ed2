//! How far a capture must be read for a filter: behind the last number that it asks for, no frame can match.

use super::compile::Filter;
use super::field::Wanted;
use super::typed::{Ask, Node, Tree};
use crate::columns::FrameColumn;

impl Filter {
    /// The number of the last frame that can match; None if any can.
    pub fn last(&self) -> Option<u64> {
        self.last_of(&self.tree)
    }

    fn last_of(&self, tree: &Tree) -> Option<u64> {
        match tree {
            Tree::And(all) => all.iter().filter_map(|tree| self.last_of(tree)).min(),
            // One that has no bound makes the whole have none; one of none is never true.
            Tree::Or(any) => any.iter().try_fold(0, |last, tree| Some(self.last_of(tree)?.max(last))),
            Tree::Not(_) => None,
            Tree::Leaf(number) => match &self.leaves.get(usize::from(*number))?.ask {
                Ask::Within(Node::Field(field), ranges, _) if field.is_plain() && self.is_number(field.field) => {
                    // What is open above is no bound.
                    let high = ranges.iter().map(|(_, high)| *high).max().unwrap_or(0).max(0);
                    i64::try_from(high).ok().map(i64::unsigned_abs)
                }
                _ => None,
            },
        }
    }

    fn is_number(&self, field: u16) -> bool {
        matches!(self.fields.get(usize::from(field)).map(|field| &field.wanted), Some(Wanted::Frame(FrameColumn::Number)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Schema;

    #[test]
    fn the_last_number_that_is_asked_for_is_known() {
        let number = |relation: &str, number: u64| {
            format!(
                r#"{{"compare": {{"relation": "{relation}", "left": {{"field": {{"name": "frame.number"}}}}, "right": {{"number": {number}}}}}}}"#
            )
        };
        let length = r#"{"compare": {"relation": "gt", "left": {"field": {"name": "frame.len"}}, "right": {"number": 60}}}"#;
        let cases = [
            (number("le", 9), Some(9)),
            (number("lt", 9), Some(8)),
            (number("lt", 0), Some(0)),
            (number("eq", 7), Some(7)),
            (number("gt", 7), None),
            (format!(r#"{{"and": [{}, {length}, {}]}}"#, number("le", 9), number("le", 4)), Some(4)),
            (format!(r#"{{"or": [{}, {}]}}"#, number("le", 9), number("eq", 40)), Some(40)),
            (format!(r#"{{"or": [{}, {length}]}}"#, number("le", 9)), None),
            (format!(r#"{{"not": {}}}"#, number("le", 9)), None),
            (r#"{"or": []}"#.to_owned(), Some(0)),
            (r#"{"and": []}"#.to_owned(), None),
        ];
        for (document, last) in cases {
            assert_eq!(Filter::compile(Schema::built_in(), &document).unwrap().last(), last, "{document}");
        }
    }
}
