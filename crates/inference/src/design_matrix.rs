//! An outcome on its days, with all covariates, in whitened coordinates.

use std::cell::OnceCell;

use statrs::distribution::{ContinuousCDF, Normal};

use crate::linear::{Basis, autocorrelation, dot, mean, normal_scores};
use crate::table::Table;
use crate::whiten::{Filter, Memory, fit};

/// Minimum days with an outcome for a model.
const FEWEST: usize = 12;
/// Maximum lag of Bartlett's sum.
const REACH: usize = 7;

/// An outcome on a range of days.
pub(crate) struct Screen {
    /// Day numbers with an outcome.
    pub(crate) days: Vec<usize>,
    /// The outcome as it is.
    pub(crate) raw: Vec<f64>,
    /// Covariate columns, one value for each of `days`.
    pub(crate) block: Vec<Vec<f64>>,
    /// Their names.
    pub(crate) held: Vec<String>,
    /// The outcome as tested: normal scores if it is skewed.
    pub(crate) tested: Reading,
    /// The outcome in its own unit, if that is not what is tested.
    own_unit: Option<Reading>,
    pub(crate) sd: f64,
    plain_basis: OnceCell<Basis>,
}

/// One scale of the outcome.
pub(crate) struct Reading {
    pub(crate) values: Vec<f64>,
    pub(crate) memory: Memory,
    pub(crate) white: White,
}

impl Screen {
    /// The outcome of that name with the values `y` on the days from `from` to before `to`; `None` if there are too few of them.
    pub(crate) fn new(table: &Table, name: &str, y: &[f64], from: usize, to: usize, memory: Option<Memory>) -> Option<Self> {
        let days: Vec<usize> = (from..to).filter(|&d| y[d].is_finite()).collect();
        if days.len() < FEWEST {
            return None;
        }
        let raw: Vec<f64> = days.iter().map(|&d| y[d]).collect();
        let (block, held) = block(table, name, &days, to - from, from);
        if days.len() < block.len() + 6 {
            return None;
        }
        let read = |values: Vec<f64>| {
            let memory = memory.unwrap_or_else(|| fit(&values, &block, &days));
            let white = White::new(memory, &days, &block, &values)?;
            Some(Reading { values, memory, white })
        };
        let skewed = needs_scores(&raw);
        let tested = read(if skewed { scores(&raw) } else { raw.clone() })?;
        let own_unit = if skewed { Some(read(raw.clone())?) } else { None };
        let centre = mean(raw.iter().copied());
        let sd = (raw.iter().map(|v| (v - centre).powi(2)).sum::<f64>() / (raw.len() - 1) as f64).sqrt();
        Some(Self { days, raw, block, held, tested, own_unit, sd, plain_basis: OnceCell::new() })
    }

    /// Regresses the block out of a column that has a value for each row, without any filter: for the chart.
    pub(crate) fn remove_plainly(&self, rows: &Rows, column: &mut [f64]) {
        if rows.index.len() == self.days.len() {
            self.plain_basis.get_or_init(|| Basis::new(self.block.iter().cloned())).remove(column);
        } else {
            Basis::new(self.block.iter().map(|c| rows.pick(c))).remove(column);
        }
    }

    /// The outcome in its own unit.
    pub(crate) fn in_own_unit(&self) -> &Reading {
        self.own_unit.as_ref().unwrap_or(&self.tested)
    }

    /// Whether the outcome is tested in its own unit.
    pub(crate) fn is_plain(&self) -> bool {
        self.own_unit.is_none()
    }
}

/// The rows of a screen on which a lagged input is known.
pub(crate) struct Rows {
    pub(crate) index: Vec<usize>,
    pub(crate) x: Vec<f64>,
}

impl Rows {
    /// A negative lag looks ahead.
    pub(crate) fn new(screen: &Screen, x: &[f64], lag: i32) -> Self {
        let mut rows = Self { index: Vec::with_capacity(screen.days.len()), x: Vec::with_capacity(screen.days.len()) };
        for (i, &day) in screen.days.iter().enumerate() {
            let at = if lag >= 0 { day.checked_sub(lag.unsigned_abs() as usize) } else { day.checked_add(lag.unsigned_abs() as usize) };
            if let Some(value) = at.and_then(|d| x.get(d)).copied().filter(|v| v.is_finite()) {
                rows.index.push(i);
                rows.x.push(value);
            }
        }
        rows
    }

    pub(crate) fn pick<T: Copy>(&self, column: &[T]) -> Vec<T> {
        self.index.iter().map(|&i| column[i]).collect()
    }
}

/// An outcome with the block regressed out, and the same projection for any other column.
pub(crate) struct White {
    pub(crate) filter: Filter,
    pub(crate) basis: Basis,
    /// What is left of the outcome.
    pub(crate) y: Vec<f64>,
    pub(crate) yy: f64,
    /// Significant autocorrelations of the outcome, with their lag.
    autocorrelation: Vec<(usize, f64)>,
}

impl White {
    pub(crate) fn new(memory: Memory, days: &[usize], block: &[Vec<f64>], y: &[f64]) -> Option<Self> {
        let filter = Filter::new(memory, days);
        let y = centred(y);
        let all: Vec<&[f64]> = block.iter().map(Vec::as_slice).chain([y.as_slice()]).collect();
        let mut columns = filter.apply_all(&all);
        let mut y = columns.pop().unwrap_or_default();
        let basis = Basis::new(columns);
        let before = dot(&y, &y);
        basis.remove(&mut y);
        let yy = dot(&y, &y);
        // If the block explains everything, nothing is left to test.
        (yy > 1e-10 * before && yy > 1e-200).then(|| Self { filter, basis, autocorrelation: standing_out(&y), y, yy })
    }

