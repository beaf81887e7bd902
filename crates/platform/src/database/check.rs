//! Checks that the application's connections are as weak as they must be; run at every start, on such a connection itself.

use sqlx::{PgConnection, Row};

use crate::error::Error;

/// One row for each thing that the connection could do and must not.
const FAULTS: &str = "
  with us as (select oid, rolname from pg_roles where rolname in (session_user, current_user, 'legwork_app'))
  select format('the role %I is a superuser', r.rolname) from pg_roles r join us using (oid) where r.rolsuper
  union all select format('the role %I bypasses row-level security', r.rolname) from pg_roles r join us using (oid) where r.rolbypassrls
  union all select format('the role %I may make roles, databases or replicas', r.rolname) from pg_roles r join us using (oid)
    where r.rolcreaterole or r.rolcreatedb or r.rolreplication
  union all select format('%I is a mask over %I, and a mask can be put off', current_user, session_user) where current_user <> session_user
  union all select format('the role %I may become %I', session_user, r.rolname) from pg_roles r
    where r.oid not in (select oid from us) and pg_has_role(session_user, r.oid, 'member')
  union all select distinct format('the role %I owns something', us.rolname) from us join pg_shdepend d on d.refobjid = us.oid
    where d.refclassid = 'pg_authid'::regclass and d.deptype = 'o'
  union all select format('the role %I owns this database', us.rolname) from us join pg_database d on d.datdba = us.oid where d.datname = current_database()
  union all select format('the role %I may make things in the schema public', session_user) where has_schema_privilege('public', 'create')
  union all select format('the table %s shows rows to anyone', c.oid::regclass) from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
      and (has_table_privilege(c.oid, 'select, insert, update, delete') or has_any_column_privilege(c.oid, 'select, insert, update'))
      and not (c.relforcerowsecurity and row_security_active(c.oid))
  union all select 'an anonymous viewer sees rows' where exists (select from accounts)";

/// How many faults are named: a superuser has all of them.
const MAX_NAMED: usize = 5;

/// An error that names every fault, or nothing.
pub(super) async fn check_privileges(connection: &mut PgConnection) -> Result<(), Error> {
    // A simple query, not a prepared statement: behind a pooler its name may belong to another one on this connection.
    let rows = sqlx::raw_sql(FAULTS).fetch_all(connection).await?;
    let faults: Vec<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    if faults.is_empty() {
        return Ok(());
    }
    let more = if faults.len() > MAX_NAMED { format!("; and {} more", faults.len() - MAX_NAMED) } else { String::new() };
    Err(Error::Setup(format!(
        "The database would not keep accounts apart, so nothing is served: {}{more}. The application needs a login that is a member of `legwork_app` and \
         of nothing else; unset storage.app_url to have one created.",
        faults[..faults.len().min(MAX_NAMED)].join("; ")
    )))
}
