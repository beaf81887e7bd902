//! A server that gets the signal to stop does so, whatever is still running, and stops its private database.

use std::fs::{File, OpenOptions};
use std::io::{Cursor, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::time::{Duration, Instant};

use nix::fcntl::OFlag;
use nix::sys::signal::{Signal, kill};
use nix::sys::stat::Mode as Permissions;
use sqlx::Executor;
use tokio::runtime::Runtime;

use crate::common::{SOON, Server, open_folder, owner, postmaster, register};

/// After this time service managers kill.
const KILL_TIMEOUT: Duration = Duration::from_secs(30);

/// An import form with an export archive that has a manifest and no rows.
fn archive() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("legwork.json", zip::write::SimpleFileOptions::default()).expect("begun");
    let manifest = serde_json::json!({
        "format": 1, "schema": 15, "exported_at": "2026-01-01T00:00:00Z", "email": "kim@example.org", "name": "Kim", "time_zone": "UTC",
        "consents": [], "rows": {}
    });
    zip.write_all(manifest.to_string().as_bytes()).expect("written");
    let zip = zip.finish().expect("finished").into_inner();
    let head = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"legwork.zip\"\r\n\r\n";
    [&head[..], &zip, b"\r\n--b--\r\n"].concat()
}

/// Sends a server the signal to stop, and waits until it and its database have exited.
fn stop(server: &mut Server, folder: &std::path::Path) {
    let since = Instant::now();
    kill(server.pid(), Signal::SIGTERM).expect("signalled");
    while server.child.try_wait().expect("looked").is_none() {
        assert!(since.elapsed() < KILL_TIMEOUT, "it would be killed, and the database would not be stopped");
        std::thread::sleep(Duration::from_millis(50));
    }
    println!("stopped after {:?}", since.elapsed());
    assert_eq!(postmaster(folder), None, "the private database has stopped");
}

#[test]
fn an_endless_request_does_not_delay_shutdown_and_the_private_database_stops_too() {
    let folder = open_folder();
    let mut server = Server::start(folder.path(), None);
    let cookie = register(&server);

    // A table is locked, and the import of an export waits for it, on a thread of its own, with a connection.
    let runtime = Runtime::new().expect("runtime");
    let mut owner = owner(&runtime, folder.path());
    runtime.block_on(owner.execute("begin; lock table activities")).expect("locked");
    let address = server.address.clone();
    let sending = std::thread::spawn(move || {
        use std::io::Read;
        let mut stream = std::net::TcpStream::connect(address).expect("connected");
        let body = archive();
        let head = format!(
            "POST /settings/data/import HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\nCookie: legwork_session={cookie}\r\n\
             Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(&[head.as_bytes(), &body].concat()).expect("sent");
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    });
    let since = Instant::now();
    loop {
        let waiting = sqlx::query_scalar::<_, bool>("select exists (select from pg_locks where not granted)").fetch_one(&mut owner);
        if runtime.block_on(waiting).expect("query") {
            break;
        }
        assert!(since.elapsed() < SOON && !sending.is_finished(), "nothing waits: {:?}", sending.join());
        std::thread::sleep(Duration::from_millis(20));
    }

    stop(&mut server, folder.path());
    drop(sending.join());
}

#[test]
fn an_endless_computation_does_not_delay_shutdown_and_the_next_server_resumes_it() {
    let folder = open_folder();
    let mut server = Server::start(folder.path(), None);
    register(&server);
    let runtime = Runtime::new().expect("runtime");
    // An uploaded file that is a FIFO: reading it blocks until a writer sends something.
    let upload = folder.path().join("data/files/uploads/blocked");
    nix::unistd::mkfifo(&upload, Permissions::S_IRUSR | Permissions::S_IWUSR).expect("made");
    let queued =
        "with new as (insert into imports (id, athlete_id, created_at) select gen_random_uuid(), id, now() from accounts returning id, athlete_id)
        insert into import_files (id, import_id, athlete_id, name, bytes, upload_key, outcome, created_at)
        select gen_random_uuid(), id, athlete_id, 'run.fit', 1, 'blocked', 'queued', now() from new";
    runtime.block_on(owner(&runtime, folder.path()).execute(queued)).expect("queued");
    let enqueued =
        "select graphile_worker.add_job('read_recordings', json_build_object('athlete', id), job_key => 'read_recordings/' || id) from accounts";
    runtime.block_on(owner(&runtime, folder.path()).execute(enqueued)).expect("enqueued");
    let since = Instant::now();
    // The write end cannot be opened before the computing thread has opened the read end.
    let blocked = || OpenOptions::new().write(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(&upload);
    let writing: File = loop {
        match blocked() {
            Ok(end) => break end,
            Err(error) => assert!(since.elapsed() < KILL_TIMEOUT, "it is not being read: {error}"),
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    // A client with half a request must not delay it either.
    let mut half = std::net::TcpStream::connect(&server.address).expect("connected");
    half.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ").expect("sent");

    stop(&mut server, folder.path());
    drop((half, writing));
    std::fs::remove_file(&upload).expect("there");
    std::fs::write(&upload, b"no recording").expect("written");

    let again = Server::start(folder.path(), None);
    let mut owner = owner(&runtime, folder.path());
    let since = Instant::now();
    loop {
        let file = sqlx::query_as::<_, (String, i32)>("select outcome, attempts from import_files").fetch_one(&mut owner);
        let (outcome, attempts) = runtime.block_on(file).expect("there");
        if outcome != "queued" {
            assert_eq!((outcome.as_str(), attempts), ("failed", 1), "it was read, and the shutdown did not count as an attempt");
            break;
        }
        assert!(since.elapsed() < KILL_TIMEOUT, "the next server does not resume it");
        std::thread::sleep(Duration::from_millis(50));
    }
    drop(again);
}
