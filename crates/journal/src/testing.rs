//! What the tests of isolation need of the journal.

use platform::Files;
use platform::testing::{Meaning, Samples};
use uuid::Uuid;

/// A day, and a table of days that waits for its columns to be mapped.
pub const SAMPLES: Samples = Samples {
    rows: &[
        "insert into measures (id, athlete_id, key, label, kind, known, notable, created_at)
           values ('{measure_id}', $1, 'own_cold_shower', 'Shower of the victim', 'yes_no', 'before_run', 1, now())",
        "insert into journal_settings (athlete_id, asked, created_at) values ($1, '{sleep_hours,hrv,own_cold_shower,note}', now())",
        "insert into daily_values (athlete_id, day, measure, source, number, text, recorded_at, created_at) values
           ($1, '2026-01-05', 'sleep_hours', 'typed', 7, null, now(), now()), ($1, '2026-01-05', 'own_cold_shower', 'typed', 1, null, now(), now()),
           ($1, '2026-01-05', 'note', 'typed', null, 'diary-of-the-victim', now(), now())",
        "insert into daily_values (athlete_id, day, measure, source, origin, number, recorded_at, created_at)
           values ($1, '2026-01-05', 'mood', 'file', '{table_import}', 3, now(), now())",
        "insert into table_presets (id, athlete_id, headers, meanings, used_at, created_at)
           values ('{preset}', $1, '{Tag,Laune}', '{date,mood}', now(), now())",
        "insert into uploads (id, athlete_id, feature, name, bytes, received, created_at)
           values ('{csv}', $1, 'journal', 'Geheimrunde.csv', 23, 23, now())",
    ],
    files: table,
    values: &[("day", Meaning::plain("2026-01-05")), ("measure", Meaning::named("own_cold_shower", "own_none"))],
    fill: include_str!("fill.sql"),
    ..Samples::NONE
};

fn table(files: &Files, _victim: Uuid) -> std::io::Result<()> {
    std::fs::write(files.upload_path(&platform::testing::id("csv").to_string()), "day,sleep\n2026-01-05,7\n")
}
