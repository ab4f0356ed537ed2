//! How the two ends of a flow become a number, the same whoever sends. It is seeded: who chooses addresses and ports cannot choose numbers.

use ahash::RandomState;

use super::live::Within;
use crate::stream::Ends;

/// What nobody outside knows.
#[derive(Debug)]
pub(super) struct Seeds([u64; 3]);

impl Default for Seeds {
    fn default() -> Self {
        let seed = RandomState::new();
        Self([0_u64, 1, 2].map(|number| seed.hash_one(number)))
    }
}

impl Seeds {
    /// The number of what two ends exchange.
    #[inline]
    pub(super) fn hash(&self, ends: &Ends, named: Within) -> u64 {
        let Self([a, b, c]) = *self;
        let end = |address: [u8; 16], port: u16| {
            let address = u128::from_ne_bytes(address);
            fold(fold(address as u64 ^ a, (address >> 64) as u64 ^ b) ^ u64::from(port), c)
        };
        let both = end(ends.source, ends.ports[0]).wrapping_add(end(ends.target, ends.ports[1]));
        fold(both ^ a, (u64::from(ends.protocol) << 32 | u64::from(named.0)) ^ b)
    }
}

/// Both halves of a product, which hang on all bits of what was multiplied.
#[inline]
fn fold(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    product as u64 ^ (product >> 64) as u64
}
