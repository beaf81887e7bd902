//! Which connections are admitted, and which are closed to make room.

use std::num::NonZeroU32;
use std::pin::Pin;
use std::task::{Context, Waker};

use axum::body::{Body, HttpBody};
use futures::{StreamExt, stream};

use super::*;
use crate::transfer::{PacedBody, TrackedBody};

fn connections(total: u32, each: u32, proxies: &[&str]) -> Connections {
    let mut config = Config::default();
    config.limits.max_connections = NonZeroU32::new(total).unwrap();
    config.limits.max_connections_per_address = NonZeroU32::new(each).unwrap();
    config.security.trusted_proxies = proxies.iter().map(|p| p.parse().unwrap()).collect();
    Connections::new(&config, 1 << 20)
}

fn admit(connections: &Connections, peer: &str) -> Option<ConnectionPermit> {
    connections.admit(peer.parse().unwrap(), Duration::from_secs(30))
}

#[test]
fn there_are_never_more_connections_than_open_files_hold() {
    assert_eq!(max_connections_for(1024, 16), 472);
    assert_eq!(max_connections_for(10, 16), 1);
    let total = |open_files| Connections::new(&Config::default(), open_files).0.total;
    assert_eq!((total(1024), total(1 << 20)), (472, 4096));
}

#[test]
fn an_address_has_its_limit_and_gets_slots_back() {
    let all = connections(100, 3, &["10.0.0.0/8"]);
    let mut here: Vec<ConnectionPermit> = (0..3).filter_map(|n| admit(&all, &format!("2001:db8:1:2::{n}"))).collect();
    assert!(here.len() == 3 && admit(&all, "2001:db8:1:2:ffff::9").is_none(), "a /64 counts as one address");
    assert!(admit(&all, "2001:db8:1:3::1").is_some());
    here.pop();
    assert!(admit(&all, "2001:db8:1:2::1").is_some());
    for exempt in ["127.0.0.1", "::1", "10.1.2.3", "::ffff:10.1.2.3"] {
        let permits: Vec<_> = (0..10).map(|_| admit(&all, exempt)).collect();
        assert!(permits.iter().all(Option::is_some), "{exempt}");
    }
    drop(here);
    let open = all.open();
    assert!(open.connections.is_empty() && open.by_address.is_empty() && open.idle.is_empty());
}

#[test]
fn one_address_has_no_more_than_half_of_a_small_total() {
    let all = connections(4, 100, &[]);
    let permits: Vec<_> = (0..3).map(|_| admit(&all, "203.0.113.9")).collect();
    assert_eq!(permits.iter().flatten().count(), 2);
}

#[test]
fn a_server_that_stops_waits_for_no_first_request() {
    let all = connections(3, 3, &[]);
    let [first, second, third] = [1, 2, 3].map(|n| admit(&all, &format!("203.0.113.{n}")).unwrap());
    let active = first.request();
    // Its response may still be in transit: hyper closes the connection afterwards.
    drop(second.request());
    all.close_without_request();
    assert_eq!([&first, &second, &third].map(|permit| permit.close.is_cancelled()), [false, false, true]);
    drop(active);
    all.close_all();
    assert!([first, second].iter().all(|permit| permit.close.is_cancelled()));
}

#[test]
fn the_connection_idle_longest_is_closed_and_active_ones_stay() {
    let all = connections(3, 3, &[]);
    let [first, second, third] = [1, 2, 3].map(|n| admit(&all, &format!("203.0.113.{n}")).unwrap());
    let active = first.request();
    // The second was served just now: the third has been idle longer.
    drop(second.request());
    let fourth = admit(&all, "203.0.113.4").unwrap();
    assert!(third.close.is_cancelled() && !first.close.is_cancelled() && !second.close.is_cancelled());
    let all_busy = (second.request(), fourth.request());
    assert!(admit(&all, "203.0.113.5").is_none(), "no active request is interrupted");
    drop((active, all_busy));
    assert!(admit(&all, "203.0.113.5").is_some() && second.close.is_cancelled() != first.close.is_cancelled());
}

#[tokio::test]
async fn the_slowest_body_or_reader_is_closed_and_a_computing_request_is_not() {
    let mut context = Context::from_waker(Waker::noop());
    let all = connections(4, 4, &[]);
    let [computing, dribbling, sending, reading] = [1, 2, 3, 4].map(|n| admit(&all, &format!("203.0.113.{n}")).unwrap());
    let computed = computing.request();
    let body = |bytes: usize| {
        let begin = stream::iter([Ok::<_, std::io::Error>(vec![0; bytes])]);
        Body::from_stream(begin.chain(stream::pending()))
    };
    let (slow, quick, unread) = (dribbling.request(), sending.request(), reading.request());
    let (mut slow_body, mut quick_body) = (PacedBody::new(body(1), &slow), PacedBody::new(body(1 << 20), &quick));
    for body in [&mut slow_body, &mut quick_body] {
        assert!(Pin::new(&mut *body).poll_frame(&mut context).is_ready());
        assert!(Pin::new(body).poll_frame(&mut context).is_pending());
    }
    let mut response = TrackedBody::new(Body::from(vec![0; 1 << 20]), unread);
    assert!(Pin::new(&mut response).poll_frame(&mut context).is_ready());
    // Nothing of the response was sent, and one byte of the slow body arrived: both are closed before the quick one.
    let closed = |permits: [&ConnectionPermit; 4]| permits.map(|permit| permit.close.is_cancelled());
    let fifth = admit(&all, "203.0.113.5").unwrap();
    let sixth = (fifth.request(), admit(&all, "203.0.113.6").unwrap());
    assert_eq!(closed([&computing, &dribbling, &sending, &reading]), [false, true, false, true]);
    let seventh = (sixth.1.request(), admit(&all, "203.0.113.7").unwrap());
    assert_eq!(closed([&computing, &dribbling, &sending, &reading]), [false, true, true, true]);
    let _eighth = seventh.1.request();
    assert!(admit(&all, "203.0.113.8").is_none() && !computing.close.is_cancelled(), "no computing request is interrupted");
    drop(computed);
}
