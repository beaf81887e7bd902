//! Every statement is planned on filled tables (`fill.sql` here and in each feature) with the planner's own settings: the queries in `.sqlx`, those
//! inside database functions, triggers and foreign keys, and those that the features' declarations become. One that still reads a whole table has
//! no index, and is slow on a server with many athletes.

mod functions;
mod statements;

use std::collections::HashMap;

use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::features::{FEATURES, SAMPLES};
use statements::Statement;

/// The athlete with the most of everything, and one like the others (`fill.sql`).
const ATHLETES: [&str; 2] = ["01900000-0000-7000-8000-000000000000", "01900000-0000-7000-8000-000000000007"];

/// A table or an index with no more rows than this may be read whole: that is quicker than what a page takes besides.
const TINY: f64 = 500.0;

/// The database of a test, filled.
struct Filled {
    connection: PgConnection,
    /// Who is the viewer, and whose ids the parameters are.
    athlete: &'static str,
    /// How many rows each table and each index has.
    rows: HashMap<String, f64>,
}

impl Filled {
    async fn new(connect: PgConnectOptions) -> Self {
        platform::testing::install_queue(connect.clone()).await.expect("a queue");
        let mut connection = PgConnection::connect_with(&connect).await.expect("owner");
        let fills = SAMPLES.iter().map(|samples| samples.fill);
        for fill in [include_str!("fill.sql")].into_iter().chain(fills).chain(["set session_replication_role = default; analyze"]) {
            sqlx::raw_sql(fill).execute(&mut connection).await.unwrap_or_else(|e| panic!("{e}: {fill}"));
        }
        let sizes = "select relname::text, reltuples::float8 from pg_class where relkind in ('r', 'i') and relnamespace = 'public'::regnamespace";
        let rows: Vec<(String, f64)> = sqlx::query_as(sizes).fetch_all(&mut connection).await.expect("sizes");
        let rows: HashMap<_, _> = rows.into_iter().collect();
        for table in FEATURES.tables() {
            let filled = rows[table.name];
            assert!(filled > TINY || table.name == "database_identity", "`fill.sql` of its crate makes {filled} rows of {}", table.name);
        }
        Self { connection, athlete: ATHLETES[0], rows }
    }

    async fn run(&mut self, sql: &str) {
        self.connection.execute(AssertSqlSafe(sql)).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    }

    /// Is what the application is when it acts for an athlete.
    async fn become_app(&mut self, athlete: &'static str) {
        self.run("set role legwork_app").await;
        self.athlete = athlete;
        self.run(&format!("select set_config('legwork.viewer', '{athlete}', false)")).await;
    }

    /// What a statement reads whole, by any of the plans that the planner may choose: for these parameters, as at first, or for any, as later.
    async fn reads_whole(&mut self, statement: &Statement) -> Vec<String> {
        let mut found = Vec::new();
        for mode in ["force_custom_plan", "force_generic_plan"] {
            self.run(&format!("set plan_cache_mode = {mode}")).await;
            let plan = self.plan(statement).await;
            self.judge(&plan, statement.once_a_night, &mut found);
        }
        self.run("reset plan_cache_mode").await;
        found.sort();
        found.dedup();
        found
    }

    async fn plan(&mut self, statement: &Statement) -> Value {
        let Statement { sql, types, .. } = statement;
        let listed = |items: &[String]| if items.is_empty() { String::new() } else { format!("({})", items.join(", ")) };
        self.run(&format!("prepare planned {} as {sql}", listed(types))).await;
        let call = format!("planned {}", listed(&statement.values(self.athlete)));
        let explained = sqlx::query_scalar(AssertSqlSafe(format!("explain (format json) execute {call}"))).fetch_one(&mut self.connection);
        let explained: Value = explained.await.unwrap_or_else(|e| panic!("{sql}: {e}"));
        self.run("deallocate planned").await;
        explained[0]["Plan"].clone()
    }

