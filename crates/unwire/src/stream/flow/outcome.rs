//! What a flow was when it was over, and how it went, in Zeek's word for it.

use super::live::{Flow, Within};
use super::quality::Quality;
use super::side::State;
use crate::stream::Kind;

/// What a flow was when it was over.
#[derive(Debug)]
pub struct Counted<'a> {
    /// The place that it had among the live ones.
    pub at: u32,
    /// The flow.
    pub flow: &'a Flow,
    /// Its history as letters.
    pub history: String,
    /// Bytes that were acknowledged and not seen.
    pub missed: u64,
    /// Which of several flows with the same ends and the same first time it is.
    pub tie: u32,
    /// What was around it beside what was at first.
    pub also: &'a [Within],
    /// How well it came through, if that was asked.
    pub quality: Option<&'a Quality>,
}

/// Takes the flows that are over.
pub trait Sink {
    /// One is.
    fn over(&mut self, flow: &Counted<'_>);
}

impl Flow {
    /// Zeek's name for how the flow went.
    pub fn state(&self, history: &str) -> &'static str {
        let [orig, resp] = self.sides.each_ref().map(|side| side.state);
        let silent = |state: State| matches!(state, State::Inactive | State::Partial);
        let sent = self.sides.each_ref().map(|side| side.packets > 0);
        match (self.ends.kind, orig, resp) {
            (Kind::Datagram, ..) => match sent {
                [true, true] => "SF",
                [true, false] => "S0",
                [false, true] => "SHR",
                [false, false] => "OTH",
            },
            (Kind::Stream, State::SynSent | State::SynAckSent, State::Reset) => "REJ",
            (Kind::Stream, State::Reset, State::Reset) if self.bytes(0) == 0 && self.bytes(1) == 0 => "REJ",
            (Kind::Stream, _, State::Reset) => {
                if silent(orig) {
                    "RSTRH"
                } else {
                    "RSTR"
                }
            }
            (Kind::Stream, State::Reset, _) if !silent(resp) => "RSTO",
            (Kind::Stream, State::Reset, _) if asked_and_broke_off(history) => "RSTOS0",
            (Kind::Stream, State::Closed, State::Closed) => "SF",
            (Kind::Stream, State::Closed, _) => {
                if silent(resp) {
                    "SH"
                } else {
                    "S2"
                }
            }
            (Kind::Stream, _, State::Closed) => {
                if silent(orig) {
                    "SHR"
                } else {
                    "S3"
                }
            }
            (Kind::Stream, State::SynSent, State::Inactive) => "S0",
            (Kind::Stream, State::Established, State::Established) => "S1",
            _ => "OTH",
        }
    }
}

/// An opening, then nothing that means more of it than a reset.
fn asked_and_broke_off(history: &str) -> bool {
    let asked = history.strip_prefix('^').unwrap_or(history).strip_prefix('S');
    asked.is_some_and(|rest| rest.find('R').is_some_and(|at| !rest[..at].contains(['H', 'A', 'F', 'G', 'I', 'Q'])))
}
