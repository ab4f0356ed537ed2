//! Why a capture cannot be opened or read on. Errors are data; the sentence is made here, once.

use std::path::PathBuf;
use std::{fmt, io};

/// A capture that cannot be read.
#[derive(Debug)]
pub enum CaptureError {
    /// The file cannot be opened.
    Open {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The source failed while it was read.
    Io(io::Error),
    /// The content is no capture that can be read.
    NotACapture {
        /// The first bytes, decompressed, at most 32.
        first: Vec<u8>,
        /// What it may be, or what to do.
        hint: &'static str,
    },
}

impl fmt::Display for CaptureError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open { path, error } => write!(out, "cannot open {}: {error}", path.display()),
            Self::Io(error) => write!(out, "cannot read the capture: {error}"),
            Self::NotACapture { first, hint } if first.is_empty() => write!(out, "not a capture: {hint}"),
            Self::NotACapture { first, hint } => {
                out.write_str("not a capture: ")?;
                out.write_str(hint)?;
                out.write_str(" (it begins with")?;
                for byte in first.iter().take(8) {
                    write!(out, " {byte:02x}")?;
                }
                out.write_str(")")
            }
        }
    }
}

impl std::error::Error for CaptureError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Open { error, .. } | Self::Io(error) => Some(error),
            Self::NotACapture { .. } => None,
        }
    }
}

impl From<io::Error> for CaptureError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// First bytes of what people mistake for captures, and a helpful word on each.
const HINTS: &[(&[u8], &str)] = &[
    (b"\x1f\x8b", "it is compressed twice; decompress it once"),
    (b"\x28\xb5\x2f\xfd", "it is compressed twice; decompress it once"),
    (b"BZh", "it is compressed twice; decompress it once"),
    (b"\xfd7zXZ", "it is compressed twice; decompress it once"),
    (b"PK\x03\x04", "it is a zip archive; unpack it first"),
    (b"7z\xbc\xaf", "it is a 7z archive; unpack it first"),
    (b"GMBU", "it is a Microsoft Network Monitor capture; convert it to pcapng"),
    (b"RTSS", "it is a Microsoft Network Monitor 1 capture; convert it to pcapng"),
    (b"TRSNIFF data", "it is a Sniffer capture; convert it to pcapng"),
    (b"btsnoop\0", "it is a Bluetooth btsnoop log; convert it to pcapng"),
    (b"\x7fELF", "it is a program"),
    (b"<", "it looks like HTML or XML; perhaps a web page was saved in place of the capture"),
    (b"\xd4\xc3\xb2\xa1", "it is a pcap file that ends inside its own header"),
    (b"\xa1\xb2\xc3\xd4", "it is a pcap file that ends inside its own header"),
    (b"\x4d\x3c\xb2\xa1", "it is a pcap file that ends inside its own header"),
    (b"\xa1\xb2\x3c\x4d", "it is a pcap file that ends inside its own header"),
    (b"snoop\0\0\0", "it is a snoop file that ends inside its own header or has an unknown version"),
    (b"\x0a\x0d\x0d\x0a", "it is a pcapng file whose section header is cut or damaged"),
];

/// The error for content that no reader claims.
pub(super) fn not_a_capture(first: &[u8]) -> CaptureError {
    let hint = match HINTS.iter().find(|(magic, _)| first.starts_with(magic)) {
        Some((_, hint)) => hint,
        None if first.is_empty() => "it is empty",
        None if first.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace()) => "it is text; pcap, pcapng and snoop can be read",
        None => "pcap, pcapng and snoop can be read, also compressed with gzip, zstd, lz4, bzip2 or xz",
    };
    CaptureError::NotACapture { first: first.get(..32).unwrap_or(first).to_vec(), hint }
}
