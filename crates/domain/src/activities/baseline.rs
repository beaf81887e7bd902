//! An activity against its athlete's earlier ones.

use serde::{Deserialize, Serialize};

use crate::units::{NBSP, decimal, decimals_of_error, signed};

/// Fewer activities than this are nothing to compare with.
const FEWEST: u32 = 5;

/// The efficiency of an activity against the mean of earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// The difference in per cent of the mean.
    pub percent: f64,
    /// The standard deviation of the earlier ones in per cent of their mean.
    pub spread_percent: f64,
    /// How many earlier ones.
    pub n: u32,
}

impl Baseline {
    /// A value against the mean and standard deviation of `n` earlier ones; `None` for fewer than five.
    #[must_use]
    pub fn of(own: f64, mean: f64, deviation: f64, n: u32) -> Option<Self> {
        let possible = n >= FEWEST && mean > 0.0 && deviation.is_finite();
        possible.then(|| Self { percent: 100.0 * (own / mean - 1.0), spread_percent: 100.0 * deviation / mean, n })
    }

    /// Whether it is within what such activities usually differ by.
    #[must_use]
    pub fn is_usual(self) -> bool {
        self.percent.abs() <= self.spread_percent
    }

    /// The difference, or that there is none to speak of: `+3.1 %`, `about as usual`.
    #[must_use]
    pub fn verdict(self) -> String {
        if self.is_usual() {
            return "about as usual".to_owned();
        }
        format!("{}{NBSP}%", signed(self.percent, decimals_of_error(self.spread_percent)))
    }

    /// What it is compared with: `12 runs, usually within 2.4 %`.
    #[must_use]
    pub fn basis(self, noun: &str) -> String {
        format!("{}{NBSP}{noun}s, usually within {}{NBSP}%", self.n, decimal(self.spread_percent, decimals_of_error(self.spread_percent)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_said_where_it_is_more_than_the_usual_spread() {
        let far = Baseline::of(1.6, 1.5, 0.036, 12).expect("enough");
        assert_eq!((far.verdict().as_str(), far.basis("run").as_str()), ("+6.7\u{a0}%", "12\u{a0}runs, usually within 2.4\u{a0}%"));
        let near = Baseline::of(1.52, 1.5, 0.036, 12).expect("enough");
        assert_eq!((near.verdict().as_str(), near.is_usual()), ("about as usual", true));
        assert_eq!((Baseline::of(1.6, 1.5, 0.036, 4), Baseline::of(1.6, 0.0, 0.0, 9)), (None, None));
    }
}
