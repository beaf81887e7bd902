//! What a program relies on that was written against an earlier description of the API, and whether it still holds.
//!
//! `docs/openapi.json` is the description as it was published last. A change that breaks nothing is written into it by
//! `LEGWORK_ACCEPT_API=1 cargo nextest run -p server the_api_is_as_published`; one that breaks something is not.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value};

/// Nesting of schemas that is followed.
const MAX_DEPTH: usize = 12;

/// Who writes a value, which decides what is a break: a server may say more and ask for less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writer {
    Client,
    Server,
}

struct Comparison<'a> {
    old: &'a Value,
    new: &'a Value,
    breaks: Vec<String>,
}

/// What of an old description a new one does not keep.
fn breaks(old: &Value, new: &Value) -> Vec<String> {
    let mut comparison = Comparison { old, new, breaks: Vec::new() };
    for (path, item) in object(&old["paths"]) {
        for (method, before) in object(item) {
            let after = &new["paths"][path][method];
            let at = format!("{} {path}", method.to_uppercase());
            if after.is_null() { comparison.breaks.push(format!("{at} is gone")) } else { comparison.operation(&at, before, after) }
        }
    }
    comparison.breaks
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

impl Comparison<'_> {
    fn operation(&mut self, at: &str, before: &Value, after: &Value) {
        let name = |p: &Value| (p["in"].as_str().unwrap_or_default().to_owned(), p["name"].as_str().unwrap_or_default().to_owned());
        let required = |p: &Value| p["required"] == true;
        let known = |p: &Value, all: &Value| list(all).any(|other| name(other) == name(p) && (required(other) || !required(p)));
        let parameters = [&before["parameters"], &after["parameters"]];
        for p in list(parameters[0]).filter(|p| !list(parameters[1]).any(|other| name(other) == name(p))) {
            self.breaks.push(format!("{at}: the parameter {} is gone", p["name"]));
        }
        for p in list(parameters[0]) {
            let Some(new) = list(parameters[1]).find(|other| name(other) == name(p)) else { continue };
            self.schema(&format!("{at}: the parameter {}", p["name"]), &p["schema"], &new["schema"], Writer::Client, 0);
        }
        for p in list(parameters[1]).filter(|p| required(p) && !known(p, parameters[0])) {
            self.breaks.push(format!("{at}: the parameter {} is required", p["name"]));
        }
        for (kind, content) in object(&before["requestBody"]["content"]) {
            let new = &after["requestBody"]["content"][kind];
            if new.is_null() {
                self.breaks.push(format!("{at}: takes no {kind}"));
            }
            self.schema(&format!("{at}: body"), &content["schema"], &new["schema"], Writer::Client, 0);
        }
        if !required(&before["requestBody"]) && required(&after["requestBody"]) {
            self.breaks.push(format!("{at}: a body is required"));
        }
        if before["security"].is_null() && !after["security"].is_null() {
            self.breaks.push(format!("{at}: a token is required"));
        }
        for (status, response) in object(&before["responses"]) {
            let new = &after["responses"][status];
            if new.is_null() {
                self.breaks.push(format!("{at}: no longer answers {status}"));
            }
            for (header, _) in object(&response["headers"]).filter(|(header, _)| new["headers"][header.as_str()].is_null()) {
                self.breaks.push(format!("{at}: {status} has no {header}"));
            }
            for (kind, content) in object(&response["content"]) {
                let new = &new["content"][kind];
                if new.is_null() {
                    self.breaks.push(format!("{at}: {status} is no {kind}"));
                }
                self.schema(&format!("{at}: {status}"), &content["schema"], &new["schema"], Writer::Server, 0);
            }
        }
    }

    fn schema(&mut self, at: &str, before: &Value, after: &Value, writer: Writer, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        let (before, after) = (resolve(self.old, before, 0), resolve(self.new, after, 0));
        let (may_be, is) = match writer {
            Writer::Server => (words(&before, "type"), words(&after, "type")),
            Writer::Client => (words(&after, "type"), words(&before, "type")),
        };
        // Nothing said is anything.
        let says_less = is.is_empty() || !is.is_subset(&may_be);
        if !may_be.is_empty() && says_less {
            self.breaks.push(format!("{at} is {is:?} where it was {may_be:?}"));
        }
        let (allowed, sent) = match writer {
            Writer::Server => (words(&before, "enum"), words(&after, "enum")),
            Writer::Client => (words(&after, "enum"), words(&before, "enum")),
        };
        if !allowed.is_empty() && (sent.is_empty() || !sent.is_subset(&allowed)) {
            self.breaks.push(format!("{at} is one of {sent:?} where it was one of {allowed:?}"));
        }
        let required = |schema: &Value, name: &str| list(&schema["required"]).any(|required| required == name);
        for (name, property) in object(&before["properties"]) {
            let new = &after["properties"][name];
            if new.is_null() {
                self.breaks.push(format!("{at}.{name} is gone"));
                continue;
            }
            if writer == Writer::Server && required(&before, name) && !required(&after, name) {
                self.breaks.push(format!("{at}.{name} may be missing"));
            }
            self.schema(&format!("{at}.{name}"), property, new, writer, depth + 1);
        }
        for (name, _) in object(&after["properties"]) {
            if writer == Writer::Client && required(&after, name) && !required(&before, name) {
                self.breaks.push(format!("{at}.{name} is required"));
            }
        }
        for inner in ["items", "additionalProperties"] {
            if before[inner].is_object() {
                self.schema(&format!("{at}[]"), &before[inner], &after[inner], writer, depth + 1);
            }
        }
    }
}

