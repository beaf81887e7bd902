//! What the tests of isolation need of the change log.

use platform::testing::{Meaning, Samples};

/// An edit that can be undone.
pub const SAMPLES: Samples = Samples {
    rows: &["insert into change_log (id, athlete_id, actor_id, table_name, row_key, before, after) overriding system value
               values (7000077, $1, $1, 'daily_values', '2026-01-05 mood typed', '{\"day\": \"2026-01-05\", \"measure\": \"mood\", \"source\": \"typed\", \"number\": 2, \"recorded_at\": \"2026-01-05T08:00:00Z\"}', '{\"number\": 3}')"],
    values: &[("change", Meaning::named("7000077", "999999"))],
    fill: include_str!("fill.sql"),
    ..Samples::NONE
};
