//! Jobs and events on a real queue.

use std::sync::Mutex;

use chrono::TimeDelta;
use futures::FutureExt;
use platform::events::{self, Subscriber};
use platform::feature::{Feature, Features, PLATFORM};
use platform::jobs::{self, Job};
use platform::testing::{TestApp, run_jobs};
use platform::{Acting, Email, Error, Platform, Tx};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

/// What jobs and subscribers of these tests did, by athlete. Tests have athletes of their own.
static DONE: Mutex<Vec<(Uuid, String)>> = Mutex::new(Vec::new());

fn note(athlete: Uuid, what: impl Into<String>) {
    DONE.lock().expect("lock").push((athlete, what.into()));
}

fn done(athlete: Uuid) -> Vec<String> {
    DONE.lock().expect("lock").iter().filter(|(whose, _)| *whose == athlete).map(|(_, what)| what.clone()).collect()
}

#[derive(Serialize, Deserialize)]
struct Note {
    athlete: Uuid,
    word: String,
    key: Option<String>,
}

impl Job for Note {
    const NAME: &'static str = "note";
    const MAX_ATTEMPTS: i16 = 2;

    fn key(&self) -> Option<String> {
        self.key.clone()
    }

    async fn run(self, _: &Platform) -> Result<(), Error> {
        note(self.athlete, self.word.as_str());
        match self.word.as_str() {
            "fails" => Err(Error::Internal("a test".to_owned())),
            "panics" => panic!("a test"),
            _ => Ok(()),
        }
    }
}

const FIRST: Subscriber = Subscriber {
    name: "first",
    to: &["test.happened", "test.broke"],
    handle: |_, tx, event| {
        async move {
            note(event.athlete, format!("{} {}", event.name, event.data));
            tx.enqueue(&Note { athlete: event.athlete, word: event.name.clone(), key: None }).await
        }
        .boxed()
    },
};

const BREAKS: Subscriber =
    Subscriber { name: "breaks", to: &["test.broke"], handle: |_, _, _| async { Err(Error::Internal("a test".to_owned())) }.boxed() };

const FEATURE: Feature =
    Feature { jobs: &[jobs::on_demand::<Note>()], events: &["test.happened", "test.broke"], subscribers: &[FIRST, BREAKS], ..Feature::named("test") };

struct Test {
    platform: TestApp,
    owner: PgConnection,
}

impl Test {
    async fn new(connect: PgConnectOptions) -> Self {
        let owner = PgConnection::connect_with(&connect).await.expect("owner");
        let platform = TestApp::new(connect).with(Features(&[&PLATFORM, &FEATURE])).with_queue().await;
        Self { platform, owner }
    }

    async fn enqueue(&self, athlete: Uuid, word: &str, key: Option<&str>) {
        let job = Note { athlete, word: word.to_owned(), key: key.map(str::to_owned) };
        self.platform.database.transact(athlete, async |tx| tx.enqueue(&job).await).await.expect("enqueued");
    }

    async fn emit(&self, athlete: Uuid, name: &'static str, data: serde_json::Value) {
        self.platform.database.transact(athlete, async |tx| tx.emit(name, data).await).await.expect("emitted");
    }

