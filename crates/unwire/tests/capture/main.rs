//! The capture reader on hand-made captures: every container, every block, every compression, and what is told of them.

mod build;
mod damage;
mod kit;
mod limits;
mod writing;

use std::io::{self, Cursor, Read};

use build::Order::{self, Big, Little};
use build::{block, interface, obsolete_packet, option, packet, pcap_header, pcap_header_of, pcap_record, section, section_of, simple_packet, snoop};
use unwire::capture::{Batch, BlockType, Capture, Clock, Compression, Container, Limits, Record};

const MICRO: u32 = 0xa1b2_c3d4;
const NANO: u32 = 0xa1b2_3c4d;
const MODIFIED: u32 = 0xa1b2_cd34;

/// What a test compares: time, wire length, bytes, link, interface.
type Row = (Option<i64>, u32, Vec<u8>, u16, u32);

fn open(bytes: &[u8]) -> Capture {
    Capture::from_read(Box::new(Cursor::new(bytes.to_vec()))).expect("a capture")
}

/// All records, and the capture at its end.
fn read(bytes: &[u8]) -> (Vec<Row>, Capture) {
    read_all(open(bytes), Limits::default())
}

fn read_all(mut capture: Capture, limits: Limits) -> (Vec<Row>, Capture) {
    let (mut batch, mut rows) = (Batch::new(), Vec::new());
    while capture.fill(&mut batch, limits).expect("no error") {
        assert_eq!(batch.first_number, rows.len() as u64 + 1);
        rows.extend(batch.records.iter().map(|record| row(&batch, record)));
    }
    assert!(!capture.fill(&mut batch, limits).expect("no error"), "a capture stays at its end");
    (rows, capture)
}

fn row(batch: &Batch, record: &Record) -> Row {
    (record.time, record.wire_len, batch.bytes(record).to_vec(), record.link, record.interface)
}

/// The only batch of a small capture.
fn batch(bytes: &[u8]) -> (Batch, Capture) {
    let (mut batch, mut capture) = (Batch::new(), open(bytes));
    assert!(capture.fill(&mut batch, Limits::default()).expect("no error"));
    (batch, capture)
}

#[test]
fn pcap_in_every_shape() {
    const NONE: u32 = Record::NO_INTERFACE;
    for order in [Little, Big] {
        let one = |magic, link| [pcap_header(order, magic, link), pcap_record(order, 5, 7, b"abc", 60)].concat();
        let modified = [&pcap_header(order, MODIFIED, 1)[..], &order.words(&[5, 7, 3, 60, 2, 0x0800]), b"abc"].concat();
        let swapped = |version| [pcap_header_of(order, MICRO, 1, version), order.words(&[5, 7, 60, 3]), b"abc".to_vec()].concat();
        let late = [pcap_header(order, MICRO, 1), pcap_record(order, u32::MAX, 2_000_000, b"", 0)].concat();
        for (name, file, want) in [
            ("microseconds", one(MICRO, 1), (Some(5_000_007_000), 60, b"abc".to_vec(), 1, NONE)),
            ("nanoseconds", one(NANO, 101), (Some(5_000_000_007), 60, b"abc".to_vec(), 101, NONE)),
            ("modified", modified.clone(), (Some(5_000_007_000), 60, b"abc".to_vec(), 1, NONE)),
            ("upper bits of the link", one(MICRO, 0x2400_0001), (Some(5_000_007_000), 60, b"abc".to_vec(), 1, NONE)),
            ("lengths swapped in 2.2", swapped((2, 2)), (Some(5_000_007_000), 60, b"abc".to_vec(), 1, NONE)),
            ("lengths swapped in some 2.3", swapped((2, 3)), (Some(5_000_007_000), 60, b"abc".to_vec(), 1, NONE)),
            ("latest time, fraction carried", late, (Some(4_294_967_297_000_000_000), 0, vec![], 1, NONE)),
        ] {
            let (rows, capture) = read(&file);
            assert_eq!(rows, [want], "{name}, {order:?}");
            assert!(!capture.meta().loss.is_partial(), "{name}, {order:?}");
            assert_eq!(capture.format().big_endian, order == Big);
        }
        let format = open(&one(NANO, 0x2400_0001)).format();
        assert_eq!((format.fcs_len, format.link, format.resolution, format.version), (Some(4), Some(1), Some(9), (2, 4)));
        assert_eq!(open(&modified).format().container, Container::ModifiedPcap);
        assert_eq!(read(&one(MICRO, 1)).1.meta().loss.truncated, 1);
    }
    let (rows, capture) = read(&pcap_header(Little, MICRO, 1));
    assert!(rows.is_empty() && !capture.meta().loss.is_partial(), "a capture without packets is whole");
}

