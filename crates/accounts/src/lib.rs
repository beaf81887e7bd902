//! Accounts and sessions: who has an account, how they sign in, and what they may do.

mod admin_accounts;
mod api_tokens;
mod apple;
mod cookie;
mod devices;
mod emails;
mod extract;
pub mod http;
mod jobs;
mod login_attempts;
mod login_methods;
mod metadata;
mod mfa;
mod oidc;
mod passkeys;
mod password;
mod reauthenticate;
mod security;
mod service;
#[cfg(test)]
mod tests;

pub use admin_accounts::{ACCOUNTS_PAGE, audit_log, grant_owner, list_accounts, own_audit_log, set_role};
pub use api_tokens::{Bearer, PERSONAL_DAYS_MAX, TokenPair, bearer, personal_tokens};
pub use cookie::{Cookie, SESSION_DAYS};
pub use devices::{IDLE_DAYS, revoke_other_sessions, revoke_session, sessions};
pub use emails::expiry_notice;
pub use extract::{ApiUser, AuthContext, BearerAuth, ClientIp, CurrentUser, OptionalUser, session_token};
pub use jobs::unless_deleted;
pub use login_methods::require_confirmed;
pub use mfa::{login_methods, reencrypt};
use platform::feature::{Feature, Owner, Table};
pub use reauthenticate::require_recent_auth;
pub use security::{security, take_flash_secret};
pub use service::{
    LoginOutcome, NewAccount, NewSession, audit, change_password, change_profile, register, require_mfa_for, require_permission, sign_in, sign_out,
    viewer_by_email, viewer_of,
};

/// Accounts, and everything that opens them.
pub const FEATURE: Feature = Feature {
    tables: &[
        Table::omitted(
            "accounts",
            Owner::Athlete("id"),
            "name and time zone are in `legwork.json`; the address and the password belong to the account that is there",
        ),
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
    ..Feature::named("accounts")
};
