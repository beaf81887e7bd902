//! Fitness, capacity and records over all activities.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

use chrono::{Datelike, Days, NaiveDate};
use domain::activities::{Capacity, FitnessRange, Performance, PerformanceQuery, PmcDay, Prediction, Record, Thresholds, Week};
use domain::statistics::quantile;
use physiology::capacity::{CriticalSpeed, critical_speed, critical_speed_interval, vdot};
use physiology::load::{USUAL_DAYS, balance_by, monotony_and_strain, ramp};
use physiology::predictions::{efforts_used, predict_from};
use platform::{Error, Tx};
use uuid::Uuid;

use crate::analyse::assumed;
use crate::bests::bests;
use crate::daily::{FIRST_DAY, LOAD_DAYS};
use crate::queries::daily::SportLoad;
use crate::queries::{daily, performance as queries};
use crate::seasons::{first_load_of_seasons, own_constants, seasons};
use crate::thresholds::thresholds;
use crate::{DayLoad, load_days};

/// More days of the past than this are drawn in steps.
const MOST_DRAWN: usize = 400;
/// Days that the chart continues past today, with what is planned.
pub const FORECAST_DAYS: u64 = 42;
/// Years whose best are shown beside each other.
const YEARS: i32 = 5;
/// Durations of which the farthest run is told, in seconds; every run has its best of them.
const BEST_S: [f64; 4] = [60.0, 300.0, 1200.0, 3600.0];
/// Efforts older than this say little about today.
const SEASON_DAYS: u64 = 90;
/// Durations of the efforts that critical speed is fitted to, in seconds: shorter ones are sprints, longer ones are limited by more than
/// critical speed (Jones et al. 2019, doi:10.14814/phy2.14098).
const FIT_DURATION_S: (f64, f64) = (120.0, 1200.0);
/// Days that the efforts are of, at least: the best pieces of one run lie on a line however that run was, and say nothing of what else could be held.
const CRITICAL_DAYS: usize = 3;
/// What can be run above critical speed, in metres: outside of this the efforts were not all hard (Jones and Vanhatalo 2017,
/// doi:10.1007/s40279-017-0688-0, give 100 to 400).
const D_PRIME_M: RangeInclusive<f64> = 60.0..=600.0;
/// Efforts over these distances say what a race would be, in metres.
const RACE_EFFORTS_M: (f64, f64) = (3000.0, 42_195.0);
/// Days whose estimates of `VO2max` count.
const VO2MAX_DAYS: u64 = 42;
/// Races that are predicted, in metres.
const RACES_M: [f64; 5] = [1500.0, 5000.0, 10_000.0, 21_097.5, 42_195.0];

/// Everything that the performance page shows. `ahead` has the loads that days after today are planned to have, of the sport if one is asked for; the
/// others are days without training. With the athlete's own time constants if they are asked for and the runs tell them.
pub async fn performance(tx: &mut Tx, today: NaiveDate, query: PerformanceQuery, ahead: &[(NaiveDate, f64)]) -> Result<Performance, Error> {
    // As far back as the year before this one rests on; all for the whole curve.
    let since = if query.range == FitnessRange::All { FIRST_DAY } else { first_load_of_seasons(today) };
    let by_sport = daily::sport_loads(tx, since).await?;
    let sports = sports(&by_sport);
    // A sport without any load is as none: an old bookmark shows something.
    let sport = query.sport.filter(|sport| sports.contains(sport));
    let query = PerformanceQuery { sport, ..query };
    let loads = loads_of(&by_sport, None);
    let own = if query.own { Some(own_constants(tx, &loads, today).await?) } else { None };
    let constants = own.and_then(|own| own.days()).unwrap_or(USUAL_DAYS);
    let seasons = seasons(tx, &loads, today).await?;
    let drawn = if query.sport.is_some() { loads_of(&by_sport, query.sport.as_deref()) } else { loads };
    let (balance, week) = performance_chart(&with_plan(drawn, today, ahead), today, query.range, constants);
    let last_load = daily::last_load(tx, today).await?;
    let assumed = assumed(&Thresholds::on(today, &thresholds(tx).await?), today);
    let planned = ahead.iter().any(|(day, load)| *day > today && *load > 0.0);
    let (capacity, records) = (capacity(tx, today, &RACES_M).await?, queries::records(tx).await?);
    let by_year = queries::records_by_year(tx, (today.year() - YEARS + 1, today.year())).await?;
    let by_duration = queries::by_duration(tx, &BEST_S).await?;
    let (longest, other_sports) = bests(tx).await?;
    Ok(Performance {
        by_year,
        by_duration,
        longest,
        other_sports,
        seasons,
        own,
        query,
        sports,
        balance,
        last_load,
        today,
        week,
        capacity,
        records,
        assumed,
        planned,
    })
}

