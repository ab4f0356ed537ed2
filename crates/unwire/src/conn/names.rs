//! Names that are computed: of flows (Zeek's form, from what begins them) and of the conversations they are (Community ID, version 1).

use sha1::{Digest, Sha1};

use super::rows::Origin;
use crate::stream::{Ends, Kind};

/// Numbers of ten letters.
const TEN_LETTERS: u128 = 62u128.pow(10);
const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Some bytes that a name is computed from; there is room for those of either.
#[derive(Default)]
struct Message {
    bytes: [[u8; 16]; 4],
    len: usize,
}

impl Message {
    fn add(&mut self, bytes: &[u8]) {
        let room = self.bytes.as_flattened_mut().get_mut(self.len..).unwrap_or_default();
        room.iter_mut().zip(bytes).for_each(|(room, byte)| *room = *byte);
        self.len += bytes.len();
    }

    fn digest(&self) -> [u8; 20] {
        Sha1::digest(self.bytes.as_flattened().get(..self.len).unwrap_or_default()).into()
    }
}

/// The name of a flow: the same whoever is taken for its originator.
pub fn uid(origin: &Origin, into: &mut String) {
    let ends = &origin.ends;
    let (a, b) = ((ends.source, ends.ports[0]), (ends.target, ends.ports[1]));
    let (low, high) = if a <= b || ends.one_way { (a, b) } else { (b, a) };
    let mut message = Message::default();
    for (address, port) in [low, high] {
        message.add(&address);
        message.add(&port.to_be_bytes());
    }
    message.add(&[ends.width, ends.protocol]);
    message.add(&origin.first.to_be_bytes());
    message.add(&origin.tie.to_be_bytes());
    let number = message.digest().iter().take(12).fold(0u128, |number, byte| number << 8 | u128::from(*byte));
    into.push('C');
    // Ten letters at once: what is divided then is no wider than a register.
    let (mut low, mut high) = ((number % TEN_LETTERS) as u64, (number / TEN_LETTERS) as u64);
    for _ in 0..if high > 0 { 10 } else { 0 } {
        into.push(char::from(LETTERS[(low % 62) as usize]));
        low /= 62;
    }
    while high > 0 || low > 0 {
        let rest = if high > 0 { &mut high } else { &mut low };
        into.push(char::from(LETTERS[(*rest % 62) as usize]));
        *rest /= 62;
    }
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The Community ID of a flow.
pub fn community(ends: &Ends, seed: u16, into: &mut String) {
    let width = usize::from(ends.width).min(16);
    let has_ports = ends.kind != Kind::Other;
    let (a, b) = ((&ends.source[..width], ends.ports[0]), (&ends.target[..width], ends.ports[1]));
    let (low, high) = if a <= b || ends.one_way { (a, b) } else { (b, a) };
    let mut message = Message::default();
    message.add(&seed.to_be_bytes());
    message.add(low.0);
    message.add(high.0);
    message.add(&[ends.protocol, 0]);
    if has_ports {
        message.add(&low.1.to_be_bytes());
        message.add(&high.1.to_be_bytes());
    }
    into.push_str("1:");
    for three in message.digest().chunks(3) {
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
}
