//! Invariants of every reader, for any bytes.

use proptest::prelude::*;

use crate::{Lap, Length, Pause, Recording, Samples, Sensor, Sport, Stream, Stroke, Totals, fit, gpx, read, tcx};

const GPX: &str = r#"<?xml version="1.0"?><gpx version="1.1" creator="t"><trk><name>A &amp; B</name><type>running</type><trkseg>
<trkpt lat="50.0" lon="8.0"><ele>100</ele><time>2026-01-01T08:00:00Z</time><extensions><ns3:TrackPointExtension><ns3:hr>140</ns3:hr></ns3:TrackPointExtension></extensions></trkpt>
<trkpt lat="50.001" lon="8.0"><ele>101</ele><time>2026-01-01T08:00:30Z</time></trkpt></trkseg><trkseg></trkseg><trkseg>
<trkpt lat="50.002" lon="8.0"><time>2026-01-01T08:02:00Z</time></trkpt></trkseg><trkseg/></trk></gpx>"#;

const TCX: &str = r#"<?xml version="1.0"?><TrainingCenterDatabase><Activities><Activity Sport="Running"><Id>x</Id><Lap StartTime="2026-01-01T08:00:00Z">
<TotalTimeSeconds>60</TotalTimeSeconds><DistanceMeters>180</DistanceMeters><Track><Trackpoint><Time>2026-01-01T08:00:00Z</Time><DistanceMeters>0</DistanceMeters>
<HeartRateBpm><Value>140</Value></HeartRateBpm></Trackpoint><Trackpoint><Time>2026-01-01T08:01:00Z</Time><DistanceMeters>180</DistanceMeters></Trackpoint></Track><Track/></Lap></Activity></Activities></TrainingCenterDatabase>"#;

fn sample_fit() -> Vec<u8> {
    let mut samples = Samples::default();
    for i in 0..40 {
        samples.push(i as f64);
        samples.heart_rate_bpm[i] = 140.0;
        samples.distance_m[i] = i as f64 * 3.0;
    }
    fit::encode(&Recording {
        sport: Sport::Running,
        started_at_ms: Some(1_780_000_000_000),
        laps: vec![Lap { start_s: 0.0, elapsed_s: 39.0, ..Lap::default() }],
        pauses: vec![Pause { from_s: 10.0, to_s: 20.0 }],
        samples,
        ..Recording::default()
    })
}

#[test]
fn segments_become_pauses_and_empty_ones_nothing() {
    let got = read(GPX.as_bytes(), 1 << 20).expect("readable");
    let track = &got.recordings[0];
    assert_eq!((track.title.as_deref(), track.samples.len(), track.pauses.len()), (Some("A & B"), 3, 1));
    assert_eq!(track.pauses[0], Pause { from_s: 30.0, to_s: 120.0 });
    let laps = &read(TCX.as_bytes(), 1 << 20).expect("readable").recordings[0];
    assert_eq!((laps.laps.len(), laps.samples.len(), laps.totals.distance_m), (1, 2, Some(180.0)));
}

/// Common violations of the standards.
#[test]
fn common_violations_are_tolerated() {
    let point =
        |minute: u32, inside: &str| format!("<trkpt lat=\"52,5{minute}\" lon=\"13.4\"><time>2026-01-01T08:{minute:02}:00Z</time>{inside}</trkpt>");
    let gpx = |head: &str, inside: &str| {
        let points = [point(10, inside), point(11, inside), point(12, inside)].concat();
        format!("{head}<gpx><trk><name>Rock & Roll</name><trkseg>{points}</trkseg></trk></gpx>")
    };
    let hr = "<extensions><foo:TPX><foo:HeartRate>151</foo:HeartRate><foo:RunCadence>84</foo:RunCadence><foo:Temperature>21</foo:Temperature><foo:Watts>230</foo:Watts></foo:TPX></extensions>";
    let read_one = |bytes: &[u8]| read(bytes, 1 << 20).expect("readable").recordings.remove(0);
    let any_prefix = read_one(gpx("\u{feff}<?xml version=\"1.0\"?>", hr).as_bytes());
    let s = &any_prefix.samples;
    assert_eq!((any_prefix.title.as_deref(), s.len()), (Some("Rock & Roll"), 3));
    assert_eq!((s.heart_rate_bpm[0], s.cadence_rpm[0], s.temperature_c[0], s.power_w[0]), (151.0, 84.0, 21.0, 230.0));
    assert!((s.latitude_deg[1] - 52.511).abs() < 1e-9, "a decimal comma");
    // Declared Latin-1, and a file that ends in the middle.
    let latin: Vec<u8> = gpx("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>", "").replace("Roll", "L\u{f6}we").chars().map(|c| c as u8).collect();
    assert_eq!(read_one(&latin).title.as_deref(), Some("Rock & L\u{f6}we"));
    let whole = gpx("", hr);
    let cut = read(&whole.as_bytes()[..whole.len() - 60], 1 << 20).expect("readable");
    assert_eq!((cut.recordings[0].samples.len(), cut.warnings.len()), (2, 1));
    // Two tracks are two recordings; one without times has a route and no start.
    let two = whole.replace("</trk></gpx>", "</trk>") + &gpx("", "").replace("<gpx>", "").replace("2026-01-01T08", "x");
    let both = read(two.as_bytes(), 1 << 20).expect("readable").recordings;
    assert_eq!((both.len(), both[1].started_at_ms), (2, None));
}

