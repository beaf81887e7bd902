//! Values of devices and software limited to what is possible: no file creates a lap of a thousand years.

use crate::{Lap, Length, Pause, Recording, Totals};

/// FIT counts milliseconds of totals in 32 bits, which is fifty days: no part of a recording and no total is longer, in seconds.
pub(crate) const LONGEST_S: f64 = 4_320_000.0;
/// Ten thousand kilometres, in metres: the longest possible distance of one recording.
pub(crate) const FARTHEST_M: f64 = 10_000_000.0;
/// Ten thousand years, in seconds: the largest error of four-digit years if a clock was set on the way.
const CLOCK_S: f64 = 4e11;
/// What a heart can do, in beats per minute.
const HEART_BPM: (f64, f64) = (25.0, 240.0);
/// A pool, in metres.
const POOL_M: f64 = 1000.0;
/// Strokes of one length.
const STROKES: f64 = 10_000.0;

/// Possible values of columns, with wide margins: only what would spoil a sum is removed. Times, distances and heart rates have rules where
/// they are used.
const COLUMNS: [(usize, f64, f64); 6] = [
    (1, -90.0, 90.0),           // latitude
    (2, -180.0, 180.0),         // longitude
    (3, -100_000.0, 100_000.0), // altitude
    (7, 0.0, 1000.0),           // cadence
    (8, -10_000.0, 100_000.0),  // power
    (9, -150.0, 150.0),         // temperature
];

/// A possible duration of a part of a recording, in seconds.
pub(crate) fn seconds(s: f64) -> Option<f64> {
    within(s, 0.0, LONGEST_S)
}

/// A possible distance, in metres.
pub(crate) fn metres(m: f64) -> Option<f64> {
    within(m, 0.0, FARTHEST_M)
}

fn bpm(hr: f64) -> Option<f64> {
    within(hr, HEART_BPM.0, HEART_BPM.1)
}

fn within(v: f64, least: f64, most: f64) -> Option<f64> {
    (least..=most).contains(&v).then_some(v)
}

fn moment(s: f64) -> Option<f64> {
    within(s, -CLOCK_S, CLOCK_S)
}

fn lap(l: &Lap) -> Option<Lap> {
    let timer_s = l.timer_s.and_then(seconds);
    Some(Lap {
        start_s: moment(l.start_s)?,
        elapsed_s: seconds(l.elapsed_s).or(timer_s).unwrap_or(0.0),
        timer_s,
        distance_m: l.distance_m.and_then(metres),
        avg_hr_bpm: l.avg_hr_bpm.and_then(bpm),
        max_hr_bpm: l.max_hr_bpm.and_then(bpm),
        rest: l.rest,
    })
}

fn length(l: &Length) -> Option<Length> {
    let strokes = l.strokes.and_then(|s| within(s, 0.0, STROKES));
    Some(Length { start_s: moment(l.start_s)?, elapsed_s: seconds(l.elapsed_s)?, strokes, ..*l })
}

fn pause(p: &Pause) -> Option<Pause> {
    Some(Pause { from_s: moment(p.from_s)?, to_s: moment(p.to_s)? })
}

fn totals(t: &Totals) -> Totals {
    Totals {
        elapsed_s: t.elapsed_s.and_then(seconds),
        timer_s: t.timer_s.and_then(seconds),
        distance_m: t.distance_m.and_then(metres),
        elevation_gain_m: t.elevation_gain_m.and_then(metres),
        avg_hr_bpm: t.avg_hr_bpm.and_then(bpm),
        max_hr_bpm: t.max_hr_bpm.and_then(bpm),
    }
}

/// Whether all values would be unchanged.
fn stay<T: PartialEq>(items: &[T], possible: fn(&T) -> Option<T>) -> bool {
    items.iter().all(|item| possible(item).as_ref() == Some(item))
}

