//! Open connections: how many there may be in total and per address, and which one is closed when there are too many. An idle connection (its
//! first or next request has not arrived yet) costs its client nothing and keeps others out, so the one idle longest is closed first. After that,
//! the one whose body arrives, or whose response is read, slowest. A request that is being computed is never interrupted.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use ipnet::IpNet;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use platform::{Config, RefusalLog};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::limits::{ipv6_prefix, is_trusted};
use crate::transfer::{Exchange, Wire, locked};

/// Open files of the process itself: standard streams, listening sockets, the runtime's, logs, pipes, the queue's connections.
const RESERVED_FILES: usize = 64;

/// Raises the limit of open files as far as the system allows, and returns it.
pub(crate) fn raise_open_files() -> usize {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return 1024 };
    let raised = soft < hard && setrlimit(Resource::RLIMIT_NOFILE, hard, hard).is_ok();
    usize::try_from(if raised { hard } else { soft }).unwrap_or(usize::MAX)
}

/// How many connections fit: half of what the process and the database leave, because each response may hold an open file.
fn max_connections_for(open_files: usize, database: u32) -> usize {
    (open_files.saturating_sub(RESERVED_FILES + database as usize) / 2).max(1)
}

/// The connections of a server. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Connections(Arc<Shared>);

struct Shared {
    total: usize,
    each: usize,
    trusted: Vec<IpNet>,
    open: Mutex<Open>,
    closed: Notify,
    refusals: RefusalLog,
}

#[derive(Default)]
struct Open {
    connections: HashMap<u64, Connection>,
    by_address: HashMap<IpAddr, usize>,
    /// Those without an active request, the one idle longest first.
    idle: BTreeMap<u64, u64>,
    /// Those closed to make room that still hold their files.
    closing: usize,
    /// The next id of a connection, or turn in `idle`.
    next: u64,
}

struct Connection {
    /// The address that it counts for; none if it is exempt.
    address: Option<IpAddr>,
    /// Requests without a complete response.
    exchanges: Vec<Arc<Mutex<Exchange>>>,
    wire: Arc<Mutex<Wire>>,
    /// Its turn in `idle`.
    idle: Option<u64>,
    /// Whether it ever had a request.
    requested: bool,
    close: CancellationToken,
}

/// A connection's slot; freed on drop.
pub(crate) struct ConnectionPermit {
    number: u64,
    connections: Connections,
    idle_timeout: Duration,
    pub(crate) wire: Arc<Mutex<Wire>>,
    close: CancellationToken,
}

/// An active request, until the last byte of its response has been handed over.
pub(crate) struct ActiveRequest {
    number: u64,
    connections: Connections,
    pub(crate) exchange: Arc<Mutex<Exchange>>,
    pub(crate) wire: Arc<Mutex<Wire>>,
}

impl Connections {
    /// As many as the settings and `open_files` allow.
    pub(crate) fn new(config: &Config, open_files: usize) -> Self {
        let total = max_connections_for(open_files, config.storage.max_connections).min(config.limits.max_connections.get() as usize);
        // However few there are, one address gets at most half of them.
        let each = (config.limits.max_connections_per_address.get() as usize).min(total.div_ceil(2));
        let trusted = config.security.trusted_proxies.clone();
        Self(Arc::new(Shared { total, each, trusted, open: Mutex::default(), closed: Notify::new(), refusals: RefusalLog::default() }))
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        locked(&self.0.open)
    }

    /// A slot for a new connection, which has `idle_timeout` for the request head, for its body and for reading the response. None if its address
    /// has too many, or if all are busy computing; a connection that is idle or slow is closed instead.
    pub(crate) fn admit(&self, peer: IpAddr, idle_timeout: Duration) -> Option<ConnectionPermit> {
        let peer = peer.to_canonical();
        // A proxy carries all clients; from this machine come tools and proxies.
        let address = (!peer.is_loopback() && !is_trusted(peer, &self.0.trusted)).then(|| ipv6_prefix(peer));
        let mut open = self.open();
        if address.is_some_and(|a| open.by_address.get(&a).is_some_and(|n| *n >= self.0.each)) {
            drop(open);
            self.log(|withheld| tracing::warn!(withheld, "an address has too many connections"));
            return None;
        }
        if open.connections.len() >= self.0.total && !open.make_room() {
            drop(open);
            self.log(|withheld| tracing::warn!(withheld, "too many connections, and all of them busy"));
            return None;
        }
        let (number, close) = (open.next_number(), CancellationToken::new());
        if let Some(address) = address {
            *open.by_address.entry(address).or_default() += 1;
        }
        let wire = Arc::new(Mutex::new(Wire::new(idle_timeout)));
        let connection = Connection { address, exchanges: Vec::new(), wire: wire.clone(), idle: None, requested: false, close: close.clone() };
        open.connections.insert(number, connection);
        open.mark_idle(number);
        Some(ConnectionPermit { number, connections: self.clone(), idle_timeout, wire, close })
    }

