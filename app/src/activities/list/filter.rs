//! What is let into the list: the search, the conditions as chips, and the forms behind them. One form, so that each part of it sends all.

use domain::FieldErrors;
use domain::activities::{Filter, Kind, MAX_FILTER_NAME, SavedFilter, Sort, Span, address};
use domain::units::{UNITS, duration, format_significant};
use leptos::prelude::*;

use super::Saved;
use crate::ui::{Choice, Field, Icon, units};

/// The search, the conditions that hold, and those that could.
#[component]
pub(super) fn FilterForm(filter: Filter, sort: Sort, errors: FieldErrors, saved: Vec<SavedFilter>, gear: Vec<String>) -> impl IntoView {
    let units = units();
    let query = address(&filter, sort);
    let chips: Vec<_> = filter
        .chips(units)
        .into_iter()
        .map(|chip| {
            view! {
                <a class="fchip on" href=address(&chip.without, sort) aria-label=format!("Without: {}", chip.words)>
                    {chip.words.clone()}
                    {Icon::Remove.draw()}
                </a>
            }
        })
        .collect();
    let sorts = Sort::ALL.map(|sort| (sort.code(), sort.label())).to_vec();
    view! {
        <form class="list-filter" id="list-filter" method="get" action="/activities" role="search" data-list-filter="">
            <input r#type="hidden" name=UNITS value=units.code() />
            {filter.near.map(|id| view! { <input r#type="hidden" name="near" value=id.to_string() /> })}
            <datalist id="known-gear">{gear.into_iter().map(|name| view! { <option value=name></option> }).collect_view()}</datalist>
            <div class="list-top">
                <label class="search">
                    {Icon::Discovery.draw()}
                    <span class="visually-hidden">"Search"</span>
                    <input
                        r#type="search"
                        name="q"
                        placeholder="Title, note, tag, gear"
                        autocomplete="off"
                        value=filter.text.clone().unwrap_or_default()
                        data-list-search=""
                    />
                    <kbd class="hide-s" aria-hidden="true">
                        "/"
                    </kbd>
                </label>
                <Choice name="sort" label="Order" value=sort.code() options=sorts />
                <button class="btn" r#type="submit">
                    "Show"
                </button>
            </div>
            <div class="fchips" aria-label="Conditions" role="group">
                {chips}
                {parts(&filter, &errors)}
                {(!filter.is_open())
                    .then(|| {
                        view! {
                            <a class="fchip clear" href="/activities">
                                "Clear"
                            </a>
                        }
                    })}
            </div>
        </form>
        <Tools saved query keep=!filter.is_open() />
    }
}

/// What is done with the filter: it is kept, and its list is a spreadsheet.
#[component]
fn Tools(saved: Vec<SavedFilter>, query: String, keep: bool) -> impl IntoView {
    let csv = query.replacen("/activities", "/activities/list.csv", 1);
    view! {
        <div class="list-tools">
            <Saved saved />
            {keep
                .then(|| {
                    view! {
                        <details class="menu">
                            <summary class="btn quiet">"Save this filter"</summary>
                            <form class="card form fpart-inside" method="post" action="/activities/filters">
                                <input r#type="hidden" name="query" value=query.trim_start_matches("/activities").trim_start_matches('?').to_owned() />
                                <label>
                                    "Its name"
                                    <input name="name" maxlength=MAX_FILTER_NAME.to_string() required=true autocomplete="off" />
                                </label>
                                <button class="btn primary" r#type="submit">
                                    "Save"
                                </button>
                            </form>
                        </details>
                    }
                })}
            <a class="btn quiet" href="/gear">
                "Gear"
            </a>
            <a class="btn quiet push" href=csv download="" rel="external">
                {Icon::Import.draw()}
                "CSV"
            </a>
        </div>
    }
}

/// The conditions that could hold, each with its fields.
fn parts(filter: &Filter, errors: &FieldErrors) -> impl IntoView + use<> {
    let units = units();
    let distance = |metres: Option<u32>| metres.map(|m| format_significant(f64::from(m) / units.unit_m())).unwrap_or_default();
    let clock = |seconds: Option<u32>| seconds.map(|s| duration(f64::from(s))).unwrap_or_default();
    let bpm = |bpm: Option<u32>| bpm.map(|bpm| bpm.to_string()).unwrap_or_default();
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let error = |name: &str| errors.get(name).map(ToOwned::to_owned);
    let Filter { distance_m, moving_s, hr_bpm, .. } = *filter;
    let set = |span: Span| !span.is_open();
    let wrong = |names: [&str; 2]| names.iter().any(|name| errors.get(name).is_some());
    let part = |name: &'static str, open: bool, on: bool, inside: AnyView| {
        view! {
            <details class="fpart" name="filter" open=open>
                <summary class="fchip" data-on=on>
                    {name}
                </summary>
                <div class="fpart-inside card">
                    {inside}
                    <button class="btn primary" r#type="submit">
                        "Apply"
                    </button>
                </div>
            </details>
        }
    };
    let kinds = Kind::ALL
        .map(|kind| {
            view! {
                <label class="tick-row">
                    <input r#type="checkbox" name="sport" value=kind.code() checked=filter.kinds.contains(&kind) />
                    {Icon::of_kind(kind).draw()}
                    {kind.name()}
                </label>
            }
        })
        .collect_view();
    let days = view! {
        <div class="fields">
            <Field name="from" label="From" kind="date" value=day(filter.from) error=error("from") />
            <Field name="to" label="To" kind="date" value=day(filter.to) error=error("to") />
        </div>
    };
    let distances = view! {
        <div class="fields">
            <Field name="distance_min" label=format!("From, in {}", units.distance_unit()) keyboard="decimal" value=distance(distance_m.min) error=error("distance_min") />
            <Field name="distance_max" label=format!("Up to, in {}", units.distance_unit()) keyboard="decimal" value=distance(distance_m.max) error=error("distance_max") />
        </div>
    };
    let durations = view! {
        <div class="fields">
            <Field name="duration_min" label="From" hint="45:00 or 1:30:00" value=clock(moving_s.min) error=error("duration_min") />
            <Field name="duration_max" label="Up to" hint="45:00 or 1:30:00" value=clock(moving_s.max) error=error("duration_max") />
        </div>
    };
    let hearts = view! {
        <div class="fields">
            <Field name="min_hr_bpm" label="From, in bpm" keyboard="numeric" value=bpm(hr_bpm.min) error=error("min_hr_bpm") />
            <Field name="max_hr_bpm" label="Up to, in bpm" keyboard="numeric" value=bpm(hr_bpm.max) error=error("max_hr_bpm") />
        </div>
    };
    let tag = view! { <Field name="tag" label="Tag" value=filter.tag.clone().unwrap_or_default() /> };
    let worn = view! {
        <div class="field">
            <label for="field-gear">"Shoes or bike"</label>
            <input id="field-gear" name="gear" list="known-gear" autocomplete="off" value=filter.gear.clone().unwrap_or_default() />
        </div>
    };
    view! {
        {part("Sport", errors.get("sport").is_some(), !filter.kinds.is_empty(), view! { <div class="tick-rows">{kinds}</div> }.into_any())}
        {part("Days", wrong(["from", "to"]), filter.from.or(filter.to).is_some(), days.into_any())}
        {part("Distance", wrong(["distance_min", "distance_max"]), set(distance_m), distances.into_any())}
        {part("Duration", wrong(["duration_min", "duration_max"]), set(moving_s), durations.into_any())}
        {part("Heart rate", wrong(["min_hr_bpm", "max_hr_bpm"]), set(hr_bpm), hearts.into_any())}
        {part("Tag", false, filter.tag.is_some(), tag.into_any())}
        {part("Gear", false, filter.gear.is_some(), worn.into_any())}
    }
}
