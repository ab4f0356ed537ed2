//! The logs of TLS and of certificates, with Zeek's columns and Zeek's names. What a connection says is found in `tls_stream.rs`.

use sha2::{Digest, Sha256};

use super::Mark;
use super::certificate::Certificate;
use super::ja::{self, Carrier, hex};
use super::row::{Cell, Form, Log, Rows, Said, Talk, secured};
use super::speaker::Keep;
use super::spoken::Found;
use super::tls::{Hello, certificates, extension, handshake};
use super::tls_names::{alert_name, curve_name, letter_of, suite_name, version_name};
use super::tls_stream::{Event, What};

/// The columns.
pub static SSL: Log = Log {
    name: "ssl",
    row: "session of TLS",
    shown: &["ts", "id.orig_h", "id.resp_h", "id.resp_p", "version", "cipher", "server_name", "next_protocol", "established", "ja4"],
    listens: secured,
    talks: true,
    columns: &[
        ("version", Form::Text),
        ("cipher", Form::Text),
        ("curve", Form::Text),
        ("server_name", Form::Text),
        ("resumed", Form::Truth),
        ("last_alert", Form::Text),
        ("next_protocol", Form::Text),
        ("established", Form::Truth),
        ("ssl_history", Form::Text),
        ("cert_chain_fps", Form::Texts),
        ("client_cert_chain_fps", Form::Texts),
        ("sni_matches_cert", Form::Truth),
        ("subject", Form::Text),
        ("issuer", Form::Text),
        ("ja3", Form::Text),
        ("ja3s", Form::Text),
        ("ja4", Form::Text),
        ("frames", Form::Counts),
    ],
};

/// The columns.
pub static X509: Log = Log {
    name: "x509",
    row: "certificate",
    shown: &["ts", "certificate.subject", "certificate.issuer", "certificate.not_valid_after", "certificate.key_type", "san.dns"],
    listens: secured,
    talks: false,
    columns: &[
        ("fingerprint", Form::Text),
        ("certificate.version", Form::Count),
        ("certificate.serial", Form::Text),
        ("certificate.subject", Form::Text),
        ("certificate.issuer", Form::Text),
        ("certificate.not_valid_before", Form::Time),
        ("certificate.not_valid_after", Form::Time),
        ("certificate.key_alg", Form::Text),
        ("certificate.sig_alg", Form::Text),
        ("certificate.key_type", Form::Text),
        ("certificate.key_length", Form::Count),
        ("certificate.exponent", Form::Text),
        ("certificate.curve", Form::Text),
        ("san.dns", Form::Texts),
        ("san.uri", Form::Texts),
        ("san.email", Form::Texts),
        ("san.ip", Form::Texts),
        ("basic_constraints.ca", Form::Truth),
        ("basic_constraints.path_len", Form::Count),
        ("host_cert", Form::Truth),
        ("client_cert", Form::Truth),
        ("uid", Form::Text),
        ("frames", Form::Counts),
    ],
};

/// Letters of a history, at most.
const MOST_LETTERS: usize = 100;
/// Certificates of a chain, at most.
const MOST_CERTIFICATES: usize = 64;
/// The random octets of a server's hello that asks for another one (RFC 8446 section 4.1.3), as far as they tell it.
const AGAIN: [u8; 8] = [0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11];

/// A connection.
#[derive(Debug, Default)]
pub struct SslLog {
    carrier: Carrier,
    first: Option<Mark>,
    frames: Vec<u64>,
    version: Option<u16>,
    suite: Option<u16>,
    curve: Option<u16>,
    server_name: Option<String>,
    client_session: Vec<u8>,
    server_session: Vec<u8>,
    ticket: bool,
    resumed: bool,
    alert: Option<String>,
    protocol: Option<String>,
    history: String,
    chains: [Vec<String>; 2],
    certificate: Option<Box<Certificate>>,
    ja3: Option<String>,
    ja3s: Option<String>,
    ja4: Option<String>,
    changed: [bool; 2],
    data: [bool; 2],
}

