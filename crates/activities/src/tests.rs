use accounts::testing::athlete;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use domain::activities::{ActivityUpdate, DatedThresholds, Detail, ManualActivity, Most, PerformanceQuery, RecomputeReason, Thresholds};
use domain::list::PageRequest;
use domain::units::Units;
use platform::feature::{Features, PLATFORM};
use platform::testing::TestApp;
use platform::{Platform, Tx};
use recordings::{Lap, Recording, Samples, Sport, fit, gpx};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use super::*;

pub(crate) const START: i64 = 1_780_000_000;

/// A run of an hour at 3 m/s up and down a hill, its second half faster.
pub(crate) fn run(start_s: i64) -> Recording {
    let mut samples = Samples::default();
    let mut metres = 0.0;
    for i in 0..3600_usize {
        samples.push(i as f64);
        samples.distance_m[i] = metres;
        samples.heart_rate_bpm[i] = 140.0 + (i / 1800) as f64 * 10.0;
        samples.altitude_m[i] = 100.0 + (metres / 300.0_f64).sin() * 20.0;
        samples.latitude_deg[i] = 52.5 + metres / 111_195.0;
        samples.longitude_deg[i] = 13.4;
        metres += if i < 1800 { 3.0 } else { 3.5 };
    }
    let laps = vec![Lap { elapsed_s: 1800.0, ..Lap::default() }, Lap { start_s: 1800.0, elapsed_s: 1799.0, ..Lap::default() }];
    Recording { sport: Sport::Running, started_at_ms: Some(start_s * 1000), laps, samples, ..Recording::default() }
}

/// When everything here is imported: after all of it took place.
pub(crate) fn at() -> DateTime<Utc> {
    DateTime::from_timestamp(START + 30 * 86_400, 0).expect("a moment")
}

/// The features that have a part in what is tested here.
pub(crate) const FEATURES: Features = Features(&[&PLATFORM, &accounts::FEATURE, &FEATURE]);

/// Runs what waits: subscribers of events, and the open task.
pub(crate) async fn settle(platform: &Platform, athlete: Uuid) {
    let platform = &Platform { features: FEATURES, ..platform.clone() };
    while platform::events::dispatch(platform, athlete).await.expect("dispatched") {}
    run_recompute(platform, athlete).await.expect("recomputed");
}

pub(crate) async fn begin_as(platform: &Platform, viewer: Uuid) -> Tx {
    platform.database.begin_as(viewer).await.expect("transaction")
}

pub(crate) async fn add(platform: &Platform, viewer: Uuid, recording: Recording, name: &str) -> IngestOutcome {
    let mut tx = begin_as(platform, viewer).await;
    let outcome = store(platform, &mut tx, recording, name).await;
    tx.commit().await.expect("commit");
    outcome
}

async fn store(platform: &Platform, tx: &mut Tx, recording: Recording, name: &str) -> IngestOutcome {
    let analysed = analyse_recording(recording, &thresholds(tx).await.expect("thresholds"), "Europe/Berlin").expect("analysed");
    let source = Source { import_file: None, sha256: name.as_bytes(), part: 0, name, warnings: &[], origin: "file" };
    ingest(tx, platform.ids.uuid(at()), &analysed, source, at()).await.expect("stored")
}

