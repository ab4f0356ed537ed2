//! What one test says of a walked frame; how tests are put together is way.rs's.

use std::cmp::Ordering;

use super::reckon::Val;
use super::tree::{Over, Relation};
use super::typed::{Ask, Ends, Leaf, Node, Span};
use super::values::{Here, Visit};

/// Pairs of bytes of which one is looked for in the other, in one frame.
const MOST_SEARCHES: usize = 1 << 12;

impl Here<'_> {
    /// Ask one thing.
    pub(super) fn leaf(&self, leaf: &Leaf) -> bool {
        match &leaf.ask {
            Ask::Exists(node) => !self.each(node, &mut |_| false),
            Ask::Truth(node) => !self.each(node, &mut |value| match value {
                Val::Number(number) => number == 0,
                Val::Bytes(bytes) => bytes.iter().all(|byte| *byte == 0),
            }),
            Ask::Within(node, ranges, over) => self.quantified(node, *over, &mut |value| match value {
                Val::Number(number) => within(*number, ranges),
                Val::Bytes(_) => false,
            }),
            Ask::Listed(node, ranges, over) => self.quantified(node, *over, &mut |value| listed(value.bytes(), ranges)),
            Ask::Among(node, ranges, over) => {
                self.quantified(node, *over, &mut |value| ranges.iter().any(|(ends, inside)| lies(value.bytes(), ends) == *inside))
            }
            Ask::Between(node, ranges, over) => {
                let ends = ranges.iter().map(|(low, high)| (self.all(low).into_iter().min(), self.all(high).into_iter().max()));
                let ends: Vec<_> = ends.filter_map(|(low, high)| Some((low?, high?))).collect();
                self.quantified(node, *over, &mut |value| ends.iter().any(|(low, high)| low <= value && value <= high))
            }
            Ask::Compare(relation, left, right, over) => related(*relation, self.all(left), self.all(right), *over),
            Ask::Contains(left, right, over) => {
                let needles = self.all(right);
                let mut searches = MOST_SEARCHES;
                self.searched(left, *over, &mut |value| {
                    let one = |needle: &Val<'_>| {
                        searches = searches.saturating_sub(1);
                        searches > 0 && contains(value.bytes(), needle.bytes())
                    };
                    if *over == Over::Any { needles.iter().any(one) } else { needles.iter().all(one) }
                })
            }
            Ask::Program(by_link) => {
                let program = by_link.iter().find(|(link, _)| *link == self.link);
                program.is_some_and(|(_, program)| program.passes(self.bytes.0, self.facts.wire_len))
            }
            Ask::Matches(node, regex, over) => self.searched(node, *over, &mut |value| regex.is_match(value.bytes())),
        }
    }

    /// Whether one value fits, or all of at least one.
    fn quantified(&self, node: &Node, over: Over, fits: Fits<'_>) -> bool {
        Self::over(over, fits, |visit| self.each(node, visit))
    }

    /// The same where bytes are searched.
    fn searched(&self, node: &Node, over: Over, fits: Fits<'_>) -> bool {
        Self::over(over, fits, |visit| self.each_whole(node, visit))
    }

    fn over(over: Over, fits: Fits<'_>, each: impl FnOnce(Visit<'_>) -> bool) -> bool {
        let mut there = false;
        let all = each(&mut |value| {
            there = true;
            fits(&value) == (over == Over::All)
        });
        if over == Over::All { all && there } else { !all }
    }
}

type Fits<'f> = &'f mut dyn FnMut(&Val<'_>) -> bool;

/// True if a number lies in one of the ranges, which are sorted.
pub(super) fn within(number: i128, ranges: &[(i128, i128)]) -> bool {
    let behind = ranges.partition_point(|(low, _)| *low <= number);
    behind.checked_sub(1).and_then(|at| ranges.get(at)).is_some_and(|(_, high)| number <= *high)
}

/// True if bytes lie in one of the ranges, which are sorted.
fn listed(bytes: &[u8], ranges: &[Span]) -> bool {
    let behind = ranges.partition_point(|(low, _)| **low <= *bytes);
    behind.checked_sub(1).and_then(|at| ranges.get(at)).is_some_and(|(_, high)| *bytes <= **high)
}

fn lies(bytes: &[u8], (low, high): &Ends) -> bool {
    low.as_deref().is_none_or(|low| low <= bytes) && high.as_deref().is_none_or(|high| bytes <= high)
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(bytes, needle).is_some()
}

/// A relation between several values and several: by the least and the greatest of each, so that many values take no longer than sorting them.
fn related(relation: Relation, mut left: Vec<Val<'static>>, mut right: Vec<Val<'static>>, over: Over) -> bool {
    left.sort_unstable();
    right.sort_unstable();
    let (Some(least), Some(greatest)) = (left.first(), left.last()) else { return false };
    let (Some(low), Some(high)) = (right.first(), right.last()) else { return false };
    let (first, second) = if over == Over::Any { ((least, high), (greatest, low)) } else { ((greatest, low), (least, high)) };
    let one_value = least == greatest && low == high && least == low;
    match relation {
        Relation::Lt => first.0 < first.1,
        Relation::Le => first.0 <= first.1,
        Relation::Gt => second.0 > second.1,
        Relation::Ge => second.0 >= second.1,
        Relation::Eq if over == Over::Any => meet(&left, &right),
        Relation::Eq => one_value,
        Relation::Ne if over == Over::Any => !one_value,
        Relation::Ne => !meet(&left, &right),
    }
}

/// True if two sorted lists have a value in common.
fn meet(left: &[Val<'_>], right: &[Val<'_>]) -> bool {
    let (mut at, mut other) = (0, 0);
    while let (Some(one), Some(two)) = (left.get(at), right.get(other)) {
        match one.cmp(two) {
            Ordering::Less => at += 1,
            Ordering::Greater => other += 1,
            Ordering::Equal => return true,
        }
    }
    false
}
