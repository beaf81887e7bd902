//! The date of an activity whose device had it wrong: a shift of the recording's clock, as a layer that can be taken back.

use chrono::{DateTime, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use domain::ProblemKind;
use domain::activities::Start;
use platform::{Error, Tx};
use recordings::Recording;
use uuid::Uuid;

use crate::recompute::recompute;

/// The recording at the date that the athlete gave it: its clock goes so many milliseconds later, and reads so many seconds beside UTC.
pub(crate) fn with_start(mut recording: Recording, shift_ms: Option<i64>, utc_offset_s: Option<i32>) -> Recording {
    if let Some(shift_ms) = shift_ms {
        recording.utc_offset_s = utc_offset_s;
        recording = shifted(recording, shift_ms);
    }
    recording
}

/// The recording so many milliseconds later.
pub(crate) fn shifted(mut recording: Recording, shift_ms: i64) -> Recording {
    recording.started_at_ms = recording.started_at_ms.map(|start| start.saturating_add(shift_ms));
    recording
}

/// A moment so many seconds later; `None` where no calendar goes.
pub(crate) fn later(at: DateTime<Utc>, seconds: f64) -> Option<DateTime<Utc>> {
    if !seconds.is_finite() {
        return None;
    }
    at.checked_add_signed(TimeDelta::try_milliseconds((seconds * 1000.0).round() as i64)?)
}

/// The moment at which a clock on the wall shows `local`. In spring the clocks skip an hour, in autumn they repeat one: then it is an hour
/// on, or the earlier of the two.
pub(crate) fn moment(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    let at = |local: NaiveDateTime| zone.from_local_datetime(&local).earliest();
    at(local).or_else(|| at(local + TimeDelta::hours(1))).map_or_else(|| local.and_utc(), |t| t.with_timezone(&Utc))
}

/// Gives an activity the date and time at which it began, the fields `day` and `time`, on the clock where the athlete lives. Its length and
/// all moments within it stay.
pub async fn set_start<'a>(session: &mut Tx, id: Uuid, fields: impl Fn(&str) -> Option<&'a str>, now: DateTime<Utc>) -> Result<(), Error> {
    let shift_ms = require_standalone(session, id).await?.unwrap_or(0);
    let athlete = session.viewer()?;
    let row = sqlx::query!(
        r#"select a.time_zone, x.started_at, (x.created_at at time zone 'UTC')::date as "imported!" from accounts a, activities x where a.id = $1 and x.id = $2"#,
        athlete,
        id
    )
    .fetch_one(session.connection())
    .await?;
    let zone: Tz = row.time_zone.parse().unwrap_or(Tz::UTC);
    let start = Start::parse(fields, Start::latest_day(row.imported, now.with_timezone(&zone).date_naive()))?;
    let wanted = moment(start.local, zone);
    sqlx::query!(
        "update activities set clock_shift_ms = $2, clock_utc_offset_s = $3 where id = $1",
        id,
        shift_ms.saturating_add((wanted - row.started_at).num_milliseconds()),
        zone.offset_from_utc_datetime(&wanted.naive_utc()).fix().local_minus_utc()
    )
    .execute(session.connection())
    .await?;
    recompute(session, id).await
}

/// Takes the date back: the recording's own clock counts again.
pub async fn reset_start(session: &mut Tx, id: Uuid) -> Result<(), Error> {
    require_standalone(session, id).await?;
    sqlx::query!("update activities set clock_shift_ms = null, clock_utc_offset_s = null where id = $1", id).execute(session.connection()).await?;
    recompute(session, id).await
}

