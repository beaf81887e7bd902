//! An athlete's own time constants of fitness and fatigue, instead of 42 and 7 days.
//!
//! The model is Banister's (1975; Morton, Fitz-Clarke and Banister 1990, doi:10.1152/jappl.1990.69.3.1171) with weighted means of the load, as
//! [`crate::load`] has them: `y = p + a·L(τ₁) − b·L(τ₂)`, a and b not negative, both means as of the evening before. What was
//! carried over from before the first day fades with τ₁ and has a size of its own, and so has a yearly season. The outcome y is the logarithm of
//! a run's efficiency, or of the speed of a best effort. For each pair of constants on a grid the rest is least squares; what one run has in common
//! with the one before (good and bad weeks) is taken out with a first-order autoregression over the days between. The intervals are those of the
//! profile likelihood. Hellard et al. 2006 (doi:10.1080/02640410500244697) show how badly such constants are often determined: so a constant that
//! the data do not tell is not told.

use crate::least_squares::{Moments, dot, explained, left_of, with, without};
use crate::spread::t_quantile;

/// Candidates for τ₁ and τ₂ in days, each so many times the one before.
const FITNESS_DAYS: (f64, f64) = (14.0, 120.0);
const FATIGUE_DAYS: (f64, f64) = (2.0, 25.0);
const RATIO: f64 = 1.07;
/// Two constants that are nearer to each other cannot be told apart.
const LEAST_APART: f64 = 1.5;
/// Days of load before the first outcome that counts: before, fatigue depends on what was never recorded.
const WARM_UP_DAYS: usize = 28;
/// Outcomes that a fit needs.
pub const LEAST_RUNS: usize = 60;
const YEAR_DAYS: f64 = 365.25;
/// What a term must explain to be there: 99 % of a χ² with four degrees of freedom for fitness (its size, what was carried over, and two for its
/// constant, which is chosen), and with three for fatigue.
const EVIDENCE: (f64, f64) = (13.28, 11.34);
/// A wider interval, as a ratio of its ends, tells nothing.
const WIDEST: f64 = 4.0;

/// A time constant in days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Constant {
    /// The best one.
    pub days: f64,
    /// The ends of the 95 % interval.
    pub interval: (f64, f64),
}

/// What the data tell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Constants {
    /// τ₁; `None` if the data do not tell: no effect beyond chance, or a profile so flat that the interval is open or wider than fourfold.
    pub fitness: Option<Constant>,
    /// τ₂, likewise.
    pub fatigue: Option<Constant>,
    /// Outcomes that counted.
    pub runs: usize,
    /// The correlation of what is left from one day to the next.
    pub correlation: f64,
}

/// The result of a fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fit {
    /// So many more outcomes are wanted.
    TooFew {
        /// At least 1.
        wanted: usize,
    },
    /// There were enough.
    Fitted(Constants),
}

/// Fits the constants to the load of each day, from the first day on, and to outcomes: the index of their day and the logarithm of an
/// efficiency or a speed, in any order. Several of a day count as their mean.
#[must_use]
pub fn fit(load: &[f64], outcomes: &[(usize, f64)]) -> Fit {
    let mut counted: Vec<(usize, f64)> =
        outcomes.iter().copied().filter(|(day, y)| *day >= WARM_UP_DAYS && *day <= load.len() && y.is_finite()).collect();
    counted.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut days: Vec<(usize, f64, f64)> = Vec::new();
    for (day, y) in counted {
        match days.last_mut() {
            Some((last, sum, n)) if *last == day => (*sum, *n) = (*sum + y, *n + 1.0),
            _ => days.push((day, y, 1.0)),
        }
    }
    if days.len() < LEAST_RUNS {
        return Fit::TooFew { wanted: LEAST_RUNS - days.len() };
    }
    let load: Vec<f64> = load.iter().map(|l| if l.is_finite() { *l } else { 0.0 }).collect();
    let means = |taus: &[f64]| -> Vec<Vec<f64>> {
        taus.iter()
            .map(|tau| {
                let all = evenings(&load, *tau);
                days.iter().map(|(day, ..)| all[day - 1]).collect()
            })
            .collect()
    };
    let (slow, fast) = (grid(FITNESS_DAYS), grid(FATIGUE_DAYS));
    let data = Data {
        carried: slow.iter().map(|tau| days.iter().map(|(day, ..)| (-(*day as f64) / tau).exp()).collect()).collect(),
        season: seasons(&days),
        gaps: days.windows(2).map(|w| (w[1].0 - w[0].0) as f64).collect(),
        y: days.iter().map(|(_, sum, n)| sum / n).collect(),
        fitness: means(&slow),
        fatigue: means(&fast),
        slow,
        fast,
    };
    // The correlation is that of what the best fit leaves, and the best fit depends on it a little.
    let mut correlation = 0.0;
    for _ in 0..3 {
        let best = data.surface(correlation).best;
        correlation = data.correlation(best);
    }
    Fit::Fitted(data.told(correlation))
}

