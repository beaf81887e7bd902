//! A week again, in another week.

use chrono::TimeDelta;
use domain::Day;
use domain::plan::{CopyFields, SessionView};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::get_planned_session;
use crate::ui::pages::PageView;
use crate::ui::{Field, PageHeader, Refused, await_page, reading, refused_form, units, validate};

/// The form.
pub struct PlanCopyPage;

impl PageView for PlanCopyPage {
    fn view() -> AnyView {
        let asked = use_query_map().read_untracked().get("from").and_then(|day| day.parse::<Day>().ok());
        let form = refused_form();
        let view = reading(|| (), |()| get_planned_session(None));
        await_page(view, move |SessionView { today, .. }| {
            let (refused, form, units) = (form.is_some(), form.clone().unwrap_or_default(), units());
            let from = units.week_of(asked.map_or(today, Day::date));
            let next = (from + TimeDelta::days(7)).max(units.week_of(today) + TimeDelta::days(7));
            let value = |name: &str, otherwise: String| form.typed(name).map_or(otherwise, str::to_owned);
            let done = form.typed("done").is_some();
            view! {
                <div class="head">
                    <PageHeader title="Copy a week" eyebrow=units.week(from, today)>
                        "That week, once more."
                    </PageHeader>
                </div>
                <form class="card form wide-form" method="post" action="/plan/copy" data-validated="" on:submit:capture=validate(move |typed| CopyFields::parse(|name| typed.get(name), units))>
                    <Refused when=refused />
                    <div class="fields">
                        <Field name="from" label="A day of the week to copy" kind="date" value=value("from", from.to_string()) error=form.error("from") />
                        <Field name="to" label="A day of the week it goes to" kind="date" value=value("to", next.to_string()) error=form.error("to") />
                    </div>
                    <label class="check">
                        <input name="done" r#type="checkbox" value="1" checked=done />
                        "Also what was done without a plan"
                    </label>
                    <p class="muted small">"What stands in the other week already stays."</p>
                    <div class="actions">
                        <button class="btn primary" r#type="submit">
                            "Copy"
                        </button>
                        <a class="btn quiet" href=format!("/calendar?day={from}")>
                            "Cancel"
                        </a>
                    </div>
                </form>
            }
        })
        .into_any()
    }
}
