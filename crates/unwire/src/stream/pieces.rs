//! Pieces of something that is not whole yet: runs of bytes that do not overlap, each with the packet that carried it. Where a new one overlaps
//! others, a policy says which bytes stay. Knows nothing of what is put together.

use std::collections::BTreeMap;

use super::budget::Policy;
use super::feed::Place;

/// What keeping a piece takes beside its bytes.
const PIECE: usize = 96;

/// Bytes, and the packet that carried them.
#[derive(Debug)]
pub(super) struct Piece {
    pub place: Place,
    pub bytes: Vec<u8>,
}

/// Pieces by where they belong.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    held: BTreeMap<i64, Piece>,
    /// Bytes, with what it takes to keep them.
    pub size: usize,
}

/// How much of a new piece was there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Overlap {
    /// In bytes.
    pub repeated: usize,
    /// Those of them that were others.
    pub conflicts: usize,
}

impl Pieces {
    pub(super) fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.held.len()
    }

    /// The first piece, and where it begins.
    pub(super) fn first(&self) -> Option<(i64, &Piece)> {
        self.held.first_key_value().map(|(at, piece)| (*at, piece))
    }

    /// Where the last piece ends.
    pub(super) fn end(&self) -> Option<i64> {
        self.held.last_key_value().map(|(at, piece)| at + piece.bytes.len() as i64)
    }

    pub(super) fn pop_first(&mut self) -> Option<(i64, Piece)> {
        let at = *self.held.first_key_value()?.0;
        Some((at, self.remove(at)?))
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Add bytes. Those that stay do so where they are.
    pub(super) fn add(&mut self, from: i64, bytes: &[u8], place: Place, policy: Policy) -> Overlap {
        match policy {
            Policy::First => self.add_what_is_new(from, bytes, place),
            Policy::Last => {
                let overlap = self.make_way(from, bytes);
                self.insert(from, bytes, place);
                overlap
            }
        }
    }

    fn insert(&mut self, at: i64, bytes: &[u8], place: Place) {
        if !bytes.is_empty() {
            self.size += bytes.len() + PIECE;
            self.held.insert(at, Piece { place, bytes: bytes.to_vec() });
        }
    }

    fn remove(&mut self, at: i64) -> Option<Piece> {
        let piece = self.held.remove(&at)?;
        self.size -= piece.bytes.len() + PIECE;
        Some(piece)
    }

    /// The pieces that overlap a run of bytes, with what they have of it: where they begin, where in the run, and which bytes.
    fn overlapping<'s>(&'s self, from: i64, bytes: &[u8]) -> impl Iterator<Item = (i64, usize, &'s [u8])> {
        let to = from + bytes.len() as i64;
        let before = self.held.range(..from).next_back();
        before.into_iter().chain(self.held.range(from..to)).filter_map(move |(at, piece)| {
            let (begin, end) = ((*at).max(from), (at + piece.bytes.len() as i64).min(to));
            let common = piece.bytes.get((begin - at) as usize..(end - at).max(0) as usize)?;
            (begin < end).then_some((*at, (begin - from) as usize, common))
        })
    }

    fn add_what_is_new(&mut self, from: i64, bytes: &[u8], place: Place) -> Overlap {
        let (mut new, mut done, mut overlap) = (Vec::new(), 0, Overlap::default());
        for (_, at, common) in self.overlapping(from, bytes) {
            new.push(done..at);
            done = at + common.len();
            overlap.count(common, &bytes[at..done]);
        }
        new.push(done..bytes.len());
        for run in new {
            self.insert(from + run.start as i64, &bytes[run], place);
        }
        overlap
    }

    /// Cut what is held where other bytes shall be.
    fn make_way(&mut self, from: i64, bytes: &[u8]) -> Overlap {
        let (mut cut, mut overlap) = (Vec::new(), Overlap::default());
        for (piece, at, common) in self.overlapping(from, bytes) {
            cut.push(piece);
            overlap.count(common, &bytes[at..at + common.len()]);
        }
        let to = from + bytes.len() as i64;
        for at in cut {
            if let Some(piece) = self.remove(at) {
                let end = at + piece.bytes.len() as i64;
                self.insert(at, &piece.bytes[..(from - at).max(0) as usize], piece.place);
                self.insert(to, &piece.bytes[piece.bytes.len() - (end - to).max(0) as usize..], piece.place);
            }
        }
        overlap
    }
}

impl Overlap {
    fn count(&mut self, held: &[u8], came: &[u8]) {
        self.repeated += held.len();
        if held != came {
            self.conflicts += held.iter().zip(came).filter(|(held, came)| held != came).count();
        }
    }
}
