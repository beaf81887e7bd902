//! A backup holds every row, whoever owns the database, and can be restored under another name, on another server; a renamed database, or one
//! without roles, hides nothing from a migration.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use platform::config::Storage;
use platform::database::{backup, migrate_with, restore};
use platform::postgres::{Embedded, Mode, client};
use platform::testing::open_folder;
use platform::{Database, Error};
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use uuid::Uuid;

/// The account that is looked for.
const KIM: Uuid = Uuid::from_u128(7);

const FILL: &str = "
  insert into accounts (id, email, name, password_hash, time_zone, created_at)
    select ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid, 'a' || n || '@example.org', E'Kim\\t' || n || E'\\n\\\\.', 'x', 'UTC', now()
      from generate_series(1, 20) n;
  insert into activities (id, athlete_id, source_sha256, source_part, source_name, sport, title, started_at, local_start, local_date, repairs, warnings,
      splits, route_preview, series, formula_version, created_at)
    select gen_random_uuid(), id, sha256(n::text::bytea), 0, '', 'running', 'Run ' || n, now() - n * interval '1 day', now(), current_date - n, '{}', '{}',
      '[]', '[]', '{}', 1, now() from accounts, generate_series(1, 5) n;
  insert into activity_streams (activity_id, athlete_id, samples) select id, athlete_id, '\\x00ff' from activities;
  insert into daily_values (athlete_id, day, measure, source, number, recorded_at, created_at)
    select id, current_date - n, 'sleep_hours', 'typed', 7, now(), now() from accounts, generate_series(1, 5) n;
  insert into audit_log (subject_id, action) select id, 'role' from accounts";

/// A user as managed servers provide, and its database.
async fn ordinary(admin: &PgConnectOptions, user: &str, database: &str) -> PgConnectOptions {
    let mut superuser = PgConnection::connect_with(admin).await.expect("superuser");
    for sql in [
        format!("drop database if exists {database}"),
        format!("drop role if exists {user}"),
        format!("create role {user} login createrole password 'p ass'"),
        format!("create database {database} owner {user} template template0"),
    ] {
        superuser.execute(AssertSqlSafe(sql)).await.expect("made");
    }
    admin.clone().username(user).password("p ass").database(database)
}

async fn drop_database(admin: &PgConnectOptions, user: &str, database: &str) {
    let mut superuser = PgConnection::connect_with(admin).await.expect("superuser");
    superuser.execute(AssertSqlSafe(format!("drop database {database} with (force)"))).await.expect("dropped");
    superuser.execute(AssertSqlSafe(format!("drop role {user}"))).await.expect("dropped");
}

/// Migrates and fills a database, and leaves no connection open.
async fn filled(owner: &PgConnectOptions) {
    let database = Database::open(owner.clone(), &Storage::default()).await.expect("opened");
    let fill = async |owner: &mut PgConnection| Ok(owner.execute(FILL).await.map(drop)?);
    database.as_owner(fill).await.expect("filled");
    database.close().await;
}

/// Every row of every table, as a superuser sees them.
async fn rows(admin: &PgConnectOptions, database: &str) -> Vec<String> {
    let mut superuser = PgConnection::connect_with(&admin.clone().database(database)).await.expect("superuser");
    let tables = "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
                  where c.relkind = 'r' and n.nspname in ('public', 'graphile_worker') order by 1";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut superuser).await.expect("tables");
    let mut found = Vec::new();
    for table in tables {
        let sql = format!("select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {table} t");
        let print: String = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut superuser).await.expect("rows");
        found.push(format!("{table} {print}"));
    }
    found
}

/// Runs `pg_dump` by hand: whether it succeeds, and its output and errors.
fn by_hand(owner: &PgConnectOptions, database: &str, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(client(None, "pg_dump").expect("pg_dump"));
    command.args(arguments).env("PGPASSWORD", "p ass").env("PGUSER", owner.get_username()).env("PGDATABASE", database);
    command.env("PGHOST", owner.get_socket().map_or_else(|| owner.get_host().into(), |s| s.clone().into_os_string()));
    let out = command.env("PGPORT", owner.get_port().to_string()).output().expect("started");
    (out.status.success(), String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned())
}

