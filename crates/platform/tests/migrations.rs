//! Migrations are rehearsed on a filled database: up, down again, and up once more, with every row and the whole schema compared.

use std::fs;
use std::path::{Path, PathBuf};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// The last migration without a down migration: the rehearsal fills the database there.
const BASE: u32 = 5;

fn files(folder: &str) -> Vec<(u32, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(folder);
    let number = |path: &Path| path.file_name()?.to_str()?.split('_').next()?.parse().ok();
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir(root)
        .expect("migrations")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "sql"))
        .filter_map(|path| Some((number(&path)?, path)))
        .collect();
    found.sort();
    found
}

async fn apply(connection: &mut PgConnection, path: &Path) {
    let sql = fs::read_to_string(path).expect("readable");
    let mut transaction = connection.begin().await.expect("transaction");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *transaction).await.unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    transaction.commit().await.expect("committed");
}

/// Everything that a schema consists of, one line each.
async fn schema(connection: &mut PgConnection) -> Vec<String> {
    sqlx::query_scalar(
        "select line from (
           select format('column %s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) line
             from information_schema.columns where table_schema = 'public'
           union all select format('policy %s.%s %s %s %s', tablename, policyname, cmd, qual, with_check) from pg_policies where schemaname = 'public'
           union all select format('function %s %s', p.oid::regprocedure, md5(pg_get_functiondef(p.oid)))
             from pg_proc p where p.pronamespace = 'public'::regnamespace
           union all select format('may call %s %s', p.oid::regprocedure, p.proacl) from pg_proc p where p.pronamespace = 'public'::regnamespace
           union all select format('index %s', indexdef) from pg_indexes where schemaname = 'public'
           union all select format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
             from pg_constraint where connamespace = 'public'::regnamespace
           union all select format('trigger %s', pg_get_triggerdef(oid)) from pg_trigger where not tgisinternal
           union all select format('grant %s %s', table_name, privilege_type) from information_schema.table_privileges
             where grantee = 'legwork_app' and table_schema = 'public'
           union all select format('grant %s.%s %s', table_name, column_name, privilege_type) from information_schema.column_privileges
             where grantee = 'legwork_app' and table_schema = 'public'
         ) lines order by line",
    )
    .fetch_all(connection)
    .await
    .expect("schema")
}

/// The tables whose rows move into others: they are compared after the way down, when they are there again.
const MOVED: [&str; 1] = ["journal_entries"];

/// The rows of the tables that the base has, by the columns that the base has, whatever they are called now.
async fn rows(connection: &mut PgConnection, columns: &[(String, i64, Vec<i16>)]) -> Vec<String> {
    let mut found = Vec::new();
    for (label, oid, numbers) in columns {
        let moved = MOVED.contains(&label.as_str());
        let again: Option<i64> =
            sqlx::query_scalar("select to_regclass($1)::oid::int8").bind(label).fetch_one(&mut *connection).await.expect("a table");
        let Some(oid) = (if moved { again } else { Some(*oid) }) else { continue };
        let (table, list): (String, String) = sqlx::query_as(
            "select attrelid::regclass::text, string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
             where attrelid = $1::oid and attnum = any($2) group by 1",
        )
        .bind(oid)
        .bind(numbers)
        .fetch_one(&mut *connection)
        .await
        .expect("columns");
        let sql =
            format!("select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from (select {list} from {table}) t");
        let print: String = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *connection).await.expect("rows");
        found.push(format!("{label} {print}"));
    }
    found
}

const FILL: &str = "
  insert into accounts (id, email, name, password_hash, time_zone, created_at)
    select gen_random_uuid(), 'a' || n || '@example.org', 'Kim ' || n, 'x', 'UTC', now() from generate_series(1, 200) n;
  insert into sessions (token_hash, account_id, created_at, expires_at)
    select sha256((id::text || n)::bytea), id, now() - interval '1 day', now() + interval '1 year' from accounts, generate_series(1, 3) n;
  insert into activities (id, athlete_id, source_sha256, source_part, source_name, sport, title, started_at, local_start, local_date, repairs, warnings,
      splits, thumb, series, formula_version, created_at)
    select gen_random_uuid(), id, sha256(n::text::bytea), 0, '', 'running', 'Run ' || n, now() - n * interval '1 day', now(), current_date - n, '{}', '{}',
      '[]', '[]', '{}', 1, now() from accounts, generate_series(1, 20) n;
  insert into journal_entries (athlete_id, day, sleep_hours, created_at)
    select id, current_date - n, 7, now() from accounts, generate_series(1, 20) n;
  insert into athlete_values (athlete_id, valid_from, hr_rest, created_at) select id, current_date, 47, now() from accounts;";

