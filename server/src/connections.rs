//! Which connections there are: how many at most, of everybody and of each address, and which one goes when there are too many. One that waits
//! (its first request, or its next one, is not here yet) costs its sender nothing and keeps others out, so those that wait for longest go first.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use ipnet::IpNet;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use platform::{Config, Refusals};
use tokio_util::sync::CancellationToken;

use crate::limits::{is_trusted, whole_network};

/// Open files of the process itself: standard streams, sockets that listen, the runtime's, logs, pipes, the queue's connections.
const OWN_FILES: usize = 64;

/// Raises the number of files that may be open at a time as far as the system lets us, and gives it.
pub(crate) fn raise_open_files() -> usize {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return 1024 };
    let raised = soft < hard && setrlimit(Resource::RLIMIT_NOFILE, hard, hard).is_ok();
    usize::try_from(if raised { hard } else { soft }).unwrap_or(usize::MAX)
}

/// How many connections fit: a quarter of what the process and the database leave is for files that requests open.
fn fitting(open_files: usize, database: u32) -> usize {
    (open_files.saturating_sub(OWN_FILES + database as usize) / 4 * 3).max(1)
}

/// The connections of a server. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Connections(Arc<Shared>);

struct Shared {
    total: usize,
    each: usize,
    trusted: Vec<IpNet>,
    open: Mutex<Open>,
    refusals: Refusals,
}

#[derive(Default)]
struct Open {
    connections: HashMap<u64, Connection>,
    by_address: HashMap<IpAddr, usize>,
    /// Those without a request under way, the one that waits for longest first.
    waiting: BTreeMap<u64, u64>,
    /// The next number, of a connection or of a turn in `waiting`.
    next: u64,
}

struct Connection {
    /// Where it is counted, if it is.
    address: Option<IpAddr>,
    /// Requests that are not answered yet.
    requests: usize,
    /// Its turn in `waiting`.
    waiting: Option<u64>,
    /// Whether it ever had a request.
    requested: bool,
    close: CancellationToken,
}

/// A connection's place; free again when this is dropped.
pub(crate) struct Place {
    number: u64,
    connections: Connections,
    close: CancellationToken,
}

/// A request that is being answered, until the last byte of the answer is on its way.
pub(crate) struct UnderWay {
    number: u64,
    connections: Connections,
}

impl Connections {
    /// As many as the settings allow and `open_files` hold.
    pub(crate) fn new(config: &Config, open_files: usize) -> Self {
        let total = fitting(open_files, config.storage.connections).min(config.limits.max_connections.get() as usize);
        // However few there are, one address has no more than half of them.
        let each = (config.limits.max_connections_per_address.get() as usize).min(total.div_ceil(2));
        let trusted = config.security.trusted_proxies.clone();
        Self(Arc::new(Shared { total, each, trusted, open: Mutex::default(), refusals: Refusals::default() }))
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        // Nothing panics while it is held.
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a new connection. None when its address has too many, or when all are busy; where one waits, that one goes instead.
    pub(crate) fn enter(&self, peer: IpAddr) -> Option<Place> {
        let peer = peer.to_canonical();
        // Through a proxy come all clients, and from this machine tools and proxies.
        let address = (!peer.is_loopback() && !is_trusted(peer, &self.0.trusted)).then(|| whole_network(peer));
        let mut open = self.open();
        if address.is_some_and(|a| open.by_address.get(&a).is_some_and(|n| *n >= self.0.each)) {
            drop(open);
            self.tell(|withheld| tracing::warn!(withheld, "an address has too many connections"));
            return None;
        }
        if open.connections.len() >= self.0.total && !open.close_longest_waiting() {
            drop(open);
            self.tell(|withheld| tracing::warn!(withheld, "too many connections, and all of them busy"));
            return None;
        }
        let (number, close) = (open.number(), CancellationToken::new());
        if let Some(address) = address {
            *open.by_address.entry(address).or_default() += 1;
        }
        open.connections.insert(number, Connection { address, requests: 0, waiting: None, requested: false, close: close.clone() });
        open.wait(number);
        Some(Place { number, connections: self.clone(), close })
    }

    /// Closes the connection that waits for longest, so that its file is free.
    pub(crate) fn close_longest_waiting(&self) {
        self.open().close_longest_waiting();
    }

    /// Closes those that never had a request: nobody is owed an answer there, and half a request may stay half for long.
    pub(crate) fn close_without_request(&self) {
        self.open().connections.values().filter(|connection| !connection.requested).for_each(|connection| connection.close.cancel());
    }

    /// Closes all of them, whatever they do.
    pub(crate) fn close_all(&self) {
        self.open().connections.values().for_each(|connection| connection.close.cancel());
    }

    /// Tells the log about something that somebody may bring about without end, a few times a minute.
    pub(crate) fn tell(&self, line: impl FnOnce(u64)) {
        self.0.refusals.tell(line);
    }
}

impl Open {
    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// From now on a connection waits.
    fn wait(&mut self, number: u64) {
        let turn = self.number();
        if let Some(connection) = self.connections.get_mut(&number) {
            connection.waiting = Some(turn);
            self.waiting.insert(turn, number);
        }
    }

    fn remove(&mut self, number: u64) -> Option<Connection> {
        let connection = self.connections.remove(&number)?;
        if let Some(turn) = connection.waiting {
            self.waiting.remove(&turn);
        }
        if let Some(address) = connection.address
            && let Some(count) = self.by_address.get_mut(&address)
        {
            *count -= 1;
            if *count == 0 {
                self.by_address.remove(&address);
            }
        }
        Some(connection)
    }

