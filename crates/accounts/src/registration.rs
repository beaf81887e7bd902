//! New accounts.

use domain::accounts::Registration;
use domain::units::Units;
use domain::{FieldErrors, Problem, ProblemKind};
use platform::{Error, Platform, Tx};

use crate::consents::give_consent;
use crate::password;
use crate::queries::accounts;
use crate::sessions::{NewSession, insert_session, signed_in};

/// A registration, and whether the account is synthetic.
pub struct NewAccount {
    /// The checked form.
    pub registration: Registration,
    /// IANA name; `UTC` until the browser sends another.
    pub time_zone: String,
    /// Units, as the browser's languages suggest them.
    pub units: Units,
    /// Whether all its data will be synthetic.
    pub synthetic: bool,
}

/// Creates an account and signs it in.
pub async fn register(platform: &Platform, new: NewAccount) -> Result<NewSession, Error> {
    let Registration { name, email, password } = new.registration;
    let mut fields = FieldErrors::default();
    password::check_new(platform, &mut fields, "password", &password, &[&name, &email]).await?;
    fields.into_result()?;
    let hash = password::hash(platform, password).await?;
    let mut tx = create(platform, &name, &email, &hash, (&new.time_zone, new.units), new.synthetic).await?;
    if new.synthetic {
        // Nobody reads the emails of a synthetic account.
        confirm_address(platform, &mut tx).await?;
    }
    let token = insert_session(platform, &mut tx).await?;
    tx.commit().await?;
    signed_in(platform, token).await
}

/// Inserts an account and returns the transaction, which the caller commits. Its viewer is the new row's own id, as the row-level security policy
/// requires of an insert.
pub(crate) async fn create(
    platform: &Platform,
    name: &str,
    email: &str,
    hash: &str,
    (zone, units): (&str, Units),
    synthetic: bool,
) -> Result<Tx, Error> {
    let now = platform.clock.now();
    let id = platform.ids.uuid(now);
    let time_zone = if platform::clock::is_time_zone(zone) { zone } else { "UTC" };
    let mut tx = platform.database.begin_as(id).await?;
    let row = accounts::Insert { id, email, name, password_hash: hash, time_zone, units, synthetic, created_at: now };
    if !accounts::insert(&mut tx, &row).await? {
        return Err(email_taken().into());
    }
    give_consent(&mut tx, now).await?;
    Ok(tx)
}

/// Records that the address of the viewer's account is confirmed.
pub(crate) async fn confirm_address(platform: &Platform, tx: &mut Tx) -> Result<(), Error> {
    let account = tx.viewer()?;
    accounts::set_confirmed(tx, account, platform.clock.now()).await
}

fn email_taken() -> Problem {
    let mut fields = FieldErrors::default();
    fields.add("email", "There is an account with this address. Sign in instead.");
    Problem { fields, ..Problem::new(ProblemKind::Conflict, "There is an account with this address.") }
}
