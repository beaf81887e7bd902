//! Files of daily values among recordings.

use super::*;

const APPLE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [<!ELEMENT HealthData (ExportDate,Me,Record*)>]>
<HealthData locale="en_GB">
 <ExportDate value="2025-11-03 08:00:00 +0100"/>
 <Record type="HKQuantityTypeIdentifierRestingHeartRate" sourceName="Watch" unit="count/min" startDate="2025-11-02 06:10:00 +0100" endDate="2025-11-02 06:10:00 +0100" value="47"/>
 <Record type="HKQuantityTypeIdentifierBodyMass" sourceName="Scale" unit="kg" startDate="2025-11-02 06:58:00 +0100" endDate="2025-11-02 06:58:00 +0100" value="71.6"/>
</HealthData>
"#;
const FITBIT: &str = r#"[{"logId": 1, "dateOfSleep": "2025-11-02", "startTime": "2025-11-01T22:20:00.000", "endTime": "2025-11-02T06:10:00.000", "duration": 28200000,
  "minutesAsleep": 435, "minutesAwake": 35, "timeInBed": 470, "efficiency": 93, "type": "classic", "mainSleep": true, "levels": {"summary": {}, "data": []}}]"#;
const TABLE: &str = "Datum;Schlaf (h);Laune\n01.11.2025;7,5;4\n02.11.2025;99;4\n";

fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).expect("begun");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("finished").into_inner()
}

async fn sleep_of(platform: &Platform, viewer: Uuid, day: &str) -> domain::measures::Answers {
    let mut tx = platform.database.begin_as(viewer).await.expect("transaction");
    journal::get(&mut tx, day.parse().expect("a day")).await.expect("answers")
}

