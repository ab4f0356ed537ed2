//! The logs of HTTP and of the files that it carries, with Zeek's columns: the k-th response of a connection joins its k-th request. Messages are
//! put together in `http_stream.rs`.

use std::collections::VecDeque;
use std::io::Read;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::Mark;
use super::http::{Head, Start};
use super::http_stream::Message;
use super::ja::hex;
use super::log_weird::Weird;
use super::row::{Cell, FILES as FILE_LOG, Form, HTTP as LOG, Log, Rows, Talk, name};

/// The columns.
pub static HTTP: Log = Log {
    name: "http",
    talks: true,
    columns: &[
        ("trans_depth", Form::Count),
        ("method", Form::Text),
        ("host", Form::Text),
        ("uri", Form::Text),
        ("referrer", Form::Text),
        ("version", Form::Text),
        ("user_agent", Form::Text),
        ("origin", Form::Text),
        ("request_body_len", Form::Count),
        ("response_body_len", Form::Count),
        ("status_code", Form::Count),
        ("status_msg", Form::Text),
        ("info_code", Form::Count),
        ("info_msg", Form::Text),
        ("tags", Form::Texts),
        ("username", Form::Text),
        ("password", Form::Text),
        ("proxied", Form::Texts),
        ("orig_fuids", Form::Texts),
        ("orig_filenames", Form::Texts),
        ("orig_mime_types", Form::Texts),
        ("resp_fuids", Form::Texts),
        ("resp_filenames", Form::Texts),
        ("resp_mime_types", Form::Texts),
        ("frames", Form::Counts),
    ],
};

