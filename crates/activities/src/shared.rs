//! What somebody else sees of an athlete's activities. The database says whether, and which parts; only then the server reads as the
//! athlete, cuts the recording down, and computes everything anew from what is left: a number of what is hidden cannot slip through.

use domain::ProblemKind;
use domain::activities::Summary;
use domain::sharing::{Audience, PrivacyZone, SHARED_PAGE_SIZE, Shared, SharedPage, VisibleParts};
use platform::{ChargedTo, Error, Platform, Tx};
use recordings::Recording;
use uuid::Uuid;

use crate::export::encode_as;
use crate::recompute::{Columns, analyse, effective_with};
use crate::sharing::{cut, privacy_zones, sharing};
use crate::{AnalysedActivity, Download};

/// What the viewer sees of one activity.
struct VisibleActivity {
    athlete: Uuid,
    name: String,
    synthetic: bool,
    preview: Option<Audience>,
    parts: VisibleParts,
}

/// An activity as the viewer, who may be nobody, sees it. Its own athlete sees what an audience would; `None` when that is nothing.
pub async fn view_shared_activity(platform: &Platform, viewer: Option<Uuid>, id: Uuid, audience: Audience) -> Result<Option<Shared>, Error> {
    seen(platform, viewer, id, audience, async |session, sight| {
        let VisibleActivity { name: athlete, synthetic, preview, parts, .. } = sight;
        let recording = visible_recording(session, id, parts).await?;
        let prepared = analyse_visible(session, recording).await?.ok_or_else(|| Error::not_found("activity"))?;
        Ok(Shared { athlete, synthetic, preview, parts, summary: summary(id, &prepared), splits: prepared.splits, series: prepared.series })
    })
    .await
}

/// The same as a GPX file.
pub async fn shared_gpx(platform: &Platform, viewer: Option<Uuid>, id: Uuid, audience: Audience) -> Result<Download, Error> {
    let file = seen(platform, viewer, id, audience, async |session, sight| {
        encode_as(platform, visible_recording(session, id, sight.parts).await?, id, "gpx").await
    });
    file.await?.ok_or_else(|| Error::problem(ProblemKind::NotAllowed, "You show nothing of it to others."))
}

/// What an athlete shows of their training to a coach of theirs, newest first.
pub async fn list_shared_activities(platform: &Platform, viewer: Uuid, athlete: Uuid, page: u32) -> Result<SharedPage, Error> {
    platform::with_heavy_permit(ChargedTo::Account(viewer), list_of(platform, viewer, athlete, page)).await
}

async fn list_of(platform: &Platform, viewer: Uuid, athlete: Uuid, page: u32) -> Result<SharedPage, Error> {
    let mut asking = platform.database.begin_as(viewer).await?;
    let shown = sqlx::query!(
        r#"select name as "name!", synthetic as "synthetic!", map as "map!", heart_rate as "heart_rate!" from visibility_of_athlete($1) where coached"#,
        athlete
    )
    .fetch_optional(asking.connection())
    .await?
    .ok_or_else(|| Error::not_found("training"))?;
    drop(asking);
    let parts = VisibleParts { map: shown.map, heart_rate: shown.heart_rate };
    let mut session = platform.database.begin_as(athlete).await?;
    let number = page.clamp(1, 10_000);
    let mut ids = sqlx::query_scalar!(
        "select id from activities where athlete_id = $1 and merged_into is null order by started_at desc, id desc limit $2 offset $3",
        athlete,
        i64::from(SHARED_PAGE_SIZE) + 1,
        i64::from((number - 1) * SHARED_PAGE_SIZE)
    )
    .fetch_all(session.connection())
    .await?;
    let more = ids.len() > SHARED_PAGE_SIZE as usize;
    ids.truncate(SHARED_PAGE_SIZE as usize);
    let zones = privacy_zones(&mut session).await?;
    let mut items = Vec::new();
    for id in ids {
        let recording = match effective_with(&mut session, id, Columns::Standard).await {
            Ok(recording) => recording,
            // One that is damaged hides no other.
            Err(Error::Internal(error)) => {
                tracing::error!(error, activity = %id, "an activity cannot be shown");
                continue;
            }
            Err(error) => return Err(error),
        };
        // What lies at home altogether is left out of the list.
        let around = zones.clone();
        let Some(recording) = platform::compute(move || cut(recording, parts, &around)).await? else { continue };
        items.extend(analyse_visible(&mut session, recording).await?.map(|prepared| summary(id, &prepared)));
    }
    Ok(SharedPage { athlete: shown.name, synthetic: shown.synthetic, parts, items, number, more })
}

