//! What is measured: key, unit, bounds of what can be true, and how several readings of a day become one value.

/// How the readings of one day become its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Combine {
    /// Their mean.
    Mean,
    /// Their sum.
    Sum,
    /// The largest: the same day in two files, once before it was over.
    Most,
    /// The first of the day: weight is comparable in the morning.
    First,
}

/// A daily measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Measure {
    SleepHours,
    NapHours,
    SleepEfficiency,
    SleepDeep,
    SleepRem,
    SleepLight,
    SleepAwake,
    BedTime,
    WakeTime,
    RestingHr,
    Hrv,
    HrvSdnn,
    Respiration,
    Spo2,
    SkinTempDelta,
    Weight,
    BodyFat,
    Height,
    Steps,
    ActiveEnergy,
    Vo2max,
    Readiness,
    Strain,
    Stress,
    Caffeine,
    Alcohol,
    Energy,
    Carbohydrate,
    Protein,
    Fat,
    Fibre,
    Sodium,
    Fluid,
}

/// Everything about a measure.
pub(crate) struct Spec {
    pub(crate) measure: Measure,
    /// As in [`crate::Value::measure`].
    pub(crate) key: &'static str,
    pub(crate) unit: &'static str,
    /// Values outside are errors of a device or of a unit, whoever the athlete is.
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) combine: Combine,
}

const fn spec(measure: Measure, key: &'static str, unit: &'static str, low: f64, high: f64, combine: Combine) -> Spec {
    Spec { measure, key, unit, low, high, combine }
}

/// In the order of [`Measure`].
pub(crate) const SPECS: [Spec; 33] = [
    spec(Measure::SleepHours, "sleep_hours", "h", 0.0, 24.0, Combine::Most),
    spec(Measure::NapHours, "nap_hours", "h", 0.0, 24.0, Combine::Most),
    spec(Measure::SleepEfficiency, "sleep_efficiency", "%", 0.0, 100.0, Combine::Mean),
    spec(Measure::SleepDeep, "sleep_deep_hours", "h", 0.0, 24.0, Combine::Mean),
    spec(Measure::SleepRem, "sleep_rem_hours", "h", 0.0, 24.0, Combine::Mean),
    spec(Measure::SleepLight, "sleep_light_hours", "h", 0.0, 24.0, Combine::Mean),
    spec(Measure::SleepAwake, "sleep_awake_hours", "h", 0.0, 24.0, Combine::Mean),
    spec(Measure::BedTime, "bed_time", "min", -1440.0, 1440.0, Combine::Mean),
    spec(Measure::WakeTime, "wake_time", "min", -1440.0, 1440.0, Combine::Mean),
    spec(Measure::RestingHr, "resting_hr", "bpm", 20.0, 200.0, Combine::Mean),
    spec(Measure::Hrv, "hrv", "ms", 1.0, 400.0, Combine::Mean),
    spec(Measure::HrvSdnn, "hrv_sdnn", "ms", 1.0, 400.0, Combine::Mean),
    spec(Measure::Respiration, "respiration", "breaths/min", 3.0, 60.0, Combine::Mean),
    spec(Measure::Spo2, "spo2", "%", 50.0, 100.0, Combine::Mean),
    spec(Measure::SkinTempDelta, "skin_temp_delta", "°C", -10.0, 10.0, Combine::Mean),
    spec(Measure::Weight, "weight_kg", "kg", 20.0, 400.0, Combine::First),
    spec(Measure::BodyFat, "body_fat", "%", 1.0, 75.0, Combine::First),
    spec(Measure::Height, "height_cm", "cm", 50.0, 280.0, Combine::First),
    spec(Measure::Steps, "steps", "", 0.0, 200_000.0, Combine::Most),
    spec(Measure::ActiveEnergy, "active_energy_kcal", "kcal", 0.0, 20_000.0, Combine::Most),
    spec(Measure::Vo2max, "vo2max", "ml/kg/min", 5.0, 100.0, Combine::Mean),
    spec(Measure::Readiness, "readiness", "%", 0.0, 100.0, Combine::First),
    spec(Measure::Strain, "strain", "", 0.0, 21.0, Combine::Most),
    spec(Measure::Stress, "stress_score", "", 0.0, 100.0, Combine::Mean),
    spec(Measure::Caffeine, "caffeine_mg", "mg", 0.0, 5_000.0, Combine::Sum),
    spec(Measure::Alcohol, "alcohol", "drinks", 0.0, 50.0, Combine::Sum),
    spec(Measure::Energy, "energy_kcal", "kcal", 0.0, 30_000.0, Combine::Sum),
    spec(Measure::Carbohydrate, "carbohydrate_g", "g", 0.0, 5_000.0, Combine::Sum),
    spec(Measure::Protein, "protein_g", "g", 0.0, 2_000.0, Combine::Sum),
    spec(Measure::Fat, "fat_g", "g", 0.0, 2_000.0, Combine::Sum),
    spec(Measure::Fibre, "fibre_g", "g", 0.0, 500.0, Combine::Sum),
    spec(Measure::Sodium, "sodium_mg", "mg", 0.0, 50_000.0, Combine::Sum),
    spec(Measure::Fluid, "fluid_ml", "ml", 0.0, 30_000.0, Combine::Sum),
];

// Every measure finds its own line.
const _: () = {
    let mut i = 0;
    while i < SPECS.len() {
        assert!(SPECS[i].measure as usize == i && SPECS[i].low < SPECS[i].high);
        i += 1;
    }
};

impl Measure {
    pub(crate) const fn spec(self) -> &'static Spec {
        &SPECS[self as usize]
    }

    /// Whether a value can be true.
    pub(crate) fn admits(self, value: f64) -> bool {
        let spec = self.spec();
        (spec.low..=spec.high).contains(&value)
    }
}

/// The keys of all measures that a reading can have, with their units; `bed_time` and `wake_time` are minutes after midnight of the day on
/// which the night ends, so that 22:20 the evening before is -100.
pub fn measures() -> impl Iterator<Item = (&'static str, &'static str)> {
    SPECS.iter().map(|spec| (spec.key, spec.unit))
}
