//! Years beside each other, and the athlete's own time constants.

use chrono::{Datelike, Days, NaiveDate};
use domain::activities::{OwnConstants, Season, TimeConstant};
use physiology::constants::{Constant, Fit, fit};
use physiology::load::balance;
use platform::{Error, Tx};

use crate::daily::{DayLoad, LOAD_DAYS, efficiency};
use crate::queries::performance as queries;

/// Days that own time constants are fitted to: what is older was another athlete.
const FITTED_DAYS: u64 = 3 * 365;

fn first_of(year: i32, today: NaiveDate) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(today)
}

/// The earliest day whose load still counts on the first day of the last year.
pub(crate) fn first_load_of_seasons(today: NaiveDate) -> NaiveDate {
    first_of(today.year() - 1, today) - Days::new(LOAD_DAYS)
}

/// This year and the last one, from loads since [`first_load_of_seasons`] or longer; each up to today's day of the year.
pub(crate) async fn seasons(tx: &mut Tx, loads: &[DayLoad], today: NaiveDate) -> Result<Vec<Season>, Error> {
    let Some(first) = loads.first().map(|load| load.day).filter(|day| *day <= today) else { return Ok(Vec::new()) };
    let stress = by_day(loads, first, today);
    let fitness: Vec<f64> = balance(&stress).into_iter().map(|b| b.fitness).collect();
    let mut out = Vec::new();
    for year in [today.year(), today.year() - 1] {
        let from = first_of(year, today);
        // The 29th of February has a day of its own.
        let to = from + Days::new(u64::from(today.ordinal0()));
        let sums = queries::run_sums(tx, from, to).await?;
        let day_of = |i: usize| first + Days::new(i as u64);
        let of_year: Vec<(NaiveDate, f64)> = fitness.iter().enumerate().map(|(i, f)| (day_of(i), *f)).filter(|(day, _)| day.year() == year).collect();
        let weeks =
            of_year.iter().filter(|(day, _)| day.ordinal() % 7 == 0 || *day == today).map(|(day, f)| (day.ordinal() as u16, *f as f32)).collect();
        let peak = of_year.iter().filter(|(day, _)| *day <= to).max_by(|a, b| a.1.total_cmp(&b.1)).map(|(day, f)| (*f, *day));
        out.push(Season {
            year,
            weeks,
            runs: u32::try_from(sums.runs).unwrap_or(u32::MAX),
            distance_m: sums.distance_m,
            moving_s: sums.moving_s,
            elevation_gain_m: sums.elevation_gain_m,
            peak,
        });
    }
    // A year without anything is nothing to compare with.
    out.retain(|season| season.runs > 0 || season.weeks.iter().any(|(_, fitness)| *fitness >= 1.0));
    Ok(out)
}

/// The athlete's own time constants, fitted to the load of the last three years and the efficiency of its runs.
pub(crate) async fn own_constants(tx: &mut Tx, loads: &[DayLoad], today: NaiveDate) -> Result<OwnConstants, Error> {
    let since = today - Days::new(FITTED_DAYS);
    let loads = &loads[loads.partition_point(|load| load.day < since)..];
    let runs = efficiency(tx, since).await?;
    let first = loads.first().map_or(today, |load| load.day);
    let stress = by_day(loads, first, today);
    let index = |day: NaiveDate| usize::try_from((day - first).num_days()).ok();
    let outcomes: Vec<(usize, f64)> = runs.iter().filter_map(|run| Some((index(run.day)?, run.efficiency_factor.ln()))).collect();
    let told = |constant: Constant| TimeConstant { days: constant.days, low: constant.interval.0, high: constant.interval.1 };
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(match platform::compute(move || fit(&stress, &outcomes)).await? {
        Fit::TooFew { wanted } => OwnConstants { wanted: count(wanted), runs: 0, fitness: None, fatigue: None },
        Fit::Fitted(found) => OwnConstants { wanted: 0, runs: count(found.runs), fitness: found.fitness.map(told), fatigue: found.fatigue.map(told) },
    })
}

/// One value for each day from the first to the last; zero where there is none.
fn by_day(loads: &[DayLoad], first: NaiveDate, last: NaiveDate) -> Vec<f64> {
    let mut out = vec![0.0; usize::try_from((last - first).num_days() + 1).unwrap_or(0)];
    for load in loads {
        if let Some(place) = usize::try_from((load.day - first).num_days()).ok().and_then(|i| out.get_mut(i)) {
            *place += load.trimp;
        }
    }
    out
}
