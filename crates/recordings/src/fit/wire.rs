//! The byte level: headers, definitions, data messages, chained files, and recovery from damage.

use super::{base, crc, looks_like};
use crate::{Part, ReadError, Warning, bounds};

/// One field of a definition.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) number: u8,
    pub(super) size: usize,
    pub(super) base: u8,
    /// Where it starts in the message's data.
    pub(super) offset: usize,
}

/// One developer field of a definition; its type comes from a `field_description` message.
#[derive(Debug, Clone, Copy)]
pub(super) struct DeveloperField {
    pub(super) number: u8,
    pub(super) size: usize,
    pub(super) developer: u8,
    pub(super) offset: usize,
}

/// The layout that a local message type has at the moment.
#[derive(Debug, Clone)]
pub(super) struct Definition {
    pub(super) global: u16,
    pub(super) big: bool,
    pub(super) fields: Vec<Field>,
    pub(super) developer: Vec<DeveloperField>,
    /// The number of the definition within the walk: the key for cached decoding plans.
    pub(super) serial: usize,
    size: usize,
    /// Offset of the time stamp, if it has the four bytes that it should have.
    time: Option<usize>,
}

/// A data message: the raw bytes and how to read a field of it.
#[derive(Clone, Copy)]
pub(super) struct Message<'a> {
    pub(super) definition: &'a Definition,
    pub(super) data: &'a [u8],
    /// Seconds since FIT's epoch, from the message's own field or from a compressed header.
    pub(super) time: Option<u32>,
    /// Whether the time came with the header.
    pub(super) compressed: bool,
}

impl<'a> Message<'a> {
    fn find(&self, number: u8) -> Option<(Field, &'a [u8])> {
        let field = *self.definition.fields.iter().find(|f| f.number == number)?;
        Some((field, self.data.get(field.offset..field.offset + field.size)?))
    }

    /// A field's raw number, the first of an array.
    pub(super) fn number(&self, number: u8) -> Option<f64> {
        let (field, data) = self.find(number)?;
        base::number(data, field.base, self.definition.big)
    }

    /// A field's text.
    pub(super) fn string(&self, number: u8) -> Option<String> {
        let (field, data) = self.find(number)?;
        base::is_text(field.base).then(|| base::string(data)).flatten()
    }

    /// A field's bytes as they are.
    pub(super) fn bytes(&self, number: u8) -> Option<&'a [u8]> {
        self.find(number).map(|(_, data)| data)
    }

    /// All values of a field that is an array of numbers.
    pub(super) fn numbers(&self, number: u8) -> impl Iterator<Item = Option<f64>> + use<'a> {
        let big = self.definition.big;
        self.find(number).into_iter().flat_map(move |(field, data)| {
            data.chunks_exact(base::size(field.base).unwrap_or(1)).map(move |chunk| base::number(chunk, field.base, big))
        })
    }
}

/// Events of a walk.
pub(super) enum Event<'a> {
    Message(Message<'a>),
    /// End of one file of a chain.
    EndOfFile,
}

/// Consecutive sound messages required before reading resumes after damage.
const SOUND_RUN: usize = 8;
/// Positions tried in all damaged ranges together: several times what any device writes, which bounds the search.
const SEARCHED: usize = 4 << 20;
/// How far a time stamp after damage may be from the last one before it, in seconds.
const SOUND_STEP_S: u32 = 86_400;

