//! What others see: one shared activity, and what an athlete shares with a coach.

use domain::activities::{Kind, ListRow, SportStyle, Summary};
use domain::sharing::{Audience, Shared, VisibleParts};
use leptos::prelude::*;
use leptos_meta::Meta;
use leptos_router::hooks::{use_params_map, use_query_map};
use uuid::Uuid;

use super::list::Table;
use super::parts::Splits;
use super::route::Route;
use super::tracks::{Linked, Tracks};
use super::{get_shared, get_shared_by};
use crate::ui::pages::PageView;
use crate::ui::shell::ViewerResource;
use crate::ui::{PageHeader, Pager, PagerState, Stat, await_page, page_request, reading, units};

/// One activity, for the audience it is shared with.
pub struct SharedPage;

impl PageView for SharedPage {
    fn view() -> AnyView {
        let (params, query) = (use_params_map(), use_query_map());
        let id = move || params.read().get("activity").and_then(|id| id.parse::<Uuid>().ok()).unwrap_or_default();
        let audience = move || query.read().get("as").map_or(Audience::Everybody, |a| Audience::parse(&a));
        let input = Memo::new(move |_| (id(), audience()));
        let seen = reading(move || input.get(), |(id, audience)| get_shared(id, audience));
        view! {
            <Meta name="robots" content="noindex" />
            {await_page(
                seen,
                move |seen| match seen {
                    Some(seen) => show(seen).into_any(),
                    None => view! { <NotSharedNotice id=input.get_untracked().0 audience=input.get_untracked().1 /> }.into_any(),
                },
            )}
            <VisitorCta />
        }
        .into_any()
    }
}

fn show(seen: Shared) -> impl IntoView {
    let Shared { athlete, synthetic, preview, parts, summary: a, splits, series } = seen;
    let id = a.id;
    let title = a.title.clone();
    let units = units();
    let eyebrow = format!("{athlete} · {}", units.weekday_and_moment(a.local_start));
    let style = SportStyle::of(&a.sport, None);
    let linked = Linked::new(series.clone(), style, None, &[]);
    let heights = series.altitude.iter().any(Option::is_some);
    view! {
        {preview.map(|audience| view! { <Preview id audience parts /> })}
        <div class="head">
            <PageHeader title=title.clone() eyebrow=eyebrow>
                {title}
            </PageHeader>
            {series
                .route
                .iter()
                .any(Option::is_some)
                .then(|| {
                    let query = preview.map_or_else(String::new, |p| format!("?as={}", p.key()));
                    view! {
                        <a class="btn" href=format!("/shared/{id}/route.gpx{query}") rel="external" download="">
                            "Route as GPX"
                        </a>
                    }
                })}
        </div>
        {(synthetic && preview.is_none()).then(|| view! { <SyntheticBanner /> })}
        <Numbers summary=a style heights />
        <div class="run-view">
            <div class="run-main">
                <Route style linked />
                <Tracks style linked />
            </div>
        </div>
        {(!splits.is_empty())
            .then(|| {
                view! {
                    <section class="card">
                        <h2 class="h3">{style.splits_heading(units)}</h2>
                        <Splits splits style linked />
                    </section>
                }
            })}
    }
}

/// The visible statistics; hidden ones are left out.
#[component]
fn Numbers(summary: Summary, style: SportStyle, heights: bool) -> impl IntoView {
    // The load is the athlete's own, and how long it took with all stops says where they were.
    let shown = Summary { trimp: None, elapsed_s: None, ..summary };
    view! {
        <section class="card" aria-label="Numbers">
            <dl class="stats">
                {style
                    .numbers(&shown, heights, units())
                    .into_iter()
                    .map(|(name, value, unit)| view! { <Stat name value=Some(value) unit /> })
                    .collect_view()}
            </dl>
        </section>
    }
}

/// For the athlete: which audience this is, and links to the others.
#[component]
fn Preview(id: Uuid, audience: Audience, parts: VisibleParts) -> impl IntoView {
    let hidden = match (parts.map, parts.heart_rate) {
        (true, true) => "Everything but your notes, and no route in your privacy zones.",
        (true, false) => "Without heart rate, and no route in your privacy zones.",
        (false, true) => "Without route and altitude.",
        (false, false) => "Without route, altitude and heart rate.",
    };
    view! {
        <section class="notice" role="note">
            <p>
                <b>{describe_audience(audience)}</b>
                " "
                {hidden}
            </p>
            <p class="small">
                <AudienceLinks id audience />
                " · "
                <a href="/settings/privacy">"Change this"</a>
            </p>
        </section>
    }
}

