//! Days are not independent: a good day is often followed by another one. The unexplained part of the outcome is modelled as a
//! slow state that decays by φ a day plus daily noise, and every column is passed through the filter that whitens such a series
//! (the innovations of a Kalman filter; Harvey 1989, chapter 3). Irregular days are exact, not filled.

use crate::linear::{Basis, add, dot};

/// The autocorrelation of days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Memory {
    /// φ: the share of the slow state that persists for a day, 0 … 0.98.
    pub(crate) phi: f64,
    /// Share of the variance that is daily noise, 0 … 1.
    pub(crate) noise: f64,
}

impl Memory {
    pub(crate) const NONE: Self = Self { phi: 0.0, noise: 0.0 };
}

#[derive(Clone, Copy)]
struct Gain {
    /// The share of the state that persists from the previous row.
    fade: f64,
    /// The gain: how much of an innovation enters the state.
    share: f64,
    /// One over the standard deviation of an innovation.
    scale: f64,
}

/// Columns filtered in parallel.
const LANES: usize = 8;

/// The filter for one set of days.
pub(crate) struct Filter {
    gains: Vec<Gain>,
    /// Σ ln of the innovations' standard deviations.
    log_scale: f64,
}

impl Filter {
    /// Gains for each row, given the day numbers of the rows.
    pub(crate) fn new(memory: Memory, days: &[usize]) -> Self {
        let state = 1.0 - memory.noise;
        let mut p = state;
        let (mut gap_before, mut p_before) = (0, f64::NAN);
        let mut gain = Gain { fade: 0.0, share: 0.0, scale: 1.0 };
        let (mut log_scale, mut log_sd) = (0.0, 0.0);
        let mut gains = Vec::with_capacity(days.len());
        for (i, &day) in days.iter().enumerate() {
            let gap = if i == 0 { 0 } else { day - days[i - 1] };
            // On regular days the gain converges; then nothing has to be recomputed.
            let settled = gap == gap_before && (p - p_before).abs() < 1e-14;
            if !settled {
                gain.fade = if i == 0 { 0.0 } else { memory.phi.powi(i32::try_from(gap).unwrap_or(i32::MAX)) };
                let prior = gain.fade * gain.fade * p + state * (1.0 - gain.fade * gain.fade);
                let total = (prior + memory.noise).max(1e-24);
                gain.share = prior / total;
                gain.scale = 1.0 / total.sqrt();
                log_sd = 0.5 * total.ln();
                (p_before, gap_before) = (p, gap);
                p = prior * (1.0 - gain.share);
            }
            log_scale += log_sd;
            gains.push(gain);
        }
        Self { gains, log_scale }
    }

    pub(crate) fn apply(&self, column: &[f64]) -> Vec<f64> {
        let mut state = 0.0;
        let step = |(&v, g): (&f64, &Gain)| {
            let expected = g.fade * state;
            let surprise = v - expected;
            state = expected + g.share * surprise;
            surprise * g.scale
        };
        column.iter().zip(&self.gains).map(step).collect()
    }

    /// Several columns, row by row.
    pub(crate) fn apply_lanes<const N: usize>(&self, rows: &mut [[f64; N]]) {
        let mut state = [0.0; N];
        for (row, g) in rows.iter_mut().zip(&self.gains) {
            for (v, state) in row.iter_mut().zip(&mut state) {
                let expected = g.fade * *state;
                let surprise = *v - expected;
                *state = expected + g.share * surprise;
                *v = surprise * g.scale;
            }
        }
    }

    /// Several columns at once: each depends only on its own last row, so they run in parallel.
    pub(crate) fn apply_all(&self, columns: &[&[f64]]) -> Vec<Vec<f64>> {
        let mut out = Vec::with_capacity(columns.len());
        for group in columns.chunks(LANES) {
            let mut rows = vec![[0.0; LANES]; self.gains.len()];
            for (lane, column) in group.iter().enumerate() {
                for (row, v) in rows.iter_mut().zip(*column) {
                    row[lane] = *v;
                }
            }
            self.apply_lanes(&mut rows);
            out.extend((0..group.len()).map(|lane| rows.iter().map(|row| row[lane]).collect::<Vec<_>>()));
        }
        out
    }
}

const PHIS: [f64; 12] = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.88, 0.94, 0.98];
const NOISES: [f64; 5] = [0.0, 0.2, 0.4, 0.6, 0.8];

/// The memory that fits best: restricted maximum likelihood, so that a short series with a long trend is not mistaken for one
/// without memory. A hill climb over the grid with the block regressed out beforehand, which is fast and slightly biased, finds the
/// neighbourhood; from there the exact likelihood is climbed to its maximum.
pub(crate) fn fit(y: &[f64], block: &[Vec<f64>], days: &[usize]) -> Memory {
    if y.len() <= block.len() + 2 {
        return Memory::NONE;
    }
    let mut rest = y.to_vec();
    Basis::new(block.iter().cloned()).remove(&mut rest);
    let mut quick = Grid::new(|memory| {
        let filter = Filter::new(memory, days);
        let white = filter.apply(&rest);
        -0.5 * y.len() as f64 * dot(&white, &white).max(1e-300).ln() - filter.log_scale
    });
    let begin = STARTS.into_iter().max_by(|a, b| quick.at(*a).total_cmp(&quick.at(*b))).unwrap_or_default();
    let near = quick.climb(begin);
    point(Grid::new(|memory| restricted(memory, y, block, days)).climb(near))
}

