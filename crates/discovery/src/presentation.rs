//! Presents a stored finding in the athlete's terms: every sentence of a card is made here, when it is read.

use std::fmt::Write;

use domain::discovery::{
    Card, Caveat, Evidence, FindingSnapshot, Group, HighlightedText, Input, LagEffect, Level, Method, Report, StoredFinding, StoredReport, is_sign,
};
use domain::measures::built_in;
use domain::units::{NBSP, Units, decimal, decimals_of_estimate, format_significant, lowercase_label, pluralize};

use sha2::{Digest, Sha256};

use crate::chart;
use crate::variables::{EFFICIENCY, EFFORT, OUTCOMES, Outcome, PACE};

/// The report with its words.
pub(crate) fn report(stored: StoredReport, inputs: &[Input], units: Units) -> Report {
    let StoredReport { computed_at, engine, questions, inputs: offered, outcomes, runs, findings, .. } = stored;
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
    // Of the numbers as they are stored: the same for whoever reads them in other units.
    let result = result(&finding);
    let (finding, outcome) = outcome_in_units(finding, outcome, units);
    let outcome = &outcome;
    let per = if finding.over_usual_range { "over your usual range" } else { &input.per };
    Some(Card {
        key: finding.key(),
        result,
        input_key: input.key.clone(),
        input: input.label.clone(),
        outcome: outcome.label.to_owned(),
        outcome_key: outcome.key.to_owned(),
        tier: finding.tier,
        group: group(&finding, outcome),
        is_beneficial: is_beneficial(&finding, outcome),
        sentence: sentence(&finding, input, outcome, units),
        aside: aside(&finding, input, outcome),
        effect: finding.effect,
        ci_low: finding.ci_low,
        ci_high: finding.ci_high,
        unit: format!("{} {per}{}", outcome.unit, when(finding.lag_days, input).map_or(String::new(), |w| format!(", {w}"))),
        smallest: format!("{}{NBSP}{}", format_significant(smallest(outcome)), outcome.unit),
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
        feedback: None,
    })
}

/// The interactive chart of a finding with points, as an `ECharts` option.
pub(crate) fn interactive_chart(finding: &StoredFinding, inputs: &[Input], units: Units) -> Option<String> {
    let (input, outcome) = variables(finding, inputs)?;
    let input = &in_units(input, units);
    let (finding, outcome) = outcome_in_units(finding.clone(), outcome, units);
    let (finding, outcome) = (&finding, &outcome);
    let band = finding.line.as_ref().filter(|_| !finding.points.is_empty()).map(|line| scaled_line(line, input))?;
    let points = scaled(&finding.points, input);
    let days: Vec<_> = finding.days.iter().zip(&points).map(|(day, (x, y))| (*day, *x, *y)).collect();
    // A sign is no cause, and has no colour of one.
    let works = is_beneficial(finding, outcome).filter(|_| matches!(group(finding, outcome), Group::Helps | Group::Costs));
    Some(chart::scatter(&days, &band, input, outcome.axis, works))
}

/// What these numbers of this pair are known by: a digest of all that is said of it, and of the engine that said so. The same days give the same.
pub(crate) fn result(finding: &StoredFinding) -> String {
    let StoredFinding { input, outcome, tier, over_usual_range, effect, ci_low, ci_high, lag_days, p, q, r, n, n_eff, how, .. } = finding;
    let said = (input, outcome, tier, over_usual_range, [effect, ci_low, ci_high], lag_days, [p, q, r], n, n_eff, &how.engine);
    let digest = Sha256::digest(serde_json::to_string(&said).unwrap_or_default());
    digest.iter().take(20).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The pair of a card in words, and its outcome; none of one that this version does not know.
pub(crate) fn pair<'a>(key: &str, inputs: &'a [Input]) -> Option<(&'a Input, &'static Outcome)> {
    let of = |input: &Input, outcome: &Outcome| StoredFinding::key_of(&input.key, outcome.key) == key;
    inputs.iter().find_map(|input| Some((input, OUTCOMES.iter().find(|outcome| of(input, outcome))?)))
}

