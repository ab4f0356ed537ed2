//! The short way through a layer that is whole and in order, as nearly all are: its sizes, conditions and keys as a few numbers, worked
//! out when the schema is read, so that a packet pays one load, shift and mask for each and chooses between no forms of expressions.
//! Where anything is unusual the answer is None, and layout.rs finds out what it is; nothing is decided here alone.

use crate::error::Reason;
use crate::near::Near;
use crate::schema::{Direct, Expr, Extent, Kind, Layer, LinkTo, Op, SpaceId};

/// An integer at a constant place of a layer: four bytes, of which some bits count. Without bits it is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    offset: u32,
    mask: u32,
    shift: u8,
}

impl Load {
    /// The load of a field. Of a layer whose first `fixed` bytes are there it stays among these, so that nothing is read behind them.
    pub(crate) fn of(read: &Direct, fixed: u32) -> Self {
        let offset = read.offset.min(fixed.saturating_sub(4).max(read.offset.saturating_sub(4 - u32::from(read.width))));
        Self { offset, mask: read.mask, shift: read.shift - (read.offset - offset) as u8 * 8 }
    }

    /// The integer of the layer that starts at `start`; None if there are no four bytes.
    #[inline(always)]
    pub fn read(self, bytes: &[u8], start: u32) -> Option<u32> {
        let at = start as usize + self.offset as usize;
        let four = bytes.get(at..at + 4)?.first_chunk::<4>()?;
        Some(u32::from_be_bytes(*four) >> (self.shift & 31) & self.mask)
    }

    /// The integer of a layer at this place of frames, if it is near their start.
    pub(crate) fn near(self, start: u32) -> Option<Near> {
        let at = u8::try_from(start.checked_add(self.offset)?).ok()?;
        Some(Near::new(at, self.shift, self.mask))
    }
}

/// A condition: a field within a range. The range may wrap around, which says "not this number".
#[derive(Clone, Copy, Debug)]
pub struct Test {
    load: Load,
    low: u32,
    span: u32,
}

impl Test {
    const ALWAYS: Self = Self { load: Load { offset: 0, mask: 0, shift: 0 }, low: 0, span: u32::MAX };

    pub(crate) fn of(expr: &Expr, fixed: u32) -> Option<Self> {
        let (read, op, value) = match expr {
            Expr::Test(read, op, value) => (read, *op, u32::try_from(*value).ok()?),
            Expr::Read(read) => (read, Op::Ne, 0),
            _ => return None,
        };
        let (low, high) = match op {
            Op::Eq => (value, value),
            Op::Ne => (value.wrapping_add(1), value.wrapping_sub(1)),
            Op::Lt => (0, value.checked_sub(1)?),
            Op::Le => (0, value),
            Op::Gt => (value.checked_add(1)?, u32::MAX),
            Op::Ge => (value, u32::MAX),
            _ => return None,
        };
        Some(Self { load: Load::of(read, fixed), low, span: high.wrapping_sub(low) })
    }

    /// True if it holds for the layer that starts at `start`.
    #[inline(always)]
    pub fn holds(&self, bytes: &[u8], start: u32) -> Option<bool> {
        Some(self.load.read(bytes, start)?.wrapping_sub(self.low) <= self.span)
    }
}

/// `mul * field + add`, and once more what is left if `left` is 1.
#[derive(Clone, Copy, Debug)]
pub struct Linear {
    load: Load,
    mul: i64,
    add: i64,
    left: i64,
}

impl Linear {
    pub(crate) fn of(expr: &Expr, fixed: u32) -> Option<Self> {
        let (load, mul, add, left) = match expr {
            Expr::Const(value) => (Load::default(), 0, i64::from(i32::try_from(*value).ok()?), 0),
            Expr::Left => (Load::default(), 0, 0, 1),
            Expr::Read(read) => (Load::of(read, fixed), 1, 0, 0),
            Expr::Affine(read, mul, add) => (Load::of(read, fixed), *mul, *add, 0),
            Expr::Binary(op @ (Op::Add | Op::Sub), pair) => {
                let (a, b) = (Self::of(&pair.0, fixed)?, Self::of(&pair.1, fixed)?);
                let sign = if *op == Op::Add { 1 } else { -1 };
                let load = match (a.mul, b.mul) {
                    (0, _) => b.load,
                    (_, 0) => a.load,
                    _ => return None,
                };
                (load, a.mul + sign * b.mul, a.add + sign * b.add, a.left + sign * b.left)
            }
            _ => return None,
        };
        Some(Self { load, mul, add, left })
    }

    /// The same for an expression that is asked at the layer's start, where all its bytes are left.
    fn at_start(expr: &Expr, fixed: u32) -> Option<Self> {
        match expr {
            Expr::Size => Self::of(&Expr::Left, fixed),
            Expr::Binary(op, pair) if pair.0 == Expr::Size => Self::of(&Expr::Binary(*op, Box::new((Expr::Left, pair.1.clone()))), fixed),
            other => Self::of(other, fixed),
        }
    }

