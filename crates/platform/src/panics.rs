//! Logging of panics: a line with location and message. Many of them are caught (a handler's, a background step's), and a client may cause
//! them again and again: only the first of a minute at each location has its backtrace.

use std::backtrace::Backtrace;
use std::collections::HashMap;
use std::panic::PanicHookInfo;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Maximum characters of a message: it may quote what a client sent.
const MESSAGE_CHARS: usize = 300;
/// How long a location gets no further backtrace.
const BACKTRACE_INTERVAL: Duration = Duration::from_mins(1);

/// From here on panics of this process are logged.
pub(crate) fn log_panics() {
    let reporter = Reporter::default();
    std::panic::set_hook(Box::new(move |panic| reporter.report(panic)));
}

/// When each location had its last backtrace. There are only as many locations as the program has lines that can panic.
#[derive(Default)]
struct Reporter(Mutex<HashMap<String, Instant>>);

impl Reporter {
    fn report(&self, panic: &PanicHookInfo<'_>) {
        let location = panic.location().map_or_else(|| "unknown".to_owned(), ToString::to_string);
        let message: String = panic.payload_as_str().unwrap_or("no message").chars().take(MESSAGE_CHARS).collect();
        let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
        // Quoted, so that a message with line breaks stays on one line. A backtrace has many.
        if self.is_due(&location, Instant::now()) {
            let backtrace = Backtrace::force_capture();
            tracing::error!(%location, ?message, thread, %backtrace, "a panic");
        } else {
            tracing::error!(%location, ?message, thread, "a panic");
        }
    }

    /// Whether a location gets a backtrace now.
    fn is_due(&self, location: &str, now: Instant) -> bool {
        // A poisoned lock must not make logging a panic panic.
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = last.get(location).is_none_or(|before| now.duration_since(*before) >= BACKTRACE_INTERVAL);
        if due {
            last.insert(location.to_owned(), now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::LogLines;

    #[tokio::test]
    async fn a_flood_of_caught_panics_is_a_line_each_and_one_backtrace() {
        let lines = LogLines::default();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(lines.clone()).finish();
        let logging = tracing::subscriber::set_default(subscriber);
        log_panics();
        for _ in 0..50 {
            let step = async { if std::hint::black_box(true) { panic!("begun\n{}", "x".repeat(1000)) } else { Ok(()) } };
            assert!(crate::catch_panic(step).await.is_err());
        }
        drop(std::panic::take_hook());
        drop(logging);
        let log = lines.text();
        let errors: Vec<&str> = log.lines().filter(|line| line.contains("ERROR")).collect();
        assert_eq!(errors.len(), 50, "{log}");
        for line in errors {
            // The break in the message is one of the 300 characters.
            assert!(line.contains("panics.rs:") && line.contains("\"begun\\nx") && line.matches('x').count() <= MESSAGE_CHARS, "{line}");
        }
        assert_eq!(log.matches("backtrace=").count(), 1, "{log}");
    }

    #[test]
    fn a_location_has_a_backtrace_again_after_a_minute_and_another_location_at_once() {
        let (reporter, begin) = (Reporter::default(), Instant::now());
        assert!(reporter.is_due("a.rs:1:1", begin));
        assert!(!reporter.is_due("a.rs:1:1", begin + BACKTRACE_INTERVAL / 2));
        assert!(reporter.is_due("b.rs:1:1", begin + BACKTRACE_INTERVAL / 2));
        assert!(reporter.is_due("a.rs:1:1", begin + BACKTRACE_INTERVAL));
    }
}
