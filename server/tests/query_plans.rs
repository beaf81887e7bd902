//! Every query that is described in `.sqlx`, and every one inside a database function, is planned with sequential scans disabled. A plan that
//! still reads a whole table has no index, and is slow for users with many rows.

use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// Queries that read a whole table on purpose: a fragment of each, and the reason.
const WHOLE: [(&str, &str); 0] = [];

/// The same for functions, by name.
const WHOLE_IN_FUNCTIONS: [(&str, &str); 4] = [
    ("athletes_with_events", "a partial index of rows that are not dispatched, which is what is queried"),
    ("athletes_with_queued_files", "a partial index of queued rows, which is what is queried"),
    ("athletes_with_recompute_tasks", "a partial index of unfinished rows, which is what is queried"),
    ("athletes_with_outdated_reports", "once a night and per start, for all accounts"),
];

/// Each query with its number of parameters.
fn queries() -> Vec<(String, usize)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../.sqlx");
    let planned = |query: &str| ["select", "insert", "update", "delete", "with"].iter().any(|verb| query.trim_start().starts_with(verb));
    let files = std::fs::read_dir(folder).expect("described queries").flatten().map(|file| {
        let described: Value = serde_json::from_slice(&std::fs::read(file.path()).expect("readable")).expect("JSON");
        let parameters = described["describe"]["parameters"]["Left"].as_array().map_or(0, Vec::len);
        (described["query"].as_str().expect("text").to_owned(), parameters)
    });
    let mut found: Vec<_> = files.filter(|(query, _)| planned(query)).collect();
    found.sort();
    found
}

/// Statements inside SQL functions, with the function's name, and parameters in place of its arguments. PostgreSQL stores a body as parsed, and
/// shows it with every argument qualified by the function's name.
async fn bodies(connection: &mut PgConnection) -> Vec<(String, String, usize)> {
    let functions: Vec<(String, String, Vec<String>, Vec<String>)> = sqlx::query_as(
        "select p.proname::text, pg_get_function_sqlbody(p.oid), coalesce(p.proargnames[:p.pronargs], '{}'),
           array(select format_type(t.id, null) from unnest(p.proargtypes::oid[]) with ordinality t (id, n) order by n)
         from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosqlbody is not null order by 1",
    )
    .fetch_all(connection)
    .await
    .expect("functions");
    let mut found = Vec::new();
    for (function, body, names, types) in functions {
        let Some(statements) = body.trim().strip_prefix("BEGIN ATOMIC").and_then(|b| b.strip_suffix("END")) else { continue };
        for statement in statements.split(';').map(str::trim).filter(|s| !s.is_empty()) {
            let (mut statement, mut parameters) = (statement.to_owned(), 0);
            for (name, kind) in names.iter().zip(&types) {
                let argument = format!("{function}.{name}");
                if statement.contains(&argument) {
                    parameters += 1;
                    statement = statement.replace(&argument, &format!("${parameters}::{kind}"));
                }
            }
            found.push((function.clone(), statement, parameters));
        }
    }
    found
}

/// The generic plan of a query, for any parameters.
async fn plan(connection: &mut PgConnection, query: &str, parameters: usize) -> Value {
    connection.execute(AssertSqlSafe(format!("prepare planned as {query}"))).await.unwrap_or_else(|e| panic!("{query}: {e}"));
    let nulls = vec!["null"; parameters].join(", ");
    let call = if nulls.is_empty() { "planned".to_owned() } else { format!("planned({nulls})") };
    let explained = sqlx::query_scalar(AssertSqlSafe(format!("explain (format json) execute {call}"))).fetch_one(&mut *connection);
    let explained: Value = explained.await.unwrap_or_else(|e| panic!("{query}: {e}"));
    connection.execute("deallocate planned").await.expect("deallocated");
    explained[0]["Plan"].clone()
}

/// The tables that a plan reads completely: without an index, or over a whole index, unless a limit stops it.
fn read_whole(node: &Value, limited: bool, found: &mut Vec<String>) {
    let kind = node["Node Type"].as_str().unwrap_or_default();
    let along_all = kind.contains("Index") && node.get("Index Cond").is_none() && !limited;
    if kind == "Seq Scan" || along_all {
        found.push(format!("{kind} of {}", node["Relation Name"].as_str().unwrap_or_default()));
    }
    let limited = kind == "Limit" || (limited && kind != "Sort");
    for child in node["Plans"].as_array().into_iter().flatten() {
        read_whole(child, limited, found);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn every_query_has_an_index(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut connection = PgConnection::connect_with(&connect).await.expect("owner");
    for setting in ["set enable_seqscan = off", "set plan_cache_mode = force_generic_plan"] {
        connection.execute(setting).await.expect("set");
    }
    let whole = |plan: &Value| {
        let mut found = Vec::new();
        read_whole(plan, false, &mut found);
        found
    };
    // A query without an index is detected: the owner of the tables sees every row.
    for bad in ["select id from activities where title = $1", "select count(*) from activities where $1::text is null"] {
        assert!(!whole(&plan(&mut connection, bad, 1).await).is_empty(), "{bad}");
    }
    let viewer = "select set_config('legwork.viewer', '01900000-0000-7000-8000-000000000001', false)";
    for setting in ["set role legwork_app", viewer] {
        connection.execute(setting).await.expect("set");
    }
    let (mut read, mut wrong) = (0, Vec::new());
    for (query, parameters) in queries() {
        let found = whole(&plan(&mut connection, &query, parameters).await);
        read += 1;
        if !found.is_empty() && !WHOLE.iter().any(|(fragment, _)| query.contains(fragment)) {
            wrong.push(format!("{query}\n    {}", found.join(", ")));
        }
    }
    assert!(read > 200, "{read}");
    assert!(wrong.is_empty(), "{} queries read a whole table:\n{}", wrong.len(), wrong.join("\n"));
}

#[sqlx::test(migrations = "../migrations")]
async fn every_query_in_a_function_has_an_index(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut connection = PgConnection::connect_with(&connect).await.expect("owner");
    for setting in ["set enable_seqscan = off", "set plan_cache_mode = force_generic_plan"] {
        connection.execute(setting).await.expect("set");
    }
    // A lookup by email address joined with all devices: the bug that this test was written for.
    let bad = "create function bad(wanted text) returns bigint language sql begin atomic
                 select count(*) from known_devices d join accounts a on a.id = d.account_id where a.email = wanted; end";
    connection.execute(bad).await.expect("created");
    let (mut read, mut wrong) = (0, Vec::new());
    for (function, statement, parameters) in bodies(&mut connection).await {
        let mut found = Vec::new();
        read_whole(&plan(&mut connection, &statement, parameters).await, false, &mut found);
        read += 1;
        if !found.is_empty() && !WHOLE_IN_FUNCTIONS.iter().any(|(name, _)| *name == function) {
            wrong.push(format!("{function}: {statement}\n    {}", found.join(", ")));
        }
    }
    assert!(read > 20, "{read}");
    assert!(wrong.iter().any(|w| w.starts_with("bad:")), "a query without an index is detected");
    wrong.retain(|w| !w.starts_with("bad:"));
    assert!(wrong.is_empty(), "{} queries read a whole table:\n{}", wrong.len(), wrong.join("\n"));
}
