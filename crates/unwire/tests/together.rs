//! Frames that are laid together give the columns that each of them gives alone: over all captures there are, and over frames that are cut.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::RecordBatch;
use unwire::capture::{Batch, Capture, Limits};
use unwire::columns::{Columns, Occurrence, Plan};
use unwire::pool::Job;
use unwire::schema::Schema;

const COLUMNS: [&str; 24] = [
    "frame.number",
    "frame.len",
    "frame.protocols",
    "stop",
    "stop.layer",
    "stop.offset",
    "eth.src",
    "eth.type",
    "vlan.id",
    "ip.src",
    "ip.dst",
    "ip.ttl",
    "ip.len",
    "ipv6.src",
    "arp.src.proto_ipv4",
    "tcp.srcport",
    "tcp.len",
    "tcp.flags",
    "tcp.flags.syn",
    "udp.dstport",
    "udp.length",
    "dns.id",
    "icmp.type",
    "gre.proto",
];
/// A column of which a frame may have several values makes all be read a frame at a time.
const ALONE: &str = "frame.comment";

fn plan(more: &[&str]) -> Arc<Plan> {
    let names: Vec<&str> = COLUMNS.iter().chain(more).copied().collect();
    Arc::new(Plan::new(Schema::built_in(), &names, Occurrence::First).unwrap_or_else(|unknown| panic!("no column {}", unknown.0)))
}

fn columns(plan: &Arc<Plan>, batch: &Batch) -> RecordBatch {
    let mut columns = Columns::new(Arc::clone(plan), None);
    // What the first time teaches the second time is known.
    columns.add(batch);
    columns.add(batch);
    columns.finish().expect("arrays of one length")
}

fn captures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folders = ["tests/captures", "examples", "../shared/conformance/captures"];
    let mut found: Vec<_> =
        folders.iter().filter_map(|folder| std::fs::read_dir(root.join(folder)).ok()).flatten().flatten().map(|e| e.path()).collect();
    found.sort();
    found
}

#[test]
fn together_is_as_alone() {
    let (together, alone) = (plan(&[]), plan(&[ALONE]));
    let mut frames = 0;
    for path in captures() {
        let Ok(mut capture) = Capture::open(&path) else { continue };
        let mut batch = Batch::new();
        while let Ok(true) = capture.fill(&mut batch, Limits { records: 2000, ..Limits::default() }) {
            frames += batch.records.len();
            // Whole, cut at the capture, and cut as if there had been no more.
            for (captured, wire) in [(0, 0), (37, 0), (61, 0), (50, 50), (64, 64)] {
                let mut batch = batch.clone();
                for record in batch.records.iter_mut().filter(|_| captured > 0) {
                    record.cap_len = record.cap_len.min(captured);
                    record.wire_len = if wire > 0 { record.wire_len.min(wire) } else { record.wire_len };
                }
                let (one, other) = (columns(&together, &batch), columns(&alone, &batch));
                for (name, (one, other)) in COLUMNS.iter().zip(one.columns().iter().zip(other.columns())) {
                    assert_eq!(one, other, "{name} of {} cut to {captured}", path.display());
                }
            }
        }
    }
    assert!(frames > 100, "captures to read");
}
