use accounts::testing::{KIM, Person};
use chrono::TimeDelta;
use domain::accounts::Viewer;
use domain::permissions::Role;
use platform::testing::TestApp;
use platform::{Clock, Platform};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::*;

/// A user with a second factor, as managers of an organisation need one.
async fn account(platform: &Platform, name: &str) -> Viewer {
    let viewer = Person { name, email: &format!("{name}@example.org"), ..KIM }.register(platform).await.viewer;
    Viewer { second_factor: true, ..viewer }
}

fn token(text: &str) -> &str {
    text.split("token=").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a link")
}

#[sqlx::test(migrations = "../../migrations")]
async fn people_join_by_email_and_each_role_sees_its_share(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect);
    let (boss, coach, runner) = (account(&platform, "boss").await, account(&platform, "coach").await, account(&platform, "runner").await);
    assert!(create(&platform, boss.id, " ").await.is_err());
    let club = create(&platform, boss.id, "Harriers").await.expect("founded");
    for (who, role) in [(&coach, "coach"), (&runner, "athlete")] {
        let email = invite(&platform, &boss, club, &who.email, role).await.expect("invited");
        assert_eq!(email.to, who.email);
        assert!(organisation(&platform, who, club).await.is_err(), "not before joining");
        let mut tx = platform.database.begin_as(who.id).await.expect("transaction");
        assert_eq!(join(&mut tx, token(&email.text), platform.clock.now()).await.expect("joined"), club);
        assert!(join(&mut tx, token(&email.text), platform.clock.now()).await.is_err(), "once");
        tx.commit().await.expect("committed");
    }
    let seen = async |who: &Viewer| {
        let seen = organisation(&platform, who, club).await.expect("a member");
        (seen.own.role, seen.members.len())
    };
    assert_eq!(seen(&boss).await, (Role::BusinessOwner, 3));
    assert_eq!(seen(&coach).await, (Role::Coach, 3));
    assert_eq!(seen(&runner).await, (Role::Athlete, 0), "an athlete sees the name and no members");
    for who in [&coach, &runner] {
        assert!(invite(&platform, who, club, "x@example.org", "athlete").await.is_err());
        assert!(rename(&platform, who, club, "Mine").await.is_err());
        assert!(change_role(&platform, who, club, who.id, "business_owner").await.is_err(), "nobody promotes themselves");
        assert!(remove(&platform, who, club, boss.id).await.is_err());
    }
    assert!(invite(&platform, &boss, club, "x@example.org", "owner").await.is_err(), "a role of the site");
    let late = invite(&platform, &boss, club, "late@example.org", "athlete").await.expect("invited");
    platform.clock = Clock::manual(platform.clock.now() + TimeDelta::days(14));
    let mut tx = platform.database.begin_as(runner.id).await.expect("transaction");
    assert!(join(&mut tx, token(&late.text), platform.clock.now()).await.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_organisation_always_has_an_owner_and_goes_with_its_last_member(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let (boss, coach) = (account(&platform, "boss").await, account(&platform, "coach").await);
    let club = create(&platform, boss.id, "Harriers").await.expect("founded");
    let email = invite(&platform, &boss, club, &coach.email, "coach").await.expect("invited");
    let mut tx = platform.database.begin_as(coach.id).await.expect("transaction");
    join(&mut tx, token(&email.text), platform.clock.now()).await.expect("joined");
    tx.commit().await.expect("committed");
    for leaving in [true, false] {
        let refused =
            if leaving { remove(&platform, &boss, club, boss.id).await } else { change_role(&platform, &boss, club, boss.id, "athlete").await };
        assert!(refused.expect_err("the last owner").into_problem().message.contains("last owner"));
    }
    change_role(&platform, &boss, club, coach.id, "business_owner").await.expect("promoted");
    remove(&platform, &boss, club, boss.id).await.expect("left");
    remove(&platform, &coach, club, coach.id).await.expect("the last one may go");
    let mut tx = platform.database.begin_as(coach.id).await.expect("transaction");
    assert!(list_memberships(&mut tx).await.expect("none").is_empty());
    drop(tx);
    let count = async |owner: &mut sqlx::PgConnection| Ok(sqlx::query_scalar("select count(*) from organisations").fetch_one(owner).await?);
    let left: i64 = platform.database.as_owner(count).await.expect("count");
    assert_eq!(left, 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn who_runs_an_organisation_needs_a_second_factor(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let boss = account(&platform, "boss").await;
    let club = create(&platform, boss.id, "Harriers").await.expect("founded");
    let without = Viewer { second_factor: false, ..boss.clone() };
    assert!(organisation(&platform, &without, club).await.expect("seen").mfa_required);
    assert!(!organisation(&platform, &boss, club).await.expect("seen").mfa_required);
    let refused = invite(&platform, &without, club, "x@example.org", "athlete").await.expect_err("not yet").into_problem();
    assert!(refused.message.contains("second factor"));
    assert!(rename(&platform, &without, club, "Mine").await.is_err());
    rename(&platform, &boss, club, "Mine").await.expect("renamed");
    remove(&platform, &without, club, boss.id).await.expect("anyone may leave");
}
