//! A number space: numbers, and the layers that answer to them. What the numbers mean, and who asks, is not known here.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::LayerId;

/// A number space: which layers answer to a number.
#[derive(Clone, Debug, Default)]
pub struct Space {
    /// Its name.
    pub name: Arc<str>,
    small: Vec<u16>,
    /// One bit for each of these: most numbers mean nothing, which is told by bytes that stay in a near cache.
    meant: Vec<u64>,
    large: FxHashMap<u64, u16>,
    candidates: Vec<Vec<LayerId>>,
}

impl Space {
    pub(super) fn new(name: Arc<str>) -> Self {
        Self { name, ..Self::default() }
    }

    /// The layers that answer to a number, in the order they are tried: a user's first.
    #[inline]
    pub fn find(&self, key: u64) -> &[LayerId] {
        self.list(self.slot(key))
    }

    /// Which list of layers a number has. List 0 is the empty one.
    #[inline(always)]
    pub fn slot(&self, key: u64) -> u16 {
        if u16::try_from(key).is_err() {
            return self.large.get(&key).copied().unwrap_or(0);
        }
        let is_meant = self.meant.get(key as usize >> 6).is_some_and(|bits| bits >> (key & 63) & 1 == 1);
        if is_meant { self.small.get(key as usize).copied().unwrap_or(0) } else { 0 }
    }

    /// The layers of a list; those that left it make it shorter, to nothing in the end.
    #[inline]
    pub fn list(&self, slot: u16) -> &[LayerId] {
        self.candidates.get(slot as usize).map_or(&[], Vec::as_slice)
    }

    /// Let one layer alone answer to a number, or none.
    pub(super) fn give(&mut self, key: u64, layer: Option<LayerId>) {
        for id in self.find(key).to_vec() {
            self.take(key, id);
        }
        if let Some(layer) = layer {
            self.insert(key, layer, true);
        }
    }

    fn take(&mut self, key: u64, layer: LayerId) {
        let slot = u16::try_from(key).map_or_else(|_| self.large.get(&key).copied(), |key| self.small.get(key as usize).copied());
        if let Some(list) = slot.filter(|slot| *slot != 0).and_then(|slot| self.candidates.get_mut(slot as usize)) {
            list.retain(|id| *id != layer);
        }
    }

    /// Enter a layer under a number: before those that are there, as what a user declares is, or behind them.
    pub(super) fn insert(&mut self, key: u64, layer: LayerId, before: bool) {
        if self.candidates.is_empty() {
            self.candidates.push(Vec::new());
        }
        let next = self.candidates.len() as u16;
        let slot = if let Ok(small) = u16::try_from(key) {
            if self.small.len() <= small as usize {
                // Most numbers mean nothing; the pages of zeroed memory that nobody writes are not there.
                let mut wide = vec![0; (small as usize + 1).next_power_of_two()];
                wide[..self.small.len()].copy_from_slice(&self.small);
                self.small = wide;
                self.meant.resize(self.small.len().div_ceil(64), 0);
            }
            self.meant[small as usize >> 6] |= 1 << (small & 63);
            &mut self.small[small as usize]
        } else {
            self.large.entry(key).or_insert(0)
        };
        if *slot == 0 {
            *slot = next;
            self.candidates.push(Vec::new());
        }
        let list = &mut self.candidates[*slot as usize];
        list.insert(if before { 0 } else { list.len() }, layer);
    }

    pub(super) fn remove(&mut self, layer: LayerId) {
        for list in &mut self.candidates {
            list.retain(|other| *other != layer);
        }
    }

    /// The layers that answer to some number of the space.
    pub fn layers(&self) -> impl Iterator<Item = LayerId> {
        self.candidates.iter().flatten().copied()
    }

    /// Every number with the layers that answer to it.
    pub fn entries(&self) -> Vec<(u64, &[LayerId])> {
        let small = self.small.iter().enumerate().map(|(key, slot)| (key as u64, *slot));
        let large = self.large.iter().map(|(key, slot)| (*key, *slot));
        let mut all: Vec<_> = small
            .chain(large)
            .map(|(key, slot)| (key, self.candidates.get(slot as usize).map_or(&[][..], Vec::as_slice)))
            .filter(|(_, layers)| !layers.is_empty())
            .collect();
        all.sort_unstable_by_key(|(key, _)| *key);
        all
    }
}