/// The sports of loads, those with most load first.
fn sports(loads: &[SportLoad]) -> Vec<String> {
    let mut sums: HashMap<&str, f64> = HashMap::new();
    for load in loads {
        *sums.entry(&load.sport).or_default() += load.trimp;
    }
    let mut sports: Vec<(&str, f64)> = sums.into_iter().filter(|(_, sum)| *sum > 0.0).collect();
    sports.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    sports.into_iter().map(|(sport, _)| sport.to_owned()).collect()
}

/// The load of each day: of a sport, or of all.
fn loads_of(loads: &[SportLoad], sport: Option<&str>) -> Vec<DayLoad> {
    let mut days: Vec<DayLoad> = Vec::new();
    for load in loads.iter().filter(|load| sport.is_none_or(|sport| sport == load.sport)) {
        match days.last_mut() {
            Some(last) if last.day == load.day => last.trimp += load.trimp,
            _ => days.push(DayLoad { day: load.day, trimp: load.trimp }),
        }
    }
    days
}

/// Fitness, fatigue and form from half a year ago to [`FORECAST_DAYS`] ahead, with the loads that are planned.
pub async fn balance_ahead(tx: &mut Tx, today: NaiveDate, ahead: &[(NaiveDate, f64)]) -> Result<Vec<PmcDay>, Error> {
    let loads = load_days(tx, today - Days::new(LOAD_DAYS)).await?;
    Ok(performance_chart(&with_plan(loads, today, ahead), today, FitnessRange::Season, USUAL_DAYS).0)
}

/// The loads up to today, and what is planned after it.
fn with_plan(mut loads: Vec<DayLoad>, today: NaiveDate, ahead: &[(NaiveDate, f64)]) -> Vec<DayLoad> {
    loads.retain(|load| load.day <= today);
    loads.extend(ahead.iter().filter(|(day, _)| *day > today).map(|(day, trimp)| DayLoad { day: *day, trimp: *trimp }));
    loads
}

/// The records that were set on `since` or later, the longest distance first.
pub async fn records_since(tx: &mut Tx, since: NaiveDate) -> Result<Vec<Record>, Error> {
    let mut records: Vec<Record> = queries::records(tx).await?.into_iter().filter(|record| record.day >= since).collect();
    records.reverse();
    Ok(records)
}

/// Fitness, fatigue and form (TSB) of each day from the first load, but no more than the range has, to [`FORECAST_DAYS`] past today.
fn performance_chart(loads: &[DayLoad], today: NaiveDate, range: FitnessRange, constants: (f64, f64)) -> (Vec<PmcDay>, Option<Week>) {
    let Some(first) = loads.first().map(|l| l.day).filter(|d| *d <= today) else { return (Vec::new(), None) };
    let end = today + Days::new(FORECAST_DAYS);
    let mut next = loads.iter().peekable();
    let days: Vec<(NaiveDate, f64)> =
        first.iter_days().take_while(|d| *d <= end).map(|day| (day, next.next_if(|l| l.day == day).map_or(0.0, |l| l.trimp))).collect();
    let stress: Vec<f64> = days.iter().map(|d| d.1).collect();
    let balance = balance_by(&stress, constants);
    let upto = days.partition_point(|d| d.0 <= today);
    let hidden = range.days().map_or(0, |days| upto.saturating_sub(days as usize));
    // Of many days, some are drawn: today is one of them.
    let step = i64::try_from((upto - hidden).div_ceil(MOST_DRAWN)).unwrap_or(1).max(1);
    let week = (upto >= 7).then(|| {
        let last: [f64; 7] = std::array::from_fn(|k| stress[upto - 7 + k]);
        let foster = monotony_and_strain(&last);
        Week { load: last.iter().sum(), ramp: ramp(&balance[..upto]), monotony: foster.map(|f| f.0), strain: foster.map(|f| f.1) }
    });
    let days = days
        .into_iter()
        .zip(balance)
        .skip(hidden)
        .filter(|((day, _), _)| {
            let ago = (today - *day).num_days();
            // The table below has the weeks of a year.
            ago % step == 0 || ago % 7 == 0 && ago <= 366
        })
        .map(|((day, load), b)| PmcDay { day, load, fitness: b.fitness, fatigue: b.fatigue, form: b.form })
        .collect();
    (days, week)
}

