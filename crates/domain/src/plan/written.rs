//! Writing steps as a line of text, as [`super::text`] reads it.

use super::steps::{Aim, Block, Length, Role, Step, Steps};
use super::text::{MILE_M, pace, read_length};
use crate::units::Units;

/// `90s`, `5min`, `1h30min`.
#[must_use]
pub fn write_time(seconds: u32) -> String {
    if seconds < 120 && seconds != 60 {
        return format!("{seconds}s");
    }
    let (h, m, s) = (seconds / 3600, seconds % 3600 / 60, seconds % 60);
    let part = |number: u32, unit: &str| if number > 0 { format!("{number}{unit}") } else { String::new() };
    [part(h, "h"), part(m, "min"), part(s, "s")].concat()
}

/// A time to the minute: `41min`.
#[must_use]
pub fn about_time(seconds: f64) -> String {
    write_time(((seconds / 60.0).round() as u32).max(1) * 60)
}

/// A number with at most so many decimals.
fn short(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A length as it is typed, in the viewer's units where that is exact.
#[must_use]
pub fn write_length(length: Length, units: Units) -> String {
    match length {
        Length::Open => "open".to_owned(),
        Length::Duration(seconds) => write_time(seconds),
        Length::Distance(metres) => {
            let own = format!("{}{}", short(f64::from(metres) / units.unit_m(), 2), units.distance_unit());
            let is_long = metres >= 1000 || !own.starts_with("0.");
            if is_long && read_length(&own) == Ok(length) { own } else { format!("{metres}m") }
        }
    }
}

/// How fast or how hard, as it is typed; empty if it does not say.
#[must_use]
pub fn write_aim(aim: Aim, units: Units) -> String {
    let range = |low: String, high: String| if low == high { low } else { format!("{low}-{high}") };
    match aim {
        Aim::Free => String::new(),
        Aim::HeartRate(low, high) => format!("{}bpm", range(low.to_string(), high.to_string())),
        Aim::Effort(low, high) => format!("effort {}", range(low.to_string(), high.to_string())),
        Aim::Pace(fast, slow) => {
            let clock = |s: f64| format!("{}:{:02}", s.round() as u32 / 60, s.round() as u32 % 60);
            let own = units.unit_m();
            let other = if (own - 1000.0).abs() < 1.0 { MILE_M } else { 1000.0 };
            for (metres, unit) in [(own, units.pace_unit()), (other, if other > 1000.0 { "/mi" } else { "/km" })] {
                let of = |tenths: u32| clock(f64::from(tenths) / 10_000.0 * metres);
                let text = format!("{}{unit}", range(of(fast), of(slow)));
                if pace(&text) == Ok(aim) {
                    return text;
                }
            }
            let exact = |tenths: u32| format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10);
            format!("{}/km", range(exact(fast), exact(slow)))
        }
    }
}

