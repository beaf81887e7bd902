//! What a kind of training usually is for an athlete, by what was done in the last weeks.

use super::Usual;
use crate::activities::Kind;

/// Activities that make something usual, at least.
const LEAST: u32 = 3;

/// Sums of what was done of a kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KindSums {
    /// Which.
    pub kind: Kind,
    /// Activities with a distance and a time.
    pub paced: u32,
    /// Their metres.
    pub metres: f64,
    /// Their seconds.
    pub paced_s: f64,
    /// Activities with a load and a time.
    pub loaded: u32,
    /// Their training impulse.
    pub load: f64,
    /// Their seconds.
    pub loaded_s: f64,
}

/// What is usual of a kind: of the kind itself if there are three of it, otherwise of its sport. What is no sport of its own has only itself.
#[must_use]
pub fn usual(sums: &[KindSums], kind: Kind) -> Usual {
    let of = |fits: &dyn Fn(Kind) -> bool, count: fn(&KindSums) -> u32, rate: fn(&KindSums) -> (f64, f64)| {
        let fitting = || sums.iter().filter(|sums| fits(sums.kind));
        let (above, below) = fitting().map(rate).fold((0.0, 0.0), |sum, of| (sum.0 + of.0, sum.1 + of.1));
        (fitting().map(count).sum::<u32>() >= LEAST && above > 0.0 && below > 0.0).then(|| above / below)
    };
    let rate = |count: fn(&KindSums) -> u32, rate: fn(&KindSums) -> (f64, f64)| {
        let of_sport = |one: Kind| one.sport() == kind.sport();
        of(&|one| one == kind, count, rate).or_else(|| if kind.sport() == "other" { None } else { of(&of_sport, count, rate) })
    };
    Usual {
        s_per_km: rate(|sums| sums.paced, |sums| (sums.paced_s, sums.metres / 1000.0)),
        load_per_hour: rate(|sums| sums.loaded, |sums| (sums.load, sums.loaded_s / 3600.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_of_a_kind_are_usual_and_otherwise_their_sport_is() {
        let sums = |kind, n: u32, pace: f64, load: f64| KindSums {
            kind,
            paced: n,
            metres: f64::from(n) * 10_000.0,
            paced_s: f64::from(n) * 10.0 * pace,
            loaded: n,
            load: f64::from(n) * load,
            loaded_s: f64::from(n) * 3600.0,
        };
        let all = [
            sums(Kind::Run, 10, 330.0, 60.0),
            sums(Kind::TrailRun, 2, 420.0, 80.0),
            sums(Kind::Strength, 4, 0.0, 20.0),
            sums(Kind::Ride, 2, 140.0, 50.0),
        ];
        let of = |kind| usual(&all, kind);
        assert_eq!(of(Kind::Run), Usual { s_per_km: Some(330.0), load_per_hour: Some(60.0) });
        // Two trail runs say nothing of trail runs; twelve runs say something of runs.
        assert_eq!(of(Kind::TrailRun), Usual { s_per_km: Some(345.0), load_per_hour: Some(760.0 / 12.0) });
        assert_eq!(of(Kind::Strength), Usual { s_per_km: None, load_per_hour: Some(20.0) });
        assert_eq!((of(Kind::Yoga), of(Kind::Ride)), (Usual::default(), Usual::default()));
    }
}
