//! The current time, injected so that tests can set it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

/// The real clock, or one that a test sets.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The system's.
    System,
    /// Stands still until it is set; microseconds since 1970.
    Manual(Arc<AtomicI64>),
}

/// Whether there is a time zone of that name.
#[must_use]
pub fn is_time_zone(name: &str) -> bool {
    name.parse::<chrono_tz::Tz>().is_ok()
}

/// Local time of an instant in a zone (IANA name; unknown ones count as UTC).
#[must_use]
pub fn on_wall(at: DateTime<Utc>, time_zone: &str) -> NaiveDateTime {
    time_zone.parse::<chrono_tz::Tz>().map_or_else(|_| at.naive_utc(), |zone| at.with_timezone(&zone).naive_local())
}

/// The time zones to choose from, by region and town: without abbreviations and countries.
#[must_use]
pub fn time_zones() -> Vec<&'static str> {
    const REGIONS: [&str; 10] = ["Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"];
    let names = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
    let mut named: Vec<_> = names.filter(|name| name.split_once('/').is_some_and(|(region, _)| REGIONS.contains(&region))).collect();
    named.sort_unstable();
    named.push("UTC");
    named
}

impl Clock {
    /// A clock that stands at `at`.
    #[must_use]
    pub fn manual(at: DateTime<Utc>) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(at.timestamp_micros())))
    }

    /// Today's date in a time zone (IANA name; unknown ones count as UTC).
    #[must_use]
    pub fn today(&self, time_zone: &str) -> NaiveDate {
        let now = self.now();
        time_zone.parse::<chrono_tz::Tz>().map_or_else(|_| now.date_naive(), |zone| now.with_timezone(&zone).date_naive())
    }

    /// The current instant.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the system clock")]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now(),
            Self::Manual(micros) => DateTime::from_timestamp_micros(micros.load(Ordering::Relaxed)).unwrap_or_default(),
        }
    }
}
