//! Guessing passwords and codes: few attempts, however many come at once, and wherever they are made.

use domain::audit::AuditAction;
use tokio::task::JoinSet;

use super::*;
use crate::mfa::{complete_mfa_login, confirm_totp, new_totp, start_totp};
use crate::reauthenticate::reauthenticate;

/// The outcomes of many attempts.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcomes {
    wrong: usize,
    over: usize,
    right: usize,
}

impl Outcomes {
    fn add<T>(&mut self, result: Result<T, platform::Error>) {
        match result.map_err(platform::Error::into_problem) {
            Ok(_) => self.right += 1,
            Err(problem) if problem.fields.is_empty() => self.over += 1,
            Err(_) => self.wrong += 1,
        }
    }
}

/// Runs many at once.
async fn at_once<T: Send + 'static, F: Future<Output = Result<T, platform::Error>> + Send + 'static>(
    attempts: impl IntoIterator<Item = F>,
) -> Outcomes {
    let mut set = JoinSet::new();
    for one in attempts {
        set.spawn(one);
    }
    let mut outcomes = Outcomes::default();
    while let Some(result) = set.join_next().await {
        outcomes.add(result.expect("ran"));
    }
    outcomes
}

#[sqlx::test(migrations = "../../migrations")]
async fn five_wrong_attempts_end_a_session_however_many_come_at_once(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = platform_with_mail(connect).await;
    let kim = kim(&platform).await;
    let other = entered(&platform, "kim@example.org", KIM.password).await.expect("another browser");
    let outcomes = at_once((0..60).map(|i| {
        let (platform, viewer, token) = (platform.clone(), kim.viewer.clone(), kim.token.clone());
        async move { reauthenticate(&platform, &viewer, &token, &format!("wrong horse {i}"), "").await }
    }))
    .await;
    assert!(outcomes.wrong < 5 && outcomes.right == 0 && outcomes.wrong + outcomes.over == 60, "{outcomes:?}");
    assert!(viewer_of(&platform, &kim.token).await.expect("query").is_none(), "the session ended");
    let late = reauthenticate(&platform, &kim.viewer, &kim.token, KIM.password, "").await.expect_err("even the right password").into_problem();
    assert_eq!(late.kind, domain::ProblemKind::NotSignedIn);
    assert!(viewer_of(&platform, &other.token).await.expect("query").is_some(), "the others did not");
    assert_eq!(emails_with(&platform, kim.viewer.id, "wrong password or code five times").await, 1);
    let mut tx = platform.database.begin_as(kim.viewer.id).await.expect("transaction");
    assert_eq!(own_audit_log(&mut tx).await.expect("log").iter().filter(|l| l.action == AuditAction::GuessingStopped.key()).count(), 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn passwords_and_codes_count_as_attempts_of_one_session(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = confirmed(&platform).await;
    start_totp(&platform, &kim.viewer).await.expect("begun");
    let mut outcomes = Outcomes::default();
    for _ in 0..2 {
        outcomes.add(reauthenticate(&platform, &kim.viewer, &kim.token, "wrong horse!", "").await);
        outcomes.add(change_password(&platform, &kim.viewer, &kim.token, "wrong horse!", "another horse bus").await);
    }
    assert_eq!(outcomes, Outcomes { wrong: 4, ..Outcomes::default() });
    // None is not an attempt.
    let empty = change_password(&platform, &kim.viewer, &kim.token, "", "another horse bus").await.expect_err("empty").into_problem();
    assert!(empty.fields.get("old").is_some());
    // A right password is not a wrong attempt, and resets the count only with a new session token.
    let weak = change_password(&platform, &kim.viewer, &kim.token, KIM.password, "password1234").await.expect_err("weak").into_problem();
    assert!(weak.fields.get("old").is_none());
    outcomes.add(confirm_totp(&platform, &kim.viewer, &kim.token, "000000").await);
    assert_eq!(outcomes, Outcomes { wrong: 4, over: 1, right: 0 });
    assert!(viewer_of(&platform, &kim.token).await.expect("query").is_none());
    // Reauthentication starts a new count.
    let kim = entered(&platform, "kim@example.org", KIM.password).await.expect("signs in");
    let mut token = kim.token.clone();
    for _ in 0..3 {
        for _ in 0..4 {
            assert!(reauthenticate(&platform, &kim.viewer, &token, "wrong horse!", "").await.is_err());
        }
        token = reauthenticate(&platform, &kim.viewer, &token, KIM.password, "").await.expect("right");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn signing_in_again_gives_no_more_guesses_at_codes(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = platform_with_mail(connect).await;
    let kim = confirmed(&platform).await;
    start_totp(&platform, &kim.viewer).await.expect("begun");
    let secret = new_totp(&platform, &kim.viewer).await.expect("query").expect("pending").secret;
    let digits = super::mfa::code(&secret, &platform).await;
    confirm_totp(&platform, &kim.viewer, &kim.token, &digits).await.expect("confirmed");
    platform.clock = Clock::manual(platform.clock.now() + TimeDelta::seconds(60));
    platform.login_throttle = platform::LoginThrottle::new(std::num::NonZeroU32::new(12).expect("twelve"));
    let mut challenges = Vec::new();
    for _ in 0..20 {
        let LoginOutcome::SecondFactor(token) = sign_in(&platform, "kim@example.org", KIM.password).await.expect("right") else {
            panic!("no second factor was required")
        };
        challenges.push(token);
    }
    let unused = challenges.pop().expect("many");
    let outcomes = at_once(challenges.iter().cycle().take(100).map(|token| {
        let (platform, token) = (platform.clone(), token.clone());
        async move { complete_mfa_login(&platform, &token, "000000", None).await }
    }))
    .await;
    assert!(outcomes.wrong <= 12 && outcomes.right == 0, "{outcomes:?}");
    let right = super::mfa::code(&secret, &platform).await;
    let refused = complete_mfa_login(&platform, &unused, &right, None).await.expect_err("no attempt is left").into_problem();
    assert_eq!(refused.kind, domain::ProblemKind::TooMany);
    // A browser that the account knows has attempts of its own.
    crate::devices::record_login(
        &platform,
        &kim.viewer,
        &kim.token,
        "laptop",
        &crate::devices::DeviceInfo::default(),
        crate::devices::NewDevice::Notified,
    )
    .await
    .expect("recorded");
    let outcomes = at_once((0..30).map(|_| {
        let (platform, token) = (platform.clone(), unused.clone());
        async move { complete_mfa_login(&platform, &token, "000000", Some("laptop")).await }
    }))
    .await;
    assert!(outcomes.wrong < 5, "{outcomes:?}");
    assert!(emails_with(&platform, kim.viewer.id, "wrong code five times").await > 0);
}
