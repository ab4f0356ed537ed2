//! QUIC as it stands on the wire before anything is agreed (RFC 9000, RFC 9369): long headers, and Initial packets, whose keys follow from what everybody
//! can read (RFC 9001 section 5.2). What a connection says in them is followed in `quic_stream.rs`.

use aes::Aes128;
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use aes_gcm::Aes128Gcm;
use aes_gcm::aead::{Aead, Payload};
use hkdf::Hkdf;
use sha2::Sha256;

use super::bytes::Cursor;
use super::{Decoder, Found, Sink};
use crate::error::Fault;

/// Octets that a connection's id may have (RFC 9000 section 17.2).
const LONGEST_ID: usize = 20;
/// Packets of one datagram that are read.
const MOST_PACKETS: usize = 64;
/// Octets that a client's first datagram has at least (RFC 9000 section 14.1).
const LEAST_BEGINNING: usize = 1200;
/// QUIC version 2 (RFC 9369).
pub const VERSION_2: u32 = 0x6B33_43CF;

/// What a long header begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The first packets of both ends.
    Initial,
    /// Data before the handshake.
    Early,
    /// The rest of the handshake.
    Handshake,
    /// The server wants the client to begin again.
    Retry,
    /// The server speaks other versions.
    Negotiation,
}

/// A packet with a long header.
#[derive(Clone, Copy, Debug)]
pub struct Long<'a> {
    /// Its kind.
    pub kind: Kind,
    /// The two bits that say so.
    pub bits: u8,
    /// Its version.
    pub version: u32,
    /// The receiver's connection id.
    pub target: &'a [u8],
    /// The sender's.
    pub source: &'a [u8],
    /// What a client proves its address with.
    pub token: &'a [u8],
    /// The whole packet.
    pub all: &'a [u8],
    /// Where its number stands in it.
    pub number_at: usize,
}

/// An integer of variable length (RFC 9000 section 16).
pub fn integer(cursor: &mut Cursor<'_>) -> Result<u64, Fault> {
    let first = cursor.u8()?;
    let rest = cursor.take((1 << (first >> 6)) - 1)?;
    Ok(rest.iter().fold(u64::from(first & 0x3F), |number, byte| number << 8 | u64::from(*byte)))
}

fn sized<'a>(cursor: &mut Cursor<'a>) -> Result<&'a [u8], Fault> {
    let size = integer(cursor)?;
    cursor.take(usize::try_from(size).unwrap_or(usize::MAX))
}

/// What a version derives its first keys from: a salt, and what its labels begin with.
fn secret_of(version: u32) -> Option<([u8; 20], &'static str)> {
    const V1: [u8; 20] = [0x38, 0x76, 0x2C, 0xF7, 0xF5, 0x59, 0x34, 0xB3, 0x4D, 0x17, 0x9A, 0xE6, 0xA4, 0xC8, 0x0C, 0xAD, 0xCC, 0xBB, 0x7F, 0x0A];
    const V2: [u8; 20] = [0x0D, 0xED, 0xE3, 0xDE, 0xF7, 0x00, 0xA6, 0xDB, 0x81, 0x93, 0x81, 0xBE, 0x6E, 0x26, 0x9D, 0xCB, 0xF9, 0xBD, 0x2E, 0xD9];
    const DRAFT_29: [u8; 20] =
        [0xAF, 0xBF, 0xEC, 0x28, 0x99, 0x93, 0xD2, 0x4C, 0x9E, 0x97, 0x86, 0xF1, 0x9C, 0x61, 0x11, 0xE0, 0x43, 0x90, 0xA8, 0x99];
    const DRAFT_23: [u8; 20] =
        [0xC3, 0xEE, 0xF7, 0x12, 0xC7, 0x2E, 0xBB, 0x5A, 0x11, 0xA7, 0xD2, 0x43, 0x2B, 0xB4, 0x63, 0x65, 0xBE, 0xF9, 0xF5, 0x02];
    const DRAFT_21: [u8; 20] =
        [0x7F, 0xBC, 0xDB, 0x0E, 0x7C, 0x66, 0xBB, 0xE9, 0x19, 0x2A, 0x96, 0xCD, 0x21, 0x51, 0x9E, 0xBD, 0x7A, 0x02, 0x64, 0x4A];
    const T050: [u8; 20] = [0x7F, 0xF5, 0x79, 0xE5, 0xAC, 0xD0, 0x72, 0x91, 0x55, 0x80, 0x30, 0x4C, 0x43, 0xA2, 0x36, 0x7C, 0x60, 0x48, 0x83, 0x10];
    const T051: [u8; 20] = [0x7A, 0x4E, 0xDE, 0xF4, 0xE7, 0xCC, 0xEE, 0x5F, 0xA4, 0x50, 0x6C, 0x19, 0x12, 0x4F, 0xC8, 0xCC, 0xDA, 0x6E, 0x03, 0x3D];
    Some(match version {
        1 | 0xFF00_0021..=0xFF00_0022 => (V1, "quic"),
        VERSION_2 => (V2, "quicv2"),
        0xFF00_001D..=0xFF00_0020 | 0xFACE_B00D => (DRAFT_29, "quic"),
        0xFF00_0017..=0xFF00_001C | 0xFACE_B002 => (DRAFT_23, "quic"),
        0xFF00_0015..=0xFF00_0016 | 0xFACE_B001 => (DRAFT_21, "quic"),
        0x5430_3530 => (T050, "quic"),
        0x5430_3531 => (T051, "quic"),
        _ => return None,
    })
}

