use accounts::testing::athlete;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::activities::ManualActivity;
use domain::list::PageRequest;
use domain::nutrition::{Choice, EntryFields, NewFavourite, Nutrient, Relation};
use domain::{Problem, ProblemKind};
use platform::feature::archive::Contents;
use platform::feature::daily::DayValues;
use platform::testing::TestApp;
use platform::{Error, Tx};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use super::*;

/// 21 September 2026, 16:13 in Berlin.
const NOW: i64 = 1_790_000_000;

pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(NOW, 0).expect("a moment")
}

pub(crate) fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 9, 21).expect("a date")
}

fn yesterday() -> NaiveDate {
    today() - TimeDelta::days(1)
}

pub(crate) fn fields(typed: &[(&str, &str)]) -> EntryFields {
    EntryFields::parse(|name| typed.iter().find(|(field, _)| *field == name).map(|(_, text)| *text)).expect("valid")
}

pub(crate) struct Kim {
    pub(crate) app: TestApp,
    pub(crate) id: Uuid,
}

impl Kim {
    pub(crate) async fn new(connect: PgConnectOptions) -> Self {
        let app = TestApp::new(connect);
        let id = athlete(&app, "kim@example.org").await;
        Self { app, id }
    }

    pub(crate) async fn tx(&self) -> Tx {
        self.app.database.begin_as(self.id).await.expect("transaction")
    }

    pub(crate) async fn do_it<T>(&self, act: impl AsyncFnOnce(&mut Tx) -> Result<T, Error>) -> Result<T, Problem> {
        self.app.database.transact(self.id, act).await.map_err(Error::into_problem)
    }

    pub(crate) async fn add(&self, typed: &[(&str, &str)]) -> Uuid {
        let id = self.app.ids.uuid(now());
        self.do_it(async |tx| service::add(tx, id, fields(typed), now()).await).await.expect("added");
        id
    }

    /// A run that begins at this time on the athlete's clock.
    pub(crate) async fn run(&self, day: NaiveDate, hour: u32, minute: u32, minutes: f64) -> Uuid {
        let id = self.app.ids.uuid(now());
        let manual = ManualActivity {
            title: "Lake".into(),
            sport: "running".into(),
            kind: None,
            local_start: day.and_hms_opt(hour, minute, 0).expect("a time"),
            elapsed_s: minutes * 60.0,
            distance_m: Some(16_000.0),
            avg_hr_bpm: None,
            elevation_gain_m: None,
            description: String::new(),
        };
        let checked = manual.checked(today()).expect("valid");
        self.do_it(async |tx| activities::add_manual(tx, id, &checked, now()).await).await.expect("a run");
        id
    }

    pub(crate) async fn entry(&self, id: Uuid) -> domain::nutrition::Entry {
        entry(&mut self.tx().await, id).await.expect("an entry")
    }

