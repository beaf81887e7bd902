//! What is read of each format.

use std::io::{Cursor, Write};
use std::ops::ControlFlow;

use domain::measures::Source;
use zip::write::SimpleFileOptions;

use crate::samples::{self, ALL};
use crate::{Failure, Format, Limits, Reading, Remark, identify, identify_entry, read, read_zip};

pub(crate) fn whole(format: Format, bytes: &[u8]) -> Reading {
    read(format, bytes, &mut |_| ControlFlow::Continue(())).expect("not stopped")
}

pub(crate) fn zip_of<'f>(files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name, SimpleFileOptions::default()).expect("begun");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("finished").into_inner()
}

pub(crate) fn whole_zip(bytes: &[u8], limits: Limits) -> Reading {
    read_zip(Cursor::new(bytes), limits, &mut |_| ControlFlow::Continue(())).expect("a zip")
}

/// The measures of a day, rounded to hundredths.
fn of(reading: &Reading, day: &str) -> Vec<(&'static str, f64)> {
    let values = reading.values.iter().filter(|value| value.day.to_string() == day);
    values.map(|value| (value.measure, (value.value * 100.0).round() / 100.0)).collect()
}

fn remarks(reading: &Reading) -> Vec<&Remark> {
    reading.notes.iter().map(|note| &note.remark).collect()
}

/// The night that all samples have.
const TIMES: [(&str, f64); 2] = [("bed_time", -100.0), ("wake_time", 370.0)];

#[test]
fn every_format_is_recognised_by_its_content() {
    for (format, path, text) in ALL {
        assert_eq!(identify_entry(path, text.as_bytes()), Some(format), "{path}");
        let by_content = identify(text.as_bytes());
        assert_eq!(by_content, (format != Format::FitbitSteps && !path.ends_with("daily_resting_heart_rate.csv")).then_some(format), "{path}");
        assert_eq!(identify(&[&[0xef, 0xbb, 0xbf], text.as_bytes()].concat()), by_content, "{path}");
    }
    for (path, text) in [
        ("workouts.csv", "Cycle start time,Cycle end time,Cycle timezone,Workout start time,Workout end time\n"),
        ("calories-2026-10-15.json", samples::FITBIT_STEPS),
        ("export_cda.xml", "<?xml version=\"1.0\"?><ClinicalDocument xmlns=\"urn:hl7-org:v3\">"),
        ("notes.txt", samples::GARMIN_SLEEP),
        ("summarizedActivities.json", "[{\"summarizedActivitiesExport\": [{\"activityId\": 1}]}]"),
        ("run.gpx", "<gpx></gpx>"),
        ("empty.json", ""),
        ("heart_rate_2026-11-02.csv", samples::GOOGLE_RESTING_HR),
        ("._sleepData.json", samples::GARMIN_SLEEP),
    ] {
        assert_eq!(identify_entry(path, text.as_bytes()), None, "{path}");
    }
}

#[test]
fn apple_counts_each_step_and_each_hour_of_sleep_once() {
    let reading = whole(Format::AppleHealth, samples::APPLE.as_bytes());
    let expected = [
        ("sleep_hours", 7.0),
        ("nap_hours", 0.5),
        ("sleep_efficiency", 89.36),
        ("sleep_deep_hours", 1.0),
        ("sleep_rem_hours", 2.0),
        ("sleep_light_hours", 4.0),
        ("sleep_awake_hours", 0.5),
        ("bed_time", -100.0),
        ("wake_time", 360.0),
        ("resting_hr", 47.0),
        ("hrv_sdnn", 85.0),
        ("spo2", 97.0),
        ("weight_kg", 69.85),
        ("steps", 1300.0),
        ("active_energy_kcal", 612.5),
        ("caffeine_mg", 158.0),
        ("alcohol", 1.0),
        ("carbohydrate_g", 80.0),
        ("fluid_ml", 473.18),
    ];
    assert_eq!(of(&reading, "2026-11-02"), expected);
    assert_eq!((reading.values.len(), reading.notes.len()), (expected.len(), 0));
}

