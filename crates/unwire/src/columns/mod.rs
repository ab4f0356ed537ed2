//! Columns: the fields asked for, of every packet of a batch, as Arrow arrays. Decodes what is asked and nothing else.

mod dictionary;
mod find;
mod frame;
mod gather;
mod plan;
mod store;

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{ArrowError, DataType, Field as ArrowField, Schema as ArrowSchema, SchemaRef};

pub use find::each_value;
pub use frame::{FrameColumn, protocols};
use gather::Notes;
use plan::{Action, What};
pub use plan::{Occurrence, Output, Plan, UnknownColumn};
pub use store::{Store, Type};

use crate::capture::{Batch, Record};
use crate::dissect::{Span, Walk};
use crate::layout::{Laid, MAX_ITEMS};
use crate::parts::each_part;
use crate::pool::Job;
use crate::reader::Bytes;
use crate::value;

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

/// Rows that are walked before their columns are read: few enough for their headers to stay in the nearest cache.
const ROWS: usize = 256;

/// Turns batches of records into batches of columns; its buffers are reused.
pub struct Columns {
    plan: Arc<Plan>,
    /// The link type that every record is read as, whatever the capture says.
    link: Option<u16>,
    arrow: SchemaRef,
    stores: Vec<Store>,
    notes: Vec<Notes>,
    walk: Walk,
    walks: bool,
    rows: usize,
}

impl Columns {
    /// For a plan; `link` overrides the capture's link type.
    pub fn new(plan: Arc<Plan>, link: Option<u16>) -> Self {
        let last = plan.occurrence == Occurrence::Last;
        let stores = plan.outputs.iter().map(|output| Store::new(output.kind, output.list, last)).collect();
        let notes = plan.groups.iter().map(|_| Notes::default()).collect();
        let walks = plan.reach.as_ref().is_none_or(|reach| reach.contains(&true));
        let arrow = plan.arrow_schema();
        Self { plan, link, arrow, stores, notes, walk: Walk::default(), walks, rows: 0 }
    }

    fn decode(&mut self, batch: &Batch) {
        let plan = Arc::clone(&self.plan);
        for (at, records) in (0..).step_by(ROWS).zip(batch.records.chunks(ROWS)) {
            if self.walks || !plan.by_row.is_empty() {
                self.walk(&plan, batch, records);
            }
            for (group, notes) in plan.groups.iter().zip(&mut self.notes) {
                notes.read(records.len(), group, &plan.schema, batch, at, &mut self.stores);
            }
            for (column, frame) in &plan.of_records {
                frame.fill(&mut self.stores[*column], records, batch.first_number + at as u64);
            }
        }
    }

    /// Walk the frames: note the layers that columns are read from, and fill what is filled a row at a time.
    fn walk(&mut self, plan: &Plan, batch: &Batch, records: &[Record]) {
        for (row, record) in records.iter().enumerate() {
            let bytes = Bytes(batch.bytes(record));
            if self.walks {
                self.walk.run(&plan.schema, self.link.unwrap_or(record.link), bytes, record.wire_len, plan.reach.as_deref());
            }
            for (at, span) in self.walk.spans.iter().enumerate() {
                for source in &plan.sources[span.layer as usize] {
                    self.notes[source.group as usize].add(row, source, span, record);
                }
                let actions = &plan.actions[span.layer as usize];
                if !actions.is_empty() {
                    let laid = self.walk.laid(&plan.schema, bytes, span);
                    let mut row = Row { plan, stores: &mut self.stores, spans: &self.walk.spans, at };
                    for action in actions {
                        // Each list may have as many items as the cap, whatever other columns are asked for.
                        self.walk.items.set(MAX_ITEMS);
                        row.emit(std::slice::from_ref(action), &laid);
                    }
                }
            }
            for (column, frame) in &plan.of_walks {
                frame.push(&mut self.stores[*column], &plan.schema, batch, record, &self.walk);
            }
            plan.by_row.iter().for_each(|column| self.stores[*column].end_row());
        }
    }

    fn finish_rows(&mut self) -> Result<RecordBatch, ArrowError> {
        let mut valid = vec![None; self.stores.len()];
        for (group, notes) in self.plan.groups.iter().zip(&mut self.notes) {
            let rows = notes.valid();
            group.columns.iter().for_each(|(column, _)| valid[*column as usize] = Some(rows.clone()));
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
        self.decode(batch);
    }

    fn finish(&mut self) -> Self::Output {
        self.finish_rows()
    }
}

/// One packet's row while it is filled.
struct Row<'r> {
    plan: &'r Plan,
    stores: &'r mut [Store],
    spans: &'r [Span],
    at: usize,
}

impl Row<'_> {
    fn emit(&mut self, actions: &[Action], laid: &Laid<'_>) {
        for action in actions {
            match action.what {
                What::Descend => self.descend(action.field, laid),
                What::Value | What::Verdict => self.one(action, laid),
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

    fn descend(&mut self, field: u16, laid: &Laid<'_>) {
        each_part(laid, field, &mut |part| {
            let plan = self.plan;
            self.emit(&plan.actions[part.layer.id as usize], part);
        });
    }
}
