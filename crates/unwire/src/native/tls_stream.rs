//! What a connection says in TLS or SSL 2: records one after the other, and the handshake messages in them, over any number of records and
//! packets, until all is encrypted. Bytes come in order from elsewhere; how a message is written is tls.rs's knowledge.

use super::Mark;
use super::bytes::Cursor;
use super::tls::{Header, LONGEST_HANDSHAKE, LONGEST_RECORD, RECORD, content, handshake};
use super::watched::Turn;

/// What was found, with the packet that completed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// 0 from the client, 1 from the server.
    pub side: usize,
    /// What.
    pub what: What<'a>,
    /// The packet that its first octet came with, and the one that completed it.
    pub marks: [Mark; 2],
}

/// Takes what is found.
pub type Out<'s> = &'s mut dyn FnMut(Event<'_>);

/// What a connection can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What<'a> {
    /// A record began: what it holds, its version, and whether that is encrypted.
    Record(u8, u16, bool),
    /// A handshake message: type and body.
    Handshake(u8, &'a [u8]),
    /// A client's hello of SSL 2: version and suites, of three octets each.
    OldHello(u16, Vec<u32>),
    /// An alert: level and description; None if it is encrypted.
    Alert(Option<(u8, u8)>),
    /// The cipher changes.
    ChangeCipher,
    /// Application data.
    Data,
}

#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Side {
    /// A record that is not whole, unless nobody looks into it: of that are left …
    kept: Vec<u8>,
    /// … its header, and so many octets.
    passed: Option<(Header, usize)>,
    /// Messages that are not whole.
    handshake: Vec<u8>,
    /// The packets with the first octets of what is kept.
    begun: [Mark; 2],
    encrypted: bool,
    /// The server asks for another hello, …
    retries: bool,
    /// … and as long as that waits, what follows a change of cipher is not encrypted.
    waits: bool,
    /// Octets are missing: it goes on where a packet begins with a record.
    lost: bool,
    /// Another protocol's words may still come, up to this side's hello.
    waits_behind: bool,
    over: bool,
}

/// The random octets of a server that asks for another hello (RFC 8446 section 4.1.3).
const RETRY: [u8; 32] = [
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91, 0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E,
    0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
];

/// A connection.
#[derive(Debug, Default)]
pub struct TlsStream {
    sides: [Side; 2],
}

/// True if a direction that begins so speaks TLS, or SSL 2; None if more octets are needed.
pub fn is_tls(bytes: &[u8]) -> Option<bool> {
    let mut cursor = Cursor::new(bytes);
    if let Ok(header) = Header::read(&mut cursor) {
        if header.is_plausible() && header.content != content::DATA && header.length > 0 {
            return Some(true);
        }
        return Some(old_hello(bytes).is_some());
    }
    let begins = |at: usize, right: fn(&u8) -> bool| bytes.get(at).is_none_or(right);
    let can = begins(0, |byte| byte & 0x80 != 0) || (begins(0, |byte| matches!(byte, 20..=22)) && begins(1, |byte| *byte == 3));
    if can { None } else { Some(false) }
}

/// True if a record of any kind begins here.
pub fn begins_record(bytes: &[u8]) -> bool {
    Header::read(&mut Cursor::new(bytes)).is_ok_and(|header| header.is_plausible() && header.length > 0)
}

/// Where the hello of a client (0) or a server (1) begins behind another protocol's words (RFC 3207, RFC 9051 section 6.2.1, RFC 4217): with a packet,
/// or behind a line.
pub fn hello_behind(bytes: &[u8], side: usize) -> Turn {
    let kind = if side == 0 { handshake::CLIENT_HELLO } else { handshake::SERVER_HELLO };
    let lines = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    for at in std::iter::once(0).chain(lines) {
        let begun = bytes.get(at..).unwrap_or_default();
        if begun.first() == Some(&content::HANDSHAKE) && may_be_hello(begun, kind) {
            return if begun.len() >= TELLING { Turn::At(at) } else { Turn::Perhaps(at) };
        }
    }
    Turn::Never
}

/// Octets that tell a hello from all else: a record's header, and that and the version of a hello in it.
const TELLING: usize = 11;

/// True if a hello may begin so. A record may also end within these octets; the rest is in the next one then.
fn may_be_hello(bytes: &[u8], kind: u8) -> bool {
    let length = bytes.get(3..5).map(|size| size.iter().fold(0, |size, byte| size << 8 | usize::from(*byte)));
    if length.is_some_and(|length| length == 0 || length > LONGEST_RECORD) {
        return false;
    }
    let whole = RECORD + length.unwrap_or(LONGEST_RECORD);
    bytes.iter().enumerate().take(TELLING.min(whole)).all(|(at, byte)| match at {
        0 => *byte == content::HANDSHAKE,
        1 | 9 => *byte == 3,
        2 | 10 => *byte <= 4,
        5 => *byte == kind,
        6 => *byte == 0,
        _ => true,
    })
}

