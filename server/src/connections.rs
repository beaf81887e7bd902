//! Which connections there are: how many at most, of everybody and of each address, and which one goes when there are too many. One that waits
//! (its first request, or its next one, is not here yet) costs its sender nothing and keeps others out, so those that wait for longest go first. Then
//! the one goes whose body arrives, or whose answer is read, slowest. Nothing that is being computed is interrupted.

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

/// Open files of the process itself: standard streams, sockets that listen, the runtime's, logs, pipes, the queue's connections.
const RESERVED_FILES: usize = 64;

/// Raises the number of files that may be open at a time as far as the system lets us, and gives it.
pub(crate) fn raise_open_files() -> usize {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return 1024 };
    let raised = soft < hard && setrlimit(Resource::RLIMIT_NOFILE, hard, hard).is_ok();
    usize::try_from(if raised { hard } else { soft }).unwrap_or(usize::MAX)
}

/// How many connections fit: half of what the process and the database leave, because each may have a file open that it is answered with.
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
    left: Notify,
    refusals: RefusalLog,
}

#[derive(Default)]
struct Open {
    connections: HashMap<u64, Connection>,
    by_address: HashMap<IpAddr, usize>,
    /// Those without a request under way, the one that waits for longest first.
    waiting: BTreeMap<u64, u64>,
    /// Those that made room and still hold their files.
    leaving: usize,
    /// The next number, of a connection or of a turn in `waiting`.
    next: u64,
}

struct Connection {
    /// Where it is counted, if it is.
    address: Option<IpAddr>,
    /// Requests that are not answered yet.
    exchanges: Vec<Arc<Mutex<Exchange>>>,
    wire: Arc<Mutex<Wire>>,
    /// Its turn in `waiting`.
    waiting: Option<u64>,
    /// Whether it ever had a request.
    requested: bool,
    close: CancellationToken,
}

/// A connection's place; free again when this is dropped.
pub(crate) struct ConnectionPermit {
    number: u64,
    connections: Connections,
    patience: Duration,
    pub(crate) wire: Arc<Mutex<Wire>>,
    close: CancellationToken,
}

/// A request that is being answered, until the last byte of the answer is on its way.
pub(crate) struct ActiveRequest {
    number: u64,
    connections: Connections,
    pub(crate) exchange: Arc<Mutex<Exchange>>,
    pub(crate) wire: Arc<Mutex<Wire>>,
}

impl Connections {
    /// As many as the settings allow and `open_files` hold.
    pub(crate) fn new(config: &Config, open_files: usize) -> Self {
        let total = max_connections_for(open_files, config.storage.max_connections).min(config.limits.max_connections.get() as usize);
        // However few there are, one address has no more than half of them.
        let each = (config.limits.max_connections_per_address.get() as usize).min(total.div_ceil(2));
        let trusted = config.security.trusted_proxies.clone();
        Self(Arc::new(Shared { total, each, trusted, open: Mutex::default(), left: Notify::new(), refusals: RefusalLog::default() }))
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        locked(&self.0.open)
    }

    /// A place for a new connection, which is to send a request, its body, and take the answer, within our `patience` with each. None when its
    /// address has too many, or when all are busy; where another side is waited for, that connection goes instead.
    pub(crate) fn admit(&self, peer: IpAddr, patience: Duration) -> Option<ConnectionPermit> {
        let peer = peer.to_canonical();
        // Through a proxy come all clients, and from this machine tools and proxies.
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
        let (number, close) = (open.number(), CancellationToken::new());
        if let Some(address) = address {
            *open.by_address.entry(address).or_default() += 1;
        }
        let wire = Arc::new(Mutex::new(Wire::new(patience)));
        let connection = Connection { address, exchanges: Vec::new(), wire: wire.clone(), waiting: None, requested: false, close: close.clone() };
        open.connections.insert(number, connection);
        open.wait(number);
        Some(ConnectionPermit { number, connections: self.clone(), patience, wire, close })
    }

