//! What holds for any bytes: reading, walking and decoding them never panics, spans lie within each other and within the frame, values lie
//! within the bytes that were captured, and a capture's account adds up. Frames are arbitrary bytes, and real ones with bytes changed.

use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use unwire::capture::{Batch, Capture, Limits};
use unwire::columns::{Columns, Occurrence, Plan, each_value};
use unwire::pool::Ordered;
use unwire::reader::Bytes;
use unwire::schema::Schema;
use unwire::walk::{MAX_DEPTH, Walk};

/// The link types that somebody answers to, and one that nobody does.
fn links() -> Vec<u16> {
    let schema = Schema::built_in();
    let known = schema.spaces[schema.link as usize].entries().into_iter().map(|(link, _)| link as u16);
    known.chain([65_535]).collect()
}

/// The frames of the project's captures, with their link types.
fn frames() -> Vec<(u16, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/captures");
    let mut found = Vec::new();
    for name in ["tiny.pcap", "fragments.pcap", "mptcp.pcap", "cooked.pcap", "raw.pcap", "loopback.pcap"] {
        let mut capture = Capture::open(&folder.join(name)).expect("a capture of the project");
        let mut batch = Batch::new();
        while capture.fill(&mut batch, Limits { records: 64, bytes: 1 << 20 }).expect("a whole capture") {
            found.extend(batch.records.iter().map(|record| (record.link, batch.bytes(record).to_vec())));
        }
    }
    assert!(found.len() > 100);
    found
}

/// A link type and a frame of it.
fn framed() -> impl Strategy<Value = (u16, Vec<u8>)> {
    let arbitrary = (select(links()), prop::collection::vec(any::<u8>(), 0..200));
    let changes = prop::collection::vec((any::<Index>(), any::<u8>()), 0..8);
    let real = (select(frames()), changes, any::<Index>(), any::<bool>()).prop_map(|((link, mut bytes), changes, end, cut)| {
        for (at, byte) in changes {
            if let Some(place) = bytes.len().checked_sub(1).map(|last| at.index(last + 1)) {
                bytes[place] = byte;
            }
        }
        if cut {
            bytes.truncate(end.index(bytes.len() + 1));
        }
        (link, bytes)
    });
    prop_oneof![1 => arbitrary, 3 => real]
}

/// A pcap file with one frame.
fn pcap(link: u16, frame: &[u8], wire_len: u32) -> Vec<u8> {
    let words = [0xa1b2_c3d4, 0x0004_0002, 0, 0, 0x0004_0000, u32::from(link), 0, 0, frame.len() as u32, wire_len];
    words.iter().flat_map(|word| word.to_le_bytes()).chain(frame.iter().copied()).collect()
}

