//! Which protocol a connection speaks, found out by what its directions begin with, and its decoder from then on. There is one table of them, for
//! who makes columns (heard.rs) and for who makes rows (speaker.rs). Order is made elsewhere.

use std::fmt::Debug;

use super::Mark;
use super::decoders::{DnsDatagrams, DnsStream, Tls};
use super::dtls_stream::{self, DtlsStream};
use super::http_stream::{self, HttpStream, Wants, is_http};
use super::quic_stream::{self, QuicStream};
use super::tls::{content, handshake};
use super::tls_stream::{self, begins_record, is_tls};

/// Octets of a direction that are waited for before nobody understands it.
const MOST_AWAITED: usize = 16 << 10;
/// Octets of a connection that are watched for a hello, by which other protocols go over to TLS.
const MOST_WATCHED: usize = 256 << 10;

/// True if what is said between two ports may be DNS, or over datagrams what has its messages.
#[inline]
pub fn may_be_dns(stream: bool, ports: [u16; 2]) -> bool {
    ports.iter().any(|port| *port == 53 || matches!(port, 5353 | 5355) && !stream)
}

/// True if a datagram may be QUIC's handshake, or the server's that speaks other versions.
pub fn may_be_quic(payload: &[u8]) -> bool {
    match payload {
        [0x80..=0xFF, 0, 0, 0, 0, target, ..] => *target <= 20 && payload.len() > 7,
        [0xC0..=0xFF, ..] => quic_stream::begins(payload),
        _ => false,
    }
}

/// True if a datagram may be DTLS.
pub fn may_be_dtls(payload: &[u8]) -> bool {
    matches!(payload.first_chunk(), Some([20..=25, 0xFE, 0xFC | 0xFD | 0xFF] | [20..=25, 1, 0])) && payload.len() > 13
}

/// What a decoder completes; a side is 0 for who began.
#[derive(Clone, Debug)]
pub enum Found<'a> {
    /// A message of HTTP.
    Http(Box<http_stream::Message>),
    /// Something of TLS over TCP.
    Tls(tls_stream::Event<'a>),
    /// Something of TLS in datagrams.
    Dtls(tls_stream::Event<'a>),
    /// A message of DNS, by its side.
    Dns(usize, &'a [u8], Mark),
    /// Something of QUIC, by its side.
    Quic(usize, quic_stream::Event, Mark),
}

/// Whose it is that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP.
    Http,
    /// TLS over TCP.
    Tls,
    /// TLS in datagrams.
    Dtls,
    /// DNS.
    Dns,
    /// QUIC.
    Quic,
}

impl Found<'_> {
    /// Whose it is.
    pub const fn protocol(&self) -> Protocol {
        match self {
            Self::Http(_) => Protocol::Http,
            Self::Tls(_) => Protocol::Tls,
            Self::Dtls(_) => Protocol::Dtls,
            Self::Dns(..) => Protocol::Dns,
            Self::Quic(..) => Protocol::Quic,
        }
    }
}

/// Takes what is found.
pub type Out<'s> = &'s mut dyn FnMut(Found<'_>);

/// What tells protocols apart beside octets, and for what they are decoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// DNS has one of the ports.
    pub dns: bool,
    /// Heads and records are enough, wherever they stand; else whole messages are wanted, and only where nothing is doubtful.
    pub heads: bool,
    /// Of messages that carry something what it begins with is enough.
    pub samples: bool,
}

/// Decodes what a connection says, in order or datagram by datagram.
pub trait Decode: Debug + Send {
    /// The next octets of a side, or a datagram.
    fn data(&mut self, side: usize, bytes: &[u8], mark: Mark, out: Out<'_>);
    /// Octets are missing; false if nothing can be understood behind them.
    fn gap(&mut self, _side: usize, _bytes: u64, _out: Out<'_>) -> bool {
        true
    }
    /// Nothing follows in a direction.
    fn end(&mut self, _side: usize, _out: Out<'_>) {}
    /// Octets that wait for what completes them.
    fn held(&self) -> usize;
    /// True if what follows is another protocol's.
    fn is_done(&self) -> bool {
        false
    }
    /// True if nothing that follows is understood.
    fn is_over(&self) -> bool {
        false
    }
}

/// A protocol.
struct Spoken {
    /// True if a direction that begins so speaks it; None if more octets are needed.
    begins: fn(&[u8], Hints) -> Option<bool>,
    /// True if other protocols go over to it so, in these octets of a side.
    follows: fn(&[u8], usize, Hints) -> bool,
    decoder: fn(Hints) -> Box<dyn Decode>,
}

/// Protocols of streams, in the order in which they are asked.
static STREAMS: [Spoken; 3] = [
    Spoken {
        begins: |bytes, _| is_http(bytes),
        follows: |bytes, _, _| is_http(bytes) == Some(true),
        decoder: |hints| Box::new(HttpStream::of(wants(hints))),
    },
    Spoken {
        // A capture may begin in the middle of a connection: with data.
        begins: |bytes, hints| if hints.heads && begins_record(bytes) { Some(true) } else { is_tls(bytes) },
        follows: |bytes, side, hints| {
            let hello = bytes.starts_with(&[content::HANDSHAKE, 3]) && bytes.get(5) == Some(&handshake::CLIENT_HELLO);
            hello && (side == 0 || hints.heads) && is_tls(bytes) == Some(true)
        },
        decoder: |hints| Box::new(Tls::of(hints)),
    },
    Spoken {
        begins: |bytes, hints| if hints.dns { (bytes.len() >= 14).then_some(true) } else { Some(false) },
        follows: |_, _, _| false,
        decoder: |_| Box::new(DnsStream::default()),
    },
];

/// What is kept of HTTP.
fn wants(hints: Hints) -> Wants {
    match hints {
        Hints { heads: true, .. } => Wants::Heads,
        Hints { samples: true, .. } => Wants::Samples,
        Hints { .. } => Wants::Whole,
    }
}

/// Protocols of datagrams.
static DATAGRAMS: [Spoken; 3] = [
    Spoken { begins: |bytes, _| Some(quic_stream::begins(bytes)), follows: |_, _, _| false, decoder: |_| Box::new(QuicStream::default()) },
    Spoken { begins: |bytes, _| Some(dtls_stream::begins(bytes)), follows: |_, _, _| false, decoder: |_| Box::new(DtlsStream::default()) },
    Spoken { begins: |bytes, hints| Some(hints.dns && bytes.len() >= 12), follows: |_, _, _| false, decoder: |_| Box::new(DnsDatagrams) },
];

/// What a direction speaks that begins so; else whether more octets may tell.
fn speaks(begun: &[u8], hints: Hints) -> Result<&'static Spoken, bool> {
    let mut may = false;
    for spoken in &STREAMS {
        match (spoken.begins)(begun, hints) {
            Some(true) => return Ok(spoken),
            Some(false) => {}
            None => may = true,
        }
    }
    Err(may)
}

#[derive(Debug, Default)]
enum State {
    /// Not found out yet: what came so far waits.
    #[default]
    Unknown,
    Known(Box<dyn Decode>),
    /// Nobody understands it, so far: so many octets were watched for another protocol's beginning.
    Other(usize),
}

/// The decoding of a connection.
#[derive(Debug, Default)]
pub struct Decoding {
    state: State,
    awaited: Vec<(usize, Vec<u8>, Mark)>,
}

impl Decoding {
    /// True if nothing was said yet.
    pub fn is_new(&self) -> bool {
        matches!(self.state, State::Unknown) && self.awaited.is_empty()
    }