#[sqlx::test(migrations = false)]
async fn a_backup_of_an_ordinary_owner_comes_back_whole_on_another_server(_: PgPoolOptions, connect: PgConnectOptions) {
    let (user, name) = ("legwork_backup_owner", "legwork_backup_source");
    let owner = ordinary(&connect, user, name).await;
    filled(&owner).await;
    // By hand it is refused, or has no rows.
    let (done, output) = by_hand(&owner, name, &[]);
    assert!(!done && output.contains("row-level security"), "{output}");
    let (done, output) = by_hand(&owner, name, &["--enable-row-security", "--data-only", "--table=accounts"]);
    assert!(done && !output.contains("@example.org"), "{output}");

    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("legwork.backup");
    let written = backup(&owner, None, &file).await.expect("written");
    assert!(written.rows > 200 && written.tables > 30, "{written:?}");
    assert!(matches!(backup(&owner, None, &file).await, Err(Error::Setup(message)) if message.contains("replaces nothing")));
    assert_eq!(std::fs::read_dir(folder.path()).expect("folder").count(), 1);
    let mut by_itself = PgConnection::connect_with(&owner).await.expect("owner");
    let seen: i64 = sqlx::query_scalar("select count(*) from accounts").fetch_one(&mut by_itself).await.expect("count");
    assert_eq!(seen, 0, "the owner has left the definer");

    let data = open_folder().expect("folder");
    let embedded = Embedded::start(&data.path().join("data"), None, Mode::Serve).await.expect("started");
    let target = ordinary(&embedded.options(), "another_owner", "another_name").await;
    let whole = std::fs::read(&file).expect("read");
    let half = folder.path().join("half");
    std::fs::write(&half, &whole[..whole.len() / 2]).expect("written");
    assert!(matches!(restore(&target, None, None, &half).await, Err(Error::Setup(message)) if message.contains("pg_restore failed")));
    assert_eq!(restore(&target, None, None, &file).await.expect("restored"), written);
    assert_eq!(rows(&embedded.options(), "another_name").await, rows(&connect, name).await);
    assert!(matches!(restore(&target, None, None, &file).await, Err(Error::Setup(message)) if message.contains("an empty one")));
    let mut superuser = PgConnection::connect_with(&embedded.options()).await.expect("superuser");
    let definers = "select count(*) from pg_roles where rolname like 'legwork\\_definer\\_%'";
    let definers: i64 = sqlx::query_scalar(definers).fetch_one(&mut superuser).await.expect("count");
    assert_eq!(definers, 1, "the other database's is not left here");

    // And it serves: sign-in finds the account, which sees its own rows, and no other account does.
    let database = Database::open(target.clone(), &Storage::default()).await.expect("opened");
    for (viewer, expected) in [(KIM, 5), (Uuid::from_u128(99), 0)] {
        let mut tx = database.begin_as(viewer).await.expect("transaction");
        let seen: i64 = sqlx::query_scalar("select count(*) from activities").fetch_one(tx.connection()).await.expect("count");
        assert_eq!(seen, expected);
    }
    let mut tx = database.begin_anonymous().await.expect("transaction");
    let found = sqlx::query("select * from credentials_for('A7@example.org')").fetch_optional(tx.connection()).await.expect("called");
    assert!(found.is_some());
    drop(tx);
    database.close().await;
    let again = folder.path().join("again");
    assert_eq!(backup(&target, None, &again).await.expect("written"), written, "as many rows as before");
    superuser.close().await.expect("closed");
    embedded.stop().await;
    by_itself.close().await.expect("closed");
    drop_database(&connect, user, name).await;
}

#[sqlx::test(migrations = false)]
async fn a_database_without_our_tables_is_no_backup_and_a_file_that_is_none_is_not_restored(_: PgPoolOptions, admin: PgConnectOptions) {
    let (user, name) = ("legwork_empty_owner", "legwork_empty");
    let connect = ordinary(&admin, user, name).await;
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("legwork.backup");
    let refused = backup(&connect, None, &file).await.expect_err("an empty database").to_string();
    assert!(refused.contains("nothing to back up"), "{refused}");
    assert_eq!(std::fs::read_dir(folder.path()).expect("folder").count(), 0);
    let refused = restore(&connect, None, None, &file).await.expect_err("no file").to_string();
    assert!(refused.starts_with("There is no file"), "{refused}");
    for other in [&b""[..], b"PG", b"-- PostgreSQL database dump"] {
        std::fs::write(&file, other).expect("written");
        let refused = restore(&connect, None, None, &file).await.expect_err("no backup").to_string();
        assert!(refused.contains("is no backup"), "{refused}");
    }
    assert!(restore(&connect, None, None, folder.path()).await.expect_err("a folder").to_string().contains("cannot be read"));
    // A full database is named, a private one by the folder that is in the way.
    std::fs::write(&file, "PGDMP").expect("written");
    PgConnection::connect_with(&connect).await.expect("owner").execute("create table shoes ()").await.expect("created");
    for (private, named) in [(None, connect.get_database().expect("a name")), (Some(Path::new("/data/postgres")), "/data/postgres")] {
        let refused = restore(&connect, None, private, &file).await.expect_err("not empty").to_string();
        assert!(refused.contains(named) && refused.contains("an empty one"), "{refused}");
    }
    drop_database(&admin, user, name).await;
}

