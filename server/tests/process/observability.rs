//! What an operator sees of a server from outside: health, and readiness while it stops.

use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};

use crate::common::{SOON, Server, open_folder, serve};

/// Longer than a test looks.
const DRAIN_SECONDS: u64 = 4;

#[test]
fn a_server_that_stops_is_not_ready_at_once_and_serves_until_balancers_know() {
    let folder = open_folder();
    let mut command = serve(folder.path());
    command.env("LEGWORK_SERVER__DRAIN_SECONDS", DRAIN_SECONDS.to_string());
    let mut server = Server::of(command);
    let status = |path: &str| server.request("GET", path, "", b"").get(9..12).unwrap_or_default().to_owned();
    assert_eq!(["/health", "/health/live", "/health/ready"].map(status), ["200", "200", "200"]);
    let signalled = Instant::now();
    kill(server.pid(), Signal::SIGTERM).expect("signalled");
    while status("/health/ready") != "503" {
        assert!(signalled.elapsed() < Duration::from_secs(DRAIN_SECONDS / 2), "it still says that it is ready");
    }
    println!("not ready after {:?}", signalled.elapsed());
    assert_eq!(["/health", "/health/live", "/sign-in"].map(status), ["200", "200", "200"], "it serves all the same");
    while server.child.try_wait().expect("looked").is_none() {
        assert!(signalled.elapsed() < Duration::from_secs(DRAIN_SECONDS) + SOON, "it does not stop");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(signalled.elapsed() >= Duration::from_secs(DRAIN_SECONDS), "it stopped too early: {:?}", signalled.elapsed());
}
