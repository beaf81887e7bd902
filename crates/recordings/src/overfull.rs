//! Files that exceed a limit of recordings: what came first is kept unchanged, and the rest is reported.

use crate::tests::fit_file;
use crate::{Read, Recording, Warning, bounds, read};

fn truncated(file: &str) -> Read {
    let read = read(file.as_bytes(), 1 << 28).expect("readable");
    assert!(read.warnings.contains(&Warning::TooMuch), "{:?}", read.warnings);
    read
}

fn tcx(inside: &str) -> String {
    format!("<TrainingCenterDatabase><Activities>{inside}</Activities></TrainingCenterDatabase>")
}

fn lap(k: usize, points: &str) -> String {
    format!(
        "<Lap StartTime=\"2026-01-01T08:00:00Z\"><TotalTimeSeconds>{k}</TotalTimeSeconds><DistanceMeters>{k}</DistanceMeters>\
         <MaximumHeartRateBpm><Value>{}</Value></MaximumHeartRateBpm><Intensity>{}</Intensity><Track>{points}</Track></Lap>",
        100 + k % 50,
        if k.is_multiple_of(2) { "Active" } else { "Resting" }
    )
}

fn activity(k: usize) -> String {
    let point = |s: usize| format!("<Trackpoint><Time>2026-01-01T08:00:0{s}Z</Time><DistanceMeters>{k}</DistanceMeters></Trackpoint>");
    let laps = lap(k + 1, &[point(0), point(1)].concat());
    format!("<Activity Sport=\"Running\"><Id>x</Id>{laps}<Notes>Run {k}</Notes><Creator><Name>Watch {k}</Name></Creator></Activity>")
}

#[test]
fn laps_beyond_the_limit_leave_the_last_one_unchanged_and_keep_their_points() {
    let point = |s: usize| format!("<Trackpoint><Time>2026-01-01T08:00:0{s}Z</Time></Trackpoint>");
    let few: String = (1..bounds::LAPS).map(|k| lap(k % 50, "")).collect();
    let last = lap(7, &point(0));
    let right = read(tcx(&format!("<Activity>{few}{last}</Activity>")).as_bytes(), 1 << 28).expect("readable").recordings.remove(0);
    let got = truncated(&tcx(&format!("<Activity>{few}{last}{}{}</Activity>", lap(41, &point(1)), lap(43, &point(2))))).recordings.remove(0);
    let numbers = |r: &Recording| r.laps.iter().map(|l| (l.timer_s, l.distance_m, l.max_hr_bpm, l.rest)).collect::<Vec<_>>();
    assert_eq!(numbers(&got), numbers(&right));
    assert_eq!((got.laps.len(), got.samples.len()), (bounds::LAPS, 3));

    let lap =
        |k: usize| format!("<lap><startTime>2026-01-01T08:00:0{}Z</startTime><elapsedTime>{k}</elapsedTime><distance>{k}</distance></lap>", k % 10);
    let gpx = |laps: usize| {
        let laps: String = (0..laps).map(lap).collect();
        let point = |s: usize| format!("<trkpt lat=\"1\" lon=\"1\"><time>2026-01-01T08:00:0{s}Z</time></trkpt>");
        format!("<gpx><trk><extensions>{laps}</extensions><trkseg>{}{}</trkseg></trk></gpx>", point(0), point(1))
    };
    let right = read(gpx(bounds::LAPS).as_bytes(), 1 << 28).expect("readable");
    assert!(right.warnings.is_empty());
    assert_eq!(truncated(&gpx(bounds::LAPS + 9)).recordings[0].laps, right.recordings[0].laps);
}

#[test]
fn activities_beyond_the_limit_leave_the_last_one_unchanged() {
    let right = read(tcx(&(0..bounds::RECORDINGS).map(activity).collect::<String>()).as_bytes(), 1 << 28).expect("readable");
    assert_eq!((right.recordings.len(), &right.warnings[..]), (bounds::RECORDINGS, &[][..]));
    let got = truncated(&tcx(&(0..bounds::RECORDINGS + 3).map(activity).collect::<String>()));
    assert_eq!(got.recordings.len(), bounds::RECORDINGS);
    let last = |read: &Read| {
        let r = read.recordings.last().expect("recordings");
        (
            r.title.clone(),
            r.device.clone(),
            r.laps.clone(),
            r.samples.distance_m.iter().filter(|d| d.is_finite()).copied().collect::<Vec<_>>(),
            r.totals,
        )
    };
    assert_eq!(last(&got), last(&right));

    let track = |k: usize| {
        let point = |s: usize| format!("<trkpt lat=\"1\" lon=\"1\"><ele>{k}</ele><time>2026-01-01T08:00:0{s}Z</time></trkpt>");
        let lap = format!("<extensions><lap><startTime>2026-01-01T08:00:00Z</startTime><distance>{k}</distance></lap></extensions>");
        format!("<trk><name>Run {k}</name><type>running</type>{lap}<trkseg>{}{}</trkseg></trk>", point(0), point(1))
    };
    let gpx = |n: usize| format!("<gpx>{}</gpx>", (0..n).map(track).collect::<String>());
    let right = read(gpx(bounds::RECORDINGS).as_bytes(), 1 << 28).expect("readable");
    assert_eq!((right.recordings.len(), &right.warnings[..]), (bounds::RECORDINGS, &[][..]));
    let got = truncated(&gpx(bounds::RECORDINGS + 3));
    assert_eq!(got.recordings.len(), bounds::RECORDINGS);
    assert_eq!(last(&got), last(&right));
}

#[test]
fn points_beyond_the_limit_leave_the_last_one_unchanged() {
    let mut file = String::with_capacity(90 << 20);
    file.push_str("<TrainingCenterDatabase><Activities><Activity><Lap><Track>");
    let point = |k: usize| format!("<Trackpoint><Time>2026-01-01T08:00:0{k}Z</Time></Trackpoint>");
    file.push_str(&(0..8).map(point).collect::<String>().repeat(bounds::SAMPLES / 8));
    file.push_str("<Trackpoint><Time>2027-01-01T08:00:00Z</Time><DistanceMeters>1</DistanceMeters></Trackpoint></Track></Lap></Activity>");
    let got = truncated(&file).recordings.remove(0);
    assert_eq!(got.samples.len(), bounds::SAMPLES);
    assert!(got.samples.time_s.last().is_some_and(|t| *t < 10.0) && got.samples.distance_m.iter().all(|d| d.is_nan()));
}

/// A FIT file of its own; a chain is several of them.
fn fit(start: u32) -> Vec<u8> {
    let mut data = vec![0x40, 0, 0, 20, 0, 1, 253, 4, 0x86];
    for t in 0..3 {
        data.push(0);
        data.extend((start + t).to_le_bytes());
    }
    fit_file(&data)
}

#[test]
fn a_chain_that_is_too_long_is_reported() {
    let chain = |n: u32| (0..n).flat_map(|k| fit(1_000_000_000 + 100 * k)).collect::<Vec<u8>>();
    let most = bounds::RECORDINGS as u32;
    let right = read(&chain(most), 1 << 28).expect("readable");
    assert_eq!((right.recordings.len(), &right.warnings[..]), (bounds::RECORDINGS, &[][..]));
    let got = read(&chain(most + 2), 1 << 28).expect("readable");
    assert_eq!((got.recordings.len(), &got.warnings[..]), (bounds::RECORDINGS, &[Warning::TooMuch][..]));
}