impl SslLog {
    /// The log of a connection by what carries it.
    pub fn over(carrier: Carrier) -> Self {
        Self { carrier, ..Self::default() }
    }

    fn event(&mut self, event: &Event<'_>, talk: &Talk, rows: &mut Rows) {
        let [first, last] = event.marks;
        self.first.get_or_insert(first);
        match &event.what {
            What::Record(..) => {}
            What::OldHello(version, _) => {
                self.note(event.side, 'C', last);
                self.version.get_or_insert(*version);
            }
            What::Handshake(kind, body) => self.handshake(*kind, body, event.side, last, talk, rows),
            What::Alert(told) => {
                self.note(event.side, 'L', last);
                if let Some((_, description)) = told {
                    self.alert = Some(alert_name(*description));
                }
            }
            What::ChangeCipher => {
                self.note(event.side, 'I', last);
                if let Some(changed) = self.changed.get_mut(event.side) {
                    *changed = true;
                }
            }
            What::Data => {
                if self.data.get_mut(event.side).is_some_and(|data| !std::mem::replace(data, true)) {
                    self.note(event.side, 'D', last);
                }
            }
        }
    }

    fn note(&mut self, side: usize, letter: char, mark: Mark) {
        if self.history.len() < MOST_LETTERS {
            self.history.push(if side == 0 { letter } else { letter.to_ascii_lowercase() });
        }
        if self.frames.last() != Some(&mark.frame) && self.frames.len() < MOST_LETTERS {
            self.frames.push(mark.frame);
        }
    }

    fn handshake(&mut self, kind: u8, body: &[u8], side: usize, mark: Mark, talk: &Talk, rows: &mut Rows) {
        let hello = if kind == handshake::SERVER_HELLO { Hello::server(body).ok() } else { None };
        let again = hello.as_ref().is_some_and(|hello| hello.random.starts_with(&AGAIN));
        self.note(side, if again { 'J' } else { letter_of(kind) }, mark);
        match kind {
            handshake::CLIENT_HELLO => self.client(body),
            handshake::SERVER_HELLO if !again => {
                if let Some(hello) = hello {
                    self.server(&hello);
                }
            }
            handshake::SERVER_KEY_EXCHANGE => {
                // A named curve is told by its number (RFC 8422 section 5.4).
                if let Some([3, high, low]) = body.first_chunk::<3>() {
                    self.curve = Some(u16::from_be_bytes([*high, *low]));
                }
            }
            handshake::CERTIFICATE => self.certificates(body, side, mark, talk, rows),
            _ => {}
        }
    }

    fn client(&mut self, body: &[u8]) {
        let hello = if self.carrier == Carrier::Dtls { Hello::client_of_datagrams(body) } else { Hello::client(body) };
        let Ok(hello) = hello else { return };
        if self.ja3.is_some() {
            return;
        }
        self.server_name = hello.server_name().map(|name| String::from_utf8_lossy(name).into_owned());
        self.client_session = hello.session.to_vec();
        self.ticket = hello.extension(extension::TICKET).is_some_and(|ticket| !ticket.is_empty());
        self.version.get_or_insert(hello.newest());
        self.ja3 = Some(ja::md5(&ja::ja3_full(&hello)));
        self.ja4 = Some(ja::ja4(&hello, self.carrier));
    }

    fn server(&mut self, hello: &Hello<'_>) {
        let version = hello.versions().first().copied().unwrap_or(hello.version);
        self.version = Some(version);
        self.suite = hello.suites.first().copied();
        self.ja3s = Some(ja::md5(&ja::ja3s_full(hello)));
        self.protocol = hello.protocols().first().map(|one| String::from_utf8_lossy(one).into_owned());
        if let Some(group) = hello.key_group() {
            self.curve = Some(group);
        }
        self.server_session = hello.session.to_vec();
        self.resumed = is_13(version) && hello.extension(extension::PRE_SHARED_KEY).is_some();
    }