#[sqlx::test(migrations = false)]
async fn a_row_that_the_owner_does_not_see_is_no_backup_and_no_migration(_: PgPoolOptions, connect: PgConnectOptions) {
    let (user, name) = ("legwork_unseen_owner", "legwork_unseen");
    let owner = ordinary(&connect, user, name).await;
    filled(&owner).await;
    let mut superuser = PgConnection::connect_with(&connect.clone().database(name)).await.expect("superuser");
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("legwork.backup");
    for (change, back) in [
        (format!("alter role {user} noinherit"), format!("alter role {user} inherit")),
        ("alter policy definer on sessions using (false)".to_owned(), "alter policy definer on sessions using (true)".to_owned()),
    ] {
        superuser.execute(AssertSqlSafe(change.clone())).await.expect("changed");
        let refused = backup(&owner, None, &file).await;
        assert!(matches!(&refused, Err(Error::Setup(message)) if message.contains("does not see the rows of")), "{change}: {refused:?}");
        let (more, _files) = one_more("update accounts set name = 'skipped'").await;
        assert!(migrate_with(&owner, &more).await.is_err(), "{change}");
        superuser.execute(AssertSqlSafe(back)).await.expect("changed back");
    }
    assert!(!file.exists() && std::fs::read_dir(folder.path()).expect("folder").count() == 0);
    let applied: i64 =
        sqlx::query_scalar("select count(*) from _sqlx_migrations where version = 9999").fetch_one(&mut superuser).await.expect("count");
    assert_eq!(applied, 0);
    backup(&owner, None, &file).await.expect("written");
    superuser.close().await.expect("closed");
    drop_database(&connect, user, name).await;
}

/// All migrations, and one more.
async fn one_more(sql: &str) -> (Migrator, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("folder");
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations")).expect("migrations").flatten() {
        if entry.path().extension().is_some_and(|e| e == "sql") {
            std::fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("copied");
        }
    }
    std::fs::write(folder.path().join("9999_one_more.sql"), sql).expect("written");
    (Migrator::new(folder.path()).await.expect("migrations"), folder)
}

#[sqlx::test(migrations = false)]
async fn a_migration_reaches_every_row_of_a_renamed_database_and_of_one_without_policies(_: PgPoolOptions, connect: PgConnectOptions) {
    let (user, name) = ("legwork_renamed_owner", "legwork_renamed");
    let owner = ordinary(&connect, user, "legwork_renamed_before").await;
    filled(&owner).await;
    let mut admin = PgConnection::connect_with(&connect).await.expect("superuser");
    admin.execute(AssertSqlSafe(format!("drop database if exists {name}"))).await.expect("dropped");
    admin.execute(AssertSqlSafe(format!("alter database legwork_renamed_before rename to {name}"))).await.expect("renamed");
    let owner = owner.database(name);
    let mut superuser = PgConnection::connect_with(&connect.clone().database(name)).await.expect("superuser");
    // As where a dump was read whose roles were not there.
    superuser.execute("drop policy definer on activities").await.expect("dropped");
    let (more, _files) = one_more("update accounts set name = 'moved'; update activities set title = 'moved'").await;
    migrate_with(&owner, &more).await.expect("migrated");
    let left = "select (select count(*) from accounts where name <> 'moved') + (select count(*) from activities where title <> 'moved')";
    let left: i64 = sqlx::query_scalar(left).fetch_one(&mut superuser).await.expect("count");
    assert_eq!(left, 0, "rows that the migration skipped");
    superuser.execute("delete from _sqlx_migrations where version = 9999").await.expect("forgotten");
    let database = Database::open(owner.clone(), &Storage::default()).await.expect("opened");
    let mut tx = database.begin_anonymous().await.expect("transaction");
    let found = sqlx::query("select * from credentials_for('a7@example.org')").fetch_optional(tx.connection()).await.expect("called");
    assert!(found.is_some(), "functions see the rows");
    drop(tx);
    database.close().await;
    superuser.close().await.expect("closed");
    drop_database(&connect, user, name).await;
}

#[sqlx::test(migrations = false)]
async fn a_start_during_a_backup_waits_for_nothing_and_hides_nothing_from_it(_: PgPoolOptions, connect: PgConnectOptions) {
    let (user, name) = ("legwork_beside_owner", "legwork_beside");
    let owner = ordinary(&connect, user, name).await;
    filled(&owner).await;
    let database = Database::open(owner.clone(), &Storage::default()).await.expect("opened");
    // A backup sees rows as any act of the owner does.
    let seen = database.as_owner(async |connection| {
        let second = tokio::time::timeout(Duration::from_secs(10), Database::open(owner.clone(), &Storage::default())).await.expect("soon")?;
        second.as_owner(async |_| Ok(())).await?;
        second.close().await;
        Ok(sqlx::query_scalar::<_, i64>("select count(*) from activities").fetch_one(connection).await?)
    });
    assert_eq!(seen.await.expect("seen"), 100);
    let mut by_itself = PgConnection::connect_with(&owner).await.expect("owner");
    let seen: i64 = sqlx::query_scalar("select count(*) from activities").fetch_one(&mut by_itself).await.expect("count");
    assert_eq!(seen, 0, "the last one out has left the definer");
    by_itself.close().await.expect("closed");
    database.close().await;
    drop_database(&connect, user, name).await;
}