fn variables<'a>(finding: &StoredFinding, inputs: &'a [Input]) -> Option<(&'a Input, Outcome)> {
    inputs.iter().find(|i| i.key == finding.input).zip(outcome_of(finding))
}

fn outcome_of(finding: &StoredFinding) -> Option<Outcome> {
    OUTCOMES.iter().find(|outcome| outcome.key == finding.outcome).map(|outcome| outcome.of(finding.usual_pace))
}

/// The smallest effect of interest, in the unit that is shown.
fn smallest(outcome: &Outcome) -> f64 {
    (outcome.smallest * outcome.scale).abs()
}

/// The input in the words and the unit in which the athlete reads it. What has no unit that can be chosen stays as it is.
fn in_units(input: &Input, units: Units) -> Input {
    let measure = built_in().iter().find(|measure| measure.key == input.key).cloned().map(|measure| measure.in_units(units));
    measure.filter(|measure| measure.shown.is_some()).and_then(|measure| measure.input()).unwrap_or_else(|| input.clone())
}

/// A finding, and its outcome, in the unit in which the athlete reads it: of a pace, seconds per kilometre or per mile. Any other has one unit.
fn outcome_in_units(finding: StoredFinding, outcome: Outcome, units: Units) -> (StoredFinding, Outcome) {
    let factor = units.per_unit(1.0);
    let Some((axis, unit)) = outcome.by_mile.filter(|_| (factor - 1.0).abs() > f64::EPSILON) else { return (finding, outcome) };
    let of = |v: Option<f64>| v.map(|v| v * factor);
    let lag = |l: LagEffect| LagEffect { effect: l.effect * factor, low: l.low * factor, high: l.high * factor, ..l };
    let level = |l: Level| Level { mean: l.mean * factor, low: l.low * factor, high: l.high * factor, ..l };
    let finding = StoredFinding {
        effect: of(finding.effect),
        ci_low: of(finding.ci_low),
        ci_high: of(finding.ci_high),
        expected: of(finding.expected),
        profile: finding.profile.into_iter().map(lag).collect(),
        levels: finding.levels.map(|levels| levels.map(level)),
        points: finding.points.into_iter().map(|(x, y)| (x, y * factor as f32)).collect(),
        line: finding.line.map(|line| line.into_iter().map(|[x, y, low, high]| [x, y * factor, low * factor, high * factor]).collect()),
        ..finding
    };
    (finding, Outcome { axis, unit, scale: outcome.scale * factor, ..outcome })
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

/// What is kept of a report, in the units that are stored, so that two of them can be compared whoever reads them.
pub(crate) fn summary(report: &StoredReport, inputs: &[Input]) -> Vec<FindingSnapshot> {
    let of = |finding: &StoredFinding| {
        let (_, outcome) = variables(finding, inputs)?;
        Some(FindingSnapshot {
            key: finding.key(),
            tier: finding.tier,
            group: Some(group(finding, &outcome)),
            is_beneficial: is_beneficial(finding, &outcome),
            effect: finding.effect,
            interval: finding.ci_low.zip(finding.ci_high),
            q: finding.q,
        })
    };
    report.findings.iter().filter_map(of).collect()
}

/// Where a finding stands on the page; none of an outcome that this version does not know.
pub(crate) fn group_of(finding: &StoredFinding) -> Option<Group> {
    outcome_of(finding).map(|outcome| group(finding, &outcome))
}

fn group(finding: &StoredFinding, outcome: &Outcome) -> Group {
    Group::of(Evidence {
        tier: finding.tier,
        sign: is_sign(&finding.input),
        is_beneficial: is_beneficial(finding, outcome),
        interval: finding.ci_low.zip(finding.ci_high),
        smallest: smallest(outcome),
        q: finding.q,
    })
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
    let (a, b) = (&input.label, lowercase_label(outcome.label));
    let sign = is_sign(&finding.input);
    match (group(finding, outcome), finding.effect, finding.ci_low.zip(finding.ci_high)) {
        (Group::FewDays, ..) => {
            let days = finding.days_needed.unwrap_or(0);
            plain(format!("{a} and {b}: about {} to go.", pluralize(days as usize, "more day with both", "more days with both")))
        }
        (Group::NoEffect, ..) if sign => plain(format!("{a}: says nothing of {b} that matters.")),
        (Group::NoEffect, ..) => plain(format!("{a}: no effect on {b} worth your time.")),
        (Group::SmallButReal, ..) => plain(format!("{a} and {b}: real, but too small to matter.")),
        (Group::SmallOrChance, ..) => plain(format!(
            "{a} and {b}: too small to matter, and it might be chance among {}.",
            pluralize(finding.how.family_size as usize, "question", "questions")
        )),
        (Group::Unknown, ..) => plain(format!("{a} and {b}: could be something, could be nothing.")),
        (_, Some(effect), Some((low, high))) => {
            let word = if effect > 0.0 { outcome.words.0 } else { outcome.words.1 };
            let unit = match outcome.key {
                EFFICIENCY => "%",
                "resting_hr" => "bpm",
                "hrv" => "ms",
                PACE => outcome.unit,
                _ => "points",
            };
            let error = (high - low) / 2.0;
            let decimals = decimals_of_estimate(effect, error);
            let mut after = format!(" {word} {}, give or take {}.", when(finding.lag_days, input).unwrap_or_default(), decimal(error, decimals));
            if let (EFFICIENCY, Some(pace), false) = (outcome.key, finding.usual_pace, sign) {
                let word = if effect > 0.0 { "faster" } else { "slower" };
                after = format!("{after} About {} {word} at the same heart rate.", units.pace_difference(pace * effect / 100.0));
            }
            if finding.caveats.contains(&Caveat::Restates) {
                after.push_str(" The same finding as efficiency, in other words.");
            }
            if sign {
                after.push_str(" A sign of how you are, not a cause.");
            }
            let feel = if outcome.key == EFFORT { "runs feel " } else { "" };
            let before = if sign { format!("Goes along with {}: {feel}", uncapitalised(&input.more)) } else { format!("{}: {feel}", input.more) };
            HighlightedText { before, marked: format!("{}{NBSP}{unit}", decimal(effect.abs(), decimals)), after }
        }
        _ => plain(format!("{a} and {b}.")),
    }
}

/// What is remarked on a finding, after its sentence.
fn aside(finding: &StoredFinding, input: &Input, outcome: &Outcome) -> String {
    match (group(finding, outcome), is_beneficial(finding, outcome)) {
        (Group::Helps, Some(true)) => input.when_good.clone(),
        (Group::Costs, Some(false)) => input.when_bad.clone(),
        (Group::Watching, _) => "Maybe. One of many questions, so we keep watching.".to_owned(),
        _ => String::new(),
    }
}

/// The same within a sentence: `an extra hour of sleep`, `HRV up by 10 ms`.
fn uncapitalised(text: &str) -> String {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return String::new() };
    if chars.clone().next().is_some_and(char::is_uppercase) { text.to_owned() } else { first.to_lowercase().chain(chars).collect() }
}

