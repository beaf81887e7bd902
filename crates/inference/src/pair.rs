//! One input and one outcome: the test, the effect, and whether there is none worth the time.

use domain::statistics::t_975;

use crate::design_matrix::{Rows, Screen};
use crate::distribution::t_quantile;
use crate::finding::{Family, Finding, LagEffect, Point, Provenance, Tier};
use crate::lagged::{Input, Lagged, MIN_DAYS, Test, lagged};
use crate::multiplicity::per_test;
use crate::options::Options;
use crate::outcome::Outcome;
use crate::table::Table;

/// Minimum effective number of independent days.
const MIN_EFFECTIVE: f64 = 20.0;
/// Neighbouring lags that fit at least this well, relative to the best, may be the true one.
const TIE: f64 = 0.85;

/// A finding under construction.
pub(crate) struct PartialFinding<'a> {
    pub(crate) input: &'a Input<'a>,
    pub(crate) outcome: &'a Outcome<'a>,
    pub(crate) finding: Finding,
    /// The test at the best lag.
    pub(crate) best: Option<Test>,
}

impl<'a> PartialFinding<'a> {
    pub(crate) fn new(table: &Table, outcome: &'a Outcome<'a>, input: &'a Input<'a>, options: &Options) -> Self {
        let declared = table.priority.iter().any(|p| p.input == input.column.name && p.outcome == outcome.column.name);
        let mut draft = Self {
            input,
            outcome,
            best: None,
            finding: blank(input, outcome, if declared { Family::Priority } else { Family::Exploratory }, options),
        };
        draft.test(options);
        draft
    }

    pub(crate) fn family(&self) -> Family {
        self.finding.provenance.family
    }

    /// Each pair has its own surrogates, independent of the rest of the table (FNV-1a over both names).
    pub(crate) fn seed(&self, seed: u64) -> u64 {
        let names = self.input.column.name.bytes().chain([0]).chain(self.outcome.column.name.bytes());
        names.fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }

    fn test(&mut self, options: &Options) {
        let (input, finding) = (self.input, &mut self.finding);
        let Some(screen) = self.outcome.screen.as_ref() else {
            let both = input.raw.iter().zip(&self.outcome.values).filter(|(x, y)| x.is_finite() && y.is_finite()).count();
            finding.n = both;
            finding.n_eff = both as f64;
            finding.days_needed = Some(MIN_DAYS.saturating_sub(both).max(1));
            return;
        };
        finding.provenance.held_constant.clone_from(&screen.held);
        finding.provenance.memory = (screen.tested.memory.phi, screen.tested.memory.noise);
        let lags = input.lags(options.max_lag);
        let tests = lagged(screen, &screen.tested, input, input.tested(), &lags);
        let Some((best, p)) = tests.best() else {
            let rows = Rows::new(screen, &input.raw, lags.first().copied().unwrap_or(0));
            finding.n = rows.x.len();
            finding.n_eff = rows.x.len() as f64;
            finding.days_needed = Some(input.days_needed(&rows).max(1));
            return;
        };
        (finding.n, finding.n_eff) = (best.n, best.fit.n_eff);
        if best.fit.n_eff < MIN_EFFECTIVE {
            let each = best.n as f64 / best.fit.n_eff.max(1.0);
            finding.days_needed = Some(((MIN_EFFECTIVE - best.fit.n_eff) * each).ceil() as usize);
            return;
        }
        finding.tier = Tier::Unknown;
        finding.p = Some(p);
        finding.lag_days = Some(best.lag.unsigned_abs() as usize);
        finding.lag_set = tied_lags(&tests.tests, best);
        finding.r = Some(best.fit.t / (best.fit.t * best.fit.t + best.fit.df).sqrt());
        finding.provenance.lags = tests.tests.iter().map(|t| t.lag.unsigned_abs() as usize).collect();
        finding.provenance.effective_lags = tests.effective;
        let own_unit = (!(screen.is_plain() && input.is_plain())).then(|| lagged(screen, screen.in_own_unit(), input, &input.raw, &lags));
        let small = self.outcome.column.smallest_effect.unwrap_or(options.smallest_effect_sd * screen.sd);
        effect(finding, screen, input, own_unit.as_ref().unwrap_or(&tests), best.lag, small, tests.tests.len());
        self.best = Some(best.clone());
    }
}

