//! A `PostgreSQL` for tests and for describing queries.

use std::fs;
use std::path::{Path, PathBuf};

use platform::postgres::{Embedded, Mode};
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use crate::run::{Outcome, cargo, root, step, target};

/// Runs `work` with the URL of a temporary `PostgreSQL`, or with `DATABASE_URL` if it is set.
pub(crate) fn with<T>(work: impl FnOnce(&str) -> Outcome<T>) -> Outcome<T> {
    run(async |_| Ok(()), work)
}

/// The same for tests, each of which gets a database of its own: those of the temporary server are copies of a migrated template.
pub(crate) fn for_tests<T>(work: impl FnOnce(&str) -> Outcome<T>) -> Outcome<T> {
    run(async |server| migrate_template(&server).await.map_err(|e| format!("the template of the tests' databases: {e}")), work)
}

fn run<T>(prepare: impl AsyncFnOnce(PgConnectOptions) -> Outcome, work: impl FnOnce(&str) -> Outcome<T>) -> Outcome<T> {
    if let Ok(url) = std::env::var("DATABASE_URL") {
        return work(&url);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    let folder = target().join("test-data");
    let embedded = runtime.block_on(Embedded::start(&folder, None, Mode::Serve)).map_err(|e| e.to_string())?;
    let url = format!("postgres://legwork@localhost/legwork?host={}", embedded.socket().display());
    let result = runtime.block_on(prepare(embedded.options())).and_then(|()| work(&url));
    runtime.block_on(embedded.stop());
    result
}

/// Recreates `template1`, which every new database copies, with all migrations: it may have those of another branch. A test that wants an empty
/// database copies `template0`.
async fn migrate_template(server: &PgConnectOptions) -> Result<(), sqlx::Error> {
    let mut admin = PgConnection::connect_with(server).await?;
    // Under another name until it is whole: a run that is broken off leaves the old one, or none, and either is made up for here.
    for sql in ["drop database if exists template_new", "create database template_new template template0"] {
        sqlx::query(sql).execute(&mut admin).await?;
    }
    let mut template = PgConnection::connect_with(&server.clone().database("template_new")).await?;
    Migrator::new(root().join("migrations")).await?.run(&mut template).await?;
    template.close().await?;
    let old: bool = sqlx::query_scalar("select exists (select from pg_database where datname = 'template1')").fetch_one(&mut admin).await?;
    let replaced: &[&str] = if old { &["alter database template1 is_template false", "drop database template1"] } else { &[] };
    for sql in replaced.iter().chain(&["alter database template_new rename to template1", "alter database template1 is_template true"]) {
        sqlx::query(*sql).execute(&mut admin).await?;
    }
    admin.close().await
}

/// Describes all queries into `.sqlx`.
pub(crate) fn prepare() -> Outcome {
    let described = describe()?;
    let committed = root().join(".sqlx");
    let _ = fs::remove_dir_all(&committed);
    fs::create_dir_all(&committed).map_err(|e| e.to_string())?;
    for (name, content) in &described {
        fs::write(committed.join(name), content).map_err(|e| e.to_string())?;
    }
    println!("{} queries described in .sqlx", described.len());
    Ok(())
}

/// Whether `.sqlx` matches the queries and migrations.
pub(crate) fn is_fresh() -> Outcome {
    if describe()? == read(&root().join(".sqlx"))? {
        Ok(())
    } else {
        Err("The query data are stale. Run: cargo xtask prepare   and commit .sqlx".into())
    }
}

/// The crates that use sqlx.
fn crates_with_queries() -> Outcome<Vec<String>> {
    let folders = fs::read_dir(root().join("crates")).map_err(|e| e.to_string())?.flatten();
    let uses_sqlx = |folder: &fs::DirEntry| fs::read_to_string(folder.path().join("Cargo.toml")).is_ok_and(|manifest| manifest.contains("\nsqlx"));
    Ok(folders.filter(uses_sqlx).map(|folder| folder.file_name().to_string_lossy().into_owned()).collect())
}

fn describe() -> Outcome<Vec<(String, String)>> {
    let work = target().join("sqlx-work");
    let _ = fs::remove_dir_all(&work);
    fs::create_dir_all(&work).map_err(|e| e.to_string())?;
    with(|url| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
        let server = platform::Database::parse_url(url).map_err(|e| e.to_string())?;
        // A separate database, so that migrations of another branch do not matter.
        let name = format!("legwork_describe_{}", std::process::id());
        let owner = server.clone().database(&name);
        runtime.block_on(run_sql(&server, format!("create database {name} template template0")))?;
        runtime.block_on(platform::database::migrate(&owner)).map_err(|e| e.to_string())?;
        let fresh = owner.to_url_lossy();
        // A separate target folder: every crate with a query is compiled, none is reused from an earlier build.
        let own = target().join("sqlx-target");
        for crate_name in crates_with_queries()? {
            let mut clean = cargo();
            let _ = clean.args(["clean", "--quiet", "--package", &crate_name]).env("CARGO_TARGET_DIR", &own).status();
        }
        let mut check = cargo();
        check.args([
            "check",
            "--quiet",
            "--workspace",
            "--exclude",
            "app",
            "--exclude",
            "server",
            "--exclude",
            "frontend",
            "--exclude",
            "xtask",
            "--exclude",
            "demo",
        ]);
        let described = step(
            "describing queries",
            check.env("DATABASE_URL", fresh.as_str()).env("SQLX_OFFLINE", "false").env("SQLX_OFFLINE_DIR", &work).env("CARGO_TARGET_DIR", own),
        );
        runtime.block_on(run_sql(&server, format!("drop database {name} with (force)")))?;
        described
    })?;
    read(&work)
}

async fn run_sql(server: &PgConnectOptions, sql: String) -> Outcome {
    let mut admin = PgConnection::connect_with(server).await.map_err(|e| e.to_string())?;
    sqlx::query(AssertSqlSafe(sql)).execute(&mut admin).await.map_err(|e| e.to_string())?;
    Ok(())
}

fn read(folder: &Path) -> Outcome<Vec<(String, String)>> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(|e| format!("{}: {e}", folder.display()))?
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == "json"))
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let content = fs::read_to_string(&path).map_err(|e| e.to_string())?;
            Ok((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), content))
        })
        .collect()
}
