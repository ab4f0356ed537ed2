//! What tells frames apart: questions about their bits, asked in the order in which they decided, as a tree. Each place asks some of them,
//! and each answer leads to the next place; where nothing is left to ask stands the number of a shape. More may be asked of a frame than
//! decides about it, never less. What a shape is, and how frames are found out, is not known here; deciding.rs says which bits decide.

use crate::glance::Glances;
use crate::lesson::{Decided, Lesson, SEEN};
use crate::near::{Head, head};
use crate::ports::{Ports, Word};
use crate::schema::Schema;
use crate::window::{Window, windows};

const MOST_QUESTIONS: usize = 16;

/// A question; ports are known by their number among those of the tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Question {
    #[default]
    None,
    Bits(Window),
    Ports(u32),
}

impl Question {
    /// What of it is left where another was answered.
    fn without(self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Bits(left), Self::Bits(window)) => left.without(window).map(Self::Bits),
            (Self::Ports(left), Self::Ports(ports)) if left == *ports => None,
            _ => Some(self),
        }
    }
}

/// A place of the tree: a question, and where its answers lead.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    question: Question,
    /// The place that leads here.
    from: u32,
    /// The shape of frames of which nothing more need be asked, plus one; 0 for none. Such a frame has at least so many bytes.
    shape: u32,
    need: u32,
    /// Where its answers stand among all, one less than the room that they have there, and how many there are. Each is near where its bits
    /// say, and at least as many of them lead nowhere, to place 0.
    first: u32,
    last: u32,
    count: u32,
    /// Where the answer that has no bits leads.
    none: u32,
}

impl Place {
    /// True if it says the shape of a frame.
    #[inline(always)]
    fn is_of(&self, bytes: &[u8]) -> bool {
        self.shape != 0 && bytes.len() >= self.need as usize
    }
}

/// An answer, and the place where it leads.
#[derive(Clone, Copy, Debug, Default)]
struct Answer {
    word: Word,
    to: u32,
}

/// The tree.
#[derive(Debug)]
pub(crate) struct Questions {
    /// The first place for each link type.
    first: Vec<(u16, u32)>,
    places: Vec<Place>,
    answers: Vec<Answer>,
    ports: Vec<Ports>,
    glances: Glances,
}

impl Default for Questions {
    fn default() -> Self {
        // Place 0 is none, and has one answer, which leads nowhere.
        let (places, answers) = (vec![Place::default()], vec![Answer::default()]);
        Self { first: Vec::new(), places, answers, ports: Vec::new(), glances: Glances::default() }
    }
}

