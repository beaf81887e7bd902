//! Running other programs, and the paths of the workspace.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::site::Profile;

/// The outcome of a step: nothing, or a message that says what to do.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// The folder of the workspace: from the variable that cargo sets when it runs us. The one from compile time may be another clone with the
/// same target folder.
pub(crate) fn root() -> PathBuf {
    let own = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    own.join("..").canonicalize().unwrap_or_else(|_| PathBuf::from("."))
}

/// Where cargo builds to.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A program, started in the workspace.
pub(crate) fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root()).stdin(Stdio::null());
    command
}

/// Cargo, the one that runs us.
pub(crate) fn cargo() -> Command {
    let mut command = program(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    // Variables that describe this crate's build would make cargo rebuild what it builds for others.
    for (key, _) in std::env::vars().filter(|(k, _)| k.starts_with("CARGO_PKG_") || k.starts_with("CARGO_MANIFEST_")) {
        command.env_remove(key);
    }
    command
}

/// Runs to the end; a failure is an error that names the step.
pub(crate) fn step(what: &str, command: &mut Command) -> Outcome {
    println!("· {what}");
    let status = command.status().map_err(|e| format!("{what}: {} cannot be started: {e}", command.get_program().display()))?;
    if status.success() { Ok(()) } else { Err(format!("{what} failed; its output is above.")) }
}

/// Runs to the end and returns what it printed.
pub(crate) fn output(what: &str, command: &mut Command) -> Outcome<String> {
    let out = command.stderr(Stdio::inherit()).output().map_err(|e| format!("{what}: {} cannot be started: {e}", command.get_program().display()))?;
    if out.status.success() { Ok(String::from_utf8_lossy(&out.stdout).into_owned()) } else { Err(format!("{what} failed.")) }
}

/// Builds the `legwork` binary.
pub(crate) fn build_server(profile: Profile) -> Outcome {
    let mut command = cargo();
    // The same selection as for the tests: another one would resolve other features and recompile every dependency.
    command.args(["build", "--workspace", "--exclude", "frontend", "--bin", "legwork"]);
    if profile == Profile::Release {
        command.arg("--release");
    }
    // With the committed query data: building needs no database.
    step("the server", command.env("SQLX_OFFLINE", "true"))
}

/// The built `legwork` binary.
pub(crate) fn server(profile: Profile) -> Command {
    let folder = if profile == Profile::Release { "release" } else { "debug" };
    let mut command = program(&target().join(folder).join("legwork").display().to_string());
    command.env("LEGWORK_SERVER__SITE_ROOT", crate::site::folder());
    command
}
