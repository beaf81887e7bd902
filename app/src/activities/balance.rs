//! Fitness, fatigue and form by day, with what is planned dashed: a cursor reads them, and the bands of form have their names.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use domain::activities::{FitnessRange, FormState, OwnConstants, PerformanceQuery, PmcDay, sport_plural};
use domain::units::{decimal, signed};
use leptos::ev;
use leptos::prelude::*;

use crate::ui::charts::{Axis, Plot, area, line};
use crate::ui::units;

/// Which value of a day is drawn.
type Metric = fn(&PmcDay) -> f64;

/// What the chart is drawn from.
struct Drawn {
    days: Vec<PmcDay>,
    today: NaiveDate,
    from: NaiveDate,
    span: f64,
}

impl Drawn {
    fn left(&self, day: NaiveDate) -> f64 {
        (day - self.from).num_days() as f64 / self.span * 100.0
    }

    /// The day that is nearest to a share of the width.
    fn at(&self, share: f64) -> Option<PmcDay> {
        let wanted = share * self.span;
        let off = |day: &PmcDay| ((day.day - self.from).num_days() as f64 - wanted).abs();
        self.days.iter().min_by(|a, b| off(a).total_cmp(&off(b))).copied()
    }

    fn next(&self, now: Option<PmcDay>, forward: bool) -> Option<PmcDay> {
        let at = now.and_then(|now| self.days.iter().position(|day| day.day == now.day));
        let today = || self.days.partition_point(|day| day.day <= self.today).saturating_sub(1);
        let next = match (at, forward) {
            (None, _) => today(),
            (Some(i), true) => (i + 1).min(self.days.len().saturating_sub(1)),
            (Some(i), false) => i.saturating_sub(1),
        };
        self.days.get(next).copied()
    }

    /// The path of what was, or of what is ahead.
    fn path(&self, top: &impl Fn(f64) -> f64, of: Metric, ahead: bool) -> String {
        let part = self.days.iter().filter(|d| if ahead { d.day >= self.today } else { d.day <= self.today });
        line(part.map(|d| (self.left(d.day), Some(top(of(d))))))
    }
}

/// The card.
#[component]
pub(super) fn Balance(
    /// In order; those after today are planned.
    days: Vec<PmcDay>,
    /// Today.
    today: NaiveDate,
    /// Whether anything is planned.
    planned: bool,
    /// What the page was asked.
    query: PerformanceQuery,
    /// The sports that there are loads of.
    sports: Vec<String>,
    /// The athlete's own time constants, if they were asked for.
    own: Option<OwnConstants>,
) -> impl IntoView {
    let told = own.and_then(|own| own.days());
    let (fitness_days, fatigue_days) = told.unwrap_or((42.0, 7.0));
    let constants = if told.is_some() {
        "The time constants are your own, as far as your runs tell them."
    } else {
        "The time constants of 42 and 7 days are a convention; yours may differ."
    };
    let (from, to) = (days.first().map_or(today, |d| d.day), days.last().map_or(today, |d| d.day));
    let drawn = Arc::new(Drawn { days, today, from, span: (to - from).num_days().max(1) as f64 });
    let here = RwSignal::new(None::<PmcDay>);
    let future = if planned {
        "what the plan of the next six weeks would bring, with rest on its other days"
    } else {
        "what the next six weeks would bring without any training"
    };
    let from = query.sport.as_deref().map_or_else(
        || "From the TRIMP of all sports.".to_owned(),
        |sport| format!("From the TRIMP of {} alone: what other sports asked of you is not in these curves.", sport_plural(sport).to_lowercase()),
    );
    let reading = move || {
        let now = here.get();
        now.map(|d| {
            let load = if d.load > 0.0 { format!(" · load {:.0}", d.load) } else { String::new() };
            let ahead = if d.day > today { ", ahead" } else { "" };
            format!("{}{ahead} · fitness {:.0} · fatigue {:.0} · form {}{load}", units().short_date(d.day), d.fitness, d.fatigue, signed(d.form, 0))
        })
    };
    let left_of_cursor = {
        let drawn = Arc::clone(&drawn);
        move || here.get().map(|d| format!("left:{:.2}%", drawn.left(d.day)))
    };
    let follow = {
        let drawn = Arc::clone(&drawn);
        move |event: ev::PointerEvent| {
            if let Some(share) = super::tracks::share(&event) {
                here.set(drawn.at(share));
            }
        }
    };
    let keys = {
        let drawn = Arc::clone(&drawn);
        move |event: ev::KeyboardEvent| {
            match event.key().as_str() {
                "ArrowRight" => here.set(drawn.next(here.get_untracked(), true)),
                "ArrowLeft" => here.set(drawn.next(here.get_untracked(), false)),
                "Escape" => here.set(None),
                _ => return,
            }
            event.prevent_default();
        }
    };
    let ranges = FitnessRange::ALL.map(|other| {
        let current = (other == query.range).then_some("true");
        let href = PerformanceQuery { range: other, ..query.clone() }.address();
        view! {
            <a href=href aria-current=current>
                {other.label()}
            </a>
        }
    });
    view! {
        <section class="card balance" tabindex="0" aria-label="Fitness, fatigue and form by day. Arrow keys move the cursor." on:keydown=keys>
            <div class="between">
                <h2 class="h3">"Fitness, fatigue and form"</h2>
                <nav class="seg" aria-label="Range">
                    {ranges.into_iter().collect_view()}
                </nav>
            </div>
            <Sports query=query sports=sports />
            <ul class="legend" aria-hidden="true">
                <li class="fitness">{format!("Fitness, {fitness_days:.0} days")}</li>
                <li class="fatigue">{format!("Fatigue, {fatigue_days:.0} days")}</li>
            </ul>
            <p class="tiny readout" aria-live="polite">
                {reading}
            </p>
            <div class="linked" on:pointermove=follow.clone() on:pointerdown=follow>
                <Levels drawn=Arc::clone(&drawn) left=left_of_cursor.clone() />
                <Form drawn=Arc::clone(&drawn) left=left_of_cursor />
            </div>
            <p class="muted small">
                {format!("{from} Dashed: {future}. {constants}")}
            </p>
            <Weeks drawn />
        </section>
    }
}

