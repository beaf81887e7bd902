//! What charts and routes are drawn from: bins of equal distance, each with its means; of equal time where no distance is known.

use domain::activities::{ChartSeries, Line, LineKind, SportStyle};
use domain::sharing::metres;
use physiology::Track;
use physiology::frame::Frame;
use recordings::{Sport, lttb};

/// Points on the activity page: finer than a wide screen shows, far under 100 KB.
const POINTS: usize = 400;
/// Points of the small route in the list.
const PREVIEW_POINTS: usize = 60;

/// Metres between two positions, beyond the distance between their bins, that make a jump rather than a positioning error.
const JUMP_M: f64 = 150.0;

#[derive(Clone, Copy, Default)]
struct Bin {
    moving_s: f64,
    metres: f64,
    graded_m: f64,
    beats: f64,
    beat_s: f64,
}

/// Divides the distance into equal bins, or the time where no distance is known. Empty where neither is, and without pace where no time is. `within`
/// leaves out what lies before and after two distances in metres, or times in seconds.
pub(crate) fn chart_series(track: &Track, sport: Sport, is_timed: bool, within: Option<(f64, f64)>) -> ChartSeries {
    let Some(total) = track.total_m() else { return if is_timed { by_time(track, sport, within) } else { ChartSeries::default() } };
    let (low, high) = within.map_or((0.0, total), |(low, high)| (low.clamp(0.0, total), high.clamp(0.0, total)));
    if high <= low {
        return ChartSeries::default();
    }
    let style = SportStyle::of(sport.as_str(), None);
    let (fastest, slowest) = style.possible_s_per_km;
    let length = high - low;
    let inside = track.distance_m.iter().filter(|d| (low..=high).contains(*d)).count();
    let cells = POINTS.min(inside.max(2)).min(track.samples.len());
    let cell_of = |d: f64| (((d - low) / length * cells as f64) as usize).min(cells - 1);
    let mut bins = vec![Bin::default(); cells];
    let mut time = vec![f64::NAN; cells];
    for (i, &d) in track.distance_m.iter().enumerate() {
        let Some(&to) = track.distance_m.get(i + 1).or(Some(&d)) else { continue };
        if to < low || d > high {
            continue;
        }
        let cell = cell_of(d);
        if time[cell].is_nan() {
            time[cell] = track.samples.time_s[i];
        }
        let Some(&dt) = track.moving_s.get(i) else { continue };
        // A step may span several bins when the device records rarely.
        for (k, bin) in bins.iter_mut().enumerate().take(cell_of(to) + 1).skip(cell) {
            let (from, until) = (low + k as f64 / cells as f64 * length, low + (k + 1) as f64 / cells as f64 * length);
            let share = if to > d { (to.min(until) - d.max(from)).max(0.0) / (to - d) } else { 1.0 };
            bin.moving_s += dt * share;
            bin.metres += (to - d) * share;
            bin.graded_m += track.graded_m[i] * share;
            let hr = track.samples.heart_rate_bpm[i + 1];
            if hr.is_finite() {
                bin.beats += hr * dt * share;
                bin.beat_s += dt * share;
            }
        }
    }
    let position = positions(track, (low, high), cells);
    let frame = Frame::around(&position);
    let shape: Vec<Option<(f32, f32)>> = position.iter().map(|p| frame.and_then(|frame| p.map(|p| frame.place(p)))).collect();
    let mut out = ChartSeries::default();
    let mut last_time = time.iter().copied().find(|t| t.is_finite()).unwrap_or(0.0);
    // A single bin may last only a few seconds: pace is read over three of them.
    let around = |k: usize, of: fn(&Bin) -> f64| bins[k.saturating_sub(1)..(k + 2).min(cells)].iter().map(of).sum::<f64>();
    for k in 0..cells {
        let at = low + (k as f64 + 0.5) / cells as f64 * length;
        if is_timed && time[k].is_finite() {
            last_time = time[k];
        }
        let pace = |metres: f64| {
            let s = around(k, |s| s.moving_s) / metres * 1000.0;
            (is_timed && s.is_finite() && (fastest..slowest).contains(&s)).then_some(s as f32)
        };
        out.km.push((at / 1000.0) as f32);
        out.time_s.push(last_time as f32);
        out.pace.push(pace(around(k, |s| s.metres)));
        out.graded.push(track.profile.as_ref().filter(|_| style.graded).and_then(|_| pace(around(k, |s| s.graded_m))));
        out.heart_rate.push((bins[k].beat_s > 0.0).then(|| (bins[k].beats / bins[k].beat_s) as f32));
        out.altitude.push(track.profile.as_ref().map(|p| p.at(at) as f32));
        out.route.push(shape[k]);
    }
    out.lines = lines(track, sport, &track.distance_m, 1000.0, (low, high));
    out
}

