//! A manual activity.

use chrono::NaiveDate;
use domain::activities::{Kind, MAX_DESCRIPTION, ManualActivity};
use leptos::prelude::*;

use super::get_today;
use crate::ui::pages::PageView;
use crate::ui::{Choice, Field, FilledInUnits, PageHeader, Refused, TextArea, await_page, filled_in_units, reading, refused_form, validate};

/// The form.
pub struct NewPage;

impl PageView for NewPage {
    fn view() -> AnyView {
        let today = reading(|| (), |()| get_today());
        let form = refused_form();
        await_page(today, move |today| {
            let refused = form.is_some();
            let form = form.clone().unwrap_or_default();
            let units = filled_in_units(Some(&form));
            let value = |name: &str| form.typed(name).unwrap_or_default().to_owned();
            let error = |name: &str| form.error(name);
            let day = form.typed("day").map_or_else(|| today.to_string(), str::to_owned);
            let kind = form.typed("kind").unwrap_or("run").to_owned();
            view! {
                <div class="head">
                    <PageHeader title="Add an activity">"Without a watch? Write it down."</PageHeader>
                </div>
                <form class="card form wide-form" method="post" action="/activities/new" data-validated="" on:submit:capture=validate(|typed| ManualActivity::parse(|name| typed.get(name), NaiveDate::MAX))>
                    <Refused when=refused />
                    <FilledInUnits units=units />
                    <div class="fields">
                        <Choice name="kind" label="Sport" value=kind options=Kind::ALL.map(|kind| (kind.code(), kind.name())).to_vec() />
                        <Field name="title" label="Name" value=value("title") error=error("title") hint="Optional." />
                        <Field name="day" label="Day" kind="date" value=day error=error("day") />
                        <Field name="time" label="Start" kind="time" value=value("time") error=error("time") />
                        <Field name="duration" label="Duration" value=value("duration") error=error("duration") hint="45:00 or 1:02:30" />
                        <Field name="distance" label=format!("Distance, {}", units.distance_unit()) keyboard="decimal" value=value("distance") error=error("distance") />
                        <Field name="avg_hr" label="Average heart rate, bpm" keyboard="decimal" value=value("avg_hr") error=error("avg_hr") hint="For its load." />
                        <Field name="ascent" label=format!("Elevation gain, {}", units.height_unit()) keyboard="decimal" value=value("ascent") error=error("ascent") />
                    </div>
                    <label>
                        "Description" <TextArea name="description" rows=3 max=MAX_DESCRIPTION value=value("description") />
                    </label>
                    <div class="actions">
                        <button class="btn primary" r#type="submit">
                            "Save"
                        </button>
                        <a class="btn quiet" href="/activities">
                            "Cancel"
                        </a>
                    </div>
                </form>
            }
        })
        .into_any()
    }
}
