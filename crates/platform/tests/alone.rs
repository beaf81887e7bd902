//! In a separate process: it takes permits that other tests count.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use platform::{ChargedTo, compute_for_account, with_heavy_permit};
use uuid::Uuid;

#[tokio::test]
async fn a_cancelled_caller_keeps_its_turn_until_the_work_is_done() {
    let (kim, sam) = (Uuid::from_u128(3), Uuid::from_u128(4));
    let (sender, receiver) = std::sync::mpsc::channel::<()>();
    let (started, has_started) = tokio::sync::oneshot::channel();
    let first = tokio::spawn(compute_for_account(kim, move || {
        let _ = started.send(());
        receiver.recv()
    }));
    has_started.await.expect("started");
    first.abort();
    assert!(first.await.is_err());
    let ran = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&ran);
    let second = tokio::spawn(compute_for_account(kim, move || flag.store(true, Ordering::SeqCst)));
    // Later work of another account is done one by one: the second piece would have run by then, too.
    for _ in 0..20 {
        compute_for_account(sam, || ()).await.expect("done");
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    assert!(!ran.load(Ordering::SeqCst), "two pieces of one account's work at once");
    sender.send(()).expect("received");
    second.await.expect("waited for").expect("done");
    assert!(ran.load(Ordering::SeqCst));
}

#[tokio::test]
async fn a_cancelled_computation_keeps_its_turn_until_the_work_is_done() {
    let kim = Uuid::from_u128(5);
    let (sender, receiver) = std::sync::mpsc::channel::<()>();
    let (started, has_started) = tokio::sync::oneshot::channel();
    let work = platform::compute(move || {
        let _ = started.send(());
        receiver.recv()
    });
    let first = tokio::spawn(with_heavy_permit(ChargedTo::SharedBy(kim), work));
    has_started.await.expect("started");
    first.abort();
    assert!(first.await.is_err());
    let mut second = Box::pin(with_heavy_permit(ChargedTo::SharedBy(kim), async { Ok(()) }));
    assert!(futures::poll!(second.as_mut()).is_pending(), "two pieces charged to one athlete at once");
    // Views by others do not use the athlete's own lock.
    with_heavy_permit(ChargedTo::Account(kim), async { Ok(()) }).await.expect("done");
    sender.send(()).expect("received");
    second.await.expect("done");
}
