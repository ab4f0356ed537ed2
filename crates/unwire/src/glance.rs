//! One look at a frame in place of several questions: the bits that decided about a frequent frame, gathered into one word. What the word
//! says was asked before and is only remembered here; words that are not known are asked again. What the bits mean is not known here.

use crate::lesson::SEEN;
use crate::near::Head;

/// Places of a frame that a word is gathered from.
const LOADS: usize = 3;
const WIDTH: usize = 8;
/// Words that are remembered, as many as the bits of `slot`.
const KNOWN: usize = 512;

/// How often a look helped is judged after so many, at first and at most.
const FIRST_JUDGED: u32 = 64;
const LAST_JUDGED: u32 = 1 << 16;

/// Where bits are loaded from, and which of them count.
#[derive(Clone, Copy, Debug, Default)]
struct Load {
    offset: u8,
    bits: u64,
}

/// A word, and the place in the tree of questions that it leads to.
type Known = (u64, u32);

/// What to look at, and what was seen.
#[derive(Debug)]
pub(crate) struct Glance {
    /// The place where frames begin that are looked at.
    begin: u32,
    loads: [Load; LOADS],
    /// What the word of a frame must have that is looked at; the others are asked.
    gate: (u64, u64),
    /// All bits that are looked at.
    bits: [u8; SEEN],
    known: Box<[Known; KNOWN]>,
    looked: u32,
    missed: u32,
    judged: u32,
}

impl Default for Glance {
    fn default() -> Self {
        let known = Box::new([(0, 0); KNOWN]);
        Self { begin: 0, loads: [Load::default(); LOADS], gate: (0, 0), bits: [0; SEEN], known, looked: 0, missed: 0, judged: FIRST_JUDGED }
    }
}

impl Glance {
    /// The word of a frame that begins at a place.
    #[inline(always)]
    pub(crate) fn word(&self, head: &Head) -> u64 {
        let mut word = 0;
        for load in &self.loads {
            let at = load.offset as usize;
            word |= head.get(at..at + WIDTH).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u64::from_le_bytes(*bytes)) & load.bits;
        }
        word
    }

    /// True if a frame with this word begins as those do that are looked at.
    #[inline(always)]
    pub(crate) fn is_for(&self, begin: u32, word: u64) -> bool {
        begin == self.begin && word & self.gate.0 == self.gate.1
    }

    /// Where a word leads that was seen before.
    #[inline(always)]
    pub(crate) fn place(&self, word: u64) -> Option<u32> {
        let (known, place) = self.known[slot(word)];
        (known == word && place != 0).then_some(place)
    }

    /// The same if it is one of the frames that are looked at.
    #[inline(always)]
    pub(crate) fn seen(&self, begin: u32, word: u64) -> Option<u32> {
        self.place(word).filter(|_| self.is_for(begin, word))
    }

    /// One more was looked at.
    #[inline(always)]
    pub(crate) fn looked(&mut self) {
        self.looked += 1;
    }

    /// Remember where a word leads.
    pub(crate) fn remember(&mut self, word: u64, place: u32) {
        self.known[slot(word)] = (word, place);
    }

    /// One look did not help: true if it is time to see whether most do not.
    #[inline(always)]
    pub(crate) fn missed(&mut self) -> bool {
        self.missed += 1;
        self.is_due()
    }

    pub(crate) fn is_due(&self) -> bool {
        self.looked >= self.judged
    }

    /// True if most looks did not help, so that something else should be looked at.
    pub(crate) fn is_poor(&mut self) -> bool {
        let poor = self.missed > self.looked / 2;
        (self.looked, self.missed, self.judged) = (0, 0, (2 * self.judged).min(LAST_JUDGED));
        poor
    }

    /// True if all these bits are looked at.
    pub(crate) fn covers(&self, offset: u32, bits: &[u8]) -> bool {
        self.bits.get(offset as usize..).is_some_and(|seen| bits.len() <= seen.len() && bits.iter().zip(seen).all(|(bits, seen)| bits & !seen == 0))
    }

    /// From now on look at these bits of frames that begin at a place as this one does, by the bits of `gate`; as many as fit a word.
    pub(crate) fn aim(&mut self, begin: u32, head: &Head, gate: &[u8; SEEN], bits: &[u8; SEEN]) {
        let mut left = *bits;
        let mut taken = [false; WIDTH];
        self.begin = begin;
        self.bits = [0; SEEN];
        self.known.fill((0, 0));
        self.gate.0 = 0;
        for load in &mut self.loads {
            *load = Load::default();
            let Some(first) = left.iter().position(|bits| *bits != 0) else { continue };
            // Of the loads that the first byte is in, the one that takes most bytes to lanes that are free.
            let takes = |at: usize| left.iter().skip(at).zip(&taken).filter(|(bits, taken)| **bits != 0 && !**taken).count();
            let with_first = |at: &usize| !taken[first - at];
            let offsets = (first.saturating_sub(WIDTH - 1)..=first.min(SEEN - WIDTH)).filter(with_first);
            let Some(offset) = offsets.max_by_key(|at| takes(*at)) else { break };
            let mut lanes = [0; WIDTH];
            for (lane, at) in (offset..offset + WIDTH).enumerate().filter(|(lane, _)| !taken[*lane]) {
                (lanes[lane], self.bits[at]) = (left[at], self.bits[at] | std::mem::take(&mut left[at]));
            }
            taken.iter_mut().zip(lanes).for_each(|(taken, bits)| *taken |= bits != 0);
            *load = Load { offset: offset as u8, bits: u64::from_le_bytes(lanes) };
            for (lane, gate) in lanes.iter_mut().zip(gate.iter().skip(offset)) {
                *lane &= gate;
            }
            self.gate.0 |= u64::from_le_bytes(lanes);
        }
        self.gate.1 = self.word(head) & self.gate.0;
    }
}

#[inline(always)]
fn slot(word: u64) -> usize {
    (word.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 55) as usize
}
