//! Counts queries by the event that sqlx emits when one is done. A transaction's begin has no such event, so [`crate::Database`] counts it.

use std::time::Duration;

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// The target of the events.
const TARGET: &str = "sqlx::query";
/// Their field with the seconds that the query took.
const SECONDS: &str = "elapsed_secs";

/// The part of a subscriber that counts queries, each for the request or the job that it is part of.
pub fn counting_queries<S: Subscriber + for<'a> LookupSpan<'a>>() -> impl Layer<S> {
    // Slow ones are warnings.
    Counter.with_filter(Targets::new().with_target(TARGET, Level::DEBUG))
}

struct Counter;

impl<S: Subscriber> Layer<S> for Counter {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut took = Took(Duration::ZERO);
        event.record(&mut took);
        super::count_query(took.0);
    }
}

struct Took(Duration);

impl Visit for Took {
    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == SECONDS {
            self.0 = Duration::try_from_secs_f64(value).unwrap_or_default();
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}
