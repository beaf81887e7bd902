//! Editing one activity. Plain forms; everything can be undone, deleting from the trash.

use domain::RefusedForm;
use domain::activities::{ActivityUpdate, Detail, Kind, MAX_DESCRIPTION, Provenance, Related, Start, TimeRange};
use domain::history::TRASH_RETENTION_DAYS;
use domain::units::duration;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use uuid::Uuid;

use super::{get_activity, get_overlapping};
use crate::ui::pages::PageView;
use crate::ui::{Choice, Field, FilledInUnits, PageHeader, Refused, TextArea, await_page, reading, refused_form, units, validate};

/// The forms for the activity in the address.
pub struct EditPage;

impl PageView for EditPage {
    fn view() -> AnyView {
        let params = use_params_map();
        let form = refused_form();
        let id = Memo::new(move |_| params.read().get("activity").and_then(|id| id.parse::<Uuid>().ok()).unwrap_or_default());
        let both = reading(
            move || id.get(),
            |id| async move {
                let detail = get_activity(id).await?;
                get_overlapping(id).await.map(|others| (detail, others))
            },
        );
        await_page(both, move |(detail, others)| show(detail, others, form.clone())).into_any()
    }
}

fn show(detail: Detail, others: Vec<Related>, form: Option<RefusedForm>) -> impl IntoView {
    let id = detail.summary.id;
    let refused = form.is_some();
    let form = form.unwrap_or_default();
    let whole_s = detail.history.whole_s;
    let error = |name: &str| form.error(name);
    let value = |name: &str, now: &str| form.typed(name).unwrap_or(now).to_owned();
    let elapsed_s = detail.summary.elapsed_s;
    let title = detail.summary.title.clone();
    let eyebrow = units().weekday_and_moment(detail.summary.local_start);
    let (typed_title, typed_kind) = (value("title", &title), value("kind", detail.kind.code()));
    let typed_tags = value("tags", &detail.tags.join(", "));
    let guess_hint = if detail.sport_guessed { "The file did not say, so this is our guess. Saving makes it yours." } else { "" };
    let typed_gear = value("gear", detail.gear.as_deref().unwrap_or_default());
    let typed_description = value("description", &detail.description);
    let (from, to, at) = (value("from", "0:00"), value("to", &whole_s.map(duration).unwrap_or_default()), value("at", ""));
    let began = detail.summary.local_start;
    let (day, time) = (value("day", &began.date().to_string()), value("time", &began.format("%H:%M").to_string()));
    let (day_error, time_error) = (error("day"), error("time"));
    let (title_error, from_error, to_error, at_error) = (error("title"), error("from"), error("to"), error("at"));
    view! {
        <div class="head">
            <PageHeader title="Edit" eyebrow=eyebrow>
                {title}
            </PageHeader>
            <a class="btn" href=format!("/activities/{id}")>
                "Back"
            </a>
        </div>
        <Refused when=refused />
        <div class="grid cols-2 top">
            <form class="card form" method="post" action=format!("/activities/{id}/change") data-validated="" on:submit:capture=validate(|typed| ActivityUpdate::parse(|name| typed.get(name)))>
                <h2 class="h3">"Name and sport"</h2>
                <Field name="title" label="Name" value=typed_title error=title_error />
                <Choice name="kind" label="Sport" value=typed_kind options=Kind::ALL.map(|kind| (kind.code(), kind.name())).to_vec() hint=guess_hint />
                <Field name="gear" label="Shoes or bike" value=typed_gear />
                <Field name="tags" label="Tags" value=typed_tags hint="Your own words, with commas between them" />
                <label>
                    "Description"
                    <TextArea name="description" rows=4 max=MAX_DESCRIPTION value=typed_description />
                </label>
                <button class="btn primary" r#type="submit">
                    "Save"
                </button>
            </form>
            <div class="grid">
                <Date id history=detail.history.clone() day time day_error time_error />
                {whole_s
                    .map(|seconds| {
                        view! {
                            <form class="card form" method="post" action=format!("/activities/{id}/crop") data-validated="" on:submit:capture=validate(move |typed| TimeRange::parse(|name| typed.get(name), seconds))>
                                <h2 class="h3">"Crop"</h2>
                                <p class="muted small">
                                    {format!(
                                        "Forgot to stop the watch? Keep part of the {} that were recorded. The rest stays in the file and can be brought back.",
                                        duration(seconds),
                                    )}
                                </p>
                                <div class="fields">
                                    <Field name="from" label="From" value=from error=from_error />
                                    <Field name="to" label="To" value=to error=to_error />
                                </div>
                                <button class="btn" r#type="submit">
                                    "Crop"
                                </button>
                            </form>
                        }
                    })}
                {(detail.history.cropped && detail.history.split_off.is_empty() && detail.history.split_from.is_none())
                    .then(|| view! { <ButtonForm action=format!("/activities/{id}/uncrop") label="Undo crop" /> })}
                {elapsed_s
                    .filter(|_| whole_s.is_some())
                    .map(|seconds| {
                        view! {
                            <form class="card form" method="post" action=format!("/activities/{id}/split") data-validated="" on:submit:capture=validate(move |typed| TimeRange::parse_split(|name| typed.get(name), seconds))>
                                <h2 class="h3">"Split"</h2>
                                <p class="muted small">{format!("At a moment within its {}, such as the end of the warm-up.", duration(seconds))}</p>
                                <Field name="at" label="At" value=at error=at_error hint="12:30 or 1:02:30" />
                                <button class="btn" r#type="submit">
                                    "Split"
                                </button>
                            </form>
                        }
                    })}
                <MergeSplitCard id=id history=detail.history.clone() others=others />
                <details class="card">
                    <summary>"Delete"</summary>
                    <p class="muted small">
                        {format!("It stays in the trash for {TRASH_RETENTION_DAYS} days, and can be restored from there: ")}
                        <a href="/settings/history">"Trash and history"</a> "."
                    </p>
                    <ButtonForm action=format!("/activities/{id}/delete") label="Delete this activity" />
                </details>
            </div>
        </div>
    }
}