#[sqlx::test(migrations = "../../migrations")]
async fn exports_and_tables_go_to_the_journal_each_with_a_line_and_undo(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, import, "export.xml", APPLE.as_bytes()).await;
    drop_file(&platform, kim, import, "days.csv", TABLE.as_bytes()).await;
    drop_file(&platform, kim, import, "people.csv", b"name,age\nKim,40\n").await;
    drop_file(&platform, kim, import, "run.fit", &run(1_760_000_000)).await;
    let takeout = archive(&[("Takeout/Fitbit/Global Export Data/sleep-2025-11-01.json", FITBIT.as_bytes()), ("run.fit", &run(1_761_000_000))]);
    drop_file(&platform, kim, import, "takeout.zip", &takeout).await;
    run_to_end(&platform, kim).await.expect("imported");
    let loaded = load_import(&platform, kim, import).await;
    let lines: Vec<_> = loaded.files.items.iter().map(|file| (file.name.as_str(), file.outcome, file.message.as_str())).collect();
    assert_eq!(lines[0], ("export.xml", Outcome::Imported, "Values of 1\u{a0}day from Apple Health."));
    assert_eq!((lines[1].0, lines[1].1), ("days.csv", Outcome::Imported), "{lines:?}");
    assert!(lines[1].2.starts_with("Values of 1\u{a0}day. Read: Schlaf (h). 1\u{a0}cell could not be read."), "{}", lines[1].2);
    assert_eq!((lines[2].0, lines[2].1), ("people.csv", Outcome::Failed));
    assert_eq!((lines[3].0, lines[3].1), ("run.fit", Outcome::Imported));
    assert_eq!((lines[4].0, lines[4].1), ("takeout.zip", Outcome::Unpacked));
    assert!(lines[4].2.contains("Values of 1\u{a0}day from Fitbit."), "{}", lines[4].2);
    assert_eq!((loaded.totals.days, loaded.totals.activities), (3, 2));
    let second = sleep_of(&platform, kim, "2025-11-02").await;
    assert_eq!((second.number("resting_hr"), second.number("weight_kg"), second.number("sleep_hours")), (Some(47.0), Some(71.6), Some(7.25)));
    assert_eq!(sleep_of(&platform, kim, "2025-11-01").await.number("sleep_hours"), Some(7.5));
    // The same once more changes nothing; an undone import takes only its own away.
    let again = platform.ids.uuid(platform.clock.now());
    drop_file(&platform, kim, again, "export.xml", APPLE.as_bytes()).await;
    run_to_end(&platform, kim).await.expect("imported");
    undo(&platform, kim, import).await.expect("undone");
    let left = sleep_of(&platform, kim, "2025-11-02").await;
    assert_eq!((left.number("resting_hr"), left.number("sleep_hours")), (Some(47.0), None));
    undo(&platform, kim, again).await.expect("undone");
    assert!(sleep_of(&platform, kim, "2025-11-02").await.is_empty());
    assert_eq!(load_import(&platform, kim, import).await.totals.days, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_export_that_ends_in_the_middle_keeps_what_came(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    let cut = APPLE.find("<Record type=\"HKQuantityTypeIdentifierBodyMass\"").expect("there") + 30;
    drop_file(&platform, kim, import, "export.xml", &APPLE.as_bytes()[..cut]).await;
    run_to_end(&platform, kim).await.expect("imported");
    let loaded = load_import(&platform, kim, import).await;
    assert_eq!(outcomes(&loaded), [("export.xml", Outcome::Recovered)]);
    assert!(loaded.files.items[0].message.contains("Every day before that is kept."), "{}", loaded.files.items[0].message);
    assert_eq!(sleep_of(&platform, kim, "2025-11-02").await.number("resting_hr"), Some(47.0));
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_archive_that_ends_in_the_middle_keeps_the_days_that_came(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let import = platform.ids.uuid(platform.clock.now());
    let record = |day: u32| {
        format!(
            " <Record type=\"HKQuantityTypeIdentifierRestingHeartRate\" sourceName=\"Watch {}\" unit=\"count/min\" startDate=\"2025-10-{day:02} 06:10:00 +0100\" \
             endDate=\"2025-10-{day:02} 06:10:00 +0100\" value=\"47\"/>\n",
            day * 7919
        )
    };
    let days: String = (1..=28).map(record).collect();
    let export = APPLE.replace("</HealthData>", &format!("{days}</HealthData>"));
    let zip = archive(&[("apple_health_export/export.xml", export.as_bytes()), ("apple_health_export/workout-routes/route.gpx", b"<gpx/>")]);
    let cut = zip.windows(9).position(|name| name == b"route.gpx").expect("the next file") * 2 / 3;
    drop_file(&platform, kim, import, "export.zip", &zip[..cut]).await;
    run_to_end(&platform, kim).await.expect("imported");
    let loaded = load_import(&platform, kim, import).await;
    let (outcome, message) = (loaded.files.items[0].outcome, &loaded.files.items[0].message);
    assert_eq!((loaded.files.items.len(), outcome), (1, Outcome::Unpacked));
    assert!(message.starts_with("Values of ") && message.contains("export.xml: It ends in the middle, at byte "), "{message}");
    assert!(message.ends_with("The days that came before are kept, and no recordings."), "{message}");
    assert!((2..29).contains(&loaded.totals.days), "{} days", loaded.totals.days);
    assert_eq!(sleep_of(&platform, kim, "2025-11-02").await.number("weight_kg"), Some(71.6));
    undo(&platform, kim, import).await.expect("undone");
    assert!(sleep_of(&platform, kim, "2025-11-02").await.is_empty());
}

const JOURNAL: &str = "Cycle start time,Cycle end time,Cycle timezone,Question text,Answered yes,Notes
2025-11-01 22:20:30,2025-11-02 23:05:10,UTC+01:00,Read (non-screened device) while in bed?,true,
2025-11-01 22:20:30,2025-11-02 23:05:10,UTC+01:00,Ate food close to bedtime?,true,
2025-11-01 22:20:30,2025-11-02 23:05:10,UTC+01:00,Feeling sick or ill?,false,
";

#[sqlx::test(migrations = "../../migrations")]
async fn answers_go_to_the_measures_that_ask_the_question_and_the_rest_is_named(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let now = platform.clock.now();
    let form = [("label", "Ate food close to bedtime"), ("measure_kind", "yes_no"), ("known", "before_run")];
    let new = domain::measures::NewMeasure::parse(|name| form.iter().find(|(n, _)| *n == name).map(|(_, text)| *text)).expect("valid");
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    let measure = journal::make(&mut tx, platform.ids.uuid(now), new, now).await.expect("made");
    tx.commit().await.expect("committed");
    let import = platform.ids.uuid(now);
    drop_file(&platform, kim, import, "journal_entries.csv", JOURNAL.as_bytes()).await;
    run_to_end(&platform, kim).await.expect("imported");
    let loaded = load_import(&platform, kim, import).await;
    let message = &loaded.files.items[0].message;
    assert!(message.starts_with("Values of 1\u{a0}day from WHOOP. 1\u{a0}answer left out"), "{message}");
    assert!(message.contains("“Read (non-screened device) while in bed?”"), "{message}");
    let day = sleep_of(&platform, kim, "2025-11-02").await;
    assert_eq!((day.number("illness"), day.number(&measure.key)), (Some(0.0), Some(1.0)));
    undo(&platform, kim, import).await.expect("undone");
    assert!(sleep_of(&platform, kim, "2025-11-02").await.is_empty());
}
