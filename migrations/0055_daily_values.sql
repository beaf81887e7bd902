-- Every value of a day is a row of day, measure, value and source (docs/decisions/0022-daily-values.md). The columns of `journal_entries` move into
-- it, with the log of their edits.
-- Locks: `journal_entries` and `change_log` while their rows are written again: fifteen seconds for two hundred athletes with a year of days.
-- squawk-ignore-file ban-drop-table -- because nothing was released before this, so no older server reads or writes `journal_entries`
-- squawk-ignore-file ban-drop-function -- because nothing was released before this, so no older server calls it

-- Measures that an athlete made. The built-in ones are in `domain::measures`.
create table measures (
  id uuid primary key,
  athlete_id uuid not null references accounts on delete cascade,
  -- How its values name it: never changes.
  key text not null check (key ~ '^own_[a-z0-9_]{1,60}$'),
  label text not null check (length(label) between 1 and 40),
  kind text not null check (kind in ('number', 'scale', 'yes_no', 'count', 'clock', 'duration', 'text')),
  unit text not null default '' check (length(unit) <= 20),
  minimum float8 not null default 0,
  maximum float8 not null default 0 check (maximum >= minimum),
  words text[] not null default '{}' check (cardinality(words) <= 7 and length(array_to_string(words, '')) <= 140),
  presets float8[] not null default '{}' check (cardinality(presets) <= 8),
  known text not null check (known in ('before_run', 'after_run')),
  better text check (better in ('more', 'less')),
  notable float8 not null check (notable > 0),
  -- Retired measures are no longer asked; their values stay.
  retired_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null default now(),
  unique (athlete_id, key),
  check (kind <> 'scale' or cardinality(words) >= 2)
);
alter table measures enable row level security;
create policy own on measures using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on measures to legwork_app;
create trigger set_updated_at before update on measures for each row execute function set_updated_at();

-- Where several sources have a value of the same measure on the same day, the first in this order counts (`domain::measures::Source::ALL`).
create function default_source_order() returns text[]
  language sql immutable parallel safe
  return array['typed', 'whoop', 'oura', 'garmin', 'polar', 'fitbit', 'apple_health', 'file', 'derived'];

create table journal_settings (
  athlete_id uuid primary key references accounts on delete cascade,
  -- What the journal asks, in this order; nothing until the athlete chooses.
  asked text[] check (cardinality(asked) <= 60),
  source_order text[] not null default default_source_order() check (cardinality(source_order) <= 30),
  created_at timestamptz not null,
  updated_at timestamptz not null default now()
);
alter table journal_settings enable row level security;
create policy own on journal_settings using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on journal_settings to legwork_app;
create trigger set_updated_at before update on journal_settings for each row execute function set_updated_at();

create table daily_values (
  athlete_id uuid not null references accounts on delete cascade,
  day date not null check (day between date '1900-01-01' and date '2200-01-01'),
  measure text not null check (measure ~ '^[a-z0-9_]{1,64}$'),
  source text not null check (source = any (default_source_order())),
  -- What brought it: undoing that takes it away. What was typed or computed has none.
  origin uuid,
  number float8,
  text text check (length(text) <= 2000),
  -- When it was typed, or brought.
  recorded_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null default now(),
  check ((number is null) <> (text is null)),
  check ((origin is null) = (source in ('typed', 'derived')))
);
-- For the values of a day, and so that each source, and each file of it, has one.
create unique index daily_values_of_day on daily_values (athlete_id, day, measure, source, origin) nulls not distinct;
-- For the series of a measure.
create index daily_values_of_measure on daily_values (athlete_id, measure, day);
-- For undoing what brought them.
create index daily_values_of_origin on daily_values (athlete_id, origin) where origin is not null;
alter table daily_values enable row level security;
create policy own on daily_values using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select, insert, update, delete on daily_values to legwork_app;

-- The numbers that count, by measure and year: what charts and discovery read, a few hundred rows instead of a hundred thousand. Kept by triggers.
create table daily_series (
  athlete_id uuid not null references accounts on delete cascade,
  measure text not null,
  year int not null,
  -- One for each day of the year, null without a value.
  numbers float8[] not null,
  days int not null,
  updated_at timestamptz not null,
  primary key (athlete_id, measure, year)
);
alter table daily_series enable row level security;
create policy own on daily_series using (athlete_id = viewer()) with check (athlete_id = viewer());
grant select on daily_series to legwork_app;

create function source_order_of(athlete uuid) returns text[]
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select coalesce((select source_order from journal_settings where athlete_id = athlete), default_source_order());
  end;