/// Whose loads make the curves: a choice where there are several sports.
#[component]
fn Sports(query: PerformanceQuery, sports: Vec<String>) -> impl IntoView {
    (sports.len() > 1).then(|| {
        let choices = std::iter::once(None).chain(sports.into_iter().map(Some));
        let links = choices.map(|sport| {
            let current = (sport == query.sport).then_some("true");
            let words = sport.as_deref().map_or("All sports", sport_plural);
            let href = PerformanceQuery { sport, ..query.clone() }.address();
            view! {
                <a href=href aria-current=current>
                    {words}
                </a>
            }
        });
        view! {
            <nav class="seg sports" aria-label="Sport">
                {links.collect_view()}
            </nav>
        }
    })
}

/// Fitness over its area, and fatigue.
#[component]
fn Levels(drawn: Arc<Drawn>, left: impl Fn() -> Option<String> + Clone + Send + 'static) -> impl IntoView {
    let axis = Axis::around(drawn.days.iter().flat_map(|d| [d.fitness, d.fatigue, 0.0]), 4, &[]);
    let top = |v: f64| 100.0 - axis.percent(v);
    let shade = area(drawn.days.iter().filter(|d| d.day <= drawn.today).map(|d| (drawn.left(d.day), Some(top(d.fitness)))));
    let series: [(&str, Metric); 2] = [("fitness", |d| d.fitness), ("fatigue", |d| d.fatigue)];
    let curves = series.map(|(class, of)| {
        view! {
            <path class=format!("curve {class}") d=drawn.path(&top, of, false) />
            <path class=format!("curve {class} ahead") d=drawn.path(&top, of, true) />
        }
    });
    let now = format!("M{0:.2} 0L{0:.2} 100", drawn.left(drawn.today));
    let y_ticks = axis.ticks.iter().map(|t| (top(*t), decimal(*t, 0))).collect::<Vec<_>>();
    view! {
        <div class="track-plot">
            <Plot label="Fitness and fatigue by day; the table below has the numbers" height=190 y_ticks=y_ticks x_ticks=Vec::new()>
                <path class="area fitness" d=shade />
                <path class="now" d=now />
                {curves.into_iter().collect_view()}
            </Plot>
            <Cursor left />
        </div>
    }
}

