//! Rows of logs as Arrow columns. What the rows say is made in `native`.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, DurationNanosecondArray, ListArray, RecordBatch, StringArray, TimestampNanosecondArray, UInt16Array, UInt64Array,
};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema, SchemaRef, TimeUnit};

use crate::columns::{Output, Type};
use crate::native::row::LOGS;
use crate::native::sheet::{Column, Form, Sheet};
use crate::schema::Shown;

/// The number of a log, which is its place in [`LOGS`].
pub fn number(name: &str) -> Option<usize> {
    LOGS.iter().position(|log| log.name == name)
}

/// The columns of a log.
fn columns(log: usize) -> Vec<(&'static str, Form)> {
    LOGS.get(log).map(|log| log.all_columns().collect()).unwrap_or_default()
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
    columns(log).into_iter().map(|(name, form)| Output::named(name, kind(form), form.is_list())).collect()
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
    let list = |kind: DataType| DataType::List(item(kind));
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
pub fn batch(log: usize, sheet: Sheet) -> Result<RecordBatch, ArrowError> {
    let arrays: Result<Vec<ArrayRef>, ArrowError> = sheet.columns.into_iter().map(array).collect();
    RecordBatch::try_new(schema(log), arrays?)
}

/// A column as it is, without a copy of its texts and its numbers.
fn array(column: Column) -> Result<ArrayRef, ArrowError> {
    let Column { form, set, text, ends, numbers, lists } = column;
    let offsets = |ends: Vec<i32>| OffsetBuffer::new(ScalarBuffer::from(ends));
    let texts = |nulls| StringArray::try_new(offsets(ends), Buffer::from_vec(text.into_bytes()), nulls);
    let times = |numbers: Vec<u64>| ScalarBuffer::<i64>::from(Buffer::from_vec(numbers));
    let nulls = Some(NullBuffer::from(set)).filter(|nulls| nulls.null_count() > 0);
    let list = |items: ArrayRef, nulls| ListArray::try_new(item(items.data_type().clone()), offsets(lists), items, nulls);
    Ok(match form {
        Form::Text => Arc::new(texts(nulls)?),
        Form::Count => Arc::new(UInt64Array::try_new(numbers.into(), nulls)?),
        Form::Port => Arc::new(UInt16Array::try_new(numbers.into_iter().map(|port| port as u16).collect(), nulls)?),
        Form::Time => Arc::new(TimestampNanosecondArray::try_new(times(numbers), nulls)?.with_timezone("UTC")),
        Form::Duration => Arc::new(DurationNanosecondArray::try_new(times(numbers), nulls)?),
        Form::Truth => Arc::new(BooleanArray::new(numbers.into_iter().map(|truth| truth != 0).collect(), nulls)),
        Form::Texts => Arc::new(list(Arc::new(texts(None)?), nulls)?),
        Form::Counts => Arc::new(list(Arc::new(UInt64Array::try_new(numbers.into(), None)?), nulls)?),
        Form::Durations => Arc::new(list(Arc::new(DurationNanosecondArray::try_new(times(numbers), None)?), nulls)?),
    })
}

/// The field of what lists hold.
fn item(kind: DataType) -> FieldRef {
    Arc::new(Field::new("item", kind, true))
}