/// A point on the grid: indices into [`PHIS`] and [`NOISES`].
type Point = (usize, usize);

/// Starting points: no memory, some, much, without and with noise.
const STARTS: [Point; 7] = [(0, 0), (3, 0), (6, 0), (9, 0), (6, 2), (9, 2), (11, 3)];

fn point((phi, noise): Point) -> Memory {
    // Without memory the share of noise is meaningless.
    Memory { phi: PHIS[phi], noise: if phi == 0 { 0.0 } else { NOISES[noise] } }
}

/// A score over the grid, computed on demand.
struct Grid<F> {
    score: F,
    known: [[f64; NOISES.len()]; PHIS.len()],
}

impl<F: FnMut(Memory) -> f64> Grid<F> {
    fn new(score: F) -> Self {
        Self { score, known: [[f64::NAN; NOISES.len()]; PHIS.len()] }
    }

    fn at(&mut self, (phi, noise): Point) -> f64 {
        if self.known[phi][noise].is_nan() {
            self.known[phi][noise] = (self.score)(point((phi, noise)));
        }
        self.known[phi][noise]
    }

    /// Steps to the best neighbour until there is none better.
    fn climb(&mut self, mut at: Point) -> Point {
        loop {
            let (phi, noise) = at;
            let mut top = (at, self.at(at));
            for next in [(phi + 1, noise), (phi.wrapping_sub(1), noise), (phi, noise + 1), (phi, noise.wrapping_sub(1)), (phi + 1, noise + 1)] {
                if next.0 < PHIS.len() && next.1 < NOISES.len() {
                    let score = self.at(next);
                    if score > top.1 {
                        top = (next, score);
                    }
                }
            }
            if top.0 == at {
                return at;
            }
            at = top.0;
        }
    }
}

/// The restricted log likelihood, up to a constant.
fn restricted(memory: Memory, y: &[f64], block: &[Vec<f64>], days: &[usize]) -> f64 {
    let filter = Filter::new(memory, days);
    let all: Vec<&[f64]> = block.iter().map(Vec::as_slice).chain([y]).collect();
    let mut columns = filter.apply_all(&all);
    let mut rest = columns.pop().unwrap_or_default();
    let (log_det, rank) = sweep(columns, &mut rest);
    let df = y.len() as f64 - rank as f64;
    let rss = dot(&rest, &rest).max(1e-300);
    -0.5 * df * (rss / df).ln() - filter.log_scale - 0.5 * log_det
}

/// ln det(XᵀX) by the squared lengths of the orthogonalised columns, and their number; also regresses them out of `rest`.
fn sweep(columns: Vec<Vec<f64>>, rest: &mut [f64]) -> (f64, usize) {
    let mut done: Vec<Vec<f64>> = Vec::with_capacity(columns.len());
    let mut total = 0.0;
    for mut column in columns {
        let before = dot(&column, &column);
        for q in &done {
            let share = dot(q, &column);
            add(&mut column, -share, q);
        }
        let length = dot(&column, &column);
        if length > 1e-16 * before.max(1e-300) {
            total += length.ln();
            let scale = 1.0 / length.sqrt();
            for v in &mut column {
                *v *= scale;
            }
            let share = dot(&column, rest);
            add(rest, -share, &column);
            done.push(column);
        }
    }
    (total, done.len())
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

    #[test]
    fn columns_together_are_columns_alone() {
        let days: Vec<usize> = (0..90).filter(|d| d % 7 != 3 && d % 11 != 5).collect();
        let columns: Vec<Vec<f64>> = (0..11).map(|k| days.iter().map(|&d| ((d * (k + 3)) % 17) as f64).collect()).collect();
        let filter = Filter::new(Memory { phi: 0.8, noise: 0.3 }, &days);
        let together = filter.apply_all(&columns.iter().map(Vec::as_slice).collect::<Vec<_>>());
        for (column, all) in columns.iter().zip(together) {
            assert_eq!(filter.apply(column), all);
        }
    }

    #[test]
    fn the_climb_ends_where_the_whole_grid_is_highest() {
        // A slow state plus noise, deterministic.
        let mut seed = 11_u64;
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as f64 / f64::from(1_u32 << 31) - 0.5
        };
        for phi in [0.0, 0.5, 0.9] {
            let mut state = 0.0;
            let series: Vec<f64> = (0..200)
                .map(|_| {
                    state = phi * state + next() + next() + next();
                    state + 0.5 * next()
                })
                .collect();
            let days: Vec<usize> = (0..200).filter(|d| d % 3 != 1).collect();
            let y: Vec<f64> = days.iter().map(|&d| series[d]).collect();
            let block = vec![vec![1.0; y.len()], days.iter().map(|&d| d as f64).collect()];
            let found = fit(&y, &block, &days);
            let top = PHIS
                .iter()
                .flat_map(|&phi| NOISES.iter().map(move |&noise| Memory { phi, noise }))
                .map(|m| restricted(m, &y, &block, &days))
                .fold(f64::NEG_INFINITY, f64::max);
            assert!(restricted(found, &y, &block, &days) > top - 0.5, "{phi}: {found:?}");
        }
    }
}
