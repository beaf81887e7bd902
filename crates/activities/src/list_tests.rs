//! The list against what the rows of the activities say.

use accounts::testing::athlete;
use domain::activities::{BulkAction, BulkEdit, Filter, GearEdit, Kind, ListRequest, ListRow, Sort, Span, Sums};
use domain::list::PageRequest;
use domain::units::Units;
use platform::Tx;
use platform::testing::TestApp;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::tests::{FEATURES, add_new, at, begin_as, run};
use crate::{
    all_gear, count, delete, edit_many, list, list_csv, list_view, merge_into, restore, save_filter, save_gear, select, set_start, undo, unmerge,
};

const MANY: i32 = 120;

/// Activities of all kinds over two years, some without what others have, a few at once.
async fn fill(tx: &mut Tx, athlete: Uuid) {
    sqlx::query(
        "insert into activities (id, athlete_id, source_sha256, source_part, source_name, sport, sub_sport, title, description, gear, tags, started_at, local_start,
           local_date, elapsed_s, moving_s, distance_m, elevation_gain_m, avg_hr_bpm, trimp, start_latitude_deg, start_longitude_deg, repairs, warnings, splits,
           route_preview, series, formula_version, created_at)
         select gen_random_uuid(), $1, sha256(n::text::bytea), 0, n || '.fit', (array['running', 'running', 'cycling', 'swimming', 'other'])[1 + n % 5],
           case when n % 10 = 0 then 'trail' when n % 5 = 4 then 'strength_training' end, (array['Canal tempo', 'Lunch Loop', 'Über den Hügel', '100 % legs_'])[1 + n % 4],
           case when n % 6 = 0 then E'Felt fine.\\n\\tVery TIRED after' else '' end, case when n % 3 = 0 then 'Red shoes' end,
           case when n % 7 = 0 then '{hill,long run}'::text[] when n % 7 = 1 then '{hills}' else '{}' end, t, t, t::date, 4000, 1800 + 61 * (n % 40),
           case when n % 5 <> 4 then 3000 + 517 * (n % 23) end, case when n % 2 = 0 then n end, case when n % 4 <> 3 then 120 + n % 50 end, n % 90,
           case when n % 8 = 0 then 52.5 + n * 0.0005 end, case when n % 8 = 0 then 13.4 end, '{}', '{}', '[]', '[]', '{}', 0, $2
         from (select n, timestamptz '2024-05-30 22:30+00' + (n / 2) * interval '7 days 3 hours' as t from generate_series(1, $3) n) numbered",
    )
    .bind(athlete)
    .bind(at())
    .bind(MANY)
    .execute(tx.connection())
    .await
    .expect("filled");
}

/// All pages of a list.
async fn all(tx: &mut Tx, filter: &Filter, sort: Sort) -> Vec<ListRow> {
    let (mut rows, mut page) = (Vec::new(), PageRequest::first());
    loop {
        let list = list(tx, &ListRequest { filter: filter.clone(), sort, page }, Units::default()).await.expect("a list");
        rows.extend(list.page.items);
        match list.page.next {
            Some(next) => page = PageRequest::parse(Some(next.as_str())),
            None => return rows,
        }
    }
}

