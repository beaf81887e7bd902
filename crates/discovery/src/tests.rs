use accounts::testing::KIM;
use activities::{DayLoad, RunDay};
use chrono::{DateTime, NaiveDate, TimeDelta};
use domain::discovery::{JobState, Report, StoredReport, Tier};
use domain::measures::{Answers, Source, keys};
use domain::units::Units;
use physiology::{Athlete, analyse};
use platform::feature::{Features, PLATFORM};
use platform::testing::TestApp;
use platform::{Clock, Platform};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::table::Offer;
use crate::variables::{EFFORT, OF_RUNS, OUTCOMES, PACE};

/// The features that offer something to discovery, in the server's order, and what hears of it.
pub(crate) const FEATURES: Features = Features(&[&PLATFORM, &journal::FEATURE, &activities::FEATURE, &crate::FEATURE]);

/// What is stored of the report.
fn stored(runs: &[RunDay], loads: &[DayLoad], days: &[journal::Day], now: DateTime<chrono::Utc>) -> StoredReport {
    let offers = [
        Offer { inputs: (journal::FEATURE.daily.inputs)(), days: journal::daily_values(days) },
        Offer { inputs: (activities::FEATURE.daily.inputs)(), days: activities::daily_values(loads) },
    ];
    crate::report::compute(runs, &offers, now)
}

/// The report with its words, as a page gets it.
fn compute(runs: &[RunDay], loads: &[DayLoad], days: &[journal::Day], now: DateTime<chrono::Utc>) -> Report {
    crate::presentation::report(stored(runs, loads, days, now), &FEATURES.inputs().collect::<Vec<_>>(), Units::default())
}

/// Deterministic noise with mean zero and standard deviation one, approximately normal (a sum of twelve uniforms).
pub(crate) fn noise(seed: &mut u64) -> f64 {
    (0..12)
        .map(|_| {
            *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (*seed >> 33) as f64 / f64::from(1_u32 << 31)
        })
        .sum::<f64>()
        - 6.0
}

fn athlete(days: i64, sleep_effect: f64) -> (Vec<RunDay>, Vec<journal::Day>) {
    let first = NaiveDate::from_ymd_opt(2025, 1, 1).expect("a date");
    let mut seed = 7;
    let mut runs = Vec::new();
    let mut journal = Vec::new();
    for d in 0..days {
        let day = first + TimeDelta::days(d);
        let sleep = (7.0 + noise(&mut seed)).clamp(3.0, 11.0);
        let mut entry = Answers::default();
        entry.set_number(keys::SLEEP_HOURS, sleep);
        entry.set_number(keys::CAFFEINE, (2.0 + noise(&mut seed)).clamp(0.0, 8.0).round());
        journal.push((day, entry));
        if d % 3 != 0 {
            let ef = 1.35 * (sleep_effect * (sleep - 7.0) + 0.02 * noise(&mut seed)).exp();
            runs.push(RunDay {
                day,
                efficiency_factor: Some(ef),
                decoupling_pct: Some(4.0 + noise(&mut seed)),
                temperature_c: None,
                moving_s: 3000.0,
                elevation_gain_m: 50.0,
                ngp_s_per_km: Some(300.0),
                distance_m: 10_000.0,
                effort: None,
                effort_s_per_km: None,
                heart_rate_bpm: None,
                heart_rate_s_per_km: None,
                trail_share: 0.0,
                treadmill_share: 0.0,
            });
        }
    }
    (runs, journal)
}

#[test]
fn a_small_effect_shows_nothing_larger_than_the_smallest_effect_of_interest() {
    let (runs, journal) = athlete(1500, 0.0);
    let report = compute(&runs, &[], &journal, DateTime::default());
    let small: Vec<_> = report.cards.iter().filter(|c| matches!(c.tier, Tier::NoEffect | Tier::TooSmall)).collect();
    assert!(!small.is_empty());
    for card in small {
        let outcome = OUTCOMES.iter().find(|o| o.label == card.outcome).expect("an outcome");
        let reach = card.ci_low.expect("an interval").abs().max(card.ci_high.expect("an interval").abs());
        assert!(reach < outcome.smallest * outcome.scale, "{} {} reaches {reach} {}", card.input, card.outcome, card.unit);
        assert!(card.unit.contains("over your usual range"), "{}", card.unit);
    }
}

#[test]
fn sentences_charts_and_amounts_follow_the_units_of_the_athlete() {
    let (runs, journal) = athlete(365, 0.015);
    let mut report = stored(&runs, &[], &journal, DateTime::default());
    let found = report.findings.iter_mut().find(|f| f.tier == Tier::Confirmed && f.outcome == "efficiency").expect("the planted effect");
    "weight_kg".clone_into(&mut found.input);
    let (finding, inputs) = (found.clone(), FEATURES.inputs().collect::<Vec<_>>());
    let card = |units| crate::presentation::card(finding.clone(), &inputs, units).expect("a card");
    let (metric, american) = (card(Units::default()), card(Units::AMERICAN));
    assert_eq!((metric.sentence.before.as_str(), american.sentence.before.as_str()), ("1\u{a0}kg more weight: ", "2.2\u{a0}lb more weight: "));
    assert!(metric.sentence.after.contains("s/km") && american.sentence.after.contains("s/mi"), "{}", american.sentence.after);
    assert!(american.unit.contains("per 2.2\u{a0}lb") && american.x_label.contains("lb"), "{} {}", american.unit, american.x_label);
    // The effect belongs to the same amount, and the points lie where they lay.
    assert_eq!(metric.effect, american.effect);
    for (kg, lb) in metric.points.iter().zip(&american.points) {
        assert!((kg.0 * 2.204_622_6 - lb.0).abs() < 1e-3 && (kg.1 - lb.1).abs() < f32::EPSILON);
    }
    let ends = |card: &domain::discovery::Card| card.line.as_ref().map(|line| line[0][0]).expect("a line");
    assert!((ends(&metric) * 2.204_622_6 - ends(&american)).abs() < 1e-3);
}

