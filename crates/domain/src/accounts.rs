//! Accounts: users, sessions, login methods and API tokens.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::audit::AuditEntry;
use crate::permissions::Role;
use crate::units::Units;
use crate::{FieldErrors, Problem};

/// Shortest password, in characters; length is what counts (NIST SP 800-63B).
pub const PASSWORD_MIN: usize = 12;
/// Longest password: hashing a longer one would be a denial of service.
pub const PASSWORD_MAX: usize = 128;

/// The authenticated user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// The account.
    pub id: Uuid,
    /// Display name.
    pub name: String,
    /// Email address they sign in with.
    pub email: String,
    /// IANA time zone, such as `Europe/Berlin`.
    pub time_zone: String,
    /// In which units they read and type.
    pub units: Units,
    /// Whether all of the account's data is synthetic.
    pub synthetic: bool,
    /// Role on the whole site.
    pub role: Role,
    /// Whether the address is confirmed.
    pub verified: bool,
    /// Whether a second factor is required after the password.
    pub second_factor: bool,
    /// When they requested deletion of the account.
    pub deletion_requested_at: Option<DateTime<Utc>>,
    /// When they last authenticated; never for an API token.
    pub reauthenticated_at: Option<DateTime<Utc>>,
    /// Organisations that they are a member of.
    pub organisations: Vec<Uuid>,
    /// The version of the privacy notice that they last agreed to; not known for an API token.
    pub agreed: Option<String>,
}

/// How long an authentication counts as recent, in minutes: sensitive actions require a newer one.
pub const RECENT_AUTH_MINUTES: i64 = 10;

impl Viewer {
    /// Whether sensitive actions need no reauthentication.
    #[must_use]
    pub fn recently_authenticated(&self, now: DateTime<Utc>) -> bool {
        self.reauthenticated_at.is_some_and(|at| now - at < TimeDelta::minutes(RECENT_AUTH_MINUTES))
    }
}

/// The registration form, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Display name.
    pub name: String,
    /// Lower-cased address.
    pub email: String,
    /// Plain text, until it is hashed.
    pub password: String,
}

impl Registration {
    /// Checks the form's fields `name`, `email` and `password`.
    pub fn parse(name: &str, email: &str, password: &str) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let name = check_name(&mut errors, name);
        let email = check_email(&mut errors, email);
        check_password(&mut errors, "password", password);
        errors.into_result()?;
        Ok(Self { name, email, password: password.to_owned() })
    }
}

/// An account's display name and time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Display name.
    pub name: String,
    /// IANA time zone, such as `Europe/Berlin`.
    pub time_zone: String,
}

impl Profile {
    /// Checks the form's fields `name` and `time_zone`; `known` returns whether a zone exists.
    pub fn parse(name: &str, time_zone: &str, known: impl Fn(&str) -> bool) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let name = check_name(&mut errors, name);
        if !known(time_zone) {
            errors.add("time_zone", "A time zone of the list, such as Europe/Berlin.");
        }
        errors.into_result()?;
        Ok(Self { name, time_zone: time_zone.to_owned() })
    }
}

fn check_name(errors: &mut FieldErrors, name: &str) -> String {
    errors.check_line("name", name, 80, "A name of 1 to 80 characters. A nickname is fine.")
}

/// Checks and normalises a single address.
pub fn parse_email(email: &str) -> Result<String, Problem> {
    let mut errors = FieldErrors::default();
    let email = check_email(&mut errors, email);
    errors.into_result()?;
    Ok(email)
}

fn check_email(errors: &mut FieldErrors, email: &str) -> String {
    let email = normalize_email(email);
    if !looks_like_email(&email) {
        errors.add("email", "An email address, such as kim@example.org.");
    }
    email
}

/// Checks the length of a new password; `field` is its name in the form.
pub fn check_password(errors: &mut FieldErrors, field: &str, password: &str) {
    let length = password.chars().count();
    if length < PASSWORD_MIN {
        errors.add(field, format!("That is too short: {PASSWORD_MIN} characters or more."));
    } else if length > PASSWORD_MAX {
        errors.add(field, format!("At most {PASSWORD_MAX} characters."));
    }
}

/// Checks the length of a new password, in a form's field of this name.
pub fn parse_password(field: &str, password: &str) -> Result<(), Problem> {
    let mut errors = FieldErrors::default();
    check_password(&mut errors, field, password);
    errors.into_result()
}

/// For a change of password without the current one.
pub const CURRENT_PASSWORD_NEEDED: &str = "Type your current password, too.";

/// Checks what can be checked of a new password without the account; `old` is the current one, of an account that has one.
pub fn parse_password_change(old: Option<&str>, new: &str) -> Result<(), Problem> {
    let mut errors = FieldErrors::default();
    if old == Some("") {
        errors.add("old", CURRENT_PASSWORD_NEEDED);
    }
    check_password(&mut errors, "new", new);
    errors.into_result()
}

/// A session: a browser that is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginSession {
    /// Identifies it for revoking.
    pub id: Uuid,
    /// Browser and operating system, from its user agent.
    pub name: String,
    /// Location of the sign-in, where known.
    pub place: Option<String>,
    /// When it signed in.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to within ten minutes.
    pub last_seen_at: DateTime<Utc>,
    /// Whether it is the current session.
    pub current: bool,
}

