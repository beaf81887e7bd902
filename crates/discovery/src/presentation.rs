//! Presents a finding in the athlete's terms and units.

use chrono::{Days, NaiveDate};
use domain::discovery::{Card, HighlightedText, LagEffect, Level, Method, Q_SUPPORTED, Tier};
use domain::units::{NBSP, format_significant, lowercase_label, pluralize};
use inference::{Family, Finding, Flag, Point};

use crate::chart::{self, Line};
use crate::variables::{EFFICIENCY, Input, Outcome};

/// What the sentences need to know about the athlete.
pub(crate) struct Athlete {
    /// Seconds per kilometre of a usual run, graded.
    pub(crate) usual_pace: Option<f64>,
    /// The first day of the table.
    pub(crate) first_day: NaiveDate,
}

/// The card of a finding.
pub(crate) fn card(finding: &Finding, input: &Input, outcome: &Outcome, athlete: &Athlete) -> Card {
    let tier = tier(finding.tier);
    // A small effect is small over the athlete's usual range: per natural step it could look larger than the smallest effect of interest.
    let usual = finding.input_step.filter(|s| *s > 0.0 && !finding.binary && matches!(tier, Tier::NoEffect | Tier::TooSmall));
    let step = usual.unwrap_or(input.step);
    let per = if usual.is_some() { "over your usual range" } else { input.per };
    // From "per interquartile range, in the column's unit" to "per step, in the shown unit".
    let to_shown = finding.input_step.filter(|s| *s > 0.0).map_or(0.0, |s| step / s * outcome.scale);
    let shown = |v: Option<f64>| v.map(|v| v * to_shown);
    let (effect, low, high) = (shown(finding.effect), shown(finding.ci_low), shown(finding.ci_high));
    let lag = finding.lag_days.and_then(|l| u32::try_from(l).ok());
    let works = effect.filter(|e| *e != 0.0).map(|e| (e > 0.0) == outcome.more_is_better);
    let points: Vec<(f32, f32)> = finding.points.iter().map(|p| (p.x as f32, (p.y * outcome.scale) as f32)).collect();
    let profile: Vec<LagEffect> = finding
        .profile
        .iter()
        .map(|l| LagEffect {
            lag_days: u32::try_from(l.lag_days).unwrap_or(u32::MAX),
            effect: l.effect * to_shown,
            low: l.low * to_shown,
            high: l.high * to_shown,
        })
        .collect();
    let line = effect
        .zip(low.zip(high))
        .filter(|_| !points.is_empty())
        .map(|(effect, (low, high))| Line::new(&points, effect / step, (high - low) / 2.0 / step));
    let chart = line.as_ref().map_or_else(String::new, |line| chart::scatter(&points, line, input, works));
    Card {
        key: format!("{}-{}", input.key, outcome.key).replace('_', "-"),
        input: input.label.to_owned(),
        outcome: outcome.label.to_owned(),
        tier,
        works,
        sentence: sentence(finding, tier, input, outcome, athlete, effect, low.zip(high)),
        effect,
        ci_low: low,
        ci_high: high,
        unit: format!("{} {per}{}", outcome.unit, when(lag, input).map_or(String::new(), |w| format!(", {w}"))),
        lag_days: lag,
        p: finding.p,
        q: finding.q,
        r: finding.r,
        n: u32::try_from(finding.n).unwrap_or(u32::MAX),
        n_eff: finding.n_eff,
        days_needed: finding.days_needed.and_then(|d| u32::try_from(d).ok()),
        expected: shown(finding.expected),
        q_strict: finding.q_strict,
        profile,
        levels: finding.binary.then(|| levels(&finding.points, outcome.scale)).flatten(),
        how: method(finding),
        days: if chart.is_empty() {
            Vec::new()
        } else {
            finding.points.iter().filter_map(|p| athlete.first_day.checked_add_days(Days::new(p.day as u64))).collect()
        },
        line: line.map(|l| l.band_points()),
        cautions: finding.flags.iter().map(|f| caveat(*f, input, outcome)).collect(),
        points: if chart.is_empty() { Vec::new() } else { points },
        x_label: input.axis.to_owned(),
        y_label: outcome.axis.to_owned(),
        chart,
    }
}

