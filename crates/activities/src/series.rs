//! What charts and routes are drawn from: even stretches of the way, each with its means.

use domain::activities::Series;
use physiology::Track;

/// Points on the activity page: finer than a wide screen shows, far under 100 KB.
const POINTS: usize = 400;
/// Points of the small route in the list.
const THUMB_POINTS: usize = 60;

#[derive(Clone, Copy, Default)]
struct Stretch {
    moving_s: f64,
    metres: f64,
    graded_m: f64,
    beats: f64,
    beat_s: f64,
}

/// Cuts the way into even stretches. Empty where no distance is known.
pub(crate) fn series(track: &Track) -> Series {
    let Some(total) = track.total_m() else { return Series::default() };
    let cells = POINTS.min(track.samples.len());
    let cell_of = |d: f64| ((d / total * cells as f64) as usize).min(cells - 1);
    let mut stretches = vec![Stretch::default(); cells];
    let mut time = vec![f64::NAN; cells];
    let mut position = vec![None; cells];
    for (i, &d) in track.distance_m.iter().enumerate() {
        let cell = cell_of(d);
        if time[cell].is_nan() {
            time[cell] = track.samples.time_s[i];
        }
        let (lat, lon) = (track.samples.latitude_deg[i], track.samples.longitude_deg[i]);
        if lat.is_finite() && lon.is_finite() && position[cell].is_none() {
            position[cell] = Some((lat, lon));
        }
        let Some(&dt) = track.moving_s.get(i) else { continue };
        let to = track.distance_m[i + 1];
        // A step may pass several stretches when the device records seldom.
        for (k, s) in stretches.iter_mut().enumerate().take(cell_of(to) + 1).skip(cell) {
            let (low, high) = (k as f64 / cells as f64 * total, (k + 1) as f64 / cells as f64 * total);
            let share = if to > d { (to.min(high) - d.max(low)).max(0.0) / (to - d) } else { 1.0 };
            s.moving_s += dt * share;
            s.metres += (to - d) * share;
            s.graded_m += track.graded_m[i] * share;
            let hr = track.samples.heart_rate_bpm[i + 1];
            if hr.is_finite() {
                s.beats += hr * dt * share;
                s.beat_s += dt * share;
            }
        }
    }
    let shape = unit_square(&position);
    let mut out = Series::default();
    let mut last_time = 0.0;
    // Single stretches are as short as a few seconds: pace is read over three of them.
    let around = |k: usize, of: fn(&Stretch) -> f64| stretches[k.saturating_sub(1)..(k + 2).min(cells)].iter().map(of).sum::<f64>();
    for k in 0..cells {
        let at = (k as f64 + 0.5) / cells as f64 * total;
        if time[k].is_finite() {
            last_time = time[k];
        }
        let pace = |metres: f64| {
            let s = around(k, |s| s.moving_s) / metres * 1000.0;
            (s.is_finite() && (90.0..1800.0).contains(&s)).then_some(s as f32)
        };
        out.km.push((at / 1000.0) as f32);
        out.time_s.push(last_time as f32);
        out.pace.push(pace(around(k, |s| s.metres)));
        out.graded.push(track.profile.as_ref().and_then(|_| pace(around(k, |s| s.graded_m))));
        out.heart_rate.push((stretches[k].beat_s > 0.0).then(|| (stretches[k].beats / stretches[k].beat_s) as f32));
        out.altitude.push(track.profile.as_ref().map(|p| p.at(at) as f32));
        out.route.push(shape[k]);
    }
    out
}

/// The small route of the list.
pub(crate) fn thumb(series: &Series) -> Vec<(f32, f32)> {
    let known: Vec<(f32, f32)> = series.route.iter().flatten().copied().collect();
    let every = known.len().div_ceil(THUMB_POINTS).max(1);
    known.into_iter().step_by(every).map(|(x, y)| ((x * 1000.0).round() / 1000.0, (y * 1000.0).round() / 1000.0)).collect()
}

/// Positions as x to the east and y to the south in a unit square, equal scale both ways (equirectangular around the middle: exact
/// enough for the size of a run).
fn unit_square(position: &[Option<(f64, f64)>]) -> Vec<Option<(f32, f32)>> {
    let known = || position.iter().flatten();
    let (south, north) = known().fold((f64::MAX, f64::MIN), |(a, b), p| (a.min(p.0), b.max(p.0)));
    let (west, east) = known().fold((f64::MAX, f64::MIN), |(a, b), p| (a.min(p.1), b.max(p.1)));
    let squeeze = f64::midpoint(south, north).to_radians().cos();
    let size = ((east - west) * squeeze).max(north - south);
    if !size.is_finite() || size <= 0.0 {
        return vec![None; position.len()];
    }
    let (left, top) = ((1.0 - (east - west) * squeeze / size) / 2.0, (1.0 - (north - south) / size) / 2.0);
    position.iter().map(|p| p.map(|(lat, lon)| ((left + (lon - west) * squeeze / size) as f32, (top + (north - lat) / size) as f32))).collect()
}
