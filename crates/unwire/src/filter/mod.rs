//! Filters: a question about frames, compiled once and asked of each.
//!
//! ```text
//! display filter ─┐  parsed in Python,         one tree, as JSON     compile.rs                  asking.rs, of each frame:
//! Pktt expression ┴▶ typed by the schema ─────▶ tree.rs: Test ─────▶ Filter, of fields and ────▶ the walk, then what its way leaves
//!                                                Operand             typed operands              of the question (way.rs)
//! ```
//!
//! **The tree** (`tree.rs`) has tests (and, or, not, exists, truth, compare, in, contains, matches) over operands (fields with the layers that
//! count and which of their values, layers as bytes, literals, slices, functions, arithmetic). An operand has none, one or several values in a
//! frame; a test without a value is false, `over` says whether any or all must fit.
//!
//! **The way in** for every dialect is `Filter::compile(schema, document)`: the tree as JSON, externally tagged, in snake case:
//! `{"compare": {"relation": "eq", "left": {"field": {"name": "…"}}, "right": {"number": 443}}}`. What does not fit the schema or each
//! other is an error with the place in what was written.

mod asking;
mod bounds;
mod compile;
mod field;
mod matcher;
mod program;
mod range;
mod reckon;
mod tree;
mod typed;
mod values;
mod way;

pub use compile::{Filter, FilterError};
pub use matcher::{Matcher, Selected};
pub use tree::{At, Function, Operand, Operator, Over, Piece, Relation, Take, Test};
pub use values::Facts;
