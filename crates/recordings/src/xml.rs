//! A small walk over XML that both GPX and TCX need: names without prefixes, text of leaf elements, damage at the end.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::Warning;

/// What the walk meets.
pub(crate) enum Node<'a> {
    /// An element opens; its attributes by local name.
    Open(&'a str, Vec<(String, String)>),
    /// An element closes, with the text directly inside it.
    Close(&'a str, &'a str),
}

/// Walks `bytes` and calls `visit` with every node and the local names of its ancestors. Stops at the first damage and says
/// so in the warnings. Entities other than XML's five are left out: nothing is ever expanded.
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
            Ok(Event::Text(t)) => content.push_str(&String::from_utf8_lossy(&t)),
            Ok(Event::CData(t)) => content.push_str(&String::from_utf8_lossy(&t)),
            Ok(Event::GeneralRef(entity)) => match resolve(&String::from_utf8_lossy(&entity)) {
                Some(c) => content.push(c),
                None => note(&mut warnings, Warning::UnknownEntity(String::from_utf8_lossy(&entity).into_owned())),
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
                warnings.push(if kept_percent >= 99 { Warning::EndedEarly { kept_percent } } else { Warning::Unreadable { at, kept_percent } });
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

fn local(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

fn attributes(start: &BytesStart<'_>) -> Vec<(String, String)> {
    start
        .attributes()
        .with_checks(false)
        .flatten()
        .map(|a| (local(a.key.local_name().as_ref()), String::from_utf8_lossy(&a.value).trim().to_owned()))
        .collect()
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

/// UTF-8 with or without BOM, UTF-16 with one; anything else is read as well as it goes.
fn decode_text(bytes: &[u8]) -> String {
    let wide = |big: bool| {
        let units: Vec<u16> =
            bytes[2..].chunks_exact(2).map(|b| if big { u16::from_be_bytes([b[0], b[1]]) } else { u16::from_le_bytes([b[0], b[1]]) }).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(false),
        [0xfe, 0xff, ..] => wide(true),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Parses a time: RFC 3339, or without a zone (then UTC, as devices mean it). Milliseconds since 1970.
pub(crate) fn time_ms(text: &str) -> Option<i64> {
    if let Ok(time) = chrono::DateTime::parse_from_rfc3339(text) {
        return Some(time.timestamp_millis());
    }
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.fZ"]
        .iter()
        .find_map(|f| chrono::NaiveDateTime::parse_from_str(text, f).ok())
        .map(|t| t.and_utc().timestamp_millis())
}

/// Parses a number; anything that is not finite counts as not given.
pub(crate) fn number(text: &str) -> f64 {
    text.parse::<f64>().ok().filter(|v| v.is_finite()).unwrap_or(f64::NAN)
}
