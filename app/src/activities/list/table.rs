//! The rows: a table at a desk, and rows of two lines on a phone, of one markup. What is not known has no cell text, so nothing stands for it.

use chrono::{Datelike, NaiveDate};
use domain::activities::{ListRow, ListWeek};
use domain::units::duration;
use leptos::prelude::*;

use super::sums::of_week;
use crate::ui::path::Pen;
use crate::ui::{Icon, units};

/// Activities, one per row, each of which leads to its page; with a heading for each week of `weeks`.
#[component]
pub fn Table(
    /// The rows.
    items: Vec<ListRow>,
    /// The weeks, in the order of the rows; none where they are not by time.
    #[prop(optional)]
    weeks: Vec<ListWeek>,
    /// Today, which says when a year is named; without it, it always is.
    #[prop(optional)]
    today: NaiveDate,
    /// The base path of the pages: `/activities`, or `/shared` for another athlete's.
    of: &'static str,
    /// Whether rows can be selected, to edit several at once.
    #[prop(optional)]
    select: bool,
) -> impl IntoView {
    let columns = if select { "9" } else { "8" };
    let (mut weeks, mut current) = (weeks, None);
    let mut rows = Vec::with_capacity(items.len() + weeks.len());
    for item in &items {
        let first = units().week_of(item.summary.day);
        if current != Some(first)
            && let Some(at) = weeks.iter().position(|week| week.first_day == first)
        {
            current = Some(first);
            rows.push(heading(&weeks.swap_remove(at), today, columns).into_any());
        }
        rows.push(row(item, today, of, select).into_any());
    }
    view! {
        <div class="card flush acts-card">
            <table class="acts">
                <thead>
                    <tr>
                        {select
                            .then(|| {
                                view! {
                                    <th class="c-sel">
                                        <span class="visually-hidden">"Selected"</span>
                                    </th>
                                }
                            })} <th class="c-map">
                            <span class="visually-hidden">"Route"</span>
                        </th> <th>"Activity"</th> <th class="r">"Distance"</th> <th class="r">"Moving"</th> <th class="r">"Pace or speed"</th>
                        <th class="r">"Heart rate"</th> <th class="r">"Climb"</th> <th class="r">"Load"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn heading(week: &ListWeek, today: NaiveDate, columns: &'static str) -> impl IntoView + use<> {
    view! {
        <tr class="sep">
            <th colspan=columns scope="colgroup">
                <div>
                    <b>{units().week(week.first_day, today)}</b>
                    <span class="push">{of_week(&week.kinds).into_iter().map(|words| view! { <span>{words}</span> }).collect_view()}</span>
                </div>
            </th>
        </tr>
    }
}

fn row(item: &ListRow, today: NaiveDate, of: &str, select: bool) -> impl IntoView + use<> {
    let (units, kind, a) = (units(), item.kind, &item.summary);
    let day = a.local_start.date();
    let when = format!(
        "{}, {}",
        if today == NaiveDate::default() || day.year() != today.year() { units.short_weekday_and_date(day) } else { units.short_weekday(day, today) },
        units.time(a.local_start.time())
    );
    let cell = |class: &'static str, value: Option<(String, &'static str)>| {
        let (number, unit) = value.unzip();
        view! {
            <td class=class>
                {number}
                {unit.filter(|unit| !unit.is_empty()).map(|unit| view! { <small>{unit}</small> })}
            </td>
        }
    };
    let height = a.elevation_gain_m.map(|m| (units.height_number(m), units.height_unit()));
    let tags = item.tags.iter().map(|tag| view! { <span class="chip plain">{tag.clone()}</span> }).collect_view();
    view! {
        <tr class="a">
            {select
                .then(|| {
                    view! {
                        <td class="c-sel">
                            <label class="pick">
                                <input
                                    r#type="checkbox"
                                    name="id"
                                    value=a.id.to_string()
                                    form="bulk"
                                    aria-label=format!("Select {}", a.title)
                                    autocomplete="off"
                                    data-metres=a.distance_m.map(|m| format!("{m:.0}"))
                                />
                            </label>
                        </td>
                    }
                })}
            <td class="c-map">
                <RoutePreview points=a.route_preview.clone() icon=Icon::of_kind(kind) />
            </td>
            <td class="c-name">
                <a class="row-link" href=format!("{of}/{}", a.id)>
                    {a.title.clone()}
                </a>
                {item.guessed.then(|| view! { <span class="chip none">"sport is our guess"</span> })}
                {item.hidden.then(|| view! { <span class="chip plain">"only you"</span> })}
                <span class="at">
                    {Icon::of_kind(kind).draw()}
                    <span class="visually-hidden">{kind.name()}</span>
                    <span>{when}</span>
                    {tags}
                </span>
            </td>
            {cell("r c-dist", a.distance_m.filter(|m| *m > 0.0).map(|m| kind.distance(m, units)))}
            {cell("r c-time", a.moving_s.or(a.elapsed_s).map(|s| (duration(s), "")))}
            {cell("r c-pace", kind.rate(a.moving_s, a.distance_m, units))}
            {cell("r c-hr", a.avg_hr_bpm.map(|bpm| (format!("{bpm:.0}"), "bpm")))}
            {cell("r c-climb", height)}
            {cell("r c-load", a.trimp.map(|load| (format!("{load:.0}"), "")))}
        </tr>
    }
}

/// The route, or the icon of the sport where there is none.
#[component]
fn RoutePreview(points: Vec<(f32, f32)>, icon: Icon) -> impl IntoView {
    if points.len() < 2 {
        return view! { <div class="thumb icon-only">{icon.draw()}</div> }.into_any();
    }
    let inset = |v: f32| f64::from(2.0 + v * 36.0);
    let start = points.first().map(|(x, y)| (format!("{:.1}", inset(*x)), format!("{:.1}", inset(*y))));
    let path = Pen::tenths().line(points.into_iter().map(|(x, y)| (inset(x), Some(inset(y)))));
    view! {
        <div class="thumb">
            <svg viewBox="0 0 40 40" aria-hidden="true">
                <path d=path />
                {start.map(|(x, y)| view! { <circle cx=x cy=y r="2" /> })}
            </svg>
        </div>
    }
    .into_any()
}
