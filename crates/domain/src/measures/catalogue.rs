//! The built-in measures.

use std::sync::LazyLock;

use super::{Aggregation, Direction, Kind, Known, Measure, keys};

/// What is asked of whoever has not chosen, in this order.
pub const DEFAULT_ASKED: [&str; 10] = [
    keys::SLEEP_HOURS,
    keys::SLEEP_QUALITY,
    keys::SORENESS,
    keys::STRESS,
    keys::MOOD,
    keys::ALCOHOL,
    keys::CAFFEINE,
    keys::ILLNESS,
    keys::INJURY,
    keys::NOTE,
];

/// The built-in measures, in the order in which they are listed.
#[must_use]
pub fn built_in() -> &'static [Measure] {
    static CATALOGUE: LazyLock<Vec<Measure>> = LazyLock::new(|| [journal(), night(), body(), food(), device()].concat());
    &CATALOGUE
}

/// What the journal asks.
fn journal() -> Vec<Measure> {
    vec![
        duration(keys::SLEEP_HOURS, "Sleep", 24.0).presets(&[6.0, 6.5, 7.0, 7.5, 8.0, 8.5]).more_is_better(),
        scale(keys::SLEEP_QUALITY, "Sleep quality", ["poor", "meh", "ok", "good", "great"]).more_is_better(),
        number(keys::RESTING_HR, "Resting heart rate", 25.0, 150.0, "bpm").notable(5.0).less_is_better(),
        number(keys::HRV, "HRV", 1.0, 300.0, "ms").notable(10.0).more_is_better(),
        scale(keys::SORENESS, "Soreness", ["none", "little", "some", "a lot", "ouch"]).less_is_better(),
        scale(keys::MOOD, "Mood", ["low", "meh", "ok", "good", "great"]).after_run().more_is_better(),
        scale(keys::STRESS, "Stress", ["none", "low", "some", "high", "a lot"]).after_run().less_is_better(),
        duration(keys::WORK_HOURS, "Work", 24.0).presets(&[0.0, 4.0, 6.0, 8.0, 10.0]).after_run().sum().notable(2.0),
        number(keys::ALCOHOL, "Drinks last night", 0.0, 40.0, "drinks").presets(&[0.0, 1.0, 2.0, 3.0, 4.0]).sum(),
        number(keys::CAFFEINE, "Caffeine", 0.0, 30.0, "cups").presets(&[0.0, 1.0, 2.0, 3.0, 4.0]).after_run().sum(),
        yes_no(keys::ILLNESS, "Ill").less_is_better(),
        choice(keys::INJURY, "Injured", &["Achilles", "calf", "foot", "shin", "knee", "hamstring", "hip", "back", "other"]),
        choice(keys::INJURY_SIDE, "Injured side", &["left", "right", "both"]),
        measure(keys::NOTE, "Note", Kind::Text { longest: 2000 }),
    ]
}

/// The night that ends on the day, as a device or a diary knows it.
fn night() -> Vec<Measure> {
    vec![
        measure("bed_time", "In bed", Kind::Clock { earliest: -720.0 }).notable(60.0),
        measure("wake_time", "Awake", Kind::Clock { earliest: 0.0 }).notable(60.0),
        percent("sleep_efficiency", "Sleep efficiency").more_is_better(),
        duration("sleep_deep_hours", "Deep sleep", 24.0).notable(0.5).more_is_better(),
        duration("sleep_rem_hours", "REM sleep", 24.0).notable(0.5).more_is_better(),
        duration("sleep_light_hours", "Light sleep", 24.0).notable(0.5),
        duration("sleep_awake_hours", "Awake at night", 24.0).notable(0.5).less_is_better(),
        duration("nap_hours", "Naps", 12.0).sum().notable(0.5).after_run(),
        number("respiration", "Breaths a minute", 4.0, 40.0, "a minute"),
        number("spo2", "Blood oxygen", 50.0, 100.0, "%").notable(1.0),
        number("skin_temp_delta", "Skin temperature", -10.0, 10.0, "°C from usual").notable(0.3),
        number("hrv_sdnn", "HRV (SDNN)", 1.0, 400.0, "ms").notable(10.0).more_is_better(),
    ]
}

