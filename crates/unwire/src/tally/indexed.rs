//! Values by place, each known by its key: what the counts of flows are kept in. Places are given in the order in which keys come, so that
//! nothing depends on how they are hashed; hashing is seeded, because captures are hostile.

use std::hash::Hash;

use ahash::RandomState;
use hashbrown::HashTable;

/// Keys and values by place; the index has 4 bytes for each, and the keys stand there once.
#[derive(Debug)]
pub(super) struct Indexed<K, V> {
    pub(super) keys: Vec<K>,
    pub(super) values: Vec<V>,
    index: HashTable<u32>,
    hasher: RandomState,
}

impl<K, V> Default for Indexed<K, V> {
    fn default() -> Self {
        Self { keys: Vec::new(), values: Vec::new(), index: HashTable::new(), hasher: RandomState::new() }
    }
}

impl<K: Copy + Eq + Hash, V: Copy + Default> Indexed<K, V> {
    /// The place of a key, which is a new one for a new key.
    #[inline]
    pub(super) fn place(&mut self, key: K) -> usize {
        let Self { keys, values, index, hasher } = self;
        let hash = hasher.hash_one(key);
        let found = index.entry(hash, |at| keys[*at as usize] == key, |at| hasher.hash_one(keys[*at as usize]));
        let place = *found.or_insert_with(|| keys.len() as u32).get() as usize;
        if place == keys.len() {
            keys.push(key);
            values.push(V::default());
        }
        place
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Keep the marked ones, in their order, and tell for each old place the new one.
    pub(super) fn keep(&mut self, marks: &[bool]) -> Vec<u32> {
        let mut places = vec![u32::MAX; marks.len()];
        let mut next = 0;
        for (at, place) in places.iter_mut().enumerate().filter(|(at, _)| marks[*at]) {
            self.keys[next] = self.keys[at];
            self.values[next] = self.values[at];
            *place = next as u32;
            next += 1;
        }
        self.keys.truncate(next);
        self.values.truncate(next);
        self.reindex();
        places
    }

    /// Look all keys up anew, after they were changed.
    pub(super) fn reindex(&mut self) {
        self.index.clear();
        for (at, key) in (0..).zip(&self.keys) {
            self.index.insert_unique(self.hasher.hash_one(key), at, |at| self.hasher.hash_one(self.keys[*at as usize]));
        }
    }
}