/// Effect and interval at the best lag, the effects at all lags, and whether all of them are inside the smallest one of interest.
fn effect(finding: &mut Finding, screen: &Screen, input: &Input, tests: &Lagged, lag: i32, small: f64, lags: usize) {
    let mut inside = tests.tests.len() == lags;
    let mut over_all_lags = 0.0;
    for test in &tests.tests {
        let (change, error) = (test.fit.slope * input.step, test.fit.se * input.step);
        // The t quantile is never below the normal 1.645: most pairs are decided without it.
        inside = inside && change.abs() + 1.645 * error < small && change.abs() + t_quantile(0.95, test.fit.df) * error < small;
        let half = t_975(test.fit.df) * error;
        finding.profile.push(LagEffect { lag_days: test.lag.unsigned_abs() as usize, effect: change, low: change - half, high: change + half });
        if test.lag == lag {
            (finding.effect, finding.ci_low, finding.ci_high) = (Some(change), Some(change - half), Some(change + half));
            over_all_lags = t_quantile(1.0 - per_test(0.05, tests.effective) / 2.0, test.fit.df) * error;
            finding.input_step = Some(input.step);
            finding.outcome_sd = Some(screen.sd);
        }
    }
    // The lag shown is the best of several: an interval for that lag alone would exclude zero far too often. Nor may an effect that is called
    // small have a wider interval than that.
    if let (true, Some(change)) = (inside, finding.effect.filter(|change| change.abs() + over_all_lags < small)) {
        (finding.ci_low, finding.ci_high) = (Some(change - over_all_lags), Some(change + over_all_lags));
        finding.tier = if change.abs() > over_all_lags { Tier::TooSmall } else { Tier::NoEffect };
    }
}

/// The best lag and its neighbours of the same sign that fit nearly as well.
fn tied_lags(tests: &[Test], best: &Test) -> Vec<usize> {
    let ties = |t: &&Test| t.fit.t * best.fit.t > 0.0 && t.fit.t.abs() >= TIE * best.fit.t.abs();
    let at = tests.iter().position(|t| t.lag == best.lag).unwrap_or(0);
    let (before, after) = (tests[..at].iter().rev().take_while(ties), tests[at + 1..].iter().take_while(ties));
    let mut out: Vec<usize> = before.chain(after).chain([best]).map(|t| t.lag.unsigned_abs() as usize).collect();
    out.sort_unstable();
    out
}

/// The outcome's difference from the expectation by trend, weekday and covariates, and the input, in their own units.
pub(crate) fn points(screen: &Screen, input: &Input, lag: i32) -> Vec<Point> {
    let rows = Rows::new(screen, &input.raw, lag);
    let mut y = rows.pick(&screen.raw);
    screen.remove_plainly(&rows, &mut y);
    let days = rows.pick(&screen.days);
    days.into_iter().zip(rows.x).zip(y).map(|((day, x), y)| Point { day, x, y }).collect()
}

fn blank(input: &Input, outcome: &Outcome, family: Family, options: &Options) -> Finding {
    Finding {
        input: input.column.name.clone(),
        outcome: outcome.column.name.clone(),
        lag_days: None,
        lag_set: Vec::new(),
        effect: None,
        ci_low: None,
        ci_high: None,
        expected: None,
        input_step: None,
        binary: input.binary,
        r: None,
        p: None,
        q: None,
        q_strict: None,
        n: 0,
        n_eff: 0.0,
        tier: Tier::NotEnoughData,
        days_needed: None,
        flags: Vec::new(),
        outcome_sd: None,
        profile: Vec::new(),
        points: Vec::new(),
        provenance: Provenance {
            engine: crate::ENGINE_VERSION.to_owned(),
            seed: options.seed,
            held_constant: Vec::new(),
            lags: Vec::new(),
            effective_lags: 0.0,
            family,
            family_size: 0,
            memory: (0.0, 0.0),
            surrogates: None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expansion_is_the_quantile() {
        for df in [8.0, 15.0, 40.0, 300.0] {
            assert!((t_975(df) - t_quantile(0.975, df)).abs() < 1e-3, "{df}");
        }
    }
}
