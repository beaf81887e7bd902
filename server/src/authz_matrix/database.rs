//! The database isolates users even if the application has no checks at all.

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection};

use super::fixtures::{Fixtures, Person, set_up, tables};

/// What users could read or change by direct SQL, without the checks of the application.
async fn direct_sql_violations(fixtures: &mut Fixtures) -> Vec<String> {
    let victim = fixtures.victim.id;
    let tables = tables(victim);
    let mut found = Vec::new();
    for person in &fixtures.others {
        for (table, column, key) in &tables {
            let may_read = match *table {
                "audit_log" => ["admin", "owner"].contains(&person.name),
                "organisations" | "memberships" => person.name == "insider",
                _ => false,
            };
            // A column that the application may change, if there is one.
            let changed = rows_of_text(
                fixtures,
                &format!(
                    "select attname::text from pg_attribute where attrelid = '{table}'::regclass and attnum > 0 and attgenerated = '' and attidentity = ''
                     and has_column_privilege('legwork_app', attrelid, attnum, 'update') order by attnum desc limit 1"
                ),
            )
            .await
            .unwrap_or_else(|| (*column).to_owned());
            let actions = [
                ("read", format!("select count(*) from {table} where {column} = '{key}'")),
                (
                    "changed",
                    format!("with c as (update {table} set {changed} = {changed} where {column} = '{key}' returning 1) select count(*) from c"),
                ),
                ("removed", format!("with c as (delete from {table} where {column} = '{key}' returning 1) select count(*) from c")),
            ];
            for (action, sql) in actions {
                if rows(fixtures, person, &sql).await > 0 && !(may_read && action == "read") {
                    found.push(format!("{} {action} {table}", person.name));
                }
            }
        }
        let is = |roles: &[&str]| roles.contains(&person.name);
        if !is(&["employee", "admin", "owner"]) && rows(fixtures, person, "select count(*) from search_accounts('', null::uuid, 99)").await > 0 {
            found.push(format!("{} listed accounts", person.name));
        }
        if rows(fixtures, person, &format!("select count(*) from visibility_of_athlete('{victim}')")).await > 0 {
            found.push(format!("{} saw the training", person.name));
        }
        let promote = format!("select (set_role('{victim}', 'employee') = 'done')::int::bigint");
        if !is(&["admin", "owner"]) && rows(fixtures, person, &promote).await > 0 {
            found.push(format!("{} changed a role", person.name));
        }
    }
    found
}

/// Rows that a statement affected: 0 if the database refuses it. Nothing is committed.
async fn rows(fixtures: &Fixtures, person: &Person, sql: &str) -> i64 {
    let database = &fixtures.platform.database;
    let tx = if person.token.is_some() { database.begin_as(person.id).await } else { database.begin_anonymous().await };
    let mut tx = tx.expect("transaction");
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(tx.connection()).await.unwrap_or(0)
}

async fn rows_of_text(fixtures: &Fixtures, sql: &str) -> Option<String> {
    let mut tx = fixtures.platform.database.begin_anonymous().await.expect("transaction");
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_optional(tx.connection()).await.expect("catalogue")
}

#[sqlx::test(migrations = "../migrations")]
async fn the_database_alone_isolates_users_and_a_missing_policy_is_detected(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut fixtures = set_up(connect.clone()).await;
    assert_eq!(direct_sql_violations(&mut fixtures).await, Vec::<String>::new());
    let policies: Vec<(String, String, String, Option<String>, bool)> = sqlx::query_as(
        "select c.relname::text, p.polname::text, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid),
           p.polwithcheck is not null or p.polcmd in ('r', 'd')
         from pg_policy p join pg_class c on c.oid = p.polrelid where p.polname <> 'definer' order by 1, 2",
    )
    .fetch_all(&mut fixtures.owner)
    .await
    .expect("policies");
    assert!(policies.len() > 15);
    let mut owner = sqlx::PgConnection::connect_with(&connect).await.expect("owner");
    let mut run = async |sql: String| {
        sqlx::query(AssertSqlSafe(sql.clone())).execute(&mut owner).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    };
    for (table, policy, using, check, checked) in policies {
        assert!(checked, "{policy} on {table} does not check what is written");
        let with = |check: &str| if checked && !check.is_empty() { format!(" with check ({check})") } else { String::new() };
        run(format!("alter policy {policy} on {table} using (true){}", with(if check.is_some() { "true" } else { "" }))).await;
        let found = direct_sql_violations(&mut fixtures).await;
        assert!(found.iter().any(|f| f.ends_with(&format!(" {table}"))), "no violation found although {policy} on {table} allows everything");
        run(format!("alter policy {policy} on {table} using ({using}){}", with(check.as_deref().unwrap_or_default()))).await;
        run(format!("alter table {table} disable row level security")).await;
        let found = direct_sql_violations(&mut fixtures).await;
        assert!(found.iter().any(|f| f.ends_with(&format!(" {table}"))), "no violation found although {table} has no row-level security");
        run(format!("alter table {table} enable row level security")).await;
    }
    // What coaches may see is visible to the victim's own coach, and to no other user while the check is in place.
    let shown =
        |found: Vec<String>| -> Vec<String> { found.into_iter().filter_map(|f| f.strip_suffix(" saw the training").map(str::to_owned)).collect() };
    run("update visibility_settings set training = 'organisation'".into()).await;
    assert_eq!(shown(direct_sql_violations(&mut fixtures).await), ["insider"]);
    run("create or replace function is_coach_of(athlete uuid) returns boolean language sql stable as 'select true'".into()).await;
    assert!(
        shown(direct_sql_violations(&mut fixtures).await).iter().any(|name| name == "athlete"),
        "no violation found although every user is a coach"
    );
    run("create or replace function has_role(variadic wanted text[]) returns boolean language sql stable as 'select true'".into()).await;
    let found = direct_sql_violations(&mut fixtures).await;
    assert!(found.iter().any(|f| f == "athlete changed a role") && found.iter().any(|f| f == "anonymous listed accounts"), "{found:?}");
    fixtures.platform.database.close().await;
}
