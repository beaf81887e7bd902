use chrono::{DateTime, TimeDelta, Utc};
use platform::feature::{Features, PLATFORM};
use platform::testing::TestApp;
use platform::{Clock, Platform};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::*;
use crate::testing::{KIM, Person};

mod devices;
mod emails;
mod login_attempts;
mod mfa;
mod pre_hijacking;
mod roles;
mod tokens;

/// A platform that sends emails.
async fn platform_with_mail(connect: PgConnectOptions) -> TestApp {
    TestApp::new(connect).with(Features(&[&PLATFORM, &FEATURE])).with_queue().await
}

/// How many emails to the account contain the words.
async fn emails_with(platform: &Platform, account: uuid::Uuid, words: &str) -> usize {
    platform::testing::run_jobs(platform).await.expect("sent");
    let folder = platform.mail.file_transport_dir().expect("files").join(account.to_string());
    let emails = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    emails.filter(|e| std::fs::read_to_string(e.path()).is_ok_and(|text| text.replace("=\r\n", "").contains(words))).count()
}

pub(crate) async fn kim(platform: &Platform) -> NewSession {
    KIM.register(platform).await
}

/// The token in an email's link.
fn link(text: &str) -> String {
    text.split("token=").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a link").to_owned()
}

/// Kim, with an address that is confirmed in the browser that created the account.
async fn confirmed(platform: &Platform) -> NewSession {
    let made = kim(platform).await;
    let email = crate::email_verification::send_verification(platform, &made.viewer).await.expect("email");
    let by = crate::email_links::Opener { signed_in: Some((made.viewer.id, &made.token)), ..Default::default() };
    let token = crate::email_verification::verify(platform, &link(&email.text), by).await.expect("confirmed").expect("this browser stays");
    let viewer = viewer_of(platform, &token).await.expect("query").expect("signed in");
    NewSession { viewer, token }
}

