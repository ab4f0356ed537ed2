//! A connection that nobody understands so far, watched for the place where it goes over to a protocol that is understood, as many do to TLS. How that
//! protocol begins is told by others (spoken.rs); order is made elsewhere.

use super::Mark;

/// Octets of a connection that are watched.
const MOST: usize = 256 << 10;
/// Octets that wait for those by which it is known what they begin.
const MOST_KEPT: usize = 64;

/// Where a protocol begins in some octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It does not.
    Never,
    /// At this place.
    At(usize),
    /// At this place, if those that follow say so too.
    Perhaps(usize),
}

/// Octets with their packets.
pub type Pieces = Vec<(Vec<u8>, Mark)>;

/// A connection that is watched.
#[derive(Debug, Default)]
pub struct Watched {
    seen: usize,
    /// The last octets of a side, as long as something may begin with them.
    kept: [Pieces; 2],
}

impl Watched {
    /// True if it was watched for long enough.
    pub const fn is_over(&self) -> bool {
        self.seen > MOST
    }

    /// Octets that wait for what comes behind them.
    pub fn held(&self) -> usize {
        self.kept.iter().flatten().map(|(bytes, _)| bytes.len()).sum()
    }

    /// Octets are missing: nothing that began before them goes on.
    pub fn gap(&mut self, side: usize) {
        self.kept[side & 1].clear();
    }

    /// The next octets of a side: which protocol begins in them, by those that are asked, and all octets from its beginning on.
    pub fn data<T>(
        &mut self,
        side: usize,
        bytes: &[u8],
        mark: Mark,
        asked: impl Iterator<Item = (T, impl Fn(&[u8]) -> Turn)>,
    ) -> Option<(T, Pieces)> {
        self.seen += bytes.len();
        let kept = std::mem::take(&mut self.kept[side & 1]);
        let joined: Vec<u8>;
        let all = if kept.is_empty() {
            bytes
        } else {
            joined = kept.iter().flat_map(|(bytes, _)| bytes.iter().chain(&[])).chain(bytes).copied().collect();
            &joined
        };
        let mut perhaps = None;
        for (who, follows) in asked {
            match follows(all) {
                Turn::Never => {}
                Turn::At(place) => return Some((who, from(place, kept, bytes, mark))),
                Turn::Perhaps(place) => perhaps = Some(place),
            }
        }
        if let Some(place) = perhaps.filter(|place| all.len() - place <= MOST_KEPT) {
            self.kept[side & 1] = from(place, kept, bytes, mark);
        }
        None
    }
}

/// Octets from a place on.
fn from(place: usize, mut kept: Pieces, bytes: &[u8], mark: Mark) -> Pieces {
    kept.push((bytes.to_vec(), mark));
    let mut before = place;
    for (bytes, _) in &mut kept {
        let cut = before.min(bytes.len());
        bytes.drain(..cut);
        before -= cut;
    }
    kept.retain(|(bytes, _)| !bytes.is_empty());
    kept
}
