//! What other people see of an athlete's activities. The database decides whether, and which parts; only then does the server read as the
//! athlete, redact the recording, and recompute everything from what is left: no number of a hidden part can slip through.

use domain::ProblemKind;
use domain::activities::{SportStyle, Summary};
use domain::list::{Cursor, Page, PageRequest};
use domain::sharing::{Audience, PrivacyZone, SHARED_PAGE_SIZE, Shared, SharedPage, VisibleParts};
use domain::units::Units;
use platform::{ChargedTo, Error, Platform, Tx};
use recordings::Recording;
use uuid::Uuid;

use crate::export::encode_as;
use crate::queries::shared::{self as queries, Visible};
use crate::recompute::analyse;
use crate::recording::{Columns, effective_with};
use crate::sharing::{privacy_zones, redact, sharing};
use crate::{AnalysedActivity, Download};

/// What the viewer may see of one activity.
struct VisibleActivity {
    athlete: Uuid,
    name: String,
    synthetic: bool,
    preview: Option<Audience>,
    parts: VisibleParts,
}

/// An activity as the viewer, who may be anonymous, sees it in these units. Its own athlete sees what `audience` would; `None` when that is nothing.
pub async fn view_shared_activity(
    platform: &Platform,
    viewer: Option<Uuid>,
    id: Uuid,
    audience: Audience,
    units: Units,
) -> Result<Option<Shared>, Error> {
    with_visible(platform, viewer, id, audience, async |tx, visible| {
        let VisibleActivity { name: athlete, synthetic, preview, parts, .. } = visible;
        let recording = visible_recording(tx, id, parts).await?;
        let analysed = analyse_visible(tx, recording).await?.ok_or_else(|| Error::not_found("activity"))?;
        let summary = summary(id, &analysed);
        let splits = analysed.splits_by(SportStyle::of(&summary.sport, None).split_m(units));
        Ok(Shared { athlete, synthetic, preview, parts, summary, splits, series: analysed.series })
    })
    .await
}

/// The same activity as a GPX file.
pub async fn shared_gpx(platform: &Platform, viewer: Option<Uuid>, id: Uuid, audience: Audience) -> Result<Download, Error> {
    let file = with_visible(platform, viewer, id, audience, async |tx, visible| {
        encode_as(platform, visible_recording(tx, id, visible.parts).await?, id, "gpx").await
    });
    file.await?.ok_or_else(|| Error::problem(ProblemKind::NotAllowed, "You show nothing of it to others."))
}

/// The activities that an athlete shares with one of their coaches, newest first.
pub async fn list_shared_activities(platform: &Platform, viewer: Uuid, athlete: Uuid, request: &PageRequest) -> Result<SharedPage, Error> {
    platform::with_heavy_permit(ChargedTo::Account(viewer), list_page(platform, viewer, athlete, request)).await
}

async fn list_page(platform: &Platform, viewer: Uuid, athlete: Uuid, request: &PageRequest) -> Result<SharedPage, Error> {
    let mut viewer_tx = platform.database.begin_as(viewer).await?;
    let Visible { name, synthetic, parts, .. } = queries::of_athlete(&mut viewer_tx, athlete).await?.ok_or_else(|| Error::not_found("training"))?;
    drop(viewer_tx);
    let mut tx = platform.database.begin_as(athlete).await?;
    let (before, before_id) = request.before_moment();
    let found = queries::page(&mut tx, before, before_id, request.limit(SHARED_PAGE_SIZE)).await?;
    let Page { items: found, next, first } = Page::of(request, SHARED_PAGE_SIZE, found, |(id, started_at)| Cursor::of_moment(*started_at, *id));
    let zones = privacy_zones(&mut tx).await?;
    let mut items = Vec::new();
    for (id, _) in found {
        let recording = match effective_with(&mut tx, id, Columns::Standard).await {
            Ok(recording) => recording,
            // A damaged one must not hide the others.
            Err(Error::Internal(error)) => {
                tracing::error!(error, activity = %id, "an activity cannot be shown");
                continue;
            }
            Err(error) => return Err(error),
        };
        // An activity that lies entirely within a privacy zone is left out of the list.
        let zones = zones.clone();
        let Some(recording) = platform::compute(move || redact(recording, parts, &zones)).await? else { continue };
        items.extend(analyse_visible(&mut tx, recording).await?.map(|analysed| summary(id, &analysed)));
    }
    Ok(SharedPage { athlete: name, synthetic, parts, page: Page { items, next, first } })
}