pub(crate) async fn add_new(platform: &Platform, viewer: Uuid, recording: Recording, name: &str) -> Uuid {
    match add(platform, viewer, recording, name).await {
        IngestOutcome::New(id) => id,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn load_detail(platform: &Platform, viewer: Uuid, id: Uuid) -> Detail {
    detail(&mut begin_as(platform, viewer).await, id).await.expect("detail")
}

async fn total(platform: &Platform, viewer: Uuid) -> u32 {
    count(&mut begin_as(platform, viewer).await).await.expect("count")
}

pub(crate) fn fields(pairs: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<&'static str> {
    |name| pairs.iter().find(|(k, _)| *k == name).map(|(_, v)| *v)
}

/// Everything that formulas computed, for comparing before and after.
pub(crate) fn numbers(d: &Detail) -> String {
    let mut d = d.clone();
    (d.summary.title, d.history) = (String::new(), domain::activities::Provenance::default());
    serde_json::to_string(&d).expect("json")
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_crop_counts_only_what_is_left_and_can_be_undone(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let id = add_new(&platform, kim, run(START), "a.fit").await;
    let before = load_detail(&platform, kim, id).await;
    assert_eq!((before.laps.len(), before.zones.len(), before.efforts.first().and_then(|e| e.rank)), (2, 5, Some(1)));

    let mut tx = begin_as(&platform, kim).await;
    crop(&mut tx, id, fields(&[("from", "10:00"), ("to", "40:00")])).await.expect("cropped");
    tx.commit().await.expect("commit");
    let cropped = load_detail(&platform, kim, id).await;
    assert!((cropped.summary.elapsed_s.expect("elapsed") - 1800.0).abs() < 1e-9);
    assert!(cropped.history.cropped && cropped.history.whole_s == Some(3599.0));
    assert_eq!((cropped.summary.started_at - before.summary.started_at).num_seconds(), 600);

    let mut tx = begin_as(&platform, kim).await;
    assert!(crop(&mut tx, id, fields(&[("from", "2:00:00")])).await.is_err());
    uncrop(&mut tx, id).await.expect("uncropped");
    tx.commit().await.expect("commit");
    assert_eq!(numbers(&load_detail(&platform, kim, id).await), numbers(&before));
}

#[sqlx::test(migrations = "../../migrations")]
async fn splits_are_as_long_as_the_units_and_the_sport_have_them(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let id = add_new(&platform, kim, run(START), "a.fit").await;
    let first_split = async |units: Units| {
        let detail = detail_in(&mut begin_as(&platform, kim).await, id, units).await.expect("detail");
        let sum: f64 = detail.splits.iter().map(|s| s.distance_m).sum();
        assert!((sum - detail.summary.distance_m.expect("distance")).abs() < 1.0, "they cover the activity");
        detail.splits[0].distance_m.round()
    };
    assert_eq!((first_split(Units::default()).await, first_split(Units::AMERICAN).await), (1000.0, 1609.0));
    for (kind, metric, american) in [("ride", 5000.0, 8047.0), ("swim", 100.0, 91.0), ("walk", 1000.0, 1609.0)] {
        let mut tx = begin_as(&platform, kim).await;
        let update = ActivityUpdate::parse(|name| Some(if name == "kind" { kind } else { "Lunch" })).expect("a valid form");
        change(&mut tx, id, &update).await.expect("changed");
        tx.commit().await.expect("commit");
        assert_eq!((first_split(Units::default()).await, first_split(Units::AMERICAN).await), (metric, american), "{kind}");
    }
    let for_programs = detail(&mut begin_as(&platform, kim).await, id).await.expect("detail");
    assert!((for_programs.splits[0].distance_m - 1000.0).abs() < 1e-6);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_activity_is_split_and_rejoined(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let id = add_new(&platform, kim, run(START), "a.fit").await;
    let before = load_detail(&platform, kim, id).await;

    let mut tx = begin_as(&platform, kim).await;
    let second = split(&mut tx, id, &platform.ids, fields(&[("at", "30:00")]), at()).await.expect("split");
    tx.commit().await.expect("commit");
    assert_eq!(total(&platform, kim).await, 2);
    let (a, b) = (load_detail(&platform, kim, id).await, load_detail(&platform, kim, second).await);
    assert_eq!((a.history.split_off.len(), b.history.split_from.as_ref().map(|f| f.id)), (1, Some(id)));
    let metres = |d: &Detail| d.summary.distance_m.expect("distance");
    // The step between the two parts belongs to neither.
    assert!((metres(&a) + metres(&b) - metres(&before)).abs() < 4.0, "{} {} {}", metres(&a), metres(&b), metres(&before));
    assert!(a.summary.avg_hr_bpm < b.summary.avg_hr_bpm);

    let mut tx = begin_as(&platform, kim).await;
    assert!(uncrop(&mut tx, id).await.is_err(), "the rest is an activity of its own");
    assert_eq!(unsplit(&mut tx, second).await.expect("rejoined"), id);
    tx.commit().await.expect("commit");
    assert_eq!(numbers(&load_detail(&platform, kim, id).await), numbers(&before));
    assert_eq!(total(&platform, kim).await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_same_run_from_two_watches_is_one_and_can_be_two_again(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let mut without_heart = run(START);
    without_heart.samples.heart_rate_bpm.fill(f64::NAN);
    let id = add_new(&platform, kim, without_heart, "watch.fit").await;
    let alone = load_detail(&platform, kim, id).await;
    assert!(alone.summary.avg_hr_bpm.is_none());

    let mut phone = run(START + 2);
    phone.samples = phone.samples.select(&(0..3600).step_by(5).collect::<Vec<_>>());
    assert_eq!(add(&platform, kim, phone, "phone.gpx").await, IngestOutcome::Merged(id));
    let merged = load_detail(&platform, kim, id).await;
    assert_eq!((total(&platform, kim).await, merged.history.merged.len()), (1, 1));
    assert!(merged.summary.avg_hr_bpm.is_some_and(|h| (h - 145.0).abs() < 1.0), "{:?}", merged.summary.avg_hr_bpm);
    assert_eq!(merged.summary.distance_m, alone.summary.distance_m);

    let mut tx = begin_as(&platform, kim).await;
    let part = merged.history.merged[0].id;
    assert_eq!(unmerge(&mut tx, part).await.expect("unmerged"), id);
    tx.commit().await.expect("commit");
    assert_eq!(total(&platform, kim).await, 2);
    assert_eq!(numbers(&load_detail(&platform, kim, id).await), numbers(&alone));

    let mut tx = begin_as(&platform, kim).await;
    assert_eq!(overlapping(&mut tx, id).await.expect("list").len(), 1);
    merge_into(&mut tx, id, part).await.expect("merged by hand");
    assert!(merge_into(&mut tx, id, part).await.is_err(), "twice");
    tx.commit().await.expect("commit");
    assert_eq!(numbers(&load_detail(&platform, kim, id).await), numbers(&merged));

    let mut tx = begin_as(&platform, kim).await;
    let (trash_id, now) = (platform.ids.uuid(platform.clock.now()), platform.clock.now());
    delete(&mut tx, id, trash_id, now).await.expect("deleted");
    // It goes to the trash with what was merged into it, and is restored as a whole.
    assert_eq!(restore(&mut tx, trash_id).await.expect("restored"), id);
    delete(&mut tx, id, trash_id, now).await.expect("deleted again");
    tx.commit().await.expect("commit");
    assert_eq!(total(&platform, kim).await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_sources_of_one_run_that_are_stored_at_once_are_merged(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let mut watch = begin_as(&platform, kim).await;
    let first = store(&platform, &mut watch, run(START), "watch.fit").await;
    let phone = tokio::spawn({
        let platform = platform.clone();
        async move { add(&platform, kim, run(START + 2), "phone.gpx").await }
    });
    let mut owner = platform.owner().await;
    platform::testing::until_blocked(&mut owner, || !phone.is_finished()).await.expect("query");
    watch.commit().await.expect("committed");
    let IngestOutcome::New(first) = first else { panic!("{first:?}") };
    assert_eq!(phone.await.expect("ran"), IngestOutcome::Merged(first));
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_old_run_is_rescored_with_the_thresholds_of_its_day(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let old = add_new(&platform, kim, run(START), "old.fit").await;
    let new = add_new(&platform, kim, run(START + 40 * 86_400), "new.fit").await;
    let before = load_detail(&platform, kim, old).await;
    assert!(before.running_stress.is_none(), "no threshold is known");

    let day = NaiveDate::parse_from_str;
    let entry = |from: &str, hr_max, pace| DatedThresholds {
        valid_from: day(from, "%Y-%m-%d").expect("a date"),
        values: Thresholds { hr_max: Some(hr_max), threshold_s_per_km: Some(pace), ..Thresholds::default() },
    };
    let mut tx = begin_as(&platform, kim).await;
    save_thresholds(&mut tx, &entry("2026-05-01", 180.0, 300.0), at()).await.expect("saved");
    save_thresholds(&mut tx, &entry("2026-06-20", 200.0, 240.0), at()).await.expect("saved");
    let task = start_recompute(&mut tx, platform.ids.uuid(at()), RecomputeReason::Thresholds, at()).await.expect("started").expect("something to do");
    let again = start_recompute(&mut tx, platform.ids.uuid(at()), RecomputeReason::Edits, at()).await.expect("started");
    assert_eq!(again, Some(task), "a second reason joins the open task");
    tx.commit().await.expect("commit");
    let progress = last_recompute(&mut begin_as(&platform, kim).await).await.expect("task").expect("one");
    assert_eq!((progress.total, progress.done, progress.finished), (2, 0, false));

    run_recompute(&platform, kim).await.expect("recomputed");
    let progress = last_recompute(&mut begin_as(&platform, kim).await).await.expect("task").expect("one");
    assert_eq!((progress.total, progress.done, progress.failed, progress.finished), (2, 2, 0, true));
    let (a, b) = (load_detail(&platform, kim, old).await, load_detail(&platform, kim, new).await);
    // The same run: the harder the threshold, the smaller the stress, by the square of the speeds.
    let ratio = a.running_stress.expect("a threshold") / b.running_stress.expect("a threshold");
    assert!((ratio - (300.0_f64 / 240.0).powi(2)).abs() < 1e-9, "{ratio}");
    assert!(a.summary.trimp > before.summary.trimp && a.zones[0].0 < b.zones[0].0);
    assert_eq!((a.history.formula_version, a.history.stale), (physiology::FORMULA_VERSION, false));

    let mut tx = begin_as(&platform, kim).await;
    delete_thresholds(&mut tx, entry("2026-06-20", 0.0, 0.0).valid_from).await.expect("deleted");
    let task = start_recompute(&mut tx, platform.ids.uuid(at()), RecomputeReason::Thresholds, at()).await.expect("started").expect("the later run");
    tx.commit().await.expect("commit");
    let mut tx = begin_as(&platform, kim).await;
    cancel_recompute(&mut tx, task, at()).await.expect("cancelled");
    tx.commit().await.expect("commit");
    run_recompute(&platform, kim).await.expect("nothing left");
    let later = load_detail(&platform, kim, new).await;
    assert_eq!((later.running_stress, later.history.stale), (b.running_stress, true), "a cancelled task leaves the old metrics and the mark");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_manual_activity_counts_and_an_edit_is_kept(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let today = NaiveDate::from_ymd_opt(2026, 6, 1).expect("a date");
    let form =
        fields(&[("title", "Treadmill"), ("day", "2026-05-31"), ("time", "23:30"), ("duration", "45:00"), ("distance", "9"), ("avg_hr", "150")]);
    let manual = ManualActivity::parse(form, today).expect("a valid form");
    let id = platform.ids.uuid(at());
    let mut tx = begin_as(&platform, kim).await;
    add_manual(&mut tx, id, &manual, at()).await.expect("stored");
    tx.commit().await.expect("commit");
    let d = load_detail(&platform, kim, id).await;
    assert!(d.history.manual && d.summary.trimp.is_some_and(|t| t > 30.0));
    assert_eq!((d.summary.day, d.summary.distance_m), (NaiveDate::from_ymd_opt(2026, 5, 31).expect("a date"), Some(9000.0)));

    let mut tx = begin_as(&platform, kim).await;
    let to = ActivityUpdate::parse(fields(&[("title", "Bike after all"), ("sport", "cycling"), ("description", "Rain"), ("gear", "Blue")]))
        .expect("a valid form");
    change(&mut tx, id, &to).await.expect("changed");
    assert!(crop(&mut tx, id, fields(&[("from", "1:00")])).await.is_err(), "there is nothing to crop");
    tx.commit().await.expect("commit");
    let d = load_detail(&platform, kim, id).await;
    assert_eq!((d.summary.title.as_str(), d.summary.sport.as_str(), d.description.as_str()), ("Bike after all", "cycling", "Rain"));
    assert!(original(&platform, &mut begin_as(&platform, kim).await, id).await.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn another_time_zone_redates_recordings_without_one_and_keeps_what_was_typed(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect).with(FEATURES).with_queue().await;
    let kim = athlete(&platform, "kim@example.org").await;
    // 21:20 in Greenwich is the next day in Tokyo; one of the two watches records the offset of Berlin.
    let evening = DateTime::parse_from_rfc3339("2026-05-30T21:20:00Z").expect("a time").timestamp();
    let bare = add_new(&platform, kim, run(evening), "a.fit").await;
    let with_offset = add_new(&platform, kim, Recording { utc_offset_s: Some(7200), ..run(evening + 86_400) }, "b.fit").await;
    let typed = platform.ids.uuid(at());
    let manual = ManualActivity::parse(
        fields(&[("title", "Treadmill"), ("day", "2026-05-29"), ("time", "23:30"), ("duration", "45:00")]),
        NaiveDate::from_ymd_opt(2026, 6, 1).expect("a date"),
    );
    let mut tx = begin_as(&platform, kim).await;
    add_manual(&mut tx, typed, &manual.expect("a valid form"), at()).await.expect("stored");
    tx.commit().await.expect("commit");
    let days = async || {
        let mut days = Vec::new();
        for id in [bare, with_offset, typed] {
            days.push(load_detail(&platform, kim, id).await.summary.day.day());
        }
        days
    };
    assert_eq!(days().await, [30, 31, 29]);
    let mut tx = begin_as(&platform, kim).await;
    assert!(accounts::change_profile(&mut tx, "Kim", "Asia/Tokyo").await.expect("changed"));
    tx.commit().await.expect("commit");
    platform::testing::run_jobs(&platform).await.expect("jobs run");
    assert_eq!(days().await, [31, 31, 29]);
    assert!(!load_detail(&platform, kim, bare).await.history.stale);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_export_is_the_activity_as_it_stands(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let id = add_new(&platform, kim, run(START), "a.fit").await;
    let mut tx = begin_as(&platform, kim).await;
    crop(&mut tx, id, fields(&[("to", "20:00")])).await.expect("cropped");
    tx.commit().await.expect("commit");
    let mut tx = begin_as(&platform, kim).await;
    for (format, read) in [("fit", fit::decode as fn(&[u8]) -> _), ("gpx", gpx::decode), ("tcx", recordings::tcx::decode)] {
        let file = export(&platform, &mut tx, id, format).await.expect("exported");
        let back = &read(&file.file.read().expect("read")).expect("readable").recordings[0];
        assert_eq!((back.samples.len(), back.started_at_ms), (1201, Some(START * 1000)), "{format}");
    }
    assert!(export(&platform, &mut tx, id, "exe").await.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn athletes_cannot_edit_each_others_activities(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let (kim, eve) = (athlete(&platform, "kim@example.org").await, athlete(&platform, "eve@example.org").await);
    let id = add_new(&platform, kim, run(START), "a.fit").await;
    let hers = add_new(&platform, eve, run(START), "b.fit").await;
    let before = load_detail(&platform, kim, id).await;
    let to = ActivityUpdate::parse(fields(&[("title", "Mine"), ("sport", "running")])).expect("a valid form");
    let mut tx = begin_as(&platform, eve).await;
    assert!(change(&mut tx, id, &to).await.is_err());
    assert!(crop(&mut tx, id, fields(&[("from", "1:00")])).await.is_err());
    assert!(uncrop(&mut tx, id).await.is_err());
    assert!(split(&mut tx, id, &platform.ids, fields(&[("at", "20:00")]), at()).await.is_err());
    assert!(unsplit(&mut tx, id).await.is_err());
    assert!(merge_into(&mut tx, hers, id).await.is_err());
    assert!(merge_into(&mut tx, id, hers).await.is_err());
    assert!(unmerge(&mut tx, id).await.is_err());
    assert!(delete(&mut tx, id, platform.ids.uuid(platform.clock.now()), platform.clock.now()).await.is_err());
    assert!(detail(&mut tx, id).await.is_err());
    assert!(export(&platform, &mut tx, id, "fit").await.is_err());
    assert!(original(&platform, &mut tx, id).await.is_err());
    assert!(overlapping(&mut tx, id).await.expect("list").is_empty());
    tx.commit().await.expect("commit");
    assert_eq!(load_detail(&platform, kim, id).await, before);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_season_gives_a_chart_records_and_predictions(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let mut fast = run(START + 3 * 86_400);
    fast.samples.distance_m.iter_mut().for_each(|d| *d *= 1.2);
    add_new(&platform, kim, run(START), "a.fit").await;
    let quick = add_new(&platform, kim, fast, "b.fit").await;
    let today = load_detail(&platform, kim, quick).await.summary.day;
    let p = performance(&mut begin_as(&platform, kim).await, today, PerformanceQuery::default(), &[]).await.expect("performance");
    assert_eq!(p.balance.len(), 4 + 42);
    // What is planned is in the future of the chart, and nowhere else.
    let ahead = [(today, 500.0), (today + chrono::TimeDelta::days(7), 80.0)];
    let with_plan = performance(&mut begin_as(&platform, kim).await, today, PerformanceQuery::default(), &ahead).await.expect("performance");
    assert!(with_plan.planned && !p.planned && with_plan.balance[..10] == p.balance[..10]);
    assert!(with_plan.balance[10].load > 79.0 && with_plan.balance[11].fitness > p.balance[11].fitness, "{:?}", with_plan.balance[10]);
    assert!(p.records.iter().all(|r| r.activity == quick) && p.records.len() >= 5);
    assert!(p.capacity.predictions.len() == 5);
    assert_eq!(p.capacity.critical_speed_mps, None, "one run says how that run was");
    let first = load_detail(&platform, kim, quick).await.efforts;
    assert!(first.iter().all(|e| e.rank == Some(1)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn curves_are_of_one_sport_and_every_sport_has_its_records(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    add_new(&platform, kim, run(START), "a.fit").await;
    let mut ride = run(START + 3 * 86_400);
    ride.sport = Sport::Cycling;
    ride.samples.distance_m.iter_mut().for_each(|d| *d *= 3.0);
    let ride = add_new(&platform, kim, ride, "b.fit").await;
    let mut long = run(START - 365 * 86_400);
    long.samples.distance_m.iter_mut().for_each(|d| *d *= 1.1);
    let long = add_new(&platform, kim, long, "c.fit").await;
    let today = load_detail(&platform, kim, ride).await.summary.day;
    let of = async |sport: &str| {
        let query = PerformanceQuery { sport: Some(sport.to_owned()).filter(|sport| !sport.is_empty()), ..PerformanceQuery::default() };
        performance(&mut begin_as(&platform, kim).await, today, query, &[]).await.expect("performance")
    };
    let (all, runs, rides) = (of("").await, of("running").await, of("cycling").await);
    assert_eq!((all.sports.len(), all.query.sport.as_deref(), rides.query.sport.as_deref()), (2, None, Some("cycling")));
    let on = |p: &domain::activities::Performance| p.balance.iter().find(|d| d.day == today).copied().expect("today");
    assert!(on(&runs).load == 0.0 && on(&rides).load > 0.0 && (on(&all).load - on(&rides).load).abs() < 1e-9);
    assert!((on(&all).fitness - on(&runs).fitness - on(&rides).fitness).abs() < 1e-9, "an exponential mean of a sum is the sum of the means");
    // A sport without loads is as none.
    let swims = of("swimming").await;
    assert!(swims.query.sport.is_none() && swims.balance == all.balance);
    // 3,300 and 3,850 metres in the halves of the longer run, of which a minute is the shortest that counts.
    let told: Vec<(f64, f64)> = all.by_duration.iter().map(|r| (r.elapsed_s, r.distance_m.round())).collect();
    assert_eq!(told[..3], [(60.0, 231.0), (300.0, 1155.0), (1200.0, 4620.0)]);
    assert!(all.by_duration.iter().all(|r| r.activity == long));
    assert_eq!(all.longest.iter().map(|r| r.year - today.year()).collect::<Vec<_>>(), [0, -1]);
    assert!(all.longest[1].activity == long && all.longest[1].distance_m > all.longest[0].distance_m);
    let most: Vec<_> = all.other_sports[0].most.iter().map(|most| most.what).collect();
    assert_eq!((all.other_sports.len(), all.other_sports[0].sport.as_str(), all.other_sports[0].activities), (1, "cycling", 1));
    assert_eq!(most, [Most::Distance, Most::Time, Most::Climb, Most::Speed]);
    assert!((all.other_sports[0].most[0].value - 35_099.0).abs() < 20.0 && all.other_sports[0].most[0].activity == ride);
}

#[sqlx::test(migrations = "../../migrations")]
async fn newer_formulas_start_a_task_and_each_activity_knows_its_version(pool: PgPoolOptions, connect: PgConnectOptions) {
    let pool = pool.connect_with(connect.clone()).await.expect("connected");
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let id = add_new(&platform, kim, run(START), "a.fit").await;
    let before = load_detail(&platform, kim, id).await;
    // As an older version of Legwork left it.
    sqlx::query("update activities set formula_version = 1, distance_m = 1, laps = '[]'").execute(&pool).await.expect("aged");
    assert_eq!(load_detail(&platform, kim, id).await.history.formula_version, 1);
    recomputer::older_formulas(&platform).await.expect("listed");
    run_recompute(&platform, kim).await.expect("recomputed");
    let after = load_detail(&platform, kim, id).await;
    assert_eq!((numbers(&after), after.history.formula_version), (numbers(&before), physiology::FORMULA_VERSION));
    let task = last_recompute(&mut begin_as(&platform, kim).await).await.expect("task").expect("one");
    assert_eq!((task.reason, task.done, task.finished), (RecomputeReason::Formulas, 1, true));

    // One that cannot be recomputed keeps its metrics, is counted as failed, and is not retried for ever.
    sqlx::query("update activity_streams set samples = '\\x99'").execute(&pool).await.expect("damaged");
    sqlx::query("update activities set metrics_stale = true").execute(&pool).await.expect("marked");
    let mut tx = begin_as(&platform, kim).await;
    let later = at() + chrono::TimeDelta::days(200);
    start_recompute(&mut tx, platform.ids.uuid(later), RecomputeReason::Edits, later).await.expect("started");
    tx.commit().await.expect("commit");
    run_recompute(&platform, kim).await.expect("recomputed");
    let task = last_recompute(&mut begin_as(&platform, kim).await).await.expect("task").expect("one");
    assert_eq!((task.done, task.failed, task.finished), (1, 1, true));
}

#[test]
fn chart_series_of_long_activities_stay_small() {
    // Ten hours at a sample a second.
    let mut long = run(START);
    let hour = long.samples.clone();
    for h in 1..10 {
        for (column, from) in [(&mut long.samples.latitude_deg, &hour.latitude_deg), (&mut long.samples.altitude_m, &hour.altitude_m)] {
            column.extend(from);
        }
        long.samples.longitude_deg.extend(&hour.longitude_deg);
        long.samples.heart_rate_bpm.extend(&hour.heart_rate_bpm);
        long.samples.time_s.extend(hour.time_s.iter().map(|t| t + f64::from(h) * 3600.0));
        long.samples.distance_m.extend(hour.distance_m.iter().map(|d| d + f64::from(h) * 11_700.0));
    }
    let len = long.samples.time_s.len();
    for column in [&mut long.samples.speed_mps, &mut long.samples.cadence_rpm, &mut long.samples.power_w, &mut long.samples.temperature_c] {
        column.resize(len, f64::NAN);
    }
    let analysed = analyse_recording(long, &[], "UTC").expect("analysed");
    let bytes = serde_json::to_vec(&analysed.series).expect("json").len();
    assert!(bytes < 100_000, "{bytes}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn others_see_what_is_shown_and_no_route_to_the_front_door(_: PgPoolOptions, connect: PgConnectOptions) {
    use domain::sharing::{Audience, Sharing};
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let id = add_new(&platform, kim, run(START), "run.fit").await;
    let refused = shared_gpx(&platform, None, id, Audience::Everybody).await.expect_err("private by default").into_problem();
    assert_eq!(refused.kind, domain::ProblemKind::NotFound);
    let everybody = Audience::Everybody;
    let mut tx = begin_as(&platform, kim).await;
    save_sharing(&mut tx, Sharing { training: everybody, map: everybody, heart_rate: Audience::Organisation }).await.expect("saved");
    add_privacy_zone(&platform, &mut tx, " ", 500.0, false, at()).await.expect("a zone");
    let zone = privacy_zones(&mut tx).await.expect("zones").remove(0);
    tx.commit().await.expect("commit");
    assert_eq!(zone.name, "Home");
    let file = shared_gpx(&platform, None, id, Audience::Everybody).await.expect("exported");
    let bytes = file.file.read().expect("read");
    let read = recordings::read(&bytes, 1 << 24).expect("readable").recordings.remove(0);
    let first = (read.samples.latitude_deg[0], read.samples.longitude_deg[0]);
    // It began in the zone, and now begins at the edge of what is hidden; the end, kilometres away, is unchanged.
    assert!(!zone.hides(first.0, first.1) && zone.hides(first.0 - 6.0 / 111_195.0, first.1));
    let door = (run(START).samples.latitude_deg[0], run(START).samples.longitude_deg[0]);
    assert!(domain::sharing::metres(door, first) > 500.0 && (zone.hidden_m - 1200.0).abs() < 1e-9);
    assert!(read.started_at_ms > Some(START * 1000));
    assert!(read.samples.latitude_deg.last().is_some_and(|lat| (lat - run(START).samples.latitude_deg[3599]).abs() < 1e-6));
    assert!(read.samples.heart_rate_bpm.iter().all(|bpm| bpm.is_nan()), "only for coaches");
    // The page agrees: the way from the front door is in no number.
    let whole = load_detail(&platform, kim, id).await.summary.distance_m.expect("distance");
    let page = view_shared_activity(&platform, None, id, Audience::Everybody, Units::default()).await.expect("seen").expect("shown");
    assert!(page.summary.distance_m.is_some_and(|d| d < whole - 200.0));
    assert!(page.summary.started_at.timestamp() > START);
    let mut tx = begin_as(&platform, kim).await;
    save_sharing(&mut tx, Sharing { training: everybody, map: Audience::Me, heart_rate: everybody }).await.expect("saved");
    tx.commit().await.expect("commit");
    // Without positions there is no GPX.
    assert!(shared_gpx(&platform, None, id, Audience::Everybody).await.is_err());
    let mut tx = begin_as(&platform, kim).await;
    let own = export(&platform, &mut tx, id, "gpx").await.expect("exported");
    assert!(own.file.bytes() > bytes.len() as u64, "the athlete's own export is whole");
    remove_privacy_zone(&mut tx, zone.id, at()).await.expect("removed");
    assert!(remove_privacy_zone(&mut tx, zone.id, at()).await.is_err());
    assert!(privacy_zones(&mut tx).await.expect("zones").is_empty());
    // Created again, it gets the same shift: otherwise two circles would give the front door away.
    add_privacy_zone(&platform, &mut tx, "Home", 1000.0, true, at()).await.expect("a zone");
    let again = privacy_zones(&mut tx).await.expect("zones").remove(0);
    assert_eq!((again.latitude_deg, again.longitude_deg), (zone.latitude_deg, zone.longitude_deg));
    assert!(again.everything && (again.hidden_m - 1700.0).abs() < 1e-9);
    let manual = athlete(&platform, "sam@example.org").await;
    let mut other = begin_as(&platform, manual).await;
    assert!(add_privacy_zone(&platform, &mut other, "x", 500.0, false, at()).await.is_err(), "no route to begin from");
}

/// Every kind of viewer against every setting: what is computed for a viewer contains nothing that they are not shown.
#[sqlx::test(migrations = "../../migrations")]
async fn each_part_is_shown_to_the_audience_that_the_athlete_chose(_: PgPoolOptions, connect: PgConnectOptions) {
    use domain::sharing::{Audience, Sharing};
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let (coach, member, stranger) =
        (athlete(&platform, "coach@example.org").await, athlete(&platform, "member@example.org").await, athlete(&platform, "x@example.org").await);
    let mut owner = platform.owner().await;
    let team = platform.ids.uuid(at());
    sqlx::query("insert into organisations (id, name, created_at) values ($1, 'Team', now())").bind(team).execute(&mut owner).await.expect("team");
    for (who, role) in [(kim, "athlete"), (coach, "coach"), (member, "athlete")] {
        let member = "insert into memberships (organisation_id, account_id, role, joined_at) values ($1, $2, $3, now())";
        sqlx::query(member).bind(team).bind(who).bind(role).execute(&mut owner).await.expect("member");
    }
    let id = add_new(&platform, kim, run(START), "run.fit").await;
    for (training, map, heart_rate) in
        Audience::ALL.into_iter().flat_map(|t| Audience::ALL.into_iter().flat_map(move |m| Audience::ALL.map(|h| (t, m, h))))
    {
        let sharing = Sharing { training, map, heart_rate };
        let mut tx = begin_as(&platform, kim).await;
        save_sharing(&mut tx, sharing).await.expect("saved");
        tx.commit().await.expect("commit");
        for (who, viewer, audience) in [
            ("anonymous", None, Audience::Everybody),
            ("stranger", Some(stranger), Audience::Everybody),
            ("member", Some(member), Audience::Everybody),
            ("coach", Some(coach), Audience::Organisation),
        ] {
            let expected = sharing.to(audience);
            // The requested audience makes no difference to anyone but the athlete.
            let seen = view_shared_activity(&platform, viewer, id, Audience::Organisation, Units::default()).await.ok().flatten();
            assert_eq!(seen.as_ref().map(|s| s.parts), expected, "{who} {sharing:?}");
            if let Some(viewer) = viewer {
                let list = list_shared_activities(&platform, viewer, kim, &PageRequest::first()).await.ok();
                assert_eq!(list.as_ref().map(|l| l.parts), expected.filter(|_| who == "coach"), "{who} {sharing:?}");
                assert_eq!(
                    list.map(|l| l.page.items),
                    seen.as_ref().filter(|_| who == "coach").map(|s| vec![s.summary.clone()]),
                    "list and page redact alike"
                );
            }
            let Some(seen) = seen else { continue };
            let (parts, a, series) = (seen.parts, &seen.summary, &seen.series);
            let heart = [a.avg_hr_bpm, a.efficiency_factor, a.decoupling_pct, a.trimp].iter().any(Option::is_some)
                || series.heart_rate.iter().any(Option::is_some)
                || seen.splits.iter().any(|s| s.avg_hr_bpm.is_some());
            let map = a.elevation_gain_m.is_some()
                || !a.route_preview.is_empty()
                || series.route.iter().any(Option::is_some)
                || series.altitude.iter().any(Option::is_some)
                || seen.splits.iter().any(|s| s.elevation_gain_m.is_some());
            assert_eq!((map, heart), (parts.map, parts.heart_rate), "{who} {sharing:?}");
        }
        for audience in [Audience::Everybody, Audience::Organisation] {
            let own = view_shared_activity(&platform, Some(kim), id, audience, Units::default()).await.expect("the athlete looks");
            assert_eq!(own.map(|s| s.parts), sharing.to(audience));
        }
    }
    // What is hidden is the athlete's alone, whatever the settings say.
    let everything = Sharing { training: Audience::Everybody, map: Audience::Everybody, heart_rate: Audience::Everybody };
    let hide = async |hidden: bool| {
        let mut tx = begin_as(&platform, kim).await;
        save_sharing(&mut tx, everything).await.expect("saved");
        edit_many(&mut tx, &[id], &domain::activities::BulkEdit::Hidden(hidden), &platform.ids, at()).await.expect("edited");
        tx.commit().await.expect("commit");
        let list = list_shared_activities(&platform, coach, kim, &PageRequest::first()).await.expect("a list");
        let mut seen = vec![!list.page.items.is_empty()];
        for viewer in [None, Some(stranger), Some(member), Some(coach), Some(kim)] {
            seen.push(
                view_shared_activity(&platform, viewer, id, Audience::Everybody, domain::units::Units::default())
                    .await
                    .is_ok_and(|seen| seen.is_some()),
            );
            seen.push(shared_gpx(&platform, viewer, id, Audience::Everybody).await.is_ok());
        }
        seen
    };
    assert_eq!(hide(true).await, [false; 11]);
    assert_eq!(hide(false).await, [true; 11]);
    // A coach who left sees only what everybody sees.
    sqlx::query("delete from memberships where account_id = $1").bind(coach).execute(&mut owner).await.expect("left");
    let mut tx = begin_as(&platform, kim).await;
    save_sharing(&mut tx, Sharing { training: Audience::Organisation, map: Audience::Organisation, ..Sharing::default() }).await.expect("saved");
    tx.commit().await.expect("commit");
    assert!(
        view_shared_activity(&platform, Some(coach), id, Audience::Organisation, Units::default()).await.is_err()
            && list_shared_activities(&platform, coach, kim, &PageRequest::first()).await.is_err()
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_split_activity_counts_once_however_either_part_is_cropped(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let IngestOutcome::New(first) = add(&platform, kim, run(START), "one").await else { panic!("new") };
    let mut tx = begin_as(&platform, kim).await;
    let second = split(&mut tx, first, &platform.ids, |_| Some("30:00"), at()).await.expect("split");
    tx.commit().await.expect("committed");
    for id in [first, second] {
        let mut tx = begin_as(&platform, kim).await;
        assert!(matches!(uncrop(&mut tx, id).await, Err(platform::Error::Problem(p)) if p.kind == domain::ProblemKind::Conflict));
        drop(tx);
        let mut tx = begin_as(&platform, kim).await;
        let over = crop(&mut tx, id, |name| Some(if name == "from" { "20:00" } else { "40:00" })).await;
        assert!(matches!(over, Err(platform::Error::Problem(p)) if p.kind == domain::ProblemKind::Conflict));
    }
    let mut tx = begin_as(&platform, kim).await;
    crop(&mut tx, second, |name| Some(if name == "from" { "35:00" } else { "55:00" })).await.expect("its own part may be cropped");
}

#[sqlx::test(migrations = "../../migrations")]
async fn thresholds_that_change_during_an_import_reach_its_activity(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let mut importing = begin_as(&platform, kim).await;
    lock_thresholds(&mut importing).await.expect("locked");
    let IngestOutcome::New(id) = store(&platform, &mut importing, run(START), "one").await else { panic!("new") };
    let saving = tokio::spawn({
        let platform = platform.clone();
        async move {
            let dated = DatedThresholds {
                valid_from: NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day"),
                values: Thresholds { hr_max: Some(171.0), ..Thresholds::default() },
            };
            platform.database.transact(kim, async |tx| save_thresholds(tx, &dated, at()).await).await
        }
    });
    // Until it waits for the import.
    let mut owner = platform.owner().await;
    platform::testing::until_blocked(&mut owner, || !saving.is_finished()).await.expect("query");
    importing.commit().await.expect("committed");
    saving.await.expect("ran").expect("saved");
    let stale: bool = sqlx::query_scalar("select metrics_stale from activities where id = $1").bind(id).fetch_one(&mut owner).await.expect("a row");
    assert!(stale);
}

#[sqlx::test(migrations = "../../migrations")]
async fn no_more_recordings_are_merged_than_may_count(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let short = |n: i64| {
        let whole = run(START + n);
        whole.crop(0.0, 300.0)
    };
    let IngestOutcome::New(first) = add(&platform, kim, short(0), "first").await else { panic!("new") };
    for n in 1..=crate::recording::MAX_PARTS {
        assert_eq!(add(&platform, kim, short(n % 3), &format!("{n}")).await, IngestOutcome::Merged(first), "{n}");
    }
    assert!(matches!(add(&platform, kim, short(1), "one more").await, IngestOutcome::New(_)));
}
