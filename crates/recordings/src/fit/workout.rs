//! Writes a workout as a FIT file, which a watch then leads through: steps with their lengths and targets, and repeats of them.
//!
//! Following the FIT SDK's cookbook for workouts: `file_id` of type 5, `workout`, and a `workout_step` for each step; a repeat is a step after those that it
//! repeats, which names the first of them.

use chrono::NaiveDate;
use domain::activities::Kind;
use domain::plan::{Aim, Block, Length, Role, Step, Steps, write_aim};
use domain::units::Units;

use super::EPOCH_S;
use super::encode::{ENUM, Layout, STRING, U16, U32, U32Z, Writer, wrap};
use super::sports::{other_sport_number, sport_number, sub_sport_number};
use crate::Sport;

const FILE_ID: Layout = &[(0, 1, ENUM), (1, 2, U16), (2, 2, U16), (3, 4, U32Z), (4, 4, U32)];
const NAME: u8 = 60;
const WORKOUT: Layout = &[(8, NAME, STRING), (6, 2, U16), (4, 1, ENUM), (11, 1, ENUM)];
const STEP_NAME: u8 = 24;
const WORKOUT_STEP: Layout =
    &[(254, 2, U16), (0, STEP_NAME, STRING), (1, 1, ENUM), (2, 4, U32), (3, 1, ENUM), (4, 4, U32), (5, 4, U32), (6, 4, U32), (7, 1, ENUM)];

/// `wkt_step_duration`.
const TIME: u8 = 0;
const DISTANCE: u8 = 1;
const OPEN: u8 = 5;
const REPEAT_UNTIL_STEPS_DONE: u8 = 6;
/// `wkt_step_target`.
const SPEED: u8 = 0;
const HEART_RATE: u8 = 1;
const NO_TARGET: u8 = 2;
/// What is added to beats per minute, since smaller numbers are percent of the maximum.
const BPM_FROM: f64 = 100.0;

/// What is written.
#[derive(Debug, Clone, Copy)]
pub struct Workout<'a> {
    /// What the watch calls it.
    pub name: &'a str,
    /// The sport.
    pub kind: Kind,
    /// At least one step.
    pub steps: &'a Steps,
    /// When it is planned: the file's date, so that the same session is the same file.
    pub day: NaiveDate,
}

/// The file.
#[must_use]
pub fn encode_workout(workout: &Workout<'_>) -> Vec<u8> {
    let repeats = workout.steps.0.iter().filter(|block| block.times() > 1).count();
    let written = workout.steps.written() + repeats;
    let day_s = workout.day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp() - EPOCH_S;
    let mut w = Writer { out: Vec::with_capacity(160 + 60 * written) };
    w.define(0, 0, FILE_ID);
    w.out.extend([0, 5, 0xff, 0, 0, 0]); // a workout; manufacturer 255 is "development", product 0
    w.out.extend(1_u32.to_le_bytes());
    w.u32(day_s.max(0) as f64);
    w.define(1, 26, WORKOUT);
    w.out.push(1);
    w.text(Some(workout.name), usize::from(NAME));
    w.u16(written as f64);
    let (sport, sub_sport) = numbers(workout.kind);
    w.out.extend([sport, sub_sport]);
    w.define(2, 27, WORKOUT_STEP);
    let mut index = 0;
    for block in &workout.steps.0 {
        let first = index;
        for one in block.steps() {
            step(&mut w, index, one);
            index += 1;
        }
        if let Block::Repeat(times, _) = block
            && *times > 1
        {
            repeat(&mut w, index, first, *times);
            index += 1;
        }
    }
    wrap(&w.out)
}

