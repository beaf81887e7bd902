//! Statements that are known before they run.

use platform::feature::Spreadsheet;
use serde_json::Value;

use crate::features::FEATURES;

/// A statement, with the types of its parameters as PostgreSQL calls them.
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) types: Vec<String>,
    /// Whether it may read a table whole, once.
    pub(super) once_a_night: bool,
}

impl Statement {
    /// A statement with the types of its parameters, as sqlx or PostgreSQL calls them.
    pub(super) fn new(sql: impl Into<String>, types: &[&str]) -> Self {
        let types = types.iter().map(|kind| kind.strip_suffix("Array").map_or_else(|| (*kind).into(), |one| format!("{one}[]")));
        Self { sql: sql.into(), types: types.collect(), once_a_night: false }
    }

    /// Values of the parameters that are there, with the id of an athlete for every id.
    pub(super) fn values(&self, athlete: &str) -> Vec<String> {
        // A text that is read as JSON has to be that.
        let json = self.sql.contains("::text::json");
        self.types.iter().map(|kind| value(if json && kind.eq_ignore_ascii_case("text") { "json" } else { kind }, athlete)).collect()
    }
}

/// A value of a type: one that is there, and of ids the one that most rows have.
fn value(kind: &str, athlete: &str) -> String {
    let kind = kind.to_ascii_lowercase();
    let value = match kind.as_str() {
        "uuid" => return format!("'{athlete}'"),
        "uuid[]" => return format!("'{{{athlete}}}'"),
        "text" => "'running'",
        "text[]" => "'{running}'",
        "date" | "timestamp" | "timestamptz" | "timestamp with time zone" => "'2026-01-05'",
        "date[]" => "'{2026-01-05}'",
        "bytea" => "'x'",
        "bytea[]" => "'{x}'",
        "bool" | "boolean" => "false",
        "json" | "jsonb" => "'{}'",
        "jsonb[]" => "'{\"{}\"}'",
        "int2" | "int4" | "int8" | "integer" | "bigint" | "float8" => "20",
        "int4[]" | "int8[]" | "float8[]" => "'{20}'",
        _ => panic!("a parameter has the type {kind}: say here what stands for it"),
    };
    value.to_owned()
}

/// The queries that are checked at compile time.
pub(super) fn described() -> Vec<Statement> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../.sqlx");
    let planned = |query: &str| ["select", "insert", "update", "delete", "with", "("].iter().any(|verb| query.trim_start().starts_with(verb));
    let files = std::fs::read_dir(folder).expect("described queries").flatten().map(|file| {
        let described: Value = serde_json::from_slice(&std::fs::read(file.path()).expect("readable")).expect("JSON");
        let types = described["describe"]["parameters"]["Left"].as_array().into_iter().flatten().map(|kind| kind.as_str().expect("a type"));
        Statement::new(described["query"].as_str().expect("text"), &types.collect::<Vec<_>>())
    });
    let mut found: Vec<_> = files.filter(|statement| planned(&statement.sql)).collect();
    found.sort_by(|a, b| a.sql.cmp(&b.sql));
    found
}

/// What the features' declarations become when an athlete exports an account, lists edits or undoes one.
pub(super) fn declared() -> Vec<Statement> {
    let sheets = FEATURES.spreadsheets().filter_map(|sheet| match sheet {
        Spreadsheet::Query(_, sql) => Some(Statement::new(*sql, &["Uuid"])),
        Spreadsheet::Made(..) => None,
    });
    let exported = FEATURES.exported().map(|table| {
        let sql = format!("select to_jsonb(t)::text from {} t where athlete_id = $1 order by {}", table.name, table.order);
        Statement::new(sql, &["Uuid"])
    });
    let undone = FEATURES.tracked().map(|(table, tracked)| {
        let key: Vec<String> = tracked.key.iter().map(|column| format!(" and t.{column} = k.{column}")).collect();
        let sql = format!("delete from {table} t using jsonb_populate_record(null::{table}, $2) k where t.athlete_id = $1{}", key.concat());
        Statement::new(sql, &["Uuid", "Jsonb"])
    });
    sheets.chain(exported).chain(undone).collect()
}

/// What is deleted once a night.
pub(super) fn nightly() -> impl Iterator<Item = Statement> {
    FEATURES.retention().map(|retention| Statement { once_a_night: true, ..Statement::new(retention.delete, &["Timestamptz"]) })
}
