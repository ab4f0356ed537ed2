//! X.509 certificates (RFC 5280) as the logs tell of them, in the spelling of OpenSSL and so of Zeek. The DER is read by x509-parser.

use std::fmt::Write;

use x509_parser::asn1_rs::{Any, Class, Tag, ToDer};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::oid_registry::{OidRegistry, format_oid};
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::X509Name;

use super::ja::hex;
use super::row::Cell;

/// What is told of a certificate.
#[derive(Clone, Debug, Default)]
pub struct Certificate {
    /// Its version, from 1.
    pub version: u64,
    /// Its number, in hexadecimal.
    pub serial: String,
    /// Whose it is.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    valid: [i64; 2],
    key: (String, &'static str, u64),
    signature: String,
    exponent: Option<String>,
    curve: Option<String>,
    names: [Vec<String>; 4],
    constraints: Option<(bool, Option<u32>)>,
}

impl Certificate {
    /// Read DER; None if it is none.
    pub fn read(der: &[u8]) -> Option<Self> {
        let (_, parsed) = X509Certificate::from_der(der).ok()?;
        let registry = OidRegistry::default().with_all_crypto().with_x509();
        let mut found = Self {
            version: u64::from(parsed.version.0) + 1,
            serial: hex(parsed.raw_serial()).to_uppercase(),
            subject: written(&parsed.subject),
            issuer: written(&parsed.issuer),
            valid: [parsed.validity.not_before, parsed.validity.not_after].map(|time| time.timestamp().saturating_mul(1_000_000_000)),
            ..Self::default()
        };
        // A zero that only says that the number is positive is no part of it.
        if found.serial.len() > 2
            && let Some(rest) = found.serial.strip_prefix("00")
        {
            found.serial = rest.to_owned();
        }
        let named =
            |oid: &x509_parser::der_parser::oid::Oid<'_>| registry.get(oid).map_or_else(|| format_oid(oid, &registry), |entry| entry.sn().to_owned());
        found.signature = named(&parsed.signature_algorithm.algorithm);
        let info = parsed.public_key();
        let algorithm = named(&info.algorithm.algorithm);
        found.key = match info.parsed() {
            Ok(PublicKey::RSA(key)) => {
                found.exponent = key.try_exponent().ok().map(|exponent| exponent.to_string());
                (algorithm, "rsa", key.key_size() as u64)
            }
            Ok(PublicKey::EC(point)) => {
                let curve = info.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok());
                found.curve = curve.map(|oid| named(&oid));
                (algorithm, "ecdsa", point.key_size() as u64)
            }
            Ok(PublicKey::DSA(_)) => (algorithm, "dsa", info.subject_public_key.data.len() as u64 * 8),
            _ => (algorithm, "unknown", info.subject_public_key.data.len() as u64 * 8),
        };
        for one in parsed.extensions() {
            match one.parsed_extension() {
                ParsedExtension::SubjectAlternativeName(list) => list.general_names.iter().for_each(|name| found.name(name)),
                ParsedExtension::BasicConstraints(told) => found.constraints = Some((told.ca, told.path_len_constraint)),
                _ => {}
            }
        }
        Some(found)
    }

    fn name(&mut self, name: &GeneralName<'_>) {
        let [dns, uri, email, ip] = &mut self.names;
        match name {
            GeneralName::DNSName(text) => dns.push((*text).to_owned()),
            GeneralName::URI(text) => uri.push((*text).to_owned()),
            GeneralName::RFC822Name(text) => email.push((*text).to_owned()),
            GeneralName::IPAddress(bytes) => {
                if let Ok(four) = <[u8; 4]>::try_from(*bytes) {
                    ip.push(std::net::Ipv4Addr::from(four).to_string());
                } else if let Ok(sixteen) = <[u8; 16]>::try_from(*bytes) {
                    ip.push(std::net::Ipv6Addr::from(sixteen).to_string());
                }
            }
            _ => {}
        }
    }

    /// True if the certificate is for a server of this name (RFC 6125 section 6.4.3).
    pub fn is_of(&self, server: &str) -> bool {
        let common = self.subject.split(',').find_map(|part| part.strip_prefix("CN="));
        self.names[0].iter().map(String::as_str).chain(common).any(|name| match name.strip_prefix("*.") {
            Some(rest) => server.split_once('.').is_some_and(|(_, domain)| domain.eq_ignore_ascii_case(rest)),
            None => name.eq_ignore_ascii_case(server),
        })
    }

    /// The cells from the version to the constraints.
    pub fn cells(&self) -> [Cell<'_>; 18] {
        let [dns, uri, email, ip] = self.names.each_ref().map(|names| Cell::some(names));
        [
            Cell::Count(self.version),
            Cell::text(&self.serial),
            Cell::text(&self.subject),
            Cell::text(&self.issuer),
            Cell::Time(self.valid[0]),
            Cell::Time(self.valid[1]),
            Cell::text(&self.key.0),
            Cell::text(&self.signature),
            Cell::text(self.key.1),
            Cell::Count(self.key.2),
            Cell::maybe(self.exponent.as_ref()),
            Cell::maybe(self.curve.as_ref()),
            dns,
            uri,
            email,
            ip,
            self.constraints.map_or(Cell::None, |told| Cell::Truth(told.0)),
            Cell::count(self.constraints.and_then(|told| told.1).map(u64::from)),
        ]
    }
}

