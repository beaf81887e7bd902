//! Presents a stored finding in the athlete's terms: every sentence of a card is made here, when it is read.

use domain::discovery::{Card, Caveat, HighlightedText, Input, Method, Report, StoredFinding, StoredReport, Tier, Q_SUPPORTED};
use domain::measures::built_in;
use domain::units::{NBSP, Units, decimal, decimals_of_error, format_significant, lowercase_label, pluralize};

use crate::chart;
use crate::variables::{EFFICIENCY, OUTCOMES, Outcome};

/// The report with its words.
pub(crate) fn report(stored: StoredReport, inputs: &[Input], units: Units) -> Report {
    let StoredReport { computed_at, engine, questions, inputs: offered, outcomes, runs, findings } = stored;
    Report {
        computed_at,
        engine,
        questions,
        inputs: offered,
        outcomes,
        runs,
        cards: findings.into_iter().filter_map(|finding| card(finding, inputs, units)).collect(),
    }
}

/// The card of a finding; none for a variable that this version does not know.
pub(crate) fn card(finding: StoredFinding, inputs: &[Input], units: Units) -> Option<Card> {
    let (input, outcome) = variables(&finding, inputs)?;
    let input = &in_units(input, units);
    let per = if finding.over_usual_range { "over your usual range" } else { &input.per };
    Some(Card {
        key: finding.key(),
        input: input.label.clone(),
        outcome: outcome.label.to_owned(),
        outcome_key: outcome.key.to_owned(),
        tier: finding.tier,
        is_beneficial: is_beneficial(&finding, outcome),
        sentence: sentence(&finding, input, outcome, units),
        effect: finding.effect,
        ci_low: finding.ci_low,
        ci_high: finding.ci_high,
        unit: format!("{} {per}{}", outcome.unit, when(finding.lag_days, input).map_or(String::new(), |w| format!(", {w}"))),
        lag_days: finding.lag_days,
        p: finding.p,
        q: finding.q,
        r: finding.r,
        n: finding.n,
        n_eff: finding.n_eff,
        days_needed: finding.days_needed,
        expected: finding.expected,
        q_strict: finding.q_strict,
        profile: finding.profile,
        levels: finding.levels,
        how: Method { held_constant: finding.how.held_constant.iter().map(|key| held_constant(key)).collect(), ..finding.how },
        caveats: finding.caveats.iter().map(|c| caveat(*c, input, outcome)).collect(),
        points: scaled(&finding.points, input),
        days: finding.days,
        line: finding.line.map(|line| scaled_line(&line, input)),
        x_label: input.axis.clone(),
        y_label: outcome.axis.to_owned(),
    })
}

/// The interactive chart of a finding with points, as an `ECharts` option.
pub(crate) fn interactive_chart(finding: &StoredFinding, inputs: &[Input], units: Units) -> Option<String> {
    let (input, outcome) = variables(finding, inputs)?;
    let input = &in_units(input, units);
    let band = finding.line.as_ref().filter(|_| !finding.points.is_empty()).map(|line| scaled_line(line, input))?;
    Some(chart::scatter(&scaled(&finding.points, input), &band, input, is_beneficial(finding, outcome)))
}

fn variables<'a>(finding: &StoredFinding, inputs: &'a [Input]) -> Option<(&'a Input, &'static Outcome)> {
    inputs.iter().find(|i| i.key == finding.input).zip(OUTCOMES.iter().find(|o| o.key == finding.outcome))
}

/// The input in the words and the unit in which the athlete reads it. What has no unit that can be chosen stays as it is.
fn in_units(input: &Input, units: Units) -> Input {
    let measure = built_in().iter().find(|measure| measure.key == input.key).cloned().map(|measure| measure.in_units(units));
    measure.filter(|measure| measure.shown.is_some()).and_then(|measure| measure.input()).unwrap_or_else(|| input.clone())
}

fn scaled_line(line: &[[f64; 4]], input: &Input) -> Vec<[f64; 4]> {
    line.iter().map(|[x, middle, low, high]| [x * input.scale, *middle, *low, *high]).collect()
}

