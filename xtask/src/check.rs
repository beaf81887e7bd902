//! Format, lints, and everything that continuous integration runs.

use crate::run::{Outcome, cargo, step};
use crate::{database, migrations, supply, tests};

/// Format and lints.
pub(crate) fn lint() -> Outcome {
    step("format", cargo().args(["fmt", "--all", "--check"]))?;
    let strict = ["--", "--deny", "warnings"];
    step(
        "lints",
        cargo().args(["clippy", "--quiet", "--workspace", "--exclude", "frontend", "--all-targets"]).args(strict).env("SQLX_OFFLINE", "true"),
    )?;
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
