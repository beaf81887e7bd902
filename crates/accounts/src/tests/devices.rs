use super::*;
use crate::devices::note;
use crate::extract::Origin;
use crate::guesses::count;
use crate::letters;

fn firefox(place: Option<&str>) -> Origin {
    Origin { agent: "Mozilla/5.0 (Android 14) Firefox/132.0".into(), place: place.map(str::to_owned), device: None }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_sign_in_from_an_unknown_device_is_told_once_by_letter(_: PgPoolOptions, connect: PgConnectOptions) {
    let (mut platform, _folder) = platform::testing::platform(connect).expect("platform");
    let kim = kim(&platform).await;
    let first = note(&platform, &kim.viewer, &kim.token, "laptop", &firefox(None)).await.expect("noted");
    assert!(first.is_none(), "who just made the account knows");
    let phone = entered(&platform, "kim@example.org", "correct horse").await.expect("signs in");
    let letter = note(&platform, &kim.viewer, &phone.token, "phone", &firefox(Some("Porto, Portugal"))).await.expect("noted").expect("a letter");
    assert_eq!(letter.to, "kim@example.org");
    assert!(letter.text.contains("Firefox on Android, Porto, Portugal, ") && letter.text.contains("/forgot"), "{}", letter.text);
    for known in ["laptop", "phone"] {
        assert!(note(&platform, &kim.viewer, &phone.token, known, &firefox(None)).await.expect("noted").is_none(), "{known}");
    }
    // What a browser is known for ends with the password.
    platform.clock = Clock::manual(platform.clock.now() + TimeDelta::hours(1));
    let changed = change_password(&platform, &kim.viewer, &kim.token, "correct horse", "marmot violin trench").await.expect("changed");
    assert!(note(&platform, &kim.viewer, &changed.token, "phone", &firefox(None)).await.expect("noted").is_some());
}

#[sqlx::test(migrations = "../../migrations")]
async fn guesses_from_everywhere_together_are_few_and_lock_nobody_out(_: PgPoolOptions, connect: PgConnectOptions) {
    let (mut platform, _folder) = platform::testing::platform(connect).expect("platform");
    let kim = kim(&platform).await;
    note(&platform, &kim.viewer, &kim.token, "laptop", &firefox(None)).await.expect("noted");
    platform.tries = platform::Tries::new(std::num::NonZeroU32::new(3).expect("three"));
    for email in ["kim@example.org", "nobody@example.org"] {
        for _ in 0..3 {
            count(&platform, email, None).await.expect("a try");
        }
        let refused = count(&platform, &email.to_uppercase(), Some("another")).await.expect_err("too many").into_problem();
        assert!(refused.kind == domain::ProblemKind::TooMany && refused.retry_after_s.is_some(), "{email} and one without an account: the same");
    }
    count(&platform, "kim@example.org", Some("laptop")).await.expect("the owner's own browser still may");
    for _ in 1..5 {
        count(&platform, "kim@example.org", Some("laptop")).await.expect("five in all");
    }
    assert!(count(&platform, "kim@example.org", Some("laptop")).await.is_err(), "and then it is as good as any other");
    note(&platform, &kim.viewer, &kim.token, "laptop", &firefox(None)).await.expect("signed in with it");
    count(&platform, "kim@example.org", Some("laptop")).await.expect("five anew");
}

#[sqlx::test(migrations = "../../migrations")]
async fn nobody_fills_a_letter_box(_: PgPoolOptions, connect: PgConnectOptions) {
    let (mut platform, _folder) = platform::testing::platform(connect).expect("platform");
    kim(&platform).await;
    platform.tries = platform::Tries::new(std::num::NonZeroU32::new(2).expect("two"));
    let mut letters = 0;
    for _ in 0..5 {
        letters += usize::from(letters::ask_reset(&platform, "kim@example.org").await.expect("asked").is_some());
    }
    assert_eq!(letters, 2);
}
