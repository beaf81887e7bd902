//! What moves on a connection: the bodies of requests, the answers to them, and the bytes of all answers on the wire.

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

/// The most of an answer that is given away at a time: the rest is still ours, and we know that it has not left.
const PIECE: usize = 64 << 10;

/// What two sides look at. Nothing panics while it is held.
pub(crate) fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What writes on a connection got rid of.
pub(crate) struct Wire {
    patience: Duration,
    pace: Throughput,
    /// Answers that have not left whole.
    answers: usize,
    /// Whether the other side takes no more for now.
    blocked: bool,
}

impl Wire {
    pub(crate) const fn new(patience: Duration) -> Self {
        Self { patience, pace: Throughput::new(patience), answers: 0, blocked: false }
    }

    /// When the connection ends unless something is written until then.
    pub(crate) fn over_at(&self) -> Option<Instant> {
        self.pace.over_at()
    }

    fn begin(&mut self, now: Instant) {
        // What nobody reads is not made good by asking for more.
        if self.answers == 0 && !self.blocked {
            self.pace = Throughput::new(self.patience);
        }
        self.answers += 1;
        self.pace.wait(now);
    }

    fn end(&mut self, now: Instant) {
        self.answers -= 1;
        if self.answers == 0 && !self.blocked {
            self.pace.pause(now);
        }
    }

    fn wrote(&mut self, now: Instant, written: Option<usize>) {
        self.blocked = written.is_none();
        if let Some(bytes) = written {
            self.pace.moved(now, bytes);
        }
        if self.blocked || self.answers > 0 {
            self.pace.wait(now);
        }
    }
}

/// A request and its answer.
pub(crate) struct Exchange {
    stage: Stage,
    /// Of the request's body.
    pace: Throughput,
}

enum Stage {
    /// The body is on its way; whether somebody has begun to read it.
    Arriving { read: bool },
    /// The request is here, and its answer has not begun.
    Computing,
    /// The answer is on its way; whether there is some of it that nobody has fetched.
    Answering { unread: bool },
}

impl Exchange {
    pub(crate) const fn new(patience: Duration) -> Self {
        Self { stage: Stage::Computing, pace: Throughput::new(patience) }
    }

    /// Bytes a second, where it is the other side that holds it up.
    pub(crate) fn speed(&self, wire: &Wire, now: Instant) -> Option<f64> {
        match self.stage {
            Stage::Arriving { read } => (!read || self.pace.is_waiting()).then(|| self.pace.speed(now)),
            Stage::Computing => None,
            Stage::Answering { unread } => (unread || wire.blocked).then(|| wire.pace.speed(now)),
        }
    }
}

/// The body of a request: an error where it comes too slowly.
pub(crate) struct PacedBody<B> {
    body: B,
    exchange: Arc<Mutex<Exchange>>,
    timer: Option<Pin<Box<Sleep>>>,
    ended: bool,
}

impl<B: HttpBody> PacedBody<B> {
    pub(crate) fn new(body: B, under_way: &ActiveRequest) -> Self {
        let exchange = Arc::clone(&under_way.exchange);
        let ended = body.is_end_stream();
        if !ended {
            locked(&exchange).stage = Stage::Arriving { read: false };
        }
        Self { body, exchange, timer: None, ended }
    }
}

impl<B> PacedBody<B> {
    /// Nothing more is waited for.
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
                    exchange.pace.moved(now, frame.data_ref().map_or(0, Bytes::len));
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
                let over = {
                    let mut exchange = locked(&this.exchange);
                    exchange.stage = Stage::Arriving { read: true };
                    exchange.pace.wait(now);
                    exchange.pace.over_at().unwrap_or(now)
                };
                let timer = this.timer.get_or_insert_with(|| Box::pin(sleep_until(over)));
                if timer.deadline() != over {
                    timer.as_mut().reset(over);
                }
                ready!(timer.as_mut().poll(context));
                this.end();
                Poll::Ready(Some(Err(axum::Error::new(io::Error::new(io::ErrorKind::TimedOut, "the body came too slowly")))))
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

/// The body of an answer: its request is under way until it ends.
pub(crate) struct TrackedBody {
    body: Body,
    rest: Bytes,
    under_way: ActiveRequest,
}

impl TrackedBody {
    pub(crate) fn new(body: Body, under_way: ActiveRequest) -> Self {
        locked(&under_way.exchange).stage = Stage::Answering { unread: true };
        locked(&under_way.wire).begin(Instant::now());
        Self { body, rest: Bytes::new(), under_way }
    }
}

impl Drop for TrackedBody {
    fn drop(&mut self) {
        locked(&self.under_way.wire).end(Instant::now());
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
            && let Some(data) = frame.data_mut().filter(|data| data.len() > PIECE)
        {
            this.rest = data.split_off(PIECE);
        }
        // Where there is nothing to give, it is us that is waited for.
        locked(&this.under_way.exchange).stage = Stage::Answering { unread: polled.is_ready() };
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

/// A connection's bytes, which notes what is written.
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
