//! What somebody else sees of an athlete's activities. The database says whether, and which parts; only then the server reads as the
//! athlete, cuts the recording down, and computes everything anew from what is left: a number of what is hidden cannot slip through.

use domain::ProblemKind;
use domain::activities::Summary;
use domain::sharing::{Audience, HomeZone, Parts, SHARED_PAGE_SIZE, Shared, SharedPage};
use platform::{Error, Platform, Session};
use recordings::Recording;
use uuid::Uuid;

use crate::export::written;
use crate::recompute::{effective, prepared};
use crate::sharing::{cut, home_zones, sharing};
use crate::{Download, Prepared};

/// What the viewer sees of one activity, and a session that reads it.
struct Sight {
    athlete: String,
    synthetic: bool,
    preview: Option<Audience>,
    parts: Parts,
    session: Session,
}

/// An activity as the viewer, who may be nobody, sees it. Its own athlete sees what an audience would; `None` when that is nothing.
pub async fn shared(platform: &Platform, viewer: Option<Uuid>, id: Uuid, audience: Audience) -> Result<Option<Shared>, Error> {
    let _turn = platform::computing(viewer).await?;
    let Some(Sight { athlete, synthetic, preview, parts, mut session }) = sight(platform, viewer, id, audience).await? else { return Ok(None) };
    let recording = visible(&mut session, id, parts).await?;
    let prepared = computed(&mut session, recording).await?.ok_or_else(|| Error::not_found("activity"))?;
    Ok(Some(Shared { athlete, synthetic, preview, parts, summary: summary(id, &prepared), splits: prepared.splits, series: prepared.series }))
}

/// The same as a GPX file.
pub async fn shared_gpx(platform: &Platform, viewer: Option<Uuid>, id: Uuid, audience: Audience) -> Result<Download, Error> {
    let _turn = platform::computing(viewer).await?;
    let sight = sight(platform, viewer, id, audience).await?;
    let Sight { parts, mut session, .. } = sight.ok_or_else(|| Error::problem(ProblemKind::NotAllowed, "You show nothing of it to others."))?;
    written(visible(&mut session, id, parts).await?, id, "gpx").await
}

/// What an athlete shows of their training to a coach of theirs, newest first.
pub async fn shared_by(platform: &Platform, viewer: Uuid, athlete: Uuid, page: u32) -> Result<SharedPage, Error> {
    let _turn = platform::computing(Some(viewer)).await?;
    let mut asking = platform.database.as_viewer(viewer).await?;
    let shown = sqlx::query!(
        r#"select name as "name!", synthetic as "synthetic!", map as "map!", heart_rate as "heart_rate!" from shown_by($1) where coached"#,
        athlete
    )
    .fetch_optional(asking.connection())
    .await?
    .ok_or_else(|| Error::not_found("training"))?;
    drop(asking);
    let parts = Parts { map: shown.map, heart_rate: shown.heart_rate };
    let mut session = platform.database.as_viewer(athlete).await?;
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
    let zones = home_zones(&mut session).await?;
    let mut items = Vec::new();
    for id in ids {
        let recording = match effective(&mut session, id).await {
            Ok(recording) => recording,
            // One that is damaged hides no other.
            Err(Error::Stored(error)) => {
                tracing::error!(error, activity = %id, "an activity cannot be shown");
                continue;
            }
            Err(error) => return Err(error),
        };
        // What lies at home altogether is left out of the list.
        let around = zones.clone();
        let Some(recording) = platform::compute(move || cut(recording, parts, &around)).await? else { continue };
        items.extend(computed(&mut session, recording).await?.map(|prepared| summary(id, &prepared)));
    }
    Ok(SharedPage { athlete: shown.name, synthetic: shown.synthetic, parts, items, number, more })
}

async fn sight(platform: &Platform, viewer: Option<Uuid>, id: Uuid, audience: Audience) -> Result<Option<Sight>, Error> {
    let mut asking = match viewer {
        Some(viewer) => platform.database.as_viewer(viewer).await?,
        None => platform.database.as_nobody().await?,
    };
    let own = sqlx::query!("select a.name, a.synthetic from activities x join accounts a on a.id = x.athlete_id where x.id = $1", id)
        .fetch_optional(asking.connection())
        .await?;
    if let Some(own) = own {
        let parts = sharing(&mut asking).await?.to(audience);
        return Ok(parts.map(|parts| Sight { athlete: own.name, synthetic: own.synthetic, preview: Some(audience), parts, session: asking }));
    }
    let shown =
        sqlx::query!(r#"select athlete as "athlete!", name as "name!", synthetic as "synthetic!", map as "map!", heart_rate as "heart_rate!" from activity_shown_by($1)"#, id)
            .fetch_optional(asking.connection())
            .await?
            .ok_or_else(|| Error::not_found("activity"))?;
    drop(asking);
    let parts = Parts { map: shown.map, heart_rate: shown.heart_rate };
    Ok(Some(Sight {
        athlete: shown.name,
        synthetic: shown.synthetic,
        preview: None,
        parts,
        session: platform.database.as_viewer(shown.athlete).await?,
    }))
}

async fn visible(session: &mut Session, id: Uuid, parts: Parts) -> Result<Recording, Error> {
    let zones: Vec<HomeZone> = home_zones(session).await?;
    let recording = effective(session, id).await?;
    platform::compute(move || cut(recording, parts, &zones)).await?.ok_or_else(|| Error::not_found("activity"))
}

/// The numbers of what is left; `None` when that is too little for any.
async fn computed(session: &mut Session, recording: Recording) -> Result<Option<Prepared>, Error> {
    match prepared(session, recording).await {
        Ok(prepared) => Ok(Some(prepared)),
        Err(Error::Problem(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn summary(id: Uuid, prepared: &Prepared) -> Summary {
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
        ascent_m: a.ascent_m,
        avg_hr_bpm: a.avg_hr_bpm,
        gap_s_per_km: a.gap_s_per_km,
        efficiency_factor: a.efficiency_factor,
        decoupling_pct: a.decoupling_pct,
        trimp: a.trimp,
        thumb: prepared.thumb.clone(),
    }
}