/// Walks a FIT file, or several chained in one, and calls `each` with every sound message. What could not be read is reported.
pub(super) fn walk(bytes: &[u8], mut each: impl FnMut(Event<'_>)) -> Result<Vec<Warning>, ReadError> {
    let mut warnings = Vec::new();
    let mut at = 0;
    let mut serial = 0;
    let mut tries = SEARCHED;
    while at < bytes.len() {
        let rest = &bytes[at..];
        if at > 0 && !looks_like(rest) {
            // Zeros are padding; anything else was meant to be read.
            if rest.iter().any(|b| *b != 0) {
                report(&mut warnings, Warning::Unreadable { at: at as u64, kept_percent: percent(at, bytes.len()) });
            }
            break;
        }
        let (header, declared) = header(rest, &mut warnings)?;
        let unfinished = declared == 0; // the device died before it wrote the size
        let mut end = if unfinished { rest.len() } else { (header + declared).min(rest.len()) };
        let mut reader = Reader { bytes: rest, end, definitions: [const { None }; 16], last_time: 0, serial, tries };
        let mut stop = reader.read_from(header, &mut each, &mut warnings, at);
        let mut checked = rest.get(end..end + 2).is_some_and(|sum| sum == [0, 0] || crc(&rest[..end]) == u16::from_le_bytes([sum[0], sum[1]]));
        if matches!(stop, Stop::End) && !checked && end < rest.len() && !rest.get(end + 2..).is_some_and(looks_like) {
            // The declared size is too small if sound messages continue right after it.
            reader.end = rest.len();
            if reader.is_sound(end, reader.last_time) {
                report(&mut warnings, Warning::BadHeader);
                stop = reader.read_from(end, &mut each, &mut warnings, at);
                end = rest.len();
                checked = true;
            }
        }
        (serial, tries) = (reader.serial, reader.tries);
        let short = !unfinished && header + declared > rest.len();
        let kept = |n: usize| percent(at + n, at + header + declared.max(rest.len() - header));
        match stop {
            Stop::Unreadable(offset) => {
                warnings.push(Warning::Unreadable { at: (at + offset) as u64, kept_percent: kept(offset) });
                break;
            }
            Stop::EndedEarly => {
                warnings.push(Warning::EndedEarly { kept_percent: kept(end) });
                break;
            }
            Stop::End if short || unfinished => {
                warnings.push(Warning::EndedEarly { kept_percent: kept(end) });
                break;
            }
            Stop::End if checked => {}
            Stop::End => report(&mut warnings, Warning::BadChecksum),
        }
        at += end + 2;
        each(Event::EndOfFile);
    }
    Ok(warnings)
}

fn report(warnings: &mut Vec<Warning>, warning: Warning) {
    if warnings.len() < bounds::WARNINGS {
        warnings.push(warning);
    }
}

fn percent(part: usize, whole: usize) -> u8 {
    (part * 100 / whole.max(1)).min(100) as u8
}

/// The header's size and the size of the data that it declares.
fn header(bytes: &[u8], warnings: &mut Vec<Warning>) -> Result<(usize, usize), ReadError> {
    let size = usize::from(*bytes.first().ok_or(ReadError::Empty)?);
    let fixed = bytes.get(..12).ok_or(ReadError::Damaged { part: Part::Header })?;
    let declared = u32::from_le_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]) as usize;
    let sum = bytes.get(12..14).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]));
    let sound = &fixed[8..12] == b".FIT" && (size == 12 || (size == 14 && (sum == 0 || sum == crc(fixed))));
    if !sound {
        report(warnings, Warning::BadHeader);
    }
    let size = if size == 12 || size == 14 { size } else { 14 };
    if bytes.len() <= size {
        return Err(ReadError::Damaged { part: Part::Body });
    }
    Ok((size, declared))
}

/// Why the walk over one file of the chain stopped.
enum Stop {
    End,
    EndedEarly,
    Unreadable(usize),
}

/// One file of the chain.
struct Reader<'a> {
    bytes: &'a [u8],
    end: usize,
    definitions: [Option<Definition>; 16],
    last_time: u32,
    serial: usize,
    /// Positions that may still be tried to resynchronise after damage.
    tries: usize,
}

