//! What an activity cost: its load by each method, and how the heart rate drifted.

use domain::activities::{Decoupling, Detail, SportStyle};
use domain::units::{NBSP, signed};
use leptos::prelude::*;

use super::assumed::AssumedLine;
use crate::ui::{Badge, units};

/// How far the heart rate drifted against the pace.
#[component]
pub(super) fn DecouplingCard(style: SportStyle, percent: f64, lag_s: Option<f64>, interval_s: Option<(f64, f64)>) -> impl IntoView {
    let kind = match Decoupling::of(percent) {
        Decoupling::Good => "works",
        Decoupling::Fair => "none",
        Decoupling::High => "costs",
    };
    let word = format!("{}{NBSP}%, {}", signed(percent, 1).trim_start_matches('+'), Decoupling::of(percent).label());
    let drift = if percent.abs() < 0.05 {
        "Your heart rate kept to your pace in the second half.".to_owned()
    } else if percent > 0.0 {
        format!("Your heart rate drifted {percent:.1}{NBSP}% against pace in the second half.")
    } else {
        format!("Your heart rate fell {:.1}{NBSP}% against pace in the second half. A slow start or a cool wind does that.", -percent)
    };
    view! {
        <section class="card">
            <div class="between">
                <h2 class="h3">"Decoupling"</h2>
                <Badge kind=kind word=word />
            </div>
            <p class="muted small">
                {drift} " Under 5" {NBSP} "% is the usual sign of a solid base. It is a convention, not a law."
                {match (lag_s, interval_s) {
                    (Some(s), Some((low, high))) => format!(" Your heart rate follows your pace with a lag of about {s:.0}{NBSP}s, between {low:.0} and {high:.0}."),
                    (Some(s), None) => format!(" This {} does not show how fast your heart rate follows your pace: {s:.0}{NBSP}s is assumed.", style.noun),
                    _ => String::new(),
                }}
            </p>
        </section>
    }
}

/// The load of the run, by each method that the data allows.
#[component]
pub(super) fn LoadCard(detail: Detail) -> impl IntoView {
    let rows: Vec<(&str, Option<String>, &str)> = vec![
        ("TRIMP", detail.summary.trimp.map(|v| format!("{v:.0}")), "Banister"),
        ("Edwards TRIMP", detail.edwards.map(|v| format!("{v:.0}")), "weighted minutes in zones"),
        ("HRSS", detail.hr_stress.map(|v| format!("{v:.0}")), "an hour at threshold heart rate is 100"),
        ("Running stress score", detail.running_stress.map(|v| format!("{v:.0}")), "an hour at threshold pace is 100"),
        ("Normalised graded pace", detail.ngp_s_per_km.map(|v| units().pace(v)), "hard parts weigh more"),
        ("VO\u{2082}max", detail.vo2max.map(|v| format!("{v:.0} ± 5")), "an estimate from pace and heart rate, ml/kg/min"),
    ];
    let known: Vec<_> = rows.into_iter().filter_map(|(name, value, note)| Some((name, value?, note))).collect();
    // Only running stress and paces know no heart rate.
    let by_heart = detail.summary.trimp.is_some() || detail.vo2max.is_some();
    let lacks_threshold = detail.running_stress.is_none() && detail.summary.sport == "running";
    (!known.is_empty()).then(|| {
        view! {
            <section class="card">
                <h2 class="h3">"Load"</h2>
                <table>
                    <tbody>
                        {known
                            .into_iter()
                            .map(|(name, value, note)| {
                                view! {
                                    <tr>
                                        <td>{name} <span class="tiny">" " {note}</span></td>
                                        <td class="r">
                                            <b>{value}</b>
                                        </td>
                                    </tr>
                                }
                            })
                            .collect_view()}
                    </tbody>
                </table>
                {by_heart.then(|| view! { <AssumedLine assumed=detail.assumed /> })}
                {lacks_threshold
                    .then(|| {
                        view! {
                            <p class="muted small">
                                "The running stress score needs your threshold pace. " <a href="/settings/thresholds">"Enter it"</a>
                            </p>
                        }
                    })}
            </section>
        }
    })
}
