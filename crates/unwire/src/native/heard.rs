//! What a stream says as columns want it: heads of HTTP messages, TLS records with the handshake messages that they complete, DNS messages, datagrams
//! of QUIC. Bytes come in order from elsewhere; what is in the messages is read in `said.rs`, rows of logs are made in `speaker.rs`.

use super::Mark;
use super::http_stream::{HttpStream, is_http};
use super::quic_stream::QuicStream;
use super::said::{MESSAGE, OLD_HELLO, OPAQUE, QUIC_MESSAGE};
use super::tls::{Hello, content, handshake};
use super::tls_stream::{TlsStream, What, begins_record, is_tls};

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

/// Octets of a direction that are waited for before nobody understands it.
const MOST_AWAITED: usize = 16 << 10;
/// Octets of a connection that are watched for a hello, by which other protocols go over to TLS.
const MOST_WATCHED: usize = 256 << 10;
/// The port of DNS.
const DNS_PORT: u16 = 53;

/// True if a stream between these ports may say one of some messages, a bit each: who wants DNS alone listens to its port alone.
pub fn may_say(wanted: u64, ports: [u16; 2]) -> bool {
    let wanted = wanted & key::STREAMS;
    wanted != 0 && (wanted != 1 << key::DNS || ports.contains(&DNS_PORT))
}

/// Put what a datagram of QUIC says into `out`: itself, and the handshake messages that it completes.
pub fn datagram(stream: &mut QuicStream, end: usize, bytes: &[u8], out: &mut Vec<Heard>) {
    let mut found = Vec::new();
    stream.datagram(end, bytes, &mut found);
    out.push(Heard { key: key::QUIC, bytes: bytes.to_vec() });
    if found.is_empty() {
        return;
    }
    let mut said = Vec::new();
    for message in found {
        let [_, high, middle, low] = (message.body.len() as u32).to_be_bytes();
        said.extend_from_slice(&[QUIC_MESSAGE, message.kind, high, middle, low]);
        said.extend_from_slice(&message.body);
    }
    out.push(Heard { key: key::TLS, bytes: said });
}

/// A message with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// One of [`key`].
    pub key: u16,
    /// The message, as its decoder reads it.
    pub bytes: Vec<u8>,
}

#[derive(Debug, Default)]
enum Protocol {
    /// Not found out yet: what came so far, in order.
    #[default]
    Unknown,
    Http(Box<HttpStream>),
    /// With whether the version is one whose records do not say what they hold.
    Tls(Box<TlsStream>, bool),
    Dns([Vec<u8>; 2]),
    /// Nobody understands it, so far: so many octets were watched for a hello.
    Other(usize),
}

/// Listens to a connection.
#[derive(Debug, Default)]
pub struct Hearer {
    protocol: Protocol,
    awaited: Vec<(usize, Vec<u8>)>,
}

impl Hearer {
    /// True if nothing was said yet.
    pub fn is_new(&self) -> bool {
        matches!(self.protocol, Protocol::Unknown) && self.awaited.is_empty()
    }

    /// Octets that wait for what completes them.
    pub fn held(&self) -> usize {
        match &self.protocol {
            Protocol::Unknown => self.awaited.iter().map(|one| one.1.len()).sum(),
            Protocol::Http(stream) => stream.held(),
            Protocol::Tls(stream, _) => stream.held(),
            Protocol::Dns(kept) => kept.iter().map(Vec::len).sum(),
            Protocol::Other(_) => 0,
        }
    }

    /// True if nothing can follow that is understood.
    pub fn is_deaf(&self) -> bool {
        match &self.protocol {
            Protocol::Other(watched) => *watched > MOST_WATCHED,
            Protocol::Tls(stream, _) => stream.is_over(),
            Protocol::Unknown | Protocol::Http(_) | Protocol::Dns(_) => false,
        }
    }

    /// True if what the connection carries is understood.
    pub fn understands(&self) -> bool {
        matches!(self.protocol, Protocol::Http(_) | Protocol::Tls(..) | Protocol::Dns(_))
    }

    /// The next octets of a direction; what they complete is put into `out`.
    pub fn data(&mut self, side: usize, bytes: &[u8], ports: [u16; 2], out: &mut Vec<Heard>) {
        if !matches!(self.protocol, Protocol::Unknown) {
            return self.hear(side, bytes, out);
        }
        self.awaited.push((side, bytes.to_vec()));
        self.guess(ports);
        if !matches!(self.protocol, Protocol::Unknown) {
            for (side, bytes) in std::mem::take(&mut self.awaited) {
                self.hear(side, &bytes, out);
            }
        }
    }

    fn guess(&mut self, ports: [u16; 2]) {
        let began = |side: usize| self.awaited.iter().filter(|one| one.0 == side).flat_map(|one| one.1.iter().copied()).collect::<Vec<u8>>();
        let dns = ports.contains(&DNS_PORT);
        let mut waits = false;
        for bytes in [began(0), began(1)].into_iter().filter(|bytes| !bytes.is_empty()) {
            let (http, tls) = (is_http(&bytes), is_tls(&bytes));
            if dns && bytes.len() >= 14 {
                self.protocol = Protocol::Dns(Default::default());
                return;
            }
            if http == Some(true) {
                self.protocol = Protocol::Http(Box::new(HttpStream::heads()));
                return;
            }
            // A capture may begin in the middle of a connection: with data.
            if tls == Some(true) || begins_record(&bytes) {
                self.protocol = Protocol::Tls(Box::default(), false);
                return;
            }
            waits |= (http.is_none() || tls.is_none() || dns) && bytes.len() < MOST_AWAITED;
        }
        if !waits {
            self.protocol = Protocol::Other(0);
        }
    }

