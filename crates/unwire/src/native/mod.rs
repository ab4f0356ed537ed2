//! Native decoders: what declarations cannot say (names with pointers, text protocols, certificates) is decoded here, one file for each protocol,
//! from bytes that somebody else laid out or put in order. This is the one place of the engine that knows protocols by name; it knows nothing of
//! the engine but how faults are told.
//!
//! A decoder has a name, by which a declared class asks for it, and items: the values that a class's `native` fields name.

pub mod bytes;
pub mod certificate;
mod decoders;
pub mod dns;
pub mod dtls_stream;
pub mod heard;
pub mod http;
mod http_pairs;
pub mod http_stream;
pub mod ja;
pub mod log_dns;
pub mod log_files;
pub mod log_http;
pub mod log_quic;
pub mod log_ssl;
pub mod log_weird;
pub mod names;
pub mod names_in;
pub mod quic;
pub mod quic_order;
pub mod quic_stream;
pub mod row;
pub mod ruled;
pub mod said;
pub mod sheet;
pub mod speaker;
pub mod spoken;
pub mod tls;
pub mod tls_names;
pub mod tls_stream;
pub mod watched;

use std::borrow::Cow;

use crate::error::Fault;

/// A packet: its number, and its time in nanoseconds since the epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// Counted from 1.
    pub frame: u64,
    /// None where the container has none.
    pub time: Option<i64>,
}

/// A value that a decoder found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<'a> {
    /// A number.
    Number(u64),
    /// An IPv4 address.
    Ip4([u8; 4]),
    /// An IPv6 address.
    Ip6([u8; 16]),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Text.
    Text(Cow<'a, str>),
}

/// Takes what is found.
pub type Sink<'s, 'a> = &'s mut dyn FnMut(Found<'a>);

/// A decoder of whole messages.
pub struct Decoder {
    /// What a class calls it.
    pub name: &'static str,
    /// What a class's fields call its items.
    pub items: &'static [&'static str],
    /// Find one item in a message; what stands before a fault is found.
    pub read: for<'a> fn(u16, &'a [u8], Sink<'_, 'a>),
    /// Say why the bytes are no whole message, if they are not.
    pub check: fn(&[u8]) -> Result<(), Fault>,
}

/// Every decoder; its number is its place.
static DECODERS: [&Decoder; 10] = [
    &dns::DECODER,
    &tls::ONE_RECORD,
    &tls::RECORDS,
    &tls::HANDSHAKE,
    &tls::CLIENT_HELLO,
    &tls::SERVER_HELLO,
    &tls::CERTIFICATES,
    &said::RECORDS,
    &said::HEADS,
    &quic::DATAGRAM,
];

/// The number of a decoder.
pub fn number(name: &str) -> Option<u16> {
    DECODERS.iter().position(|decoder| decoder.name == name).map(|at| at as u16)
}

/// The decoder of a number.
pub fn decoder(number: u16) -> Option<&'static Decoder> {
    DECODERS.get(usize::from(number)).copied()
}
