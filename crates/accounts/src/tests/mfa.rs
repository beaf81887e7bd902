use domain::audit::AuditAction;
use totp_rs::{Builder, Secret};

use super::*;
use crate::mfa::{complete_mfa_login, confirm_totp, disable_totp, new_totp, start_totp};

/// The six digits for the secret that the page shows.
pub(super) async fn code(secret: &str, platform: &Platform) -> String {
    let secret = Secret::try_from_base32(secret).expect("base 32");
    let totp = Builder::new().with_secret(secret).with_account_name("kim").with_issuer(Some("Legwork")).build().expect("totp");
    totp.generate(platform.clock.now().timestamp().unsigned_abs()).to_string()
}

/// An account with an authenticator, its secret, and the recovery codes.
async fn secured(platform: &Platform) -> (NewSession, String, Vec<String>) {
    let kim = confirmed(platform).await;
    start_totp(platform, &kim.viewer).await.expect("begun");
    let secret = new_totp(platform, &kim.viewer).await.expect("query").expect("pending").secret;
    let codes = confirm_totp(platform, &kim.viewer, &kim.token, &code(&secret, platform).await).await.expect("confirmed").expect("first codes");
    (kim, secret, codes)
}

async fn mfa_challenge(platform: &Platform) -> String {
    match sign_in(platform, "kim@example.org", KIM.password).await.expect("right password") {
        LoginOutcome::SecondFactor(token) => token,
        LoginOutcome::In(_) => panic!("no second factor was required"),
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_code_opens_once_and_the_next_one_opens_again(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = platform_with_mail(connect).await;
    let (_, secret, _) = secured(&platform).await;
    let now = platform.clock.now();
    let replayed = complete_mfa_login(&platform, &mfa_challenge(&platform).await, &code(&secret, &platform).await, None).await;
    assert!(replayed.is_err(), "the code that confirmed the app was used");
    platform.clock = Clock::manual(now + TimeDelta::seconds(30));
    let (first, second) = (mfa_challenge(&platform).await, mfa_challenge(&platform).await);
    let digits = code(&secret, &platform).await;
    let opened = complete_mfa_login(&platform, &first, &digits, None).await.expect("opens");
    assert!(opened.viewer.second_factor);
    assert!(complete_mfa_login(&platform, &second, &digits, None).await.is_err(), "once, also on another device");
    assert!(complete_mfa_login(&platform, &first, &digits, None).await.is_err());
    let mut tx = platform.database.begin_as(opened.viewer.id).await.expect("transaction");
    let log = own_audit_log(&mut tx).await.expect("log");
    assert_eq!(log.iter().filter(|entry| entry.action == AuditAction::CodeReused.key()).count(), 2, "both times that a right code was reused");
    assert_eq!(emails_with(&platform, opened.viewer.id, "came a second time").await, 2, "an email each time");
}

#[sqlx::test(migrations = "../../migrations")]
async fn five_wrong_codes_end_the_sign_in(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect);
    let (_, secret, _) = secured(&platform).await;
    platform.clock = Clock::manual(platform.clock.now() + TimeDelta::seconds(60));
    let token = mfa_challenge(&platform).await;
    for _ in 0..4 {
        assert!(complete_mfa_login(&platform, &token, "000 000", None).await.expect_err("wrong").into_problem().fields.get("code").is_some());
    }
    let fifth = complete_mfa_login(&platform, &token, "000 000", None).await.expect_err("wrong").into_problem();
    assert_eq!(fifth.kind, domain::ProblemKind::NotSignedIn);
    let right = code(&secret, &platform).await;
    assert!(complete_mfa_login(&platform, &token, &right, None).await.expect_err("too many").into_problem().fields.is_empty());
    platform.clock = Clock::manual(platform.clock.now() + TimeDelta::minutes(11));
    let late = mfa_challenge(&platform).await;
    platform.clock = Clock::manual(platform.clock.now() + TimeDelta::minutes(10));
    assert!(complete_mfa_login(&platform, &late, &code(&secret, &platform).await, None).await.is_err(), "too late");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_lost_phone_is_what_recovery_codes_are_for(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let (kim, _, codes) = secured(&platform).await;
    assert_eq!(codes.len(), 10);
    let typed = codes[3].to_uppercase().replace('-', " ");
    complete_mfa_login(&platform, &mfa_challenge(&platform).await, &typed, None).await.expect("opens");
    assert!(complete_mfa_login(&platform, &mfa_challenge(&platform).await, &typed, None).await.is_err(), "once");
    let mut tx = platform.database.begin_as(kim.viewer.id).await.expect("transaction");
    assert_eq!(login_methods(&mut tx).await.expect("factors").recovery_codes, 9);
    disable_totp(&platform, &kim.viewer).await.expect("removed");
    entered(&platform, "kim@example.org", KIM.password).await.expect("no second factor any more");
}

#[sqlx::test(migrations = "../../migrations")]
async fn reauthentication_renews_the_token_and_lasts_ten_minutes(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect);
    let (kim, secret, _) = secured(&platform).await;
    platform.clock = Clock::manual(platform.clock.now() + TimeDelta::minutes(10));
    let viewer = viewer_of(&platform, &kim.token).await.expect("query").expect("signed in");
    assert!(require_recent_auth(&viewer, platform.clock.now()).is_err());
    let wrong = crate::reauthenticate::reauthenticate(&platform, &viewer, &kim.token, KIM.password, "").await;
    assert!(wrong.is_err(), "the password alone is not enough where there is a second factor");
    let digits = code(&secret, &platform).await;
    let fresh = crate::reauthenticate::reauthenticate(&platform, &viewer, &kim.token, "", &digits).await.expect("reauthenticated");
    assert!(viewer_of(&platform, &kim.token).await.expect("query").is_none(), "the old token opens nothing");
    let viewer = viewer_of(&platform, &fresh).await.expect("query").expect("signed in");
    require_recent_auth(&viewer, platform.clock.now()).expect("fresh");
}

#[sqlx::test(migrations = "../../migrations")]
async fn secrets_are_sealed_and_move_to_a_new_key(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect);
    let (kim, secret, _) = secured(&platform).await;
    platform::secrets::rotate_keys(platform.folder(), "second", &platform.ids).expect("a new key");
    platform.keys = platform::KeyRing::open(&platform.config.security, platform.folder(), &platform.ids).expect("ring");
    assert_eq!(reencrypt(&platform, kim.viewer.id).await.expect("re-encrypted"), 1);
    assert_eq!(reencrypt(&platform, kim.viewer.id).await.expect("nothing to do"), 0);
    platform::secrets::prune_keys(platform.folder()).expect("pruned");
    platform.keys = platform::KeyRing::open(&platform.config.security, platform.folder(), &platform.ids).expect("ring");
    platform.clock = Clock::manual(platform.clock.now() + TimeDelta::seconds(30));
    let digits = code(&secret, &platform).await;
    complete_mfa_login(&platform, &mfa_challenge(&platform).await, &digits, None).await.expect("opens with the new key");
}
