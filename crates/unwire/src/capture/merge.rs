//! Several captures as one, in order of their packets' times. Of very many captures one is opened when its first packet may be next, so that files
//! which follow one another are never open at once. Knows nothing of what is done with the packets.

use std::ops::Range;

use super::Capture;
use super::batch::{Batch, Limits, Record};
use super::error::CaptureError;
use super::format::Format;
use super::meta::Meta;

/// Opens the capture of a number at the packet of a number; how many records to pass over first is told with it.
pub type Opener = Box<dyn FnMut(usize, u64) -> Result<Option<(Capture, u64)>, CaptureError> + Send>;

/// Up to so many captures are opened at once and stay open; of more, only those that overlap in time.
const MOST_OPEN: usize = 64;

/// The records of several captures, by time.
pub struct Merge {
    open: Opener,
    limits: Limits,
    /// Captures that were not opened yet: the time of their first packet and their number, the next one last.
    waiting: Vec<(i64, usize, u64)>,
    inputs: Vec<Input>,
    /// What captures that were read to their end say of themselves, and of what was lost.
    ended: Vec<(usize, Format, Meta)>,
    /// Which of them gave the last run.
    last: usize,
    /// Packets given so far.
    given: u64,
}

struct Input {
    source: usize,
    capture: Capture,
    batch: Batch,
    at: usize,
    /// The time of the packet before; one without a time stands where it stands.
    time: i64,
}

/// Records of one capture that follow one another; where they are is known to the merge until it is asked for the next.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// The capture's number.
    pub source: usize,
    /// Which records of the batch.
    pub records: Range<usize>,
    /// Number of the first, from 0, among the packets of all captures.
    pub number: u64,
}

impl Merge {
    /// All packets of `count` captures. With several, each is looked at for the time of its first packet.
    pub fn new(count: usize, limits: Limits, open: Opener) -> Result<Self, CaptureError> {
        Self::from(vec![0; count], 0, limits, open)
    }

    /// The packets behind the first `number` ones, of which `taken` says how many are of each capture.
    pub fn from(taken: Vec<u64>, number: u64, limits: Limits, open: Opener) -> Result<Self, CaptureError> {
        let mut merge = Self { open, limits, waiting: Vec::new(), inputs: Vec::new(), ended: Vec::new(), last: 0, given: number };
        if let [taken] = taken[..] {
            merge.waiting.push((i64::MIN, 0, taken));
            return Ok(merge);
        }
        let few = taken.len() <= MOST_OPEN;
        for (source, taken) in taken.into_iter().enumerate() {
            let Some(input) = merge.start(source, taken, i64::MIN)? else { continue };
            if few {
                merge.inputs.push(input);
            } else {
                merge.waiting.push((input.head().0, source, taken));
            }
        }
        merge.waiting.sort_by(|one, other| other.cmp(one));
        merge.last = usize::MAX;
        Ok(merge)
    }

    /// The next records; `None` at the end of all captures.
    pub fn advance(&mut self) -> Result<Option<Run>, CaptureError> {
        self.refill()?;
        let Some(first) = self.inputs.iter().enumerate().min_by_key(|(_, input)| input.head()).map(|(at, _)| at) else { return Ok(None) };
        let others = self.inputs.iter().enumerate().filter(|(at, _)| *at != first).map(|(_, input)| input.head());
        let limit = others.chain(self.waiting.last().map(|(time, source, _)| (*time, *source))).min();
        self.last = first;
        let Some(input) = self.inputs.get_mut(first) else { return Ok(None) };
        let from = input.at;
        match limit {
            None => input.at = input.batch.records.len(),
            Some(limit) => loop {
                input.time = input.head().0;
                input.at += 1;
                if input.at >= input.batch.records.len() || input.head() > limit {
                    break;
                }
            },
        }
        if let Some(time) = input.batch.records.get(from..input.at).unwrap_or_default().iter().rev().find_map(|record| record.time) {
            input.time = time;
        }
        let number = self.given;
        self.given += (input.at - from) as u64;
        Ok(Some(Run { source: input.source, records: from..input.at, number }))
    }

    /// What the captures say of themselves, and of what was lost so far, with their numbers.
    pub fn accounts(&self) -> impl Iterator<Item = (usize, Format, Meta)> {
        let open = self.inputs.iter().map(|input| (input.source, input.capture.format(), input.capture.meta().clone()));
        self.ended.iter().cloned().chain(open)
    }

    /// The capture that the last run is of, and the batch that its records are in.
    pub fn last(&self) -> Option<(&Capture, &Batch)> {
        self.inputs.get(self.last).map(|input| (&input.capture, &input.batch))
    }

    /// Open a capture behind its first `taken` packets; None if it has no more.
    fn start(&mut self, source: usize, taken: u64, time: i64) -> Result<Option<Input>, CaptureError> {
        let Some((mut capture, mut skip)) = (self.open)(source, taken)? else { return Ok(None) };
        let mut batch = Batch::new();
        while capture.fill(&mut batch, self.limits)? {
            let count = batch.records.len() as u64;
            if count > skip {
                return Ok(Some(Input { source, capture, batch, at: skip as usize, time }));
            }
            skip -= count;
        }
        Ok(None)
    }

    /// Read on where a batch is used up, and open whatever may be next.
    fn refill(&mut self) -> Result<(), CaptureError> {
        if let Some(input) = self.inputs.get_mut(self.last)
            && input.at >= input.batch.records.len()
        {
            input.at = 0;
            if !input.capture.fill(&mut input.batch, self.limits)? {
                let input = self.inputs.remove(self.last);
                self.ended.push((input.source, input.capture.format(), input.capture.meta().clone()));
            }
        }
        while let Some((time, source, taken)) = self.waiting.last().copied()
            && self.inputs.iter().all(|input| input.head() >= (time, source))
        {
            if let Some(input) = self.start(source, taken, time)? {
                self.inputs.push(input);
            }
            self.waiting.pop();
        }
        Ok(())
    }
}

impl Input {
    /// The time of the next record, and the capture's number, which decides between equal times.
    fn head(&self) -> (i64, usize) {
        (self.batch.records.get(self.at).and_then(|record: &Record| record.time).unwrap_or(self.time), self.source)
    }
}