/// Runs `work` on what the viewer may see, in a transaction as its athlete. All viewers of one athlete share one place in the queue, and never
/// take the athlete's own turn.
async fn with_visible<T>(
    platform: &Platform,
    viewer: Option<Uuid>,
    id: Uuid,
    audience: Audience,
    work: impl AsyncFnOnce(&mut Tx, VisibleActivity) -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    let Some(first) = resolve_visibility(platform, viewer, id, audience).await? else { return Ok(None) };
    let permitted = async {
        // Checked again: the athlete may show less by now.
        let Some(visible) = resolve_visibility(platform, viewer, id, audience).await? else { return Ok(None) };
        let mut tx = platform.database.begin_as(visible.athlete).await?;
        work(&mut tx, visible).await.map(Some)
    };
    platform::with_heavy_permit(ChargedTo::SharedBy(first.athlete), permitted).await
}

async fn resolve_visibility(platform: &Platform, viewer: Option<Uuid>, id: Uuid, audience: Audience) -> Result<Option<VisibleActivity>, Error> {
    let mut tx = match viewer {
        Some(viewer) => platform.database.begin_as(viewer).await?,
        None => platform.database.begin_anonymous().await?,
    };
    if let Some(hidden) = queries::own_hidden(&mut tx, id).await? {
        if hidden {
            return Ok(None);
        }
        let parts = sharing(&mut tx).await?.to(audience);
        let (athlete, owner) = (tx.viewer()?, accounts::displayed(&mut tx).await?);
        return Ok(parts.map(|parts| VisibleActivity { athlete, name: owner.name, synthetic: owner.synthetic, preview: Some(audience), parts }));
    }
    let Visible { athlete, name, synthetic, parts } = queries::of_activity(&mut tx, id).await?.ok_or_else(|| Error::not_found("activity"))?;
    Ok(Some(VisibleActivity { athlete, name, synthetic, preview: None, parts }))
}

async fn visible_recording(tx: &mut Tx, id: Uuid, parts: VisibleParts) -> Result<Recording, Error> {
    let zones: Vec<PrivacyZone> = privacy_zones(tx).await?;
    let recording = effective_with(tx, id, Columns::Standard).await?;
    platform::compute(move || redact(recording, parts, &zones)).await?.ok_or_else(|| Error::not_found("activity"))
}

/// The metrics of what is left; `None` when that is too little.
async fn analyse_visible(tx: &mut Tx, recording: Recording) -> Result<Option<AnalysedActivity>, Error> {
    match analyse(tx, recording).await {
        Ok(analysed) => Ok(Some(analysed)),
        Err(Error::Problem(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn summary(id: Uuid, analysed: &AnalysedActivity) -> Summary {
    let a = &analysed.analysis;
    Summary {
        id,
        sport: analysed.recording.sport.as_str().to_owned(),
        title: analysed.title.clone(),
        day: analysed.local_start.date(),
        local_start: analysed.local_start,
        started_at: analysed.started_at,
        distance_m: a.distance_m,
        moving_s: a.moving_s,
        elapsed_s: a.elapsed_s,
        elevation_gain_m: a.elevation_gain_m,
        avg_hr_bpm: a.avg_hr_bpm,
        gap_s_per_km: a.gap_s_per_km,
        efficiency_factor: a.efficiency_factor,
        decoupling_pct: a.decoupling_pct,
        trimp: a.trimp,
        route_preview: analysed.route_preview.clone(),
    }
}
