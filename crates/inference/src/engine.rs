//! The steps from a table to findings.

use chrono::Datelike;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use crate::finding::{Finding, Flag, Point, Tier};
use crate::linear::{Basis, autocorrelation, dot, normal_scores, quantile, ranks};
use crate::multiplicity::{benjamini_hochberg, effective_tests, sidak};
use crate::table::{Column, Table};
use crate::whiten::{Filter, Memory, fit};

/// What can be set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// The largest lag in days.
    pub max_lag: usize,
    /// The smallest effect worth the athlete's time, in standard deviations of the outcome.
    pub smallest_effect_sd: f64,
    /// Findings with q up to this are supported. 0.06 by evaluation: see `docs/discovery.md`.
    pub q_supported: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_lag: 7, smallest_effect_sd: 0.1, q_supported: 0.06 }
    }
}

/// Fewest days with both values.
const MIN_DAYS: usize = 30;
/// Fewest independent days that they must be worth.
const MIN_EFFECTIVE: f64 = 20.0;
/// Fewest days at each level of a yes-or-no input.
const MIN_LEVEL: usize = 8;
/// Share of the days on which a finding is searched when it is then to be confirmed on the rest.
const SEARCH_SHARE: f64 = 0.7;

/// Tests every input against every outcome.
#[must_use]
pub fn discover(table: &Table, options: &Options) -> Vec<Finding> {
    let normal = Normal::standard();
    let scores = |v: &[f64]| normal_scores(v, |p| normal.inverse_cdf(p));
    let mut findings = Vec::new();
    let mut confirmations = Vec::new();
    for outcome in &table.outcomes {
        let y = table.padded(outcome);
        let whole = Screen::new(table, &y, 0, table.days, &scores);
        // Where the search ends: by run days, so that both parts have their share of them.
        let days = whole.as_ref().map_or(&[][..], |s| &s.days);
        let split = days.get((days.len() as f64 * SEARCH_SHARE) as usize).copied().unwrap_or(table.days);
        let search = Screen::new(table, &y, 0, split, &scores);
        let rest = Screen::new(table, &y, split, table.days, &scores);
        for input in table.inputs.iter().filter(|i| i.name != outcome.name) {
            let x = table.padded(input);
            let binary = input.is_binary();
            let pair = Pair { input, outcome, x: &x, binary, options };
            findings.push(pair.test(whole.as_ref(), &scores));
            confirmations.push(pair.confirm(search.as_ref(), rest.as_ref(), &scores));
        }
    }
    grade(&mut findings, &confirmations, options);
    findings
}

/// Gives q values and tiers, once all p values are known.
fn grade(findings: &mut [Finding], confirmations: &[Option<Confirmation>], options: &Options) {
    let tested: Vec<usize> = (0..findings.len()).filter(|&i| findings[i].p.is_some()).collect();
    let q = benjamini_hochberg(&tested.iter().filter_map(|&i| findings[i].p).collect::<Vec<_>>());
    // The search part is its own family: as many questions were asked there.
    let searched: Vec<usize> = (0..findings.len()).filter(|&i| confirmations[i].is_some()).collect();
    let search_q = benjamini_hochberg(&searched.iter().filter_map(|&i| confirmations[i].as_ref().map(|c| c.search_p)).collect::<Vec<_>>());
    for (&i, &q) in tested.iter().zip(&q) {
        findings[i].q = Some(q);
        if q <= options.q_supported {
            findings[i].tier = Tier::Supported;
        } else if findings[i].tier == Tier::Unknown && findings[i].p.is_some_and(|p| p <= 0.05) {
            findings[i].tier = Tier::Watching;
        }
    }
    for (&i, &q) in searched.iter().zip(&search_q) {
        let held = confirmations[i].as_ref().is_some_and(|c| c.held);
        if findings[i].tier == Tier::Supported && q <= options.q_supported && held {
            findings[i].tier = Tier::Confirmed;
        }
    }
}

/// An outcome on a range of days, with everything that is held constant.
struct Screen {
    /// Day numbers with an outcome.
    days: Vec<usize>,
    /// The outcome as it is.
    raw: Vec<f64>,
    /// The outcome as it is tested: normal scores where it is skewed.
    tested: Vec<f64>,
    /// Columns held constant, one value for each of `days`.
    block: Vec<Vec<f64>>,
    memory: Memory,
    raw_memory: Memory,
}

