//! FIT files rewritten by other software: every summary with the time of its start, lengths or records all with one time.

use recordings::{Lap, Length, Read, Recording, Samples, Sport, Stroke, Totals, Warning, fit, read};

const START_MS: i64 = 1_700_000_000_000;
/// The same in FIT's seconds.
const START: u32 = 1_700_000_000 - 631_065_600;

/// Writes `stamps` in place of the time stamps of messages that begin with the byte `local`, then the stamp, then the start.
fn restamped(recording: &Recording, local: u8, starts: &[(f64, f64)], stamp: impl Fn(u32, u32) -> (u32, u32)) -> Vec<u8> {
    let mut bytes = fit::encode(recording);
    let at = |s: f64| START + s.round() as u32;
    for &(start_s, elapsed_s) in starts {
        let (from, to) = (at(start_s), at(start_s + elapsed_s));
        let mut pattern = vec![local];
        pattern.extend(to.to_le_bytes());
        pattern.extend(from.to_le_bytes());
        let found = bytes.windows(pattern.len()).position(|w| w == pattern).expect("the message");
        let (new_to, new_from) = stamp(to, from);
        bytes[found + 1..found + 5].copy_from_slice(&new_to.to_le_bytes());
        bytes[found + 5..found + 9].copy_from_slice(&new_from.to_le_bytes());
    }
    bytes
}

fn read_back(bytes: &[u8]) -> Recording {
    let Read { mut recordings, warnings, .. } = read(bytes, 1 << 24).expect("readable");
    assert!(warnings.iter().all(|w| *w == Warning::BadChecksum), "{warnings:?}");
    assert_eq!(recordings.len(), 1);
    recordings.remove(0)
}

fn run() -> Recording {
    let mut samples = Samples::default();
    for i in 0..=1400_usize {
        samples.push(i as f64);
        samples.distance_m[i] = i as f64 * 3.0;
    }
    Recording {
        sport: Sport::Running,
        started_at_ms: Some(START_MS),
        samples,
        laps: (0..7).map(|k| Lap { start_s: f64::from(k) * 200.0, elapsed_s: 200.0, distance_m: Some(600.0), ..Lap::default() }).collect(),
        ..Recording::default()
    }
}

fn times(laps: &[Lap]) -> Vec<(f64, f64)> {
    laps.iter().map(|l| (l.start_s, l.elapsed_s)).collect()
}

#[test]
fn laps_end_at_their_start_plus_duration() {
    let run = run();
    let laps = times(&run.laps);
    // The session comes last and ends, by its stamp, where it starts, too.
    let starts_alone = restamped(&run, 3, &laps, |_, from| (from, from));
    assert_eq!(times(&read_back(&starts_alone).laps), laps);
    let mut session_too = starts_alone;
    let pattern: Vec<u8> = [vec![4], (START + 1400).to_le_bytes().to_vec(), START.to_le_bytes().to_vec()].concat();
    let found = session_too.windows(9).position(|w| w == pattern).expect("the session");
    session_too[found + 1..found + 5].copy_from_slice(&START.to_le_bytes());
    assert_eq!(times(&read_back(&session_too).laps), laps);
    // All with the start of the whole.
    assert_eq!(times(&read_back(&restamped(&run, 3, &laps, |_, _| (START, START))).laps), laps);
    // Stamps alone: the start follows from the duration.
    assert_eq!(times(&read_back(&restamped(&run, 3, &laps, |to, _| (to, u32::MAX))).laps), laps);
}

#[test]
fn laps_without_records_and_session_still_add_up() {
    let run = Recording { samples: Samples::default(), totals: Totals { timer_s: Some(1400.0), ..Totals::default() }, ..run() };
    let bytes = fit::encode(&run);
    // Without its session and what follows, the file is truncated after the laps.
    let end = bytes.windows(3).rposition(|w| w == [0x44, 0, 0]).expect("the session's definition");
    let read = read(&bytes[..end], 1 << 24).expect("readable");
    let got = &read.recordings[0];
    assert_eq!((got.laps.len(), got.totals.timer_s, got.totals.distance_m), (7, Some(1400.0), Some(4200.0)));
}

/// Four lengths, a rest, four lengths; a record per second if `recorded`.
fn swim(recorded: bool) -> Recording {
    let lengths = (0..9_u32).map(|k| Length {
        start_s: f64::from(k) * 30.0,
        elapsed_s: 30.0,
        strokes: (k != 4).then_some(20.0),
        stroke: (k != 4).then_some(Stroke::Breaststroke),
        active: k != 4,
    });
    let mut samples = Samples::default();
    for i in 0..=270_usize {
        samples.push(if recorded { i as f64 } else { 0.0 });
        samples.heart_rate_bpm[i] = 120.0;
    }
    Recording {
        sport: Sport::Swimming,
        started_at_ms: Some(START_MS),
        samples,
        lengths: lengths.collect(),
        pool_length_m: Some(25.0),
        totals: Totals { elapsed_s: Some(270.0), timer_s: Some(270.0), distance_m: Some(200.0), ..Totals::default() },
        ..Recording::default()
    }
}

fn counted(r: &Recording) -> Vec<(f64, f64)> {
    r.samples.time_s.iter().zip(&r.samples.distance_m).filter(|(_, d)| d.is_finite()).map(|(t, d)| (*t, *d)).collect()
}

#[test]
fn a_swim_has_the_time_and_distance_of_its_lengths_whatever_the_records_say() {
    let lengths: Vec<_> = swim(true).lengths;
    let places: Vec<_> = lengths.iter().map(|l| (l.start_s, l.elapsed_s)).collect();
    let ends = |got: &Recording| (counted(got).first().copied(), counted(got).last().copied(), got.started_at_ms);
    let right = (Some((0.0, 0.0)), Some((270.0, 200.0)), Some(START_MS));
    let rest = [(120.0, 100.0), (150.0, 100.0)];
    for (name, bytes) in [
        ("sound", fit::encode(&swim(true))),
        ("records at one instant", fit::encode(&swim(false))),
        ("no records", fit::encode(&Recording { samples: Samples::default(), ..swim(true) })),
        ("lengths at one instant", restamped(&swim(true), 3, &places, |_, _| (START, START))),
        ("lengths with their starts", restamped(&swim(true), 3, &places, |_, from| (from, from))),
        ("everything at one instant", restamped(&swim(false), 3, &places, |_, _| (START + 270, START))),
    ] {
        let got = read_back(&bytes);
        assert_eq!(ends(&got), right, "{name}");
        assert!(rest.iter().all(|r| counted(&got).contains(r)), "{name}: {:?}", counted(&got));
        assert_eq!(got.lengths, lengths, "{name}");
        let beats = got.samples.heart_rate_bpm.iter().any(|h| h.is_finite()) || got.totals.avg_hr_bpm == Some(120.0);
        assert!(beats || name == "no records", "{name}");
    }
}

#[test]
fn a_first_length_that_begins_before_the_first_record_begins_the_swim() {
    let mut late = swim(true);
    late.samples = {
        let keep: Vec<usize> = (60..=270).collect();
        late.samples.select(&keep)
    };
    let got = read_back(&fit::encode(&late));
    assert_eq!(got.started_at_ms, Some(START_MS));
    assert_eq!(counted(&got).first(), Some(&(0.0, 0.0)));
}
