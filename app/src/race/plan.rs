//! The plan: what it means in words, the course with the pace along it, and the splits, which print as a wristband.

use domain::race::{Every, Pacing, Part, Plan, Predicted};
use domain::units::{Length, NBSP, Units, signed};
use leptos::prelude::*;

use super::chart::{Chart, Outline};
use super::print::PrintButton;
use crate::ui::{or_dash, units};

/// A part that is shorter has no pace to speak of, in metres.
const LEAST_PACED_M: f64 = 50.0;

/// The card.
#[component]
pub(super) fn PlanCard(
    /// The plan.
    plan: Plan,
    /// What the athlete could run today.
    predicted: Option<Predicted>,
) -> impl IntoView {
    let units = units();
    let against = predicted.map(|predicted| predicted.against(f64::from(plan.target_s), plan.proposed));
    let climb = plan.course.as_ref().and_then(|course| course.climb_m);
    let about = match climb {
        Some(climb) => format!("{}, {}", units.distance(plan.distance_m), units.signed_height(climb)),
        None => units.distance(plan.distance_m),
    };
    view! {
        <section class="card race-plan">
            <div class="between">
                <h2 class="h3">{if plan.pacing == Pacing::EvenEffort { "At an even effort" } else { "At an even pace" }}</h2>
                <span class="muted small">{about}</span>
            </div>
            <div class="race-words">
                <div>
                    {against.map(|words| view! { <p>{words}</p> })}
                    <p>{plan.hills()}</p>
                </div>
                <Outline points=plan.outline.clone() />
            </div>
            <Chart plan=plan.clone() />
            <Splits plan=plan />
            <div class="actions">
                <PrintButton />
            </div>
            <p class="tiny">"On paper the splits are as wide as a wristband. Whole seconds; they add up to the target."</p>
        </section>
    }
}

/// Where a part ends: a number of kilometres or miles, whichever units the athlete reads.
fn at(part: &Part, every: Every, units: Units) -> String {
    let length = if every == Every::Mile { Length::Imperial } else { Length::Metric };
    let units = Units { length, ..units };
    format!("{}{NBSP}{}", units.distance_number(f64::from(part.at_m), 0), units.distance_unit())
}

#[component]
fn Splits(plan: Plan) -> impl IntoView {
    let units = units();
    let climbs = plan.parts.iter().any(|part| part.climb_m.is_some());
    let spread = plan.parts.iter().any(|part| part.late_s.abs() > 1);
    let last = plan.parts.len().saturating_sub(1);
    let rows = plan.parts.iter().enumerate().map(|(k, part)| {
        let pace = (part.length_m >= LEAST_PACED_M).then(|| units.pace_number(f64::from(part.part_s) / part.length_m * 1000.0));
        let late = if part.late_s == 0 { "0".to_owned() } else { signed(f64::from(part.late_s), 0) };
        view! {
            <tr>
                <th scope="row">{if k == last { "Finish".to_owned() } else { at(part, plan.every, units) }}</th>
                <td class="r split">{domain::units::duration(f64::from(part.part_s))}</td>
                <td class="r total">
                    <b>{domain::units::duration(f64::from(part.elapsed_s))}</b>
                </td>
                <td class="r rest">{or_dash(pace)}</td>
                {climbs.then(|| view! { <td class="r rest hide-s">{part.climb_m.map(|metres| units.height_number(metres))}</td> })}
                {spread.then(|| view! { <td class="r rest">{format!("{late}{NBSP}s")}</td> })}
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="The splits of the plan">
            <table class="race-splits">
                <thead>
                    <tr>
                        <th scope="col">"At"</th>
                        <th scope="col" class="r split">
                            "Split"
                        </th>
                        <th scope="col" class="r total">
                            "Total"
                        </th>
                        <th scope="col" class="r rest">
                            {format!("Pace, {}", units.pace_unit())}
                        </th>
                        {climbs
                            .then(|| {
                                view! {
                                    <th scope="col" class="r rest hide-s">
                                        {format!("Climb, {}", units.height_unit())}
                                    </th>
                                }
                            })}
                        {spread
                            .then(|| {
                                view! {
                                    <th scope="col" class="r rest">
                                        "Against even"
                                    </th>
                                }
                            })}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}