#[test]
fn a_planted_effect_is_reported_with_its_size_and_the_rest_is_not() {
    let (runs, journal) = athlete(365, 0.015);
    let report = compute(&runs, &[], &journal, DateTime::default());
    // The stored report reads back unchanged: JSON has no infinity.
    let computed = stored(&runs, &[], &journal, DateTime::default());
    let read_back: StoredReport = serde_json::from_value(serde_json::to_value(&computed).expect("json")).expect("read back");
    assert_eq!(read_back, computed);
    let written = serde_json::to_string(&computed).expect("json");
    let word = written.as_bytes().windows(3).position(|w| w[0].is_ascii_lowercase() && w[1] == b' ' && w[2].is_ascii_alphabetic());
    assert_eq!(word.map(|at| &written[at..]), None, "words are made when a report is read");
    let sleep = report.cards.iter().find(|c| c.input == "Sleep" && c.outcome == "Efficiency").expect("card");
    assert_eq!((sleep.tier, sleep.is_beneficial, sleep.lag_days), (Tier::Confirmed, Some(true), Some(0)));
    let effect = sleep.effect.expect("effect");
    assert!((effect - 1.5).abs() < 0.4 && sleep.ci_low < Some(1.5) && sleep.ci_high > Some(1.5), "{effect}");
    let sentence = sleep.whole_sentence();
    assert!(sentence.starts_with("An extra hour of sleep: 1.") && sentence.ends_with("Go to bed."), "{sentence}");
    let inputs: Vec<_> = FEATURES.inputs().collect();
    let charts: std::collections::BTreeMap<_, _> =
        computed.findings.iter().filter_map(|f| Some((f.key(), crate::presentation::interactive_chart(f, &inputs, Units::default())?))).collect();
    let option: serde_json::Value = serde_json::from_str(&charts[&sleep.key]).expect("a chart option");
    let [band, days, line] = [0, 1, 2].map(|at| option["series"][at]["data"].as_array().expect("data"));
    assert_eq!((days.len(), band.len(), line.len()), (sleep.points.len(), 13, 13));
    // The same band, the axes with their units, and the day of each dot.
    let drawn = sleep.line.as_ref().expect("a line");
    assert_eq!((band[0][1].as_f64(), band[0][2].as_f64()), (Some(drawn[0][2]), Some(drawn[0][3])));
    assert_eq!((option["xAxis"]["name"].as_str(), option["yAxis"]["name"].as_str()), (Some(sleep.x_label.as_str()), Some(sleep.y_label.as_str())));
    assert_eq!(days[0][2], sleep.days[0].to_string());
    let caffeine = report.cards.iter().find(|c| c.input == "Caffeine" && c.outcome == "Efficiency").expect("card");
    assert!(!matches!(caffeine.tier, Tier::Supported | Tier::Confirmed), "{caffeine:?}");
}

#[test]
fn few_days_are_not_enough_and_say_how_many_more() {
    let (runs, journal) = athlete(20, 0.015);
    let report = compute(&runs, &[], &journal, DateTime::default());
    assert!(!report.cards.is_empty());
    for card in &report.cards {
        assert_eq!(card.tier, Tier::NotEnoughData, "{card:?}");
        assert!(card.days_needed.is_some_and(|d| d > 0), "{card:?}");
    }
}

#[test]
fn no_data_gives_no_findings() {
    assert!(compute(&[], &[], &[], DateTime::default()).cards.is_empty());
}

/// A synthetic athlete as the app sees them: every run analysed, every day in the journal.
fn synthetic(seed: u64, last: NaiveDate) -> (Vec<RunDay>, Vec<DayLoad>, Vec<journal::Day>) {
    let (mut runs, mut loads, mut journal) = (Vec::new(), Vec::new(), Vec::new());
    for day in demo::days(seed, last, demo::DAYS) {
        if let Some(run) = &day.run {
            let a = analyse(run, &Athlete::default());
            runs.push(RunDay {
                day: day.date,
                efficiency_factor: a.efficiency_factor,
                decoupling_pct: a.decoupling_pct,
                temperature_c: a.temperature_c,
                moving_s: a.moving_s.unwrap_or(0.0),
                elevation_gain_m: a.elevation_gain_m.unwrap_or(0.0),
                ngp_s_per_km: a.ngp_s_per_km,
                distance_m: a.distance_m.unwrap_or(0.0),
                effort: day.effort.map(f64::from).filter(|_| a.ngp_s_per_km.is_some()),
                effort_s_per_km: day.effort.and(a.ngp_s_per_km),
                heart_rate_bpm: a.ngp_s_per_km.zip(a.efficiency_factor).map(|(pace, factor)| 60_000.0 / (pace * factor)),
                heart_rate_s_per_km: a.ngp_s_per_km.filter(|_| a.efficiency_factor.is_some()),
                trail_share: 0.0,
                treadmill_share: 0.0,
            });
            loads.push(DayLoad { day: day.date, trimp: a.trimp.unwrap_or(0.0) });
        }
        journal.push((day.date, day.entry));
    }
    (runs, loads, journal)
}

