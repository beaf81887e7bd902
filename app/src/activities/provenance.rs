//! Where an activity came from, and what was repaired in it.

use domain::activities::{Provenance, describe_repair, summarise_repairs};
use domain::units::duration;
use leptos::prelude::*;
use uuid::Uuid;

/// Provenance: source, merges and splits, and downloads.
#[component]
pub(super) fn ProvenanceCard(id: Uuid, history: Provenance, gear: Option<String>) -> impl IntoView {
    let from = match (&history.split_from, history.manual) {
        (Some(_), _) => "Split off from another activity.".to_owned(),
        (None, true) => "Entered by hand.".to_owned(),
        (None, false) => format!("From {}.", history.source_name),
    };
    let first_part = history.split_from.clone();
    view! {
        <section class="card">
            <h2 class="h3">"Recording"</h2>
            <p class="muted small">
                {from} {gear.map(|g| format!(" Gear: {g}."))}
                {history.dated.then_some(" You set its date.")}
                {history.cropped.then(|| history.whole_s.map(|s| format!(" Only part of its {} counts.", duration(s))))}
                {format!(" Computed with formula version {}.", history.formula_version)}
            </p>
            {first_part.map(|w| view! { <p class="small"><a href=format!("/activities/{}", w.id)>"The first part: " {w.title}</a></p> })}
            {history
                .split_off
                .iter()
                .map(|o| view! { <p class="small"><a href=format!("/activities/{}", o.id)>"Split off: " {o.title.clone()}</a></p> })
                .collect_view()}
            {(!history.merged.is_empty())
                .then(|| {
                    let list = history.merged.iter().map(|m| m.source.clone()).collect::<Vec<_>>().join(", ");
                    view! { <p class="small">{format!("The better of each stream, merged with {list}.")}</p> }
                })}
            <ul class="downloads">
                {(!history.manual && history.split_from.is_none())
                    .then(|| {
                        view! {
                            <li>
                                <a href=format!("/activities/{id}/original") rel="external" download="">
                                    "Original file"
                                </a>
                            </li>
                        }
                    })}
                {["fit", "gpx", "tcx"]
                    .map(|format| {
                        view! {
                            <li>
                                <a href=format!("/activities/{id}/export/{format}") rel="external" download="">
                                    {format!("As {}", format.to_uppercase())}
                                </a>
                            </li>
                        }
                    })
                    .collect_view()}
                <li>
                    <a href=format!("/shared/{id}")>"As others see it"</a>
                </li>
            </ul>
        </section>
    }
}

/// What was repaired, each rule with its count.
#[component]
pub(super) fn Repairs(repairs: Vec<(String, u32)>) -> impl IntoView {
    summarise_repairs(&repairs).map(|summary| {
        view! {
            <details class="card">
                <summary>{summary}</summary>
                <p class="muted small">"No value is made up. Each rule does one thing."</p>
                <ul class="plain">{repairs.into_iter().map(|(rule, n)| view! { <li>{describe_repair(&rule, n)}</li> }).collect_view()}</ul>
            </details>
        }
    })
}
