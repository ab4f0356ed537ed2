//! Columns: the fields asked for, of every packet of a batch, as Arrow arrays. Decodes what is asked and nothing else.

mod cells;
mod dictionary;
mod fields;
mod find;
mod frame;
mod gather;
mod listed;
mod plan;
mod recipe;
mod store;
mod strings;
mod types;

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{ArrowError, DataType, Field as ArrowField, Schema as ArrowSchema, SchemaRef};

pub use find::each_value;
pub use frame::{FrameColumn, protocols};
use frame::{Numbers, Rows, Told, Went};
use gather::{Gather, Having};
use listed::{From, Listed};
use plan::Source;
pub(crate) use plan::{Action, Get, What, get, heard, reach, steps};
pub use plan::{Occurrence, Output, Plan, UnknownColumn};
pub use store::Store;
pub use types::Type;

use crate::block::{Block, Group, Work};
use crate::capture::{Batch, Record};
use crate::dissect::Span;
use crate::layout::Laid;
use crate::parts::each_part;
use crate::pool::Job;
use crate::reader::Bytes;
use crate::schema::LayerId;
use crate::told::{self, Noted};
use crate::value;
use crate::walk::Walk;

impl Plan {
    /// The Arrow schema of the result.
    pub fn arrow_schema(&self) -> SchemaRef {
        let fields = self.outputs.iter().map(|output| {
            let item = output.kind.arrow();
            let kind = if output.list { DataType::List(ArrowField::new("item", item, true).into()) } else { item };
            ArrowField::new(&*output.name, kind, true)
        });
        ArrowSchema::new(fields.collect::<Vec<_>>()).into()
    }
}

/// Rows that are laid together: enough for most ways to have several, few enough for their headers to stay in a near cache.
const ROWS: usize = 1024;

/// What to do for frames that go the same way.
struct Trail {
    /// The layers whose fields are read a column at a time: of each group the first.
    noted: Box<[(u8, Source)]>,
    /// The layers with fields whose values lie differently in each packet.
    listed: Box<[(u8, u16)]>,
    /// True if any layer has steps that are done at once.
    acts: bool,
    protocols: Box<str>,
}

/// All trails, with the schema they are of.
struct Trails<'a>(&'a Plan, &'a [Option<Trail>]);

impl Told for Trails<'_> {
    fn protocols(&self, path: u32) -> String {
        self.1.get(path as usize).and_then(Option::as_ref).map_or_else(String::new, |trail| trail.protocols.to_string())
    }

    fn layer(&self, layer: LayerId) -> Option<&str> {
        self.0.schema.layer(layer).name.as_deref()
    }
}

/// Turns batches of records into batches of columns; its buffers are reused.
pub struct Columns {
    plan: Arc<Plan>,
    /// The link type that every record is read as, whatever the capture says.
    link: Option<u16>,
    arrow: SchemaRef,
    stores: Vec<Store>,
    /// The rows that have what groups of columns are read from.
    having: Vec<Having>,
    listed: Listed,
    walk: Walk,
    walks: bool,
    block: Block,
    /// What to do for frames that go the same way, by the number of the way.
    trails: Vec<Option<Trail>>,
    /// How the walks went whose columns are not yet read.
    went: Went,
    rows: usize,
    /// Records that are added one by one, and their numbers; the memory is used again.
    picked: (Vec<Record>, Vec<u64>),
    /// The time of the last row.
    displayed: Option<i64>,
}

impl Columns {
    /// For a plan; `link` overrides the capture's link type.
    pub fn new(plan: Arc<Plan>, link: Option<u16>) -> Self {
        let last = plan.occurrence == Occurrence::Last;
        let stores = plan.outputs.iter().map(|output| Store::new(output.kind, output.list, last)).collect();
        let having = plan.groups.iter().map(|_| Having::default()).collect();
        let walks = plan.reach.as_ref().is_none_or(|reach| reach.contains(&true));
        let arrow = plan.arrow_schema();
        let walk = Walk::new(Arc::clone(&plan.schema), plan.reach.clone());
        let listed = Listed::new(&plan);
        Self {
            plan,
            link,
            arrow,
            stores,
            having,
            listed,
            walk,
            walks,
            block: Block::default(),
            trails: Vec::new(),
            went: Went::default(),
            rows: 0,
            picked: Default::default(),
            displayed: None,
        }
    }