#[test]
fn a_truncated_apple_export_keeps_what_came() {
    let cut = samples::APPLE.find("18:13:00").expect("a record");
    let reading = whole(Format::AppleHealth, &samples::APPLE.as_bytes()[..cut]);
    let got = of(&reading, "2026-11-02");
    assert!(got.contains(&("steps", 1000.0)) && got.contains(&("resting_hr", 47.0)), "{got:?}");
    assert!(!got.iter().any(|(measure, _)| *measure == "caffeine_mg"));
    let [Remark::EndedEarly { at }] = remarks(&reading)[..] else { panic!("{:?}", reading.notes) };
    assert!(at.abs_diff(cut as u64) < 400, "{at} of {cut}");
}

/// A zip as a phone writes it, which does not go back to its headers.
fn streamed<'f>(files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new_stream(Vec::new());
    for (name, bytes) in files {
        zip.start_file(name, SimpleFileOptions::default()).expect("begun");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("finished").into_inner()
}

#[test]
fn a_truncated_archive_keeps_what_came() {
    // Other files are before it, and it is large enough that half of it is more than one block of the packer.
    let days: String = (1..=28)
        .map(|day| samples::APPLE.replace("2026-11-02", &format!("2026-10-{day:02}")).replace("2026-11-01", &format!("2026-09-{day:02}")))
        .map(|day| day[day.find("<Record").expect("a record")..day.find("</HealthData>").expect("an end")].to_owned())
        .collect();
    let export = format!("{}{days}</HealthData>\n", &samples::APPLE[..samples::APPLE.find("<Record").expect("a record")]);
    let route = "<gpx>".repeat(5000);
    let files = [
        ("apple_health_export/workout-routes/route_1.gpx", route.as_bytes()),
        ("apple_health_export/export_cda.xml", &b"<?xml version=\"1.0\"?><ClinicalDocument>"[..]),
        ("apple_health_export/export.xml", export.as_bytes()),
        ("apple_health_export/electrocardiograms/ecg_1.csv", &b"Name,Kim\n"[..]),
    ];
    for (kind, zip) in [("seekable", zip_of(files)), ("streamed", streamed(files))] {
        let whole = whole_zip(&zip, Limits::default());
        assert!(whole.values.len() > 28 * 10 && whole.notes.is_empty(), "{kind}: {:?}", whole.notes);
        let start = zip.windows(10).position(|name| name == b"export.xml").expect("the export");
        let end = zip.windows(5).position(|name| name == b"ecg_1").expect("the next");
        let cut = whole_zip(&zip[..start + (end - start) / 2], Limits::default());
        assert!(cut.values.len() > 20 && cut.values.len() < whole.values.len(), "{kind}: {} of {}", cut.values.len(), whole.values.len());
        let said: Vec<_> = cut.notes.iter().map(|note| (note.file.as_deref(), &note.remark)).collect();
        assert!(matches!(said[..], [(Some("export.xml"), Remark::EndedEarly { .. }), (None, Remark::ArchiveEndedEarly)]), "{kind}: {said:?}");
        // Cut behind it, nothing but the list of files is gone.
        let behind = whole_zip(&zip[..zip.len() - 40], Limits::default());
        assert_eq!((remarks(&behind), behind.values == whole.values), (vec![&Remark::ArchiveEndedEarly], true), "{kind}");
    }
    let nothing = read_zip(Cursor::new(b"PK\x03\x04"), Limits::default(), &mut |_| ControlFlow::Continue(()));
    assert_eq!(nothing, Err(Failure::DamagedArchive));
}

