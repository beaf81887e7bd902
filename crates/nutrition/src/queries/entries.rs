//! Entries.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::nutrition::{Amounts, Choice, Content, Nutrient, OwnNutrient, Relation};
use platform::{Error, Tx};
use sqlx::types::Json;
use uuid::Uuid;

/// An athlete's entries as a table.
pub(crate) const SPREADSHEET: &str =
    "select day, to_char(make_time(minute / 60, minute % 60, 0), 'HH24:MI') as time, text, energy_kcal, carbohydrate_g, protein_g, fat_g, fibre_g, sodium_mg,
       fluid_ml, caffeine_mg, alcohol_g, array_to_string(at_least, ' ') as at_least,
       (select string_agg(concat_ws(' ', o ->> 'name', o ->> 'amount', o ->> 'unit'), ', ') from jsonb_array_elements(own) o) as own, relation, activity_id as activity
     from nutrition_entries where athlete_id = $1 order by at, id";

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stored {
    pub(crate) id: Uuid,
    pub(crate) at: DateTime<Utc>,
    pub(crate) day: NaiveDate,
    /// Minutes after midnight.
    pub(crate) minute: i32,
    pub(crate) text: String,
    pub(crate) content: Content,
    pub(crate) favourite: Option<Uuid>,
    pub(crate) choice: Choice,
}

/// What is counted of an entry around runs and over a day.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Eaten {
    pub(crate) at: DateTime<Utc>,
    pub(crate) day: NaiveDate,
    /// Minutes after midnight.
    pub(crate) minute: i32,
    /// Amounts, and of which a part is unknown; nothing else of what an entry has.
    pub(crate) content: Content,
    pub(crate) choice: Choice,
}

/// As the database has it.
struct Row {
    id: Uuid,
    at: DateTime<Utc>,
    day: NaiveDate,
    minute: i32,
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
    favourite_id: Option<Uuid>,
    activity_id: Option<Uuid>,
    relation: Option<String>,
    unlinked: bool,
}

impl From<Row> for Stored {
    fn from(r: Row) -> Self {
        let amounts = [r.energy_kcal, r.carbohydrate_g, r.protein_g, r.fat_g, r.fibre_g, r.sodium_mg, r.fluid_ml, r.caffeine_mg, r.alcohol_g];
        let choice = choice(r.activity_id, r.relation.as_deref(), r.unlinked);
        let content = content(amounts, &r.at_least, &r.typed, r.own.0);
        Self { id: r.id, at: r.at, day: r.day, minute: r.minute, text: r.text, content, favourite: r.favourite_id, choice }
    }
}

/// What the athlete said that an entry belongs to.
fn choice(activity: Option<Uuid>, relation: Option<&str>, unlinked: bool) -> Choice {
    match (activity, relation.and_then(Relation::parse), unlinked) {
        (Some(activity), Some(relation), _) => Choice::Chosen(activity, relation),
        (_, _, true) => Choice::Off,
        _ => Choice::ByTime,
    }
}

/// What columns say, in the order of [`Nutrient::ALL`].
pub(super) fn content(amounts: [Option<f64>; 9], at_least: &[String], typed: &[String], own: Vec<OwnNutrient>) -> Content {
    let known: Amounts = Nutrient::ALL.into_iter().zip(amounts).filter_map(|(nutrient, amount)| Some((nutrient, amount?))).collect();
    let set = |keys: &[String]| keys.iter().filter_map(|key| Nutrient::parse(key)).filter(|nutrient| known.get(*nutrient).is_some()).collect();
    Content { at_least: set(at_least), typed: set(typed), own, amounts: known }
}

/// The keys of nutrients, as they are stored.
pub(super) fn keys<'a>(nutrients: impl IntoIterator<Item = &'a Nutrient>) -> Vec<String> {
    nutrients.into_iter().map(|nutrient| nutrient.key().to_owned()).collect()
}

/// The entries before a position in the list, latest first; all days, or one.
pub(crate) async fn page(tx: &mut Tx, athlete: Uuid, (before, before_id): (DateTime<Utc>, Uuid), limit: i64) -> Result<Vec<Stored>, Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, at, day, minute, text, energy_kcal, carbohydrate_g, protein_g, fat_g, fibre_g, sodium_mg, fluid_ml, caffeine_mg, alcohol_g,
             at_least, typed, own as "own: Json<Vec<OwnNutrient>>", favourite_id, activity_id, relation, unlinked
           from nutrition_entries where athlete_id = $1 and (at, id) < ($2, $3) order by at desc, id desc limit $4"#,
        athlete,
        before,
        before_id,
        limit
    );
    Ok(rows.fetch_all(tx.connection()).await?.into_iter().map(Stored::from).collect())
}

