//! Shoes and bicycles. An activity names its gear, as files and other services do; what more is known of a name is in a table of its own.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::activities::{Filter, Gear, GearEdit, GearKind, MAX_GEAR};
use domain::{Problem, ProblemKind};
use platform::{Error, Tx};
use uuid::Uuid;

use crate::listed;
use crate::lock::lock;
pub use crate::queries::gear::forget as forget_gear;
use crate::queries::{gear as queries, list};

/// All gear of the viewer: what activities name, and what is said of it. What is in use first, the last used first.
pub async fn all_gear(tx: &mut Tx) -> Result<Vec<Gear>, Error> {
    let (from, to) = listed::months_of(&Filter::default());
    let months = list::months(tx, from, to, true).await?;
    let used = platform::compute(move || listed::by_gear(&months)).await?;
    let mut all: BTreeMap<String, Gear> = BTreeMap::new();
    for (name, (rides, sums, last_day)) in used {
        let kind = if rides { GearKind::Bike } else { GearKind::Shoes };
        let of_name = Gear {
            kind,
            activities: sums.count,
            distance_m: sums.distance_m,
            moving_s: sums.moving_s,
            last_day: Some(last_day),
            ..Gear::named(name.clone())
        };
        all.insert(name, of_name);
    }
    for said in queries::said(tx).await? {
        let gear = all.entry(said.name.clone()).or_insert_with(|| Gear::named(said.name));
        (gear.kind, gear.start_distance_m, gear.retired_on) = (said.kind, said.start_distance_m, said.retired_on);
    }
    let mut all: Vec<Gear> = all.into_values().collect();
    all.sort_by_key(|gear| (gear.retired_on.is_some(), std::cmp::Reverse(gear.last_day)));
    Ok(all)
}

/// Stores what somebody says of gear. Activities follow another name.
pub async fn save_gear(tx: &mut Tx, id: Uuid, edit: &GearEdit, now: DateTime<Utc>) -> Result<(), Error> {
    lock(tx).await?;
    if queries::count_without(tx, edit).await? >= i64::try_from(MAX_GEAR).unwrap_or(i64::MAX) {
        return Err(Error::problem(ProblemKind::TooLarge, format!("{MAX_GEAR} pairs and bikes are the most. Forget one that you no longer need.")));
    }
    let renamed = edit.was.as_deref().is_some_and(|was| was != edit.name);
    if renamed && queries::is_known(tx, &edit.name).await? {
        return Err(Problem::of_field("name", "There is gear of that name. Two pairs would become one, and could not be told apart again.").into());
    }
    queries::save(tx, id, edit, now).await?;
    match edit.was.as_deref() {
        Some(was) if was != edit.name => queries::rename(tx, was, &edit.name).await,
        _ => Ok(()),
    }
}
