//! What is known again by the bits that decided it: anything that was found out about a layer while it was noted what was looked at (notes.rs).
//! Another layer of that size with the same bits there is the same to whoever asks the same. What was found out lies with who asks; here
//! are its numbers.

use rustc_hash::FxHashMap;

use crate::notes::Notes;

/// What something that is known stands on.
#[derive(Debug, Default)]
pub(crate) struct Stand {
    /// How many bytes of a layer it speaks of, and the bits of them that decided: eight bytes at a time.
    size: u32,
    checks: Vec<(u32, u64, u64)>,
}

impl Stand {
    /// True if a layer that starts at `start` has those bits.
    #[inline(always)]
    fn fits(&self, bytes: &[u8], start: u32, size: u32) -> bool {
        self.size == size
            && self.checks.iter().all(|(at, mask, want)| {
                let eight = bytes.get((start + at) as usize..).and_then(<[u8]>::first_chunk::<8>);
                eight.is_some_and(|eight| u64::from_be_bytes(*eight) & mask == *want)
            })
    }
}

/// Where nothing is known.
const NONE: u32 = u32::MAX;
/// What is remembered of one question, and the bytes that one answer may speak of. Each costs a few hundred bytes.
const MOST: u32 = 4096;
const LONGEST: u32 = 512;
/// As many as the bits of `Recall::slot`.
const SLOTS: usize = 256;

/// A question: some bits of a byte; or, where there is no more to ask, the answer.
#[derive(Debug)]
struct Node {
    at: u32,
    mask: u8,
    answer: u32,
}

/// The numbers of what is known, by what it stands on.
#[derive(Debug)]
pub(crate) struct Recall {
    roots: FxHashMap<u32, u32>,
    nodes: Vec<Node>,
    next: FxHashMap<(u32, u8), u32>,
    /// The ones used last, by the first bytes behind `first`.
    slots: Box<[u32; SLOTS]>,
    first: u32,
    learned: u32,
    used: u32,
}

impl Recall {
    /// For what is mostly told by the bytes from `first` on in its layer.
    pub(crate) fn new(first: u32) -> Self {
        Self {
            roots: FxHashMap::default(),
            nodes: Vec::new(),
            next: FxHashMap::default(),
            slots: Box::new([NONE; SLOTS]),
            first,
            learned: 0,
            used: 0,
        }
    }

    /// What is known of a layer that starts at `start`, of which `size` bytes matter; `stand` tells what something stands on.
    #[inline(always)]
    pub(crate) fn find<'s>(&mut self, stand: impl Fn(u32) -> Option<&'s Stand>, bytes: &[u8], start: u32, size: u32) -> Option<u32> {
        let slot = self.slot(bytes, start, size);
        let known = self.slots[slot];
        if stand(known).is_some_and(|stand| stand.fits(bytes, start, size)) {
            return Some(known);
        }
        self.ask(bytes, start, size, slot)
    }

    #[inline(always)]
    fn slot(&self, bytes: &[u8], start: u32, size: u32) -> usize {
        let four = bytes.get((start + self.first) as usize..).and_then(<[u8]>::first_chunk::<4>);
        let first = four.map_or(0, |four| u32::from_be_bytes(*four));
        ((first ^ size).wrapping_mul(0x9E37_79B1) >> 24) as usize
    }

    #[inline(never)]
    fn ask(&mut self, bytes: &[u8], start: u32, size: u32, slot: usize) -> Option<u32> {
        let mut at = *self.roots.get(&size)?;
        let answer = loop {
            let node = self.nodes.get(at as usize)?;
            if node.answer != NONE {
                break node.answer;
            }
            at = *self.next.get(&(at, bytes.get((start + node.at) as usize)? & node.mask))?;
        };
        self.slots[slot] = answer;
        self.used += 1;
        Some(answer)
    }

    /// True if one more is worth remembering: most of those that are were used again.
    pub(crate) fn learns(&self, size: u32) -> bool {
        size <= LONGEST && self.learned < MOST && (self.learned < SLOTS as u32 || self.used > self.learned / 2)
    }

    /// Remember what was found out, and what was looked at on the way.
    pub(crate) fn learn(&mut self, number: u32, stand: &mut Stand, notes: Notes, bytes: &[u8], start: u32, size: u32) -> bool {
        let asked = notes.asked();
        let Some(layer) = bytes.get(start as usize..(start + size) as usize).filter(|_| asked.iter().all(|(at, _)| *at < size)) else { return false };
        let fresh = self.nodes.len() as u32;
        let mut at = *self.roots.entry(size).or_insert(fresh);
        let mut words: Vec<(u32, [u8; 8], [u8; 8])> = Vec::new();
        for (offset, mask) in asked {
            let byte = layer[offset as usize];
            if at == self.nodes.len() as u32 {
                self.nodes.push(Node { at: offset, mask, answer: NONE });
            }
            let fresh = self.nodes.len() as u32;
            at = *self.next.entry((at, byte & mask)).or_insert(fresh);
            // Within the layer, if it has that many.
            let word = (offset & !7).min(size.saturating_sub(8));
            if words.iter().all(|(known, ..)| *known != word) {
                words.push((word, [0; 8], [0; 8]));
            }
            for (_, masks, wants) in words.iter_mut().filter(|(known, ..)| *known == word) {
                masks[(offset - word) as usize] |= mask;
                wants[(offset - word) as usize] |= byte & mask;
            }
        }
        if at == self.nodes.len() as u32 {
            self.nodes.push(Node { at: 0, mask: 0, answer: number });
        }
        stand.checks = words.into_iter().map(|(at, mask, want)| (at, u64::from_be_bytes(mask), u64::from_be_bytes(want))).collect();
        stand.size = size;
        self.learned += 1;
        let slot = self.slot(bytes, start, size);
        self.slots[slot] = number;
        true
    }
}
