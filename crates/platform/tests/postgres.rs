//! The private `PostgreSQL` dies and is restarted; and, as a stand-in for an external one, a `PostgreSQL` with password authentication.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use platform::config::Storage;
use platform::feature::{Feature, Features};
use platform::jobs::{self, Job};
use platform::postgres::{Embedded, Mode};
use platform::testing::{TestApp, open_folder};
use platform::{Database, Error, Platform};
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection};
use tokio::sync::mpsc;

/// How long recovery from a dead database may take.
const SOON: Duration = Duration::from_secs(10);

async fn setting(options: &PgConnectOptions, sql: &'static str) -> String {
    let mut owner = PgConnection::connect_with(options).await.expect("owner");
    let value = sqlx::query_scalar(sql).fetch_one(&mut owner).await.expect("setting");
    owner.close().await.expect("closed");
    value
}

fn postmaster(folder: &Path) -> Option<Pid> {
    std::fs::read_to_string(folder.join("postmaster.pid")).ok()?.lines().next()?.parse().ok().map(Pid::from_raw)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_creates_no_database_and_names_the_folder_where_there_is_none() {
    let folder = open_folder().expect("folder");
    let data = folder.path().join("data");
    let refused = async || Embedded::start(&data, None, Mode::Cli).await.map(drop).expect_err("no database").to_string();
    assert!(refused().await.contains(&data.display().to_string()) && !data.exists());
    // Somebody's folder, and one in which a server never came as far as a database.
    for file in ["notes.txt", "legwork.lock"] {
        std::fs::create_dir_all(&data).expect("folder");
        std::fs::write(data.join(file), "").expect("written");
        let message = refused().await;
        assert!(message.contains(&data.display().to_string()) && message.contains("--config"), "{message}");
        assert!(!data.join("postgres").exists());
    }
    // The command that fills one may create it; then the others find it.
    for mode in [Mode::Restore, Mode::Cli] {
        let embedded = Embedded::start(&data, None, mode).await.expect("started");
        assert!(embedded.folder().join("PG_VERSION").exists());
        embedded.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_postgres_is_back_soon_and_until_then_it_is_away() {
    let folder = open_folder().expect("folder");
    let embedded = Embedded::start(&folder.path().join("data"), None, Mode::Serve).await.expect("started");
    let database = Database::open(embedded.options(), &Storage::default()).await.expect("opened");
    let home = PathBuf::from(setting(&embedded.options(), "show data_directory").await);
    for _ in 0..2 {
        let dead = postmaster(&home).expect("a postmaster");
        kill(dead, Signal::SIGKILL).expect("killed");
        let since = Instant::now();
        loop {
            let requested = Instant::now();
            match database.begin_anonymous().await {
                Ok(_) if postmaster(&home) != Some(dead) => break,
                // A connection that has not noticed yet.
                Ok(_) => {}
                Err(error) => assert!(error.is_unavailable(), "{error}"),
            }
            assert!(requested.elapsed() < Duration::from_secs(4), "no caller waits for long");
            assert!(since.elapsed() < SOON, "not back");
        }
        println!("back after {:?}", since.elapsed());
    }
    database.close().await;
    embedded.stop().await;
    assert_eq!(postmaster(&home), None);
}

/// A job that reports that it ran.
#[derive(Serialize, Deserialize)]
struct Mark {}

static DONE: OnceLock<mpsc::UnboundedSender<()>> = OnceLock::new();

impl Job for Mark {
    const NAME: &'static str = "mark";

    async fn run(self, _: &Platform) -> Result<(), Error> {
        DONE.get().and_then(|done| done.send(()).ok()).ok_or_else(|| Error::Internal("no receiver".to_owned()))
    }
}

const FEATURE: Feature = Feature { jobs: &[jobs::on_demand::<Mark>()], ..Feature::named("test") };

#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_done_again_soon_after_the_database_died() {
    let folder = open_folder().expect("folder");
    let embedded = Embedded::start(&folder.path().join("data"), None, Mode::Serve).await.expect("started");
    Database::open(embedded.options(), &Storage::default()).await.expect("opened").close().await;
    let platform = TestApp::new(embedded.options()).with(Features(&[&FEATURE]));
    let (done, mut received) = mpsc::unbounded_channel();
    DONE.set(done).expect("once");
    jobs::start(&platform).await.expect("working");
    let home = PathBuf::from(setting(&embedded.options(), "show data_directory").await);
    for killed in [false, true] {
        if killed {
            let dead = postmaster(&home).expect("a postmaster");
            kill(dead, Signal::SIGKILL).expect("killed");
            while platform.database.begin_anonymous().await.is_err() || postmaster(&home) == Some(dead) {}
        }
        setting(&embedded.options(), "select graphile_worker.add_job('mark', '{}'::json)::text").await;
        tokio::time::timeout(SOON, received.recv()).await.expect("soon").expect("done");
    }
    platform.database.close().await;
    embedded.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_left_behind_is_no_obstacle() {
    let folder = open_folder().expect("folder");
    let data = folder.path().join("data");
    let embedded = Embedded::start(&data, None, Mode::Serve).await.expect("started");
    let (home, socket) = (PathBuf::from(setting(&embedded.options(), "show data_directory").await), embedded.socket().to_owned());
    embedded.stop().await;
    // The machine was restarted: the postmaster's process id now belongs to another process, such as ours.
    let us = std::process::id();
    std::fs::write(home.join("postmaster.pid"), format!("{us}\n{}\n1790000000\n5432\n{}\n\n", home.display(), socket.display())).expect("written");
    std::fs::write(socket.join(".s.PGSQL.5432.lock"), format!("{us}\n")).expect("written");
    let embedded = Embedded::start(&data, None, Mode::Serve).await.expect("started again");
    assert_eq!(setting(&embedded.options(), "select 'here'").await, "here");
    embedded.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_asks_for_passwords_lets_the_login_in_and_only_with_its_own() {
    let folder = open_folder().expect("folder");
    let embedded = Embedded::start(&folder.path().join("data"), None, Mode::Serve).await.expect("started");
    let admin = embedded.options();
    let rules = setting(&admin, "show hba_file").await;
    std::fs::write(&rules, "local all legwork trust\nlocal all all scram-sha-256\n").expect("written");
    let mut superuser = PgConnection::connect_with(&admin).await.expect("superuser");
    superuser.execute("select pg_reload_conf()").await.expect("read");
    for name in ["one", "two"] {
        let make = format!("create role {name} login createrole password 'p@ss {name}'");
        superuser.execute(sqlx::AssertSqlSafe(make)).await.expect("made");
        superuser.execute(sqlx::AssertSqlSafe(format!("create database {name} owner {name}"))).await.expect("made");
    }
    let owner = |name: &str, password: &str| admin.clone().username(name).password(password).database(name);
    // Two databases of one server, each with its own login.
    let one = Database::open(owner("one", "p@ss one"), &Storage::default()).await.expect("opened");
    let two = Database::open(owner("two", "p@ss two"), &Storage::default()).await.expect("opened");
    let name = "select session_user::text";
    let mut logins = Vec::new();
    for database in [&one, &two, &one] {
        let mut tx = database.begin_anonymous().await.expect("transaction");
        logins.push(sqlx::query_scalar::<_, String>(name).fetch_one(tx.connection()).await.expect("name"));
    }
    assert!(logins[0] != logins[1] && logins[0] == logins[2], "{logins:?}");
    for password in ["", "p@ss one", "p"] {
        let guess = admin.clone().username(&logins[0]).password(password).database("one");
        assert!(PgConnection::connect_with(&guess).await.is_err(), "{password}");
    }
    // A new password of the owner gives the login a new one.
    one.close().await;
    superuser.execute("alter role one password 'new'").await.expect("changed");
    let one = Database::open(owner("one", "new"), &Storage::default()).await.expect("opened again");
    drop(one.begin_anonymous().await.expect("transaction"));
    // An operator's login with another password than the URL says.
    superuser.execute("create role theirs login password 'theirs'").await.expect("made");
    let socket = embedded.socket().display();
    let theirs =
        |password: &str| Storage { app_url: Some(format!("postgres://theirs:{password}@localhost/two?host={socket}")), ..Storage::default() };
    let refused = Database::open(owner("two", "p@ss two"), &theirs("wrong")).await;
    assert!(matches!(&refused, Err(Error::Setup(sentence)) if sentence.contains("refuses the login theirs")), "{refused:?}");
    let third = Database::open(owner("two", "p@ss two"), &theirs("theirs")).await.expect("opened");
    for database in [one, two, third] {
        database.close().await;
    }
    superuser.close().await.expect("closed");
    embedded.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_peer_authentication_says_which_line_lets_the_login_in() {
    let folder = open_folder().expect("folder");
    let embedded = Embedded::start(&folder.path().join("data"), None, Mode::Serve).await.expect("started");
    let admin = embedded.options();
    let mut superuser = PgConnection::connect_with(&admin).await.expect("superuser");
    let (rules, names) = (setting(&admin, "show hba_file").await, setting(&admin, "show ident_file").await);
    // As on Debian, but for the name of the owner.
    let usual = "local all legwork trust\nlocal all all peer\n";
    std::fs::write(&rules, usual).expect("written");
    superuser.execute("select pg_reload_conf()").await.expect("read");
    let refused = Database::open(admin.clone(), &Storage::default()).await;
    let Err(Error::Setup(sentence)) = &refused else { panic!("{refused:?}") };
    let quoted: Vec<&str> = sentence.split('`').skip(1).step_by(2).collect();
    let [rule, _, name] = quoted[..] else { panic!("{sentence}") };
    assert!(rule.starts_with("local legwork legwork_login_") && sentence.contains("storage.app_url"), "{sentence}");
    std::fs::write(&rules, format!("{rule}\n{usual}")).expect("written");
    std::fs::write(&names, format!("{name}\n")).expect("written");
    superuser.execute("select pg_reload_conf()").await.expect("read");
    let since = Instant::now();
    let database = loop {
        match Database::open(admin.clone(), &Storage::default()).await {
            Ok(database) => break database,
            // The server reloads its rules a moment later.
            Err(error) => assert!(since.elapsed() < SOON, "{error}"),
        }
    };
    drop(database.begin_anonymous().await.expect("let in"));
    database.close().await;
    superuser.close().await.expect("closed");
    embedded.stop().await;
}
