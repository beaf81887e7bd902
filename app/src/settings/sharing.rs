//! What others see of an activity, and the privacy zones that hide where it begins.

use domain::sharing::{Audience, PrivacyZone, RADII_M, Sharing};
use domain::units::{Length, NBSP, Units, decimal};
use leptos::prelude::*;

use crate::ui::{PostButton, units};

/// Who sees which part.
#[component]
pub fn SharingForm(
    /// The current settings.
    sharing: Sharing,
) -> impl IntoView {
    let parts = [
        ("training", "Times, distance, pace", sharing.training),
        ("map", "The route", sharing.map),
        ("heart_rate", "Heart rate", sharing.heart_rate),
    ];
    view! {
        <form class="card form" method="post" action="/settings/sharing">
            <h2>"Who sees what"</h2>
            <p class="muted small">"Nobody, until you say so. Check it on any activity’s page, under “As others see it”. Everybody means anyone who has the link."</p>
            {parts
                .map(|(name, label, chosen)| {
                    view! {
                        <label>
                            {label}
                            <select name=name>
                                {Audience::ALL.map(|a| view! { <option value=a.key() selected=a == chosen>{a.label()}</option> }).collect_view()}
                            </select>
                        </label>
                    }
                })
                .collect_view()}
            <button class="btn" r#type="submit">
                "Save"
            </button>
        </form>
    }
}

/// Locations around which nobody else sees a route.
#[component]
pub fn PrivacyZones(
    /// The current zones.
    zones: Vec<PrivacyZone>,
) -> impl IntoView {
    let units = units();
    let hidden = format!(
        "Where a route begins, ends or stops, others see nothing of it inside a zone, and nothing for about {} around it: the edge of a circle around your front door would point at it. A route that only passes your home stays whole, because a gap would show where the zone is.",
        roughly(700.0, units)
    );
    view! {
        <section class="card">
            <h2>"Privacy zones"</h2>
            <p class="muted small">{hidden}</p>
            <p class="muted small">
                "This hides your front door from anyone who looks at your runs. It does not hide it from a calculation: many straight runs in all directions point back to where they come from. If you have those, choose a larger zone, or show the route to fewer people."
            </p>
            <ul class="devices" aria-label="Privacy zones">
                {zones
                    .into_iter()
                    .map(|z| {
                        let label = format!("Remove {}", z.name);
                        view! {
                            <li>
                                <div>
                                    <b>{z.name}</b>
                                    <p class="muted small">
                                        {format!(
                                            "{}{}, since {}",
                                            radius(units, z.radius_m),
                                            if z.everything { ", also where a route only passes" } else { "" },
                                            crate::ui::clock::day(z.created_at),
                                        )}
                                    </p>
                                </div>
                                <PostButton action=format!("/settings/privacy-zones/{}/remove", z.id) word="Remove" label=label />
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
            <form class="form" method="post" action="/settings/privacy-zones">
                <label>
                    "Name"
                    <input name="name" maxlength="80" value="Home" />
                </label>
                <label>
                    "Around the start of your latest activity"
                    <select name="radius">
                        {RADII_M.map(|r| view! { <option value=r selected=r == RADII_M[1]>{radius(units, f64::from(r))}</option> }).collect_view()}
                    </select>
                </label>
                <label class="check">
                    <input name="everything" r#type="checkbox" />
                    <span>
                        "Hide everything inside, also where a route only passes. The gaps show where the zone is, though not where in it your front door is."
                    </span>
                </label>
                <button class="btn" r#type="submit">
                    "Create zone"
                </button>
            </form>
        </section>
    }
}

/// Metres to the hundred metres or feet: `700 m`, `2300 ft`.
fn roughly(metres: f64, units: Units) -> String {
    let hundreds = (units.height_value(metres) / 100.0).round() * 100.0;
    format!("{}{NBSP}{}", decimal(hundreds, 0), units.height_unit())
}

/// A radius in metres, rounded where feet would make odd numbers of round ones: `500 m`, `1650 ft`.
fn radius(units: Units, metres: f64) -> String {
    match units.length {
        Length::Metric => units.height(metres),
        Length::Imperial => {
            let step = units.height_m(50.0);
            units.height((metres / step).round() * step)
        }
    }
}