/// What the rows themselves say to a filter that the database is asked in the plainest way.
async fn expected(tx: &mut Tx, condition: &str) -> Vec<Uuid> {
    let sql = format!("select id from activities a where merged_into is null and {condition} order by started_at desc, id desc");
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(tx.connection()).await.expect("rows")
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_list_is_what_its_filter_says(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect).with(FEATURES);
    let kim = athlete(&platform, "kim@example.org").await;
    let mut tx = begin_as(&platform, kim).await;
    fill(&mut tx, kim).await;
    let near: Uuid = sqlx::query_scalar(
        "select id from activities where title is not null and start_latitude_deg is not null order by started_at limit 1 offset 3",
    )
    .fetch_one(tx.connection())
    .await
    .expect("one that began somewhere");
    let near_condition =
        format!("(select abs(a.start_latitude_deg - b.start_latitude_deg) * 111195 <= 1000 from activities b where b.id = '{near}')");
    let conditions = [
        ("", "true"),
        ("sport=run", "sport = 'running' and sub_sport is null"),
        ("sport=trail_run,strength", "sub_sport in ('trail', 'strength_training')"),
        ("from=2024-09-02&to=2025-02-01", "local_date between '2024-09-02' and '2025-02-01'"),
        ("to=2024-05-30", "local_date <= '2024-05-30'"),
        ("from=2026-01-01", "local_date >= '2026-01-01'"),
        ("min_distance_m=5000&max_distance_m=9721", "distance_m between 5000 and 9721"),
        ("max_distance_m=5000", "distance_m <= 5000"),
        ("min_moving_s=2400", "moving_s >= 2400"),
        ("min_hr_bpm=140&max_hr_bpm=141", "avg_hr_bpm between 140 and 141"),
        ("tag=hill", "'hill' = any (tags)"),
        ("tag=long+run", "'long run' = any (tags)"),
        ("gear=Red+shoes", "gear = 'Red shoes'"),
        ("q=tempo", "title = 'Canal tempo'"),
        ("q=%C3%9CBER+DEN", "title like 'Über%'"),
        ("q=%25+legs_", "title like '100%'"),
        ("q=hills", "'hills' = any (tags)"),
        ("q=very+tired", "description <> ''"),
        ("q=nothing+like+it", "false"),
        (&format!("near={near}"), &near_condition),
        (
            "sport=run&gear=Red+shoes&min_hr_bpm=150&q=loop",
            "sport = 'running' and sub_sport is null and gear = 'Red shoes' and avg_hr_bpm >= 150 and title ilike '%loop%'",
        ),
    ];
    let mut some = 0;
    for (query, condition) in conditions {
        let filter = Filter::of_query(query);
        let wanted = expected(&mut tx, condition).await;
        let rows = all(&mut tx, &filter, Sort::Newest).await;
        assert_eq!(rows.iter().map(|row| row.summary.id).collect::<Vec<_>>(), wanted, "{query}");
        assert_eq!(select(&mut tx, &filter, Sort::Newest, 1000).await.expect("ids"), wanted, "{query}");
        some += usize::from(!wanted.is_empty() && wanted.len() < MANY as usize);
        // The totals are of all that is let in, whatever the page.
        let list = list(&mut tx, &ListRequest { filter, ..ListRequest::default() }, Units::default()).await.expect("a list");
        let sum = |value: fn(&ListRow) -> Option<f64>| rows.iter().filter_map(value).sum::<f64>();
        let Sums { count, distance_m, moving_s, elevation_gain_m, trimp, .. } = list.all();
        assert_eq!((count as usize, list.of), (rows.len(), MANY as u32), "{query}");
        for (added, expected) in [
            (distance_m, sum(|row| row.summary.distance_m)),
            (moving_s, sum(|row| row.summary.moving_s)),
            (elevation_gain_m, sum(|row| row.summary.elevation_gain_m)),
            (trimp, sum(|row| row.summary.trimp)),
        ] {
            assert!((added - expected).abs() < 1e-6, "{query}: {added} {expected}");
        }
        for row in &list.page.items {
            let week = list.weeks.iter().find(|week| week.first_day == Units::default().week_of(row.summary.day)).expect("its week");
            let of_week = rows.iter().filter(|other| Units::default().week_of(other.summary.day) == week.first_day && other.kind == row.kind).count();
            assert_eq!(week.kinds.iter().find(|(kind, _)| *kind == row.kind).map(|(_, sums)| sums.count as usize), Some(of_week), "{query}");
        }
    }
    assert!(some >= 16, "{some} conditions let some in and keep others out");
}

