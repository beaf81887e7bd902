//! On which of the athlete's routes an activity was: recognised when it is stored, so that pages only read.

use physiology::route::{Line, Match};
use platform::{Error, Tx};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::queries::routes as queries;

/// Routes that are looked at, of those with a similar length around a similar place.
const MOST_CANDIDATES: i64 = 20;

/// Finds the route of an activity among those of earlier stored ones, in the same direction, or begins a new one.
pub(crate) async fn assign(tx: &mut Tx, activity: Uuid, line: Option<&Line>) -> Result<(), Error> {
    let Some(line) = line else { return queries::set(tx, activity, None).await };
    let signature = line.signature();
    let known = queries::candidates(tx, activity, signature.candidates(), MOST_CANDIDATES).await?;
    let own = line.clone();
    let same = platform::compute(move || known.into_iter().find(|known| known.line.matches(&own) == Match::Same).map(|known| known.id)).await?;
    queries::set(tx, activity, Some((same.unwrap_or_else(|| new_route(activity, line)), line, signature))).await
}

/// An id of a new route. It depends on the line too: an activity that is cropped leaves the route to those that were on it with it.
fn new_route(activity: Uuid, line: &Line) -> Uuid {
    let mut hash = Sha256::new_with_prefix(activity.as_bytes());
    for (north, east) in Vec::from(line.clone()).into_iter().flatten() {
        hash.update(north.to_be_bytes());
        hash.update(east.to_be_bytes());
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
