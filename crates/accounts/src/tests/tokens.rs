use domain::accounts::{NewToken, Scope};
use domain::audit::AuditAction;

use super::*;
use crate::api_tokens::{create_personal_token, create_token_pair, refresh, revoke_token};

/// A sign-in, as an API client does it before it gets its tokens.
async fn again(platform: &Platform) -> NewSession {
    entered(platform, "kim@example.org", KIM.password).await.expect("signs in")
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_refresh_token_works_once_and_a_stolen_one_ends_the_family(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = confirmed(&platform).await;
    let first = create_token_pair(&platform, &again(&platform).await, "watch", &[Scope::Read], None).await.expect("pair");
    let other = create_token_pair(&platform, &again(&platform).await, "script", &[Scope::Read], None).await.expect("pair");
    let second = refresh(&platform, &first.refresh_token).await.expect("the next pair");
    assert!(bearer(&platform, &second.access_token).await.expect("query").is_some());
    // The thief uses the first one.
    assert!(refresh(&platform, &first.refresh_token).await.is_err());
    for token in [&first.access_token, &second.access_token] {
        assert!(bearer(&platform, token).await.expect("query").is_none(), "the whole family ended");
    }
    assert!(refresh(&platform, &second.refresh_token).await.is_err());
    assert!(bearer(&platform, &other.access_token).await.expect("query").is_some(), "another client’s did not");
    let mut tx = platform.database.begin_as(kim.viewer.id).await.expect("transaction");
    let log = own_audit_log(&mut tx).await.expect("log");
    assert!(log.iter().any(|entry| entry.action == AuditAction::TokenReused.key()));
}

#[sqlx::test(migrations = "../../migrations")]
async fn tokens_end_by_themselves_and_by_their_owner_alone(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect);
    let kim = confirmed(&platform).await;
    let client = again(&platform).await;
    let pair = create_token_pair(&platform, &client, "watch", &[Scope::Read], None).await.expect("pair");
    assert!(create_token_pair(&platform, &client, "watch", &[Scope::Read], None).await.is_err(), "the session went with it");
    let script = NewToken::parse("script", "90").expect("valid");
    let personal = create_personal_token(&platform, &kim.viewer, &script, &[Scope::Read, Scope::Write]).await.expect("token");
    let known = bearer(&platform, &personal).await.expect("query").expect("opens");
    assert!(known.writes && known.viewer.reauthenticated_at.is_none(), "a token never counts as recent authentication");
    assert!(!bearer(&platform, &pair.access_token).await.expect("query").expect("opens").writes);
    let begun = platform.clock.now();
    platform.clock = Clock::manual(begun + TimeDelta::minutes(15));
    assert!(bearer(&platform, &pair.access_token).await.expect("query").is_none());
    assert!(bearer(&platform, &personal).await.expect("query").is_some());
    let mut tx = platform.database.begin_as(kim.viewer.id).await.expect("transaction");
    let listed = personal_tokens(&mut tx, platform.clock.now()).await.expect("tokens");
    assert_eq!(listed.len(), 2, "the personal one and the client that can refresh");
    let id = listed.iter().find(|t| t.name == "script").expect("listed").id;
    drop(tx);
    let mut stranger = platform.database.begin_as(platform.ids.uuid(begun)).await.expect("transaction");
    assert!(revoke_token(&mut stranger, id).await.is_err());
    let mut tx = platform.database.begin_as(kim.viewer.id).await.expect("transaction");
    revoke_token(&mut tx, id).await.expect("ended");
    tx.commit().await.expect("committed");
    assert!(bearer(&platform, &personal).await.expect("query").is_none());
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_api_client_of_an_unconfirmed_account_learns_why_it_is_refused(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = confirmed(&platform).await;
    let first = create_token_pair(&platform, &again(&platform).await, "watch", &[Scope::Read], None).await.expect("pair");
    let mut owner = platform.owner().await;
    // Like a client whose pair is older than the rule that addresses must be confirmed.
    sqlx::query("update accounts set email_verified_at = null").execute(&mut owner).await.expect("unconfirmed");
    let refused = refresh(&platform, &first.refresh_token).await.expect_err("refused").into_problem();
    assert_eq!(refused, domain::Problem::unconfirmed());
    sqlx::query("update accounts set email_verified_at = now()").execute(&mut owner).await.expect("confirmed");
    let next = refresh(&platform, &first.refresh_token).await.expect("the token is still valid");
    assert_eq!(bearer(&platform, &next.access_token).await.expect("query").expect("opens").viewer.id, kim.viewer.id);
}
