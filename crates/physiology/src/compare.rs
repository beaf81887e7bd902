//! A run's efficiency against the athlete's own earlier runs.
//!
//! The band is a prediction interval for one more run: what nine of ten ordinary days lie between, given how the earlier ones scattered. Its middle
//! is the median and its spread `Qₙ`, so that a race or a faulty strap among them does not widen it. All of it is on the logarithm of efficiency:
//! a day is better or worse by per cent.

use domain::activities::comparison::{Baseline, Comparison, RunKind, Standing};

use crate::spread::one_more;

/// Fewer runs give no band.
pub const LEAST_RUNS: usize = 8;
/// More are not looked at: the latest ones count.
const MOST_RUNS: usize = 400;
/// One end of the band: a twentieth of ordinary days lies above it.
const END: f64 = 0.95;
/// The smallest spread that is believed, of a logarithm: heart rates are whole beats.
const LEAST_SPREAD: f64 = 0.003;
/// Half the width of "nearly the same temperature", in degrees.
const NEAR_C: f64 = 2.0;

/// A run, as comparisons see it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Run {
    /// Its day, as a number that grows by one each day.
    pub day: i64,
    /// Efficiency factor in metres a heartbeat.
    pub efficiency: f64,
    /// Its kind.
    pub kind: RunKind,
    /// Mean temperature in degrees Celsius.
    pub temperature_c: Option<f64>,
    /// Whether it was on the route of the run that is compared.
    pub same_route: bool,
}

/// A run against `earlier` ones, oldest first: 28, 90 and 365 days, the route (if there is an earlier run on it), its kind, and its temperature
/// (if known). Empty if its efficiency is unknown.
#[must_use]
pub fn compare(run: &Run, earlier: &[Run]) -> Vec<Comparison> {
    if !is_known(run.efficiency) {
        return Vec::new();
    }
    let against = |baseline: Baseline, belongs: &dyn Fn(&Run) -> bool| {
        let values: Vec<f64> = earlier.iter().filter(|r| r.day <= run.day && is_known(r.efficiency) && belongs(r)).map(|r| r.efficiency).collect();
        let runs = values.len();
        let standing = (runs >= LEAST_RUNS).then(|| standing(run.efficiency, &values[runs.saturating_sub(MOST_RUNS)..]));
        Comparison { baseline, runs: count(runs), standing, wanted: count(LEAST_RUNS.saturating_sub(runs)) }
    };
    let within = |days: i64| move |r: &Run| run.day - r.day <= days;
    let mut all: Vec<Comparison> = [28_u16, 90, 365].iter().map(|&days| against(Baseline::Days { days }, &within(i64::from(days)))).collect();
    all.extend(Some(against(Baseline::Route, &|r| r.same_route)).filter(|c| c.runs > 0));
    all.push(against(Baseline::Kind { kind: run.kind }, &|r| r.kind == run.kind && within(365)(r)));
    all.extend(run.temperature_c.filter(|c| c.is_finite()).map(|c| {
        let near = |r: &Run| r.temperature_c.is_some_and(|other| (other - c).abs() <= NEAR_C) && within(365)(r);
        against(Baseline::Temperature { from_c: c - NEAR_C, to_c: c + NEAR_C }, &near)
    }));
    all
}

/// Where a value stands among at least two positive ones: the interval for one more, `m ± t·s·√(1 + π/2n)`, on their logarithms.
#[must_use]
pub fn standing(value: f64, among: &[f64]) -> Standing {
    let logs: Vec<f64> = among.iter().map(|v| v.ln()).collect();
    let (middle, half) = one_more(&logs, END, LEAST_SPREAD);
    let off = value.ln() - middle;
    Standing {
        middle: middle.exp(),
        band: ((middle - half).exp(), (middle + half).exp()),
        value,
        percent: 100.0 * off.exp_m1(),
        outside: off.abs() > half,
        rank: count(1 + among.iter().filter(|v| **v > value).count()),
    }
}