    /// A column after the filter and with the block regressed out, and its squared length between the two steps.
    pub(crate) fn residual(&self, x: &[f64]) -> (Vec<f64>, f64) {
        let mut x = self.filter.apply(&centred(x));
        let before = dot(&x, &x);
        self.basis.remove(&mut x);
        (x, before)
    }

    /// Regression on a filtered column with the block regressed out; `before` is its squared length before the latter.
    pub(crate) fn regress(&self, x: &[f64], before: f64) -> Option<Fit> {
        let (xx, xy) = (dot(x, x), dot(x, &self.y));
        if xx <= 1e-10 * before || xx <= 1e-200 {
            return None;
        }
        let n_eff = self.effective_n(x);
        let df = n_eff - self.basis.rank() as f64 - 1.0;
        if df < 3.0 {
            return None;
        }
        let r = (xy / (xx * self.yy).sqrt()).clamp(-0.999_999_999, 0.999_999_999);
        let slope = xy / xx;
        let rest = (self.yy - slope * xy).max(0.0);
        Some(Fit { slope, se: (rest / df / xx).sqrt(), t: r * (df / (1.0 - r * r)).sqrt(), df, n_eff })
    }

    /// Bartlett's effective number of days for the correlation of two series (Pyper and Peterman 1998, doi:10.1139/f98-104); never
    /// more than there are. The filter has whitened the outcome; if the model of its memory does not fit, some
    /// autocorrelations remain significant, and these count.
    fn effective_n(&self, x: &[f64]) -> f64 {
        let n = x.len() as f64;
        let total = dot(x, x);
        let sum: f64 = self.autocorrelation.iter().map(|&(k, own)| (1.0 - k as f64 / n) * own * dot(&x[k..], &x[..x.len() - k]) / total).sum();
        n / (1.0 + 2.0 * sum).max(1.0)
    }
}

fn standing_out(y: &[f64]) -> Vec<(usize, f64)> {
    let noise = 2.0 / (y.len() as f64).sqrt();
    let all = autocorrelation(y, (y.len() / 5).min(REACH));
    all.into_iter().enumerate().map(|(i, r)| (i + 1, r)).filter(|(_, r)| r.abs() > noise).collect()
}

/// Centred on its mean: the intercept is in the block, and large numbers lose digits.
pub(crate) fn centred(values: &[f64]) -> Vec<f64> {
    let centre = mean(values.iter().copied());
    values.iter().map(|v| v - centre).collect()
}

/// A slope, controlled for everything else.
#[derive(Clone, Copy)]
pub(crate) struct Fit {
    pub(crate) slope: f64,
    pub(crate) se: f64,
    pub(crate) t: f64,
    pub(crate) df: f64,
    pub(crate) n_eff: f64,
}

/// Terms of trend and season: one per four months, so that a year's season fits into a record of any length.
pub(crate) fn trend_terms(days: usize) -> usize {
    (days / 120).clamp(1, 40)
}

/// Intercept, trend and season, weekday, covariates, and their names. The number of terms grows with the days, so that a short
/// record keeps some.
fn block(table: &Table, outcome: &str, days: &[usize], span: usize, from: usize) -> (Vec<Vec<f64>>, Vec<String>) {
    let mut out = vec![vec![1.0; days.len()]];
    let mut held = vec!["trend_and_season".to_owned()];
    // Cosines of half periods are a smooth basis with free ends (a discrete cosine transform).
    let terms = trend_terms(span);
    for k in 1..=terms {
        let angle = |d: usize| std::f64::consts::PI * k as f64 * ((d - from) as f64 + 0.5) / span as f64;
        out.push(days.iter().map(|&d| angle(d).cos()).collect());
    }
    let weekdays: Vec<usize> = days.iter().map(|&d| table.weekday(d)).collect();
    let before = out.len();
    // Weekly habits exist in the shortest record, too: left out, they look like effects of whatever else is done at weekends.
    for w in 1..7 {
        if weekdays.contains(&w) {
            out.push(weekdays.iter().map(|&d| f64::from(u8::from(d == w))).collect());
        }
    }
    if out.len() > before {
        held.push("weekday".to_owned());
    }
    let applying = |defining: bool| table.covariates.iter().filter(move |c| c.defining == defining && c.applies_to(outcome));
    for covariate in applying(true).chain(applying(false)) {
        let values = table.padded(covariate);
        let known: Vec<f64> = days.iter().map(|&d| values[d]).filter(|v| v.is_finite()).collect();
        // A mostly unknown covariate would control for its own absence; one that never varies controls for nothing.
        #[expect(clippy::float_cmp, reason = "exactly the same value every day")]
        let varies = known.iter().any(|v| *v != known[0]);
        if known.len() * 2 < days.len() || !covariate.defining && out.len() * 3 > days.len() || !varies {
            continue;
        }
        let centre = mean(known.iter().copied());
        out.push(days.iter().map(|&d| if values[d].is_finite() { values[d] - centre } else { 0.0 }).collect());
        held.push(covariate.name.clone());
    }
    (out, held)
}

/// Whether values are so skewed that ranks are the better scale.
pub(crate) fn needs_scores(values: &[f64]) -> bool {
    let n = values.len() as f64;
    let centre = values.iter().sum::<f64>() / n;
    let (m2, m3) = values.iter().fold((0.0, 0.0), |(a, b), v| (a + (v - centre).powi(2), b + (v - centre).powi(3)));
    let skew = if m2 > 0.0 { (m3 / n) / (m2 / n).powf(1.5) } else { 0.0 };
    skew.abs() > 1.0
}

/// Normal scores of the ranks.
pub(crate) fn scores(values: &[f64]) -> Vec<f64> {
    let normal = Normal::standard();
    normal_scores(values, |p| normal.inverse_cdf(p))
}
