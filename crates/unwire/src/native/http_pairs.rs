//! Which answer of a connection answers which request, also where some of them were not captured: by their order, and behind a loss by the packets
//! that they came with. What the messages say is not known here.

use std::collections::VecDeque;

use super::http::Asked;

/// Requests that wait for their answers, and answers for their requests.
pub(super) const MOST_WAITING: usize = 4096;

/// A request that waits.
#[derive(Clone, Copy, Debug)]
struct Request {
    number: u64,
    asked: Asked,
    /// The packet that its first octet came with.
    frame: u64,
}

/// What waits for an answer.
#[derive(Clone, Copy, Debug)]
enum Waiting {
    Known(Request),
    /// One request or several that were not captured.
    Lost,
}

/// What was found of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Answered {
    /// What it answers, if that is known.
    pub asked: Option<Asked>,
    /// The number of that.
    pub mate: Option<u64>,
    /// What it answers was not captured.
    pub alone: bool,
}

/// Requests and answers of one connection.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    waiting: VecDeque<Waiting>,
    /// Answers that came before their requests, with their packets: the directions are not captured in one order, or the requests wait for a loss.
    early: VecDeque<(u64, u64)>,
    /// How many messages each side said.
    said: [u64; 2],
    /// Requests were lost; what answers them came before the next one was sent.
    lost_requests: bool,
    /// An answer was lost, or several.
    lost_answers: bool,
    /// The client asks again before it is answered.
    pipelined: bool,
}

impl Pairs {
    /// Messages of a side are missing, or cannot be read.
    pub(super) fn lose(&mut self, side: usize) {
        if side == 1 {
            self.lost_answers = true;
        } else {
            self.lost_requests = true;
            if !matches!(self.waiting.back(), Some(Waiting::Lost)) {
                self.waiting.push_back(Waiting::Lost);
            }
        }
    }

    /// A request: its number, and that of the answer that came before it.
    pub(super) fn request(&mut self, asked: Asked, frame: u64) -> (u64, Option<u64>) {
        let number = self.number(0);
        // An answer that came before this was sent answers what was lost.
        while self.lost_requests && self.early.front().is_some_and(|early| early.1 < frame) {
            self.early.pop_front();
        }
        if let Some((mate, _)) = self.early.pop_front() {
            self.waiting.clear();
            return (number, Some(mate));
        }
        if self.waiting.len() >= MOST_WAITING {
            self.waiting.pop_front();
        }
        self.waiting.push_back(Waiting::Known(Request { number, asked, frame }));
        (number, None)
    }

    /// An answer: its number, and what it answers.
    pub(super) fn answer(&mut self, frame: u64) -> (u64, Answered) {
        let number = self.number(1);
        let alone = Answered { alone: true, ..Answered::default() };
        while let Some(Waiting::Lost) = self.waiting.front() {
            self.waiting.pop_front();
            let next = self.known().next();
            if self.pipelined || next.is_none_or(|next| next.frame > frame) {
                return (number, alone);
            }
        }
        let Some(first) = self.known().next() else {
            if self.early.len() < MOST_WAITING {
                self.early.push_back((number, frame));
            }
            return (number, Answered::default());
        };
        if self.lost_requests && first.frame > frame {
            return (number, alone);
        }
        let asked = self.known().take_while(|one| one.frame < frame).count();
        if std::mem::take(&mut self.lost_answers) {
            // Who waits for each answer before asking again was answered up to the last request.
            let unanswered = asked.saturating_sub(1).min(if self.pipelined { 1 } else { usize::MAX });
            self.pass_over(unanswered);
        } else {
            self.pipelined |= asked > 1;
        }
        let Some(Waiting::Known(Request { number: mate, asked, .. })) = self.waiting.pop_front() else { return (number, alone) };
        (number, Answered { asked: Some(asked), mate: Some(mate), alone: false })
    }

    /// What the next answer would answer, if nothing is missing.
    pub(super) fn next(&self) -> Option<Asked> {
        self.known().next().map(|one| one.asked)
    }

    fn known(&self) -> impl Iterator<Item = &Request> {
        self.waiting.iter().filter_map(|one| if let Waiting::Known(request) = one { Some(request) } else { None })
    }

    /// So many requests stay without an answer.
    fn pass_over(&mut self, mut requests: usize) {
        while requests > 0 || matches!(self.waiting.front(), Some(Waiting::Lost)) {
            match self.waiting.pop_front() {
                Some(Waiting::Known(_)) => requests -= 1,
                Some(Waiting::Lost) => {}
                None => return,
            }
        }
    }

    fn number(&mut self, side: usize) -> u64 {
        self.said[side & 1] += 1;
        self.said[side & 1]
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, Pairs};

    /// What each answer answers, by their numbers, of requests (`q`), answers (`r`), and losses of them (`Q`, `R`), each a packet later.
    fn mates(said: &str) -> Vec<Option<u64>> {
        let (mut pairs, mut found) = (Pairs::default(), Vec::new());
        for (what, frame) in said.chars().zip(1..) {
            match what {
                'q' => drop(pairs.request(Asked::Other, frame)),
                'r' => found.push(pairs.answer(frame).1.mate),
                other => pairs.lose(usize::from(other == 'R')),
            }
        }
        found
    }

    #[test]
    fn answers_find_their_requests() {
        for (said, expected) in [
            ("qrqr", vec![Some(1), Some(2)]),
            ("qqrr", vec![Some(1), Some(2)]),
            // A request is lost.
            ("qrQrqr", vec![Some(1), None, Some(2)]),
            ("Qrqr", vec![None, Some(1)]),
            ("qqrrQqrr", vec![Some(1), Some(2), None, Some(3)]),
            // An answer is lost.
            ("qrqRqr", vec![Some(1), Some(3)]),
            ("qqqrRr", vec![Some(1), Some(3)]),
            // Both are, as one hole each.
            ("qrQRqr", vec![Some(1), Some(2)]),
        ] {
            assert_eq!(mates(said), expected, "{said}");
        }
    }

    #[test]
    fn answers_that_are_read_first_wait() {
        let mut pairs = Pairs::default();
        assert_eq!(pairs.answer(2).1.mate, None);
        pairs.lose(0);
        assert_eq!(pairs.answer(4).1, super::Answered { alone: true, ..super::Answered::default() });
        // The first came before the request that is read now, which was asked in packet 3.
        assert_eq!(pairs.request(Asked::Other, 3), (1, None));
    }
}
