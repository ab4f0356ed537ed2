//! Columns of texts: bytes one after the other, and labels, few texts for many rows. Knows no packet and no schema.

use ahash::AHashMap;
use arrow_array::StringArray;
use arrow_buffer::{OffsetBuffer, ScalarBuffer};

/// Bytes one after the other, with offsets.
#[derive(Debug)]
pub(super) struct Strings {
    pub(super) offsets: Vec<i32>,
    pub(super) data: Vec<u8>,
}

impl Default for Strings {
    fn default() -> Self {
        Self { offsets: vec![0], data: Vec::new() }
    }
}

impl Strings {
    pub(super) fn with_capacity(rows: usize) -> Self {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push(0);
        Self { offsets, data: Vec::with_capacity(18 * rows) }
    }

    /// What is there: from here on there is nothing.
    pub(super) fn take(&mut self) -> Self {
        let taken = Self { offsets: emptied(&mut self.offsets), data: emptied(&mut self.data) };
        self.offsets.push(0);
        taken
    }

    pub(super) fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// False if the column is full: 2 GiB of bytes in one batch.
    pub(super) fn push(&mut self, bytes: &[u8]) -> bool {
        let Some(end) = self.data.len().checked_add(bytes.len()).and_then(|end| i32::try_from(end).ok()) else { return false };
        self.data.extend_from_slice(bytes);
        self.offsets.push(end);
        true
    }

    /// Add what is written behind the bytes that there are; nothing if the column is full.
    #[inline(always)]
    pub(super) fn write(&mut self, text: impl FnOnce(&mut Vec<u8>)) {
        text(&mut self.data);
        let end = i32::try_from(self.data.len()).unwrap_or_else(|_| self.offsets.last().copied().unwrap_or(0));
        self.data.truncate(end as usize);
        self.offsets.push(end);
    }

    pub(super) fn pop(&mut self) {
        self.offsets.pop();
        self.data.truncate(self.offsets.last().map_or(0, |end| *end as usize));
    }

    pub(super) fn texts(self) -> StringArray {
        // The bytes were written from `str`s only; should that ever be untrue, the column is empty rather than wrong.
        let rows = self.len();
        let offsets = OffsetBuffer::new(ScalarBuffer::from(self.offsets));
        StringArray::try_new(offsets, self.data.into(), None).unwrap_or_else(|_| StringArray::new_null(rows))
    }
}

/// Few texts for many rows, each known by small numbers that its column gives out; several numbers may have one text.
#[derive(Debug, Default)]
pub(super) struct Labels {
    pub(super) keys: Vec<i32>,
    /// Where the text of each number is; -1 where that is not known.
    places: Vec<i32>,
    named: AHashMap<Box<str>, i32>,
    pub(super) texts: Strings,
}

impl Labels {
    /// Add rows with the texts of these numbers, which are made only the first time; a row without one is null.
    pub(super) fn extend(&mut self, numbers: impl Iterator<Item = Option<u32>>, text: impl Fn(u32) -> String, mut null: impl FnMut(usize)) {
        for number in numbers {
            let Some(number) = number else {
                null(self.keys.len());
                self.keys.push(0);
                continue;
            };
            let place = self.places.get(number as usize).copied().unwrap_or(-1);
            let place = if place < 0 { self.look_up(number, &text(number)) } else { place };
            self.keys.push(place);
        }
    }

    /// The keys of the rows, and the texts: from here on both begin anew.
    pub(super) fn take(&mut self) -> (Vec<i32>, Strings) {
        self.places.fill(-1);
        self.named.clear();
        (emptied(&mut self.keys), self.texts.take())
    }

    #[cold]
    fn look_up(&mut self, number: u32, text: &str) -> i32 {
        let next = self.texts.len() as i32;
        let place = *self.named.entry(text.into()).or_insert(next);
        if place == next {
            self.texts.push(text.as_bytes());
        }
        if self.places.len() <= number as usize {
            self.places.resize(number as usize + 1, -1);
        }
        self.places[number as usize] = place;
        place
    }

    /// From here on the numbers mean other texts.
    pub(super) fn renumber(&mut self) {
        self.places.clear();
    }
}

/// What a vector holds: from here on it is empty, with room for a little more. The next batch will be much like the one before.
pub(super) fn emptied<T>(values: &mut Vec<T>) -> Vec<T> {
    let room = values.len() + values.len() / 8;
    std::mem::replace(values, Vec::with_capacity(room))
}
