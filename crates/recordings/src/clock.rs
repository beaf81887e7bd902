//! Impossible dates: a watch whose clock was never set, or was set wrong.

use crate::{Recording, Warning};

/// 2000-01-01T00:00Z in milliseconds since 1970. No file of ours is older, and FIT calls times before 1998-07-03 seconds since the
/// device was switched on.
const EARLIEST_MS: i64 = 946_684_800_000;
/// A clock may be this far ahead of ours, in milliseconds: a day, because a file that names no zone may be dated in any of them.
const AHEAD_MS: i64 = 86_400_000;

impl Recording {
    /// What is wrong with the date, `None` if it is possible. `now_ms` is the time of the upload in milliseconds since 1970; without it the
    /// future is not checked. A clock that was set on the way is right in the end.
    #[must_use]
    pub fn impossible_date(&self, now_ms: Option<i64>) -> Option<Warning> {
        let start = self.started_at_ms?;
        let last_s = self.samples.time_s.iter().rev().copied().find(|t| t.is_finite()).unwrap_or(0.0);
        impossible(start, now_ms).filter(|_| impossible(start.saturating_add((last_s * 1000.0) as i64), now_ms).is_some())
    }
}

fn impossible(started_at_ms: i64, now_ms: Option<i64>) -> Option<Warning> {
    let day = || chrono::DateTime::from_timestamp_millis(started_at_ms).map_or_else(|| "?".to_owned(), |t| t.format("%Y-%m-%d").to_string());
    if started_at_ms < EARLIEST_MS {
        Some(Warning::ClockNotSet { day: day() })
    } else if now_ms.is_some_and(|now| started_at_ms > now.saturating_add(AHEAD_MS)) {
        Some(Warning::InTheFuture { day: day() })
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_before_watches_or_after_the_upload_is_impossible() {
        let now = Some(1_700_000_000_000); // 2023-11-14
        assert_eq!(impossible(631_065_606_000, now), Some(Warning::ClockNotSet { day: "1989-12-31".into() }));
        assert_eq!(impossible(-2_147_483_648_000, None), Some(Warning::ClockNotSet { day: "1901-12-13".into() }));
        assert_eq!(impossible(946_684_799_999, None), Some(Warning::ClockNotSet { day: "1999-12-31".into() }));
        assert_eq!(impossible(1_800_000_000_000, now), Some(Warning::InTheFuture { day: "2027-01-15".into() }));
        for possible in [946_684_800_000, 1_700_000_000_000, 1_700_080_000_000] {
            assert_eq!(impossible(possible, now), None);
        }
        assert_eq!(impossible(1_800_000_000_000, None), None, "without a now there is no future");
        assert!(impossible(i64::MIN, None).is_some() && impossible(i64::MAX, now).is_some());
    }

    #[test]
    fn a_clock_that_was_set_on_the_way_is_not_reported() {
        let mut set = Recording { started_at_ms: Some(631_065_606_000), ..Recording::default() };
        set.samples.push(0.0);
        set.samples.push(60.0);
        assert_eq!(set.impossible_date(None), Some(Warning::ClockNotSet { day: "1989-12-31".into() }));
        set.samples.push(1.0e9);
        assert_eq!(set.impossible_date(Some(1_700_000_000_000)), None);
    }
}