/// What the athlete could do today, with predictions of these races in metres.
pub async fn capacity(tx: &mut Tx, today: NaiveDate, races_m: &[f64]) -> Result<Capacity, Error> {
    // In two steps: efforts are found by the ids of the season's few runs, whatever the planner knows of the tables and however long the history.
    let runs = queries::runs_after(tx, today - Days::new(SEASON_DAYS)).await?;
    let days: HashMap<Uuid, NaiveDate> = runs.iter().map(|run| (run.id, run.local_date)).collect();
    let ids: Vec<Uuid> = days.keys().copied().collect();
    let efforts = queries::efforts_of(tx, &ids).await?;
    let mut best_of: Vec<(f64, f64, Uuid)> = efforts.iter().filter(|e| e.by_duration).map(|e| (e.target, e.distance_m, e.activity_id)).collect();
    best_of.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)));
    best_of.dedup_by(|a, b| a.0.total_cmp(&b.0).is_eq());
    let critical = critical(&best_of, &days);
    let fitted_s: Vec<f64> = fitted(&best_of).map(|(seconds, ..)| *seconds).collect();
    let mean_s = fitted_s.iter().sum::<f64>() / fitted_s.len().max(1) as f64;
    let curve: Vec<(f64, f64)> = best_of.into_iter().map(|(s, m, _)| (s, m)).collect();
    let mut over: Vec<(f64, f64, Uuid)> = efforts.iter().filter(|e| !e.by_duration).map(|e| (e.target, e.elapsed_s, e.activity_id)).collect();
    over.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.total_cmp(&b.1)));
    over.dedup_by(|a, b| a.0.total_cmp(&b.0).is_eq());
    let fastest: Vec<(f64, f64)> = over.iter().map(|(metres, seconds, _)| (*metres, *seconds)).collect();
    let used = efforts_used(&fastest);
    let titles: HashMap<Uuid, &str> = runs.iter().map(|run| (run.id, run.title.as_str())).collect();
    let behind = over.iter().filter(|(metres, seconds, _)| used.contains(&(*metres, *seconds))).filter_map(|(metres, seconds, id)| {
        Some(Record { distance_m: *metres, elapsed_s: *seconds, activity: *id, title: (*titles.get(id)?).to_owned(), day: *days.get(id)? })
    });
    let behind = behind.collect();
    let best = efforts
        .iter()
        .filter(|e| !e.by_duration && (RACE_EFFORTS_M.0..=RACE_EFFORTS_M.1).contains(&e.target))
        .filter_map(|e| Some((vdot(e.distance_m, e.elapsed_s), e.distance_m, e.elapsed_s, *days.get(&e.activity_id)?)))
        .filter(|e| e.0.is_finite() && e.0 > 10.0)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let model = critical.as_ref().map(|(found, _)| (found, mean_s));
    let predictions = races_m.iter().filter_map(|race| predict_from(*race, &fastest, model)).map(|p| Prediction {
        distance_m: p.distance_m,
        seconds: p.seconds,
        low_s: p.low_s,
        high_s: p.high_s,
    });
    let recent = today - Days::new(VO2MAX_DAYS);
    let estimates: Vec<f64> = runs.iter().filter(|run| run.local_date > recent).filter_map(|run| run.vo2max).collect();
    Ok(Capacity {
        critical_speed_mps: critical.map(|(found, _)| found.speed_mps),
        critical_speed_range: critical.and_then(|(_, range)| range),
        d_prime_m: critical.map(|(found, _)| found.d_prime_m),
        curve,
        vdot: best,
        predictions: predictions.collect(),
        behind,
        vo2max: median(&estimates).map(|m| (m, u32::try_from(estimates.len()).unwrap_or(u32::MAX))),
    })
}

