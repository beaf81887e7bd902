//! The database alone keeps people apart, had the application no checks at all.

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection};

use super::fixtures::{Person, World, tables, world};

/// What somebody could take from the database itself, had the application no checks at all.
async fn stolen(world: &mut World) -> Vec<String> {
    let victim = world.victim.id;
    let tables = tables(&mut world.owner, victim).await;
    let mut found = Vec::new();
    for person in &world.others {
        for (table, column, key) in &tables {
            let may_read = match table.as_str() {
                "audit_log" => ["admin", "owner"].contains(&person.name),
                "organisations" | "memberships" => person.name == "insider",
                _ => false,
            };
            // A column that the application may change, if there is one.
            let changed = rows_of_text(
                world,
                &format!(
                    "select attname::text from pg_attribute where attrelid = '{table}'::regclass and attnum > 0 and attgenerated = '' and attidentity = ''
                     and has_column_privilege('legwork_app', attrelid, attnum, 'update') order by attnum desc limit 1"
                ),
            )
            .await
            .unwrap_or_else(|| column.clone());
            let acts = [
                ("read", format!("select count(*) from {table} where {column} = '{key}'")),
                (
                    "changed",
                    format!("with c as (update {table} set {changed} = {changed} where {column} = '{key}' returning 1) select count(*) from c"),
                ),
                ("removed", format!("with c as (delete from {table} where {column} = '{key}' returning 1) select count(*) from c")),
            ];
            for (act, sql) in acts {
                if rows(world, person, &sql).await > 0 && !(may_read && act == "read") {
                    found.push(format!("{} {act} {table}", person.name));
                }
            }
        }
        let is = |roles: &[&str]| roles.contains(&person.name);
        if !is(&["employee", "admin", "owner"]) && rows(world, person, "select count(*) from search_accounts('', '', 99)").await > 0 {
            found.push(format!("{} listed people", person.name));
        }
        if rows(world, person, &format!("select count(*) from visibility_of_athlete('{victim}')")).await > 0 {
            found.push(format!("{} was shown the training", person.name));
        }
        let promote = format!("select (set_role('{victim}', 'employee') = 'done')::int::bigint");
        if !is(&["admin", "owner"]) && rows(world, person, &promote).await > 0 {
            found.push(format!("{} changed a role", person.name));
        }
    }
    found
}

/// Rows that a statement touched; what the database refuses touches none. Nothing is committed.
async fn rows(world: &World, person: &Person, sql: &str) -> i64 {
    let database = &world.platform.database;
    let session = if person.token.is_some() { database.begin_as(person.id).await } else { database.begin_anonymous().await };
    let mut session = session.expect("session");
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(session.connection()).await.unwrap_or(0)
}

async fn rows_of_text(world: &World, sql: &str) -> Option<String> {
    let mut session = world.platform.database.begin_anonymous().await.expect("session");
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_optional(session.connection()).await.expect("catalogue")
}

#[sqlx::test(migrations = "../migrations")]
async fn the_database_alone_keeps_people_apart_and_a_missing_policy_shows(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut world = world(connect.clone()).await;
    assert_eq!(stolen(&mut world).await, Vec::<String>::new());
    let policies: Vec<(String, String, String, Option<String>, bool)> = sqlx::query_as(
        "select c.relname::text, p.polname::text, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid),
           p.polwithcheck is not null or p.polcmd in ('r', 'd')
         from pg_policy p join pg_class c on c.oid = p.polrelid where p.polname <> 'definer' order by 1, 2",
    )
    .fetch_all(&mut world.owner)
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
        let found = stolen(&mut world).await;
        assert!(found.iter().any(|f| f.ends_with(&format!(" {table}"))), "nobody noticed that {policy} on {table} lets everything pass");
        run(format!("alter policy {policy} on {table} using ({using}){}", with(check.as_deref().unwrap_or_default()))).await;
        run(format!("alter table {table} disable row level security")).await;
        let found = stolen(&mut world).await;
        assert!(found.iter().any(|f| f.ends_with(&format!(" {table}"))), "nobody noticed that {table} has no row-level security");
        run(format!("alter table {table} enable row level security")).await;
    }
    // What is for coaches is shown to the victim's own, and to nobody else while the check stands.
    let shown = |found: Vec<String>| -> Vec<String> {
        found.into_iter().filter_map(|f| f.strip_suffix(" was shown the training").map(str::to_owned)).collect()
    };
    run("update visibility_settings set training = 'organisation'".into()).await;
    assert_eq!(shown(stolen(&mut world).await), ["insider"]);
    run("create or replace function is_coach_of(athlete uuid) returns boolean language sql stable as 'select true'".into()).await;
    assert!(shown(stolen(&mut world).await).iter().any(|name| name == "athlete"), "nobody noticed that everybody is a coach");
    run("create or replace function has_role(variadic wanted text[]) returns boolean language sql stable as 'select true'".into()).await;
    let found = stolen(&mut world).await;
    assert!(found.iter().any(|f| f == "athlete changed a role") && found.iter().any(|f| f == "nobody listed people"), "{found:?}");
    world.platform.database.close().await;
}
