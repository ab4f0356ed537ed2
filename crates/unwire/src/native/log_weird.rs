//! The log of what is odd, with Zeek's columns and, where Zeek has a name for it, Zeek's name.

use super::row::{Cell, Form, Log, Rows, Talk, everything};

/// The columns.
pub static WEIRD: Log = Log {
    name: "weird",
    row: "thing that should not be",
    shown: &["ts", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "name", "addl", "source", "frame"],
    listens: everything,
    talks: true,
    columns: &[
        ("name", Form::Text),
        ("addl", Form::Text),
        ("notice", Form::Truth),
        ("peer", Form::Text),
        ("source", Form::Text),
        ("frame", Form::Count),
    ],
};

/// Something odd.
#[derive(Clone, Debug, Default)]
pub struct Weird {
    /// What, in Zeek's word.
    pub name: &'static str,
    /// More about it.
    pub more: Option<String>,
    /// Which protocol, in Zeek's word.
    pub source: &'static str,
    /// When.
    pub time: Option<i64>,
    /// The packet.
    pub frame: u64,
}

impl Weird {
    /// Add a row; a talk without a name is none's.
    pub fn put(self, talk: &Talk, rows: &mut Rows) {
        let cells = [
            Cell::text(self.name),
            Cell::maybe(self.more.as_ref()),
            Cell::Truth(false),
            Cell::None,
            if self.source.is_empty() { Cell::None } else { Cell::text(self.source) },
            Cell::Count(self.frame),
        ];
        rows.put(&WEIRD, self.time, talk, &cells);
    }
}
