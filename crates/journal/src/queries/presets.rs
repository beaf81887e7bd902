//! The table `table_presets`.

use chrono::{DateTime, Utc};
use domain::journal::ColumnMeaning;
use platform::{Error, Tx};
use uuid::Uuid;

/// The names of the columns that mean something, in the order of the table, and what each means.
pub type Preset = Vec<(String, ColumnMeaning)>;

/// An athlete's presets, the one that was used last first.
pub(crate) async fn list(tx: &mut Tx, athlete: Uuid) -> Result<Vec<Preset>, Error> {
    let rows = sqlx::query!("select headers, meanings from table_presets where athlete_id = $1 order by used_at desc", athlete);
    let preset =
        |headers: Vec<String>, meanings: Vec<String>| headers.into_iter().zip(meanings.iter().map(|meaning| ColumnMeaning::parse(meaning))).collect();
    Ok(rows.fetch_all(tx.connection()).await?.into_iter().map(|row| preset(row.headers, row.meanings)).collect())
}

/// Inserts a preset, or replaces the one of the same headers.
pub(crate) async fn put(tx: &mut Tx, athlete: Uuid, id: Uuid, preset: &Preset, now: DateTime<Utc>) -> Result<(), Error> {
    let headers: Vec<String> = preset.iter().map(|(header, _)| header.clone()).collect();
    let meanings: Vec<String> = preset.iter().map(|(_, meaning)| meaning.name().to_owned()).collect();
    sqlx::query!(
        "insert into table_presets (id, athlete_id, headers, meanings, used_at, created_at) values ($1, $2, $3, $4, $5, $5)
         on conflict (athlete_id, headers) do update set meanings = excluded.meanings, used_at = excluded.used_at",
        id,
        athlete,
        &headers,
        &meanings,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Deletes all but the latest presets.
pub(crate) async fn keep_latest(tx: &mut Tx, athlete: Uuid, most: i64) -> Result<(), Error> {
    sqlx::query!(
        "delete from table_presets where athlete_id = $1 and id not in
           (select p.id from table_presets p where p.athlete_id = $1 order by p.used_at desc limit $2)",
        athlete,
        most
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