/// The version and the size of a client's hello of SSL 2.
fn old_hello(bytes: &[u8]) -> Option<(u16, usize)> {
    let &[high, low, kind, major, minor, ..] = bytes else { return None };
    let right = high & 0x80 != 0 && kind == 1 && matches!((major, minor), (0, 2) | (3, 0..=4));
    right.then(|| (u16::from_be_bytes([major, minor]), usize::from(high & 0x7F) << 8 | usize::from(low)))
}

impl TlsStream {
    /// A connection that spoke another protocol first: either end's words of that may come behind the other's hello.
    pub fn behind() -> Self {
        let mut made = Self::default();
        made.sides.iter_mut().for_each(|side| side.waits_behind = true);
        made
    }

    /// Octets that wait for what completes them.
    pub fn held(&self) -> usize {
        self.sides.iter().map(|side| side.kept.len() + side.handshake.len()).sum()
    }

    /// True if neither direction is followed any more.
    pub fn is_over(&self) -> bool {
        self.sides.iter().all(|side| side.over)
    }

    /// The next octets of a direction; what they complete is given to `out`.
    pub fn data(&mut self, from: usize, bytes: &[u8], mark: Mark, out: Out<'_>) {
        let from = from & 1;
        let side = &mut self.sides[from];
        if side.over {
            return;
        }
        if side.lost {
            if !begins_record(bytes) {
                return;
            }
            side.lost = false;
        }
        if side.waits_behind {
            side.behind(from, bytes, mark, out);
        } else {
            side.records(from, bytes, mark, out);
        }
        if std::mem::take(&mut self.sides[from].retries) {
            self.sides.iter_mut().for_each(|side| (side.waits, side.encrypted) = (true, false));
        }
    }

    /// Octets are missing, and what follows may begin with a record again.
    pub fn lose(&mut self, from: usize) {
        let side = &mut self.sides[from & 1];
        side.lost = true;
        side.forget();
    }

    /// Octets that are missing: what follows cannot be told from the middle of a record, but another protocol's words are not needed.
    pub fn gap(&mut self, from: usize) {
        let side = &mut self.sides[from & 1];
        if side.waits_behind {
            side.kept.clear();
        } else {
            self.end(from);
        }
    }

    /// Nothing follows in a direction.
    pub fn end(&mut self, from: usize) {
        let side = &mut self.sides[from & 1];
        side.over = true;
        side.forget();
    }
}

/// What is found where a record begins.
enum Found {
    /// So many octets were taken: the record, or what there is of one that nobody looks into.
    Taken(usize),
    /// The record has so many octets, or more, and they are not there.
    Wants(usize),
    /// No record.
    Nothing,
}

impl Side {
    /// What is not whole is given up.
    fn forget(&mut self) {
        (self.kept, self.passed, self.handshake) = (Vec::new(), None, Vec::new());
    }

    /// Leave out another protocol's words, and read the records behind them. A server may refuse with an alert.
    fn behind(&mut self, from: usize, bytes: &[u8], mark: Mark, out: Out<'_>) {
        let mut kept = std::mem::take(&mut self.kept);
        let begun = if kept.is_empty() { mark } else { self.begun[0] };
        kept.extend_from_slice(bytes);
        let refuses = from == 1 && kept.starts_with(&[content::ALERT, 3]) && kept.get(3..5) == Some(&[0, 2]);
        let (at, whole) = match if refuses { Turn::At(0) } else { hello_behind(&kept, from) } {
            Turn::Never => (kept.len(), false),
            Turn::At(at) => (at, true),
            Turn::Perhaps(at) => (at, false),
        };
        kept.drain(..at);
        (self.waits_behind, self.begun[0]) = (!whole, begun);
        self.kept = kept;
        if whole {
            // As much as a hello begins with waited: its first record began with the packet that this did.
            self.records(from, &[], mark, out);
        }
    }

