//! TLS as it stands on the wire (RFC 8446, RFC 5246): records, handshake messages, hellos with their extensions. Fingerprints of hellos are in
//! ja.rs; what a connection says record after record is followed in `tls_stream.rs`.

use super::bytes::Cursor;
use super::{Decoder, Sink};
use crate::error::Fault;

/// Octets of a record's header.
pub const RECORD: usize = 5;
/// Octets that a record may have behind its header (RFC 5246 section 6.2.3).
pub const LONGEST_RECORD: usize = (1 << 14) + 2048;
/// Octets that a handshake message may have: certificates are the longest.
pub const LONGEST_HANDSHAKE: usize = 1 << 18;

/// Types of records.
pub mod content {
    /// The cipher changes.
    pub const CHANGE_CIPHER: u8 = 20;
    /// An alert.
    pub const ALERT: u8 = 21;
    /// Handshake messages.
    pub const HANDSHAKE: u8 = 22;
    /// Application data.
    pub const DATA: u8 = 23;
    /// Heartbeats (RFC 6520).
    pub const HEARTBEAT: u8 = 24;
}

/// Types of handshake messages.
pub mod handshake {
    /// A client's first message.
    pub const CLIENT_HELLO: u8 = 1;
    /// A server's first message.
    pub const SERVER_HELLO: u8 = 2;
    /// A ticket for the next session.
    pub const TICKET: u8 = 4;
    /// Certificates.
    pub const CERTIFICATE: u8 = 11;
    /// The server's half of a key exchange.
    pub const SERVER_KEY_EXCHANGE: u8 = 12;
    /// The server has said all.
    pub const SERVER_DONE: u8 = 14;

    /// True for types that were given out (IANA's registry TLS Handshake Type), and for the next protocol of NPN.
    pub const fn is_known(kind: u8) -> bool {
        matches!(kind, 0..=6 | 8 | 11..=18 | 20..=26 | 67 | 203 | 254)
    }
}

/// Numbers of extensions.
pub mod extension {
    /// The server's name (RFC 6066).
    pub const SERVER_NAME: u16 = 0;
    /// Groups for key exchange.
    pub const GROUPS: u16 = 10;
    /// Forms of points.
    pub const POINT_FORMATS: u16 = 11;
    /// Signature algorithms.
    pub const SIGNATURES: u16 = 13;
    /// Protocols above (RFC 7301).
    pub const ALPN: u16 = 16;
    /// A ticket (RFC 5077).
    pub const TICKET: u16 = 35;
    /// A key agreed on before.
    pub const PRE_SHARED_KEY: u16 = 41;
    /// Versions that are spoken.
    pub const VERSIONS: u16 = 43;
    /// Key shares.
    pub const KEY_SHARE: u16 = 51;
}

/// A record's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What it holds.
    pub content: u8,
    /// Its version.
    pub version: u16,
    /// Octets behind the header.
    pub length: usize,
}

impl Header {
    /// Read a record's header.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
        Ok(Self { content: cursor.u8()?, version: cursor.u16()?, length: usize::from(cursor.u16()?) })
    }

    /// True if this can be the header of a record of SSL 3.0 to TLS 1.3.
    pub const fn is_plausible(&self) -> bool {
        matches!(self.content, content::CHANGE_CIPHER..=content::HEARTBEAT)
            && matches!(self.version, 0x0300..=0x0304)
            && self.length <= LONGEST_RECORD
    }
}

/// A client's or a server's hello.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hello<'a> {
    /// The version that it states in the old place.
    pub version: u16,
    /// Random octets.
    pub random: &'a [u8],
    /// The session it would go on with.
    pub session: &'a [u8],
    /// What the client offers, or the one that the server chose.
    pub suites: Vec<u16>,
    /// The same of compressions.
    pub compressions: &'a [u8],
    /// Numbers and data, in order.
    pub extensions: Vec<(u16, &'a [u8])>,
    /// True if there is a list of extensions, be it empty.
    pub extended: bool,
}

impl<'a> Hello<'a> {
    /// Read a client's hello, without the handshake header.
    pub fn client(body: &'a [u8]) -> Result<Self, Fault> {
        let mut cursor = Cursor::new(body);
        let mut hello = Self { version: cursor.u16()?, random: cursor.take(32)?, ..Self::default() };
        hello.session = sized(&mut cursor, 1)?;
        hello.suites = numbers(sized(&mut cursor, 2)?);
        hello.compressions = sized(&mut cursor, 1)?;
        hello.extend(&mut cursor)?;
        Ok(hello)
    }