-- For triggers alone: makes the series of a measure in a year once more.
create function project_series(athlete uuid, what text, in_year int) returns void
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  declare
    ranks text[] := source_order_of(athlete);
    made float8[];
    answered int;
  begin
    with counting as (
      select distinct on (v.day) extract(doy from v.day)::int as n, v.number from daily_values v
        where v.athlete_id = athlete and v.measure = what and v.day between make_date(in_year, 1, 1) and make_date(in_year, 12, 31)
        order by v.day, array_position(ranks, v.source), v.recorded_at desc, v.origin desc)
    select array_agg(c.number order by d.n), count(c.number) into made, answered from generate_series(1, 366) d (n) left join counting c on c.n = d.n;
    if answered = 0 then
      delete from daily_series s where s.athlete_id = athlete and s.measure = what and s.year = in_year;
    else
      insert into daily_series as s (athlete_id, measure, year, numbers, days, updated_at)
        values (athlete, what, in_year, made, answered, clock_timestamp())
        on conflict (athlete_id, measure, year) do update set numbers = excluded.numbers, days = excluded.days, updated_at = excluded.updated_at
          where s.numbers is distinct from excluded.numbers;
    end if;
  end;
  $$;

-- After rows changed, which are named `changed`.
create function project_changed_values() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    perform project_series(t.athlete_id, t.measure, t.year)
      from (select distinct c.athlete_id, c.measure, extract(year from c.day)::int as year from changed c order by 1, 2, 3) t;
    return null;
  end;
  $$;
-- After an athlete chose another order of sources.
create function project_all_values() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  begin
    perform project_series(s.athlete_id, s.measure, s.year) from daily_series s where s.athlete_id = coalesce(new.athlete_id, old.athlete_id)
      order by s.measure, s.year;
    return null;
  end;
  $$;

insert into daily_values (athlete_id, day, measure, source, number, text, recorded_at, created_at, updated_at)
  select j.athlete_id, j.day, v.measure, 'typed', v.number, v.text, j.updated_at, j.created_at, j.updated_at
    from journal_entries j cross join lateral (values
      ('sleep_hours', j.sleep_hours, null), ('sleep_quality', j.sleep_quality, null), ('resting_hr', j.resting_hr, null), ('hrv', j.hrv, null),
      ('soreness', j.soreness, null), ('mood', j.mood, null), ('stress', j.stress, null), ('work_hours', j.work_hours, null),
      ('alcohol', j.alcohol, null), ('caffeine', j.caffeine, null), ('note', null::float8, nullif(j.note, ''))) v (measure, number, text)
    where v.number is not null or v.text is not null;
select project_series(t.athlete_id, t.measure, t.year)
  from (select distinct athlete_id, measure, extract(year from day)::int as year from daily_values order by 1, 2, 3) t;
-- Whoever answered what is no longer asked of everybody is asked as before.
insert into journal_settings (athlete_id, asked, created_at)
  select distinct athlete_id, array['sleep_hours', 'sleep_quality', 'resting_hr', 'hrv', 'soreness', 'mood', 'stress', 'work_hours', 'alcohol', 'caffeine', 'note'], now()
    from daily_values where measure in ('resting_hr', 'hrv', 'work_hours');

-- An edit of a day becomes one of each measure that it changed. Ids make room for them, so that the order of edits stays.
alter table change_log alter column id set generated by default;
update change_log set id = -16 * id;
update change_log set id = -id;
alter table change_log alter column id set generated always;
insert into change_log (id, athlete_id, actor_id, at, table_name, row_key, before, after) overriding system value
  select c.id + v.n, c.athlete_id, c.actor_id, c.at, 'daily_values', c.row_key || ' ' || v.measure || ' typed', e.before, e.after
    from change_log c
      cross join lateral unnest(array['sleep_hours', 'sleep_quality', 'resting_hr', 'hrv', 'soreness', 'mood', 'stress', 'work_hours', 'alcohol', 'caffeine', 'note'])
        with ordinality v (measure, n)
      cross join lateral (select
        case when nullif(c.before ->> v.measure, '') is not null then jsonb_build_object('day', c.row_key, 'measure', v.measure, 'source', 'typed', 'origin', null,
          'number', case when v.measure <> 'note' then c.before -> v.measure end, 'text', case when v.measure = 'note' then c.before -> v.measure end,
          'recorded_at', c.at) end,
        case when nullif(c.after ->> v.measure, '') is not null then jsonb_build_object('day', c.row_key, 'measure', v.measure, 'source', 'typed', 'origin', null,
          'number', case when v.measure <> 'note' then c.after -> v.measure end, 'text', case when v.measure = 'note' then c.after -> v.measure end,
          'recorded_at', c.at) end) e (before, after)
    where c.table_name = 'journal_entries' and c.before ->> v.measure is distinct from c.after ->> v.measure and (e.before is not null or e.after is not null);
delete from change_log where table_name = 'journal_entries';
select setval(pg_get_serial_sequence('change_log', 'id'), greatest((select max(id) from change_log), 1));

