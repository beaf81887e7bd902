//! Several records with one timestamp.

use recordings::Samples;

use crate::repairs::{Repairs, count};

/// Above this share of samples with the previous timestamp, the clock is coarse and the samples are no repetitions.
const COARSE_SHARE: f64 = 0.25;

/// One sample per timestamp: the last one, with its gaps filled from the others. If the clock is coarse and the samples are no repetitions,
/// they share the time until the next one. Each comes with its index in `samples`.
pub(crate) fn join(samples: &Samples, keep: Vec<usize>, mut times: Vec<f64>, repairs: &mut Repairs) -> (Samples, Vec<usize>) {
    let same = |w: &[f64]| w[1] - w[0] <= 0.0;
    let repeated = times.windows(2).filter(|w| same(w)).count();
    count(repairs, "same_second", repeated);
    if repeated == 0 {
        let mut out = samples.select(&keep);
        out.time_s = times;
        return (out, keep);
    }
    let moved = keep.windows(2).zip(times.windows(2)).filter(|(w, t)| same(t) && differ(samples, w[0], w[1])).count();
    if moved as f64 > COARSE_SHARE * keep.len() as f64 && moved * 2 > repeated {
        spread(&mut times);
        let mut out = samples.select(&keep);
        out.time_s = times;
        return (out, keep);
    }
    let last: Vec<usize> = (0..keep.len()).filter(|&k| k + 1 == keep.len() || !same(&times[k..k + 2])).collect();
    let sources: Vec<usize> = last.iter().map(|&k| keep[k]).collect();
    let mut out = samples.select(&sources);
    let fill = |to: &mut [f64], from: &[f64]| {
        let mut first = 0;
        for (value, &k) in to.iter_mut().zip(&last) {
            if value.is_nan()
                && let Some(found) = keep[first..k].iter().rev().map(|&i| from[i]).find(|v| !v.is_nan())
            {
                *value = found;
            }
            first = k + 1;
        }
    };
    for (to, from) in out.columns_mut().into_iter().zip(samples.columns()).skip(1) {
        fill(to, from);
    }
    for to in &mut out.extra {
        if let Some(from) = samples.extra.iter().find(|s| s.name == to.name && s.unit == to.unit) {
            fill(&mut to.values, &from.values);
        }
    }
    out.time_s = last.iter().map(|&k| times[k]).collect();
    (out, sources)
}

fn differ(samples: &Samples, a: usize, b: usize) -> bool {
    [&samples.latitude_deg, &samples.longitude_deg, &samples.distance_m].into_iter().any(|c| (c[a] - c[b]).abs() > 0.0)
}

/// Gives equal times an even share of the time until the next one; the last ones take the share of those before.
fn spread(times: &mut [f64]) {
    let mut share = 1.0;
    let mut from = 0;
    while from < times.len() {
        let start = times[from];
        let to = times.iter().skip(from).position(|t| *t > start).map_or(times.len(), |n| from + n);
        if let Some(next) = times.get(to) {
            share = (next - start) / (to - from) as f64;
        } else {
            share = share.min(1.0);
        }
        for (n, t) in times[from..to].iter_mut().enumerate() {
            *t = start + n as f64 * share;
        }
        from = to;
    }
}