#[test]
fn snoop_maps_links() {
    for (datalink, link) in [(0, 1), (4, 1), (2, 6), (8, 10), (18, 123), (26, 242), (77, Record::NO_LINK)] {
        let file = snoop(datalink, &[(1, 2, b"abcde", 64), (3, 4, b"", 0)]);
        let (rows, capture) = read(&file);
        let none = Record::NO_INTERFACE;
        let want = [(Some(1_000_002_000), 64, b"abcde".to_vec(), link, none), (Some(3_000_004_000), 0, vec![], link, none)];
        assert_eq!(rows, want, "datalink {datalink}");
        assert_eq!(capture.format().container, Container::Snoop);
        assert_eq!(capture.meta().loss.bytes, file.len() as u64);
    }
}

#[test]
fn clocks_of_every_resolution() {
    for (resolution, offset, ticks, want) in [
        (6, 0, 1_500_000, 1_500_000_000),
        (0, 0, 1_700_000_000, 1_700_000_000_000_000_000),
        (9, 0, u64::MAX, i64::MAX),
        (12, 0, 1_999, 1),
        (28, 0, u64::MAX, 1),
        (127, 0, u64::MAX, 0),
        (0x80, 0, 3, 3_000_000_000),
        (0x8a, 0, 1536, 1_500_000_000),
        (0xff, 0, u64::MAX, 0),
        (6, -10, 1, -9_999_999_000),
        (6, i64::MIN, 0, i64::MIN),
        (0, i64::MAX, u64::MAX, i64::MAX),
    ] {
        assert_eq!(Clock { resolution, offset }.nanoseconds(ticks), want, "{resolution} {offset} {ticks}");
        for order in [Little, Big] {
            let options = [option(order, 9, &[resolution]), option(order, 14, &order.long(offset as u64)), option(order, 0, b"")].concat();
            let file = [section(order, b""), interface(order, 1, 0, &options), packet(order, 0, ticks, b"x", 1, b"")].concat();
            assert_eq!(read(&file).0[0].0, Some(want), "{order:?} {resolution} {offset} {ticks}");
        }
    }
}

/// Sections of both orders, several interfaces, every block type.
fn everything(order: Order) -> Vec<u8> {
    let other = if order == Big { Little } else { Big };
    let comment = option(order, 1, b"hello");
    let record = |kind: u16, value: &[u8]| option(order, kind, value);
    let names = [record(1, b"\x0a\0\0\x01one\0uno\0"), record(3, b"......mac\0"), record(0, b""), comment.clone()].concat();
    let secrets = [&order.words(&[0x544c_534b, 5])[..], b"KEYS\n\0\0\0", &option(order, 1, b"mine")].concat();
    let counts = [&order.words(&[1, 0, 9])[..], &option(order, 4, &order.long(77))].concat();
    let options = [comment.clone(), option(order, 4, &order.long(3)), option(order, 2, &order.word(1)), option(order, 0, b"")].concat();
    [
        section(order, &[option(order, 4, b"unwire tests"), comment].concat()),
        interface(order, 1, 0, &option(order, 2, b"eth0")),
        interface(order, 101, 4, &[option(order, 2, b"tun0"), option(order, 3, b"a tunnel"), option(order, 9, &[9])].concat()),
        packet(order, 0, 1, b"first", 50, &options),
        block(order, 4, &names),
        packet(order, 1, 2, b"second..", 8, b""),
        simple_packet(order, 6, b"third."),
        obsolete_packet(order, 1, 9, 4, b"fourth", b""),
        block(order, 10, &secrets),
        block(order, 0xbad, &[&order.word(32_473)[..], b"data"].concat()),
        block(order, 0x4000_0bad, &order.word(1)),
        block(order, 0x0dd_ba11, b"unknown"),
        block(order, 5, &counts),
        section_of(other, (1, 2), 92, b""),
        interface(other, 113, 3, b""),
        packet(other, 0, 5, b"fifth", 5, b""),
        simple_packet(other, 9, b"six"),
    ]
    .concat()
}

