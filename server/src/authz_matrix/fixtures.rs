//! A victim with a row in every table, and the users who try to get at it.

use std::sync::Arc;

use accounts::{NewAccount, register};
use domain::accounts::Registration;
use platform::Platform;
use platform::feature::Owner;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::features::FEATURES;

/// Words that occur in the victim's data and nowhere else.
pub(super) const CANARIES: [&str; 4] = ["Victima", "secreta@example.org", "Geheimrunde", "diary-of-the-victim"];

/// A user who sends requests.
pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) id: Uuid,
    /// Session token; the anonymous one has none.
    pub(super) token: Option<String>,
}

pub(super) struct Fixtures {
    pub(super) platform: Platform,
    pub(super) victim: Person,
    /// Anonymous, another athlete, each site role, a coach and an owner of another organisation, and the insider: a coach in the victim's own
    /// organisation, who may list its members and nothing else.
    pub(super) others: Vec<Person>,
    pub(super) owner: PgConnection,
    _folder: tempfile::TempDir,
}

/// The id of the victim's row in a table, the same in every run.
pub(super) const fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + n)
}

pub(super) async fn set_up(connect: PgConnectOptions) -> Fixtures {
    let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
    let (mut platform, folder) = platform::testing::platform(connect).expect("platform");
    platform.features = FEATURES;
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
    platform.config = Arc::new(config);
    let victim = person(&platform, &mut owner, "Victima", "secreta@example.org", "athlete").await;
    fill(&mut owner, victim.id).await;
    let mut others = vec![Person { name: "anonymous", id: Uuid::nil(), token: None }];
    for role in ["athlete", "employee", "admin", "owner"] {
        others.push(person(&platform, &mut owner, role, &format!("{role}@example.org"), role).await);
    }
    // A second owner of the victim's organisation, so that the rule on the last owner does not hide a hole.
    let partner = person(&platform, &mut owner, "partner", "partner@example.org", "athlete").await;
    for name in ["coach", "boss", "insider"] {
        others.push(person(&platform, &mut owner, name, &format!("{name}@example.org"), "athlete").await);
    }
    let other_organisation = id(0xe15e);
    let club = "insert into organisations (id, name, created_at) values ($1, 'Elsewhere', now())";
    sqlx::query(club).bind(other_organisation).execute(&mut owner).await.expect("club");
    let [.., coach, boss, insider] = &others[..] else { panic!("three more") };
    for (organisation, member, role) in [
        (id(11), &partner, "business_owner"),
        (id(11), insider, "coach"),
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
    Fixtures { platform, victim, others, owner, _folder: folder }
}

async fn person(platform: &Platform, owner: &mut PgConnection, name: &'static str, email: &str, role: &str) -> Person {
    let registration = Registration::parse(name, email, "marmot violin trench").expect("valid");
    let signed_in = register(platform, NewAccount { registration, time_zone: "UTC".into(), synthetic: false }).await.expect("registered");
    // Verified, as every account with TOTP, a passkey or a token is.
    sqlx::query("update accounts set role = $2, email_verified_at = now() where id = $1")
        .bind(signed_in.viewer.id)
        .bind(role)
        .execute(owner)
        .await
        .expect("role");
    Person { name, id: signed_in.viewer.id, token: Some(signed_in.token) }
}

/// One row of the victim in every table that holds user data.
async fn fill(owner: &mut PgConnection, victim: Uuid) {
    let rows = [
        "insert into imports (id, athlete_id, created_at) values ('{2}', $1, now())",
        "insert into import_files (id, import_id, athlete_id, name, bytes, outcome, message, created_at)
           values ('{3}', '{2}', $1, 'Geheimrunde.gpx', 1, 'failed', 'x', now())",
        // Before the activities: a change of thresholds marks them for recompute, and nothing may change here by itself.
        "insert into athlete_thresholds (athlete_id, valid_from, resting_hr, created_at) values ($1, '2026-01-01', 47, now())",
        "insert into activities (id, athlete_id, source_sha256, source_part, source_name, sport, title, started_at, local_start, local_date,
           elapsed_s, moving_s, distance_m, repairs, warnings, splits, route_preview, series, formula_version, created_at, origin)
         select x.id::uuid, $1, sha256(x.id::bytea), 0, '', 'running', 'Geheimrunde', now() - x.ago, now() - x.ago, '2026-01-05', 3600, 3600, 10000,
           '{}', '{}', '[]', '[]', '{}', 1000000, now(), 'manual'
           from (values ('{1}', interval '0'), ('{4}', interval '5 minutes')) as x (id, ago)",
        "insert into activity_streams (activity_id, athlete_id, samples) values ('{1}', $1, '')",
        "insert into activity_efforts (activity_id, athlete_id, kind, target, distance_m, elapsed_s, start_s) values ('{1}', $1, 'distance', 1000, 1000, 300, 0)",
        "insert into recompute_tasks (id, athlete_id, reason, total, created_at, finished_at) values ('{5}', $1, 'Geheimrunde', 1, now(), now())",
        "insert into journal_entries (athlete_id, day, sleep_hours, note, created_at) values ($1, '2026-01-05', 7, 'diary-of-the-victim', now())",
        "insert into discovery_jobs (id, athlete_id) values ('{6}', $1) on conflict do nothing",
        "insert into discovery_reports (athlete_id, fingerprint, computed_at, report) values ($1, 'x', now(), '{}')",
        "insert into finding_snapshots (athlete_id, day, computed_at, fingerprint, engine, findings) values ($1, '2026-01-05', now(), 'x', 'x', '[]')",
        "insert into sessions (id, token_hash, account_id, created_at, expires_at) values ('{7}', '\\x07', $1, now(), now() + interval '1 year')",
        "insert into known_devices (account_id, token_hash, first_seen_at, last_seen_at) values ($1, '\\x0e', now(), now())",
        "insert into one_time_tokens (token_hash, account_id, purpose, created_at, expires_at) values ('\\x08', $1, 'verify', now(), now() + interval '1 year')",
        "insert into totp_credentials (account_id, secret, created_at) values ($1, '\\x09', now())",
        "insert into passkeys (id, account_id, credential_id, name, credential, created_at) values ('{10}', $1, '\\x0a', 'Geheimrunde', '{}', now())",
        "insert into recovery_codes (account_id, code_hash, created_at) values ($1, '\\x0b', now())",
        "insert into api_tokens (token_hash, id, account_id, kind, name, scopes, family, created_at, expires_at)
           values ('\\x0c', '{12}', $1, 'personal', 'Geheimrunde', '{read}', '{12}', now(), now() + interval '1 year')",
        "insert into external_identities (issuer, subject, account_id, created_at) values ('https://x', 'Geheimrunde', $1, now())",
        "insert into trashed_activities (id, athlete_id, title, day, deleted_at, rows) values ('{9}', $1, 'Geheimrunde', '2026-01-05', now(),
           '{\"activities\": [], \"activity_streams\": [], \"activity_efforts\": [], \"cut\": []}')",
        "insert into change_log (id, athlete_id, actor_id, table_name, row_key, before, after) overriding system value
           values (77, $1, $1, 'journal_entries', '2026-01-05', '{\"day\": \"2026-01-05\", \"mood\": 2}', '{\"day\": \"2026-01-05\", \"mood\": 3}')",
        "insert into visibility_settings (athlete_id) values ($1)",
        "insert into privacy_zones (id, athlete_id, name, latitude_deg, longitude_deg, radius_m, created_at) values ('{14}', $1, 'Geheimrunde', 1, 2, 500, now())",
        "insert into organisations (id, name, created_at) values ('{11}', 'Geheimrunde', now())",
        "insert into memberships (organisation_id, account_id, role, joined_at) values ('{11}', $1, 'business_owner', now())",
        "insert into invitations (id, organisation_id, email, role, token_hash, created_at, expires_at)
           values ('{13}', '{11}', 'x@x.org', 'athlete', '\x0d', now(), now() + interval '1 year')",
        "insert into data_exports (id, athlete_id, requested_at) values ('{8}', $1, now())",
        "insert into consents (account_id, what, version, given_at) values ($1, 'Geheimrunde', '1', now())",
        "insert into audit_log (actor_id, subject_id, action) values ($1, $1, 'Geheimrunde')",
    ];
    for row in rows {
        let sql = (1..=14).fold(row.to_owned(), |sql, n| sql.replace(&format!("'{{{n}}}'"), &format!("'{}'", id(n))));
        sqlx::query(sqlx::AssertSqlSafe(sql.clone())).bind(victim).execute(&mut *owner).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    }
    // The job that the triggers enqueued has a random id.
    sqlx::query("update discovery_jobs set id = $2 where athlete_id = $1").bind(victim).bind(id(6)).execute(owner).await.expect("job");
}

/// Every table that holds someone's rows, with the column that says whose, and what it says of the victim.
pub(super) fn tables(victim: Uuid) -> Vec<(&'static str, &'static str, Uuid)> {
    let owned = FEATURES.tables().filter_map(|table| match table.owner {
        Owner::Athlete(column) => Some((table.name, column, victim)),
        Owner::Organisation(column) => Some((table.name, column, id(11))),
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
        assert!(!print.starts_with("0 "), "the victim has no row in {table}: add one to `fill`, or the table is not tested");
        prints.push(format!("{table}: {print}"));
    }
    prints
}
