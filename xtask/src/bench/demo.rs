//! The release server with the demo athlete, in a folder of its own, for benchmarks of its pages.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::client::Client;
use crate::run::{Outcome, build_server, server};
use crate::site::{self, Profile};

/// What a start makes necessary is done first, jobs above all: a server is quiet once it uses less than this share of a core for this long.
const QUIET: f64 = 0.05;
const QUIET_FOR: Duration = Duration::from_secs(5);
/// A server that is still busy after this time will not become quiet.
const BUSY_AT_MOST: Duration = Duration::from_mins(5);

/// The variable with the days of the athlete, if they are not the demo's own.
const DAYS: &str = "LEGWORK_DEMO_DAYS";

/// A server with the demo athlete; stopped, and its folder removed, on drop.
pub(super) struct Demo {
    child: Child,
    folder: PathBuf,
    pub(super) address: String,
}

impl Demo {
    /// Builds the release server and site, and starts it.
    pub(super) fn start() -> Outcome<Self> {
        site::build(Profile::Release)?;
        build_server(Profile::Release)?;
        let folder = std::env::temp_dir().join(format!("legwork-bench-{}", std::process::id()));
        let mut command = server(Profile::Release);
        command.arg("demo");
        if let Ok(days) = std::env::var(DAYS) {
            command.args(["--days", &days]);
        }
        // Far above what is measured: the limits are not what is measured.
        for limit in ["GENERAL_PER_MINUTE", "ADMIN_PER_MINUTE"] {
            command.env(format!("LEGWORK_LIMITS__{limit}"), "100000000");
        }
        command.env("LEGWORK_STORAGE__DATA_DIR", &folder).env("LEGWORK_SERVER__ADDRESS", "127.0.0.1:0").env_remove("DATABASE_URL");
        // A line for each request is part of what a server does, but would bury the tables.
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(|e| format!("the server cannot be started: {e}"))?;
        let out = child.stdout.take();
        let mut demo = Self { child, folder, address: String::new() };
        let mut lines = out.map(|out| BufReader::new(out).lines()).into_iter().flatten().map_while(Result::ok);
        let port = lines.find_map(|l| l.split("http://localhost:").nth(1).map(str::to_owned));
        let port = port.and_then(|p| p.split(|c: char| !c.is_ascii_digit()).next().map(str::to_owned)).ok_or("the server did not say where it is")?;
        demo.address = format!("localhost:{port}");
        // Keep reading, so that the server never waits for a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        demo.settle()?;
        Ok(demo)
    }

    /// Waits until the server has done what is to be done.
    pub(super) fn settle(&self) -> Outcome {
        let start = Instant::now();
        loop {
            let before = self.cpu();
            std::thread::sleep(QUIET_FOR);
            let used = self.cpu().zip(before).map(|(now, before)| now - before).ok_or("the server’s processes cannot be watched")?;
            if used < QUIET * QUIET_FOR.as_secs_f64() {
                return Ok(());
            }
            if start.elapsed() > BUSY_AT_MOST {
                return Err(format!("The server is still busy after {} s.", BUSY_AT_MOST.as_secs()));
            }
        }
    }

    /// A connection that is signed in as the demo athlete.
    pub(super) fn signed_in(&self) -> Outcome<Client> {
        let fault = |e: std::io::Error| format!("the server does not answer: {e}");
        let mut client = Client::connect(&self.address, "").map_err(fault)?;
        let answer = client.post("/sign-in", "email=demo%40legwork.example&password=legwork-demo").map_err(fault)?;
        if answer.status == 303 { Ok(client) } else { Err(format!("The demo athlete cannot sign in: {}", answer.head)) }
    }

    /// The path of the newest activity.
    pub(super) fn activity(client: &mut Client) -> Outcome<String> {
        let list = client.get("/activities", "identity").map_err(|e| format!("the server does not answer: {e}"))?;
        let list = String::from_utf8_lossy(&list.body).into_owned();
        let mut ids = list.split("href=\"/activities/").filter_map(|l| l.split('"').next());
        Ok(format!("/activities/{}", ids.find(|id| id.len() == 36).ok_or("no activity in the list")?))
    }

    /// Seconds of processor that the server and its database have used, with those of their processes that have ended.
    pub(super) fn cpu(&self) -> Option<f64> {
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
        let ticks = |pid: u32| stat(pid).and_then(|s| fields(&s).map(|f| f[11..15].iter().filter_map(|t| t.parse::<f64>().ok()).sum::<f64>()));
        Some(all.into_iter().filter_map(ticks).sum::<f64>() / 100.0)
    }

    pub(super) fn resident_mb(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let kb = status.lines().find_map(|l| l.strip_prefix("VmRSS:")?.trim().split(' ').next()?.parse::<f64>().ok());
        kb.unwrap_or(f64::NAN) / 1e3
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        if let Ok(pid) = i32::try_from(self.child.id()) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
        }
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
