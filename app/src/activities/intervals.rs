//! The intervals of a session: a line of what it was, a table, and how to correct them.

use domain::RefusedForm;
use domain::activities::{SportStyle, Stretch, TimeRange};
use domain::units::{NBSP, duration, pluralize};
use leptos::prelude::*;
use uuid::Uuid;

use super::tracks::Linked;
use crate::ui::{Field, Options, PostButton, Refused, or_dash, units, validate};

/// The intervals of an activity.
#[derive(Clone)]
pub(super) struct Session {
    /// The activity.
    pub(super) id: Uuid,
    /// In order.
    pub(super) intervals: Vec<Stretch>,
    /// Whether the athlete corrected them.
    pub(super) corrected: bool,
    /// Seconds that the activity lasts.
    pub(super) whole_s: f64,
    /// A correction that was refused.
    pub(super) form: Option<RefusedForm>,
}

/// The table, with the session in words above it.
#[component]
pub(super) fn Intervals(
    session: Session,
    /// The words and units of its sport.
    style: SportStyle,
    /// Which of them the picked stretch holds.
    linked: Linked,
) -> impl IntoView {
    let intervals = session.intervals.clone();
    let said = in_words(&intervals, style, session.corrected);
    let how = match (session.corrected, intervals.is_empty()) {
        (true, _) => "As you corrected them.",
        (false, true) => "They are found from pace and heart rate.",
        (false, false) => "Found from pace and heart rate.",
    };
    view! {
        <p class="say">{said}</p>
        {(!intervals.is_empty()).then(|| view! { <Table intervals style linked /> })}
        <p class="tiny">{how}</p>
        <Correct session />
    }
}

/// What the session was: how many, how long, how fast, and how long between.
fn in_words(intervals: &[Stretch], style: SportStyle, corrected: bool) -> String {
    let n = intervals.len();
    if n == 0 {
        return if corrected { "You took all of them out." } else { "No intervals were found." }.to_owned();
    }
    let units = units();
    let mean = |of: &dyn Fn(&Stretch) -> Option<f64>| {
        let all: Option<Vec<f64>> = intervals.iter().map(of).collect();
        all.map(|all| all.iter().sum::<f64>() / n as f64)
    };
    let moving = mean(&|i| Some(i.moving_s)).unwrap_or_default();
    let far = mean(&|i| i.distance_m);
    let pace = far.filter(|m| *m > 0.0).map(|m| {
        let (number, unit) = units.rate_of(style.sport, moving / m * 1000.0);
        format!(" at {number}{NBSP}{unit}")
    });
    let each = if n == 1 { String::new() } else { " on average".to_owned() };
    let length = style.distance_number(units, far).map_or_else(String::new, |number| format!(", {number}{NBSP}{}", style.unit(units)));
    let rests: Vec<f64> = intervals.windows(2).map(|w| w[1].from_s - w[0].to_s).collect();
    let between = if rests.is_empty() { String::new() } else { format!(", {} between", duration(rests.iter().sum::<f64>() / rests.len() as f64)) };
    format!("{}{length} in {}{}{each}{between}.", pluralize(n, "interval", "intervals"), duration(moving), pace.unwrap_or_default())
}

