//! What is odd about a stream, under Zeek's names where Zeek has one: segments that their sender's state does not expect. Told once of a flow.

use super::beside::{Beside, Rare};
use super::live::{Flow, mark};
use super::side::State;
use crate::stream::{Seen, flag};

macro_rules! odd {
    ($($variant:ident $name:literal $words:literal,)*) => {
        /// Something odd about a flow.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Odd {
            $(#[doc = $words] $variant,)*
        }

        impl Odd {
            /// All, with Zeek's names.
            const ALL: &'static [(Self, &'static str)] = &[$((Self::$variant, $name),)*];
        }
    };
}

odd! {
    Christmas "TCP_christmas" "A SYN that resets.",
    BaroqueSyn "baroque_SYN" "A SYN with urgent data.",
    SynWithData "SYN_with_data" "A SYN with bytes.",
    OriginatorSynAck "connection_originator_SYN_ack" "The first sender answers.",
    BadSynAck "bad_SYN_ack" "An answer to another opening.",
    SimultaneousOpen "simultaneous_open" "Both open.",
    UnsolicitedSynResponse "unsolicited_SYN_response" "An answer to what was not seen.",
    SpontaneousFin "spontaneous_FIN" "The end of a stream of which nothing was seen.",
    SpontaneousRst "spontaneous_RST" "A reset of what was not seen.",
    RepeatedSynWithAck "repeated_SYN_with_ack" "Who opened answers.",
    RepeatedSynReplyWithoutAck "repeated_SYN_reply_wo_ack" "Who answered opens.",
    InappropriateFin "inappropriate_FIN" "The end of what was not opened.",
    DataBeforeEstablished "data_before_established" "Bytes before the opening was answered.",
    SynAfterPartial "SYN_after_partial" "An opening behind what was sent.",
    SynInsideConnection "SYN_inside_connection" "An opening in an open stream.",
    SynSeqJump "SYN_seq_jump" "An opening with another number.",
    SynAfterClose "SYN_after_close" "An opening behind the end.",
    FinAdvancedLastSeq "FIN_advanced_last_seq" "A later end behind the end.",
    SynAfterReset "SYN_after_reset" "An opening behind a reset.",
    FinAfterReset "FIN_after_reset" "An end behind a reset.",
    DataAfterReset "data_after_reset" "Bytes behind a reset.",
    RstWithData "RST_with_data" "A reset with bytes.",
    SeqUnderflow "TCP_seq_underflow_or_misorder" "Bytes before the first.",
    AckUnderflow "TCP_ack_underflow_or_misorder" "What was never sent is acknowledged.",
    PossibleSplitRouting "possible_split_routing" "The other side is not captured.",
    AboveHole "above_hole_data_without_any_acks" "Much behind a hole, and nobody acknowledges.",
    PrematureReuse "premature_connection_reuse" "A closed connection is begun anew at once.",
    ActiveReuse "active_connection_reuse" "An open connection is begun anew.",
    ContentGap "content_gap" "Bytes that were acknowledged and not captured.",
}

impl Odd {
    /// Zeek's name, or ours in its manner.
    pub fn name(self) -> &'static str {
        Self::ALL.get(self as usize).map_or("", |(_, name)| name)
    }

    /// Those of a set, a bit each.
    pub fn of(set: u32) -> impl Iterator<Item = Self> {
        Self::ALL.iter().map(|(odd, _)| *odd).filter(move |odd| set >> *odd as u32 & 1 == 1)
    }
}

impl Rare {
    /// Something is odd.
    #[cold]
    pub(super) fn note(&mut self, odd: Odd) {
        self.odd |= 1 << odd as u32;
    }
}

