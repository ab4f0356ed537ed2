//! Any bytes as what streams and datagrams say: every native decoder reads them, whole and cut in two, and nothing panics.

#![no_main]

use libfuzzer_sys::fuzz_target;
use unwire::native::heard::Hearer;
use unwire::native::quic_stream::QuicStream;
use unwire::native::row::{Rows, Talk};
use unwire::native::speaker::Speaker;
use unwire::native::{Mark, decoder};

fuzz_target!(|data: &[u8]| {
    let Some((first, bytes)) = data.split_first() else { return };
    for decoder in (0..).map_while(decoder) {
        let _ = (decoder.check)(bytes);
        for item in 0..decoder.items.len() as u16 {
            (decoder.read)(item, bytes, &mut |_| ());
        }
    }
    let ports = [40_000, [53, 80, 443, 8080][usize::from(first & 3)]];
    let (one, other) = bytes.split_at(bytes.len() * usize::from(first >> 2) / 63);
    let (mut hearer, mut heard) = (Hearer::default(), Vec::new());
    let (mut quic, mut said) = (QuicStream::default(), Vec::new());
    let (mut speaker, mut rows, talk) = (Speaker::default(), Rows { hashes: true, ..Rows::default() }, Talk { ports, ..Talk::default() });
    rows.wanted.fill(true);
    for (side, part) in [(0, one), (1, other), (0, bytes)] {
        hearer.data(side, part, ports, &mut heard);
        quic.datagram(side, part, &mut said);
        speaker.data(side, part, Mark::default(), &talk, &mut rows, None);
    }
    hearer.end(0, &mut heard);
    speaker.end(&talk, &mut rows);
});
