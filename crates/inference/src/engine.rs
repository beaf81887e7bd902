//! The steps from a table to findings.

use crate::design_matrix::{Rows, Screen};
use crate::distribution::{t_quantile, two_sided};
use crate::finding::{Family, Finding, Tier};
use crate::lagged::{Input, coordinates, lagged};
use crate::multiplicity::{benjamini_hochberg, benjamini_yekutieli, per_test};
use crate::options::Options;
use crate::outcome::{Outcome, first_day};
use crate::pair::PartialFinding;
use crate::robustness::flags;
use crate::shrink::expected_share;
use crate::surrogate::surrogates;
use crate::table::{Column, Table};
use crate::whiten::Memory;

/// Share of the days that a finding is searched on before it is confirmed on the rest.
const SEARCH_SHARE: f64 = 0.7;

/// Minimum days for a confirmation.
const MIN_CONFIRMING: usize = 20;
/// A single p that is worth watching.
const WATCH: f64 = 0.05;

/// Tests every input against every outcome.
#[must_use]
pub fn discover(table: &Table, options: &Options) -> Vec<Finding> {
    let inputs: Vec<Input> = table.inputs.iter().map(|c| Input::new(table, c)).collect();
    let outcomes: Vec<Outcome> = table.outcomes.iter().map(|c| Outcome::new(table, c, options)).collect();
    let mut drafts: Vec<PartialFinding> = outcomes
        .iter()
        .flat_map(|outcome| inputs.iter().map(move |input| (outcome, input)))
        .filter(|(outcome, input)| is_meaningful(table, input.column, outcome.column))
        .map(|(outcome, input)| PartialFinding::new(table, outcome, input, options))
        .collect();
    grade(&mut drafts, table, options);
    if drafts.iter().any(|d| d.finding.tier == Tier::Supported) {
        confirm(&mut drafts, table, options);
    }
    drafts.into_iter().map(|draft| finish(draft, table)).collect()
}

fn is_meaningful(table: &Table, input: &Column, outcome: &Column) -> bool {
    input.name != outcome.name && !table.excluded.iter().any(|p| p.input == input.name && p.outcome == outcome.name)
}

/// What a pair's p is divided by before all pairs are ranked: 1 on average. Half of the error budget goes to the pairs that
/// were declared beforehand, the other half to the rest (weighted Benjamini–Hochberg: Genovese, Roeder and Wasserman 2006,
/// doi:10.1093/biomet/93.3.509). Two families with a whole q each would have twice the promised findings in noise.
struct Weights {
    declared: f64,
    others: f64,
}

impl Weights {
    fn new(drafts: &[PartialFinding]) -> Self {
        let count = |family| drafts.iter().filter(|d| d.family() == family && d.finding.p.is_some()).count() as f64;
        let (declared, others) = (count(Family::Priority), count(Family::Exploratory));
        if declared == 0.0 || declared >= others {
            return Self { declared: 1.0, others: 1.0 };
        }
        let half = f64::midpoint(declared, others);
        Self { declared: half / declared, others: half / others }
    }

    fn of(&self, draft: &PartialFinding) -> f64 {
        if draft.family() == Family::Priority { self.declared } else { self.others }
    }
}

/// Sets q values and tiers, once all p values are known.
fn grade(drafts: &mut [PartialFinding], table: &Table, options: &Options) {
    let asked: Vec<usize> = (0..drafts.len()).filter(|&i| drafts[i].finding.p.is_some()).collect();
    let weights = Weights::new(drafts);
    let p = |drafts: &[PartialFinding]| {
        asked.iter().filter_map(|&i| Some((drafts[i].finding.p? / weights.of(&drafts[i])).min(1.0))).collect::<Vec<f64>>()
    };
    let q = benjamini_hochberg(&p(drafts));
    if options.surrogates > 0 {
        for (&i, _) in asked.iter().zip(&q).filter(|(_, q)| **q <= options.q_supported) {
            against_surrogates(&mut drafts[i], table, options);
        }
    }
    let p = p(drafts);
    let (q, strict) = (benjamini_hochberg(&p), benjamini_yekutieli(&p));
    // A significant pair had to be below this p.
    let passed = q.iter().filter(|q| **q <= options.q_supported).count();
    let bar = options.q_supported * passed as f64 / asked.len().max(1) as f64;
    let sizes = [Family::Priority, Family::Exploratory].map(|family| asked.iter().filter(|&&i| drafts[i].family() == family).count());
    for ((&i, &q), &strict) in asked.iter().zip(&q).zip(&strict) {
        let draft = &mut drafts[i];
        let bar = (bar * weights.of(draft)).min(1.0);
        (draft.finding.q, draft.finding.q_strict) = (Some(q), Some(strict));
        draft.finding.provenance.family_size = sizes[usize::from(draft.family() == Family::Exploratory)];
        match draft.finding.tier {
            // A certain effect that is too small to matter is still not worth the time.
            Tier::NoEffect if q <= options.q_supported => draft.finding.tier = Tier::TooSmall,
            Tier::NoEffect | Tier::TooSmall => {}
            _ if q <= options.q_supported => {
                draft.finding.tier = Tier::Supported;
                if let (Some(best), Some(effect)) = (&draft.best, draft.finding.effect) {
                    let threshold = t_quantile(1.0 - per_test(bar, draft.finding.provenance.effective_lags) / 2.0, best.fit.df);
                    draft.finding.expected = Some(effect * expected_share(best.fit.t, threshold));
                }
            }
            Tier::Unknown if draft.finding.p.is_some_and(|p| p <= WATCH) => draft.finding.tier = Tier::Watching,
            _ => {}
        }
    }
}

