//! From a recording to everything that will be stored: pure work, done off the threads that serve requests.

use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use domain::activities::{Assumed, Caveat, ChartSeries, ClimbRow, DatedThresholds, Lap, Split, Stretch, Thresholds, Unusable};
use domain::one_line;
use physiology::grade::Model;
use physiology::load::Sex;
use physiology::pacing::{climbs_against_flat, second_half_pct};
use physiology::repeats::repeats;
use physiology::route::Line;
use physiology::stretch::Stretches;
use physiology::thresholds::hr_max_by_age;
use physiology::zones::{ZoneModel, pace_bounds};
use physiology::{Analysis, Athlete, Track, analyse};
use recordings::{Recording, Sport};

use crate::instants::later;
use crate::series::{chart_series, route_preview};

/// A recording with its metrics, ready to be stored.
pub struct AnalysedActivity {
    pub(crate) recording: Arc<Recording>,
    /// Boxed: whoever waits while it is stored would hold a kilobyte of it.
    pub(crate) analysis: Box<Analysis>,
    pub(crate) title: String,
    /// The generated title, from the sport and the local time.
    pub(crate) made_title: String,
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) local_start: NaiveDateTime,
    pub(crate) splits: Vec<Split>,
    pub(crate) laps: Vec<Lap>,
    /// The intervals that were found in it, or those that the athlete gave.
    pub(crate) intervals: Vec<Stretch>,
    pub(crate) zone_bounds: [f64; 5],
    /// Where the zones of pace begin, in m/s; `None` without a threshold pace.
    pub(crate) pace_zone_bounds: Option<[f64; 5]>,
    pub(crate) series: ChartSeries,
    pub(crate) route_preview: Vec<(f32, f32)>,
    /// Whether the sport is our guess.
    pub(crate) sport_guessed: bool,
    /// What is compared with earlier activities.
    pub(crate) compared: Compared,
}

/// What is compared of an activity with earlier ones, apart from its metrics.
#[derive(Default)]
pub(crate) struct Compared {
    /// Its climbs.
    pub(crate) climbs: Vec<ClimbRow>,
    /// Graded pace on the climbs less that on the flat, seconds per kilometre; on foot only.
    pub(crate) climbs_against_flat_s_per_km: Option<f64>,
    /// Graded speed of the second half against the first, per cent; on foot only.
    pub(crate) second_half_pct: Option<f64>,
    /// The line by which its route is recognised.
    pub(crate) line: Option<Line>,
}

impl Compared {
    fn of(track: &Track, sport: Sport) -> Self {
        let line = Line::of_track(track);
        let Some((profile, total_m)) = track.profile.as_ref().zip(track.total_m()) else { return Self { line, ..Self::default() } };
        let on_foot = matches!(sport, Sport::Running | Sport::Walking);
        let climbs = physiology::climbs::climbs(profile, total_m);
        let stretches = Stretches::new(track, false, 0.0);
        let row = |climb: &physiology::climbs::Climb| {
            let part = stretches.between_distances(climb.start_m, climb.end_m)?;
            Some(ClimbRow {
                from_m: climb.start_m,
                to_m: climb.end_m,
                elevation_gain_m: climb.gain_m,
                grade: climb.grade,
                moving_s: part.moving_s,
                gap_s_per_km: part.gap_s_per_km.filter(|_| on_foot),
                avg_hr_bpm: part.avg_hr_bpm,
            })
        };
        Self {
            climbs_against_flat_s_per_km: on_foot.then(|| climbs_against_flat(track, &climbs)).flatten(),
            second_half_pct: on_foot.then(|| second_half_pct(track)).flatten(),
            climbs: climbs.iter().filter_map(row).collect(),
            line,
        }
    }
}

