//! The daily table of an athlete.

use activities::{LOAD, RunDay};
use chrono::NaiveDate;
use domain::discovery::{Gap, Input};
use inference::{Column, Pair, Table};
use physiology::load::next_day;
use platform::feature::daily::DayValues;

use crate::variables::{DECOUPLING, EFFICIENCY, EFFORT, EXCLUDED_PAIRS, OF_RUNS, OUTCOMES, PACE, PRIORITY_PAIRS};

/// What a feature offers: inputs, and the days with their values.
pub(crate) struct Offer {
    pub(crate) inputs: Vec<Input>,
    pub(crate) days: Vec<DayValues>,
}

/// The days of a table.
#[derive(Clone, Copy)]
struct Calendar {
    first: NaiveDate,
    days: usize,
}

impl Calendar {
    /// From the first to the last day; none without a day.
    fn of(days: impl Iterator<Item = NaiveDate> + Clone) -> Option<Self> {
        let (first, last) = (days.clone().min()?, days.max()?);
        Some(Self { first, days: usize::try_from((last - first).num_days()).ok()? + 1 })
    }

    /// Values by day; `gap` where there is none.
    fn column(self, values: impl Iterator<Item = (NaiveDate, Option<f64>)>, gap: f64) -> Vec<f64> {
        let mut column = vec![gap; self.days];
        for (day, value) in values {
            let at = usize::try_from((day - self.first).num_days()).ok();
            if let (Some(known), Some(value)) = (at.and_then(|at| column.get_mut(at)), value) {
                *known = value;
            }
        }
        column
    }

    /// The column of the input at a place of an offer.
    fn input(self, offer: &Offer, at: usize) -> Column {
        let input = &offer.inputs[at];
        let values = offer.days.iter().map(|(day, values)| (*day, values.get(at).copied().flatten()));
        let gap = match input.gap {
            Gap::Unknown => f64::NAN,
            Gap::Value(value) => value,
            Gap::ValueAmongOthers(value) => {
                if values.clone().any(|(_, value)| value.is_some()) {
                    value
                } else {
                    f64::NAN
                }
            }
        };
        Column { first_lag: input.first_lag, ..Column::new(input.key.clone(), self.column(values, gap)) }
    }
}

/// The graded pace of the run day in the middle, in seconds per kilometre.
pub(crate) fn usual_pace(runs: &[RunDay]) -> Option<f64> {
    let mut paces: Vec<f64> = runs.iter().filter_map(|run| run.ngp_s_per_km).collect();
    paces.sort_by(f64::total_cmp);
    paces.get(paces.len() / 2).copied()
}

/// Runs and what features offer on one calendar. `None` without a single day.
pub(crate) fn daily(runs: &[RunDay], offers: &[Offer]) -> Option<Table> {
    let calendar = Calendar::of(runs.iter().map(|run| run.day).chain(offers.iter().flat_map(|offer| offer.days.iter().map(|(day, _)| *day))))?;
    let run_column = |of: &dyn Fn(&RunDay) -> Option<f64>| calendar.column(runs.iter().map(|run| (run.day, of(run))), f64::NAN);
    let inputs: Vec<Column> = offers.iter().flat_map(|offer| (0..offer.inputs.len()).map(|at| calendar.input(offer, at))).collect();
    let input = |key: &str| inputs.iter().find(|column| column.name == key).map(|column| column.values.clone());
    let (mut fitness, mut fatigue, mut form) = (0.0, 0.0, Vec::with_capacity(calendar.days));
    for stress in input(LOAD).unwrap_or_else(|| vec![0.0; calendar.days]) {
        form.push((fitness, fatigue));
        fitness = next_day(fitness, stress, 42.0);
        fatigue = next_day(fatigue, stress, 7.0);
    }
    let usual = usual_pace(runs);
    let outcome = |key: &str| match key {
        EFFICIENCY => run_column(&|r| r.efficiency_factor.filter(|v| *v > 0.0).map(f64::ln)),
        DECOUPLING => run_column(&|r| r.decoupling_pct),
        // An effort without a pace is none at any pace, and a pace without a heart rate none at any.
        EFFORT => run_column(&|r| r.effort.filter(|_| r.effort_s_per_km.is_some())),
        PACE => run_column(&|r| Some(usual? / r.heart_rate_s_per_km.filter(|_| r.heart_rate_bpm.is_some())?)),
        // What might have an effect may be affected, too.
        key => input(key).unwrap_or_else(|| vec![f64::NAN; calendar.days]),
    };
    let outcomes = OUTCOMES.iter().map(|o| Column { smallest_effect: Some(o.smallest), ..Column::new(o.key, outcome(o.key)) }).collect();
    let known = |r: &RunDay, v: f64| (r.moving_s > 0.0).then_some(v);
    // What is measured in the morning was there before the day's run, which cannot have disturbed it.
    let only_for = |outcomes: &[&str], name: &str, of: &dyn Fn(&RunDay) -> Option<f64>| Column {
        only_for: outcomes.iter().map(|outcome| (*outcome).to_owned()).collect(),
        ..Column::new(name, run_column(of))
    };
    let of_runs = |name: &str, of: &dyn Fn(&RunDay) -> Option<f64>| only_for(&OF_RUNS, name, of);
    // What an outcome is "at": without it, it would be another one.
    let fixed = |outcome: &str, name: &str, of: &dyn Fn(&RunDay) -> Option<f64>| Column { defining: true, ..only_for(&[outcome], name, of) };
    let covariates = vec![
        fixed(EFFORT, "pace", &|r| r.effort_s_per_km.map(|pace| -pace.ln())),
        fixed(PACE, "heart_rate", &|r| r.heart_rate_bpm),
        of_runs("temperature", &|r| r.temperature_c),
        of_runs("duration", &|r| known(r, r.moving_s.ln())),
        of_runs("climb", &|r| (r.distance_m > 0.0).then(|| r.elevation_gain_m / r.distance_m * 1000.0)),
        of_runs("trail", &|r| Some(r.trail_share)),
        of_runs("treadmill", &|r| Some(r.treadmill_share)),
        Column::new("fitness_yesterday", form.iter().map(|f| f.0).collect()),
        Column::new("fatigue_yesterday", form.iter().map(|f| f.1).collect()),
    ];
    let pairs = |of: &[(&str, &str)]| of.iter().map(|&(input, outcome)| Pair::new(input, outcome)).collect();
    let (excluded, priority) = (pairs(&EXCLUDED_PAIRS), pairs(&PRIORITY_PAIRS));
    Some(Table { inputs, outcomes, covariates, excluded, priority, ..Table::new(calendar.first, calendar.days) })
}
