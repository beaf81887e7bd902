//! Days and times of day as an athlete writes them.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::{Clock, DateOrder, NBSP, Units, WeekStart};

impl Units {
    /// `26 November 2026`.
    #[must_use]
    pub fn date(self, day: NaiveDate) -> String {
        self.in_order(day, "%-d %B %Y", "%B %-d, %Y", "%Y-%m-%d")
    }

    /// `26 Nov 2026`, where there is little room.
    #[must_use]
    pub fn short_date(self, day: NaiveDate) -> String {
        self.in_order(day, "%-d %b %Y", "%b %-d, %Y", "%Y-%m-%d")
    }

    /// `26 November`, where the year is clear.
    #[must_use]
    pub fn day_and_month(self, day: NaiveDate) -> String {
        self.in_order(day, "%-d %B", "%B %-d", "%B %-d")
    }

    /// The seven days from one on: `16 to 22 November`, `28 September to 4 October`, with the year where it is not `today`'s.
    #[must_use]
    pub fn week(self, first: NaiveDate, today: NaiveDate) -> String {
        let last = first + TimeDelta::days(6);
        if last.year() != today.year() {
            return format!("{} to {}", self.day_and_month(first), self.date(last));
        }
        match self.dates {
            _ if first.month() != last.month() => format!("{} to {}", self.day_and_month(first), self.day_and_month(last)),
            DateOrder::DayFirst => format!("{} to {}", first.day(), self.day_and_month(last)),
            DateOrder::MonthFirst | DateOrder::YearFirst => format!("{} to {}", self.day_and_month(first), last.day()),
        }
    }

    /// `Sat 21 Nov`, with the year where it is not `today`'s.
    #[must_use]
    pub fn short_weekday(self, day: NaiveDate, today: NaiveDate) -> String {
        if day.year() == today.year() { self.in_order(day, "%a %-d %b", "%a, %b %-d", "%a %-d %b") } else { self.short_weekday_and_date(day) }
    }

    /// `Saturday 21 November`, with the year where it is not `today`'s.
    #[must_use]
    pub fn weekday(self, day: NaiveDate, today: NaiveDate) -> String {
        if day.year() == today.year() { self.in_order(day, "%A %-d %B", "%A, %B %-d", "%A %-d %B") } else { self.weekday_and_date(day) }
    }

    /// `Saturday 21 November 2026`.
    fn weekday_and_date(self, day: NaiveDate) -> String {
        self.in_order(day, "%A %-d %B %Y", "%A, %B %-d, %Y", "%A %Y-%m-%d")
    }

    /// `Sat 21 Nov 2026`.
    #[must_use]
    pub fn short_weekday_and_date(self, day: NaiveDate) -> String {
        self.in_order(day, "%a %-d %b %Y", "%a, %b %-d, %Y", "%a %Y-%m-%d")
    }

    fn in_order(self, day: NaiveDate, day_first: &str, month_first: &str, year_first: &str) -> String {
        let format = match self.dates {
            DateOrder::DayFirst => day_first,
            DateOrder::MonthFirst => month_first,
            DateOrder::YearFirst => year_first,
        };
        day.format(format).to_string()
    }

    /// `16:05`, `4:05 pm`.
    #[must_use]
    pub fn time(self, time: NaiveTime) -> String {
        match self.clock {
            Clock::Hours24 => time.format("%H:%M").to_string(),
            Clock::Hours12 => time.format(&format!("%-I:%M{NBSP}%P")).to_string(),
        }
    }

