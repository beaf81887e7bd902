//! Secrets at rest: encrypted with a key ring, so that a stolen database reveals none of them and a key can be rotated.

use std::fmt::Write;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

use crate::config::Security;
use crate::{Error, Ids, decode_hex, hex};

const NONCE: usize = 24;
/// The most of a key's name.
const NAME_BYTES: usize = 32;

/// A token of 256 random bits, as it is sent: in a cookie, an email, or by an API client.
#[must_use]
pub fn token(ids: &Ids) -> String {
    hex(&ids.bytes::<32>())
}

/// What is stored of a token. A plain hash is enough for at least 80 random bits.
#[must_use]
pub fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Named keys; the first encrypts, all decrypt. Cheap to clone.
#[derive(Clone)]
pub struct KeyRing(Arc<Vec<(String, XChaCha20Poly1305)>>);

impl KeyRing {
    /// The ring of the configuration, or of the file `keys` in the data folder, which is created if there is none.
    pub fn open(settings: &Security, data: &Path, ids: &Ids) -> Result<Self, Error> {
        if let Some(keys) = &settings.encryption_keys {
            return Self::parse(keys, settings.is_production());
        }
        let path = data.join("keys");
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text, settings.is_production()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let line = new_key("first", ids);
                replace(&path, &line)?;
                Self::parse(&line, false)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Reads `name:64 hexadecimal digits`, separated by commas or line ends.
    fn parse(text: &str, production: bool) -> Result<Self, Error> {
        let mut ring = Vec::new();
        for entry in entries(text) {
            let (name, digits) = entry.split_once(':').ok_or_else(|| wrong("an entry has no name"))?;
            let bytes = decode_hex(digits).filter(|b| b.len() == 32).ok_or_else(|| wrong("a key is not 64 hexadecimal digits"))?;
            if name.is_empty() || name.len() > NAME_BYTES {
                return Err(wrong(&format!("a key’s name has one to {NAME_BYTES} characters")));
            }
            // As in examples and tests: one byte over and over.
            if production && bytes.iter().all(|b| *b == bytes[0]) {
                return Err(wrong("an example key protects nothing; generate one with `openssl rand -hex 32`"));
            }
            let key = Key::try_from(bytes.as_slice()).map_err(|_| wrong("a key is not 64 hexadecimal digits"))?;
            ring.push((name.to_owned(), XChaCha20Poly1305::new(&key)));
        }
        if ring.is_empty() {
            return Err(wrong("there is no key in it"));
        }
        Ok(Self(Arc::new(ring)))
    }

    /// Encrypts a secret with the current key. `context` says what and whose it is: the result decrypts in no other context.
    pub fn seal(&self, ids: &Ids, context: &str, secret: &[u8]) -> Result<Vec<u8>, Error> {
        let (name, cipher) = &self.0[0];
        let nonce = ids.bytes::<NONCE>();
        let sealed = cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: context.as_bytes() })
            .map_err(|_| Error::Internal("a secret could not be sealed".into()))?;
        Ok([&[name.len() as u8], name.as_bytes(), &nonce, &sealed].concat())
    }

    /// Decrypts what [`Self::seal`] made with any key of the ring.
    pub fn open_sealed(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let fault = || Error::Internal("a secret does not open: its key is not in the ring, or it was changed".into());
        let (name, rest) = name_of(sealed).ok_or_else(fault)?;
        let (nonce, body) = rest.split_at_checked(NONCE).ok_or_else(fault)?;
        let cipher = &self.0.iter().find(|(known, _)| known.as_bytes() == name).ok_or_else(fault)?.1;
        let nonce = XNonce::try_from(nonce).map_err(|_| fault())?;
        cipher.decrypt(&nonce, Payload { msg: body, aad: context.as_bytes() }).map_err(|_| fault())
    }

    /// Whether it was encrypted with the current key.
    #[must_use]
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        name_of(sealed).is_some_and(|(name, _)| name == self.0[0].0.as_bytes())
    }
}

/// Puts a new key first in the file's ring; the old ones still decrypt what they encrypted. A name that the ring could not be read back with is refused
/// before anything is written.
pub fn rotate_keys(data: &Path, name: &str, ids: &Ids) -> Result<(), Error> {
    if name.is_empty() || name.len() > NAME_BYTES || name.chars().any(|c| c.is_whitespace() || c.is_control() || c == ':' || c == ',') {
        return Err(wrong(&format!(
            "The name of a key has one to {NAME_BYTES} characters, and no colon, comma or space, such as the year. Nothing was changed."
        )));
    }
    let path = data.join("keys");
    let before = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error.into()),
    };
    if entries(&before).any(|entry| entry.split_once(':').is_some_and(|(known, _)| known == name)) {
        return Err(wrong(&format!("There is a key {name} already. Nothing was changed.")));
    }
    replace(&path, &format!("{}{before}", new_key(name, ids)))
}

/// Removes all keys of the file but the current one. Only once nothing is encrypted with the others any more.
pub fn prune_keys(data: &Path) -> Result<(), Error> {
    let path = data.join("keys");
    let text = std::fs::read_to_string(&path)?;
    replace(&path, &entries(&text).take(1).fold(String::new(), |all, entry| all + entry + "\n"))
}

