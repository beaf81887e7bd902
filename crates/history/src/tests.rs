use accounts::testing::{KIM, Person};
use domain::activities::ManualActivity;
use domain::history::{ChangeLine, TRASH_RETENTION_DAYS};
use domain::list::PageRequest;
use domain::measures::{Answers, Changes, Source, built_in};
use domain::units::Units;
use platform::feature::{Features, PLATFORM};
use platform::jobs::Job;
use platform::retention::PurgeExpired;
use platform::testing::TestApp;
use platform::{Clock, Platform, Tx};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::*;

/// The features whose edits are tested.
pub(crate) const FEATURES: Features = Features(&[&PLATFORM, &accounts::FEATURE, &activities::FEATURE, &journal::FEATURE, &crate::FEATURE]);

async fn athlete(platform: &Platform) -> Uuid {
    Person { time_zone: "UTC", ..KIM }.register(platform).await.viewer.id
}

async fn run(platform: &Platform, tx: &mut Tx) -> Uuid {
    let now = platform.clock.now();
    let manual = ManualActivity::parse(
        |name| match name {
            "sport" => Some("running"),
            "title" => Some("Hills"),
            "day" => Some("2026-01-07"),
            "time" => Some("07:30"),
            "duration" => Some("45:00"),
            "distance" => Some("9"),
            _ => None,
        },
        now.date_naive(),
    )
    .expect("valid");
    let id = platform.ids.uuid(now);
    activities::add_manual(tx, id, &manual, now).await.expect("added");
    id
}

fn typed(form: &[(&str, &str)]) -> Changes {
    Answers::parse(built_in(), form.iter().copied()).expect("valid")
}

async fn save_day(tx: &mut Tx, platform: &Platform, hours: &str, mood: &str) {
    let now = platform.clock.now();
    let changes = typed(&[("sleep_hours", hours), ("mood", mood)]);
    journal::save(tx, "2026-01-05".parse().expect("day"), &changes, now.date_naive(), now).await.expect("saved");
}

async fn sleep_and_mood(tx: &mut Tx) -> (Option<f64>, Option<f64>) {
    let answers = journal::get(tx, "2026-01-05".parse().expect("day")).await.expect("answers");
    (answers.number("sleep_hours"), answers.number("mood"))
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_edit_is_logged_with_its_previous_values_and_undone_alone(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform).await;
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    save_day(&mut tx, &platform, "7", "3").await;
    save_day(&mut tx, &platform, "8", "3").await;
    save_day(&mut tx, &platform, "8", "5").await;
    let changes = list_changes(&mut tx, FEATURES, Units::default(), &PageRequest::first()).await.expect("change log").changes.items;
    let listed: Vec<_> = changes.iter().map(|change| (change.what.as_str(), change.by_other, change.fields.as_slice())).collect();
    let field = |before: &str, after: &str| [("answer".to_owned(), before.to_owned(), after.to_owned())];
    assert_eq!(
        listed,
        [
            ("Mood, 5 January 2026", false, &field("ok", "great")[..]),
            ("Sleep, 5 January 2026", false, &field("7\u{a0}h", "8\u{a0}h")),
            ("Sleep, 5 January 2026", false, &field("–", "7\u{a0}h")),
            ("Mood, 5 January 2026", false, &field("–", "ok")),
        ]
    );
    // Answers of one day are one line of the history, in which each can be undone.
    let lines = domain::history::lines(changes.clone());
    assert!(matches!(lines.as_slice(), [ChangeLine::Day(day, edits)] if day == "Journal, 5 January 2026" && edits.len() == 4), "{lines:?}");
    assert!(changes.iter().all(|change| change.of_day.as_ref().is_some_and(|(_, title)| change.what.starts_with(title.as_str()))));
    // The hours are reset; the mood, edited later, stays.
    undo(&mut tx, FEATURES, changes[1].id).await.expect("undone");
    assert_eq!(sleep_and_mood(&mut tx).await, (Some(7.0), Some(5.0)));
    // An undo is an edit, and can be undone.
    let again = list_changes(&mut tx, FEATURES, Units::default(), &PageRequest::first()).await.expect("change log").changes.items;
    undo(&mut tx, FEATURES, again[0].id).await.expect("undone");
    assert_eq!(sleep_and_mood(&mut tx).await, (Some(8.0), Some(5.0)));
    // The first edit answered the question: undone, there is no answer; that undone, it is back.
    undo(&mut tx, FEATURES, changes[2].id).await.expect("undone");
    assert_eq!(sleep_and_mood(&mut tx).await, (None, Some(5.0)));
    let gone = list_changes(&mut tx, FEATURES, Units::default(), &PageRequest::first()).await.expect("change log").changes.items;
    undo(&mut tx, FEATURES, gone[0].id).await.expect("undone");
    assert_eq!(sleep_and_mood(&mut tx).await, (Some(8.0), Some(5.0)));
    // What a file brought is no edit: it is undone with its import.
    let file = [("2026-01-06".parse().expect("day"), Answers::from_iter([("mood".to_owned(), domain::measures::Answer::Number(2.0))]))];
    let now = platform.clock.now();
    journal::save_days(&mut tx, &file, (Source::File, platform.ids.uuid(now)), now.date_naive(), now).await.expect("saved");
    let log = list_changes(&mut tx, FEATURES, Units::default(), &PageRequest::first()).await.expect("change log").changes.items;
    assert_eq!(log.len(), gone.len() + 1, "{log:?}");
    tx.commit().await.expect("committed");
    let mut stranger = platform.database.begin_as(platform.ids.uuid(platform.clock.now())).await.expect("transaction");
    assert!(undo(&mut stranger, FEATURES, changes[0].id).await.is_err());
}