    // 32 bits times and plus few numbers of 31 bits stay in 64, with room for what is left.
    #[inline(always)]
    fn value(&self, bytes: &[u8], start: u32, left: u32) -> Option<i64> {
        let load = if self.mul == 0 { 0 } else { i64::from(self.load.read(bytes, start)?) };
        Some(load * self.mul + self.add + i64::from(left) * self.left)
    }
}

/// Where a layer ends: `mul * field + add` bytes from its start, or, if so declared, all there are if the field is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    load: Load,
    mul: i64,
    add: i64,
    all: bool,
}

impl Size {
    /// The size that an expression gives that is asked at the layer's start.
    pub(crate) fn of(expr: &Expr, fixed: u32) -> Option<Self> {
        let (read, mul, add, all) = match expr {
            Expr::Read(read) => (read, 1, 0, false),
            Expr::Affine(read, mul, add) => (read, *mul, *add, false),
            // Asked at the layer's start, what is left is the layer.
            Expr::OrLeft(read, add) => (read, 1, *add, true),
            Expr::Choose(three) => match &**three {
                (read, Op::Ne, 0, Expr::Read(value), Expr::Size) if value == read => (read, 1, 0, true),
                _ => return None,
            },
            _ => return None,
        };
        Some(Self { load: Load::of(read, fixed), mul, add, all })
    }

    /// The size of the layer that starts at `start`, where there are so many bytes.
    #[inline(always)]
    pub fn value(&self, bytes: &[u8], start: u32, room: u32) -> Option<i64> {
        let load = self.load.read(bytes, start)?;
        Some(if self.all && load == 0 { i64::from(room) } else { i64::from(load) * self.mul + self.add })
    }

    /// The same, if there is room for it.
    #[inline(always)]
    pub(crate) fn within(&self, bytes: &[u8], start: u32, room: u32) -> Option<u32> {
        // A size below 0 is one that is too large.
        let size = self.value(bytes, start, room)? as u64;
        (size <= u64::from(room)).then_some(size as u32)
    }
}

/// One of two sums, by a condition. Where the second has no short form, so has the value.
#[derive(Clone, Copy, Debug)]
pub struct Amount {
    test: Test,
    yes: Linear,
    no: Option<Linear>,
}

impl Amount {
    /// The amount of an expression that is asked behind the header.
    fn of(expr: &Expr, fixed: u32) -> Option<Self> {
        Self::with(expr, fixed, Linear::of)
    }

    /// The amount of an expression that is asked at the layer's start.
    pub(crate) fn at_start(expr: &Expr, fixed: u32) -> Option<Self> {
        Self::with(expr, fixed, Linear::at_start)
    }

    fn with(expr: &Expr, fixed: u32, linear: impl Fn(&Expr, u32) -> Option<Linear>) -> Option<Self> {
        Some(match expr {
            Expr::OrLeft(read, add) => {
                let yes = Linear { load: Load::of(read, fixed), mul: 1, add: *add, left: 0 };
                Self { test: Test::of(&Expr::Read(*read), fixed)?, yes, no: Linear::of(&Expr::Left, fixed) }
            }
            Expr::Choose(three) => {
                let (read, op, value, yes, no) = &**three;
                Self { test: Test::of(&Expr::Test(*read, *op, *value), fixed)?, yes: linear(yes, fixed)?, no: linear(no, fixed) }
            }
            other => Self { test: Test::ALWAYS, yes: linear(other, fixed)?, no: None },
        })
    }

    /// True if it has a value for every layer that is whole.
    pub(crate) fn is_total(&self) -> bool {
        self.no.is_some() || self.test.span == u32::MAX
    }

    /// Its value for the layer that starts at `start`.
    #[inline(always)]
    pub fn value(&self, bytes: &[u8], start: u32, left: u32) -> Option<i64> {
        if self.test.holds(bytes, start)? { &self.yes } else { self.no.as_ref()? }.value(bytes, start, left)
    }
}

/// Where a layer's parts lie in the frame.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Where its payload starts.
    pub payload: u32,
    /// Where its payload ends.
    pub tail: u32,
    /// Where the layer ends.
    pub limit: u32,
    /// Whether the payload is a piece of a datagram, where the layer can tell.
    pub fragment: Option<bool>,
}

/// The sizes and conditions of a layer.
#[derive(Clone, Debug)]
struct Shape {
    /// Bytes before the first variable field, and those that conditions peek at: all that is loaded lies in them.
    fixed: u32,
    /// What must hold.
    tests: Box<[Test]>,
    /// From the start to the payload …
    header: Linear,
    /// … and the least that this can be.
    least: u32,
    size: Option<Amount>,
    tail: Option<Amount>,
    fragment: Option<Test>,
}

