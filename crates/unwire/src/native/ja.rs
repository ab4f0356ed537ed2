//! Fingerprints of hellos: JA3 and JA3S (Salesforce, BSD licence), and of `FoxIO`'s family JA4 alone, which is BSD-licensed. Hellos are read in tls.rs.

use md5::Md5;
use sha2::{Digest, Sha256};

use super::tls::{Hello, extension, is_grease};
use crate::digits::{push_decimal, push_hex};

/// What carries a hello, as JA4 writes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Carrier {
    /// TLS over TCP.
    #[default]
    Tcp,
    /// QUIC.
    Quic,
    /// DTLS.
    Dtls,
}

/// Octets in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    bytes.iter().for_each(|byte| push_hex(&mut text, *byte));
    text
}

/// Numbers with dashes between them, but those that mean nothing.
fn push_dashed(text: &mut String, numbers: impl Iterator<Item = u16>) {
    for (at, number) in numbers.filter(|number| !is_grease(*number)).enumerate() {
        if at > 0 {
            text.push('-');
        }
        push_decimal(text, number);
    }
}

/// JA3 of a client's hello, before it is hashed.
pub fn ja3_full(hello: &Hello<'_>) -> String {
    let mut text = String::with_capacity(256);
    push_decimal(&mut text, hello.version);
    text.push(',');
    push_dashed(&mut text, hello.suites.iter().copied());
    text.push(',');
    push_dashed(&mut text, hello.extensions.iter().map(|one| one.0));
    text.push(',');
    push_dashed(&mut text, hello.groups().into_iter());
    text.push(',');
    // No number of one octet means nothing.
    push_dashed(&mut text, hello.point_formats().iter().map(|one| u16::from(*one)));
    text
}

/// JA3S of a server's hello, before it is hashed.
pub fn ja3s_full(hello: &Hello<'_>) -> String {
    let mut text = String::with_capacity(64);
    push_decimal(&mut text, hello.version);
    text.push(',');
    push_dashed(&mut text, hello.suites.iter().copied());
    text.push(',');
    push_dashed(&mut text, hello.extensions.iter().map(|one| one.0));
    text
}

/// The hash of a fingerprint.
pub fn md5(text: &str) -> String {
    hex(&Md5::digest(text.as_bytes()))
}

/// JA4 of a client's hello.
pub fn ja4(hello: &Hello<'_>, carrier: Carrier) -> String {
    let plain = |number: &u16| !is_grease(*number);
    let version = match hello.newest() {
        0x0304 => "13",
        0x0303 => "12",
        0x0302 => "11",
        0x0301 => "10",
        0x0300 => "s3",
        0x0002 => "s2",
        0xFEFF => "d1",
        0xFEFD => "d2",
        0xFEFC => "d3",
        _ => "00",
    };
    let carrier = match carrier {
        Carrier::Tcp => 't',
        Carrier::Quic => 'q',
        Carrier::Dtls => 'd',
    };
    let mut suites: Vec<u16> = hello.suites.iter().copied().filter(plain).collect();
    let mut extensions: Vec<u16> = hello.extensions.iter().map(|one| one.0).filter(plain).collect();
    let named = if hello.extension(extension::SERVER_NAME).is_some() { 'd' } else { 'i' };
    let first = hello.protocols().first().copied().unwrap_or_default();
    let head = format!("{carrier}{version}{named}{:02}{:02}{}", suites.len().min(99), extensions.len().min(99), ends(first));
    suites.sort_unstable();
    extensions.retain(|number| !matches!(*number, extension::SERVER_NAME | extension::ALPN));
    extensions.sort_unstable();
    let signatures = listed(&hello.signatures().into_iter().filter(plain).collect::<Vec<_>>());
    let mut rest = listed(&extensions);
    if !signatures.is_empty() && !rest.is_empty() {
        rest = format!("{rest}_{signatures}");
    }
    format!("{head}_{}_{}", short(&listed(&suites)), short(&rest))
}

/// The first and the last character of the first protocol above; those of its hexadecimal form where they are no letters or digits.
fn ends(protocol: &[u8]) -> String {
    match (protocol.first(), protocol.last()) {
        (Some(first), Some(last)) if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() => {
            [char::from(*first), char::from(*last)].iter().collect()
        }
        (Some(first), Some(last)) => format!("{:x}{:x}", first >> 4, last & 15),
        _ => "00".to_owned(),
    }
}

fn listed(numbers: &[u16]) -> String {
    let mut text = String::with_capacity(numbers.len() * 5);
    for (at, number) in numbers.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        number.to_be_bytes().into_iter().for_each(|byte| push_hex(&mut text, byte));
    }
    text
}

/// The first twelve digits of a hash; zeros for nothing.
fn short(text: &str) -> String {
    if text.is_empty() {
        return "0".repeat(12);
    }
    hex(Sha256::digest(text.as_bytes()).get(..6).unwrap_or_default())
}
