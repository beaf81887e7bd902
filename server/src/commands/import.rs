//! `legwork import`: the importer of the imports page, for files on this machine.

use std::path::{Path, PathBuf};

use clap::Args;
use domain::imports::Outcome;
use domain::list::PageRequest;
use platform::postgres::Mode;
use platform::{Error, Platform};
use tokio_util::io::ReaderStream;
use uuid::Uuid;

use super::progress;
use crate::bootstrap::Runtime;

/// What to import, and for whom.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Email address of the athlete's account.
    #[arg(long, value_name = "EMAIL")]
    athlete: String,
    /// Files and folders: FIT, GPX, TCX, each also gzipped, and zips and tars of them.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

pub(crate) async fn run(config: Option<&Path>, arguments: &Arguments) -> Result<(), String> {
    let runtime = Runtime::start(config, Mode::Cli).await?;
    let result = import(&runtime.platform, arguments).await;
    runtime.stop().await;
    result
}

async fn import(platform: &Platform, arguments: &Arguments) -> Result<(), String> {
    let message = |e: Error| e.into_problem().message;
    let viewer = accounts::viewer_by_email(platform, &arguments.athlete)
        .await
        .map_err(message)?
        .ok_or_else(|| format!("There is no account with the address {}. Register it in the app first.", arguments.athlete))?;
    let mut files = Vec::new();
    for path in &arguments.paths {
        collect(path, &mut files)?;
    }
    if files.is_empty() {
        return Err("There are no files in these paths.".into());
    }
    let import = platform.ids.uuid(platform.clock.now());
    for (i, file) in files.iter().enumerate() {
        progress::show("Files", i + 1, files.len());
        upload(platform, viewer.id, import, file).await.map_err(|e| format!("{}: {}", file.display(), message(e)))?;
        imports::run_to_end(platform, viewer.id).await.map_err(message)?;
    }
    let mut tx = platform.database.begin_as(viewer.id).await.map_err(message)?;
    let mut page = PageRequest::first();
    let summary = loop {
        let summary = imports::get(&mut tx, import, &page, false, platform.clock.now()).await.map_err(message)?;
        for file in &summary.files.items {
            println!("{:<10} {} {}", file.outcome.as_str(), file.name, file.message);
        }
        let Some(next) = &summary.files.next else { break summary };
        page = PageRequest::parse(Some(next.as_str()));
    };
    let failed = summary.count(Outcome::Failed);
    println!(
        "{} imported, {} duplicate, {failed} failed. Undo: /imports/{import}",
        summary.count(Outcome::Imported) + summary.count(Outcome::Recovered),
        summary.count(Outcome::Duplicate) + summary.count(Outcome::Merged)
    );
    if failed == summary.counts.lines() { Err("Nothing could be imported.".into()) } else { Ok(()) }
}

async fn upload(platform: &Platform, viewer: Uuid, import: Uuid, path: &Path) -> Result<(), Error> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let file = tokio::fs::File::open(path).await?;
    imports::receive(platform, viewer, import, &name, ReaderStream::new(file)).await
}

fn collect(path: &Path, out: &mut Vec<PathBuf>) -> Result<(), String> {
    let unreadable = |e: std::io::Error| format!("{} cannot be read: {e}", path.display());
    if path.is_dir() {
        let mut inside: Vec<PathBuf> = std::fs::read_dir(path).map_err(unreadable)?.flatten().map(|e| e.path()).collect();
        inside.sort();
        for path in inside {
            collect(&path, out)?;
        }
    } else {
        std::fs::metadata(path).map_err(unreadable)?;
        out.push(path.to_owned());
    }
    Ok(())
}
