//! Where things stand in the tracks: from left to right by distance or by time, and from low to high on scales that stray values do not stretch.

use domain::units::Units;

use super::shown::{Kind, Shown};
use crate::ui::charts::Axis;

/// Steps of a pace axis, in seconds per kilometre, mile or hundred metres.
pub(in crate::activities) const PACE_STEPS: [f64; 8] = [5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0];
/// Steps of an axis of time, in minutes.
const MINUTE_STEPS: [f64; 9] = [1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 240.0];

/// From left to right: a place along the way as per cent of the width, and back.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Across {
    /// How far along each point is.
    along: Vec<f32>,
    /// How far from the left it stands: as far along, or minutes.
    at: Vec<f32>,
    /// What stands at the left and at the right edge.
    edges: (f64, f64),
}

impl Across {
    /// Of what is drawn; by the time if that is wanted or nothing else is known.
    pub(super) fn new(shown: &Shown, by_time: bool) -> Self {
        let at: Vec<f32> = if by_time && !shown.timed { shown.time_s.iter().map(|s| s / 60.0).collect() } else { shown.along.clone() };
        let (first, last) = (f64::from(at.first().copied().unwrap_or_default()), f64::from(at.last().copied().unwrap_or_default()));
        // A point is the middle of its bin. What begins at nothing begins at the edge.
        let half = if by_time && !shown.timed { 0.0 } else { (last - first) / at.len().saturating_sub(1).max(1) as f64 / 2.0 };
        Self { along: shown.along.clone(), at, edges: (first - half, (last + half).max(first + 1e-6)) }
    }

    /// Per cent of the width.
    pub(super) fn percent(&self, along: f32) -> f64 {
        let (left, right) = self.edges;
        (f64::from(between(&self.along, &self.at, along)) - left) / (right - left) * 100.0
    }

    /// How far along a share of the width is.
    pub(super) fn along(&self, share: f64) -> f32 {
        let (left, right) = self.edges;
        between(&self.at, &self.along, (left + share.clamp(0.0, 1.0) * (right - left)) as f32)
    }

    /// Labels below: their per cent of the width, and their number.
    pub(super) fn ticks(&self, by_time: bool) -> Vec<(f64, f64)> {
        let (left, right) = self.edges;
        let axis = Axis::around([left, right].into_iter(), 5, if by_time { &MINUTE_STEPS } else { &[] });
        let slack = (right - left) / 1000.0;
        let inside = |t: &&f64| (left - slack..=right + slack).contains(*t);
        axis.ticks.iter().filter(inside).map(|t| ((t - left) / (right - left) * 100.0, *t)).collect()
    }
}

/// What belongs to a value between points in order; beyond the ends, it goes on as the last two points do.
fn between(from: &[f32], to: &[f32], value: f32) -> f32 {
    let last = from.len().saturating_sub(1);
    if last == 0 {
        return to.first().copied().unwrap_or_default();
    }
    let after = from.partition_point(|at| *at < value).clamp(1, last);
    let (a, b) = (from[after - 1], from[after]);
    // Two points at one place: the way stood still.
    let share = if b > a { (value - a) / (b - a) } else { 0.0 };
    to[after - 1] + (to[after] - to[after - 1]) * share
}

/// From low to high: around all values but the one or two in a hundred that are furthest off, if those are far off. What lies beyond stays at the edge.
pub(super) fn axis(shown: &Shown, kind: Kind, units: Units) -> Axis {
    let mut values: Vec<f64> = shown.points(kind).iter().filter_map(|(_, value)| value.map(f64::from)).filter(|v| v.is_finite()).collect();
    if kind == Kind::Rate {
        values.extend(shown.graded.iter().flatten().map(|v| f64::from(*v)));
    }
    values.sort_by(f64::total_cmp);
    // Half the points of a run stand still at no light; of a height every point is there.
    let cut = if kind == Kind::Altitude { 0 } else { values.len() / 50 };
    let kept = &values[cut..values.len() - cut];
    let (low, high) = (kept.first().copied().unwrap_or(0.0), kept.last().copied().unwrap_or(1.0));
    let margin = (high - low) * 0.15;
    let inside = values.iter().copied().filter(|v| (low - margin..=high + margin).contains(v));
    let steps: &[f64] = if shown.is_pace(kind, units) { &PACE_STEPS } else { &[] };
    Axis::around(inside, if kind == Kind::Rate { 4 } else { 2 }, steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::activities::{ChartSeries, SportStyle};

    fn run(heart_rate: Vec<Option<f32>>) -> Shown {
        let n = heart_rate.len();
        let series = ChartSeries {
            km: (0..n).map(|k| (k as f32 + 0.5) * 0.1).collect(),
            // The second half is twice as slow.
            time_s: (0..n).map(|k| 30.0 * (k + k.saturating_sub(n / 2)) as f32).collect(),
            pace: vec![None; n],
            graded: vec![None; n],
            altitude: vec![None; n],
            heart_rate,
            ..ChartSeries::default()
        };
        Shown::new(series, SportStyle::of("running", None), Units::default())
    }

    #[test]
    fn the_middle_of_the_way_is_no_middle_of_the_time() {
        let shown = run(vec![Some(140.0); 100]);
        let (far, long) = (Across::new(&shown, false), Across::new(&shown, true));
        assert!((far.percent(5.0) - 50.0).abs() < 1e-3 && (far.percent(0.0)).abs() < 1e-3 && (far.percent(10.0) - 100.0).abs() < 1e-3);
        assert!((long.percent(5.05) - 33.6).abs() < 0.5, "{}", long.percent(5.05));
        assert_eq!(far.ticks(false).first().map(|t| t.1), Some(0.0));
        assert_eq!(far.ticks(false).last().map(|t| t.1), Some(10.0));
    }

    #[test]
    fn a_stray_zero_does_not_stretch_the_scale() {
        let mut beats: Vec<Option<f32>> = (0..200).map(|k| Some(140.0 + (k % 20) as f32)).collect();
        (beats[50], beats[51], beats[120]) = (Some(0.0), Some(3.0), Some(240.0));
        let axis = axis(&run(beats), Kind::HeartRate, Units::default());
        assert!(axis.low >= 120.0 && axis.high <= 180.0, "{axis:?}");
    }

    #[test]
    fn there_and_back_is_where_it_was() {
        for by_time in [false, true] {
            let across = Across::new(&run(vec![Some(140.0); 60]), by_time);
            for share in (0..=200).map(|k| f64::from(k) / 200.0) {
                assert!((across.percent(across.along(share)) - share * 100.0).abs() < 0.05, "{share}");
            }
        }
    }
}