fn new_key(name: &str, ids: &Ids) -> String {
    let mut line = String::new();
    let _ = writeln!(line, "{name}:{}", hex(&ids.bytes::<32>()));
    line
}

/// The entries of a ring, not yet checked.
fn entries(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', '\n']).map(str::trim).filter(|entry| !entry.is_empty())
}

/// Replaces the file in one step, readable by the server's user alone, and only by a ring that can be read: with any other the next start is refused.
fn replace(path: &Path, text: &str) -> Result<(), Error> {
    KeyRing::parse(text, false)?;
    let part = path.with_extension("part");
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
    io::Write::write_all(&mut file, text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(part, path)?;
    // The rename outlives a power cut only once its folder is written.
    if let Some(folder) = path.parent() {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn name_of(sealed: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = sealed.split_first()?;
    rest.split_at_checked(usize::from(*length))
}

/// For the operator, who reads it at the start or after a command.
fn wrong(what: &str) -> Error {
    Error::Setup(what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(keys: &str) -> KeyRing {
        KeyRing::parse(keys, false).unwrap()
    }

    fn key(name: &str, digit: char) -> String {
        format!("{name}:{}", digit.to_string().repeat(64))
    }

    #[test]
    fn a_secret_opens_with_its_key_and_in_its_place_alone() {
        let ids = Ids::seeded(1);
        let (old, other) = (key("old", '1'), key("new", '2'));
        let sealed = ring(&old).seal(&ids, "authenticator of kim", b"secret").unwrap();
        assert!(!sealed.windows(6).any(|w| w == b"secret"));
        assert_eq!(ring(&old).open_sealed("authenticator of kim", &sealed).unwrap(), b"secret");
        assert!(ring(&old).open_sealed("authenticator of sam", &sealed).is_err());
        assert!(ring(&other).open_sealed("authenticator of kim", &sealed).is_err());
        let both = ring(&format!("{other},{old}"));
        assert_eq!(both.open_sealed("authenticator of kim", &sealed).unwrap(), b"secret");
        assert!(!both.is_current(&sealed) && ring(&old).is_current(&sealed));
        for cut in 0..sealed.len() {
            assert!(ring(&old).open_sealed("authenticator of kim", &sealed[..cut]).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn the_file_is_made_once_grows_in_front_and_forgets() {
        let folder = tempfile::tempdir().unwrap();
        let (ids, settings) = (Ids::seeded(1), Security::default());
        let sealed = KeyRing::open(&settings, folder.path(), &ids).unwrap().seal(&ids, "x", b"y").unwrap();
        rotate_keys(folder.path(), "second", &ids).unwrap();
        assert!(rotate_keys(folder.path(), "second", &ids).is_err());
        let rotated = KeyRing::open(&settings, folder.path(), &ids).unwrap();
        assert_eq!((rotated.open_sealed("x", &sealed).unwrap(), rotated.is_current(&sealed)), (b"y".to_vec(), false));
        prune_keys(folder.path()).unwrap();
        assert!(KeyRing::open(&settings, folder.path(), &ids).unwrap().open_sealed("x", &sealed).is_err());
    }

    #[test]
    fn a_name_that_the_ring_cannot_be_read_with_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (ids, settings) = (Ids::seeded(1), Security::default());
        let sealed = KeyRing::open(&settings, folder.path(), &ids).unwrap().seal(&ids, "x", b"y").unwrap();
        let before = std::fs::read_to_string(folder.path().join("keys")).unwrap();
        let injected = format!("{},n", key("other", '1'));
        for name in ["", " ", "2026:07", "a,b", "a\nb", "a\rb", "a b", " a", &"n".repeat(33), &"é".repeat(17), "first", &injected] {
            let refused = rotate_keys(folder.path(), name, &ids).unwrap_err().to_string();
            assert!(refused.contains("Nothing was changed") && !refused.contains("internal"), "{name:?}: {refused}");
            assert_eq!(std::fs::read_to_string(folder.path().join("keys")).unwrap(), before, "{name:?}");
        }
        rotate_keys(folder.path(), &"n".repeat(32), &ids).unwrap();
        assert_eq!(KeyRing::open(&settings, folder.path(), &ids).unwrap().open_sealed("x", &sealed).unwrap(), b"y");
        let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["keys"], "nothing half written is left");
    }

    #[test]
    fn the_current_key_stays_however_the_operator_wrote_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let (ids, settings) = (Ids::seeded(1), Security::default());
        std::fs::write(folder.path().join("keys"), format!("\n {},{}\n", key("now", '1'), key("old", '2'))).unwrap();
        let sealed = KeyRing::open(&settings, folder.path(), &ids).unwrap().seal(&ids, "x", b"y").unwrap();
        assert!(rotate_keys(folder.path(), "old", &ids).is_err(), "on a line with another");
        prune_keys(folder.path()).unwrap();
        assert_eq!(KeyRing::open(&settings, folder.path(), &ids).unwrap().open_sealed("x", &sealed).unwrap(), b"y");
    }

    #[test]
    fn wrong_rings_are_refused_and_examples_in_production() {
        for text in ["", "name", "n:12", ":00", &key("n", 'x')] {
            assert!(KeyRing::parse(text, false).is_err(), "{text}");
        }
        assert!(KeyRing::parse(&key("example", '0'), false).is_ok());
        assert!(KeyRing::parse(&key("example", '0'), true).is_err());
    }
}
