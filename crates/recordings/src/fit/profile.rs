//! Names, scales and units of FIT's messages and fields: the protocol's facts, from `profile.txt`.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A message of the profile.
#[derive(Debug, Default)]
pub(super) struct MessageInfo {
    pub(super) name: &'static str,
    fields: Vec<FieldInfo>,
}

/// How to read a field: `value = raw / scale - offset`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scaling {
    pub(super) scale: f64,
    pub(super) offset: f64,
}

/// A field of the profile.
#[derive(Debug)]
pub(super) struct FieldInfo {
    pub(super) number: u8,
    pub(super) reading: Reading,
    /// Whether a component that fills this field counts on and overflows.
    pub(super) accumulated: bool,
    subfields: Vec<(Reading, Vec<(u8, f64)>)>,
}

/// The reading of a field, or the other one that it has while another field says so.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) name: &'static str,
    pub(super) unit: &'static str,
    pub(super) scaling: Scaling,
    pub(super) components: Vec<Component>,
}

/// A stretch of a field's bits that is the value of another field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Component {
    pub(super) target: u8,
    pub(super) bits: u32,
    pub(super) scaling: Scaling,
}

impl MessageInfo {
    pub(super) fn field(&self, number: u8) -> Option<&FieldInfo> {
        self.fields.binary_search_by_key(&number, |f| f.number).ok().map(|i| &self.fields[i])
    }
}

impl FieldInfo {
    /// The reading that holds in a message whose raw fields `value` gives.
    pub(super) fn reading(&self, value: impl Fn(u8) -> Option<f64>) -> &Reading {
        let holds = |conditions: &[(u8, f64)]| conditions.iter().any(|(field, raw)| value(*field) == Some(*raw));
        self.subfields.iter().find(|(_, conditions)| holds(conditions)).map_or(&self.reading, |(reading, _)| reading)
    }
}

#[derive(Default)]
struct Profile {
    messages: HashMap<u16, MessageInfo>,
    manufacturers: HashMap<u16, &'static str>,
    products: HashMap<u16, &'static str>,
}

static PROFILE: LazyLock<Profile> = LazyLock::new(|| parse(include_str!("profile.txt")));

/// A message by its global number.
pub(super) fn message(global: u16) -> Option<&'static MessageInfo> {
    PROFILE.messages.get(&global)
}

/// A maker's name, such as "garmin".
pub(super) fn manufacturer(number: u16) -> Option<&'static str> {
    PROFILE.manufacturers.get(&number).copied()
}

/// A Garmin product's name, such as "fr965".
pub(super) fn garmin_product(number: u16) -> Option<&'static str> {
    PROFILE.products.get(&number).copied()
}

/// The file is our own and made by a script; a line that does not parse is left out, and a test counts what came in.
fn parse(text: &'static str) -> Profile {
    let mut profile = Profile::default();
    let mut current: Option<(u16, MessageInfo)> = None;
    for line in text.lines() {
        let columns: Vec<&'static str> = line.split('\t').collect();
        match columns[..] {
            ["M", number, name] => {
                profile.messages.extend(current.take());
                current = number.parse().ok().map(|n| (n, MessageInfo { name, fields: Vec::new() }));
            }
            ["F", number, name, unit, scale, offset, accumulated, components] => {
                if let (Some((_, message)), Ok(number)) = (&mut current, number.parse()) {
                    let reading = reading(name, unit, scale, offset, components);
                    message.fields.push(FieldInfo { number, reading, accumulated: accumulated == "1", subfields: Vec::new() });
                }
            }
            ["S", name, unit, scale, offset, components, conditions] => {
                if let Some(field) = current.as_mut().and_then(|(_, message)| message.fields.last_mut()) {
                    let conditions =
                        conditions.split(',').filter_map(|c| c.split_once('=')).filter_map(|(f, v)| Some((f.parse().ok()?, v.parse().ok()?)));
                    field.subfields.push((reading(name, unit, scale, offset, components), conditions.collect()));
                }
            }
            ["V", number, name] => profile.manufacturers.extend(number.parse().ok().map(|n: u16| (n, name))),
            ["G", number, name] => profile.products.extend(number.parse().ok().map(|n: u16| (n, name))),
            _ => {}
        }
    }
    profile.messages.extend(current);
    profile
}

fn reading(name: &'static str, unit: &'static str, scale: &str, offset: &str, components: &str) -> Reading {
    let components = components.split(',').filter_map(|c| {
        let mut parts = c.split(':');
        let (target, bits, scale, offset) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        Some(Component { target: target.parse().ok()?, bits: bits.parse().ok()?, scaling: scaling(scale, offset) })
    });
    Reading { name, unit: if unit == "-" { "" } else { unit }, scaling: scaling(scale, offset), components: components.collect() }
}

fn scaling(scale: &str, offset: &str) -> Scaling {
    Scaling { scale: scale.parse().unwrap_or(1.0), offset: offset.parse().unwrap_or(0.0) }
}

impl Scaling {
    pub(super) fn apply(self, raw: f64) -> f64 {
        raw / self.scale - self.offset
    }

    /// The raw value again.
    pub(super) fn undo(self, value: f64) -> f64 {
        ((value + self.offset) * self.scale).round()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_understood() {
        let text = include_str!("profile.txt");
        let lines = |letter: &str| text.lines().filter(|l| l.starts_with(letter)).count();
        let fields: usize = PROFILE.messages.values().map(|m| m.fields.len()).sum();
        let subfields: usize = PROFILE.messages.values().flat_map(|m| &m.fields).map(|f| f.subfields.len()).sum();
        assert_eq!((PROFILE.messages.len(), fields, subfields), (lines("M\t"), lines("F\t"), lines("S\t")));
        assert_eq!((PROFILE.manufacturers.len(), PROFILE.products.len()), (lines("V\t"), lines("G\t")));
        assert!(fields > 1500 && subfields > 100);
    }
}
