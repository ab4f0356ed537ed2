//! What is written is read: every encoder through the reader, clocks both ways, and targets that fail half-way.

use std::io;
use std::sync::Arc;

use unwire::capture::write::{Hold, Outgoing, PcapEncoder, PcapngWriter, Refused, SnoopEncoder, Target, options};
use unwire::capture::{Capture, Clock, Step, Steps};

use crate::read;

const RECORDS: [(i64, u32, &[u8]); 4] =
    [(0, 4, b"four"), (1_700_000_000_123_456_000, 1500, b"cut"), (4_294_967_295_999_999_000, 0, b""), (1000, 1, b"x")];

fn outgoing((time, wire_len, bytes): (i64, u32, &[u8])) -> Outgoing<'_> {
    Outgoing { time: Some(time), wire_len, bytes, link: 1 }
}

/// Times, lengths and bytes of what a reader makes of the file.
fn rows(file: &[u8]) -> Vec<(i64, u32, Vec<u8>)> {
    let (rows, capture) = read(file);
    assert!(!capture.meta().loss.is_partial());
    rows.into_iter().map(|(time, wire_len, bytes, ..)| (time.expect("a time"), wire_len, bytes)).collect()
}

fn expected() -> Vec<(i64, u32, Vec<u8>)> {
    RECORDS.iter().map(|&(time, wire_len, bytes)| (time, wire_len, bytes.to_vec())).collect()
}

#[test]
fn pcap_is_read_as_it_was_written() {
    for (big_endian, nanoseconds) in [(false, false), (false, true), (true, false), (true, true)] {
        let encoder = PcapEncoder { big_endian, nanoseconds, link: 1, snaplen: 99 };
        let mut file = encoder.header().to_vec();
        for record in RECORDS {
            encoder.record(&outgoing(record), &mut file).expect("it fits");
        }
        assert_eq!(rows(&file), expected());
        assert_eq!(read(&file).1.format().snaplen, Some(99));
    }
}

#[test]
fn snoop_is_read_as_it_was_written() {
    let encoder = SnoopEncoder::new(1).expect("a datalink type");
    let mut file = encoder.header().to_vec();
    for record in RECORDS {
        encoder.record(&outgoing(record), &mut file).expect("it fits");
    }
    assert_eq!(rows(&file), expected());
    assert_eq!(SnoopEncoder::new(113), Err(Refused::UnknownLink(113)));
}

#[test]
fn pcapng_is_read_as_it_was_written() {
    for big_endian in [false, true] {
        let (mut writer, mut file) = (PcapngWriter::default(), Vec::new());
        writer.begin(big_endian, &mut file);
        let clocks = [6, 9, 0x94, 0xA8, 12].map(|resolution| Clock { resolution, offset: 0 });
        let ids = clocks.map(|clock| writer.interface(1, 0, clock, &[(2, b"eth0")], &mut file));
        let comment = options(big_endian, [(1, b"note".as_slice())]);
        for id in ids {
            writer.packet(id, &outgoing((5_000_000_000, 9, b"abc")), &comment, &mut file).expect("it fits");
        }
        let none = Outgoing { time: None, ..outgoing((0, 3, b"abc")) };
        assert_eq!(writer.packet(0, &none, &comment, &mut file), Err(Refused::NoTime));
        writer.packet(0, &none, &[], &mut file).expect("a simple packet block");
        assert_eq!(writer.packet(9, &none, &[], &mut file), Err(Refused::NoInterface(9)));
        let (read, capture) = read(&file);
        assert_eq!(read.iter().map(|row| row.0).collect::<Vec<_>>(), [Some(5_000_000_000); 5].into_iter().chain([None]).collect::<Vec<_>>());
        assert_eq!(capture.meta().interfaces[0].name().as_deref(), Some("eth0"));
        assert!(!capture.meta().loss.is_partial());
    }
}