    /// Add some records of a batch, in its order.
    pub fn add_rows(&mut self, batch: &Batch, rows: &[u32]) {
        let (mut records, mut numbers) = (std::mem::take(&mut self.picked.0), std::mem::take(&mut self.picked.1));
        records.clear();
        numbers.clear();
        let rows = rows.get(..rows.partition_point(|at| (*at as usize) < batch.records.len())).unwrap_or_default();
        records.extend(rows.iter().map(|at| batch.records[*at as usize]));
        numbers.extend(rows.iter().map(|at| batch.first_number + u64::from(*at)));
        self.rows += records.len();
        for (records, numbers) in records.chunks(ROWS).zip(numbers.chunks(ROWS)) {
            self.decode(batch, records, Numbers::Each(numbers));
        }
        self.picked = (records, numbers);
    }

    fn decode(&mut self, batch: &Batch, records: &[Record], numbers: Numbers<'_>) {
        let plan = Arc::clone(&self.plan);
        if self.walk.make_room() {
            self.trails.clear();
            self.stores.iter_mut().for_each(Store::renumber);
        }
        for (group, having) in plan.groups.iter().zip(&mut self.having) {
            having.open(records.len());
            group.columns.iter().for_each(|(column, _)| self.stores[usize::from(*column)].open(records.len()));
        }
        self.listed.open(records.len());
        let rows = Rows { batch, records, numbers, displayed: self.displayed };
        self.went.open(records.len(), &plan.of_frames);
        if !(batch.wholes.is_empty() && batch.messages.is_empty()) && (self.walks || !plan.by_row.is_empty()) {
            self.walk_each(&plan, &rows, &rows.with_wholes());
        } else if !plan.by_row.is_empty() {
            self.walk_each(&plan, &rows, records);
        } else if self.walks {
            let Self { stores, having, listed, trails, went, walk, block, .. } = self;
            let mut reading = Reading { gather: Gather { plan: &plan, batch, records, having, stores }, listed, trails, went };
            block.walk(walk, batch, records, self.link, &mut reading);
        }
        for (group, having) in plan.groups.iter().zip(&mut self.having) {
            group.columns.iter().for_each(|(column, _)| self.stores[usize::from(*column)].close(having.block()));
        }
        self.listed.close(&plan, batch, &mut self.stores);
        let trails = Trails(&plan, &self.trails);
        for (column, frame) in &plan.of_frames {
            frame.fill(&mut self.stores[*column], &rows, &self.went, &trails);
        }
        self.displayed = records.iter().rev().find_map(|record| record.time).or(self.displayed);
    }

    /// Walk the frames one after the other, for columns that are filled a row at a time, datagrams that are whole again, and what streams say.
    fn walk_each(&mut self, plan: &Plan, rows: &Rows<'_>, records: &[Record]) {
        let batch = rows.batch;
        let Self { stores, having, listed, trails, went, walk, .. } = self;
        let mut reading = Reading { gather: Gather { plan, batch, records, having, stores }, listed, trails, went };
        for (record, row) in records.iter().zip(0_u32..) {
            if self.walks {
                let at = rows.numbers.at(row as usize, batch);
                let bytes = Bytes(batch.bytes(record));
                let link = self.link.unwrap_or(record.link);
                match batch.whole(at) {
                    None => walk.run(link, bytes, record.wire_len),
                    Some(whole) => match batch.walked(&whole) {
                        Some(walked) => walk.run_whole(link, Bytes(walked), whole.from),
                        None => walk.run_piece(link, bytes, record.wire_len, whole.from),
                    },
                }
                walk.hear(&batch.buffer, batch.messages(at));
                reading.alone(row, record, walk, bytes);
                let told = if plan.is_told { batch.told(at) } else { &[] };
                reading.act(walk, bytes, told);
            }
            let stores = &mut reading.gather.stores;
            for (column, frame) in &plan.lists {
                frame.push(&mut stores[*column], batch, record);
            }
            plan.by_row.iter().for_each(|column| stores[*column].end_row());
        }
    }

