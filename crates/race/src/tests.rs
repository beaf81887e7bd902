use accounts::testing::athlete;
use chrono::{DateTime, NaiveDate, Utc};
use domain::activities::ManualActivity;
use domain::race::{Every, MOST_COURSES, Pacing, RaceView, Typed};
use domain::units::Units;
use domain::{Problem, ProblemKind};
use physiology::grade::Model;
use platform::testing::TestApp;
use platform::{Error, Tx};
use proptest::prelude::*;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::archive_tests::FEATURES;
use crate::packed::Point;
use crate::page::{Wanted, course, plan, view};
use crate::{courses, queries};

/// 21 September 2026, 16:13 in Berlin.
pub(crate) const NOW: i64 = 1_790_000_000;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(NOW, 0).expect("a moment")
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 9, 21).expect("a date")
}

/// Up a hill and down again: so many metres in all, with the summit in the middle.
pub(crate) fn gpx(length_m: f64, summit_m: f64) -> Vec<u8> {
    let steps = (length_m / 10.0) as usize;
    let point = |k: usize| {
        let (north, share) = (50.0 + k as f64 * 10.0 / 111_195.08, k as f64 / steps as f64);
        let height = summit_m * (1.0 - (2.0 * share - 1.0).abs());
        format!("<rtept lat=\"{north:.7}\" lon=\"8\"><ele>{height:.2}</ele></rtept>")
    };
    let points: String = (0..=steps).map(point).collect();
    format!("<gpx version=\"1.1\"><rte><name>The hill</name>{points}</rte></gpx>").into_bytes()
}

pub(crate) struct Kim {
    pub(crate) app: TestApp,
    pub(crate) id: Uuid,
}

impl Kim {
    async fn new(connect: PgConnectOptions) -> Self {
        let app = TestApp::new(connect);
        let id = athlete(&app, "kim@example.org").await;
        Self { app, id }
    }

    async fn tx(&self) -> Tx {
        self.app.database.begin_as(self.id).await.expect("transaction")
    }

    pub(crate) async fn keep(&self, bytes: Vec<u8>, name: &str) -> Result<Uuid, Problem> {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(&file, bytes).expect("written");
        courses::keep_file(&self.app, self.id, file.into_temp_path(), name, "hill.gpx").await.map_err(Error::into_problem)
    }

    /// A run of a race's distance, which predictions rest on.
    async fn race(&self, km: f64, seconds: f64) -> Uuid {
        let id = self.app.ids.uuid(now());
        let manual = ManualActivity {
            title: "Lake".into(),
            sport: "running".into(),
            kind: None,
            local_start: today().and_hms_opt(8, 0, 0).expect("a time"),
            elapsed_s: seconds,
            distance_m: Some(km * 1000.0),
            avg_hr_bpm: None,
            elevation_gain_m: None,
            description: String::new(),
        };
        let checked = manual.checked(today()).expect("valid");
        let add = async |tx: &mut Tx| {
            activities::add_manual(tx, id, &checked, now()).await?;
            // What a recording of it would say.
            let effort = "insert into activity_efforts (activity_id, athlete_id, kind, target, distance_m, elapsed_s, start_s)
                            values ($1, viewer(), 'distance', $2, $2, $3, 0)";
            sqlx::query(effort).bind(id).bind(km * 1000.0).bind(seconds).execute(tx.connection()).await?;
            Ok(())
        };
        self.app.database.transact(self.id, add).await.expect("a run");
        id
    }