fn scaled(points: &[(f32, f32)], input: &Input) -> Vec<(f32, f32)> {
    points.iter().map(|&(x, y)| (x * input.scale as f32, y)).collect()
}

/// Whether more of the input is good for the athlete.
fn is_beneficial(finding: &StoredFinding, outcome: &Outcome) -> Option<bool> {
    finding.effect.filter(|e| *e != 0.0).map(|e| (e > 0.0) == outcome.more_is_better)
}

/// What was held constant, in words.
fn held_constant(key: &str) -> String {
    match key {
        "fitness_yesterday" => "yesterday’s fitness".to_owned(),
        "fatigue_yesterday" => "yesterday’s fatigue".to_owned(),
        other => other.replace('_', " "),
    }
}

/// When the effect shows. An input about the night before acts on the same date.
fn when(lag: Option<u32>, input: &Input) -> Option<String> {
    Some(match lag? {
        0 if input.first_lag == 0 => "that day".to_owned(),
        0 => "the same day".to_owned(),
        1 => "the next day".to_owned(),
        n => format!("{n}{NBSP}days later"),
    })
}

fn sentence(finding: &StoredFinding, input: &Input, outcome: &Outcome, units: Units) -> HighlightedText {
    let plain = |before: String| HighlightedText { before, marked: String::new(), after: String::new() };
    match (finding.tier, finding.effect, finding.ci_low.zip(finding.ci_high)) {
        (Tier::NotEnoughData, ..) => {
            let days = finding.days_needed.unwrap_or(0);
            plain(format!(
                "{} and {}: about {} to go. No rush.",
                input.label,
                lowercase_label(outcome.label),
                pluralize(days as usize, "more day with both", "more days with both")
            ))
        }
        (Tier::NoEffect, ..) => plain(format!("{}: no effect on {} worth your time.", input.label, lowercase_label(outcome.label))),
        (Tier::TooSmall, ..) => {
            let real = if finding.q.is_some_and(|q| q <= Q_SUPPORTED) { "real" } else { "perhaps real" };
            plain(format!("{} and {}: {real}, but too small to matter.", input.label, lowercase_label(outcome.label)))
        }
        (Tier::Unknown, ..) => plain(format!("{} and {}: could be something, could be nothing.", input.label, lowercase_label(outcome.label))),
        (_, Some(effect), Some((low, high))) => {
            let word = if effect > 0.0 { outcome.words.0 } else { outcome.words.1 };
            let good = (effect > 0.0) == outcome.more_is_better;
            let unit = match outcome.key {
                EFFICIENCY => "%",
                "resting_hr" => "bpm",
                "hrv" => "ms",
                _ => "points",
            };
            let error = (high - low) / 2.0;
            let decimals = decimals_of_error(error);
            let mut after = format!(" {word} {}, give or take {}.", when(finding.lag_days, input).unwrap_or_default(), decimal(error, decimals));
            if let (EFFICIENCY, Some(pace)) = (outcome.key, finding.usual_pace) {
                let word = if effect > 0.0 { "faster" } else { "slower" };
                after = format!("{after} About {} {word} at the same heart rate.", units.pace_difference(pace * effect / 100.0));
            }
            if finding.tier == Tier::Watching {
                after.push_str(" Maybe. One of many questions, so we keep watching.");
            } else {
                after = format!("{after} {}", if good { &input.when_good } else { &input.when_bad });
            }
            HighlightedText { before: format!("{}: ", input.more), marked: format!("{}{NBSP}{unit}", decimal(effect.abs(), decimals)), after }
        }
        _ => plain(format!("{} and {}.", input.label, lowercase_label(outcome.label))),
    }
}

fn caveat(caveat: Caveat, input: &Input, outcome: &Outcome) -> String {
    match caveat {
        Caveat::Reverse => {
            format!("It may be the other way round: {} says more about later {}.", lowercase_label(outcome.label), lowercase_label(&input.label))
        }
        Caveat::UnstableSign => "One month carries it: without that month the direction would be another.".to_owned(),
        Caveat::ChangePoint => "It changed on the way: earlier and later days differ by more than chance.".to_owned(),
        Caveat::RankDisagrees => "A few unusual days carry it.".to_owned(),
    }
}
