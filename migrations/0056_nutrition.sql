-- What was eaten and drunk: entries with a time, favourites, and whether the page asks on days with training (docs/decisions/0023-nutrition.md).
-- Locks: nothing for long; the tables are new, and the references to `accounts` and `activities` are made while nothing refers to them.

-- The nutrients that have a column, as `domain::nutrition::Nutrient` names them.
create function nutrient_names() returns text[]
  language sql immutable parallel safe
  return array['energy_kcal', 'carbohydrate_g', 'protein_g', 'fat_g', 'fibre_g', 'sodium_mg', 'fluid_ml', 'caffeine_mg', 'alcohol_g'];

-- Whether JSON is a list of at most ten nutrients of the athlete's own, each with a name, an amount and a unit.
create function are_own_nutrients(x jsonb) returns boolean
  language sql immutable parallel safe
  return case when jsonb_typeof(x) <> 'array' then false when jsonb_array_length(x) > 10 then false
    else not exists (
      select from jsonb_array_elements(x) e (n) where not case when jsonb_typeof(e.n) <> 'object' then false
        when not e.n ?& array['name', 'amount', 'unit'] or (e.n - array['name', 'amount', 'unit']) <> '{}' then false
        when jsonb_typeof(e.n -> 'name') <> 'string' or jsonb_typeof(e.n -> 'amount') <> 'number' or jsonb_typeof(e.n -> 'unit') <> 'string' then false
        else length(e.n ->> 'name') between 1 and 40 and length(e.n ->> 'unit') <= 10 and (e.n ->> 'amount')::numeric between 0 and 1000000 end) end;

create table nutrition_favourites (
  id uuid primary key,
  athlete_id uuid not null references accounts on delete cascade,
  name text not null check (length(name) between 1 and 60),
  text text not null check (length(text) between 1 and 500),
  -- Null is unknown, which is never zero.
  energy_kcal float8 check (energy_kcal between 0 and 20000),
  carbohydrate_g float8 check (carbohydrate_g between 0 and 3000),
  protein_g float8 check (protein_g between 0 and 1000),
  fat_g float8 check (fat_g between 0 and 1000),
  fibre_g float8 check (fibre_g between 0 and 500),
  sodium_mg float8 check (sodium_mg between 0 and 50000),
  fluid_ml float8 check (fluid_ml between 0 and 20000),
  caffeine_mg float8 check (caffeine_mg between 0 and 5000),
  alcohol_g float8 check (alcohol_g between 0 and 1000),
  -- Of which nutrients only a part of the text is known: it was at least so much.
  at_least text[] not null default '{}' check (at_least <@ nutrient_names() and cardinality(at_least) <= 9),
  -- Which nutrients were typed, and do not follow the text.
  typed text[] not null default '{}' check (typed <@ nutrient_names() and cardinality(typed) <= 9),
  own jsonb not null default '[]' check (are_own_nutrients(own)),
  used_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null default now()
);
-- An athlete's favourites, the last used first.
create index nutrition_favourites_used on nutrition_favourites (athlete_id, used_at desc nulls last, id);
alter table nutrition_favourites enable row level security;
create policy own on nutrition_favourites using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on nutrition_favourites to legwork_app;

