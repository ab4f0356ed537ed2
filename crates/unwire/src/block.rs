//! Many frames at a time: those that answer alike are laid together, so that what is done for one of them is done for the next in the same
//! way. Who works on frames gets them as groups, all of one shape, or alone, where the walk found them out. Which comes first is not said;
//! every row comes once. No values are read here.

use crate::capture::{Batch, Record};
use crate::dissect::{Span, Stop};
use crate::reader::Bytes;
use crate::shape::{Fate, Known, Shape, nothing_behind};
use crate::walk::Walk;

/// Frames of a block that have the same layers. What `starts` and `limits` say, they say of each row.
pub(crate) struct Group<'g> {
    /// Their layers; where these end is not known of all.
    pub layers: &'g [Known],
    /// Their places in the block.
    pub rows: &'g [u32],
    /// Where the frames start in the batch's buffer.
    pub starts: &'g [u32],
    shape: &'g Shape,
    limits: &'g [Vec<u32>],
    /// The number of legs, and how the way ends where nothing is behind the last.
    leg: usize,
    empty: (Stop, u32),
}

impl Group<'_> {
    /// Where the layer ends in each frame.
    #[inline]
    pub(crate) fn limits(&self, layer: usize) -> &[u32] {
        self.limits.get(self.shape.leg_of(layer)).map_or(&[], Vec::as_slice)
    }

    /// Why the walk ended in each frame, and the layers and links as one number.
    #[inline]
    pub(crate) fn went(&self) -> impl Iterator<Item = (Stop, u32)> {
        let Span { layer, payload, .. } = self.layers.last().map_or_else(Span::default, |last| last.span);
        let limits = self.limits.get(self.leg).map_or(&[][..], Vec::as_slice);
        let (whole, takes_all) = (self.shape.whole(), self.is_whole() && self.shape.takes_all());
        limits.iter().map(move |limit| match *limit {
            limit if takes_all => (nothing_behind(layer, limit), whole.1),
            limit if limit > payload => whole,
            _ => self.empty,
        })
    }

    /// The numbers of the layers and links that there may be: where nothing is behind the last layer, and where something is.
    pub(crate) fn paths(&self) -> [u32; 2] {
        [self.empty.1, self.shape.whole().1]
    }

    /// True if something may be behind the last layer.
    pub(crate) fn is_whole(&self) -> bool {
        self.leg + 1 == self.shape.legs()
    }

    /// The layers as spans, without their ends; `whole` if something is behind the last.
    pub(crate) fn spans(&self, whole: bool) -> Vec<Span> {
        let mut spans: Vec<Span> = self.layers.iter().map(|known| known.span).collect();
        if let Some(last) = spans.last_mut().filter(|_| !whole) {
            last.link = 0;
        }
        spans
    }
}

