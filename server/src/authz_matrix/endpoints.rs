//! Every endpoint, page and server function as the features declare it, and the request to send. Nothing is listed here.

use std::collections::HashMap;

use axum::body::Body;
use axum::http::{Method, Request, header};
use domain::access::{Access, Limit};
use platform::error::Reader;
use platform::http::{Endpoint, FORM, Kept, MULTIPART};
use platform::percent_encode;
use serde_json::Value;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::{OpenApi, RefOr};

use super::names::{Names, Whose};
use crate::endpoints::Table;

/// Fields with credentials, in whatever form they are typed.
pub(super) const SECRETS: [&str; 7] = ["password", "old", "new", "code", "token", "state", "refresh_token"];

/// An endpoint with an example of a request.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) access: Access,
    pub(super) limit: Limit,
    pub(super) kept: Kept,
    /// The query of its example.
    pub(super) query: String,
    /// The content type and the fields of the body, if it has one.
    pub(super) body: Option<(String, Value)>,
    /// The status of the response to someone whom it is for, if the example cannot succeed, and why it cannot.
    pub(super) expected: Option<(u16, String)>,
}

impl Sample {
    /// A request without a body.
    pub(super) fn get(path: &str) -> Self {
        let (method, path) = (Method::GET, path.to_owned());
        Self { method, path, access: Access::Athlete, limit: Limit::General, kept: Kept::Nothing, query: String::new(), body: None, expected: None }
    }

    /// Whether the body is of this type.
    pub(super) fn has(&self, content_type: &str) -> bool {
        self.body.as_ref().is_some_and(|(of, _)| of == content_type)
    }

    /// A server function.
    pub(super) fn is_function(&self) -> bool {
        app::routes::FUNCTIONS.iter().copied().flatten().any(|function| function.path == self.path)
    }

    /// A posted form without files.
    pub(super) fn is_form(&self) -> bool {
        let by_people = !self.is_function() && Reader::of(&self.path) == Reader::Person;
        self.method == Method::POST && by_people && self.body.as_ref().is_none_or(|(kind, _)| kind == FORM)
    }

    /// The names of the fields of the body.
    pub(super) fn fields(&self) -> Vec<&str> {
        self.body.iter().filter_map(|(_, fields)| fields.as_object()).flat_map(|fields| fields.keys().map(String::as_str)).collect()
    }

    /// Whether it takes a password, a code or a token.
    pub(super) fn has_secret(&self) -> bool {
        self.fields().iter().any(|name| SECRETS.contains(name))
    }

    /// The path with the values of somebody.
    pub(super) fn path_for(&self, names: &Names, whose: Whose) -> String {
        // A wrong guess has spaces.
        names.fill(&format!("{}{}", self.path, self.query), whose).replace(' ', "%20")
    }

    /// The text of the body with the values of somebody.
    pub(super) fn text_for(&self, names: &Names, whose: Whose) -> String {
        let Some((kind, fields)) = &self.body else { return String::new() };
        let text = |value: &Value| names.fill(value.as_str().unwrap_or_default(), whose);
        let fields_of = |fields: &Value| -> Vec<(String, String)> {
            fields.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), text(value))).collect()
        };
        match kind.as_str() {
            FORM => fields_of(fields).iter().map(|(name, value)| format!("{name}={}", percent_encode(value))).collect::<Vec<_>>().join("&"),
            MULTIPART => {
                let part = |(name, value): &(String, String)| {
                    format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"x.csv\"\r\n\r\n{value}\r\n")
                };
                fields_of(fields).iter().map(part).chain(["--b--\r\n".to_owned()]).collect()
            }
            _ => names.fill(&fields.to_string(), whose),
        }
    }

    /// The request with the values of somebody.
    pub(super) fn request(&self, names: &Names, whose: Whose, cookies: Option<&str>) -> Request<Body> {
        let kind = self.body.as_ref().map_or(FORM, |(kind, _)| kind.as_str());
        let kind = if kind == MULTIPART { "multipart/form-data; boundary=b" } else { kind };
        let mut request = Request::builder().method(&self.method).uri(self.path_for(names, whose)).header(header::CONTENT_TYPE, kind);
        if let Some(cookies) = cookies {
            request = request.header(header::COOKIE, cookies);
        }
        request.body(Body::from(self.text_for(names, whose))).expect("request")
    }
}

/// All of them, ordered by path.
pub(super) fn samples(table: &Table, document: &OpenApi) -> Vec<Sample> {
    let arguments: HashMap<&str, &str> = app::routes::FUNCTIONS.iter().copied().flatten().map(|f| (f.path, f.arguments)).collect();
    let sample = |endpoint: &Endpoint| {
        let Endpoint { method, path, access, limit, kept, .. } = endpoint.clone();
        let operation = operation(document, &method, &path);
        let body = match arguments.get(path.as_str()) {
            Some(arguments) => Some(("application/json".to_owned(), serde_json::from_str(arguments).expect("arguments"))),
            None => operation.and_then(example),
        };
        let query = operation.map(query).unwrap_or_default();
        Sample { method, path, access, limit, kept, query, body, expected: operation.and_then(expected) }
    };
    let mut all: Vec<Sample> = table.iter().map(sample).collect();
    all.sort_by_key(|sample| (sample.path.clone(), sample.method.to_string()));
    all
}

fn operation<'a>(document: &'a OpenApi, method: &Method, path: &str) -> Option<&'a Operation> {
    let item = document.paths.paths.get(path)?;
    let operation = match *method {
        Method::GET => &item.get,
        Method::POST => &item.post,
        Method::PUT => &item.put,
        Method::PATCH => &item.patch,
        _ => &item.delete,
    };
    operation.as_ref()
}

/// The parameters of a query that have an example.
fn query(operation: &Operation) -> String {
    let all = operation.parameters.iter().flatten().filter_map(|p| if let RefOr::T(p) = p { Some(p) } else { None });
    let pair = |p: &Parameter| {
        let described = serde_json::to_value(p).expect("JSON");
        Some(format!("{}={}", p.name, percent_encode(described["example"].as_str()?)))
    };
    let pairs: Vec<String> = all.filter(|p| p.parameter_in == ParameterIn::Query).filter_map(pair).collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

fn example(operation: &Operation) -> Option<(String, Value)> {
    let RefOr::T(body) = operation.request_body.as_ref()? else { return None };
    let (kind, content) = body.content.first_key_value()?;
    let RefOr::T(content) = content else { return None };
    Some((kind.clone(), content.example.clone()?))
}

fn expected(operation: &Operation) -> Option<(u16, String)> {
    let declared = operation.extensions.as_ref()?.get("x-example-response")?;
    Some((u16::try_from(declared["status"].as_u64()?).ok()?, declared["because"].as_str()?.to_owned()))
}

#[tokio::test]
async fn the_limit_of_an_endpoint_follows_from_what_it_takes() {
    let (_, document, list) = crate::serve::endpoints().into_parts();
    let samples = samples(&Table::new(list).expect("all is declared"), &document);
    assert!(samples.len() > 100, "only {}", samples.len());
    for sample in samples {
        let guesses = sample.fields().iter().any(|name| ["password", "old", "code"].contains(name));
        let expected = match sample.access {
            Access::Staff(_) => Limit::Admin,
            _ if sample.has(MULTIPART) => Limit::Uploads,
            _ if guesses => Limit::SignIn,
            _ => continue,
        };
        assert_eq!(sample.limit, expected, "{} {}", sample.method, sample.path);
    }
}