    fn certificates(&mut self, body: &[u8], side: usize, mark: Mark, talk: &Talk, rows: &mut Rows) {
        let Ok(found) = certificates(body) else { return };
        for (at, der) in found.into_iter().take(MOST_CERTIFICATES).enumerate() {
            let print = hex(&Sha256::digest(der));
            let shown = Cell::text(print.clone());
            if let Some(chain) = self.chains.get_mut(side) {
                chain.push(print);
            }
            let Some(certificate) = Certificate::read(der) else { continue };
            let frames = [mark.frame];
            let mut cells = vec![shown];
            cells.extend(certificate.cells());
            cells.extend([Cell::Truth(at == 0), Cell::Truth(side == 0), Cell::text(&talk.uid), Cell::Counts(&frames)]);
            rows.put(&X509, mark.time, talk, &cells);
            if at == 0 && side == 1 {
                self.certificate = Some(Box::new(certificate));
            }
        }
    }
}

/// TLS 1.3 and its drafts, and DTLS 1.3, which counts downwards.
const fn is_13(version: u16) -> bool {
    matches!(version, 0x0304..=0xFDFF | 0xFEFC)
}

impl Keep for SslLog {
    fn found(&mut self, found: Found<'_>, talk: &Talk, rows: &mut Rows) {
        let event = match found {
            Found::Tls(event) | Found::Dtls(event) => event,
            Found::Http(_) | Found::Dns(..) | Found::Quic(..) => return,
        };
        // What pieces of datagrams have is no message as it stands in streams.
        if let What::Handshake(kind, body) = &event.what
            && self.carrier != Carrier::Dtls
        {
            rows.say(&SSL, talk, || {
                let [_, high, middle, low] = (body.len() as u32).to_be_bytes();
                let head = [&[*kind, high, middle, low], *body].concat();
                let mut frames = event.marks.map(|mark| mark.frame).to_vec();
                frames.dedup();
                Said { side: event.side, mark: event.marks[1], frames, head, body: Vec::new(), decoded: None, cut: false }
            });
        }
        self.event(&event, talk, rows);
    }

    fn end(&mut self, talk: &Talk, rows: &mut Rows) {
        let Some(first) = self.first else { return };
        if self.history.is_empty() {
            return;
        }
        let tls13 = self.version.is_some_and(is_13);
        let established = if tls13 { self.suite.is_some() && self.data == [true, true] } else { self.changed == [true, true] };
        // What needs both hellos is known now: a server's may be read before its client's. A session of a ticket has no certificate and ends its
        // handshake at once.
        let session = !tls13 && !self.client_session.is_empty() && self.server_session == self.client_session;
        let resumed = self.resumed || session || (!tls13 && self.ticket && established && self.chains[1].is_empty());
        let (subject, issuer) = self.certificate.as_ref().map(|one| (&one.subject, &one.issuer)).unzip();
        let matches = self.certificate.as_ref().zip(self.server_name.as_ref()).map(|(certificate, name)| certificate.is_of(name));
        let cells = [
            self.version.map_or(Cell::None, |version| Cell::text(version_name(version))),
            self.suite.map_or(Cell::None, |suite| Cell::text(suite_name(suite))),
            self.curve.map_or(Cell::None, |curve| Cell::text(curve_name(curve))),
            Cell::maybe(self.server_name.as_ref()),
            Cell::Truth(resumed),
            Cell::maybe(self.alert.as_ref()),
            Cell::maybe(self.protocol.as_ref()),
            Cell::Truth(established),
            Cell::text(&self.history),
            Cell::some(&self.chains[1]),
            Cell::some(&self.chains[0]),
            matches.map_or(Cell::None, Cell::Truth),
            Cell::maybe(subject),
            Cell::maybe(issuer),
            Cell::maybe(self.ja3.as_ref()),
            Cell::maybe(self.ja3s.as_ref()),
            Cell::maybe(self.ja4.as_ref()),
            Cell::Counts(&self.frames),
        ];
        rows.put(&SSL, first.time, talk, &cells);
        *self = Self::over(self.carrier);
    }
}
