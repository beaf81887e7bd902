use domain::audit::AuditAction;
use domain::permissions::{Permission, Role};

use super::*;

async fn account(platform: &Platform, name: &str) -> NewSession {
    let made = Person { name, email: &format!("{name}@example.org"), ..KIM }.register(platform).await;
    confirm(platform, made.viewer.id).await;
    made
}

async fn confirm(platform: &Platform, account: uuid::Uuid) {
    let mut tx = platform.database.begin_as(account).await.expect("transaction");
    crate::registration::confirm_address(platform, &mut tx).await.expect("confirmed");
    tx.commit().await.expect("committed");
}

/// Requires no second factor, so that roles alone decide.
fn lenient(platform: &mut Platform) {
    let mut config = (*platform.config).clone();
    config.security.mfa_required_roles = Vec::new();
    platform.config = std::sync::Arc::new(config);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_first_owner_comes_from_outside_and_the_last_one_stays(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect);
    lenient(&mut platform);
    let (kim, sam, jo) = (account(&platform, "kim").await, account(&platform, "sam").await, account(&platform, "jo").await);
    assert!(set_role(&platform, &kim.viewer, sam.viewer.id, Role::Admin).await.is_err(), "everyone starts as an athlete");
    assert!(grant_owner(&platform, "nobody@example.org").await.is_err());
    Person { email: "boss@example.org", ..KIM }.register(&platform).await;
    let stranger = grant_owner(&platform, "boss@example.org").await.expect_err("anyone may have registered it").into_problem();
    assert_eq!(stranger.kind, domain::ProblemKind::NotAllowed);
    grant_owner(&platform, "Kim@example.org").await.expect("granted");
    assert!(viewer_of(&platform, &kim.token).await.expect("query").is_none(), "rights change, sessions end");
    let kim = entered(&platform, "kim@example.org", KIM.password).await.expect("signs in");
    assert_eq!(kim.viewer.role, Role::Owner);
    set_role(&platform, &kim.viewer, sam.viewer.id, Role::Admin).await.expect("made an admin");
    assert!(viewer_of(&platform, &sam.token).await.expect("query").is_none());
    let sam = entered(&platform, "sam@example.org", KIM.password).await.expect("signs in");
    assert!(set_role(&platform, &sam.viewer, jo.viewer.id, Role::Owner).await.is_err(), "an admin cannot appoint an owner");
    assert!(set_role(&platform, &sam.viewer, kim.viewer.id, Role::Athlete).await.is_err(), "nor dismiss one");
    set_role(&platform, &sam.viewer, jo.viewer.id, Role::Employee).await.expect("made an employee");
    let last = set_role(&platform, &kim.viewer, kim.viewer.id, Role::Athlete).await.expect_err("the last owner").into_problem();
    assert!(last.message.contains("last owner"));
    assert!(set_role(&platform, &kim.viewer, jo.viewer.id, Role::Coach).await.is_err(), "an organisation’s role");
    let mut tx = platform.database.begin_as(sam.viewer.id).await.expect("transaction");
    let log = audit_log(&mut tx, &domain::list::PageRequest::first()).await.expect("log").items;
    assert_eq!(log.iter().filter(|l| l.action == AuditAction::RoleChanged.key()).count(), 3, "{log:?}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn special_rights_need_a_second_factor_and_recent_authentication(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut platform = TestApp::new(connect);
    account(&platform, "kim").await;
    grant_owner(&platform, "kim@example.org").await.expect("granted");
    let kim = entered(&platform, "kim@example.org", KIM.password).await.expect("signs in").viewer;
    let refused = require_permission(&platform, &kim, Permission::SeePeople).expect_err("no second factor").into_problem();
    assert_eq!(refused.kind, domain::ProblemKind::NotAllowed);
    lenient(&mut platform);
    require_permission(&platform, &kim, Permission::SeePeople).expect("may");
    let stale = domain::accounts::Viewer { reauthenticated_at: Some(platform.clock.now() - TimeDelta::minutes(10)), ..kim.clone() };
    assert!(set_role(&platform, &stale, kim.id, Role::Owner).await.is_err());
    let unconfirmed = domain::accounts::Viewer { verified: false, ..kim.clone() };
    assert!(require_permission(&platform, &unconfirmed, Permission::SeePeople).is_err(), "it is not known yet whose address it is");
    let athlete = domain::accounts::Viewer { role: Role::Athlete, ..kim };
    let hidden = require_permission(&platform, &athlete, Permission::SeePeople).expect_err("an athlete").into_problem();
    assert_eq!(hidden.kind, domain::ProblemKind::NotFound, "without the permission it is not found");
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_application_cannot_give_itself_rights_or_rewrite_the_log(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect);
    let kim = account(&platform, "kim").await.viewer.id;
    for sql in [
        "update accounts set role = 'owner'",
        "insert into accounts (id, email, name, password_hash, time_zone, created_at, role) values (viewer(), 'x', 'x', '', 'UTC', now(), 'owner')",
        "update audit_log set action = 'nothing'",
        "delete from audit_log",
        "insert into audit_log (action) values ('forged')",
        "truncate audit_log",
        "alter table audit_log disable row level security",
        "select * from webauthn_challenges",
        "set role postgres",
        "drop policy own on accounts",
    ] {
        let mut tx = platform.database.begin_as(kim).await.expect("transaction");
        let done = sqlx::query(sql).execute(tx.connection()).await;
        assert!(done.is_err(), "{sql}");
    }
    let mut tx = platform.database.begin_as(kim).await.expect("transaction");
    let outcome: String = sqlx::query_scalar("select set_role(viewer(), 'owner')").fetch_one(tx.connection()).await.expect("called");
    assert_eq!(outcome, "not_found");
    let seen: i64 = sqlx::query_scalar("select count(*) from search_accounts('', null::uuid, 100)").fetch_one(tx.connection()).await.expect("called");
    assert_eq!(seen, 0);
}
