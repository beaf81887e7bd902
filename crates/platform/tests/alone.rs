//! In a process of its own: it takes turns that other tests count.

use platform::compute_alone;
use uuid::Uuid;

#[tokio::test]
async fn whoever_goes_away_keeps_the_turn_until_the_work_is_done() {
    let kim = Uuid::from_u128(3);
    let (say, hear) = std::sync::mpsc::channel::<()>();
    let (begun, seen) = tokio::sync::oneshot::channel();
    let first = tokio::spawn(compute_alone(kim, move || {
        let _ = begun.send(());
        hear.recv()
    }));
    seen.await.expect("begun");
    first.abort();
    assert!(first.await.is_err());
    let second = tokio::spawn(compute_alone(kim, || 2));
    tokio::task::yield_now().await;
    assert!(!second.is_finished());
    say.send(()).expect("heard");
    assert_eq!(second.await.expect("waited for").expect("done"), 2);
}
