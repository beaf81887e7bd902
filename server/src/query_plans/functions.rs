//! Statements that the database runs itself: in functions, and for triggers and foreign keys.

use std::collections::BTreeSet;

use platform::testing::LogLines;
use serde_json::Value;
use sqlx::Connection;

use super::statements::Statement;
use super::{ATHLETES, Filled};

/// Functions that may read a table whole once, by name, and why.
const OF_ALL_ACCOUNTS: [(&str, &str); 4] = [
    ("athletes_with_outdated_reports", "once a night and per start, for all accounts"),
    ("athletes_with_older_formulas", "the same; after a change of formulas these are all"),
    ("count_finding_feedback", "when an admin asks, for all accounts: it counts all answers"),
    ("unconfirmed_accounts", "once a night, for all accounts that were never confirmed"),
];

/// Statements that call each function in PL/pgSQL, by itself or by a trigger, for the athlete who is the viewer.
const CALLS: [&str; 21] = [
    "select * from upgraded_rows('daily_values', '{\"day\": \"2026-01-05\", \"mood\": 3}', 48)",
    "select authenticate_session('x', now(), now())",
    "select authenticate_token('x', now())",
    "select accept_invitation(sha256('1'), now())",
    "select create_organisation(gen_random_uuid(), 'Club', now())",
    "select set_role('01900000-0000-7000-8000-000000000005', 'employee')",
    "select emit_event('journal.changed', '{}')",
    "select enqueue_job('read_recordings', '{}', '', null, 1, false), cancel_job('read_recordings', ''), cancel_jobs()",
    "select column_defaults('activities')",
    "update accounts set time_zone = 'Europe/Berlin' where id = viewer()",
    "insert into privacy_zones (id, athlete_id, name, latitude_deg, longitude_deg, radius_m, created_at)
       values (gen_random_uuid(), viewer(), 'Home', 1, 2, 500, now())",
    "insert into passkeys (id, account_id, credential_id, name, credential, created_at) values (gen_random_uuid(), viewer(), 'x', 'Key', '{}', now())",
    "insert into athlete_thresholds (athlete_id, valid_from, resting_hr, created_at) values (viewer(), '2026-01-05', 60, now())",
    "select set_config('legwork.importing', 'true', true);
     insert into athlete_thresholds (athlete_id, valid_from, weight_kg, created_at) values (viewer(), '2026-01-06', 70, now())",
    "insert into daily_values (athlete_id, day, measure, source, number, recorded_at, created_at)
       values (viewer(), '1999-01-05', 'mood', 'typed', 3, now(), now())",
    "update activities set title = 'x' where id = (select id from activities order by started_at limit 1)",
    "update activities set crop_from = now() where id = (select id from activities order by started_at limit 1)",
    "update activities set merged_into = (select id from activities order by started_at desc limit 1)
       where id = (select id from activities order by started_at limit 1)",
    "delete from activities where id = (select id from activities order by started_at limit 1)",
    "delete from memberships where account_id = viewer() and role <> 'business_owner'",
    "delete from accounts where id = viewer()",
];

/// How many statements of SQL functions were planned, and those that read a table whole, with the name of their function.
///
/// PostgreSQL stores a body as parsed, and shows it with every argument qualified by the function's name: parameters stand in place of those.
pub(super) async fn in_sql(filled: &mut Filled) -> (usize, Vec<String>) {
    let functions: Vec<(String, String, Vec<String>, Vec<String>)> = sqlx::query_as(
        "select p.proname::text, pg_get_function_sqlbody(p.oid), coalesce(p.proargnames[:p.pronargs], '{}'),
           array(select format_type(t.id, null) from unnest(p.proargtypes::oid[]) with ordinality t (id, n) order by n)
         from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosqlbody is not null order by 1",
    )
    .fetch_all(&mut filled.connection)
    .await
    .expect("functions");
    filled.run(&format!("select set_config('legwork.viewer', '{}', false)", ATHLETES[0])).await;
    let (mut read, mut wrong) = (0, Vec::new());
    for (function, body, names, types) in functions {
        let Some(statements) = body.trim().strip_prefix("BEGIN ATOMIC").and_then(|b| b.strip_suffix("END")) else { continue };
        for statement in statements.split(';').map(str::trim).filter(|s| !s.is_empty()) {
            let (mut sql, mut used) = (statement.to_owned(), Vec::new());
            for (name, kind) in names.iter().zip(&types) {
                let argument = format!("{function}.{name}");
                if sql.contains(&argument) {
                    used.push(kind.as_str());
                    sql = sql.replace(&argument, &format!("${}::{kind}", used.len()));
                }
            }
            let once_a_night = OF_ALL_ACCOUNTS.iter().any(|(name, _)| *name == function);
            let found = filled.reads_whole(&Statement { once_a_night, ..Statement::new(sql, &used) }).await;
            read += 1;
            wrong.extend((!found.is_empty()).then(|| format!("{function}: {statement}\n    {}", found.join(", "))));
        }
    }
    (read, wrong)
}

/// The statements of functions in PL/pgSQL that read a table whole. Only the database knows them: it tells what it planned while they ran.
pub(super) async fn in_plpgsql(filled: &mut Filled) -> Vec<String> {
    let log = LogLines::default();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(log.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    for setting in [
        "load 'auto_explain'",
        "set auto_explain.log_min_duration = 0",
        "set auto_explain.log_nested_statements = on",
        "set auto_explain.log_format = json",
        "set auto_explain.log_level = notice",
        "set track_functions = 'pl'",
    ] {
        filled.run(setting).await;
    }
    let mut called = BTreeSet::new();
    for athlete in ATHLETES {
        filled.become_app(athlete).await;
        for call in CALLS {
            let mut tx = filled.connection.begin().await.expect("transaction");
            sqlx::raw_sql(call).execute(&mut *tx).await.unwrap_or_else(|e| panic!("{call}: {e}"));
            // What would wait for the end, which does not come.
            sqlx::raw_sql("set constraints all immediate").execute(&mut *tx).await.unwrap_or_else(|e| panic!("{call}: {e}"));
            let names: Vec<String> =
                sqlx::query_scalar("select funcname::text from pg_stat_xact_user_functions").fetch_all(&mut *tx).await.expect("functions");
            called.extend(names);
            tx.rollback().await.expect("undone");
        }
        filled.run("reset role").await;
    }
    let written = "select proname::text from pg_proc p join pg_language l on l.oid = p.prolang
                   where p.pronamespace = 'public'::regnamespace and l.lanname = 'plpgsql' and p.provolatile <> 'i'";
    let mut silent: Vec<String> = sqlx::query_scalar(written).fetch_all(&mut filled.connection).await.expect("functions");
    silent.retain(|name| !called.contains(name));
    assert!(silent.is_empty(), "`CALLS` does not reach {silent:?}");

    let (mut read, mut wrong) = (0, BTreeSet::new());
    for told in log.text().split(" plan:\n").skip(1) {
        let told: Value = serde_json::Deserializer::from_str(told).into_iter().next().expect("a plan").expect("JSON");
        let query = told["Query Text"].as_str().unwrap_or_default();
        let mut found = Vec::new();
        filled.judge(&told["Plan"], false, &mut found);
        read += 1;
        if !found.is_empty() {
            wrong.insert(format!("{query}\n    {}", found.join(", ")));
        }
    }
    assert!(read > 100, "{read}");
    wrong.into_iter().collect()
}
