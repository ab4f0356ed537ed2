//! Columns: the fields asked for, of every packet of a batch, as Arrow arrays. Decodes what is asked and nothing else.

mod find;
mod frame;
mod plan;
mod store;

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{ArrowError, DataType, Field as ArrowField, Schema as ArrowSchema, SchemaRef};

pub use find::each_value;
pub use frame::{FrameColumn, protocols};
use plan::{Action, What};
pub use plan::{Occurrence, Output, Plan, UnknownColumn};
pub use store::{Store, Type};

use crate::capture::Batch;
use crate::dissect::{Span, Walk};
use crate::layout::Laid;
use crate::parts::each_part;
use crate::pool::Job;
use crate::reader::Bytes;
use crate::schema::Kind;
use crate::value::{self, Value};

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

/// Turns batches of records into batches of columns; its buffers are reused.
pub struct Columns {
    plan: Arc<Plan>,
    /// The link type that every record is read as, whatever the capture says.
    link: Option<u16>,
    arrow: SchemaRef,
    stores: Vec<Store>,
    walk: Walk,
    walks: bool,
    rows: usize,
}

impl Columns {
    /// For a plan; `link` overrides the capture's link type.
    pub fn new(plan: Arc<Plan>, link: Option<u16>) -> Self {
        let last = plan.occurrence == Occurrence::Last;
        let stores = plan.outputs.iter().map(|output| Store::new(output.kind, output.list, last)).collect();
        let walks = plan.reach.as_ref().is_none_or(|reach| reach.contains(&true));
        let arrow = plan.arrow_schema();
        Self { plan, link, arrow, stores, walk: Walk::default(), walks, rows: 0 }
    }

    fn decode(&mut self, batch: &Batch) {
        let plan = &*self.plan;
        for (number, record) in (batch.first_number..).zip(&batch.records) {
            let bytes = Bytes(batch.bytes(record));
            if self.walks {
                self.walk.run(&plan.schema, self.link.unwrap_or(record.link), bytes, record.wire_len, plan.reach.as_deref());
                for (at, span) in self.walk.spans.iter().enumerate() {
                    let actions = &plan.actions[span.layer as usize];
                    if !actions.is_empty() {
                        let laid = self.walk.laid(&plan.schema, bytes, span);
                        Row { plan, stores: &mut self.stores, spans: &self.walk.spans, at }.emit(actions, &laid);
                    }
                }
            }
            for (column, frame) in &plan.frames {
                frame.push(&mut self.stores[*column], &plan.schema, batch, record, number, &self.walk);
            }
            self.stores.iter_mut().for_each(Store::end_row);
        }
    }

    fn finish_rows(&mut self) -> Result<RecordBatch, ArrowError> {
        let arrays: Vec<ArrayRef> = self.stores.iter_mut().map(Store::finish).collect();
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
    #[inline]
    fn emit(&mut self, actions: &[Action], laid: &Laid<'_>) {
        for action in actions {
            let bytes = laid.bytes;
            match action.what {
                What::Descend => self.descend(action.field, laid),
                What::Direct(read) => match laid.quick().direct(&read) {
                    Some(number) => self.stores[action.column as usize].push_number(u64::from(number)),
                    None => self.general(action, laid),
                },
                What::Mac(high, low) => {
                    if let (Some(high), Some(low)) = (laid.quick().direct(&high), laid.quick().direct(&low)) {
                        self.stores[action.column as usize].push_address(u64::from(high) << 32 | u64::from(low));
                    } else {
                        self.general(action, laid);
                    }
                }
                What::Ip4(read) => match laid.quick().direct(&read) {
                    Some(address) => self.stores[action.column as usize].push_address(u64::from(address)),
                    None => self.general(action, laid),
                },
                What::Ip6(offset) => {
                    if let Ok(address) = bytes.array(laid.start + offset, laid.limit) {
                        self.stores[action.column as usize].push(&Value::Ip6(address));
                    }
                }
                What::Computed => {
                    if let Kind::Computed { expr, .. } = &laid.layer.fields[action.field as usize].kind
                        && let Some(value) = laid.quick().value(expr, laid.start).or_else(|| laid.eval(expr, laid.start).ok())
                    {
                        self.stores[action.column as usize].push_number(value as u64);
                    }
                }
                What::Value | What::Verdict => self.general(action, laid),
            }
        }
    }

    fn general(&mut self, action: &Action, laid: &Laid<'_>) {
        let store = &mut self.stores[action.column as usize];
        if store.settled() {
            return;
        }
        let field = &laid.layer.fields[action.field as usize];
        if let What::Verdict = action.what {
            if let Some(verdict) = value::verdict(self.spans, self.at, laid, field) {
                store.push_number(u64::from(verdict));
            }
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
