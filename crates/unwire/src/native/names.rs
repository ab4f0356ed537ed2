//! Domain names (RFC 1035 section 4.1.4) and how the peers write them. Messages are in dns.rs.

use std::fmt::Write;

use super::bytes::Cursor;
use crate::error::Fault;

/// Octets that a name may have, its lengths and the final zero among them.
const LONGEST: usize = 255;

/// A name where it stands in its message; it was found to be whole.
#[derive(Clone, Copy, Debug)]
pub struct Name<'a>(Cursor<'a>);

/// What stands at a place of a name.
enum Step<'a> {
    Label(&'a [u8]),
    End,
    /// It goes on elsewhere in the message.
    To(usize),
}

fn step<'a>(cursor: &mut Cursor<'a>) -> Result<Step<'a>, Fault> {
    let start = *cursor;
    Ok(match cursor.u8()? {
        0 => Step::End,
        size @ 1..=63 => Step::Label(cursor.take(usize::from(size))?),
        high @ 0xC0..=0xFF => Step::To(usize::from(high & 0x3F) << 8 | usize::from(cursor.u8()?)),
        64..=0xBF => return Err(start.wrong()),
    })
}

impl<'a> Name<'a> {
    /// Read a name and follow its pointers. They only lead back, so that there are never more than octets.
    pub fn read(cursor: &mut Cursor<'a>) -> Result<Self, Fault> {
        let name = Self(*cursor);
        let (mut here, mut behind, mut before, mut size) = (*cursor, None, cursor.at, 0);
        loop {
            let start = here;
            match step(&mut here)? {
                Step::End => break,
                Step::Label(label) => {
                    if size + label.len() + 2 > LONGEST {
                        return Err(here.wrong());
                    }
                    size += label.len() + 1;
                }
                Step::To(to) => {
                    behind = behind.or(Some(here.at));
                    if to >= before {
                        return Err(start.wrong());
                    }
                    (here.at, here.end, before) = (to, here.all.len(), to);
                }
            }
        }
        cursor.at = behind.unwrap_or(here.at);
        Ok(name)
    }

    /// The labels.
    pub fn labels(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let mut here = self.0;
        std::iter::from_fn(move || {
            loop {
                match step(&mut here).ok()? {
                    Step::End => return None,
                    Step::Label(label) => return Some(label),
                    Step::To(to) => (here.at, here.end) = (to, here.all.len()),
                }
            }
        })
    }

    /// True for the root.
    pub fn is_root(&self) -> bool {
        self.labels().next().is_none()
    }

    /// The labels with points between them, as dpkt has them.
    pub fn plain(&self) -> Vec<u8> {
        let mut plain = Vec::with_capacity(64);
        for label in self.labels() {
            if !plain.is_empty() {
                plain.push(b'.');
            }
            plain.extend_from_slice(label);
        }
        plain
    }

    /// As Wireshark writes it: the root has a name, control characters are octal, what is not UTF-8 is replaced.
    pub fn wireshark(&self) -> String {
        if self.is_root() {
            return "<Root>".to_owned();
        }
        escaped(&String::from_utf8_lossy(&self.plain()))
    }

    /// As Zeek writes it: lower case, and what is not printable in hexadecimal.
    pub fn zeek(&self) -> String {
        let mut text = String::with_capacity(64);
        for label in self.labels() {
            if !text.is_empty() {
                text.push('.');
            }
            for byte in label {
                match byte {
                    b'\\' => text.push_str("\\\\"),
                    0x20..=0x7E => text.push(char::from(byte.to_ascii_lowercase())),
                    _ => {
                        let _ = write!(text, "\\x{byte:02x}");
                    }
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