/// Form between its bands.
#[component]
fn Form(drawn: Arc<Drawn>, left: impl Fn() -> Option<String> + Clone + Send + 'static) -> impl IntoView {
    let axis = Axis::around(drawn.days.iter().map(|d| d.form).chain([FormState::RESTED_FROM, FormState::TIRED_UNDER]), 3, &[]);
    let top = |v: f64| (100.0 - axis.percent(v)).clamp(0.0, 100.0);
    let edges = [
        (FormState::Rested, 0.0, top(FormState::RESTED_FROM)),
        (FormState::InBalance, top(FormState::RESTED_FROM), top(FormState::TIRED_UNDER)),
        (FormState::Tired, top(FormState::TIRED_UNDER), 100.0),
    ];
    let bands = edges.map(|(state, from, to)| {
        let class = match state {
            FormState::Rested => "form-band rested",
            FormState::InBalance => "form-band",
            FormState::Tired => "form-band tired",
        };
        let name = (to - from > 14.0).then(|| state.word().to_lowercase());
        view! { <span class=class style=format!("top:{from:.1}%;height:{:.1}%", to - from)>{name}</span> }
    });
    let zero = format!("M0 {0:.2}L100 {0:.2}", top(0.0));
    let now = format!("M{0:.2} 0L{0:.2} 100", drawn.left(drawn.today));
    let (was, ahead) = (drawn.path(&top, |d| d.form, false), drawn.path(&top, |d| d.form, true));
    let y_ticks = axis.ticks.iter().map(|t| (top(*t), signed(*t, 0))).collect::<Vec<_>>();
    view! {
        <p class="track-head">
            <span>"Form: yesterday’s fitness less yesterday’s fatigue"</span>
        </p>
        <div class="track-plot">
            <div class="form-bands" aria-hidden="true">
                {bands.into_iter().collect_view()}
            </div>
            <Plot label="Form by day; the table below has the numbers" height=120 y_ticks=y_ticks x_ticks=x_ticks(&drawn)>
                <path class="zero" d=zero />
                <path class="now" d=now />
                <path class="curve freshness" d=was />
                <path class="curve freshness ahead" d=ahead />
            </Plot>
            <Cursor left />
        </div>
    }
}

#[component]
fn Cursor(left: impl Fn() -> Option<String> + Clone + Send + 'static) -> impl IntoView {
    let hidden = {
        let left = left.clone();
        move || left().is_none()
    };
    view! {
        <span class="cross-track" aria-hidden="true">
            <span class="cross" style=left hidden=hidden></span>
        </span>
    }
}

/// Months, or years where there are many, and today.
fn x_ticks(drawn: &Drawn) -> Vec<(f64, String)> {
    let months = drawn.span / 30.4;
    let every = [1, 2, 3, 6, 12].into_iter().find(|every| months / f64::from(*every) <= 9.0).unwrap_or(12);
    let name = |day: NaiveDate| if every == 12 || (day.month() == 1 && every > 1) { day.format("%Y") } else { day.format("%b") }.to_string();
    let now = drawn.left(drawn.today);
    drawn
        .from
        .iter_days()
        .take_while(|d| (*d - drawn.from).num_days() as f64 <= drawn.span)
        .filter(|d| d.day() == 1 && d.month0() % every == 0)
        .map(|d| (drawn.left(d), name(d)))
        .filter(|(at, _)| (2.0..97.0).contains(at) && (at - now).abs() > 5.0)
        .chain([(now, "today".to_owned())])
        .collect()
}

/// The same as a table, a row for each week: of many weeks, the latest year.
#[component]
fn Weeks(drawn: Arc<Drawn>) -> impl IntoView {
    const MOST_DAYS: i64 = 366;
    let of_week = |d: &&PmcDay| (drawn.today - d.day).num_days() % 7 == 0 && (drawn.today - d.day).num_days() <= MOST_DAYS;
    let rows = drawn.days.iter().filter(of_week).map(|d| {
        view! {
            <tr>
                <td>{units().short_date(d.day)}</td>
                <td class="r">{decimal(d.fitness, 0)}</td>
                <td class="r">{decimal(d.fatigue, 0)}</td>
                <td class="r">{signed(d.form, 0)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <details class="data">
            <summary>"As a table, one row per week"</summary>
            <table>
                <thead>
                    <tr>
                        <th>"Day"</th>
                        <th class="r">"Fitness"</th>
                        <th class="r">"Fatigue"</th>
                        <th class="r">"Form"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </details>
    }
}
