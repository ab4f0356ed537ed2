//! What an ordered pass tells of a header: numbers of its stream, times between packets, and what Wireshark's analysis makes of it. A table
//! of names and types, and one row of values; how they are found is numbering.rs's and analysis.rs's business.

/// The type of what is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToldType {
    /// An unsigned number of 32 bits.
    Number,
    /// A signed one.
    Signed,
    /// It is so; where it is not, nothing is told.
    Truth,
    /// Nanoseconds between two packets.
    Duration,
}

macro_rules! told {
    ($($variant:ident $name:literal $type:ident $words:literal,)*) => {
        /// Something that is told of a header.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Told {
            $(#[doc = $words] $variant,)*
        }

        impl Told {
            /// All, with the words by which protocols declare them, their types and their meanings.
            pub const ALL: &'static [(Self, &'static str, ToldType, &'static str)] =
                &[$((Self::$variant, $name, ToldType::$type, $words),)*];
        }
    };
}

// Numbers come first, then durations, then truths: `Values` keeps them in arrays of their own.
told! {
    Stream "number" Number "Stream index",
    Sequence "sequence" Number "Sequence number, relative",
    Acknowledged "acknowledged" Number "Acknowledgment number, relative",
    Next "next" Number "Next sequence number",
    Window "window" Number "Calculated window size",
    Scale "scale" Signed "Window size scaling factor; -1 where it is not known, -2 where there is none",
    DuplicateNumber "duplicate_number" Number "Duplicate ACK #",
    DuplicateFrame "duplicate_frame" Number "Duplicate to the ACK in frame",
    AcksFrame "acks_frame" Number "This is an ACK to the segment in frame",
    InFlight "in_flight" Number "Bytes in flight",
    SincePush "since_push" Number "Bytes sent since last PSH flag",
    TimeoutFrame "timeout_frame" Number "RTO based on delta from frame",
    SinceFirst "since_first" Duration "Time since the first frame of the stream",
    SincePrevious "since_previous" Duration "Time since the previous frame of the stream",
    RoundTrip "round_trip" Duration "The RTT to ACK the segment was",
    InitialRoundTrip "initial_round_trip" Duration "Round trip of the handshake",
    Timeout "timeout" Duration "The RTO for this segment was",
    Analysed "analysed" Truth "SEQ/ACK analysis has something to say",
    Noted "noted" Truth "TCP analysis flags",
    Retransmission "retransmission" Truth "This frame is a (suspected) retransmission",
    FastRetransmission "fast_retransmission" Truth "This frame is a (suspected) fast retransmission",
    SpuriousRetransmission "spurious_retransmission" Truth "This frame is a (suspected) spurious retransmission",
    OutOfOrder "out_of_order" Truth "This frame is a (suspected) out-of-order segment",
    ReusedPorts "reused_ports" Truth "A new session is started with the same ports as an earlier one",
    LostSegment "lost_segment" Truth "Previous segments were not captured",
    AckLostSegment "ack_lost_segment" Truth "What it acknowledges was not captured",
    WindowUpdate "window_update" Truth "Window update",
    WindowFull "window_full" Truth "The window specified by the receiver is now completely full",
    KeepAlive "keep_alive" Truth "Keep-alive segment",
    KeepAliveAck "keep_alive_ack" Truth "ACK to a keep-alive segment",
    ZeroWindowProbe "zero_window_probe" Truth "Zero window probe",
    ZeroWindow "zero_window" Truth "Zero window segment",
    ZeroWindowProbeAck "zero_window_probe_ack" Truth "ACK to a zero window probe",
    DuplicateAck "duplicate_ack" Truth "Duplicate ACK",
}

const NUMBERS: usize = Told::SinceFirst as usize;
const DURATIONS: usize = Told::Analysed as usize - NUMBERS;

impl Told {
    /// What a declaration calls so.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, ..)| *known == name).map(|(told, ..)| *told)
    }

    /// The one with this place in the table.
    pub fn numbered(number: u16) -> Option<Self> {
        Self::ALL.get(usize::from(number)).map(|(told, ..)| *told)
    }

    /// The type of its values.
    pub fn kind(self) -> ToldType {
        Self::ALL.get(self as usize).map_or(ToldType::Number, |(_, _, kind, _)| *kind)
    }

    /// What it means.
    pub fn words(self) -> &'static str {
        Self::ALL.get(self as usize).map_or("", |(.., words)| words)
    }
}

/// Where in a batch a header is of which something is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Noted {
    /// The record's place in the batch.
    pub record: u32,
    /// Where the header's payload starts in the frame.
    pub payload: u32,
    /// What is told.
    pub values: Values,
}

/// What an ordered pass heard a stream say with a record: a message that the record completed, or nothing but that what the record carries is part
/// of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// The record's place in the batch.
    pub record: u32,
    /// Its number among the layers of messages; 0 for none.
    pub key: u16,
    /// Where it stands in the batch's buffer …
    pub offset: u32,
    /// … and how long it is.
    pub len: u32,
    /// Where in the frame the bytes start that the stream had of it.
    pub from: u32,
}

/// What is told of one header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// What is there, a bit each.
    known: u64,
    numbers: [u32; NUMBERS],
    durations: [i64; DURATIONS],
}

impl Values {
    /// The value, if there is one: numbers and durations as they are, truths as 1.
    pub fn value(&self, told: Told) -> Option<i64> {
        let at = told as usize;
        if self.known >> at & 1 == 0 {
            return None;
        }
        Some(match told.kind() {
            ToldType::Number => i64::from(*self.numbers.get(at)?),
            ToldType::Signed => i64::from(*self.numbers.get(at)? as i32),
            ToldType::Duration => *self.durations.get(at - NUMBERS)?,
            ToldType::Truth => 1,
        })
    }

    /// True if it is so.
    pub fn is(&self, told: Told) -> bool {
        self.known >> told as usize & 1 == 1
    }

    pub(crate) fn number(&mut self, told: Told, number: u32) {
        if let Some(place) = self.numbers.get_mut(told as usize) {
            *place = number;
            self.known |= 1 << told as usize;
        }
    }

    pub(crate) fn duration(&mut self, told: Told, duration: Option<i64>) {
        if let Some((place, duration)) = self.durations.get_mut((told as usize).wrapping_sub(NUMBERS)).zip(duration) {
            *place = duration;
            self.known |= 1 << told as usize;
        }
    }

    pub(crate) fn so(&mut self, told: Told) {
        self.known |= 1 << told as usize;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_what_was_told() {
        let mut values = Values::default();
        for (at, (told, name, kind, _)) in (0..).zip(Told::ALL) {
            assert_eq!((Told::named(name), Told::numbered(at), *told as u16), (Some(*told), Some(*told), at));
            assert_eq!(values.value(*told), None);
            let expected = match kind {
                ToldType::Number => {
                    values.number(*told, u32::MAX - u32::from(at));
                    i64::from(u32::MAX) - i64::from(at)
                }
                ToldType::Signed => {
                    values.number(*told, -2i32 as u32);
                    -2
                }
                ToldType::Duration => {
                    values.duration(*told, Some(-i64::from(at)));
                    -i64::from(at)
                }
                ToldType::Truth => {
                    values.so(*told);
                    1
                }
            };
            assert_eq!(values.value(*told), Some(expected));
        }
        values.duration(Told::Timeout, None);
        assert!(values.is(Told::Timeout), "what is not known changes nothing");
    }
}
