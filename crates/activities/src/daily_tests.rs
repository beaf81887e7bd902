//! The run days that discovery reads.

use accounts::testing::athlete;
use platform::testing::TestApp;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::tests::{START, add_new, begin_as, fields, run};
use super::*;

#[sqlx::test(migrations = "../../migrations")]
async fn an_effort_stands_beside_the_pace_of_the_runs_that_were_rated(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = athlete(&platform, "kim@example.org").await;
    // A morning and an evening run of the same day.
    let morning = add_new(&platform, kim, run(START), "a.fit").await;
    let evening = add_new(&platform, kim, run(START - 6 * 3600), "b.fit").await;
    let mut owner = platform.owner().await;
    let set = "update activities set moving_s = $2, ngp_s_per_km = $3, efficiency_factor = $4 where id = $1";
    // 1000 s at 4 m/s and 150 bpm, 3000 s at 3 m/s and 125 bpm.
    for (id, moving_s, pace, factor) in [(morning, 1000.0, 250.0, 1.6), (evening, 3000.0, 1000.0 / 3.0, 1.44)] {
        sqlx::query(set).bind(id).bind(moving_s).bind(pace).bind(factor).execute(&mut owner).await.expect("set");
    }
    let read = async || {
        let days = run_days(&mut begin_as(&platform, kim).await).await.expect("days");
        assert_eq!(days.len(), 1);
        days[0].clone()
    };
    let close = |a: Option<f64>, b: f64| a.is_some_and(|a| (a - b).abs() < 1e-9 * b);
    let day = read().await;
    assert_eq!((day.effort, day.effort_s_per_km), (None, None));
    // By time: (1000 · 150 + 3000 · 125) / 4000, and 4000 s for 13 km.
    assert!(close(day.heart_rate_bpm, 131.25) && close(day.heart_rate_s_per_km, 4000.0 / 13.0), "{day:?}");
    let mut tx = begin_as(&platform, kim).await;
    perceive(&mut tx, evening, fields(&[("effort", "3")])).await.expect("an effort");
    tx.commit().await.expect("commit");
    let day = read().await;
    assert!(close(day.effort, 3.0) && close(day.effort_s_per_km, 1000.0 / 3.0), "only the pace of the run that it is about: {day:?}");
    let mut tx = begin_as(&platform, kim).await;
    perceive(&mut tx, morning, fields(&[("effort", "7")])).await.expect("an effort");
    tx.commit().await.expect("commit");
    let day = read().await;
    assert!(close(day.effort, 4.0) && close(day.effort_s_per_km, 4000.0 / 13.0), "{day:?}");
    // An effort without a pace, as on a treadmill, is none at any.
    sqlx::query("update activities set ngp_s_per_km = null").execute(&mut owner).await.expect("set");
    let day = read().await;
    assert_eq!((day.effort, day.effort_s_per_km, day.heart_rate_bpm, day.heart_rate_s_per_km), (None, None, None, None));
}
