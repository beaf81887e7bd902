//! Apple's client secret: a token that names the client, signed with the key that Apple issued.
//!
//! Source: Apple, "Creating a client secret", <https://developer.apple.com/documentation/accountorganizationaldatasharing/creating-a-client-secret>;
//! RFC 7515 for the serialisation, RFC 7518 section 3.4 for ES256.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::DecodePrivateKey;
use platform::Error;
use platform::config::AppleKey;

/// How long a secret is valid; it is used at once.
const CLIENT_SECRET_TTL: TimeDelta = TimeDelta::minutes(5);
/// Its audience.
const AUDIENCE: &str = "https://appleid.apple.com";

/// A secret for `client`, valid for five minutes.
pub(crate) fn client_secret(key: &AppleKey, client: &str, now: DateTime<Utc>) -> Result<String, Error> {
    let pem = std::fs::read_to_string(&key.key_file)?;
    let signer = SigningKey::from_pkcs8_pem(&pem).map_err(|e| Error::internal(&format!("{} is not a key from Apple", key.key_file.display()), &e))?;
    let header = serde_json::json!({ "alg": "ES256", "kid": key.key_id });
    let claims = serde_json::json!({
        "iss": key.team_id, "iat": now.timestamp(), "exp": (now + CLIENT_SECRET_TTL).timestamp(), "aud": AUDIENCE, "sub": client,
    });
    let encode = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(&header), encode(&claims));
    let signature: Signature = signer.sign(signed.as_bytes());
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes())))
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier;
    use p256::pkcs8::{EncodePrivateKey, LineEnding};

    use super::*;

    #[test]
    fn a_secret_is_signed_by_the_key_and_names_the_client() {
        let key = SigningKey::from_slice(&[7; 32]).expect("a key");
        let file = tempfile::NamedTempFile::new().expect("file");
        std::fs::write(file.path(), key.to_pkcs8_pem(LineEnding::LF).expect("PEM")).expect("written");
        let settings = AppleKey { team_id: "TEAM".into(), key_id: "KEY".into(), key_file: file.path().into() };
        let now = DateTime::from_timestamp(1_790_000_000, 0).expect("a moment");
        let secret = client_secret(&settings, "org.example.legwork", now).expect("signed");
        let (signed, signature) = secret.rsplit_once('.').expect("three parts");
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).expect("base64")).expect("64 bytes");
        VerifyingKey::from(&key).verify(signed.as_bytes(), &signature).expect("the key's own");
        let parts: Vec<serde_json::Value> =
            signed.split('.').map(|p| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(p).expect("base64")).expect("JSON")).collect();
        assert_eq!(parts[0], serde_json::json!({ "alg": "ES256", "kid": "KEY" }));
        assert_eq!((parts[1]["iss"].as_str(), parts[1]["sub"].as_str()), (Some("TEAM"), Some("org.example.legwork")));
        assert_eq!((parts[1]["aud"].as_str(), parts[1]["exp"].as_i64()), (Some(AUDIENCE), Some(1_790_000_300)));
        std::fs::write(file.path(), "no key").expect("written");
        assert!(client_secret(&settings, "x", now).is_err());
    }
}
