//! How long it takes to read, walk and tabulate packets: `cargo bench -p unwire`. The capture is made here, so that this runs anywhere;
//! what a whole file costs is measured by benches/run.py.

use std::io::Cursor;
use std::sync::Arc;

use divan::Bencher;
use divan::counter::ItemsCount;
use unwire::capture::Capture;
use unwire::columns::{Columns, Occurrence, Plan};
use unwire::pool::Ordered;
use unwire::schema::Schema;

const PACKETS: u32 = 20_000;

fn main() {
    divan::main();
}

/// Records and their lengths: what every column pays.
#[divan::bench]
fn carve(bencher: Bencher<'_, '_>) {
    drain(bencher, &["frame.len"]);
}

/// The whole way through each frame.
#[divan::bench]
fn walk(bencher: Bencher<'_, '_>) {
    drain(bencher, &["frame.protocols"]);
}

/// The fifteen columns of the performance budget.
#[divan::bench]
fn columns(bencher: Bencher<'_, '_>) {
    let frame = ["frame.time_epoch", "frame.len", "frame.protocols", "eth.src", "eth.dst"];
    let network = ["ip.src", "ip.dst", "ip.proto", "ip.ttl", "ip.len"];
    let transport = ["tcp.srcport", "tcp.dstport", "tcp.flags", "udp.srcport", "udp.dstport"];
    drain(bencher, &[frame, network, transport].concat());
}

fn drain(bencher: Bencher<'_, '_>, columns: &[&str]) {
    let plan = Plan::new(Schema::built_in(), columns, Occurrence::First).unwrap_or_else(|unknown| panic!("no column {}", unknown.0));
    let (plan, bytes) = (Arc::new(plan), capture());
    bencher.counter(ItemsCount::new(PACKETS)).with_inputs(|| bytes.clone()).bench_values(|bytes| {
        let capture = Capture::from_read(Box::new(Cursor::new(bytes))).expect("a capture");
        let batches = Ordered::new(capture, 1, || Columns::new(Arc::clone(&plan), None));
        let rows: usize = batches.map(|batch| batch.expect("a readable capture").expect("arrays of one length").num_rows()).sum();
        assert_eq!(rows, PACKETS as usize);
    });
}

/// A pcap of TCP with options, UDP, and TCP behind a VLAN tag, of a few hundred bytes each.
fn capture() -> Vec<u8> {
    let mut file = Vec::new();
    for word in [0xa1b2_c3d4_u32, 0x0002_0004, 0, 0, 65_535, 1] {
        file.extend(word.to_be_bytes());
    }
    for number in 0..PACKETS {
        let frame = frame(number);
        for word in [number / 1000, number % 1000, frame.len() as u32, frame.len() as u32] {
            file.extend(word.to_be_bytes());
        }
        file.extend(frame);
    }
    file
}

fn frame(number: u32) -> Vec<u8> {
    let host = (number / 7 % 200) as u8;
    let mut frame = vec![2, 0, 0, 0, 0, host, 2, 0, 0, 0, 1, host];
    if number.is_multiple_of(5) {
        frame.extend([0x81, 0, 0, 42]);
    }
    let (protocol, transport): (u8, &[u8]) = if number.is_multiple_of(3) {
        (17, &[0xc3, 0x50, 0x9c, 0x40, 0x01, 0x08, 0, 0])
    } else {
        (6, &[0xc3, 0x50, 0x1f, 0x90, 0, 0, 0, 1, 0, 0, 0, 2, 0x80, 0x18, 0, 64, 0, 0, 0, 0, 1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2])
    };
    let size = 20 + if protocol == 17 { 0x108 } else { transport.len() as u16 + 300 };
    frame.extend([8, 0, 0x45, 0]);
    frame.extend(size.to_be_bytes());
    frame.extend([0, 1, 0x40, 0, 64, protocol, 0, 0, 10, 0, 0, host, 10, 0, 1, host / 2]);
    frame.extend(transport);
    frame.resize(frame.len() + usize::from(size) - 20 - transport.len(), 0x61);
    frame
}