/// Versions that stand for one: of those that nobody speaks, which are sent to see whether they are refused (RFC 9000 section 15), the first keys are
/// those of a version that the sender does speak.
pub fn stands_for(version: u32) -> Vec<u32> {
    if version & 0x0F0F_0F0F == 0x0A0A_0A0A { vec![1, 0xFF00_001D, 0xFF00_001B] } else { vec![version] }
}

/// True if a datagram begins with a long header of a known version.
pub fn is_quic(bytes: &[u8]) -> bool {
    let version = bytes.get(1..5).and_then(|bytes| bytes.first_chunk()).map(|bytes| u32::from_be_bytes(*bytes));
    let known = |version: u32| secret_of(version).is_some() || (version & 0x0F0F_0F0F == 0x0A0A_0A0A && bytes.len() >= LEAST_BEGINNING);
    bytes.first().is_some_and(|first| first & 0xC0 == 0xC0) && version.is_some_and(known) && long(&mut { bytes }).is_some()
}

/// Take the packet with a long header off the front of a datagram; None if there is none that is whole.
pub fn long<'a>(bytes: &mut &'a [u8]) -> Option<Long<'a>> {
    let mut cursor = Cursor::new(bytes);
    let first = cursor.u8().ok()?;
    if first & 0x80 == 0 {
        return None;
    }
    let version = cursor.u32().ok()?;
    let mut id = || {
        let size = usize::from(cursor.u8().ok()?);
        if size > LONGEST_ID { None } else { cursor.take(size).ok() }
    };
    let (target, source) = (id()?, id()?);
    let bits = first >> 4 & 3;
    let kinds = [Kind::Initial, Kind::Early, Kind::Handshake, Kind::Retry];
    // Version 2 counts from another one (RFC 9369 section 3.2).
    let at = if version == VERSION_2 { bits.wrapping_sub(1) & 3 } else { bits };
    let kind = if version == 0 { Kind::Negotiation } else { *kinds.get(usize::from(at))? };
    let token = if kind == Kind::Initial { sized(&mut cursor).ok()? } else { &[] };
    let (mut number_at, mut end) = (cursor.at, bytes.len());
    if !matches!(kind, Kind::Retry | Kind::Negotiation) {
        let size = usize::try_from(integer(&mut cursor).ok()?).ok()?;
        number_at = cursor.at;
        end = number_at.checked_add(size)?;
    }
    let (all, rest) = bytes.split_at_checked(end)?;
    *bytes = rest;
    Some(Long { kind, bits, version, target, source, token, all, number_at })
}

/// The keys of one direction.
#[derive(Clone)]
pub struct Keys {
    packet: Aes128Gcm,
    iv: [u8; 12],
    header: Aes128,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}

/// The keys that Initial packets of a version have, the client's and the server's, by the id that the client gave the server first.
pub fn initial_keys(version: u32, id: &[u8]) -> Option<[Keys; 2]> {
    let (salt, words) = secret_of(version)?;
    let (_, initial) = Hkdf::<Sha256>::extract(Some(&salt), id);
    let keys = |label: &str| {
        let secret: [u8; 32] = expand(&initial, label)?;
        let secret = Hkdf::<Sha256>::from_prk(&secret).ok()?;
        let packet = Aes128Gcm::new_from_slice(&expand::<16>(&secret, &format!("{words} key"))?).ok()?;
        let header = Aes128::new_from_slice(&expand::<16>(&secret, &format!("{words} hp"))?).ok()?;
        Some(Keys { packet, iv: expand(&secret, &format!("{words} iv"))?, header })
    };
    Some([keys("client in")?, keys("server in")?])
}

/// HKDF-Expand-Label (RFC 8446 section 7.1) without a context.
fn expand<const N: usize>(secret: &Hkdf<Sha256>, label: &str) -> Option<[u8; N]> {
    let label = format!("tls13 {label}");
    let mut info = vec![0, N as u8, label.len() as u8];
    info.extend_from_slice(label.as_bytes());
    info.push(0);
    let mut out = [0; N];
    secret.expand(&info, &mut out).ok()?;
    Some(out)
}

impl Keys {
    /// What a packet holds; None if it was not made with these keys.
    pub fn open(&self, packet: &Long<'_>) -> Option<Vec<u8>> {
        let at = packet.number_at;
        // RFC 9001 section 5.4.2: the sample begins where the packet would if its number had four octets.
        let sample: [u8; 16] = *packet.all.get(at + 4..at + 20)?.first_chunk()?;
        let mut mask = sample.into();
        self.header.encrypt_block(&mut mask);
        let first = packet.all.first()? ^ (mask[0] & 0x0F);
        let octets = usize::from(first & 3) + 1;
        let mut header = packet.all.get(..at + octets)?.to_vec();
        *header.first_mut()? = first;
        header.iter_mut().skip(at).zip(mask.iter().skip(1)).for_each(|(byte, mask)| *byte ^= mask);
        let mut nonce = self.iv;
        nonce.iter_mut().rev().zip(header.iter().skip(at).rev()).for_each(|(byte, number)| *byte ^= number);
        let sealed = packet.all.get(at + octets..)?;
        self.packet.decrypt(&nonce.into(), Payload { msg: sealed, aad: &header }).ok()
    }
}