    /// The same of minutes after midnight.
    #[must_use]
    pub fn time_at(self, minute: i32) -> String {
        let seconds = u32::try_from(minute.rem_euclid(24 * 60)).unwrap_or_default() * 60;
        NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).map(|time| self.time(time)).unwrap_or_default()
    }

    /// `Saturday 21 November 2026, 16:05`.
    #[must_use]
    pub fn weekday_and_moment(self, at: NaiveDateTime) -> String {
        format!("{}, {}", self.weekday_and_date(at.date()), self.time(at.time()))
    }

    /// `26 November 2026, 16:05`.
    #[must_use]
    pub fn moment(self, at: NaiveDateTime) -> String {
        format!("{}, {}", self.date(at.date()), self.time(at.time()))
    }

    /// The same, said from now where it was today or yesterday: `today, 16:05`. Both are on the athlete's wall clock.
    #[must_use]
    pub fn recently(self, at: NaiveDateTime, now: NaiveDateTime) -> String {
        let time = self.time(at.time());
        match (now.date() - at.date()).num_days() {
            0 => format!("today, {time}"),
            1 => format!("yesterday, {time}"),
            _ => self.moment(at),
        }
    }

    /// The first day of the week of a day.
    #[must_use]
    pub fn week_of(self, day: NaiveDate) -> NaiveDate {
        let first = match self.week {
            WeekStart::Monday => chrono::Weekday::Mon,
            WeekStart::Sunday => chrono::Weekday::Sun,
            WeekStart::Saturday => chrono::Weekday::Sat,
        };
        day - TimeDelta::days(i64::from(day.weekday().days_since(first)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn days_and_times_are_in_the_order_that_was_chosen() {
        let at = day("2026-11-26").and_hms_opt(16, 5, 0).expect("a time");
        let iso = Units { dates: DateOrder::YearFirst, ..Units::default() };
        assert_eq!(Units::default().moment(at), "26 November 2026, 16:05");
        assert_eq!(Units::AMERICAN.moment(at), "November 26, 2026, 4:05\u{a0}pm");
        assert_eq!((Units::default().time_at(485), Units::AMERICAN.time_at(0)), ("08:05".to_owned(), "12:00\u{a0}am".to_owned()));
        assert_eq!(Units::default().time_at(-15), "23:45");
        assert_eq!(iso.moment(at), "2026-11-26, 16:05");
        assert_eq!(Units::AMERICAN.weekday(at.date(), day("2026-12-01")), "Thursday, November 26");
        assert_eq!(Units::default().weekday(at.date(), day("2027-01-01")), "Thursday 26 November 2026");
        let midnight = NaiveTime::MIN;
        assert_eq!((Units::default().time(midnight), Units::AMERICAN.time(midnight)), ("00:00".into(), "12:00\u{a0}am".into()));
    }

    #[test]
    fn what_was_recent_is_said_from_now() {
        let (units, now) = (Units::default(), day("2026-11-26").and_hms_opt(0, 10, 0).expect("a time"));
        assert_eq!(units.recently(now, now), "today, 00:10");
        assert_eq!(units.recently(now - TimeDelta::minutes(20), now), "yesterday, 23:50");
        assert_eq!(units.recently(now - TimeDelta::days(2), now), "24 November 2026, 00:10");
        assert_eq!(units.recently(now + TimeDelta::days(1), now), "27 November 2026, 00:10");
    }

    #[test]
    fn a_week_is_said_by_its_days() {
        let (today, iso) = (day("2026-11-26"), Units { dates: DateOrder::YearFirst, ..Units::default() });
        assert_eq!(Units::default().week(day("2026-11-16"), today), "16 to 22 November");
        assert_eq!(Units::AMERICAN.week(day("2026-11-15"), today), "November 15 to 21");
        assert_eq!(iso.week(day("2026-09-28"), today), "September 28 to October 4");
        assert_eq!(Units::default().week(day("2025-12-29"), today), "29 December to 4 January");
        assert_eq!(Units::default().week(day("2025-11-17"), today), "17 November to 23 November 2025");
        assert_eq!(
            (Units::default().short_weekday(today, today), Units::default().short_weekday(day("2025-11-26"), today)),
            ("Thu 26 Nov".into(), "Wed 26 Nov 2025".into())
        );
    }

    #[test]
    fn a_week_begins_on_the_chosen_day_and_holds_the_day() {
        for (week, first) in [(WeekStart::Monday, "2026-11-23"), (WeekStart::Sunday, "2026-11-22"), (WeekStart::Saturday, "2026-11-21")] {
            let units = Units { week, ..Units::default() };
            assert_eq!(units.week_of(day("2026-11-26")), day(first));
            assert_eq!(units.week_of(day(first)), day(first));
        }
    }
}
