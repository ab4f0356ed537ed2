//! The decoders of connections as `spoken.rs` uses them: each protocol's own events as what a connection can say. How they are decoded is known
//! in the files of the protocols alone.

use super::Mark;
use super::dtls_stream::DtlsStream;
use super::http_stream::HttpStream;
use super::quic_order::QuicOrder;
use super::spoken::{Decode, Found};
use super::tls_stream::TlsStream;

impl Decode for HttpStream {
    fn data(&mut self, side: usize, bytes: &[u8], mark: Mark, out: &mut Vec<Found>) {
        let mut found = Vec::new();
        self.data(side, bytes, mark, &mut found);
        out.extend(found.into_iter().map(Found::Http));
    }

    fn gap(&mut self, side: usize, bytes: u64, out: &mut Vec<Found>) -> bool {
        let mut found = Vec::new();
        self.gap(side, bytes, &mut found);
        out.extend(found.into_iter().map(Found::Http));
        true
    }

    fn end(&mut self, side: usize, out: &mut Vec<Found>) {
        let mut found = Vec::new();
        self.end(side, &mut found);
        out.extend(found.into_iter().map(Found::Http));
    }

    fn held(&self) -> usize {
        self.held()
    }

    fn is_done(&self) -> bool {
        self.is_over()
    }
}

/// TLS over TCP.
#[derive(Debug)]
pub(super) struct Tls {
    /// What it says.
    pub stream: TlsStream,
    /// Behind missing octets it goes on where a packet begins with a record, which may also be the middle of one.
    pub goes_on: bool,
}

impl Decode for Tls {
    fn data(&mut self, side: usize, bytes: &[u8], mark: Mark, out: &mut Vec<Found>) {
        let mut found = Vec::new();
        self.stream.data(side, bytes, mark, &mut found);
        out.extend(found.into_iter().map(Found::Tls));
    }

    fn gap(&mut self, side: usize, _: u64, _: &mut Vec<Found>) -> bool {
        if self.goes_on {
            self.stream.lose(side);
        } else {
            self.stream.gap(side);
        }
        true
    }

    fn end(&mut self, side: usize, _: &mut Vec<Found>) {
        if !self.goes_on {
            self.stream.end(side);
        }
    }

    fn held(&self) -> usize {
        self.stream.held()
    }

    fn is_over(&self) -> bool {
        self.stream.is_over()
    }
}

/// Messages with their sizes before them (RFC 1035 section 4.2.2).
#[derive(Debug, Default)]
pub(super) struct DnsStream {
    kept: [Vec<u8>; 2],
}

impl Decode for DnsStream {
    fn data(&mut self, side: usize, bytes: &[u8], mark: Mark, out: &mut Vec<Found>) {
        let Some(kept) = self.kept.get_mut(side & 1) else { return };
        kept.extend_from_slice(bytes);
        let mut at = 0;
        while let Some([high, low]) = kept.get(at..).and_then(|rest| rest.first_chunk::<2>()) {
            let size = usize::from(u16::from_be_bytes([*high, *low]));
            let Some(message) = kept.get(at + 2..at + 2 + size) else { break };
            out.push(Found::Dns(side, message.to_vec(), mark));
            at += 2 + size;
        }
        kept.drain(..at);
    }

    fn gap(&mut self, _: usize, _: u64, _: &mut Vec<Found>) -> bool {
        false
    }

    fn held(&self) -> usize {
        self.kept.iter().map(Vec::len).sum()
    }
}

/// DNS, a message a datagram.
#[derive(Debug)]
pub(super) struct DnsDatagrams;

impl Decode for DnsDatagrams {
    fn data(&mut self, side: usize, bytes: &[u8], mark: Mark, out: &mut Vec<Found>) {
        out.push(Found::Dns(side, bytes.to_vec(), mark));
    }

    fn held(&self) -> usize {
        0
    }
}

impl Decode for QuicOrder {
    fn data(&mut self, side: usize, bytes: &[u8], mark: Mark, out: &mut Vec<Found>) {
        let mut found = Vec::new();
        self.datagram(side, bytes, &mut found);
        out.extend(found.into_iter().map(|(side, event)| Found::Quic(side, event, mark)));
    }

    fn held(&self) -> usize {
        self.held()
    }
}

impl Decode for DtlsStream {
    fn data(&mut self, side: usize, bytes: &[u8], mark: Mark, out: &mut Vec<Found>) {
        let mut found = Vec::new();
        self.datagram(side, bytes, mark, &mut found);
        out.extend(found.into_iter().map(Found::Dtls));
    }

    fn held(&self) -> usize {
        self.held()
    }
}
