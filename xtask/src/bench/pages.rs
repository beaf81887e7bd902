//! Every page of the demo athlete: how long the server takes, how much it sends, how much a browser then asks for; and what the process
//! needs while it does nothing.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::client::Client;
use crate::needs::{chromium, npm};
use crate::run::{Outcome, build_server, output, program, server};
use crate::site::{self, Profile};

/// Requests of a page before its time counts, and those that count.
const WARM: usize = 20;
const COUNTED: usize = 300;
/// Clients at once, and how long they ask.
const CLIENTS: usize = 16;
const BUSY: Duration = Duration::from_secs(5);
/// How long after its start the server is left alone.
const SETTLE: Duration = Duration::from_secs(15);
/// How long the idle process is watched.
const IDLE: Duration = Duration::from_secs(30);

/// Builds the release server and site, makes the demo athlete in a folder of its own, and prints the tables.
pub(super) fn run() -> Outcome {
    site::build(Profile::Release)?;
    build_server(Profile::Release)?;
    let folder = std::env::temp_dir().join(format!("legwork-bench-{}", std::process::id()));
    let result = measure(&folder);
    let _ = std::fs::remove_dir_all(&folder);
    result
}

fn measure(folder: &Path) -> Outcome {
    let mut command = server(Profile::Release);
    command.arg("demo");
    let running = Running::start(&mut command, folder)?;
    let fault = |e: std::io::Error| format!("the server does not answer: {e}");
    let mut client = Client::connect(&running.address, "").map_err(fault)?;
    // What a start makes necessary is done first: jobs, above all.
    std::thread::sleep(SETTLE);
    let answer = client.post("/sign-in", "email=demo%40legwork.example&password=legwork-demo").map_err(fault)?;
    if answer.status != 303 {
        return Err(format!("The demo athlete cannot sign in: {}", answer.head));
    }
    let list = client.get("/activities", "identity").map_err(fault)?;
    let list = String::from_utf8_lossy(&list.body).into_owned();
    let activity =
        list.split("href=\"/activities/").filter_map(|l| l.split('"').next()).find(|id| id.len() == 36).ok_or("no activity in the list")?;
    let activity = format!("/activities/{activity}");
    let edit = format!("{activity}/edit");
    let pages = ["/", "/activities", &activity, &edit, "/performance", "/discovery", "/journal", "/settings", "/settings/security", "/imports"];
    println!("\n| page | p50 | p95 | HTML | compressed |\n|---|---|---|---|---|");
    for page in pages {
        let mut times = Vec::with_capacity(COUNTED);
        let mut plain = 0;
        for i in 0..WARM + COUNTED {
            let answer = client.get(page, "identity").map_err(fault)?;
            if answer.status != 200 {
                return Err(format!("{page} answers {}", answer.status));
            }
            plain = answer.body.len();
            if i >= WARM {
                times.push(answer.took);
            }
        }
        let packed = client.get(page, "br, gzip, zstd").map_err(fault)?.body.len();
        times.sort_unstable();
        let name = if page == activity {
            "/activities/{id}"
        } else if page == edit {
            "/activities/{id}/edit"
        } else {
            page
        };
        let ms = |q: usize| times[COUNTED * q / 100].as_secs_f64() * 1e3;
        println!("| {name} | {:.1} ms | {:.1} ms | {:.1} kB | {:.1} kB |", ms(50), ms(95), plain as f64 / 1e3, packed as f64 / 1e3);
    }
    println!("\nhome, {CLIENTS} clients: {:.0} requests a second", busy(&running.address, client.cookie())?);
    let (before, start) = (running.cpu(), Instant::now());
    std::thread::sleep(IDLE);
    let used = running.cpu().zip(before).map(|(now, before)| 100.0 * (now - before) / start.elapsed().as_secs_f64());
    println!("idle: {:.2} % of a core with its database, {:.0} MB in the server", used.unwrap_or(f64::NAN), running.resident_mb());
    if let (Ok(chromium), Ok(())) = (chromium(), npm()) {
        let mut command = program("node");
        command.arg("end2end/page-weight.mjs").arg(format!("http://{}", running.address)).args(pages).env("LEGWORK_CHROMIUM", chromium);
        println!("\n{}", output("what a browser loads", &mut command)?.replace(&activity, "/activities/{id}"));
    }
    Ok(())
}

