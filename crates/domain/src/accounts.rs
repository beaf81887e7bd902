//! Accounts: who somebody is.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::permissions::Role;
use crate::{FieldErrors, Problem};

/// Shortest password, in characters; length is what counts (NIST SP 800-63B).
pub const PASSWORD_MIN: usize = 12;
/// Longest password, so that hashing one is no attack.
pub const PASSWORD_MAX: usize = 128;

/// Who is looking at the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// The account.
    pub id: Uuid,
    /// As the person wants to be called.
    pub name: String,
    /// Where they sign in with.
    pub email: String,
    /// IANA time zone, such as `Europe/Berlin`.
    pub time_zone: String,
    /// Whether all of the account's data are made up.
    pub synthetic: bool,
    /// What they may do for the whole site.
    pub role: Role,
    /// Whether the address is known to be theirs.
    pub verified: bool,
    /// Whether a second factor is asked for after the password.
    pub second_factor: bool,
    /// When they asked for the account to be deleted.
    pub deletion_requested_at: Option<DateTime<Utc>>,
    /// When they last proved who they are; a program with a token never did.
    pub reauthenticated_at: Option<DateTime<Utc>>,
    /// The organisations that they are in.
    pub organisations: Vec<Uuid>,
    /// The version of the privacy notice that they agreed to last; not known for a program.
    pub agreed: Option<String>,
}

/// How long a proof of who somebody is lasts, in minutes: dangerous acts ask for a newer one.
pub const RECENT_AUTH_MINUTES: i64 = 10;

impl Viewer {
    /// Whether a dangerous act needs no new proof.
    #[must_use]
    pub fn recently_authenticated(&self, now: DateTime<Utc>) -> bool {
        self.reauthenticated_at.is_some_and(|at| now - at < TimeDelta::minutes(RECENT_AUTH_MINUTES))
    }
}

/// The registration form, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// As the person wants to be called.
    pub name: String,
    /// Lower-cased address.
    pub email: String,
    /// In the clear until it is hashed.
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

/// What an account is called, and where its days begin and end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// As the person wants to be called.
    pub name: String,
    /// IANA time zone, such as `Europe/Berlin`.
    pub time_zone: String,
}

impl Profile {
    /// Checks the form's fields `name` and `time_zone`; `known` says whether there is such a zone.
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
    let name = crate::one_line(name);
    if name.is_empty() || name.chars().count() > 80 {
        errors.add("name", "A name of 1 to 80 characters. A nickname is fine.");
    }
    name
}

/// An address as it is kept, checked on its own.
pub fn parse_email(email: &str) -> Result<String, Problem> {
    let mut errors = FieldErrors::default();
    let email = check_email(&mut errors, email);
    errors.into_result()?;
    Ok(email)
}

fn check_email(errors: &mut FieldErrors, email: &str) -> String {
    let email = normalize_email(email);
    if !looks_like_email(&email) {
        errors.add("email", "That does not look like an e-mail address, such as kim@example.org.");
    }
    email
}

/// What every new password must be; `field` is the form's name for it.
pub fn check_password(errors: &mut FieldErrors, field: &str, password: &str) {
    let length = password.chars().count();
    if length < PASSWORD_MIN {
        errors.add(field, format!("At least {PASSWORD_MIN} characters. Three random words do."));
    } else if length > PASSWORD_MAX {
        errors.add(field, format!("At most {PASSWORD_MAX} characters."));
    }
}

/// A browser that somebody is signed in with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginSession {
    /// For ending it.
    pub id: Uuid,
    /// Browser and system, as it said itself.
    pub name: String,
    /// Where it signed in, as far as that is known.
    pub place: Option<String>,
    /// When it signed in.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to ten minutes.
    pub last_seen_at: DateTime<Utc>,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// The ways in beside the password, for the settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct LoginMethods {
    /// An app that shows six digits.
    pub authenticator: bool,
    /// Passkeys.
    pub passkeys: Vec<PasskeyInfo>,
    /// Recovery codes that were not used yet.
    pub recovery_codes: u32,
    /// Accounts elsewhere that open this one: the provider's name.
    pub identities: Vec<String>,
    /// Whether there is a password at all.
    pub password: bool,
}

/// A passkey in the settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyInfo {
    /// For removing it.
    pub id: Uuid,
    /// As its owner called it.
    pub name: String,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it last opened the account.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// An authenticator app that is being added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTotp {
    /// To type in.
    pub secret: String,
    /// To scan: an SVG path over a square of `size` units.
    pub qr_path: String,
    /// Units along a side.
    pub qr_size: u32,
}

/// What a program may do with a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Read everything that is the athlete's.
    Read,
    /// Write, too.
    Write,
}

impl Scope {
    /// As it stands in the database and in forms.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// A personal token in the settings; the token itself was shown once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenInfo {
    /// For ending it.
    pub id: Uuid,
    /// As its owner called it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
    /// When a program last used it, to ten minutes.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// Everything on the page of ways into the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Security {
    /// Open sessions.
    pub devices: Vec<LoginSession>,
    /// Ways in.
    pub factors: LoginMethods,
    /// An authenticator app that waits for its first code.
    pub new_authenticator: Option<NewTotp>,
    /// Tokens of programs.
    pub tokens: Vec<TokenInfo>,
    /// Whether dangerous acts need no new proof.
    pub proven: bool,
    /// Whether the address is known to be theirs.
    pub verified: bool,
    /// The address.
    pub email: String,
    /// Where else one may have an account: id, name, and whether it opens this one.
    pub providers: Vec<(String, String, bool)>,
    /// What was done lately: moment and what.
    pub log: Vec<AuditEntry>,
}

/// One account in the list of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSummary {
    /// The account.
    pub id: Uuid,
    /// Where they sign in with.
    pub email: String,
    /// As they want to be called.
    pub name: String,
    /// What they may do for the whole site.
    pub role: Role,
    /// Whether the address is known to be theirs.
    pub verified: bool,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// A line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Grows with time; where the next page goes on.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who did it, unless the account is gone.
    pub actor_id: Option<Uuid>,
    /// To whom.
    pub subject_id: Option<Uuid>,
    /// What.
    pub action: String,
    /// Before and after.
    pub details: String,
}

/// Trimmed and lower-cased, as addresses are compared.
#[must_use]
pub fn normalize_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Something, an at sign, and a domain with a dot. Only a mail that arrives proves more.
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
    fn a_sound_form_passes_and_is_normalised() {
        let r = Registration::parse(" Kim ", "Kim@Example.org ", "correct horse").expect("valid");
        assert_eq!((r.name.as_str(), r.email.as_str()), ("Kim", "kim@example.org"));
    }

    #[test]
    fn every_wrong_field_gets_its_sentence() {
        let problem = Registration::parse("", "kim@localhost", "short").expect_err("three wrong fields");
        for field in ["name", "email", "password"] {
            assert!(problem.fields.get(field).is_some(), "{field}");
        }
        for email in ["", "@x.org", "a b@x.org", "kim@x..org", "kim"] {
            assert!(Registration::parse("Kim", email, "correct horse").is_err(), "{email}");
        }
    }
}
