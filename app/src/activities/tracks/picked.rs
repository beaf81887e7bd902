//! The numbers of the picked stretch.

use domain::activities::{SportStyle, Stretch};
use domain::units::{NBSP, decimal, duration, signed};
use leptos::prelude::*;

use super::linked::Linked;
use crate::ui::units;

/// The picked stretch with its numbers, drawn by itself or cleared at a tap; nothing while nothing is picked.
#[component]
pub(in crate::activities) fn PickedPart(
    /// The words and units of the sport.
    style: SportStyle,
    /// What the tracks share.
    linked: Linked,
) -> impl IntoView {
    let heading = move || {
        linked.picked.get().map(|(from, to)| {
            let whole = linked.whole();
            format!("{} to {}{NBSP}{}", whole.how_far(from, 2), whole.how_far(to, 2), whole.unit)
        })
    };
    let numbers = move || match linked.numbers.value().get() {
        Some(Ok(Some(stretch))) => {
            words(style, &stretch).into_iter().map(|(name, value)| view! { <span>{name} " " <b>{value}</b></span> }).collect_view().into_any()
        }
        Some(Ok(None)) => "Nothing was recorded there.".into_any(),
        Some(Err(_)) => "Its numbers could not be read just now. Pick it once more.".into_any(),
        None => "".into_any(),
    };
    let zoom = move |_| if linked.is_zoomed() { linked.show_whole() } else { linked.ask(true) };
    view! {
        <Show when=move || linked.picked.get().is_some()>
            <div class="pickbox">
                <p class="between">
                    <b>{heading}</b>
                    <span class="button-row">
                        <button class="btn quiet" r#type="button" on:click=zoom>
                            {move || if linked.is_zoomed() { "Whole" } else { "Zoom" }}
                        </button>
                        <button class="btn quiet" r#type="button" on:click=move |_| linked.clear()>
                            "Clear"
                        </button>
                    </span>
                </p>
                <MarkAsInterval linked />
                <p class="numbers-of" aria-live="polite" aria-busy=move || linked.numbers.pending().get().to_string()>
                    {numbers}
                </p>
            </div>
        </Show>
    }
}

/// Makes the picked stretch an interval of the session, once its numbers are there.
#[component]
fn MarkAsInterval(linked: Linked) -> impl IntoView {
    move || {
        let id = linked.own()?;
        let Some(Ok(Some(stretch))) = linked.numbers.value().get() else { return None };
        Some(view! {
            <form method="post" action=format!("/activities/{id}/intervals")>
                <input r#type="hidden" name="from" value=duration(stretch.from_s) />
                <input r#type="hidden" name="to" value=duration(stretch.to_s) />
                <button class="btn quiet" r#type="submit">
                    "Make it an interval"
                </button>
            </form>
        })
    }
}

fn words(style: SportStyle, stretch: &Stretch) -> Vec<(&'static str, String)> {
    let units = units();
    let rate = |s_per_km: f64| {
        let (number, unit) = units.rate_of(style.sport, s_per_km);
        format!("{number}{NBSP}{unit}")
    };
    let stood = stretch.elapsed_s - stretch.moving_s >= 1.0;
    [
        style.distance_number(units, stretch.distance_m).map(|number| ("Distance", format!("{number}{NBSP}{}", style.unit(units)))),
        Some(("Moving", duration(stretch.moving_s))),
        stood.then(|| ("Elapsed", duration(stretch.elapsed_s))),
        stretch.pace_s_per_km.map(|s| (units.rate_name(style.sport), rate(s))),
        stretch.gap_s_per_km.filter(|_| style.graded).map(|s| ("GAP", rate(s))),
        stretch.avg_hr_bpm.map(|bpm| ("HR", format!("{bpm:.0}"))),
        stretch.efficiency_factor.map(|ef| ("Efficiency", decimal(ef, 3))),
        stretch.elevation_gain_m.filter(|_| style.has_heights).map(|m| ("Climb", units.signed_height(m))),
        stretch.elevation_loss_m.filter(|_| style.has_heights).map(|m| ("Descent", units.signed_height(-m))),
        stretch.decoupling_pct.map(|pct| ("Decoupling", format!("{}{NBSP}%", signed(pct, 1)))),
    ]
    .into_iter()
    .flatten()
    .collect()
}
