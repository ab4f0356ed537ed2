//! From one field of one layer to its value. The only place that turns packet bytes into values; what becomes of a value is not known here.

use std::borrow::Cow;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::checksum;
use crate::error::{Fault, Reason};
use crate::layout::Laid;
use crate::native::{self, Found};
use crate::schema::{Decoded, Extent, Field, Kind, Shown};

/// A value of a field, borrowing the frame's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// An unsigned integer.
    UInt(u64),
    /// A signed integer.
    Int(i64),
    /// True or false.
    Bool(bool),
    /// A hardware address.
    Mac([u8; 6]),
    /// An IPv4 address.
    Ip4([u8; 4]),
    /// An IPv6 address.
    Ip6([u8; 16]),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Text.
    Text(Cow<'a, str>),
}

impl<'a> Value<'a> {
    /// The value that is shown for all bytes of a field: None for numbers, and where there are too few.
    pub(crate) fn shown(shown: Shown, bytes: &'a [u8]) -> Option<Self> {
        Some(match shown {
            Shown::Mac => Self::Mac(*bytes.first_chunk()?),
            Shown::Ip4 => Self::Ip4(*bytes.first_chunk()?),
            Shown::Ip6 => Self::Ip6(*bytes.first_chunk()?),
            Shown::Bytes => Self::Bytes(bytes),
            Shown::Text => Self::Text(String::from_utf8_lossy(bytes.split(|byte| *byte == 0).next().unwrap_or_default())),
            Shown::UInt(_) | Shown::Int(_) | Shown::Bool | Shown::Duration => return None,
        })
    }

    /// What a native decoder found, as the column that was declared for it has it.
    fn found(found: Found<'a>, shown: Shown) -> Self {
        match found {
            Found::Number(number) if shown == Shown::Bool => Self::Bool(number != 0),
            Found::Number(number) => Self::UInt(number),
            Found::Ip4(address) => Self::Ip4(address),
            Found::Ip6(address) => Self::Ip6(address),
            Found::Bytes(bytes) => Self::Bytes(bytes),
            Found::Text(text) => Self::Text(text),
        }
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UInt(number) => number.fmt(f),
            Self::Int(number) => number.fmt(f),
            Self::Bool(truth) => u8::from(*truth).fmt(f),
            Self::Mac([a, b, c, d, e, g]) => write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}"),
            Self::Ip4(a) => Ipv4Addr::from(*a).fmt(f),
            Self::Ip6(a) => Ipv6Addr::from(*a).fmt(f),
            Self::Bytes(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// A field with its value and its place in the frame.
pub struct Read<'a> {
    /// The value.
    pub value: Value<'a>,
    /// Where it starts.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
}

/// Read a field of a laid layer: no value if it is absent, several if it is a list of plain values.
pub fn read<'a>(laid: &Laid<'a>, field: &'a Field, sink: &mut dyn FnMut(Read<'a>)) -> Result<(), Fault> {
    each(laid, field, &mut |laid, kind, offset| plain(laid, kind, offset, sink))
}

/// Who is shown plain fields: what they are laid in, their kind, and where they are.
pub(crate) type Visit<'v, 'a> = dyn FnMut(&Laid<'a>, &'a Kind, u32) -> Result<(), Fault> + 'v;

/// Visit what a field of a laid layer comes to: the plain fields behind conditions, choices, readings, lists and parts.
pub(crate) fn each<'a>(laid: &Laid<'a>, field: &'a Field, visit: &mut Visit<'_, 'a>) -> Result<(), Fault> {
    let offset = laid.offset(field.place)?;
    if let Kind::Reading { of, kind } = &field.kind {
        return each_of_kind(&laid.reading(*of, offset)?, kind, offset, visit);
    }
    each_of_kind(laid, &field.kind, offset, visit)
}

fn each_of_kind<'a>(laid: &Laid<'a>, kind: &'a Kind, offset: u32, visit: &mut Visit<'_, 'a>) -> Result<(), Fault> {
    match kind {
        Kind::When(condition, inner) => {
            if laid.holds(condition, offset)? {
                each_of_kind(laid, inner, offset, visit)?;
            }
        }
        Kind::Switch { key, cases, default } => each_of_kind(laid, laid.case(key, cases, default, offset)?, offset, visit)?,
        Kind::Repeat(repeat) => {
            // Items found before a fault are whole; they are kept, the fault ends the list.
            let _ = laid.each_item(repeat, offset, &mut |found, start, _| match &found.part {
                None => each_of_kind(laid, &repeat.item, start, visit),
                Some(part) => each_of_part(part, visit),
            });
        }
        Kind::Part(id) => each_of_part(&laid.part(*id, offset, laid.limit, None)?, visit)?,
        plain => visit(laid, plain, offset)?,
    }
    Ok(())
}

fn each_of_part<'a>(part: &Laid<'a>, visit: &mut Visit<'_, 'a>) -> Result<(), Fault> {
    match part.layer.value.and_then(|index| part.layer.fields.get(index as usize)) {
        Some(field) => each(part, field, visit),
        None => Ok(()),
    }
}

/// A computed number, unless it is shown as text. It stands nowhere: also a layer whose variable fields are cut or contradict their bounds has it.
pub fn computed(laid: &Laid<'_>, field: &Field) -> Option<i64> {
    let Kind::Computed { expr, letters: None, .. } = &field.kind else { return None };
    laid.eval(expr, laid.start).ok()
}

