//! Guessing at passwords and codes: few tries, however many come at once, and wherever they are made.

use tokio::task::JoinSet;

use super::*;
use crate::mfa::{complete_mfa_login, confirm_totp, new_totp, start_totp};
use crate::reauthenticate::reauthenticate;

/// What became of many tries.
#[derive(Debug, Default, PartialEq, Eq)]
struct Heard {
    wrong: usize,
    over: usize,
    right: usize,
}

impl Heard {
    fn add<T>(&mut self, result: Result<T, platform::Error>) {
        match result.map_err(platform::Error::into_problem) {
            Ok(_) => self.right += 1,
            Err(problem) if problem.fields.is_empty() => self.over += 1,
            Err(_) => self.wrong += 1,
        }
    }
}

/// Lets many happen at once.
async fn at_once<T: Send + 'static, F: Future<Output = Result<T, platform::Error>> + Send + 'static>(tries: impl IntoIterator<Item = F>) -> Heard {
    let mut set = JoinSet::new();
    for one in tries {
        set.spawn(one);
    }
    let mut heard = Heard::default();
    while let Some(result) = set.join_next().await {
        heard.add(result.expect("ran"));
    }
    heard
}

async fn letters_told(platform: &Platform, account: uuid::Uuid, words: &str) -> usize {
    let folder = platform.mail.file_transport_dir().expect("files").join(account.to_string());
    let count = || {
        let letters = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        letters.filter(|l| std::fs::read_to_string(l.path()).is_ok_and(|text| text.replace("=\r\n", "").contains(words))).count()
    };
    // Letters are written beside the request.
    let written = async {
        while count() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), written).await.expect("a letter");
    count()
}

#[sqlx::test(migrations = "../../migrations")]
async fn five_wrong_tries_in_a_session_end_it_however_many_come_at_once(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, _folder) = platform::testing::platform(connect).expect("platform");
    let kim = kim(&platform).await;
    let other = entered(&platform, "kim@example.org", "correct horse").await.expect("another browser");
    let heard = at_once((0..60).map(|i| {
        let (platform, viewer, token) = (platform.clone(), kim.viewer.clone(), kim.token.clone());
        async move { reauthenticate(&platform, &viewer, &token, &format!("wrong horse {i}"), "").await }
    }))
    .await;
    assert!(heard.wrong < 5 && heard.right == 0 && heard.wrong + heard.over == 60, "{heard:?}");
    assert!(viewer_of(&platform, &kim.token).await.expect("query").is_none(), "the session ended");
    let late = reauthenticate(&platform, &kim.viewer, &kim.token, "correct horse", "").await.expect_err("the next right one").into_problem();
    assert_eq!(late.kind, domain::ProblemKind::NotSignedIn);
    assert!(viewer_of(&platform, &other.token).await.expect("query").is_some(), "others did not");
    assert_eq!(letters_told(&platform, kim.viewer.id, "wrong password or code five times").await, 1);
    let mut session = platform.database.begin_as(kim.viewer.id).await.expect("session");
    assert_eq!(own_audit_log(&mut session).await.expect("log").iter().filter(|l| l.action == "guessing").count(), 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn passwords_and_codes_are_tries_of_one_session_wherever_it_is_asked(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, _folder) = platform::testing::platform(connect).expect("platform");
    let kim = confirmed(&platform).await;
    start_totp(&platform, &kim.viewer).await.expect("begun");
    let mut heard = Heard::default();
    for _ in 0..2 {
        heard.add(reauthenticate(&platform, &kim.viewer, &kim.token, "wrong horse!", "").await);
        heard.add(change_password(&platform, &kim.viewer, &kim.token, "wrong horse!", "marmot violin trench").await);
    }
    assert_eq!(heard, Heard { wrong: 4, ..Heard::default() });
    // What is right is no wrong try, and takes none of them back but by a new session.
    let weak = change_password(&platform, &kim.viewer, &kim.token, "correct horse", "password1234").await.expect_err("weak").into_problem();
    assert!(weak.fields.get("old").is_none());
    heard.add(confirm_totp(&platform, &kim.viewer, &kim.token, "000000").await);
    assert_eq!(heard, Heard { wrong: 4, over: 1, right: 0 });
    assert!(viewer_of(&platform, &kim.token).await.expect("query").is_none());
    // A proof begins anew.
    let kim = entered(&platform, "kim@example.org", "correct horse").await.expect("signs in");
    let mut token = kim.token.clone();
    for _ in 0..3 {
        for _ in 0..4 {
            assert!(reauthenticate(&platform, &kim.viewer, &token, "wrong horse!", "").await.is_err());
        }
        token = reauthenticate(&platform, &kim.viewer, &token, "correct horse", "").await.expect("right");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn whoever_has_the_password_guesses_no_more_codes_by_signing_in_again(_: PgPoolOptions, connect: PgConnectOptions) {
    let (mut platform, _folder) = platform::testing::platform(connect).expect("platform");
    let kim = confirmed(&platform).await;
    start_totp(&platform, &kim.viewer).await.expect("begun");
    let secret = new_totp(&platform, &kim.viewer).await.expect("query").expect("waits").secret;
    let digits = super::factors::code(&secret, &platform).await;
    confirm_totp(&platform, &kim.viewer, &kim.token, &digits).await.expect("confirmed");
    platform.clock = Clock::manual(platform.clock.now() + TimeDelta::seconds(60));
    platform.tries = platform::LoginThrottle::new(std::num::NonZeroU32::new(12).expect("twelve"));
    let mut waiting = Vec::new();
    for _ in 0..20 {
        let LoginOutcome::SecondFactor(token) = sign_in(&platform, "kim@example.org", "correct horse").await.expect("right") else { panic!("asked") };
        waiting.push(token);
    }
    let unused = waiting.pop().expect("many");
    let heard = at_once(waiting.iter().cycle().take(100).map(|token| {
        let (platform, token) = (platform.clone(), token.clone());
        async move { complete_mfa_login(&platform, &token, "000000", None).await }
    }))
    .await;
    assert!(heard.wrong <= 12 && heard.right == 0, "{heard:?}");
    let right = super::factors::code(&secret, &platform).await;
    let refused = complete_mfa_login(&platform, &unused, &right, None).await.expect_err("no try is left").into_problem();
    assert_eq!(refused.kind, domain::ProblemKind::TooMany);
    // A browser that the account knows has tries of its own.
    crate::devices::record_login(&platform, &kim.viewer, &kim.token, "laptop", &crate::extract::DeviceInfo::default()).await.expect("noted");
    let heard = at_once((0..30).map(|_| {
        let (platform, token) = (platform.clone(), unused.clone());
        async move { complete_mfa_login(&platform, &token, "000000", Some("laptop")).await }
    }))
    .await;
    assert!(heard.wrong < 5, "{heard:?}");
    letters_told(&platform, kim.viewer.id, "wrong code five times").await;
}