    /// Read a client's hello of DTLS, which has a cookie behind its session (RFC 6347 section 4.2.1).
    pub fn client_of_datagrams(body: &'a [u8]) -> Result<Self, Fault> {
        let mut cursor = Cursor::new(body);
        let mut hello = Self { version: cursor.u16()?, random: cursor.take(32)?, ..Self::default() };
        hello.session = sized(&mut cursor, 1)?;
        sized(&mut cursor, 1)?;
        hello.suites = numbers(sized(&mut cursor, 2)?);
        hello.compressions = sized(&mut cursor, 1)?;
        hello.extend(&mut cursor)?;
        Ok(hello)
    }

    /// The newest version that a client speaks: DTLS counts downwards.
    pub fn newest(&self) -> u16 {
        let spoken = || self.versions().into_iter().filter(|one| !is_grease(*one));
        let newest = if self.version >= 0xFE00 { spoken().filter(|one| *one >= 0xFE00).min() } else { spoken().max() };
        newest.unwrap_or(self.version)
    }

    /// Read a server's hello.
    pub fn server(body: &'a [u8]) -> Result<Self, Fault> {
        let mut cursor = Cursor::new(body);
        let mut hello = Self { version: cursor.u16()?, random: cursor.take(32)?, ..Self::default() };
        hello.session = sized(&mut cursor, 1)?;
        hello.suites = vec![cursor.u16()?];
        hello.compressions = cursor.take(1)?;
        hello.extend(&mut cursor)?;
        Ok(hello)
    }

    fn extend(&mut self, cursor: &mut Cursor<'a>) -> Result<(), Fault> {
        if cursor.is_empty() {
            return Ok(());
        }
        self.extended = true;
        self.extensions = extensions(cursor)?;
        Ok(())
    }

    /// The data of an extension.
    pub fn extension(&self, number: u16) -> Option<&'a [u8]> {
        self.extensions.iter().find(|one| one.0 == number).map(|one| one.1)
    }

    /// The server's name that the client asks for.
    pub fn server_name(&self) -> Option<&'a [u8]> {
        let mut names = Cursor::new(self.extension(extension::SERVER_NAME)?);
        let mut list = Cursor::new(sized(&mut names, 2).ok()?);
        let kind = list.u8().ok()?;
        let name = sized(&mut list, 2).ok()?;
        (kind == 0).then_some(name)
    }

    /// The protocols above that are offered, or the one that was chosen.
    pub fn protocols(&self) -> Vec<&'a [u8]> {
        let mut found = Vec::new();
        let list = self.extension(extension::ALPN).and_then(|data| sized(&mut Cursor::new(data), 2).ok());
        let mut cursor = Cursor::new(list.unwrap_or_default());
        while let Ok(one) = sized(&mut cursor, 1) {
            found.push(one);
        }
        found
    }

    /// The versions that a client speaks, or the one that the server chose.
    pub fn versions(&self) -> Vec<u16> {
        let Some(data) = self.extension(extension::VERSIONS) else { return Vec::new() };
        if data.len() == 2 { numbers(data) } else { numbers(sized(&mut Cursor::new(data), 1).unwrap_or_default()) }
    }

    /// Groups for key exchange.
    pub fn groups(&self) -> Vec<u16> {
        self.listed(extension::GROUPS)
    }

    /// Signature algorithms.
    pub fn signatures(&self) -> Vec<u16> {
        self.listed(extension::SIGNATURES)
    }

    /// Forms of points.
    pub fn point_formats(&self) -> &'a [u8] {
        self.extension(extension::POINT_FORMATS).and_then(|data| sized(&mut Cursor::new(data), 1).ok()).unwrap_or_default()
    }

    /// The group of the key that a server's hello brings.
    pub fn key_group(&self) -> Option<u16> {
        Cursor::new(self.extension(extension::KEY_SHARE)?).u16().ok()
    }

    fn listed(&self, number: u16) -> Vec<u16> {
        self.extension(number).and_then(|data| sized(&mut Cursor::new(data), 2).ok()).map(numbers).unwrap_or_default()
    }
}