#[test]
fn a_computed_value_of_a_cut_frame_lies_within_it() {
    // A DNS answer of which identifier and flags were captured, and what its flags say.
    let ethernet = [2, 0, 0, 0, 0, 10, 2, 0, 0, 0, 0, 1, 8, 0];
    let ip = [69, 0, 0, 88, 113, 157, 64, 0, 64, 17, 68, 236, 192, 0, 2, 1, 192, 0, 2, 10];
    let frame = [&ethernet[..], &ip, &[0, 53, 222, 131, 0, 68, 188, 180], &[247, 146, 133, 128]].concat();
    let mut walk = Walk::new(Arc::clone(Schema::built_in()), None);
    walk.run(1, Bytes(&frame), 102);
    let mut places = Vec::new();
    each_value(&walk, Bytes(&frame), "dns.flags.authenticated", &mut |read| places.push((read.start, read.end))).expect("a column");
    assert_eq!(places, [(46, 46)]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_reader_reads_what_is_there(bytes in prop::collection::vec(any::<u8>(), 0..24), at in 0_u32..32, size in 0_u32..32, limit in 0_u32..32) {
        let there = (at as usize..(at + size) as usize, at + size <= limit);
        let expected = if there.1 { bytes.get(there.0) } else { None };
        prop_assert_eq!(Bytes(&bytes).take(at, size, limit).ok(), expected);
        if let (Some(expected), 1..=8) = (expected, size) {
            let number = expected.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
            prop_assert_eq!(Bytes(&bytes).uint(at, size as u8, false, limit).ok(), Some(number));
            prop_assert_eq!(Bytes(&bytes).uint(at, size as u8, true, limit).ok(), Some(number.swap_bytes() >> (64 - 8 * size)));
        }
    }

    #[test]
    fn spans_lie_within_each_other((link, bytes) in framed(), more in 0_u32..2000) {
        let wire_len = bytes.len() as u32 + more;
        let mut walk = Walk::new(Arc::clone(Schema::built_in()), None);
        walk.run(link, Bytes(&bytes), wire_len);
        prop_assert!(walk.spans.len() <= MAX_DEPTH);
        let (mut start, mut limit) = (0, wire_len);
        for span in &walk.spans {
            prop_assert_eq!(span.start, start);
            prop_assert!(span.start <= span.payload && span.payload <= span.tail && span.tail <= span.limit && span.limit <= limit, "{:?}", span);
            prop_assert!(span.start <= bytes.len() as u32);
            (start, limit) = (span.payload, span.tail);
        }
        // The same bytes have the same spans, whatever the walk was used for before.
        let (spans, stop) = (walk.spans.clone(), walk.stop);
        walk.run(link, Bytes(&bytes), wire_len);
        prop_assert!(walk.spans == spans && walk.stop == stop);
    }

    #[test]
    fn values_lie_within_the_frame((link, bytes) in framed(), from in any::<Index>()) {
        let schema = Schema::built_in();
        let mut walk = Walk::new(Arc::clone(schema), None);
        walk.run(link, Bytes(&bytes), bytes.len() as u32);
        let layers: Vec<_> = walk.spans.iter().map(|span| span.layer).collect();
        let here = schema.columns.iter().filter(|(_, column)| column.sources.iter().any(|source| layers.contains(&source.0) || column.list));
        // Some columns of each frame: there are thousands, and many frames.
        let here: Vec<_> = here.map(|(name, _)| name).collect();
        for name in here.iter().cycle().skip(from.index(here.len())).take(6.min(here.len())) {
            let mut inside = true;
            let known = each_value(&walk, Bytes(&bytes), name, &mut |read| inside &= read.start <= read.end && read.end <= bytes.len() as u32);
            prop_assert!(known.is_ok() && inside, "{}", name);
        }
    }

    #[test]
    fn every_column_can_be_asked_of_every_frame((link, bytes) in framed(), which in select(vec![Occurrence::First, Occurrence::Last, Occurrence::All])) {
        let schema = Schema::built_in();
        let names: Vec<_> = schema.columns.keys().cloned().collect();
        let plan = Arc::new(Plan::new(schema, &names, which).expect("columns that are declared"));
        let capture = Capture::from_read(Box::new(std::io::Cursor::new(pcap(link, &bytes, bytes.len() as u32)))).expect("a capture");
        let rows: usize = Ordered::new(capture, 1, || Columns::new(Arc::clone(&plan), None)).map(|rows| rows.unwrap().unwrap().num_rows()).sum();
        prop_assert_eq!(rows, 1);
    }

    #[test]
    fn any_capture_is_read_to_an_end(
        head in select(vec![&b"\xd4\xc3\xb2\xa1"[..], b"\xa1\xb2\xc3\xd4", b"\x4d\x3c\xb2\xa1", b"\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\x01\0\0\0",
            b"snoop\0\0\0\0\0\0\x02\0\0\0\x04", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"BZh9", b"\xfd7zXZ\0", b"\x04\x22\x4d\x18", b""]),
        rest in prop::collection::vec(prop_oneof![3 => Just(0_u8), 1 => any::<u8>(), 1 => 0_u8..40], 0..600),
        records in 1_usize..9,
    ) {
        let file: Vec<u8> = head.iter().copied().chain(rest).collect();
        let Ok(mut capture) = Capture::from_read(Box::new(std::io::Cursor::new(file))) else { return Ok(()) };
        let (mut batch, mut count) = (Batch::new(), 0);
        while let Ok(true) = capture.fill(&mut batch, Limits { records, bytes: 4096 }) {
            prop_assert!(!batch.records.is_empty() && batch.records.len() <= records);
            count += batch.records.len() as u64;
            for record in &batch.records {
                prop_assert_eq!(batch.bytes(record).len(), record.cap_len as usize);
                prop_assert!(batch.comments(record).count() <= 600);
            }
        }
        prop_assert_eq!(capture.meta().loss.records, count);
    }
}
