//! Which protocol a connection speaks, found out by its first octets, and its decoder from then on: what it says becomes messages and rows. Order is
//! made elsewhere.

use super::Mark;
use super::dns::Message;
use super::http_stream::{self, HttpStream, is_http};
use super::log_dns::DnsLog;
use super::log_http::{HttpLog, decoded};
use super::log_ssl::SslLog;
use super::log_weird::Weird;
use super::row::{DNS, HTTP, Rows, SSL, Talk};
use super::tls_stream::{Event, TlsStream, What, is_tls};

/// Octets of a direction that are waited for before nobody understands it.
const MOST_AWAITED: usize = 64 << 10;
/// Octets of a connection that are watched for a hello.
const MOST_WATCHED: usize = 256 << 10;
/// Ports of DNS and of what has its messages.
const DNS_PORTS: [u16; 3] = [53, 5353, 5355];

/// A message for who asks for messages.
#[derive(Clone, Debug)]
pub struct Said {
    /// The log that it belongs to.
    pub log: usize,
    /// 0 from the client, 1 from the server.
    pub side: usize,
    /// The packet that completed it.
    pub mark: Mark,
    /// The packets that carried it.
    pub frames: Vec<u64>,
    /// The message, or its head.
    pub head: Vec<u8>,
    /// Its body, without chunks, as it was encoded …
    pub body: Vec<u8>,
    /// … and without its compression, if that was undone.
    pub decoded: Option<Vec<u8>>,
    /// It is not whole.
    pub cut: bool,
}

#[derive(Debug, Default)]
enum Protocol {
    /// Not found out yet: what each direction began with.
    #[default]
    Unknown,
    Http(HttpStream, HttpLog),
    Tls(TlsStream, SslLog),
    Dns([Vec<u8>; 2], DnsLog),
    /// Nobody understands it, so far: so many octets were watched for a hello, by which other protocols go over to TLS.
    Other(usize),
    /// Nobody listens any more.
    None,
}

/// What a connection speaks.
#[derive(Debug, Default)]
pub struct Speaker {
    protocol: Protocol,
    awaited: Vec<(usize, Vec<u8>, Mark)>,
}

impl Speaker {
    /// True if datagrams between these ports are looked at.
    pub fn may_speak(ports: &[u16; 2], payload: &[u8]) -> bool {
        ports.iter().any(|port| DNS_PORTS.contains(port)) && payload.len() >= 12
    }

    /// True if streams between these ports may carry DNS.
    pub fn may_ask(ports: &[u16; 2]) -> bool {
        ports.contains(&53)
    }

    /// True if nothing can follow.
    pub fn is_over(&self) -> bool {
        match &self.protocol {
            Protocol::None => true,
            Protocol::Http(..) => false,
            Protocol::Tls(stream, _) => stream.is_over(),
            Protocol::Other(watched) => *watched > MOST_WATCHED,
            Protocol::Unknown | Protocol::Dns(..) => false,
        }
    }

    /// A datagram.
    pub fn datagram(&mut self, side: usize, payload: &[u8], mark: Mark, talk: &Talk, rows: &mut Rows, wanted: Option<usize>) -> Vec<Said> {
        if matches!(self.protocol, Protocol::Unknown) {
            self.protocol = Protocol::Dns([Vec::new(), Vec::new()], DnsLog::default());
        }
        let Protocol::Dns(_, log) = &mut self.protocol else { return Vec::new() };
        one_dns(log, side, payload, mark, talk, rows, wanted).into_iter().collect()
    }

    /// The next octets of a direction.
    pub fn data(&mut self, side: usize, bytes: &[u8], mark: Mark, talk: &Talk, rows: &mut Rows, wanted: Option<usize>) -> Vec<Said> {
        let mut found = Vec::new();
        if matches!(self.protocol, Protocol::Unknown) {
            self.awaited.push((side, bytes.to_vec(), mark));
            self.guess(talk);
            if matches!(self.protocol, Protocol::Unknown) {
                return found;
            }
            for (side, bytes, mark) in std::mem::take(&mut self.awaited) {
                self.speak(side, &bytes, mark, talk, rows, wanted, &mut found);
            }
            return found;
        }
        self.speak(side, bytes, mark, talk, rows, wanted, &mut found);
        found
    }

