//! What the tests of isolation need of a user's own data.

use platform::Files;
use platform::testing::{Meaning, Samples, id};
use uuid::Uuid;

/// An export that is pending and one to download.
pub const SAMPLES: Samples = Samples {
    rows: &[
        "insert into data_exports (id, athlete_id, requested_at) values ('{pending_export}', $1, now())",
        "insert into data_exports (id, athlete_id, requested_at, finished_at, expires_at) values ('{finished_export}', $1, now(), now(), '2100-01-01')",
    ],
    files: finished,
    values: &[("archive", Meaning::plain("no archive"))],
    fill: include_str!("fill.sql"),
    ..Samples::NONE
};

fn finished(files: &Files, victim: Uuid) -> std::io::Result<()> {
    let path = files.export_path(victim, id("finished_export"));
    std::fs::create_dir_all(path.parent().unwrap_or(&path))?;
    std::fs::write(path, "diary-of-the-victim")
}
