//! Days are not independent: a good day is often followed by another one. The part of the outcome that nothing explains is
//! modelled as a slow state that fades by φ a day plus noise of the day, and every column is passed through the filter that
//! makes such a series white (the innovations of a Kalman filter; Harvey 1989, chapter 3). Irregular days are exact, not filled.

use crate::linear::{Basis, dot};

/// How days hang together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Memory {
    /// What is left of the slow state after a day, 0 … 0.98.
    pub(crate) phi: f64,
    /// Share of the variance that belongs to the day alone, 0 … 1.
    pub(crate) noise: f64,
}

impl Memory {
    const NONE: Self = Self { phi: 0.0, noise: 0.0 };

    /// Gain and standard deviation for each row, given the day numbers of the rows.
    fn gains(self, days: &[usize]) -> Vec<Gain> {
        let state = 1.0 - self.noise;
        let mut p = state;
        let mut out = Vec::with_capacity(days.len());
        for (i, &day) in days.iter().enumerate() {
            let fade = if i == 0 { 0.0 } else { self.phi.powi(i32::try_from(day - days[i - 1]).unwrap_or(i32::MAX)) };
            let prior = fade * fade * p + state * (1.0 - fade * fade);
            let total = prior + self.noise;
            let gain = if total > 0.0 { prior / total } else { 0.0 };
            p = prior * (1.0 - gain);
            out.push(Gain { fade, share: gain, sd: total.max(1e-12).sqrt() });
        }
        out
    }
}

struct Gain {
    fade: f64,
    share: f64,
    sd: f64,
}

/// The filter for one set of days.
pub(crate) struct Filter {
    gains: Vec<Gain>,
}

impl Filter {
    pub(crate) fn new(memory: Memory, days: &[usize]) -> Self {
        Self { gains: memory.gains(days) }
    }

    pub(crate) fn apply(&self, column: &[f64]) -> Vec<f64> {
        let mut state = 0.0;
        column
            .iter()
            .zip(&self.gains)
            .map(|(&v, g)| {
                let expected = g.fade * state;
                let surprise = v - expected;
                state = expected + g.share * surprise;
                surprise / g.sd
            })
            .collect()
    }

    /// Σ ln of the innovations' standard deviations.
    fn log_scale(&self) -> f64 {
        self.gains.iter().map(|g| g.sd.ln()).sum()
    }
}

/// The memory that fits best: restricted maximum likelihood over a grid, so that a short series with a long trend is not taken
/// for one without memory.
pub(crate) fn fit(y: &[f64], block: &[Vec<f64>], days: &[usize]) -> Memory {
    const PHIS: [f64; 11] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.88, 0.94, 0.98];
    const NOISES: [f64; 5] = [0.0, 0.2, 0.4, 0.6, 0.8];
    let grid = std::iter::once(Memory::NONE).chain(PHIS.iter().flat_map(|&phi| NOISES.iter().map(move |&noise| Memory { phi, noise })));
    let score = |memory: Memory| {
        let filter = Filter::new(memory, days);
        let columns: Vec<Vec<f64>> = block.iter().map(|c| filter.apply(c)).collect();
        let log_det = log_determinant(&columns);
        let basis = Basis::new(columns);
        let mut rest = filter.apply(y);
        basis.remove(&mut rest);
        let df = (y.len() - basis.rank()) as f64;
        let rss = dot(&rest, &rest).max(1e-300);
        -0.5 * df * (rss / df).ln() - filter.log_scale() - 0.5 * log_det
    };
    let mut best = (Memory::NONE, f64::NEG_INFINITY);
    if y.len() <= block.len() + 2 {
        return best.0;
    }
    for memory in grid {
        let s = score(memory);
        if s > best.1 {
            best = (memory, s);
        }
    }
    best.0
}

/// ln det(XᵀX), by the squared lengths of the orthogonalised columns.
fn log_determinant(columns: &[Vec<f64>]) -> f64 {
    let mut done: Vec<Vec<f64>> = Vec::with_capacity(columns.len());
    let mut total = 0.0;
    for column in columns {
        let mut rest = column.clone();
        for q in &done {
            let share = dot(q, &rest);
            for (v, q) in rest.iter_mut().zip(q) {
                *v -= share * q;
            }
        }
        let length = dot(&rest, &rest);
        if length > 1e-16 * dot(column, column).max(1e-300) {
            total += length.ln();
            let scale = length.sqrt();
            for v in &mut rest {
                *v /= scale;
            }
            done.push(rest);
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_memory_a_series_passes_unchanged() {
        let y = [1.0, -2.0, 3.0];
        assert_eq!(Filter::new(Memory::NONE, &[0, 1, 5]).apply(&y), y);
    }

    #[test]
    fn a_long_gap_forgets() {
        let memory = Memory { phi: 0.9, noise: 0.0 };
        let near = Filter::new(memory, &[0, 1]).apply(&[1.0, 1.0]);
        let far = Filter::new(memory, &[0, 400]).apply(&[1.0, 1.0]);
        assert!((near[1] - 0.1 / (1.0 - 0.81_f64).sqrt()).abs() < 1e-12);
        assert!((far[1] - 1.0).abs() < 1e-12);
    }
}