/// The entries of a span of time, in order.
pub(crate) async fn between(tx: &mut Tx, athlete: Uuid, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Stored>, Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, at, day, minute, text, energy_kcal, carbohydrate_g, protein_g, fat_g, fibre_g, sodium_mg, fluid_ml, caffeine_mg, alcohol_g,
             at_least, typed, own as "own: Json<Vec<OwnNutrient>>", favourite_id, activity_id, relation, unlinked
           from nutrition_entries where athlete_id = $1 and at between $2 and $3 order by at, id"#,
        athlete,
        from,
        to
    );
    Ok(rows.fetch_all(tx.connection()).await?.into_iter().map(Stored::from).collect())
}

/// What is counted of the entries of a span of time, in order: without the texts, which a decade has a megabyte of.
pub(crate) async fn eaten(tx: &mut Tx, athlete: Uuid, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Eaten>, Error> {
    let rows = sqlx::query!(
        "select at, day, minute, energy_kcal, carbohydrate_g, protein_g, fat_g, fibre_g, sodium_mg, fluid_ml, caffeine_mg, alcohol_g, at_least,
             activity_id, relation, unlinked
           from nutrition_entries where athlete_id = $1 and at between $2 and $3 order by at, id",
        athlete,
        from,
        to
    );
    let mut eaten = Vec::new();
    for r in rows.fetch_all(tx.connection()).await? {
        let amounts = [r.energy_kcal, r.carbohydrate_g, r.protein_g, r.fat_g, r.fibre_g, r.sodium_mg, r.fluid_ml, r.caffeine_mg, r.alcohol_g];
        let content = content(amounts, &r.at_least, &[], Vec::new());
        let choice = choice(r.activity_id, r.relation.as_deref(), r.unlinked);
        eaten.push(Eaten { at: r.at, day: r.day, minute: r.minute, content, choice });
    }
    Ok(eaten)
}

/// All entries, in order. PostgreSQL's calendar ends before chrono's.
pub(crate) async fn all(tx: &mut Tx, athlete: Uuid) -> Result<Vec<Stored>, Error> {
    let (first, last) = ever();
    between(tx, athlete, first, last).await
}

/// From before the first entry that can be until after the last.
pub(crate) fn ever() -> (DateTime<Utc>, DateTime<Utc>) {
    (DateTime::UNIX_EPOCH - TimeDelta::days(36_500), DateTime::UNIX_EPOCH + TimeDelta::days(90_000))
}

/// The entries of a day, in order.
pub(crate) async fn of_day(tx: &mut Tx, athlete: Uuid, day: NaiveDate) -> Result<Vec<Stored>, Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, at, day, minute, text, energy_kcal, carbohydrate_g, protein_g, fat_g, fibre_g, sodium_mg, fluid_ml, caffeine_mg, alcohol_g,
             at_least, typed, own as "own: Json<Vec<OwnNutrient>>", favourite_id, activity_id, relation, unlinked
           from nutrition_entries where athlete_id = $1 and day = $2 order by at, id"#,
        athlete,
        day
    );
    Ok(rows.fetch_all(tx.connection()).await?.into_iter().map(Stored::from).collect())
}

/// Names and units of the athlete's own nutrients since a moment, the last used first.
pub(crate) async fn own_since(tx: &mut Tx, athlete: Uuid, since: DateTime<Utc>, limit: i64) -> Result<Vec<(String, String)>, Error> {
    let rows = sqlx::query!(
        r#"select o.name as "name!", o.unit as "unit!" from nutrition_entries e, jsonb_to_recordset(e.own) as o (name text, unit text)
           where e.athlete_id = $1 and e.at >= $2 and e.own <> '[]' group by o.name, o.unit order by max(e.at) desc, o.name, o.unit limit $3"#,
        athlete,
        since,
        limit
    );
    Ok(rows.fetch_all(tx.connection()).await?.into_iter().map(|row| (row.name, row.unit)).collect())
}

