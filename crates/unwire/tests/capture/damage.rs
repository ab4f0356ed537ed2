//! Damaged, cut and hostile captures: what is still delivered, and which reason is counted.

use std::io::Cursor;

use unwire::capture::{Batch, Capture, Limits, Reason};

use super::build::Order::Little;
use super::build::{block, interface, packet, pcap_header, pcap_record, section, section_of, simple_packet, snoop};
use super::{COMPRESSIONS, MICRO, compressed, everything, read};

const WHOLE: &[u8] = &[0xaa; 60];

fn good() -> Vec<u8> {
    packet(Little, 0, 1, WHOLE, 60, b"")
}

/// A good packet, the damage, a good packet.
fn around(damage: &[u8]) -> Vec<u8> {
    [&section(Little, b"")[..], &interface(Little, 1, 0, b""), &good(), damage, &good()].concat()
}

/// A block whose lengths are overwritten.
fn with_lengths(mut block: Vec<u8>, first: u32, last: u32) -> Vec<u8> {
    let end = block.len() - 4;
    block[4..8].copy_from_slice(&first.to_le_bytes());
    block[end..].copy_from_slice(&last.to_le_bytes());
    block
}

fn claiming(captured: u32) -> Vec<u8> {
    let mut block = good();
    block[20..24].copy_from_slice(&captured.to_le_bytes());
    block
}

#[test]
fn damaged_blocks() {
    let [mut bad_magic, version] = [section(Little, b""), section_of(Little, (2, 0), -1, b"")];
    bad_magic[8] ^= 1;
    for (name, damage, delivered, reason) in [
        ("captured length beyond the block", claiming(65), 2, Reason::PacketBeyondBlock),
        ("captured length of all ones", claiming(u32::MAX), 2, Reason::PacketBeyondBlock),
        ("no such interface", packet(Little, 7, 1, WHOLE, 60, b""), 2, Reason::UnknownInterface),
        ("a packet block too short for its header", block(Little, 6, &[0; 8]), 2, Reason::BlockTooShort),
        ("a simple packet that is not there", simple_packet(Little, 60, b"short"), 2, Reason::PacketBeyondBlock),
        ("a packet of 262,145 bytes", packet(Little, 0, 1, &vec![0; 262_145], 1, b""), 2, Reason::RecordTooLong),
        ("a packet of 3 MiB", packet(Little, 0, 1, &vec![0; 3 << 20], 1, b""), 2, Reason::RecordTooLong),
        ("a long packet of no interface", packet(Little, 9, 1, &vec![0; 3 << 20], 1, b""), 2, Reason::UnknownInterface),
        ("an unknown block of 17 MiB", block(Little, 99, &vec![0; 17 << 20]), 2, Reason::BlockTooLong),
        ("a length of zero", with_lengths(good(), 0, 0), 1, Reason::ZeroLengthBlock),
        ("a length of eight", with_lengths(good(), 8, 8), 1, Reason::BadBlockLength),
        ("no multiple of four", with_lengths(good(), 90, 90), 1, Reason::BadBlockLength),
        ("two different lengths", with_lengths(good(), 92, 96), 1, Reason::BadBlockLength),
        ("a length beyond the file", with_lengths(good(), 100_000, 92), 1, Reason::TornTail),
        ("a length far beyond the file", with_lengths(block(Little, 99, WHOLE), 0xffff_fff0, 72), 1, Reason::BlockTooLong),
        ("padding with zeros", vec![0; 64], 1, Reason::ZeroLengthBlock),
        ("an unknown byte order", bad_magic, 1, Reason::BadSection),
        ("an unknown version", version, 1, Reason::BadSection),
        ("an interface block too short", block(Little, 1, &[0; 4]), 1, Reason::BlockTooShort),
    ] {
        let file = around(&damage);
        let (rows, capture) = read(&file);
        let loss = &capture.meta().loss;
        assert_eq!((rows.len(), loss.count(reason)), (delivered, 1), "{name}: {loss:?}");
        assert!(loss.is_partial() && rows.iter().all(|row| row.2 == WHOLE), "{name}");
        assert_eq!(loss.reasons[0].first_offset, 140, "{name}");
        assert_eq!(loss.bytes == file.len() as u64, delivered == 2 || loss.count(Reason::BlockTooLong) == 1, "{name}: {loss:?}");
    }
}

