//! Where bytes come from: any `Read`, decompressed by content, with what was read too far kept for the next batch.
//! Knows compression formats and no container.

use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::format::Compression;
use super::loss::Reason;

/// Bytes of one `read`: large enough that the calls cost nothing, small enough to stay in the cache until it was parsed.
pub(super) const STEP: usize = 256 << 10;
/// Bytes that a buffer has behind what was read, so that the start of its last frame can be looked at like any other's.
const BEHIND: usize = 512;
/// Decompressors lose the output of the call that finds damage, so they are asked for less at once.
const COMPRESSED_STEP: usize = 16 << 10;
const COMPRESSED_BUFFER: usize = 64 << 10;

/// Past this much output, output of more than `RATIO_LIMIT` times the input is taken for a decompression bomb. DEFLATE cannot exceed
/// 1032:1, and packets, each with its own time and header, stay far below in every other format; the first GiB is free, so that
/// no small capture, however monotonous, is ever refused.
const RATIO_FREE: u64 = 1 << 30;
const RATIO_LIMIT: u64 = 1000;
/// xz states its window in the stream; beyond this it is refused. `xz -9` needs 65 MiB.
const XZ_MEMORY: u64 = 256 << 20;

/// Why a source gave no more bytes.
#[derive(Debug)]
pub(super) enum Failure {
    Io(io::Error),
    Lost(Reason),
}

/// A source of decompressed bytes.
pub(super) struct Source {
    reader: Box<dyn Read + Send>,
    pub(super) compression: Compression,
    meter: Option<Arc<Meter>>,
    produced: u64,
    step: usize,
    /// Bytes to give before the reader's, from `kept_at` on.
    kept: Vec<u8>,
    kept_at: usize,
    /// What ended the reading while it looked ahead; told once the bytes before it are given.
    failure: Option<Failure>,
}

impl Source {
    pub(super) fn new(mut source: Box<dyn Read + Send>) -> io::Result<Self> {
        let mut head = Vec::with_capacity(32);
        source.by_ref().take(32).read_to_end(&mut head)?;
        let compression = sniff(&head);
        if compression == Compression::Plain {
            return Ok(Self { kept: head, ..Self::plain(source) });
        }
        let legacy = head.starts_with(&LZ4_LEGACY);
        let meter = Arc::new(Meter::default());
        let whole: Box<dyn Read + Send> = Box::new(io::Cursor::new(head).chain(source));
        let metered = Metered { inner: BufReader::with_capacity(COMPRESSED_BUFFER, whole), meter: Arc::clone(&meter), starved: false };
        let reader = decoder(compression, legacy, metered)?;
        Ok(Self { reader, compression, meter: Some(meter), produced: 0, step: COMPRESSED_STEP, kept: Vec::new(), kept_at: 0, failure: None })
    }

    /// A source without compression, from its present place on.
    pub(super) fn plain(reader: Box<dyn Read + Send>) -> Self {
        Self { reader, compression: Compression::Plain, meter: None, produced: 0, step: STEP, kept: Vec::new(), kept_at: 0, failure: None }
    }

    /// The next bytes, at least `len` of them unless the source ends or fails, without consuming them.
    pub(super) fn peek(&mut self, len: usize) -> &[u8] {
        while self.kept.len() - self.kept_at < len {
            let filled = self.kept.len();
            self.kept.resize(filled + len, 0);
            let read = self.read(filled, filled + len);
            self.kept.truncate(filled + read.as_ref().copied().unwrap_or(0));
            match read {
                Ok(0) => break,
                Ok(_) => {}
                Err(failure) => {
                    self.failure = Some(failure);
                    break;
                }
            }
        }
        self.kept.get(self.kept_at..).unwrap_or_default()
    }

    /// Puts the next bytes, at most `most`, into `buffer` behind the `filled` first; 0 is the end.
    pub(super) fn pull(&mut self, buffer: &mut Vec<u8>, filled: usize, most: usize) -> Result<usize, Failure> {
        let kept = self.kept.get(self.kept_at..).unwrap_or_default();
        let most = if kept.is_empty() { most.min(self.step) } else { most.min(kept.len()) };
        // The buffer only grows: its bytes are set once and then overwritten, never cleared between fills.
        if buffer.len() < filled + most + BEHIND {
            buffer.resize(filled + most + BEHIND, 0);
        }
        let Some(room) = buffer.get_mut(filled..filled + most) else { return Ok(0) };
        if let Some(kept) = kept.get(..most) {
            room.copy_from_slice(kept);
            self.kept_at += most;
            return Ok(most);
        }
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        read_some(&mut *self.reader, room, self.meter.as_deref(), &mut self.produced)
    }

    /// Takes back bytes that the next batch begins with.
    pub(super) fn give_back(&mut self, bytes: &[u8]) {
        // With small batches the bytes often are still here, just before the mark.
        if self.kept_at >= bytes.len() && self.kept_at < self.kept.len() {
            self.kept_at -= bytes.len();
            return;
        }
        self.kept.drain(..self.kept_at);
        self.kept_at = 0;
        self.kept.splice(..0, bytes.iter().copied());
    }

    /// Passes over `len` bytes and returns how many there were.
    pub(super) fn discard(&mut self, len: u64) -> Result<u64, Failure> {
        let kept = (self.kept.len() - self.kept_at) as u64;
        let mut passed = kept.min(len);
        self.kept_at += passed as usize;
        let mut scratch = Vec::new();
        while passed < len {
            let most = usize::try_from(len - passed).unwrap_or(STEP).min(STEP);
            match self.pull(&mut scratch, 0, most)? {
                0 => break,
                read => passed += read as u64,
            }
        }
        Ok(passed)
    }