/// True for numbers that mean nothing and are sent so that nobody relies on there being none (RFC 8701).
pub const fn is_grease(number: u16) -> bool {
    number & 0x0F0F == 0x0A0A && number >> 8 == number & 0xFF
}

/// Bytes behind a length of so many octets.
pub fn sized<'a>(cursor: &mut Cursor<'a>, octets: usize) -> Result<&'a [u8], Fault> {
    let size = match octets {
        1 => usize::from(cursor.u8()?),
        2 => usize::from(cursor.u16()?),
        _ => cursor.u24()? as usize,
    };
    cursor.take(size)
}

/// Numbers of two octets, one behind the other.
fn numbers(bytes: &[u8]) -> Vec<u16> {
    bytes.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair)).collect()
}

/// A list of extensions behind its length.
pub fn extensions<'a>(cursor: &mut Cursor<'a>) -> Result<Vec<(u16, &'a [u8])>, Fault> {
    let size = usize::from(cursor.u16()?);
    let mut list = cursor.part(size)?;
    let mut found = Vec::new();
    while !list.is_empty() {
        found.push((list.u16()?, sized(&mut list, 2)?));
    }
    Ok(found)
}

/// The certificates of a handshake message of TLS 1.2 or before, without the handshake header: DER, the peer's own first.
pub fn certificates(body: &[u8]) -> Result<Vec<&[u8]>, Fault> {
    let mut list = Cursor::new(sized(&mut Cursor::new(body), 3)?);
    let mut found = Vec::new();
    while !list.is_empty() {
        found.push(sized(&mut list, 3)?);
    }
    Ok(found)
}

/// Where records end, as far as they are whole and of a known version; and why not further: None if more bytes are needed, else where.
pub fn split(bytes: &[u8]) -> (Vec<(usize, usize)>, Option<usize>) {
    let (mut found, mut cursor) = (Vec::new(), Cursor::new(bytes));
    while cursor.left() >= RECORD {
        let start = cursor.at;
        let Ok(header) = Header::read(&mut cursor) else { break };
        if !matches!(header.version, 0x0300..=0x0303) {
            return (found, Some(start));
        }
        if cursor.take(header.length).is_err() {
            break;
        }
        found.push((start, cursor.at));
    }
    (found, None)
}

fn nothing<'a>(_: u16, _: &'a [u8], _: Sink<'_, 'a>) {}

/// A decoder that only says whether bytes are whole.
const fn only_checks(name: &'static str, check: fn(&[u8]) -> Result<(), Fault>) -> Decoder {
    Decoder { name, items: &[], read: nothing, check }
}

/// A record.
pub static ONE_RECORD: Decoder = only_checks("tls.record", |bytes| {
    let mut cursor = Cursor::new(bytes);
    let header = Header::read(&mut cursor)?;
    cursor.take(header.length).map(|_| ())
});

/// Records one behind the other.
pub static RECORDS: Decoder = only_checks("tls.records", |bytes| {
    let mut cursor = Cursor::new(bytes);
    while !cursor.is_empty() {
        let header = Header::read(&mut cursor)?;
        cursor.take(header.length)?;
    }
    Ok(())
});

/// A handshake message with its header.
pub static HANDSHAKE: Decoder = only_checks("tls.handshake", |bytes| {
    let mut cursor = Cursor::new(bytes);
    cursor.u8()?;
    sized(&mut cursor, 3).map(|_| ())
});

/// A client's hello.
pub static CLIENT_HELLO: Decoder = only_checks("tls.client_hello", |bytes| {
    // What stands behind the compressions may be cut, as dpkt's users have it.
    match Hello::client(bytes) {
        Err(fault) if (fault.offset as usize) < 35 || !is_plain(bytes) => Err(fault),
        _ => Ok(()),
    }
});

/// A server's hello.
pub static SERVER_HELLO: Decoder = only_checks("tls.server_hello", |bytes| Hello::server(bytes).map(|_| ()));

/// Certificates.
pub static CERTIFICATES: Decoder = only_checks("tls.certificates", |bytes| if bytes.is_empty() { Ok(()) } else { certificates(bytes).map(|_| ()) });

/// True if session, suites and compressions of a client's hello are whole.
fn is_plain(bytes: &[u8]) -> bool {
    let mut cursor = Cursor::new(bytes);
    cursor.take(34).is_ok() && sized(&mut cursor, 1).is_ok() && sized(&mut cursor, 2).is_ok() && sized(&mut cursor, 1).is_ok()
}
