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

    /// Why the walk ended in each frame.
    #[inline]
    pub(crate) fn stops(&self) -> impl Iterator<Item = Stop> {
        let Span { layer, payload, .. } = self.layers.last().map_or_else(Span::default, |last| last.span);
        let limits = self.limits.get(self.leg).map_or(&[][..], Vec::as_slice);
        let (whole, takes_all) = (self.shape.whole().0, self.is_whole() && self.shape.takes_all());
        limits.iter().map(move |limit| match *limit {
            limit if takes_all => nothing_behind(layer, limit),
            limit if limit > payload => whole,
            _ => self.empty.0,
        })
    }

    /// The layers and links of each frame as one number.
    #[inline]
    pub(crate) fn ways(&self) -> impl Iterator<Item = u32> {
        let [empty, whole] = self.paths();
        // A header that takes all bytes has none behind it, and its frames go the whole way.
        let least =
            if self.is_whole() && self.shape.takes_all() { 0 } else { self.layers.last().map_or(0, |last| last.span.payload.saturating_add(1)) };
        let limits = self.limits.get(self.leg).map_or(&[][..], Vec::as_slice);
        limits.iter().map(move |limit| if *limit >= least { whole } else { empty })
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
    sorted: Kept,
    /// Those that can be laid together, where not all of a shape can.
    kept: Kept,
    alone: Vec<u32>,
    laid: Laid,
}

/// Rows, where their frames start in the batch's buffer, and where they end, counted from there.
#[derive(Clone, Copy, Debug)]
struct Rows<'r> {
    rows: &'r [u32],
    starts: &'r [u32],
    ends: &'r [u32],
}

/// The same in memory of its own.
#[derive(Debug, Default)]
struct Kept {
    rows: Vec<u32>,
    starts: Vec<u32>,
    ends: Vec<u32>,
}

impl Kept {
    fn all(&self) -> Rows<'_> {
        self.between(0, self.rows.len())
    }

    fn between(&self, begin: usize, behind: usize) -> Rows<'_> {
        fn part(all: &[u32], begin: usize, behind: usize) -> &[u32] {
            all.get(begin..behind).unwrap_or_default()
        }
        Rows { rows: part(&self.rows, begin, behind), starts: part(&self.starts, begin, behind), ends: part(&self.ends, begin, behind) }
    }

    fn resize(&mut self, rows: usize) {
        self.rows.resize(rows, 0);
        self.starts.resize(rows, 0);
        self.ends.resize(rows, 0);
    }

    fn put(&mut self, at: usize, row: u32, record: &Record) {
        let places = (self.rows.get_mut(at), self.starts.get_mut(at), self.ends.get_mut(at));
        if let (Some(place), Some(start), Some(end)) = places {
            (*place, *start, *end) = (row, record.offset, record.wire_len.max(record.cap_len));
        }
    }
}

/// Where the layers of some rows end.
#[derive(Debug, Default)]
struct Laid {
    /// By the shape's legs.
    limits: Vec<Vec<u32>>,
    /// Rows that went one way, where not all did, and the limits of these.
    part: Kept,
    parts: Vec<Vec<u32>>,
}