/// Computes what is stored, with the athlete's thresholds of that day. A recording without times cannot become an activity; the error says so.
pub fn analyse_recording(mut recording: Recording, thresholds: &[DatedThresholds], time_zone: &str) -> Result<AnalysedActivity, Unusable> {
    sanitise_text(&mut recording);
    let recorded_at = recording.started_at_ms.and_then(DateTime::from_timestamp_millis).ok_or(Unusable::NoTimes)?;
    // An impossible date is reported and kept until the athlete corrects it; only a year that no calendar can show is refused.
    let in_calendar = |at: DateTime<Utc>| (1900..2200).contains(&at.year());
    if !in_calendar(recorded_at) {
        return Err(Unusable::NoDay);
    }
    let on = |at: DateTime<Utc>| {
        let local_start = local(at, recording.utc_offset_s, time_zone);
        (local_start, parameters(&Thresholds::on(local_start.date(), thresholds), local_start.date()))
    };
    let (mut local_start, mut athlete) = on(recorded_at);
    let mut analysis = analyse(&recording, &athlete);
    let mut started_at = recorded_at;
    // A clock that was set during the recording: the day is that of the corrected clock.
    if let Some(at) = later(recorded_at, analysis.start_s).filter(|at| *at != recorded_at && in_calendar(*at)) {
        started_at = at;
        (local_start, athlete) = on(at);
        analysis = analyse(&recording, &athlete);
    }
    if analysis.elapsed_s.is_none() && analysis.distance_m.is_none() {
        return Err(Unusable::NothingMeasured);
    }
    let made_title = default_title(recording.sport, local_start);
    let title = recording.title.clone().filter(|t| !is_profile_name(t)).unwrap_or_else(|| made_title.clone());
    let series = chart_series(&analysis.track, recording.sport, analysis.elapsed_s.is_some(), None);
    let route_preview = route_preview(&series);
    let splits = as_shown(&analysis.splits);
    let laps = analysis
        .laps
        .iter()
        .map(|l| Lap {
            start_s: l.start_s,
            elapsed_s: l.elapsed_s,
            moving_s: l.moving_s,
            distance_m: l.distance_m,
            gap_s_per_km: l.gap_s_per_km,
            avg_hr_bpm: l.avg_hr_bpm,
            max_hr_bpm: l.max_hr_bpm,
            elevation_gain_m: l.elevation_gain_m,
            rest: l.rest,
            strokes: l.strokes,
            swolf: l.swolf,
            stroke: l.stroke.map(|s| s.as_str().to_owned()),
        })
        .collect();
    let compared = Compared::of(&analysis.track, recording.sport);
    let found = if recording.sport == Sport::Running { repeats(&analysis.track) } else { Vec::new() };
    let intervals = intervals(&analysis, recording.sport, &found);
    let recording = Arc::new(recording);
    Ok(AnalysedActivity {
        compared,
        recording,
        analysis: Box::new(analysis),
        title,
        made_title,
        started_at,
        local_start,
        splits,
        laps,
        intervals,
        zone_bounds: athlete.zone_bounds(),
        pace_zone_bounds: athlete.threshold_mps.map(pace_bounds),
        series,
        route_preview,
        sport_guessed: false,
    })
}

/// The numbers of intervals, from their times in seconds from the start; those that lie outside the recording are left out.
fn intervals(analysis: &Analysis, sport: Sport, times: &[(f64, f64)]) -> Vec<Stretch> {
    if times.is_empty() {
        return Vec::new();
    }
    let on_foot = matches!(sport, Sport::Running | Sport::Walking);
    let lag_s = analysis.hr_lag.map_or(physiology::lag::DEFAULT_LAG_S, |lag| lag.tau_s);
    let stretches = Stretches::new(&analysis.track, on_foot, lag_s);
    times.iter().filter_map(|(from, to)| stretches.between_times(*from, *to)).collect()
}

/// Whether splits of this length are stored.
pub(crate) fn is_stored(length_m: f64) -> bool {
    (length_m - 1000.0).abs() < 1e-6
}

fn as_shown(splits: &[physiology::Split]) -> Vec<Split> {
    let shown = |s: &physiology::Split| Split {
        distance_m: s.distance_m,
        moving_s: s.moving_s,
        gap_s_per_km: s.gap_s_per_km,
        avg_hr_bpm: s.avg_hr_bpm,
        elevation_gain_m: s.elevation_gain_m,
    };
    splits.iter().map(shown).collect()
}

/// The splits of a recording by another length than the kilometre that is stored, in metres.
pub(crate) fn splits_by(recording: &Recording, thresholds: &Thresholds, day: NaiveDate, length_m: f64) -> Vec<Split> {
    as_shown(&physiology::splits_by(recording, parameters(thresholds, day).grade_model, length_m))
}

impl AnalysedActivity {
    /// The splits by a length in metres; they are stored by kilometre.
    pub(crate) fn splits_by(&self, length_m: f64) -> Vec<Split> {
        if is_stored(length_m) { self.splits.clone() } else { as_shown(&physiology::splits(&self.analysis.track, length_m)) }
    }

    /// With the intervals that the athlete gave, in seconds from the start, in place of those that were found.
    #[must_use]
    pub(crate) fn with_intervals(mut self, times: &[(f64, f64)]) -> Self {
        self.intervals = intervals(&self.analysis, self.recording.sport, times);
        self
    }

