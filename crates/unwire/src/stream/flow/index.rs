//! Where flows are, by their ends. What a flow is, and when it is over, is not known here.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::live::{Flow, Within};
use super::seeds::Seeds;
use crate::stream::Ends;

/// The places of flows.
#[derive(Debug, Default)]
pub(super) struct Index {
    places: HashTable<u32>,
    seeds: Seeds,
}

impl Index {
    /// Bytes that it takes, without what allocators add.
    pub(super) fn memory(&self) -> usize {
        self.places.capacity() * (size_of::<u32>() + 1) * 8 / 7
    }

    /// The place of the flow with these ends.
    #[inline]
    pub(super) fn find(&self, flows: &[Flow], ends: &Ends, named: Within) -> Option<u32> {
        let same = |at: &u32| flows[*at as usize].is(ends, named);
        self.places.find(self.seeds.hash(ends, named), same).copied()
    }

    /// Where flows with these ends may be. Each step is done for all of them before the next one, so that the memory of one is fetched while
    /// that of the others is.
    pub(super) fn guess<'e, const N: usize>(&self, flows: &[Flow], ends: impl Iterator<Item = &'e Ends>) -> [u32; N] {
        let (mut hashes, mut places, mut touched) = ([0; N], [u32::MAX; N], 0);
        for (hash, ends) in hashes.iter_mut().zip(ends) {
            *hash = self.seeds.hash(ends, Within::default());
        }
        for (place, hash) in places.iter_mut().zip(hashes) {
            *place = self.places.find(hash, |_| true).copied().unwrap_or(u32::MAX);
        }
        for flow in places.iter().filter_map(|at| flows.get(*at as usize)) {
            touched ^= u32::from(flow.ends.ports[0]) ^ flow.sides[0].next ^ flow.sides[1].next ^ u32::from(flow.marks);
        }
        // Nobody wants the sum; it is for the memory.
        std::hint::black_box(touched);
        places
    }

    /// Enter the flow at a place.
    pub(super) fn enter(&mut self, flows: &[Flow], at: u32) {
        let Self { places, seeds } = self;
        let hash = |at: &u32| seeds.hash(&flows[*at as usize].ends, flows[*at as usize].named);
        let own = hash(&at);
        if let Entry::Vacant(place) = places.entry(own, |other| *other == at, hash) {
            place.insert(at);
        }
    }

    /// Forget the flow at a place.
    pub(super) fn remove(&mut self, flow: &Flow, at: u32) {
        let hash = self.seeds.hash(&flow.ends, flow.named);
        if let Ok(entry) = self.places.find_entry(hash, |other| *other == at) {
            entry.remove();
        }
    }
}
