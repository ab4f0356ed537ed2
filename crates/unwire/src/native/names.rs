//! Domain names (RFC 1035 section 4.1.4) and how the peers write them. Messages are in dns.rs.

use std::fmt::Write;

use super::bytes::Cursor;
use crate::error::Fault;

/// Octets that a name may have, its lengths and the final zero among them.
const LONGEST: usize = 255;

/// A name: its labels, each behind its length, without the final zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Name(Vec<u8>);

impl Name {
    /// Read a name and follow its pointers. They only lead back, so that there are never more than octets.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
        let mut labels = Vec::new();
        let (mut here, mut behind, mut before) = (*cursor, None, cursor.at);
        loop {
            let start = here.at;
            match here.u8()? {
                0 => break,
                size @ 1..=63 => {
                    let label = here.take(usize::from(size))?;
                    if labels.len() + label.len() + 2 > LONGEST {
                        return Err(here.wrong());
                    }
                    labels.push(size);
                    labels.extend_from_slice(label);
                }
                high @ 0xC0..=0xFF => {
                    let to = usize::from(high & 0x3F) << 8 | usize::from(here.u8()?);
                    behind = behind.or(Some(here.at));
                    if to >= before {
                        here.at = start;
                        return Err(here.wrong());
                    }
                    (here.at, here.end, before) = (to, here.all.len(), to);
                }
                64..=0xBF => {
                    here.at = start;
                    return Err(here.wrong());
                }
            }
        }
        cursor.at = behind.unwrap_or(here.at);
        Ok(Self(labels))
    }

    /// The labels.
    pub fn labels(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = self.0.as_slice();
        std::iter::from_fn(move || {
            let (size, behind) = rest.split_first()?;
            let (label, behind) = behind.split_at_checked(usize::from(*size))?;
            rest = behind;
            Some(label)
        })
    }

    /// The labels with points between them, as dpkt has them.
    pub fn plain(&self) -> Vec<u8> {
        self.labels().collect::<Vec<_>>().join(&b'.')
    }

    /// As Wireshark writes it: the root has a name, control characters are octal, what is not UTF-8 is replaced.
    pub fn wireshark(&self) -> String {
        if self.0.is_empty() {
            return "<Root>".to_owned();
        }
        escaped(&String::from_utf8_lossy(&self.plain()))
    }

    /// As Zeek writes it: lower case, and what is not printable in hexadecimal.
    pub fn zeek(&self) -> String {
        let mut text = String::with_capacity(self.0.len());
        for byte in self.plain() {
            match byte {
                b'\\' => text.push_str("\\\\"),
                0x20..=0x7E => text.push(char::from(byte.to_ascii_lowercase())),
                _ => {
                    let _ = write!(text, "\\x{byte:02x}");
                }
            }
        }
        text
    }
}

/// Control characters as Wireshark writes them in names.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character < ' ' || character == '\x7F' {
            let _ = write!(out, "\\{:03o}", character as u32);
        } else {
            out.push(character);
        }
    }
    out
}
