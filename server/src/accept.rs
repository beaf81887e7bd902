//! Connections, one task each. Whoever sends a head slower than the settings allow is let go, so that nobody holds places by dawdling, and at the
//! bound whoever waits for longest makes room.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tower::Service;

use crate::connections::{Answer, Connections};
use crate::start::LAST_CALL;

/// The largest head of a request; larger ones are refused.
const HEAD_BYTES: usize = 64 << 10;
/// A pause after the system could not give us a connection, such as when there are no more file handles.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stopped`, then lets what is under way finish.
pub(crate) async fn serve(listener: TcpListener, app: Router, patience: Duration, connections: Connections, stopped: impl Future<Output = ()>) {
    let mut http = Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(patience).max_buf_size(HEAD_BYTES);
    http.http2().timer(TokioTimer::new()).keep_alive_interval(patience).keep_alive_timeout(patience).max_header_list_size(HEAD_BYTES as u32);
    let graceful = GracefulShutdown::new();
    let mut stopped = pin!(stopped);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                // It went before we looked.
                Err(error) if matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) => continue,
                Err(error) => {
                    connections.tell(|withheld| tracing::warn!(%error, withheld, "a connection could not be taken"));
                    connections.close_longest_waiting();
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            },
            () = &mut stopped => break,
        };
        // Closed at once where there is no place: nobody waits for an answer that does not come.
        let Some(place) = connections.enter(peer.ip()).map(Arc::new) else { continue };
        let (app, answered) = (app.clone(), Arc::clone(&place));
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let under_way = answered.request();
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo::<SocketAddr>(peer));
            let answer = app.clone().call(request);
            async move { answer.await.map(|response| response.map(|body| Answer::new(body, under_way))) }
        });
        let connection = graceful.watch(http.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned());
        tokio::spawn(async move {
            tokio::select! {
                ended = connection => if let Err(error) = ended {
                    tracing::debug!(%error, "a connection broke");
                },
                () = place.over(patience) => {}
            }
        });
    }
    drop(listener);
    connections.close_without_request();
    if tokio::time::timeout(LAST_CALL, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time");
        // What they hold of the database is free for its end.
        connections.close_all();
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use platform::Config;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::sync::oneshot;
    use tokio::task::JoinHandle;

    use super::*;

    /// A server with so many connections, and what stops it.
    async fn server(patience: Duration, max_connections: u32) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let app = Router::new().fallback(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.ip().to_string());
        let mut config = Config::default();
        config.limits.max_connections = NonZeroU32::new(max_connections).unwrap();
        let connections = Connections::new(&config, 1 << 20);
        (address, stop, tokio::spawn(serve(listener, app, patience, connections, async move { drop(stopped.await) })))
    }

    async fn half_open(address: SocketAddr, half: &[u8]) -> TcpStream {
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(half).await.unwrap();
        slow
    }

    async fn is_served(address: SocketAddr) {
        let mut quick = half_open(address, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
        let mut answer = String::new();
        quick.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("127.0.0.1"), "{answer}");
    }

    /// What comes until the other side closes.
    async fn rest(mut stream: TcpStream) -> String {
        let mut end = Vec::new();
        drop(stream.read_to_end(&mut end).await);
        String::from_utf8_lossy(&end).into_owned()
    }

    #[tokio::test]
    async fn who_dawdles_is_let_go_and_who_does_not_is_served() {
        let (address, stop, served) = server(Duration::from_millis(200), 100).await;
        // Half a head, half of what HTTP/2 begins with, all of that and no request, and nothing at all.
        let mut slow = Vec::new();
        for half in ["GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", "PRI * HTTP", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ""] {
            slow.push(half_open(address, half.as_bytes()).await);
        }
        is_served(address).await;
        for slow in slow {
            // The half request never gets an answer of the app; the connection ends.
            assert!(!rest(slow).await.contains("200 OK"));
        }
        stop.send(()).unwrap();
        served.await.unwrap();
    }

    #[tokio::test]
    async fn half_open_connections_keep_nobody_out_however_many_there_are() {
        let hour = Duration::from_hours(1);
        let (address, stop, served) = server(hour, 8).await;
        let mut slow = Vec::new();
        for _ in 0..50 {
            slow.push(half_open(address, b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ").await);
        }
        is_served(address).await;
        // Those that came first were closed, and not because of their time.
        for early in slow.drain(..40) {
            assert_eq!(rest(early).await, "");
        }
        stop.send(()).unwrap();
        served.await.unwrap();
        for late in slow {
            assert_eq!(rest(late).await, "");
        }
    }
}
