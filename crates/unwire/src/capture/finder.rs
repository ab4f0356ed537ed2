//! Reading a capture from any of its packets on, by an index: one packet, or all that follow. Only for sources that can be read at any place and
//! are not compressed; nothing here decides where packets stand.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use super::batch::Batch;
use super::error::{self, CaptureError};
use super::index::{Index, Place};
use super::meta::Meta;
use super::source::Source;
use super::window::{Pause, Window};
use super::{Before, Capture, HEAD, Reader, State};

/// A source that can be read at any place.
pub trait ReadAt: Send + Sync {
    /// Read some bytes from `offset` on; 0 is the end.
    fn read_at(&self, room: &mut [u8], offset: u64) -> io::Result<usize>;
}

impl ReadAt for File {
    #[cfg(unix)]
    fn read_at(&self, room: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(self, room, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, room: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(self, room, offset)
    }
}

/// The same source read in order, from a place on.
pub(super) struct From {
    pub(super) source: Arc<dyn ReadAt>,
    pub(super) at: u64,
}

impl Read for From {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read_at(room, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// Finds packets of one capture.
pub struct Finder {
    source: Arc<dyn ReadAt>,
    /// The reader as it stands behind the first `replayed` sections and interfaces, and what it knows of them.
    reader: Reader,
    meta: Meta,
    replayed: usize,
    fresh: Reader,
}

impl Finder {
    /// A finder over a source that is not compressed.
    pub fn open(source: Arc<dyn ReadAt>) -> Result<Self, CaptureError> {
        let mut head = vec![0; HEAD];
        let read = read_full(&*source, &mut head, 0)?;
        head.truncate(read);
        let Some((reader, _)) = Reader::open(&head) else { return Err(error::not_a_capture(&head)) };
        Ok(Self { source, reader: reader.clone(), meta: Meta::default(), replayed: 0, fresh: reader })
    }

    /// Read the packet of a number, from 0, as the last record of the batch; false if the index or the capture has none.
    pub fn read(&mut self, index: &Index, number: u64, batch: &mut Batch) -> Result<bool, CaptureError> {
        batch.records.clear();
        let Some(place) = index.place(number) else { return Ok(false) };
        self.replay(index, place)?;
        (batch.base, batch.first_number) = (place.offset, place.number + 1);
        let most = (number - place.number) as usize + 1;
        let mut filled = self.pull(batch, 0, usize::try_from(place.until.saturating_sub(place.offset)).unwrap_or_default())?;
        loop {
            batch.records.clear();
            let (mut reader, mut meta) = (self.reader.clone(), Meta::default());
            let mut window = Window {
                bytes: batch.buffer.get(..filled).unwrap_or_default(),
                at: 0,
                records: &mut batch.records,
                most,
                size: usize::MAX >> 1,
                full_at: u64::MAX,
                base: place.offset,
                first_number: place.number + 1,
                meta: &mut meta,
            };
            match reader.carve(&mut window) {
                // The index says how far to read; only of a capture that has changed since is this not enough.
                Pause::More(needed) => {
                    let wanted = window.at + needed;
                    let more = self.pull(batch, filled, wanted.saturating_sub(filled).max(1))?;
                    if more == 0 {
                        break;
                    }
                    filled += more;
                }
                Pause::Full | Pause::Skip(_) | Pause::Stop(_) => break,
            }
        }
        Ok(batch.records.len() == most)
    }

    /// The capture from the packet of a number on; its records have the numbers that they have in the whole.
    pub fn capture(&mut self, index: &Index, number: u64) -> Result<Option<(Capture, u64)>, CaptureError> {
        let Some(place) = index.place(number) else { return Ok(None) };
        self.replay(index, place)?;
        let source = Source::plain(Box::new(From { source: Arc::clone(&self.source), at: place.offset }));
        let capture = Capture {
            source,
            reader: self.reader.clone(),
            meta: self.meta.clone(),
            offset: place.offset,
            next_number: place.number + 1,
            last: u64::MAX - 1,
            state: State::Reading,
            before: Before::default(),
            ahead: None,
        };
        Ok(Some((capture, number - place.number)))
    }

    fn pull(&self, batch: &mut Batch, filled: usize, len: usize) -> io::Result<usize> {
        if batch.buffer.len() < filled + len {
            batch.buffer.resize(filled + len, 0);
        }
        read_full(&*self.source, batch.buffer.get_mut(filled..filled + len).unwrap_or_default(), filled as u64 + batch.base)
    }

    /// Bring the reader to where it stands before a packet.
    fn replay(&mut self, index: &Index, place: Place) -> Result<(), CaptureError> {
        let wanted = index.states.partition_point(|(offset, _)| *offset < place.offset);
        if wanted < self.replayed {
            (self.reader, self.meta, self.replayed) = (self.fresh.clone(), Meta::default(), 0);
        }
        for (offset, len) in index.states.get(self.replayed..wanted).unwrap_or_default() {
            let mut block = vec![0; *len as usize];
            let read = read_full(&*self.source, &mut block, *offset)?;
            let mut window = Window {
                bytes: block.get(..read).unwrap_or_default(),
                at: 0,
                records: &mut Vec::new(),
                most: 1,
                size: usize::MAX >> 1,
                full_at: u64::MAX,
                base: *offset,
                first_number: 1,
                meta: &mut self.meta,
            };
            self.reader.carve(&mut window);
        }
        self.replayed = wanted;
        Ok(())
    }
}

/// Read until the room is full or the source ends.
pub(super) fn read_full(source: &dyn ReadAt, room: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = room.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match source.read_at(rest, offset + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
