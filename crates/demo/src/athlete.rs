//! The athlete's days: journal, training, and the effects of one on the other.

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};
use domain::measures::{Answers, keys};
use recordings::Recording;

use crate::course::Course;
use crate::ground_truth::PLANTED_EFFECTS;
use crate::rng::{Ar1Process, Rng};
use crate::run::{Plan, record};

/// How much more efficient they get from the first day to the last, as a logarithm.
const PROGRESS: f64 = 0.06;

/// One day.
pub struct Day {
    /// Its date.
    pub date: NaiveDate,
    /// The answers of the journal; some are missing.
    pub entry: Answers,
    /// The run, if there was one.
    pub run: Option<Recording>,
    /// How hard it felt (RPE), 1 to 10; now and then they do not say.
    pub effort: Option<u8>,
}

/// The run of a Tuesday.
const TEMPO: &str = "Tempo";
/// In the last three weeks it has intervals: so few change no finding, and there is a session to look at.
const SESSION_DAYS: u16 = 21;

/// `count` days up to and including `last`, the same for the same seed.
#[must_use]
pub fn days(seed: u64, last: NaiveDate, count: u16) -> Vec<Day> {
    let mut rng = Rng::new(seed);
    // Answers of their own, so that whoever has none keeps the same runs and the same journal.
    let mut felt = Rng::new(seed ^ 0x5eed);
    let courses = Course::all();
    let (mut tired, mut form, mut pulse, mut hrv) = (Ar1Process::new(0.5), Ar1Process::new(0.4), Ar1Process::new(0.6), Ar1Process::new(0.5));
    let (mut mood, mut stress) = (Ar1Process::new(0.6), Ar1Process::new(0.7));
    let (mut work_before, mut stress_before) = (7.0, 3.0);
    let [sleep_effect, alcohol_effect, work_effect, alcohol_pulse, sleep_hrv, stress_effort] = PLANTED_EFFECTS.map(|e| e.size);
    (0..count)
        .map(|i| {
            let date = last - TimeDelta::days(i64::from(count - 1 - i));
            let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
            let sleep = (7.1 + f64::from(u8::from(weekend)) * 0.6 + 0.9 * tired.next(&mut rng)).clamp(3.5, 10.5);
            let sleep = (sleep * 4.0).round() / 4.0;
            let party = if weekend { 0.5 } else { 0.15 };
            let alcohol = if rng.chance(party) { rng.between(1.0, 4.9).floor() } else { 0.0 };
            let work =
                if weekend { if rng.chance(0.2) { 3.0 } else { 0.0 } } else { ((8.0 + 1.6 * rng.normal()) * 2.0).round().clamp(0.0, 26.0) / 2.0 };

            let year = std::f64::consts::TAU * (f64::from(date.ordinal()) - 105.0) / 365.0;
            let temperature = 11.0 + 9.0 * year.sin() + 2.5 * rng.normal();
            let progress = f64::from(i) / f64::from(count);
            let efficiency = 1.30
                * (PROGRESS * progress + sleep_effect * (sleep - 7.1) + alcohol_effect * alcohol + work_effect * (work_before - 6.0)
                    - 0.002 * (temperature - 11.0)
                    + 0.018 * form.next(&mut rng))
                .exp();
            work_before = work;

            let resting = 50.0 - 3.0 * progress + alcohol_pulse * alcohol + 1.6 * pulse.next(&mut rng);
            let variability = 62.0 + 4.0 * progress + sleep_hrv * (sleep - 7.1) + 6.0 * hrv.next(&mut rng);
            let step = |v: f64| (3.0 + v).round().clamp(1.0, 5.0);
            let answers = [
                (keys::SLEEP_HOURS, sleep),
                (keys::SLEEP_QUALITY, step(0.9 * rng.normal())),
                (keys::RESTING_HR, resting.round()),
                (keys::HRV, variability.round()),
                (keys::SORENESS, step(0.9 * rng.normal() - 0.6)),
                (keys::MOOD, step(0.9 * mood.next(&mut rng) + 0.4)),
                (keys::STRESS, step(0.9 * stress.next(&mut rng) - 0.3)),
                (keys::WORK_HOURS, work),
                (keys::ALCOHOL, alcohol),
                (keys::CAFFEINE, (2.2 + 1.1 * rng.normal()).round().clamp(0.0, 7.0)),
            ];
            let mut entry = Answers::default();
            let written = !rng.chance(0.10);
            for (field, value) in answers {
                if written && !rng.chance(0.05) {
                    entry.set_number(field, value);
                }
            }
            let mut effort = None;
            let run = plan(date, &mut rng).map(|mut plan| {
                plan.efficiency = efficiency;
                plan.temperature_c = temperature;
                if count - i <= SESSION_DAYS && plan.title == Some(TEMPO) {
                    plan.title = Some("Four times five minutes");
                    plan.repeats = true;
                }
                effort = rate(&plan, progress, stress_effort * (stress_before - 3.0), &mut felt);
                record(&plan, &courses, &mut rng)
            });
            stress_before = answers.iter().find(|(key, _)| *key == keys::STRESS).map_or(3.0, |(_, stress)| *stress);
            Day { date, entry, run, effort }
        })
        .collect()
}

/// How hard a run felt, by its pace against the easy one of these months, its length, and what else makes it harder; one in ten has no answer.
fn rate(plan: &Plan, progress: f64, harder: f64, rng: &mut Rng) -> Option<u8> {
    let faster = (plan.efficiency * plan.heart_rate / (1.30 * 141.0)).ln() - PROGRESS * progress;
    let felt = 4.0 + 26.0 * faster + 0.012 * (plan.minutes - 45.0) + harder + 0.55 * rng.normal();
    let said = rng.chance(0.9);
    said.then(|| felt.round().clamp(1.0, 10.0) as u8)
}

/// The run that the weekly plan has for a day; now and then it is skipped.
fn plan(date: NaiveDate, rng: &mut Rng) -> Option<Plan> {
    let (minutes, heart_rate, course, title) = match date.weekday() {
        Weekday::Tue => (rng.between(40.0, 52.0), 158.0, 0, Some(TEMPO)),
        Weekday::Wed => (rng.between(32.0, 48.0), 141.0, 1, None),
        Weekday::Fri => (rng.between(35.0, 50.0), 143.0, 2, None),
        Weekday::Sat if rng.chance(0.6) => (rng.between(28.0, 40.0), 139.0, 0, None),
        Weekday::Sun => (rng.between(75.0, 110.0), 144.0, 3, Some("Long run")),
        _ => return None,
    };
    if rng.chance(0.10) {
        return None;
    }
    Some(Plan { date, minutes, heart_rate, course, title, efficiency: 1.3, temperature_c: 11.0, repeats: false })
}