    /// Waits until few of those that made room still hold files: new ones that come faster than the old ones go would take all there are.
    pub(crate) async fn settled(&self) {
        while self.open().leaving > self.0.total / 8 {
            self.0.left.notified().await;
        }
    }

    /// Closes the connection that is missed least, so that its file is free.
    pub(crate) fn make_room(&self) {
        self.open().make_room();
    }

    /// Closes those that never had a request: nobody is owed an answer there, and half a request may stay half for long.
    pub(crate) fn close_without_request(&self) {
        self.open().connections.values().filter(|connection| !connection.requested).for_each(|connection| connection.close.cancel());
    }

    /// Closes all of them, whatever they do.
    pub(crate) fn close_all(&self) {
        self.open().connections.values().for_each(|connection| connection.close.cancel());
    }

    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.open().connections.len()
    }

    /// Tells the log about something that somebody may bring about without end, a few times a minute.
    pub(crate) fn log(&self, line: impl FnOnce(u64)) {
        self.0.refusals.log(line);
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

    /// Closes the connection that waits for longest, or else the one whose other side is slowest. Whether there was one.
    fn make_room(&mut self) -> bool {
        let Some(number) = self.waiting.first_key_value().map(|(_, number)| *number).or_else(|| self.slowest()) else { return false };
        if let Some(connection) = self.remove(number) {
            connection.close.cancel();
            self.leaving += 1;
        }
        true
    }

    fn slowest(&self) -> Option<u64> {
        let now = Instant::now();
        let held_up = self.connections.iter().filter_map(|(number, connection)| Some((number, connection.speed(now)?)));
        held_up.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(number, _)| *number)
    }
}

impl Connection {
    /// Bytes a second of the fastest of its requests and answers, where the other side holds all of them up.
    fn speed(&self, now: Instant) -> Option<f64> {
        let wire = locked(&self.wire);
        self.exchanges.iter().try_fold(0.0, |fastest: f64, exchange| Some(fastest.max(locked(exchange).speed(&wire, now)?)))
    }
}

impl ConnectionPermit {
    /// Says that a request is here whole but for its body.
    pub(crate) fn request(&self) -> ActiveRequest {
        let exchange = Arc::new(Mutex::new(Exchange::new(self.patience)));
        let mut open = self.connections.open();
        let turn = open.connections.get_mut(&self.number).and_then(|connection| {
            connection.exchanges.push(exchange.clone());
            connection.requested = true;
            connection.waiting.take()
        });
        if let Some(turn) = turn {
            open.waiting.remove(&turn);
        }
        drop(open);
        ActiveRequest { number: self.number, connections: self.connections.clone(), exchange, wire: self.wire.clone() }
    }

    /// Ends when the connection is to be closed: for another one, at the server's end, or because its first request did not come in time, or an
    /// answer does not leave.
    pub(crate) async fn closed(&self) {
        let dawdled = async {
            // The next ones are hyper's to wait for, who knows when an answer has left; it does not while it looks which HTTP somebody speaks, and
            // whoever speaks HTTP/2 and answers its pings needs to ask for nothing.
            tokio::time::sleep(self.patience).await;
            if self.connections.open().connections.get(&self.number).is_some_and(|c| c.requested) {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = self.close.cancelled() => {}
            () = dawdled => {}
            () = self.stuck() => {}
        }
    }

    /// Ends when our patience with who reads the answers is used up.
    async fn stuck(&self) {
        loop {
            let now = Instant::now();
            // The end of what begins meanwhile is at least as far away.
            let next = locked(&self.wire).over_at().unwrap_or(now + self.patience);
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
            open.leaving = open.leaving.saturating_sub(1);
        }
        drop(open);
        self.connections.0.left.notify_one();
    }
}

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        let mut open = self.connections.open();
        let Some(connection) = open.connections.get_mut(&self.number) else { return };
        connection.exchanges.retain(|exchange| !Arc::ptr_eq(exchange, &self.exchange));
        if connection.exchanges.is_empty() {
            open.wait(self.number);
        }
    }
}

#[cfg(test)]
mod tests;
