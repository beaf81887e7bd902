//! The database dies under a running server, or with it: who asks meanwhile is told so, and soon everything is as before.

use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use platform::postgres::{Embedded, Mode};

use crate::common::{SOON, Server, open_folder, postmaster};

#[test]
fn a_killed_database_is_back_under_a_running_server_and_after_a_crash_of_both() {
    let folder = open_folder();
    let mut server = Server::start(folder.path(), None);
    assert!(server.healthy());
    let dead = postmaster(folder.path()).expect("a postmaster");
    kill(dead, Signal::SIGKILL).expect("killed");
    let since = Instant::now();
    // Its health may be a second old; whether a session opens something is asked of the database each time.
    let cookie = format!("Cookie: legwork_session={}\r\n", "a".repeat(64));
    while postmaster(folder.path()).is_none_or(|now| now == dead) || !server.ask("GET", "/", &cookie, b"").starts_with("HTTP/1.1 303") {
        assert!(since.elapsed() < SOON, "not back");
        std::thread::sleep(Duration::from_millis(200));
    }
    println!("back after {:?}", since.elapsed());
    let dead = postmaster(folder.path()).expect("a postmaster");
    kill(server.pid(), Signal::SIGKILL).expect("killed");
    kill(dead, Signal::SIGKILL).expect("killed");
    // Until it is wholly gone it holds the folder.
    server.child.wait().expect("gone");
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
    server.is_soon(false);
    let cookie = format!("Cookie: legwork_session={}\r\n", "a".repeat(64));
    for (path, headers) in [("/", &cookie), ("/journal", &cookie), ("/sign-in", &cookie)] {
        let answer = server.ask("GET", path, headers, b"");
        assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("retry-after: ") && answer.contains("A short break."), "{path}: {answer}");
        assert!(answer.contains("location.reload()") && answer.contains("cache-control: no-store"), "{path}: {answer}");
    }
    for (path, headers) in [("/v1/activities", cookie.clone()), ("/v1/activities", format!("Authorization: Bearer {}\r\n", "a".repeat(64)))] {
        let answer = server.ask("GET", path, &headers, b"");
        assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("retry-after: ") && answer.contains("application/problem+json"), "{answer}");
    }
    let answer = server.ask("POST", "/api/home", &cookie, b"{}");
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("\"unavailable\""), "{answer}");
    let form = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n";
    let answer = server.ask("POST", "/journal/2026-01-05", &format!("{cookie}{form}"), b"note=%22%3Elegs+heavy&mood=4");
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("action=\"/journal/2026-01-05\""), "{answer}");
    assert!(answer.contains("value=\"&quot;&gt;legs heavy\"") && answer.contains("name=\"mood\" value=\"4\""), "{answer}");
    // Without a session nothing is looked up before the form's own question.
    let answer = server.ask("POST", "/sign-in", form, b"email=kim%40example.org&password=marmot");
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("kim@example.org") && !answer.contains("marmot"), "{answer}");
    let answer = server.ask("POST", "/forgot", form, b"email=kim%40example.org");
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("kim@example.org"), "no letter was sent, and none is promised: {answer}");
    assert!(since.elapsed() < Duration::from_secs(30), "no request waits for long");
    let database = start();
    server.is_soon(true);
    let answer = server.ask("GET", "/", &cookie, b"");
    assert!(answer.starts_with("HTTP/1.1 303") && answer.contains("/welcome"), "now it is known that the session opens nothing: {answer}");
    drop(server);
    runtime.block_on(database.stop());
}
