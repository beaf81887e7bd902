-- Which database this is. The file store notes it, and removes nothing for another one, which knows nothing of what is there. A dump carries it, so
-- that a restored database is the same one.
-- Locks nothing that was there before.

create table database_identity (
  -- There is one row.
  only_row boolean primary key default true check (only_row),
  id       uuid not null default gen_random_uuid()
);
alter table database_identity enable row level security;
insert into database_identity default values;

create function database_id() returns uuid
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select i.id from database_identity i where i.only_row;
  end;
revoke all on function database_id() from public;
grant execute on function database_id() to legwork_app;
