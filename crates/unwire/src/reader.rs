//! The bounds-checked view of a frame's bytes: the only place that slices packet bytes. Knows no schema.

use crate::error::{Fault, LimitedBy, Reason};

/// The captured bytes of one frame.
#[derive(Clone, Copy, Debug)]
pub struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    /// How many bytes were captured.
    pub const fn len(self) -> u32 {
        self.0.len() as u32
    }

    /// True if nothing was captured.
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// `needed` bytes at `offset`, within `limit` and the capture.
    #[inline]
    pub fn take(self, offset: u32, needed: u32, limit: u32) -> Result<&'a [u8], Fault> {
        let end = u64::from(offset) + u64::from(needed);
        if end <= u64::from(limit)
            && let Some(found) = self.0.get(offset as usize..end as usize)
        {
            return Ok(found);
        }
        Err(self.short(offset, needed, limit))
    }

    /// `N` bytes at `offset`, within `limit` and the capture.
    #[inline]
    pub fn array<const N: usize>(self, offset: u32, limit: u32) -> Result<[u8; N], Fault> {
        if u64::from(offset) + N as u64 <= u64::from(limit)
            && let Some(found) = self.0.get(offset as usize..).and_then(<[u8]>::first_chunk::<N>)
        {
            return Ok(*found);
        }
        Err(self.short(offset, N as u32, limit))
    }

    /// An unsigned integer of 1 to 8 bytes.
    #[inline]
    pub fn uint(self, offset: u32, width: u8, little: bool, limit: u32) -> Result<u64, Fault> {
        match (width, little) {
            (1, _) => Ok(u64::from(self.array::<1>(offset, limit)?[0])),
            (2, false) => Ok(u64::from(u16::from_be_bytes(self.array(offset, limit)?))),
            (4, false) => Ok(u64::from(u32::from_be_bytes(self.array(offset, limit)?))),
            (2, true) => Ok(u64::from(u16::from_le_bytes(self.array(offset, limit)?))),
            (4, true) => Ok(u64::from(u32::from_le_bytes(self.array(offset, limit)?))),
            (_, false) => Ok(self.take(offset, u32::from(width), limit)?.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))),
            (_, true) => Ok(self.take(offset, u32::from(width), limit)?.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte))),
        }
    }

    /// Where the first NUL at or after `offset` stands, as a length that includes it.
    pub fn to_nul(self, offset: u32, limit: u32) -> Result<u32, Fault> {
        let end = limit.min(self.len());
        let found = self.0.get(offset as usize..end as usize).and_then(|bytes| bytes.iter().position(|byte| *byte == 0));
        found.map(|at| at as u32 + 1).ok_or_else(|| self.short(offset, end.saturating_sub(offset) + 1, limit))
    }

    #[cold]
    fn short(self, offset: u32, needed: u32, limit: u32) -> Fault {
        let limited_by = if limit < self.len() { LimitedBy::LengthField } else { LimitedBy::Capture };
        let got = limit.min(self.len()).saturating_sub(offset).min(needed);
        Fault { reason: Reason::Short, limited_by, offset, needed, got }
    }
}