/// From recorded runs to findings: each planted effect is found with its lag and sign. More athletes: `LEGWORK_SEEDS=10`.
#[test]
fn planted_effects_of_synthetic_athletes_are_found() {
    let seeds = std::env::var("LEGWORK_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(2_u64);
    for seed in 1..=seeds {
        let (runs, loads, journal) = synthetic(seed, NaiveDate::from_ymd_opt(2026, 11, 20).expect("a date"));
        let report = compute(&runs, &loads, &journal, DateTime::default());
        // The morning was before the run.
        for card in report.cards.iter().filter(|card| card.tier != Tier::NotEnoughData) {
            let holds = |of: &[&str]| card.how.held_constant.iter().any(|held| of.contains(&held.as_str()));
            let of = |outcomes: &[&str]| outcomes.contains(&card.outcome_key.as_str());
            assert_eq!(holds(&["temperature", "duration", "climb"]), of(&OF_RUNS), "{}: {:?}", card.key, card.how.held_constant);
            assert_eq!((holds(&["pace"]), holds(&["heart rate"])), (of(&[EFFORT]), of(&[PACE])), "{}: {:?}", card.key, card.how.held_constant);
        }
        let supported: Vec<String> =
            report.cards.iter().filter(|c| matches!(c.tier, Tier::Supported | Tier::Confirmed)).map(|c| format!("{:?} {}", c.tier, c.key)).collect();
        println!("athlete {seed}: {supported:?}");
        for planted in demo::PLANTED_EFFECTS {
            let card = report.cards.iter().find(|c| c.input == planted.input && c.outcome == planted.outcome).expect("card");
            assert!(matches!(card.tier, Tier::Supported | Tier::Confirmed), "athlete {seed}: {card:?}");
            assert_eq!(card.lag_days, Some(planted.lag_days), "athlete {seed}: {}", card.key);
            assert!(card.effect.is_some_and(|e| e * planted.size > 0.0), "athlete {seed}: {}", card.key);
        }
    }
}

pub(crate) async fn write_days(platform: &Platform, athlete: Uuid, count: i64) {
    let now = platform.clock.now();
    let today = now.date_naive();
    let mut seed = 5;
    let days: Vec<_> = (0..count)
        .map(|d| {
            let mut entry = Answers::default();
            let sleep = (7.0 + noise(&mut seed)).clamp(3.0, 11.0);
            entry.set_number(keys::SLEEP_HOURS, sleep);
            entry.set_number(keys::RESTING_HR, (50.0 - 2.0 * (sleep - 7.0) + 0.5 * noise(&mut seed)).clamp(30.0, 90.0));
            (today - TimeDelta::days(d), entry)
        })
        .collect();
    let mut tx = platform.database.begin_as(athlete).await.expect("transaction");
    journal::save_days(&mut tx, &days, (Source::File, Uuid::from_u128(1)), today, now).await.expect("saved");
    tx.commit().await.expect("committed");
}

pub(crate) async fn load_discovery(platform: &Platform, athlete: Uuid) -> domain::discovery::Discovery {
    let mut tx = platform.database.begin_as(athlete).await.expect("transaction");
    let discovery = crate::discovery(&mut tx, platform.features, Units::default()).await.expect("discovery");
    tx.commit().await.expect("committed");
    discovery
}

#[sqlx::test(migrations = "../../migrations")]
async fn changes_enqueue_one_job_and_the_worker_runs_it(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect).with(FEATURES).with_queue().await;
    let athlete = accounts::testing::athlete(&platform, "kim@x.org").await;
    let empty = load_discovery(&platform, athlete).await;
    assert!(empty.report.is_none() && empty.fresh && empty.job.is_none(), "{empty:?}");
    write_days(&platform, athlete, 60).await;
    write_days(&platform, athlete, 200).await;
    assert!(!platform::events::dispatch(&platform, athlete).await.expect("dispatched"));
    let waiting = load_discovery(&platform, athlete).await;
    let job = waiting.job.expect("a job");
    assert_eq!((waiting.report.is_none(), waiting.fresh, job.state), (true, false, JobState::Queued));
    let mut owner = platform.owner().await;
    let count = "select count(*) from graphile_worker._private_jobs where key like 'discover/%'";
    let enqueued: i64 = sqlx::query_scalar(count).fetch_one(&mut owner).await.expect("counted");
    assert_eq!(enqueued, 1, "the second change joins the first");
    platform::testing::run_jobs(&platform).await.expect("jobs run");
    let finished = load_discovery(&platform, athlete).await;
    assert!(finished.fresh && finished.job.is_none());
    let sleep = finished.report.expect("a report").cards.into_iter().find(|c| c.key == "sleep-hours-resting-hr").expect("card");
    assert!(sleep.tier.holds() && sleep.is_beneficial == Some(true) && sleep.how.declared, "{sleep:?}");
    assert!(!sleep.profile.is_empty() && sleep.line.is_some() && sleep.days.len() == sleep.points.len());
    assert_eq!(sleep.points.len(), sleep.n as usize);
    // A page draws at most 400 of them, from the first day to the last.
    let page = domain::discovery::Card { points: (0..1_853_u16).map(|i| (f32::from(i), 0.0)).collect(), ..sleep.clone() }.for_page();
    assert!(page.points.len() > 350 && page.points.len() <= 400 && page.points.last().is_some_and(|p| p.0 > 1_845.0) && page.days.is_empty());
    let mut tx = platform.database.begin_as(athlete).await.expect("transaction");
    let done = crate::status(&mut tx, job.id).await.expect("status");
    assert_eq!((done.state, done.attempts), (JobState::Done, 1));
    // Another user's job is not found.
    let other = accounts::testing::athlete(&platform, "other@x.org").await;
    let mut tx = platform.database.begin_as(other).await.expect("transaction");
    assert!(crate::status(&mut tx, job.id).await.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn deleting_an_account_deletes_all_its_findings(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect).with(FEATURES).with_queue().await;
    let athlete = accounts::testing::athlete(&platform, "kim@x.org").await;
    write_days(&platform, athlete, 60).await;
    crate::discover_now(&platform, athlete).await.expect("computed");
    let mut owner = platform.owner().await;
    sqlx::query("delete from accounts").execute(&mut owner).await.expect("deleted");
    for table in ["discovery_jobs", "discovery_reports", "finding_snapshots", "daily_values", "daily_series"] {
        let left: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {table}"))).fetch_one(&mut owner).await.expect(table);
        assert_eq!(left, 0, "{table}");
    }
    // The enqueued job finds no account and finishes.
    platform::testing::run_jobs(&platform).await.expect("jobs run");
    let left: i64 = sqlx::query_scalar("select count(*) from graphile_worker._private_jobs").fetch_one(&mut owner).await.expect("count");
    assert_eq!(left, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn changes_since_last_month_are_reported(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect).with(FEATURES);
    let athlete = accounts::testing::athlete(&platform, "kim@x.org").await;
    write_days(&platform, athlete, 20).await;
    let first = crate::discover_now(&platform, athlete).await.expect("computed");
    assert!(first.cards.iter().all(|c| c.tier == Tier::NotEnoughData));
    let before = load_discovery(&platform, athlete).await;
    assert_eq!(before.news, None, "there is no earlier report");
    platform.clock = Clock::manual(platform.clock.now() + TimeDelta::days(40));
    write_days(&platform, athlete, 200).await;
    crate::discover_now(&platform, athlete).await.expect("computed");
    let now = load_discovery(&platform, athlete).await;
    let news = now.news.expect("an earlier report");
    assert_eq!((news.since, news.other_method), (first.computed_at.date_naive(), false));
    let sleep = news.items.iter().find(|c| c.key.as_deref() == Some("sleep-hours-resting-hr")).expect("a change");
    assert_eq!((sleep.pair.as_str(), sleep.sentence.as_str()), ("Sleep → resting heart rate", "New: it works for you."));
    // Home asks for a week, and gets the summaries of the same reports.
    let mut tx = platform.database.begin_as(athlete).await.expect("transaction");
    let today = platform.clock.now().date_naive();
    let week = crate::news_since(&mut tx, FEATURES, today - TimeDelta::days(7)).await.expect("news").expect("an earlier report");
    assert_eq!(week.items, news.items);
    let none = crate::news_since(&mut tx, FEATURES, today + TimeDelta::days(1)).await.expect("news").expect("the report of today");
    assert!(none.items.is_empty(), "{none:?}");
    drop(tx);
    // The same data, computed by another version of the method.
    sqlx::query("update finding_snapshots set engine = 'older' where day < $1")
        .bind(today)
        .execute(&mut platform.owner().await)
        .await
        .expect("older");
    assert!(load_discovery(&platform, athlete).await.news.is_some_and(|news| news.other_method));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_bounded_number_of_summaries_is_kept(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect).with(FEATURES);
    let athlete = accounts::testing::athlete(&platform, "kim@x.org").await;
    let mut owner = platform.owner().await;
    let fill = "insert into finding_snapshots (athlete_id, day, computed_at, fingerprint, engine, findings)
                  select $1, $2::date - n, $2, 'x', 'x', '[]' from generate_series(1, 1500) n";
    sqlx::query(fill).bind(athlete).bind(platform.clock.now()).execute(&mut owner).await.expect("filled");
    write_days(&platform, athlete, 20).await;
    platform.clock = Clock::manual(platform.clock.now());
    crate::discover_now(&platform, athlete).await.expect("computed");
    let today = platform.clock.now().date_naive();
    let kept: Vec<NaiveDate> = sqlx::query_scalar("select day from finding_snapshots where athlete_id = $1 order by day desc")
        .bind(athlete)
        .fetch_all(&mut owner)
        .await
        .expect("days");
    // Today and 62 days before it, and the last of each earlier month, two years back.
    assert!(kept.len() <= 63 + 25 && kept.len() > 63 + 20, "{}", kept.len());
    assert!(kept.iter().take(63).enumerate().all(|(n, day)| *day == today - TimeDelta::days(i64::try_from(n).expect("few"))), "{kept:?}");
    assert!(kept.iter().skip(64).all(|day| day.succ_opt().is_some_and(|next| next.format("%d").to_string() == "01")), "{kept:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn api_clients_get_findings_or_a_job(_: PgPoolOptions, connect: PgConnectOptions) {
    use axum::body::Body;
    use axum::http::{Request, StatusCode};
    use tower::ServiceExt;
    let platform = TestApp::new(connect).with(FEATURES);
    let signed_in = KIM.register(&platform).await;
    let athlete = signed_in.viewer.id;
    let token = format!("legwork_session={}", signed_in.token);
    let router = crate::http::router::<Platform>().into_parts().0.with_state(platform.clone());
    let get = async |path: &str, signed_in: bool| {
        let mut request = Request::get(path);
        if signed_in {
            request = request.header("cookie", &token);
        }
        let response = router.clone().oneshot(request.body(Body::empty()).expect("request")).await.expect("response");
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), 8 << 20).await.expect("body");
        (status, String::from_utf8(bytes.to_vec()).expect("text"))
    };
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("json");
    for path in ["discover", "what-works", "what-doesnt-work"] {
        let (status, body) = get(&format!("/v1/correlations/{path}"), true).await;
        assert_eq!((status, json(&body)["findings"].as_array().map(Vec::len)), (StatusCode::OK, Some(0)), "{path} without data");
    }
    write_days(&platform, athlete, 200).await;
    assert!(!platform::events::dispatch(&platform, athlete).await.expect("dispatched"));
    for path in ["discover", "what-works", "what-doesnt-work", "status/00000000-0000-0000-0000-000000000000"] {
        assert_eq!(get(&format!("/v1/correlations/{path}"), false).await.0, StatusCode::UNAUTHORIZED, "{path}");
    }
    let (status, body) = get("/v1/correlations/discover", true).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let job = json(&body)["job_id"].as_str().expect("a job").to_owned();
    let (status, body) = get(&format!("/v1/correlations/status/{job}"), true).await;
    assert_eq!((status, json(&body)["state"].as_str()), (StatusCode::OK, Some("queued")));
    assert_eq!(get("/v1/correlations/status/00000000-0000-0000-0000-000000000000", true).await.0, StatusCode::NOT_FOUND);
    crate::discover_now(&platform, athlete).await.expect("computed");
    let (status, body) = get("/v1/correlations/discover", true).await;
    assert!(status == StatusCode::OK && json(&body)["findings"].as_array().is_some_and(|c| !c.is_empty()));
    let (_, body) = get("/v1/correlations/what-works", true).await;
    assert_eq!(json(&body)["findings"][0]["key"], "sleep-hours-resting-hr");
    assert!(json(&body)["signs"].is_array() && json(&body)["findings"][0]["group"] == "helps", "{body:.400}");
    let (_, body) = get("/v1/correlations/what-doesnt-work", true).await;
    assert_eq!(json(&body)["fresh"], true);
    let (status, body) = get("/discovery/charts.json", true).await;
    let chart = json(json(&body)["sleep-hours-resting-hr"].as_str().expect("a chart"));
    assert!(status == StatusCode::OK && chart["series"].as_array().is_some_and(|s| !s.is_empty()), "{body:.200}");
    let png = async |path: &str| {
        let request = Request::get(path).header("cookie", &token).body(Body::empty()).expect("request");
        let response = router.clone().oneshot(request).await.expect("response");
        let kind = response.headers()["content-type"].to_str().expect("text").to_owned();
        (response.status(), kind, axum::body::to_bytes(response.into_body(), 1 << 20).await.expect("body"))
    };
    let (status, kind, picture) = png("/discovery/sleep-hours-resting-hr/card.png").await;
    assert!((status, kind.as_str()) == (StatusCode::OK, "image/png") && picture.starts_with(b"\x89PNG\r\n"), "{status} {kind}");
    assert_eq!(png("/discovery/sleep-hours-resting-hr/card.png").await.2, picture, "the same again");
    assert_eq!(png("/discovery/moon-resting-hr/card.png").await.0, StatusCode::NOT_FOUND);
    let (status, body) = get("/discovery/sleep-hours-resting-hr/days.csv", true).await;
    assert!(status == StatusCode::OK && body.starts_with("date,\"sleep, hours\"") && body.lines().count() > 150, "{body:.200}");
}

/// A feature that nothing in this crate names.
mod shoes {
    use chrono::{NaiveDate, TimeDelta};
    use domain::discovery::{Gap, Input};
    use futures::FutureExt;
    use platform::feature::Feature;
    use platform::feature::daily::{Daily, DayValues, Logged};

    fn inputs() -> Vec<Input> {
        vec![Input {
            key: "shoe_km".into(),
            label: "Shoes".into(),
            axis: "kilometres on the shoes".into(),
            scale: 1.0,
            step: 100.0,
            more: "100\u{a0}km more on the shoes".into(),
            per: "per 100\u{a0}km".into(),
            first_lag: 0,
            gap: Gap::Unknown,
            when_good: "Well worn in.".into(),
            when_bad: "Treat yourself to a new pair.".into(),
        }]
    }

    pub(super) const FEATURE: Feature = Feature {
        events: &["shoes.changed"],
        daily: Daily {
            inputs,
            // As an athlete would name one.
            own_inputs: |_| {
                async { Ok(inputs().into_iter().map(|input| Input { key: "laces".into(), label: "Laces".into(), ..input }).collect()) }.boxed()
            },
            changed_by: &["shoes.changed"],
            fingerprint: |_| async { Ok(Some("shoes".to_owned())) }.boxed(),
            values: |_| async { Ok(values(200)) }.boxed(),
            logged: Logged { title: "Shoes", href: "/shoes", step: "Log a pair" },
            ..Daily::NONE
        },
        ..Feature::named("shoes")
    };

    /// A new pair whenever the old one is worn: after thirty to sixty days.
    pub(super) fn values(days: i64) -> Vec<DayValues> {
        let first = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date");
        let (mut seed, mut laces) = (11, 12);
        let mut km = 0.0;
        let day = |d| {
            km = if km > 400.0 + 100.0 * super::noise(&mut seed) { 0.0 } else { km + 12.0 + 4.0 * super::noise(&mut seed) };
            (first + TimeDelta::days(d), vec![Some(km), Some(super::noise(&mut laces))])
        };
        (0..days).map(day).collect()
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_a_new_feature_offers_is_tested(_: PgPoolOptions, connect: PgConnectOptions) {
    const WITH_SHOES: Features = Features(&[&PLATFORM, &journal::FEATURE, &activities::FEATURE, &crate::FEATURE, &shoes::FEATURE]);
    let mut platform = TestApp::new(connect).with(WITH_SHOES).with_queue().await;
    let athlete = accounts::testing::athlete(&platform, "kim@x.org").await;
    // Old shoes cost: a beat for each 100 km.
    let mut seed = 3;
    let days: Vec<journal::Day> = shoes::values(200)
        .into_iter()
        .map(|(day, km)| {
            let mut entry = Answers::default();
            entry.set_number(keys::RESTING_HR, 50.0 + km[0].expect("a value") / 100.0 + 0.3 * noise(&mut seed));
            (day, entry)
        })
        .collect();
    let now = platform.clock.now();
    let mut tx = platform.database.begin_as(athlete).await.expect("transaction");
    journal::save_days(&mut tx, &days, (Source::File, Uuid::from_u128(1)), now.date_naive(), now).await.expect("saved");
    tx.commit().await.expect("committed");
    platform.features = FEATURES;
    let without = crate::discover_now(&platform, athlete).await.expect("computed");
    assert!(!without.cards.is_empty() && without.cards.iter().all(|card| card.input != "Shoes"));
    // With the feature, reports from before it are out of date.
    platform.features = WITH_SHOES;
    assert!(!load_discovery(&platform, athlete).await.fresh);
    let report = crate::discover_now(&platform, athlete).await.expect("computed");
    let card = report.cards.iter().find(|card| card.key == "shoe-km-resting-hr").expect("a card");
    let sentence = card.whole_sentence();
    assert!(card.tier.holds() && card.is_beneficial == Some(false), "{card:?}");
    assert!(sentence.starts_with("100\u{a0}km more on the shoes: ") && sentence.ends_with("Treat yourself to a new pair."), "{sentence}");
    assert_eq!(report.inputs, without.inputs + 2);
    assert!(report.cards.iter().any(|card| card.input == "Laces"), "the athlete’s own");
    // A newcomer reads what could be tested, and where it is logged; there are no runs yet.
    let testable = load_discovery(&platform, athlete).await.testable;
    let shoes = testable.iter().find(|group| group.href == "/shoes").expect("a group");
    let listed: Vec<_> = shoes.inputs.iter().map(|input| (input.label.as_str(), input.own, input.known, input.needed)).collect();
    assert_eq!((shoes.title.as_str(), listed), ("Shoes", vec![("Laces", true, 0, 30), ("Shoes", false, 0, 30)]));
    assert_eq!(testable.iter().map(|group| group.title.as_str()).collect::<Vec<_>>(), ["Your day", "Training", "Shoes"]);
    // Its event requests a new report, as those of activities and the journal do.
    assert!(!platform::events::dispatch(&platform, athlete).await.expect("dispatched"));
    platform::testing::run_jobs(&platform).await.expect("jobs run");
    let mut tx = platform.database.begin_as(athlete).await.expect("transaction");
    let open = "select count(*) from discovery_jobs where finished_at is null";
    assert_eq!(sqlx::query_scalar::<_, i64>(open).fetch_one(tx.connection()).await.expect("count"), 0);
    tx.emit("shoes.changed", serde_json::json!({})).await.expect("emitted");
    tx.commit().await.expect("committed");
    assert!(!platform::events::dispatch(&platform, athlete).await.expect("dispatched"));
    let mut tx = platform.database.begin_as(athlete).await.expect("transaction");
    assert_eq!(sqlx::query_scalar::<_, i64>(open).fetch_one(tx.connection()).await.expect("count"), 1);
    drop(tx);
    platform::testing::run_jobs(&platform).await.expect("jobs run");
}

/// The days of a file, as the importer reads them.
fn imported(bytes: &[u8], mapping: &[domain::journal::ColumnMeaning]) -> Vec<journal::Day> {
    journal::read_csv(bytes, domain::measures::built_in(), mapping, NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date")).expect("readable").days
}

/// Merges files: later ones add and replace answers, as in the app.
fn merge_days(files: Vec<Vec<journal::Day>>) -> Vec<journal::Day> {
    let mut days: std::collections::BTreeMap<NaiveDate, Answers> = std::collections::BTreeMap::new();
    for (day, entry) in files.into_iter().flatten() {
        let known = days.entry(day).or_default();
        for (key, answer) in entry.iter() {
            known.set(key, answer.clone());
        }
    }
    days.into_iter().collect()
}

/// Findings of real logs: nothing impossible, nothing without enough days behind it. `--include-ignored --nocapture` prints them.
#[test]
#[ignore = "needs LEGWORK_DAILY"]
fn real_logs_give_plausible_findings() {
    use domain::journal::ColumnMeaning;
    use std::io::Read;
    let folder = std::path::PathBuf::from(std::env::var_os("LEGWORK_DAILY").expect("LEGWORK_DAILY"));
    let mut people: Vec<(String, Vec<journal::Day>)> = Vec::new();
    for person in ["p04", "p06", "p07"] {
        let read = |name: &str| imported(&std::fs::read(folder.join("pmdata").join(person).join(name)).expect("file"), &[]);
        let days = merge_days(["wellness.csv", "sleep.json.gz", "resting_heart_rate.json.gz"].map(read).to_vec());
        assert!(days.len() > 100, "{person}: {}", days.len());
        people.push((format!("pmdata {person}"), days));
    }
    let compressed = std::fs::read(folder.join("lifesnaps/daily_fitbit_sema_df_unprocessed.csv.gz")).expect("file");
    let mut text = String::new();
    flate2::read::GzDecoder::new(compressed.as_slice()).read_to_string(&mut text).expect("text");
    let (header, rows) = text.split_once('\n').expect("a header");
    let mapping: Vec<ColumnMeaning> = header
        .split(',')
        .map(|name| match name {
            "date" => ColumnMeaning::Date,
            "rmssd" => ColumnMeaning::Answer(keys::HRV.into()),
            "resting_hr" => ColumnMeaning::Answer(keys::RESTING_HR.into()),
            "minutesAsleep" => ColumnMeaning::Answer(keys::SLEEP_HOURS.into()),
            _ => ColumnMeaning::Ignore,
        })
        .collect();
    let mut by_person: std::collections::BTreeMap<&str, String> = std::collections::BTreeMap::new();
    for row in rows.lines() {
        let person = row.split(',').nth(1).expect("a person");
        let file = by_person.entry(person).or_insert_with(|| format!("{header}\n"));
        file.push_str(row);
        file.push('\n');
    }
    assert_eq!(by_person.len(), 71);
    for (person, file) in &by_person {
        people.push((format!("lifesnaps {person}"), imported(file.as_bytes(), &mapping)));
    }
    let (mut questions, mut supported) = (0, 0);
    for (person, days) in &people {
        let report = compute(&[], &[], days, DateTime::default());
        for card in &report.cards {
            questions += usize::from(card.p.is_some());
            assert!(card.p.is_none() || card.n >= 30, "{person}: {card:?}");
            assert!(!card.tier.holds() || card.ci_low.zip(card.ci_high).is_some_and(|(l, h)| h - l > 0.0 && h.abs() < 200.0), "{person}: {card:?}");
            if card.tier.holds() {
                supported += 1;
                let sentence = card.whole_sentence();
                println!("{person}, {} days: {:?}: {sentence} (q {:.3}, {:?})", days.len(), card.tier, card.q.unwrap_or(1.0), card.caveats);
            }
        }
    }
    println!("{supported} of {questions} questions of {} people hold", people.len());
    assert!(supported > 0 && supported * 5 < questions, "{supported} of {questions}");
}

/// The demo shows six planted effects found and six null inputs without findings, today and in a few weeks.
#[test]
fn all_effects_of_the_demo_athlete_are_found() {
    for last in [(2026, 11, 20), (2026, 12, 20)] {
        let (runs, loads, journal) = synthetic(demo::SEED, NaiveDate::from_ymd_opt(last.0, last.1, last.2).expect("a date"));
        let report = compute(&runs, &loads, &journal, DateTime::default());
        let compared = demo::compare(&report.cards);
        assert_eq!(compared.len(), 12);
        for planted in compared {
            assert!(planted.agrees, "{last:?}: {planted:?}");
        }
    }
}

/// Measures that an athlete made, one of each kind that has numbers, all of them noise; and one that costs a percent of efficiency of the same day,
/// but is said to be known only after the run.
fn own_measures(runs: &mut [RunDay], first: NaiveDate, days: i64) -> Offer {
    let form = |kind: &'static str, known: &'static str| {
        let new = domain::measures::NewMeasure::parse(|name| match name {
            "label" | "measure_kind" => Some(kind),
            "known" => Some(known),
            _ => None,
        });
        new.expect("valid").with_key(format!("own_{kind}_{known}"))
    };
    let kinds = ["number", "scale", "yes_no", "count", "clock", "duration"];
    let mut measures: Vec<_> = kinds.into_iter().map(|kind| form(kind, "before_run")).collect();
    measures.push(form("yes_no", "after_run"));
    let mut seed = 11;
    let mut value = |measure: &domain::measures::Measure| {
        let (low, high) = measure.kind.range();
        let spread = (low + (high - low) * (0.5 + 0.15 * noise(&mut seed))).clamp(low, high);
        Some(if matches!(measure.kind, domain::measures::Kind::Duration { .. } | domain::measures::Kind::Clock { .. }) {
            spread
        } else {
            spread.round()
        })
    };
    let rows: Vec<_> = (0..days).map(|n| (first + TimeDelta::days(n), measures.iter().map(&mut value).collect::<Vec<_>>())).collect();
    for run in runs {
        let logged = usize::try_from((run.day - first).num_days()).ok().and_then(|n| rows.get(n)).and_then(|(_, row)| *row.last()?);
        if let (Some(factor), Some(logged)) = (&mut run.efficiency_factor, logged) {
            *factor *= (-0.01 * logged).exp();
        }
    }
    Offer { inputs: measures.iter().filter_map(domain::measures::Measure::input).collect(), days: rows }
}

/// An athlete with one measure of their own, made as the form does, of which a standard deviation is worth a percent of efficiency on the same day: the
/// report in words, and what could be tested.
fn with_own_measure(form: &[(&str, &str)], days: i64) -> (Report, Vec<domain::discovery::TestableGroup>) {
    use domain::measures::{Kind, NewMeasure};
    let new = NewMeasure::parse(|name| form.iter().find(|(field, _)| *field == name).map(|(_, typed)| *typed)).expect("valid");
    let measure = new.with_key("own_measure".to_owned());
    let (mut runs, _) = athlete(days, 0.0);
    let (first, mut seed) = (NaiveDate::from_ymd_opt(2025, 1, 1).expect("a date"), 21);
    let steps: Vec<f64> = (0..days).map(|_| noise(&mut seed)).collect();
    let (low, high) = measure.kind.range();
    let answer = |step: f64| match measure.kind {
        Kind::YesNo => f64::from(u8::from(step > 0.0)),
        Kind::Scale { .. } => (2.0 + step).round().clamp(low, high),
        Kind::Clock { earliest } => earliest + 660.0 + 30.0 * step,
        Kind::Duration { .. } => (1.5 + 0.5 * step).clamp(low, high),
        _ => (20.0 + 5.0 * step).round().clamp(low, high),
    };
    let rows = (0..days).zip(&steps).map(|(n, step)| (first + TimeDelta::days(n), vec![Some(answer(*step))])).collect();
    for run in &mut runs {
        let step = steps[usize::try_from((run.day - first).num_days()).expect("a day")];
        run.efficiency_factor = run.efficiency_factor.map(|factor| factor * (0.01 * step).exp());
    }
    let inputs: Vec<_> = measure.input().into_iter().collect();
    let stored = crate::report::compute(&runs, &[Offer { inputs: inputs.clone(), days: rows }], DateTime::default());
    let offered = crate::testable::Offered::own(inputs.clone());
    let testable = crate::testable::testable(&[offered], Some(&stored));
    (crate::presentation::report(stored, &inputs, Units::default()), testable)
}

/// What is said of a measure of each kind that can be tested: fields of the form, and how its finding begins.
const OWN: [(&[(&str, &str)], &str); 6] = [
    (&[("label", "Water"), ("measure_kind", "number"), ("unit", "dl"), ("max", "100")], "5\u{a0}dl more water: "),
    (&[("label", "Legs"), ("measure_kind", "scale"), ("words", "dead, heavy, fresh")], "A step up in legs: "),
    (&[("label", "Cold shower"), ("measure_kind", "yes_no")], "Cold shower: yes: "),
    (&[("label", "Stairs"), ("measure_kind", "count"), ("unit", "floors")], "1\u{a0}floors more stairs: "),
    (&[("label", "Last screen"), ("measure_kind", "clock")], "Last screen an hour later: "),
    (&[("label", "Reading"), ("measure_kind", "duration")], "An extra hour of reading: "),
];

#[test]
fn an_own_measure_of_every_kind_is_tested_and_told_in_its_words() {
    for (form, begins) in OWN {
        let label = form[0].1;
        let of = |known: &'static str, days| with_own_measure(&[form, &[("known", known)]].concat(), days);
        let (report, testable) = of("before_run", 365);
        let card = report.cards.iter().find(|card| card.outcome == "Efficiency").expect("a card");
        let sentence = card.whole_sentence();
        assert!(card.input == label && card.tier.holds() && card.lag_days == Some(0), "{label}: {card:?}");
        assert!(sentence.starts_with(begins), "{sentence}");
        assert!(card.x_label.starts_with(&domain::units::lowercase_label(label)), "{}", card.x_label);
        assert!(testable[0].inputs[0].own && testable[0].inputs[0].needed == 0, "{testable:?}");
        // Too few days: the list speaks of it, and says how many more.
        let (report, testable) = of("before_run", 30);
        let card = report.cards.iter().find(|card| card.outcome == "Efficiency").expect("a card");
        assert_eq!((card.input.as_str(), card.tier), (label, Tier::NotEnoughData));
        assert!(card.sentence.before.starts_with(&format!("{label} and efficiency: about ")), "{}", card.sentence.before);
        assert_eq!((testable[0].inputs[0].known, Some(testable[0].inputs[0].needed)), (card.n, card.days_needed));
        // The same numbers, logged after the run: they explain no run of that day, and it is not even asked whether they do.
        let (report, _) = of("after_run", 365);
        assert!(!report.cards.is_empty());
        for card in &report.cards {
            let lags: Vec<u32> =
                card.how.lags.iter().chain(card.profile.iter().map(|effect| &effect.lag_days)).chain(&card.lag_days).copied().collect();
            assert!(!lags.is_empty() && lags.iter().all(|lag| *lag >= 1), "{label}: {lags:?}");
            assert!(!card.tier.holds(), "{label}: {card:?}");
        }
    }
    let dream = [("label", "Dream"), ("measure_kind", "text"), ("known", "before_run")];
    let text = domain::measures::NewMeasure::parse(|name| dream.iter().find(|(field, _)| *field == name).map(|(_, typed)| *typed)).expect("valid");
    assert_eq!(text.with_key("own_dream".to_owned()).input(), None, "a word has no direction");
}

/// The evaluation with measures of one's own in the table: what was planted is found, none of their noise is, and what is logged after a run explains no
/// run of that day, although it does in these numbers.
#[test]
fn own_measures_of_every_kind_hide_nothing_and_none_explains_a_run_before_it_is_known() {
    let (mut runs, loads, journal) = synthetic(demo::SEED, NaiveDate::from_ymd_opt(2026, 11, 20).expect("a date"));
    let (first, days) = (journal[0].0, i64::try_from(journal.len()).expect("days"));
    let own = own_measures(&mut runs, first, days);
    let inputs: Vec<_> = FEATURES.inputs().chain(own.inputs.iter().cloned()).collect();
    let keys: Vec<String> = own.inputs.iter().map(|input| input.label.clone()).collect();
    let offers = [
        Offer { inputs: (journal::FEATURE.daily.inputs)(), days: journal::daily_values(&journal) },
        Offer { inputs: (activities::FEATURE.daily.inputs)(), days: activities::daily_values(&loads) },
        own,
    ];
    let report = crate::presentation::report(crate::report::compute(&runs, &offers, DateTime::default()), &inputs, Units::default());
    let compared = demo::compare(&report.cards);
    assert!(compared.iter().all(|planted| planted.agrees), "{compared:?}");
    let of_own: Vec<_> = report.cards.iter().filter(|card| keys.contains(&card.input)).collect();
    assert!(of_own.len() >= 6, "{}", of_own.len());
    assert!(of_own.iter().all(|card| !card.tier.holds()), "{of_own:?}");
    let after = report.cards.iter().find(|card| card.key == "own-yes-no-after-run-efficiency").expect("a card");
    assert!(after.lag_days.is_none_or(|lag| lag >= 1), "{after:?}");
}
