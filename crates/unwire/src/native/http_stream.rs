//! What a connection says in HTTP/1: message after message, pipelined, in chunks, behind 100-continue, up to where it becomes something else
//! (CONNECT, Upgrade). Bytes come in order from elsewhere; how a message is written is http.rs's knowledge.

use super::Mark;
use super::http::{Asked, Framing, Head, LONGEST_HEAD, LONGEST_LINE, Start, chunk_size, end_of_head, line};
use super::http_pairs::{Answered, Pairs};

/// Octets of a body that are kept; the rest is counted.
const MOST_KEPT: usize = 16 << 20;
/// Octets of a body that tell what it is.
pub const SAMPLE: usize = 1024;
/// Frames of a message that are listed.
const MOST_FRAMES: usize = 4096;

/// A message.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// 0 from the client, 1 from the server.
    pub side: usize,
    /// Its head.
    pub head: Head,
    /// The octets of the head as they came, if they are asked for.
    pub raw_head: Vec<u8>,
    /// What was kept of the body, without chunks, as it was encoded.
    pub body: Vec<u8>,
    /// Octets of the body.
    pub size: u64,
    /// Octets of it that are missing in the capture.
    pub missing: u64,
    /// The packet that its first octet came with, and the one that completed it.
    pub marks: [Mark; 2],
    /// The packets that carried it, by number.
    pub frames: Vec<u64>,
    /// The capture, or the connection, ended before it did.
    pub cut: bool,
    /// The how many-th request or answer it is, of those that have a head.
    pub number: u64,
    /// That of the other side's message that belongs to it, where this is the later one that was read.
    pub mate: Option<u64>,
    /// What it answers was not captured.
    pub alone: bool,
}

/// Takes messages.
pub type Out<'s> = &'s mut dyn FnMut(Box<Message>);

impl Message {
    /// True for a response that another one follows (RFC 9110 section 15.2).
    pub fn is_interim(&self) -> bool {
        matches!(self.head.start, Start::Response(code) if is_interim(code))
    }
}

/// True for codes of responses that another one follows.
fn is_interim(code: u16) -> bool {
    (100..200).contains(&code) && code != 101
}

/// What is kept of messages beside their heads as they are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wants {
    /// Heads as they came.
    Heads,
    /// What bodies begin with; if they are compressed, all of them.
    Samples,
    /// Heads as they came, and bodies.
    #[default]
    Whole,
}

/// Where a direction is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// A head is awaited, or its end.
    #[default]
    Head,
    /// So many octets of a body are left.
    Body(u64),
    /// The size of a chunk is awaited.
    ChunkSize,
    /// So many octets of a chunk are left.
    Chunk(u64),
    /// The end of its line.
    ChunkEnd,
    /// What follows the last chunk.
    Trailer,
    /// All that comes is body.
    Close,
    /// Nothing is understood until a message begins with a packet again.
    Lost,
    /// It is not HTTP any more.
    Over,
}

#[derive(Debug, Default)]
struct Side {
    state: State,
    kept: Vec<u8>,
    message: Message,
    /// True if all of the body says what part of it does not.
    whole: bool,
    /// What an answer answers.
    asked: Option<Asked>,
}

/// A connection.
#[derive(Debug, Default)]
pub struct HttpStream {
    sides: [Side; 2],
    pairs: Pairs,
    /// What is kept.
    wants: Wants,
}

/// True if a direction that begins so speaks HTTP/1; None if more octets are needed.
pub fn is_http(bytes: &[u8]) -> Option<bool> {
    if b"HTTP/1.".starts_with(bytes.get(..7).unwrap_or(bytes)) {
        return if bytes.len() < 7 { None } else { Some(true) };
    }
    let word = bytes.iter().take(24).position(|byte| *byte == b' ');
    match word {
        Some(at) => {
            let method = bytes.get(..at).and_then(|word| std::str::from_utf8(word).ok());
            if !method.is_some_and(super::http::is_method) {
                return Some(false);
            }
            let mut end = 0;
            match line(bytes, &mut end) {
                Some(first) => Some(matches!(Start::read(first), Some((Start::Request, _)))),
                None if bytes.len() < LONGEST_LINE => None,
                None => Some(false),
            }
        }
        None if bytes.len() < 24 && bytes.iter().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'-' | b'_')) => None,
        None => Some(false),
    }
}

impl HttpStream {
    /// A connection of which so much is kept.
    pub fn of(wants: Wants) -> Self {
        Self { wants, ..Self::default() }
    }