/// Refuses what belongs together with others in time: one of them at another date would fit the rest no more. Gives the shift so far.
pub async fn require_standalone(session: &mut Tx, id: Uuid) -> Result<Option<i64>, Error> {
    let row = sqlx::query!(
        r#"select clock_shift_ms, merged_into is not null or exists (select from activities m where m.merged_into = a.id) as "merged!",
             split_from is not null or exists (select from activities s where s.split_from = a.id) as "split!"
           from activities a where id = $1 for update"#,
        id
    )
    .fetch_optional(session.connection())
    .await?
    .ok_or_else(|| Error::not_found("activity"))?;
    if row.merged {
        return Err(Error::problem(ProblemKind::Conflict, "It is made of several recordings. Take them apart first, then give each its date."));
    }
    if row.split {
        return Err(Error::problem(ProblemKind::Conflict, "It was cut in two. Join the two parts first, then give the whole its date."));
    }
    Ok(row.clock_shift_ms)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate};
    use domain::activities::ActivityUpdate;
    use recordings::Recording;
    use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

    use crate::tests::{START, add_new, at, athlete, fields, look, numbers, run, session};
    use crate::*;

    fn seconds(rfc3339: &str) -> i64 {
        DateTime::parse_from_rfc3339(rfc3339).expect("a time").timestamp()
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_name_that_we_made_follows_the_clock_and_a_typed_one_stays(_: PgPoolOptions, connect: PgConnectOptions) {
        let (platform, _folder) = platform::testing::platform(connect).expect("platform");
        let kim = athlete(&platform, "kim@example.org").await;
        // A Sunday, 12:40 in Berlin.
        let noon = seconds("2026-05-31T10:40:00Z");
        let ours = add_new(&platform, kim, run(noon), "a.fit").await;
        let typed = add_new(&platform, kim, run(noon + 7200), "b.fit").await;
        let named = add_new(&platform, kim, Recording { title: Some("Sunday noon run".into()), ..run(noon + 14_400) }, "c.fit").await;
        let mut s = session(&platform, kim).await;
        let to = ActivityUpdate::parse(fields(&[("title", "Sunday noon run club"), ("sport", "running")])).expect("a form");
        change(&mut s, typed, &to).await.expect("renamed");
        s.commit().await.expect("commit");
        let title = async |id| look(&platform, kim, id).await.summary.title;
        assert_eq!(title(ours).await, "Sunday noon run");

        // Cropped, it begins later; taken back, as before.
        let mut s = session(&platform, kim).await;
        crop(&mut s, ours, fields(&[("from", "25:00")])).await.expect("cropped");
        crop(&mut s, typed, fields(&[("from", "25:00")])).await.expect("cropped");
        s.commit().await.expect("commit");
        assert_eq!(title(ours).await, "Sunday noon run", "13:05 is noon");
        let mut s = session(&platform, kim).await;
        assert!(accounts::change_profile(&mut s, "Kim", "America/New_York").await.expect("changed"));
        recompute_local_dates(&mut s, platform.ids.uuid(at()), at()).await.expect("started");
        s.commit().await.expect("commit");
        run_recompute(&platform, kim).await.expect("worked off");
        assert_eq!(title(ours).await, "Sunday morning run", "7:05 in New York");
        let mut s = session(&platform, kim).await;
        let edits: i64 = sqlx::query_scalar("select count(*) from change_log where before ->> 'title' is distinct from after ->> 'title'")
            .fetch_one(s.connection())
            .await
            .expect("count");
        assert_eq!(edits, 1, "the rename; what we name is no edit");
        drop(s);
        assert_eq!(title(typed).await, "Sunday noon run club");
        assert_eq!(title(named).await, "Sunday noon run", "the recording brought it along");

        // Another sport, and two parts.
        let mut s = session(&platform, kim).await;
        uncrop(&mut s, ours).await.expect("taken back");
        change(&mut s, ours, &ActivityUpdate::parse(fields(&[("title", "Sunday morning run"), ("sport", "cycling")])).expect("a form"))
            .await
            .expect("a ride");
        let second = split(&mut s, ours, &platform.ids, fields(&[("at", "30:00")]), at()).await.expect("cut");
        assert!(accounts::change_profile(&mut s, "Kim", "Asia/Tokyo").await.expect("changed"));
        recompute_local_dates(&mut s, platform.ids.uuid(at()), at()).await.expect("started");
        s.commit().await.expect("commit");
        run_recompute(&platform, kim).await.expect("worked off");
        assert_eq!((title(ours).await.as_str(), title(second).await.as_str()), ("Sunday evening ride", "Sunday evening ride, second part"));
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_merge_that_begins_earlier_renames_what_we_named(_: PgPoolOptions, connect: PgConnectOptions) {
        let (platform, _folder) = platform::testing::platform(connect).expect("platform");
        let kim = athlete(&platform, "kim@example.org").await;
        // 11:05 and 10:50 in Berlin.
        // The one that holds more gives the time.
        let late = add_new(&platform, kim, run(seconds("2026-05-31T09:05:00Z")).crop(0.0, 2400.0), "a.fit").await;
        let mut other = run(seconds("2026-05-31T08:50:00Z"));
        other.samples.latitude_deg.fill(f64::NAN);
        other.samples.distance_m.iter_mut().for_each(|d| *d *= 2.0);
        let early = add_new(&platform, kim, other, "b.fit").await;
        assert_eq!(look(&platform, kim, late).await.summary.title, "Sunday noon run");
        let mut s = session(&platform, kim).await;
        merge_into(&mut s, late, early).await.expect("merged");
        s.commit().await.expect("commit");
        assert_eq!(look(&platform, kim, late).await.summary.title, "Sunday morning run");
        let mut s = session(&platform, kim).await;
        unmerge(&mut s, early).await.expect("taken apart");
        s.commit().await.expect("commit");
        assert_eq!(look(&platform, kim, late).await.summary.title, "Sunday noon run");
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_wrong_clock_gets_its_date_and_the_date_can_be_taken_back(_: PgPoolOptions, connect: PgConnectOptions) {
        let (platform, _folder) = platform::testing::platform(connect).expect("platform");
        let kim = athlete(&platform, "kim@example.org").await;
        let never_set = add_new(&platform, kim, Recording { utc_offset_s: Some(0), ..run(631_065_606) }, "a.fit").await;
        let mut s = session(&platform, kim).await;
        let asks = "The clock was never set: it says 1989-12-31. Everything else is kept; give it its date on its page.";
        sqlx::query("update activities set warnings = array[$1, 'Another.']").bind(asks).execute(s.connection()).await.expect("warned");
        s.commit().await.expect("commit");
        let before = look(&platform, kim, never_set).await;
        assert_eq!(before.warnings, ["Another."], "the card asks for the date");
        assert!(before.history.impossible_day && !before.history.dated);
        let mut s = session(&platform, kim).await;
        assert!(load_days(&mut s).await.expect("loads").is_empty() && latest(&mut s).await.expect("latest").is_none(), "it counts on no day");
        crop(&mut s, never_set, fields(&[("from", "10:00"), ("to", "40:00")])).await.expect("cropped");
        let refused = async |s: &mut platform::Tx, form| set_start(s, never_set, fields(form), at()).await.expect_err("refused").into_problem();
        for form in [&[("day", "2027-01-01")][..], &[("day", "1999-12-31")], &[("day", "x")], &[("day", "2026-05-31"), ("time", "25:00")]] {
            assert!(!refused(&mut s, form).await.fields.is_empty(), "{form:?}");
        }
        set_start(&mut s, never_set, fields(&[("day", "2026-05-31"), ("time", "06:19")]), at()).await.expect("dated");
        s.commit().await.expect("commit");
        let dated = look(&platform, kim, never_set).await;
        assert_eq!(dated.summary.local_start, NaiveDate::from_ymd_opt(2026, 5, 31).and_then(|d| d.and_hms_opt(6, 19, 0)).expect("a time"));
        assert_eq!(dated.summary.started_at.timestamp(), seconds("2026-05-31T04:19:00Z"));
        assert_eq!(dated.summary.title, "Sunday morning run");
        assert_eq!((dated.summary.elapsed_s, dated.history.cropped), (Some(1800.0), true), "the crop stays where it was");
        assert!(dated.history.dated && !dated.history.impossible_day);
        assert_eq!(dated.warnings, ["Another."], "what it asked for is given");
        let mut s = session(&platform, kim).await;
        assert_eq!(load_days(&mut s).await.expect("loads").len(), 1);

        // The crop goes, the date stays: the whole began ten minutes earlier. Cut in two and joined, the same.
        uncrop(&mut s, never_set).await.expect("taken back");
        s.commit().await.expect("commit");
        let whole = look(&platform, kim, never_set).await;
        assert_eq!(whole.summary.started_at.timestamp(), seconds("2026-05-31T04:09:00Z"));
        let mut s = session(&platform, kim).await;
        let second = split(&mut s, never_set, &platform.ids, fields(&[("at", "30:00")]), at()).await.expect("cut");
        s.commit().await.expect("commit");
        assert_eq!(look(&platform, kim, second).await.summary.started_at.timestamp(), seconds("2026-05-31T04:39:00Z"));
        let mut s = session(&platform, kim).await;
        assert!(reset_start(&mut s, second).await.is_err() && reset_start(&mut s, never_set).await.is_err(), "two parts of one clock");
        unsplit(&mut s, second).await.expect("joined");
        s.commit().await.expect("commit");
        assert_eq!(numbers(&look(&platform, kim, never_set).await), numbers(&whole));

        let mut s = session(&platform, kim).await;
        reset_start(&mut s, never_set).await.expect("taken back");
        s.commit().await.expect("commit");
        assert_eq!(numbers(&look(&platform, kim, never_set).await), numbers(&before));
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_dated_run_is_found_again_from_another_source(_: PgPoolOptions, connect: PgConnectOptions) {
        let (platform, _folder) = platform::testing::platform(connect).expect("platform");
        let kim = athlete(&platform, "kim@example.org").await;
        let ahead = add_new(&platform, kim, run(START + 400 * 86_400), "a.fit").await;
        assert!(look(&platform, kim, ahead).await.history.impossible_day);
        let mut s = session(&platform, kim).await;
        let local = look(&platform, kim, add_new(&platform, kim, run(START + 7200), "c.fit").await).await.summary.local_start;
        assert_eq!(latest(&mut s).await.expect("latest").map(|a| a.local_start), Some(local), "what has not come yet is not the last");
        let (day, time) = ((local - chrono::TimeDelta::hours(2)).date().to_string(), (local - chrono::TimeDelta::hours(2)).time().to_string());
        let form = |name: &str| if name == "day" { Some(day.as_str()) } else { (name == "time").then_some(time.as_str()) };
        set_start(&mut s, ahead, form, at()).await.expect("dated");
        s.commit().await.expect("commit");
        let again = crate::tests::add(&platform, kim, run(START), "b.fit").await;
        assert_eq!(again, IngestOutcome::Merged(ahead));
        let mut s = session(&platform, kim).await;
        assert!(reset_start(&mut s, ahead).await.is_err(), "the other recording would not fit any more");
    }
}
