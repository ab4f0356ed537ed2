//! Addresses written as text, as bytes: what who builds packets may write in place of them. How bytes are shown as text is text.rs's.

use std::net::{Ipv4Addr, Ipv6Addr};

/// The bytes of an address of so many, 4, 6 or 16, or why the text is none.
pub fn parse(text: &str, size: usize) -> Result<Vec<u8>, String> {
    let found = match size {
        4 => text.parse::<Ipv4Addr>().ok().map(|address| address.octets().to_vec()),
        16 => text.parse::<Ipv6Addr>().ok().map(|address| address.octets().to_vec()),
        _ => hardware(text, size),
    };
    let what = match size {
        4 => "IPv4",
        16 => "IPv6",
        _ => "hardware",
    };
    found.ok_or_else(|| format!("{text:?} is no {what} address"))
}

/// Pairs of hexadecimal digits between colons or hyphens.
fn hardware(text: &str, size: usize) -> Option<Vec<u8>> {
    let pairs = text.split([':', '-']);
    let bytes: Option<Vec<u8>> = pairs.map(|pair| u8::from_str_radix(pair, 16).ok().filter(|_| pair.len() == 2 && !pair.starts_with('+'))).collect();
    bytes.filter(|bytes| bytes.len() == size)
}
