//! Options of the method.

/// How far the method looks, and how strict it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// The largest lag in days.
    pub max_lag: usize,
    /// The smallest effect worth the athlete's time, in standard deviations of the outcome, for outcomes that do not specify it themselves.
    pub smallest_effect_sd: f64,
    /// Findings with q up to this are supported. By evaluation: see `docs/discovery-evaluation.md`.
    pub q_supported: f64,
    /// Surrogates for each pair that passed so far; 0 disables them.
    pub surrogates: usize,
    /// Seed of the surrogates: the same data give the same result.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { max_lag: 7, smallest_effect_sd: 0.1, q_supported: 0.08, surrogates: 2000, seed: 1 }
    }
}
