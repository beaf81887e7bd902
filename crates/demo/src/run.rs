//! One run, second by second: hills, a heart rate that lags and drifts, GPS error, a strap that slips, a red light.

use chrono::{NaiveDate, TimeDelta};
use physiology::grade::{Model, factor};
use recordings::{Lap, Pause, Recording, Samples, Sport, Totals};

use crate::course::Course;
use crate::rng::{Ar1Process, Rng};

/// A point in the North Sea, where nobody lives.
const ORIGIN: (f64, f64) = (55.9, 3.2);
const METRES_PER_DEGREE: f64 = 111_195.0;
/// Time constant of the heart rate in seconds: it covers 63 % of a change in this time.
const HEART_LAG_S: f64 = 38.0;

pub(crate) struct Plan {
    pub(crate) date: NaiveDate,
    pub(crate) minutes: f64,
    /// Mean heart rate, beats per minute.
    pub(crate) heart_rate: f64,
    /// Index of the course.
    pub(crate) course: usize,
    pub(crate) title: Option<&'static str>,
    /// Metres per heartbeat on the flat.
    pub(crate) efficiency: f64,
    pub(crate) temperature_c: f64,
    /// Whether it is run as four times five minutes.
    pub(crate) repeats: bool,
}

/// Four times five minutes with two minutes between them, after twelve minutes: how fast against the mean.
fn session_level(second: usize) -> f64 {
    const WARM_UP_S: usize = 720;
    const WORK_S: usize = 300;
    const ROUND_S: usize = WORK_S + 120;
    match second.checked_sub(WARM_UP_S) {
        Some(s) if s < 4 * ROUND_S && s % ROUND_S < WORK_S => 1.12,
        Some(s) if s < 4 * ROUND_S => 0.84,
        _ => 0.92,
    }
}

pub(crate) fn record(plan: &Plan, courses: &[Course], rng: &mut Rng) -> Recording {
    let course = &courses[plan.course % courses.len()];
    let seconds = (plan.minutes * 60.0) as usize;
    let start = plan.date.and_hms_opt(6, 0, 0).unwrap_or_default() + TimeDelta::seconds(rng.between(0.0, 5400.0) as i64);
    let mean_speed = plan.efficiency * plan.heart_rate / 60.0;
    let drift = 0.02 + 0.0004 * plan.minutes + 0.01 * rng.normal();
    let (mut rhythm, mut east_error, mut north_error, mut pressure) =
        (Ar1Process::new(0.97), Ar1Process::new(0.96), Ar1Process::new(0.96), Ar1Process::new(0.995));
    let stop = rng.chance(0.35).then(|| (rng.between(0.2, 0.8) * seconds as f64) as usize);
    let stop_s = rng.between(15.0, 70.0).floor();
    let strap = rng.chance(0.10).then(|| (rng.between(0.1, 0.8) * seconds as f64) as usize);

    let mut samples = Samples::default();
    let mut pauses = Vec::new();
    let (mut clock, mut metres, mut heart) = (0.0, 0.0, 96.0);
    let (mut beats, mut highest) = (0.0, 0.0_f64);
    for second in 0..seconds {
        if stop == Some(second) {
            pauses.push(Pause { from_s: clock, to_s: clock + stop_s });
            clock += stop_s;
            heart -= 14.0 * (1.0 - (-stop_s / 30.0).exp());
        }
        let share = second as f64 / seconds as f64;
        let level = if plan.repeats { session_level(second) } else { 1.0 };
        let effort = mean_speed * level * (1.0 + 0.045 * rhythm.next(rng));
        let speed = effort / factor(Model::HeartRate, course.grade(metres));
        let target = effort * 60.0 / plan.efficiency * (1.0 + drift * (share - 0.5));
        heart += (target - heart) / HEART_LAG_S;
        let measured = heart + 0.8 * rng.normal();
        let (east, north) = course.position(metres);
        let latitude = ORIGIN.0 + (north + 2.2 * north_error.next(rng)) / METRES_PER_DEGREE;
        let longitude = ORIGIN.1 + (east + 2.2 * east_error.next(rng)) / (METRES_PER_DEGREE * ORIGIN.0.to_radians().cos());
        samples.push(clock);
        let i = samples.len() - 1;
        samples.latitude_deg[i] = latitude;
        samples.longitude_deg[i] = longitude;
        samples.altitude_m[i] = course.altitude(metres) + 0.6 * pressure.next(rng);
        samples.distance_m[i] = metres;
        samples.speed_mps[i] = speed;
        samples.cadence_rpm[i] = 84.0 + 3.0 * (speed - 3.0);
        samples.temperature_c[i] = plan.temperature_c;
        samples.heart_rate_bpm[i] = match strap {
            // A dry strap: no signal for half a minute, then a burst of nonsense.
            Some(from) if (from..from + 30).contains(&second) => 0.0,
            Some(from) if (from + 40..from + 46).contains(&second) => 225.0,
            _ => measured.round(),
        };
        beats += measured;
        highest = highest.max(measured);
        clock += 1.0;
        metres += speed;
    }
    let timer = seconds as f64;
    Recording {
        sport: Sport::Running,
        title: plan.title.map(|t| format!("{t} {}", course.name)),
        device: Some("Synthetic watch".into()),
        started_at_ms: Some((start.and_utc().timestamp()) * 1000),
        utc_offset_s: Some(0),
        laps: vec![Lap { elapsed_s: clock, distance_m: Some(metres), avg_hr_bpm: Some((beats / timer).round()), ..Lap::default() }],
        pauses,
        totals: Totals {
            elapsed_s: Some(clock),
            timer_s: Some(timer),
            distance_m: Some(metres),
            avg_hr_bpm: Some((beats / timer).round()),
            max_hr_bpm: Some(highest.round()),
            elevation_gain_m: None,
        },
        samples,
        ..Recording::default()
    }
}

#[cfg(test)]
mod tests {
    use physiology::{Athlete, analyse};

    use super::*;

    #[test]
    fn the_metrics_recover_the_planted_efficiency_and_duration() {
        let plan = Plan {
            date: NaiveDate::from_ymd_opt(2026, 5, 3).expect("a date"),
            minutes: 50.0,
            heart_rate: 145.0,
            course: 2,
            title: None,
            efficiency: 1.35,
            temperature_c: 12.0,
            repeats: false,
        };
        let bytes = recordings::fit::encode(&record(&plan, &Course::all(), &mut Rng::new(3)));
        let read = recordings::read(&bytes, 10_000_000).expect("readable");
        let a = analyse(&read.recordings[0], &Athlete::default());
        let efficiency = a.efficiency_factor.expect("efficiency");
        // The heart rate starts low and catches up, so its mean is a little below what the effort demands.
        assert!((efficiency / 1.35 - 1.0).abs() < 0.03, "{efficiency}");
        let moving = a.moving_s.expect("moving");
        assert!((moving - 3000.0).abs() < 12.0, "{moving}");
    }
}
