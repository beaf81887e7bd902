//! Who may do what: one table, used by pages (what to show) and by the server (what to allow).

use serde::{Deserialize, Serialize};

/// A user's role on the whole site or, through a membership, in one organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs, and sees what is theirs.
    #[default]
    Athlete,
    /// Trains the athletes of an organisation.
    Coach,
    /// Runs an organisation.
    BusinessOwner,
    /// Works for the site.
    Employee,
    /// Runs the site.
    Admin,
    /// Answers for the site.
    Owner,
}

impl Role {
    /// Roles that an account has for the whole site.
    pub const SITE: [Self; 4] = [Self::Athlete, Self::Employee, Self::Admin, Self::Owner];
    /// Roles that a membership gives.
    pub const MEMBER: [Self; 3] = [Self::Athlete, Self::Coach, Self::BusinessOwner];

    /// The key in the database and in forms.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Athlete => "athlete",
            Self::Coach => "coach",
            Self::BusinessOwner => "business_owner",
            Self::Employee => "employee",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// As people read it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Athlete => "Athlete",
            Self::Coach => "Coach",
            Self::BusinessOwner => "Business owner",
            Self::Employee => "Employee",
            Self::Admin => "Admin",
            Self::Owner => "Owner",
        }
    }

    /// The role of a key.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        [Self::Athlete, Self::Coach, Self::BusinessOwner, Self::Employee, Self::Admin, Self::Owner].into_iter().find(|r| r.key() == key)
    }
}

/// Something that not every user may do. What athletes do with their own data needs no permission: row-level security decides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// List accounts.
    SeePeople,
    /// Make a user an employee, or an athlete again.
    ChangeRoles,
    /// Grant or revoke admin and owner.
    ChangeAdmins,
    /// Read everyone's audit log.
    SeeAudit,
    /// See who is in the organisation.
    SeeMembers,
    /// Invite to the organisation, change roles in it, remove from it, rename it.
    ManageMembers,
}

const TABLE: [(Permission, &[Role]); 6] = [
    (Permission::SeePeople, &[Role::Employee, Role::Admin, Role::Owner]),
    (Permission::ChangeRoles, &[Role::Admin, Role::Owner]),
    (Permission::ChangeAdmins, &[Role::Owner]),
    (Permission::SeeAudit, &[Role::Admin, Role::Owner]),
    (Permission::SeeMembers, &[Role::Coach, Role::BusinessOwner]),
    (Permission::ManageMembers, &[Role::BusinessOwner]),
];

/// Whether a role has a permission.
#[must_use]
pub fn may(role: Role, permission: Permission) -> bool {
    TABLE.iter().any(|(p, roles)| *p == permission && roles.contains(&role))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_has_one_row_and_athletes_have_none() {
        for permission in [
            Permission::SeePeople,
            Permission::ChangeRoles,
            Permission::ChangeAdmins,
            Permission::SeeAudit,
            Permission::SeeMembers,
            Permission::ManageMembers,
        ] {
            assert_eq!(TABLE.iter().filter(|(p, _)| *p == permission).count(), 1, "{permission:?}");
            assert!(!may(Role::Athlete, permission), "{permission:?}");
        }
        assert!(may(Role::Owner, Permission::ChangeAdmins) && !may(Role::Admin, Permission::ChangeAdmins));
        assert!(!may(Role::Owner, Permission::ManageMembers), "the site’s owner manages no organisation");
    }

    #[test]
    fn keys_and_roles_are_one_to_one() {
        for role in Role::SITE.into_iter().chain(Role::MEMBER) {
            assert_eq!(Role::parse(role.key()), Some(role));
        }
        assert_eq!(Role::parse("root"), None);
    }
}
