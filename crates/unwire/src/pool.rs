//! Batches of a capture handed to workers, results handed back in order. Workers take whole batches, cut by position in the capture, so
//! that their number cannot show in any result. Knows nothing of what the work is.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crate::capture::{Batch, Capture, CaptureError, Limits, Meta};

/// Work on one batch after the other; each worker has its own.
pub trait Job: Send + 'static {
    /// What a batch becomes.
    type Output: Send + 'static;
    /// Do it.
    fn run(&mut self, batch: &Batch) -> Self::Output;
}

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
    limits: Limits,
    mode: Mode<J>,
}

enum Mode<J: Job> {
    /// One worker: the caller's own thread.
    Here {
        job: J,
        batch: Box<Batch>,
    },
    Threads {
        results: Receiver<Turn<J::Output>>,
        early: BTreeMap<u64, Result<J::Output, CaptureError>>,
        workers: Vec<JoinHandle<()>>,
    },
}

impl<J: Job> Ordered<J> {
    /// Run a job over a capture with so many workers.
    pub fn new(capture: Capture, limits: Limits, workers: usize, mut job: impl FnMut() -> J) -> Self {
        let shared = Mutex::new(Shared { capture, next: 0, taken: 0, cancelled: false });
        let line = Arc::new(Line { shared, moved: Condvar::new(), ahead: 2 * workers as u64 });
        if workers <= 1 {
            return Self { line, limits, mode: Mode::Here { job: job(), batch: Box::default() } };
        }
        let (sender, results) = sync_channel(2 * workers);
        let workers = (0..workers).map(|_| {
            let (line, sender, mut job) = (Arc::clone(&line), sender.clone(), job());
            std::thread::spawn(move || work(&line, limits, &mut job, &sender))
        });
        let workers = workers.collect();
        Self { line, limits, mode: Mode::Threads { results, early: BTreeMap::new(), workers } }
    }

    /// What has been seen of the capture beside its packets.
    pub fn with_capture<T>(&self, look: impl FnOnce(&Capture) -> T) -> T {
        look(&self.line.lock().capture)
    }

    /// The metadata seen so far.
    pub fn with_meta<T>(&self, look: impl FnOnce(&Meta) -> T) -> T {
        self.with_capture(|capture| look(capture.meta()))
    }
}

fn work<J: Job>(line: &Line, limits: Limits, job: &mut J, results: &SyncSender<Turn<J::Output>>) {
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
            match shared.capture.fill(&mut batch, limits) {
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
        let done = (turn.0, turn.1.map(|()| job.run(&batch)));
        if results.send(done).is_err() {
            return;
        }
    }
}

impl<J: Job> Iterator for Ordered<J> {
    type Item = Result<J::Output, CaptureError>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.mode {
            Mode::Here { job, batch } => {
                let filled = self.line.lock().capture.fill(batch, self.limits);
                match filled {
                    Ok(true) => Some(Ok(job.run(batch))),
                    Ok(false) => None,
                    Err(error) => Some(Err(error)),
                }
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