/// Computes of what the viewer may see, in a session of its athlete: all who look at one athlete's are one in the queue, and never take the
/// athlete's own turn.
async fn seen<T>(
    platform: &Platform,
    viewer: Option<Uuid>,
    id: Uuid,
    audience: Audience,
    act: impl AsyncFnOnce(&mut Tx, VisibleActivity) -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    let Some(first) = resolve_visibility(platform, viewer, id, audience).await? else { return Ok(None) };
    let work = async {
        // Asked again: what is shown may be less by now.
        let Some(sight) = resolve_visibility(platform, viewer, id, audience).await? else { return Ok(None) };
        let mut session = platform.database.begin_as(sight.athlete).await?;
        act(&mut session, sight).await.map(Some)
    };
    platform::with_heavy_permit(ChargedTo::SharedBy(first.athlete), work).await
}

async fn resolve_visibility(platform: &Platform, viewer: Option<Uuid>, id: Uuid, audience: Audience) -> Result<Option<VisibleActivity>, Error> {
    let mut asking = match viewer {
        Some(viewer) => platform.database.begin_as(viewer).await?,
        None => platform.database.begin_anonymous().await?,
    };
    let own = sqlx::query!("select a.id, a.name, a.synthetic from activities x join accounts a on a.id = x.athlete_id where x.id = $1", id)
        .fetch_optional(asking.connection())
        .await?;
    if let Some(own) = own {
        let parts = sharing(&mut asking).await?.to(audience);
        return Ok(parts.map(|parts| VisibleActivity { athlete: own.id, name: own.name, synthetic: own.synthetic, preview: Some(audience), parts }));
    }
    let shown =
        sqlx::query!(r#"select athlete as "athlete!", name as "name!", synthetic as "synthetic!", map as "map!", heart_rate as "heart_rate!" from visibility_of_activity($1)"#, id)
            .fetch_optional(asking.connection())
            .await?
            .ok_or_else(|| Error::not_found("activity"))?;
    let parts = VisibleParts { map: shown.map, heart_rate: shown.heart_rate };
    Ok(Some(VisibleActivity { athlete: shown.athlete, name: shown.name, synthetic: shown.synthetic, preview: None, parts }))
}

async fn visible_recording(session: &mut Tx, id: Uuid, parts: VisibleParts) -> Result<Recording, Error> {
    let zones: Vec<PrivacyZone> = privacy_zones(session).await?;
    let recording = effective_with(session, id, Columns::Standard).await?;
    platform::compute(move || cut(recording, parts, &zones)).await?.ok_or_else(|| Error::not_found("activity"))
}

/// The numbers of what is left; `None` when that is too little for any.
async fn analyse_visible(session: &mut Tx, recording: Recording) -> Result<Option<AnalysedActivity>, Error> {
    match analyse(session, recording).await {
        Ok(prepared) => Ok(Some(prepared)),
        Err(Error::Problem(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn summary(id: Uuid, prepared: &AnalysedActivity) -> Summary {
    let a = &prepared.analysis;
    Summary {
        id,
        sport: prepared.recording.sport.as_str().to_owned(),
        title: prepared.title.clone(),
        day: prepared.local_start.date(),
        local_start: prepared.local_start,
        started_at: prepared.started_at,
        distance_m: a.distance_m,
        moving_s: a.moving_s,
        elapsed_s: a.elapsed_s,
        elevation_gain_m: a.elevation_gain_m,
        avg_hr_bpm: a.avg_hr_bpm,
        gap_s_per_km: a.gap_s_per_km,
        efficiency_factor: a.efficiency_factor,
        decoupling_pct: a.decoupling_pct,
        trimp: a.trimp,
        route_preview: prepared.route_preview.clone(),
    }
}
