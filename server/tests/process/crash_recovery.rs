//! A process that is killed in the middle of an import: nothing is half imported or duplicated, and the rest continues.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use chrono::NaiveDate;

use crate::common::{Server, legwork, open_folder, serve};

/// Files of the import.
const FILES: usize = 200;

/// Runs a command to its end and returns what it printed.
fn run(command: &mut Command) -> String {
    let out = command.output().expect("started");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).into_owned()
}

/// Recordings of short runs, one a day.
fn write_runs(folder: &Path) {
    std::fs::create_dir_all(folder).expect("folder");
    let runs = demo::days(5, NaiveDate::from_ymd_opt(2026, 6, 1).expect("a date"), 400);
    let mut written = 0;
    for day in runs {
        if let Some(mut run) = day.run.filter(|_| written < FILES) {
            run.samples = run.samples.select(&(0..600).collect::<Vec<_>>());
            std::fs::write(folder.join(format!("{}.fit", day.date)), recordings::fit::encode(&run)).expect("written");
            written += 1;
        }
    }
    assert_eq!(written, FILES);
}

#[test]
fn a_killed_import_leaves_nothing_half_and_continues() {
    let folder = open_folder();
    let runs = folder.path().join("runs");
    write_runs(&runs);
    // An account to import for, with three days of its own.
    run(legwork(folder.path()).args(["demo", "--no-serve", "--days", "3"]));

    let mut importing = legwork(folder.path()).args(["import", "--athlete", demo::EMAIL]).arg(&runs).stderr(Stdio::piped()).spawn().expect("started");
    let progress = BufReader::new(importing.stderr.take().expect("piped"));
    for line in progress.lines().map_while(Result::ok) {
        if line.starts_with("Files: 100 of") {
            break;
        }
    }
    importing.kill().expect("killed");
    importing.wait().expect("gone");

    // The next process takes over the database that was left running, and the same files give each activity once.
    let second = run(legwork(folder.path()).args(["import", "--athlete", demo::EMAIL]).arg(&runs));
    let summary = second.lines().last().expect("a summary");
    let numbers: Vec<usize> = summary.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
    let (imported, duplicate, failed) = (numbers[0], numbers[1], numbers[2]);
    assert_eq!((imported + duplicate, failed), (FILES, 0), "{summary}");
    // What was committed when the process was killed is there; what was queued was imported afterwards.
    assert!(duplicate >= 99, "{summary}");
    let third = run(legwork(folder.path()).args(["import", "--athlete", demo::EMAIL]).arg(&runs));
    assert!(third.lines().last().is_some_and(|l| l.starts_with(&format!("0 imported, {FILES} duplicate, 0 failed"))), "{third}");
}

#[test]
fn two_servers_on_one_folder_are_refused() {
    let folder = open_folder();
    let mut first = Server::start(folder.path(), None);
    let second = serve(folder.path()).output().expect("started");
    assert!(!second.status.success());
    let message = String::from_utf8_lossy(&second.stderr);
    assert!(message.contains("Another Legwork is using"), "{message}");
    // A command that runs next to the server uses its database.
    run(legwork(folder.path()).arg("migrate"));
    nix::sys::signal::kill(first.pid(), nix::sys::signal::Signal::SIGTERM).expect("stopped");
    assert!(first.child.wait().expect("gone").success());
}
