//! Favourites.

use chrono::{DateTime, Utc};
use domain::nutrition::{Favourite, Nutrient, OwnNutrient};
use platform::{Error, Tx};
use sqlx::types::Json;
use uuid::Uuid;

use super::entries::{content, keys};

struct Row {
    id: Uuid,
    name: String,
    text: String,
    energy_kcal: Option<f64>,
    carbohydrate_g: Option<f64>,
    protein_g: Option<f64>,
    fat_g: Option<f64>,
    fibre_g: Option<f64>,
    sodium_mg: Option<f64>,
    fluid_ml: Option<f64>,
    caffeine_mg: Option<f64>,
    alcohol_g: Option<f64>,
    at_least: Vec<String>,
    typed: Vec<String>,
    own: Json<Vec<OwnNutrient>>,
}

impl From<Row> for Favourite {
    fn from(r: Row) -> Self {
        let amounts = [r.energy_kcal, r.carbohydrate_g, r.protein_g, r.fat_g, r.fibre_g, r.sodium_mg, r.fluid_ml, r.caffeine_mg, r.alcohol_g];
        Self { id: r.id, name: r.name, text: r.text, content: content(amounts, &r.at_least, &r.typed, r.own.0) }
    }
}

/// All of them, the last used first.
pub(crate) async fn list(tx: &mut Tx, athlete: Uuid) -> Result<Vec<Favourite>, Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, name, text, energy_kcal, carbohydrate_g, protein_g, fat_g, fibre_g, sodium_mg, fluid_ml, caffeine_mg, alcohol_g,
             at_least, typed, own as "own: Json<Vec<OwnNutrient>>"
           from nutrition_favourites where athlete_id = $1 order by used_at desc nulls last, id"#,
        athlete
    );
    Ok(rows.fetch_all(tx.connection()).await?.into_iter().map(Favourite::from).collect())
}

/// One of them.
pub(crate) async fn get(tx: &mut Tx, athlete: Uuid, id: Uuid) -> Result<Option<Favourite>, Error> {
    let row = sqlx::query_as!(
        Row,
        r#"select id, name, text, energy_kcal, carbohydrate_g, protein_g, fat_g, fibre_g, sodium_mg, fluid_ml, caffeine_mg, alcohol_g,
             at_least, typed, own as "own: Json<Vec<OwnNutrient>>"
           from nutrition_favourites where id = $1 and athlete_id = $2"#,
        id,
        athlete
    );
    Ok(row.fetch_optional(tx.connection()).await?.map(Favourite::from))
}

/// Adds a favourite, or replaces the one with its id.
pub(crate) async fn put(tx: &mut Tx, athlete: Uuid, favourite: &Favourite, now: DateTime<Utc>) -> Result<(), Error> {
    let amount = |nutrient| favourite.content.amounts.get(nutrient);
    sqlx::query!(
        "insert into nutrition_favourites (id, athlete_id, name, text, energy_kcal, carbohydrate_g, protein_g, fat_g, fibre_g, sodium_mg, fluid_ml,
           caffeine_mg, alcohol_g, at_least, typed, own, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
         on conflict (id) do update set name = excluded.name, text = excluded.text, energy_kcal = excluded.energy_kcal,
           carbohydrate_g = excluded.carbohydrate_g, protein_g = excluded.protein_g, fat_g = excluded.fat_g, fibre_g = excluded.fibre_g,
           sodium_mg = excluded.sodium_mg, fluid_ml = excluded.fluid_ml, caffeine_mg = excluded.caffeine_mg, alcohol_g = excluded.alcohol_g,
           at_least = excluded.at_least, typed = excluded.typed, own = excluded.own",
        favourite.id,
        athlete,
        favourite.name,
        favourite.text,
        amount(Nutrient::Energy),
        amount(Nutrient::Carbohydrate),
        amount(Nutrient::Protein),
        amount(Nutrient::Fat),
        amount(Nutrient::Fibre),
        amount(Nutrient::Sodium),
        amount(Nutrient::Fluid),
        amount(Nutrient::Caffeine),
        amount(Nutrient::Alcohol),
        &keys(&favourite.content.at_least),
        &keys(&favourite.content.typed),
        Json(&favourite.content.own) as _,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Remembers when it was used.
pub(crate) async fn use_one(tx: &mut Tx, athlete: Uuid, id: Uuid, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query!("update nutrition_favourites set used_at = $3 where id = $1 and athlete_id = $2", id, athlete, now).execute(tx.connection()).await?;
    Ok(())
}

/// Deletes a favourite; entries that it was used for stay. `false` if there is none.
pub(crate) async fn delete(tx: &mut Tx, athlete: Uuid, id: Uuid) -> Result<bool, Error> {
    let deleted = sqlx::query!("delete from nutrition_favourites where id = $1 and athlete_id = $2", id, athlete).execute(tx.connection()).await?;
    Ok(deleted.rows_affected() > 0)
}
