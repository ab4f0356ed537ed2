//! Streams: flows in time, datagrams put together from fragments, bytes of a connection put in order, and who reads them. Plain numbers of
//! packets (`Seen`) and bytes come in and chunks go out; which header they were read from is the caller's knowledge (seeing/), and what the
//! bytes mean is the reader's.

mod analysis;
mod budget;
mod defrag;
mod feed;
pub mod flow;
mod log;
mod numbering;
mod origin;
mod pieces;
mod seen;
mod side;
mod tcp;

pub use analysis::{Analysis, Header};
pub use budget::{Budget, Policy};
pub use defrag::{Counted, DatagramKey, Defragmenter, Fragment, Outcome, Refusal, Whole};
pub use feed::{Direction, End, Gap, Place, Reader, Why};
pub use log::{Log, Spool, Told as Logged};
pub use numbering::{EndPoint, Numbered, Numbering};
pub use origin::Origin;
pub use seen::{Ends, Kind, NO_TAG, Piece, Seen, Verdict, flag};
pub use side::Counts;
pub use tcp::{Connection, Flags, Segment};