/// The beginning of an entry is read to know what it is; nothing of it is lost, wherever it ends.
#[test]
fn a_long_file_of_an_archive_is_what_it_is_alone() {
    let (head, row) = samples::WHOOP_CYCLES.trim_end().split_once('\n').expect("a head and rows");
    let row = row.lines().next().expect("a row");
    let mut long = format!("{head}\n");
    for n in 0..2500 {
        // Of different lengths, so that no boundary falls between two rows by chance.
        long.push_str(&row.replace("2026-11-0", &format!("20{:02}-{:02}-0", 10 + n % 16, 1 + n % 12)));
        long.push_str(&" ".repeat(n % 7));
        long.push('\n');
    }
    let alone = whole(Format::WhoopCycles, long.as_bytes());
    assert!(long.len() > 3 * crate::format::HEAD && !alone.values.is_empty());
    let zip = zip_of([("physiological_cycles.csv", long.as_bytes())]);
    let zipped = whole_zip(&zip, Limits::default());
    assert_eq!((zipped.values, zipped.notes.len()), (alone.values, alone.notes.len()));
    let cut = whole_zip(&zip[..zip.len() - 40], Limits::default());
    assert_eq!(cut.values, whole_zip(&zip, Limits::default()).values);
}

#[test]
fn a_damaged_record_is_counted_and_the_rest_is_read() {
    let damaged =
        samples::APPLE.replacen("startDate=\"2026-11-02 06:58:00 +0100\"", "startDate=\"soon\"", 1).replacen("unit=\"lb\"", "unit=\"stones\"", 2);
    let reading = whole(Format::AppleHealth, damaged.as_bytes());
    assert!(remarks(&reading).contains(&&Remark::RecordsUnread { records: 1, first: 3 }), "{:?}", reading.notes);
    assert!(remarks(&reading).contains(&&Remark::UnknownUnit { measure: "weight_kg".into(), unit: "stones".into(), values: 1 }));
    assert!(of(&reading, "2026-11-02").contains(&("steps", 1300.0)));
}

#[test]
fn whoop_counts_for_the_day_of_waking_up() {
    let expected = [
        ("sleep_hours", 7.4),
        ("sleep_efficiency", 94.0),
        ("sleep_deep_hours", 1.7),
        ("sleep_rem_hours", 2.0),
        ("sleep_light_hours", 3.7),
        ("sleep_awake_hours", 0.43),
        ("bed_time", -100.0),
        ("wake_time", 370.0),
        ("resting_hr", 47.0),
        ("hrv", 65.0),
        ("respiration", 13.9),
        ("spo2", 96.2),
        ("readiness", 78.0),
        ("strain", 12.4),
    ];
    let cycles = whole(Format::WhoopCycles, samples::WHOOP_CYCLES.as_bytes());
    // Half a minute is rounded.
    let rounded = |reading: &Reading| of(reading, "2026-11-02");
    assert_eq!(rounded(&cycles), expected);
    assert!(of(&cycles, "2026-11-03").iter().all(|(measure, _)| *measure != "strain"));
    let spanish = whole(Format::WhoopCycles, samples::WHOOP_CYCLES_IN_SPANISH.as_bytes());
    let in_both: Vec<_> = expected.into_iter().filter(|(m, _)| !["sleep_deep_hours", "sleep_rem_hours", "sleep_light_hours"].contains(m)).collect();
    assert_eq!(rounded(&spanish), in_both);
    let sleeps = whole(Format::WhoopSleeps, samples::WHOOP_SLEEPS.as_bytes());
    assert_eq!(of(&sleeps, "2026-11-02")[..2], [("sleep_hours", 7.4), ("nap_hours", 0.5)]);
    let german = whole(Format::WhoopCycles, samples::WHOOP_CYCLES_IN_GERMAN.as_bytes());
    assert_eq!(rounded(&german), expected);
    let german = whole(Format::WhoopSleeps, samples::WHOOP_SLEEPS_IN_GERMAN.as_bytes());
    assert_eq!(rounded(&german), of(&sleeps, "2026-11-02"));
}

#[test]
fn answers_of_a_journal_are_measures_where_one_fits_and_questions_where_none_does() {
    let journal = whole(Format::WhoopJournal, samples::WHOOP_JOURNAL.as_bytes());
    // How many drinks a "yes" was, nobody says.
    assert_eq!((of(&journal, "2026-11-02"), journal.values.len()), (vec![("alcohol", 0.0), ("illness", 1.0)], 2));
    let caffeine = journal.answers.get("Consumed caffeine?").expect("a question");
    let days: Vec<_> = caffeine.iter().map(|(day, yes)| (day.to_string(), *yes)).collect();
    assert_eq!((days, journal.answers.len()), (vec![("2026-11-02".to_owned(), true), ("2026-11-03".to_owned(), false)], 2));
    assert!(journal.notes.is_empty());
    let german = whole(Format::WhoopJournal, samples::WHOOP_JOURNAL_IN_GERMAN.as_bytes());
    assert_eq!(of(&german, "2026-11-02"), of(&journal, "2026-11-02"));
    assert_eq!(german.answers.keys().collect::<Vec<_>>(), ["Koffein konsumiert?"]);
}

