//! What a plan for a race needs of activities: the recording of one, and what a hill costs its athlete.

use chrono::NaiveDate;
use domain::activities::Thresholds;
use physiology::grade::Model;
use platform::{Error, Tx};
use recordings::Recording;
use uuid::Uuid;

use crate::analyse::parameters;
use crate::recording::{Columns, effective_with};
use crate::thresholds::thresholds;

/// What a hill costs the viewer on a day.
pub async fn grade_model(tx: &mut Tx, day: NaiveDate) -> Result<Model, Error> {
    Ok(parameters(&Thresholds::on(day, &thresholds(tx).await?), day).grade_model)
}

/// The recording of an activity of the viewer's as it counts, with its title. It is large: ask with a permit ([`platform::with_heavy_permit`]).
pub async fn recording(tx: &mut Tx, id: Uuid) -> Result<Recording, Error> {
    effective_with(tx, id, Columns::Standard).await
}
