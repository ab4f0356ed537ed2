//! A filter at work: the walk through each frame, and the question to it. One matcher a thread; it remembers ways.

use std::ops::Range;
use std::sync::Arc;

use super::compile::Filter;
use super::values::{Facts, Here};
use super::way::{Answer, Step};
use crate::block::{Block, Group, Work};
use crate::capture::{Batch, Options, Record};
use crate::columns::{Columns, reach};
use crate::pool::Job;
use crate::reader::Bytes;
use crate::walk::Walk;

/// Frames that are laid together, and between two looks at how much is remembered.
const ROWS: usize = 1024;

/// Asks one frame after the other.
#[derive(Debug)]
pub struct Matcher {
    filter: Arc<Filter>,
    walk: Walk,
    /// True if layers are asked about.
    walks: bool,
    /// True if what an ordered pass tells is asked about, or frames before.
    is_told: bool,
    is_timed: bool,
    /// What is left of the question for frames that go the same way, by the number of the way.
    steps: Vec<Option<Step>>,
    asked: usize,
    block: Block,
    /// Which rows of a block match.
    hits: Vec<bool>,
    /// The answers of some of them.
    answers: Vec<Answer>,
}

impl Matcher {
    /// For a filter.
    pub fn new(filter: Arc<Filter>) -> Self {
        let schema = Arc::clone(&filter.schema);
        let whole = filter.fields.iter().any(super::field::Field::needs_whole_walk);
        let asks = |layer: usize| filter.fields.iter().any(|field| !field.is_of_frame() && field.is_in(layer as u16));
        let wanted: Vec<bool> = (0..schema.layers.len()).map(asks).collect();
        let walks = whole || wanted.contains(&true);
        // The walk ends where no layer that can still come is asked about.
        let reach = if whole { None } else { Some(reach(&schema, wanted)) };
        let (is_told, is_timed) = (filter.is_told(), filter.is_timed());
        let (steps, hits, answers) = (Vec::new(), Vec::new(), Vec::new());
        Self { walk: Walk::new(schema, reach), filter, walks, is_told, is_timed, steps, asked: 0, block: Block::default(), hits, answers }
    }

    /// Ask a frame that begins with the layer of `link`.
    #[inline]
    pub fn matches(&mut self, link: u16, bytes: Bytes<'_>, facts: &Facts<'_>) -> bool {
        self.asked += 1;
        if self.asked.is_multiple_of(ROWS) && self.walk.make_room() {
            self.steps.clear();
        }
        if self.walks {
            match facts.piece {
                None => self.walk.run(link, bytes, facts.wire_len),
                Some((from, None)) => self.walk.run_piece(link, bytes, facts.wire_len, from),
                Some((from, Some(walked))) => self.walk.run_whole(link, Bytes(walked), from),
            }
            self.walk.hear(facts.buffer, facts.messages);
        }
        ask(&Here { filter: &self.filter, walk: &self.walk, bytes, link, facts }, &mut self.steps)
    }

    /// The records of a batch that match; `link` overrides the capture's link type.
    pub fn select(&mut self, link: Option<u16>, batch: &Batch, rows: &mut Vec<u32>) {
        self.select_of(link, batch, 0..batch.records.len(), batch.first_number, rows);
    }

    /// The same of some of them, the first of which has this number.
    pub fn select_of(&mut self, link: Option<u16>, batch: &Batch, places: Range<usize>, number: u64, rows: &mut Vec<u32>) {
        rows.clear();
        let first = places.start;
        if !self.walks || self.is_told || self.is_timed || !batch.wholes.is_empty() || !batch.messages.is_empty() {
            let matches = |at: &usize| self.matches_numbered(link, batch, *at, number + (at - first) as u64);
            return rows.extend(places.filter(matches).map(|at| at as u32));
        }
        let records = batch.records.get(places).unwrap_or_default();
        for (records, passed) in records.chunks(ROWS).zip((0..).step_by(ROWS)) {
            if self.walk.make_room() {
                self.steps.clear();
            }
            self.hits.clear();
            self.hits.resize(records.len(), false);
            let Self { filter, walk, steps, block, hits, answers, .. } = self;
            let mut asking = Asking { filter, batch, link, number: number + passed as u64, steps, hits, answers };
            block.walk(walk, batch, records, link, &mut asking);
            rows.extend(self.hits.iter().zip((first + passed) as u32..).filter(|(hit, _)| **hit).map(|(_, row)| row));
        }
    }

