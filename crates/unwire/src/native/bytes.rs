//! A cursor over a message: every read says what was missing and where. Knows no protocol.

use crate::error::{Fault, LimitedBy, Reason};

/// Reads a message from its front; offsets count from the message's first byte.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'a> {
    /// The whole message.
    pub all: &'a [u8],
    /// Where the next read begins.
    pub at: usize,
    /// Where reading ends.
    pub end: usize,
}

impl<'a> Cursor<'a> {
    /// Read all of a message.
    pub const fn new(all: &'a [u8]) -> Self {
        Self { all, at: 0, end: all.len() }
    }

    /// Bytes that are left.
    pub const fn left(&self) -> usize {
        self.end.saturating_sub(self.at)
    }

    /// True if none is left.
    pub const fn is_empty(&self) -> bool {
        self.left() == 0
    }

    /// The next `size` bytes.
    pub fn take(&mut self, size: usize) -> Result<&'a [u8], Fault> {
        if size <= self.left()
            && let Some(found) = self.all.get(self.at..self.at + size)
        {
            self.at += size;
            return Ok(found);
        }
        Err(self.short(size))
    }

    /// The rest.
    pub fn rest(&mut self) -> &'a [u8] {
        let found = self.all.get(self.at..self.end).unwrap_or_default();
        self.at = self.end.max(self.at);
        found
    }

    /// The next bytes as an array.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let short = self.short(N);
        self.take(N)?.first_chunk::<N>().copied().ok_or(short)
    }

    /// A byte.
    pub fn u8(&mut self) -> Result<u8, Fault> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// Two bytes, high first.
    pub fn u16(&mut self) -> Result<u16, Fault> {
        self.array().map(u16::from_be_bytes)
    }

    /// Three bytes, high first.
    pub fn u24(&mut self) -> Result<u32, Fault> {
        self.array().map(|[a, b, c]| u32::from_be_bytes([0, a, b, c]))
    }

    /// Four bytes, high first.
    pub fn u32(&mut self) -> Result<u32, Fault> {
        self.array().map(u32::from_be_bytes)
    }

    /// A cursor over the next `size` bytes.
    pub fn part(&mut self, size: usize) -> Result<Self, Fault> {
        let start = self.at;
        self.take(size)?;
        Ok(Self { all: self.all, at: start, end: start + size })
    }

    /// That `needed` bytes are not there.
    pub fn short(&self, needed: usize) -> Fault {
        let limited_by = if self.end < self.all.len() { LimitedBy::LengthField } else { LimitedBy::Capture };
        Fault { reason: Reason::Short, limited_by, offset: self.at as u32, needed: needed as u32, got: self.left().min(needed) as u32 }
    }

    /// That what stands here is not what it should be.
    pub const fn wrong(&self) -> Fault {
        Fault::at(Reason::Must, self.at as u32)
    }
}