#[test]
fn oura_is_the_same_in_all_of_its_forms() {
    let night = [
        ("sleep_hours", 7.33),
        ("sleep_efficiency", 92.0),
        ("sleep_deep_hours", 1.5),
        ("sleep_rem_hours", 2.0),
        ("sleep_light_hours", 3.83),
        ("sleep_awake_hours", 0.5),
        TIMES[0],
        TIMES[1],
        ("resting_hr", 48.0),
        ("hrv", 65.0),
        ("respiration", 14.2),
    ];
    let rest = [("skin_temp_delta", -0.2), ("steps", 8421.0), ("active_energy_kcal", 520.0), ("readiness", 81.0)];
    let all = [&night[..], &rest].concat();
    let trends = whole(Format::OuraTable, samples::OURA_TRENDS.as_bytes());
    assert_eq!(of(&trends, "2026-11-02"), all);
    let first = whole(Format::OuraJson, samples::OURA_VERSION_1.as_bytes());
    assert_eq!(of(&first, "2026-11-02"), all);
    let mut with_spo2 = all.clone();
    with_spo2.insert(night.len(), ("spo2", 97.4));
    let second = whole(Format::OuraJson, samples::OURA_JSON.as_bytes());
    assert_eq!(of(&second, "2026-11-02"), with_spo2);
    assert_eq!((trends.notes, first.notes, second.notes), (vec![], vec![], vec![]));
    let oura = ALL.iter().filter(|(_, path, _)| path.starts_with("App Data")).map(|(_, path, text)| (*path, text.as_bytes()));
    let tables = whole_zip(&zip_of(oura), Limits::default());
    with_spo2.insert(1, ("nap_hours", 0.5));
    assert_eq!((of(&tables, "2026-11-02"), &tables.notes), (with_spo2, &vec![]));
    assert_eq!(of(&tables, "2026-11-03"), [("spo2", 96.5), ("readiness", 77.0)]);
}

#[test]
fn fitbit_is_read_from_its_many_files() {
    let fitbit = ALL
        .iter()
        .filter(|(_, path, _)| path.starts_with("Takeout") && !path.contains("weight") && !path.contains("body_fat") || path.contains("/weight-"))
        .map(|(_, path, text)| (*path, text.as_bytes()));
    let reading = whole_zip(&zip_of(fitbit), Limits::default());
    let expected = [
        ("sleep_hours", 7.33),
        ("nap_hours", 0.5),
        ("sleep_efficiency", 93.0),
        ("sleep_deep_hours", 1.5),
        ("sleep_rem_hours", 2.0),
        ("sleep_light_hours", 3.83),
        ("sleep_awake_hours", 0.5),
        TIMES[0],
        TIMES[1],
        ("resting_hr", 47.23),
        ("hrv", 42.26),
        ("respiration", 15.2),
        ("spo2", 96.5),
        ("weight_kg", 79.97),
        ("body_fat", 18.5),
        ("steps", 250.0),
        ("vo2max", 48.7),
        ("readiness", 64.0),
    ];
    assert_eq!(of(&reading, "2026-11-02"), expected);
    assert_eq!(of(&reading, "2026-11-03"), [("weight_kg", 80.5)]);
    // In which unit the third weight is, nothing says.
    assert_eq!(remarks(&reading), [&Remark::UnknownUnit { measure: "weight_kg".into(), unit: String::new(), values: 1 }]);
    let twice = [("a/steps-2026-10-15.json", samples::FITBIT_STEPS.as_bytes()), ("b/steps-2026-10-15.json", samples::FITBIT_STEPS.as_bytes())];
    assert_eq!(of(&whole_zip(&zip_of(twice), Limits::default()), "2026-11-02"), [("steps", 250.0)]);
}

