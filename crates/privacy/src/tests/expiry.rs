//! Expiry of accounts with an unconfirmed address.

use std::sync::atomic::Ordering;

use super::mail_server::MailServer;
use super::*;

/// The same platform so many days after the account was created.
fn after(platform: &Platform, kim: &NewSession, days: i64) -> Platform {
    Platform { clock: Clock::manual(kim.viewer.reauthenticated_at.expect("now") + TimeDelta::days(days)), ..platform.clone() }
}

async fn is_there(platform: &Platform) -> bool {
    accounts::viewer_by_email(platform, EMAIL).await.expect("query").is_some()
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_account_with_an_unconfirmed_address_ends_after_a_notice(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect).with(FEATURES).with_queue().await;
    let server = MailServer::of(&mut platform).await;
    let kim = account(&platform).await;
    let mut owner = platform.owner().await;
    let on = async |day: i64| {
        unconfirmed::sweep(&after(&platform, &kim, day)).await.expect("swept");
        (is_there(&platform).await, server.messages().len())
    };
    assert_eq!(on(10).await, (true, 0));
    assert_eq!(on(11).await, (true, 1));
    assert_eq!(on(13).await, (true, 1), "notified once");
    let text = server.messages().remove(0);
    assert!(text.contains("/verify-email?token") && text.contains("the account is removed"), "{text}");
    // The job as the queue runs it; a server that was down sends the notice first, however late.
    let add = "select graphile_worker.add_job('expire_unconfirmed', '{}')";
    sqlx::query(add).execute(&mut owner).await.expect("enqueued");
    work(&after(&platform, &kim, 14)).await;
    assert!(!is_there(&platform).await);
    let words: Vec<String> = [EMAIL, "Ultramarin", &kim.viewer.id.to_string()].map(str::to_owned).to_vec();
    assert_eq!(traces(&mut owner, platform.folder(), &words).await, Vec::<String>::new());
}

#[sqlx::test(migrations = "../../migrations")]
async fn accounts_confirmed_in_time_or_never_notified_stay(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect).with(FEATURES);
    let _server = MailServer::of(&mut platform).await;
    let kim = account(&platform).await;
    unconfirmed::sweep(&after(&platform, &kim, 100)).await.expect("notified");
    unconfirmed::sweep(&after(&platform, &kim, 102)).await.expect("not yet");
    assert!(is_there(&platform).await, "three days from the notice on");
    let mut owner = platform.owner().await;
    sqlx::query("update accounts set email_verified_at = now()").execute(&mut owner).await.expect("confirmed");
    unconfirmed::sweep(&after(&platform, &kim, 200)).await.expect("nothing to do");
    assert!(is_there(&platform).await);
    sqlx::query("update accounts set email_verified_at = null, synthetic = true").execute(&mut owner).await.expect("synthetic");
    unconfirmed::sweep(&after(&platform, &kim, 200)).await.expect("nothing to do");
    assert!(is_there(&platform).await, "nobody reads the emails of a synthetic account");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_email_in_a_file_is_no_notice(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect).with(FEATURES);
    let kim = account(&platform).await;
    let folder = platform.mail.file_transport_dir().expect("emails are files").to_owned();
    for day in [11, 14, 17, 900] {
        unconfirmed::sweep(&after(&platform, &kim, day)).await.expect("swept");
    }
    assert!(is_there(&platform).await && !folder.exists());
    // The first day with a mail server is the first on which anyone is notified.
    let server = MailServer::of(&mut platform).await;
    unconfirmed::sweep(&after(&platform, &kim, 901)).await.expect("swept");
    assert!(is_there(&platform).await && server.messages().len() == 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_account_with_anything_in_it_stays(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect).with(FEATURES).with_queue().await;
    let server = MailServer::of(&mut platform).await;
    let kim = account(&platform).await;
    add_data(&platform, kim.viewer.id).await;
    let mut owner = platform.owner().await;
    // Each of them is enough, even if the notice has been sent already.
    let one_by_one = [
        "delete from daily_values",
        "delete from activities where origin = 'manual'",
        "insert into trashed_activities (id, athlete_id, title, day, deleted_at, rows) select gen_random_uuid(), id, 'x', '2026-01-05', now(), '{}' from accounts",
        "delete from activities",
        "delete from trashed_activities",
        "insert into organisations (id, name, created_at) values ('01900000-0000-7000-8000-000000000001', 'Club', now())",
        "insert into memberships (organisation_id, account_id, role, joined_at)
           select '01900000-0000-7000-8000-000000000001', id, 'business_owner', now() from accounts",
        "delete from imports",
        "update accounts set expiry_told_at = created_at",
    ];
    for sql in one_by_one {
        sqlx::query(sql).execute(&mut owner).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
        for day in [11, 14, 900] {
            unconfirmed::sweep(&after(&platform, &kim, day)).await.expect("swept");
            assert!(is_there(&platform).await && server.messages().is_empty(), "{sql}, {day} days");
        }
    }
    sqlx::query("alter table memberships disable trigger user").execute(&mut owner).await.expect("without its last owner");
    sqlx::query("delete from memberships").execute(&mut owner).await.expect("nothing is left");
    unconfirmed::sweep(&after(&platform, &kim, 900)).await.expect("swept");
    assert!(!is_there(&platform).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_email_is_sent_without_holding_a_lock_and_a_refused_one_is_no_notice(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect).with(FEATURES);
    let server = MailServer::of(&mut platform).await;
    let kim = account(&platform).await;
    let mut owner = platform.owner().await;
    let notified = async |owner: &mut PgConnection| {
        let notified = sqlx::query_scalar::<_, bool>("select expiry_told_at is not null from accounts");
        notified.fetch_one(owner).await.expect("query")
    };
    server.refuses.store(true, Ordering::SeqCst);
    assert!(unconfirmed::sweep(&after(&platform, &kim, 11)).await.is_err(), "the job is retried");
    assert!(!notified(&mut owner).await && server.messages().is_empty());
    server.refuses.store(false, Ordering::SeqCst);
    let (slow, begun) = (server.busy.lock().await, server.begun.load(Ordering::SeqCst));
    let at = after(&platform, &kim, 12);
    let sweeping = tokio::spawn(async move { unconfirmed::sweep(&at).await });
    while server.begun.load(Ordering::SeqCst) == begun {
        tokio::task::yield_now().await;
    }
    for sql in ["set lock_timeout = '2s'", "update accounts set name = 'Kim'"] {
        sqlx::query(sql).execute(&mut owner).await.expect("no lock is held while the mail server is slow");
    }
    drop(slow);
    sweeping.await.expect("joined").expect("swept");
    assert!(notified(&mut owner).await && server.messages().len() == 1);
}
