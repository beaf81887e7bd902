//! Backups that contain every row, and restoring them.
//!
//! Policies apply to the owner of the tables, too: `pg_dump` alone refuses such a table, and with `--enable-row-security` it writes what
//! it sees, which is nothing. So it runs while the owner is a member of the definer, on a snapshot in which the rows are also counted; then the
//! backup is read back from end to end, and accepted only if it holds as many.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use super::roles::{Login, Schema, password};
use crate::error::Error;
use crate::postgres;

/// The tables of a database that are ours, as quoted names.
const TABLES: &str = "
  select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and not exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass and d.deptype = 'e')
    order by 1";

/// Prefix of the definer's name, whatever the database.
const DEFINER: &str = "legwork_definer_";

/// What a file in the custom format of `pg_dump` begins with.
const MAGIC: &[u8; 5] = b"PGDMP";

/// Rows of each table.
type Counts = BTreeMap<String, u64>;

/// The size of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backup {
    /// Tables, the queue's included.
    pub tables: usize,
    /// Rows of all tables.
    pub rows: u64,
}

impl Backup {
    fn of(counts: &Counts) -> Self {
        Self { tables: counts.len(), rows: counts.values().sum() }
    }
}

/// Writes a snapshot of the whole database to a file, while servers keep running. The file exists only if it holds every row. `bin` is
/// `storage.postgres_bin`.
///
/// # Errors
/// When the file exists already, the database has no schema of ours, `pg_dump` is not found or fails, or a row is missing from what it wrote.
pub async fn backup(owner: &PgConnectOptions, bin: Option<&Path>, to: &Path) -> Result<Backup, Error> {
    let (dump, restore) = (client(bin, "pg_dump")?, client(bin, "pg_restore")?);
    if to.try_exists()? {
        return Err(Error::Setup(format!("{} exists already, and a backup replaces nothing.", to.display())));
    }
    let part = part_path(to);
    let login = Login::of(owner);
    let mut connection = PgConnection::connect_with(owner).await?;
    let ours: bool = sqlx::query_scalar("select to_regclass('public._sqlx_migrations') is not null").fetch_one(&mut connection).await?;
    if !ours {
        let name = owner.get_database().unwrap_or_else(|| owner.get_username());
        return Err(Error::Setup(format!(
            "The database {name} holds no tables of Legwork, so there is nothing to back up. Look at DATABASE_URL, or storage.data_dir and --config."
        )));
    }
    login.secure(&mut connection, Schema::Old).await?;
    let counts = login.with_definer_role(&mut connection, async |connection| {
        let mut tx = connection.begin_with("begin isolation level repeatable read read only").await?;
        let snapshot: String = sqlx::query_scalar("select pg_export_snapshot()").fetch_one(&mut *tx).await?;
        let counts = count_rows(&mut tx).await?;
        let mut command = command(&dump, owner);
        command.args(["--format=custom", "--enable-row-security", "--no-password"]).arg(format!("--snapshot={snapshot}")).arg("--file").arg(&part);
        run(command).await?;
        tx.rollback().await?;
        Ok(counts)
    });
    let written = async {
        let counts = counts.await?;
        check_counts(&counts, &rows_in_backup(&restore, &part).await?, "the backup")?;
        Ok(counts)
    };
    let counts = match written.await {
        Ok(counts) => counts,
        Err(error) => {
            let _ = std::fs::remove_file(&part);
            return Err(error);
        }
    };
    connection.close().await?;
    File::open(&part)?.sync_all()?;
    std::fs::rename(&part, to)?;
    File::open(to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(Backup::of(&counts))
}

/// Whether a file can be a backup: it is there, and begins as one. Needs no database, so that a misspelt path is found before one is started or moved.
///
/// # Errors
/// When there is no such file, it cannot be read, or is something else.
pub fn check_file(file: &Path) -> Result<(), Error> {
    let name = file.display();
    let mut begins = [0; MAGIC.len()];
    let read = File::open(file).and_then(|mut opened| opened.read_exact(&mut begins));
    match read {
        Ok(()) if begins == *MAGIC => Ok(()),
        Err(e) if e.kind() == ErrorKind::NotFound => Err(Error::Setup(format!("There is no file {name}."))),
        Err(e) if e.kind() != ErrorKind::UnexpectedEof => Err(Error::Setup(format!("{name} cannot be read: {e}."))),
        _ => Err(Error::Setup(format!("{name} is no backup that `legwork admin backup` wrote."))),
    }
}

/// Restores a backup into an empty database of any name and owner: everything, or nothing. A backup contains no roles; those that it refers to are
/// created. The next start runs the migrations. `private` is the folder of the database, if it is a private one.
///
/// # Errors
/// When the file is no backup, the database is not empty, or afterwards lacks something that the backup holds.
pub async fn restore(owner: &PgConnectOptions, bin: Option<&Path>, private: Option<&Path>, from: &Path) -> Result<Backup, Error> {
    check_file(from)?;
    let program = client(bin, "pg_restore")?;
    let login = Login::of(owner);
    let mut connection = PgConnection::connect_with(owner).await?;
    let there: Option<String> = sqlx::query_scalar(TABLES).fetch_optional(&mut connection).await?;
    if let Some(there) = there {
        let (name, what) = (owner.get_database().unwrap_or_else(|| owner.get_username()), "and a backup is restored into an empty one.");
        return Err(Error::Setup(match private {
            Some(folder) => format!(
                "The private database in {} has tables (such as {there}), {what} Stop Legwork, move that folder away, and run this again.",
                folder.display()
            ),
            None => format!("The database {name} has tables (such as {there}), {what} Create another for it."),
        }));
    }
    let held = rows_in_backup(&program, from).await?;
    if held.is_empty() {
        return Err(Error::Setup(format!("{} holds no table.", from.display())));
    }
    let named = definers(&program, from).await?;
    login.secure(&mut connection, Schema::Old).await?;
    let mut made = Vec::new();
    for definer in named.iter().filter(|name| **name != login.definer) {
        // The name is letters, digits and underscores.
        let there: bool =
            sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)").bind(definer).fetch_one(&mut connection).await?;
        if !there {
            sqlx::raw_sql(AssertSqlSafe(format!("create role {definer} nologin"))).execute(&mut connection).await?;
            made.push(definer.clone());
        }
    }
    let mut command = command(&program, owner);
    command.args(["--no-owner", "--exit-on-error", "--single-transaction", "--no-password", "--dbname"]);
    command.arg(owner.get_database().unwrap_or_else(|| owner.get_username())).arg(from);
    let restored = run(command).await;
    let done = async {
        restored?;
        // The definer of another database gets no rights here. The owner owns everything, as nothing has been handed over yet.
        for definer in named.iter().filter(|name| **name != login.definer) {
            let gone = ["all tables in schema public", "all functions in schema public", "schema public"];
            let gone = gone.map(|things| format!("revoke all on {things} from {definer};")).concat();
            sqlx::raw_sql(AssertSqlSafe(gone)).execute(&mut connection).await?;
        }
        login.secure(&mut connection, Schema::Migrated).await?;
        let counts = login.with_definer_role(&mut connection, count_rows).await?;
        check_counts(&held, &counts, "the database")?;
        Ok(Backup::of(&counts))
    };
    let done = done.await;
    for definer in made {
        let dropped = sqlx::raw_sql(AssertSqlSafe(format!("drop role {definer}"))).execute(&mut connection).await;
        if done.is_ok() {
            dropped?;
        }
    }
    connection.close().await?;
    done
}

