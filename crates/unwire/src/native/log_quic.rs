//! The log of QUIC, with Zeek's columns and Zeek's letters, and the sessions of TLS that it carries, for their log. What a connection says is found
//! in `quic_stream.rs`.

use super::Mark;
use super::ja::{Carrier, hex, ja4};
use super::log_ssl::SslLog;
use super::quic::{Kind, VERSION_2};
use super::quic_stream::{Event, Header, Message};
use super::row::{Cell, Form, Log, Rows, Talk};
use super::speaker::Keep;
use super::spoken::{Found, may_be_quic};
use super::tls::{Hello, handshake};
use super::tls_stream::{Event as Said, What};

/// The columns.
pub static QUIC: Log = Log {
    name: "quic",
    row: "connection of QUIC",
    shown: &["ts", "id.orig_h", "id.resp_h", "id.resp_p", "version", "server_name", "client_protocol", "history", "ja4"],
    listens: |stream, _, payload| !stream && may_be_quic(payload),
    talks: true,
    columns: &[
        ("version", Form::Text),
        ("client_initial_dcid", Form::Text),
        ("client_scid", Form::Text),
        ("server_scid", Form::Text),
        ("server_name", Form::Text),
        ("client_protocol", Form::Text),
        ("history", Form::Text),
        ("ja4", Form::Text),
        ("frames", Form::Counts),
    ],
};

/// Letters of a history, at most.
const MOST_LETTERS: usize = 100;

/// A row that is not complete.
#[derive(Debug, Default)]
struct Row {
    first: Mark,
    version: u32,
    frames: Vec<u64>,
    target: Option<String>,
    sources: [Option<String>; 2],
    server_name: Option<String>,
    protocol: Option<String>,
    ja4: Option<String>,
    history: String,
}

impl Row {
    fn note(&mut self, side: usize, letter: char, mark: Mark) {
        if self.history.len() < MOST_LETTERS {
            self.history.push(if side == 0 { letter } else { letter.to_ascii_lowercase() });
        }
        if self.frames.last() != Some(&mark.frame) && self.frames.len() < MOST_LETTERS {
            self.frames.push(mark.frame);
        }
    }

    fn hello(&mut self, message: &Message, side: usize, mark: Mark) {
        self.note(side, 'S', mark);
        if message.kind == handshake::CLIENT_HELLO
            && self.ja4.is_none()
            && let Ok(hello) = Hello::client(&message.body)
        {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            self.server_name = hello.server_name().map(text);
            self.protocol = hello.protocols().first().map(|one| text(one));
            self.ja4 = Some(ja4(&hello, Carrier::Quic));
        }
    }
}

/// A connection.
#[derive(Debug)]
pub struct QuicLog {
    row: Option<Box<Row>>,
    session: SslLog,
    /// Directions whose hello is known: what follows it is not looked into.
    told: [bool; 2],
}

impl Default for QuicLog {
    fn default() -> Self {
        Self { row: None, session: SslLog::over(Carrier::Quic), told: [false; 2] }
    }
}

impl QuicLog {
    fn packet(&mut self, side: usize, packet: &Header, mark: Mark, talk: &Talk, rows: &mut Rows) {
        let letter = match packet.kind {
            Kind::Initial => 'I',
            Kind::Early => 'Z',
            Kind::Handshake => 'H',
            Kind::Retry => 'R',
            Kind::Negotiation => 'U',
        };
        let (kind, version) = (packet.kind, packet.version);
        let begun = self.row.is_some();
        let row = self.row.get_or_insert_with(|| Box::new(Row { first: mark, version, ..Row::default() }));
        if !begun || matches!(kind, Kind::Initial | Kind::Early | Kind::Handshake) {
            if side == 0 && !packet.target.is_empty() {
                row.target.get_or_insert_with(|| hex(&packet.target));
            }
            if let Some(source) = row.sources.get_mut(side & 1) {
                *source = Some(hex(&packet.source)).filter(|source| !source.is_empty());
            }
        }
        row.note(side, letter, mark);
        // The client begins anew.
        if matches!(kind, Kind::Retry | Kind::Negotiation) {
            self.put(talk, rows);
        }
    }

    fn put(&mut self, talk: &Talk, rows: &mut Rows) {
        self.told = [false; 2];
        let Some(row) = self.row.take() else { return };
        let [client, server] = row.sources.each_ref().map(|source| Cell::maybe(source.as_ref()));
        let cells = [
            Cell::text(version_name(row.version)),
            Cell::maybe(row.target.as_ref()),
            client,
            server,
            Cell::maybe(row.server_name.as_ref()),
            Cell::maybe(row.protocol.as_ref()),
            Cell::text(&row.history),
            Cell::maybe(row.ja4.as_ref()),
            Cell::Counts(&row.frames),
        ];
        rows.put(&QUIC, row.first.time, talk, &cells);
    }
}

impl Keep for QuicLog {
    fn found(&mut self, found: Found<'_>, talk: &Talk, rows: &mut Rows) {
        let Found::Quic(side, event, mark) = found else { return };
        match event {
            Event::Packet(packet) => self.packet(side, &packet, mark, talk, rows),
            Event::Message(message) => {
                let from = usize::from(!message.from_client);
                if matches!(message.kind, handshake::CLIENT_HELLO | handshake::SERVER_HELLO)
                    && let Some(row) = &mut self.row
                {
                    row.hello(&message, from, mark);
                    self.told[from] = true;
                }
                let said = Said { side: from, what: What::Handshake(message.kind, &message.body), marks: [mark; 2] };
                self.session.found(Found::Tls(said), talk, rows);
            }
            Event::Again => self.put(talk, rows),
            Event::Closed => {
                let open = self.told.get(side) == Some(&false);
                if let Some(row) = self.row.as_mut().filter(|_| open) {
                    row.note(side, 'C', mark);
                    self.put(talk, rows);
                }
            }
        }
    }

    fn end(&mut self, talk: &Talk, rows: &mut Rows) {
        self.put(talk, rows);
        self.session.end(talk, rows);
    }
}

/// What Zeek calls a version.
fn version_name(version: u32) -> String {
    match version {
        1 => "1".to_owned(),
        VERSION_2 => "quicv2".to_owned(),
        0xFF00_0016..=0xFF00_0022 => format!("draft-{}", version & 0xFF),
        0xFACE_B001 | 0xFACE_B002 | 0xFACE_B00E | 0xFACE_B011..=0xFACE_B013 => format!("mvfst ({version:x})"),
        _ => format!("unknown-{version:x}"),
    }
}
