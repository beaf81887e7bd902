//! What the tests of isolation need of onboarding.

use platform::testing::Samples;

/// A race, a week, and how far the first questions were answered.
pub const SAMPLES: Samples = Samples {
    rows: &[
        "insert into goals (id, athlete_id, kind, name, day, distance_m, created_at)
           values ('{goal}', $1, 'race', 'Geheimlauf', '2100-01-01', 21097.5, now())",
        "insert into availability (athlete_id, slots, long_run, created_at) values ($1, array['tue_early'], 'sun', now())",
        "insert into onboarding (athlete_id, done, created_at) values ($1, array['goals'], now())",
    ],
    fill: include_str!("fill.sql"),
    ..Samples::NONE
};
