//! Where batches are cut: by content only, whatever the source gives at once.

use std::io::{self, Cursor, Read};

use unwire::capture::{Batch, Capture, CaptureError, Limits};

use super::build::Order::Little;
use super::build::{block, interface, packet, pcap_header, pcap_record, section};
use super::{MICRO, open, read, read_all};

fn pcap(count: u32, len: usize) -> Vec<u8> {
    let records = (0..count).flat_map(|n| pcap_record(Little, n, n, &vec![n as u8; len + n as usize % 7], 2000));
    pcap_header(Little, MICRO, 1).into_iter().chain(records).collect()
}

fn pcapng(count: u32, len: usize) -> Vec<u8> {
    let mut file = [section(Little, b""), interface(Little, 1, 0, b"")].concat();
    for n in 0..count {
        file.extend(packet(Little, 0, u64::from(n), &vec![n as u8; len + n as usize % 7], 2000, b""));
        if n % 5 == 0 {
            file.extend(block(Little, 99, &vec![1; 40 * n as usize % 300]));
        }
    }
    // Long enough to be passed over without being held, so that the reader's buffer moves.
    file.extend(block(Little, 98, &vec![0; 17 << 20]));
    file.extend(packet(Little, 0, 1, b"last", 4, b""));
    file
}

/// Gives at most so many bytes at a time.
struct Steps(Cursor<Vec<u8>>, usize);

impl Read for Steps {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let len = room.len().min(self.1);
        self.0.read(&mut room[..len])
    }
}

fn cuts(mut capture: Capture, limits: Limits) -> Vec<usize> {
    let (mut batch, mut cuts) = (Batch::new(), Vec::new());
    while capture.fill(&mut batch, limits).expect("no error") {
        cuts.push(batch.records.len());
    }
    cuts
}

#[test]
fn cuts_depend_on_the_content_only() {
    for file in [pcap(3000, 300), pcapng(3000, 300)] {
        let (want, _) = read(&file);
        for (records, bytes) in [(1, 1), (1, usize::MAX), (0, 0), (7, 1000), (1000, 5000), (64, 1 << 20), (usize::MAX, 10_000)] {
            let limits = Limits { records, bytes };
            let (rows, _) = read_all(open(&file), limits);
            assert!(rows == want, "{limits:?}");
            let whole = cuts(open(&file), limits);
            for step in [13, 4096, 70_000] {
                let slow = Capture::from_read(Box::new(Steps(Cursor::new(file.clone()), step))).expect("a capture");
                assert_eq!(cuts(slow, limits), whole, "{limits:?}, {step} bytes at a time");
            }
        }
    }
}

#[test]
fn a_batch_ends_with_the_record_that_reaches_a_limit() {
    let file = [pcap_header(Little, MICRO, 1), pcap_record(Little, 0, 0, &[0; 84], 84).repeat(10)].concat();
    for (records, bytes, want) in [(4, 10_000, vec![4, 4, 2]), (100, 250, vec![3, 3, 3, 1]), (100, 300, vec![3, 3, 3, 1]), (10, 10_000, vec![10])] {
        assert_eq!(cuts(open(&file), Limits { records, bytes }), want);
    }
}

#[test]
fn memory_is_used_again() {
    let file = pcap(20_000, 300);
    let (mut batch, mut capture) = (Batch::new(), open(&file));
    let limits = Limits { bytes: 1 << 20, ..Limits::default() };
    while capture.fill(&mut batch, limits).expect("no error") {
        assert!(batch.buffer.len() <= (1 << 20) + (512 << 10));
    }
    // Blocks that are no packets do not pile up in the buffer.
    let file = [section(Little, b""), interface(Little, 1, 0, b""), block(Little, 99, &vec![7; 100_000]).repeat(100)].concat();
    let (mut batch, mut capture) = (Batch::new(), open(&file));
    assert!(!capture.fill(&mut batch, Limits::default()).expect("no error"));
    assert!(batch.buffer.len() < 1 << 20);
    assert_eq!(capture.meta().blocks.len(), 102);
}

/// Fails after so many bytes.
struct Failing(Cursor<Vec<u8>>);

impl Read for Failing {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        match self.0.read(room)? {
            0 => Err(io::Error::other("the disk is gone")),
            read => Ok(read),
        }
    }
}

#[test]
fn a_failing_source_is_told_after_the_records_before_it() {
    let file = pcap(10, 100);
    for compressed in [false, true] {
        let bytes = if compressed { super::compressed(&file, super::Compression::Gzip) } else { file.clone() };
        let mut capture = Capture::from_read(Box::new(Failing(Cursor::new(bytes)))).expect("a capture");
        let mut batch = Batch::new();
        assert!(capture.fill(&mut batch, Limits::default()).expect("records first"));
        assert_eq!(batch.records.len(), 10);
        let error = capture.fill(&mut batch, Limits::default()).expect_err("then the failure");
        assert!(matches!(error, CaptureError::Io(_)));
        assert_eq!(error.to_string(), "cannot read the capture: the disk is gone");
        assert!(!capture.fill(&mut batch, Limits::default()).expect("then the end"));
        assert!(!capture.meta().loss.is_partial());
    }
}
