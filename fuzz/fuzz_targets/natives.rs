//! Any bytes as what streams and datagrams say: every native decoder reads them, whole and cut in two, and nothing panics.

#![no_main]

use libfuzzer_sys::fuzz_target;
use unwire::native::heard::Hearer;
use unwire::native::quic_order::QuicOrder;
use unwire::native::quic_stream::QuicStream;
use unwire::native::row::{LOGS, Rows, Talk};
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
    let (dns, datagrams) = (first & 1 == 1, first & 2 == 2);
    let (one, other) = bytes.split_at(bytes.len() * usize::from(first >> 3) / 31);
    let (mut hearer, mut heard) = (Hearer::default(), Vec::new());
    let (mut quic, mut said) = (QuicStream::default(), Vec::new());
    let (mut order, mut ordered) = (QuicOrder::default(), Vec::new());
    let (mut speaker, mut rows, talk) = (Speaker::default(), Rows::of_files(true, None), Talk { dns, datagrams, ..Talk::default() });
    (0..LOGS.len()).for_each(|log| rows.want(log));
    for (side, part) in [(0, one), (1, other), (0, bytes)] {
        hearer.data(side, part, dns, &mut heard);
        quic.datagram(side, part, &mut said);
        order.datagram(side, part, &mut ordered);
        if datagrams {
            speaker.datagram(side, part, Mark::default(), &talk, &mut rows);
        } else {
            speaker.data(side, part, Mark::default(), &talk, &mut rows);
        }
        if first & 4 == 4 {
            hearer.gap(side, 3);
            speaker.gap(side, 3, &talk, &mut rows);
        }
    }
    hearer.end(0, &mut heard);
    speaker.end(&talk, &mut rows);
});
