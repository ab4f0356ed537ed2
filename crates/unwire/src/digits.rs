//! Numbers as text, without the detour of the formatting machinery: there may be new ones in every packet. What they mean is known elsewhere.

/// A number of two octets in decimal digits.
pub(crate) fn push_decimal(text: &mut String, number: u16) {
    for power in [10_000, 1000, 100, 10, 1] {
        if number >= power || power == 1 {
            text.push(char::from(b'0' + (number / power % 10) as u8));
        }
    }
}

/// An octet in two hexadecimal digits.
#[inline]
pub(crate) fn hex(byte: u8) -> [u8; 2] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]
}

/// The same behind a text.
pub(crate) fn push_hex(text: &mut String, byte: u8) {
    text.extend(hex(byte).map(char::from));
}

/// An IPv4 address by itself.
pub(crate) fn ip4(address: [u8; 4]) -> String {
    let (digits, len) = ip4_digits(address);
    digits.into_iter().take(len).map(char::from).collect()
}

/// The decimal digits of each octet and a dot, and how many that are.
const OCTETS: [([u8; 4], u8); 256] = {
    let mut octets = [([b'.'; 4], 0); 256];
    let mut octet = 0;
    while octet < 256 {
        let (mut at, mut power) = (0, 100);
        while power > 0 {
            if octet >= power || power == 1 {
                octets[octet].0[at] = b'0' + (octet / power % 10) as u8;
                at += 1;
            }
            power /= 10;
        }
        octets[octet].1 = at as u8 + 1;
        octet += 1;
    }
    octets
};

/// An IPv4 address: its first so many bytes.
#[inline]
pub(crate) fn ip4_digits(address: [u8; 4]) -> ([u8; 16], usize) {
    let (mut text, mut end) = ([0; 16], 0);
    for octet in address {
        let (digits, len) = OCTETS[usize::from(octet)];
        if let Some(place) = text.get_mut(end..end + 4) {
            place.copy_from_slice(&digits);
        }
        end += usize::from(len);
    }
    (text, end - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_machinery_does() {
        for number in [0, 1, 9, 10, 99, 100, 443, 9999, 10_000, 65_535] {
            let mut text = String::new();
            push_decimal(&mut text, number);
            assert_eq!(text, number.to_string());
        }
        for byte in 0..=255 {
            let mut text = String::new();
            push_hex(&mut text, byte);
            assert_eq!(text, format!("{byte:02x}"));
            assert_eq!(ip4([byte, 0, 10, 255]), std::net::Ipv4Addr::new(byte, 0, 10, 255).to_string());
        }
    }
}