/// A keyword's words: the types that a value may have.
fn words(schema: &Value, keyword: &str) -> BTreeSet<String> {
    let word = |value: &Value| value.as_str().map(str::to_owned);
    match &schema[keyword] {
        Value::Array(all) => all.iter().filter_map(word).collect(),
        one => word(one).into_iter().collect(),
    }
}

/// A schema without references, and with all of its parts in one.
fn resolve(document: &Value, schema: &Value, depth: usize) -> Value {
    if depth > MAX_DEPTH {
        return Value::Null;
    }
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.strip_prefix('#').unwrap_or_default();
        return document.pointer(pointer).map_or(Value::Null, |schema| resolve(document, schema, depth + 1));
    }
    let mut whole = schema.clone();
    for part in list(&schema["allOf"]) {
        let part = resolve(document, part, depth + 1);
        let (mut properties, mut required): (Map<String, Value>, Vec<Value>) =
            (whole["properties"].as_object().cloned().unwrap_or_default(), whole["required"].as_array().cloned().unwrap_or_default());
        properties.extend(object(&part["properties"]).map(|(name, schema)| (name.clone(), schema.clone())));
        required.extend(list(&part["required"]).cloned());
        whole["properties"] = properties.into();
        whole["required"] = required.into();
        whole["type"] = part["type"].clone();
    }
    whole
}

