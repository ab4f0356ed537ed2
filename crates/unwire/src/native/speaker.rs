//! What a connection says, for logs: what `spoken.rs` finds goes to the log that keeps it. Order is made elsewhere.

use std::fmt::Debug;
use std::mem::{Discriminant, discriminant};

use super::Mark;
use super::ja::Carrier;
use super::log_dns::DnsLog;
use super::log_http::HttpLog;
use super::log_quic::QuicLog;
use super::log_ssl::SslLog;
use super::row::{Rows, Talk};
use super::spoken::{Decoding, Found, Hints};

/// Makes rows of what one connection says.
pub trait Keep: Debug + Send {
    /// Something was found.
    fn found(&mut self, found: Found, talk: &Talk, rows: &mut Rows);
    /// The connection is over: rows that waited are told.
    fn end(&mut self, talk: &Talk, rows: &mut Rows);
}

/// Who keeps what is found.
fn keeper(found: &Found) -> Box<dyn Keep> {
    match found {
        Found::Http(_) => Box::new(HttpLog::default()),
        Found::Tls(_) => Box::new(SslLog::default()),
        Found::Dtls(_) => Box::new(SslLog::over(Carrier::Dtls)),
        Found::Dns(..) => Box::new(DnsLog::default()),
        Found::Quic(..) => Box::new(QuicLog::default()),
    }
}

/// What a connection speaks.
#[derive(Debug, Default)]
pub struct Speaker {
    decoding: Decoding,
    keeper: Option<(Discriminant<Found>, Box<dyn Keep>)>,
}

impl Speaker {
    /// True if nothing can follow.
    pub fn is_over(&self) -> bool {
        self.decoding.is_over()
    }

    /// A datagram.
    pub fn datagram(&mut self, side: usize, payload: &[u8], mark: Mark, talk: &Talk, rows: &mut Rows) {
        let mut found = Vec::new();
        self.decoding.datagram(side, payload, mark, hints(talk), &mut found);
        self.keep(found, talk, rows);
    }

    /// The next octets of a direction.
    pub fn data(&mut self, side: usize, bytes: &[u8], mark: Mark, talk: &Talk, rows: &mut Rows) {
        let mut found = Vec::new();
        self.decoding.data(side, bytes, mark, hints(talk), &mut found);
        self.keep(found, talk, rows);
    }

    /// Octets that are missing in a direction.
    pub fn gap(&mut self, side: usize, bytes: u64, talk: &Talk, rows: &mut Rows) {
        let mut found = Vec::new();
        self.decoding.gap(side, bytes, &mut found);
        self.keep(found, talk, rows);
    }

    /// Nothing follows in a direction.
    pub fn end_of(&mut self, side: usize, talk: &Talk, rows: &mut Rows) {
        let mut found = Vec::new();
        self.decoding.end(side, &mut found);
        self.keep(found, talk, rows);
    }

    /// The connection is over: rows that waited are told.
    pub fn end(&mut self, talk: &Talk, rows: &mut Rows) {
        if let Some((_, mut keeper)) = self.keeper.take() {
            keeper.end(talk, rows);
        }
        self.decoding = Decoding::default();
    }

    fn keep(&mut self, found: Vec<Found>, talk: &Talk, rows: &mut Rows) {
        for one in found {
            let kind = discriminant(&one);
            // A connection may go over to another protocol.
            if let Some((_, mut other)) = self.keeper.take_if(|known| known.0 != kind) {
                other.end(talk, rows);
            }
            self.keeper.get_or_insert_with(|| (kind, keeper(&one))).1.found(one, talk, rows);
        }
    }
}

fn hints(talk: &Talk) -> Hints {
    Hints { dns: talk.dns, heads: false }
}
