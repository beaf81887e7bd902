//! Accounts and sessions: who has an account, how they sign in, what they agreed to, and what they may do.

mod admin_accounts;
mod api_tokens;
mod audit;
mod authorisation;
mod consents;
mod cookie;
mod credentials;
mod devices;
mod email_change;
mod email_links;
mod email_verification;
mod extract;
pub mod http;
pub mod lifecycle;
mod login_attempts;
mod login_methods;
mod mfa;
mod notices;
mod oidc;
mod passkeys;
mod password;
mod password_change;
mod password_reset;
mod profile;
mod queries;
mod reauthenticate;
mod registration;
mod security;
mod sessions;
mod sign_in;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod user_agent;

pub use admin_accounts::{grant_owner, list_accounts, set_role};
pub use api_tokens::{Bearer, TokenPair, bearer, personal_tokens};
pub use audit::{audit, audit_log, own_audit_log};
pub use authorisation::{require_confirmed, require_mfa_for, require_permission, require_recent_auth, require_role_with};
pub use consents::{ConsentRecord, consent_records, consents, give_consent};
pub use cookie::{Cookie, SESSION_DAYS};
pub use credentials::viewer_by_email;
pub use email_verification::expiry_notice;
pub use extract::{ApiUser, AuthContext, BearerAuth, ClientIp, CurrentUser, OptionalUser, session_token};
pub use login_methods::login_methods;
pub use mfa::{LoginOutcome, reencrypt};
pub use password_change::change_password;
use platform::feature::{Feature, Owner, Table};
use platform::retention::Retention;
pub use profile::{Displayed, change_profile, change_units, displayed, lock_unchanged, time_zone, units, usual_units};
pub use registration::{NewAccount, register};
pub use security::{security, take_flash_secret};
pub use sessions::{IDLE_DAYS, NewSession, revoke_other_sessions, revoke_session, sessions, sign_out, viewer_of};
pub use sign_in::sign_in;

/// Accounts, and everything that opens them.
pub const FEATURE: Feature = Feature {
    tables: &[
        Table::omitted(
            "accounts",
            Owner::Athlete("id"),
            "name and time zone are in `legwork.json`; the address and the password belong to the account that is there",
        ),
        Table::omitted("consents", Owner::Athlete("account_id"), "given to this server, not to another; they are in `legwork.json` to read"),
        Table::omitted("sessions", Owner::Athlete("account_id"), "opens the account"),
        Table::omitted("known_devices", Owner::Athlete("account_id"), "browsers that this server knows"),
        Table::omitted("one_time_tokens", Owner::Athlete("account_id"), "opens the account"),
        Table::omitted("totp_credentials", Owner::Athlete("account_id"), "opens the account"),
        Table::omitted("passkeys", Owner::Athlete("account_id"), "opens the account"),
        Table::omitted("recovery_codes", Owner::Athlete("account_id"), "opens the account"),
        Table::omitted("api_tokens", Owner::Athlete("account_id"), "opens the account"),
        Table::omitted("external_identities", Owner::Athlete("account_id"), "opens the account"),
        Table::omitted("audit_log", Owner::Athlete("subject_id"), "what happened here did not happen there"),
        Table::omitted("webauthn_challenges", Owner::Site, "opens nothing after five minutes"),
    ],
    events: &["accounts.time_zone_changed"],
    retention: &[
        Retention {
            what: "sessions",
            kept: "signed out, thirty days unused, or 180 days",
            delete: "delete from sessions where expires_at < $1 or coalesce(last_seen_at, created_at) < $1 - interval '30 days'",
        },
        Retention {
            what: "known browsers",
            kept: "400 days unused, or a new password",
            delete: "delete from known_devices where last_seen_at < $1 - interval '400 days'",
        },
        Retention { what: "tokens in emails", kept: "an hour to three days, or used", delete: "delete from one_time_tokens where expires_at < $1" },
        Retention { what: "API tokens", kept: "revoked, or the day that their owner chose", delete: "delete from api_tokens where expires_at < $1" },
        Retention {
            what: "passkey sign-ins that were not finished",
            kept: "five minutes",
            delete: "delete from webauthn_challenges where expires_at < $1",
        },
    ],
    ..Feature::named("accounts")
};