    /// Adds what a plan reads whole: without an index, or over a whole index. What runs `once_a_night` may do so once, but not for each of its rows.
    fn judge(&self, plan: &Value, once_a_night: bool, found: &mut Vec<String>) {
        let cost = plan["Total Cost"].as_f64().unwrap_or(f64::MAX);
        self.walk(plan, cost, !once_a_night, found);
    }

    fn walk(&self, node: &Value, cost: f64, forbidden: bool, found: &mut Vec<String>) {
        let text = |key: &str| node[key].as_str().unwrap_or_default();
        let kind = text("Node Type");
        let along_all = kind.contains("Index") && node.get("Index Cond").is_none();
        let read = if along_all { text("Index Name") } else { text("Relation Name") };
        let large = self.rows.get(read).is_some_and(|rows| *rows > TINY);
        // What would cost more than the whole statement is not read to its end: a limit or an `exists` is content with the first rows.
        let to_the_end = node["Total Cost"].as_f64().is_some_and(|own| own <= cost);
        if (kind == "Seq Scan" || along_all) && forbidden && large && to_the_end {
            found.push(format!("{kind} of {read}"));
        }
        for child in node["Plans"].as_array().into_iter().flatten() {
            let relation = child["Parent Relationship"].as_str().unwrap_or_default();
            let hashed = || format!("hashed {}", child["Subplan Name"].as_str().unwrap_or_default());
            let for_each_row = (relation == "SubPlan" && !node.to_string().contains(&hashed())) || (kind == "Nested Loop" && relation == "Inner");
            self.walk(child, cost, forbidden || for_each_row, found);
        }
    }
}

/// Fails with the statements that read a table whole.
fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} statements read a whole table:\n{}", wrong.len(), wrong.join("\n"));
}

#[sqlx::test(migrations = "../migrations")]
async fn every_statement_has_an_index(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut filled = Filled::new(connect).await;
    let mut wrong = Vec::new();

    // A statement without an index is detected.
    for bad in [
        "select id from activities where title = $1",
        "select id from activities where title = $1 limit 1",
        "select exists (select from activities where title = $1)",
        "select count(*) from activities where $1::text is null",
    ] {
        let bad = Statement::new(bad, &["Text"]);
        assert!(!filled.reads_whole(&bad).await.is_empty(), "{}", bad.sql);
    }
    let by_email = Statement::new("select id from accounts where lower(email) = $1", &["Text"]);
    assert!(filled.reads_whole(&by_email).await.is_empty());
    filled.run("begin; drop index accounts_email").await;
    assert_eq!(filled.reads_whole(&by_email).await, ["Seq Scan of accounts"]);
    filled.run("rollback").await;

    // What runs once a night may read a table, but not for each row.
    for nightly in statements::nightly() {
        let found = filled.reads_whole(&nightly).await;
        wrong.extend((!found.is_empty()).then(|| format!("{}\n    for each row: {}", nightly.sql, found.join(", "))));
    }

    let mut queries = statements::described();
    assert!(queries.len() > 200, "{}", queries.len());
    queries.extend(statements::declared());
    for athlete in ATHLETES {
        filled.become_app(athlete).await;
        for query in &queries {
            let found = filled.reads_whole(query).await;
            wrong.extend((!found.is_empty()).then(|| format!("{}\n    {}", query.sql, found.join(", "))));
        }
        filled.run("reset role").await;
    }
    none(&wrong);
}

#[sqlx::test(migrations = "../migrations")]
async fn every_statement_in_a_function_has_an_index(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut filled = Filled::new(connect).await;
    // A lookup by email address joined with all devices: the bug that this test was written for.
    let bad = "create function bad(wanted text) returns bigint language sql begin atomic
                 select count(*) from known_devices d join accounts a on a.id = d.account_id where a.email = wanted; end";
    filled.run(bad).await;
    let (read, mut wrong) = functions::in_sql(&mut filled).await;
    assert!(read > 20, "{read}");
    assert!(wrong.iter().any(|w| w.starts_with("bad:")), "a query without an index is detected");
    wrong.retain(|w| !w.starts_with("bad:"));
    wrong.extend(functions::in_plpgsql(&mut filled).await);
    none(&wrong);
}