    /// Compressed bytes used so far; `None` without compression.
    pub(super) fn consumed(&self) -> Option<u64> {
        self.meter.as_ref().map(|meter| meter.consumed.load(Ordering::Relaxed))
    }

    fn read(&mut self, from: usize, to: usize) -> Result<usize, Failure> {
        let Some(room) = self.kept.get_mut(from..to) else { return Ok(0) };
        read_some(&mut *self.reader, room, self.meter.as_deref(), &mut self.produced)
    }
}

impl Read for Source {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let kept = self.kept.get(self.kept_at..).unwrap_or_default();
        if !kept.is_empty() {
            let len = kept.len().min(room.len());
            if let (Some(room), Some(kept)) = (room.get_mut(..len), kept.get(..len)) {
                room.copy_from_slice(kept);
            }
            self.kept_at += len;
            return Ok(len);
        }
        match read_some(&mut *self.reader, room, self.meter.as_deref(), &mut self.produced) {
            Ok(read) => Ok(read),
            Err(Failure::Io(error)) => Err(error),
            // Damage ends the bytes; the capture's own account tells of it.
            Err(Failure::Lost(_)) => Ok(0),
        }
    }
}

/// One `read` that is not an interruption, judged: a failing device, damaged data, or a ratio no capture has.
fn read_some(reader: &mut dyn Read, room: &mut [u8], meter: Option<&Meter>, produced: &mut u64) -> Result<usize, Failure> {
    if let Some(meter) = meter {
        let consumed = meter.consumed.load(Ordering::Relaxed);
        if *produced > RATIO_FREE && *produced / RATIO_LIMIT > consumed {
            return Err(Failure::Lost(Reason::DecompressionLimit));
        }
    }
    loop {
        match reader.read(room) {
            Ok(read) => {
                *produced += read as u64;
                return Ok(read);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => {
                return Err(match meter {
                    Some(meter) if !meter.failed.load(Ordering::Relaxed) => Failure::Lost(match error.kind() {
                        ErrorKind::UnexpectedEof => Reason::TornCompressedData,
                        _ => Reason::BadCompressedData,
                    }),
                    _ => Failure::Io(error),
                });
            }
        }
    }
}

/// How much compressed input was used, and whether the source under the decompressor failed itself.
#[derive(Default)]
struct Meter {
    consumed: AtomicU64,
    failed: AtomicBool,
}

struct Metered {
    inner: BufReader<Box<dyn Read + Send>>,
    meter: Arc<Meter>,
    /// A `read` asked for more when nothing was left.
    starved: bool,
}

impl Read for Metered {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let len = bytes.len().min(room.len());
        if let (Some(room), Some(bytes)) = (room.get_mut(..len), bytes.get(..len)) {
            room.copy_from_slice(bytes);
        }
        self.consume(len);
        self.starved |= len == 0 && !room.is_empty();
        Ok(len)
    }
}

impl BufRead for Metered {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let filled = self.inner.fill_buf();
        if let Err(error) = &filled {
            self.meter.failed.store(error.kind() != ErrorKind::Interrupted, Ordering::Relaxed);
        }
        filled
    }

    fn consume(&mut self, len: usize) {
        self.meter.consumed.fetch_add(len as u64, Ordering::Relaxed);
        self.inner.consume(len);
    }
}

/// The magic number of the first LZ4 frame format, which has no end mark.
const LZ4_LEGACY: [u8; 4] = [0x02, 0x21, 0x4c, 0x18];

/// The compression by its first bytes. A zstd file may begin with a skippable frame (RFC 8878, section 3.1.2).
fn sniff(head: &[u8]) -> Compression {
    match head {
        [0x1f, 0x8b, ..] => Compression::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Compression::Zstd,
        [0x04, 0x22, 0x4d, 0x18, ..] => Compression::Lz4,
        _ if head.starts_with(&LZ4_LEGACY) => Compression::Lz4,
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => Compression::Bzip2,
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Compression::Xz,
        _ => Compression::Plain,
    }
}

fn decoder(compression: Compression, legacy: bool, source: Metered) -> io::Result<Box<dyn Read + Send>> {
    Ok(match compression {
        Compression::Plain => Box::new(source),
        Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(source)),
        Compression::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(source)?),
        Compression::Lz4 => Box::new(Lz4Frames { decoder: lz4_flex::frame::FrameDecoder::new(source), legacy }),
        Compression::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(source)),
        Compression::Xz => {
            let stream = liblzma::stream::Stream::new_stream_decoder(XZ_MEMORY, liblzma::stream::CONCATENATED)?;
            Box::new(liblzma::bufread::XzDecoder::new_stream(source, stream))
        }
    })
}

/// LZ4 frames one after the other: the decoder says "end" after each of them, and also where a frame ends before its end mark.
struct Lz4Frames {
    decoder: lz4_flex::frame::FrameDecoder<Metered>,
    legacy: bool,
}

impl Read for Lz4Frames {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.decoder.read(room)?;
            if read > 0 || room.is_empty() {
                return Ok(read);
            }
            if self.decoder.get_ref().starved && !self.legacy {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            if self.decoder.get_mut().fill_buf()?.is_empty() {
                return Ok(0);
            }
        }
    }
}
