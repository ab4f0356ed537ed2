//! The values of one column in one frame, with their places: the slow, exact way, for a person who asks about a packet.

use super::plan::{Action, Occurrence, Plan, UnknownColumn, What};
use crate::dissect::Span;
use crate::layout::Laid;
use crate::parts::each_part;
use crate::reader::Bytes;
use crate::value::{self, Read, Value};
use crate::walk::Walk;

/// Visit every value of a column in a walked frame, in wire order. Columns of the frame itself have no place and are unknown here.
pub fn each_value(walk: &Walk, bytes: Bytes<'_>, column: &str, sink: &mut dyn FnMut(Read<'_>)) -> Result<(), UnknownColumn> {
    let plan = Plan::new(walk.schema(), &[column], Occurrence::All)?;
    for (at, span) in walk.spans.iter().enumerate() {
        visit(&plan, &walk.spans, at, &walk.laid(bytes, span), sink);
    }
    Ok(())
}

fn visit(plan: &Plan, spans: &[Span], at: usize, laid: &Laid<'_>, sink: &mut dyn FnMut(Read<'_>)) {
    let actions: &[Action] = &plan.actions[laid.layer.id as usize];
    for action in actions {
        let Some(field) = laid.layer.fields.get(action.field as usize) else { continue };
        match action.what {
            What::Descend => each_part(laid, action.field, &mut |part| visit(plan, spans, at, part, sink)),
            What::Verdict => {
                if let (Some(verdict), Ok(start)) = (value::verdict(spans, at, laid, field), laid.offset(field.place)) {
                    let end = start + field.kind.inner().fixed_size().unwrap_or(0);
                    sink(Read { value: Value::UInt(u64::from(verdict)), start, end });
                }
            }
            // A field that is cut has no value; the walk's stop says why.
            What::Value => _ = value::read(laid, field, sink),
            // One frame alone is not told of.
            What::Told => {}
        }
    }
}
