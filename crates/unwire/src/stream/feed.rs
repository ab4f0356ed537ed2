//! How a reassembled connection is told to whoever reads it: bytes in order, what is missing, and the end, for each direction. A decoder of
//! messages implements [`Reader`]; what must not live here is how the order was found.

/// Who sent something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The sender of the bare SYN; without one, the receiver of the SYN-ACK; else the first sender.
    Client,
    /// The other end.
    Server,
}

impl Direction {
    /// Both, the client first.
    pub const BOTH: [Self; 2] = [Self::Client, Self::Server];

    /// 0 for the client, 1 for the server.
    pub fn index(self) -> usize {
        usize::from(self == Self::Server)
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        if self == Self::Client { Self::Server } else { Self::Client }
    }
}

/// The packet that carried something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Its number in the capture, from 1.
    pub frame: u64,
    /// Its time, in nanoseconds since the epoch; None where the container has none.
    pub time: Option<i64>,
}

/// Why bytes are given up that may have been sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// The receiver acknowledged them, and they did not come any more.
    Acknowledged,
    /// What waited behind them was too much for one connection.
    ConnectionCap,
    /// What waits in all connections was too much.
    TotalCap,
    /// The connection, or the capture, came to its end.
    Closed,
}

impl Why {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Acknowledged => "acknowledged",
            Self::ConnectionCap => "connection cap",
            Self::TotalCap => "total cap",
            Self::Closed => "closed",
        }
    }
}

/// Bytes that are missing in the capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Gap {
    /// How many.
    pub bytes: u64,
    /// True if the receiver acknowledged them: they were sent, and only the capture lacks them.
    pub acknowledged: bool,
    /// Why they are not waited for any longer.
    pub why: Why,
}

/// How a direction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// Its sender said so, and everything before is there or was told as a gap.
    Finished,
    /// The connection was reset.
    Reset,
    /// It was open when the capture or the patience with it ended.
    Open,
}

impl End {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Reset => "reset",
            Self::Open => "open",
        }
    }
}

/// Someone who reads one connection. Within a direction the calls are in the order of the bytes; between the directions they are in the order of
/// the packets, except where a direction had to wait for what came late. Chunks are cut as the packets were, which means nothing: whoever needs
/// more keeps what it got. What a call is given is gone when it returns.
pub trait Reader {
    /// The next bytes of a direction, never none, and the packet that carried them. A message is complete with the packet that has the highest
    /// number of those that carried a part of it.
    fn data(&mut self, from: Direction, bytes: &[u8], place: Place);

    /// So many bytes are missing here; what follows goes on behind them.
    fn gap(&mut self, from: Direction, gap: Gap);

    /// Nothing follows in this direction. It is told once for each.
    fn end(&mut self, from: Direction, how: End);
}