/// Who works on frames.
pub(crate) trait Work {
    /// A group of rows. Those that must be worked on alone are added to `alone`.
    fn together(&mut self, group: &Group<'_>, alone: &mut Vec<u32>);
    /// One row, as the walk went.
    fn alone(&mut self, row: u32, record: &Record, walk: &Walk, bytes: Bytes<'_>);
}

/// The rows of a block sorted by shape; the memory is used for one block after the other.
#[derive(Debug, Default)]
pub(crate) struct Block {
    /// The shape of each row, and how many rows each shape has.
    shapes: Vec<u32>,
    counts: Vec<u32>,
    /// The shapes that there are.
    found: Vec<u32>,
    /// The rows by shape.
    sorted: Vec<u32>,
    alone: Vec<u32>,
    laid: Laid,
    /// Those of them that went one way, where not all did.
    part: Laid,
}

/// Rows of one shape.
#[derive(Debug, Default)]
struct Laid {
    rows: Vec<u32>,
    starts: Vec<u32>,
    /// Where the frames end.
    ends: Vec<u32>,
    /// By the shape's legs.
    limits: Vec<Vec<u32>>,
}

impl Block {
    /// Have the frames of some records worked on; `link` overrides the capture's link type.
    pub(crate) fn walk(&mut self, walk: &mut Walk, batch: &Batch, records: &[Record], link: Option<u16>, work: &mut impl Work) {
        self.sort(walk, batch, records, link);
        let mut behind = 0;
        for number in &self.found {
            let begin = behind;
            behind = std::mem::take(&mut self.counts[*number as usize]) as usize;
            let Some((shape, rows)) = walk.shape(*number).zip(self.sorted.get(begin..behind)) else { continue };
            let laid = &mut self.laid;
            laid.begin(shape, rows, records, &mut self.alone);
            let legs = shape.legs();
            if legs > 0 && (0..legs).all(|leg| laid.lay(shape, leg, &batch.buffer)) {
                laid.work(shape, legs - 1, &mut self.alone, work);
            } else {
                laid.work_apart(shape, &batch.buffer, &mut self.part, &mut self.alone, work);
            }
        }
        for row in self.alone.drain(..) {
            if let Some(record) = records.get(row as usize) {
                let bytes = Bytes(batch.bytes(record));
                walk.run(link.unwrap_or(record.link), bytes, record.wire_len);
                work.alone(row, record, walk, bytes);
            }
        }
    }

    /// Sort the rows by shape. Behind it `counts` says where the rows of each end.
    fn sort(&mut self, walk: &mut Walk, batch: &Batch, records: &[Record], link: Option<u16>) {
        self.shapes.clear();
        self.found.clear();
        for (record, row) in records.iter().zip(0..) {
            let number = walk.find(link.unwrap_or(record.link), batch.bytes(record), record.wire_len);
            self.shapes.push(number);
            if number == 0 {
                self.alone.push(row);
                continue;
            }
            if self.counts.len() <= number as usize {
                self.counts.resize(number as usize + 1, 0);
            }
            let count = &mut self.counts[number as usize];
            if *count == 0 {
                self.found.push(number);
            }
            *count += 1;
        }
        let mut begin = 0;
        for number in &self.found {
            let count = &mut self.counts[*number as usize];
            (begin, *count) = (begin + *count, begin);
        }
        self.sorted.resize(records.len(), 0);
        for (number, row) in self.shapes.iter().zip(0..).filter(|(number, _)| **number != 0) {
            let at = &mut self.counts[*number as usize];
            self.sorted[*at as usize] = row;
            *at += 1;
        }
    }
}

impl Laid {
    fn clear(&mut self) {
        self.rows.clear();
        self.starts.clear();
        self.ends.clear();
    }

    /// Begin with these rows; those of which too little was captured stay alone.
    fn begin(&mut self, shape: &Shape, rows: &[u32], records: &[Record], alone: &mut Vec<u32>) {
        self.clear();
        if self.limits.len() < shape.legs() {
            self.limits.resize_with(shape.legs(), Vec::new);
        }
        for row in rows {
            let Some(record) = records.get(*row as usize) else { continue };
            if !shape.fits(record.cap_len, record.wire_len.max(record.cap_len)) {
                alone.push(*row);
                continue;
            }
            self.rows.push(*row);
            self.starts.push(record.offset);
            self.ends.push(record.wire_len.max(record.cap_len));
        }
    }

    /// Lay a leg over the rows; false if it is not whole in all of them.
    fn lay(&mut self, shape: &Shape, leg: usize, buffer: &[u8]) -> bool {
        let (before, limits) = self.limits.split_at_mut(leg);
        let Some(limits) = limits.first_mut() else { return false };
        shape.limits(leg, buffer, &self.starts, before.last().unwrap_or(&self.ends), limits)
    }

    /// Hand the rows on that end with a leg.
    fn work(&self, shape: &Shape, leg: usize, alone: &mut Vec<u32>, work: &mut impl Work) {
        let Self { rows, starts, limits, .. } = self;
        if rows.is_empty() {
            return;
        }
        if let Some((layers, stop, path)) = shape.up_to(leg) {
            work.together(&Group { layers, rows, starts, shape, limits, leg, empty: (stop, path) }, alone);
        }
    }

    /// Hand the rows on, those together that end with the same leg.
    #[cold]
    fn work_apart(&mut self, shape: &Shape, buffer: &[u8], part: &mut Self, alone: &mut Vec<u32>, work: &mut impl Work) {
        let legs = shape.legs();
        for leg in 0..legs {
            self.lay(shape, leg, buffer);
        }
        let fate = |at: usize| shape.fate(self.limits.iter().map(|limits| limits.get(at).copied().unwrap_or_default()));
        let fates: Vec<Fate> = (0..self.rows.len()).map(fate).collect();
        part.limits.resize_with(part.limits.len().max(legs), Vec::new);
        for leg in 0..legs {
            part.clear();
            part.limits.iter_mut().for_each(Vec::clear);
            for (at, _) in fates.iter().enumerate().filter(|(_, fate)| **fate == Fate::Ends(leg)) {
                part.rows.push(self.rows[at]);
                part.starts.push(self.starts[at]);
                part.limits.iter_mut().zip(&self.limits).take(legs).for_each(|(part, limits)| part.extend(limits.get(at)));
            }
            part.work(shape, leg, alone, work);
        }
        alone.extend(self.rows.iter().zip(&fates).filter(|(_, fate)| **fate == Fate::Alone).map(|(row, _)| row));
    }
}
