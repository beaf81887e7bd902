//! Which measures an athlete has, which of them the journal asks, and which source counts before which.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::measures::{Answer, DEFAULT_ASKED, Measure, NewMeasure, OWN_PREFIX, Source, built_in};
use domain::{Problem, ProblemKind};
use platform::{Error, Tx};
use uuid::Uuid;

use crate::lock::lock;
use crate::queries;

/// Measures that a page asks at most.
const MAX_ASKED: usize = 60;

/// The measures of an athlete.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalogue {
    /// The built-in ones, and then the athlete's own, retired ones included.
    pub measures: Vec<Measure>,
    /// The keys of those that the athlete retired.
    pub retired: Vec<String>,
    /// The keys of those that the journal asks, in its order.
    pub asked: Vec<String>,
    /// Which source counts before which.
    pub sources: Vec<Source>,
}

impl Catalogue {
    /// The measure with this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Measure> {
        self.measures.iter().find(|measure| measure.key == key)
    }

    /// Those that the journal asks, in its order.
    pub fn asked(&self) -> impl Iterator<Item = &Measure> {
        self.asked.iter().filter(|key| !self.retired.contains(key)).filter_map(|key| self.get(key))
    }

    /// The measure with this key, or what to say if there is none.
    pub(crate) fn find(&self, key: &str) -> Result<&Measure, String> {
        self.get(key).ok_or_else(|| "There is no such measure.".to_owned())
    }

    /// Checks an answer to the measure with this key. The error says why it cannot be one.
    pub fn check(&self, key: &str, answer: &Answer) -> Result<(), String> {
        self.find(key)?.check(answer)
    }
}

/// The viewer's measures.
pub async fn catalogue(tx: &mut Tx) -> Result<Catalogue, Error> {
    let athlete = tx.viewer()?;
    let own = queries::measures::list(tx, athlete).await?;
    let settings = queries::measures::settings(tx, athlete).await?;
    let retired = own.iter().filter(|own| own.retired).map(|own| own.measure.key.clone()).collect();
    let (asked, sources) = settings.unwrap_or_default();
    Ok(Catalogue {
        measures: built_in().iter().cloned().chain(own.into_iter().map(|own| own.measure)).collect(),
        retired,
        asked: asked.unwrap_or_else(|| DEFAULT_ASKED.map(ToOwned::to_owned).into()),
        sources: complete(sources.iter().filter_map(|name| Source::parse(name))).collect(),
    })
}

/// Every source once: first those that were chosen, and behind them those that came later.
fn complete(chosen: impl Iterator<Item = Source>) -> impl Iterator<Item = Source> {
    let mut seen = HashSet::new();
    chosen.chain(Source::ALL).filter(move |source| seen.insert(*source))
}

/// Makes a measure; the journal asks it from now on.
pub async fn make(tx: &mut Tx, id: Uuid, new: NewMeasure, now: DateTime<Utc>) -> Result<Measure, Error> {
    lock(tx).await?;
    let catalogue = catalogue(tx).await?;
    let taken: Vec<&str> = catalogue.measures.iter().filter(|measure| measure.is_own()).map(|measure| measure.key.as_str()).collect();
    refuse_same_name(&catalogue, &new, None)?;
    let measure = new.clone().with_key(new.key(&taken)?);
    let athlete = tx.viewer()?;
    queries::measures::upsert(tx, athlete, (id, &measure), now).await?;
    let mut asked = catalogue.asked;
    if asked.len() < MAX_ASKED {
        // Before the note, which stands last.
        let at = asked.iter().position(|key| key == domain::measures::keys::NOTE).unwrap_or(asked.len());
        asked.insert(at, measure.key.clone());
        queries::measures::set_asked(tx, athlete, &asked, now).await?;
    }
    Ok(measure)
}

/// Changes the words of an own measure. How it is answered stays: its values are of that. A retired one is taken up again.
pub async fn edit(tx: &mut Tx, key: &str, new: NewMeasure, now: DateTime<Utc>) -> Result<Measure, Error> {
    lock(tx).await?;
    let catalogue = catalogue(tx).await?;
    let was = catalogue.get(key).filter(|measure| measure.is_own()).ok_or_else(|| Error::not_found("measure"))?;
    refuse_same_name(&catalogue, &new, Some(key))?;
    if std::mem::discriminant(&was.kind) != std::mem::discriminant(&new.kind) {
        return Err(Error::problem(
            ProblemKind::Conflict,
            "How it is answered stays as it is, because the answers so far are of that. Make another measure.",
        ));
    }
    let athlete = tx.viewer()?;
    let measure = Measure { kind: was.kind.clone(), ..new.with_key(key.to_owned()) };
    // The id is that of the row that is there.
    queries::measures::upsert(tx, athlete, (Uuid::nil(), &measure), now).await?;
    Ok(measure)
}

