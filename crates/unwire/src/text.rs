//! Columns as text: what tshark's `-T fields` prints, CSV, TSV and JSON. Formatting only; what a column means is in its `Output`.

use std::fmt::{self, Write};
use std::io::Write as _;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    DurationNanosecondType, Int8Type, Int16Type, Int32Type, Int64Type, TimestampNanosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, Int32Array, RecordBatch, StringArray};
use arrow_schema::DataType;

use crate::columns::Output;
use crate::schema::Base;

/// How rows are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Style {
    /// As tshark's `-T fields`: a separator, an aggregator between several values, an optional quote.
    Fields {
        /// Between columns.
        separator: String,
        /// Between the values of one cell.
        aggregator: String,
        /// Around each cell.
        quote: Option<char>,
    },
    /// RFC 4180.
    Csv,
    /// Tabs between columns; tabs, line ends and backslashes inside are escaped.
    Tsv,
    /// One JSON object a line.
    JsonLines,
    /// As Zeek's logs: tabs between columns, commas in sets, `-` for what is not set.
    Zeek,
}

/// Nanoseconds since the epoch as seconds with nine decimals, as tshark prints them.
pub struct Seconds(pub i64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, ns) = if self.0 < 0 { ("-", self.0.unsigned_abs()) } else { ("", self.0 as u64) };
        write!(f, "{sign}{}.{:09}", ns / 1_000_000_000, ns % 1_000_000_000)
    }
}

/// Nanoseconds since the epoch as ISO 8601, UTC.
pub struct Iso(pub i64);

impl fmt::Display for Iso {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, ns) = (self.0.div_euclid(1_000_000_000), self.0.rem_euclid(1_000_000_000));
        let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (year, month, day) = civil(days);
        write!(f, "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{ns:09}Z", rest / 3600, rest / 60 % 60, rest % 60)
    }
}

