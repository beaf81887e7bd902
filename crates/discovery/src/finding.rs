//! From a finding of the engine to what is stored: in the units that are shown, and without words.

use chrono::{Days, NaiveDate};
use domain::discovery::{Caveat, Input, LagEffect, Level, Method, StoredFinding, Tier};
use inference::{Family, Finding, Flag, Point};

use crate::chart::Line;
use crate::variables::{EFFICIENCY, Outcome, PACE};

/// What a finding needs to know about the athlete.
pub(crate) struct Athlete {
    /// Seconds per kilometre of a usual run, graded.
    pub(crate) usual_pace: Option<f64>,
    /// The first day of the table.
    pub(crate) first_day: NaiveDate,
}

/// What is stored of a finding.
pub(crate) fn stored(finding: &Finding, input: &Input, outcome: &Outcome, athlete: &Athlete) -> StoredFinding {
    let (tier, outcome) = (tier(finding.tier), &outcome.of(athlete.usual_pace));
    // A small effect is small over the athlete's usual range: per natural step it could look larger than the smallest effect of interest.
    let usual = finding.input_step.filter(|s| *s > 0.0 && !finding.binary && matches!(tier, Tier::NoEffect | Tier::TooSmall));
    let step = usual.unwrap_or(input.step);
    // From "per interquartile range, in the column's unit" to "per step, in the shown unit".
    let to_shown = finding.input_step.filter(|s| *s > 0.0).map_or(0.0, |s| step / s * outcome.scale);
    let shown = |v: Option<f64>| v.map(|v| v * to_shown);
    // More speed is less pace: then the ends change places.
    let ends = |low: f64, high: f64| if to_shown < 0.0 { (high * to_shown, low * to_shown) } else { (low * to_shown, high * to_shown) };
    let (low, high) = finding.ci_low.zip(finding.ci_high).map(|(low, high)| ends(low, high)).unzip();
    let effect = shown(finding.effect);
    let profile = finding.profile.iter().map(|l| {
        let (low, high) = ends(l.low, l.high);
        LagEffect { lag_days: u32::try_from(l.lag_days).unwrap_or(u32::MAX), effect: l.effect * to_shown, low, high }
    });
    let points: Vec<(f32, f32)> = finding.points.iter().map(|p| (p.x as f32, (p.y * outcome.scale) as f32)).collect();
    let line = effect
        .zip(low.zip(high))
        .filter(|_| !points.is_empty())
        .map(|(effect, (low, high))| Line::new(&points, effect / step, (high - low) / 2.0 / step).band_points());
    let day = |p: &Point| athlete.first_day.checked_add_days(Days::new(p.day as u64));
    let (points, days) = if line.is_some() { (points, finding.points.iter().filter_map(day).collect()) } else { (Vec::new(), Vec::new()) };
    StoredFinding {
        input: input.key.clone(),
        outcome: outcome.key.to_owned(),
        tier,
        over_usual_range: usual.is_some(),
        effect,
        ci_low: low,
        ci_high: high,
        expected: shown(finding.expected),
        lag_days: finding.lag_days.and_then(|l| u32::try_from(l).ok()),
        p: finding.p,
        q: finding.q,
        q_strict: finding.q_strict,
        r: finding.r,
        n: u32::try_from(finding.n).unwrap_or(u32::MAX),
        n_eff: finding.n_eff,
        days_needed: finding.days_needed.and_then(|d| u32::try_from(d).ok()),
        usual_pace: athlete.usual_pace.filter(|_| outcome.key == EFFICIENCY || outcome.key == PACE),
        profile: profile.collect(),
        levels: finding.binary.then(|| levels(&finding.points, outcome.scale)).flatten(),
        how: method(finding),
        caveats: finding.flags.iter().map(|f| caveat(*f)).collect(),
        points,
        days,
        line,
    }
}

fn caveat(flag: Flag) -> Caveat {
    match flag {
        Flag::Reverse => Caveat::Reverse,
        Flag::UnstableSign => Caveat::UnstableSign,
        Flag::ChangePoint => Caveat::ChangePoint,
        Flag::RankDisagrees => Caveat::RankDisagrees,
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
