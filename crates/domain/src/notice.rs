//! What a page says once after a form was done: a code in the address, words where it is shown.

macro_rules! notices {
    ($($(#[$doc:meta])* $name:ident $code:literal)*) => {
        /// Something that was just done, as `?notice=CODE` in the address of the page that follows.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Notice {
            $($(#[$doc])* $name,)*
        }

        impl Notice {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code in addresses.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }
        }
    };
}

notices! {
    /// Something was stored.
    Saved "saved"
    /// The time zone changed, so activities get other dates.
    TimeZoneSaved "time-zone-saved"
    /// A role was changed.
    RoleChanged "role-changed"
    /// An edit was undone.
    Undone "undone"
    /// An export was requested.
    ExportRequested "export-requested"
    /// An export was cancelled.
    ExportCancelled "export-cancelled"
    /// An archive was imported.
    ArchiveImported "archive-imported"
    /// The account is going to be deleted.
    DeletionRequested "deletion-requested"
    /// It is not.
    DeletionCancelled "deletion-cancelled"
    /// The password was changed.
    PasswordChanged "password-changed"
    /// The password was reset by email; its owner signs in next.
    PasswordReset "password-reset"
    /// A link to reset it was sent, if the address has an account.
    ResetRequested "reset-requested"
    /// A message went to a new address.
    EmailChangeRequested "email-change-requested"
    /// A message asks to verify the address.
    VerificationSent "verification-sent"
    /// The address is verified.
    EmailVerified "email-verified"
    /// A way to sign in was added or removed.
    LoginMethodsChanged "login-methods-changed"
    /// New recovery codes are shown, this once.
    RecoveryCodes "recovery-codes"
    /// A new API token is shown, this once.
    TokenCreated "token-created"
    /// An API token was revoked.
    TokenRevoked "token-revoked"
    /// A session was revoked.
    SessionRevoked "session-revoked"
    /// All sessions but this one were revoked.
    OtherSessionsRevoked "other-sessions-revoked"
    /// A sign-in took too long, or too many tries.
    SignInExpired "sign-in-expired"
    /// An invitation was sent.
    Invited "invited"
    /// A planned session was deleted.
    SessionDeleted "session-deleted"
    /// A week of the plan was to be copied, and all of it stood there already.
    NothingToCopy "nothing-to-copy"
    /// A copy of a week was undone.
    CopyUndone "copy-undone"
    /// A new address of the calendar is shown, this once.
    FeedCreated "feed-created"
    /// The address of the calendar opens nothing any more.
    FeedRevoked "feed-revoked"
    /// A course is kept.
    CourseKept "course-kept"
    /// A course was deleted.
    CourseDeleted "course-deleted"
}

impl Notice {
    /// The notice of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|notice| notice.code() == code)
    }

    /// The address of a page that shows it. `page` has no fragment.
    #[must_use]
    pub fn on(self, page: &str) -> String {
        format!("{page}{}notice={}", if page.contains('?') { '&' } else { '?' }, self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::Notice;

    #[test]
    fn every_notice_has_a_code_of_its_own_and_is_found_by_it() {
        for notice in Notice::ALL {
            assert_eq!(Notice::parse(notice.code()), Some(*notice));
        }
        assert_eq!(Notice::parse("<b>"), None);
        assert_eq!((Notice::Saved.on("/settings"), Notice::Saved.on("/a?b=1")), ("/settings?notice=saved".into(), "/a?b=1&notice=saved".into()));
    }
}
