//! In which units the account reads and types, and how it writes days and times.

use chrono::NaiveDate;
use domain::units::{Clock, DateOrder, Length, NBSP, Rate, Temperature, Units, WeekStart, Weight, duration};
use leptos::prelude::*;

use crate::ui::pages::PageView;
use crate::ui::{PageHeader, SettingsLayout, units};

/// Value and label of what can be chosen.
type Offered = (&'static str, &'static str);

/// The page.
pub struct UnitsPage;

impl PageView for UnitsPage {
    fn view() -> AnyView {
        let now = units();
        view! {
            <SettingsLayout>
                <div class="head">
                    <PageHeader title="Units and dates">"Miles or kilometres. We do not judge."</PageHeader>
                </div>
                <p class="card example">{example(now)}</p>
                <form method="post" action="/settings/units" class="presets">
                    <button class="btn" name="preset" value="metric" r#type="submit">
                        "All metric"
                    </button>
                    <button class="btn" name="preset" value="american" r#type="submit">
                        "All as in the United States"
                    </button>
                </form>
                <form method="post" action="/settings/units" class="card form units">
                    <Chosen name="length" label="Distances and heights" now=now.length.word() options=options(Length::ALL, Length::word) />
                    <Chosen name="weight" label="Body weight" now=now.weight.word() options=options(Weight::ALL, Weight::word) />
                    <Chosen name="temperature" label="Temperature" now=now.temperature.word() options=options(Temperature::ALL, Temperature::word) />
                    {[("running", "Runs"), ("walking", "Walks and hikes"), ("cycling", "Rides"), ("swimming", "Swims"), ("other", "Everything else")]
                        .map(|(sport, label)| {
                            view! { <Chosen name=sport label=label now=now.rate(sport).word() options=options(Rate::ALL, Rate::word) /> }
                        })
                        .collect_view()}
                    <Chosen name="week" label="A week begins on" now=now.week.word() options=options(WeekStart::ALL, WeekStart::word) />
                    <Chosen name="clock" label="Time of day" now=now.clock.word() options=options(Clock::ALL, Clock::word) />
                    <Chosen name="dates" label="Dates" now=now.dates.word() options=options(DateOrder::ALL, DateOrder::word) />
                    <button class="btn primary" r#type="submit">
                        "Save"
                    </button>
                </form>
                <p class="muted small">
                    "Every page, email and table for people follows at once. What is stored, and what API tokens read, stays in metres, seconds and kilograms."
                </p>
            </SettingsLayout>
        }
        .into_any()
    }
}

/// A run, as it is written in these units.
fn example(units: Units) -> String {
    let at = NaiveDate::from_ymd_opt(2026, 11, 26).and_then(|day| day.and_hms_opt(16, 5, 0)).unwrap_or_default();
    let (rate, per) = units.rate_of("running", 308.0);
    format!(
        "{}: {} in {}, {rate}{NBSP}{per}, {} of elevation gain at {}.",
        units.moment(at),
        units.distance(10_040.0),
        duration(3098.0),
        units.height(124.0),
        units.temperature(7.0)
    )
}

fn options<T: Copy>(all: &[(T, &'static str)], word: fn(T) -> &'static str) -> Vec<Offered> {
    all.iter().map(|(value, label)| (word(*value), *label)).collect()
}

/// One of a few, all of them in sight.
#[component]
fn Chosen(name: &'static str, label: &'static str, now: &'static str, options: Vec<Offered>) -> impl IntoView {
    view! {
        <fieldset class="one-of">
            <legend>{label}</legend>
            <div>
                {options
                    .into_iter()
                    .map(|(value, label)| {
                        view! {
                            <label class="choice">
                                <input r#type="radio" name=name value=value checked=value == now />
                                <span>{label}</span>
                            </label>
                        }
                    })
                    .collect_view()}
            </div>
        </fieldset>
    }
}