/// Some well-mixed bits of an answer.
#[inline(always)]
fn mixed([low, high]: Word) -> u32 {
    ((low ^ high.rotate_left(32)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as u32
}

impl Questions {
    /// How many places there are.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// Where frames of this link type begin; 0 is nowhere.
    #[inline]
    pub(crate) fn begin(&self, link: u16) -> u32 {
        self.first.iter().find(|first| first.0 == link).map_or(0, |first| first.1)
    }

    /// The shape of a frame, plus one; 0 if that is not known. The frame is so many bytes of a buffer from a place on.
    #[inline(always)]
    pub(crate) fn shape(&mut self, schema: &Schema, begin: u32, frame: (&[u8], usize, usize), limit: u32) -> u32 {
        self.seen(schema, begin, frame, limit).unwrap_or_else(|| self.asked(schema, begin, frame, limit))
    }

    /// The same where one look says it, and numbers.
    #[inline(always)]
    fn seen(&mut self, schema: &Schema, begin: u32, (buffer, start, len): (&[u8], usize, usize), limit: u32) -> Option<u32> {
        let head = head(buffer, start)?;
        let number = self.glances.number(begin, head)?;
        let glance = self.glances.get(number)?;
        let mut place = self.places.get(glance.place(glance.word(head))? as usize)?;
        if let Question::Ports(ports) = &place.question {
            let ports = self.ports.get(*ports as usize)?;
            let to =
                if ports.are_of_nobody(head, len) { place.none } else { self.to(place, ports.read(schema, buffer.get(start..start + len)?, limit)?) };
            place = self.places.get(to as usize)?;
        }
        if !matches!(place.question, Question::None) || place.shape == 0 || len < place.need as usize {
            return None;
        }
        let shape = place.shape;
        self.glances.get_mut(number)?.looked();
        Some(shape)
    }

    /// The same, asked from the beginning.
    #[inline(never)]
    fn asked(&mut self, schema: &Schema, begin: u32, (buffer, start, len): (&[u8], usize, usize), limit: u32) -> u32 {
        let bytes = || buffer.get(start..start + len).unwrap_or_default();
        // What follows the frame in its buffer may be looked at, too, so that few bytes at its end are read as fast as any.
        let Some(head) = head(buffer, start) else {
            let bytes = bytes();
            return self.shape_from(begin, schema, begin, |window| window.read(bytes), || bytes, limit);
        };
        let at = if let Some(number) = self.glances.number(begin, head) {
            self.look(number, begin, head)
        } else {
            if self.glances.is_missed() {
                let (first, bits) = self.path(begin, self.behind_bits(begin, head, |_| true));
                self.glances.open(begin, head, &first, &bits);
            }
            begin
        };
        self.shape_from(at, schema, begin, |window| window.read_within(head), bytes, limit)
    }

    /// The same from a place on.
    #[inline(always)]
    fn shape_from<'b>(
        &self,
        mut at: u32,
        schema: &Schema,
        begin: u32,
        read: impl Fn(&Window) -> Word,
        bytes: impl Fn() -> &'b [u8],
        limit: u32,
    ) -> u32 {
        // Each answer leads to a place that was made later, so that this ends.
        while let Some(place) = self.places.get(at as usize) {
            let word = match &place.question {
                Question::Ports(ports) => self.ports.get(*ports as usize).and_then(|ports| ports.read(schema, bytes(), limit)),
                Question::None if place.is_of(bytes()) => return place.shape,
                Question::None => None,
                Question::Bits(window) => Some(read(window)),
            };
            let Some(word) = word else { break };
            at = self.to(place, word);
        }
        self.last_shape(schema, begin, bytes(), limit)
    }

    /// Where to go on with a frame of which one look did not tell enough, or nothing: what it tells is remembered.
    fn look(&mut self, number: usize, begin: u32, head: &Head) -> u32 {
        let Some(glance) = self.glances.get_mut(number) else { return begin };
        glance.looked();
        let word = glance.word(head);
        let seen = glance.place(word);
        let is_asked = |at: u32| matches!(self.places.get(at as usize), Some(Place { question: Question::Bits(_), .. }));
        match seen {
            Some(at) if !is_asked(at) || !glance.missed() => at,
            _ => self.look_again(number, seen, begin, word, head),
        }
    }

    #[inline(never)]
    fn look_again(&mut self, number: usize, seen: Option<u32>, begin: u32, word: u64, head: &Head) -> u32 {
        let covers = |window: &Window| self.glances.get(number).is_some_and(|glance| glance.covers(window.offset, &window.bytes()));
        let at = seen.unwrap_or_else(|| self.behind_bits(begin, head, covers));
        let Some(glance) = self.glances.get_mut(number) else { return at };
        if seen.is_none() {
            glance.missed();
            glance.remember(word, at);
        }
        if glance.is_due() && glance.is_poor() {
            let (_, bits) = self.path(begin, self.behind_bits(at, head, |_| true));
            self.glances.aim(number, &bits);
        }
        at
    }

    /// The last place up to which there are only such windows, and their answers are known.
    fn behind_bits(&self, mut at: u32, head: &Head, such: impl Fn(&Window) -> bool) -> u32 {
        while let Some(Place { question: Question::Bits(window), .. }) = self.places.get(at as usize) {
            let to = self.to(&self.places[at as usize], window.read_within(head));
            if to == 0 || !such(window) {
                break;
            }
            at = to;
        }
        at
    }

    /// The bits that lead from one place to another, the first question's by themselves.
    fn path(&self, begin: u32, mut at: u32) -> ([u8; SEEN], [u8; SEEN]) {
        let (mut bits, mut first) = ([0; SEEN], [0; SEEN]);
        while at != 0 && at != begin {
            at = self.places[at as usize].from;
            if let Question::Bits(window) = self.places[at as usize].question {
                first = [0; SEEN];
                first.iter_mut().skip(window.offset as usize).zip(window.bytes()).for_each(|(first, bits)| *first = bits);
                bits.iter_mut().zip(first).for_each(|(bits, more)| *bits |= more);
            }
        }
        (first, bits)
    }

    /// The last shape on the way to a question that has no answer yet.
    #[cold]
    fn last_shape(&self, schema: &Schema, begin: u32, bytes: &[u8], limit: u32) -> u32 {
        let (mut at, mut shape) = (begin, 0);
        while let Some(place) = self.places.get(at as usize).filter(|_| at != 0) {
            shape = if place.is_of(bytes) { place.shape } else { shape };
            at = self.read(place.question, schema, bytes, limit).map_or(0, |word| self.to(place, word));
        }
        shape
    }

    fn read(&self, question: Question, schema: &Schema, bytes: &[u8], limit: u32) -> Option<Word> {
        match question {
            Question::Bits(window) => Some(window.read(bytes)),
            Question::Ports(ports) => self.ports.get(ports as usize)?.read(schema, bytes, limit),
            Question::None => None,
        }
    }

    /// Where an answer leads; place 0 is nowhere.
    #[inline(always)]
    fn to(&self, place: &Place, word: Word) -> u32 {
        if word == [0; 2] {
            return place.none;
        }
        let mut at = mixed(word);
        loop {
            let Some(answer) = self.answers.get((place.first + (at & place.last)) as usize) else { return 0 };
            if answer.word == word || answer.to == 0 {
                return answer.to;
            }
            at += 1;
        }
    }

    /// The place where all that a lesson asks is answered, with its shape; None if there is too much to ask.
    pub(crate) fn learn(&mut self, schema: &Schema, lesson: &Lesson, link: u16, bytes: &[u8], limit: u32) -> Option<&mut u32> {
        let mut questions = self.questions(lesson)?;
        let mut at = self.begin(link);
        if at == 0 {
            at = self.add();
            self.first.push((link, at));
        }
        while let Some(next) = questions.first() {
            let place = &mut self.places[at as usize];
            if place.question == Question::None {
                place.question = *next;
            }
            let place = *place;
            let word = self.read(place.question, schema, bytes, limit)?;
            questions = questions.into_iter().filter_map(|left| left.without(&place.question)).collect();
            let to = self.to(&place, word);
            at = if to == 0 { self.lead(at, word) } else { to };
        }
        let place = &mut self.places[at as usize];
        place.need = place.need.max(lesson.need);
        Some(&mut place.shape)
    }

    /// All that decided about a frame as questions, in this order.
    fn questions(&mut self, lesson: &Lesson) -> Option<Vec<Question>> {
        let mut left = lesson.bits;
        let mut questions = Vec::new();
        for decided in &lesson.order {
            match decided {
                Decided::Bits(begin, end) => windows(&mut left, *begin as usize, *end as usize, |window| questions.push(Question::Bits(window)))?,
                Decided::Ports(ports) => {
                    let known = self.ports.iter().position(|known| *known == **ports).unwrap_or_else(|| {
                        self.ports.push((**ports).clone());
                        self.ports.len() - 1
                    });
                    questions.push(Question::Ports(known as u32));
                }
            }
        }
        (questions.len() <= MOST_QUESTIONS).then_some(questions)
    }

    fn add(&mut self) -> u32 {
        self.places.push(Place::default());
        self.places.len() as u32 - 1
    }

    /// The new place where an answer leads.
    fn lead(&mut self, from: u32, word: Word) -> u32 {
        let to = self.add();
        self.places[to as usize].from = from;
        let Some(place) = self.places.get_mut(from as usize) else { return 0 };
        if word == [0; 2] {
            place.none = to;
            return to;
        }
        place.count += 1;
        let before = *place;
        if before.last + 1 < 2 * before.count {
            // They move to where there is more room; what they leave is less than what they take.
            let room = (4 * before.count).next_power_of_two();
            (place.first, place.last) = (self.answers.len() as u32, room - 1);
            self.answers.resize(self.answers.len() + room as usize, Answer::default());
            for at in before.first..=before.first + before.last {
                self.enter(from, self.answers[at as usize]);
            }
        }
        self.enter(from, Answer { word, to });
        to
    }

    fn enter(&mut self, place: u32, answer: Answer) {
        let Place { first, last, .. } = self.places[place as usize];
        let from = mixed(answer.word);
        let free = (from..=from + last).map(|at| (first + (at & last)) as usize).find(|at| self.answers[*at].to == 0);
        if let Some(at) = free.filter(|_| answer.to != 0) {
            self.answers[at] = answer;
        }
    }
}
