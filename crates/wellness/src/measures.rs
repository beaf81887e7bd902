//! What exports measure: the measures of the catalogue ([`domain::measures`], which has their kinds, units and bounds) that readers know, and how the
//! readings of a day become its value.

use std::sync::LazyLock;

use domain::measures::{self, Answer, Kind, built_in};

/// How the readings of one day become its value. That is not the catalogue's aggregation, which says what several rows of a table make: a device states
/// a day's total whole, perhaps in two files and once before the day was over, and a weight in the morning is comparable where a mean is not.
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
    Illness,
}

/// What a reader needs to know of a measure.
pub(crate) struct Spec {
    pub(crate) measure: Measure,
    /// As in [`crate::Value::measure`], and in the catalogue.
    pub(crate) key: &'static str,
    pub(crate) combine: Combine,
}

const fn spec(measure: Measure, key: &'static str, combine: Combine) -> Spec {
    Spec { measure, key, combine }
}

/// In the order of [`Measure`].
pub(crate) const SPECS: [Spec; 34] = [
    spec(Measure::SleepHours, "sleep_hours", Combine::Most),
    spec(Measure::NapHours, "nap_hours", Combine::Most),
    spec(Measure::SleepEfficiency, "sleep_efficiency", Combine::Mean),
    spec(Measure::SleepDeep, "sleep_deep_hours", Combine::Mean),
    spec(Measure::SleepRem, "sleep_rem_hours", Combine::Mean),
    spec(Measure::SleepLight, "sleep_light_hours", Combine::Mean),
    spec(Measure::SleepAwake, "sleep_awake_hours", Combine::Mean),
    spec(Measure::BedTime, "bed_time", Combine::Mean),
    spec(Measure::WakeTime, "wake_time", Combine::Mean),
    spec(Measure::RestingHr, "resting_hr", Combine::Mean),
    spec(Measure::Hrv, "hrv", Combine::Mean),
    spec(Measure::HrvSdnn, "hrv_sdnn", Combine::Mean),
    spec(Measure::Respiration, "respiration", Combine::Mean),
    spec(Measure::Spo2, "spo2", Combine::Mean),
    spec(Measure::SkinTempDelta, "skin_temp_delta", Combine::Mean),
    spec(Measure::Weight, "weight_kg", Combine::First),
    spec(Measure::BodyFat, "body_fat", Combine::First),
    spec(Measure::Height, "height_cm", Combine::First),
    spec(Measure::Steps, "steps", Combine::Most),
    spec(Measure::ActiveEnergy, "active_energy_kcal", Combine::Most),
    spec(Measure::Vo2max, "vo2max", Combine::Mean),
    spec(Measure::Readiness, "readiness", Combine::First),
    spec(Measure::Strain, "strain", Combine::Most),
    spec(Measure::Stress, "stress_score", Combine::Mean),
    spec(Measure::Caffeine, "caffeine_mg", Combine::Sum),
    spec(Measure::Alcohol, "alcohol", Combine::Sum),
    spec(Measure::Energy, "energy_kcal", Combine::Sum),
    spec(Measure::Carbohydrate, "carbohydrate_g", Combine::Sum),
    spec(Measure::Protein, "protein_g", Combine::Sum),
    spec(Measure::Fat, "fat_g", Combine::Sum),
    spec(Measure::Fibre, "fibre_g", Combine::Sum),
    spec(Measure::Sodium, "sodium_mg", Combine::Sum),
    spec(Measure::Fluid, "fluid_ml", Combine::Sum),
    spec(Measure::Illness, "illness", Combine::Most),
];

// Every measure finds its own line.
const _: () = {
    let mut i = 0;
    while i < SPECS.len() {
        assert!(SPECS[i].measure as usize == i);
        i += 1;
    }
};

/// The same measures in the catalogue, in the same order.
static CATALOGUE: LazyLock<Vec<&'static measures::Measure>> =
    LazyLock::new(|| SPECS.iter().filter_map(|spec| built_in().iter().find(|measure| measure.key == spec.key)).collect());

impl Measure {
    pub(crate) const fn spec(self) -> &'static Spec {
        &SPECS[self as usize]
    }

    /// Whether a reading can be true: it is within the bounds of the catalogue. Parts of a day's total are, too, and need not be whole.
    pub(crate) fn admits(self, value: f64) -> bool {
        CATALOGUE.get(self as usize).is_some_and(|measure| {
            let (low, high) = measure.kind.range();
            (low..=high).contains(&value)
        })
    }

    /// A day's value as the catalogue has it: steps that two devices share are whole again. `None` if it cannot be true.
    pub(crate) fn value(self, value: f64) -> Option<f64> {
        let measure = CATALOGUE.get(self as usize)?;
        let value = if matches!(measure.kind, Kind::Count { .. } | Kind::YesNo) { value.round() } else { value };
        measure.check(&Answer::Number(value)).is_ok().then_some(value)
    }
}

/// The keys of all measures that a reading can have. Their words, units and bounds are in [`domain::measures`].
pub fn measures() -> impl Iterator<Item = &'static str> {
    SPECS.iter().map(|spec| spec.key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_is_in_the_catalogue_and_has_its_bounds() {
        let keys: Vec<&str> = CATALOGUE.iter().map(|measure| measure.key.as_str()).collect();
        assert_eq!(keys, measures().collect::<Vec<_>>());
        for measure in SPECS.iter().map(|spec| spec.measure) {
            let (low, high) = CATALOGUE[measure as usize].kind.range();
            assert!(measure.admits(low) && measure.admits(high) && !measure.admits(low - 1.0) && !measure.admits(high + 1.0));
            assert!(!measure.admits(f64::NAN) && measure.value(f64::INFINITY).is_none());
        }
        assert_eq!((Measure::Steps.value(1299.97), Measure::Weight.value(70.12)), (Some(1300.0), Some(70.12)));
    }
}
