//! Hand-made captures for the tests: small builders that spell out bytes as the specifications draw them. No reading here.

/// Byte order of what is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Little,
    Big,
}

use Order::Big;

impl Order {
    pub(crate) fn half(self, value: u16) -> [u8; 2] {
        if self == Big { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    pub(crate) fn word(self, value: u32) -> [u8; 4] {
        if self == Big { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    pub(crate) fn long(self, value: u64) -> [u8; 8] {
        if self == Big { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    pub(crate) fn words(self, values: &[u32]) -> Vec<u8> {
        values.iter().flat_map(|&value| self.word(value)).collect()
    }
}

/// A pcap file header of version 2.4.
pub(crate) fn pcap_header(order: Order, magic: u32, link: u32) -> Vec<u8> {
    pcap_header_of(order, magic, link, (2, 4))
}

pub(crate) fn pcap_header_of(order: Order, magic: u32, link: u32, version: (u16, u16)) -> Vec<u8> {
    let version = [order.half(version.0), order.half(version.1)].concat();
    [order.words(&[magic]), version, order.words(&[0, 0, 65_535, link])].concat()
}

/// A pcap record: seconds, fraction, bytes, length on the wire.
pub(crate) fn pcap_record(order: Order, seconds: u32, fraction: u32, bytes: &[u8], wire: u32) -> Vec<u8> {
    [&order.words(&[seconds, fraction, bytes.len() as u32, wire]), bytes].concat()
}

fn pad(len: usize) -> Vec<u8> {
    vec![0; len.next_multiple_of(4) - len]
}

/// A pcapng block around a body, which is padded.
pub(crate) fn block(order: Order, kind: u32, body: &[u8]) -> Vec<u8> {
    let len = 12 + body.len().next_multiple_of(4) as u32;
    [&order.words(&[kind, len]), body, &pad(body.len()), &order.word(len)].concat()
}

pub(crate) fn option(order: Order, code: u16, value: &[u8]) -> Vec<u8> {
    [&order.half(code), &order.half(value.len() as u16), value, &pad(value.len())].concat()
}

pub(crate) fn section(order: Order, options: &[u8]) -> Vec<u8> {
    section_of(order, (1, 0), -1, options)
}

pub(crate) fn section_of(order: Order, version: (u16, u16), len: i64, options: &[u8]) -> Vec<u8> {
    let fixed = [&order.word(0x1a2b_3c4d)[..], &order.half(version.0), &order.half(version.1), &order.long(len as u64)].concat();
    block(order, 0x0a0d_0d0a, &[&fixed, options].concat())
}

pub(crate) fn interface(order: Order, link: u16, snaplen: u32, options: &[u8]) -> Vec<u8> {
    block(order, 1, &[&order.half(link)[..], &[0, 0], &order.word(snaplen), options].concat())
}

/// An enhanced packet block: interface, ticks, bytes, length on the wire, options.
pub(crate) fn packet(order: Order, interface: u32, ticks: u64, bytes: &[u8], wire: u32, options: &[u8]) -> Vec<u8> {
    let fixed = order.words(&[interface, (ticks >> 32) as u32, ticks as u32, bytes.len() as u32, wire]);
    block(order, 6, &[&fixed, bytes, &pad(bytes.len()), options].concat())
}

/// An obsolete packet block: interface, drops, ticks, bytes, options.
pub(crate) fn obsolete_packet(order: Order, interface: u16, drops: u16, ticks: u64, bytes: &[u8], options: &[u8]) -> Vec<u8> {
    let len = bytes.len() as u32;
    let fixed = [&order.half(interface)[..], &order.half(drops), &order.words(&[(ticks >> 32) as u32, ticks as u32, len, len])].concat();
    block(order, 2, &[&fixed, bytes, &pad(bytes.len()), options].concat())
}

pub(crate) fn simple_packet(order: Order, wire: u32, bytes: &[u8]) -> Vec<u8> {
    block(order, 3, &[&order.word(wire)[..], bytes].concat())
}

/// A snoop file header (RFC 1761) and records padded to four bytes.
pub(crate) fn snoop(link: u32, packets: &[(u32, u32, &[u8], u32)]) -> Vec<u8> {
    let mut file = [b"snoop\0\0\0".to_vec(), Big.words(&[2, link])].concat();
    for &(seconds, micros, bytes, wire) in packets {
        let record = 24 + bytes.len().next_multiple_of(4) as u32;
        file.extend(Big.words(&[wire, bytes.len() as u32, record, 0, seconds, micros]));
        file.extend(bytes);
        file.extend(pad(bytes.len()));
    }
    file
}
