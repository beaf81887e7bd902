//! The `legwork` binary: serves the app, and offers its command line.

#![recursion_limit = "512"]

mod assets;
#[cfg(test)]
mod authz_matrix;
mod bootstrap;
mod commands;
mod compression;
mod connections;
mod endpoints;
mod errors;
mod features;
mod guard;
mod health;
mod http_listener;
mod limits;
mod metrics;
mod moved;
mod not_modified;
mod observe;
mod openapi;
#[cfg(test)]
mod own_measures;
#[cfg(test)]
mod query_plans;
mod serve;
#[cfg(test)]
mod states;
mod throughput;
mod transfer;
mod unavailable;
mod worker;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::builder::StyledStr;
use clap::{Arg, CommandFactory, FromArgMatches, Parser, Subcommand};

/// Rendering makes and drops many small pieces, which glibc's allocator does slowly, and imports leave it fragmented (docs/performance.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long the process waits at exit for blocking threads.
const THREAD_SHUTDOWN_TIMEOUT: Duration = Duration::from_millis(500);

/// Finds out what actually makes an endurance athlete faster.
#[derive(Parser)]
#[command(name = "legwork", version, about, long_about = None)]
struct Cli {
    /// Settings file; without it `Leptos.toml`, if there is one.
    #[arg(long, global = true, env = "LEGWORK_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the app. Without `DATABASE_URL` a private `PostgreSQL` is started and stopped with it.
    Serve,
    /// Run background jobs, and serve nothing: any number of these share the work with any number of servers.
    Worker,
    /// Bring the database up to date, and stop.
    Migrate,
    /// Import recordings for an athlete: files, folders, archives.
    Import(commands::import::Arguments),
    /// Create the synthetic athlete (eighteen months of runs and journal) if there is none, then serve the app.
    Demo(commands::demo::Arguments),
    /// Print what is in recordings as JSON, an object for each file. Needs no database.
    Inspect(commands::inspect::Arguments),
    /// Test inputs against outcomes in daily CSV tables and print the findings as JSON, an object for each table. Needs no database.
    Discover(commands::discover::Arguments),
    /// Plant known effects among noise, count what discovery finds, and print tables in Markdown. Needs no database.
    Evaluate {
        /// Simulations per cell.
        #[arg(long, default_value_t = 100)]
        runs: usize,
        /// Seed of the simulations.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Administration from outside the app: the first owner, keys, backups.
    Admin {
        #[command(subcommand)]
        action: commands::admin::Action,
    },
    /// Print the version.
    Version,
}

fn main() -> ExitCode {
    platform::private::set_umask();
    let cli = Cli::from_arg_matches(&without_markdown(Cli::command()).get_matches()).unwrap_or_else(|e| e.exit());
    match cli.command {
        Command::Inspect(arguments) => commands::inspect::run(&arguments),
        Command::Discover(arguments) => commands::discover::run(&arguments),
        Command::Evaluate { runs, seed } => {
            inference::evaluation::markdown(&inference::Options::default(), (runs, seed), "", |line| println!("{line}"));
            ExitCode::SUCCESS
        }
        Command::Version => {
            println!("legwork {}\nCopyright (C) 2026 {}", env!("CARGO_PKG_VERSION"), env!("CARGO_PKG_AUTHORS"));
            println!("Free software under the AGPL-3.0-only, without any warranty.");
            ExitCode::SUCCESS
        }
        command => run_async(cli.config.as_deref(), command),
    }
}

/// Help is written as documentation and read on a terminal, which shows the back-ticks.
fn without_markdown(mut command: clap::Command) -> clap::Command {
    let plain = |text: &StyledStr| text.to_string().replace('`', "");
    if let Some(about) = command.get_about().map(plain) {
        command = command.about(about);
    }
    if let Some(about) = command.get_long_about().map(plain) {
        command = command.long_about(about);
    }
    let argument = |mut argument: Arg| {
        let (short, long) = (argument.get_help().map(plain), argument.get_long_help().map(plain));
        if let Some(short) = short {
            argument = argument.help(short);
        }
        if let Some(long) = long {
            argument = argument.long_help(long);
        }
        argument
    };
    command.mut_args(argument).mut_subcommands(without_markdown)
}

/// Commands that need the database.
fn run_async(config: Option<&Path>, command: Command) -> ExitCode {
    platform::telemetry::start("info,sqlx=warn,graphile_worker=warn");
    // Pages rendered on the server would wait for each other on few threads: at least four.
    let threads = std::thread::available_parallelism().map_or(4, |n| n.get().max(4));
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("The runtime did not start: {error}")),
    };
    let result = runtime.block_on(async {
        match command {
            Command::Serve => serve::run(config).await,
            Command::Worker => worker::run(config).await,
            Command::Migrate => bootstrap::migrate(config).await,
            Command::Import(arguments) => commands::import::run(config, &arguments).await,
            Command::Demo(arguments) => commands::demo::run(config, &arguments).await,
            Command::Admin { action } => commands::admin::run(config, &action).await,
            Command::Inspect(_) | Command::Discover(_) | Command::Evaluate { .. } | Command::Version => Ok(()),
        }
    });
    // Dropping it would wait for every thread that still unpacks or computes.
    runtime.shutdown_timeout(THREAD_SHUTDOWN_TIMEOUT);
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => fail(&message),
    }
}

fn fail(message: &str) -> ExitCode {
    eprintln!("{message}");
    ExitCode::FAILURE
}
