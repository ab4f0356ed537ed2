//! HTTP/1 messages (RFC 9112): start lines, header fields, how a body is delimited, chunks. Bytes in order come from elsewhere, and what a
//! connection says one message after the other is followed in `http_stream.rs`.

use super::bytes::Cursor;
use crate::error::{Fault, Reason};

/// Octets that a line may have, header fields that a message may have, and octets that they may have together.
pub const LONGEST_LINE: usize = 64 << 10;
/// Header fields that a message may have.
pub const MOST_FIELDS: usize = 2_000;
/// Octets that all header fields of a message may have.
pub const LONGEST_HEAD: usize = 256 << 10;

/// The head of a message: its lines without their ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// What the first line is.
    pub start: Start,
    /// What the lines say, one behind the other.
    text: Vec<u8>,
    /// Where the words of the first line stand in it.
    words: [Place; 3],
    /// Where names and values of the header fields do, as they came, folded lines put together (RFC 9112 section 5.2).
    fields: Vec<[Place; 2]>,
}

/// Where something begins and ends.
type Place = [u32; 2];

/// A start line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// Neither; only the lines of header fields were asked for.
    #[default]
    None,
    /// Method, target and version (`HTTP/1.1`; empty for HTTP/0.9).
    Request,
    /// Version, code and phrase.
    Response(u16),
}

/// What it is about a request that decides whether its answer has a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The head alone.
    Head,
    /// A tunnel.
    Tunnel,
    /// Anything else.
    Other,
}

/// How a body is delimited (RFC 9112 section 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// There is none.
    None,
    /// So many octets.
    Length(u64),
    /// Chunks.
    Chunked,
    /// What there is until the connection closes.
    Close,
}

/// The next line without its end; None if its end is not there.
pub fn line<'a>(bytes: &'a [u8], at: &mut usize) -> Option<&'a [u8]> {
    let rest = bytes.get(*at..)?;
    let end = memchr::memchr(b'\n', rest)?;
    *at += end + 1;
    let found = rest.get(..end)?;
    Some(found.strip_suffix(b"\r").unwrap_or(found))
}

/// Find where a head ends: the octet behind its empty line. None if that is not there.
pub fn end_of_head(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let found = at + memchr::memchr(b'\n', bytes.get(at..)?)?;
        let rest = bytes.get(found + 1..)?;
        if rest.first() == Some(&b'\n') {
            return Some(found + 2);
        }
        if rest.starts_with(b"\r\n") {
            return Some(found + 3);
        }
        at = found + 1;
    }
}

impl Start {
    /// Read a start line: what it is, and its three words. None if it is neither a request's nor a response's.
    pub fn read(line: &[u8]) -> Option<(Self, [&[u8]; 3])> {
        if line.starts_with(b"HTTP/") || line.starts_with(b"ICY ") {
            let mut words = line.splitn(3, |byte| *byte == b' ');
            let (version, code) = (words.next()?, words.next()?);
            let digits = code.len() == 3 && code.iter().all(u8::is_ascii_digit);
            let number = code.iter().fold(0, |sum, digit| sum * 10 + u16::from(digit.wrapping_sub(b'0')));
            return digits.then(|| (Self::Response(number), [version, code, words.next().unwrap_or_default()]));
        }
        let mut words = line.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
        let (method, target) = (words.next()?, words.next()?);
        let version = words.next().unwrap_or_default();
        // RFC 9110 section 5.6.2: a method is a token; those in use are capital letters.
        let token = method.iter().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'-' | b'_')) && method.len() <= 32;
        let known = version.starts_with(b"HTTP/") || (version.is_empty() && matches!(method, b"GET" | b"POST" | b"HEAD"));
        (token && known && words.next().is_none()).then_some((Self::Request, [method, target, version]))
    }
}

impl Head {
    /// Octets that it takes, about.
    pub(super) fn takes(&self) -> usize {
        self.text.len() + self.fields.len() * size_of::<[Place; 2]>()
    }

