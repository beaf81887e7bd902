//! What all that is let in adds up to: by kind, each in its own words, and together.

use domain::activities::{Kind, Sums, total};
use domain::units::{NBSP, hours_and_minutes};
use leptos::prelude::*;

use crate::ui::{Icon, units};

/// Kinds with a sum of their own.
const SHOWN: usize = 5;

/// A box for each of the first kinds, one for the others, and one for all together.
#[component]
pub(super) fn Totals(kinds: Vec<(Kind, Sums)>) -> impl IntoView {
    let all = total(&kinds);
    let one = kinds.len() == 1;
    let units = units();
    let (first, rest) = kinds.split_at(kinds.len().min(if kinds.len() == SHOWN + 1 { SHOWN + 1 } else { SHOWN }));
    let shown = first.iter().map(|(kind, sums)| of_kind(*kind, sums)).collect_view();
    let others = (!rest.is_empty()).then(|| {
        let sums = total(rest);
        view! {
            <li>
                <span>{Icon::Activities.draw()} {format!("{} more kinds", rest.len())}</span>
                <b>{hours_and_minutes(sums.moving_s)} " " <small>"h"</small></b>
                <em>{load(&sums)}</em>
            </li>
        }
    });
    let together = (!one).then(|| {
        let climb = (all.elevation_gain_m > 0.5).then(|| format!("climb {}", units.height(all.elevation_gain_m)));
        let words: Vec<String> = load(&all).into_iter().chain(climb).collect();
        view! {
            <li>
                <span>{Icon::Activities.draw()} "All together"</span>
                <b>{hours_and_minutes(all.moving_s)} " " <small>"h"</small></b>
                <em>{words.join(", ")}</em>
            </li>
        }
    });
    view! {
        <ul class="sums" tabindex="0" aria-label="Totals of what is shown">
            {shown}
            {others}
            {together}
        </ul>
    }
}

fn of_kind(kind: Kind, sums: &Sums) -> impl IntoView + use<> {
    let units = units();
    let far = (sums.distance_m > 0.0).then(|| kind.distance(sums.distance_m, units));
    let time = format!("{}{NBSP}h", hours_and_minutes(sums.moving_s));
    let rate = kind.rate(Some(sums.moving_with_distance_s), Some(sums.distance_m), units).map(|(number, unit)| format!("{number}{NBSP}{unit}"));
    let words: Vec<String> = match far {
        Some(_) => [time].into_iter().chain(rate).collect(),
        None => load(sums).into_iter().collect(),
    };
    let (number, unit) = far.unwrap_or_else(|| (hours_and_minutes(sums.moving_s), "h"));
    view! {
        <li>
            <span>{Icon::of_kind(kind).draw()} {kind.count(sums.count)}</span>
            <b>{number} " " <small>{unit}</small></b>
            <em>{words.join(", ")}</em>
        </li>
    }
}

fn load(sums: &Sums) -> Option<String> {
    (sums.trimp >= 0.5).then(|| format!("load {:.0}", sums.trimp))
}

/// What stands beside the heading of a week: `3 runs, 24.3 km`, the time, the load and the climb.
pub(super) fn of_week(kinds: &[(Kind, Sums)]) -> Vec<String> {
    let units = units();
    let all = total(kinds);
    let most = kinds.first().map(|(kind, sums)| {
        let far = (sums.distance_m > 0.0).then(|| kind.distance(sums.distance_m, units)).map(|(number, unit)| format!(", {number}{NBSP}{unit}"));
        format!("{}{}", kind.count(sums.count), far.unwrap_or_default())
    });
    let others = (kinds.len() > 1).then(|| format!("{} in all", all.count));
    let time = (all.moving_s > 0.0).then(|| hours_and_minutes(all.moving_s));
    let climb = (all.elevation_gain_m > 0.5).then(|| format!("climb {}", units.height(all.elevation_gain_m)));
    [most, others, time, load(&all), climb].into_iter().flatten().collect()
}
