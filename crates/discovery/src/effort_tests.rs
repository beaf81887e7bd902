//! Effort at a fixed pace, and pace at a fixed heart rate: what is found of them, what is not, and in which words.

use activities::RunDay;
use chrono::{DateTime, NaiveDate, TimeDelta};
use domain::discovery::{Card, Report, StoredReport, Tier};
use domain::measures::{Answers, keys};
use domain::units::Units;

use crate::table::Offer;
use crate::tests::{FEATURES, noise};
use crate::variables::{EFFICIENCY, EFFORT, PACE};

/// An athlete whose heart rate is a line of the speed, as hearts are, and who runs faster or slower as they like.
#[derive(Clone, Copy, Default)]
struct Athlete {
    days: i64,
    /// Points of effort for an hour of sleep, whatever the pace.
    sleep_effort: f64,
    /// Share of speed at the same heart rate for an hour of sleep.
    sleep_speed: f64,
    /// Beats that they run harder by for a step of mood of the day before: a choice, with the pace that it brings.
    mood_harder: f64,
    seed: u64,
}

impl Athlete {
    fn runs(self) -> (Vec<RunDay>, Vec<journal::Day>) {
        let (first, mut seed) = (NaiveDate::from_ymd_opt(2025, 1, 1).expect("a date"), self.seed);
        let (mut runs, mut journal) = (Vec::new(), Vec::new());
        let (mut mood_before, mut slow, mut sore) = (3.0, 0.0, 0.0);
        for d in 0..self.days {
            let day = first + TimeDelta::days(d);
            let weekend = f64::from(u8::from(d % 7 >= 5));
            let sleep = (7.0 + 0.5 * weekend + noise(&mut seed)).clamp(3.0, 11.0);
            slow = 0.7 * slow + 0.7 * noise(&mut seed);
            sore = 0.7 * sore + 0.7 * noise(&mut seed);
            let mood = (3.0 + noise(&mut seed)).round().clamp(1.0, 5.0);
            let mut entry = Answers::default();
            for (key, value) in [
                (keys::SLEEP_HOURS, sleep),
                (keys::MOOD, mood),
                (keys::CAFFEINE, (2.0 + weekend + noise(&mut seed)).clamp(0.0, 8.0).round()),
                (keys::STRESS, (3.0 + noise(&mut seed)).round().clamp(1.0, 5.0)),
                (keys::SORENESS, (2.5 + sore).round().clamp(1.0, 5.0)),
            ] {
                entry.set_number(key, value);
            }
            journal.push((day, entry));
            if d % 3 != 0 {
                // Sixty beats at rest, and thirty for each metre a second; how hard they run varies by fifteen.
                let hr = 145.0 + 15.0 * noise(&mut seed).clamp(-2.0, 2.0) + self.mood_harder * (mood_before - 3.0);
                let speed = (hr - 60.0) / 30.0 * (self.sleep_speed * (sleep - 7.0) + 0.02 * noise(&mut seed)).exp();
                let effort = 4.0 + 9.0 * (speed / 2.9).ln() + self.sleep_effort * (sleep - 7.0) + 0.5 * slow + 0.5 * noise(&mut seed);
                let pace = 1000.0 / speed;
                runs.push(RunDay {
                    day,
                    efficiency_factor: Some(speed * 60.0 / hr),
                    decoupling_pct: None,
                    temperature_c: None,
                    moving_s: 3000.0 + 300.0 * noise(&mut seed),
                    elevation_gain_m: 50.0,
                    ngp_s_per_km: Some(pace),
                    distance_m: 9_000.0,
                    effort: Some(effort.round().clamp(1.0, 10.0)),
                    effort_s_per_km: Some(pace),
                    heart_rate_bpm: Some(hr),
                    heart_rate_s_per_km: Some(pace),
                    trail_share: 0.0,
                    treadmill_share: 0.0,
                });
            }
            mood_before = mood;
        }
        (runs, journal)
    }

    fn stored(self) -> StoredReport {
        compute(&self.runs())
    }

    fn report(self, units: Units) -> Report {
        crate::presentation::report(self.stored(), &FEATURES.inputs().collect::<Vec<_>>(), units)
    }
}

fn compute((runs, journal): &(Vec<RunDay>, Vec<journal::Day>)) -> StoredReport {
    let offers = [Offer { inputs: (journal::FEATURE.daily.inputs)(), days: journal::daily_values(journal) }];
    crate::report::compute(runs, &offers, DateTime::default())
}

fn of<'a>(report: &'a Report, input: &str, outcome: &str) -> &'a Card {
    report.cards.iter().find(|card| card.input_key == input && card.outcome_key == outcome).expect("a card")
}

#[test]
fn what_makes_runs_feel_easier_at_their_pace_is_found_with_its_size_and_said_so() {
    let report = Athlete { days: 365, sleep_effort: -0.4, seed: 3, ..Athlete::default() }.report(Units::default());
    let card = of(&report, keys::SLEEP_HOURS, EFFORT);
    assert_eq!((card.tier, card.is_beneficial, card.lag_days), (Tier::Confirmed, Some(true), Some(0)));
    assert!(card.how.declared && card.how.held_constant.contains(&"pace".to_owned()), "{:?}", card.how);
    assert!(card.effect.is_some_and(|effect| (effect + 0.4).abs() < 0.12), "{:?}", card.effect);
    let sentence = card.whole_sentence().replace('\u{a0}', " ");
    assert!(
        sentence.starts_with("An extra hour of sleep: runs feel 0.") && sentence.contains(" points easier at the same pace that day"),
        "{sentence}"
    );
    assert_eq!(card.smallest.replace('\u{a0}', " "), "0.5 points of effort");
    // The other way round.
    let report = Athlete { days: 365, sleep_effort: 0.4, seed: 3, ..Athlete::default() }.report(Units::default());
    let card = of(&report, keys::SLEEP_HOURS, EFFORT);
    assert!(card.is_beneficial == Some(false) && card.sentence.after.contains("harder at the same pace"), "{}", card.sentence.after);
}

