//! The decoders of connections as `spoken.rs` has them do their work: what each finds goes on as what is found of any. How a protocol is decoded is
//! known in its own file.

use super::Mark;
use super::dtls_stream::DtlsStream;
use super::http_stream::HttpStream;
use super::quic_order::QuicOrder;
use super::spoken::{Decode, Found, Hints, Out};
use super::tls_stream::TlsStream;

impl Decode for HttpStream {
    fn data(&mut self, side: usize, bytes: &[u8], mark: Mark, out: Out<'_>) {
        self.data(side, bytes, mark, &mut |message| out(Found::Http(message)));
    }

    fn gap(&mut self, side: usize, bytes: u64, out: Out<'_>) -> bool {
        self.gap(side, bytes, &mut |message| out(Found::Http(message)));
        true
    }

    fn end(&mut self, side: usize, out: Out<'_>) {
        self.end(side, &mut |message| out(Found::Http(message)));
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
    stream: TlsStream,
    /// Behind missing octets it goes on where a packet begins with a record, which may also be the middle of one.
    goes_on: bool,
}

impl Tls {
    /// Of a connection for who wants so much.
    pub(super) fn of(hints: Hints) -> Self {
        Self { stream: TlsStream::default(), goes_on: hints.heads }
    }

    /// Of one that spoke another protocol first.
    pub(super) fn behind(hints: Hints) -> Self {
        Self { stream: if hints.heads { TlsStream::default() } else { TlsStream::behind() }, goes_on: hints.heads }
    }
}

impl Decode for Tls {
    fn data(&mut self, side: usize, bytes: &[u8], mark: Mark, out: Out<'_>) {
        self.stream.data(side, bytes, mark, &mut |event| out(Found::Tls(event)));
    }

    fn gap(&mut self, side: usize, _: u64, _: Out<'_>) -> bool {
        if self.goes_on {
            self.stream.lose(side);
        } else {
            self.stream.gap(side);
        }
        true
    }

    fn end(&mut self, side: usize, _: Out<'_>) {
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
    sides: [DnsSide; 2],
}

#[derive(Debug, Default)]
struct DnsSide {
    kept: Vec<u8>,
    /// Octets that are left of a message of which some are missing.
    passed: usize,
    /// Octets are missing: it goes on where a packet begins with a message.
    lost: bool,
}

/// The octets of a message's header behind its size.
const DNS_HEADER: usize = 12;

/// True if a message with its size may begin so: an operation that was given out, and not many questions.
fn begins_message(bytes: &[u8]) -> bool {
    let Some([high, low, _, _, operation, reserved, questions @ .., _, _, _, _, _, _]) = bytes.first_chunk::<{ DNS_HEADER + 2 }>() else {
        return false;
    };
    let known = operation >> 3 & 15 <= 6 && reserved & 0x40 == 0;
    usize::from(u16::from_be_bytes([*high, *low])) >= DNS_HEADER && known && matches!(questions, [0, 0 | 1])
}

impl Decode for DnsStream {
    fn data(&mut self, side: usize, bytes: &[u8], mark: Mark, out: Out<'_>) {
        let Some(DnsSide { kept, passed, lost }) = self.sides.get_mut(side & 1) else { return };
        if *lost && !begins_message(bytes) {
            return;
        }
        *lost = false;
        let (over, bytes) = bytes.split_at((*passed).min(bytes.len()));
        *passed -= over.len();
        kept.extend_from_slice(bytes);
        let mut at = 0;
        while let Some([high, low]) = kept.get(at..).and_then(|rest| rest.first_chunk::<2>()) {
            let size = usize::from(u16::from_be_bytes([*high, *low]));
            let Some(message) = kept.get(at + 2..at + 2 + size) else { break };
            out(Found::Dns(side, message, mark));
            at += 2 + size;
        }
        kept.drain(..at);
    }

    fn gap(&mut self, side: usize, bytes: u64, _: Out<'_>) -> bool {
        let Some(DnsSide { kept, passed, lost }) = self.sides.get_mut(side & 1) else { return false };
        // How much is left of a message its size says, if that is there.
        let left = match kept.first_chunk::<2>() {
            Some(size) => (usize::from(u16::from_be_bytes(*size)) + 2).saturating_sub(kept.len()),
            None => *passed,
        };
        let gone = usize::try_from(bytes).unwrap_or(usize::MAX);
        *passed = left.saturating_sub(gone);
        *lost |= gone > left;
        kept.clear();
        true
    }

    fn held(&self) -> usize {
        self.sides.iter().map(|side| side.kept.len()).sum()
    }
}

/// Each datagram is a message.
#[derive(Debug)]
pub(super) struct DnsDatagrams;

impl Decode for DnsDatagrams {
    fn data(&mut self, side: usize, bytes: &[u8], mark: Mark, out: Out<'_>) {
        out(Found::Dns(side, bytes, mark));
    }

    fn held(&self) -> usize {
        0
    }
}

impl Decode for QuicOrder {
    fn data(&mut self, side: usize, bytes: &[u8], mark: Mark, out: Out<'_>) {
        let mut found = Vec::new();
        self.datagram(side, bytes, &mut found);
        found.into_iter().for_each(|(side, event)| out(Found::Quic(side, event, mark)));
    }

    fn held(&self) -> usize {
        self.held()
    }
}

impl Decode for DtlsStream {
    fn data(&mut self, side: usize, bytes: &[u8], mark: Mark, out: Out<'_>) {
        self.datagram(side, bytes, mark, &mut |event| out(Found::Dtls(event)));
    }

    fn held(&self) -> usize {
        self.held()
    }
}
