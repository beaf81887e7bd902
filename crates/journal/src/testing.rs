//! What the tests of isolation need of the journal.

use platform::Files;
use platform::testing::{Meaning, Samples};
use uuid::Uuid;

/// A day, and a table of days that waits for its columns to be mapped.
pub const SAMPLES: Samples = Samples {
    rows: &[
        "insert into journal_entries (athlete_id, day, sleep_hours, note, created_at)
               values ($1, '2026-01-05', 7, 'diary-of-the-victim', now())",
        "insert into uploads (id, athlete_id, feature, name, bytes, received, created_at)
           values ('{csv}', $1, 'journal', 'Geheimrunde.csv', 23, 23, now())",
    ],
    files: table,
    values: &[("day", Meaning::plain("2026-01-05"))],
    fill: include_str!("fill.sql"),
    ..Samples::NONE
};

fn table(files: &Files, _victim: Uuid) -> std::io::Result<()> {
    std::fs::write(files.upload_path(&platform::testing::id("csv").to_string()), "day,sleep\n2026-01-05,7\n")
}