fn write_step(step: &Step, units: Units) -> String {
    let role = match step.role {
        Role::WarmUp => "warm-up",
        Role::Easy => "easy",
        Role::Work => "",
        Role::Jog => "jog",
        Role::Rest => "rest",
        Role::CoolDown => "cool-down",
    };
    let parts = [write_length(step.length, units), write_aim(step.aim, units), role.to_owned()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Writes steps as they are typed, in these units: read again, they are the same.
#[must_use]
pub fn write(steps: &Steps, units: Units) -> String {
    let block = |block: &Block| match block {
        Block::Once(step) => write_step(step, units),
        Block::Repeat(times, steps) => {
            format!("{times} x ({})", steps.iter().map(|step| write_step(step, units)).collect::<Vec<_>>().join(", "))
        }
    };
    steps.0.iter().map(block).collect::<Vec<_>>().join("; ")
}

/// The core of it in a few words: `4 × 1km at 4:35-4:42/km`; nothing without a repeat.
#[must_use]
pub fn gist(steps: &Steps, units: Units) -> Option<String> {
    steps.0.iter().find_map(|block| match block {
        Block::Repeat(times, steps) if *times > 1 => {
            let work = steps.iter().find(|step| step.role == Role::Work)?;
            let aim = write_aim(work.aim, units);
            let at = if aim.is_empty() || aim.starts_with("effort") { "" } else { " at" };
            let aim = if aim.is_empty() { aim } else { format!("{at} {aim}") };
            Some(format!("{times} × {}{aim}", write_length(work.length, units)))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::steps::{HEART_RATES, LONGEST, MOST_STEPS, MOST_TIMES, PACES, SHORTEST_M};
    use super::super::text::read;
    use super::*;

    const EXAMPLE: &str = "2km easy; 4 x (1km 4:35-4:42/km, 90s jog); 1km easy";

    fn arbitrary_step() -> impl Strategy<Value = Step> {
        let role = prop::sample::select(vec![Role::WarmUp, Role::Easy, Role::Work, Role::Jog, Role::Rest, Role::CoolDown]);
        let length = prop_oneof![
            (SHORTEST_M..=LONGEST.0).prop_map(Length::Distance),
            (1..=500_u32).prop_map(|n| Length::Distance(n * 100)),
            (1..=LONGEST.1).prop_map(Length::Duration),
            Just(Length::Open)
        ];
        let aim = prop_oneof![
            Just(Aim::Free),
            (PACES.0..=PACES.1, PACES.0..=PACES.1).prop_map(|(a, b)| Aim::Pace(a.min(b), a.max(b))),
            (HEART_RATES.0..=HEART_RATES.1, HEART_RATES.0..=HEART_RATES.1).prop_map(|(a, b)| Aim::HeartRate(a.min(b), a.max(b))),
            (1..=10_u8, 1..=10_u8).prop_map(|(a, b)| Aim::Effort(a.min(b), a.max(b)))
        ];
        (role, length, aim).prop_map(|(role, length, aim)| Step { role, length, aim })
    }

    fn arbitrary_steps() -> impl Strategy<Value = Steps> {
        let block = prop_oneof![
            arbitrary_step().prop_map(Block::Once),
            (1..=MOST_TIMES, prop::collection::vec(arbitrary_step(), 1..5)).prop_map(|(times, steps)| Block::Repeat(times, steps))
        ];
        prop::collection::vec(block, 0..9).prop_map(Steps)
    }

    #[test]
    fn a_line_is_read_as_it_would_be_said() {
        let steps = read(EXAMPLE).expect("valid");
        assert_eq!(write(&steps, Units::default()), EXAMPLE);
        for same in [
            "2 km easy, 4×(1 km at 4:35–4:42 /km, 90 s jog), 1,0 km easy",
            "2000m easy\n4 x (1km 4:35 to 4:42/km, 1min30s recovery)\n1k easy",
            "2KM EASY; 4x ( 1km @ 4:42-4:35/km , 90 sec jog ) ; 1 km easy;",
        ] {
            assert_eq!(read(same).as_ref(), Ok(&steps), "{same}");
        }
        assert_eq!(gist(&steps, Units::default()).as_deref(), Some("4 × 1km at 4:35-4:42/km"));
        assert_eq!(steps.extent(Some(330.0)), (Some(7000.0 + 4.0 * 90.0 / 330.0 * 1000.0), Some(3.0 * 330.0 + 4.0 * (278.5 + 90.0))));
        assert_eq!(steps.extent(None), (None, None));
        assert_eq!(read("3 x 5min effort 7; open cool-down; 1h30 140-150 bpm").map(|steps| steps.written()), Ok(3));
        assert_eq!(read("").map(|steps| steps.is_empty()), Ok(true));
    }

    #[test]
    fn miles_stay_miles_and_yards_are_read() {
        let line = "1mi warm-up; 6 x (0.5mi 7:30/mi, 2min jog); 400yd rest";
        let steps = read(line).expect("valid");
        assert_eq!(write(&steps, Units::AMERICAN), "1mi warm-up; 6 x (805m 7:30/mi, 2min jog); 366m rest");
        assert_eq!(write(&read("800m 4:00/km").expect("valid"), Units::AMERICAN), "800m 4:00/km");
    }

    #[test]
    fn a_mistake_names_the_part_that_is_wrong() {
        for (line, part) in [
            ("2km easy; 4 x (1km 4:35/km, 90 jog)", "90"),
            ("2km easy; fast 3km", "fast"),
            ("2km 3km", "2km 3km"),
            ("4 x (1km, 2 x (400m))", "(400m))"),
            ("4 x (1km; 90s jog", "4 x (1km"),
            ("4 x (1km", "4 x (1km"),
            ("1km)", "1km)"),
            ("60 x 400m", "60 x 400m"),
            ("1km 0:30/km", "0:30/km"),
            ("1km effort 11", "1km effort 11"),
            ("20min 300bpm", "300bpm"),
            ("easy", "easy"),
            ("4 x ()", "4 x ()"),
            ("1:30 easy", "1:30"),
            ("600km", "600km"),
        ] {
            let mistake = read(line).expect_err(line);
            assert_eq!(mistake.part, part, "{line}: {mistake}");
            assert!(mistake.to_string().ends_with('.'), "{mistake}");
        }
        assert!(read(&"1km;".repeat(MOST_STEPS)).is_ok() && read(&"1km;".repeat(MOST_STEPS + 1)).is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_the_same(steps in arbitrary_steps()) {
            for units in [Units::default(), Units::AMERICAN] {
                let line = write(&steps, units);
                prop_assert_eq!(read(&line), Ok(steps.clone()), "{}", line);
            }
        }

        #[test]
        fn any_text_is_steps_within_bounds_or_a_mistake(text in "[ -~×–é\n]{0,80}") {
            if let Ok(steps) = read(&text) {
                prop_assert!(steps.written() <= MOST_STEPS);
                prop_assert!(steps.0.iter().all(|block| (1..=MOST_TIMES).contains(&block.times()) && !block.steps().is_empty()));
                prop_assert_eq!(read(&write(&steps, Units::default())), Ok(steps));
            }
        }

        #[test]
        fn a_line_of_pieces_breaks_nothing(pieces in prop::collection::vec(prop::sample::select(vec!["4 x", "(", ")", ",", ";", "1km", "90s", "1:30", "/km", "4:35", "-", " ", "easy", "bpm", "150", "effort", "7", "1,5", "h", "é"]), 0..14)) {
            let line: String = pieces.concat();
            if let Err(mistake) = read(&line) {
                prop_assert!(!mistake.why.is_empty());
            }
        }
    }
}
