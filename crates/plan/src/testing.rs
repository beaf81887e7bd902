//! What the tests of isolation need of the plan.

use platform::testing::{Meaning, Samples};

/// The secret of the victim's calendar.
const SECRET: &str = "5ec2e7000000000000000000000000000000000000000000000000000000f00d.ics";

/// A session, and an address of the plan.
pub const SAMPLES: Samples = Samples {
    rows: &[
        "insert into planned_sessions (id, athlete_id, day, kind, words, target, amount, steps, created_at)
           values ('{planned_session}', $1, '2026-01-05', 'run', 'Geheimrunde', 'distance', 8000, '2km easy; 4 x (1km 4:35/km, 90s jog)', now())",
        "insert into calendar_feeds (athlete_id, token_hash, created_at)
           values ($1, sha256('5ec2e7000000000000000000000000000000000000000000000000000000f00d'), now())",
    ],
    values: &[("calendar_feed", Meaning::secret(SECRET))],
    fill: include_str!("fill.sql"),
    ..Samples::NONE
};