#[test]
fn longest_packets() {
    for (link, len, delivered) in [(1, 262_144, 1), (1, 262_145, 0), (220, 262_145, 1), (231, 1 << 20, 1), (189, (128 << 20) + 1, 0)] {
        let record = [Little.words(&[0, 0, len, len]), vec![0; (len as usize).min(2 << 20)]].concat();
        let (rows, capture) = read(&[pcap_header(Little, MICRO, link), record].concat());
        assert_eq!(rows.len(), delivered, "link {link}, {len} bytes");
        assert_eq!(capture.meta().loss.count(Reason::RecordTooLong), 1 - delivered as u64, "link {link}, {len} bytes");
    }
    // A length within the bounds whose bytes never come takes no memory.
    let file = [pcap_header(Little, MICRO, 189), Little.words(&[0, 0, 128 << 20, 128 << 20]), vec![0; 1000]].concat();
    let (mut batch, mut capture) = (Batch::new(), super::open(&file));
    assert!(!capture.fill(&mut batch, Limits::default()).expect("no error"));
    assert_eq!(capture.meta().loss.count(Reason::TornTail), 1);
    assert!(batch.buffer.len() < 1 << 20);
}

#[test]
fn damaged_snoop() {
    let good = snoop(4, &[(1, 2, b"abcd", 4), (1, 2, b"efgh", 4)]);
    for (name, at, value, reason) in
        [("a record shorter than its packet", 16 + 8, 27_u32, Reason::BadRecordLength), ("a packet too long", 16 + 4, 262_145, Reason::RecordTooLong)]
    {
        let mut file = good.clone();
        file[at..at + 4].copy_from_slice(&value.to_be_bytes());
        let (rows, capture) = read(&file);
        assert_eq!((rows.len(), capture.meta().loss.count(reason)), (0, 1), "{name}");
    }
}

#[test]
fn what_is_no_capture() {
    for (bytes, want) in [
        (&b""[..], "not a capture: it is empty"),
        (b"hello, this is text\n", "not a capture: it is text; pcap, pcapng and snoop can be read (it begins with 68 65 6c 6c 6f 2c 20 74)"),
        (b"\xd4\xc3\xb2\xa1\x02", "not a capture: it is a pcap file that ends inside its own header (it begins with d4 c3 b2 a1 02)"),
        (b"\x1f\x8b\x08\x00", "not a capture: its compressed data is empty, cut or damaged at the start"),
        (b"PK\x03\x04", "not a capture: it is a zip archive; unpack it first (it begins with 50 4b 03 04)"),
        (b"\x0a\x0d\x0d\x0a\0\0", "not a capture: it is a pcapng file whose section header is cut or damaged (it begins with 0a 0d 0d 0a 00 00)"),
    ] {
        let error = Capture::from_read(Box::new(Cursor::new(bytes.to_vec()))).err().expect("no capture");
        assert_eq!(error.to_string(), want);
    }
    let error = Capture::open("no/such/file".as_ref()).err().expect("no file");
    assert!(error.to_string().starts_with("cannot open no/such/file: "), "{error}");
}

/// The kinds of small captures that torture starts from.
fn samples() -> Vec<Vec<u8>> {
    let pcap = [pcap_header(Little, MICRO, 1), pcap_record(Little, 1, 2, WHOLE, 60).repeat(3)].concat();
    vec![pcap, snoop(4, &[(1, 2, b"abcd", 4), (1, 2, b"efghij", 6)]), everything(Little), everything(super::Big)]
}

