//! The parts inside a field, one after the other: through conditions, choices, readings and repeats. Values and columns are not known here.

use crate::layout::Laid;
use crate::schema::Kind;

/// Visit every part that a field of a laid layer holds. Parts before a fault are whole and are visited; the fault ends the field.
pub fn each_part(laid: &Laid<'_>, field: u16, visit: &mut dyn FnMut(&Laid<'_>)) {
    let Some(field) = laid.layer.fields.get(field as usize) else { return };
    let Ok(offset) = laid.offset(field.place) else { return };
    if let Kind::Reading { of, kind } = &field.kind {
        if let Ok(inside) = laid.reading(*of, offset) {
            each_in(&inside, kind, offset, visit);
        }
    } else {
        each_in(laid, &field.kind, offset, visit);
    }
}

fn each_in(laid: &Laid<'_>, kind: &Kind, offset: u32, visit: &mut dyn FnMut(&Laid<'_>)) {
    match kind {
        Kind::When(condition, inner) => {
            if laid.holds(condition, offset) == Ok(true) {
                each_in(laid, inner, offset, visit);
            }
        }
        Kind::Switch { key, cases, default } => {
            if let Ok(kind) = laid.case(key, cases, default, offset) {
                each_in(laid, kind, offset, visit);
            }
        }
        Kind::Repeat(repeat) => {
            let _ = laid.each_item(repeat, offset, &mut |found, _, _| {
                if let Some(part) = &found.part {
                    visit(part);
                }
                Ok(())
            });
        }
        Kind::Part(id) => {
            if let Ok(part) = laid.part(*id, offset, laid.limit, None) {
                visit(&part);
            }
        }
        Kind::Nothing
        | Kind::UInt { .. }
        | Kind::Int { .. }
        | Kind::Bits { .. }
        | Kind::Mac
        | Kind::Ip4
        | Kind::Ip6
        | Kind::Raw(_)
        | Kind::Text(_)
        | Kind::Pad(_)
        | Kind::Payload(_)
        | Kind::Reading { .. }
        | Kind::Native(_)
        | Kind::Computed { .. } => {}
    }
}
