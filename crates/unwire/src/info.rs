//! A frame in one line: who sent it to whom, the protocol, and what its deepest layer says of itself by the template that it declares. Only for
//! reading; whoever computes with values asks for columns.

use std::fmt::Write;

use crate::dissect::{Flags, Span};
use crate::layout::Laid;
use crate::reader::Bytes;
use crate::schema::{Base, Field, Kind};
use crate::value::{self, Value};
use crate::walk::Walk;

/// So many values of a list are shown.
const MOST: usize = 8;

/// What a packet list shows of a frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The address that sent it, of the innermost layer that has addresses.
    pub source: String,
    /// The address it was sent to.
    pub destination: String,
    /// The deepest layer with a name.
    pub protocol: String,
    /// What that layer says of itself.
    pub info: String,
}

/// The line of a walked frame. What an error message quotes is not what the frame is about. `buffer` has the messages that were heard with it.
pub fn line(walk: &Walk, bytes: Bytes<'_>, buffer: &[u8]) -> Line {
    let mut line = Line::default();
    let own = || walk.spans.iter().enumerate().filter(|(_, span)| !span.flags.has(Flags::QUOTED));
    for (at, span) in own() {
        let laid = walk.laid(walk.bytes_of(at, bytes, buffer), span);
        let address = |end: &str| {
            let field =
                laid.layer.fields.iter().find(|field| is_address(field) && field.column.as_deref().is_some_and(|name| name.ends_with(end)))?;
            shown(&laid, field)
        };
        if let (Some(source), Some(destination)) = (address(".src"), address(".dst")) {
            (line.source, line.destination) = (source, destination);
        }
    }
    let named = |(_, span): &(usize, &Span)| walk.schema().layer(span.layer).name.is_some();
    if let Some((at, deepest)) = own().rev().find(named) {
        let laid = walk.laid(walk.bytes_of(at, bytes, buffer), deepest);
        line.protocol = laid.layer.name.as_deref().unwrap_or_default().to_uppercase();
        line.info = match &laid.layer.info {
            Some(template) => filled(template, &laid),
            None => laid.layer.title.trim_end_matches('.').to_owned(),
        };
    }
    line
}

fn is_address(field: &Field) -> bool {
    matches!(field.kind.inner(), Kind::Mac | Kind::Ip4 | Kind::Ip6)
}

/// A field's first value as text: its label, where its numbers have labels.
fn shown(laid: &Laid<'_>, field: &Field) -> Option<String> {
    every(laid, field, 1).pop()
}

/// The first values of a field as text, so many at most.
fn every(laid: &Laid<'_>, field: &Field, most: usize) -> Vec<String> {
    let mut found = Vec::new();
    let _ = value::read(laid, field, &mut |read| {
        if found.len() < most {
            let number = match read.value {
                Value::UInt(number) => i64::try_from(number).ok(),
                Value::Int(number) => Some(number),
                _ => None,
            };
            let label = number.and_then(|number| field.names.iter().find(|(known, _)| **known == number));
            found.push(match (label, read.value) {
                (Some((_, label)), _) => label.to_string(),
                (None, Value::UInt(number)) if field.base == Base::Hex => format!("{number:#x}"),
                (None, value) => value.to_string(),
            });
        }
    });
    found
}

/// A template with the fields that its braces name; a field that the frame lacks is a question mark. Braces with questions have words for the
/// fields that are not zero, or those behind the question of no field: `{fin?FIN,syn?SYN,?none}`; in a word `$ack` is a field, and of `$ack+`
/// every value.
fn filled(template: &str, laid: &Laid<'_>) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, (name, after))) = rest.split_once('{').and_then(|(before, inside)| Some((before, inside.split_once('}')?))) {
        out.push_str(before);
        if name.contains('?') {
            let asked = name.split(',').filter_map(|choice| choice.split_once('?'));
            let words: Vec<String> = asked.clone().filter(|(field, _)| is_set(laid, field)).map(|(_, word)| worded(word, laid)).collect();
            let none = asked.clone().find(|(field, _)| field.is_empty()).filter(|_| words.is_empty());
            out.push_str(&none.map_or_else(|| words.join(", "), |(_, word)| worded(word, laid)));
        } else {
            out.push_str(&named(laid, name));
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn field<'l>(laid: &'l Laid<'_>, name: &str) -> Option<&'l Field> {
    laid.layer.fields.iter().find(|field| &*field.name == name)
}

/// Every value of a field; of many only the first.
fn all(laid: &Laid<'_>, name: &str) -> String {
    let found = field(laid, name).map(|field| every(laid, field, MOST + 1)).unwrap_or_default();
    let more = if found.len() > MOST { " …" } else { "" };
    found.get(..MOST.min(found.len())).unwrap_or_default().join(", ") + more
}

fn named(laid: &Laid<'_>, name: &str) -> String {
    field(laid, name).and_then(|field| shown(laid, field)).unwrap_or_else(|| "?".to_owned())
}

fn is_set(laid: &Laid<'_>, name: &str) -> bool {
    let mut set = false;
    if let Some(field) = field(laid, name) {
        let _ = value::read(laid, field, &mut |read| set |= !matches!(read.value, Value::UInt(0) | Value::Int(0) | Value::Bool(false)));
    }
    set
}

fn worded(word: &str, laid: &Laid<'_>) -> String {
    let mut parts = word.split('$');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(part.len());
        let (name, after) = part.split_at(end);
        let _ = match after.strip_prefix('+') {
            Some(after) => write!(out, "{}{after}", all(laid, name)),
            None => write!(out, "{}{after}", named(laid, name)),
        };
    }
    out
}
