//! What a connection says, for logs: what `spoken.rs` finds goes to the log that keeps it. Order is made elsewhere.

use std::fmt::Debug;

use super::Mark;
use super::ja::Carrier;
use super::log_dns::DnsLog;
use super::log_http::HttpLog;
use super::log_quic::QuicLog;
use super::log_ssl::SslLog;
use super::row::{Rows, Talk};
use super::spoken::{Decoding, Found, Hints, Protocol};

/// Makes rows of what one connection says.
pub trait Keep: Debug + Send {
    /// Something was found.
    fn found(&mut self, found: Found<'_>, talk: &Talk, rows: &mut Rows);
    /// The connection is over: rows that waited are told.
    fn end(&mut self, talk: &Talk, rows: &mut Rows);
}

/// Who keeps what is found.
fn keeper_of(protocol: Protocol) -> Box<dyn Keep> {
    match protocol {
        Protocol::Http => Box::new(HttpLog::default()),
        Protocol::Tls => Box::new(SslLog::default()),
        Protocol::Dtls => Box::new(SslLog::over(Carrier::Dtls)),
        Protocol::Dns => Box::new(DnsLog::default()),
        Protocol::Quic => Box::new(QuicLog::default()),
    }
}

/// Who keeps what the connection says now, and of which protocol that is.
type Keeper = Option<(Protocol, Box<dyn Keep>)>;

/// What a connection speaks.
#[derive(Debug, Default)]
pub struct Speaker {
    decoding: Decoding,
    keeper: Keeper,
}

impl Speaker {
    /// True if nothing can follow.
    pub fn is_over(&self) -> bool {
        self.decoding.is_over()
    }

    /// A datagram.
    pub fn datagram(&mut self, side: usize, payload: &[u8], mark: Mark, talk: &Talk, rows: &mut Rows) {
        let Self { decoding, keeper } = self;
        decoding.datagram(side, payload, mark, hints(talk, rows), &mut |found| keep(keeper, found, talk, rows));
    }

    /// The next octets of a direction.
    pub fn data(&mut self, side: usize, bytes: &[u8], mark: Mark, talk: &Talk, rows: &mut Rows) {
        let Self { decoding, keeper } = self;
        decoding.data(side, bytes, mark, hints(talk, rows), &mut |found| keep(keeper, found, talk, rows));
    }

    /// Octets that are missing in a direction.
    pub fn gap(&mut self, side: usize, bytes: u64, talk: &Talk, rows: &mut Rows) {
        let Self { decoding, keeper } = self;
        decoding.gap(side, bytes, &mut |found| keep(keeper, found, talk, rows));
    }

    /// Nothing follows in a direction.
    pub fn end_of(&mut self, side: usize, talk: &Talk, rows: &mut Rows) {
        let Self { decoding, keeper } = self;
        decoding.end(side, &mut |found| keep(keeper, found, talk, rows));
    }

    /// The connection is over: rows that waited are told.
    pub fn end(&mut self, talk: &Talk, rows: &mut Rows) {
        if let Some((_, mut keeper)) = self.keeper.take() {
            keeper.end(talk, rows);
        }
        self.decoding = Decoding::default();
    }
}

fn keep(keeper: &mut Keeper, found: Found<'_>, talk: &Talk, rows: &mut Rows) {
    let protocol = found.protocol();
    // A connection may go over to another protocol.
    if let Some((_, mut other)) = keeper.take_if(|known| known.0 != protocol) {
        other.end(talk, rows);
    }
    keeper.get_or_insert_with(|| (protocol, keeper_of(protocol))).1.found(found, talk, rows);
}

fn hints(talk: &Talk, rows: &Rows) -> Hints {
    Hints { dns: talk.dns, heads: false, samples: !rows.wants_bodies() }
}