/// Home, by many clients at once: requests a second.
fn busy(address: &str, cookie: &str) -> Outcome<f64> {
    let until = Instant::now() + BUSY;
    let ask = || -> std::io::Result<usize> {
        let mut client = Client::connect(address, cookie)?;
        let mut asked = 0;
        while Instant::now() < until {
            asked += usize::from(client.get("/", "identity")?.status == 200);
        }
        Ok(asked)
    };
    let all: std::io::Result<usize> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(ask)).collect();
        clients.into_iter().map(|c| c.join().unwrap_or_else(|_| Err(std::io::ErrorKind::Other.into()))).sum()
    });
    Ok(all.map_err(|e| e.to_string())? as f64 / BUSY.as_secs_f64())
}

/// A server with the demo athlete.
struct Running {
    child: Child,
    address: String,
}

impl Running {
    fn start(command: &mut Command, folder: &Path) -> Outcome<Self> {
        // Far above what is measured: the limits are not what is measured.
        for limit in ["GENERAL_PER_MINUTE", "ADMIN_PER_MINUTE"] {
            command.env(format!("LEGWORK_LIMITS__{limit}"), "100000000");
        }
        command.env("LEGWORK_STORAGE__DATA_DIR", folder).env("LEGWORK_SERVER__ADDRESS", "127.0.0.1:0").env_remove("DATABASE_URL");
        // A line for each request is part of what a server does, but would bury the tables.
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(|e| format!("the server cannot be started: {e}"))?;
        let mut lines = child.stdout.take().map(|out| BufReader::new(out).lines()).into_iter().flatten().map_while(Result::ok);
        let port = lines.find_map(|l| l.split("http://localhost:").nth(1).map(str::to_owned));
        let port = port.and_then(|p| p.split(|c: char| !c.is_ascii_digit()).next().map(str::to_owned)).ok_or("the server did not say where it is")?;
        Ok(Self { child, address: format!("localhost:{port}") })
    }

    /// Seconds of processor that the server and its database have used.
    fn cpu(&self) -> Option<f64> {
        let stat = |pid: u32| std::fs::read_to_string(format!("/proc/{pid}/stat")).ok();
        let fields = |text: &str| text.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        let mut all = vec![self.child.id()];
        // Children come after their parents often enough: three rounds reach the database's own processes.
        for _ in 0..3 {
            for entry in std::fs::read_dir("/proc").ok()?.flatten() {
                let Some(pid) = entry.file_name().to_str().and_then(|n| n.parse::<u32>().ok()) else { continue };
                let parent = stat(pid).and_then(|s| fields(&s)?.get(1)?.parse::<u32>().ok());
                if !all.contains(&pid) && parent.is_some_and(|p| all.contains(&p)) {
                    all.push(pid);
                }
            }
        }
        let ticks = |pid: u32| stat(pid).and_then(|s| fields(&s).map(|f| f[11..13].iter().filter_map(|t| t.parse::<f64>().ok()).sum::<f64>()));
        Some(all.into_iter().filter_map(ticks).sum::<f64>() / 100.0)
    }

    fn resident_mb(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let kb = status.lines().find_map(|l| l.strip_prefix("VmRSS:")?.trim().split(' ').next()?.parse::<f64>().ok());
        kb.unwrap_or(f64::NAN) / 1e3
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(pid) = i32::try_from(self.child.id()) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
        }
        let _ = self.child.wait();
    }
}
