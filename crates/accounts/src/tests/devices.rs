use super::*;
use crate::devices::{DeviceInfo, NewDevice, record_login};
use crate::login_attempts::throttle_login;
use crate::password_reset::request_password_reset;

fn firefox(location: Option<&str>) -> DeviceInfo {
    DeviceInfo { agent: "Mozilla/5.0 (Android 14) Firefox/132.0".into(), location: location.map(str::to_owned), device: None }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_sign_in_from_an_unknown_device_sends_one_email(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect);
    let kim = kim(&platform).await;
    let first = record_login(&platform, &kim.viewer, &kim.token, "laptop", &firefox(None), NewDevice::Notified).await.expect("recorded");
    assert!(first.is_none(), "whoever just created the account knows");
    let phone = entered(&platform, "kim@example.org", KIM.password).await.expect("signs in");
    let email = record_login(&platform, &kim.viewer, &phone.token, "phone", &firefox(Some("Porto, Portugal")), NewDevice::Notified)
        .await
        .expect("recorded")
        .expect("an email");
    assert_eq!(email.to, "kim@example.org");
    assert!(email.text.contains("Firefox on Android, Porto, Portugal, ") && email.text.contains("/forgot-password"), "{}", email.text);
    for known in ["laptop", "phone"] {
        assert!(
            record_login(&platform, &kim.viewer, &phone.token, known, &firefox(None), NewDevice::Notified).await.expect("recorded").is_none(),
            "{known}"
        );
    }
    // A change of password forgets the known browsers.
    platform.clock = Clock::manual(platform.clock.now() + TimeDelta::hours(1));
    let changed = change_password(&platform, &kim.viewer, &kim.token, KIM.password, "another horse bus").await.expect("changed");
    assert!(record_login(&platform, &kim.viewer, &changed.token, "phone", &firefox(None), NewDevice::Notified).await.expect("recorded").is_some());
}

#[sqlx::test(migrations = "../../migrations")]
async fn guesses_from_all_devices_share_one_limit_and_lock_no_owner_out(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect);
    let kim = kim(&platform).await;
    record_login(&platform, &kim.viewer, &kim.token, "laptop", &firefox(None), NewDevice::Notified).await.expect("recorded");
    platform.login_throttle = platform::LoginThrottle::new(std::num::NonZeroU32::new(3).expect("three"));
    for email in ["kim@example.org", "nobody@example.org"] {
        for _ in 0..3 {
            throttle_login(&platform, email, None).await.expect("an attempt");
        }
        let refused = throttle_login(&platform, &email.to_uppercase(), Some("another")).await.expect_err("too many").into_problem();
        assert!(refused.kind == domain::ProblemKind::TooMany && refused.retry_after_s.is_some(), "{email} and one without an account: the same");
    }
    throttle_login(&platform, "kim@example.org", Some("laptop")).await.expect("the owner's own browser still may");
    for _ in 1..5 {
        throttle_login(&platform, "kim@example.org", Some("laptop")).await.expect("five in all");
    }
    assert!(throttle_login(&platform, "kim@example.org", Some("laptop")).await.is_err(), "and then it is like any other");
    record_login(&platform, &kim.viewer, &kim.token, "laptop", &firefox(None), NewDevice::Notified).await.expect("signed in with it");
    throttle_login(&platform, "kim@example.org", Some("laptop")).await.expect("five again");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_inbox_cannot_be_flooded(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect);
    kim(&platform).await;
    platform.login_throttle = platform::LoginThrottle::new(std::num::NonZeroU32::new(2).expect("two"));
    let mut sent = 0;
    for _ in 0..5 {
        sent += usize::from(request_password_reset(&platform, "kim@example.org").await.expect("requested").is_some());
    }
    assert_eq!(sent, 2);
}