/// Read a value of some kind at an offset.
pub fn read_kind<'a>(laid: &Laid<'a>, kind: &'a Kind, offset: u32, sink: &mut dyn FnMut(Read<'a>)) -> Result<(), Fault> {
    each_of_kind(laid, kind, offset, &mut |laid, kind, offset| plain(laid, kind, offset, sink))
}

/// Read a plain field; of those of several values only what a decoder finds is one.
pub(crate) fn plain<'a>(laid: &Laid<'a>, kind: &'a Kind, offset: u32, sink: &mut dyn FnMut(Read<'a>)) -> Result<(), Fault> {
    let fixed = kind.fixed_size().unwrap_or(0);
    let mut put = |value, size: u32| sink(Read { value, start: offset, end: offset.saturating_add(size) });
    match kind {
        Kind::UInt { width, little } => put(Value::UInt(laid.bytes.uint(offset, *width, *little, laid.limit)?), fixed),
        Kind::Int { .. } => put(Value::Int(laid.integer_at(kind, offset)?), fixed),
        Kind::Bits { of, shown, .. } => {
            let whole = &laid.layer.fields[*of as usize].kind;
            if let Kind::When(condition, _) = whole
                && !laid.holds(condition, offset)?
            {
                return Ok(()); // bits of an absent integer are absent
            }
            let value = laid.integer_at(kind, offset)?;
            let whole = whole.inner().fixed_size().unwrap_or(0);
            put(if *shown == Shown::Bool { Value::Bool(value != 0) } else { Value::UInt(value as u64) }, whole);
        }
        Kind::Mac => put(Value::Mac(laid.bytes.array(offset, laid.limit)?), fixed),
        Kind::Ip4 => put(Value::Ip4(laid.bytes.array(offset, laid.limit)?), fixed),
        Kind::Ip6 => put(Value::Ip6(laid.bytes.array(offset, laid.limit)?), fixed),
        Kind::Raw(extent) => {
            let bytes = taken(laid, extent, offset)?;
            if !bytes.is_empty() {
                put(Value::Bytes(bytes), bytes.len() as u32);
            }
        }
        Kind::Text(extent) => {
            let bytes = taken(laid, extent, offset)?;
            if let Some(text) = Value::shown(Shown::Text, bytes) {
                put(text, bytes.len() as u32);
            }
        }
        Kind::Computed { expr, shown, letters } => {
            let value = laid.eval(expr, offset)?;
            let value = match shown {
                _ if let Some(letters) = letters => Value::Text(lettered(value as u64, letters).into()),
                Shown::Bool => Value::Bool(value != 0),
                Shown::Int(_) => Value::Int(value),
                // Less than nothing is what contradicting lengths come to.
                _ => Value::UInt(u64::try_from(value).map_err(|_| Fault::at(Reason::Length, offset))?),
            };
            // It stands where it was declared, which may be behind the end of a frame that was cut.
            let at = offset.min(laid.bytes.len());
            sink(Read { value, start: at, end: at });
        }
        Kind::Native(Decoded { decoder, item, shown, .. }) => {
            let bytes = laid.bytes.take(laid.start, laid.limit.min(laid.bytes.len()).saturating_sub(laid.start), laid.limit)?;
            let put = &mut |found: Found<'a>| {
                sink(Read { value: Value::found(found, *shown), start: laid.start, end: laid.start.saturating_add(bytes.len() as u32) });
            };
            if let Some(decoder) = native::decoder(*decoder) {
                (decoder.read)(*item, bytes, put);
            }
        }
        Kind::Nothing
        | Kind::Pad(_)
        | Kind::Payload(_)
        | Kind::Reading { .. }
        | Kind::When(..)
        | Kind::Switch { .. }
        | Kind::Repeat(_)
        | Kind::Part(_) => {}
    }
    Ok(())
}

/// A letter for each bit that is set, and for the others a dot as Wireshark has it.
fn lettered(number: u64, letters: &str) -> String {
    let count = letters.chars().count() as u32;
    letters.chars().zip((0..count).rev()).map(|(letter, bit)| if number.checked_shr(bit).unwrap_or(0) & 1 == 1 { letter } else { '·' }).collect()
}

/// The bytes of an extent. `rest` is what was captured of the rest; a stated size must be there whole.
fn taken<'a>(laid: &Laid<'a>, extent: &Extent, offset: u32) -> Result<&'a [u8], Fault> {
    let size = laid.extent(extent, offset)?;
    let size = match extent {
        Extent::Rest => size.min(laid.bytes.len().saturating_sub(offset)),
        Extent::Size(_) | Extent::ToNul => size,
    };
    laid.bytes.take(offset, size, laid.limit)
}

/// The verdict on a checksum field, as Wireshark numbers it; None if the field is not there.
pub fn verdict(spans: &[crate::dissect::Span], at: usize, laid: &Laid<'_>, field: &Field) -> Option<u8> {
    let checksum = field.checksum.as_ref()?;
    checksum::verdict(spans, at, laid, field, checksum, &lent)
}

/// The bytes that a layer lends for a field of the pseudo header below it, if it lends any.
pub fn lent<'a>(laid: &Laid<'a>, name: &str) -> Option<&'a [u8]> {
    let (_, index) = laid.layer.lends.iter().find(|(known, _)| **known == *name)?;
    let mut found = None;
    let field = laid.layer.fields.get(usize::from(*index))?;
    let _ = each(laid, field, &mut |laid, kind, offset| {
        let size = laid.measure(kind, offset)?;
        found = Some(laid.bytes.take(offset, size, laid.limit)?);
        Ok(())
    });
    found
}
