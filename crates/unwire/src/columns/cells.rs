//! The rows of a block while they get their values, in any order. Which values these are, and what becomes of them, is not known here.

/// Places of values.
pub(super) enum Places<'p> {
    Words(&'p mut [u32]),
    Long(&'p mut [u64]),
    Numbers(&'p mut [i128]),
    Wide(&'p mut [u128]),
}

/// The rows of a block, which get their values in any order.
pub(super) struct Cells<'c> {
    pub places: Places<'c>,
    pub nulls: &'c mut Vec<u32>,
    /// The block's first row.
    pub first: u32,
}

impl Cells<'_> {
    /// Give some rows their values: `read` says the value of each of them the short way, from where it starts; where there is none, `exact`
    /// says it the exact way.
    #[inline(always)]
    pub(super) fn put(
        &mut self,
        rows: &[u32],
        starts: &[u32],
        read: impl Fn(usize, u32) -> Option<u64> + Copy,
        exact: impl Fn(usize) -> Option<u64>,
    ) {
        let first = self.first;
        let null = |row: u32| self.nulls.push(first + row);
        match &mut self.places {
            Places::Words(places) => put(places, (rows, starts), read, exact, |value| value as u32, null),
            Places::Long(places) => put(places, (rows, starts), read, exact, |value| value, null),
            Places::Numbers(places) => put(places, (rows, starts), read, exact, i128::from, null),
            Places::Wide(_) => {}
        }
    }

    /// Give all rows their values, one after the other; a row whose value is None is null.
    #[inline(always)]
    pub(super) fn fill(&mut self, values: impl Iterator<Item = Option<u64>>) {
        let first = self.first;
        let null = |row: u32| self.nulls.push(first + row);
        match &mut self.places {
            Places::Words(places) => fill(places, values, |value| value as u32, null),
            Places::Long(places) => fill(places, values, |value| value, null),
            Places::Numbers(places) => fill(places, values, i128::from, null),
            Places::Wide(_) => {}
        }
    }

    /// The same as `put` for IPv6 addresses.
    #[inline(always)]
    pub(super) fn put_wide(
        &mut self,
        rows: &[u32],
        starts: &[u32],
        read: impl Fn(usize, u32) -> Option<u128> + Copy,
        exact: impl Fn(usize) -> Option<u128>,
    ) {
        let first = self.first;
        let null = |row: u32| self.nulls.push(first + row);
        match &mut self.places {
            Places::Wide(places) => put(places, (rows, starts), read, exact, |value| value, null),
            Places::Numbers(places) => put(places, (rows, starts), read, exact, |value| value as i128, null),
            Places::Words(_) | Places::Long(_) => {}
        }
    }
}

#[inline(always)]
fn fill<T>(places: &mut [T], values: impl Iterator<Item = Option<u64>>, make: impl Fn(u64) -> T, mut null: impl FnMut(u32)) {
    for ((place, value), row) in places.iter_mut().zip(values).zip(0..) {
        match value {
            Some(value) => *place = make(value),
            None => null(row),
        }
    }
}

#[inline(always)]
fn put<T, V>(
    places: &mut [T],
    (rows, starts): (&[u32], &[u32]),
    read: impl Fn(usize, u32) -> Option<V> + Copy,
    exact: impl Fn(usize) -> Option<V>,
    make: impl Fn(V) -> T + Copy,
    mut null: impl FnMut(u32),
) {
    if put_read(places, rows, starts, read, make).is_some() {
        return;
    }
    // Few frames at the end of a buffer, and what has no short form.
    for (at, (row, start)) in rows.iter().zip(starts).enumerate() {
        match (places.get_mut(*row as usize), read(at, *start).or_else(|| exact(at))) {
            (Some(place), Some(value)) => *place = make(value),
            _ => null(*row),
        }
    }
}

/// Give some rows their values, if all can be read the short way. It is a function of its own so that its loop has the processor's registers
/// for itself.
#[inline(never)]
fn put_read<T, V>(places: &mut [T], rows: &[u32], starts: &[u32], read: impl Fn(usize, u32) -> Option<V>, make: impl Fn(V) -> T) -> Option<()> {
    for (at, (row, start)) in rows.iter().zip(starts).enumerate() {
        *places.get_mut(*row as usize)? = make(read(at, *start)?);
    }
    Some(())
}
