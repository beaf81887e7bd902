//! The part of an activity that somebody picked in its charts.

use domain::activities::{PickedPart, Stretch, Thresholds};
use physiology::stretch::Stretches;
use platform::{Error, Tx};
use recordings::Sport;
use uuid::Uuid;

use crate::analyse::parameters;
use crate::queries::detail;
use crate::recording::effective_recording;
use crate::series::chart_series;
use crate::thresholds::thresholds;

/// The numbers of a part of an activity, and its charts by itself if they are wanted. `None` if nothing of the recording lies in it.
pub async fn stretch(tx: &mut Tx, id: Uuid, part: PickedPart) -> Result<Option<Stretch>, Error> {
    let (lag_s, day) = detail::lag(tx, id).await?.ok_or_else(|| Error::not_found("activity"))?;
    let recording = effective_recording(tx, id).await?;
    let dated = thresholds(tx).await?;
    platform::compute(move || {
        let model = parameters(&Thresholds::on(day, &dated), day).grade_model;
        let track = physiology::track(&recording, model)?;
        let on_foot = matches!(recording.sport, Sport::Running | Sport::Walking);
        let stretches = Stretches::new(&track, on_foot, lag_s.unwrap_or(physiology::lag::DEFAULT_LAG_S));
        let (from, to) = (part.from.min(part.to), part.from.max(part.to));
        let found = if part.timed { stretches.between_times(from, to) } else { stretches.between_distances(from, to) }?;
        let timed = track.total_m().is_none();
        let range = if timed { Some((found.from_s, found.to_s)) } else { found.ends_m() };
        let series = range.filter(|_| part.drawn).map(|range| chart_series(&track, recording.sport, true, Some(range)));
        Some(Stretch { series, ..found })
    })
    .await
}
