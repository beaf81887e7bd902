//! What moves on a connection: request bodies, responses, and the bytes of all responses on the wire.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::connections::ActiveRequest;
use crate::throughput::Throughput;

/// The most of a response that is handed over at a time: we keep the rest, and know that it has not been sent.
const CHUNK: usize = 64 << 10;

/// Locks shared state. Nothing panics while it is held.
pub(crate) fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What has been written to a connection.
pub(crate) struct Wire {
    idle_timeout: Duration,
    throughput: Throughput,
    /// Responses that have not been sent completely.
    responses: usize,
    /// Whether the socket accepts no more for now.
    blocked: bool,
}

impl Wire {
    pub(crate) const fn new(idle_timeout: Duration) -> Self {
        Self { idle_timeout, throughput: Throughput::new(idle_timeout), responses: 0, blocked: false }
    }

    /// When the connection expires unless something is written until then.
    pub(crate) fn expires_at(&self) -> Option<Instant> {
        self.throughput.expires_at()
    }

    fn begin(&mut self, now: Instant) {
        // A new request does not reset the timeout of a response that is not read.
        if self.responses == 0 && !self.blocked {
            self.throughput = Throughput::new(self.idle_timeout);
        }
        self.responses += 1;
        self.throughput.wait(now);
    }

    fn end(&mut self, now: Instant) {
        self.responses -= 1;
        if self.responses == 0 && !self.blocked {
            self.throughput.pause(now);
        }
    }

    fn wrote(&mut self, now: Instant, written: Option<usize>) {
        self.blocked = written.is_none();
        if let Some(bytes) = written {
            self.throughput.moved(now, bytes);
        }
        if self.blocked || self.responses > 0 {
            self.throughput.wait(now);
        }
    }
}

/// A request and its response.
pub(crate) struct Exchange {
    stage: Stage,
    /// Of the request's body.
    throughput: Throughput,
}

enum Stage {
    /// The body is arriving; whether a handler has begun to read it.
    Arriving { read: bool },
    /// The request has arrived, and its response has not begun.
    Computing,
    /// The response is being sent; whether some of it has not been taken yet.
    Responding { unread: bool },
}

impl Exchange {
    pub(crate) const fn new(idle_timeout: Duration) -> Self {
        Self { stage: Stage::Computing, throughput: Throughput::new(idle_timeout) }
    }

    /// Bytes per second, if it is the client that we wait for.
    pub(crate) fn speed(&self, wire: &Wire, now: Instant) -> Option<f64> {
        match self.stage {
            Stage::Arriving { read } => (!read || self.throughput.is_waiting()).then(|| self.throughput.speed(now)),
            Stage::Computing => None,
            Stage::Responding { unread } => (unread || wire.blocked).then(|| wire.throughput.speed(now)),
        }
    }
}

/// A request body that fails if it arrives too slowly.
pub(crate) struct PacedBody<B> {
    body: B,
    exchange: Arc<Mutex<Exchange>>,
    timer: Option<Pin<Box<Sleep>>>,
    ended: bool,
}

impl<B: HttpBody> PacedBody<B> {
    pub(crate) fn new(body: B, active: &ActiveRequest) -> Self {
        let exchange = Arc::clone(&active.exchange);
        let ended = body.is_end_stream();
        if !ended {
            locked(&exchange).stage = Stage::Arriving { read: false };
        }
        Self { body, exchange, timer: None, ended }
    }
}

impl<B> PacedBody<B> {
    /// No more bytes are expected.
    fn end(&mut self) {
        self.ended = true;
        let mut exchange = locked(&self.exchange);
        if matches!(exchange.stage, Stage::Arriving { .. }) {
            exchange.stage = Stage::Computing;
        }
    }
}

impl<B> Drop for PacedBody<B> {
    fn drop(&mut self) {
        self.end();
    }
}

impl<B> HttpBody for PacedBody<B>
where
    B: HttpBody<Data = Bytes> + Unpin,
    B::Error: std::error::Error + Send + Sync + 'static,
{
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        if this.ended {
            return Poll::Ready(None);
        }
        let polled = Pin::new(&mut this.body).poll_frame(context);
        let now = Instant::now();
        match polled {
            Poll::Ready(Some(Ok(frame))) => {
                {
                    let mut exchange = locked(&this.exchange);
                    exchange.stage = Stage::Arriving { read: true };
                    exchange.throughput.moved(now, frame.data_ref().map_or(0, Bytes::len));
                }
                if this.body.is_end_stream() {
                    this.end();
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(end) => {
                this.end();
                Poll::Ready(end.map(|frame| frame.map_err(axum::Error::new)))
            }
            Poll::Pending => {
                let expires = {
                    let mut exchange = locked(&this.exchange);
                    exchange.stage = Stage::Arriving { read: true };
                    exchange.throughput.wait(now);
                    exchange.throughput.expires_at().unwrap_or(now)
                };
                let timer = this.timer.get_or_insert_with(|| Box::pin(sleep_until(expires)));
                if timer.deadline() != expires {
                    timer.as_mut().reset(expires);
                }
                ready!(timer.as_mut().poll(context));
                this.end();
                Poll::Ready(Some(Err(axum::Error::new(io::Error::new(io::ErrorKind::TimedOut, "the body arrived too slowly")))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.ended
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A response body: its request is active until it ends.
pub(crate) struct TrackedBody {
    body: Body,
    rest: Bytes,
    active: ActiveRequest,
}

impl TrackedBody {
    pub(crate) fn new(body: Body, active: ActiveRequest) -> Self {
        locked(&active.exchange).stage = Stage::Responding { unread: true };
        locked(&active.wire).begin(Instant::now());
        Self { body, rest: Bytes::new(), active }
    }
}

impl Drop for TrackedBody {
    fn drop(&mut self) {
        locked(&self.active.wire).end(Instant::now());
    }
}

impl HttpBody for TrackedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let mut polled = if this.rest.is_empty() {
            Pin::new(&mut this.body).poll_frame(context)
        } else {
            Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut this.rest)))))
        };
        if let Poll::Ready(Some(Ok(frame))) = &mut polled
            && let Some(data) = frame.data_mut().filter(|data| data.len() > CHUNK)
        {
            this.rest = data.split_off(CHUNK);
        }
        // With nothing to send, the client waits for us.
        locked(&this.active.exchange).stage = Stage::Responding { unread: polled.is_ready() };
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (mut hint, rest) = (self.body.size_hint(), self.rest.len() as u64);
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper + rest);
        }
        hint.set_lower(hint.lower() + rest);
        hint
    }
}

/// A connection's stream that notes what is written.
pub(crate) struct MeteredStream<S> {
    stream: S,
    wire: Arc<Mutex<Wire>>,
}

impl<S> MeteredStream<S> {
    pub(crate) const fn new(stream: S, wire: Arc<Mutex<Wire>>) -> Self {
        Self { stream, wire }
    }

    fn note(&self, polled: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &polled {
            Poll::Ready(Ok(bytes)) => locked(&self.wire).wrote(Instant::now(), Some(*bytes)),
            Poll::Pending => locked(&self.wire).wrote(Instant::now(), None),
            Poll::Ready(Err(_)) => {}
        }
        polled
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for MeteredStream<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for MeteredStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.note(polled)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.note(polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
