//! Every message of a FIT file, with the profile's names, scales and units: unknown messages and developer fields, too.

use std::borrow::Cow;
use std::collections::HashMap;

use super::plans::Plans;
use super::profile::{self, Component, FieldInfo, MessageInfo, Reading};
use super::wire::{self, Definition, DeveloperField, Event};
use super::{base, wire::Message as Raw};
use crate::{ReadError, Warning};

/// One message.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its global number.
    pub number: u16,
    /// The profile's name; `None` for a message that the profile does not know.
    pub name: Option<&'static str>,
    /// The fields that have a value, in the file's order; those filled by components follow the field that contains them.
    pub fields: Vec<Field>,
}

/// One field with a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its number in the message; for developer fields, in the developer's own list.
    pub number: u8,
    /// The profile's or the developer's name; `None` if there is none.
    pub name: Option<Cow<'static, str>>,
    /// The unit after scale and offset; empty where there is none.
    pub unit: Cow<'static, str>,
    /// The value, scaled.
    pub value: Value,
    /// The developer's index, for a developer field.
    pub developer: Option<u8>,
}

/// A value. Integers of 64 bits are exact up to 2^53.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// One number.
    Number(f64),
    /// An array; `None` where an element has no value.
    Numbers(Vec<Option<f64>>),
    /// Text.
    Text(String),
    /// Several texts in one field.
    Texts(Vec<String>),
}

impl Message {
    /// A field by its name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.name.as_deref() == Some(name))
    }
}

/// Reads every message of a FIT file, or of several chained in one. Damage is skipped and reported.
pub fn messages(bytes: &[u8]) -> Result<(Vec<Message>, Vec<Warning>), ReadError> {
    let mut out = Vec::new();
    let warnings = for_each_message(bytes, |message| out.push(message.clone()))?;
    Ok((out, warnings))
}

/// Calls `each` with every message; it is overwritten by the next, so that only arrays and texts are allocated.
pub fn for_each_message(bytes: &[u8], mut each: impl FnMut(&Message)) -> Result<Vec<Warning>, ReadError> {
    let mut reader = MessageReader::default();
    let mut message = Message { number: 0, name: None, fields: Vec::new() };
    wire::walk(bytes, |event| match event {
        Event::Message(raw) => {
            reader.read(&raw, &mut message);
            each(&message);
        }
        Event::EndOfFile => reader.end_of_file(),
    })
}

/// A developer's description of a field.
pub(super) struct Description {
    pub(super) name: String,
    pub(super) unit: String,
    pub(super) base: u8,
    pub(super) scale: f64,
    pub(super) offset: f64,
}

/// The developer fields that a file has described so far.
#[derive(Default)]
pub(super) struct Descriptions(HashMap<(u8, u8), Description>);

impl Descriptions {
    /// Reads a `field_description` message (206).
    pub(super) fn take(&mut self, m: &Raw<'_>) {
        if let (Some(developer), Some(number), Some(base)) = (m.number(0), m.number(1), m.number(2)) {
            let description = Description {
                name: m.string(3).unwrap_or_else(|| format!("developer_{developer}_{number}")),
                unit: m.string(8).unwrap_or_default(),
                base: base as u8,
                scale: m.number(6).filter(|s| *s > 0.0).unwrap_or(1.0),
                offset: m.number(7).unwrap_or(0.0),
            };
            self.0.insert((developer as u8, number as u8), description);
        }
    }

    pub(super) fn get(&self, field: &DeveloperField) -> Option<&Description> {
        self.0.get(&(field.developer, field.number))
    }
}

/// A definition with what the profile says about its fields, looked up once.
struct Plan {
    info: Option<&'static MessageInfo>,
    fields: Vec<Option<&'static FieldInfo>>,
}

#[derive(Default)]
struct MessageReader {
    descriptions: Descriptions,
    /// The state of accumulated fields, by message and field.
    counted: HashMap<(u16, u8), u64>,
    plans: Plans<Plan>,
}

impl MessageReader {
    /// What follows is another file: no definition of this one applies there.
    fn end_of_file(&mut self) {
        self.descriptions = Descriptions::default();
        self.counted.clear();
    }

    fn plan(&mut self, definition: &Definition) -> Plan {
        self.plans.take(definition.serial).unwrap_or_else(|| {
            let info = profile::message(definition.global);
            Plan { info, fields: definition.fields.iter().map(|f| info.and_then(|m| m.field(f.number))).collect() }
        })
    }

    fn read(&mut self, raw: &Raw<'_>, out: &mut Message) {
        let Definition { global, big, fields, developer, .. } = raw.definition;
        if *global == 206 {
            self.descriptions.take(raw);
        }
        // Taken out while in use, and put back at the end.
        let plan = self.plan(raw.definition);
        out.number = *global;
        out.name = plan.info.map(|m| m.name);
        out.fields.clear();
        if raw.compressed
            && let Some(time) = raw.time.filter(|_| !fields.iter().any(|f| f.number == 253))
        {
            let field =
                Field { number: 253, name: Some("timestamp".into()), unit: "s".into(), value: Value::Number(f64::from(time)), developer: None };
            out.fields.push(field);
        }
        for (field, known) in fields.iter().zip(&plan.fields) {
            let Some(data) = raw.data.get(field.offset..field.offset + field.size) else { continue };
            let reading = known.map(|k| k.reading(|n| raw.number(n)));
            let Some(value) = value(data, field.base, *big, |v| reading.map_or(v, |r| r.scaling.apply(v))) else { continue };
            if let (Some(known), Some(count)) = (known.filter(|k| k.accumulated), last(data, field.base, *big)) {
                self.counted.insert((*global, known.number), count as u64);
            }
            let (name, unit) = reading.map_or((None, ""), |r| (Some(r.name.into()), r.unit));
            out.fields.push(Field { number: field.number, name, unit: unit.into(), value, developer: None });
            if let (Some(info), Some(reading)) = (plan.info, reading)
                && !reading.components.is_empty()
            {
                let direct = |target: u8| raw.number(target).is_some();
                self.expand(out, info, reading, Bits::new(data, field.base, *big), &direct, 0);
            }
        }
        for field in developer {
            let Some(data) = raw.data.get(field.offset..field.offset + field.size) else { continue };
            let described = self.descriptions.get(field);
            let value = match described {
                Some(d) => value(data, d.base, *big, |v| v / d.scale - d.offset),
                None => value(data, 0x0d, *big, |v| v),
            };
            if let Some(value) = value {
                let (name, unit) = described.map_or((None, String::new()), |d| (Some(d.name.clone().into()), d.unit.clone()));
                out.fields.push(Field { number: field.number, name, unit: unit.into(), value, developer: Some(field.developer) });
            }
        }
        self.plans.put_back(raw.definition.serial, plan);
    }

