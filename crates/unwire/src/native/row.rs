//! Rows of the logs that are asked for: what a log is, and who talks to whom in a row. What the rows say is made in the log_*.rs beside this, and
//! kept in sheet.rs. The list of logs is here: its table, its files and its verb follow from its entry.

use std::collections::VecDeque;

use super::Mark;
use super::ruled::Ruled;
pub use super::sheet::{Cell, Form, Sheet};
use super::spoken::{may_be_dtls, may_be_quic};

/// What a log is made from: of a stream (or else a datagram) that may be DNS, or may not, the octets that are listened to, by how they begin.
pub type Listens = fn(stream: bool, dns: bool, payload: &[u8]) -> bool;

/// A log: what it is, and its columns behind those of who talks to whom.
#[derive(Debug)]
pub struct Log {
    /// Its name.
    pub name: &'static str,
    /// What a row is, as `a row for each …`.
    pub row: &'static str,
    /// The columns that a reader wants most.
    pub shown: &'static [&'static str],
    /// What it is made from.
    pub listens: Listens,
    /// True if the row begins with a connection: uid, addresses and ports.
    pub talks: bool,
    /// The other columns.
    pub columns: &'static [(&'static str, Form)],
}

impl Log {
    /// All columns.
    pub fn all_columns(&self) -> impl Iterator<Item = (&'static str, Form)> {
        let ends = if self.talks { ENDS.as_slice() } else { &[] };
        [FIRST].into_iter().chain(ends.iter().copied()).chain(self.columns.iter().copied())
    }
}

/// Columns that begin a row.
const FIRST: (&str, Form) = ("ts", Form::Time);
/// Columns of who talks to whom.
const ENDS: [(&str, Form); 5] =
    [("uid", Form::Text), ("id.orig_h", Form::Text), ("id.orig_p", Form::Port), ("id.resp_h", Form::Text), ("id.resp_p", Form::Port)];

/// A connection in a row.
#[derive(Clone, Debug, Default)]
pub struct Talk {
    /// Its name.
    pub uid: String,
    /// The addresses, of who began first.
    pub addresses: [String; 2],
    /// The ports.
    pub ports: [u16; 2],
    /// True for datagrams.
    pub datagrams: bool,
    /// True if it goes to many.
    pub multicast: bool,
    /// True if it may be DNS.
    pub dns: bool,
}

/// Takes files that are extracted.
pub struct Extract(pub Box<dyn FnMut(&str, &[u8]) + Send>);

impl std::fmt::Debug for Extract {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Extract")
    }
}

/// A message for who asks for messages.
#[derive(Clone, Debug)]
pub struct Said {
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

/// Rows of the logs that are asked for.
#[derive(Debug, Default)]
pub struct Rows {
    /// The logs, by their place in [`LOGS`].
    wanted: [bool; LOGS.len()],
    /// True if hashes of files are asked for.
    pub(super) hashes: bool,
    /// Takes what files hold, if that is asked for: a name that is safe in any folder, and the bytes.
    pub(super) extract: Option<Extract>,
    /// True if texts are Zeek's even where they say less.
    pub(super) terse: bool,
    /// What was said of ports.
    pub ruled: Ruled,
    /// True if the datagram that is heard is longer than what was captured of it.
    pub cut: bool,
    /// The rows of each, …
    sheets: [Sheet; LOGS.len()],
    /// … and those that are enough to go out.
    full: [VecDeque<Sheet>; LOGS.len()],
    /// The log whose messages are asked for, by its place.
    says: Option<usize>,
    /// They.
    pub said: VecDeque<(Talk, Said)>,
    /// What was told as odd.
    pub(super) odd: super::log_weird::Told,
}

/// Every log.
pub static LOGS: [&Log; 7] = [
    &super::log_dns::DNS,
    &super::log_http::HTTP,
    &super::log_ssl::SSL,
    &super::log_ssl::X509,
    &super::log_files::FILES,
    &super::log_quic::QUIC,
    &super::log_weird::WEIRD,
];

/// Streams alone are listened to.
pub fn streams(stream: bool, _: bool, _: &[u8]) -> bool {
    stream
}

/// All that can have TLS is listened to.
pub fn secured(stream: bool, _: bool, payload: &[u8]) -> bool {
    stream || may_be_quic(payload) || may_be_dtls(payload)
}

/// All that is understood is listened to.
pub fn everything(stream: bool, dns: bool, payload: &[u8]) -> bool {
    secured(stream, dns, payload) || (dns && payload.len() >= 12)
}

fn place(log: &'static Log) -> Option<usize> {
    LOGS.iter().position(|one| std::ptr::eq(*one, log))
}

impl Rows {
    /// Ask for a log.
    pub fn want(&mut self, log: usize) {
        if let Some(wanted) = self.wanted.get_mut(log) {
            *wanted = true;
        }
    }