    /// Read the records that these octets go on with.
    fn records(&mut self, from: usize, bytes: &[u8], mark: Mark, out: Out<'_>) {
        let (mut rest, mut first) = (bytes, true);
        while !rest.is_empty() || !self.kept.is_empty() {
            if let Some((header, left)) = self.passed.take() {
                if rest.len() < left {
                    self.passed = Some((header, left - rest.len()));
                    return;
                }
                self.whole(from, header, &[], mark, out);
                (rest, first) = (rest.get(left..).unwrap_or_default(), false);
                continue;
            }
            let mut kept = std::mem::take(&mut self.kept);
            if kept.is_empty() {
                self.begun[0] = mark;
            }
            match self.record(from, if kept.is_empty() { rest } else { &kept }, first, mark, out) {
                Found::Taken(size) if kept.is_empty() => rest = rest.get(size..).unwrap_or_default(),
                Found::Taken(size) => {
                    kept.drain(..size.min(kept.len()));
                    if !kept.is_empty() {
                        self.begun[0] = mark;
                    }
                }
                Found::Wants(size) => {
                    // No more than the record wants waits with it: what is behind that is read where it stands.
                    let (now, behind) = rest.split_at(size.saturating_sub(kept.len()).min(rest.len()));
                    kept.extend_from_slice(now);
                    let waits = kept.len() < size;
                    (self.kept, rest) = (kept, behind);
                    if waits {
                        return;
                    }
                    continue;
                }
                Found::Nothing => {
                    self.over = true;
                    return;
                }
            }
            (self.kept, first) = (kept, false);
        }
    }

    /// Read the record that begins here.
    fn record(&mut self, from: usize, bytes: &[u8], first: bool, mark: Mark, out: Out<'_>) -> Found {
        let mut cursor = Cursor::new(bytes);
        let Ok(header) = Header::read(&mut cursor) else { return Found::Wants(RECORD) };
        if !header.is_plausible() {
            let hello = old_hello(bytes).filter(|_| first && from == 0 && !self.encrypted);
            let Some((version, size)) = hello else { return Found::Nothing };
            let Some(body) = bytes.get(2..2 + size) else { return Found::Wants(size + 2) };
            if let Some(suites) = old_suites(body) {
                out(Event { side: from, what: What::OldHello(version, suites), marks: [self.begun[0], mark] });
            }
            return Found::Taken(size + 2);
        }
        if let Ok(body) = cursor.take(header.length) {
            self.whole(from, header, body, mark, out);
            return Found::Taken(RECORD + header.length);
        }
        if matches!(header.content, content::HANDSHAKE | content::ALERT) {
            return Found::Wants(RECORD + header.length);
        }
        self.passed = Some((header, header.length - cursor.left()));
        Found::Taken(bytes.len())
    }

    /// A record is whole; what it holds is there if somebody looks into it.
    fn whole(&mut self, from: usize, header: Header, body: &[u8], mark: Mark, out: Out<'_>) {
        let marks = [self.begun[0], mark];
        let plain = !self.encrypted || header.content == content::CHANGE_CIPHER;
        out(Event { side: from, what: What::Record(header.content, header.version, !plain || header.content == content::DATA), marks });
        match header.content {
            content::HANDSHAKE if plain => self.messages(from, body, mark, out),
            content::ALERT => {
                let told = body.first_chunk::<2>().filter(|_| plain && body.len() == 2).map(|[level, description]| (*level, *description));
                out(Event { side: from, what: What::Alert(told), marks });
            }
            content::CHANGE_CIPHER => {
                self.encrypted = !self.waits;
                self.handshake.clear();
                out(Event { side: from, what: What::ChangeCipher, marks });
            }
            content::DATA => {
                self.encrypted = true;
                out(Event { side: from, what: What::Data, marks });
            }
            _ => {}
        }
    }

    /// Read the handshake messages that are whole with the next octets of them.
    fn messages(&mut self, from: usize, bytes: &[u8], mark: Mark, out: Out<'_>) {
        let mut kept = std::mem::take(&mut self.handshake);
        if kept.is_empty() {
            self.begun[1] = self.begun[0];
        } else {
            kept.extend_from_slice(bytes);
        }
        let mut cursor = Cursor::new(if kept.is_empty() { bytes } else { &kept });
        let mut rest = cursor;
        while let (Ok(kind), Ok(size)) = (cursor.u8(), cursor.u24()) {
            if size as usize > LONGEST_HANDSHAKE || !handshake::is_known(kind) {
                // Nothing is that long, or of that type: this is encrypted, or no handshake.
                self.encrypted = true;
                return;
            }
            let Ok(body) = cursor.take(size as usize) else { break };
            if matches!(kind, handshake::CLIENT_HELLO | handshake::SERVER_HELLO) {
                self.waits = false;
                self.retries = kind == handshake::SERVER_HELLO && body.get(2..34) == Some(RETRY.as_slice());
            }
            out(Event { side: from, what: What::Handshake(kind, body), marks: [self.begun[1], mark] });
            self.begun[1] = mark;
            rest = cursor;
        }
        self.handshake = rest.rest().to_vec();
    }
}

/// The suites of a client's hello of SSL 2.
fn old_suites(body: &[u8]) -> Option<Vec<u32>> {
    let mut cursor = Cursor::new(body);
    cursor.take(3).ok()?;
    let size = usize::from(cursor.u16().ok()?);
    cursor.take(4).ok()?;
    let suites = cursor.take(size).ok()?;
    Some(suites.chunks_exact(3).map(|three| three.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))).collect())
}