    /// Read a head that ends where `bytes` do.
    pub fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let mut at = 0;
        let first = line(bytes, &mut at).unwrap_or_default();
        let (start, words) = Start::read(first).ok_or(Fault::at(Reason::Must, 0))?;
        let mut head = Self { start, text: Vec::with_capacity(bytes.len()), words: <[Place; 3]>::default(), fields: Vec::with_capacity(16) };
        head.words = words.map(|word| head.write(word));
        while let Some(line) = line(bytes, &mut at) {
            if line.is_empty() {
                break;
            }
            if line.first().is_some_and(|byte| matches!(byte, b' ' | b'\t'))
                && let Some([_, value]) = head.fields.last().copied()
            {
                // The value is what was written last.
                head.text.push(b' ');
                let [_, end] = head.write(line.trim_ascii());
                head.fields.last_mut().into_iter().for_each(|field| field[1] = [value[0], end]);
                continue;
            }
            if head.fields.len() >= MOST_FIELDS {
                return Err(Fault::at(Reason::Items, at as u32));
            }
            let (name, value) = memchr::memchr(b':', line).and_then(|at| line.split_at_checked(at)).unwrap_or((line, &[]));
            let field = [name.trim_ascii(), value.get(1..).unwrap_or_default().trim_ascii()].map(|part| head.write(part));
            head.fields.push(field);
        }
        Ok(head)
    }

    fn write(&mut self, part: &[u8]) -> Place {
        let begin = self.text.len() as u32;
        self.text.extend_from_slice(part);
        [begin, self.text.len() as u32]
    }

    fn at(&self, [begin, end]: Place) -> &[u8] {
        self.text.get(begin as usize..end as usize).unwrap_or_default()
    }

    fn word(&self, request: Option<usize>, response: Option<usize>) -> Option<&[u8]> {
        let word = match self.start {
            Start::None => None,
            Start::Request => request,
            Start::Response(_) => response,
        };
        self.words.get(word?).map(|place| self.at(*place))
    }

    /// The method of a request, as `GET`.
    pub fn method(&self) -> Option<&[u8]> {
        self.word(Some(0), None)
    }

    /// What a request asks for, as it was sent.
    pub fn target(&self) -> Option<&[u8]> {
        self.word(Some(1), None)
    }

    /// The version, as `HTTP/1.1`.
    pub fn version(&self) -> Option<&[u8]> {
        self.word(Some(2), Some(0))
    }

    /// What stands behind the code of a response, as `OK`.
    pub fn phrase(&self) -> Option<&[u8]> {
        self.word(None, Some(2))
    }

    /// What it is about it that decides whether its answer has a body.
    pub fn asked(&self) -> Asked {
        match self.method() {
            Some(b"HEAD") => Asked::Head,
            Some(b"CONNECT") => Asked::Tunnel,
            _ => Asked::Other,
        }
    }

    /// The values of a header field, in order; names are told apart without regard to case.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        let fields = self.fields.iter().filter(move |[known, _]| self.at(*known).eq_ignore_ascii_case(name.as_bytes()));
        fields.map(|[_, value]| self.at(*value))
    }

    /// The first value of a header field.
    pub fn get<'a>(&'a self, name: &'a str) -> Option<&'a [u8]> {
        self.all(name).next()
    }

    /// The stated length, if all fields that state one agree.
    pub fn content_length(&self) -> Option<u64> {
        let mut lengths = self.all("content-length").flat_map(|value| value.split(|byte| *byte == b',')).map(|value| number(value.trim_ascii()));
        let first = lengths.next()??;
        lengths.all(|other| other == Some(first)).then_some(first)
    }

    /// True if the last coding of the transfer is chunks.
    pub fn is_chunked(&self) -> bool {
        is_chunked(self.all("transfer-encoding").last().unwrap_or_default())
    }

    /// How the body is delimited. `asked` is what a response answers.
    pub fn framing(&self, asked: Option<Asked>) -> Framing {
        let body = match self.start {
            Start::Response(code) => {
                !(matches!(code, 100..=199 | 204 | 304) || asked == Some(Asked::Head) || (asked == Some(Asked::Tunnel) && code / 100 == 2))
            }
            Start::Request | Start::None => true,
        };
        if !body {
            return Framing::None;
        }
        if self.is_chunked() {
            return Framing::Chunked;
        }
        match (self.content_length(), self.start) {
            (Some(0), _) => Framing::None,
            (Some(length), _) => Framing::Length(length),
            (None, Start::Response(_)) => Framing::Close,
            (None, _) => Framing::None,
        }
    }
}