    /// Whether there was one.
    fn close_longest_waiting(&mut self) -> bool {
        let Some(number) = self.waiting.first_key_value().map(|(_, number)| *number) else { return false };
        if let Some(connection) = self.remove(number) {
            connection.close.cancel();
        }
        true
    }
}

impl Place {
    /// Says that a request is here whole but for its body.
    pub(crate) fn request(&self) -> UnderWay {
        let mut open = self.connections.open();
        let turn = open.connections.get_mut(&self.number).and_then(|connection| {
            connection.requests += 1;
            connection.requested = true;
            connection.waiting.take()
        });
        if let Some(turn) = turn {
            open.waiting.remove(&turn);
        }
        drop(open);
        UnderWay { number: self.number, connections: self.connections.clone() }
    }

    /// Ends when the connection is to be closed: for another one, at the server's end, or because its first request did not come within `patience`.
    pub(crate) async fn over(&self, patience: Duration) {
        let dawdled = async {
            // The next ones are hyper's to wait for, who knows when an answer has left; it does not while it looks which HTTP somebody speaks, and
            // whoever speaks HTTP/2 and answers its pings needs to ask for nothing.
            tokio::time::sleep(patience).await;
            if self.connections.open().connections.get(&self.number).is_some_and(|c| c.requested) {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = self.close.cancelled() => {}
            () = dawdled => {}
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.open().remove(self.number);
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut open = self.connections.open();
        let Some(connection) = open.connections.get_mut(&self.number) else { return };
        connection.requests -= 1;
        if connection.requests == 0 {
            open.wait(self.number);
        }
    }
}

/// The body of an answer: its request is under way until it ends.
pub(crate) struct Answer {
    body: Body,
    _under_way: UnderWay,
}

impl Answer {
    pub(crate) fn new(body: Body, under_way: UnderWay) -> Self {
        Self { body, _under_way: under_way }
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    fn connections(total: u32, each: u32, proxies: &[&str]) -> Connections {
        let mut config = Config::default();
        config.limits.max_connections = NonZeroU32::new(total).unwrap();
        config.limits.max_connections_per_address = NonZeroU32::new(each).unwrap();
        config.security.trusted_proxies = proxies.iter().map(|p| p.parse().unwrap()).collect();
        Connections::new(&config, 1 << 20)
    }

    fn enter(connections: &Connections, peer: &str) -> Option<Place> {
        connections.enter(peer.parse().unwrap())
    }

    #[test]
    fn there_are_never_more_connections_than_open_files_hold() {
        assert_eq!(fitting(1024, 16), 708);
        assert_eq!(fitting(10, 16), 1);
        let total = |open_files| Connections::new(&Config::default(), open_files).0.total;
        assert_eq!((total(1024), total(1 << 20)), (708, 4096));
    }

    #[test]
    fn an_address_has_its_bound_and_gets_places_back() {
        let all = connections(100, 3, &["10.0.0.0/8"]);
        let mut here: Vec<Place> = (0..3).filter_map(|n| enter(&all, &format!("2001:db8:1:2::{n}"))).collect();
        assert!(here.len() == 3 && enter(&all, "2001:db8:1:2:ffff::9").is_none(), "a /64 is one");
        assert!(enter(&all, "2001:db8:1:3::1").is_some());
        here.pop();
        assert!(enter(&all, "2001:db8:1:2::1").is_some());
        for everybody in ["127.0.0.1", "::1", "10.1.2.3", "::ffff:10.1.2.3"] {
            let places: Vec<_> = (0..10).map(|_| enter(&all, everybody)).collect();
            assert!(places.iter().all(Option::is_some), "{everybody}");
        }
        drop(here);
        let open = all.open();
        assert!(open.connections.is_empty() && open.by_address.is_empty() && open.waiting.is_empty());
    }

    #[test]
    fn one_address_has_no_more_than_half_of_a_small_total() {
        let all = connections(4, 100, &[]);
        let places: Vec<_> = (0..3).map(|_| enter(&all, "203.0.113.9")).collect();
        assert_eq!(places.iter().flatten().count(), 2);
    }

    #[test]
    fn a_server_that_stops_waits_for_no_first_request() {
        let all = connections(3, 3, &[]);
        let [first, second, third] = [1, 2, 3].map(|n| enter(&all, &format!("203.0.113.{n}")).unwrap());
        let answering = first.request();
        // Its answer may still be on its way: hyper closes it when it is not.
        drop(second.request());
        all.close_without_request();
        assert_eq!([&first, &second, &third].map(|place| place.close.is_cancelled()), [false, false, true]);
        drop(answering);
        all.close_all();
        assert!([first, second].iter().all(|place| place.close.is_cancelled()));
    }

    #[test]
    fn who_waits_for_longest_goes_first_and_who_is_answered_stays() {
        let all = connections(3, 3, &[]);
        let [first, second, third] = [1, 2, 3].map(|n| enter(&all, &format!("203.0.113.{n}")).unwrap());
        let answering = first.request();
        // The second was answered just now: the third waits for longer.
        drop(second.request());
        let fourth = enter(&all, "203.0.113.4").unwrap();
        assert!(third.close.is_cancelled() && !first.close.is_cancelled() && !second.close.is_cancelled());
        let all_busy = (second.request(), fourth.request());
        assert!(enter(&all, "203.0.113.5").is_none(), "nobody is interrupted");
        drop((answering, all_busy));
        assert!(enter(&all, "203.0.113.5").is_some() && second.close.is_cancelled() != first.close.is_cancelled());
    }
}