/// Critical speed with its 90 % range in m/s, from the best of each duration (seconds, metres, activity), if efforts of several days agree.
fn critical(best_of: &[(f64, f64, Uuid)], days: &HashMap<Uuid, NaiveDate>) -> Option<(CriticalSpeed, Option<(f64, f64)>)> {
    let of_days: HashSet<NaiveDate> = fitted(best_of).filter_map(|(.., id)| days.get(id)).copied().collect();
    let efforts: Vec<(f64, f64)> = fitted(best_of).map(|(s, m, _)| (*m, *s)).collect();
    let found = critical_speed(&efforts).filter(|found| of_days.len() >= CRITICAL_DAYS && D_PRIME_M.contains(&found.d_prime_m))?;
    Some((found, critical_speed_interval(&found, efforts.len())))
}

/// The efforts that critical speed is fitted to.
fn fitted(best_of: &[(f64, f64, Uuid)]) -> impl Iterator<Item = &(f64, f64, Uuid)> {
    best_of.iter().filter(|(s, ..)| (FIT_DURATION_S.0..=FIT_DURATION_S.1).contains(s))
}

/// The value in the middle.
fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    (!sorted.is_empty()).then(|| quantile(&sorted, 0.5))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 4 m/s and 200 m above it, in efforts of 3, 6, 10 and 20 minutes.
    #[test]
    fn critical_speed_is_told_by_efforts_of_several_days() {
        let runs: Vec<Uuid> = (0..4).map(Uuid::from_u128).collect();
        let days: HashMap<Uuid, NaiveDate> =
            runs.iter().enumerate().map(|(at, id)| (*id, NaiveDate::from_ymd_opt(2026, 3, 1).expect("a date") + Days::new(at as u64))).collect();
        let efforts = |above: f64, of: fn(usize) -> usize| -> Vec<(f64, f64, Uuid)> {
            [180.0, 360.0, 600.0, 1200.0].into_iter().enumerate().map(|(at, s)| (s, 4.0 * s + above + [2.0, -2.0][at % 2], runs[of(at)])).collect()
        };
        let (found, range) = critical(&efforts(200.0, |at| at), &days).expect("a critical speed");
        assert!((found.speed_mps - 4.0).abs() < 0.02 && range.is_some_and(|(low, high)| low < 4.0 && high > 4.0), "{found:?} {range:?}");
        // The best pieces of one run lie on a line, too; so do those of easy ones, with next to nothing above it.
        assert!(critical(&efforts(200.0, |_| 0), &days).is_none());
        assert!(critical(&efforts(10.0, |at| at), &days).is_none());
    }

    #[test]
    fn the_chart_continues_past_today_and_decays() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 3, d).expect("a date");
        let loads: Vec<DayLoad> = (1..=14).map(|d| DayLoad { day: day(d), trimp: if d % 2 == 0 { 100.0 } else { 0.0 } }).collect();
        let (days, week) = performance_chart(&loads, day(14), FitnessRange::Season, USUAL_DAYS);
        assert_eq!(days.len(), 14 + 42);
        assert!(days[13].fitness > days[55].fitness && days[55].load.abs() < 1e-12);
        assert!((days[13].form - (days[12].fitness - days[12].fatigue)).abs() < 1e-12);
        let week = week.expect("two weeks of load");
        assert!((week.load - 400.0).abs() < 1e-9 && week.ramp.is_some_and(|r| r > 0.0) && week.monotony.is_some());
        assert!(performance_chart(&[], day(14), FitnessRange::Season, USUAL_DAYS).0.is_empty());
        let long_ago = DayLoad { day: day(1) - Days::new(4000), trimp: 100.0 };
        let (days, _) = performance_chart(&[&[long_ago], &loads[..]].concat(), day(14), FitnessRange::Season, USUAL_DAYS);
        assert_eq!((days.len(), days[180].day), (181 + 42, day(14)), "twelve years are not sent to the browser");
        let (days, _) = performance_chart(&[&[long_ago], &loads[..]].concat(), day(14), FitnessRange::All, USUAL_DAYS);
        assert!(days.len() < 500 && days.iter().any(|d| d.day == day(14)), "{}", days.len());
        let weeks = days.iter().filter(|d| (0..=366).contains(&(day(14) - d.day).num_days()) && (day(14) - d.day).num_days() % 7 == 0);
        assert_eq!(weeks.count(), 53);
    }
}