impl Screen {
    fn new(table: &Table, y: &[f64], from: usize, to: usize, scores: &dyn Fn(&[f64]) -> Vec<f64>) -> Option<Self> {
        let days: Vec<usize> = (from..to).filter(|&d| y[d].is_finite()).collect();
        if days.len() < 12 {
            return None;
        }
        let raw: Vec<f64> = days.iter().map(|&d| y[d]).collect();
        let tested = if needs_scores(&raw) { scores(&raw) } else { raw.clone() };
        let block = block(table, &days, to - from, from);
        if days.len() < block.len() + 6 {
            return None;
        }
        let memory = fit(&tested, &block, &days);
        let raw_memory = if tested == raw { memory } else { fit(&raw, &block, &days) };
        Some(Self { days, raw, tested, block, memory, raw_memory })
    }
}

/// Intercept, trend and season, weekday, covariates. The number of terms grows with the days, so that a short record keeps some.
fn block(table: &Table, days: &[usize], span: usize, from: usize) -> Vec<Vec<f64>> {
    let mut out = vec![vec![1.0; days.len()]];
    // Cosines of half periods are a smooth basis with free ends (a discrete cosine transform), one per four months.
    let terms = (span / 120).clamp(1, 6);
    for k in 1..=terms {
        let angle = |d: usize| std::f64::consts::PI * k as f64 * ((d - from) as f64 + 0.5) / span as f64;
        out.push(days.iter().map(|&d| angle(d).cos()).collect());
    }
    if days.len() >= 90 {
        let weekday = |d: usize| (u64::from(table.first_day.weekday().num_days_from_monday()) + d as u64) % 7;
        for w in 1..7 {
            out.push(days.iter().map(|&d| f64::from(u8::from(weekday(d) == w))).collect());
        }
    }
    for covariate in &table.covariates {
        let values = table.padded(covariate);
        let known: Vec<f64> = days.iter().map(|&d| values[d]).filter(|v| v.is_finite()).collect();
        // A covariate that is mostly unknown would hold its own absence constant.
        if known.len() * 2 < days.len() || out.len() * 6 > days.len() {
            continue;
        }
        let mean = known.iter().sum::<f64>() / known.len() as f64;
        out.push(days.iter().map(|&d| if values[d].is_finite() { values[d] - mean } else { 0.0 }).collect());
    }
    out
}

/// Whether values are so skewed or coarse that ranks are the better reading.
fn needs_scores(values: &[f64]) -> bool {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let (m2, m3) = values.iter().fold((0.0, 0.0), |(a, b), v| (a + (v - mean).powi(2), b + (v - mean).powi(3)));
    let skew = if m2 > 0.0 { (m3 / n) / (m2 / n).powf(1.5) } else { 0.0 };
    skew.abs() > 1.0
}

/// A test at one lag.
#[derive(Clone)]
struct Test {
    lag: usize,
    t: f64,
    p: f64,
    n: usize,
    n_eff: f64,
}

/// The rows of a screen on which a lagged input is known.
struct Rows {
    index: Vec<usize>,
    days: Vec<usize>,
    x: Vec<f64>,
}

impl Rows {
    fn new(screen: &Screen, x: &[f64], shift: impl Fn(usize) -> Option<usize>) -> Self {
        let mut rows = Self { index: Vec::new(), days: Vec::new(), x: Vec::new() };
        for (i, &day) in screen.days.iter().enumerate() {
            if let Some(value) = shift(day).and_then(|d| x.get(d)).copied().filter(|v| v.is_finite()) {
                rows.index.push(i);
                rows.days.push(day);
                rows.x.push(value);
            }
        }
        rows
    }

    fn pick(&self, column: &[f64]) -> Vec<f64> {
        self.index.iter().map(|&i| column[i]).collect()
    }
}

/// Regression of `y` on `x` with the block held constant, in white coordinates.
struct Fit {
    slope: f64,
    se: f64,
    t: f64,
    p: f64,
    df: f64,
    n_eff: f64,
}

