//! Names that are computed: of flows (Zeek's form, from what begins them) and of the conversations they are (Community ID, version 1). SHA-1
//! is here because both ask for few bytes of it and for nothing more.

use super::rows::Origin;
use crate::stream::{Ends, Kind};

/// RFC 3174, over one message.
fn sha1(message: &[u8]) -> [u8; 20] {
    let mut state: [u32; 5] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];
    let mut padded = message.to_vec();
    padded.push(0x80);
    padded.resize((message.len() + 9).next_multiple_of(64) - 8, 0);
    padded.extend_from_slice(&(message.len() as u64 * 8).to_be_bytes());
    for block in padded.chunks_exact(64) {
        let mut words = [0u32; 80];
        for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
            *word = bytes.iter().fold(0, |word, byte| word << 8 | u32::from(*byte));
        }
        for at in 16..80 {
            words[at] = (words[at - 3] ^ words[at - 8] ^ words[at - 14] ^ words[at - 16]).rotate_left(1);
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for (word, round) in words.iter().zip(0..) {
            let (mixed, constant) = match round {
                0..20 => (b & c | !b & d, 0x5A82_7999),
                20..40 => (b ^ c ^ d, 0x6ED9_EBA1),
                40..60 => (b & c | b & d | c & d, 0x8F1B_BCDC),
                _ => (b ^ c ^ d, 0xCA62_C1D6u32),
            };
            let next = a.rotate_left(5).wrapping_add(mixed).wrapping_add(e).wrapping_add(constant).wrapping_add(*word);
            (e, d, c, b, a) = (d, c, b.rotate_left(30), a, next);
        }
        for (sum, part) in state.iter_mut().zip([a, b, c, d, e]) {
            *sum = sum.wrapping_add(part);
        }
    }
    let mut digest = [0; 20];
    for (bytes, word) in digest.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    digest
}

const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The name of a flow: the same whoever is taken for its originator.
pub fn uid(origin: &Origin, into: &mut String) {
    let ends = &origin.ends;
    let (a, b) = ((ends.source, ends.ports[0]), (ends.target, ends.ports[1]));
    let (low, high) = if a <= b || ends.one_way { (a, b) } else { (b, a) };
    let mut message = Vec::with_capacity(56);
    for (address, port) in [low, high] {
        message.extend_from_slice(&address);
        message.extend_from_slice(&port.to_be_bytes());
    }
    message.extend_from_slice(&[ends.width, ends.protocol]);
    message.extend_from_slice(&origin.first.to_be_bytes());
    message.extend_from_slice(&origin.tie.to_be_bytes());
    let mut number = sha1(&message).iter().take(12).fold(0u128, |number, byte| number << 8 | u128::from(*byte));
    into.push('C');
    while number > 0 {
        into.push(char::from(LETTERS[(number % 62) as usize]));
        number /= 62;
    }
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The Community ID of a flow.
pub fn community(ends: &Ends, seed: u16, into: &mut String) {
    let width = usize::from(ends.width).min(16);
    let has_ports = ends.kind != Kind::Other;
    let (a, b) = ((&ends.source[..width], ends.ports[0]), (&ends.target[..width], ends.ports[1]));
    let (low, high) = if a <= b || ends.one_way { (a, b) } else { (b, a) };
    let mut message = Vec::with_capacity(44);
    message.extend_from_slice(&seed.to_be_bytes());
    message.extend_from_slice(low.0);
    message.extend_from_slice(high.0);
    message.extend_from_slice(&[ends.protocol, 0]);
    if has_ports {
        message.extend_from_slice(&low.1.to_be_bytes());
        message.extend_from_slice(&high.1.to_be_bytes());
    }
    into.push_str("1:");
    for three in sha1(&message).chunks(3) {
        let number = three.iter().fold(0u32, |number, byte| number << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let letter = BASE64[(number >> (18 - 6 * place) & 63) as usize];
            into.push(if place <= three.len() { char::from(letter) } else { '=' });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the specification's own baseline.
    #[test]
    fn community_ids_are_the_specification_s() {
        let v4 = |text: &str| {
            let mut address = [0; 16];
            text.split('.').zip(&mut address).for_each(|(part, byte)| *byte = part.parse().unwrap());
            address
        };
        let id = |source: &str, target: &str, ports, protocol, kind, one_way| {
            let ends = Ends { source: v4(source), target: v4(target), ports, width: 4, protocol, kind, one_way };
            let mut text = String::new();
            community(&ends, 0, &mut text);
            text
        };
        assert_eq!(id("128.232.110.120", "66.35.250.204", [34855, 80], 6, Kind::Stream, false), "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
        assert_eq!(id("66.35.250.204", "128.232.110.120", [80, 34855], 6, Kind::Stream, false), "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
        assert_eq!(id("192.168.1.52", "8.8.8.8", [54585, 53], 17, Kind::Datagram, false), "1:d/FP5EW3wiY1vCndhwleRRKHowQ=");
        assert_eq!(id("192.168.0.89", "192.168.0.1", [8, 0], 1, Kind::Message, false), "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=");
    }

    #[test]
    fn digests_are_rfc_3174_s() {
        let text = sha1(b"abc");
        assert_eq!(text, [0xA9, 0x99, 0x3E, 0x36, 0x47, 0x06, 0x81, 0x6A, 0xBA, 0x3E, 0x25, 0x71, 0x78, 0x50, 0xC2, 0x6C, 0x9C, 0xD0, 0xD8, 0x9D]);
    }
}
