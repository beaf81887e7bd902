use accounts::testing::athlete;
use chrono::NaiveDate;
use domain::journal::ColumnMeaning;
use domain::measures::{Answer, Answers, Changes, NewMeasure, Source, built_in, keys};
use platform::testing::TestApp;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use super::*;

fn date(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).expect("a date")
}

const TODAY: (i32, u32, u32) = (2026, 6, 30);

fn read(text: &str) -> ParsedCsv {
    read_csv(text.as_bytes(), built_in(), &[], date(TODAY.0, TODAY.1, TODAY.2)).expect("readable")
}

#[test]
fn bom_semicolons_and_decimal_commas_are_read() {
    let parsed = read("\u{feff}Datum;Schlaf (h);Ruhepuls;Notes\n31.03.2026;7,5;48;\n01.04.2026;;49;x\n");
    assert_eq!(parsed.preview.date_format, "day.month.year");
    assert_eq!(parsed.days.len(), 2);
    assert_eq!((parsed.days[0].0, parsed.days[0].1.number(keys::SLEEP_HOURS)), (date(2026, 3, 31), Some(7.5)));
    assert_eq!(parsed.days[1].1.number(keys::SLEEP_HOURS), None);
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
    assert_eq!(parsed.days[1].1.number(keys::MOOD), Some(3.0));
}

#[test]
fn no_bytes_make_it_panic() {
    for bytes in [&b""[..], b"\0\0\0", b"\xff\xfe\xfd", b"\"", b";;;\n;;;", b"date\n\"2026"] {
        let _ = read_csv(bytes, built_in(), &[], date(2026, 1, 1));
    }
    assert!(read_csv(b"", built_in(), &[], date(2026, 1, 1)).is_err());
}

#[test]
#[ignore = "needs LEGWORK_DAILY"]
fn real_wellness_logs_are_read() {
    let folder = std::env::var_os("LEGWORK_DAILY").expect("LEGWORK_DAILY");
    for person in ["p04", "p06", "p07"] {
        let path = std::path::Path::new(&folder).join("pmdata").join(person).join("wellness.csv");
        let parsed = read_csv(&std::fs::read(path).expect("file"), built_in(), &[], date(2026, 1, 1)).expect("readable");
        assert!(parsed.days.len() > 100, "{person}: {} days, {:?}", parsed.days.len(), parsed.preview.problems);
    }
}

#[test]
fn several_rows_of_a_day_make_one_value_as_its_measure_says() {
    let parsed = read("date,caffeine,resting_hr,steps\n2026-05-01,1,50,4000\n2026-05-01,2,46,3000\n");
    let (_, answers) = &parsed.days[0];
    assert_eq!((answers.number(keys::CAFFEINE), answers.number(keys::RESTING_HR), answers.number("steps")), (Some(3.0), Some(48.0), Some(7000.0)));
    let parsed = read("date,sleep,mood\n2026-05-01,14,3\n2026-05-01,13,4\n");
    assert!(parsed.preview.problems[0].starts_with("2026-05-01, all rows together: Sleep"), "{:?}", parsed.preview.problems);
    assert_eq!(parsed.days[0].1.number(keys::MOOD), Some(4.0), "the rest is kept");
}

fn typed(form: &[(&str, &str)]) -> Changes {
    Answers::parse(built_in(), form.iter().copied()).expect("valid")
}

async fn all_of(tx: &mut platform::Tx, measure: &str) -> Vec<(NaiveDate, f64)> {
    series(tx, &[measure], date(2000, 1, 1)).await.expect("series").remove(measure).unwrap_or_default()
}

