//! Lists that are known again are those that are found out anew: over all captures there are, and over frames whose bits are flipped one by
//! one, so that whatever decides is seen with every value next to a remembered one.

use std::cell::Cell;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use unwire::capture::{Batch, Capture, Limits};
use unwire::dissect::Span;
use unwire::layout::{Laid, MAX_ITEMS};
use unwire::lists::Lists;
use unwire::reader::Bytes;
use unwire::schema::{LayerId, Schema};
use unwire::walk::Walk;

/// The lists of all fields, by layer and field.
#[derive(Default)]
struct Known(HashMap<(LayerId, usize), Lists>);

impl Known {
    /// Check every list of a layer; how many parts they have.
    fn check(&mut self, schema: &Schema, bytes: &[u8], span: &Span, what: &dyn Fn() -> String) -> usize {
        let (layer, items) = (schema.layer(span.layer), Cell::new(MAX_ITEMS));
        let (start, limit) = (span.start, span.limit);
        let laid = Laid { schema, layer, bytes: Bytes(bytes), start, limit, origin: start, nesting: 0, items: &items, notes: None };
        let mut parts = 0;
        for (index, field) in layer.fields.iter().enumerate() {
            let Some(mut fresh) = Lists::new(field) else { continue };
            let known = self.0.entry((layer.id, index)).or_insert_with(|| Lists::new(field).expect("a list"));
            let (again, anew) = (known.parts(&laid, field), fresh.parts(&laid, field));
            assert_eq!(again, anew, "{}.{} of {}", layer.class, field.name, what());
            parts += anew.map_or(0, |parts| parts.len());
        }
        parts
    }
}

#[test]
fn what_is_known_again_is_what_is_found_out() {
    let (schema, mut known, mut parts, mut flips) = (Schema::built_in(), Known::default(), 0, 0);
    let mut walk = Walk::new(Arc::clone(schema), None);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folders = ["tests/captures", "examples", "../shared/conformance/captures"].map(|folder| root.join(folder));
    let mut paths: Vec<_> = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten().map(|e| e.path()).collect();
    paths.sort();
    for (number, path) in paths.into_iter().enumerate() {
        let Ok(mut capture) = Capture::open(&path) else { continue };
        // Some frames of some captures are enough for flips.
        let (mut batch, mut left) = (Batch::new(), if number % 32 == 0 { 2 } else { 0 });
        while let Ok(true) = capture.fill(&mut batch, Limits::default()) {
            for record in batch.records.iter().take(200) {
                let bytes = batch.bytes(record);
                walk.make_room();
                walk.run(record.link, Bytes(bytes), record.wire_len);
                for span in &walk.spans {
                    let found = known.check(schema, bytes, span, &|| path.display().to_string());
                    parts += found;
                    if found == 0 || left == 0 {
                        continue;
                    }
                    left -= 1;
                    let mut bent = bytes.to_vec();
                    for bit in span.start as usize * 8..bytes.len().min(span.payload as usize) * 8 {
                        bent[bit / 8] ^= 1 << (bit % 8);
                        flips += 1;
                        known.check(schema, &bent, span, &|| format!("{} with bit {bit} flipped", path.display()));
                        bent[bit / 8] ^= 1 << (bit % 8);
                    }
                }
            }
        }
    }
    assert!(parts > 100 && flips > 1000, "{parts} parts, {flips} flips");
}
