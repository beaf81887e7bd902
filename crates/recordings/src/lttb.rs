//! Downsampling for charts.

/// Largest-Triangle-Three-Buckets (Steinarsson 2013, hdl.handle.net/1946/15343): the indices of at most `most` points
/// that preserve the shape of the line. Points whose y is `NaN` are never chosen.
#[must_use]
pub fn lttb(x: &[f64], y: &[f64], most: usize) -> Vec<usize> {
    let finite: Vec<usize> = (0..x.len().min(y.len())).filter(|&i| x[i].is_finite() && y[i].is_finite()).collect();
    if finite.len() <= most || most < 3 {
        return finite;
    }
    let (first, last) = (finite[0], finite[finite.len() - 1]);
    let inner = &finite[1..finite.len() - 1];
    let buckets = most - 2;
    let bounds = |b: usize| (b * inner.len() / buckets, (b + 1) * inner.len() / buckets);
    let mut out = Vec::with_capacity(most);
    out.push(first);
    let mut previous = first;
    for b in 0..buckets {
        let (from, to) = bounds(b);
        let (next_x, next_y) = if b + 1 < buckets {
            let (from, to) = bounds(b + 1);
            let n = (to - from) as f64;
            let sum = inner[from..to].iter().fold((0.0, 0.0), |s, &i| (s.0 + x[i], s.1 + y[i]));
            (sum.0 / n, sum.1 / n)
        } else {
            (x[last], y[last])
        };
        let area = |i: usize| ((x[previous] - next_x) * (y[i] - y[previous]) - (x[previous] - x[i]) * (next_y - y[previous])).abs();
        if let Some(best) = inner[from..to].iter().copied().max_by(|&a, &b| area(a).total_cmp(&area(b))) {
            out.push(best);
            previous = best;
        }
    }
    out.push(last);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_ends_and_a_lone_peak() {
        let x: Vec<f64> = (0..1000).map(f64::from).collect();
        let mut y = vec![0.0; 1000];
        y[500] = 100.0;
        let kept = lttb(&x, &y, 20);
        assert_eq!(kept.len(), 20);
        assert_eq!((kept[0], kept[19]), (0, 999));
        assert!(kept.contains(&500));
    }
}
