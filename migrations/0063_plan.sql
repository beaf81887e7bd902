-- Planned sessions, and the secret address of the plan as a calendar (docs/decisions/0027-plan.md).
-- Locks: nothing for long; the tables are new, and the references to `accounts` and `activities` are made while nothing refers to them.

create table planned_sessions (
  id uuid primary key,
  athlete_id uuid not null references accounts on delete cascade,
  day date not null check (day between date '1900-01-01' and date '2199-12-31'),
  kind text not null check (kind = any (activity_kinds())),
  words text not null default '' check (length(words) <= 200),
  -- How much: metres, seconds or training impulse.
  target text not null default 'none' check (target in ('none', 'distance', 'duration', 'load')),
  amount int check (amount >= 1 and amount <= case target when 'distance' then 1000000 when 'duration' then 172800 else 2000 end),
  -- As a line of text (`domain::plan::write`), in metric units.
  steps text not null default '' check (length(steps) <= 2000),
  -- What the athlete said that it was. Otherwise it is found when it is read, by day, sport and shape, unless it was none of them.
  matched_activity_id uuid references activities on delete set null,
  unmatched boolean not null default false,
  created_at timestamptz not null,
  updated_at timestamptz not null default now(),
  check ((target = 'none') = (amount is null)),
  check (not unmatched or matched_activity_id is null)
);
-- The sessions of a span of days, and the list, latest first.
create index planned_sessions_day on planned_sessions (athlete_id, day desc, id desc);
-- For the deletion of what they refer to.
create index planned_sessions_activity on planned_sessions (matched_activity_id) where matched_activity_id is not null;
alter table planned_sessions enable row level security;
create policy own on planned_sessions using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on planned_sessions to legwork_app;

-- One secret address for each athlete: whoever knows it reads the plan, until there is a new one or none.
create table calendar_feeds (
  athlete_id uuid primary key references accounts on delete cascade,
  token_hash bytea not null unique,
  created_at timestamptz not null
);
alter table calendar_feeds enable row level security;
create policy own on calendar_feeds using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on calendar_feeds to legwork_app;

-- Whose plan a secret opens. An account that is going to be deleted shows nothing.
create function athlete_of_calendar_feed(wanted_hash bytea) returns table (athlete_id uuid)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select f.athlete_id from calendar_feeds f join accounts a on a.id = f.athlete_id
      where f.token_hash = wanted_hash and a.deletion_requested_at is null;
  end;

-- A session refers to an activity that is its athlete's and still there, whatever an archive, an edit that is undone, or a request says.
create function keep_own_activity() returns trigger
  language plpgsql set search_path = public, pg_temp
  as $$
  begin
    if new.matched_activity_id is not null
      and not exists (select from activities a where a.id = new.matched_activity_id and a.athlete_id = new.athlete_id) then
      new.matched_activity_id := null;
    end if;
    return new;
  end;
  $$;
create trigger keep_own_activity before insert or update on planned_sessions for each row execute function keep_own_activity();
create trigger set_updated_at before update on planned_sessions for each row execute function set_updated_at();

create trigger record_added after insert or delete on planned_sessions for each row execute function record_change('id');
-- An activity that is deleted is no edit of the plan.
create trigger record_updated after update on planned_sessions for each row
  when ((to_jsonb(old) - '{matched_activity_id,updated_at}'::text[]) is distinct from (to_jsonb(new) - '{matched_activity_id,updated_at}'::text[])
    or (new.matched_activity_id is not null and old.matched_activity_id is distinct from new.matched_activity_id))
  execute function record_change('id');

-- Whoever planned something has something in the account.
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
        and not exists (select from trashed_activities x where x.athlete_id = a.id)
        and not exists (select from imports x where x.athlete_id = a.id)
        and not exists (select from memberships x where x.account_id = a.id);
  end;

revoke all on function keep_own_activity(), athlete_of_calendar_feed(bytea) from public;
grant execute on function athlete_of_calendar_feed(bytea) to legwork_app;
