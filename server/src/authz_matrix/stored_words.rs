//! The database keeps codes and their arguments: words belong to pages.

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, PgConnection};

use super::fixtures::set_up;

/// Columns with words, each with who writes them.
const WORDS: [(&str, &str); 35] = [
    ("accounts.name", "its owner"),
    ("activities.description", "the athlete, or the file"),
    ("activities.device", "the file"),
    ("activities.felt", "the athlete"),
    ("activities.gear", "the athlete, or the file"),
    ("activities.made_title", "us: a title that the athlete did not choose is found and exported like any other"),
    ("activities.source_name", "the athlete"),
    ("activities.sub_sport", "the file"),
    ("activities.tags", "the athlete"),
    ("activities.title", "the athlete"),
    ("activity_months.words", "made of what the athlete, or the file, wrote"),
    ("api_tokens.name", "the athlete"),
    ("change_log.after", "a copy of what the athlete wrote"),
    ("change_log.before", "a copy of what the athlete wrote"),
    ("change_log.row_key", "the keys of a row, with spaces between them"),
    ("courses.name", "the athlete, or the file"),
    ("events.error", "a library, for operators"),
    ("external_identities.subject", "an identity provider"),
    ("finding_feedback.comment", "the athlete"),
    ("gear.name", "the athlete, or the file"),
    ("goals.name", "the athlete"),
    ("import_files.metadata", "the export of another service"),
    ("import_files.name", "the athlete"),
    ("measures.label", "the athlete"),
    ("organisations.name", "its owner"),
    ("passkeys.credential", "a library"),
    ("passkeys.name", "the athlete"),
    ("planned_sessions.steps", "the athlete: what they typed, as a line"),
    ("planned_sessions.words", "the athlete"),
    ("privacy_zones.name", "the athlete"),
    ("saved_filters.name", "the athlete"),
    ("sessions.location", "the operator’s table of addresses"),
    ("sessions.user_agent", "the browser"),
    ("trashed_activities.rows", "a copy of what the athlete wrote"),
    ("trashed_activities.title", "the athlete"),
];

/// Columns of text and JSON that hold a lower-case word, a space, and another word.
async fn columns_with_words(owner: &mut PgConnection, columns: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for column in columns {
        let (table, name) = column.split_once('.').expect("a column of a table");
        let sql = format!("select exists (select from {table} where {name}::text ~ '[a-z]{{2}} [a-zA-Z]{{2}}')");
        if sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *owner).await.expect("searched") {
            found.push(column.clone());
        }
    }
    found
}

#[sqlx::test(migrations = "../migrations")]
async fn nothing_that_we_write_is_a_sentence(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut fixtures = set_up(connect).await;
    let owner = &mut fixtures.owner;
    let mut columns: Vec<String> = sqlx::query_scalar(
        "select c.relname || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> '_sqlx_migrations' and a.attnum > 0
           and not a.attisdropped and a.atttypid in ('text'::regtype, 'text[]'::regtype, 'json'::regtype, 'jsonb'::regtype, 'jsonb[]'::regtype) order by 1",
    )
    .fetch_all(&mut *owner)
    .await
    .expect("columns");
    for (column, _) in WORDS {
        assert!(columns.iter().any(|c| c == column), "{column} is not there any more");
    }
    columns.retain(|column| !WORDS.iter().any(|(name, _)| name == column));
    assert!(columns.len() > 40, "{columns:?}");
    assert_eq!(columns_with_words(owner, &columns).await, [""; 0], "codes and arguments are stored, and words are made where they are shown");
    // The search finds a sentence in JSON, in an array of it, and in text.
    for sentence in [
        "update import_files set reasons = '[{\"code\": \"earlier\", \"text\": \"It was here already.\"}]'",
        "update activities set warnings = array['{\"code\": \"earlier\", \"text\": \"It was here already.\"}'::jsonb]",
        "update audit_log set action = 'The role was changed.'",
    ] {
        sqlx::query(sentence).execute(&mut *owner).await.expect("a sentence");
    }
    assert_eq!(columns_with_words(owner, &columns).await, ["activities.warnings", "audit_log.action", "import_files.reasons"]);
    fixtures.platform.database.close().await;
}