/// Where the drawn route of a whole recording lies; `None` without positions.
pub(crate) fn frame(track: &Track) -> Option<Frame> {
    let total = track.total_m()?;
    let cells = POINTS.min(track.distance_m.len().max(2)).min(track.samples.len());
    Frame::around(&positions(track, (0.0, total), cells))
}

/// The first position in each bin of equal distance between two distances, with those between sparse ones.
fn positions(track: &Track, (low, high): (f64, f64), cells: usize) -> Vec<Option<(f64, f64)>> {
    let length = high - low;
    let mut position = vec![None; cells];
    for (i, &d) in track.distance_m.iter().enumerate() {
        let to = track.distance_m.get(i + 1).copied().unwrap_or(d);
        let (lat, lon) = (track.samples.latitude_deg[i], track.samples.longitude_deg[i]);
        let cell = (((d - low) / length * cells as f64) as usize).min(cells - 1);
        if to >= low && d <= high && lat.is_finite() && lon.is_finite() && position[cell].is_none() {
            position[cell] = Some((lat, lon));
        }
    }
    bridge(&mut position, length / cells as f64);
    position
}

/// Divides the time into equal bins, with the heart rate of each. Empty for a single moment.
fn by_time(track: &Track, sport: Sport, within: Option<(f64, f64)>) -> ChartSeries {
    let time_s = &track.samples.time_s;
    let (Some(&first), Some(&last)) = (time_s.first(), time_s.last()) else { return ChartSeries::default() };
    let whole = last - first;
    if !whole.is_finite() || whole <= 0.0 {
        return ChartSeries::default();
    }
    let (low, high) = within.map_or((0.0, whole), |(low, high)| (low.clamp(0.0, whole), high.clamp(0.0, whole)));
    let total = high - low;
    let inside = time_s.iter().filter(|t| (low..=high).contains(&(**t - first))).count();
    let cells = POINTS.min(inside.max(2)).min(time_s.len());
    if total <= 0.0 {
        return ChartSeries::default();
    }
    let cell_of = |t: f64| (((t - first - low) / total * cells as f64) as usize).min(cells - 1);
    let mut bins = vec![Bin::default(); cells];
    for (i, &t) in time_s.iter().take(time_s.len() - 1).enumerate() {
        let Some((hr, s)) = track.beat_s(i).filter(|(_, s)| t - first + s >= low && t - first <= high) else { continue };
        // A step may span several bins when the device records rarely.
        for bin in &mut bins[cell_of(t)..=cell_of(t + s)] {
            bin.beats += hr;
            bin.beat_s += 1.0;
        }
    }
    let nothing = vec![None; cells];
    ChartSeries {
        km: Vec::new(),
        time_s: (0..cells).map(|k| (low + (k as f64 + 0.5) / cells as f64 * total) as f32).collect(),
        pace: nothing.clone(),
        graded: nothing.clone(),
        heart_rate: bins.iter().map(|bin| (bin.beat_s > 0.0).then(|| (bin.beats / bin.beat_s) as f32)).collect(),
        altitude: nothing,
        route: vec![None; cells],
        lines: lines(track, sport, &time_s.iter().map(|t| t - first).collect::<Vec<_>>(), 1.0, (low, high)),
    }
}

