//! A course from a file, or from the recording of an activity: pure, for a thread of its own.

use domain::{Problem, one_line};
use physiology::Athlete;
use physiology::grade::Model;
use recordings::{Format, ReadError, Recording, Sport, gpx, gunzip, sniff};

use crate::packed::Drawn;

/// Bytes of a file with a course, packed or not: a day of points every second is below.
pub(crate) const FILE_BYTES: u64 = 16 << 20;

const NO_COURSE: &str = "There is no course in this file: nothing between 100 m and 1,000 km that could be run.";

/// Reads the course of a file, and what the file calls it. A planned route is one, and so is what somebody ran; of several the one with most points.
pub(crate) fn read_file(bytes: &[u8]) -> Result<(Option<String>, Drawn), Problem> {
    let refused = |error: ReadError| Problem::of_field("file", sentence(&error));
    let unpacked = match sniff(bytes) {
        Some(Format::Gzip) => Some(gunzip(bytes, FILE_BYTES).map_err(refused)?.0),
        _ => None,
    };
    let bytes = unpacked.as_deref().unwrap_or(bytes);
    let read = match recordings::read(bytes, FILE_BYTES) {
        Err(ReadError::PlannedRoute) => gpx::decode_routes(bytes),
        other => other,
    };
    let of_points = |recording: &Recording| recording.samples.len();
    let recording = read.map_err(refused)?.recordings.into_iter().max_by_key(of_points);
    let recording = recording.ok_or_else(|| Problem::of_field("file", NO_COURSE))?;
    let name = recording.title.as_deref().map(one_line).filter(|name| !name.is_empty());
    course(recording).map(|drawn| (name, drawn)).ok_or_else(|| Problem::of_field("file", NO_COURSE))
}

/// The course of a recording; `None` if it has none.
pub(crate) fn course(mut recording: Recording) -> Option<Drawn> {
    // Whoever drew it: it is going to be run.
    recording.sport = Sport::Running;
    // A planned route has no times, and its track is found by the whole analysis.
    let timed = physiology::track(&recording, Model::default());
    let track = timed.unwrap_or_else(|| physiology::analyse(&recording, &Athlete::default()).track);
    Drawn::of_track(&track)
}

/// Why there is no course in a file; the sentences of the import speak of recordings.
fn sentence(error: &ReadError) -> String {
    match error {
        ReadError::UnknownFormat => "This is no GPX file, and no TCX or FIT either.".to_owned(),
        ReadError::TooLargeUnpacked { limit } => too_large(*limit),
        ReadError::NoSamples | ReadError::NoTrackPoints | ReadError::PlannedRoute | ReadError::NotAnActivity { .. } => {
            "There is no course in this file: it has no track and no route with points.".to_owned()
        }
        ReadError::NestedArchive => "This is an archive. Unpack it, and choose the GPX file in it.".to_owned(),
        ReadError::Empty | ReadError::Damaged { .. } | ReadError::XmlBreaks { .. } => error.to_string(),
    }
}

/// That a file is larger than a course is.
pub(crate) fn too_large(limit: u64) -> String {
    format!("The file is larger than {} MB, which is the most for a course.", limit >> 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gpx(element: &str, points: usize, timed: bool) -> String {
        let (line, open, close, point) = match element {
            "trk" => ("trk", "<trkseg>", "</trkseg>", "trkpt"),
            _ => ("rte", "", "", "rtept"),
        };
        let written = |k: usize| {
            let time = if timed { format!("<time>2026-01-05T10:{:02}:{:02}Z</time>", k * 5 / 60 % 60, k * 5 % 60) } else { String::new() };
            let (north, height) = (48.0 + k as f64 * 1e-4, 400.0 + (k as f64 / 40.0).sin() * 30.0);
            format!("<{point} lat=\"{north:.5}\" lon=\"9\"><ele>{height:.1}</ele>{time}</{point}>")
        };
        let points: String = (0..points).map(written).collect();
        format!("<gpx version=\"1.1\"><{line}><name>River\u{202e} Half</name>{open}{points}{close}</{line}></gpx>")
    }

    #[test]
    fn a_track_and_a_planned_route_are_courses_with_and_without_times() {
        for (element, timed) in [("trk", true), ("trk", false), ("rte", false)] {
            let (name, drawn) = read_file(gpx(element, 400, timed).as_bytes()).unwrap_or_else(|e| panic!("{element}: {e:?}"));
            assert_eq!(name.as_deref(), Some("River Half"));
            assert!((drawn.distance_m - 4436.7).abs() < 6.0, "{element} {timed}: {}", drawn.distance_m);
            assert!(drawn.climb_m.is_some_and(|climb| (80.0..120.0).contains(&climb)), "{element} {timed}: {:?}", drawn.climb_m);
            assert_eq!(drawn.points.len(), 445);
            let (start, end) = (drawn.points[0].position_deg, drawn.points[444].position_deg);
            assert!((start.0 - 48.0).abs() < 1e-4 && (end.0 - 48.0399).abs() < 1e-4, "{start:?} {end:?}");
        }
    }

    #[test]
    fn a_long_course_has_as_many_points_as_the_table_takes() {
        let point = |k: u32| format!("<trkpt lat=\"{}\" lon=\"9\"/>", 40.0 + f64::from(k) * 1e-3);
        let far: String = (0..3000).map(point).collect();
        let (_, drawn) = read_file(format!("<gpx><trk><trkseg>{far}</trkseg></trk></gpx>").as_bytes()).expect("a course");
        assert_eq!((drawn.points.len(), drawn.climb_m), (crate::packed::MOST_POINTS, None));
        assert!(crate::packed::unpack(&crate::packed::pack(&drawn.points)).is_some());
    }

    #[test]
    fn a_file_without_a_course_says_so_beside_its_field() {
        for (bytes, says) in [
            (String::new(), "empty"),
            ("day,sleep\n2026-01-05,7\n".to_owned(), "no GPX file"),
            ("<gpx version=\"1.1\"></gpx>".to_owned(), "no course"),
            ("<gpx><wpt lat=\"48\" lon=\"9\"/></gpx>".to_owned(), "no course"),
            (gpx("trk", 3, false), "no course"),
            (gpx("rte", 1, false), "no course"),
            ("<gpx><trk><trkseg><trkpt".to_owned(), "too damaged"),
            ("PK\x03\x04".to_owned(), "an archive"),
        ] {
            let problem = read_file(bytes.as_bytes()).expect_err(&bytes);
            assert!(problem.fields.get("file").is_some_and(|sentence| sentence.contains(says)), "{bytes:.40}: {problem:?}");
        }
    }
}
