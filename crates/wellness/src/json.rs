//! JSON, object by object: of all that a file contains, the fields of one [`Item`] are held at a time.

use std::fmt;
use std::io::{self, BufRead, Read};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::item::{CHARS, Item, Scalar};
use crate::reading::Remark;

/// Maximum nesting.
const DEPTH: u32 = 60;
/// Maximum bytes of a name, text or number: a night as text has a few thousand.
const TOKEN: u32 = 1 << 20;
/// Objects in objects whose fields are kept.
const LEVELS: u32 = 6;
/// Elements of a list in an object that are kept; the rest of them are samples.
const ELEMENTS: usize = 16;

/// Calls `each` with every object of a list, and with its name if the list is a field of the outermost object; its other fields are one object
/// without a name. Returns where it had to stop.
pub(crate) fn walk(input: impl BufRead, mut each: impl FnMut(&str, &Item)) -> Option<Remark> {
    let mut guard = Guard { inner: input, at: 0, depth: 0, token: 0, in_string: false, escaped: false, broken: false };
    let mut json = serde_json::Deserializer::from_reader(&mut guard);
    let read = json.deserialize_any(Outermost(&mut each)).and_then(|()| json.end());
    let at = guard.at;
    match read {
        Ok(()) => None,
        Err(error) if error.is_eof() && !guard.broken => Some(Remark::EndedEarly { at }),
        Err(_) => Some(Remark::Unreadable { at }),
    }
}

/// Ends the input where nesting or a token exceeds its limit, before the parser allocates for it.
struct Guard<R> {
    inner: R,
    at: u64,
    depth: u32,
    token: u32,
    in_string: bool,
    escaped: bool,
    broken: bool,
}

impl<R> Guard<R> {
    fn admits(&mut self, byte: u8) -> bool {
        self.token += 1;
        if self.in_string {
            let ends = byte == b'"' && !self.escaped;
            self.escaped = byte == b'\\' && !self.escaped;
            self.in_string = !ends;
        } else {
            match byte {
                b'"' => (self.in_string, self.escaped, self.token) = (true, false, 0),
                b'[' | b'{' => (self.depth, self.token) = (self.depth + 1, 0),
                b']' | b'}' => (self.depth, self.token) = (self.depth.saturating_sub(1), 0),
                b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' => self.token = 0,
                _ => {}
            }
        }
        self.depth <= DEPTH && self.token <= TOKEN
    }
}

impl<R: BufRead> Read for Guard<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let ready = self.inner.fill_buf()?;
        let n = ready.len().min(out.len());
        out[..n].copy_from_slice(&ready[..n]);
        self.inner.consume(n);
        for byte in &out[..n] {
            if self.broken || !self.admits(*byte) {
                self.broken = true;
                return Ok(0);
            }
        }
        self.at += n as u64;
        Ok(n)
    }
}

/// What is done with an object and the name of its list.
type Each<'e> = &'e mut dyn FnMut(&str, &Item);

/// The outermost value: a list of objects, or an object.
struct Outermost<'e>(Each<'e>);

impl<'de> Visitor<'de> for Outermost<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        objects("", list, self.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut own = Item::default();
        while let Some(name) = map.next_key::<String>()? {
            map.next_value_seed(Field { item: &mut own, path: &name, level: 1, each: Some(&mut *self.0) })?;
        }
        if !own.is_empty() {
            (self.0)("", &own);
        }
        Ok(())
    }
}

fn objects<'de, A: SeqAccess<'de>>(name: &str, mut list: A, each: Each<'_>) -> Result<(), A::Error> {
    let mut item = Item::default();
    while list.next_element_seed(Field { item: &mut item, path: "", level: 0, each: None })?.is_some() {
        if !item.is_empty() {
            each(name, &item);
        }
        item.clear();
    }
    Ok(())
}

/// A value somewhere in an object.
struct Field<'f> {
    item: &'f mut Item,
    path: &'f str,
    level: u32,
    /// For a field of the outermost object: its lists are objects of their own.
    each: Option<Each<'f>>,
}

impl Field<'_> {
    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}

impl<'de> DeserializeSeed<'de> for Field<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Field<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E: serde::de::Error>(self, yes: bool) -> Result<(), E> {
        self.item.push(self.path, Scalar::Bool(yes));
        Ok(())
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<(), E> {
        self.visit_f64(number as f64)
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<(), E> {
        self.visit_f64(number as f64)
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<(), E> {
        self.item.push(self.path, Scalar::Number(number));
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        if text.len() <= CHARS {
            self.item.push(self.path, Scalar::Text(text.to_owned()));
        }
        Ok(())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        if let Some(each) = self.each {
            return objects(self.path, list, each);
        }
        for position in 0..ELEMENTS {
            // A list directly in a list has no place in an item.
            if self.level == 0 || self.level >= LEVELS {
                break;
            }
            let path = self.path_of(&position.to_string());
            if list.next_element_seed(Field { item: &mut *self.item, path: &path, level: self.level + 1, each: None })?.is_none() {
                return Ok(());
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if self.level >= LEVELS {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(());
        }
        while let Some(name) = map.next_key::<String>()? {
            if name.len() > CHARS {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let path = self.path_of(&name);
            map.next_value_seed(Field { item: &mut *self.item, path: &path, level: self.level + 1, each: None })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> (Vec<(String, Item)>, Option<Remark>) {
        let mut all = Vec::new();
        let remark = walk(json.as_bytes(), |name, item| all.push((name.to_owned(), item.clone())));
        (all, remark)
    }

    #[test]
    fn objects_are_flattened_and_lists_have_positions() {
        let (all, remark) = read(r#"[{"a": {"b": 1, "c": [{"d": "x"}, true]}, "e": null}, {"a": -2.5}]"#);
        assert_eq!(remark, None);
        assert_eq!(all[0].1.number("a.b"), Some(1.0));
        assert_eq!((all[0].1.text("a.c.0.d"), all[0].1.flag("a.c.1")), (Some("x"), Some(true)));
        assert_eq!(all[1].1.number("a"), Some(-2.5));
    }

    #[test]
    fn lists_of_the_outermost_object_have_its_name_and_its_own_fields_none() {
        let (all, _) = read(r#"{"sleep": [{"x": 1}], "date": "2026-11-02", "summary": {"steps": 5, "list": [1, [2]]}}"#);
        assert_eq!(all[0].0, "sleep");
        assert_eq!((all[1].0.as_str(), all[1].1.text("date"), all[1].1.number("summary.steps")), ("", Some("2026-11-02"), Some(5.0)));
    }

    #[test]
    fn what_came_before_the_end_is_kept() {
        let (all, remark) = read(r#"[{"a": 1}, {"a": 2}, {"a": "#);
        assert_eq!((all.len(), remark), (2, Some(Remark::EndedEarly { at: 27 })));
        let (all, remark) = read(r#"[{"a": 1}, {"a": x}]"#);
        assert_eq!((all.len(), remark), (1, Some(Remark::Unreadable { at: 18 })));
    }

    #[test]
    fn nesting_and_tokens_end_at_their_limits() {
        for bomb in ["[".repeat(1000), format!("[{{\"a\": 1}}, \"{}", "x".repeat(2 << 20)), format!("[{}", "1".repeat(2 << 20))] {
            assert!(matches!(read(&bomb).1, Some(Remark::Unreadable { .. })));
        }
        let (all, remark) = read(&format!("[{{\"deep\": {}1{}, \"b\": 2}}]", "[".repeat(50), "]".repeat(50)));
        assert_eq!((all[0].1.number("b"), remark), (Some(2.0), None));
    }
}
