//! An activity without a recording.

use domain::activities::{Manual, SPORTS};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::{LazyRoute, lazy_route};

use super::get_today;
use crate::ui::{Choice, Field, Head, Refused, loaded};

/// The form.
pub struct NewPage;

#[lazy_route]
impl LazyRoute for NewPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let today = Resource::new(|| (), |()| get_today());
        let query = use_query_map();
        loaded(today, move |today| {
            let typed = query.get_untracked();
            let refused = typed.get("refused").is_some();
            let errors = refused.then(|| Manual::parse(|name| typed.get_str(name), today).err()).flatten().map(|p| p.fields).unwrap_or_default();
            let value = |name: &str| typed.get(name).unwrap_or_default();
            let error = |name: &str| errors.get(name).map(ToOwned::to_owned);
            let day = typed.get("day").unwrap_or_else(|| today.to_string());
            let sport = typed.get("sport").unwrap_or_else(|| "running".into());
            view! {
                <div class="head">
                    <Head title="Add an activity">"Without a watch? Write it down."</Head>
                </div>
                <form class="card form wide-form" method="post" action="/activities/new">
                    <Refused when=refused />
                    <div class="fields">
                        <Choice name="sport" label="Sport" value=sport options=SPORTS.to_vec() />
                        <Field name="title" label="Name" value=value("title") error=error("title") hint="May stay empty." />
                        <Field name="day" label="Day" kind="date" value=day error=error("day") />
                        <Field name="time" label="Start" kind="time" value=value("time") error=error("time") />
                        <Field name="duration" label="Duration" value=value("duration") error=error("duration") hint="45:00 or 1:02:30" />
                        <Field name="distance" label="Distance, km" keyboard="decimal" value=value("distance") error=error("distance") />
                        <Field name="avg_hr" label="Mean heart rate, bpm" keyboard="decimal" value=value("avg_hr") error=error("avg_hr") hint="Gives it a load." />
                        <Field name="ascent" label="Climb, m" keyboard="decimal" value=value("ascent") error=error("ascent") />
                    </div>
                    <label>
                        "Description" <textarea name="description" rows="3" maxlength="5000">{value("description")}</textarea>
                    </label>
                    <div class="actions">
                        <button class="btn primary" r#type="submit">
                            "Save"
                        </button>
                        <a class="btn quiet" href="/activities">
                            "Leave it"
                        </a>
                    </div>
                </form>
            }
        })
        .into_any()
    }
}
