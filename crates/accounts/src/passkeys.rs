//! Passkeys (`WebAuthn`): adding one to an account, and signing in with one, which counts as both factors at once.

use chrono::TimeDelta;
use domain::accounts::Viewer;
use domain::audit::AuditAction;
use domain::{FieldErrors, ProblemKind};
use platform::secrets;
use platform::{Error, Platform, Tx};
use serde_json::{Value, json};
use uuid::Uuid;
use webauthn_rs::prelude::{DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::audit::audit;
use crate::authorisation::require_confirmed;
use crate::mfa::ensure_recovery_codes;
use crate::notices;
use crate::queries::passkeys as queries;
use crate::sessions::{NewSession, insert_session, mark_reauthenticated, signed_in};

/// How long the browser has to answer a challenge.
const CHALLENGE_TTL: TimeDelta = TimeDelta::minutes(5);

/// What the browser has to sign, and the ticket that it sends back with its answer.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct Challenge {
    /// Identifies this challenge; works once.
    pub(crate) ticket: String,
    /// `PublicKeyCredentialCreationOptionsJSON` or `PublicKeyCredentialRequestOptionsJSON`.
    pub(crate) options: Value,
}

/// Starts to add a passkey.
pub(crate) async fn begin_passkey(platform: &Platform, viewer: &Viewer) -> Result<Challenge, Error> {
    require_confirmed(viewer)?;
    let mut tx = platform.database.begin_as(viewer.id).await?;
    let known = queries::credential_ids(&mut tx, viewer.id).await?;
    drop(tx);
    let (challenge, state) =
        relying_party(platform)?.start_passkey_registration(viewer.id, &viewer.email, &viewer.name, Some(known)).map_err(internal)?;
    let mut options = serde_json::to_value(challenge.public_key)?;
    // A passkey that the browser can find by itself, so that signing in needs no address.
    options["authenticatorSelection"]["residentKey"] = json!("required");
    options["authenticatorSelection"]["requireResidentKey"] = json!(true);
    store_challenge(platform, options, &json!({ "account": viewer.id, "state": serde_json::to_value(state)? })).await
}

/// Adds the passkey that the browser created. Returns recovery codes if the account had none.
pub(crate) async fn finish_passkey(
    platform: &Platform,
    viewer: &Viewer,
    ticket: &str,
    name: &str,
    answer: Value,
) -> Result<Option<Vec<String>>, Error> {
    require_confirmed(viewer)?;
    let name: String = name.trim().chars().take(80).collect();
    if name.is_empty() {
        let mut fields = FieldErrors::default();
        fields.add("name", "A name of 1 to 80 characters, such as “phone”.");
        fields.into_result()?;
    }
    let challenge = take_challenge(platform, ticket).await?;
    // Another account's ticket is not valid.
    if challenge["account"] != json!(viewer.id) {
        return Err(too_late());
    }
    let state: PasskeyRegistration = serde_json::from_value(challenge["state"].clone())?;
    let answer: RegisterPublicKeyCredential = serde_json::from_value(answer).map_err(|_| refused())?;
    let passkey = relying_party(platform)?.finish_passkey_registration(&answer, &state).map_err(|e| rejected(&e))?;
    let now = platform.clock.now();
    let mut tx = platform.database.begin_as(viewer.id).await?;
    let credential = serde_json::to_value(&passkey)?;
    let id = platform.ids.uuid(now);
    let row = queries::Insert { id, account: viewer.id, credential_id: passkey.cred_id().as_ref(), name: &name, credential: &credential, now };
    queries::insert(&mut tx, row).await?;
    audit(&mut tx, viewer.id, AuditAction::PasskeyAdded, json!({})).await?;
    let codes = ensure_recovery_codes(platform, &mut tx).await?;
    notices::notify_login_method_change(platform, &mut tx, viewer, "A passkey was added to your account on Legwork.").await?;
    tx.commit().await?;
    Ok(codes)
}

/// Removes a passkey.
pub(crate) async fn remove_passkey(platform: &Platform, viewer: &Viewer, id: Uuid) -> Result<(), Error> {
    let mut tx = platform.database.begin_as(viewer.id).await?;
    if !queries::delete(&mut tx, viewer.id, id).await? {
        return Err(Error::not_found("passkey"));
    }
    audit(&mut tx, viewer.id, AuditAction::PasskeyRemoved, json!({})).await?;
    notices::notify_login_method_change(platform, &mut tx, viewer, "A passkey was removed from your account on Legwork.").await?;
    tx.commit().await
}

