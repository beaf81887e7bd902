//! Courses leave with an export, come back with an archive, and edits of them are undone.

use accounts::testing::athlete;
use domain::list::PageRequest;
use domain::units::Units;
use platform::feature::{Features, PLATFORM};
use platform::testing::{TestApp, run_jobs};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::tests::{Kim, gpx};
use crate::{FEATURE, courses};

pub(crate) const FEATURES: Features =
    Features(&[&PLATFORM, &accounts::FEATURE, &imports::FEATURE, &activities::FEATURE, &FEATURE, &history::FEATURE, &privacy::FEATURE]);

#[sqlx::test(migrations = "../../migrations")]
async fn an_archive_brings_courses_back_with_their_hills(_: PgPoolOptions, connect: PgConnectOptions) {
    let app = TestApp::new(connect).with(FEATURES).with_queue().await;
    let id = athlete(&app, "kim@example.org").await;
    let kim = Kim { app, id };
    let course = kim.keep(gpx(8000.0, 120.0), "Berg").await.expect("kept");
    let before = kim.ask(&[("on", &course.to_string()), ("target", "40:00")]).await.plan.expect("a plan");
    let export = privacy::request_export(&kim.app, kim.id).await.expect("requested");
    run_jobs(&kim.app).await.expect("jobs ran");
    let archive = kim.app.files.export_path(kim.id, export);
    let alex = Kim { id: athlete(&kim.app, "alex@example.org").await, app: kim.app };
    privacy::import_archive(&alex.app, alex.id, archive.clone()).await.expect("imported");
    let brought = alex.ask(&[]).await.courses;
    let after = alex.ask(&[("on", &brought[0].id.to_string()), ("target", "40:00")]).await.plan.expect("a plan");
    assert_eq!((brought[0].name.as_str(), &after.parts, &after.outline), ("Berg", &before.parts, &before.outline));
    // Into an account with courses nothing comes.
    let refused = privacy::import_archive(&alex.app, alex.id, archive).await.expect_err("refused").into_problem();
    assert!(matches!(refused.kind, domain::ProblemKind::Conflict | domain::ProblemKind::Invalid), "{refused:?}");
    run_jobs(&alex.app).await.expect("jobs ran");
    alex.app.database.close().await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn edits_of_courses_are_undone(_: PgPoolOptions, connect: PgConnectOptions) {
    let app = TestApp::new(connect).with(FEATURES);
    let id = athlete(&app, "kim@example.org").await;
    let kim = Kim { app, id };
    let course = kim.keep(gpx(8000.0, 120.0), "Berg").await.expect("kept");
    let before = kim.ask(&[("on", &course.to_string()), ("target", "40:00")]).await.plan.expect("a plan").parts;
    let database = &kim.app.database;
    database.transact(id, async |tx| courses::rename(tx, course, "Tal").await).await.expect("renamed");
    database.transact(id, async |tx| courses::delete(tx, course).await).await.expect("deleted");
    let mut tx = database.begin_as(id).await.expect("transaction");
    let changes = history::list_changes(&mut tx, FEATURES, Units::default(), &PageRequest::first()).await.expect("a list").changes.items;
    drop(tx);
    assert_eq!(changes.len(), 3, "{changes:?}");
    for change in &changes[..2] {
        database.transact(id, async |tx| history::undo(tx, FEATURES, change.id).await).await.expect("undone");
    }
    let courses = kim.ask(&[]).await.courses;
    assert_eq!((courses.len(), courses[0].id, courses[0].name.as_str()), (1, course, "Berg"));
    assert_eq!(kim.ask(&[("on", &course.to_string()), ("target", "40:00")]).await.plan.expect("a plan").parts, before);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_archive_with_a_course_that_is_none_is_refused(_: PgPoolOptions, connect: PgConnectOptions) {
    let app = TestApp::new(connect).with(FEATURES);
    let id = athlete(&app, "kim@example.org").await;
    let kim = Kim { app, id };
    kim.keep(gpx(8000.0, 120.0), "Berg").await.expect("kept");
    let check =
        async || kim.app.database.transact(id, async |tx| (FEATURE.archive.check)(tx, platform::feature::archive::Contents::Nothing).await).await;
    check().await.expect("as we wrote it");
    let mut owner = kim.app.owner().await;
    for forged in ["distance_m = 9000", "points = '\\x00000000000000000000000000000000ffffff7f000000000000000000000000'", "name = E'Berg\\u202e'"] {
        let before: (f64, Vec<u8>, String) =
            sqlx::query_as("select distance_m, points, name from courses").fetch_one(&mut owner).await.expect("a row");
        let sql = format!("update courses set {forged}");
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut owner).await.expect("forged");
        assert!(check().await.is_err(), "{forged}");
        sqlx::query("update courses set distance_m = $1, points = $2, name = $3")
            .bind(before.0)
            .bind(before.1)
            .bind(before.2)
            .execute(&mut owner)
            .await
            .expect("as before");
    }
}