/// The two terms of a yearly season at each outcome. Within less than a year they stand for whatever changes slowly: what cannot be told from training
/// is not told.
fn seasons(days: &[(usize, f64, f64)]) -> Vec<Vec<f64>> {
    let turn = |day: usize| day as f64 / YEAR_DAYS * std::f64::consts::TAU;
    let terms: [fn(f64) -> f64; 2] = [f64::sin, f64::cos];
    terms.iter().map(|term| days.iter().map(|(day, ..)| term(turn(*day))).collect()).collect()
}

/// The weighted mean of the load on each evening, from the mean of the first four weeks on.
fn evenings(load: &[f64], tau: f64) -> Vec<f64> {
    let first = &load[..load.len().min(28)];
    let mut level = first.iter().sum::<f64>() / first.len().max(1) as f64;
    load.iter()
        .map(|s| {
            level = crate::load::next_day(level, *s, tau);
            level
        })
        .collect()
}

fn grid((from, to): (f64, f64)) -> Vec<f64> {
    std::iter::successors(Some(from), |tau| Some(tau * RATIO)).take_while(|tau| *tau <= to).collect()
}

struct Data {
    /// Days between one outcome and the next.
    gaps: Vec<f64>,
    y: Vec<f64>,
    /// The terms of a season at each outcome.
    season: Vec<Vec<f64>>,
    /// For each τ₁: what is left of a level of 1 before the first day.
    carried: Vec<Vec<f64>>,
    /// For each τ₁, and for each τ₂: the mean on the evening before each outcome.
    fitness: Vec<Vec<f64>>,
    fatigue: Vec<Vec<f64>>,
    slow: Vec<f64>,
    fast: Vec<f64>,
}

/// The sums of squares that are left for every pair of constants.
struct Surface {
    left: Vec<Vec<f64>>,
    best: (usize, usize),
    /// The least without the term of fatigue, and without that of fitness.
    without_fatigue: f64,
    without_fitness: f64,
}

impl Data {
    fn surface(&self, correlation: f64) -> Surface {
        let white = |column: &[f64]| self.whitened(column, correlation);
        let y = white(&self.y);
        let always = self.always(&white);
        let fitness: Vec<Vec<f64>> = self.fitness.iter().map(|c| white(c)).collect();
        let fatigue: Vec<Vec<f64>> = self.fatigue.iter().map(|c| white(c)).collect();
        let mut surface = Surface {
            left: vec![vec![f64::INFINITY; self.fast.len()]; self.slow.len()],
            best: (0, 0),
            without_fatigue: f64::INFINITY,
            without_fitness: f64::INFINITY,
        };
        for (i, f) in fitness.iter().enumerate() {
            let fixed = with(&always, &white(&self.carried[i]));
            let own = Moments::of(f, &y, &fixed);
            let nothing = left_of(&y, &fixed);
            surface.without_fatigue = surface.without_fatigue.min(nothing - own.alone(1.0));
            for (k, g) in fatigue.iter().enumerate().filter(|(k, _)| self.slow[i] >= LEAST_APART * self.fast[*k]) {
                let other = Moments::of(g, &y, &fixed);
                let both = dot(f, g) - dot(&own.along, &other.along);
                surface.left[i][k] = nothing - explained(&own, &other, both);
                if surface.left[i][k] < surface.left[surface.best.0][surface.best.1] {
                    surface.best = (i, k);
                }
            }
        }
        for g in &fatigue {
            let only = Moments::of(g, &y, &always).alone(-1.0);
            surface.without_fitness = surface.without_fitness.min(left_of(&y, &always) - only);
        }
        surface
    }

    /// What is always in the model, as columns of length 1 at right angles: the level, and the season.
    fn always(&self, white: &dyn Fn(&[f64]) -> Vec<f64>) -> Vec<Vec<f64>> {
        let level = vec![1.0; self.y.len()];
        self.season.iter().fold(with(&[], &white(&level)), |all, term| with(&all, &white(term)))
    }

