//! The order in which a merge gave the packets of several captures: which capture a packet is of, and which it is there. Where captures take turns
//! there are as many runs as packets, so they are kept as bytes with marks among them. Reads nothing.

use super::merge::Run;

/// Runs from mark to mark, at least; of very many captures there are fewer marks, because each says how many packets all of them gave before.
const STRIDE: usize = 256;

/// Which packets of all captures are of which.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// Each run that has ended: the capture and how many packets of it follow one another, as numbers of seven bits a byte.
    runs: Vec<u8>,
    marks: Vec<Mark>,
    /// How many packets of each capture stand before each mark.
    taken: Vec<u64>,
    /// Runs since the last mark.
    since: usize,
    /// The run that has not ended: its capture, and its first packet among all.
    open: Option<(u32, u64)>,
    /// How many packets of each capture stand before the open run.
    before: Vec<u64>,
    /// Packets of all captures.
    count: u64,
}

/// A run that can be found without those before it.
#[derive(Clone, Copy, Debug, Default)]
struct Mark {
    /// Its first packet among those of all captures.
    number: u64,
    /// Where it stands among the bytes.
    at: u64,
}

impl Order {
    /// Of so many captures, of which nothing was given yet.
    pub fn new(sources: usize) -> Self {
        Self { before: vec![0; sources], ..Self::default() }
    }

    /// The next run.
    pub fn add(&mut self, run: &Run) {
        let source = run.source as u32;
        if self.open.is_none_or(|(open, _)| open != source) {
            self.end();
            self.open = Some((source, self.count));
        }
        self.count = run.number + run.records.len() as u64;
    }

    /// The open run ends here.
    fn end(&mut self) {
        let Some((source, first)) = self.open.take() else { return };
        if self.marks.is_empty() || self.since >= STRIDE.max(self.before.len()) {
            self.marks.push(Mark { number: first, at: self.runs.len() as u64 });
            self.taken.extend_from_slice(&self.before);
            self.since = 0;
        }
        self.since += 1;
        let length = self.count - first;
        put(&mut self.runs, u64::from(source));
        put(&mut self.runs, length);
        if let Some(before) = self.before.get_mut(source as usize) {
            *before += length;
        }
    }

    /// The capture of a packet, and its number there.
    pub fn place(&self, number: u64) -> Option<(usize, u64)> {
        if let Some((source, first)) = self.open
            && number >= first
        {
            let source = source as usize;
            return (number < self.count).then_some((source, self.before.get(source)? + (number - first)));
        }
        let (mark, taken) = self.mark(number)?;
        let mut first = mark.number;
        let source = self.behind(mark).find_map(|(source, length)| {
            let here = number - first < length;
            first += if here { 0 } else { length };
            here.then_some(source)
        })?;
        // What the capture gave between the mark and this run.
        let mut at = mark.number;
        let before = self.behind(mark).take_while(|(_, length)| {
            let passed = at < first;
            at += length;
            passed
        });
        let given: u64 = before.filter(|(one, _)| *one == source).map(|(_, length)| length).sum();
        Some((source, taken.get(source)? + given + (number - first)))
    }

    /// How many of the first `number` packets are of each capture.
    pub fn taken(&self, number: u64) -> Vec<u64> {
        if let Some((source, first)) = self.open
            && number >= first
        {
            let mut taken = self.before.clone();
            if let Some(taken) = taken.get_mut(source as usize) {
                *taken += number.min(self.count) - first;
            }
            return taken;
        }
        let Some((mark, taken)) = self.mark(number) else { return self.before.clone() };
        let (mut taken, mut at) = (taken.to_vec(), mark.number);
        for (source, length) in self.behind(mark) {
            if at >= number {
                break;
            }
            if let Some(taken) = taken.get_mut(source) {
                *taken += length.min(number - at);
            }
            at += length;
        }
        taken
    }

    /// The last mark that does not stand behind a packet, and how many packets of each capture stand before it.
    fn mark(&self, number: u64) -> Option<(Mark, &[u64])> {
        let at = self.marks.partition_point(|mark| mark.number <= number).checked_sub(1)?;
        let sources = self.before.len();
        Some((*self.marks.get(at)?, self.taken.get(at * sources..(at + 1) * sources)?))
    }

    /// The runs from a mark on that have ended.
    fn behind(&self, mark: Mark) -> impl Iterator<Item = (usize, u64)> {
        let mut rest = self.runs.get(mark.at as usize..).unwrap_or_default();
        std::iter::from_fn(move || Some((take(&mut rest)? as usize, take(&mut rest)?)))
    }

    /// As words and bytes that can be kept: how many marks there are and how many bytes of runs, then these.
    pub(super) fn keep(&self, out: &mut Vec<u8>) {
        let mut whole = self.clone();
        whole.end();
        out.extend_from_slice(&whole.runs);
        let marks = whole.marks.iter().flat_map(|mark| [mark.number, mark.at]);
        for word in marks.chain(whole.taken.iter().copied()).chain([whole.runs.len() as u64, whole.marks.len() as u64]) {
            out.extend_from_slice(&word.to_le_bytes());
        }
    }

    /// What was kept, of captures that have so many packets each; `None` where the bytes do not say that.
    pub(super) fn kept(bytes: &[u8], counts: Vec<u64>) -> Option<Self> {
        let (rest, tail) = bytes.split_at_checked(bytes.len().checked_sub(16)?)?;
        let mut tail = words(tail);
        let (length, marks) = (usize::try_from(tail.next()?).ok()?, usize::try_from(tail.next()?).ok()?);
        let (runs, rest) = rest.split_at_checked(length)?;
        if Some(rest.len()) != marks.checked_mul(8 * (2 + counts.len())) {
            return None;
        }
        let (places, taken) = rest.split_at_checked(16 * marks)?;
        let places = words(places).zip(words(places).skip(1)).step_by(2);
        let marks = places.map(|(number, at)| Mark { number, at }).collect();
        let count = counts.iter().sum();
        Some(Self { runs: runs.to_vec(), marks, taken: words(taken).collect(), since: 0, open: None, before: counts, count })
    }
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u64> {
    bytes.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word))
}

fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            return Some(number);
        }
    }
    None
}
