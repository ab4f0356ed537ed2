//! From values to the bytes of one layer: fields are written in wire order, sizes that nobody stated are filled in, checksums are computed.
//!
//! What follows what, and which value a field has, is the caller's; layers are put together there. No protocol is known here. Conditions and
//! sizes are asked of the bytes written so far, by the same expressions that read them.

mod scalars;

use std::cell::Cell;

use scalars::integer;

pub use crate::given::Given;
use crate::layout::{Laid, MAX_ITEMS};
use crate::reader::Bytes;
use crate::schema::{Field, Kind, Layer, Measured, Preset, Repeat, RepeatEnd, Schema};

/// A value that a field cannot hold: which field, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// The field's number.
    pub field: u16,
    /// Why.
    pub why: String,
}

/// One layer's bytes, without its payload.
#[derive(Clone, Debug, Default)]
pub struct Built {
    /// The header.
    pub header: Vec<u8>,
    /// What stands behind the payload.
    pub trailer: Vec<u8>,
    /// Where each field was written: offset and size, in the header or, past its end, in the trailer.
    pub places: Vec<(u32, u32)>,
}

struct Writer<'a> {
    schema: &'a Schema,
    layer: &'a Layer,
    out: Vec<u8>,
    /// Bytes before the trailer, once it begins.
    header: Option<usize>,
    places: Vec<(u32, u32)>,
    depth: u8,
    /// What is written is text.
    text: bool,
}

/// Parts in parts that are made by default.
const MAX_NESTING: u8 = 16;
/// Bytes that a size which nobody gave may ask for.
const MAX_FILLED: i64 = 1 << 16;

/// Write a layer around a payload of so many bytes.
pub fn build(schema: &Schema, layer: &Layer, given: &[Given], payload: usize) -> Result<Built, Unfit> {
    let mut writer =
        Writer { schema, layer, out: Vec::with_capacity(64), header: None, places: vec![(0, 0); layer.fields.len()], depth: 0, text: false };
    writer.write(given, payload)?;
    let header = writer.header.unwrap_or(writer.out.len());
    let trailer = writer.out.split_off(header);
    Ok(Built { header: writer.out, trailer, places: writer.places })
}

/// The bytes of one kind of value, as a field of the layer would hold it.
pub fn value(schema: &Schema, layer: &Layer, kind: &Kind, given: &Given) -> Result<Vec<u8>, String> {
    let mut writer = Writer { schema, layer, out: Vec::new(), header: None, places: Vec::new(), depth: 0, text: false };
    writer.kind(kind, given, None)?;
    Ok(writer.out)
}