    /// Splits a field's bits into its component fields. `direct` says which fields the message contains itself.
    fn expand(&mut self, out: &mut Message, info: &MessageInfo, reading: &Reading, mut bits: Bits, direct: &dyn Fn(u8) -> bool, depth: u8) {
        for component in &reading.components {
            let Some(piece) = bits.take(component.bits) else { break };
            let Some(target) = info.field(component.target) else { continue };
            if direct(component.target) {
                continue;
            }
            let raw = if target.accumulated { self.count_on(out.number, component, piece) } else { piece };
            let value = component.scaling.apply(raw as f64);
            match out.fields.iter_mut().find(|f| f.number == component.target && f.developer.is_none()) {
                Some(Field { value: Value::Numbers(values), .. }) => values.push(Some(value)),
                Some(Field { value: held @ Value::Number(_), .. }) => {
                    let Value::Number(before) = *held else { continue };
                    *held = Value::Numbers(vec![Some(before), Some(value)]);
                }
                Some(_) => {}
                None => out.fields.push(Field {
                    number: component.target,
                    name: Some(target.reading.name.into()),
                    unit: target.reading.unit.into(),
                    value: Value::Number(value),
                    developer: None,
                }),
            }
            if !target.reading.components.is_empty() && depth < 3 {
                let inner = Bits::of_number(target.reading.scaling.undo(value).max(0.0) as u64);
                self.expand(out, info, &target.reading, inner, direct, depth + 1);
            }
        }
    }

    fn count_on(&mut self, global: u16, component: &Component, piece: u64) -> u64 {
        let mask = (1_u64 << component.bits.min(63)) - 1;
        let counted = self.counted.entry((global, component.target)).or_default();
        *counted = counted.wrapping_add(piece.wrapping_sub(*counted) & mask);
        *counted
    }
}

/// The remaining bits of a field, lowest first: of up to eight bytes, or all of a longer field.
enum Bits {
    Short { value: u64, left: u32 },
    Long { bytes: Vec<u8>, taken: usize },
}

impl Bits {
    fn new(data: &[u8], base: u8, big: bool) -> Self {
        let size = base::size(base).unwrap_or(1);
        if data.len() <= 8 && (!big || data.len() <= size) {
            let mut bytes = [0; 8];
            bytes[..data.len()].copy_from_slice(data);
            if big {
                bytes[..data.len()].reverse();
            }
            return Self::Short { value: u64::from_le_bytes(bytes), left: data.len() as u32 * 8 };
        }
        let mut bytes = data.to_vec();
        if big {
            for chunk in bytes.chunks_mut(size) {
                chunk.reverse();
            }
        }
        Self::Long { bytes, taken: 0 }
    }

    fn of_number(value: u64) -> Self {
        Self::Short { value, left: 64 }
    }

    fn take(&mut self, count: u32) -> Option<u64> {
        if count == 0 || count > 64 {
            return None;
        }
        match self {
            Self::Short { value, left } => {
                *left = left.checked_sub(count)?;
                let piece = *value & (u64::MAX >> (64 - count));
                *value = value.checked_shr(count).unwrap_or(0);
                Some(piece)
            }
            Self::Long { bytes, taken } => {
                let end = *taken + count as usize;
                if end > bytes.len() * 8 {
                    return None;
                }
                let bit = |i: usize| u64::from(bytes[i / 8] >> (i % 8) & 1);
                let piece = (0..count as usize).map(|k| bit(*taken + k) << k).sum();
                *taken = end;
                Some(piece)
            }
        }
    }
}

/// The value of a field, `None` if all of it is invalid.
fn value(data: &[u8], base: u8, big: bool, scale: impl Fn(f64) -> f64) -> Option<Value> {
    if base::is_text(base) {
        let mut texts: Vec<String> = data.split(|b| *b == 0).filter_map(base::string).collect();
        return if texts.len() > 1 { Some(Value::Texts(texts)) } else { texts.pop().map(Value::Text) };
    }
    let size = base::size(base)?;
    if data.len() <= size {
        return base::number(data, base, big).map(|v| Value::Number(scale(v)));
    }
    if !data.len().is_multiple_of(size) {
        // The length contradicts the type: the bytes are kept as they are.
        return Some(Value::Numbers(data.iter().map(|b| Some(f64::from(*b))).collect()));
    }
    let values: Vec<Option<f64>> = data.chunks_exact(size).map(|c| base::number(c, base, big).map(&scale)).collect();
    values.iter().any(Option::is_some).then_some(Value::Numbers(values))
}

fn last(data: &[u8], base: u8, big: bool) -> Option<f64> {
    data.chunks_exact(base::size(base)?).filter_map(|c| base::number(c, base, big)).next_back()
}
