//! The rows of all tables, to go back to.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::features::FEATURES;

/// The rows of all tables as they were.
pub(super) struct Snapshot {
    restore: Vec<String>,
}

impl Snapshot {
    pub(super) async fn take(owner: &mut PgConnection) -> Self {
        sqlx::query("create schema before").execute(&mut *owner).await.expect("schema");
        let mut restore = Vec::new();
        for table in FEATURES.tables().map(|table| table.name) {
            sqlx::query(AssertSqlSafe(format!("create table before.{table} as table public.{table}"))).execute(&mut *owner).await.expect("copy");
            let columns: String = sqlx::query_scalar(
                "select string_agg(quote_ident(attname), ', ') from pg_attribute
                 where attrelid = ('public.' || $1)::regclass and attnum > 0 and not attisdropped and attgenerated = ''",
            )
            .bind(table)
            .fetch_one(&mut *owner)
            .await
            .expect("columns");
            restore.push(format!("delete from {table}"));
            restore.push(format!("insert into {table} ({columns}) overriding system value select {columns} from before.{table}"));
        }
        Self { restore }
    }

    pub(super) async fn restore(&self, owner: &mut PgConnection) {
        let mut tx = owner.begin().await.expect("transaction");
        // Neither triggers nor references: the rows fit together, as they did before.
        sqlx::query("set local session_replication_role = replica").execute(&mut *tx).await.expect("role");
        for sql in &self.restore {
            sqlx::query(AssertSqlSafe(sql.clone())).execute(&mut *tx).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
        }
        tx.commit().await.expect("commit");
    }
}