    async fn waiting(&mut self) -> i64 {
        let sql = "select count(*) from graphile_worker._private_jobs where attempts < max_attempts";
        sqlx::query_scalar(sql).fetch_one(&mut self.owner).await.expect("count")
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_job_runs_if_its_transaction_is_committed_and_one_waits_for_each_key(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut test = Test::new(connect).await;
    let kim = test.platform.account().await;
    let mut tx = test.platform.database.begin_as(kim).await.expect("transaction");
    tx.enqueue(&Note { athlete: kim, word: "rolled back".to_owned(), key: None }).await.expect("enqueued");
    tx.rollback().await.expect("rolled back");
    for (word, key) in [("one", Some("a")), ("two", Some("a")), ("three", Some("b")), ("four", None), ("five", None)] {
        test.enqueue(kim, word, key).await;
    }
    // A job that continues later does not delay what was asked for.
    let later = Note { athlete: kim, word: "late".to_owned(), key: Some("b".to_owned()) };
    let delay = async |tx: &mut Tx| tx.enqueue_if_absent(&later, TimeDelta::days(1)).await;
    test.platform.database.transact(kim, delay).await.expect("kept");
    jobs::run_due(&test.platform).await.expect("ran");
    let mut words = done(kim);
    words.sort();
    assert_eq!(words, ["five", "four", "late", "two"], "the latest of each key, when the first was due");
    assert_eq!(test.waiting().await, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_job_is_about_the_athlete_of_its_transaction_and_nobody_else(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut test = Test::new(connect).await;
    let (kim, sam, coach) = (test.platform.account().await, test.platform.account().await, test.platform.account().await);
    let job = Note { athlete: sam, word: "for sam".to_owned(), key: None };
    test.platform.database.transact(kim, async |tx| tx.enqueue(&job).await).await.expect("enqueued");
    let mut anonymous = test.platform.database.begin_anonymous().await.expect("transaction");
    assert!(anonymous.enqueue(&job).await.is_err());
    drop(anonymous);
    // A coach acts, and the job and the event are about the athlete.
    let acting = Acting { actor: coach, subject: sam, organisation: None };
    let mut tx = test.platform.database.begin_as(acting).await.expect("transaction");
    tx.enqueue(&Note { athlete: coach, word: "by the coach".to_owned(), key: None }).await.expect("enqueued");
    tx.emit("test.happened", json!({ "n": 1 })).await.expect("emitted");
    assert_eq!((tx.viewer().expect("viewer"), tx.acting().expect("acting").subject), (coach, sam));
    tx.commit().await.expect("committed");
    let actor: Option<Uuid> =
        sqlx::query_scalar("select actor_id from events where athlete_id = $1").bind(sam).fetch_one(&mut test.owner).await.expect("event");
    assert_eq!(actor, Some(coach));
    jobs::run_due(&test.platform).await.expect("ran");
    assert_eq!((done(kim), done(coach)), (vec!["for sam".to_owned()], Vec::new()));
    assert!(done(sam).contains(&"by the coach".to_owned()));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_job_that_fails_too_often_waits_for_the_operator_and_one_of_a_deleted_account_does_not(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut test = Test::new(connect).await;
    let (kim, gone) = (test.platform.account().await, test.platform.account().await);
    test.enqueue(kim, "panics", None).await;
    test.enqueue(gone, "fails", None).await;
    sqlx::query("delete from accounts where id = $1").bind(gone).execute(&mut test.owner).await.expect("deleted");
    for _ in 0..3 {
        run_jobs(&test.platform).await.expect("ran");
    }
    assert_eq!((done(kim).len(), done(gone).len()), (2, 1), "as often as it may");
    let failed = jobs::list_failed(&test.platform.database).await.expect("listed");
    assert_eq!(failed.iter().map(|job| (job.name.as_str(), job.attempts)).collect::<Vec<_>>(), [("note", 2)]);
    assert!(failed[0].error.contains("panicked"), "{failed:?}");
    assert!(jobs::retry_failed(&test.platform.database, failed[0].id).await.expect("queued again"));
    run_jobs(&test.platform).await.expect("ran");
    run_jobs(&test.platform).await.expect("ran");
    assert_eq!(done(kim).len(), 4);
    assert!(jobs::drop_failed(&test.platform.database, failed[0].id).await.expect("dropped"));
    assert!(!jobs::drop_failed(&test.platform.database, failed[0].id).await.expect("gone"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn jobs_are_cancelled_by_key_and_all_at_once(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut test = Test::new(connect).await;
    let (kim, sam) = (test.platform.account().await, test.platform.account().await);
    for (athlete, key) in [(kim, Some("a")), (kim, Some("b")), (kim, None), (sam, Some("a"))] {
        test.enqueue(athlete, "x", key).await;
    }
    test.platform.database.transact(kim, async |tx| tx.cancel_job::<Note>("a").await).await.expect("cancelled");
    assert_eq!(test.waiting().await, 3);
    test.platform.database.transact(kim, async |tx| tx.cancel_jobs().await).await.expect("cancelled");
    jobs::run_due(&test.platform).await.expect("ran");
    assert_eq!((done(kim).len(), done(sam).len()), (0, 1));
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_email_waits_sealed_while_the_mail_server_is_down(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut test = Test::new(connect).await;
    let kim = test.platform.account().await;
    let email = Email { account: kim, to: "kim@example.org".into(), subject: "Hello".into(), text: "a secret link".into() };
    test.platform.database.transact(kim, async |tx| test.platform.send_email(tx, &email).await).await.expect("enqueued");
    let stored: String =
        sqlx::query_scalar("select payload::text from graphile_worker._private_jobs").fetch_one(&mut test.owner).await.expect("payload");
    assert!(!stored.contains("secret") && !stored.contains("example.org"), "{stored}");
    // Nobody listens there.
    let settings = platform::config::Mail { smtp_url: Some("smtp://127.0.0.1:1".to_owned()), ..platform::config::Mail::default() };
    let down = Platform { mail: platform::Mailer::open(&settings, &test.platform.config.storage.data_dir).expect("mailer"), ..test.platform.clone() };
    run_jobs(&down).await.expect("ran");
    assert_eq!(test.waiting().await, 1, "it is sent later");
    run_jobs(&test.platform).await.expect("ran");
    assert_eq!(test.waiting().await, 0);
    let folder = test.platform.mail.file_transport_dir().expect("files").join(kim.to_string());
    assert_eq!(std::fs::read_dir(folder).expect("folder").count(), 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn events_reach_their_subscribers_in_order_and_once(_: PgPoolOptions, connect: PgConnectOptions) {
    let test = Test::new(connect).await;
    let kim = test.platform.account().await;
    let mut tx = test.platform.database.begin_as(kim).await.expect("transaction");
    tx.emit("test.happened", json!({ "n": 0 })).await.expect("emitted");
    tx.rollback().await.expect("rolled back");
    for n in 1..=3 {
        test.emit(kim, "test.happened", json!({ "n": n })).await;
    }
    // Without details there is nothing to tell twice.
    test.emit(kim, "test.happened", json!({})).await;
    test.emit(kim, "test.happened", json!({})).await;
    while events::dispatch(&test.platform, kim).await.expect("dispatched") {}
    let told: Vec<String> = [1, 2, 3].iter().map(|n| format!("test.happened {{\"n\":{n}}}")).chain(["test.happened {}".to_owned()]).collect();
    assert_eq!(done(kim), told);
    assert!(!events::dispatch(&test.platform, kim).await.expect("nothing left"));
    assert_eq!(done(kim).len(), 4, "handled once");
    // Said again afterwards, it is told again.
    test.emit(kim, "test.happened", json!({})).await;
    jobs::run_due(&test.platform).await.expect("ran");
    assert_eq!(done(kim).iter().filter(|what| *what == "test.happened {}").count(), 2);
    assert_eq!(done(kim).iter().filter(|what| *what == "test.happened").count(), 5, "and what subscribers enqueued runs");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_event_that_a_subscriber_cannot_handle_is_undone_tried_again_and_skipped_in_the_end(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut test = Test::new(connect).await;
    let kim = test.platform.account().await;
    test.emit(kim, "test.broke", json!({ "n": 1 })).await;
    test.emit(kim, "test.happened", json!({ "n": 2 })).await;
    for _ in 0..9 {
        assert!(events::dispatch(&test.platform, kim).await.is_err());
    }
    let enqueued =
        "select count(*) from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id where identifier = 'note'";
    let count: i64 = sqlx::query_scalar(enqueued).fetch_one(&mut test.owner).await.expect("count");
    assert_eq!(count, 0, "what the first subscriber did is undone");
    assert!(!events::dispatch(&test.platform, kim).await.expect("skipped"), "and what came after it is handled");
    let states: Vec<(String, bool, bool)> = sqlx::query_as("select name, dispatched_at is not null, error is not null from events order by id")
        .fetch_all(&mut test.owner)
        .await
        .expect("events");
    assert_eq!(states, [("test.broke".to_owned(), true, true), ("test.happened".to_owned(), true, false)]);
    run_jobs(&test.platform).await.expect("ran");
}
