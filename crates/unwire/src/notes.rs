//! What laying a layer looked at: the bits that decided where everything is. Two layers of one size that have the same bits there have the
//! same fields at the same places, because nothing else was asked. What is read of them to be shown is not noted.

use std::cell::RefCell;

/// Bits that were looked at, in the order in which they were.
#[derive(Debug)]
pub struct Notes {
    /// Where the layer starts.
    start: u32,
    seen: RefCell<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// By bytes of the layer.
    masks: Vec<u8>,
    asked: Vec<(u32, u8)>,
}

impl Notes {
    /// For a layer that starts at `start`.
    pub fn new(start: u32) -> Self {
        Self { start, seen: RefCell::default() }
    }

    /// Note some bits of a byte of the frame.
    pub fn bits(&self, offset: u32, mask: u8) {
        let (mut seen, at) = (self.seen.borrow_mut(), offset.saturating_sub(self.start));
        if seen.masks.len() <= at as usize {
            seen.masks.resize(at as usize + 1, 0);
        }
        let known = &mut seen.masks[at as usize];
        let new = mask & !*known;
        *known |= mask;
        if new != 0 {
            seen.asked.push((at, new));
        }
    }

    /// Note whole bytes.
    pub fn bytes(&self, offset: u32, count: u32) {
        (offset..offset.saturating_add(count)).for_each(|offset| self.bits(offset, u8::MAX));
    }

    /// What was looked at: bytes counted from the layer's start, and which of their bits.
    pub fn asked(self) -> Vec<(u32, u8)> {
        self.seen.into_inner().asked
    }
}
