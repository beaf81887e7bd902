use accounts::{NewAccount, register};
use chrono::TimeDelta;
use domain::accounts::{Registration, Viewer};
use domain::permissions::Role;
use platform::{Clock, Platform};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::*;

async fn account(platform: &Platform, name: &str) -> Viewer {
    let registration = Registration::parse(name, &format!("{name}@example.org"), "marmot violin trench").expect("valid");
    register(platform, NewAccount { registration, time_zone: "UTC".into(), synthetic: false }).await.expect("registered").viewer
}

fn token(text: &str) -> &str {
    text.split("token=").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a link")
}

#[sqlx::test(migrations = "../../migrations")]
async fn people_join_by_letter_and_each_role_sees_its_part(_: PgPoolOptions, connect: PgConnectOptions) {
    let (mut platform, _folder) = platform::testing::platform(connect).expect("platform");
    let (boss, coach, runner) = (account(&platform, "boss").await, account(&platform, "coach").await, account(&platform, "runner").await);
    assert!(found(&platform, boss.id, " ").await.is_err());
    let club = found(&platform, boss.id, "Harriers").await.expect("founded");
    for (who, role) in [(&coach, "coach"), (&runner, "athlete")] {
        let letter = invite(&platform, &boss, club, &who.email, role).await.expect("invited");
        assert_eq!(letter.to, who.email);
        let mut session = platform.database.as_viewer(who.id).await.expect("session");
        assert!(organisation(&mut session, club).await.is_err(), "not before joining");
        assert_eq!(join(&mut session, token(&letter.text), platform.clock.now()).await.expect("joined"), club);
        assert!(join(&mut session, token(&letter.text), platform.clock.now()).await.is_err(), "once");
        session.commit().await.expect("committed");
    }
    let seen = async |who: &Viewer| {
        let mut session = platform.database.as_viewer(who.id).await.expect("session");
        let seen = organisation(&mut session, club).await.expect("a member");
        (seen.own.role, seen.members.len())
    };
    assert_eq!(seen(&boss).await, (Role::BusinessOwner, 3));
    assert_eq!(seen(&coach).await, (Role::Coach, 3));
    assert_eq!(seen(&runner).await, (Role::Athlete, 0), "an athlete sees the name and nobody");
    for who in [&coach, &runner] {
        assert!(invite(&platform, who, club, "x@example.org", "athlete").await.is_err());
        let mut session = platform.database.as_viewer(who.id).await.expect("session");
        assert!(rename(&mut session, club, "Mine").await.is_err());
        assert!(change_role(&mut session, club, who.id, "business_owner").await.is_err(), "nobody promotes themselves");
        assert!(remove(&mut session, club, boss.id).await.is_err());
    }
    assert!(invite(&platform, &boss, club, "x@example.org", "owner").await.is_err(), "a role of the site");
    let late = invite(&platform, &boss, club, "late@example.org", "athlete").await.expect("invited");
    platform.clock = Clock::manual(platform.clock.now() + TimeDelta::days(14));
    let mut session = platform.database.as_viewer(runner.id).await.expect("session");
    assert!(join(&mut session, token(&late.text), platform.clock.now()).await.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_organisation_always_has_an_owner_and_goes_with_its_last_member(_: PgPoolOptions, connect: PgConnectOptions) {
    let (platform, _folder) = platform::testing::platform(connect).expect("platform");
    let (boss, coach) = (account(&platform, "boss").await, account(&platform, "coach").await);
    let club = found(&platform, boss.id, "Harriers").await.expect("founded");
    let letter = invite(&platform, &boss, club, &coach.email, "coach").await.expect("invited");
    let mut session = platform.database.as_viewer(coach.id).await.expect("session");
    join(&mut session, token(&letter.text), platform.clock.now()).await.expect("joined");
    session.commit().await.expect("committed");
    for leaving in [true, false] {
        let mut session = platform.database.as_viewer(boss.id).await.expect("session");
        let refused = if leaving { remove(&mut session, club, boss.id).await } else { change_role(&mut session, club, boss.id, "athlete").await };
        assert!(refused.expect_err("the last owner").into_problem().message.contains("last owner"));
    }
    let mut session = platform.database.as_viewer(boss.id).await.expect("session");
    change_role(&mut session, club, coach.id, "business_owner").await.expect("promoted");
    remove(&mut session, club, boss.id).await.expect("left");
    session.commit().await.expect("committed");
    let mut session = platform.database.as_viewer(coach.id).await.expect("session");
    remove(&mut session, club, coach.id).await.expect("the last one may go");
    assert!(belongings(&mut session).await.expect("none").is_empty());
    session.commit().await.expect("committed");
    let mut owner = <sqlx::PgConnection as sqlx::Connection>::connect_with(platform.database.owner()).await.expect("owner");
    let left: i64 = sqlx::query_scalar("select count(*) from organisations").fetch_one(&mut owner).await.expect("count");
    assert_eq!(left, 0);
}
