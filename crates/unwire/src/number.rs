//! A number of a layer that is a field or a constant: what keys are, and what flows go by.

use crate::near::Near;
use crate::quick::Load;
use crate::schema::Expr;

/// A number of a space: a field or a constant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Number {
    load: Load,
    constant: u32,
}

impl Number {
    pub(crate) fn of(expr: &Expr, fixed: u32) -> Option<Self> {
        match expr {
            Expr::Const(value) => Some(Self { load: Load::default(), constant: u32::try_from(*value).ok()? }),
            Expr::Read(read) => Some(Self { load: Load::of(read, fixed), constant: 0 }),
            _ => None,
        }
    }

    /// The number of the layer that starts at `start`.
    #[inline(always)]
    pub(crate) fn read(&self, bytes: &[u8], start: u32) -> Option<u64> {
        Some(u64::from(self.load.read(bytes, start)? | self.constant))
    }

    /// The number of a layer at this place of frames, if it is a field near their start.
    pub(crate) fn near(&self, start: u32) -> Option<Near> {
        self.load.near(start).filter(|_| self.constant == 0)
    }
}
