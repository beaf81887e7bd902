//! What the tests of isolation need of organisations.

use platform::testing::{Meaning, Samples};

/// The victim runs an organisation, and is invited to another.
pub const SAMPLES: Samples = Samples {
    rows: &[
        "insert into organisations (id, name, created_at) values ('{organisation}', 'Geheimverein', now()), ('{inviting}', 'Elsewhere', now())",
        "insert into memberships (organisation_id, account_id, role, joined_at) values ('{organisation}', $1, 'business_owner', now())",
        "insert into invitations (id, organisation_id, email, role, token_hash, created_at, expires_at) values
           ('{invitation}', '{organisation}', 'x@x.org', 'athlete', '\\x0d', now(), '2100-01-01'),
           ('{invited}', '{inviting}', 'secreta@example.org', 'athlete', sha256('invitation of the victim'), now(), '2100-01-01')",
    ],
    values: &[("member", Meaning::named("{victim}", "{nobody}")), ("invitation_token", Meaning::secret("invitation of the victim"))],
    fill: include_str!("fill.sql"),
    ..Samples::NONE
};
