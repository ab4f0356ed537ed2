//! Records on their way into a target: held back until there are many, handed over in one piece, and cut back to whole records
//! where the target fails half-way. Knows no container.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::sync::Arc;

/// Where bytes go.
pub trait Target {
    /// Takes some of the bytes from a place on and says how many. Who needs them for longer than the call keeps a share of them.
    fn take(&mut self, bytes: &Arc<Vec<u8>>, from: usize) -> io::Result<usize>;

    /// Takes back the last `count` bytes; an error where that cannot be done.
    fn take_back(&mut self, count: u64) -> io::Result<()>;
}

impl Target for File {
    fn take(&mut self, bytes: &Arc<Vec<u8>>, from: usize) -> io::Result<usize> {
        self.write(bytes.get(from..).unwrap_or_default())
    }

    fn take_back(&mut self, count: u64) -> io::Result<()> {
        let end = self.stream_position()?.checked_sub(count).ok_or(io::ErrorKind::InvalidInput)?;
        self.set_len(end)?;
        self.seek(SeekFrom::Start(end)).map(drop)
    }
}

/// Whole records that the target has not seen yet.
#[derive(Clone, Debug, Default)]
pub struct Hold {
    buffer: Vec<u8>,
    /// Where each record in the buffer ends.
    ends: Vec<usize>,
}

/// Handed over at this size: few calls, and still in the core's cache when the system copies it; a killed process loses no more than this.
const LARGE: usize = 64 << 10;

impl Hold {
    /// The bytes to append one whole record to; [`close`](Self::close) ends it.
    pub fn open(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Ends the record that was appended.
    pub fn close(&mut self) {
        self.ends.push(self.buffer.len());
    }

    /// Whether it is time to hand over.
    pub fn is_large(&self) -> bool {
        self.buffer.len() >= LARGE
    }

    /// Forgets what was appended since the last record's end.
    pub fn reject(&mut self) {
        self.buffer.truncate(self.ends.last().copied().unwrap_or(0));
    }

    /// Forgets everything that is held.
    pub fn clear(&mut self) {
        self.buffer.clear();
        self.ends.clear();
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Hands everything over. Where the target fails, it keeps whole records only: the part of a record that it took is taken back,
    /// and what it did not get stays here for another try. A target that cannot give back, such as a pipe, is left as it is.
    pub fn hand_over(&mut self, target: &mut dyn Target) -> io::Result<()> {
        let mut done = 0;
        let whole = Arc::new(std::mem::take(&mut self.buffer));
        let failure = loop {
            let rest = whole.len() - done;
            if rest == 0 {
                break None;
            }
            match target.take(&whole, done) {
                Ok(0) => break Some(io::ErrorKind::WriteZero.into()),
                Ok(taken) => done += taken.min(rest),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Some(error),
            }
        };
        // Nobody else has the bytes any more, but for who kept a share of them.
        self.buffer = Arc::try_unwrap(whole).unwrap_or_else(|kept| kept.to_vec());
        let Some(failure) = failure else {
            self.clear();
            return Ok(());
        };
        let whole = self.ends.partition_point(|&end| end <= done);
        let end = whole.checked_sub(1).and_then(|last| self.ends.get(last).copied()).unwrap_or(0);
        if done > end {
            let given_back = target.take_back((done - end) as u64);
            if given_back.is_err() {
                // The target has a part of the record and keeps it; only the rest can still make it whole.
                self.drop_front(done, whole);
                return Err(failure);
            }
        }
        self.drop_front(end, whole);
        Err(failure)
    }

    fn drop_front(&mut self, bytes: usize, records: usize) {
        self.buffer.drain(..bytes.min(self.buffer.len()));
        self.ends.drain(..records.min(self.ends.len()));
        self.ends.iter_mut().for_each(|end| *end -= bytes);
    }
}
