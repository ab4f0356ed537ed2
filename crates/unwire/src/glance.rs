//! One look at a frame in place of several questions: the bits that decided about a frequent frame, gathered into one word. Frames that begin
//! otherwise are looked at otherwise. What the word says was asked before and is only remembered here; words that are not known are asked
//! again. What the bits mean is not known here.

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Load {
    offset: u8,
    bits: u64,
}

impl Load {
    /// The load of the first of these bits, and of those that are near to it; None if there are none.
    fn of(bits: &[u8; SEEN]) -> Option<Self> {
        let offset = bits.iter().position(|bits| *bits != 0)?.min(SEEN - WIDTH);
        let lanes = bits.get(offset..)?.first_chunk()?;
        Some(Self { offset: offset as u8, bits: u64::from_le_bytes(*lanes) })
    }

    /// The bits that are loaded.
    fn taken(&self) -> [u8; SEEN] {
        let mut taken = [0; SEEN];
        let lanes = taken.iter_mut().skip(usize::from(self.offset));
        lanes.zip(self.bits.to_le_bytes()).for_each(|(taken, bits)| *taken = bits);
        taken
    }

    /// The bits in a frame, in the order of the bytes.
    #[inline(always)]
    fn read(&self, head: &Head) -> u64 {
        let at = usize::from(self.offset);
        head.get(at..at + WIDTH).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u64::from_le_bytes(*bytes)) & self.bits
    }
}

/// A word, and the place in the tree of questions that it leads to.
type Known = (u64, u32);

/// Looks at frames, by how they begin.
#[derive(Debug)]
pub(crate) struct Glances {
    /// The place where frames begin that are looked at, and their bits that say which look helps.
    begin: u32,
    gate: Load,
    /// These bits, and the number of the look.
    kinds: [Known; KINDS],
    looks: Vec<Glance>,
    /// Frames for which there was none since the last was made, and after how many one more is.
    strange: u32,
    due: u32,
}

/// As many as the bits of `Glances::kind`, and the looks that there are at most.
const KINDS: usize = 64;
const MOST_LOOKS: usize = 8;

impl Default for Glances {
    fn default() -> Self {
        Self { begin: 0, gate: Load::default(), kinds: [(0, u32::MAX); KINDS], looks: Vec::new(), strange: 0, due: FIRST_JUDGED }
    }
}

impl Glances {
    /// The number of the look that helps with a frame that begins at a place.
    #[inline(always)]
    pub(crate) fn number(&self, begin: u32, head: &Head) -> Option<usize> {
        let word = self.gate.read(head);
        let (known, number) = self.kinds[kind(word)];
        (known == word && begin == self.begin).then_some(number as usize)
    }

    #[inline(always)]
    pub(crate) fn get(&self, number: usize) -> Option<&Glance> {
        self.looks.get(number)
    }

    #[inline(always)]
    pub(crate) fn get_mut(&mut self, number: usize) -> Option<&mut Glance> {
        self.looks.get_mut(number)
    }

    /// There is no look for a frame: true if there should be one.
    #[inline]
    pub(crate) fn is_missed(&mut self) -> bool {
        self.strange += 1;
        self.strange >= self.due
    }

    /// From now on look at these bits of frames that have the first bits as this one does; `first` says which these are. Where there are many
    /// looks already, or such as are no use with frames that begin at this place, all are made anew.
    pub(crate) fn open(&mut self, begin: u32, head: &Head, first: &[u8; SEEN], bits: &[u8; SEEN]) {
        (self.strange, self.due) = (0, (2 * self.due).min(LAST_JUDGED));
        let Some(load) = Load::of(first) else { return };
        if begin != self.begin || load != self.gate || self.looks.len() >= MOST_LOOKS {
            *self = Self { begin, gate: load, due: self.due, ..Self::default() };
        }
        let word = load.read(head);
        let known = &mut self.kinds[kind(word)];
        if known.1 == u32::MAX {
            *known = (word, self.looks.len() as u32);
            self.looks.push(Glance::default());
            self.aim(self.looks.len() - 1, bits);
        }
    }

    /// From now on look at these bits of frames for which this look helps.
    pub(crate) fn aim(&mut self, number: usize, bits: &[u8; SEEN]) {
        if let Some(look) = self.looks.get_mut(number) {
            look.aim(&self.gate.taken(), bits);
        }
    }
}

#[inline(always)]
fn kind(word: u64) -> usize {
    (word.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 58) as usize
}

/// What to look at, and what was seen.
#[derive(Debug)]
pub(crate) struct Glance {
    loads: [Load; LOADS],
    /// All bits that are known of a frame that is looked at.
    bits: [u8; SEEN],
    known: Box<[Known; KNOWN]>,
    looked: u32,
    missed: u32,
    judged: u32,
}

impl Default for Glance {
    fn default() -> Self {
        let known = Box::new([(0, 0); KNOWN]);
        Self { loads: [Load::default(); LOADS], bits: [0; SEEN], known, looked: 0, missed: 0, judged: FIRST_JUDGED }
    }
}

impl Glance {
    /// The word of a frame.
    #[inline(always)]
    pub(crate) fn word(&self, head: &Head) -> u64 {
        self.loads.iter().fold(0, |word, load| word | load.read(head))
    }

    /// Where a word leads that was seen before.
    #[inline(always)]
    pub(crate) fn place(&self, word: u64) -> Option<u32> {
        let (known, place) = self.known[slot(word)];
        (known == word && place != 0).then_some(place)
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

    /// From now on look at these bits of frames, as many as fit a word; those of `gate` are known.
    fn aim(&mut self, gate: &[u8; SEEN], bits: &[u8; SEEN]) {
        let mut left = *bits;
        let mut taken = [false; WIDTH];
        left.iter_mut().zip(gate).for_each(|(left, gate)| *left &= !gate);
        self.bits = *gate;
        self.known.fill((0, 0));
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
                self.bits[at] |= left[at];
                lanes[lane] = std::mem::take(&mut left[at]);
            }
            taken.iter_mut().zip(lanes).for_each(|(taken, bits)| *taken |= bits != 0);
            *load = Load { offset: offset as u8, bits: u64::from_le_bytes(lanes) };
        }
    }
}

#[inline(always)]
fn slot(word: u64) -> usize {
    (word.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 55) as usize
}