    fn guess(&mut self, talk: &Talk) {
        let began = |side: usize| -> Vec<u8> { self.awaited.iter().filter(|one| one.0 == side).flat_map(|one| one.1.clone()).collect() };
        let mut waits = false;
        let dns = Self::may_ask(&talk.ports);
        for bytes in [began(0), began(1)].into_iter().filter(|bytes| !bytes.is_empty()) {
            let (http, tls) = (is_http(&bytes), is_tls(&bytes));
            if http == Some(true) {
                self.protocol = Protocol::Http(HttpStream::default(), HttpLog::default());
                return;
            }
            if tls == Some(true) {
                self.protocol = Protocol::Tls(TlsStream::default(), SslLog::default());
                return;
            }
            if dns && bytes.len() >= 14 {
                self.protocol = Protocol::Dns([Vec::new(), Vec::new()], DnsLog::default());
                return;
            }
            waits |= (http.is_none() || tls.is_none() || dns) && bytes.len() < MOST_AWAITED;
        }
        if !waits {
            self.protocol = Protocol::Other(0);
        }
    }

    #[allow(clippy::too_many_arguments, reason = "where what is found goes")]
    fn speak(&mut self, side: usize, bytes: &[u8], mark: Mark, talk: &Talk, rows: &mut Rows, wanted: Option<usize>, found: &mut Vec<Said>) {
        match &mut self.protocol {
            Protocol::Http(stream, log) => {
                let mut out = Vec::new();
                stream.data(side, bytes, mark, &mut out);
                http(log, out, talk, rows, wanted, found);
                if stream.is_over() {
                    log.end(talk, rows);
                    self.protocol = Protocol::Other(0);
                }
            }
            Protocol::Tls(stream, log) => {
                let mut out = Vec::new();
                stream.data(side, bytes, mark, &mut out);
                tls(log, out, talk, rows, wanted, found);
            }
            Protocol::Dns(kept, log) => {
                let Some(kept) = kept.get_mut(side & 1) else { return };
                kept.extend_from_slice(bytes);
                let mut at = 0;
                while let Some([high, low]) = kept.get(at..).and_then(|rest| rest.first_chunk::<2>()) {
                    let size = usize::from(u16::from_be_bytes([*high, *low]));
                    let Some(message) = kept.get(at + 2..at + 2 + size) else { break };
                    found.extend(one_dns(log, side, message, mark, talk, rows, wanted));
                    at += 2 + size;
                }
                kept.drain(..at);
            }
            Protocol::Other(watched) => {
                *watched += bytes.len();
                // A handshake record whose first message is a client's hello.
                if side == 0 && bytes.len() > 5 && bytes.starts_with(&[22, 3]) && bytes.get(5) == Some(&1) && is_tls(bytes) == Some(true) {
                    self.protocol = Protocol::Tls(TlsStream::default(), SslLog::default());
                    self.speak(side, bytes, mark, talk, rows, wanted, found);
                } else if is_http(bytes) == Some(true) {
                    // A tunnel was opened, as SOCKS does, or the other direction was not understood.
                    self.protocol = Protocol::Http(HttpStream::default(), HttpLog::default());
                    self.speak(side, bytes, mark, talk, rows, wanted, found);
                }
            }
            Protocol::Unknown | Protocol::None => {}
        }
    }

