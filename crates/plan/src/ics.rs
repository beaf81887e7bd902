//! A plan as iCalendar (RFC 5545): each session and each race is an event of a whole day.

use std::fmt::Write;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::onboarding::Race;
use domain::plan::{Expected, Planned, PlannedSession, write as write_steps};
use domain::units::{NBSP, Units};
use uuid::Uuid;

/// Octets of a line, at most, without its end (section 3.1).
const LINE: usize = 75;

/// A calendar of these sessions and races, each with when it changed last.
pub(crate) fn write(sessions: &[(PlannedSession, DateTime<Utc>)], races: &[(Race, DateTime<Utc>)], units: Units) -> String {
    let mut out = String::new();
    for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Legwork//Plan//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH", "X-WR-CALNAME:Legwork"] {
        fold(&mut out, line);
    }
    // What clients read that know it, and what others do.
    fold(&mut out, "REFRESH-INTERVAL;VALUE=DURATION:PT1H");
    fold(&mut out, "X-PUBLISHED-TTL:PT1H");
    for (session, changed) in sessions {
        let planned = Planned { session: session.clone(), expected: Expected::default(), activity: None };
        let steps = write_steps(&session.steps, units).replace("; ", "\n");
        event(&mut out, (session.id, *changed), session.day, &planned.name(units), &steps);
    }
    for (race, changed) in races {
        let Some(id) = race.id else { continue };
        event(&mut out, (id, *changed), race.day, &format!("Race: {}", race.name), &units.distance(race.distance_m));
    }
    fold(&mut out, "END:VCALENDAR");
    out
}

fn event(out: &mut String, (id, changed): (Uuid, DateTime<Utc>), day: NaiveDate, summary: &str, description: &str) {
    let date = |day: NaiveDate| day.format("%Y%m%d").to_string();
    let stamp = changed.format("%Y%m%dT%H%M%SZ");
    fold(out, "BEGIN:VEVENT");
    fold(out, &format!("UID:{id}@legwork"));
    fold(out, &format!("DTSTAMP:{stamp}"));
    fold(out, &format!("LAST-MODIFIED:{stamp}"));
    fold(out, &format!("DTSTART;VALUE=DATE:{}", date(day)));
    fold(out, &format!("DTEND;VALUE=DATE:{}", date(day + TimeDelta::days(1))));
    fold(out, &format!("SUMMARY:{}", escape(&summary.replace(NBSP, " "))));
    if !description.is_empty() {
        fold(out, &format!("DESCRIPTION:{}", escape(&description.replace(NBSP, " "))));
    }
    fold(out, "TRANSP:TRANSPARENT");
    fold(out, "END:VEVENT");
}

/// A text as a value (section 3.3.11). Control characters other than line breaks are not allowed, and are left out.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Adds a line, folded where it is longer than a line may be, between characters.
fn fold(out: &mut String, line: &str) {
    let mut used = 0;
    for c in line.chars() {
        if used + c.len_utf8() > LINE {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push(c);
        used += c.len_utf8();
    }
    let _ = out.write_str("\r\n");
}

#[cfg(test)]
mod tests {
    use domain::activities::Kind;
    use domain::plan::{Choice, Target, read};
    use proptest::prelude::*;

    use super::*;

    fn session(words: &str, steps: &str) -> (PlannedSession, DateTime<Utc>) {
        let day = NaiveDate::from_ymd_opt(2026, 12, 31).expect("a date");
        let steps = read(steps).expect("steps");
        let session = PlannedSession {
            id: Uuid::from_u128(7),
            day,
            kind: Kind::Run,
            words: words.into(),
            target: Target::Distance(8000),
            steps,
            choice: Choice::ByShape,
        };
        (session, DateTime::from_timestamp(1_790_000_000, 0).expect("a moment"))
    }

    /// Lines as a client reads them: unfolded (section 3.1).
    fn lines(text: &str) -> Vec<String> {
        text.replace("\r\n ", "").split_terminator("\r\n").map(ToOwned::to_owned).collect()
    }

    /// A value as a client reads it.
    fn unescape(value: &str) -> String {
        let (mut out, mut chars) = (String::new(), value.chars());
        while let Some(c) = chars.next() {
            match (c, c == '\\') {
                (_, true) => out.extend(chars.next().map(|c| if c == 'n' || c == 'N' { '\n' } else { c })),
                _ => out.push(c),
            }
        }
        out
    }

    #[test]
    fn a_session_is_an_event_of_its_whole_day() {
        let text = write(&[session("tempo, flat; \\o/", "2km easy; 4 x (1km 4:35-4:42/km, 90s jog)")], &[], Units::default());
        assert_eq!(
            lines(&text)[8..],
            [
                "BEGIN:VEVENT",
                "UID:00000000-0000-0000-0000-000000000007@legwork",
                "DTSTAMP:20260921T141320Z",
                "LAST-MODIFIED:20260921T141320Z",
                "DTSTART;VALUE=DATE:20261231",
                "DTEND;VALUE=DATE:20270101",
                "SUMMARY:8 km tempo\\, flat\\; \\\\o/",
                "DESCRIPTION:2km easy\\n4 x (1km 4:35-4:42/km\\, 90s jog)",
                "TRANSP:TRANSPARENT",
                "END:VEVENT",
                "END:VCALENDAR",
            ]
        );
        assert_eq!(lines(&write(&[], &[], Units::default())).last().map(String::as_str), Some("END:VCALENDAR"));
    }

    #[test]
    fn a_race_is_an_event_of_its_whole_day() {
        let day = NaiveDate::from_ymd_opt(2026, 12, 6).expect("a date");
        let race = Race { id: Some(Uuid::from_u128(9)), name: "Riverside, half".into(), day, distance_m: 21_097.5 };
        let text = write(&[], &[(race, DateTime::from_timestamp(1_790_000_000, 0).expect("a moment"))], Units::default());
        let lines = lines(&text);
        for line in [
            "UID:00000000-0000-0000-0000-000000000009@legwork",
            "DTSTART;VALUE=DATE:20261206",
            "SUMMARY:Race: Riverside\\, half",
            "DESCRIPTION:21.10 km",
        ] {
            assert!(lines.iter().any(|one| one == line), "{line}: {lines:?}");
        }
    }

    proptest! {
        #[test]
        fn no_words_break_a_line_and_all_are_read_as_they_were(words in "\\PC{0,200}") {
            let text = write(&[session(&words, "")], &[], Units::default());
            prop_assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']));
            prop_assert!(text.split("\r\n").all(|line| line.len() <= LINE));
            let summary = lines(&text).into_iter().find_map(|line| line.strip_prefix("SUMMARY:").map(unescape)).unwrap_or_default();
            let plain: String = words.chars().filter(|c| !c.is_control()).map(|c| if c == NBSP { ' ' } else { c }).collect();
            prop_assert!(summary.ends_with(&plain), "{summary:?} {plain:?}");
        }
    }
}
