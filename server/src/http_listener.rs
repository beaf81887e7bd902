//! Connections, one task each. Whoever sends a request or takes an answer slower than the settings allow is let go, so that nobody holds places by
//! dawdling, and at the bound whoever waits for longest, or else is slowest, makes room.

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

use crate::bootstrap::LAST_CALL;
use crate::connections::Connections;
use crate::transfer::{MeteredStream, PacedBody, TrackedBody};

/// The largest head of a request; larger ones are refused.
const HEAD_BYTES: usize = 64 << 10;
/// What the system keeps of an answer that is not read: it is memory, and what is in it looks as if it had been read.
const SEND_BYTES: u32 = 128 << 10;
/// Connections that the system may hold for us before we take them.
const BACKLOG: u32 = 1024;
/// Requests at a time on one connection of HTTP/2.
const STREAMS: u32 = 64;
/// A pause after the system could not give us a connection, such as when there are no more file handles.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(100);

/// Listens; connections keep little of what they are sent.
pub(crate) fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(SEND_BYTES)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until `stopped`, then lets what is under way finish.
pub(crate) async fn serve(listener: TcpListener, app: Router, patience: Duration, connections: Connections, stopped: impl Future<Output = ()>) {
    let mut http = Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(patience).max_buf_size(HEAD_BYTES);
    http.http2().timer(TokioTimer::new()).keep_alive_interval(patience).keep_alive_timeout(patience).max_header_list_size(HEAD_BYTES as u32);
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
                // It went before we looked.
                Err(error) if matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) => continue,
                Err(error) => {
                    connections.log(|withheld| tracing::warn!(%error, withheld, "a connection could not be taken"));
                    connections.make_room();
                    tokio::time::sleep(ACCEPT_BACKOFF).await;
                    continue;
                }
            },
            () = &mut stopped => break,
        };
        // Closed at once where there is no place: nobody waits for an answer that does not come.
        let Some(place) = connections.admit(peer.ip(), patience).map(Arc::new) else { continue };
        let (app, answered) = (app.clone(), Arc::clone(&place));
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let under_way = answered.request();
            let mut request = request.map(|body| Body::new(PacedBody::new(body, &under_way)));
            request.extensions_mut().insert(ConnectInfo::<SocketAddr>(peer));
            let answer = app.clone().call(request);
            async move { answer.await.map(|response| response.map(|body| TrackedBody::new(body, under_way))) }
        });
        let connection = graceful
            .watch(http.serve_connection_with_upgrades(TokioIo::new(MeteredStream::new(stream, Arc::clone(&place.wire))), service).into_owned());
        tokio::spawn(async move {
            tokio::select! {
                ended = connection => if let Err(error) = ended {
                    tracing::debug!(%error, "a connection broke");
                },
                () = place.closed() => {}
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

    /// Much more than a connection keeps.
    const LARGE: usize = 16 << 20;
    static ANSWER: [u8; LARGE] = [b'x'; LARGE];

    async fn answer(ConnectInfo(peer): ConnectInfo<SocketAddr>, uri: Uri, body: Body) -> Response {
        match uri.path() {
            "/large" => Bytes::from_static(&ANSWER).into_response(),
            // As a page whose rendering ended in a panic after its head.
            "/endless" => Body::from_stream(stream::iter([Ok::<_, Error>("begin")]).chain(stream::pending())).into_response(),
            _ => match to_bytes(body, 1 << 20).await {
                Ok(_) => peer.ip().to_string().into_response(),
                Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
            },
        }
    }

    /// A server with so many connections, and what stops it.
    async fn server(patience: Duration, max_connections: u32) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
        let (address, stop, served, _) = counted(patience, max_connections).await;
        (address, stop, served)
    }

    async fn counted(patience: Duration, max_connections: u32) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>, Connections) {
        let listener = listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let app = Router::new().fallback(answer);
        let mut config = Config::default();
        config.limits.max_connections = NonZeroU32::new(max_connections).unwrap();
        let connections = Connections::new(&config, 1 << 20);
        let served = tokio::spawn(serve(listener, app, patience, connections.clone(), async move { drop(stopped.await) }));
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

    const DRIBBLED: &[u8] = b"POST /settings/theme HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\nx";

    #[tokio::test]
    async fn a_body_that_dribbles_is_an_error_and_its_connection_is_free() {
        let (address, stop, served) = server(Duration::from_millis(200), 100).await;
        let mut dribbling = half_open(address, DRIBBLED).await;
        // For ever, as far as it goes; there is no moment without a byte for as long as the patience.
        let (mut from, mut to) = dribbling.split();
        let sent = async {
            while to.write_all(b"x").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let mut answer = Vec::new();
        // What is sent into a closed connection may end the reading, after the answer.
        let ((), _) = tokio::join!(sent, from.read_to_end(&mut answer));
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("too slowly"), "{answer}");
        is_served(address).await;
        stop.send(()).unwrap();
        served.await.unwrap();
    }

    #[tokio::test]
    async fn dribbled_bodies_and_unread_answers_keep_nobody_out_however_many_there_are() {
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
    async fn an_answer_that_nobody_reads_and_one_that_never_goes_on_end() {
        let (address, stop, served, connections) = counted(Duration::from_millis(200), 100).await;
        let endless = half_open(address, b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n").await;
        let unread = half_open(address, b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n").await;
        let read = rest(endless).await;
        assert!(read.contains("begin") && !read.ends_with("0\r\n\r\n"), "{read}");
        while connections.count() > 0 {
            tokio::task::yield_now().await;
        }
        // What had left before is there to be read.
        let unread = rest(unread).await;
        assert!(unread.starts_with("HTTP/1.1 200") && unread.len() < LARGE);
        stop.send(()).unwrap();
        served.await.unwrap();
    }
}
