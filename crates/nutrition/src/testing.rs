//! What the tests of isolation need of nutrition.

use platform::testing::Samples;

/// A favourite, an entry of it, and that the page does not ask.
pub const SAMPLES: Samples = Samples {
    rows: &[
        "insert into nutrition_favourites (id, athlete_id, name, text, carbohydrate_g, created_at)
           values ('{nutrition_favourite}', $1, 'Geheimfavorit', 'Geheimbrei', 92, now())",
        "insert into nutrition_entries (id, athlete_id, at, day, minute, text, carbohydrate_g, typed, own, favourite_id, created_at)
           values ('{nutrition_entry}', $1, '2026-01-05 06:33Z', '2026-01-05', 393, 'Geheimbrei', 92, array['carbohydrate_g'],
             '[{\"name\": \"Eisen\", \"amount\": 5, \"unit\": \"mg\"}]', '{nutrition_favourite}', now())",
        "insert into nutrition_settings (athlete_id, prompt_off, created_at) values ($1, false, now())",
    ],
    fill: include_str!("fill.sql"),
    ..Samples::NONE
};
