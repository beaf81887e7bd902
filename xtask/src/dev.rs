//! Running it: as a demo, and during development.

use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, SystemTime};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::run::{Outcome, build_server, root, server};
use crate::site::{self, Profile};

/// Builds, creates the synthetic athlete, serves until Ctrl-C.
pub(crate) fn demo(days: u16) -> Outcome {
    site::build(Profile::Release)?;
    build_server(Profile::Release)?;
    println!();
    let mut command = server(Profile::Release);
    command.args(["demo", "--days", &days.to_string()]);
    let status = wait(&mut command)?;
    if status { Ok(()) } else { Err("The server stopped with the message above.".into()) }
}

/// Waits for a server. Ctrl-C reaches it too; we only wait until it has stopped in order.
fn wait(command: &mut Command) -> Outcome<bool> {
    let mut child = command.spawn().map_err(|e| format!("the server cannot be started: {e}"))?;
    child.wait().map(|s| s.success()).map_err(|e| e.to_string())
}

/// Serves, rebuilds when a file changes, and lets open pages reload.
pub(crate) fn run() -> Outcome {
    let mut running: Option<Child> = None;
    let mut built = SystemTime::UNIX_EPOCH;
    loop {
        let newest = newest(&root()).unwrap_or(SystemTime::UNIX_EPOCH);
        if newest > built {
            built = newest;
            let done = site::build(Profile::Dev).and_then(|()| build_server(Profile::Dev));
            match done {
                Ok(()) => {
                    stop(&mut running);
                    let mut command = server(Profile::Dev);
                    command.arg("serve").env("LEGWORK_SERVER__LIVE_RELOAD", "true");
                    running = Some(command.spawn().map_err(|e| e.to_string())?);
                }
                Err(message) => eprintln!("{message}\nThe last version keeps running; waiting for the next change."),
            }
        }
        if let Some(child) = &mut running
            && let Ok(Some(_)) = child.try_wait()
        {
            return Err("The server stopped with the message above.".into());
        }
        std::thread::sleep(Duration::from_millis(400));
    }
}

fn stop(running: &mut Option<Child>) {
    if let Some(mut child) = running.take() {
        if let Ok(pid) = i32::try_from(child.id()) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
        }
        let _ = child.wait();
    }
}

/// The time of the last change of any source file.
fn newest(root: &Path) -> Option<SystemTime> {
    ["app", "crates", "frontend", "server", "style", "scripts", "public", "migrations"]
        .iter()
        .filter_map(|folder| newest_in(&root.join(folder)))
        .max()
}

fn newest_in(path: &Path) -> Option<SystemTime> {
    let metadata = std::fs::metadata(path).ok()?;
    if metadata.is_dir() {
        return std::fs::read_dir(path).ok()?.flatten().filter_map(|e| newest_in(&e.path())).max();
    }
    metadata.modified().ok()
}
