//! More connections than the process may have files.

use std::io::Write;
use std::net::TcpStream;
use std::process::{Command, Stdio};

use crate::common::{Server, open_folder, serve};

/// Files that the process may open.
const FILES: usize = 512;

#[test]
fn half_open_connections_beyond_the_files_of_the_process_keep_nobody_out() {
    let folder = open_folder();
    // Few files, and fewer at first: the server takes what it may have.
    let binary = serve(folder.path());
    let mut limited = Command::new("sh");
    limited.args(["-c", &format!("ulimit -Sn 256 && ulimit -Hn {FILES} && exec \"$0\" serve")]).arg(binary.get_program());
    for (name, value) in binary.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    // Nobody is let go because of time.
    limited.current_dir(folder.path()).env("LEGWORK_LIMITS__REQUEST_SECONDS", "3600").stdout(Stdio::piped());
    let server = Server::of(limited);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.pid())).expect("limits");
    let open_files = limits.lines().find(|line| line.starts_with("Max open files")).expect("a line");
    assert_eq!(open_files.split_whitespace().nth(3), Some(FILES.to_string().as_str()), "{open_files}");
    let half: Vec<TcpStream> = (0..FILES + 88)
        .map(|_| {
            let mut stream = TcpStream::connect(&server.address).expect("connected");
            // One that is closed already is no fault.
            let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");
            stream
        })
        .collect();
    assert!(server.healthy());
    assert!(server.ask("GET", "/welcome", "", b"").starts_with("HTTP/1.1 200"));
    drop(half);
}