fn caveat(caveat: Caveat, input: &Input, outcome: &Outcome) -> String {
    match caveat {
        Caveat::Reverse => {
            format!("It may be the other way round: {} says more about later {}.", lowercase_label(outcome.label), lowercase_label(&input.label))
        }
        Caveat::UnstableSign => "One month carries it: without that month the direction would be another.".to_owned(),
        Caveat::ChangePoint => "It changed on the way: earlier and later days differ by more than chance.".to_owned(),
        Caveat::RankDisagrees => "A few unusual days carry it.".to_owned(),
        Caveat::Restates => {
            "Efficiency says nearly the same of the same runs and heartbeats. It is one finding in two units, and holds here only because it holds there."
                .to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::discovery::Tier;
    use domain::measures::keys;

    use super::*;

    /// A finding with its effect and 95 % interval, as stored, of a question among 40.
    fn finding(input: &str, outcome: &str, tier: Tier, (effect, low, high): (f64, f64, f64), q: f64) -> StoredFinding {
        let held = ["trend_and_season", "weekday", "temperature", "duration", "fitness_yesterday"];
        StoredFinding {
            input: input.to_owned(),
            outcome: outcome.to_owned(),
            tier,
            over_usual_range: matches!(tier, Tier::NoEffect | Tier::TooSmall),
            effect: Some(effect),
            ci_low: Some(low),
            ci_high: Some(high),
            expected: None,
            lag_days: Some(0),
            p: Some(q / 2.0),
            q: Some(q),
            q_strict: None,
            r: None,
            n: 200,
            n_eff: 150.0,
            days_needed: None,
            usual_pace: None,
            profile: Vec::new(),
            levels: None,
            how: Method {
                engine: String::new(),
                seed: 1,
                held_constant: held.map(ToOwned::to_owned).to_vec(),
                lags: vec![0],
                effective_lags: 1.0,
                declared: false,
                family_size: 40,
                surrogates: None,
            },
            caveats: Vec::new(),
            points: Vec::new(),
            days: Vec::new(),
            line: None,
        }
    }

    fn shown(finding: StoredFinding) -> (Group, String, Card) {
        let card = card(finding, &(journal::FEATURE.daily.inputs)(), Units::default()).expect("a known pair");
        let sentence = format!("{}{}{}", card.sentence.before, card.sentence.marked, card.sentence.after).replace(NBSP, " ");
        (card.group, sentence, card)
    }

    #[test]
    fn an_effect_and_its_error_end_at_the_same_decimal() {
        let of = |effect, low, high| shown(finding(keys::SLEEP_HOURS, EFFICIENCY, Tier::Supported, (effect, low, high), 0.01)).1;
        assert!(of(1.2, 0.4, 2.0).starts_with("An extra hour of sleep: 1.2 % more efficient that day, give or take 0.8."), "{}", of(1.2, 0.4, 2.0));
        // Two significant digits are what somebody remembers.
        assert!(of(1.0, 0.86, 1.14).contains("1.0 % more efficient that day, give or take 0.1."), "{}", of(1.0, 0.86, 1.14));
    }

    #[test]
    fn a_small_effect_is_called_what_its_interval_shows() {
        let of = |low: f64, high: f64, q| shown(finding(keys::CAFFEINE, EFFICIENCY, Tier::TooSmall, (f64::midpoint(low, high), low, high), q));
        let (group, sentence, card) = of(-0.3, 0.6, 0.5);
        assert_eq!((group, sentence.as_str()), (Group::NoEffect, "Caffeine: no effect on efficiency worth your time."));
        assert_eq!(card.smallest, "1\u{a0}% efficiency");
        assert_eq!(
            (of(0.1, 0.6, 0.01).0, of(0.1, 0.6, 0.01).1.as_str()),
            (Group::SmallButReal, "Caffeine and efficiency: real, but too small to matter.")
        );
        let (group, sentence, _) = of(0.1, 0.6, 0.3);
        assert_eq!(group, Group::SmallOrChance);
        assert_eq!(sentence, "Caffeine and efficiency: too small to matter, and it might be chance among 40 questions.");
    }

    #[test]
    fn a_sign_is_said_to_be_one() {
        let (group, sentence, card) = shown(finding(keys::HRV, EFFICIENCY, Tier::Confirmed, (0.9, 0.5, 1.3), 0.001));
        assert_eq!((group, card.is_beneficial), (Group::Sign, Some(true)));
        assert!(sentence.starts_with("Goes along with ") && sentence.ends_with("A sign of how you are, not a cause."), "{sentence}");
        assert!(!sentence.contains("faster") && card.aside.is_empty(), "{sentence} {}", card.aside);
    }
}
