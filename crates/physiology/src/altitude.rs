//! Recorded altitude, smoothed for grades and elevation gain.

/// Grid step along the route, in metres.
const STEP_M: f64 = 5.0;
/// Longer than any distance of one recording, in metres.
const LONGEST_M: f64 = 10_000_000.0;
/// Minimum smoothing, as a Gaussian's standard deviation along the route in metres: the grid step. Neighbouring fixes share their error, so
/// the difference of two altitudes is known far better than the position.
const LEAST_SIGMA_M: f64 = STEP_M;
/// Maximum smoothing, in metres: a ramp of a street is a hundred metres long and must be preserved.
const MOST_SIGMA_M: f64 = 60.0;
/// The error of a grade that noise may cause. At one per cent the curvature of the cost of hills biases the grade-adjusted pace by 0.2 %.
const GRADE_ERROR: f64 = 0.01;
/// Minimum smoothing for elevation gain, in metres: small waves that are no hills would add up.
const CLIMB_SIGMA_M: f64 = 10.0;
/// A rise or fall smaller than this is noise, in metres.
const CLIMB_THRESHOLD_M: f64 = 2.0;

/// Altitude over distance, smoothed.
#[derive(Debug, Clone)]
pub struct Profile {
    metres: Vec<f64>,
    /// Smoothed for elevation gain.
    hills: Vec<f64>,
    sigma_m: f64,
}

impl Profile {
    /// From distances (metres, not decreasing) and altitudes (metres, `NaN` where unknown). `None` without altitude on at
    /// least half of the samples.
    #[must_use]
    pub fn new(distance_m: &[f64], altitude_m: &[f64]) -> Option<Self> {
        let known: Vec<(f64, f64)> =
            distance_m.iter().zip(altitude_m).filter(|(d, a)| d.is_finite() && a.is_finite()).map(|(d, a)| (*d, *a)).collect();
        if known.len() < 2 || known.len() * 2 < distance_m.len() {
            return None;
        }
        let total = known[known.len() - 1].0;
        if !(0.0..LONGEST_M).contains(&total) {
            return None;
        }
        let cells = (total / STEP_M) as usize + 1;
        let sigma_m = sigma(&known);
        let mut grid = Vec::with_capacity(cells);
        let mut k = 0;
        for cell in 0..cells {
            let at = cell as f64 * STEP_M;
            while k + 1 < known.len() && known[k + 1].0 < at {
                k += 1;
            }
            let (a, b) = (known[k], known[(k + 1).min(known.len() - 1)]);
            let share = if b.0 > a.0 { ((at - a.0) / (b.0 - a.0)).clamp(0.0, 1.0) } else { 0.0 };
            grid.push(a.1 + share * (b.1 - a.1));
        }
        let metres = smooth(&grid, sigma_m);
        let hills = if sigma_m < CLIMB_SIGMA_M { smooth(&grid, CLIMB_SIGMA_M) } else { metres.clone() };
        Some(Self { metres, hills, sigma_m })
    }

    /// The standard deviation of the smoothing, in metres along the route.
    #[must_use]
    pub fn sigma_m(&self) -> f64 {
        self.sigma_m
    }

    /// Smoothed altitude at a distance, in metres.
    #[must_use]
    pub fn at(&self, distance_m: f64) -> f64 {
        let x = (distance_m / STEP_M).clamp(0.0, (self.metres.len() - 1) as f64);
        let i = (x as usize).min(self.metres.len().saturating_sub(2));
        let next = self.metres.get(i + 1).copied().unwrap_or(self.metres[i]);
        self.metres[i] + (x - i as f64) * (next - self.metres[i])
    }

