//! What holds for reassembly however a connection is cut, shuffled, doubled and damaged: the bytes are the sender's, what is missing is told with
//! its size, every byte comes with a packet that carried it, and memory stays within its caps.

use proptest::prelude::*;
use unwire::stream::{Budget, Connection, Direction, End, Flags, Gap, Place, Policy, Reader, Segment, Why};

/// What a reader was told, by direction.
#[derive(Debug, Default)]
struct Told {
    bytes: [Vec<u8>; 2],
    /// Places in the stream, gaps counted, and how long they are.
    gaps: [Vec<(u64, Gap)>; 2],
    /// For each byte that is there, the packet.
    frames: [Vec<u64>; 2],
    at: [u64; 2],
    ends: [Vec<End>; 2],
    order: Vec<(Direction, u64)>,
}

impl Reader for Told {
    fn data(&mut self, from: Direction, bytes: &[u8], place: Place) {
        let at = from.index();
        assert!(!bytes.is_empty() && self.ends[at].is_empty());
        self.bytes[at].extend(bytes);
        self.frames[at].extend(std::iter::repeat_n(place.frame, bytes.len()));
        self.at[at] += bytes.len() as u64;
        self.order.push((from, place.frame));
    }

    fn gap(&mut self, from: Direction, gap: Gap) {
        let at = from.index();
        assert!(gap.bytes > 0 && self.ends[at].is_empty());
        self.gaps[at].push((self.at[at], gap));
        self.at[at] += gap.bytes;
    }

    fn end(&mut self, from: Direction, how: End) {
        self.ends[from.index()].push(how);
    }
}

/// A segment with bytes of its own.
#[derive(Clone, Debug, Default)]
struct Sent {
    from: usize,
    sequence: u32,
    acknowledgement: u32,
    flags: u16,
    payload: Vec<u8>,
    cut: usize,
}

const SYN: u16 = 2;
const FIN: u16 = 1;
const ACK: u16 = 16;
const RST: u16 = 4;

fn sent(from: usize, sequence: u32, acknowledgement: u32, flags: u16, payload: &[u8]) -> Sent {
    Sent { from, sequence, acknowledgement, flags, payload: payload.to_vec(), cut: 0 }
}

fn run(segments: &[Sent], mut budget: Budget) -> (Told, Connection, Budget) {
    let (mut told, mut connection) = (Told::default(), Connection::default());
    for (sent, frame) in segments.iter().zip(1..) {
        let Sent { sequence, acknowledgement, .. } = *sent;
        let place = Place { frame, time: Some(frame as i64 * 1000) };
        let payload = &sent.payload[..sent.payload.len() - sent.cut];
        let segment = Segment { sequence, acknowledgement, flags: Flags(sent.flags), payload, len: sent.payload.len() as u32, place };
        connection.segment(sent.from, &segment, &mut budget, &mut told);
    }
    connection.finish(&mut budget, &mut told);
    assert_eq!((connection.waiting(), budget.used()), (0, 0), "what was kept is given back");
    (told, connection, budget)
}

fn both(segments: &[Sent]) -> Told {
    run(segments, Budget::default()).0
}

fn handshake() -> Vec<Sent> {
    vec![sent(0, 99, 0, SYN, b""), sent(1, 999, 100, SYN | ACK, b""), sent(0, 100, 1000, ACK, b"")]
}

#[test]
fn bytes_are_put_in_order() {
    let mut segments = handshake();
    segments.extend([
        sent(0, 105, 1000, ACK, b"world"),
        sent(0, 100, 1000, ACK, b"hello"),
        sent(1, 1000, 110, ACK | FIN, b"yes"),
        sent(0, 110, 1004, ACK | FIN, b""),
    ]);
    let told = both(&segments);
    assert_eq!([&told.bytes[0][..], &told.bytes[1][..]], [b"helloworld", &b"yes"[..]]);
    assert_eq!(told.frames[0], [[5; 5], [4; 5]].concat());
    assert_eq!(told.ends, [[End::Finished], [End::Finished]]);
    assert!(told.gaps.concat().is_empty());
}