/// How many entries a day has.
pub(crate) async fn count_of_day(tx: &mut Tx, athlete: Uuid, day: NaiveDate) -> Result<i64, Error> {
    let count = sqlx::query_scalar!(r#"select count(*) as "n!" from nutrition_entries where athlete_id = $1 and day = $2"#, athlete, day);
    Ok(count.fetch_one(tx.connection()).await?)
}

/// One entry.
pub(crate) async fn get(tx: &mut Tx, athlete: Uuid, id: Uuid) -> Result<Option<Stored>, Error> {
    let row = sqlx::query_as!(
        Row,
        r#"select id, at, day, minute, text, energy_kcal, carbohydrate_g, protein_g, fat_g, fibre_g, sodium_mg, fluid_ml, caffeine_mg, alcohol_g,
             at_least, typed, own as "own: Json<Vec<OwnNutrient>>", favourite_id, activity_id, relation, unlinked
           from nutrition_entries where id = $1 and athlete_id = $2"#,
        id,
        athlete
    );
    Ok(row.fetch_optional(tx.connection()).await?.map(Stored::from))
}

/// Adds an entry, or replaces the one with its id.
pub(crate) async fn put(tx: &mut Tx, athlete: Uuid, entry: &Stored, now: DateTime<Utc>) -> Result<(), Error> {
    let amount = |nutrient| entry.content.amounts.get(nutrient);
    let (activity, relation) = match entry.choice {
        Choice::Chosen(activity, relation) => (Some(activity), Some(relation.name())),
        Choice::ByTime | Choice::Off => (None, None),
    };
    sqlx::query!(
        "insert into nutrition_entries (id, athlete_id, at, day, minute, text, energy_kcal, carbohydrate_g, protein_g, fat_g, fibre_g, sodium_mg, fluid_ml,
           caffeine_mg, alcohol_g, at_least, typed, own, favourite_id, activity_id, relation, unlinked, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
         on conflict (id) do update set at = excluded.at, day = excluded.day, minute = excluded.minute, text = excluded.text,
           energy_kcal = excluded.energy_kcal, carbohydrate_g = excluded.carbohydrate_g, protein_g = excluded.protein_g, fat_g = excluded.fat_g,
           fibre_g = excluded.fibre_g, sodium_mg = excluded.sodium_mg, fluid_ml = excluded.fluid_ml, caffeine_mg = excluded.caffeine_mg,
           alcohol_g = excluded.alcohol_g, at_least = excluded.at_least, typed = excluded.typed, own = excluded.own, favourite_id = excluded.favourite_id,
           activity_id = excluded.activity_id, relation = excluded.relation, unlinked = excluded.unlinked",
        entry.id,
        athlete,
        entry.at,
        entry.day,
        entry.minute,
        entry.text,
        amount(Nutrient::Energy),
        amount(Nutrient::Carbohydrate),
        amount(Nutrient::Protein),
        amount(Nutrient::Fat),
        amount(Nutrient::Fibre),
        amount(Nutrient::Sodium),
        amount(Nutrient::Fluid),
        amount(Nutrient::Caffeine),
        amount(Nutrient::Alcohol),
        &keys(&entry.content.at_least),
        &keys(&entry.content.typed),
        Json(&entry.content.own) as _,
        entry.favourite,
        activity,
        relation,
        entry.choice == Choice::Off,
        now
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// Deletes an entry. `false` if there is none.
pub(crate) async fn delete(tx: &mut Tx, athlete: Uuid, id: Uuid) -> Result<bool, Error> {
    let deleted = sqlx::query!("delete from nutrition_entries where id = $1 and athlete_id = $2", id, athlete).execute(tx.connection()).await?;
    Ok(deleted.rows_affected() > 0)
}

/// How many entries there are, and when one changed last, in microseconds.
pub(crate) async fn count_and_change(tx: &mut Tx, athlete: Uuid) -> Result<(i64, i64), Error> {
    let row = sqlx::query!(
        r#"select count(*) as "count!", coalesce(max(extract(epoch from updated_at) * 1000000)::int8, 0) as "changed!"
           from nutrition_entries where athlete_id = $1"#,
        athlete
    )
    .fetch_one(tx.connection())
    .await?;
    Ok((row.count, row.changed))
}

/// The most entries that a day of the athlete has.
pub(crate) async fn fullest_day(tx: &mut Tx, athlete: Uuid) -> Result<i64, Error> {
    let most = sqlx::query_scalar!(
        r#"select coalesce(max(n), 0) as "n!" from (select count(*) as n from nutrition_entries where athlete_id = $1 group by day) days"#,
        athlete
    );
    Ok(most.fetch_one(tx.connection()).await?)
}
