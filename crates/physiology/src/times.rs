//! Durations: from the samples, or if they have no times, from the device's totals.

use recordings::{Recording, Samples, Totals};

use crate::clean::distance;
use crate::order::TimeMap;
use crate::repairs::Repairs;
use crate::track::Track;

/// Elapsed, timer and moving seconds, each no more than the one before.
pub(crate) fn times(track: &Track, totals: &Totals, instant: bool) -> (Option<f64>, Option<f64>, Option<f64>) {
    let positive = |v: f64| (v.is_finite() && v > 0.0).then_some(v);
    let (device_s, device_timer_s) = (totals.elapsed_s.and_then(positive), totals.timer_s.and_then(positive));
    let span = track.samples.time_s.last().copied().and_then(positive).filter(|_| !instant);
    let elapsed_s = match (span, device_s) {
        // A device continues for a moment after its last sample.
        (Some(span), Some(device)) if device > span && device <= span + (0.02 * span).max(60.0) => Some(device),
        (Some(span), _) => Some(span),
        (None, device) => device.or(device_timer_s),
    };
    let within = |s: f64| elapsed_s.map_or(s, |e| s.min(e));
    let sum = |steps: &[f64]| positive(steps.iter().sum()).filter(|_| !instant);
    let timer_s = sum(&track.timer_s).or(device_timer_s).or(elapsed_s).map(within);
    let moving_s = sum(&track.moving_s).or(device_timer_s.filter(|_| span.is_none() || track.distance_m.is_empty())).map(within);
    (elapsed_s, timer_s, moving_s)
}

/// Samples of a file without times, or with one for all, get their index as time: enough for distance and elevation gain; nothing else is
/// computed.
pub(crate) fn untimed(recording: &Recording) -> (Samples, TimeMap, Repairs) {
    let mut samples = recording.samples.clone();
    for (i, t) in samples.time_s.iter_mut().enumerate() {
        *t = i as f64;
    }
    let mut repairs = Repairs::new();
    distance(&mut samples, &mut repairs);
    (samples, TimeMap::default(), repairs)
}
