//! Rows of logs as Arrow columns. What the rows say is made in `native`.

use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, DurationNanosecondBuilder, ListBuilder, StringBuilder, TimestampNanosecondBuilder, UInt16Builder, UInt64Builder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};

use crate::columns::{Output, Type};
use crate::native::row::{Cell, ENDS, FIRST, Form, LOGS};
use crate::schema::Shown;

/// The number of a log, which is its place in [`LOGS`].
pub fn number(name: &str) -> Option<usize> {
    LOGS.iter().position(|log| log.name == name)
}

/// The columns of a log.
fn columns(log: usize) -> Vec<(&'static str, Form)> {
    let Some(log) = LOGS.get(log) else { return Vec::new() };
    let ends = if log.talks { ENDS.as_slice() } else { &[] };
    [FIRST].iter().chain(ends).chain(log.columns).copied().collect()
}

/// The columns of a log, for text.
pub fn outputs(log: usize) -> Vec<Output> {
    let kind = |form: Form| match form {
        Form::Text | Form::Texts => Type::Shown(Shown::Text),
        Form::Count | Form::Counts => Type::Shown(Shown::UInt(8)),
        Form::Port => Type::Shown(Shown::UInt(2)),
        Form::Time => Type::Time,
        Form::Duration | Form::Durations => Type::Shown(Shown::Int(8)),
        Form::Truth => Type::Shown(Shown::Bool),
    };
    let list = |form: Form| matches!(form, Form::Texts | Form::Counts | Form::Durations);
    columns(log).into_iter().map(|(name, form)| Output::named(name, kind(form), list(form))).collect()
}

/// Zeek's types of the columns of a log.
pub fn types(log: usize) -> Vec<(&'static str, &'static str)> {
    let named = |name: &str, form: Form| match form {
        Form::Text if name.ends_with("_h") => "addr",
        Form::Text if name == "proto" => "enum",
        Form::Text => "string",
        Form::Count => "count",
        Form::Port => "port",
        Form::Time => "time",
        Form::Duration => "interval",
        Form::Truth => "bool",
        Form::Texts if matches!(name, "tags" | "proxied" | "analyzers") => "set[string]",
        Form::Texts => "vector[string]",
        Form::Counts => "vector[count]",
        Form::Durations => "vector[interval]",
    };
    columns(log).into_iter().map(|(name, form)| (name, named(name, form))).collect()
}

fn arrow(form: Form) -> DataType {
    let list = |item: DataType| DataType::List(Field::new("item", item, true).into());
    match form {
        Form::Text => DataType::Utf8,
        Form::Count => DataType::UInt64,
        Form::Port => DataType::UInt16,
        Form::Time => DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into())),
        Form::Duration => DataType::Duration(TimeUnit::Nanosecond),
        Form::Truth => DataType::Boolean,
        Form::Texts => list(DataType::Utf8),
        Form::Counts => list(DataType::UInt64),
        Form::Durations => list(DataType::Duration(TimeUnit::Nanosecond)),
    }
}

/// The Arrow schema of a log.
pub fn schema(log: usize) -> SchemaRef {
    Arc::new(Schema::new(columns(log).into_iter().map(|(name, form)| Field::new(name, arrow(form), true)).collect::<Vec<_>>()))
}

/// Rows of a log as a batch.
pub fn batch(log: usize, rows: &[Vec<Cell>]) -> Result<RecordBatch, ArrowError> {
    let arrays = columns(log).into_iter().enumerate().map(|(at, (_, form))| column(form, rows.iter().map(|row| row.get(at).unwrap_or(&Cell::None))));
    RecordBatch::try_new(schema(log), arrays.collect())
}

fn column<'a>(form: Form, cells: impl Iterator<Item = &'a Cell>) -> ArrayRef {
    macro_rules! made {
        ($builder:expr, $cell:pat => $value:expr) => {{
            let mut builder = $builder;
            for cell in cells {
                builder.append_option(if let $cell = cell { Some($value) } else { None });
            }
            Arc::new(builder.finish())
        }};
    }
    macro_rules! list {
        ($builder:expr, $cell:pat => $values:expr, $put:expr) => {{
            let mut builder = ListBuilder::new($builder);
            for cell in cells {
                if let $cell = cell {
                    $values.iter().for_each(|value| $put(builder.values(), value));
                    builder.append(true);
                } else {
                    builder.append(false);
                }
            }
            Arc::new(builder.finish())
        }};
    }
    match form {
        Form::Text => made!(StringBuilder::new(), Cell::Text(text) => text),
        Form::Count => made!(UInt64Builder::new(), Cell::Count(number) => *number),
        Form::Port => made!(UInt16Builder::new(), Cell::Count(number) => *number as u16),
        Form::Time => made!(TimestampNanosecondBuilder::new().with_timezone("UTC"), Cell::Time(time) => *time),
        Form::Duration => made!(DurationNanosecondBuilder::new(), Cell::Duration(time) => *time),
        Form::Truth => made!(BooleanBuilder::new(), Cell::Truth(truth) => *truth),
        Form::Texts => {
            list!(StringBuilder::new(), Cell::Texts(texts) => texts, |builder: &mut StringBuilder, text: &String| builder.append_value(text))
        }
        Form::Counts => {
            list!(UInt64Builder::new(), Cell::Counts(numbers) => numbers, |builder: &mut UInt64Builder, number: &u64| builder.append_value(*number))
        }
        Form::Durations => {
            list!(DurationNanosecondBuilder::new(), Cell::Durations(all) => all, |builder: &mut DurationNanosecondBuilder, one: &i64| builder.append_value(*one))
        }
    }
}