#[tokio::test]
async fn the_api_is_as_published() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let now = super::public_description();
    let text = format!("{now:#}\n");
    let published = std::fs::read_to_string(&path).unwrap_or_else(|_| "{}".to_owned());
    let broken = breaks(&serde_json::from_str(&published).expect("JSON"), &now);
    assert!(broken.is_empty(), "programs that use the API would break:\n{}", broken.join("\n"));
    if std::env::var_os("LEGWORK_ACCEPT_API").is_some() {
        std::fs::write(&path, &text).expect("written");
        return;
    }
    assert!(
        published == text,
        "the API has changed and breaks nothing: run this test once more with LEGWORK_ACCEPT_API=1, and commit docs/openapi.json"
    );
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// One endpoint with a body, an answer and parameters.
    fn description(body: &Value, answer: &Value, parameters: &Value) -> Value {
        json!({
            "paths": { "/v1/shoes": { "post": {
                "parameters": parameters,
                "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/New" } } }, "required": true },
                "responses": { "201": { "headers": { "ETag": {} }, "content": { "application/json": { "schema": answer } } } },
            } } },
            "components": { "schemas": { "New": body } },
        })
    }

    fn usual() -> [Value; 3] {
        [
            json!({ "type": "object", "required": ["name"], "properties": { "name": { "type": "string" }, "size": { "type": ["number", "null"] } } }),
            json!({ "allOf": [
                { "type": "object", "required": ["id"], "properties": { "id": { "type": "string" } } },
                { "type": "object", "required": ["km"], "properties": { "km": { "type": "array", "items": { "type": "number" } } } },
            ] }),
            json!([{ "name": "after", "in": "query", "required": false, "schema": { "type": "string" } }]),
        ]
    }

    #[test]
    fn more_in_answers_and_less_in_requests_breaks_nothing() {
        let [body, answer, parameters] = usual();
        let old = description(&body, &answer, &parameters);
        assert_eq!(breaks(&old, &old), [""; 0]);
        let body = json!({ "type": "object", "properties": {
            "name": { "type": ["string", "null"] }, "size": { "type": ["number", "null"] }, "colour": { "type": "string" },
        } });
        let answer = json!({ "type": "object", "required": ["id", "km", "name"], "properties": {
            "id": { "type": "string" }, "km": { "type": "array", "items": { "type": "number" } }, "name": { "type": "string" },
        } });
        let parameters =
            json!([{ "name": "after", "in": "query", "schema": { "type": "string" } }, { "name": "limit", "in": "query", "required": false }]);
        assert_eq!(breaks(&old, &description(&body, &answer, &parameters)), [""; 0]);
    }

    #[test]
    fn every_kind_of_break_is_found() {
        let [body, answer, parameters] = usual();
        let old = description(&body, &answer, &parameters);
        let object = |properties: Value, required: Value| json!({ "type": "object", "required": required, "properties": properties });
        let (id, km, name) = (json!({ "type": "string" }), json!({ "type": "array", "items": { "type": "number" } }), json!({ "type": "string" }));
        let both = json!({ "id": id, "km": km });
        let cases = [
            (json!({ "paths": {} }), "POST /v1/shoes is gone"),
            (description(&body, &answer, &json!([])), "POST /v1/shoes: the parameter \"after\" is gone"),
            (
                description(&body, &answer, &json!([{ "name": "after", "in": "query", "required": true, "schema": { "type": "string" } }])),
                "POST /v1/shoes: the parameter \"after\" is required",
            ),
            (
                description(&body, &answer, &json!([{ "name": "after", "in": "query", "schema": { "type": "integer" } }])),
                "POST /v1/shoes: the parameter \"after\" is {\"string\"} where it was {\"integer\"}",
            ),
            (description(&object(json!({ "name": name }), json!(["name"])), &answer, &parameters), "POST /v1/shoes: body.size is gone"),
            (
                description(&object(json!({ "name": name, "size": { "type": ["number", "null"] } }), json!(["name", "size"])), &answer, &parameters),
                "POST /v1/shoes: body.size is required",
            ),
            (
                description(
                    &object(json!({ "name": { "type": "integer" }, "size": { "type": ["number", "null"] } }), json!(["name"])),
                    &answer,
                    &parameters,
                ),
                "POST /v1/shoes: body.name is {\"string\"} where it was {\"integer\"}",
            ),
            (description(&body, &object(json!({ "id": id }), json!(["id"])), &parameters), "POST /v1/shoes: 201.km is gone"),
            (description(&body, &object(both.clone(), json!(["id"])), &parameters), "POST /v1/shoes: 201.km may be missing"),
            (
                description(&body, &object(json!({ "id": { "type": ["string", "null"] }, "km": km }), json!(["id", "km"])), &parameters),
                "POST /v1/shoes: 201.id is {\"null\", \"string\"} where it was {\"string\"}",
            ),
            (
                description(
                    &body,
                    &object(json!({ "id": id, "km": { "type": "array", "items": { "type": "string" } } }), json!(["id", "km"])),
                    &parameters,
                ),
                "POST /v1/shoes: 201.km[] is {\"string\"} where it was {\"number\"}",
            ),
        ];
        for (new, found) in cases {
            assert_eq!(breaks(&old, &new), [found]);
        }
    }
}
