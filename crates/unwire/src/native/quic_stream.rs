//! What a connection says in QUIC's Initial packets: handshake messages, over any number of packets and in any order, of which both ends' hellos can
//! be read. How a packet is opened is quic.rs's knowledge.

use std::collections::BTreeMap;

use super::quic::{Keys, Kind, Long, initial_keys, is_quic, long, pieces, stands_for};

/// Octets of a direction's handshake that are put in order.
const MOST_KEPT: usize = 64 << 10;
/// Versions that a connection may try.
const MOST_VERSIONS: usize = 4;
/// Packets of one datagram that are read.
pub(super) const MOST_PACKETS: usize = 64;

/// A handshake message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// True if the client sent it.
    pub from_client: bool,
    /// Its type.
    pub kind: u8,
    /// What it holds.
    pub body: Vec<u8>,
}

/// Something that a connection says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A packet with a long header.
    Packet(Header),
    /// A handshake message that it completed.
    Message(Message),
    /// It closed the connection.
    Closed,
    /// The client begins anew, though no answer was seen that asks for it.
    Again,
}

/// What a long header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// What the packet is.
    pub kind: Kind,
    /// Its version.
    pub version: u32,
    /// The receiver's connection id.
    pub target: Vec<u8>,
    /// The sender's.
    pub source: Vec<u8>,
}

/// Octets that come in pieces, in any order.
#[derive(Debug, Default)]
pub struct Pieces {
    /// What is in order and not read yet.
    ready: Vec<u8>,
    /// Where that ends.
    next: u64,
    /// What waits for octets before it.
    waiting: BTreeMap<u64, Vec<u8>>,
    kept: usize,
}

impl Pieces {
    /// What is in order and was not taken.
    pub fn ready(&self) -> &[u8] {
        &self.ready
    }

    /// Octets that are kept.
    pub fn held(&self) -> usize {
        self.ready.len() + self.waiting.values().map(Vec::len).sum::<usize>()
    }

    /// Take octets that belong to a place.
    pub fn add(&mut self, at: u64, bytes: &[u8]) {
        let late = usize::try_from(self.next.saturating_sub(at)).unwrap_or(usize::MAX);
        let Some(new) = bytes.get(late..).filter(|new| !new.is_empty() && self.kept + new.len() <= MOST_KEPT) else { return };
        let at = at.max(self.next);
        if self.waiting.get(&at).is_none_or(|known| known.len() < new.len()) {
            self.kept += new.len();
            self.waiting.insert(at, new.to_vec());
        }
        while let Some((at, bytes)) = self.waiting.pop_first() {
            if at > self.next {
                self.waiting.insert(at, bytes);
                break;
            }
            let late = usize::try_from(self.next - at).unwrap_or(usize::MAX);
            let new = bytes.get(late..).unwrap_or_default();
            self.ready.extend_from_slice(new);
            self.next += new.len() as u64;
        }
    }

    fn message(&mut self) -> Option<(u8, Vec<u8>)> {
        let [kind, high, middle, low] = *self.ready.first_chunk::<4>()?;
        let size = u32::from_be_bytes([0, high, middle, low]) as usize;
        let body = self.ready.get(4..4 + size)?.to_vec();
        self.ready.drain(..4 + size);
        Some((kind, body))
    }
}

/// What a packet holds.
#[derive(Debug)]
pub(super) enum Opened {
    /// It is none that is read, or of an attempt that is not known.
    Closed,
    /// This.
    Plain(Vec<u8>),
    /// This, and with it begins an attempt that has these keys.
    Begins(Box<[Keys; 2]>, Vec<u8>),
}

/// A connection.
#[derive(Debug, Default)]
pub struct QuicStream {
    /// Which end of the flow the client is.
    client: Option<usize>,
    /// The id that the client gave the server.
    id: Vec<u8>,
    keys: Vec<(u32, [Keys; 2])>,
    sides: [Pieces; 2],
}

/// True if a datagram begins a connection.
pub fn begins(bytes: &[u8]) -> bool {
    is_quic(bytes)
}

/// The keys by which a client's first packet can be opened, and what it holds.
fn begun(packet: &Long<'_>) -> Option<([Keys; 2], Vec<u8>)> {
    stands_for(packet.version).into_iter().find_map(|version| {
        let keys = initial_keys(version, packet.target)?;
        let plain = keys[0].open(packet)?;
        Some((keys, plain))
    })
}

impl QuicStream {
    /// Octets that wait for what completes them.
    pub fn held(&self) -> usize {
        self.sides.iter().map(Pieces::held).sum()
    }

    /// A datagram from one of the ends; what it completes is put into `out`.
    pub fn datagram(&mut self, end: usize, mut bytes: &[u8], out: &mut Vec<Event>) {
        for _ in 0..MOST_PACKETS {
            let Some(packet) = long(&mut bytes) else { return };
            let opened = self.open(end, &packet);
            self.packet(end, &packet, opened, out);
        }
    }

    /// What a packet from one of the ends holds.
    pub(super) fn open(&mut self, end: usize, packet: &Long<'_>) -> Opened {
        if packet.kind != Kind::Initial {
            return Opened::Closed;
        }
        let from_client = self.client.is_none_or(|client| client == end);
        let plain = self.keys(packet.version).and_then(|keys| keys[usize::from(!from_client)].open(packet));
        match plain {
            Some(plain) => Opened::Plain(plain),
            // The client begins, or begins again: after a retry, or anew.
            None if from_client || packet.all.len() >= 1000 => {
                begun(packet).map_or(Opened::Closed, |(keys, plain)| Opened::Begins(Box::new(keys), plain))
            }
            None => Opened::Closed,
        }
    }

    /// A packet from one of the ends, and what it holds; what it completes is put into `out`.
    pub(super) fn packet(&mut self, end: usize, packet: &Long<'_>, opened: Opened, out: &mut Vec<Event>) {
        let Long { kind, version, target, source, .. } = *packet;
        out.push(Event::Packet(Header { kind, version, target: target.to_vec(), source: source.to_vec() }));
        if kind == Kind::Negotiation {
            // The client begins anew, perhaps with the same id.
            *self = Self::default();
        }
        let plain = match opened {
            Opened::Closed => return,
            Opened::Plain(plain) => plain,
            Opened::Begins(keys, plain) => {
                *self = Self { client: Some(end), id: target.to_vec(), keys: vec![(version, *keys)], ..Self::default() };
                plain
            }
        };
        let from_client = self.client == Some(end);
        let side = &mut self.sides[usize::from(!from_client)];
        let (found, closes) = pieces(&plain);
        found.into_iter().for_each(|(at, bytes)| side.add(at, bytes));
        while let Some((kind, body)) = side.message() {
            out.push(Event::Message(Message { from_client, kind, body }));
        }
        if closes {
            out.push(Event::Closed);
        }
    }

    /// The keys of a version: a server may answer in another one than it was asked in (RFC 9368).
    fn keys(&mut self, version: u32) -> Option<&[Keys; 2]> {
        self.client?;
        let known = self.keys.iter().position(|(known, _)| *known == version);
        let at = match known {
            Some(at) => at,
            None if self.keys.len() >= MOST_VERSIONS => return None,
            None => {
                self.keys.push((version, initial_keys(version, &self.id)?));
                self.keys.len() - 1
            }
        };
        self.keys.get(at).map(|(_, keys)| keys)
    }
}
