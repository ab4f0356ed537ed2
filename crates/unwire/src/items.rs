//! Lists and parts of a laid layer: where each item begins and ends, and which member of a family a part is. Values are not read here.

use crate::error::{Fault, Reason};
use crate::layout::{Item, Laid};
use crate::schema::{Kind, Layer, LayerId, LinkTo, Repeat, RepeatEnd, Stands};

/// Parts inside parts.
const MAX_NESTING: u8 = 16;

/// One item of a repeat.
pub struct Found<'a> {
    /// Where it starts.
    pub start: u32,
    /// Where it ends, without padding.
    pub end: u32,
    /// The part, if it is one.
    pub part: Option<Laid<'a>>,
}

impl<'a> Laid<'a> {
    pub(crate) fn measure_repeat(&self, repeat: &Repeat, here: u32) -> Result<u32, Fault> {
        match &repeat.end {
            RepeatEnd::Left => return Ok(self.limit.saturating_sub(here)),
            RepeatEnd::Size(size) => {
                let size = self.eval(size, here)?;
                return u32::try_from(size).map_err(|_| Fault::at(Reason::Length, here));
            }
            RepeatEnd::Count(count) => {
                if let Some(size) = repeat.item.fixed_size().filter(|size| size % repeat.pad == 0) {
                    let count = u32::try_from(self.eval(count, here)?).map_err(|_| Fault::at(Reason::Length, here))?;
                    return count.checked_mul(size).ok_or(Fault::expression(here));
                }
            }
            RepeatEnd::Until(_) | RepeatEnd::Each(_) => {}
        }
        let mut end = here;
        self.each_item(repeat, here, &mut |_, _, next| {
            end = next;
            Ok(())
        })?;
        Ok(end - here)
    }

