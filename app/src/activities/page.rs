//! One activity: what is worth a line, its numbers, the tracks linked with the route, its parts, and what it is compared with.

use chrono::NaiveDateTime;
use domain::RefusedForm;
use domain::activities::comparison::Baseline;
use domain::activities::{Detail, Filter, Sort, SportStyle, Start, address};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use uuid::Uuid;

use super::among::{AgainstYourself, AlsoWorthALine, Headline, SameRoute};
use super::event::Event;
use super::felt::Felt;
use super::get_activity;
use super::laps::Zones;
use super::load::{DecouplingCard, LoadCard};
use super::parts::Parts;
use super::provenance::{ProvenanceCard, Repairs};
use super::route::Route;
use super::tracks::{Linked, PickedPart, Tracks};
use crate::ui::pages::PageView;
use crate::ui::{Field, FilledInUnits, PageHeader, Stat, await_page, reading, refused_form, units, validate};

/// The page of the activity in the address.
pub struct ActivityPage;

impl PageView for ActivityPage {
    fn view() -> AnyView {
        let params = use_params_map();
        let form = refused_form();
        let id = Memo::new(move |_| params.read().get("activity").and_then(|id| id.parse::<Uuid>().ok()).unwrap_or_default());
        await_page(reading(move || id.get(), get_activity), move |detail| show(detail, form.clone())).into_any()
    }
}

fn show(mut detail: Detail, form: Option<RefusedForm>) -> impl IntoView {
    let a = detail.summary.clone();
    let style = SportStyle::of_kind(detail.kind, detail.sub_sport.as_deref());
    let units = units();
    let mut eyebrow = units.weekday_and_moment(a.local_start);
    for more in [detail.gear.clone(), detail.temperature_c.map(|c| units.temperature(c)), detail.device.clone()].into_iter().flatten() {
        eyebrow = format!("{eyebrow} · {more}");
    }
    let title = a.title.clone();
    let heights = detail.series.altitude.iter().any(Option::is_some);
    // Drawn from there alone: what is handed to the cards below is small without it.
    let linked = Linked::new(std::mem::take(&mut detail.series), style, Some(a.id), &detail.intervals);
    let runs_on_route = detail.comparisons.iter().find(|c| matches!(c.baseline, Baseline::Route)).map_or(0, |c| c.runs as usize + 1);
    // One page, several forms: those of intervals alone have a field `from`.
    let (of_intervals, of_felt) =
        form.map_or((None, None), |form| if form.typed("from").is_some() { (Some(form), None) } else { (None, Some(form)) });
    let (first, further) = detail.insights.split_first().map_or((None, Vec::new()), |(first, further)| (Some(*first), further.to_vec()));
    view! {
        <div class="head">
            <div>
                <PageHeader title=title.clone() eyebrow=eyebrow>
                    {title}
                </PageHeader>
                {first.map(|insight| view! { <Headline insight /> })}
            </div>
            <a class="btn" href=format!("/activities/{}/edit", a.id)>
                "Edit"
            </a>
        </div>
        <Notes detail=detail.clone() />
        <Event legs=detail.event.clone() own=a.id />
        <section class="card" aria-label="Numbers">
            <dl class="stats">
                {style.numbers(&a, heights, units).into_iter().map(|(name, value, unit)| view! { <Stat name value=Some(value) unit /> }).collect_view()}
            </dl>
        </section>
        <div class="run-view">
            <div class="run-main">
                <Route style linked map_host=detail.map_host.clone() />
                <Tracks style linked />
            </div>
            <div class="run-side">
                <PickedPart style linked />
                <Felt id=a.id perception=detail.perception.clone() moving_s=a.moving_s trimp=a.trimp form=of_felt />
                <AlsoWorthALine insights=further />
                <div class="grid later">
                    <AgainstYourself comparisons=detail.comparisons.clone() style />
                    <Repairs repairs=detail.repairs.clone() />
                    <ProvenanceCard id=a.id history=detail.history.clone() gear=detail.gear.clone() />
                </div>
            </div>
            <div class="run-rest">
                <Parts detail=detail.clone() style linked form=of_intervals />
                <div class="grid cols-2">
                    <SameRoute points=detail.on_route.clone() runs=runs_on_route own=a.id style />
                    <Zones zones=detail.zones.clone() pace_zones=detail.pace_zones.clone() assumed=detail.zones_assumed style />
                    <LoadCard detail=detail.clone() />
                    {a.decoupling_pct.map(|pct| view! { <DecouplingCard style percent=pct lag_s=detail.hr_lag_s interval_s=detail.hr_lag_interval_s /> })}
                </div>
            </div>
        </div>
    }
}

/// What stands above the numbers: that they are old, labels, the athlete's description, warnings, and the question for a date.
#[component]
fn Notes(detail: Detail) -> impl IntoView {
    let a = &detail.summary;
    view! {
        {detail
            .history
            .stale
            .then(|| view! { <p class="notice" role="note">"Your thresholds changed. The numbers of this activity are waiting to be recomputed."</p> })}
        <p class="labels">
            <a class="chip plain" href=address(&Filter { kinds: [detail.kind].into(), ..Filter::default() }, Sort::default())>
                {detail.kind.name()}
            </a>
            {detail.sport_guessed.then(|| view! { <span class="chip none">"sport is our guess"</span> })}
            {detail.hidden.then(|| view! { <span class="chip plain">"only you see it"</span> })}
            {detail
                .tags
                .iter()
                .map(|tag| {
                    let href = address(&Filter { tag: Some(tag.clone()), ..Filter::default() }, Sort::default());
                    view! {
                        <a class="chip plain" href=href>
                            {tag.clone()}
                        </a>
                    }
                })
                .collect_view()}
            {(!a.route_preview.is_empty())
                .then(|| {
                    view! {
                        <a class="chip plain" href=address(&Filter { near: Some(a.id), ..Filter::default() }, Sort::default())>
                            "Others near here"
                        </a>
                    }
                })}
            {(!a.route_preview.is_empty() && matches!(a.sport.as_str(), "running" | "walking"))
                .then(|| view! { <a class="chip plain" href=format!("/performance/race?activity={}#courses", a.id)>"Plan a race on this route"</a> })}
        </p>
        {(!detail.description.is_empty()).then(|| view! { <p class="intro description">{detail.description.clone()}</p> })}
        {(!detail.warnings.is_empty())
            .then(|| view! { <p class="notice" role="note">{detail.warnings.join(" ")}</p> })}
        {detail.history.impossible_day.then(|| view! { <WrongClock id=a.id start=a.local_start /> })}
    }
}

/// The date is impossible: asks for the right one.
#[component]
fn WrongClock(id: Uuid, start: NaiveDateTime) -> impl IntoView {
    let sentence =
        format!("The clock said {}, which cannot be right. Until it has a date, it counts in no week and no trend.", units().date(start.date()));
    view! {
        <form class="card form wrong-clock" method="post" action=format!("/activities/{id}/start") data-validated="" on:submit:capture=validate(|typed| Start::parse_any_day(|name| typed.get(name)))>
            <h2 class="h3">"When was it?"</h2>
            <p class="muted small">{sentence}</p>
            <FilledInUnits units=units() />
            <div class="fields">
                <Field name="day" label="Day" kind="date" />
                <Field name="time" label="Start time" kind="time" value=start.format("%H:%M").to_string() />
            </div>
            <button class="btn primary" r#type="submit">
                "Set the date"
            </button>
        </form>
    }
}
