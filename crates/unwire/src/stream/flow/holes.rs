//! Which bytes of a stream were seen: what is missing when the other side acknowledges it is missed, as Zeek counts it. Only numbers are kept.

use super::beside::Beside;
use super::live::{Flow, Scaled, mark};
use super::odd::Odd;
use super::side::{State, ahead};

/// Islands that a side may have; what is beyond the last of them is not remembered.
const MOST_ISLANDS: usize = 256;
/// Without any acknowledgment so much is waited for.
const UNACKNOWLEDGED: u32 = 16_384;
/// A segment that fills a hole this much later was sent again, not delayed.
const LATE: i64 = 3_000_000;

impl Flow {
    /// Bytes of a stream arrive.
    pub(super) fn arrive(&mut self, rare: &mut Beside<'_>, side: usize, from: u32, to: u32, time: i64) {
        if self.has(mark::SKIPS[side]) {
            return;
        }
        let next = self.sides[side].next;
        let filled = ahead(to, next) <= 0 || rare.islands[side].iter().any(|(a, b)| ahead(from, *a) >= 0 && ahead(to, *b) <= 0);
        let late = ahead(from, next) >= 0 && rare.islands[side].last().is_some_and(|(_, b)| ahead(from, *b) < 0);
        if let Some(quality) = rare.quality() {
            if filled || ahead(from, next) < 0 || late && time - quality.latest[side] > LATE {
                quality.retransmitted[side] += 1;
            } else if late {
                quality.out_of_order[side] += 1;
            }
            quality.latest[side] = quality.latest[side].max(time);
        }
        if filled {
            return;
        }
        if ahead(from, next) <= 0 {
            self.sides[side].next = to;
            self.join(rare, side);
            return;
        }
        let islands = &mut rare.islands[side];
        let at = islands.partition_point(|(a, _)| ahead(*a, from) < 0);
        islands.insert(at, (from, to));
        merge(islands);
        if islands.len() > MOST_ISLANDS {
            islands.truncate(MOST_ISLANDS);
        }
        let waiting = islands.last().map_or(0, |(_, b)| b.wrapping_sub(next));
        if self.sides[side].nothing_acknowledged() && waiting > UNACKNOWLEDGED {
            self.marks |= mark::SKIPS[side];
            rare.islands[side] = Vec::new();
            rare.note(Odd::AboveHole);
        }
    }

    /// What lies directly behind the bytes that were seen belongs to them.
    fn join(&mut self, rare: &mut Beside<'_>, side: usize) {
        if rare.islands[side].is_empty() {
            return;
        }
        let (next, islands) = (&mut self.sides[side].next, &mut rare.islands[side]);
        let joined = islands.iter().take_while(|(a, b)| {
            let touches = ahead(*a, *next) <= 0;
            if touches && ahead(*b, *next) > 0 {
                *next = *b;
            }
            touches
        });
        let joined = joined.count();
        islands.drain(..joined);
    }

    /// What a side sent is acknowledged up to here: what was not seen of it is missed.
    pub(super) fn settle(&mut self, rare: &mut Beside<'_>, side: usize, number: u32) {
        let me = &self.sides[side];
        let fin = me.start.wrapping_add(rare.fin[side] as u32);
        let to = if self.has(mark::FINS[side]) && ahead(number, fin) > 0 { fin } else { number };
        if ahead(to, me.next) <= 0 || self.has(mark::SKIPS[side]) {
            return;
        }
        if self.has(mark::PARTIAL) && to.wrapping_sub(me.start) <= 2 {
            return;
        }
        let ended = |side: usize| self.has(mark::FINS[side]) || self.sides[side].state == State::Reset;
        if me.next == me.start.wrapping_add(1) && (ended(0) || ended(1)) {
            // Perhaps only what opens and ends streams was captured.
            self.marks |= mark::SKIPS[side];
            self.sides[side].next = to;
            return;
        }
        let counts = self.sides[0].is_clean() && self.sides[1].is_clean();
        while ahead(to, self.sides[side].next) > 0 {
            let next = self.sides[side].next;
            let island = rare.islands[side].first().copied().filter(|(a, _)| ahead(*a, to) < 0);
            let end = island.map_or(to, |(a, _)| a);
            if counts && ahead(end, next) > 0 {
                let missed = u64::from(end.wrapping_sub(next));
                rare.missed += missed;
                rare.note(Odd::ContentGap);
                if let Some(quality) = rare.quality() {
                    quality.lost[side] += missed;
                }
                self.count(rare, side, Scaled::Gap);
            }
            self.sides[side].next = end;
            self.join(rare, side);
        }
    }
}

fn merge(islands: &mut Vec<(u32, u32)>) {
    islands.dedup_by(|later, earlier| {
        let touches = ahead(later.0, earlier.1) <= 0;
        if touches && ahead(later.1, earlier.1) > 0 {
            earlier.1 = later.1;
        }
        touches
    });
}