#[test]
fn a_tcx_holds_several_activities_and_points_without_a_distance() {
    let activity =
        |start: &str| TCX.split_once("<Activities>").expect("start").1.split_once("</Activities>").expect("end").0.replace("2026-01-01", start);
    let text =
        format!("<TrainingCenterDatabase><Activities>{}{}</Activities></TrainingCenterDatabase>", activity("2026-01-01"), activity("2026-01-02"))
            .replace("<DistanceMeters>0</DistanceMeters>", "");
    let read = read(text.as_bytes(), 1 << 20).expect("readable");
    assert_eq!(read.recordings.len(), 2);
    assert!(read.recordings[1].samples.distance_m[0].is_nan() && read.recordings[1].totals.distance_m == Some(180.0));
}

/// Every base type of FIT in both byte orders, scaled by what a developer said about the field.
#[test]
fn every_base_type_is_read_in_both_byte_orders() {
    let types: [(u8, Vec<u8>, f64); 15] = [
        (0x00, vec![7], 7.0),
        (0x01, vec![0xf9], -7.0),
        (0x02, vec![200], 200.0),
        (0x83, (-1234_i16).to_be_bytes().to_vec(), -1234.0),
        (0x84, 54_321_u16.to_be_bytes().to_vec(), 54_321.0),
        (0x85, (-123_456_789_i32).to_be_bytes().to_vec(), -123_456_789.0),
        (0x86, 4_000_000_000_u32.to_be_bytes().to_vec(), 4_000_000_000.0),
        (0x88, 1.5_f32.to_be_bytes().to_vec(), 1.5),
        (0x89, (-2.25_f64).to_be_bytes().to_vec(), -2.25),
        (0x0a, vec![9], 9.0),
        (0x8b, 300_u16.to_be_bytes().to_vec(), 300.0),
        (0x8c, 70_000_u32.to_be_bytes().to_vec(), 70_000.0),
        (0x8e, (-5_000_000_000_i64).to_be_bytes().to_vec(), -5_000_000_000.0),
        (0x8f, 5_000_000_000_u64.to_be_bytes().to_vec(), 5_000_000_000.0),
        (0x90, 6_000_000_000_u64.to_be_bytes().to_vec(), 6_000_000_000.0),
    ];
    for big in [true, false] {
        let mut data = vec![0x40, 0, u8::from(big)];
        data.extend(if big { 0xff00_u16.to_be_bytes() } else { 0xff00_u16.to_le_bytes() });
        data.push(types.len() as u8);
        for (number, (base, bytes, _)) in types.iter().enumerate() {
            data.extend([number as u8, bytes.len() as u8, *base]);
        }
        data.push(0);
        for (_, bytes, _) in &types {
            let ordered: Vec<u8> = if big { bytes.clone() } else { bytes.iter().rev().copied().collect() };
            data.extend(ordered);
        }
        let file = fit_file(&data);
        // Chained twice: both are read.
        let twice = [file.clone(), file].concat();
        let (messages, warnings) = fit::messages(&twice).expect("readable");
        assert_eq!((messages.len(), warnings.len()), (2, 0));
        for message in &messages {
            assert_eq!((message.number, message.name), (0xff00, None), "an unknown message is kept");
            for (field, (base, _, expected)) in message.fields.iter().zip(&types) {
                assert_eq!(field.value, fit::Value::Number(*expected), "{base:#x} {big}");
            }
        }
    }
}