    fn finish_rows(&mut self) -> Result<RecordBatch, ArrowError> {
        let mut valid = vec![None; self.stores.len()];
        for (group, having) in self.plan.groups.iter().zip(&mut self.having) {
            let rows = having.valid();
            group.columns.iter().for_each(|(column, _)| valid[*column as usize] = Some(rows.clone()));
        }
        for (column, having) in self.plan.listed.columns.iter().zip(&mut self.listed.having) {
            valid[usize::from(column.column)] = Some(having.valid());
        }
        let arrays: Vec<ArrayRef> = self.stores.iter_mut().zip(&valid).map(|(store, valid)| store.finish(valid.as_ref())).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(std::mem::take(&mut self.rows)));
        RecordBatch::try_new_with_options(self.arrow.clone(), arrays, &options)
    }
}

impl Job for Columns {
    type Output = Result<RecordBatch, ArrowError>;

    fn add(&mut self, batch: &Batch) {
        self.rows += batch.records.len();
        for (first, records) in (batch.first_number..).step_by(ROWS).zip(batch.records.chunks(ROWS)) {
            self.decode(batch, records, Numbers::From(first));
        }
    }

    fn finish(&mut self) -> Self::Output {
        self.finish_rows()
    }
}

/// The columns of a block while they are filled.
struct Reading<'r> {
    gather: Gather<'r>,
    listed: &'r mut Listed,
    trails: &'r mut Vec<Option<Trail>>,
    went: &'r mut Went,
}

impl Reading<'_> {
    /// What to do for frames that go a way; `spans` says which layers those have.
    fn trail(&mut self, path: u32, spans: impl FnOnce() -> Vec<Span>) -> &Trail {
        let path = path as usize;
        if self.trails.len() <= path {
            self.trails.resize_with(path + 1, || None);
        }
        let plan = self.gather.plan;
        self.trails[path].get_or_insert_with(|| Trail::new(plan, &spans()))
    }

    /// Do the steps of the layers of the last walk.
    fn act(&mut self, walk: &Walk, bytes: Bytes<'_>, told: &[Noted]) {
        if !self.trail(walk.path, || walk.spans.clone()).acts {
            return;
        }
        let plan = self.gather.plan;
        for (at, span) in walk.spans.iter().enumerate() {
            let actions = &plan.actions[span.layer as usize];
            if !actions.is_empty() {
                let laid = walk.laid(walk.bytes_of(at, bytes, &self.gather.batch.buffer), span);
                let mut row = Row { plan, stores: self.gather.stores, spans: &walk.spans, at, told };
                for action in actions {
                    // Each list may have as many items as the cap, whatever other columns are asked for.
                    walk.allow_items();
                    row.emit(std::slice::from_ref(action), &laid);
                }
            }
        }
    }
}

impl Trail {
    fn new(plan: &Plan, spans: &[Span]) -> Self {
        let mut noted: Vec<(u8, Source)> = Vec::new();
        for (span, at) in spans.iter().zip(0..) {
            for source in &plan.sources[span.layer as usize] {
                if noted.iter().all(|(_, earlier)| earlier.group != source.group) {
                    noted.push((at, *source));
                }
            }
        }
        let fields = |(span, at): (&Span, u8)| plan.listed.of[span.layer as usize].iter().map(move |unit| (at, *unit)).collect::<Vec<_>>();
        let listed = spans.iter().zip(0..).flat_map(fields).collect();
        let acts = spans.iter().any(|span| !plan.actions[span.layer as usize].is_empty());
        Self { noted: noted.into(), listed, acts, protocols: protocols(&plan.schema, spans).into() }
    }
}

