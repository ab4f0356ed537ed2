//! What is heard of streams for columns: the same however bytes are cut, and for any bytes nothing panics and what waits is bounded.

use proptest::prelude::*;
use unwire::native::decoder;
use unwire::native::heard::{Heard, Hearer, key};
use unwire::native::quic_stream::QuicStream;

const ASKED: &[u8] = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.1\r\nContent-Length: 2\r\n\r\nhiGET /c HTTP/1.1\r\n\r\n";
/// A hello of one record, a change of cipher, and data.
const HELLO: &[u8] = b"\x16\x03\x01\x00\x2d\x01\x00\x00\x29\x03\x0301234567890123456789012345678901\x00\x00\x02\x13\x01\x01\x00\x14\x03\x03\x00\x01\x01\x17\x03\x03\x00\x02hi";

fn heard(side: usize, bytes: &[u8], cuts: &[usize], dns: bool) -> Vec<Heard> {
    let (mut hearer, mut out, mut at) = (Hearer::default(), Vec::new(), 0);
    for cut in cuts.iter().copied().chain([bytes.len()]) {
        let next = cut.clamp(at, bytes.len());
        if next > at {
            let mut found = Vec::new();
            hearer.data(side, &bytes[at..next], dns, &mut found);
            for one in found {
                match out.last_mut().filter(|last: &&mut Heard| last.key == one.key && one.key != key::DNS) {
                    Some(last) => last.bytes.extend(one.bytes),
                    None => out.push(one),
                }
            }
        }
        at = next;
    }
    assert!(hearer.held() <= 1 << 19);
    out
}

#[test]
fn streams_are_heard_however_they_are_cut() {
    let dns = [&[0, 13][..], &[7; 13], &[0, 12], &[9; 12]].concat();
    for (bytes, is_dns, key) in [(ASKED, false, key::HTTP), (HELLO, false, key::TLS), (&dns, true, key::DNS)] {
        let whole = heard(0, bytes, &[], is_dns);
        assert_eq!(whole.iter().map(|one| one.key).collect::<Vec<_>>(), vec![key; if key == key::DNS { 2 } else { 1 }]);
        for cut in 0..bytes.len() {
            assert_eq!(heard(0, bytes, &[cut], is_dns), whole, "cut at {cut}");
        }
        let each: Vec<usize> = (0..bytes.len()).collect();
        assert_eq!(heard(0, bytes, &each, is_dns), whole);
    }
}

#[test]
fn a_hole_in_records_is_passed_over() {
    let (mut hearer, mut out) = (Hearer::default(), Vec::new());
    hearer.data(0, HELLO, false, &mut out);
    hearer.gap(0, 1000);
    out.clear();
    hearer.data(0, b"in the middle of a record", false, &mut out);
    assert!(out.is_empty());
    hearer.data(0, b"\x17\x03\x03\x00\x02ok", false, &mut out);
    assert_eq!(out.len(), 1);
}

proptest! {
    #[test]
    fn any_bytes_are_heard(
        bytes in proptest::collection::vec(prop_oneof![1 => any::<u8>(), 1 => 0_u8..4, 1 => 20_u8..24], 0..600),
        cut in 0_usize..600,
        begins in 0_usize..4,
        dns in any::<bool>(),
    ) {
        let beginnings: [&[u8]; 4] = [b"", b"\x16\x03\x01", b"HTTP/1.1 200 OK\r\n", b"\xc3\0\0\0\x01\x08\x83\x94\xc8\xf0\x3e\x51\x57\x08\0\0"];
        let bytes = [beginnings[begins], &bytes].concat();
        for one in heard(0, &bytes, &[cut], dns) {
            for decoder in (0..).map_while(decoder) {
                for item in 0..decoder.items.len() as u16 {
                    (decoder.read)(item, &one.bytes, &mut |_| ());
                }
            }
        }
        let (mut quic, mut out) = (QuicStream::default(), Vec::new());
        let (one, other) = bytes.split_at(cut.min(bytes.len()));
        for (end, part) in [(0, one), (1, other), (0, bytes.as_slice())] {
            quic.datagram(end, part, &mut out);
        }
        prop_assert!(quic.held() <= 1 << 18);
    }
}