#[sqlx::test(migrations = "../../migrations")]
async fn each_order_shows_every_activity_once(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect).with(FEATURES);
    let kim = athlete(&platform, "kim@example.org").await;
    let mut tx = begin_as(&platform, kim).await;
    fill(&mut tx, kim).await;
    for sort in Sort::ALL {
        let rows = all(&mut tx, &Filter::default(), sort).await;
        let mut ids: Vec<Uuid> = rows.iter().map(|row| row.summary.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), MANY as usize, "{sort:?}");
        let key = |row: &ListRow| {
            let s = &row.summary;
            match sort {
                Sort::Newest => Some(s.started_at.timestamp() as f64),
                Sort::Oldest => Some(-s.started_at.timestamp() as f64),
                Sort::Distance => s.distance_m,
                Sort::Duration => s.moving_s,
                Sort::Speed => s.distance_m.zip(s.moving_s).map(|(m, s)| m / s),
                Sort::HeartRate => s.avg_hr_bpm,
                Sort::Climb => s.elevation_gain_m,
                Sort::Load => s.trimp,
            }
            .unwrap_or(f64::MIN)
        };
        assert!(rows.windows(2).all(|two| key(&two[0]) >= key(&two[1]) - 1e-4), "{sort:?}");
    }
    // A cursor of another order is no error: the list goes on from there.
    let other = PageRequest::parse(Some("-5_01900000-0000-7000-8000-000000000000"));
    assert!(list(&mut tx, &ListRequest { page: other, ..ListRequest::default() }, Units::default()).await.is_ok());
}

#[sqlx::test(migrations = "../../migrations")]
async fn kinds_are_the_same_in_the_database(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect).with(FEATURES);
    let kim = athlete(&platform, "kim@example.org").await;
    let mut tx = begin_as(&platform, kim).await;
    let names: Vec<String> = sqlx::query_scalar("select unnest(activity_kinds())").fetch_all(tx.connection()).await.expect("kinds");
    assert_eq!(names, Kind::ALL.map(Kind::code));
    let sub_sports = [
        None,
        Some("trail"),
        Some("treadmill"),
        Some("indoor_running"),
        Some("hiking"),
        Some("open_water"),
        Some("lap_swimming"),
        Some("rowing"),
        Some("indoor_rowing"),
        Some("skiing"),
        Some("cross_country_skiing"),
        Some("alpine_skiing"),
        Some("strength_training"),
        Some("yoga"),
        Some("tennis"),
    ];
    for sport in ["running", "walking", "cycling", "swimming", "transition", "other"] {
        for sub_sport in sub_sports {
            for chosen in [None, Some("ski")] {
                let kind: String = sqlx::query_scalar("select kind_of_activity($1, $2, $3)")
                    .bind(chosen)
                    .bind(sport)
                    .bind(sub_sport)
                    .fetch_one(tx.connection())
                    .await
                    .expect("a kind");
                assert_eq!(Kind::of(chosen, sport, sub_sport).code(), kind, "{chosen:?} {sport} {sub_sport:?}");
            }
        }
    }
}