/// Login methods, for the settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct LoginMethods {
    /// Whether an authenticator app (TOTP) is set up.
    pub authenticator: bool,
    /// Passkeys.
    pub passkeys: Vec<PasskeyInfo>,
    /// Recovery codes that are left.
    pub recovery_codes: u32,
    /// Linked accounts at identity providers: the provider's name.
    pub identities: Vec<String>,
    /// Whether a password is set.
    pub password: bool,
}

/// A passkey in the settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyInfo {
    /// Identifies it for removal.
    pub id: Uuid,
    /// Name given by its owner.
    pub name: String,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was last used to sign in.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// An authenticator app that is being set up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTotp {
    /// Secret, to type in.
    pub secret: String,
    /// QR code to scan: an SVG path over a square of `qr_size` units.
    pub qr_path: String,
    /// Units along a side of the QR code.
    pub qr_size: u32,
}

/// Longest life of a personal API token, in days.
pub const TOKEN_DAYS_MAX: i64 = 366;

/// A personal API token to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// What it is for, in its owner's words.
    pub name: String,
    /// Days until it expires.
    pub days: i64,
}

impl NewToken {
    /// Checks the form's fields `name` and `days`.
    pub fn parse(name: &str, days: &str) -> Result<Self, Problem> {
        let mut errors = FieldErrors::default();
        let name = errors.check_line("name", name, 80, "A name of 1 to 80 characters, such as what it is for.");
        // What is no number is no day.
        let days = days.trim().parse().unwrap_or_default();
        if !(1..=TOKEN_DAYS_MAX).contains(&days) {
            errors.add("days", format!("From 1 to {TOKEN_DAYS_MAX} days."));
        }
        errors.into_result()?;
        Ok(Self { name, days })
    }
}

/// What an API token permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Read all of the athlete's data.
    Read,
    /// Write as well.
    Write,
}

impl Scope {
    /// The key in the database and in forms.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// A personal API token in the settings; the token itself is shown only once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenInfo {
    /// Identifies it for revoking.
    pub id: Uuid,
    /// Name given by its owner.
    pub name: String,
    /// Scopes that it grants.
    pub scopes: Vec<String>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it expires.
    pub expires_at: DateTime<Utc>,
    /// When it was last used, to within ten minutes.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// Everything on the security page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Security {
    /// Open sessions.
    pub devices: Vec<LoginSession>,
    /// Login methods.
    pub factors: LoginMethods,
    /// An authenticator app that is waiting for its first code.
    pub new_authenticator: Option<NewTotp>,
    /// API tokens.
    pub tokens: Vec<TokenInfo>,
    /// Whether sensitive actions need no reauthentication.
    pub proven: bool,
    /// Whether the address is confirmed.
    pub verified: bool,
    /// The email address.
    pub email: String,
    /// Identity providers: id, name, and whether one is linked to this account.
    pub providers: Vec<(String, String, bool)>,
    /// Recent entries of the audit log.
    pub log: Vec<AuditEntry>,
}

/// One account in the list of users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSummary {
    /// The account.
    pub id: Uuid,
    /// Email address they sign in with.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Role on the whole site.
    pub role: Role,
    /// Whether the address is confirmed.
    pub verified: bool,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// Trimmed and lower-cased, as addresses are compared.
#[must_use]
pub fn normalize_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// A local part, an at sign, and a domain with a dot. Only an email that arrives proves more.
fn looks_like_email(email: &str) -> bool {
    let Some((local, host)) = email.rsplit_once('@') else { return false };
    !local.is_empty()
        && email.len() <= 254
        && !email.chars().any(|c| c.is_whitespace() || c.is_control())
        && host.split('.').count() > 1
        && host.split('.').all(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_a_name_and_ends_within_a_year() {
        assert_eq!(NewToken::parse(" script ", "90"), Ok(NewToken { name: "script".into(), days: 90 }));
        for (name, days, wrong) in [("", "90", "name"), ("script", "0", "days"), ("script", "367", "days"), ("script", "soon", "days")] {
            let problem = NewToken::parse(name, days).expect_err("refused");
            assert_eq!(problem.fields.names().collect::<Vec<_>>(), [wrong]);
        }
    }

    #[test]
    fn a_valid_form_passes_and_is_normalised() {
        let r = Registration::parse(" Kim ", "Kim@Example.org ", "correct horse").expect("valid");
        assert_eq!((r.name.as_str(), r.email.as_str()), ("Kim", "kim@example.org"));
    }

    #[test]
    fn every_invalid_field_gets_its_error() {
        let problem = Registration::parse("", "kim@localhost", "short").expect_err("three wrong fields");
        for field in ["name", "email", "password"] {
            assert!(problem.fields.get(field).is_some(), "{field}");
        }
        for email in ["", "@x.org", "a b@x.org", "kim@x..org", "kim"] {
            assert!(Registration::parse("Kim", email, "correct horse").is_err(), "{email}");
        }
    }
}
