//! Benchmarks.

mod bulk;
mod client;
mod demo;
mod interaction;
mod lighthouse;
mod pages;

use std::path::Path;

use crate::run::{Outcome, cargo, program, root, step};

const KNOWN: [&str; 12] =
    ["recordings", "wellness", "import", "bulk", "list", "journal", "nutrition", "discovery", "accounts", "pages", "lighthouse", "interaction"];

/// Runs the named benchmarks, or all of them.
pub(crate) fn run(what: &[String]) -> Outcome {
    if let Some(name) = what.iter().find(|w| !KNOWN.contains(&w.as_str())) {
        return Err(format!("There is no benchmark “{name}”. There are: {}.", KNOWN.join(", ")));
    }
    for name in KNOWN.into_iter().filter(|n| what.is_empty() || what.iter().any(|w| w == n)) {
        match name {
            "recordings" => recordings()?,
            "wellness" => wellness()?,
            "import" => import()?,
            "bulk" => bulk::run()?,
            "list" => of_package("activities", "list")?,
            "journal" => of_package("journal", "decade")?,
            "nutrition" => of_package("nutrition", "decade")?,
            "accounts" => accounts()?,
            "pages" => pages::run()?,
            "lighthouse" => lighthouse::run()?,
            "interaction" => interaction::run()?,
            _ => discovery()?,
        }
    }
    Ok(())
}

/// Our decoder next to others. In a separate crate, so that nothing that ships compiles them.
fn recordings() -> Outcome {
    let Some(folder) = std::env::var_os("LEGWORK_RECORDINGS") else {
        return Err("Set LEGWORK_RECORDINGS to a folder with a folder `fit` of recordings.".into());
    };
    let folder = Path::new(&folder).join("fit");
    let manifest = root().join("bench/Cargo.toml");
    step("bench recordings", cargo().args(["run", "--quiet", "--release", "--manifest-path"]).arg(manifest).arg("--").arg(folder))
}

/// An Apple export of 300 MB: speed and memory.
fn wellness() -> Outcome {
    step("bench wellness", cargo().args(["bench", "--quiet", "--package", "wellness", "--bench", "apple"]))
}

/// The engine alone, the same tests in Python if that is installed, and a report from the database to the stored report.
fn discovery() -> Outcome {
    let chart = root().join("docs/discovery-speed.svg");
    step("bench discovery", cargo().args(["bench", "--quiet", "--package", "inference", "--bench", "discovery"]).env("LEGWORK_CHART", chart))?;
    let script = root().join("crates/inference/reference/speed.py");
    if program("python3").args(["-c", "import numpy"]).output().is_ok_and(|o| o.status.success()) {
        step("the same tests in Python", program("python3").arg(script))?;
    }
    crate::database::with(|url| {
        let mut command = cargo();
        command.args(["bench", "--quiet", "--package", "discovery", "--bench", "report"]).env("DATABASE_URL", url).env("SQLX_OFFLINE", "true");
        step("bench report", &mut command)
    })
}

/// Fifty thousand activities in the list; ten years of forty measures a day, or of five meals: the page of a day and the daily table.
fn of_package(package: &str, bench: &str) -> Outcome {
    crate::database::with(|url| {
        let mut command = cargo();
        command.args(["bench", "--quiet", "--package", package, "--bench", bench]).env("DATABASE_URL", url).env("SQLX_OFFLINE", "true");
        step(&format!("bench {package}"), &mut command)
    })
}

/// The cost of authentication and row-level security.
fn accounts() -> Outcome {
    crate::database::with(|url| {
        let mut command = cargo();
        command.args(["bench", "--quiet", "--package", "accounts", "--bench", "session"]).env("DATABASE_URL", url).env("SQLX_OFFLINE", "true");
        step("bench accounts", &mut command)
    })
}

/// One hour of running through the whole import into a database of its own.
fn import() -> Outcome {
    crate::database::with(|url| {
        let mut command = cargo();
        command.args(["bench", "--quiet", "--package", "imports", "--bench", "import"]).env("DATABASE_URL", url).env("SQLX_OFFLINE", "true");
        step("bench import", &mut command)
    })
}
