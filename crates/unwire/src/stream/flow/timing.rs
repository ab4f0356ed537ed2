//! When flows are over: Zeek's timeouts, and a wheel of seconds that finds the flows whose time has come. Whether a flow is over is found out
//! exactly when a packet asks for it; the wheel only keeps memory from growing.

use std::collections::BTreeMap;

use super::beside::Rare;
use super::live::{Flow, mark};
use super::side::State;
use crate::stream::Kind;

pub(super) const SECOND: i64 = 1_000_000_000;
/// Streams that are idle, and those of protocols that people type in.
const STREAM: i64 = 5 * 60 * SECOND;
const TYPED: i64 = 60 * 60 * SECOND;
/// All else that is idle.
const IDLE: i64 = 60 * SECOND;
/// An opening that nobody answers.
const ATTEMPT: i64 = 5 * SECOND;
/// Questions with one answer: looked at every so often, over if the last packet is almost as old.
const SHORT: i64 = 10 * SECOND;
const SHORT_IDLE: i64 = 9 * SECOND;

/// The time from which on a flow is over.
pub(super) fn deadline(flow: &Flow, rare: Option<&Rare>, typed: bool, short: bool) -> i64 {
    if let Some(over) = rare.and_then(|rare| rare.over) {
        return over;
    }
    match flow.ends.kind {
        Kind::Stream => {
            let [orig, resp] = flow.sides.each_ref().map(|side| side.state);
            if matches!(orig, State::SynSent | State::SynAckSent) && resp == State::Inactive {
                return flow.first.saturating_add(ATTEMPT);
            }
            let both = orig != State::Inactive && resp != State::Inactive && orig != State::Reset && resp != State::Reset;
            if let Some(partly) = rare.and_then(|rare| rare.partly)
                && both
                && !(flow.has(mark::CLOSED[0]) && flow.has(mark::CLOSED[1]))
            {
                return partly;
            }
            flow.last.saturating_add(if typed { TYPED } else { STREAM })
        }
        Kind::Datagram if short => {
            let turns = (flow.last.saturating_sub(flow.first).saturating_add(SHORT_IDLE) + SHORT - 1) / SHORT;
            flow.first.saturating_add(turns.max(1) * SHORT)
        }
        _ => flow.last.saturating_add(IDLE),
    }
}

/// Flows by the second in which to look at them.
#[derive(Debug, Default)]
pub(super) struct Wheel {
    seconds: BTreeMap<u32, Vec<u32>>,
    base: Option<i64>,
}

impl Wheel {
    /// The second that is over when a time has come, counted from the first packet's.
    pub(super) fn second(&mut self, time: i64) -> u32 {
        let base = *self.base.get_or_insert(time.div_euclid(SECOND));
        u32::try_from((time.div_euclid(SECOND) - base + 2).max(0)).unwrap_or(u32::MAX)
    }

    /// When the second is over that a time is in.
    pub(super) fn next(time: i64) -> i64 {
        (time.div_euclid(SECOND) + 1).saturating_mul(SECOND)
    }

    pub(super) fn put(&mut self, second: u32, flow: u32) {
        self.seconds.entry(second).or_default().push(flow);
    }

    /// The flows of the first second that is over by now.
    pub(super) fn take(&mut self, now: u32) -> Option<(u32, Vec<u32>)> {
        let first = self.seconds.first_entry().filter(|first| *first.key() < now)?;
        Some(first.remove_entry())
    }
}
