//! Account deletion.

use super::*;

/// Kim, with all kinds of data, on the day on which the account is due for deletion.
async fn due(platform: &mut Platform, owner: &mut PgConnection) -> Uuid {
    jobs::install_queue_schema(&platform.database).await.expect("queue");
    let kim = account(platform).await.viewer;
    add_data(platform, kim.id).await;
    export(platform, kim.id).await;
    request_deletion(platform, &kim, EMAIL).await.expect("requested");
    sqlx::query("delete from graphile_worker._private_jobs").execute(owner).await.expect("only jobs from here on");
    platform.clock = Clock::manual(platform.clock.now() + TimeDelta::days(DELETION_DAYS));
    kim.id
}

#[sqlx::test(migrations = "../../migrations")]
async fn cancelling_a_deletion_at_the_last_moment_keeps_the_account(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect).with(FEATURES);
    let mut owner = platform.owner().await;
    let kim = due(&mut platform, &mut owner).await;
    let before = files_in(platform.folder());
    // As `cancel_deletion` does, before its commit.
    let mut keeping = platform.database.begin_as(kim).await.expect("transaction");
    sqlx::query("update accounts set deletion_requested_at = null").execute(keeping.connection()).await.expect("cancelled");
    let at = platform.clone();
    let deleting = tokio::spawn(async move { deletion::delete(&at, kim).await });
    platform::testing::until_blocked(&mut owner, || !deleting.is_finished()).await.expect("query");
    keeping.commit().await.expect("committed");
    deleting.await.expect("joined").expect("nothing to do");
    assert!(sign_in(&platform, EMAIL, "marmot violin trench").await.is_ok());
    assert_eq!(files_in(platform.folder()), before);
}