    /// The recording that this was computed from.
    #[must_use]
    pub fn recording(&self) -> &Recording {
        &self.recording
    }

    /// Caveats about its numbers.
    #[must_use]
    pub fn caveats(&self) -> &[Caveat] {
        &self.analysis.caveats
    }
}

/// The parameters of the formulas, with defaults for what is not known.
pub(crate) fn parameters(thresholds: &Thresholds, day: NaiveDate) -> Athlete {
    let default = Athlete::default();
    let by_age = || thresholds.age_on(day).map(|years| hr_max_by_age(f64::from(years)));
    Athlete {
        hr_rest_bpm: thresholds.resting_hr.unwrap_or(default.hr_rest_bpm),
        hr_max_bpm: thresholds.hr_max.or_else(by_age).unwrap_or(default.hr_max_bpm),
        threshold_hr_bpm: thresholds.threshold_hr,
        threshold_mps: thresholds.threshold_s_per_km.map(|s| 1000.0 / s),
        sex: match thresholds.sex.as_deref() {
            Some("female") => Sex::Female,
            Some("male") => Sex::Male,
            _ => Sex::Unknown,
        },
        grade_model: if thresholds.grade_model.as_deref() == Some("minetti") { Model::Minetti } else { Model::HeartRate },
        zone_model: match thresholds.zone_model.as_deref() {
            Some("reserve") => ZoneModel::Reserve,
            Some("threshold") => ZoneModel::Threshold,
            _ => ZoneModel::Maximum,
        },
    }
}

/// What the formulas assume of an athlete who did not say it.
pub(crate) fn assumed(thresholds: &Thresholds, day: NaiveDate) -> Assumed {
    let used = parameters(thresholds, day);
    Assumed {
        hr_max: thresholds.hr_max.is_none().then_some(used.hr_max_bpm),
        by_age: thresholds.hr_max.is_none() && thresholds.age_on(day).is_some(),
        resting_hr: thresholds.resting_hr.is_none().then_some(used.hr_rest_bpm),
    }
}

/// The same of the athlete's zones, which rest on the maximum, the reserve or the threshold.
pub(crate) fn assumed_by_zones(thresholds: &Thresholds, day: NaiveDate) -> Assumed {
    let all = assumed(thresholds, day);
    match parameters(thresholds, day).zone_model {
        ZoneModel::Maximum => all.of_maximum(),
        ZoneModel::Threshold if thresholds.threshold_hr.is_some() => Assumed::default(),
        ZoneModel::Reserve | ZoneModel::Threshold => all,
    }
}

/// The local time at the start: as the device says, else in the athlete's time zone.
fn local(at: DateTime<Utc>, offset_s: Option<i32>, time_zone: &str) -> NaiveDateTime {
    match (offset_s, time_zone.parse::<Tz>()) {
        (Some(offset), _) => (at + TimeDelta::seconds(i64::from(offset))).naive_utc(),
        (None, Ok(zone)) => at.with_timezone(&zone).naive_local(),
        (None, Err(_)) => at.naive_utc(),
    }
}

/// Files contain whatever they like; names must be one line of text, and PostgreSQL stores no U+0000.
fn sanitise_text(recording: &mut Recording) {
    for text in [&mut recording.title, &mut recording.gear, &mut recording.device, &mut recording.sub_sport] {
        *text = text.take().map(|text| one_line(&text)).filter(|text| !text.is_empty());
    }
    if let Some(text) = &mut recording.description {
        text.retain(|c| !c.is_control() || c == '\n' || c == '\t');
    }
}

/// Watches write the name of the sport profile as the title; that is no title.
fn is_profile_name(title: &str) -> bool {
    ["run", "trail run", "running", "bike", "cycling", "walk", "swim", "other"].contains(&title.trim().to_lowercase().as_str())
}

fn default_title(sport: Sport, at: NaiveDateTime) -> String {
    let time = match at.hour() {
        4..=10 => "morning",
        11..=13 => "noon",
        14..=16 => "afternoon",
        17..=21 => "evening",
        _ => "night",
    };
    let what = match sport {
        Sport::Running => "run",
        Sport::Cycling => "ride",
        Sport::Swimming => "swim",
        Sport::Walking => "walk",
        Sport::Transition => "transition",
        Sport::Other => "activity",
    };
    format!("{} {time} {what}", at.format("%A"))
}

#[cfg(test)]
mod tests {
    use recordings::{Lap, Samples};

    use super::*;