impl Work for Reading<'_> {
    fn together(&mut self, group: &Group<'_>, alone: &mut Vec<u32>) {
        let [empty, whole] = group.paths();
        self.trail(empty, || group.spans(false));
        if group.is_whole() {
            self.trail(whole, || group.spans(true));
        }
        let Self { gather, listed, trails, went } = self;
        let Some(Some(trail)) = trails.get(empty as usize) else { return };
        if !trail.noted.iter().all(|(at, source)| gather.together(group, usize::from(*at), source)) {
            return alone.extend(group.rows);
        }
        let from = From { plan: gather.plan, batch: gather.batch, records: gather.records };
        trail.listed.iter().for_each(|(at, unit)| listed.together(from, group, usize::from(*at), *unit));
        went.together(group);
    }

    fn alone(&mut self, row: u32, record: &Record, walk: &Walk, _: Bytes<'_>) {
        self.trail(walk.path, || walk.spans.clone());
        let Self { gather, listed, trails, went } = self;
        if let Some(Some(trail)) = trails.get(walk.path as usize) {
            let from = From { plan: gather.plan, batch: gather.batch, records: gather.records };
            for (at, unit) in &trail.listed {
                if let Some(span) = walk.spans.get(usize::from(*at)) {
                    listed.alone(from, row, record, span, *unit);
                }
            }
            for (at, source) in &trail.noted {
                if let Some(span) = walk.spans.get(usize::from(*at)) {
                    let place = walk.place_of(usize::from(*at));
                    let said = place.map(|(offset, cap_len)| Record { offset, cap_len, ..*record });
                    gather.alone(row, said.as_ref().unwrap_or(record), span, source);
                }
            }
        }
        went.set(row, walk.stop, walk.path);
    }
}

/// One packet's row while it is filled.
struct Row<'r> {
    plan: &'r Plan,
    stores: &'r mut [Store],
    spans: &'r [Span],
    at: usize,
    /// What is told of the packet's headers.
    told: &'r [Noted],
}

impl Row<'_> {
    fn emit(&mut self, actions: &[Action], laid: &Laid<'_>) {
        for action in actions {
            match action.what {
                What::Descend => self.descend(action.field, laid),
                What::Value | What::Verdict => self.one(action, laid),
                What::Told => self.tell(action),
            }
        }
    }

    fn one(&mut self, action: &Action, laid: &Laid<'_>) {
        let store = &mut self.stores[action.column as usize];
        if store.settled() {
            return;
        }
        let field = &laid.layer.fields[action.field as usize];
        if action.what == What::Verdict {
            if let Some(verdict) = value::verdict(self.spans, self.at, laid, field) {
                store.push_number(u64::from(verdict));
            }
            return;
        }
        if let Some(number) = value::computed(laid, field) {
            store.push_number(number as u64);
            return;
        }
        // A field that is cut or contradicts its bounds is null; the walk's stop says why.
        let _ = value::read(laid, field, &mut |read| store.push(&read.value));
    }

    fn tell(&mut self, action: &Action) {
        let payload = self.spans[self.at].payload;
        let noted = self.told.iter().find(|noted| noted.payload == payload);
        if let Some(value) = noted.zip(told::Told::numbered(action.field)).and_then(|(noted, told)| noted.values.value(told)) {
            self.stores[action.column as usize].push_number(value as u64);
        }
    }

    fn descend(&mut self, field: u16, laid: &Laid<'_>) {
        each_part(laid, field, &mut |part| {
            let plan = self.plan;
            self.emit(&plan.actions[part.layer.id as usize], part);
        });
    }
}
