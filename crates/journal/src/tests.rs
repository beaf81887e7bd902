use accounts::testing::athlete;
use chrono::NaiveDate;
use domain::journal::{ColumnMeaning, Field, JournalEntry};
use platform::testing::TestApp;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::*;

fn date(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).expect("a date")
}

const TODAY: (i32, u32, u32) = (2026, 6, 30);

fn read(text: &str) -> ParsedCsv {
    read_csv(text.as_bytes(), &[], date(TODAY.0, TODAY.1, TODAY.2)).expect("readable")
}

#[test]
fn bom_semicolons_and_decimal_commas_are_read() {
    let parsed = read("\u{feff}Datum;Schlaf (h);Ruhepuls;Notes\n31.03.2026;7,5;48;\n01.04.2026;;49;x\n");
    assert_eq!(parsed.preview.date_format, "day.month.year");
    assert_eq!(parsed.days.len(), 2);
    assert_eq!((parsed.days[0].0, parsed.days[0].1.get(Field::SleepHours)), (date(2026, 3, 31), Some(7.5)));
    assert_eq!(parsed.days[1].1.get(Field::SleepHours), None);
    assert_eq!(parsed.preview.columns[3].1, ColumnMeaning::Ignore);
}

#[test]
fn three_date_formats_are_recognised() {
    for (text, format) in [("2026-05-13", "year-month-day"), ("13/05/2026", "day.month.year"), ("5/13/2026", "month/day/year")] {
        let parsed = read(&format!("date,sleep_hours\n{text},8\n"));
        assert_eq!(parsed.days.first().map(|d| d.0), Some(date(2026, 5, 13)), "{text}");
        assert_eq!(parsed.preview.date_format, format);
    }
    assert_eq!(read("date,sleep\n4/5/2026,8\n").preview.date_format, "day.month.year");
}

#[test]
fn wrong_lines_are_named_and_the_rest_is_kept() {
    let parsed = read("date,sleep_hours,mood\n2026-05-01,8,good\n2026-05-02,99,3\nsoon,7,3\n2027-01-01,7,3\n2026-05-03,n/a,5\n");
    assert_eq!(parsed.preview.problems.len(), 3);
    assert!(parsed.preview.problems[0].starts_with("Line 3: Sleep"), "{:?}", parsed.preview.problems);
    assert_eq!(parsed.days.len(), 3);
    assert_eq!(parsed.days[1].1.get(Field::Mood), Some(3.0));
}

#[test]
fn no_bytes_make_it_panic() {
    for bytes in [&b""[..], b"\0\0\0", b"\xff\xfe\xfd", b"\"", b";;;\n;;;", b"date\n\"2026"] {
        let _ = read_csv(bytes, &[], date(2026, 1, 1));
    }
    assert!(read_csv(b"", &[], date(2026, 1, 1)).is_err());
}

#[test]
#[ignore = "needs LEGWORK_DAILY"]
fn real_wellness_logs_are_read() {
    let folder = std::env::var_os("LEGWORK_DAILY").expect("LEGWORK_DAILY");
    for person in ["p04", "p06", "p07"] {
        let path = std::path::Path::new(&folder).join("pmdata").join(person).join("wellness.csv");
        let parsed = read_csv(&std::fs::read(path).expect("file"), &[], date(2026, 1, 1)).expect("readable");
        assert!(parsed.days.len() > 100, "{person}: {} days, {:?}", parsed.days.len(), parsed.preview.problems);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_day_is_saved_changed_and_cleared(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let now = platform.clock.now();
    let (kim, today) = (athlete(&platform, "kim@example.org").await, now.date_naive());
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    let mut entry = JournalEntry::default();
    entry.set(Field::SleepHours, Some(7.5));
    save(&mut tx, today, &entry, today, now).await.expect("saved");
    entry.set(Field::Mood, Some(4.0));
    save(&mut tx, today, &entry, today, now).await.expect("saved again");
    assert_eq!(get(&mut tx, today).await.expect("entry"), entry);
    // A file adds or replaces answers, and never erases.
    let mut from_file = JournalEntry::default();
    from_file.set(Field::SleepHours, Some(8.0));
    save_days(&mut tx, &[(today, from_file)], today, now).await.expect("imported");
    let merged = get(&mut tx, today).await.expect("entry");
    assert_eq!((merged.get(Field::SleepHours), merged.get(Field::Mood)), (Some(8.0), Some(4.0)));
    save(&mut tx, today, &JournalEntry::default(), today, now).await.expect("cleared");
    assert!(all(&mut tx).await.expect("days").is_empty());
    assert!(save(&mut tx, today.succ_opt().expect("tomorrow"), &entry, today, now).await.is_err());
}
