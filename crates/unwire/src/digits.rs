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
pub(crate) fn push_hex(text: &mut String, byte: u8) {
    for digit in [byte >> 4, byte & 15] {
        text.push(char::from(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }));
    }
}

/// An IPv4 address by itself.
pub(crate) fn ip4(address: [u8; 4]) -> String {
    let mut text = String::with_capacity(15);
    push_ip4(&mut text, address);
    text
}

/// An IPv4 address.
pub(crate) fn push_ip4(text: &mut String, address: [u8; 4]) {
    for (at, byte) in address.into_iter().enumerate() {
        text.push_str(if at == 0 { "" } else { "." });
        for (digit, from) in [(byte / 100, 100), (byte / 10 % 10, 10), (byte % 10, 0)] {
            if byte >= from {
                text.push(char::from(b'0' + digit));
            }
        }
    }
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
