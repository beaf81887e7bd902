//! Laws that hold for every reader, whatever the bytes.

use proptest::prelude::*;

use crate::{Lap, Pause, Recording, Samples, Sport, fit, read};

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