create table nutrition_entries (
  id uuid primary key,
  athlete_id uuid not null references accounts on delete cascade,
  at timestamptz not null,
  -- The same on the athlete's clock when it was written: they stay when the athlete moves.
  day date not null check (day between date '1900-01-01' and date '2199-12-31'),
  minute int not null check (minute between 0 and 1439),
  text text not null check (length(text) between 1 and 500),
  energy_kcal float8 check (energy_kcal between 0 and 20000),
  carbohydrate_g float8 check (carbohydrate_g between 0 and 3000),
  protein_g float8 check (protein_g between 0 and 1000),
  fat_g float8 check (fat_g between 0 and 1000),
  fibre_g float8 check (fibre_g between 0 and 500),
  sodium_mg float8 check (sodium_mg between 0 and 50000),
  fluid_ml float8 check (fluid_ml between 0 and 20000),
  caffeine_mg float8 check (caffeine_mg between 0 and 5000),
  alcohol_g float8 check (alcohol_g between 0 and 1000),
  at_least text[] not null default '{}' check (at_least <@ nutrient_names() and cardinality(at_least) <= 9),
  typed text[] not null default '{}' check (typed <@ nutrient_names() and cardinality(typed) <= 9),
  own jsonb not null default '[]' check (are_own_nutrients(own)),
  favourite_id uuid references nutrition_favourites on delete set null,
  -- What the athlete chose. Otherwise it belongs to what is near it in time, which is found when it is read, unless it is of no activity.
  activity_id uuid references activities on delete set null,
  relation text check (relation in ('before', 'during', 'after')),
  unlinked boolean not null default false,
  created_at timestamptz not null,
  updated_at timestamptz not null default now(),
  check (activity_id is null or relation is not null),
  check (not unlinked or activity_id is null),
  -- No clock is further from UTC.
  check (abs(extract(epoch from at - ((day + minute * interval '1 minute') at time zone 'UTC'))) <= 54000)
);
-- The list, latest first, and what lies around a run.
create index nutrition_entries_at on nutrition_entries (athlete_id, at desc, id desc);
-- The entries of a day.
create index nutrition_entries_day on nutrition_entries (athlete_id, day);
-- For the deletion of what they refer to.
create index nutrition_entries_activity on nutrition_entries (activity_id) where activity_id is not null;
create index nutrition_entries_favourite on nutrition_entries (favourite_id) where favourite_id is not null;
alter table nutrition_entries enable row level security;
create policy own on nutrition_entries using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on nutrition_entries to legwork_app;

create table nutrition_settings (
  athlete_id uuid primary key references accounts on delete cascade,
  -- Whether the page never asks, and the day on which it was told not to ask again.
  prompt_off boolean not null default false,
  dismissed_day date check (dismissed_day between date '1900-01-01' and date '2199-12-31'),
  created_at timestamptz not null,
  updated_at timestamptz not null default now()
);
alter table nutrition_settings enable row level security;
create policy own on nutrition_settings using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on nutrition_settings to legwork_app;

-- An entry refers to what is its athlete's and still there, whatever an archive, an edit that is undone, or a request says.
create function keep_own_references() returns trigger
  language plpgsql set search_path = public, pg_temp
  as $$
  begin
    if new.activity_id is not null and not exists (select from activities a where a.id = new.activity_id and a.athlete_id = new.athlete_id) then
      new.activity_id := null;
    end if;
    if new.favourite_id is not null and not exists (select from nutrition_favourites f where f.id = new.favourite_id and f.athlete_id = new.athlete_id) then
      new.favourite_id := null;
    end if;
    return new;
  end;
  $$;
create trigger keep_own_references before insert or update on nutrition_entries for each row execute function keep_own_references();
create trigger set_updated_at before update on nutrition_entries for each row execute function set_updated_at();
create trigger set_updated_at before update on nutrition_favourites for each row execute function set_updated_at();
create trigger set_updated_at before update on nutrition_settings for each row execute function set_updated_at();

create trigger emit_inserted after insert on nutrition_entries referencing new table as changed for each statement execute function emit_changed('nutrition.changed');
create trigger emit_updated after update on nutrition_entries referencing new table as changed for each statement execute function emit_changed('nutrition.changed');
create trigger emit_deleted after delete on nutrition_entries referencing old table as changed for each statement execute function emit_changed('nutrition.changed');

create trigger record_added after insert or delete on nutrition_entries for each row execute function record_change('id');
-- An activity or a favourite that is deleted is no edit of what was eaten.
create trigger record_updated after update on nutrition_entries for each row
  when ((to_jsonb(old) - '{activity_id,favourite_id,updated_at}'::text[]) is distinct from (to_jsonb(new) - '{activity_id,favourite_id,updated_at}'::text[])
    or (new.activity_id is not null and old.activity_id is distinct from new.activity_id))
  execute function record_change('id');
create trigger record_added after insert or delete on nutrition_favourites for each row execute function record_change('id');
-- That it was used is no edit.
create trigger record_updated after update on nutrition_favourites for each row
  when ((to_jsonb(old) - '{used_at,updated_at}'::text[]) is distinct from (to_jsonb(new) - '{used_at,updated_at}'::text[]))
  execute function record_change('id');

-- Whoever wrote down a meal has something in the account.
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
        and not exists (select from trashed_activities x where x.athlete_id = a.id)
        and not exists (select from imports x where x.athlete_id = a.id)
        and not exists (select from memberships x where x.account_id = a.id);
  end;

revoke all on function keep_own_references() from public;
