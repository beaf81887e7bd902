use accounts::testing::athlete;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::activities::ManualActivity;
use domain::list::PageRequest;
use domain::plan::{Choice, CopyFields, PlanFields, Planned};
use domain::units::Units;
use domain::{Problem, ProblemKind};
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

pub(crate) fn day(from_today: i64) -> NaiveDate {
    today() + TimeDelta::days(from_today)
}

pub(crate) fn fields(from_today: i64, typed: &[(&str, &str)]) -> PlanFields {
    let day = day(from_today).to_string();
    let typed = |name: &str| if name == "day" { Some(day.as_str()) } else { typed.iter().find(|(field, _)| *field == name).map(|(_, text)| *text) };
    PlanFields::parse(|name| typed(name).or_else(|| (name == "kind").then_some("run"))).expect("valid")
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

    pub(crate) async fn plan(&self, from_today: i64, typed: &[(&str, &str)]) -> Uuid {
        let id = self.app.ids.uuid(now());
        self.do_it(async |tx| add(tx, id, fields(from_today, typed), today(), now()).await).await.expect("planned");
        id
    }

    /// A run of this many kilometres at 5:30 with 150 beats per minute.
    pub(crate) async fn run(&self, from_today: i64, km: f64) -> Uuid {
        let id = self.app.ids.uuid(now());
        let manual = ManualActivity {
            title: "Lake".into(),
            sport: "running".into(),
            kind: None,
            local_start: day(from_today).and_hms_opt(8, 0, 0).expect("a time"),
            elapsed_s: km * 330.0,
            distance_m: Some(km * 1000.0),
            avg_hr_bpm: Some(150.0),
            elevation_gain_m: None,
            description: String::new(),
        };
        let checked = manual.checked(today()).expect("valid");
        self.do_it(async |tx| activities::add_manual(tx, id, &checked, now()).await).await.expect("a run");
        id
    }

    pub(crate) async fn all(&self) -> Vec<Planned> {
        planned(&mut self.tx().await, day(-400), day(400), today()).await.expect("a plan")
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_session_is_planned_changed_moved_and_deleted(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    let id = kim.plan(1, &[("words", "tempo"), ("target", "distance"), ("amount", "8"), ("steps", "2km easy; 4 x (1km 4:35/km, 90s jog)")]).await;
    assert_eq!(kim.all().await[0].name(Units::default()), "8\u{a0}km tempo");
    kim.do_it(async |tx| edit(tx, id, fields(1, &[("words", "long")]), today(), now()).await).await.expect("changed");
    assert_eq!(kim.do_it(async |tx| move_to(tx, id, day(3), today(), now()).await).await, Ok(day(1)));
    let all = kim.all().await;
    assert_eq!((all.len(), all[0].session.day, all[0].session.words.as_str(), all[0].session.steps.is_empty()), (1, day(3), "long", true));
    let too_far = kim.do_it(async |tx| move_to(tx, id, day(1000), today(), now()).await).await.expect_err("refused");
    assert!(too_far.fields.get("day").is_some(), "{too_far:?}");
    assert_eq!(kim.do_it(async |tx| delete(tx, id).await).await, Ok(day(3)));
    let gone = kim.do_it(async |tx| delete(tx, id).await).await.expect_err("gone");
    assert_eq!((gone.kind, kim.all().await.len()), (ProblemKind::NotFound, 0));
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_sees_or_changes_the_plan_of_another(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    let (id, run) = (kim.plan(-1, &[("words", "tempo")]).await, kim.run(-1, 8.0).await);
    let alex = Kim { id: athlete(&kim.app, "alex@example.org").await, app: kim.app };
    assert_eq!(alex.all().await, []);
    for refused in [
        alex.do_it(async |tx| edit(tx, id, fields(1, &[]), today(), now()).await).await,
        alex.do_it(async |tx| move_to(tx, id, day(3), today(), now()).await.map(drop)).await,
        alex.do_it(async |tx| match_to(tx, id, Choice::Off, now()).await.map(drop)).await,
        alex.do_it(async |tx| delete(tx, id).await.map(drop)).await,
        alex.do_it(async |tx| session_view(tx, Some(id), today()).await.map(drop)).await,
    ] {
        assert_eq!(refused.map_err(|problem| problem.kind), Err(ProblemKind::NotFound));
    }
    // Nor is somebody else's run theirs, whatever a request says or an archive has.
    let own = alex.plan(-1, &[]).await;
    assert!(alex.do_it(async |tx| match_to(tx, own, Choice::Chosen(run), now()).await).await.is_err());
    let mut tx = alex.tx().await;
    sqlx::query("update planned_sessions set matched_activity_id = $1").bind(run).execute(tx.connection()).await.expect("updated");
    let matched: Option<Uuid> =
        sqlx::query_scalar("select matched_activity_id from planned_sessions").fetch_one(tx.connection()).await.expect("a row");
    assert_eq!(matched, None);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_session_becomes_what_was_done_unless_the_athlete_says_otherwise(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    let session = kim.plan(-2, &[("target", "distance"), ("amount", "10")]).await;
    let (short, near, other_day) = (kim.run(-2, 3.0).await, kim.run(-2, 9.0).await, kim.run(-1, 10.0).await);
    let activity = async || kim.all().await[0].activity;
    assert_eq!(activity().await, Some(near));
    for (choice, expected) in
        [(Choice::Off, None), (Choice::Chosen(other_day), Some(other_day)), (Choice::Chosen(short), Some(short)), (Choice::ByShape, Some(near))]
    {
        assert_eq!(kim.do_it(async |tx| match_to(tx, session, choice, now()).await).await, Ok(day(-2)));
        assert_eq!(activity().await, expected, "{choice:?}");
    }
    let far = kim.run(-6, 10.0).await;
    let refused = kim.do_it(async |tx| match_to(tx, session, Choice::Chosen(far), now()).await).await.expect_err("refused");
    assert!(refused.fields.get("activity").is_some());
    // An activity that is deleted is none any more, and the session is there.
    kim.do_it(async |tx| match_to(tx, session, Choice::Chosen(other_day), now()).await).await.expect("chosen");
    kim.do_it(async |tx| activities::delete(tx, other_day, Uuid::from_u128(9), now()).await).await.expect("deleted");
    assert_eq!(activity().await, Some(near));
    let view = session_view(&mut kim.tx().await, Some(session), today()).await.expect("a view");
    assert_eq!(view.candidates.len(), 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_day_and_a_plan_are_bounded(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    for _ in 0..service::MOST_OF_DAY {
        kim.plan(1, &[]).await;
    }
    let other = kim.plan(2, &[]).await;
    let full = [
        kim.do_it(async |tx| add(tx, Uuid::from_u128(1), fields(1, &[]), today(), now()).await).await,
        kim.do_it(async |tx| move_to(tx, other, day(1), today(), now()).await.map(drop)).await,
        kim.do_it(async |tx| edit(tx, other, fields(1, &[]), today(), now()).await).await,
    ];
    assert!(full.iter().all(|refused| refused.as_ref().is_err_and(|problem| problem.kind == ProblemKind::Conflict)), "{full:?}");
    let mut tx = kim.tx().await;
    let page = page::page(&mut tx, &PageRequest::first(), today()).await.expect("a page");
    assert_eq!((page.items.len(), page.items[0].session.id, page.next.is_none()), (11, other, true));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_week_is_copied_with_what_was_done_without_a_plan(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    // Today is a Monday.
    kim.plan(-7, &[("target", "distance"), ("amount", "10")]).await;
    kim.plan(-5, &[("words", "tempo"), ("steps", "4 x (1km, 90s jog)")]).await;
    kim.run(-7, 9.94).await;
    kim.run(-4, 6.04).await;
    let again = async |from: i64, to: i64, done: bool| {
        let fields = CopyFields { from: day(from), to: day(to), done };
        kim.do_it(async |tx| copy::copy_week(tx, fields, || kim.app.ids.uuid(now()), today(), now()).await).await
    };
    let first = again(-7, 7, true).await.expect("copied");
    assert_eq!(first.sessions, 3);
    let made: Vec<(NaiveDate, String)> =
        kim.all().await.iter().filter(|one| one.session.day >= day(7)).map(|one| (one.session.day, one.name(Units::default()))).collect();
    assert_eq!(made, [(day(7), "10\u{a0}km run".to_owned()), (day(9), "Run tempo".to_owned()), (day(10), "6\u{a0}km run".to_owned())]);
    assert_eq!(again(-7, 14, false).await.expect("copied").sessions, 2);
    let nothing = again(21, 28, true).await.expect_err("refused");
    assert_eq!(nothing.fields.get("from"), Some("That week has nothing to copy."));
    assert!(again(-7, 1400, false).await.is_err_and(|problem| problem.fields.get("to").is_some()));
    // What was changed since stays, and what another copy made, and what stood there before.
    assert_eq!(copy::copied(&mut kim.tx().await, first.id).await.expect("asked"), 3);
    let moved = kim.all().await.into_iter().find(|one| one.session.day == day(9)).expect("the tempo").session.id;
    kim.do_it(async |tx| move_to(tx, moved, day(8), today(), now()).await).await.expect("moved");
    assert_eq!(copy::copied(&mut kim.tx().await, first.id).await.expect("asked"), 2);
    for _ in 0..2 {
        kim.do_it(async |tx| copy::undo_copy(tx, first.id).await).await.expect("undone");
        let left: Vec<i64> = kim.all().await.iter().map(|one| (one.session.day - today()).num_days()).collect();
        assert_eq!(left, [-7, -5, 8, 14, 16]);
    }
    assert_eq!(copy::copied(&mut kim.tx().await, first.id).await.expect("asked"), 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn days_ahead_have_the_loads_that_are_planned(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    kim.plan(2, &[("target", "distance"), ("amount", "10")]).await;
    kim.plan(3, &[("target", "load"), ("amount", "75")]).await;
    let loads_of = async || loads(&mut kim.tx().await, day(-10), day(42), today(), None).await.expect("loads");
    assert_eq!(loads_of().await, [(day(3), 75.0)], "nothing is usual yet");
    for (back, km) in [(3, 10.0), (5, 8.0), (9, 12.0)] {
        kim.run(-back, km).await;
    }
    let (done, mut tx) = (kim.tx().await, kim.tx().await);
    drop(done);
    let sums = activities::sums_by_kind(&mut tx, day(-84), today()).await.expect("sums");
    let per_hour = sums[0].load / sums[0].loaded_s * 3600.0;
    assert!(sums[0].loaded == 3 && per_hour > 20.0, "{sums:?}");
    let ahead = loads_of().await;
    assert_eq!(ahead.iter().map(|(day, _)| *day).collect::<Vec<_>>(), [day(2), day(3)]);
    assert!((ahead[0].1 - per_hour * 3300.0 / 3600.0).abs() < 1e-6, "{ahead:?}");
    // What was done today counts as done.
    kim.plan(0, &[("target", "distance"), ("amount", "5")]).await;
    assert_eq!(loads_of().await.len(), 3);
    kim.run(0, 5.0).await;
    assert_eq!(loads_of().await.len(), 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_secret_address_opens_the_plan_until_there_is_another_one(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    kim.plan(1, &[("words", "tempo; hills"), ("target", "distance"), ("amount", "8")]).await;
    let mut tx = kim.tx().await;
    sqlx::query(
        "insert into goals (id, athlete_id, kind, name, day, distance_m, created_at) values ($1, viewer(), 'race', 'Riverside', $2, 10000, now())",
    )
    .bind(Uuid::from_u128(77))
    .bind(day(20))
    .execute(tx.connection())
    .await
    .expect("a race");
    tx.commit().await.expect("committed");
    let create = async || kim.do_it(async |tx| feed::create(&kim.app, tx, now()).await).await.expect("a secret");
    let open = async |secret: &str| feed::calendar(&kim.app, &format!("{secret}.ics")).await.map_err(|error| error.into_problem().kind);
    assert_eq!(has_feed(&mut kim.tx().await).await.expect("asked"), None);
    let first = create().await;
    let text = open(&first).await.expect("a calendar");
    assert!(text.contains("SUMMARY:8 km tempo\\; hills\r\n") && text.contains("DTSTART;VALUE=DATE:20260922\r\n"), "{text}");
    assert!(text.contains("SUMMARY:Race: Riverside\r\nDESCRIPTION:10.00 km\r\n"), "{text}");
    let second = create().await;
    assert_eq!(open(&first).await, Err(ProblemKind::NotFound));
    assert!(open(&second).await.is_ok() && has_feed(&mut kim.tx().await).await.expect("asked").is_some());
    assert_eq!(open("").await, Err(ProblemKind::NotFound));
    assert_eq!(open(&"é".repeat(32)).await, Err(ProblemKind::NotFound));
    // The secret itself is nowhere.
    let stored: i64 = sqlx::query_scalar("select count(*) from calendar_feeds f where f::text like '%' || $1 || '%'")
        .bind(&second)
        .fetch_one(kim.tx().await.connection())
        .await
        .expect("count");
    assert_eq!(stored, 0);
    kim.do_it(async |tx| feed::revoke(tx).await).await.expect("revoked");
    assert_eq!(open(&second).await, Err(ProblemKind::NotFound));
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_activity_is_of_one_session_whichever_are_read(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    let monday = kim.plan(-2, &[("target", "distance"), ("amount", "10")]).await;
    let tuesday = kim.plan(-1, &[("target", "distance"), ("amount", "10")]).await;
    let run = kim.run(-2, 10.0).await;
    let of = async |id| session_view(&mut kim.tx().await, Some(id), today()).await.expect("a view").planned.expect("a session").activity;
    assert_eq!((of(monday).await, of(tuesday).await), (Some(run), None));
    kim.do_it(async |tx| match_to(tx, tuesday, Choice::Chosen(run), now()).await).await.expect("chosen");
    assert_eq!((of(monday).await, of(tuesday).await), (None, Some(run)), "Monday alone is read, and the run is Tuesday’s");
    let twice = kim.do_it(async |tx| match_to(tx, monday, Choice::Chosen(run), now()).await).await.expect_err("refused");
    assert!(twice.fields.get("activity").is_some_and(|sentence| sentence.contains("Another session")), "{twice:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_next_session_is_the_first_that_is_not_done(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    let next_day = async || next(&mut kim.tx().await, today()).await.expect("read").map(|one| one.session.day);
    assert_eq!(next_day().await, None);
    for ahead in [-3, 0, 200] {
        kim.plan(ahead, &[("target", "distance"), ("amount", "8")]).await;
    }
    assert_eq!(next_day().await, Some(day(0)));
    kim.run(0, 8.0).await;
    assert_eq!(next_day().await, Some(day(200)), "however far ahead it is");
}