#[test]
fn google_has_weight_in_grams_and_in_the_points_of_its_older_application() {
    let weight = whole(Format::GoogleBody, samples::GOOGLE_WEIGHT.as_bytes());
    // The morning's, and not what came from Apple.
    assert_eq!((of(&weight, "2026-11-02"), weight.values.len()), (vec![("weight_kg", 70.1)], 1));
    let fat = whole(Format::GoogleBody, samples::GOOGLE_BODY_FAT.as_bytes());
    assert_eq!((of(&fat, "2026-11-02"), fat.notes), (vec![("body_fat", 18.5)], vec![]));
    let points = whole(Format::GoogleFitWeight, samples::GOOGLE_FIT_WEIGHT.as_bytes());
    let days: Vec<_> = points.values.iter().map(|value| (value.day.to_string(), value.measure, value.value)).collect();
    assert_eq!(days, [("2026-11-02".to_owned(), "weight_kg", 70.1), ("2026-11-03".to_owned(), "weight_kg", 69.9)]);
    assert!(points.notes.is_empty());
}

#[test]
fn garmin_has_its_offsets_in_another_file() {
    let garmin = ALL.iter().filter(|(_, path, _)| path.starts_with("DI_CONNECT")).map(|(_, path, text)| (*path, text.as_bytes()));
    let reading = whole_zip(&zip_of(garmin), Limits::default());
    let expected = [
        ("sleep_hours", 7.33),
        ("nap_hours", 0.5),
        ("sleep_deep_hours", 1.5),
        ("sleep_rem_hours", 2.0),
        ("sleep_light_hours", 3.83),
        ("sleep_awake_hours", 0.5),
        TIMES[0],
        TIMES[1],
        ("resting_hr", 47.0),
        ("hrv", 65.0),
        ("respiration", 14.41),
        ("spo2", 95.8),
        ("weight_kg", 70.1),
        ("steps", 9421.0),
        ("active_energy_kcal", 612.0),
        ("vo2max", 54.0),
        ("readiness", 80.0),
        ("stress_score", 27.0),
    ];
    assert_eq!((of(&reading, "2026-11-02"), reading.values.len(), &reading.notes), (expected.to_vec(), expected.len() + 1, &vec![]));
    assert_eq!(of(&reading, "2026-11-01"), [("height_cm", 178.0)]);
    let alone = whole(Format::GarminSleep, samples::GARMIN_SLEEP.as_bytes());
    assert!(of(&alone, "2026-11-02").iter().all(|(measure, _)| *measure != "bed_time"));
}

#[test]
fn polar_has_sleep_recovery_and_steps() {
    let polar = ALL.iter().filter(|(format, ..)| format.source() == Source::Polar).map(|(_, path, text)| (*path, text.as_bytes()));
    let reading = whole_zip(&zip_of(polar), Limits::default());
    let expected = [
        ("sleep_hours", 7.33),
        ("sleep_efficiency", 93.6),
        ("sleep_deep_hours", 1.5),
        ("sleep_rem_hours", 2.0),
        ("sleep_light_hours", 3.83),
        ("sleep_awake_hours", 0.5),
        TIMES[0],
        TIMES[1],
        ("hrv", 65.0),
        ("respiration", 15.0),
        ("steps", 8421.0),
    ];
    assert_eq!((of(&reading, "2026-11-02"), reading.notes), (expected.to_vec(), vec![]));
}

