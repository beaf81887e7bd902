//! Moving or standing, by the speed around a step.

use recordings::Samples;

use crate::movement::metres_between;

/// Slower than this is standing, in metres per second (a walk is 1.2).
pub(crate) const MOVING_MPS: f64 = 0.5;
/// For runs: 30 minutes a mile, the rule that Strava publishes for its moving time, so that paces can be compared.
pub(crate) const RUNNING_MPS: f64 = 1609.344 / 1800.0;
/// Lower limit: a receiver at rest drifts by up to this, in metres per second over ten seconds and more.
const RESTING_MPS: f64 = 0.3;
/// Standing is slower than this share of the speed of the slowest quarter of the distance: someone who climbs at 0.6 m/s is not standing at 0.5.
const STANDING_SHARE: f64 = 0.5;
/// Seconds on both sides of a step within which its net displacement is measured.
const NET_S: f64 = 15.0;

/// The speed around each step in m/s of active time: over the step itself and `around_s` on both sides of it.
pub(crate) fn speeds(time_s: &[f64], distance_m: &[f64], active_s: &[f64], around_s: f64) -> Vec<f64> {
    let mut clock = Vec::with_capacity(time_s.len());
    let mut total = 0.0;
    clock.push(0.0);
    for dt in active_s {
        total += dt;
        clock.push(total);
    }
    let (mut a, mut b) = (0, 0);
    (0..active_s.len())
        .map(|i| {
            while time_s[i] - time_s[a] > around_s {
                a += 1;
            }
            b = b.max(i + 1);
            while b + 1 < time_s.len() && time_s[b + 1] - time_s[i + 1] <= around_s {
                b += 1;
            }
            (distance_m[b] - distance_m[a]) / (clock[b] - clock[a]).max(0.1)
        })
        .collect()
}

/// Net displacement per second over the half minute around each step, in m/s; `NaN` without positions.
pub(crate) fn net_speeds(samples: &Samples) -> Vec<f64> {
    let time = &samples.time_s;
    let placed: Vec<usize> = (0..samples.len()).filter(|&i| samples.latitude_deg[i].is_finite() && samples.longitude_deg[i].is_finite()).collect();
    let (mut a, mut b) = (0, 0);
    (0..time.len().saturating_sub(1))
        .map(|i| {
            while a + 1 < placed.len() && time[placed[a]] < time[i] - NET_S {
                a += 1;
            }
            while b + 1 < placed.len() && time[placed[b + 1]] <= time[i + 1] + NET_S {
                b += 1;
            }
            if a < b { metres_between(samples, placed[a], placed[b]) / (time[placed[b]] - time[placed[a]]) } else { f64::NAN }
        })
        .collect()
}

/// Slower than this is standing. The sport's rule holds at the sport's usual speed; if even the slowest quarter of the distance is hardly
/// faster than the rule, as on a mountain, the threshold follows the speed.
pub(crate) fn standing_mps(speeds: &[f64], net: &[f64], active_s: &[f64], rule: f64) -> f64 {
    let mut going: Vec<(f64, f64)> = (0..speeds.len())
        // A receiver at rest adds distance without displacement.
        .filter(|&i| speeds[i] >= RESTING_MPS && active_s[i] > 0.0 && (net[i].is_nan() || net[i] >= RESTING_MPS))
        .map(|i| (speeds[i], active_s[i]))
        .collect();
    going.sort_by(|a, b| a.0.total_cmp(&b.0));
    let quarter = going.iter().map(|g| g.1).sum::<f64>() / 4.0;
    let mut passed = 0.0;
    let slow = going.iter().find(|g| {
        passed += g.1;
        passed >= quarter
    });
    slow.map_or(rule, |(v, _)| (STANDING_SHARE * v).clamp(RESTING_MPS.min(rule), rule))
}

/// Gaps without samples or distance are timer stops if the device's own timer does not include them. The longest come first, until the
/// difference is used up.
pub(crate) fn without_silences(
    time_s: &[f64],
    distance_m: &[f64],
    mut timer_s: Vec<f64>,
    mut active_s: Vec<f64>,
    device_timer_s: Option<f64>,
) -> (Vec<f64>, Vec<f64>) {
    const SILENCE_S: f64 = 10.0;
    const ROUNDING_S: f64 = 2.0;
    let Some(device_s) = device_timer_s.filter(|s| s.is_finite() && *s > 0.0) else { return (timer_s, active_s) };
    let mut lacking = timer_s.iter().sum::<f64>() - device_s;
    let silent = |i: usize| {
        let dt = time_s[i + 1] - time_s[i];
        timer_s[i] > SILENCE_S && distance_m.get(i + 1).zip(distance_m.get(i)).is_none_or(|(to, from)| to - from < MOVING_MPS * dt)
    };
    let mut silences: Vec<usize> = (0..timer_s.len()).filter(|&i| silent(i)).collect();
    silences.sort_by(|a, b| timer_s[*b].total_cmp(&timer_s[*a]));
    for i in silences {
        if timer_s[i] <= 1.1 * lacking + ROUNDING_S {
            lacking -= timer_s[i];
            (timer_s[i], active_s[i]) = (0.0, 0.0);
        }
    }
    (timer_s, active_s)
}