/// The trail of a run comes from its file, while it is imported or computed again: nobody edited it, and there is nothing to undo.
#[sqlx::test(migrations = "../../migrations")]
async fn what_a_file_says_of_the_sport_is_no_edit(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform).await;
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    let id = run(&platform, &mut tx).await;
    let before = list_changes(&mut tx, FEATURES, Units::default(), &PageRequest::first()).await.expect("change log").changes.items.len();
    for (set, edits) in [("sub_sport = 'trail'", 0), ("gear = 'Grey trainers'", 1)] {
        let update = sqlx::AssertSqlSafe(format!("update activities set {set} where id = $1"));
        sqlx::query(update).bind(id).execute(tx.connection()).await.expect("updated");
        let log = list_changes(&mut tx, FEATURES, Units::default(), &PageRequest::first()).await.expect("change log").changes.items;
        assert_eq!(log.len(), before + edits, "{set}: {log:?}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn edits_are_read_in_the_units_of_whoever_reads_them(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform).await;
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    let now = platform.clock.now();
    for kilograms in ["72", "71.5"] {
        journal::save(&mut tx, "2026-01-05".parse().expect("day"), &typed(&[("weight_kg", kilograms)]), now.date_naive(), now).await.expect("saved");
    }
    for (units, day, before, after) in [
        (Units::default(), "Weight, 5 January 2026", "72\u{a0}kg", "71.5\u{a0}kg"),
        (Units::AMERICAN, "Weight, January 5, 2026", "159\u{a0}lb", "158\u{a0}lb"),
    ] {
        let edit = list_changes(&mut tx, FEATURES, units, &PageRequest::first()).await.expect("change log").changes.items.remove(0);
        assert_eq!((edit.what.as_str(), edit.fields), (day, vec![("answer".to_owned(), before.to_owned(), after.to_owned())]));
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_undo_and_an_answer_at_the_same_time_lose_nothing(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    let platform = TestApp::new(connect);
    let kim = athlete(&platform).await;
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    save_day(&mut tx, &platform, "7", "3").await;
    save_day(&mut tx, &platform, "8", "3").await;
    let last = list_changes(&mut tx, FEATURES, Units::default(), &PageRequest::first()).await.expect("change log").changes.items.remove(0);
    tx.commit().await.expect("committed");
    let mut undoing = platform.database.begin_as(kim).await.expect("transaction");
    undo(&mut undoing, FEATURES, last.id).await.expect("undone");
    let stored = std::cell::Cell::new(false);
    // Another page has another answer for the day. It must not write back the hours as they were before the undo.
    let store = async {
        let now = platform.clock.now();
        let mut tx = platform.database.begin_as(kim).await.expect("transaction");
        journal::save(&mut tx, "2026-01-05".parse().expect("day"), &typed(&[("mood", "5")]), now.date_naive(), now).await.expect("saved");
        tx.commit().await.expect("committed");
        stored.set(true);
    };
    let finish = async {
        platform::testing::until_blocked(&mut owner, || !stored.get()).await.expect("query");
        undoing.commit().await.expect("committed");
    };
    tokio::join!(store, finish);
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    assert_eq!(sleep_and_mood(&mut tx).await, (Some(7.0), Some(5.0)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_renamed_activity_gets_its_title_back_and_recomputing_is_no_edit(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform).await;
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    let id = run(&platform, &mut tx).await;
    activities::recompute(&mut tx, id).await.expect("recomputed");
    assert!(list_changes(&mut tx, FEATURES, Units::default(), &PageRequest::first()).await.expect("change log").changes.items.is_empty());
    let change = domain::activities::ActivityUpdate::parse(|name| match name {
        "title" => Some("Tempo"),
        "sport" => Some("running"),
        _ => None,
    })
    .expect("valid");
    activities::change(&mut tx, id, &change).await.expect("changed");
    let changes = list_changes(&mut tx, FEATURES, Units::default(), &PageRequest::first()).await.expect("change log").changes.items;
    assert_eq!((changes[0].what.as_str(), &changes[0].of_day), ("Tempo, 7 January 2026", &None));
    undo(&mut tx, FEATURES, changes[0].id).await.expect("undone");
    let title: String = sqlx::query_scalar("select title from activities").fetch_one(tx.connection()).await.expect("row");
    assert_eq!(title, "Hills");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_deleted_run_can_be_restored_whole_for_thirty_days_and_then_never(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect.clone()).with(FEATURES).with_queue().await;
    let kim = athlete(&platform).await;
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    let id = run(&platform, &mut tx).await;
    let all = "select coalesce(string_agg((to_jsonb(t) - 'updated_at')::text, ' ' order by id), '') from activities t";
    let whole: String = sqlx::query_scalar(all).fetch_one(tx.connection()).await.expect("rows");
    let (now, trash_id) = (platform.clock.now(), platform.ids.uuid(platform.clock.now()));
    activities::delete(&mut tx, id, trash_id, now).await.expect("deleted");
    assert!(activities::delete(&mut tx, id, trash_id, now).await.is_err(), "it is gone");
    let trashed = list_changes(&mut tx, FEATURES, Units::default(), &PageRequest::first()).await.expect("change log").trash;
    assert_eq!((trashed.len(), trashed[0].title.as_str()), (1, "Hills"));
    assert_eq!(activities::restore(&mut tx, trash_id).await.expect("restored"), id);
    let back: String = sqlx::query_scalar(all).fetch_one(tx.connection()).await.expect("rows");
    assert_eq!(back, whole);
    assert!(activities::restore(&mut tx, trash_id).await.is_err(), "once");
    activities::delete(&mut tx, id, trash_id, now).await.expect("deleted");
    tx.commit().await.expect("committed");
    let run_jobs = async |platform: &Platform| {
        platform::testing::run_jobs(platform).await.expect("jobs run");
        let mut tx = platform.database.begin_as(kim).await.expect("transaction");
        sqlx::query_scalar::<_, i64>("select count(*) from trashed_activities").fetch_one(tx.connection()).await.expect("count")
    };
    platform.clock = Clock::manual(now + chrono::TimeDelta::days(TRASH_RETENTION_DAYS) - chrono::TimeDelta::seconds(1));
    assert_eq!(run_jobs(&platform).await, 1, "not yet, and rescheduled");
    platform.clock = Clock::manual(now + chrono::TimeDelta::days(TRASH_RETENTION_DAYS));
    assert_eq!(run_jobs(&platform).await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_note_that_was_taken_back_leaves_the_log_after_thirty_days_and_every_edit_after_a_year(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect).with(FEATURES).with_queue().await;
    let kim = athlete(&platform).await;
    for (day, fields) in [
        ("2026-01-05", &[("sleep_hours", "7"), ("note", "a secret")][..]),
        ("2026-01-05", &[("sleep_hours", "8"), ("note", "")]),
        ("2026-01-06", &[("sleep_hours", "7"), ("note", "kept")]),
    ] {
        let (now, changes) = (platform.clock.now(), typed(fields));
        let mut tx = platform.database.begin_as(kim).await.expect("transaction");
        journal::save(&mut tx, day.parse().expect("day"), &changes, now.date_naive(), now).await.expect("saved");
        tx.commit().await.expect("committed");
    }
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    let start: chrono::DateTime<chrono::Utc> = sqlx::query_scalar("select max(at) from change_log").fetch_one(tx.connection()).await.expect("log");
    drop(tx);
    let mut logged = async |days: i64| {
        platform.clock = Clock::manual(start + chrono::TimeDelta::days(days));
        PurgeExpired {}.run(&platform).await.expect("purged");
        let mut tx = platform.database.begin_as(kim).await.expect("transaction");
        let rows: Vec<String> = sqlx::query_scalar("select concat(before, after) from change_log").fetch_all(tx.connection()).await.expect("log");
        (rows.len(), rows.concat().contains("a secret"), rows.concat().contains("kept"))
    };
    assert_eq!(logged(29).await, (6, true, true));
    assert_eq!(logged(31).await, (4, false, true), "the other edits stay");
    assert_eq!(logged(367).await, (0, false, false));
    platform::testing::run_jobs(&platform).await.expect("jobs run");
}