/// Fails unless the months hold what packing them once more gives.
async fn in_step(tx: &mut Tx, what: &str) -> u32 {
    let wrong: i64 = sqlx::query_scalar(
        "select count(*) from (select athlete_id, date_trunc('month', started_at at time zone 'UTC')::date as month, count(*) as n from activities
             where merged_into is null group by 1, 2) a
           full join activity_months m using (athlete_id, month)
           where a.n is distinct from m.activities or octet_length(m.facts) <> 60 * m.activities
             or cardinality(string_to_array(m.words, chr(10))) <> m.activities",
    )
    .fetch_one(tx.connection())
    .await
    .expect("compared");
    assert_eq!(wrong, 0, "{what}");
    let listed = list(tx, &ListRequest::default(), Units::default()).await.expect("a list");
    assert_eq!(listed.of as usize, listed.page.items.len(), "{what}");
    // What is listed is what the rows say.
    let sum: f64 = listed.page.items.iter().filter_map(|row| row.summary.distance_m).sum();
    assert!((listed.all().distance_m - sum).abs() < 1.0, "{what}");
    listed.of
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_list_follows_what_happens_to_activities(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect).with(FEATURES);
    let kim = athlete(&platform, "kim@example.org").await;
    let start = crate::tests::START;
    let first = add_new(&platform, kim, run(start), "a").await;
    let mut other = run(start + 1800);
    for metres in &mut other.samples.latitude_deg {
        *metres += 1.0;
    }
    let second = add_new(&platform, kim, other, "b").await;
    let third = add_new(&platform, kim, run(start + 86_400), "c").await;
    let mut tx = begin_as(&platform, kim).await;
    assert_eq!(in_step(&mut tx, "added").await, 3);
    let started =
        list(&mut tx, &ListRequest { filter: Filter { near: Some(first), ..Filter::default() }, ..ListRequest::default() }, Units::default())
            .await
            .expect("a list");
    assert_eq!(started.page.items.iter().map(|row| row.summary.id).collect::<Vec<_>>(), [third, first], "where they began is known");
    merge_into(&mut tx, first, second).await.expect("merged");
    assert_eq!(in_step(&mut tx, "merged").await, 2);
    unmerge(&mut tx, second).await.expect("unmerged");
    assert_eq!(in_step(&mut tx, "unmerged").await, 3);
    let fields = |name: &str| match name {
        "day" => Some("2025-02-03"),
        "time" => Some("10:00"),
        _ => None,
    };
    set_start(&mut tx, third, fields, at()).await.expect("dated");
    assert_eq!(in_step(&mut tx, "dated into another month").await, 3);
    let filter = Filter { to: chrono::NaiveDate::from_ymd_opt(2025, 2, 3), ..Filter::default() };
    assert_eq!(select(&mut tx, &filter, Sort::Newest, 9).await.expect("ids"), [third]);
    let trash = platform.ids.uuid(at());
    delete(&mut tx, third, trash, at()).await.expect("deleted");
    assert_eq!(in_step(&mut tx, "deleted").await, 2);
    restore(&mut tx, trash).await.expect("restored");
    assert_eq!(in_step(&mut tx, "restored").await, 3);
    let span = Filter { hr_bpm: Span { min: Some(1), max: None }, ..Filter::default() };
    assert_eq!(select(&mut tx, &span, Sort::Newest, 9).await.expect("ids").len(), 3);
    tx.commit().await.expect("committed");

    let lee = athlete(&platform, "lee@example.org").await;
    let mut tx = begin_as(&platform, lee).await;
    assert_eq!(count(&mut tx).await.expect("count"), 0, "nobody lists what is another athlete's");
}

