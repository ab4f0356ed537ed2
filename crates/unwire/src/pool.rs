//! Batches of a capture handed to workers, results handed back in order. Workers take whole batches, cut by position in the capture, so
//! that their number cannot show in any result. Knows nothing of what the work is.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crate::capture::{Batch, Capture, CaptureError, Limits};

/// Work on one batch after the other; each worker has its own.
pub trait Job: Send + 'static {
    /// What the records become.
    type Output: Send + 'static;
    /// Take the next records.
    fn add(&mut self, batch: &Batch);
    /// What the records added since the last time became, if it may be taken before the piece of work is done: what is small is still in the cache
    /// then. What is left becomes what `finish` says.
    fn hand_on(&mut self) -> Option<Self::Output> {
        None
    }
    /// What the records added since the last time became.
    fn finish(&mut self) -> Self::Output;
}

/// Where a capture is cut into pieces of work, by position: after so many records, or where so many bytes are reached.
const CUT: Limits = Limits { records: 65_536, bytes: 4 << 20 };
/// More would wait for each other to read.
const MOST_WORKERS: usize = 64;
/// A lone worker reads in smaller steps, so that the bytes are still in its cache when they are decoded. The cuts stay the same.
const STEP: usize = 256 << 10;

type Turn<T> = (u64, Result<T, CaptureError>);

/// What the workers share: the capture, and how far they may run ahead of the one who takes the results.
struct Shared {
    capture: Capture,
    next: u64,
    taken: u64,
    cancelled: bool,
}

struct Line {
    shared: Mutex<Shared>,
    moved: Condvar,
    ahead: u64,
}

impl Line {
    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The results of a job over all batches of a capture, in order.
pub struct Ordered<J: Job> {
    line: Arc<Line>,
    mode: Mode<J>,
}

enum Mode<J: Job> {
    /// One worker: the caller's own thread.
    Here {
        job: J,
        batch: Box<Batch>,
        /// Where the piece of work began, and its records so far.
        begun: Option<(u64, usize)>,
    },
    Threads {
        results: Receiver<Turn<J::Output>>,
        early: BTreeMap<u64, Result<J::Output, CaptureError>>,
        workers: Vec<JoinHandle<()>>,
    },
}

impl<J: Job> Ordered<J> {
    /// Run a job over a capture with so many workers.
    pub fn new(capture: Capture, workers: usize, mut job: impl FnMut() -> J) -> Self {
        let workers = workers.min(MOST_WORKERS);
        let shared = Mutex::new(Shared { capture, next: 0, taken: 0, cancelled: false });
        let line = Arc::new(Line { shared, moved: Condvar::new(), ahead: 2 * workers as u64 });
        if workers <= 1 {
            return Self { line, mode: Mode::Here { job: job(), batch: Box::default(), begun: None } };
        }
        let (sender, results) = sync_channel(2 * workers);
        let workers = (0..workers).map_while(|_| {
            let (line, sender, mut job) = (Arc::clone(&line), sender.clone(), job());
            std::thread::Builder::new().spawn(move || work(&line, &mut job, &sender)).ok()
        });
        let workers: Vec<_> = workers.collect();
        if workers.is_empty() {
            // A machine without room for another thread has this one.
            return Self { line, mode: Mode::Here { job: job(), batch: Box::default(), begun: None } };
        }
        Self { line, mode: Mode::Threads { results, early: BTreeMap::new(), workers } }
    }

    /// What has been seen of the capture beside its packets.
    pub fn with_capture<T>(&self, look: impl FnOnce(&Capture) -> T) -> T {
        look(&self.line.lock().capture)
    }
}

fn work<J: Job>(line: &Line, job: &mut J, results: &SyncSender<Turn<J::Output>>) {
    let mut batch = Batch::new();
    loop {
        let turn = {
            let mut shared = line.lock();
            while shared.next >= shared.taken + line.ahead && !shared.cancelled {
                shared = line.moved.wait(shared).unwrap_or_else(PoisonError::into_inner);
            }
            if shared.cancelled {
                return;
            }
            match shared.capture.fill(&mut batch, CUT) {
                Ok(false) => return,
                Ok(true) => {
                    shared.next += 1;
                    (shared.next - 1, Ok(()))
                }
                Err(error) => {
                    shared.next += 1;
                    shared.cancelled = true;
                    (shared.next - 1, Err(error))
                }
            }
        };
        let done = (
            turn.0,
            turn.1.map(|()| {
                job.add(&batch);
                job.finish()
            }),
        );
        if results.send(done).is_err() {
            return;
        }
    }
}

impl<J: Job> Iterator for Ordered<J> {
    type Item = Result<J::Output, CaptureError>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.mode {
            Mode::Here { job, batch, begun } => {
                let capture = &mut self.line.lock().capture;
                let (begin, mut records) = begun.take().unwrap_or((capture.meta().loss.bytes, 0));
                loop {
                    let left = CUT.bytes.saturating_sub((capture.meta().loss.bytes - begin) as usize);
                    if left == 0 || records >= CUT.records {
                        break;
                    }
                    match capture.fill(batch, Limits { records: CUT.records - records, bytes: left.min(STEP) }) {
                        Ok(true) => {
                            job.add(batch);
                            records += batch.records.len();
                            if let Some(some) = job.hand_on() {
                                *begun = Some((begin, records));
                                return Some(Ok(some));
                            }
                        }
                        Ok(false) => break,
                        // What was read before a failing source is told first; the source tells its failure again.
                        Err(error) => return Some(Err(error)),
                    }
                }
                (records > 0).then(|| Ok(job.finish()))
            }
            Mode::Threads { results, early, .. } => {
                let wanted = self.line.lock().taken;
                let found = loop {
                    if let Some(found) = early.remove(&wanted) {
                        break found;
                    }
                    let (turn, result) = results.recv().ok()?;
                    early.insert(turn, result);
                };
                self.line.lock().taken += 1;
                self.line.moved.notify_all();
                Some(found)
            }
        }
    }
}

impl<J: Job> Drop for Ordered<J> {
    fn drop(&mut self) {
        self.line.lock().cancelled = true;
        self.line.moved.notify_all();
        if let Mode::Threads { results, workers, .. } = &mut self.mode {
            // Without a receiver a worker that waits to send gives up.
            drop(std::mem::replace(results, sync_channel(0).1));
            workers.drain(..).for_each(|worker| drop(worker.join()));
        }
    }
}
