//! The start of a frame in its buffer, and numbers that stand at constant places of it: that the bytes are there is asked once for all of them.
//! What the numbers mean, and whether a frame is so long, is not known here.

/// Bytes of a frame that are near its start.
pub(crate) const NEAR: usize = 256;
/// These, and so many more that an address from any of them on is there.
pub(crate) type Head = [u8; NEAR + 16];

/// The start of the frame that begins at a place of a buffer, with what follows it there; None at the buffer's end.
#[inline(always)]
pub(crate) fn head(buffer: &[u8], start: usize) -> Option<&Head> {
    buffer.get(start..)?.first_chunk()
}

/// The same at the buffer's end: `spare` with what is there, and zeros behind it.
#[cold]
pub(crate) fn last_head<'h>(buffer: &[u8], start: usize, spare: &'h mut Head) -> &'h Head {
    let there = buffer.get(start..).unwrap_or_default();
    spare.fill(0);
    spare.iter_mut().zip(there).for_each(|(byte, there)| *byte = *there);
    spare
}

/// An integer of at most four bytes near a frame's start.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Near {
    at: u8,
    shift: u8,
    mask: u32,
}

impl Near {
    /// The bits of four bytes from a place on.
    pub(crate) fn new(at: u8, shift: u8, mask: u32) -> Self {
        Self { at, shift, mask }
    }

    #[inline(always)]
    pub(crate) fn read(self, head: &Head) -> u32 {
        let at = usize::from(self.at);
        let four = head.get(at..at + 4).and_then(<[u8]>::first_chunk).map_or(0, |four| u32::from_be_bytes(*four));
        four >> (self.shift & 31) & self.mask
    }

    /// The bytes of a frame that must be there for it.
    pub(crate) fn need(self) -> u32 {
        u32::from(self.at) + 4
    }

    /// True if it is never more than 16 bits.
    pub(crate) fn is_short(self) -> bool {
        u16::try_from(self.mask).is_ok()
    }
}
