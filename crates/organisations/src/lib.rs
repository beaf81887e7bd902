//! Organisations: members, roles, invitations.

pub mod rest;
mod service;
#[cfg(test)]
mod tests;

pub use service::{belongings, change_role, found, invite, join, organisation, remove, rename, withdraw};