    /// Whether it asks this filter.
    pub fn is_for(&self, filter: &Arc<Filter>) -> bool {
        Arc::ptr_eq(&self.filter, filter)
    }

    /// Ask a record of a batch; `link` overrides the capture's link type.
    #[inline]
    pub fn matches_record(&mut self, link: Option<u16>, batch: &Batch, at: usize) -> bool {
        self.matches_numbered(link, batch, at, batch.first_number + at as u64)
    }

    /// The same of a record that has another number, as one of several captures has.
    #[inline]
    pub fn matches_numbered(&mut self, link: Option<u16>, batch: &Batch, at: usize, number: u64) -> bool {
        let Some(record) = batch.records.get(at) else { return false };
        let mut facts = facts(batch, record, number);
        let mut record = *record;
        if self.is_timed {
            facts.before = batch.earlier(at);
        }
        if self.is_told {
            facts.told = batch.told(at);
        }
        if !batch.messages.is_empty() {
            (facts.buffer, facts.messages) = (&batch.buffer, batch.messages(at));
        }
        if let Some(whole) = batch.whole(at) {
            facts.piece = Some((whole.from, batch.walked(&whole)));
            record = whole.in_place_of(record);
        }
        self.matches(link.unwrap_or(record.link), Bytes(batch.bytes(&record)), &facts)
    }
}

/// Ask a frame that was walked.
#[inline]
fn ask(here: &Here<'_>, steps: &mut Vec<Option<Step>>) -> bool {
    let way = here.walk.path as usize;
    if let Some(Some(step)) = steps.get(way) {
        return step.holds(here);
    }
    let step = Step::learn(here, &here.filter.tree);
    let holds = step.holds(here);
    if steps.len() <= way {
        steps.resize_with(way + 1, || None);
    }
    steps[way] = Some(step);
    holds
}

/// The question to a block of frames.
struct Asking<'a> {
    filter: &'a Filter,
    batch: &'a Batch,
    /// What overrides the capture's link type.
    link: Option<u16>,
    /// The number of the block's first record.
    number: u64,
    steps: &'a mut Vec<Option<Step>>,
    hits: &'a mut [bool],
    answers: &'a mut Vec<Answer>,
}

impl Work for Asking<'_> {
    fn together(&mut self, group: &Group<'_>, alone: &mut Vec<u32>) {
        // Fields of layers do not ask whether anything is behind the last.
        let mut known = group.paths().into_iter().take(if group.is_whole() { 2 } else { 1 });
        let step = known.find_map(|path| self.steps.get(path as usize)?.as_ref());
        let Some(step) = step else { return alone.extend(group.rows) };
        self.answers.clear();
        step.together(group, &self.batch.buffer, self.answers);
        for (row, answer) in group.rows.iter().zip(&*self.answers) {
            match answer {
                Answer::Yes => self.hits[*row as usize] = true,
                Answer::No => {}
                Answer::Unknown => alone.push(*row),
            }
        }
    }

    fn alone(&mut self, row: u32, record: &Record, walk: &Walk, bytes: Bytes<'_>) {
        let facts = facts(self.batch, record, self.number + u64::from(row));
        let link = self.link.unwrap_or(record.link);
        self.hits[row as usize] = ask(&Here { filter: self.filter, walk, bytes, link, facts: &facts }, self.steps);
    }
}

#[inline(always)]
fn facts<'a>(batch: &'a Batch, record: &Record, number: u64) -> Facts<'a> {
    let options = if record.options.1 == 0 { Options::new(&[], false) } else { batch.options(record) };
    Facts { number, time: record.time, wire_len: record.wire_len, interface: record.interface(), options, ..Facts::default() }
}

/// Columns of the records that a filter lets through; of all without one.
pub struct Selected {
    columns: Columns,
    matcher: Option<Matcher>,
    link: Option<u16>,
    rows: Vec<u32>,
}

impl Selected {
    /// Columns, and which records they are of; `link` overrides the capture's link type.
    pub fn new(columns: Columns, filter: Option<&Arc<Filter>>, link: Option<u16>) -> Self {
        Self { columns, matcher: filter.map(|filter| Matcher::new(Arc::clone(filter))), link, rows: Vec::new() }
    }
}

impl Job for Selected {
    type Output = <Columns as Job>::Output;

    fn add(&mut self, batch: &Batch) {
        let Some(matcher) = &mut self.matcher else { return self.columns.add(batch) };
        matcher.select(self.link, batch, &mut self.rows);
        self.columns.add_rows(batch, &self.rows);
    }

    fn finish(&mut self) -> Self::Output {
        self.columns.finish()
    }
}
