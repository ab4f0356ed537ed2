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

/// Rows of the logs that are asked for.
#[derive(Debug, Default)]
pub struct Rows {
    /// The logs, by their place in [`LOGS`].
    pub wanted: [bool; 5],
    /// True if hashes of files are asked for.
    pub hashes: bool,
    /// Log and cells.
    pub rows: Vec<(usize, Vec<Cell>)>,
}

/// Every log.
pub static LOGS: [&Log; 5] = [&super::log_dns::DNS, &super::log_http::HTTP, &super::log_ssl::SSL, &super::log_ssl::X509, &super::log_http::FILES];
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
            row.extend([
                Cell::Text(talk.uid.clone()),
                Cell::Text(orig),
                Cell::Count(talk.ports[0].into()),
                Cell::Text(resp),
                Cell::Count(talk.ports[1].into()),
            ]);
        }
        row.extend(cells);
        self.rows.push((log, row));
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