    /// Mean grade between two distances (rise over run), over at least one grid step.
    #[must_use]
    pub fn grade(&self, from_m: f64, to_m: f64) -> f64 {
        let middle = f64::midpoint(from_m, to_m);
        let half = ((to_m - from_m) / 2.0).max(STEP_M / 2.0);
        let (low, high) = ((middle - half).max(0.0), (middle + half).min((self.metres.len() - 1) as f64 * STEP_M));
        if high - low < 0.1 { 0.0 } else { (self.at(high) - self.at(low)) / (high - low) }
    }

    /// The profile as elevation gain sees it: distances and altitudes in metres, every 5 m.
    pub(crate) fn hills(&self) -> impl Iterator<Item = (f64, f64)> {
        self.hills.iter().enumerate().map(|(k, a)| (k as f64 * STEP_M, *a))
    }

    /// Elevation gain between two distances in metres: the sum of rises that are larger than the noise.
    #[must_use]
    pub fn climb(&self, from_m: f64, to_m: f64) -> f64 {
        rises(self.part(from_m, to_m).iter().copied())
    }

    /// Elevation loss between two distances in metres: the sum of falls that are larger than the noise.
    #[must_use]
    pub fn descent(&self, from_m: f64, to_m: f64) -> f64 {
        rises(self.part(from_m, to_m).iter().rev().copied())
    }

    fn part(&self, from_m: f64, to_m: f64) -> &[f64] {
        let cell = |d: f64| ((d / STEP_M).round() as usize).min(self.metres.len() - 1);
        &self.hills[cell(from_m)..=cell(to_m).max(cell(from_m))]
    }
}

/// The sum of the rises of at least [`CLIMB_THRESHOLD_M`].
fn rises(altitudes: impl Iterator<Item = f64>) -> f64 {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    let mut total = 0.0;
    for a in altitudes {
        if low > high {
            (low, high) = (a, a);
        }
        if a > high {
            high = a;
        }
        if a < high - CLIMB_THRESHOLD_M {
            // Past the summit: the rise to it counts, and the search for the next valley begins.
            if high - low >= CLIMB_THRESHOLD_M {
                total += high - low;
            }
            (low, high) = (a, a);
        }
        if a < low {
            (low, high) = (a, a);
        }
    }
    if high - low >= CLIMB_THRESHOLD_M { total + high - low } else { total }
}

/// How much to smooth: enough that noise adds no more than [`GRADE_ERROR`] to a grade. The slope of a Gaussian-smoothed line whose points,
/// `step` apart, have independent noise of `s` has the variance `s²·step / (4·√π·σ³)`; solved for σ.
fn sigma(known: &[(f64, f64)]) -> f64 {
    let moved = known[known.len() - 1].0 - known[0].0;
    let step = (moved / known.len() as f64).max(0.5);
    let noise = noise(known);
    (noise * noise * step / (4.0 * std::f64::consts::PI.sqrt() * GRADE_ERROR * GRADE_ERROR)).cbrt().clamp(LEAST_SIGMA_M, MOST_SIGMA_M)
}

/// Standard deviation of the noise of single altitudes in metres: from its distance to the line between its neighbours, whatever the
/// spacing, so that a slope leaves nothing; but at least the rounding error of the device's step (step/√12). The scale is the quantile that
/// corresponds to one standard deviation of a normal distribution: kinks and jumps do not count as noise.
fn noise(known: &[(f64, f64)]) -> f64 {
    const WITHIN_ONE_SD: f64 = 0.683;
    let mut off: Vec<f64> = known
        .windows(3)
        .map(|w| {
            let span = w[2].0 - w[0].0;
            let share = if span > 0.0 { (w[1].0 - w[0].0) / span } else { 0.5 };
            let line = w[0].1 + share * (w[2].1 - w[0].1);
            (w[1].1 - line).abs() / (1.0 + share * share + (1.0 - share) * (1.0 - share)).sqrt()
        })
        .collect();
    let scatter = if off.is_empty() {
        0.0
    } else {
        let at = (WITHIN_ONE_SD * (off.len() - 1) as f64) as usize;
        *off.select_nth_unstable_by(at, f64::total_cmp).1
    };
    let steps = known.windows(2).map(|w| (w[1].1 - w[0].1).abs()).filter(|d| *d > 1e-6);
    let rounding = steps.fold(f64::INFINITY, f64::min) / 12_f64.sqrt();
    scatter.max(if rounding.is_finite() { rounding } else { 0.0 })
}