    pub(crate) async fn ask(&self, fields: &[(&str, &str)]) -> RaceView {
        let of = |name: &str| fields.iter().find(|(field, _)| *field == name).map(|(_, text)| (*text).to_owned()).unwrap_or_default();
        let typed =
            Typed { on: of("on"), far: of("far"), units: None, target: of("target"), pacing: of("pacing"), by: of("by"), activity: of("activity") };
        view(&mut self.tx().await, typed, Units::default(), today()).await.expect("a view")
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_course_is_kept_planned_renamed_and_deleted(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    let id = kim.keep(gpx(10_000.0, 250.0), "").await.expect("kept");
    let on = id.to_string();
    let asked = kim.ask(&[("on", &on), ("target", "50:00"), ("by", "5km")]).await;
    let plan = asked.plan.expect("a plan");
    let course = plan.course.expect("of the course");
    assert_eq!((course.name.as_str(), course.distance_m.round()), ("The hill", 10_000.0));
    assert!(course.climb_m.is_some_and(|climb| (climb - 250.0).abs() < 5.0), "{course:?}");
    let parts: Vec<(u32, u32)> = plan.parts.iter().map(|part| (part.at_m, part.elapsed_s)).collect();
    assert_eq!((parts.len(), parts[1]), (2, (10_000, 3000)));
    // Up takes more than half of the time, and the hill costs something.
    assert!(parts[0].1 > 1620 && plan.parts[0].late_s > 120 && plan.parts[1].late_s == 0, "{:?}", plan.parts);
    assert!(plan.hills_s > 60.0, "{}", plan.hills_s);
    assert!(plan.parts[0].climb_m.is_some_and(|climb| (climb - 250.0).abs() < 5.0) && plan.parts[1].climb_m.is_some_and(|climb| climb < 3.0));
    assert!(plan.altitude.len() > 200 && plan.outline.len() > 200 && plan.pace.len() == 100);
    // At an even pace it takes half at the summit.
    let even = kim.ask(&[("on", &on), ("target", "50:00"), ("by", "5km"), ("pacing", "pace")]).await.plan.expect("a plan");
    assert_eq!((even.parts[0].elapsed_s, even.parts[0].late_s), (1500, 0));
    let rename = kim.app.database.transact(kim.id, async |tx| courses::rename(tx, id, "Berg").await).await;
    rename.expect("renamed");
    assert_eq!(kim.ask(&[]).await.courses[0].name, "Berg");
    kim.app.database.transact(kim.id, async |tx| courses::delete(tx, id).await).await.expect("deleted");
    let gone = kim.ask(&[("on", &on)]).await;
    assert!(gone.courses.is_empty() && gone.plan.is_none() && gone.errors.get("on").is_some());
    let again = kim.app.database.transact(kim.id, async |tx| courses::delete(tx, id).await).await;
    assert_eq!(again.map_err(Error::into_problem).expect_err("gone").kind, ProblemKind::NotFound);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_target_is_proposed_from_what_was_run(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    let nothing = kim.ask(&[("on", "10000")]).await;
    assert!(nothing.predicted.is_none() && nothing.plan.is_none() && nothing.errors.is_empty());
    kim.race(10.0, 2700.0).await;
    let flat = kim.ask(&[("on", "10000")]).await;
    let (predicted, plan) = (flat.predicted.expect("a prediction"), flat.plan.expect("a plan"));
    assert!((predicted.flat.seconds - 2700.0).abs() < 90.0 && predicted.flat.low_s < predicted.flat.high_s, "{predicted:?}");
    assert_eq!(predicted.flat, predicted.on_course);
    assert!(plan.proposed && plan.target_s == predicted.flat.seconds.round() as u32 && plan.hills_s.abs() < 1e-6);
    assert_eq!((plan.parts.len(), plan.altitude.len(), plan.outline.len()), (10, 0, 0));
    assert_eq!((predicted.behind.len(), flat.typed.target.as_str()), (1, ""));
    let id = kim.keep(gpx(10_000.0, 250.0), "Berg").await.expect("kept").to_string();
    let hilly = kim.ask(&[("on", &id)]).await.predicted.expect("a prediction");
    assert!(hilly.on_course.seconds > hilly.flat.seconds + 60.0 && (hilly.flat.seconds - predicted.flat.seconds).abs() < 1.0);
    // What cannot be is said beside its field, and the rest is there.
    for (target, says) in [("soon", "A time such as"), ("0:05", "faster"), ("99:00:00", "slower")] {
        let wrong = kim.ask(&[("on", "10000"), ("target", target)]).await;
        assert!(wrong.plan.is_none() && wrong.errors.get("target").is_some_and(|sentence| sentence.contains(says)), "{target}: {:?}", wrong.errors);
        assert!(wrong.predicted.is_some() && wrong.typed.target == target);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn courses_are_bounded_and_their_athletes_own(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    let mut ids = Vec::new();
    for _ in 0..MOST_COURSES {
        ids.push(kim.keep(gpx(500.0, 5.0), "x\u{202e}\ny").await.expect("kept"));
    }
    let refused = kim.keep(gpx(500.0, 5.0), "one more").await.expect_err("too many");
    assert!(refused.fields.get("file").is_some_and(|sentence| sentence.starts_with("50 courses are the most")), "{refused:?}");
    assert_eq!(kim.ask(&[]).await.courses[0].name, "xy");
    let alex = athlete(&kim.app, "alex@example.org").await;
    let mut tx = kim.app.database.begin_as(alex).await.expect("transaction");
    assert_eq!(queries::points(&mut tx, kim.id, ids[0]).await.expect("asked"), None, "hidden by the policy, not by the query");
    assert!(!queries::rename(&mut tx, kim.id, ids[0], "mine").await.expect("asked"));
    drop(tx);
    // Their activities are nobody else's courses, either.
    let run = kim.race(10.0, 2700.0).await;
    for (viewer, activity) in [(alex, run), (kim.id, run), (kim.id, Uuid::nil())] {
        let refused = courses::keep_route(&kim.app, viewer, activity, "").await.map_err(Error::into_problem).expect_err("no route");
        assert!(refused.fields.get("activity").is_some(), "{refused:?}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_route_of_an_own_run_becomes_a_course(_: PgPoolOptions, connect: PgConnectOptions) {
    let app = TestApp::new(connect).with(FEATURES).with_queue().await;
    let id = athlete(&app, "kim@example.org").await;
    let kim = Kim { app, id };
    let point = |k: u32| {
        let (north, s) = (55.9 + f64::from(k) * 0.000_13, k * 5);
        format!("<trkpt lat=\"{north:.5}\" lon=\"3.2\"><ele>{}</ele><time>2026-09-05T10:{:02}:{:02}Z</time></trkpt>", 20 + k / 12, s / 60, s % 60)
    };
    let points: String = (0..240).map(point).collect();
    let file = format!("<gpx version=\"1.1\"><trk><name>Wren loop</name><type>running</type><trkseg>{points}</trkseg></trk></gpx>");
    let import = kim.app.ids.uuid(now());
    imports::receive(&kim.app, id, import, "wren.gpx", platform::uploads::at_once(file.into_bytes())).await.expect("received");
    imports::run_to_end(&kim.app, id).await.expect("imported");
    let routes = kim.ask(&[]).await.routes;
    assert_eq!((routes.len(), routes[0].title.as_str()), (1, "Wren loop"));
    let activity = routes[0].id.to_string();
    assert_eq!(kim.ask(&[("activity", &activity)]).await.from, Some(routes[0].clone()));
    let unknown = kim.ask(&[("activity", &Uuid::nil().to_string())]).await;
    assert!(unknown.errors.get("activity").is_some(), "{unknown:?}");
    let course = courses::keep_route(&kim.app, id, routes[0].id, "").await.expect("kept");
    let plan = kim.ask(&[("on", &course.to_string()), ("target", "20:00")]).await.plan.expect("a plan");
    let kept = plan.course.expect("of the course");
    assert_eq!(kept.name, "Wren loop");
    assert!((kept.distance_m - routes[0].distance_m).abs() < 5.0 && kept.climb_m.is_some_and(|climb| climb > 10.0), "{kept:?} {routes:?}");
    platform::testing::run_jobs(&kim.app).await.expect("jobs ran");
    kim.app.database.close().await;
}

proptest! {
    #[test]
    fn a_plan_adds_up_whatever_the_course(
        heights in prop::collection::vec(0.0..400.0f64, 2..40),
        length_m in 1000.0..60_000.0f64,
        pace in 200.0..800.0f64,
        effort in any::<bool>(),
        miles in any::<bool>(),
    ) {
        let at = |k: usize| length_m * k as f64 / (heights.len() - 1) as f64;
        let points: Vec<Point> = heights.iter().enumerate().map(|(k, h)| Point { at_m: at(k), altitude_m: *h, ..Point::UNKNOWN }).collect();
        let target_s = (length_m / 1000.0 * pace).round() as u32;
        let wanted = Wanted {
            target_s,
            proposed: false,
            pacing: if effort { Pacing::EvenEffort } else { Pacing::EvenPace },
            every: if miles { Every::Mile } else { Every::Kilometre },
        };
        let plan = plan(&course(&points, Model::HeartRate).expect("a course"), None, &points, wanted);
        prop_assert_eq!(plan.parts.iter().map(|part| part.part_s).sum::<u32>(), target_s);
        prop_assert!((plan.parts.iter().map(|part| part.length_m).sum::<f64>() - length_m).abs() < 1.0);
        prop_assert_eq!(plan.parts.last().map(|part| (part.elapsed_s, part.late_s)), Some((target_s, 0)));
        prop_assert!(effort || plan.parts.iter().all(|part| part.late_s.abs() <= 1));
        prop_assert!(plan.pace.iter().all(|(_, pace)| pace.is_finite() && *pace > 0.0));
    }
}
