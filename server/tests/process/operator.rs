//! What an operator meets who is in the wrong folder, takes a backup and brings it back, or reads what a start says.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::common::{Server, legwork, open_folder, register, serve};

/// Runs a command to its end: whether it succeeded, and all that it said.
fn said(command: &mut Command) -> (bool, String) {
    let out = command.output().expect("started");
    (out.status.success(), String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned())
}

fn refused(command: &mut Command, words: &str) {
    let (done, said) = said(command);
    assert!(!done && said.contains(words) && !said.contains("internal"), "{command:?}: {said}");
}

/// The binary in a folder with nothing in it, and no settings from elsewhere.
fn in_folder(folder: &Path) -> Command {
    let mut command = legwork(folder);
    command.env_remove("LEGWORK_STORAGE__DATA_DIR").env_remove("LEGWORK_CONFIG");
    command
}

#[test]
fn a_command_in_the_wrong_folder_says_so_and_creates_nothing() {
    let folder = tempfile::tempdir().expect("folder");
    let here = folder.path().canonicalize().expect("a folder");
    let data = here.join("data").display().to_string();
    for arguments in [
        &["admin", "backup", "x.dump"][..],
        &["admin", "failed-jobs"],
        &["admin", "grant-owner", "kim@example.org"],
        &["admin", "rotate-keys", "2027"],
        &["import", "--athlete", "kim@example.org", "."],
        &["migrate"],
        &["worker"],
    ] {
        refused(in_folder(&here).args(arguments), &data);
    }
    // A misspelt file of settings is none, whichever command it is given to.
    for arguments in [&["admin", "backup", "x.dump"][..], &["serve"], &["demo"]] {
        refused(in_folder(&here).arg("--config").arg(here.join("legwrok.toml")).args(arguments), "legwrok.toml");
        refused(in_folder(&here).env("LEGWORK_CONFIG", "legwrok.toml").args(arguments), "legwrok.toml");
    }
    refused(in_folder(&here).args(["admin", "restore", "x.dump"]), "There is no file x.dump");
    assert_eq!(std::fs::read_dir(&here).expect("a folder").count(), 0);
}

#[test]
fn a_backup_is_restored_after_the_database_in_its_way_is_moved() {
    let folder = open_folder();
    let mut server = Server::start(folder.path(), None);
    register(&server);
    let file = folder.path().join("legwork.dump");
    let admin = |action: &str| {
        let mut command = legwork(folder.path());
        command.args(["admin", action]).arg(&file);
        command
    };
    let (done, written) = said(&mut admin("backup"));
    assert!(done, "{written}");
    // Whatever is wrong with the file is said before anybody moves a database for it.
    refused(legwork(folder.path()).args(["admin", "restore", "legwrok.dump"]), "There is no file legwrok.dump");
    kill(server.pid(), Signal::SIGTERM).expect("signalled");
    assert!(server.child.wait().expect("gone").success());
    let database = folder.path().join("data/postgres");
    refused(&mut admin("restore"), &format!("{} has tables", database.display()));
    std::fs::rename(&database, folder.path().join("before")).expect("moved");
    refused(legwork(folder.path()).args(["admin", "failed-jobs"]), "There is no Legwork in");
    let (done, restored) = said(&mut admin("restore"));
    let rows = |said: &str| said.lines().find_map(|line| line.split_once(" rows of ").map(|(rows, _)| rows.to_owned()));
    assert!(done && rows(&restored).is_some() && rows(&restored) == rows(&written), "{written}{restored}");
    let server = Server::start(folder.path(), None);
    let form = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n";
    let response = server.request("POST", "/sign-in", form, b"email=kim%40example.org&password=marmot+violin+trench");
    assert!(response.contains("legwork_session="), "{response}");
}

#[test]
fn the_demo_says_how_to_sign_in_last_and_writes_a_log_that_is_text() {
    let folder = open_folder();
    // With everything that a server needs.
    let settings: Vec<_> = serve(folder.path()).get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))).collect();
    let mut command = legwork(folder.path());
    command.args(["demo", "--days", "8"]).envs(settings).env_remove("RUST_LOG").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("started");
    let mut lines: Vec<String> = Vec::new();
    for line in BufReader::new(child.stdout.take().expect("piped")).lines().map_while(Result::ok) {
        lines.push(line);
        if lines.last().is_some_and(|line| line.starts_with("Sign in as")) {
            break;
        }
    }
    kill(Pid::from_raw(child.id().try_into().expect("a pid")), Signal::SIGTERM).expect("signalled");
    let mut log = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut log).expect("the log");
    assert!(child.wait().expect("gone").success());
    let at = |begin: &str| lines.iter().position(|line| line.starts_with(begin)).unwrap_or_else(|| panic!("no {begin}: {lines:?}"));
    assert!(at("Legwork is at") < at("Demo athlete") && at("Sign in as") == lines.len() - 1, "{lines:?}");
    assert!(lines[at("Demo athlete")].contains("questions, ") && lines[at("Demo athlete")].contains("tests. "), "{lines:?}");
    assert!(log.contains("runs: ") && !log.contains(['\r', '\u{1b}']), "{log}");
    assert!(!log.contains("Graphile"), "{log}");
}

#[test]
fn whoever_uses_it_is_led_to_its_source_and_to_the_notices_of_others() {
    let folder = open_folder();
    let server = Server::start(folder.path(), None);
    let page = server.request("GET", "/privacy", "", b"");
    assert!(page.contains("href=\"/source\"") && page.contains("href=\"/third-party.txt\""), "{page}");
    let answer = server.request("GET", "/source", "", b"");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("ask them"), "{answer}");
    std::fs::write(folder.path().join("site/third-party.txt"), "made by others").expect("written");
    let answer = server.request("GET", "/third-party.txt", "", b"");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("text/plain") && answer.ends_with("made by others"), "{answer}");
    drop(server);
    let mut command = serve(folder.path());
    command.env("LEGWORK_SERVER__SOURCE_URL", "https://code.example/legwork");
    let answer = Server::of(command).request("GET", "/source", "", b"");
    assert!(answer.starts_with("HTTP/1.1 303") && answer.contains("location: https://code.example/legwork"), "{answer}");
}
