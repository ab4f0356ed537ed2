//! Rows of a log while they are put together: each cell goes to its column at once, where texts stand one behind the other, and so do numbers.
//! What becomes of the columns, and what the cells say, is known elsewhere.

use std::borrow::Cow;

/// Rows that go out together.
const TOGETHER: usize = 8192;
/// Octets of text of a column after which they go out, however few they are.
const MOST_TEXT: usize = 64 << 20;

/// A cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell<'a> {
    /// Not set.
    #[default]
    None,
    /// Text.
    Text(Cow<'a, str>),
    /// A number.
    Count(u64),
    /// Nanoseconds since the epoch.
    Time(i64),
    /// Nanoseconds.
    Duration(i64),
    /// True or false.
    Truth(bool),
    /// Texts.
    Texts(&'a [String]),
    /// Numbers.
    Counts(&'a [u64]),
    /// Durations.
    Durations(&'a [i64]),
}

impl<'a> Cell<'a> {
    /// Text of octets; what is not UTF-8 is replaced.
    pub fn octets(bytes: &'a [u8]) -> Self {
        Self::Text(String::from_utf8_lossy(bytes))
    }

    /// Text.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    /// Text, or nothing.
    pub fn maybe(text: Option<&'a String>) -> Self {
        text.map_or(Self::None, Self::text)
    }

    /// A number, or nothing.
    pub fn count(count: Option<u64>) -> Self {
        count.map_or(Self::None, Self::Count)
    }

    /// A time, or nothing.
    pub fn time(time: Option<i64>) -> Self {
        time.map_or(Self::None, Self::Time)
    }

    /// Texts, or nothing if there are none.
    pub fn some(texts: &'a [String]) -> Self {
        if texts.is_empty() { Self::None } else { Self::Texts(texts) }
    }
}

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Text.
    Text,
    /// A number.
    Count,
    /// A port.
    Port,
    /// A time.
    Time,
    /// A duration.
    Duration,
    /// True or false.
    Truth,
    /// Texts.
    Texts,
    /// Numbers.
    Counts,
    /// Durations.
    Durations,
}

impl Form {
    /// True if a cell has any number of values.
    pub const fn is_list(self) -> bool {
        matches!(self, Self::Texts | Self::Counts | Self::Durations)
    }
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its type.
    pub form: Form,
    /// Of which rows it is set.
    pub set: Vec<bool>,
    /// Texts, one behind the other, …
    pub text: String,
    /// … and where they begin and end.
    pub ends: Vec<i32>,
    /// Numbers, times and truths.
    pub numbers: Vec<u64>,
    /// Of lists, where the values of rows begin and end.
    pub lists: Vec<i32>,
}

impl Column {
    /// With room for what another one has, which is likely to be as long.
    fn like(form: Form, other: Option<&Self>) -> Self {
        fn room<T>(other: Option<usize>) -> Vec<T> {
            Vec::with_capacity(other.unwrap_or(1))
        }
        let (mut ends, mut lists) = (room(other.map(|other| other.ends.len())), room(other.map(|other| other.lists.len())));
        ends.push(0);
        lists.push(0);
        let text = String::with_capacity(other.map_or(0, |other| other.text.len()));
        Self { form, set: room(other.map(|other| other.set.len())), text, ends, numbers: room(other.map(|other| other.numbers.len())), lists }
    }

    fn write(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len() as i32);
    }

    fn put(&mut self, cell: &Cell<'_>) {
        match (self.form, cell) {
            (Form::Text, Cell::Text(text)) => self.write(text),
            (Form::Texts, Cell::Texts(texts)) => texts.iter().for_each(|text| self.write(text)),
            (Form::Count | Form::Port, Cell::Count(number)) => self.numbers.push(*number),
            (Form::Counts, Cell::Counts(numbers)) => self.numbers.extend_from_slice(numbers),
            (Form::Time, Cell::Time(time)) | (Form::Duration, Cell::Duration(time)) => self.numbers.push(*time as u64),
            (Form::Durations, Cell::Durations(all)) => self.numbers.extend(all.iter().map(|one| *one as u64)),
            (Form::Truth, Cell::Truth(truth)) => self.numbers.push(u64::from(*truth)),
            (Form::Text, _) => self.write(""),
            (Form::Texts | Form::Counts | Form::Durations, _) => {}
            (Form::Count | Form::Port | Form::Time | Form::Duration | Form::Truth, _) => self.numbers.push(0),
        }
        self.set.push(!matches!(cell, Cell::None));
        if self.form.is_list() {
            self.lists.push(self.numbers.len().max(self.ends.len() - 1) as i32);
        }
    }
}

/// Rows of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// The columns.
    pub columns: Vec<Column>,
    /// How many rows there are.
    pub rows: usize,
}

impl Sheet {
    /// Without rows.
    pub fn new(forms: impl Iterator<Item = Form>) -> Self {
        Self { columns: forms.map(|form| Column::like(form, None)).collect(), rows: 0 }
    }

    /// Add a row, of cells that come in parts; what it lacks at its end is not set.
    pub fn put(&mut self, parts: [&[Cell<'_>]; 3]) {
        let mut columns = self.columns.iter_mut();
        for part in parts {
            columns.by_ref().zip(part).for_each(|(column, cell)| column.put(cell));
        }
        columns.for_each(|column| column.put(&Cell::None));
        self.rows += 1;
    }

    /// Take the rows; there is room for as many.
    #[must_use]
    pub fn take(&mut self) -> Self {
        let columns = self.columns.iter().map(|column| Column::like(column.form, Some(column))).collect();
        std::mem::replace(self, Self { columns, rows: 0 })
    }

    /// True if its rows go out.
    pub fn is_full(&self) -> bool {
        self.rows >= TOGETHER || self.columns.iter().any(|column| column.text.len() >= MOST_TEXT)
    }

    /// The texts of a column, from the first row that has one to the last.
    pub fn texts(&self, column: usize) -> impl Iterator<Item = &str> {
        let column = self.columns.get(column).filter(|column| column.form == Form::Text);
        column.into_iter().flat_map(|column| {
            let each = column.set.iter().zip(column.ends.iter().zip(column.ends.iter().skip(1)));
            each.filter(|(set, _)| **set).filter_map(|(_, (from, to))| column.text.get(*from as usize..*to as usize))
        })
    }
}
