//! The log of files, with Zeek's columns: what HTTP carried, its type by content, hashes and extraction. Messages come from `log_http.rs`.

use std::io::Read;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::http::Head;
use super::http_stream::{Message, SAMPLE};
use super::ja::hex;
use super::row::{Cell, Form, Log, Rows, Talk, name, streams};

/// The columns.
pub static FILES: Log = Log {
    name: "files",
    row: "file that HTTP carried, with its hashes",
    shown: &["ts", "fuid", "id.orig_h", "id.resp_h", "source", "mime_type", "seen_bytes", "filename", "sha256"],
    listens: streams,
    talks: false,
    columns: &[
        ("fuid", Form::Text),
        ("uid", Form::Text),
        ("id.orig_h", Form::Text),
        ("id.orig_p", Form::Port),
        ("id.resp_h", Form::Text),
        ("id.resp_p", Form::Port),
        ("source", Form::Text),
        ("depth", Form::Count),
        ("analyzers", Form::Texts),
        ("mime_type", Form::Text),
        ("filename", Form::Text),
        ("duration", Form::Duration),
        ("local_orig", Form::Truth),
        ("is_orig", Form::Truth),
        ("seen_bytes", Form::Count),
        ("total_bytes", Form::Count),
        ("missing_bytes", Form::Count),
        ("overflow_bytes", Form::Count),
        ("timedout", Form::Truth),
        ("parent_fuid", Form::Text),
        ("md5", Form::Text),
        ("sha1", Form::Text),
        ("sha256", Form::Text),
        ("extracted", Form::Text),
        ("extracted_cutoff", Form::Truth),
        ("extracted_size", Form::Count),
        ("frames", Form::Counts),
    ],
};

/// Octets that a body may decompress to.
const MOST_DECODED: u64 = 64 << 20;

/// A file that a message carries.
#[derive(Debug, Default)]
pub struct Carried {
    /// Its octets.
    pub size: u64,
    /// Its name in logs.
    pub fuid: Option<String>,
    /// Its type, by content.
    pub mime: Option<String>,
    /// The name that the message gives it.
    pub name: Option<String>,
}

impl Carried {
    /// Tell what a message carries, the file of a number of its connection.
    pub fn told(message: &Message, body: &[u8], number: u64, talk: &Talk, rows: &mut Rows) -> Self {
        let decoded = decoded(&message.head, body);
        let whole = body.len() as u64 + message.missing == message.size;
        let content = decoded.as_deref().unwrap_or(body);
        let size = if decoded.is_some() { content.len() as u64 } else { message.size };
        let side = message.side as u8;
        let fuid = name('F', format!("{} {side} {}", talk.uid, number).as_bytes());
        let mime = mime_of(content).map(str::to_owned);
        let file = filename(&message.head);
        // Zeek's form of names, made of nothing that the capture says.
        let extracted = rows.extract.as_mut().map(|extract| {
            let time = message.marks[0].time.unwrap_or(0);
            let name = format!("extract-{}.{:06}-HTTP-{fuid}", time.div_euclid(1_000_000_000), time.rem_euclid(1_000_000_000) / 1000);
            (extract.0)(&name, content);
            name
        });
        let told = Self { size, fuid: Some(fuid), mime, name: file };
        if rows.wants(&FILES) {
            let stated = message.head.content_length().filter(|_| decoded.is_none());
            told.put(message, content, (whole, stated), extracted.as_ref(), talk, rows);
        }
        told
    }

    /// Add the row of a file, of which is said whether all of the body was kept, and how long the message says that it is.
    fn put(&self, message: &Message, content: &[u8], (whole, stated): (bool, Option<u64>), extracted: Option<&String>, talk: &Talk, rows: &mut Rows) {
        let hashes = rows.hashes && whole && message.missing == 0 && !message.cut;
        let hash = |make: fn(&[u8]) -> String| if hashes { Cell::text(make(content)) } else { Cell::None };
        let analyzers = if hashes { ["MD5", "SHA1", "SHA256"].map(str::to_owned).to_vec() } else { Vec::new() };
        let duration = match message.marks.map(|mark| mark.time) {
            [Some(first), Some(last)] => Cell::Duration(last.saturating_sub(first)),
            _ => Cell::None,
        };
        let [orig, resp] = talk.addresses.each_ref().map(Cell::text);
        let [port, other] = talk.ports.map(|port| Cell::Count(port.into()));
        let cells = [
            Cell::maybe(self.fuid.as_ref()),
            Cell::text(&talk.uid),
            orig,
            port,
            resp,
            other,
            Cell::text("HTTP"),
            Cell::Count(0),
            Cell::Texts(&analyzers),
            Cell::maybe(self.mime.as_ref()),
            Cell::maybe(self.name.as_ref()),
            duration,
            Cell::None,
            Cell::Truth(message.side == 0),
            Cell::Count(self.size.saturating_sub(message.missing)),
            Cell::count(stated),
            Cell::Count(message.missing),
            Cell::Count(0),
            Cell::Truth(message.cut),
            Cell::None,
            hash(|bytes| hex(&Md5::digest(bytes))),
            hash(|bytes| hex(&Sha1::digest(bytes))),
            hash(|bytes| hex(&Sha256::digest(bytes))),
            Cell::maybe(extracted),
            extracted.map_or(Cell::None, |_| Cell::Truth(!whole || message.missing > 0)),
            Cell::count(extracted.map(|_| content.len() as u64)),
            Cell::Counts(&message.frames),
        ];
        rows.put(&FILES, message.marks[0].time, talk, &cells);
    }
}

