//! Builds, tests and measures Legwork.

mod bench;
mod check;
mod database;
mod dev;
mod evaluate;
mod fuzz;
mod migrations;
mod needs;
mod run;
mod site;
mod supply;
mod tests;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Builds, tests and measures Legwork. Every command checks its requirements first and says how to install them.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the site for release: WebAssembly, style, fonts, scripts, each hashed and compressed, and the server.
    Build,
    /// Serve, and rebuild and reload whenever a file changes.
    Dev,
    /// Build everything, create the synthetic athlete, serve, and print URL and login.
    Demo {
        /// Days of running and journal, up to today.
        #[arg(long, default_value_t = 548)]
        days: u16,
    },
    /// Run all tests: Rust tests on a real `PostgreSQL`, then browser tests.
    Test {
        /// Only the Rust tests.
        #[arg(long)]
        rust: bool,
    },
    /// Run only the browser tests; arguments after `--` go to Playwright.
    E2e {
        /// Arguments for Playwright.
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// What continuous integration runs: format, lints, query data, licences, all tests.
    Ci,
    /// Check format and lints.
    Lint,
    /// Fuzz every reader, starting from real recordings.
    Fuzz {
        /// Minutes for all targets together.
        #[arg(default_value_t = 60)]
        minutes: u64,
    },
    /// Plant known effects among noise and count what discovery finds; writes the table into `docs/discovery-evaluation.md`.
    Evaluate {
        /// Simulations per cell.
        #[arg(default_value_t = 500)]
        runs: usize,
    },
    /// Measure speed: `recordings`, `import`, `discovery`, `accounts`, or all.
    Bench {
        /// Names of benchmarks; all by default.
        what: Vec<String>,
    },
    /// Regenerate the descriptions of all SQL queries in `.sqlx`, so that building needs no database.
    Prepare,
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Build => site::build(site::Profile::Release).and_then(|()| run::build_server(site::Profile::Release)),
        Command::Dev => dev::run(),
        Command::Demo { days } => dev::demo(days),
        Command::Test { rust } => if rust { tests::rust() } else { tests::all() }.map(|total| println!("{total}")),
        Command::E2e { arguments } => tests::browser(&arguments).map(|total| println!("{total}")),
        Command::Ci => check::ci(),
        Command::Lint => check::lint(),
        Command::Fuzz { minutes } => fuzz::run(minutes),
        Command::Evaluate { runs } => evaluate::run(runs),
        Command::Bench { what } => bench::run(&what),
        Command::Prepare => database::prepare(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("\n{message}");
            ExitCode::FAILURE
        }
    }
}
