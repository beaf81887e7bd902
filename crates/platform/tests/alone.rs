//! In a process of its own: it takes turns that other tests count.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use platform::{ChargedTo, compute_for_account, with_heavy_permit};
use uuid::Uuid;

#[tokio::test]
async fn whoever_goes_away_keeps_the_turn_until_the_work_is_done() {
    let (kim, sam) = (Uuid::from_u128(3), Uuid::from_u128(4));
    let (say, hear) = std::sync::mpsc::channel::<()>();
    let (begun, seen) = tokio::sync::oneshot::channel();
    let first = tokio::spawn(compute_for_account(kim, move || {
        let _ = begun.send(());
        hear.recv()
    }));
    seen.await.expect("begun");
    first.abort();
    assert!(first.await.is_err());
    let ran = Arc::new(AtomicBool::new(false));
    let marks = Arc::clone(&ran);
    let second = tokio::spawn(compute_for_account(kim, move || marks.store(true, Ordering::SeqCst)));
    // Pieces of another account that come after it are done one by one: it would have been, too.
    for _ in 0..20 {
        compute_for_account(sam, || ()).await.expect("done");
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    assert!(!ran.load(Ordering::SeqCst), "two pieces of one account at once");
    say.send(()).expect("heard");
    second.await.expect("waited for").expect("done");
    assert!(ran.load(Ordering::SeqCst));
}

#[tokio::test]
async fn whoever_goes_away_from_computing_keeps_that_turn_until_the_work_is_done() {
    let kim = Uuid::from_u128(5);
    let (say, hear) = std::sync::mpsc::channel::<()>();
    let (begun, seen) = tokio::sync::oneshot::channel();
    let work = platform::compute(move || {
        let _ = begun.send(());
        hear.recv()
    });
    let first = tokio::spawn(with_heavy_permit(ChargedTo::SharedBy(kim), work));
    seen.await.expect("begun");
    first.abort();
    assert!(first.await.is_err());
    let mut second = Box::pin(with_heavy_permit(ChargedTo::SharedBy(kim), async { Ok(()) }));
    assert!(futures::poll!(second.as_mut()).is_pending(), "two pieces of one athlete at once");
    // What strangers look at takes nothing of the athlete's own.
    with_heavy_permit(ChargedTo::Account(kim), async { Ok(()) }).await.expect("done");
    say.send(()).expect("heard");
    second.await.expect("done");
}