    /// Octets that wait for what completes them.
    pub fn held(&self) -> usize {
        self.sides.iter().map(|side| side.kept.len() + side.message.raw_head.len() + side.message.body.len()).sum()
    }

    /// True if neither direction is followed any more.
    pub fn is_over(&self) -> bool {
        self.sides.iter().all(|side| side.state == State::Over)
    }

    /// The next octets of a direction; messages that they complete are given to `out`.
    pub fn data(&mut self, from: usize, bytes: &[u8], mark: Mark, out: Out<'_>) {
        let from = from & 1;
        if self.sides[from].state == State::Lost {
            // A message may begin where a packet does.
            if is_http(bytes) == Some(false) {
                return;
            }
            self.sides[from].state = State::Head;
        }
        let mut rest = bytes;
        while !rest.is_empty() && self.sides[from].state != State::Over {
            rest = self.step(from, rest, mark, out);
        }
    }

    /// Octets that are missing.
    pub fn gap(&mut self, from: usize, bytes: u64, out: Out<'_>) {
        let side = &mut self.sides[from & 1];
        match &mut side.state {
            State::Body(left) => {
                let inside = bytes.min(*left);
                *left -= inside;
                let (whole, more) = (*left == 0, bytes > inside);
                side.message.size += inside;
                side.message.missing += inside;
                if whole {
                    self.give(from & 1, false, out);
                }
                if more {
                    self.lose(from & 1);
                }
            }
            State::Chunk(left) if *left >= bytes => {
                *left -= bytes;
                side.message.size += bytes;
                side.message.missing += bytes;
                if *left == 0 {
                    side.state = State::ChunkEnd;
                }
            }
            State::Close => {
                side.message.size += bytes;
                side.message.missing += bytes;
            }
            State::Over | State::Lost => {}
            State::Head => {
                self.cut_head(from & 1, out);
                if self.sides[from & 1].state != State::Over {
                    self.lose(from & 1);
                }
            }
            _ => {
                self.give(from & 1, true, out);
                self.lose(from & 1);
            }
        }
    }

    /// What a side says is not understood until a message begins with a packet.
    fn lose(&mut self, from: usize) {
        self.sides[from].state = State::Lost;
        self.pairs.lose(from);
    }

    /// Nothing follows in a direction.
    pub fn end(&mut self, from: usize, out: Out<'_>) {
        let from = from & 1;
        match self.sides[from].state {
            State::Close => self.give(from, false, out),
            State::Head => self.cut_head(from, out),
            State::Lost | State::Over => {}
            _ => self.give(from, true, out),
        }
        self.sides[from].state = State::Over;
        self.sides[from].kept = Vec::new();
    }

    /// Take a part of the octets; what is left is returned.
    fn step<'a>(&mut self, from: usize, bytes: &'a [u8], mark: Mark, out: Out<'_>) -> &'a [u8] {
        let side = &mut self.sides[from];
        if side.state == State::Head && side.kept.is_empty() {
            side.message = Message { side: from, marks: [mark; 2], ..Message::default() };
        }
        side.message.marks[1] = side.message.marks[1].max(mark);
        if side.message.frames.last() != Some(&mark.frame) && side.message.frames.len() < MOST_FRAMES {
            side.message.frames.push(mark.frame);
        }
        match side.state {
            State::Head => self.head(from, bytes, out),
            State::Body(left) | State::Chunk(left) => {
                let size = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
                let (now, rest) = bytes.split_at(size);
                side.keep(now, self.wants);
                let left = left - size as u64;
                match side.state {
                    State::Body(_) if left == 0 => self.give(from, false, out),
                    State::Body(_) => side.state = State::Body(left),
                    _ if left == 0 => side.state = State::ChunkEnd,
                    _ => side.state = State::Chunk(left),
                }
                rest
            }
            State::Close => {
                side.keep(bytes, self.wants);
                &[]
            }
            State::ChunkSize | State::ChunkEnd | State::Trailer => self.chunk_line(from, bytes, out),
            State::Lost | State::Over => &[],
        }
    }

    fn head<'a>(&mut self, from: usize, bytes: &'a [u8], out: Out<'_>) -> &'a [u8] {
        let side = &mut self.sides[from];
        let before = side.kept.len();
        // RFC 9112 section 2.2: empty lines before a message are passed over.
        let skipped = if before == 0 { bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count() } else { 0 };
        let bytes = bytes.get(skipped..).unwrap_or_default();
        let whole = if before == 0 { end_of_head(bytes, 0) } else { None };
        if let Some((raw, rest)) = whole.and_then(|end| bytes.split_at_checked(end)) {
            self.begin(from, raw, out);
            return rest;
        }
        side.kept.extend_from_slice(bytes);
        let Some(end) = end_of_head(&side.kept, before.saturating_sub(3)) else {
            if side.kept.len() > LONGEST_HEAD || is_http(&side.kept) == Some(false) {
                side.kept = Vec::new();
                self.lose(from);
            }
            return &[];
        };
        let kept = std::mem::take(&mut side.kept);
        self.begin(from, kept.get(..end).unwrap_or_default(), out);
        bytes.get(end - before..).unwrap_or_default()
    }

