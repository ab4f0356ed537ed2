//! From the tree to what is asked: names become fields of the schema, literals values, and both sides of a relation must be of one kind.

use std::sync::Arc;

use super::tree::{At, Test};
use crate::schema::Schema;

/// Why a tree is no filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub at: At,
}

/// A compiled filter; it belongs to the schema that it was compiled for.
#[derive(Debug)]
pub struct Filter {
    schema: Arc<Schema>,
    test: Test,
}

impl Filter {
    /// Compile a tree, given as JSON.
    pub fn compile(schema: &Arc<Schema>, document: &str) -> Result<Self, FilterError> {
        let test = serde_json::from_str(document).map_err(|error| FilterError { message: format!("not a filter: {error}"), at: At::default() })?;
        Ok(Self { schema: Arc::clone(schema), test })
    }

    /// The schema.
    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// What is asked.
    pub fn test(&self) -> &Test {
        &self.test
    }
}
