//! The short way through a layer that is whole and in order: the few forms that nearly all sizes, conditions and keys have, read with one
//! load each. Where anything is unusual the answer is None, and layout.rs finds out what it is; nothing is decided here alone.

use crate::schema::{Direct, Expr, Header, Op};

/// A layer's bytes, as little of them as the short way needs.
#[derive(Clone, Copy)]
pub struct Quick<'a> {
    /// The frame's captured bytes.
    pub bytes: &'a [u8],
    /// Where the layer starts.
    pub start: u32,
    /// Where it ends.
    pub limit: u32,
}

impl Quick<'_> {
    /// A field at a constant place; None if its bytes are not all there, or if too few follow it for one load.
    #[inline(always)]
    pub fn direct(self, read: &Direct) -> Option<u32> {
        let offset = self.start.wrapping_add(read.offset);
        let four = self.bytes.get(offset as usize..)?.first_chunk::<4>()?;
        (offset.wrapping_add(u32::from(read.width)) <= self.limit).then(|| u32::from_be_bytes(*four) >> read.shift & read.mask)
    }

    /// The value of an expression of a common form.
    #[inline(always)]
    pub fn value(self, expr: &Expr, here: u32) -> Option<i64> {
        match expr {
            Expr::Read(read) => self.direct(read).map(i64::from),
            // 32 bits times and plus 31 bits stay in 64.
            Expr::Affine(read, mul, add) => self.direct(read).map(|value| i64::from(value) * mul + add),
            Expr::Test(read, op, value) => self.direct(read).map(|field| i64::from(compare(*op, i64::from(field), *value))),
            Expr::OrLeft(read, add) => Some(match self.direct(read)? {
                0 => i64::from(self.limit) - i64::from(here),
                value => i64::from(value) + add,
            }),
            Expr::Choose(three) => {
                let (test, op, value, a, b) = &**three;
                let chosen = if compare(*op, i64::from(self.direct(test)?), *value) { a } else { b };
                match chosen {
                    Expr::Left => Some(i64::from(self.limit) - i64::from(here)),
                    Expr::Size => Some(i64::from(self.limit) - i64::from(self.start)),
                    Expr::Const(value) => Some(*value),
                    Expr::Read(read) => self.direct(read).map(i64::from),
                    _ => None,
                }
            }
            Expr::Const(value) => Some(*value),
            Expr::Left => Some(i64::from(self.limit) - i64::from(here)),
            Expr::Size => Some(i64::from(self.limit) - i64::from(self.start)),
            _ => None,
        }
    }

    /// Where the payload starts.
    #[inline(always)]
    pub fn payload(self, header: &Header) -> Option<u32> {
        match header {
            Header::Fixed(size) => Some(self.start + size),
            Header::Sized(fixed, size) => (self.start + fixed).checked_add(u32::try_from(self.value(size, self.start)?).ok()?),
            Header::Measured => None,
        }
    }
}

/// A comparison; what is no comparison does not hold.
#[inline(always)]
pub fn compare(op: Op, a: i64, b: i64) -> bool {
    match op {
        Op::Eq => a == b,
        Op::Ne => a != b,
        Op::Lt => a < b,
        Op::Le => a <= b,
        Op::Gt => a > b,
        Op::Ge => a >= b,
        _ => false,
    }
}
