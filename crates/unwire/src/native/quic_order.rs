//! A connection of QUIC whose datagrams may come late, early or again: of each is decided which attempt it is of. A server may refuse the first one, by
//! a retry or because it speaks other versions, and what comes of that attempt later, or again, says nothing more; what is
//! captured before an attempt's beginning waits for that. What packets hold is `quic_stream.rs`'s knowledge.

use super::quic::{Kind, Long, long};
use super::quic_stream::{Event, MOST_PACKETS, Opened, QuicStream};

/// Attempts of a connection that are remembered.
const MOST_ATTEMPTS: usize = 4;
/// Datagrams that wait for the one that their attempt begins with.
const MOST_WAITING: usize = 4;

/// How a client's attempt is told from another one: a server may go on with the id that the first one was made with.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Attempt {
    id: Vec<u8>,
    version: u32,
    token: Vec<u8>,
}

impl Attempt {
    fn of(packet: &Long<'_>) -> Self {
        Self { id: packet.target.to_vec(), version: packet.version, token: packet.token.to_vec() }
    }
}

/// A connection.
#[derive(Debug, Default)]
pub struct QuicOrder {
    stream: QuicStream,
    /// The end that spoke first.
    client: Option<usize>,
    /// Its attempt.
    asked: Option<Attempt>,
    /// Attempts that are over.
    refused: Vec<Attempt>,
    /// Ids of retries that were seen.
    retried: Vec<Vec<u8>>,
    negotiated: bool,
    /// What cannot be opened yet, with its end.
    waiting: Vec<(usize, Vec<u8>)>,
}

impl QuicOrder {
    /// Octets that wait for what completes them.
    pub fn held(&self) -> usize {
        self.stream.held() + self.waiting.iter().map(|(_, bytes)| bytes.len()).sum::<usize>()
    }

    /// A datagram from one of the ends; what it completes is put into `out`, by ends.
    pub fn datagram(&mut self, end: usize, mut bytes: &[u8], out: &mut Vec<(usize, Event)>) {
        let mut found = Vec::new();
        for _ in 0..MOST_PACKETS {
            let whole = bytes;
            let Some(packet) = long(&mut bytes) else { return };
            if self.is_over(end, &packet) {
                continue;
            }
            let opened = self.stream.open(end, &packet);
            let known = self.asked.is_some() || !self.refused.is_empty();
            if packet.kind == Kind::Initial && matches!(opened, Opened::Closed) && known && self.waiting.len() < MOST_WAITING {
                // It is of an attempt that is not known yet, and so is all behind it.
                self.waiting.push((end, whole.to_vec()));
                return;
            }
            let begins = matches!(opened, Opened::Begins(..));
            self.turn(end, &packet, begins, out);
            self.stream.packet(end, &packet, opened, &mut found);
            out.extend(found.drain(..).map(|event| (end, event)));
            if begins {
                for (end, bytes) in std::mem::take(&mut self.waiting) {
                    self.datagram(end, &bytes, out);
                }
            }
        }
    }

    /// True if a packet is of an attempt that is over, or says again that it is.
    fn is_over(&self, end: usize, packet: &Long<'_>) -> bool {
        match packet.kind {
            Kind::Retry => self.retried.iter().any(|id| id == packet.source),
            Kind::Negotiation => self.negotiated,
            Kind::Initial | Kind::Early => self.client == Some(end) && self.refused.contains(&Attempt::of(packet)),
            Kind::Handshake => false,
        }
    }

    /// Note which attempt is made.
    fn turn(&mut self, end: usize, packet: &Long<'_>, begins: bool, out: &mut Vec<(usize, Event)>) {
        match packet.kind {
            Kind::Retry => {
                self.retry(packet.source);
                self.refuse();
            }
            Kind::Negotiation => {
                self.negotiated = true;
                self.refuse();
            }
            Kind::Early => {
                self.client.get_or_insert(end);
            }
            Kind::Initial => {
                if begins && self.client == Some(end) && self.asked.is_some() && !packet.token.is_empty() {
                    // It has what a retry gave it, which was not seen, or not yet.
                    self.retry(packet.target);
                    self.refuse();
                    out.push((end, Event::Again));
                }
                if begins || self.client.is_none() {
                    self.client = Some(end);
                    self.asked = Some(Attempt::of(packet));
                }
            }
            Kind::Handshake => {}
        }
    }

    fn retry(&mut self, id: &[u8]) {
        if self.retried.len() < MOST_ATTEMPTS {
            self.retried.push(id.to_vec());
        }
    }

    fn refuse(&mut self) {
        let over = self.asked.take().filter(|_| self.refused.len() < MOST_ATTEMPTS);
        self.refused.extend(over);
    }
}