create trigger set_updated_at before update on daily_values for each row execute function set_updated_at();
create trigger emit_inserted after insert on daily_values referencing new table as changed for each statement execute function emit_changed('journal.changed');
create trigger emit_updated after update on daily_values referencing new table as changed for each statement execute function emit_changed('journal.changed');
create trigger emit_deleted after delete on daily_values referencing old table as changed for each statement execute function emit_changed('journal.changed');
create trigger project_inserted after insert on daily_values referencing new table as changed for each statement execute function project_changed_values();
create trigger project_updated after update on daily_values referencing new table as changed for each statement execute function project_changed_values();
create trigger project_deleted after delete on daily_values referencing old table as changed for each statement execute function project_changed_values();
create trigger project_ordered after insert on journal_settings for each row when (new.source_order <> default_source_order()) execute function project_all_values();
create trigger project_reordered after update of source_order or delete on journal_settings for each row execute function project_all_values();
-- A measure that changes its words or its times is another input.
create trigger emit_inserted after insert on measures referencing new table as changed for each statement execute function emit_changed('journal.changed');
create trigger emit_updated after update on measures referencing new table as changed for each statement execute function emit_changed('journal.changed');
create trigger emit_deleted after delete on measures referencing old table as changed for each statement execute function emit_changed('journal.changed');

-- Arguments: the columns that are the key, then the columns that people edit; without any, all but the bookkeeping. An import of an archive is no edit.
create or replace function record_change() returns trigger
  language plpgsql security definer set search_path = public, pg_temp
  as $$
  declare
    edited text[] := tg_argv[1:];
    was jsonb;
    now_is jsonb;
    whose uuid := coalesce(new.athlete_id, old.athlete_id);
  begin
    if current_setting('legwork.importing', true) = 'true' then
      return null;
    end if;
    if tg_op <> 'INSERT' then
      was := to_jsonb(old) - '{athlete_id,created_at,updated_at}'::text[];
    end if;
    if tg_op <> 'DELETE' then
      now_is := to_jsonb(new) - '{athlete_id,created_at,updated_at}'::text[];
    end if;
    if cardinality(edited) > 0 then
      was := (select jsonb_object_agg(key, value) from jsonb_each(was) where key = any (edited));
      now_is := (select jsonb_object_agg(key, value) from jsonb_each(now_is) where key = any (edited));
    end if;
    -- Rows vanish with their account, too; there is nobody left to tell then. What a program computes is no edit.
    if was is distinct from now_is and viewer() is not null and exists (select from accounts where id = whose) then
      insert into change_log (athlete_id, actor_id, table_name, row_key, before, after)
        values (whose, viewer(), tg_table_name,
          (select string_agg(coalesce(to_jsonb(new), to_jsonb(old)) ->> k.name, ' ' order by k.n) from unnest(string_to_array(tg_argv[0], ' ')) with ordinality k (name, n)),
          was, now_is);
    end if;
    return null;
  end;
  $$;
create trigger record_inserted after insert on daily_values for each row when (new.source = 'typed') execute function record_change('day measure source');
create trigger record_updated after update on daily_values for each row
  when (new.source = 'typed' and (old.number, old.text) is distinct from (new.number, new.text)) execute function record_change('day measure source');
create trigger record_deleted after delete on daily_values for each row when (old.source = 'typed') execute function record_change('day measure source');
create trigger record_change after insert or update or delete on measures for each row execute function record_change('key');

create or replace function unconfirmed_accounts(made_before timestamptz, told_before timestamptz) returns table (account_id uuid, told boolean)
  language sql stable security definer set search_path = public, pg_temp
  begin atomic
    select a.id, a.expiry_told_at is not null from accounts a
      where a.email_verified_at is null and not a.synthetic and a.role <> 'owner' and a.created_at <= made_before
        and (a.expiry_told_at is null or a.expiry_told_at <= told_before)
        and not exists (select from activities x where x.athlete_id = a.id)
        and not exists (select from daily_values x where x.athlete_id = a.id)
        and not exists (select from trashed_activities x where x.athlete_id = a.id)
        and not exists (select from imports x where x.athlete_id = a.id)
        and not exists (select from memberships x where x.account_id = a.id);
  end;

drop table journal_entries;

-- A row of an archive as the rows of today. A day of the journal was one row.
create function upgraded_rows(kept text, x jsonb, written int) returns setof jsonb
  language plpgsql volatile set search_path = public, pg_temp
  as $$
  begin
    if kept <> 'daily_values' or written >= 55 then
      return next upgrade_row(kept, x, written);
      return;
    end if;
    return query
      select upgrade_row(kept, jsonb_build_object('day', x -> 'day', 'measure', v.measure, 'source', 'typed',
          'number', case when v.measure <> 'note' then x -> v.measure end, 'text', case when v.measure = 'note' then x -> v.measure end,
          'recorded_at', coalesce(x -> 'updated_at', x -> 'created_at'), 'created_at', x -> 'created_at'), 55)
        from unnest(array['sleep_hours', 'sleep_quality', 'resting_hr', 'hrv', 'soreness', 'mood', 'stress', 'work_hours', 'alcohol', 'caffeine', 'note']) v (measure)
        where nullif(x ->> v.measure, '') is not null;
  end;
  $$;
create or replace function row_schema_version() returns int
  language sql immutable
  return 55;

revoke all on function source_order_of(uuid), project_series(uuid, text, int), project_changed_values(), project_all_values(),
  upgraded_rows(text, jsonb, int) from public;
grant execute on function upgraded_rows(text, jsonb, int) to legwork_app;
