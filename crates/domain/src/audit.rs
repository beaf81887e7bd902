//! The audit log: what was done to an account, by whom.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Declares the actions: the variant with its documentation, the code as stored, and the words for those who run the site.
macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident, $key:literal, $label:literal;)*) => {
        /// An action in the audit log.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum AuditAction {
            $($(#[$doc])* $variant,)*
        }

        impl AuditAction {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// As stored.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self {
                    $(Self::$variant => $key,)*
                }
            }

            /// For those who run the site.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self {
                    $(Self::$variant => $label,)*
                }
            }
        }
    };
}

actions! {
    /// The password.
    PasswordChanged, "accounts.password_changed", "Password changed";
    /// The email address.
    EmailChanged, "accounts.email_changed", "Email address changed";
    /// The address was confirmed for the first time, which revoked earlier access.
    EmailVerified, "accounts.email_verified", "Email address confirmed";
    /// The role on the whole site.
    RoleChanged, "accounts.role_changed", "Role changed";
    /// An API token was created.
    TokenCreated, "accounts.token_created", "API token created";
    /// An API token was revoked.
    TokenRevoked, "accounts.token_revoked", "API token revoked";
    /// A refresh token was used twice.
    TokenReused, "accounts.token_reused", "Refresh token used twice";
    /// Too many wrong passwords or codes ended a session or a sign-in.
    GuessingStopped, "accounts.guessing_stopped", "Guessing stopped";
    /// A code of the authenticator app was used twice.
    CodeReused, "accounts.code_reused", "Code used twice";
    /// The authenticator app was added.
    TotpEnabled, "accounts.totp_enabled", "Authenticator app added";
    /// The authenticator app was removed.
    TotpDisabled, "accounts.totp_disabled", "Authenticator app removed";
    /// New recovery codes.
    RecoveryCodesCreated, "accounts.recovery_codes_created", "Recovery codes created";
    /// A passkey was added.
    PasskeyAdded, "accounts.passkey_added", "Passkey added";
    /// A passkey was removed.
    PasskeyRemoved, "accounts.passkey_removed", "Passkey removed";
    /// An account of an identity provider was linked.
    IdentityLinked, "accounts.identity_linked", "External account linked";
    /// An account of an identity provider was unlinked.
    IdentityUnlinked, "accounts.identity_unlinked", "External account unlinked";
    /// An organisation was created.
    OrganisationCreated, "organisations.created", "Organisation created";
    /// Somebody was invited to an organisation.
    MemberInvited, "organisations.invited", "Member invited";
    /// An invitation was accepted.
    MemberJoined, "organisations.joined", "Member joined";
    /// A member's role in an organisation.
    MemberRoleChanged, "organisations.role_changed", "Member’s role changed";
    /// A member left, or was removed.
    MemberLeft, "organisations.left", "Member left";
    /// Everything was exported.
    Exported, "privacy.exported", "Data exported";
    /// Deletion of the account was requested.
    DeletionRequested, "privacy.deletion_requested", "Deletion requested";
    /// The account stays.
    DeletionCancelled, "privacy.deletion_cancelled", "Deletion cancelled";
}

impl AuditAction {
    /// From the stored form.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.key() == key)
    }
}

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Ascending id; the next page continues from it.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who did it, unless the account has been deleted.
    pub actor_id: Option<Uuid>,
    /// Whose account it was done to.
    pub subject_id: Option<Uuid>,
    /// The action, as stored.
    pub action: String,
    /// Details, such as before and after.
    pub details: String,
}

impl AuditEntry {
    /// The action in words; one that only a newer version knows, as stored.
    #[must_use]
    pub fn label(&self) -> &str {
        AuditAction::parse(&self.action).map_or(self.action.as_str(), |action| action.label())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_a_code_of_its_own() {
        for action in AuditAction::ALL {
            assert_eq!(AuditAction::parse(action.key()), Some(*action));
            assert!(action.key().bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b == b'.'), "{action:?}");
        }
    }
}