    async fn values(&self) -> Vec<DayValues> {
        (FEATURE.daily.values)(&mut self.tx().await).await.expect("values")
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_quick_text_is_an_entry_with_time_and_numbers(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    let id = kim.add(&[("text", "two bananas, 60 g oats at 8")]).await;
    let entry = kim.entry(id).await;
    assert_eq!((entry.day, entry.minute), (today(), 480));
    assert!(entry.content.complete(Nutrient::Carbohydrate).is_some_and(|grams| (93.0..97.0).contains(&grams)), "{entry:?}");
    // The clock says it, the field goes before the text, and on another day a time is needed.
    let at_once = kim.entry(kim.add(&[("text", "coffee")]).await).await;
    assert_eq!((at_once.day, at_once.minute), (today(), 16 * 60 + 13));
    let typed = kim.entry(kim.add(&[("text", "coffee at 8"), ("time", "9:15"), ("day", "2026-09-20"), ("caffeine_mg", "63")]).await).await;
    assert_eq!((typed.day, typed.minute, typed.content.complete(Nutrient::Caffeine)), (yesterday(), 555, Some(63.0)));
    let refused =
        async |typed: &[(&str, &str)]| kim.do_it(async |tx| service::add(tx, Uuid::nil(), fields(typed), now()).await).await.expect_err("refused");
    let problem = refused(&[("text", "coffee"), ("day", "2026-09-20")]).await;
    assert!(problem.fields.get("time").is_some_and(|sentence| sentence.contains("8:00")), "{problem:?}");
    let problem = refused(&[("text", "coffee"), ("day", "2026-09-22"), ("time", "8")]).await;
    assert_eq!(problem.fields.get("day"), Some("That day has not happened yet."));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_typed_stays_and_the_rest_follows_the_text(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    let id = kim.add(&[("text", "banana"), ("protein_g", "20"), ("own", "iron 5 mg"), ("time", "8:00")]).await;
    kim.do_it(async |tx| service::edit(tx, id, fields(&[("text", "two bananas"), ("protein_g", "20")]), now()).await).await.expect("edited");
    let entry = kim.entry(id).await;
    assert_eq!((entry.minute, entry.content.complete(Nutrient::Protein), entry.content.own.len()), (480, Some(20.0), 0));
    assert!(entry.content.complete(Nutrient::Carbohydrate).is_some_and(|grams| grams > 50.0));
    let part = kim.entry(kim.add(&[("text", "banana, leftover curry")]).await).await;
    assert!(part.content.at_least.contains(&Nutrient::Carbohydrate) && part.content.line().starts_with("at least "), "{part:?}");
    let edits: i64 = sqlx::query_scalar("select count(*) from change_log where table_name = 'nutrition_entries'")
        .fetch_one(kim.tx().await.connection())
        .await
        .expect("counted");
    assert_eq!(edits, 3);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_entry_belongs_to_the_run_near_it_and_to_none_once_that_is_gone(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    // Breakfast is written down before there is a run.
    let breakfast = kim.add(&[("text", "porridge"), ("carbohydrate_g", "92"), ("time", "6:33")]).await;
    assert_eq!(kim.entry(breakfast).await.link, None);
    let run = kim.run(today(), 8, 4, 80.0).await;
    let link = kim.entry(breakfast).await.link.expect("a link");
    assert_eq!((link.activity, link.relation, link.minutes, link.chosen), (run, Relation::Before, 91, false));
    let gel = kim.add(&[("text", "gel"), ("carbohydrate_g", "25"), ("time", "8:00"), ("link", &format!("during:{run}"))]).await;
    assert_eq!(kim.entry(gel).await.link.map(|link| (link.relation, link.chosen)), Some((Relation::During, true)));
    let off = kim.add(&[("text", "water"), ("time", "8:30"), ("link", "off")]).await;
    assert_eq!(kim.entry(off).await.link, None);
    let day = page::day(&mut kim.tx().await, today(), today()).await.expect("a day");
    assert_eq!((day.entries.len(), day.runs.len()), (3, 1));
    assert_eq!((day.runs[0].before_g, day.runs[0].per_hour_g, day.runs[0].after_g), (Some(92.0), Some(18.75), None));
    assert_eq!(day.chip(&day.entries[0]).as_deref(), Some("Before Lake, 91\u{a0}min"));
    // One that is far away, or another athlete's, is no choice.
    let far = kim.run(today() - TimeDelta::days(5), 8, 0, 40.0).await;
    for activity in [far, Uuid::from_u128(7)] {
        let far = fields(&[("text", "gel"), ("link", &format!("before:{activity}"))]);
        let problem = kim.do_it(async |tx| service::add(tx, Uuid::from_u128(9), far, now()).await).await.expect_err("refused");
        assert!(problem.fields.get("link").is_some(), "{problem:?}");
    }
    // A deleted run leaves the entry, and that is no edit of it.
    let edits = "select count(*) from change_log where table_name = 'nutrition_entries'";
    let before: i64 = sqlx::query_scalar(edits).fetch_one(kim.tx().await.connection()).await.expect("counted");
    kim.do_it(async |tx| activities::delete(tx, run, Uuid::from_u128(11), now()).await).await.expect("deleted");
    let entry = kim.entry(gel).await;
    assert_eq!((entry.link, entry.choice), (None, Choice::ByTime));
    let after: i64 = sqlx::query_scalar(edits).fetch_one(kim.tx().await.connection()).await.expect("counted");
    assert_eq!(before, after);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_line_is_there_on_days_with_training_until_it_is_dismissed(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    let asks = async || {
        let of_page = page::day(&mut kim.tx().await, today(), today()).await.expect("a day").asks;
        assert_eq!(page::asks(&mut kim.tx().await, today()).await.expect("known"), of_page, "home and the page agree");
        of_page
    };
    assert!(!asks().await, "no training");
    kim.run(today(), 8, 0, 40.0).await;
    assert!(asks().await);
    assert!(!page::day(&mut kim.tx().await, yesterday(), today()).await.expect("a day").asks, "only today");
    kim.do_it(async |tx| dismiss(tx, Some(today()), false, now()).await).await.expect("dismissed");
    assert!(!asks().await);
    kim.do_it(async |tx| dismiss(tx, Some(yesterday()), false, now()).await).await.expect("another day");
    assert!(asks().await);
    kim.do_it(async |tx| dismiss(tx, None, true, now()).await).await.expect("never");
    assert!(!asks().await);
    kim.do_it(async |tx| dismiss(tx, None, false, now()).await).await.expect("asked for");
    assert!(asks().await);
    kim.add(&[("text", "banana"), ("time", "7:00"), ("day", "2026-09-20")]).await;
    assert!(asks().await, "that was yesterday");
    let gel = kim.add(&[("text", "gel"), ("time", "15:00")]).await;
    assert!(!asks().await, "whoever logs something is not asked");
    kim.do_it(async |tx| delete(tx, gel).await).await.expect("deleted");
    assert!(asks().await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn favourites_are_used_kept_apart_by_name_and_forgotten(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    let make = async |id: u128, name: &str, text: &str| {
        let typed = [("name", name), ("text", text), ("carbohydrate_g", "92"), ("own", "iron 2 mg")];
        let new = NewFavourite::parse(|field| typed.iter().find(|(name, _)| *name == field).map(|(_, text)| *text)).expect("valid");
        kim.do_it(async |tx| add_favourite(tx, Uuid::from_u128(id), new, now()).await).await
    };
    make(1, "The usual", "porridge, honey").await.expect("made");
    make(2, "Gel", "gel").await.expect("made");
    assert_eq!(make(3, "the USUAL", "toast").await.expect_err("refused").fields.get("name"), Some("Another favourite has that name."));
    let id = kim.app.ids.uuid(now());
    let nothing = EntryFields { text: String::new(), ..fields(&[("text", "x"), ("time", "6:30")]) };
    kim.do_it(async |tx| add_favourite_entry(tx, id, Uuid::from_u128(1), nothing, now()).await).await.expect("used");
    let entry = kim.entry(id).await;
    assert_eq!((entry.text.as_str(), entry.content.complete(Nutrient::Carbohydrate), entry.content.own.len()), ("porridge, honey", Some(92.0), 1));
    let names = async || favourites(&mut kim.tx().await).await.expect("a list").into_iter().map(|favourite| favourite.name).collect::<Vec<_>>();
    assert_eq!(names().await, ["The usual", "Gel"]);
    kim.do_it(async |tx| delete_favourite(tx, Uuid::from_u128(1)).await).await.expect("deleted");
    assert_eq!(names().await, ["Gel"]);
    assert_eq!(kim.entry(id).await.text, "porridge, honey", "what was eaten stays");
    let gone = kim.do_it(async |tx| delete_favourite(tx, Uuid::from_u128(1)).await).await.expect_err("gone");
    assert_eq!(gone.kind, ProblemKind::NotFound);
}

#[sqlx::test(migrations = "../../migrations")]
async fn discovery_reads_what_is_known_and_is_told_of_changes(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    let fingerprint = async || (FEATURE.daily.fingerprint)(&mut kim.tx().await).await.expect("a fingerprint");
    assert_eq!((fingerprint().await, kim.values().await), (None, Vec::new()));
    kim.run(yesterday(), 8, 4, 80.0).await;
    assert_eq!(kim.values().await, Vec::new(), "a run alone says nothing of food");
    let day = ("day", "2026-09-20");
    kim.add(&[("text", "porridge"), ("carbohydrate_g", "92"), ("time", "6:33"), day]).await;
    let first = fingerprint().await;
    assert!(first.as_ref().is_some_and(|text| !text.contains(' ')), "{first:?}");
    for time in ["8:31", "8:57"] {
        kim.add(&[("text", "gel"), ("carbohydrate_g", "25"), ("time", time), day]).await;
    }
    assert_ne!(fingerprint().await, first);
    let values = kim.values().await;
    assert_eq!((values.len(), values[0].0, values[0].1[0], values[0].1[1]), (1, yesterday(), Some(92.0), Some(37.5)));
    assert_eq!(values[0].1.len(), (FEATURE.daily.inputs)().len());
    let known = async |day| known_days(&mut kim.tx().await, day).await.expect("known");
    assert_eq!(known(today()).await[0], ("Carbohydrate before".to_owned(), 1));
    // The page looks back as far as it says, and no further.
    let last = yesterday() + TimeDelta::days(domain::nutrition::KNOWN_DAYS - 1);
    assert_eq!(known(last).await[..2], [("Carbohydrate before".to_owned(), 1), ("Carbohydrate per hour".to_owned(), 1)]);
    assert!(known(last + TimeDelta::days(1)).await.iter().all(|(_, days)| *days == 0));
    let events: i64 = sqlx::query_scalar("select count(*) from events where name = 'nutrition.changed'")
        .fetch_one(&mut kim.app.owner().await)
        .await
        .expect("counted");
    assert!(events > 0, "discovery is told");
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_list_has_pages_and_shows_nobody_else_s(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    let alex = athlete(&kim.app, "alex@example.org").await;
    for n in 0..120 {
        let day = (today() - TimeDelta::days(n / 50)).to_string();
        kim.add(&[("text", "gel"), ("day", &day), ("time", &format!("{}:{:02}", n % 12, n % 60))]).await;
    }
    let mut tx = kim.tx().await;
    let first = page::page(&mut tx, &PageRequest::first()).await.expect("a page");
    assert_eq!(first.items.len(), 100);
    let second = page::page(&mut tx, &PageRequest::parse(first.next.as_ref().map(domain::list::Cursor::as_str))).await.expect("a page");
    assert_eq!((second.items.len(), second.next.is_none()), (20, true));
    assert!(first.items.iter().chain(&second.items).is_sorted_by(|(a, _), (b, _)| a >= b));
    let id = first.items[0].1.id;
    drop(tx);
    let mut theirs = kim.app.database.begin_as(alex).await.expect("transaction");
    assert!(page::page(&mut theirs, &PageRequest::first()).await.expect("a page").items.is_empty());
    assert_eq!(entry(&mut theirs, id).await.expect_err("not theirs").into_problem().kind, ProblemKind::NotFound);
    assert_eq!(delete(&mut theirs, id).await.expect_err("not theirs").into_problem().kind, ProblemKind::NotFound);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_day_has_room_for_a_hundred_entries(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    for _ in 0..service::MOST_OF_DAY {
        kim.add(&[("text", "gel")]).await;
    }
    let problem = kim.do_it(async |tx| service::add(tx, Uuid::from_u128(1), fields(&[("text", "gel")]), now()).await).await.expect_err("full");
    assert_eq!(problem.kind, ProblemKind::Conflict);
    let contents = (FEATURE.archive.contents)(&mut kim.tx().await).await.expect("contents");
    assert_eq!(contents, Contents::Training);
    (FEATURE.archive.check)(&mut kim.tx().await, Contents::Nothing).await.expect("as an archive could have it");
}

/// What no form writes is refused by the tables, so that no archive brings it.
#[sqlx::test(migrations = "../../migrations")]
async fn rows_that_nobody_could_write_are_refused(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    let id = kim.add(&[("text", "gel"), ("carbohydrate_g", "25")]).await;
    for forged in [
        "carbohydrate_g = -1",
        "carbohydrate_g = 'NaN'",
        "energy_kcal = 1e9",
        "text = ''",
        "text = repeat('x', 501)",
        "minute = 1440",
        "day = '1899-01-01'",
        "day = day + 3",
        "at = 'infinity'",
        "at_least = '{salt_g}'",
        "typed = array_fill('fat_g'::text, array[10])",
        "own = '{}'",
        "own = '[{\"name\": \"\", \"amount\": 1, \"unit\": \"\"}]'",
        "own = '[{\"name\": \"iron\", \"amount\": -1, \"unit\": \"mg\"}]'",
        "own = '[{\"name\": \"iron\", \"amount\": \"1\", \"unit\": \"mg\"}]'",
        "relation = 'beside'",
    ] {
        let sql = format!("update nutrition_entries set {forged} where id = $1");
        let done = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).execute(kim.tx().await.connection()).await;
        let code = done.expect_err(forged).into_database_error().and_then(|error| error.code().map(std::borrow::Cow::into_owned));
        assert!(code.as_deref().is_some_and(|code| code.starts_with("22") || code.starts_with("23")), "{forged}: {code:?}");
    }
    // What refers to nothing of the athlete's refers to nothing.
    let sql = "update nutrition_entries set activity_id = $2, relation = 'before', favourite_id = $2 where id = $1";
    let mut tx = kim.tx().await;
    sqlx::query(sql).bind(id).bind(Uuid::from_u128(7)).execute(tx.connection()).await.expect("updated");
    let kept: (Option<Uuid>, Option<Uuid>) = sqlx::query_as("select activity_id, favourite_id from nutrition_entries where id = $1")
        .bind(id)
        .fetch_one(tx.connection())
        .await
        .expect("a row");
    assert_eq!(kept, (None, None));
}
