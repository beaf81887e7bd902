//! What the tests of isolation need of the journal.

use platform::Files;
use platform::testing::{Meaning, Samples};
use uuid::Uuid;

/// A day, and a table of days that waits for its columns to be mapped.
pub const SAMPLES: Samples = Samples {
    rows: &["insert into journal_entries (athlete_id, day, sleep_hours, note, created_at)
               values ($1, '2026-01-05', 7, 'diary-of-the-victim', now())"],
    files: table,
    values: &[("day", Meaning::plain("2026-01-05"))],
    ..Samples::NONE
};

fn table(files: &Files, victim: Uuid) -> std::io::Result<()> {
    let key = crate::http::upload_key(victim, &platform::testing::id("csv").to_string());
    std::fs::write(files.upload_path(&key), "day,sleep\n2026-01-05,7\n")
}