/// Lines of what has no kind of its own.
const MOST_NAMED: usize = 6;
/// The longest name and unit of one, in characters.
const NAME_CHARS: usize = 40;

/// Cadence, power, temperature and what else was measured, within a range: a 15-second moving mean, then downsampled so that the shape stays. `along` is
/// how far each sample is, in the `unit`s of a line's points.
fn lines(track: &Track, sport: Sport, along: &[f64], unit: f64, (low, high): (f64, f64)) -> Vec<Line> {
    /// Points of one line.
    const LINE_POINTS: usize = 150;
    let on_foot = matches!(sport, Sport::Running | Sport::Walking);
    // On foot devices count the strides of one leg.
    let (steps, cadence) = if on_foot { (2.0, LineKind::Steps) } else { (1.0, LineKind::Cadence) };
    let s = &track.samples;
    let (from, to) = (along.partition_point(|at| *at < low), along.partition_point(|at| *at <= high));
    let (along, time_s) = (&along[from..to], &s.time_s[from..to]);
    let one = |kind, column: &[f64], scale: f64, named: Option<(String, String)>| {
        let smooth = mean_of_neighbours(column.get(from..to)?, time_s);
        let kept = lttb(along, &smooth, LINE_POINTS);
        let points = kept.into_iter().map(|i| ((along[i] / unit) as f32, (smooth[i] * scale) as f32)).collect::<Vec<_>>();
        // A flat line says nothing: its number is shown with the other metrics.
        let (least, most) = points.iter().fold((f32::MAX, f32::MIN), |(a, b), p| (a.min(p.1), b.max(p.1)));
        (points.len() > 2 && most > least).then_some(Line { kind, named, points })
    };
    let measured = [(cadence, &s.cadence_rpm, steps), (LineKind::Power, &s.power_w, 1.0), (LineKind::Temperature, &s.temperature_c, 1.0)];
    let short = |text: &str| domain::one_line(&text.replace('_', " ")).chars().take(NAME_CHARS).collect::<String>();
    let others = s.extra.iter().filter_map(|stream| {
        let (name, unit) = (short(&stream.name), short(&stream.unit));
        (!name.is_empty()).then(|| one(LineKind::Other, &stream.values, 1.0, Some((name, unit))))?
    });
    measured.into_iter().filter_map(|(kind, column, scale)| one(kind, column, scale, None)).chain(others.take(MOST_NAMED)).collect()
}

/// The mean of what was measured within seven seconds; a gap stays one.
fn mean_of_neighbours(column: &[f64], time_s: &[f64]) -> Vec<f64> {
    const NEAR_S: f64 = 7.0;
    let (mut from, mut to, mut sum, mut n) = (0, 0, 0.0, 0_u32);
    (0..column.len())
        .map(|i| {
            while to < column.len() && time_s[to] - time_s[i] <= NEAR_S {
                if column[to].is_finite() {
                    sum += column[to];
                    n += 1;
                }
                to += 1;
            }
            while time_s[i] - time_s[from] > NEAR_S {
                if column[from].is_finite() {
                    sum -= column[from];
                    n -= 1;
                }
                from += 1;
            }
            if column[i].is_finite() && n > 0 { sum / f64::from(n) } else { f64::NAN }
        })
        .collect()
}

/// The small route of the list.
pub(crate) fn route_preview(series: &ChartSeries) -> Vec<(f32, f32)> {
    let known: Vec<(f32, f32)> = series.route.iter().flatten().copied().collect();
    let every = known.len().div_ceil(PREVIEW_POINTS).max(1);
    known.into_iter().step_by(every).map(|(x, y)| ((x * 1000.0).round() / 1000.0, (y * 1000.0).round() / 1000.0)).collect()
}

