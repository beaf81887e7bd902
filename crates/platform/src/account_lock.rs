//! One lock per account: a second piece of an account's work waits for the first, and other accounts' work does not.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use tokio::sync::{Mutex as Turn, OwnedMutexGuard};
use uuid::Uuid;

/// The locks of the accounts that have work in progress in this process.
static ACCOUNT_LOCKS: LazyLock<Mutex<HashMap<Uuid, Weak<Turn<()>>>>> = LazyLock::new(Mutex::default);

/// Holds an account's lock; the next piece of its work starts when this is dropped.
#[must_use = "the lock is released when this is dropped"]
pub struct AccountGuard(#[expect(dead_code, reason = "held, not read")] OwnedMutexGuard<()>);

/// Waits until no other work of the account is in progress.
pub async fn lock_account(account: Uuid) -> AccountGuard {
    let lock = {
        let mut all = ACCOUNT_LOCKS.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, lock| lock.strong_count() > 0);
        let lock = all.get(&account).and_then(Weak::upgrade).unwrap_or_default();
        all.insert(account, Arc::downgrade(&lock));
        lock
    };
    AccountGuard(lock.lock_owned().await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_second_piece_of_an_account_waits_and_others_do_not() {
        let (kim, sam) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let first = lock_account(kim).await;
        let _other = lock_account(sam).await;
        let second = tokio::spawn(lock_account(kim));
        tokio::task::yield_now().await;
        assert!(!second.is_finished());
        drop(first);
        drop(second.await.expect("locked"));
        drop(lock_account(kim).await);
    }
}
