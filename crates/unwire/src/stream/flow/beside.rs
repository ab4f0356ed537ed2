//! What few flows have, kept beside them: it is looked at for every packet, and written for few.

use std::ops::{Deref, DerefMut};

use super::live::Within;
use super::quality::Quality;

/// What few flows have.
#[derive(Clone, Debug, Default)]
pub(super) struct Rare {
    pub history: String,
    /// When it is over although packets may come: a closed stream.
    pub over: Option<i64>,
    /// When it is over if only one side closed by then.
    pub partly: Option<i64>,
    pub missed: u64,
    pub syn: [i64; 2],
    pub fin: [i64; 2],
    pub rst: [i64; 2],
    pub counts: [[u32; 4]; 2],
    /// Bytes beyond `Side::next` that were seen, as ranges in order.
    pub islands: [Vec<(u32, u32)>; 2],
    pub tie: u32,
    /// What was odd, a bit each.
    pub odd: u32,
    /// What else was around it.
    pub also: Vec<Within>,
    pub quality: Option<Box<Quality>>,
}

impl Rare {
    /// True if nothing of it need be kept.
    pub(super) fn is_plain(&self) -> bool {
        let numbers = [self.syn, self.fin, self.rst].iter().flatten().all(|number| *number == 0);
        let nothing = self.over.is_none()
            && self.partly.is_none()
            && self.missed == 0
            && self.tie == 0
            && self.odd == 0
            && self.history.is_empty()
            && self.also.is_empty();
        let counts = self.counts.iter().flatten().all(|count| *count == 0);
        numbers && nothing && counts && self.islands.iter().all(Vec::is_empty) && self.quality.is_none()
    }

    pub(super) fn flip(&mut self) {
        for pair in [&mut self.syn, &mut self.fin, &mut self.rst] {
            pair.swap(0, 1);
        }
        self.counts.swap(0, 1);
        self.islands.swap(0, 1);
        if let Some(quality) = &mut self.quality {
            quality.flip();
        }
    }
}

/// What a flow has beside it while a packet is taken, and whether anything of it was written.
pub(super) struct Beside<'a> {
    pub rare: &'a mut Rare,
    pub touched: bool,
}

impl Beside<'_> {
    /// How well the stream comes through, if that is kept.
    #[inline]
    pub(super) fn quality(&mut self) -> Option<&mut Quality> {
        self.touched |= self.rare.quality.is_some();
        self.rare.quality.as_deref_mut()
    }
}

impl Deref for Beside<'_> {
    type Target = Rare;

    #[inline]
    fn deref(&self) -> &Rare {
        self.rare
    }
}

impl DerefMut for Beside<'_> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Rare {
        self.touched = true;
        self.rare
    }
}