#[test]
fn what_does_not_fit_leaves_no_byte() {
    let encoder = PcapEncoder { big_endian: false, nanoseconds: true, link: 1, snaplen: 0 };
    let mut file = Vec::new();
    for (time, refused) in [(-1, Refused::Time(-1)), (1 << 62, Refused::Time(1 << 62))] {
        assert_eq!(encoder.record(&outgoing((time, 1, b"x")), &mut file), Err(refused));
    }
    let other = Outgoing { link: 7, ..outgoing((0, 1, b"x")) };
    assert_eq!(encoder.record(&other, &mut file), Err(Refused::Link { file: 1, record: 7 }));
    assert!(file.is_empty());
}

#[test]
fn a_clock_counts_to_every_time_that_it_shows() {
    for resolution in (0..=20).chain((0..=63).map(|power| 0x80 | power)) {
        for offset in [0, 1_000_000, -5] {
            let clock = Clock { resolution, offset };
            for ticks in [0, 1, 7, 999, 1 << 20, 1_700_000_000_123_456, 1 << 61] {
                let time = clock.nanoseconds(ticks);
                if time.abs() < i64::MAX {
                    let again = clock.ticks(time).map(|ticks| clock.nanoseconds(ticks));
                    assert_eq!(again, Some(time), "{clock:?} {ticks}");
                }
            }
        }
    }
    // Between two ticks the earlier one stands for the time.
    assert_eq!(Clock::default().ticks(1_999), Some(1));
    assert_eq!(Clock::default().ticks(-1), None);
}

/// A target with little room, which takes a few bytes at once.
struct Small {
    bytes: Vec<u8>,
    room: usize,
    gives_back: bool,
}

impl Target for Small {
    fn take(&mut self, bytes: &Arc<Vec<u8>>, from: usize) -> io::Result<usize> {
        let bytes = &bytes[from..];
        let taken = bytes.len().min(5).min(self.room - self.bytes.len());
        if taken == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.bytes.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn take_back(&mut self, count: u64) -> io::Result<()> {
        if !self.gives_back {
            return Err(io::ErrorKind::Unsupported.into());
        }
        self.bytes.truncate(self.bytes.len() - count as usize);
        Ok(())
    }
}

#[test]
fn a_target_that_fails_keeps_whole_records_and_gets_the_rest_later() {
    for gives_back in [true, false] {
        for room in 0..70 {
            let mut target = Small { bytes: Vec::new(), room, gives_back };
            let mut hold = Hold::default();
            for _ in 0..7 {
                hold.open().extend_from_slice(b"ten bytes.");
                hold.close();
            }
            hold.open().extend_from_slice(b"never ended");
            hold.reject();
            assert!(hold.hand_over(&mut target).is_err());
            if gives_back {
                assert_eq!(target.bytes.len(), room / 10 * 10);
            }
            target.room = 1000;
            hold.hand_over(&mut target).expect("room enough");
            assert_eq!(target.bytes, b"ten bytes.".repeat(7));
            assert!(hold.is_empty());
        }
    }
}

#[test]
fn steps_find_what_the_reader_finds() {
    let encoder = PcapEncoder { big_endian: true, nanoseconds: false, link: 1, snaplen: 0 };
    let mut file = encoder.header().to_vec();
    for record in RECORDS {
        encoder.record(&outgoing(record), &mut file).expect("it fits");
    }
    let mut steps = Steps::pcap(&file).expect("a pcap file");
    let mut at = 24;
    for (_, wire_len, bytes) in RECORDS {
        // Whatever is asked for is enough to go on, and no more than the record.
        let mut have = 0;
        let packet = loop {
            match steps.step(&file[at..at + have]) {
                Step::Need(needed) => have = needed,
                Step::Packet(packet) => break packet,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!((packet.len, packet.wire_len, packet.cap_len), (have, wire_len, bytes.len()));
        assert_eq!(&file[at + packet.start..at + packet.len], bytes);
        at += packet.len;
    }
    assert_eq!(at, file.len());
    assert!(Capture::from_read(Box::new(io::Cursor::new(file))).is_ok());
}
