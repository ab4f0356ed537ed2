//! Checksums: the algorithms, and the verdict on a checksum field of a packet.

use std::cell::Cell;

use crate::dissect::{Flags, Span};
use crate::layout::{Laid, MAX_ITEMS};
use crate::reader::Bytes;
use crate::schema::{Checksum, ChecksumKind, Cover, Field, Kind, Layer, Schema};

/// The sum does not fit the bytes.
pub const BAD: u8 = 0;
/// The sum fits.
pub const GOOD: u8 = 1;
/// Not all bytes are here.
pub const UNVERIFIED: u8 = 2;
/// A zero that means: none was sent.
pub const NOT_PRESENT: u8 = 3;
/// A zero where none may be.
pub const ILLEGAL: u8 = 4;
/// What the verdicts are called.
pub const VERDICTS: [(u8, &str); 5] = [(BAD, "Bad"), (GOOD, "Good"), (UNVERIFIED, "Unverified"), (NOT_PRESENT, "Not present"), (ILLEGAL, "Illegal")];

/// Add bytes to a ones' complement sum of big-endian words (RFC 1071); an odd byte is the high half of a last word.
pub fn inet_add(mut sum: u64, bytes: &[u8]) -> u64 {
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        let word = u64::from_be_bytes(word);
        sum += (word >> 32) + (word & 0xFFFF_FFFF);
    }
    let mut words = chunks.remainder().chunks_exact(2);
    for word in &mut words {
        sum += u64::from(u16::from_be_bytes([word[0], word[1]]));
    }
    words.remainder().first().map_or(sum, |odd| sum + (u64::from(*odd) << 8))
}

/// Fold a sum to 16 bits.
pub fn inet_fold(mut sum: u64) -> u16 {
    while sum > 0xFFFF {
        sum = (sum >> 16) + (sum & 0xFFFF);
    }
    sum as u16
}

const fn crc_table(polynomial: u32) -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut crc, mut bit) = (byte as u32, 0);
        while bit < 8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ polynomial } else { crc >> 1 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
}

static CRC32: [u32; 256] = crc_table(0xEDB8_8320);
static CRC32C: [u32; 256] = crc_table(0x82F6_3B78);

fn crc_of(table: &[u32; 256], parts: &[&[u8]]) -> u32 {
    !parts.iter().flat_map(|part| part.iter()).fold(u32::MAX, |crc, byte| crc >> 8 ^ table[(crc as u8 ^ byte) as usize])
}

/// A cyclic checksum, as the number that a field of that byte order holds.
fn crc(how: ChecksumKind, bytes: &[u8], little: bool) -> u32 {
    let computed = crc_of(if how == ChecksumKind::Crc32 { &CRC32 } else { &CRC32C }, &[bytes]);
    if little { computed } else { computed.swap_bytes() }
}

/// Fletcher's two check bytes at `at`, which are zero in the bytes (ISO 8473 annex C).
fn fletcher(bytes: &[u8], at: usize) -> Option<u64> {
    let (c0, c1) = bytes.iter().fold((0i64, 0i64), |(c0, c1), byte| {
        let c0 = (c0 + i64::from(*byte)) % 255;
        (c0, (c1 + c0) % 255)
    });
    // With the check bytes X and Y at n and n + 1 of L bytes, both sums must come to zero modulo 255.
    let behind = i64::try_from(bytes.len().checked_sub(at + 1)?).ok()?;
    let x = (behind * c0 - c1).rem_euclid(255);
    let y = (c1 - (behind + 1) * c0).rem_euclid(255);
    let ones = |number: i64| if number == 0 { 255 } else { number };
    Some((ones(x) << 8 | ones(y)) as u64)
}

/// True if the two Fletcher sums over the bytes, checksum included, are zero (ISO 8473 annex C).
fn fletcher_holds(bytes: &[u8]) -> bool {
    let (c0, c1) = bytes.iter().fold((0u32, 0u32), |(c0, c1), byte| {
        let c0 = (c0 + u32::from(*byte)) % 255;
        (c0, (c1 + c0) % 255)
    });
    c0 == 0 && c1 == 0
}

/// Who finds what a layer lends for a field of a pseudo header below it.
pub(crate) type Lent<'a> = dyn Fn(&Laid<'a>, &str) -> Option<&'a [u8]>;