/// As pages have it.
pub(crate) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn is_known(efficiency: f64) -> bool {
    efficiency.is_finite() && efficiency > 0.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::{Rng, SeedableRng};
    use rand_pcg::Pcg64Mcg;

    use super::*;

    fn run(day: i64, efficiency: f64) -> Run {
        Run { day, efficiency, kind: RunKind::Everyday, temperature_c: None, same_route: false }
    }

    #[test]
    fn each_baseline_has_its_runs_and_says_how_many_are_wanted() {
        let mut earlier: Vec<Run> = (0..400).step_by(4).map(|day| run(day, 1.30 + (day % 7) as f64 * 0.005)).collect();
        for r in earlier.iter_mut().step_by(10) {
            (r.same_route, r.kind, r.temperature_c) = (true, RunKind::Hilly, Some(7.0));
        }
        let this = Run { kind: RunKind::Hilly, temperature_c: Some(8.5), same_route: true, ..run(400, 1.366) };
        let all = compare(&this, &earlier);
        let found: Vec<(u32, u32)> = all.iter().map(|c| (c.runs, c.wanted)).collect();
        // Days 372 to 396, 310 to 396, 35 to 396 every fourth; each fortieth, nine of them in the year.
        assert_eq!(found, [(7, 1), (22, 0), (91, 0), (10, 0), (9, 0), (9, 0)]);
        assert!(all[0].standing.is_none() && all[1].standing.is_some_and(|s| s.outside && s.rank == 1));
        assert!(compare(&run(400, f64::NAN), &earlier).is_empty());
        assert_eq!(compare(&run(400, 1.3), &[]).len(), 4, "no route, no temperature");
    }

    #[test]
    fn the_band_is_known_for_ten_values() {
        let ten: Vec<f64> = (1..=10).map(|k| (f64::from(k) / 100.0).exp()).collect();
        let s = standing(0.12_f64.exp(), &ten);
        assert!((s.middle.ln() - 0.055).abs() < 1e-12 && (s.percent - 100.0 * 0.065_f64.exp_m1()).abs() < 1e-9);
        // Qn is 0.0322 (see its test), t at 7.38 degrees of freedom 1.879, the root 1.0757.
        assert!((s.band.1.ln() - 0.055 - 0.0651).abs() < 2e-4, "{:?}", s.band.1.ln());
        assert!(!s.outside && s.rank == 1 && standing(0.13_f64.exp(), &ten).outside);
    }

    /// How often one more ordinary run lies in the band, by how runs scatter and how many there are. Printed with `--nocapture`.
    #[test]
    fn nine_of_ten_ordinary_days_lie_in_the_band() {
        let mut rng = Pcg64Mcg::seed_from_u64(1);
        let mut normal = move || (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0;
        let mut odd = Pcg64Mcg::seed_from_u64(2);
        for (scatter, least, most) in
            [("normal", 0.88, 0.925), ("one in ten odd", 0.88, 0.955), ("heavy tails", 0.865, 0.94), ("alike in a row", 0.8, 0.95)]
        {
            for n in [8_usize, 12, 20, 40, 150] {
                let trials = 3000;
                let inside = (0..trials)
                    .filter(|_| {
                        let mut before = 0.02 * normal();
                        let mut values: Vec<f64> = (0..=n)
                            .map(|k| match scatter {
                                "one in ten odd" if k < n && odd.random::<f64>() < 0.1 => 0.08,
                                // A normal over the root of a mean of four squares: Student's t with four degrees of freedom.
                                "heavy tails" => 0.02 * normal() / ((0..4).map(|_| normal().powi(2)).sum::<f64>() / 4.0).sqrt(),
                                // Good and bad weeks: a correlation of a half from run to run.
                                "alike in a row" => {
                                    before = 0.5 * before + 0.75_f64.sqrt() * 0.02 * normal();
                                    before
                                }
                                _ => 0.02 * normal(),
                            })
                            .map(f64::exp)
                            .collect();
                        let last = values.pop().expect("one more");
                        !standing(last, &values).outside
                    })
                    .count();
                let share = inside as f64 / f64::from(trials);
                println!("{scatter}, {n} runs: {share:.3}");
                assert!((least..=most).contains(&share), "{scatter}, {n} runs: {share}");
            }
        }
    }

    proptest! {
        #[test]
        fn units_and_order_do_not_matter(values in prop::collection::vec(0.8..2.0f64, 8..60), value in 0.8..2.0f64, unit in 0.2..5.0f64) {
            let a = standing(value, &values);
            let mut turned: Vec<f64> = values.iter().map(|v| v * unit).collect();
            turned.reverse();
            let b = standing(value * unit, &turned);
            prop_assert!((a.percent - b.percent).abs() < 1e-6 && a.rank == b.rank);
            prop_assert!((a.band.1 * unit - b.band.1).abs() < 1e-9 && a.band.0 < a.middle && a.middle < a.band.1);
            prop_assert_eq!(a.outside, !(a.band.0..=a.band.1).contains(&value));
        }
    }
}
