//! What frames tell of flows: by hand-made frames whose numbers are known, and over all captures, cut and flipped.

use std::path::Path;
use std::sync::Arc;

use unwire::capture::{Batch, Capture, Limits, Record};
use unwire::schema::Schema;
use unwire::seeing::Seeing;
use unwire::stream::{Kind, NO_TAG, Piece, Seen, Verdict, flag};

const ETHERNET: u16 = 1;

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap()).collect()
}

fn seen(frame: &[u8]) -> Vec<Seen> {
    let mut into = Vec::new();
    Seeing::new(Arc::clone(Schema::built_in()), true).with_options().frame(ETHERNET, frame, frame.len() as u32, 7, &mut into);
    into
}

/// An Ethernet header that carries this type.
fn ethernet(kind: &str, payload: &[u8]) -> Vec<u8> {
    [bytes("020000000002 020000000001"), bytes(kind), payload.to_vec()].concat()
}

/// An IPv4 header from 10.0.0.1 to 10.0.0.2 and what it carries.
fn ip(flags: u16, id: u16, protocol: u8, payload: &[u8]) -> Vec<u8> {
    let mut header = bytes("4500 0000 0000 0000 4000 0000 0a000001 0a000002");
    header[2..4].copy_from_slice(&(20 + payload.len() as u16).to_be_bytes());
    header[4..6].copy_from_slice(&id.to_be_bytes());
    header[6..8].copy_from_slice(&flags.to_be_bytes());
    header[9] = protocol;
    let sum: u32 = header.chunks(2).map(|two| u32::from(two[0]) << 8 | u32::from(two[1])).sum();
    header[10..12].copy_from_slice(&(!((sum & 0xFFFF) + (sum >> 16)) as u16).to_be_bytes());
    [header, payload.to_vec()].concat()
}

fn ip6(next: u8, payload: &[u8]) -> Vec<u8> {
    let mut header = bytes("60000000 0000 00 40 20010db8000000000000000000000001 20010db8000000000000000000000002");
    header[4..6].copy_from_slice(&(payload.len() as u16).to_be_bytes());
    header[6] = next;
    [header, payload.to_vec()].concat()
}

/// A datagram from port 50000 to this one, without a checksum.
fn udp(port: u16, payload: &[u8]) -> Vec<u8> {
    [&50_000u16.to_be_bytes()[..], &port.to_be_bytes(), &(8 + payload.len() as u16).to_be_bytes(), &[0, 0], payload].concat()
}

#[test]
fn a_segment_tells_its_numbers() {
    let tcp = bytes("c350 0050 00000001 00000002 70 12 2000 0000 0000 01 030307 00 000000 68690a");
    let found = seen(&ethernet("8100 0005 0800", &ip(0, 1, 6, &tcp)));
    let [one] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((one.ends.kind, one.ends.protocol, one.ends.width, one.ends.ports), (Kind::Stream, 6, 4, [50_000, 80]));
    assert_eq!((&one.ends.source[..5], &one.ends.target[..5]), (&[10, 0, 0, 1, 0][..], &[10, 0, 0, 2, 0][..]));
    assert_eq!((one.sequence, one.acknowledged, one.flags, one.window, one.scale), (1, 2, flag::SYN | flag::ACK, 0x2000, Some(7)));
    assert_eq!((one.total, one.start, one.promised, one.captured), (51, 66, 3, 3));
    assert_eq!((one.tags, one.tunnel, one.depth, one.piece, one.record), ([5, NO_TAG], false, 0, None, 7));
    assert_eq!(one.verdict, Verdict::BadTransport);
}

#[test]
fn what_was_not_captured_is_promised() {
    let frame = ethernet("0800", &ip(0, 1, 17, &udp(53, &[7; 100])));
    let mut into = Vec::new();
    Seeing::new(Arc::clone(Schema::built_in()), true).with_options().frame(ETHERNET, &frame[..60], frame.len() as u32, 0, &mut into);
    assert_eq!((into[0].promised, into[0].captured, into[0].verdict), (100, 18, Verdict::Good), "the header's sum alone can be computed");
}