/// What can be edited of activities at once, by id.
async fn editable(tx: &mut Tx) -> Vec<(Uuid, String, String, Option<String>, Vec<String>, bool)> {
    let sql = "select id, sport, kind_of_activity(kind, sport, sub_sport), gear, tags, hidden from activities order by id";
    sqlx::query_as(sql).fetch_all(tx.connection()).await.expect("rows")
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_done_to_several_can_be_undone(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect).with(FEATURES);
    let (kim, lee) = (athlete(&platform, "kim@example.org").await, athlete(&platform, "lee@example.org").await);
    let mut tx = begin_as(&platform, kim).await;
    fill(&mut tx, kim).await;
    let all: Vec<Uuid> = editable(&mut tx).await.iter().map(|row| row.0).collect();
    let before = editable(&mut tx).await;
    let now = at();
    for (edit, has) in [
        (BulkEdit::Kind(Kind::Ski), "sport=ski"),
        (BulkEdit::Kind(Kind::Run), "sport=run"),
        (BulkEdit::Tag("hills".into()), "tag=hills"),
        (BulkEdit::Gear(Some("New pair".into())), "gear=New+pair"),
        (BulkEdit::Hidden(true), "to=2999-01-01"),
    ] {
        let id = edit_many(&mut tx, &all, &edit, &platform.ids, now).await.expect("edited");
        let found = select(&mut tx, &Filter::of_query(has), Sort::Newest, 1000).await.expect("ids");
        let wanted = if has.starts_with("to=") { all.len() } else { MANY as usize };
        // A trail run that is called a run was chosen to be one.
        assert_eq!(found.len(), wanted, "{edit:?}");
        let done = list_view(&mut tx, &format!("edit={id}"), Units::default(), now.date_naive()).await.expect("a view").done.expect("what was done");
        assert_eq!((done.what, done.count, done.undone), (edit.action(), MANY as u32, false));
        undo(&mut tx, id, now).await.expect("undone");
        assert_eq!(editable(&mut tx).await, before, "{edit:?}");
        assert!(undo(&mut tx, id, now).await.is_err(), "once");
    }
    // Tags that came and went since stay so.
    let tags = async |tx: &mut Tx| editable(tx).await.into_iter().find(|row| row.0 == all[0]).expect("it is there").4;
    let of_first = tags(&mut tx).await;
    let [tagged, later] = ["hills", "later"].map(|tag| BulkEdit::Tag(tag.into()));
    let first = edit_many(&mut tx, &all, &tagged, &platform.ids, now).await.expect("edited");
    let second = edit_many(&mut tx, &all[..1], &later, &platform.ids, now).await.expect("edited");
    undo(&mut tx, first, now).await.expect("undone");
    let mut wanted = of_first;
    wanted.push("later".to_owned());
    wanted.sort();
    assert_eq!(tags(&mut tx).await, wanted);
    undo(&mut tx, second, now).await.expect("undone");
    let gone = edit_many(&mut tx, &all, &BulkEdit::Untag("hill".into()), &platform.ids, now).await.expect("edited");
    undo(&mut tx, gone, now).await.expect("undone");
    assert_eq!(editable(&mut tx).await, before);
    edit_many(&mut tx, &all, &BulkEdit::Untag("hill".into()), &platform.ids, now).await.expect("edited");
    assert!(select(&mut tx, &Filter::of_query("tag=hill"), Sort::Newest, 9).await.expect("ids").is_empty());
    edit_many(&mut tx, &all, &BulkEdit::Gear(None), &platform.ids, now).await.expect("edited");
    assert!(editable(&mut tx).await.iter().all(|row| row.3.is_none()));
    tx.commit().await.expect("committed");

    let mut tx = begin_as(&platform, lee).await;
    let refused = edit_many(&mut tx, &all, &BulkEdit::Delete, &platform.ids, now).await;
    assert!(refused.is_err(), "what is another athlete's is not selected");
    let foreign: Uuid = {
        let mut tx = begin_as(&platform, kim).await;
        let id = edit_many(&mut tx, &all[..1], &BulkEdit::Hidden(true), &platform.ids, now).await.expect("edited");
        tx.commit().await.expect("committed");
        id
    };
    assert!(undo(&mut tx, foreign, now).await.is_err());
}

