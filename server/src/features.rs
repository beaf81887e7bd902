//! The features of this server: the one list that knows all of them.

use platform::feature::Features;
use platform::http::Endpoints;

use crate::serve::AppState;

/// Features by their crates, each with a `FEATURE`, an `http::router` and, for tests, `testing::SAMPLES`.
macro_rules! features {
    ($($feature:ident,)*) => {
        /// What the features declare.
        pub(crate) const FEATURES: Features = Features(&[&platform::feature::PLATFORM, $(&$feature::FEATURE,)*]);

        /// What the tests of isolation need of the features.
        #[cfg(test)]
        pub(crate) const SAMPLES: &[platform::testing::Samples] = &[$($feature::testing::SAMPLES,)*];

        /// The endpoints of all features.
        pub(crate) fn endpoints() -> Endpoints<AppState> {
            Endpoints::new()$(.merge($feature::http::router()))*
        }
    };
}

// In an order in which their rows can be inserted: what others refer to comes first. What they offer to discovery is on its page in the same order.
features! {
    accounts,
    organisations,
    journal,
    imports,
    activities,
    nutrition,
    discovery,
    onboarding,
    plan,
    race,
    history,
    privacy,
}

#[cfg(test)]
mod tests {
    use platform::feature::Owner;
    use platform::feature::daily::DAILY_VALUES_CHANGED;
    use platform::jobs::Job;
    use platform::retention::{PurgeExpired, Retention};
    use platform::testing::TestApp;
    use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
    use sqlx::{Connection, PgConnection};

    use super::FEATURES;