/// Empties the database of a test: it is a copy of a template, which may be migrated already.
async fn empty(connect: &PgConnectOptions) -> PgConnection {
    let name = connect.get_database().expect("a name");
    let mut admin = PgConnection::connect_with(&connect.clone().database("postgres")).await.expect("connected");
    for sql in [format!("drop database \"{name}\" with (force)"), format!("create database \"{name}\" template template0")] {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut admin).await.expect("made");
    }
    PgConnection::connect_with(connect).await.expect("connected")
}

#[sqlx::test(migrations = false)]
async fn a_filled_database_goes_up_down_and_up_without_losing_a_row(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut connection = empty(&connect).await;
    let (up, down) = (files(""), files("down"));
    let later: Vec<&(u32, PathBuf)> = up.iter().filter(|(n, _)| *n > BASE).collect();
    assert_eq!(
        later.iter().map(|(_, path)| path.file_name()).collect::<Vec<_>>(),
        down.iter().map(|(_, path)| path.file_name()).collect::<Vec<_>>(),
        "every migration has a down migration"
    );
    for (_, path) in up.iter().filter(|(n, _)| *n <= BASE) {
        apply(&mut connection, path).await;
    }
    sqlx::raw_sql(FILL).execute(&mut connection).await.expect("filled");
    let base = schema(&mut connection).await;
    let columns: Vec<(String, i64, Vec<i16>)> = sqlx::query_as(
        "select c.relname::text, c.oid::int8, array_agg(a.attnum order by a.attnum) from pg_class c join pg_attribute a on a.attrelid = c.oid
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v') and a.attnum > 0 and not a.attisdropped group by 1, 2 order by 1",
    )
    .fetch_all(&mut connection)
    .await
    .expect("columns");
    let before = rows(&mut connection, &columns).await;
    let mut tops = Vec::new();
    for round in 0..2 {
        for (_, path) in &later {
            apply(&mut connection, path).await;
        }
        tops.push(schema(&mut connection).await);
        let kept: Vec<&String> = before.iter().filter(|line| MOVED.iter().all(|table| !line.starts_with(table))).collect();
        assert_eq!(rows(&mut connection, &columns).await.iter().collect::<Vec<_>>(), kept, "up, round {round}");
        if round == 0 {
            for (_, path) in down.iter().rev() {
                apply(&mut connection, path).await;
            }
            assert_eq!(schema(&mut connection).await, base, "down leaves what was there before");
            assert_eq!(rows(&mut connection, &columns).await, before, "down");
        }
    }
    assert_eq!(tops[0], tops[1], "the second time up leads to the same");
}

/// Two zones around one place must be shifted alike: where two circles with different shifts cross, they give away the front door.
#[sqlx::test(migrations = false)]
async fn zones_around_one_place_get_the_same_shift_when_migrated(_: PgPoolOptions, connect: PgConnectOptions) {
    const HIDDEN_ZONES: u32 = 25;
    let mut connection = empty(&connect).await;
    let up = files("");
    for (_, path) in up.iter().filter(|(n, _)| *n < HIDDEN_ZONES) {
        apply(&mut connection, path).await;
    }
    let older = "insert into accounts (id, email, name, password_hash, time_zone, created_at)
                   select gen_random_uuid(), 'a' || n || '@example.org', 'Kim ' || n, 'x', 'UTC', now() from generate_series(1, 5) n;
                 insert into home_zones (id, athlete_id, name, latitude_deg, longitude_deg, radius_m, created_at)
                   select gen_random_uuid(), a.id, z.name, z.lat, 13.4, z.radius, now() - z.age * interval '1 day'
                     from accounts a, (values ('small', 52.5, 200, 3), ('large', 52.503, 2000, 2), ('next', 52.51, 500, 1), ('far', 53, 500, 4)) z (name, lat, radius, age)";
    sqlx::raw_sql(older).execute(&mut connection).await.expect("filled");
    for (_, path) in up.iter().filter(|(n, _)| *n >= HIDDEN_ZONES) {
        apply(&mut connection, path).await;
    }
    // By athlete: different shifts at home, different shifts of all, the shortest at home, the least that is hidden beyond all that may be the zone.
    let found: Vec<(i64, i64, f64, f64)> = sqlx::query_as(
        "select count(distinct shift_north_m) filter (where name <> 'far'), count(distinct shift_north_m),
           min(sqrt(shift_north_m ^ 2 + shift_east_m ^ 2)) filter (where name <> 'far'),
           min(hidden_m - 1.5 * radius_m - sqrt(shift_north_m ^ 2 + shift_east_m ^ 2)) from privacy_zones group by athlete_id",
    )
    .fetch_all(&mut connection)
    .await
    .expect("zones");
    assert_eq!(found.len(), 5);
    for zones in found {
        assert!(zones.0 == 1 && zones.1 == 2 && zones.2 >= 1570.0 && zones.3 >= 50.0 - 1e-6, "{zones:?}");
    }
    let shifts: i64 = sqlx::query_scalar("select count(distinct shift_north_m) from privacy_zones").fetch_one(&mut connection).await.expect("zones");
    assert_eq!(shifts, 10, "athletes share none");
}
