//! What connections come to, in bounded memory, for who wants no rows: how many there were and how they went, how well streams came through, and which
//! texts stand most often in columns of logs. Which columns those are the caller says.

use ahash::AHashMap;

use crate::conn::{Conn, Sighted, Totals};
use crate::logs;
use crate::native::row::{LOGS, Rows};
use crate::native::ruled::Ruled;
use crate::talks::Talks;

/// Texts of a column that are told apart at once.
const MOST: usize = 1 << 15;

/// The texts of a column, with how often they stand there.
#[derive(Debug, Default)]
pub struct Texts {
    log: usize,
    column: usize,
    counts: AHashMap<String, u64>,
    /// Rows, whatever they have there.
    pub rows: u64,
    /// Rows whose text was given up because there were too many others.
    pub others: u64,
    /// The most that one of those may have had.
    pub error: u64,
}

impl Texts {
    fn add(&mut self, text: &str) {
        if let Some(count) = self.counts.get_mut(text) {
            *count += 1;
            return;
        }
        if self.counts.len() >= MOST {
            self.make_room();
        }
        self.counts.insert(text.to_owned(), 1);
    }

    /// Give up the rarer half.
    #[cold]
    fn make_room(&mut self) {
        let mut counts: Vec<u64> = self.counts.values().copied().collect();
        counts.sort_unstable();
        let middle = counts.get(counts.len() / 2).copied().unwrap_or(0);
        let (mut room, mut others) = (counts.len() / 2, 0);
        self.counts.retain(|_, count| {
            let goes = *count < middle || (*count == middle && room > 0);
            if goes {
                room = room.saturating_sub(1);
                others += *count;
            }
            !goes
        });
        self.others += others;
        self.error += middle;
    }

    /// The most frequent ones, then by name.
    pub fn ranked(&self, top: usize) -> Vec<(&str, u64)> {
        let mut all: Vec<(&str, u64)> = self.counts.iter().map(|(text, count)| (text.as_str(), *count)).collect();
        all.sort_unstable_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(other.0)));
        all.truncate(if top == 0 { usize::MAX } else { top });
        all
    }

    /// How many different ones there are.
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }
}

/// What connections come to.
pub struct Gist {
    conn: Conn,
    /// Who listens to them.
    pub talks: Talks,
    /// The texts of each column that was asked for.
    pub texts: Vec<Texts>,
}

impl Gist {
    /// Of connections, with texts of columns of logs, by their names, and what was said of ports; None if there is no such column.
    pub fn new(conn: Conn, columns: &[(String, String)], ruled: Ruled) -> Option<Self> {
        let (mut rows, mut texts) = (Rows::default().by(ruled), Vec::new());
        for (log, column) in columns {
            let log = logs::number(log)?;
            let column = logs::types(log).iter().position(|known| known.0 == column)?;
            rows.want(log);
            texts.push(Texts { log, column, ..Texts::default() });
        }
        Some(Self { conn, talks: Talks::new(rows), texts })
    }

    /// Take what a batch tells, in the capture's order.
    pub fn add(&mut self, sights: &Sighted) {
        self.conn.add(sights, &mut self.talks);
        self.count();
    }

    /// A capture of so many packets has ended.
    pub fn end_of_capture(&mut self, packets: u64) {
        self.conn.end_of_capture(packets);
    }

    /// All captures have ended.
    pub fn finish(&mut self) {
        while !self.conn.finish(&mut self.talks) {}
        self.count();
    }

    /// How many connections there were, and how they went.
    pub fn totals(&self) -> &Totals {
        self.conn.totals()
    }

    fn count(&mut self) {
        for log in 0..LOGS.len() {
            while let Some(sheet) = self.talks.rows.take(log, true) {
                for texts in self.texts.iter_mut().filter(|texts| texts.log == log) {
                    texts.rows += sheet.rows as u64;
                    sheet.texts(texts.column).for_each(|text| texts.add(text));
                }
            }
        }
    }
}
