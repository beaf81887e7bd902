//! What changed since an earlier report, in plain sentences.

use chrono::{Days, NaiveDate};
use domain::discovery::{Changed, Difference, FindingSnapshot, Group, Input, News, NewsItem, Report, changes, is_sign};
use domain::units::{decimals_of_error, lowercase_label, signed};
use platform::feature::Features;
use platform::{Error, Tx};

use crate::presentation::pair;
use crate::queries::snapshots as queries;
use crate::variables::{Outcome, PACE};

/// How far the page of discovery looks back.
pub(crate) const MONTH: Days = Days::new(30);

/// What changed between the report and the one of so many days before it, or else the first one, if that is later. Nothing without an earlier one.
pub(crate) async fn of_report(
    tx: &mut Tx,
    (report, summary): (&Report, &[FindingSnapshot]),
    inputs: &[Input],
    look_back: Days,
) -> Result<Option<News>, Error> {
    between(tx, (report.computed_at.date_naive(), &report.engine), summary, inputs, look_back).await
}

/// What changed in the latest report since `day`, or since the first report if that is later. It reads summaries alone.
pub async fn since(tx: &mut Tx, features: Features, day: NaiveDate) -> Result<Option<News>, Error> {
    let athlete = tx.viewer()?;
    let Some(latest) = queries::latest(tx, athlete).await? else { return Ok(None) };
    // A report that is older than that is the one of then, too: nothing has changed since.
    let Some(look_back) = u64::try_from((latest.day - day).num_days()).ok().filter(|days| *days > 0) else {
        // The first report is no news of anything.
        let earlier = queries::earlier(tx, athlete, day, latest.day).await?;
        return Ok(earlier.map(|_| News { since: day, other_method: false, items: Vec::new() }));
    };
    let Ok(findings) = serde_json::from_value::<Vec<FindingSnapshot>>(latest.findings) else { return Ok(None) };
    let inputs = features.inputs_of(tx).await?;
    between(tx, (latest.day, &latest.engine), &findings, &inputs, Days::new(look_back)).await
}

async fn between(
    tx: &mut Tx,
    (today, engine): (NaiveDate, &str),
    now: &[FindingSnapshot],
    inputs: &[Input],
    look_back: Days,
) -> Result<Option<News>, Error> {
    let athlete = tx.viewer()?;
    let Some(earlier) = queries::earlier(tx, athlete, today - look_back, today).await? else { return Ok(None) };
    let Ok(before) = serde_json::from_value::<Vec<FindingSnapshot>>(earlier.findings) else { return Ok(None) };
    let items = changes(&before, now).into_iter().filter_map(|changed| item(changed, now, inputs));
    // What says efficiency once more is no news beside it.
    let items = items.filter(|item| item.outcome_key != PACE).collect();
    Ok(Some(News { since: earlier.day, other_method: earlier.engine != engine, items }))
}

/// A change in words; none of a pair that this version does not know.
fn item(changed: Changed, now: &[FindingSnapshot], inputs: &[Input]) -> Option<NewsItem> {
    let (input, outcome) = pair(&changed.key, inputs)?;
    let tested = now.iter().any(|finding| finding.key == changed.key);
    Some(NewsItem {
        outcome_key: outcome.key.to_owned(),
        pair: format!("{} → {}", input.label, lowercase_label(outcome.label)),
        sentence: sentence(changed.difference, input, outcome, tested),
        key: tested.then_some(changed.key),
    })
}

fn sentence(difference: Difference, input: &Input, outcome: &Outcome, tested: bool) -> String {
    let sign = is_sign(&input.key);
    match difference {
        Difference::Appeared { now } => format!("New: {}.", words(now, sign)),
        Difference::Vanished { before } if tested => format!("No longer certain. Before: {}.", words(before, sign)),
        Difference::Vanished { before } => format!("No longer tested. Before: {}.", words(before, sign)),
        Difference::Moved { before, now } => format!("Now: {}. Before: {}.", words(now, sign), words(before, sign)),
        Difference::Resized { before, now } => {
            let decimals = decimals_of_error((now - before) / 2.0);
            let (now, before) = (signed(now, decimals), signed(before, decimals));
            format!("Now {now} {} {}, outside of the interval that it had. Before: {before}.", outcome.unit, input.per)
        }
        Difference::Confirmed => "Confirmed: it held on days that the search never saw.".to_owned(),
        Difference::Unconfirmed => "No longer confirmed on later days. It still holds over all.".to_owned(),
    }
}

/// What a group says of a pair.
const fn words(group: Group, sign: bool) -> &'static str {
    match group {
        Group::Helps => "it works for you",
        Group::Costs => "it costs you",
        Group::Sign => "it goes along with your days, and is no cause",
        Group::SmallButReal => "real, but too small to matter",
        Group::SmallOrChance => "too small to matter, or chance",
        Group::NoEffect if sign => "it says nothing that matters",
        Group::NoEffect => "no effect worth your time",
        Group::Watching | Group::Unknown | Group::FewDays => "no answer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::variables::OUTCOMES;

    fn news(difference: Difference, key: &str, tested: bool) -> NewsItem {
        let now = FindingSnapshot {
            key: key.into(),
            tier: domain::discovery::Tier::Supported,
            group: None,
            is_beneficial: None,
            effect: None,
            interval: None,
            q: None,
        };
        let now = if tested { vec![now] } else { Vec::new() };
        item(Changed { key: key.into(), difference }, &now, &(journal::FEATURE.daily.inputs)()).expect("a known pair")
    }

    #[test]
    fn a_change_is_a_plain_sentence() {
        let sleep = |difference, tested| news(difference, "sleep-hours-efficiency", tested);
        let appeared = sleep(Difference::Appeared { now: Group::Helps }, true);
        assert_eq!((appeared.pair.as_str(), appeared.sentence.as_str()), ("Sleep → efficiency", "New: it works for you."));
        assert_eq!((appeared.key.as_deref(), appeared.outcome_key.as_str()), (Some("sleep-hours-efficiency"), OUTCOMES[0].key));
        let gone = sleep(Difference::Vanished { before: Group::NoEffect }, false);
        assert_eq!((gone.key, gone.sentence.as_str()), (None, "No longer tested. Before: no effect worth your time."));
        assert_eq!(sleep(Difference::Vanished { before: Group::Costs }, true).sentence, "No longer certain. Before: it costs you.");
        let resized = sleep(Difference::Resized { before: 2.04, now: 0.51 }, true).sentence;
        assert_eq!(resized, "Now +0.5 % efficiency per extra hour, outside of the interval that it had. Before: +2.0.");
    }

    #[test]
    fn a_sign_is_never_said_to_work_and_what_nobody_knows_is_left_out() {
        let moved = news(Difference::Moved { before: Group::NoEffect, now: Group::Sign }, "hrv-efficiency", true).sentence;
        assert_eq!(moved, "Now: it goes along with your days, and is no cause. Before: it says nothing that matters.");
        let unknown = Changed { key: "own-shower-efficiency".into(), difference: Difference::Confirmed };
        assert_eq!(item(unknown, &[], &(journal::FEATURE.daily.inputs)()), None);
    }
}