#[test]
fn overlaps_follow_the_policy() {
    let mut segments = handshake();
    segments.extend([sent(0, 103, 1000, ACK, b"ABC"), sent(0, 102, 1000, ACK, b"xyzuvw"), sent(0, 100, 1000, ACK, b"ab")]);
    let (first, connection, _) = run(&segments, Budget::new(1 << 20, 1 << 20, Policy::First));
    let (last, _, _) = run(&segments, Budget::new(1 << 20, 1 << 20, Policy::Last));
    assert_eq!([first.bytes[0].as_slice(), last.bytes[0].as_slice()], [b"abxABCvw", b"abxyzuvw"]);
    assert_eq!(connection.counts(Direction::Client).conflicts, 3);
    segments[4].payload = b"z".to_vec();
    let (last, _, _) = run(&segments, Budget::new(1 << 20, 1 << 20, Policy::Last));
    assert_eq!(last.bytes[0], b"abzABC");
    segments[3].payload = b"ABCDE".to_vec();
    segments[4] = sent(0, 104, 1000, ACK, b"__");
    segments.push(sent(0, 102, 1000, ACK, b"c"));
    let (last, _, _) = run(&segments, Budget::new(1 << 20, 1 << 20, Policy::Last));
    assert_eq!(last.bytes[0], b"abcA__DE");
}

#[test]
fn what_was_acknowledged_and_never_came_is_a_gap() {
    let mut segments = handshake();
    segments.extend([sent(0, 110, 1000, ACK, b"late"), sent(1, 1000, 114, ACK, b"")]);
    segments.extend((0..200).map(|_| sent(1, 1000, 114, ACK, b"")));
    segments.push(sent(0, 100, 1000, ACK, b"never mind"));
    let told = both(&segments);
    assert_eq!(told.gaps[0], [(0, Gap { bytes: 10, acknowledged: true, why: Why::Acknowledged })]);
    assert_eq!(told.bytes[0], b"late");
}

#[test]
fn what_nobody_acknowledged_is_a_gap_at_the_end() {
    let mut segments = handshake();
    segments.extend([sent(0, 100, 1000, ACK, b"a"), sent(0, 110, 1000, ACK, b"b"), sent(1, 1000, 100, ACK, b"")]);
    segments.push(sent(0, 120, 1000, ACK | FIN, b"c"));
    let told = both(&segments);
    let gap = |bytes| Gap { bytes, acknowledged: false, why: Why::Closed };
    assert_eq!((told.gaps[0].as_slice(), told.bytes[0].as_slice()), (&[(1, gap(9)), (11, gap(9))][..], &b"abc"[..]));
    assert_eq!(told.ends, [[End::Finished], [End::Open]]);
}

#[test]
fn a_tail_that_was_acknowledged_is_a_gap() {
    let mut segments = handshake();
    segments.extend([sent(0, 100, 1000, ACK, b"abc"), sent(1, 1000, 150, ACK, b""), sent(1, 1000, 150, RST, b"go away")]);
    let told = both(&segments);
    assert_eq!(told.gaps[0], [(3, Gap { bytes: 47, acknowledged: true, why: Why::Closed })]);
    assert_eq!(told.ends, [[End::Reset], [End::Reset]]);
    assert_eq!(told.bytes[1], b"");
}

#[test]
fn streams_are_picked_up_in_the_middle() {
    let told = both(&[sent(0, 55, 70, ACK, b"56789"), sent(1, 70, 60, ACK, b"ok"), sent(0, 50, 70, ACK, b"01234")]);
    assert_eq!([told.bytes[0].as_slice(), &told.bytes[1]], [b"0123456789", &b"ok"[..]]);
    assert_eq!(told.order, [(Direction::Server, 2), (Direction::Client, 3), (Direction::Client, 1)]);
    // The answer to a SYN that nobody saw tells as much as the SYN: who is the client, and where it begins.
    let told = both(&[sent(1, 69, 50, ACK | SYN, b""), sent(0, 52, 70, ACK, b"2"), sent(1, 70, 53, ACK, b"ok")]);
    assert_eq!([told.bytes[0].as_slice(), &told.bytes[1]], [&b"2"[..], &b"ok"[..]]);
    assert_eq!(told.gaps[0], [(0, Gap { bytes: 2, acknowledged: true, why: Why::Closed })]);
}

