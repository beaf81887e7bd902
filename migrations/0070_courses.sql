-- Courses for race plans (docs/decisions/0030-race-planner.md).
-- Locks: nothing for long; the table is new, and the reference to `accounts` is made while nothing refers to it.

create table courses (
  id uuid primary key,
  athlete_id uuid not null references accounts on delete cascade,
  name text not null check (length(name) between 1 and 80),
  distance_m float8 not null check (distance_m between 100 and 1000000),
  climb_m float8 check (climb_m between 0 and 1000000),
  -- At most 2,000 of them, in sixteen bytes each (`race::packed`).
  points bytea not null check (octet_length(points) between 32 and 32000 and octet_length(points) % 16 = 0),
  created_at timestamptz not null,
  updated_at timestamptz not null default now()
);
-- The courses of an athlete, the newest first, and how many there are.
create index courses_recent on courses (athlete_id, created_at desc, id desc);
alter table courses enable row level security;
create policy own on courses using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on courses to legwork_app;

create trigger set_updated_at before update on courses for each row execute function set_updated_at();
create trigger record_added after insert or delete on courses for each row execute function record_change('id');
-- Nothing but the name is ever changed: the points are in the log once.
create trigger record_updated after update on courses for each row execute function record_change('id', 'name');

-- Whoever keeps a course has something in the account.
create or replace function unconfirmed_accounts(made_before timestamptz, told_before timestamptz) returns table (account_id uuid, told boolean)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select a.id, a.expiry_told_at is not null from accounts a
      where a.email_verified_at is null and not a.synthetic and a.role <> 'owner' and a.created_at <= made_before
        and (a.expiry_told_at is null or a.expiry_told_at <= told_before)
        and not exists (select from activities x where x.athlete_id = a.id)
        and not exists (select from daily_values x where x.athlete_id = a.id)
        and not exists (select from nutrition_entries x where x.athlete_id = a.id)
        and not exists (select from nutrition_favourites x where x.athlete_id = a.id)
        and not exists (select from goals x where x.athlete_id = a.id)
        and not exists (select from availability x where x.athlete_id = a.id)
        and not exists (select from planned_sessions x where x.athlete_id = a.id)
        and not exists (select from courses x where x.athlete_id = a.id)
        and not exists (select from trashed_activities x where x.athlete_id = a.id)
        and not exists (select from imports x where x.athlete_id = a.id)
        and not exists (select from memberships x where x.account_id = a.id);
  end;
