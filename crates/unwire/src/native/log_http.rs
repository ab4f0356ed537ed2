//! The log of HTTP, with Zeek's columns: a response joins the request that it answers (`http_pairs.rs`). Messages are put together in `http_stream.rs`;
//! what they carry is told in `log_files.rs`.

use std::collections::VecDeque;

use super::Mark;
use super::http::{Head, Start};
use super::http_pairs::MOST_WAITING;
use super::http_stream::{Message, SAMPLE};
use super::log_files::{Carried, decoded};
use super::log_weird::Weird;
use super::row::{Cell, Form, Log, Rows, Said, Talk, streams};
use super::speaker::Keep;
use super::spoken::Found;

/// The columns.
pub static HTTP: Log = Log {
    name: "http",
    row: "request of HTTP with its response",
    shown: &["ts", "id.orig_h", "id.resp_h", "id.resp_p", "method", "host", "uri", "status_code", "response_body_len", "resp_mime_types"],
    listens: streams,
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

/// Octets of messages of one direction that wait for those of the other; `http_pairs.rs` says how many messages may.
const MOST_HELD: usize = 4 << 20;

/// A request or a response that waits.
#[derive(Debug, Default)]
struct Half {
    message: Box<Message>,
    file: Carried,
}

impl Half {
    /// Octets that it takes, about.
    fn takes(&self) -> usize {
        size_of::<Message>() + self.message.head.takes() + self.message.frames.len() * size_of::<u64>() + SAMPLE
    }
}

/// What waits, in order.
#[derive(Debug, Default)]
struct Queue {
    halves: VecDeque<Half>,
    held: usize,
}

impl Queue {
    fn push(&mut self, half: Half) {
        self.held += half.takes();
        self.halves.push_back(half);
    }

    fn pop(&mut self) -> Option<Half> {
        let half = self.halves.pop_front()?;
        self.held = self.held.saturating_sub(half.takes());
        Some(half)
    }

    fn is_full(&self) -> bool {
        self.halves.len() > MOST_WAITING || self.held > MOST_HELD
    }
}

/// A connection.
#[derive(Debug, Default)]
pub struct HttpLog {
    waiting: Queue,
    /// Answers whose requests are not there yet.
    early: Queue,
    info: Option<(u16, Vec<u8>)>,
    /// The number of the last request.
    asked: u64,
    depth: u64,
    files: u64,
}

impl HttpLog {
    fn message(&mut self, message: Box<Message>, talk: &Talk, rows: &mut Rows) {
        if message.is_interim() {
            if let Start::Response(code) = message.head.start {
                self.info = Some((code, message.head.phrase().unwrap_or_default().to_vec()));
            }
            return;
        }
        let response = match message.head.start {
            Start::Response(_) => true,
            Start::Request => false,
            // Of a head that was lost nothing is known.
            Start::None => return,
        };
        let half = self.half(message, talk, rows);
        if response && half.message.alone {
            self.row(None, Some(half), talk, rows);
        } else if response {
            let Some(at) = self.waiting.halves.iter().position(|asked| are_mates(&asked.message, &half.message)) else {
                return self.wait(half, talk, rows);
            };
            let asked = self.pop(0, at, talk, rows);
            self.row(asked, Some(half), talk, rows);
        } else {
            self.asked = half.message.number;
            if let Some(at) = self.early.halves.iter().position(|answer| are_mates(&half.message, &answer.message)) {
                let answer = self.pop(1, at, talk, rows);
                self.row(Some(half), answer, talk, rows);
            } else {
                // What came before it and is not its answer answers what was lost.
                let lost = self.early.halves.iter().take_while(|answer| answer.message.mate.is_none()).count();
                (0..lost).for_each(|_| {
                    let answer = self.early.pop();
                    self.row(None, answer, talk, rows);
                });
                self.waiting.push(half);
            }
        }
        // Where one direction is missing, nothing comes to what waits.
        if self.waiting.is_full() {
            let asked = self.waiting.pop();
            self.row(asked, None, talk, rows);
        }
    }

    /// An answer whose request is not there: it will be, or was given up.
    fn wait(&mut self, answer: Half, talk: &Talk, rows: &mut Rows) {
        if answer.message.mate.is_some_and(|mate| mate <= self.asked) {
            self.row(None, Some(answer), talk, rows);
        } else {
            self.early.push(answer);
        }
        if self.early.is_full() {
            let answer = self.early.pop();
            self.row(None, answer, talk, rows);
        }
    }

    /// Take a request or an answer that waits; those before it go without.
    fn pop(&mut self, side: usize, at: usize, talk: &Talk, rows: &mut Rows) -> Option<Half> {
        for _ in 0..at {
            let half = if side == 0 { self.waiting.pop() } else { self.early.pop() };
            let (asked, answer) = if side == 0 { (half, None) } else { (None, half) };
            self.row(asked, answer, talk, rows);
        }
        if side == 0 { self.waiting.pop() } else { self.early.pop() }
    }

    fn half(&mut self, mut message: Box<Message>, talk: &Talk, rows: &mut Rows) -> Half {
        let body = std::mem::take(&mut message.body);
        if message.size == 0 {
            return Half { message, ..Half::default() };
        }
        self.files += 1;
        let file = Carried::told(&message, &body, self.files, talk, rows);
        Half { message, file }
    }

    fn row(&mut self, asked: Option<Half>, answer: Option<Half>, talk: &Talk, rows: &mut Rows) {
        self.depth += 1;
        let (request, response) = (asked.as_ref().map(|half| &*half.message), answer.as_ref().map(|half| &*half.message));
        let time = request.or(response).and_then(|message| message.marks[0].time);
        let [orig, resp] = [request, response].map(|message| message.map_or([].as_slice(), |message| &message.frames));
        let mut frames = [orig, resp].concat();
        frames.sort_unstable();
        frames.dedup();
        let header = |name: &'static str| request.and_then(|message| message.head.get(name)).map_or(Cell::None, Cell::octets);
        // The answer says which version it is where nobody is seen to ask.
        let version = [request, response].into_iter().flatten().find_map(|message| message.head.version());
        let version = version.map(|told| told.strip_prefix(b"HTTP/").unwrap_or(b"0.9"));
        let code = response.and_then(|message| if let Start::Response(code) = message.head.start { Some(code) } else { None });
        if let (None, Some(message)) = (request, response) {
            let Mark { frame, time } = message.marks[0];
            Weird { name: "unmatched_HTTP_reply", more: None, source: "HTTP", time, frame }.put(talk, rows);
        }
        let info = self.info.take();
        let none = Carried::default();
        let [orig, resp] = [&asked, &answer].map(|half| half.as_ref().map_or(&none, |half| &half.file));
        let user = request.and_then(|message| message.head.get("authorization")).and_then(basic);
        let proxied = request.map(|message| proxied(&message.head)).unwrap_or_default();
        let cells = [
            Cell::Count(self.depth),
            request.and_then(|message| message.head.method()).map_or(Cell::None, Cell::octets),
            header("host"),
            request.and_then(|message| message.head.target()).map_or(Cell::None, Cell::octets),
            header("referer"),
            version.map_or(Cell::None, Cell::octets),
            header("user-agent"),
            header("origin"),
            Cell::Count(orig.size),
            Cell::Count(resp.size),
            Cell::count(code.map(u64::from)),
            response.and_then(|message| message.head.phrase()).map_or(Cell::None, Cell::octets),
            Cell::count(info.as_ref().map(|info| info.0.into())),
            info.as_ref().map_or(Cell::None, |info| Cell::octets(&info.1)),
            Cell::Texts(&[]),
            Cell::maybe(user.as_ref()),
            Cell::None,
            Cell::some(&proxied),
            Cell::some(orig.fuid.as_slice()),
            Cell::some(orig.name.as_slice()),
            Cell::some(orig.mime.as_slice()),
            Cell::some(resp.fuid.as_slice()),
            Cell::some(resp.name.as_slice()),
            Cell::some(resp.mime.as_slice()),
            Cell::Counts(&frames),
        ];
        rows.put(&HTTP, time, talk, &cells);
    }
}

impl Keep for HttpLog {
    fn found(&mut self, found: Found<'_>, talk: &Talk, rows: &mut Rows) {
        let Found::Http(message) = found else { return };
        rows.say(&HTTP, talk, || Said {
            side: message.side,
            mark: message.marks[1],
            frames: message.frames.clone(),
            head: message.raw_head.clone(),
            body: message.body.clone(),
            decoded: decoded(&message.head, &message.body),
            cut: message.cut || message.missing > 0,
        });
        self.message(message, talk, rows);
    }

    fn end(&mut self, talk: &Talk, rows: &mut Rows) {
        while let Some(half) = self.waiting.pop() {
            self.row(Some(half), None, talk, rows);
        }
        while let Some(half) = self.early.pop() {
            self.row(None, Some(half), talk, rows);
        }
    }
}

/// True for a request and its answer.
fn are_mates(request: &Message, answer: &Message) -> bool {
    answer.mate == Some(request.number) || request.mate == Some(answer.number)
}

/// The user of basic authorization (RFC 7617).
fn basic(value: &[u8]) -> Option<String> {
    let (scheme, text) = value.split_at_checked(5)?;
    // RFC 9110 section 11.1 and 11.4: the scheme in any case, and one blank or more behind it.
    let text = text.strip_prefix(b" ").filter(|_| scheme.eq_ignore_ascii_case(b"basic"))?.trim_ascii();
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
    let mut found = Vec::new();
    for name in NAMES {
        found.extend(head.all(name).map(|value| format!("{name} -> {}", String::from_utf8_lossy(value))));
    }
    found
}
