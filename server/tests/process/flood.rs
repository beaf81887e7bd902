//! More connections than the process may have open files.

use std::fs::File;
use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::common::{Server, open_folder, serve};

/// Files that the process may open.
const FILES: usize = 512;

/// Bytes of a file that is requested and not read: much more than connections buffer.
const LARGE: usize = 8 << 20;

/// A server with a low limit of open files, and a lower soft limit, which it raises. Its log is in a file.
fn limited(folder: &Path) -> Server {
    let binary = serve(folder);
    let large = folder.join("site/pkg");
    std::fs::create_dir_all(&large).expect("folder");
    std::fs::write(large.join("large.js"), vec![b'x'; LARGE]).expect("written");
    let mut limited = Command::new("sh");
    limited.args(["-c", &format!("ulimit -Sn 256 && ulimit -Hn {FILES} && exec \"$0\" serve")]).arg(binary.get_program());
    for (name, value) in binary.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    // No client is disconnected by a timeout or refused by a rate limit: a flood may come from many addresses.
    let log = File::create(folder.join("log")).expect("log");
    limited
        .current_dir(folder)
        .env("LEGWORK_LIMITS__REQUEST_READ_TIMEOUT_SECONDS", "3600")
        .env("LEGWORK_LIMITS__GENERAL_PER_MINUTE", "100000")
        .stdout(Stdio::piped())
        .stderr(log);
    let server = Server::of(limited);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.pid())).expect("limits");
    let open_files = limits.lines().find(|line| line.starts_with("Max open files")).expect("the limit");
    assert_eq!(open_files.split_whitespace().nth(3), Some(FILES.to_string().as_str()), "{open_files}");
    server
}

/// More connections than there are files, each of which sends this, then nothing more, and reads nothing.
fn flood(server: &Server, sent: &[u8]) -> Vec<TcpStream> {
    (0..FILES + 88)
        .map(|_| {
            let mut stream = TcpStream::connect(&server.address).expect("connected");
            // It may be closed already.
            let _ = stream.write_all(sent);
            stream
        })
        .collect()
}

#[test]
fn connections_beyond_the_files_of_the_process_keep_no_client_out() {
    let folder = open_folder();
    let server = limited(folder.path());
    for sent in [
        "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        "POST /settings/theme HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 200000\r\n\r\nx",
        "GET /pkg/large.js HTTP/1.1\r\nHost: x\r\n\r\n",
    ] {
        let slow = flood(&server, sent.as_bytes());
        assert!(server.healthy(), "{sent}");
        assert!(server.request("GET", "/welcome", "", b"").starts_with("HTTP/1.1 200"), "{sent}");
        drop(slow);
    }
    assert!(server.request("GET", "/pkg/large.js", "", b"").len() > LARGE);
    assert!(server.request("GET", &format!("/pkg/{}", "x".repeat(300)), "", b"").starts_with("HTTP/1.1 404"));
    // Each response had a file descriptor, and no request causes an error in the log.
    let log = std::fs::read_to_string(folder.path().join("log")).expect("log");
    assert!(!log.contains("ERROR"), "{log}");
}
