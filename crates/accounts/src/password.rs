//! Passwords: hashed by argon2id with the cost of the settings, and refused when they are commonly guessed or known from a breach.

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};

use argon2::password_hash::{Output, ParamsString, PasswordHash, Salt, SaltString};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use domain::FieldErrors;
use domain::accounts::check_password;
use platform::config::Security;
use platform::{BoundedQueue, Error, Platform};
use sha1::{Digest, Sha1};
use zxcvbn::{Score, zxcvbn};

/// Passwords that may wait to be hashed, for each that is being hashed: a second or two of work.
const MAX_WAITING_PER_CORE: usize = 32;

/// Each hash needs the memory that makes guessing expensive, some 20 MB, so this process computes as many at a time as it has processors.
static HASHING: LazyLock<BoundedQueue> = LazyLock::new(|| {
    let at_a_time = std::thread::available_parallelism().map_or(1, usize::from);
    BoundedQueue::new(at_a_time, at_a_time * MAX_WAITING_PER_CORE)
});

pub(crate) async fn hash(platform: &Platform, password: String) -> Result<String, Error> {
    let salt = SaltString::encode_b64(&platform.ids.bytes::<16>()).map_err(|e| Error::Internal(e.to_string()))?;
    let cost = cost(&platform.config.security)?;
    let work = move || {
        let hash = Some(derived(&password, salt.as_salt(), &cost)?);
        let params = ParamsString::try_from(&cost)?;
        let version = Some(Version::V0x13.into());
        let made = PasswordHash { algorithm: Algorithm::Argon2id.ident(), version, params, salt: Some(salt.as_salt()), hash };
        Ok::<_, argon2::password_hash::Error>(made.to_string())
    };
    HASHING.run(work).await?.map_err(|e| Error::Internal(e.to_string()))
}

/// Memory of finished hashes, for the next ones: a block for each hash at a time, and never more. Allocated afresh each time, it would stay
/// with the allocator once for every thread that ever hashed.
static MEMORY: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());

fn derived(password: &str, salt: Salt<'_>, cost: &Params) -> Result<Output, argon2::password_hash::Error> {
    let mut bytes = [0; Salt::MAX_LENGTH];
    let salt = salt.decode_b64(&mut bytes)?;
    let mut memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
    memory.resize(cost.block_count(), Block::default());
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.clone());
    let hash = Output::init_with(cost.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN), |out| {
        Ok(argon2.hash_password_into_with_memory(password.as_bytes(), salt, out, &mut memory)?)
    });
    // Leaves nothing of the password in it.
    memory.fill(Block::default());
    MEMORY.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
    hash
}

/// Whether a password is the one behind a stored hash, at whatever cost that was made.
fn is_of(password: &str, stored: &PasswordHash<'_>) -> bool {
    let Some((salt, hash)) = stored.salt.zip(stored.hash) else { return false };
    let argon2id = stored.algorithm == Algorithm::Argon2id.ident() && stored.version == Some(Version::V0x13.into());
    // Outputs are compared in constant time.
    argon2id && Params::try_from(stored).is_ok_and(|cost| derived(password, salt, &cost).is_ok_and(|made| made == hash))
}

/// Verifying against no account takes as long as against a real one, so that timing does not reveal which accounts exist.
pub(crate) async fn verify(platform: &Platform, stored: Option<String>, password: String) -> Result<bool, Error> {
    let settings = &platform.config.security;
    let dummy_hash = format!(
        "$argon2id$v=19$m={},t={},p={}$bGVnd29yay1ub2JvZHk$0000000000000000000000000000000000000000000",
        settings.argon2_memory_kib, settings.argon2_iterations, settings.argon2_parallelism
    );
    HASHING
        .run(move || {
            // An account with only an external identity has no password.
            let stored = stored.filter(|hash| !hash.is_empty());
            let known = stored.is_some();
            let stored = stored.unwrap_or(dummy_hash);
            PasswordHash::new(&stored).is_ok_and(|hash| is_of(&password, &hash)) && known
        })
        .await
}

/// Whether a hash was made at another cost than the settings require now.
pub(crate) fn needs_rehash(stored: &str, settings: &Security) -> bool {
    let cost = PasswordHash::new(stored).ok().and_then(|h| Params::try_from(&h).ok());
    cost.is_none_or(|p| (p.m_cost(), p.t_cost(), p.p_cost()) != (settings.argon2_memory_kib, settings.argon2_iterations, settings.argon2_parallelism))
}

/// All checks of a new password. The length is checked in the browser, too; the lists only here.
pub(crate) async fn check_new(platform: &Platform, errors: &mut FieldErrors, field: &str, password: &str, about: &[&str]) -> Result<(), Error> {
    check_password(errors, field, password);
    if errors.get(field).is_some() {
        return Ok(());
    }
    let (platform, password) = (platform.clone(), password.to_owned());
    let about: Vec<String> = about.iter().map(|&word| word.to_owned()).collect();
    // Estimating its strength takes a while, and so does a list on disk.
    let refused = HASHING.run(move || refusal(&password, &about, &platform.config.security)).await??;
    if let Some(sentence) = refused {
        errors.add(field, sentence);
    }
    Ok(())
}