#[test]
fn a_syn_that_comes_late_still_says_who_is_the_client() {
    let told =
        both(&[sent(1, 1000, 103, ACK, b"response"), sent(0, 100, 1000, ACK, b"ask"), sent(1, 999, 100, SYN | ACK, b""), sent(0, 99, 0, SYN, b"")]);
    assert_eq!([told.bytes[0].as_slice(), &told.bytes[1]], [b"ask", &b"response"[..]]);
}

#[test]
fn data_comes_with_the_syn_or_again_without_it() {
    let segments =
        [sent(0, 99, 0, SYN, b"fast"), sent(1, 999, 100, SYN | ACK, b""), sent(0, 100, 1000, ACK, b"fast open"), sent(0, 109, 1000, ACK | FIN, b"")];
    let told = both(&segments);
    assert_eq!(told.bytes[0], b"fast open");
    assert_eq!(told.ends[0], [End::Finished]);
}

#[test]
fn keep_alives_and_data_after_the_end_are_nothing() {
    let mut segments = handshake();
    segments.extend([
        sent(0, 100, 1000, ACK, b"abc"),
        sent(0, 102, 1000, ACK, b"\0"),
        sent(0, 102, 1000, ACK, b""),
        sent(0, 103, 1000, ACK | FIN, b""),
    ]);
    segments.extend([sent(0, 104, 1000, ACK, b"more"), sent(0, 103, 1000, ACK | FIN, b"")]);
    let (told, connection, _) = run(&segments, Budget::default());
    assert_eq!(told.bytes[0], b"abc");
    assert_eq!((connection.counts(Direction::Client).repeated, connection.counts(Direction::Client).unused), (1, 4));
}

#[test]
fn caps_cut_and_count() {
    let mut segments = handshake();
    segments.extend((0..64u32).map(|at| sent(0, 101 + at * 1000, 1000, ACK, &[7; 1000])));
    let (told, _, budget) = run(&segments, Budget::new(16_000, 1 << 20, Policy::First));
    assert_eq!(told.bytes[0].len(), 64_000);
    assert_eq!(told.gaps[0], [(0, Gap { bytes: 1, acknowledged: false, why: Why::ConnectionCap })]);
    assert_eq!((budget.connection_caps, budget.total_caps), (1, 0));
    assert!(budget.most() < 20_000, "{}", budget.most());
    let (told, _, budget) = run(&segments, Budget::new(1 << 20, 16_000, Policy::First));
    assert_eq!((told.gaps[0][0].1.why, budget.total_caps), (Why::TotalCap, 1));
}

/// Numbers that look random, and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most.max(1)
    }
}