fn regress(screen: &Screen, rows: &Rows, y: &[f64], x: &[f64], memory: Memory) -> Option<Fit> {
    let filter = Filter::new(memory, &rows.days);
    let basis = Basis::new(screen.block.iter().map(|c| filter.apply(&rows.pick(c))));
    let mut y = filter.apply(&rows.pick(y));
    let mut x = filter.apply(x);
    basis.remove(&mut y);
    let before = dot(&x, &x);
    basis.remove(&mut x);
    let (xx, yy, xy) = (dot(&x, &x), dot(&y, &y), dot(&x, &y));
    if xx <= 1e-10 * before || xx <= 1e-12 || yy <= 1e-12 {
        return None;
    }
    let n_eff = effective_n(&x, &y);
    let df = n_eff - basis.rank() as f64 - 1.0;
    if df < 3.0 {
        return None;
    }
    let r = (xy / (xx * yy).sqrt()).clamp(-0.999_999_999, 0.999_999_999);
    let t = r * (df / (1.0 - r * r)).sqrt();
    let slope = xy / xx;
    let rss = yy - slope * xy;
    let p = two_sided(t, df);
    Some(Fit { slope, se: (rss / df / xx).sqrt(), t, p, df, n_eff })
}

/// Bartlett's effective number of days for the correlation of two series (Pyper and Peterman 1998, doi:10.1139/f98-104); never more
/// than there are.
fn effective_n(x: &[f64], y: &[f64]) -> f64 {
    let n = x.len() as f64;
    let most = (x.len() / 5).min(14);
    let sum: f64 =
        autocorrelation(x, most).iter().zip(autocorrelation(y, most)).enumerate().map(|(k, (a, b))| (1.0 - (k + 1) as f64 / n) * a * b).sum();
    n / (1.0 + 2.0 * sum).max(1.0)
}

fn two_sided(t: f64, df: f64) -> f64 {
    StudentsT::new(0.0, 1.0, df).map_or(1.0, |d| (2.0 * d.cdf(-t.abs())).clamp(0.0, 1.0))
}

fn t_quantile(p: f64, df: f64) -> f64 {
    StudentsT::new(0.0, 1.0, df).map_or(f64::INFINITY, |d| d.inverse_cdf(p))
}

struct Confirmation {
    search_p: f64,
    held: bool,
}

struct Pair<'a> {
    input: &'a Column,
    outcome: &'a Column,
    x: &'a [f64],
    binary: bool,
    options: &'a Options,
}