fn smooth(grid: &[f64], sigma_m: f64) -> Vec<f64> {
    let reach = (3.0 * sigma_m / STEP_M) as usize;
    let kernel: Vec<f64> = (0..=reach).map(|k| (-0.5 * (k as f64 * STEP_M / sigma_m).powi(2)).exp()).collect();
    let last = grid.len() - 1;
    (0..grid.len())
        .map(|i| {
            // A shorter window near the ends stays symmetric: a ramp stays a ramp up to its last metre.
            let reach = reach.min(i).min(last - i);
            let (mut sum, mut weight) = (grid[i], 1.0);
            for (k, w) in kernel.iter().enumerate().take(reach + 1).skip(1) {
                sum += w * (grid[i - k] + grid[i + k]);
                weight += 2.0 * w;
            }
            sum / weight
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(grade: f64) -> Profile {
        let distance: Vec<f64> = (0..1000).map(|i| f64::from(i) * 3.0).collect();
        let altitude: Vec<f64> = distance.iter().map(|d| 50.0 + d * grade).collect();
        Profile::new(&distance, &altitude).expect("altitude everywhere")
    }

    #[test]
    fn a_ramp_keeps_its_grade_and_climb() {
        let profile = ramp(0.05);
        for at in [10.0, 500.0, 2990.0] {
            assert!((profile.grade(at - 5.0, at + 5.0) - 0.05).abs() < 1e-9, "{at}");
        }
        assert!((profile.climb(0.0, 2997.0) - 149.85).abs() < 0.5);
        assert!(ramp(-0.05).climb(0.0, 2997.0).abs() < 1e-9);
        assert!((ramp(-0.05).descent(0.0, 2997.0) - 149.85).abs() < 0.5 && profile.descent(0.0, 2997.0).abs() < 1e-9);
    }

    #[test]
    fn noisier_altitude_is_smoothed_more_and_its_grade_is_known_to_a_per_cent() {
        let distance: Vec<f64> = (0..4000).map(|i| f64::from(i) * 3.0).collect();
        // White noise from a fixed sequence.
        let mut state = 1_u64;
        let mut white = || {
            (0..12)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    (state >> 33) as f64 / f64::from(1_u32 << 31)
                })
                .sum::<f64>()
                - 6.0
        };
        let mut before = 0.0;
        for noise in [0.1, 1.0, 3.0] {
            let altitude: Vec<f64> = distance.iter().map(|d| 100.0 + d * 0.04 + noise * white()).collect();
            let profile = Profile::new(&distance, &altitude).expect("altitude everywhere");
            assert!(profile.sigma_m() >= before, "{noise}");
            before = profile.sigma_m();
            let errors: Vec<f64> = (100..2000).map(|k| profile.grade(f64::from(k) * 5.0, f64::from(k + 1) * 5.0) - 0.04).collect();
            let rms = (errors.iter().map(|e| e * e).sum::<f64>() / errors.len() as f64).sqrt();
            assert!(rms < 0.0125, "{noise}: {rms}");
        }
    }

    #[test]
    fn noise_is_no_climb() {
        let distance: Vec<f64> = (0..1000).map(|i| f64::from(i) * 3.0).collect();
        let altitude: Vec<f64> = (0..1000).map(|i| 50.0 + f64::from(i * 7919 % 10) / 5.0).collect();
        let profile = Profile::new(&distance, &altitude).expect("altitude everywhere");
        assert!(profile.climb(0.0, 2997.0).abs() < 1e-9);
    }
}