    /// Octets that are missing in a direction.
    pub fn gap(&mut self, side: usize, bytes: u64, talk: &Talk, rows: &mut Rows, wanted: Option<usize>) -> Vec<Said> {
        let mut found = Vec::new();
        match &mut self.protocol {
            Protocol::Http(stream, log) => {
                let mut out = Vec::new();
                stream.gap(side, bytes, &mut out);
                http(log, out, talk, rows, wanted, &mut found);
            }
            Protocol::Tls(stream, _) => stream.gap(side),
            Protocol::Unknown if self.awaited.is_empty() => {}
            Protocol::Dns(_, log) => {
                log.end(talk, rows);
                self.protocol = Protocol::None;
            }
            Protocol::Unknown => {
                self.awaited.clear();
                self.protocol = Protocol::Other(0);
            }
            Protocol::Other(_) | Protocol::None => {}
        }
        found
    }

    /// Nothing follows in a direction.
    pub fn end_of(&mut self, side: usize, talk: &Talk, rows: &mut Rows, wanted: Option<usize>) -> Vec<Said> {
        let mut found = Vec::new();
        match &mut self.protocol {
            Protocol::Http(stream, log) => {
                let mut out = Vec::new();
                stream.end(side, &mut out);
                http(log, out, talk, rows, wanted, &mut found);
            }
            Protocol::Tls(stream, _) => stream.end(side),
            Protocol::Unknown | Protocol::Dns(..) | Protocol::Other(_) | Protocol::None => {}
        }
        found
    }

    /// The connection is over: rows that waited are told.
    pub fn end(&mut self, talk: &Talk, rows: &mut Rows) {
        match &mut self.protocol {
            Protocol::Http(_, log) => log.end(talk, rows),
            Protocol::Tls(_, log) => log.end(talk, rows),
            Protocol::Dns(_, log) => log.end(talk, rows),
            Protocol::Unknown | Protocol::Other(_) | Protocol::None => {}
        }
        self.protocol = Protocol::None;
        self.awaited = Vec::new();
    }
}

fn one_dns(log: &mut DnsLog, side: usize, bytes: &[u8], mark: Mark, talk: &Talk, rows: &mut Rows, wanted: Option<usize>) -> Option<Said> {
    let message = Message::read(bytes);
    if let Some(fault) = &message.fault {
        Weird { name: "malformed_DNS", more: Some(fault.to_string()), source: "DNS", time: mark.time, frame: mark.frame }.put(talk, rows);
    }
    if message.fault.is_some() && message.questions.is_empty() {
        return None;
    }
    log.message(&message, mark, talk, rows);
    let cut = message.fault.is_some();
    let said = || Said { log: DNS, side, mark, frames: vec![mark.frame], head: bytes.to_vec(), body: Vec::new(), decoded: None, cut };
    (wanted == Some(DNS)).then(said)
}

fn http(log: &mut HttpLog, messages: Vec<http_stream::Message>, talk: &Talk, rows: &mut Rows, wanted: Option<usize>, found: &mut Vec<Said>) {
    for message in messages {
        if wanted == Some(HTTP) {
            found.push(Said {
                log: HTTP,
                side: message.side,
                mark: message.marks[1],
                frames: message.frames.clone(),
                head: message.raw_head.clone(),
                body: message.body.clone(),
                decoded: decoded(&message.head, &message.body),
                cut: message.cut || message.missing > 0,
            });
        }
        log.message(message, talk, rows);
    }
}

fn tls(log: &mut SslLog, events: Vec<Event>, talk: &Talk, rows: &mut Rows, wanted: Option<usize>, found: &mut Vec<Said>) {
    for event in events {
        if wanted == Some(SSL)
            && let What::Handshake(kind, body) = &event.what
        {
            let [_, high, middle, low] = (body.len() as u32).to_be_bytes();
            let mut head = vec![*kind, high, middle, low];
            head.extend_from_slice(body);
            let mut frames = event.marks.map(|mark| mark.frame).to_vec();
            frames.dedup();
            found.push(Said { log: SSL, side: event.side, mark: event.marks[1], frames, head, body: Vec::new(), decoded: None, cut: false });
        }
        log.event(&event, talk, rows);
    }
}
