//! Training load: of one run, and accumulated.

/// Sex, as needed by formulas fitted on men and women.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sex {
    /// The formula fitted on men.
    Male,
    /// The formula fitted on women.
    Female,
    /// Not said: the mean of both.
    #[default]
    Unknown,
}

/// Banister's TRIMP of `minutes` at a heart-rate-reserve fraction `x` (Banister 1991; weights after Morton et al. 1990,
/// doi:10.1152/jappl.1990.69.3.1171).
#[must_use]
pub fn trimp(minutes: f64, x: f64, sex: Sex) -> f64 {
    let x = x.clamp(0.0, 1.2);
    let men = minutes * x * 0.64 * (1.92 * x).exp();
    let women = minutes * x * 0.86 * (1.67 * x).exp();
    match sex {
        Sex::Male => men,
        Sex::Female => women,
        Sex::Unknown => f64::midpoint(men, women),
    }
}

/// Edwards's summed heart-rate zones: minutes in 50–60 … 90–100 % of the maximum heart rate, times 1 … 5 (Edwards 1993, "The Heart
/// Rate Monitor Book").
#[must_use]
pub fn edwards(seconds_in_zone: &[f64; 5]) -> f64 {
    seconds_in_zone.iter().zip(1..).map(|(s, weight)| s / 60.0 * f64::from(weight)).sum()
}

/// Heart-rate stress score: TRIMP relative to an hour at threshold, which is 100 by construction.
#[must_use]
pub fn hr_stress(impulse: f64, threshold_share: f64, sex: Sex) -> f64 {
    100.0 * impulse / trimp(60.0, threshold_share, sex)
}

/// Running stress score of `hours` at a normalised graded speed: an hour at threshold speed is 100 (after Coggan's TSS; `McGregor` for
/// running).
#[must_use]
pub fn running_stress(hours: f64, ngp_mps: f64, threshold_mps: f64) -> f64 {
    hours * (ngp_mps / threshold_mps).powi(2) * 100.0
}

/// One day of an exponentially weighted load: `L += (S − L)(1 − e^{−1/τ})`, τ in days (Banister 1975; τ of 42 and 7 days).
#[must_use]
pub fn next_day(load: f64, stress: f64, tau_days: f64) -> f64 {
    load + (stress - load) * (1.0 - (-1.0 / tau_days).exp())
}

/// The variant that some software computes: the weight of a day is `1/τ`, the first term of the exponential.
#[must_use]
pub fn next_day_linear(load: f64, stress: f64, tau_days: f64) -> f64 {
    load + (stress - load) / tau_days
}

/// Fitness, fatigue and training stress balance of one day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Balance {
    /// 42-day load.
    pub fitness: f64,
    /// 7-day load.
    pub fatigue: f64,
    /// Training stress balance: yesterday's fitness minus yesterday's fatigue.
    pub form: f64,
}

/// The usual time constants of fitness and fatigue, in days.
pub const USUAL_DAYS: (f64, f64) = (42.0, 7.0);

/// Fitness, fatigue and training stress balance for each day of `stress`, starting from zero, with the usual time constants.
#[must_use]
pub fn balance(stress: &[f64]) -> Vec<Balance> {
    balance_by(stress, USUAL_DAYS)
}

/// The same with time constants of fitness and fatigue in days.
#[must_use]
pub fn balance_by(stress: &[f64], (fitness_days, fatigue_days): (f64, f64)) -> Vec<Balance> {
    let (mut fitness, mut fatigue) = (0.0, 0.0);
    stress
        .iter()
        .map(|s| {
            let form = fitness - fatigue;
            fitness = next_day(fitness, *s, fitness_days);
            fatigue = next_day(fatigue, *s, fatigue_days);
            Balance { fitness, fatigue, form }
        })
        .collect()
}

/// Change of fitness over the last seven days, per week; `None` before the eighth day.
#[must_use]
pub fn ramp(balance: &[Balance]) -> Option<f64> {
    let last = balance.last()?;
    let before = balance.len().checked_sub(8).and_then(|i| balance.get(i))?;
    Some(last.fitness - before.fitness)
}

/// Monotony and strain of a week of daily loads (Foster 1998, doi:10.1097/00005768-199807000-00023): the mean over the standard
/// deviation, and the week's sum times that. `None` for a week without load or without any difference between its days.
#[must_use]
pub fn monotony_and_strain(week: &[f64; 7]) -> Option<(f64, f64)> {
    let sum: f64 = week.iter().sum();
    let mean = sum / 7.0;
    let deviation = (week.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / 6.0).sqrt();
    (sum > 0.0 && deviation > 1e-9).then(|| (mean / deviation, sum * mean / deviation))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn trimp_matches_its_test_vectors() {
        let x = (150.0 - 50.0) / (190.0 - 50.0);
        assert!((trimp(60.0, x, Sex::Male) - 108.095).abs() < 5e-4);
        assert!((trimp(60.0, x, Sex::Female) - 121.499).abs() < 5e-4);
        assert!((trimp(60.0, x, Sex::Unknown) - f64::midpoint(108.095, 121.499)).abs() < 5e-4);
    }

    #[test]
    fn edwards_weighs_zones_by_their_number() {
        assert!((edwards(&[600.0, 600.0, 600.0, 600.0, 600.0]) - 150.0).abs() < 1e-9);
    }

    #[test]
    fn forty_two_days_at_a_hundred_give_63_212() {
        let days = balance(&[100.0; 42]);
        assert!((days[41].fitness - 63.212).abs() < 5e-4);
        let linear = (0..42).fold(0.0, |l, _| next_day_linear(l, 100.0, 42.0));
        assert!((linear - 63.654).abs() < 5e-4);
    }

    #[test]
    fn an_hour_at_threshold_is_a_hundred() {
        assert!((running_stress(1.0, 4.0, 4.0) - 100.0).abs() < 1e-12);
        for sex in [Sex::Male, Sex::Female, Sex::Unknown] {
            assert!((hr_stress(trimp(60.0, 0.85, sex), 0.85, sex) - 100.0).abs() < 1e-9);
        }
    }

    #[test]
    fn monotony_matches_a_week_computed_by_hand() {
        // Mean 50, deviations ±50 on six days and 0 on one: the standard deviation is 50.
        let (monotony, strain) = monotony_and_strain(&[0.0, 100.0, 0.0, 100.0, 0.0, 100.0, 50.0]).expect("a week with differences");
        assert!((monotony - 1.0).abs() < 1e-12 && (strain - 350.0).abs() < 1e-9);
        assert!(monotony_and_strain(&[50.0; 7]).is_none());
    }

    proptest! {
        #[test]
        fn more_is_never_less(minutes in 1.0..300.0f64, x in 0.0..1.0f64, more in 0.0..0.1f64) {
            for sex in [Sex::Male, Sex::Female, Sex::Unknown] {
                prop_assert!(trimp(minutes, x + more, sex) >= trimp(minutes, x, sex));
                prop_assert!(trimp(minutes * (1.0 + more), x, sex) >= trimp(minutes, x, sex));
            }
        }

        #[test]
        fn fitness_stays_between_what_was_done(stress in prop::collection::vec(0.0..300.0f64, 1..400)) {
            let most = stress.iter().copied().fold(0.0, f64::max);
            for day in balance(&stress) {
                prop_assert!(day.fitness >= 0.0 && day.fitness <= most && day.fatigue >= 0.0 && day.fatigue <= most);
            }
        }
    }
}
