//! What the tests of isolation need of courses.

use platform::testing::Samples;

/// A course.
pub const SAMPLES: Samples = Samples {
    rows: &["insert into courses (id, athlete_id, name, distance_m, climb_m, points, created_at)
           values ('{course}', $1, 'Geheimkurs', 5000, 41.5,
             '\\x00000000101f000000389c1c804a5d0520a10700981c0000d015a31c804a5d05'::bytea, now())"],
    fill: include_str!("fill.sql"),
    ..Samples::NONE
};