/// The outcome on days without and with a binary input.
fn levels(points: &[Point], scale: f64) -> Option<[Level; 2]> {
    let level = |with: bool| {
        let mut values: Vec<f64> = points.iter().filter(|p| (p.x > 0.5) == with).map(|p| p.y * scale).collect();
        values.sort_by(f64::total_cmp);
        let at = |share: f64| values.get((share * values.len() as f64) as usize).copied();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        Some(Level { days: u32::try_from(values.len()).ok()?, mean, low: at(0.25)?, high: at(0.75)? })
    };
    Some([level(false)?, level(true)?])
}

fn method(finding: &Finding) -> Method {
    let p = &finding.provenance;
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Method {
        engine: p.engine.clone(),
        seed: p.seed,
        held_constant: p.held_constant.clone(),
        lags: p.lags.iter().map(|l| count(*l)).collect(),
        effective_lags: p.effective_lags,
        declared: p.family == Family::Priority,
        family_size: count(p.family_size),
        surrogates: p.surrogates.map(|(drawn, stronger)| (count(drawn), count(stronger))),
    }
}

fn tier(tier: inference::Tier) -> Tier {
    match tier {
        inference::Tier::NotEnoughData => Tier::NotEnoughData,
        inference::Tier::Watching => Tier::Watching,
        inference::Tier::Supported => Tier::Supported,
        inference::Tier::Confirmed => Tier::Confirmed,
        inference::Tier::NoEffect => Tier::NoEffect,
        inference::Tier::TooSmall => Tier::TooSmall,
        inference::Tier::Unknown => Tier::Unknown,
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

fn sentence(
    finding: &Finding,
    tier: Tier,
    input: &Input,
    outcome: &Outcome,
    athlete: &Athlete,
    effect: Option<f64>,
    interval: Option<(f64, f64)>,
) -> HighlightedText {
    let plain = |before: String| HighlightedText { before, marked: String::new(), after: String::new() };
    match (tier, effect, interval) {
        (Tier::NotEnoughData, ..) => {
            let days = finding.days_needed.unwrap_or(0);
            plain(format!(
                "{} and {}: about {} to go. No rush.",
                input.label,
                lowercase_label(outcome.label),
                pluralize(days, "more day with both", "more days with both")
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
            let mut after = format!(
                " {word} {}, give or take {}.",
                when(finding.lag_days.and_then(|l| u32::try_from(l).ok()), input).unwrap_or_default(),
                format_significant((high - low) / 2.0)
            );
            if let (EFFICIENCY, Some(pace)) = (outcome.key, athlete.usual_pace) {
                let seconds = (pace * effect / 100.0).abs();
                let word = if effect > 0.0 { "faster" } else { "slower" };
                after = format!("{after} About {}{NBSP}s/km {word} at the same heart rate.", format_significant((seconds * 10.0).round() / 10.0));
            }
            if tier == Tier::Watching {
                after.push_str(" Maybe. One of many questions, so we keep watching.");
            } else {
                after = format!("{after} {}", if good { input.when_good } else { input.when_bad });
            }
            HighlightedText { before: format!("{}: ", input.more), marked: format!("{}{NBSP}{unit}", format_significant(effect.abs())), after }
        }
        _ => plain(format!("{} and {}.", input.label, lowercase_label(outcome.label))),
    }
}

fn caveat(flag: Flag, input: &Input, outcome: &Outcome) -> String {
    match flag {
        Flag::Reverse => {
            format!("It may be the other way round: {} says more about later {}.", lowercase_label(outcome.label), lowercase_label(input.label))
        }
        Flag::UnstableSign => "One month carries it: without that month the direction would be another.".to_owned(),
        Flag::ChangePoint => "It changed on the way: earlier and later days differ by more than chance.".to_owned(),
        Flag::RankDisagrees => "A few unusual days carry it.".to_owned(),
    }
}
