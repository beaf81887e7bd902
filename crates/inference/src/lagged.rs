//! One input against one outcome at every lag.

use crate::design_matrix::{Fit, Reading, Rows, Screen, White, centred, needs_scores, scores};
use crate::distribution::two_sided;
use crate::linear::{dot, quantile};
use crate::multiplicity::{effective_tests, sidak};
use crate::table::{Column, Table};

/// Minimum days with both values: with fewer, nothing is tested.
pub const MIN_DAYS: usize = 30;
/// Minimum days at each level of a yes/no input.
const MIN_LEVEL: usize = 8;

/// An input, prepared once for all outcomes.
pub(crate) struct Input<'a> {
    pub(crate) column: &'a Column,
    /// By day, in its unit.
    pub(crate) raw: Vec<f64>,
    /// By day, as tested: normal scores if it is skewed.
    scored: Option<Vec<f64>>,
    pub(crate) binary: bool,
    /// The step that an effect is measured over.
    pub(crate) step: f64,
}

impl<'a> Input<'a> {
    pub(crate) fn new(table: &Table, column: &'a Column) -> Self {
        let raw = table.padded(column);
        let binary = column.is_binary();
        let mut known: Vec<f64> = raw.iter().copied().filter(|v| v.is_finite()).collect();
        let scored = (!binary && known.len() > 2 && needs_scores(&known)).then(|| {
            let mut scored = scores(&known).into_iter();
            raw.iter().map(|v| if v.is_finite() { scored.next().unwrap_or(f64::NAN) } else { f64::NAN }).collect()
        });
        let centre = known.iter().sum::<f64>() / known.len() as f64;
        let sd = (known.iter().map(|v| (v - centre).powi(2)).sum::<f64>() / known.len() as f64).sqrt();
        known.sort_by(f64::total_cmp);
        let range = quantile(&known, 0.75) - quantile(&known, 0.25);
        // A count that is zero on most days has no interquartile range.
        let step = if binary {
            1.0
        } else if range > 0.0 {
            range
        } else {
            sd.max(f64::MIN_POSITIVE)
        };
        Self { column, raw, scored, binary, step }
    }

    /// By day, as tested.
    pub(crate) fn tested(&self) -> &[f64] {
        self.scored.as_ref().unwrap_or(&self.raw)
    }

    /// Whether the input is tested in its own unit.
    pub(crate) fn is_plain(&self) -> bool {
        self.scored.is_none()
    }

    pub(crate) fn lags(&self, max_lag: usize) -> Vec<i32> {
        let most = max_lag.max(self.column.first_lag).min(365);
        (self.column.first_lag.min(most)..=most).filter_map(|lag| i32::try_from(lag).ok()).collect()
    }

    /// How many more days the rows need before a test makes sense.
    pub(crate) fn days_needed(&self, rows: &Rows) -> usize {
        let n = rows.x.len();
        let days = MIN_DAYS.saturating_sub(n);
        if !self.binary {
            return days;
        }
        #[expect(clippy::float_cmp, reason = "a binary column holds exactly 0 and 1")]
        let yes = rows.x.iter().filter(|v| **v == 1.0).count();
        let rarer = yes.min(n - yes);
        let lacking = MIN_LEVEL.saturating_sub(rarer);
        // At the rate so far; an input that never varied may need as many days again as its record has.
        let rate = (rarer as f64 / n.max(1) as f64).max(1.0 / (n as f64 + 2.0));
        days.max((lacking as f64 / rate).ceil() as usize)
    }
}

/// A test at one lag.
#[derive(Clone)]
pub(crate) struct Test {
    pub(crate) lag: i32,
    pub(crate) p: f64,
    pub(crate) n: usize,
    pub(crate) fit: Fit,
}

/// All lags of a pair.
pub(crate) struct Lagged {
    pub(crate) tests: Vec<Test>,
    /// The effective number of independent tests.
    pub(crate) effective: f64,
}

impl Lagged {
    /// The best lag, and one p for choosing it.
    pub(crate) fn best(&self) -> Option<(&Test, f64)> {
        let best = self.tests.iter().min_by(|a, b| a.p.total_cmp(&b.p))?;
        Some((best, sidak(best.p, self.effective)))
    }
}

/// The whitened coordinates for the rows: the screen's own if nothing is missing, else new ones for these rows.
pub(crate) enum Coordinates<'a> {
    Own(&'a White),
    Made(Box<White>),
}

impl Coordinates<'_> {
    pub(crate) fn white(&self) -> &White {
        match self {
            Self::Own(white) => white,
            Self::Made(white) => white,
        }
    }
}

pub(crate) fn coordinates<'a>(screen: &Screen, reading: &'a Reading, rows: &Rows) -> Option<Coordinates<'a>> {
    if rows.index.len() == screen.days.len() {
        return Some(Coordinates::Own(&reading.white));
    }
    let block: Vec<Vec<f64>> = screen.block.iter().map(|c| rows.pick(c)).collect();
    let white = White::new(reading.memory, &rows.pick(&screen.days), &block, &rows.pick(&reading.values))?;
    Some(Coordinates::Made(Box::new(white)))
}

/// Regresses the outcome on the input at each lag that has enough days.
pub(crate) fn lagged(screen: &Screen, reading: &Reading, input: &Input, x: &[f64], lags: &[i32]) -> Lagged {
    let mut tests = Vec::with_capacity(lags.len());
    let mut columns: Vec<Vec<f64>> = Vec::with_capacity(lags.len());
    let rows: Vec<(i32, Rows)> = lags.iter().map(|&lag| (lag, Rows::new(screen, x, lag))).filter(|(_, rows)| input.days_needed(rows) == 0).collect();
    // Lags that share the screen's own days are filtered together.
    let whole = |rows: &Rows| rows.index.len() == screen.days.len();
    let together: Vec<Vec<f64>> = rows.iter().filter(|(_, r)| whole(r)).map(|(_, r)| centred(&r.x)).collect();
    let mut filtered = reading.white.filter.apply_all(&together.iter().map(Vec::as_slice).collect::<Vec<_>>()).into_iter();
    for (lag, rows) in &rows {
        let Some(coordinates) = coordinates(screen, reading, rows) else { continue };
        let white = coordinates.white();
        let (column, before) = if whole(rows) {
            let mut column = filtered.next().unwrap_or_default();
            let before = dot(&column, &column);
            white.basis.remove(&mut column);
            (column, before)
        } else {
            white.residual(&rows.x)
        };
        let Some(fit) = white.regress(&column, before) else { continue };
        tests.push(Test { lag: *lag, p: two_sided(fit.t, fit.df), n: rows.index.len(), fit });
        columns.push(if whole(rows) {
            column
        } else {
            let mut full = vec![0.0; screen.days.len()];
            for (&i, v) in rows.index.iter().zip(column) {
                full[i] = v;
            }
            full
        });
    }
    let effective = effective_tests(&correlations(&columns));
    Lagged { tests, effective }
}

/// Correlations of the tested columns: after the filter, since that is what was tested.
fn correlations(columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let lengths: Vec<f64> = columns.iter().map(|c| dot(c, c).sqrt()).collect();
    let mut out = vec![vec![1.0; columns.len()]; columns.len()];
    for i in 0..columns.len() {
        for j in 0..i {
            let r = (dot(&columns[i], &columns[j]) / (lengths[i] * lengths[j])).clamp(-1.0, 1.0);
            (out[i][j], out[j][i]) = (r, r);
        }
    }
    out
}
