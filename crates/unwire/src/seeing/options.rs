//! What lists of options say of a stream: by their parts, whose roles are declared. Who asks for it pays for it; flows go by headers alone.

use crate::layout::{Laid, MAX_ITEMS};
use crate::parts::each_part;
use crate::schema::{Expr, Layer, Role};

fn told(layer: &Layer, role: Role) -> Option<&Expr> {
    layer.flow.as_ref()?.roles.iter().find(|(one, _)| *one == role).map(|(_, expr)| expr)
}

/// How windows are scaled, as the part says that has this role.
#[cold]
pub(super) fn scale(laid: &Laid<'_>) -> Option<u8> {
    laid.items.set(MAX_ITEMS);
    let mut found = None;
    for field in 0..laid.layer.fields.len() as u16 {
        each_part(laid, field, &mut |part| {
            let scale = told(part.layer, Role::Scale).and_then(|expr| part.eval(expr, part.start).ok());
            found = found.or(scale.map(|scale| scale as u8));
        });
    }
    found
}

/// Blocks of a segment that count, as Wireshark has it: the fourth, for which there is room without a timestamp, does not.
const BLOCKS: usize = 3;

/// Bytes that the sender has beyond those that it acknowledges, as the parts of parts say that have this role.
#[cold]
pub(super) fn held(laid: &Laid<'_>) -> u32 {
    laid.items.set(MAX_ITEMS);
    let (mut held, mut blocks) = (0_u32, 0);
    for field in 0..laid.layer.fields.len() as u16 {
        each_part(laid, field, &mut |part| {
            for inner in 0..part.layer.fields.len() as u16 {
                each_part(part, inner, &mut |block| {
                    let Some(bytes) = told(block.layer, Role::Held).and_then(|expr| block.eval(expr, block.start).ok()) else { return };
                    if blocks < BLOCKS {
                        held = held.wrapping_add(bytes as u32);
                    }
                    blocks += 1;
                });
            }
        });
    }
    held
}
