//! Rows of logs as plain cells, before they are columns: what a cell can be, which columns a log has, and who talks to whom in a row. What the
//! rows say is made in the log_*.rs beside this.

/// A cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    /// Not set.
    #[default]
    None,
    /// Text.
    Text(String),
    /// A number.
    Count(u64),
    /// Nanoseconds since the epoch.
    Time(i64),
    /// Nanoseconds.
    Duration(i64),
    /// True or false.
    Truth(bool),
    /// Texts.
    Texts(Vec<String>),
    /// Numbers.
    Counts(Vec<u64>),
    /// Durations.
    Durations(Vec<i64>),
}

impl Cell {
    /// Text of octets; what is not UTF-8 is replaced.
    pub fn text(bytes: &[u8]) -> Self {
        Self::Text(String::from_utf8_lossy(bytes).into_owned())
    }

    /// Text of octets, or nothing.
    pub fn maybe(bytes: Option<&[u8]>) -> Self {
        bytes.map_or(Self::None, Self::text)
    }

    /// A time, or nothing.
    pub fn time(time: Option<i64>) -> Self {
        time.map_or(Self::None, Self::Time)
    }

    /// Texts, or nothing if there are none.
    pub fn some(texts: Vec<String>) -> Self {
        if texts.is_empty() { Self::None } else { Self::Texts(texts) }
    }
}

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Text.
    Text,
    /// A number.
    Count,
    /// A port.
    Port,
    /// A time.
    Time,
    /// A duration.
    Duration,
    /// True or false.
    Truth,
    /// Texts.
    Texts,
    /// Numbers.
    Counts,
    /// Durations.
    Durations,
}

/// A log: its name, and its columns behind those of who talks to whom.
#[derive(Debug)]
pub struct Log {
    /// Its name.
    pub name: &'static str,
    /// True if the row begins with a connection: uid, addresses and ports.
    pub talks: bool,
    /// The other columns.
    pub columns: &'static [(&'static str, Form)],
}

/// Columns that begin a row.
pub const FIRST: (&str, Form) = ("ts", Form::Time);
/// Columns of who talks to whom.
pub const ENDS: [(&str, Form); 5] =
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
}

/// Takes files that are extracted.
pub struct Extract(pub Box<dyn FnMut(&str, &[u8]) + Send>);

impl std::fmt::Debug for Extract {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Extract")
    }
}

/// Rows of the logs that are asked for.
#[derive(Debug, Default)]
pub struct Rows {
    /// The logs, by their place in [`LOGS`].
    pub wanted: [bool; LOGS.len()],
    /// True if hashes of files are asked for.
    pub hashes: bool,
    /// Takes what files hold, if that is asked for: a name that is safe in any folder, and the bytes.
    pub extract: Option<Extract>,
    /// The rows of each.
    pub rows: [Vec<Vec<Cell>>; LOGS.len()],
}

/// Every log.
pub static LOGS: [&Log; 6] =
    [&super::log_dns::DNS, &super::log_http::HTTP, &super::log_ssl::SSL, &super::log_ssl::X509, &super::log_http::FILES, &super::log_weird::WEIRD];
/// Their places.
pub const DNS: usize = 0;
/// See [`LOGS`].
pub const HTTP: usize = 1;
/// See [`LOGS`].
pub const SSL: usize = 2;
/// See [`LOGS`].
pub const X509: usize = 3;
/// See [`LOGS`].
pub const FILES: usize = 4;
/// See [`LOGS`].
pub const WEIRD: usize = 5;

impl Rows {
    /// Ask for a log.
    pub fn want(&mut self, log: usize) {
        if let Some(wanted) = self.wanted.get_mut(log) {
            *wanted = true;
        }
    }

    /// Add a row, if the log is asked for.
    pub fn put(&mut self, log: usize, time: Option<i64>, talk: &Talk, cells: Vec<Cell>) {
        if !self.wanted.get(log).copied().unwrap_or(false) {
            return;
        }
        let mut row = vec![Cell::time(time)];
        if LOGS.get(log).is_some_and(|log| log.talks) {
            let [orig, resp] = talk.addresses.clone();
            let ports = talk.ports.map(|port| Cell::Count(port.into()));
            let [port, other] = ports;
            let ends = [Cell::Text(talk.uid.clone()), Cell::Text(orig), port, Cell::Text(resp), other];
            row.extend(if talk.uid.is_empty() { <[Cell; 5]>::default() } else { ends });
        }
        row.extend(cells);
        if let Some(rows) = self.rows.get_mut(log) {
            rows.push(row);
        }
    }
}

/// A name of sixty-two letters and digits for what a text says, behind a letter.
pub fn name(letter: char, message: &[u8]) -> String {
    use sha1::{Digest, Sha1};
    const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut number = Sha1::digest(message).iter().take(12).fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    let mut text = String::from(letter);
    while number > 0 {
        text.extend(LETTERS.get((number % 62) as usize).map(|byte| char::from(*byte)));
        number /= 62;
    }
    text
}
