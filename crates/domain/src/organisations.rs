//! Organisations: who is in them, and as what.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::permissions::Role;
use crate::{FieldErrors, Problem};

/// Checks an organisation's name.
pub fn parse_name(name: &str) -> Result<String, Problem> {
    let mut errors = FieldErrors::default();
    let name = errors.check_line("name", name, 80, "A name of 1 to 80 characters.");
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
    /// The viewer's role in it.
    pub role: Role,
}

/// A member of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The account.
    pub id: Uuid,
    /// Display name.
    pub name: String,
    /// Email address they sign in with.
    pub email: String,
    /// Their role in it.
    pub role: Role,
    /// Since when.
    pub joined_at: DateTime<Utc>,
    /// Whether they share their training with the viewer.
    pub shows: bool,
}

/// A pending invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Identifies it for revoking.
    pub id: Uuid,
    /// Address that it was sent to.
    pub email: String,
    /// The role that it grants.
    pub role: Role,
    /// When it expires.
    pub expires_at: DateTime<Utc>,
}

/// An organisation as its members see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// The organisation, and the viewer's role in it.
    pub own: Membership,
    /// Its members, for coaches and owners.
    pub members: Vec<Member>,
    /// Pending invitations, for owners.
    pub invited: Vec<Invitation>,
    /// The viewer.
    pub viewer: Uuid,
    /// Whether the viewer's role requires a second factor that they have not set up.
    pub mfa_required: bool,
}
