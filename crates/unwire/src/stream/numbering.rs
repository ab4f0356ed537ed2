//! Streams as Wireshark numbers them: by addresses and ports alone, from 0 in the order of first appearance. A SYN with another initial
//! sequence number opens a new number that later segments of the pair join; nothing ever times out. With each number goes whatever its owner
//! keeps of a stream.

use rustc_hash::FxHashMap;

use super::seen::Seen;

/// An end of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EndPoint {
    /// The address, zeros behind it.
    pub address: [u8; 16],
    /// The bytes of the address.
    pub width: u8,
    /// The port.
    pub port: u16,
}

impl EndPoint {
    /// The sender and the receiver of what was seen: addresses and ports alone.
    pub fn both(seen: &Seen) -> [Self; 2] {
        let end = |address, at: usize| Self { address, width: seen.ends.width, port: seen.ends.ports[at] };
        [end(seen.ends.source, 0), end(seen.ends.target, 1)]
    }
}

/// The two ends of a stream; the same for both directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Pair(EndPoint, EndPoint);

/// Numbered streams.
#[derive(Debug)]
pub struct Numbering<S> {
    by_ends: FxHashMap<Pair, u32>,
    streams: Vec<Numbered<S>>,
}

/// One of them.
#[derive(Debug)]
pub struct Numbered<S> {
    /// The first sender.
    pub first: EndPoint,
    /// The first receiver.
    pub second: EndPoint,
    /// What is kept of it.
    pub state: S,
}

impl<S> Default for Numbering<S> {
    fn default() -> Self {
        Self { by_ends: FxHashMap::default(), streams: Vec::new() }
    }
}

impl<S: Default> Numbering<S> {
    /// The number of the stream between two ends, a new one if there was none, and which of its ends the sender is.
    pub fn join(&mut self, source: EndPoint, target: EndPoint) -> (u32, usize) {
        let pair = if source <= target { Pair(source, target) } else { Pair(target, source) };
        let next = self.streams.len() as u32;
        let number = *self.by_ends.entry(pair).or_insert(next);
        if number == next {
            self.streams.push(Numbered { first: source, second: target, state: S::default() });
        }
        (number, self.side(number, source))
    }

    /// A new number for these ends, from now on.
    pub fn open(&mut self, source: EndPoint, target: EndPoint) -> (u32, usize) {
        let pair = if source <= target { Pair(source, target) } else { Pair(target, source) };
        self.by_ends.remove(&pair);
        self.join(source, target)
    }

    /// Between two ends that are the same, all is from the first.
    fn side(&self, number: u32, source: EndPoint) -> usize {
        self.streams.get(number as usize).map_or(0, |stream| usize::from(stream.first != source))
    }

    /// A stream by its number.
    pub fn get(&self, number: u32) -> Option<&Numbered<S>> {
        self.streams.get(number as usize)
    }

    /// What is kept of a stream.
    pub fn state(&mut self, number: u32) -> Option<&mut S> {
        self.streams.get_mut(number as usize).map(|stream| &mut stream.state)
    }

    /// What is kept of all streams, in the order of their numbers.
    pub fn states(&mut self) -> impl Iterator<Item = &mut S> {
        self.streams.iter_mut().map(|stream| &mut stream.state)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.streams.len()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.streams.is_empty()
    }
}