/// Signs in where there is no second factor.
async fn entered(platform: &Platform, email: &str, password: &str) -> Result<NewSession, platform::Error> {
    match sign_in(platform, email, password).await? {
        LoginOutcome::In(signed_in) => Ok(*signed_in),
        LoginOutcome::SecondFactor(_) => panic!("a second factor was required"),
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_session_opens_lasts_and_ends(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect);
    let signed_in = kim(&platform).await;
    let seen = viewer_of(&platform, &signed_in.token).await.expect("query").expect("signed in");
    assert_eq!(seen, signed_in.viewer);
    let again = entered(&platform, "KIM@example.org", KIM.password).await.expect("signs in");
    assert_ne!(again.token, signed_in.token);
    sign_out(&platform, again.viewer.id, &again.token).await.expect("signs out");
    assert!(viewer_of(&platform, &again.token).await.expect("query").is_none());
    let later: DateTime<Utc> = platform.clock.now() + TimeDelta::days(SESSION_DAYS);
    platform.clock = Clock::manual(later);
    assert!(viewer_of(&platform, &signed_in.token).await.expect("query").is_none());
}

#[sqlx::test(migrations = "../../migrations")]
async fn wrong_password_and_unknown_address_get_the_same_answer(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    kim(&platform).await;
    let wrong = sign_in(&platform, "kim@example.org", "wrong horse!").await.expect_err("wrong").into_problem();
    let unknown = sign_in(&platform, "nobody@example.org", KIM.password).await.expect_err("unknown").into_problem();
    assert_eq!(wrong, unknown);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_address_is_taken_once_whatever_its_case(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    kim(&platform).await;
    let again = Person { email: "Kim@Example.ORG", ..KIM }.try_register(&platform).await;
    assert!(again.expect_err("taken").into_problem().fields.get("email").is_some());
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_tenant_table_hides_other_peoples_rows(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let signed_in = kim(&platform).await;
    let mut tx = platform.database.begin_anonymous().await.expect("transaction");
    let bypass = sqlx::query_scalar::<_, bool>("select rolbypassrls or rolsuper from pg_roles where rolname = current_user");
    assert!(!bypass.fetch_one(tx.connection()).await.expect("role"), "the application's role must not bypass row-level security");
    let open: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
         and c.relname <> '_sqlx_migrations' and has_table_privilege('legwork_app', c.oid, 'select, insert, update, delete')
         and not (c.relrowsecurity and exists (select from pg_policy p where p.polrelid = c.oid))",
    )
    .fetch_all(tx.connection())
    .await
    .expect("tables");
    assert!(open.is_empty(), "tables without row-level security: {open:?}");
    let seen = |sql: &'static str| sqlx::query_scalar::<_, i64>(sql);
    assert_eq!(seen("select count(*) from accounts").fetch_one(tx.connection()).await.expect("anonymous"), 0);
    let mut stranger = platform.database.begin_as(platform.ids.uuid(platform.clock.now())).await.expect("transaction");
    for sql in ["select count(*) from accounts", "select count(*) from sessions"] {
        assert_eq!(seen(sql).fetch_one(stranger.connection()).await.expect("stranger"), 0, "{sql}");
    }
    let mut own = platform.database.begin_as(signed_in.viewer.id).await.expect("transaction");
    assert_eq!(seen("select count(*) from accounts").fetch_one(own.connection()).await.expect("own"), 1);
    let forged = sqlx::query(
        "insert into daily_values (athlete_id, day, measure, source, number, recorded_at, created_at)
         values ($1, '2026-01-01', 'mood', 'typed', 3, now(), now())",
    )
    .bind(signed_in.viewer.id);
    assert!(forged.execute(stranger.connection()).await.is_err(), "nobody can write another account's rows");
}

#[sqlx::test(migrations = "../../migrations")]
async fn devices_are_listed_named_and_ended_by_their_owner_alone(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect);
    let laptop = kim(&platform).await;
    let phone = entered(&platform, "kim@example.org", KIM.password).await.expect("signs in");
    let device_info =
        crate::devices::DeviceInfo { agent: "Mozilla/5.0 (Android 14) Firefox/132.0".into(), location: Some("Porto, Portugal".into()), device: None };
    crate::devices::record_login(&platform, &laptop.viewer, &phone.token, "phone", &device_info, crate::devices::NewDevice::Notified)
        .await
        .expect("recorded");
    let begun = platform.clock.now();
    platform.clock = Clock::manual(begun + TimeDelta::hours(1));
    viewer_of(&platform, &phone.token).await.expect("query").expect("signed in");
    let mut tx = platform.database.begin_as(laptop.viewer.id).await.expect("transaction");
    let listed = sessions(&mut tx, Some(&laptop.token), platform.clock.now()).await.expect("devices");
    assert_eq!(listed[0].place.as_deref(), Some("Porto, Portugal"));
    let listed_names: Vec<(&str, bool, DateTime<Utc>)> = listed.iter().map(|d| (d.name.as_str(), d.current, d.last_seen_at)).collect();
    assert_eq!(listed_names, [("Firefox on Android", false, begun + TimeDelta::hours(1)), ("Unknown device", true, begun)]);
    // Another account cannot revoke it, and gets "not found".
    let sam = Person { email: "sam@example.org", ..KIM }.register(&platform).await;
    let mut other = platform.database.begin_as(sam.viewer.id).await.expect("transaction");
    assert!(revoke_session(&mut other, listed[0].id).await.is_err());
    revoke_session(&mut tx, listed[0].id).await.expect("ended");
    tx.commit().await.expect("committed");
    assert!(viewer_of(&platform, &phone.token).await.expect("query").is_none());
    assert!(viewer_of(&platform, &laptop.token).await.expect("query").is_some());
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_idle_session_ends_and_one_in_use_does_not(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect);
    let begun = platform.clock.now();
    let (used, unused) = (kim(&platform).await, entered(&platform, "kim@example.org", KIM.password).await.expect("signs in"));
    for day in [IDLE_DAYS - 1, 2 * (IDLE_DAYS - 1)] {
        platform.clock = Clock::manual(begun + TimeDelta::days(day));
        assert!(viewer_of(&platform, &used.token).await.expect("query").is_some(), "day {day}");
    }
    assert!(viewer_of(&platform, &unused.token).await.expect("query").is_none());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_new_password_needs_the_old_one_and_ends_every_session(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let (laptop, phone) = (kim(&platform).await, entered(&platform, "kim@example.org", KIM.password).await.expect("signs in"));
    let refused = change_password(&platform, &laptop.viewer, &laptop.token, "wrong horse!", "short").await.expect_err("refused").into_problem();
    assert!(refused.fields.get("old").is_some() && refused.fields.get("new").is_some());
    let fresh = change_password(&platform, &laptop.viewer, &laptop.token, KIM.password, "battery staple").await.expect("changed");
    for (token, open) in [(&laptop.token, false), (&phone.token, false), (&fresh.token, true)] {
        assert_eq!(viewer_of(&platform, token).await.expect("query").is_some(), open);
    }
    assert!(sign_in(&platform, "kim@example.org", KIM.password).await.is_err());
    assert!(sign_in(&platform, "kim@example.org", "battery staple").await.is_ok());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_name_and_a_time_zone_are_changed_when_they_are_valid(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = kim(&platform).await;
    let change = async |name: &str, zone: &str| {
        platform.database.transact(kim.viewer.id, async |tx| change_profile(tx, name, zone).await).await.map_err(platform::Error::into_problem)
    };
    assert!(!change(" Kim K. ", "Europe/Berlin").await.expect("the zone stays"));
    assert!(change("Kim K.", "Asia/Tokyo").await.expect("another zone"));
    let refused = change(" ", "Mars/Olympus").await.expect_err("neither is valid");
    assert_eq!(refused.fields.names().collect::<Vec<_>>(), ["name", "time_zone"]);
    let seen = viewer_of(&platform, &kim.token).await.expect("query").expect("signed in");
    assert_eq!((seen.name.as_str(), seen.time_zone.as_str()), ("Kim K.", "Asia/Tokyo"));
    assert!(platform::clock::time_zones().iter().all(|zone| platform::clock::is_time_zone(zone)));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_changed_privacy_notice_asks_for_consent_until_it_is_given(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = kim(&platform).await;
    assert_eq!(kim.viewer.agreed.as_deref(), Some(domain::privacy::NOTICE_VERSION), "consent to the current version");
    let mut owner = platform.owner().await;
    sqlx::query("update consents set version = '2020-01'").execute(&mut owner).await.expect("an old version");
    let seen = async || viewer_of(&platform, &kim.token).await.expect("query").expect("signed in").agreed;
    assert_eq!(seen().await.as_deref(), Some("2020-01"));
    for _ in 0..2 {
        platform.database.transact(kim.viewer.id, async |tx| give_consent(tx, platform.clock.now()).await).await.expect("given");
    }
    assert_eq!(seen().await.as_deref(), Some(domain::privacy::NOTICE_VERSION));
    let mut tx = platform.database.begin_as(kim.viewer.id).await.expect("transaction");
    let all: Vec<String> = consents(&mut tx).await.expect("listed").into_iter().map(|a| a.version).collect();
    assert_eq!(all, ["2020-01", domain::privacy::NOTICE_VERSION], "earlier consents stay on record");
}