/// The date of a day counted from 1970-01-01, by 400-year eras that begin on 1 March 0000, so that a leap day is a year's last.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let (day, month) = (of_year - (153 * march_month + 2) / 5 + 1, if march_month < 10 { march_month + 3 } else { march_month - 9 });
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// A column's array, told apart once and not for each cell.
enum Cells<'a> {
    Unsigned(Box<dyn Fn(usize) -> u64 + 'a>),
    Signed(Box<dyn Fn(usize) -> i64 + 'a>),
    Truth(&'a arrow_array::BooleanArray),
    Time(&'a arrow_array::TimestampNanosecondArray),
    Duration(&'a arrow_array::DurationNanosecondArray),
    Text(&'a StringArray),
    Label(&'a Int32Array, &'a StringArray),
    Bytes(&'a arrow_array::BinaryArray),
}

struct Reader<'a> {
    output: &'a Output,
    array: &'a ArrayRef,
    cells: Cells<'a>,
    /// For lists: where each row's values begin and end.
    ends: Option<&'a [i32]>,
}

impl<'a> Reader<'a> {
    fn new(output: &'a Output, array: &'a ArrayRef) -> Self {
        let list = array.as_list_opt::<i32>();
        let values = list.map_or(array, |list| list.values());
        macro_rules! number {
            ($variant:ident, $kind:ty, $wide:ty) => {{
                let numbers = values.as_primitive::<$kind>();
                Cells::$variant(Box::new(move |at| <$wide>::from(numbers.value(at))))
            }};
        }
        let cells = match values.data_type() {
            DataType::UInt8 => number!(Unsigned, UInt8Type, u64),
            DataType::UInt16 => number!(Unsigned, UInt16Type, u64),
            DataType::UInt32 => number!(Unsigned, UInt32Type, u64),
            DataType::UInt64 => number!(Unsigned, UInt64Type, u64),
            DataType::Int8 => number!(Signed, Int8Type, i64),
            DataType::Int16 => number!(Signed, Int16Type, i64),
            DataType::Int32 => number!(Signed, Int32Type, i64),
            DataType::Int64 => number!(Signed, Int64Type, i64),
            DataType::Boolean => Cells::Truth(values.as_boolean()),
            DataType::Timestamp(..) => Cells::Time(values.as_primitive::<TimestampNanosecondType>()),
            DataType::Duration(_) => Cells::Duration(values.as_primitive::<DurationNanosecondType>()),
            DataType::Utf8 => Cells::Text(values.as_string()),
            DataType::Binary => Cells::Bytes(values.as_binary()),
            _ => {
                let labels = values.as_dictionary::<Int32Type>();
                Cells::Label(labels.keys(), labels.values().as_string())
            }
        };
        Self { output, array, cells, ends: list.map(|list| &**list.offsets()) }
    }

    fn range(&self, row: usize) -> std::ops::Range<usize> {
        match self.ends {
            Some(ends) => ends[row] as usize..ends[row + 1] as usize,
            None => row..row + usize::from(self.array.is_valid(row)),
        }
    }

    /// One value as tshark prints it.
    fn plain(&self, at: usize, out: &mut String) -> fmt::Result {
        let digits = self.output.digits as usize;
        match &self.cells {
            Cells::Unsigned(number) => match self.output.base {
                Base::Dec => write!(out, "{}", number(at)),
                Base::Hex => write!(out, "0x{:0digits$x}", number(at)),
                Base::Oct => write!(out, "0{:o}", number(at)),
            },
            Cells::Signed(number) => write!(out, "{}", number(at)),
            Cells::Truth(truth) => write!(out, "{}", u8::from(truth.value(at))),
            Cells::Time(time) if self.output.in_seconds() => write!(out, "{}", Seconds(time.value(at))),
            Cells::Time(time) => write!(out, "{}", Iso(time.value(at))),
            Cells::Duration(duration) => write!(out, "{}", Seconds(duration.value(at))),
            Cells::Text(text) => out.write_str(text.value(at)),
            Cells::Label(keys, texts) => out.write_str(texts.value(keys.value(at) as usize)),
            Cells::Bytes(bytes) => bytes.value(at).iter().try_for_each(|byte| write!(out, "{byte:02x}")),
        }
    }

    /// One value as Zeek writes it.
    fn zeek(&self, at: usize, out: &mut String) -> fmt::Result {
        // Microseconds, rounded as Zeek rounds them.
        let micros = |ns: i64| {
            let micros = ns.saturating_add(500).div_euclid(1000);
            let sign = if micros < 0 { "-" } else { "" };
            format!("{sign}{}.{:06}", micros.unsigned_abs() / 1_000_000, micros.unsigned_abs() % 1_000_000)
        };
        match &self.cells {
            Cells::Time(time) => out.write_str(&micros(time.value(at))),
            Cells::Duration(duration) => out.write_str(&micros(duration.value(at))),
            Cells::Truth(truth) => out.write_str(if truth.value(at) { "T" } else { "F" }),
            Cells::Text(text) => zeek_text(text.value(at), self.ends.is_some(), out),
            Cells::Label(keys, texts) => zeek_text(texts.value(keys.value(at) as usize), self.ends.is_some(), out),
            Cells::Unsigned(_) | Cells::Signed(_) | Cells::Bytes(_) => self.plain(at, out),
        }
    }

    /// One value as JSON: numbers and truths as such, all else as text.
    fn json(&self, at: usize, out: &mut String, scratch: &mut String) -> fmt::Result {
        match &self.cells {
            Cells::Unsigned(number) => write!(out, "{}", number(at)),
            Cells::Signed(number) => write!(out, "{}", number(at)),
            Cells::Truth(truth) => write!(out, "{}", truth.value(at)),
            Cells::Duration(duration) => write!(out, "{}", Seconds(duration.value(at))),
            Cells::Time(_) | Cells::Text(_) | Cells::Label(..) | Cells::Bytes(_) => {
                scratch.clear();
                self.plain(at, scratch)?;
                json_text(scratch, out);
                Ok(())
            }
        }
    }
}

fn json_text(text: &str, out: &mut String) {
    // A string serialises without failing.
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

/// Write the rows of a batch.
pub fn write(outputs: &[Output], batch: &RecordBatch, style: &Style, out: &mut Vec<u8>) {
    let readers: Vec<Reader<'_>> = outputs.iter().zip(batch.columns()).map(|(output, array)| Reader::new(output, array)).collect();
    // A JSON object has each name once, whatever was asked for; the other styles have a column for each time.
    let first = |at: usize, output: &Output| outputs.iter().position(|other| other.name == output.name) == Some(at);
    let name = |(at, output): (usize, &Output)| first(at, output).then(|| serde_json::to_string(&*output.name).unwrap_or_default());
    let names: Vec<Option<String>> = outputs.iter().enumerate().map(name).collect();
    let (mut line, mut cell) = (String::new(), String::new());
    for row in 0..batch.num_rows() {
        line.clear();
        // Writing to a String does not fail.
        let _ = match style {
            Style::JsonLines => json_row(&readers, &names, row, &mut line, &mut cell),
            _ => text_row(&readers, row, style, &mut line, &mut cell),
        };
        line.push('\n');
        // Nor does writing to a Vec.
        let _ = out.write_all(line.as_bytes());
    }
}

fn json_row(readers: &[Reader<'_>], names: &[Option<String>], row: usize, line: &mut String, cell: &mut String) -> fmt::Result {
    line.push('{');
    for (at, (reader, name)) in readers.iter().zip(names).enumerate() {
        let Some(name) = name else { continue };
        write!(line, "{}{name}:", if at == 0 { "" } else { "," })?;
        let range = reader.range(row);
        match (reader.output.list, range.is_empty()) {
            (_, true) => line.push_str("null"),
            (false, false) => reader.json(range.start, line, cell)?,
            (true, false) => {
                line.push('[');
                for value in range.clone() {
                    line.push_str(if value == range.start { "" } else { "," });
                    reader.json(value, line, cell)?;
                }
                line.push(']');
            }
        }
    }
    line.push('}');
    Ok(())
}

fn text_row(readers: &[Reader<'_>], row: usize, style: &Style, line: &mut String, cell: &mut String) -> fmt::Result {
    let (separator, aggregator) = match style {
        Style::Fields { separator, aggregator, .. } => (separator.as_str(), aggregator.as_str()),
        Style::Csv => (",", ","),
        Style::Tsv | Style::JsonLines | Style::Zeek => ("\t", ","),
    };
    for (at, reader) in readers.iter().enumerate() {
        line.push_str(if at == 0 { "" } else { separator });
        let range = reader.range(row);
        cell.clear();
        for value in range.clone() {
            cell.push_str(if value == range.start { "" } else { aggregator });
            if *style == Style::Zeek { reader.zeek(value, cell)? } else { reader.plain(value, cell)? }
        }
        if *style == Style::Zeek && range.is_empty() {
            cell.push_str(if reader.array.is_valid(row) { "(empty)" } else { "-" });
        }
        quoted(cell, style, line);
    }
    Ok(())
}

/// Add a text as Zeek's logs have it, so that who reads them back gets the same text: what commands a terminal or stands between values is escaped, and
/// so is the beginning of what says that there is none. `listed` is for a text among others.
fn zeek_text(text: &str, listed: bool, out: &mut String) -> fmt::Result {
    let reserved = matches!(text, "-" | "(empty)");
    if text.is_empty() {
        return out.write_str("(empty)");
    }
    for (at, letter) in text.chars().enumerate() {
        if letter.is_control() || letter == '\\' || (letter == ',' && listed) || (at == 0 && reserved) {
            let mut octets = [0; 4];
            letter.encode_utf8(&mut octets).bytes().try_for_each(|octet| write!(out, "\\x{octet:02x}"))?;
        } else {
            out.push(letter);
        }
    }
    Ok(())
}

/// Add a cell of text to a line.
pub fn quoted(cell: &str, style: &Style, line: &mut String) {
    match style {
        Style::Fields { quote: Some(quote), .. } => {
            line.push(*quote);
            line.push_str(cell);
            line.push(*quote);
        }
        Style::Csv if cell.contains([',', '"', '\n', '\r']) => {
            line.push('"');
            line.push_str(&cell.replace('"', "\"\""));
            line.push('"');
        }
        Style::Fields { .. } | Style::Tsv if cell.contains(['\t', '\n', '\r', '\\']) => {
            for letter in cell.chars() {
                match letter {
                    '\t' => line.push_str("\\t"),
                    '\n' => line.push_str("\\n"),
                    '\r' => line.push_str("\\r"),
                    '\\' if *style == Style::Tsv => line.push_str("\\\\"),
                    other => line.push(other),
                }
            }
        }
        _ => line.push_str(cell),
    }
}
