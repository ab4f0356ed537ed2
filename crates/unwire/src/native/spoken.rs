//! Which protocol a connection speaks, found out by what its directions begin with, and its decoder from then on. There is one table of them, for
//! who makes columns (heard.rs) and for who makes rows (speaker.rs). Order is made elsewhere.

use std::fmt::Debug;

use super::Mark;
use super::decoders::{DnsDatagrams, DnsStream, Tls};
use super::dtls_stream::{self, DtlsStream};
use super::http_stream::{self, HttpStream, Wants, is_http};
use super::quic_order::QuicOrder;
use super::quic_stream;
use super::tls_stream::{self, begins_record, hello_behind, is_tls};
use super::watched::{Turn, Watched};

/// Octets of a direction that are waited for before nobody understands it.
const MOST_AWAITED: usize = 16 << 10;

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
    /// Where other protocols go over to it, in these octets of a side.
    follows: fn(&[u8], usize, Hints) -> Turn,
    decoder: fn(Hints) -> Box<dyn Decode>,
    /// The decoder from where another protocol goes over to it.
    behind: fn(Hints) -> Box<dyn Decode>,
}

/// Protocols of streams, in the order in which they are asked.
static STREAMS: [Spoken; 3] = [
    Spoken {
        begins: |bytes, _| is_http(bytes),
        follows: |bytes, _, _| if is_http(bytes) == Some(true) { Turn::At(0) } else { Turn::Never },
        decoder: http,
        behind: http,
    },
    Spoken {
        // A capture may begin in the middle of a connection: with data.
        begins: |bytes, hints| if hints.heads && begins_record(bytes) { Some(true) } else { is_tls(bytes) },
        // Who wants what a packet completes cannot be told later that a server answered before it was asked.
        follows: |bytes, side, hints| hello_behind(bytes, if hints.heads { 0 } else { side }),
        decoder: |hints| Box::new(Tls::of(hints)),
        behind: |hints| Box::new(Tls::behind(hints)),
    },
    Spoken {
        begins: |bytes, hints| if hints.dns { (bytes.len() >= 14).then_some(true) } else { Some(false) },
        follows: |_, _, _| Turn::Never,
        decoder: |_| Box::new(DnsStream::default()),
        behind: |_| Box::new(DnsStream::default()),
    },
];

/// The decoder of HTTP, by what is kept of it.
fn http(hints: Hints) -> Box<dyn Decode> {
    Box::new(HttpStream::of(match hints {
        Hints { heads: true, .. } => Wants::Heads,
        Hints { samples: true, .. } => Wants::Samples,
        Hints { .. } => Wants::Whole,
    }))
}

/// A protocol of datagrams: true if one begins so, and its decoder.
type SpokenAlone = (fn(&[u8], Hints) -> bool, fn(Hints) -> Box<dyn Decode>);

/// Protocols of datagrams.
static DATAGRAMS: [SpokenAlone; 3] = [
    (|bytes, _| quic_stream::begins(bytes), |_| Box::new(QuicOrder::default())),
    (|bytes, _| dtls_stream::begins(bytes), |_| Box::new(DtlsStream::default())),
    (|bytes, hints| hints.dns && bytes.len() >= 12, |_| Box::new(DnsDatagrams)),
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
    /// Nobody understands it, so far: it is watched for another protocol's beginning.
    Other(Watched),
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
            State::Other(watched) => watched.held(),
        }
    }

    /// True if nothing can follow that is understood.
    pub fn is_over(&self) -> bool {
        match &self.state {
            State::Unknown => false,
            State::Known(decoder) => decoder.is_over(),
            State::Other(watched) => watched.is_over(),
        }
    }

    /// True if what the connection carries is understood.
    pub fn is_known(&self) -> bool {
        matches!(self.state, State::Known(_))
    }

    /// A datagram; what it completes is given to `out`.
    pub fn datagram(&mut self, side: usize, bytes: &[u8], mark: Mark, hints: Hints, out: Out<'_>) {
        if matches!(self.state, State::Unknown) {
            let Some((_, decoder)) = DATAGRAMS.iter().find(|(begins, _)| begins(bytes, hints)) else { return };
            self.state = State::Known(decoder(hints));
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
                let asked = STREAMS.iter().map(|one| (one, |bytes: &[u8]| (one.follows)(bytes, side, hints)));
                let Some((spoken, behind)) = watched.data(side, bytes, mark, asked) else { return };
                self.state = State::Known((spoken.behind)(hints));
                behind.iter().for_each(|(bytes, mark)| self.data(side, bytes, *mark, hints, out));
                return;
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
            self.state = State::Other(Watched::default());
        }
    }

    /// Octets that are missing in a direction.
    pub fn gap(&mut self, side: usize, bytes: u64, out: Out<'_>) {
        let lost = match &mut self.state {
            State::Known(decoder) => !decoder.gap(side, bytes, out),
            State::Unknown => !self.awaited.is_empty(),
            State::Other(watched) => {
                watched.gap(side);
                false
            }
        };
        if lost {
            *self = Self { state: State::Other(Watched::default()), awaited: Vec::new() };
        }
    }

    /// Nothing follows in a direction, which may complete a message.
    pub fn end(&mut self, side: usize, out: Out<'_>) {
        if let State::Known(decoder) = &mut self.state {
            decoder.end(side, out);
        }
    }
}
