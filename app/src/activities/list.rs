//! The list: server-paged, newest first.

use domain::activities::{ActivityList, Summary};
use domain::units::{NBSP, duration, pluralize};
use leptos::prelude::*;

use super::list_activities;
use crate::ui::pages::PageView;
use crate::ui::path::Pen;
use crate::ui::{EmptyState, PageHeader, Pager, PagerState, await_page, page_request, reading, units};

/// All activities.
pub struct ActivitiesPage;

impl PageView for ActivitiesPage {
    fn view() -> AnyView {
        let request = Memo::new(move |_| page_request());
        await_page(reading(move || request.get(), list_activities), show).into_any()
    }
}

fn show(list: ActivityList) -> impl IntoView {
    if list.total == 0 {
        return view! {
            <div class="head">
                <PageHeader title="Activities">"No runs yet."</PageHeader>
            </div>
            <EmptyState sentence="Drop a file anywhere, or the whole Strava export." href="/imports" step="Import runs" />
        }
        .into_any();
    }
    let (total, pager) = (list.total as usize, PagerState::from(&list.page));
    view! {
        <div class="head">
            <PageHeader title="Activities">
                <mark>{pluralize(total, "activity", "activities")}</mark>
                ", newest first."
            </PageHeader>
            <div class="actions">
                <a class="btn" href="/activities/new">
                    "Add by hand"
                </a>
                <a class="btn primary" href="/imports">
                    "Import runs"
                </a>
            </div>
        </div>
        <Table items=list.page.items of="/activities" />
        <Pager page=pager at="/activities" />
    }
    .into_any()
}

/// Activities, one per row, each with a link to its page.
#[component]
pub fn Table(
    /// The rows.
    items: Vec<Summary>,
    /// The base path of the pages: `/activities`, or `/shared` for another athlete's.
    of: &'static str,
) -> impl IntoView {
    view! {
        <div class="card flush">
            <table class="activities">
                <thead>
                    <tr>
                        <th class="hide-s">
                            <span class="visually-hidden">"Route"</span>
                        </th>
                        <th>"Activity"</th>
                        <th class="r">"Distance"</th>
                        <th class="r hide-s">"Time"</th>
                        <th class="r">"Pace"</th>
                        <th class="r hide-m">"GAP"</th>
                        <th class="r hide-s">"Heart rate"</th>
                        <th class="r hide-m">"Elev. gain"</th>
                        <th class="r hide-m">"Efficiency"</th>
                        <th class="r hide-m">"Load"</th>
                    </tr>
                </thead>
                <tbody>{items.iter().map(|a| row(a, of)).collect_view()}</tbody>
            </table>
        </div>
    }
}

fn row(a: &Summary, of: &str) -> impl IntoView + use<> {
    let unit = |text: Option<String>, unit: &str| text.map_or_else(|| "–".to_owned(), |t| format!("{t}{NBSP}{unit}"));
    let units = units();
    let when = format!("{}, {}", units.short_weekday_and_date(a.local_start.date()), units.time(a.local_start.time()));
    let rate = |s_per_km: Option<f64>| {
        let (number, per) = s_per_km.map(|s| units.rate_of(&a.sport, s)).unzip();
        unit(number, per.unwrap_or_default())
    };
    view! {
        <tr>
            <td class="hide-s">
                <RoutePreview points=a.route_preview.clone() />
            </td>
            <td>
                <a class="row-link" href=format!("{of}/{}", a.id)>
                    {a.title.clone()}
                </a>
                <span class="tiny">{when}</span>
            </td>
            <td class="r">{a.distance_m.map_or_else(|| "–".to_owned(), |m| units.distance(m))}</td>
            <td class="r hide-s">{a.moving_s.map_or_else(|| "–".into(), duration)}</td>
            <td class="r">{rate(a.pace_s_per_km())}</td>
            <td class="r hide-m">{rate(a.gap_s_per_km)}</td>
            <td class="r hide-s">{unit(a.avg_hr_bpm.map(|h| format!("{h:.0}")), "bpm")}</td>
            <td class="r hide-m">{a.elevation_gain_m.map_or_else(|| "–".to_owned(), |m| units.height(m))}</td>
            <td class="r hide-m">{a.efficiency_factor.map_or_else(|| "–".into(), |e| format!("{e:.3}"))}</td>
            <td class="r hide-m">{a.trimp.map_or_else(|| "–".into(), |t| format!("{t:.0}"))}</td>
        </tr>
    }
}

/// The route preview.
#[component]
fn RoutePreview(points: Vec<(f32, f32)>) -> impl IntoView {
    let inset = |v: f32| f64::from(2.0 + v * 36.0);
    let path = Pen::tenths().line(points.into_iter().map(|(x, y)| (inset(x), Some(inset(y)))));
    view! {
        <svg class="route-preview" viewBox="0 0 40 40" aria-hidden="true">
            <path d=path />
        </svg>
    }
}
