//! Numbers, bytes and text on their way into a layer: what fits, what is filled, what is refused. Which field comes when is build.rs's.

use super::{MAX_FILLED, Writer};
use crate::address;
use crate::given::Given;
use crate::schema::{Extent, Preset};

impl Writer<'_> {
    pub(super) fn number(&mut self, given: &Given, preset: Option<&Preset>, width: u8, little: bool, signed: bool) -> Result<(), String> {
        let number = match (given, preset) {
            (Given::Number(number) | Given::Perhaps(number), _) => *number,
            (Given::Nothing, Some(Preset::Number(number))) => *number,
            (Given::Nothing, _) => 0,
            (other, _) => return Err(format!("a number is needed, not {}", other.kind())),
        };
        self.out.extend_from_slice(&integer(number, width, little, signed)?);
        Ok(())
    }

    /// Bytes of a fixed size, as struct's `Ns`: what is short is filled with zeros, what is long is cut.
    pub(super) fn fixed(&mut self, given: &Given, preset: Option<&Preset>, size: usize) -> Result<(), String> {
        let at = self.out.len();
        match (given, preset) {
            (Given::Bytes(bytes), _) => self.out.extend(bytes.iter().take(size)),
            (Given::Nothing, Some(Preset::Bytes(bytes))) => self.out.extend(bytes.iter().take(size)),
            (Given::Text(text), _) if self.text && text.len() > size => {
                return Err(format!("{} bytes of text, and there is room for {size}", text.len()));
            }
            (Given::Text(text), _) if self.text => self.out.extend(text.bytes()),
            (Given::Nothing, Some(Preset::Text(text))) => self.out.extend(text.bytes().take(size)),
            (Given::Nothing, _) => {}
            (other, _) => return Err(format!("bytes are needed, not {}", other.kind())),
        }
        self.out.resize(at + size, 0);
        Ok(())
    }

    /// An address: its bytes, or the text that is shown of them.
    pub(super) fn address(&mut self, given: &Given, preset: Option<&Preset>, size: usize) -> Result<(), String> {
        match given {
            Given::Text(text) => self.fixed(&Given::Bytes(address::parse(text, size)?), preset, size),
            _ => self.fixed(given, preset, size),
        }
    }

    pub(super) fn stretch(&mut self, extent: &Extent, given: &Given, preset: Option<&Preset>) -> Result<(), String> {
        if let Some(size) = extent.constant() {
            return self.fixed(given, preset, usize::try_from(size).unwrap_or(0));
        }
        let at = self.out.len();
        match (given, preset) {
            (Given::Bytes(bytes), _) => self.out.extend_from_slice(bytes),
            (Given::Text(text), _) if self.text => self.out.extend_from_slice(text.as_bytes()),
            (Given::Nothing, Some(Preset::Bytes(bytes))) => self.out.extend_from_slice(bytes),
            (Given::Nothing, Some(Preset::Text(text))) => self.out.extend_from_slice(text.as_bytes()),
            (Given::Nothing, _) => {
                // Where other fields say how many bytes there are, so many zeros.
                if let Extent::Size(size) = extent
                    && !size.asks_bounds()
                {
                    let size = self.eval(size).unwrap_or(0).clamp(0, MAX_FILLED);
                    self.out.resize(at + size as usize, 0);
                }
            }
            (other, _) => return Err(format!("bytes are needed, not {}", other.kind())),
        }
        // In a layer that measures nothing, the size is as stated: what is short is filled, as struct's `Ns`.
        if let Extent::Size(size) = extent
            && !size.asks_bounds()
            && !self.text
            && self.layer.fields.iter().all(|field| field.length.is_none())
        {
            let size = self.eval(size).unwrap_or(0).clamp(0, MAX_FILLED);
            self.out.resize(self.out.len().max(at + size as usize), 0);
        }
        if matches!(extent, Extent::ToNul) && self.out[at..].last() != Some(&0) {
            self.out.push(0);
        }
        Ok(())
    }
}

/// A number as so many bytes.
pub(super) fn integer(number: i128, width: u8, little: bool, signed: bool) -> Result<Vec<u8>, String> {
    let bits = u32::from(width) * 8;
    let (least, most) = if signed { (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1) } else { (0, (1i128 << bits) - 1) };
    if number < least || number > most {
        return Err(format!("{number} is not within {least} and {most}"));
    }
    let bytes = number.to_be_bytes();
    let mut bytes = bytes[16 - width as usize..].to_vec();
    if little {
        bytes.reverse();
    }
    Ok(bytes)
}
