//! Work of which an account has one piece under way: its second one waits for the first, and others' do not.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use tokio::sync::{Mutex as Turn, OwnedMutexGuard};
use uuid::Uuid;

use crate::{Error, compute};

/// The turns of the accounts that have something under way in this process.
static ACCOUNT_LOCKS: LazyLock<Mutex<HashMap<Uuid, Weak<Turn<()>>>>> = LazyLock::new(Mutex::default);

/// An account's turn; the next piece of its work begins when this is dropped.
#[must_use = "the turn is over when this is dropped"]
pub struct AccountGuard(#[expect(dead_code, reason = "held, not looked at")] OwnedMutexGuard<()>);

/// Waits until nothing else of the account is under way.
pub async fn lock_account(account: Uuid) -> AccountGuard {
    let turn = {
        let mut all = ACCOUNT_LOCKS.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, turn| turn.strong_count() > 0);
        let turn = all.get(&account).and_then(Weak::upgrade).unwrap_or_default();
        all.insert(account, Arc::downgrade(&turn));
        turn
    };
    AccountGuard(turn.lock_owned().await)
}

/// [`compute`] for what a person sends: one piece at a time for each account. Who goes away does not begin a second one by it, because the
/// turn is held until what has begun is finished.
pub async fn compute_for_account<T: Send + 'static>(account: Uuid, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let turn = lock_account(account).await;
    compute(move || {
        let _turn = turn;
        work()
    })
    .await
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
        drop(second.await.expect("its turn"));
        drop(lock_account(kim).await);
    }
}