    /// A column as if its values were independent: each less what it has in common with the one before.
    fn whitened(&self, column: &[f64], correlation: f64) -> Vec<f64> {
        let later = self.gaps.iter().zip(column.windows(2)).map(|(gap, w)| {
            let r = correlation.powf(*gap);
            (w[1] - r * w[0]) / (1.0 - r * r).sqrt()
        });
        column.first().copied().into_iter().chain(later).collect()
    }

    /// The correlation from day to day that makes what the best fit leaves most likely.
    fn correlation(&self, (i, k): (usize, usize)) -> f64 {
        let left = self.residuals(i, k);
        let n = left.len() as f64;
        let unlikely = |correlation: f64| {
            let white = self.whitened(&left, correlation);
            let spread: f64 = self.gaps.iter().map(|gap| (1.0 - correlation.powf(2.0 * gap)).ln()).sum();
            n * dot(&white, &white).ln() + spread
        };
        (0..=19).map(|c| f64::from(c) * 0.05).min_by(|a, b| unlikely(*a).total_cmp(&unlikely(*b))).unwrap_or(0.0)
    }

    fn residuals(&self, i: usize, k: usize) -> Vec<f64> {
        let fixed = with(&self.always(&<[f64]>::to_vec), &self.carried[i]);
        let (f, g, y) = (without(&self.fitness[i], &fixed), without(&self.fatigue[k], &fixed), without(&self.y, &fixed));
        let (ff, gg, fg) = (dot(&f, &f), dot(&g, &g), dot(&f, &g));
        let (fy, gy) = (dot(&f, &y), dot(&g, &y));
        let whole = ff * gg - fg * fg;
        let (mut a, mut b) = if whole > 1e-12 * ff * gg { ((fy * gg - gy * fg) / whole, (gy * ff - fy * fg) / whole) } else { (0.0, 0.0) };
        if a < 0.0 || b > 0.0 {
            (a, b) = if ff > 0.0 && fy > 0.0 { (fy / ff, 0.0) } else { (0.0, 0.0) };
        }
        y.iter().zip(f).zip(g).map(|((y, f), g)| y - a * f - b * g).collect()
    }

    fn told(&self, correlation: f64) -> Constants {
        let surface = self.surface(correlation);
        let least = surface.left[surface.best.0][surface.best.1];
        let n = self.y.len() as f64;
        // Level, season, what was carried over, two sizes, two constants, the correlation.
        let df = n - 7.0 - self.season.len() as f64;
        let most = least * (1.0 + t_quantile(0.975, df).powi(2) / df);
        let evidence = |without: f64| n * (without / least).ln();
        let by_slow: Vec<f64> = surface.left.iter().map(|row| row.iter().copied().fold(f64::INFINITY, f64::min)).collect();
        let by_fast: Vec<f64> = (0..self.fast.len()).map(|k| surface.left.iter().map(|row| row[k]).fold(f64::INFINITY, f64::min)).collect();
        Constants {
            fitness: constant(&self.slow, &by_slow, most).filter(|_| evidence(surface.without_fitness) >= EVIDENCE.0),
            fatigue: constant(&self.fast, &by_fast, most).filter(|_| evidence(surface.without_fatigue) >= EVIDENCE.1),
            runs: self.y.len(),
            correlation,
        }
    }
}

/// A constant from its profile: the best one, and where the profile rises above `most`. `None` if it does not on both sides, or far apart.
fn constant(taus: &[f64], profile: &[f64], most: f64) -> Option<Constant> {
    let best = (0..profile.len()).min_by(|a, b| profile[*a].total_cmp(&profile[*b]))?;
    let low = (0..best).rev().find(|k| profile[*k] > most)?;
    let high = (best + 1..profile.len()).find(|k| profile[*k] > most)?;
    // Between two points of the grid along the line through both.
    let crossing = |inside: usize, outside: usize| {
        let rise = profile[outside] - profile[inside];
        let share = if rise.is_finite() && rise > 0.0 { ((most - profile[inside]) / rise).clamp(0.0, 1.0) } else { 1.0 };
        taus[inside] * (taus[outside] / taus[inside]).powf(share)
    };
    let interval = (crossing(low + 1, low), crossing(high - 1, high));
    (interval.1 <= WIDEST * interval.0).then_some(Constant { days: taus[best], interval })
}