#[test]
fn messages_pair_by_type() {
    for (message, ports, one_way) in
        [("0800 0000 00010001", [8, 0], false), ("0000 0000 00010001", [0, 8], false), ("0503 0000 0a000009", [5, 3], true)]
    {
        let found = seen(&ethernet("0800", &ip(0, 1, 1, &bytes(message))));
        assert_eq!((found[0].ends.kind, found[0].ends.ports, found[0].ends.one_way), (Kind::Message, ports, one_way), "{message}");
        assert_eq!(found[0].promised, 4);
    }
}

#[test]
fn what_an_error_quotes_is_no_flow() {
    let quoted = [bytes("0301 0000 00000000"), ip(0, 1, 17, &udp(53, &[7; 4]))].concat();
    let found = seen(&ethernet("0800", &ip(0, 1, 1, &quoted)));
    assert_eq!(found.iter().map(|one| (one.ends.ports, one.tunnel)).collect::<Vec<_>>(), [([3, 1], false)]);
}

#[test]
fn a_tunnel_tells_of_all_its_flows() {
    let inner = ethernet("0800", &ip(0, 1, 17, &udp(53, &[7; 4])));
    let found = seen(&ethernet("0800", &ip(0, 1, 17, &udp(4789, &[bytes("0800 0000 00002a00"), inner].concat()))));
    assert_eq!(found.iter().map(|one| (one.ends.ports[1], one.depth, one.tunnel)).collect::<Vec<_>>(), [(4789, 0, true), (53, 1, false)]);
    let carrier = Schema::built_in().layer(found[0].carrier);
    assert_eq!(carrier.service.as_deref(), Some("vxlan"));
    let found = seen(&ethernet("0800", &ip(0, 1, 41, &ip6(17, &udp(53, &[])))));
    let kinds: Vec<_> = found.iter().map(|one| (one.ends.kind, one.ends.protocol, one.ends.width, one.tunnel)).collect();
    assert_eq!(kinds, [(Kind::Other, 41, 4, true), (Kind::Datagram, 17, 16, false)]);
}

#[test]
fn a_cut_header_tells_nothing() {
    let found = seen(&ethernet("0800", &ip(0, 1, 6, &[0; 10])));
    assert_eq!(found[0].ends.kind, Kind::Broken);
    let found = seen(&ethernet("0800", &ip(0, 1, 99, &[0; 10])));
    assert_eq!((found[0].ends.kind, found[0].promised), (Kind::Other, 10));
}

/// Cut a datagram's payload in two, and put it together again.
fn pieces(first: &[u8], second: &[u8], offset: u32, id: u32, whole: &[u8]) {
    let mut seeing = Seeing::new(Arc::clone(Schema::built_in()), true);
    let mut into = Vec::new();
    seeing.frame(ETHERNET, second, second.len() as u32, 0, &mut into);
    assert_eq!(into.len(), 1);
    assert_eq!((into[0].piece, into[0].ends.ports), (Some(Piece { offset, id, more: false, cut: false }), [0, 0]));
    assert_eq!(&second[into[0].start as usize..], &whole[offset as usize..]);
    into.clear();
    seeing.frame(ETHERNET, first, first.len() as u32, 0, &mut into);
    assert_eq!(into[0].piece, Some(Piece { offset: 0, id, more: true, cut: false }));
    let start = into[0].start;
    let datagram = [&first[..start as usize], whole].concat();
    into.clear();
    seeing.datagram(ETHERNET, &datagram, start, 3, &mut into);
    assert_eq!((into[0].ends.kind, into[0].ends.ports, into[0].piece), (Kind::Datagram, [50_000, 53], None));
    assert_eq!((into[0].start, into[0].promised, into[0].record), (start + 8, whole.len() as u32 - 8, 3));
}

#[test]
fn a_datagram_is_read_when_it_is_whole() {
    let whole = udp(53, &[7; 40]);
    let first = ethernet("0800", &ip(0x2000, 9, 17, &whole[..24]));
    let second = ethernet("0800", &ip(3, 9, 17, &whole[24..]));
    pieces(&first, &second, 24, 9, &whole);
    let header = |offset: u16, more: u16| [bytes("11 00"), (offset | more).to_be_bytes().to_vec(), bytes("00000009")].concat();
    let first = ethernet("86dd", &ip6(44, &[header(0, 1), whole[..24].to_vec()].concat()));
    let second = ethernet("86dd", &ip6(44, &[header(24, 0), whole[24..].to_vec()].concat()));
    pieces(&first, &second, 24, 9, &whole);
}

