//! A victim with a row in every table, and the users who try to get at it.

use std::sync::Arc;

use accounts::testing::KIM;
use platform::Platform;
use platform::feature::Owner;
use platform::testing::{TestApp, id};
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::names::{Names, Whose};
use crate::features::{FEATURES, SAMPLES};

/// Words that occur in the victim's data and nowhere else.
pub(super) const CANARIES: [&str; 5] = ["Victima", "secreta@example.org", "Geheimrunde", "diary-of-the-victim", CLUB];
/// The name of the victim's organisation, which its members see.
pub(super) const CLUB: &str = "Geheimverein";

/// A user who sends requests.
pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) id: Uuid,
    /// Session token; the anonymous one has none.
    pub(super) token: Option<String>,
}

impl Person {
    /// The cookie of the session.
    pub(super) fn cookie(&self) -> Option<String> {
        self.token.as_ref().map(|token| format!("legwork_session={token}"))
    }
}

pub(super) struct Fixtures {
    pub(super) platform: TestApp,
    pub(super) victim: Person,
    /// Anonymous, another athlete, each site role, a coach and an owner of another organisation, and the insider: a coach in the victim's own
    /// organisation, who may list its members and nothing else.
    pub(super) others: Vec<Person>,
    pub(super) owner: PgConnection,
    /// What names in addresses and bodies stand for.
    pub(super) names: Names,
}

impl Fixtures {
    /// All cookies of the victim's browser.
    pub(super) fn cookies_of_victim(&self) -> String {
        let more = SAMPLES.iter().flat_map(|samples| samples.cookies).map(|(name, value)| format!("{name}={value}"));
        self.victim.cookie().into_iter().chain(more).collect::<Vec<_>>().join("; ")
    }
}

pub(super) async fn set_up(connect: PgConnectOptions) -> Fixtures {
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    let mut platform = TestApp::new(connect).with(FEATURES);
    let mut config = (*platform.config).clone();
    // Only roles decide here: required MFA would also refuse some requests, and must not hide a hole.
    config.security.mfa_required_roles = Vec::new();
    for limit in [
        &mut config.limits.general_per_minute,
        &mut config.limits.auth_per_minute,
        &mut config.limits.admin_per_minute,
        &mut config.limits.login_attempts_per_account_per_hour,
    ] {
        *limit = std::num::NonZeroU32::MAX;
    }
    config.limits.discovery_per_hour = std::num::NonZeroU32::MAX;
    platform.login_throttle = platform::LoginThrottle::new(config.limits.login_attempts_per_account_per_hour);
    for samples in SAMPLES {
        (samples.configure)(&mut config);
    }
    platform.config = Arc::new(config);
    let victim = person(&platform, &mut owner, "Victima", "secreta@example.org", "athlete").await;
    let names = fill(&platform, &mut owner, victim.id).await;
    let mut others = vec![Person { name: "anonymous", id: Uuid::nil(), token: None }];
    for role in ["athlete", "employee", "admin", "owner"] {
        others.push(person(&platform, &mut owner, role, &format!("{role}@example.org"), role).await);
    }
    // A second owner of the victim's organisation, so that the rule on the last owner does not hide a hole.
    let partner = person(&platform, &mut owner, "partner", "partner@example.org", "athlete").await;
    for name in ["coach", "boss", "insider"] {
        others.push(person(&platform, &mut owner, name, &format!("{name}@example.org"), "athlete").await);
    }
    let other_organisation = id("elsewhere");
    let club = "insert into organisations (id, name, created_at) values ($1, 'Elsewhere', now())";
    sqlx::query(club).bind(other_organisation).execute(&mut owner).await.expect("club");
    let [.., coach, boss, insider] = &others[..] else { panic!("three more") };
    for (organisation, member, role) in [
        (id("organisation"), &partner, "business_owner"),
        (id("organisation"), insider, "coach"),
        (other_organisation, coach, "coach"),
        (other_organisation, boss, "business_owner"),
    ] {
        sqlx::query("insert into memberships (organisation_id, account_id, role, joined_at) values ($1, $2, $3, now())")
            .bind(organisation)
            .bind(member.id)
            .bind(role)
            .execute(&mut owner)
            .await
            .expect("member");
    }
    Fixtures { platform, victim, others, owner, names }
}

async fn person(platform: &Platform, owner: &mut PgConnection, name: &'static str, email: &str, role: &str) -> Person {
    let signed_in = accounts::testing::Person { name, email, time_zone: "UTC", synthetic: name == "Victima", ..KIM }.register(platform).await;
    // Verified, as every account with TOTP, a passkey or a token is.
    sqlx::query("update accounts set role = $2, email_verified_at = now() where id = $1")
        .bind(signed_in.viewer.id)
        .bind(role)
        .execute(owner)
        .await
        .expect("role");
    Person { name, id: signed_in.viewer.id, token: Some(signed_in.token) }
}

/// A row of the victim in every table that holds user data, as the features declare them.
async fn fill(platform: &Platform, owner: &mut PgConnection, victim: Uuid) -> Names {
    let mut names = Names::new(victim);
    for samples in SAMPLES {
        for row in samples.rows {
            let sql = names.fill(row, Whose::Victims);
            let placed = sql.contains("$1");
            let query = sqlx::query(sqlx::AssertSqlSafe(sql.clone()));
            let query = if placed { query.bind(victim) } else { query };
            query.execute(&mut *owner).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
        }
        names.extend((samples.prepare)(platform.clone(), victim).await.expect("prepared"));
        (samples.files)(&platform.files, victim).expect("files");
    }
    for print in fingerprint(owner, victim).await {
        assert!(!print.contains(": 0 "), "the victim has no row in {print}: add one to the `testing::SAMPLES` of its feature, or it is not tested");
    }
    names
}

/// Every table that holds someone's rows, with the column that says whose, and what it says of the victim.
pub(super) fn tables(victim: Uuid) -> Vec<(&'static str, &'static str, Uuid)> {
    let owned = FEATURES.tables().filter_map(|table| match table.owner {
        Owner::Athlete(column) => Some((table.name, column, victim)),
        Owner::Organisation(column) => Some((table.name, column, id("organisation"))),
        Owner::Site => None,
    });
    owned.collect()
}

/// A fingerprint of all rows of the victim.
pub(super) async fn fingerprint(owner: &mut PgConnection, victim: Uuid) -> Vec<String> {
    let mut prints = Vec::new();
    for (table, column, key) in tables(victim) {
        let sql =
            format!("select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {table} t where {column} = $1");
        let print: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(key).fetch_one(&mut *owner).await.expect("fingerprint");
        prints.push(format!("{table}: {print}"));
    }
    prints
}
