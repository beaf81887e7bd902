//! Entries leave with an export, come back with an archive, and edits of them are undone.

use accounts::testing::athlete;
use domain::nutrition::{Choice, NewFavourite, Nutrient, Relation};
use platform::feature::{Features, PLATFORM};
use platform::testing::{TestApp, run_jobs};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::tests::{Kim, fields, now, today};
use crate::{FEATURE, add_favourite, add_favourite_entry, dismiss, page, service};

const FEATURES: Features =
    Features(&[&PLATFORM, &accounts::FEATURE, &imports::FEATURE, &activities::FEATURE, &FEATURE, &history::FEATURE, &privacy::FEATURE]);

#[sqlx::test(migrations = "../../migrations")]
async fn an_archive_brings_back_what_was_eaten_and_what_it_belongs_to(_: PgPoolOptions, connect: PgConnectOptions) {
    let app = TestApp::new(connect).with(FEATURES).with_queue().await;
    let id = athlete(&app, "kim@example.org").await;
    let kim = Kim { app, id };
    let run = kim.run(today(), 8, 0, 80.0).await;
    let usual = Uuid::from_u128(1);
    let new = NewFavourite::parse(|field| match field {
        "name" => Some("The usual"),
        "text" => Some("porridge"),
        "carbohydrate_g" => Some("92"),
        _ => None,
    });
    let new = new.expect("valid");
    kim.do_it(async |tx| add_favourite(tx, usual, new, now()).await).await.expect("made");
    let empty = domain::nutrition::EntryFields { text: String::new(), ..fields(&[("text", "x"), ("time", "6:33")]) };
    kim.do_it(async |tx| add_favourite_entry(tx, Uuid::from_u128(2), usual, empty, now()).await).await.expect("used");
    kim.add(&[("text", "gel, leftover curry"), ("time", "7:59"), ("own", "iron 5 mg"), ("sodium_mg", "50"), ("link", &format!("during:{run}"))])
        .await;
    kim.do_it(async |tx| dismiss(tx, None, true, now()).await).await.expect("never");
    let shown = page::day(&mut kim.tx().await, today(), today()).await.expect("a day");

    let export = privacy::request_export(&kim.app, kim.id).await.expect("requested");
    run_jobs(&kim.app).await.expect("jobs ran");
    let archive = kim.app.files.export_path(kim.id, export);
    let alex = athlete(&kim.app, "alex@example.org").await;
    privacy::import_archive(&kim.app, alex, archive.clone()).await.expect("imported");
    let mut tx = kim.app.database.begin_as(alex).await.expect("transaction");
    let again = page::day(&mut tx, today(), today()).await.expect("a day");
    let told = |view: &domain::nutrition::DayView| {
        let entry = |entry: &domain::nutrition::Entry| {
            (entry.text.clone(), entry.minute, entry.content.clone(), entry.link.map(|link| (link.relation, link.chosen)))
        };
        (
            view.entries.iter().map(entry).collect::<Vec<_>>(),
            view.favourites.iter().map(|favourite| favourite.name.clone()).collect::<Vec<_>>(),
            view.asks,
        )
    };
    assert_eq!(told(&again), told(&shown));
    assert_eq!(again.entries[1].link.map(|link| (link.relation, link.chosen)), Some((Relation::During, true)));
    assert!(
        !again.asks && again.entries[1].content.at_least.contains(&Nutrient::Carbohydrate)
            || again.entries[1].content.amounts.get(Nutrient::Carbohydrate).is_none()
    );
    drop(tx);
    // Into an account with meals nothing comes.
    let refused = privacy::import_archive(&kim.app, alex, archive).await.expect_err("refused").into_problem();
    assert!(matches!(refused.kind, domain::ProblemKind::Conflict | domain::ProblemKind::Invalid), "{refused:?}");
    run_jobs(&kim.app).await.expect("jobs ran");
    kim.app.database.close().await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn edits_are_undone_even_when_the_run_is_gone(_: PgPoolOptions, connect: PgConnectOptions) {
    let app = TestApp::new(connect).with(FEATURES);
    let id = athlete(&app, "kim@example.org").await;
    let kim = Kim { app, id };
    let run = kim.run(today(), 8, 0, 80.0).await;
    let gel = kim.add(&[("text", "gel"), ("carbohydrate_g", "25"), ("time", "7:59"), ("link", &format!("during:{run}"))]).await;
    kim.do_it(async |tx| service::edit(tx, gel, fields(&[("text", "gel"), ("carbohydrate_g", "30")]), now()).await).await.expect("edited");
    kim.do_it(async |tx| service::delete(tx, gel).await).await.expect("deleted");
    kim.do_it(async |tx| activities::delete(tx, run, Uuid::from_u128(11), now()).await).await.expect("deleted");
    let changes = async || {
        let mut tx = kim.tx().await;
        history::list_changes(&mut tx, FEATURES, domain::units::Units::default(), &domain::list::PageRequest::first())
            .await
            .expect("a list")
            .changes
            .items
    };
    let edits = changes().await;
    assert_eq!(edits.iter().filter(|edit| edit.what.starts_with("gel")).count(), 3, "{edits:?}");
    let changed =
        edits.iter().find(|edit| edit.fields.iter().any(|(_, before, after)| before.starts_with("25") && after.starts_with("30"))).expect("the edit");
    // The deletion, the edit, and the addition, newest first.
    kim.do_it(async |tx| history::undo(tx, FEATURES, edits[0].id).await).await.expect("it is back");
    let entry = kim.entry(gel).await;
    assert_eq!((entry.content.complete(Nutrient::Carbohydrate), entry.choice, entry.minute), (Some(30.0), Choice::ByTime, 479));
    kim.do_it(async |tx| history::undo(tx, FEATURES, changed.id).await).await.expect("as before");
    assert_eq!(kim.entry(gel).await.content.complete(Nutrient::Carbohydrate), Some(25.0));
}
