//! The database dies under a running server, or with it: who asks meanwhile is told so, and soon everything is as before.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use platform::postgres::{Embedded, Mode};

/// What coming back may take.
const SOON: Duration = Duration::from_secs(10);

struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = kill(self.pid(), Signal::SIGTERM);
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(folder: &Path, database: Option<&str>) -> Self {
        let site = folder.join("site");
        std::fs::create_dir_all(&site).expect("folder");
        let manifest = r#"{"js":"","wasm":"","link":"","css":"","glue":"","charts":"","fonts":[]}"#;
        std::fs::write(site.join("manifest.json"), manifest).expect("written");
        let mut command = Command::new(env!("CARGO_BIN_EXE_legwork"));
        command.arg("serve").current_dir(folder).env_remove("DATABASE_URL").env("RUST_LOG", "error");
        command.env("LEGWORK_STORAGE__DATA", folder.join("data")).env("LEGWORK_SERVER__SITE", &site).env("LEGWORK_SERVER__ADDRESS", "127.0.0.1:0");
        if let Some(url) = database {
            command.env("DATABASE_URL", url);
        }
        let mut child = command.stdout(Stdio::piped()).spawn().expect("started");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines().map_while(Result::ok);
        let address = lines.find_map(|l| l.strip_prefix("Legwork is at http://").map(str::to_owned)).expect("it serves");
        Self { child, address }
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().try_into().expect("a pid"))
    }

    /// What a request gets, head and body.
    fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("connected");
        let length = body.len();
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}").expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("answered");
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn healthy(&self) -> bool {
        self.ask("GET", "/health", "", "").starts_with("HTTP/1.1 200")
    }

    fn healthy_soon(&self) {
        let since = Instant::now();
        while !self.healthy() {
            assert!(since.elapsed() < SOON, "not back");
        }
    }
}

/// A folder that PostgreSQL's own user may pass, too.
fn open_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("folder");
    for path in [folder.path().to_owned(), folder.path().join("data")] {
        std::fs::create_dir_all(&path).expect("folder");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("opened");
    }
    folder
}

fn postmaster(folder: &Path) -> Option<Pid> {
    let text = std::fs::read_to_string(folder.join("data/postgres/postmaster.pid")).ok()?;
    text.lines().next()?.parse().ok().map(Pid::from_raw)
}

#[test]
fn a_killed_database_is_back_under_a_running_server_and_after_a_crash_of_both() {
    let folder = open_folder();
    let server = Server::start(folder.path(), None);
    assert!(server.healthy());
    let dead = postmaster(folder.path()).expect("a postmaster");
    kill(dead, Signal::SIGKILL).expect("killed");
    let since = Instant::now();
    while !server.healthy() || postmaster(folder.path()).is_none_or(|now| now == dead) {
        assert!(since.elapsed() < SOON, "not back");
    }
    println!("back after {:?}", since.elapsed());
    let dead = postmaster(folder.path()).expect("a postmaster");
    kill(server.pid(), Signal::SIGKILL).expect("killed");
    kill(dead, Signal::SIGKILL).expect("killed");
    let since = Instant::now();
    let again = Server::start(folder.path(), None);
    assert!(again.healthy() && since.elapsed() < SOON);
    let mode = |path: &str| std::fs::metadata(folder.path().join(path)).expect("there").permissions().mode() & 0o077;
    assert_eq!((mode("data") & 0o066, mode("data/files"), mode("data/keys"), mode("data/files/originals")), (0, 0, 0, 0));
}

#[test]
fn while_the_database_is_away_nobody_is_signed_out_and_nothing_typed_is_lost() {
    let folder = open_folder();
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    let outside = folder.path().join("outside");
    let start = || runtime.block_on(Embedded::start(&outside, None, Mode::Serve)).expect("started");
    let database = start();
    let url = format!("postgres://legwork@localhost/legwork?host={}", database.socket().display());
    let server = Server::start(folder.path(), Some(&url));
    assert!(server.healthy());
    runtime.block_on(database.stop());
    let since = Instant::now();
    assert!(!server.healthy());
    let cookie = format!("Cookie: legwork_session={}\r\n", "a".repeat(64));
    for (path, headers) in [("/", &cookie), ("/journal", &cookie), ("/sign-in", &cookie)] {
        let answer = server.ask("GET", path, headers, "");
        assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("retry-after: ") && answer.contains("A short break."), "{path}: {answer}");
        assert!(answer.contains("location.reload()") && answer.contains("cache-control: no-store"), "{path}: {answer}");
    }
    for (path, headers) in [("/v1/activities", cookie.clone()), ("/v1/activities", format!("Authorization: Bearer {}\r\n", "a".repeat(64)))] {
        let answer = server.ask("GET", path, &headers, "");
        assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("retry-after: ") && answer.contains("application/problem+json"), "{answer}");
    }
    let answer = server.ask("POST", "/api/home", &cookie, "{}");
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("\"unavailable\""), "{answer}");
    let form = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n";
    let answer = server.ask("POST", "/journal/2026-01-05", &format!("{cookie}{form}"), "note=%22%3Elegs+heavy&mood=4");
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("action=\"/journal/2026-01-05\""), "{answer}");
    assert!(answer.contains("value=\"&quot;&gt;legs heavy\"") && answer.contains("name=\"mood\" value=\"4\""), "{answer}");
    // Without a session nothing is looked up before the form's own question.
    let answer = server.ask("POST", "/sign-in", form, "email=kim%40example.org&password=marmot");
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("kim@example.org") && !answer.contains("marmot"), "{answer}");
    let answer = server.ask("POST", "/forgot", form, "email=kim%40example.org");
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("kim@example.org"), "no letter was sent, and none is promised: {answer}");
    assert!(since.elapsed() < Duration::from_secs(30), "no request waits for long");
    let database = start();
    server.healthy_soon();
    let answer = server.ask("GET", "/", &cookie, "");
    assert!(answer.starts_with("HTTP/1.1 303") && answer.contains("/welcome"), "now it is known that the session opens nothing: {answer}");
    drop(server);
    runtime.block_on(database.stop());
}
