//! The application's connections can become no other role, whatever SQL they are made to run, and a start that finds otherwise fails.

use std::path::Path;

use platform::config::Storage;
use platform::{Database, Error};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection};
use uuid::Uuid;

/// Inserts an account with an entry in the audit log, and returns its id.
async fn insert_account(owner: &mut PgConnection) -> Uuid {
    let id = Uuid::from_u128(7);
    sqlx::raw_sql(
        "insert into accounts (id, email, name, password_hash, time_zone, created_at)
           values ('00000000-0000-0000-0000-000000000007', 'kim@example.org', 'Kim', 'hash', 'UTC', now());
         insert into audit_log (subject_id, action) values ('00000000-0000-0000-0000-000000000007', 'role')",
    )
    .execute(owner)
    .await
    .expect("an account");
    id
}

/// What a stolen connection attempts; each time the test checks whether it then sees or removes anything.
const HOSTILE: [&str; 18] = [
    "set role none",
    "reset role",
    "reset all",
    "discard all",
    "set session authorization default",
    "reset session authorization",
    "set session authorization legwork",
    "set role legwork_app",
    "set role legwork",
    "set row_security = off",
    "set session_replication_role = replica",
    "copy (select 1) to program 'true'",
    "copy accounts to '/tmp/legwork-stolen'",
    "alter table accounts no force row level security",
    "alter table accounts disable row level security",
    "create function public.viewer_of() returns uuid language sql as 'select id from accounts'",
    "grant legwork to current_user",
    "select pg_read_file('/etc/passwd')",
];

async fn hostile(connection: &mut PgConnection) {
    for sql in HOSTILE {
        // Refusal is fine; what the server allows must have no effect.
        let done = connection.execute(sql).await;
        if sql.starts_with("copy") || sql.starts_with("alter") || sql.starts_with("create") || sql.starts_with("grant") || sql.starts_with("select") {
            assert!(done.is_err(), "{sql} was done");
        }
        for table in ["accounts", "audit_log"] {
            let count = sqlx::query_scalar::<_, i64>(AssertSqlSafe(format!("select count(*) from {table}"))).persistent(false);
            let seen = count.fetch_one(&mut *connection).await;
            assert!(matches!(seen, Ok(0) | Err(_)), "{sql}, then {table}: {seen:?}");
        }
        let removed = connection.execute("delete from audit_log").await;
        assert!(removed.is_err(), "{sql}, then the log was removed");
        let _ = connection.execute("reset role; set row_security = on").await;
    }
}

/// Connects as the application does, but without its transactions.
async fn stolen(database: &Database, owner: &PgConnectOptions) -> PgConnection {
    let mut tx = database.begin_anonymous().await.expect("transaction");
    let name: String = sqlx::query_scalar("select session_user::text").fetch_one(tx.connection()).await.expect("name");
    PgConnection::connect_with(&owner.clone().username(&name)).await.expect("stolen")
}