fn step(w: &mut Writer, index: u16, step: &Step) {
    let (role, intensity) = match step.role {
        Role::WarmUp => ("Warm-up", 2),
        Role::Easy => ("Easy", 0),
        Role::Work => ("", 0),
        Role::Jog => ("Jog", 4),
        Role::Rest => ("Rest", 1),
        Role::CoolDown => ("Cool-down", 3),
    };
    // A watch has no target for effort: the name says it.
    let effort = if matches!(step.aim, Aim::Effort(..)) { write_aim(step.aim, Units::default()) } else { String::new() };
    let name = [role, effort.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    let (kind, length) = match step.length {
        Length::Duration(seconds) => (TIME, f64::from(seconds) * 1000.0),
        Length::Distance(metres) => (DISTANCE, f64::from(metres) * 100.0),
        Length::Open => (OPEN, f64::NAN),
    };
    let speed = |tenths: u32| 10_000_000.0 / f64::from(tenths);
    let (target, low, high) = match step.aim {
        Aim::Pace(fast, slow) => (SPEED, speed(slow), speed(fast)),
        Aim::HeartRate(low, high) => (HEART_RATE, f64::from(low) + BPM_FROM, f64::from(high) + BPM_FROM),
        Aim::Free | Aim::Effort(..) => (NO_TARGET, f64::NAN, f64::NAN),
    };
    w.out.push(2);
    w.u16(f64::from(index));
    w.text(Some(&name), usize::from(STEP_NAME));
    w.out.push(kind);
    w.u32(length);
    w.out.push(target);
    // Zero: not a zone, but what stands in the next two.
    w.u32(if target == NO_TARGET { f64::NAN } else { 0.0 });
    w.u32(low);
    w.u32(high);
    w.out.push(intensity);
}

/// A step that leads back to the one at `first`, until all were done so often.
fn repeat(w: &mut Writer, index: u16, first: u16, times: u8) {
    w.out.push(2);
    w.u16(f64::from(index));
    w.text(None, usize::from(STEP_NAME));
    w.out.push(REPEAT_UNTIL_STEPS_DONE);
    w.u32(f64::from(first));
    w.out.push(u8::MAX);
    w.u32(f64::from(times));
    w.u32(f64::NAN);
    w.u32(f64::NAN);
    w.out.push(u8::MAX);
}

/// FIT's sport and sub-sport of a kind; 255 is none.
fn numbers(kind: Kind) -> (u8, u8) {
    let sub = |name: &str| sub_sport_number(name).unwrap_or(u8::MAX);
    let other = |name: &str| other_sport_number(name).unwrap_or_default();
    match kind {
        Kind::Run => (sport_number(Sport::Running), u8::MAX),
        Kind::TrailRun => (sport_number(Sport::Running), sub("trail")),
        Kind::Treadmill => (sport_number(Sport::Running), sub("treadmill")),
        Kind::Walk => (sport_number(Sport::Walking), u8::MAX),
        Kind::Hike => (other("hiking"), u8::MAX),
        Kind::Ride => (sport_number(Sport::Cycling), u8::MAX),
        Kind::Swim => (sport_number(Sport::Swimming), sub("lap_swimming")),
        Kind::OpenWater => (sport_number(Sport::Swimming), sub("open_water")),
        Kind::Row => (other("rowing"), u8::MAX),
        Kind::Ski => (other("cross_country_skiing"), u8::MAX),
        Kind::Strength => (other("training"), sub("strength_training")),
        Kind::Yoga => (other("training"), sub("yoga")),
        Kind::Transition => (sport_number(Sport::Transition), u8::MAX),
        Kind::Other => (sport_number(Sport::Other), u8::MAX),
    }
}

#[cfg(test)]
mod tests {
    use domain::plan::read;
    use proptest::prelude::*;

    use super::*;
    use crate::fit::{Message, Value, messages};

    fn number(message: &Message, name: &str) -> Option<f64> {
        match message.field(name)?.value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    fn text(message: &Message, name: &str) -> String {
        match message.field(name).map(|field| &field.value) {
            Some(Value::Text(text)) => text.clone(),
            _ => String::new(),
        }
    }

    fn written(name: &str, kind: Kind, line: &str) -> Vec<Message> {
        let (steps, day) = (read(line).expect("steps"), NaiveDate::from_ymd_opt(2026, 11, 27).expect("a date"));
        let bytes = encode_workout(&Workout { name, kind, steps: &steps, day });
        assert!(crate::fit::looks_like(&bytes));
        let (messages, warnings) = messages(&bytes).expect("readable");
        assert_eq!(warnings, []);
        messages
    }

    /// The steps of a file, as the cookbook says that they are read.
    fn read_back(messages: &[Message]) -> Steps {
        let mut flat: Vec<(u16, Block)> = Vec::new();
        for message in messages.iter().filter(|m| m.number == 27) {
            let index = number(message, "message_index").expect("an index") as u16;
            if let Some(first) = number(message, "duration_step") {
                let times = number(message, "repeat_steps").expect("how often") as u8;
                let from = flat.iter().position(|(at, _)| f64::from(*at) >= first).expect("the first step");
                let steps = flat.drain(from..).flat_map(|(_, block)| block.steps().to_vec()).collect();
                flat.push((index, Block::Repeat(times, steps)));
                continue;
            }
            let role = match number(message, "intensity").map(|number| number as u8) {
                Some(1) => Role::Rest,
                Some(2) => Role::WarmUp,
                Some(3) => Role::CoolDown,
                Some(4) => Role::Jog,
                _ if text(message, "wkt_step_name").starts_with("Easy") => Role::Easy,
                _ => Role::Work,
            };
            let length = match (number(message, "duration_time"), number(message, "duration_distance")) {
                (Some(seconds), _) => Length::Duration(seconds.round() as u32),
                (_, Some(metres)) => Length::Distance(metres.round() as u32),
                _ => Length::Open,
            };
            let tenths = |name: &str| number(message, name).map(|mps| (10_000.0 / mps).round() as u32);
            let bpm = |name: &str| number(message, name).map(|number| (number - BPM_FROM) as u8);
            let aim = match (
                tenths("custom_target_speed_high").zip(tenths("custom_target_speed_low")),
                bpm("custom_target_heart_rate_low").zip(bpm("custom_target_heart_rate_high")),
            ) {
                (Some((fast, slow)), _) => Aim::Pace(fast, slow),
                (_, Some((low, high))) => Aim::HeartRate(low, high),
                _ => Aim::Free,
            };
            flat.push((index, Block::Once(Step { role, length, aim })));
        }
        Steps(flat.into_iter().map(|(_, block)| block).collect())
    }

    #[test]
    fn a_workout_is_read_as_it_was_written() {
        let line = "2km warm-up; 4 x (1km 4:35-4:42/km, 90s jog); 10min 140-150bpm easy; 3 x 5min; open cool-down";
        let messages = written("Tempo, 8 km", Kind::TrailRun, line);
        assert_eq!((messages[0].number, number(&messages[0], "type"), number(&messages[0], "manufacturer")), (0, Some(5.0), Some(255.0)));
        let workout = &messages[1];
        assert_eq!((workout.number, text(workout, "wkt_name").as_str()), (26, "Tempo, 8 km"));
        assert_eq!([number(workout, "sport"), number(workout, "sub_sport"), number(workout, "num_valid_steps")], [Some(1.0), Some(3.0), Some(8.0)]);
        assert_eq!(messages.len(), 2 + 8);
        // Speeds are whole millimetres a second: paces are right to a second.
        let near = |aim: Aim| if let Aim::Pace(fast, slow) = aim { Aim::Pace((fast + 5) / 10, (slow + 5) / 10) } else { aim };
        let seconds = |steps: Steps| steps.done().map(|step| Step { aim: near(step.aim), ..*step }).collect::<Vec<_>>();
        assert_eq!(seconds(read_back(&messages)), seconds(read(line).expect("steps")));
    }

    #[test]
    fn an_effort_is_in_the_name_and_every_kind_has_its_sport() {
        let messages = written("x", Kind::Strength, "20min effort 6-7 easy");
        assert_eq!((text(&messages[2], "wkt_step_name").as_str(), number(&messages[2], "target_type")), ("Easy, effort 6-7", Some(2.0)));
        for kind in Kind::ALL {
            let (sport, _) = numbers(kind);
            assert!(sport != 0 || kind == Kind::Other, "{kind:?}");
        }
        // No activity is in it, so none is imported from it.
        let day = NaiveDate::from_ymd_opt(2026, 11, 27).expect("a date");
        let bytes = encode_workout(&Workout { name: "x", kind: Kind::Run, steps: &read("1km").expect("steps"), day });
        assert!(crate::fit::decode(&bytes).is_ok_and(|read| read.recordings.is_empty()) || crate::fit::decode(&bytes).is_err());
    }

    proptest! {
        #[test]
        fn lengths_and_repeats_are_kept(blocks in prop::collection::vec((1..=50_u8, prop::collection::vec((10..500_000_u32, prop::bool::ANY), 1..5)), 1..10), name in ".{0,90}") {
            let step = |(n, distance): &(u32, bool)| {
                let length = if *distance { Length::Distance(*n) } else { Length::Duration(n % 86_400 + 1) };
                Step { role: Role::Work, length, aim: Aim::Free }
            };
            let block = |(times, steps): &(u8, Vec<(u32, bool)>)| Block::Repeat(*times, steps.iter().map(step).collect());
            let steps = Steps(blocks.iter().map(block).collect());
            let bytes = encode_workout(&Workout { name: &name, kind: Kind::Run, steps: &steps, day: NaiveDate::default() });
            let (messages, warnings) = messages(&bytes).expect("readable");
            prop_assert!(warnings.is_empty());
            let read = read_back(&messages);
            prop_assert_eq!(read.done().collect::<Vec<_>>(), steps.done().collect::<Vec<_>>());
        }
    }
}
