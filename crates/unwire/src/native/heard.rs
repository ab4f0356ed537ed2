//! What streams say as columns want it: heads of HTTP messages, TLS records with the handshake messages that they complete, DNS messages, datagrams
//! of QUIC. Who speaks what is found out in `spoken.rs`; what is in the messages is read in `said.rs`, rows of logs are made in `speaker.rs`.

use super::Mark;
use super::quic_stream::{Event, QuicStream};
use super::said::{MESSAGE, OLD_HELLO, OPAQUE, QUIC_MESSAGE};
use super::spoken::{Decoding, Found, Hints};
use super::tls::{Hello, content, handshake};
use super::tls_stream::What;

/// Numbers of messages, under which declared classes answer to them.
pub mod key {
    /// Nothing is complete: what the frame carries is a part of a message.
    pub const PART: u16 = 0;
    /// Heads of HTTP messages, one behind the other.
    pub const HTTP: u16 = 1;
    /// TLS records, as `said.rs` reads them.
    pub const TLS: u16 = 2;
    /// One DNS message.
    pub const DNS: u16 = 3;
    /// A datagram of QUIC.
    pub const QUIC: u16 = 4;
    /// Those of streams, a bit each.
    pub const STREAMS: u64 = 1 << HTTP | 1 << TLS | 1 << DNS;
    /// Those of datagrams.
    pub const DATAGRAMS: u64 = 1 << TLS | 1 << QUIC;
}

/// True if a stream may say one of some messages, a bit each: who wants DNS alone listens only to what may be that.
pub fn may_say(wanted: u64, dns: bool) -> bool {
    let wanted = wanted & key::STREAMS;
    wanted != 0 && (wanted != 1 << key::DNS || dns)
}

/// Put what a datagram of QUIC says into `out`: itself, and the handshake messages that it completes.
pub fn datagram(stream: &mut QuicStream, end: usize, bytes: &[u8], out: &mut Vec<Heard>) {
    let mut found = Vec::new();
    stream.datagram(end, bytes, &mut found);
    out.push(Heard { key: key::QUIC, bytes: bytes.to_vec() });
    let mut said = Vec::new();
    for event in found {
        let Event::Message(message) = event else { continue };
        let [_, high, middle, low] = (message.body.len() as u32).to_be_bytes();
        said.extend_from_slice(&[QUIC_MESSAGE, message.kind, high, middle, low]);
        said.extend_from_slice(&message.body);
    }
    if !said.is_empty() {
        out.push(Heard { key: key::TLS, bytes: said });
    }
}

/// A message with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// One of [`key`].
    pub key: u16,
    /// The message, as its decoder reads it.
    pub bytes: Vec<u8>,
}

/// Listens to a connection.
#[derive(Debug, Default)]
pub struct Hearer {
    decoding: Decoding,
    /// The version of TLS is one whose records do not say what they hold.
    opaque: bool,
}

impl Hearer {
    /// True if nothing was said yet.
    pub fn is_new(&self) -> bool {
        self.decoding.is_new()
    }

    /// Octets that wait for what completes them.
    pub fn held(&self) -> usize {
        self.decoding.held()
    }

    /// True if nothing can follow that is understood.
    pub fn is_deaf(&self) -> bool {
        self.decoding.is_over()
    }

    /// True if what the connection carries is understood.
    pub fn understands(&self) -> bool {
        self.decoding.is_known()
    }

    /// The next octets of a direction, which may be DNS; what they complete is put into `out`.
    pub fn data(&mut self, side: usize, bytes: &[u8], dns: bool, out: &mut Vec<Heard>) {
        let hints = Hints { dns, heads: true, samples: false };
        let Self { decoding, opaque } = self;
        decoding.data(side, bytes, Mark::default(), hints, &mut |found| tell(found, opaque, out));
    }

    /// Octets that are missing in a direction.
    pub fn gap(&mut self, side: usize, bytes: u64) {
        self.decoding.gap(side, bytes, &mut |_| ());
    }

    /// Nothing follows in a direction, which may complete a message.
    pub fn end(&mut self, side: usize, out: &mut Vec<Heard>) {
        let Self { decoding, opaque } = self;
        decoding.end(side, &mut |found| tell(found, opaque, out));
    }
}

fn tell(found: Found<'_>, opaque: &mut bool, out: &mut Vec<Heard>) {
    match found {
        Found::Http(message) if message.cut => {}
        Found::Http(message) => behind(key::HTTP, out).extend_from_slice(&message.raw_head),
        Found::Tls(event) => record(&event.what, opaque, behind(key::TLS, out)),
        Found::Dns(_, bytes, _) => out.push(Heard { key: key::DNS, bytes: bytes.to_vec() }),
        // Flows of datagrams are not listened to here.
        Found::Dtls(_) | Found::Quic(..) => {}
    }
}

/// The bytes of the message of a kind that the packet completed last, which others of the kind stand behind.
fn behind(key: u16, out: &mut Vec<Heard>) -> &mut Vec<u8> {
    if out.last().is_none_or(|last| last.key != key) {
        out.push(Heard { key, bytes: Vec::new() });
    }
    let last = out.len() - 1;
    &mut out[last].bytes
}

/// Put a record, or what it completes, behind those that the packet completed before.
fn record(what: &What<'_>, opaque: &mut bool, bytes: &mut Vec<u8>) {
    match what {
        What::Record(content, version, _) => {
            let content = if *opaque && *content == content::DATA { content | OPAQUE } else { *content };
            bytes.push(content);
            bytes.extend_from_slice(&version.to_be_bytes());
        }
        What::Handshake(kind, body) => {
            if *kind == handshake::SERVER_HELLO {
                // Drafts said so where the version always stood.
                let stated = body.first_chunk().map(|version| u16::from_be_bytes(*version));
                let chosen = Hello::server(body).map(|hello| hello.versions()).unwrap_or_default();
                *opaque |= chosen.into_iter().chain(stated).any(is_opaque);
            }
            let [_, high, middle, low] = (body.len() as u32).to_be_bytes();
            bytes.extend_from_slice(&[MESSAGE, *kind, high, middle, low]);
            bytes.extend_from_slice(body);
        }
        What::OldHello(version, _) => {
            bytes.push(OLD_HELLO);
            bytes.extend_from_slice(&version.to_be_bytes());
        }
        What::Alert(_) | What::ChangeCipher | What::Data => {}
    }
}

/// Versions from which on records do not say what they hold: TLS 1.3 and its drafts.
const fn is_opaque(version: u16) -> bool {
    version == 0x0304 || matches!(version >> 8, 0x7F | 0xFB)
}
