//! All tests, and their counts.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::database;
use crate::needs::{chromium, nextest, npm, npm_program};
use crate::run::{Outcome, build_server, cargo, root, server};
use crate::site::{self, Profile};

/// Counts of the test runners.
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
    // Missing requirements are reported before the long part begins.
    chromium()?;
    npm()?;
    Ok(rust()? + browser(&[])?)
}

/// Rust tests of the workspace, on a temporary `PostgreSQL`: first the test binaries, then the examples in the documentation.
pub(crate) fn rust() -> Outcome<Total> {
    nextest()?;
    database::for_tests(|url| {
        let data = real_data();
        let mut nextest = vec!["nextest", "run"];
        if data.len() == REAL_DATA.len() {
            // Besides those that need the data, one test is ignored: it is a tool.
            nextest.extend(["--run-ignored", "all", "--filterset", "not test(write_the_fixture)"]);
        } else {
            println!("· tests of real recordings and daily logs: skipped, {} not all there", REAL_DATA.map(|(variable, _)| variable).join(" and "));
        }
        let run = |what: &str, arguments: &[&str], count: fn(&str) -> Option<Total>| {
            let mut command = cargo();
            command.args(arguments).args(["--workspace", "--exclude", "frontend"]).env("DATABASE_URL", url).env("SQLX_OFFLINE", "true");
            command.envs(data.iter().cloned());
            println!("· {what}");
            counted(&mut command, count)
        };
        let (tests, passed) = run("Rust tests", &nextest, of_nextest)?;
        print_slowest();
        let (examples, examples_passed) = run("examples in the documentation", &["test", "--quiet", "--doc"], of_rustdoc)?;
        let total = tests + examples;
        if passed && examples_passed { Ok(total) } else { Err(format!("Rust tests failed: {total}")) }
    })
}

/// Where real recordings and daily logs are, if the environment does not say it.
const REAL_DATA: [(&str, &str); 2] = [("LEGWORK_RECORDINGS", "../shared/recordings"), ("LEGWORK_DAILY", "../shared/daily")];

/// Those folders that are there: without both, the tests that need one are skipped.
fn real_data() -> Vec<(&'static str, PathBuf)> {
    let folder = |(variable, beside): (&'static str, &str)| {
        let given = std::env::var_os(variable).map(PathBuf::from);
        Some((variable, given.or_else(|| root().join(beside).canonicalize().ok())?))
    };
    REAL_DATA.into_iter().filter_map(folder).collect()
}

/// How many of the slowest tests are printed: whoever brings the time of a run down begins there.
const SLOWEST: usize = 10;

/// Prints the slowest tests of the last run. nextest keeps its report in the workspace, whatever `CARGO_TARGET_DIR` says.
fn print_slowest() {
    let report = std::fs::read_to_string(root().join("target/nextest/default/junit.xml")).unwrap_or_default();
    println!("· the slowest tests");
    for (seconds, test) in slowest(&report) {
        println!("{seconds:>7.1} s  {test}");
    }
}

/// The slowest tests of a report, in which a test is `<testcase name="…" classname="…" … time="1.234" …>`.
fn slowest(report: &str) -> Vec<(f64, String)> {
    let tests = report.split("<testcase ").skip(1).filter_map(|case| {
        let head = case.split('>').next()?;
        let attribute = |name: &str| head.split(&format!("{name}=\"")).nth(1)?.split('"').next();
        Some((attribute(" time")?.parse::<f64>().ok()?, format!("{} {}", attribute("classname")?, case.strip_prefix("name=\"")?.split('"').next()?)))
    });
    let mut tests: Vec<(f64, String)> = tests.collect();
    tests.sort_by(|a, b| b.0.total_cmp(&a.0));
    tests.truncate(SLOWEST);
    tests
}

/// The line `Summary [ 9.0s] 411 tests run: 410 passed (2 slow), 1 failed, 1 skipped`.
fn of_nextest(line: &str) -> Option<Total> {
    let (_, counts) = line.strip_prefix("Summary [")?.split_once("run: ")?;
    let mut total = Total::default();
    for part in counts.split(", ") {
        let mut words = part.split_whitespace();
        let n = words.next()?.parse().ok()?;
        match words.next()? {
            "passed" => total.passed = n,
            "failed" | "timed" | "exec" => total.failed += n,
            "skipped" => total.skipped = n,
            _ => {}
        }
    }
    Some(total)
}