impl Reader<'_> {
    fn read_from(&mut self, start: usize, each: &mut impl FnMut(Event<'_>), warnings: &mut Vec<Warning>, base: usize) -> Stop {
        let mut at = start;
        loop {
            let stop = self.messages(&mut at, each);
            let Stop::Unreadable(from) = stop else { return stop };
            let Some(again) = self.resync(from + 1) else { return stop };
            let (at_byte, bytes) = ((base + from) as u64, again - from);
            report(warnings, Warning::Gap { at: at_byte, bytes: bytes as u64, percent: percent(bytes, self.end).max(1) });
            at = again;
        }
    }

    fn messages(&mut self, at: &mut usize, each: &mut impl FnMut(Event<'_>)) -> Stop {
        let bytes = &self.bytes[..self.end];
        while let Some(&head) = bytes.get(*at) {
            let begin = *at;
            *at += 1;
            let (local, compressed) = split_header(head);
            if compressed.is_none() && head & 0x40 != 0 {
                match definition(bytes, at, head & 0x20 != 0, self.serial) {
                    Ok(found) => {
                        self.serial += 1;
                        self.definitions[local] = Some(found);
                    }
                    Err(true) => return Stop::EndedEarly,
                    Err(false) => return Stop::Unreadable(begin),
                }
                continue;
            }
            let Some(definition) = &self.definitions[local] else {
                // Two bytes left over are the checksum of a file whose header was never finished.
                return if bytes.len() - begin <= 2 { Stop::End } else { Stop::Unreadable(begin) };
            };
            let Some(data) = bytes.get(*at..*at + definition.size) else { return Stop::EndedEarly };
            *at += definition.size;
            let time = compressed.map(|offset| expand_time(self.last_time, offset)).or_else(|| definition.time_of(data));
            if let Some(time) = time {
                // A clock may be reset. But a time far from all others, with nothing sound after it, is not a message.
                if self.last_time > 0 && time.abs_diff(self.last_time) > SOUND_STEP_S && !self.is_sound(begin, time) {
                    return Stop::Unreadable(begin);
                }
                self.last_time = time;
            }
            let Some(definition) = &self.definitions[local] else { return Stop::Unreadable(begin) };
            each(Event::Message(Message { definition, data, time, compressed: compressed.is_some() }));
        }
        Stop::End
    }

    /// The first position from `from` on at which a run of sound messages begins.
    fn resync(&mut self, from: usize) -> Option<usize> {
        let until = self.end.min(from.saturating_add(self.tries));
        let found = (from..until).find(|&at| self.is_sound(at, self.last_time));
        self.tries -= found.unwrap_or(until).saturating_sub(from);
        found
    }

    /// Whether the messages at a position parse one after the other and have times that fit the previous ones, or `also`.
    fn is_sound(&self, mut at: usize, also: u32) -> bool {
        let bytes = &self.bytes[..self.end];
        let mut own: [Option<Definition>; 16] = [const { None }; 16];
        let (mut timed, mut last) = (0, self.last_time);
        let fits = |time: u32, other: u32| other == 0 || time.abs_diff(other) <= SOUND_STEP_S;
        for seen in 0..SOUND_RUN {
            let Some(&head) = bytes.get(at) else { return timed > 0 && seen > 1 };
            at += 1;
            let (local, compressed) = split_header(head);
            if compressed.is_none() && head & 0x40 != 0 {
                match definition(bytes, &mut at, head & 0x20 != 0, 0) {
                    Ok(found) if found.is_plausible() => own[local] = Some(found),
                    _ => return false,
                }
                continue;
            }
            let Some(definition) = own[local].as_ref().or(self.definitions[local].as_ref()) else { return false };
            let Some(data) = bytes.get(at..at + definition.size) else { return false };
            at += definition.size;
            if let Some(time) = compressed.map(|offset| expand_time(last, offset)).or_else(|| definition.time_of(data)) {
                if !fits(time, last) && !fits(time, self.last_time) && !fits(time, also) {
                    return false;
                }
                last = time;
                timed += 1;
            }
        }
        timed > 2
    }
}

/// The local message type, and the time offset of a compressed header.
const fn split_header(head: u8) -> (usize, Option<u32>) {
    if head & 0x80 != 0 { (((head >> 5) & 0x3) as usize, Some((head & 0x1f) as u32)) } else { ((head & 0xf) as usize, None) }
}

/// Five bits of a compressed header continue the last full time stamp.
const fn expand_time(last: u32, offset: u32) -> u32 {
    let carry = if offset < last & 0x1f { 0x20 } else { 0 };
    (last & !0x1f).wrapping_add(offset).wrapping_add(carry)
}

impl Definition {
    fn time_of(&self, data: &[u8]) -> Option<u32> {
        let raw: [u8; 4] = *data.get(self.time?..)?.first_chunk()?;
        let time = if self.big { u32::from_be_bytes(raw) } else { u32::from_le_bytes(raw) };
        (time != u32::MAX).then_some(time)
    }

    /// Stricter than the protocol: used only to resynchronise after damage.
    fn is_plausible(&self) -> bool {
        !self.fields.is_empty()
            && self.global < 0xff00
            && self.fields.iter().all(|f| f.size > 0 && base::size(f.base).is_some_and(|size| f.size.is_multiple_of(size)))
    }
}

/// Reads a definition message. `Err(true)`: the file ends inside; `Err(false)`: it cannot be one.
fn definition(bytes: &[u8], at: &mut usize, developer: bool, serial: usize) -> Result<Definition, bool> {
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
    let fields: Vec<Field> = raw
        .chunks_exact(3)
        .map(|f| {
            let field = Field { number: f[0], size: usize::from(f[1]), base: f[2], offset: size };
            size += field.size;
            field
        })
        .collect();
    let mut own = Vec::new();
    if developer {
        let count = usize::from(*bytes.get(*at).ok_or(true)?);
        let raw = bytes.get(*at + 1..*at + 1 + count * 3).ok_or(true)?;
        *at += 1 + count * 3;
        own = raw
            .chunks_exact(3)
            .map(|f| {
                let field = DeveloperField { number: f[0], size: usize::from(f[1]), developer: f[2], offset: size };
                size += field.size;
                field
            })
            .collect();
    }
    let time = fields.iter().find(|f| f.number == 253 && f.size == 4 && !base::is_text(f.base)).map(|f| f.offset);
    Ok(Definition { global, big, fields, developer: own, serial, size, time })
}
