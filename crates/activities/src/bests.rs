//! What the activities of a sport were the most in: the longest run of each year, and the farthest, longest, highest and fastest of other sports. Of the
//! numbers of all activities, as the list has them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use chrono::Datelike;
use domain::activities::{Filter, Most, MostOf, SportRecords, SportStyle, YearRecord};
use platform::{Error, Tx};
use uuid::Uuid;

use crate::listed::{self, Listed, Month, Question};
use crate::queries::list;

/// Metres over which a mean speed says something, of the sports that have one.
const FAST_M: [(&str, f64); 2] = [("cycling", 20_000.0), ("swimming", 1000.0)];
/// Sports whose records are shown beside those of runs.
const OTHERS: [&str; 3] = ["cycling", "swimming", "walking"];
/// Years of which the longest run is told.
const YEARS: usize = 60;

/// How much of what an activity had.
type Best = (Most, f64, Uuid);

/// A sport, before it is known what its activities are called.
struct OfSport {
    sport: &'static str,
    activities: u32,
    most: Vec<Best>,
}

struct Found {
    longest: Vec<YearRecord>,
    others: Vec<OfSport>,
}

/// The longest run of each year, the latest first, and the records of other sports, the most frequent first.
pub(crate) async fn bests(tx: &mut Tx) -> Result<(Vec<YearRecord>, Vec<SportRecords>), Error> {
    let (from, to) = listed::months_of(&Filter::default());
    let months = list::months(tx, from, to, false).await?;
    let Found { longest, others } = platform::compute(move || find(&months)).await?;
    let ids: Vec<Uuid> = others.iter().flat_map(|of| of.most.iter().map(|(.., id)| *id)).collect();
    let rows: HashMap<Uuid, _> = list::rows(tx, &ids).await?.into_iter().map(|row| (row.summary.id, row.summary)).collect();
    let named = |(what, value, activity): Best| {
        let row = rows.get(&activity)?;
        Some(MostOf { what, value, activity, title: row.title.clone(), day: row.day })
    };
    let others = others.into_iter().map(|of| SportRecords {
        sport: of.sport.to_owned(),
        activities: of.activities,
        most: of.most.into_iter().filter_map(named).collect(),
    });
    Ok((longest, others.collect()))
}

fn find(months: &[Month]) -> Found {
    let all = Question::new(&Filter::default(), None).select(months);
    let counted = || all.iter().filter(|listed| listed.counts());
    let mut by_year: BTreeMap<i32, &Listed> = BTreeMap::new();
    for run in counted().filter(|listed| listed.kind().sport() == "running" && listed.sums().distance_m > 0.0) {
        let longest = by_year.entry(run.local_day().year()).or_insert(run);
        // Of several as long, the first.
        if run.sums().distance_m >= longest.sums().distance_m {
            *longest = run;
        }
    }
    let of_year = |(year, run): (i32, &Listed)| {
        let sums = run.sums();
        YearRecord { distance_m: sums.distance_m, year, elapsed_s: sums.moving_s, activity: run.id }
    };
    let longest = by_year.into_iter().rev().take(YEARS).map(of_year).collect();
    let mut others: Vec<_> = OTHERS.into_iter().filter_map(|sport| of_sport(sport, counted())).collect();
    others.sort_by_key(|of| Reverse(of.activities));
    Found { longest, others }
}

/// A sport with its records, if there is any.
fn of_sport<'a>(sport: &'static str, all: impl Iterator<Item = &'a Listed>) -> Option<OfSport> {
    let of_sport: Vec<&Listed> = all.filter(|listed| listed.kind().sport() == sport).collect();
    let activities = u32::try_from(of_sport.len()).unwrap_or(u32::MAX);
    let best = |what: Most| {
        let known = of_sport.iter().filter_map(|listed| Some((what, value(what, sport, listed)?, listed.id)));
        // They come the newest first: of several that are as good, the first one that was.
        known.fold(None, |held: Option<Best>, next| if held.is_some_and(|held| held.1 > next.1) { held } else { Some(next) })
    };
    let most: Vec<_> = [Most::Distance, Most::Time, Most::Climb, Most::Speed].into_iter().filter_map(best).collect();
    (!most.is_empty()).then_some(OfSport { sport, activities, most })
}

/// How much an activity has of it; `None` if that is not known, not possible, or no matter in its sport.
fn value(what: Most, sport: &str, listed: &Listed) -> Option<f64> {
    let (sums, style) = (listed.sums(), SportStyle::of_kind(listed.kind(), None));
    let value = match what {
        Most::Distance => sums.distance_m,
        Most::Time => sums.moving_s,
        Most::Climb if style.has_heights => sums.elevation_gain_m,
        Most::Climb => return None,
        Most::Speed => {
            let least_m = FAST_M.into_iter().find(|(of, _)| *of == sport)?.1;
            let s_per_km = sums.moving_s / sums.distance_m * 1000.0;
            let (fastest, slowest) = style.possible_s_per_km;
            let is_possible = sums.distance_m >= least_m && (fastest..=slowest).contains(&s_per_km);
            return is_possible.then_some(1000.0 / s_per_km);
        }
    };
    (value > 0.0).then_some(value)
}