/// A name as RFC 4514 writes it: the last part first, and in hexadecimal what is no text.
fn written(name: &X509Name<'_>) -> String {
    let mut parts: Vec<String> = name
        .iter()
        .map(|part| {
            let each = part.iter().map(|one| {
                let key = short(&one.attr_type().to_id_string());
                format!("{key}={}", value(one.attr_value()))
            });
            each.collect::<Vec<_>>().join("+")
        })
        .collect();
    parts.reverse();
    parts.join(",")
}

/// The value of a part of a name (RFC 4514 section 2.4).
fn value(any: &Any<'_>) -> String {
    text(any).map_or_else(|| format!("#{}", hex(&any.to_der_vec().unwrap_or_default())), |text| escaped(&text))
}

/// What a string of ASN.1 says (X.680 section 41); None if it is none, or not one of its kind.
fn text(any: &Any<'_>) -> Option<String> {
    let bytes = any.as_bytes();
    if any.class() != Class::Universal {
        return None;
    }
    match any.tag() {
        Tag::Utf8String => std::str::from_utf8(bytes).ok().map(str::to_owned),
        // Who writes the telegraph's letters means Latin-1, and so OpenSSL reads all strings of octets.
        Tag::NumericString | Tag::PrintableString | Tag::T61String | Tag::Ia5String | Tag::VisibleString => {
            Some(bytes.iter().copied().map(char::from).collect())
        }
        Tag::BmpString => {
            let (pairs, rest) = bytes.as_chunks::<2>();
            let letters = char::decode_utf16(pairs.iter().map(|pair| u16::from_be_bytes(*pair)));
            letters.collect::<Result<_, _>>().ok().filter(|_| rest.is_empty())
        }
        Tag::UniversalString => {
            let (fours, rest) = bytes.as_chunks::<4>();
            let letters = fours.iter().map(|four| char::from_u32(u32::from_be_bytes(*four)));
            letters.collect::<Option<_>>().filter(|_| rest.is_empty())
        }
        _ => None,
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        let last = at + letter.len_utf8() == text.len();
        if letter.is_control() {
            // RFC 4514 section 2.4: any octet may stand as two digits, so nothing in a name commands a terminal.
            for octet in letter.encode_utf8(&mut [0; 4]).bytes() {
                let _ = write!(out, "\\{octet:02X}");
            }
            continue;
        }
        let outer = (at == 0 && matches!(letter, '#' | ' ')) || (last && letter == ' ');
        if outer || matches!(letter, ',' | '+' | '"' | '\\' | '<' | '>' | ';') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

/// The short name of an attribute, as OpenSSL has it.
fn short(oid: &str) -> String {
    let name = match oid {
        "2.5.4.3" => "CN",
        "2.5.4.4" => "SN",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "street",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.12" => "title",
        "2.5.4.15" => "businessCategory",
        "2.5.4.17" => "postalCode",
        "2.5.4.42" => "GN",
        "2.5.4.97" => "organizationIdentifier",
        "1.2.840.113549.1.9.1" => "emailAddress",
        "0.9.2342.19200300.100.1.1" => "UID",
        "0.9.2342.19200300.100.1.25" => "DC",
        "1.3.6.1.4.1.311.60.2.1.1" => "jurisdictionL",
        "1.3.6.1.4.1.311.60.2.1.2" => "jurisdictionST",
        "1.3.6.1.4.1.311.60.2.1.3" => "jurisdictionC",
        other => other,
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Any, FromDer, value};

    #[test]
    fn values_of_names_are_text_or_their_whole_encoding() {
        for (der, expected) in [
            (&b"\x14\x0b*.taleo.net"[..], "*.taleo.net"),
            (b"\x14\x04caf\xe9", "caf\u{e9}"),
            (b"\x1e\x04\x00A\x20\xac", "A\u{20ac}"),
            (b"\x1c\x08\x00\x00\x00A\x00\x01\xf6\x00", "A\u{1f600}"),
            (b"\x12\x0242", "42"),
            (b"\x13\x03a,b", "a\\,b"),
            (b"\x16\x03a@b", "a@b"),
            (b"\x1a\x04 ab ", "\\ ab\\ "),
            (b"\x0c\x03\xe2\x82\xac", "\u{20ac}"),
            (b"\x0c\x04a\x1b[1", "a\\1B[1"),
            // Not of their kind, or no strings.
            (b"\x0c\x01\xff", "#0c01ff"),
            (b"\x1e\x03\x00AB", "#1e03004142"),
            (b"\x1e\x02\xd8\x00", "#1e02d800"),
            (b"\x04\x02hi", "#04026869"),
            (b"\x03\x02\x00\x01", "#03020001"),
            (b"\x30\x03\x02\x01\x05", "#3003020105"),
        ] {
            assert_eq!(Any::from_der(der).map(|(_, any)| value(&any)), Ok(expected.to_owned()));
        }
    }
}
