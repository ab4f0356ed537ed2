//! Names and numbers in DER, wherever in it they stand (RFC 5280): what Wireshark shows of certificates, of their status, and of lists of authorities.
//! Certificates as the logs tell of them are read in certificate.rs.

/// What a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A part of a distinguished name, of characters that can be printed …
    Printable,
    /// … in UTF-8 …
    Utf8,
    /// … or of the telegraph's.
    Teletex,
    /// A country.
    Country,
    /// A name of DNS.
    Dns,
    /// The number of a certificate.
    Serial,
}

/// Values inside each other that are followed.
const DEEPEST: usize = 24;
const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OBJECT: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
/// Attributes of X.520 that are text of any kind, by the last part of their number.
const TEXTS: [u8; 17] = [3, 4, 7, 8, 9, 10, 11, 12, 13, 15, 17, 18, 41, 42, 43, 44, 65];
const COUNTRY: u8 = 6;
/// Extensions in which a name of DNS has the tag 2: names of the subject and of the issuer, and constraints on names.
const NAMING: [u8; 3] = [17, 18, 30];
/// All that hold names (RFC 5280 section 4.2 and 5.2): also points that lists are distributed at, and who an authority is.
const NAMED: [u8; 9] = [17, 18, 28, 29, 30, 31, 35, 46, 9];
const DNS_NAME: u8 = 0x82;
/// `id-pkix-ocsp-basic` (RFC 6960): what follows is a response.
const OCSP_BASIC: &[u8] = &[0x2B, 6, 1, 5, 5, 7, 0x30, 1, 1];
/// Where a company is registered: town, province and country (guidelines for extended validation, section 9.2.4).
const JURISDICTION: &[u8] = &[0x2B, 6, 1, 4, 1, 0x82, 0x37, 0x3C, 2, 1];

/// Take the next value off the front: its tag and what it holds.
fn take<'a>(bytes: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let (&[tag, first], mut rest) = bytes.split_first_chunk::<2>()?;
    let mut size = usize::from(first);
    if first & 0x80 != 0 {
        let octets = usize::from(first & 0x7F);
        let (length, behind) = rest.split_at_checked(octets)?;
        if octets == 0 || octets > 4 {
            return None;
        }
        size = length.iter().fold(0, |size, octet| size << 8 | usize::from(*octet));
        rest = behind;
    }
    let (value, behind) = rest.split_at_checked(size)?;
    *bytes = behind;
    Some((tag, value))
}

/// The number of a certificate of the first version, which does not state its version.
pub fn serial(der: &[u8]) -> Option<&[u8]> {
    let (_, mut certificate) = take(&mut { der })?;
    let (_, mut signed) = take(&mut certificate)?;
    let (tag, number) = take(&mut signed)?;
    (tag == INTEGER).then_some(number)
}

/// Visit every name in some DER, in order.
pub fn each_name<'a>(der: &'a [u8], visit: &mut dyn FnMut(Kind, &'a [u8])) {
    walk(der, 0, false, visit);
}

fn walk<'a>(mut bytes: &'a [u8], depth: usize, naming: bool, visit: &mut dyn FnMut(Kind, &'a [u8])) {
    while let Some((tag, value)) = take(&mut bytes) {
        if tag == DNS_NAME && naming {
            visit(Kind::Dns, value);
        }
        // Other values hold no others.
        if tag & 0x20 == 0 || depth >= DEEPEST {
            continue;
        }
        let mut inner = value;
        let first = if tag == SEQUENCE { take(&mut inner) } else { None };
        match first {
            Some((OBJECT, object)) => {
                if attribute(object, &mut { inner }, visit) {
                    continue;
                }
                let extension = if let [0x55, 0x1D, number] = object { Some(*number) } else { None };
                if extension.is_some_and(|number| !NAMED.contains(&number)) {
                    continue;
                }
                if extension.is_some() || object == OCSP_BASIC {
                    let naming = extension.is_some_and(|number| NAMING.contains(&number));
                    while let Some((tag, value)) = take(&mut inner) {
                        if tag == OCTETS {
                            walk(value, depth + 1, naming, visit);
                        }
                    }
                    continue;
                }
            }
            // A certificate begins with its version and its number (RFC 5280 section 4.1).
            Some((0xA0, [INTEGER, 1, _])) => {
                if let Some((INTEGER, number)) = take(&mut inner) {
                    visit(Kind::Serial, number);
                }
            }
            _ => {}
        }
        walk(value, depth + 1, naming, visit);
    }
}

/// Visit the value of an attribute; false if it is none.
fn attribute<'a>(object: &[u8], value: &mut &'a [u8], visit: &mut dyn FnMut(Kind, &'a [u8])) -> bool {
    let (text, country) = match object {
        [0x55, 4, number] => (TEXTS.contains(number), *number == COUNTRY),
        [prefix @ .., number] if prefix == JURISDICTION => (matches!(number, 1 | 2), *number == 3),
        _ => return false,
    };
    let Some((tag, value)) = take(value) else { return false };
    match tag {
        _ if country => visit(Kind::Country, value),
        0x13 if text => visit(Kind::Printable, value),
        0x0C if text => visit(Kind::Utf8, value),
        0x14 if text => visit(Kind::Teletex, value),
        _ => {}
    }
    true
}
