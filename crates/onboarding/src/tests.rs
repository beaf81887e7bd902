use accounts::testing::athlete;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::activities::{DatedThresholds, Thresholds};
use domain::measures::{Answer, keys};
use domain::onboarding::{Availability, Body, Food, Goals, LongRun, MOST_RACES, Questions, Race, Stage, Step};
use domain::{Problem, ProblemKind};
use platform::feature::Features;
use platform::feature::archive::Contents;
use platform::testing::TestApp;
use platform::{Error, Tx};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use super::*;
use crate::{answers, progress, said};

/// 21 September 2026, 16:13 in Berlin.
pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a moment")
}

pub(crate) fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 9, 21).expect("a date")
}

const FEATURES: Features = Features(&[&FEATURE]);

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

    pub(crate) async fn save(&self, goals: &Goals) -> Result<(), Problem> {
        let shown: Vec<Uuid> = self.goals().await.races.iter().take(MOST_RACES).filter_map(|race| race.id).collect();
        self.save_shown(goals, &shown).await
    }

    /// What a form stores that had these races in it.
    async fn save_shown(&self, goals: &Goals, shown: &[Uuid]) -> Result<(), Problem> {
        let goals = goals.clone();
        self.do_it(async |tx| said::save_goals(tx, &self.app.ids, (goals, shown), today(), now()).await).await
    }

    async fn goals(&self) -> Goals {
        goals(&mut self.tx().await).await.expect("goals")
    }

    async fn thresholds(&self) -> Vec<DatedThresholds> {
        activities::thresholds(&mut self.tx().await).await.expect("thresholds")
    }
}

pub(crate) fn race(name: &str, days: i64) -> Race {
    Race { id: None, name: name.into(), day: today() + TimeDelta::days(days), distance_m: 21_097.5 }
}

