//! Activities by day: trend, week, form (TSB), and the rows that discovery reads.

use chrono::{Days, NaiveDate};
use domain::activities::TrainingBalance;
use physiology::load::next_day;
use platform::{Error, Tx};

use crate::queries::daily as queries;
pub use crate::queries::daily::{DayLoad, RunDay, day_totals, efficiency, load_days, run_days};

/// How many days back loads count in fitness and fatigue: of what is older, less than a millionth is left in the oldest day of the chart.
pub(crate) const LOAD_DAYS: u64 = 800;

/// No activity is older: see `is_possible_day` in the database.
pub const FIRST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2000, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// Fitness, fatigue and form of `today`; `None` without any load in the last 90 days.
pub async fn current_form(tx: &mut Tx, today: NaiveDate) -> Result<Option<TrainingBalance>, Error> {
    let loads = load_days(tx, today - Days::new(LOAD_DAYS)).await?;
    Ok(form_on(&loads, today))
}

/// The same of `today`, and of `earlier`, which is before it.
pub async fn form_since(tx: &mut Tx, earlier: NaiveDate, today: NaiveDate) -> Result<[Option<TrainingBalance>; 2], Error> {
    let loads = load_days(tx, today - Days::new(LOAD_DAYS)).await?;
    Ok([earlier, today].map(|day| form_on(&loads, day)))
}

fn form_on(loads: &[DayLoad], today: NaiveDate) -> Option<TrainingBalance> {
    let first = loads.first()?.day;
    loads.iter().rfind(|l| l.day <= today && (today - l.day).num_days() <= 90)?;
    let (mut fitness, mut fatigue, mut yesterday) = (0.0, 0.0, (0.0, 0.0));
    let mut next = loads.iter().peekable();
    for day in first.iter_days().take_while(|d| *d <= today) {
        let stress = next.next_if(|l| l.day == day).map_or(0.0, |l| l.trimp);
        yesterday = (fitness, fatigue);
        fitness = next_day(fitness, stress, 42.0);
        fatigue = next_day(fatigue, stress, 7.0);
    }
    Some(TrainingBalance { fitness, fatigue, form: yesterday.0 - yesterday.1 })
}

/// Changes whenever an activity is added, edited or deleted; nothing without any.
pub(crate) async fn fingerprint(tx: &mut Tx) -> Result<Option<String>, Error> {
    let (count, changed_at) = queries::count_and_change(tx).await?;
    Ok((count > 0).then(|| format!("{count}-{changed_at}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_uses_yesterday_and_rest_days_count() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 3, d).expect("a date");
        let loads = [DayLoad { day: day(1), trimp: 100.0 }];
        let on_the_day = form_on(&loads, day(1)).expect("a load");
        assert!(on_the_day.form.abs() < 1e-12 && on_the_day.fatigue > on_the_day.fitness);
        let after = form_on(&loads, day(3)).expect("a load");
        assert!((after.fitness - 100.0 * (1.0 - (-1.0f64 / 42.0).exp()) * (-2.0f64 / 42.0).exp()).abs() < 1e-9);
        assert!(after.form < 0.0);
        assert!(form_on(&[], day(3)).is_none());
    }
}
