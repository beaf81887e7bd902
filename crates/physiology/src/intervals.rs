//! Time intervals: union and lookup.

/// Intervals in order, touching ones merged; empty and infinite ones left out.
pub(crate) fn union(intervals: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let mut all: Vec<(f64, f64)> = intervals.filter(|(from, to)| from.is_finite() && to.is_finite() && to > from).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut out: Vec<(f64, f64)> = Vec::with_capacity(all.len());
    for (from, to) in all {
        match out.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => out.push((from, to)),
        }
    }
    out
}

/// Seconds of each step between neighbouring times outside the intervals, which are from [`union`].
pub(crate) fn outside(time_s: &[f64], intervals: &[(f64, f64)]) -> Vec<f64> {
    let mut first = 0;
    time_s
        .windows(2)
        .map(|w| {
            while intervals.get(first).is_some_and(|i| i.1 <= w[0]) {
                first += 1;
            }
            let inside: f64 = intervals[first..].iter().take_while(|i| i.0 < w[1]).map(|i| i.1.min(w[1]) - i.0.max(w[0])).sum();
            (w[1] - w[0] - inside).max(0.0)
        })
        .collect()
}

/// Whether one of the intervals, which are from [`union`], covers more than nine tenths of the time between two times.
pub(crate) fn cover(intervals: &[(f64, f64)], (from, to): (f64, f64)) -> bool {
    const NEARLY_ALL: f64 = 0.9;
    // One that covers so much contains the middle.
    let middle = f64::midpoint(from, to);
    let k = intervals.partition_point(|i| i.1 < middle);
    intervals.get(k).is_some_and(|i| i.1.min(to) - i.0.max(from) > NEARLY_ALL * (to - from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_covered_by_one_interval_or_not() {
        let all = union([(30.0, 40.0), (0.0, 10.0), (9.0, 20.0), (5.0, f64::INFINITY), (50.0, 45.0)].into_iter());
        assert_eq!(all, [(0.0, 20.0), (30.0, 40.0)]);
        assert!(cover(&all, (0.0, 20.0)) && cover(&all, (1.0, 21.0)) && cover(&all, (31.0, 32.0)));
        assert!(!cover(&all, (0.0, 40.0)) && !cover(&all, (15.0, 25.0)) && !cover(&all, (22.0, 28.0)) && !cover(&[], (0.0, 1.0)));
        assert_eq!(outside(&[0.0, 15.0, 35.0, 60.0], &all), [0.0, 10.0, 20.0]);
    }
}