#[test]
fn pcapng_with_everything() {
    for order in [Little, Big] {
        let file = everything(order);
        let (batch, mut capture) = batch(&file);
        let rows: Vec<_> = batch.records.iter().map(|record| row(&batch, record)).collect();
        let want: [Row; 6] = [
            (Some(1000), 50, b"first".to_vec(), 1, 0),
            (Some(2), 8, b"second..".to_vec(), 101, 1),
            (None, 6, b"third.".to_vec(), 1, 0),
            (Some(4), 6, b"fourth".to_vec(), 101, 1),
            (Some(5000), 5, b"fifth".to_vec(), 113, 2),
            (None, 9, b"six".to_vec(), 113, 2),
        ];
        assert_eq!(rows, want);
        assert!(!capture.fill(&mut Batch::new(), Limits::default()).expect("no error"));

        let options: Vec<u16> = batch.options(&batch.records[0]).map(|(code, _)| code).collect();
        assert_eq!(options, [1, 4, 2]);
        assert_eq!(batch.comments(&batch.records[0]).collect::<Vec<_>>(), ["hello"]);
        let drops: Vec<_> = batch.records.iter().map(|record| batch.drops(record)).collect();
        assert_eq!(drops, [Some(3), None, None, Some(9), None, None]);

        let meta = capture.meta();
        let names: Vec<_> = meta.names().map(|name| (name.address.to_string(), name.names.join(" "))).collect();
        assert_eq!(names, [("10.0.0.1".to_owned(), "one uno".to_owned())]);
        let interfaces: Vec<_> = meta.interfaces.iter().map(|port| (port.section, port.id, port.link, port.snaplen, port.name())).collect();
        let want = [(0, 0, 1, 0, Some("eth0".into())), (0, 1, 101, 4, Some("tun0".into())), (1, 0, 113, 3, None)];
        assert_eq!(interfaces, want);
        assert_eq!(meta.interfaces[1].description().as_deref(), Some("a tunnel"));
        let sections: Vec<_> = meta.sections.iter().map(|part| (part.version, part.len, part.first_interface)).collect();
        assert_eq!(sections, [((1, 0), -1, 0), ((1, 2), 92, 2)]);
        assert_eq!(meta.sections[0].written_by()[2].as_deref(), Some("unwire tests"));
        let secrets: Vec<_> = meta.secrets().map(|secrets| (secrets.kind, secrets.bytes, secrets.before)).collect();
        assert_eq!(secrets, [(0x544c_534b, &b"KEYS\n"[..], 5)]);
        let customs: Vec<_> = meta.customs().map(|custom| (custom.enterprise, custom.copyable, custom.bytes)).collect();
        assert_eq!(customs, [(32_473, true, &b"data"[..]), (1, false, b"")]);
        let statistics: Vec<_> = meta.statistics().map(|counts| (counts.interface, counts.time, counts.options.value(4).is_some())).collect();
        assert_eq!(statistics, [(1, Some(9), true)]);
        let comments: Vec<_> = meta.comments().map(|(block, comment)| (block.kind, comment.into_owned())).collect();
        let want = [(BlockType::SECTION, "hello"), (BlockType::NAMES, "hello"), (BlockType::SECRETS, "mine")];
        assert_eq!(comments, want.map(|(kind, text)| (kind, text.to_owned())));
        assert_eq!(meta.loss.skipped_blocks, 3);
        assert_eq!((meta.loss.is_partial(), meta.loss.truncated, meta.loss.bytes), (false, 2, file.len() as u64));

        // Every block that is no packet is kept raw with the frame it preceded, so that a writer can put it back.
        let kept: Vec<_> = meta.blocks.iter().map(|block| (block.kind.0, block.before)).collect();
        let want =
            [(0x0a0d_0d0a, 1), (1, 1), (1, 1), (4, 2), (10, 5), (0xbad, 5), (0x4000_0bad, 5), (0x0dd_ba11, 5), (5, 5), (0x0a0d_0d0a, 5), (1, 5)];
        assert_eq!(kept, want);
        assert!(meta.blocks.iter().all(|block| file.windows(block.bytes.len()).any(|bytes| bytes == block.bytes)));
    }
}

