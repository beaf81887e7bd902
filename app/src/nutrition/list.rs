//! What was eaten, and what is eaten often.

use domain::nutrition::{DayView, Entry, Favourite, MAX_NAME, PRESETS};
use leptos::prelude::*;

use crate::ui::{PostButton, units};

/// Favourites that are shown at once; the others fold.
const SHOWN: usize = 6;

/// Favourites and presets as chips. On another day than today they take a time.
#[component]
pub(super) fn Often(view: DayView) -> impl IntoView {
    let (day, is_today) = (view.day, view.day == view.today);
    let presets: Vec<(usize, &'static str)> = if view.favourites.len() >= PRESETS.len() {
        Vec::new()
    } else {
        let is_new = |name: &str| view.favourites.iter().all(|favourite| favourite.name != name);
        PRESETS.iter().enumerate().filter(|(_, (name, _))| is_new(name)).map(|(at, (name, _))| (at, *name)).collect()
    };
    let chip = |favourite: &Favourite| {
        view! {
            <button class="fchip" r#type="submit" name="favourite" value=favourite.id.to_string() title=favourite.text.clone()>
                <svg class="i" viewBox="0 0 24 24" aria-hidden="true">
                    <path d="M12 4l2.5 5.2 5.5.8-4 4 1 5.7-5-2.7-5 2.7 1-5.7-4-4 5.5-.8z" />
                </svg>
                {favourite.name.clone()}
            </button>
        }
    };
    let (first, rest) = view.favourites.split_at(view.favourites.len().min(SHOWN));
    let more = (!rest.is_empty()).then(|| {
        view! {
            <details class="all-favourites">
                <summary class="fchip">{format!("All {}", view.favourites.len())}</summary>
                <div class="fchips">{rest.iter().map(chip).collect_view()}</div>
            </details>
        }
    });
    view! {
        <form method="post" action="/nutrition/again" class="often" aria-label="What you eat often">
            <input r#type="hidden" name="day" value=day.to_string() />
            {(!is_today)
                .then(|| {
                    view! {
                        <label class="again-time">
                            <span class="small">"At"</span>
                            <input r#type="time" name="time" value="08:00" />
                        </label>
                    }
                })}
            <div class="fchips">
                {first.iter().map(chip).collect_view()}
                {presets
                    .into_iter()
                    .map(|(at, name)| {
                        view! {
                            <button class="fchip" r#type="submit" name="preset" value=at.to_string()>
                                {name}
                            </button>
                        }
                    })
                    .collect_view()} {more}
            </div>
        </form>
    }
}

/// What was eaten, in order.
#[component]
pub(super) fn Entries(view: DayView) -> impl IntoView {
    if view.entries.is_empty() {
        return view! {
            <div class="no-food">
                <p class="lead">"Nothing written down."</p>
                <p class="muted small">
                    "That is a day like any other. If you want patterns, start with what you eat before a run: “porridge at 6:30” is enough."
                </p>
            </div>
        }
        .into_any();
    }
    let rows = view
        .entries
        .iter()
        .map(|entry| view! { <Meal entry=entry.clone() chip=view.chip(entry) favourites=view.favourites.clone() /> })
        .collect_view();
    let forget = (!view.favourites.is_empty()).then(|| view! { <Forget favourites=view.favourites.clone() /> });
    view! {
        <ol class="meals" aria-label="What you ate and drank">
            {rows}
        </ol>
        {forget}
    }
    .into_any()
}

#[component]
fn Meal(entry: Entry, chip: Option<String>, favourites: Vec<Favourite>) -> impl IntoView {
    let line = entry.content.line();
    let is_favourite = favourites.iter().any(|favourite| favourite.text == entry.text);
    let name: String = entry.text.chars().take(MAX_NAME).collect();
    let (id, day, text) = (entry.id, entry.day, entry.text.clone());
    let keep = (!is_favourite).then(|| {
        view! {
            <form class="keep" method="post" action="/nutrition/favourites">
                <input r#type="hidden" name="entry" value=id.to_string() />
                <input r#type="hidden" name="day" value=day.to_string() />
                <input name="name" value=name maxlength=MAX_NAME.to_string() aria-label="Name of the favourite" autocomplete="off" />
                <button class="btn small" r#type="submit">
                    "Keep as a favourite"
                </button>
            </form>
        }
    });
    view! {
        <li class="meal">
            <time>{units().time_at(entry.minute)}</time>
            <span class="what">{text.clone()}</span>
            <details class="meal-more">
                <summary aria-label=format!("More: {text}")>"…"</summary>
                <div class="meal-acts">
                    <a class="btn small" href=format!("/nutrition/{day}?edit={id}") rel="external" aria-label=format!("Change: {text}")>
                        "Change"
                    </a>
                    <PostButton action=format!("/nutrition/entries/{id}/delete") word="Delete" label=format!("Delete: {text}") />
                    {keep}
                </div>
            </details>
            <small>{if line.is_empty() { "no numbers, and that is fine".to_owned() } else { line }}</small>
            {chip.map(|chip| view! { <span class="chip plain">{chip}</span> })}
        </li>
    }
}

/// Favourites that nobody eats any more.
#[component]
fn Forget(favourites: Vec<Favourite>) -> impl IntoView {
    view! {
        <details class="forget">
            <summary class="small">"Favourites"</summary>
            <ul class="lines">
                {favourites
                    .into_iter()
                    .map(|favourite| {
                        view! {
                            <li>
                                <span>{favourite.name.clone()}</span>
                                <PostButton
                                    action=format!("/nutrition/favourites/{}/delete", favourite.id)
                                    word="Remove"
                                    label=format!("Remove: {}", favourite.name)
                                />
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </details>
    }
}
