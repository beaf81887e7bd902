//! All tests, and their counts.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::database;
use crate::needs::{chromium, npm, npm_program};
use crate::run::{Outcome, build_server, cargo, root, server};
use crate::site::{self, Profile};

/// What the runners counted.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Total {
    passed: u32,
    failed: u32,
    skipped: u32,
}

impl fmt::Display for Total {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

impl std::ops::Add for Total {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed, skipped: self.skipped + other.skipped }
    }
}

/// Rust tests, then browser tests.
pub(crate) fn all() -> Outcome<Total> {
    // What may be missing is said before the long part begins.
    chromium()?;
    npm()?;
    Ok(rust()? + browser(&[])?)
}

/// Rust tests of the workspace, on a throw-away `PostgreSQL`.
pub(crate) fn rust() -> Outcome<Total> {
    database::with(|url| {
        let mut command = cargo();
        command.args(["test", "--workspace", "--exclude", "frontend", "--no-fail-fast"]).env("DATABASE_URL", url).env("SQLX_OFFLINE", "true");
        // One at a time: turns for computing and hashing belong to the process, and a test that waits for another's runtime may wait for ever.
        command.env("RUST_TEST_THREADS", "1");
        for (variable, folder) in [("LEGWORK_RECORDINGS", "../shared/recordings"), ("LEGWORK_DAILY", "../shared/daily")] {
            if std::env::var_os(variable).is_none()
                && let Ok(found) = root().join(folder).canonicalize()
            {
                command.env(variable, found);
            }
        }
        println!("· Rust tests");
        let (total, ok) = counted(&mut command, |line| {
            let rest = line.strip_prefix("test result: ")?;
            let number = |word: &str| rest.split([';', '.']).find_map(|part| part.trim().strip_suffix(word)?.trim().parse().ok());
            Some(Total { passed: number("passed").unwrap_or(0), failed: number("failed").unwrap_or(0), skipped: number("ignored").unwrap_or(0) })
        })?;
        if ok { Ok(total) } else { Err(format!("Rust tests failed: {total}")) }
    })
}

/// Browser tests, on a server with the synthetic athlete.
pub(crate) fn browser(arguments: &[String]) -> Outcome<Total> {
    let chromium = chromium()?;
    site::build(Profile::Release)?;
    build_server(Profile::Dev)?;
    // In the temporary folder, which every user may pass: so the private database is inside, and goes with it.
    let data = std::env::temp_dir().join(format!("legwork-e2e-{}", std::process::id()));
    let address = free_address()?;
    let provider = free_address()?;
    let mut guard = Guard(start(&address, &data, &provider)?);
    let mut command = npm_program("playwright");
    command
        .args(["test", "--config", "end2end/playwright.config.ts"])
        .args(arguments)
        .env("LEGWORK_URL", format!("http://{address}"))
        .env("LEGWORK_CHROMIUM", chromium)
        .env("LEGWORK_OIDC_PORT", provider.rsplit(':').next().unwrap_or_default())
        .env("LEGWORK_MAIL", data.join("mail"))
        .env("LEGWORK_SERVER", server(Profile::Dev).get_program())
        .env("LEGWORK_STORAGE__DATA", &data)
        .env("LEGWORK_SITE", site::folder());
    println!("· browser tests");
    let result = counted(&mut command, |line| {
        let mut words = line.split_whitespace();
        let n = words.next()?.parse().ok()?;
        match words.next()? {
            "passed" => Some(Total { passed: n, ..Total::default() }),
            "failed" => Some(Total { failed: n, ..Total::default() }),
            "skipped" => Some(Total { skipped: n, ..Total::default() }),
            _ => None,
        }
    });
    guard.stop();
    let _ = std::fs::remove_dir_all(&data);
    let (total, ok) = result?;
    if ok { Ok(total) } else { Err(format!("Browser tests failed: {total}")) }
}

/// Runs a command, passes on what it prints, and adds up the lines that count.
fn counted(command: &mut Command, count: impl Fn(&str) -> Option<Total>) -> Outcome<(Total, bool)> {
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|e| format!("{} cannot be started: {e}", command.get_program().display()))?;
    let mut total = Total::default();
    if let Some(out) = child.stdout.take() {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            println!("{line}");
            total = total + count(line.trim()).unwrap_or_default();
        }
    }
    let status = child.wait().map_err(|e| e.to_string())?;
    Ok((total, status.success()))
}

/// A server that is stopped whatever happens.
struct Guard(Child);

impl Guard {
    fn stop(&mut self) {
        if let Ok(pid) = i32::try_from(self.0.id()) {
            let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGTERM);
        }
        let _ = self.0.wait();
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            self.stop();
        }
    }
}

/// Starts the server with the synthetic athlete and waits for its address.
fn start(address: &str, data: &PathBuf, provider: &str) -> Outcome<Child> {
    println!("· the server, with the synthetic athlete");
    let mut command = server(Profile::Dev);
    command.arg("demo").env_remove("DATABASE_URL").env("LEGWORK_SERVER__ADDRESS", address).env("LEGWORK_STORAGE__DATA", data);
    // All tests come from one address, and faster than people.
    for class in ["GENERAL_PER_MINUTE", "SIGN_IN_PER_MINUTE", "ADMIN_PER_MINUTE", "DISCOVERY_PER_HOUR", "TRIES_PER_HOUR"] {
        command.env(format!("LEGWORK_LIMITS__{class}"), "1000000");
    }
    // The tests bring the provider; the server asks it when somebody does.
    let known =
        format!("[{{id=\"loopback\", name=\"Loopback\", issuer=\"http://{provider}\", client_id=\"legwork\", client_secret=\"only-for-tests\"}}]");
    command.env("LEGWORK_SECURITY__PROVIDERS", known);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(|e| format!("the server cannot be started: {e}"))?;
    let out = child.stdout.take().ok_or("the server has no output")?;
    let mut lines = BufReader::new(out).lines().map_while(Result::ok);
    if lines.by_ref().any(|line| line.starts_with("Legwork is at")) {
        // Keep reading, so that the server never waits for a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        return Ok(child);
    }
    let _ = child.wait();
    Err("The server did not start. Run `cargo xtask demo` to see why.".into())
}

fn free_address() -> Outcome<String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|e| e.to_string())?;
    Ok(listener.local_addr().map_err(|e| e.to_string())?.to_string())
}