impl Flow {
    /// Look at a segment before it changes the states.
    #[inline]
    pub(super) fn look(&self, rare: &mut Beside<'_>, side: usize, seen: &Seen) {
        let rest = seen.flags & (flag::SYN | flag::FIN | flag::RST);
        let (me, you) = (self.sides[side].state, self.sides[1 - side].state);
        // Almost all segments.
        if rest == 0 && matches!(me, State::Established | State::Partial | State::Closed) && you != State::Inactive {
            return;
        }
        self.look_closer(rare, side, seen);
    }

    #[cold]
    fn look_closer(&self, rare: &mut Beside<'_>, side: usize, seen: &Seen) {
        let is = |bit: u16| seen.flags & bit != 0;
        let (syn, fin, rst, ack, len) = (is(flag::SYN), is(flag::FIN), is(flag::RST), is(flag::ACK), seen.promised);
        let (mine, yours) = (&self.sides[side], &self.sides[1 - side]);
        let (me, you) = (mine.state, yours.state);
        let mut note = |odd: Odd, holds: bool| {
            if holds {
                rare.note(odd);
            }
        };
        note(Odd::RstWithData, rst && len > 0);
        if syn {
            note(Odd::Christmas, rst);
            note(Odd::BaroqueSyn, is(flag::URG));
            note(Odd::SynWithData, len > 0);
        }
        let opened = matches!(me, State::SynSent | State::SynAckSent | State::Established);
        note(Odd::PossibleSplitRouting, ack && !(syn || fin || rst) && you == State::Inactive && opened);
        match me {
            State::Inactive => {
                note(Odd::OriginatorSynAck, syn && ack && side == 0);
                if syn && side == 1 {
                    let answers = (1..=yours.last.wrapping_sub(yours.start)).contains(&seen.acknowledged.wrapping_sub(yours.start));
                    note(Odd::BadSynAck, ack && !matches!(you, State::Inactive | State::Partial) && !answers);
                    let reversed = you == State::SynAckSent && seen.sequence == mine.start;
                    note(Odd::SimultaneousOpen, !ack && !reversed);
                    note(Odd::UnsolicitedSynResponse, you == State::Inactive);
                }
                note(Odd::SpontaneousFin, fin && you != State::Partial && !syn);
                note(Odd::SpontaneousRst, rst && you == State::Inactive);
            }
            State::SynSent | State::SynAckSent => {
                note(Odd::RepeatedSynWithAck, syn && side == 0 && ack && !fin && !rst && me != State::SynAckSent);
                note(Odd::RepeatedSynReplyWithoutAck, syn && side == 1 && !ack && me != State::SynSent);
                note(Odd::SynSeqJump, syn && seen.sequence != mine.start);
                note(Odd::InappropriateFin, fin && matches!(you, State::Inactive | State::SynSent));
                note(Odd::DataBeforeEstablished, !rst && len > 0);
            }
            State::Established | State::Partial => {
                note(Odd::SynAfterPartial, syn && me == State::Partial && you == State::Inactive && !ack);
                note(Odd::SynInsideConnection, syn && mine.size(yours, self.has(mark::FINS[side])) > 0);
                note(Odd::SynSeqJump, syn && seen.sequence != mine.start);
            }
            State::Closed => {
                note(Odd::SynAfterClose, syn);
                let behind = seen.sequence.wrapping_add(len + 1);
                note(Odd::FinAdvancedLastSeq, fin && !syn && !rst && behind.wrapping_sub(mine.last).cast_signed() > 0);
            }
            State::Reset => {
                note(Odd::SynAfterReset, syn);
                note(Odd::FinAfterReset, fin);
                note(Odd::DataAfterReset, len > 0 && !rst);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_odd_has_its_place_in_the_table() {
        for (at, (odd, name)) in Odd::ALL.iter().enumerate() {
            assert_eq!((*odd as usize, odd.name()), (at, *name));
        }
        assert!(Odd::ALL.len() <= 32);
        assert_eq!(Odd::of(1 << Odd::SynAfterClose as u32 | 1).collect::<Vec<_>>(), [Odd::Christmas, Odd::SynAfterClose]);
    }
}
