//! The history of a flow as letters, as Zeek writes it: what happened, in order, upper case for the originator.

/// Letters that need no memory beside the flow.
const FEW: usize = 15;
/// Letters that are kept at most.
const MOST: usize = 255;

/// The letters so far; what is beyond the first few is the caller's to keep.
#[derive(Clone, Copy, Debug, Default)]
pub struct History {
    letters: [u8; FEW],
    count: u8,
}

impl History {
    /// Add a letter; None if it is to be kept elsewhere, behind these.
    pub(super) fn add(&mut self, letter: u8) -> Option<()> {
        *self.letters.get_mut(usize::from(self.count))? = letter;
        self.count += 1;
        Some(())
    }

    /// The letters, with those that are kept elsewhere.
    pub fn text(&self, more: &str) -> String {
        let few = self.letters.get(..usize::from(self.count)).and_then(|few| std::str::from_utf8(few).ok());
        [few.unwrap_or_default(), more].concat()
    }

    /// True if there is room for one more among those that are kept elsewhere.
    pub(super) fn room(more: &str) -> bool {
        more.len() + FEW < MOST
    }
}

/// What is told of a packet at most once per direction, or once and again for another number.
pub(super) mod once {
    pub(in crate::stream::flow) const DATA: u16 = 1;
    pub(in crate::stream::flow) const ACK: u16 = 2;
    pub(in crate::stream::flow) const FIN: u16 = 4;
    pub(in crate::stream::flow) const RST: u16 = 8;
    pub(in crate::stream::flow) const SYN: u16 = 16;
    pub(in crate::stream::flow) const FIN_RST: u16 = 32;
    pub(in crate::stream::flow) const MULTI: u16 = 64;
}

/// What is told at the first, the tenth, the hundredth time …
pub(super) fn is_told(count: u32) -> bool {
    let mut one = count;
    while one > 1 && one.is_multiple_of(10) {
        one /= 10;
    }
    one == 1
}
