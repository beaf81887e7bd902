//! Servers and workers on one database share its jobs, and what one cannot finish another takes up.

use std::collections::HashSet;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use platform::postgres::{Embedded, Mode};
use recordings::{Recording, Samples, Sport, fit};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use tokio::runtime::Runtime;

use crate::common::{Server, legwork, open_folder, owner, register, serve};

/// Recordings, each of another hour.
const FILES: usize = 1000;
/// Recordings of one upload.
const AT_ONCE: usize = 100;
/// When the worker is killed.
const KILLED_AFTER: i64 = 200;
/// How long all of it may take; a file that was being read is free half a minute after the worker died.
const LIMIT: Duration = Duration::from_mins(5);

/// A run of two minutes.
fn run(number: usize) -> Vec<u8> {
    let mut samples = Samples::default();
    for i in 0..120 {
        samples.push(i as f64);
        samples.distance_m[i] = i as f64 * 3.0;
        samples.heart_rate_bpm[i] = 140.0;
    }
    let started_at_ms = Some((1_780_000_000 - number as i64 * 3600) * 1000);
    fit::encode(&Recording { sport: Sport::Running, started_at_ms, samples, ..Recording::default() })
}

/// Uploads recordings by one of the servers.
fn upload(server: &Server, cookie: &str, numbers: std::ops::Range<usize>) {
    let mut body = Vec::new();
    for number in numbers {
        body.extend_from_slice(format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{number}.fit\"\r\n\r\n").as_bytes());
        body.extend_from_slice(&run(number));
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--b--\r\n");
    let head = format!("Cookie: legwork_session={cookie}\r\nSec-Fetch-Site: same-origin\r\nContent-Type: multipart/form-data; boundary=b\r\n");
    let response = server.request("POST", "/imports/upload", &head, &body);
    assert!(response.starts_with("HTTP/1.1 303"), "{response}");
}

/// `legwork worker`; killed when the test ends.
struct Worker(Child);

impl Worker {
    fn start(folder: &Path, database: &str) -> Self {
        let mut command = legwork(folder);
        Self(command.arg("worker").env("DATABASE_URL", database).stdout(Stdio::null()).spawn().expect("started"))
    }

    /// As `kill -9` does.
    fn kill(&mut self) {
        kill(Pid::from_raw(self.0.id().try_into().expect("a pid")), Signal::SIGKILL).expect("killed");
        self.0.wait().expect("gone");
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The files that have been imported, and the workers that hold a job at this moment.
fn look(runtime: &Runtime, owner: &mut PgConnection) -> (i64, Vec<String>) {
    let imported = sqlx::query_scalar("select count(*) from import_files where outcome = 'imported'").fetch_one(&mut *owner);
    let imported = runtime.block_on(imported).expect("count");
    let busy = sqlx::query_scalar("select distinct locked_by from graphile_worker._private_jobs where locked_by is not null").fetch_all(owner);
    (imported, runtime.block_on(busy).expect("workers"))
}

#[test]
fn two_servers_and_a_worker_import_each_file_once_though_the_worker_is_killed() {
    let folder = open_folder();
    let first = Server::start(folder.path(), None);
    let runtime = Runtime::new().expect("runtime");
    let options: PgConnectOptions = runtime.block_on(Embedded::start(&folder.path().join("data"), None, Mode::Cli)).expect("database").options();
    let database = options.to_url_lossy().to_string();
    let mut second = serve(folder.path());
    second.env("DATABASE_URL", &database);
    let second = Server::of(second);
    let mut worker = Worker::start(folder.path(), &database);
    let cookie = register(&first);
    let mut owner = owner(&runtime, folder.path());
    let since = Instant::now();
    for begin in (0..FILES).step_by(AT_ONCE) {
        let server = if (begin / AT_ONCE).is_multiple_of(2) { &first } else { &second };
        upload(server, &cookie, begin..begin + AT_ONCE);
    }
    let (mut workers, mut killed) = (HashSet::new(), false);
    loop {
        let (imported, busy) = look(&runtime, &mut owner);
        workers.extend(busy);
        if imported >= KILLED_AFTER && !killed {
            worker.kill();
            killed = true;
        }
        if imported == FILES as i64 {
            break;
        }
        assert!(since.elapsed() < LIMIT, "{imported} of {FILES} after {LIMIT:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
    println!("{FILES} files in {:?}, by {} workers", since.elapsed(), workers.len());
    assert!(killed && workers.len() >= 3, "{workers:?}");
    let counted =
        "select (select count(*) from activities), (select count(distinct started_at) from activities), (select max(attempts) from import_files)";
    let counted = sqlx::query_as::<_, (i64, i64, i32)>(counted).fetch_one(&mut owner);
    let (activities, starts, attempts) = runtime.block_on(counted).expect("counts");
    assert_eq!((activities, starts), (FILES as i64, FILES as i64), "each once");
    assert!(attempts <= 2, "only what the worker was reading was read again");
}
