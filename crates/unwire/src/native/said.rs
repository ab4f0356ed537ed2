//! What the messages are read by that `heard.rs` makes of streams: TLS records with the handshake messages that they complete, and heads of HTTP
//! messages. Every item of a declared class is found here.

use std::borrow::Cow;

use super::bytes::Cursor;
use super::http::{Head, Start, end_of_head};
use super::ja::{Carrier, ja3_full, ja3s_full, ja4, md5};
use super::names_in::{Kind as NameKind, each_name, serial};
use super::tls::{Hello, certificates, extension, handshake, sized};
use super::{Decoder, Found, Sink};
use crate::error::Fault;

/// Marks a record whose type is not the one that it states (RFC 8446 section 5.2).
pub const OPAQUE: u8 = 0x80;
/// Stands before a handshake message in what [`RECORDS`] reads, where a record's type would be.
pub const MESSAGE: u8 = 0;
/// The same of a client's hello of SSL 2, of which the version alone is told: its suites are not those of TLS.
pub const OLD_HELLO: u8 = 1;

/// The same of a handshake message that QUIC carries, without records.
pub const QUIC_MESSAGE: u8 = 2;

/// Something in a stream's records.
enum Part<'a> {
    Record(u8, u16),
    Message(Carrier, u8, &'a [u8]),
    OldHello(u16),
}

fn next<'a>(cursor: &mut Cursor<'a>) -> Result<Part<'a>, Fault> {
    Ok(match cursor.u8()? {
        MESSAGE => Part::Message(Carrier::Tcp, cursor.u8()?, sized(cursor, 3)?),
        QUIC_MESSAGE => Part::Message(Carrier::Quic, cursor.u8()?, sized(cursor, 3)?),
        OLD_HELLO => Part::OldHello(cursor.u16()?),
        content => Part::Record(content, cursor.u16()?),
    })
}

fn whole(bytes: &[u8]) -> Result<(), Fault> {
    let mut cursor = Cursor::new(bytes);
    while !cursor.is_empty() {
        next(&mut cursor)?;
    }
    Ok(())
}

/// The records of a packet and the handshake messages that they complete.
pub static RECORDS: Decoder = Decoder { name: "tls.said", items: &TLS_ITEMS, read: read_records, check: whole };

/// The order is that of `read_records` and `read_message`.
const TLS_ITEMS: [&str; 19] = [
    "record.type",
    "record.version",
    "type",
    "version",
    "server_name",
    "alpn",
    "suite",
    "supported_version",
    "ja3",
    "ja3_full",
    "ja3s",
    "ja3s_full",
    "ja4",
    "name.printable",
    "name.utf8",
    "name.teletex",
    "name.country",
    "name.dns",
    "serial",
];

fn read_records<'a>(item: u16, bytes: &'a [u8], sink: Sink<'_, 'a>) {
    let mut cursor = Cursor::new(bytes);
    while let Ok(part) = next(&mut cursor) {
        match (item, part) {
            (0, Part::Record(content, _)) if content & OPAQUE == 0 => sink(Found::Number(content.into())),
            (1, Part::Record(_, version)) => sink(Found::Number(version.into())),
            (1, Part::OldHello(_)) => sink(Found::Number(2)),
            (2, Part::Message(_, kind, _)) => sink(Found::Number(kind.into())),
            (2, Part::OldHello(_)) => sink(Found::Number(handshake::CLIENT_HELLO.into())),
            (3, Part::OldHello(version)) => sink(Found::Number(version.into())),
            (3.., Part::Message(carrier, kind, body)) => read_message(item, carrier, kind, body, sink),
            _ => {}
        }
    }
}

/// Find one item of a handshake message.
fn read_message<'a>(item: u16, carrier: Carrier, kind: u8, body: &'a [u8], sink: Sink<'_, 'a>) {
    match (item, kind) {
        (3..=12, handshake::CLIENT_HELLO | handshake::SERVER_HELLO) => read_hello(item, carrier, kind == handshake::CLIENT_HELLO, body, sink),
        (13..=18, _) => read_names(item, kind, body, sink),
        _ => {}
    }
}

fn read_hello<'a>(item: u16, carrier: Carrier, client: bool, body: &'a [u8], sink: Sink<'_, 'a>) {
    let made = |text: String| Found::Text(Cow::Owned(text));
    let Ok(hello) = (if client { Hello::client(body) } else { Hello::server(body) }) else {
        // What stands before the lists is there all the same.
        if let (3, Ok(version)) = (item, Cursor::new(body).u16()) {
            sink(Found::Number(version.into()));
        }
        return;
    };
    match item {
        3 => sink(Found::Number(hello.version.into())),
        4 => hello.server_name().into_iter().for_each(|name| sink(Found::Text(String::from_utf8_lossy(name)))),
        5 => hello.protocols().into_iter().for_each(|name| sink(Found::Text(String::from_utf8_lossy(name)))),
        6 => hello.suites.iter().for_each(|suite| sink(Found::Number((*suite).into()))),
        7 if hello.extension(extension::VERSIONS).is_some() => hello.versions().iter().for_each(|version| sink(Found::Number((*version).into()))),
        8 if client => sink(made(md5(&ja3_full(&hello)))),
        9 if client => sink(made(ja3_full(&hello))),
        10 if !client => sink(made(md5(&ja3s_full(&hello)))),
        11 if !client => sink(made(ja3s_full(&hello))),
        12 if client => sink(made(ja4(&hello, carrier))),
        _ => {}
    }
}