/// Body, work and travel.
fn body() -> Vec<Measure> {
    vec![
        number("weight_kg", "Weight", 20.0, 400.0, "kg"),
        number("body_fat", "Body fat", 1.0, 75.0, "%").notable(1.0),
        number("height_cm", "Height", 80.0, 260.0, "cm"),
        choice("shift", "Shift", &["day", "evening", "night", "off"]),
        number("time_zones", "Time zones crossed", -12.0, 12.0, "hours east").sum(),
        number("vo2max", "VO₂max, by the watch", 10.0, 100.0, "ml/kg/min").more_is_better(),
    ]
}

/// What was eaten and drunk, as a file knows it.
fn food() -> Vec<Measure> {
    [
        ("energy_kcal", "Energy", 20_000.0, "kcal", 250.0),
        ("carbohydrate_g", "Carbohydrate", 3000.0, "g", 50.0),
        ("protein_g", "Protein", 1000.0, "g", 25.0),
        ("fat_g", "Fat", 1000.0, "g", 25.0),
        ("fibre_g", "Fibre", 300.0, "g", 10.0),
        ("sodium_mg", "Sodium", 50_000.0, "mg", 1000.0),
        ("fluid_ml", "Fluid", 30_000.0, "ml", 500.0),
        ("caffeine_mg", "Caffeine in mg", 5000.0, "mg", 100.0),
    ]
    .into_iter()
    .map(|(key, label, max, unit, notable)| number(key, label, 0.0, max, unit).sum().notable(notable).after_run())
    .collect()
}

/// What devices make of a day.
fn device() -> Vec<Measure> {
    vec![
        measure("steps", "Steps", Kind::Count { max: 200_000.0, unit: "steps".into() }).sum().notable(2000.0).after_run(),
        number("active_energy_kcal", "Active energy", 0.0, 20_000.0, "kcal").sum().notable(250.0).after_run(),
        percent("readiness", "Readiness, by the device").notable(10.0).more_is_better(),
        number("strain", "Strain, by the device", 0.0, 21.0, "of 21").notable(3.0).after_run(),
        percent("stress_score", "Stress, by the device").notable(10.0).after_run().less_is_better(),
    ]
}

fn measure(key: &str, label: &str, kind: Kind) -> Measure {
    Measure {
        key: key.into(),
        label: label.into(),
        kind,
        presets: Vec::new(),
        aggregation: Aggregation::Last,
        known: Known::BeforeRun,
        better: None,
        notable: 1.0,
        shown: None,
        twelve_hours: false,
    }
}

fn number(key: &str, label: &str, min: f64, max: f64, unit: &str) -> Measure {
    measure(key, label, Kind::Number { min, max, unit: unit.into() }).mean()
}

fn percent(key: &str, label: &str) -> Measure {
    number(key, label, 0.0, 100.0, "%").notable(5.0)
}

fn duration(key: &str, label: &str, max: f64) -> Measure {
    measure(key, label, Kind::Duration { max }).sum()
}

fn scale(key: &str, label: &str, words: [&str; 5]) -> Measure {
    measure(key, label, Kind::Scale { words: words.map(Into::into).into() })
}

fn yes_no(key: &str, label: &str) -> Measure {
    Measure { aggregation: Aggregation::Max, ..measure(key, label, Kind::YesNo) }
}

fn choice(key: &str, label: &str, options: &[&str]) -> Measure {
    measure(key, label, Kind::Choice { options: options.iter().map(|option| (*option).into()).collect() })
}

impl Measure {
    fn presets(self, presets: &[f64]) -> Self {
        Self { presets: presets.into(), ..self }
    }

    fn mean(self) -> Self {
        Self { aggregation: Aggregation::Mean, ..self }
    }

    fn sum(self) -> Self {
        Self { aggregation: Aggregation::Sum, ..self }
    }

    fn after_run(self) -> Self {
        Self { known: Known::AfterRun, ..self }
    }

    fn notable(self, notable: f64) -> Self {
        Self { notable, ..self }
    }

    fn more_is_better(self) -> Self {
        Self { better: Some(Direction::More), ..self }
    }

    fn less_is_better(self) -> Self {
        Self { better: Some(Direction::Less), ..self }
    }
}
