//! Format, lints, and everything that continuous integration runs.

use crate::run::{Outcome, cargo, output, step};
use crate::{database, migrations, supply, tests};

/// Format and lints.
pub(crate) fn lint() -> Outcome {
    step("format", cargo().args(["fmt", "--all", "--check"]))?;
    let strict = ["--", "--deny", "warnings"];
    step(
        "lints",
        cargo().args(["clippy", "--quiet", "--workspace", "--exclude", "frontend", "--all-targets"]).args(strict).env("SQLX_OFFLINE", "true"),
    )?;
    released_without_tests()?;
    let toolchain = crate::needs::wasm_toolchain()?;
    if toolchain.is_some() {
        println!("· lints of the browser crates: skipped, their toolchain has no clippy");
        return Ok(());
    }
    step(
        "lints of the browser's half",
        cargo()
            .args([
                "clippy",
                "--quiet",
                "--package",
                "frontend",
                "--package",
                "app",
                "--features",
                "app/hydrate",
                "--target",
                "wasm32-unknown-unknown",
            ])
            .args(strict),
    )
}

/// The released server has nothing of what is only for tests: no crate of its own is built with the feature `testing`.
fn released_without_tests() -> Outcome {
    let mut command = cargo();
    command.args(["tree", "--workspace", "--exclude", "frontend", "--edges", "normal,build", "--prefix", "none", "--format", "{p} [{f}]"]);
    let tree = output("features of the server", &mut command)?;
    // Ours have a path.
    let ours = tree.lines().filter(|line| line.contains("(/"));
    let with: Vec<&str> = ours.filter(|line| line.split(['[', ',', ']']).any(|feature| feature == "testing")).collect();
    if with.is_empty() { Ok(()) } else { Err(format!("The released server would have code for tests:\n{}", with.join("\n"))) }
}

/// Everything; ends with the test counts.
pub(crate) fn ci() -> Outcome {
    lint()?;
    supply::check()?;
    migrations::lint()?;
    database::is_fresh()?;
    let total = tests::all()?;
    println!("\n{total}");
    Ok(())
}
