//! Routes, comparisons, how an activity felt, and picked stretches.

use accounts::testing::athlete;
use domain::activities::comparison::Baseline;
use domain::activities::{Insight, Perception, PickedPart};
use platform::Platform;
use platform::testing::TestApp;
use recordings::{Recording, Samples, Sport};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use super::tests::{START, add_new, at, begin_as, fields, load_detail, run, settle};
use super::*;

const DAY_S: i64 = 86_400;

/// Five kilometres around a block, or the other way round, at a speed.
fn block(start_s: i64, mps: f64, beats: f64, backwards: bool) -> Recording {
    let mut samples = Samples::default();
    let seconds = (5000.0 / mps) as usize;
    for i in 0..=seconds {
        let metres = i as f64 * mps;
        let along = if backwards { 5000.0 - metres } else { metres } % 2000.0;
        // Four sides of 500 m.
        let (north, east) = match along {
            a if a < 500.0 => (a, 0.0),
            a if a < 1000.0 => (500.0, a - 500.0),
            a if a < 1500.0 => (1500.0 - a, 500.0),
            a => (0.0, 2000.0 - a),
        };
        samples.push(i as f64);
        samples.distance_m[i] = metres;
        samples.heart_rate_bpm[i] = beats;
        samples.altitude_m[i] = 40.0;
        samples.latitude_deg[i] = 52.5 + north / 111_195.0;
        samples.longitude_deg[i] = 13.4 + east / 111_195.0 / 52.5_f64.to_radians().cos();
    }
    Recording { sport: Sport::Running, started_at_ms: Some(start_s * 1000), samples, ..Recording::default() }
}

