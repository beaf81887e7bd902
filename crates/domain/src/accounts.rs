//! Accounts: who somebody is.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{FieldErrors, Problem};

/// Shortest password, in characters; length is what counts (NIST SP 800-63B).
pub const PASSWORD_MIN: usize = 10;
/// Longest password, so that hashing one is no attack.
pub const PASSWORD_MAX: usize = 200;

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
        let name = name.trim().to_owned();
        if name.is_empty() || name.chars().count() > 80 {
            errors.add("name", "A name of 1 to 80 characters. A nickname is fine.");
        }
        let email = normal_email(email);
        if !looks_like_email(&email) {
            errors.add("email", "That does not look like an e-mail address, such as kim@example.org.");
        }
        check_password(&mut errors, "password", password);
        errors.into_result()?;
        Ok(Self { name, email, password: password.to_owned() })
    }
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
pub struct Device {
    /// For ending it.
    pub id: Uuid,
    /// Browser and system, as it said itself.
    pub name: String,
    /// When it signed in.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to ten minutes.
    pub last_seen_at: DateTime<Utc>,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// Trimmed and lower-cased, as addresses are compared.
#[must_use]
pub fn normal_email(email: &str) -> String {
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