/// Names in certificates, in those that come with their status, and of authorities that a client's must be signed by.
fn read_names<'a>(item: u16, kind: u8, body: &'a [u8], sink: Sink<'_, 'a>) {
    let mut take = |der: &'a [u8]| {
        if let (18, Some(number)) = (item, serial(der)) {
            sink(Found::Bytes(number));
        }
        each_name(der, &mut |kind, bytes| {
            let wanted = match kind {
                NameKind::Printable => 13,
                NameKind::Utf8 => 14,
                NameKind::Teletex => 15,
                NameKind::Country => 16,
                NameKind::Dns => 17,
                NameKind::Serial => 18,
            };
            if item == wanted {
                sink(if kind == NameKind::Serial { Found::Bytes(bytes) } else { Found::Text(String::from_utf8_lossy(bytes)) });
            }
        });
    };
    match kind {
        handshake::CERTIFICATE => certificates(body).unwrap_or_default().into_iter().for_each(take),
        CERTIFICATE_STATUS => {
            let mut cursor = Cursor::new(body);
            if cursor.u8() == Ok(1)
                && let Ok(response) = sized(&mut cursor, 3)
            {
                take(response);
            }
        }
        CERTIFICATE_REQUEST => authorities(body).unwrap_or_default().into_iter().for_each(take),
        _ => {}
    }
}

/// Types of handshake messages with names in them.
const CERTIFICATE_REQUEST: u8 = 13;
const CERTIFICATE_STATUS: u8 = 22;

/// The authorities that a request for a certificate names (RFC 5246 section 7.4.4; before TLS 1.2 without algorithms).
fn authorities(body: &[u8]) -> Result<Vec<&[u8]>, Fault> {
    let mut cursor = Cursor::new(body);
    sized(&mut cursor, 1)?;
    let first = sized(&mut cursor, 2)?;
    let list = if cursor.is_empty() { first } else { sized(&mut cursor, 2)? };
    let (mut found, mut list) = (Vec::new(), Cursor::new(list));
    while !list.is_empty() {
        found.push(sized(&mut list, 2)?);
    }
    Ok(found)
}

/// Heads of HTTP messages, one behind the other.
pub static HEADS: Decoder = Decoder { name: "http", items: &HTTP_ITEMS, read: read_heads, check: |bytes| Head::read(bytes).map(|_| ()) };

/// Of the start line, and then header fields by their names; the order is that of `read_heads`.
const HTTP_ITEMS: [&str; 29] = [
    "request",
    "method",
    "uri",
    "request.version",
    "response",
    "response.version",
    "code",
    "phrase",
    "host",
    "user-agent",
    "content-type",
    "content-length",
    "transfer-encoding",
    "content-encoding",
    "referer",
    "server",
    "location",
    "cookie",
    "set-cookie",
    "connection",
    "date",
    "last-modified",
    "accept",
    "accept-encoding",
    "accept-language",
    "cache-control",
    "authorization",
    "x-forwarded-for",
    "upgrade",
];

fn read_heads<'a>(item: u16, bytes: &'a [u8], sink: Sink<'_, 'a>) {
    let mut at = 0;
    while at < bytes.len() {
        let end = end_of_head(bytes, at).unwrap_or(bytes.len());
        let Ok(head) = Head::read(bytes.get(at..end).unwrap_or_default()) else { return };
        at = end;
        let text = |bytes: &[u8]| Found::Text(Cow::Owned(String::from_utf8_lossy(bytes).into_owned()));
        let word = match (item, head.start) {
            (0, Start::Request) | (4, Start::Response(_)) => {
                sink(Found::Number(1));
                None
            }
            (6, Start::Response(code)) => {
                sink(Found::Number(code.into()));
                None
            }
            (1, Start::Request) => head.method(),
            (2, Start::Request) => head.target(),
            (3, Start::Request) | (5, Start::Response(_)) => head.version(),
            (7, Start::Response(_)) => head.phrase(),
            (8.., _) => {
                if let Some(name) = HTTP_ITEMS.get(usize::from(item)) {
                    head.all(name).for_each(|value| sink(text(value)));
                }
                None
            }
            _ => None,
        };
        word.into_iter().for_each(|word| sink(text(word)));
    }
}