    fn hear(&mut self, side: usize, bytes: &[u8], out: &mut Vec<Heard>) {
        let mark = Mark::default();
        match &mut self.protocol {
            Protocol::Http(stream) => {
                let mut found = Vec::new();
                stream.data(side, bytes, mark, &mut found);
                let over = stream.is_over();
                found.into_iter().for_each(|message| head(&message.raw_head, out));
                if over {
                    // What a tunnel or an upgrade carries begins anew.
                    *self = Self::default();
                }
            }
            Protocol::Tls(stream, opaque) => {
                let mut found = Vec::new();
                stream.data(side, bytes, mark, &mut found);
                found.into_iter().for_each(|event| record(event.what, opaque, out));
            }
            Protocol::Dns(kept) => {
                let Some(kept) = kept.get_mut(side & 1) else { return };
                kept.extend_from_slice(bytes);
                let mut at = 0;
                while let Some([high, low]) = kept.get(at..).and_then(|rest| rest.first_chunk::<2>()) {
                    let size = usize::from(u16::from_be_bytes([*high, *low]));
                    let Some(message) = kept.get(at + 2..at + 2 + size) else { break };
                    out.push(Heard { key: key::DNS, bytes: message.to_vec() });
                    at += 2 + size;
                }
                kept.drain(..at);
            }
            Protocol::Other(watched) => {
                *watched += bytes.len();
                if bytes.len() > 5 && bytes.starts_with(&[content::HANDSHAKE, 3]) && bytes.get(5) == Some(&1) && is_tls(bytes) == Some(true) {
                    self.protocol = Protocol::Tls(Box::default(), false);
                    self.hear(side, bytes, out);
                } else if is_http(bytes) == Some(true) {
                    // A tunnel was opened, as SOCKS does, or the other direction was not understood.
                    self.protocol = Protocol::Http(Box::new(HttpStream::heads()));
                    self.hear(side, bytes, out);
                }
            }
            Protocol::Unknown => {}
        }
    }

    /// Octets that are missing in a direction.
    pub fn gap(&mut self, side: usize, bytes: u64) {
        match &mut self.protocol {
            Protocol::Http(stream) => stream.gap(side, bytes, &mut Vec::new()),
            Protocol::Tls(stream, _) => stream.lose(side),
            Protocol::Dns(_) | Protocol::Unknown => *self = Self { protocol: Protocol::Other(0), awaited: Vec::new() },
            Protocol::Other(_) => {}
        }
    }

    /// Nothing follows in a direction, which may complete a message.
    pub fn end(&mut self, side: usize, out: &mut Vec<Heard>) {
        if let Protocol::Http(stream) = &mut self.protocol {
            let mut found = Vec::new();
            stream.end(side, &mut found);
            found.into_iter().filter(|message| !message.cut).for_each(|message| head(&message.raw_head, out));
        }
    }
}

/// Put a head behind those that the packet completed before.
fn head(bytes: &[u8], out: &mut Vec<Heard>) {
    match out.last_mut().filter(|last| last.key == key::HTTP) {
        Some(last) => last.bytes.extend_from_slice(bytes),
        None => out.push(Heard { key: key::HTTP, bytes: bytes.to_vec() }),
    }
}

/// Put a record, or what it completes, behind those that the packet completed before.
fn record(what: What, opaque: &mut bool, out: &mut Vec<Heard>) {
    if !matches!(out.last(), Some(last) if last.key == key::TLS) {
        out.push(Heard { key: key::TLS, bytes: Vec::new() });
    }
    let Some(last) = out.last_mut() else { return };
    match what {
        What::Record(content, version, _) => {
            let content = if *opaque && content == content::DATA { content | OPAQUE } else { content };
            last.bytes.push(content);
            last.bytes.extend_from_slice(&version.to_be_bytes());
        }
        What::Handshake(kind, body) => {
            if kind == handshake::SERVER_HELLO {
                // Drafts said so where the version always stood.
                let stated = body.first_chunk().map(|version| u16::from_be_bytes(*version));
                let chosen = Hello::server(&body).map(|hello| hello.versions()).unwrap_or_default();
                *opaque |= chosen.into_iter().chain(stated).any(is_opaque);
            }
            let [_, high, middle, low] = (body.len() as u32).to_be_bytes();
            last.bytes.extend_from_slice(&[MESSAGE, kind, high, middle, low]);
            last.bytes.extend_from_slice(&body);
        }
        What::OldHello(version, _) => {
            last.bytes.push(OLD_HELLO);
            last.bytes.extend_from_slice(&version.to_be_bytes());
        }
        What::Alert(_) | What::ChangeCipher | What::Data => {}
    }
}

/// Versions from which on records do not say what they hold: TLS 1.3 and its drafts.
const fn is_opaque(version: u16) -> bool {
    version == 0x0304 || matches!(version >> 8, 0x7F | 0xFB)
}
