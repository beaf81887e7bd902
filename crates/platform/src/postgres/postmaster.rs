//! The process of a private `PostgreSQL`: started, watched, restarted when it dies, stopped.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, geteuid};
use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection};

use super::{OsUser, PostgresError};

/// How often to check whether it is alive.
const POLL_INTERVAL: Duration = Duration::from_millis(100);
/// How long it may take to come up, recovery included.
const START_TIMEOUT: Duration = Duration::from_mins(1);
/// The longest pause between two attempts to restart it.
const MAX_BACKOFF: Duration = Duration::from_secs(10);

/// A `PostgreSQL` in a folder, on a socket in another.
#[derive(Debug)]
pub(super) struct Postmaster {
    pub(super) folder: PathBuf,
    pub(super) socket: PathBuf,
    pub(super) bin: PathBuf,
    pub(super) os_user: Option<OsUser>,
    /// `None` if it was adopted.
    pub(super) child: Option<Child>,
}

impl Postmaster {
    /// How to connect as the superuser.
    pub(super) fn options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass().socket(&self.socket).username("legwork").database("legwork")
    }

    /// Creates the cluster if there is none.
    pub(super) fn init(&self) -> Result<(), PostgresError> {
        if self.folder.join("PG_VERSION").exists() {
            return Ok(());
        }
        self.prepare_folders()?;
        tracing::info!(folder = %self.folder.display(), "creating a private PostgreSQL");
        // Only a user with access to the socket's folder (mode 0700) can connect at all, so the socket itself needs no authentication.
        let mut command = Command::new(self.bin.join("initdb"));
        command.args(["--auth=trust", "--encoding=UTF8", "--locale=C", "--username", "legwork", "--pgdata"]).arg(&self.folder);
        let output = self.as_os_user(&mut command).stdin(Stdio::null()).output().map_err(|e| PostgresError::Io("initdb".into(), e))?;
        if output.status.success() {
            Ok(())
        } else {
            Err(PostgresError::Command { what: "initdb", detail: String::from_utf8_lossy(&output.stderr).trim().to_owned() })
        }
    }

    /// Returns when it accepts connections: adopts one that runs, waits for one that is starting or stopping, starts one if there is none. Remains of
    /// a killed process are waited for (backends that still hold its memory) or removed (files with its process id).
    pub(super) async fn bring_up(&mut self) -> Result<(), PostgresError> {
        self.prepare_folders()?;
        let (mut waited, mut starts) = (Duration::ZERO, 0);
        while waited < START_TIMEOUT {
            if self.connectable().await {
                if self.child.is_none() {
                    tracing::info!("adopted the private PostgreSQL of a server that was killed");
                }
                return Ok(());
            }
            if !self.is_running() {
                // If it exits at once, its log says why; the commonest reason is that its predecessor has not fully stopped.
                let pause = Duration::from_millis(100) * (1 << starts.min(5));
                if starts > 0 {
                    tokio::time::sleep(pause).await;
                    waited += pause;
                }
                self.remove_stale_pid_files();
                self.spawn()?;
                starts += 1;
            }
            tokio::time::sleep(POLL_INTERVAL / 2).await;
            waited += POLL_INTERVAL / 2;
        }
        Err(PostgresError::NotReady(self.folder.join("server.log").display().to_string()))
    }

    /// Waits for one that another process starts.
    pub(super) async fn wait(&self) -> Result<(), PostgresError> {
        let mut waited = Duration::ZERO;
        while !self.connectable().await {
            if waited > START_TIMEOUT {
                return Err(PostgresError::NotReady(self.folder.join("server.log").display().to_string()));
            }
            tokio::time::sleep(POLL_INTERVAL).await;
            waited += POLL_INTERVAL;
        }
        Ok(())
    }

    /// Restarts it whenever it is gone, until the task is aborted.
    pub(super) async fn keep_up(this: std::sync::Arc<tokio::sync::Mutex<Self>>) {
        let mut pause = POLL_INTERVAL;
        loop {
            tokio::time::sleep(pause).await;
            let mut this = this.lock().await;
            if this.is_running() {
                pause = POLL_INTERVAL;
                continue;
            }
            tracing::error!("the private PostgreSQL is gone, and is restarted");
            match this.bring_up().await {
                Ok(()) => {
                    tracing::info!("the private PostgreSQL is back");
                    pause = POLL_INTERVAL;
                }
                Err(error) => {
                    pause = (pause * 2).min(MAX_BACKOFF);
                    tracing::error!(%error, "the private PostgreSQL does not restart; trying again in a moment");
                }
            }
        }
    }

    /// Stops it and waits.
    pub(super) async fn stop(&mut self) {
        // One that is still starting has not written its process id yet.
        let pid = self.child.as_ref().and_then(|c| i32::try_from(c.id()).ok()).map(Pid::from_raw).or_else(|| self.pid());
        if let Some(pid) = pid {
            let _ = kill(pid, Signal::SIGINT); // a fast shutdown: connections are closed, data are flushed
        }
        while pid.is_some() && self.is_running() {
            tokio::time::sleep(POLL_INTERVAL / 5).await;
        }
    }

    /// Whether the process exists, ready or not.
    fn is_running(&mut self) -> bool {
        if let Some(child) = &mut self.child {
            if matches!(child.try_wait(), Ok(None)) {
                return true;
            }
            self.child = None;
        }
        self.pid().is_some()
    }

    /// The process that owns this folder, if there is one: the process id in the file may belong to another process by now.
    fn pid(&self) -> Option<Pid> {
        let pid = pid_in(&self.folder.join("postmaster.pid"))?;
        if !Path::new("/proc/self/cwd").exists() {
            return kill(pid, None).is_ok().then_some(pid);
        }
        // A postmaster works in its folder.
        (fs::read_link(format!("/proc/{pid}/cwd")).ok()? == self.folder).then_some(pid)
    }

    /// Removes files with a process id that is not a postmaster of ours: `PostgreSQL` itself only sees that the id is in use, and refuses to start.
    /// We hold the lock of the data folder, so no other process starts one here. `PostgreSQL` itself handles an id that is not in use.
    fn remove_stale_pid_files(&self) {
        for file in [self.folder.join("postmaster.pid"), self.socket.join(".s.PGSQL.5432.lock")] {
            if pid_in(&file).is_some_and(|pid| kill(pid, None) != Err(nix::errno::Errno::ESRCH)) {
                tracing::warn!(file = %file.display(), "removed: its process id belongs to another process now");
                let _ = fs::remove_file(file);
            }
        }
    }

    fn prepare_folders(&self) -> Result<(), PostgresError> {
        for folder in [&self.folder, &self.socket] {
            let io = |e| PostgresError::Io(folder.display().to_string(), e);
            fs::create_dir_all(folder).map_err(io)?;
            let found = fs::metadata(folder).map_err(io)?;
            let expected = self.os_user.as_ref().map_or_else(|| geteuid().as_raw(), |r| r.uid);
            if found.uid() != expected {
                if !geteuid().is_root() {
                    return Err(io(std::io::Error::other("belongs to another user")));
                }
                chown(folder, self.os_user.as_ref().map(|u| u.uid), self.os_user.as_ref().map(|u| u.gid)).map_err(io)?;
            }
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(io)?;
        }
        Ok(())
    }

    fn spawn(&mut self) -> Result<(), PostgresError> {
        let log = self.folder.join("server.log");
        let io = |e| PostgresError::Io(log.display().to_string(), e);
        let out = fs::OpenOptions::new().create(true).append(true).open(&log).map_err(io)?;
        let err = out.try_clone().map_err(io)?;
        let mut command = Command::new(self.bin.join("postgres"));
        command.arg("-D").arg(&self.folder).arg("-k").arg(&self.socket).args([
            "-c",
            "listen_addresses=",
            "-c",
            "max_connections=60",
            "-c",
            "shared_buffers=128MB",
        ]);
        // A separate process group: Ctrl-C goes to the server, which then stops the database cleanly.
        let child = self.as_os_user(&mut command).process_group(0).stdin(Stdio::null()).stdout(out).stderr(err).spawn();
        self.child = Some(child.map_err(|e| PostgresError::Io("postgres".into(), e))?);
        Ok(())
    }

    pub(super) async fn connectable(&self) -> bool {
        match PgConnection::connect_with(&self.options().database("postgres")).await {
            Ok(connection) => connection.close().await.is_ok(),
            Err(_) => false,
        }
    }

    fn as_os_user<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LC_ALL", "C").current_dir("/");
        if let Some(os_user) = &self.os_user {
            command.uid(os_user.uid).gid(os_user.gid);
        }
        command
    }
}

/// The process that a lock file of `PostgreSQL` names.
fn pid_in(file: &Path) -> Option<Pid> {
    fs::read_to_string(file).ok()?.lines().next()?.trim().parse().ok().filter(|pid| *pid > 0).map(Pid::from_raw)
}
