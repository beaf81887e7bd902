use super::*;
use crate::email_change::{change_email, request_email_change};
use crate::email_links::Opener;
use crate::email_verification::{send_verification, verify};
use crate::password_reset::{request_password_reset, reset};

#[sqlx::test(migrations = "../../migrations")]
async fn an_address_is_confirmed_once_and_only_while_it_is_the_accounts(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = kim(&platform).await;
    assert!(!kim.viewer.verified);
    let first = send_verification(&platform, &kim.viewer).await.expect("email");
    assert_eq!(first.to, "kim@example.org");
    let second = send_verification(&platform, &kim.viewer).await.expect("email");
    let by = Opener { signed_in: Some((kim.viewer.id, &kim.token)), ..Opener::default() };
    assert!(verify(&platform, &link(&first.text), by).await.is_err(), "a newer email replaces it");
    let stays = verify(&platform, &link(&second.text), by).await.expect("confirmed").expect("this browser stays signed in");
    assert!(verify(&platform, &link(&second.text), by).await.is_err(), "once");
    assert!(viewer_of(&platform, &stays).await.expect("query").expect("signed in").verified);
    assert!(viewer_of(&platform, &kim.token).await.expect("query").is_none(), "with a new token");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_reset_works_once_within_the_hour_and_ends_everything(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect);
    let kim = kim(&platform).await;
    assert!(request_password_reset(&platform, "nobody@example.org").await.expect("requested").is_none());
    let late = request_password_reset(&platform, " KIM@example.org").await.expect("requested").expect("email");
    let requested_at = platform.clock.now();
    platform.clock = Clock::manual(requested_at + TimeDelta::hours(1));
    assert!(reset(&platform, &link(&late.text), "another horse bus").await.is_err(), "too late");
    let email = request_password_reset(&platform, "kim@example.org").await.expect("requested").expect("email");
    // A refused password leaves the link as it was.
    let refused = reset(&platform, &link(&email.text), "password123").await.expect_err("common").into_problem();
    assert!(refused.fields.get("new").is_some());
    reset(&platform, &link(&email.text), "another horse bus").await.expect("reset");
    assert!(reset(&platform, &link(&email.text), "marmot violin bench").await.is_err(), "once");
    assert!(viewer_of(&platform, &kim.token).await.expect("query").is_none(), "every session ended");
    assert!(entered(&platform, "kim@example.org", KIM.password).await.is_err());
    let again = entered(&platform, "kim@example.org", "another horse bus").await.expect("signs in");
    assert!(again.viewer.verified, "whoever reads the emails owns the address");
}

#[sqlx::test(migrations = "../../migrations")]
async fn tokens_are_kept_as_hashes(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = kim(&platform).await;
    let email = request_password_reset(&platform, "kim@example.org").await.expect("requested").expect("email");
    let mut tx = platform.database.begin_as(kim.viewer.id).await.expect("transaction");
    let kept: String = sqlx::query_scalar("select string_agg(t::text, ' ') from one_time_tokens t").fetch_one(tx.connection()).await.expect("row");
    assert!(!kept.contains(&link(&email.text)));
    let sessions: String = sqlx::query_scalar("select string_agg(t::text, ' ') from sessions t").fetch_one(tx.connection()).await.expect("row");
    assert!(!sessions.contains(&kim.token));
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_account_moves_to_an_address_that_is_free(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = kim(&platform).await;
    Person { email: "sam@example.org", ..KIM }.register(&platform).await;
    let taken = request_email_change(&platform, &kim.viewer, "sam@example.org").await.expect("the same answer");
    assert_eq!(taken.iter().map(|e| e.to.as_str()).collect::<Vec<_>>(), ["kim@example.org"], "no link to an address that is taken");
    assert!(request_email_change(&platform, &kim.viewer, "nonsense").await.is_err());
    let emails = request_email_change(&platform, &kim.viewer, "Kim@New.example").await.expect("emails");
    // The email alone changes nothing: its reader may never have heard of the account.
    let refused = change_email(&platform, &link(&emails[0].text), Opener::default()).await.expect_err("not signed in").into_problem();
    assert!(refused.fields.get("password").is_some());
    let by = Opener { signed_in: Some((kim.viewer.id, &kim.token)), ..Opener::default() };
    let stays = change_email(&platform, &link(&emails[0].text), by).await.expect("moved").expect("this browser stays signed in");
    let moved = viewer_of(&platform, &stays).await.expect("query").expect("signed in");
    assert_eq!((moved.email.as_str(), moved.verified), ("kim@new.example", true));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_hash_is_renewed_when_the_cost_changes(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect);
    let kim = kim(&platform).await;
    let hash = async |platform: &Platform| -> String {
        let mut tx = platform.database.begin_as(kim.viewer.id).await.expect("transaction");
        sqlx::query_scalar("select password_hash from accounts").fetch_one(tx.connection()).await.expect("row")
    };
    let before = hash(&platform).await;
    entered(&platform, "kim@example.org", KIM.password).await.expect("signs in");
    assert_eq!(hash(&platform).await, before, "the same cost, the same hash");
    let mut config = (*platform.config).clone();
    config.security.argon2_iterations = 3;
    platform.config = std::sync::Arc::new(config);
    entered(&platform, "kim@example.org", KIM.password).await.expect("signs in");
    assert!(hash(&platform).await.contains("t=3"));
    entered(&platform, "kim@example.org", KIM.password).await.expect("signs in with the renewed hash");
}