/// Interpolates linearly between sparse positions and drops the first one after a jump, so that nothing is drawn that was not travelled.
fn bridge(position: &mut [Option<(f64, f64)>], bin_m: f64) {
    let known: Vec<usize> = (0..position.len()).filter(|k| position[*k].is_some()).collect();
    for pair in known.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let (Some(a), Some(b)) = (position[from], position[to]) else { continue };
        let steps = (to - from) as f64;
        if metres(a, b) > (steps + 1.0) * bin_m + JUMP_M {
            position[to] = None;
            continue;
        }
        for k in from + 1..to {
            let share = (k - from) as f64 / steps;
            position[k] = Some((a.0 + (b.0 - a.0) * share, a.1 + (b.1 - a.1) * share));
        }
    }
}

#[cfg(test)]
mod tests {
    use recordings::{Recording, Samples};

    use super::*;

    fn series(sport: Sport, speed_mps: Option<f64>) -> ChartSeries {
        let mut samples = Samples::default();
        for i in 0..1200 {
            samples.push(i as f64);
            samples.heart_rate_bpm[i] = if i < 600 { 120.0 } else { 150.0 };
            samples.altitude_m[i] = 100.0 + i as f64 / 10.0;
            samples.power_w[i] = i as f64 / 4.0;
            samples.distance_m[i] = speed_mps.map_or(f64::NAN, |v| v * i as f64);
        }
        let recording = Recording { sport, started_at_ms: Some(0), samples, ..Recording::default() };
        let analysis = physiology::analyse(&recording, &physiology::Athlete::default());
        chart_series(&analysis.track, sport, analysis.elapsed_s.is_some(), None)
    }

    #[test]
    fn without_a_distance_the_time_is_divided() {
        let shown = series(Sport::Other, None);
        assert_eq!((shown.km.len(), shown.time_s.len(), shown.heart_rate.len(), shown.route.len()), (0, POINTS, POINTS, POINTS));
        assert!((shown.time_s[POINTS - 1] - 1197.5).abs() < 1.0, "{}", shown.time_s[POINTS - 1]);
        let beats = |k: usize| shown.heart_rate[k].expect("a heart rate");
        assert!((beats(10) - 120.0).abs() < 1e-3 && (beats(390) - 150.0).abs() < 1e-3);
        assert!(shown.pace.iter().chain(&shown.altitude).all(Option::is_none), "nothing is made up");
        let (last, _) = *shown.lines.first().and_then(|line| line.points.last()).expect("power");
        assert!((last - 1199.0).abs() < 1.0, "{last}");
    }

    #[test]
    fn a_ride_is_as_fast_as_it_was_and_not_graded() {
        // 54 km/h.
        let ride = series(Sport::Cycling, Some(15.0));
        assert!(ride.pace.iter().flatten().all(|s| (s - 66.7).abs() < 1.0) && ride.pace.iter().flatten().count() > 390);
        assert!(ride.graded.iter().all(Option::is_none));
        assert!(series(Sport::Running, Some(3.0)).graded.iter().flatten().count() > 390);
    }

    #[test]
    fn sparse_positions_are_joined_and_jumps_are_not() {
        let at = |metres: f64| Some((metres / 111_195.0, 0.0));
        let mut sparse = vec![at(0.0), None, None, at(300.0)];
        bridge(&mut sparse, 100.0);
        assert!((metres((0.0, 0.0), sparse[1].expect("joined")) - 100.0).abs() < 1e-6 && sparse[2].is_some());
        let mut jump = vec![at(0.0), at(100.0), at(7000.0), at(7100.0)];
        bridge(&mut jump, 100.0);
        assert_eq!((jump[1], jump[2], jump[3]), (at(100.0), None, at(7100.0)));
    }
}