/// When it began, if the clock was wrong. An activity that was merged or split shares one clock with its other parts, so it has no form.
#[component]
fn Date(
    id: Uuid,
    history: Provenance,
    day: String,
    time: String,
    #[prop(optional_no_strip)] day_error: Option<String>,
    #[prop(optional_no_strip)] time_error: Option<String>,
) -> impl IntoView {
    let alone = history.merged.is_empty() && history.split_from.is_none() && history.split_off.is_empty();
    view! {
        <section class="card form">
            <h2 class="h3">"Date"</h2>
            {if alone {
                view! {
                    <form class="form" method="post" action=format!("/activities/{id}/start") data-validated="" on:submit:capture=validate(|typed| Start::parse_any_day(|name| typed.get(name)))>
                        <p class="muted small">"Was the watch’s clock wrong? Say when it began. The file stays as it is."</p>
                        <FilledInUnits units=units() />
                        <div class="fields">
                            <Field name="day" label="Day" kind="date" value=day error=day_error />
                            <Field name="time" label="Time" kind="time" value=time error=time_error />
                        </div>
                        <button class="btn" r#type="submit">
                            "Set the date"
                        </button>
                    </form>
                    {history.dated.then(|| view! { <ButtonForm action=format!("/activities/{id}/start/reset") label="Reset the date" /> })}
                }
                    .into_any()
            } else {
                view! { <p class="muted small">"Unmerge it, or rejoin its parts, before you change its date."</p> }.into_any()
            }}
        </section>
    }
}

/// A form that is one button.
#[component]
fn ButtonForm(#[prop(into)] action: String, #[prop(into)] label: String) -> impl IntoView {
    view! {
        <form method="post" action=action>
            <button class="btn" r#type="submit">
                {label}
            </button>
        </form>
    }
}

/// Merged recordings to unmerge, split parts to rejoin, other activities to merge with.
#[component]
fn MergeSplitCard(id: Uuid, history: Provenance, others: Vec<Related>) -> impl IntoView {
    let describe = |r: &Related| {
        let far = r.distance_m.map(|m| format!(", {}", units().distance(m))).unwrap_or_default();
        format!("{} at {}{far}, {}", r.title, units().time(r.local_start.time()), r.source)
    };
    let split_part = history.split_from.is_some().then_some(id).into_iter().chain(history.split_off.iter().map(|o| o.id)).next();
    let nothing = history.merged.is_empty() && split_part.is_none() && others.is_empty();
    (!nothing).then(|| {
        view! {
            <section class="card form">
                <h2 class="h3">"Merge and split"</h2>
                {history
                    .merged
                    .iter()
                    .map(|m| {
                        view! {
                            <div class="between">
                                <span class="small">{format!("Merged with {}", describe(m))}</span>
                                <ButtonForm action=format!("/activities/{}/unmerge", m.id) label="Unmerge" />
                            </div>
                        }
                    })
                    .collect_view()}
                {split_part.map(|second| view! { <ButtonForm action=format!("/activities/{second}/unsplit") label="Rejoin" /> })}
                {others
                    .into_iter()
                    .map(|o| {
                        view! {
                            <form class="between" method="post" action=format!("/activities/{id}/merge")>
                                <input r#type="hidden" name="other" value=o.id.to_string() />
                                <span class="small">{describe(&o)}</span>
                                <button class="btn" r#type="submit">
                                    "Merge"
                                </button>
                            </form>
                        }
                    })
                    .collect_view()}
            </section>
        }
    })
}
