//! Shoes and bicycles: how far each went, and what the athlete says of it.

use domain::RefusedForm;
use domain::activities::{Filter, Gear, GearEdit, GearKind, MAX_GEAR_NAME, Sort, address};
use domain::units::{NBSP, format_significant, hours_and_minutes, pluralize};
use leptos::prelude::*;

use super::get_gear;
use crate::ui::pages::PageView;
use crate::ui::{FilledInUnits, PageHeader, Refused, await_page, reading, refused_form, units, validate};

/// All gear.
pub struct GearPage;

impl PageView for GearPage {
    fn view() -> AnyView {
        let form = refused_form();
        await_page(reading(|| (), |()| get_gear()), move |gear| show(gear, form.clone())).into_any()
    }
}

fn show(gear: Vec<Gear>, form: Option<RefusedForm>) -> impl IntoView {
    let in_use = gear.iter().filter(|one| one.retired_on.is_none()).count();
    let refused = form.is_some();
    let form = form.unwrap_or_default();
    // What was typed belongs to the form that was refused: that of some gear, or that of new gear.
    let of = form.typed("was").map(ToOwned::to_owned);
    let cards = gear.iter().map(|one| card(one, form.clone(), refused && of.as_deref() == Some(one.name.as_str()))).collect_view();
    let new_refused = refused && of.is_none();
    let nothing_yet = gear.is_empty();
    view! {
        <div class="head">
            <PageHeader title="Gear">
                {if nothing_yet {
                    view! { "No shoes or bikes yet." }.into_any()
                } else {
                    view! {
                        <mark>{format!("{in_use} in use")}</mark>
                        ", with what they have behind them."
                    }
                        .into_any()
                }}
            </PageHeader>
            <a class="btn" href="/activities">
                "Activities"
            </a>
        </div>
        <Refused when=refused />
        <div class="grid cols-2 top gear-list">
            {cards} <details class="card" open=new_refused || nothing_yet>
                <summary>"Add shoes or a bike"</summary>
                {edit_form(&Gear::named(String::new()), &form, new_refused, false)}
            </details>
        </div>
    }
}

fn card(gear: &Gear, form: RefusedForm, refused: bool) -> impl IntoView + use<> {
    let units = units();
    let far = gear.start_distance_m + gear.distance_m;
    let list = address(&Filter { gear: Some(gear.name.clone()), ..Filter::default() }, Sort::default());
    let since = gear.last_day.map(|day| format!(", last on {}", units.date(day)));
    let words = format!(
        "{}, {}{NBSP}h{}",
        pluralize(gear.activities as usize, "activity", "activities"),
        hours_and_minutes(gear.moving_s),
        since.unwrap_or_default()
    );
    view! {
        <section class="card">
            <p class="tiny">{gear.kind.label()} {gear.retired_on.map(|day| format!(", retired on {}", units.date(day)))}</p>
            <h2 class="h3">{gear.name.clone()}</h2>
            <p class="gear-far">
                <b>{units.distance_number(far, 0)}</b>
                " "
                {units.distance_unit()}
            </p>
            <p class="muted small">
                {if gear.activities > 0 { view! { <a href=list>{words}</a> }.into_any() } else { words.into_any() }}
            </p>
            <details open=refused>
                <summary>"Change"</summary>
                {edit_form(gear, &form, refused, true)}
            </details>
            {(gear.activities == 0)
                .then(|| {
                    view! {
                        <form method="post" action="/gear/forget">
                            <input r#type="hidden" name="name" value=gear.name.clone() />
                            <button class="btn quiet" r#type="submit">
                                "Forget it"
                            </button>
                        </form>
                    }
                })}
        </section>
    }
}

fn edit_form(gear: &Gear, form: &RefusedForm, refused: bool, exists: bool) -> impl IntoView + use<> {
    let units = units();
    let value = |name: &str, now: String| if refused { form.typed(name).unwrap_or_default().to_owned() } else { now };
    let error = |name: &str| form.error(name).filter(|_| refused);
    let start = if gear.start_distance_m > 0.0 { format_significant(gear.start_distance_m / units.unit_m()) } else { String::new() };
    let kinds = GearKind::ALL.map(|(_, code, label)| (code, label)).to_vec();
    let retired = gear.retired_on.map(|day| day.to_string()).unwrap_or_default();
    view! {
        <form class="form" method="post" action="/gear" data-validated="" on:submit:capture=validate(|typed| GearEdit::parse(|name| typed.get(name)))>
            <FilledInUnits units />
            {exists.then(|| view! { <input r#type="hidden" name="was" value=gear.name.clone() /> })}
            <label>
                "Name"
                <input name="name" maxlength=MAX_GEAR_NAME.to_string() autocomplete="off" value=value("name", gear.name.clone()) aria-invalid=error("name").map(|_| "true") />
                {error("name").map(|sentence| view! { <span class="field-error" role="alert">{sentence}</span> })}
            </label>
            <label>
                "What it is"
                <select name="gear_kind">
                    {kinds
                        .into_iter()
                        .map(|(code, label)| view! { <option value=code selected=code == value("gear_kind", gear.kind.code().to_owned())>{label}</option> })
                        .collect_view()}
                </select>
            </label>
            <label>
                {format!("Before it came here, in {}", units.distance_unit())}
                <input name="start_distance" inputmode="decimal" autocomplete="off" value=value("start_distance", start) aria-invalid=error("start_distance").map(|_| "true") />
                {error("start_distance").map(|sentence| view! { <span class="field-error" role="alert">{sentence}</span> })}
            </label>
            <label>
                "Retired on"
                <input name="retired_on" r#type="date" value=value("retired_on", retired) aria-invalid=error("retired_on").map(|_| "true") />
                {error("retired_on").map(|sentence| view! { <span class="field-error" role="alert">{sentence}</span> })}
            </label>
            <button class="btn primary" r#type="submit">
                "Save"
            </button>
        </form>
    }
}
