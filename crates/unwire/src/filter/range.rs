//! Literals as the ranges of values that they stand for, and ranges put in order.

use super::compile::FilterError;
use super::tree::{At, Operand};
use super::typed::Span;

/// A literal as the range of values that it stands for.
pub(super) enum Range {
    Number(i128, i128),
    Bytes(Box<[u8]>, Box<[u8]>),
}

/// The range that a literal stands for.
pub(super) fn range_of(operand: &Operand) -> Result<Option<Range>, FilterError> {
    Ok(Some(match operand {
        Operand::Number(number) => Range::Number(*number, *number),
        Operand::Bytes(hex) => {
            let bytes = from_hex(hex)?;
            Range::Bytes(bytes.clone(), bytes)
        }
        Operand::Address(hex, prefix) => {
            let bytes = from_hex(hex)?;
            let (mut low, mut high) = (bytes.clone(), bytes);
            for (at, (low, high)) in low.iter_mut().zip(high.iter_mut()).enumerate() {
                let kept = usize::from(*prefix).saturating_sub(8 * at).min(8);
                let mask = !(0xffu16 >> kept) as u8;
                *low &= mask;
                *high |= !mask;
            }
            match (low.first_chunk::<4>(), high.first_chunk::<4>()) {
                (Some(first), Some(last)) if low.len() == 4 => {
                    Range::Number(i128::from(u32::from_be_bytes(*first)), i128::from(u32::from_be_bytes(*last)))
                }
                _ => Range::Bytes(low, high),
            }
        }
        _ => return Ok(None),
    }))
}

/// The same ranges, sorted and put together where they touch.
pub(super) fn apart(mut ranges: Vec<(i128, i128)>) -> Vec<(i128, i128)> {
    ranges.retain(|(low, high)| low <= high);
    ranges.sort_unstable();
    let mut made: Vec<(i128, i128)> = Vec::with_capacity(ranges.len());
    for (low, high) in ranges {
        match made.last_mut() {
            Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
            _ => made.push((low, high)),
        }
    }
    made
}

/// The same ranges of bytes, sorted and put together where they overlap.
pub(super) fn joined(mut ranges: Vec<Span>) -> Vec<Span> {
    ranges.retain(|(low, high)| low <= high);
    ranges.sort_unstable();
    let mut made: Vec<Span> = Vec::with_capacity(ranges.len());
    for (low, high) in ranges {
        match made.last_mut() {
            Some(last) if low <= last.1 => {
                if high > last.1 {
                    last.1 = high;
                }
            }
            _ => made.push((low, high)),
        }
    }
    made
}

pub(super) fn from_hex(hex: &str) -> Result<Box<[u8]>, FilterError> {
    let digits: Option<Vec<u8>> = hex.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0).ok_or_else(|| FilterError::new("not hexadecimal", At::default()))?;
    Ok(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}
