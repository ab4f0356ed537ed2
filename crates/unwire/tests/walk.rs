//! A walk that remembers goes every way as one that finds out each step anew: over all captures there are, and over frames whose bits are
//! flipped one by one, so that whatever decides is seen with every value next to a remembered one.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use unwire::capture::{Batch, Capture, Limits};
use unwire::columns::protocols;
use unwire::reader::Bytes;
use unwire::schema::Schema;
use unwire::walk::Walk;

/// Two walks over the same frames, one with a memory and one without.
struct Pair {
    remembering: Walk,
    anew: Walk,
    paths: HashMap<u32, String>,
}

impl Pair {
    fn new() -> Self {
        let walk = || Walk::new(Arc::clone(Schema::built_in()), None);
        Self { remembering: walk(), anew: walk().without_memory(), paths: HashMap::new() }
    }

    fn check(&mut self, link: u16, bytes: &[u8], wire_len: u32, what: &dyn Fn() -> String) {
        if self.remembering.make_room() {
            self.paths.clear();
        }
        self.remembering.run(link, Bytes(bytes), wire_len);
        self.anew.make_room();
        self.anew.run(link, Bytes(bytes), wire_len);
        assert_eq!(self.remembering.spans, self.anew.spans, "spans of {}", what());
        assert_eq!(self.remembering.stop, self.anew.stop, "stop of {}", what());
        let chain = protocols(self.anew.schema(), &self.anew.spans);
        assert_eq!(*self.paths.entry(self.remembering.path).or_insert_with(|| chain.clone()), chain, "path of {}", what());
    }
}

/// The project's captures, and the public ones where they are beside the checkout.
fn captures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folders = ["tests/captures", "examples", "../shared/conformance/captures"];
    let mut found: Vec<_> =
        folders.iter().filter_map(|folder| std::fs::read_dir(root.join(folder)).ok()).flatten().flatten().map(|e| e.path()).collect();
    found.sort();
    found
}

/// Every frame of a capture, up to so many.
fn each_frame(path: &Path, most: usize, mut visit: impl FnMut(u16, &[u8], u32, usize)) {
    let Ok(mut capture) = Capture::open(path) else { return };
    let (mut batch, mut number) = (Batch::new(), 0);
    while let Ok(true) = capture.fill(&mut batch, Limits::default()) {
        for record in &batch.records {
            number += 1;
            if number <= most {
                visit(record.link, batch.bytes(record), record.wire_len, number);
            }
        }
    }
}

#[test]
fn remembering_changes_nothing() {
    let mut pair = Pair::new();
    let mut frames = 0;
    for path in captures() {
        each_frame(&path, usize::MAX, |link, bytes, wire_len, number| {
            frames += 1;
            pair.check(link, bytes, wire_len, &|| format!("frame {number} of {}", path.display()));
        });
    }
    assert!(frames > 100, "captures to walk through");
}

#[test]
fn a_flipped_bit_is_not_taken_for_what_is_remembered() {
    let mut pair = Pair::new();
    for path in captures() {
        // Of the many public captures one frame each.
        let most = if path.components().any(|part| part.as_os_str() == "shared") { 1 } else { 12 };
        each_frame(&path, most, |link, bytes, wire_len, number| {
            pair.check(link, bytes, wire_len, &|| format!("frame {number} of {}", path.display()));
            let mut flipped = bytes.to_vec();
            for bit in 0..8 * bytes.len().min(100) {
                flipped[bit / 8] ^= 1 << (bit % 8);
                pair.check(link, &flipped, wire_len, &|| format!("frame {number} of {} with bit {bit} flipped", path.display()));
                flipped[bit / 8] ^= 1 << (bit % 8);
            }
            // Frames that are cut, and frames that had more bytes on the wire.
            for len in 0..bytes.len().min(100) {
                pair.check(link, &bytes[..len], wire_len, &|| format!("frame {number} of {} cut to {len}", path.display()));
                pair.check(link, &bytes[..len], len as u32, &|| format!("frame {number} of {}, {len} bytes long", path.display()));
            }
        });
    }
}