/// The pieces of the handshake that an opened packet carries, where they belong and what they are; and whether it closes the connection.
pub fn pieces(plain: &[u8]) -> (Vec<(u64, &[u8])>, bool) {
    let mut found = Vec::new();
    let mut cursor = Cursor::new(plain);
    while let Ok(kind) = integer(&mut cursor) {
        let read = match kind {
            0 | 1 => Ok(()),
            2 | 3 => acknowledgement(&mut cursor, kind == 3),
            // The versions of Google's between its own protocol and this have it under another number.
            6 | 8 => integer(&mut cursor).and_then(|at| sized(&mut cursor).map(|bytes| found.push((at, bytes)))),
            0x1C => return (found, true),
            // Nothing follows that says anything of the handshake.
            _ => return (found, false),
        };
        if read.is_err() {
            break;
        }
    }
    (found, false)
}

fn acknowledgement(cursor: &mut Cursor<'_>, counts: bool) -> Result<(), Fault> {
    integer(cursor)?;
    integer(cursor)?;
    let ranges = integer(cursor)?;
    // The first range has no gap before it.
    let numbers = ranges.saturating_mul(2).saturating_add(if counts { 4 } else { 1 });
    for _ in 0..numbers {
        integer(cursor)?;
    }
    Ok(())
}

/// Datagrams of QUIC, for declared classes.
pub static DATAGRAM: Decoder =
    Decoder { name: "quic", items: &ITEMS, read, check: |bytes| if bytes.is_empty() { Err(Cursor::new(bytes).short(1)) } else { Ok(()) } };

/// The order is that of `read`.
const ITEMS: [&str; 7] = ["long", "kind", "version", "target", "source", "token", "kind.v2"];

fn read<'a>(item: u16, mut bytes: &'a [u8], sink: Sink<'_, 'a>) {
    for _ in 0..MOST_PACKETS {
        let Some(packet) = long(&mut bytes) else { break };
        let second = packet.version == VERSION_2;
        match item {
            0 => sink(Found::Number(1)),
            1 if !second && packet.version != 0 => sink(Found::Number(packet.bits.into())),
            2 => sink(Found::Number(packet.version.into())),
            3 if !packet.target.is_empty() => sink(Found::Bytes(packet.target)),
            4 if !packet.source.is_empty() => sink(Found::Bytes(packet.source)),
            5 if !packet.token.is_empty() => sink(Found::Bytes(packet.token)),
            6 if second => sink(Found::Number(packet.bits.into())),
            _ => {}
        }
    }
    if item == 0 && bytes.first().is_some_and(|first| first & 0xC0 == 0x40) {
        sink(Found::Number(0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        hex.as_bytes().chunks_exact(2).filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
    }

    /// RFC 9001 appendix A.3 and RFC 9369 appendix A.3: the server's first packet, with a server's hello in it.
    #[test]
    fn initial_packets_open() {
        let id = bytes("8394c8f03e515708");
        for (version, packet) in [
            (
                1,
                "cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb38cc5a99f5ede4cf73c3ec2493a1839b3dbcba3f6ea46\
                 c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc42158407dd074ee",
            ),
            (
                VERSION_2,
                "dc6b3343cf0008f067a5502a4262b5004075d92faaf16f05d8a4398c47089698baeea26b91eb761d9b89237bbf87263017915358230035f7fd3945d88965cf17f9af6e16886c\
                 61bfc703106fbaf3cb4cfa52382dd16a393e42757507698075b2c984c707f0a0812d8cd5a6881eaf21ceda98f4bd23f6fe1a3e2c43edd9ce7ca84bed8521e2e140",
            ),
        ] {
            let packet = bytes(packet);
            assert!(is_quic(&packet));
            let mut rest = packet.as_slice();
            let found = long(&mut rest).unwrap();
            assert_eq!((found.kind, found.version, found.target, found.source), (Kind::Initial, version, &[][..], &bytes("f067a5502a4262b5")[..]));
            let [client, server] = initial_keys(version, &id).unwrap();
            assert!(client.open(&found).is_none(), "the server made it");
            let plain = server.open(&found).unwrap();
            let (pieces, closes) = pieces(&plain);
            assert!(!closes);
            assert_eq!((pieces.len(), pieces[0].0, pieces[0].1[0], pieces[0].1.len()), (1, 0, 2, 90), "one piece: a server's hello");
            let mut turned = packet.clone();
            turned[40] ^= 1;
            assert!(server.open(&long(&mut turned.as_slice()).unwrap()).is_none());
        }
    }
}
