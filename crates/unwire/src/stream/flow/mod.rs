//! Flows in time, under Zeek's identity: both directions of a 5-tuple are one flow, until it is idle, closed, or begun anew. Plain numbers of
//! packets come in in the capture's order, and each flow goes out once, when it is over. A live flow takes 168 bytes; what few flows have
//! (retransmissions, holes, an end) lies beside them.

mod beginning;
mod beside;
mod history;
mod holes;
mod index;
mod live;
mod odd;
mod ordinary;
mod outcome;
mod quality;
mod seeds;
mod side;
mod table;
mod timing;

pub use history::History;
pub use live::{Flow, Within};
pub use odd::Odd;
pub use outcome::{Counted, Sink};
pub use quality::Quality;
pub use side::{Side, State};
pub use table::{Flows, Packet, Rules};