/// An error that names the first table whose number of rows differs.
fn check_counts(should: &Counts, are: &Counts, what: &str) -> Result<(), Error> {
    let differs = should.keys().chain(are.keys()).find(|table| should.get(*table).unwrap_or(&0) != are.get(*table).unwrap_or(&0));
    let Some(table) = differs else { return Ok(()) };
    let [should, are] = [should, are].map(|counts| counts.get(table).unwrap_or(&0));
    Err(Error::Setup(format!("{table} has {should} rows, and {are} of them are in {what}. Do not rely on it.")))
}

async fn count_rows(connection: &mut PgConnection) -> Result<Counts, Error> {
    let tables: Vec<String> = sqlx::query_scalar(TABLES).fetch_all(&mut *connection).await?;
    let mut counts = Counts::new();
    for table in tables {
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {table}"))).fetch_one(&mut *connection).await?;
        counts.insert(table, count.unsigned_abs());
    }
    Ok(counts)
}

/// The rows of each table in a backup, by reading all of it.
async fn rows_in_backup(restore: &Path, file: &Path) -> Result<Counts, Error> {
    let mut command = Command::new(restore);
    command.args(["--data-only", "--file=-"]).arg(file);
    read(command, |lines| {
        let (mut counts, mut line) = (Counts::new(), Vec::new());
        let mut table: Option<String> = None;
        loop {
            line.clear();
            if lines.read_until(b'\n', &mut line)? == 0 {
                return Ok(counts);
            }
            match &table {
                Some(_) if line == b"\\.\n" => table = None,
                Some(table) => *counts.entry(table.clone()).or_default() += 1,
                None => {
                    let text = String::from_utf8_lossy(&line);
                    if let Some((name, _)) = text.strip_prefix("COPY ").and_then(|rest| rest.split_once(" (").or_else(|| rest.split_once(" FROM "))) {
                        counts.insert(name.to_owned(), 0);
                        table = Some(name.to_owned());
                    }
                }
            }
        }
    })
    .await
}

