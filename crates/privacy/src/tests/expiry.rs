//! Accounts whose address nobody confirms.

use std::sync::atomic::Ordering;

use super::mail_server::MailServer;
use super::*;

/// The same platform so many days after the account was made.
fn after(platform: &Platform, kim: &NewSession, days: i64) -> Platform {
    Platform { clock: Clock::manual(kim.viewer.reauthenticated_at.expect("now") + TimeDelta::days(days)), ..platform.clone() }
}

async fn is_there(platform: &Platform) -> bool {
    accounts::viewer_by_email(platform, EMAIL).await.expect("query").is_some()
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_account_whose_address_nobody_confirms_ends_after_its_owner_was_told(_: PgPoolOptions, connect: PgConnectOptions) {
    let (mut platform, folder) = platform::testing::platform(connect.clone()).expect("platform");
    let server = MailServer::of(&mut platform).await;
    jobs::install_queue_schema(&platform.database).await.expect("queue");
    let kim = account(&platform).await;
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    let on = async |day: i64| {
        unconfirmed::sweep(&after(&platform, &kim, day)).await.expect("swept");
        (is_there(&platform).await, server.letters().len())
    };
    assert_eq!(on(10).await, (true, 0));
    assert_eq!(on(11).await, (true, 1));
    assert_eq!(on(13).await, (true, 1), "told once");
    let text = server.letters().remove(0);
    assert!(text.contains("/confirm?token") && text.contains("the account is removed"), "{text}");
    // The job as the queue runs it; a server that was away tells first, however late.
    let add = "select graphile_worker.add_job('expire_unconfirmed', '{}')";
    sqlx::query(add).execute(&mut owner).await.expect("asked");
    work(&after(&platform, &kim, 14)).await;
    assert!(!is_there(&platform).await);
    let words: Vec<String> = [EMAIL, "Ultramarin", &kim.viewer.id.to_string()].map(str::to_owned).to_vec();
    assert_eq!(traces(&mut owner, folder.path(), &words).await, Vec::<String>::new());
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_confirms_in_time_and_who_was_never_told_stays(_: PgPoolOptions, connect: PgConnectOptions) {
    let (mut platform, _folder) = platform::testing::platform(connect.clone()).expect("platform");
    let _server = MailServer::of(&mut platform).await;
    let kim = account(&platform).await;
    unconfirmed::sweep(&after(&platform, &kim, 100)).await.expect("told");
    unconfirmed::sweep(&after(&platform, &kim, 102)).await.expect("not yet");
    assert!(is_there(&platform).await, "three days from the letter on");
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    sqlx::query("update accounts set email_verified_at = now()").execute(&mut owner).await.expect("confirmed");
    unconfirmed::sweep(&after(&platform, &kim, 200)).await.expect("nothing to do");
    assert!(is_there(&platform).await);
    sqlx::query("update accounts set email_verified_at = null, synthetic = true").execute(&mut owner).await.expect("made up");
    unconfirmed::sweep(&after(&platform, &kim, 200)).await.expect("nothing to do");
    assert!(is_there(&platform).await, "nobody reads the letters of a made-up account");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_letter_in_a_file_tells_nobody(_: PgPoolOptions, connect: PgConnectOptions) {
    let (mut platform, _folder) = platform::testing::platform(connect).expect("platform");
    let kim = account(&platform).await;
    let folder = platform.mail.file_transport_dir().expect("letters are files").to_owned();
    for day in [11, 14, 17, 900] {
        unconfirmed::sweep(&after(&platform, &kim, day)).await.expect("swept");
    }
    assert!(is_there(&platform).await && !folder.exists());
    // The day that letters begin to leave is the first on which anybody is told.
    let server = MailServer::of(&mut platform).await;
    unconfirmed::sweep(&after(&platform, &kim, 901)).await.expect("swept");
    assert!(is_there(&platform).await && server.letters().len() == 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_somebody_put_something_into_stays(_: PgPoolOptions, connect: PgConnectOptions) {
    let (mut platform, _folder) = platform::testing::platform(connect.clone()).expect("platform");
    let server = MailServer::of(&mut platform).await;
    jobs::install_queue_schema(&platform.database).await.expect("queue");
    let kim = account(&platform).await;
    live(&platform, kim.viewer.id).await;
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    // Each of them is enough, and so it is when the letter has gone already.
    let one_by_one = [
        "delete from journal_entries",
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
            assert!(is_there(&platform).await && server.letters().is_empty(), "{sql}, {day} days");
        }
    }
    sqlx::query("alter table memberships disable trigger user").execute(&mut owner).await.expect("without its last owner");
    sqlx::query("delete from memberships").execute(&mut owner).await.expect("nothing is left");
    unconfirmed::sweep(&after(&platform, &kim, 900)).await.expect("swept");
    assert!(!is_there(&platform).await);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_letter_is_sent_while_nothing_is_held_and_one_that_is_refused_tells_nobody(_: PgPoolOptions, connect: PgConnectOptions) {
    let (mut platform, _folder) = platform::testing::platform(connect.clone()).expect("platform");
    let server = MailServer::of(&mut platform).await;
    let kim = account(&platform).await;
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    let told = async |owner: &mut PgConnection| {
        let told = sqlx::query_scalar::<_, bool>("select expiry_told_at is not null from accounts");
        told.fetch_one(owner).await.expect("asked")
    };
    server.refuses.store(true, Ordering::SeqCst);
    assert!(unconfirmed::sweep(&after(&platform, &kim, 11)).await.is_err(), "the job is tried again");
    assert!(!told(&mut owner).await && server.letters().is_empty());
    server.refuses.store(false, Ordering::SeqCst);
    let (slow, begun) = (server.busy.lock().await, server.begun.load(Ordering::SeqCst));
    let at = after(&platform, &kim, 12);
    let sweeping = tokio::spawn(async move { unconfirmed::sweep(&at).await });
    while server.begun.load(Ordering::SeqCst) == begun {
        tokio::task::yield_now().await;
    }
    for sql in ["set lock_timeout = '2s'", "update accounts set name = 'Kim'"] {
        sqlx::query(sql).execute(&mut owner).await.expect("nobody waits for a mail server");
    }
    drop(slow);
    sweeping.await.expect("joined").expect("swept");
    assert!(told(&mut owner).await && server.letters().len() == 1);
}