/// The columns.
pub static FILES: Log = Log {
    name: "files",
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

/// Messages of one direction that wait for those of the other.
const MOST_WAITING: usize = 64;
/// Octets that a body may decompress to.
const MOST_DECODED: u64 = 64 << 20;

/// A request or a response that waits.
#[derive(Debug, Default)]
struct Half {
    message: Option<Message>,
    size: u64,
    fuid: Option<String>,
    mime: Option<String>,
    file: Option<String>,
}

/// A connection.
#[derive(Debug, Default)]
pub struct HttpLog {
    waiting: VecDeque<Half>,
    /// Answers whose requests are not there yet.
    early: VecDeque<Half>,
    info: Option<(u16, Vec<u8>)>,
    depth: u64,
    files: u64,
}

impl HttpLog {
    /// A message.
    pub fn message(&mut self, message: Message, talk: &Talk, rows: &mut Rows) {
        if message.is_interim() {
            if let Start::Response { code, phrase, .. } = &message.head.start {
                self.info = Some((*code, phrase.clone()));
            }
            return;
        }
        let response = matches!(message.head.start, Start::Response { .. });
        let half = self.half(message, talk, rows);
        if response {
            match self.waiting.pop_front() {
                Some(asked) => self.row(Some(asked), Some(half), talk, rows),
                None => self.early.push_back(half),
            }
        } else {
            match self.early.pop_front() {
                Some(answer) => self.row(Some(half), Some(answer), talk, rows),
                None => self.waiting.push_back(half),
            }
        }
        // Where one direction is missing, nothing comes to what waits.
        if self.early.len() > MOST_WAITING {
            let answer = self.early.pop_front();
            self.row(None, answer, talk, rows);
        }
        if self.waiting.len() > MOST_WAITING {
            let asked = self.waiting.pop_front();
            self.row(asked, None, talk, rows);
        }
    }

    /// The connection is over.
    pub fn end(&mut self, talk: &Talk, rows: &mut Rows) {
        while let Some(half) = self.waiting.pop_front() {
            self.row(Some(half), None, talk, rows);
        }
        while let Some(half) = self.early.pop_front() {
            self.row(None, Some(half), talk, rows);
        }
    }

    fn half(&mut self, mut message: Message, talk: &Talk, rows: &mut Rows) -> Half {
        let body = std::mem::take(&mut message.body);
        if message.size == 0 {
            return Half { message: Some(message), ..Half::default() };
        }
        let decoded = decoded(&message.head, &body);
        let whole = body.len() as u64 + message.missing == message.size;
        let content = decoded.as_deref().unwrap_or(&body);
        let size = if decoded.is_some() { content.len() as u64 } else { message.size };
        let side = message.side as u8;
        self.files += 1;
        let fuid = name('F', format!("{} {side} {}", talk.uid, self.files).as_bytes());
        let mime = mime_of(content).map(str::to_owned);
        let file = filename(&message.head);
        let hashes = rows.hashes && whole && message.missing == 0 && !message.cut;
        let hash = |make: fn(&[u8]) -> String| if hashes { Cell::Text(make(content)) } else { Cell::None };
        let duration = match message.marks.map(|mark| mark.time) {
            [Some(first), Some(last)] => Cell::Duration(last.saturating_sub(first)),
            _ => Cell::None,
        };
        // Zeek's form of names, made of nothing that the capture says.
        let extracted = rows.extract.as_mut().map(|extract| {
            let time = message.marks[0].time.unwrap_or(0);
            let name = format!("extract-{}.{:06}-HTTP-{fuid}", time.div_euclid(1_000_000_000), time.rem_euclid(1_000_000_000) / 1000);
            (extract.0)(&name, content);
            name
        });
        let kept = extracted.as_ref().map(|_| content.len() as u64);
        let [orig, resp] = talk.addresses.clone();
        let stated = message.head.content_length().filter(|_| decoded.is_none());
        let cells = vec![
            Cell::Text(fuid.clone()),
            Cell::Text(talk.uid.clone()),
            Cell::Text(orig),
            Cell::Count(talk.ports[0].into()),
            Cell::Text(resp),
            Cell::Count(talk.ports[1].into()),
            Cell::Text("HTTP".to_owned()),
            Cell::Count(0),
            Cell::Texts(if hashes { ["MD5", "SHA1", "SHA256"].map(str::to_owned).to_vec() } else { Vec::new() }),
            mime.clone().map_or(Cell::None, Cell::Text),
            file.clone().map_or(Cell::None, Cell::Text),
            duration,
            Cell::None,
            Cell::Truth(side == 0),
            Cell::Count(size.saturating_sub(message.missing)),
            stated.map_or(Cell::None, Cell::Count),
            Cell::Count(message.missing),
            Cell::Count(0),
            Cell::Truth(message.cut),
            Cell::None,
            hash(|bytes| hex(&Md5::digest(bytes))),
            hash(|bytes| hex(&Sha1::digest(bytes))),
            hash(|bytes| hex(&Sha256::digest(bytes))),
            extracted.map_or(Cell::None, Cell::Text),
            kept.map_or(Cell::None, |_| Cell::Truth(!whole || message.missing > 0)),
            kept.map_or(Cell::None, Cell::Count),
            Cell::Counts(message.frames.clone()),
        ];
        rows.put(FILE_LOG, message.marks[0].time, talk, cells);
        Half { message: Some(message), size, fuid: Some(fuid), mime, file }
    }

    fn row(&mut self, asked: Option<Half>, answer: Option<Half>, talk: &Talk, rows: &mut Rows) {
        self.depth += 1;
        let time = [&asked, &answer].into_iter().flatten().find_map(|half| half.message.as_ref()).and_then(|message| message.marks[0].time);
        let mut frames: Vec<u64> =
            [&asked, &answer].into_iter().flatten().filter_map(|half| half.message.as_ref()).flat_map(|m| m.frames.clone()).collect();
        frames.sort_unstable();
        frames.dedup();
        let request = asked.as_ref().and_then(|half| half.message.as_ref());
        let response = answer.as_ref().and_then(|half| half.message.as_ref());
        let header = |name: &'static str| Cell::maybe(request.and_then(|message| message.head.get(name)));
        let (method, target, version) = match request.map(|message| &message.head.start) {
            Some(Start::Request { method, target, version }) => (Cell::text(method), Cell::text(target), Some(version.clone())),
            _ => (Cell::None, Cell::None, None),
        };
        let (code, phrase, other) = match response.map(|message| &message.head.start) {
            Some(Start::Response { code, phrase, version }) => (Cell::Count((*code).into()), Cell::text(phrase), Some(version.clone())),
            _ => (Cell::None, Cell::None, None),
        };
        if let (None, Some(message)) = (request, response) {
            let Mark { frame, time } = message.marks[0];
            Weird { name: "unmatched_HTTP_reply", more: None, source: "HTTP", time, frame }.put(talk, rows);
        }
        let version = version.or(other).map(|version| version.strip_prefix(b"HTTP/").map_or(b"0.9".to_vec(), <[u8]>::to_vec));
        let info = self.info.take();
        let list = |text: Option<&String>| Cell::some(text.into_iter().cloned().collect());
        let (asked, answer) = (asked.as_ref(), answer.as_ref());
        let user = request.and_then(|message| message.head.get("authorization")).and_then(basic);
        let cells = vec![
            Cell::Count(self.depth),
            method,
            header("host"),
            target,
            header("referer"),
            Cell::maybe(version.as_deref()),
            header("user-agent"),
            header("origin"),
            Cell::Count(asked.map_or(0, |half| half.size)),
            Cell::Count(answer.map_or(0, |half| half.size)),
            code,
            phrase,
            info.as_ref().map_or(Cell::None, |info| Cell::Count(info.0.into())),
            info.as_ref().map_or(Cell::None, |info| Cell::text(&info.1)),
            Cell::Texts(Vec::new()),
            user.map_or(Cell::None, Cell::Text),
            Cell::None,
            Cell::some(request.map(|message| proxied(&message.head)).unwrap_or_default()),
            list(asked.and_then(|half| half.fuid.as_ref())),
            list(asked.and_then(|half| half.file.as_ref())),
            list(asked.and_then(|half| half.mime.as_ref())),
            list(answer.and_then(|half| half.fuid.as_ref())),
            list(answer.and_then(|half| half.file.as_ref())),
            list(answer.and_then(|half| half.mime.as_ref())),
            Cell::Counts(frames),
        ];
        rows.put(LOG, time, talk, cells);
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

/// The user of basic authorization (RFC 7617).
fn basic(value: &[u8]) -> Option<String> {
    let text = value.strip_prefix(b"Basic ").or_else(|| value.strip_prefix(b"basic "))?;
    let (mut bits, mut count, mut out) = (0_u32, 0, Vec::new());
    for byte in text.iter().take_while(|byte| **byte != b'=') {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    let user = out.split(|byte| *byte == b':').next()?;
    Some(String::from_utf8_lossy(user).into_owned())
}

/// Header fields that proxies add.
fn proxied(head: &Head) -> Vec<String> {
    const NAMES: [&str; 7] = ["FORWARDED", "X-FORWARDED-FOR", "X-FORWARDED-FROM", "CLIENT-IP", "VIA", "XROXY-CONNECTION", "PROXY-CONNECTION"];
    let found = NAMES.iter().flat_map(|name| head.all(name).map(move |value| format!("{name} -> {}", String::from_utf8_lossy(value))));
    found.collect()
}

/// The type of what a file begins with, under Zeek's names.
pub fn mime_of(content: &[u8]) -> Option<&'static str> {
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
    let lower: Vec<u8> = start.iter().take(64).map(u8::to_ascii_lowercase).collect();
    if [b"<!doctype html".as_slice(), b"<html", b"<head", b"<title", b"<body", b"<script"].iter().any(|word| lower.starts_with(word)) {
        return Some("text/html");
    }
    if lower.starts_with(b"<svg") {
        return Some("image/svg+xml");
    }
    let json = matches!(start.first(), Some(b'{' | b'['))
        && start.get(1..).is_some_and(|rest| {
            matches!(rest.trim_ascii_start().first(), Some(b'"' | b'{' | b'[' | b'}' | b']' | b'0'..=b'9' | b't' | b'f' | b'n' | b'-'))
        });
    if json {
        return Some("application/json");
    }
    let sample = content.get(..content.len().min(1024)).unwrap_or_default();
    let text = !sample.is_empty() && sample.iter().all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C | 0x1B | 0x20..=0x7E | 0x80..));
    (text && std::str::from_utf8(sample).map_or_else(|error| error.error_len().is_none(), |_| true)).then_some("text/plain")
}
