//! Connections, one task each. A client that sends a request or reads a response slower than the settings allow is disconnected, so that slow
//! clients cannot hold connections; at the limit the connection that has been idle longest, or else the slowest one, is closed.

use std::io::{Error, ErrorKind};
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
use tokio::net::{TcpListener, TcpSocket};
use tower::Service;

use crate::bootstrap::SHUTDOWN_GRACE;
use crate::connections::Connections;
use crate::transfer::{MeteredStream, PacedBody, TrackedBody};

/// The largest request head; larger ones are refused.
const HEAD_BYTES: usize = 64 << 10;
/// Socket send buffer: what the system keeps of an unread response. It takes memory, and its content looks as if it had been read.
const SEND_BYTES: u32 = 128 << 10;
/// Connections that the system may queue before we accept them.
const BACKLOG: u32 = 1024;
/// Concurrent requests on one HTTP/2 connection.
const STREAMS: u32 = 64;
/// Pause after `accept` failed, such as when there are no more file descriptors.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(100);

/// Listens, with small send buffers.
pub(crate) fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(SEND_BYTES)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until `stopped`, then lets active requests finish.
pub(crate) async fn serve(listener: TcpListener, app: Router, header_timeout: Duration, connections: Connections, stopped: impl Future<Output = ()>) {
    let mut http = Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(header_timeout).max_buf_size(HEAD_BYTES);
    http.http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(header_timeout)
        .keep_alive_timeout(header_timeout)
        .max_header_list_size(HEAD_BYTES as u32);
    http.http2().max_concurrent_streams(STREAMS);
    let graceful = GracefulShutdown::new();
    let mut stopped = pin!(stopped);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = async {
                connections.settled().await;
                listener.accept().await
            } => match accepted {
                Ok(accepted) => accepted,
                // Closed before we accepted it.
                Err(error) if matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) => continue,
                Err(error) => {
                    connections.log(|withheld| tracing::warn!(%error, withheld, "a connection could not be accepted"));
                    connections.make_room();
                    tokio::time::sleep(ACCEPT_BACKOFF).await;
                    continue;
                }
            },
            () = &mut stopped => break,
        };
        // Closed at once if there is no room, so that no client waits for a response that never comes.
        let Some(permit) = connections.admit(peer.ip(), header_timeout).map(Arc::new) else { continue };
        let (app, tracked) = (app.clone(), Arc::clone(&permit));
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let active = tracked.request();
            let mut request = request.map(|body| Body::new(PacedBody::new(body, &active)));
            request.extensions_mut().insert(ConnectInfo::<SocketAddr>(peer));
            let response = app.clone().call(request);
            async move { response.await.map(|response| response.map(|body| TrackedBody::new(body, active))) }
        });
        let connection = graceful
            .watch(http.serve_connection_with_upgrades(TokioIo::new(MeteredStream::new(stream, Arc::clone(&permit.wire))), service).into_owned());
        tokio::spawn(async move {
            tokio::select! {
                ended = connection => if let Err(error) = ended {
                    tracing::debug!(%error, "a connection broke");
                },
                () = permit.closed() => {}
            }
        });
    }
    drop(listener);
    connections.close_without_request();
    if tokio::time::timeout(SHUTDOWN_GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time");
        // Frees the database connections that they hold.
        connections.close_all();
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use axum::body::{Bytes, to_bytes};
    use axum::http::{StatusCode, Uri};
    use axum::response::{IntoResponse, Response};
    use futures::{StreamExt, stream};
    use platform::Config;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::sync::oneshot;
    use tokio::task::JoinHandle;

    use super::*;

    /// Much more than a connection buffers.
    const LARGE: usize = 16 << 20;
    static ANSWER: [u8; LARGE] = [b'x'; LARGE];

    async fn answer(ConnectInfo(peer): ConnectInfo<SocketAddr>, uri: Uri, body: Body) -> Response {
        match uri.path() {
            "/large" => Bytes::from_static(&ANSWER).into_response(),
            // Like a page whose rendering panics after its head.
            "/endless" => Body::from_stream(stream::iter([Ok::<_, Error>("begin")]).chain(stream::pending())).into_response(),
            _ => match to_bytes(body, 1 << 20).await {
                Ok(_) => peer.ip().to_string().into_response(),
                Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
            },
        }
    }

    /// A server with at most so many connections, and what stops it.
    async fn server(header_timeout: Duration, max_connections: u32) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
        let (address, stop, served, _) = counted(header_timeout, max_connections).await;
        (address, stop, served)
    }

    async fn counted(header_timeout: Duration, max_connections: u32) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>, Connections) {
        let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let app = Router::new().fallback(answer);
        let mut config = Config::default();
        config.limits.max_connections = NonZeroU32::new(max_connections).unwrap();
        let connections = Connections::new(&config, 1 << 20);
        let served = tokio::spawn(serve(listener, app, header_timeout, connections.clone(), async move { drop(stopped.await) }));
        (address, stop, served, connections)
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

    /// What arrives until the server closes the connection.
    async fn rest(mut stream: TcpStream) -> String {
        let mut end = Vec::new();
        drop(stream.read_to_end(&mut end).await);
        String::from_utf8_lossy(&end).into_owned()
    }

    #[tokio::test]
    async fn slow_clients_are_disconnected_and_others_are_served() {
        let (address, stop, served) = server(Duration::from_millis(200), 100).await;
        // Half a head, half of what HTTP/2 begins with, all of that and no request, and nothing at all.
        let mut slow = Vec::new();
        for half in ["GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", "PRI * HTTP", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ""] {
            slow.push(half_open(address, half.as_bytes()).await);
        }
        is_served(address).await;
        for slow in slow {
            // The half request never gets a response of the app; the connection is closed.
            assert!(!rest(slow).await.contains("200 OK"));
        }
        stop.send(()).unwrap();
        served.await.unwrap();
    }

    #[tokio::test]
    async fn half_open_connections_keep_no_client_out_however_many_there_are() {
        let hour = Duration::from_hours(1);
        let (address, stop, served) = server(hour, 8).await;
        let mut slow = Vec::new();
        for _ in 0..50 {
            slow.push(half_open(address, b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ").await);
        }
        is_served(address).await;
        // The first ones were closed, and not by a timeout.
        for early in slow.drain(..40) {
            assert_eq!(rest(early).await, "");
        }
        stop.send(()).unwrap();
        served.await.unwrap();
        for late in slow {
            assert_eq!(rest(late).await, "");
        }
    }

    const DRIBBLED: &[u8] = b"POST /settings/theme HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\nx";

    #[tokio::test]
    async fn a_body_that_dribbles_is_an_error_and_its_connection_is_free() {
        let (address, stop, served) = server(Duration::from_millis(200), 100).await;
        let mut dribbling = half_open(address, DRIBBLED).await;
        // Without end as far as the client is concerned: no gap between two bytes is as long as the timeout.
        let (mut from, mut to) = dribbling.split();
        let sent = async {
            while to.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let mut answer = Vec::new();
        // Sending into a closed connection may end the reading, after the response.
        let ((), _) = tokio::join!(sent, from.read_to_end(&mut answer));
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("too slowly"), "{answer}");
        is_served(address).await;
        stop.send(()).unwrap();
        served.await.unwrap();
    }

    #[tokio::test]
    async fn dribbled_bodies_and_unread_responses_keep_no_client_out_however_many_there_are() {
        for request in [DRIBBLED, b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n"] {
            let (address, stop, served) = server(Duration::from_hours(1), 8).await;
            let mut slow = Vec::new();
            for _ in 0..50 {
                slow.push(half_open(address, request).await);
            }
            is_served(address).await;
            drop(slow);
            stop.send(()).unwrap();
            served.await.unwrap();
        }
    }

    #[tokio::test]
    async fn an_unread_response_and_one_that_stalls_are_ended() {
        let (address, stop, served, connections) = counted(Duration::from_millis(200), 100).await;
        let endless = half_open(address, b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n").await;
        let unread = half_open(address, b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n").await;
        let read = rest(endless).await;
        assert!(read.contains("begin") && !read.ends_with("0\r\n\r\n"), "{read}");
        while connections.count() > 0 {
            tokio::task::yield_now().await;
        }
        // What was sent before can still be read.
        let unread = rest(unread).await;
        assert!(unread.starts_with("HTTP/1.1 200") && unread.len() < LARGE);
        stop.send(()).unwrap();
        served.await.unwrap();
    }
}