#[test]
fn captures_may_change_threads() {
    fn sendable<T: Send>() {}
    sendable::<Capture>();
    sendable::<Batch>();
}

/// Gives one byte at a time, as a slow pipe may.
struct Drip(Cursor<Vec<u8>>);

impl Read for Drip {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let len = room.len().min(1);
        self.0.read(&mut room[..len])
    }
}

#[test]
fn a_slow_pipe_reads_like_a_file() {
    for order in [Little, Big] {
        let file = everything(order);
        let slow = Capture::from_read(Box::new(Drip(Cursor::new(file.clone())))).expect("a capture");
        let (rows, capture) = read_all(slow, Limits::default());
        let (want, wanted) = read(&file);
        assert_eq!(rows, want);
        assert_eq!(capture.meta(), wanted.meta());
    }
}

/// One file compressed as two members, frames or streams after each other.
pub(crate) fn compressed(file: &[u8], compression: Compression) -> Vec<u8> {
    let halves = file.split_at(file.len() / 2);
    [halves.0, halves.1].map(|half| compress(half, compression).expect("compressed")).concat()
}

fn compress(bytes: &[u8], compression: Compression) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    match compression {
        Compression::Plain => out.extend(bytes),
        Compression::Gzip => _ = flate2::read::GzEncoder::new(bytes, flate2::Compression::fast()).read_to_end(&mut out)?,
        Compression::Zstd => out = zstd::encode_all(bytes, 1)?,
        Compression::Lz4 => {
            let mut encoder = lz4_flex::frame::FrameEncoder::new(&mut out);
            io::copy(&mut &bytes[..], &mut encoder)?;
            encoder.finish().map_err(io::Error::other)?;
        }
        Compression::Bzip2 => _ = bzip2::read::BzEncoder::new(bytes, bzip2::Compression::fast()).read_to_end(&mut out)?,
        Compression::Xz => _ = liblzma::read::XzEncoder::new(bytes, 0).read_to_end(&mut out)?,
    }
    Ok(out)
}

pub(crate) const COMPRESSIONS: [Compression; 5] = [Compression::Gzip, Compression::Zstd, Compression::Lz4, Compression::Bzip2, Compression::Xz];

#[test]
fn compressed_captures_read_like_plain_ones() {
    let file = everything(Little);
    let (want, wanted) = read(&file);
    assert_eq!(wanted.source_bytes(), file.len() as u64);
    for compression in COMPRESSIONS {
        let bytes = compressed(&file, compression);
        let (rows, capture) = read(&bytes);
        assert_eq!(capture.source_bytes(), bytes.len() as u64, "{compression:?}");
        assert_eq!(rows, want, "{compression:?}");
        assert_eq!(capture.meta(), wanted.meta(), "{compression:?}");
        assert_eq!(capture.format().compression, compression);
    }
}
