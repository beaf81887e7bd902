//! The byte level: headers, definitions, data messages, chained files, damage.

use super::base;
use super::messages::Collector;
use super::{crc, looks_like};
use crate::Warning;
use crate::read::{Format, Read, ReadError};

/// One field of a definition.
#[derive(Clone, Copy)]
struct Field {
    number: u8,
    size: u8,
    base: u8,
    offset: usize,
}

/// The layout that a local message type has at the moment.
struct Definition {
    global: u16,
    big: bool,
    fields: Vec<Field>,
    size: usize,
}

/// A data message: the raw bytes and how to read a field of it.
pub(super) struct Message<'a> {
    definition: &'a Definition,
    data: &'a [u8],
    /// From a compressed header, seconds since FIT's epoch.
    pub(super) compressed_time: Option<u32>,
}

impl Message<'_> {
    /// The global message number.
    pub(super) fn global(&self) -> u16 {
        self.definition.global
    }

    fn find(&self, number: u8) -> Option<(Field, &[u8])> {
        let field = *self.definition.fields.iter().find(|f| f.number == number)?;
        Some((field, self.data.get(field.offset..field.offset + usize::from(field.size))?))
    }

    /// A field's raw number, the first of an array.
    pub(super) fn number(&self, number: u8) -> Option<f64> {
        let (field, data) = self.find(number)?;
        base::number(data, field.base, self.definition.big)
    }

    /// A field's text.
    pub(super) fn string(&self, number: u8) -> Option<String> {
        let (field, data) = self.find(number)?;
        (field.base & 0x1f == 0x07).then(|| base::string(data)).flatten()
    }

    /// A field's bytes as they are.
    pub(super) fn bytes(&self, number: u8) -> Option<&[u8]> {
        self.find(number).map(|(_, data)| data)
    }

    /// Calls `each` with every field's number and value, those without a value left out.
    pub(super) fn each_number(&self, mut each: impl FnMut(u8, f64)) {
        for field in &self.definition.fields {
            if let Some(data) = self.data.get(field.offset..field.offset + usize::from(field.size))
                && let Some(value) = base::number(data, field.base, self.definition.big)
            {
                each(field.number, value);
            }
        }
    }
}

/// Why the walk over one file of the chain stopped.
enum Stop {
    End,
    EndedEarly,
    Unreadable(usize),
}

/// Reads a FIT file, or several chained in one.
pub fn decode(bytes: &[u8]) -> Result<Read, ReadError> {
    let mut collector = Collector::default();
    let mut warnings = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        if at > 0 && !looks_like(rest) {
            // Zeros are padding; anything else was meant to be read.
            if rest.iter().any(|b| *b != 0) {
                warnings.push(Warning::Unreadable { at, kept_percent: (at * 100 / bytes.len()).min(100) as u8 });
            }
            break;
        }
        let (header, declared) = header(rest, &mut warnings)?;
        let end = match declared {
            0 => rest.len(), // never finished by the device
            size => (header + size).min(rest.len()),
        };
        let stop = messages(&rest[..end], header, &mut collector);
        let kept = |n: usize| ((at + n) * 100 / (at + header + declared.max(rest.len() - header)).max(1)).min(100) as u8;
        let short = declared > 0 && header + declared > rest.len();
        match stop {
            Stop::Unreadable(offset) => {
                warnings.push(Warning::Unreadable { at: at + offset, kept_percent: kept(offset) });
                break;
            }
            Stop::EndedEarly => {
                warnings.push(Warning::EndedEarly { kept_percent: kept(end) });
                break;
            }
            Stop::End if short || declared == 0 => {
                warnings.push(Warning::EndedEarly { kept_percent: kept(end) });
                break;
            }
            Stop::End => match rest.get(end..end + 2) {
                Some(sum) if crc(&rest[..end]) == u16::from_le_bytes([sum[0], sum[1]]) => {}
                // A zero checksum means that the device did not compute one.
                Some([0, 0]) => {}
                _ => warnings.push(Warning::BadChecksum),
            },
        }
        at += end + 2;
        collector.end_of_file();
    }
    let recordings = collector.finish()?;
    Ok(Read { format: Format::Fit, recordings, warnings })
}

