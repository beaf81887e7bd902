//! Fitness, capacity and records over all activities.

use chrono::{Days, NaiveDate};
use domain::activities::{Capacity, Performance, PmcDay, Prediction, Record, Week};
use physiology::capacity::{critical_speed, predict, vdot};
use physiology::load::{balance, monotony_and_strain, ramp};
use platform::{Error, Tx};

use crate::{DayLoad, load_days};

/// Days of the past that the chart shows; earlier ones still count towards it.
const CHART_DAYS: usize = 181;
/// Days that the chart continues past today, without training.
const FORECAST_DAYS: u64 = 42;
/// Efforts older than this say little about today.
const SEASON_DAYS: u64 = 90;
/// Durations of the efforts that critical speed is fitted to, in seconds: shorter ones are sprints, longer ones are limited by more than
/// critical speed (Jones et al. 2019, doi:10.14814/phy2.14098).
const FIT_DURATION_S: (f64, f64) = (120.0, 1200.0);
/// Races that are predicted, in metres.
const RACES_M: [f64; 5] = [1500.0, 5000.0, 10_000.0, 21_097.5, 42_195.0];

/// Everything that the performance page shows.
pub async fn performance(tx: &mut Tx, today: NaiveDate) -> Result<Performance, Error> {
    let loads = load_days(tx).await?;
    let (balance, week) = performance_chart(&loads, today);
    let last_load = loads.iter().rfind(|l| l.day <= today).map(|l| l.day);
    Ok(Performance { balance, last_load, today, week, capacity: capacity(tx, today).await?, records: records(tx).await? })
}

/// Fitness, fatigue and form (TSB) of each day from the first load, but at most [`CHART_DAYS`] days back, to [`FORECAST_DAYS`] past today.
fn performance_chart(loads: &[DayLoad], today: NaiveDate) -> (Vec<PmcDay>, Option<Week>) {
    let Some(first) = loads.first().map(|l| l.day).filter(|d| *d <= today) else { return (Vec::new(), None) };
    let end = today + Days::new(FORECAST_DAYS);
    let mut next = loads.iter().peekable();
    let days: Vec<(NaiveDate, f64)> =
        first.iter_days().take_while(|d| *d <= end).map(|day| (day, next.next_if(|l| l.day == day).map_or(0.0, |l| l.trimp))).collect();
    let stress: Vec<f64> = days.iter().map(|d| d.1).collect();
    let balance = balance(&stress);
    let upto = days.partition_point(|d| d.0 <= today);
    let hidden = upto.saturating_sub(CHART_DAYS);
    let week = (upto >= 7).then(|| {
        let last: [f64; 7] = std::array::from_fn(|k| stress[upto - 7 + k]);
        let foster = monotony_and_strain(&last);
        Week { load: last.iter().sum(), ramp: ramp(&balance[..upto]), monotony: foster.map(|f| f.0), strain: foster.map(|f| f.1) }
    });
    let days = days
        .into_iter()
        .zip(balance)
        .skip(hidden)
        .map(|((day, load), b)| PmcDay { day, load, fitness: b.fitness, fatigue: b.fatigue, form: b.form })
        .collect();
    (days, week)
}