/// The definers that policies and grants in a backup name: usually that of the database's name at the time.
async fn definers(restore: &Path, file: &Path) -> Result<Vec<String>, Error> {
    let mut command = Command::new(restore);
    command.args(["--schema-only", "--no-owner", "--file=-"]).arg(file);
    read(command, |lines| {
        let mut found = Vec::new();
        for line in lines.lines() {
            let line = line?;
            for (at, _) in line.match_indices(DEFINER) {
                let rest = &line[at..];
                let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
                found.push(rest[..end].to_owned());
            }
        }
        found.sort();
        found.dedup();
        Ok(found)
    })
    .await
}

fn client(bin: Option<&Path>, name: &'static str) -> Result<PathBuf, Error> {
    postgres::client(bin, name).map_err(|e| Error::Setup(e.to_string()))
}

/// The path that it is written to until it is complete.
fn part_path(to: &Path) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    to.with_file_name(name)
}

/// A client program that connects as the owner. The password is in its environment, which only its user can read, and in no process list.
fn command(program: &Path, owner: &PgConnectOptions) -> Command {
    let mut command = Command::new(program);
    for name in ["PGSERVICE", "PGHOSTADDR", "PGPASSWORD"] {
        command.env_remove(name);
    }
    let socket = owner.get_socket().map(|folder| folder.as_os_str().to_owned());
    command.env("PGHOST", socket.unwrap_or_else(|| owner.get_host().into())).env("PGPORT", owner.get_port().to_string());
    command.env("PGUSER", owner.get_username()).env("PGDATABASE", owner.get_database().unwrap_or_else(|| owner.get_username()));
    if let Some(password) = password(owner) {
        command.env("PGPASSWORD", password);
    }
    if let Some(options) = owner.get_options() {
        command.env("PGOPTIONS", options);
    }
    for (name, value) in owner.to_url_lossy().query_pairs() {
        let variable = match &*name {
            "sslmode" => "PGSSLMODE",
            "sslrootcert" => "PGSSLROOTCERT",
            "sslcert" => "PGSSLCERT",
            "sslkey" => "PGSSLKEY",
            _ => continue,
        };
        command.env(variable, &*value);
    }
    command.env("PGAPPNAME", "legwork admin");
    command
}

/// Runs a program to its end.
async fn run(command: Command) -> Result<(), Error> {
    read(command, |_| Ok(())).await
}

/// Runs a program and parses its output as a stream: it is as large as the database.
async fn read<T: Send + 'static>(
    mut command: Command,
    parse: impl FnOnce(&mut dyn BufRead) -> std::io::Result<T> + Send + 'static,
) -> Result<T, Error> {
    let running = tokio::task::spawn_blocking(move || {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        // Standard error is read in parallel with standard output, so that neither blocks the other.
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let errors = std::thread::spawn(move || err.map(std::io::read_to_string).transpose());
        let parsed = match out {
            Some(out) => parse(&mut BufReader::with_capacity(1 << 20, out)),
            None => parse(&mut std::io::empty()),
        };
        let status = child.wait()?;
        let errors = errors.join().ok().and_then(Result::ok).flatten().unwrap_or_default();
        if !status.success() {
            let program = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
            return Err(Error::Setup(format!("{program} failed ({status}): {}", errors.trim())));
        }
        Ok(parsed?)
    });
    running.await.map_err(|e| Error::internal("a backup", &e))?
}
