use super::*;
use crate::devices::record_login;
use crate::emails;
use crate::extract::DeviceInfo;
use crate::login_attempts::throttle_login;

fn firefox(place: Option<&str>) -> DeviceInfo {
    DeviceInfo { agent: "Mozilla/5.0 (Android 14) Firefox/132.0".into(), place: place.map(str::to_owned), device: None }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_sign_in_from_an_unknown_device_is_told_once_by_letter(_: PgPoolOptions, connect: PgConnectOptions) {
    let (mut platform, _folder) = platform::testing::platform(connect).expect("platform");
    let kim = kim(&platform).await;
    let first = record_login(&platform, &kim.viewer, &kim.token, "laptop", &firefox(None)).await.expect("noted");
    assert!(first.is_none(), "who just made the account knows");
    let phone = entered(&platform, "kim@example.org", "correct horse").await.expect("signs in");
    let letter =
        record_login(&platform, &kim.viewer, &phone.token, "phone", &firefox(Some("Porto, Portugal"))).await.expect("noted").expect("a letter");
    assert_eq!(letter.to, "kim@example.org");
    assert!(letter.text.contains("Firefox on Android, Porto, Portugal, ") && letter.text.contains("/forgot"), "{}", letter.text);
    for known in ["laptop", "phone"] {
        assert!(record_login(&platform, &kim.viewer, &phone.token, known, &firefox(None)).await.expect("noted").is_none(), "{known}");
    }
    // What a browser is known for ends with the password.
    platform.clock = Clock::manual(platform.clock.now() + TimeDelta::hours(1));
    let changed = change_password(&platform, &kim.viewer, &kim.token, "correct horse", "marmot violin trench").await.expect("changed");
    assert!(record_login(&platform, &kim.viewer, &changed.token, "phone", &firefox(None)).await.expect("noted").is_some());
}

#[sqlx::test(migrations = "../../migrations")]
async fn guesses_from_everywhere_together_are_few_and_lock_nobody_out(_: PgPoolOptions, connect: PgConnectOptions) {
    let (mut platform, _folder) = platform::testing::platform(connect).expect("platform");
    let kim = kim(&platform).await;
    record_login(&platform, &kim.viewer, &kim.token, "laptop", &firefox(None)).await.expect("noted");
    platform.tries = platform::LoginThrottle::new(std::num::NonZeroU32::new(3).expect("three"));
    for email in ["kim@example.org", "nobody@example.org"] {
        for _ in 0..3 {
            throttle_login(&platform, email, None).await.expect("a try");
        }
        let refused = throttle_login(&platform, &email.to_uppercase(), Some("another")).await.expect_err("too many").into_problem();
        assert!(refused.kind == domain::ProblemKind::TooMany && refused.retry_after_s.is_some(), "{email} and one without an account: the same");
    }
    throttle_login(&platform, "kim@example.org", Some("laptop")).await.expect("the owner's own browser still may");
    for _ in 1..5 {
        throttle_login(&platform, "kim@example.org", Some("laptop")).await.expect("five in all");
    }
    assert!(throttle_login(&platform, "kim@example.org", Some("laptop")).await.is_err(), "and then it is as good as any other");
    record_login(&platform, &kim.viewer, &kim.token, "laptop", &firefox(None)).await.expect("signed in with it");
    throttle_login(&platform, "kim@example.org", Some("laptop")).await.expect("five anew");
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_fills_a_letter_box(_: PgPoolOptions, connect: PgConnectOptions) {
    let (mut platform, _folder) = platform::testing::platform(connect).expect("platform");
    kim(&platform).await;
    platform.tries = platform::LoginThrottle::new(std::num::NonZeroU32::new(2).expect("two"));
    let mut letters = 0;
    for _ in 0..5 {
        letters += usize::from(emails::request_password_reset(&platform, "kim@example.org").await.expect("asked").is_some());
    }
    assert_eq!(letters, 2);
}
