//! Metrics from one value per moving second.

/// Normalised graded speed in m/s from one value per second: 30 s rolling mean, mean of fourth powers, fourth root (after Coggan's
/// normalised power; Skiba 2006 for running). `None` under a minute.
pub(crate) fn normalised(speed: &[f64]) -> Option<f64> {
    const WINDOW: usize = 30;
    if speed.len() < 2 * WINDOW {
        return None;
    }
    let mut sum: f64 = speed[..WINDOW].iter().sum();
    let mut fourth = (sum / WINDOW as f64).powi(4);
    for i in WINDOW..speed.len() {
        sum += speed[i] - speed[i - WINDOW];
        fourth += (sum.max(0.0) / WINDOW as f64).powi(4);
    }
    let v = (fourth / (speed.len() - WINDOW + 1) as f64).powf(0.25);
    (v > 0.1).then_some(v)
}

/// Aerobic decoupling in per cent: `100·(R₁−R₂)/R₁`, R = mean graded speed ÷ mean heart rate of each half of moving time (Friel's
/// Pa:HR). Seconds without a heart rate are left out of both means. `None` under ten minutes with heart rate.
pub(crate) fn decoupling(speed: &[f64], heart_rate: &[f64]) -> Option<f64> {
    let half = speed.len() / 2;
    let ratio = |range: std::ops::Range<usize>| {
        let (mut v, mut hr, mut n) = (0.0, 0.0, 0);
        for i in range {
            if heart_rate[i].is_finite() {
                v += speed[i];
                hr += heart_rate[i];
                n += 1;
            }
        }
        (n >= 300 && hr > 0.0).then(|| v / hr)
    };
    let (first, second) = (ratio(0..half)?, ratio(half..speed.len())?);
    (first > 0.0).then(|| 100.0 * (first - second) / first)
}
