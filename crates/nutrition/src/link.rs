//! Which activity an entry belongs to: the one that the athlete chose, or the one that is near it in time.

use activities::Workout;
use chrono::{DateTime, TimeDelta, Utc};
use domain::nutrition::{Choice, Link, Relation};

/// How long before an activity what is eaten belongs to it.
pub(crate) const BEFORE: TimeDelta = TimeDelta::hours(3);
/// How long after it.
pub(crate) const AFTER: TimeDelta = TimeDelta::hours(1);
/// How far an activity may be from an entry that the athlete links to it.
pub(crate) const CHOSEN: TimeDelta = TimeDelta::days(2);
/// No activity that an entry belongs to is further from its day, on clocks as far apart as clocks are.
pub(crate) const NEAR: TimeDelta = TimeDelta::hours(CHOSEN.num_hours() + 48);
/// The longest that an activity is thought to last: what is recorded as longer is a watch that nobody stopped.
const LONGEST_S: f64 = 2.0 * 86_400.0;
/// Activities that may have begun after one that still lasts.
const AT_ONCE: usize = 16;

/// When an activity ended.
pub(crate) fn end(workout: &Workout) -> DateTime<Utc> {
    let seconds = workout.elapsed_s.or(workout.moving_s).unwrap_or(0.0);
    let seconds = if seconds.is_finite() { seconds.clamp(0.0, LONGEST_S) } else { 0.0 };
    workout.started_at + TimeDelta::milliseconds((seconds * 1000.0) as i64)
}

/// What an entry at this moment belongs to, among activities in the order of their starts.
pub(crate) fn link(at: DateTime<Utc>, choice: Choice, workouts: &[Workout]) -> Option<Link> {
    match choice {
        Choice::Off => None,
        Choice::ByTime => by_time(at, workouts),
        Choice::Chosen(activity, relation) => match workouts.iter().find(|workout| workout.id == activity) {
            Some(workout) => Some(Link { activity, relation, minutes: minutes(at, workout, relation), chosen: true }),
            None => by_time(at, workouts),
        },
    }
}

/// During an activity, before the next, or after the last one, in this order.
fn by_time(at: DateTime<Utc>, workouts: &[Workout]) -> Option<Link> {
    let next = workouts.partition_point(|workout| workout.started_at <= at);
    let begun = || workouts[..next].iter().rev().take(AT_ONCE);
    let during = begun().find(|workout| at <= end(workout)).map(|workout| (workout, Relation::During));
    let before = || workouts.get(next).filter(|workout| workout.started_at - at <= BEFORE).map(|workout| (workout, Relation::Before));
    let after = || begun().filter(|workout| at - end(workout) <= AFTER).max_by_key(|workout| end(workout)).map(|workout| (workout, Relation::After));
    let (workout, relation) = during.or_else(before).or_else(after)?;
    Some(Link { activity: workout.id, relation, minutes: minutes(at, workout, relation), chosen: false })
}

fn minutes(at: DateTime<Utc>, workout: &Workout, relation: Relation) -> i64 {
    match relation {
        Relation::Before => (workout.started_at - at).num_minutes(),
        Relation::During => (at - workout.started_at).num_minutes(),
        Relation::After => (at - end(workout)).num_minutes(),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    pub(crate) fn moment(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 / 86_400 * 86_400 + minute * 60, 0).expect("a moment")
    }

    /// A run that begins so many minutes after the midnight of a day, in UTC.
    pub(crate) fn run(n: u128, start: i64, minutes: f64) -> Workout {
        let started_at = moment(start);
        Workout {
            id: Uuid::from_u128(n),
            sport: "running".into(),
            title: format!("Run {n}"),
            day: started_at.date_naive(),
            local_start: started_at.naive_utc(),
            started_at,
            elapsed_s: Some(minutes * 60.0),
            moving_s: Some(minutes * 60.0),
            distance_m: Some(10_000.0),
        }
    }

    #[test]
    fn the_nearest_activity_is_proposed_by_time() {
        let runs = [run(1, 480, 80.0), run(2, 600, 30.0)];
        let at = |minute| link(moment(minute), Choice::ByTime, &runs).map(|link| (link.activity.as_u128(), link.relation, link.minutes));
        assert_eq!(at(299), None);
        assert_eq!(at(300), Some((1, Relation::Before, 180)));
        assert_eq!(at(480), Some((1, Relation::During, 0)));
        assert_eq!(at(560), Some((1, Relation::During, 80)));
        assert_eq!(at(575), Some((2, Relation::Before, 25)), "what is to come goes before what is over");
        assert_eq!(at(690), Some((2, Relation::After, 60)));
        assert_eq!(at(691), None);
    }

    #[test]
    fn what_the_athlete_chose_goes_before_the_time() {
        let runs = [run(1, 480, 80.0), run(2, 600, 30.0)];
        let chosen = Choice::Chosen(Uuid::from_u128(1), Relation::After);
        assert_eq!(link(moment(575), chosen, &runs).map(|link| (link.activity.as_u128(), link.minutes, link.chosen)), Some((1, 15, true)));
        assert_eq!(link(moment(575), Choice::Off, &runs), None);
        let gone = Choice::Chosen(Uuid::from_u128(9), Relation::After);
        assert_eq!(link(moment(575), gone, &runs).map(|link| link.chosen), Some(false), "an activity that is gone leaves the time");
    }

    proptest! {
        #[test]
        fn a_proposal_is_borne_out_by_the_times(at in 0..3000_i64, starts in prop::collection::vec((0..3000_i64, 0.0..400.0), 0..6)) {
            let mut runs: Vec<Workout> = starts.iter().enumerate().map(|(n, (start, minutes))| run(n as u128, *start, *minutes)).collect();
            runs.sort_by_key(|run| run.started_at);
            if let Some(link) = link(moment(at), Choice::ByTime, &runs) {
                let run = runs.iter().find(|run| run.id == link.activity).expect("one of them");
                let fits = match link.relation {
                    Relation::Before => moment(at) < run.started_at && link.minutes <= 180,
                    Relation::During => run.started_at <= moment(at) && moment(at) <= end(run),
                    Relation::After => end(run) < moment(at) && link.minutes <= 60,
                };
                prop_assert!(fits && link.minutes >= 0, "{link:?}");
            }
        }
    }
}