#[sqlx::test(migrations = "../../migrations")]
async fn files_go_when_the_account_is_gone_and_not_before(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect).with(FEATURES);
    let mut owner = platform.owner().await;
    let kim = due(&mut platform, &mut owner).await;
    let email = platform::Email { account: kim, to: EMAIL.into(), subject: "x".into(), text: "Kim Ultramarin".into() };
    platform.mail.send(&email).await.expect("sent");
    let before = files_in(platform.folder());
    // The commit fails.
    let refuse = "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
                  create constraint trigger refuse after delete on accounts deferrable initially deferred for each row execute function refuse()";
    sqlx::raw_sql(refuse).execute(&mut owner).await.expect("a failing trigger");
    assert!(deletion::delete(&platform, kim).await.is_err());
    assert_eq!(files_in(platform.folder()), before);
    sqlx::raw_sql("drop function refuse() cascade").execute(&mut owner).await.expect("repaired");
    // The account is deleted, and its files cannot be: the job finds them later.
    let archives = platform.folder().join(format!("files/exports/{kim}"));
    std::fs::rename(&archives, platform.folder().join("aside")).expect("moved");
    std::fs::write(&archives, "a file in place of a folder").expect("written");
    assert!(deletion::delete(&platform, kim).await.is_err());
    assert!(sign_in(&platform, EMAIL, "marmot violin trench").await.is_err());
    std::fs::remove_file(&archives).expect("repaired");
    std::fs::rename(platform.folder().join("aside"), &archives).expect("moved back");
    sqlx::query("update graphile_worker._private_jobs set run_at = now()").execute(&mut owner).await.expect("due");
    work(&platform).await;
    let words: Vec<String> = [EMAIL, "Ultramarin", "Zaunkönig", &kim.to_string()].map(str::to_owned).to_vec();
    assert_eq!(traces(&mut owner, platform.folder(), &words).await, Vec::<String>::new());
    let left: i64 = sqlx::query_scalar("select count(*) from graphile_worker._private_jobs").fetch_one(&mut owner).await.expect("count");
    assert_eq!(left, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn thirty_days_after_the_request_nothing_is_left(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect).with(FEATURES).with_queue().await;
    let kim = account(&platform).await;
    add_data(&platform, kim.viewer.id).await;
    export(&platform, kim.viewer.id).await;
    let email = platform::Email { account: kim.viewer.id, to: EMAIL.into(), subject: "x".into(), text: "Kim Ultramarin".into() };
    platform.mail.send(&email).await.expect("sent");
    let mut owner = platform.owner().await;
    let words: Vec<String> = [EMAIL, "Ultramarin", "Zaunkönig", &kim.viewer.id.to_string()].map(str::to_owned).to_vec();
    for word in &words {
        assert!(
            !traces(&mut owner, platform.folder(), std::slice::from_ref(word)).await.is_empty(),
            "the search does not find {word}, so the test proves nothing"
        );
    }
    assert!(request_deletion(&platform, &kim.viewer, "another@example.org").await.is_err(), "the address must be typed");
    request_deletion(&platform, &kim.viewer, EMAIL).await.expect("requested");
    let requested_at = platform.clock.now();
    platform.clock = Clock::manual(requested_at + TimeDelta::days(DELETION_DAYS) - TimeDelta::seconds(1));
    deletion::delete(&platform, kim.viewer.id).await.expect("not yet");
    // Cancelled, and requested again.
    cancel_deletion(&platform, kim.viewer.id).await.expect("cancelled");
    platform.clock = Clock::manual(requested_at + TimeDelta::days(DELETION_DAYS));
    deletion::delete(&platform, kim.viewer.id).await.expect("nothing to do");
    assert!(matches!(sign_in(&platform, EMAIL, "marmot violin trench").await.expect("there"), LoginOutcome::In(_)));
    let LoginOutcome::In(kim) = sign_in(&platform, EMAIL, "marmot violin trench").await.expect("there") else { panic!("no second factor") };
    request_deletion(&platform, &kim.viewer, EMAIL).await.expect("requested");
    platform.clock = Clock::manual(platform.clock.now() + TimeDelta::days(DELETION_DAYS));
    // The job as the queue runs it, due by its own clock.
    sqlx::query("update graphile_worker._private_jobs set run_at = now()").execute(&mut owner).await.expect("due");
    work(&platform).await;
    assert!(sign_in(&platform, EMAIL, "marmot violin trench").await.is_err());
    assert_eq!(traces(&mut owner, platform.folder(), &words).await, Vec::<String>::new());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_deletion_comes_whatever_the_clocks_and_the_queue_do(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect).with(FEATURES).with_queue().await;
    let kim = account(&platform).await.viewer;
    request_deletion(&platform, &kim, EMAIL).await.expect("requested");
    let requested_at = platform.clock.now();
    let mut owner = platform.owner().await;
    // The queue's clock is ahead of ours: twice the job runs too early.
    platform.clock = Clock::manual(requested_at + TimeDelta::days(DELETION_DAYS) - TimeDelta::seconds(1));
    for _ in 0..2 {
        sqlx::query("update graphile_worker._private_jobs set run_at = now()").execute(&mut owner).await.expect("due");
        work(&platform).await;
        let later: bool = sqlx::query_scalar("select run_at > now() + interval '50 seconds' from graphile_worker._private_jobs")
            .fetch_one(&mut owner)
            .await
            .expect("it is enqueued again, and not due at once");
        assert!(later);
    }
    assert!(sign_in(&platform, EMAIL, "marmot violin trench").await.is_ok());
    // And then the job is lost.
    sqlx::query("delete from graphile_worker._private_jobs").execute(&mut owner).await.expect("lost");
    deletion::delete_overdue(&platform).await.expect("nothing is overdue");
    assert!(sign_in(&platform, EMAIL, "marmot violin trench").await.is_ok());
    platform.clock = Clock::manual(requested_at + TimeDelta::days(DELETION_DAYS));
    sqlx::query("select graphile_worker.add_job('delete_overdue', '{}'::json)").execute(&mut owner).await.expect("enqueued");
    work(&platform).await;
    assert!(sign_in(&platform, EMAIL, "marmot violin trench").await.is_err());
    let left: i64 = sqlx::query_scalar("select count(*) from graphile_worker._private_jobs").fetch_one(&mut owner).await.expect("count");
    assert_eq!(left, 0);
}