/// The verdict on a checksum field; None if the field is not there.
pub(crate) fn verdict<'a>(spans: &[Span], at: usize, laid: &Laid<'a>, field: &Field, checksum: &Checksum, lent: &Lent<'a>) -> Option<u8> {
    let span = spans.get(at)?;
    let offset = laid.offset(field.place).ok()?;
    let size = laid.measure(&field.kind, offset).ok()?;
    if size == 0 {
        return None; // an optional field that is absent
    }
    let kind = field.kind.inner();
    let value = laid.integer_at(kind, offset).ok()? as u64;
    let below = if checksum.pseudo { pseudo(spans, at, laid, lent) } else { None };
    if value == 0 && checksum.zero_absent {
        let illegal = below.as_ref().is_some_and(|below| below.zero_illegal);
        return Some(if illegal { ILLEGAL } else { NOT_PRESENT });
    }
    let partial = span.flags.has(Flags::FRAGMENT) || span.flags.has(Flags::OVERLONG);
    if partial && !matches!(checksum.over, Cover::Header) {
        return Some(UNVERIFIED);
    }
    let end = match &checksum.over {
        Cover::Layer => laid.limit,
        Cover::Header => laid.offset(laid.layer.payload).ok()?,
        Cover::Before => offset,
        Cover::Size(size) => laid.start.checked_add(u32::try_from(laid.eval(size, laid.start).ok()?).ok()?)?,
    };
    let Ok(bytes) = laid.bytes.take(laid.start, end.saturating_sub(laid.start), laid.limit) else { return Some(UNVERIFIED) };
    let inside = (offset - laid.start) as usize;
    let good = match checksum.how {
        ChecksumKind::Inet => {
            let start = match (checksum.pseudo, below) {
                (false, _) => 0,
                (true, Some(below)) => below.sum + u64::from(span.key) + u64::from(laid.limit - laid.start),
                (true, None) => return Some(UNVERIFIED),
            };
            inet_fold(inet_add(start, bytes)) == 0xFFFF
        }
        ChecksumKind::Crc32 | ChecksumKind::Crc32c => {
            let table = if checksum.how == ChecksumKind::Crc32 { &CRC32 } else { &CRC32C };
            let (before, rest) = bytes.split_at_checked(inside)?;
            let (_, after) = rest.split_at_checked(size as usize)?;
            let little = matches!(kind, Kind::UInt { little: true, .. });
            let computed = crc_of(table, &[before, &[0; 4], after]);
            u64::from(if little { computed } else { computed.swap_bytes() }) == value
        }
        ChecksumKind::Fletcher => fletcher_holds(bytes),
    };
    Some(if good { GOOD } else { BAD })
}

/// Add a field to a sum, its last bytes replaced by as many others. Both are addresses: no more than 16 bytes.
#[must_use]
pub fn add_with(sum: u64, own: &[u8], last: &[u8]) -> u64 {
    let mut whole = [0; 16];
    match (whole.get_mut(..own.len()), own.len().checked_sub(last.len())) {
        (Some(whole), Some(kept)) if !last.is_empty() => {
            whole[..kept].copy_from_slice(&own[..kept]);
            whole[kept..].copy_from_slice(last);
            inet_add(sum, whole)
        }
        _ => inet_add(sum, own),
    }
}

struct Pseudo {
    sum: u64,
    zero_illegal: bool,
}

/// The sum over the fields that the nearest layer below lends for a pseudo header.
fn pseudo<'a>(spans: &[Span], at: usize, laid: &Laid<'a>, lent: &Lent<'a>) -> Option<Pseudo> {
    let found = spans[..at].iter().rposition(|span| !laid.schema.layer(span.layer).pseudo.is_empty())?;
    let (span, between) = (&spans[found], &spans[found + 1..at]);
    let layer = laid.schema.layer(span.layer);
    let below = Laid { layer, start: span.start, limit: span.limit, ..*laid };
    let mut sum = 0;
    for index in &layer.pseudo {
        let field = &layer.fields[*index as usize];
        let offset = below.offset(field.place).ok()?;
        let size = below.measure(&field.kind, offset).ok()?;
        let own = below.bytes.take(offset, size, span.limit).ok()?;
        let lent = between.iter().rev().filter(|span| !laid.schema.layer(span.layer).lends.is_empty()).find_map(|span| {
            let layer = laid.schema.layer(span.layer);
            lent(&Laid { layer, start: span.start, limit: span.limit, origin: span.start, ..*laid }, &field.name)
        });
        sum = add_with(sum, own, lent.unwrap_or_default());
    }
    Some(Pseudo { sum, zero_illegal: layer.pseudo_zero_illegal })
}

/// Write the checksum field of a layer whose bytes are whole, and return its value; `below` is the sum of the pseudo header. None if it covers nothing.
pub fn fill(schema: &Schema, layer: &Layer, field: &Field, place: (u32, u32), bytes: &mut [u8], header: usize, below: u64) -> Option<u64> {
    let checksum = field.checksum.as_ref()?;
    let little = matches!(field.kind.inner(), Kind::UInt { little: true, .. });
    let items = Cell::new(MAX_ITEMS);
    let end = match &checksum.over {
        Cover::Layer => bytes.len(),
        Cover::Header => header,
        Cover::Before => place.0 as usize,
        Cover::Size(size) => {
            let laid =
                Laid { schema, layer, bytes: Bytes(bytes), start: 0, limit: bytes.len() as u32, origin: 0, nesting: 0, items: &items, notes: None };
            usize::try_from(laid.eval(size, 0).ok()?).ok()?.min(bytes.len())
        }
    };
    let (at, size) = (place.0 as usize, place.1 as usize);
    bytes.get_mut(at..at + size)?.fill(0);
    let covered = bytes.get(..end)?;
    let number = match checksum.how {
        ChecksumKind::Inet => {
            let sum = !inet_fold(inet_add(below, covered));
            // RFC 768: where zero means "none", a sum of zero is sent as all ones.
            u64::from(if sum == 0 && checksum.zero_absent { u16::MAX } else { sum })
        }
        ChecksumKind::Crc32 | ChecksumKind::Crc32c => u64::from(crc(checksum.how, covered, little)),
        ChecksumKind::Fletcher => fletcher(covered, at)?,
    };
    let written = if little { number.to_le_bytes() } else { number.rotate_right(8 * size as u32 % 64).to_be_bytes() };
    bytes.get_mut(at..at + size)?.copy_from_slice(written.get(..size)?);
    Some(number)
}