/// Why a password of the right length is refused.
fn refusal(password: &str, about: &[String], settings: &Security) -> Result<Option<&'static str>, Error> {
    let about: Vec<&str> = about.iter().map(String::as_str).collect();
    if zxcvbn(password, &about).score() < Score::Two {
        return Ok(Some("That is among the first passwords that attackers try. Three random words will do."));
    }
    let known = settings.pwned_passwords_file.as_ref().map(|list| breached(list, password)).transpose()?;
    Ok((known == Some(true)).then_some("That password was in a breach somewhere, so attackers have it. Choose another."))
}

/// Looks a password up in the sorted Pwned Passwords download by binary search: some thirty reads of a line.
fn breached(list: &Path, password: &str) -> Result<bool, Error> {
    let wanted = platform::hex(&Sha1::digest(password.as_bytes())).to_uppercase();
    let file = std::fs::File::open(list)?;
    let (mut low, mut high) = (0, file.metadata()?.len());
    let mut reader = BufReader::with_capacity(512, file);
    // Invariant: the line, if there is one, starts in [low, high).
    while low < high {
        let middle = low.midpoint(high);
        reader.seek(SeekFrom::Start(middle))?;
        let mut start = middle;
        if middle > 0 {
            // The line that contains the byte before belongs to the left half.
            reader.seek(SeekFrom::Start(middle - 1))?;
            start = middle - 1 + reader.skip_until(b'\n')? as u64;
        }
        let mut line = Vec::new();
        reader.by_ref().take(200).read_until(b'\n', &mut line)?;
        let found = String::from_utf8_lossy(line.get(..40).unwrap_or_default()).to_uppercase();
        match found.as_str() {
            "" => high = middle,
            found if found == wanted => return Ok(true),
            found if found < wanted.as_str() => low = start + line.len() as u64,
            _ => high = middle,
        }
    }
    Ok(false)
}

fn cost(settings: &Security) -> Result<Params, Error> {
    let cost = Params::new(settings.argon2_memory_kib, settings.argon2_iterations, settings.argon2_parallelism, None);
    cost.map_err(|e| Error::Internal(format!("security.argon2: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(password: &str, settings: &Security) -> Option<String> {
        let mut errors = FieldErrors::default();
        check_password(&mut errors, "password", password);
        let about = ["kim", "kim@example.org"].map(str::to_owned);
        errors.get("password").map(str::to_owned).or_else(|| refusal(password, &about, settings).unwrap().map(str::to_owned))
    }

    #[test]
    fn common_passwords_are_refused_and_three_words_are_not() {
        let settings = Security::default();
        for weak in ["short", "password123", "qwertyuiop", "1234567890", "aaaaaaaaaaaa", "kim@example.org"] {
            assert!(sentence(weak, &settings).is_some(), "{weak}");
        }
        for good in ["correct horse battery", "marmot violin trench"] {
            assert_eq!(sentence(good, &settings), None);
        }
    }

    #[test]
    fn hashes_are_those_of_the_library_and_their_memory_is_used_again() {
        use argon2::{PasswordHasher, PasswordVerifier};
        let small = Params::new(64, 2, 1, None).unwrap();
        let library = Argon2::new(Algorithm::Argon2id, Version::V0x13, small.clone());
        let salt = SaltString::encode_b64(&[7; 16]).unwrap();
        let theirs = library.hash_password(b"marmot violin", &salt).unwrap();
        assert_eq!(theirs.hash, Some(derived("marmot violin", salt.as_salt(), &small).unwrap()));
        assert!(is_of("marmot violin", &theirs) && !is_of("marmot viola", &theirs));
        assert!(library.verify_password(b"marmot violin", &theirs).is_ok());
        // Another cost takes the same memory, larger or smaller.
        let large = Params::new(256, 1, 1, None).unwrap();
        let other = Argon2::new(Algorithm::Argon2id, Version::V0x13, large).hash_password(b"marmot violin", &salt).unwrap().to_string();
        for _ in 0..8 {
            assert!(is_of("marmot violin", &PasswordHash::new(&other).unwrap()) && is_of("marmot violin", &theirs));
        }
        assert_eq!(MEMORY.lock().unwrap().len(), 1);
        assert!(MEMORY.lock().unwrap()[0].iter().all(|block| block.as_ref().iter().all(|word| *word == 0)), "nothing stays in it");
    }

    #[test]
    fn every_line_of_a_breach_list_is_found_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("list");
        let known: Vec<String> = (0..200).map(|i| format!("marmot violin {i}")).collect();
        let mut lines: Vec<String> = known
            .iter()
            .enumerate()
            .map(|(i, p)| format!("{}:{}", platform::hex(&Sha1::digest(p)).to_uppercase(), 10_u32.pow(i as u32 % 6)))
            .collect();
        lines.sort();
        std::fs::write(&list, lines.join("\r\n") + "\r\n").unwrap();
        let settings = Security { pwned_passwords_file: Some(list.clone()), ..Security::default() };
        for password in &known {
            assert!(breached(&list, password).unwrap(), "{password}");
        }
        for i in 0..200 {
            assert!(!breached(&list, &format!("trench violin {i}")).unwrap());
        }
        assert!(sentence(&known[7], &settings).unwrap().contains("breach"));
        std::fs::write(&list, "").unwrap();
        assert!(!breached(&list, "anything").unwrap());
    }
}