async fn add_blocks(platform: &Platform, kim: Uuid, days: std::ops::Range<i64>) -> Vec<Uuid> {
    let mut ids = Vec::new();
    for k in days {
        let mps = 2.9 + 0.02 * (k * 7 % 5) as f64;
        ids.push(add_new(platform, kim, block(START + k * DAY_S, mps, 150.0 + (k % 3) as f64, false), &format!("{k}.fit")).await);
    }
    ids
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_run_is_compared_with_those_on_its_route(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let ids = add_blocks(&platform, kim, 0..10).await;
    let back = add_new(&platform, kim, block(START + 10 * DAY_S, 3.0, 150.0, true), "back.fit").await;
    let elsewhere = add_new(&platform, kim, run(START + 11 * DAY_S), "elsewhere.fit").await;
    let fast = add_new(&platform, kim, block(START + 12 * DAY_S, 3.6, 150.0, false), "fast.fit").await;

    let found = load_detail(&platform, kim, fast).await;
    assert_eq!(found.on_route.iter().map(|p| p.id).collect::<Vec<_>>(), [&ids[..], &[fast]].concat(), "oldest first, and only the same way round");
    let of = |wanted: fn(&Baseline) -> bool| found.comparisons.iter().find(|c| wanted(&c.baseline)).copied().expect("a comparison");
    let route = of(|b| matches!(b, Baseline::Route));
    assert_eq!((route.runs, route.wanted), (10, 0));
    assert!(route.standing.is_some_and(|s| s.outside && s.rank == 1 && s.percent > 10.0), "{route:?}");
    assert_eq!(of(|b| matches!(b, Baseline::Days { days: 28 })).runs, 12);
    assert!(found.insights.iter().any(|i| matches!(i, Insight::RoutePlace { place: 1, runs: 11, .. })), "{:?}", found.insights);
    for alone in [back, elsewhere] {
        assert!(load_detail(&platform, kim, alone).await.on_route.is_empty());
    }
    // The first knows nothing of what came after it.
    let first = load_detail(&platform, kim, ids[0]).await;
    assert!(first.on_route.is_empty() && first.insights == [Insight::First]);

    // Without its first half it is another route; whole again, it is back on it.
    let mut tx = begin_as(&platform, kim).await;
    crop(&mut tx, ids[0], fields(&[("from", "14:00"), ("to", "27:00")])).await.expect("cropped");
    tx.commit().await.expect("commit");
    assert_eq!(load_detail(&platform, kim, fast).await.on_route.len(), 10);
    let mut tx = begin_as(&platform, kim).await;
    uncrop(&mut tx, ids[0]).await.expect("uncropped");
    tx.commit().await.expect("commit");
    assert_eq!(load_detail(&platform, kim, fast).await.on_route.len(), 11);

    // Nobody else's runs count.
    let eve = athlete(&platform, "eve@example.org").await;
    let hers = add_new(&platform, eve, block(START + 13 * DAY_S, 3.0, 150.0, false), "hers.fit").await;
    assert!(load_detail(&platform, eve, hers).await.on_route.is_empty());
}

#[sqlx::test(migrations = "../../migrations")]
async fn how_it_felt_is_answered_one_by_one(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let id = add_new(&platform, kim, run(START), "a.fit").await;
    assert_eq!(load_detail(&platform, kim, id).await.perception, Perception::default());
    let mut tx = begin_as(&platform, kim).await;
    perceive(&mut tx, id, fields(&[("effort", "7")])).await.expect("an effort");
    perceive(&mut tx, id, fields(&[("legs", "2"), ("felt", "wind")])).await.expect("more");
    assert!(perceive(&mut tx, id, fields(&[("effort", "11")])).await.is_err());
    tx.commit().await.expect("commit");
    let felt = Perception { effort: Some(7), legs: Some(2), mood: None, felt: "wind".into() };
    assert_eq!(load_detail(&platform, kim, id).await.perception, felt);
    // Recomputing keeps it.
    let mut tx = begin_as(&platform, kim).await;
    recompute(&mut tx, id).await.expect("recomputed");
    tx.commit().await.expect("commit");
    assert_eq!(load_detail(&platform, kim, id).await.perception, felt);
    let eve = athlete(&platform, "eve@example.org").await;
    assert!(perceive(&mut begin_as(&platform, eve).await, id, fields(&[("effort", "1")])).await.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_picked_stretch_has_the_numbers_of_its_part(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let id = add_new(&platform, kim, run(START), "a.fit").await;
    let whole = load_detail(&platform, kim, id).await.summary;
    let mut tx = begin_as(&platform, kim).await;
    let mut pick = async |from: f64, to: f64, timed: bool, drawn: bool| stretch(&mut tx, id, PickedPart { from, to, timed, drawn }).await;
    let all = pick(0.0, 1e9, false, false).await.expect("read").expect("the whole");
    let close = |a: Option<f64>, b: Option<f64>| a.zip(b).is_some_and(|(a, b)| (a / b - 1.0).abs() < 1e-6);
    assert!(
        close(all.distance_m, whole.distance_m) && close(Some(all.moving_s), whole.moving_s) && close(all.efficiency_factor, whole.efficiency_factor)
    );
    assert!(close(all.decoupling_pct, whole.decoupling_pct) && all.series.is_none());
    let part = pick(3000.0, 1000.0, false, true).await.expect("read").expect("two kilometres");
    assert!(close(part.distance_m, Some(2000.0)) && (part.moving_s - 2000.0 / 3.0).abs() < 1.0, "{part:?}");
    let series = part.series.expect("drawn");
    let (first, last) = (series.km[0], series.km[series.km.len() - 1]);
    assert!(series.km.len() > 300 && (1.0..1.01).contains(&first) && (2.99..3.0).contains(&last), "{first} {last} {}", series.km.len());
    assert!((series.time_s[0] - 333.0).abs() < 3.0 && series.heart_rate.iter().all(|hr| hr.is_some_and(|hr| (hr - 140.0).abs() < 1e-3)));
    let minutes = pick(600.0, 1200.0, true, false).await.expect("read").expect("ten minutes");
    assert!((minutes.elapsed_s - 600.0).abs() < 1e-6);
    for (from, to) in [(1e9, 2e9), (f64::NAN, 5.0), (5.0, 5.0)] {
        assert_eq!(pick(from, to, false, true).await.expect("read"), None, "{from} to {to}");
    }
    let eve = athlete(&platform, "eve@example.org").await;
    let part = PickedPart { from: 0.0, to: 500.0, timed: false, drawn: true };
    assert!(stretch(&mut begin_as(&platform, eve).await, id, part).await.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_stored_before_gets_its_route_when_it_is_computed_again(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let ids = add_blocks(&platform, kim, 0..2).await;
    let mut tx = begin_as(&platform, kim).await;
    let before = "update activities set formula_version = 4, route_id = null, route_line = null, route_length_m = null";
    sqlx::query(before).execute(tx.connection()).await.expect("as an older version stored it");
    start_recompute(&mut tx, Uuid::from_u128(7), domain::activities::RecomputeReason::Formulas, at()).await.expect("a task");
    tx.commit().await.expect("commit");
    assert!(load_detail(&platform, kim, ids[1]).await.on_route.is_empty());
    settle(&platform, kim).await;
    assert_eq!(load_detail(&platform, kim, ids[1]).await.on_route.len(), 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_nobody_else_sees_stays_so_in_its_parts(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let (whole, part) = (add_new(&platform, kim, run(START), "a.fit").await, add_new(&platform, kim, run(START + DAY_S), "b.fit").await);
    let hidden = async |id| load_detail(&platform, kim, id).await.hidden;
    let mut tx = begin_as(&platform, kim).await;
    edit_many(&mut tx, &[whole], &domain::activities::BulkEdit::Hidden(true), &platform.ids, at()).await.expect("hidden");
    let second = split(&mut tx, whole, &platform.ids, fields(&[("at", "30:00")]), at()).await.expect("split");
    tx.commit().await.expect("commit");
    assert!(hidden(second).await && !hidden(part).await);
    let mut tx = begin_as(&platform, kim).await;
    unsplit(&mut tx, second).await.expect("rejoined");
    sqlx::query("update activities set started_at = started_at - interval '1 day' where id = $1")
        .bind(part)
        .execute(tx.connection())
        .await
        .expect("moved");
    merge_into(&mut tx, part, whole).await.expect("merged");
    tx.commit().await.expect("commit");
    assert!(hidden(part).await, "it shows what nobody else was to see");
    let mut tx = begin_as(&platform, kim).await;
    unmerge(&mut tx, whole).await.expect("taken out");
    tx.commit().await.expect("commit");
    assert!(hidden(whole).await && hidden(part).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_word_of_an_athlete_about_an_activity_is_in_the_change_log(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let id = add_new(&platform, kim, run(START), "a.fit").await;
    let mut tx = begin_as(&platform, kim).await;
    let log = "select count(*) from change_log where table_name = 'activities'";
    for (n, edit) in
        ["tags = '{tempo}'", "kind = 'trail_run'", "hidden = true", "gear = 'Blue'", "effort = 5", "legs = 2", "mood = 3", "felt = 'wind'"]
            .into_iter()
            .enumerate()
    {
        let sql = format!("update activities set {edit} where id = $1");
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).execute(tx.connection()).await.expect("edited");
        let count: i64 = sqlx::query_scalar(log).fetch_one(tx.connection()).await.expect("counted");
        assert_eq!(count, n as i64 + 1, "{edit}");
    }
}

/// Fifteen minutes easy, four times three minutes fast with two minutes easy between, ten minutes easy.
fn session(start_s: i64) -> Recording {
    let mut samples = Samples::default();
    let parts = [(2.8, 900), (4.2, 180), (2.5, 120), (4.2, 180), (2.5, 120), (4.2, 180), (2.5, 120), (4.2, 180), (2.6, 600)];
    let (mut metres, mut beats) = (0.0, 120.0);
    for (i, mps) in parts.iter().flat_map(|(mps, seconds)| std::iter::repeat_n(*mps, *seconds)).enumerate() {
        samples.push(i as f64);
        samples.distance_m[i] = metres;
        samples.altitude_m[i] = 40.0;
        samples.heart_rate_bpm[i] = beats;
        metres += mps;
        beats += (90.0 + 20.0 * mps - beats) / 30.0;
    }
    Recording { sport: Sport::Running, started_at_ms: Some(start_s * 1000), samples, ..Recording::default() }
}

#[sqlx::test(migrations = "../../migrations")]
async fn intervals_are_found_and_corrected(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    let id = add_new(&platform, kim, session(START), "session.fit").await;
    let times = async || {
        let found = load_detail(&platform, kim, id).await;
        (found.intervals.iter().map(|i| (i.from_s.round() as i64, i.to_s.round() as i64)).collect::<Vec<_>>(), found.intervals_corrected)
    };
    let found = load_detail(&platform, kim, id).await;
    assert_eq!(found.intervals.len(), 4, "{:?}", found.intervals);
    let first = &found.intervals[0];
    assert!((first.from_s - 900.0).abs() <= 4.0 && (first.moving_s - 180.0).abs() <= 6.0 && first.avg_hr_bpm.is_some(), "{first:?}");

    // One takes the place of two, another goes.
    let mut tx = begin_as(&platform, kim).await;
    add_interval(&mut tx, id, fields(&[("from", "15:00"), ("to", "23:00")])).await.expect("added");
    remove_interval(&mut tx, id, fields(&[("from", "25:00")])).await.expect("removed");
    tx.commit().await.expect("commit");
    let (now, corrected) = times().await;
    assert!(corrected && now.len() == 2 && now[0] == (900, 1380), "{now:?}");

    // They stay with the recording through a crop and another date, and in the order of what the athlete did.
    let mut tx = begin_as(&platform, kim).await;
    crop(&mut tx, id, fields(&[("from", "5:00"), ("to", "25:00")])).await.expect("cropped");
    set_start(&mut tx, id, fields(&[("day", "2026-06-20"), ("time", "07:00")]), at()).await.expect("dated");
    tx.commit().await.expect("commit");
    assert_eq!(times().await.0, [(600, 1080)], "what is cropped away is not shown");
    let mut tx = begin_as(&platform, kim).await;
    uncrop(&mut tx, id).await.expect("uncropped");
    reset_start(&mut tx, id).await.expect("undated");
    tx.commit().await.expect("commit");
    assert_eq!(times().await.0, now, "and comes back");

    // Corrected while it is cropped, what lies outside stays as it was.
    let mut tx = begin_as(&platform, kim).await;
    crop(&mut tx, id, fields(&[("from", "28:00"), ("to", "40:00")])).await.expect("cropped");
    add_interval(&mut tx, id, fields(&[("from", "7:00"), ("to", "8:00")])).await.expect("added");
    uncrop(&mut tx, id).await.expect("uncropped");
    tx.commit().await.expect("commit");
    let all = times().await.0;
    assert_eq!(all, [now.clone(), vec![(2100, 2160)]].concat(), "28 minutes and 7 are 35");
    // The second part of a split has those that lie in it.
    let mut tx = begin_as(&platform, kim).await;
    let second = split(&mut tx, id, &platform.ids, fields(&[("at", "34:00")]), at()).await.expect("split");
    tx.commit().await.expect("commit");
    let of_second = load_detail(&platform, kim, second).await;
    assert!(of_second.intervals_corrected && of_second.intervals.len() == 1 && of_second.intervals[0].elapsed_s.round() as i64 == 60);
    // What is corrected there is kept when the two are one again.
    let mut tx = begin_as(&platform, kim).await;
    add_interval(&mut tx, second, fields(&[("from", "4:00"), ("to", "5:00")])).await.expect("added");
    unsplit(&mut tx, second).await.expect("rejoined");
    tx.commit().await.expect("commit");
    assert_eq!(times().await.0, [all, vec![(2280, 2340)]].concat(), "34 minutes and 4 are 38");

    let mut tx = begin_as(&platform, kim).await;
    let refused = add_interval(&mut tx, id, fields(&[])).await.expect_err("nothing typed");
    assert!(matches!(refused, platform::Error::Problem(problem) if problem.fields.names().collect::<Vec<_>>() == ["from", "to"]));
    let refused = add_interval(&mut tx, id, fields(&[("from", "soon"), ("to", "99:00:00")])).await.expect_err("no times");
    assert!(matches!(refused, platform::Error::Problem(problem) if problem.fields.names().collect::<Vec<_>>() == ["from", "to"]));
    find_intervals(&mut tx, id).await.expect("found");
    tx.commit().await.expect("commit");
    let (again, corrected) = times().await;
    assert!(!corrected && again.len() == 4, "{again:?}");
}
