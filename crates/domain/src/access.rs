//! What an endpoint or a page declares of itself: whom it is for, and which requests are counted with its own.

use crate::permissions::Permission;

/// Whom an endpoint or a page is for. The server's guard refuses everyone else before a handler runs; handlers check it once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Pages for people who are not signed in; the others are redirected to the home page.
    SignedOut,
    /// Everyone: it reveals and changes nothing that belongs to an account.
    Public,
    /// Everyone who is signed in, for their own data.
    Athlete,
    /// Everyone who is signed in, for a resource that the address or the body names, and that they own. Others get the response of one that
    /// does not exist.
    ResourceOwner,
    /// The members of the organisation that the address or the body names. Others get the response of one that does not exist.
    Member,
    /// Everyone, signed in or not, for a resource that its owner shares with them. Others get the response of one that does not exist.
    Shared,
    /// Users whose role for the site has this permission, for the data of others. It does not exist for everyone else.
    Staff(Permission),
}

/// The class of requests that are counted together, each with a limit of its own in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Everything without a reason for another class.
    General,
    /// Receives files.
    Uploads,
    /// Reads the findings, which are costly to compute.
    Discovery,
    /// For staff.
    Admin,
    /// Checks a password, a code or a token, or sends an email.
    SignIn,
}
