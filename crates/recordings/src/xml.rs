//! A small XML reader for GPX and TCX: names without prefixes, text of leaf elements, tolerance of damage at the end.

use std::borrow::Cow;

use chrono::Datelike;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::Warning;

/// A node.
pub(crate) enum Node<'a> {
    /// An element opens; its attributes by local name.
    Open(&'a str, Vec<(String, String)>),
    /// An element closes, with the text directly inside it.
    Close(&'a str, &'a str),
}

/// Maximum nesting of elements; recordings have eight.
const DEPTH: usize = 64;
/// Maximum attributes of an element: namespace declarations precede those that we read.
const ATTRIBUTES: usize = 64;
/// Maximum bytes of one text.
const TEXT: usize = 64 << 10;

/// Walks `bytes` and calls `visit` with every node and the local names of its ancestors. Stops at the first damage and adds
/// a warning. Entities other than XML's five are left out: nothing is ever expanded.
pub(crate) fn walk(bytes: &[u8], mut visit: impl FnMut(&[String], Node<'_>)) -> Vec<Warning> {
    let text = decode_text(bytes);
    let mut reader = Reader::from_str(&text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_dangling_amp = true;
    config.expand_empty_elements = true;
    let mut warnings = Vec::new();
    let mut path: Vec<String> = Vec::new();
    let mut content = String::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                content.clear();
                if path.len() >= DEPTH {
                    let at = usize::try_from(reader.buffer_position()).unwrap_or(0);
                    warnings.push(Warning::Unreadable { at: at as u64, kept_percent: (at * 100 / text.len().max(1)).min(100) as u8 });
                    break;
                }
                let name = local(start.local_name().as_ref());
                visit(&path, Node::Open(&name, attributes(&start)));
                path.push(name);
            }
            Ok(Event::End(_)) => {
                if let Some(name) = path.pop() {
                    visit(&path, Node::Close(&name, content.trim()));
                }
                content.clear();
            }
            Ok(Event::Text(t)) => add(&mut content, &String::from_utf8_lossy(&t)),
            Ok(Event::CData(t)) => add(&mut content, &String::from_utf8_lossy(&t)),
            Ok(Event::GeneralRef(entity)) => match resolve(&String::from_utf8_lossy(&entity)) {
                Some(c) => add(&mut content, c.encode_utf8(&mut [0; 4])),
                None => note(&mut warnings, Warning::UnknownEntity { name: String::from_utf8_lossy(&entity).chars().take(40).collect() }),
            },
            Ok(Event::Eof) => {
                if !path.is_empty() {
                    warnings.push(Warning::EndedEarly { kept_percent: 99 });
                }
                break;
            }
            Ok(_) => {}
            Err(_) => {
                let at = usize::try_from(reader.error_position()).unwrap_or(0);
                let kept_percent = (at * 100 / text.len().max(1)).min(100) as u8;
                warnings.push(if kept_percent >= 99 {
                    Warning::EndedEarly { kept_percent }
                } else {
                    Warning::Unreadable { at: at as u64, kept_percent }
                });
                break;
            }
        }
    }
    warnings
}

fn note(warnings: &mut Vec<Warning>, warning: Warning) {
    if warnings.len() < 5 && !warnings.contains(&warning) {
        warnings.push(warning);
    }
}

fn add(content: &mut String, text: &str) {
    let room = TEXT.saturating_sub(content.len());
    content.push_str(&text[..text.floor_char_boundary(room)]);
}

fn local(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

fn attributes(start: &BytesStart<'_>) -> Vec<(String, String)> {
    start
        .attributes()
        .with_checks(false)
        .flatten()
        .take(ATTRIBUTES)
        .map(|a| (local(a.key.local_name().as_ref()), unescaped(&String::from_utf8_lossy(&a.value))))
        .collect()
}

/// Bytes of an entity with its ampersand and semicolon, and more: `&#x10FFFF;` with some zeros.
const ENTITY: usize = 16;

/// An attribute's text; unknown entities stay as they are.
fn unescaped(text: &str) -> String {
    let mut rest = text[..text.floor_char_boundary(TEXT)].trim();
    let mut out = String::with_capacity(rest.len());
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        // Only as far as an entity is long: otherwise every ampersand would search the rest of the text.
        let end = rest.bytes().take(ENTITY).position(|b| b == b';');
        if let Some((end, c)) = end.and_then(|end| Some((end, resolve(&rest[1..end])?))) {
            out.push(c);
            rest = &rest[end + 1..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

fn resolve(entity: &str) -> Option<char> {
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let code = entity.strip_prefix('#')?;
            let number = match code.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => code.parse().ok()?,
            };
            char::from_u32(number)
        }
    }
}

/// UTF-8 with or without BOM, UTF-16 with one; anything else is read as far as possible.
fn decode_text(bytes: &[u8]) -> Cow<'_, str> {
    let wide = |big: bool| {
        let units = bytes[2..].chunks_exact(2).map(|b| if big { u16::from_be_bytes([b[0], b[1]]) } else { u16::from_le_bytes([b[0], b[1]]) });
        Cow::Owned(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(false),
        [0xfe, 0xff, ..] => wide(true),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest),
        // A declared one-byte encoding: Latin-1, which covers Western encodings.
        _ if std::str::from_utf8(bytes).is_err() && declares_latin(bytes) => Cow::Owned(bytes.iter().map(|&b| char::from(b)).collect()),
        _ => String::from_utf8_lossy(bytes),
    }
}

fn declares_latin(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).to_ascii_lowercase();
    head.find("encoding").is_some_and(|at| {
        let name = head[at + 8..].trim_start_matches(['=', '"', '\'', ' ']);
        name.starts_with("iso-8859") || name.starts_with("windows-125") || name.starts_with("latin")
    })
}

/// Parses a time: RFC 3339, or without a time zone (then UTC, as devices write it). Milliseconds since 1970.
pub(crate) fn time_ms(text: &str) -> Option<i64> {
    let parsed = || {
        if let Ok(time) = chrono::DateTime::parse_from_rfc3339(text) {
            return Some(time.to_utc());
        }
        ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.fZ"]
            .iter()
            .find_map(|f| chrono::NaiveDateTime::parse_from_str(text, f).ok())
            .map(|t| t.and_utc())
    };
    // No software writes years of more than four digits, and times would overflow.
    parsed().filter(|t| (0..=9999).contains(&t.year())).map(|t| t.timestamp_millis())
}

/// Parses a number; anything that is not finite counts as missing. Some software writes the decimal comma of the user's language.
pub(crate) fn number(text: &str) -> f64 {
    let parsed = text.parse::<f64>().or_else(|e| if text.matches(',').count() == 1 { text.replace(',', ".").parse() } else { Err(e) });
    parsed.ok().filter(|v| v.is_finite()).unwrap_or(f64::NAN)
}

/// The time `seconds` after `start_ms`, as RFC 3339 with milliseconds.
pub(crate) fn time_text(start_ms: i64, seconds: f64) -> String {
    let at = start_ms.saturating_add((seconds * 1000.0).round() as i64);
    chrono::DateTime::from_timestamp_millis(at).unwrap_or_default().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// Text for an element or attribute. Control characters, which XML cannot contain, are left out.
pub(crate) fn escaped(text: &str) -> String {
    let kept: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    quick_xml::escape::escape(&kept).into_owned()
}