/// Samples that differ only in how `NaN` is stored are equal.
fn same_samples(a: &Samples, b: &Samples) -> Result<(), TestCaseError> {
    let bits = |v: &[f64]| v.iter().map(|x| if x.is_nan() { None } else { Some(x.to_bits()) }).collect::<Vec<_>>();
    for (k, (a, b)) in a.columns().into_iter().zip(b.columns()).enumerate() {
        prop_assert_eq!(bits(a), bits(b), "column {}", k);
    }
    prop_assert_eq!(a.extra.len(), b.extra.len());
    for (a, b) in a.extra.iter().zip(&b.extra) {
        prop_assert_eq!((&a.name, &a.unit, bits(&a.values)), (&b.name, &b.unit, bits(&b.values)));
    }
    Ok(())
}

fn same_recording(a: &Recording, b: &Recording) -> Result<(), TestCaseError> {
    same_samples(&a.samples, &b.samples)?;
    let head = |r: &Recording| Recording { samples: Samples::default(), ..r.clone() };
    prop_assert_eq!(head(a), head(b));
    Ok(())
}

#[test]
fn segments_out_of_order_are_sorted() {
    let point = |minute: u32| format!(r#"<trkpt lat="50.0{minute:02}" lon="8.0"><time>2026-01-01T08:{minute:02}:00Z</time></trkpt>"#);
    let segment = |from: u32, to: u32| format!("<trkseg>{}</trkseg>", (from..=to).map(point).collect::<String>());
    let gpx = |segments: &[String]| format!(r#"<gpx version="1.1"><trk>{}</trk></gpx>"#, segments.concat());
    let [a, b, c] = [segment(0, 5), segment(20, 22), segment(40, 50)];
    let decode = |text: String| gpx::decode(text.as_bytes()).expect("readable").recordings.remove(0);
    let right = decode(gpx(&[a.clone(), b.clone(), c.clone()]));
    assert_eq!(right.pauses.len(), 2);
    same_recording(&decode(gpx(&[c.clone(), a.clone(), b.clone()])), &right).expect("the same");
    same_recording(&decode(gpx(&[c, b, a])), &right).expect("the same");
}

/// A recording whose values lie on FIT's grid: whole seconds, semicircles, fifths of a metre.
fn recording() -> impl Strategy<Value = Recording> {
    let columns = prop::collection::vec(
        (
            (any::<i32>(), any::<i32>(), 0..30_000_u32, 0..900_000_u32),
            (0..20_000_u32, prop::option::of(30..230_u8), prop::option::of(0..120_u8), prop::option::of(0..1500_u16), prop::option::of(-40..60_i8)),
        ),
        12..60,
    );
    let words = "[A-Za-z0-9ü<&\"' ]{0,18}[a-z]";
    (columns, words, prop::option::of(words), 0..4_u32, 1_600_000_000..1_900_000_000_i64, -40..56_i32, any::<bool>()).prop_map(
        |(rows, title, device, sport, start, quarters, rest)| {
            let mut s = Samples::default();
            let title = title.trim().to_owned();
            let mut metres = 0.0;
            let value = |v: Option<f64>| v.unwrap_or(f64::NAN);
            for (i, ((lat, lon, altitude, step), (speed, hr, cadence, power, warm))) in rows.iter().enumerate() {
                // A pause of a minute behind the sixth sample.
                s.push(i as f64 + if i > 5 { 60.0 } else { 0.0 });
                metres += f64::from(*step);
                s.latitude_deg[i] = f64::from(*lat >> 1 | 1) / (2_147_483_648.0 / 180.0);
                s.longitude_deg[i] = f64::from((*lon).max(-2_147_483_000) | 1) / (2_147_483_648.0 / 180.0);
                s.altitude_m[i] = f64::from(*altitude) / 5.0 - 500.0;
                s.distance_m[i] = metres / 100.0;
                s.speed_mps[i] = f64::from(*speed) / 1000.0;
                s.heart_rate_bpm[i] = value(hr.map(f64::from));
                s.cadence_rpm[i] = value(cadence.map(f64::from));
                s.power_w[i] = value(power.map(f64::from));
                s.temperature_c[i] = value(warm.map(f64::from));
            }
            let end = s.time_s[s.len() - 1];
            let lap = Lap {
                start_s: 0.0,
                elapsed_s: 70.0,
                timer_s: Some(10.0),
                distance_m: Some(30.25),
                avg_hr_bpm: Some(150.0),
                max_hr_bpm: Some(160.0),
                rest,
            };
            let laps = vec![lap, Lap { start_s: 70.0, elapsed_s: end - 70.0, timer_s: Some(end - 70.0), rest: !rest, ..Lap::default() }];
            Recording {
                sport: [Sport::Running, Sport::Cycling, Sport::Swimming, Sport::Walking][sport as usize],
                sub_sport: (sport == 0).then(|| "trail".to_owned()),
                title: (!title.is_empty()).then_some(title),
                device: device.map(|d| d.trim().to_owned()).filter(|d| !d.is_empty()),
                started_at_ms: Some(start * 1000),
                utc_offset_s: Some(quarters * 900),
                pauses: vec![Pause { from_s: 5.0, to_s: 66.0 }],
                totals: Totals { elapsed_s: Some(end), timer_s: Some(end - 61.0), distance_m: Some(30.25), ..Totals::default() },
                laps,
                samples: s,
                ..Recording::default()
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn fit_round_trips(mut written in recording(), extra in prop::option::of(any::<f64>())) {
        if let Some(value) = extra.filter(|v| v.is_finite()) {
            let values = (0..written.samples.len()).map(|i| if i % 3 == 0 { value } else { f64::NAN }).collect();
            written.samples.extra.push(Stream { name: "Form Power".into(), unit: "Watts".into(), values });
            written.sensors.push(Sensor { name: "Strap".into(), kind: "heart rate".into(), serial: Some(77) });
            written.lengths.push(Length { start_s: 3.0, elapsed_s: 26.5, strokes: Some(12.0), stroke: Some(Stroke::Butterfly), active: true });
            written.pool_length_m = Some(25.0);
        }
        let read = fit::decode(&fit::encode(&written)).expect("readable");
        prop_assert!(read.warnings.is_empty(), "{:?}", read.warnings);
        same_recording(&read.recordings[0], &written)?;
    }

    #[test]
    fn gpx_round_trips(mut written in recording()) {
        let read = gpx::decode(&gpx::encode(&written).expect("positions")).expect("readable");
        prop_assert!(read.warnings.is_empty(), "{:?}", read.warnings);
        // GPX has no time zone and no totals.
        (written.utc_offset_s, written.totals) = (None, Totals::default());
        same_recording(&read.recordings[0], &written)?;
    }

    #[test]
    fn tcx_round_trips(mut written in recording()) {
        // TCX has two sports and no sub-sports, no temperature, time zone or elevation gain; its totals are the sums of its laps.
        written.sport = if written.sport == Sport::Cycling { Sport::Cycling } else { Sport::Running };
        (written.utc_offset_s, written.sub_sport) = (None, None);
        written.samples.temperature_c.fill(f64::NAN);
        let timer_s = written.laps.iter().filter_map(|l| l.timer_s).sum();
        written.totals = Totals { timer_s: Some(timer_s), distance_m: Some(30.25), ..Totals::default() };
        let read = tcx::decode(&tcx::encode(&written).expect("times")).expect("readable");
        prop_assert!(read.warnings.is_empty(), "{:?}", read.warnings);
        same_recording(&read.recordings[0], &written)?;
    }

    #[test]
    fn the_stored_form_restores_the_whole_recording(written in recording()) {
        same_recording(&Recording::from_bytes(&written.to_bytes()).expect("readable"), &written)?;
        let samples_alone = Recording::from_bytes(&written.samples.to_bytes()).expect("readable");
        same_samples(&samples_alone.samples, &written.samples)?;
    }

    #[test]
    fn damaged_stored_bytes_are_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200), whole in any::<bool>()) {
        let mut bytes = bytes;
        if let (true, Some(first)) = (whole, bytes.first_mut()) {
            *first = 0x10;
        }
        let _ = Recording::from_bytes(&bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_damage_makes_a_reader_panic(
        which in 0..3usize,
        cut in 0.0..1.0f64,
        swaps in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        repeat in any::<bool>(),
    ) {
        let mut bytes = match which {
            0 => GPX.as_bytes().to_vec(),
            1 => TCX.as_bytes().to_vec(),
            _ => sample_fit(),
        };
        for (at, byte) in swaps {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if repeat {
            let again = bytes.clone();
            bytes.extend(again);
        }
        bytes.truncate((bytes.len() as f64 * cut) as usize);
        if let Ok(got) = read(&bytes, 1 << 20) {
            prop_assert!(!got.recordings.is_empty());
            for r in &got.recordings {
                for column in r.samples.columns() {
                    prop_assert_eq!(column.len(), r.samples.len());
                }
                prop_assert!(r.pauses.iter().all(|p| p.to_s >= p.from_s));
            }
        }
    }
}

/// A FIT file of these messages; a checksum of zero says that there is none.
pub(crate) fn fit_file(data: &[u8]) -> Vec<u8> {
    [&[12, 0x10, 0, 0], &(data.len() as u32).to_le_bytes()[..], b".FIT", data, &[0, 0]].concat()
}