/// True for a method: a token (RFC 9110 section 9.1) of capital letters, as all that are in use.
pub fn is_method(method: &str) -> bool {
    const USED: &str = " GET PUT ICY COPY HEAD LOCK MOVE POLL POST BCOPY BMOVE MKCOL PATCH TRACE LABEL MERGE DELETE SEARCH UNLOCK REPORT UPDATE NOTIFY \
        BDELETE CONNECT OPTIONS CHECKIN PROPFIND CHECKOUT CCM_POST SUBSCRIBE PROPPATCH BPROPFIND BPROPPATCH UNCHECKOUT MKACTIVITY MKWORKSPACE \
        UNSUBSCRIBE RPC_CONNECT VERSION-CONTROL BASELINE-CONTROL M-SEARCH QUERY ";
    !method.is_empty() && USED.split_ascii_whitespace().any(|used| used == method)
}

/// True if the last of a list of codings is `chunked` (RFC 9112 section 6.1).
pub fn is_chunked(codings: &[u8]) -> bool {
    codings.rsplit(|byte| *byte == b',').next().is_some_and(|last| last.trim_ascii().eq_ignore_ascii_case(b"chunked"))
}

/// A number in decimal digits.
fn number(text: &[u8]) -> Option<u64> {
    let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    text.iter().filter(|_| digits).try_fold(0_u64, |sum, digit| sum.checked_mul(10)?.checked_add(u64::from(digit - b'0'))).filter(|_| digits)
}

/// The size that a chunk's first line states (RFC 9112 section 7.1).
pub fn chunk_size(line: &[u8]) -> Option<u64> {
    let text = line.split(|byte| matches!(byte, b';' | b' ' | b'\t' | b'\r')).next()?;
    let digits = !text.is_empty() && text.len() <= 16 && text.iter().all(u8::is_ascii_hexdigit);
    digits.then(|| text.iter().fold(0, |sum, digit| sum << 4 | u64::from((*digit as char).to_digit(16).unwrap_or(0))))
}

/// A body in chunks and where it ends, as dpkt reads it: one line behind the last chunk belongs to it.
pub fn dechunk(bytes: &[u8]) -> Result<(Vec<u8>, usize), &'static str> {
    let mut cursor = Cursor::new(bytes);
    let next = |cursor: &mut Cursor<'_>| {
        let rest = { *cursor }.rest();
        let size = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        cursor.at += size;
        rest.get(..size).unwrap_or_default().trim_ascii().to_vec()
    };
    let mut body = Vec::new();
    loop {
        let line = next(&mut cursor);
        let word = line.split(u8::is_ascii_whitespace).next().unwrap_or_default();
        if word.is_empty() {
            return Err("missing chunk size");
        }
        let size = chunk_size(word).ok_or("invalid chunk size")?;
        let left = cursor.left();
        let chunk = cursor.take(usize::try_from(size).unwrap_or(usize::MAX).min(left)).unwrap_or_default();
        let whole = chunk.len() as u64 == size;
        let more = next(&mut cursor);
        if size == 0 {
            return Ok((body, cursor.at));
        }
        if !more.is_empty() || !whole {
            return Err("premature end of chunked body");
        }
        body.extend_from_slice(chunk);
    }
}
