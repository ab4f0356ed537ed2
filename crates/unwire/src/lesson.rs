//! What a frame teaches while it is found out: its layers, and what decided that they are these, in the order in which it did. Asks nothing
//! of other frames; questions.rs does.

use std::sync::Arc;

use crate::deciding::Mask;
use crate::near::NEAR;
use crate::ports::{Asked, Ports};
use crate::shape::Known;

/// Bytes of a frame in which deciding bits may lie.
pub(crate) const SEEN: usize = NEAR;

/// One thing that decided about a frame.
#[derive(Debug)]
pub(crate) enum Decided {
    /// Bits between two offsets.
    Bits(u32, u32),
    Ports(Box<Ports>),
}

/// What a frame teaches while it is found out.
pub(crate) struct Lesson {
    pub bits: [u8; SEEN],
    /// What decided, in this order.
    pub order: Vec<Decided>,
    /// The bytes that must be there.
    pub need: u32,
    /// The layers.
    pub layers: Vec<Known>,
    /// Nothing, because more than that decided.
    pub spoilt: bool,
}

impl Default for Lesson {
    fn default() -> Self {
        Self { bits: [0; SEEN], order: Vec::new(), need: 0, layers: Vec::new(), spoilt: false }
    }
}

impl Lesson {
    /// There is nothing to learn from this frame.
    pub(crate) fn spoil(&mut self) {
        self.spoilt = true;
    }

    /// These bits of what starts at `start` decided; None for what bits do not decide.
    pub(crate) fn decided(&mut self, mask: Option<&Mask>, start: u32) {
        let Some(mask) = mask.filter(|_| !self.spoilt) else { return self.spoil() };
        self.need = self.need.max(start + mask.need);
        let read = mask.bits.get(..mask.need as usize).unwrap_or(&mask.bits);
        match self.bits.get_mut(start as usize..start as usize + read.len()) {
            Some(bits) => bits.iter_mut().zip(read).for_each(|(bits, more)| *bits |= more),
            None => self.spoil(),
        }
        self.order.push(Decided::Bits(start, start + read.len() as u32));
    }

    /// What the numbers of this layer suggest decided.
    pub(crate) fn suggested(&mut self, known: &Known, asked: Arc<Asked>) {
        self.order.push(Decided::Ports(Box::new(Ports::of(&self.layers, known, asked))));
    }

    /// The next layer is this.
    pub(crate) fn learn(&mut self, known: Known) {
        self.need = self.need.max(known.span.start + known.least);
        self.layers.push(known);
    }
}