impl Shape {
    /// None for a layer that has something without a short form.
    fn of(layer: &Layer) -> Option<Self> {
        let peeked = layer.musts.iter().map(|must| match must {
            Expr::Test(read, ..) | Expr::Read(read) => read.offset + u32::from(read.width),
            _ => 0,
        });
        let fixed = peeked.max().unwrap_or(0).max(layer.fixed);
        let test = |expr: &Expr| Test::of(expr, fixed);
        let variable = layer.anchors.first().map(|index| &layer.fields[*index as usize]);
        let (least, header) = match (layer.payload.anchor, variable.map(|field| (&field.kind, field.place.offset))) {
            (0, _) => (layer.payload.offset, Linear::of(&Expr::Const(0), fixed)?),
            (1, Some((Kind::Raw(Extent::Size(size)), offset))) => (offset + layer.payload.offset, Linear::of(size, fixed)?),
            _ => return None,
        };
        if layer.opaque || header.left != 0 {
            return None;
        }
        Some(Self {
            fixed,
            tests: layer.musts.iter().chain(&layer.expects).map(test).collect::<Option<_>>()?,
            header: Linear { add: header.add + i64::from(least), ..header },
            least,
            size: optional(layer.size.as_ref(), |expr| Amount::at_start(expr, fixed))?,
            tail: optional(layer.tail.as_ref(), |expr| Amount::of(expr, fixed))?,
            fragment: optional(layer.fragment.as_ref(), test)?,
        })
    }

    #[inline(always)]
    fn lay(&self, bytes: &[u8], start: u32, outer: u32) -> Option<Bounds> {
        let captured = outer.min(bytes.len() as u32);
        if captured.checked_sub(start)? < self.fixed {
            return None;
        }
        for test in &self.tests {
            if !test.holds(bytes, start)? {
                return None;
            }
        }
        let header = self.header.value(bytes, start, 0)?;
        if header < i64::from(self.least) || header > i64::from(captured - start) {
            return None;
        }
        let payload = start + header as u32;
        let mut limit = outer;
        if let Some(size) = &self.size {
            let size = size.value(bytes, start, outer - start)?;
            if size < header || size > i64::from(outer - start) {
                return None;
            }
            limit = start + size as u32;
        }
        let mut tail = limit;
        if let Some(size) = &self.tail {
            let size = size.value(bytes, start, limit - payload)?;
            tail = payload + size.clamp(0, i64::from(limit - payload)) as u32;
        }
        let fragment = match &self.fragment {
            Some(test) => Some(test.holds(bytes, start)?),
            None => None,
        };
        Some(Bounds { payload, tail, limit, fragment })
    }
}

/// What is not declared is no obstacle; what has no short form is.
fn optional<T>(expr: Option<&Expr>, short: impl Fn(&Expr) -> Option<T>) -> Option<Option<T>> {
    expr.map_or(Some(None), |expr| short(expr).map(Some))
}

/// A link's condition.
#[derive(Clone, Debug)]
pub enum When {
    /// It has none.
    Always,
    /// A field within a range.
    Test(Test),
    /// It has no short form.
    Tree,
}

/// A link's target.
#[derive(Clone, Debug)]
pub enum To {
    /// The end of the walk.
    Stop(Reason),
    /// A number that states the payload.
    One(SpaceId, Linear),
    /// Numbers that suggest it.
    Two(SpaceId, Linear, Linear),
    /// It has no short form.
    Tree,
}

/// A link out of a layer.
#[derive(Clone, Debug)]
pub struct Way {
    /// Must hold for it to be tried.
    pub when: When,
    /// Where it goes.
    pub to: To,
    /// The payload is quoted.
    pub quoted: bool,
}

/// A layer the short way.
#[derive(Clone, Debug)]
pub struct Quick {
    shape: Option<Shape>,
    /// Its links, in the order they are tried.
    pub ways: Box<[Way]>,
}

impl Quick {
    /// Of a layer.
    pub(crate) fn of(layer: &Layer) -> Self {
        let fixed = layer.fixed;
        let ways = layer.next.iter().map(|link| {
            let when = link.when.as_ref().map_or(When::Always, |when| Test::of(when, fixed).map_or(When::Tree, When::Test));
            let to = match &link.to {
                LinkTo::Stop(reason) => To::Stop(*reason),
                LinkTo::Space(space, keys) => {
                    let key = |key| Linear::of(key, fixed).filter(|key| key.left == 0);
                    match keys.as_slice() {
                        [one] if link.weak => key(one).map(|one| To::Two(*space, one, one)),
                        [one] => key(one).map(|one| To::One(*space, one)),
                        [one, two] => key(one).zip(key(two)).map(|(one, two)| To::Two(*space, one, two)),
                        _ => None,
                    }
                    .unwrap_or(To::Tree)
                }
            };
            Way { when, to, quoted: link.quoted }
        });
        Self { shape: Shape::of(layer), ways: ways.collect() }
    }

    /// Lay it over a frame's bytes from `start` on; `outer` is where the layer around it ends. None if that is not so simple.
    #[inline(always)]
    pub fn lay(&self, bytes: &[u8], start: u32, outer: u32) -> Option<Bounds> {
        self.shape.as_ref()?.lay(bytes, start, outer)
    }
}

impl Linear {
    /// As a number of a space, for the layer that starts at `start`.
    #[inline(always)]
    pub fn key(&self, bytes: &[u8], start: u32) -> Option<u64> {
        Some(self.value(bytes, start, 0)? as u64)
    }
}