#[test]
fn no_frame_however_damaged_tells_of_bytes_that_are_not_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut seeing = Seeing::new(Arc::clone(Schema::built_in()), true);
    let (mut into, mut batch, mut told) = (Vec::new(), Batch::new(), 0);
    for entry in std::fs::read_dir(root.join("tests/captures")).unwrap().flatten() {
        let Ok(mut capture) = Capture::open(&entry.path()) else { continue };
        while let Ok(true) = capture.fill(&mut batch, Limits::default()) {
            for record in batch.records.iter().take(200) {
                let whole = batch.bytes(record).to_vec();
                for at in 0..whole.len().min(120) {
                    let mut flipped = whole.clone();
                    flipped[at] ^= 0xA5;
                    into.clear();
                    seeing.frame(record.link, &flipped, record.wire_len, 0, &mut into);
                    seeing.frame(record.link, &whole[..at], record.wire_len, 0, &mut into);
                    for one in &into {
                        assert!(one.start + one.captured <= whole.len() as u32 || one.captured == 0);
                        assert!(one.captured <= one.promised);
                        told += 1;
                    }
                }
            }
        }
    }
    assert!(told > 1000);
}

/// What a block tells, frame by frame.
fn together(seeing: &mut Seeing, batch: &Batch) -> Vec<Vec<Seen>> {
    let (mut into, mut told) = (Vec::new(), Vec::new());
    seeing.block(None, batch, &batch.records, &mut into, &mut told);
    told.iter().map(|told| into[told.first as usize..(told.first + told.count) as usize].to_vec()).collect()
}

fn alone(seeing: &mut Seeing, batch: &Batch) -> Vec<Vec<Seen>> {
    let one = |(record, at): (&Record, u32)| {
        let mut into = Vec::new();
        seeing.frame(record.link, batch.bytes(record), record.wire_len, at, &mut into);
        into
    };
    batch.records.iter().zip(0..).map(one).collect()
}

#[test]
fn a_block_tells_what_its_frames_tell() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let new = || Seeing::new(Arc::clone(Schema::built_in()), false);
    let (mut plain, mut single, mut quoting, mut verifying) =
        (new(), new(), new().with_quotes(), Seeing::new(Arc::clone(Schema::built_in()), true).with_options());
    let (mut quoting_alone, mut verifying_alone) = (new().with_quotes(), Seeing::new(Arc::clone(Schema::built_in()), true).with_options());
    let (mut batch, mut flows) = (Batch::new(), 0);
    let folders = ["tests/captures", "examples", "../shared/conformance/captures"];
    for entry in folders.iter().filter_map(|folder| std::fs::read_dir(root.join(folder)).ok()).flatten().flatten() {
        let Ok(mut capture) = Capture::open(&entry.path()) else { continue };
        while let Ok(true) = capture.fill(&mut batch, Limits { records: 1000, ..Limits::default() }) {
            // Whole, cut at the capture, cut as if there had been no more, and with a byte that is another.
            for (captured, wire, flip) in
                [(0, 0, 0), (0, 0, 0), (37, 0, 0), (61, 0, 0), (50, 50, 0), (64, 64, 0), (0, 0, 14), (0, 0, 20), (0, 0, 23), (0, 0, 46)]
            {
                let mut batch = batch.clone();
                for record in &mut batch.records {
                    if captured > 0 {
                        record.cap_len = record.cap_len.min(captured);
                        record.wire_len = if wire > 0 { record.wire_len.min(wire) } else { record.wire_len };
                    }
                    if flip > 0 && record.cap_len > flip {
                        batch.buffer[(record.offset + flip) as usize] ^= 0x25;
                    }
                }
                let found = together(&mut plain, &batch);
                flows += found.iter().map(Vec::len).sum::<usize>();
                assert_eq!(found, alone(&mut single, &batch), "{} cut to {captured}, {wire}, {flip} flipped", entry.path().display());
                assert_eq!(together(&mut quoting, &batch), alone(&mut quoting_alone, &batch), "{}", entry.path().display());
                assert_eq!(together(&mut verifying, &batch), alone(&mut verifying_alone, &batch), "{}", entry.path().display());
            }
        }
    }
    assert!(flows > 1000);
}
