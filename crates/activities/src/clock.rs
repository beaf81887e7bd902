//! Correcting the date of an activity whose device had it wrong: a shift of the recording's clock, as a layer that can be removed.

use chrono::{DateTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use domain::ProblemKind;
use domain::activities::Start;
use platform::{Error, Tx};
use uuid::Uuid;

use crate::instants::moment;
use crate::lock::lock;
use crate::queries::edit as queries;
use crate::recompute::recompute;

/// Sets the date and time at which an activity began, the fields `day` and `time`, in the athlete's time zone. Its length and all times within
/// it stay.
pub async fn set_start<'a>(tx: &mut Tx, id: Uuid, fields: impl Fn(&str) -> Option<&'a str>, now: DateTime<Utc>) -> Result<(), Error> {
    lock(tx).await?;
    let shift_ms = require_standalone(tx, id).await?.unwrap_or(0);
    let zone: Tz = accounts::time_zone(tx).await?.parse().unwrap_or(Tz::UTC);
    let (started_at, imported) = queries::start(tx, id).await?;
    let start = Start::parse(fields, Start::latest_day(imported, now.with_timezone(&zone).date_naive()))?;
    let wanted = moment(start.local, zone);
    let shift_ms = shift_ms.saturating_add((wanted - started_at).num_milliseconds());
    let utc_offset_s = zone.offset_from_utc_datetime(&wanted.naive_utc()).fix().local_minus_utc();
    queries::set_clock(tx, id, Some(shift_ms), Some(utc_offset_s)).await?;
    recompute(tx, id).await
}

/// Removes the corrected date: the recording's own clock counts again.
pub async fn reset_start(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    lock(tx).await?;
    require_standalone(tx, id).await?;
    queries::set_clock(tx, id, None, None).await?;
    recompute(tx, id).await
}

/// Refuses an activity that is merged or split: a part with another date would no longer fit the rest. Returns the clock shift so far.
pub async fn require_standalone(tx: &mut Tx, id: Uuid) -> Result<Option<i64>, Error> {
    let activity = queries::lock_ties(tx, id).await?.ok_or_else(|| Error::not_found("activity"))?;
    if activity.merged {
        return Err(Error::problem(ProblemKind::Conflict, "It is made of several recordings. Unmerge them first, then give each its date."));
    }
    if activity.split {
        return Err(Error::problem(ProblemKind::Conflict, "It was split. Rejoin the two parts first, then give the whole its date."));
    }
    Ok(activity.clock_shift_ms)
}

#[cfg(test)]
mod tests {
    use accounts::testing::athlete;
    use chrono::{DateTime, NaiveDate};
    use domain::activities::ActivityUpdate;
    use platform::testing::TestApp;
    use recordings::{Recording, Warning};
    use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

    use crate::tests::{START, add_new, at, begin_as, fields, load_detail, numbers, run, settle};
    use crate::*;

