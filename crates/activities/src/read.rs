//! Reading activities for pages.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::activities::{
    ActivityList, Caveat, Detail, Effort, Filter, Leg, ListRequest, ListRow, ListView, PAGE_SIZE, Provenance, Related, Sort, Split, SportStyle,
    Summary, Thresholds,
};
use domain::list::{Cursor, Page};
use domain::units::Units;
use platform::{Error, Tx};
use recordings::Warning;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use crate::analyse::{assumed, assumed_by_zones, is_stored, splits_by};
use crate::compared::{AmongEarlier, among_earlier};
use crate::listed::{self, Month, Question};
pub use crate::queries::list::{activities_of_files, count, latest, overlapping};
use crate::queries::{bulk, detail as queries, filters, gear, list};
use crate::recording::{Columns, effective_with};
use crate::thresholds::thresholds;

/// A page of the list, with what all that the filter lets in adds up to. Weeks begin as in these units. A page beyond the last is empty.
pub async fn list(tx: &mut Tx, request: &ListRequest, units: Units) -> Result<ActivityList, Error> {
    let of = list::count(tx).await?;
    let (months, question) = months(tx, &request.filter).await?;
    let (sort, after, limit) = (request.sort, request.page.after_number_and_id(), request.page.limit(PAGE_SIZE));
    // Milliseconds of work for tens of thousands of activities, which should not delay other requests.
    let (places, kinds, weeks) = platform::compute(move || {
        let selected = question.select(&months);
        let places = listed::page(&selected, sort, after, usize::try_from(limit).unwrap_or(usize::MAX));
        let weeks = if sort.is_by_time() { listed::weeks(&selected, &places, units) } else { Vec::new() };
        (places, listed::sums(selected.iter()), weeks)
    })
    .await?;
    let places = Page::of(&request.page, PAGE_SIZE, places, |listed| Cursor::of_number_and_id(listed.key(sort), listed.id));
    let ids: Vec<Uuid> = places.items.iter().map(|listed| listed.id).collect();
    let mut rows: HashMap<Uuid, ListRow> = list::rows(tx, &ids).await?.into_iter().map(|row| (row.summary.id, row)).collect();
    let page = Page { items: ids.iter().filter_map(|id| rows.remove(id)).collect(), next: places.next, first: places.first };
    Ok(ActivityList { page, kinds, weeks, of })
}

/// Gear that is offered.
const OFFERED: i64 = 100;

/// The page of the list that an address asks for; what cannot be read of it is left out.
pub async fn list_view(tx: &mut Tx, query: &str, units: Units, today: NaiveDate) -> Result<ListView, Error> {
    let (request, _) = ListRequest::of_query(query);
    let list = list(tx, &request, units).await?;
    let done = match query.split('&').find_map(|field| field.strip_prefix("edit=")?.parse().ok()) {
        Some(edit) => bulk::done(tx, edit).await?,
        None => None,
    };
    Ok(ListView { list, today, saved: filters::all(tx).await?, gear: gear::names(tx, OFFERED).await?, done })
}

/// The activities that a filter lets in, in the order of a list, at most so many.
pub async fn select(tx: &mut Tx, filter: &Filter, sort: Sort, most: usize) -> Result<Vec<Uuid>, Error> {
    let (months, question) = months(tx, filter).await?;
    platform::compute(move || listed::page(&question.select(&months), sort, None, most).into_iter().map(|listed| listed.id).collect()).await
}

/// What a filter is asked of, and what it asks.
async fn months(tx: &mut Tx, filter: &Filter) -> Result<(Vec<Month>, Question), Error> {
    let near = match filter.near {
        Some(id) => list::start(tx, id).await?,
        None => None,
    };
    let (from, to) = listed::months_of(filter);
    let months = list::months(tx, from, to, Question::needs_words(filter)).await?;
    Ok((months, Question::new(filter, near)))
}

/// Locks an activity until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    if queries::lock(tx, id).await? { Ok(()) } else { Err(Error::not_found("activity")) }
}

