//! Organisations: who is in them, and as what.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::permissions::Role;
use crate::{FieldErrors, Problem};

/// Checks an organisation's name.
pub fn parse_name(name: &str) -> Result<String, Problem> {
    let mut errors = FieldErrors::default();
    let name = crate::one_line(name);
    if name.is_empty() || name.chars().count() > 80 {
        errors.add("name", "A name of 1 to 80 characters.");
    }
    errors.into_result()?;
    Ok(name)
}

/// An organisation that the viewer is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The organisation.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// What the viewer is in it.
    pub role: Role,
}

/// Somebody in an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The account.
    pub id: Uuid,
    /// As they want to be called.
    pub name: String,
    /// Where they sign in with.
    pub email: String,
    /// What they are in it.
    pub role: Role,
    /// Since when.
    pub joined_at: DateTime<Utc>,
    /// Whether they show their training to the viewer.
    pub shows: bool,
}

/// Somebody who was asked to join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// For taking it back.
    pub id: Uuid,
    /// Where the letter went.
    pub email: String,
    /// What they will be.
    pub role: Role,
    /// Until when the letter works.
    pub expires_at: DateTime<Utc>,
}

/// An organisation as its people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// The organisation, and what the viewer is in it.
    pub own: Membership,
    /// Who is in it, for coaches and owners.
    pub members: Vec<Member>,
    /// Who was asked, for owners.
    pub invited: Vec<Invitation>,
    /// Who is looking.
    pub viewer: Uuid,
    /// Whether the viewer's role asks for a second factor that they have not.
    pub wants_factor: bool,
}