fn brought(number: f64) -> Answers {
    Answers::from_iter([(keys::SLEEP_HOURS.to_owned(), Answer::Number(number))])
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_typed_counts_before_files_and_an_import_can_be_undone(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let now = platform.clock.now();
    let (kim, today) = (athlete(&platform, "kim@example.org").await, now.date_naive());
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    let [first, second, watch] = [1, 2, 3].map(Uuid::from_u128);
    save(&mut tx, today, &typed(&[("mood", "good")]), today, now).await.expect("saved");
    save_days(&mut tx, &[(today, brought(6.0))], (Source::File, first), today, now).await.expect("imported");
    save_days(&mut tx, &[(today, brought(7.0))], (Source::File, second), today, now + chrono::TimeDelta::seconds(1)).await.expect("imported");
    save_days(&mut tx, &[(today, brought(8.0))], (Source::Oura, watch), today, now).await.expect("imported");
    let sleep = async |tx: &mut platform::Tx| {
        let of_day = get(tx, today).await.expect("answers").number(keys::SLEEP_HOURS);
        assert_eq!(all_of(tx, keys::SLEEP_HOURS).await, of_day.map(|number| (today, number)).into_iter().collect::<Vec<_>>());
        of_day
    };
    assert_eq!(sleep(&mut tx).await, Some(8.0), "a device counts before a file");
    order_sources(&mut tx, &[Source::File, Source::Oura], now).await.expect("ordered");
    assert_eq!(sleep(&mut tx).await, Some(7.0), "unless the athlete says otherwise; of two files the later one");
    save(&mut tx, today, &typed(&[("sleep_hours", "9")]), today, now).await.expect("saved");
    save_days(&mut tx, &[(today, brought(5.0))], (Source::File, first), today, now).await.expect("imported once more");
    assert_eq!(sleep(&mut tx).await, Some(9.0), "what is typed is never overwritten");
    save(&mut tx, today, &typed(&[("sleep_hours", "")]), today, now).await.expect("taken back");
    assert_eq!(sleep(&mut tx).await, Some(7.0), "what is below comes back");
    assert_eq!(remove(&mut tx, second).await.expect("undone"), 1);
    assert_eq!(sleep(&mut tx).await, Some(5.0));
    assert_eq!(remove(&mut tx, first).await.expect("undone"), 1);
    assert_eq!(sleep(&mut tx).await, Some(8.0));
    assert_eq!(remove(&mut tx, watch).await.expect("undone"), 1);
    assert_eq!(sleep(&mut tx).await, None);
    assert_eq!(get(&mut tx, today).await.expect("answers").number(keys::MOOD), Some(4.0));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_source_is_moved_from_where_the_last_move_left_it(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let now = platform.clock.now();
    let kim = athlete(&platform, "kim@example.org").await;
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    for (source, up, expected) in [
        (Source::Oura, true, [Source::Typed, Source::Oura, Source::Whoop]),
        (Source::Oura, true, [Source::Typed, Source::Oura, Source::Whoop]),
        (Source::Oura, false, [Source::Typed, Source::Whoop, Source::Oura]),
    ] {
        move_source(&mut tx, source, up, now).await.expect("moved");
        let sources = catalogue(&mut tx).await.expect("measures").sources;
        assert_eq!((&sources[..3], sources.len()), (&expected[..], Source::ALL.len()));
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_day_is_saved_answer_by_answer_and_never_in_the_future(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let now = platform.clock.now();
    let (kim, today) = (athlete(&platform, "kim@example.org").await, now.date_naive());
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    save(&mut tx, today, &typed(&[("sleep_hours", "7.5"), ("note", "slept well")]), today, now).await.expect("saved");
    save(&mut tx, today, &typed(&[("mood", "good"), ("note", "")]), today, now).await.expect("saved");
    let answers = get(&mut tx, today).await.expect("answers");
    assert_eq!((answers.number("sleep_hours"), answers.number("mood"), answers.text("note"), answers.len()), (Some(7.5), Some(4.0), "", 2));
    replace(&mut tx, today, Answers::from_iter([("stress".to_owned(), Answer::Number(2.0))]), today, now).await.expect("replaced");
    assert_eq!(all(&mut tx).await.expect("days"), [(today, Answers::from_iter([("stress".to_owned(), Answer::Number(2.0))]))]);
    let impossible = Changes::from([("stress".to_owned(), Some(Answer::Number(9.0))), ("own_of_nobody".to_owned(), None)]);
    let problem = save(&mut tx, today, &impossible, today, now).await.expect_err("impossible").into_problem();
    assert_eq!(problem.fields.names().collect::<Vec<_>>(), ["own_of_nobody", "stress"]);
    assert!(save(&mut tx, today.succ_opt().expect("tomorrow"), &typed(&[("mood", "3")]), today, now).await.is_err());
    replace(&mut tx, today, Answers::default(), today, now).await.expect("cleared");
    assert!(all(&mut tx).await.expect("days").is_empty());
}

/// A measure: its key, fields of the form, an answer, and how it is shown.
type Own = (&'static str, &'static [(&'static str, &'static str)], &'static str, &'static str);

/// One of each kind that an athlete can make: fields of the form, an answer, and how it is shown.
const OWN: [Own; 7] = [
    ("own_water", &[("label", "Water"), ("measure_kind", "number"), ("unit", "ml"), ("max", "6000"), ("known", "after_run")], "1500", "1500\u{a0}ml"),
    ("own_legs", &[("label", "Legs"), ("measure_kind", "scale"), ("words", "dead, heavy, fresh"), ("known", "before_run")], "heavy", "heavy"),
    ("own_cold_shower", &[("label", "Cold shower"), ("measure_kind", "yes_no"), ("known", "before_run")], "yes", "yes"),
    ("own_stairs", &[("label", "Stairs"), ("measure_kind", "count"), ("unit", "floors"), ("known", "after_run")], "12", "12\u{a0}floors"),
    ("own_last_screen", &[("label", "Last screen"), ("measure_kind", "clock"), ("known", "before_run")], "22:45", "22:45"),
    ("own_reading", &[("label", "Reading"), ("measure_kind", "duration"), ("known", "after_run")], "0:45", "45\u{a0}min"),
    ("own_dream", &[("label", "Dream"), ("measure_kind", "text"), ("known", "before_run")], "flying, again", "flying, again"),
];

fn own(form: &[(&str, &str)]) -> NewMeasure {
    NewMeasure::parse(|name| form.iter().find(|(n, _)| *n == name).map(|(_, text)| *text)).expect("valid")
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_own_measure_of_each_kind_is_asked_typed_exported_and_read_back(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let now = platform.clock.now();
    let (kim, today) = (athlete(&platform, "kim@example.org").await, now.date_naive());
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    for (key, form, ..) in OWN {
        let made = make(&mut tx, platform.ids.uuid(now), own(form), now).await.expect("made");
        assert_eq!(made.key, key);
        assert!(make(&mut tx, platform.ids.uuid(now), own(form), now).await.is_err(), "two of one name");
    }
    let of_kim = catalogue(&mut tx).await.expect("catalogue");
    assert_eq!(of_kim.asked.last().map(String::as_str), Some(keys::NOTE), "the note stays last");
    assert!(OWN.iter().all(|(key, ..)| of_kim.asked().any(|measure| measure.key == *key)));
    let form: Vec<(&str, &str)> = OWN.iter().map(|(key, _, text, _)| (*key, *text)).collect();
    let changes = Answers::parse(&of_kim.measures, form).expect("valid");
    save(&mut tx, today, &changes, today, now).await.expect("saved");
    let answers = get(&mut tx, today).await.expect("answers");
    for (key, _, _, shown) in OWN {
        assert_eq!(of_kim.get(key).expect("there").show(answers.get(key).expect("answered")), shown);
    }
    // Out as a table, and back in from it.
    let (names, rows) = FEATURE.spreadsheets[0].cells(&mut tx).await.expect("cells");
    let quoted = |cells: &[String]| cells.iter().map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>().join(",");
    let table = format!("{}\n{}\n", quoted(&names), quoted(&rows[0]));
    let read = read_csv(table.as_bytes(), &of_kim.measures, &[], today).expect("readable");
    assert_eq!((read.preview.problems, read.days), (Vec::<String>::new(), vec![(today, answers)]));
    // As inputs, in the order of the values: what is logged after the run is barred from explaining it.
    let inputs = (FEATURE.daily.own_inputs)(&mut tx).await.expect("inputs");
    let lags: Vec<(&str, usize)> = inputs.iter().map(|input| (input.key.as_str(), input.first_lag)).collect();
    assert_eq!(lags, [("own_cold_shower", 0), ("own_last_screen", 0), ("own_legs", 0), ("own_reading", 1), ("own_stairs", 1), ("own_water", 1)]);
    let values = (FEATURE.daily.values)(&mut tx).await.expect("values");
    let built = (FEATURE.daily.inputs)().len();
    assert_eq!(values[0].1[built..], [1.0, -75.0, 2.0, 0.75, 12.0, 1500.0].map(Some));
    // Retired, it is no longer asked, and its values stay.
    retire(&mut tx, "own_legs", true, now).await.expect("retired");
    assert!(catalogue(&mut tx).await.expect("catalogue").asked().all(|measure| measure.key != "own_legs"));
    assert_eq!(all_of(&mut tx, "own_legs").await, [(today, 2.0)]);
    let (_, legs, ..) = OWN[1];
    assert!(edit(&mut tx, "own_water", own(legs), now).await.is_err(), "another kind");
    let renamed = own(&[("label", "How are the legs"), ("measure_kind", "scale"), ("known", "before_run")]);
    let edited = edit(&mut tx, "own_legs", renamed, now).await.expect("taken up again");
    assert_eq!((edited.label.as_str(), edited.options().len()), ("How are the legs", 3), "the words of its answers stay");
    assert!(retire(&mut tx, "mood", true, now).await.is_err() && edit(&mut tx, "mood", own(legs), now).await.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_journal_asks_what_the_athlete_chose_in_that_order(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let now = platform.clock.now();
    let kim = athlete(&platform, "kim@example.org").await;
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    let chosen = ["mood", "of_nobody", "sleep_hours", "mood"].map(ToOwned::to_owned);
    choose(&mut tx, &chosen, now).await.expect("chosen");
    assert_eq!(catalogue(&mut tx).await.expect("catalogue").asked, ["mood", "sleep_hours"]);
    assert!(choose(&mut tx, &[], now).await.is_err());
    let sources: Vec<String> = sqlx::query_scalar("select unnest(default_source_order())").fetch_all(tx.connection()).await.expect("sources");
    assert_eq!(sources, Source::ALL.map(Source::name), "the database and the catalogue agree");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_table_of_a_kind_that_was_mapped_before_is_read_the_same_way(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let now = platform.clock.now();
    let (kim, today) = (athlete(&platform, "kim@example.org").await, now.date_naive());
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    let mapping = ["date", "mood", "ignore"].map(ColumnMeaning::parse);
    let table = b"Tag,Laune,Wetter\n2025-05-01,good,rain\n";
    let first = read_csv(table, built_in(), &mapping, today).expect("readable");
    presets::remember(&mut tx, platform.ids.uuid(now), &first.headers, &first.preview, now).await.expect("kept");
    let known = presets::presets(&mut tx).await.expect("presets");
    assert_eq!(known, [vec![("Tag".to_owned(), ColumnMeaning::Date), ("Laune".to_owned(), ColumnMeaning::Answer("mood".to_owned()))]]);
    let next = read_known_csv(b"Wetter;Laune;Tag\nsun;meh;03.06.2025\n", built_in(), &known, today).expect("readable");
    assert!(next.preview.recognised && next.preview.gone.is_empty());
    assert_eq!((next.days[0].0, next.days[0].1.number(keys::MOOD)), (date(2025, 6, 3), Some(2.0)));
}
