//! The log of what is odd, with Zeek's columns and, where Zeek has a name for it, Zeek's name.

use ahash::{AHashSet, RandomState};

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

/// What was told of connections is remembered of so many names of them.
const MOST_TOLD: usize = 1 << 16;

/// What was told of connections, which is told once.
#[derive(Debug, Default)]
pub struct Told {
    all: AHashSet<u64>,
    seed: RandomState,
}

impl Told {
    /// True if nothing of this name was told of a connection, as far as that is remembered.
    fn is_news(&mut self, uid: &str, name: &str) -> bool {
        if self.all.len() >= MOST_TOLD {
            self.all.clear();
        }
        self.all.insert(self.seed.hash_one((uid, name)))
    }
}

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
    /// Add a row, once for a connection; a talk without a name is none's.
    pub fn put(self, talk: &Talk, rows: &mut Rows) {
        if !rows.wants(&WEIRD) || !talk.uid.is_empty() && !rows.odd.is_news(&talk.uid, self.name) {
            return;
        }
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
