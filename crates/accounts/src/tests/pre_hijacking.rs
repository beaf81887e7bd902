//! Account pre-hijacking: someone registers a stranger's address, and later the stranger claims it.

use domain::accounts::{NewToken, Scope};
use sqlx::{Connection, PgConnection};

use super::*;
use crate::api_tokens::{create_personal_token, create_token_pair};
use crate::email_change::{change_email, request_email_change};
use crate::email_links::Opener;
use crate::email_verification::{send_verification, verify};
use crate::mfa::start_totp;
use crate::passkeys::begin_passkey;
use crate::password_reset::{request_password_reset, reset};

/// Tables that hold login methods, sessions and tokens.
const LOGIN_TABLES: [&str; 8] =
    ["sessions", "one_time_tokens", "totp_credentials", "passkeys", "recovery_codes", "api_tokens", "external_identities", "known_devices"];

/// Every login method that earlier versions allowed an account whose address nobody had confirmed.
async fn add_legacy_login_methods(connect: &PgConnectOptions, account: uuid::Uuid) -> PgConnection {
    let mut owner = PgConnection::connect_with(connect).await.expect("owner");
    for row in [
        "set session_replication_role = replica",
        "insert into totp_credentials (account_id, secret, confirmed_at, created_at) values ($1, '\\x09', now(), now())",
        "insert into passkeys (id, account_id, credential_id, name, credential, created_at) values (gen_random_uuid(), $1, '\\x0a', 'x', '{}', now())",
        "insert into recovery_codes (account_id, code_hash, created_at) values ($1, '\\x0b', now())",
        "insert into api_tokens (token_hash, id, account_id, kind, name, scopes, family, created_at, expires_at)
           values ('\\x0c', gen_random_uuid(), $1, 'personal', 'x', '{read}', gen_random_uuid(), now(), now() + interval '9 years')",
        "insert into external_identities (issuer, subject, account_id, created_at) values ('https://x', 'x', $1, now())",
        "insert into one_time_tokens (token_hash, account_id, purpose, email, created_at, expires_at)
           values ('\\x0d', $1, 'change_email', 'evil@example.org', now(), now() + interval '9 years')",
        "insert into known_devices (account_id, token_hash, first_seen_at, last_seen_at) values ($1, '\\x0e', now(), now())",
        "insert into visibility_settings (athlete_id, training) values ($1, 'organisation')",
        "update accounts set deletion_requested_at = now() where id = $1",
        "set session_replication_role = default",
    ] {
        let query = sqlx::query(row);
        let query = if row.starts_with("set") { query } else { query.bind(account) };
        query.execute(&mut owner).await.unwrap_or_else(|e| panic!("{row}: {e}"));
    }
    owner
}

async fn login_rows(owner: &mut PgConnection, account: uuid::Uuid) -> Vec<(&'static str, i64)> {
    let mut found = Vec::new();
    for table in LOGIN_TABLES {
        let sql = sqlx::AssertSqlSafe(format!("select count(*) from {table} where account_id = $1"));
        let rows: i64 = sqlx::query_scalar(sql).bind(account).fetch_one(&mut *owner).await.expect("rows");
        if rows > 0 {
            found.push((table, rows));
        }
    }
    found
}

