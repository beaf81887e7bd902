//! Least squares by orthogonal columns.

/// An orthonormal basis of the covariates.
pub(crate) struct Basis {
    columns: Vec<Vec<f64>>,
}

impl Basis {
    /// Modified Gram–Schmidt, repeated for a column that lost most of its length on the way; columns that add nothing are dropped.
    pub(crate) fn new(columns: impl IntoIterator<Item = Vec<f64>>) -> Self {
        let mut basis = Self { columns: Vec::new() };
        for mut column in columns {
            let before = norm(&column);
            basis.remove(&mut column);
            if norm(&column) < 0.1 * before {
                basis.remove(&mut column);
            }
            let after = norm(&column);
            if after > 1e-8 * before && after > 1e-12 {
                for v in &mut column {
                    *v /= after;
                }
                basis.columns.push(column);
            }
        }
        basis
    }

    /// The rank of the basis.
    pub(crate) fn rank(&self) -> usize {
        self.columns.len()
    }

    /// Regresses the basis out of `y`.
    pub(crate) fn remove(&self, y: &mut [f64]) {
        for q in &self.columns {
            let share = dot(q, y);
            add(y, -share, q);
        }
    }

    /// The inner product of every column with each of `N` others that are given row by row.
    pub(crate) fn shares<const N: usize>(&self, rows: &[[f64; N]], out: &mut Vec<[f64; N]>) {
        // A block of rows that stays in the L1 cache while all columns are applied.
        const TILE: usize = 128;
        out.clear();
        out.resize(self.columns.len(), [0.0; N]);
        for (tile, rows) in rows.chunks(TILE).enumerate() {
            for (column, out) in self.columns.iter().zip(out.iter_mut()) {
                let mut sums = [0.0; N];
                for (q, row) in column[tile * TILE..].iter().zip(rows) {
                    for (sum, v) in sums.iter_mut().zip(row) {
                        *sum += q * v;
                    }
                }
                for (out, sum) in out.iter_mut().zip(sums) {
                    *out += sum;
                }
            }
        }
    }
}

/// Number of parallel sums: enough to hide the latency of an addition.
const LANES: usize = 8;

/// The inner product; the order of its sums is fixed, so that the same data give the same bits.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len().min(b.len());
    let (mut left, mut right) = (a[..n].chunks_exact(LANES), b[..n].chunks_exact(LANES));
    let mut sums = [0.0; LANES];
    for (x, y) in left.by_ref().zip(right.by_ref()) {
        for (sum, (x, y)) in sums.iter_mut().zip(x.iter().zip(y)) {
            *sum += x * y;
        }
    }
    let rest: f64 = left.remainder().iter().zip(right.remainder()).map(|(x, y)| x * y).sum();
    sums.iter().sum::<f64>() + rest
}

/// `y += share · x`.
pub(crate) fn add(y: &mut [f64], share: f64, x: &[f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += share * x;
    }
}

pub(crate) fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

/// Arithmetic mean; zero for nothing.
pub(crate) fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0.0), |(s, n), v| (s + v, n + 1.0));
    if n > 0.0 { sum / n } else { 0.0 }
}

/// Autocorrelation at lags 1…`most` of a series that has mean zero.
pub(crate) fn autocorrelation(a: &[f64], most: usize) -> Vec<f64> {
    let total = dot(a, a);
    (1..=most).map(|k| if k < a.len() && total > 0.0 { dot(&a[k..], &a[..a.len() - k]) / total } else { 0.0 }).collect()
}

/// Ranks mapped to normal scores (van der Waerden with Blom's constants); ties share their mean rank.
pub(crate) fn normal_scores(values: &[f64], quantile: impl Fn(f64) -> f64) -> Vec<f64> {
    let n = values.len() as f64;
    ranks(values).into_iter().map(|r| quantile((r - 0.375) / (n + 0.25))).collect()
}

/// Ranks from 1, ties share their mean rank.
pub(crate) fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut out = vec![0.0; values.len()];
    let mut i = 0;
    while i < order.len() {
        let mut j = i;
        #[expect(clippy::float_cmp, reason = "ties are exact repeats")]
        while j + 1 < order.len() && values[order[j + 1]] == values[order[i]] {
            j += 1;
        }
        let mean = (i + j) as f64 / 2.0 + 1.0;
        for &k in &order[i..=j] {
            out[k] = mean;
        }
        i = j + 1;
    }
    out
}

/// A quantile of finite values, linear between order statistics (Hyndman and Fan's type 7).
pub(crate) fn quantile(sorted: &[f64], p: f64) -> f64 {
    if sorted.is_empty() {
        return f64::NAN;
    }
    let at = p * (sorted.len() - 1) as f64;
    let i = at as usize;
    let next = sorted.get(i + 1).copied().unwrap_or(sorted[i]);
    sorted[i] + (at - i as f64) * (next - sorted[i])
}