impl Pair<'_> {
    fn lags(&self) -> std::ops::RangeInclusive<usize> {
        self.input.first_lag..=self.options.max_lag.max(self.input.first_lag)
    }

    /// Every lag that has enough days.
    fn screen(&self, screen: &Screen, scores: &dyn Fn(&[f64]) -> Vec<f64>) -> Vec<Test> {
        self.lags()
            .filter_map(|lag| {
                let rows = Rows::new(screen, self.x, |d| d.checked_sub(lag));
                if self.shortfall(&rows) > 0 {
                    return None;
                }
                let x = if !self.binary && needs_scores(&rows.x) { scores(&rows.x) } else { rows.x.clone() };
                let fit = regress(screen, &rows, &screen.tested, &x, screen.memory)?;
                Some(Test { lag, t: fit.t, p: fit.p, n: rows.index.len(), n_eff: fit.n_eff })
            })
            .collect()
    }

    /// How many more days the rows need before a test makes sense.
    fn shortfall(&self, rows: &Rows) -> usize {
        let n = rows.x.len();
        let days = MIN_DAYS.saturating_sub(n);
        if !self.binary {
            return days;
        }
        #[expect(clippy::float_cmp, reason = "a binary column holds exactly 0 and 1")]
        let yes = rows.x.iter().filter(|v| **v == 1.0).count();
        let rarer = yes.min(n - yes);
        let lacking = MIN_LEVEL.saturating_sub(rarer);
        // At the rate so far; an input that never varied may take as long again as its record.
        let rate = (rarer as f64 / n.max(1) as f64).max(1.0 / (n as f64 + 2.0));
        days.max((lacking as f64 / rate).ceil() as usize)
    }

    fn one_p(&self, tests: &[Test]) -> Option<(Test, f64)> {
        let best = tests.iter().min_by(|a, b| a.p.total_cmp(&b.p))?;
        let lags: Vec<usize> = tests.iter().map(|t| t.lag).collect();
        let acf = calendar_autocorrelation(self.x, self.options.max_lag);
        let correlation: Vec<Vec<f64>> = lags.iter().map(|&a| lags.iter().map(|&b| acf[a.abs_diff(b).min(acf.len() - 1)]).collect()).collect();
        Some((best.clone(), sidak(best.p, effective_tests(&correlation))))
    }

    fn test(&self, screen: Option<&Screen>, scores: &dyn Fn(&[f64]) -> Vec<f64>) -> Finding {
        let mut finding = Finding {
            input: self.input.name.clone(),
            outcome: self.outcome.name.clone(),
            lag_days: None,
            lag_set: Vec::new(),
            effect: None,
            ci_low: None,
            ci_high: None,
            input_step: None,
            binary: self.binary,
            r: None,
            p: None,
            q: None,
            n: 0,
            n_eff: 0.0,
            tier: Tier::NotEnoughData,
            days_needed: None,
            flags: Vec::new(),
            outcome_sd: None,
            points: Vec::new(),
        };
        let Some(screen) = screen else {
            let both = (0..self.x.len()).filter(|&d| self.x[d].is_finite() && self.outcome.values.get(d).is_some_and(|v| v.is_finite())).count();
            finding.n = both;
            finding.n_eff = both as f64;
            finding.days_needed = Some(MIN_DAYS.saturating_sub(both).max(1));
            return finding;
        };
        let rows = Rows::new(screen, self.x, |d| d.checked_sub(self.input.first_lag));
        finding.n = rows.x.len();
        finding.n_eff = rows.x.len() as f64;
        let tests = self.screen(screen, scores);
        let Some((best, p)) = self.one_p(&tests) else {
            finding.days_needed = Some(self.shortfall(&rows).max(1));
            return finding;
        };
        (finding.n, finding.n_eff) = (best.n, best.n_eff);
        if best.n_eff < MIN_EFFECTIVE {
            let each = best.n as f64 / best.n_eff.max(1.0);
            finding.days_needed = Some(((MIN_EFFECTIVE - best.n_eff) * each).ceil() as usize);
            return finding;
        }
        finding.tier = Tier::Unknown;
        finding.p = Some(p);
        finding.lag_days = Some(best.lag);
        finding.lag_set = tied_lags(&tests, &best);
        self.effect(&mut finding, screen, &tests, best.lag);
        self.flags(&mut finding, screen, &best, scores);
        finding
    }

    /// Effect and interval at the best lag, and whether all lags are inside the smallest effect of interest.
    fn effect(&self, finding: &mut Finding, screen: &Screen, tests: &[Test], lag: usize) {
        let mut sorted: Vec<f64> = self.x.iter().copied().filter(|v| v.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let range = quantile(&sorted, 0.75) - quantile(&sorted, 0.25);
        let mean = sorted.iter().sum::<f64>() / sorted.len() as f64;
        let sd_x = (sorted.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / sorted.len() as f64).sqrt();
        // A count that is zero on most days has no interquartile range; one unit is what people mean then.
        let step = if self.binary {
            1.0
        } else if range > 0.0 {
            range
        } else {
            sd_x.max(f64::MIN_POSITIVE)
        };
        let mean_y = screen.raw.iter().sum::<f64>() / screen.raw.len() as f64;
        let sd_y = (screen.raw.iter().map(|v| (v - mean_y).powi(2)).sum::<f64>() / (screen.raw.len() - 1) as f64).sqrt();
        let small = self.options.smallest_effect_sd * sd_y;
        let mut inside = true;
        for test in tests {
            let rows = Rows::new(screen, self.x, |d| d.checked_sub(test.lag));
            let Some(fit) = regress(screen, &rows, &screen.raw, &rows.x, screen.raw_memory) else {
                inside = false;
                continue;
            };
            let half = t_quantile(0.95, fit.df) * fit.se * step;
            inside &= (fit.slope * step).abs() + half < small;
            if test.lag == lag {
                let half = t_quantile(0.975, fit.df) * fit.se * step;
                finding.effect = Some(fit.slope * step);
                finding.ci_low = Some(fit.slope * step - half);
                finding.ci_high = Some(fit.slope * step + half);
                finding.input_step = Some(step);
                finding.r = Some(fit.t / (fit.t * fit.t + fit.df).sqrt());
                finding.outcome_sd = Some(sd_y);
                finding.points = points(screen, &rows);
            }
        }
        if inside {
            finding.tier = Tier::NoEffect;
        }
    }

    fn flags(&self, finding: &mut Finding, screen: &Screen, best: &Test, scores: &dyn Fn(&[f64]) -> Vec<f64>) {
        let backwards = (1..=3)
            .filter_map(|ahead| {
                let rows = Rows::new(screen, self.x, |d| Some(d + ahead));
                let x = if !self.binary && needs_scores(&rows.x) { scores(&rows.x) } else { rows.x.clone() };
                (self.shortfall(&rows) == 0).then(|| regress(screen, &rows, &screen.tested, &x, screen.memory))?
            })
            .map(|fit| fit.t.abs())
            .fold(0.0, f64::max);
        if backwards > best.t.abs() {
            finding.flags.push(Flag::Reverse);
        }
        let middle = finding.points.len() / 2;
        let sign = |points: &[Point]| {
            let (mx, my) = (mean(points.iter().map(|p| p.x)), mean(points.iter().map(|p| p.y)));
            points.iter().map(|p| (p.x - mx) * (p.y - my)).sum::<f64>().signum()
        };
        #[expect(clippy::float_cmp, reason = "signs are exactly −1 or 1")]
        if finding.points.len() >= 40 && sign(&finding.points[..middle]) != sign(&finding.points[middle..]) {
            finding.flags.push(Flag::UnstableSign);
        }
        let rank = |of: fn(&Point) -> f64| ranks(&finding.points.iter().map(of).collect::<Vec<_>>());
        let (rx, ry) = (rank(|p| p.x), rank(|p| p.y));
        let (mx, my) = (mean(rx.iter().copied()), mean(ry.iter().copied()));
        let covariance: f64 = rx.iter().zip(&ry).map(|(a, b)| (a - mx) * (b - my)).sum();
        if finding.effect.is_some_and(|e| e * covariance < 0.0) {
            finding.flags.push(Flag::RankDisagrees);
        }
    }

    fn confirm(&self, search: Option<&Screen>, rest: Option<&Screen>, scores: &dyn Fn(&[f64]) -> Vec<f64>) -> Option<Confirmation> {
        let (search, rest) = (search?, rest?);
        let (best, search_p) = self.one_p(&self.screen(search, scores))?;
        let rows = Rows::new(rest, self.x, |d| d.checked_sub(best.lag));
        let x = if !self.binary && needs_scores(&rows.x) { scores(&rows.x) } else { rows.x.clone() };
        let held = rows.x.len() >= 20
            && regress(rest, &rows, &rest.tested, &x, search.memory).is_some_and(|fit| fit.t * best.t > 0.0 && fit.p / 2.0 <= 0.05);
        Some(Confirmation { search_p, held })
    }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0.0), |(s, n), v| (s + v, n + 1.0));
    if n > 0.0 { sum / n } else { 0.0 }
}