async fn capacity(tx: &mut Tx, today: NaiveDate) -> Result<Capacity, Error> {
    let athlete = tx.viewer()?;
    let since = today - Days::new(SEASON_DAYS);
    let rows = sqlx::query!(
        r#"select e.target as seconds, max(e.distance_m) as "metres!" from activity_efforts e join activities a on a.id = e.activity_id
           where e.athlete_id = $1 and e.kind = 'duration' and a.sport = 'running' and a.merged_into is null and a.local_date > $2
             and is_possible_day(a.local_date, a.created_at)
           group by e.target order by e.target"#,
        athlete,
        since
    )
    .fetch_all(tx.connection())
    .await?;
    let curve: Vec<(f64, f64)> = rows.iter().map(|r| (r.seconds, r.metres)).collect();
    let fitted: Vec<(f64, f64)> = curve.iter().filter(|(s, _)| (FIT_DURATION_S.0..=FIT_DURATION_S.1).contains(s)).map(|(s, m)| (*m, *s)).collect();
    let critical = critical_speed(&fitted);

    let efforts = sqlx::query!(
        "select e.distance_m, e.elapsed_s, a.local_date from activity_efforts e join activities a on a.id = e.activity_id
         where e.athlete_id = $1 and e.kind = 'distance' and e.target between 3000 and 42195 and a.sport = 'running' and a.merged_into is null
           and a.local_date > $2 and is_possible_day(a.local_date, a.created_at)",
        athlete,
        since
    )
    .fetch_all(tx.connection())
    .await?;
    let best = efforts
        .iter()
        .map(|e| (vdot(e.distance_m, e.elapsed_s), e.distance_m, e.elapsed_s, e.local_date))
        .filter(|e| e.0.is_finite() && e.0 > 10.0)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let predictions = best.iter().flat_map(|(_, metres, seconds, _)| RACES_M.map(|race| predict(race, (*metres, *seconds)))).map(|p| Prediction {
        distance_m: p.distance_m,
        seconds: p.seconds,
        low_s: p.low_s,
        high_s: p.high_s,
    });
    let estimate = sqlx::query!(
        r#"select percentile_cont(0.5) within group (order by vo2max) as median, count(*) as "n!" from activities
           where athlete_id = $1 and sport = 'running' and merged_into is null and vo2max is not null and local_date > $2
             and is_possible_day(local_date, created_at)"#,
        athlete,
        today - Days::new(42)
    )
    .fetch_one(tx.connection())
    .await?;
    Ok(Capacity {
        critical_speed_mps: critical.map(|c| (c.speed_mps, c.standard_error.map(|e| e.0))),
        d_prime_m: critical.map(|c| (c.d_prime_m, c.standard_error.map(|e| e.1))),
        curve,
        vdot: best,
        predictions: predictions.collect(),
        vo2max: estimate.median.map(|m| (m, u32::try_from(estimate.n).unwrap_or(u32::MAX))),
    })
}

/// The fastest effort over each distance.
async fn records(tx: &mut Tx) -> Result<Vec<Record>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query_as!(
        Record,
        "select distinct on (e.target) e.target as distance_m, e.elapsed_s, a.id as activity, a.title, a.local_date as day
         from activity_efforts e join activities a on a.id = e.activity_id
         where e.athlete_id = $1 and e.kind = 'distance' and a.sport = 'running' and a.merged_into is null
         order by e.target, e.elapsed_s, a.started_at",
        athlete
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chart_continues_past_today_and_decays() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 3, d).expect("a date");
        let loads: Vec<DayLoad> = (1..=14).map(|d| DayLoad { day: day(d), trimp: if d % 2 == 0 { 100.0 } else { 0.0 } }).collect();
        let (days, week) = performance_chart(&loads, day(14));
        assert_eq!(days.len(), 14 + 42);
        assert!(days[13].fitness > days[55].fitness && days[55].load.abs() < 1e-12);
        assert!((days[13].form - (days[12].fitness - days[12].fatigue)).abs() < 1e-12);
        let week = week.expect("two weeks of load");
        assert!((week.load - 400.0).abs() < 1e-9 && week.ramp.is_some_and(|r| r > 0.0) && week.monotony.is_some());
        assert!(performance_chart(&[], day(14)).0.is_empty());
        let long_ago = DayLoad { day: day(1) - Days::new(4000), trimp: 100.0 };
        let (days, _) = performance_chart(&[&[long_ago], &loads[..]].concat(), day(14));
        assert_eq!((days.len(), days[180].day), (181 + 42, day(14)), "twelve years are not sent to the browser");
    }
}