#[sqlx::test(migrations = "../../migrations")]
async fn several_are_deleted_and_restored(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect).with(FEATURES);
    let kim = athlete(&platform, "kim@example.org").await;
    let start = crate::tests::START;
    let mut ids = Vec::new();
    for (n, name) in ["a", "b", "c"].into_iter().enumerate() {
        ids.push(add_new(&platform, kim, run(start + 86_400 * n as i64), name).await);
    }
    let mut tx = begin_as(&platform, kim).await;
    let deleted = edit_many(&mut tx, &ids[..2], &BulkEdit::Delete, &platform.ids, at()).await.expect("deleted");
    assert_eq!(in_step(&mut tx, "deleted").await, 1);
    undo(&mut tx, deleted, at()).await.expect("undone");
    assert_eq!(in_step(&mut tx, "restored").await, 3);
    let kind = edit_many(&mut tx, &ids, &BulkEdit::Kind(Kind::Hike), &platform.ids, at()).await.expect("edited");
    tx.commit().await.expect("committed");
    crate::tests::settle(&platform, kim).await;
    let mut tx = begin_as(&platform, kim).await;
    let listed = list(&mut tx, &ListRequest::default(), Units::default()).await.expect("a list");
    assert!(
        listed.page.items.iter().all(|row| row.kind == Kind::Hike && row.summary.title.ends_with("walk")),
        "names that are ours follow the sport"
    );
    undo(&mut tx, kind, at()).await.expect("undone");
    let listed = list(&mut tx, &ListRequest::default(), Units::default()).await.expect("a list");
    assert!(listed.page.items.iter().all(|row| row.kind == Kind::Run));
    assert_eq!(BulkAction::Kind.code(), "kind");
}

#[sqlx::test(migrations = "../../migrations")]
async fn gear_adds_up_and_filters_are_kept(_: PgPoolOptions, connect: PgConnectOptions) {
    let platform = TestApp::new(connect).with(FEATURES);
    let kim = athlete(&platform, "kim@example.org").await;
    let mut tx = begin_as(&platform, kim).await;
    fill(&mut tx, kim).await;
    let form = |pairs: &'static [(&str, &str)]| {
        GearEdit::parse(|name| pairs.iter().find(|(field, _)| *field == name).map(|(_, text)| *text)).expect("valid")
    };
    let names = async |tx: &mut Tx| list_view(tx, "", Units::default(), at().date_naive()).await.expect("a view").gear;
    assert_eq!(names(&mut tx).await, ["Red shoes"]);
    let new = form(&[("was", "Red shoes"), ("name", "Pegasus"), ("start_distance", "100")]);
    save_gear(&mut tx, platform.ids.uuid(at()), &new, at()).await.expect("saved");
    let spare = form(&[("name", "Spare bike"), ("gear_kind", "bike"), ("retired_on", "2026-01-02")]);
    save_gear(&mut tx, platform.ids.uuid(at()), &spare, at()).await.expect("saved");
    assert_eq!(names(&mut tx).await, ["Pegasus"], "what retired is not offered");
    let gear = all_gear(&mut tx).await.expect("gear");
    let sum: f64 =
        sqlx::query_scalar("select sum(distance_m) from activities where gear = 'Pegasus'").fetch_one(tx.connection()).await.expect("a sum");
    assert_eq!(gear.iter().map(|gear| (gear.name.as_str(), gear.activities)).collect::<Vec<_>>(), [("Pegasus", 40), ("Spare bike", 0)]);
    assert!((gear[0].distance_m - sum).abs() < 1e-6 && (gear[0].start_distance_m - 100_000.0).abs() < 1e-6);

    let csv = String::from_utf8(list_csv(&mut tx, &ListRequest::of_query("gear=Pegasus&sort=distance").0, Units::AMERICAN).await.expect("csv"))
        .expect("text");
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines.len() == 41 && lines[0].contains("distance_mi") && lines[1].contains("Pegasus"), "{csv}");

    save_filter(&mut tx, platform.ids.uuid(at()), "Long ones", "sport=run&min_distance_m=9000&nonsense=1&sort=distance", at()).await.expect("kept");
    save_filter(&mut tx, platform.ids.uuid(at()), "Long ones", "sport=run&min_distance_m=9500", at()).await.expect("replaced");
    assert!(save_filter(&mut tx, platform.ids.uuid(at()), " ", "sport=run", at()).await.is_err());
    let saved = list_view(&mut tx, "", Units::default(), at().date_naive()).await.expect("a view").saved;
    assert_eq!(saved.iter().map(|one| (one.name.as_str(), one.query.as_str())).collect::<Vec<_>>(), [("Long ones", "sport=run&min_distance_m=9500")]);
}