#[test]
fn the_caller_is_told_how_far_it_is_and_may_stop_it() {
    let mut last = 0;
    let reading = read(Format::AppleHealth, samples::APPLE.as_bytes(), &mut |read| {
        assert!(read >= last);
        last = read;
        ControlFlow::Continue(())
    });
    assert!(reading.is_ok() && last == samples::APPLE.len() as u64);
    assert_eq!(read(Format::AppleHealth, samples::APPLE.as_bytes(), &mut |_| ControlFlow::Break(())), Err(Failure::Stopped));
    let zip = zip_of([("sleeps.csv", samples::WHOOP_SLEEPS.as_bytes())]);
    assert_eq!(read_zip(Cursor::new(&zip), Limits::default(), &mut |_| ControlFlow::Break(())), Err(Failure::Stopped));
    let files = ALL.iter().map(|(_, path, text)| (*path, text.as_bytes()));
    let mut last = 0;
    let all = read_zip(Cursor::new(zip_of(files)), Limits::default(), &mut |read| {
        assert!(read >= last);
        last = read;
        ControlFlow::Continue(())
    });
    assert!(all.is_ok() && last == ALL.iter().map(|(_, _, text)| text.len() as u64).sum::<u64>());
}

#[test]
fn rows_and_objects_that_cannot_be_read_are_counted_with_the_first() {
    let rows = samples::WHOOP_SLEEPS.replacen("2026-11-02 14:35:00", "yesterday", 1);
    let reading = whole(Format::WhoopSleeps, rows.as_bytes());
    assert_eq!(remarks(&reading), [&Remark::RowsUnread { rows: 1, line: 2 }]);
    let objects = samples::GARMIN_BODY.replacen("2026-11-02T06:00:00.0", "later", 1);
    let reading = whole(Format::GarminBody, objects.as_bytes());
    assert_eq!(remarks(&reading), [&Remark::RecordsUnread { records: 1, first: 4 }]);
    let zip = zip_of([("x/sleeps.csv", rows.as_bytes())]);
    assert_eq!(whole_zip(&zip, Limits::default()).notes[0].file.as_deref(), Some("sleeps.csv"));
}

#[test]
fn a_main_sleep_of_an_afternoon_is_a_nap() {
    // The longest that was recorded on a day whose night has no record.
    let nap = samples::FITBIT_SLEEP.rsplit_once(",\n {").expect("two sleeps").1;
    let main = format!("[{{{}", nap.replace(r#""mainSleep": false"#, r#""mainSleep": true"#));
    let values = whole(Format::FitbitSleep, main.as_bytes()).values;
    assert_eq!(values.iter().map(|value| (value.measure, value.value)).collect::<Vec<_>>(), [("nap_hours", 0.5)]);
}

#[test]
fn remarks_are_codes_with_arguments() {
    let reading = whole(Format::OuraJson, &samples::OURA_JSON.as_bytes()[..samples::OURA_JSON.len() - 20]);
    let json = serde_json::to_string(&reading.notes).expect("JSON");
    assert!(json.starts_with(r#"[{"code":"values_ended_early","at":"#), "{json}");
    assert_eq!(serde_json::from_str::<Vec<crate::Note>>(&json).expect("notes"), reading.notes);
    // As an earlier version stored it.
    assert!(serde_json::from_str::<crate::Note>(r#"{"code":"journal_answers","answers":2}"#).is_ok());
}

#[test]
#[ignore = "needs LEGWORK_DAILY"]
fn real_nights_and_heart_rates_of_three_people_are_read() {
    let folder = std::env::var("LEGWORK_DAILY").expect("the folder of daily data");
    for person in ["p04", "p06", "p07"] {
        for (file, format, measure) in
            [("sleep.json.gz", Format::FitbitSleep, "sleep_hours"), ("resting_heart_rate.json.gz", Format::FitbitRestingHr, "resting_hr")]
        {
            let packed = std::fs::read(format!("{folder}/pmdata/{person}/{file}")).expect("a file");
            let (bytes, _) = recordings::gunzip(&packed, 1 << 30).expect("unpacked");
            assert_eq!(identify(&bytes), Some(format), "{person} {file}");
            let reading = whole(format, &bytes);
            let of_measure = reading.values.iter().filter(|value| value.measure == measure);
            let (count, sum) = of_measure.fold((0_u32, 0.0), |(count, sum), value| (count + 1, sum + value.value));
            println!("{person} {measure}: {count} days, mean {:.2}; {:?}", sum / f64::from(count), reading.notes);
            assert!(count > 30 && reading.notes.is_empty(), "{person}: {count} days of {measure}, {:?}", reading.notes);
        }
    }
}