    /// What there is of a head ends here: its first line, if that is whole, and the lines behind it make a message. Anything else is nobody's.
    fn cut_head(&mut self, from: usize, out: Out<'_>) {
        let kept = std::mem::take(&mut self.sides[from].kept);
        if self.open(from, &kept).is_some() {
            self.give(from, true, out);
        }
    }

    /// A message begins with a whole head.
    fn begin(&mut self, from: usize, raw: &[u8], out: Out<'_>) {
        match self.open(from, raw) {
            None => self.lose(from),
            Some(Framing::None) => self.give(from, false, out),
            Some(Framing::Length(length)) => self.sides[from].state = State::Body(length),
            Some(Framing::Chunked) => self.sides[from].state = State::ChunkSize,
            Some(Framing::Close) => self.sides[from].state = State::Close,
        }
    }

    /// Read a head, or as much of it as there is in whole lines: how its body is delimited. None if it is no head.
    fn open(&mut self, from: usize, raw: &[u8]) -> Option<Framing> {
        let side = &mut self.sides[from];
        let head = Head::read(raw).ok()?;
        let frame = side.message.marks[0].frame;
        let (number, Answered { asked, mate, alone }) = match head.start {
            Start::Request => {
                let (number, mate) = self.pairs.request(head.asked(), frame);
                (number, Answered { mate, ..Answered::default() })
            }
            Start::Response(code) if is_interim(code) => (0, Answered { asked: self.pairs.next(), ..Answered::default() }),
            Start::Response(_) => self.pairs.answer(frame),
            Start::None => (0, Answered::default()),
        };
        let framing = head.framing(asked);
        (side.asked, side.message.number, side.message.mate, side.message.alone) = (asked, number, mate, alone);
        side.whole = head.get("content-encoding").is_some();
        side.message.head = head;
        if self.wants != Wants::Samples {
            side.message.raw_head = raw.to_vec();
        }
        Some(framing)
    }

    fn chunk_line<'a>(&mut self, from: usize, bytes: &'a [u8], out: Out<'_>) -> &'a [u8] {
        let side = &mut self.sides[from];
        let Some(end) = memchr::memchr(b'\n', bytes) else {
            side.kept.extend_from_slice(bytes);
            if side.kept.len() > LONGEST_LINE {
                self.give(from, true, out);
                self.lose(from);
            }
            return &[];
        };
        let (now, rest) = bytes.split_at(end + 1);
        side.kept.extend_from_slice(now);
        let whole = std::mem::take(&mut side.kept);
        let text = whole.trim_ascii();
        match side.state {
            State::ChunkSize => match chunk_size(text) {
                Some(0) => side.state = State::Trailer,
                Some(size) => side.state = State::Chunk(size),
                None => {
                    self.give(from, true, out);
                    self.lose(from);
                }
            },
            State::ChunkEnd => side.state = State::ChunkSize,
            _ if text.is_empty() => self.give(from, false, out),
            _ => {}
        }
        rest
    }

    /// The message is complete, or as complete as it gets.
    fn give(&mut self, from: usize, cut: bool, out: Out<'_>) {
        let side = &mut self.sides[from];
        side.state = State::Head;
        side.kept.clear();
        let mut message = std::mem::take(&mut side.message);
        message.cut = cut;
        if let Start::Response(code) = message.head.start
            && !message.is_interim()
        {
            let asked = self.sides[from].asked;
            if code == 101 || (asked == Some(Asked::Tunnel) && code / 100 == 2) {
                self.sides.iter_mut().for_each(|side| side.state = State::Over);
            }
        }
        out(Box::new(message));
    }
}

impl Side {
    fn keep(&mut self, bytes: &[u8], wants: Wants) {
        let body = &mut self.message.body;
        let most = match wants {
            Wants::Heads => 0,
            Wants::Samples if !self.whole => SAMPLE,
            Wants::Samples | Wants::Whole => MOST_KEPT,
        };
        body.extend_from_slice(bytes.get(..bytes.len().min(most.saturating_sub(body.len()))).unwrap_or_default());
        self.message.size += bytes.len() as u64;
    }
}