    /// Octets that wait for what completes them.
    pub fn held(&self) -> usize {
        match &self.state {
            State::Unknown => self.awaited.iter().map(|one| one.1.len()).sum(),
            State::Known(decoder) => decoder.held(),
            State::Other(_) => 0,
        }
    }

    /// True if nothing can follow that is understood.
    pub fn is_over(&self) -> bool {
        match &self.state {
            State::Unknown => false,
            State::Known(decoder) => decoder.is_over(),
            State::Other(watched) => *watched > MOST_WATCHED,
        }
    }

    /// True if what the connection carries is understood.
    pub fn is_known(&self) -> bool {
        matches!(self.state, State::Known(_))
    }

    /// A datagram; what it completes is given to `out`.
    pub fn datagram(&mut self, side: usize, bytes: &[u8], mark: Mark, hints: Hints, out: Out<'_>) {
        if matches!(self.state, State::Unknown) {
            let Some(spoken) = DATAGRAMS.iter().find(|one| (one.begins)(bytes, hints) == Some(true)) else { return };
            self.state = State::Known((spoken.decoder)(hints));
        }
        if let State::Known(decoder) = &mut self.state {
            decoder.data(side, bytes, mark, out);
        }
    }

    /// The next octets of a direction; what they complete is given to `out`.
    pub fn data(&mut self, side: usize, bytes: &[u8], mark: Mark, hints: Hints, out: Out<'_>) {
        match &mut self.state {
            State::Unknown => {
                let begun = if self.awaited.is_empty() { speaks(bytes, hints) } else { Err(true) };
                if let Ok(spoken) = begun {
                    self.state = State::Known((spoken.decoder)(hints));
                } else {
                    self.awaited.push((side, bytes.to_vec(), mark));
                    self.guess(hints);
                    if !matches!(self.state, State::Unknown) {
                        for (side, bytes, mark) in std::mem::take(&mut self.awaited) {
                            self.data(side, &bytes, mark, hints, out);
                        }
                    }
                    return;
                }
            }
            State::Other(watched) => {
                *watched += bytes.len();
                let Some(spoken) = STREAMS.iter().find(|one| (one.follows)(bytes, side, hints)) else { return };
                self.state = State::Known((spoken.decoder)(hints));
            }
            State::Known(_) => {}
        }
        if let State::Known(decoder) = &mut self.state {
            decoder.data(side, bytes, mark, out);
            if decoder.is_done() {
                // What a tunnel or an upgrade carries begins anew.
                self.state = State::Unknown;
            }
        }
    }

    fn guess(&mut self, hints: Hints) {
        let mut waits = false;
        for side in 0..2 {
            let begun: Vec<u8> = self.awaited.iter().filter(|one| one.0 == side).flat_map(|one| one.1.iter().copied()).collect();
            if begun.is_empty() {
                continue;
            }
            match speaks(&begun, hints) {
                Ok(spoken) => {
                    self.state = State::Known((spoken.decoder)(hints));
                    return;
                }
                Err(may) => waits |= may && begun.len() < MOST_AWAITED,
            }
        }
        if !waits {
            self.state = State::Other(0);
        }
    }

    /// Octets that are missing in a direction.
    pub fn gap(&mut self, side: usize, bytes: u64, out: Out<'_>) {
        let lost = match &mut self.state {
            State::Known(decoder) => !decoder.gap(side, bytes, out),
            State::Unknown => !self.awaited.is_empty(),
            State::Other(_) => false,
        };
        if lost {
            *self = Self { state: State::Other(0), awaited: Vec::new() };
        }
    }

    /// Nothing follows in a direction, which may complete a message.
    pub fn end(&mut self, side: usize, out: Out<'_>) {
        if let State::Known(decoder) = &mut self.state {
            decoder.end(side, out);
        }
    }
}