fn refuse_same_name(catalogue: &Catalogue, new: &NewMeasure, own: Option<&str>) -> Result<(), Problem> {
    let same = |measure: &&Measure| Some(measure.key.as_str()) != own && measure.label.eq_ignore_ascii_case(&new.label);
    match catalogue.measures.iter().find(same) {
        Some(same) => Err(Problem::of_field("label", format!("There is a measure of that name already: “{}”.", same.label))),
        None => Ok(()),
    }
}

/// Retires an own measure, or takes it up again. Its values stay.
pub async fn retire(tx: &mut Tx, key: &str, retired: bool, now: DateTime<Utc>) -> Result<(), Error> {
    lock(tx).await?;
    let athlete = tx.viewer()?;
    if !key.starts_with(OWN_PREFIX) || !queries::measures::retire(tx, athlete, key, retired.then_some(now)).await? {
        return Err(Error::not_found("measure"));
    }
    Ok(())
}

/// Sets what the journal asks, in this order. What is no measure, and what is named twice, is left out.
pub async fn choose(tx: &mut Tx, asked: &[String], now: DateTime<Utc>) -> Result<(), Error> {
    lock(tx).await?;
    let catalogue = catalogue(tx).await?;
    let mut seen = HashSet::new();
    let mut chosen: Vec<String> = asked.iter().filter(|key| catalogue.get(key).is_some() && seen.insert(*key)).cloned().collect();
    if chosen.is_empty() {
        return Err(Error::problem(ProblemKind::Invalid, "Choose at least one measure."));
    }
    chosen.truncate(MAX_ASKED);
    let athlete = tx.viewer()?;
    queries::measures::set_asked(tx, athlete, &chosen, now).await
}

/// Changes what the journal asks, from what it asks now.
pub(crate) async fn change_asked(tx: &mut Tx, change: impl FnOnce(Vec<String>) -> Vec<String>, now: DateTime<Utc>) -> Result<(), Error> {
    // Before it is read: of two changes at once, the second is a change of what the first left.
    lock(tx).await?;
    let Catalogue { asked, .. } = catalogue(tx).await?;
    choose(tx, &change(asked), now).await
}

/// Sets which source counts before which. What is typed always comes first: a file never stands above it.
pub async fn order_sources(tx: &mut Tx, order: &[Source], now: DateTime<Utc>) -> Result<(), Error> {
    lock(tx).await?;
    let athlete = tx.viewer()?;
    let names: Vec<String> = complete([Source::Typed].into_iter().chain(order.iter().copied())).map(|source| source.name().to_owned()).collect();
    queries::measures::set_source_order(tx, athlete, &names, now).await
}

/// Moves a source before its neighbour, or behind it. Where it cannot go, the order stays: what is typed stays first.
pub async fn move_source(tx: &mut Tx, source: Source, up: bool, now: DateTime<Utc>) -> Result<(), Error> {
    // Before the order is read: of two moves at once, the second is a move of what the first left.
    lock(tx).await?;
    let Catalogue { sources, .. } = catalogue(tx).await?;
    order_sources(tx, &moved(sources, source, up), now).await
}

/// The sources, once one is moved up or down.
fn moved(mut order: Vec<Source>, source: Source, up: bool) -> Vec<Source> {
    match order.iter().position(|other| *other == source) {
        Some(at) if up && at > 1 => order.swap(at - 1, at),
        Some(at) if !up && at > 0 && at + 1 < order.len() => order.swap(at, at + 1),
        _ => {}
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_moves_past_its_neighbour_and_never_past_what_is_typed() {
        let moved = |source, up| moved(Source::ALL.to_vec(), source, up);
        assert_eq!(moved(Source::Oura, true)[..3], [Source::Typed, Source::Oura, Source::Whoop]);
        assert_eq!(moved(Source::Whoop, false)[..3], [Source::Typed, Source::Oura, Source::Whoop]);
        for (source, up) in [(Source::Whoop, true), (Source::Typed, true), (Source::Typed, false), (Source::Derived, false)] {
            assert_eq!(moved(source, up), Source::ALL, "{source:?}");
        }
    }
}