#[sqlx::test(migrations = "../../migrations")]
async fn no_sql_escapes_the_role(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    insert_account(&mut owner).await;
    let database = Database::connect(connect.clone(), 2);
    hostile(&mut stolen(&database, &connect).await).await;
    let left: i64 = sqlx::query_scalar("select count(*) from audit_log").fetch_one(&mut owner).await.expect("count");
    assert_eq!(left, 1);
    // What one transaction left behind is not there in the next.
    let mut tx = Database::connect(connect.clone(), 1).begin_anonymous().await.expect("transaction");
    tx.connection().execute("set legwork.viewer = '00000000-0000-0000-0000-000000000007'").await.expect("set");
    tx.commit().await.expect("committed");
    let one = Database::connect(connect, 1);
    let mut tx = one.begin_anonymous().await.expect("transaction");
    tx.connection().execute("set legwork.viewer = '00000000-0000-0000-0000-000000000007'").await.expect("set");
    tx.commit().await.expect("committed");
    let mut next = one.begin_anonymous().await.expect("transaction");
    let seen: i64 = sqlx::query_scalar("select count(*) from accounts").fetch_one(next.connection()).await.expect("count");
    assert_eq!(seen, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_table_forces_its_policies_and_functions_belong_to_the_definer(_: PgPoolOptions, connect: PgConnectOptions) {
    let database = Database::connect(connect.clone(), 1);
    drop(database.begin_anonymous().await.expect("transaction"));
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    let unforced: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
         and c.relname <> '_sqlx_migrations' and not (c.relrowsecurity and c.relforcerowsecurity)",
    )
    .fetch_all(&mut owner)
    .await
    .expect("tables");
    assert_eq!(unforced, Vec::<String>::new());
    let odd: Vec<String> = sqlx::query_scalar(
        "select p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef
         and (pg_get_userbyid(p.proowner) like 'legwork\\_definer\\_%') = (pg_get_functiondef(p.oid) ~ 'graphile_worker\\.')",
    )
    .fetch_all(&mut owner)
    .await
    .expect("functions");
    assert_eq!(odd, Vec::<String>::new(), "functions of the queue are the owner's and read no table, all others the definer's");
    // Functions of the queue run as the owner, for whom policies hold too: those that name a table would find nothing there.
    let both: Vec<String> = sqlx::query_scalar(
        "select p.oid::regprocedure::text from pg_proc p, pg_class c where p.pronamespace = 'public'::regnamespace and p.prosecdef
         and pg_get_functiondef(p.oid) ~ 'graphile_worker\\.' and c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
         and pg_get_functiondef(p.oid) ~ ('\\m(from|into|update|join) ' || c.relname || '\\M')",
    )
    .fetch_all(&mut owner)
    .await
    .expect("functions");
    assert_eq!(both, Vec::<String>::new());
}

/// A user as managed servers provide: owns its database, may create roles, is no superuser; and its database.
async fn ordinary(connect: &PgConnectOptions, name: &str) -> PgConnectOptions {
    let mut admin = PgConnection::connect_with(connect).await.expect("admin");
    for sql in [
        format!("drop database if exists {name}"),
        format!("drop role if exists {name}"),
        format!("create role {name} login createrole password 'p%40 +&ss'"),
        format!("create database {name} owner {name} template template0"),
    ] {
        admin.execute(AssertSqlSafe(sql)).await.expect("made");
    }
    connect.clone().username(name).password("p%40 +&ss").database(name)
}

async fn dropped(connect: &PgConnectOptions, name: &str) {
    let mut admin = PgConnection::connect_with(connect).await.expect("admin");
    admin.execute(AssertSqlSafe(format!("drop database {name} with (force)"))).await.expect("dropped");
    admin.execute(AssertSqlSafe(format!("drop role {name}"))).await.expect("dropped");
}

#[sqlx::test(migrations = false)]
async fn an_ordinary_owner_is_held_by_the_policies_too(_: PgPoolOptions, connect: PgConnectOptions) {
    let owner_options = ordinary(&connect, "legwork_ordinary_owner").await;
    let database = Database::open(owner_options.clone(), &Storage::default()).await.expect("opened");
    let kim = Uuid::from_u128(7);
    database
        .as_owner(async |owner| {
            insert_account(owner).await;
            Ok(())
        })
        .await
        .expect("as owner");
    let mut owner = PgConnection::connect_with(&owner_options).await.expect("owner");
    let count = "select count(*) from accounts";
    let seen: i64 = sqlx::query_scalar(count).fetch_one(&mut owner).await.expect("count");
    assert_eq!(seen, 0, "the owner sees no row by itself");
    let seen: i64 = database.as_owner(async |owner| Ok(sqlx::query_scalar(count).fetch_one(owner).await?)).await.expect("count");
    assert_eq!(seen, 1, "the operator's commands do");
    // Functions answer, the queue takes jobs, triggers do their work.
    let mut tx = database.begin_anonymous().await.expect("transaction");
    let hash: String =
        sqlx::query_scalar("select password_hash from credentials_for('KIM@example.org')").fetch_one(tx.connection()).await.expect("found");
    assert_eq!(hash, "hash");
    drop(tx);
    let mut tx = database.begin_as(kim).await.expect("transaction");
    let day = "insert into daily_values (athlete_id, day, measure, source, number, recorded_at, created_at)
               values (viewer(), '2026-01-05', 'mood', 'typed', 3, now(), now())";
    tx.connection().execute(day).await.expect("written");
    tx.connection().execute("select enqueue_job('empty_trash', '{}', '', now(), 25, false)").await.expect("enqueued");
    let kept: i64 = sqlx::query_scalar("select count(*) from change_log").fetch_one(tx.connection()).await.expect("count");
    assert_eq!(kept, 1);
    tx.commit().await.expect("committed");
    let jobs: i64 = sqlx::query_scalar("select count(*) from graphile_worker._private_jobs").fetch_one(&mut owner).await.expect("jobs");
    assert_eq!(jobs, 2, "the dispatch of events and the trash");
    hostile(&mut stolen(&database, &owner_options).await).await;
    // Functions find accounts by the index: a policy that hides nothing must not prevent its use.
    database
        .as_owner(async |owner| {
            owner.execute("set local enable_seqscan = off").await?;
            let find = "explain select id from accounts a where lower(a.email) = lower('kim@example.org')";
            let plan: Vec<String> = sqlx::query_scalar(find).fetch_all(owner).await?;
            assert!(plan.iter().any(|line| line.contains("accounts_email")), "{plan:?}");
            Ok(())
        })
        .await
        .expect("planned");
    database.close().await;
    // A second start finds everything in order, and a changed password of the owner is no obstacle.
    owner.execute("alter role current_user password 'another'").await.expect("changed");
    let again = Database::open(owner_options.password("another"), &Storage::default()).await.expect("opened again");
    drop(again.begin_anonymous().await.expect("transaction"));
    again.close().await;
    owner.close().await.expect("closed");
    dropped(&connect, "legwork_ordinary_owner").await;
}

async fn refused(connect: &PgConnectOptions, app: &PgConnectOptions) -> String {
    let storage = Storage { app_url: Some(url(app)), ..Storage::default() };
    match Database::open(connect.clone(), &storage).await {
        Err(Error::Setup(message)) => message,
        other => panic!("served anyway: {other:?}"),
    }
}

/// The options as a URL, with the socket's folder in a form that can be parsed again, unlike the driver's own.
fn url(options: &PgConnectOptions) -> String {
    let socket = options.get_socket().map(|s| format!("&host={}", s.display())).unwrap_or_default();
    let own = options.to_url_lossy();
    let host = if socket.is_empty() { options.get_host() } else { "localhost" };
    let password = own.password().map(|p| format!(":{p}")).unwrap_or_default();
    let (user, port, database) = (options.get_username(), options.get_port(), options.get_database().unwrap_or_default());
    format!("postgres://{user}{password}@{host}:{port}/{database}?sslmode=prefer{socket}")
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_start_with_a_login_that_could_do_more_is_refused(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    insert_account(&mut owner).await;
    let message = refused(&connect, &connect).await;
    assert!(message.contains("is a superuser") && message.contains("more. "), "{message}");
    let app = connect.clone().username("legwork_test_refused").password("p");
    for (change, back, fault) in [
        ("alter role legwork_test_refused bypassrls", "alter role legwork_test_refused nobypassrls", "bypasses row-level security"),
        ("alter role legwork_test_refused createrole", "alter role legwork_test_refused nocreaterole", "may make roles"),
        ("grant pg_read_all_data to legwork_test_refused", "revoke pg_read_all_data from legwork_test_refused", "may become pg_read_all_data"),
        ("grant create on schema public to legwork_test_refused", "revoke create on schema public from legwork_test_refused", "may make things"),
        ("create schema owned authorization legwork_test_refused", "drop schema owned", "owns something"),
        (
            "create view everybody as select * from accounts; grant select on everybody to legwork_test_refused",
            "drop view everybody",
            "the table everybody shows rows",
        ),
        (
            "alter role legwork_test_refused set role = 'legwork_app'",
            "alter role legwork_test_refused reset role",
            "is a mask over legwork_test_refused",
        ),
        ("create policy everybody on accounts to legwork_app using (true)", "drop policy everybody on accounts", "an anonymous viewer sees rows"),
    ] {
        let made = "do $$ begin create role legwork_test_refused login password 'p'; exception when duplicate_object then null; end $$";
        owner.execute(made).await.expect("made");
        owner.execute(change).await.expect("changed");
        let message = refused(&connect, &app).await;
        assert!(message.contains(fault), "{change}: {message}");
        owner.execute(back).await.expect("changed back");
    }
    let storage = Storage { app_url: Some(url(&app)), ..Storage::default() };
    let database = Database::open(connect.clone(), &storage).await.expect("an ordinary login is fine");
    database.close().await;
}

/// A `PgBouncer` in front of a server, stopped when dropped.
struct Bouncer(std::process::Child);

impl Drop for Bouncer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn bouncer(folder: &Path, server: &PgConnectOptions, user: &str) -> Option<Bouncer> {
    let socket = server.get_socket()?.display().to_string();
    let auth = folder.join("users");
    std::fs::write(&auth, format!("\"{user}\" \"p\"\n")).expect("written");
    let settings = folder.join("pgbouncer.ini");
    let text = format!(
        "[databases]\n* = host={socket} port={}\n[pgbouncer]\nlisten_addr =\nunix_socket_dir = {}\nlisten_port = 6432\nauth_type = plain\nauth_file = {}\n\
         pool_mode = transaction\ndefault_pool_size = 2\nmax_client_conn = 100\n",
        server.get_port(),
        folder.display(),
        auth.display()
    );
    std::fs::write(&settings, text).expect("written");
    let mut command = std::process::Command::new("pgbouncer");
    if nix::unistd::geteuid().is_root() {
        // It refuses to run as root, and the folder of a private server's socket admits only its owner.
        use std::os::unix::fs::MetadataExt as _;
        let owner = nix::unistd::Uid::from_raw(std::fs::metadata(&socket).ok()?.uid());
        let user = if owner.is_root() { nix::unistd::User::from_name("nobody") } else { nix::unistd::User::from_uid(owner) }.ok()??;
        std::os::unix::fs::chown(folder, Some(user.uid.as_raw()), Some(user.gid.as_raw())).expect("given");
        command.arg("--user").arg(user.name);
    }
    let quiet = command.arg("--quiet").arg(&settings).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let child = quiet.spawn().ok()?;
    Some(Bouncer(child))
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_pooler_that_gives_each_transaction_another_connection_is_no_way_around(_: PgPoolOptions, connect: PgConnectOptions) {
    let folder = tempfile::tempdir().expect("folder");
    let login = "legwork_test_bouncer";
    let Some(_bouncer) = bouncer(folder.path(), &connect, login) else {
        assert!(std::env::var_os("LEGWORK_CI").is_none(), "PgBouncer is missing: .ci/run installs it");
        println!("skipped: PgBouncer is not installed, or the server is not on a socket");
        return;
    };
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    let kim = insert_account(&mut owner).await;
    let app = connect.clone().socket(folder.path()).port(6432).username(login).password("p");
    let storage = Storage { app_url: Some(url(&app)), prepared_statements: false, max_connections: 8, ..Storage::default() };
    let mut attempts = 0;
    let first = loop {
        match Database::open(connect.clone(), &storage).await {
            Ok(database) => break database,
            Err(error) if attempts < 10 && error.is_unavailable() => {
                attempts += 1;
                tokio::task::yield_now().await;
            }
            Err(error) => panic!("{error}"),
        }
    };
    // A second server finds the connections as the first one left them, and so does one that starts again.
    let database = Database::open(connect.clone(), &storage).await.expect("opened next to it");
    first.close().await;
    Database::open(connect.clone(), &storage).await.expect("opened again").close().await;
    // Many clients on two connections, each with its own statements: none gets another's statement, or another's viewer.
    let rounds = (0..8).map(|n| {
        let database = database.clone();
        tokio::spawn(async move {
            for round in 0..20 {
                let mut tx = if n % 2 == 0 { database.begin_as(kim).await } else { database.begin_anonymous().await }.expect("transaction");
                let sql = format!("select count(*) + $1 - $1 + 0 * {} from accounts", n * 100 + round % 3);
                let seen: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).bind(i64::from(n)).fetch_one(tx.connection()).await.expect("count");
                assert_eq!(seen, i64::from(n % 2 == 0));
                if round % 2 == 0 {
                    tx.commit().await.expect("committed");
                }
            }
        })
    });
    for round in rounds.collect::<Vec<_>>() {
        round.await.expect("done");
    }
    hostile(&mut PgConnection::connect_with(&app.extra_float_digits(None).statement_cache_capacity(0)).await.expect("stolen")).await;
    database.close().await;
}
