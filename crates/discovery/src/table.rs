//! The daily table of an athlete.

use activities::{DayLoad, RunDay};
use chrono::NaiveDate;
use domain::journal::Field;
use inference::{Column, Pair, Table};
use journal::Day;
use physiology::load::next_day;

use crate::variables::{DECOUPLING, EFFICIENCY, EXCLUDED_PAIRS, INPUTS, LOAD, OUTCOMES, PRIORITY_PAIRS, REST_DAY};

/// Runs, loads and journal on one calendar. `None` without a single day.
pub(crate) fn daily(runs: &[RunDay], loads: &[DayLoad], journal: &[Day]) -> Option<Table> {
    let dates = || runs.iter().map(|r| r.day).chain(journal.iter().map(|j| j.0)).chain(loads.iter().map(|l| l.day));
    let (first, last) = (dates().min()?, dates().max()?);
    let days = usize::try_from((last - first).num_days()).ok()? + 1;
    let at = |day: NaiveDate| usize::try_from((day - first).num_days()).ok().filter(|i| *i < days);
    let run_column = |of: &dyn Fn(&RunDay) -> Option<f64>| {
        let mut values = vec![f64::NAN; days];
        for run in runs {
            if let (Some(i), Some(v)) = (at(run.day), of(run)) {
                values[i] = v;
            }
        }
        values
    };
    let journal_column = |field: Field| {
        let mut values = vec![f64::NAN; days];
        for (day, entry) in journal {
            if let (Some(i), Some(v)) = (at(*day), entry.get(field)) {
                values[i] = v;
            }
        }
        values
    };
    // Load is the one input whose absence is a value: a day without training has a load of zero.
    let mut load = vec![0.0; days];
    for l in loads {
        if let Some(i) = at(l.day) {
            load[i] = l.trimp;
        }
    }
    let (mut fitness, mut fatigue, mut form) = (0.0, 0.0, Vec::with_capacity(days));
    for &stress in &load {
        form.push((fitness, fatigue));
        fitness = next_day(fitness, stress, 42.0);
        fatigue = next_day(fatigue, stress, 7.0);
    }
    let column = |key: &str| match key {
        EFFICIENCY => run_column(&|r| r.efficiency_factor.filter(|v| *v > 0.0).map(f64::ln)),
        DECOUPLING => run_column(&|r| r.decoupling_pct),
        LOAD => load.clone(),
        // Without a single load there is no training to rest from.
        REST_DAY if loads.is_empty() => vec![f64::NAN; days],
        REST_DAY => load.iter().map(|l| f64::from(u8::from(*l <= 0.0))).collect(),
        name => Field::parse(name).map_or_else(|| vec![f64::NAN; days], journal_column),
    };
    let inputs = INPUTS.iter().map(|i| Column { first_lag: i.first_lag, ..Column::new(i.key, column(i.key)) }).collect();
    let outcomes = OUTCOMES.iter().map(|o| Column { smallest_effect: Some(o.smallest), ..Column::new(o.key, column(o.key)) }).collect();
    let known = |r: &RunDay, v: f64| (r.moving_s > 0.0).then_some(v);
    let covariates = vec![
        Column::new("temperature", run_column(&|r| r.temperature_c)),
        Column::new("duration", run_column(&|r| known(r, r.moving_s.ln()))),
        Column::new("climb", run_column(&|r| (r.distance_m > 0.0).then(|| r.elevation_gain_m / r.distance_m * 1000.0))),
        Column::new("trail", run_column(&|r| Some(r.trail_share))),
        Column::new("treadmill", run_column(&|r| Some(r.treadmill_share))),
        Column::new("fitness_yesterday", form.iter().map(|f| f.0).collect()),
        Column::new("fatigue_yesterday", form.iter().map(|f| f.1).collect()),
    ];
    let pairs = |of: &[(&str, &str)]| of.iter().map(|&(input, outcome)| Pair::new(input, outcome)).collect();
    Some(Table { inputs, outcomes, covariates, excluded: pairs(&EXCLUDED_PAIRS), priority: pairs(&PRIORITY_PAIRS), ..Table::new(first, days) })
}
