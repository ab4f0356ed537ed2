//! One value while it is asked, and what slices, operators and functions make of it. Where values come from is values.rs's.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::tree::{Operator, Piece};
use super::typed::Sort;
use crate::value::Value;

/// A value while it is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Val<'a> {
    /// Also truth, times, and IPv4 addresses.
    Number(i128),
    /// Also texts, and the other addresses.
    Bytes(Cow<'a, [u8]>),
}

impl Val<'_> {
    pub(super) fn owned(&self) -> Val<'static> {
        match self {
            Self::Number(number) => Val::Number(*number),
            Self::Bytes(bytes) => Val::Bytes(Cow::Owned(bytes.to_vec())),
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Number(_) => &[],
            Self::Bytes(bytes) => bytes,
        }
    }
}

impl<'a> From<&'a [u8]> for Val<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(Cow::Borrowed(bytes))
    }
}

impl<'a> From<&'a Value<'_>> for Val<'a> {
    fn from(value: &'a Value<'_>) -> Self {
        match value {
            Value::UInt(number) => Self::Number(i128::from(*number)),
            Value::Int(number) => Self::Number(i128::from(*number)),
            Value::Bool(truth) => Self::Number(i128::from(*truth)),
            Value::Ip4(address) => Self::Number(i128::from(u32::from_be_bytes(*address))),
            Value::Mac(address) => address.as_slice().into(),
            Value::Ip6(address) => address.as_slice().into(),
            Value::Bytes(bytes) => (*bytes).into(),
            Value::Text(text) => text.as_bytes().into(),
        }
    }
}

/// Some of the bytes, one piece after the other; None if they are not all there.
pub(super) fn sliced<'a>(bytes: &'a [u8], pieces: &[Piece]) -> Option<Cow<'a, [u8]>> {
    let length = bytes.len() as i64;
    let place = |at: i64| Some(if at < 0 { length.checked_add(at)? } else { at });
    let part = |piece: &Piece| {
        let (start, end) = match *piece {
            Piece::Count(start, count) => (place(start)?, place(start)?.checked_add(count)?),
            Piece::To(start, last) => (place(start)?, place(last)?.checked_add(1)?),
            Piece::Rest(start) => (place(start)?, length),
        };
        let part = bytes.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)?;
        (!part.is_empty()).then_some(part)
    };
    if let [piece] = pieces {
        return part(piece).map(Cow::Borrowed);
    }
    let mut made = Vec::new();
    for piece in pieces {
        made.extend_from_slice(part(piece)?);
    }
    Some(Cow::Owned(made))
}

/// What an operator makes of two values; None where there is no value.
pub(super) fn operate(operator: Operator, one: &Val<'_>, other: &Val<'_>) -> Option<Val<'static>> {
    match (one, other) {
        (Val::Number(a), Val::Number(b)) => {
            let shift = || u32::try_from(*b).ok().filter(|by| *by < 64);
            Some(Val::Number(match operator {
                Operator::Add => a.checked_add(*b)?,
                Operator::Sub => a.checked_sub(*b)?,
                Operator::Mul => a.checked_mul(*b)?,
                Operator::Div => a.checked_div(*b)?,
                Operator::Rem => a.checked_rem(*b)?,
                Operator::And => a & b,
                Operator::Or => a | b,
                Operator::Xor => a ^ b,
                // What is larger than any field is cut off, before it could overflow.
                Operator::Shl => (a & i128::from(u64::MAX)) << shift()?,
                Operator::Shr => a >> shift()?,
            }))
        }
        (Val::Bytes(a), Val::Bytes(b)) if a.len() == b.len() => {
            let both = a.iter().zip(b.iter());
            Some(Val::Bytes(match operator {
                Operator::And => both.map(|(a, b)| a & b).collect(),
                Operator::Or => both.map(|(a, b)| a | b).collect(),
                Operator::Xor => both.map(|(a, b)| a ^ b).collect(),
                _ => return None,
            }))
        }
        _ => None,
    }
}

pub(super) fn hex(bytes: &[u8], between: &str) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(between)
}

/// A value as text.
pub(super) fn written(value: &Val<'_>, sort: Sort) -> String {
    match (value, sort) {
        (Val::Number(number), Sort::Ip4) => Ipv4Addr::from(*number as u32).to_string(),
        (Val::Number(number), Sort::Truth) => (if *number == 0 { "False" } else { "True" }).to_owned(),
        (Val::Number(number), _) => number.to_string(),
        (Val::Bytes(bytes), Sort::Ip6) => <[u8; 16]>::try_from(&**bytes).map(|bytes| Ipv6Addr::from(bytes).to_string()).unwrap_or_default(),
        (Val::Bytes(bytes), Sort::Text) => String::from_utf8_lossy(bytes).into_owned(),
        (Val::Bytes(bytes), _) => hex(bytes, ":"),
    }
}

/// CCITT's sum, the highest bit first, begun with 0xA5A5.
pub(super) fn crc16(bytes: &[u8]) -> u16 {
    bytes
        .iter()
        .fold(0xa5a5, |sum, byte| (0..8).fold(sum ^ u16::from(*byte) << 8, |sum, _| if sum & 0x8000 == 0 { sum << 1 } else { sum << 1 ^ 0x1021 }))
}

/// IEEE 802.3's sum, the lowest bit first.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    !bytes
        .iter()
        .fold(u32::MAX, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 0 { sum >> 1 } else { sum >> 1 ^ 0xedb8_8320 }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_the_known_ones() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
        assert_eq!(crc16(b""), 0xa5a5);
        assert_eq!(crc16(b"123456789"), 0x9016);
    }
}