    #[sqlx::test(migrations = "../migrations")]
    async fn every_table_is_declared_by_one_feature_and_guarded(_: PgPoolOptions, connect: PgConnectOptions) {
        let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
        let tables: Vec<(String, bool)> = sqlx::query_as(
            "select c.relname::text, c.relrowsecurity and exists (select from pg_policy p where p.polrelid = c.oid) from pg_class c
             where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> '_sqlx_migrations' order by 1",
        )
        .fetch_all(&mut owner)
        .await
        .expect("tables");
        let mut declared: Vec<&str> = FEATURES.tables().map(|table| table.name).collect();
        declared.sort_unstable();
        assert_eq!(tables.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), declared);
        for table in FEATURES.tables() {
            let (Owner::Athlete(column) | Owner::Organisation(column)) = table.owner else { continue };
            assert!(tables.iter().any(|(name, guarded)| name == table.name && *guarded), "{} has no policy", table.name);
            let exists: bool = sqlx::query_scalar("select exists (select from pg_attribute where attrelid = $1::regclass and attname = $2)")
                .bind(table.name)
                .bind(column)
                .fetch_one(&mut owner)
                .await
                .expect("columns");
            assert!(exists, "{}.{column}", table.name);
        }
    }

    #[test]
    fn what_is_kept_how_long_is_what_the_document_says() {
        let document = include_str!("../../docs/security.md");
        for Retention { what, kept, .. } in FEATURES.retention() {
            assert!(document.contains(&format!("| {what} | {kept} |")), "docs/security.md does not say that {what} are kept: {kept}");
        }
    }

    #[test]
    fn the_privacy_notice_names_whatever_is_kept_for_a_while() {
        let notice = include_str!("../../app/src/accounts/notice.rs");
        // What a feature declares, and what the notice calls it and says of it.
        let named = [
            ("edits, for undo", "Edits, so that you can undo them", "a year"),
            ("edits of something that was deleted", "of something that you deleted", "thirty days after that"),
            ("what undoes an edit of several activities", "What undoes an edit of several activities", "a day"),
            ("files that could not be imported, for another try", "Files that could not be imported", "thirty days"),
            ("cancelled exports", "cancelled ones", "a week"),
            ("sessions", "Sessions", "thirty days without use, or 180 days"),
            ("known browsers", "a browser is known", "400 days without use"),
            ("tokens in emails", "Links and codes in emails", "an hour to three days"),
            ("passkey sign-ins that were not finished", "Passkey sign-ins that were not finished", "five minutes"),
            ("invitations", "Invitations", "fourteen days"),
            ("API tokens", "API tokens", "the day that you chose"),
            ("uploads that nobody goes on with or uses", "Uploads that nobody goes on with", "one to two days"),
            ("answers to requests with an idempotency key", "answers to programs", "one to two days"),
            ("events", "Events", "a week"),
            ("jobs that failed for good", "failed for good", "thirty days"),
            ("finished recomputations", "computed anew", "ninety days"),
        ];
        for Retention { what, kept, .. } in FEATURES.retention() {
            let Some((_, called, until)) = named.iter().find(|(declared, ..)| declared == what) else {
                panic!("the privacy notice does not say that {what} are kept: {kept}");
            };
            let line = notice.lines().find(|line| line.contains(called)).unwrap_or_default();
            assert!(line.contains(until), "{what}: “{called}”, “{until}”: {line}");
        }
        // What outlives more than it says: an account with something in it stays, and the log of what was done to accounts.
        assert!(notice.contains("if it has nothing in it") && notice.contains("security log"));
    }

    #[sqlx::test(migrations = "../migrations")]
    async fn every_night_what_is_over_can_be_deleted(_: PgPoolOptions, connect: PgConnectOptions) {
        let platform = TestApp::new(connect).with(FEATURES).with_queue().await;
        PurgeExpired {}.run(&platform).await.expect("every statement is valid");
        platform.database.close().await;
    }

    #[test]
    fn subscribers_listen_to_events_that_exist_and_jobs_have_names_of_their_own() {
        let events: Vec<&str> = FEATURES.events().collect();
        for subscriber in FEATURES.subscribers() {
            assert!(subscriber.to.iter().all(|event| events.contains(event) || *event == DAILY_VALUES_CHANGED), "{subscriber:?}");
        }
        assert!(FEATURES.iter().all(|feature| feature.daily.changed_by.iter().all(|event| events.contains(event))));
        let mut inputs: Vec<String> = FEATURES.inputs().map(|input| input.key).collect();
        let offered = inputs.len();
        inputs.sort_unstable();
        inputs.dedup();
        assert_eq!(inputs.len(), offered, "findings are stored by these keys");
        let mut jobs: Vec<&str> = FEATURES.jobs().map(|job| job.name).collect();
        let all = jobs.len();
        jobs.sort_unstable();
        jobs.dedup();
        assert_eq!(jobs.len(), all);
    }

    #[sqlx::test(migrations = "../migrations")]
    async fn triggers_emit_events_that_a_feature_declares(_: PgPoolOptions, connect: PgConnectOptions) {
        let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
        let emitted: Vec<String> = sqlx::query_scalar(
            r"select distinct trim(trailing '\000' from encode(tgargs, 'escape')) from pg_trigger where tgfoid = 'emit_changed'::regproc
             union select (regexp_matches(prosrc, $$emit_event_for\([^,]+, '([a-z_.]+)'$$, 'g'))[1] from pg_proc order by 1",
        )
        .fetch_all(&mut owner)
        .await
        .expect("events");
        let mut declared: Vec<&str> = FEATURES.events().collect();
        declared.sort_unstable();
        assert_eq!(emitted, declared);
    }

    #[sqlx::test(migrations = "../migrations")]
    async fn edits_are_logged_of_the_tables_that_say_so(_: PgPoolOptions, connect: PgConnectOptions) {
        let mut owner = PgConnection::connect_with(&connect).await.expect("owner");
        let logged: Vec<String> =
            sqlx::query_scalar("select distinct tgrelid::regclass::text from pg_trigger where tgfoid = 'record_change'::regproc order by 1")
                .fetch_all(&mut owner)
                .await
                .expect("triggers");
        let mut declared: Vec<&str> = FEATURES.tracked().map(|(table, ..)| table).collect();
        declared.sort_unstable();
        assert_eq!(logged, declared);
    }
}
