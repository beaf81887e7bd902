//! The tables `visibility_settings` and `privacy_zones`.

use chrono::{DateTime, Utc};
use domain::sharing::{Audience, PrivacyZone, Sharing};
use platform::{Error, Tx};
use uuid::Uuid;

/// The viewer's visibility settings; nothing is shared by default.
pub async fn sharing(tx: &mut Tx) -> Result<Sharing, Error> {
    let athlete = tx.viewer()?;
    let row = sqlx::query!("select training, map, heart_rate from visibility_settings where athlete_id = $1", athlete)
        .fetch_optional(tx.connection())
        .await?;
    let audience = Audience::parse;
    Ok(row.map_or_else(Sharing::default, |r| Sharing { training: audience(&r.training), map: audience(&r.map), heart_rate: audience(&r.heart_rate) }))
}

/// Stores the viewer's visibility settings.
pub async fn save_sharing(tx: &mut Tx, sharing: Sharing) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    sqlx::query!(
        "insert into visibility_settings (athlete_id, training, map, heart_rate) values ($1, $2, $3, $4)
         on conflict (athlete_id) do update set training = excluded.training, map = excluded.map, heart_rate = excluded.heart_rate",
        athlete,
        sharing.training.key(),
        sharing.map.key(),
        sharing.heart_rate.key()
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// The viewer's privacy zones.
pub async fn privacy_zones(tx: &mut Tx) -> Result<Vec<PrivacyZone>, Error> {
    let athlete = tx.viewer()?;
    Ok(sqlx::query_as!(
        PrivacyZone,
        r#"select id, name, latitude_deg, longitude_deg, radius_m, hidden_m as "hidden_m!", coalesce(everything, false) as "everything!", created_at
           from privacy_zones where athlete_id = $1 and removed_at is null order by created_at, id"#,
        athlete
    )
    .fetch_all(tx.connection())
    .await?)
}

/// How many privacy zones the viewer has.
pub(crate) async fn count_zones(tx: &mut Tx) -> Result<i64, Error> {
    let athlete = tx.viewer()?;
    let count = sqlx::query_scalar!(r#"select count(*) as "there!" from privacy_zones where athlete_id = $1 and removed_at is null"#, athlete);
    Ok(count.fetch_one(tx.connection()).await?)
}

/// A new privacy zone.
pub(crate) struct NewZone<'a> {
    pub(crate) id: Uuid,
    pub(crate) name: &'a str,
    /// Of its centre, shifted.
    pub(crate) latitude_deg: f64,
    pub(crate) longitude_deg: f64,
    pub(crate) radius_m: f64,
    /// Metres around the centre within which everything is hidden.
    pub(crate) hidden_m: f64,
    /// Metres north and east from the location to the centre.
    pub(crate) shift: (f64, f64),
    /// Whether routes that only pass through are hidden, too.
    pub(crate) everything: bool,
    pub(crate) created_at: DateTime<Utc>,
}

/// Inserts a privacy zone.
pub(crate) async fn insert_zone(tx: &mut Tx, zone: &NewZone<'_>) -> Result<(), Error> {
    let athlete = tx.viewer()?;
    sqlx::query!(
        "insert into privacy_zones (id, athlete_id, name, latitude_deg, longitude_deg, radius_m, hidden_m, shift_north_m, shift_east_m, everything,
           created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        zone.id,
        athlete,
        zone.name,
        zone.latitude_deg,
        zone.longitude_deg,
        zone.radius_m,
        zone.hidden_m,
        zone.shift.0,
        zone.shift.1,
        zone.everything,
        zone.created_at
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// The centre of a privacy zone, and how it was shifted.
pub(crate) struct Shifted {
    pub(crate) latitude_deg: f64,
    pub(crate) longitude_deg: f64,
    /// Metres from the location to the centre.
    pub(crate) north_m: f64,
    pub(crate) east_m: f64,
}

/// The centres of all privacy zones, removed or not, in the order in which they were created.
pub(crate) async fn shifted_zones(tx: &mut Tx) -> Result<Vec<Shifted>, Error> {
    let athlete = tx.viewer()?;
    let rows = sqlx::query_as!(
        Shifted,
        r#"select latitude_deg, longitude_deg, shift_north_m as "north_m!", shift_east_m as "east_m!" from privacy_zones
           where athlete_id = $1 order by created_at, id"#,
        athlete
    );
    Ok(rows.fetch_all(tx.connection()).await?)
}

/// Marks a zone as removed. `false` if there is none.
pub(crate) async fn remove_zone(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<bool, Error> {
    let athlete = tx.viewer()?;
    let removed = sqlx::query!("update privacy_zones set removed_at = $3 where id = $1 and athlete_id = $2 and removed_at is null", id, athlete, now);
    Ok(removed.execute(tx.connection()).await?.rows_affected() > 0)
}

/// The last ten activities, activities of impossible days left out.
pub(crate) async fn last_ten(tx: &mut Tx) -> Result<Vec<Uuid>, Error> {
    let athlete = tx.viewer()?;
    let last = sqlx::query_scalar!(
        "select id from activities where athlete_id = $1 and merged_into is null and is_possible_day(local_date, created_at)
         order by started_at desc limit 10",
        athlete
    );
    Ok(last.fetch_all(tx.connection()).await?)
}
