//! What a frame tells of one flow: who talks to whom, and what of it moves on. One `Seen` is one network layer of a frame with the transport
//! directly on it, so that a tunnel's frame tells of several flows, the outermost first. All are plain numbers; the bytes stay in the
//! frame, where `Seen::start` says they are. How they are found seeing/ knows.

/// What kind of transport lies on a network layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Ports, and bytes that are numbered: TCP.
    Stream,
    /// Ports alone: UDP.
    Datagram,
    /// Types of messages in place of ports: ICMP.
    Message,
    /// A transport that declares nothing of the kind, or none.
    #[default]
    Other,
    /// A transport whose header is cut or contradicts itself: nothing of it can be told.
    Broken,
}

/// Who sends, and to whom: what names a flow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ends {
    /// The sender's address: the first `width` bytes, zeros behind them.
    pub source: [u8; 16],
    /// The receiver's.
    pub target: [u8; 16],
    /// The sender's and the receiver's port. Of messages the type, and the type that answers it; where none does, the code.
    pub ports: [u16; 2],
    /// Bytes of an address: 4 or 16.
    pub width: u8,
    /// The number of what the network layer carries, behind the headers that extend it.
    pub protocol: u8,
    /// The kind of that.
    pub kind: Kind,
    /// Messages of a type that nothing answers: the other direction is another flow.
    pub one_way: bool,
}

impl Ends {
    /// The same seen from the other side.
    #[inline]
    #[must_use]
    pub fn turned(&self) -> Self {
        Self { source: self.target, target: self.source, ports: [self.ports[1], self.ports[0]], ..*self }
    }

    /// True if these are the same two, whoever sends; if nothing answers, the direction counts.
    #[inline]
    #[must_use]
    pub fn are(&self, other: &Self) -> bool {
        let alike = (self.width, self.protocol, self.kind, self.one_way) == (other.width, other.protocol, other.kind, other.one_way);
        let [source, target, one, two] = [self.source, self.target, other.source, other.target].map(u128::from_ne_bytes);
        let ([from, to], [a, b]) = (self.ports, other.ports);
        alike && ((source, target, from, to) == (one, two, a, b) || !self.one_way && (source, target, from, to) == (two, one, b, a))
    }

    /// True if both have the same sender.
    #[inline]
    #[must_use]
    pub fn sends(&self, other: &Self) -> bool {
        self.ports[0] == other.ports[0] && u128::from_ne_bytes(self.source) == u128::from_ne_bytes(other.source)
    }
}

/// A piece of a datagram that was cut for its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// Where in the datagram its bytes belong.
    pub offset: u32,
    /// What all pieces of the datagram have in common.
    pub id: u32,
    /// There are pieces behind it.
    pub more: bool,
    /// Its datagram says that it is longer than the frame.
    pub cut: bool,
}

/// What is known of the checksums of a network layer and its transport.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verdict {
    /// Nobody asked, or no sum could be computed.
    #[default]
    Unknown,
    /// All that could be computed are right.
    Good,
    /// The transport's is wrong.
    BadTransport,
    /// The network layer's is wrong.
    BadNetwork,
}

/// No tag.
pub const NO_TAG: u16 = u16::MAX;

/// The bits of [`Seen::flags`], as RFC 9293 has them.
pub mod flag {
    /// No more bytes follow.
    pub const FIN: u16 = 1;
    /// A number space begins.
    pub const SYN: u16 = 2;
    /// It is over.
    pub const RST: u16 = 4;
    /// The acknowledgment counts.
    pub const ACK: u16 = 16;
    /// Some of the payload is urgent.
    pub const URG: u16 = 32;
}

/// What a frame tells of one flow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Who to whom.
    pub ends: Ends,
    /// The record's place in its batch.
    pub record: u32,
    /// Network layers around this one in the frame.
    pub depth: u8,
    /// An error message quotes it: nobody sent it in this frame.
    pub quoted: bool,
    /// A network layer follows inside the payload: this flow is a tunnel.
    pub tunnel: bool,
    /// The checksums, if they were asked for.
    pub verdict: Verdict,
    /// How windows are scaled, where a segment that opens says so, if that was asked for.
    pub scale: Option<u8>,
    /// Bytes that the sender has beyond those that it acknowledges, if that was asked for.
    pub held: u32,
    /// The bits that open, close and acknowledge a stream: [`flag`].
    pub flags: u16,
    /// How much the sender takes, not scaled.
    pub window: u16,
    /// The number of the stream's first byte here.
    pub sequence: u32,
    /// The number of the byte that the sender expects next, if [`flag::ACK`] is set.
    pub acknowledged: u32,
    /// Bytes of the network layer with all that it carries, as its length field promises, cut to the frame.
    pub total: u32,
    /// Where the payload starts in the frame: of a piece of a datagram what the network layer carries, else what the transport does.
    pub start: u32,
    /// How many bytes it has, as length fields promise …
    pub promised: u32,
    /// … and how many of them were captured.
    pub captured: u32,
    /// If it is a piece of a datagram. Then nothing of the transport is told: the datagram has it.
    pub piece: Option<Piece>,
    /// Numbers of the virtual networks that the frame is tagged with, outermost first; [`NO_TAG`] where there is none.
    pub tags: [u16; 2],
    /// The number of the layer directly on the transport, if this flow is a tunnel; what its service is called the schema knows.
    pub carrier: u16,
}
