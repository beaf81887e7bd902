//! A server as a separate process, and helpers for the tests that use it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use platform::postgres::{Embedded, Mode};
use sqlx::{Connection, PgConnection};
use tokio::runtime::Runtime;

/// How long recovery may take.
pub(crate) const SOON: Duration = Duration::from_secs(10);

/// A running server; stopped gracefully on drop.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // The pid of a process that has exited may soon be another's.
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = kill(self.pid(), Signal::SIGTERM);
            let _ = self.child.wait();
        }
    }
}

/// A folder with a data folder in it, which PostgreSQL's own user may traverse, too.
pub(crate) fn open_folder() -> tempfile::TempDir {
    let folder = platform::testing::open_folder().expect("folder");
    let data = folder.path().join("data");
    std::fs::create_dir_all(&data).expect("folder");
    std::fs::set_permissions(data, std::fs::Permissions::from_mode(0o755)).expect("opened");
    folder
}

/// The binary, with the data folder of an [`open_folder`].
pub(crate) fn legwork(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_legwork"));
    command.current_dir(folder).env_remove("DATABASE_URL").env("RUST_LOG", "error").env("LEGWORK_STORAGE__DATA_DIR", folder.join("data"));
    command
}

/// `legwork serve` on a port of its own, with an empty site.
pub(crate) fn serve(folder: &Path) -> Command {
    let site = folder.join("site");
    std::fs::create_dir_all(&site).expect("folder");
    let manifest = r#"{"js":"","wasm":"","wasm_split_js":"","css":"","bootstrap_js":"","charts":"","fonts":[]}"#;
    std::fs::write(site.join("manifest.json"), manifest).expect("written");
    let mut command = legwork(folder);
    command.arg("serve").env("LEGWORK_SERVER__SITE_ROOT", &site).env("LEGWORK_SERVER__ADDRESS", "127.0.0.1:0").stdout(Stdio::piped());
    command
}

/// The process of the private `PostgreSQL`, if it is running.
pub(crate) fn postmaster(folder: &Path) -> Option<Pid> {
    let text = std::fs::read_to_string(folder.join("data/postgres/postmaster.pid")).ok()?;
    text.lines().next()?.parse().ok().map(Pid::from_raw)
}

impl Server {
    pub(crate) fn start(folder: &Path, database: Option<&str>) -> Self {
        let mut command = serve(folder);
        if let Some(url) = database {
            command.env("DATABASE_URL", url);
        }
        Self::of(command)
    }

    /// Starts the command, and waits until it serves.
    pub(crate) fn of(mut command: Command) -> Self {
        let mut child = command.spawn().expect("started");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines().map_while(Result::ok);
        let address = lines.find_map(|l| l.strip_prefix("Legwork is at http://").map(str::to_owned)).expect("it serves");
        Self { child, address }
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().try_into().expect("a pid"))
    }

    /// The response to a request, head and body, as far as it arrives.
    pub(crate) fn request(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("connected");
        let length = body.len();
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n").expect("sent");
        stream.write_all(body).expect("sent");
        let mut response = Vec::new();
        let _ = stream.read_to_end(&mut response);
        String::from_utf8_lossy(&response).into_owned()
    }

    pub(crate) fn healthy(&self) -> bool {
        self.request("GET", "/health", "", b"").starts_with("HTTP/1.1 200")
    }

    /// Waits until it reports the given health, which may be a second old.
    pub(crate) fn wait_for_health(&self, healthy: bool) {
        let since = Instant::now();
        while self.healthy() != healthy {
            assert!(since.elapsed() < SOON, "it stays {}healthy", if healthy { "un" } else { "" });
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Creates an account, and returns its session cookie.
pub(crate) fn register(server: &Server) -> String {
    let form = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n";
    let answer = server.request("POST", "/register", form, b"name=Kim&email=kim%40example.org&password=marmot+violin+trench");
    answer.split("legwork_session=").nth(1).and_then(|rest| rest.split(';').next()).unwrap_or_else(|| panic!("{answer}")).to_owned()
}

/// A connection as owner of a running server's private database.
pub(crate) fn owner(runtime: &Runtime, folder: &Path) -> PgConnection {
    let embedded = runtime.block_on(Embedded::start(&folder.join("data"), None, Mode::Cli)).expect("the running database");
    runtime.block_on(PgConnection::connect_with(&embedded.options())).expect("owner")
}