    /// Visit every item of a repeat with its start, its number (the link key, for `each`) and the start of what follows.
    pub fn each_item(&self, repeat: &'a Repeat, here: u32, visit: &mut dyn FnMut(&Found<'a>, u32, u32) -> Result<(), Fault>) -> Result<(), Fault> {
        let limit = match &repeat.end {
            RepeatEnd::Size(size) => {
                let size = u32::try_from(self.eval(size, here)?).map_err(|_| Fault::at(Reason::Length, here))?;
                self.limit.min(here.saturating_add(size))
            }
            _ => self.limit,
        };
        let mut keys = match &repeat.end {
            RepeatEnd::Each(field) => self.set_bits(*field)?,
            _ => Vec::new(),
        }
        .into_iter();
        let count = match &repeat.end {
            RepeatEnd::Count(count) => self.eval(count, here)?.max(0),
            _ => i64::MAX,
        };
        let (mut at, mut done) = (here, 0);
        while done < count {
            let key = match &repeat.end {
                RepeatEnd::Each(_) => match keys.next() {
                    Some(key) => Some(key),
                    None => break,
                },
                RepeatEnd::Left | RepeatEnd::Size(_) if at >= limit => break,
                _ => None,
            };
            let found = self.item(&repeat.item, at, limit, key)?;
            let next = found.end.max(found.start);
            if next == at && key.is_none() {
                return Err(Fault::at(Reason::Length, at)); // an item without bytes would repeat for ever
            }
            let padded = next - at;
            let padded = padded.div_ceil(repeat.pad).saturating_mul(repeat.pad);
            let after = at.saturating_add(padded).min(limit.max(next));
            visit(&found, found.start, after)?;
            if let RepeatEnd::Until(test) = &repeat.end {
                let last = match &found.part {
                    Some(part) => self.eval_with(test, after, Item::Part(part))?,
                    None => self.eval_with(test, after, Item::Number(self.integer_at(&repeat.item, at)?))?,
                };
                if last != 0 {
                    break;
                }
            }
            at = after;
            done += 1;
        }
        Ok(())
    }

    /// Find out whether all lists of the layer have fewer items than the cap, as one finds who reads them: field by field, with the lists
    /// in its parts. The fault says where one has more.
    pub fn count_items(&self) -> Result<(), Fault> {
        let all = self.items.get();
        for field in &self.layer.fields {
            self.items.set(all);
            let counted = match &field.kind {
                Kind::Reading { of, kind } => {
                    let inside = self.offset(field.place).and_then(|at| Ok((self.reading(*of, at)?, at)));
                    inside.and_then(|(inside, at)| inside.count_in(kind, at))
                }
                kind => self.offset(field.place).and_then(|at| self.count_in(kind, at)),
            };
            // Any other fault ends the list where it stands; the walk has its own account of those.
            if let Err(fault @ Fault { reason: Reason::Items, .. }) = counted {
                return Err(fault);
            }
        }
        self.items.set(all);
        Ok(())
    }

    fn count_in(&self, kind: &'a Kind, at: u32) -> Result<(), Fault> {
        let part = |part: &Laid<'a>| {
            let mut fields = part.layer.fields.iter();
            let counted = fields.try_for_each(|field| part.offset(field.place).and_then(|at| part.count_in(&field.kind, at)));
            counted.or_else(|fault| if fault.reason == Reason::Items { Err(fault) } else { Ok(()) })
        };
        match kind {
            Kind::When(condition, inner) => {
                if self.holds(condition, at)? {
                    self.count_in(inner, at)
                } else {
                    Ok(())
                }
            }
            Kind::Switch { key, cases, default } => self.count_in(self.case(key, cases, default, at)?, at),
            Kind::Repeat(repeat) => self.each_item(repeat, at, &mut |found, _, _| found.part.as_ref().map_or(Ok(()), part)),
            Kind::Part(id) => part(&self.part(*id, at, self.limit, None)?),
            Kind::Nothing
            | Kind::UInt { .. }
            | Kind::Int { .. }
            | Kind::Bits { .. }
            | Kind::Mac
            | Kind::Ip4
            | Kind::Ip6
            | Kind::Raw(_)
            | Kind::Text(_)
            | Kind::Pad(_)
            | Kind::Payload(_)
            | Kind::Reading { .. }
            | Kind::Native(_)
            | Kind::Computed { .. } => Ok(()),
        }
    }

    fn item(&self, kind: &'a Kind, at: u32, limit: u32, key: Option<u64>) -> Result<Found<'a>, Fault> {
        let left = self.items.get();
        if left == 0 {
            return Err(Fault::at(Reason::Items, at));
        }
        self.items.set(left - 1);
        if let Kind::Part(id) = kind {
            let part = self.part(*id, at, limit, key)?;
            return Ok(Found { start: part.start, end: part.limit, part: Some(part) });
        }
        let size = self.measure(kind, at)?;
        self.bytes.take(at, size, limit)?;
        Ok(Found { start: at, end: at + size, part: None })
    }

    /// The numbers of the set bits of an integer field, or of a list of integers one after the other.
    fn set_bits(&self, index: u16) -> Result<Vec<u64>, Fault> {
        let field = &self.layer.fields[index as usize];
        let offset = self.offset(field.place)?;
        let mut keys = Vec::new();
        let mut push = |word: u64, width: u32, base: u64| keys.extend((0..u64::from(width)).filter(|bit| word >> bit & 1 == 1).map(|bit| base + bit));
        match &field.kind {
            Kind::Repeat(repeat) => {
                let mut base = 0;
                let width = repeat.item.fixed_size().unwrap_or(0) * 8;
                self.each_item(repeat, offset, &mut |_, start, _| {
                    push(self.integer_at(&repeat.item, start)? as u64, width, base);
                    base += u64::from(width);
                    Ok(())
                })?;
            }
            kind => push(self.integer_at(kind, offset)? as u64, 64, 0),
        }
        Ok(keys)
    }

    /// Lay a part over the bytes at `at`: find the member of its family, and its end.
    pub fn part(&self, id: LayerId, at: u32, limit: u32, key: Option<u64>) -> Result<Laid<'a>, Fault> {
        if self.nesting >= MAX_NESTING {
            return Err(Fault::at(Reason::Depth, at));
        }
        let root = self.schema.layer(id);
        let laid = |layer: &'a Layer, start: u32| Laid { layer, start, limit, nesting: self.nesting + 1, ..*self };
        let aligned = |layer: &Layer| self.origin + (at - self.origin).next_multiple_of(layer.align);
        let mut part = laid(root, aligned(root));
        if let Some(link) = root.next.first()
            && let LinkTo::Space(space, keys) = &link.to
        {
            let key = match (key, keys.first()) {
                (Some(key), _) => Some(key),
                (None, Some(key)) => Some(part.eval(key, part.start)? as u64),
                (None, None) => None,
            };
            if let Some(key) = key {
                let members = self.schema.spaces[*space as usize].find(key);
                let member = members.iter().map(|id| self.schema.layer(*id)).find(|member| {
                    let candidate = laid(member, aligned(member)).bounded();
                    candidate.is_ok_and(|laid| member.musts.iter().all(|must| laid.holds(must, laid.start).unwrap_or(false)))
                });
                match member {
                    Some(member) => part = laid(member, aligned(member)),
                    // One bit, one layout: without it the size is unknown and so is all that follows.
                    None if root.fields.is_empty() => return Err(Fault::at(Reason::NoLink, at)),
                    None => {
                        let stands = if members.is_empty() { Stands::Other } else { Stands::Bad };
                        if let Some(layer) = self.schema.stand_in(id, stands) {
                            part = laid(layer, aligned(layer));
                        }
                    }
                }
            }
        }
        part.bounded().or_else(|fault| match self.schema.stand_in(id, Stands::Cut) {
            Some(layer) if matches!(fault.reason, Reason::Length | Reason::Short) && at < limit.min(self.bytes.len()) => {
                laid(layer, aligned(layer)).bounded()
            }
            _ => Err(fault),
        })
    }

    /// The part with its own bound: what its size says, cut to the bytes around it, else where its fields end.
    fn bounded(mut self) -> Result<Self, Fault> {
        let Some(size) = &self.layer.size else {
            self.limit = self.offset(self.layer.payload)?.min(self.limit);
            return Ok(self);
        };
        // What stands in for one that is cut has not even all of those.
        let family = self.layer.family.filter(|_| self.layer.stands != Some(Stands::Cut));
        let root = family.map_or(self.layer, |id| self.schema.layer(id));
        let size = u32::try_from(self.eval(size, self.start)?).unwrap_or(0);
        let end = self.start.saturating_add(size);
        // The root's fields must fit; what takes the rest takes the rest of these bytes.
        match (Laid { layer: root, limit: end.min(self.limit), ..self }).offset(root.payload) {
            Ok(header) if header <= end && size > 0 => {}
            Ok(header) => return Err(Fault { needed: header - self.start, got: size, ..Fault::at(Reason::Length, self.start) }),
            Err(fault) => return Err(Fault { reason: Reason::Length, ..fault }),
        }
        self.limit = end.min(self.limit);
        Ok(self)
    }
}
