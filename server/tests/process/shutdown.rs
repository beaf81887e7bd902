//! A server that is asked to stop stops, whatever is still going on, and its private database with it.

use std::io::{Cursor, Write};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use platform::postgres::{Embedded, Mode};
use sqlx::{Connection, Executor, PgConnection};

use crate::common::{SOON, Server, open_folder, postmaster};

/// After which service managers kill.
const KILLED: Duration = Duration::from_secs(30);

/// A form with an archive that says who it was, and has nothing else in it.
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

#[test]
fn what_does_not_end_holds_no_stop_up_and_the_private_database_stops_too() {
    let folder = open_folder();
    let mut server = Server::start(folder.path(), None);
    let form = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n";
    let answer = server.ask("POST", "/register", form, b"name=Kim&email=kim%40example.org&password=marmot+violin+trench");
    let cookie = answer.split("legwork_session=").nth(1).and_then(|rest| rest.split(';').next()).unwrap_or_else(|| panic!("{answer}")).to_owned();

    // Somebody holds a table, and an archive that is brought back waits for it, on a thread of its own, with a connection.
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    let tool = runtime.block_on(Embedded::start(&folder.path().join("data"), None, Mode::Tool)).expect("beside it");
    let mut owner = runtime.block_on(PgConnection::connect_with(&tool.options())).expect("owner");
    runtime.block_on(owner.execute("begin; lock table activities")).expect("locked");
    let address = server.address.clone();
    let sending = std::thread::spawn(move || {
        use std::io::Read;
        let mut stream = std::net::TcpStream::connect(address).expect("connected");
        let body = archive();
        let head = format!(
            "POST /settings/privacy/bring-back HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\nCookie: legwork_session={cookie}\r\n\
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
        if runtime.block_on(waiting).expect("asked") {
            break;
        }
        assert!(since.elapsed() < SOON && !sending.is_finished(), "nothing waits: {:?}", sending.join());
        std::thread::sleep(Duration::from_millis(20));
    }

    let since = Instant::now();
    kill(server.pid(), Signal::SIGTERM).expect("asked");
    while server.child.try_wait().expect("looked").is_none() {
        assert!(since.elapsed() < KILLED, "it would be killed, and the database would not be stopped");
        std::thread::sleep(Duration::from_millis(50));
    }
    println!("stopped after {:?}", since.elapsed());
    assert_eq!(postmaster(folder.path()), None, "the private database has stopped");
    drop(sending.join());
}