#[test]
fn cut_anywhere_every_whole_record_is_delivered() {
    for file in samples() {
        let (whole, _) = read(&file);
        let mut before = 0;
        for cut in 28..file.len() {
            let (rows, capture) = read(&file[..cut]);
            assert!(whole.starts_with(&rows), "cut at {cut}");
            assert!(rows.len() >= before, "cut at {cut}");
            before = rows.len();
            let loss = &capture.meta().loss;
            // Either the cut lies between two records, or exactly one torn tail is counted.
            assert_eq!(loss.bytes != cut as u64, loss.is_partial(), "cut at {cut}");
            assert!(loss.count(Reason::TornTail) <= 1 && loss.reasons.len() <= 1, "cut at {cut}: {loss:?}");
        }
    }
}

#[test]
fn a_torn_compressed_tail_delivers_what_came_before() {
    let record = pcap_record(Little, 1, 2, WHOLE, 60);
    let file = [pcap_header(Little, MICRO, 1), record.repeat(1000)].concat();
    for compression in COMPRESSIONS {
        // Two members: the first is whole, the second is cut at its last byte.
        let bytes = compressed(&file, compression);
        let (rows, capture) = read(&bytes[..bytes.len() - 1]);
        let loss = &capture.meta().loss;
        assert!(rows.len() >= 499, "{compression:?}: {} records", rows.len());
        assert_eq!(loss.count(Reason::TornCompressedData), 1, "{compression:?}: {loss:?}");
        // Whatever follows a member must be one itself.
        let (rows, capture) = read(&[&bytes[..], b"\xffgarbage, and more of it"].concat());
        let loss = &capture.meta().loss;
        assert!(rows.len() >= 499 && loss.is_partial(), "{compression:?}: {} records, {loss:?}", rows.len());
    }
}

#[test]
fn a_decompression_bomb_is_stopped() {
    let zeros = vec![0; 64 << 20];
    let bomb = [
        &zstd::encode_all(&pcap_header(Little, MICRO, 1)[..], 1).expect("compressed")[..],
        &zstd::encode_all(&zeros[..], 1).expect("compressed").repeat(64),
    ]
    .concat();
    let (mut batch, mut capture) = (Batch::new(), super::open(&bomb));
    while capture.fill(&mut batch, Limits::default()).expect("no error") {}
    let loss = &capture.meta().loss;
    assert_eq!(loss.count(Reason::DecompressionLimit), 1);
    assert!(loss.bytes < (1 << 30) + (1 << 20));
}

/// xorshift with a fixed seed: the same damage on every run.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new() -> Self {
        Self(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }

    /// Overwrites up to four bytes, half of them among the first 200 where the headers are, and cuts off up to a quarter.
    pub(crate) fn damage(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(4) {
            let within = if self.below(2) == 0 { bytes.len().min(200) } else { bytes.len() };
            let at = self.below(within);
            if let Some(byte) = bytes.get_mut(at) {
                *byte = self.0.to_le_bytes()[7];
            }
        }
        bytes.truncate(bytes.len() - self.below(bytes.len() / 4));
    }
}

#[test]
fn flipped_bytes_never_break_the_reader() {
    let mut random = Random::new();
    let plain = samples();
    let packed = COMPRESSIONS.iter().flat_map(|&compression| plain.iter().map(move |file| compressed(file, compression)));
    let mut delivered = 0;
    for file in plain.iter().cloned().chain(packed) {
        for _ in 0..400 {
            let mut file = file.clone();
            random.damage(&mut file);
            let Ok(mut capture) = Capture::from_read(Box::new(Cursor::new(file))) else { continue };
            let mut batch = Batch::new();
            while capture.fill(&mut batch, Limits { records: 2, bytes: 100 }).expect("no error") {
                for record in &batch.records {
                    assert_eq!(batch.bytes(record).len(), record.cap_len as usize);
                    delivered += 1 + batch.options(record).count() + batch.comments(record).count();
                }
            }
            let meta = capture.meta();
            delivered += meta.names().count() + meta.secrets().count() + meta.statistics().count() + meta.comments().count();
        }
    }
    assert!(delivered > 10_000);
}
