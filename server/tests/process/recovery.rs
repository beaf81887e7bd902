//! The database dies under a running server, or together with it: requests meanwhile get an error that says so, and the server recovers soon.

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
    // The health may be a second old; a session is looked up in the database each time.
    let cookie = format!("Cookie: legwork_session={}\r\n", "a".repeat(64));
    while postmaster(folder.path()).is_none_or(|now| now == dead) || !server.request("GET", "/", &cookie, b"").starts_with("HTTP/1.1 303") {
        assert!(since.elapsed() < SOON, "not recovered");
        std::thread::sleep(Duration::from_millis(200));
    }
    println!("recovered after {:?}", since.elapsed());
    let dead = postmaster(folder.path()).expect("a postmaster");
    kill(server.pid(), Signal::SIGKILL).expect("killed");
    kill(dead, Signal::SIGKILL).expect("killed");
    // It holds the folder until it has exited.
    server.child.wait().expect("gone");
    let since = Instant::now();
    let again = Server::start(folder.path(), None);
    assert!(again.healthy() && since.elapsed() < SOON);
    let mode = |path: &str| std::fs::metadata(folder.path().join(path)).expect("there").permissions().mode() & 0o077;
    assert_eq!((mode("data") & 0o066, mode("data/files"), mode("data/keys"), mode("data/files/originals")), (0, 0, 0, 0));
}

#[test]
fn while_the_database_is_unavailable_no_user_is_signed_out_and_nothing_typed_is_lost() {
    let folder = open_folder();
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    let external = folder.path().join("external");
    let start = || runtime.block_on(Embedded::start(&external, None, Mode::Serve)).expect("started");
    let database = start();
    let url = format!("postgres://legwork@localhost/legwork?host={}", database.socket().display());
    let server = Server::start(folder.path(), Some(&url));
    assert!(server.healthy());
    runtime.block_on(database.stop());
    let since = Instant::now();
    server.wait_for_health(false);
    let cookie = format!("Cookie: legwork_session={}\r\n", "a".repeat(64));
    for (path, headers) in [("/", &cookie), ("/journal", &cookie), ("/sign-in", &cookie)] {
        let response = server.request("GET", path, headers, b"");
        assert!(
            response.starts_with("HTTP/1.1 503") && response.contains("retry-after: ") && response.contains("A short break."),
            "{path}: {response}"
        );
        assert!(response.contains("location.reload()") && response.contains("cache-control: no-store"), "{path}: {response}");
    }
    for (path, headers) in [("/v1/activities", cookie.clone()), ("/v1/activities", format!("Authorization: Bearer {}\r\n", "a".repeat(64)))] {
        let response = server.request("GET", path, &headers, b"");
        assert!(
            response.starts_with("HTTP/1.1 503") && response.contains("retry-after: ") && response.contains("application/problem+json"),
            "{response}"
        );
    }
    let response = server.request("POST", "/api/home", &cookie, b"{}");
    assert!(response.starts_with("HTTP/1.1 503") && response.contains("\"unavailable\""), "{response}");
    let form = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n";
    let response = server.request("POST", "/journal/2026-01-05", &format!("{cookie}{form}"), b"note=%22%3Elegs+heavy&mood=4");
    assert!(response.starts_with("HTTP/1.1 503") && response.contains("action=\"/journal/2026-01-05\""), "{response}");
    assert!(response.contains("value=\"&quot;&gt;legs heavy\"") && response.contains("name=\"mood\" value=\"4\""), "{response}");
    // Without a session the form's own query is the first.
    let response = server.request("POST", "/sign-in", form, b"email=kim%40example.org&password=marmot");
    assert!(response.starts_with("HTTP/1.1 503") && response.contains("kim@example.org") && !response.contains("marmot"), "{response}");
    let response = server.request("POST", "/forgot-password", form, b"email=kim%40example.org");
    assert!(response.starts_with("HTTP/1.1 503") && response.contains("kim@example.org"), "no email was sent, and none is promised: {response}");
    assert!(since.elapsed() < Duration::from_secs(30), "no request waits for long");
    let database = start();
    server.wait_for_health(true);
    let response = server.request("GET", "/", &cookie, b"");
    assert!(response.starts_with("HTTP/1.1 303") && response.contains("/welcome"), "now the session is known to be invalid: {response}");
    drop(server);
    runtime.block_on(database.stop());
}