impl Writer<'_> {
    fn write(&mut self, given: &[Given], payload: usize) -> Result<(), Unfit> {
        const NOTHING: &Given = &Given::Nothing;
        let layer = self.layer;
        let given = |index: usize| given.get(index).unwrap_or(NOTHING);
        let measured = |field: &Field| field.length.as_ref().is_some_and(|length| matches!(length.of, Measured::Field(_)));
        let measures = layer.fields.iter().any(measured);
        for (index, field) in layer.fields.iter().enumerate() {
            let unfit = |why| Unfit { field: index as u16, why };
            match &field.kind {
                Kind::Bits { of, shift, count, .. } => {
                    let place = self.places[*of as usize];
                    self.places[index] = place;
                    let number = match (given(index), given(*of as usize), &field.preset) {
                        (Given::Number(number), ..) => *number,
                        (Given::Nothing, Given::Nothing, Some(Preset::Number(number))) if field.length.is_none() => *number,
                        (Given::Nothing | Given::Stated | Given::Verbatim(_), ..) => continue,
                        (other, ..) => return Err(unfit(format!("a number is needed, not {}", other.kind()))),
                    };
                    if place.1 == 0 && matches!(given(index), Given::Number(_)) {
                        return Err(unfit("the number that it is a part of is not there".into()));
                    }
                    let little = little(&layer.fields[*of as usize]);
                    self.bits(place, little, *shift, *count, number).map_err(unfit)?;
                }
                Kind::Computed { .. } | Kind::Reading { .. } | Kind::Native(_) | Kind::Nothing => {}
                Kind::Payload(_) => self.header = Some(self.out.len()),
                kind => {
                    let at = self.out.len();
                    self.kind(kind, given(index), field.preset.as_ref()).map_err(unfit)?;
                    self.places[index] = (at as u32, (self.out.len() - at) as u32);
                    if measures {
                        self.state_field(given, index as u16)?;
                    }
                }
            }
        }
        let header = self.header.unwrap_or(self.out.len());
        for index in 0..layer.fields.len() {
            let Some(length) = &layer.fields[index].length else { continue };
            let size = match length.of {
                Measured::Layer => self.out.len() + payload,
                Measured::Header => header,
                Measured::Field(measured) if matches!(layer.fields[measured as usize].kind.inner(), Kind::Payload(_)) => payload,
                Measured::Field(_) => continue,
            };
            self.state(&given, index, size)?;
        }
        Ok(())
    }

    /// Fill in the lengths that measure a field which was just written: later fields may stand behind it.
    fn state_field<'g>(&mut self, given: impl Fn(usize) -> &'g Given, measured: u16) -> Result<(), Unfit> {
        let layer = self.layer;
        for (index, field) in layer.fields.iter().enumerate() {
            if field.length.as_ref().is_some_and(|length| length.of == Measured::Field(measured)) {
                let counted = field.length.as_ref().is_some_and(|length| length.value.is_none());
                let size = match layer.fields[measured as usize].kind.inner() {
                    Kind::Repeat(list) if counted && matches!(list.end, RepeatEnd::Count(_)) => self.count(list, given(measured as usize), measured),
                    _ => self.places[measured as usize].1 as usize,
                };
                self.state(&given, index, size)?;
            }
        }
        Ok(())
    }

    /// How many items a list has that was just written.
    fn count(&self, list: &Repeat, given: &Given, index: u16) -> usize {
        if let Given::Items(items) = given {
            return items.len();
        }
        let (at, size) = self.places[index as usize];
        let items = Cell::new(MAX_ITEMS);
        let laid = Laid { limit: at + size, ..self.laid(&items) };
        let (mut count, all) = (0, Repeat { end: RepeatEnd::Left, ..list.clone() });
        // Bytes that are no items count for nothing.
        let _ = laid.each_item(&all, at, &mut |_, _, _| {
            count += 1;
            Ok(())
        });
        count
    }

    /// Write a length that nobody gave.
    fn state<'g>(&mut self, given: &impl Fn(usize) -> &'g Given, index: usize, size: usize) -> Result<(), Unfit> {
        let layer = self.layer;
        let field = &layer.fields[index];
        let whole = if let Kind::Bits { of, .. } = &field.kind { given(*of as usize) } else { &Given::Nothing };
        if *given(index) != Given::Stated && (*given(index) != Given::Nothing || *whole != Given::Nothing) {
            return Ok(());
        }
        let unfit = |why| Unfit { field: index as u16, why };
        let number = match field.length.as_ref().and_then(|length| length.value.as_ref()) {
            Some(value) => {
                let items = Cell::new(MAX_ITEMS);
                let laid = Laid { limit: size as u32, ..self.laid(&items) };
                laid.eval(value, 0).map_err(|fault| unfit(fault.to_string()))?
            }
            None => size as i64,
        };
        let place = self.places[index];
        match field.kind.inner() {
            Kind::Bits { of, shift, count, .. } => {
                self.bits(place, little(&layer.fields[*of as usize]), *shift, *count, i128::from(number)).map_err(unfit)
            }
            Kind::UInt { .. } if place.1 == 0 => Ok(()),
            Kind::UInt { width, little } => {
                let bytes = integer(i128::from(number), *width, *little, false).map_err(unfit)?;
                self.out[place.0 as usize..][..bytes.len()].copy_from_slice(&bytes);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn laid<'b>(&'b self, items: &'b Cell<u32>) -> Laid<'b> {
        let limit = u32::MAX >> 1;
        Laid { schema: self.schema, layer: self.layer, bytes: Bytes(&self.out), start: 0, limit, origin: 0, nesting: 0, items, notes: None }
    }

    fn eval(&self, expr: &crate::schema::Expr) -> Option<i64> {
        let items = Cell::new(MAX_ITEMS);
        self.laid(&items).eval(expr, self.out.len() as u32).ok()
    }

    fn bits(&mut self, place: (u32, u32), little: bool, shift: u8, count: u8, number: i128) -> Result<(), String> {
        let mask = u64::MAX >> (64 - u32::from(count));
        if number < 0 || number > i128::from(mask) {
            return Err(format!("{number} does not fit into {count} bits"));
        }
        let bytes = &mut self.out[place.0 as usize..][..place.1 as usize];
        if little {
            bytes.reverse();
        }
        let old = bytes.iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
        let new = old & !(mask << shift) | (number as u64) << shift;
        let from = 8 - bytes.len();
        bytes.copy_from_slice(&new.to_be_bytes()[from..]);
        if little {
            bytes.reverse();
        }
        Ok(())
    }

    /// Write a value of some kind.
    fn kind(&mut self, kind: &Kind, given: &Given, preset: Option<&Preset>) -> Result<(), String> {
        if let Given::Verbatim(bytes) = given {
            self.out.extend_from_slice(bytes);
            return Ok(());
        }
        if let (Kind::Text(_), Given::Text(text)) = (kind, given)
            && text.contains('\0')
        {
            return Err("text ends at its first NUL, and this has one inside".into());
        }
        match kind {
            Kind::UInt { width, little } => self.number(given, preset, *width, *little, false),
            Kind::Int { width, little } => self.number(given, preset, *width, *little, true),
            Kind::Mac => self.address(given, preset, 6),
            Kind::Ip4 => self.address(given, preset, 4),
            Kind::Ip6 => self.address(given, preset, 16),
            Kind::Raw(extent) | Kind::Text(extent) => {
                self.text = matches!(kind, Kind::Text(_));
                let done = self.stretch(extent, given, preset);
                self.text = false;
                done
            }
            Kind::When(condition, inner) => {
                let there = if condition.asks_bounds() {
                    // Only a whole packet could tell. A value that was given is there, and so is a default that the condition asks for.
                    match given {
                        Given::Absent => false,
                        Given::Nothing => preset.is_some() && self.told(condition, inner, preset)? != 0,
                        _ => true,
                    }
                } else {
                    self.eval(condition).is_some_and(|truth| truth != 0)
                };
                match (there, given) {
                    (true, Given::Absent) => Err("its condition holds, so it has to be there".into()),
                    (true, _) => self.kind(inner, given, preset),
                    (false, Given::Nothing | Given::Absent | Given::Perhaps(_)) => Ok(()),
                    (false, _) => Err("its condition does not hold, so it is not there".into()),
                }
            }
            Kind::Switch { key, cases, default } => {
                if key.asks_bounds() {
                    // The case is told by what fits.
                    for (value, kind) in cases {
                        if *given == Given::Nothing && preset.is_some() && self.told(key, kind, preset).is_ok_and(|told| told == *value) {
                            return self.kind(kind, given, preset);
                        }
                        if Self::exactly(kind, given) && self.tells(key, kind, given).is_none_or(|told| told == *value) {
                            return self.kind(kind, given, preset);
                        }
                    }
                    if Self::exactly(default, given) || preset.is_some() && *given == Given::Nothing {
                        return self.kind(default, given, preset);
                    }
                    return if *given == Given::Nothing { Ok(()) } else { Err("no case of it has this form".into()) };
                }
                let key = self.eval(key).ok_or("what it depends on is not there")?;
                let kind = cases.iter().find(|case| case.0 == key).map_or(&**default, |case| &case.1);
                self.kind(kind, given, preset)
            }
            Kind::Repeat(repeat) => match given {
                Given::Nothing | Given::Absent => Ok(()),
                Given::Items(items) => {
                    for item in items {
                        let at = self.out.len();
                        self.kind(&repeat.item, item, None)?;
                        let size = (self.out.len() - at).next_multiple_of(repeat.pad as usize);
                        self.out.resize(at + size, 0);
                    }
                    Ok(())
                }
                Given::Bytes(bytes) => {
                    self.out.extend_from_slice(bytes);
                    Ok(())
                }
                other => Err(format!("a list is needed, not {}", other.kind())),
            },
            Kind::Part(id) => match given {
                Given::Bytes(bytes) => {
                    self.out.extend_from_slice(bytes);
                    Ok(())
                }
                Given::Nothing if self.depth < MAX_NESTING => {
                    let layer = self.schema.layer(*id);
                    let places = vec![(0, 0); layer.fields.len()];
                    let mut inner = Writer { schema: self.schema, layer, out: Vec::new(), header: None, places, depth: self.depth + 1, text: false };
                    inner.write(&[], 0).map_err(|unfit| format!("{}: {}", layer.fields[unfit.field as usize].name, unfit.why))?;
                    self.out.extend_from_slice(&inner.out);
                    Ok(())
                }
                other => Err(format!("a part is needed, not {}", other.kind())),
            },
            Kind::Pad(multiple) => {
                let size = self.out.len().next_multiple_of(*multiple as usize);
                self.out.resize(size, 0);
                Ok(())
            }
            Kind::Nothing | Kind::Bits { .. } | Kind::Payload(_) | Kind::Reading { .. } | Kind::Native(_) | Kind::Computed { .. } => Ok(()),
        }
    }

    /// What an expression about the bytes to come says once the default is written.
    fn told(&mut self, expr: &crate::schema::Expr, kind: &Kind, preset: Option<&Preset>) -> Result<i64, String> {
        let at = self.out.len();
        let written = self.kind(kind, &Given::Nothing, preset);
        let items = Cell::new(MAX_ITEMS);
        let told = self.laid(&items).eval(expr, at as u32).unwrap_or(0);
        self.out.truncate(at);
        written.map(|()| told)
    }

    /// The same for a value, if the expression asks the bytes to come and not the bounds.
    fn tells(&mut self, expr: &crate::schema::Expr, kind: &Kind, given: &Given) -> Option<i64> {
        if !expr.only_peeks() {
            return None;
        }
        let at = self.out.len();
        let written = self.kind(kind, given, None);
        let items = Cell::new(MAX_ITEMS);
        let told = self.laid(&items).eval(expr, at as u32).ok();
        self.out.truncate(at);
        written.ok().and(told)
    }

    /// True if a value has just the form of a kind.
    fn exactly(kind: &Kind, given: &Given) -> bool {
        match (kind, given) {
            (Kind::Nothing, Given::Nothing | Given::Absent) => true,
            (Kind::Mac | Kind::Ip4 | Kind::Ip6, Given::Bytes(bytes)) => kind.fixed_size() == Some(bytes.len() as u32),
            (Kind::Raw(extent), Given::Bytes(bytes)) => extent.constant().is_none_or(|size| size == bytes.len() as i64),
            (Kind::Text(_), Given::Text(_)) => true,
            (Kind::UInt { width, little }, Given::Number(number)) => integer(*number, *width, *little, false).is_ok(),
            (Kind::Int { width, little }, Given::Number(number)) => integer(*number, *width, *little, true).is_ok(),
            (Kind::Part(_), Given::Bytes(_)) | (Kind::Repeat(_), Given::Items(_) | Given::Bytes(_)) => true,
            (Kind::When(_, inner), given) => Self::exactly(inner, given),
            _ => false,
        }
    }
}

fn little(field: &Field) -> bool {
    matches!(field.kind.inner(), Kind::UInt { little: true, .. } | Kind::Int { little: true, .. })
}
