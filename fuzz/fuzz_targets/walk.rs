//! A frame of any link type: the first two bytes are the type, the rest the frame. It is walked, and every column is read of it.

#![no_main]

use std::cell::RefCell;
use std::io::Cursor;
use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use unwire::capture::{Batch, Capture, Limits};
use unwire::columns::{Columns, Occurrence, Plan};
use unwire::pool::Job;
use unwire::reader::Bytes;
use unwire::schema::Schema;
use unwire::walk::Walk;

static PLAN: LazyLock<Arc<Plan>> = LazyLock::new(|| {
    let schema = Schema::built_in();
    let names: Vec<_> = schema.columns.keys().cloned().collect();
    Arc::new(Plan::new(schema, &names, Occurrence::All).unwrap_or_else(|unknown| panic!("no column {}", unknown.0)))
});

thread_local! {
    static WALK: RefCell<Walk> = RefCell::new(Walk::new(Arc::clone(Schema::built_in()), None));
    static COLUMNS: RefCell<Columns> = RefCell::new(Columns::new(Arc::clone(&PLAN), None));
}

fuzz_target!(|data: &[u8]| {
    let Some((link, frame)) = data.split_first_chunk::<2>() else { return };
    let link = u16::from_le_bytes(*link);
    WALK.with_borrow_mut(|walk| {
        walk.run(link, Bytes(frame), frame.len() as u32);
        for span in &walk.spans {
            assert!(span.start <= span.payload && span.payload <= span.tail && span.tail <= span.limit && span.limit <= frame.len() as u32);
        }
    });
    let words = [0xa1b2_c3d4, 0x0004_0002, 0, 0, 0x0004_0000, u32::from(link), 0, 0, frame.len() as u32, frame.len() as u32];
    let file: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).chain(frame.iter().copied()).collect();
    let Ok(mut capture) = Capture::from_read(Box::new(Cursor::new(file))) else { return };
    let mut batch = Batch::new();
    while let Ok(true) = capture.fill(&mut batch, Limits { records: 1, bytes: 1 << 20 }) {
        COLUMNS.with_borrow_mut(|columns| {
            columns.add(&batch);
            assert_eq!(columns.finish().expect("arrays of one length").num_rows(), batch.records.len());
        });
    }
});