    #[test]
    fn no_recording_takes_more_than_its_samples_are_worth() {
        confined::within_seconds(800, 60, "analyse::tests::no_recording_takes_more_than_its_samples_are_worth", || {
            // Years between a few points, as an attacker might send them.
            let start = DateTime::from_timestamp(1_700_000_000, 0).expect("a date");
            let point = |k: i32| {
                let at = start + TimeDelta::seconds(172_000 * i64::from(k));
                let lat = -80.0 + f64::from(k % 160);
                format!("<trkpt lat=\"{lat}\" lon=\"8\"><ele>9</ele><time>{}</time></trkpt>", at.to_rfc3339())
            };
            let gpx = format!("<gpx><trk><trkseg>{}</trkseg></trk></gpx>", (0..2000).map(point).collect::<String>());
            let read = recordings::read(gpx.as_bytes(), 1 << 24).expect("readable").recordings.remove(0);
            let analysed = analyse_recording(read, &[], "Europe/Berlin").expect("an activity");
            assert!(analysed.caveats().contains(&Caveat::TooLongForSeconds), "{:?}", analysed.caveats());
            // As many samples as a recording may have, all at once, in two seconds, in a minute, a millisecond and a second apart, and repeated.
            let n = 1 << 20;
            for step_s in [0.0, 2e-6, 6e-5, 1e-3, 1.0] {
                for again in [n, n / 2, 5000] {
                    let mut samples = Samples::default();
                    for i in 0..n {
                        samples.push((i % again) as f64 * step_s);
                    }
                    for i in 0..n {
                        samples.distance_m[i] = i as f64 * 0.1;
                        samples.heart_rate_bpm[i] = 120.0 + (i % 60) as f64;
                        samples.power_w[i] = (i % 300) as f64;
                    }
                    let laps = (0..5000).map(|k| Lap { start_s: f64::from(k), elapsed_s: 2.0, ..Lap::default() }).collect();
                    let recording =
                        Recording { sport: Sport::Running, started_at_ms: Some(1_700_000_000_000), samples, laps, ..Recording::default() };
                    let analysed = analyse_recording(recording, &[], "Europe/Berlin").expect("an activity");
                    assert!(analysed.series.km.len() <= 400, "{step_s} s apart");
                }
            }
        });
    }

    #[test]
    fn an_unknown_maximum_follows_from_the_age_of_the_day() {
        let day = |year| NaiveDate::from_ymd_opt(year, 6, 1).expect("a date");
        let born = Thresholds { birth_year: Some(1986), ..Thresholds::default() };
        let hr_max = |thresholds: &Thresholds, year| parameters(thresholds, day(year)).hr_max_bpm;
        assert!((hr_max(&born, 2026) - 180.0).abs() < 1e-9 && (hr_max(&born, 2016) - 187.0).abs() < 1e-9);
        let known = Thresholds { hr_max: Some(192.0), ..born };
        assert!((hr_max(&known, 2026) - 192.0).abs() < 1e-9, "a known one goes before it");
        assert!((hr_max(&Thresholds::default(), 2026) - 190.0).abs() < 1e-9);
        assert_eq!(assumed(&Thresholds::default(), day(2026)), Assumed { hr_max: Some(190.0), by_age: false, resting_hr: Some(60.0) });
        assert_eq!(
            assumed(&Thresholds { birth_year: Some(1986), resting_hr: Some(48.0), ..Thresholds::default() }, day(2026)),
            Assumed { hr_max: Some(180.0), by_age: true, resting_hr: None }
        );
        assert_eq!(assumed(&Thresholds { resting_hr: Some(48.0), ..known }, day(2026)), Assumed::default());
        let by_threshold = Thresholds { zone_model: Some("threshold".into()), threshold_hr: Some(168.0), ..Thresholds::default() };
        assert_eq!(assumed_by_zones(&by_threshold, day(2026)), Assumed::default());
        assert_eq!(assumed_by_zones(&Thresholds::default(), day(2026)), Assumed { hr_max: Some(190.0), by_age: false, resting_hr: None });
    }

    #[test]
    fn names_from_files_are_printable() {
        let text = |text: &str| Some(text.to_owned());
        let mut recording = Recording { title: text("Hi\0ll\r\nrun "), gear: text("\0"), description: text("one\0\n\ttwo"), ..Recording::default() };
        sanitise_text(&mut recording);
        assert_eq!((recording.title.as_deref(), recording.gear, recording.description.as_deref()), (Some("Hillrun"), None, Some("one\n\ttwo")));
    }
}
