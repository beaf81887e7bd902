//! This year beside the last one, and the athlete's own time constants.

use chrono::{Datelike, NaiveDate};
use domain::activities::{OwnConstants, PerformanceQuery, Season, TimeConstant};
use domain::units::{NBSP, decimal};
use leptos::prelude::*;

use crate::ui::charts::{Axis, Plot, line};
use crate::ui::units;

/// The card with both years; nothing without two.
#[component]
pub(super) fn Seasons(
    /// This year first.
    seasons: Vec<Season>,
    /// Today.
    today: NaiveDate,
) -> impl IntoView {
    (seasons.len() == 2).then(|| {
        let axis = Axis::around(seasons.iter().flat_map(|s| s.weeks.iter().map(|(_, f)| f64::from(*f))).chain([0.0]), 3, &[]);
        let left = |day: u16| f64::from(day) / 366.0 * 100.0;
        let top = |v: f64| 100.0 - axis.percent(v);
        let path = |season: &Season| line(season.weeks.iter().map(|(day, f)| (left(*day), Some(top(f64::from(*f))))));
        let paths = [("curve other-year", path(&seasons[1])), ("curve fitness", path(&seasons[0]))];
        let y_ticks = axis.ticks.iter().map(|t| (top(*t), decimal(*t, 0))).collect::<Vec<_>>();
        let month = |m: u32| NaiveDate::from_ymd_opt(today.year(), m, 1).map(|d| (left(d.ordinal() as u16).max(2.0), d.format("%b").to_string()));
        let x_ticks = [1, 4, 7, 10].into_iter().filter_map(month).collect::<Vec<_>>();
        let units = units();
        let rows = seasons.iter().map(|s| {
            let peak = s.peak.map(|(fitness, day)| format!("{fitness:.0}, {}", day.format("%-d %b")));
            view! {
                <tr>
                    <td>{s.year.to_string()}</td>
                    <td class="r">{s.runs.to_string()}</td>
                    <td class="r">{format!("{}{NBSP}{}", units.distance_number(s.distance_m, 0), units.distance_unit())}</td>
                    <td class="r">{format!("{}{NBSP}h", decimal(s.moving_s / 3600.0, 0))}</td>
                    <td class="r hide-s">{units.height(s.elevation_gain_m)}</td>
                    <td class="r">{peak}</td>
                </tr>
            }
        });
        let rows = rows.collect_view();
        view! {
            <section class="card">
                <div class="between">
                    <h2 class="h3">"Two seasons"</h2>
                    <ul class="legend" aria-hidden="true">
                        <li class="fitness">{seasons[0].year.to_string()}</li>
                        <li class="freshness">{seasons[1].year.to_string()}</li>
                    </ul>
                </div>
                <Plot label="Fitness by day of the year, this year and the last" height=150 y_ticks=y_ticks x_ticks=x_ticks>
                    {paths.map(|(class, d)| view! { <path class=class d=d /> }).into_iter().collect_view()}
                </Plot>
                <div class="scroll" tabindex="0" role="region" aria-label="Both years in numbers">
                    <table>
                        <thead>
                            <tr>
                                <th>{format!("To {}", today.format("%-d %b"))}</th>
                                <th class="r">"Runs"</th>
                                <th class="r">"Distance"</th>
                                <th class="r">"Time"</th>
                                <th class="r hide-s">"Climb"</th>
                                <th class="r">"Peak fitness"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </section>
        }
    })
}

/// The athlete's own time constants: how they are asked for, and what the runs tell.
#[component]
pub(super) fn Own(
    /// If they were asked for.
    own: Option<OwnConstants>,
    /// What the page was asked.
    query: PerformanceQuery,
) -> impl IntoView {
    let (usual, mine) = (PerformanceQuery { own: false, ..query.clone() }.address(), PerformanceQuery { own: true, ..query }.address());
    let asked = own.is_some();
    let sentence = own.map_or_else(
        || "How fast fitness and fatigue fade differs from one athlete to the next. Yours can be fitted to your own runs.".to_owned(),
        |own| told(&own),
    );
    let choice = move |href: String, current: bool, words: &'static str| {
        view! {
            <a href=href aria-current=current.then_some("true")>
                {words}
            </a>
        }
    };
    view! {
        <section class="card">
            <div class="between">
                <h2 class="h3">"With your own constants"</h2>
                <span class="chip none">"an estimate"</span>
            </div>
            <p class="muted small">{sentence}</p>
            <nav class="seg" aria-label="Time constants">
                {choice(usual, !asked, "42 / 7")} {choice(mine, asked, "Yours")}
            </nav>
        </section>
    }
}

/// What the runs tell, with the doubt.
fn told(own: &OwnConstants) -> String {
    let constant = |name: &str, c: TimeConstant| format!("{name} fades over {:.0} days ({:.0} to {:.0})", c.days, c.low, c.high);
    match (own.wanted, own.fitness, own.fatigue) {
        (0, Some(fitness), Some(fatigue)) => {
            format!("Fitted to {} days with runs: {}, {}. The chart has them.", own.runs, constant("fitness", fitness), constant("fatigue", fatigue))
        }
        (0, Some(known), None) => format!("{}. Your runs do not tell the same of fatigue, so the chart keeps 42 and 7.", constant("Fitness", known)),
        (0, None, Some(known)) => format!("{}. Your runs do not tell the same of fitness, so the chart keeps 42 and 7.", constant("Fatigue", known)),
        (0, None, None) => {
            format!("{} days with runs do not tell them: what training did is not outside the noise. The chart keeps 42 and 7.", own.runs)
        }
        (wanted, ..) => format!("{wanted} more days with a run and a heart rate, and there may be something to tell."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_runs_do_not_tell_is_not_told() {
        let constant = |days| Some(TimeConstant { days, low: days - 5.0, high: days + 9.0 });
        let own = |wanted, fitness, fatigue| told(&OwnConstants { wanted, runs: 176, fitness, fatigue });
        assert_eq!(
            own(0, constant(38.0), constant(9.0)),
            "Fitted to 176 days with runs: fitness fades over 38 days (33 to 47), fatigue fades over 9 days (4 to 18). The chart has them."
        );
        assert!(own(0, None, constant(9.0)).contains("keeps 42 and 7") && own(0, None, None).contains("not outside the noise"));
        assert!(own(12, None, None).starts_with("12 more days"));
    }
}
