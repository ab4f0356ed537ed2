//! What the pass over connections tells to who listens: with each packet which flow it belongs to, when that is over, and what is odd.

use crate::error::Reason;
use crate::stream::flow::{self, Flows};
use crate::stream::{Kind, Place, Refusal, Seen};

/// A packet of a flow, for who listens.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'a> {
    /// The place of the flow among the live ones …
    pub at: u32,
    /// … and all of those.
    pub flows: &'a Flows,
    /// What its frame tells.
    pub seen: &'a Seen,
    /// What it carries.
    pub payload: &'a [u8],
    /// Which packet it is.
    pub place: Place,
}

/// Something that should not be.
#[derive(Clone, Copy, Debug)]
pub enum Odd<'a> {
    /// The layers of a frame end in this one, for this reason.
    Stop(Reason, &'a str),
    /// A checksum is wrong: of the network layer, or of what is on it.
    Checksum(Option<Kind>),
    /// So many pieces of datagrams, or datagrams, are not used.
    Pieces(Refusal, u64),
    /// So many bytes of pieces of a datagram are not those that were there before.
    Conflict(u64),
    /// Of a flow.
    Flow(flow::Odd),
    /// So many live flows were given out for want of room.
    Crowded(u64),
}

/// Listens to what flows carry.
pub trait Ears {
    /// A packet, which the flow has counted.
    fn hear(&mut self, heard: &Heard<'_>);
    /// The flow at this place is over.
    fn over(&mut self, at: u32);
    /// Something is odd, about a flow or about a packet that is none's.
    fn odd(&mut self, odd: &Odd<'_>, of: Option<(&Flows, u32)>, place: Place);
}

/// Nobody listens.
#[derive(Clone, Copy, Debug, Default)]
pub struct Deaf;

impl Ears for Deaf {
    fn hear(&mut self, _: &Heard<'_>) {}
    fn over(&mut self, _: u32) {}
    fn odd(&mut self, _: &Odd<'_>, _: Option<(&Flows, u32)>, _: Place) {}
}