/// The p of a pair that passed so far can only get larger: it is compared with inputs that are independent of the outcome.
fn against_surrogates(draft: &mut PartialFinding, table: &Table, options: &Options) {
    let (Some(screen), Some(p)) = (draft.outcome.screen.as_ref(), draft.finding.p) else { return };
    let lags = draft.input.lags(options.max_lag);
    let (drawn, stronger) = surrogates(table, screen, draft.input, &lags, options.surrogates, draft.seed(options.seed));
    draft.finding.provenance.surrogates = Some((drawn, stronger));
    // None among n surrogates only shows that p is below 1/n; the model's p is finer then.
    if stronger > 0 {
        draft.finding.p = Some(p.max((stronger + 1) as f64 / (drawn + 1) as f64));
    }
}

/// Tests supported pairs again on the first part of the days; what would have been found there is checked on the rest.
fn confirm(drafts: &mut [PartialFinding], table: &Table, options: &Options) {
    let asked = drafts.iter().filter(|d| d.finding.p.is_some()).count();
    let weights = Weights::new(drafts);
    let mut searched: Vec<(usize, Search, f64)> = Vec::new();
    for (i, draft) in drafts.iter().enumerate().filter(|(_, d)| d.finding.tier == Tier::Supported) {
        searched.extend(search(draft, table, options).map(|s| {
            let weighted = (s.p / weights.of(draft)).min(1.0);
            (i, s, weighted)
        }));
    }
    searched.sort_by(|a, b| a.2.total_cmp(&b.2));
    // Every pair counts. Those that were not searched could only raise the others' ranks: without them q is too large, never too small.
    let q = |rank: usize, p: f64| p * asked as f64 / (rank + 1) as f64;
    let passed = searched.iter().enumerate().rev().find(|(rank, (_, _, p))| q(*rank, *p) <= options.q_supported).map_or(0, |(rank, _)| rank + 1);
    for (i, search, _) in &searched[..passed] {
        let draft = &mut drafts[*i];
        // The rest uses the memory fitted by the search: it has few days of its own.
        let rest = Screen::new(table, &draft.outcome.column.name, &draft.outcome.values, search.until, table.days, Some(search.memory));
        if rest.is_some_and(|rest| holds(&rest, draft.input, search)) {
            draft.finding.tier = Tier::Confirmed;
        }
    }
}

/// The same test on the first part of the outcome's days.
fn search(draft: &PartialFinding, table: &Table, options: &Options) -> Option<Search> {
    let days = &draft.outcome.screen.as_ref()?.days;
    let until = *days.get((days.len() as f64 * SEARCH_SHARE) as usize)?;
    let screen = Screen::new(table, &draft.outcome.column.name, &draft.outcome.values, first_day(table, options), until, None)?;
    let tests = lagged(&screen, &screen.tested, draft.input, draft.input.tested(), &draft.input.lags(options.max_lag));
    let (best, p) = tests.best()?;
    Some(Search { lag: best.lag, t: best.fit.t, p, until, memory: screen.tested.memory })
}

struct Search {
    lag: i32,
    t: f64,
    p: f64,
    /// The first day that it did not use.
    until: usize,
    memory: Memory,
}

/// Whether days that the search did not use show the same at the same lag, one-sided at 5 %.
fn holds(rest: &Screen, input: &Input, search: &Search) -> bool {
    let rows = Rows::new(rest, input.tested(), search.lag);
    if rows.x.len() < MIN_CONFIRMING {
        return false;
    }
    let Some(coordinates) = coordinates(rest, &rest.tested, &rows) else { return false };
    let white = coordinates.white();
    let (x, before) = white.residual(&rows.x);
    white.regress(&x, before).is_some_and(|fit| fit.t * search.t > 0.0 && two_sided(fit.t, fit.df) / 2.0 <= 0.05)
}

/// Only for significant findings: days for the chart, and flags.
fn finish(mut draft: PartialFinding, table: &Table) -> Finding {
    if let (Some(screen), Some(best), true) =
        (draft.outcome.screen.as_ref(), draft.best.as_ref(), draft.finding.tier.holds() || draft.finding.tier == Tier::Watching)
    {
        draft.finding.flags = flags(table, screen, draft.input, best, draft.finding.tier.holds());
        draft.finding.points = crate::pair::points(screen, draft.input, best.lag);
    }
    draft.finding
}