    /// Waits until few of those that are closing still hold files: new connections that come faster than old ones close would use up all files.
    pub(crate) async fn settled(&self) {
        while self.open().closing > self.0.total / 8 {
            self.0.closed.notified().await;
        }
    }

    /// Closes the connection that is idle longest or else slowest, to free its file.
    pub(crate) fn make_room(&self) {
        self.open().make_room();
    }

    /// Closes those that never had a request: no response is due, and half a request may stay incomplete for long.
    pub(crate) fn close_without_request(&self) {
        self.open().connections.values().filter(|connection| !connection.requested).for_each(|connection| connection.close.cancel());
    }

    /// Closes all of them, whatever they are doing.
    pub(crate) fn close_all(&self) {
        self.open().connections.values().for_each(|connection| connection.close.cancel());
    }

    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.open().connections.len()
    }

    /// Logs something that a client may cause without end, at most a few times a minute.
    pub(crate) fn log(&self, write: impl FnOnce(u64)) {
        self.0.refusals.log(write);
    }
}

impl Open {
    fn next_number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// From now on a connection is idle.
    fn mark_idle(&mut self, number: u64) {
        let turn = self.next_number();
        if let Some(connection) = self.connections.get_mut(&number) {
            connection.idle = Some(turn);
            self.idle.insert(turn, number);
        }
    }

    fn remove(&mut self, number: u64) -> Option<Connection> {
        let connection = self.connections.remove(&number)?;
        if let Some(turn) = connection.idle {
            self.idle.remove(&turn);
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

    /// Closes the connection that is idle longest, or else the one whose client is slowest. Returns whether there was one.
    fn make_room(&mut self) -> bool {
        let Some(number) = self.idle.first_key_value().map(|(_, number)| *number).or_else(|| self.slowest()) else { return false };
        if let Some(connection) = self.remove(number) {
            connection.close.cancel();
            self.closing += 1;
        }
        true
    }

    fn slowest(&self) -> Option<u64> {
        let now = Instant::now();
        let waiting = self.connections.iter().filter_map(|(number, connection)| Some((number, connection.speed(now)?)));
        waiting.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(number, _)| *number)
    }
}

impl Connection {
    /// Bytes per second of the fastest of its requests and responses, if all of them wait for the client.
    fn speed(&self, now: Instant) -> Option<f64> {
        let wire = locked(&self.wire);
        self.exchanges.iter().try_fold(0.0, |fastest: f64, exchange| Some(fastest.max(locked(exchange).speed(&wire, now)?)))
    }
}

impl ConnectionPermit {
    /// Notes that a request head has arrived.
    pub(crate) fn request(&self) -> ActiveRequest {
        let exchange = Arc::new(Mutex::new(Exchange::new(self.idle_timeout)));
        let mut open = self.connections.open();
        let turn = open.connections.get_mut(&self.number).and_then(|connection| {
            connection.exchanges.push(exchange.clone());
            connection.requested = true;
            connection.idle.take()
        });
        if let Some(turn) = turn {
            open.idle.remove(&turn);
        }
        drop(open);
        ActiveRequest { number: self.number, connections: self.connections.clone(), exchange, wire: self.wire.clone() }
    }

    /// Ends when the connection is to be closed: to make room, at shutdown, because its first request did not arrive in time, or because a
    /// response is not read.
    pub(crate) async fn closed(&self) {
        let timed_out = async {
            // Hyper times out later requests, since it knows when a response has been sent. It has no timeout while it detects the HTTP version, nor
            // for an HTTP/2 client that answers pings and sends no request.
            tokio::time::sleep(self.idle_timeout).await;
            if self.connections.open().connections.get(&self.number).is_some_and(|c| c.requested) {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = self.close.cancelled() => {}
            () = timed_out => {}
            () = self.stuck() => {}
        }
    }

    /// Ends when the client has used up its time for reading the responses.
    async fn stuck(&self) {
        loop {
            let now = Instant::now();
            // A response that begins meanwhile expires no earlier.
            let next = locked(&self.wire).expires_at().unwrap_or(now + self.idle_timeout);
            if next <= now {
                return;
            }
            tokio::time::sleep_until(next).await;
        }
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let mut open = self.connections.open();
        if open.remove(self.number).is_none() {
            open.closing = open.closing.saturating_sub(1);
        }
        drop(open);
        self.connections.0.closed.notify_one();
    }
}

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        let mut open = self.connections.open();
        let Some(connection) = open.connections.get_mut(&self.number) else { return };
        connection.exchanges.retain(|exchange| !Arc::ptr_eq(exchange, &self.exchange));
        if connection.exchanges.is_empty() {
            open.mark_idle(self.number);
        }
    }
}

#[cfg(test)]
mod tests;