/// The header's size and the size of the data that it declares.
fn header(bytes: &[u8], warnings: &mut Vec<Warning>) -> Result<(usize, usize), ReadError> {
    let size = usize::from(*bytes.first().ok_or(ReadError::Empty)?);
    let fixed = bytes.get(..12).ok_or_else(|| ReadError::Damaged("it stops inside the header".into()))?;
    let declared = u32::from_le_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]) as usize;
    let sum = bytes.get(12..14).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]));
    let sound = &fixed[8..12] == b".FIT" && (size == 12 || (size == 14 && (sum == 0 || sum == crc(fixed))));
    if !sound {
        warnings.push(Warning::BadHeader);
    }
    let size = if size == 12 || size == 14 { size } else { 14 };
    if bytes.len() <= size {
        return Err(ReadError::Damaged("there is nothing behind the header".into()));
    }
    Ok((size, declared))
}

fn messages(bytes: &[u8], start: usize, collector: &mut Collector) -> Stop {
    let mut definitions: [Option<Definition>; 16] = [const { None }; 16];
    let mut last_time = 0_u32;
    let mut at = start;
    while at < bytes.len() {
        let head = bytes[at];
        let begin = at;
        at += 1;
        let (local, compressed) = if head & 0x80 != 0 { ((head >> 5) & 0x3, Some(u32::from(head & 0x1f))) } else { (head & 0xf, None) };
        if compressed.is_none() && head & 0x40 != 0 {
            match definition(bytes, &mut at, head & 0x20 != 0) {
                Ok(found) => definitions[usize::from(local)] = Some(found),
                Err(true) => return Stop::EndedEarly,
                Err(false) => return Stop::Unreadable(begin),
            }
            continue;
        }
        let Some(definition) = &definitions[usize::from(local)] else { return Stop::Unreadable(begin) };
        let Some(data) = bytes.get(at..at + definition.size) else { return Stop::EndedEarly };
        at += definition.size;
        let compressed_time = compressed.map(|offset| {
            let carry = if offset < last_time & 0x1f { 0x20 } else { 0 };
            (last_time & !0x1f).wrapping_add(offset).wrapping_add(carry)
        });
        let message = Message { definition, data, compressed_time };
        if let Some(time) = compressed_time.or_else(|| message.number(253).map(|t| t as u32)) {
            last_time = time;
        }
        collector.take(&message);
    }
    Stop::End
}

/// Reads a definition message. `Err(true)`: the file ends inside; `Err(false)`: it cannot be one.
fn definition(bytes: &[u8], at: &mut usize, developer: bool) -> Result<Definition, bool> {
    let fixed = bytes.get(*at..*at + 5).ok_or(true)?;
    let big = match fixed[1] {
        0 => false,
        1 => true,
        _ => return Err(false),
    };
    let pair = [fixed[2], fixed[3]];
    let global = if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) };
    let count = usize::from(fixed[4]);
    *at += 5;
    let raw = bytes.get(*at..*at + count * 3).ok_or(true)?;
    *at += count * 3;
    let mut size = 0;
    let fields = raw
        .chunks_exact(3)
        .map(|f| {
            let field = Field { number: f[0], size: f[1], base: f[2], offset: size };
            size += usize::from(f[1]);
            field
        })
        .collect();
    if developer {
        let count = usize::from(*bytes.get(*at).ok_or(true)?);
        let raw = bytes.get(*at + 1..*at + 1 + count * 3).ok_or(true)?;
        *at += 1 + count * 3;
        size += raw.chunks_exact(3).map(|f| usize::from(f[1])).sum::<usize>();
    }
    Ok(Definition { global, big, fields, size })
}