/// Everything that an activity's page shows; its sentences are in these units, and its splits as long as its sport and they have them.
pub async fn detail_in(tx: &mut Tx, id: Uuid, units: Units) -> Result<Detail, Error> {
    let detail = with_sentences(tx, id, units).await?;
    let length_m = SportStyle::of_kind(detail.kind, detail.sub_sport.as_deref()).split_m(units);
    if detail.splits.is_empty() || is_stored(length_m) {
        return Ok(detail);
    }
    let splits = match splits_of(tx, &detail.summary, length_m).await {
        // A damaged recording must not hide what is stored of it.
        Err(Error::Internal(error)) => {
            tracing::error!(error, activity = %id, "the splits of an activity cannot be computed");
            Vec::new()
        }
        splits => splits?,
    };
    Ok(Detail { splits, ..detail })
}

async fn splits_of(tx: &mut Tx, summary: &Summary, length_m: f64) -> Result<Vec<Split>, Error> {
    let recording = effective_with(tx, summary.id, Columns::Standard).await?;
    let (day, dated) = (summary.local_start.date(), thresholds(tx).await?);
    platform::compute(move || splits_by(&recording, &Thresholds::on(day, &dated), day, length_m)).await
}

/// Everything that there is to show of an activity, as programs read it: in kilometres, with splits of one.
pub async fn detail(tx: &mut Tx, id: Uuid) -> Result<Detail, Error> {
    with_sentences(tx, id, Units::default()).await
}

async fn with_sentences(tx: &mut Tx, id: Uuid, units: Units) -> Result<Detail, Error> {
    let queries::Own { detail, warnings, caveats, compared } = queries::own(tx, id).await?.ok_or_else(|| Error::not_found("activity"))?;
    let best = queries::best_efforts(tx, &detail.summary).await?;
    let provenance = provenance(tx, id).await?;
    // Where the date is impossible, the page itself asks for it; once it is given, the warning is void.
    let asked = provenance.dated || provenance.impossible_day;
    let warnings = known::<Warning>(warnings).filter(|w| !(asked && w.is_about_date())).map(|w| w.to_string());
    let warnings = warnings.chain(known::<Caveat>(caveats).map(|c| c.in_units(units))).collect();
    let own = &detail.summary;
    let AmongEarlier { comparisons, insights, on_route } = among_earlier(tx, own, detail.temperature_c, &compared, &best).await?;
    let day = own.local_start.date();
    let used = Thresholds::on(day, &thresholds(tx).await?);
    let (assumed, zones_assumed) = (assumed(&used, day), assumed_by_zones(&used, day));
    let efforts = best.into_iter().map(ranked).collect();
    let event = Leg::one_event(queries::of_one_recording(tx, id).await?);
    Ok(Detail { event, efforts, history: provenance, warnings, comparisons, insights, on_route, assumed, zones_assumed, ..detail })
}

/// Codes as stored. One that only a newer version knows is left out.
fn known<T: DeserializeOwned>(stored: Vec<Value>) -> impl Iterator<Item = T> {
    let read = |code| serde_json::from_value(code).inspect_err(|error| tracing::warn!(%error, "a code of an activity")).ok();
    stored.into_iter().filter_map(read)
}

/// A best effort over a distance with its rank among all of the athlete's.
fn ranked(effort: queries::BestEffort) -> Effort {
    let rank = u8::try_from(effort.faster + 1).ok().filter(|r| *r <= 3);
    Effort { distance_m: effort.distance_m, elapsed_s: effort.elapsed_s, rank }
}

/// Where an activity came from and what was done to it.
async fn provenance(tx: &mut Tx, id: Uuid) -> Result<Provenance, Error> {
    let (mut out, split_from) = queries::provenance(tx, id).await?;
    out.whole_s = crate::recording::source_duration_s(tx, id).await?;
    for r in queries::relatives(tx, id, split_from).await? {
        let related =
            Related { id: r.id, title: r.title, source: r.source.unwrap_or_default(), local_start: r.local_start, distance_m: r.distance_m };
        if r.merged_into == Some(id) {
            out.merged.push(related);
        } else if r.split_from == Some(id) {
            out.split_off.push(related);
        } else {
            out.split_from = Some(related);
        }
    }
    Ok(out)
}
