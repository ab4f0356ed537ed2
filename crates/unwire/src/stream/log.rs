//! What was read of a connection, kept until somebody asks for it: chunks and gaps one after the other, as they were told. Small logs are in memory;
//! what is more goes to a spool, a file without a name that all logs of a pass share. Knows nothing of how the order was found.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

use super::feed::{Direction, Gap, Place, Why};

/// Bytes before each chunk in a log: what it is, frame, time, length.
const HEAD: usize = 1 + 8 + 8 + 8;
const NO_TIME: i64 = i64::MIN;

/// What a log tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Bytes, and the packet that carried them.
    Data(Direction, Place, Vec<u8>),
    /// Bytes that are missing.
    Gap(Direction, Gap),
}

/// The file that logs go to when there is too much of them.
#[derive(Debug)]
pub struct Spool {
    file: Mutex<(File, u64)>,
}

impl Spool {
    /// A spool in a file that nobody else uses.
    pub fn new(file: File) -> Arc<Self> {
        Arc::new(Self { file: Mutex::new((file, 0)) })
    }

    fn append(&self, bytes: &[u8]) -> io::Result<u64> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let at = file.1;
        file.0.seek(SeekFrom::Start(at))?;
        file.0.write_all(bytes)?;
        file.1 += bytes.len() as u64;
        Ok(at)
    }

    fn read(&self, at: u64, len: usize) -> io::Result<Vec<u8>> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.0.seek(SeekFrom::Start(at))?;
        let mut bytes = vec![0; len];
        file.0.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// What was told of one connection.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// What is in the spool: where, and how long; each begins with a chunk.
    spilled: Vec<(u64, u32)>,
    held: Vec<u8>,
}

impl Log {
    /// Bytes in memory.
    pub fn held(&self) -> usize {
        self.held.len()
    }

    /// True if nothing was told.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty() && self.spilled.is_empty()
    }

    /// Add bytes.
    pub fn data(&mut self, from: Direction, bytes: &[u8], place: Place) {
        self.head(from.index() as u8, place.frame, place.time.unwrap_or(NO_TIME), bytes.len() as u64);
        self.held.extend_from_slice(bytes);
    }

    /// Add missing bytes.
    pub fn gap(&mut self, from: Direction, gap: Gap) {
        self.head(2 | from.index() as u8, u64::from(gap.acknowledged), gap.why as i64, gap.bytes);
    }

    fn head(&mut self, kind: u8, frame: u64, time: i64, len: u64) {
        self.held.push(kind);
        self.held.extend_from_slice(&frame.to_le_bytes());
        self.held.extend_from_slice(&time.to_le_bytes());
        self.held.extend_from_slice(&len.to_le_bytes());
    }

    /// Move what is in memory to the spool.
    pub fn spill(&mut self, spool: &Spool) -> io::Result<()> {
        if !self.held.is_empty() {
            let at = spool.append(&self.held)?;
            self.spilled.push((at, self.held.len() as u32));
            self.held = Vec::new();
        }
        Ok(())
    }

    /// How many parts it is read in.
    pub fn parts(&self) -> usize {
        self.spilled.len() + usize::from(!self.held.is_empty())
    }

    /// Read one part: what was told, in order.
    pub fn part(&self, at: usize, spool: Option<&Spool>) -> io::Result<Vec<Told>> {
        match (self.spilled.get(at), spool) {
            (Some((at, len)), Some(spool)) => Ok(decode(&spool.read(*at, *len as usize)?)),
            (Some(_), None) => Err(io::ErrorKind::NotFound.into()),
            (None, _) => Ok(decode(&self.held)),
        }
    }
}

fn decode(mut bytes: &[u8]) -> Vec<Told> {
    let mut told = Vec::new();
    while let Some((head, rest)) = bytes.split_first_chunk::<HEAD>() {
        let number = |at: usize| head.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes);
        let (kind, frame, time, len) = (head[0], number(1), number(9) as i64, number(17));
        let from = Direction::BOTH[usize::from(kind & 1)];
        bytes = rest;
        if kind & 2 == 0 {
            let (data, rest) = rest.split_at_checked(len as usize).unwrap_or((rest, &[]));
            told.push(Told::Data(from, Place { frame, time: (time != NO_TIME).then_some(time) }, data.to_vec()));
            bytes = rest;
        } else {
            let why = [Why::Acknowledged, Why::ConnectionCap, Why::TotalCap, Why::Closed].into_iter().find(|why| *why as i64 == time);
            told.push(Told::Gap(from, Gap { bytes: len, acknowledged: frame != 0, why: why.unwrap_or(Why::Closed) }));
        }
    }
    told
}
