//! Organisations: members, roles, invitations.

pub mod http;
mod queries;
mod service;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(test)]
mod tests;

use platform::feature::{Feature, Owner, Table};
use platform::retention::Retention;
pub use service::{change_role, create, invite, join, list_memberships, organisation, remove, rename, revoke_invitation};

/// Clubs, gyms and companies, and who is in them.
pub const FEATURE: Feature = Feature {
    tables: &[
        Table::omitted("organisations", Owner::Organisation("id"), "belongs to all its members"),
        Table::omitted("memberships", Owner::Athlete("account_id"), "belongs to the organisation, which is here"),
        Table::omitted("invitations", Owner::Organisation("organisation_id"), "belongs to the organisation, which is here"),
    ],
    retention: &[Retention { what: "invitations", kept: "fourteen days, or used", delete: "delete from invitations where expires_at < $1" }],
    ..Feature::named("organisations")
};
