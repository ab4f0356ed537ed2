//! Any bytes as a capture file, read to its end in small batches: every record lies within its batch, and the account adds up.

#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use unwire::capture::{Batch, Capture, Limits};

fuzz_target!(|data: &[u8]| {
    let Ok(mut capture) = Capture::from_read(Box::new(Cursor::new(data.to_vec()))) else { return };
    let (mut batch, mut count) = (Batch::new(), 0);
    while let Ok(true) = capture.fill(&mut batch, Limits { records: 7, bytes: 4096 }) {
        count += batch.records.len() as u64;
        for record in &batch.records {
            assert_eq!(batch.bytes(record).len(), record.cap_len as usize);
            batch.comments(record).for_each(drop);
        }
    }
    let meta = capture.meta();
    assert_eq!(meta.loss.records, count);
    meta.comments().for_each(drop);
    meta.interfaces.iter().for_each(|interface| interface.options().for_each(drop));
});
