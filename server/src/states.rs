//! What pages say, as plain text, to athletes with no, little, old and much data; and in whose time zone.

use accounts::testing::{KIM, Person};
use app::document::Assets;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use platform::testing::TestApp;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgConnection};
use tower::ServiceExt;
use uuid::Uuid;

/// An athlete in Kolkata, where it is 05:30 when the test's clock says midnight UTC.
struct Reader {
    router: Router,
    platform: TestApp,
    owner: PgConnection,
    id: Uuid,
    token: String,
}

impl Reader {
    async fn new(connect: PgConnectOptions) -> Self {
        let owner = PgConnection::connect_with(&connect).await.expect("owner");
        let platform = TestApp::new(connect).with(crate::features::FEATURES);
        let signed_in = Person { time_zone: "Asia/Kolkata", ..KIM }.register(&platform).await;
        let router = crate::serve::router(platform.clone(), Assets::default()).expect("a router");
        Self { router, platform, owner, id: signed_in.viewer.id, token: signed_in.token }
    }

    /// The text of a page, without its markup.
    async fn text(&self, path: &str) -> String {
        let request = Request::builder().uri(path).header(header::COOKIE, format!("legwork_session={}", self.token));
        let answer = self.router.clone().oneshot(request.body(Body::empty()).expect("request")).await.expect("answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        let page = to_bytes(answer.into_body(), 16 << 20).await.expect("body");
        assert!(page.len() < 400_000, "{path} has {} bytes", page.len());
        text_of(&String::from_utf8_lossy(&page))
    }

    /// The text of the page that a rejected form gets.
    async fn rejected(&self, path: &str, form: &'static str) -> String {
        let request = Request::post(path)
            .header(header::COOKIE, format!("legwork_session={}", self.token))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = self.router.clone().oneshot(request.body(Body::from(form)).expect("request")).await.expect("answer");
        assert_eq!(answer.status(), axum::http::StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        let page = to_bytes(answer.into_body(), 16 << 20).await.expect("body");
        text_of(&String::from_utf8_lossy(&page))
    }

    /// Adds runs with a heart rate, one every `every` days, the last one `ago` days before today.
    async fn add_runs(&mut self, runs: i32, every: i32, ago: i32) {
        let now = self.platform.clock.now();
        sqlx::query(
            "insert into activities (id, athlete_id, source_sha256, source_part, source_name, sport, title, started_at, local_start, local_date,
               elapsed_s, moving_s, distance_m, elevation_gain_m, avg_hr_bpm, efficiency_factor, trimp, ngp_s_per_km, repairs, warnings, splits, route_preview, series,
               formula_version, created_at)
             select gen_random_uuid(), $1, sha256(n::text::bytea), 0, 'run.fit', 'running', 'Loop', d.at, d.at, d.at::date, 3000, 2900, 10000, 50, 145,
               1.2 + n * 1e-4 + 0.01 * (n % 3), 80, 300, '{}', '{}', '[]', '[]', $6, 1000000, $2
             from generate_series(0, $3 - 1) n cross join lateral (select $2 - make_interval(days => $5 + ($3 - 1 - n) * $4) as at) d",
        )
        .bind(self.id)
        .bind(now)
        .bind(runs)
        .bind(every)
        .bind(ago)
        .bind(serde_json::to_value(domain::activities::ChartSeries::default()).expect("JSON"))
        .execute(&mut self.owner)
        .await
        .expect("runs");
    }

    /// Home, performance and discovery, with findings as the job computes them.
    async fn pages(&self) -> [String; 3] {
        discovery::discover_now(&self.platform, self.id).await.expect("findings");
        let pages = [self.text("/").await, self.text("/performance").await, self.text("/discovery").await];
        for page in &pages {
            for never in ["-0", "−0.0", "NaN", "inf ", "UTC", "Fitness 0, steady", "about 0 "] {
                assert!(!page.contains(never), "{never:?} in: {page}");
            }
        }
        pages
    }
}

/// The text between the tags, without scripts and attributes; spaces are plain and single.
fn text_of(page: &str) -> String {
    let body = page.split_once("<main").map_or(page, |(_, rest)| rest);
    let body = body.split_once("</main>").map_or(body, |(main, _)| main);
    // Inline elements do not separate words; all others do.
    let inline = ["mark", "b", "i", "a", "small", "span", "!"];
    let mut text = String::new();
    for segment in body.split('<').skip(1) {
        let Some((tag, after)) = segment.split_once('>') else { continue };
        let name = tag.trim_start_matches('/').split([' ', '-']).next().unwrap_or_default();
        if !inline.contains(&name) {
            text.push(' ');
        }
        text.push_str(after);
    }
    let text = text.replace('\u{a0}', " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn says(page: &str, wanted: &[&str], never: &[&str]) {
    for word in wanted {
        assert!(page.contains(word), "{word:?} is not in: {page}");
    }
    for word in never {
        assert!(!page.contains(word), "{word:?} is in: {page}");
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn nothing_yet_says_what_to_do(_: PgPoolOptions, connect: PgConnectOptions) {
    let reader = Reader::new(connect).await;
    let [home, performance, discovery] = reader.pages().await;
    says(&home, &["No runs yet.", "Import runs"], &["km so far"]);
    says(&performance, &["Nothing to add up yet.", "Import runs"], &["In balance"]);
    let testable =
        ["What could be tested", "once it is known on about 30 run days", "Carbohydrate before", "no run day yet", "Answer in the journal"];
    says(&discovery, &[&["Nothing to compare yet.", "Import runs"][..], &testable].concat(), &[": tested"]);
    reader.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn home_asks_for_fuel_on_a_day_with_training_and_never_once_it_was_told_not_to(_: PgPoolOptions, connect: PgConnectOptions) {
    const ASKS: &[&str] = &["Log today’s pre-run fuel? (Optional. It helps spot patterns when you do.)", "Never ask"];
    let mut reader = Reader::new(connect).await;
    reader.add_runs(1, 1, 1).await;
    says(&reader.text("/").await, &["Last activity"], ASKS);
    sqlx::query("delete from activities").execute(&mut reader.owner).await.expect("deleted");
    reader.add_runs(1, 1, 0).await;
    says(&reader.text("/").await, ASKS, &[]);
    let answer = async |text: &'static str| {
        let request = Request::post("/nutrition/prompt")
            .header(header::COOKIE, format!("legwork_session={}", reader.token))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = reader.router.clone().oneshot(request.body(Body::from(text)).expect("request")).await.expect("answer");
        answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).map(ToOwned::to_owned)
    };
    assert_eq!(answer("answer=never&from=home").await.as_deref(), Some("/"));
    says(&reader.text("/").await, &["Last activity"], ASKS);
    assert_eq!(answer("answer=ask&from=https://elsewhere.example").await.as_deref(), Some("/nutrition"));
    says(&reader.text("/").await, ASKS, &[]);
    let fields = domain::nutrition::EntryFields::parse(|name| (name == "text").then_some("gel")).expect("valid");
    let now = reader.platform.clock.now();
    let add = async |tx: &mut platform::Tx| nutrition::add(tx, Uuid::from_u128(1), fields, now).await;
    reader.platform.database.transact(reader.id, add).await.expect("added");
    says(&reader.text("/").await, &["Last activity"], ASKS);
    reader.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn one_run_and_five_say_how_many_more(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut reader = Reader::new(connect).await;
    reader.add_runs(1, 1, 0).await;
    let [home, performance, discovery] = reader.pages().await;
    says(&home, &["Nine more runs with a heart rate", "10.0 km so far."], &[]);
    says(&performance, &["Fitness 2, just begun."], &["In balance", "steady"]);
    says(&discovery, &["1 run day"], &["1 run days"]);
    sqlx::query("delete from activities").execute(&mut reader.owner).await.expect("deleted");
    reader.add_runs(5, 1, 0).await;
    let [home, performance, _] = reader.pages().await;
    says(&home, &["Five more runs with a heart rate"], &["A few more"]);
    says(&performance, &["just begun"], &["In balance"]);
    reader.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn training_of_two_years_ago_is_reported_as_such(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut reader = Reader::new(connect).await;
    reader.add_runs(73, 2, 730).await;
    let [home, performance, discovery] = reader.pages().await;
    says(
        &home,
        &["Nothing since Saturday 21 September 2024.", "Saturday 21 September 2024, ", "Nothing this week."],
        &["more runs", "km so far", "Fitness"],
    );
    says(&performance, &["Nothing to add up since Saturday 21 September 2024."], &["In balance", "Fitness 0", "steady", "today"]);
    says(&discovery, &["73 run days"], &["Import runs"]);
    reader.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn runs_without_a_heart_rate_are_reported_as_such(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut reader = Reader::new(connect).await;
    reader.add_runs(73, 1, 0).await;
    sqlx::query("update activities set avg_hr_bpm = null, efficiency_factor = null, trimp = null")
        .execute(&mut reader.owner)
        .await
        .expect("no heart rate");
    let [home, performance, _] = reader.pages().await;
    says(&home, &["No recorded run with a heart rate in the last 120 days"], &["more runs"]);
    says(&performance, &["Nothing to add up yet."], &["In balance"]);
    reader.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn five_thousand_runs_fit_on_the_same_pages(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut reader = Reader::new(connect).await;
    reader.add_runs(5000, 1, 0).await;
    // The engine would take long; the pages read stored values.
    let pages = [reader.text("/").await, reader.text("/performance").await, reader.text("/discovery").await];
    says(&pages[0], &["more efficient than four months ago, give or take", "10.0 km of a usual 70."], &["-0"]);
    says(&pages[1], &["In balance. Fitness 80, steady."], &["-0"]);
    says(&pages[2], &["Looking at your days."], &["Import runs"]);
    reader.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn an_impossible_date_is_asked_for_on_its_page(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut reader = Reader::new(connect).await;
    reader.add_runs(1, 1, 0).await;
    let id: Uuid = sqlx::query_scalar(
        "update activities set local_date = '1989-12-31', local_start = '1989-12-31 00:13', started_at = '1989-12-31' returning id",
    )
    .fetch_one(&mut reader.owner)
    .await
    .expect("a run");
    says(&reader.text("/").await, &["No run with a possible date.", "say when it was"], &["No runs yet"]);
    says(&reader.text("/performance").await, &["Nothing to add up yet."], &[]);
    says(
        &reader.text(&format!("/activities/{id}")).await,
        &["When was it?", "The clock said 31 December 1989, which cannot be right.", "Set the date"],
        &[],
    );
    let rejected = reader.rejected(&format!("/activities/{id}/start"), "day=2030-01-01&time=10:00").await;
    says(&rejected, &["Not after 21 September 2026: it was imported by then."], &["Reset the date"]);
    sqlx::query("update activities set clock_shift_ms = 0, clock_utc_offset_s = 0").execute(&mut reader.owner).await.expect("dated");
    says(&reader.text(&format!("/activities/{id}/edit")).await, &["Reset the date"], &[]);
    reader.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn an_import_says_the_same_numbers_everywhere(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut reader = Reader::new(connect).await;
    reader.add_runs(4, 1, 0).await;
    let import = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
    sqlx::query("insert into imports (id, athlete_id, created_at) values ($1, $2, now())")
        .bind(import)
        .bind(reader.id)
        .execute(&mut reader.owner)
        .await
        .expect("import");
    sqlx::query(
        "with files as (insert into import_files (id, import_id, athlete_id, name, bytes, outcome, created_at)
           select gen_random_uuid(), $1, $2, o, 1, o, now() from unnest(array['imported', 'merged', 'duplicate', 'failed', 'unpacked', 'skipped']) o
           returning id, outcome)
         update activities a set import_file_id = f.id, merged_into = m.id
           from (select id, row_number() over (order by started_at) as n from activities) x
           left join (select id from activities order by started_at limit 1) m on x.n = 4, files f
           where a.id = x.id and f.outcome = case when x.n = 4 then 'merged' else 'imported' end",
    )
    .bind(import)
    .bind(reader.id)
    .execute(&mut reader.owner)
    .await
    .expect("files");
    says(&reader.text(&format!("/imports/{import}")).await, &["3 new activities out of 4 files, 1 merged, 1 here already, 1 failed."], &[]);
    says(&reader.text("/imports").await, &["Files Activities Days Merged Failed", " 4 3 0 1 1"], &[]);
    reader.platform.database.close().await;
}

#[sqlx::test(migrations = "../migrations")]
async fn every_time_is_in_the_viewers_time_zone(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut reader = Reader::new(connect).await;
    reader.add_runs(5, 1, 0).await;
    // 19:15 UTC is 00:45 of the next day in Kolkata.
    let at = "timestamptz '2026-03-31 19:15:00Z'";
    let import = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0002);
    for sql in [
        format!("insert into imports (id, athlete_id, created_at) values ('{import}', '{}', {at})", reader.id),
        format!(
            "insert into data_exports (id, athlete_id, requested_at, finished_at, expires_at) values (gen_random_uuid(), '{}', {at}, {at}, {at} + interval '1 year')",
            reader.id
        ),
        format!(
            "insert into change_log (athlete_id, actor_id, at, table_name, row_key, before, after) values ('{0}', '{0}', {at}, 'daily_values', '2026-01-05 mood typed', '{{\"number\": 2}}', '{{\"number\": 3}}')",
            reader.id
        ),
        format!("insert into audit_log (at, actor_id, subject_id, action) values ({at}, '{0}', '{0}', 'accounts.password_changed')", reader.id),
    ] {
        sqlx::query(sqlx::AssertSqlSafe(sql.clone())).execute(&mut reader.owner).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    }
    discovery::discover_now(&reader.platform, reader.id).await.expect("findings");
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "update discovery_reports set report = jsonb_set(report::jsonb, '{{computed_at}}', to_jsonb({at}))::json"
    )))
    .execute(&mut reader.owner)
    .await
    .expect("report");
    let moment = "1 April 2026, 00:45";
    for page in ["/imports", &format!("/imports/{import}"), "/settings/history", "/settings/security", "/settings/privacy", "/discovery"] {
        says(&reader.text(page).await, &[moment], &["UTC", "31 March 2026", "19:15"]);
    }
    reader.platform.database.close().await;
}