    /// With hashes of files, if they are asked for, and who takes what they hold.
    pub fn of_files(hashes: bool, extract: Option<Extract>) -> Self {
        Self { hashes, extract, ..Self::default() }
    }

    /// With texts that are Zeek's even where they say less, if that is asked for.
    #[must_use]
    pub fn terse(self, terse: bool) -> Self {
        Self { terse, ..self }
    }

    /// With what was said of ports.
    #[must_use]
    pub fn by(self, ruled: Ruled) -> Self {
        Self { ruled, ..self }
    }

    /// Ask for the messages that a log is about.
    pub fn want_said(&mut self, log: usize) {
        self.says = Some(log);
    }

    /// True if a log is asked for.
    pub fn wants(&self, log: &'static Log) -> bool {
        place(log).and_then(|at| self.wanted.get(at)) == Some(&true)
    }

    /// True if somebody looks at all of what messages carry.
    pub fn wants_bodies(&self) -> bool {
        self.extract.is_some() || self.says.is_some() || self.hashes && self.wants(&super::log_files::FILES)
    }

    /// What the logs are made from that are asked for.
    pub fn listens(&self) -> Vec<Listens> {
        let asked = self.wanted.iter().enumerate().filter(|(at, wanted)| **wanted || self.says == Some(*at));
        asked.filter_map(|(at, _)| LOGS.get(at)).map(|log| log.listens).collect()
    }

    /// Tell a message, if those of the log are asked for.
    pub fn say(&mut self, log: &'static Log, talk: &Talk, said: impl FnOnce() -> Said) {
        if self.says.is_some() && self.says == place(log) {
            self.said.push_back((talk.clone(), said()));
        }
    }

    /// Add a row, if the log is asked for.
    pub fn put(&mut self, log: &'static Log, time: Option<i64>, talk: &Talk, cells: &[Cell<'_>]) {
        let Some(place) = place(log).filter(|at| self.wanted.get(*at) == Some(&true)) else { return };
        let (Some(sheet), Some(full)) = (self.sheets.get_mut(place), self.full.get_mut(place)) else { return };
        if sheet.columns.is_empty() {
            *sheet = Sheet::new(log.all_columns().map(|(_, form)| form));
        }
        let named = log.talks && !talk.uid.is_empty();
        let [orig, resp] = talk.addresses.each_ref().map(Cell::text);
        let [port, other] = talk.ports.map(|port| Cell::Count(port.into()));
        let ends = if named { [Cell::text(&talk.uid), orig, port, resp, other] } else { <[Cell<'_>; 5]>::default() };
        sheet.put([&[Cell::time(time)], if log.talks { &ends } else { &[] }, cells]);
        if sheet.is_full() {
            full.push_back(sheet.take());
        }
    }

    /// Rows of a log, if there are enough of them to go out, or `all` there are.
    pub fn take(&mut self, log: usize, all: bool) -> Option<Sheet> {
        let full = self.full.get_mut(log).and_then(VecDeque::pop_front);
        full.or_else(|| self.sheets.get_mut(log).filter(|sheet| all && sheet.rows > 0).map(std::mem::take))
    }
}

/// A name of sixty-two letters and digits for what a text says, behind a letter.
pub fn name(letter: char, message: &[u8]) -> String {
    use sha1::{Digest, Sha1};
    const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    // Ten letters at once: what is divided then is no wider than a register.
    const TEN_LETTERS: u128 = 62u128.pow(10);
    let number = Sha1::digest(message).iter().take(12).fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    let mut text = String::with_capacity(20);
    text.push(letter);
    let mut put = |number: u64| text.extend(LETTERS.get((number % 62) as usize).map(|byte| char::from(*byte)));
    let (mut low, high) = ((number % TEN_LETTERS) as u64, (number / TEN_LETTERS) as u64);
    for _ in 0..if high > 0 { 10 } else { 0 } {
        put(low);
        low /= 62;
    }
    let mut rest = if high > 0 { high } else { low };
    while rest > 0 {
        put(rest);
        rest /= 62;
    }
    text
}