impl Recording {
    /// Whether [`Recording::possible`] would leave it unchanged.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        let columns = self.samples.columns();
        stay(&self.laps, lap)
            && stay(&self.lengths, length)
            && stay(&self.pauses, pause)
            && totals(&self.totals) == self.totals
            && self.pool_length_m.is_none_or(|m| within(m, 0.0, POOL_M).is_some())
            && COLUMNS.iter().all(|(k, least, most)| columns[*k].iter().all(|v| v.is_nan() || (*least..=*most).contains(v)))
    }

    /// The same without impossible values: durations beyond fifty days, distances beyond ten thousand kilometres, positions that are not on
    /// the globe, numbers that no sensor measures. They become gaps. Readers return no such values; what was stored before that rule, or is
    /// imported from an export, may contain them. The times of samples stay: a clock that was set on the way is right in the end.
    #[must_use]
    pub fn possible(mut self) -> Self {
        if self.is_possible() {
            return self;
        }
        self.laps = self.laps.iter().filter_map(lap).collect();
        self.lengths = self.lengths.iter().filter_map(length).collect();
        self.pauses = self.pauses.iter().filter_map(pause).collect();
        self.totals = totals(&self.totals);
        self.pool_length_m = self.pool_length_m.and_then(|m| within(m, 0.0, POOL_M));
        let columns = self.samples.columns_mut();
        for (k, least, most) in COLUMNS {
            for v in columns[k].iter_mut().filter(|v| !(least..=most).contains(*v)) {
                *v = f64::NAN;
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read;
    use crate::tests::fit_file;

    #[test]
    fn an_impossible_value_becomes_a_gap_and_all_else_stays() {
        let mut r = Recording {
            laps: vec![
                Lap { elapsed_s: 60.0, timer_s: Some(60.0), distance_m: Some(200.0), ..Lap::default() },
                Lap { start_s: 60.0, elapsed_s: 1e300, timer_s: Some(50.0), distance_m: Some(-1.0), avg_hr_bpm: Some(1e300), ..Lap::default() },
                Lap { start_s: f64::INFINITY, elapsed_s: 1.0, ..Lap::default() },
            ],
            pauses: vec![Pause { from_s: 1.0, to_s: 1e300 }, Pause { from_s: 1.0, to_s: 2.0 }],
            totals: Totals { elapsed_s: Some(1e300), timer_s: Some(110.0), distance_m: Some(1e9), ..Totals::default() },
            pool_length_m: Some(1e300),
            ..Recording::default()
        };
        r.samples.push(0.0);
        r.samples.push(1.0);
        (r.samples.latitude_deg[0], r.samples.cadence_rpm[1]) = (90.5, 80.0);
        assert!(!r.is_possible());
        let possible = r.clone().possible();
        assert!(possible.is_possible() && possible.samples.latitude_deg[0].is_nan());
        assert_eq!(possible.laps, [r.laps[0], Lap { start_s: 60.0, elapsed_s: 50.0, timer_s: Some(50.0), ..Lap::default() }]);
        assert_eq!(possible.pauses, [r.pauses[1]]);
        assert_eq!(possible.totals, Totals { timer_s: Some(110.0), ..Totals::default() });
        assert_eq!((possible.pool_length_m, possible.samples.cadence_rpm[1]), (None, 80.0));
    }

    /// A session and a lap whose numbers have another type than in FIT's profile, so that they can be anything.
    fn fit(value: f64) -> Vec<u8> {
        let mut data = Vec::new();
        for (global, fields) in [(18, &[7, 8, 9, 22, 44][..]), (19, &[7, 8, 9])] {
            data.extend([0x40, 0, 0, global, 0, fields.len() as u8 + 1, 2, 4, 0x86]);
            data.extend(fields.iter().flat_map(|f| [*f, 8, 0x89]));
            data.extend([0, 0, 0, 0, 60]);
            data.extend(fields.iter().flat_map(|_| value.to_le_bytes()));
        }
        fit_file(&data)
    }

    #[test]
    fn no_reader_returns_impossible_values() {
        let tcx = |value: &str| {
            let lap = |start: &str| {
                format!(
                    "<Lap StartTime=\"{start}\"><TotalTimeSeconds>{value}</TotalTimeSeconds><DistanceMeters>{value}</DistanceMeters>\
                     <AverageHeartRateBpm><Value>{value}</Value></AverageHeartRateBpm></Lap>"
                )
            };
            let track = "<Lap><DistanceMeters>10</DistanceMeters><Track><Trackpoint><Time>2026-01-01T08:00:00Z</Time></Trackpoint><Trackpoint>\
                         <Time>+262142-12-31T23:59:59Z</Time></Trackpoint><Trackpoint><Time>2026-01-01T08:00:09Z</Time></Trackpoint></Track></Lap>";
            let laps = [lap("2026-01-01T08:00:00Z"), lap("+262142-12-31T00:00:00Z"), lap("-262142-01-01T00:00:00Z"), track.to_owned()];
            format!(
                "<TrainingCenterDatabase><Activities><Activity Sport=\"Running\">{}</Activity></Activities></TrainingCenterDatabase>",
                laps.concat()
            )
        };
        let gpx = |value: &str| {
            let point = |lat: &str, time: &str| format!("<trkpt lat=\"{lat}\" lon=\"8\"><ele>{value}</ele><time>{time}</time></trkpt>");
            let points = [point("1", "2026-01-01T08:00:00Z"), point("1", "+262142-12-31T23:59:59Z"), point("1.1", "9999-12-31T23:59:59Z")].concat();
            let lap = format!("<lap><startTime>2026-01-01T08:00:00Z</startTime><elapsedTime>{value}</elapsedTime><distance>{value}</distance></lap>");
            format!("<gpx><trk><extensions>{lap}</extensions><trkseg>{points}</trkseg></trk></gpx>")
        };
        for value in ["1e300", "-1", "4320001000", "NaN", "inf"] {
            for file in [tcx(value).into_bytes(), gpx(value).into_bytes(), fit(value.parse().expect("a number"))] {
                for r in read(&file, 1 << 20).map_or_else(|_| Vec::new(), |read| read.recordings) {
                    assert!(r.is_possible(), "{value}: {:?} {:?}", r.laps, r.totals);
                    assert!(r.laps.iter().all(|l| l.elapsed_s <= 60.0), "{value}: {:?}", r.laps);
                    assert!(r.samples.time_s.iter().all(|t| t.is_nan() || t.abs() < CLOCK_S), "{value}: {:?}", r.samples.time_s);
                    let totals = &r.totals;
                    assert!([totals.elapsed_s, totals.timer_s].into_iter().flatten().all(|s| s <= 60.0), "{value}: {totals:?}");
                }
            }
        }
        let sound = read(&fit(60_000.0), 1 << 20).expect("readable").recordings.remove(0);
        assert_eq!((sound.laps[0].elapsed_s, sound.totals.elapsed_s, sound.totals.distance_m), (60.0, Some(60.0), Some(600.0)));
    }
}
