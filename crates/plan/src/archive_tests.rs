//! A plan leaves with an export, comes back with an archive, and edits of it are undone.

use accounts::testing::athlete;
use domain::plan::{Choice, Planned};
use platform::feature::{Features, PLATFORM};
use platform::testing::{TestApp, run_jobs};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::tests::{Kim, day, fields, now, today};
use crate::{FEATURE, delete, edit, match_to, move_to};

const FEATURES: Features =
    Features(&[&PLATFORM, &accounts::FEATURE, &imports::FEATURE, &activities::FEATURE, &FEATURE, &history::FEATURE, &privacy::FEATURE]);

#[sqlx::test(migrations = "../../migrations")]
async fn an_archive_brings_back_what_was_planned_and_what_it_became(_: PgPoolOptions, connect: PgConnectOptions) {
    let app = TestApp::new(connect).with(FEATURES).with_queue().await;
    let id = athlete(&app, "kim@example.org").await;
    let kim = Kim { app, id };
    let run = kim.run(-1, 8.0).await;
    let session = kim.plan(-2, &[("target", "distance"), ("amount", "8")]).await;
    kim.do_it(async |tx| match_to(tx, session, Choice::Chosen(run), now()).await).await.expect("chosen");
    kim.plan(3, &[("words", "tempo"), ("steps", "2km easy; 4 x (1km 4:35/km, 90s jog)")]).await;
    let told = |all: Vec<Planned>| {
        all.into_iter().map(|one| (one.session.day, one.session.words, one.session.steps, one.activity.is_some())).collect::<Vec<_>>()
    };
    let before = told(kim.all().await);
    let export = privacy::request_export(&kim.app, kim.id).await.expect("requested");
    run_jobs(&kim.app).await.expect("jobs ran");
    let archive = kim.app.files.export_path(kim.id, export);
    let alex = Kim { id: athlete(&kim.app, "alex@example.org").await, app: kim.app };
    privacy::import_archive(&alex.app, alex.id, archive.clone()).await.expect("imported");
    assert_eq!(told(alex.all().await), before);
    assert!(before[0].3);
    // Into an account with a plan nothing comes.
    let refused = privacy::import_archive(&alex.app, alex.id, archive).await.expect_err("refused").into_problem();
    assert!(matches!(refused.kind, domain::ProblemKind::Conflict | domain::ProblemKind::Invalid), "{refused:?}");
    run_jobs(&alex.app).await.expect("jobs ran");
    alex.app.database.close().await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn edits_of_a_plan_are_undone(_: PgPoolOptions, connect: PgConnectOptions) {
    let app = TestApp::new(connect).with(FEATURES);
    let id = athlete(&app, "kim@example.org").await;
    let kim = Kim { app, id };
    let session = kim.plan(1, &[("words", "tempo"), ("target", "load"), ("amount", "75")]).await;
    kim.do_it(async |tx| move_to(tx, session, day(2), today(), now()).await).await.expect("moved");
    kim.do_it(async |tx| edit(tx, session, fields(2, &[("words", "long")]), today(), now()).await).await.expect("changed");
    kim.do_it(async |tx| delete(tx, session).await).await.expect("deleted");
    let request = domain::list::PageRequest::first();
    let changes =
        history::list_changes(&mut kim.tx().await, FEATURES, domain::units::Units::default(), &request).await.expect("a list").changes.items;
    assert_eq!(changes.len(), 4, "{changes:?}");
    for undone in [0, 1, 2] {
        kim.do_it(async |tx| history::undo(tx, FEATURES, changes[undone].id).await).await.expect("undone");
    }
    let all = kim.all().await;
    assert_eq!((all[0].session.day, all[0].session.words.as_str(), all[0].expected.load), (day(1), "tempo", Some(75.0)));
}