/// The line `test result: ok. 1 passed; 0 failed; 0 ignored; …`.
fn of_rustdoc(line: &str) -> Option<Total> {
    let rest = line.strip_prefix("test result: ")?;
    let number = |word: &str| rest.split([';', '.']).find_map(|part| part.trim().strip_suffix(word)?.trim().parse().ok()).unwrap_or(0);
    Some(Total { passed: number("passed"), failed: number("failed"), skipped: number("ignored") })
}

/// Browser tests, on a server with the synthetic athlete.
pub(crate) fn browser(arguments: &[String]) -> Outcome<Total> {
    let chromium = chromium()?;
    site::build(Profile::Release)?;
    build_server(Profile::Dev)?;
    // In the temporary folder, which every user may traverse, so that the private database is inside and removed with it.
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
        .env("LEGWORK_STORAGE__DATA_DIR", &data)
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
    let failed = |e: std::io::Error| e.to_string();
    // Some runners print their counts to standard error.
    let (out, end) = std::io::pipe().map_err(failed)?;
    command.stdout(end.try_clone().map_err(failed)?).stderr(end);
    let mut child = command.spawn().map_err(|e| format!("{} cannot be started: {e}", command.get_program().display()))?;
    // Closes our own ends, or the loop below would wait for ourselves.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut total = Total::default();
    for line in BufReader::new(out).lines().map_while(Result::ok) {
        println!("{line}");
        total = total + count(line.trim()).unwrap_or_default();
    }
    let status = child.wait().map_err(failed)?;
    Ok((total, status.success()))
}

/// A server that is stopped on drop.
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

/// Starts the server with the synthetic athlete and waits until it serves.
fn start(address: &str, data: &PathBuf, provider: &str) -> Outcome<Child> {
    println!("· the server, with the synthetic athlete");
    let mut command = server(Profile::Dev);
    command.arg("demo").env_remove("DATABASE_URL").env("LEGWORK_SERVER__ADDRESS", address).env("LEGWORK_STORAGE__DATA_DIR", data);
    // All tests come from one address, and are faster than people.
    for class in ["GENERAL_PER_MINUTE", "AUTH_PER_MINUTE", "ADMIN_PER_MINUTE", "DISCOVERY_PER_HOUR", "LOGIN_ATTEMPTS_PER_ACCOUNT_PER_HOUR"] {
        command.env(format!("LEGWORK_LIMITS__{class}"), "1000000");
    }
    // The tests run the provider; the server contacts it only when a test uses it.
    let known =
        format!("[{{id=\"loopback\", name=\"Loopback\", issuer=\"http://{provider}\", client_id=\"legwork\", client_secret=\"only-for-tests\"}}]");
    // Nobody answers there: tests do.
    command.env("LEGWORK_MAP__TILES", "https://tiles.example/{z}/{x}/{y}.png").env("LEGWORK_MAP__ATTRIBUTION", "Mapmakers of the test");
    command.env("LEGWORK_SECURITY__OIDC_PROVIDERS", known);
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

#[cfg(test)]
mod counts {
    use super::{of_nextest, of_rustdoc, slowest};

    #[test]
    fn the_slowest_tests_are_those_of_the_report() {
        let case =
            |name: &str, time: &str| format!("<testcase name=\"{name}\" classname=\"server\" timestamp=\"2026-01-01\" time=\"{time}\">\n</testcase>");
        let report = ["<testsuite time=\"99.0\">".to_owned(), case("quick", "0.100"), case("slow", "31.500"), case("slower", "100.250")].concat();
        let names: Vec<String> = slowest(&report).into_iter().map(|(seconds, test)| format!("{seconds} {test}")).collect();
        assert_eq!(names, ["100.25 server slower", "31.5 server slow", "0.1 server quick"]);
        assert!(slowest("").is_empty());
    }

    #[test]
    fn the_runners_counts_are_parsed() {
        let total = of_nextest("Summary [ 221.013s] 412 tests run: 408 passed (2 slow), 3 failed, 1 timed out, 1 skipped");
        assert_eq!(total.map(|t| t.to_string()).as_deref(), Some("408 passed, 4 failed, 1 skipped"));
        let total = of_rustdoc("test result: ok. 1 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.00s");
        assert_eq!(total.map(|t| t.to_string()).as_deref(), Some("1 passed, 0 failed, 2 skipped"));
        assert!(of_nextest("running 5 tests").is_none() && of_rustdoc("running 5 tests").is_none());
    }
}
