//! What was said leaves with an export and comes back with an archive, beside what a new account said already.

use accounts::testing::athlete;
use chrono::NaiveDate;
use domain::measures::keys;
use domain::onboarding::{Availability, Goals, Step};
use platform::feature::{Features, PLATFORM};
use platform::testing::{TestApp, run_jobs};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::tests::{Kim, now, race, today};
use crate::{FEATURE, availability, goals, progress, said};

const FEATURES: Features = Features(&[
    &PLATFORM,
    &accounts::FEATURE,
    &journal::FEATURE,
    &activities::FEATURE,
    &nutrition::FEATURE,
    &FEATURE,
    &history::FEATURE,
    &privacy::FEATURE,
]);

#[sqlx::test(migrations = "../../migrations")]
async fn an_archive_adds_to_what_a_new_account_said(_: PgPoolOptions, connect: PgConnectOptions) {
    let app = TestApp::new(connect).with(FEATURES).with_queue().await;
    let id = athlete(&app, "kim@example.org").await;
    let kim = Kim { app, id };
    kim.save(&Goals { races: vec![race("Riverside Half", 76), race("Lake 50", 200)], healthier: true, knowing: true }).await.expect("saved");
    let week = Availability::parse([("slot", "tue_early"), ("long_run", "none")]).expect("valid");
    kim.do_it(async |tx| said::save_availability(tx, &week, now()).await).await.expect("saved");
    kim.do_it(async |tx| progress::answer(tx, Step::Availability, now()).await).await.expect("answered");
    let export = privacy::request_export(&kim.app, kim.id).await.expect("requested");
    run_jobs(&kim.app).await.expect("jobs ran");
    let archive = kim.app.files.export_path(kim.id, export);

    // Alex said something already: the same race, and another goal.
    let alex = Kim { id: athlete(&kim.app, "alex@example.org").await, app: kim.app };
    alex.save(&Goals { races: vec![race("Riverside Half", 76)], knowing: true, healthier: false }).await.expect("saved");
    alex.do_it(async |tx| progress::answer(tx, Step::Goals, now()).await).await.expect("answered");
    privacy::import_archive(&alex.app, alex.id, archive).await.expect("imported");
    run_jobs(&alex.app).await.expect("jobs ran");
    let mut tx = alex.tx().await;
    assert_eq!(goals(&mut tx).await.expect("goals").words().as_deref(), Some("Riverside Half, Lake 50, healthier, knowing"));
    assert_eq!(availability(&mut tx).await.expect("a week"), Some(week));
    assert_eq!(progress::progress(&mut tx).await.expect("progress").done, [Step::Goals], "theirs stays");
}

/// Before, a weight was of the thresholds: the archives that have one keep it.
#[sqlx::test(migrations = "../../migrations")]
async fn the_weight_of_an_older_archive_is_a_value_of_its_day(_: PgPoolOptions, connect: PgConnectOptions) {
    let kim = Kim::new(connect).await;
    let mut tx = kim.tx().await;
    for sql in [
        "select set_config('legwork.importing', 'true', true)",
        "insert into athlete_thresholds (athlete_id, valid_from, weight_kg, created_at) values (viewer(), '2026-03-01', 71.5, now())",
    ] {
        sqlx::query(sql).execute(tx.connection()).await.expect(sql);
    }
    let day = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a date");
    assert_eq!(journal::number_on(&mut tx, keys::WEIGHT_KG, today()).await.expect("a number"), Some((day, 71.5)));
    assert_eq!(activities::thresholds(&mut tx).await.expect("thresholds"), [], "and no threshold");
}