/// Starts to sign in, or to reauthenticate, with whatever passkey the browser has.
pub(crate) async fn begin_passkey_sign_in(platform: &Platform) -> Result<Challenge, Error> {
    let (challenge, state) = relying_party(platform)?.start_discoverable_authentication().map_err(internal)?;
    store_challenge(platform, serde_json::to_value(challenge.public_key)?, &serde_json::to_value(state)?).await
}

/// Signs in with a passkey. The authenticator has verified its user, so no second factor is required.
pub(crate) async fn finish_passkey_sign_in(platform: &Platform, ticket: &str, answer: Value) -> Result<NewSession, Error> {
    let mut tx = verify_assertion(platform, ticket, answer).await?;
    let token = insert_session(platform, &mut tx).await?;
    tx.commit().await?;
    signed_in(platform, token).await
}

/// Reauthenticates a session with a passkey. Returns the session's new token.
pub(crate) async fn reauthenticate_with_passkey(
    platform: &Platform,
    viewer: &Viewer,
    token: &str,
    ticket: &str,
    answer: Value,
) -> Result<String, Error> {
    let tx = verify_assertion(platform, ticket, answer).await?;
    if tx.viewer()? != viewer.id {
        return Err(Error::problem(ProblemKind::Invalid, "That passkey opens another account."));
    }
    tx.commit().await?;
    mark_reauthenticated(platform, viewer, token).await
}

/// A transaction as the owner of the passkey that answered. The passkey's row stays locked in it: removing the passkey waits, and then finds the
/// session that it opened.
async fn verify_assertion(platform: &Platform, ticket: &str, answer: Value) -> Result<Tx, Error> {
    let party = relying_party(platform)?;
    let state: DiscoverableAuthentication = serde_json::from_value(take_challenge(platform, ticket).await?)?;
    let answer: PublicKeyCredential = serde_json::from_value(answer).map_err(|_| refused())?;
    let (account, credential) = party.identify_discoverable_authentication(&answer).map_err(|e| rejected(&e))?;
    // As the claimed account: a wrong claim finds no passkey there.
    let mut tx = platform.database.begin_as(account).await?;
    let (id, credential) = queries::lock(&mut tx, account, credential).await?.ok_or_else(refused)?;
    let mut passkey: Passkey = serde_json::from_value(credential)?;
    let result = party.finish_discoverable_authentication_v2(&answer, state, &passkey).map_err(|e| rejected(&e))?;
    passkey.update_credential(&result);
    queries::record_use(&mut tx, id, &serde_json::to_value(&passkey)?, platform.clock.now()).await?;
    Ok(tx)
}

async fn store_challenge(platform: &Platform, options: Value, state: &Value) -> Result<Challenge, Error> {
    let (ticket, now) = (secrets::token(&platform.ids), platform.clock.now());
    let mut tx = platform.database.begin_anonymous().await?;
    queries::store_challenge(&mut tx, &ticket, state, now, now + CHALLENGE_TTL).await?;
    tx.commit().await?;
    Ok(Challenge { ticket, options })
}

async fn take_challenge(platform: &Platform, ticket: &str) -> Result<Value, Error> {
    let mut tx = platform.database.begin_anonymous().await?;
    let state = queries::take_challenge(&mut tx, ticket, platform.clock.now()).await?.ok_or_else(too_late)?;
    tx.commit().await?;
    Ok(state)
}

fn relying_party(platform: &Platform) -> Result<Webauthn, Error> {
    let url = platform.config.server.public_url();
    let host = url.host_str().unwrap_or_default().to_owned();
    WebauthnBuilder::new(&host, &url).and_then(|b| b.rp_name("Legwork").build()).map_err(internal)
}

fn too_late() -> Error {
    Error::problem(ProblemKind::Invalid, "That took too long. Try again.")
}

fn refused() -> Error {
    Error::problem(ProblemKind::Invalid, "That passkey does not work here. It may have been removed.")
}

fn rejected(error: &webauthn_rs::prelude::WebauthnError) -> Error {
    tracing::info!(%error, "a passkey was refused");
    refused()
}

fn internal(error: webauthn_rs::prelude::WebauthnError) -> Error {
    Error::internal("passkeys", &error)
}