/// A run that is harder because it is faster is no harder at its pace, and one at a higher heart rate is no slower at that heart rate.
#[test]
fn running_harder_by_choice_changes_neither() {
    let report = Athlete { days: 730, mood_harder: 6.0, seed: 5, ..Athlete::default() }.report(Units::default());
    for outcome in [EFFORT, PACE] {
        let card = of(&report, keys::MOOD, outcome);
        assert!(!card.tier.holds(), "{card:?}");
    }
    // The efficiency factor divides by the heart rate, and rises with it when some of the heartbeats are there at rest: this is what a fixed one is for.
    assert!(of(&report, keys::MOOD, EFFICIENCY).tier.holds());
}

#[test]
fn pace_at_a_fixed_heart_rate_restates_efficiency_in_the_units_of_the_athlete() {
    let athlete = Athlete { days: 365, sleep_speed: 0.015, seed: 7, ..Athlete::default() };
    let (metric, american) = (athlete.report(Units::default()), athlete.report(Units::AMERICAN));
    let (card, miles) = (of(&metric, keys::SLEEP_HOURS, PACE), of(&american, keys::SLEEP_HOURS, PACE));
    assert!(card.tier.holds() && card.is_beneficial == Some(true) && of(&metric, keys::SLEEP_HOURS, EFFICIENCY).tier.holds(), "{card:?}");
    // Of 2.83 m/s, that is 353 seconds for a kilometre.
    assert!(card.effect.is_some_and(|effect| (effect + 0.015 * 353.0).abs() < 1.2), "{:?}", card.effect);
    let sentence = card.whole_sentence();
    assert!(sentence.contains("s/km faster at the same heart rate that day"), "{sentence}");
    assert!(sentence.contains("The same finding as efficiency, in other words."), "{sentence}");
    assert!(card.caveats.iter().any(|caveat| caveat.contains("one finding in two units")), "{:?}", card.caveats);
    let ratio = miles.effect.zip(card.effect).map(|(mile, km)| mile / km);
    assert!(ratio.is_some_and(|ratio| (ratio - 1.609_344).abs() < 1e-9), "{ratio:?}");
    assert!(miles.whole_sentence().contains("s/mi faster") && miles.unit.starts_with("s/mi") && miles.y_label.contains("s/mi"), "{miles:?}");
    assert!((f64::from(miles.points[0].1) / f64::from(card.points[0].1) - 1.609_344).abs() < 1e-4);
    // One answer: whoever reads it, it is the same result, in the same group.
    assert_eq!((&card.result, card.group), (&miles.result, miles.group));
}

/// Of pure noise there is a finding no more often than promised, and pace at a fixed heart rate adds none: it holds only where efficiency does.
#[test]
fn noise_is_no_finding_and_two_words_for_one_thing_are_not_two() {
    const ATHLETES: u64 = 200;
    let mut any = 0;
    for seed in 0..ATHLETES {
        let report = Athlete { days: 365, seed: 1000 + 7919 * seed, ..Athlete::default() }.stored();
        let holds = |outcome: &str| -> Vec<&str> {
            report.findings.iter().filter(|f| f.outcome == outcome && f.tier.holds()).map(|f| f.input.as_str()).collect()
        };
        let efficiency = holds(EFFICIENCY);
        assert!(holds(PACE).iter().all(|input| efficiency.contains(input)), "{seed}");
        any += u32::from(!holds(EFFORT).is_empty() || !efficiency.is_empty());
    }
    // The floor of the evaluation, and three standard errors of so few athletes.
    let blur = 3.0 * (0.1_f64 * 0.9 / ATHLETES as f64).sqrt();
    println!("{any} of {ATHLETES} athletes of noise have a finding");
    assert!(f64::from(any) / ATHLETES as f64 <= 0.1 + blur, "{any}");
}

/// A few efforts at the end of a long record: the model of a long record has many terms, and the pace is never the one that is left out.
#[test]
fn few_efforts_wait_and_are_never_compared_without_their_pace() {
    for rated in [5, 25, 45, 80] {
        let mut athlete = Athlete { days: 900, seed: 11, ..Athlete::default() }.runs();
        let without = athlete.0.len() - rated;
        for run in &mut athlete.0[..without] {
            (run.effort, run.effort_s_per_km) = (None, None);
        }
        let report = compute(&athlete);
        let efforts: Vec<_> = report.findings.iter().filter(|f| f.outcome == EFFORT).collect();
        assert!(!efforts.is_empty(), "{rated}");
        for finding in efforts {
            assert!(finding.tier == Tier::NotEnoughData || finding.how.held_constant.iter().any(|held| held == "pace"), "{rated}: {finding:?}");
            assert!(rated >= 30 || finding.tier == Tier::NotEnoughData && finding.days_needed.is_some_and(|days| days > 0), "{rated}: {finding:?}");
        }
    }
    // Without a single effort nothing is asked of it.
    let mut athlete = Athlete { days: 365, seed: 12, ..Athlete::default() }.runs();
    athlete.0.iter_mut().for_each(|run| run.effort = None);
    assert!(compute(&athlete).findings.iter().all(|finding| finding.outcome != EFFORT));
}
