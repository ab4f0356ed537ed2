//! Torture over the public captures of the conformance kit, where it is at hand: `UNWIRE_CONFORMANCE`, or `../shared/conformance`
//! beside the checkout. What the captures hold is compared with tshark elsewhere; here no cut, flip or limit may break the reader.

use std::io::Cursor;
use std::path::PathBuf;
use std::{env, fs};

use unwire::capture::{Batch, Capture, Limits};

use super::damage::Random;
use super::{open, read, read_all};

/// Flips of one capture; the larger ones would only repeat the same.
const FLIPS: usize = 8;
const LONGEST: usize = 64 << 10;

fn kit() -> Option<Vec<(PathBuf, Vec<u8>)>> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/conformance"));
    let folder = env::var_os("UNWIRE_CONFORMANCE").map_or_else(beside, PathBuf::from).join("captures");
    let mut paths: Vec<_> = fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    Some(paths.into_iter().filter_map(|path| fs::read(&path).ok().map(|bytes| (path, bytes))).collect())
}

#[test]
fn every_capture_in_any_limits_and_with_any_flip() {
    let Some(kit) = kit() else {
        eprintln!("skipped: there is no conformance kit here; UNWIRE_CONFORMANCE may name it");
        return;
    };
    let mut random = Random::new();
    for (path, bytes) in kit {
        let (whole, capture) = read(&bytes);
        assert_eq!(whole.len() as u64, capture.meta().loss.records, "{}", path.display());
        if bytes.len() > LONGEST {
            continue;
        }
        let (parts, parted) = read_all(open(&bytes), Limits { records: 3, bytes: 500 });
        assert!(whole == parts && capture.meta() == parted.meta(), "{}", path.display());
        for _ in 0..FLIPS {
            let mut bytes = bytes.clone();
            random.damage(&mut bytes);
            let Ok(mut capture) = Capture::from_read(Box::new(Cursor::new(bytes))) else { continue };
            let mut batch = Batch::new();
            while capture.fill(&mut batch, Limits::default()).expect("no error") {
                assert!(batch.records.iter().all(|record| batch.bytes(record).len() == record.cap_len as usize), "{}", path.display());
            }
        }
    }
}
