//! Passwords, hashed by argon2id with the library's defaults (OWASP's first recommendation: 19 MiB, two passes).

use argon2::password_hash::{PasswordHash, SaltString};
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use platform::{Error, Ids};

/// A hash of no password: verifying against it takes as long as against a real one, so that timing does not tell who exists.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bGVnd29yay1ub2JvZHk$0000000000000000000000000000000000000000000";

pub(crate) async fn hash(ids: &Ids, password: String) -> Result<String, Error> {
    let salt = SaltString::encode_b64(&ids.bytes::<16>()).map_err(|e| Error::Stored(e.to_string()))?;
    let work = move || Argon2::default().hash_password(password.as_bytes(), &salt).map(|h| h.to_string());
    blocking(work).await?.map_err(|e| Error::Stored(e.to_string()))
}

pub(crate) async fn verify(stored: Option<String>, password: String) -> Result<bool, Error> {
    blocking(move || {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| NOBODY.to_owned());
        PasswordHash::new(&stored).is_ok_and(|h| Argon2::default().verify_password(password.as_bytes(), &h).is_ok()) && known
    })
    .await
}

/// Hashing takes tens of milliseconds on purpose: off the threads that serve requests.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::Stored(e.to_string()))
}
