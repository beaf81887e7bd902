//! A session as a file for a watch.

use domain::plan::{Aim, Block, Expected, Length, Planned, Role, Step, Steps, Target};
use domain::units::{NBSP, Units};
use platform::{Error, Tx};
use recordings::fit::{Workout, encode_workout};
use uuid::Uuid;

use crate::service::stored;

/// The name and the bytes of a workout in FIT. A session without steps is one step, as long as its target says.
pub(crate) async fn workout(tx: &mut Tx, id: Uuid, units: Units) -> Result<(String, Vec<u8>), Error> {
    let session = stored(tx, id).await?;
    let steps = if session.steps.is_empty() { whole(session.target) } else { session.steps.clone() };
    let (day, kind) = (session.day, session.kind);
    let name = Planned { session, expected: Expected::default(), activity: None }.name(units).replace(NBSP, " ");
    let bytes = encode_workout(&Workout { name: &name, kind, steps: &steps, day });
    Ok((format!("{day}-{}.fit", kind.code()), bytes))
}

/// A target as a single step.
fn whole(target: Target) -> Steps {
    let length = match target {
        Target::Distance(metres) => Length::Distance(metres),
        Target::Duration(seconds) => Length::Duration(seconds),
        Target::Load(_) | Target::None => Length::Open,
    };
    Steps(vec![Block::Once(Step { role: Role::Work, length, aim: Aim::Free })])
}
