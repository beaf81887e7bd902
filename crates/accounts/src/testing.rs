//! Who uses the application of a test, and what the tests of isolation need of accounts.

#![expect(clippy::missing_panics_doc, reason = "a test fails by panicking")]

use domain::accounts::Registration;
use platform::config::Provider;
use platform::testing::{Meaning, Samples, Value};
use platform::{Error, Platform};
use uuid::Uuid;

use crate::{NewAccount, NewSession, mfa, register};

/// Somebody who registers in a test.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// The name that others see.
    pub name: &'a str,
    /// Nobody else's in the test.
    pub email: &'a str,
    /// Not a common one.
    pub password: &'a str,
    /// IANA name; empty for what a registration without a script says.
    pub time_zone: &'a str,
    /// Whether the account is a demonstration's.
    pub synthetic: bool,
}

/// Kim, an athlete in Berlin: who a test is about if it does not matter.
pub const KIM: Person<'static> =
    Person { name: "Kim", email: "kim@example.org", password: "marmot violin trench", time_zone: "Europe/Berlin", synthetic: false };

impl Person<'_> {
    /// Registers, as the form does.
    pub async fn try_register(self, platform: &Platform) -> Result<NewSession, Error> {
        let registration = Registration::parse(self.name, self.email, self.password)?;
        register(
            platform,
            NewAccount { registration, time_zone: self.time_zone.into(), units: domain::units::Units::default(), synthetic: self.synthetic },
        )
        .await
    }

    /// Registers, and is signed in.
    pub async fn register(self, platform: &Platform) -> NewSession {
        self.try_register(platform).await.expect("registered")
    }
}

/// An athlete like Kim with another address.
pub async fn athlete(platform: &Platform, email: &str) -> Uuid {
    Person { email, ..KIM }.register(platform).await.viewer.id
}

/// A victim with every way into the account, and what only they know of them.
pub const SAMPLES: Samples = Samples {
    configure: |config| config.security.oidc_providers.push(provider()),
    rows: &[
        "insert into consents (account_id, what, version, given_at) values ($1, 'Geheimrunde', '1', now())",
        "insert into sessions (id, token_hash, account_id, created_at, expires_at) values ('{session}', '\\x07', $1, now(), '2100-01-01')",
        "insert into known_devices (account_id, token_hash, first_seen_at, last_seen_at) values ($1, '\\x0e', now(), now())",
        "insert into one_time_tokens (token_hash, account_id, purpose, email, created_at, expires_at)
           select sha256(x.token::bytea), $1, x.purpose, 'secreta@example.org', now(), '2100-01-01' from (values
             ('verify token of the victim', 'verify'), ('reset token of the victim', 'reset'),
             ('email token of the victim', 'change_email'), ('challenge of the victim', 'second_factor')) as x (token, purpose)",
        "insert into passkeys (id, account_id, credential_id, name, credential, created_at)
           values ('{passkey}', $1, '\\x0a', 'Geheimrunde', '{}', now())",
        "insert into recovery_codes (account_id, code_hash, created_at) values ($1, sha256('code0of0the0victim'), now())",
        "insert into api_tokens (token_hash, id, account_id, kind, name, scopes, family, created_at, expires_at) values
           ('\\x0c', '{token}', $1, 'personal', 'Geheimrunde', array['read'], '{token}', now(), '2100-01-01'),
           (sha256('refresh token of the victim'), '{pair}', $1, 'refresh', 'Geheimrunde', array['read'], '{pair}', now(), '2100-01-01')",
        "insert into external_identities (issuer, subject, account_id, created_at) values ('https://linked.invalid', 'Geheimrunde', $1, now())",
        "insert into idempotency_keys (athlete_id, key, request, status, body, created_at) values ($1, 'Geheimrunde', '\\x07', 200, '{}', now())",
        "insert into audit_log (actor_id, subject_id, action, details) values ($1, $1, 'organisations.joined', '{\"organisation\": \"Geheimrunde\"}')",
    ],
    prepare: |platform, victim| Box::pin(prepare(platform, victim)),
    values: &[
        ("account", Meaning::named("{victim}", "{nobody}")),
        ("email", Meaning::plain("secreta@example.org")),
        ("password", Meaning::secret("marmot violin trench")),
        ("verify_token", Meaning::secret("verify token of the victim")),
        ("reset_token", Meaning::secret("reset token of the victim")),
        ("email_token", Meaning::secret("email token of the victim")),
        ("refresh_token", Meaning::secret("refresh token of the victim")),
        ("recovery_code", Meaning::secret("code0of0the0victim")),
        ("provider", Meaning::plain("nowhere")),
        ("linked_provider", Meaning::plain("linked")),
    ],
    cookies: &[("legwork_mfa", "challenge of the victim")],
    fill: include_str!("fill.sql"),
    ..Samples::NONE
};

/// The provider that the victim's account is linked with. Nothing is sent to it.
fn provider() -> Provider {
    Provider {
        id: "linked".into(),
        name: "Linked".into(),
        issuer: "https://linked.invalid".into(),
        client_id: String::new(),
        client_secret: String::new(),
        apple: None,
        scopes: Vec::new(),
        form_post: false,
    }
}

/// An authenticator app that is not confirmed yet, and the code that it shows.
async fn prepare(platform: Platform, victim: Uuid) -> Result<Vec<Value>, Error> {
    let mut tx = platform.database.begin_as(victim).await?;
    let code = mfa::add_totp(&platform, &mut tx).await?;
    tx.commit().await?;
    Ok(vec![("code", Meaning::Secret(code.into()))])
}