#[sqlx::test(migrations = "../../migrations")]
async fn before_the_address_is_confirmed_a_password_is_the_only_way_in(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect.clone());
    let evil = kim(&platform).await;
    let refused = [
        start_totp(&platform, &evil.viewer).await.err(),
        begin_passkey(&platform, &evil.viewer).await.err(),
        create_personal_token(&platform, &evil.viewer, &NewToken { name: "script".into(), days: 9 }, &[Scope::Read]).await.err(),
        create_token_pair(&platform, &evil, "script", &[Scope::Read], None).await.err(),
        crate::oidc::begin(&platform, "nowhere", Some(&evil.viewer)).await.err(),
    ];
    for error in refused {
        let problem = error.expect("refused").into_problem();
        assert!(problem.kind == domain::ProblemKind::NotAllowed && problem.message.contains("Confirm your address first"), "{problem:?}");
    }
    // Nor past the application. A new table must be guarded, too.
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    let guarded: Vec<String> =
        sqlx::query_scalar("select tgrelid::regclass::text from pg_trigger where tgname = 'require_verified_email' order by 1")
            .fetch_all(&mut owner)
            .await
            .expect("triggers");
    assert_eq!(guarded, ["api_tokens", "external_identities", "passkeys", "recovery_codes", "totp_credentials"]);
    let mut tx = platform.database.begin_as(evil.viewer.id).await.expect("transaction");
    let forced = sqlx::query("insert into totp_credentials (account_id, secret, created_at) values (viewer(), '', now())").execute(tx.connection());
    assert!(forced.await.expect_err("refused").to_string().contains("not confirmed"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_reset_of_an_unconfirmed_account_leaves_the_owner_of_the_address_alone_in_it(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect.clone());
    let evil = kim(&platform).await;
    let mut owner = add_legacy_login_methods(&connect, evil.viewer.id).await;
    assert_eq!(login_rows(&mut owner, evil.viewer.id).await.len(), LOGIN_TABLES.len(), "a table without a row proves nothing");
    let coach = Person { email: "sam@example.org", ..KIM }.register(&platform).await;
    // One club of a coach that was joined, and one that was founded and has the coach in it.
    sqlx::query(
        "with clubs as (insert into organisations (id, name, created_at) select gen_random_uuid(), name, now() from unnest('{joined,founded}'::text[]) name
           returning id, name)
         insert into memberships (organisation_id, account_id, role, joined_at)
         select id, who, case when (name = 'founded') = (who = $1) then 'business_owner' when who = $2 then 'coach' else 'athlete' end, now()
           from clubs, unnest(array[$1, $2]) who",
    )
    .bind(evil.viewer.id)
    .bind(coach.viewer.id)
    .execute(&mut owner)
    .await
    .expect("clubs");
    let email = request_password_reset(&platform, "kim@example.org").await.expect("requested").expect("email");
    reset(&platform, &link(&email.text), "another horse bus").await.expect("reset");
    assert_eq!(login_rows(&mut owner, evil.viewer.id).await, []);
    let shared: i64 = sqlx::query_scalar("select count(*) from visibility_settings").fetch_one(&mut owner).await.expect("rows");
    assert_eq!(shared, 0, "and shares nothing");
    let left: Vec<(String, uuid::Uuid)> =
        sqlx::query_as("select o.name, m.account_id from organisations o left join memberships m on m.organisation_id = o.id")
            .fetch_all(&mut owner)
            .await
            .expect("rows");
    assert_eq!(left, [("joined".to_owned(), coach.viewer.id)], "nor is it in any club");
    let own = entered(&platform, "kim@example.org", "another horse bus").await.expect("no second factor that only the other has");
    assert_eq!(own.viewer.deletion_requested_at, None, "nor does it end weeks later");
    assert!(own.viewer.verified && entered(&platform, "kim@example.org", KIM.password).await.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_confirmed_account_keeps_its_factors_when_its_password_is_reset(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect.clone());
    let own = confirmed(&platform).await;
    let mut owner = add_legacy_login_methods(&connect, own.viewer.id).await;
    let email = request_password_reset(&platform, "kim@example.org").await.expect("requested").expect("email");
    reset(&platform, &link(&email.text), "another horse bus").await.expect("reset");
    let left: Vec<&str> = login_rows(&mut owner, own.viewer.id).await.into_iter().map(|(table, _)| table).collect();
    assert_eq!(left, ["totp_credentials", "passkeys", "recovery_codes", "external_identities"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn confirming_needs_the_account_and_the_email_and_ends_all_else(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect.clone());
    let made = kim(&platform).await;
    let other = entered(&platform, "kim@example.org", KIM.password).await.expect("another browser");
    let mut owner = add_legacy_login_methods(&connect, made.viewer.id).await;
    let email = send_verification(&platform, &made.viewer).await.expect("email");
    // Whoever reads the email without owning the account confirms nothing, and the link stays valid.
    let sam = Person { email: "sam@example.org", ..KIM }.register(&platform).await;
    for by in [
        Opener::default(),
        Opener { password: "wrong horse!", ..Opener::default() },
        Opener { signed_in: Some((sam.viewer.id, &sam.token)), ..Opener::default() },
    ] {
        let refused = verify(&platform, &link(&email.text), by).await.expect_err("not the account's owner").into_problem();
        assert!(refused.fields.get("password").is_some(), "{by:?}");
    }
    assert!(!viewer_of(&platform, &made.token).await.expect("query").expect("signed in").verified);
    let by = Opener { signed_in: Some((made.viewer.id, &made.token)), ..Opener::default() };
    let email = send_verification(&platform, &made.viewer).await.expect("email");
    let stays = verify(&platform, &link(&email.text), by).await.expect("confirmed").expect("the browser that created the account");
    assert_eq!(login_rows(&mut owner, made.viewer.id).await, [("sessions", 1)]);
    assert!(viewer_of(&platform, &stays).await.expect("query").expect("signed in").verified);
    assert!(viewer_of(&platform, &other.token).await.expect("query").is_none());
}

#[sqlx::test(migrations = "../../migrations")]
async fn on_another_device_the_password_confirms_and_every_session_ends(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect.clone());
    let made = kim(&platform).await;
    let email = send_verification(&platform, &made.viewer).await.expect("email");
    let by = Opener { password: KIM.password, ..Opener::default() };
    assert!(verify(&platform, &link(&email.text), by).await.expect("confirmed").is_none(), "an email signs nobody in");
    assert!(viewer_of(&platform, &made.token).await.expect("query").is_none());
    assert!(entered(&platform, "kim@example.org", KIM.password).await.expect("signs in").viewer.verified);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_email_change_takes_over_no_account(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let evil = kim(&platform).await;
    let emails = request_email_change(&platform, &evil.viewer, "victim@example.org").await.expect("requested");
    let victim = Opener::default();
    assert!(change_email(&platform, &link(&emails[0].text), victim).await.is_err(), "the victim reads the email and presses the button");
    // Links to an address that the account has left stop working.
    let old = request_password_reset(&platform, "kim@example.org").await.expect("requested").expect("email");
    let by = Opener { signed_in: Some((evil.viewer.id, &evil.token)), ..Opener::default() };
    change_email(&platform, &link(&emails[0].text), by).await.expect("moved by the owner of both");
    assert!(reset(&platform, &link(&old.text), "another horse bus").await.is_err());
}