/// The best lag and its neighbours of the same sign that fit nearly as well.
fn tied_lags(tests: &[Test], best: &Test) -> Vec<usize> {
    let ties = |t: &Test| t.t * best.t > 0.0 && t.t.abs() >= 0.85 * best.t.abs();
    let at = tests.iter().position(|t| t.lag == best.lag).unwrap_or(0);
    let mut out = vec![best.lag];
    out.extend(tests[..at].iter().rev().take_while(|t| ties(t)).map(|t| t.lag));
    out.extend(tests[at + 1..].iter().take_while(|t| ties(t)).map(|t| t.lag));
    out.sort_unstable();
    out
}

/// Autocorrelation of an input on the calendar, pairwise where days are missing, around a slow trend. Index is the lag in days.
fn calendar_autocorrelation(x: &[f64], max_lag: usize) -> Vec<f64> {
    let known: Vec<usize> = (0..x.len()).filter(|&i| x[i].is_finite()).collect();
    let centre = mean(known.iter().map(|&i| x[i]));
    let v: Vec<f64> = x.iter().map(|v| if v.is_finite() { v - centre } else { f64::NAN }).collect();
    let variance = mean(known.iter().map(|&i| v[i] * v[i]));
    (0..=max_lag)
        .map(|k| {
            if k == 0 || variance <= 0.0 {
                return f64::from(u8::from(k == 0));
            }
            let product = mean((k..v.len()).map(|i| v[i] * v[i - k]).filter(|p| p.is_finite()));
            (product / variance).clamp(-1.0, 1.0)
        })
        .collect()
}

/// The outcome's difference from what trend, weekday and covariates expect, beside the input.
fn points(screen: &Screen, rows: &Rows) -> Vec<Point> {
    let basis = Basis::new(screen.block.iter().map(|c| rows.pick(c)));
    let mut y = rows.pick(&screen.raw);
    basis.remove(&mut y);
    rows.x.iter().zip(y).map(|(&x, y)| Point { x, y }).collect()
}
