//! What changed since last week: findings, records, fitness.

use domain::activities::{Record, TrainingBalance};
use domain::discovery::{News, NewsItem};
use domain::units::{distance_name, duration};
use leptos::prelude::*;

/// Changes of a kind that are listed, at most; of more, how many there are.
const SHOWN: usize = 3;

/// The card; nothing before there is anything to compare.
#[component]
pub(super) fn SinceLastWeek(
    /// Of the findings; nothing before the second report.
    news: Option<News>,
    /// Of the last week.
    records: Vec<Record>,
    /// Of today.
    form: Option<TrainingBalance>,
    /// Of a week ago.
    earlier: Option<TrainingBalance>,
) -> impl IntoView {
    let fitness = form.zip(earlier).map(|(now, then)| fitness(now.fitness, then.fitness));
    if news.is_none() && records.is_empty() && fitness.is_none() {
        return ().into_any();
    }
    let findings = news.map(|news| view! { <Findings items=news.items /> });
    let more = records.len().saturating_sub(SHOWN);
    let records = records.into_iter().take(SHOWN).map(|record| {
        let words = format!("Your best over {}: {}", distance_name(record.distance_m), duration(record.elapsed_s));
        view! {
            <li>
                <a href=format!("/activities/{}", record.activity)>{words}</a>
            </li>
        }
    });
    let records = records.collect_view();
    view! {
        <section class="card since">
            <h2 class="h3">"Since last week"</h2>
            <ul class="lines small">
                {records} {(more > 0).then(|| view! { <li><a href="/performance">{format!("{more} more records")}</a></li> })}
                {fitness.map(|sentence| view! { <li>{sentence}</li> })} {findings}
            </ul>
        </section>
    }
    .into_any()
}

/// What changed of the findings.
#[component]
fn Findings(items: Vec<NewsItem>) -> impl IntoView {
    if items.is_empty() {
        return view! { <li>"No answer has changed."</li> }.into_any();
    }
    let more = items.len().saturating_sub(SHOWN);
    let lines = items.into_iter().take(SHOWN).map(|item| {
        let href = match item.key {
            Some(key) => format!("/discovery?outcome={}&card={key}#{key}", item.outcome_key),
            None => "/discovery".to_owned(),
        };
        view! {
            <li>
                <span><a href=href>{item.pair}</a> " " {item.sentence}</span>
            </li>
        }
    });
    let lines = lines.collect_view();
    let more = (more > 0).then(|| {
        let words = if more == 1 { "1 more answer changed".to_owned() } else { format!("{more} more answers changed") };
        view! { <li><a href="/discovery">{words}</a></li> }
    });
    view! { {lines} {more} }.into_any()
}

/// `Fitness 54, 3 more than then.`, in the whole numbers that the pages show.
fn fitness(now: f64, then: f64) -> String {
    let (now, then) = (now.round() as i64, then.round() as i64);
    match now - then {
        0 => format!("Fitness {now}, as it was."),
        more if more > 0 => format!("Fitness {now}, {more} more than then."),
        less => format!("Fitness {now}, {} less than then.", less.unsigned_abs()),
    }
}

#[cfg(test)]
mod tests {
    use super::fitness;

    #[test]
    fn fitness_is_compared_as_it_is_shown() {
        assert_eq!(
            [fitness(54.4, 51.2), fitness(50.6, 51.4), fitness(38.0, 44.0)],
            ["Fitness 54, 3 more than then.", "Fitness 51, as it was.", "Fitness 38, 6 less than then."]
        );
    }
}
