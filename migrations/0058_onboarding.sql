-- Getting to know an athlete: goals, availability and how far the first questions were answered; the year of birth; weight as a daily value alone
-- (docs/decisions/0024-onboarding.md).
-- Locks: `athlete_thresholds` for a moment, for a column that is null at first. The tables are new. Weights are copied, one row for each entry with one.

create table goals (
  id uuid primary key,
  athlete_id uuid not null references accounts on delete cascade,
  kind text not null check (kind in ('race', 'healthier', 'knowing')),
  -- Of a race alone.
  name text check (length(name) between 1 and 80),
  day date check (day between date '1900-01-01' and date '2199-12-31'),
  distance_m float8 check (distance_m between 100 and 1000000),
  created_at timestamptz not null,
  updated_at timestamptz not null default now(),
  check (case when kind = 'race' then num_nulls(name, day, distance_m) = 0 else num_nonnulls(name, day, distance_m) = 0 end)
);
-- An athlete's goals; each stands there once.
create unique index goals_once on goals (athlete_id, kind, day, name) nulls not distinct;
alter table goals enable row level security;
create policy own on goals using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on goals to legwork_app;

-- The parts of a week, as `domain::onboarding::Availability` names them.
create function week_slots() returns text[]
  language sql immutable parallel safe
  return array['mon_early', 'mon_midday', 'mon_evening', 'tue_early', 'tue_midday', 'tue_evening', 'wed_early', 'wed_midday', 'wed_evening',
    'thu_early', 'thu_midday', 'thu_evening', 'fri_early', 'fri_midday', 'fri_evening', 'sat_early', 'sat_midday', 'sat_evening',
    'sun_early', 'sun_midday', 'sun_evening'];

create table availability (
  athlete_id uuid primary key references accounts on delete cascade,
  slots text[] not null check (slots <@ week_slots() and cardinality(slots) <= 21),
  -- Nothing if it is not said.
  long_run text check (long_run in ('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'none')),
  created_at timestamptz not null,
  updated_at timestamptz not null default now()
);
alter table availability enable row level security;
create policy own on availability using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on availability to legwork_app;

-- The steps that ask something, as `domain::onboarding::Step` names them.
create function onboarding_steps() returns text[]
  language sql immutable parallel safe
  return array['goals', 'import', 'availability', 'body', 'thresholds', 'questions'];

create table onboarding (
  athlete_id uuid primary key references accounts on delete cascade,
  done text[] not null default '{}' check (done <@ onboarding_steps() and cardinality(done) <= 6),
  -- Skipped, and not done since.
  skipped text[] not null default '{}' check (skipped <@ onboarding_steps() and cardinality(skipped) <= 6),
  -- Whether to ask about food; nothing if it is not said. That it is not asked on a day with a run is in `nutrition_settings`.
  food text check (food in ('run_days', 'no')),
  -- When somebody said to leave it at that, and when the last step was seen.
  left_at timestamptz,
  finished_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null default now()
);
alter table onboarding enable row level security;
create policy own on onboarding using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on onboarding to legwork_app;

create trigger set_updated_at before update on goals for each row execute function set_updated_at();
create trigger set_updated_at before update on availability for each row execute function set_updated_at();
create trigger set_updated_at before update on onboarding for each row execute function set_updated_at();
create trigger record_change after insert or update or delete on goals for each row execute function record_change('id');
create trigger record_change after insert or update or delete on availability for each row execute function record_change('athlete_id');

-- Where no maximum heart rate is known, it follows from the age.
alter table athlete_thresholds add column birth_year int check (birth_year between 1900 and 2199);

-- Weight has one place, the daily values: the column stays, empty, for the version before.
create function weight_of_archive() returns trigger
  language plpgsql set search_path = public, pg_temp
  as $$
  begin
    -- A day that is still to come has no weight, whatever an archive says.
    if new.valid_from <= current_date + 1 then
      insert into daily_values (athlete_id, day, measure, source, number, recorded_at, created_at)
        values (new.athlete_id, new.valid_from, 'weight_kg', 'typed', new.weight_kg, new.created_at, new.created_at) on conflict do nothing;
    end if;
    new.weight_kg := null;
    return new;
  end;
  $$;
-- An archive of an older version may have one.
create trigger weight_of_archive before insert on athlete_thresholds for each row
  when (new.weight_kg is not null and current_setting('legwork.importing', true) = 'true') execute function weight_of_archive();
insert into daily_values (athlete_id, day, measure, source, number, recorded_at, created_at)
  select athlete_id, valid_from, 'weight_kg', 'typed', weight_kg, updated_at, created_at from athlete_thresholds where weight_kg is not null
  on conflict do nothing;

-- As before (0039), but for the weight, which no formula uses.
create or replace function mark_thresholds_changed()
 returns trigger
 language plpgsql
 set search_path = public, pg_temp
AS $$
  declare
    whose uuid := coalesce(new.athlete_id, old.athlete_id);
    since date := least(old.valid_from, new.valid_from);
    other text[] := array(
      select key from jsonb_each(jsonb_strip_nulls(to_jsonb(old))) was full join jsonb_each(jsonb_strip_nulls(to_jsonb(new))) now_is using (key)
      where was.value is distinct from now_is.value and key not in ('created_at', 'updated_at', 'weight_kg'));
  begin
    -- Values vanish with their account, too; there is nothing left to mark then.
    if cardinality(other) = 0 or not exists (select from accounts where id = whose) then
      return null;
    end if;
    -- An import that is under way holds the account: what it brings is there when it is done, and marked with the rest.
    perform from accounts where id = whose for no key update;
    if exists (
      select from unnest(other) key
      where not exists (select from athlete_thresholds v where v.athlete_id = whose and v.valid_from < since and jsonb_strip_nulls(to_jsonb(v)) ? key)
    ) then
      since := '-infinity';
    end if;
    update activities set metrics_stale = true, failed_formula_version = 0 where athlete_id = whose and local_date >= since;
    return null;
  end;
  $$;

-- There is one place for it, so that who deletes a weight has deleted it. This is no edit, and nobody has anything to compute again.
select set_config('legwork.importing', 'true', true);
update athlete_thresholds set weight_kg = null where weight_kg is not null;
delete from athlete_thresholds where num_nonnulls(resting_hr, hr_max, threshold_hr, threshold_s_per_km, sex, zone_model, grade_model, birth_year) = 0;
select set_config('legwork.importing', '', true);

-- Whoever said what they run for has something in the account.
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
        and not exists (select from trashed_activities x where x.athlete_id = a.id)
        and not exists (select from imports x where x.athlete_id = a.id)
        and not exists (select from memberships x where x.account_id = a.id);
  end;

revoke all on function weight_of_archive() from public;
