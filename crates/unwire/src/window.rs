//! Some bytes of a frame and which of their bits are asked for: what a question about bits is. What the bits mean is not known here.

use crate::lesson::SEEN;
use crate::near::Head;
use crate::ports::Word;

/// Bytes that are looked at at a time.
const WINDOW: usize = 16;

/// Some bytes of a frame, and which of their bits are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub offset: u32,
    bits: Word,
}

impl Window {
    fn of(offset: u32, bits: [u8; WINDOW]) -> Self {
        Self { offset, bits: halves(bits) }
    }

    /// The bits in a frame. Behind it there may be bytes of the next one: a shape is not taken for a frame that lacks bytes which decided.
    #[inline(always)]
    pub(crate) fn read(&self, bytes: &[u8]) -> Word {
        let [low, high] = match bytes.get(self.offset as usize..).and_then(<[u8]>::first_chunk) {
            Some(whole) => halves(*whole),
            None => self.read_cut(bytes),
        };
        [low & self.bits[0], high & self.bits[1]]
    }

    /// The same where all windows are within the bytes.
    #[inline(always)]
    pub(crate) fn read_within(&self, bytes: &Head) -> Word {
        let at = self.offset as usize;
        let [low, high] = bytes.get(at..at + WINDOW).and_then(<[u8]>::first_chunk).map_or([0; 2], |whole| halves(*whole));
        [low & self.bits[0], high & self.bits[1]]
    }

    /// What is not there is read as 0.
    #[cold]
    fn read_cut(&self, bytes: &[u8]) -> Word {
        let mut whole = [0; WINDOW];
        let there = bytes.get(self.offset as usize..).unwrap_or_default();
        whole.iter_mut().zip(there).for_each(|(byte, there)| *byte = *there);
        halves(whole)
    }

    pub(crate) fn bytes(&self) -> [u8; WINDOW] {
        (u128::from(self.bits[1]) << 64 | u128::from(self.bits[0])).to_le_bytes()
    }

    /// What of the bits is left where another window was read; None if nothing is.
    pub(crate) fn without(self, other: &Self) -> Option<Self> {
        let whole = |[low, high]: Word| u128::from(high) << 64 | u128::from(low);
        let read = match i64::from(other.offset) - i64::from(self.offset) {
            bytes @ -15..=0 => whole(other.bits) >> (-8 * bytes),
            bytes @ 1..=15 => whole(other.bits) << (8 * bytes),
            _ => 0,
        };
        let left = whole(self.bits) & !read;
        (left != 0).then_some(Self { bits: [left as u64, (left >> 64) as u64], ..self })
    }
}

#[inline(always)]
fn halves(bytes: [u8; WINDOW]) -> Word {
    let whole = u128::from_le_bytes(bytes);
    [whole as u64, (whole >> 64) as u64]
}

/// The bits of these bytes that are left, as windows; none of them is left afterwards.
pub(crate) fn windows(left: &mut [u8; SEEN], mut begin: usize, end: usize, mut each: impl FnMut(Window)) -> Option<()> {
    while let Some(first) = left.get(begin..end)?.iter().position(|bits| *bits != 0) {
        // A window that stays within the bytes that must be there is read at once.
        let offset = (begin + first).min(end.saturating_sub(WINDOW));
        begin = (offset + WINDOW).min(end);
        let mut bytes = [0; WINDOW];
        for (byte, bits) in bytes.iter_mut().zip(left.get_mut(offset..begin)?) {
            *byte = std::mem::take(bits);
        }
        each(Window::of(offset as u32, bytes));
    }
    Some(())
}
