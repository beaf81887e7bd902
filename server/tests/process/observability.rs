//! What an operator sees of a server from outside: health, readiness while it stops, metrics, the log.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};

use crate::common::{SOON, Server, open_folder, serve};

/// Longer than a test looks.
const DRAIN_SECONDS: u64 = 4;

/// A port that was free a moment ago.
fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").to_string()
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("connected");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").expect("sent");
    let mut response = String::new();
    stream.read_to_string(&mut response).expect("a response");
    response
}

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

#[test]
fn metrics_and_log_name_routes_and_nothing_that_a_client_sent() {
    let folder = open_folder();
    let metrics = free_address();
    let mut command = serve(folder.path());
    command.env("LEGWORK_METRICS__ADDRESS", &metrics).env("RUST_LOG", "info,sqlx=warn").stderr(Stdio::piped());
    let mut server = Server::of(command);
    let form = "Content-Type: application/x-www-form-urlencoded\r\nX-Request-Id: marmot\r\n";
    server.request("POST", "/sign-in?token=marmot", form, b"email=marmot%40example.org&password=marmot");
    server.request("GET", "/shared/marmot", "", b"");
    server.request("MARMOT", "/marmot", "", b"");
    assert!(!server.request("GET", "/metrics", "", b"").contains("http_request"), "only on its own address");

    let (since, wanted) = (Instant::now(), "job_duration_seconds_count{job=");
    let mut text = get(&metrics, "/metrics");
    while !text.contains(wanted) {
        assert!(since.elapsed() < SOON, "no job of the start has ended: {text}");
        std::thread::sleep(Duration::from_millis(200));
        text = get(&metrics, "/metrics");
    }
    for line in [
        "http_request_duration_seconds_count{route=\"/sign-in\",method=\"POST\",status=\"4xx\"} 1",
        "http_request_duration_seconds_bucket{route=\"/shared/{activity}\",method=\"GET\",status=",
        "method=\"other\",status=",
        "db_query_duration_seconds_bucket{le=\"0.01\"}",
        "db_connections{state=\"idle\"}",
        "jobs{state=\"waiting\"}",
        "jobs_oldest_waiting_seconds ",
        "outcome=\"done\"",
        "process_resident_memory_bytes ",
    ] {
        assert!(text.contains(line), "no {line} in: {text}");
    }
    assert!(!text.to_lowercase().contains("marmot") && !text.contains("NaN"), "{text}");

    let mut log = server.child.stderr.take().expect("piped");
    drop(server);
    let mut lines = String::new();
    log.read_to_string(&mut lines).expect("the log");
    assert!(lines.contains("/sign-in") && lines.contains("served") && lines.contains("queries"), "{lines}");
    assert!(!lines.to_lowercase().contains("marmot"), "{lines}");
}
