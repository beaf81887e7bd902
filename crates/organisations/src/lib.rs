//! Organisations: members, roles, invitations.

pub mod http;
mod service;
#[cfg(test)]
mod tests;

pub use service::{change_role, create, invite, join, list_memberships, organisation, remove, rename, revoke_invitation};