/// A body without its compression, if it has one that can be undone.
pub fn decoded(head: &Head, body: &[u8]) -> Option<Vec<u8>> {
    let coding = head.get("content-encoding")?;
    let mut out = Vec::new();
    let read = if coding.eq_ignore_ascii_case(b"gzip") || coding.eq_ignore_ascii_case(b"x-gzip") {
        flate2::read::MultiGzDecoder::new(body).take(MOST_DECODED).read_to_end(&mut out)
    } else if coding.eq_ignore_ascii_case(b"deflate") {
        let zlib = flate2::read::ZlibDecoder::new(body).take(MOST_DECODED).read_to_end(&mut out);
        if zlib.is_err() && out.is_empty() { flate2::read::DeflateDecoder::new(body).take(MOST_DECODED).read_to_end(&mut out) } else { zlib }
    } else {
        return None;
    };
    (read.is_ok() || !out.is_empty()).then_some(out)
}

/// The name that a message gives the file it carries.
fn filename(head: &Head) -> Option<String> {
    let value = String::from_utf8_lossy(head.get("content-disposition")?).into_owned();
    let (_, name) = value.split_once("filename=")?;
    let name = name.trim().trim_start_matches('"');
    let end = name.find(['"', ';']).unwrap_or(name.len());
    Some(name.get(..end)?.to_owned())
}

/// The type of what a file begins with, under Zeek's names.
fn mime_of(content: &[u8]) -> Option<&'static str> {
    const BEGINNINGS: &[(&[u8], &str)] = &[
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
        (b"BM", "image/x-ms-bmp"),
        (b"\0\0\x01\0", "image/x-icon"),
        (b"%PDF-", "application/pdf"),
        (b"PK\x03\x04", "application/zip"),
        (b"\x1f\x8b", "application/x-gzip"),
        (b"BZh", "application/x-bzip2"),
        (b"\xfd7zXZ\0", "application/x-xz"),
        (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
        (b"MZ", "application/x-dosexec"),
        (b"\x7fELF", "application/x-executable"),
        (b"\xca\xfe\xba\xbe", "application/x-java-applet"),
        (b"FWS", "application/x-shockwave-flash"),
        (b"CWS", "application/x-shockwave-flash"),
        (b"OggS", "application/ogg"),
        (b"ID3", "audio/mpeg"),
        (b"\x1aE\xdf\xa3", "video/webm"),
        (b"wOFF", "application/font-woff"),
        (b"wOF2", "application/font-woff2"),
        (b"Rar!", "application/x-rar"),
        (b"<?xml", "application/xml"),
        (b"#!", "text/x-shellscript"),
    ];
    let content = content.get(..SAMPLE).unwrap_or(content);
    let found = BEGINNINGS.iter().find(|one| content.starts_with(one.0)).map(|one| one.1);
    if found.is_some() {
        return found;
    }
    if content.starts_with(b"RIFF") && content.get(8..12) == Some(b"WEBP") {
        return Some("image/webp");
    }
    if content.get(4..8) == Some(b"ftyp") {
        return Some("video/mp4");
    }
    let start = content.trim_ascii_start();
    let begins = |word: &[u8]| start.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word));
    if [b"<!doctype html".as_slice(), b"<html", b"<head", b"<title", b"<body", b"<script"].into_iter().any(begins) {
        return Some("text/html");
    }
    if begins(b"<svg") {
        return Some("image/svg+xml");
    }
    let json = matches!(start.first(), Some(b'{' | b'['))
        && start.get(1..).is_some_and(|rest| {
            matches!(rest.trim_ascii_start().first(), Some(b'"' | b'{' | b'[' | b'}' | b']' | b'0'..=b'9' | b't' | b'f' | b'n' | b'-'))
        });
    if json {
        return Some("application/json");
    }
    let text = !content.is_empty() && content.iter().all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C | 0x1B | 0x20..=0x7E | 0x80..));
    (text && std::str::from_utf8(content).map_or_else(|error| error.error_len().is_none(), |_| true)).then_some("text/plain")
}