/// For the athlete, when an audience sees nothing.
#[component]
fn NotSharedNotice(id: Uuid, audience: Audience) -> impl IntoView {
    let sentence = match audience {
        Audience::Organisation => "Your coaches do not see this activity.",
        _ => "Nobody else sees this activity.",
    };
    view! {
        <div class="head">
            <PageHeader title="As others see it">"Yours alone."</PageHeader>
        </div>
        <section class="card state">
            <p class="lead">{sentence}</p>
            <p class="muted">"You keep your training to yourself. Show times, route and heart rate to your coaches or to everybody who has the link, each separately."</p>
            <div class="button-row">
                <a class="btn primary" href="/settings/privacy">
                    "Set who sees what"
                </a>
                <a class="btn" href=format!("/activities/{id}")>
                    "Back to the activity"
                </a>
            </div>
            <p class="small">
                <AudienceLinks id audience />
            </p>
        </section>
    }
}

/// Links to the other audiences.
#[component]
fn AudienceLinks(id: Uuid, audience: Audience) -> impl IntoView {
    [(Audience::Everybody, "What everybody sees"), (Audience::Organisation, "What your coaches see")]
        .into_iter()
        .filter(|(a, _)| *a != audience)
        .map(|(a, label)| view! { <a href=format!("/shared/{id}?as={}", a.key())>{label}</a> })
        .collect_view()
}

const fn describe_audience(audience: Audience) -> &'static str {
    match audience {
        Audience::Organisation => "This is what the coaches of your organisations see.",
        _ => "This is what everybody who has the link to this page sees.",
    }
}

#[component]
fn SyntheticBanner() -> impl IntoView {
    view! { <p class="synthetic">"Synthetic athlete. Every number here is made up."</p> }
}

/// For visitors who came by a link and have no account.
#[component]
fn VisitorCta() -> impl IntoView {
    let viewer = expect_context::<ViewerResource>().0;
    view! {
        <Transition>
            {move || Suspend::new(async move {
                matches!(viewer.await, Ok(None))
                    .then(|| {
                        view! {
                            <p class="muted small visitor-cta">
                                <a class="brand" href="/welcome" aria-label="Legwork">
                                    "leg"
                                    <i>"work"</i>
                                </a>
                                "Legwork finds out what makes you faster, from your runs and fifteen seconds a day. "
                                <a href="/welcome">"See how"</a>
                            </p>
                        }
                    })
            })}
        </Transition>
    }
}

/// What an athlete shares with a coach.
pub struct AthletePage;

impl PageView for AthletePage {
    fn view() -> AnyView {
        let params = use_params_map();
        let athlete = move || params.read().get("athlete").and_then(|id| id.parse::<Uuid>().ok()).unwrap_or_default();
        let input = Memo::new(move |_| (athlete(), page_request()));
        let list = reading(move || input.get(), |(athlete, request)| get_shared_by(athlete, request));
        await_page(list, move |list| shared_list(list, input.get_untracked().0)).into_any()
    }
}

fn shared_list(list: domain::sharing::SharedPage, athlete: Uuid) -> impl IntoView {
    let without = match (list.parts.map, list.parts.heart_rate) {
        (true, true) => None,
        (true, false) => Some("Heart rate is not shown to you."),
        (false, true) => Some("Routes and altitude are not shown to you."),
        (false, false) => Some("Routes, altitude and heart rate are not shown to you."),
    };
    let (pager, none, synthetic) = (PagerState::from(&list.page), list.page.items.is_empty(), list.synthetic);
    view! {
        <div class="head">
            <PageHeader title=list.athlete.clone() eyebrow="Shared with you">
                {list.athlete.clone()}
            </PageHeader>
        </div>
        {synthetic.then(|| view! { <SyntheticBanner /> })}
        {without.map(|sentence| view! { <p class="muted small">{sentence}</p> })}
        {if none {
            view! {
                <section class="card state">
                    <p class="lead">"Nothing here yet. What they run next shows up by itself."</p>
                </section>
            }
                .into_any()
        } else {
            let rows = list.page.items.into_iter().map(|summary| ListRow { kind: Kind::of(None, &summary.sport, None), summary, tags: Vec::new(), guessed: false, hidden: false });
            view! { <Table items=rows.collect() of="/shared" /> }.into_any()
        }}
        <Pager page=pager at=format!("/athletes/{athlete}") />
    }
}