/// Both directions of a connection, cut into segments of 1 to 1400 bytes, some dropped, some doubled, shuffled in a window, with sequence numbers
/// that wrap. The bytes that were dropped are returned by direction, as runs.
fn torture(sizes: [usize; 2], dice: &mut Dice, drop: usize) -> (Vec<Sent>, [Vec<u8>; 2], [Vec<(u64, u64)>; 2]) {
    let content = [0, 1].map(|side| (0..sizes[side]).map(|_| dice.below(256) as u8).collect::<Vec<u8>>());
    let initial = [0, 1].map(|_| u32::MAX - dice.below(20_000) as u32);
    let first = initial.map(|initial| initial.wrapping_add(1));
    let mut segments = vec![sent(0, initial[0], 0, SYN, b""), sent(1, initial[1], first[0], SYN | ACK, b"")];
    let (mut lost, mut at) = ([Vec::<(u64, u64)>::new(), Vec::new()], [0; 2]);
    while at[0] < sizes[0] || at[1] < sizes[1] {
        let side = dice.below(2);
        let len = (1 + dice.below(1400)).min(sizes[side] - at[side]);
        let bytes = &content[side][at[side]..at[side] + len];
        if len > 0 && dice.below(100) < drop {
            match lost[side].last_mut() {
                Some(run) if run.0 + run.1 == at[side] as u64 => run.1 += len as u64,
                _ => lost[side].push((at[side] as u64, len as u64)),
            }
        } else if len > 0 {
            let ack = first[1 - side].wrapping_add(at[1 - side] as u32);
            segments.push(sent(side, first[side].wrapping_add(at[side] as u32), ack, ACK, bytes));
            if dice.below(10) == 0 {
                segments.push(segments[segments.len() - 1].clone());
            }
        }
        at[side] += len;
    }
    for side in 0..2 {
        let [sequence, ack] = [side, 1 - side].map(|side| first[side].wrapping_add(sizes[side] as u32));
        segments.push(sent(side, sequence, ack, ACK | FIN, b""));
    }
    for window in segments.chunks_mut(64) {
        for at in (1..window.len()).rev() {
            window.swap(at, dice.below(at + 1));
        }
    }
    (segments, content, lost)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn torture_leaves_the_bytes_as_they_were(seed in any::<u64>(), sizes in [0usize..120_000, 0..120_000], drop in prop_oneof![Just(0usize), Just(1), Just(10)]) {
        let (segments, content, lost) = torture(sizes, &mut Dice(seed), drop);
        let (told, connection, budget) = run(&segments, Budget::default());
        for side in 0..2 {
            let gaps: Vec<(u64, u64)> = told.gaps[side].iter().map(|(at, gap)| (*at, gap.bytes)).collect();
            prop_assert_eq!(&gaps, &lost[side], "gaps are what was dropped");
            let mut kept: Vec<u8> = Vec::new();
            let mut at = 0;
            for (begin, len) in &lost[side] {
                kept.extend(&content[side][at..*begin as usize]);
                at = (begin + len) as usize;
            }
            kept.extend(&content[side][at..]);
            prop_assert!(told.bytes[side] == kept, "the bytes are the sender's");
            prop_assert_eq!(&told.ends[side], &[End::Finished]);
            // Each byte is in the packet that it is said to be from.
            let missing: u64 = lost[side].iter().map(|run| run.1).sum();
            let counts = connection.counts(Direction::BOTH[side]);
            prop_assert_eq!((counts.bytes, counts.missing, counts.conflicts), (kept.len() as u64, missing, 0));
            for (byte, frame) in told.bytes[side].iter().zip(&told.frames[side]) {
                let carried = &segments[*frame as usize - 1];
                prop_assert!(carried.from == side && carried.payload.contains(byte));
            }
        }
        prop_assert_eq!((budget.connection_caps, budget.total_caps), (0, 0));
    }

    #[test]
    fn anything_at_all_ends_once_and_within_the_caps(
        segments in prop::collection::vec(
            (0usize..2, prop_oneof![0u32..3000, any::<u32>(), Just(u32::MAX)], any::<u32>(), 0u16..64, prop::collection::vec(any::<u8>(), 0..300), 0usize..40),
            0..300
        ),
        last in any::<bool>(),
        cap in 100usize..50_000,
    ) {
        let segments: Vec<Sent> = segments.into_iter().map(|(from, sequence, acknowledgement, flags, payload, cut)| {
            let cut = cut.min(payload.len());
            Sent { from, sequence, acknowledgement, flags, payload, cut }
        }).collect();
        let policy = if last { Policy::Last } else { Policy::First };
        let (told, _, budget) = run(&segments, Budget::new(cap, 1 << 20, policy));
        // A segment may cut another in two before the cap is asked.
        prop_assert!(budget.most() <= cap + 2 * (300 + 96 * 3), "{} of {cap}", budget.most());
        prop_assert!(told.ends.iter().all(|ends| ends.len() == 1));
    }
}