impl Block {
    /// Have the frames of some records worked on; `link` overrides the capture's link type.
    pub(crate) fn walk(&mut self, walk: &mut Walk, batch: &Batch, records: &[Record], link: Option<u16>, work: &mut impl Work) {
        self.sort(walk, batch, records, link);
        let mut behind = 0;
        for number in self.found.drain(..) {
            let begin = behind;
            behind = std::mem::take(&mut self.counts[number as usize]) as usize;
            let mut rows = self.sorted.between(begin, behind);
            match walk.shape(number) {
                Some(shape) if shape.legs() > 0 => {
                    if shape.takes_all() {
                        rows = self.kept.keep(shape, rows.rows, records, &mut self.alone);
                    }
                    self.laid.walk(shape, rows, &batch.buffer, &mut self.alone, work);
                }
                _ => self.alone.extend_from_slice(rows.rows),
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
        let Self { shapes, counts, found, sorted, .. } = self;
        shapes.clear();
        counts.resize(walk.shapes(), 0);
        let mut begin = (0, walk.begin(0));
        shapes.extend(records.iter().map(|record| {
            let link = link.unwrap_or(record.link);
            if link != begin.0 {
                begin = (link, walk.begin(link));
            }
            let frame = (batch.buffer.as_slice(), record.offset as usize, record.cap_len as usize);
            let number = walk.find(begin.1, frame, record.wire_len);
            if let Some(count) = counts.get_mut(number as usize) {
                if *count == 0 {
                    found.push(number);
                }
                *count += 1;
            }
            number
        }));
        let mut begin = 0;
        for number in &*found {
            let count = &mut counts[*number as usize];
            (begin, *count) = (begin + *count, begin);
        }
        sorted.resize(records.len());
        for ((number, record), row) in shapes.iter().zip(records).zip(0..) {
            if let Some(at) = counts.get_mut(*number as usize) {
                sorted.put(*at as usize, row, record);
                *at += 1;
            }
        }
    }
}

impl Kept {
    /// Keep the rows of which enough was captured; the others stay alone.
    #[cold]
    fn keep(&mut self, shape: &Shape, rows: &[u32], records: &[Record], alone: &mut Vec<u32>) -> Rows<'_> {
        self.resize(rows.len());
        let mut count = 0;
        for row in rows {
            match records.get(*row as usize) {
                Some(record) if shape.fits(record.cap_len, record.wire_len.max(record.cap_len)) => {
                    self.put(count, *row, record);
                    count += 1;
                }
                _ => alone.push(*row),
            }
        }
        self.resize(count);
        self.all()
    }
}

impl Laid {
    /// Lay a shape over rows that have it, and hand them on.
    fn walk(&mut self, shape: &Shape, rows: Rows<'_>, buffer: &[u8], alone: &mut Vec<u32>, work: &mut impl Work) {
        let legs = shape.legs();
        if self.limits.len() < legs {
            self.limits.resize_with(legs, Vec::new);
        }
        if (0..legs).all(|leg| self.lay(shape, leg, buffer, rows)) {
            hand(shape, legs - 1, rows, &self.limits, alone, work);
        } else {
            self.walk_apart(shape, rows, buffer, alone, work);
        }
    }

    /// Lay a leg over the rows; false if it is not whole in all of them.
    fn lay(&mut self, shape: &Shape, leg: usize, buffer: &[u8], rows: Rows<'_>) -> bool {
        let (before, limits) = self.limits.split_at_mut(leg);
        let Some(limits) = limits.first_mut() else { return false };
        shape.limits(leg, buffer, rows.starts, before.last().map_or(rows.ends, Vec::as_slice), limits)
    }

    /// The same where not all rows go one way: those are handed on together that end with the same leg.
    #[cold]
    fn walk_apart(&mut self, shape: &Shape, rows: Rows<'_>, buffer: &[u8], alone: &mut Vec<u32>, work: &mut impl Work) {
        let legs = shape.legs();
        for leg in 0..legs {
            self.lay(shape, leg, buffer, rows);
        }
        let Self { limits, part, parts } = self;
        let fate = |at: usize| shape.fate(limits.iter().map(|limits| limits.get(at).copied().unwrap_or_default()));
        let fates: Vec<Fate> = (0..rows.rows.len()).map(fate).collect();
        parts.resize_with(parts.len().max(legs), Vec::new);
        for leg in 0..legs {
            part.resize(0);
            parts.iter_mut().for_each(Vec::clear);
            for (at, _) in fates.iter().enumerate().filter(|(_, fate)| **fate == Fate::Ends(leg)) {
                part.rows.push(rows.rows[at]);
                part.starts.push(rows.starts[at]);
                parts.iter_mut().zip(&*limits).take(legs).for_each(|(part, limits)| part.extend(limits.get(at)));
            }
            hand(shape, leg, part.all(), parts, alone, work);
        }
        alone.extend(rows.rows.iter().zip(&fates).filter(|(_, fate)| **fate == Fate::Alone).map(|(row, _)| row));
    }
}

/// Hand rows on that end with a leg.
fn hand(shape: &Shape, leg: usize, rows: Rows<'_>, limits: &[Vec<u32>], alone: &mut Vec<u32>, work: &mut impl Work) {
    let Rows { rows, starts, .. } = rows;
    if rows.is_empty() {
        return;
    }
    if let Some((layers, stop, path)) = shape.up_to(leg) {
        work.together(&Group { layers, rows, starts, shape, limits, leg, empty: (stop, path) }, alone);
    }
}