#[sqlx::test(migrations = "../../migrations")]
async fn goals_are_kept_changed_and_taken_away(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    assert!(kim.goals().await.is_empty());
    let first = Goals { races: vec![race("Riverside Half", 76), race("Lake 50", 200)], knowing: true, healthier: false };
    kim.save(&first).await.expect("saved");
    let stored = kim.goals().await;
    assert_eq!(stored.words().as_deref(), Some("Riverside Half, Lake 50, knowing"));
    // The same once more changes nothing, and a race that moves keeps its id.
    kim.save(&stored).await.expect("saved");
    assert_eq!(kim.goals().await, stored);
    let mut moved = stored.clone();
    moved.races[0].day += TimeDelta::days(7);
    moved.races.pop();
    (moved.knowing, moved.healthier) = (false, true);
    kim.save(&moved).await.expect("saved");
    assert_eq!(kim.goals().await, moved);
    // Names that change places are still two races.
    let mut two = Goals { races: vec![race("A", 10), race("B", 20)], ..Goals::default() };
    kim.save(&two).await.expect("saved");
    two = kim.goals().await;
    let (a, b) = (two.races[0].clone(), two.races[1].clone());
    (two.races[0].name, two.races[0].day, two.races[1].name, two.races[1].day) = (b.name, b.day, a.name, a.day);
    kim.save(&two).await.expect("swapped");
    assert_eq!(kim.goals().await.races.len(), 2);
    // An id that is not theirs makes no race of the past.
    let past = Goals { races: vec![Race { id: Some(Uuid::from_u128(7)), ..race("x", -1) }], ..Goals::default() };
    assert_eq!(kim.save(&past).await.expect_err("over").kind, ProblemKind::Conflict);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_week_is_kept_and_an_edit_of_it_undone(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    assert_eq!(availability(&mut kim.tx().await).await.expect("none"), None);
    let save = async |slots: &[&str]| {
        let pairs = slots.iter().map(|slot| ("slot", *slot)).chain([("long_run", "sun")]);
        let week = Availability::parse(pairs).expect("valid");
        kim.do_it(async |tx| said::save_availability(tx, &week, now()).await).await.expect("saved");
    };
    save(&["tue_early", "sun_early"]).await;
    save(&["wed_evening"]).await;
    let week = availability(&mut kim.tx().await).await.expect("a week").expect("said");
    assert_eq!((week.slots(), week.long_run), (vec!["wed_evening".to_owned()], Some(LongRun::On(6))));
    let changes = history::list_changes(&mut kim.tx().await, FEATURES, domain::units::Units::default(), &domain::list::PageRequest::first())
        .await
        .expect("changes");
    let latest = &changes.changes.items[0];
    assert!(latest.fields.contains(&("Tuesday".into(), "early".into(), "–".into())), "{latest:?}");
    let id = latest.id;
    kim.do_it(async |tx| history::undo(tx, FEATURES, id).await).await.expect("undone");
    let week = availability(&mut kim.tx().await).await.expect("a week").expect("said");
    assert_eq!(week.slots(), ["tue_early", "sun_early"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_devices_lose_nothing_of_each_other(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    let here = async || progress(&mut kim.tx().await).await.expect("progress");
    assert!(!here().await.begun && here().await.goes_on_at() == Some(Step::Goals));
    let answer = async |step| kim.do_it(async |tx| progress::answer(tx, step, now()).await).await.expect("answered");
    let skip = async |step| kim.do_it(async |tx| progress::skip(tx, step, now()).await).await.expect("skipped");
    assert_eq!(answer(Step::Goals).await, "/welcome/import");
    assert_eq!(skip(Step::Import).await, "/welcome/availability");
    // At the same time, on two devices, each having read what was there before.
    let (mut phone, mut desk) = (kim.tx().await, kim.tx().await);
    progress::answer(&mut phone, Step::Availability, now()).await.expect("answered");
    phone.commit().await.expect("committed");
    progress::answer(&mut desk, Step::Body, now()).await.expect("answered");
    desk.commit().await.expect("committed");
    let progress = here().await;
    assert_eq!((progress.done.len(), progress.goes_on_at()), (3, Some(Step::Thresholds)), "{progress:?}");
    // Answered later, a step is skipped no more; and one that was answered is not skipped any more.
    answer(Step::Import).await;
    skip(Step::Goals).await;
    assert_eq!((here().await.skipped, here().await.done.len()), (vec![], 4));
    kim.do_it(async |tx| progress::end(tx, false, now()).await).await.expect("left");
    assert_eq!(here().await.goes_on_at(), None);
    assert_eq!(answer(Step::Questions).await, "/settings", "from then on a step leads back to where it was opened");
    assert!(!here().await.finished);
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_sees_another_one_s(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    let alex = athlete(&kim.app, "alex@example.org").await;
    kim.save(&Goals { races: vec![race("Riverside Half", 76)], ..Goals::default() }).await.expect("saved");
    kim.do_it(async |tx| progress::answer(tx, Step::Goals, now()).await).await.expect("answered");
    let mut theirs = kim.app.database.begin_as(alex).await.expect("transaction");
    assert!(goals(&mut theirs).await.expect("goals").is_empty() && !progress(&mut theirs).await.expect("progress").begun);
    // Their form may name Kim's race; it becomes one of their own.
    let stolen = kim.goals().await;
    let shown: Vec<Uuid> = stolen.races.iter().filter_map(|race| race.id).collect();
    said::save_goals(&mut theirs, &kim.app.ids, (stolen.clone(), &shown), today(), now()).await.expect("saved");
    theirs.commit().await.expect("committed");
    assert_eq!(kim.goals().await, stolen);
    let mut theirs = kim.app.database.begin_as(alex).await.expect("transaction");
    assert_ne!(goals(&mut theirs).await.expect("goals").races[0].id, stolen.races[0].id);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_body_goes_to_the_day_and_to_the_thresholds(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    let save = async |body: &Body| kim.do_it(async |tx| answers::save_body(tx, body, today(), now()).await).await;
    let all = Body { height_cm: Some(178.0), weight_kg: Some(71.5), birth_year: Some(1988), sex: Some("female".into()) };
    save(&all).await.expect("saved");
    let view = body(&mut kim.tx().await, today()).await.expect("a body");
    assert_eq!((&view.body, view.weight), (&all, Some((today(), 71.5))));
    let typed = journal::values(&mut kim.tx().await, today()).await.expect("values");
    assert_eq!(typed.len(), 2);
    assert!(typed.iter().all(|value| value.source == domain::measures::Source::Typed));
    let dated = kim.thresholds().await;
    assert_eq!(
        (dated.len(), dated[0].valid_from, dated[0].values.birth_year, dated[0].values.sex.as_deref()),
        (1, today(), Some(1988), Some("female"))
    );
    // The next day the form is empty of what belongs to a day, and sending it so takes nothing away.
    let tomorrow = today() + TimeDelta::days(1);
    let later = body(&mut kim.tx().await, tomorrow).await.expect("a body");
    assert_eq!((later.body.weight_kg, later.body.birth_year, later.weight), (None, Some(1988), Some((today(), 71.5))));
    kim.do_it(async |tx| answers::save_body(tx, &later.body, tomorrow, now()).await).await.expect("saved");
    assert_eq!(kim.thresholds().await.len(), 1);
    // Left out later, it is forgotten, and an entry that says nothing else goes.
    save(&Body { height_cm: Some(178.0), weight_kg: None, ..Body::default() }).await.expect("saved");
    assert_eq!(kim.thresholds().await, []);
    let day = journal::get(&mut kim.tx().await, today()).await.expect("answers");
    assert_eq!((day.number(keys::WEIGHT_KG), day.number(keys::HEIGHT_CM)), (None, Some(178.0)), "today's typed weight was taken back");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_weight_is_of_its_day_and_marks_no_run(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    for (days, weight) in [(40, 74.0), (10, 72.0)] {
        let day = today() - TimeDelta::days(days);
        let changes = [(keys::WEIGHT_KG.to_owned(), Some(Answer::Number(weight)))].into_iter().collect();
        kim.do_it(async |tx| journal::save(tx, day, &changes, today(), now()).await).await.expect("saved");
    }
    let mut tx = kim.tx().await;
    let on = async |tx: &mut Tx, days| {
        journal::number_on(tx, keys::WEIGHT_KG, today() - TimeDelta::days(days)).await.expect("a number").map(|(_, weight)| weight)
    };
    assert_eq!([on(&mut tx, 0).await, on(&mut tx, 10).await, on(&mut tx, 11).await], [Some(72.0), Some(72.0), Some(74.0)]);
    assert_eq!(on(&mut tx, 99).await, Some(74.0), "before the first weighing the first one holds");
    assert_eq!(journal::number_on(&mut tx, keys::HEIGHT_CM, today()).await.expect("none"), None);
}

#[sqlx::test(migrations = "../../migrations")]
async fn confirmed_thresholds_add_to_their_day(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    let confirm = async |values: Thresholds| {
        let dated = DatedThresholds { valid_from: today(), values };
        kim.do_it(async |tx| answers::confirm(tx, dated, now()).await).await
    };
    confirm(Thresholds { threshold_hr: Some(164.0), ..Thresholds::default() }).await.expect("confirmed");
    confirm(Thresholds { hr_max: Some(186.0), ..Thresholds::default() }).await.expect("confirmed");
    let dated = kim.thresholds().await;
    assert_eq!((dated.len(), dated[0].values.threshold_hr, dated[0].values.hr_max), (1, Some(164.0), Some(186.0)));
    let old = Thresholds::on(today() - TimeDelta::days(700), &dated);
    assert_eq!(old.hr_max, Some(186.0), "without an earlier entry it holds for older runs, too");
    let problem = confirm(Thresholds { hr_max: Some(160.0), ..Thresholds::default() }).await.expect_err("below the threshold");
    assert!(problem.fields.get("hr_max").is_some_and(|sentence| sentence.contains("164 and 160")), "{problem:?}");
    let problem = confirm(Thresholds { threshold_hr: Some(190.0), ..Thresholds::default() }).await.expect_err("above the maximum");
    assert!(problem.fields.get("threshold_hr").is_some());
    let stage = stage(&mut kim.tx().await, today()).await.expect("a stage");
    assert_eq!(stage, Stage { goals: None, slots: None, confirmed: 2, asked: 9 });
}

/// An archive may bring more races than the form shows.
#[sqlx::test(migrations = "../../migrations")]
async fn races_that_the_form_does_not_show_stay(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    let named = |n: i64| race(&format!("Race {n}"), n);
    let five = Goals { races: (1..6).map(named).collect(), ..Goals::default() };
    kim.save(&five).await.expect("saved");
    let mut tx = kim.tx().await;
    sqlx::query("insert into goals (id, athlete_id, kind, name, day, distance_m, created_at) values (gen_random_uuid(), viewer(), 'race', 'Race 9', $1, 5000, now())")
        .bind(today() + TimeDelta::days(9))
        .execute(tx.connection())
        .await
        .expect("inserted");
    tx.commit().await.expect("committed");
    // Nothing but the first race is left in the form.
    let first = kim.goals().await.races.into_iter().take(1).collect();
    kim.save(&Goals { races: first, ..Goals::default() }).await.expect("saved");
    let names: Vec<String> = kim.goals().await.races.into_iter().map(|race| race.name).collect();
    assert_eq!(names, ["Race 1", "Race 9"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_old_form_takes_away_no_race_that_another_device_added(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    let one = Goals { races: vec![race("One", 1)], ..Goals::default() };
    kim.save(&one).await.expect("saved");
    let stored = kim.goals().await;
    let shown: Vec<Uuid> = stored.races.iter().filter_map(|race| race.id).collect();
    let both = Goals { races: vec![stored.races[0].clone(), race("Two", 2)], ..Goals::default() };
    kim.save_shown(&both, &shown).await.expect("saved on a desk");
    kim.save_shown(&stored, &shown).await.expect("saved on a phone, which knows of one");
    assert_eq!(kim.goals().await.races.len(), 2);
    kim.save_shown(&Goals::default(), &shown).await.expect("taken away on the phone");
    assert_eq!(kim.goals().await.races.into_iter().map(|race| race.name).collect::<Vec<_>>(), ["Two"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn questions_keep_their_order_and_food_its_switch(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    let save = async |asked: &[&str], food| {
        let questions = Questions { asked: asked.iter().map(|key| (*key).to_owned()).collect(), food };
        kim.do_it(async |tx| answers::save_questions(tx, &questions, now()).await).await
    };
    let asked = async || journal::catalogue(&mut kim.tx().await).await.expect("catalogue").asked;
    save(&["weight_kg", "note", "mood", "sleep_hours", "own_of_nobody"], Some(Food::RunDays)).await.expect("saved");
    assert_eq!(asked().await, ["sleep_hours", "mood", "weight_kg", "note"], "what was asked stays in its order, what is new comes behind it");
    assert_eq!(nutrition::wanted(&mut kim.tx().await).await.expect("said"), Some(true));
    save(&["mood"], Some(Food::No)).await.expect("saved");
    let view = questions(&mut kim.tx().await).await.expect("questions");
    assert_eq!((view.asked.len(), view.food), (1, Some(Food::No)));
    assert!(view.others.iter().all(|measure| measure.key != keys::INJURY_SIDE));
    // Switched on again where the line is.
    kim.do_it(async |tx| nutrition::dismiss(tx, None, false, now()).await).await.expect("asked");
    assert_eq!(questions(&mut kim.tx().await).await.expect("questions").food, Some(Food::RunDays));
    assert_eq!(save(&["own_of_nobody"], None).await.expect_err("nothing left").kind, ProblemKind::Invalid);
}

/// What no form writes is refused by the tables, so that no archive brings it.
#[sqlx::test(migrations = "../../migrations")]
async fn rows_that_nobody_could_write_are_refused(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    kim.save(&Goals { races: vec![race("Half", 10)], ..Goals::default() }).await.expect("saved");
    for forged in [
        "insert into goals (id, athlete_id, kind, created_at) values (gen_random_uuid(), viewer(), 'fame', now())",
        "insert into goals (id, athlete_id, kind, created_at) values (gen_random_uuid(), viewer(), 'race', now())",
        "insert into goals (id, athlete_id, kind, name, created_at) values (gen_random_uuid(), viewer(), 'knowing', 'x', now())",
        "update goals set distance_m = 'NaN'",
        "update goals set name = repeat('x', 81)",
        "update goals set day = '1899-01-01'",
        "insert into availability (athlete_id, slots, created_at) values (viewer(), array['mon_night'], now())",
        "insert into availability (athlete_id, slots, long_run, created_at) values (viewer(), '{}', 'someday', now())",
        "insert into onboarding (athlete_id, done, created_at) values (viewer(), array['done'], now())",
        "insert into onboarding (athlete_id, food, created_at) values (viewer(), 'daily', now())",
    ] {
        let done = sqlx::query(forged).execute(kim.tx().await.connection()).await;
        let code = done.expect_err(forged).into_database_error().and_then(|error| error.code().map(std::borrow::Cow::into_owned));
        assert!(code.as_deref().is_some_and(|code| code.starts_with("22") || code.starts_with("23")), "{forged}: {code:?}");
    }
    let contents = (FEATURE.archive.contents)(&mut kim.tx().await).await.expect("contents");
    assert_eq!(contents, Contents::Settings, "what was said at first keeps no archive out");
    (FEATURE.archive.check)(&mut kim.tx().await, contents).await.expect("as an archive could have it");
}