    fn seconds(rfc3339: &str) -> i64 {
        DateTime::parse_from_rfc3339(rfc3339).expect("a time").timestamp()
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_generated_title_follows_the_clock_and_a_typed_one_stays(_: PgPoolOptions, connect: PgConnectOptions) {
        let platform = TestApp::new(connect);
        let kim = athlete(&platform, "kim@example.org").await;
        // A Sunday, 12:40 in Berlin.
        let noon = seconds("2026-05-31T10:40:00Z");
        let generated = add_new(&platform, kim, run(noon), "a.fit").await;
        let typed = add_new(&platform, kim, run(noon + 7200), "b.fit").await;
        let named = add_new(&platform, kim, Recording { title: Some("Sunday noon run".into()), ..run(noon + 14_400) }, "c.fit").await;
        let mut tx = begin_as(&platform, kim).await;
        let to = ActivityUpdate::parse(fields(&[("title", "Sunday noon run club"), ("sport", "running")])).expect("a valid form");
        change(&mut tx, typed, &to).await.expect("renamed");
        tx.commit().await.expect("commit");
        let title = async |id| load_detail(&platform, kim, id).await.summary.title;
        assert_eq!(title(generated).await, "Sunday noon run");

        // Cropped, it begins later; uncropped, as before.
        let mut tx = begin_as(&platform, kim).await;
        crop(&mut tx, generated, fields(&[("from", "25:00")])).await.expect("cropped");
        crop(&mut tx, typed, fields(&[("from", "25:00")])).await.expect("cropped");
        tx.commit().await.expect("commit");
        assert_eq!(title(generated).await, "Sunday noon run", "13:05 is noon");
        let mut tx = begin_as(&platform, kim).await;
        assert!(accounts::change_profile(&mut tx, "Kim", "America/New_York").await.expect("changed"));
        tx.commit().await.expect("commit");
        testing::date_again(&platform, kim).await.expect("marked");
        settle(&platform, kim).await;
        assert_eq!(title(generated).await, "Sunday morning run", "7:05 in New York");
        let mut tx = begin_as(&platform, kim).await;
        let edits: i64 = sqlx::query_scalar("select count(*) from change_log where before ->> 'title' is distinct from after ->> 'title'")
            .fetch_one(tx.connection())
            .await
            .expect("count");
        assert_eq!(edits, 1, "the rename; a generated title is no edit");
        drop(tx);
        assert_eq!(title(typed).await, "Sunday noon run club");
        assert_eq!(title(named).await, "Sunday noon run", "the title is the recording's own");

        // Another sport, and two parts.
        let mut tx = begin_as(&platform, kim).await;
        uncrop(&mut tx, generated).await.expect("uncropped");
        change(&mut tx, generated, &ActivityUpdate::parse(fields(&[("title", "Sunday morning run"), ("sport", "cycling")])).expect("a valid form"))
            .await
            .expect("a ride");
        let second = split(&mut tx, generated, &platform.ids, fields(&[("at", "30:00")]), at()).await.expect("split");
        assert!(accounts::change_profile(&mut tx, "Kim", "Asia/Tokyo").await.expect("changed"));
        tx.commit().await.expect("commit");
        testing::date_again(&platform, kim).await.expect("marked");
        settle(&platform, kim).await;
        assert_eq!((title(generated).await.as_str(), title(second).await.as_str()), ("Sunday evening ride", "Sunday evening ride, second part"));
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_merge_that_begins_earlier_updates_a_generated_title(_: PgPoolOptions, connect: PgConnectOptions) {
        let platform = TestApp::new(connect);
        let kim = athlete(&platform, "kim@example.org").await;
        // 11:05 and 10:50 in Berlin.
        // The recording with more data gives the time.
        let late = add_new(&platform, kim, run(seconds("2026-05-31T09:05:00Z")).crop(0.0, 2400.0), "a.fit").await;
        let mut other = run(seconds("2026-05-31T08:50:00Z"));
        other.samples.latitude_deg.fill(f64::NAN);
        other.samples.distance_m.iter_mut().for_each(|d| *d *= 2.0);
        let early = add_new(&platform, kim, other, "b.fit").await;
        assert_eq!(load_detail(&platform, kim, late).await.summary.title, "Sunday noon run");
        let mut tx = begin_as(&platform, kim).await;
        merge_into(&mut tx, late, early).await.expect("merged");
        tx.commit().await.expect("commit");
        assert_eq!(load_detail(&platform, kim, late).await.summary.title, "Sunday morning run");
        let mut tx = begin_as(&platform, kim).await;
        unmerge(&mut tx, early).await.expect("unmerged");
        tx.commit().await.expect("commit");
        assert_eq!(load_detail(&platform, kim, late).await.summary.title, "Sunday noon run");
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_wrong_clock_is_corrected_and_the_correction_can_be_undone(_: PgPoolOptions, connect: PgConnectOptions) {
        let platform = TestApp::new(connect);
        let kim = athlete(&platform, "kim@example.org").await;
        let never_set = add_new(&platform, kim, Recording { utc_offset_s: Some(0), ..run(631_065_606) }, "a.fit").await;
        let mut tx = begin_as(&platform, kim).await;
        let warnings = [Warning::ClockNotSet { day: "1989-12-31".into() }, Warning::BadHeader].map(sqlx::types::Json);
        sqlx::query("update activities set warnings = $1").bind(&warnings[..]).execute(tx.connection()).await.expect("warned");
        let other = [Warning::BadHeader.to_string()];
        tx.commit().await.expect("commit");
        let before = load_detail(&platform, kim, never_set).await;
        assert_eq!(before.warnings, other, "the card asks for the date");
        assert!(before.history.impossible_day && !before.history.dated);
        let mut tx = begin_as(&platform, kim).await;
        assert!(
            load_days(&mut tx, crate::FIRST_DAY).await.expect("loads").is_empty() && latest(&mut tx).await.expect("latest").is_none(),
            "it counts on no day"
        );
        crop(&mut tx, never_set, fields(&[("from", "10:00"), ("to", "40:00")])).await.expect("cropped");
        let refused = async |tx: &mut platform::Tx, form| set_start(tx, never_set, fields(form), at()).await.expect_err("refused").into_problem();
        for form in [&[("day", "2027-01-01")][..], &[("day", "1999-12-31")], &[("day", "x")], &[("day", "2026-05-31"), ("time", "25:00")]] {
            assert!(!refused(&mut tx, form).await.fields.is_empty(), "{form:?}");
        }
        set_start(&mut tx, never_set, fields(&[("day", "2026-05-31"), ("time", "06:19")]), at()).await.expect("dated");
        tx.commit().await.expect("commit");
        let dated = load_detail(&platform, kim, never_set).await;
        assert_eq!(dated.summary.local_start, NaiveDate::from_ymd_opt(2026, 5, 31).and_then(|d| d.and_hms_opt(6, 19, 0)).expect("a time"));
        assert_eq!(dated.summary.started_at.timestamp(), seconds("2026-05-31T04:19:00Z"));
        assert_eq!(dated.summary.title, "Sunday morning run");
        assert_eq!((dated.summary.elapsed_s, dated.history.cropped), (Some(1800.0), true), "the crop stays where it was");
        assert!(dated.history.dated && !dated.history.impossible_day);
        assert_eq!(dated.warnings, other, "the date it asked for is given");
        let mut tx = begin_as(&platform, kim).await;
        assert_eq!(load_days(&mut tx, crate::FIRST_DAY).await.expect("loads").len(), 1);

        // Uncropped, the date stays: the whole began ten minutes earlier. Split and rejoined, the same.
        uncrop(&mut tx, never_set).await.expect("uncropped");
        tx.commit().await.expect("commit");
        let whole = load_detail(&platform, kim, never_set).await;
        assert_eq!(whole.summary.started_at.timestamp(), seconds("2026-05-31T04:09:00Z"));
        let mut tx = begin_as(&platform, kim).await;
        let second = split(&mut tx, never_set, &platform.ids, fields(&[("at", "30:00")]), at()).await.expect("split");
        tx.commit().await.expect("commit");
        assert_eq!(load_detail(&platform, kim, second).await.summary.started_at.timestamp(), seconds("2026-05-31T04:39:00Z"));
        let mut tx = begin_as(&platform, kim).await;
        assert!(reset_start(&mut tx, second).await.is_err() && reset_start(&mut tx, never_set).await.is_err(), "two parts of one clock");
        unsplit(&mut tx, second).await.expect("rejoined");
        tx.commit().await.expect("commit");
        assert_eq!(numbers(&load_detail(&platform, kim, never_set).await), numbers(&whole));

        let mut tx = begin_as(&platform, kim).await;
        reset_start(&mut tx, never_set).await.expect("reset");
        tx.commit().await.expect("commit");
        assert_eq!(numbers(&load_detail(&platform, kim, never_set).await), numbers(&before));
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_dated_run_is_recognised_from_another_source(_: PgPoolOptions, connect: PgConnectOptions) {
        let platform = TestApp::new(connect);
        let kim = athlete(&platform, "kim@example.org").await;
        let ahead = add_new(&platform, kim, run(START + 400 * 86_400), "a.fit").await;
        assert!(load_detail(&platform, kim, ahead).await.history.impossible_day);
        let mut tx = begin_as(&platform, kim).await;
        let local = load_detail(&platform, kim, add_new(&platform, kim, run(START + 7200), "c.fit").await).await.summary.local_start;
        assert_eq!(latest(&mut tx).await.expect("latest").map(|a| a.local_start), Some(local), "a date in the future is not the latest");
        let (day, time) = ((local - chrono::TimeDelta::hours(2)).date().to_string(), (local - chrono::TimeDelta::hours(2)).time().to_string());
        let form = |name: &str| if name == "day" { Some(day.as_str()) } else { (name == "time").then_some(time.as_str()) };
        set_start(&mut tx, ahead, form, at()).await.expect("dated");
        tx.commit().await.expect("commit");
        let again = crate::tests::add(&platform, kim, run(START), "b.fit").await;
        assert_eq!(again, IngestOutcome::Merged(ahead));
        let mut tx = begin_as(&platform, kim).await;
        assert!(reset_start(&mut tx, ahead).await.is_err(), "the other recording would not fit any more");
    }
}