#[component]
fn Table(intervals: Vec<Stretch>, style: SportStyle, linked: Linked) -> impl IntoView {
    let units = units();
    let has = |of: &dyn Fn(&Stretch) -> bool| intervals.iter().any(of);
    let far = has(&|i| style.distance_number(units, i.distance_m).is_some());
    let paced = has(&|i| i.pace_s_per_km.is_some());
    let graded = style.graded && has(&|i| i.gap_s_per_km.is_some());
    let (heart, highest) = (has(&|i| i.avg_hr_bpm.is_some()), has(&|i| i.max_hr_bpm.is_some()));
    let rate = move |s_per_km: f64| units.rate_of(style.sport, s_per_km).0;
    let beats = move |bpm: Option<f64>| or_dash(bpm.map(|bpm| format!("{bpm:.0}")));
    let after: Vec<Option<f64>> = intervals.windows(2).map(|w| Some(w[1].from_s - w[0].to_s)).chain([None]).collect();
    let rests = after.iter().any(Option::is_some);
    let rows = intervals.into_iter().zip(after).enumerate().map(|(k, (i, after))| {
        let number = (k + 1).to_string();
        let name = format!("Interval {number} in the charts");
        let ends = i.ends_m();
        let (from_s, to_s) = (i.from_s, i.to_s);
        let held = move || ends.is_some_and(|(from, to)| linked.holds(from, to));
        view! {
            <tr class:picked=held>
                <td>
                    <button class="row-pick" r#type="button" aria-label=name on:click=move |_| linked.pick_part(ends, (from_s, to_s))>
                        {number}
                    </button>
                </td>
                {far.then(|| view! { <td class="r">{or_dash(style.distance_number(units, i.distance_m))}</td> })}
                <td class="r">{duration(i.moving_s)}</td>
                {paced.then(|| view! { <td class="r">{or_dash(i.pace_s_per_km.map(rate))}</td> })}
                {graded.then(|| view! { <td class="r">{or_dash(i.gap_s_per_km.map(rate))}</td> })}
                {heart.then(|| view! { <td class="r">{beats(i.avg_hr_bpm)}</td> })}
                {highest.then(|| view! { <td class="r hide-s">{beats(i.max_hr_bpm)}</td> })}
                {rests.then(|| view! { <td class="r muted hide-s">{or_dash(after.map(duration))}</td> })}
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <div class="scroll">
            <table>
                <caption class="visually-hidden">"Intervals"</caption>
                <thead>
                    <tr>
                        <th><span class="visually-hidden">"Interval"</span></th>
                        {far.then(|| view! { <th class="r">{style.unit(units)}</th> })}
                        <th class="r">"Moving"</th>
                        {paced.then(|| view! { <th class="r">{format!("{}, {}", units.rate_name(style.sport), units.rate_unit(style.sport))}</th> })}
                        {graded.then(|| view! { <th class="r">"GAP"</th> })}
                        {heart.then(|| view! { <th class="r">"HR"</th> })}
                        {highest.then(|| view! { <th class="r hide-s">"Max HR"</th> })}
                        {rests.then(|| view! { <th class="r hide-s">"Rest after"</th> })}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// Forms that add an interval, take one out, and let those count again that are found.
#[component]
fn Correct(session: Session) -> impl IntoView {
    let Session { id, intervals, corrected, whole_s, form } = session;
    let action = format!("/activities/{id}/intervals");
    let refused = form.is_some();
    let form = form.unwrap_or_default();
    let typed = |name: &str| form.typed(name).unwrap_or_default().to_owned();
    let options: Vec<(String, String)> = (1..)
        .zip(&intervals)
        .map(|(n, i): (usize, _)| (duration(i.from_s), format!("{n}: {} to {}", duration(i.from_s), duration(i.to_s))))
        .collect();
    view! {
        <details class="correct" open=refused>
            <summary>"Correct them"</summary>
            <Refused when=refused />
            <div class="form">
                <form class="form" method="post" action=action.clone() data-validated="" on:submit:capture=validate(move |typed| TimeRange::parse_part(|name| typed.get(name), whole_s))>
                    <p class="muted small">"An interval between two times takes the place of those that it overlaps. A stretch that you pick in the charts can be one, too."</p>
                    <div class="fields">
                        <Field name="from" label="From" value=typed("from") error=form.error("from") hint="12:30 or 1:02:30" />
                        <Field name="to" label="To" value=typed("to") error=form.error("to") />
                    </div>
                    <button class="btn" r#type="submit">
                        "Add the interval"
                    </button>
                </form>
                {(!options.is_empty())
                    .then(|| {
                        view! {
                            <form class="form" method="post" action=format!("{action}/remove")>
                                <div class="field">
                                    <label for="interval-out">"Interval"</label>
                                    <select id="interval-out" name="from">
                                        <Options options chosen=String::new() />
                                    </select>
                                </div>
                                <button class="btn" r#type="submit">
                                    "Take it out"
                                </button>
                            </form>
                        }
                    })}
                {corrected.then(|| view! { <PostButton action=format!("{action}/find") word="Find them again" label="Find them again" /> })}
            </div>
        </details>
    }
}
